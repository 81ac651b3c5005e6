"""The nearest point of a front by Shapely: the way for few points, and without a compiler.

In: lines of one map's front, points. Out: the nearest point of each. Refuses: nothing; there must be a line and points
must be finite.

The answers are those of :class:`~contested.territory.index.front_index.FrontIndex`, and the tests hold each against the
other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from contested.base.places import from_centre, geodesic_m, wgs84
from contested.territory.index.front_index import NEAR_M, cut_edges

Reals = NDArray[np.float64]

#: Beyond this angle from the middle of the front, the search plane tells too little of what is near, and all pieces are
#: measured instead: slower, as right. As a cosine: 60 degrees.
PLANE_REACH_COSINE = 0.5
#: Pairs of point and piece held in memory at a time (about 150 bytes each).
MOST_PAIRS = 1_000_000


@dataclass(frozen=True, slots=True)
class Pieces:
    """Front lines cut into short pieces: ends in degrees, and in metres from the earth's centre."""

    ends: Reals
    start: Reals
    step: Reals


def cut_lines(lines: Any) -> Pieces:
    """Lines in degrees as pieces that their chords stand for."""
    points, line = shapely.get_coordinates(shapely.get_parts(lines), return_index=True)
    same = line[1:] == line[:-1]
    _, a, b = cut_edges(np.concatenate([points[:-1][same], points[1:][same]], axis=1))
    start = from_centre(a)
    return Pieces(np.concatenate([a, b], axis=1), start, from_centre(b) - start)


def nearest_points(pieces: Pieces, lon: Reals, lat: Reals) -> tuple[Reals, Reals]:
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
        points = shapely.points(from_centre(np.stack([lon[near], lat[near]], axis=1)) @ plane)
        (row, _), shadow_m = tree.query_nearest(points, return_distance=True, all_matches=False)
        # Two thousandths and a centimetre more: the ellipsoid is no sphere, and a piece's far end was not measured.
        reach_m = shadow_m / cosine[near][row] * 1.002 + 0.01
        for some in np.array_split(np.arange(len(near)), -(-len(near) * 20 // MOST_PAIRS)):
            pair_row, piece = tree.query(points[row[some]], predicate="dwithin", distance=reach_m[some])
            rows = near[row[some]]
            best_lon[rows], best_lat[rows] = _best(pieces, lon[rows], lat[rows], pair_row, piece)
    for some in np.array_split(far, max(1, -(-len(far) * len(pieces.ends) // MOST_PAIRS))):
        pair_row = np.repeat(np.arange(len(some)), len(pieces.ends))
        piece = np.tile(np.arange(len(pieces.ends)), len(some))
        best_lon[some], best_lat[some] = _best(pieces, lon[some], lat[some], pair_row, piece)
    return best_lon, best_lat


def _best(pieces: Pieces, lon: Reals, lat: Reals, row: Any, piece: Any) -> tuple[Reals, Reals]:
    """Nearest point of each row's pieces; ``row`` and ``piece`` are pairs, and every row has one at least."""
    step = pieces.step[piece]
    offset = from_centre(np.stack([lon, lat], axis=1))[row] - pieces.start[piece]
    length2 = np.einsum("ij,ij->i", step, step)
    part = np.einsum("ij,ij->i", offset, step) / np.where(length2 == 0, 1.0, length2)
    part = np.clip(part, 0.0, 1.0)
    gap = offset - part[:, None] * step
    chord = np.sqrt(np.einsum("ij,ij->i", gap, gap))
    ends = pieces.ends[piece]
    to_lon = ends[:, 0] + part * (ends[:, 2] - ends[:, 0])
    to_lat = ends[:, 1] + part * (ends[:, 3] - ends[:, 1])
    pick = _first_of_rows(row, chord, piece)
    # Far away, all that the chord does not rule out are measured along the ellipsoid: no geodesic is shorter than the
    # arc over its chord with the ellipsoid's largest radius of curvature.
    far = chord[pick] > NEAR_M
    if far.any():
        best_m = np.where(far, geodesic_m(lon, lat, to_lon[pick], to_lat[pick]), 0.0)
        twice = 2 * wgs84().a ** 2 / wgs84().b
        reach = twice * np.sin(best_m / twice) + 0.01
        some = np.flatnonzero(far[row] & (chord <= reach[row]))
        metres = geodesic_m(lon[row[some]], lat[row[some]], to_lon[some], to_lat[some])
        pick[far] = some[_first_of_rows(row[some], metres, piece[some])]
    return to_lon[pick], to_lat[pick]


def _first_of_rows(row: Any, metres: Reals, piece: Any) -> NDArray[np.intp]:
    """Place of each row's smallest distance, in the order of rows."""
    order = np.lexsort((piece, metres, row))
    _, first = np.unique(row[order], return_index=True)
    return order[first]


def _upward(lon: Reals, lat: Reals) -> Reals:
    """Unit vectors that stand upright on the ellipsoid."""
    east, north = np.radians(lon), np.radians(lat)
    return np.stack([np.cos(north) * np.cos(east), np.cos(north) * np.sin(east), np.sin(north)], axis=1)
