"""What follows from the parties' own statements: times, means, and their own earlier accounts.

In: the tables ``claims``, ``accounts`` and ``contradictions``. Out: rows of ``implications``, and of ``weighed_rows``
for the claims that show it. Refuses: nothing; what cannot be told is unknown, with the reason.

Three things are checked for every event and party. A time that a party gives for an event cannot lie after the first
report of it. A party that denies that somebody used, or had, a means cannot itself name it as used by the same. And a
party's answers cannot exclude each other. What a party withdrew binds it no longer; what it only suspects weighs less,
and two suspicions exclude nothing, since they can be held side by side. Claims that a person checked go before others.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from contested.base.case import Case, Event
from contested.base.records import row_id
from contested.claims.accounts import specific_words
from contested.weighing.retractions import Claim, Retractions, said_by

if TYPE_CHECKING:
    import pyarrow as pa

#: Days by which the calendar may differ between where a thing happened and where it was told: time zones of
#: inhabited land differ by at most 26 hours, and the zone of a statement is not known.
ZONE = timedelta(days=1)
#: A day that a machine read, and nobody checked, is not held against a party when it lies farther than this after the
#: event: a day without a year is read with that of the page, and pages are written years later.
FAR = timedelta(days=31)
#: Stances that name a means as what was used.
_NAMES = ("blames", "claims_responsibility", "alternative_explanation", "reports", "confirms_finding")
_CLOCK = re.compile(r"\d[:.]\d\d|\d\s*[ap]\.?m\b|\b(?:morning|noon|afternoon|evening|night|dawn|dusk)\b", re.IGNORECASE)
_COLUMNS = (
    "claim_id", "speaker_party", "stance", "modality", "target_party", "said_on", "reported_on", "event_id", "means",
    "mechanism", "event_time", "event_on_low", "event_on_high", "speaks_of", "checked",
)  # fmt: skip
_WORSE = ("contradicted", "unknown", "not_contradicted")


@dataclass(frozen=True, slots=True)
class _Found:
    """One result and the rows that show it: (table, key, role)."""

    result: str
    checked: bool
    words: str
    rows: tuple[tuple[str, str, str], ...]


class _Statements:
    """The claims of parties that stand, and the names of the parties."""

    def __init__(self, case: Case, claims: Iterable[Claim]) -> None:
        everything = list(claims)
        self.case = case
        self.retractions = Retractions(everything)
        self.all = {row["claim_id"]: row for row in everything}
        self.by_event: dict[str, list[Claim]] = defaultdict(list)
        self.general: list[Claim] = []
        for row in everything:
            if row["event_id"] is not None:
                self.by_event[row["event_id"]].append(row)
            elif row["speaker_party"] is not None:
                self.general.append(row)

    def name(self, party: str | None) -> str:
        """A party as people read it."""
        return "no one named" if party is None else self.case.party_names.get(party, party)

    def own(self, event: Event) -> Iterator[Claim]:
        """Claims by parties that tell of the event itself and were not withdrawn."""
        for row in self.by_event.get(event.id, ()):
            tells = row["speaker_party"] is not None and row["speaks_of"] not in ("response", "other")
            if tells and row["stance"] != "retracts" and self.retractions.of(row) is None:
                yield row


def check_statements(case: Case, tables: Mapping[str, pa.Table]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Rows of ``implications``, and of ``weighed_rows``, for every event and party of the case."""
    statements = _Statements(case, tables["claims"].select(list(_COLUMNS)).to_pylist())
    implications: list[dict[str, Any]] = []
    links: list[dict[str, Any]] = []

    def keep(kind: str, event: Event, party: str, statement: str, found: _Found) -> None:
        key = row_id("implication", kind, event.id, party, statement)
        implications.append({
            "implication_id": key, "event_id": event.id, "kind": kind, "party": party, "statement": statement,
            "result": found.result, "checked": found.checked, "reading": found.words,
        })  # fmt: skip
        links.extend(
            {"of_table": "implications", "of_key": key, "table": table, "row_key": row, "role": role}
            for table, row, role in dict.fromkeys(found.rows)
        )

    for event in case.file.events:
        for party, statement, found in _times(statements, event):
            keep("time", event, party, statement, found)
        for party, statement, found in _means(statements, event):
            keep("means", event, party, statement, found)
    by_id = {event.id: event for event in case.file.events}
    for event_id, party, statement, found in _own_accounts(statements, tables):
        keep("own_account", by_id[event_id], party, statement, found)
    return implications, links


