"""The plain files beside the pages: JSON, GeoJSON, CSV and the manifest.

In: an :class:`~contested.web.edition.Edition`. Out: bytes of each file. Refuses: nothing; what is
withheld from the pages is withheld from the files.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import shapely

from contested.base.engine import SMALL_LEVEL, parquet_bytes
from contested.base.records import TABLES
from contested.web.addresses import MOST_DETAILED, MOST_LISTED, anchor
from contested.web.edition import Edition
from contested.web.ground import GRID_DEGREES
from contested.web.public import Row
from contested.web.words import csv_bytes

ABOUT = {
    "format": "The shape of this file: contested-dossier, version 1. Empty cells of rows are left out.",
    "case": "Title, purpose, window, region, parties and events, as declared in case.toml.",
    "accounts": "One answer of one party to one question from one claim; latest marks the newest.",
    "contradictions": "Pairs of answers that cannot both hold: within a party over time, or between two.",
    "claims": "Attributed statements with their passages: text, start and end count characters of the frozen text.",
    "votes": "One member's vote on one draft.",
    "incidents": "Clusters of records about one real event, with places, control and distance to the front. "
    "Of more than 400 those with a page of their own, the rest in data/.",
    "findings": "Computed results and refusals, each with method, assumptions and reporting term.",
    "rivals": "Rival accounts of an event, as case.toml states them.",
    "evidence": "Items of evidence that they are weighed by; those that do not count say why.",
    "evidence_ratios": "P(item | account) / P(item | reference), an interval with its reason: a judgement.",
    "odds": "Combined ratios of one account against another, whole, in parts and without parts.",
    "implications": "What an account implies, checked without numbers: contradicted, not contradicted or unknown.",
    "counts": "Printed and withheld rows of every table; withheld rows stand in no file of the dossier.",
    "hashes": "SHA-256 of every original's bytes, and of every document's frozen text.",
}


def _json_bytes(value: Mapping[str, Any]) -> bytes:
    """An object, an entry a line, and a line for each row of a list: readable, and without the weight of indenting."""

    def text(one: Any) -> str:
        return json.dumps(one, ensure_ascii=False, separators=(",", ":"), default=str)

    def entry(one: Any) -> str:
        return "[\n" + ",\n".join(map(text, one)) + "\n]" if isinstance(one, list) and one else text(one)

    lines = (f"{json.dumps(name)}: {entry(one)}" for name, one in value.items())
    return ("{\n" + ",\n".join(lines) + "\n}\n").encode()


def features_bytes(features: Iterable[Mapping[str, Any]]) -> bytes:
    """A feature collection, one feature a line."""
    lines = (json.dumps(feature, ensure_ascii=False, separators=(",", ":"), default=str) for feature in features)
    return ('{"type":"FeatureCollection","features":[\n' + ",\n".join(lines) + "\n]}\n").encode()


def _plain(row: Row) -> Row:
    return {name: value for name, value in row.items() if not isinstance(value, bytes)}


def _filled(row: Row, left_out: str = "") -> Row:
    """The row without empty cells, and without a column that is the same for all."""
    return {name: value for name, value in row.items() if value is not None and name != left_out}


def dossier_json(edition: Edition) -> bytes:
    """``dossier.json``: the case in one documented file."""
    public, file = edition.public, edition.case.file

    def rows(name: str) -> list[Row]:
        return [_filled(row) for row in public.of(name)]

    places = edition.grouped("incident_places", "incident_id")
    control = edition.grouped("control", "incident_id")
    fronts = edition.grouped("fronts", "incident_id")
    incidents = [
        {
            **_filled(row),
            **{
                name: [_filled(one, "incident_id") for one in found.get((key,), [])]
                for name, found in (("places", places), ("control", control), ("fronts", fronts))
            },
        }
        for key, row in public.rows["incidents"].items()
        if len(public.rows["incidents"]) <= MOST_DETAILED or key in edition.addresses.detailed
    ]  # fmt: skip
    return _json_bytes({
        "format": "contested-dossier/1",
        "about": ABOUT,
        "case": {
            "title": file.title, "purpose": file.purpose,
            "window": {"from": file.window.first, "to": file.window.last},
            "region": {"name": file.region.name, "box": list(file.region.box)},
            "parties": [{"id": party.id, "name": party.name} for party in file.parties],
            "events": [
                {"id": event.id, "title": event.title, "kind": event.kind, "from": event.first, "to": event.last,
                 "place": event.place, "summary": event.summary}
                for event in file.events
            ],
        },
        **{name: rows(name) for name in ("accounts", "contradictions", "claims", "votes")},
        "incidents": incidents,
        "findings": [{**row, "details": _details(row["details"])} for row in rows("findings")],
        **{name: rows(name) for name in ("rivals", "evidence", "evidence_ratios", "odds", "implications")},
        "counts": {
            name: {"printed": len(public.rows[name]), "withheld": len(public.withheld[name])} for name in TABLES
        },
        "hashes": {
            "originals": {row["original_path"]: row["sha256"] for row in public.of("originals")},
            "texts": {row["document_id"]: row["text_sha256"] for row in public.of("documents")},
        },
    })  # fmt: skip


def _details(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def feature_of_place(incident: Row, place: Row | None) -> dict[str, Any]:
    """One place of an incident as a feature; without geometry where no point is known."""
    point = None
    if place is not None and place["lon"] is not None:
        point = {"type": "Point", "coordinates": [round(place["lon"], 6), round(place["lat"], 6)]}
    beside = {name: place and place[name] for name in ("place_no", "place_name", "radius_m", "record_id")}
    return {"type": "Feature", "geometry": point, "properties": _filled({**_plain(incident), **beside})}


def incidents_geojson(edition: Edition) -> bytes:
    """``incidents.geojson``: one feature a place, with the radius that it must be drawn from."""
    incidents = edition.public.rows["incidents"]
    return features_bytes([
        feature_of_place(incidents[row["incident_id"]], row) for row in edition.public.of("incident_places")
        if row["incident_id"] in incidents
    ])  # fmt: skip


def holdings_geojson(edition: Edition) -> bytes:
    """``holdings.geojson``: one feature a holding, on a grid of a millionth of a degree."""
    features = []
    for row in edition.public.of("holdings"):
        shape = shapely.set_precision(shapely.from_wkb(row["geometry"]), GRID_DEGREES)
        features.append({
            "type": "Feature", "geometry": json.loads(shapely.to_geojson(shape)), "properties": _plain(row),
        })  # fmt: skip
    return features_bytes(features)


def table_csv(edition: Edition, table: str) -> bytes:
    """The printed rows of a table; geometry as WKT."""
    names = [column.name for column in TABLES[table].columns]
    return csv_bytes(names, ([_as_words(row[name]) for name in names] for row in edition.public.of(table)))


def _as_words(value: Any) -> Any:
    if not isinstance(value, bytes):
        return value
    return shapely.to_wkt(shapely.set_precision(shapely.from_wkb(value), GRID_DEGREES), rounding_precision=6)


def data_file(edition: Edition, table: str) -> str:
    """The file that holds all printed rows of a table: CSV, and Parquet for a long one."""
    return f"data/{table}.{'parquet' if len(edition.public.rows[table]) > MOST_LISTED else 'csv'}"


def table_bytes(edition: Edition, table: str) -> bytes:
    """The content of :func:`data_file`."""
    if data_file(edition, table).endswith(".csv"):
        return table_csv(edition, table)
    return parquet_bytes(TABLES[table].from_rows(edition.public.of(table)), SMALL_LEVEL)


def finding_file(edition: Edition, finding_id: str, n_rows: int) -> str:
    """The file of exactly the rows that a finding used; the table of all such rows where they are many."""
    return f"data/findings/{anchor(finding_id)}.csv" if n_rows <= MOST_LISTED else data_file(edition, "finding_rows")


def finding_csv(edition: Edition, used: Sequence[Row]) -> bytes:
    """The printed rows that a finding used, with all their columns; bytes are left out, and stand in their table."""
    rows = [(one, edition.public.rows[one["table"]][one["row_key"]]) for one in used]
    names = list(dict.fromkeys(name for _, row in rows for name, value in row.items() if not isinstance(value, bytes)))
    # The columns of several tables stand side by side; "of" is what keeps the first three apart from them.
    return csv_bytes(
        ["of_table", "of_row", "role", *names],
        ([one["table"], one["row_key"], one["role"], *map(row.get, names)] for one, row in rows),
    )


def manifest_json(files: Mapping[str, bytes]) -> bytes:
    """``manifest.json``: SHA-256 of every other file of the dossier, in name order."""
    return _json_bytes({name: hashlib.sha256(files[name]).hexdigest() for name in sorted(files)})
