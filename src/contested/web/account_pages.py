"""A page a party: its whole account in the order of time, its own contradictions, and what others say beside it.

In: an :class:`~contested.web.edition.Edition`. Out: :class:`AccountPage` for each party that says anything. Refuses:
nothing; what only a machine has read stands apart, closed.

Beside an answer stand the latest answers of the other parties to the same question. Two answers count as opposed
where the table of contradictions says so, and as the same where they read the same; nothing else is concluded.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from contested.web.addresses import anchor
from contested.web.claim_pages import show_claim
from contested.web.edition import Edition
from contested.web.marks import Mark
from contested.web.matrix import answer_days, answers_by_cell, distinct_answers, show_said, show_strip
from contested.web.numbers import Number
from contested.web.pages import ClaimBlock, Said
from contested.web.public import Row, row_key
from contested.web.strings import TEXT
from contested.web.words import day_words, said_words
from contested.weighing.retractions import Retractions, said_by

#: Claims on one page, checked ones and machine readings each; the rest stands with all claims.
MAX_CLAIMS = 400
#: What another answer is to this one, in the order in which they stand beside it.
RELATIONS = ("against", "same", "other")


@dataclass(frozen=True, slots=True)
class OtherAnswer:
    """What another party says latest on the same question."""

    party: Mark
    href: str | None
    said: Said


@dataclass(frozen=True, slots=True)
class AnsweredQuestion:
    """One answer that a claim gives, with those of others."""

    question: str
    answer: str
    before: tuple[str, str] | None
    """(anchor, day) of the claim of this page that gave the same answer first; the others stand there."""
    others: tuple[tuple[str, tuple[OtherAnswer, ...]], ...]
    """The others' answers by their relation to this one."""


@dataclass(frozen=True, slots=True)
class AccountClaim:
    """One claim of the party."""

    anchor: str
    claim: ClaimBlock
    stance: str
    answers: tuple[AnsweredQuestion, ...]
    withdrawn: Said | None
    """The claim by which the party withdrew it."""


@dataclass(frozen=True, slots=True)
class AccountQuestion:
    """The party's answers to one question: the latest, and all of them over time."""

    question: str
    latest: tuple[Said, ...]
    strip: Markup | None
    within: tuple[tuple[Said, Said, str], ...]
    """Two answers of its own that cannot both hold, and the rule that found them."""


@dataclass(frozen=True, slots=True)
class AccountEvent:
    """What the party says of one event, or of none (``title`` is null)."""

    anchor: str
    title: str | None
    href: str | None
    questions: tuple[AccountQuestion, ...]
    claims: tuple[AccountClaim, ...]
    unchecked: tuple[AccountClaim, ...]
    left_off: bool


@dataclass(frozen=True, slots=True)
class AccountPage:
    """``accounts/<party>.html``."""

    file: str
    party: Mark
    n_claims: Number
    n_unchecked: Number | None
    n_within: Number
    n_retracting: Number | None
    events: tuple[AccountEvent, ...]
    votes: tuple[tuple[str, str, str, str], ...]
    """(address, draft, day, vote in words) of each vote of the party."""


def show_accounts(edition: Edition) -> list[AccountPage]:
    """The pages of all parties that say anything but votes, by their names for addresses."""
    claims = [row for row in edition.public.of("claims") if row["origin"] != "vote"]
    beside = _Beside(edition, Retractions(claims))
    by_party: dict[str, list[Row]] = defaultdict(list)
    for row in claims:
        if row["speaker_party"]:
            by_party[row["speaker_party"]].append(row)
    return [_account(edition, party, by_party[party], beside) for party in sorted(by_party)]


def time_order(row: Row) -> tuple[bool, date, str]:
    """By the day of the statement; what has none comes last, by the day of its publication."""
    return row["said_on"] is None, said_by(row) or date.max, row["claim_id"]


def _account(edition: Edition, party: str, claims: list[Row], beside: _Beside) -> AccountPage:
    file = f"accounts/{anchor(party)}.html"
    book = edition.book

    def count(word: str, rows: Iterable[Row]) -> Number:
        return book.count(file, TEXT[word], "claims", [row["claim_id"] for row in rows])

    events: dict[str | None, list[Row]] = {event.id: [] for event in edition.case.file.events}
    for row in sorted(claims, key=time_order):
        events.setdefault(row["event_id"], []).append(row)
    general = events.pop(None, [])
    unchecked = [row for row in claims if not row["checked"]]
    retracting = [row for row in claims if row["stance"] == "retracts"]
    own = {
        key: row for key, row in edition.public.rows["contradictions"].items()
        if row["kind"] == "within" and row["party_a"] == party and row["checked"]
    }  # fmt: skip
    return AccountPage(
        file, edition.marks(party), count("account_claims", [row for row in claims if row["checked"]]),
        count("account_unchecked", unchecked) if unchecked else None,
        book.count(file, TEXT["within"], "contradictions", own),
        count("account_retracting", retracting) if retracting else None,
        tuple(
            _event(edition, (file, party, event_id), rows, beside)
            for event_id, rows in [*events.items(), (None, general)] if rows
        ),
        _votes(edition, party),
    )  # fmt: skip


