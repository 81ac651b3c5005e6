"""Delimited text as rows: whatever is wrong with one is said, and no other is lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contested.base.errors import DatasetError
from contested.incidents.batches import RowStream
from contested.incidents.files import delimited, exact_rows, open_rows
from contested.incidents.presets import FileForm

HEADER = b"id,date,note\n"
Open = Callable[..., RowStream]


@pytest.fixture
def opened(tmp_path: Path) -> Open:
    """Write bytes to a file and open it."""

    def write(content: bytes, form: FileForm | None = None, encoding: str = "utf-8", name: str = "d.csv") -> RowStream:
        (tmp_path / name).write_bytes(content)
        return open_rows(tmp_path / name, form, encoding)

    return write


def taken(stream: RowStream) -> tuple[list[tuple[int, list[str]]], list[tuple[int, str]]]:
    """The numbered rows, and the numbered reasons of what was refused."""
    rows: list[tuple[int, list[str]]] = []
    refused: list[tuple[int, str]] = []
    for batch in stream.batches:
        cells = [list(row.values()) for row in batch.cells.to_pylist()]
        rows += zip(batch.numbers.to_pylist(), cells, strict=True)
        refused += [(row.number, row.reason) for row in batch.refused]
    return rows, refused


def cells(stream: RowStream) -> list[list[str]]:
    """The cells of a file of which nothing is refused."""
    rows, refused = taken(stream)
    assert not refused
    return [row for _, row in rows]


ROW = [["1", "2031-05-04", "Alép"]]


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        ("id,date,note\n1,2031-05-04,Alép\n".encode("utf-8-sig"), "utf-8"),
        ("id,date,note\n1,2031-05-04,Alép\n".encode("utf-16"), "utf-8"),
        ("id,date,note\r\n1,2031-05-04,Alép\r\n".encode("cp1252"), "cp1252"),
        ("id,date,note\r1,2031-05-04,Alép".encode("latin-1"), "latin-1"),
        ("id\tdate\tnote\n1\t2031-05-04\tAlép\n".encode(), "utf-8"),
        ("id;date;note\n 1 ;2031-05-04;\tAlép\n\n".encode(), "utf-8"),
        ('\n"id","date","note"\n"1","2031-05-04","Alép"\n,,\n'.encode(), "utf-8"),
    ],
)
def test_ways_of_writing_the_same_row(opened: Open, content: bytes, encoding: str) -> None:
    stream = opened(content, encoding=encoding)
    assert stream.columns == ("id", "date", "note")
    assert cells(stream) == ROW


def test_line_breaks_and_doubled_marks_within_a_cell(opened: Open) -> None:
    assert cells(opened(HEADER + b'1,2031,"a\nb ""c"", d"\n2,2031,5" wide\n')) == [
        ["1", "2031", 'a\nb "c", d'], ["2", "2031", '5" wide'],
    ]  # fmt: skip


def test_formula_stays_text(opened: Open) -> None:
    assert cells(opened(HEADER + b'1,2031,"=HYPERLINK(""x"")"\n2,2031,+1-2\n'))[0][2] == '=HYPERLINK("x")'


def test_other_text_than_utf8_takes_the_encoding_of_the_preset_with_a_note(opened: Open) -> None:
    content = HEADER + b"1,2031," + b"x" * 3_000_000 + "é\n".encode("latin-1")
    form = FileForm(fallback_encoding="iso-8859-1")
    stream = opened(content, form)
    assert stream.notes == ("d.csv: the text is not UTF-8; it was read as iso-8859-1",)
    # Only to tell the encoding: the cell itself is too long.
    assert taken(stream)[1][0][1].startswith("a cell has more than")
    assert opened(HEADER + b"1,2031,x\n", form).notes == ()


def test_bytes_of_another_encoding_are_told_wherever_they_stand(opened: Open) -> None:
    with pytest.raises(DatasetError, match=r"not utf-8: byte 0xe9 near byte 1,800,0\d\d.*cp1252"):
        taken(opened(HEADER + b"1,2031,note\n" * 150_000 + "é,,\n".encode("latin-1")))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", r"empty \(0 bytes\)"),
        (b"\xef\xbb\xbf \n", "empty"),
        (b"id,date,id\n1,2,3\n", '"id" twice'),
        (b",".join(b"c%d" % n for n in range(100_000)) + b"\n1\n", "100,000 columns, more than the 10,000"),
        ("id,date\n1,2\n".encode("utf-16-le"), "NUL"),
    ],
)
def test_file_that_cannot_be_used_at_all(opened: Open, content: bytes, words: str) -> None:
    with pytest.raises(DatasetError, match=words):
        taken(opened(content))


def test_unknown_encoding_and_missing_file(opened: Open, tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match='"klingon" is no encoding'):
        opened(HEADER, encoding="klingon")
    with pytest.raises(DatasetError, match="cannot be read"):
        open_rows(tmp_path / "none.csv")


def test_wide_table(opened: Open) -> None:
    n = delimited.MAX_COLUMNS
    content = b",".join(b"c%d" % k for k in range(n)) + b"\n" + b",".join(b"%d" % k for k in range(n)) + b"\n1,2\n"
    first, second = cells(opened(content))
    assert (first[-1], second[:3], len(second)) == (str(n - 1), ["1", "2", ""], n)


def test_column_without_a_name_is_called_by_its_number(opened: Open) -> None:
    assert opened(b",date,\n1,2,3\n").columns == ("column 1", "date", "column 3")


def test_header_of_the_preset_is_used_unless_the_file_repeats_it(opened: Open) -> None:
    form = FileForm(header=("id", "date", "note"), delimiter="\t", quoted=False)
    assert cells(opened(b'1\t2031\t5" wide\n2\t2031\t"\n', form)) == [["1", "2031", '5" wide'], ["2", "2031", '"']]
    assert cells(opened(b"ID\tdate\tnote\n1\t2031\tx\n", form)) == [["1", "2031", "x"]]


def test_short_row_is_filled_and_long_row_refused_with_what_it_holds(opened: Open) -> None:
    stream = opened(HEADER + b"1,2031\n2,2031,a,b\n3,2031,c\n")
    (batch,) = stream.batches
    assert batch.numbers.to_pylist() == [1, 3]
    assert batch.cells.to_pylist()[0] == {"id": "1", "date": "2031", "note": ""}
    (refused,) = batch.refused
    assert (refused.number, refused.raw) == (2, "2,2031,a,b")
    assert refused.reason == "'b' stands beyond the last column; a separator is not quoted"


@pytest.mark.parametrize(
    ("lines", "numbers", "refused"),
    [
        # Left open in the middle, and closed by the next cell in quotation marks.
        (['1,2031,"open', "2,2031,x", '3,2031,"a, b"', "4,2031,y"], [2, 3, 4], [1]),
        # Never closed.
        (["1,2031,x", '2,2031,"open', "3,2031,y", "4,2031,z"], [1, 3, 4], [2]),
        # In the last line of the file.
        (["1,2031,x", '2,2031,"open'], [1], [2]),
    ],
)
def test_quotation_mark_left_open_takes_no_other_row_with_it(
    opened: Open, lines: list[str], numbers: list[int], refused: list[int]
) -> None:
    rows, reasons = taken(opened(HEADER + "\n".join(lines).encode() + b"\n"))
    assert [number for number, _ in rows] == numbers
    assert [number for number, _ in reasons] == refused
    assert "is not closed" in reasons[0][1]


@pytest.mark.parametrize("quoted", [True, False])
@pytest.mark.parametrize("size", [1_100_000, 9_000_000, 20_000_000])
def test_cell_over_the_limit_is_refused_and_reading_goes_on(opened: Open, size: int, quoted: bool) -> None:
    long = b"x" * size
    content = HEADER + b"1,2031,a\n2,2031," + (b'"' + long + b'"' if quoted else long) + b"\n3,2031,b\n"
    rows, refused = taken(opened(content, FileForm(quoted=quoted)))
    assert [number for number, _ in rows] == [1, 3]
    assert refused[0][0] == 2 and "more than" in refused[0][1]


def test_long_cell_with_line_breaks_is_one_refused_row(opened: Open) -> None:
    content = HEADER + b'1,2031,"' + b"not a row\n" * 1_000_000 + b'"\n2,2031,b\n'
    rows, refused = taken(opened(content))
    assert rows == [(2, ["2", "2031", "b"])]
    assert [number for number, _ in refused] == [1]


def test_mark_that_is_never_closed_before_text_that_is_no_row(opened: Open) -> None:
    rows, refused = taken(opened(HEADER + b'1,2031,a\n2,2031,"' + b"not a row\n" * 200_000))
    assert [number for number, _ in rows] == [1]
    assert [number for number, _ in refused] == [2] and "never closed" in refused[0][1]


piece = st.sampled_from(["a", "1", '"', '""', ",", ",", "\n", "\r\n", '"a"', '"a,b"', " ", "é", "\n1,2\n", '"x\ny"'])


@given(st.lists(piece, max_size=25).map("".join), st.booleans())
@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_law_arrow_and_the_exact_reader_give_the_same_rows(opened: Open, text: str, quoted: bool) -> None:
    """Whatever Arrow is sure of, Python's own reader reads the same way."""
    content = b"p,q\n" + text.encode()
    form = FileForm(quoted=quoted)
    fast = taken(opened(content, form))
    table = delimited._read_header(opened(content, form).path, "utf-8", form)
    exact = RowStream(Path(), table.columns, exact_rows.exact_batches(table, table.columns, 0, 0))
    assert fast == taken(exact)


@given(st.lists(st.sampled_from(["1,2", "1", ",", "", "1,2,3", '1,"a\nb"']), max_size=30), st.integers(1, 7))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_law_sizes_of_batches_change_nothing(opened: Open, lines: list[str], size: int) -> None:
    content = b"p,q\n" + "\n".join(lines).encode()
    whole = taken(opened(content))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(exact_rows, "BATCH_ROWS", size)
        patch.setattr(delimited, "BLOCK_BYTES", 16 * size)
        assert taken(opened(content)) == whole


def test_only_the_columns_that_are_wanted(tmp_path: Path) -> None:
    path = tmp_path / "d.csv"
    path.write_text("id,date,note\n1,2031,a\n2,,b\n", encoding="utf-8")
    batches: Iterator[Any] = open_rows(path, only=["date"]).batches
    assert [batch.cells.to_pylist() for batch in batches] == [[{"date": "2031"}]]
