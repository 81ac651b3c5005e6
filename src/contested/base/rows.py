"""Rows of a CSV file, each with its number and its place in the text.

In: a CSV file. Out: :class:`RowFile`: the frozen text and its rows. Refuses: empty files,
files in another encoding, files without a needed column, duplicate headers and NUL bytes.

Statements, votes, datasets and place-status tables all come in through here, so that every
row can be found again: ``text[row.start:row.end]`` is the row as it stands in the original.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from contested.base.errors import DatasetError, SourceError, nearest_name

#: Largest text that is read whole, bytes. Datasets in delimited text and JSON lines are read in batches instead.
MAX_CSV_BYTES = 512 * 1024 * 1024
#: Longest cell, characters: a longer one is an attack or a broken quote.
MAX_CELL_CHARACTERS = 1_000_000

csv.field_size_limit(MAX_CELL_CHARACTERS)


@dataclass(frozen=True, slots=True)
class Row:
    """One row: ``number`` counts from 1 after the header; ``start`` and ``end`` are characters of the text."""

    number: int
    values: dict[str, str]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class RowFile:
    """A CSV file: its text without byte-order mark, its columns, and its rows in order."""

    path: Path
    text: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """How a table is written, where its header does not say it."""

    header: tuple[str, ...] = ()
    """Names of the columns in order, for files without a header; a first row that repeats them is none."""
    delimiter: str | None = None
    """Found in the header when it is not given."""
    quoted: bool = True
    """Whether cells may stand in quotation marks; where not, a mark is a character like any other."""


def read_text(path: Path, encoding: str = "utf-8", error: type[SourceError] = DatasetError) -> str:
    """The text of a file, byte-order mark removed, line ends unchanged.

    Raises
    ------
    SourceError
        (the subclass given) when the file is missing, empty, too large, or not in the encoding.
    """
    try:
        size = path.stat().st_size
        if size > MAX_CSV_BYTES:
            raise error(
                f"{path.name}: {size:,} bytes is more than the {MAX_CSV_BYTES:,} that are read; split the file by date"
            )
        raw = path.read_bytes()
    except OSError as fault:
        raise error(f"{path}: cannot be read: {fault.strerror}; check the path and its rights") from None
    if not raw.strip():
        raise error(f"{path.name}: the file is empty ({len(raw)} bytes); expected a header and rows: download it again")
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encoding = "utf-16"
    try:
        text = raw.decode(encoding)
    except (UnicodeDecodeError, LookupError) as fault:
        raise error(
            f"{path.name}: the text is not {encoding}: {fault}; "
            'set encoding in case.toml (for instance encoding = "cp1252") or save it as UTF-8'
        ) from None
    return text.removeprefix("\ufeff")


def read_rows(
    path: Path,
    needed: Sequence[str] = (),
    *,
    encoding: str = "utf-8",
    error: type[SourceError] = DatasetError,
    layout: Layout | None = None,
) -> RowFile:
    """Read a comma-, semicolon- or tab-separated file with a header, or with columns that the layout names.

    Column names and values are stripped of white space around them. A row with more cells than the
    header keeps them joined under the key ``""``, so that the caller can refuse it.

    Parameters
    ----------
    path
        The file.
    needed
        Columns that must be there.
    encoding
        Text encoding; UTF-16 is recognised by its mark.
    error
        Which error to raise: :class:`DatasetError` or :class:`LayerError`.
    layout
        Columns, delimiter and quoting, where the file does not show them.
    """
    layout = layout or Layout()
    text = read_text(path, encoding, error)
    if "\x00" in text:
        raise error(f"{path.name}: the file holds NUL characters, so it is no CSV; export it again as CSV")
    records = _records(text, layout.quoted)
    header_text = text[slice(*records[0])]
    delimiter = layout.delimiter or max(",;\t", key=header_text.count)
    if header_text.count(delimiter) == 0:
        delimiter = ","
    first = _cells(header_text, delimiter, path, 0, error) if layout.quoted else header_text.split(delimiter)
    columns = [cell.strip() for cell in first]
    if layout.header and columns[0].casefold() != layout.header[0].casefold():
        columns = list(layout.header[: len(first)])
        records = [(0, 0), *records]
    for number, name in enumerate(columns):
        if name in columns[:number]:
            raise error(f'{path.name}: the header names the column "{name}" twice; rename one')
    for name in needed:
        if name not in columns:
            raise error(f'{path.name}: the column "{name}" is missing; {nearest_name(name, columns)}')
    rows: list[Row] = []
    for start, end in records[1:]:
        line = text[start:end]
        cells = _cells(line, delimiter, path, len(rows) + 1, error) if layout.quoted else line.split(delimiter)
        if not any(cell.strip() for cell in cells):
            continue
        values = {name: cells[i].strip() if i < len(cells) else "" for i, name in enumerate(columns)}
        if len(cells) > len(columns):
            values[""] = delimiter.join(cells[len(columns) :])
        rows.append(Row(len(rows) + 1, values, start, end))
    return RowFile(path, text, tuple(columns), tuple(rows))


def _cells(text: str, delimiter: str, path: Path, row: int, error: type[SourceError]) -> list[str]:
    try:
        return next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), [])
    except csv.Error as fault:
        raise error(f"{path.name} row {row}: {fault}; a quotation mark is probably not closed") from None


def _records(text: str, can_quote: bool = True) -> list[tuple[int, int]]:
    """Start and end of each record: line breaks inside quotation marks do not end one."""
    found: list[tuple[int, int]] = []
    record_start = position = 0
    quoted = False
    for line in re.split(r"(?<=\n)|(?<=\r)(?!\n)", text):
        position += len(line)
        # A doubled mark inside a quoted cell flips the state twice, so parity is enough.
        quoted ^= can_quote and line.count('"') % 2 == 1
        if not quoted:
            found.append((record_start, record_start + len(text[record_start:position].rstrip("\r\n"))))
            record_start = position
    if record_start < len(text):
        found.append((record_start, len(text)))
    return [(start, end) for start, end in found if end > start] or [(0, 0)]
