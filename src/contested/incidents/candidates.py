"""Rows without a point → the table ``place_candidates``, and records placed by it where the case asks for that.

In: the tables ``records`` and ``claims``, and the case's region, place lists and named points. Out: for every record
without a point or radius, and every claim that names a place, the likeliest candidates, or one row that says that
none was found. Refuses: nothing.

A record is given no point in silence: candidates are shown beside it, and :func:`placed_records` fills one in only
where it was chosen (:mod:`contested.incidents.placing`) and ``case.toml`` says so, or where a person chose it, and says
so in ``extra``.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from contested.base.case import Case
from contested.base.records import PLACE_CANDIDATES, RECORDS
from contested.incidents.gazetteer import load_gazetteer
from contested.incidents.own_places import dataset_places, read_place_lists
from contested.incidents.placing import Candidate, Mention, Placer

if TYPE_CHECKING:
    import pyarrow as pa

    from contested.incidents.gazetteer import Place

#: Most candidates that the table keeps of one row; the reason of the last says how many more there are.
MAX_CANDIDATES = 5
#: Columns of datasets that name the wider place a row lies in (``adm_1``, ``admin2``, ``provstate``, ``oblast`` …).
_WIDER_COLUMN = re.compile(
    r"(?:adm(?:in)?_?[0-3](?:_?name)?|country(?:_txt)?|provstate|province|governorate|oblast|region|state|district|city)$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class PlacedRows:
    """The candidates of every row without a point."""

    candidates: pa.Table
    rejects: list[dict[str, Any]]
    notes: list[str]


def place_rows(case: Case, records: pa.Table, claims: Sequence[Mapping[str, Any]]) -> PlacedRows:
    """Read the case's place lists and find candidates."""
    own, rejects = read_place_lists(case)
    candidates, notes = find_candidates(case, records, claims, own)
    return PlacedRows(candidates, rejects, notes)


def mentioned_places(claims: Iterable[Mapping[str, Any]]) -> list[tuple[str, str, str]]:
    """All of the claims that candidates are found from: claim, document and place as written."""
    return sorted((row["claim_id"], row["document_id"], row["place_text"]) for row in claims if row.get("place_text"))


def choose_places(
    case: Case, records: pa.Table, candidates: pa.Table, decisions: Iterable[Mapping[str, Any]]
) -> tuple[pa.Table, pa.Table, list[str]]:
    """Records with their points, the candidates as people chose them, and notes on decisions without effect.

    Parameters
    ----------
    case
        Says whether what the program chose is used too.
    records, candidates
        As :func:`place_rows` gives them.
    decisions
        Those that stand, in order. On the table ``place_candidates`` with key ``records|ID`` or ``claims|ID``,
        ``correct`` chooses the candidate whose name, lon and lat are given, and ``reject`` none; the latest holds.
    """
    judged = {row["row_key"]: row for row in decisions if row["table"] == "place_candidates"}
    by_person: set[str] = set()
    notes: list[str] = []
    if judged:
        rows = candidates.to_pylist()
        of_row: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for row in rows:
            of_row[f"{row['of_table']}|{row['row_key']}"].append(row)
        for key, decision in judged.items():
            if (fault := _choose(of_row.get(key, []), decision)) is not None:
                notes.append(
                    f"decisions.jsonl line {decision['number']}: {decision['action']} of {key!r} has no effect: {fault}"
                )
            elif decision["action"] == "correct":
                by_person.add(key)
        candidates = PLACE_CANDIDATES.from_rows(rows)
    if case.file.places.use_candidates:
        records = placed_records(records, candidates)
    elif by_person:
        records = placed_records(records, candidates, by_person)
    return records, candidates, notes


def _choose(rows: list[dict[str, Any]], decision: Mapping[str, Any]) -> str | None:
    """Carry out a decision about the candidates of one row; what is wrong with it, if anything."""
    if not rows:
        return "that row has a point, or is not there"
    wanted: dict[str, Any] = {}
    if decision["action"] == "correct":
        try:
            change = json.loads(decision["change"])
            wanted = {name: change[name] for name in ("name", "lon", "lat")}
        except (ValueError, KeyError, TypeError):
            return f"change {decision['change']!r} does not give name, lon and lat of a candidate"
        if not any(all(row[name] == value for name, value in wanted.items()) for row in rows):
            return f"no candidate is {wanted['name']} at {wanted['lon']}, {wanted['lat']}"
    elif decision["action"] != "reject":
        return "a place is chosen with correct, or refused with reject"
    for row in rows:
        row["chosen"] = bool(wanted) and all(row[name] == value for name, value in wanted.items())
        if row["chosen"]:
            row["reason"] += f"; chosen by {decision['decided_by']}: {decision['reason']}"
            wanted = {}  # two lists may hold the same place: one row is enough
    return None


