"""Rows of a JSON file: an array of objects, objects one after the other (JSON lines), or GeoJSON features.

In: a JSON file. Out: :class:`RowFile`, as from CSV. Refuses: what is no JSON, and files without a list of objects.

An object within an object gives columns ``outer.inner``; a list gives one cell with a line per entry; a list of
``{"key": …, "value": …}`` gives a column ``list.KEY`` each. A GeoJSON point gives ``longitude`` and ``latitude``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from contested.base.errors import DatasetError
from contested.base.rows import Row, RowFile, read_text

#: Most columns that the objects of one file may have together: more are no table.
MAX_COLUMNS = 2_000
#: Names under which an object holds the list of its records.
_LISTS = re.compile(r'"(?:features|events|incidents|data|results|records)"\s*:\s*\[')
_BETWEEN = re.compile(r"[\s,]*")


def read_json_rows(path: Path, encoding: str = "utf-8") -> RowFile:
    """The objects of a JSON file as rows; ``text[row.start:row.end]`` is the object as it stands.

    Raises
    ------
    DatasetError
        When the file is no JSON or holds no list of objects.
    """
    text = read_text(path, encoding)
    flat: list[tuple[dict[str, str], int, int]] = []
    columns: dict[str, None] = {}
    try:
        for value, start, end in _objects(text, path):
            cells = _cells(value)
            columns.update(dict.fromkeys(cells))
            columns.pop("", None)
            if len(columns) > MAX_COLUMNS:
                raise DatasetError(
                    f"{path.name}: its objects have more than {MAX_COLUMNS:,} different keys; give a list of records"
                )
            flat.append((cells, start, end))
    except (ValueError, RecursionError) as fault:
        if isinstance(fault, DatasetError):
            raise
        raise DatasetError(
            f"{path.name}: after {len(flat)} records this is no JSON that can be read: {fault}; download it again"
        ) from None
    if not columns:
        raise DatasetError(f"{path.name}: no list of objects was found; expected [{{…}}, …] or GeoJSON features")
    rows = tuple(
        Row(number, {**dict.fromkeys(columns, ""), **cells}, start, end)
        for number, (cells, start, end) in enumerate(flat, start=1)
    )
    return RowFile(path, text, tuple(columns), rows)


def _objects(text: str, path: Path) -> Iterator[tuple[Any, int, int]]:
    decoder = json.JSONDecoder()
    position = _end_of(_BETWEEN, text, 0)
    if text[position] == "{" and (found := _LISTS.search(text)):
        position = found.end()
    elif text[position] == "[":
        position += 1
    elif text[position] != "{":
        raise DatasetError(f"{path.name}: begins with {text[position]!r}, which is no list of objects in JSON")
    while (position := _end_of(_BETWEEN, text, position)) < len(text) and text[position] != "]":
        value, end = decoder.raw_decode(text, position)
        yield value, position, end
        position = end


def _end_of(pattern: re.Pattern[str], text: str, position: int) -> int:
    match = pattern.match(text, position)
    return match.end() if match else position


def _cells(value: Any) -> dict[str, str]:
    if not isinstance(value, dict):
        return {"": f"{value!r:.200}"}
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
        return value.strip()
    return json.dumps(value, ensure_ascii=False)
