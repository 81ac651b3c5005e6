"""Cells and days: who held each cell of the ground on each day, and how far the front was.

In: a :class:`~contested.territory.control.ControlLayer`, its front, days. Out: :class:`Panel`, and
:class:`Course` of two parties over it. Refuses: days on which the layer has no map
(:class:`~contested.base.errors.WeighingError`).

The cells of a place-status table are its places, since it says nothing finer. Those of other layers are squares over
the ground that changed hands or came within reach of the front; ground far behind it tells nothing of losses. There are
at most 20,000 cells, and 16 million cells times days (about 300 MB at the height of the work): the squares grow until
they are no more.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

from contested.base.errors import WeighingError
from contested.base.places import M_PER_DEGREE
from contested.base.records import UNKNOWN
from contested.territory.control import ControlLayer
from contested.territory.fronts import LayerFront
from contested.weighing.neighbours import Spots
from contested.weighing.sample import Days, Mask, Reals, Whole

Small = NDArray[np.int16]

#: Most cells, and most cells times days; more would be no finer than maps of control are.
MOST_CELLS = 20_000
MOST_CELL_DAYS = 16_000_000
#: Most coarse squares looked at for ground near the front.
MOST_SQUARES = 400_000
#: Days on which the coarse squares are asked; a front is seen to move between them.
SAMPLED_DAYS = 13
#: Pairs of cell and map asked at a time.
MOST_ASKED = 1 << 21
#: Where nothing follows in the layer's days: later than any day.
NEVER = np.iinfo(np.int16).max


@dataclass(frozen=True, eq=False)
class Panel:
    """Holders by day and cell.

    Attributes
    ----------
    days
        Consecutive days, shape (d,).
    lon, lat
        Middle of each cell, or a point inside each place's ground, degrees, shape (c,).
    cell_m
        Side of the squares, metres; for places the side of a square as large as the median place.
    columns
        Parties, then contested and unknown: the meaning of ``codes``.
    codes
        Holder of each cell's point, shape (d, c).
    front_m
        Metres to the front on each day, shape (d, c); NaN without a front.
    areas
        Grounds of the places; nothing for squares.
    """

    days: Days
    lon: Reals
    lat: Reals
    cell_m: float
    columns: tuple[str, ...]
    codes: NDArray[np.uint8]
    front_m: NDArray[np.float32]
    areas: tuple[Any, ...] = ()
    middle: float = 0.0
    """Longitude in the middle of the layer, from which columns of squares are counted."""

    @property
    def n_cells(self) -> int:
        """Number of cells."""
        return len(self.lon)

    @cached_property
    def spots(self) -> Spots:
        """The cells' points in space; all on day 0."""
        return Spots.of(self.lon, self.lat)

    @cached_property
    def _keys(self) -> tuple[Whole, Whole]:
        """Numbers of the squares in ascending order, and the cell of each."""
        keys = square_keys(self.lon, self.lat, self.cell_m, self.middle)
        order = np.argsort(keys)
        return keys[order], order

    def cells_at(self, lon: ArrayLike, lat: ArrayLike) -> Whole:
        """The cell that each point lies in; -1 outside all, and for points that are NaN.

        A square has its western and southern edge; a point on the edge of two places belongs to the first.
        """
        x, y = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
        found = np.full(len(x), -1, dtype=np.int64)
        some = np.flatnonzero(~np.isnan(x) & ~np.isnan(y))
        if self.areas:
            point, area = shapely.STRtree(self.areas).query(shapely.points(x[some], y[some]), predicate="intersects")
            order = np.lexsort((-area, point))
            found[some[point[order]]] = area[order]
        elif self.n_cells:
            wanted = square_keys(x[some], y[some], self.cell_m, self.middle)
            keys, cell = self._keys
            at = np.minimum(np.searchsorted(keys, wanted), self.n_cells - 1)
            found[some] = np.where(keys[at] == wanted, cell[at], -1)
        return found

    def east(self, lon: Reals) -> Reals:
        """Degrees east of the layer's middle, -180 to 180: across the antimeridian without an edge."""
        return (lon - self.middle + 180.0) % 360.0 - 180.0

    def day_numbers(self, days: Days) -> Whole:
        """Row of each day; may lie outside the panel."""
        numbers: Whole = (days.astype("datetime64[D]") - self.days[0]).astype(np.int64)
        return numbers

    def column(self, party: str) -> int:
        """Code of a party; -1 when the layer never names it."""
        return self.columns.index(party) if party in self.columns else -1


