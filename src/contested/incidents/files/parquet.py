"""A Parquet or GeoParquet file as rows.

In: a ``.parquet`` file. Out: :class:`RowStream`, one batch of a row group after another: values as text, days and
times in ISO form, whole numbers without a point. Refuses: what is no Parquet file, encrypted files, and tables with
more columns than any.

A structure gives columns ``outer.inner``; a list gives one cell with a line per entry, a list of structures a column
``list.inner`` each; a map a line ``key: value`` per entry. Of a geometry (GeoParquet, or a column of WKB named
``geometry`` or ``geom``) a point gives ``longitude`` and ``latitude`` in degrees, where the file has no such columns;
the geometry's own column says what kind it is. Another CRS than degrees is converted, with a note.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from contested.base.errors import DatasetError
from contested.incidents.batches import BATCH_ROWS, RowBatch, RowStream
from contested.incidents.files.columns import check_columns
from contested.incidents.files.workbooks import cell_text

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq

#: Columns of bytes that are read as a geometry where the file's metadata names none.
_GEOMETRY_NAMES = frozenset({"geometry", "geom", "wkb_geometry"})
#: What the numbers of a GeoParquet file mean when its metadata leaves the key out (specification 1.1).
_DEFAULT_CRS = "OGC:CRS84"
#: Whole numbers up to here are held exactly by a float of 64 bits.
_EXACT = 2.0**53

#: Column of a batch → named columns of text, every one without nulls.
_Reader = Callable[["pa.Array"], list["pa.Array"]]


def open_parquet(path: Path) -> RowStream:
    """The rows of a Parquet file.

    Raises
    ------
    DatasetError
        When the file cannot be read, at once or while its batches are taken.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(path)
    except (pa.ArrowException, OSError, ValueError) as fault:
        raise DatasetError(
            f"{path.name}: this is no Parquet file that can be read: {fault}; download it again"
        ) from None
    notes: list[str] = []
    names: list[str] = []
    readers: list[_Reader] = []
    taken = frozenset(name.casefold() for name in file.schema_arrow.names)
    geometries = _geometries(file, path, notes)
    for field in file.schema_arrow:
        if field.name in geometries:
            points = not {"longitude", "latitude"} & {*taken, *(name.casefold() for name in names)}
            found, reader = _geometry_columns(field, geometries[field.name], points=points)
        else:
            found, reader = _columns(field.name, field.type)
        names += found
        readers.append(reader)
    return RowStream(path, check_columns(names, path.name), _batches(file, path, names, readers), tuple(notes))


def _batches(file: pq.ParquetFile, path: Path, names: list[str], readers: list[_Reader]) -> Iterator[RowBatch]:
    import pyarrow as pa
    import pyarrow.compute as pc
    from shapely.errors import ShapelyError

    schema = pa.schema([pa.field(name, pa.string(), nullable=False) for name in names])
    first = 1
    try:
        for batch in file.iter_batches(BATCH_ROWS):
            columns = [text for column, read in zip(batch.columns, readers, strict=True) for text in read(column)]
            cells = pa.RecordBatch.from_arrays(columns, schema=schema)
            filled = pa.array([False] * cells.num_rows)
            for column in columns:
                filled = pc.or_(filled, pc.not_equal(column, ""))
            cells = cells.filter(filled)
            yield RowBatch(pa.array(range(first, first + cells.num_rows), pa.int64()), cells)
            first += cells.num_rows
    except (pa.ArrowException, ShapelyError, OSError, ValueError) as fault:
        raise DatasetError(
            f"{path.name}: after row {first - 1} the file is damaged: {fault}; download it again"
        ) from None


def _columns(name: str, kind: pa.DataType) -> tuple[list[str], _Reader]:
    """The columns that a column of the file gives, and what makes them."""
    import pyarrow as pa

    types = pa.types
    if types.is_struct(kind) and kind.num_fields:
        inner = [_columns(f"{name}.{kind.field(i).name}", kind.field(i).type) for i in range(kind.num_fields)]
        return (
            [column for columns, _ in inner for column in columns],
            lambda array: [
                text
                for part, (_, read) in zip(array.flatten(), inner, strict=True)
                for text in read(part)
            ],
        )  # fmt: skip
    if types.is_map(kind):
        return [name], _from_python(lambda pairs: "\n".join(f"{key}: {_value_text(value)}" for key, value in pairs))
    if types.is_list(kind) or types.is_large_list(kind) or types.is_fixed_size_list(kind):
        if types.is_struct(kind.value_type):
            keys = [kind.value_type.field(i).name for i in range(kind.value_type.num_fields)]
            readers = [_from_python(partial(_inner_lines, key=key)) for key in keys]
            return [f"{name}.{key}" for key in keys], lambda array: [read(array)[0] for read in readers]
        return [name], _from_python(_lines)
    return [name], lambda array: [_plain_text(array)]


def _from_python(text: Callable[[Any], str]) -> _Reader:
    """A reader for values that are themselves several: taken one by one."""
    import pyarrow as pa

    return lambda array: [pa.array(["" if value is None else text(value) for value in array.to_pylist()], pa.string())]


def _lines(parts: Any) -> str:
    return "\n".join(filter(None, map(_value_text, parts)))


def _inner_lines(parts: Any, key: str) -> str:
    return _lines(part and part[key] for part in parts)


def _value_text(value: Any) -> str:
    if isinstance(value, (dict, list)):
        return json.dumps(value, ensure_ascii=False, default=cell_text)
    if isinstance(value, bytes):
        try:
            return value.decode().strip()
        except UnicodeDecodeError:
            return value.hex()
    return cell_text(value)


