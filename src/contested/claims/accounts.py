"""Claims → each party's account, and where accounts contradict others or themselves.

In: claims that speak of an event of the case, by speakers of a party, as reviewers left them.
Out: the ``accounts`` and ``contradictions`` tables. Refuses: nothing; a claim that answers no question leaves no row.

An answer is read from a claim's stance and facts, never from a dataset's actor columns. Two answers
contradict when they cannot both hold; where they could (a later, higher count; a nerve agent and
sarin) they do not. The rules are the functions ``_oppose_*``, one a question, and each
contradiction carries its rule in words.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import combinations
from typing import Any

from contested.base.case import Case, Event
from contested.base.records import QUESTIONS, row_id

#: Mechanisms that can be two descriptions of one happening.
COMPATIBLE_MECHANISMS = (
    frozenset({"air_strike", "helicopter_munition"}),  # both from the air
    frozenset({"staged", "ground_device"}),  # a staged attack may use a device on the ground
    frozenset({"staged", "fabricated"}),
    frozenset({"shelling", "ground_device"}),
)
#: Words that name a class of means rather than one; two means differ only by what is left without them.
GENERAL_MEANS = frozenset({
    "a", "an", "and", "or", "of", "like", "similar", "unknown", "banned",
    "agent", "agents", "chemical", "chemicals", "gas", "gases", "material", "substance", "substances",
    "munition", "munitions", "nerve", "organophosphate", "organophosphorus", "poison", "poisonous", "toxic",
    "warfare", "weapon", "weapons",
})  # fmt: skip
#: An event of the case that lasts longer is a series of attacks, and plurals speak of it.
MAX_SINGLE = timedelta(days=7)
#: A time named more vaguely than this ("in 2016") does not say that an event in it is meant.
MAX_NAMED = timedelta(days=31)
_WORD = re.compile(r"[^\W\d_]+")
_CLOCK = re.compile(r"\b([01]?\d|2[0-3])[:.]([0-5]\d)\b")

#: Stances that say who did it, or who did not.
_WHO = ("blames", "denies", "claims_responsibility", "alternative_explanation", "declines_to_attribute")


@dataclass(frozen=True, slots=True)
class Answer:
    """One party's answer to one question: ``value`` is what rules compare, ``text`` what people read."""

    event_id: str
    party: str
    question: str
    value: tuple[Any, ...]
    text: str
    said_on: date | None
    by: date
    claim_id: str
    checked: bool

    @property
    def order(self) -> tuple[bool, date, str]:
        """Dated before undated, then by day; undated ones by the day on which they were published."""
        return (self.said_on is None, self.said_on or self.by, self.claim_id)


def assign_events(claims: Iterable[Mapping[str, Any]], texts: Mapping[str, str], case: Case) -> list[dict[str, Any]]:
    """The claims with ``event_id`` set where the words of an event stand around the passage.

    A claim read from a document belongs to the event of the case whose ``words`` are met in its
    paragraph; else, when it blames, denies or explains, to the event that ``case.toml`` declares for
    the document. What is left speaks of something else and stays without.

    A claim that speaks of attacks before or in general (``speaks_of`` is ``history``) belongs to none, unless an
    event named around it is what it speaks of: its days are the event's, or the event is itself a series. One
    that speaks of an attack that followed belongs only to an event whose words stand in its own passage, and
    never to the document's own, which is the attack that it followed; without one it belongs to none.
    """
    declared = {entry.path: entry.event for entry in case.file.documents}
    assigned = []
    for claim in claims:
        row = dict(claim)
        if row["origin"] == "document" and row.get("event_id") is None:
            fallback = declared.get(row["original_path"])
            follows = row.get("speaks_of") == "follow_up"
            around = " ".join(piece["text"] for piece in row["passage"]) if follows else ""
            around = around or _paragraph(texts[row["document_id"]], row)
            named = [event.id for event in case.file.events if _mentions(around, event)]
            if follows:
                named, fallback = [event for event in named if fallback not in (None, event)], None
            if row.get("speaks_of") == "history":
                named = [event.id for event in case.file.events if event.id in named and _covers(event, row)]
                fallback = None
            if len(named) == 1:
                row["event_id"] = named[0]
                if row.get("speaks_of") == "history":
                    row["speaks_of"] = "event"
            elif fallback is not None and (fallback in named or (not named and row["stance"] != "reports")):
                row["event_id"] = fallback
        assigned.append(row)
    return assigned


def _covers(event: Event, claim: Mapping[str, Any]) -> bool:
    """Whether attacks before or in general are this event: the days named are its own, or it is a series of attacks."""
    low, high = claim.get("event_on_low"), claim.get("event_on_high")
    if low is not None and high is not None:
        return bool(low <= event.last and event.first <= high and high - low <= MAX_NAMED)
    return event.last - event.first > MAX_SINGLE


