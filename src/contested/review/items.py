"""What one screen of the queue shows: the row in question, and the passage that it rests on.

In: tables, and the key of a row. Out: dataclasses for templates. Refuses: a row that is not there (``None``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from contested.review.tables import CaseTables

#: Characters of the frozen text shown before and after a passage, and most of the passage itself.
AROUND, MAX_PASSAGE = 900, 8_000
#: Spans of a claim that are told apart in the text, each with its class.
_SPANS = ("speaker", "cue", "target", "place", "event_time")
#: Columns of a record that are shown beside the other's, in order.
RECORD_COLUMNS = (
    "dataset", "date_start", "date_end", "time_of_day", "place_name", "lon", "lat", "radius_m", "kind", "killed_low",
    "killed_high", "injured_low", "injured_high", "actors", "sources", "attributed_to", "address",
)  # fmt: skip


@dataclass(frozen=True)
class Piece:
    """A stretch of text, and what it is to the claim: passage, speaker, cue, target, place, event_time."""

    text: str
    roles: tuple[str, ...]


@dataclass(frozen=True)
class Passage:
    """A passage in the text around it."""

    document: Mapping[str, Any]
    """Columns of ``documents``, without the text."""
    pieces: tuple[Piece, ...]
    cut_before: bool
    cut_after: bool

    @property
    def roles(self) -> list[str]:
        """Roles that are marked in it, in a fixed order."""
        met = {role for piece in self.pieces for role in piece.roles}
        return [role for role in ("passage", *_SPANS, "via") if role in met]


@dataclass(frozen=True)
class ClaimItem:
    """A claim to judge."""

    claim: Mapping[str, Any]
    passage: Passage | None
    contradictions: tuple[Mapping[str, Any], ...]
    tier: int | None
    """Why it is asked about: tier of the queue; ``None`` when it is not in it."""


@dataclass(frozen=True)
class PairItem:
    """Two records that may be one event: the columns that differ are told."""

    key: str
    link: Mapping[str, Any]
    a: Mapping[str, Any]
    b: Mapping[str, Any]
    differing: frozenset[str]
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class PlaceItem:
    """A row without a point, and the places that it may mean."""

    key: str
    place_text: str
    candidates: tuple[Mapping[str, Any], ...]
    record: Mapping[str, Any] | None
    claim: ClaimItem | None


@dataclass(frozen=True)
class SpeakerItem:
    """A name without a party, and some of its claims."""

    key: str
    n_claims: int
    claims: tuple[ClaimItem, ...]


_PASSAGES = """
SELECT wanted.n, document_id, path, title, outlet, published, address, language, length(text) AS length,
  substr(text, wanted.first, wanted.size) AS text
