"""Places moved to a fixed grid, so that no file gives them more exactly than the case allows.

In: points in WGS 84 degrees with their radius in metres, and lines of layers. Out: the centre of the cell of the grid
that holds the point, and a radius that covers the true place wherever in the cell it lies. Refuses: nothing.

The grid never moves and nothing is drawn at random: noise that is drawn anew at each build can be averaged away. The
published radius follows from the cell and from the true radius alone, never from how far the point was moved: that
distance would give the place away again.
"""

from __future__ import annotations

import math
from typing import Any

import shapely

from contested.base.places import M_PER_DEGREE, geodesic_m

#: Decimals of published degrees: a tenth of a metre, far below the smallest grain in use.
DECIMALS = 6
#: How much a corner's distance is raised before it counts as an upper bound: rounding to :data:`DECIMALS`.
_SLACK = 1.001

Point = tuple[float, float]


def _cell(lon: float, lat: float, grain_m: float) -> tuple[Point, Point]:
    """Centre of the point's cell and half of its sides, degrees. Rows and cells divide the globe evenly."""
    rows = math.ceil(180.0 * M_PER_DEGREE / grain_m)
    height = 180.0 / rows
    row = min(rows - 1, math.floor((lat + 90.0) / height))
    centre_lat = -90.0 + (row + 0.5) * height
    cells = max(1, math.ceil(360.0 * M_PER_DEGREE * math.cos(math.radians(centre_lat)) / grain_m))
    width = 360.0 / cells
    cell = min(cells - 1, math.floor((lon + 180.0) / width))
    return (-180.0 + (cell + 0.5) * width, centre_lat), (width / 2, height / 2)


def round_point(lon: float, lat: float, grain_m: float) -> Point:
    """The centre of the cell that holds the point; the point itself for a grain of 0."""
    if grain_m == 0:
        return lon, lat
    (east, north), _ = _cell(lon, lat, grain_m)
    return round(east, DECIMALS), round(north, DECIMALS)


def round_place(lon: float, lat: float, radius_m: float | None, grain_m: float) -> tuple[float, float, float | None]:
    """A place as published: the cell's centre, and a radius in whole grains that covers the true disc.

    A place that already stands in the centre with a radius in whole grains stays as it is: rounding twice changes
    nothing more. A place without radius stays without: no test may use it.
    """
    east, north = round_point(lon, lat, grain_m)
    if grain_m == 0 or radius_m is None or ((east, north) == (lon, lat) and radius_m > 0 and radius_m % grain_m == 0):
        return east, north, radius_m
    centre, (half_width, half_height) = _cell(lon, lat, grain_m)
    corners = [(centre[0] + half_width, centre[1] + side * half_height) for side in (-1, 1)]
    reach = float(geodesic_m([centre[0]] * 2, [centre[1]] * 2, *zip(*corners, strict=True)).max()) * _SLACK
    return east, north, grain_m * math.ceil((radius_m + reach) / grain_m)


def round_up(metres: float | None, grain_m: float) -> float | None:
    """A distance raised to whole grains."""
    if metres is None or grain_m == 0:
        return metres
    return grain_m * math.ceil(metres / grain_m)


def round_shape(wkb: bytes, grain_m: float) -> bytes:
    """A shape of a layer with its corners on the grid; one that vanishes there becomes the cell that it lay in."""
    if grain_m == 0:
        return wkb
    step = grain_m / M_PER_DEGREE
    shape: Any = shapely.from_wkb(wkb)
    moved = shapely.set_precision(shape, step)
    if moved.is_empty or moved.area == 0:
        point = shape.centroid
        west, south = math.floor(point.x / step) * step, math.floor(point.y / step) * step
        moved = shapely.box(west, south, west + step, south + step)
    return bytes(shapely.to_wkb(moved))