def _paragraph(text: str, claim: Mapping[str, Any]) -> str:
    first = min(piece["start"] for piece in claim["passage"])
    last = max(piece["end"] for piece in claim["passage"])
    start, end = text.rfind("\n", 0, first) + 1, text.find("\n", last)
    return text[start : end if end >= 0 else len(text)]


def _mentions(text: str, event: Event) -> bool:
    return any(
        re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text, re.IGNORECASE) for word in (*event.words, event.place)
    )


def read_answers(claim: Mapping[str, Any], case: Case) -> list[Answer]:
    """The answers that one claim gives, at most one a question; none without an event or a party.

    What is said about the answer to an event (``response``) answers no question about the event.
    """
    if claim.get("event_id") is None or claim.get("speaker_party") is None or claim["origin"] == "vote":
        return []
    if claim.get("speaks_of") in ("response", "other"):
        return []
    event = case.event(claim["event_id"])
    found = {
        "happened": _happened(claim),
        "who": _who(claim, case),
        "means": ((frozenset(specific_words(claim["means"])),), claim["means"]) if claim.get("means") else None,
        "how": ((claim["mechanism"],), claim["mechanism"].replace("_", " ")) if claim.get("mechanism") else None,
        "when": (_when(claim), claim["event_time"]) if claim.get("event_time") else None,
        "toll": _toll(claim),
    }
    return [
        Answer(
            event.id, claim["speaker_party"], question, answer[0], answer[1],
            claim.get("said_on"), claim.get("said_on") or claim.get("reported_on") or date.max,
            claim["claim_id"], claim["checked"],
        )
        for question, answer in found.items() if answer is not None and question in case.file.questions
    ]  # fmt: skip


def _happened(claim: Mapping[str, Any]) -> tuple[tuple[str], str] | None:
    value = claim.get("happened")
    if value is None and claim["stance"] == "denies_event":
        value = "no"
    return None if value is None else ((value,), value)


def _who(claim: Mapping[str, Any], case: Case) -> tuple[tuple[Any, ...], str] | None:
    stance, target = claim["stance"], claim.get("target_party")
    if stance == "claims_responsibility":
        target = claim["speaker_party"]
    if stance not in _WHO:
        return None
    if target is None:
        return ((stance, None), "declines to attribute") if stance == "declines_to_attribute" else None
    name = case.party_names.get(target, target)
    words = {
        "blames": f"blames {name}", "denies": f"denies that {name} did it",
        "claims_responsibility": f"{name} claims responsibility", "declines_to_attribute": "declines to attribute",
        "alternative_explanation": f"explains it by {name}",
    }  # fmt: skip
    modality = {"suspects": " (suspects)", "no_evidence": " (sees no evidence)"}.get(claim["modality"], "")
    return (stance, target), words[stance] + modality


def specific_words(means: str) -> set[str]:
    """Words that name one means, not a class of them; empty for "nerve agent"."""
    return {word.lower() for word in _WORD.findall(means)} - GENERAL_MEANS


def _when(claim: Mapping[str, Any]) -> tuple[tuple[int, ...], date | None, date | None]:
    """Clock times, and the first and last day; ``None`` where the day is open."""
    return _clock(claim["event_time"]), claim.get("event_on_low"), claim.get("event_on_high")


def _clock(text: str) -> tuple[int, ...]:
    """First and last minute of the day named in the text; empty when no clock time is."""
    minutes = [int(hour) * 60 + int(minute) for hour, minute in _CLOCK.findall(text)]
    return (min(minutes), max(minutes)) if minutes else ()


def _toll(claim: Mapping[str, Any]) -> tuple[tuple[int | None, int | None], str] | None:
    low, high = claim.get("killed_low"), claim.get("killed_high")
    if low is None and high is None:
        return None
    if low == high:
        return (low, high), f"{low} killed"
    if high is None:
        return (low, high), f"at least {low} killed"
    return (low, high), f"up to {high} killed" if low is None else f"{low} to {high} killed"


