"""Placemarks of KML and KMZ files as rows: folders, times, points, links, data of their own, and what is refused."""

from __future__ import annotations

import zipfile
from pathlib import Path
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contested.base.errors import DatasetError
from contested.incidents.files import kml
from contested.incidents.files.html_text import html_text
from contested.incidents.files.kml import open_kml

WHOLE = """<?xml version="1.0" encoding="UTF-8"?>
<kml xmlns="http://www.opengis.net/kml/2.2" xmlns:gx="http://www.google.com/kml/ext/2.2"><Document><name>Vale map</name>
<Style id="s"><IconStyle/></Style>
<Folder><name>Last 7 days</name>
 <Placemark id="p1"><name><![CDATA[4 MAY 2031]]></name>
  <description><![CDATA[<p>A mill was hit.</p>Source: <a href="https://posts.example/1">post</a><br>https://posts.example/2]]></description>
  <styleUrl>#s</styleUrl>
  <ExtendedData><Data name="Plus code"><value>8FVC</value></Data>
   <SchemaData schemaUrl="#x"><SimpleData name="name">inner</SimpleData></SchemaData></ExtendedData>
  <Point><coordinates><![CDATA[ 10.1,50.05,0 ]]></coordinates></Point></Placemark>
 <Folder><name>Strikes</name>
  <Placemark><name>A school</name><TimeSpan><begin>2031-05-04</begin><end>2031-05-06</end></TimeSpan>
   <Polygon><outerBoundaryIs><LinearRing><coordinates>0,0 1,0 1,1 0,0</coordinates>
   </LinearRing></outerBoundaryIs></Polygon>
  </Placemark></Folder>
</Folder>
<Placemark><TimeStamp><when>2031-05-07T06:30:00Z</when></TimeStamp>
 <MultiGeometry><Point><coordinates>9,9</coordinates></Point></MultiGeometry></Placemark>
<GroundOverlay><name>picture</name></GroundOverlay>
</Document></kml>"""


def rows(path: Path) -> list[dict[str, str]]:
    return [row for batch in open_kml(path).batches for row in batch.cells.to_pylist()]


def write(path: Path, text: str | bytes) -> Path:
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def document(body: str) -> str:
    return f'<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{body}</Document></kml>'


def test_placemarks_become_rows(tmp_path: Path) -> None:
    stream = open_kml(write(tmp_path / "a.kml", WHOLE))
    assert stream.notes == ("a.kml: 1 GroundOverlay passed over",)
    assert stream.columns[-4:] == ("date_end", "placemark_id", "Plus code", "data.name")
    (batch,) = stream.batches
    assert batch.numbers.to_pylist() == [1, 2, 3]
    first, second, third = batch.cells.to_pylist()
    assert first == {
        "folder": "Vale map / Last 7 days", "name": "4 MAY 2031", "name_date": "2031-05-04",
        "description": "A mill was hit.\nSource: post\nhttps://posts.example/2",
        "links": "https://posts.example/1\nhttps://posts.example/2", "date_start": "", "date_end": "",
        "longitude": "10.1", "latitude": "50.05", "geometry": "Point", "style": "#s", "placemark_id": "p1",
        "Plus code": "8FVC", "data.name": "inner",
    }  # fmt: skip
    assert second["folder"] == "Vale map / Last 7 days / Strikes"
    assert (second["date_start"], second["date_end"], second["name_date"]) == ("2031-05-04", "2031-05-06", "")
    # No shape but a point is given a place.
    assert (second["geometry"], second["longitude"], second["latitude"]) == ("Polygon", "", "")
    assert (third["geometry"], third["longitude"], third["date_start"]) == ("MultiGeometry", "", "2031-05-07T06:30:00Z")
    assert third["folder"] == "Vale map"


@pytest.mark.parametrize("size", [1, 7, 100])
def test_how_the_bytes_are_cut_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    path = write(tmp_path / "a.kml", WHOLE)
    whole = rows(path)
    monkeypatch.setattr(kml, "_PIECE_BYTES", size)
    assert rows(path) == whole


