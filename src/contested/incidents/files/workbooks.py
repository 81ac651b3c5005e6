"""A sheet of an Excel workbook as rows.

In: an ``.xlsx`` or ``.xlsm`` file, and perhaps the name of a sheet. Out: :class:`RowStream`: cells as text, dates in
ISO form, whole numbers without a point; a formula gives the value that was saved with it, an error (``#REF!``)
nothing. Refuses: older and other kinds of workbooks, encrypted ones, archives that unpack to too much, XML that
declares entities, and sheets that are no table.

The sheet is the one named, else the first visible one with a header. The header is the first row with two or more
filled cells that the rows below it are about as wide as: titles above it are passed over, and a note says so.

``python-calamine`` reads the cells: 1.6 million of them in 0.9 s where openpyxl took 10.5 s. It holds every cell
between the first and the last filled one, so that one cell in the last corner of a sheet of 5 KB would fill 500 GB:
how large the sheet is gets asked first, in the XML itself.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

from contested.base.errors import DatasetError, nearest_name
from contested.base.zip_directory import ZipLimits, open_zip
from contested.incidents.batches import RowStream
from contested.incidents.files.columns import batches_of, check_columns

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook

#: Most that a workbook may unpack to, bytes: the whole of GTD, the largest known, unpacks to about a gigabyte.
MAX_UNPACKED_BYTES = 4 * 1024**3
#: Most cells between the first and the last filled one of a sheet, filled or not: each takes some 32 bytes. GTD has 28
#: million.
MAX_CELLS = 50_000_000
#: Rows among which the header is looked for, and rows below it that show how wide the table is.
HEADER_ROWS, SHOWN_ROWS = 50, 20
#: A header fills at least this share of the cells that the rows below it fill: a title or a note above it does not.
HEADER_SHARE = 2 / 3

#: XML is read in pieces of this many bytes, cut before a tag; of a piece without tags the last bytes are kept.
_PIECE_BYTES, _KEPT_BYTES = 1024 * 1024, 64
_ROW_TAG, _CELL_TAG = re.compile(rb"<row[\s/>]"), re.compile(rb"<c[\s/>]")
#: The same in a sheet that names its namespace, which takes three times as long to find.
_LONG_ROW_TAG, _LONG_CELL_TAG = re.compile(rb"<[\w.-]+:row[\s/>]"), re.compile(rb"<[\w.-]+:c[\s/>]")
#: Where a row or cell says that it stands: cells by letters and number, rows by the number alone.
_PLACE = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]{0,3})(\d{1,7})["']""")
_ENTITIES = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_OLD_FORM = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@dataclass(slots=True)
class _SheetSize:
    """What the XML of a sheet holds: how far it reaches at most, and cells with an error."""

    named_rows: int = 0
    named_columns: int = 0
    errors: int = 0
    unnamed_rows: int = 0
    unnamed_cells: int = 0
    longest_row: int = 0
    last_row: int = 0

    @property
    def rows(self) -> int:
        return self.named_rows + self.unnamed_rows

    @property
    def columns(self) -> int:
        """Cells that do not say where they stand come after those that do."""
        return self.named_columns + (self.longest_row if self.unnamed_cells else 0)

    def add(self, text: bytes) -> None:
        """Take in the next whole tags."""
        places = _PLACE.findall(text)
        letters = {letters for letters, _ in places}
        self.named_rows = max(self.named_rows, max((int(row) for _, row in places), default=0))
        self.named_columns = max(self.named_columns, max(map(_column_number, letters), default=0))
        row_tag, cell_tag = (_LONG_ROW_TAG, _LONG_CELL_TAG) if b":row" in text else (_ROW_TAG, _CELL_TAG)
        first, *others = [len(cell_tag.findall(row)) for row in row_tag.split(text)]
        # The first cells belong to the row that was begun before.
        counts = [self.last_row + first, *others]
        self.longest_row, self.last_row = max(self.longest_row, *counts), counts[-1]
        n_rows_named = sum(not letters for letters, _ in places)
        self.unnamed_rows += max(0, len(others) - n_rows_named)
        self.unnamed_cells += max(0, first + sum(others) - (len(places) - n_rows_named))
        self.errors += text.count(b' t="e"') + text.count(b" t='e'")


