"""Places known only as a region: drawn from its outline, not from a disc.

In: the case's ``[places] outlines``, a file of named areas; places of incidents. Out: :class:`Outline` of each place
that has one, points spread over it, and whose ground it was by day. Refuses: a file without a name on any area, and a
name borne by two areas, which then has no outline (a note says so).

A place takes the outline that bears its name when it has no point or no radius, or a radius from
``outlines_from_m`` on: a better known one keeps its disc. A name must fit as a whole, but for case, marks and spelling
of Arabic and Cyrillic letters.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from numpy.typing import NDArray

from contested.base.case import Case
from contested.base.errors import LayerError
from contested.base.places import geodesic_m
from contested.base.transliteration import fold_script
from contested.territory.areas import area_m2
from contested.territory.control import ControlLayer, Days
from contested.territory.files.area_files import read_features
from contested.territory.ground import Reals
from contested.territory.index.curve import along_curve

if TYPE_CHECKING:
    import pyarrow as pa

#: Points kept of each outline: more than any incident is tried at, so that two incidents seldom share a point.
POINTS = 4_096
#: Points of a part's box tried before it is taken for too thin, and its middle stands for it.
MOST_TRIED = 1 << 21
#: Shares of an outline below this are rounding.
ROUNDING = 1e-9
#: Inverse of the plastic number and its square: Roberts' R2 sequence, evenly spread over a square.
_R2 = 1.3247179572447460 ** -np.arange(1.0, 3.0)


@dataclass(frozen=True, eq=False)
class Outline:
    """A region: its name as the file gives it, its ground, a point in it, and how far its corners are from there."""

    name: str
    geometry: shapely.Geometry
    lon: float
    lat: float
    radius_m: float

    @cached_property
    def points(self) -> Reals:
        """Points evenly spread over its ground, degrees, shape (n, 2), along a curve: every k-th is even too."""
        parts = shapely.get_parts(self.geometry)
        areas = area_m2(parts)
        counts = np.ceil(POINTS * areas / areas.sum()).astype(np.int64)
        found = [_points_in(part, count) for part, count in zip(parts.tolist(), counts.tolist(), strict=True)]
        points = np.concatenate(found)
        return points[np.argsort(along_curve(points), kind="stable")]


@dataclass(frozen=True)
class Outlines:
    """The outlines of a case by folded name, and what was odd in their file."""

    by_name: dict[str, Outline] = field(default_factory=dict)
    from_m: float = float("inf")
    notes: tuple[str, ...] = ()
    rejects: tuple[dict[str, Any], ...] = ()

    def of_places(self, incident_places: pa.Table) -> NDArray[np.object_]:
        """Outline of each place, ``None`` where it keeps its disc or has none; shape (places,)."""
        found = np.full(incident_places.num_rows, None, dtype=object)
        if not self.by_name:
            return found
        names, rows = np.unique(
            np.array([name or "" for name in incident_places["place_name"].to_pylist()], dtype=object).astype(str),
            return_inverse=True,
        )
        outline = np.full(len(names), None, dtype=object)
        outline[:] = [self.by_name.get(fold_script(name)) for name in names.tolist()]
        lon, radius = (incident_places[one].to_numpy().astype(np.float64) for one in ("lon", "radius_m"))
        wide = np.isnan(lon) | np.isnan(radius) | (radius >= self.from_m)
        found[wide] = outline[rows[wide]]
        return found

    def notes_on(self, incident_places: pa.Table) -> list[str]:
        """What was odd in the file, and which places without point or radius have a name that no outline bears."""
        if not self.by_name:
            return list(self.notes)
        without = {
            row["place_name"]
            for row in incident_places.select(["place_name", "lon", "radius_m"]).to_pylist()
            if row["place_name"] and (row["lon"] is None or row["radius_m"] is None)
        }
        missing = sorted(name for name in without if fold_script(name) not in self.by_name)
        return [
            *self.notes,
            *(f'no outline bears the name "{name}": its incidents are in no spatial test' for name in missing),
        ]


def read_outlines(case: Case) -> Outlines:
    """The outlines that the case names; none when it names no file.

    Raises
    ------
    LayerError
        When the file cannot be read, or none of its areas bears a name.
    """
    path, key = case.file.places.outlines, case.file.places.outline_name
    if path is None:
        return Outlines()
    file = read_features(case.folder / path, path, case.file.region.box)
    found: dict[str, Outline] = {}
    twice: set[str] = set()
    for feature in file.features:
        name = str(feature.properties.get(key) or "").strip()
        folded = fold_script(name)
        if not folded:
            continue
        if folded in found:
            twice.add(folded)
        found[folded] = _outline(name, feature.geometry)
    if not found:
        raise LayerError(
            f'{path}: no area has a property "{key}" with a name; set outline_name in [places] to the one that has'
        )
    odd = [
        f'two areas bear the name "{found[one].name}", so it has no outline; give each its own name'
        for one in sorted(twice)
    ]
    kept = {name: outline for name, outline in found.items() if name not in twice}
    return Outlines(kept, case.file.places.outlines_from_m, (*file.notes, *odd), file.rejects)


def outline_shares(layer: ControlLayer, outlines: Sequence[Outline], first: Days, last: Days) -> Reals:
    """Share of each column of ``layer.columns`` over outline and days, shape (n, columns); each row sums to 1.

    Shares are of area on the ellipsoid, exact up to the edges as given; each day counts alike. Not a time is unknown.
    """
    shares = np.zeros((len(outlines), len(layer.columns)))
    of_map: dict[tuple[Outline, int], Reals] = {}
    for row, outline in enumerate(outlines):
        if np.isnat(first[row]):
            shares[row, -1] = 1.0
            continue
        until = first[row] if np.isnat(last[row]) else last[row]
        maps, days = np.unique(layer.maps_on(np.arange(first[row], until + 1)), return_counts=True)
        for number, count in zip(maps.tolist(), days.tolist(), strict=True):
            if (outline, number) not in of_map:
                of_map[outline, number] = _shares_of(layer, outline, number)
            shares[row] += of_map[outline, number] * (count / days.sum())
    return shares


def with_outlines(outline: NDArray[np.object_], lon: Reals, lat: Reals, radius_m: Reals) -> tuple[Reals, Reals, Reals]:
    """Points and radii in which those that have an outline take its middle, and the radius that holds it."""
    rows = np.flatnonzero(outline != None).tolist()  # noqa: E711  (row by row)
    lon, lat, radius_m = lon.copy(), lat.copy(), radius_m.copy()
    for row in rows:
        lon[row], lat[row], radius_m[row] = outline[row].lon, outline[row].lat, outline[row].radius_m
    return lon, lat, radius_m


def _shares_of(layer: ControlLayer, outline: Outline, number: int) -> Reals:
    shares = np.zeros(len(layer.columns))
    if number < 0:
        shares[-1] = 1.0
        return shares
    whole = area_m2(outline.geometry)[0]
    for column, area in layer.ground(number).disjoint_areas.items():
        if shapely.covers(area, outline.geometry):
            shares[column] = 1.0
        elif area.intersects(outline.geometry):
            shares[column] = area_m2(shapely.intersection(area, outline.geometry))[0] / whole
    # Areas that only touch, and rounding, are no ground.
    shares[shares < ROUNDING] = 0.0
    rest = 1.0 - shares.sum()
    if rest > ROUNDING:
        shares[layer.rest] += rest
    shares /= shares.sum()
    return shares


def _outline(name: str, geometry: shapely.Geometry) -> Outline:
    middle = geometry.centroid if geometry.contains(geometry.centroid) else geometry.point_on_surface()
    corners = shapely.get_coordinates(geometry)
    lon, lat = (np.full(len(corners), value) for value in (middle.x, middle.y))
    # Edges are straight in degrees and may bulge past their ends' circle by a hair.
    reach = 1.001 * float(geodesic_m(lon, lat, corners[:, 0], corners[:, 1]).max())
    return Outline(name, geometry, middle.x, middle.y, reach)


def _points_in(part: shapely.Geometry, count: int) -> Reals:
    """So many points evenly spread over a polygon; its middle when it is too thin to be hit."""
    west, south, east, north = part.bounds
    low, high = np.sin(np.radians(south)), np.sin(np.radians(north))
    shapely.prepare(part)
    found, tried, size = [np.zeros((0, 2))], 0, 4 * count
    while sum(map(len, found)) < count and tried < MOST_TRIED:
        across, up = (np.arange(tried + 1, tried + size + 1)[:, None] * _R2 % 1.0).T
        lon, lat = west + across * (east - west), np.degrees(np.arcsin(low + up * (high - low)))
        inside = shapely.contains_xy(part, lon, lat)
        found.append(np.stack([lon[inside], lat[inside]], axis=1))
        tried, size = tried + size, min(2 * size, MOST_TRIED)
    points = np.concatenate(found)[:count]
    middle = part.point_on_surface()
    return points if len(points) else np.array([[middle.x, middle.y]])
