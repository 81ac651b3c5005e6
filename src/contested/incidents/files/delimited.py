"""Delimited text (commas, semicolons, tabs), with a header or with columns that the preset names, as rows.

In: a text file of any length. Out: :class:`RowStream`. Refuses: files whose header names a column twice or more
columns than any table has, in another encoding or with NUL characters (:class:`DatasetError`); single rows as
``exact_rows.py`` says (:class:`RefusedRow`).

Arrow reads what is well formed. From the first batch of which it is not sure, the file is read on line by line with
Python's own reader, which gives the same rows and finds what is wrong with the others.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from contested.base.errors import DatasetError
from contested.base.rows import MAX_CELL_CHARACTERS
from contested.incidents.batches import RowBatch, RowStream
from contested.incidents.files.exact_rows import END, MAX_LINE_CHARACTERS, DelimitedTable, exact_batches, number_rows
from contested.incidents.files.text_bytes import TextBytes, find_encoding
from contested.incidents.presets import FileForm

if TYPE_CHECKING:
    import pyarrow as pa

#: Bytes that Arrow parses at once, about 15,000 rows of an ACLED export. With 16 MiB an import takes half as much
#: memory again, with 4 MiB a third more time. A longer row goes to the exact reader.
BLOCK_BYTES = 8 << 20
#: Most columns: the widest dataset met has 135; ten thousand are no table of incidents.
MAX_COLUMNS = 10_000
#: Bytes of the end of a file in which the last row is looked for; where it is longer, the exact reader reads it.
END_BYTES = 1 << 20
#: Lines that the header may run over.
MAX_HEADER_LINES = 100
_BREAK = re.compile(r"\r\n|\r|\n")
_END_OF_LINE = re.compile(r"(?<=\n)|(?<=\r)(?!\n)")


def open_delimited(path: Path, form: FileForm, encoding: str = "utf-8", only: Sequence[str] | None = None) -> RowStream:
    """Open a comma-, semicolon- or tab-separated file.

    White space around names and cells is removed. Rows without any filled cell are left out, and short rows end in
    empty cells. A column without a name is called by its number.

    Parameters
    ----------
    path
        The file.
    form
        Columns, delimiter, quoting and the encoding to fall back on, where the file does not show them.
    encoding
        Text encoding; UTF-16 and a byte-order mark are recognised.
    only
        Columns that are wanted; the rows are then those in which one of them is filled.

    Raises
    ------
    DatasetError
        When the file is missing, empty, in another encoding, or its header cannot be used. Bytes that are none of the
        encoding may be met only when the batches are taken.
    """
    found = find_encoding(path, encoding, form.fallback_encoding)
    notes: tuple[str, ...] = ()
    if found == form.fallback_encoding and encoding == "utf-8":
        notes = (f"{path.name}: the text is not UTF-8; it was read as {found}",)
    table = _read_header(path, found, form)
    return RowStream(path, table.columns, _batches(table, only), notes)


def _read_header(path: Path, encoding: str, form: FileForm) -> DelimitedTable:
    with (
        TextBytes(path, encoding) as raw,
        io.TextIOWrapper(io.BufferedReader(raw), encoding="utf-8", newline="") as text,
    ):
        before, line = 0, text.readline(MAX_LINE_CHARACTERS)
        while line and not line.strip("\r\n"):
            before, line = before + len(line), text.readline(MAX_LINE_CHARACTERS)
        lines = [line]
        # A doubled mark inside a name flips the state twice, so parity is enough.
        while form.quoted and "".join(lines).count('"') % 2 and len(lines) < MAX_HEADER_LINES:
            lines.append(text.readline(MAX_LINE_CHARACTERS))
    header = "".join(lines)
    delimiter = form.delimiter or max(",;\t", key=header.count)
    table = DelimitedTable(path, encoding, delimiter, form.quoted, (), before + len(header.encode()))
    try:
        cells = table.cells(lines)
    except csv.Error as fault:
        raise DatasetError(f"{path.name} row 0: {fault}; a quotation mark is probably not closed") from None
    if len(cells) > MAX_COLUMNS:
        raise DatasetError(
            f"{path.name}: the first line has {len(cells):,} columns, more than the {MAX_COLUMNS:,} that are read; "
            "keep the columns that tell of an incident"
        )
    names = [cell.strip() or f"column {number}" for number, cell in enumerate(cells, start=1)]
    if form.header and names[0].casefold() != form.header[0].casefold():
        table, names = replace(table, header_bytes=0), list(form.header[: len(cells)])
    if twice := [name for name, times in Counter(names).items() if times > 1]:
        raise DatasetError(f'{path.name}: the header names the column "{twice[0]}" twice; rename one')
    return replace(table, columns=tuple(names))


def _batches(table: DelimitedTable, only: Sequence[str] | None) -> Iterator[RowBatch]:
    wanted = table.columns if only is None else tuple(only)
    read = numbered = 0
    try:
        for cells in _arrow_batches(table, wanted):
            read += cells.num_rows
            batch = number_rows(cells, numbered)
            numbered += len(batch.numbers)
            yield batch
    except _NotSure:
        yield from exact_batches(table, wanted, read, numbered)


class _NotSure(Exception):
    """Arrow cannot read what comes next, or may have read it wrongly."""


def _arrow_batches(table: DelimitedTable, wanted: Sequence[str]) -> Iterator[pa.RecordBatch]:
    """Batches of all rows, blank ones too, as long as Arrow is sure of them."""
    import pyarrow as pa
    from pyarrow import csv as arrow_csv

    with table.open_rows() as text:
        watched = _End(text)
        held = None
        try:
            with arrow_csv.open_csv(
                pa.PythonFile(watched, mode="r"),
                read_options=arrow_csv.ReadOptions(column_names=table.columns, block_size=BLOCK_BYTES),
                parse_options=arrow_csv.ParseOptions(
                    delimiter=table.delimiter,
                    quote_char='"' if table.quoted else False,
                    newlines_in_values=table.quoted,
                ),
                convert_options=arrow_csv.ConvertOptions(
                    column_types=dict.fromkeys(wanted, pa.string()), include_columns=list(wanted), check_utf8=False
                ),
            ) as reader:
                for cells in reader:
                    if any(_longest(column) > MAX_CELL_CHARACTERS for column in cells.columns):
                        raise _NotSure
                    if held is not None:
                        yield held
                    held = cells
        except pa.ArrowInvalid as fault:
            if "Empty CSV file" in str(fault):
                return
            # Rows of another length, or longer than a block.
            raise _NotSure from None
        if held is None:
            return
        # A mark that is never closed swallows the rest of the file, and Arrow does not say so.
        if table.quoted and len(wanted) == len(table.columns) and _left_open(held, watched.end, table):
            raise _NotSure
        yield held


def _longest(column: pa.Array) -> int:
    """Length of the longest cell in bytes."""
    import pyarrow.compute as pc

    return int(pc.max(pc.binary_length(column)).as_py() or 0)


def _left_open(cells: pa.RecordBatch, end: bytes, table: DelimitedTable) -> bool:
    """Whether the last row of the file may hold a mark that is not closed."""
    last = [column[-1].as_py() for column in cells.columns] if cells.num_rows else [""]
    if _BREAK.search(last[-1]):
        return True
    breaks = sum(len(_BREAK.findall(cell)) for cell in last)
    lines = _END_OF_LINE.split(end.decode("utf-8", "replace").rstrip("\r\n"))[-1 - breaks :]
    return len(lines) <= breaks or table.cells([*lines, END])[-1].endswith(END)


class _End:
    """A file of bytes that remembers the end of what was read of it."""

    def __init__(self, file: TextBytes) -> None:
        self._file, self.end, self.closed = file, b"", False

    def read(self, size: int) -> bytes:
        """The next bytes."""
        if piece := self._file.read(size):
            self.end = (self.end + piece)[-END_BYTES:]
        return piece

    def close(self) -> None:
        """Nothing: who opened the file closes it."""
        self.closed = True
