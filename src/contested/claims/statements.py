"""Statements and votes entered by hand → claims.

In: ``statements/*.csv`` and ``votes/*.csv`` of a case. Out: one document and its claims (and
votes) a file, and rejects. Refuses, row by row: unknown parties, events, stances and dates, and
names of speakers who are to be withheld.

A table is a document like any other: its text is frozen, and the passage of a claim is the
row's own quotation (else its summary, else the whole row) as it stands in that text.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from contested.base.case import Case
from contested.base.errors import CaseError, nearest_name
from contested.base.records import MODALITIES, SPEAKER_KINDS, STANCES, row_id, span
from contested.base.rows import Row, RowFile, read_rows
from contested.base.times import parse_interval

STATEMENT_COLUMNS = (
    "id", "event", "speaker", "speaker_kind", "party", "said_on", "stance", "modality", "target",
    "happened", "means", "mechanism", "event_time", "place", "killed_low", "killed_high",
    "injured_low", "injured_high", "summary", "quotation", "basis", "via", "address",
    "second_hand", "note",
)  # fmt: skip
VOTE_COLUMNS = (
    "draft", "body", "meeting", "date", "subject", "sponsors", "member", "vote", "how_known", "address",
)  # fmt: skip
VOTES_CAST = ("yes", "no", "abstain", "absent")
HAPPENED = ("yes", "no", "unclear")

#: A withheld speaker is written as a code; the name stays outside the case folder.
WITHHELD_CODE = re.compile(r"withheld-[0-9a-z]{6,}")

#: Members whose negative vote is a veto once a draft has :data:`VOTES_NEEDED` (UN Charter, Article 27).
PERMANENT_MEMBERS = frozenset({
    "china", "france", "russia", "russian federation", "ussr", "united kingdom", "united states",
    "united states of america", "united kingdom of great britain and northern ireland",
})  # fmt: skip
#: Seats and votes needed since the Council was enlarged in 1966; with fewer rows the outcome is unknown.
SEATS, VOTES_NEEDED = 15, 9
SECURITY_COUNCIL = "un security council"


@dataclass(frozen=True)
class TableClaims:
    """What one statements or votes file gives: rows for the tables of the same names."""

    document: dict[str, Any]
    claims: list[dict[str, Any]] = field(default_factory=list)
    votes: list[dict[str, Any]] = field(default_factory=list)
    rejects: list[dict[str, Any]] = field(default_factory=list)


def read_statements(path: Path, case: Case) -> TableClaims:
    """Claims of a statements table, one a row.

    Raises
    ------
    DatasetError
        When the file itself cannot be read or lacks a column.
    """
    file = read_rows(path, STATEMENT_COLUMNS)
    result = TableClaims(_document(file, case))
    seen: set[str] = set()
    for row in file.rows:
        try:
            if row.values["id"] in seen:
                raise ValueError(f'id "{row.values["id"]}" is met twice; give each row its own')
            result.claims.append(_statement(row, file, case, result.document["document_id"]))
            seen.add(row.values["id"])
        except ValueError as fault:
            result.rejects.append(_reject(file, row, case, fault))
    return result


def read_votes(path: Path, case: Case) -> TableClaims:
    """Votes of a votes table, each with its claim; vetoes and outcomes are derived from the whole draft.

    A permanent member's no is a veto only when the draft had the votes needed without it; drafts of
    other bodies than the Security Council get the outcome ``unknown``.
    """
    file = read_rows(path, VOTE_COLUMNS)
    result = TableClaims(_document(file, case))
    cast: dict[str, list[tuple[Row, date]]] = {}
    for row in file.rows:
        try:
            values = row.values
            if values["vote"] not in VOTES_CAST:
                raise ValueError(f'vote "{values["vote"]}" is none of {", ".join(VOTES_CAST)}')
            for name in ("draft", "member"):
                if not values[name]:
                    raise ValueError(f"{name} is empty; every vote needs one")
            if any(other.values["member"] == values["member"] for other, _ in cast.get(values["draft"], [])):
                raise ValueError(f"{values['member']} votes twice on {values['draft']}; keep one row")
            cast.setdefault(values["draft"], []).append((row, _one_day(values["date"], "date")))
        except ValueError as fault:
            result.rejects.append(_reject(file, row, case, fault))
    for rows in cast.values():
        outcome = _outcome([row.values for row, _ in rows])
        for row, day in rows:
            vote = _vote(row, day, outcome, case, file)
            result.votes.append(vote)
            result.claims.append(_vote_claim(vote, row, file, result.document["document_id"]))
    return result


def _statement(row: Row, file: RowFile, case: Case, document_id: str) -> dict[str, Any]:
    values = row.values
    if "" in values:
        raise ValueError(f"the row has more cells than the header: {values['']!r} is left over")
    for name in ("id", "speaker", "party", "stance", "address"):
        if not values[name]:
            raise ValueError(f"{name} is empty; every statement needs one")
    kind = _one_of(values["speaker_kind"] or "named", SPEAKER_KINDS, "speaker_kind")
    if kind == "withheld" and not WITHHELD_CODE.fullmatch(values["speaker"]):
        raise ValueError(
            "speaker_kind is withheld but speaker is no code; write a random code such as "
            "withheld-3f9a1c and keep the name outside the case folder"
        )
    event = values["event"] or None
    events = [known.id for known in case.file.events]
    if event is not None and event not in events:
        raise ValueError(f'event "{event}" is none of the case; {nearest_name(event, events)}')
    quotation = _find(file, row, values["quotation"])
    passage = (
        quotation or _find(file, row, values["summary"]) or span(file.text[row.start : row.end], row.start, row.end)
    )
    speaker = _find(file, row, values["speaker"])
    target = values["target"]
    target_span = _find(file, row, target) if target else None
    return {
        "claim_id": row_id("statement", case.relative(file.path), values["id"]),
        "origin": "statement",
        "document_id": document_id,
        "original_path": case.relative(file.path),
        "original_row": row.number,
        "passage": [passage],
        "quoted": quotation is not None,
        "speaker_text": values["speaker"],
        "speaker_start": speaker["start"] if speaker else None,
        "speaker_end": speaker["end"] if speaker else None,
        "speaker_kind": kind,
        "speaker_actor": values["speaker"],
        "speaker_party": _party(case, values["party"], "party"),
        "via": [
            _find(file, row, name) or span(file.text[row.start : row.end], row.start, row.end)
            for name in (part.strip() for part in values["via"].split(";")) if name
        ],
        "stance": _one_of(values["stance"], STANCES, "stance"),
        "modality": _one_of(values["modality"] or "asserts", MODALITIES, "modality"),
        "target_text": target or None,
        "target_start": target_span["start"] if target_span else None,
        "target_end": target_span["end"] if target_span else None,
        "target_party": _party(case, target, "target") if target else None,
        "said_on": _one_day(values["said_on"], "said_on") if values["said_on"] else None,
        "event_id": event,
        "happened": _one_of(values["happened"], HAPPENED, "happened") if values["happened"] else None,
        "means": values["means"] or None,
        "mechanism": values["mechanism"] or None,
        "place_text": values["place"] or None,
        "event_time": values["event_time"] or None,
        **_toll(values),
        "summary": values["summary"] or None,
        "basis": values["basis"] or None,
        "address": values["address"],
        "second_hand": _true_or_false(values["second_hand"], "second_hand"),
        "note": values["note"] or None,
        "made_by": "hand",
        "checked": True,
    }  # fmt: skip


def _vote(row: Row, day: date, outcome: str, case: Case, file: RowFile) -> dict[str, Any]:
    values = row.values
    member = values["member"]
    return {
        "draft": values["draft"], "member": member,
        "party": case.party_of.get(member.casefold()),
        "body": values["body"], "meeting": values["meeting"] or None, "voted_on": day,
        "subject": values["subject"],
        "sponsors": [name.strip() for name in values["sponsors"].split(";") if name.strip()],
        "vote": values["vote"],
        "veto": outcome == "vetoed" and values["vote"] == "no" and member.casefold() in PERMANENT_MEMBERS,
        "outcome": outcome, "how_known": values["how_known"], "address": values["address"],
        "original_path": case.relative(file.path), "original_row": row.number,
        "claim_id": row_id("vote", values["draft"], member),
    }  # fmt: skip


def _vote_claim(vote: dict[str, Any], row: Row, file: RowFile, document_id: str) -> dict[str, Any]:
    speaker = _find(file, row, vote["member"])
    cue = _find(file, row, vote["vote"])
    done = {"yes": "voted for", "no": "voted against", "abstain": "abstained on", "absent": "was absent on"}
    summary = f"{vote['member']} {done[vote['vote']]} {vote['draft']} ({vote['subject']})"
    return {
        "claim_id": vote["claim_id"], "origin": "vote", "document_id": document_id,
        "original_path": vote["original_path"], "original_row": vote["original_row"],
        "passage": [span(file.text[row.start : row.end], row.start, row.end)],
        "quoted": False,
        "speaker_text": vote["member"],
        "speaker_start": speaker["start"] if speaker else None,
        "speaker_end": speaker["end"] if speaker else None,
        "speaker_kind": "named", "speaker_actor": vote["member"], "speaker_party": vote["party"],
        "via": [],
        "cue_text": cue["text"] if cue else None,
        "cue_start": cue["start"] if cue else None, "cue_end": cue["end"] if cue else None,
        "stance": "reports", "modality": "asserts", "said_on": vote["voted_on"],
        "summary": f"{summary}: a veto" if vote["veto"] else summary,
        "address": vote["address"], "second_hand": not vote["how_known"].startswith("read"),
        "note": None if vote["how_known"].startswith("read") else vote["how_known"],
        "made_by": "hand",
        "checked": True,
    }  # fmt: skip


def _outcome(rows: list[dict[str, str]]) -> str:
    if rows[0]["body"].casefold() != SECURITY_COUNCIL or len(rows) != SEATS:
        return "unknown"
    in_favour = sum(row["vote"] == "yes" for row in rows)
    if in_favour < VOTES_NEEDED:
        return "failed_lacking_votes"
    against = {row["member"].casefold() for row in rows if row["vote"] == "no"}
    return "vetoed" if against & PERMANENT_MEMBERS else "adopted"


def _document(file: RowFile, case: Case) -> dict[str, Any]:
    sha256 = hashlib.sha256(file.path.read_bytes()).hexdigest()
    return {
        "document_id": sha256[:12], "path": case.relative(file.path), "sha256": sha256,
        "media_type": "text/csv", "title": file.path.stem, "text": file.text,
        "text_sha256": hashlib.sha256(file.text.encode()).hexdigest(), "reader": "rows 1",
    }  # fmt: skip


def _reject(file: RowFile, row: Row, case: Case, fault: ValueError) -> dict[str, Any]:
    return {
        "original_path": case.relative(file.path), "original_row": row.number, "stage": "claims",
        "reason": f"{file.path.name} row {row.number}: {fault}; the row went to rejects",
        "raw": json.dumps(row.values, ensure_ascii=False),
    }  # fmt: skip


def _find(file: RowFile, row: Row, cell: str) -> dict[str, Any] | None:
    """Where a cell's words stand in the row; ``None`` when quoting changed them."""
    start = file.text.find(cell, row.start, row.end) if cell else -1
    return span(cell, start, start + len(cell)) if start >= 0 else None


