"""How ground around attacked places changed hands in the weeks before and after, beside matched places.

In: a :class:`~contested.weighing.hazard.Setting`, who gained, and attacked cells. Out: :class:`EventStudy`. Refuses:
too few attacks with their weeks inside the layer's days (:class:`~contested.base.errors.WeighingError`).

For each attacked cell and each compared one the share of the ground within reach that the advancing party held is
followed, from 28 days before to 28 after, as the difference from its own share on day 0; the curve is the mean over
attacks of attacked less compared. Before day 0 it should be flat: a rise before the attack means that the advance was
already on there.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from contested.base.errors import WeighingError
from contested.weighing.hazard import BOOTSTRAPS, MIN_BLOCKS, Attacks, Setting, block_numbers, by_day
from contested.weighing.neighbours import near_pairs
from contested.weighing.nulls import SEED
from contested.weighing.panel import Panel
from contested.weighing.sample import Mask, Reals, Whole

#: Days before and after that are looked at; where the layer is too short for them, the longest that ten attacks have.
WINDOWS = (28, 14, 7)
#: Fewest attacks for a curve.
MIN_ATTACKS = 10
#: Compared cells of each attack, drawn: the compared share's error is then a fifth of one cell's.
COMPARED = 25
#: What the bands hold.
LEVEL = 0.90


@dataclass(frozen=True, eq=False)
class EventStudy:
    """The curve and its bands, shape (days,) each.

    Attributes
    ----------
    day
        Days from the attack, from minus the window to the window.
    difference
        Share of the ring gained by the advancing party since day 0, attacked less compared.
    attacked, compared
        The two means of which it is the difference.
    low, high
        Pointwise 90 % interval of the bootstrap by blocks; NaN with fewer than ten blocks.
    band_low, band_high
        Simultaneous 90 % band over all days; NaN likewise.
    n, n_blocks
        Attacked cells and their blocks.
    rises_before, rises_after
        Whether the band leaves nought below it on some day before, or after; ``None`` without a band.
    before, after
        Mean slope before: difference on day 0 less that on the first day; difference on the last day.
    n_left_out
        Attacks left out, because the layer does not tell their whole window, or none is left to compare with.
    shared_rings
        Share of attacked cells whose ring meets another attacked cell's in the window.
    """

    day: Whole
    difference: Reals
    attacked: Reals
    compared: Reals
    low: Reals
    high: Reals
    band_low: Reals
    band_high: Reals
    n: int
    n_blocks: int
    rises_before: bool | None
    rises_after: bool | None
    before: float
    after: float
    n_left_out: int
    shared_rings: float


def event_study(
    setting: Setting, gainer: int, rows: Attacks, reach_m: float, own_cell: bool = True, seed: int = SEED
) -> EventStudy:
    """The curve of matched attacked cells (``HazardRatio.used``).

    Differences in differences with a stack of matched cohorts. Bands: maximum of the studentised bootstrap over days
    (Montiel Olea & Plagborg-Møller 2019, https://doi.org/10.1002/jae.2656).

    Parameters
    ----------
    setting
        What makes cell-days comparable; the compared are drawn from the attacked cell's stratum.
    gainer
        Code of the advancing party.
    rows
        Attacked cells, each in a stratum with others.
    reach_m
        Radius of the ring, metres.
    own_cell
        Whether the attacked cell is part of its ring. Without it, what is followed was not chosen by the matching.
    seed
        Of the compared cells and the bootstrap.

    Raises
    ------
    WeighingError
        When fewer than ten attacks have the shortest window inside the panel.
    """
    panel = setting.panel
    shares = ring_shares(panel, gainer, reach_m, own_cell)
    generator = np.random.default_rng(seed)
    with_ring = ~np.isnan(shares[0])
    for window in WINDOWS:
        fits = (rows.day >= window) & (rows.day < len(panel.days) - window) & with_ring[rows.cell]
        if fits.sum() >= MIN_ATTACKS:
            break
    else:
        raise WeighingError(
            f"{fits.sum()} of {len(fits)} attacked cells have {WINDOWS[-1]} days before and after within the layer's "
            f"days; a curve needs {MIN_ATTACKS}"
        )
    chosen = rows.take(fits)
    offsets = np.arange(-window, window + 1)
    compared = _compared_means(setting, chosen, shares, offsets, (generator, with_ring))
    # Where no compared cell has a ring, the attack says nothing of the difference.
    matched = ~np.isnan(compared[:, 0])
    if matched.sum() < MIN_ATTACKS:
        raise WeighingError(
            f"{matched.sum()} of {len(fits)} attacked cells have a compared place with ground around it; a curve needs "
            f"{MIN_ATTACKS}"
        )
    chosen, compared = chosen.take(matched), compared[matched]
    attacked = shares[chosen.day[:, None] + offsets, chosen.cell[:, None]].astype(np.float64)
    attacked -= attacked[:, window : window + 1]
    compared -= compared[:, window : window + 1]
    blocks = block_numbers(panel, chosen)
    difference = (attacked - compared).mean(axis=0)
    bands = _bands(attacked - compared, blocks, generator)
    before, after = offsets < 0, offsets > 0
    return EventStudy(
        offsets, difference, attacked.mean(axis=0), compared.mean(axis=0), *bands, len(chosen.cell),
        int(blocks.max()) + 1, _falls_below(bands[3], before), _lies_above(bands[2], after),
        float(difference[window] - difference[0]), float(difference[-1]), len(fits) - len(chosen.cell),
        _sharing(panel, chosen, reach_m, window),
    )  # fmt: skip


def ring_shares(panel: Panel, gainer: int, reach_m: float, own_cell: bool = True) -> NDArray[np.float32]:
    """Share of the cells within reach of each that a party holds, shape (d, c); NaN for a cell with no other near.

    A cell alone in its ring stands for itself when it counts.
    """
    held = np.ascontiguousarray((panel.codes == gainer).T)
    total = held.astype(np.float32) if own_cell else np.zeros(held.shape, dtype=np.float32)
    many = np.full(panel.n_cells, 1.0 if own_cell else 0.0, dtype=np.float32)
    for pairs in near_pairs(panel.spots, panel.spots, reach_m):
        others = pairs.a != pairs.b
        a, b = pairs.a[others], pairs.b[others]
        # One neighbour of each cell at a time, so that plain addition serves and no row is met twice.
        order = np.argsort(a, kind="stable")
        a, b = a[order], b[order]
        rank = np.arange(len(a)) - np.searchsorted(a, a)
        for turn in range(int(rank.max(initial=-1)) + 1):
            some = rank == turn
            total[a[some]] += held[b[some]]
        many += np.bincount(a, minlength=panel.n_cells).astype(np.float32)
    with np.errstate(invalid="ignore", divide="ignore"):
        shares: NDArray[np.float32] = np.ascontiguousarray((total / many[:, None]).T)
    return shares


def _compared_means(
    setting: Setting, rows: Attacks, shares: NDArray[np.float32], offsets: Whole,
    drawing: tuple[np.random.Generator, Mask],
) -> Reals:  # fmt: skip
    """Mean course of cells drawn from each attacked cell's stratum, shape (attacks, days); NaN where it has none."""
    generator, with_ring = drawing
    means = np.empty((len(rows.cell), len(offsets)))
    for day, at in by_day(rows.day):
        stratum = setting.stratum(day)
        stratum[~with_ring] = -1
        attacked_today = rows.cell[at]
        mine = stratum[attacked_today]
        stratum[attacked_today] = -1
        for one in np.unique(mine).tolist():
            members = np.flatnonzero(stratum == one)
            which = at[mine == one]
            if not len(members):
                means[which] = np.nan
                continue
            drawn = generator.choice(members, size=(len(which), COMPARED))
            means[which] = shares[day + offsets][:, drawn].mean(axis=2).T
    return means


def _bands(courses: Reals, blocks: Whole, generator: np.random.Generator) -> tuple[Reals, Reals, Reals, Reals]:
    """Pointwise interval and simultaneous band of the mean course, from blocks drawn with replacement."""
    n = int(blocks.max()) + 1
    if n < MIN_BLOCKS:
        blank = np.full(courses.shape[1], np.nan)
        return blank, blank, blank, blank
    sums = np.zeros((n, courses.shape[1]))
    np.add.at(sums, blocks, courses)
    weights = generator.multinomial(n, np.full(n, 1.0 / n), size=BOOTSTRAPS).astype(np.float64)
    means = (weights @ sums) / (weights @ np.bincount(blocks).astype(np.float64))[:, None]
    centre, spread = courses.mean(axis=0), means.std(axis=0)
    low, high = np.quantile(means, ((1 - LEVEL) / 2, (1 + LEVEL) / 2), axis=0)
    moving = spread > 0
    largest = (np.abs(means - centre)[:, moving] / spread[moving]).max(axis=1, initial=0.0)
    half = np.quantile(largest, LEVEL) * spread
    return low, high, centre - half, centre + half


def _falls_below(high: Reals, days: Mask) -> bool | None:
    """Whether the band lies below nought on a day before: then the ground was already being taken."""
    return None if np.isnan(high).any() else bool((high[days] < 0).any())


def _lies_above(low: Reals, days: Mask) -> bool | None:
    return None if np.isnan(low).any() else bool((low[days] > 0).any())


def _sharing(panel: Panel, rows: Attacks, reach_m: float, window: int) -> float:
    spots = panel.spots.take(rows.cell)
    at = type(spots)(spots.metres, rows.day)
    shared = np.zeros(len(rows.cell), dtype=bool)
    for pairs in near_pairs(at, at, 2 * reach_m, (-window, window)):
        shared[pairs.a[pairs.a != pairs.b]] = True
    return float(shared.mean())
