"""Claims and documents as published: withheld speakers as codes, and of each text only what is quoted.

In: public claims and documents, and the claims that are withheld. Out: both, altered so that every span still equals
its piece of the shortened text. Refuses: nothing.

A frozen text goes out whole only where ``publish_text`` says that its licence allows it and no claim of it is withheld.
Else it is cut down to the quoted spans, joined by a mark; a span that overlaps a withheld one is left out.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from contested.publish.codes import Codes
from contested.web.public import Row

#: Stands between two quoted spans of a shortened text.
GAP = " […] "
#: Prefix of the columns of a claim that are cut from its text → the column with the words.
CUTS = {
    "speaker": "speaker_text", "speaker_named": None, "cue": "cue_text", "target": "target_text",
    "place": "place_text", "event_time": "event_time",
}  # fmt: skip
_NOTHING = {"text": "", "start": 0, "end": 0}

Interval = tuple[int, int]


@dataclass(frozen=True)
class Withholding:
    """Who is withheld: names as declared, folded, and the notes rule."""

    names: frozenset[str]
    notes: bool

    def holds(self, claim: Row) -> bool:
        """Whether the speaker of a claim is to be withheld."""
        if claim["speaker_kind"] == "withheld":
            return True
        said = [claim["speaker_text"], claim["speaker_actor"], *(piece["text"] for piece in claim["via"])]
        return any(self.mentions(text) for text in said)

    def mentions(self, text: str | None) -> bool:
        """Whether a text holds one of the names."""
        return text is not None and any(name in " ".join(text.split()).casefold() for name in self.names)


def publish_claims(
    claims: Iterable[Row], texts: Mapping[str, str], who: Withholding, codes: Codes
) -> tuple[list[Row], set[str]]:
    """The claims without what identifies withheld speakers, and the ids of theirs."""
    found, silenced = [], set()
    for claim in claims:
        text = texts.get(claim["document_id"], "")
        claim = {
            **claim,
            # A whole row of a table holds its other cells too: notes, bases, names.
            "passage": [_NOTHING if _whole_row(claim, piece, text) else piece for piece in claim["passage"]],
            "via": [piece for piece in claim["via"] if not _whole_row(claim, piece, text)],
            "note": claim["note"] if who.notes else None,
        }
        if who.holds(claim):
            silenced.add(claim["claim_id"])
            claim = _silence(claim, who, codes)
        found.append(claim)
    return found, silenced


def _whole_row(claim: Row, piece: Mapping[str, Any], text: str) -> bool:
    if claim["origin"] == "record":
        return True
    if claim["origin"] == "document" or claim["quoted"]:
        return False
    start, end = piece["start"], piece["end"]
    return (start == 0 or text[start - 1] in "\r\n") and (end >= len(text) or text[end] in "\r\n")


def _silence(claim: Row, who: Withholding, codes: Codes) -> Row:
    """The claim under a code, without passage, chain, basis and address: each can lead to the speaker."""
    name = claim["speaker_actor"] or claim["speaker_text"] or claim["claim_id"]
    code = codes.code("withheld", name)
    cut = {f"{prefix}_{end}": None for prefix in CUTS for end in ("start", "end")}
    if claim["origin"] == "document":
        # Words that were cut out of the passage; what they mean stands in target_party, means and the days.
        cut |= dict.fromkeys(("target_text", "place_text", "event_time"))
    return {
        **claim, **cut, "speaker_text": code, "speaker_actor": code, "speaker_kind": "withheld",
        "passage": [_NOTHING], "via": [], "basis": None, "address": None, "note": None, "cue_text": None,
        "summary": None if who.mentions(claim["summary"]) else claim["summary"],
    }  # fmt: skip


def publish_documents(
    documents: Sequence[Row], claims: Sequence[Row], barred: Mapping[str, Sequence[Interval]], whole: Iterable[str]
) -> tuple[list[Row], list[Row]]:
    """Documents with shortened texts, and the claims with their spans in them.

    Parameters
    ----------
    documents, claims
        The public rows.
    barred
        Spans of withheld claims and speakers by document: nothing that touches them goes out.
    whole
        Ids of the documents whose text may go out whole.
    """
    free = {one for one in whole if not barred.get(one)}
    kept: dict[str, list[Interval]] = {row["document_id"]: [] for row in documents}
    for claim in claims:
        for start, end in _spans(claim):
            if claim["document_id"] in kept and not _touches(start, end, barred.get(claim["document_id"], ())):
                kept[claim["document_id"]].append((start, end))
    shortened, moves = [], {}
    for row in documents:
        moves[row["document_id"]] = move = _Move.of(kept[row["document_id"]], row["document_id"] in free)
        text = row["text"] if move.whole else move.cut(row["text"])
        shortened.append({
            **row, "text": text, "text_sha256": hashlib.sha256(text.encode()).hexdigest(), "member": None,
            "pages": row["pages"] if move.whole else None,
            "title": None if row["title"] == PurePosixPath(row["path"]).stem else row["title"],
        })  # fmt: skip
    return shortened, [_moved(claim, moves.get(claim["document_id"], _Move((), False))) for claim in claims]


def spans_of(claim: Row) -> list[Interval]:
    """The stretches of text that a withheld claim bars: its passage, and where its speaker is named."""
    named = [(claim[f"{prefix}_start"], claim[f"{prefix}_end"]) for prefix in ("speaker", "speaker_named")]
    pieces = [(piece["start"], piece["end"]) for piece in claim["passage"]]
    return [(start, end) for start, end in (*pieces, *named) if start is not None and end > start]


def _spans(claim: Row) -> list[Interval]:
    cuts = [(claim[f"{prefix}_start"], claim[f"{prefix}_end"]) for prefix in CUTS]
    pieces = [(piece["start"], piece["end"]) for piece in (*claim["passage"], *claim["via"])]
    return [(start, end) for start, end in (*pieces, *cuts) if start is not None and end > start]


def _touches(start: int, end: int, barred: Iterable[Interval]) -> bool:
    return any(start < other_end and other_start < end for other_start, other_end in barred)


@dataclass(frozen=True)
class _Move:
    """Where characters of a text stand in the shortened one."""

    kept: tuple[Interval, ...]
    whole: bool

    @classmethod
    def of(cls, spans: Iterable[Interval], whole: bool) -> _Move:
        """The move that keeps the spans, those that touch joined."""
        joined: list[Interval] = []
        for start, end in sorted(spans):
            if joined and start <= joined[-1][1]:
                joined[-1] = (joined[-1][0], max(joined[-1][1], end))
            else:
                joined.append((start, end))
        return cls(tuple(joined), whole)

    def cut(self, text: str) -> str:
        """The shortened text."""
        return GAP.join(text[start:end] for start, end in self.kept)

    def at(self, start: int, end: int) -> Interval | None:
        """Where a span stands now; ``None`` when it was not kept."""
        if self.whole:
            return start, end
        position = 0
        for kept_start, kept_end in self.kept:
            if kept_start <= start and end <= kept_end:
                return position + start - kept_start, position + end - kept_start
            position += kept_end - kept_start + len(GAP)
        return None


def _moved(claim: Row, move: _Move) -> Row:
    claim = dict(claim)
    for column in ("passage", "via"):
        pieces = []
        for piece in claim[column]:
            place = move.at(piece["start"], piece["end"]) if piece["end"] > piece["start"] else None
            if place is not None:
                pieces.append({"text": piece["text"], "start": place[0], "end": place[1]})
        claim[column] = pieces
    claim["passage"] = claim["passage"] or [_NOTHING]
    for prefix, words in CUTS.items():
        start, end = claim[f"{prefix}_start"], claim[f"{prefix}_end"]
        place = None if start is None else move.at(start, end)
        claim[f"{prefix}_start"], claim[f"{prefix}_end"] = place or (None, None)
        # Words cut out of a withheld passage do not stand in a column of their own either.
        if words is not None and start is not None and place is None:
            claim[words] = None
    return claim
