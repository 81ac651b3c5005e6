"""The front's edges, ready to be asked for the nearest: a tree of boxes around the edges of each block of spans.

In: edges with the spans on which they stand. Out: :class:`FrontIndex`, which gives the nearest point of the front for
arrays of points and spans. Refuses: nothing; a point that is not finite, or a span without front, is far from all.

Edges are straight in longitude and latitude. They are cut into pieces so short that the chord of a piece lies within
:data:`SAG_M` of it, and searched as chords in metres from the earth's centre: no projection, so that poles and the
antimeridian are places like any other. The nearest chord has the nearest piece as long as it is near; farther than
:data:`NEAR_M`, all pieces that can be nearest are measured along the ellipsoid.

The cost does not grow with the number of spans: an edge stands once in every block of :data:`BLOCK_SPANS` spans that
its run meets.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from contested.base.compiled import share_rows
from contested.base.places import from_centre, geodesic_m, wgs84
from contested.territory.index.curve import along_curve

Reals = NDArray[np.float64]
Whole = NDArray[np.int64]

#: Most that a piece of an edge may leave its chord, metres, sideways or in depth. Two pieces as near as this may be
#: taken for each other. A quarter of it makes twice as many pieces. When changed: run
#: tests/territory/index/test_front_index.py.
SAG_M = 0.03
#: Longest piece, degrees, whatever its sag.
LONGEST_DEGREES = 0.5
#: Spans searched in one tree, as a power of two. Of a front's edges, under 1 % change from map to map: at 32 maps, one
#: in four of a tree's edges does not stand on the span that is asked for.
BLOCK_SPANS = 32
#: Distance up to which the nearest chord has the nearest piece, metres: there, arcs over one chord differ by less than
#: 5 cm whatever their direction. When changed: run tests/territory/index/test_front_index.py.
NEAR_M = 150_000.0
#: Distance from which points may lie opposite each other, where Vincenty's formula does not settle, metres.
OPPOSITE_M = 19_900_000.0
#: Room around a box, metres: its corners and the point are rounded to 32 bits, 1 m at the other side of the earth.
ROOM_M = 2.0
#: Most rows that one thread takes at a time; they are sorted by place, so that neighbours are asked for together.
CHUNK = 1 << 17


@dataclass(frozen=True, slots=True)
class NearestEdges:
    """The nearest point of the front, one row a point.

    Attributes
    ----------
    metres
        Geodesic metres to it; NaN when there is no point, no span or no front.
    lon, lat
        The point itself, degrees; NaN likewise.
    bearing_deg
        Direction to it, clockwise from north, 0 to 360 degrees; NaN likewise.
    edge
        Number of its edge; -1 likewise.
    """

    metres: Reals
    lon: Reals
    lat: Reals
    bearing_deg: Reals
    edge: Whole


class FrontIndex:
    """Edges with the spans on which they stand.

    Parameters
    ----------
    ends
        Longitude and latitude of start and end, degrees, shape (n, 4).
    first, last
        First and last span of each edge, both included.
    span_count
        Number of spans; the edges' own when left out.
    """

    def __init__(self, ends: Reals, first: ArrayLike, last: ArrayLike, span_count: int | None = None) -> None:
        self.ends = np.asarray(ends, dtype=np.float64).reshape(-1, 4)
        first, last = np.asarray(first, dtype=np.int32), np.asarray(last, dtype=np.int32)
        self.span_count = int(last.max(initial=-1)) + 1 if span_count is None else span_count
        self._shift = BLOCK_SPANS.bit_length() - 1
        edge, start, stop = cut_edges(self.ends)
        self._edge = edge
        self._pieces = np.concatenate([start, stop - start], axis=1)
        self._first, self._last = first[edge], last[edge]
        self._bounds = (0.0, 0.0, 1.0, 1.0)
        if len(edge):
            (west, south), (east, north) = start.min(axis=0) - 1.0, start.max(axis=0) + 1.0
            self._bounds = (float(west), float(south), float(east), float(north))
        a, b = from_centre(start), from_centre(stop)
        self._centre = a.mean(axis=0).round() if len(a) else np.zeros(3)
        self._build(a - self._centre, b - self._centre, along_curve((start + stop) / 2))

    @property
    def nbytes(self) -> int:
        """Size in memory."""
        arrays = (self._boxes, self._leaves, self._life, self._piece_of, self._pieces, self._edge)
        return sum(array.nbytes for array in (*arrays, self._first, self._last, self.ends))

    def nearest(self, lon: ArrayLike, lat: ArrayLike, span: ArrayLike, threads: int = 1) -> NearestEdges:
        """The nearest point of the front for each point on its span.

        Parameters
        ----------
        lon, lat
            Degrees.
        span
            Number of the span; a negative one, or one not known, has no front.
        threads
            Threads that share the rows.
        """
        arrays = np.broadcast_arrays(
            np.atleast_1d(np.asarray(lon, dtype=np.float64)), np.asarray(lat, dtype=np.float64), np.asarray(span)
        )
        x, y, t = (np.ascontiguousarray(array) for array in arrays)
        with np.errstate(invalid="ignore"):
            asked = (np.abs(x) <= 180.0) & (np.abs(y) <= 90.0) & (t >= 0) & (t < self.span_count)
        rows = None if asked.all() else np.flatnonzero(asked)
        if rows is not None:
            x, y, t = x[rows], y[rows], t[rows]
        n = len(x)
        hits, found = np.full((4, n), np.nan), np.full(n, -1, dtype=np.int64)
        if n and len(self._pieces):
            # As many parts for each thread.
            size = -(-n // (threads * -(-n // (threads * CHUNK))))
            parts = [slice(at, min(at + size, n)) for at in range(0, n, size)]

            def search(part: slice) -> None:
                self._search(x[part], y[part], t[part], hits[:, part], found[part])

            share_rows(search, parts, threads)
        edge = np.where(found < 0, -1, self._edge[self._piece_of[found]]) if len(self._pieces) else found
        if rows is not None:
            some_hits, some_edges = hits, edge
            hits, edge = np.full((4, len(asked)), np.nan), np.full(len(asked), -1, dtype=np.int64)
            hits[:, rows], edge[rows] = some_hits, some_edges
        return NearestEdges(hits[0], hits[1], hits[2], np.degrees(hits[3]) % 360.0, edge)

    def sides_of(self, lon: Reals, lat: Reals, edge: Whole) -> NDArray[np.int8]:
        """Side of each row's edge, seen from its start to its end: 1 left, -1 right, 0 on its line or without edge.

        Where the nearest point is a corner, the index names the edge whose side is the corner's.
        """
        side = np.zeros(len(lon), dtype=np.int8)
        rows = np.flatnonzero(edge >= 0)
        ends = self.ends[edge[rows]]
        # East of the start by less than half a turn; on the edge's own side of the antimeridian.
        east = (lon[rows] - ends[:, 0] + 180.0) % 360.0 - 180.0
        step = ends[:, 2:] - ends[:, :2]
        side[rows] = np.sign(step[:, 0] * (lat[rows] - ends[:, 1]) - step[:, 1] * east)
        return side

    def _search(self, lon: Reals, lat: Reals, span: Any, hits: Reals, found: Whole) -> None:
        """Fill in metres, longitude, latitude and bearing in radians (the four rows of ``hits``), and the piece."""
        from contested.territory.index import front_kernels as kernels

        order = np.empty(len(lon), dtype=np.int64)
        kernels.sort_rows(lon, lat, span, self._shift, *self._bounds, len(self._levels), order)
        cx, cy, cz = self._centre
        tree = (
            self._shift, self._levels, self._level_at, self._leaf_at, self._boxes, self._leaves, self._life,
            self._piece_of, self._pieces, cx, cy, cz,
        )  # fmt: skip
        metres, to_lon, to_lat, bearing = hits[0], hits[1], hits[2], hits[3]
        kernels.search(order, lon, lat, span, *tree, metres, to_lon, to_lat, bearing, found)
        far = order[metres[order] > NEAR_M]
        if len(far):
            kernels.refine(far, lon, lat, span, *tree, metres, to_lon, to_lat, bearing, found)
            for row in far[metres[far] > OPPOSITE_M].tolist():
                at = self._nearest_of_opposite(float(lon[row]), float(lat[row]), int(span[row]))
                metres[row], to_lon[row], to_lat[row], bearing[row], found[row] = at

    def _nearest_of_opposite(self, lon: float, lat: float, span: int) -> tuple[float, float, float, float, int]:
        """All pieces measured, finely, for a point that has the front at the other end of the earth."""
        alive = np.flatnonzero((self._first <= span) & (span <= self._last))
        share = np.linspace(0.0, 1.0, 9)
        points = self._pieces[alive, None, :2] + share[:, None] * self._pieces[alive, None, 2:]
        metres = geodesic_m(lon, lat, points[..., 0], points[..., 1])
        which, part = np.unravel_index(int(np.argmin(metres)), metres.shape)
        best = points[which, part]
        azimuth, _, _ = wgs84().inv(lon, lat, best[0], best[1])
        slot = int(np.flatnonzero(self._piece_of == alive[which])[0])
        return float(metres[which, part]), float(best[0]), float(best[1]), float(np.radians(azimuth)), slot

    def _build(self, a: Reals, b: Reals, place: Whole) -> None:
        blocks = max(1, -(-self.span_count // BLOCK_SPANS))
        step = b - a
        length = np.sqrt((step * step).sum(axis=1))
        unit = step / np.where(length == 0, 1.0, length)[:, None]
        chords = np.concatenate([a, unit, length[:, None]], axis=1)
        low, high = np.minimum(a, b), np.maximum(a, b)
        by_place = np.argsort(place, kind="stable")
        boxes, leaves, life, piece_of = [], [], [], []
        self._levels = np.zeros(blocks, dtype=np.int64)
        self._level_at = np.zeros((blocks, 16), dtype=np.int64)
        self._leaf_at = np.zeros(blocks, dtype=np.int64)
        node_count = leaf_count = 0
        for block in range(blocks):
            begin, end = block * BLOCK_SPANS, (block + 1) * BLOCK_SPANS - 1
            ids = by_place[(self._first[by_place] <= end) & (self._last[by_place] >= begin)]
            self._leaf_at[block] = leaf_count
            if not len(ids):
                continue
            leaves.append(_eights(chords[ids], np.array([1e12, 1e12, 1e12, 0, 0, 0, 0])))
            life.append(_eights(np.stack([self._first[ids], self._last[ids]], axis=1), np.array([1, -1])))
            piece_of.append(_eights(ids[:, None], np.array([0])).reshape(-1))
            leaf_count += len(leaves[-1])
            inner_low, inner_high = _of_eights(low[ids], high[ids])
            level = 1
            while True:
                self._level_at[block, level] = node_count
                corners = np.concatenate([inner_low - ROOM_M, inner_high + ROOM_M], axis=1)
                boxes.append(_eights(corners, np.full(6, 1e13)))
                node_count += len(boxes[-1])
                level += 1
                if len(boxes[-1]) == 1:
                    break
                inner_low, inner_high = _of_eights(inner_low, inner_high)
            self._levels[block] = level
        self._boxes = _joined(boxes, (0, 6, 8), np.float32)
        self._leaves = _joined(leaves, (0, 7, 8), np.float64)
        self._life = _joined(life, (0, 2, 8), np.int32)
        self._piece_of = _joined(piece_of, (0,), np.int32)


def cut_edges(ends: Reals) -> tuple[Whole, Reals, Reals]:
    """Edges cut into pieces that their chords stand for: the edge of each, and its start and end in degrees."""
    a, b = ends[:, :2], ends[:, 2:]
    count = np.maximum(1, np.ceil(np.abs(b - a).max(axis=1, initial=0.0) / LONGEST_DEGREES)).astype(np.int64)
    edge, start, stop = _cut(np.arange(len(ends)), a, b, count)
    # How far the middle lies from that of the chord; it falls with the square of the number of pieces.
    sag = from_centre((start + stop) / 2) - (from_centre(start) + from_centre(stop)) / 2
    size = np.sqrt((sag * sag).sum(axis=1))
    return _cut(edge, start, stop, np.maximum(1, np.ceil(np.sqrt(size / SAG_M))).astype(np.int64))


def cut_to(ends: Reals, most: Reals) -> Reals:
    """Edges cut into pieces no longer than ``most`` (degrees east and north): ends of the pieces, shape (n, 4)."""
    a, b = ends[:, :2], ends[:, 2:]
    count = np.maximum(1, np.ceil((np.abs(b - a) / most).max(axis=1, initial=0.0))).astype(np.int64)
    _, start, stop = _cut(np.arange(len(ends)), a, b, count)
    return np.concatenate([start, stop], axis=1)


def _cut(edge: Whole, a: Reals, b: Reals, count: Whole) -> tuple[Whole, Reals, Reals]:
    row = np.repeat(np.arange(len(edge)), count)
    step = np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count)
    low, high = (step / count[row])[:, None], ((step + 1) / count[row])[:, None]
    way = (b - a)[row]
    return edge[row], a[row] + low * way, np.where(high == 1.0, b[row], a[row] + high * way)


def _eights(rows: NDArray[Any], filler: NDArray[Any]) -> NDArray[Any]:
    """Rows in groups of eight, field by field: shape (groups, fields, 8)."""
    groups = -(-len(rows) // 8)
    whole = np.concatenate([rows, np.repeat(filler[None], groups * 8 - len(rows), axis=0)])
    return whole.reshape(groups, 8, -1).transpose(0, 2, 1)


def _of_eights(low: Reals, high: Reals) -> tuple[Reals, Reals]:
    starts = np.arange(0, len(low), 8)
    return np.minimum.reduceat(low, starts), np.maximum.reduceat(high, starts)


def _joined(parts: list[NDArray[Any]], shape: tuple[int, ...], kind: Any) -> NDArray[Any]:
    return np.ascontiguousarray(np.concatenate(parts) if parts else np.zeros(shape), dtype=kind)
