"""Distance and side of a point on a day, and when the place fell.

In: a :class:`~contested.territory.control.ControlLayer`, points and days. Out: :class:`FrontDistances`, changes of
holder, and front lines. Refuses: parties that the layer does not know.

The front between two parties on a day is the boundary that their areas share. Where contested ground lies between,
the front runs along both its edges: a point of contested ground is as far from the front as from the nearer side. Where
parties are named, contested ground counts as contested between them. The edge of the region is no front, and neither
is a gap wider than 0.1 m between two areas, which is unknown ground.

A file that shows the ground of one party only has no front of its own. With ``elsewhere`` named for all other ground,
the party's whole boundary is taken, its coast and its international border included; a true front needs a second
party's area.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

from contested.base.errors import RecordError, nearest_name
from contested.base.places import geodesic_m, wgs84
from contested.base.records import CONTESTED, UNKNOWN
from contested.territory.control import ControlLayer, Days, as_points, groups, possible
from contested.territory.ground import Reals

if TYPE_CHECKING:
    import pyarrow as pa

#: Longest piece of a front line in the search, degrees (about 1.1 km of latitude). A piece is a straight chord there,
#: at most 25 mm below the surface; shorter pieces cost memory and time. When changed: run
#: tests/territory/test_fronts.py again.
PIECE_DEGREES = 0.01
#: Beyond this angle from the middle of the front, the search plane tells too little of what is near, and all pieces are
#: measured instead: slower, as right. As a cosine: 60 degrees.
PLANE_REACH_COSINE = 0.5
#: Pairs of point and piece held in memory at a time (about 150 bytes each).
MOST_PAIRS = 1_000_000


@dataclass(frozen=True, slots=True)
class FrontDistances:
    """Distances, one row a point.

    Attributes
    ----------
    front_m
        Geodesic metres to the nearest point of the front; NaN when the day has no map or no front. Edges are straight
        in longitude and latitude. The error is at most 0.2 m up to 250 km, and 0.002 % beyond.
    side
        Party that holds the point; ``None`` on contested and unknown ground.
    lon, lat
        That nearest point, degrees.
    """

    front_m: Reals
    side: NDArray[np.object_]
    lon: Reals
    lat: Reals


def distance_to_front(
    layer: ControlLayer, lon: ArrayLike, lat: ArrayLike, day: ArrayLike, between: tuple[str, str] | None = None
) -> FrontDistances:
    """How far the front was from each point on its day.

    Parameters
    ----------
    layer
        The layer.
    lon, lat, day
        Points in WGS 84 degrees and their days.
    between
        The two parties; any two when left out.
    """
    _check_parties(layer, between)
    lon, lat, days = as_points(lon, lat, day)
    spans = layer.spans_on(days)
    near_lon, near_lat = np.full(lon.shape, np.nan), np.full(lon.shape, np.nan)
    for number, rows in groups(np.where(possible(lon, lat), layer.maps_of_spans(spans), -1)):
        pieces = _cut(layer.ground(number).front_lines(between))
        if len(pieces.ends):
            near_lon[rows], near_lat[rows] = _nearest(pieces, lon[rows], lat[rows])
    found = ~np.isnan(near_lon)
    front_m = np.full(lon.shape, np.nan)
    front_m[found] = geodesic_m(lon[found], lat[found], near_lon[found], near_lat[found])
    codes = layer.codes_in(lon, lat, spans)
    side = np.array([*layer.parties, None, None], dtype=object)[codes]
    return FrontDistances(front_m, side, near_lon, near_lat)


def next_change(
    layer: ControlLayer, lon: ArrayLike, lat: ArrayLike, day: ArrayLike
) -> tuple[Days, NDArray[np.object_]]:
    """First day, not before the day given, on which each place passed to another party, and that party.

    The party before is the last one to hold the place on an earlier day. Becoming contested or unknown is no passing;
    a place that turns contested and then back has not passed. A place contested as far back as the layer goes passes to
    the first party that holds it; a place of which the layer says nothing before does not. What happens after the
    layer's last day is not known.

    Returns
    -------
    tuple
        Days (not a time where none is known) and parties (``None``).
    """
    lon, lat, days = as_points(lon, lat, day)
    lost = len(layer.parties)  # the column of contested
    names = np.array(layer.columns, dtype=object)
    unsettled = possible(lon, lat) & ~np.isnat(days)
    before = np.full(lon.shape, lost, dtype=np.int64)
    fought = np.zeros(lon.shape, dtype=bool)
    span = layer.spans_on(days - np.timedelta64(1, "D"))
    while len(rows := np.flatnonzero(unsettled & (before == lost) & (span >= 0))):
        codes = layer.codes_in(lon[rows], lat[rows], span[rows])
        before[rows] = np.minimum(codes, lost)
        fought[rows] |= codes == lost
        span[rows] -= 1
    changed_on = np.full(lon.shape, np.datetime64("NaT", "D"))
    changed_to = np.full(lon.shape, None, dtype=object)
    span = np.maximum(layer.spans_on(days), 0)
    while len(rows := np.flatnonzero(unsettled & (span < layer.span_count))):
        codes = layer.codes_in(lon[rows], lat[rows], span[rows])
        fought[rows] |= codes == lost
        newcomer = (codes < lost) & (before[rows] == lost) & ~fought[rows]
        before[rows[newcomer]] = codes[newcomer]
        passed = (codes < lost) & (codes != before[rows])
        at = rows[passed]
        changed_on[at] = np.maximum(layer.starts_of_spans(span[at]), days[at])
        changed_to[at] = names[codes[passed]]
        unsettled[at] = False
        span[rows] += 1
    return changed_on, changed_to


def front_lines(holdings: pa.Table | ControlLayer, day: date, a: str, b: str) -> Any:
    """The front between two parties on a day, for the map: a multilinestring in degrees, perhaps empty."""
    layer = holdings if isinstance(holdings, ControlLayer) else ControlLayer(holdings)
    _check_parties(layer, (a, b))
    ground = layer.ground_on(day)
    return shapely.MultiLineString() if ground is None else ground.front_lines((a, b))


def _check_parties(layer: ControlLayer, between: tuple[str, str] | None) -> None:
    for party in between or ():
        if party in (CONTESTED, UNKNOWN):
            raise RecordError(f'"{party}" is no party and has no front; give two of: {", ".join(layer.parties)}')
        if party not in layer.parties:
            raise RecordError(f'layer "{layer.name}" has no party "{party}"; {nearest_name(party, layer.parties)}')


@dataclass(frozen=True, slots=True)
class _Pieces:
    """Front lines cut into short pieces: ends in degrees, and in metres from the earth's centre."""

    ends: Reals
    start: Reals
    step: Reals


