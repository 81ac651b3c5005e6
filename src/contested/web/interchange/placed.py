"""Incidents as other tools hold them: one entry a place.

In: an :class:`~contested.web.edition.Edition`. Out: :class:`Placed`, one for each place of an incident, and one for
an incident without any. Refuses: nothing. An entry is named by its key in the tables, never by a place's name or an
incident's title: two incidents may share both.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from contested.web.addresses import safe_link
from contested.web.claim_pages import speaker_words
from contested.web.edition import Edition
from contested.web.public import PublicRows, Row, row_key
from contested.web.strings import TEXT
from contested.web.words import day_words, range_words, span_words


@dataclass(frozen=True, slots=True)
class Placed:
    """One place of one incident, with the incident's records and the claims that are taken to tell of it."""

    key: str
    """Key of the place in ``incident_places``; the incident's id where it has no place."""
    incident: Row
    place: Row | None
    records: tuple[Row, ...]
    claims: tuple[Row, ...]

    @property
    def point(self) -> tuple[float, float] | None:
        """Longitude and latitude, WGS 84 degrees; ``None`` without a point."""
        if self.place is None or self.place["lon"] is None:
            return None
        return self.place["lon"], self.place["lat"]

    @property
    def radius_m(self) -> float | None:
        """Radius that the place must be drawn from, metres."""
        return None if self.place is None else self.place["radius_m"]

    def place_words(self) -> str:
        """The place by name, with its radius where a point has one: a centroid is no exact point."""
        if self.place is None:
            return ""
        name = self.place["place_name"] or ""
        if self.point is None or self.radius_m is None:
            return name
        return TEXT["placed_within"].format(place=name or TEXT["place_unnamed"], metres=f"{self.radius_m:,.0f}")


def placed_incidents(edition: Edition) -> list[Placed]:
    """Every printed incident, once a place, in key order."""
    rows = edition.public.rows
    places = edition.grouped("incident_places", "incident_id")
    linked = edition.grouped("claim_links", "incident_id")
    found = []
    for key, incident in rows["incidents"].items():
        records = tuple(rows["records"][name] for name in incident["records"] if name in rows["records"])
        claims = tuple(rows["claims"][link["claim_id"]] for link in linked.get((key,), ()) if link["linked"])
        for place in places.get((key,), ()) or (None,):
            name = key if place is None else row_key("incident_places", place)
            found.append(Placed(name, incident, place, records, claims))
    return found


def placed_keys(names: Iterable[str], public: PublicRows) -> dict[str, list[str]]:
    """Keys of incidents and of places among the names of entries; a name that is neither counts as an incident's."""
    names = list(names)
    places = public.rows["incident_places"]
    incidents = dict.fromkeys(places[name]["incident_id"] for name in names if name in places)
    alone = [name for name in names if name not in places]
    return {"incident_places": [name for name in names if name in places], "incidents": [*incidents, *alone]}


def days_words(row: Row) -> str:
    """The days of an incident or record."""
    return span_words(row["date_start"], row["date_end"])


def one_day(row: Row) -> bool:
    """Whether it is known to the day."""
    return bool(row["date_start"] == row["date_end"])


def toll_words(row: Row) -> str:
    """Killed and injured as ranges; empty where nothing is told."""
    found = [
        f"{TEXT[word]} {words}"
        for word in ("killed", "injured")
        if (words := range_words(row[f"{word}_low"], row[f"{word}_high"])) is not None
    ]
    return ", ".join(found)


def claim_words(edition: Edition, claim: Row) -> str:
    """Who says what about whom, and when: ``Northland: denies (3 March 2020)``."""
    target = edition.marks(claim["target_party"]).name if claim["target_party"] else claim["target_text"]
    said = day_words(claim["said_on"])
    words = f"{speaker_words(claim)}: {TEXT['stance_' + claim['stance']]}"
    return words + (f" {target}" if target and claim["stance"] == "blames" else "") + (f" ({said})" if said else "")


def passage_words(claim: Row) -> str:
    """The words of the passage, pieces joined by an ellipsis."""
    return " … ".join(piece["text"] for piece in claim["passage"])


def addresses(rows: Iterable[Row]) -> list[str]:
    """Addresses that a browser may follow, each once, in order."""
    return list(dict.fromkeys(link for row in rows if (link := safe_link(row["address"])) is not None))
