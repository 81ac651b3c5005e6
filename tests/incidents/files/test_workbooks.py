"""Sheets of workbooks as rows: text of cells, where the header is, which sheet, and what is refused."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contested.base.case import Case, DatasetEntry
from contested.base.errors import DatasetError
from contested.incidents.batches import RowStream
from contested.incidents.files import workbooks
from contested.incidents.files.workbooks import cell_text, column_letters, find_header, open_workbook
from contested.incidents.sources import read_dataset

pytest.importorskip("python_calamine")

HEADER = ["id", "date", "latitude", "checked"]
ROWS: list[list[Any]] = [
    [203105040001, date(2031, 5, 4), 50.05, True],
    ["0002", datetime(2031, 5, 4, 6, 30), 50, False],
]
AS_TEXT = [["203105040001", "2031-05-04", "50.05", "true"], ["0002", "2031-05-04T06:30:00", "50", "false"]]


def cell(place: str, value: Any) -> str:
    """The XML of a cell; a value that begins with # is an error, a datetime needs the style 1."""
    if isinstance(value, bool):
        return f'<c r="{place}" t="b"><v>{int(value)}</v></c>'
    if isinstance(value, date):
        days = (datetime(value.year, value.month, value.day) - datetime(1899, 12, 30)).days
        share = (value.hour * 60 + value.minute) / 1440 if isinstance(value, datetime) else 0
        return f'<c r="{place}" s="1"><v>{days + share}</v></c>'
    if isinstance(value, (int, float)):
        return f'<c r="{place}"><v>{value}</v></c>'
    if value.startswith("#"):
        return f'<c r="{place}" t="e"><v>{value}</v></c>'
    if value.startswith("="):
        formula, _, cached = value[1:].partition("|")
        return f'<c r="{place}" t="str"><f>{formula}</f><v>{cached}</v></c>'
    return f'<c r="{place}" t="inlineStr"><is><t>{value}</t></is></c>'


def write_workbook(path: Path, sheets: dict[str, list[list[Any]]], *, hidden: str = "", extra: str = "") -> Path:
    """A workbook made of its XML, so that faults can be written into it."""
    named = list(enumerate(sheets, start=1))
    spaces = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "_rels/.rels",
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            f'<Relationship Id="rId1" Type="{relation}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        )
        archive.writestr(
            "xl/workbook.xml",
            f'<workbook {spaces} xmlns:r="{relation}"><sheets>'
            + "".join(
                f'<sheet name="{name}" sheetId="{number}" r:id="rId{number}"'
                + (' state="hidden"' if name == hidden else "") + "/>"
                for number, name in named
            ) + "</sheets></workbook>",
        )  # fmt: skip
        archive.writestr(
            "xl/_rels/workbook.xml.rels",
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            + "".join(
                f'<Relationship Id="rId{number}" Type="{relation}/worksheet" Target="worksheets/s{number}.xml"/>'
                for number, _ in named
            ) + f'<Relationship Id="rId99" Type="{relation}/styles" Target="styles.xml"/></Relationships>',
        )  # fmt: skip
        archive.writestr(
            "xl/styles.xml",
            f'<styleSheet {spaces}><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>',
        )
        for number, name in named:
            rows = "".join(
                f'<row r="{y}">'
                + "".join(cell(f"{column_letters(x)}{y}", value) for x, value in enumerate(row) if value != "")
                + "</row>"
                for y, row in enumerate(sheets[name], start=1)
            )
            archive.writestr(
                f"xl/worksheets/s{number}.xml", f"{extra}<worksheet {spaces}><sheetData>{rows}</sheetData></worksheet>"
            )
    return path


def rows_of(stream: RowStream) -> list[list[str]]:
    return [
        list(row.values()) for batch in stream.batches for row in batch.cells.to_pylist()
    ]  # fmt: skip


def test_cells_become_text(tmp_path: Path) -> None:
    stream = open_workbook(write_workbook(tmp_path / "a.xlsx", {"Data": [HEADER, *ROWS]}))
    assert stream.columns == tuple(HEADER)
    assert rows_of(stream) == AS_TEXT
    assert stream.notes == ()


def test_titles_above_the_header_are_passed_over_and_told(tmp_path: Path) -> None:
    titled = [["Incidents of May"], [], ["Source", "https://vale.example"], HEADER, *ROWS]
    stream = open_workbook(write_workbook(tmp_path / "a.xlsx", {"Data": titled}))
    assert stream.columns == tuple(HEADER)
    assert rows_of(stream) == AS_TEXT
    assert stream.notes == ('a.xlsx: the header of "Data" is row 4; 2 rows above it are passed over',)


