"""Matched wakes: what happened around attacks of one kind before and after, beside attacks of another kind.

In: dependent events, attacks of both kinds, as points and days. Out: :class:`WakeGrid`. Refuses: a kind of which no
attack is left (:class:`~contested.base.errors.WeighingError`).

Matched wake analysis after Schutte & Donnay 2014 (https://doi.org/10.1016/j.polgeo.2014.03.001), from the paper. For a
window of T days and R metres, an attack on day t has n_pre dependent events with 0 <= t - day <= T, those of its own
day among them, and n_post with 1 <= day - t <= T. The trend is the later half of the days before less the earlier half.
Attacks of the first kind (treated) are matched with those of the second (control) by coarsened exact matching (Iacus,
King & Porro 2012, https://doi.org/10.1093/pan/mpr013) on n_pre, trend and what else is given; then, with the weights of
the matching, n_post = b0 + b1 n_pre + b2 treated. Wakes that run past the ends of the days observed are dropped.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from contested.base.errors import WeighingError
from contested.weighing.neighbours import Spots, near_pairs
from contested.weighing.nulls import SEED

Reals = NDArray[np.float64]
Whole = NDArray[np.int64]
Mask = NDArray[np.bool_]

#: Draws of labels: as many as the work allows between these, attacks times windows times draws.
LEAST_DRAWS, MOST_DRAWS = 199, 1_999
DRAW_WORK = 200_000_000
#: Fewest matched attacks of each kind for an interval of the effect.
MIN_MATCHED = 10
#: 95th percentile of the normal distribution.
_Z_90 = 1.6448536269514722


@dataclass(frozen=True, eq=False)
class WakeCounts:
    """Counts around attacks in one window, shape (n,) each.

    ``pre``, ``post`` and ``trend`` count dependent events; the others count attacks of the same and the other kind in
    the attack's own window before (its own day included, itself not) and after.
    """

    pre: Whole
    post: Whole
    trend: Whole
    same_pre: Whole
    same_post: Whole
    other_pre: Whole
    other_post: Whole


@dataclass(frozen=True, eq=False)
class Wake:
    """The result of one window.

    Attributes
    ----------
    days, reach_m
        The window.
    effect, low, high
        Dependent events more after a treated attack than after a matched control, with a 90 % interval that allows
        for clusters; NaN where it cannot be had.
    p_value, p_adjusted
        Chance of an effect as far from nought with labels handed out at random within strata; and of one in any
        window.
    n_treated, n_control
        Attacks matched; ``n_pruned`` were not, ``n_cut`` had wakes past the ends.
    imbalance_before, imbalance_after
        Multivariate L1 distance of n_pre and trend between the kinds, 0 to 1.
    common_support
        Share of the classes of the matching that hold both kinds.
    same_overlap, other_overlap
        Share of matched attacks with another of the same, or of the other, kind in their window.
    """

    days: int
    reach_m: float
    effect: float
    low: float
    high: float
    p_value: float
    p_adjusted: float
    n_treated: int
    n_control: int
    n_pruned: int
    n_cut: int
    imbalance_before: float
    imbalance_after: float
    common_support: float
    same_overlap: float
    other_overlap: float


@dataclass(frozen=True, eq=False)
class WakeGrid:
    """All windows, with the draws and the seed that their probabilities come from."""

    wakes: tuple[Wake, ...]
    draws: int
    seed: int

    def at(self, days: int, reach_m: float) -> Wake:
        """One window."""
        return next(wake for wake in self.wakes if (wake.days, wake.reach_m) == (days, reach_m))


@dataclass(frozen=True, eq=False)
class WakeAttacks:
    """Attacks of both kinds, shape (n,) each.

    ``strata`` bound the shuffling of labels (source and month); ``covariates``, shape (n, k), are matched on as they
    are; ``clusters`` bear one number for attacks that are not independent.
    """

    spots: Spots
    treated: Mask
    strata: Whole
    clusters: Whole
    covariates: Whole


def count_wakes(
    attacks: Spots, treated: Mask, dependent: Spots, days: Sequence[int], reaches_m: Sequence[float]
) -> dict[tuple[int, float], WakeCounts]:
    """Counts around every attack in every window of the grid; pairs within the largest window are met once."""
    n, t_edges, r_edges = len(attacks), np.sort(np.unique(days)), np.sort(np.unique(reaches_m))
    shape = (n, len(t_edges), len(r_edges))
    pre, post, later, earlier = (np.zeros(shape, dtype=np.int32) for _ in range(4))
    longest = int(t_edges[-1])
    for pairs in near_pairs(attacks, dependent, float(r_edges[-1]), (-longest, longest)):
        before = -pairs.days
        reach = np.searchsorted(r_edges, pairs.metres)
        _add(pre, pairs.a, np.searchsorted(t_edges, np.maximum(before, 0)), reach, before >= 0)
        _add(post, pairs.a, np.searchsorted(t_edges, np.maximum(-before, 0)), reach, before < 0)
        for number, window in enumerate(t_edges.tolist()):
            within = (before >= 0) & (before <= window)
            at = np.full(len(before), number)
            _add(later, pairs.a, at, reach, within & (2 * before < window))
            _add(earlier, pairs.a, at, reach, within & (2 * before > window))
    kinds = [np.zeros(shape, dtype=np.int32) for _ in range(4)]
    for pairs in near_pairs(attacks, attacks, float(r_edges[-1]), (-longest, longest)):
        same = treated[pairs.a] == treated[pairs.b]
        before = -pairs.days
        at, reach = np.searchsorted(t_edges, np.abs(before)), np.searchsorted(r_edges, pairs.metres)
        past, itself = before >= 0, pairs.a == pairs.b
        for table, chosen in zip(
            kinds, (same & past & ~itself, same & ~past, ~same & past, ~same & ~past), strict=True
        ):
            _add(table, pairs.a, at, reach, chosen)
    for table in (pre, post, *kinds):
        np.cumsum(np.cumsum(table, axis=1, out=table), axis=2, out=table)
    trend = np.cumsum(later - earlier, axis=2)
    return {
        (int(window), float(reach_m)): WakeCounts(
            *(table[:, i, j].astype(np.int64) for table in (pre, post, trend, *kinds))
        )
        for i, window in enumerate(t_edges.tolist()) for j, reach_m in enumerate(r_edges.tolist())
    }  # fmt: skip


def compare_wakes(
    attacks: WakeAttacks, dependent: Spots, observed: tuple[int, int],
    days: Sequence[int], reaches_m: Sequence[float], seed: int = SEED,
) -> WakeGrid:  # fmt: skip
    """Effects of all windows of a grid.

    Parameters
    ----------
    attacks
        Attacks of both kinds.
    dependent
        Dependent events.
    observed
        First and last day on which dependent events could be seen.
    days, reaches_m
        Windows of the grid, whole days and metres.
    seed
        Of the draws of labels.

    Raises
    ------
    WeighingError
        When no window holds a matched attack of each kind.
    """
    counts = count_wakes(attacks.spots, attacks.treated, dependent, days, reaches_m)
    n = len(attacks.treated)
    draws = int(np.clip(DRAW_WORK // max(1, n * len(counts)), LEAST_DRAWS, MOST_DRAWS))
    day = attacks.spots.day
    windows = []
    for (window, reach_m), found in counts.items():
        whole = (day - window >= observed[0]) & (day + window <= observed[1])
        windows.append(_Window(attacks, found, whole, window, reach_m))
    if not any(one.matched for one in windows):
        kinds = f"{int(attacks.treated.sum())} of the first kind and {int((~attacks.treated).sum())} of the second"
        raise WeighingError(f"no window holds matched attacks of both kinds among {kinds}")
    generator = np.random.default_rng(seed)
    shuffled = np.empty((draws, len(windows)))
    order = np.argsort(attacks.strata, kind="stable")
    for draw in range(draws):
        labels = np.empty(n, dtype=bool)
        mixed = np.lexsort((generator.random(n), attacks.strata))
        labels[order] = attacks.treated[mixed]
        shuffled[draw] = [one.statistic(labels) for one in windows]
    own = np.array([one.statistic(attacks.treated) for one in windows])
    p_values, adjusted = _chances(own, shuffled)
    return WakeGrid(tuple(one.result(p, q) for one, p, q in zip(windows, p_values, adjusted, strict=True)), draws, seed)


class _Window:
    """One window: its matching, its regression, and its statistic for any labels."""

    def __init__(self, attacks: WakeAttacks, counts: WakeCounts, whole: Mask, days: int, reach_m: float) -> None:
        self.days, self.reach_m, self.whole = days, reach_m, whole
        self.treated, self.clusters = attacks.treated[whole], attacks.clusters[whole]
        self.pre, self.post, self.trend = counts.pre[whole], counts.post[whole], counts.trend[whole]
        self.same = (counts.same_pre + counts.same_post)[whole] > 0
        self.other = (counts.other_pre + counts.other_post)[whole] > 0
        classes = np.column_stack([coarsen(self.pre), coarsen(self.trend), attacks.covariates[whole]])
        self.stratum = _numbered(classes)
        self.n_strata = int(self.stratum.max(initial=-1)) + 1
        self.weights = self._weights(self.treated)
        self.matched = bool((self.weights > 0).any())
        self.fit = _regress(self.post, self.pre, self.treated, self.weights, self.clusters) if self.matched else None
        self.rest = self.post - (self.fit[3] if self.fit is not None else 0.0) * self.pre
        self.counts = np.bincount(self.stratum, minlength=self.n_strata)
        self.sums = np.bincount(self.stratum, self.rest, minlength=self.n_strata)

    def _weights(self, treated: Mask) -> Reals:
        """Weights of coarsened exact matching: 1 for treated, and for controls what makes up for their number."""
        t = np.bincount(self.stratum[treated], minlength=self.n_strata)
        c = np.bincount(self.stratum[~treated], minlength=self.n_strata)
        both = (t > 0) & (c > 0)
        n_t, n_c = t[both].sum(), c[both].sum()
        with np.errstate(invalid="ignore", divide="ignore"):
            of_control = np.where(both, t / c * (n_c / n_t if n_t else 0.0), 0.0)
        return np.where(treated, both[self.stratum], of_control[self.stratum]).astype(np.float64)

    def statistic(self, labels: Mask) -> float:
        """Difference of means within strata, weighted by treated attacks, of what n_pre does not tell of n_post."""
        chosen = np.flatnonzero(labels[self.whole])
        stratum = self.stratum[chosen]
        t = np.bincount(stratum, minlength=self.n_strata)
        sum_t = np.bincount(stratum, self.rest[chosen], minlength=self.n_strata)
        c, sum_c = self.counts - t, self.sums - sum_t
        both = (t > 0) & (c > 0)
        if not both.any():
            return 0.0
        return float((sum_t[both] - t[both] * sum_c[both] / c[both]).sum() / t[both].sum())

    def result(self, p_value: float, p_adjusted: float) -> Wake:
        used = self.weights > 0
        effect, low, high = self.fit[:3] if self.fit is not None else (np.nan, np.nan, np.nan)
        exact = _numbered(np.column_stack([self.pre, self.trend]))
        both = np.intersect1d(self.stratum[self.treated], self.stratum[~self.treated])
        return Wake(
            self.days, self.reach_m, effect, low, high, p_value if self.matched else np.nan,
            p_adjusted if self.matched else np.nan, int((used & self.treated).sum()), int((used & ~self.treated).sum()),
            int((~used).sum()), int((~self.whole).sum()),
            _imbalance(exact, self.treated, np.ones(len(used))), _imbalance(exact, self.treated, self.weights),
            len(both) / self.n_strata if self.n_strata else 0.0, _share(self.same, used), _share(self.other, used),
        )  # fmt: skip


def coarsen(counts: Whole) -> Whole:
    """Class of a count: 0, 1, 2 to 3, 4 to 7 and so on by powers of two; of negative ones likewise, with their sign."""
    return np.sign(counts) * np.frexp(np.abs(counts).astype(np.float64))[1]


def _add(table: NDArray[np.int32], row: Whole, i: Whole, j: Whole, chosen: Mask) -> None:
    """One more in each cell; windows and reaches beyond the last are passed over."""
    chosen = chosen & (i < table.shape[1]) & (j < table.shape[2])
    flat = (row[chosen] * table.shape[1] + i[chosen]) * table.shape[2] + j[chosen]
    at, many = np.unique(flat, return_counts=True)
    table.reshape(-1)[at] += many.astype(np.int32)


def _numbered(rows: Whole) -> Whole:
    if not len(rows):
        return np.zeros(0, dtype=np.int64)
    return np.unique(rows, axis=0, return_inverse=True)[1].reshape(-1)


def _share(flags: Mask, used: Mask) -> float:
    return float(flags[used].mean()) if used.any() else np.nan


def _imbalance(cell: Whole, treated: Mask, weights: Reals) -> float:
    """Half the sum over cells of the difference of the two kinds' weighted shares."""
    length = int(cell.max(initial=-1)) + 1
    t = np.bincount(cell[treated], weights[treated], minlength=length)
    c = np.bincount(cell[~treated], weights[~treated], minlength=length)
    if not (t.sum() > 0 and c.sum() > 0):
        return np.nan
    return float(np.abs(t / t.sum() - c / c.sum()).sum() / 2)


