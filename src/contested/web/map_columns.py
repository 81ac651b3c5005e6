"""Incidents as columns, for the interactive map.

In: an :class:`~contested.web.edition.Edition`. Out: three parts of plain lists, numbers where they can be: what is
needed to draw (:func:`drawn_columns`), to name (:func:`word_columns`) and to follow (:func:`record_columns`).
Refuses: nothing; an incident without a point stays in the columns and has no row among the places.

The position of an incident is its number less one; places are in the order of their incidents. What repeats is kept
once and meant by its position, which makes a hundred thousand incidents a few megabytes.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any

from contested.web.claim_pages import speaker_words
from contested.web.edition import Edition
from contested.web.incident_pages import emphasised, incident_order
from contested.web.link_lines import IncidentLinks
from contested.web.public import Row
from contested.web.strings import TEXT
from contested.web.words import code_words

#: Days from which an interval says nothing about when: longer than any month. Such an incident is shown as undated.
UNDATED_DAYS = 32
#: Coordinates are kept as whole millionths of a degree, a tenth of a metre.
PER_DEGREE = 1_000_000


class Distinct:
    """Values kept once; calling it gives the position of a value."""

    def __init__(self, *values: Hashable) -> None:
        self._positions: dict[Any, int] = {value: number for number, value in enumerate(values)}

    def __call__(self, value: Hashable) -> int:
        """The position of a value, kept if it is new."""
        return self._positions.setdefault(value, len(self._positions))

    @property
    def values(self) -> list[Any]:
        """The values in the order of their positions."""
        return list(self._positions)


def steps(values: Sequence[int]) -> list[int]:
    """Differences of each value from the one before; the first from 0.

    >>> steps([5, 7, 4])
    [5, 2, -3]
    """
    return [value - before for value, before in zip(values, [0, *values], strict=False)]


def numbered_incidents(edition: Edition) -> list[Row]:
    """The printed incidents in the order of their numbers."""
    order = incident_order(edition)
    return sorted(edition.public.of("incidents"), key=lambda row: order[row["incident_id"]])


def located_places(edition: Edition) -> list[tuple[int, Row]]:
    """(position of the incident, place) of each place that can be drawn, in the order of the incidents."""
    places = edition.grouped("incident_places", "incident_id")
    return [
        (position, place)
        for position, row in enumerate(numbered_incidents(edition))
        for place in places.get((row["incident_id"],), [])
        if place["lon"] is not None and place["radius_m"] is not None
    ]


def blamed_parties(edition: Edition) -> dict[str, list[str]]:
    """Incident → parties that a claim linked to it blames. No column of a dataset is read for this."""
    found: dict[str, set[str]] = {}
    for row in edition.public.of("claim_links"):
        claim = edition.public.rows["claims"][row["claim_id"]]
        if row["linked"] and claim["stance"] == "blames" and claim["target_party"] is not None:
            found.setdefault(row["incident_id"], set()).add(claim["target_party"])
    return {incident: sorted(parties) for incident, parties in found.items()}


def drawn_columns(edition: Edition) -> dict[str, Any]:
    """What the map draws and filters by. ``from`` and ``to`` count days from the first of the window."""
    first = edition.case.file.window.first
    kinds, grades, sources, blames = Distinct(), Distinct(), Distinct(), Distinct(())
    radii, held = Distinct(), Distinct(())
    blamed = blamed_parties(edition)
    rows, places = numbered_incidents(edition), located_places(edition)
    holders: dict[tuple[str, int], set[tuple[str, str]]] = {}
    for line in edition.public.of("control"):
        if line["held"]:
            holders.setdefault((line["incident_id"], line["place_no"]), set()).add((line["layer"], line["party"]))
    return {
        "n": len(rows),
        "main": len(emphasised(edition)),
        "from": steps([(row["date_start"] - first).days for row in rows]),
        "length": [(row["date_end"] - row["date_start"]).days for row in rows],
        "kind": [kinds(code_words(row["kind"])) for row in rows],
        "grade": [grades(row["grade"]) for row in rows],
        "source": [sources(tuple(row["datasets"])) for row in rows],
        "blamed": [blames(tuple(blamed.get(row["incident_id"], ()))) for row in rows],
        "placeOf": steps([position for position, _ in places]),
        "lon": steps([round(place["lon"] * PER_DEGREE) for _, place in places]),
        "lat": steps([round(place["lat"] * PER_DEGREE) for _, place in places]),
        "radius": [radii(place["radius_m"]) for _, place in places],
        "held": [
            held(tuple(sorted(holders.get((place["incident_id"], place["place_no"]), ())))) for _, place in places
        ],
        "kinds": kinds.values, "grades": grades.values, "sources": sources.values, "blames": blames.values,
        "radii": radii.values, "holders": held.values,
    }  # fmt: skip


def word_columns(edition: Edition) -> dict[str, Any]:
    """What the map names: titles, tolls, addresses, places without a point too, distances to the front."""
    rows = numbered_incidents(edition)
    names, titles = Distinct(), Distinct()
    all_places = edition.grouped("incident_places", "incident_id")
    fronts = edition.grouped("fronts", "incident_id", "place_no")
    return {
        "title": [titles(row["title"]) for row in rows],
        "titles": titles.values,
        "href": [edition.addresses.row("incidents", row["incident_id"]) for row in rows],
        **{
            column: [row[column] for row in rows]
            for column in ("killed_low", "killed_high", "injured_low", "injured_high")
        },
        "place": [names(place["place_name"] or TEXT["place_unnamed"]) for _, place in located_places(edition)],
        "pointless": [
            [
                names(place["place_name"] or TEXT["place_unnamed"])
                for place in all_places.get((row["incident_id"],), [])
                if place["lon"] is None or place["radius_m"] is None
            ]
            or 0
            for row in rows
        ],
        "front": [
            [
                [line["layer"], round(line["front_m"]), line["side"]]
                for line in fronts.get((place["incident_id"], place["place_no"]), [])
                if line["front_m"] is not None
            ]
            or 0
            for _, place in located_places(edition)
        ],
        "names": names.values,
    }  # fmt: skip


def record_columns(edition: Edition) -> dict[str, Any]:
    """What the map leads to: the records of each incident with their tolls and sources, and the claims linked to it."""
    datasets, sources, stances = Distinct(), Distinct(), Distinct()
    claims = edition.grouped("claim_links", "incident_id")
    links = IncidentLinks.of(edition)
    order = incident_order(edition)
    records, told, perhaps = [], [], []
    for row in numbered_incidents(edition):
        own = edition.addresses.row("incidents", row["incident_id"])
        found = [edition.public.rows["records"][key] for key in row["records"] if key in edition.public.rows["records"]]
        records.append([
            [
                datasets(record["dataset"]), record["title"] if record["title"] != row["title"] else 0,
                [sources(name) for name in record["sources"]],
                [record[column] for column in ("killed_low", "killed_high", "injured_low", "injured_high")],
                int(record["second_hand"]), 0 if address == own else address,
            ]
            for record in found
            for address in [edition.addresses.row("records", record["record_id"])]
        ])  # fmt: skip
        lines = []
        for link in claims.get((row["incident_id"],), []):
            if link["linked"]:
                claim = edition.public.rows["claims"][link["claim_id"]]
                words = stances(TEXT["stance_" + claim["stance"]])
                lines.append([speaker_words(claim), words, edition.addresses.row("claims", link["claim_id"])])
        told.append(lines or 0)
        perhaps.append(sorted(order[other] for other in links.perhaps.get(row["incident_id"], {})) or 0)
    return {
        "records": records, "claims": told, "perhaps": perhaps,
        "datasets": datasets.values, "sources": sources.values, "stances": stances.values,
    }  # fmt: skip
