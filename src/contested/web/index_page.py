"""The front page: events, the matrix of accounts, blame beside denial, contradictions.

In: an :class:`~contested.web.edition.Edition`. Out: :class:`~contested.web.pages.IndexPage`.
Refuses: nothing. A blame is never shown without the reply of the party blamed, or the words that
none was found.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from contested.base.case import Event
from contested.web.addresses import anchor
from contested.web.edition import Edition
from contested.web.numbers import Cells, Number
from contested.web.pages import (
    AccountRow,
    AnswerCell,
    Blame,
    Contradiction,
    EventBlock,
    Headline,
    IndexPage,
    KeyNumber,
    Said,
)  # fmt: skip
from contested.web.public import Row, row_key
from contested.web.strings import TEXT
from contested.web.words import day_words, span_words

PAGE = "index.html"
#: Stances that answer a blame.
REPLIES = ("denies", "denies_event", "alternative_explanation", "claims_responsibility", "retracts")
#: Tables counted on the front page, with the words for them.
_KEY_TABLES = ("incidents", "records", "claims", "documents", "votes", "findings")


def show_index(edition: Edition, map_figure: str | None, map_alt: str, timeline: str | None) -> IndexPage:
    """The front page; ``map_figure`` is the name of the figure shown on it, else the timeline stands there."""
    return IndexPage(
        tuple(_key_number(edition, table) for table in _KEY_TABLES if _has(edition, table)),
        tuple(_event(edition, event) for event in edition.case.file.events),
        tuple(_headline(edition, key, row) for key, row in edition.public.rows["findings"].items()),
        map_figure,
        map_alt,
        timeline,
    )


def _has(edition: Edition, table: str) -> bool:
    return bool(edition.public.rows[table] or edition.public.withheld[table])


def _key_number(edition: Edition, table: str) -> KeyNumber:
    label = TEXT[f"table_{table}"]
    if table == "votes":
        drafts = {row["draft"]: key for key, row in edition.public.rows["votes"].items()}
        number = edition.book.count(PAGE, TEXT["drafts"], "votes", drafts.values())
        return KeyNumber(_word("drafts", number), number)
    if table == "findings":
        reported = edition.book.count_where(PAGE, TEXT["findings_reported"], table, {"refused": False})
        refused = edition.book.count_where(PAGE, TEXT["findings_refused"], table, {"refused": True})
        return KeyNumber(_word("findings", reported), reported, TEXT["refused_short"], refused)
    number = edition.book.count_where(PAGE, label, table)
    if not edition.public.withheld[table]:
        return KeyNumber(_word(table, number), number)
    withheld = edition.book.count_where(PAGE, f"{label}, {TEXT['withheld']}", table, scope="withheld")
    return KeyNumber(_word(table, number), number, TEXT["withheld"], withheld)


def _word(table: str, number: Number) -> str:
    if number.text == "1":
        return TEXT[f"single_{table}"]
    return TEXT["drafts"] if table == "drafts" else TEXT[f"table_{table}"]


def _headline(edition: Edition, key: str, row: Row) -> Headline:
    reading = edition.book.quote(PAGE, TEXT["reading"], Cells("findings", "reading", (key,)))
    assert reading is not None  # the column is never null
    return Headline(
        row["question"], reading,
        edition.book.quote(PAGE, TEXT["reporting_term"], Cells("findings", "reporting_term", (key,))),
        edition.addresses.row("findings", key), row["refused"],
    )  # fmt: skip


def _said(edition: Edition, text: str, claim_id: str) -> Said:
    claim = edition.public.rows["claims"].get(claim_id)
    if claim is None:
        return Said(text, None, edition.addresses.row("claims", claim_id), True)
    return Said(text, day_words(claim["said_on"]), edition.addresses.row("claims", claim_id), claim["checked"])


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
    return EventBlock(
        event.id, event.title, event.place, span_words(event.first, event.last), event.summary,
        tuple(questions), tuple(question for question in edition.case.file.questions if question not in asked),
        _matrix(edition, event, questions, checked), _blames(edition, event),
        tuple((edition.marks(party), tuple(rows)) for party, rows in within.items()),
        tuple((question, tuple(between[question])) for question in questions if question in between),
        edition.book.count_where(PAGE, TEXT["within"], "contradictions", {**where, "kind": "within"}),
        edition.book.count_where(PAGE, TEXT["between"], "contradictions", {**where, "kind": "between"}),
        tuple(_contradiction(edition, row) for row in unchecked),
        edition.book.count_where(
            PAGE, TEXT["unchecked_contradictions"], "contradictions", {"event_id": event.id, "checked": False}
        ) if unchecked else None,
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
        edition.marks(row["party_a"]), _said(edition, row["answer_a"], row["claim_a"]),
        edition.marks(row["party_b"]), _said(edition, row["answer_b"], row["claim_b"]), row["rule"],
    )  # fmt: skip


def _matrix(
    edition: Edition, event: Event, questions: Sequence[str], contradictions: list[Row]
) -> tuple[AccountRow, ...]:
    cells: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in edition.public.of("accounts"):
        if row["event_id"] == event.id:
            cells[row["party"], row["question"]].append(row)
    declared = [party.id for party in edition.case.file.parties]
    named = {party for party, _ in cells}
    parties = [party for party in declared if party in named] + sorted(named - set(declared))
    return tuple(
        AccountRow(
            edition.marks(party),
            tuple(_cell(edition, party, question, cells, contradictions) for question in questions),
        )
        for party in parties
    )  # fmt: skip


def _cell(
    edition: Edition, party: str, question: str, cells: dict[tuple[str, str], list[Row]], contradictions: list[Row]
) -> AnswerCell:
    """Latest answers, earlier ones that differ, and marks of agreement over the latest answers only."""
    rows = sorted(cells.get((party, question), []), key=lambda row: row["position"])
    latest = _distinct([row for row in rows if row["latest"]])
    texts = {row["answer"] for row in latest}
    others = [row for row in rows if row["answer"] not in texts]
    earlier = _distinct([row for row in others if row["checked"]])
    texts_checked = {row["answer"] for row in earlier}
    unchecked = _distinct([row for row in others if not row["checked"] and row["answer"] not in texts_checked])
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

    return AnswerCell(
        question,
        tuple(_said(edition, row["answer"], row["claim_id"]) for row in latest),
        tuple(_said(edition, row["answer"], row["claim_id"]) for row in earlier),
        number("earlier_answers", earlier),
        tuple(_said(edition, row["answer"], row["claim_id"]) for row in unchecked),
        number("unchecked_answers", unchecked),
        agrees,
        *(
            edition.book.count(PAGE, TEXT[kind], "contradictions", found) if found else None
            for kind, found in opposed.items()
        ),
    )


def _distinct(rows: list[Row]) -> list[Row]:
    """The first row of each answer."""
    first: dict[str, Row] = {}
    for row in rows:
        first.setdefault(row["answer"], row)
    return list(first.values())


def _blames(edition: Edition, event: Event) -> tuple[Blame, ...]:
    claims = [row for row in edition.public.of("claims") if row["event_id"] == event.id and row["origin"] != "vote"]
    claims.sort(key=lambda row: (not row["checked"], row["said_on"] or date.max, row["claim_id"]))
    groups: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for claim in claims:
        if claim["stance"] == "blames" and claim["speaker_party"] and claim["target_party"]:
            groups[claim["speaker_party"], claim["target_party"]].append(claim)
    found = []
    for (speaker, target), made in groups.items():
        # A machine's reading of a report tells again what a person has entered: it counts only where nobody has.
        counted = [claim for claim in made if claim["checked"]] or made
        modalities = {claim["modality"] for claim in counted}
        found.append(Blame(
            edition.marks(speaker), edition.marks(target),
            counted[0]["modality"] if len(modalities) == 1 else "asserts",
            _said(edition, TEXT["blames"], made[0]["claim_id"]),
            edition.book.count(PAGE, TEXT["blaming_claims"], "claims", [claim["claim_id"] for claim in counted]),
            _replies(edition, claims, target, made[0]["said_on"]),
        ))  # fmt: skip
    return tuple(found)


def _replies(edition: Edition, claims: list[Row], target: str, blamed_on: date | None) -> tuple[tuple[str, Said], ...]:
    """What the blamed party says, one claim a stance: the first not before the blame, else the last before it.

    A checked claim goes before a machine's reading.
    """
    chosen: dict[str, Row] = {}
    for claim in claims:
        if claim["speaker_party"] != target or claim["stance"] not in REPLIES:
            continue
        if claim["stance"] == "denies" and claim["target_party"] not in (None, target):
            continue
        held = chosen.setdefault(claim["stance"], claim)
        if held["checked"] == claim["checked"] and _before(held, blamed_on):
            chosen[claim["stance"]] = claim
    return tuple(
        (TEXT[f"stance_{stance}"], _said(edition, TEXT[f"stance_{stance}"], claim["claim_id"]))
        for stance, claim in chosen.items()
    )


def _before(claim: Row, day: date | None) -> bool:
    return day is not None and claim["said_on"] is not None and claim["said_on"] < day
