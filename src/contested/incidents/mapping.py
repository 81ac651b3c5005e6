"""Cells of a row of a dataset → values of a record, by its preset.

In: the cells of a row that a value is made from, with the preset and the scope they are read for. Out: the value.
Refuses, as a ``ValueError`` that says what is wrong: impossible or swapped coordinates, dates that cannot be read,
precision codes that no list knows, tolls below nought or with low above high.

``columnar.py`` asks these functions once for each different combination of cells and not once for each row.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from pathlib import Path

from contested.base.case import Case, DatasetEntry
from contested.base.places import Box, check_point
from contested.base.times import DayInterval, parse_interval
from contested.incidents.coordinates import read_degrees
from contested.incidents.presets import Preset
from contested.incidents.source_files import resolve_timemap_sources

WORLD: Box = (-180.0, -90.0, 180.0, 90.0)
#: Cells of a row by column: those that a value is made from.
Cells = Mapping[str, str]
#: More people were never in one place: a larger toll is no toll.
MOST_PEOPLE = 1_000_000_000
_TRUE, _FALSE = frozenset({"true", "yes", "1", "y"}), frozenset({"", "false", "no", "0", "n"})
#: Targets whose value in ``records`` is not the cell itself, so that the cell is kept in ``extra`` too.
_TRANSFORMED = frozenset({"precision", "date_precision", "actors", "source_kinds"})


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
    path: Path
    original_path: str
    columns: Mapping[str, tuple[str, ...]]
    """Target → columns of this file."""
    day_first: bool | None
    tolls: Mapping[str, Mapping[str, tuple[str, ...]]]
    """Group → its tolls → columns of this file."""

    def cell(self, cells: Cells, target: str) -> str:
        """The first cell with a value among the columns of the target; empty when there is none."""
        return self.first_filled(cells, self.columns.get(target, ()))

    def first_filled(self, cells: Cells, columns: tuple[str, ...]) -> str:
        """The first of these cells that has a value; empty when none has."""
        for column in columns:
            if not self.preset.is_missing(column, cells[column]):
                return cells[column]
        return ""

    @cached_property
    def source_mark(self) -> re.Pattern[str]:
        """What parts the sources of a cell."""
        return _mark(self.preset.separators, self.preset.separator_pattern)

    @cached_property
    def source_names(self) -> Mapping[str, str]:
        """Identifier of a source → its first address, else its title, where a file beside the dataset tells them."""
        if self.preset.sources_file is None:
            return {}
        named = resolve_timemap_sources(self.path.parent, self.preset.sources_file)
        return {key: (*one.paths, one.title)[0] or key for key, one in named.items()}

    @cached_property
    def actor_mark(self) -> re.Pattern[str]:
        """What parts the names of a cell of actors."""
        return _mark(self.preset.actor_separators)

    @cached_property
    def plainly_used(self) -> frozenset[str]:
        """Columns whose cells stand unchanged in ``records``."""
        unchanged = {t: c for t, c in self.columns.items() if t not in _TRANSFORMED}
        if self.preset.kinds:
            unchanged.pop("kind", None)
        # Of several columns for the sources only one is used in a row, so all but the first stay.
        return frozenset(columns[0] for columns in unchanged.values())


def read_days(cells: Cells, reading: Reading) -> DayInterval:
    """The days that the row may mean."""
    if "date_precision" not in reading.columns or not (code := reading.cell(cells, "date_precision")):
        return _written_days(cells, reading)
    known = {**reading.preset.widen_days, **reading.entry.widen_days}
    if code not in known:
        codes = ", ".join(sorted(known)) or "none"
        raise ValueError(
            f'date precision "{code}" is not known (known: {codes}); add it under widen_days of the dataset'
        )
    days = _written_days(cells, reading)
    if not (around := timedelta(days=known[code])):
        return days
    return DayInterval(days.start - around, days.end + around, "interval")


def _written_days(cells: Cells, reading: Reading) -> DayInterval:
    if "year" in reading.columns and not reading.cell(cells, "date"):
        return _days_of_parts(cells, reading)
    if whole := reading.cell(cells, "date"):
        return parse_interval(whole, reading.day_first)
    first = parse_interval(reading.cell(cells, "date_start"), reading.day_first)
    if not (end := reading.cell(cells, "date_end")):
        return first
    last = parse_interval(end, reading.day_first)
    if last.end < first.start:
        raise ValueError(f"date_end {last.end} is before date_start {first.start}; check both")
    return DayInterval(first.start, last.end, "interval")


def _days_of_parts(cells: Cells, reading: Reading) -> DayInterval:
    """Days from a year, a month and a day in columns of their own; 0 and an empty cell mean not known."""
    year, month, day = (reading.cell(cells, part) for part in ("year", "month", "day"))
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


def read_point(lon_text: str, lat_text: str, box: Box) -> tuple[float | None, float | None]:
    """Longitude and latitude in degrees; neither where both cells are empty."""
    if not lon_text and not lat_text:
        return None, None
    if not lon_text or not lat_text:
        there = "longitude" if lon_text else "latitude"
        raise ValueError(f'only the {there} "{lon_text or lat_text}" is given; a point needs both, or neither')
    lon, lat = read_degrees(lon_text, "longitude"), read_degrees(lat_text, "latitude")
    # In the whole world every exchanged pair would lie, so there it tells nothing.
    check_point(lon, lat, None if box == WORLD else box)
    return lon, lat


def read_radius_m(cells: Cells, reading: Reading) -> float | None:
    """Metres that the place must be drawn from; ``None`` where no test may use it."""
    preset = reading.preset
    if text := reading.cell(cells, "radius_m"):
        radius_m = _number(text, "radius_m")
        if radius_m <= 0:
            raise ValueError(f"radius_m {radius_m:g} is not above 0 metres")
        return radius_m
    radius = _coded_radius_m(cells, reading)
    if radius is None:
        return None
    for column, by_value in preset.widen_m.items():
        radius += by_value.get(cells.get(column, ""), 0.0)
    return radius


def _coded_radius_m(cells: Cells, reading: Reading) -> float | None:
    """Metres by the precision code, else by the finest column that is filled, else as the case says."""
    precision = reading.preset.precision
    if code := reading.cell(cells, "precision"):
        known = {**reading.preset.radius_m, **reading.entry.radius_m}
        if code in known:
            return float(known[code])
        if code in precision.without_radius or precision.other_codes == "without_radius":
            return None
        codes = ", ".join(sorted({*known, *precision.without_radius})) or "none"
        raise ValueError(f'precision "{code}" is not known (known: {codes}); add it under radius_m of the dataset')
    for filled in precision.filled:
        if not reading.preset.is_missing(filled.column, cells.get(filled.column, "")):
            return reading.entry.radius_m.get(filled.column, filled.radius_m)
    return reading.entry.default_radius_m


def _count(text: str, name: str) -> int | None:
    if not text:
        return None
    value = _number(text, name)
    if value != int(value) or not 0 <= value <= MOST_PEOPLE:
        raise ValueError(f'{name} "{text}" is no count of people; expected 0 or more, or an empty cell')
    return int(value)


def read_toll(cells: Cells, reading: Reading, what: str) -> dict[str, int | None]:
    """Low, high and (for the killed) best; one column ``killed`` or ``injured`` gives low = high."""
    exact = _count(reading.cell(cells, what), what)
    ends = [f"{what}_low", f"{what}_high"]
    low, high = (_count(reading.cell(cells, name), name) for name in ends)
    low, high = exact if low is None else low, exact if high is None else high
    if low is not None and high is not None and low > high:
        raise ValueError(f"{ends[0]} {low} is above {ends[1]} {high}; correct the row or leave both empty")
    found = dict(zip(ends, (low, high), strict=True))
    if what == "killed":
        best = _count(reading.cell(cells, "killed_best"), "killed_best")
        found["killed_best"] = exact if best is None else best
    return found


def read_tolls_of_groups(cells: Cells, reading: Reading) -> str | None:
    """The tolls of civilians, children and others as a JSON object; null where the row gives none."""
    found: dict[str, dict[str, int]] = {}
    for group, tolls in reading.tolls.items():
        for what, columns in tolls.items():
            if (count := _count(reading.first_filled(cells, columns), f"{what} of {group}")) is not None:
                found.setdefault(group, {})[what] = count
    return json.dumps(found, ensure_ascii=False) if found else None


def read_kind(cells: Cells, reading: Reading) -> str:
    """Kind of incident, in the words of the preset where it has any."""
    kind = reading.cell(cells, "kind")
    return reading.preset.kinds.get(kind, kind) or reading.entry.kind or "incident"


def split_names(text: str, mark: re.Pattern[str]) -> list[str]:
    """The names of a cell. A full stop behind a name is none of it; an address stays as it is."""
    parts = [part.strip(" \t\r\n" if "://" in part else " .\t\r\n") for part in mark.split(text)]
    return [part for part in parts if part]


def _mark(separators: Iterable[str], pattern: str | None = None) -> re.Pattern[str]:
    """What parts the names of a cell: the pattern or the separators, and a line break always."""
    return re.compile("|".join([r"\n", pattern] if pattern else map(re.escape, ("\n", *separators))))


def read_flag(cells: Cells, reading: Reading) -> bool:
    """Whether the row was read through a relay."""
    text = reading.cell(cells, "second_hand")
    if (value := text.casefold()) in _TRUE | _FALSE:
        return value in _TRUE
    raise ValueError(f'second_hand "{text}" is neither true nor false')
