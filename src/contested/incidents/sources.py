"""Datasets of incidents → records: any CSV, tab-separated, JSON or GeoJSON file, by its preset.

In: a dataset's file or files as downloaded, its entry in ``case.toml``. Out: the table ``records``,
the rows that were refused, and notes for the reader. Refuses: files that are empty, in another
encoding or without a needed column (:class:`DatasetError`); single rows that cannot be read
(``mapping.py``), and identifiers met twice. These go to ``rejects``: rows in = records + rejects, always.

Columns that the preset does not use are kept word for word in ``extra``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from contested.base.case import Case, DatasetEntry
from contested.base.errors import DatasetError, nearest_name
from contested.base.records import RECORDS
from contested.base.rows import Layout, Row, RowFile, read_rows
from contested.base.times import DayInterval
from contested.incidents.json_rows import read_json_rows
from contested.incidents.mapping import Reading, Scope, make_record
from contested.incidents.presets import TARGETS, Preset, load_preset

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["DatasetTables", "load_preset", "read_dataset", "read_dataset_file", "read_files"]

_SLASHED = re.compile(r"(\d{1,2})[/.](\d{1,2})[/.]\d{4}")
_JSON_ENDINGS = frozenset({".json", ".geojson", ".jsonl", ".ndjson"})


@dataclass(frozen=True)
class DatasetTables:
    """What came of one dataset: rows in = ``records`` + ``rejects``."""

    records: pa.Table
    rejects: list[dict[str, Any]]
    notes: tuple[str, ...]


def read_dataset(entry: DatasetEntry, case: Case) -> DatasetTables:
    """Read a dataset into records.

    Parameters
    ----------
    entry
        The dataset in ``case.toml``; ``path`` may be a pattern that fits several files.
    case
        The case, for its window and region.

    Returns
    -------
    DatasetTables
        ``records`` holds every row that could be read; ``in_window`` is false for those whose days
        miss the window or whose point lies outside the region's box. They stay, and make no incident.

    Raises
    ------
    DatasetError
        When the preset does not exist or a file cannot be read at all.
    """
    preset = load_preset(entry.preset, case.folder)
    paths = sorted(path for path in case.folder.glob(entry.path) if path.is_file())
    if not paths:
        raise DatasetError(f'dataset "{entry.name}": no file fits {entry.path} in {case.folder}; check the path')
    return read_files(paths, entry, preset, Scope.of_case(case))


def read_files(paths: Sequence[Path], entry: DatasetEntry, preset: Preset, scope: Scope) -> DatasetTables:
    """Read the files of one dataset into records, for a scope that need not be a case's."""
    records: list[dict[str, Any]] = []
    rejects: list[dict[str, Any]] = []
    notes: list[str] = []
    first_at: dict[str, str] = {}
    for path in paths:
        reading, found = _open(path, entry, preset, scope)
        notes.extend(found)
        for row in reading.file.rows:
            try:
                record = make_record(row, reading)
                where = f"{reading.original_path} row {row.number}"
                if (earlier := first_at.setdefault(record["record_id"], where)) != where:
                    own_id = record["record_id"].partition(":")[2]
                    raise ValueError(f'the id "{own_id}" was met before ({earlier}); each row needs its own')
                records.append(record)
            except ValueError as error:
                rejects.append(_reject(row, reading, str(error)))
    notes.extend(_notes(entry, scope, records, rejects))
    return DatasetTables(RECORDS.from_rows(records), rejects, tuple(notes))


def read_dataset_file(path: Path, preset: Preset, encoding: str = "utf-8") -> tuple[RowFile, list[str]]:
    """The rows of a file of the format, and notes on how it was read."""
    form = preset.file
    if path.suffix.lower() in _JSON_ENDINGS:
        return read_json_rows(path, encoding), []
    layout = Layout(form.header, form.delimiter, form.quoted)
    try:
        return read_rows(path, encoding=encoding, layout=layout), []
    except DatasetError as fault:
        if form.fallback_encoding is None or encoding != "utf-8" or not isinstance(fault.__context__, UnicodeError):
            raise
    file = read_rows(path, encoding=form.fallback_encoding, layout=layout)
    return file, [f"{path.name}: the text is not UTF-8; it was read as {form.fallback_encoding}"]


def _open(path: Path, entry: DatasetEntry, preset: Preset, scope: Scope) -> tuple[Reading, list[str]]:
    file, notes = read_dataset_file(path, preset, entry.encoding)
    columns = _columns(entry, preset, file)
    day_first = entry.day_first
    if day_first is None:
        date_columns = [c for t in ("date", "date_start", "date_end") for c in columns.get(t, ())]
        day_first, found = _day_order(path.name, [row.values[c] for row in file.rows for c in date_columns])
        if found and day_first is None and (day_first := preset.day_first) is not None:
            order = "day/month" if day_first else "month/day"
            found = [f"{path.name}: dates are read as {order}, as the preset says: the file does not show their order"]
        notes += found
    if "id" not in columns:
        notes.append(f"{path.name}: no column holds an id, so rows bear their number; do not reorder the file")
    tolls = {
        group: {what: found_columns(names, file.columns) for what, names in of_group.items()}
        for group, of_group in preset.tolls.items()
    }
    shown = path.relative_to(scope.folder).as_posix()
    return Reading(entry, preset, scope, file, shown, columns, day_first, tolls), notes