def test_a_table_may_begin_anywhere(tmp_path: Path) -> None:
    moved = [[], ["", "May"], *(["", *row] for row in ([*HEADER[:2], "", HEADER[3]], *ROWS))]
    stream = open_workbook(write_workbook(tmp_path / "a.xlsx", {"Data": moved}))
    assert stream.columns == ("id", "date", "column D", "checked")
    assert rows_of(stream) == AS_TEXT
    assert stream.notes == ('a.xlsx: the header of "Data" is row 3; 1 row above it is passed over',)


def test_numbers_count_rows_below_the_header_and_empty_ones_have_none(tmp_path: Path) -> None:
    path = write_workbook(tmp_path / "a.xlsx", {"Data": [HEADER, ROWS[0], [], [], ROWS[1]]})
    (batch,) = open_workbook(path).batches
    assert batch.numbers.to_pylist() == [1, 2]
    assert batch.cells.column(0).to_pylist() == ["203105040001", "0002"]


def test_the_first_visible_sheet_with_a_header_is_read_and_the_others_are_named(tmp_path: Path) -> None:
    sheets = {"Old": [HEADER, *ROWS], "Read me": [["Made by hand"]], "Data": [HEADER, *ROWS], "More": [HEADER, ROWS[1]]}
    path = write_workbook(tmp_path / "a.xlsx", sheets, hidden="Old")
    stream = open_workbook(path)
    assert stream.notes == ('a.xlsx: the sheet "Data" is read; "Old", "Read me", "More" are not',)
    assert len(rows_of(stream)) == 2
    assert len(rows_of(open_workbook(path, "More"))) == 1
    assert len(rows_of(open_workbook(path, "Old"))) == 2
    with pytest.raises(DatasetError, match='there is no sheet "Dat"; did you mean "Data"'):
        open_workbook(path, "Dat")


def test_errors_are_empty_and_counted_and_formulas_give_what_was_saved(tmp_path: Path) -> None:
    path = write_workbook(tmp_path / "a.xlsx", {"Data": [HEADER, ["a", "#REF!", "=1+1|2", ""], ["b", "#N/A", "", "x"]]})
    stream = open_workbook(path)
    assert stream.notes == ('a.xlsx: 2 cells of the sheet "Data" hold an error and are read as empty',)
    assert rows_of(stream) == [["a", "", "2", ""], ["b", "", "", "x"]]


def test_errors_are_counted_once_however_the_xml_is_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_workbook(tmp_path / "a.xlsx", {"Data": [HEADER, *(["#REF!"] * 4 for _ in range(30))]})
    for size in (65, 100, 1_000):
        monkeypatch.setattr(workbooks, "_PIECE_BYTES", size)
        with pytest.raises(DatasetError, match="no row is a header"):
            open_workbook(path)
        size = workbooks._check_workbook(path)["Data"]
        assert (size.rows, size.columns, size.errors) == (31, 4, 120)


def test_a_column_without_a_name_keeps_its_letter(tmp_path: Path) -> None:
    stream = open_workbook(write_workbook(tmp_path / "a.xlsx", {"Data": [["id", "", "date"], ["1", "x", "2031"]]}))
    assert stream.columns == ("id", "column B", "date")
    assert rows_of(stream) == [["1", "x", "2031"]]


@pytest.mark.parametrize(
    "far",
    [
        b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
        # What does not say where it stands comes after what does.
        b"<row>" + b"<c><v>1</v></c>" * 60 + b'</row><row r="1000000"><c><v>1</v></c></row>',
        b'<row r="5"><c r="XFC5"><v>1</v></c><c><v>1</v></c></row><row r="40000"/>',
        b'<x:row><x:c r="A5"/>' + b"<x:c/>" * 60 + b'</x:row><x:row r="1000000"/>',
    ],
)
def test_a_sheet_that_reaches_too_far_is_refused_before_it_is_loaded(tmp_path: Path, far: bytes) -> None:
    path = write_workbook(tmp_path / "a.xlsx", {"Data": [HEADER, *ROWS]})
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["xl/worksheets/s1.xml"] = parts["xl/worksheets/s1.xml"].replace(b"</sheetData>", far + b"</sheetData>")
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    with pytest.raises(DatasetError, match=r"rows and [\d,]+ columns, more than 50,000,000 cells"):
        open_workbook(path)


