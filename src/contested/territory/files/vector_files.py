"""Shapefiles, GeoPackages and GeoParquet files.

In: such a file, or a zip with shapefiles. Out: its members in degrees, and notes. Refuses: files without a CRS, files
that their reader cannot open, archives that unpack to too much.

Shapefiles and GeoPackages are read by GDAL through pyogrio, which the extra ``formats`` brings; GeoParquet needs
nothing beyond the package itself.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from contested.base.errors import LayerError
from contested.territory.files.features import Member
from contested.territory.files.packed import open_zip
from contested.territory.files.projections import MISSING_CRS_HINT, in_degrees

if TYPE_CHECKING:
    import pyarrow as pa

#: What the numbers of a GeoParquet file mean when its metadata leaves the key out (specification 1.1).
_GEOPARQUET_DEFAULT = "OGC:CRS84"


def read_vector_file(path: Path, shown: str) -> tuple[list[Member], list[str]]:
    """The members of a shapefile, a zip of shapefiles, or the layers of a GeoPackage, and notes.

    Raises
    ------
    LayerError
        When the file cannot be used, or pyogrio is not installed.
    """
    try:
        import pyogrio
    except ModuleNotFoundError:
        raise LayerError(
            f"{shown}: {path.suffix} files need pyogrio, which is not installed; install the extra that holds it: "
            "contested[formats]"
        ) from None
    members: list[Member] = []
    notes: list[str] = []
    for source, layer in _sources(path, shown, pyogrio, notes):
        where = f"{shown} ({layer})" if layer else shown
        try:
            meta, table = pyogrio.read_arrow(source, layer=None if path.suffix.lower() == ".zip" else layer or None)
        except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, RuntimeError, ValueError) as fault:
            raise LayerError(
                f"{where}: the file cannot be read: {fault}; a shapefile needs its .shx, .dbf and .prj beside the .shp"
            ) from None
        column = meta.get("geometry_name") or "wkb_geometry"
        found = _members(table, column, len(members) + 1, layer)
        found, converted = in_degrees(found, meta.get("crs"), where)
        members += found
        notes += converted
    return members, notes


def _sources(path: Path, shown: str, pyogrio: Any, notes: list[str]) -> Iterator[tuple[str, str]]:
    """What to open, each with the name of the layer in it."""
    suffix = path.suffix.lower()
    if suffix == ".shp":
        yield str(path), ""
    elif suffix == ".zip":
        for name in _shapefiles_in(path, shown):
            yield f"/vsizip/{path.absolute()}/{name}", Path(name).stem
    else:
        try:
            layers = pyogrio.list_layers(path).tolist()
        except (pyogrio.errors.DataSourceError, RuntimeError) as fault:
            raise LayerError(f"{shown}: no readable GeoPackage: {fault}; export it again") from None
        for layer, kind in layers:
            if kind is None:
                notes.append(f"{shown}: the table {layer} has no geometry and was passed over")
            else:
                yield str(path), str(layer)


def _shapefiles_in(path: Path, shown: str) -> list[str]:
    with open_zip(path, shown) as archive:
        names = sorted(name for name in archive.namelist() if name.lower().endswith(".shp"))
    names = [name for name in names if not any(part.startswith(("__MACOSX", ".")) for part in name.split("/"))]
    if not names:
        raise LayerError(f"{shown}: the archive holds no .shp file; expected a zipped shapefile")
    return names


def read_geoparquet(path: Path, shown: str) -> tuple[list[Member], list[str]]:
    """The rows of a GeoParquet file, and notes.

    Raises
    ------
    LayerError
        When the file cannot be used.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.ParquetFile(path).read()
    except (OSError, pa.ArrowInvalid, pa.ArrowNotImplementedError) as fault:
        raise LayerError(f"{shown}: no readable Parquet file: {fault}; download it again") from None
    raw = (table.schema.metadata or {}).get(b"geo")
    if raw is None:
        raise LayerError(
            f'{shown}: the Parquet file has no "geo" metadata, so neither its geometry nor its CRS is named; '
            f"write it as GeoParquet (geopandas: to_parquet); {MISSING_CRS_HINT}"
        )
    try:
        geo = json.loads(raw)
        column = str(geo["primary_column"])
        about = geo["columns"][column]
        encoding, crs = str(about["encoding"]), about.get("crs", _GEOPARQUET_DEFAULT)
    except (ValueError, KeyError, TypeError, AttributeError) as fault:
        raise LayerError(f"{shown}: its GeoParquet metadata cannot be read ({fault}); write it again") from None
    if encoding != "WKB" or column not in table.column_names:
        raise LayerError(
            f'{shown}: the geometry column "{column}" is in the encoding {encoding}; expected WKB: '
            'write it again (geopandas: to_parquet(geometry_encoding="WKB"))'
        )
    members, notes = in_degrees(_members(table, column, 1, ""), crs, shown)
    if about.get("edges", "planar") != "planar":
        notes.append(f"{shown}: its edges are {about['edges']}; they were taken as straight in degrees")
    return members, notes


def _members(table: pa.Table, column: str, first: int, layer: str) -> list[Member]:
    """Rows as members, numbered from ``first``; a geometry that cannot be read leaves the others alone."""
    wkb = table[column].to_pylist()
    rows = table.drop_columns([column]).to_pylist() if len(table.column_names) > 1 else [{} for _ in wkb]
    found = []
    for number, (raw, properties) in enumerate(zip(wkb, rows, strict=True), first):
        properties = {key: _written(value) for key, value in properties.items()}
        try:
            # NaN among the numbers is found, and said, where all features are checked.
            with np.errstate(invalid="ignore"):
                shape = None if raw is None else shapely.from_wkb(raw)
            fault = ""
        except (shapely.errors.GEOSException, TypeError, ValueError) as refusal:
            shape, fault = None, f"the geometry cannot be read: {refusal}; expected closed rings of 4 points or more"
        kind = None if shape is None else shape.geom_type
        found.append(Member(number, shape, properties, fault, kind, layer))
    return found


def _written(value: Any) -> Any:
    """A value as it would stand in GeoJSON: dates as text, whole numbers without a point."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value