@dataclass(frozen=True, eq=False)
class Course:
    """What happens between two parties in each cell, all of shape (d, c).

    Attributes
    ----------
    held
        Whether the losing party was the last to hold the cell: contested ground has not passed.
    gain_in
        Days until the cell passes to the gaining party, 1 or more; a large number when it never does in the panel.
    known_for
        Days from here, itself not counted, that the layer goes on to speak of the cell.
    passes
        Whether the cell passes to the gaining party on the day, from whomever.
    """

    held: Mask
    gain_in: Small
    known_for: Small
    passes: Mask

    def outcome(self, within_days: int) -> NDArray[np.int8]:
        """1 where the cell passes within so many days after, 0 where it is known not to, -1 where nobody knows."""
        falls = self.gain_in <= within_days
        return np.where(falls, 1, np.where(self.known_for >= within_days, 0, -1)).astype(np.int8)


def follow_course(panel: Panel, losing: str, gaining: str) -> Course:
    """Follow the cells of one party until another takes them.

    Contested ground stays with the last party that held it; a cell contested from the layer's first day on belongs to
    nobody until a party holds it, and its first holder takes it. Ground that turns unknown and comes back with another
    holder has passed on a day that nobody knows: it is not counted as passing.
    """
    unknown, n_parties = len(panel.columns) - 1, len(panel.columns) - 2
    shape = panel.codes.shape
    holder = np.empty(shape, dtype=np.int16)
    before = np.full(shape[1], -1, dtype=np.int16)
    passes = np.zeros(shape, dtype=bool)
    gainer, loser = panel.column(gaining), panel.column(losing)
    for day, codes in enumerate(panel.codes):
        party = codes < n_parties
        now = np.where(party, codes, np.where(codes == unknown, -1, before)).astype(np.int16)
        if day:
            was_known = panel.codes[day - 1] != unknown
            passes[day] = party & (codes == gainer) & (before != gainer) & was_known
        holder[day] = before = now
    gain_in, known_for = np.empty(shape, dtype=np.int16), np.empty(shape, dtype=np.int16)
    gain, known = np.full(shape[1], NEVER, dtype=np.int16), np.zeros(shape[1], dtype=np.int16)
    for day in range(shape[0] - 1, -1, -1):
        gain_in[day], known_for[day] = gain, known
        blank = panel.codes[day] == unknown
        gain = np.where(passes[day], 1, np.where(gain < NEVER, gain + 1, NEVER)).astype(np.int16)
        gain[blank] = NEVER
        known = np.where(blank, 0, known + 1).astype(np.int16)
    return Course(holder == loser, gain_in, known_for, passes)


