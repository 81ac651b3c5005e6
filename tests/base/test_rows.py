import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contested.base.errors import DatasetError, LayerError
from contested.base.rows import read_rows

CELL = st.text(st.characters(blacklist_categories=("Cs",), blacklist_characters="\x00"), max_size=12)


@given(st.lists(st.tuples(CELL, CELL, CELL), min_size=1, max_size=6))
def test_rows_are_those_of_the_csv_module_and_each_stands_where_it_says(tmp_path_factory, cells) -> None:
    written = io.StringIO(newline="")
    writer = csv.writer(written, quoting=csv.QUOTE_ALL)
    writer.writerow(["a", "b", "c"])
    writer.writerows(cells)
    path = tmp_path_factory.mktemp("rows") / "t.csv"
    path.write_text(written.getvalue(), encoding="utf-8", newline="")
    file = read_rows(path)
    expected = [[cell.strip() for cell in row] for row in cells if any(cell.strip() for cell in row)]
    assert [list(row.values.values()) for row in file.rows] == expected
    for row in file.rows:
        found = next(csv.reader(io.StringIO(file.text[row.start : row.end], newline="")))
        assert [cell.strip() for cell in found] == list(row.values.values())


def _file(folder: Path, content: bytes) -> Path:
    path = folder / "t.csv"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_separators_and_byte_order_marks_are_recognised(tmp_path: Path, separator: str) -> None:
    text = f"a{separator}b\n1{separator}é\n"
    for content in (b"\xef\xbb\xbf" + text.encode(), text.encode("utf-16")):
        assert read_rows(_file(tmp_path, content), ["a"]).rows[0].values == {"a": "1", "b": "é"}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "empty"),
        (b" \n \n", "empty"),
        (b"a,b\n1,\xe9\n", "not utf-8.*cp1252"),
        (b"a,b\n1,\x00\n", "NUL"),
        (b"a,a\n1,2\n", 'column "a" twice'),
        (b"lat,lonn\n1,2\n", '"lon" is missing; did you mean "lonn"'),
        (b'lat,lon\n1,"' + b"x" * 1_000_001 + b'"\n', "field larger"),
    ],
)
def test_bad_files_are_refused_with_what_to_do(tmp_path: Path, content: bytes, message: str) -> None:
    with pytest.raises(DatasetError, match=message):
        read_rows(_file(tmp_path, content), ["lon"] if b"lat" in content else [])


def test_a_missing_file_is_named_and_the_error_is_the_callers(tmp_path: Path) -> None:
    with pytest.raises(LayerError, match=r"nothing\.csv: cannot be read"):
        read_rows(tmp_path / "nothing.csv", error=LayerError)
