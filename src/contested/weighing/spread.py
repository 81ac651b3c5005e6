"""Points spread evenly over the places and days that incidents may have had.

In: incidents with discs, outlines and intervals. Out: :class:`Points`. Refuses: nothing; an incident without a usable
place has no point.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from contested.base.places import EARTH_M, Box
from contested.weighing.sample import Days, Incidents, Mask, Reals, Whole


@dataclass(frozen=True, eq=False)
class Points:
    """Points that incidents are tried at, shape (n, k); NaN for an incident without a usable place."""

    lon: Reals
    lat: Reals
    day: Days
    centre_lon: Reals
    centre_lat: Reals


def spread_points(incidents: Incidents, per: int, generator: np.random.Generator) -> Points:
    """Points spread evenly over each incident's places, discs and days, shape (n, per).

    A low-discrepancy sequence (Roberts' R3) turned by a random amount for each incident: shares of a disc come out
    several times closer than with independent points.
    """
    n = len(incidents)
    places = np.flatnonzero(incidents.usable)
    owner = incidents.owner[places]
    counts = np.bincount(owner, minlength=n)
    first = np.cumsum(counts) - counts
    sequence = np.arange(1, per + 1)[:, None] * R3 % 1.0
    turned = (sequence[None, :, :] + generator.random((n, 1, 3))) % 1.0
    # Places take turns; the points of one are as even as those of all.
    number = (np.arange(per)[None, :] + generator.integers(0, 1 << 30, size=(n, 1))) % np.maximum(counts, 1)[:, None]
    lon, lat, centre_lon, centre_lat = (np.full((n, per), np.nan) for _ in range(4))
    has = counts > 0
    if has.any():
        row = places[(first[:, None] + number)[has]]
        centre_lon[has], centre_lat[has] = incidents.lon[row], incidents.lat[row]
        metres = incidents.radius_m[row] * np.sqrt(turned[has, :, 0])
        lon[has], lat[has] = _destination(incidents.lon[row], incidents.lat[row], metres, turned[has, :, 1] * 2 * np.pi)
        _spread_over_outlines(incidents, row, has, (lon, lat), generator)
    offset = np.floor(turned[:, :, 2] * incidents.span_days[:, None]).astype("timedelta64[D]")
    return Points(lon, lat, incidents.date_start[:, None] + offset, centre_lon, centre_lat)


def _spread_over_outlines(
    incidents: Incidents, row: Whole, has: Mask, into: tuple[Reals, Reals], generator: np.random.Generator
) -> None:
    """Lay the points of places that have an outline over it, not over the disc that holds it.

    ``row`` is the place of each point of the incidents that ``has`` marks, ``into`` their longitudes and latitudes.
    """
    if not len(incidents.outlined):
        return
    some = np.flatnonzero((incidents.outline[row] != None).any(axis=1))  # noqa: E711  (point by point)
    own, at = incidents.outline[row[some]], np.flatnonzero(has)[some]
    turn = (generator.random((len(some), 1)) + np.arange(row.shape[1]) / row.shape[1]) % 1.0
    for outline in set(incidents.outline[incidents.outlined].tolist()):
        here, point = np.nonzero(own == outline)
        spots = outline.points[(turn[here, point] * len(outline.points)).astype(np.int64)]
        into[0][at[here], point], into[1][at[here], point] = spots[:, 0], spots[:, 1]


#: Powers of the inverse of the real root of x⁴ = x + 1 (Roberts 2018, the sequence R3).
R3 = 1.2207440846057596 ** -np.arange(1.0, 4.0)


def _destination(lon: Reals, lat: Reals, metres: Reals, bearing: Reals) -> tuple[Reals, Reals]:
    """Where one comes to on a sphere from a point (degrees) along a bearing (radians); over poles and 180° too."""
    angle, north = metres / EARTH_M, np.radians(lat)
    sine = np.sin(north) * np.cos(angle) + np.cos(north) * np.sin(angle) * np.cos(bearing)
    there = np.arcsin(np.clip(sine, -1.0, 1.0))
    east = np.arctan2(np.sin(bearing) * np.sin(angle) * np.cos(north), np.cos(angle) - np.sin(north) * sine)
    # A point that does not move keeps its digits: the boundary of an area is where they matter.
    still = metres == 0
    moved = (lon + np.degrees(east) + 180.0) % 360.0 - 180.0
    return np.where(still, lon, moved), np.where(still, lat, np.degrees(there))


def spread_over(box: Box, count: int) -> tuple[Reals, Reals]:
    """Points spread evenly over the ground of a box, degrees."""
    west, south, east, north = box
    across, up = (np.arange(1, count + 1) * step % 1.0 for step in R3[:2])
    low, high = np.sin(np.radians(south)), np.sin(np.radians(north))
    return west + across * (east - west), np.degrees(np.arcsin(low + up * (high - low)))


def is_spread(incidents: Incidents) -> Mask:
    """Incidents whose points differ in place or day."""
    several = np.bincount(incidents.owner[incidents.usable], minlength=len(incidents)) > 1
    return several | (incidents.radius_of > 0) | (incidents.span_days > 1)