def make_panel(
    layer: ControlLayer, front: LayerFront, days: tuple[np.datetime64, np.datetime64], cell_m: float, reach_m: float,
    most_cells: int = MOST_CELLS,
) -> Panel:  # fmt: skip
    """Lay cells over a layer.

    Parameters
    ----------
    layer, front
        The layer, and the front from which distances are taken.
    days
        First and last day, both included.
    cell_m
        Side of the squares that is wished for, metres; ``Panel.cell_m`` says what it became.
    reach_m
        Squares that never came so near to the front, metres, and never changed hands, are left out.
    most_cells
        Most cells there may be.

    Raises
    ------
    WeighingError
        When the layer has no map on these days, or no cell lies within reach of the front.
    """
    every = np.arange(days[0], days[1] + np.timedelta64(1, "D")).astype("datetime64[D]")
    if not len(every) or (layer.maps_on(every) < 0).all():
        raise WeighingError(f'layer "{layer.name}" has no map from {days[0]} to {days[1]}; the window needs others')
    areas: tuple[Any, ...] = ()
    west, _, east, _ = layer.bounds
    middle = (west + east) / 2
    if layer.place_areas:
        areas = tuple(layer.place_areas.values())
        points = shapely.get_coordinates(shapely.point_on_surface(areas))
        cell_m = math.sqrt(float(np.median([_area_m2(area) for area in areas])))
    else:
        most = min(most_cells, MOST_CELL_DAYS // len(every))
        points, cell_m = _squares(layer, front, every, cell_m, (reach_m, most))
    lon, lat = points[:, 0], points[:, 1]
    codes = _codes_by_day(layer, lon, lat, every)
    front_m = _front_by_days(front, lon, lat, every)
    kept = np.ones(len(lon), dtype=bool)
    if not areas:
        with np.errstate(invalid="ignore"):
            kept = (front_m <= reach_m).any(axis=0) | (codes != codes[0]).any(axis=0)
    kept &= (codes != layer.columns.index(UNKNOWN)).any(axis=0)
    if not kept.any():
        raise WeighingError(
            f'no ground of layer "{layer.name}" lay within {reach_m:,.0f} m of the front between '
            f"{' and '.join(front.between or ())} from {days[0]} to {days[1]}, and none changed hands"
        )
    # A place without a map stays, so that attacks on it are counted as unknown and not as outside.
    if areas:
        kept[:] = True
    return Panel(every, lon[kept], lat[kept], cell_m, layer.columns, codes[:, kept], front_m[:, kept], areas, middle)


def _squares(
    layer: ControlLayer, front: LayerFront, days: Days, cell_m: float, limits: tuple[float, int]
) -> tuple[Reals, float]:
    """Middles of the squares near the front or of ground that changed hands, and the side that they have."""
    reach_m, most = limits
    west, south, east, north = layer.bounds
    middle = (west + east) / 2
    box_m2 = (east - west) * (north - south) * M_PER_DEGREE**2 * math.cos(math.radians((south + north) / 2))
    coarse_m = max(reach_m, 4 * cell_m, math.sqrt(abs(box_m2) / MOST_SQUARES))
    coarse = _middles(_grid_keys(layer.bounds, coarse_m, middle), coarse_m, middle)
    lon, lat = coarse[:, 0], coarse[:, 1]
    near = np.zeros(len(lon), dtype=bool)
    first: NDArray[np.uint8] | None = None
    for day in np.unique(days[np.linspace(0, len(days) - 1, SAMPLED_DAYS).astype(int)]):
        codes = _codes_by_day(layer, lon, lat, np.array([day]))[0]
        first = codes if first is None else first
        with np.errstate(invalid="ignore"):
            # Half a diagonal more: some of the square may be nearer than its middle.
            near |= front.distances(lon, lat, np.full(len(lon), day)).front_m <= reach_m + 0.75 * coarse_m
        near |= codes != first
    coarse = coarse[near]
    while True:
        # Points so dense that every square that meets the coarse one holds at least one of them.
        steps = np.linspace(-0.5, 0.5, math.ceil(coarse_m / (0.7 * cell_m)) + 1) * coarse_m / M_PER_DEGREE
        expected = len(coarse) * (coarse_m / cell_m) ** 2
        if expected <= 4 * most:
            shrink = np.maximum(np.cos(np.radians(coarse[:, 1])), 1e-3)
            lons = coarse[:, 0, None, None] + steps[:, None] / shrink[:, None, None] + 0 * steps
            lats = coarse[:, 1, None, None] + 0 * steps[:, None] + steps
            keys = np.unique(square_keys((lons.ravel() + 180.0) % 360.0 - 180.0, lats.ravel(), cell_m, middle))
            if len(keys) <= most:
                return _middles(keys, cell_m, middle), cell_m
            expected = len(keys)
        cell_m *= 1.02 * math.sqrt(expected / most)


def square_keys(lon: Reals, lat: Reals, cell_m: float, middle: float) -> Whole:
    """One number for the square of each point: rows by latitude, each with columns of its own width."""
    row = np.floor(lat * M_PER_DEGREE / cell_m)
    east = (lon - middle + 180.0) % 360.0 - 180.0
    column = np.floor(east * _column_m(row, cell_m) / cell_m)
    return row.astype(np.int64) * (1 << 32) + column.astype(np.int64)


def _middles(keys: Whole, cell_m: float, middle: float) -> Reals:
    """Longitude and latitude of the middle of each square, shape (n, 2)."""
    row = (keys + (1 << 31)) >> 32
    column = keys - row * (1 << 32)
    lat = np.clip((row + 0.5) * cell_m / M_PER_DEGREE, -90.0, 90.0)
    lon = middle + (column + 0.5) * cell_m / _column_m(row.astype(np.float64), cell_m)
    return np.column_stack([(lon + 180.0) % 360.0 - 180.0, lat])


def _grid_keys(box: tuple[float, float, float, float], cell_m: float, middle: float) -> Whole:
    """Every square that meets a box."""
    west, south, east, north = box
    rows = np.arange(math.floor(south * M_PER_DEGREE / cell_m), math.floor(north * M_PER_DEGREE / cell_m) + 1)
    wide = _column_m(rows.astype(np.float64), cell_m)
    low = np.floor((west - middle) * wide / cell_m).astype(np.int64)
    many = np.floor((east - middle) * wide / cell_m).astype(np.int64) - low + 1
    column = np.arange(many.sum()) - np.repeat(np.cumsum(many) - many, many) + np.repeat(low, many)
    keys: Whole = np.repeat(rows, many).astype(np.int64) * (1 << 32) + column
    return keys


def _column_m(row: Reals, cell_m: float) -> Reals:
    """Metres of a degree of longitude in the middle of a row; at the poles never nothing."""
    wide: Reals = M_PER_DEGREE * np.maximum(np.cos(np.radians((row + 0.5) * cell_m / M_PER_DEGREE)), 1e-3)
    return wide


def _codes_by_day(layer: ControlLayer, lon: Reals, lat: Reals, days: Days) -> NDArray[np.uint8]:
    """Holder of each point on each day, each map asked once; shape (days, points)."""
    spans = layer.spans_on(days)
    maps, example, of_day = np.unique(layer.maps_of_spans(spans), return_index=True, return_inverse=True)
    found = np.full((len(maps), len(lon)), len(layer.columns) - 1, dtype=np.uint8)
    known = np.flatnonzero(maps >= 0)
    size = max(1, MOST_ASKED // max(1, len(lon)))
    for begin in range(0, len(known), size):
        some = known[begin : begin + size]
        asked = np.repeat(spans[example[some]], len(lon))
        codes = layer.codes_in(np.tile(lon, len(some)), np.tile(lat, len(some)), asked)
        found[some] = codes.reshape(len(some), len(lon))
    result: NDArray[np.uint8] = found[of_day.reshape(-1)]
    return result


def _front_by_days(front: LayerFront, lon: Reals, lat: Reals, days: Days) -> NDArray[np.float32]:
    """Metres of each point to the front on each day, each map asked once; shape (days, points)."""
    _, first, of_day = np.unique(front.layer.maps_on(days), return_index=True, return_inverse=True)
    found = np.empty((len(first), len(lon)), dtype=np.float32)
    size = max(1, MOST_ASKED // max(1, len(lon)))
    for begin in range(0, len(first), size):
        some = days[first[begin : begin + size]]
        asked = front.distances(np.tile(lon, len(some)), np.tile(lat, len(some)), np.repeat(some, len(lon)))
        found[begin : begin + size] = asked.front_m.reshape(len(some), len(lon))
    result: NDArray[np.float32] = found[of_day.reshape(-1)]
    return result


def _area_m2(area: Any) -> float:
    from contested.territory.areas import area_m2

    return float(area_m2(area)[0])
