"""Do the attacks come in salvos: are those near in place also near in time, more often than chance gives?

In: places and days of incidents. Out: the pairs near in both, beside what shuffled days give (:class:`Interaction`).
Refuses: fewer than three incidents, days and places of which shuffling changes nothing, and more pairs than can be
counted in the memory and time allowed (:class:`WeighingError`).

The test is Knox's (1964, https://doi.org/10.2307/2985222) with Mantel's permutation of days (1967, Cancer Research 27,
209-220). Shuffled over the whole period, it also finds fighting that moves from town to town (Kulldorff & Hjalmars
1999, https://doi.org/10.1111/j.0006-341X.1999.00544.x); shuffled within strata of source and month, it finds only what
is quicker than a month. Several limits of metres and days are adjusted for by the greatest standardised
count of each arrangement (Westfall & Young 1993). Knox's own Poisson p stands beside it for comparison: it takes pairs
for independent, which they are not.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import TYPE_CHECKING, Any

import numpy as np

from contested.base.errors import RecordError, WeighingError
from contested.incidents.pairs import Placed, candidate_pairs
from contested.weighing.nulls import DRAWS, EXACT_ORDERS_UP_TO, SEED, TOLERANCE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Whole = NDArray[np.int64]
    Reals = NDArray[np.float64]

#: With two incidents every arrangement of days gives the same count.
MIN_CLUSTERED = 3
#: Most pairs near in place; 10 million take 320 MB while they are found. When changed: run benchmarks/weighing.py.
MAX_PAIRS = 10_000_000
#: Most pairs times arrangements, some seconds of one core; where there are more, fewer arrangements are drawn, but at
#: least :data:`LEAST_DRAWS`. When changed: run benchmarks/weighing.py.
MAX_WORK = 10_000_000_000
#: Shuffling a row takes about as long as looking at so many pairs.
_ROW_WORK = 30
#: With 999 arrangements a p of 0.05 has a standard error of 0.007.
LEAST_DRAWS = 999
#: Cells of days (incidents times arrangements) held at a time: 32 MiB.
_CELLS = 1 << 24
#: Most arrangements held at a time: a block of pairs then stays in the processor's cache.
_BATCH = 512
#: Pairs looked at in one go: so many that their count fits in a byte.
_BLOCK = 255
#: Bytes of a pair while ``candidate_pairs`` finds it.
_BYTES_PER_PAIR = 32


@dataclass(frozen=True)
class NearPairs:
    """Pairs of rows near in place, the nearest limit first.

    Attributes
    ----------
    left, right
        Row numbers, shape (p,); each pair once.
    limits_m
        Limits of distance, metres, ascending.
    ends
        The first ``ends[k]`` pairs lie within ``limits_m[k]``.
    """

    left: Whole
    right: Whole
    limits_m: tuple[float, ...]
    ends: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Window:
    """Pairs within one limit of metres and one of days; means, where places and days were drawn several times."""

    within_m: float
    within_days: int
    near: float
    """Pairs within the metres."""
    soon: float
    """Pairs within the days."""
    observed: float
    """Pairs within both."""
    observed_low: float
    """The least of the draws of place and day."""
    observed_high: float
    """The most."""
    expected: float
    """Mean over the arrangements."""
    expected_of_margins: float
    """Knox's expectation: near times soon by all pairs; with one stratum every arrangement's mean."""
    standardised: float
    """Observed less expected, by the standard deviation over the arrangements; 0 where that is 0."""
    p_greater: float
    """Share of arrangements with at least as many pairs."""
    p_adjusted: float
    """Share of arrangements whose greatest standardised count over all windows is at least this one's."""
    p_poisson: float
    """Chance of as many pairs or more were they Poisson with Knox's expectation; for comparison only."""


