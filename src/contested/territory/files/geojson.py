"""GeoJSON files.

In: a GeoJSON file (RFC 7946), or one of 2008 that names its CRS. Out: its members and notes. Refuses: empty files, what
is no JSON or no GeoJSON, and a CRS that nobody knows. A geometry that cannot be read is a member with its fault.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from contested.base.errors import LayerError
from contested.base.rows import read_text
from contested.territory.files.features import Member
from contested.territory.files.projections import in_degrees

#: Parts of a ``crs`` member's name that mean longitude and latitude on WGS 84, longitude first whatever the register
#: says of the order: that is how GeoJSON was written.
_WGS84_NAMES = ("CRS84", "EPSG::4326", "EPSG:4326", "EPSG:6.9:4326", "EPSG:6.6:4326")
_GEOMETRIES = ("Polygon", "MultiPolygon", "GeometryCollection", "Point", "MultiPoint", "LineString", "MultiLineString")


def read_geojson(path: Path, shown: str) -> tuple[list[Member], list[str]]:
    """The members of a GeoJSON file in degrees, and notes.

    Raises
    ------
    LayerError
        When the file as a whole cannot be used.
    """
    content = _content(path, shown)
    kind = content["type"]
    pairs: list[tuple[Any, Any]]
    if kind in _GEOMETRIES:
        pairs = [(content, {})]
    else:
        given = content.get("features") if kind == "FeatureCollection" else [content]
        if not isinstance(given, list) or not all(isinstance(member, dict) for member in given):
            raise LayerError(f'{shown}: "features" is no list of features; export it as GeoJSON')
        pairs = [(member.get("geometry"), member.get("properties")) for member in given]
    members = [_member(number, geometry, properties) for number, (geometry, properties) in enumerate(pairs, 1)]
    crs = _crs_name(content.get("crs"))
    if crs is None or crs.upper().endswith(_WGS84_NAMES):
        return members, []
    return in_degrees(members, crs, shown)


def _content(path: Path, shown: str) -> dict[str, Any]:
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
    assert isinstance(content, dict)
    return content


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no number")


def _crs_name(crs: Any) -> str | None:
    if crs is None:
        return None
    properties = crs.get("properties") if isinstance(crs, dict) else None
    return str(properties.get("name", "")) if isinstance(properties, dict) else str(crs)


def _member(number: int, geometry: Any, properties: Any) -> Member:
    properties = properties if isinstance(properties, dict) else {}
    if not isinstance(geometry, dict):
        return Member(number, None, properties)
    kind = geometry.get("type")
    kind = kind if isinstance(kind, str) else None
    try:
        shape, flattened = _polygons(kind, geometry.get("coordinates"))
        if shape is None:
            shape = shapely.from_geojson(json.dumps(geometry))
    except (shapely.errors.GEOSException, ValueError, TypeError, RecursionError) as fault:
        reason = f"the geometry cannot be read: {fault}; expected closed rings of 4 points or more"
        return Member(number, None, properties, reason, kind)
    if shape is None:
        shape = shapely.Polygon()
    return Member(number, shape, properties, kind=kind, flattened=flattened)


def _polygons(kind: str | None, coordinates: Any) -> tuple[shapely.Geometry | None, bool]:
    """Polygons straight from their numbers, and whether heights were left out; ``None`` for whatever is unusual.

    Four times as fast as writing the geometry out again for the reader of GEOS, which takes the rest and says what is
    wrong with it.
    """
    if kind not in ("Polygon", "MultiPolygon") or not isinstance(coordinates, list) or not coordinates:
        return None, False
    flattened = False
    parts = []
    for polygon in coordinates if kind == "MultiPolygon" else [coordinates]:
        if not isinstance(polygon, list) or not polygon:
            return None, False
        rings = []
        for ring in polygon:
            try:
                points = np.array(ring)
            except ValueError:
                return None, False
            if points.ndim != 2 or points.dtype.kind not in "if" or len(points) < 4 or points.shape[1] < 2:
                return None, False
            if (points[0] != points[-1]).any() or not np.isfinite(points).all():
                return None, False
            flattened |= points.shape[1] > 2
            rings.append(shapely.linearrings(points[:, :2]))
        parts.append(shapely.polygons(rings[0], rings[1:] or None))
    return (parts[0] if kind == "Polygon" else shapely.multipolygons(parts)), flattened