def gather_accounts(
    claims: Sequence[Mapping[str, Any]], case: Case
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Rows of the ``accounts`` and ``contradictions`` tables."""
    cells: dict[tuple[str, str, str], list[Answer]] = defaultdict(list)
    for claim in claims:
        for answer in read_answers(claim, case):
            cells[answer.event_id, answer.party, answer.question].append(answer)
    rows = []
    for (event_id, party, question), answers in sorted(cells.items()):
        answers.sort(key=lambda answer: answer.order)
        latest = _latest(answers)
        rows += [
            {
                "event_id": event_id, "party": party, "question": question, "position": position,
                "answer": answer.text, "said_on": answer.said_on, "latest": answer in latest,
                "claim_id": answer.claim_id, "checked": answer.checked,
            }
            for position, answer in enumerate(answers, start=1)
        ]  # fmt: skip
    return rows, find_contradictions(cells, case)


def _latest(answers: Sequence[Answer]) -> list[Answer]:
    """The answers of the newest day: a machine's reading never outdates what a person has checked."""
    kept = [answer for answer in answers if answer.checked] or answers
    kept = [answer for answer in kept if answer.said_on is not None] or kept
    newest = max(answer.by for answer in kept)
    return [answer for answer in kept if answer.by == newest]


def find_contradictions(cells: Mapping[tuple[str, str, str], Sequence[Answer]], case: Case) -> list[dict[str, Any]]:
    """Pairs of answers that cannot both hold, within a party and between parties.

    One row is given for each pair of differing answers of each pair of parties: that of their first claims,
    checked ones before others.
    """
    by_question: dict[tuple[str, str], list[Answer]] = defaultdict(list)
    for (event_id, _, question), answers in sorted(cells.items()):
        first: dict[tuple[Any, ...], Answer] = {}
        for answer in sorted(answers, key=lambda answer: (not answer.checked, answer.order)):
            first.setdefault((answer.value, answer.text), answer)
        by_question[event_id, question] += first.values()
    rows = []
    for event_id, question in sorted(by_question, key=lambda key: (key[0], QUESTIONS.index(key[1]))):
        answers = sorted(by_question[event_id, question], key=lambda answer: answer.order)
        for earlier, later in combinations(answers, 2):
            rule = _OPPOSE[question](earlier, later)
            if rule is None:
                continue
            rows.append({
                "contradiction_id": row_id("contradiction", question, earlier.claim_id, later.claim_id),
                "event_id": event_id, "question": question,
                "kind": "within" if earlier.party == later.party else "between",
                "party_a": earlier.party, "answer_a": earlier.text, "claim_a": earlier.claim_id,
                "party_b": later.party, "answer_b": later.text, "claim_b": later.claim_id, "rule": rule,
                "checked": earlier.checked and later.checked,
            })  # fmt: skip
    return rows


def _oppose_happened(a: Answer, b: Answer) -> str | None:
    opposed = {a.value[0], b.value[0]} == {"yes", "no"}
    return "one says that it happened, the other that it did not" if opposed else None


def _oppose_who(a: Answer, b: Answer) -> str | None:
    (stance_a, target_a), (stance_b, target_b) = a.value, b.value
    accusing = ("blames", "claims_responsibility")
    if {stance_a, stance_b} & {"declines_to_attribute"}:
        return None
    if stance_a in accusing and stance_b in accusing:
        return "they blame different parties" if target_a != target_b else None
    if "alternative_explanation" in (stance_a, stance_b):
        differ = target_a != target_b and {stance_a, stance_b} & set(accusing)
        return "one blames a party, the other explains it by another" if differ else None
    if (stance_a in accusing) != (stance_b in accusing) and target_a == target_b:
        return "one blames the party that the other says did not do it"
    return None


def _oppose_means(a: Answer, b: Answer) -> str | None:
    one, other = a.value[0], b.value[0]
    return "they name different means" if one and other and not one & other else None


def _oppose_how(a: Answer, b: Answer) -> str | None:
    pair = {a.value[0], b.value[0]}
    if len(pair) == 1 or any(pair <= group for group in COMPATIBLE_MECHANISMS):
        return None
    return "the two courses of events exclude each other"


def _oppose_when(a: Answer, b: Answer) -> str | None:
    (clock_a, low_a, high_a), (clock_b, low_b, high_b) = a.value, b.value
    days = None not in (low_a, high_a, low_b, high_b)
    if days and (low_a > high_b or low_b > high_a):
        return "the days claimed do not meet"
    if not clock_a or not clock_b or (clock_a[0] <= clock_b[1] and clock_b[0] <= clock_a[1]):
        return None
    return "the times claimed do not meet"


def _oppose_toll(a: Answer, b: Answer) -> str | None:
    """Counts may grow as the dead are found, so only a later count below an earlier one contradicts it."""
    low_a, high_b = a.value[0], b.value[1]
    if low_a is None or high_b is None or a.said_on is None or b.said_on is None or high_b >= low_a:
        return None
    return "the later count of the dead is below the earlier one"


_OPPOSE = {
    "happened": _oppose_happened, "who": _oppose_who, "means": _oppose_means,
    "how": _oppose_how, "when": _oppose_when, "toll": _oppose_toll,
}  # fmt: skip
