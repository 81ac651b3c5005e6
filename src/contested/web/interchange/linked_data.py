"""JSON-LD in the words of schema.org: claims, incidents and documents.

In: an :class:`~contested.web.edition.Edition`. Out: ``claims.jsonld``, one graph whose context stands in the file, so
that no network is asked. Refuses: nothing.

``Claim`` is used, ``ClaimReview`` is not: a review gives a verdict, and nothing here does. Schema.org knows no relation
between claims; who is blamed or denied stands in words of our own under ``urn:contested:``. A point is a ``GeoCircle``
with its radius, never bare where a radius is known.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote, unquote

from contested.base.records import iso
from contested.web.addresses import safe_link
from contested.web.claim_pages import speaker_words
from contested.web.edition import Edition
from contested.web.interchange.counting import Export, Format
from contested.web.interchange.placed import Placed, passage_words, placed_incidents, placed_keys
from contested.web.public import PublicRows, Row

FILE = "claims.jsonld"
CONTEXT = {
    "@version": 1.1, "@vocab": "https://schema.org/", "contested": "urn:contested:term:",
    "stance": "contested:stance", "modality": "contested:modality", "target": "contested:target",
    "checked": "contested:checked", "grade": "contested:grade", "gradeRule": "contested:gradeRule",
    "url": {"@type": "@id"}, "about": {"@type": "@id"},
    "datePublished": {"@type": "Date"}, "startDate": {"@type": "Date"}, "endDate": {"@type": "Date"},
}  # fmt: skip


def name_of(table: str, key: str) -> str:
    """An address of a row that leads nowhere on the web: a URN."""
    return f"urn:contested:{table}:{quote(key, safe='')}"


def write_linked_data(edition: Edition) -> Export:
    """One graph."""
    graph = list(_graph(edition))
    text = json.dumps({"@context": CONTEXT, "@graph": graph}, ensure_ascii=False, indent=1)
    return Export({FILE: (text + "\n").encode()})


def _filled(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value not in (None, "", [])}


def _graph(edition: Edition) -> Iterator[dict[str, Any]]:
    placed = placed_incidents(edition)
    about: dict[str, list[str]] = {}
    places: dict[str, list[Placed]] = {}
    for one in placed:
        places.setdefault(one.incident["incident_id"], []).append(one)
    for key, ones in places.items():
        for claim in ones[0].claims:
            about.setdefault(claim["claim_id"], []).append(name_of("incidents", key))
    for key, row in edition.public.rows["documents"].items():
        yield {"@id": name_of("documents", key), "@type": "CreativeWork", **_filled(
            name=row["title"], author=row["author"], publisher=row["outlet"], datePublished=iso(row["published"]),
            url=safe_link(row["address"]), inLanguage=row["language"], sha256=row["sha256"],
        )}  # fmt: skip
    for key, ones in places.items():
        row = ones[0].incident
        yield {"@id": name_of("incidents", key), "@type": "Event", **_filled(
            name=row["title"], startDate=iso(row["date_start"]), endDate=iso(row["date_end"]), keywords=row["kind"],
            grade=row["grade"], gradeRule=row["grade_rule"],
            location=[_place(one) for one in ones if one.place is not None],
        )}  # fmt: skip
    for key, row in edition.public.rows["claims"].items():
        yield _claim(edition, key, row, about.get(key, []))


def _place(one: Placed) -> dict[str, Any]:
    assert one.place is not None
    place = {"@id": name_of("incident_places", one.key), "@type": "Place", **_filled(name=one.place["place_name"])}
    if one.point is None:
        return place
    point = {"@type": "GeoCoordinates", "longitude": one.point[0], "latitude": one.point[1]}
    if one.radius_m is None:
        return {**place, "geo": point}
    return {**place, "geo": {"@type": "GeoCircle", "geoMidpoint": point, "geoRadius": one.radius_m}}


def _claim(edition: Edition, key: str, row: Row, about: list[str]) -> dict[str, Any]:
    printed = row["document_id"] in edition.public.rows["documents"]
    document = {"@id": name_of("documents", row["document_id"])} if printed else None
    # Only the speaker's own publication is where a claim first appeared; a relay is an appearance.
    first = document if document and not row["second_hand"] and not row["via"] else None
    target = edition.marks(row["target_party"]).name if row["target_party"] else row["target_text"]
    return {"@id": name_of("claims", key), "@type": "Claim", **_filled(
        text=passage_words(row), author=_filled(**{"@type": "Thing", "name": speaker_words(row)}),
        datePublished=iso(row["said_on"]), appearance=document, firstAppearance=first, about=about,
        url=safe_link(row["address"]), stance=row["stance"], modality=row["modality"], target=target,
        checked=row["checked"],
    )}  # fmt: skip


def read_linked_data_keys(files: Mapping[str, bytes], public: PublicRows) -> dict[str, list[str]]:
    """Rows by the names of their nodes."""
    graph = json.loads(files[FILE])["@graph"]
    names = [node["@id"] for node in graph]
    entries: list[str] = []
    for node in graph:
        if node["@type"] == "Event":
            inner = [unquote(place["@id"].split(":", 3)[3]) for place in node.get("location", ())]
            entries += inner or [unquote(node["@id"].split(":", 3)[3])]
    return {
        **placed_keys(entries, public),
        **{
            table: [unquote(name.split(":", 3)[3]) for name in names if name.startswith(f"urn:contested:{table}:")]
            for table in ("claims", "documents")
        },
    }


LINKED_DATA = Format(
    "jsonld", "JSON-LD: schema.org claims, with incidents and documents",
    ("claims", "documents", "incidents", "incident_places"), write_linked_data, read_linked_data_keys,
)  # fmt: skip
