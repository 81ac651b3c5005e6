"""Random labelling: are the event's incidents unlike the others that the same sources report, there and then?

In: a number per incident, which of them are of the event, their strata and episodes. Out: :class:`LabelChance`.
Refuses: strata in which nothing can be shuffled (:class:`~contested.base.errors.WeighingError`).

All places and days stay; which incidents are *of the event* is shuffled, and only among incidents of one stratum
(source, month and region), so that where and when a source reports is no part of the result. That is another question
than whether the two kinds of incident are independent of each other (Goreaud & Pélissier 2003,
https://doi.org/10.1111/j.1654-1103.2003.tb02200.x). An episode, incidents of one kind within a day and 5 km, is
shuffled as one: the shells of a salvo are no independent choices.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, product
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from contested.base.errors import WeighingError
from contested.base.places import from_centre
from contested.weighing.nulls import DRAWS, SEED, TOLERANCE
from contested.weighing.sample import Incidents, Mask, Reals, Whole

#: Most ways of handing out labels that are all counted; beyond, they are drawn.
EXACT_LABELS_UP_TO = 50_000
#: Incidents of one kind so near in time and place are one episode (FIELD's 24 hours and 5 km); days are whole.
EPISODE_DAYS = 1
EPISODE_M = 5_000.0
#: Side of the squares that part regions, metres: about a day's reach of one reporter.
REGION_M = 50_000.0
#: Cells of draws held at a time (4 bytes each): 32 MiB.
MOST_CELLS = 1 << 23
#: Sums in single precision differ by less than this.
SINGLE_TOLERANCE = 1e-5


@dataclass(frozen=True, eq=False)
class LabelChance:
    """How often chance labels give as high a mean.

    Attributes
    ----------
    observed, expected
        Mean over the event's incidents, and its mean over all ways of handing out labels.
    p_greater, p_less, p_two_sided
        Share of ways with a mean at least as high, as low, as far from the expected one.
    p_by_draw
        ``p_greater`` of each column of values (each draw of the incidents' places), shape (m,).
    n_arrangements
        Ways that are possible; when drawn, those drawn.
    p_least
        The smallest p_greater that any way could have had.
    seed
        Seed when labels were drawn, else ``None``: all ways were counted.
    n_shuffled, n_strata
        Incidents in strata that hold both kinds, and the number of these strata.
    n_units
        Episodes that were shuffled.
    """

    observed: float
    expected: float
    p_greater: float
    p_less: float
    p_two_sided: float
    p_by_draw: Reals
    n_arrangements: int
    p_least: float
    seed: int | None
    n_shuffled: int
    n_strata: int
    n_units: int


def label_chance(
    values: ArrayLike, labelled: ArrayLike, strata: Sequence[Any] | NDArray[Any],
    episodes: NDArray[Any] | None = None, seed: int = SEED, draws: int = DRAWS,
) -> LabelChance:  # fmt: skip
    """How often incidents labelled at random within strata have as high a mean as the labelled ones.

    The p-value is that of the mean over the columns of ``values``. It keeps its level however imprecise the incidents
    are, as long as no column was made with an eye on the labels.

    Parameters
    ----------
    values
        One number per incident, or one per incident and draw, shape (n,) or (n, m).
    labelled
        Whether the incident is of the event, shape (n,).
    strata
        Stratum of each incident.
    episodes
        Episode of each incident (:func:`find_episodes`): incidents of one stratum and label that bear one number are
        shuffled together. Each by itself when left out.
    seed, draws
        Used beyond 50,000 ways of handing labels out.

    Raises
    ------
    WeighingError
        When no stratum holds both kinds, so that nothing can be shuffled.
    """
    table = np.asarray(values, dtype=np.float64)
    table = table[:, None] if table.ndim == 1 else table
    flags = np.asarray(labelled, dtype=bool)
    stratum = np.unique(np.asarray(strata), return_inverse=True)[1].reshape(-1)
    episode = np.arange(len(flags)) if episodes is None else np.asarray(episodes)
    _, first, unit = np.unique(
        np.stack([stratum, flags, np.unique(episode, return_inverse=True)[1].reshape(-1)]), axis=1,
        return_index=True, return_inverse=True,
    )  # fmt: skip
    unit = unit.reshape(-1)
    size = np.bincount(unit).astype(np.float64)
    sums = np.zeros((len(size), table.shape[1] + 1))
    np.add.at(sums[:, 1:], unit, table)
    sums[:, 0] = sums[:, 1:].mean(axis=1)
    of_unit, flag_of = stratum[first], flags[first]
    labelled_in = np.bincount(of_unit, flag_of)
    units_in = np.bincount(of_unit)
    mixed = np.flatnonzero((labelled_in > 0) & (labelled_in < units_in))
    if not len(mixed):
        raise WeighingError(
            "no source, month and region holds both incidents of the event and others, so labels cannot be shuffled; "
            "add a dataset whose sources report both"
        )
    members = [np.flatnonzero(of_unit == one) for one in mixed]
    chosen = [int(labelled_in[one]) for one in mixed]
    still = flag_of & ~np.isin(of_unit, mixed)
    fixed, fixed_size = sums[still].sum(axis=0), float(size[still].sum())
    observed = sums[flag_of].sum(axis=0) / size[flag_of].sum()
    ways = math.prod(math.comb(len(rows), many) for rows, many in zip(members, chosen, strict=True))
    if exact := ways <= EXACT_LABELS_UP_TO:
        means = _all_means(sums, size, members, chosen, fixed, fixed_size)
    else:
        means = _drawn_means(sums, size, members, chosen, fixed, fixed_size, np.random.default_rng(seed), draws)
    extra = 0 if exact else 1
    total = len(means) + extra
    expected = float(means[:, 0].mean())
    slack = np.full(means.shape[1], TOLERANCE if exact else SINGLE_TOLERANCE)
    slack[0] = TOLERANCE
    greater = (np.count_nonzero(means >= observed - slack, axis=0) + extra) / total
    far = np.abs(means[:, 0] - expected) >= abs(observed[0] - expected) - TOLERANCE
    return LabelChance(
        observed=float(observed[0]), expected=expected, p_greater=float(greater[0]),
        p_less=float((np.count_nonzero(means[:, 0] <= observed[0] + TOLERANCE) + extra) / total),
        p_two_sided=float((np.count_nonzero(far) + extra) / total), p_by_draw=greater[1:],
        n_arrangements=len(means), seed=None if exact else seed,
        p_least=float(np.count_nonzero(means[:, 0] >= means[:, 0].max() - TOLERANCE) / total) if exact else 1.0 / total,
        n_shuffled=int(np.isin(stratum, mixed).sum()), n_strata=len(mixed), n_units=sum(map(len, members)),
    )  # fmt: skip


def _all_means(
    sums: Reals, size: Reals, members: list[Whole], chosen: list[int], fixed: Reals, fixed_size: float
) -> Reals:
    """The mean for every way of handing out labels, shape (ways, columns)."""
    each = []
    for rows, many in zip(members, chosen, strict=True):
        some = rows[np.array(list(combinations(range(len(rows)), many)), dtype=np.int64)]
        each.append((sums[some].sum(axis=1), size[some].sum(axis=1)))
    picks = np.array(list(product(*(range(len(one[0])) for one in each))), dtype=np.int64)
    total, many_of = np.tile(fixed, (len(picks), 1)), np.full(len(picks), fixed_size)
    for column, (part, part_size) in enumerate(each):
        total += part[picks[:, column]]
        many_of += part_size[picks[:, column]]
    means: Reals = total / many_of[:, None]
    return means


def _drawn_means(
    sums: Reals, size: Reals, members: list[Whole], chosen: list[int], fixed: Reals, fixed_size: float,
    generator: np.random.Generator, draws: int,
) -> Reals:  # fmt: skip
    """The mean for labels drawn at random, shape (draws, columns); the first column in double precision."""
    order = np.concatenate(members)
    bounds = np.cumsum([0, *map(len, members)])
    exact_part = np.column_stack([sums[order, 0], size[order]])
    single = sums[order, 1:].astype(np.float32)
    means = np.empty((draws, sums.shape[1]))
    step = max(1, MOST_CELLS // max(1, len(order)))
    for begin in range(0, draws, step):
        rows = min(step, draws - begin)
        keys = generator.random((rows, len(order)), dtype=np.float32)
        drawn = np.empty(keys.shape, dtype=bool)
        for start, end, many in zip(bounds[:-1], bounds[1:], chosen, strict=True):
            # The smallest keys are labelled; equal ones, about one in ten million, may label one more.
            part = keys[:, start:end]
            drawn[:, start:end] = part <= np.partition(part, many - 1, axis=1)[:, many - 1 : many]
        own = drawn.astype(np.float64) @ exact_part + (fixed[0], fixed_size)
        some = slice(begin, begin + rows)
        means[some, 0] = own[:, 0] / own[:, 1]
        means[some, 1:] = (drawn.astype(np.float32) @ single + fixed[1:]) / own[:, 1:]
    return means


def find_episodes(incidents: Incidents, apart: NDArray[Any] | None = None) -> Whole:
    """Episode of each incident: incidents within a day and 5 km of the first of them.

    In order of days each incident joins the earliest episode whose first incident lies within reach, else it begins
    one; so an episode never grows into a chain that lasts for weeks. Incidents without a usable place stand alone.

    Parameters
    ----------
    incidents
        The incidents, by the middle of their first usable place and by their first day.
    apart
        Incidents that differ in this never share an episode (whether they are of the event), shape (n,).
    """
    n = len(incidents)
    episode = np.full(n, -1, dtype=np.int64)
    place = np.full(n, -1, dtype=np.int64)
    usable = np.flatnonzero(incidents.usable)[::-1]
    place[incidents.owner[usable]] = usable
    placed = np.flatnonzero(place >= 0)
    if len(placed):
        points = from_centre(np.column_stack([incidents.lon[place[placed]], incidents.lat[place[placed]]]))
        day = incidents.date_start[placed].astype(np.int64)
        kind = np.zeros(len(placed)) if apart is None else np.unique(apart[placed], return_inverse=True)[1].reshape(-1)
        episode[placed] = placed[_led_by(points, day, kind)]
    alone = np.flatnonzero(place < 0)
    episode[alone] = alone
    return episode


def _led_by(points: Reals, day: Whole, kind: NDArray[Any]) -> Whole:
    """First incident of each one's episode."""
    leader = np.empty(len(day), dtype=np.int64)
    order = np.lexsort((points[:, 2], points[:, 1], points[:, 0], day))
    for one in np.unique(kind):
        rows = order[kind[order] == one]
        first: list[int] = []
        begin = 0
        heads = np.empty((len(rows), 3))
        for row in rows.tolist():
            while begin < len(first) and day[first[begin]] < day[row] - EPISODE_DAYS:
                begin += 1
            near = np.flatnonzero(((heads[begin : len(first)] - points[row]) ** 2).sum(axis=1) <= EPISODE_M**2)
            if len(near):
                leader[row] = first[begin + int(near[0])]
            else:
                heads[len(first)] = points[row]
                first.append(row)
                leader[row] = row
    return leader


def strata_of(incidents: Incidents) -> Whole:
    """Stratum of each incident: its datasets, its month, and its square of 50 km."""
    lon, lat = incidents.at_places(incidents.lon), incidents.at_places(incidents.lat)
    row = np.floor(np.nan_to_num(lat) * _M_PER_DEGREE / REGION_M)
    # Columns are as wide in the middle of each row of squares as they are high.
    wide = _M_PER_DEGREE * np.maximum(np.cos(np.radians((row + 0.5) * REGION_M / _M_PER_DEGREE)), 1e-3)
    column = np.floor(np.nan_to_num(lon) * wide / REGION_M)
    datasets = {names: number for number, names in enumerate(sorted(set(incidents.datasets)))}
    keys = np.stack([
        np.array([datasets[names] for names in incidents.datasets], dtype=np.float64),
        incidents.date_start.astype("datetime64[M]").astype(np.float64), row, column,
    ])  # fmt: skip
    return np.unique(keys, axis=1, return_inverse=True)[1].reshape(-1).astype(np.int64)


_M_PER_DEGREE = 111_195.0


def independent_count(episodes: NDArray[Any]) -> float:
    """How many independent incidents they count for, when those of an episode fall together (Kish 1965)."""
    sizes = np.unique(episodes, return_counts=True)[1].astype(np.float64)
    return float(sizes.sum() ** 2 / (sizes**2).sum()) if len(sizes) else 0.0


def as_mask(first: int, second: int) -> Mask:
    """Labels of incidents of the event followed by others."""
    return np.arange(first + second) < first
