"""Rows of delimited text line by line, by Python's own reader: what is wrong with a row is found and said.

In: a delimited file whose header was read. Out: batches of rows. Refuses single rows (:class:`RefusedRow`): more
cells than columns, a cell or a line over the limit, a quotation mark that is never closed. Of the last only the line
with the mark is refused, and reading goes on at the next line, so that no row behind it is lost.
"""

from __future__ import annotations

import csv
import io
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from contested.base.rows import MAX_CELL_CHARACTERS
from contested.incidents.batches import BATCH_ROWS, RefusedRow, RowBatch
from contested.incidents.files.text_bytes import TextBytes

if TYPE_CHECKING:
    import pyarrow as pa

#: Longest line, characters.
MAX_LINE_CHARACTERS = 16 << 20
#: Cells and characters of a batch, so that wide tables and long texts take no more memory than long tables.
BATCH_CELLS, BATCH_CHARACTERS = 40 * BATCH_ROWS, 32 << 20
#: Lines behind a quotation mark that are looked through for a row, to tell whether the mark was left open.
LINES_LOOKED_AT = 100
#: Characters of a refused row that are kept.
RAW_CHARACTERS = 2_000
#: Stands for the end of the file: no text that is read holds it.
END = "\x00"


@dataclass(frozen=True)
class DelimitedTable:
    """How a file of delimited text is written."""

    path: Path
    encoding: str
    delimiter: str
    quoted: bool
    columns: tuple[str, ...]
    header_bytes: int
    """Length of the header in UTF-8: rows begin behind it."""

    def open_rows(self) -> TextBytes:
        """The text from the first row on."""
        text, left = TextBytes(self.path, self.encoding), self.header_bytes
        while left and (piece := text.read(left)):
            left -= len(piece)
        return text

    def cells(self, lines: Sequence[str]) -> list[str]:
        """The cells of a row that stands on these lines."""
        if not self.quoted:
            return lines[0].rstrip("\r\n").split(self.delimiter)
        return next(csv.reader(lines, delimiter=self.delimiter), [])


def number_rows(cells: pa.RecordBatch, numbered: int) -> RowBatch:
    """Rows without white space around their cells, and without blank rows, numbered from ``numbered + 1`` on."""
    import pyarrow as pa
    import pyarrow.compute as pc

    cells = pa.RecordBatch.from_arrays([_trimmed(column) for column in cells.columns], names=cells.schema.names)
    blank = None
    for column in cells.columns:
        empty = pc.equal(pc.binary_length(column), 0)
        blank = empty if blank is None else pc.and_(blank, empty)
        if not pc.any(blank).as_py():
            break
    else:
        cells = cells.filter(pc.invert(blank))
    return RowBatch(pa.array(range(numbered + 1, numbered + cells.num_rows + 1), pa.int64()), cells)


def _trimmed(column: pa.StringArray) -> pa.StringArray:
    import pyarrow.compute as pc

    # Most columns have nothing to trim, which their first and last bytes tell in a third of the time.
    ends = np.frombuffer(column.buffers()[1], dtype=np.int32)[column.offset : column.offset + len(column) + 1]
    data = np.frombuffer(column.buffers()[2] or b"", dtype=np.uint8)
    filled = ends[1:] > ends[:-1]
    outer = np.concatenate((data[ends[:-1][filled]], data[ends[1:][filled] - 1]))
    plain = (outer > 0x20) & (outer < 0x7F)
    return column if plain.all() else pc.utf8_trim_whitespace(column)


