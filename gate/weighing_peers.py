"""What a study in the field's habit would print of the same incidents: the peers of our tests.

In: an invented world (:mod:`gate.conflict_simulator`) and its first layer. Out: p-values and intervals. Refuses:
nothing; a study that is left with no incident has NaN.

The peers are written here anew, from their definitions, and share nothing with :mod:`contested.weighing` but the
look-up of who held a point.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from contested.territory.control import ControlLayer
from gate.conflict_simulator import (
    FIRST_DAY,
    HEIGHT_M,
    LAT_0,
    LON_0,
    LOSING,
    METRES_LAT,
    METRES_LON,
    WIDTH_M,
    World,
)

Reals = NDArray[np.float64]
#: Rows that a study keeps which drops the imprecise ones: a place known to a kilometre, and a day.
PRECISE_M = 1_000.0
#: Draws of the plain multiple imputation: Rubin's own advice is 5 to 20.
DRAWS = 20
#: Permutations of rows: the error of a p of 0.05 is then 0.01, which is little beside that of some hundred runs.
PERMUTATIONS = 399
#: Two-sided 90 %.
TAIL = 0.95
#: Points that measure the share of the theatre that the losing party held.
AREA_POINTS = 4_000


@dataclass(frozen=True, slots=True)
class Interval:
    """An estimate with its 90 % interval."""

    estimate: float
    low: float
    high: float


@dataclass(frozen=True, eq=False)
class Rows:
    """Rows of one kind as published: points, radii, first and last day."""

    lon: Reals
    lat: Reals
    radius_m: Reals
    first: NDArray[np.datetime64]
    last: NDArray[np.datetime64]

    @classmethod
    def of(cls, world: World, is_event: bool) -> Rows:
        """The world's incidents of the event, or the others."""
        places, incidents = world.tables["incident_places"], world.tables["incidents"]
        kept = world.truth.attacks["is_event"] == is_event
        columns = [places[name].to_numpy()[kept] for name in ("lon", "lat", "radius_m")]
        days = [incidents[name].to_numpy().astype("datetime64[D]")[kept] for name in ("date_start", "date_end")]
        return cls(*columns, *days)


def wilson(hits: float, n: int) -> Interval:
    """Wilson's interval (1927); NaN of nothing."""
    if not n:
        return Interval(np.nan, np.nan, np.nan)
    z = stats.norm.ppf(TAIL)
    share = hits / n
    centre = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    return Interval(share, centre - half, centre + half)


def in_losing_area(layer: ControlLayer, lon: Reals, lat: Reals, days: NDArray[np.datetime64]) -> NDArray[np.bool_]:
    """Whether the layer shows each point as the losing party's on its day."""
    found: NDArray[np.bool_] = layer.codes_on(lon, lat, days) == layer.columns.index(LOSING)
    return found


def area_proportional_p(layer: ControlLayer, rows: Rows, days: int, generator: np.random.Generator) -> float:
    """The naive test: points as given, against the losing party's share of the theatre's ground and days."""
    lon = LON_0 + generator.uniform(0, WIDTH_M, AREA_POINTS) / METRES_LON
    lat = LAT_0 + generator.uniform(0, HEIGHT_M, AREA_POINTS) / METRES_LAT
    when = np.datetime64(FIRST_DAY, "D") + generator.integers(0, days, AREA_POINTS)
    share = in_losing_area(layer, lon, lat, when).mean()
    hits = in_losing_area(layer, rows.lon, rows.lat, rows.first).sum()
    return float(stats.binom.sf(hits - 1, len(rows.lon), share))


def points_as_given(layer: ControlLayer, rows: Rows) -> Interval:
    """Every row counted at its point on its first day, its radius unread."""
    return wilson(in_losing_area(layer, rows.lon, rows.lat, rows.first).sum(), len(rows.lon))


def imprecise_dropped(layer: ControlLayer, rows: Rows) -> Interval:
    """Only rows of a known day and a place known to a kilometre."""
    kept = (rows.radius_m <= PRECISE_M) & (rows.first == rows.last)
    return wilson(in_losing_area(layer, rows.lon[kept], rows.lat[kept], rows.first[kept]).sum(), int(kept.sum()))


def even_draws(layer: ControlLayer, rows: Rows, generator: np.random.Generator) -> Interval:
    """Plain multiple imputation: each row drawn evenly from its disc and days, pooled by Rubin's rules."""
    n, shape = len(rows.lon), (DRAWS, len(rows.lon))
    away, turn = rows.radius_m * np.sqrt(generator.random(shape)), generator.uniform(0, 2 * np.pi, shape)
    lon, lat = rows.lon + away * np.cos(turn) / METRES_LON, rows.lat + away * np.sin(turn) / METRES_LAT
    span = (rows.last - rows.first).astype(np.int64) + 1
    when = rows.first + (generator.random(shape) * span).astype(np.int64)
    shares = in_losing_area(layer, lon.ravel(), lat.ravel(), when.ravel()).reshape(shape).mean(axis=1)
    within, between = (shares * (1 - shares)).mean() / n, shares.var(ddof=1)
    total = within + (1 + 1 / DRAWS) * between
    freedom = (DRAWS - 1) * (total / max((1 + 1 / DRAWS) * between, 1e-12)) ** 2
    # Where all draws agree on 0 or 1 the plain interval has no width, which is one of its faults.
    half = stats.t.ppf(TAIL, freedom) * np.sqrt(total) if total else 0.0
    return Interval(float(shares.mean()), float(shares.mean() - half), float(shares.mean() + half))


def shares_and_datasets(layer: ControlLayer, world: World) -> tuple[Reals, NDArray[np.int64]]:
    """Of all incidents, the share of the disc and days in the losing party's area; and a number per set of datasets."""
    places, incidents = world.tables["incident_places"], world.tables["incidents"]
    first, last = (incidents[name].to_numpy().astype("datetime64[D]") for name in ("date_start", "date_end"))
    lon, lat, radius = (places[name].to_numpy() for name in ("lon", "lat", "radius_m"))
    found = layer.look_up(lon, lat, first, radius, last)
    names = ["+".join(sorted(sets)) for sets in incidents["datasets"].to_pylist()]
    return found.p_of(LOSING), np.unique(names, return_inverse=True)[1]


def rows_permuted_p(
    values: Reals, labels: NDArray[np.bool_], strata: NDArray[np.int64], generator: np.random.Generator
) -> float:
    """Random labelling row by row: no episodes, strata of datasets only."""
    above = 0
    observed = values[labels].sum()
    order = np.argsort(strata, kind="stable")
    for _ in range(PERMUTATIONS):
        # Shuffled within each stratum: rows sorted by stratum, then by a random number.
        shuffled = np.lexsort((generator.random(len(labels)), strata))
        above += values[shuffled][labels[order]].sum() >= observed - 1e-9
    return float((1 + above) / (PERMUTATIONS + 1))