def find_candidates(
    case: Case, records: pa.Table, claims: Iterable[Mapping[str, Any]], own: Iterable[Place]
) -> tuple[pa.Table, list[str]]:
    """The table ``place_candidates``, and notes on what could not be looked up.

    Parameters
    ----------
    case
        Its region says which places are meant before others of their name.
    records
        Rows without a point, or without a radius, get candidates.
    claims
        Rows of the table ``claims``; those with ``place_text`` get candidates.
    own
        Places of the case's own lists.
    """
    named = [*_of_records(records), *_of_claims(claims)]
    if not named:
        return PLACE_CANDIDATES.empty(), []
    gazetteer = load_gazetteer().with_own([*own, *dataset_places(case, records)], case.file.region.box)
    placer = Placer(gazetteer)
    known: dict[Mention, list[Candidate]] = {}
    rows: list[dict[str, Any]] = []
    for table, key, mention in named:
        if mention not in known:
            known[mention] = placer.candidates(mention)
        rows += _rows(table, key, mention.text, known[mention])
    return PLACE_CANDIDATES.from_rows(rows), list(gazetteer.missing)


def _of_records(records: pa.Table) -> Iterator[tuple[str, str, Mention]]:
    import pyarrow.compute as pc

    unplaced = pc.or_(pc.is_null(records["lon"]), pc.is_null(records["radius_m"]))
    for row in records.select(["record_id", "place_name", "extra"]).filter(unplaced).to_pylist():
        wider = tuple(
            value for name, value in sorted(json.loads(row["extra"]).items())
            if _WIDER_COLUMN.match(name) and isinstance(value, str) and value and value != row["place_name"]
        )  # fmt: skip
        yield "records", row["record_id"], Mention(row["place_name"] or "", wider)


def _of_claims(claims: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, str, Mention]]:
    placed = [row for row in claims if row.get("place_text")]
    beside: dict[str, set[str]] = defaultdict(set)
    for row in placed:
        beside[row["document_id"]].add(row["place_text"])
    for row in placed:
        yield "claims", row["claim_id"], Mention(row["place_text"], (), tuple(sorted(beside[row["document_id"]])))


def _rows(table: str, key: str, text: str, found: list[Candidate]) -> Iterator[dict[str, Any]]:
    row: dict[str, Any] = {"of_table": table, "row_key": key, "place_text": text or None}
    if not found:
        reason = "no gazetteer has a place of this name" if text else "the row names no place"
        yield {**row, "candidate": 0, "reason": reason, "chosen": False}
    for number, one in enumerate(found[:MAX_CANDIDATES], 1):
        more = len(found) - number if number == MAX_CANDIDATES else 0
        yield {
            **row, "candidate": number, "name": one.place.name, "kind": one.place.kind, "lon": one.place.lon,
            "lat": one.place.lat, "radius_m": one.radius_m, "score": round(one.score, 4),
            "reason": one.reason + (f"; {more} less likely places are left out" if more else ""),
            "gazetteer": one.place.source, "chosen": one.chosen,
        }  # fmt: skip


def placed_records(records: pa.Table, candidates: pa.Table, keys: Container[str] | None = None) -> pa.Table:
    """Records with the chosen candidate's point and radius where they have no point; ``extra`` says ``point_from``.

    A record whose dataset gives a point keeps it, and one without a chosen candidate stays without a point. With
    ``keys`` (``records|ID``) only those rows are placed.
    """
    chosen = {
        row["row_key"]: row for row in candidates.to_pylist()
        if row["of_table"] == "records" and row["chosen"] and (keys is None or f"records|{row['row_key']}" in keys)
    }  # fmt: skip
    if not chosen:
        return records
    rows = records.to_pylist()
    for row in rows:
        if row["lon"] is None and (one := chosen.get(row["record_id"])):
            row.update({name: one[name] for name in ("lon", "lat", "radius_m")})
            said = f"{one['name']}: {one['gazetteer']}, score {one['score']:.2f}, {one['reason']}"
            row["extra"] = json.dumps({**json.loads(row["extra"]), "point_from": said}, ensure_ascii=False)
    return RECORDS.from_rows(rows)
