"""Geodesic areas and discs.

In: polygons, points and radii; WGS 84 degrees and metres. Out: areas in square metres on the
ellipsoid, and discs as polygons. Refuses: nothing; a point that is not finite has no disc.

Edges are straight in longitude and latitude, as GeoJSON (RFC 7946, 3.1.1) has it. The area of
such a polygon is the integral of the authalic latitude function over its edges, taken here with
Simpson's rule: the error is below 1e-12 of the area for edges up to 20 km.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from contested.base.places import wgs84

#: Corners of the polygon that stands for a disc. At 128 its edge runs within 0.03 % of the radius of the
#: true circle and its area is the circle's; the share of a disc cut by a straight front is then within
#: 4e-5 of the true share. When changed: run tests/territory/test_areas.py again.
DISC_CORNERS = 128

#: Less than the shortest degree of latitude (110,574 m).
METRES_A_DEGREE = 110_500.0
#: Beyond this latitude a disc's polygon in degrees may enclose a pole; no share is given.
POLAR_LATITUDE = 89.0

_POLYGON = 3
_E2 = wgs84().es
_E = float(np.sqrt(_E2))
_A = wgs84().a

Reals = NDArray[np.float64]


def area_m2(geometries: Any) -> Reals:
    """Area on the WGS 84 ellipsoid of each geometry in square metres; what has no area gives 0.

    Source of the function integrated: Snyder, Map Projections (USGS PP 1395, 1987), eq. 3-12.
    """
    geometries = np.atleast_1d(np.asarray(geometries, dtype=object))
    parts, owner = _polygons(geometries)
    rings, part_of_ring = shapely.get_rings(parts, return_index=True)
    points, ring_of_point = shapely.get_coordinates(rings, return_index=True)
    if not len(points):
        return np.zeros(len(geometries))
    lon, lat = np.radians(points[:, 0]), np.radians(points[:, 1])
    same = ring_of_point[1:] == ring_of_point[:-1]
    middle = _authalic((lat[1:] + lat[:-1]) / 2)
    ends = _authalic(lat)
    # Counted from the ring's first latitude, so that small rings lose no digits.
    first = ends[np.searchsorted(ring_of_point, ring_of_point)]
    edge = (lon[1:] - lon[:-1]) * ((ends[1:] + 4 * middle + ends[:-1]) / 6 - first[1:])
    ring_area = np.abs(np.bincount(ring_of_point[1:][same], edge[same], minlength=len(rings))) * _A**2 / 2
    is_shell = np.ones(len(rings), dtype=bool)
    is_shell[1:] = part_of_ring[1:] != part_of_ring[:-1]
    signed = np.where(is_shell, ring_area, -ring_area)
    area: Reals = np.bincount(owner[part_of_ring], signed, minlength=len(geometries)).astype(np.float64)
    return area


def make_discs(lon: Reals, lat: Reals, radius_m: Reals, corners: int = DISC_CORNERS) -> NDArray[Any]:
    """Discs of all ground within ``radius_m`` geodesic metres of the points, as polygons in degrees.

    The polygon's corners lie on a slightly larger circle, so that its area is the disc's. Longitudes run on
    past ±180 for a disc that crosses the antimeridian: ground on the other side is not met by it.
    """
    turn = 2 * np.pi / corners
    reach = np.asarray(radius_m, dtype=np.float64) * np.sqrt(turn / np.sin(turn))
    bearing = np.degrees(turn * np.arange(corners))
    count = len(reach)
    each = np.repeat(np.arange(count), corners)
    ring_lon, ring_lat, _ = wgs84().fwd(lon[each], lat[each], np.tile(bearing, count), reach[each])
    ring_lon = lon[each] + (np.asarray(ring_lon) - lon[each] + 180.0) % 360.0 - 180.0
    rings = np.stack([ring_lon, np.asarray(ring_lat)], axis=1).reshape(count, corners, 2)
    return np.asarray(shapely.polygons(np.concatenate([rings, rings[:, :1]], axis=1)), dtype=object)


def boxes_around(lon: Reals, lat: Reals, radius_m: Reals) -> NDArray[Any]:
    """Boxes in degrees that hold the discs with a margin: a cheap first test."""
    # 1.01 leaves room for the ellipsoid.
    high = np.minimum(radius_m / METRES_A_DEGREE, POLAR_LATITUDE)
    wide = np.degrees(np.arcsin(np.clip(np.sin(np.radians(high)) / np.cos(np.radians(lat)), 0.0, 1.0))) * 1.01
    return np.asarray(shapely.box(lon - wide, lat - high, lon + wide, lat + high), dtype=object)


def is_clear_of_poles(lat: Reals, radius_m: Reals) -> NDArray[np.bool_]:
    """Whether each disc stays so far from the poles that it can be drawn in degrees; not for NaN."""
    clear: NDArray[np.bool_] = np.abs(lat) + radius_m / METRES_A_DEGREE < POLAR_LATITUDE
    return clear


def only_polygons(geometry: shapely.Geometry) -> shapely.Geometry:
    """The polygonal part of a geometry: a polygon or a multipolygon, perhaps empty."""
    if geometry.geom_type in ("Polygon", "MultiPolygon"):
        return geometry
    parts, _ = _polygons(np.array([geometry], dtype=object))
    return shapely.union_all(parts) if len(parts) else shapely.Polygon()


def _polygons(geometries: NDArray[Any]) -> tuple[NDArray[Any], NDArray[np.intp]]:
    parts, owner = shapely.get_parts(geometries, return_index=True)
    parts, inner = shapely.get_parts(parts, return_index=True)
    owner = owner[inner]
    keep = shapely.get_type_id(parts) == _POLYGON
    return parts[keep], owner[keep]


def _authalic(lat: Reals) -> Reals:
    sine = np.sin(lat)
    flat: Reals = sine / (1 - _E2 * sine * sine)
    return (1 - _E2) * (flat + np.arctanh(_E * sine) / _E)
