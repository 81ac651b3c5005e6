"""GeoJSON files with areas.

In: a GeoJSON file. Out: :class:`FeatureFile`: its features with valid, flat polygons in WGS 84 degrees, what was
refused, and what was mended. Refuses: empty files, what is no JSON or no GeoJSON, another CRS, coordinates
out of range, latitude and longitude exchanged. A feature that states no ground goes to rejects.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from contested.base.errors import LayerError
from contested.base.places import Box
from contested.base.rows import read_text
from contested.territory.areas import area_m2, only_polygons

#: Parts of a ``crs`` member's name that mean longitude and latitude on WGS 84.
_WGS84_NAMES = ("CRS84", "EPSG::4326", "EPSG:4326", "EPSG:6.9:4326", "EPSG:6.6:4326")
_GEOMETRIES = ("Polygon", "MultiPolygon", "GeometryCollection", "Point", "MultiPoint", "LineString", "MultiLineString")


@dataclass(frozen=True, slots=True)
class Feature:
    """One feature: ``number`` counts from 1; the geometry is a valid polygon or multipolygon with an area."""

    number: int
    geometry: shapely.Geometry
    properties: dict[str, Any]


@dataclass(frozen=True, slots=True)
class FeatureFile:
    """A GeoJSON file. ``shown`` is the path as messages and tables give it; ``rejects`` are rows of that table."""

    shown: str
    features: tuple[Feature, ...]
    rejects: tuple[dict[str, Any], ...]
    notes: tuple[str, ...]


def make_reject(path: str, row: int, reason: str, raw: object) -> dict[str, Any]:
    """A row of the table of rejects for the stage of territory."""
    text = json.dumps(raw, ensure_ascii=False, sort_keys=True, default=str) if raw else ""
    return {"original_path": path, "original_row": row, "stage": "territory", "reason": reason, "raw": text}


def read_features(path: Path, shown: str, region: Box | None = None) -> FeatureFile:
    """Read the areas of a GeoJSON file.

    Invalid rings are repaired (``make_valid``, structure method) and the change of area is noted; heights are
    dropped. With a region, a file that only meets it with latitude and longitude exchanged is refused.

    Raises
    ------
    LayerError
        When the file as a whole cannot be used.
    """
    members = _members(path, shown)
    features: list[Feature] = []
    rejects: list[dict[str, Any]] = []
    notes: list[str] = []
    flattened = 0
    if not members:
        rejects.append(make_reject(shown, 0, f"{shown}: the collection holds no feature; download it again", None))
    for number, (geometry, properties) in enumerate(members, 1):
        where = f"{shown} feature {number}"
        try:
            shape = _shape(geometry, where)
        except ValueError as fault:
            kind = geometry.get("type") if isinstance(geometry, dict) else None
            raw = {"properties": properties, "geometry_type": kind}
            rejects.append(make_reject(shown, number, str(fault), raw))
            continue
        _check_degrees(shape, where)
        flattened += bool(shapely.has_z(shape))
        mended, note = _mend(shapely.force_2d(shape), where)
        if mended.is_empty:
            reason = f"{where}: the geometry ({shape.geom_type}) covers no ground (area 0); expected a polygon"
            rejects.append(make_reject(shown, number, reason, {"properties": properties}))
            continue
        notes.extend([note] if note else [])
        features.append(Feature(number, mended, properties))
    if flattened:
        notes.append(f"{shown}: heights of {flattened} feature{'s' if flattened != 1 else ''} were dropped")
    if region is not None and features:
        _check_not_swapped([feature.geometry for feature in features], region, shown)
    return FeatureFile(shown, tuple(features), tuple(rejects), tuple(notes))


def _members(path: Path, shown: str) -> list[tuple[Any, dict[str, Any]]]:
    text = read_text(path, error=LayerError)
    try:
        content = json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as fault:
        raise LayerError(f"{shown}: this is no JSON: {fault}; expected a GeoJSON file: download it again") from None
    kind = content.get("type") if isinstance(content, dict) else None
    if kind != "FeatureCollection" and kind != "Feature" and kind not in _GEOMETRIES:
        raise LayerError(
            f"{shown}: this JSON is no GeoJSON: its type is {json.dumps(kind)}, expected FeatureCollection, "
            "Feature or a geometry; export it as GeoJSON"
        )
    _check_crs(content.get("crs"), shown)
    if kind in _GEOMETRIES:
        return [(content, {})]
    members = content.get("features") if kind == "FeatureCollection" else [content]
    if not isinstance(members, list) or not all(isinstance(member, dict) for member in members):
        raise LayerError(f'{shown}: "features" is no list of features; export it as GeoJSON')
    found = []
    for member in members:
        properties = member.get("properties")
        found.append((member.get("geometry"), properties if isinstance(properties, dict) else {}))
    return found


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no number")


def _check_crs(crs: Any, shown: str) -> None:
    if crs is None:
        return
    properties = crs.get("properties") if isinstance(crs, dict) else None
    name = str(properties.get("name", "")) if isinstance(properties, dict) else str(crs)
    if not name.upper().endswith(_WGS84_NAMES):
        raise LayerError(
            f'{shown}: the coordinates are in "{name}", expected longitude and latitude in degrees (CRS84, EPSG:4326); '
            f"convert it: ogr2ogr -t_srs EPSG:4326 out.geojson {shown}"
        )


def _shape(geometry: Any, where: str) -> shapely.Geometry:
    if not isinstance(geometry, dict):
        raise ValueError(f"{where}: the geometry is missing (null); expected a Polygon or MultiPolygon")
    try:
        shape = shapely.from_geojson(json.dumps(geometry))
    except (shapely.errors.GEOSException, ValueError, TypeError) as fault:
        raise ValueError(
            f"{where}: the geometry cannot be read: {fault}; expected closed rings of 4 points or more"
        ) from None
    if shape is None or shape.is_empty:
        raise ValueError(f"{where}: the geometry ({geometry.get('type')}) is empty; expected a Polygon or MultiPolygon")
    return shape


def _check_degrees(shape: shapely.Geometry, where: str) -> None:
    west, south, east, north = shape.bounds
    if not np.isfinite([west, south, east, north]).all():
        raise LayerError(f"{where}: a coordinate is not finite; export the file again")
    if west < -180 or east > 180 or south < -90 or north > 90:
        latlon = max(-west, east) <= 90 and max(-south, north) <= 180
        hint = (
            "latitude and longitude look swapped: GeoJSON puts longitude first"
            if latlon
            else "they look like metres of a projection: convert with ogr2ogr -t_srs EPSG:4326"
        )
        raise LayerError(
            f"{where}: coordinates reach from ({west:g}, {south:g}) to ({east:g}, {north:g}), outside longitude "
            f"[-180, 180] and latitude [-90, 90] degrees; {hint}"
        )


def _check_not_swapped(shapes: list[shapely.Geometry], region: Box, shown: str) -> None:
    west, south, east, north = shapely.total_bounds(shapes)
    box = shapely.box(*region)
    if not box.intersects(shapely.box(west, south, east, north)) and box.intersects(
        shapely.box(south, west, north, east)
    ):
        raise LayerError(
            f"{shown}: longitude {west:g} to {east:g} and latitude {south:g} to {north:g} look swapped: exchanged they "
            "meet the case's region; GeoJSON puts longitude first"
        )


def _mend(shape: shapely.Geometry, where: str) -> tuple[shapely.Geometry, str | None]:
    if shape.is_valid:
        return only_polygons(shape), None
    why = shapely.is_valid_reason(shape)
    mended = only_polygons(shapely.make_valid(shape, method="structure", keep_collapsed=False))
    before, after = area_m2([shape, mended]) / 1e6
    return mended, (
        f"{where}: an invalid ring ({why}) was repaired; the area went from {before:.4f} to {after:.4f} km²"
    )
