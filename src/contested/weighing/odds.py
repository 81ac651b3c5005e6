"""Likelihood ratios of rival accounts, put together with their uncertainty.

In: items of evidence, each with an interval of log ratios, its source group and dependence class. Out: the interval
of the combined log ratio, and what would overturn the order that it gives. Refuses: nothing; what counts is decided
before.

All logarithms are natural; a log ratio is log P(item | account) − log P(item | other account), the weight of evidence
(Good 1950, *Probability and the Weighing of Evidence*; Good 1985). Log ratios of independent groups add. Each step
below is monotone in every log ratio, so the ends of the intervals give the exact range of the sum when every ratio
moves within its own interval:

* within a group, and within a class of groups with a common cause, the strongest log ratio of each direction counts
  fully and the others of that direction at a discount: they may repeat it. What points the other way repeats nothing.
  This is a structural correction, not a measured one;
* a group that nobody verified counts for no more than the cap, in either direction.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

Verdict = Literal["fits_better", "fits_worse", "not_told_apart"]

#: Steps of the bisection that finds the smallest change: beyond 60 halvings a double has no digits left.
HALVINGS = 60
#: Difference of two log ratios that is taken for rounding.
TIE = 1e-9


@dataclass(frozen=True, slots=True)
class WeighedItem:
    """One item: the ends of its log ratio, and whose it is. ``class_`` is ``None`` for a group that stands alone."""

    id: str
    low: float
    high: float
    group: str
    class_: str | None = None
    verified: bool = True

    @property
    def pool(self) -> tuple[str, str]:
        """What is put together by the rule of classes: the class, else the group itself."""
        return ("group", self.group) if self.class_ is None else ("class", self.class_)


@dataclass(frozen=True, slots=True)
class Rule:
    """How dependence and missing verification are corrected for.

    ``discount`` in [0, 1] is the share of their log ratio that all but the strongest keep; ``log_cap`` the largest
    log ratio of a group that is not verified.
    """

    discount: float
    log_cap: float


@dataclass(frozen=True, slots=True)
class Combined:
    """The interval of a combined log ratio."""

    low: float
    high: float

    @property
    def verdict(self) -> Verdict:
        """Which way the whole interval points; an interval that holds 0 (a ratio of 1) tells nothing apart."""
        if self.low > 0:
            return "fits_better"
        return "fits_worse" if self.high < 0 else "not_told_apart"

    @property
    def strength(self) -> float:
        """Distance of the weak end from 0: the only end that may be put into words."""
        return max(self.low, -self.high, 0.0)


@dataclass(frozen=True, slots=True)
class Overturn:
    """Least changes after which the interval no longer points where it did; logs of factors above 1.

    ``item`` and ``single`` are ``None`` when no ratio can do it alone, being capped.
    """

    item: str | None
    single: float | None
    common: float


def join(values: Iterable[float], discount: float) -> float:
    """Log ratios that may repeat each other: the strongest of each direction fully, the others at the discount."""
    parts: list[float] = []
    given = list(values)
    for same in ([value for value in given if value > 0], [value for value in given if value < 0]):
        if same:
            strongest = max(same, key=abs)
            same.remove(strongest)
            parts += [strongest, *(discount * value for value in same)]
    # Exactly rounded, so that the order in which the case lists its evidence changes no digit.
    return math.fsum(parts)


def combine(items: Sequence[WeighedItem], rule: Rule) -> Combined:
    """The combined log ratio of the items; 0 to 0, a ratio of 1, when there are none."""
    return Combined(_total(items, rule, _low), _total(items, rule, _high))


def _low(item: WeighedItem) -> float:
    return item.low


def _high(item: WeighedItem) -> float:
    return item.high


def _total(items: Sequence[WeighedItem], rule: Rule, end: Callable[[WeighedItem], float]) -> float:
    return math.fsum(_pooled(members, rule, end) for members in _pools(items).values())


def _pools(items: Sequence[WeighedItem]) -> Mapping[tuple[str, str], list[WeighedItem]]:
    pools: dict[tuple[str, str], list[WeighedItem]] = defaultdict(list)
    for item in items:
        pools[item.pool].append(item)
    return pools


def _pooled(members: Sequence[WeighedItem], rule: Rule, end: Callable[[WeighedItem], float]) -> float:
    """One end of what a class, or a group that stands alone, gives."""
    groups: dict[tuple[str, bool], list[float]] = defaultdict(list)
    for item in members:
        groups[item.group, item.verified].append(end(item))
    joined = []
    for (_, verified), values in groups.items():
        value = join(values, rule.discount)
        joined.append(value if verified else min(max(value, -rule.log_cap), rule.log_cap))
    return join(joined, rule.discount)


def find_overturn(items: Sequence[WeighedItem], rule: Rule) -> Overturn | None:
    """What would overturn the order; ``None`` when the items tell nothing apart.

    The order stands while the interval lies on one side of 1. The single change is that of one item's ratio, all
    others unchanged; the common one weakens every item's ratio by the same factor.
    """
    verdict = combine(items, rule).verdict
    if verdict == "not_told_apart":
        return None
    # The weak end is the low end of an account that fits better; the other way round after turning all signs.
    lows = items if verdict == "fits_better" else [replace(one, low=-one.high, high=-one.low) for one in items]
    pools = _pools(lows)
    values = {pool: _pooled(members, rule, _low) for pool, members in pools.items()}
    found: list[tuple[float, float, str]] = []
    span = 2 * math.fsum(abs(item.low) for item in lows) + 1.0
    for item in lows:
        others = [value for pool, value in values.items() if pool != item.pool]

        def weakened(shift: float, item: WeighedItem = item, others: list[float] = others) -> float:
            def end(one: WeighedItem) -> float:
                return one.low - shift if one is item else one.low

            return math.fsum([*others, _pooled(pools[item.pool], rule, end)])

        if weakened(span) <= 0:
            found.append((_least(weakened, span), -item.low, item.id))
    # Items that count fully all need the same change, to the last digits; of these the one that bears most is named.
    least = min((shift for shift, _, _ in found), default=0.0)
    hinges = [one for one in found if one[0] <= least + TIE]
    single, _, name = min(hinges, key=lambda one: one[1:], default=(None, None, None))
    common = _least(lambda shift: _total(lows, rule, lambda one: one.low - shift), span)
    return Overturn(name, single, common)


def _least(weakened: Callable[[float], float], enough: float) -> float:
    """The least shift with which the falling function is 0 or below, known to be so at ``enough``."""
    short = 0.0
    for _ in range(HALVINGS):
        middle = (short + enough) / 2
        if weakened(middle) <= 0:
            enough = middle
        else:
            short = middle
    return enough