def _times(statements: _Statements, event: Event) -> Iterator[tuple[str, str, _Found]]:
    """Each time that a party gives for the event, against the first report of it."""
    # A page dated before the event tells of something else, whatever event its claims were given to.
    dated = [
        (not row["checked"], day, row["claim_id"]) for row in statements.by_event.get(event.id, ())
        if (day := said_by(row)) is not None and day >= event.first - ZONE
    ]  # fmt: skip
    first = statements.all[min(dated)[2]] if dated else None
    given: dict[tuple[Any, ...], Claim] = {}
    for row in sorted(statements.own(event), key=lambda row: (not row["checked"], row["claim_id"])):
        if row["event_time"] is not None:
            given.setdefault((row["speaker_party"], row["event_time"], row["event_on_low"], row["event_on_high"]), row)
    for (party, time, low, high), row in sorted(given.items(), key=lambda item: str(item[0])):
        days = "" if low is None else f" ({low})" if low == high else f" ({low} to {high})"
        statement = f"That the time which {statements.name(party)} gives, {time}{days}, is not after the first report"
        yield party, statement, _time_found(row, first, event)


def _time_found(row: Claim, first: Claim | None, event: Event) -> _Found:
    weaker = _weaker(row)
    if first is None:
        return _Found("unknown", row["checked"], f"No report of the event has a day.{weaker}",
                      (("claims", row["claim_id"], "rests_on"),))  # fmt: skip
    rows = (("claims", row["claim_id"], "rests_on"), ("claims", first["claim_id"], "first_report"))
    result, words = _compare_days(row, said_by(first) or date.max)
    if result == "contradicted" and not row["checked"] and row["event_on_low"] > event.last + FAR:
        result = "unknown"
        words += " A machine read it so far from the event that it may have taken a day of another year or event."
    words += f"{weaker} A time given wrongly does not make the rest of an account wrong."
    return _Found(result, row["checked"] and first["checked"], words, rows)


def _compare_days(row: Claim, first: date) -> tuple[str, str]:
    low = row["event_on_low"]
    report = f"the first report gathered is of {first}"
    if low is None:
        return (
            "unknown",
            f"The time names no day that can be told, and the hour of the first report is not known; {report}.",
        )
    if low > first + ZONE:
        return "contradicted", f"The first day that it can mean is {low}, and {report}."
    if low > first:
        return "unknown", f"The first day that it can mean is {low}, and {report}: a day that time zones can make."
    if low == first and _CLOCK.search(row["event_time"]):
        return "unknown", f"It is the day of the first report, {first}, whose hour and time zone are not known."
    return "not_contradicted", f"The first day that it can mean is {low}, and {report}."


def _means(statements: _Statements, event: Event) -> Iterator[tuple[str, str, _Found]]:
    """Each means that a party names as used, against the party's own denials of that means."""
    named: dict[tuple[str, str], list[Claim]] = defaultdict(list)
    denied: dict[str, list[Claim]] = defaultdict(list)
    for row in _one_of_a_kind([*statements.own(event), *statements.general]):
        if row["means"] is None or row["modality"] == "no_evidence":
            continue
        if row["stance"] in ("denies", "denies_event"):
            denied[row["speaker_party"]].append(row)
        elif row["stance"] in _NAMES and row["event_id"] is not None:
            named[row["speaker_party"], row["means"].casefold()].append(row)
    for (party, means), rows in sorted(named.items()):
        # A denial of somebody else contradicts nothing, so one of each means stands for all of them.
        others = {(row["means"], row["checked"]): row for row in denied[party]}.values()
        found = [
            _means_found(statements, row, denial)
            for row in rows
            for denial in [*others, *(one for one in denied[party] if _may_oppose(row, one))]
        ]
        best = min(
            (one for one in found if one is not None), default=None,
            key=lambda one: (not one.checked, _WORSE.index(one.result), one.rows),
        )  # fmt: skip
        if best is None:
            row = min(rows, key=lambda row: (not row["checked"], row["claim_id"]))
            words = f"No denial of {means} by the same party stands among the claims gathered; others may exist."
            best = _Found("not_contradicted", row["checked"], words, (("claims", row["claim_id"], "rests_on"),))
        yield party, f"That {statements.name(party)}, naming {means}, does not itself deny it", best


def _one_of_a_kind(claims: Iterable[Claim]) -> list[Claim]:
    """The first claim, by its id, of those that differ in nothing that means are compared by."""
    kinds: dict[tuple[Any, ...], Claim] = {}
    for row in sorted(claims, key=lambda row: row["claim_id"]):
        columns = ("speaker_party", "stance", "modality", "means", "target_party", "checked")
        kinds.setdefault((row["event_id"] is None, *(row[name] for name in columns)), row)
    return list(kinds.values())


def _user(row: Claim) -> str | None:
    """The party that a claim says used a means; ``None`` when it names none."""
    user: str | None = row["speaker_party"] if row["stance"] == "claims_responsibility" else row["target_party"]
    return user


def _may_oppose(row: Claim, denial: Claim) -> bool:
    return denial["stance"] == "denies_event" or denial["target_party"] in (None, _user(row))