@dataclass(frozen=True, slots=True)
class Interaction:
    """Knox's test over all windows."""

    n: int
    """Rows."""
    windows: tuple[Window, ...]
    """By metres, then days."""
    p_value: float
    """Share of arrangements whose greatest standardised count is at least the observed one."""
    p_over_draws: tuple[float, float]
    """Least and greatest p_value that one draw of place and day would give alone."""
    p_least: float
    """The smallest p_value that any arrangement could have had."""
    n_arrangements: int
    """Arrangements counted."""
    seed: int | None
    """Seed when arrangements were drawn, else ``None``: all were counted."""


def near_pairs(lon: Reals, lat: Reals, limits_m: Sequence[float]) -> NearPairs:
    """Pairs of points that lie within a limit of each other.

    Parameters
    ----------
    lon, lat
        WGS 84 degrees, shape (n,). Distances are geodesic, over poles and the antimeridian too.
    limits_m
        Limits of distance, metres, ascending.

    Raises
    ------
    WeighingError
        When more than :data:`MAX_PAIRS` pairs lie within a limit.
    RecordError
        On coordinates that are no point.
    """
    days = np.zeros(len(lon), dtype=np.int64)
    keys: list[Whole] = []
    for limit in limits_m:
        places = Placed(lon, lat, np.full(len(lon), limit / 2), days, days)
        try:
            found = candidate_pairs(places, slack_m=0.0, slack_days=0, memory_bytes=MAX_PAIRS * _BYTES_PER_PAIR)
        except RecordError as error:
            raise WeighingError(
                f"too many pairs of incidents lie within {limit:,.0f} m to be counted; expected at most {MAX_PAIRS:,}: "
                "weigh fewer incidents or a shorter period"
            ) from error
        keys.append(found.left * len(lon) + found.right)
    every = keys[-1]
    rank = np.full(len(every), len(keys) - 1, dtype=np.int8)
    for number in reversed(range(len(keys) - 1)):
        rank[np.searchsorted(every, keys[number])] = number
    every = every[np.argsort(rank, kind="stable")]
    left = every // max(1, len(lon))
    return NearPairs(left, every - left * len(lon), tuple(map(float, limits_m)), tuple(map(len, keys)))


def count_near_in_time(pairs: NearPairs, days: NDArray[np.signedinteger[Any]], limits_days: Sequence[int]) -> Whole:
    """How many of the pairs lie within the days, for each arrangement.

    Parameters
    ----------
    pairs
        Pairs near in place.
    days
        Day of each row in each arrangement, shape (n, b), counted from any day; 16 bits are enough for 89 years.
    limits_days
        Limits of days; a limit of 1 allows neighbouring days.

    Returns
    -------
    numpy.ndarray
        Counts of shape (limits of metres, limits of days, b).
    """
    counts = np.zeros((len(pairs.ends), len(limits_days), days.shape[1]), dtype=np.int64)
    gaps = np.empty((_BLOCK, days.shape[1]), dtype=days.dtype)
    others = np.empty_like(gaps)
    start = 0
    for number, end in enumerate(pairs.ends):
        for first in range(start, end, _BLOCK):
            block = slice(first, min(first + _BLOCK, end))
            gap, other = gaps[: block.stop - first], others[: block.stop - first]
            # Any mode but "raise" writes to ``out`` without a copy.
            np.take(days, pairs.left[block], axis=0, out=gap, mode="clip")
            np.take(days, pairs.right[block], axis=0, out=other, mode="clip")
            np.abs(np.subtract(gap, other, out=gap), out=gap)
            for column, limit in enumerate(limits_days):
                counts[number, column] += np.add.reduce((gap <= limit).view(np.uint8), axis=0, dtype=np.uint8)
        start = end
    return np.cumsum(counts, axis=0)


