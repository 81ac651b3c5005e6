"""Features with areas, whatever file they stood in: checked, mended, in degrees.

In: the members of a file, as the reader of its format gives them. Out: :class:`FeatureFile`: features with valid, flat
polygons in WGS 84 degrees, what was refused, and what was mended. Refuses: coordinates out of range, latitude and
longitude exchanged. A feature that states no ground, or whose coordinates make no ground, goes to rejects.

All formats come through here, so that a fault is treated alike in each of them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from contested.base.errors import LayerError
from contested.base.places import Box
from contested.territory.areas import area_m2, only_polygons

#: Repairs that are told one by one; the others are counted.
SHOWN_REPAIRS = 3

_Shapes = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Member:
    """One feature as it stands in a file, before any check.

    ``number`` counts from 1. ``geometry`` is ``None`` when it cannot be read; ``fault`` then says why. ``layer`` is the
    layer or folder inside the file. ``flattened`` says that the reader has left out heights already.
    """

    number: int
    geometry: shapely.Geometry | None
    properties: dict[str, Any]
    fault: str = ""
    kind: str | None = None
    layer: str = ""
    flattened: bool = False


@dataclass(frozen=True, slots=True)
class Feature:
    """One feature: ``number`` counts from 1; the geometry is a valid polygon or multipolygon with an area."""

    number: int
    geometry: shapely.Geometry
    properties: dict[str, Any]
    layer: str = ""


@dataclass(frozen=True, slots=True)
class Repair:
    """An invalid geometry that was mended; areas before and after in square metres."""

    where: str
    why: str
    before_m2: float
    after_m2: float


@dataclass(frozen=True, slots=True)
class FeatureFile:
    """A file of areas. ``shown`` is the path as messages and tables give it; ``rejects`` are rows of that table."""

    shown: str
    features: tuple[Feature, ...]
    rejects: tuple[dict[str, Any], ...]
    notes: tuple[str, ...]
    repairs: tuple[Repair, ...] = ()


@dataclass
class _Checked:
    """Features in the making; all lists are parallel."""

    members: list[Member] = field(default_factory=list)
    shapes: list[shapely.Geometry] = field(default_factory=list)


def make_reject(path: str, row: int, reason: str, raw: object) -> dict[str, Any]:
    """A row of the table of rejects for the stage of territory."""
    text = json.dumps(raw, ensure_ascii=False, sort_keys=True, default=str) if raw else ""
    return {"original_path": path, "original_row": row, "stage": "territory", "reason": reason, "raw": text}


def make_features(
    shown: str, members: Iterable[Member], region: Box | None = None, notes: Sequence[str] = ()
) -> FeatureFile:
    """Check and mend the members of a file.

    Invalid rings are repaired (``make_valid``, structure method), heights and measures are dropped, longitudes up to
    360 degrees are brought back over the antimeridian. With a region, a file that only meets it with latitude and
    longitude exchanged is refused.

    Raises
    ------
    LayerError
        When the file as a whole cannot be used.
    """
    members = list(members)
    rejects: list[dict[str, Any]] = []
    found = list(notes)
    if not members:
        rejects.append(make_reject(shown, 0, f"{shown}: the collection holds no feature; download it again", None))

    def refuse(member: Member, reason: str) -> None:
        kind = member.kind or (None if member.geometry is None else member.geometry.geom_type)
        raw = {"properties": member.properties, "geometry_type": kind}
        rejects.append(make_reject(shown, member.number, f"{shown} feature {member.number}: {reason}", raw))

    checked = _Checked()
    suspects = _suspects(members)
    for member in members:
        if member.geometry is None:
            refuse(member, member.fault or "the geometry is missing (null); expected a Polygon or MultiPolygon")
        elif member.geometry.is_empty:
            refuse(member, f"the geometry ({member.kind}) is empty; expected a Polygon or MultiPolygon")
        elif member.number in suspects and (fault := _fault_of_coordinates(member.geometry)):
            refuse(member, fault)
        else:
            checked.members.append(member)
            checked.shapes.append(member.geometry)
    features, repairs = _mend_all(shown, checked, refuse, found)
    if region is not None and features:
        _check_not_swapped([feature.geometry for feature in features], region, shown)
    rejects.sort(key=lambda reject: reject["original_row"])
    return FeatureFile(shown, tuple(features), tuple(rejects), tuple(found), tuple(repairs))


def notes_of_repairs(repairs: Sequence[Repair]) -> list[str]:
    """The first repairs one by one, and how many there were in all, with the change of area."""
    notes = [
        f"{repair.where}: an invalid ring ({repair.why}) was repaired; the area went from "
        f"{repair.before_m2 / 1e6:.4f} to {repair.after_m2 / 1e6:.4f} km²"
        for repair in repairs[:SHOWN_REPAIRS]
    ]
    if len(repairs) > 1:
        changed = sum(abs(repair.after_m2 - repair.before_m2) for repair in repairs) / 1e6
        notes.append(
            f"{len(repairs)} features had invalid rings and were repaired; their areas changed by {changed:.4f} km² "
            "in all (changes added up whatever their sign)"
        )
    return notes


def _mend_all(shown: str, checked: _Checked, refuse: Any, notes: list[str]) -> tuple[list[Feature], list[Repair]]:
    """Flat, valid polygons in range; what covers no ground is refused."""
    if not checked.members:
        return [], []
    shapes = np.array(checked.shapes, dtype=object)
    outside = _check_degrees(shapes, checked.members, shown)
    flat = shapely.has_z(shapes) | shapely.has_m(shapes)
    flattened = int((flat | np.array([member.flattened for member in checked.members])).sum())
    shapes[flat] = shapely.force_2d(shapes[flat])
    repairs: list[Repair] = []
    for row in np.flatnonzero(~shapely.is_valid(shapes)).tolist():
        mended = only_polygons(shapely.make_valid(shapes[row], method="structure", keep_collapsed=False))
        if not mended.is_empty:
            before, after = area_m2([shapes[row], mended]).tolist()
            where = f"{shown} feature {checked.members[row].number}"
            repairs.append(Repair(where, shapely.is_valid_reason(shapes[row]), before, after))
        shapes[row] = mended
    for row in np.flatnonzero(outside).tolist():
        shapes[row] = _brought_back(only_polygons(shapes[row]))
    if outside.any():
        numbers = ", ".join(str(checked.members[row].number) for row in np.flatnonzero(outside)[:5])
        notes.append(
            f"{shown}: {int(outside.sum())} features reach beyond longitude 180 (first: {numbers}); they were cut at "
            "the antimeridian and brought back into [-180, 180]"
        )
    features = []
    for member, shape in zip(checked.members, shapes, strict=True):
        ground = only_polygons(shape)
        if ground.is_empty:
            kind = member.kind or shape.geom_type
            refuse(member, f"the geometry ({kind}) covers no ground (area 0); expected a polygon")
        else:
            features.append(Feature(member.number, ground, member.properties, member.layer))
    if flattened:
        notes.append(f"{shown}: heights of {flattened} feature{'s' if flattened != 1 else ''} were dropped")
    return features, repairs


def _suspects(members: Sequence[Member]) -> set[int]:
    """Numbers of members that are wider than half the earth, or have a coordinate that is not finite."""
    given = [member for member in members if member.geometry is not None]
    shapes = np.array([member.geometry for member in given], dtype=object)
    points, owner = shapely.get_coordinates(shapes, return_index=True)
    bounds = shapely.bounds(shapes)
    with np.errstate(invalid="ignore"):
        suspect = bounds[:, 2] - bounds[:, 0] > 180.0 if len(given) else np.zeros(0, dtype=bool)
    suspect[owner[~np.isfinite(points).all(axis=1)]] = True
    return {given[row].number for row in np.flatnonzero(suspect).tolist()}


def _fault_of_coordinates(shape: shapely.Geometry) -> str:
    """Why the coordinates make no ground; empty when they may."""
    points, ring = shapely.get_coordinates(
        shapely.get_rings(shapely.get_parts(shapely.get_parts(shape))), return_index=True
    )
    if not len(points):
        points, ring = shapely.get_coordinates(shape, return_index=True)
    if not np.isfinite(points).all():
        row = int(np.flatnonzero(~np.isfinite(points).all(axis=1))[0])
        lon, lat = points[row].tolist()
        return f"a coordinate is not finite ({lon:g}, {lat:g}, corner {row + 1}); export the file again"
    step = np.abs(np.diff(points[:, 0]))
    # An edge along the whole of a parallel belongs to a box around the earth, such as a polar cap cut open.
    far = (step > 180.0) & (step < 360.0) & (ring[1:] == ring[:-1]) & (np.abs(points) <= 360.0).all(axis=1)[1:]
    if far.any():
        row = int(np.flatnonzero(far)[0])
        return (
            f"an edge runs from longitude {points[row, 0]:g} to {points[row + 1, 0]:g}: it crosses the antimeridian or "
            "goes round a pole; cut the polygon at longitude 180 (RFC 7946, 3.1.9), or let longitudes run on past 180"
        )
    return ""


def _check_degrees(shapes: _Shapes, members: Sequence[Member], shown: str) -> NDArray[np.bool_]:
    """Which shapes reach beyond the antimeridian; refuses what cannot be degrees."""
    bounds = shapely.bounds(shapes)
    west, south, east, north = bounds.T
    level = (south >= -90) & (north <= 90)
    inside = level & (west >= -180) & (east <= 180)
    beyond: NDArray[np.bool_] = level & ~inside & (west >= -360) & (east <= 360) & (east - west <= 360)
    for row in np.flatnonzero(~inside & ~beyond).tolist():
        west, south, east, north = bounds[row].tolist()
        latlon = max(-west, east) <= 90 and max(-south, north) <= 180
        hint = (
            "latitude and longitude look swapped: longitude comes first"
            if latlon
            else "they look like metres of a projection: convert with ogr2ogr -t_srs EPSG:4326"
        )
        raise LayerError(
            f"{shown} feature {members[row].number}: coordinates reach from ({west:g}, {south:g}) to "
            f"({east:g}, {north:g}), outside longitude [-180, 180] and latitude [-90, 90] degrees; {hint}"
        )
    return beyond


def _brought_back(shape: shapely.Geometry) -> shapely.Geometry:
    """The ground of a shape whose longitudes run on past 180, cut there and moved by whole turns."""
    pieces = []
    for turn in (-1, 0, 1):
        piece = only_polygons(shape.intersection(shapely.box(-180 + 360 * turn, -90, 180 + 360 * turn, 90)))
        pieces.append(shapely.transform(piece, lambda points, turn=turn: points - [360.0 * turn, 0.0]))
    return only_polygons(shapely.union_all(pieces))


def _check_not_swapped(shapes: list[shapely.Geometry], region: Box, shown: str) -> None:
    west, south, east, north = shapely.total_bounds(shapes)
    box = shapely.box(*region)
    if not box.intersects(shapely.box(west, south, east, north)) and box.intersects(
        shapely.box(south, west, north, east)
    ):
        raise LayerError(
            f"{shown}: longitude {west:g} to {east:g} and latitude {south:g} to {north:g} look swapped: exchanged they "
            "meet the case's region; longitude comes first"
        )
