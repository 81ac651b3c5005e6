"""In which order a person is asked: what would change most, and what the program is least sure of, first.

In: the tables of a build, and the log. Out: :class:`Queue`. Refuses: nothing.

Four kinds of questions. *Claims*: machine readings that nobody has checked; first those that a contradiction rests on,
then who blames or denies in the case's first event, then what speaks of an event at all, and the lowest score first
within each. *Links*: the pairs of ``links.review_rank``. *Places*: rows without a point for which no candidate stood
out. *Speakers*: names without a party that speak of an event, those with most claims first.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from contested.review.deciding import LogState
    from contested.review.desk import Desk
    from contested.review.tables import CaseTables

#: Kind of question → the table that a decision names.
TABLE_OF = {"claims": "claims", "links": "links", "places": "place_candidates", "speakers": "actors"}
KINDS = tuple(TABLE_OF)
#: Stances that say who did it or that it did not happen.
_SIDES = ("blames", "denies", "denies_event", "claims_responsibility", "alternative_explanation", "retracts")

_CLAIMS = """
CREATE TABLE review_claims AS
WITH rests AS (
  SELECT claim_id, count(*) AS n FROM (
    SELECT claim_a AS claim_id FROM contradictions WHERE NOT checked
    UNION ALL SELECT claim_b FROM contradictions WHERE NOT checked
  ) GROUP BY claim_id
)
SELECT claim_id, document_id, speaker_actor, event_id,
  CASE WHEN coalesce(n, 0) > 0 THEN 1 WHEN event_id = ? AND stance IN ({sides}) THEN 2
  WHEN event_id IS NOT NULL THEN 3 ELSE 4 END AS tier, coalesce(n, 0) AS contradictions
FROM claims LEFT JOIN rests USING (claim_id)
WHERE NOT checked AND origin <> 'vote'
ORDER BY tier, contradictions DESC, score NULLS FIRST, claim_id
"""
_LINKS = """
SELECT record_a || '|' || record_b AS key FROM links WHERE review_rank IS NOT NULL ORDER BY review_rank
"""
_PLACES = """
SELECT of_table || '|' || row_key AS key FROM place_candidates
GROUP BY of_table, row_key HAVING NOT bool_or(chosen) AND max(candidate) > 0
ORDER BY of_table = 'claims', max(score), key
"""
_SPEAKERS = """
SELECT speaker_text AS key, count(*) AS n FROM claims
WHERE speaker_party IS NULL AND speaker_text IS NOT NULL AND event_id IS NOT NULL AND origin = 'document'
  AND speaker_kind = 'named' AND speaker_named_start IS NULL -- a pronoun is another speaker in each text
GROUP BY speaker_text ORDER BY n DESC, speaker_text
"""


@dataclass(frozen=True)
class Progress:
    """How far a queue is: rows asked about, those settled, those of the most telling that are left."""

    kind: str
    asked: int
    settled: int
    telling_left: int


@dataclass(frozen=True)
class Queue:
    """The row keys of each kind, in the order of asking."""

    keys: dict[str, tuple[str, ...]]
    telling: dict[str, int]
    """How many of the first are the most telling: those that contradictions rest on, or the first twenty."""
    place_of: dict[str, dict[str, int]]
    """Key → its place in that order, from 0."""

    def open_keys(self, kind: str, state: LogState) -> Iterator[str]:
        """Keys that nobody has settled, in order; rows that two people judged otherwise come first."""
        table = TABLE_OF[kind]
        disputed = [key for (of, key) in state.of_row if of == table and state.in_conflict(of, key)]
        yield from disputed
        met = set(disputed)
        for key in self.keys[kind]:
            if key not in met and not state.is_settled(table, key):
                yield key

    def next_key(self, kind: str, state: LogState, skipped: set[tuple[str, str]]) -> str | None:
        """The row to ask about now; what was put off comes again when all else is settled."""
        first = None
        for key in self.open_keys(kind, state):
            if (kind, key) not in skipped:
                return key
            first = first or key
        return first

    def progress(self, kind: str, state: LogState) -> Progress:
        """How far the queue of this kind is."""
        table, place_of, telling = TABLE_OF[kind], self.place_of[kind], self.telling[kind]
        settled = [
            place_of[key] for (of, key) in state.of_row
            if of == table and key in place_of and state.is_settled(of, key)
        ]  # fmt: skip
        left = telling - sum(place < telling for place in settled)
        return Progress(kind, len(place_of), len(settled), left)


def make_queue(desk: Desk, tables: CaseTables) -> Queue:
    """The queue over the tables of a build; adds the table ``review_claims``."""
    events = desk.case.file.events
    sides = ", ".join(f"'{stance}'" for stance in _SIDES)
    tables.add(_CLAIMS.format(sides=sides), [events[0].id if events else ""])
    for column in ("claim_id", "document_id", "speaker_actor"):
        tables.add(f"CREATE INDEX review_claims_{column} ON review_claims ({column})")
    claims = tables.rows("SELECT claim_id AS key, tier FROM review_claims")
    found: dict[str, list[dict[str, Any]]] = {
        "claims": claims, "links": tables.rows(_LINKS), "places": tables.rows(_PLACES),
        "speakers": tables.rows(_SPEAKERS),
    }  # fmt: skip
    keys = {kind: tuple(row["key"] for row in rows) for kind, rows in found.items()}
    telling = {kind: min(20, len(keys[kind])) for kind in KINDS}
    telling["claims"] = sum(row["tier"] == 1 for row in claims) or telling["claims"]
    return Queue(keys, telling, {kind: {key: n for n, key in enumerate(of)} for kind, of in keys.items()})
