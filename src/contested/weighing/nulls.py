"""What chance alone would give: exact permutations where they can be counted, seeded draws where not.

In: numbers of the incidents. Out: :class:`Chance`. Refuses: what leaves nothing to permute
(:class:`WeighingError`).

Exact p-values count every arrangement. Drawn ones are (1 + k) / (B + 1), which is never nought and
keeps its level (Phipson & Smyth 2010, https://doi.org/10.2202/1544-6115.1585).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from contested.base.errors import WeighingError

#: Rows are orders; each holds the position in the second list that goes with each of the first.
Orders = NDArray[np.signedinteger[Any]]
#: Seed of every draw, recorded with each finding that drew. Any number will do; this one is fixed so
#: that a case comes out the same. When changed: build the examples again.
SEED = 20161118
#: Draws where arrangements are too many to count: the error of a p of 0.05 is then 0.002.
DRAWS = 9_999
#: Draws for one of many variants of a finding, where they cost much: the error of a p of 0.05 is then 0.007.
BRIEF_DRAWS = 999
#: Largest n whose orders are all counted: 9! is 362,880, a tenth of a second; 10! takes ten times that.
EXACT_ORDERS_UP_TO = 9
#: Largest n of an order test: some seconds, and half a gigabyte of draws.
MAX_ORDERED = 20_000
#: Numbers in all draws of an order: with many values fewer orders are drawn, and never fewer than 199.
ORDER_WORK = 1_000_000
FEWEST_ORDERS = 199
#: Numbers of draws held at a time.
MOST_HELD = 1 << 21
#: Largest total weight of coins whose sums are all counted: 2,000 coins take a hundredth of a second.
EXACT_COINS_UP_TO = 2_000
#: Two sums of the same numbers in another order differ by less than this.
TOLERANCE = 1e-9
#: 95th percentile of the normal distribution: the interval holds 90 %.
Z_90 = 1.6448536269514722


@dataclass(frozen=True, slots=True)
class Chance:
    """How often chance alone gives a result at least as extreme."""

    p_greater: float
    """Share of arrangements whose statistic is at least the observed one."""
    p_two_sided: float
    """Share of arrangements at least as far from nought (orders) or from the mean (labels)."""
    n_arrangements: int
    """Arrangements that are possible; when drawn, those drawn."""
    p_least: float
    """The smallest p_greater that any arrangement could have had."""
    seed: int | None
    """Seed when arrangements were drawn, else ``None``: all were counted."""


def wilson_interval(successes: float, n: float, z: float = Z_90) -> tuple[float, float]:
    """Wilson's score interval for a share; 90 % unless another ``z`` is given.

    Wilson 1927 (https://doi.org/10.1080/01621459.1927.10502953); recommended for small n by Brown,
    Cai & DasGupta 2001 (https://doi.org/10.1214/ss/1009213286). ``successes`` may be a sum of
    probabilities.
    """
    if not n >= 1 or not 0.0 <= successes <= n + TOLERANCE:
        raise WeighingError(f"a share of {successes:g} in {n:g} has no interval; expected 0 to n, and n of 1 or more")
    share = successes / n
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return max(0.0, centre - half), min(1.0, centre + half)


def kendall_tau_b(first: ArrayLike, second: ArrayLike) -> float:
    """Kendall's tau-b, in [-1, 1]; ties lower its range.

    Raises
    ------
    WeighingError
        When all values of either are tied, so that there is no order to compare.
    """
    x, y = _ranks(first), _ranks(second)
    pairs = len(x) * (len(x) - 1) // 2
    untied_x, untied_y = pairs - _tied_pairs(x), pairs - _tied_pairs(y)
    if not untied_x or not untied_y:
        raise WeighingError("all values are tied, so there is no order to compare; a test needs two different ones")
    return float(_concordance(x, y, np.arange(len(x))[None, :])[0] / math.sqrt(untied_x * untied_y))


def order_chance(
    first: Sequence[int], second: Sequence[int], *, second_not_before_first: bool = False, seed: int = SEED,
    draws: int = DRAWS,
) -> Chance:  # fmt: skip
    """How often a random order agrees with the other as well as the observed one does.

    The statistic is concordant minus discordant pairs; over permutations it is in proportion to
    tau-b, ties or not. Up to nine values every order is counted, beyond they are drawn.

    Parameters
    ----------
    first, second
        Equally long; for instance day numbers of attacks and of falls.
    second_not_before_first
        Count only orders in which no value of ``second`` falls before its partner of ``first``.
        Needed where the data hold no such pairs by construction: without it, that alone makes the
        two orders look alike (quasi-independence; Tsai 1990, https://doi.org/10.1093/biomet/77.1.169).
    seed, draws
        Used when orders are drawn.

    Raises
    ------
    WeighingError
        When fewer than two values are given, or the observed order is not among those allowed.
    """
    n = len(first)
    if not 2 <= n <= MAX_ORDERED or len(second) != n:
        raise WeighingError(
            f"orders of {n} and {len(second)} values cannot be compared; expected 2 to {MAX_ORDERED:,} of each"
        )
    x, y = np.asarray(first, dtype=np.int64), np.asarray(second, dtype=np.int64)
    if second_not_before_first and np.any(y < x):
        raise WeighingError(
            "a value of the second order lies before its partner in the first; such pairs cannot be kept"
        )
    exact = n <= EXACT_ORDERS_UP_TO
    if exact:
        orders: Orders = np.array(list(permutations(range(n))), dtype=np.int8)
        if second_not_before_first:
            orders = orders[np.all(y[orders] >= x, axis=1)]
    else:
        orders = _drawn_orders(x, y, second_not_before_first, np.random.default_rng(seed), draws)
    ranks = _ranks(x), _ranks(y)
    scores = _concordance(*ranks, orders)
    observed = int(_concordance(*ranks, np.arange(n)[None, :])[0])
    extra = 0 if exact else 1
    total = len(scores) + extra
    best = max(int(scores.max()), observed)
    return Chance(
        p_greater=float((np.count_nonzero(scores >= observed) + extra) / total),
        p_two_sided=float((np.count_nonzero(np.abs(scores) >= abs(observed)) + extra) / total),
        n_arrangements=len(scores),
        p_least=float(np.count_nonzero(scores == best) / total) if exact else 1.0 / total,
        seed=None if exact else seed,
    )


def sum_chance(observed: ArrayLike, p: ArrayLike, weights: ArrayLike, seed: int = SEED) -> Chance:
    """How often a sum of weighted coins with unlike chances is at least as high as observed.

    Up to :data:`EXACT_COINS_UP_TO` of weight all sums are counted (the Poisson binomial distribution, by convolution);
    beyond, sums are drawn.

    Parameters
    ----------
    observed
        The sum observed; several (draws of imprecise incidents) give the mean of their chances.
    p
        Chance of each coin, shape (k,).
    weights
        Whole weight of each coin, shape (k,): the incidents of an episode, which fall together.
    seed
        Used when sums are drawn.
    """
    chances, whole = np.asarray(p, dtype=np.float64), np.asarray(weights, dtype=np.int64)
    sums = np.atleast_1d(np.asarray(observed, dtype=np.float64)) - TOLERANCE
    total = int(whole.sum())
    mean = float((chances * whole).sum())
    exact = total <= EXACT_COINS_UP_TO
    if exact:
        held = np.zeros(total + 1)
        held[0] = 1.0
        for chance, weight in zip(chances.tolist(), whole.tolist(), strict=True):
            moved = np.zeros(total + 1)
            moved[weight:] = held[: total + 1 - weight] * chance
            held = held * (1.0 - chance) + moved
        above = np.append(np.cumsum(held[::-1])[::-1], 0.0)
        values = np.arange(total + 1)
        greater = above[np.clip(np.ceil(sums).astype(int), 0, total + 1)]
        far = np.abs(values - mean)
        two = np.array([held[far >= abs(one - mean) - TOLERANCE].sum() for one in sums])
        count, least = total + 1, float(held[-1])
    else:
        generator = np.random.default_rng(seed)
        # Coins alike in chance and weight are thrown together.
        kinds, many = np.unique(np.stack([chances, whole.astype(np.float64)]), axis=1, return_counts=True)
        drawn = np.zeros(DRAWS)
        for (chance, weight), times in zip(kinds.T.tolist(), many.tolist(), strict=True):
            drawn += weight * generator.binomial(times, chance, DRAWS)
        greater = np.array([(np.count_nonzero(drawn >= one) + 1) / (DRAWS + 1) for one in sums])
        two = np.array([(np.count_nonzero(abs(drawn - mean) >= abs(one - mean)) + 1) / (DRAWS + 1) for one in sums])
        count, least = DRAWS, 1.0 / (DRAWS + 1)
    return Chance(
        p_greater=min(1.0, float(greater.mean())), p_two_sided=min(1.0, float(two.mean())), n_arrangements=count,
        p_least=least, seed=None if exact else seed,
    )  # fmt: skip


def _ranks(values: ArrayLike) -> NDArray[np.int64]:
    """Rank of each value, from 0; tied ones share it."""
    numbers = np.asarray(values, dtype=np.float64)
    return np.unique(numbers, return_inverse=True)[1].reshape(-1).astype(np.int64)


def _tied_pairs(ranks: NDArray[np.int64]) -> int:
    many = np.bincount(ranks)
    return int((many * (many - 1) // 2).sum())


def _concordance(x: NDArray[np.int64], y: NDArray[np.int64], orders: Orders) -> NDArray[np.int64]:
    """Concordant minus discordant pairs for each order (row) of ``y``.

    In the order of ``x``, and of ``y`` where ``x`` is tied, the discordant pairs are the inversions of ``y`` (Knight
    1966, https://doi.org/10.1080/01621459.1966.10480879).
    """
    n, wide = len(x), int(y.max()) + 1
    by_x = np.argsort(x, kind="stable")
    fixed = n * (n - 1) // 2 - _tied_pairs(x) - _tied_pairs(y)
    scores = np.empty(len(orders), dtype=np.int64)
    size = max(1, MOST_HELD // n)
    for begin in range(0, len(orders), size):
        keys = x[by_x] * wide + y[orders[begin : begin + size][:, by_x]]
        keys.sort(axis=1)
        # Pairs tied in both were taken off twice.
        same = np.diff(keys, axis=1, prepend=-1) == 0
        length = np.zeros(len(keys), dtype=np.int64)
        tied_in_both = np.zeros(len(keys), dtype=np.int64)
        for column in range(n if same.any() else 0):
            length = (length + 1) * same[:, column]
            tied_in_both += length
        scores[begin : begin + size] = fixed + tied_in_both - 2 * _inversions(keys % wide)
    return scores


def _inversions(values: NDArray[np.int64]) -> NDArray[np.int64]:
    """Pairs of each row whose later value is the smaller; every row holds the same values, in another order.

    From the highest bit down: among values alike in all higher bits, a one before a nought is an inversion.
    """
    found = np.zeros(len(values), dtype=np.int64)
    ordered = np.sort(values[0])
    at = np.arange(len(ordered))
    for bit in range(int(ordered[-1]).bit_length() - 1, -1, -1):
        start = np.searchsorted(ordered >> (bit + 1), ordered >> (bit + 1))
        noughts_end = start + (np.searchsorted(ordered, ((ordered >> (bit + 1)) * 2 + 1) << bit) - start)
        ones = (values >> bit) & 1
        before = np.cumsum(ones, axis=1) - ones
        ones_before = before - before[:, start]
        found += (ones_before * (1 - ones)).sum(axis=1)
        # Noughts first, then ones, each in their order.
        to = np.where(ones == 1, noughts_end + ones_before, at - ones_before)
        moved = np.empty_like(values)
        np.put_along_axis(moved, to, values, axis=1)
        values = moved
    return found


def _drawn_orders(
    x: NDArray[np.int64],
    y: NDArray[np.int64],
    not_before: bool,
    generator: np.random.Generator,
    draws: int = DRAWS,
) -> Orders:
    """Orders of ``y`` drawn at random, each allowed one equally likely.

    With the bound: the latest ``x`` chooses first, among the ``y`` that are not before it. What one
    may choose, all earlier ones may too, so the number of choices left never depends on the choices
    made, and every allowed order has the same chance.
    """
    n = len(x)
    count = min(draws, max(FEWEST_ORDERS, ORDER_WORK // n))
    if not not_before:
        return generator.permuted(np.tile(np.arange(n), (count, 1)), axis=1)
    latest_x, latest_y = np.argsort(-x, kind="stable"), np.argsort(-y, kind="stable")
    allowed = [int(np.count_nonzero(y >= x[row])) for row in latest_x]
    # Columns 0..step-1 hold what was chosen, and step..allowed-1 what may still be.
    choices = np.tile(latest_y, (count, 1))
    rows = np.arange(count)
    for step, most in enumerate(allowed):
        chosen = generator.integers(step, most, size=count)
        kept = choices[:, step].copy()
        choices[:, step] = choices[rows, chosen]
        choices[rows, chosen] = kept
    orders = np.empty_like(choices)
    orders[:, latest_x] = choices
    return orders
