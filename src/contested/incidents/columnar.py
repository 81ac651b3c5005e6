"""A batch of rows → records, column by column.

In: a batch of string columns and how their file is read. Out: :class:`MappedBatch`: one Arrow table of the columns of
``records``, in the order of the file, and the refused rows with their reasons. Refuses: nothing whole.

Values that need care are read by ``mapping.py``, once for each different combination of the cells that they are made
from: a file of a million rows has a few thousand different days, places' codes and tolls.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain
from operator import attrgetter, itemgetter
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from contested.base.records import RECORDS
from contested.incidents.batches import RefusedRow, RowBatch
from contested.incidents.coordinates import is_plain
from contested.incidents.mapping import (
    WORLD,
    Cells,
    Reading,
    read_days,
    read_flag,
    read_kind,
    read_point,
    read_radius_m,
    read_toll,
    read_tolls_of_groups,
    split_names,
)
from contested.incidents.seen_keys import FirstMet

if TYPE_CHECKING:
    import pyarrow as pa

T = TypeVar("T")
#: Bits of a place in a dataset that hold the row; those above hold the number of the file.
_ROW_BITS = 40
#: Columns of which fewer than this share of the cells differ are written to ``extra`` by their different values.
_FEW_DIFFERENT = 0.25
_TEXTS = ("time_of_day", "place_name", "group_id", "title", "attributed_to", "address")
_KILLED, _INJURED = ("killed", "killed_low", "killed_high", "killed_best"), ("injured", "injured_low", "injured_high")


@dataclass(frozen=True)
class MappedBatch:
    """What came of a batch: rows in = ``records`` + ``rejects``."""

    records: pa.Table
    rejects: list[dict[str, Any]]
    converted: int
    """Points that were written in degrees and minutes or with a decimal comma."""


class IdsMet:
    """The ids of a dataset that were met, over all its files."""

    def __init__(self) -> None:
        self._first_met, self._paths = FirstMet(), [""]

    def earlier(self, ids: Sequence[str], path: str, numbers: NDArray[np.int64]) -> dict[int, str]:
        """Position in ``ids`` → where the same id was met before, in words."""
        if self._paths[-1] != path:
            self._paths.append(path)
        at = ((len(self._paths) - 1) << _ROW_BITS) + numbers
        keys = np.fromiter(map(hash, ids), dtype=np.int64, count=len(ids))
        found = self._first_met.add(keys, at)
        return {
            int(k): f"{self._paths[int(found[k]) >> _ROW_BITS]} row {int(found[k]) & ((1 << _ROW_BITS) - 1)}"
            for k in np.flatnonzero(found >= 0)
        }


def map_batch(batch: RowBatch, reading: Reading, ids: IdsMet) -> MappedBatch:
    """Map the rows of a batch; ``ids`` is told of the ids that became records."""
    import pyarrow as pa

    mapped = _Mapping(batch, reading)
    columns, schema = mapped.columns(), RECORDS.schema()
    # Rows with faults have no values where none may be missing, so those columns are checked once the rows are gone.
    table = pa.table([columns[name] for name in schema.names], schema.names)
    numbers = batch.numbers.to_numpy()
    good = np.ones(table.num_rows, dtype=bool)
    good[list(mapped.faults)] = False
    own_ids = mapped.ids.filter(pa.array(good)).to_pylist()
    rows = np.flatnonzero(good)
    for k, where in ids.earlier(own_ids, reading.original_path, numbers[rows]).items():
        mapped.faults[int(rows[k])] = f'the id "{own_ids[k]}" was met before ({where}); each row needs its own'
        good[rows[k]] = False
    wrong = np.flatnonzero(~good)
    raw = batch.cells.take(pa.array(wrong)).to_pylist() if len(wrong) else []
    refused = [
        RefusedRow(int(numbers[row]), mapped.faults[int(row)], json.dumps(cells, ensure_ascii=False))
        for row, cells in zip(wrong, raw, strict=True)
    ]
    ordered = sorted([*batch.refused, *refused], key=lambda row: row.number)
    records = (table.filter(pa.array(good)) if len(wrong) else table).cast(schema)
    return MappedBatch(records, [_reject(row, reading) for row in ordered], mapped.converted)


def _reject(row: RefusedRow, reading: Reading) -> dict[str, Any]:
    return {
        "original_path": reading.original_path,
        "original_row": row.number,
        "stage": "incidents",
        "reason": f"{reading.path.name} row {row.number}: {row.reason}; the row went to rejects",
        "raw": row.raw,
    }


@dataclass(frozen=True)
class _Answers:
    """One answer for each different combination of cells, and which of them each row has."""

    of_row: NDArray[np.int64]
    values: list[Any]
    """``None`` where the cells could not be read."""

    def column(self, kind: pa.DataType, part: Callable[[Any], Any] | None = None) -> pa.Array:
        """The answers, or a part of each, as a column."""
        import pyarrow as pa

        values = self.values
        if part is not None:
            values = [None if value is None else part(value) for value in values]
        return pa.array(values, kind).take(pa.array(self.of_row))

    def flags(self, part: Callable[[Any], bool]) -> NDArray[np.bool_]:
        """Whether something is so of each answer; false where there is none."""
        return np.array([value is not None and part(value) for value in self.values], dtype=bool)[self.of_row]


@dataclass(frozen=True)
class _Names:
    """Names in the rows of a batch, in the order of the rows."""

    names: pa.Array
    rows: NDArray[np.int64]
    columns: NDArray[np.int64]
    """Which of the columns of its target each stands in."""

    def only(self, at: NDArray[np.int64]) -> _Names:
        """Those at these positions."""
        import pyarrow as pa

        return _Names(self.names.take(pa.array(at)), self.rows[at], self.columns[at])

    def called(self, names: Mapping[str, str]) -> _Names:
        """The same by the names that these identifiers stand for; others stay as they are."""
        import pyarrow as pa

        if not names:
            return self
        coded = self.names.dictionary_encode()
        meant = pa.array([names.get(name, name) for name in coded.dictionary.to_pylist()], pa.string())
        return replace(self, names=meant.take(coded.indices))

    def lists(self, n_rows: int) -> pa.Array:
        """A list for each row."""
        import pyarrow as pa

        ends = np.cumsum(np.bincount(self.rows, minlength=n_rows))
        return pa.ListArray.from_arrays(pa.array(np.append(0, ends), pa.int32()), self.names)


class _Mapping:
    """One batch while it is mapped; ``faults`` holds the first reason against each row that has one."""

    def __init__(self, batch: RowBatch, reading: Reading) -> None:
        self.reading, self.n_rows = reading, batch.cells.num_rows
        self.cells = dict(zip(batch.cells.schema.names, batch.cells.columns, strict=True))
        self.numbers = batch.numbers
        self.faults: dict[int, str] = {}
        self.converted = 0
        """Points that were not written as plain numbers."""
        self._empty: dict[str, Any] = {}
        self.ids = self._ids()

    def columns(self) -> dict[str, Any]:
        """Every column of ``records``; rows with faults hold anything in them."""
        import pyarrow as pa

        reading, entry, preset = self.reading, self.reading.entry, self.reading.preset
        # In the order in which the faults of a row are told: the first stands.
        days = self._read(("date_precision", "date", "date_start", "date_end", "year", "month", "day"), read_days)
        lon, lat = self._points()
        radii = self._radii(~np.isnan(lon))
        tolls = self._tolls()
        second_hand = self._read(("second_hand",), read_flag)
        sources = self._names("sources", reading.source_mark, preset.every_source).called(reading.source_names)
        start, end = days.column(pa.date32(), attrgetter("start")), days.column(pa.date32(), attrgetter("end"))
        return {
            "record_id": _joined(pa.scalar(f"{entry.name}:"), self.ids),
            "dataset": self._same(entry.name),
            "original_path": self._same(reading.original_path),
            "original_row": self.numbers,
            "preset": self._same(preset.name),
            "in_window": pa.array(days.flags(lambda d: d.overlaps(reading.scope.window)) & self._in_region(lon, lat)),
            "kind": self._read(("kind",), read_kind).column(pa.string()),
            "date_start": start,
            "date_end": end,
            "lon": pa.array(lon, from_pandas=True),
            "lat": pa.array(lat, from_pandas=True),
            "radius_m": radii,
            **{target: self._text_or_null(target) for target in _TEXTS},
            **tolls,
            "sources": sources.lists(self.n_rows),
            "source_kinds": self._source_kinds(sources),
            "actors": self._names("actors", reading.actor_mark, True).lists(self.n_rows),
            "second_hand": second_hand.column(pa.bool_()),
            "publish": self._same(entry.publish_rows and preset.publish_rows),
            "extra": self._extra(),
        }

    # ------------------------------------------------------------------------------------------------ cells

    def _same(self, value: str | bool) -> pa.Array:
        import pyarrow as pa

        return pa.repeat(value, self.n_rows)

    def _no_value(self, column: str) -> pa.Array:
        """Where the cells of a column stand for "missing"."""
        import pyarrow as pa
        import pyarrow.compute as pc

        if column not in self._empty:
            missing = self.reading.preset.missing
            values = ["", *missing.get(column, ()), *missing.get("*", ())]
            cells = self.cells[column]
            found = pc.equal(pc.binary_length(cells), 0)
            if len(values) > 1:
                found = pc.or_(found, pc.is_in(cells, value_set=pa.array(values, pa.string())))
            self._empty[column] = found
        return self._empty[column]

    def _text_or_null(self, target: str) -> pa.Array:
        """The first cell with a value among the columns of the target."""
        import pyarrow as pa
        import pyarrow.compute as pc

        null = pa.scalar(None, pa.string())
        found = [
            pc.if_else(self._no_value(column), null, self.cells[column])
            for column in self.reading.columns.get(target, ())
        ]
        return pc.coalesce(*found) if found else pa.nulls(self.n_rows, pa.string())

    def _ids(self) -> pa.Array:
        import pyarrow as pa
        import pyarrow.compute as pc

        if "id" not in self.reading.columns:
            return _joined(pa.scalar("row-"), self.numbers.cast(pa.string()))
        ids = self._text_or_null("id")
        if ids.null_count:
            empty = np.flatnonzero(ids.is_null().to_numpy(zero_copy_only=False)).tolist()
            self.faults.update(dict.fromkeys(empty, "the id is empty; each row needs one"))
        return pc.fill_null(ids, "")

    def _read(self, targets: Iterable[str], read: Callable[[Cells, Reading], T]) -> _Answers:
        """What a function says of the columns of the targets."""
        columns = chain.from_iterable(self.reading.columns.get(target, ()) for target in targets)
        return self._ask(columns, lambda cells: read(cells, self.reading))

    def _ask(
        self, columns: Iterable[str], read: Callable[[Cells], T], asked: NDArray[np.bool_] | None = None
    ) -> _Answers:
        """The answer for each row; a row that cannot be read gets a fault, if it is ``asked`` about."""
        import pyarrow as pa

        names = tuple(dict.fromkeys(columns))
        arrays = [self.cells[name] for name in names]
        of_row, firsts = _different(arrays, self.n_rows)
        values: list[Any] = []
        wrong: dict[int, str] = {}
        parts = [array.take(pa.array(firsts)).to_pylist() for array in arrays]
        for cells in zip(*parts, strict=True) if parts else [()] * len(firsts):
            try:
                values.append(read(dict(zip(names, cells, strict=True))))
            except ValueError as fault:
                wrong[len(values)] = str(fault)
                values.append(None)
        if wrong:
            rows = np.isin(of_row, list(wrong))
            for row in np.flatnonzero(rows if asked is None else rows & asked).tolist():
                self.faults.setdefault(row, wrong[int(of_row[row])])
        return _Answers(of_row, values)

    # ----------------------------------------------------------------------------------------------- values

    def _points(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Longitudes and latitudes; not a number where there is no point."""
        texts = [self._text_or_null(axis) for axis in ("lon", "lat")]
        lon, lat = (_numbers(text) for text in texts)
        none = np.logical_and(*(text.is_null().to_numpy(zero_copy_only=False) for text in texts))
        box = self.reading.scope.box
        unsure = ~none & ~((np.abs(lon) <= 180) & (np.abs(lat) <= 90))
        if box != WORLD:
            unsure |= ~_in_box(lon, lat, box) & _in_box(lat, lon, box)
        for row in np.flatnonzero(unsure).tolist():
            written = [text[row].as_py() or "" for text in texts]
            try:
                lon[row], lat[row] = read_point(written[0], written[1], box)
                self.converted += not all(map(is_plain, written))
            except ValueError as fault:
                self.faults.setdefault(row, str(fault))
        return lon, lat

    def _in_region(self, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.bool_]:
        return np.isnan(lon) | _in_box(lon, lat, self.reading.scope.box)

    def _radii(self, placed: NDArray[np.bool_]) -> pa.Array:
        import pyarrow as pa
        import pyarrow.compute as pc

        reading, preset = self.reading, self.reading.preset
        others = [*preset.widen_m, *(filled.column for filled in preset.precision.filled)]
        columns = [
            *reading.columns.get("radius_m", ()), *reading.columns.get("precision", ()),
            *(name for name in others if name in self.cells),
        ]  # fmt: skip
        radii = self._ask(columns, lambda cells: read_radius_m(cells, reading), placed).column(pa.float64())
        return pc.if_else(pa.array(placed), radii, pa.scalar(None, pa.float64()))

    def _tolls(self) -> dict[str, Any]:
        import pyarrow as pa

        found: dict[str, Any] = {}
        for what, targets in (("killed", _KILLED), ("injured", _INJURED)):
            toll = self._read(targets, partial(read_toll, what=what))
            found |= {name: toll.column(pa.int64(), itemgetter(name)) for name in targets[1:]}
        names = [name for tolls in self.reading.tolls.values() for columns in tolls.values() for name in columns]
        groups = self._ask(names, lambda cells: read_tolls_of_groups(cells, self.reading))
        return {**found, "tolls_of_groups": groups.column(pa.string())}

    def _names(self, target: str, mark: re.Pattern[str], every_column: bool) -> _Names:
        """The names in the columns of a target, each once in a row, in the order in which they stand."""
        import pyarrow as pa
        import pyarrow.compute as pc

        columns = self.reading.columns.get(target, ())
        names, rows = [pa.array([], pa.string())], [np.zeros(0, dtype=np.int64)]
        passed_over = np.zeros(self.n_rows, dtype=bool)
        for column in columns:
            encoded = self.cells[column].dictionary_encode()
            missing = passed_over | self._no_value(column).to_numpy(zero_copy_only=False)
            split = [split_names(text, mark) for text in encoded.dictionary.to_pylist()]
            lists = pa.array(split, pa.list_(pa.string())).take(pc.if_else(pa.array(missing), None, encoded.indices))
            names.append(lists.flatten())
            rows.append(pc.list_parent_indices(lists).to_numpy().astype(np.int64))
            if not every_column:
                passed_over |= ~missing
        of_column = np.repeat(np.arange(len(columns)), [len(part) for part in names[1:]])
        order = np.argsort(np.concatenate(rows), kind="stable")
        found = _Names(pa.concat_arrays(names).take(pa.array(order)), np.concatenate(rows)[order], of_column[order])
        folded = found.names.dictionary_encode()
        lower = pa.array([name.casefold() for name in folded.dictionary.to_pylist()], pa.string()).dictionary_encode()
        same = lower.indices.take(folded.indices)
        _, firsts = _different([pa.array(found.rows), same], len(order))
        return found.only(firsts)

    def _source_kinds(self, sources: _Names) -> pa.Array:
        """What each source is; an empty list where nothing says it of any source of the row."""
        import pyarrow as pa
        import pyarrow.compute as pc

        by_column = [self.reading.preset.source_kinds.get(c) for c in self.reading.columns.get("sources", ())]
        kinds = pc.coalesce(
            pa.array([*by_column, None], pa.string()).take(pa.array(sources.columns)),
            self._text_or_null("source_kinds").take(pa.array(sources.rows)),
        )
        told = np.zeros(self.n_rows, dtype=bool)
        told[sources.rows[kinds.is_valid().to_numpy(zero_copy_only=False)]] = True
        at = np.flatnonzero(told[sources.rows])
        return replace(sources.only(at), names=pc.fill_null(kinds, "unknown").take(pa.array(at))).lists(self.n_rows)

    def _extra(self) -> pa.Array:
        """The cells of columns that are not used as they stand, as a JSON object."""
        import pyarrow as pa
        import pyarrow.compute as pc

        pairs = [self._pairs(name) for name in self.cells if name not in self.reading.plainly_used]
        if not pairs:
            return self._same("{}")
        # Not "skip": that leaves out the rows in which all are null (seen with Arrow 26).
        inner = pc.binary_join_element_wise(*pairs, "", null_handling="replace", null_replacement="")
        return _joined(pa.scalar("{"), pc.ascii_rtrim(inner, characters=", "), pa.scalar("}"))

    def _pairs(self, name: str) -> pa.Array:
        """``"name": "cell", `` of each row; null where there is no value."""
        import pyarrow as pa
        import pyarrow.compute as pc

        cells = pc.if_else(self._no_value(name), pa.scalar(None, pa.string()), self.cells[name])
        shown = json.dumps(name, ensure_ascii=False) + ": "
        encoded = cells.dictionary_encode()
        if len(encoded.dictionary) < _FEW_DIFFERENT * self.n_rows or _needs_escapes(self.cells[name]):
            values = encoded.dictionary.to_pylist()
            written = pa.array([f"{shown}{json.dumps(value, ensure_ascii=False)}, " for value in values], pa.string())
            return written.take(encoded.indices)
        return _joined(pa.scalar(f'{shown}"'), cells, pa.scalar('", '))