def test_kmz_gives_the_same_rows_whatever_it_is_called(tmp_path: Path) -> None:
    for name in ("a.kmz", "b.kml"):
        with zipfile.ZipFile(tmp_path / name, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("files/more.kml", document("<Placemark><name>x</name></Placemark>"))
            archive.writestr("doc.kml", WHOLE)
        assert rows(tmp_path / name) == rows(write(tmp_path / "plain.kml", WHOLE))


def test_other_encodings_are_read_as_they_declare(tmp_path: Path) -> None:
    text = document("<Placemark><name>Mirrów</name></Placemark>")
    for encoding in ("iso-8859-1", "utf-16"):
        raw = f'<?xml version="1.0" encoding="{encoding}"?>{text}'.encode(encoding)
        assert rows(write(tmp_path / "a.kml", raw))[0]["name"] == "Mirrów"


def test_columns_without_any_value_are_left_out(tmp_path: Path) -> None:
    stream = open_kml(write(tmp_path / "a.kml", document("<Placemark><name>x</name></Placemark>")))
    assert stream.columns == ("folder", "name", "description", "longitude", "latitude", "geometry", "style")


def test_markup_that_was_not_wrapped_is_text(tmp_path: Path) -> None:
    body = "<Placemark><description>A <b>mill</b> was hit</description><name>x</name></Placemark>"
    (row,) = rows(write(tmp_path / "a.kml", document(body)))
    assert (row["description"], row["name"]) == ("A mill was hit", "x")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("id,date\n", "this is no XML"),
        ("<html><body/></html>", "root of the XML is <html>"),
        ('<!DOCTYPE kml [<!ENTITY a "aa">]><kml/>', "declares a DOCTYPE"),
        (document("<Placemark><name>x</name></Placemark>")[:-20], "this is no XML"),
        (document(""), "holds no Placemark; expected"),
        (document("<NetworkLink><Link/></NetworkLink>"), "only points to another file"),
        ("<kml>" + "<Folder>" * 300, "elements stand in each other"),
        (b"PK\x03\x04 no zip", "cannot be unpacked"),
        ("", "this is no XML"),
    ],
)
def test_what_is_no_kml_says_so(tmp_path: Path, content: str | bytes, words: str) -> None:
    with pytest.raises(DatasetError, match=words):
        open_kml(write(tmp_path / "a.kml", content))


def test_data_of_more_names_than_any_table_is_refused(tmp_path: Path) -> None:
    data = "".join(f'<Data name="n{n}"><value>x</value></Data>' for n in range(2_001))
    with pytest.raises(DatasetError, match="columns are more than 2,000"):
        open_kml(write(tmp_path / "a.kml", document(f"<Placemark><ExtendedData>{data}</ExtendedData></Placemark>")))


def test_a_missing_file_and_a_kmz_of_something_else(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="cannot be read"):
        open_kml(tmp_path / "none.kml")
    with zipfile.ZipFile(tmp_path / "a.kmz", "w") as archive:
        archive.writestr("a.txt", "x")
    with pytest.raises(DatasetError, match=r"holds no \.kml file"):
        open_kml(tmp_path / "a.kmz")


def test_what_unpacks_to_too_much_and_what_is_too_long_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with zipfile.ZipFile(tmp_path / "a.kmz", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("doc.kml", document("<Placemark/>" + " " * 3_000_000))
    with pytest.raises(DatasetError, match="times its size, more than 200"):
        open_kml(tmp_path / "a.kmz")
    monkeypatch.setattr(kml, "MAX_CELL_CHARACTERS", 5)
    with pytest.raises(DatasetError, match="a value has more than 5 characters"):
        open_kml(write(tmp_path / "a.kml", document("<Placemark><name>seven 7</name></Placemark>")))
    monkeypatch.setattr(kml, "MAX_KML_BYTES", 10)
    with pytest.raises(DatasetError, match="bytes is more than the 10"):
        open_kml(tmp_path / "a.kml")


@pytest.mark.parametrize(
    ("name", "day"),
    [("04 MAY 2031 - a mill", "2031-05-04"), ("2031-05-04 mill", "2031-05-04"), ("31 FEB 2031", ""),
     ("4 people", ""), ("on 4 May 2031", ""), ("4 Mirrow 2031", "")],
)  # fmt: skip
def test_only_a_day_that_the_name_begins_with_counts(name: str, day: str) -> None:
    assert kml._date_in(name) == day


words = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Co", "Cn"]), max_size=20)


marks = st.lists(st.tuples(words, words, words), min_size=1, max_size=5)


@given(marks)
def test_every_placemark_is_a_row_and_keeps_its_words(
    tmp_path_factory: pytest.TempPathFactory, made: list[tuple[str, str, str]]
) -> None:
    body = "".join(
        f"<Folder><name>{escape(folder)}</name><Placemark><name>{escape(name)}</name>"
        f'<ExtendedData><Data name="note"><value>{escape(note)}</value></Data></ExtendedData></Placemark></Folder>'
        for folder, name, note in made
    )
    path = write(tmp_path_factory.mktemp("kml") / "a.kml", document(body))
    stripped = [tuple(part.strip() for part in mark) for mark in made]
    assert [(row["folder"], row["name"], row["note"]) for row in rows(path)] == [mark for mark in stripped if any(mark)]


def test_text_of_html_and_its_addresses() -> None:
    text, links = html_text("a &lt; b<script>x</script><br>c (https://a.example/x).  <a href='javascript:y'>d</a>")
    assert (text, links) == ("a < b\nc (https://a.example/x). d", ("https://a.example/x",))
    assert html_text("plain, 3 < 4") == ("plain, 3 < 4", ())