def open_workbook(path: Path, sheet: str | None = None) -> RowStream:
    """The rows of one sheet of a workbook.

    Parameters
    ----------
    path
        The file.
    sheet
        Name of the sheet; without it the first visible one with a header is read, and a note names it where there
        are several.

    Raises
    ------
    DatasetError
        When the file or the sheet cannot be read as a table.
    """
    sizes = _check_workbook(path)
    book = _open_book(path)
    names, visible = _sheet_names(book)
    if sheet is not None and sheet not in names:
        raise DatasetError(f'{path.name}: there is no sheet "{sheet}"; {nearest_name(sheet, names)}')
    for name in visible if sheet is None else [sheet]:
        size = sizes.get(name, _SheetSize())
        found = _table(_read_sheet(book, name, path), path, name)
        if found is None:
            continue
        stream, notes = found
        if others := [other for other in names if other != name]:
            notes.insert(0, f'{path.name}: the sheet "{name}" is read; {_listed(others)} not')
        if size.errors:
            notes.append(f'{path.name}: {size.errors} cells of the sheet "{name}" hold an error and are read as empty')
        return RowStream(path, stream.columns, stream.batches, tuple(notes))
    looked = "none of its sheets" if sheet is None else f'the sheet "{sheet}"'
    raise DatasetError(
        f"{path.name}: in {looked} no row is a header (two filled cells or more, with rows below); give a table"
    )


def _listed(names: list[str]) -> str:
    shown = ", ".join(f'"{name}"' for name in names[:5])
    return (
        f"{shown} and {len(names) - 5} more are" if len(names) > 5 else f"{shown} {'is' if len(names) == 1 else 'are'}"
    )


def _check_workbook(path: Path) -> dict[str, _SheetSize]:
    """Name of a sheet → its size, once the archive is safe to load."""
    try:
        with path.open("rb") as file:
            begins = file.read(8)
    except OSError as fault:
        raise DatasetError(f"{path}: cannot be read: {fault.strerror}; check the path and its rights") from None
    if begins == _OLD_FORM or path.suffix.lower() in (".xls", ".xlsb", ".ods"):
        raise DatasetError(
            f"{path.name}: this is an older, another or an encrypted kind of workbook, expected .xlsx; "
            "open it and save it as XLSX without password, or as CSV"
        )
    with open_zip(path, path.name, ZipLimits(MAX_UNPACKED_BYTES), DatasetError) as archive:
        if "xl/workbook.xml" not in archive.namelist():
            raise DatasetError(f"{path.name}: the archive holds no workbook; expected an .xlsx file")
        # Every part, since a relation can call any of them a sheet.
        sizes = {name: _scan(archive, name, path) for name in archive.namelist()}
        for part, size in sizes.items():
            if size.rows * size.columns > MAX_CELLS:
                raise DatasetError(
                    f"{path.name}: {part} reaches over {size.rows:,} rows and {size.columns:,} columns, more than "
                    f"{MAX_CELLS:,} cells; delete what stands far from the table, or save it as CSV"
                )
        try:
            parts = _parts_of_sheets(archive)
        except (ElementTree.ParseError, KeyError) as fault:
            raise DatasetError(f"{path.name}: the workbook is damaged: {fault}; save it again") from None
    return {name: sizes.get(part, _SheetSize()) for name, part in parts.items()}


def _scan(archive: zipfile.ZipFile, name: str, path: Path) -> _SheetSize:
    size = _SheetSize()
    kept = b""
    with archive.open(name) as file:
        while piece := file.read(_PIECE_BYTES):
            text = kept + piece
            if name.lower().endswith((".xml", ".rels")) and _ENTITIES.search(text):
                raise DatasetError(f"{path.name}: {name} declares entities, as no workbook does; refused as unsafe")
            if (cut := text.rfind(b"<")) > 0:
                size.add(text[:cut])
                kept = text[cut:]
            elif len(text) > _PIECE_BYTES:
                kept = text[-_KEPT_BYTES:]
            else:
                kept = text
    size.add(kept)
    return size


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - ord("A") + 1
    return number