def _plain_text(array: pa.Array) -> pa.Array:
    """Single values as text; empty where there is none."""
    import pyarrow as pa
    import pyarrow.compute as pc

    kind, types = array.type, pa.types
    if types.is_dictionary(kind):
        return pc.take(_plain_text(array.dictionary), array.indices).fill_null("")
    if types.is_floating(kind):
        return _number_text(pc.cast(array, pa.float32()) if types.is_float16(kind) else array)
    if types.is_timestamp(kind):
        array = pc.cast(pc.local_timestamp(array) if kind.tz else array, pa.string())
        array = pc.replace_substring_regex(pc.replace_substring(array, " ", "T"), r"\.0+$", "")
        text = pc.replace_substring_regex(array, "T00:00:00$", "")
    elif types.is_decimal(kind):
        text = pc.replace_substring_regex(pc.cast(array, pa.string()), r"\.0+$", "")
    elif any(known(kind) for known in (types.is_integer, types.is_boolean, types.is_date, types.is_null)) or _is_text(
        kind
    ):
        text = pc.cast(array, pa.string())
    else:
        return _from_python(_value_text)(array)[0]
    return pc.utf8_trim_whitespace(text).fill_null("")


def _is_text(kind: pa.DataType) -> bool:
    import pyarrow as pa

    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind))


def _number_text(array: pa.Array) -> pa.Array:
    """Floats as text: whole ones as such, since 203105040001.0 would be written with an exponent."""
    import pyarrow as pa
    import pyarrow.compute as pc

    whole = pc.and_(pc.equal(array, pc.floor(array)), pc.less(pc.abs(array), _EXACT))
    whole = pc.fill_null(whole, False)
    as_int = pc.cast(pc.cast(pc.if_else(whole, array, 0), pa.int64()), pa.string())
    missing = pc.fill_null(pc.is_nan(array), True)
    text = pc.if_else(whole, as_int, pc.cast(array, pa.string()))
    return pc.if_else(missing, "", text)


def _geometries(file: pq.ParquetFile, path: Path, notes: list[str]) -> dict[str, Any]:
    """Column of a geometry → what turns its coordinates into degrees; ``None`` where they are degrees or not known."""
    schema = file.schema_arrow
    declared: Mapping[str, Any] = {}
    try:
        declared = json.loads((schema.metadata or {}).get(b"geo", b"{}")).get("columns", {})
    except (ValueError, AttributeError):
        notes.append(f"{path.name}: the metadata named geo is no JSON object; geometries are found by their names")
    found: dict[str, Any] = {}
    for field in schema:
        named = field.name.casefold() in _GEOMETRY_NAMES and _is_bytes(field.type)
        if named or (field.name in declared and (_is_bytes(field.type) or _has_x_and_y(field.type))):
            found[field.name] = _to_degrees(declared.get(field.name), f'{path.name}: "{field.name}"', notes)
    return found


def _is_bytes(kind: pa.DataType) -> bool:
    import pyarrow as pa

    return bool(pa.types.is_binary(kind) or pa.types.is_large_binary(kind))


def _has_x_and_y(kind: pa.DataType) -> bool:
    import pyarrow as pa

    return bool(pa.types.is_struct(kind) and kind.get_field_index("x") >= 0 and kind.get_field_index("y") >= 0)


def _to_degrees(declared: Any, shown: str, notes: list[str]) -> Any:
    """What turns coordinates into degrees, west to east first; ``None`` where there is nothing to turn."""
    from pyproj import CRS, Transformer
    from pyproj.exceptions import CRSError

    if not isinstance(declared, dict):
        notes.append(f"{shown}: the file names no CRS; points are read as longitude and latitude in degrees")
        return None
    written = declared.get("crs", _DEFAULT_CRS)
    if written is None:
        notes.append(f"{shown}: its CRS is stated as unknown; points are read as longitude and latitude in degrees")
        return None
    try:
        crs = CRS.from_user_input(written)
    except CRSError as fault:
        raise DatasetError(f"{shown}: its CRS cannot be read: {fault}; write the file in degrees (EPSG:4326)") from None
    if crs.equals(CRS(_DEFAULT_CRS), ignore_axis_order=True) or crs.equals(CRS("EPSG:4326"), ignore_axis_order=True):
        return None
    notes.append(f"{shown}: points are converted from {crs.name} to degrees")
    return Transformer.from_crs(crs, "EPSG:4326", always_xy=True)


def _geometry_columns(field: pa.Field, to_degrees: Any, *, points: bool) -> tuple[list[str], _Reader]:
    """Columns of a geometry: its kind, and longitude and latitude where the file has none."""
    import numpy as np
    import pyarrow as pa
    import shapely

    def read(array: pa.Array) -> list[pa.Array]:
        shapes = shapely.from_wkb(array.to_numpy(zero_copy_only=False)) if _is_bytes(field.type) else _points(array)
        kinds = ["" if shape is None else shape.geom_type for shape in shapes]
        columns = [pa.array(kinds, pa.string())]
        if points:
            with_point = [
                None if empty else shape for shape, empty in zip(shapes, shapely.is_empty(shapes), strict=True)
            ]
            x, y = shapely.get_x(with_point), shapely.get_y(with_point)
            if to_degrees is not None:
                x, y = to_degrees.transform(x, y)
            columns += [_number_text(pa.array(np.where(np.isfinite(part), part, np.nan))) for part in (x, y)]
        return columns

    return [field.name, *(("longitude", "latitude") if points else ())], read


def _points(array: pa.Array) -> np.ndarray[Any, np.dtype[Any]]:
    """Points that are written as x and y."""
    import numpy as np
    import shapely

    values = array.to_pylist()
    return np.array(
        [None if value is None else shapely.Point(value["x"], value["y"]) for value in values], dtype=object
    )