def test_cells_that_do_not_say_where_they_stand_are_read(tmp_path: Path) -> None:
    path = write_workbook(tmp_path / "a.xlsx", {"Data": [HEADER, *ROWS]})
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["xl/worksheets/s1.xml"] = re.sub(rb' r="[A-Z]*\d+"', b"", parts["xl/worksheets/s1.xml"])
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    assert rows_of(open_workbook(path)) == AS_TEXT
    size = workbooks._check_workbook(path)["Data"]
    assert (size.rows, size.columns) == (3, 4)


def test_entities_are_refused(tmp_path: Path) -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
    with pytest.raises(DatasetError, match="declares entities"):
        open_workbook(write_workbook(tmp_path / "a.xlsx", {"Data": [HEADER, *ROWS]}, extra=bomb))


def test_what_unpacks_to_too_much_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_workbook(tmp_path / "a.xlsx", {"Data": [HEADER, *ROWS]})
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/picture.emf", bytes(3_000_000))
    with pytest.raises(DatasetError, match="times its size, more than 200"):
        open_workbook(path)
    monkeypatch.setattr(workbooks, "MAX_UNPACKED_BYTES", 1_000)
    with pytest.raises(DatasetError, match="unpacked it has"):
        open_workbook(path)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 encrypted", "save it as XLSX without password"),
        ("a.ods", b"PK\x03\x04", "save it as XLSX"),
        ("a.xls", b"anything", "save it as XLSX"),
        ("a.xlsx", b"id,date\n1,2\n", "cannot be unpacked"),
        ("a.xlsx", b"", "cannot be unpacked"),
    ],
)
def test_what_is_no_workbook_says_what_to_do(tmp_path: Path, name: str, content: bytes, words: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(DatasetError, match=words):
        open_workbook(tmp_path / name)


def test_a_missing_file_and_an_archive_of_something_else(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="cannot be read"):
        open_workbook(tmp_path / "none.xlsx")
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as archive:
        archive.writestr("word/document.xml", "<x/>")
    with pytest.raises(DatasetError, match="holds no workbook"):
        open_workbook(tmp_path / "a.xlsx")


def test_columns_of_one_name_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match='names the column "id" twice'):
        open_workbook(write_workbook(tmp_path / "a.xlsx", {"Data": [["id", "id"], ["1", "2"]]}))


@given(st.integers(0, 16_383))
def test_letters_of_a_column_and_back(number: int) -> None:
    assert workbooks._column_number(column_letters(number).encode()) == number + 1


@given(st.integers(2, 12), st.integers(1, 30), st.integers(0, 5))
def test_a_header_over_full_rows_is_found_below_any_titles(width: int, length: int, titles: int) -> None:
    rows = [["title", *[""] * (width - 1)]] * titles + [["name"] * width] + [["cell"] * width] * length
    assert find_header(rows) == titles


@given(st.one_of(st.floats(allow_nan=False, allow_infinity=False), st.booleans(), st.dates(), st.times(), st.text()))
def test_text_of_a_cell_loses_no_number(value: Any) -> None:
    text = cell_text(value)
    assert text == text.strip()
    if isinstance(value, float):
        assert float(text) == value
    elif isinstance(value, date):
        assert date.fromisoformat(text) == value
    elif isinstance(value, time):
        assert time.fromisoformat(text) == value.replace(microsecond=0)


def test_the_entry_of_a_dataset_names_its_sheet(tmp_path: Path, make_case: Callable[..., Case]) -> None:
    header = ["id", "date", "lon", "lat"]
    (tmp_path / "datasets").mkdir()
    write_workbook(
        tmp_path / "datasets/d.xlsx",
        {"Notes": [header, ["no", "2016-11-20", 37.1, 36.2]], "Attacks": [header, ["yes", "2016-11-21", 37.1, 36.2]]},
    )
    entry = {"name": "d", "preset": "plain", "path": "datasets/d.xlsx"}

    def ids(**more: str) -> list[str]:
        read = read_dataset(DatasetEntry.model_validate({**entry, **more}), make_case(tmp_path))
        return [str(name) for name in read.records["record_id"].to_pylist()]

    assert (ids(), ids(sheet="Attacks")) == (["d:no"], ["d:yes"])
    with pytest.raises(DatasetError, match=r'no sheet "Attack"; .*Attacks'):
        ids(sheet="Attack")
