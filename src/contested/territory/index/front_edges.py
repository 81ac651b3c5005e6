"""Which edges of a layer are front, and on which spans.

In: the edge runs of a layer, the two parties that are asked for, perhaps the outline of a region. Out:
:class:`FrontEdges`. Refuses: a border's distance that is negative.

The rule is that of :mod:`contested.territory.fronts`: an edge between ground of two parties is front, and so is one
between a party's ground and contested ground. Areas that do not share an edge corner by corner but run beside each
other within :data:`~contested.territory.ground.TOUCH_DEGREES` share it all the same; the edge of one of them then
stands for both. Edges on the antimeridian or on a pole are the ends of the map and no front.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from contested.base.errors import RecordError
from contested.base.places import wgs84
from contested.territory.areas import only_polygons
from contested.territory.ground import SHORTEST_FRONT_DEGREES, TOUCH_DEGREES
from contested.territory.index.edge_runs import EdgeRuns

Reals = NDArray[np.float64]
Whole = NDArray[np.int64]

#: Longest piece of a region's outline that one local measure of degrees serves, degrees.
OUTLINE_DEGREES = 0.1
#: Two edges this close are the same line: twice what rounding to the lattice moves them.
SAME_DEGREES = 2e-7


@dataclass(frozen=True, slots=True)
class FrontEdges:
    """Edges of the front.

    Attributes
    ----------
    ends
        Longitude and latitude of start and end, degrees, shape (n, 4).
    first, last
        First and last span on which each stands, both included.
    """

    ends: Reals
    first: Whole
    last: Whole

    def on(self, span: int) -> Reals:
        """Ends of the edges that stand on a span."""
        return self.ends[(self.first <= span) & (span <= self.last)]


@dataclass(frozen=True)
class Border:
    """The coast and the state border of a region, along which no front runs.

    Where only one party's ground is drawn and all other ground is named by ``elsewhere``, the party's whole boundary is
    front, its coast and its international border included. What lies within ``within_m`` metres of the outline of the
    region is then left out. A true front that reaches the outline loses its last ``within_m`` metres.

    Attributes
    ----------
    region
        Polygon whose outline is coast and state border, degrees.
    within_m
        Distance from the outline, metres: as much as the outline and the layer may miss each other by. Kept within 1 %.
    """

    region: Any
    within_m: float

    def __post_init__(self) -> None:
        if not (np.isfinite(self.within_m) and self.within_m >= 0):
            raise RecordError(f"border: {self.within_m!r} is no distance; expected metres, 0 or more")

    def zone(self) -> Any:
        """All ground within the distance of the outline, as a polygon in degrees."""
        outline = shapely.segmentize(only_polygons(self.region).boundary, OUTLINE_DEGREES)
        points, line = shapely.get_coordinates(shapely.get_parts(outline), return_index=True)
        same = line[1:] == line[:-1]
        ends = np.stack([points[:-1][same], points[1:][same]], axis=1)
        # Metres of a degree north and east, at the middle of each piece.
        geod = wgs84()
        middle = np.radians(ends[:, :, 1].mean(axis=1))
        w = 1 - geod.es * np.sin(middle) ** 2
        north = np.radians(geod.a * (1 - geod.es) / w**1.5)
        east = np.radians(geod.a / np.sqrt(w) * np.maximum(np.cos(middle), 1e-3))
        unit = np.stack([east, north], axis=1)
        origin = ends[:, 0]
        metres = (ends - origin[:, None]) * unit[:, None]
        discs = shapely.buffer(shapely.linestrings(metres), max(self.within_m, 1e-3), quad_segs=8)
        corners, disc = shapely.get_coordinates(discs, return_index=True)
        return shapely.union_all(shapely.set_coordinates(discs, corners / unit[disc] + origin[disc]))


def front_edges(runs: EdgeRuns, sides: tuple[int, ...], contested: int, own: int | None = None) -> FrontEdges:
    """The edges of the front between any two of the ``sides``.

    Parameters
    ----------
    runs
        Edge runs of the layer.
    sides
        Columns of the parties.
    contested
        Column of contested ground.
    own
        Column of the party whose own ground the front must bound; the edges of contested ground towards the others are
        then left out.
    """
    ends = runs.degrees()
    left, right = runs.left.astype(np.int64), runs.right.astype(np.int64)
    first, last = runs.first.astype(np.int64), runs.last.astype(np.int64)
    kind = np.zeros(256, dtype=bool)
    kind[[*sides, contested]] = True
    inner = ~_ends_the_map(ends)

    def is_front(a: Any, b: Any) -> Any:
        both = kind[a] & kind[b] & (a != b)
        return both if own is None else both & ((a == own) | (b == own))

    stated = np.where((left == runs.rest) | (left > contested), right, left)
    is_open = (left == runs.rest) | (left > contested) | (right == runs.rest) | (right > contested)
    open_rows = np.flatnonzero(is_open & inner)
    near = _near_pairs(runs, ends, stated, open_rows)
    front = is_front(left, right) & inner
    touching = is_front(stated[near.edge], stated[near.other])
    beside = np.stack([near.edge, near.first, near.last, near.low, near.high], axis=1)[touching]
    beside = np.unique(beside, axis=0)
    cut = np.zeros(len(ends), dtype=bool)
    cut[near.edge] = True
    whole = np.flatnonzero(front & ~cut)
    parts = [(ends[whole], first[whole], last[whole])]
    rest = np.flatnonzero(front & cut)
    if len(rest):
        parts.append(_without_near(ends, first, last, rest, near))
    if len(beside):
        edge, since, until = beside[:, :3].astype(np.int64).T
        parts.append((_part_of(ends[edge], beside[:, 3], beside[:, 4]), since, until))
    return FrontEdges(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def without_zone(edges: FrontEdges, zone: Any) -> FrontEdges:
    """The edges, or parts of them, outside a zone."""
    lines = shapely.linestrings(edges.ends.reshape(-1, 2, 2))
    shapely.prepare(zone)
    met = shapely.intersects(zone, lines)
    shapely.destroy_prepared(zone)
    rows = np.flatnonzero(met)
    rest = np.flatnonzero(~met)
    parts, of = shapely.get_parts(shapely.difference(lines[rows], zone), return_index=True)
    points, part = shapely.get_coordinates(parts, return_index=True)
    same = part[1:] == part[:-1]
    kept = np.concatenate([points[:-1][same], points[1:][same]], axis=1)
    row = rows[of[part[:-1][same]]]
    return FrontEdges(
        np.concatenate([edges.ends[rest], kept]),
        np.concatenate([edges.first[rest], edges.first[row]]),
        np.concatenate([edges.last[rest], edges.last[row]]),
    )


@dataclass(frozen=True, slots=True)
class _Near:
    """Parts of edges that run beside another area: which share of the edge, from low to high, beside which other."""

    edge: Whole
    other: Whole
    low: Reals
    high: Reals
    first: Whole
    last: Whole


def _near_pairs(runs: EdgeRuns, ends: Reals, stated: Whole, rows: Whole) -> _Near:
    """All parts of the edges that lie beside an edge of another column at the same time.

    Two areas of one column that share an edge, not corner by corner, are one ground: what they share bounds nothing and
    counts as beside each other too.
    """
    lines = shapely.linestrings(ends[rows].reshape(-1, 2, 2))
    one, other = shapely.STRtree(lines).query(lines, predicate="dwithin", distance=TOUCH_DEGREES)
    one, other = rows[one], rows[other]
    begin, end = np.maximum(runs.first[one], runs.first[other]), np.minimum(runs.last[one], runs.last[other])
    way = ends[:, 2:] - ends[:, :2]
    same = stated[one] == stated[other]
    along = (way[one] * way[other]).sum(axis=1) > 0
    on_left = runs.left == stated
    faces = along == (on_left[one] != on_left[other])
    kept = (begin <= end) & (~same | (faces & (one != other)))
    one, other, begin, end, same = one[kept], other[kept], begin[kept], end[kept], same[kept]
    low, high = _share_beside(ends[one], ends[other], np.where(same, SAME_DEGREES, TOUCH_DEGREES))
    length = np.hypot(way[one, 0], way[one, 1])
    # A part as short as this is where areas meet in a point; an edge as short as this is front if it goes on so.
    long = (high - low) * length > SHORTEST_FRONT_DEGREES
    whole = (low <= 0) & (high >= 1)
    long |= whole & _goes_on(ends, one, whole)
    begin, end = begin.astype(np.int64), end.astype(np.int64)
    return _Near(one[long], other[long], low[long], high[long], begin[long], end[long])


def _goes_on(ends: Reals, edge: Whole, whole: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Whether another edge that runs wholly beside another area meets the edge in a corner."""
    some = np.unique(edge[whole])
    corners, at = np.unique(ends[some].reshape(-1, 2), axis=0, return_inverse=True)
    at = at.reshape(-1, 2)
    met = np.bincount(at.reshape(-1), minlength=len(corners)) > 1
    goes_on = np.zeros(len(ends), dtype=bool)
    goes_on[some] = met[at].any(axis=1)
    return goes_on[edge]


