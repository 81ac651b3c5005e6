"""FollowTheMoney: entities, one a line (https://followthemoney.tech), for Aleph, OpenAleph and their kin.

In: an :class:`~contested.web.edition.Edition`. Out: ``entities.ftm.json``. Refuses: nothing.

The vocabulary has no claim and no uncertain point. An incident is an ``Event``, each place an ``Address`` with the
radius in words, a document a ``Document``, a record or a claim a ``Note`` with the verbatim passage, and a claim that
is linked to an incident an ``UnknownLink`` from its speaker with the stance as its role. Nobody is made the organizer
of, or involved in, an event: a blame is what somebody says.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from importlib.util import find_spec
from typing import Any

from contested.base.records import iso, row_id
from contested.web.addresses import safe_link
from contested.web.claim_pages import document_words, speaker_words
from contested.web.edition import Edition
from contested.web.interchange.counting import Export, Format
from contested.web.interchange.placed import Placed, claim_words, one_day, passage_words, placed_incidents, toll_words
from contested.web.public import PublicRows, Row, row_key
from contested.web.strings import TEXT

FILE = "entities.ftm.json"
CARRIED = ("incidents", "incident_places", "documents", "records", "claims")


def entity_id(table: str, key: str) -> str:
    """A name that the vocabulary allows: letters, digits and hyphens."""
    return f"contested-{table.replace('_', '-')}-{row_id(table, key, length=20)}"


def write_followthemoney(edition: Edition) -> Export:
    """One line an entity, in the order of the tables."""
    entities = list(_entities(edition))
    lines = "".join(f"{json.dumps(entity, ensure_ascii=False)}\n" for entity in entities)
    return Export({FILE: lines.encode()}, notes=tuple(_refused_values(entities)))


def _refused_values(entities: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """What the vocabulary's own library does not accept, where it is installed (the extra ``interchange``)."""
    if find_spec("followthemoney") is None:
        yield "not checked by the followthemoney library, which is not installed: contested[interchange]"
        return
    from followthemoney import model

    refused: Counter[str] = Counter()
    for entity in entities:
        read = model.get_proxy({**entity, "properties": dict(entity["properties"])}, cleaned=False)
        for name in entity["properties"]:
            refused[f"{entity['schema']}.{name}"] += not read.get(name)
    yield from (
        f"{number} values of {name} are not accepted by the followthemoney library"
        for name, number in sorted(refused.items())
        if number
    )


def _entity(schema: str, named: str, /, **properties: Iterable[str | None] | str | None) -> dict[str, Any]:
    """Values of a property are lists of text; what is missing is left out."""
    listed = {key: [value] if isinstance(value, str) else value for key, value in properties.items()}
    kept = {key: list(dict.fromkeys(filter(None, value or ()))) for key, value in listed.items()}
    return {"id": named, "schema": schema, "properties": {key: value for key, value in kept.items() if value}}


def _entities(edition: Edition) -> Iterator[dict[str, Any]]:
    rows = edition.public.rows
    placed = placed_incidents(edition)
    by_incident: dict[str, list[Placed]] = {}
    for one in placed:
        by_incident.setdefault(one.incident["incident_id"], []).append(one)
    of_record = {row["record_id"]: key for key, ones in by_incident.items() for row in ones[0].records}
    of_claim: dict[str, list[str]] = {}
    for key, ones in by_incident.items():
        for claim in ones[0].claims:
            of_claim.setdefault(claim["claim_id"], []).append(key)
    for ones in by_incident.values():
        yield _event(ones)
    for one in placed:
        if one.place is not None:
            yield _address(one)
    for key, row in rows["documents"].items():
        yield _entity(
            "Document", entity_id("documents", key), fileName=row["member"] or row["path"], title=row["title"],
            author=row["author"], publishedAt=iso(row["published"]), publisher=row["outlet"],
            sourceUrl=safe_link(row["address"]), notes=f"SHA-256 {row['sha256']}", mimeType=row["media_type"],
        )  # fmt: skip
    for key, row in rows["records"].items():
        yield _entity(
            "Note", entity_id("records", key), name=key, description=row["title"], summary=toll_words(row),
            publisher=row["dataset"], sourceUrl=safe_link(row["address"]), notes=row["sources"],
            entity=[entity_id("incidents", of_record[key])] if key in of_record else None,
        )  # fmt: skip
    speakers: set[str] = set()
    for key, row in rows["claims"].items():
        yield from _claim(edition, key, row, of_claim.get(key, []), speakers)


def _event(ones: list[Placed]) -> dict[str, Any]:
    row = ones[0].incident
    days = {"date": iso(row["date_start"])} if one_day(row) else {}
    return _entity(
        "Event", entity_id("incidents", row["incident_id"]), name=row["title"], recordId=row["incident_id"],
        keywords=row["kind"], startDate=iso(row["date_start"]), endDate=iso(row["date_end"]), summary=toll_words(row),
        description=f"{TEXT['grade']}: {row['grade']} ({row['grade_rule']})",
        location=[one.place_words() for one in ones],
        addressEntity=[entity_id("incident_places", one.key) for one in ones if one.place is not None],
        **days,
    )  # fmt: skip


def _address(one: Placed) -> dict[str, Any]:
    assert one.place is not None
    lon, lat = (None, None) if one.point is None else map(repr, one.point)
    return _entity(
        "Address", entity_id("incident_places", one.key), full=one.place["place_name"], latitude=lat, longitude=lon,
        remarks=one.place_words(),
    )  # fmt: skip


def _claim(edition: Edition, key: str, row: Row, incidents: list[str], speakers: set[str]) -> Iterator[dict[str, Any]]:
    documents = edition.public.rows["documents"]
    proof = entity_id("documents", row["document_id"]) if row["document_id"] in documents else None
    note = _entity(
        "Note", entity_id("claims", key), name=claim_words(edition, row), description=passage_words(row),
        summary=row["summary"], proof=proof, sourceUrl=safe_link(row["address"]), notes=row["note"],
        publisher=document_words(documents[row["document_id"]]) if proof else None,
        entity=[entity_id("incidents", one) for one in incidents],
    )  # fmt: skip
    yield note
    if not incidents or not (name := speaker_words(row)):
        return
    speaker = f"contested-speaker-{row_id(name, length=20)}"
    if speaker not in speakers:
        speakers.add(speaker)
        yield _entity("LegalEntity", speaker, name=name)
    for one in incidents:
        yield _entity(
            "UnknownLink", f"contested-link-{row_id(key, one, length=20)}", subject=speaker,
            object=entity_id("incidents", one), role=TEXT["stance_" + row["stance"]], date=iso(row["said_on"]),
            description=passage_words(row), proof=proof,
        )  # fmt: skip


def read_followthemoney_keys(files: Mapping[str, bytes], public: PublicRows) -> dict[str, list[str]]:
    """Rows by the names of their entities; an entity that names no row is no row of a table."""
    names = {
        entity_id(table, row_key(table, row)): (table, key)
        for table in CARRIED for key, row in public.rows[table].items()
    }  # fmt: skip
    found: dict[str, list[str]] = {table: [] for table in CARRIED}
    for line in files[FILE].decode().split("\n"):
        if line and (name := json.loads(line)["id"]) in names:
            table, key = names[name]
            found[table].append(key)
    return found


FOLLOWTHEMONEY = Format(
    "ftm", "FollowTheMoney entities, one a line", CARRIED, write_followthemoney, read_followthemoney_keys
)
