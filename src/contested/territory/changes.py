"""When places changed hands, and how much ground each party held by day.

In: a :class:`~contested.territory.control.ControlLayer`; points and days. Out: days and parties of passings; a table of
areas. Refuses: nothing; a point that is not finite never passes.

A place passes on the first day of a span on which another party holds it than the last that held it before. Becoming
contested or unknown is no passing; a place that turns contested and then back has not passed. A place contested as far
back as the layer goes passes to the first party that holds it; a place of which the layer says nothing before does not.
What happens after the layer's last day is not known.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from contested.territory.areas import area_m2
from contested.territory.control import ControlLayer, Days, Whole, as_points, possible
from contested.territory.ground import Reals

if TYPE_CHECKING:
    import pyarrow as pa

#: Cells a side of the grid over the layer; the points of a cell that no edge ever meets share one history.
GRID = 256
#: Pairs of place and map asked at a time (about 30 bytes each).
MOST_PAIRS = 1 << 21


@dataclass(frozen=True, slots=True)
class _Passings:
    """Passings, by place and in order of time: on which day, from whom, to whom (columns; -1 for nobody)."""

    place: Whole
    day: Whole
    before: Whole
    after: Whole


def next_change(
    layer: ControlLayer, lon: ArrayLike, lat: ArrayLike, day: ArrayLike
) -> tuple[Days, NDArray[np.object_]]:
    """First day, not before the day given, on which each place passed to another party, and that party.

    Returns
    -------
    tuple
        Days (not a time where none is known) and parties (``None``).
    """
    lon, lat, days = as_points(lon, lat, day)
    passings, place = _history(layer, lon, lat, days)
    # The first passing of the place from the day on.
    at = np.searchsorted(_keys(passings.place, passings.day), _keys(place, days.view(np.int64)))
    known = (place >= 0) & (at < len(passings.place))
    known[known] = passings.place[at[known]] == place[known]
    return _answer(layer, passings, at, known, passings.after)


def last_change(
    layer: ControlLayer, lon: ArrayLike, lat: ArrayLike, day: ArrayLike
) -> tuple[Days, NDArray[np.object_]]:
    """Last day before the day given on which each place passed to another party, and the party that lost it.

    A passing on the day itself is :func:`next_change`'s.

    Returns
    -------
    tuple
        Days (not a time where none is known) and parties (``None`` too where the place was contested before).
    """
    lon, lat, days = as_points(lon, lat, day)
    passings, place = _history(layer, lon, lat, days)
    at = np.searchsorted(_keys(passings.place, passings.day), _keys(place, days.view(np.int64))) - 1
    known = (place >= 0) & (at >= 0)
    known[known] = passings.place[at[known]] == place[known]
    return _answer(layer, passings, at, known, passings.before)


def areas_by_day(layer: ControlLayer) -> pa.Table:
    """Area held by each party on each day, and its change since the day before.

    Ground that two parties claim is contested. Ground in no area has no row, and neither has the ground of
    ``elsewhere`` beyond the holdings, which is without bound. Days without a map have no rows.

    Returns
    -------
    pyarrow.Table
        ``day``, ``holder`` (parties in alphabetical order, then contested and unknown), ``area_km2`` on the ellipsoid,
        and ``change_km2`` since the last day before that has a map (null on the first).
    """
    import pyarrow as pa

    first, last = (np.datetime64(day, "D") for day in layer.days)
    days = np.arange(first, last + 1)
    numbers = layer.maps_on(days)
    days, numbers = days[numbers >= 0], numbers[numbers >= 0]
    areas = np.zeros((int(numbers.max(initial=-1)) + 1, len(layer.columns)))
    for number in np.unique(numbers).tolist():
        for column, area in layer.ground(number).disjoint_areas.items():
            areas[number, column] = area_m2(area)[0] / 1e6
    held = areas[numbers]
    change = np.diff(held, axis=0, prepend=np.nan)
    shown = np.flatnonzero(areas.any(axis=0))
    return pa.table({
        "day": pa.array(np.repeat(days, len(shown))),
        "holder": pa.array([layer.columns[n] for n in shown] * len(days), pa.string()),
        "area_km2": pa.array(held[:, shown].reshape(-1)),
        "change_km2": pa.array(change[:, shown].reshape(-1), from_pandas=True),
    })  # fmt: skip


def _keys(place: Whole, day: Whole) -> Whole:
    """One number for place and day; days reach 5,000 years either way, and no day stands before all."""
    return (place << 22) + np.clip(day, -(1 << 21) + 1, (1 << 21) - 1) + (1 << 21)


def _answer(
    layer: ControlLayer, passings: _Passings, at: Whole, known: NDArray[np.bool_], party: Whole
) -> tuple[Days, NDArray[np.object_]]:
    on = np.full(len(at), np.datetime64("NaT", "D"))
    on[known] = passings.day[at[known]].view("datetime64[D]")
    who = np.full(len(at), None, dtype=object)
    # Columns of contested and of nobody (-1 is the last) have no name.
    who[known] = np.array([*layer.parties, None, None], dtype=object)[party[at[known]]]
    return on, who


def _history(layer: ControlLayer, lon: Reals, lat: Reals, days: Days) -> tuple[_Passings, Whole]:
    """Passings of all places that the rows need, and the place of each row; -1 for rows that have no answer."""
    place = np.full(len(lon), -1, dtype=np.int64)
    rows = np.flatnonzero(possible(lon, lat) & ~np.isnat(days))
    x, y = lon[rows], lat[rows]
    if layer.pays_index(len(rows)):
        x, y, place[rows] = _places_of(layer, x, y)
    else:
        place[rows] = np.arange(len(rows))
    return _passings(layer, x, y), place


def _places_of(layer: ControlLayer, lon: Reals, lat: Reals) -> tuple[Reals, Reals, Whole]:
    """Fewer places with the same histories: one for all rows of a cell that no edge ever meets.

    Rows outside the box of all edges have no history: the ground there is always the same party's, or nobody's.
    """
    from contested.territory.index.front_index import cut_to

    ends = layer.edge_runs.degrees()
    corners = ends.reshape(-1, 2)
    low = corners.min(axis=0, initial=180.0) - 1e-6
    side = np.maximum((corners.max(axis=0, initial=-180.0) + 1e-6 - low) / GRID, 1e-6)
    # A piece shorter than a cell meets no cells but those of its box's corners.
    cells = (cut_to(ends, 0.9 * side) - np.tile(low, 2)) / np.tile(side, 2)
    cells = np.sort(cells.reshape(-1, 2, 2), axis=1) + np.array([[-1e-3], [1e-3]])
    box = np.clip(cells, 0, GRID - 1).astype(np.int64)
    met = np.zeros((GRID, GRID), dtype=bool)
    for a in (0, 1):
        for b in (0, 1):
            met[box[:, a, 0], box[:, b, 1]] = True
    i, j = np.floor((lon - low[0]) / side[0]), np.floor((lat - low[1]) / side[1])
    inside = (i >= 0) & (i < GRID) & (j >= 0) & (j < GRID)
    cell = np.where(inside, i * GRID + j, 0).astype(np.int64)
    alone = inside & met.reshape(-1)[cell]
    shared = np.flatnonzero(inside & ~alone)
    used = np.zeros(GRID * GRID, dtype=np.int64)
    used[cell[shared]] = 1
    first, second = np.divmod(np.flatnonzero(used), GRID)
    place = np.full(len(lon), -1, dtype=np.int64)
    place[shared] = (np.cumsum(used) - 1)[cell[shared]]
    place[alone] = len(first) + np.arange(alone.sum())
    x = np.concatenate([low[0] + (first + 0.5) * side[0], lon[alone]])
    y = np.concatenate([low[1] + (second + 0.5) * side[1], lat[alone]])
    return x, y, place


def _passings(layer: ControlLayer, lon: Reals, lat: Reals) -> _Passings:
    """All passings of the places, by place and in order of time."""
    numbers = layer.maps_of_spans(np.arange(layer.span_count))
    spans = np.flatnonzero(np.append(True, numbers[1:] != numbers[:-1]) & (numbers >= 0))
    starts = layer.starts_of_spans(spans).view(np.int64)
    parts = [np.zeros((0, 4), dtype=np.int64)]
    size = max(1, MOST_PAIRS // max(1, len(spans)))
    for begin in range(0, len(lon) if len(spans) else 0, size):
        some = slice(begin, begin + size)
        x, y = np.repeat(lon[some], len(spans)), np.repeat(lat[some], len(spans))
        codes = layer.codes_in(x, y, np.tile(spans, len(lon[some]))).reshape(-1, len(spans))
        moved = np.flatnonzero((codes[:, 1:] != codes[:, :-1]).any(axis=1))
        found = _passings_of(codes[moved], len(layer.parties))
        found[:, 0] = begin + moved[found[:, 0]]
        parts.append(found)
    table = np.concatenate(parts)
    return _Passings(table[:, 0], starts[table[:, 1]] if len(table) else table[:, 1], table[:, 2], table[:, 3])


def _passings_of(codes: Whole, contested: int) -> Whole:
    """Row, span, party before and after of each passing; codes by row and span."""
    before = np.full(len(codes), -1, dtype=np.int64)
    fought = np.zeros(len(codes), dtype=bool)
    found = [np.zeros((0, 4), dtype=np.int64)]
    for span in range(codes.shape[1]):
        now = codes[:, span]
        fought |= now == contested
        held = now < contested
        passed = np.flatnonzero(held & (now != before) & ((before >= 0) | fought))
        found.append(np.stack([passed, np.full(len(passed), span), before[passed], now[passed]], axis=1))
        before = np.where(held, now, before)
    table = np.concatenate(found)
    return table[np.lexsort((table[:, 1], table[:, 0]))]
