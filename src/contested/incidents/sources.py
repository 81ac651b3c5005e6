"""Datasets of incidents → records: any file that ``files`` can open, by its preset.

In: a dataset's file or files as downloaded, its entry in ``case.toml``. Out: the table ``records``, whole or batch by
batch, the rows that were refused, and notes for the reader. Refuses: files that are empty, in another
encoding or without a needed column (:class:`DatasetError`); single rows that cannot be read
(``mapping.py``), and identifiers met twice. These go to ``rejects``: rows in = records + rejects, always.

Columns that the preset does not use are kept word for word in ``extra``.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from contested.base.case import Case, DatasetEntry
from contested.base.errors import DatasetError, nearest_name
from contested.base.records import RECORDS
from contested.incidents.batches import RowBatch, RowStream
from contested.incidents.columnar import IdsMet, MappedBatch, map_batch
from contested.incidents.files import open_rows
from contested.incidents.mapping import Reading, Scope
from contested.incidents.presets import TARGETS, Preset, form_of, load_preset

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["DatasetStream", "DatasetTables", "load_preset", "read_dataset", "read_files"]

_SLASHED = re.compile(r"(\d{1,2})[/.](\d{1,2})[/.]\d{4}")
_DATES = ("date", "date_start", "date_end")


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
    import pyarrow as pa

    stream = DatasetStream(paths, entry, preset, scope)
    tables, rejects = [RECORDS.schema().empty_table()], []
    for batch in stream:
        tables.append(batch.records)
        rejects.extend(batch.rejects)
    return DatasetTables(RECORDS.check(pa.concat_tables(tables)), rejects, stream.notes())


class DatasetStream:
    """The files of one dataset, mapped batch by batch; ids are told apart over all of them.

    Parameters
    ----------
    paths
        The files, in the order in which they are read.
    entry, preset
        How they are read.
    scope
        What they are read for; ``in_window`` is told by it.
    """

    def __init__(self, paths: Sequence[Path], entry: DatasetEntry, preset: Preset, scope: Scope) -> None:
        self._paths, self._entry, self._preset, self._scope = paths, entry, preset, scope
        self._notes: list[str] = _same_files(paths) if len(paths) > 1 else []
        self._tally = _Tally()

    def __iter__(self) -> Iterator[MappedBatch]:
        """The batches, once."""
        ids = IdsMet()
        for path in self._paths:
            stream = open_rows(path, form_of(self._preset, self._entry), self._entry.encoding)
            reading = self._reading(stream)
            undecided = self._entry.day_first is None
            converted = 0
            for batch in stream.batches:
                if undecided and _has_slashed(batch, reading):
                    reading, undecided = self._with_day_order(reading), False
                mapped = map_batch(batch, reading, ids)
                self._tally.add(mapped, self._scope)
                converted += mapped.converted
                yield mapped
            if converted:
                self._notes.append(
                    f"{path.name}: {converted} points are written in degrees and minutes, or with a decimal comma; "
                    "they were converted"
                )

    def notes(self) -> tuple[str, ...]:
        """What a reader should know of the batches that were taken."""
        return (*self._notes, *self._tally.notes(self._entry.name, self._scope))

    def _reading(self, stream: RowStream) -> Reading:
        entry, preset, path = self._entry, self._preset, stream.path
        self._notes.extend(stream.notes)
        columns = _columns(entry, preset, stream)
        if "id" not in columns:
            self._notes.append(
                f"{path.name}: no column holds an id, so rows bear their number; do not reorder the file"
            )
        tolls = {
            group: {what: found_columns(names, stream.columns) for what, names in of_group.items()}
            for group, of_group in preset.tolls.items()
        }
        shown = path.relative_to(self._scope.folder).as_posix()
        return Reading(entry, preset, self._scope, path, shown, columns, entry.day_first, tolls)

    def _with_day_order(self, reading: Reading) -> Reading:
        """The order of slashed dates, decided over the whole file."""
        path, preset = reading.path, self._preset
        wanted = _date_columns(reading)
        stream = open_rows(path, form_of(preset, self._entry), self._entry.encoding, only=wanted)
        day_first, note = _day_order(
            path.name, (batch.cells.column(name) for batch in stream.batches for name in wanted)
        )
        if day_first is None and (day_first := preset.day_first) is not None:
            order = "day/month" if day_first else "month/day"
            note = f"{path.name}: dates are read as {order}, as the preset says: the file does not show their order"
        self._notes.append(note)
        return replace(reading, day_first=day_first)


def _same_files(paths: Sequence[Path]) -> list[str]:
    """A note on each file whose bytes are those of one before."""
    sizes = [path.stat().st_size for path in paths]
    met: dict[str, Path] = {}
    notes = []
    for path, size in zip(paths, sizes, strict=True):
        if sizes.count(size) > 1:
            with path.open("rb") as file:
                sha256 = hashlib.file_digest(file, "sha256").hexdigest()
            if (first := met.setdefault(sha256, path)) is not path:
                notes.append(
                    f"{path.name}: its bytes are those of {first.name}, so each of its rows is there twice; remove one"
                )
    return notes


def found_columns(names: Iterable[str], columns: Sequence[str]) -> tuple[str, ...]:
    """Those of the names that are columns of the file, in order; case is passed over where it must be."""
    by_folded = {column.casefold(): column for column in columns}
    found: list[str | None] = []
    for name in names:
        if name.endswith("*"):
            stem = name[:-1].casefold()
            numbered = [c for c in columns if c.casefold().startswith(stem) and c[len(stem) :].isdecimal()]
            found += [column for _, column in sorted((int(column[len(stem) :]), column) for column in numbered)]
        else:
            found.append(name if name in columns else by_folded.get(name.casefold()))
    return tuple(dict.fromkeys(name for name in found if name is not None))


def _columns(entry: DatasetEntry, preset: Preset, file: RowStream) -> dict[str, tuple[str, ...]]:
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


def _date_columns(reading: Reading) -> list[str]:
    return list(dict.fromkeys(column for target in _DATES for column in reading.columns.get(target, ())))


def _has_slashed(batch: RowBatch, reading: Reading) -> bool:
    columns = _date_columns(reading)
    return any(_SLASHED.fullmatch(text) for name in columns for text in batch.cells.column(name).unique().to_pylist())


def _day_order(name: str, columns: Iterable[pa.StringArray]) -> tuple[bool | None, str]:
    """The order of slashed dates, when a number above 12 in the same file shows it, and how it was told."""
    day_leads = month_leads = slashed = 0
    for column in columns:
        for counted in column.value_counts().to_pylist():
            if match := _SLASHED.fullmatch(counted["values"]):
                slashed += counted["counts"]
                day_leads += counted["counts"] * (int(match[1]) > 12)
                month_leads += counted["counts"] * (int(match[2]) > 12)
    if bool(day_leads) != bool(month_leads):
        order, shown = ("day/month", day_leads) if day_leads else ("month/day", month_leads)
        return bool(day_leads), f"{name}: dates are read as {order}: {shown} of {slashed} can be read in no other way"
    found = "some can only be day/month and some only month/day" if day_leads else "none shows its order"
    return None, f"{name}: of {slashed} slashed dates {found}; those open to both were refused: set day_first"


class _Tally:
    """What is counted of a dataset for its notes."""

    def __init__(self) -> None:
        self.records = self.rejects = self.dated = self.outside = self.beyond = self.inexact = 0
        self.first, self.last = date.max, date.min

    def add(self, mapped: MappedBatch, scope: Scope) -> None:
        """Count a batch."""
        import pyarrow.compute as pc

        table, days = mapped.records, scope.window
        self.rejects += len(mapped.rejects)
        self.records += table.num_rows
        if not table.num_rows:
            return
        self.first = min(self.first, pc.min(table["date_start"]).as_py())
        self.last = max(self.last, pc.max(table["date_end"]).as_py())
        dated = pc.and_(pc.less_equal(table["date_start"], days.end), pc.greater_equal(table["date_end"], days.start))
        self.dated += pc.sum(dated).as_py()
        self.outside += pc.sum(pc.and_not(dated, table["in_window"])).as_py()
        self.inexact += pc.sum(pc.and_not(pc.is_valid(table["lon"]), pc.is_valid(table["radius_m"]))).as_py()
        best = table["killed_best"]
        below, above = pc.less(best, table["killed_low"]), pc.greater(best, table["killed_high"])
        self.beyond += pc.sum(pc.or_(pc.fill_null(below, False), pc.fill_null(above, False))).as_py()

    def notes(self, name: str, scope: Scope) -> list[str]:
        """What a reader of the case should know of the dataset."""
        days = scope.window
        notes = []
        if self.rejects:
            notes.append(f"{name}: {self.rejects} of {self.records + self.rejects} rows were refused; see rejects")
        if not self.records:
            return [*notes, f"{name}: no row could be read as an incident"]
        if not self.dated:
            notes.append(
                f"{name}: no row lies in the window {days.start} to {days.end}; "
                f"its days run from {self.first} to {self.last}"
            )
        elif self.dated < self.records:
            outside = self.records - self.dated
            notes.append(f"{name}: {outside} of {self.records} records lie outside the window")
        if self.outside:
            notes.append(f"{name}: {self.outside} records of the window lie outside the region {scope.region}")
        if self.inexact:
            notes.append(
                f"{name}: {self.inexact} of {self.records} records have a point without a radius, which no map draws "
                "and no test uses; set default_radius_m where the file does not say how exact its points are"
            )
        if self.beyond:
            notes.append(f"{name}: in {self.beyond} records killed_best lies outside low to high, as published")
        return notes
