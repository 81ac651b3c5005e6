"""What chance alone would give: exact permutations where they can be counted, seeded draws where not.

In: numbers of the incidents. Out: :class:`Chance`. Refuses: what leaves nothing to permute
(:class:`WeighingError`).

Exact p-values count every arrangement. Drawn ones are (1 + k) / (B + 1), which is never nought and
keeps its level (Phipson & Smyth 2010, https://doi.org/10.2202/1544-6115.1585).
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, permutations, product
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
#: Largest n whose orders are all counted: 9! is 362,880, a tenth of a second; 10! takes ten times that.
EXACT_ORDERS_UP_TO = 9
#: Largest n of an order test: every pair of values is looked at in every draw.
MAX_ORDERED = 1_000
#: Most ways of handing out labels that are all counted; beyond, they are drawn.
EXACT_LABELS_UP_TO = 50_000
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


def wilson_interval(successes: float, n: int, z: float = Z_90) -> tuple[float, float]:
    """Wilson's score interval for a share; 90 % unless another ``z`` is given.

    Wilson 1927 (https://doi.org/10.1080/01621459.1927.10502953); recommended for small n by Brown,
    Cai & DasGupta 2001 (https://doi.org/10.1214/ss/1009213286). ``successes`` may be a sum of
    probabilities.
    """
    if n < 1 or not 0.0 <= successes <= n + TOLERANCE:
        raise WeighingError(f"a share of {successes:g} in {n} has no interval; expected 0 to n, and n of 1 or more")
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
    x, y = _orders(first), _orders(second)
    upper = np.triu_indices(len(x), k=1)
    untied_x, untied_y = np.count_nonzero(x[upper]), np.count_nonzero(y[upper])
    if not untied_x or not untied_y:
        raise WeighingError("all values are tied, so there is no order to compare; a test needs two different ones")
    return float((x * y)[upper].sum() / math.sqrt(untied_x * untied_y))


def order_chance(
    first: Sequence[int], second: Sequence[int], *, second_not_before_first: bool = False, seed: int = SEED
) -> Chance:
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
    seed
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
        orders = _drawn_orders(x, y, second_not_before_first, np.random.default_rng(seed))
    scores = _concordance(x, y, orders)
    observed = int(_concordance(x, y, np.arange(n, dtype=np.int8)[None, :])[0])
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


def label_chance(values: Sequence[float], labelled: Sequence[bool], strata: Sequence[str], seed: int = SEED) -> Chance:
    """How often incidents labelled at random within strata have as high a mean as the labelled ones.

    Random labelling: all places and days stay, only which incidents are *of the event* is shuffled,
    and only among incidents of one stratum (source and month), so that where and when a source
    reports is no part of the result (Goreaud & Pélissier 2003,
    https://doi.org/10.1111/j.1654-1103.2003.tb02200.x).

    Parameters
    ----------
    values
        One number per incident.
    labelled
        Whether the incident is of the event.
    strata
        Stratum of each incident.
    seed
        Used when labels are drawn: beyond 50,000 ways of handing them out.

    Raises
    ------
    WeighingError
        When no stratum holds both kinds, so that nothing can be shuffled.
    """
    numbers = np.asarray(values, dtype=np.float64)
    members: dict[str, list[int]] = defaultdict(list)
    for row, stratum in enumerate(strata):
        members[stratum].append(row)
    flags = np.asarray(labelled, dtype=bool)
    mixed = {name: rows for name, rows in sorted(members.items()) if 0 < flags[rows].sum() < len(rows)}
    if not mixed:
        raise WeighingError(
            "no source and month holds both incidents of the event and others, so labels cannot be shuffled; "
            "add a dataset whose sources report both"
        )
    observed = float(numbers[flags].sum())
    fixed = float(sum(numbers[rows][flags[rows]].sum() for name, rows in members.items() if name not in mixed))
    ways = math.prod(math.comb(len(rows), int(flags[rows].sum())) for rows in mixed.values())
    exact = ways <= EXACT_LABELS_UP_TO
    if exact:
        each = [
            [float(numbers[list(chosen)].sum()) for chosen in combinations(rows, int(flags[rows].sum()))]
            for rows in mixed.values()
        ]
        sums = np.array([fixed + sum(parts) for parts in product(*each)])
    else:
        generator = np.random.default_rng(seed)
        sums = np.full(DRAWS, fixed)
        for rows in mixed.values():
            drawn = generator.permuted(np.tile(numbers[rows], (DRAWS, 1)), axis=1)
            sums += drawn[:, : int(flags[rows].sum())].sum(axis=1)
    extra = 0 if exact else 1
    total = len(sums) + extra
    # The mean over all ways of handing out labels, from each stratum's own mean.
    mean = fixed + sum(float(numbers[rows].mean()) * int(flags[rows].sum()) for rows in mixed.values())
    return Chance(
        p_greater=float((np.count_nonzero(sums >= observed - TOLERANCE) + extra) / total),
        p_two_sided=float((np.count_nonzero(np.abs(sums - mean) >= abs(observed - mean) - TOLERANCE) + extra) / total),
        n_arrangements=len(sums),
        p_least=float(np.count_nonzero(sums >= sums.max() - TOLERANCE) / total) if exact else 1.0 / total,
        seed=None if exact else seed,
    )


def _orders(values: ArrayLike) -> NDArray[np.int64]:
    """Sign of the difference of each pair of values."""
    numbers = np.asarray(values, dtype=np.float64)
    return np.sign(numbers[:, None] - numbers[None, :]).astype(np.int64)


def _concordance(x: NDArray[np.int64], y: NDArray[np.int64], orders: Orders) -> NDArray[np.int64]:
    """Concordant minus discordant pairs for each order (row) of ``y``."""
    x_signs, y_signs = _orders(x).astype(np.int16), _orders(y).astype(np.int16)
    scores = np.zeros(len(orders), dtype=np.int64)
    for i, j in combinations(range(len(x)), 2):
        if sign := int(x_signs[i, j]):
            scores += sign * y_signs[orders[:, i], orders[:, j]]
    return scores


def _drawn_orders(
    x: NDArray[np.int64], y: NDArray[np.int64], not_before: bool, generator: np.random.Generator
) -> Orders:
    """Orders of ``y`` drawn at random, each allowed one equally likely.

    With the bound: the latest ``x`` chooses first, among the ``y`` that are not before it. What one
    may choose, all earlier ones may too, so the number of choices left never depends on the choices
    made, and every allowed order has the same chance.
    """
    n = len(x)
    if not not_before:
        return generator.permuted(np.tile(np.arange(n), (DRAWS, 1)), axis=1)
    latest_x, latest_y = np.argsort(-x, kind="stable"), np.argsort(-y, kind="stable")
    allowed = [int(np.count_nonzero(y >= x[row])) for row in latest_x]
    # Columns 0..step-1 hold what was chosen, and step..allowed-1 what may still be.
    choices = np.tile(latest_y, (DRAWS, 1))
    draws = np.arange(DRAWS)
    for step, most in enumerate(allowed):
        chosen = generator.integers(step, most, size=DRAWS)
        kept = choices[:, step].copy()
        choices[:, step] = choices[draws, chosen]
        choices[draws, chosen] = kept
    orders = np.empty_like(choices)
    orders[:, latest_x] = choices
    return orders
