"""Any named CRS to degrees.

In: members of a file and the CRS that the file names. Out: the members in WGS 84 longitude and latitude, and a note on
how they were converted. Refuses: a CRS that is missing or unknown.

Edges of a projected file are straight in its projection; ours are straight in degrees. So edges longer than
:data:`EDGE_M` are cut before they are converted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

from contested.base.errors import LayerError
from contested.territory.files.features import Member

#: Longest straight piece of an edge in a projection, metres; a straight line of 5 km in UTM and the line straight in
#: degrees differ by less than 1 m up to 60 degrees of latitude.
EDGE_M = 5_000.0
#: What to do when a file does not say what its numbers mean.
MISSING_CRS_HINT = (
    "name it when you know it, and convert: ogr2ogr -s_srs EPSG:CODE -t_srs EPSG:4326 out.geojson; ask who made the "
    "file when you do not: a wrong guess moves the front by kilometres"
)


def in_degrees(members: Sequence[Member], crs: Any, shown: str) -> tuple[list[Member], list[str]]:
    """Members whose coordinates are longitude and latitude on WGS 84, and notes.

    ``crs`` is whatever :meth:`pyproj.CRS.from_user_input` takes: a code, WKT, PROJJSON.

    Raises
    ------
    LayerError
        When the CRS is missing or unknown.
    """
    if crs is None or crs == "":
        raise LayerError(f"{shown}: the file names no CRS, so its coordinates mean nothing; {MISSING_CRS_HINT}")
    try:
        source = pyproj.CRS.from_user_input(crs)
    except (pyproj.exceptions.CRSError, TypeError) as fault:
        raise LayerError(
            f'{shown}: the coordinates are in "{str(crs)[:80]}", which is no CRS that is known ({str(fault)[:120]}); '
            f"convert it: ogr2ogr -s_srs EPSG:CODE -t_srs EPSG:4326 out.geojson {shown}"
        ) from None
    if is_wgs84(source):
        return list(members), []
    transformer = pyproj.Transformer.from_crs(source, "EPSG:4326", always_xy=True)
    unit = source.axis_info[0].unit_conversion_factor if source.is_projected else 0.0

    def convert(points: NDArray[np.float64]) -> NDArray[np.float64]:
        lon, lat = transformer.transform(points[:, 0], points[:, 1])
        return np.stack([np.asarray(lon), np.asarray(lat)], axis=1)

    found = []
    for member in members:
        shape = member.geometry
        if shape is None or shape.is_empty:
            found.append(member)
            continue
        flat = bool(shapely.has_z(shape) or shapely.has_m(shape))
        shape = shapely.force_2d(shape)
        if unit and np.isfinite(shape.bounds).all():
            shape = shapely.segmentize(shape, EDGE_M / unit)
        found.append(replace(member, geometry=shapely.transform(shape, convert), flattened=flat or member.flattened))
    return found, [f"{shown}: converted from {source.name} to WGS 84{_accuracy(transformer)}"]


def is_wgs84(crs: pyproj.CRS) -> bool:
    """Whether the coordinates are degrees on WGS 84 already, in whatever order the register names the axes."""
    return any(crs.equals(known, ignore_axis_order=True) for known in ("EPSG:4326", "OGC:CRS84", "EPSG:4979"))


def _accuracy(transformer: pyproj.Transformer) -> str:
    if "ballpark" in (transformer.description or "").lower():
        return " without a shift of datum, which no source gives: places may lie off by up to some hundred metres"
    # PROJ gives -1 where it does not know, 0 for a conversion without error.
    return f" (within {transformer.accuracy:g} m)" if transformer.accuracy and transformer.accuracy > 0 else ""
