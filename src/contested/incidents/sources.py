"""Datasets of incidents → records: any CSV file, by its preset.

In: a dataset's file or files as downloaded, its entry in ``case.toml``. Out: the table ``records``,
the rows that were refused, and notes for the reader. Refuses: files that are empty, in another
encoding or without a needed column (:class:`DatasetError`); single rows with impossible or swapped
coordinates, dates that cannot be read, tolls below nought or with low above high, and identifiers
met twice. These go to ``rejects``: rows in = records + rejects, always.

Columns that the preset does not use are kept word for word in ``extra``.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from contested.base.case import Case, DatasetEntry
from contested.base.errors import DatasetError, nearest_name
from contested.base.places import check_point, in_box
from contested.base.records import RECORDS
from contested.base.rows import Row, RowFile, read_rows
from contested.base.times import DayInterval, parse_interval
from contested.incidents.presets import TARGETS, Preset, load_preset

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["DatasetTables", "load_preset", "read_dataset"]

_SLASHED = re.compile(r"(\d{1,2})[/.](\d{1,2})[/.]\d{4}")
_TRUE, _FALSE = frozenset({"true", "yes", "1", "y"}), frozenset({"", "false", "no", "0", "n"})
_TEXTS = ("time_of_day", "place_name", "group_id", "title", "attributed_to", "address")
#: Columns whose value in ``records`` is not the cell itself, so that the cell is kept in ``extra`` too.
_TRANSFORMED = frozenset({"precision"})


@dataclass(frozen=True)
class DatasetTables:
    """What came of one dataset: rows in = ``records`` + ``rejects``."""

    records: pa.Table
    rejects: list[dict[str, Any]]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class _Reading:
    """One file with what is needed to read its rows."""

    entry: DatasetEntry
    preset: Preset
    case: Case
    file: RowFile
    original_path: str
    columns: Mapping[str, tuple[str, ...]]
    """Target → columns of this file."""
    day_first: bool | None

    def cell(self, row: Row, target: str) -> str:
        """The first cell with a value among the columns of the target; empty when there is none."""
        for column in self.columns.get(target, ()):
            value = row.values[column]
            if value and value not in self.preset.missing.get(column, ()):
                return value
        return ""

    @cached_property
    def plainly_used(self) -> frozenset[str]:
        """Columns whose cells stand unchanged in ``records``."""
        unchanged = {t: c for t, c in self.columns.items() if t not in _TRANSFORMED}
        if self.preset.kinds:
            unchanged.pop("kind", None)
        # Of several columns for the sources only one is used in a row, so all but the first stay.
        return frozenset(columns[0] for columns in unchanged.values())


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
    preset = load_preset(entry.preset)
    paths = sorted(path for path in case.folder.glob(entry.path) if path.is_file())
    if not paths:
        raise DatasetError(f'dataset "{entry.name}": no file fits {entry.path} in {case.folder}; check the path')
    records: list[dict[str, Any]] = []
    rejects: list[dict[str, Any]] = []
    notes: list[str] = []
    first_at: dict[str, str] = {}
    for path in paths:
        reading, found = _open(path, entry, preset, case)
        notes.extend(found)
        for row in reading.file.rows:
            try:
                record = _record(row, reading)
                where = f"{reading.original_path} row {row.number}"
                if (earlier := first_at.setdefault(record["record_id"], where)) != where:
                    own_id = record["record_id"].partition(":")[2]
                    raise ValueError(f'the id "{own_id}" was met before ({earlier}); each row needs its own')
                records.append(record)
            except ValueError as error:
                rejects.append(_reject(row, reading, str(error)))
    notes.extend(_notes(entry, case, records, rejects))
    return DatasetTables(RECORDS.from_rows(records), rejects, tuple(notes))


def _open(path: Path, entry: DatasetEntry, preset: Preset, case: Case) -> tuple[_Reading, list[str]]:
    file = read_rows(path, encoding=entry.encoding)
    columns = _columns(entry, preset, file)
    day_first = entry.day_first
    notes: list[str] = []
    if day_first is None:
        date_columns = [c for t in ("date", "date_start", "date_end") for c in columns.get(t, ())]
        day_first, notes = _day_order(path.name, (row.values[c] for row in file.rows for c in date_columns))
    if "id" not in columns:
        notes.append(f"{path.name}: no column holds an id, so rows bear their number; do not reorder the file")
    return _Reading(entry, preset, case, file, case.relative(path), columns, day_first), notes


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
        found = tuple(name for name in names if name in file.columns)
        if found:
            mapped.setdefault(target, found)
    groups: list[tuple[str, ...]] = [*((target,) for target in preset.needed), *preset.needed_one_of]
    for group in groups:
        if not any(target in mapped for target in group):
            wanted = [name for target in group for name in preset.columns[target]]
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


def _record(row: Row, reading: _Reading) -> dict[str, Any]:
    """The record of a row; ``ValueError`` says what is wrong with it."""
    entry, preset, case = reading.entry, reading.preset, reading.case
    if "" in row.values:
        raise ValueError(f"{row.values['']!r} stands beyond the last column; a separator is not quoted")
    own_id = reading.cell(row, "id") if "id" in reading.columns else f"row-{row.number}"
    if not own_id:
        raise ValueError("the id is empty; each row needs one")
    days = _days(row, reading)
    lon, lat = _point(row, reading)
    kind = reading.cell(row, "kind")
    window = DayInterval(case.file.window.first, case.file.window.last)
    in_region = lon is None or lat is None or in_box(lon, lat, case.file.region.box)
    return {
        "record_id": f"{entry.name}:{own_id}",
        "dataset": entry.name,
        "original_path": reading.original_path,
        "original_row": row.number,
        "preset": preset.name,
        "in_window": days.overlaps(window) and in_region,
        "kind": preset.kinds.get(kind, kind) or entry.kind or "incident",
        "date_start": days.start,
        "date_end": days.end,
        "lon": lon,
        "lat": lat,
        "radius_m": None if lon is None else _radius_m(row, reading),
        **{target: reading.cell(row, target) or None for target in _TEXTS},
        **_toll(row, reading, "killed"),
        **_toll(row, reading, "injured"),
        "sources": _sources(reading.cell(row, "sources"), preset),
        "second_hand": _flag(reading.cell(row, "second_hand")),
        "publish": entry.publish_rows and preset.publish_rows,
        "extra": _extra(row, reading),
    }


def _days(row: Row, reading: _Reading) -> DayInterval:
    if whole := reading.cell(row, "date"):
        return parse_interval(whole, reading.day_first)
    first = parse_interval(reading.cell(row, "date_start"), reading.day_first)
    if not (end := reading.cell(row, "date_end")):
        return first
    last = parse_interval(end, reading.day_first)
    if last.end < first.start:
        raise ValueError(f"date_end {last.end} is before date_start {first.start}; check both")
    return DayInterval(first.start, last.end, "interval")


def _number(text: str, name: str) -> float:
    try:
        value = float(text)
    except ValueError:
        raise ValueError(f'{name} "{text}" is no number; expected one like 36.2') from None
    if not math.isfinite(value):
        raise ValueError(f'{name} "{text}" is not finite; leave it empty when it is not known')
    return value


def _point(row: Row, reading: _Reading) -> tuple[float | None, float | None]:
    lon_text, lat_text = reading.cell(row, "lon"), reading.cell(row, "lat")
    if not lon_text and not lat_text:
        return None, None
    if not lon_text or not lat_text:
        there = "longitude" if lon_text else "latitude"
        raise ValueError(f'only the {there} "{lon_text or lat_text}" is given; a point needs both, or neither')
    lon, lat = _number(lon_text, "longitude"), _number(lat_text, "latitude")
    check_point(lon, lat, reading.case.file.region.box)
    return lon, lat


def _radius_m(row: Row, reading: _Reading) -> float | None:
    if text := reading.cell(row, "radius_m"):
        radius_m = _number(text, "radius_m")
        if radius_m <= 0:
            raise ValueError(f"radius_m {radius_m:g} is not above 0 metres")
        return radius_m
    if code := reading.cell(row, "precision"):
        known = {**reading.preset.radius_m, **reading.entry.radius_m}
        if code in known:
            return float(known[code])
        if code in reading.preset.without_radius:
            return None
        codes = ", ".join(sorted({*known, *reading.preset.without_radius})) or "none"
        raise ValueError(f'precision "{code}" is not known (known: {codes}); add it under radius_m of the dataset')
    return reading.entry.default_radius_m


def _count(text: str, name: str) -> int | None:
    if not text:
        return None
    value = _number(text, name)
    if value != int(value) or value < 0:
        raise ValueError(f'{name} "{text}" is no count of people; expected 0 or more, or an empty cell')
    return int(value)


def _toll(row: Row, reading: _Reading, what: str) -> dict[str, int | None]:
    """Low, high and (for the killed) best; one column ``killed`` or ``injured`` gives low = high."""
    exact = _count(reading.cell(row, what), what)
    ends = [f"{what}_low", f"{what}_high"]
    low, high = (_count(reading.cell(row, name), name) for name in ends)
    low, high = exact if low is None else low, exact if high is None else high
    if low is not None and high is not None and low > high:
        raise ValueError(f"{ends[0]} {low} is above {ends[1]} {high}; correct the row or leave both empty")
    found = dict(zip(ends, (low, high), strict=True))
    if what == "killed":
        best = _count(reading.cell(row, "killed_best"), "killed_best")
        found["killed_best"] = exact if best is None else best
    return found


def _sources(text: str, preset: Preset) -> list[str]:
    parts = re.split("|".join(re.escape(mark) for mark in preset.separators), text)
    kept: dict[str, str] = {}
    for part in parts:
        if name := part.strip(" .\t\r\n"):
            kept.setdefault(name.casefold(), name)
    return list(kept.values())


def _flag(text: str) -> bool:
    if (value := text.casefold()) in _TRUE | _FALSE:
        return value in _TRUE
    raise ValueError(f'second_hand "{text}" is neither true nor false')


def _extra(row: Row, reading: _Reading) -> str:
    missing = reading.preset.missing
    kept = {
        column: value
        for column, value in row.values.items()
        if value and column not in reading.plainly_used and value not in missing.get(column, ())
    }
    return json.dumps(kept, ensure_ascii=False)


def _reject(row: Row, reading: _Reading, reason: str) -> dict[str, Any]:
    return {
        "original_path": reading.original_path,
        "original_row": row.number,
        "stage": "incidents",
        "reason": f"{reading.file.path.name} row {row.number}: {reason}; the row went to rejects",
        "raw": json.dumps(row.values, ensure_ascii=False),
    }


def _notes(entry: DatasetEntry, case: Case, records: list[dict[str, Any]], rejects: list[dict[str, Any]]) -> list[str]:
    """What a reader of the case should know of the dataset."""
    name, window = entry.name, case.file.window
    notes = []
    if rejects:
        notes.append(f"{name}: {len(rejects)} of {len(records) + len(rejects)} rows were refused; see rejects")
    if not records:
        return [*notes, f"{name}: no row could be read as an incident"]
    days = DayInterval(window.first, window.last)
    dated = [r for r in records if days.overlaps(DayInterval(r["date_start"], r["date_end"]))]
    if not dated:
        first, last = min(r["date_start"] for r in records), max(r["date_end"] for r in records)
        notes.append(
            f"{name}: no row lies in the window {window.first} to {window.last}; its days run from {first} to {last}"
        )
    elif len(dated) < len(records):
        notes.append(f"{name}: {len(records) - len(dated)} of {len(records)} records lie outside the window")
    if outside := sum(not r["in_window"] for r in dated):
        notes.append(f"{name}: {outside} records of the window lie outside the region {case.file.region.name}")
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
