"""Where, when and on whose ground each incident may have been: draws of place, day and layer.

In: incidents with radius and date interval, layers with their errors. Out: :class:`Draws`: for each incident and draw
the ground that it fell on. Refuses: nothing; incidents without a usable place are unknown in every draw.

Each draw takes one layer of those that show both parties, moves its days by up to its lag and its boundaries by a
smooth random field as wide as its error: what is wrong with a map is wrong for all incidents at once. Within it each
incident is placed in its disc and interval, by multiple imputation (Rubin 1987; for events of known imprecision Croicu
& Hegre 2018):

*even* draws take every point of the disc for equally likely, which pulls shares towards one half where discs reach
over the front. *Fitted* draws (data augmentation, Tanner & Wong 1987, https://doi.org/10.1080/01621459.1987.10478458)
let the incidents themselves say where such incidents fall: the ground is parted into classes (whose area, how far from
the front), each with an intensity that has a gamma posterior given the incidents placed in it and its extent in the
region; an incident's place is drawn in proportion to the intensity, and the two are drawn in turns. Incidents known to
a town, a district or worse have shares of the classes of their own as far as they disagree, since how precisely a place
is known may depend on whose ground it was and on the distance from the front. What is assumed: within a class and a
disc all places are equally likely.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from contested.base.places import EARTH_M, from_centre
from contested.base.records import CONTESTED, UNKNOWN
from contested.territory.control import ControlLayer
from contested.territory.fronts import LayerFront
from contested.weighing.nulls import SEED
from contested.weighing.sample import Days, Incidents, LayerDoubt, Mask, Reals, Sample, Whole
from contested.weighing.spread import R3, Points, is_spread, spread_over, spread_points

#: Points that an incident's disc and interval are tried at; fewer for many incidents (:data:`MOST_POINTS`).
POINTS = 32
FEWEST_POINTS = 8
#: Points tried in all, and places drawn in all, so that memory stays below 1 GiB and time below some seconds: 100,000
#: incidents are tried at 16 points and drawn 20 times, which for imputation is still enough (Rubin 1987).
MOST_POINTS = 1_600_000
MOST_DRAWS = 2_000_000
FEWEST_DRAWS = 20
#: Layer, lag and displacement are drawn so often; each such variant serves several draws.
VARIANTS = 20
#: Space-time points over the region that measure each class's extent: one of 5 % then comes out within 3 % of it.
EXTENT_POINTS = 20_000
#: Distances that part the classes, in units of the distance that the case calls near: a doubling each, so that the
#: intensity is nearly even within one.
BANDS = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0)
#: Prior of each class's intensity, in incidents: with few incidents the draws stay close to even ones.
PRIOR_SHAPE = 0.5
#: Sweeps before a chain's first draw, and between two draws; every so many draws a chain begins anew from even ones, so
#: that a chain which settled on one of several answers is not taken for all of them.
BURN_IN = 30
THIN = 4
CHAINS = 20
#: From so many unsure incidents on a quarter as many: what many incidents show settles sooner.
MANY_UNSURE = 3_000
#: Radii, metres, that part incidents by how precisely their place is known: a town, a district, more. Each part has its
#: own shares of the classes, since how precisely a place is known may depend on whose ground it was.
PRECISION_M = (2_000.0, 10_000.0)
#: How far these shares may agree, in incidents; all equally likely beforehand. Larger numbers feed on themselves:
#: groups that were placed alike are found to agree. When changed: run gate/weighing.py --scenario "precision by area".
AGREEMENT = np.array([1.0, 4.0])
#: Waves that make up a smooth field of displacements (random Fourier features, Rahimi & Recht 2007).
WAVES = 32
#: Reach of the field: how far apart two places are whose displacements are nearly alike, in units of the error.
REACH = 5.0

Codes = NDArray[np.int16]


@dataclass(frozen=True, eq=False)
class Draws:
    """Where each incident fell in each draw.

    Attributes
    ----------
    columns
        Parties in alphabetical order, then ``contested`` and ``unknown``, over all layers drawn from.
    code
        Number of the column of each incident in each draw, shape (n, m).
    lon, lat, day
        Place in degrees and day, shape (n, m): the place as the layer drawn would show it.
    layer_no
        Number of the layer of each draw (0 is the one asked), shape (m,).
    spread
        Incidents whose place or day differs between draws, shape (n,).
    seed
        Seed of the draws.
    """

    columns: tuple[str, ...]
    code: Codes
    lon: Reals
    lat: Reals
    day: Days
    layer_no: Whole
    spread: Mask
    seed: int

    def fell_on(self, party: str) -> Mask:
        """Whether each incident fell on the party's ground, shape (n, m)."""
        if party not in self.columns:
            return np.zeros(self.code.shape, dtype=bool)
        found: Mask = self.code == self.columns.index(party)
        return found

    @cached_property
    def known(self) -> Mask:
        """Whether it fell on ground that the layer covers, shape (n, m)."""
        found: Mask = self.code != len(self.columns) - 1
        return found


