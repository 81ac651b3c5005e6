"""The boundaries of a layer: every edge stored once, with the run of maps on which it stands.

In: areas of one layer, each with the spans of days on which it stands. Out: :class:`EdgeRuns`. Refuses: nothing.

From one map to the next under 1 % of a front's edges change. So the look-up, the distance to the front and the shares
of discs all work on these runs, and their cost does not grow with the number of days.

Areas of one party may touch (the edge between them is none of the ground's) and areas of two parties may share an edge,
corner by corner or not. Where areas overlap, their ground is parted first (:func:`part_overlaps`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from contested.territory.index.cell_index import PER_DEGREE, CellIndex, build_cell_index

Whole = NDArray[np.int64]

#: How far beside an edge its ground is probed, and how deep edges must cross to count as crossing; steps of the
#: lattice (3 cm). Rounding moves an edge by less than one. When changed: run tests/territory/index/test_edge_runs.py.
PROBE_STEPS = 3.0
#: What lies beside an edge where no area does, until it is known who holds such ground.
NO_AREA = 254
#: Pairs of edge and span probed at a time.
MOST_PROBES = 4_000_000


@dataclass(frozen=True, slots=True)
class EdgeRuns:
    """Directed edges between ground of two kinds, with the spans on which they stand.

    The areas of one span do not overlap (ground that two parties claim is the contested column's), so on each span
    every edge has one column on its left and another on its right. An edge whose sides change stands in several runs.

    Attributes
    ----------
    ends
        Start and end as whole steps of the lattice, shape (n, 4): longitude, latitude, longitude, latitude; int32.
    left, right
        Column on the left and on the right of the way from start to end, shape (n,); uint8. The columns are those of
        the layer: parties, contested, unknown.
    first, last
        First and last span of the run, both included, shape (n,); int32.
    rest
        Column of all ground that no area states.
    span_count
        Number of spans of the layer.
    """

    ends: NDArray[np.int32]
    left: NDArray[np.uint8]
    right: NDArray[np.uint8]
    first: NDArray[np.int32]
    last: NDArray[np.int32]
    rest: int
    span_count: int

    def degrees(self) -> NDArray[np.float64]:
        """Ends in degrees, shape (n, 4)."""
        return self.ends / PER_DEGREE

    def index(self) -> CellIndex:
        """The look-up of columns by point and span."""
        code = (self.left ^ self.right).astype(np.int32)
        return build_cell_index(self.ends, self.first, self.last, code, self.rest, self.span_count)


@dataclass(frozen=True, slots=True)
class Areas:
    """Areas of one layer: ``geometry[shape[k]]`` belongs to a column from its first to its last span, both included."""

    geometry: NDArray[Any]
    shape: Whole
    column: Whole
    first: Whole
    last: Whole


def trace_edges(
    areas: Areas, rest: int, span_count: int, disjoint: Callable[[int], dict[int, Any]] | None = None
) -> EdgeRuns:
    """The runs of all edges.

    Parameters
    ----------
    areas
        Valid polygons and multipolygons.
    rest
        Column of ground in no area.
    span_count
        Number of spans.
    disjoint
        For a span, column → ground, without overlap; asked for spans on which areas overlap.
    """
    runs, doubled = _trace(areas, NO_AREA, span_count)
    if disjoint is not None and _several_at_once(areas, span_count):
        overlapping = doubled | _crossed_or_covered(runs)
        if overlapping.any():
            runs, _ = _trace(part_overlaps(areas, overlapping, disjoint), NO_AREA, span_count)
    # An area of the party that holds all other ground has no edge towards it.
    left, right = (np.where(side == NO_AREA, rest, side).astype(np.uint8) for side in (runs.left, runs.right))
    kept = left != right
    return EdgeRuns(runs.ends[kept], left[kept], right[kept], runs.first[kept], runs.last[kept], rest, span_count)


def part_overlaps(areas: Areas, overlapping: NDArray[np.bool_], disjoint: Callable[[int], dict[int, Any]]) -> Areas:
    """Areas with the ground of certain spans parted into one area a column."""
    keep = [_without_spans(areas, row, overlapping) for row in range(len(areas.shape))]
    rows = [(int(areas.shape[row]), int(areas.column[row]), a, b) for row, spans in enumerate(keep) for a, b in spans]
    shapes = list(areas.geometry)
    for span in np.flatnonzero(overlapping).tolist():
        for column, ground in disjoint(span).items():
            rows.append((len(shapes), column, span, span))
            shapes.append(ground)
    numbers = np.array(rows, dtype=np.int64).reshape(-1, 4)
    return Areas(np.array(shapes, dtype=object), *numbers.T)


def _without_spans(areas: Areas, row: int, barred: NDArray[np.bool_]) -> list[tuple[int, int]]:
    first, last = int(areas.first[row]), int(areas.last[row])
    free = np.flatnonzero(~barred[first : last + 1]) + first
    if not len(free):
        return []
    breaks = np.flatnonzero(np.diff(free) > 1)
    starts, stops = free[np.append(0, breaks + 1)], free[np.append(breaks, len(free) - 1)]
    return list(zip(starts.tolist(), stops.tolist(), strict=True))


def _several_at_once(areas: Areas, span_count: int) -> bool:
    change = np.bincount(areas.first, minlength=span_count + 1)
    change = change - np.bincount(areas.last + 1, minlength=span_count + 1)
    return bool((np.cumsum(change) > 1).any())


def _trace(areas: Areas, rest: int, span_count: int) -> tuple[EdgeRuns, NDArray[np.bool_]]:
    """The runs, and the spans on which some edge has two areas on one side."""
    ends, shape, side = _lattice_edges(areas.geometry)
    ends, edge = _distinct(ends)
    # Each area has the edges of its shape.
    by_shape = np.argsort(shape, kind="stable")
    begin = np.searchsorted(shape[by_shape], areas.shape)
    count = np.searchsorted(shape[by_shape], areas.shape, side="right") - begin
    row = np.repeat(np.arange(len(areas.shape)), count)
    at = by_shape[np.repeat(begin, count) + _count_up(count)]
    # An area that goes on in the next span, with the same edge, goes on as one.
    width, columns = span_count + 1, int(areas.column.max(initial=0)) + 1
    kind = (edge[at] * 2 + side[at]) * columns + areas.column[row]
    key = kind * width + areas.first[row]
    order = np.argsort(key)
    key, stop = key[order], areas.last[row][order] + 1
    goes_on = np.append(False, key[1:] == key[:-1] // width * width + stop[:-1])[: len(key)]
    start = np.flatnonzero(~goes_on)
    key, stop = key[start], stop[np.append(start[1:], len(key))[: len(start)] - 1]
    kind, begun = np.divmod(key, width)
    edge, side, column = kind // columns // 2, kind // columns % 2, kind % columns
    # The spans of an edge are cut into pieces wherever an area at it begins or ends.
    cuts = np.unique(np.concatenate([edge * width + begun, edge * width + stop]))
    begin = np.searchsorted(cuts, edge * width + begun)
    count = np.searchsorted(cuts, edge * width + stop) - begin
    piece = np.repeat(begin, count) + _count_up(count)
    side, column = np.repeat(side, count), np.repeat(column, count)
    met = np.bincount(piece * 2 + side, minlength=2 * len(cuts)).reshape(-1, 2)
    twice = np.flatnonzero((met > 1).any(axis=1))
    doubled = np.zeros(span_count + 1, dtype=np.int64)
    np.add.at(doubled, cuts[twice] % width, 1)
    np.subtract.at(doubled, cuts[np.minimum(twice + 1, len(cuts) - 1)] % width, 1)
    return _pair_sides(ends, cuts, piece, np.where(side == 0, 1, -1), column, rest, span_count), (
        np.cumsum(doubled)[:-1] > 0
    )


def _pair_sides(
    ends: NDArray[np.int32], cuts: Whole, piece: Whole, sign: Whole, column: Whole, rest: int, span_count: int
) -> EdgeRuns:
    """One run for every stretch of spans on which what lies left and right of an edge stays the same.

    Ground of one column on both sides is no boundary. Rounding may lay edges of two slivers onto each other; the edge
    then stands once for each, so that crossing all of them still adds up.
    """
    columns, width = int(column.max(initial=0)) + 1, span_count + 1
    key, which = np.unique(piece * columns + column, return_inverse=True)
    net = np.bincount(which.reshape(-1), sign, minlength=len(key)).astype(np.int64)
    piece, column = np.divmod(np.repeat(key, np.abs(net)), columns)
    left = np.repeat(net > 0, np.abs(net))
    # The first ground on the left is paired with the first on the right, and so on; the rest makes up the number.
    place = np.zeros(len(piece), dtype=np.int64)
    for chosen in (np.flatnonzero(left), np.flatnonzero(~left)):
        new = np.append(True, np.diff(piece[chosen]) != 0)[: len(chosen)]
        place[chosen] = np.arange(len(chosen)) - np.flatnonzero(new)[np.cumsum(new) - 1] if len(chosen) else 0
    levels = int(place.max(initial=0)) + 1
    slot, which = np.unique((cuts[piece] // width * levels + place) * width + cuts[piece] % width, return_inverse=True)
    beside = np.full((len(slot), 2), rest, dtype=np.uint8)
    beside[which.reshape(-1), np.where(left, 0, 1)] = column
    end_of = np.zeros(len(slot), dtype=np.int64)
    end_of[which.reshape(-1)] = cuts[np.minimum(piece + 1, len(cuts) - 1)] % width - 1
    live = np.flatnonzero(beside[:, 0] != beside[:, 1])
    slot, beside, last = slot[live], beside[live], end_of[live]
    line, first = np.divmod(slot, width)
    goes_on = np.zeros(len(slot), dtype=bool)
    goes_on[1:] = (line[1:] == line[:-1]) & (first[1:] == last[:-1] + 1) & (beside[1:] == beside[:-1]).all(axis=1)
    start = np.flatnonzero(~goes_on)
    stop = np.append(start[1:], len(slot))[: len(start)] - 1
    return EdgeRuns(
        ends[line[start] // levels], beside[start, 0], beside[start, 1],
        first[start].astype(np.int32), last[stop].astype(np.int32), rest, span_count,
    )  # fmt: skip


def _lattice_edges(geometry: NDArray[Any]) -> tuple[NDArray[np.int32], Whole, Whole]:
    """Edges as steps of the lattice, number of the geometry, and the side on which its ground lies."""
    turned = shapely.orient_polygons(geometry)
    parts, owner = shapely.get_parts(turned, return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    points, ring = shapely.get_coordinates(rings, return_index=True)
    steps = np.rint(points * PER_DEGREE).astype(np.int32)
    same = ring[1:] == ring[:-1]
    ends = np.concatenate([steps[:-1], steps[1:]], axis=1)
    keep = same & ((ends[:, 0] != ends[:, 2]) | (ends[:, 1] != ends[:, 3]))
    ends = ends[keep]
    back = (ends[:, 0] > ends[:, 2]) | ((ends[:, 0] == ends[:, 2]) & (ends[:, 1] > ends[:, 3]))
    ends[back] = ends[back][:, [2, 3, 0, 1]]
    return ends, owner[part[ring[:-1][keep]]].astype(np.int64), back.astype(np.int64)


def _distinct(ends: NDArray[np.int32]) -> tuple[NDArray[np.int32], Whole]:
    """Distinct edges, and each edge's number among them."""
    halves = ends.view(np.uint32).astype(np.uint64)
    start, stop = halves[:, 0] << np.uint64(32) | halves[:, 1], halves[:, 2] << np.uint64(32) | halves[:, 3]
    with np.errstate(over="ignore"):
        mixed = start * np.uint64(0x9E3779B97F4A7C15)
        mixed ^= mixed >> np.uint64(29)
        mixed = (mixed + stop) * np.uint64(0xBF58476D1CE4E5B9)
        mixed ^= mixed >> np.uint64(32)
    _, example, number = np.unique(mixed, return_index=True, return_inverse=True)
    if (ends[example[number]] != ends).any():  # two edges met in one mark: once in ten billion layers
        unique, number = np.unique(ends, axis=0, return_inverse=True)
        return unique, number.reshape(-1)
    return ends[example], number.reshape(-1)


# ------------------------------------------------------------------------------------------------------ overlaps


def _crossed_or_covered(runs: EdgeRuns) -> NDArray[np.bool_]:
    """Spans on which areas overlap by more than rounding, told by their edges.

    The ground of an overlap is bounded by edges that have two areas on one side. Either such an edge has them along
    its whole length, and a probe beside its middle meets both; or another edge crosses it.
    """
    found = np.zeros(runs.span_count + 1, dtype=np.int64)
    first, last = _crossings(runs)
    np.add.at(found, first, 1)
    np.subtract.at(found, last + 1, 1)
    overlapping: NDArray[np.bool_] = np.cumsum(found)[:-1] > 0
    return overlapping | _covered(runs)


def _crossings(runs: EdgeRuns) -> tuple[Whole, Whole]:
    """First and last span of each crossing of two edges."""
    ends = runs.ends.astype(np.float64)
    lines = shapely.linestrings(ends.reshape(-1, 2, 2))
    one, other = shapely.STRtree(lines).query(lines)
    first = np.maximum(runs.first[one], runs.first[other])
    last = np.minimum(runs.last[one], runs.last[other])
    chosen = np.flatnonzero((one < other) & (first <= last))
    chosen = chosen[_cross_deeply(ends[one[chosen]], ends[other[chosen]])]
    return first[chosen], last[chosen]


def _cross_deeply(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Whether each pair of edges crosses, with all ends off the other's line by more than rounding."""

    def offsets(line: NDArray[np.float64], points: NDArray[np.float64]) -> tuple[Any, Any]:
        step = line[:, 2:] - line[:, :2]
        size = np.hypot(step[:, 0], step[:, 1])
        off = [
            (step[:, 0] * (p[:, 1] - line[:, 1]) - step[:, 1] * (p[:, 0] - line[:, 0])) / size
            for p in (points[:, :2], points[:, 2:])
        ]
        return off[0], off[1]

    (p, q), (r, s) = offsets(a, b), offsets(b, a)
    apart = (p * q < 0) & (r * s < 0)
    deep: NDArray[np.bool_] = apart & (np.min(np.abs([p, q, r, s]), axis=0) > PROBE_STEPS)
    return deep


def _covered(runs: EdgeRuns) -> NDArray[np.bool_]:
    """Spans on which the ground beside an edge is not that of the one column alone that the edge bounds."""
    # Marks whose sums without carry tell which columns were met an odd number of times.
    marks = np.random.default_rng(0).integers(1, 2**30, size=256, dtype=np.int32)
    marks[runs.rest] = 0
    raw = build_cell_index(
        runs.ends, runs.first, runs.last, marks[runs.left] ^ marks[runs.right], 0, runs.span_count
    )  # fmt: skip
    ends = runs.ends.astype(np.float64)
    step = ends[:, 2:] - ends[:, :2]
    to_left = np.stack([-step[:, 1], step[:, 0]], axis=1) * (PROBE_STEPS / np.hypot(*step.T))[:, None]
    covered = np.zeros(runs.span_count, dtype=bool)
    count = (runs.last - runs.first + 1).astype(np.int64)
    limits = np.searchsorted(np.cumsum(count), np.arange(MOST_PROBES, count.sum(), MOST_PROBES))
    for some in np.split(np.arange(len(count)), limits):
        run = np.repeat(some, count[some])
        span = runs.first[run] + _count_up(count[some])
        for beside, expected in ((to_left, marks[runs.left]), (-to_left, marks[runs.right])):
            probe = ((ends[:, :2] + ends[:, 2:]) / 2 + beside)[run] / PER_DEGREE
            met = raw.states_in(probe[:, 0].copy(), probe[:, 1].copy(), span)
            covered[span[(met != expected[run]) & (met != raw.near)]] = True
    return covered


def _count_up(count: Whole) -> Whole:
    """0, 1, … for each count, one after another."""
    ends = np.cumsum(count)
    return np.arange(ends[-1] if len(ends) else 0) - np.repeat(ends - count, count)
