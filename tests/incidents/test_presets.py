"""Every preset on a fixture in the exact header of its format: rows in = used + refused, codes → metres and days."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from contested.base.case import Case, DatasetEntry
from contested.base.errors import DatasetError
from contested.base.presets import dataset_presets
from contested.base.times import DayInterval
from contested.incidents.files.kml import open_kml
from contested.incidents.mapping import Scope
from contested.incidents.presets import load_preset
from contested.incidents.sniffing import sniff_file
from contested.incidents.sources import DatasetTables, read_dataset, read_files

FIXTURES = Path(__file__).parents[1] / "fixtures/datasets"
SHARED = Path(__file__).parents[2].parent / "shared/data"
#: Fixture → preset, rows used, words that the refusals hold, in order.
EXPECTED: dict[str, tuple[str, int, list[str]]] = {
    "ucdp_ged.csv": ("ucdp-ged", 2, ["killed_low 10 is above killed_high 9"]),
    "acled.csv": ("acled", 3, ["latitude 95 is outside"]),
    "acled_before_2023.csv": ("acled", 2, []),
    "gtd.csv": ("gtd", 3, ['killed "1.5" is no count of people']),
    "polecat.tsv": ("polecat", 3, ["the date is empty"]),
    "viina.csv": ("viina", 3, ["20310230"]),
    "cir_monitor.csv": ("cir-monitor", 2, ['the id "CIV0001" was met before', "the id is empty"]),
    "bellingcat.csv": ("bellingcat", 2, []),
    "bellingcat.json": ("bellingcat", 2, ['the id "CIV0001" was met before']),
    "timemap_events.json": ("timemap", 2, ["31/31/2031"]),
    "gdelt_1.csv": ("gdelt-1", 3, ["20310532"]),
    "gdelt_2.csv": ("gdelt-2", 3, ["20310532"]),
    "airwars.csv": ("airwars", 1, ["killed_low 7 is above killed_high 5"]),
    "atlos.csv": ("atlos", 3, ["the date is empty"]),
    "geoconfirmed.csv": ("geoconfirmed", 2, ["the date is empty"]),
    "syrian_archive.csv": ("syrian-archive", 2, ['"4 Mai" is no date']),
    "osint_geo.json": ("osint-geo-extractor", 2, ["the id is empty"]),
    "texty.csv": ("texty", 2, ["only the latitude"]),
}


def read(name: str, preset: str, **entry: Any) -> DatasetTables:
    """A fixture read by a preset, for the whole world and all days."""
    scope = Scope(DayInterval(date(1900, 1, 1), date(2100, 1, 1)), (-180.0, -90.0, 180.0, 90.0), "World", FIXTURES)
    whole = DatasetEntry(name="d", preset=preset, path=name, **entry)
    return read_files([FIXTURES / name], whole, load_preset(preset), scope)


def rows_of(name: str) -> list[dict[str, Any]]:
    """The records of a fixture by the preset that it is for."""
    return read(name, EXPECTED[name][0]).records.to_pylist()


def test_every_preset_has_a_fixture_and_every_fixture_a_preset() -> None:
    assert {preset for preset, _, _ in EXPECTED.values()} == set(dataset_presets()) - {"plain"}
    assert {path.name for path in FIXTURES.iterdir()} == set(EXPECTED)


@pytest.mark.parametrize("name", EXPECTED)
def test_fixture_is_recognised_and_every_row_is_used_or_refused(name: str) -> None:
    preset, n_used, refusals = EXPECTED[name]
    sniffed = sniff_file(FIXTURES / name)
    assert sniffed.preset is not None and sniffed.preset.name == preset
    tables = read(name, preset)
    assert tables.records.num_rows == n_used
    assert sniffed.rows == n_used + len(tables.rejects)
    assert len(tables.rejects) == len(refusals)
    for reject, words in zip(tables.rejects, refusals, strict=True):
        assert words in reject["reason"]
    assert set(tables.records["publish"].to_pylist()) == {load_preset(preset).publish_rows}


@pytest.mark.parametrize("name", [name for name in EXPECTED if EXPECTED[name][0] not in ("gtd", "airwars")])
def test_actor_columns_blame_nobody(name: str) -> None:
    assert {row["attributed_to"] for row in rows_of(name)} == {None}


def test_acled_codes_become_metres_and_days() -> None:
    day, week, month = rows_of("acled.csv")
    assert (day["radius_m"], week["radius_m"], month["radius_m"]) == (3_000.0, 15_000.0, 100_000.0)
    assert (day["date_start"], day["date_end"]) == (date(2031, 5, 4), date(2031, 5, 4))
    assert (week["date_start"], week["date_end"]) == (date(2031, 5, 1), date(2031, 5, 7))
    assert (month["date_end"] - month["date_start"]).days == 30
    assert day["sources"] == ["Vale Radio", "Mirrow Post"]
    assert (day["kind"], day["killed_low"], day["killed_high"]) == ("Air/drone strike", 3, 3)
    extra = json.loads(day["extra"])
    assert (extra["actor1"], extra["time_precision"]) == ("Forces of Northland", "1")


def test_acled_days_can_be_set_in_the_case() -> None:
    records = read("acled.csv", "acled", widen_days={"2": 10}).records.to_pylist()
    assert records[1]["date_start"] == date(2031, 4, 24)


def test_acled_names_actors_and_says_what_its_sources_are() -> None:
    first = rows_of("acled.csv")[0]
    assert first["actors"] == ["Forces of Northland", "Civilians (Southland)"]
    assert first["source_kinds"] == ["Subnational", "Subnational"]


def test_older_acled_in_capitals_with_the_day_first() -> None:
    first, second = rows_of("acled_before_2023.csv")
    assert first["date_start"] == date(2031, 5, 4)
    assert second["date_start"] == date(2031, 5, 25)
    assert first["place_name"] == "Mirrow"


def test_gtd_days_in_parts_vicinity_and_who_claimed() -> None:
    month, year, day = sorted(rows_of("gtd.csv"), key=lambda row: row["killed_low"] is None or row["record_id"])[:3]
    by_id = {row["record_id"]: row for row in (month, year, day)}
    day, month, year = by_id["d:203105040001"], by_id["d:203105000002"], by_id["d:203100000003"]
    assert (day["date_start"], day["date_end"]) == (date(2031, 5, 4), date(2031, 5, 4))
    assert (month["date_start"], month["date_end"]) == (date(2031, 5, 1), date(2031, 5, 31))
    assert (year["date_start"], year["date_end"]) == (date(2031, 1, 1), date(2031, 12, 31))
    assert (day["radius_m"], month["radius_m"], year["radius_m"]) == (3_000.0, 8_000.0, None)
    assert (day["attributed_to"], month["attributed_to"]) == ("Vale Front", None)
    assert len(day["sources"]) == 2
    assert day["injured_low"] is None
    assert json.loads(day["tolls_of_groups"]) == {"perpetrators": {"killed": 1}}
    extra = json.loads(day["extra"])
    assert (extra["guncertain1"], extra["claimed"], extra["compclaim"]) == ("1", "1", "1")


def test_polecat_place_is_as_precise_as_the_finest_name() -> None:
    tables = read("polecat.tsv", "polecat")
    town, province, country = tables.records.to_pylist()
    assert (town["radius_m"], province["radius_m"], country["radius_m"]) == (5_000.0, 100_000.0, None)
    assert province["place_name"] == "Mirrów"
    assert country["kind"] == "ACCUSE"
    assert any("not UTF-8; it was read as iso-8859-1" in note for note in tables.notes)
    assert "Recipient Name" not in json.loads(town["extra"])


def test_viina_precision_words() -> None:
    assert [row["radius_m"] for row in rows_of("viina.csv")] == [250.0, 100_000.0, None]


def test_addresses_with_commas_are_one_source_each_and_hidden_ones_none() -> None:
    for name in ("bellingcat.csv", "bellingcat.json"):
        first, second = rows_of(name)
        assert first["sources"] == ["https://posts.example/a,1", "https://posts.example/b"]
        assert second["sources"] == []
        assert first["date_start"] == date(2031, 5, 4)
        assert first["radius_m"] is None
    assert json.loads(rows_of("bellingcat.json")[0]["extra"])["filters.Type of area affected"] == (
        "Commercial\nResidential"
    )


def test_withheld_links_are_no_source() -> None:
    assert [row["sources"] for row in rows_of("cir_monitor.csv")] == [["https://posts.example/a/1"], []]


def test_timemap_event_without_a_point_stays() -> None:
    first, second = rows_of("timemap_events.json")
    assert (first["kind"], first["sources"], first["time_of_day"]) == ("Air strike", ["s1", "s2"], "06:30")
    assert (second["lon"], second["date_start"]) == (None, date(2031, 5, 14))


@pytest.mark.parametrize("version", [1, 2])
def test_gdelt_by_position_with_a_quotation_mark_in_a_cell(version: int) -> None:
    town, country, nowhere = rows_of(f"gdelt_{version}.csv")
    assert town["place_name"] == 'Mirrow, Upper "Vale, Southland'
    assert (town["kind"], town["sources"]) == ("fight", ["https://radio.example/7;a"])
    assert (town["radius_m"], country["radius_m"], nowhere["lon"]) == (5_000.0, None, None)


def test_airwars_tolls_by_group() -> None:
    (row,) = rows_of("airwars.csv")
    assert (row["killed_low"], row["killed_high"], row["attributed_to"]) == (3, 5, "Northland forces")
    assert json.loads(row["tolls_of_groups"]) == {"children": {"killed_low": 1, "killed_high": 2}}


def test_atlos_words_of_precision_and_sources_in_columns_of_their_own() -> None:
    exact, locality, unknown = rows_of("atlos.csv")
    assert [row["radius_m"] for row in (exact, locality, unknown)] == [10.0, 1_000.0, None]
    assert exact["sources"] == ["https://posts.example/1", "https://posts.example/3"]
    assert (exact["kind"], exact["time_of_day"]) == ("Air strike", "06:30:00")
    assert json.loads(locality["extra"])["sensitive"] == "Graphic Violence"


def test_geoconfirmed_as_csv() -> None:
    first, second = rows_of("geoconfirmed.csv")
    assert first["sources"] == ["https://posts.example/1", "https://posts.example/2"]
    assert (first["date_start"], first["radius_m"]) == (date(2031, 5, 4), None)
    assert json.loads(second["extra"])["Units"] == "1st Vale Brigade"


def test_geoconfirmed_as_kml(tmp_path: Path) -> None:
    placemark = "<name>%s</name><description>%s</description><Point><coordinates>10.1,50.05,0</coordinates></Point>"
    named = (
        ("4 MAY 2031", "Mill hit&lt;br&gt;https://posts.example/1"),
        ("14 MAY 2031", "School hit"),
        ("n. d.", "House"),
    )
    body = "".join(f"<Placemark>{placemark % words}</Placemark>" for words in named)
    (tmp_path / "a.kml").write_text(f"<kml><Document><name>Vale</name>{body}</Document></kml>", encoding="utf-8")
    stream = open_kml(tmp_path / "a.kml")
    preset = load_preset("geoconfirmed")
    assert set(preset.recognise[0]) <= set(stream.columns)
    with (tmp_path / "a.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, stream.columns)
        writer.writeheader()
        writer.writerows(row for batch in stream.batches for row in batch.cells.to_pylist())
    scope = Scope(DayInterval(date(1900, 1, 1), date(2100, 1, 1)), (-180.0, -90.0, 180.0, 90.0), "World", tmp_path)
    tables = read_files(
        [tmp_path / "a.csv"], DatasetEntry(name="d", preset="geoconfirmed", path="a.csv"), preset, scope
    )
    first, second = tables.records.to_pylist()
    assert (first["date_start"], first["sources"]) == (date(2031, 5, 4), ["https://posts.example/1"])
    assert (second["date_start"], second["lon"]) == (date(2031, 5, 14), 10.1)
    assert "the date is empty" in tables.rejects[0]["reason"]


def test_syrian_archive_rows_of_one_incident_and_of_the_site(tmp_path: Path) -> None:
    first, second = rows_of("syrian_archive.csv")
    assert (first["group_id"], second["group_id"]) == ("M1", "M1")
    assert (first["title"], first["sources"], second["sources"]) == (
        "Smoke over a mill", ["Vale Films"], ["https://films.example/2"],
    )  # fmt: skip
    flat = {
        "id": "a", "incident_date_time": "2031-05-04T06:30:00Z", "link": "https://films.example/1", "lang": "en",
        "location": {"name": "Mirrow", "lat": 50.05, "lon": 10.1}, "type_of_violation": ["Attack"], "title": "Mill",
    }  # fmt: skip
    (tmp_path / "a.json").write_text(json.dumps({"total": 1, "data": [flat]}), encoding="utf-8")
    sniffed = sniff_file(tmp_path / "a.json")
    assert sniffed.preset is not None and sniffed.preset.name == "syrian-archive"


def test_links_are_the_sources_of_the_common_form() -> None:
    first, second = rows_of("osint_geo.json")
    assert first["sources"] == ["https://posts.example/1", "https://posts.example/2"]
    assert (first["title"], second["title"], second["sources"]) == ("Mill hit.", "14 MAY 2031", [])
    first, second = rows_of("texty.csv")
    assert (first["place_name"], second["place_name"], first["sources"]) == (
        "Mirrow", "Upper Vale", ["https://news.example/1"],
    )  # fmt: skip


def test_preset_of_ones_own_is_a_file(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text('title = "Mine"\npublish_rows = false\n[columns]\ndate = ["when"]\n', encoding="utf-8")
    assert load_preset("mine.toml", tmp_path).columns == {"date": ("when",)}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('title = "M"\npublish_rows = true\n[columns]\nlatitud = ["y"]\n', '"latitud" is no column of records'),
        ('title = "M"\npublish_rows = true\ncolums = 3\n[columns]\n', 'colums is no key of a preset; .*"columns"'),
        ('title = "M"\n[columns]\n', "publish_rows"),
        ('title = "M"\npublish_rows = true\nseparator_pattern = "("\n[columns]\n', "no regular expression"),
        ('title = "M"\npublish_rows = true\n[columns]\n[radius_m]\n1 = -4\n', "radius_m.1"),
        ("title = ", "this is no TOML"),
    ],
)
def test_malformed_preset_says_what_is_wrong(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "mine.toml").write_text(text, encoding="utf-8")
    with pytest.raises(DatasetError, match=words):
        load_preset("mine.toml", tmp_path)


def test_preset_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="cannot be read"):
        load_preset("none.toml", tmp_path)


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "preset", "used", "refused"),
    [
        ("cir_eyes_on_russia_2022.csv", "cir-monitor", 6_634, 16),
        ("bellingcat_ukr-civharm-2024-06-02.json", "bellingcat", 1_787, 3),
        ("viina_extract_2022.csv", "viina", 2_060, 0),
        ("viina_extract_2023.csv", "viina", 650, 0),
        ("ucdp_ged_syria_2016-2018.csv", "ucdp-ged", 14_485, 37),
        ("ucdp_ged_ukraine_2014-2019.csv", "ucdp-ged", 1_155, 12),
    ],
)
def test_published_files(name: str, preset: str, used: int, refused: int) -> None:
    path = SHARED / "incidents" / name
    if not path.is_file():
        pytest.skip(f"{path} is not there")
    sniffed = sniff_file(path)
    assert sniffed.preset is not None and sniffed.preset.name == preset
    scope = Scope(DayInterval(date(1900, 1, 1), date(2100, 1, 1)), (-180.0, -90.0, 180.0, 90.0), "World", path.parent)
    tables = read_files([path], DatasetEntry(name="d", preset=preset, path=name), sniffed.preset, scope)
    assert (tables.records.num_rows, len(tables.rejects)) == (used, refused)
    assert sniffed.rows == used + refused


def test_atlos_sources_of_any_number_and_escaped_coordinates(tmp_path: Path, make_case: Callable[..., Case]) -> None:
    names = [f"source_{number}" for number in range(1, 41)]
    header = ["slug", "status", "description", "date", "latitude", "longitude", "geolocation_resolution", "sensitive"]
    cells = ["A1", "Completed", "'=1+1", "2031-05-14", "'-12.5", "'-60.25", "Exact (±10 m)", "Not Sensitive"]
    links = [f"https://post.example/{number}" for number in range(1, 41)]
    (tmp_path / "datasets").mkdir()
    path = tmp_path / "datasets/atlos.csv"
    path.write_text(",".join(header + names[::-1]) + "\n" + ",".join(cells + links[::-1]) + "\n", encoding="utf-8")
    entry = DatasetEntry.model_validate({"name": "atlos", "preset": "atlos", "path": "datasets/atlos.csv"})
    (row,) = read_dataset(entry, make_case(tmp_path)).records.to_pylist()
    assert (row["lat"], row["lon"], row["title"]) == (-12.5, -60.25, "=1+1")
    assert row["sources"] == links
