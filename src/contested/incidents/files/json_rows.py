"""Rows of a JSON file: an array of objects, objects one after the other (JSON lines), or GeoJSON features.

In: a JSON file. Out: :class:`RowStream`. Refuses: what is no JSON, files without a list of objects, and arrays and
GeoJSON over the limit up to which they are read whole (:class:`DatasetError`); of JSON lines, which are read line by
line at any length, single lines that are no object (:class:`RefusedRow`).

An object within an object gives columns ``outer.inner``; a list gives one cell with a line per entry; a list of
``{"key": …, "value": …}`` gives a column ``list.KEY`` each. A GeoJSON point gives ``longitude`` and ``latitude``.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from contested.base.errors import DatasetError
from contested.base.rows import read_text
from contested.incidents.batches import BATCH_ROWS, RefusedRow, RowBatch, RowStream
from contested.incidents.files.exact_rows import MAX_LINE_CHARACTERS, RAW_CHARACTERS
from contested.incidents.files.text_bytes import TextBytes, find_encoding

JSON_ENDINGS = frozenset({".json", ".geojson", ".jsonl", ".ndjson"})
#: Most columns that the objects of one file may have together: more are no table.
MAX_COLUMNS = 2_000
#: Most objects within each other: deeper ones are no record.
MAX_DEPTH = 100
#: Names under which an object holds the list of its records.
_LISTS = re.compile(r'"(?:features|events|incidents|data|results|records)"\s*:\s*\[')
_BETWEEN = re.compile(r"[\s,]*")
#: An object, or a row that is none with the reason.
_Found = dict[str, Any] | RefusedRow


def open_json(path: Path, encoding: str = "utf-8") -> RowStream:
    """Open a JSON file; it is read twice, first for the columns that its objects have together.

    Raises
    ------
    DatasetError
        When the file is no JSON, holds no list of objects, or is no JSON lines and larger than
        :data:`~contested.base.rows.MAX_CSV_BYTES`.
    """
    found = find_encoding(path, encoding)
    objects: Callable[[], Iterator[_Found]]
    if _stands_in_lines(path, found):
        objects = partial(_objects_of_lines, path, found)
    else:
        objects = partial(_objects_of_text, read_text(path, found), path)
    columns: dict[str, None] = {}
    for value in objects():
        if isinstance(value, dict):
            try:
                columns.update(dict.fromkeys(_cells(value)))
            except RecursionError:
                raise DatasetError(f"{path.name}: its objects are nested too deeply; give flat records") from None
        if len(columns) > MAX_COLUMNS:
            raise DatasetError(
                f"{path.name}: its objects have more than {MAX_COLUMNS:,} different keys; give a list of records"
            )
    if not columns:
        raise DatasetError(f"{path.name}: no list of objects was found; expected [{{…}}, …] or GeoJSON features")
    return RowStream(path, tuple(columns), _batches(objects(), tuple(columns)))


def _batches(objects: Iterator[_Found], columns: tuple[str, ...]) -> Iterator[RowBatch]:
    import pyarrow as pa

    numbered = enumerate(objects, start=1)
    while part := list(islice(numbered, BATCH_ROWS)):
        rows = [(number, _cells(value)) for number, value in part if isinstance(value, dict)]
        arrays = [pa.array([cells.get(column, "") for _, cells in rows], pa.string()) for column in columns]
        refused = tuple(value for _, value in part if isinstance(value, RefusedRow))
        numbers = pa.array([number for number, _ in rows], pa.int64())
        yield RowBatch(numbers, pa.RecordBatch.from_arrays(arrays, names=list(columns)), refused)


def _stands_in_lines(path: Path, encoding: str) -> bool:
    """Whether the first line is a whole object, and more than the one that holds the list."""
    first, *others = islice((line for line in _lines(path, encoding) if line.strip()), 2)
    try:
        return isinstance(json.loads(first), dict) and (bool(others) or not _LISTS.search(first))
    except (ValueError, RecursionError):
        return False


def _lines(path: Path, encoding: str) -> Iterator[str]:
    with io.TextIOWrapper(io.BufferedReader(TextBytes(path, encoding)), encoding="utf-8") as text:
        while line := text.readline(MAX_LINE_CHARACTERS):
            yield line


def _objects_of_lines(path: Path, encoding: str) -> Iterator[_Found]:
    number = 0
    for line in _lines(path, encoding):
        if not line.strip(" \t\r\n,"):
            continue
        number += 1
        reason = "this is no object in JSON; expected one on each line"
        try:
            value = json.loads(line.strip(" \t\r\n,"))
        except (ValueError, RecursionError) as fault:
            value, reason = None, f"this is no JSON that can be read: {fault}"
        yield value if isinstance(value, dict) else RefusedRow(number, reason, line[:RAW_CHARACTERS].rstrip())


def _objects_of_text(text: str, path: Path) -> Iterator[_Found]:
    decoder = json.JSONDecoder()
    position = _end_of(_BETWEEN, text, 0)
    if text[position] == "{" and (found := _LISTS.search(text)):
        position = found.end()
    elif text[position] == "[":
        position += 1
    elif text[position] != "{":
        raise DatasetError(f"{path.name}: begins with {text[position]!r}, which is no list of objects in JSON")
    number = 0
    while (position := _end_of(_BETWEEN, text, position)) < len(text) and text[position] != "]":
        try:
            value, end = decoder.raw_decode(text, position)
        except (ValueError, RecursionError) as fault:
            raise DatasetError(
                f"{path.name}: after {number} records this is no JSON that can be read: {fault}; download it again"
            ) from None
        number += 1
        raw = text[position : min(end, position + RAW_CHARACTERS)]
        yield value if isinstance(value, dict) else RefusedRow(number, "this is no object in JSON", raw)
        position = end


def _end_of(pattern: re.Pattern[str], text: str, position: int) -> int:
    match = pattern.match(text, position)
    return match.end() if match else position


def _cells(value: dict[str, Any]) -> dict[str, str]:
    cells: dict[str, str] = {}
    if value.get("type") == "Feature" and isinstance(value.get("properties"), dict):
        geometry = value.get("geometry")
        _flatten({k: v for k, v in value.items() if k not in ("type", "geometry", "properties")}, "", cells)
        _flatten(value["properties"], "", cells)
        point = geometry.get("coordinates") if isinstance(geometry, dict) and geometry.get("type") == "Point" else None
        if isinstance(point, list) and len(point) >= 2:
            cells["longitude"], cells["latitude"] = (_text(part) for part in point[:2])
        else:
            cells["geometry"] = _text(geometry)
    else:
        _flatten(value, "", cells)
    return cells


def _flatten(value: dict[str, Any], prefix: str, cells: dict[str, str]) -> None:
    if prefix.count(".") > MAX_DEPTH:
        raise RecursionError
    for key, inner in value.items():
        name = f"{prefix}{key}".strip() or "(no name)"
        if isinstance(inner, dict):
            _flatten(inner, f"{name}.", cells)
        elif isinstance(inner, list) and inner and all(isinstance(part, dict) for part in inner):
            for part in inner:
                pairs = {str(part["key"]): part["value"]} if part.keys() == {"key", "value"} else part
                within: dict[str, str] = {}
                _flatten(pairs, f"{name}.", within)
                for column, text in within.items():
                    cells[column] = f"{cells[column]}\n{text}" if cells.get(column) else text
        elif isinstance(inner, list):
            cells[name] = "\n".join(_text(part) for part in inner)
        else:
            cells[name] = _text(inner)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        # Half of a surrogate pair is no character, and no table can hold it.
        return value.strip().encode("utf-8", "replace").decode()
    return json.dumps(value, ensure_ascii=False)
