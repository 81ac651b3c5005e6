"""KML and KMZ as maps: placemarks, folders, days, holders; archives that lie."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import shapely

from contested.base.errors import LayerError
from contested.territory.files import packed
from contested.territory.files.area_files import read_features
from contested.territory.files.features import FeatureFile
from contested.territory.layers import LayerTables

Read = Callable[..., LayerTables]
RING = "10.0,50.0,0 10.1,50.0,0 10.1,50.1,0 10.0,50.1,0 10.0,50.0,0"
HOLE = "10.04,50.04 10.06,50.04 10.06,50.06 10.04,50.06 10.04,50.04"
SQUARE = shapely.box(10.0, 50.0, 10.1, 50.1)


def polygon(ring: str = RING, hole: str = "") -> str:
    inner = (
        f"<innerBoundaryIs><LinearRing><coordinates>{hole}</coordinates></LinearRing></innerBoundaryIs>" if hole else ""
    )
    outer = f"<outerBoundaryIs><LinearRing><coordinates>\n {ring}\n </coordinates></LinearRing></outerBoundaryIs>"
    return f"<Polygon>{inner}{outer}</Polygon>"


def kml(body: str) -> str:
    head = '<?xml version="1.0" encoding="UTF-8"?><kml xmlns="http://www.opengis.net/kml/2.2">'
    return f"{head}<Document><name>Map</name>{body}</Document></kml>"


def kmz(**files: str | bytes) -> bytes:
    stored = io.BytesIO()
    with zipfile.ZipFile(stored, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "/").replace("_kml", ".kml"), content)
    return stored.getvalue()


@pytest.fixture
def features(tmp_path: Path) -> Callable[..., FeatureFile]:
    def read(content: str | bytes, name: str = "map.kml") -> FeatureFile:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return read_features(path, f"layers/{name}", (10.0, 50.0, 10.2, 50.1))

    return read


def test_holders_and_days_come_from_extended_data_folders_and_time_spans(read: Read) -> None:
    data = '<ExtendedData><Data name="Holder"><value>Southern Front</value></Data></ExtendedData>'
    schema = '<ExtendedData><SchemaData><SimpleData name="party">N</SimpleData></SchemaData></ExtendedData>'
    stamp = "<TimeStamp><when>2020-01-02T03:00:00Z</when></TimeStamp>"
    body = (
        f"<Placemark>{stamp}{data}{polygon()}</Placemark>"
        f"<Folder><name>North</name><TimeSpan><begin>2020-01-05</begin><end>2020-01-09</end></TimeSpan>"
        f"<Placemark>{schema}<MultiGeometry>{polygon()}{polygon(RING.replace('10.', '11.'))}</MultiGeometry>"
        "</Placemark>"
        f"</Folder><Folder><name>map of 2020-01-11</name><Placemark>{schema}{polygon()}</Placemark></Folder>"
    )
    rows = read({"layers/m.kml": kml(body)}, "maps", max_age_days=1).holdings.to_pylist()
    assert [(r["holder"], str(r["valid_from"]), str(r["valid_to"]), r["original_row"]) for r in rows] == [
        ("south", "2020-01-02", "2020-01-03", 1),
        ("north", "2020-01-05", "2020-01-09", 2),
        ("north", "2020-01-11", "2020-01-12", 3),
    ]
    assert {r["made_by"] for r in rows} == {"kml"}
    assert len(shapely.get_parts(shapely.from_wkb(rows[1]["geometry"]))) == 2


def test_a_folder_or_a_style_may_name_the_holder(read: Read) -> None:
    body = f"<Folder><name>Northern Army</name><Placemark><styleUrl>#red</styleUrl>{polygon()}</Placemark></Folder>"
    files = {"layers/20200101.kml": kml(body)}
    assert read(files, "maps", columns={"holder": "folder"}).holdings["holder"].to_pylist() == ["north"]
    by_style = read(files, "maps", columns={"holder": "style"}, holders={"#red": "south"})
    assert by_style.holdings["holder"].to_pylist() == ["south"]


def test_holes_are_holes_and_heights_are_told(features: Any) -> None:
    read = features(kml(f"<Placemark>{polygon(RING.replace(',0 ', ',80 '), HOLE)}</Placemark>"))
    assert read.features[0].geometry.equals(SQUARE.difference(shapely.box(10.04, 50.04, 10.06, 50.06)))
    assert read.notes == ("layers/map.kml: heights of 1 feature were dropped",)
    assert not features(kml(f"<Placemark>{polygon()}</Placemark>")).notes


def test_what_is_no_area_is_refused_one_by_one_and_links_are_not_followed(features: Any) -> None:
    body = (
        f"<NetworkLink><Link><href>https://example.org/a.kml</href></Link></NetworkLink><GroundOverlay/>"
        f"<Placemark><name>post</name><Point><coordinates>10,50</coordinates></Point></Placemark>"
        f"<Placemark>{polygon('10,50 10,50')}</Placemark>"
        f"<Placemark>{polygon('10.0, 50.0 10.1, 50.0 10.1, 50.1 10.0, 50.0')}</Placemark>"
        f"<Placemark>{polygon('10,50 10.1,50 10.1,nan 10,50.1 10,50')}</Placemark>"
        f"<Placemark><Polygon/></Placemark><Placemark/><Placemark>{polygon()}</Placemark>"
    )
    read = features(kml(body))
    assert [feature.number for feature in read.features] == [7]
    words = ["(Point) covers no ground", "not closed", "no coordinates", "not finite", "no ring", "has no geometry"]
    for number, (reject, word) in enumerate(zip(read.rejects, words, strict=True), 1):
        assert (reject["original_row"], word in reject["reason"]) == (number, True), reject["reason"]
    assert json.loads(read.rejects[0]["raw"]) == {
        "geometry_type": "Point",
        "properties": {"name": "post", "folder": "Map"},
    }
    assert "1 network links were not followed" in read.notes[0]
    assert "1 GroundOverlay passed over" in read.notes[1]


def test_the_main_file_of_a_kmz_is_read_and_the_others_are_told(features: Any) -> None:
    one = kml(f"<Placemark>{polygon()}</Placemark>")
    read = features(kmz(files__more_kml="<kml/>", doc_kml=one), "map.kmz")
    assert read.features[0].geometry.equals(SQUARE)
    assert read.notes == ("layers/map.kmz: files/more.kml was not read, only doc.kml",)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.kml", "<kml", "this is no XML"),
        ("a.kml", "<html/>", "the root of the XML is <html>"),
        ("a.kml", '<!DOCTYPE kml [<!ENTITY a "b">]><kml>&a;</kml>', "DOCTYPE or entities"),
        ("a.kml", kml("<Folder>" * 200 + "</Folder>" * 200), "more than 100 folders"),
        ("a.kml", b"\xff\x00\xfe", "not utf-8"),
        ("a.kmz", b"PK no zip", "cannot be unpacked"),
        ("a.kmz", kmz(readme="x"), "holds no .kml"),
        ("a.kmz", kmz(doc_kml=b"\xff\x00"), "is not UTF-8"),
        ("a.kmz", kmz(doc_kml=b" " * 30_000_000), "times its size, more than 200"),
    ],
)
def test_files_that_are_no_map_are_refused(features: Any, name: str, content: Any, words: str) -> None:
    with pytest.raises(LayerError, match=f"{name}: ") as fault:
        features(content, name)
    assert words in str(fault.value)


def test_latitude_first_is_refused_as_in_every_form(features: Any) -> None:
    swapped = " ".join(f"{lat},{lon}" for lon, lat in SQUARE.exterior.coords)
    with pytest.raises(LayerError, match="look swapped: exchanged they meet the case's region"):
        features(kml(f"<Placemark>{polygon(swapped)}</Placemark>"))


def test_an_archive_that_would_fill_the_memory_is_not_opened(features: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    many = kmz(**{f"f{number}": "x" for number in range(50)})
    monkeypatch.setattr(packed, "MAX_FILES", 49)
    with pytest.raises(LayerError, match="holds 50 files, more than 49"):
        features(many, "a.kmz")
    monkeypatch.setattr(packed, "MAX_UNPACKED_BYTES", 49)
    monkeypatch.setattr(packed, "MAX_FILES", 50)
    with pytest.raises(LayerError, match="unpacked it has 50 bytes, more than 49"):
        features(many, "a.kmz")
    monkeypatch.setattr(packed, "MAX_DIRECTORY_BYTES", 1000)
    with pytest.raises(LayerError, match=r"its table of contents has .* bytes, more than 1,000"):
        features(many, "a.kmz")