def _party(case: Case, name: str, column: str) -> str:
    try:
        return case.party_id(name, column)
    except CaseError as fault:
        raise ValueError(str(fault)) from None


def _one_of(value: str, allowed: Iterable[str], column: str) -> str:
    names = tuple(allowed)
    if value not in names:
        raise ValueError(f'{column} "{value}" is none of {", ".join(names)}; {nearest_name(value, names)}')
    return value


def _one_day(text: str, column: str) -> date:
    interval = parse_interval(text)
    if interval.days != 1:
        raise ValueError(f'{column} "{text}" must be one day, YYYY-MM-DD; leave it empty when unknown')
    return interval.start


def _true_or_false(text: str, column: str) -> bool:
    if text.lower() not in ("true", "false"):
        raise ValueError(f'{column} "{text}" must be true or false')
    return text.lower() == "true"


def _toll(values: dict[str, str]) -> dict[str, int | None]:
    toll: dict[str, int | None] = {}
    for name in ("killed_low", "killed_high", "injured_low", "injured_high"):
        text = values[name]
        if text and not text.isdecimal():
            raise ValueError(f'{name} "{text}" must be a whole number, or empty when not stated')
        toll[name] = int(text) if text else None
    for kind in ("killed", "injured"):
        low, high = toll[f"{kind}_low"], toll[f"{kind}_high"]
        if low is not None and high is not None and low > high:
            raise ValueError(f"{kind}_low {low} is more than {kind}_high {high}; exchange them")
    return toll