def _cut(lines: Any) -> _Pieces:
    points, line = shapely.get_coordinates(shapely.get_parts(lines), return_index=True)
    same = line[1:] == line[:-1]
    a, b = points[:-1][same], points[1:][same]
    size = np.abs(b - a)
    size[:, 0] *= np.cos(np.radians(a[:, 1]))
    count = np.maximum(1, np.ceil(size.max(axis=1, initial=0.0) / PIECE_DEGREES)).astype(np.int64)
    edge = np.repeat(np.arange(len(a)), count)
    step = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    low, high = (step / count[edge])[:, None], ((step + 1) / count[edge])[:, None]
    ends = np.concatenate([a[edge] + low * (b - a)[edge], a[edge] + high * (b - a)[edge]], axis=1)
    start = _from_centre(ends[:, 0], ends[:, 1])
    return _Pieces(ends, start, _from_centre(ends[:, 2], ends[:, 3]) - start)


def _nearest(pieces: _Pieces, lon: Reals, lat: Reals) -> tuple[Reals, Reals]:
    """Nearest point on the pieces: those that can be nearest by their shadow on a plane, then exactly among these.

    The plane touches the earth at the middle of the front. A shadow there is never longer than the straight line that
    casts it, and shorter by no more than the cosine of the angle from the middle. So the nearest piece has its shadow
    within the distance of the nearest shadow divided by that cosine.
    """
    (west, south), (east, north) = pieces.ends[:, :2].min(axis=0), pieces.ends[:, :2].max(axis=0)
    middle = np.radians([(west + east) / 2, (south + north) / 2])
    (sin_lon, sin_lat), (cos_lon, cos_lat) = np.sin(middle), np.cos(middle)
    up = np.array([cos_lat * cos_lon, cos_lat * sin_lon, sin_lat])
    plane = np.array([[-sin_lon, cos_lon, 0.0], [-sin_lat * cos_lon, -sin_lat * sin_lon, cos_lat]]).T
    cosine = np.minimum(_upward(lon, lat) @ up, (_upward(pieces.ends[:, 0], pieces.ends[:, 1]) @ up).min())
    near, far = np.flatnonzero(cosine > PLANE_REACH_COSINE), np.flatnonzero(cosine <= PLANE_REACH_COSINE)
    best_lon, best_lat = np.empty(len(lon)), np.empty(len(lon))
    if len(near):
        starts, stops = pieces.start @ plane, (pieces.start + pieces.step) @ plane
        tree = shapely.STRtree(shapely.linestrings(np.stack([starts, stops], axis=1)))
        points = shapely.points(_from_centre(lon[near], lat[near]) @ plane)
        (row, _), shadow_m = tree.query_nearest(points, return_distance=True, all_matches=False)
        # A thousandth and a centimetre more: the ellipsoid is no sphere, and a piece's far end was not measured.
        reach_m = shadow_m / cosine[near][row] * 1.001 + 0.01
        for some in np.array_split(np.arange(len(near)), -(-len(near) * 20 // MOST_PAIRS)):
            pair_row, piece = tree.query(points[row[some]], predicate="dwithin", distance=reach_m[some])
            rows = near[row[some]]
            best_lon[rows], best_lat[rows] = _best(pieces, lon[rows], lat[rows], pair_row, piece)
    for some in np.array_split(far, max(1, -(-len(far) * len(pieces.ends) // MOST_PAIRS))):
        pair_row = np.repeat(np.arange(len(some)), len(pieces.ends))
        piece = np.tile(np.arange(len(pieces.ends)), len(some))
        best_lon[some], best_lat[some] = _best(pieces, lon[some], lat[some], pair_row, piece)
    return best_lon, best_lat


def _best(pieces: _Pieces, lon: Reals, lat: Reals, row: Any, piece: Any) -> tuple[Reals, Reals]:
    """Nearest point of each row's pieces; ``row`` and ``piece`` are pairs, and every row has one at least."""
    step = pieces.step[piece]
    offset = _from_centre(lon, lat)[row] - pieces.start[piece]
    length2 = np.einsum("ij,ij->i", step, step)
    part = np.einsum("ij,ij->i", offset, step) / np.where(length2 == 0, 1.0, length2)
    part = np.clip(part, 0.0, 1.0)
    gap = offset - part[:, None] * step
    order = np.lexsort((piece, np.einsum("ij,ij->i", gap, gap), row))
    _, first = np.unique(row[order], return_index=True)
    pick = order[first]
    ends, share = pieces.ends[piece[pick]], part[pick]
    return ends[:, 0] + share * (ends[:, 2] - ends[:, 0]), ends[:, 1] + share * (ends[:, 3] - ends[:, 1])


def _from_centre(lon: Reals, lat: Reals) -> NDArray[np.float64]:
    """Metres from the earth's centre of points on the ellipsoid (ECEF)."""
    geod = wgs84()
    east, north = np.radians(lon), np.radians(lat)
    normal = geod.a / np.sqrt(1 - geod.es * np.sin(north) ** 2)
    flat = normal * np.cos(north)
    return np.stack([flat * np.cos(east), flat * np.sin(east), normal * (1 - geod.es) * np.sin(north)], axis=1)


def _upward(lon: Reals, lat: Reals) -> NDArray[np.float64]:
    """Unit vectors that stand upright on the ellipsoid."""
    east, north = np.radians(lon), np.radians(lat)
    return np.stack([np.cos(north) * np.cos(east), np.cos(north) * np.sin(east), np.sin(north)], axis=1)