@dataclass(frozen=True)
class _Variant:
    """One way in which the layers may be wrong."""

    layer_no: int
    lag_days: int
    waves: tuple[Reals, Reals, Reals] | None
    """Wave numbers (waves, 3) per metre, phases (waves,), amplitudes (waves, 2) in metres."""


def draw_incidents(
    sample: Sample, incidents: Incidents, seed: int, *, fitted: bool = True, distances: bool = True
) -> Draws:
    """Draw place, day and layer of each incident ``sample.weighing.draws`` times.

    Parameters
    ----------
    sample
        Layers, their errors, the two parties, the distance called near.
    incidents
        The incidents drawn; when ``fitted``, they together say where such incidents fall.
    seed
        Seed of the draws.
    fitted
        Whether places are drawn in proportion to the intensity, or evenly.
    distances
        Whether classes are parted by the distance from the front too.
    """
    generator = np.random.default_rng(seed)
    layers = (sample.control, *sample.also)
    columns = _columns(layers)
    count = int(np.clip(MOST_DRAWS // max(1, len(incidents)), FEWEST_DRAWS, sample.weighing.draws))
    per = int(np.clip(MOST_POINTS // max(1, len(incidents)), FEWEST_POINTS, POINTS))
    points = spread_points(incidents, per, generator)
    variants = _draw_variants(sample, layers, generator)
    each = np.array_split(np.arange(count), len(variants))
    classes = _Classes(sample, columns, incidents, points, generator, fitted and distances)
    code = np.full((len(incidents), count), len(columns) - 1, dtype=np.int16)
    pick = np.zeros((len(incidents), count), dtype=np.int16)
    shift_lon, shift_lat = np.zeros(pick.shape), np.zeros(pick.shape)
    lag = np.zeros(count, dtype=np.int64)
    group = np.searchsorted(PRECISION_M, np.nan_to_num(incidents.radius_of))
    for variant, chosen in zip(variants, each, strict=True):
        layer = layers[variant.layer_no]
        moved = _displaced(points.centre_lon, points.centre_lat, variant)
        codes = _codes(layer, columns, points.lon + moved[0], points.lat + moved[1], points.day, variant.lag_days)
        of_point = classes.of_points(codes)
        if fitted:
            extent = classes.extent(layer)
            counts = _counts(of_point, classes.count)
            chains = [len(part) for part in np.array_split(chosen, min(len(chosen), -(-CHAINS // len(variants))))]
            found = _augment(counts, extent, group, chains, generator)
            at = _pick_within(of_point, counts, found, generator)
        else:
            at = generator.integers(0, per, size=(len(incidents), len(chosen)))
        pick[:, chosen] = at
        code[:, chosen] = np.take_along_axis(codes, at, axis=1)
        shift_lon[:, chosen], shift_lat[:, chosen] = moved
        lag[chosen] = variant.lag_days
    at = pick.astype(np.int64)
    layer_no = np.concatenate([np.full(len(rows), v.layer_no) for v, rows in zip(variants, each, strict=True)])
    return Draws(
        columns, code,
        np.take_along_axis(points.lon, at, axis=1) + shift_lon, np.take_along_axis(points.lat, at, axis=1) + shift_lat,
        np.take_along_axis(points.day, at, axis=1) + lag.astype("timedelta64[D]"), layer_no,
        is_spread(incidents) | (len(variants) > 1), seed,
    )  # fmt: skip


def drawn(sample: Sample, incidents: Incidents, *, fitted: bool = True) -> Draws:
    """The draws of these incidents with the usual seed; kept with the sample, since several tests ask for them."""
    key = (incidents.ids, fitted)
    if key not in sample.kept:
        sample.kept[key] = draw_incidents(sample, incidents, SEED, fitted=fitted)
    found: Draws = sample.kept[key]
    return found


def _columns(layers: tuple[ControlLayer, ...]) -> tuple[str, ...]:
    return (*sorted({party for layer in layers for party in layer.parties}), CONTESTED, UNKNOWN)


def _codes(layer: ControlLayer, columns: tuple[str, ...], lon: Reals, lat: Reals, day: Days, lag_days: int) -> Codes:
    """Column of ``columns`` that holds each point on the day that the layer shows ``lag_days`` later."""
    wrapped = np.where(np.abs(lon) > 180.0, (lon + 180.0) % 360.0 - 180.0, lon)
    days = (day + np.timedelta64(lag_days, "D")).astype("datetime64[D]")
    found = layer.codes_on(wrapped.ravel(), np.clip(lat, -90.0, 90.0).ravel(), days.ravel()).reshape(lon.shape)
    return np.array([columns.index(name) for name in layer.columns], dtype=np.int16)[found.astype(np.int64)]


def _draw_variants(
    sample: Sample, layers: tuple[ControlLayer, ...], generator: np.random.Generator
) -> tuple[_Variant, ...]:
    """The ways in which the layers may be wrong; one when none states an error and there is one layer."""
    doubts = [sample.errors.get(layer.name, LayerDoubt()) for layer in layers]
    if len(layers) == 1 and doubts[0] == LayerDoubt():
        return (_Variant(0, 0, None),)
    variants = []
    for number in range(min(VARIANTS, sample.weighing.draws)):
        layer_no = number % len(layers)
        doubt = doubts[layer_no]
        lag = int(generator.integers(-doubt.lag_days, doubt.lag_days + 1))
        variants.append(_Variant(layer_no, lag, _draw_waves(doubt.boundary_m, generator)))
    return tuple(variants)


def _draw_waves(boundary_m: float, generator: np.random.Generator) -> tuple[Reals, Reals, Reals] | None:
    if not boundary_m:
        return None
    numbers = generator.normal(0.0, 1.0 / (REACH * boundary_m), size=(WAVES, 3))
    amplitudes = generator.normal(0.0, boundary_m * np.sqrt(2.0 / WAVES), size=(WAVES, 2))
    return numbers, generator.uniform(0.0, 2 * np.pi, WAVES), amplitudes


def _displaced(lon: Reals, lat: Reals, variant: _Variant) -> tuple[Reals, Reals]:
    """Degrees by which the layer shows each point elsewhere, from the middle of its disc; one column for all points."""
    if variant.waves is None or not lon.size:
        return np.zeros((len(lon), 1)), np.zeros((len(lon), 1))
    numbers, phases, amplitudes = variant.waves
    x0, y0 = lon[:, :1], lat[:, :1]
    per_degree = EARTH_M * np.pi / 180.0
    east = per_degree * np.maximum(np.cos(np.radians(y0)), 1e-6)
    # Waves in space: a field over degrees would break at 180 and lean with the longitude.
    metres = np.cos(from_centre(np.concatenate([x0, y0], axis=1)) @ numbers.T + phases) @ amplitudes
    return metres[:, :1] / east, metres[:, 1:] / per_degree


def _counts(codes: Codes, count: int) -> Reals:
    """How many points of each row bear each code, shape (n, count)."""
    n = len(codes)
    cells = np.arange(n)[:, None] * count + codes
    return np.bincount(cells.ravel(), minlength=n * count).reshape(n, count).astype(np.float64)


class _Classes:
    """Classes of ground: whose it is and, for the two parties, how far from the front."""

    def __init__(
        self, sample: Sample, columns: tuple[str, ...], incidents: Incidents, points: Points,
        generator: np.random.Generator, by_distance: bool,
    ) -> None:  # fmt: skip
        self.columns = columns
        self.front = sample.front if by_distance else None
        self.bands = len(BANDS) + 1 if self.front is not None else 1
        self.edges = np.array(BANDS[: self.bands - 1]) * sample.weighing.near_front_m
        pair = (sample.weighing.advancing, sample.weighing.losing)
        # Each party has its bands; contested and unknown ground have one class each.
        self.banded = np.array([self.bands > 1 and name in pair for name in columns])
        width = np.where(self.banded, self.bands, 1)
        self.start = np.cumsum(width) - width
        self.count = int(width.sum())
        self.band = self._bands_of(points.lon, points.lat, points.day, is_spread(incidents))
        self.lon, self.lat, self.day = _over_region(sample, incidents, generator)
        self.extent_band = self._bands_of(self.lon[:, None], self.lat[:, None], self.day[:, None])[:, 0]
        self.extents: dict[str, Reals] = {}

    def _bands_of(self, lon: Reals, lat: Reals, day: Days, spread: Mask | None = None) -> Codes:
        """Band of each point; of points without a front the last."""
        metres = front_metres(self.front, lon, lat, day, spread)
        return np.searchsorted(self.edges, np.where(np.isnan(metres), np.inf, metres)).astype(np.int16)

    def of_points(self, codes: Codes) -> Codes:
        """Class of each incident's points."""
        return (self.start[codes] + np.where(self.banded[codes], self.band, 0)).astype(np.int16)

    def extent(self, layer: ControlLayer) -> Reals:
        """Share of the region and the days that each class takes up in the layer; never nought."""
        if layer.name not in self.extents:
            codes = _codes(layer, self.columns, self.lon, self.lat, self.day, 0)
            found = np.bincount(
                self.start[codes] + np.where(self.banded[codes], self.extent_band, 0), minlength=self.count
            ).astype(np.float64)
            self.extents[layer.name] = np.maximum(found, 0.5) / len(self.lon)
        return self.extents[layer.name]


def front_metres(front: LayerFront | None, lon: Reals, lat: Reals, day: Days, spread: Mask | None = None) -> Reals:
    """Distance of each place to the front on its day, shape (n, m); NaN without one.

    Rows that are not ``spread`` have one place and day in all columns, which is asked once.
    """
    metres = np.full(lon.shape, np.nan)
    if front is None:
        return metres
    wide = np.ones(len(lon), dtype=bool) if spread is None else spread
    for rows, columns in ((np.flatnonzero(wide), lon.shape[1]), (np.flatnonzero(~wide), 1)):
        x, y, on = (values[rows, :columns] for values in (lon, lat, day))
        metres[rows] = front.distances(x.ravel(), y.ravel(), on.ravel()).front_m.reshape(x.shape)
    return metres


def _over_region(sample: Sample, incidents: Incidents, generator: np.random.Generator) -> tuple[Reals, Reals, Days]:
    """Points evenly over the ground and the days that the incidents may have been on."""
    west, south, east, north = sample.region
    some = incidents.usable
    if some.any():
        reach = incidents.radius_m[some] / (EARTH_M * np.pi / 180.0)
        wide = reach / np.maximum(np.cos(np.radians(incidents.lat[some])), 0.01)
        across = incidents.lon[some]
        turned = np.where(across < 0, across + 360.0, across)
        if np.ptp(turned) < np.ptp(across):  # they lie on both sides of the antimeridian
            across, east = turned, east + 360.0
        west, east = max(west, (across - wide).min()), min(east, (across + wide).max())
        south, north = max(south, (incidents.lat[some] - reach).min()), min(north, (incidents.lat[some] + reach).max())
    if not (west < east and south < north):
        west, south, east, north = sample.region
    lon, lat = spread_over((west, south, east, north), EXTENT_POINTS)
    first = incidents.date_start.min() if len(incidents) else np.datetime64("1970-01-01")
    last = incidents.date_end.max() if len(incidents) else first
    turn = (np.arange(1, EXTENT_POINTS + 1) * R3[2] + generator.random()) % 1.0
    lon = np.where(lon > 180.0, lon - 360.0, lon)
    return lon, lat, first + np.floor(turn * ((last - first).astype(int) + 1)).astype("timedelta64[D]")


def _augment(
    counts: Reals, extent: Reals, group: Whole, chains: Sequence[int], generator: np.random.Generator
) -> Codes:
    """Classes of the incidents, drawn in turns with the intensities; shape (n, draws), so many draws of each chain.

    ``group`` is the precision group of each incident.
    """
    sure = counts.max(axis=1) >= counts.sum(axis=1) - 0.5
    fixed = counts.argmax(axis=1)
    unsure = np.flatnonzero(~sure)
    classes = np.repeat(fixed[:, None], sum(chains), axis=1).astype(np.int16)
    if not len(unsure):
        return classes
    shape = (len(PRECISION_M) + 1, len(extent))
    base = _tally(group[sure], fixed[sure], shape)
    weight, own = counts[unsure].astype(np.float32), group[unsure]
    burn_in, thin = (BURN_IN, THIN) if len(unsure) < MANY_UNSURE else (BURN_IN // 4, THIN // 4)
    taken = 0
    for draws in chains:
        current = np.full(shape, len(counts) / extent.sum())
        for sweep in range(1, burn_in + thin * draws + 1):
            running = np.cumsum(weight * current.astype(np.float32)[own], axis=1)
            level = generator.random(len(unsure), dtype=np.float32) * running[:, -1]
            drawn = np.minimum((running <= level[:, None]).sum(axis=1), len(extent) - 1)
            current = _draw_intensity(base + _tally(own, drawn, shape), extent, generator)
            if sweep > burn_in and (sweep - burn_in) % thin == 0:
                classes[unsure, taken] = drawn
                taken += 1
    return classes


def _draw_intensity(here: Reals, extent: Reals, generator: np.random.Generator) -> Reals:
    """Intensity of each class per precision group, given the incidents placed in it, shape (groups, classes).

    The groups' shares of the classes are Dirichlet about common shares, with a weight that itself is drawn by how far
    the groups agree (a hierarchical model; Gelman et al. 2013, Bayesian Data Analysis, chapter 5).
    """
    usual = here.sum() / extent.sum()
    common = generator.gamma(PRIOR_SHAPE + here.sum(axis=0)) / (PRIOR_SHAPE / usual + extent) * extent
    prior = AGREEMENT[:, None] * common / common.sum()
    likelihood = (_log_gamma(prior[:, None] + here) - _log_gamma(prior)[:, None]).sum(axis=(1, 2))
    likelihood -= (_log_gamma(AGREEMENT[:, None] + here.sum(axis=1)) - _log_gamma(AGREEMENT)[:, None]).sum(axis=1)
    odds = np.exp(likelihood - likelihood.max())
    shares = generator.gamma(prior[generator.choice(len(odds), p=odds / odds.sum())] + here)
    # A share that underflows must not leave a disc without any ground to be on.
    found: Reals = np.maximum(shares / shares.sum(axis=1, keepdims=True), 1e-12) / extent
    return found


_log_gamma = np.vectorize(math.lgamma, otypes=[np.float64])


def _tally(group: Whole, classes: NDArray[Any], shape: tuple[int, int]) -> Reals:
    """Incidents of each group in each class."""
    counts = np.bincount(group * shape[1] + classes, minlength=shape[0] * shape[1])
    return counts.reshape(shape).astype(np.float64)


def _pick_within(of_point: Codes, counts: Reals, classes: Codes, generator: np.random.Generator) -> NDArray[np.int64]:
    """One of the points of the class drawn, for each incident and draw."""
    order = np.argsort(of_point, axis=1, kind="stable")
    start = np.cumsum(counts, axis=1) - counts
    wanted = classes.astype(np.int64)
    first, many = (np.take_along_axis(values, wanted, axis=1) for values in (start, counts))
    at = (first + np.floor(generator.random(wanted.shape) * many)).astype(np.int64)
    return np.take_along_axis(order, at, axis=1)
