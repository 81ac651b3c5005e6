"""What two documents say of the same events, question by question.

In: tables and two documents. Out: :class:`EventBeside`: for each event that both speak of, the answers of each to every
question, with their passages, and the contradictions between them. Refuses: nothing.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from contested.base.records import QUESTIONS

if TYPE_CHECKING:
    from contested.review.tables import CaseTables

#: Answers of one document to one question that are shown.
MOST_ANSWERS = 12

_ANSWERS = """
SELECT accounts.event_id, question, answer, claim_id, party, accounts.checked, speaker_text, document_id, passage
FROM accounts JOIN claims USING (claim_id) WHERE document_id IN (?, ?)
ORDER BY accounts.event_id, question, party, position, claim_id
"""
_AGAINST = """
SELECT contradictions.*, a.document_id AS document_a, b.document_id AS document_b
FROM contradictions JOIN claims a ON a.claim_id = claim_a JOIN claims b ON b.claim_id = claim_b
WHERE a.document_id IN (?, ?) AND b.document_id IN (?, ?)
ORDER BY contradiction_id
"""
#: Made once a build: claims of each document about each event, and contradictions between two documents.
PREPARED = (
    "CREATE TABLE find_events AS SELECT document_id, event_id, count(*) AS n FROM claims "
    "WHERE event_id IS NOT NULL GROUP BY ALL",
    "CREATE TABLE find_against AS SELECT a.document_id AS document_a, b.document_id AS document_b, count(*) AS n "
    "FROM contradictions JOIN claims a ON a.claim_id = claim_a JOIN claims b ON b.claim_id = claim_b "
    "WHERE a.document_id <> b.document_id GROUP BY ALL",
)
_OTHERS = """
WITH shared AS (
  SELECT document_id, sum(n) AS n_shared FROM find_events
  WHERE event_id IN (SELECT event_id FROM find_events WHERE document_id = $1) AND document_id <> $1 GROUP BY 1
), against AS (
  SELECT CASE WHEN document_a = $1 THEN document_b ELSE document_a END AS document_id, sum(n) AS n_against
  FROM find_against WHERE document_a = $1 OR document_b = $1 GROUP BY 1
)
SELECT document_id, title, outlet, published, CAST(n_shared AS BIGINT) AS n_shared,
  CAST(coalesce(n_against, 0) AS BIGINT) AS n_against
FROM shared LEFT JOIN against USING (document_id) JOIN find_documents USING (document_id)
ORDER BY n_against DESC, n_shared DESC, document_id LIMIT $2
"""


@dataclass(frozen=True, slots=True)
class QuestionBeside:
    """The answers of both documents to one question; ``against`` are contradictions between the two."""

    question: str
    left: tuple[dict[str, Any], ...]
    right: tuple[dict[str, Any], ...]
    against: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True)
class EventBeside:
    """One event that both speak of; ``opposed`` are the claims that a contradiction between the two rests on."""

    event_id: str
    questions: tuple[QuestionBeside, ...]
    opposed: frozenset[str]


def set_beside(tables: CaseTables, left: str, right: str) -> list[EventBeside]:
    """The events that both documents answer a question about."""
    cells: dict[tuple[str, str, str], list[dict[str, Any]]] = defaultdict(list)
    events: dict[str, set[str]] = defaultdict(set)
    for row in tables.rows(_ANSWERS, [left, right]):
        cells[row["event_id"], row["question"], row["document_id"]].append(row)
        events[row["event_id"]].add(row["document_id"])
    against: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for row in tables.rows(_AGAINST, [left, right, left, right]):
        if row["document_a"] != row["document_b"]:
            against[row["event_id"], row["question"]].append(row)
    found = []
    for event_id in sorted(
        event for event, documents in events.items() if len(documents | {left, right}) == len(documents)
    ):
        questions = tuple(
            QuestionBeside(
                question, tuple(cells[event_id, question, left][:MOST_ANSWERS]),
                tuple(cells[event_id, question, right][:MOST_ANSWERS]), tuple(against[event_id, question]),
            )
            for question in QUESTIONS
            if cells[event_id, question, left] or cells[event_id, question, right]
        )  # fmt: skip
        opposed = frozenset(
            row[name] for beside in questions for row in beside.against for name in ("claim_a", "claim_b")
        )
        found.append(EventBeside(event_id, questions, opposed))
    return found


def find_others(tables: CaseTables, document_id: str, most: int = 50) -> list[dict[str, Any]]:
    """Documents that speak of the same events: those first that contradict this one, then those with most claims."""
    return tables.rows(_OTHERS, [document_id, most])
