"""Do attacked places fall sooner than places as near to the front that were not attacked?

In: a :class:`~contested.weighing.panel.Panel`, attacks by cell and day, and what makes a cell-day comparable. Out:
:class:`HazardRatio`. Refuses: attacks of which none can be matched (:class:`~contested.base.errors.WeighingError`).

Each attacked cell is set against the cells that the same party still held on the same day, in the same band of distance
to the front and the same class of other attacks before. What is counted is which of them passed to the other party
within some days. What an attack may have changed afterwards decides nothing about who is compared: a cell attacked
later stays among the compared, since leaving it out would leave those that fell before they could be attacked.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from contested.base.errors import WeighingError
from contested.weighing.nulls import SEED
from contested.weighing.panel import Panel, square_keys
from contested.weighing.sample import Mask, Reals, Whole

#: A cell counts once in so many days: attacks on it before are part of its present, not independent choices.
QUIET_DAYS = 28
#: Fewest blocks of attacks for an interval; with fewer the bootstrap knows nothing of their spread.
MIN_BLOCKS = 10
#: Blocks of the bootstrap: squares of this side at least, metres (twice the reach of an episode), and four weeks, as
#: long as the longest time for which a cell is followed.
BLOCK_M = 10_000.0
BLOCK_DAYS = 28
#: Bootstrap draws: the ends of a 90 % interval then rest on fifty draws each.
BOOTSTRAPS = 999
#: Places to which an episode of several cells is moved at most; beyond, so many are drawn.
MOST_ANCHORS = 500
#: Why an attack is left out of which nobody knows whether its place fell.
CENSORED = "too late for the layer to tell what followed"
#: More classes of other attacks than there ever are: a stratum's number is band times this plus class.
CLASSES = 128
#: Sums of chances below this are rounding.
_TINY = 1e-12


@dataclass(frozen=True, eq=False)
class Attacks:
    """Attacks on cells: panel cell (-1 outside), panel day (may lie outside), episode, number of the incident."""

    cell: Whole
    day: Whole
    episode: Whole
    incident: Whole

    def take(self, rows: NDArray[Any]) -> Attacks:
        """Some of them."""
        return Attacks(self.cell[rows], self.day[rows], self.episode[rows], self.incident[rows])

    def once(self) -> Attacks:
        """One for each cell and day, the first in the order given."""
        _, first = np.unique(np.stack([self.day, self.cell]), axis=1, return_index=True)
        return self.take(np.sort(first))


@dataclass(frozen=True, eq=False)
class Setting:
    """What makes cell-days comparable.

    Attributes
    ----------
    panel
        The cells.
    eligible
        Cell-days that may be attacked or compared, shape (d, c).
    outcome
        1 what is asked about happened, 0 it did not, -1 nobody knows, shape (d, c).
    band
        Class of distance to the front, -1 where nothing is compared, shape (d, c).
    busy
        Class of other attacks, and of ground taken, in the days before, shape (d, c).
    """

    panel: Panel
    eligible: Mask
    outcome: NDArray[np.int8]
    band: NDArray[np.int8]
    busy: NDArray[np.int8]

    @cached_property
    def usable(self) -> Mask:
        """Cell-days that are compared or may be: eligible, with a known outcome and a band; shape (d, c)."""
        return self.eligible & (self.outcome >= 0) & (self.band >= 0)

    def stratum(self, day: int) -> NDArray[np.int64]:
        """Stratum of each cell on a day; -1 where it is compared with none."""
        return np.where(self.usable[day], self.band[day].astype(np.int64) * CLASSES + self.busy[day], -1)


@dataclass(frozen=True, eq=False)
class HazardRatio:
    """What became of attacked cells and of the cells they are compared with.

    Attributes
    ----------
    ratio
        Mantel-Haenszel risk ratio over strata of day, band and class; infinite when no compared cell fell, NaN when no
        cell fell at all.
    matched
        Its denominator: falls of the matched cells, summed over attacked cells by the weights of their strata.
    low, high
        90 % interval of the bootstrap by blocks; NaN with fewer than ten blocks.
    n, n_episodes, n_blocks
        Attacked cells that were matched, their episodes, and blocks.
    falls, expected
        How many of the attacked cells fell, and how many if each episode had fallen on a matched place at random.
    n_compared
        Compared cell-days, each counted once for its day.
    p_greater, p_less, p_two_sided
        Chance of at least, at most so many falls, and of a number as far from the expected one.
    p_least
        The smallest ``p_greater`` that any choice of places could have had.
    chance_low, chance_high
        5th and 95th percentile of the falls by chance.
    drawn
        Whether episodes were moved to places drawn at random, since there were too many.
    used
        Rows of the attacks that were matched.
    left_out
        Why attacked cells were left out → how many.
    """

    ratio: float
    matched: float
    low: float
    high: float
    n: int
    n_episodes: int
    n_blocks: int
    falls: int
    expected: float
    n_compared: int
    p_greater: float
    p_less: float
    p_two_sided: float
    p_least: float
    chance_low: int
    chance_high: int
    drawn: bool
    used: Attacks
    left_out: dict[str, int]


def hazard_ratio(setting: Setting, attacks: Attacks, seed: int = SEED) -> HazardRatio:
    """Risk of falling of attacked cells over that of matched ones, with the chance of it.

    The p-value is exact for the question "what if each episode had fallen on a random one of its matched places": its
    cells move together, and the falls of all episodes are added up without drawing (for single cells, the
    Poisson-binomial distribution). Strata: Mantel & Haenszel 1959 (https://doi.org/10.1093/jnci/22.4.719), weights for
    risk ratios after Nurminen 1981 (https://doi.org/10.1093/biomet/68.2.525). Choosing among those at risk on the
    day: Prentice & Breslow 1978 (https://doi.org/10.1093/biomet/65.1.153).

    Parameters
    ----------
    setting
        What makes cell-days comparable.
    attacks
        Attacked cells; of several on one cell and day one counts.
    seed
        Of the bootstrap, and of places drawn for large episodes.

    Raises
    ------
    WeighingError
        When no attacked cell can be matched; the message holds the counts.
    """
    once = attacks.once()
    kept, left_out = _usable(setting, once)
    rows = once.take(kept)
    counts, compared = _count_strata(setting, rows)
    alone = counts.n_compared == 0
    left_out["without a place to compare with"] = int(alone.sum())
    rows, counts = rows.take(~alone), counts.take(~alone)
    if not len(rows.cell):
        told = ", ".join(f"{number} {why}" for why, number in left_out.items() if number)
        raise WeighingError(f"none of {len(once.cell)} attacked cells can be matched ({told or 'there is none'})")
    happened = setting.outcome[rows.day, rows.cell].astype(np.float64)
    size = counts.n_compared + counts.n_attacked
    # Per attacked cell: its share of the sums over strata.
    above = happened * counts.n_compared / size
    below = counts.falls_compared / size
    blocks = block_numbers(setting.panel, rows)
    generator = np.random.default_rng(seed)
    low, high = _bootstrap_ratio(above, below, blocks, generator)
    chances, drawn = _episode_chances(setting, rows, counts, generator)
    total = add_up(chances)
    falls, mean = int(happened.sum()), float(total @ np.arange(len(total)))
    reached = np.flatnonzero(total > 0)
    far = np.abs(np.arange(len(total)) - mean) >= abs(falls - mean) - 1e-9
    running = np.cumsum(total)
    return HazardRatio(
        ratio=_ratio(float(above.sum()), float(below.sum())), matched=float(below.sum()), low=low, high=high,
        n=len(rows.cell), n_episodes=len(chances), n_blocks=int(blocks.max()) + 1,
        falls=falls, expected=mean, n_compared=compared,
        p_greater=min(1.0, float(total[falls:].sum())), p_less=min(1.0, float(total[: falls + 1].sum())),
        p_two_sided=min(1.0, float(total[far].sum())), p_least=float(total[reached[-1]]),
        chance_low=int(np.searchsorted(running, 0.05)), chance_high=int(np.searchsorted(running, 0.95 - _TINY)),
        drawn=drawn, used=rows, left_out=left_out,
    )  # fmt: skip


def attacked_before(panel: Panel, attacks: Attacks, days: int = QUIET_DAYS) -> Mask:
    """Cell-days with an attack on the cell in so many days before, the day itself not counted; shape (d, c)."""
    return count_over(panel, attacks.cell, attacks.day, (1, days)) > 0


def count_over(panel: Panel, cell: Whole, day: Whole, after: tuple[int, int]) -> NDArray[np.int16]:
    """How many entries each cell-day has that began from ``after[0]`` to ``after[1]`` days before it; shape (d, c).

    Negative numbers count entries to come. Cells of -1 are passed over.
    """
    n_days = len(panel.days)
    change = np.zeros((n_days + 1, panel.n_cells), dtype=np.int16)
    some = cell >= 0
    first = np.clip(day[some] + after[0], 0, n_days)
    last = np.clip(day[some] + after[1] + 1, 0, n_days)
    np.add.at(change, (first, cell[some]), 1)
    np.subtract.at(change, (last, cell[some]), 1)
    return np.cumsum(change[:-1], axis=0, dtype=np.int16)


def by_day(day: Whole) -> Iterator[tuple[int, NDArray[np.intp]]]:
    """Each day in order, with the rows that bear it."""
    order = np.argsort(day, kind="stable")
    days, start = np.unique(day[order], return_index=True)
    yield from zip(days.tolist(), np.split(order, start[1:]), strict=False)


def block_numbers(panel: Panel, rows: Attacks) -> Whole:
    """Block of each attack: a square of ten kilometres or five cells, and four weeks; numbered from 0."""
    side = max(BLOCK_M, 5 * panel.cell_m)
    square = square_keys(panel.lon[rows.cell], panel.lat[rows.cell], side, panel.middle)
    return np.unique(np.stack([square, rows.day // BLOCK_DAYS]), axis=1, return_inverse=True)[1].reshape(-1)


def add_up(chances: list[Reals]) -> Reals:
    """Distribution of the sum of independent numbers; each array holds the chances of 0, 1, 2 and so on.

    Neighbours are joined in turns, by Fourier transform where they are long, so that many thousands take a second.
    """
    while len(chances) > 1:
        chances = [
            _joined(*chances[at : at + 2]) if at + 1 < len(chances) else chances[at] for at in range(0, len(chances), 2)
        ]
    return chances[0] if chances else np.ones(1)


def _joined(a: Reals, b: Reals) -> Reals:
    if min(len(a), len(b)) < 200:
        return np.convolve(a, b)
    size = len(a) + len(b) - 1
    found = np.fft.irfft(np.fft.rfft(a, size) * np.fft.rfft(b, size), size)
    return np.where(found > _TINY, found, 0.0)


def _usable(setting: Setting, rows: Attacks) -> tuple[Mask, dict[str, int]]:
    """Which attacked cells can be matched, and why the others cannot: each is counted for its first reason."""
    n_days = len(setting.panel.days)
    inside = (rows.cell >= 0) & (rows.day >= 0) & (rows.day < n_days)
    cell, day = np.where(inside, rows.cell, 0), np.where(inside, rows.day, 0)
    left_out = {"outside the ground or days compared": int((~inside).sum())}
    kept = inside
    for why, good in (
        ("not on ground that could be compared, or on a cell attacked in the weeks before",
         setting.eligible[day, cell]),
        ("without a front on the day, or beyond the ground that incidents are told of from",
         setting.band[day, cell] >= 0),
        (CENSORED, setting.outcome[day, cell] >= 0),
    ):  # fmt: skip
        left_out[why] = int((kept & ~good).sum())
        kept = kept & good
    return kept, left_out


@dataclass(frozen=True, eq=False)
class _Counts:
    """Of each attacked cell's stratum: cells compared and attacked, and how many of either fell."""

    n_compared: Reals
    falls_compared: Reals
    n_attacked: Reals
    falls_attacked: Reals

    def take(self, rows: NDArray[Any]) -> _Counts:
        return _Counts(
            self.n_compared[rows], self.falls_compared[rows], self.n_attacked[rows], self.falls_attacked[rows]
        )


def _count_strata(setting: Setting, rows: Attacks) -> tuple[_Counts, int]:
    """Counts of each attacked cell's stratum, and the number of compared cell-days over all strata."""
    found = np.zeros((4, len(rows.cell)))
    compared = 0
    for day, at in by_day(rows.day):
        stratum = setting.stratum(day)
        mine = stratum[rows.cell[at]]
        fell = setting.outcome[day] == 1
        length = int(stratum.max()) + 1
        valid = stratum >= 0
        all_n = np.bincount(stratum[valid], minlength=length)
        all_falls = np.bincount(stratum[valid & fell], minlength=length)
        n = np.bincount(mine, minlength=length)
        falls = np.bincount(mine[fell[rows.cell[at]]], minlength=length)
        found[:, at] = (all_n - n)[mine], (all_falls - falls)[mine], n[mine], falls[mine]
        compared += int((all_n - n)[np.unique(mine)].sum())
    return _Counts(*found), compared


def _episode_chances(
    setting: Setting, rows: Attacks, counts: _Counts, generator: np.random.Generator
) -> tuple[list[Reals], bool]:
    """For each episode the chances of 0, 1, 2 … falls when its cells move together to a random matched place."""
    share = (counts.falls_compared + counts.falls_attacked) / (counts.n_compared + counts.n_attacked)
    order = np.lexsort((rows.cell, rows.day, rows.episode))
    _, start = np.unique(rows.episode[order], return_index=True)
    chances, drawn = [], False
    for members in np.split(order, start[1:]):
        if len(members) == 1:
            p = float(share[members[0]])
            chances.append(np.array([1.0 - p, p]))
            continue
        found, some = _moved_falls(setting, rows.take(members), generator)
        chances.append(np.bincount(found, minlength=len(members) + 1) / len(found))
        drawn |= some
    return chances, drawn


def _moved_falls(setting: Setting, members: Attacks, generator: np.random.Generator) -> tuple[Whole, bool]:
    """Falls of an episode at each place that its first cell could have been moved to, and whether places were drawn.

    A cell that lands where the party held nothing that day is taken to do what the first cell does.
    """
    panel = setting.panel
    day, first = int(members.day[0]), int(members.cell[0])
    stratum = setting.stratum(day)
    anchors = np.flatnonzero(stratum == stratum[first])
    drawn = len(anchors) > MOST_ANCHORS
    if drawn:
        others = generator.choice(anchors[anchors != first], MOST_ANCHORS - 1, replace=False)
        anchors = np.append(np.sort(others), first)
    falls = (setting.outcome[day, anchors] == 1).astype(np.int64)
    total = falls.copy()
    lon, lat = panel.lon, panel.lat
    for cell, its_day in zip(members.cell[1:].tolist(), members.day[1:].tolist(), strict=True):
        north = lat[anchors] + (lat[cell] - lat[first])
        east_m = ((lon[cell] - lon[first] + 180.0) % 360.0 - 180.0) * np.cos(np.radians(lat[first]))
        east = lon[anchors] + east_m / np.maximum(np.cos(np.radians(lat[anchors])), 1e-3)
        to = panel.cells_at((east + 180.0) % 360.0 - 180.0, np.clip(north, -90.0, 90.0))
        good = (to >= 0) & setting.eligible[its_day, to] & (setting.outcome[its_day, to] >= 0)
        total += np.where(good, setting.outcome[its_day, to] == 1, falls)
    return total, drawn


def _ratio(above: float, below: float) -> float:
    if below > _TINY:
        return above / below
    return np.inf if above > _TINY else np.nan


def _bootstrap_ratio(above: Reals, below: Reals, blocks: Whole, generator: np.random.Generator) -> tuple[float, float]:
    """90 % percentile interval of the ratio of two sums over blocks drawn with replacement."""
    n = int(blocks.max()) + 1
    if n < MIN_BLOCKS:
        return np.nan, np.nan
    weights = generator.multinomial(n, np.full(n, 1.0 / n), size=BOOTSTRAPS).astype(np.float64)
    top, under = weights @ np.bincount(blocks, above), weights @ np.bincount(blocks, below)
    with np.errstate(invalid="ignore", divide="ignore"):
        ratios = np.where(under > _TINY, top / under, np.where(top > _TINY, np.inf, 1.0))
    low, high = np.quantile(ratios, (0.05, 0.95), method="inverted_cdf")
    return float(low), float(high)
