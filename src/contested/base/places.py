"""Points, metres and the precision of a place.

In: longitudes and latitudes in WGS 84 degrees (EPSG:4326). Out: geodesic metres on
the WGS 84 ellipsoid. Refuses: coordinates outside their range, and points that only
make sense with longitude and latitude swapped.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray
    from pyproj import Geod

#: Bounding box as (west, south, east, north), degrees.
Box = tuple[float, float, float, float]

#: UCDP GED ``where_prec`` → radius in metres to draw the place from. Codes 3, 4 and 5 stand for
#: divisions or fuzzy areas whose polygon the case may give; without it, these radii are used.
#: 6 and 7 (country, international waters) have no radius: no spatial test may use them.
#: Source: UCDP GED codebook; metres are this project's choice, settable per dataset in case.toml
#: under ``radius_m``. When changed: run ``make demo`` again and look at the findings.
UCDP_RADIUS_M: dict[int, float | None] = {
    1: 1_000.0, 2: 25_000.0, 3: 50_000.0, 4: 100_000.0, 5: 50_000.0, 6: None, 7: None,
}  # fmt: skip


#: Mean radius of the earth, metres: distances on a sphere of it are right to 0.6 %.
EARTH_M = 6_371_008.8
#: Metres of a degree of latitude, and of longitude at the equator, within 0.6 %.
M_PER_DEGREE = 111_195.0


@cache
def wgs84() -> Geod:
    """The WGS 84 ellipsoid, on which every distance of the package is taken (Karney 2013)."""
    from pyproj import Geod

    return Geod(ellps="WGS84")


def geodesic_m(lon_a: ArrayLike, lat_a: ArrayLike, lon_b: ArrayLike, lat_b: ArrayLike) -> NDArray[np.float64]:
    """Geodesic distances in metres between points given in WGS 84 degrees; arrays broadcast."""
    a_lon, a_lat, b_lon, b_lat = np.broadcast_arrays(
        *(np.asarray(v, dtype=np.float64) for v in (lon_a, lat_a, lon_b, lat_b))
    )
    _, _, metres = wgs84().inv(a_lon, a_lat, b_lon, b_lat)
    return np.asarray(metres, dtype=np.float64)


def from_centre(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Metres from the earth's centre (ECEF), shape (n, 3), of longitudes and latitudes in degrees, shape (n, 2).

    A straight line is never longer than the geodesic, and at 100 km less than two metres shorter.
    """
    ellipsoid = wgs84()
    east, north = np.radians(points[:, 0]), np.radians(points[:, 1])
    normal = ellipsoid.a / np.sqrt(1 - ellipsoid.es * np.sin(north) ** 2)
    flat = normal * np.cos(north)
    return np.stack([flat * np.cos(east), flat * np.sin(east), normal * (1 - ellipsoid.es) * np.sin(north)], axis=1)


def check_point(lon: float, lat: float, region: Box | None = None) -> None:
    """Raise ``ValueError`` unless the point is possible.

    With a region, a point far outside it whose swapped twin lies inside is taken for
    latitude and longitude exchanged, and refused with that hint.
    """
    if not (math.isfinite(lon) and math.isfinite(lat)):
        raise ValueError(f"the point ({lon}, {lat}) is not finite")
    swapped_fits = region is not None and in_box(lat, lon, region) and not in_box(lon, lat, region)
    if swapped_fits:
        raise ValueError(
            f"longitude {lon:g} and latitude {lat:g} look swapped: "
            "exchanged they lie in the case's region; check the columns"
        )
    if not -90.0 <= lat <= 90.0:
        raise ValueError(f"latitude {lat:g} is outside [-90, 90] degrees")
    if not -180.0 <= lon <= 180.0:
        raise ValueError(f"longitude {lon:g} is outside [-180, 180] degrees")


def in_box(lon: float, lat: float, box: Box | Sequence[float]) -> bool:
    """Whether the point lies in the box, edges included."""
    west, south, east, north = box
    return west <= lon <= east and south <= lat <= north