def _share_beside(a: Reals, b: Reals, within: Reals) -> tuple[Reals, Reals]:
    """Share of each edge ``a``, from low to high, within so many degrees of edge ``b``; none where high < low.

    What is near a straight edge is convex: a box along it and a disc at each end. So the share is one stretch.
    """
    start, way = a[:, :2], a[:, 2:] - a[:, :2]
    axis = b[:, 2:] - b[:, :2]
    size = np.hypot(axis[:, 0], axis[:, 1])
    axis = axis / np.where(size == 0, 1.0, size)[:, None]
    low, high = np.full(len(a), np.inf), np.full(len(a), -np.inf)
    way2 = (way * way).sum(axis=1)
    for centre in (b[:, :2], b[:, 2:]):
        off = start - centre
        half = (off * way).sum(axis=1)
        root = half * half - way2 * ((off * off).sum(axis=1) - within**2)
        with np.errstate(invalid="ignore", divide="ignore"):
            reach = np.sqrt(root)
            enter, leave = np.maximum((-half - reach) / way2, 0.0), np.minimum((-half + reach) / way2, 1.0)
        hit = (root >= 0) & (enter <= leave)
        low, high = np.where(hit, np.minimum(low, enter), low), np.where(hit, np.maximum(high, leave), high)
    off = start - b[:, :2]
    enter, leave = np.zeros(len(a)), np.ones(len(a))
    across = np.stack([-axis[:, 1], axis[:, 0]], axis=1)
    for direction, least, most in ((axis, 0.0, size), (across, -within, within)):
        at, speed = (off * direction).sum(axis=1), (way * direction).sum(axis=1)
        with np.errstate(invalid="ignore", divide="ignore"):
            t, u = (least - at) / speed, (most - at) / speed
        still = speed == 0
        inside = (at >= least) & (at <= most)
        enter = np.maximum(enter, np.where(still, np.where(inside, 0.0, np.inf), np.minimum(t, u)))
        leave = np.minimum(leave, np.where(still, np.where(inside, 1.0, -np.inf), np.maximum(t, u)))
    hit = enter <= leave
    return np.where(hit, np.minimum(low, enter), low), np.where(hit, np.maximum(high, leave), high)