def _votes(edition: Edition, party: str) -> tuple[tuple[str, str, str, str], ...]:
    rows = [row for row in edition.public.of("votes") if row["party"] == party]
    rows.sort(key=lambda row: (row["voted_on"], row["draft"], row["member"]))
    return tuple(
        (
            edition.addresses.row("votes", row_key("votes", row)), row["draft"], str(day_words(row["voted_on"])),
            TEXT["vote_veto" if row["veto"] else f"vote_{row['vote']}"],
        )
        for row in rows
    )  # fmt: skip


def _event(edition: Edition, at: tuple[str, str, str | None], rows: list[Row], beside: _Beside) -> AccountEvent:
    file, party, event_id = at
    checked = [row for row in rows if row["checked"]]
    unchecked = [row for row in rows if not row["checked"]]
    told: dict[tuple[str, str], tuple[str, str]] = {}
    return AccountEvent(
        f"event-{anchor(event_id)}" if event_id else "event-none", edition.event_title(event_id),
        f"index.html#event-{event_id}" if event_id in {event.id for event in edition.case.file.events} else None,
        _questions(edition, file, party, event_id) if event_id else (),
        tuple(beside.claim(row, told) for row in checked[:MAX_CLAIMS]),
        tuple(beside.claim(row, told) for row in unchecked[:MAX_CLAIMS]),
        max(len(checked), len(unchecked)) > MAX_CLAIMS,
    )  # fmt: skip


def _questions(edition: Edition, file: str, party: str, event_id: str) -> tuple[AccountQuestion, ...]:
    cells = answers_by_cell(edition, event_id)
    days = answer_days(cells)
    within: dict[str, list[tuple[Said, Said, str]]] = defaultdict(list)
    for row in edition.public.of("contradictions"):
        if row["event_id"] == event_id and row["kind"] == "within" and row["party_a"] == party and row["checked"]:
            first, then = (_here(edition, file, row[f"answer_{side}"], row[f"claim_{side}"]) for side in ("a", "b"))
            within[row["question"]].append((first, then, row["rule"]))
    return tuple(
        AccountQuestion(
            question,
            tuple(
                _here(edition, file, row["answer"], row["claim_id"])
                for row in distinct_answers([row for row in cells[party, question] if row["latest"]])
            ),
            show_strip(cells[party, question], days), tuple(within[question]),
        )
        for question in edition.case.file.questions if (party, question) in cells
    )  # fmt: skip


def _here(edition: Edition, file: str, text: str, claim_id: str) -> Said:
    """An answer whose claim stands on the party's own page."""
    said = show_said(edition, text, claim_id)
    return Said(said.text, said.said_on, f"{file}#claim-{anchor(claim_id)}", said.checked)


class _Beside:
    """What stands beside a claim: the other parties' latest answers to the questions that it answers."""

    def __init__(self, edition: Edition, retractions: Retractions) -> None:
        self._edition = edition
        self._retractions = retractions
        self._answers: dict[str, list[Row]] = defaultdict(list)
        self._latest: dict[tuple[str, str], list[Row]] = defaultdict(list)
        for row in edition.public.of("accounts"):
            self._answers[row["claim_id"]].append(row)
            if row["latest"]:
                self._latest[row["event_id"], row["question"]].append(row)
        self._opposed = {
            (row["event_id"], row["question"], frozenset({_side(row, "a"), _side(row, "b")}))
            for row in edition.public.of("contradictions")
        }

    def claim(self, row: Row, told: dict[tuple[str, str], tuple[str, str]]) -> AccountClaim:
        """The claim of a page; ``told`` holds the answers that stand further up on it."""
        name = f"claim-{anchor(row['claim_id'])}"
        answers = []
        order = list(self._edition.case.file.questions)
        for answer in sorted(self._answers[row["claim_id"]], key=lambda one: order.index(one["question"])):
            at = answer["question"], answer["answer"]
            before = told.get(at)
            told.setdefault(at, (name, said_words(row) or TEXT["undated"]))
            answers.append(AnsweredQuestion(*at, before, () if before else self._others(answer)))
        ending = self._retractions.of(row)
        withdrawn = show_said(self._edition, TEXT["account_withdrawn"], ending["claim_id"]) if ending else None
        return AccountClaim(name, show_claim(self._edition, row), row["stance"], tuple(answers), withdrawn)

    def _others(self, answer: Row) -> tuple[tuple[str, tuple[OtherAnswer, ...]], ...]:
        by_party: dict[str, list[Row]] = defaultdict(list)
        for row in self._latest[answer["event_id"], answer["question"]]:
            if row["party"] != answer["party"]:
                by_party[row["party"]].append(row)
        found: dict[str, list[OtherAnswer]] = {relation: [] for relation in RELATIONS}
        for party, rows in by_party.items():
            for row in distinct_answers(rows):
                found[self._relation(answer, row)].append(OtherAnswer(
                    self._edition.marks(party), self._edition.addresses.account(party),
                    show_said(self._edition, row["answer"], row["claim_id"]),
                ))  # fmt: skip
        return tuple((relation, tuple(others)) for relation, others in found.items() if others)

    def _relation(self, answer: Row, other: Row) -> str:
        if answer["answer"] == other["answer"]:
            return "same"
        pair = frozenset({(answer["party"], answer["answer"]), (other["party"], other["answer"])})
        return "against" if (answer["event_id"], answer["question"], pair) in self._opposed else "other"


def _side(row: Mapping[str, str], side: str) -> tuple[str, str]:
    return row[f"party_{side}"], row[f"answer_{side}"]
