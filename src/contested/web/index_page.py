"""The front page: each event in three sentences, who says what, who could know, what would overturn the findings.

In: an :class:`~contested.web.edition.Edition`. Out: :class:`IndexPage`. Refuses: nothing. What a reader with one
minute needs stands open; the rest stands beneath, closed.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from contested.base.case import Event
from contested.web.addresses import anchor
from contested.web.blames import show_blames
from contested.web.edition import Edition
from contested.web.event_opening import Opening, show_opening
from contested.web.knowing import Knowing, show_knowing
from contested.web.marks import Mark
from contested.web.matrix import show_matrix, show_said
from contested.web.numbers import Number, number_word
from contested.web.overturning import ShortFinding, ShortOdds, show_short_findings, show_short_odds
from contested.web.pages import AccountRow, Blame, Contradiction
from contested.web.public import Row
from contested.web.strings import TEXT
from contested.web.words import span_words

PAGE = "index.html"
#: Tables counted on the front page, with the words for them.
_KEY_TABLES = ("incidents", "records", "claims", "documents", "votes", "findings")


@dataclass(frozen=True, slots=True)
class KeyNumber:
    """A number of the front page with its word and, where rows are withheld, how many."""

    label: str
    number: Number
    note: str | None = None
    note_number: Number | None = None


@dataclass(frozen=True, slots=True)
class EventBlock:
    """One event on the front page."""

    id: str
    title: str
    place: str
    days: str
    summary: str
    questions: tuple[str, ...]
    unanswered: tuple[str, ...]
    """Questions that no party answers; they have no column."""
    accounts: tuple[AccountRow, ...]
    blames: tuple[Blame, ...]
    within: tuple[tuple[Mark, tuple[Contradiction, ...]], ...]
    between: tuple[tuple[str, tuple[Contradiction, ...]], ...]
    within_number: Number
    between_number: Number
    unchecked: tuple[Contradiction, ...]
    """Contradictions that rest on a machine's reading which nobody has checked."""
    unchecked_number: Number | None
    opening: Opening
    knowing: Knowing


@dataclass(frozen=True, slots=True)
class IndexPage:
    """``index.html``."""

    key_numbers: tuple[KeyNumber, ...]
    events: tuple[EventBlock, ...]
    findings: tuple[ShortFinding, ...]
    refused: tuple[ShortFinding, ...]
    odds: tuple[ShortOdds, ...]
    map_figure: str | None
    """File of the figure on the front page, in ``figures/``."""
    map_alt: str
    timeline: str | None
    """Inline SVG of statements and votes, shown in place of a map without ground."""
    weighed: bool
    """Whether there is a page of weighed accounts."""


def show_index(
    edition: Edition, map_figure: str | None, map_alt: str, timeline: str | None, *, weighed: bool = False
) -> IndexPage:
    """The front page; ``map_figure`` is the file of the figure shown on it, else the timeline stands there.

    ``weighed`` says whether there is a page of weighed accounts to lead to.
    """
    return IndexPage(
        tuple(_key_number(edition, table) for table in _KEY_TABLES if _has(edition, table)),
        tuple(_event(edition, event) for event in edition.case.file.events),
        *show_short_findings(edition),
        show_short_odds(edition),
        map_figure,
        map_alt,
        timeline,
        weighed,
    )


def _has(edition: Edition, table: str) -> bool:
    return bool(edition.public.rows[table] or edition.public.withheld[table])


def _key_number(edition: Edition, table: str) -> KeyNumber:
    label = TEXT[f"table_{table}"]
    if table == "votes":
        drafts = {row["draft"]: key for key, row in edition.public.rows["votes"].items()}
        number = edition.book.count(PAGE, TEXT["drafts"], "votes", drafts.values())
        return KeyNumber(number_word(number, "drafts"), number)
    if table == "findings":
        reported = edition.book.count_where(PAGE, TEXT["findings_reported"], table, {"refused": False})
        refused = edition.book.count_where(PAGE, TEXT["findings_refused"], table, {"refused": True})
        return KeyNumber(number_word(reported, "findings"), reported, TEXT["refused_short"], refused)
    number = edition.book.count_where(PAGE, label, table)
    if not edition.public.withheld[table]:
        return KeyNumber(number_word(number, table), number)
    withheld = edition.book.count_where(PAGE, f"{label}, {TEXT['withheld']}", table, scope="withheld")
    return KeyNumber(number_word(number, table), number, TEXT["withheld"], withheld)


def _event(edition: Edition, event: Event) -> EventBlock:
    """One event; what only a machine has read stands apart and is never counted among the checked."""
    found = [row for row in edition.public.of("contradictions") if row["event_id"] == event.id]
    found.sort(key=lambda row: _order(edition, row))
    checked = [row for row in found if row["checked"]]
    unchecked = [row for row in found if not row["checked"]]
    within: dict[str, list[Contradiction]] = defaultdict(list)
    between: dict[str, list[Contradiction]] = defaultdict(list)
    for row in checked:
        if row["kind"] == "within":
            within[row["party_a"]].append(_contradiction(edition, row))
        else:
            between[row["question"]].append(_contradiction(edition, row))
    asked = {row["question"] for row in edition.public.of("accounts") if row["event_id"] == event.id}
    questions = [question for question in edition.case.file.questions if question in asked]
    where = {"event_id": event.id, "checked": True}
    knowing = show_knowing(edition, event.id)
    return EventBlock(
        event.id, event.title, event.place, span_words(event.first, event.last), event.summary,
        tuple(questions), tuple(question for question in edition.case.file.questions if question not in asked),
        show_matrix(edition, event.id, questions, checked), show_blames(edition, event.id),
        tuple((edition.marks(party), tuple(rows)) for party, rows in within.items()),
        tuple((question, tuple(between[question])) for question in questions if question in between),
        edition.book.count_where(PAGE, TEXT["within"], "contradictions", {**where, "kind": "within"}),
        edition.book.count_where(PAGE, TEXT["between"], "contradictions", {**where, "kind": "between"}),
        tuple(_contradiction(edition, row) for row in unchecked),
        edition.book.count_where(
            PAGE, TEXT["unchecked_contradictions"], "contradictions", {"event_id": event.id, "checked": False}
        ) if unchecked else None,
        show_opening(edition, event, knowing.sources), knowing,
    )  # fmt: skip


def _order(edition: Edition, row: Row) -> tuple[date, date, str]:
    claims = edition.public.rows["claims"]
    days = [
        (claims[row[name]]["said_on"] if row[name] in claims else None) or date.max for name in ("claim_a", "claim_b")
    ]
    return days[0], days[1], row["contradiction_id"]


def _contradiction(edition: Edition, row: Row) -> Contradiction:
    return Contradiction(
        f"contradiction-{anchor(row['contradiction_id'])}", row["question"],
        edition.marks(row["party_a"]), show_said(edition, row["answer_a"], row["claim_a"]),
        edition.marks(row["party_b"]), show_said(edition, row["answer_b"], row["claim_b"]), row["rule"],
    )  # fmt: skip