def _regress(
    post: Whole, pre: Whole, treated: Mask, weights: Reals, clusters: Whole
) -> tuple[float, float, float, float]:
    """Effect with its 90 % interval, and the slope on n_pre; weighted least squares, variance by clusters.

    The variance is Liang & Zeger's (1986, https://doi.org/10.1093/biomet/73.1.13) with the factor G / (G - 1) for G
    clusters; with fewer than ten matched attacks of either kind, or clusters, there is no interval.
    """
    used = weights > 0
    y, w = post[used].astype(np.float64), weights[used]
    x = np.column_stack([np.ones(len(y)), pre[used], treated[used]]).astype(np.float64)
    bread = np.linalg.pinv(x.T @ (w[:, None] * x))
    slopes = bread @ (x.T @ (w * y))
    number = np.unique(clusters[used], return_inverse=True)[1].reshape(-1)
    n_clusters = int(number.max()) + 1
    effect = float(slopes[2])
    if min(treated[used].sum(), (~treated[used]).sum(), n_clusters) < MIN_MATCHED:
        return effect, np.nan, np.nan, float(slopes[1])
    scores = np.zeros((n_clusters, 3))
    np.add.at(scores, number, x * (w * (y - x @ slopes))[:, None])
    variance = bread @ (scores.T @ scores) @ bread * n_clusters / (n_clusters - 1)
    half = _Z_90 * float(np.sqrt(variance[2, 2]))
    return effect, effect - half, effect + half, float(slopes[1])


def _chances(own: Reals, shuffled: Reals) -> tuple[Reals, Reals]:
    """Two-sided chance of each window, and of the largest of all (Westfall & Young 1993), by the shuffled spread."""
    middle, spread = shuffled.mean(axis=0), shuffled.std(axis=0)
    fixed = spread <= 1e-12
    scale = np.where(fixed, 1.0, spread)
    score = np.where(fixed, 0.0, np.abs(own - middle) / scale)
    drawn = np.where(fixed, 0.0, np.abs(shuffled - middle) / scale)
    least = 1 + np.count_nonzero(drawn >= score - 1e-9, axis=0)
    largest = drawn.max(axis=1)
    anywhere = 1 + np.count_nonzero(largest[:, None] >= score - 1e-9, axis=0)
    return least / (len(shuffled) + 1), anywhere / (len(shuffled) + 1)
