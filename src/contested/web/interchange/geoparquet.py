"""GeoParquet 1.1 (https://geoparquet.org/releases/v1.1.0): incidents and holdings.

In: an :class:`~contested.web.edition.Edition`. Out: ``incidents.parquet``, one row a place with its radius, and
``holdings.parquet``; geometries are WKB in longitude and latitude, WGS 84 (the format's default, OGC:CRS84), rings
counted as the source drew them. Refuses: nothing; a row without a point has no geometry.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from contested.base.engine import SMALL_LEVEL, parquet_bytes
from contested.base.records import TABLES
from contested.web.edition import Edition
from contested.web.interchange.counting import Export, Format
from contested.web.interchange.placed import placed_incidents, placed_keys
from contested.web.public import PublicRows, row_key

if TYPE_CHECKING:
    import pyarrow as pa

VERSION = "1.1.0"


def write_geoparquet(edition: Edition) -> Export:
    """Both tables."""
    import pyarrow as pa

    placed = placed_incidents(edition)
    incident = TABLES["incidents"].schema()
    place = [
        field for field in TABLES["incident_places"].schema() if field.name in ("place_no", "place_name", "radius_m")
    ]
    columns: dict[str, Any] = {"key": pa.array([one.key for one in placed], pa.string())}
    columns |= {field.name: pa.array([one.incident[field.name] for one in placed], field.type) for field in incident}
    columns |= {
        field.name: pa.array([one.place[field.name] if one.place else None for one in placed], field.type)
        for field in place
    }
    points = [None if one.point is None else shapely.Point(one.point) for one in placed]
    columns["geometry"] = pa.array([None if point is None else shapely.to_wkb(point) for point in points], pa.binary())
    rows = edition.public.of("holdings")
    held = pa.table(
        {field.name: pa.array([row[field.name] for row in rows], field.type)
         for field in TABLES["holdings"].schema()}
    )  # fmt: skip
    return Export({
        "incidents.parquet": _bytes(pa.table(columns), points),
        "holdings.parquet": _bytes(held, [shapely.from_wkb(row["geometry"]) for row in rows]),
    })  # fmt: skip


def _bytes(table: pa.Table, shapes: list[Any]) -> bytes:
    present = np.array([shape for shape in shapes if shape is not None], dtype=object)
    column: dict[str, Any] = {
        "encoding": "WKB", "geometry_types": sorted({shape.geom_type for shape in present}), "edges": "planar",
    }  # fmt: skip
    if len(present):
        column["bbox"] = [float(edge) for edge in shapely.total_bounds(present)]
    geo = {"version": VERSION, "primary_column": "geometry", "columns": {"geometry": column}}
    return parquet_bytes(table.replace_schema_metadata({"geo": json.dumps(geo)}), SMALL_LEVEL)


def read_geoparquet_keys(files: Mapping[str, bytes], public: PublicRows) -> dict[str, list[str]]:
    """Keys of the rows in both files."""
    import pyarrow.parquet as pq

    names = pq.read_table(io.BytesIO(files["incidents.parquet"]), columns=["key"])["key"].to_pylist()
    held = pq.read_table(io.BytesIO(files["holdings.parquet"]), columns=list(TABLES["holdings"].key))
    return {**placed_keys(names, public), "holdings": [row_key("holdings", row) for row in held.to_pylist()]}


GEOPARQUET = Format(
    "geoparquet", "GeoParquet 1.1: places of incidents, and holdings", ("incidents", "incident_places", "holdings"),
    write_geoparquet, read_geoparquet_keys,
)  # fmt: skip
