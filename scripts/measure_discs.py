"""How far the shares of plane discs are from those of geodesic ones: the table of docs/methods/disc-shares.md.

In: nothing. Out: to standard output, the largest departure over straight fronts of all bearings and offsets, by radius
and latitude; and the bound that the two limits in ``contested.territory.index.disc_shares`` keep. Refuses: nothing.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from contested.territory.areas import area_m2, make_discs
from contested.territory.index.disc_shares import LARGEST_M, MOST_BENT_M, DiscShares
from contested.territory.index.edge_runs import PER_DEGREE, EdgeRuns

LATITUDES = (0, 35, 50, 70)
RADII_M = (1_000, 5_000, 25_000, 100_000)
#: Fronts tried: bearings over half a turn, and distances from the centre over the radius.
BEARINGS = np.radians(np.arange(0, 180, 15))
OFFSETS = np.linspace(-0.9, 0.9, 13)
LON = 37.0
CORNERS = 2048


def departures(lat: float, radius_m: float) -> NDArray[np.float64]:
    """Departure of the share beyond each front, straight in degrees, for one disc."""
    high = radius_m / 111_195.0
    wide = high / np.cos(np.radians(lat))
    disc = make_discs(np.array([LON]), np.array([lat]), np.array([radius_m]), CORNERS)[0]
    whole = area_m2([disc])[0]
    found = []
    for bearing in BEARINGS:
        along, across = np.array([np.sin(bearing), np.cos(bearing)]), np.array([np.cos(bearing), -np.sin(bearing)])
        for offset in OFFSETS:
            corners = [offset * across + 3 * along, offset * across - 3 * along]
            corners += [corners[1] + 3 * across, corners[0] + 3 * across]
            steps = np.round((np.array(corners) * [wide, high] + [LON, lat]) * PER_DEGREE).astype(np.int32)
            beyond = shapely.segmentize(shapely.polygons(steps / PER_DEGREE), 0.1)
            truth = area_m2([disc.intersection(beyond)])[0] / whole
            found.append(plane_share(steps, lat, radius_m) - truth)
    return np.array(found)


def plane_share(corners: NDArray[np.int32], lat: float, radius_m: float) -> float:
    """Share of the disc in a ring of corners that turns left or right."""
    if not shapely.is_ccw(shapely.linearrings(corners)):
        corners = corners[::-1]
    ends = np.concatenate([corners, np.roll(corners, -1, axis=0)], axis=1)
    count = len(ends)
    zero = np.zeros(count, dtype=np.int32)
    runs = EdgeRuns(ends, zero.astype(np.uint8), np.full(count, 2, dtype=np.uint8), zero, zero, 2, 1)

    def look_up(lon: Any, lat: Any, spans: Any) -> Any:
        inside = shapely.contains_xy(shapely.polygons(corners / PER_DEGREE), lon, lat)
        return np.where(inside, 0, 2)

    shares = DiscShares(runs, 3, np.array([0]), np.array([True]), look_up)
    day = np.array([0])
    return float(shares.shares(np.array([LON]), np.array([lat]), np.array([radius_m]), day, day)[0, 0])


def main() -> None:
    """Print the table, and the largest departure along the limits."""
    print("| radius | " + " | ".join(f"{lat}°" for lat in LATITUDES) + " |")
    print("|---" * (len(LATITUDES) + 1) + "|")
    for radius_m in RADII_M:
        cells = [f"{np.abs(departures(lat, radius_m)).max() * 100:.4f} %" for lat in LATITUDES]
        print(f"| {radius_m / 1000:g} km | " + " | ".join(cells) + " |")
    print("\nalong the limits:")
    for lat in (0, 5, 10, 15, 20, 35, 50, 60, 70, 80, 85):
        radius_m = min(LARGEST_M, MOST_BENT_M / max(np.tan(np.radians(lat)), 1e-9))
        print(f"{lat}°: {radius_m / 1000:.0f} km, {np.abs(departures(lat, radius_m)).max() * 100:.3f} %")


if __name__ == "__main__":
    main()