def _joined(*parts: Any) -> pa.Array:
    import pyarrow.compute as pc

    return pc.binary_join_element_wise(*parts, "")


def _needs_escapes(cells: pa.StringArray) -> bool:
    """Whether JSON writes a character of the cells otherwise than it stands."""
    data = np.frombuffer(cells.buffers()[2] or b"", dtype=np.uint8)
    return bool(((data < 0x20) | (data == 0x22) | (data == 0x5C)).any())


def _different(arrays: Sequence[pa.Array], n_rows: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Number of the combination of cells of each row, and the first row of each combination."""
    import pyarrow as pa

    codes, size = np.zeros(n_rows, dtype=np.int64), min(n_rows, 1)
    for array in arrays:
        encoded = array.dictionary_encode()
        codes = codes * len(encoded.dictionary) + encoded.indices.to_numpy()
        both = pa.array(codes).dictionary_encode()
        codes, size = both.indices.to_numpy().astype(np.int64), len(both.dictionary)
    firsts = np.zeros(size, dtype=np.int64)
    # Of several rows the one that is written last stands.
    firsts[codes[::-1]] = np.arange(n_rows)[::-1]
    return codes, firsts


def _numbers(texts: pa.StringArray) -> NDArray[np.float64]:
    """The numbers that the texts are; not a number where they are none that is plain."""
    import pyarrow as pa
    import pyarrow.compute as pc

    try:
        numbers = pc.cast(texts, pa.float64())
    except pa.ArrowInvalid:
        plain = pc.match_substring_regex(texts, r"^[+-]?\d+(\.\d*)?$")
        numbers = pc.cast(pc.if_else(plain, texts, pa.scalar(None, pa.string())), pa.float64())
    return np.array(numbers.to_numpy(zero_copy_only=False))


def _in_box(x: NDArray[np.float64], y: NDArray[np.float64], box: Sequence[float]) -> NDArray[np.bool_]:
    west, south, east, north = box
    return (x >= west) & (x <= east) & (y >= south) & (y <= north)