def find_interaction(
    pairs_of: Callable[[int], NearPairs], days: Whole, limits_days: Sequence[int], strata: NDArray[Any],
    *, arrangements: int = DRAWS, seed: int = SEED,
) -> Interaction:  # fmt: skip
    """Knox's test: are rows near in place more often near in time than when days are shuffled within strata?

    Where places and days were drawn several times, counts are means over the draws, and an arrangement hands a row's
    days of all draws to one other row: p keeps its level however imprecise places and days are.

    Parameters
    ----------
    pairs_of
        Gives the pairs near in place of a draw, by its number.
    days
        Day of each row in each draw of place and day, shape (n, m); m is 1 where places and days are exact.
    limits_days
        Limits of days.
    strata
        Stratum of each row, shape (n,): days are shuffled among rows of one stratum.
    arrangements
        How many are drawn, fewer where pairs are very many. Up to nine rows every arrangement is counted.
    seed
        Used when arrangements are drawn.

    Raises
    ------
    WeighingError
        When there are fewer than three rows, and when no arrangement has another count than the observed one.
    """
    n, draws = days.shape
    if n < MIN_CLUSTERED:
        raise WeighingError(f"salvos need {MIN_CLUSTERED} dated and placed incidents or more, and there are {n}")
    exact = n <= EXACT_ORDERS_UP_TO
    near, soon, both, p_alone = [], [], [], []
    summed = np.zeros((1, 1, 1), dtype=np.int64)
    for draw in range(draws):
        pairs = pairs_of(draw)
        if not draw:
            affordable = MAX_WORK // (draws * (pairs.ends[-1] + _ROW_WORK * n))
            # The same seed hands the days of every draw to the same rows.
            shuffle = _Shuffle(strata, None if exact else min(arrangements, max(LEAST_DRAWS, affordable)), seed)
        own = days[:, draw] - days[:, draw].min()
        own = own.astype(np.int16 if own.max() < 1 << 15 else np.int64)
        scores = np.concatenate([count_near_in_time(pairs, one, limits_days) for one in shuffle.batches(own)], axis=-1)
        near.append(pairs.ends)
        soon.append(_count_soon(own, limits_days))
        both.append(scores[..., 0])
        p_alone.append(_Tally(scores, exact).p_best)
        summed = summed + scores
    tally = _Tally(summed / draws, exact)
    if not tally.varies:
        raise WeighingError(
            f"shuffling days changes no count of pairs: of {n * (n - 1) // 2:,} pairs {near[0][-1]:,} lie within "
            f"{pairs.limits_m[-1]:,.0f} m and {soon[0][-1]:,} within {_days(limits_days[-1])}; expected some pairs "
            "within and some beyond, and days that differ within a source and month"
        )
    windows = _windows((pairs.limits_m, limits_days), (np.array(near), np.array(soon), np.array(both)), n, tally)
    return Interaction(
        n,
        windows,
        tally.p_best,
        (min(p_alone), max(p_alone)),
        tally.p_least,
        tally.arrangements,
        None if exact else seed,
    )


def poisson_tail(count: int, mean: float) -> float:
    """Chance that a Poisson variable of this mean is at least ``count``."""
    if count <= 0:
        return 1.0
    if mean <= 0.0:
        return 0.0
    # Summed from the count away from the mean, where the terms only fall; beyond twelve deviations nothing is left.
    steps = np.arange(1.0, 50.0 + 12.0 * math.sqrt(max(count, mean)))
    if count > mean:
        ratios = mean / (count + steps)
        return min(1.0, _poisson_chance(count, mean) * (1.0 + float(np.cumprod(ratios).sum())))
    ratios = np.maximum(0.0, count - steps) / mean
    return max(0.0, 1.0 - _poisson_chance(count - 1, mean) * (1.0 + float(np.cumprod(ratios).sum())))


def _poisson_chance(count: int, mean: float) -> float:
    return math.exp(count * math.log(mean) - mean - math.lgamma(count + 1))