def exact_batches(table: DelimitedTable, wanted: Sequence[str], passed: int, numbered: int) -> Iterator[RowBatch]:
    """Batches of the rows behind the first ``passed`` ones, of which ``numbered`` were not blank."""
    import pyarrow as pa

    at = [table.columns.index(name) for name in wanted]
    size = max(1, min(BATCH_ROWS, BATCH_CELLS // len(table.columns)))
    rows: list[list[str]] = []
    numbers: list[int] = []
    refused: list[RefusedRow] = []
    characters = 0

    def batch() -> RowBatch:
        columns = zip(*rows, strict=True) if rows else [()] * len(at)
        arrays = [pa.array(column, pa.string()) for column in columns]
        cells = pa.RecordBatch.from_arrays(arrays, names=list(wanted))
        return RowBatch(pa.array(numbers, pa.int64()), cells, tuple(refused))

    for met, row in enumerate(_Lines(table).rows()):
        if met < passed:
            continue
        if isinstance(row, _Refused):
            numbered += 1
            refused.append(RefusedRow(numbered, row.reason, row.raw[:RAW_CHARACTERS]))
        elif any(kept := [row[k].strip() if k < len(row) else "" for k in at]):
            numbered += 1
            rows.append(kept)
            numbers.append(numbered)
            characters += sum(map(len, kept))
        if len(rows) + len(refused) >= size or characters >= BATCH_CHARACTERS:
            yield batch()
            rows, numbers, refused, characters = [], [], [], 0
    if rows or refused:
        yield batch()


@dataclass(frozen=True, slots=True)
class _Refused:
    reason: str
    raw: str


class _LongLine(Exception):
    """A line over the limit was met; it was passed over."""


class _Lines:
    """The lines of a file, some of which may be taken back to be read anew."""

    def __init__(self, table: DelimitedTable) -> None:
        self._table = table
        self._text = io.TextIOWrapper(io.BufferedReader(table.open_rows()), encoding="utf-8", newline="")
        self._again: deque[str] = deque()
        self._held: list[str] = []
        """Lines of the row that is being read."""

    def _next(self) -> Iterator[str]:
        while line := self._again.popleft() if self._again else self._text.readline(MAX_LINE_CHARACTERS):
            self._held.append(line)
            if len(line) == MAX_LINE_CHARACTERS and line[-1] not in "\r\n":
                while (rest := self._text.readline(MAX_LINE_CHARACTERS)) and rest[-1] not in "\r\n":
                    pass
                raise _LongLine
            yield line
        yield END

    def rows(self) -> Iterator[list[str] | _Refused]:
        """The rows of the file, blank lines left out."""
        with self._text:
            if not self._table.quoted:
                yield from self._unquoted_rows()
                return
            reader = csv.reader(self._next(), delimiter=self._table.delimiter)
            while True:
                self._held = []
                try:
                    cells = next(reader)
                    if cells == [END]:
                        return
                    row = self._judge(cells)
                except StopIteration:
                    return
                except _LongLine:
                    row = _Refused(f"a line has more than {MAX_LINE_CHARACTERS:,} characters", self._held[0])
                except csv.Error:
                    row = self._over_limit()
                if isinstance(row, _Refused):
                    # Lines may have been taken back, and the reader may stand within a cell.
                    reader = csv.reader(self._next(), delimiter=self._table.delimiter)
                if row:
                    yield row

    def _unquoted_rows(self) -> Iterator[list[str] | _Refused]:
        lines = self._next()
        while True:
            self._held = []
            try:
                line = next(lines)
            except _LongLine:
                lines = self._next()
                yield _Refused(f"a line has more than {MAX_LINE_CHARACTERS:,} characters", self._held[0])
                continue
            if line == END:
                return
            cells = self._table.cells([line])
            if max(map(len, cells)) > MAX_CELL_CHARACTERS:
                yield _Refused(f"a cell has more than {MAX_CELL_CHARACTERS:,} characters", line)
            elif cells != [""]:
                yield self._judge(cells)

    def _judge(self, cells: list[str]) -> list[str] | _Refused:
        """The cells if they are a row; short rows are."""
        n_columns = len(self._table.columns)
        at_end = bool(cells) and cells[-1].endswith(END)
        if at_end or (len(cells) != n_columns and self._holds_a_row()):
            return self._left_open()
        if len(cells) > n_columns:
            beyond = self._table.delimiter.join(cells[n_columns:])
            return _Refused(
                f"{beyond[:RAW_CHARACTERS]!r} stands beyond the last column; a separator is not quoted",
                "".join(self._held).rstrip("\r\n"),
            )
        return cells

    def _holds_a_row(self) -> bool:
        """Whether one of the further lines of the row is a whole row by itself."""
        n_columns = len(self._table.columns)
        return any(self._is_row(line, n_columns) for line in self._held[1 : 1 + LINES_LOOKED_AT])

    def _is_row(self, line: str, n_columns: int) -> bool:
        try:
            return len(self._table.cells([line])) == n_columns
        except csv.Error:
            return False

    def _left_open(self) -> _Refused:
        first, *others = self._held
        self._again.extendleft(reversed(others))
        return _Refused("a quotation mark is not closed; close it, or double it inside a cell", first.rstrip("\r\n"))

    def _over_limit(self) -> _Refused:
        if self._holds_a_row():
            return self._left_open()
        marks = sum(line.count('"') for line in self._held)
        with suppress(_LongLine, StopIteration):
            lines = self._next()
            while marks % 2 and (line := next(lines)) != END:
                marks += line.count('"')
                del self._held[1:]
            if marks % 2:
                reason = "a quotation mark is never closed, so all that stands behind it belongs to this row; close it"
                return _Refused(reason, self._held[0])
        return _Refused(f"a cell has more than {MAX_CELL_CHARACTERS:,} characters", self._held[0])