def _parts_of_sheets(archive: zipfile.ZipFile) -> dict[str, str]:
    """Name of a sheet → its file in the archive."""
    relations = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    targets = {one.get("Id", ""): one.get("Target", "").removeprefix("/xl/") for one in relations}
    found: dict[str, str] = {}
    for one in ElementTree.fromstring(archive.read("xl/workbook.xml")).iter():
        if one.tag.rpartition("}")[2] == "sheet":
            key = next((value for name, value in one.items() if name.endswith("}id")), "")
            found[one.get("name", "")] = f"xl/{targets.get(key, '')}"
    return found


def _open_book(path: Path) -> CalamineWorkbook:
    try:
        from python_calamine import CalamineError, CalamineWorkbook
    except ImportError:
        raise DatasetError(
            f"{path.name}: workbooks need python-calamine, which is not installed; "
            "pip install 'contested[datasets]', or save the sheet as CSV"
        ) from None
    try:
        return CalamineWorkbook.from_path(path)
    except (CalamineError, OSError) as fault:
        raise DatasetError(f"{path.name}: the workbook cannot be read: {fault}; save it again as XLSX") from None


def _sheet_names(book: CalamineWorkbook) -> tuple[list[str], list[str]]:
    """Names of the sheets that hold cells, and of those among them that are visible."""
    from python_calamine import SheetTypeEnum, SheetVisibleEnum

    sheets = [one for one in book.sheets_metadata if one.typ == SheetTypeEnum.WorkSheet]
    return [one.name for one in sheets], [one.name for one in sheets if one.visible == SheetVisibleEnum.Visible]


def _read_sheet(book: CalamineWorkbook, name: str, path: Path) -> CalamineSheet:
    from python_calamine import CalamineError

    try:
        return book.get_sheet_by_name(name)
    except (CalamineError, OSError) as fault:
        raise DatasetError(f'{path.name}: the sheet "{name}" cannot be read: {fault}; save it again as XLSX') from None


def _table(sheet: CalamineSheet, path: Path, name: str) -> tuple[RowStream, list[str]] | None:
    """The table of a sheet and notes; ``None`` when it has no header."""
    rows = ([cell_text(value) for value in row] for row in sheet.iter_rows())
    top = list(islice(rows, HEADER_ROWS + SHOWN_ROWS))
    at = find_header(top)
    if at is None or sheet.start is None:
        return None
    header = top[at]
    # A column without a name keeps its letter, so that what stands in it is not lost.
    columns = [cell or f"column {column_letters(sheet.start[1] + i)}" for i, cell in enumerate(header)]
    notes = []
    if passed := sum(any(row) for row in top[:at]):
        notes.append(
            f'{path.name}: the header of "{name}" is row {at + 1}; '
            f"{passed} row{'s' if passed > 1 else ''} above it {'are' if passed > 1 else 'is'} passed over"
        )
    shown = f'{path.name} "{name}"'
    batches = batches_of(chain(top[at + 1 :], rows), check_columns(columns, shown))
    return RowStream(path, tuple(columns), batches), notes


def find_header(rows: Iterable[list[str]]) -> int | None:
    """Place of the header among the first rows of a sheet; ``None`` when no row can be one.

    It is the first row with two or more filled cells that fills at least two thirds of the cells that the rows below
    it fill (their median): a title, a note or a line of group names over the columns fills fewer.
    """
    filled = [sum(map(bool, row)) for row in rows]
    for at, count in enumerate(filled[:HEADER_ROWS]):
        below = sorted(other for other in filled[at + 1 : at + 1 + SHOWN_ROWS] if other)
        if count >= 2 and below and count >= HEADER_SHARE * below[len(below) // 2]:
            return at
    return None


def column_letters(number: int) -> str:
    """The letters by which a spreadsheet names a column, counted from 0.

    >>> column_letters(0), column_letters(25), column_letters(26), column_letters(16_383)
    ('A', 'Z', 'AA', 'XFD')
    """
    letters = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def cell_text(value: Any) -> str:
    """A cell as text: days and times in ISO form, whole numbers without a point, booleans as true and false.

    >>> cell_text(203105040001.0), cell_text(50.05), cell_text(True), cell_text(datetime(2031, 5, 4))
    ('203105040001', '50.05', 'true', '2031-05-04')
    """
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime):
        midnight = value.time() == time()
        return value.date().isoformat() if midnight else value.isoformat(timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return value.isoformat(timespec="seconds" if value.second else "minutes")
    if isinstance(value, timedelta):
        return str(value)
    return "" if value is None else str(value)
