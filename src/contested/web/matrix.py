"""The accounts matrix: parties by questions, with how each answer changed.

In: an :class:`~contested.web.edition.Edition`, an event and its checked contradictions. Out: one
:class:`~contested.web.pages.AccountRow` a party. Refuses: nothing; what only a machine has read stands apart.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date

from markupsafe import Markup

from contested.web.answer_strip import StripMark, draw_answers
from contested.web.edition import Edition
from contested.web.numbers import Number
from contested.web.pages import AccountRow, AnswerCell, Said
from contested.web.public import Row, row_key
from contested.web.strings import TEXT
from contested.web.words import said_words

PAGE = "index.html"
Cells = Mapping[tuple[str, str], list[Row]]


def show_matrix(
    edition: Edition, event_id: str, questions: Sequence[str], contradictions: Sequence[Row]
) -> tuple[AccountRow, ...]:
    """A row for each party that answers anything about the event, in the order of the case."""
    cells = answers_by_cell(edition, event_id)
    days = answer_days(cells)
    declared = [party.id for party in edition.case.file.parties]
    named = {party for party, _ in cells}
    parties = [party for party in declared if party in named] + sorted(named - set(declared))
    return tuple(
        AccountRow(
            edition.marks(party),
            tuple(_cell(edition, (party, question), cells, contradictions, days) for question in questions),
            edition.addresses.account(party),
        )
        for party in parties
    )  # fmt: skip


def answers_by_cell(edition: Edition, event_id: str) -> dict[tuple[str, str], list[Row]]:
    """(party, question) → its answers about the event, in the order of time."""
    cells: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in edition.public.of("accounts"):
        if row["event_id"] == event_id:
            cells[row["party"], row["question"]].append(row)
    for rows in cells.values():
        rows.sort(key=lambda row: row["position"])
    return dict(cells)


def answer_days(cells: Cells) -> list[date]:
    """The days on which anything was answered: the axis that all strips of an event share."""
    return sorted({row["said_on"] for rows in cells.values() for row in rows if row["said_on"] is not None})


def show_said(edition: Edition, text: str, claim_id: str) -> Said:
    """An answer with its claim; a claim that is not printed leads to the page of claims."""
    claim = edition.public.rows["claims"].get(claim_id)
    if claim is None:
        return Said(text, None, edition.addresses.row("claims", claim_id), True)
    return Said(text, said_words(claim), edition.addresses.row("claims", claim_id), claim["checked"])


def show_strip(rows: Sequence[Row], days: Sequence[date]) -> Markup | None:
    """The answers of one cell over time; ``None`` where fewer than two are dated."""
    latest = {row["answer"] for row in rows if row["latest"]}
    return draw_answers(
        [
            StripMark(row["said_on"], row["answer"],
                      "unchecked" if not row["checked"] else "latest" if row["answer"] in latest else "other")
            for row in rows if row["said_on"] is not None
        ],
        days,
    )  # fmt: skip


def _cell(
    edition: Edition, at: tuple[str, str], cells: Cells, contradictions: Sequence[Row], days: Sequence[date]
) -> AnswerCell:
    """Latest answers, earlier ones that differ, and marks of agreement over the latest answers only."""
    party, question = at
    rows = cells.get(at, [])
    latest = distinct_answers([row for row in rows if row["latest"]])
    texts = {row["answer"] for row in latest}
    others = [row for row in rows if row["answer"] not in texts]
    earlier = distinct_answers([row for row in others if row["checked"]])
    texts_checked = {row["answer"] for row in earlier}
    unchecked = distinct_answers([row for row in others if not row["checked"] and row["answer"] not in texts_checked])
    opposed: dict[str, list[str]] = {"within": [], "between": []}
    for row in contradictions:
        if row["question"] == question and party in (row["party_a"], row["party_b"]):
            opposed[row["kind"]].append(row["contradiction_id"])
    agrees = any(
        asked == question and other != party and texts & {row["answer"] for row in theirs if row["latest"]}
        for (other, asked), theirs in cells.items()
    )

    def number(label: str, answers: list[Row]) -> Number | None:
        keys = [row_key("accounts", row) for row in answers]
        return edition.book.count(PAGE, TEXT[label], "accounts", keys) if keys else None

    def against(kind: str) -> Number | None:
        return edition.book.count(PAGE, TEXT[kind], "contradictions", opposed[kind]) if opposed[kind] else None

    return AnswerCell(
        question,
        tuple(show_said(edition, row["answer"], row["claim_id"]) for row in latest),
        tuple(show_said(edition, row["answer"], row["claim_id"]) for row in earlier),
        number("earlier_answers", earlier),
        tuple(show_said(edition, row["answer"], row["claim_id"]) for row in unchecked),
        number("unchecked_answers", unchecked),
        agrees,
        against("within"), against("between"), show_strip(rows, days),
    )  # fmt: skip


def distinct_answers(rows: Sequence[Row]) -> list[Row]:
    """The first row of each answer."""
    first: dict[str, Row] = {}
    for row in rows:
        first.setdefault(row["answer"], row)
    return list(first.values())