def _without_near(ends: Reals, first: Whole, last: Whole, rows: Whole, near: _Near) -> tuple[Reals, Whole, Whole]:
    """The edges ``rows`` without what runs beside another area, as parts with their spans."""
    order = np.argsort(near.edge, kind="stable")
    begin = np.searchsorted(near.edge[order], rows)
    end = np.searchsorted(near.edge[order], rows, side="right")
    parts: list[tuple[int, float, float, int, int]] = []
    for row, a, b in zip(rows.tolist(), begin.tolist(), end.tolist(), strict=True):
        pairs = order[a:b]
        cuts = np.unique(np.concatenate([[first[row], last[row] + 1], near.first[pairs], near.last[pairs] + 1]))
        for start, stop in zip(cuts[:-1].tolist(), cuts[1:].tolist(), strict=True):
            live = pairs[(near.first[pairs] <= start) & (start <= near.last[pairs])]
            at = 0.0
            for pair in live[np.argsort(near.low[live], kind="stable")].tolist():
                if near.low[pair] > at:
                    parts.append((row, at, near.low[pair], start, stop - 1))
                at = max(at, near.high[pair])
            if at < 1.0:
                parts.append((row, at, 1.0, start, stop - 1))
    table = np.array(parts, dtype=np.float64).reshape(-1, 5)
    edge, since, until = table[:, [0, 3, 4]].astype(np.int64).T
    return _part_of(ends[edge], table[:, 1], table[:, 2]), since, until


def _part_of(ends: Reals, low: Reals, high: Reals) -> Reals:
    way = ends[:, 2:] - ends[:, :2]
    start, stop = ends[:, :2] + low[:, None] * way, ends[:, :2] + high[:, None] * way
    start = np.where(low[:, None] <= 0, ends[:, :2], start)
    return np.concatenate([start, np.where(high[:, None] >= 1, ends[:, 2:], stop)], axis=1)


def _ends_the_map(ends: Reals) -> NDArray[np.bool_]:
    """Whether an edge lies on the antimeridian or on a pole, where maps are cut."""
    along = (np.abs(ends[:, 0]) == 180.0) & (ends[:, 0] == ends[:, 2])
    found: NDArray[np.bool_] = along | ((np.abs(ends[:, 1]) == 90.0) & (ends[:, 1] == ends[:, 3]))
    return found