def _means_found(statements: _Statements, row: Claim, denial: Claim) -> _Found | None:
    """One naming against one denial; ``None`` when they speak of different means."""
    one, other = specific_words(row["means"]), specific_words(denial["means"])
    if (one and other and not one & other) or (not one and not other and row["means"] != denial["means"]):
        return None
    user = _user(row)
    said = f"it denies {denial['means']}"
    if denial["stance"] == "denies_event":
        result, words = "contradicted", f"{said} and that the event took place, and it names {row['means']} as used."
    elif denial["target_party"] is None:
        result, words = "unknown", f"{said} without saying of whom."
    elif denial["target_party"] == user:
        result, words = "contradicted", f"{said} of {statements.name(user)}, to whom it gives {row['means']} here."
    else:
        result = "not_contradicted"
        words = (
            f"{said} of {statements.name(denial['target_party'])}, and gives {row['means']} to {statements.name(user)}."
        )
    if result == "contradicted" and bool(one) != bool(other):
        result, words = "unknown", f"{words} One of the two names only a class of means."
    words = words[0].upper() + words[1:] + _weaker(row, denial) + " To contradict oneself is not to have done it."
    rows = (("claims", row["claim_id"], "rests_on"), ("claims", denial["claim_id"], "contradicts"))
    return _Found(result, row["checked"] and denial["checked"], words, rows)


def _own_accounts(statements: _Statements, tables: Mapping[str, pa.Table]) -> Iterator[tuple[str, str, str, _Found]]:
    """Each question that a party answered more than once, against its own other answers."""
    answers: dict[tuple[str, str, str], list[dict[str, Any]]] = defaultdict(list)
    for row in tables["accounts"].to_pylist():
        answers[row["event_id"], row["party"], row["question"]].append(row)
    opposed: dict[tuple[str, str, str], list[dict[str, Any]]] = defaultdict(list)
    for row in tables["contradictions"].to_pylist():
        if row["kind"] == "within":
            opposed[row["event_id"], row["party_a"], row["question"]].append(row)
    for (event_id, party, question), given in sorted(answers.items()):
        if len({row["answer"] for row in given}) < 2:
            continue
        statement = f"That the answers of {statements.name(party)} to the question “{question}” hold together"
        yield event_id, party, statement, _own_found(statements, given, opposed[event_id, party, question])


def _own_found(
    statements: _Statements, given: Sequence[Mapping[str, Any]], opposed: Sequence[Mapping[str, Any]]
) -> _Found:
    pairs = [(row, statements.all[row["claim_a"]], statements.all[row["claim_b"]]) for row in opposed]
    standing = [
        (row, a, b) for row, a, b in pairs
        if statements.retractions.of(a) is None and statements.retractions.of(b) is None
    ]  # fmt: skip
    if not standing:
        checked = all(row["checked"] for row in given)
        first = {row["answer"]: row["claim_id"] for row in sorted(given, key=lambda row: -row["position"])}
        rows = tuple(("claims", claim_id, "rests_on") for claim_id in first.values())
        if pairs:
            withdrawn = "The answers that exclude each other do not both stand: one was withdrawn."
            return _Found("not_contradicted", checked, withdrawn, rows)
        return _Found("not_contradicted", checked, "Its answers differ, and none excludes another.", rows)
    row, a, b = min(
        standing, key=lambda pair: (not pair[0]["checked"], _suspicions(pair[1], pair[2]), pair[0]["contradiction_id"])
    )
    undated = a["said_on"] is None or b["said_on"] is None
    words = f"“{row['answer_a']}” ({a['said_on'] or 'undated'}) and “{row['answer_b']}” ({b['said_on'] or 'undated'}): "
    words += f"{row['rule']}." + (" Which was said first is not known." if undated else "")
    if _suspicions(a, b) == 2:
        words += " Both are only suspected, and two suspicions can be held side by side."
    else:
        words += _weaker(a, b)
    words += " To change an account is not to have done it." + _more(standing)
    rows = (
        ("contradictions", row["contradiction_id"], "contradicts"), ("claims", a["claim_id"], "rests_on"),
        ("claims", b["claim_id"], "contradicts"),
    )  # fmt: skip
    return _Found("unknown" if _suspicions(a, b) == 2 else "contradicted", row["checked"], words, rows)


def _more(standing: Sequence[tuple[Mapping[str, Any], Claim, Claim]]) -> str:
    unchecked = sum(not row["checked"] for row, _, _ in standing)
    if len(standing) == 1:
        return ""
    return f" {len(standing)} pairs of its answers exclude each other, {unchecked} of them by unchecked readings."


def _suspicions(*claims: Claim) -> int:
    return sum(claim["modality"] != "asserts" for claim in claims)


def _weaker(*claims: Claim) -> str:
    """Words for what is not asserted; empty when everything is."""
    return " What is only suspected here weighs less than what is asserted." if _suspicions(*claims) else ""
