"""Shares of discs over days, exactly, from the edges that meet them.

In: the edges of a layer with their runs; points, radii, days. Out: the share of each column, each row summing to 1.
Refuses: nothing; what has no place or no day is unknown.

Model. A disc is the ellipse in degrees that is a circle in the metric at its centre: metres per degree of the meridian
and of the parallel there, on WGS 84. Edges are straight in degrees and areas plane in that metric. In this model the
shares are exact up to rounding (1e-9 is tested). The model itself departs from geodesic discs with authalic areas by
what ``docs/methods/disc-shares.md`` tabulates; :func:`within_model` tells where that is less than ``MODEL_ERROR``.

A run counts by the share of the days on which it stands, so a window of days costs one pass, not one a day.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from contested.base.compiled import share_rows
from contested.territory.areas import is_clear_of_poles
from contested.territory.index.edge_blocks import cut_into_blocks
from contested.territory.index.edge_runs import EdgeRuns

Reals = NDArray[np.float64]
Whole = NDArray[np.int64]
#: Column number at each point in each span.
CodesIn = Callable[[Reals, Reals, Whole], NDArray[np.integer]]

#: Largest departure of a share from that of the geodesic disc, which the two limits below keep.
MODEL_ERROR = 0.002
#: A parallel bends away from the great circle, so the share of a disc cut by one departs with R·tan(latitude). This is
#: the largest product kept, metres. When changed: run scripts/measure_discs.py again.
MOST_BENT_M = 110_000.0
#: Largest radius kept at any latitude, metres: there the metric at the rim is no longer that of the centre.
LARGEST_M = 500_000.0

#: Smaller discs have the column at their centre told by the edges alone, metres: there rounding is no small matter.
SMALLEST_M = 1.0

#: Rows that a thread takes at a time.
_CHUNK = 65_536
#: Points looked up at a time.
_POINTS = 1_000_000


class DiscShares:
    """Shares of discs and days in one layer; safe to ask from several threads.

    Parameters
    ----------
    runs
        Edges of the layer.
    columns
        Number of columns: parties, contested, unknown. The last takes all days without a map.
    span_starts
        First day of each span, days since 1970-01-01, ascending. The last span has no end.
    mapped
        Whether each span has a map.
    codes_in
        The layer's look-up of points: gives the column at the centre of a disc that is asked about one map, and
        answers rows of radius 0, by its own rule for points on a boundary.
    """

    def __init__(
        self, runs: EdgeRuns, columns: int, span_starts: Whole, mapped: NDArray[np.bool_], codes_in: CodesIn
    ) -> None:
        self._columns = columns
        self._rest = runs.rest
        self._starts = np.asarray(span_starts, dtype=np.int64)
        self._mapped = np.asarray(mapped, dtype=bool)
        self._codes_in = codes_in
        self._blocks = cut_into_blocks(runs, self._starts)
        lengths = np.diff(self._starts)
        self._mapped_before = np.concatenate([[0], np.cumsum(lengths * self._mapped[:-1])])

    @property
    def size_bytes(self) -> int:
        """Memory of the edges and their trees."""
        return self._blocks.size_bytes

    def shares(
        self, lon: Reals, lat: Reals, radius_m: Reals, first_day: Whole, last_day: Whole, threads: int = 1
    ) -> Reals:
        """Share of each column over disc and days, shape (rows, columns).

        Parameters
        ----------
        lon, lat
            WGS 84 degrees; a row that is not finite or out of range is unknown, as is a disc about a pole.
        radius_m
            Metres; 0 means the point itself.
        first_day, last_day
            Days since 1970-01-01, both included.
        threads
            Threads that share the rows.
        """
        lon, lat, radius_m = (np.ascontiguousarray(values, dtype=np.float64) for values in (lon, lat, radius_m))
        first_day, last_day = (np.ascontiguousarray(values, dtype=np.int64) for values in (first_day, last_day))
        p = np.zeros((len(lon), self._columns))
        chunks = [slice(start, start + _CHUNK) for start in range(0, len(lon), _CHUNK)]

        def fill(rows: slice) -> None:
            self._fill(lon[rows], lat[rows], radius_m[rows], first_day[rows], last_day[rows], p[rows])

        share_rows(fill, chunks, threads)
        return p

    def _fill(self, lon: Reals, lat: Reals, radius_m: Reals, first_day: Whole, last_day: Whole, p: Reals) -> None:
        """Shares of one chunk, written to ``p``, which comes as zeros."""
        point = radius_m == 0
        if not point.any():
            self._fill_discs(lon, lat, radius_m, first_day, last_day, p)
            return
        spots, discs = np.flatnonzero(point), np.flatnonzero(~point)
        p[spots] = self._points(lon[spots], lat[spots], first_day[spots], last_day[spots])
        part = np.zeros((len(discs), self._columns))
        self._fill_discs(lon[discs], lat[discs], radius_m[discs], first_day[discs], last_day[discs], part)
        p[discs] = part

    def _fill_discs(self, lon: Reals, lat: Reals, radius_m: Reals, first_day: Whole, last_day: Whole, p: Reals) -> None:
        from contested.territory.index.disc_kernels import add_discs, place_rows

        blocks, after, count = self._blocks, last_day + 1, len(lon)
        span, block, mapped = np.empty(count, np.int64), np.empty(count, np.int64), np.empty(count)
        place_rows(
            first_day, after, self._starts, self._mapped, self._mapped_before, blocks.steps, blocks.first_block,
            span, block, mapped,
        )  # fmt: skip
        with np.errstate(invalid="ignore"):
            drawable = (np.abs(lon) <= 180.0) & is_clear_of_poles(lat, radius_m)
        block[~drawable] = -1
        column = np.full(count, -1, dtype=np.int64)
        one_map = np.flatnonzero((span >= 0) & (block >= 0) & (radius_m >= SMALLEST_M))
        column[one_map] = self._codes_in(lon[one_map], lat[one_map], span[one_map])

        def add(rows: Any, shares: Reals) -> None:
            add_discs(
                lon[rows], lat[rows], radius_m[rows], first_day[rows], after[rows], block[rows], mapped[rows],
                column[rows], self._rest, blocks.nodes, blocks.edges, blocks.roots, shares,
            )  # fmt: skip

        add(slice(None), p)
        near = one_map[column[one_map] < 0]
        if len(near):
            again = np.zeros((len(near), self._columns))
            add(near, again)
            p[near] = again
        # Rounding may leave a hair below 0 where a column has nothing.
        np.maximum(p, 0.0, out=p)
        p /= p.sum(axis=1, keepdims=True)

    def _span_of(self, days: Whole) -> Whole:
        return np.searchsorted(self._starts, days, side="right") - 1

    def _points(self, lon: Reals, lat: Reals, first_day: Whole, last_day: Whole) -> Reals:
        """Shares of the days alone, each span looked up once."""
        p = np.zeros((len(lon), self._columns))
        if not len(lon):
            return p
        first, last = self._span_of(first_day), self._span_of(last_day)
        ends = np.append(self._starts[1:], np.iinfo(np.int64).max)
        counts = last - first + 1
        stops = np.cumsum(counts)
        begin = 0
        while begin < len(lon):
            before = stops[begin] - counts[begin]
            end = max(int(np.searchsorted(stops, before + _POINTS, side="right")), begin + 1)
            row = np.repeat(np.arange(begin, end), counts[begin:end])
            span = first[row] + np.arange(len(row)) - (stops[row] - counts[row] - before)
            starts = np.where(span < 0, np.iinfo(np.int64).min, self._starts[np.maximum(span, 0)])
            stop = np.where(span < 0, self._starts[0], ends[np.maximum(span, 0)])
            days = np.minimum(last_day[row] + 1, stop) - np.maximum(first_day[row], starts)
            codes = np.where(span < 0, self._columns - 1, self._codes_in(lon[row], lat[row], np.maximum(span, 0)))
            total = np.bincount(row * self._columns + codes, days, minlength=end * self._columns)
            p[begin:end] = total.reshape(-1, self._columns)[begin:end]
            p[begin:end] /= p[begin:end].sum(axis=1, keepdims=True)
            begin = end
        return p


def within_model(lat: Reals, radius_m: Reals) -> NDArray[np.bool_]:
    """Whether a disc's shares depart from the geodesic disc's by less than ``MODEL_ERROR``; not for NaN."""
    with np.errstate(invalid="ignore"):
        bent = radius_m * np.tan(np.radians(np.abs(lat)))
    return (bent <= MOST_BENT_M) & (radius_m <= LARGEST_M)