def _count_soon(days: NDArray[Any], limits_days: Sequence[int]) -> list[int]:
    """Pairs of rows within each limit of days."""
    ordered = np.sort(days)
    # Each day is paired with itself and the later ones that it reaches.
    reach = [np.searchsorted(ordered, ordered + limit, side="right") for limit in limits_days]
    return [int(ends.sum()) - len(days) * (len(days) + 1) // 2 for ends in reach]


class _Tally:
    """Counts over the arrangements, the observed one first, and the shares of arrangements that reach it."""

    def __init__(self, scores: NDArray[Any], exact: bool) -> None:
        self.expected = scores.mean(axis=-1)
        deviation = scores.std(axis=-1)
        self.varies = bool((deviation > TOLERANCE).any())
        apart = (scores - self.expected[..., None]) / np.where(deviation > TOLERANCE, deviation, np.inf)[..., None]
        self.standardised = apart[..., 0]
        best = apart.max(axis=(0, 1))
        # The observed arrangement is one of all, and stands for the 1 in (1 + k) / (B + 1) where others are drawn.
        self.arrangements = len(best) - (0 if exact else 1)
        self.p_greater = (scores >= scores[..., :1] - TOLERANCE).mean(axis=-1)
        self.p_adjusted = np.array([[(best >= one - TOLERANCE).mean() for one in row] for row in self.standardised])
        self.p_best = float((best >= best[0] - TOLERANCE).mean())
        self.p_least = float((best >= best.max() - TOLERANCE).mean()) if exact else 1.0 / len(best)


def _windows(
    limits: tuple[Sequence[float], Sequence[int]], counts: tuple[Whole, Whole, Whole], n: int, tally: _Tally
) -> tuple[Window, ...]:
    """Every window; ``counts`` are pairs near, soon and both, a row a draw."""
    near, soon = counts[0].mean(axis=0), counts[1].mean(axis=0)
    both = counts[2]
    found = []
    for row, within_m in enumerate(limits[0]):
        for column, within_days in enumerate(limits[1]):
            at = row, column
            observed = float(both[:, row, column].mean())
            of_margins = float(near[row] * soon[column] / (n * (n - 1) / 2))
            found.append(
                Window(
                    within_m=within_m, within_days=within_days, near=float(near[row]), soon=float(soon[column]),
                    observed=observed, observed_low=float(both[:, row, column].min()),
                    observed_high=float(both[:, row, column].max()), expected=float(tally.expected[at]),
                    expected_of_margins=of_margins, standardised=float(tally.standardised[at]),
                    p_greater=float(tally.p_greater[at]), p_adjusted=float(tally.p_adjusted[at]),
                    p_poisson=poisson_tail(round(observed), of_margins),
                )
            )  # fmt: skip
    return tuple(found)


@dataclass(frozen=True)
class _Shuffle:
    """How days are shuffled: within which strata, how often (``None``: in every order), from which seed."""

    strata: NDArray[Any]
    count: int | None
    seed: int

    def batches(self, days: NDArray[Any]) -> Iterator[NDArray[Any]]:
        """Arrangements of the days, shape (n, b); the first column of the first batch is the days as they are."""
        if self.count is None:
            orders = np.array(list(permutations(range(len(days)))), dtype=np.int8)
            kept = orders[(self.strata[orders] == self.strata).all(axis=1)]
            yield np.ascontiguousarray(days[kept].T)
            return
        yield days[:, None]
        generator, groups = np.random.default_rng(self.seed), self._groups()
        batch = max(1, min(_BATCH, _CELLS // len(days)))
        for begin in range(0, self.count, batch):
            shuffled = np.repeat(days[:, None], min(batch, self.count - begin), axis=1)
            for rows in groups:
                shuffled[rows] = generator.permuted(shuffled[rows], axis=0)
            yield shuffled

    def _groups(self) -> list[Whole]:
        """Rows of each stratum that has more than one."""
        _, number, size = np.unique(self.strata, return_inverse=True, return_counts=True)
        order = np.argsort(number.reshape(-1), kind="stable")
        return [rows for rows in np.split(order, np.cumsum(size)[:-1]) if len(rows) > 1]


def _days(number: int) -> str:
    return f"{number} day" if number == 1 else f"{number} days"
