"""Random labelling: are the event's incidents unlike the others that the same sources report, there and then?

In: a number per incident, which of them are of the event, their strata and salvos. Out: :class:`LabelChance`.
Refuses: strata in which nothing can be shuffled (:class:`~contested.base.errors.WeighingError`).

All places and days stay; which incidents are *of the event* is shuffled, and only among incidents of one stratum
(source, month and region), so that where and when a source reports is no part of the result. That is another question
than whether the two kinds of incident are independent of each other (Goreaud & Pélissier 2003,
https://doi.org/10.1111/j.1654-1103.2003.tb02200.x).

The shells of a salvo are no independent choices, of the event or of the others. So the deviations that shuffled labels
give are widened by the ratio of two standard deviations of the difference: with salvos alike as far as the data show,
and with every incident by itself (:func:`_widening`). Where nobody fires salvos the p-value is the plain one; and none
is smaller than one of the ways in which so many salvos can bear the labels. Shuffling salvos as blocks would not do:
the kind that is reported more often makes larger blocks where it is dense, so that blocks of the two kinds cannot stand
for each other.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from contested.base.errors import WeighingError
from contested.base.places import from_centre
from contested.weighing.nulls import DRAWS, SEED, TOLERANCE
from contested.weighing.panel import square_keys
from contested.weighing.sample import Incidents, Reals, Whole

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
    n_salvos
        Salvos of the event whose labels were shuffled.
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
    n_salvos: int


def label_chance(
    values: ArrayLike, labelled: ArrayLike, strata: Sequence[Any] | NDArray[Any],
    salvos: NDArray[Any] | None = None, seed: int = SEED, draws: int = DRAWS,
) -> LabelChance:  # fmt: skip
    """How often incidents labelled at random within strata have as high a mean as the labelled ones.

    The p-value is that of the mean over the columns of ``values``. Without salvos it keeps its level whatever the
    values are and however imprecise the incidents, as long as no column was made with an eye on the labels; with salvos
    when they are many, since their likeness is estimated (studentised permutation: Janssen 1997; Chung & Romano 2013,
    https://doi.org/10.1214/13-AOS1090).

    Parameters
    ----------
    values
        One number per incident, or one per incident and draw, shape (n,) or (n, m).
    labelled
        Whether the incident is of the event, shape (n,).
    strata
        Stratum of each incident.
    salvos
        Salvo of each incident, of the event or of others, shape (n,) (:func:`find_episodes`). Each incident by itself
        when left out.
    seed, draws
        Used beyond 50,000 ways of handing labels out.

    Raises
    ------
    WeighingError
        When no stratum holds both kinds, so that nothing can be shuffled.
    """
    table = np.asarray(values, dtype=np.float64)
    table = table[:, None] if table.ndim == 1 else table
    table = np.column_stack([table.mean(axis=1), table])
    flags = np.asarray(labelled, dtype=bool)
    stratum = np.unique(np.asarray(strata), return_inverse=True)[1].reshape(-1)
    own = np.arange(len(flags))
    if salvos is not None:
        own = np.unique(np.stack([np.asarray(salvos), flags]), axis=1, return_inverse=True)[1].reshape(-1)
    count = int(stratum.max(initial=0)) + 1
    n_event, n_others = (np.bincount(stratum[some], minlength=count) for some in (flags, ~flags))
    mixed = np.flatnonzero((n_event > 0) & (n_others > 0))
    if not len(mixed):
        raise WeighingError(
            "no source, month and region holds both incidents of the event and others, so labels cannot be shuffled; "
            "add a dataset whose sources report both"
        )
    in_mixed = np.isin(stratum, mixed)
    shuffled = np.flatnonzero(in_mixed)
    members = [shuffled[stratum[shuffled] == one] for one in mixed]
    chosen = n_event[mixed].tolist()
    fixed, n_labelled = table[flags & ~in_mixed].sum(axis=0), int(flags.sum())
    observed = table[flags].mean(axis=0)
    expected = (fixed + sum(table[r].mean(axis=0) * many for r, many in zip(members, chosen, strict=True))) / n_labelled
    n_salvos, of_event = len(np.unique(own[shuffled])), len(np.unique(own[flags & in_mixed]))
    alone = n_salvos == len(shuffled)
    ways = math.prod(math.comb(len(rows), many) for rows, many in zip(members, chosen, strict=True))
    exact = alone and ways <= EXACT_LABELS_UP_TO
    if exact:
        means = (fixed + _all_sums(table, members, chosen)) / n_labelled
    else:
        means = (fixed + _drawn_sums(table, members, chosen, np.random.default_rng(seed), draws)) / n_labelled
    if not alone:
        share = n_event / (n_event + n_others)
        weights = (flags - share[stratum])[shuffled]
        means = expected + (means - expected) * _widening(table[shuffled], weights, stratum[shuffled], own[shuffled])
    extra = 0 if exact else 1
    total = len(means) + extra
    # Whatever the spread: among so many salvos, the labels have no more ways to fall than this.
    floor = 0.0 if exact else 1.0 / min(total, math.comb(n_salvos, of_event))
    slack = np.full(means.shape[1], TOLERANCE if exact else SINGLE_TOLERANCE * max(1.0, float(np.abs(table).max())))
    slack[0] = TOLERANCE * max(1.0, float(np.abs(table).max()))
    greater = np.maximum(floor, (np.count_nonzero(means >= observed - slack, axis=0) + extra) / total)
    far = np.abs(means[:, 0] - expected[0]) >= abs(observed[0] - expected[0]) - slack[0]
    return LabelChance(
        observed=float(observed[0]), expected=float(expected[0]), p_greater=float(greater[0]),
        p_less=max(floor, float((np.count_nonzero(means[:, 0] <= observed[0] + slack[0]) + extra) / total)),
        p_two_sided=max(floor, float((np.count_nonzero(far) + extra) / total)), p_by_draw=greater[1:],
        n_arrangements=len(means), seed=None if exact else seed,
        p_least=float(np.count_nonzero(means[:, 0] >= means[:, 0].max() - slack[0]) / total) if exact else floor,
        n_shuffled=len(shuffled), n_strata=len(mixed), n_salvos=of_event,
    )  # fmt: skip


def _widening(table: Reals, weights: Reals, stratum: Whole, salvo: Whole) -> Reals:
    """Standard deviation of a difference with salvos alike, over that with every incident by itself; one a column.

    Half the mean squared difference of two incidents is their variance: of two of unlike salvos in one stratum that
    of salvos, of two of one salvo what is left within. Deviations from means of strata would not do: a salvo that
    fills most of its stratum lies near the mean of it.

    Parameters
    ----------
    table
        Values, shape (n, m).
    weights
        Weight of each incident in the difference of the two kinds, summing to nought in each stratum, shape (n,).
    stratum, salvo
        Of each incident, shape (n,).
    """
    every, n_every = _pair_squares(table, stratum)
    both = np.unique(np.stack([stratum, salvo]), axis=1, return_inverse=True)[1]
    alike, n_alike = _pair_squares(table, both)
    inside, n_inside = _pair_squares(table, salvo)
    apart = (every - alike) / (n_every - n_alike)
    within = np.minimum(inside / n_inside, apart)
    by_salvo = (np.bincount(salvo, weights) ** 2).sum()
    by_incident = (weights**2).sum()
    plain = every / n_every * by_incident
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = ((apart - within) * by_salvo + within * by_incident) / plain
    found: Reals = np.sqrt(np.where(plain > 0.0, np.maximum(ratio, 0.0), 1.0))
    return found


def _pair_squares(table: Reals, group: Whole) -> tuple[Reals, int]:
    """Half the squared difference of all pairs of one group, summed, and the number of pairs."""
    number = np.unique(group, return_inverse=True)[1].reshape(-1)
    size = np.bincount(number)
    mean = np.zeros((len(size), table.shape[1]))
    np.add.at(mean, number, table)
    off = table - (mean / size[:, None])[number]
    return size[number] @ off**2 / 2.0, int((size * (size - 1) // 2).sum())


def _all_sums(table: Reals, members: list[Whole], chosen: list[int]) -> Reals:
    """The sum for every way of handing out labels, shape (ways, columns)."""
    found = np.zeros((1, table.shape[1]))
    for rows, many in zip(members, chosen, strict=True):
        part = table[rows[np.array(list(combinations(range(len(rows)), many)), dtype=np.int64)]].sum(axis=1)
        found = (found[:, None] + part[None]).reshape(-1, table.shape[1])
    return found


def _drawn_sums(
    table: Reals, members: list[Whole], chosen: list[int], generator: np.random.Generator, draws: int
) -> Reals:
    """The sum for labels drawn at random, shape (draws, columns); the first column in double precision."""
    order = np.concatenate(members)
    bounds = np.cumsum([0, *map(len, members)])
    wide = table[order]
    single = wide[:, 1:].astype(np.float32)
    sums = np.empty((draws, table.shape[1]))
    step = max(1, MOST_CELLS // len(wide))
    for begin in range(0, draws, step):
        rows = min(step, draws - begin)
        keys = generator.random((rows, len(order)), dtype=np.float32)
        weight = np.zeros((rows, len(wide)), dtype=np.float32)
        for start, end, many in zip(bounds[:-1], bounds[1:], chosen, strict=True):
            part = keys[:, start:end]
            # The smallest keys are labelled; equal ones, about one in ten million, may label one more.
            weight[:, start:end] = part <= np.partition(part, many - 1, axis=1)[:, many - 1, None]
        some = slice(begin, begin + rows)
        sums[some, 0] = weight.astype(np.float64) @ wide[:, 0]
        sums[some, 1:] = weight @ single
    return sums


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


def strata_of(incidents: Incidents, of_event: Collection[str]) -> Whole:
    """Stratum of each incident: its datasets, its month, and its square of 50 km.

    Only datasets that tell of the event at all part the strata: what another dataset has seen too depends on where the
    incident lay, and parting by it would make a difference of areas where there is none.
    """
    lon, lat = incidents.at_places(incidents.lon), incidents.at_places(incidents.lat)
    square = square_keys(np.nan_to_num(lon), np.nan_to_num(lat), REGION_M, 0.0)
    told = [tuple(name for name in names if name in of_event) for names in incidents.datasets]
    number = {names: at for at, names in enumerate(sorted(set(told)))}
    keys = np.stack([
        np.array([number[names] for names in told], dtype=np.int64),
        incidents.date_start.astype("datetime64[M]").astype(np.int64), square,
    ])  # fmt: skip
    return np.unique(keys, axis=1, return_inverse=True)[1].reshape(-1).astype(np.int64)


def independent_count(episodes: NDArray[Any]) -> float:
    """How many independent incidents they count for, when those of an episode fall together (Kish 1965)."""
    sizes = np.unique(episodes, return_counts=True)[1].astype(np.float64)
    return float(sizes.sum() ** 2 / (sizes**2).sum()) if len(sizes) else 0.0