def found_columns(names: Iterable[str], columns: Sequence[str]) -> tuple[str, ...]:
    """Those of the names that are columns of the file, in order; case is passed over where it must be."""
    by_folded = {column.casefold(): column for column in columns}
    found = (name if name in columns else by_folded.get(name.casefold()) for name in names)
    return tuple(dict.fromkeys(name for name in found if name is not None))


def _columns(entry: DatasetEntry, preset: Preset, file: RowFile) -> dict[str, tuple[str, ...]]:
    """Target → columns of the file: the case's map first, then the preset's names."""
    where = f'dataset "{entry.name}" in case.toml'
    mapped: dict[str, tuple[str, ...]] = {}
    for target, column in entry.columns.items():
        target = "id" if target == "record_id" else target
        if target not in TARGETS:
            raise DatasetError(f"{where}: columns.{target} is no column of records; {nearest_name(target, TARGETS)}")
        if column not in file.columns:
            raise DatasetError(
                f'{file.path.name}: the column "{column}", which {where} maps to {target}, is missing; '
                f"{nearest_name(column, file.columns)}"
            )
        mapped[target] = (column,)
    for target, names in preset.columns.items():
        if found := found_columns(names, file.columns):
            mapped.setdefault(target, found)
    groups: list[tuple[str, ...]] = [*((target,) for target in preset.needed), *preset.needed_one_of]
    for group in groups:
        if not any(target in mapped for target in group):
            wanted = [name for target in group for name in preset.columns.get(target, (target,))]
            raise DatasetError(
                f"{file.path.name}: the column {' or '.join(repr(n) for n in wanted)} is missing; "
                f"{nearest_name(wanted[0], file.columns)}; name the file's own column under columns of {where}"
            )
    if ("lon" in mapped) != ("lat" in mapped):
        raise DatasetError(f"{file.path.name}: of longitude and latitude only one column is there; map both in {where}")
    return mapped


def _day_order(name: str, values: Iterable[str]) -> tuple[bool | None, list[str]]:
    """The order of slashed dates, when a number above 12 in the same file shows it."""
    day_leads = month_leads = slashed = 0
    for value in values:
        if match := _SLASHED.fullmatch(value):
            slashed += 1
            day_leads += int(match[1]) > 12
            month_leads += int(match[2]) > 12
    if not slashed:
        return None, []
    if bool(day_leads) != bool(month_leads):
        order, shown = ("day/month", day_leads) if day_leads else ("month/day", month_leads)
        return bool(day_leads), [f"{name}: dates are read as {order}: {shown} of {slashed} can be read in no other way"]
    found = "some can only be day/month and some only month/day" if day_leads else "none shows its order"
    return None, [f"{name}: of {slashed} slashed dates {found}; those open to both were refused: set day_first"]


def _reject(row: Row, reading: Reading, reason: str) -> dict[str, Any]:
    return {
        "original_path": reading.original_path,
        "original_row": row.number,
        "stage": "incidents",
        "reason": f"{reading.file.path.name} row {row.number}: {reason}; the row went to rejects",
        "raw": json.dumps(row.values, ensure_ascii=False),
    }


def _notes(
    entry: DatasetEntry, scope: Scope, records: list[dict[str, Any]], rejects: list[dict[str, Any]]
) -> list[str]:
    """What a reader of the case should know of the dataset."""
    name, days = entry.name, scope.window
    notes = []
    if rejects:
        notes.append(f"{name}: {len(rejects)} of {len(records) + len(rejects)} rows were refused; see rejects")
    if not records:
        return [*notes, f"{name}: no row could be read as an incident"]
    dated = [r for r in records if days.overlaps(DayInterval(r["date_start"], r["date_end"]))]
    if not dated:
        first, last = min(r["date_start"] for r in records), max(r["date_end"] for r in records)
        notes.append(
            f"{name}: no row lies in the window {days.start} to {days.end}; its days run from {first} to {last}"
        )
    elif len(dated) < len(records):
        notes.append(f"{name}: {len(records) - len(dated)} of {len(records)} records lie outside the window")
    if outside := sum(not r["in_window"] for r in dated):
        notes.append(f"{name}: {outside} records of the window lie outside the region {scope.region}")
    beyond = sum(
        r["killed_best"] is not None
        and (
            r["killed_best"] < (r["killed_low"] or 0)
            or (r["killed_high"] is not None and r["killed_best"] > r["killed_high"])
        )
        for r in records
    )
    if beyond:
        notes.append(f"{name}: in {beyond} records killed_best lies outside low to high, as published")
    return notes
