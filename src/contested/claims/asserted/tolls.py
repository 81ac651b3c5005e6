"""The dead and the injured that a text counts, each with the words that count them.

In: a text and the stretches of it to read. Out: :class:`Toll` for each count, and their :class:`TollSummary`.
Refuses: counts that lump the dead with the injured, that are denied or only feared to come, and totals of a whole
war; a summary refuses, by giving ``None``, counts that cannot all hold.

A count is one or more counted phrases joined ("five women and a child": 6), to which a verb or noun of dying or
hurting belongs, before or after it. What "including" or "among them" brings in is a part of it and never added.
The rules, with their wordings, stand in ``docs/methods/facts.md``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from contested.base.records import TOLL_GROUPS
from contested.claims.asserted import toll_wording as w
from contested.claims.asserted.quantities import Quantity, find_quantities
from contested.claims.text.sentences import find_sentences
from contested.claims.text.words import Span

Kind = Literal["killed", "injured"]
#: Groups that tolls are told by; a group ``None`` is people of whom nothing more is said.
GROUPS = TOLL_GROUPS
Bounds = tuple[int | None, int | None]


@dataclass(frozen=True, slots=True)
class Toll:
    """One count of people of one group."""

    kind: Kind
    group: str | None
    low: int | None
    high: int | None
    start: int
    end: int
    part: bool = False
    """Whether it counts some of the people that another count counts whole."""
    newest: bool = False
    """Whether the wording says that it takes the place of an earlier count ("rose to 82")."""
    vague: bool = False
    """Whether it was read from a word such as "dozens"."""


@dataclass(frozen=True, slots=True)
class TollSummary:
    """The counts of one claim or article that can all hold; ``(None, None)`` where there are none, or none that can."""

    killed: Bounds = (None, None)
    injured: Bounds = (None, None)
    killed_of: dict[str, Bounds] = field(default_factory=dict)
    """Group → fewest and most killed of it."""


@dataclass(frozen=True, slots=True)
class _Counted:
    """A counted phrase: the quantity, whom it counts, and its characters."""

    low: int | None
    high: int | None
    group: str | None
    start: int
    end: int
    noun: bool
    deaths: bool = False
    vague: bool = False


def find_tolls(text: str, start: int = 0, end: int | None = None) -> list[Toll]:
    """Counts of dead and injured in ``text[start:end]``, sentence by sentence."""
    return [
        toll
        for first, last in find_sentences(text, start, end)
        if not w.OF_A_WAR.search(text, first, last)
        for toll in _read_sentence(text, first, last)
    ]


def _read_sentence(text: str, start: int, end: int) -> list[Toll]:
    counted = _find_counted(text, start, end)
    found: list[Toll] = []
    at = 0
    while at < len(counted):
        joined = [counted[at]]
        while at + 1 < len(counted) and joined[-1].noun and counted[at + 1].noun and not counted[at + 1].deaths:
            if not w.JOINT.fullmatch(text, joined[-1].end, counted[at + 1].start):
                break
            # "killed six people and 30 were injured": the second has a verb of its own.
            if _right_kind(text, counted[at + 1], end) and _has_verb(text, joined, start, counted[at + 1].start):
                break
            at += 1
            joined.append(counted[at])
        at += 1
        found += _tolls_of(text, joined, (start, end), found)
    return found


def _has_verb(text: str, joined: Sequence[_Counted], start: int, end: int) -> bool:
    first = joined[0].start
    return _kind(text, joined, start, end) is not None or bool(w.TOLL_NOUN.search(text, max(start, first - 160), first))


def _tolls_of(text: str, joined: Sequence[_Counted], sentence: Span, before: list[Toll]) -> list[Toll]:
    """The counts that one joined phrase makes: its whole, its groups, or parts of the count before."""
    start, end = sentence
    first, last = joined[0], joined[-1]
    after = w.PART_AFTER.match(text, last.end, end)
    if after is None and not last.noun:
        after = w.WERE_GROUP.match(text, last.end, end)
    parent = next((toll for toll in reversed(before) if not toll.part), None)
    if (
        (parent is not None and w.PART.search(text, max(start, first.start - 40), first.start))
        or w.OF_THE_DEAD.search(text, max(start, first.start - 40), first.start)
        or w.INCLUDED.search(text, max(start, first.start - 40), first.start)
        or (after and (after["group"] or parent is not None or "among" in after[0].lower()))
    ):
        kind: Kind = parent.kind if parent is not None else "killed"
        if after and after["group"] and len(joined) == 1:
            return [Toll(kind, after["group"].lower(), first.low, first.high, first.start, after.end(), part=True)]
        kept = [one for one in joined if one.group is not None]
        return [Toll(kind, one.group, one.low, one.high, one.start, one.end, part=True) for one in kept]
    newest = False
    noun = w.TOLL_NOUN.search(text, max(start, first.start - 160), first.start)
    if noun is None and w.BOUNDED.match(text, first.start, end):
        noun = w.TOLL_NOUN_BARE.search(text, max(start, first.start - 160), first.start)
    if noun is None and not first.noun:
        noun = w.REVISED.search(text, max(start, first.start - 80), first.start)
        newest = noun is not None
    found = "killed" if noun or first.deaths else _kind(text, joined, start, end)
    if noun and not newest:
        newest = bool(w.RISING.search(text, max(start, noun.start() - 30), first.start))
    if found is None:
        return []
    kind = "injured" if found == "injured" else "killed"
    low, high = _sum(joined)
    if noun and noun.groupdict().get("to", "").lower() == "from" and high is not None:
        # "rose from 20 to 35": the later number is the toll.
        low, newest = high, True
    groups = {one.group for one in joined}
    whole = Toll(
        kind,
        groups.pop() if len(groups) == 1 else None,
        low,
        high,
        first.start,
        last.end,
        newest=newest,
        vague=any(one.vague for one in joined),
    )
    parts = [
        Toll(kind, one.group, one.low, one.high, one.start, one.end, part=True)
        for one in joined
        if one.group is not None
    ]
    if share := w.SHARE.match(text, last.end, end):
        parts.append(_shared(share, whole))
    return [whole, *parts]


def _shared(share: re.Match[str], whole: Toll) -> Toll:
    """As in "27 people, most of them children": more than half of them."""
    word = share["share"].lower()
    group = next(name for name in GROUPS if share[name])
    low = whole.low
    if not word.startswith("all") and low is not None:
        low = (low + 1) // 2 if word.startswith("half") else low // 2 + 1
    return Toll(whole.kind, group, low, whole.high, whole.start, share.end(), part=True)


def _sum(joined: Sequence[_Counted]) -> Bounds:
    lows = [one.low for one in joined if one.low is not None]
    low = sum(lows) if lows else None
    highs = [one.high for one in joined if one.high is not None]
    return low, sum(highs) if len(highs) == len(joined) else None


def _kind(text: str, joined: Sequence[_Counted], start: int, end: int) -> Kind | None:
    """Whether the phrase counts dead or injured: by what follows it, else by what stands before."""
    first, last = joined[0], joined[-1]
    if w.LUMPED_BEFORE.search(text, max(start, first.start - 40), first.start):
        return None
    left = w.ACTIVE.search(text, max(start, first.start - 60), first.start)
    if left is None:
        return _right_kind(text, last, end)
    # "Nine killed 12 injured": the verb after a number is its own, unless another number follows it.
    bare = w.BARE.match(text, last.end, end)
    if bare and not w.NUMBER_NEXT.match(text, bare.end(), end):
        return _right_kind(text, last, end)
    if w.NOT_YET.search(text, max(start, left.start() - 25), left.start()):
        return None
    return "killed" if left["killed"] else "injured"


def _right_kind(text: str, last: _Counted, end: int) -> Kind | None:
    match = w.BARE.match(text, last.end, end)
    if match is None:
        passive = w.PASSIVE if last.noun else w.PASSIVE_NEXT
        match = passive.match(text, last.end, min(end, last.end + 160))
    if match is None or (w.LUMPED.match(text, match.end(), end) and not _counts_next(text, match.end(), end)):
        return None
    return "injured" if match["injured"] else "killed"


def _counts_next(text: str, at: int, end: int) -> bool:
    """As in "10 killed, injured 20 others": the second verb has its own number."""
    match = w.LUMPED.match(text, at, end)
    return bool(match and w.NUMBER_NEXT.match(text, match.end(), end))


def _find_counted(text: str, start: int, end: int) -> list[_Counted]:
    found = [one for quantity in find_quantities(text, start, end) if (one := _read_counted(text, quantity, end))]
    taken = [(one.start, one.end) for one in found]
    for match in w.ONE.finditer(text, start, end):
        if all(match.end() <= first or last <= match.start() for first, last in taken):
            found.append(_Counted(1, 1, _group(match), match.start(), match.end(), noun=True))
    return sorted(found, key=lambda one: one.start)


def _read_counted(text: str, quantity: Quantity, end: int) -> _Counted | None:
    if not quantity.worded and w.YEAR.search(text, quantity.start, quantity.end):
        return None
    first = quantity.start
    if family := w.FAMILY.search(text, max(0, first - 40), first):
        match = w.NOUN_PHRASE.match(text, quantity.end, end)
        last = match.end() if match else quantity.end
        return _Counted(quantity.low, quantity.high, None, family.start(), last, noun=True)
    match = w.NOUN_PHRASE.match(text, quantity.end, end)
    if match is None:
        couple = text[first : quantity.end].lower().endswith("couple")
        return _Counted(quantity.low, quantity.high, None, first, quantity.end, noun=couple, vague=quantity.vague)
    return _Counted(
        quantity.low,
        quantity.high,
        _group(match),
        first,
        match.end(),
        noun=True,
        deaths=match["dead"] is not None,
        vague=quantity.vague,
    )


def _group(match: re.Match[str]) -> str | None:
    for name in ("fighters", "children", "women", "civilians"):
        if match[name]:
            return name
    modifiers = match["modifiers"].lower()
    return "civilians" if "civilian" in modifiers else None


def summarise_tolls(tolls: Iterable[Toll]) -> TollSummary:
    """The counts together: those that can all hold are narrowed to what all allow; others are refused.

    A count that the wording calls newer ("rose to 82") takes the place of the others of its kind.
    """
    tolls = list(tolls)
    killed_of = {
        group: bounds
        for group in GROUPS
        if (bounds := _narrow([toll for toll in tolls if toll.kind == "killed" and toll.group == group]))
        != (None, None)
    }
    wholes = {kind: [toll for toll in tolls if toll.kind == kind and not toll.part] for kind in ("killed", "injured")}
    return TollSummary(_narrow(wholes["killed"]), _narrow(wholes["injured"]), killed_of)


def _narrow(tolls: Sequence[Toll]) -> Bounds:
    newest = [toll for toll in tolls if toll.newest]
    tolls = newest[-1:] or tolls
    if not tolls:
        return None, None
    lows = [toll.low for toll in tolls if toll.low is not None]
    highs = [toll.high for toll in tolls if toll.high is not None]
    low, high = max(lows, default=None), min(highs, default=None)
    return (None, None) if low is not None and high is not None and low > high else (low, high)