FROM (SELECT unnest(?) AS n, unnest(?) AS document_id, unnest(?) AS first, unnest(?) AS size) AS wanted
JOIN documents USING (document_id)
"""


def read_passage(tables: CaseTables, claim: Mapping[str, Any], around: int = AROUND) -> Passage | None:
    """The passage of a claim in its frozen text; ``None`` when its document is not there."""
    return read_passages(tables, [claim], around)[0]


def read_passages(tables: CaseTables, claims: Sequence[Mapping[str, Any]], around: int) -> list[Passage | None]:
    """The passages of claims, with so many characters before and after; ``None`` where a document is not there."""
    spans = []
    for claim in claims:
        start = min((piece["start"] for piece in claim["passage"]), default=0)
        end = max((piece["end"] for piece in claim["passage"]), default=0)
        first = max(0, start - around)
        spans.append((first, min(end, start + MAX_PASSAGE) + around - first))
    found: dict[int, dict[str, Any]] = {}
    if claims:
        columns = [
            list(range(len(claims))), [claim["document_id"] for claim in claims],
            [first + 1 for first, _ in spans], [size for _, size in spans],
        ]  # fmt: skip
        found = {row["n"]: row for row in tables.rows(_PASSAGES, columns)}
    return [
        _passage(claim, found[n], first) if n in found else None
        for n, (claim, (first, _)) in enumerate(zip(claims, spans, strict=True))
    ]


def _passage(claim: Mapping[str, Any], document: Mapping[str, Any], first: int) -> Passage:
    marked = [(piece["start"], piece["end"], "passage") for piece in claim["passage"]]
    marked += [(piece["start"], piece["end"], "via") for piece in claim["via"]]
    marked += [
        (claim[f"{name}_start"], claim[f"{name}_end"], name)
        for name in _SPANS if claim[f"{name}_start"] is not None
    ]  # fmt: skip
    text = document["text"]
    pieces = cut_text(text, [(start - first, end - first, role) for start, end, role in marked])
    return Passage(document, pieces, first > 0, first + len(text) < document["length"])


def cut_text(text: str, marked: Sequence[tuple[int, int, str]]) -> tuple[Piece, ...]:
    """The text in pieces, each with the roles of the spans that cover it; joined they are the text.

    >>> [(piece.text, piece.roles) for piece in cut_text("abcd", [(1, 3, "passage"), (2, 3, "cue")])]
    [('a', ()), ('b', ('passage',)), ('c', ('passage', 'cue')), ('d', ())]
    """
    inside = [(max(0, start), min(len(text), end), role) for start, end, role in marked]
    inside = [(start, end, role) for start, end, role in inside if start < end]
    cuts = sorted({0, len(text), *(start for start, _, _ in inside), *(end for _, end, _ in inside)})
    pieces = []
    for start, end in pairwise(cuts):
        roles = dict.fromkeys(role for first, last, role in inside if first <= start and end <= last)
        pieces.append(Piece(text[start:end], tuple(roles)))
    return tuple(pieces)


def claim_item(tables: CaseTables, claim_id: str) -> ClaimItem | None:
    """A claim with its passage and the contradictions that rest on it."""
    claim = tables.row("claims", "claim_id", claim_id)
    if claim is None:
        return None
    # Two look-ups rather than one condition with "or", which no index answers.
    contradictions = tables.rows(
        "SELECT * FROM contradictions WHERE claim_a = ? UNION ALL SELECT * FROM contradictions WHERE claim_b = ? "
        "ORDER BY contradiction_id LIMIT 10",
        [claim_id, claim_id],
    )
    tier = tables.rows("SELECT tier FROM review_claims WHERE claim_id = ?", [claim_id])
    return ClaimItem(claim, read_passage(tables, claim), tuple(contradictions), tier[0]["tier"] if tier else None)


def claim_items(tables: CaseTables, claim_ids: Sequence[str], around: int) -> list[ClaimItem]:
    """Claims with their passages, in the order asked for, without what rests on them."""
    if not claim_ids:
        return []
    rows = tables.rows("SELECT * FROM claims WHERE claim_id IN (SELECT unnest(?))", [list(claim_ids)])
    by_id = {row["claim_id"]: row for row in rows}
    claims = [by_id[claim_id] for claim_id in claim_ids if claim_id in by_id]
    passages = read_passages(tables, claims, around)
    return [ClaimItem(claim, passage, (), None) for claim, passage in zip(claims, passages, strict=True)]


def pair_item(tables: CaseTables, key: str) -> PairItem | None:
    """Two records of a link side by side."""
    found = find_link(tables, key)
    if found is None:
        return None
    a, b = (tables.row("records", "record_id", found[name]) for name in ("record_a", "record_b"))
    if a is None or b is None:
        return None
    differing = frozenset(name for name in RECORD_COLUMNS if a[name] is not None and b[name] is not None)
    differing = frozenset(name for name in differing if a[name] != b[name])
    reasons = tuple(reason for reason in (found["reasons"] or "").split("; ") if reason and not reason.endswith("0.0"))
    return PairItem(key, found, a, b, differing, reasons)


def find_link(tables: CaseTables, key: str) -> dict[str, Any] | None:
    """The link that a key names; an id may hold a bar itself."""
    parts = key.split("|")
    for n in range(1, len(parts)):
        pair = ["|".join(parts[:n]), "|".join(parts[n:])]
        if found := tables.rows("SELECT * FROM links WHERE record_a = ? AND record_b = ?", pair):
            return found[0]
    return None


def place_item(tables: CaseTables, key: str) -> PlaceItem | None:
    """The candidates of a row without a point, and the row."""
    table, _, row_key = key.partition("|")
    rows = tables.rows(
        "SELECT * FROM place_candidates WHERE row_key = ? AND of_table = ? AND candidate > 0 ORDER BY candidate",
        [row_key, table],
    )
    if not rows:
        return None
    record = tables.row("records", "record_id", row_key) if table == "records" else None
    claim = claim_item(tables, row_key) if table == "claims" else None
    return PlaceItem(key, rows[0]["place_text"] or "", tuple(rows), record, claim)


def speaker_item(tables: CaseTables, key: str) -> SpeakerItem | None:
    """A name without a party, with the passages of its first claims."""
    condition = "FROM claims WHERE speaker_text = ? AND speaker_party IS NULL AND speaker_named_start IS NULL"
    n_claims = tables.count(f"SELECT count(*) {condition}", [key])
    rows = tables.rows(f"SELECT claim_id {condition} ORDER BY event_id IS NULL, claim_id LIMIT 3", [key])
    items = claim_items(tables, [row["claim_id"] for row in rows], AROUND // 3)
    return SpeakerItem(key, n_claims, tuple(items)) if rows else None
