"""A row of a dataset → a record, by its preset.

In: a row, with its preset and the scope it is read for. Out: a row of the table ``records``. Refuses, as a
``ValueError`` that says what is wrong with the row: impossible or swapped coordinates, dates that cannot be read,
precision codes that no list knows, tolls below nought or with low above high.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

from contested.base.case import Case, DatasetEntry
from contested.base.places import Box, check_point, in_box
from contested.base.rows import Row, RowFile
from contested.base.times import DayInterval, parse_interval
from contested.incidents.presets import Preset

WORLD: Box = (-180.0, -90.0, 180.0, 90.0)
_TRUE, _FALSE = frozenset({"true", "yes", "1", "y"}), frozenset({"", "false", "no", "0", "n"})
_TEXTS = ("time_of_day", "place_name", "group_id", "title", "attributed_to", "address")
#: Columns whose value in ``records`` is not the cell itself, so that the cell is kept in ``extra`` too.
_TRANSFORMED = frozenset({"precision", "date_precision"})


@dataclass(frozen=True)
class Scope:
    """What the rows are read for: days, a box of ground and its name, and the folder that paths are told from."""

    window: DayInterval
    box: Box
    region: str
    folder: Path

    @classmethod
    def of_case(cls, case: Case) -> Scope:
        """The scope that ``case.toml`` declares."""
        window, region = case.file.window, case.file.region
        return cls(DayInterval(window.first, window.last), region.box, region.name, case.folder)


@dataclass(frozen=True)
class Reading:
    """One file with what is needed to read its rows."""

    entry: DatasetEntry
    preset: Preset
    scope: Scope
    file: RowFile
    original_path: str
    columns: Mapping[str, tuple[str, ...]]
    """Target → columns of this file."""
    day_first: bool | None
    tolls: Mapping[str, Mapping[str, tuple[str, ...]]]
    """Group → its tolls → columns of this file."""

    def cell(self, row: Row, target: str) -> str:
        """The first cell with a value among the columns of the target; empty when there is none."""
        return self.first_filled(row, self.columns.get(target, ()))

    def first_filled(self, row: Row, columns: tuple[str, ...]) -> str:
        """The first of these cells that has a value; empty when none has."""
        for column in columns:
            value = row.values[column]
            if not self.preset.is_missing(column, value):
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


def make_record(row: Row, reading: Reading) -> dict[str, Any]:
    """The record of a row; ``ValueError`` says what is wrong with it."""
    entry, preset, scope = reading.entry, reading.preset, reading.scope
    if "" in row.values:
        raise ValueError(f"{row.values['']!r} stands beyond the last column; a separator is not quoted")
    own_id = reading.cell(row, "id") if "id" in reading.columns else f"row-{row.number}"
    if not own_id:
        raise ValueError("the id is empty; each row needs one")
    days = _days(row, reading)
    lon, lat = _point(row, reading)
    kind = reading.cell(row, "kind")
    in_region = lon is None or lat is None or in_box(lon, lat, scope.box)
    return {
        "record_id": f"{entry.name}:{own_id}",
        "dataset": entry.name,
        "original_path": reading.original_path,
        "original_row": row.number,
        "preset": preset.name,
        "in_window": days.overlaps(scope.window) and in_region,
        "kind": preset.kinds.get(kind, kind) or entry.kind or "incident",
        "date_start": days.start,
        "date_end": days.end,
        "lon": lon,
        "lat": lat,
        "radius_m": None if lon is None else _radius_m(row, reading),
        **{target: reading.cell(row, target) or None for target in _TEXTS},
        **_toll(row, reading, "killed"),
        **_toll(row, reading, "injured"),
        "tolls_of_groups": _tolls_of_groups(row, reading),
        "sources": _sources(_source_cells(row, reading), preset),
        "second_hand": _flag(reading.cell(row, "second_hand")),
        "publish": entry.publish_rows and preset.publish_rows,
        "extra": _extra(row, reading),
    }


def _days(row: Row, reading: Reading) -> DayInterval:
    if "date_precision" not in reading.columns or not (code := reading.cell(row, "date_precision")):
        return _written_days(row, reading)
    known = {**reading.preset.widen_days, **reading.entry.widen_days}
    if code not in known:
        codes = ", ".join(sorted(known)) or "none"
        raise ValueError(
            f'date precision "{code}" is not known (known: {codes}); add it under widen_days of the dataset'
        )
    days = _written_days(row, reading)
    if not (around := timedelta(days=known[code])):
        return days
    return DayInterval(days.start - around, days.end + around, "interval")


def _written_days(row: Row, reading: Reading) -> DayInterval:
    if "year" in reading.columns and not reading.cell(row, "date"):
        return _days_of_parts(row, reading)
    if whole := reading.cell(row, "date"):
        return parse_interval(whole, reading.day_first)
    first = parse_interval(reading.cell(row, "date_start"), reading.day_first)
    if not (end := reading.cell(row, "date_end")):
        return first
    last = parse_interval(end, reading.day_first)
    if last.end < first.start:
        raise ValueError(f"date_end {last.end} is before date_start {first.start}; check both")
    return DayInterval(first.start, last.end, "interval")


def _days_of_parts(row: Row, reading: Reading) -> DayInterval:
    """Days from a year, a month and a day in columns of their own; 0 and an empty cell mean not known."""
    year, month, day = (reading.cell(row, part) for part in ("year", "month", "day"))
    parts = [int(_number(text or "0", name)) for text, name in ((year, "year"), (month, "month"), (day, "day"))]
    if not parts[0]:
        raise ValueError("the year is empty; each row needs one")
    shown = f"{parts[0]:04d}" + (f"-{parts[1]:02d}" if parts[1] else "")
    return parse_interval(shown + (f"-{parts[2]:02d}" if parts[1] and parts[2] else ""))


def _number(text: str, name: str) -> float:
    try:
        value = float(text)
    except ValueError:
        raise ValueError(f'{name} "{text}" is no number; expected one like 36.2') from None
    if not math.isfinite(value):
        raise ValueError(f'{name} "{text}" is not finite; leave it empty when it is not known')
    return value


def _point(row: Row, reading: Reading) -> tuple[float | None, float | None]:
    lon_text, lat_text = reading.cell(row, "lon"), reading.cell(row, "lat")
    if not lon_text and not lat_text:
        return None, None
    if not lon_text or not lat_text:
        there = "longitude" if lon_text else "latitude"
        raise ValueError(f'only the {there} "{lon_text or lat_text}" is given; a point needs both, or neither')
    lon, lat = _number(lon_text, "longitude"), _number(lat_text, "latitude")
    box = reading.scope.box
    # In the whole world every exchanged pair would lie, so there it tells nothing.
    check_point(lon, lat, None if box == WORLD else box)
    return lon, lat


def _radius_m(row: Row, reading: Reading) -> float | None:
    preset = reading.preset
    if text := reading.cell(row, "radius_m"):
        radius_m = _number(text, "radius_m")
        if radius_m <= 0:
            raise ValueError(f"radius_m {radius_m:g} is not above 0 metres")
        return radius_m
    radius = _coded_radius_m(row, reading)
    if radius is None:
        return None
    for column, by_value in preset.widen_m.items():
        radius += by_value.get(row.values.get(column, ""), 0.0)
    return radius


def _coded_radius_m(row: Row, reading: Reading) -> float | None:
    """Metres by the precision code, else by the finest column that is filled, else as the case says."""
    precision = reading.preset.precision
    if code := reading.cell(row, "precision"):
        known = {**reading.preset.radius_m, **reading.entry.radius_m}
        if code in known:
            return float(known[code])
        if code in precision.without_radius or precision.other_codes == "without_radius":
            return None
        codes = ", ".join(sorted({*known, *precision.without_radius})) or "none"
        raise ValueError(f'precision "{code}" is not known (known: {codes}); add it under radius_m of the dataset')
    for filled in precision.filled:
        if not reading.preset.is_missing(filled.column, row.values.get(filled.column, "")):
            return reading.entry.radius_m.get(filled.column, filled.radius_m)
    return reading.entry.default_radius_m


def _count(text: str, name: str) -> int | None:
    if not text:
        return None
    value = _number(text, name)
    if value != int(value) or value < 0:
        raise ValueError(f'{name} "{text}" is no count of people; expected 0 or more, or an empty cell')
    return int(value)


def _toll(row: Row, reading: Reading, what: str) -> dict[str, int | None]:
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


def _tolls_of_groups(row: Row, reading: Reading) -> str | None:
    """The tolls of civilians, children and others as a JSON object; null where the row gives none."""
    found: dict[str, dict[str, int]] = {}
    for group, tolls in reading.tolls.items():
        for what, columns in tolls.items():
            if (count := _count(reading.first_filled(row, columns), f"{what} of {group}")) is not None:
                found.setdefault(group, {})[what] = count
    return json.dumps(found, ensure_ascii=False) if found else None


def _source_cells(row: Row, reading: Reading) -> str:
    if not reading.preset.every_source:
        return reading.cell(row, "sources")
    return "\n".join(reading.first_filled(row, (column,)) for column in reading.columns.get("sources", ()))


def _sources(text: str, preset: Preset) -> list[str]:
    mark = preset.separator_pattern or "|".join(re.escape(mark) for mark in preset.separators)
    parts = re.split(rf"\n|{mark}" if mark else r"\n", text)
    kept: dict[str, str] = {}
    for part in parts:
        if name := part.strip(" .\t\r\n"):
            kept.setdefault(name.casefold(), name)
    return list(kept.values())


def _flag(text: str) -> bool:
    if (value := text.casefold()) in _TRUE | _FALSE:
        return value in _TRUE
    raise ValueError(f'second_hand "{text}" is neither true nor false')


def _extra(row: Row, reading: Reading) -> str:
    kept = {
        column: value
        for column, value in row.values.items()
        if column not in reading.plainly_used and not reading.preset.is_missing(column, value)
    }
    return json.dumps(kept, ensure_ascii=False)
