"""Datasets → records: each kind of bad input has its message, and no row is lost."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contested.base.case import Case, DatasetEntry
from contested.base.errors import DatasetError
from contested.base.presets import dataset_presets
from contested.base.records import RECORDS, REJECTS
from contested.incidents.sources import DatasetTables, load_preset, read_dataset

Read = Callable[..., DatasetTables]
SHARED = Path(__file__).parents[2].parent / "shared/data"
WORLD = {"name": "World", "box": [-180.0, -90.0, 180.0, 90.0]}


def reasons(read: DatasetTables) -> list[str]:
    """The reasons of the refused rows."""
    return [reject["reason"] for reject in read.rejects]


def one_reason(read: DatasetTables) -> str:
    """The only reason, where nothing else was refused and no record was made."""
    assert read.records.num_rows == 0
    (reason,) = reasons(read)
    return str(reason)


def test_plain_row_becomes_a_record_with_the_rest_kept(read_csv: Read) -> None:
    text = (
        "no,when,where,x,y,dead,who said,note\n"
        '3,2016-11-20,al-Sakhour,37.19,36.22,6,"SOHR; AMC | sohr","four, children"\n'
    )
    columns = {
        "id": "no", "date": "when", "place_name": "where", "lon": "x", "lat": "y", "killed": "dead",
        "sources": "who said",
    }  # fmt: skip
    read = read_csv(text, columns=columns, kind="chlorine", default_radius_m=400)
    (row,) = read.records.to_pylist()
    assert (row["record_id"], row["kind"], row["radius_m"]) == ("d:3", "chlorine", 400.0)
    assert row["date_start"] == row["date_end"] == date(2016, 11, 20)
    assert (row["killed_low"], row["killed_high"], row["killed_best"]) == (6, 6, 6)
    assert row["injured_low"] is None
    assert row["sources"] == ["SOHR", "AMC"]
    assert row["in_window"] is True
    assert json.loads(row["extra"]) == {"note": "four, children"}
    assert not read.rejects


def test_radius_comes_from_column_then_code_then_default(read_csv: Read) -> None:
    text = "id,date,lon,lat,radius_m,precision\n1,2016-11-20,37.1,36.2,70,town\n2,2016-11-20,37.1,36.2,,town\n"
    text += "3,2016-11-20,37.1,36.2,,\n4,2016-11-20,,,50,town\n"
    read = read_csv(text, radius_m={"town": 3000}, default_radius_m=900)
    assert read.records["radius_m"].to_pylist() == [70.0, 3000.0, 900.0, None]


def test_unknown_precision_code_names_those_known(read_csv: Read) -> None:
    text = "id,date,lon,lat,precision\n1,2016-11-20,37.1,36.2,village\n"
    assert '"village" is not known (known: town)' in one_reason(read_csv(text, radius_m={"town": 3000}))


def test_point_without_any_precision_may_be_used_by_no_test(read_csv: Read) -> None:
    (row,) = read_csv("id,date,lon,lat\n1,2016-11-20,37.1,36.2\n").records.to_pylist()
    assert (row["lon"], row["radius_m"]) == (37.1, None)


def test_byte_order_mark_and_semicolons_are_read(read_csv: Read) -> None:
    read = read_csv(b"\xef\xbb\xbfid;date;lon;lat\n1;2016-11-20;37.1;36.2\n")
    assert read.records["record_id"].to_pylist() == ["d:1"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"  \n", "empty"),
        ("id,date,place\n1,2016-11-20,Alép\n".encode("cp1252"), "encoding"),
        (b"id,lon,lat\n1,37.1,36.2\n", "'date' or 'date_start' is missing"),
        (b"id,date,lon\n1,2016-11-20,37.1\n", "only one column"),
    ],
)
def test_file_that_cannot_be_read_is_refused_whole(read_csv: Read, content: bytes, words: str) -> None:
    with pytest.raises(DatasetError, match=words):
        read_csv(content)


def test_declared_encoding_is_used(read_csv: Read) -> None:
    content = "id,date,place\n1,2016-11-20,Alép\n".encode("cp1252")
    assert read_csv(content, encoding="cp1252").records["place_name"].to_pylist() == ["Alép"]


def test_file_that_is_not_there(make_case: Callable[..., Case], tmp_path: Path) -> None:
    entry = DatasetEntry(name="d", preset="plain", path="datasets/none.csv")
    with pytest.raises(DatasetError, match=r"no file fits datasets/none\.csv"):
        read_dataset(entry, make_case(tmp_path))


def test_map_to_a_column_that_is_missing_offers_the_nearest(read_csv: Read) -> None:
    with pytest.raises(DatasetError, match=r'the column "datum".* did you mean "date"'):
        read_csv("id,date\n1,2016-11-20\n", columns={"date": "datum"})


def test_map_of_an_unknown_target_offers_the_nearest(read_csv: Read) -> None:
    with pytest.raises(DatasetError, match=r"columns\.latitud is no column of records; .*lat"):
        read_csv("id,date\n1,2016-11-20\n", columns={"latitud": "date"})


def test_unknown_preset_offers_the_nearest(read_csv: Read) -> None:
    with pytest.raises(DatasetError, match='"ucdp-gedd" does not exist; did you mean "ucdp-ged"'):
        read_csv("id,date\n", preset="ucdp-gedd")


HEADER = "id,date,date_end,lon,lat,radius_m,killed_low,killed_high,second_hand\n"


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("1,2016-11-20,,37.1,95.2,,,,", r"latitude 95\.2 is outside \[-90, 90\]"),
        ("1,2016-11-20,,237.1,36.2,,,,", r"longitude 237\.1 is outside"),
        ("1,2016-11-20,,36.2,37.1,,,,", "look swapped"),
        ("1,2016-11-20,,37.1,,,,,", 'only the longitude "37.1" is given'),
        ("1,2016-11-20,,east,36.2,,,,", 'longitude "east" is no number'),
        ("1,2016-11-20,,nan,36.2,,,,", "is not finite"),
        ("1,around noon,,37.1,36.2,,,,", '"around noon" is no date'),
        ("1,,,37.1,36.2,,,,", "the date is empty"),
        ("1,2202-11-20,,37.1,36.2,,,,", "year 2202"),
        ("1,2016-02-30,,37.1,36.2,,,,", "2016-02-30"),
        ("1,2017-02-29,,37.1,36.2,,,,", "2017-02-29"),
        ("1,2016-11-20,,37°06'E,36 12 30,,,,", "does not say on which side"),
        (",2016-11-20,,37.1,36.2,,,,", "the id is empty"),
        ("1,2016-11-20,,37.1,36.2,-5,,,", "radius_m -5 is not above 0"),
        ("1,2016-11-20,,37.1,36.2,,-3,4,", 'killed_low "-3" is no count'),
        ("1,2016-11-20,,37.1,36.2,,2.5,4,", 'killed_low "2.5" is no count'),
        ("1,2016-11-20,,37.1,36.2,,dozens,,", 'killed_low "dozens" is no number'),
        ("1,2016-11-20,,37.1,36.2,,5,1e30,", 'killed_high "1e30" is no count'),
        ("1,2016-11-20,,37.1,36.2,,9,4,", "killed_low 9 is above killed_high 4"),
        ("1,2016-11-20,,37.1,36.2,,,,perhaps", "neither true nor false"),
        ("1,2016-11-20,,37.1,36.2,,,,no,more", "beyond the last column"),
    ],
)
def test_bad_row_goes_to_rejects_with_its_reason(read_csv: Read, row: str, words: str) -> None:
    import re

    reason = one_reason(read_csv(HEADER + row + "\n"))
    assert reason.startswith("d.csv row 1: ")
    assert re.search(words, reason)
    assert reason.endswith("the row went to rejects")


def test_end_before_start_is_refused(read_csv: Read) -> None:
    text = "id,date_start,date_end\n1,2016-11-20,2016-11-18\n"
    assert "date_end 2016-11-18 is before date_start 2016-11-20" in one_reason(read_csv(text))


def test_second_of_two_equal_ids_is_refused_and_names_the_first(read_csv: Read) -> None:
    read = read_csv("id,date\n7,2016-11-20\n8,2016-11-20\n7,2016-11-21\n")
    assert read.records["record_id"].to_pylist() == ["d:7", "d:8"]
    (reason,) = reasons(read)
    assert 'row 3: the id "7" was met before (datasets/d.csv row 1)' in reason


def test_low_end_alone_stays_open_above(read_csv: Read) -> None:
    (row,) = read_csv("id,date,injured_low\n1,2016-11-20,12\n").records.to_pylist()
    assert (row["injured_low"], row["injured_high"]) == (12, None)


def test_slashed_dates_follow_the_order_that_the_file_shows(read_csv: Read) -> None:
    read = read_csv("id,date\n1,12/02/2016\n2,12/13/2016\n")
    assert read.records["date_start"].to_pylist() == [date(2016, 12, 2), date(2016, 12, 13)]
    assert any("read as month/day: 1 of 2" in note for note in read.notes)
    read = read_csv("id,date\n1,02/12/2016\n2,13/12/2016\n")
    assert read.records["date_start"].to_pylist() == [date(2016, 12, 2), date(2016, 12, 13)]


def test_slashed_dates_open_to_both_orders_are_refused_unless_the_case_decides(read_csv: Read) -> None:
    read = read_csv("id,date\n1,02/12/2016\n2,05/05/2016\n")
    assert read.records["record_id"].to_pylist() == ["d:2"]
    assert "day/month or month/day" in reasons(read)[0]
    read = read_csv("id,date\n1,02/12/2016\n", day_first=True)
    assert read.records["date_start"].to_pylist() == [date(2016, 12, 2)]


def test_slashed_dates_of_both_orders_in_one_file_decide_nothing(read_csv: Read) -> None:
    read = read_csv("id,date\n1,13/12/2016\n2,12/14/2016\n3,02/12/2016\n")
    assert read.records["record_id"].to_pylist() == ["d:1", "d:2"]
    assert any("some can only be day/month and some only month/day" in note for note in read.notes)


def test_dataset_without_a_row_in_the_window_is_kept_with_a_note(read_csv: Read) -> None:
    read = read_csv("id,date\n1,2015-01-03\n2,2018-05-06\n")
    assert read.records["in_window"].to_pylist() == [False, False]
    assert "d: no row lies in the window 2016-11-15 to 2016-12-31; its days run from 2015-01-03 to 2018-05-06" in (
        read.notes
    )


def test_rows_outside_window_or_region_stay_and_are_counted(read_csv: Read) -> None:
    text = "id,date,lon,lat\n1,2016-11-20,37.1,36.2\n2,2016-11-20,40,35\n3,2015-11-20,37.1,36.2\n4,2016-11,,\n"
    read = read_csv(text)
    assert read.records["in_window"].to_pylist() == [True, False, False, True]
    assert "d: 1 of 4 records lie outside the window" in read.notes
    assert "d: 1 records of the window lie outside the region Aleppo" in read.notes


def test_points_without_a_radius_are_counted_until_the_case_gives_one(read_csv: Read) -> None:
    text = "id,date,lon,lat\n1,2016-11-20,37.1,36.2\n2,2016-11-20,37.2,36.2\n3,2016-11-20,,\n"
    (told,) = [note for note in read_csv(text).notes if "radius" in note]
    assert told.startswith("d: 2 of 3 records have a point without a radius") and "default_radius_m" in told
    assert not any("radius" in note for note in read_csv(text, default_radius_m=200.0).notes)


def test_file_with_a_header_only_says_so(read_csv: Read) -> None:
    read = read_csv("id,date\n")
    assert read.records.num_rows == 0
    assert read.notes == ("d: no row could be read as an incident",)


def test_rows_without_an_id_column_bear_their_number(read_csv: Read) -> None:
    read = read_csv("date\n2016-11-20\n2016-11-21\n")
    assert read.records["record_id"].to_pylist() == ["d:row-1", "d:row-2"]
    assert any("no column holds an id" in note for note in read.notes)


def test_coordinates_in_minutes_and_with_commas_are_converted_and_counted(read_csv: Read) -> None:
    read = read_csv("id;date;lon;lat\n1;2016-11-20;37°06'E;36°12'N\n2;2016-11-20;37,1;36,2\n3;2016-11-20;37.1;36.2\n")
    assert read.records["lon"].to_pylist() == pytest.approx([37.1] * 3)
    assert read.records["lat"].to_pylist() == pytest.approx([36.2] * 3)
    assert (
        "d.csv: 2 points are written in degrees and minutes, or with a decimal comma; they were converted" in read.notes
    )


def test_point_at_nought_is_kept_as_written(read_csv: Read) -> None:
    read = read_csv("id,date,lon,lat\n1,2016-11-20,0,0\n", region=WORLD)
    assert (read.records["lon"][0].as_py(), read.records["lat"][0].as_py()) == (0.0, 0.0)


@pytest.fixture
def two_files(tmp_path: Path, make_case: Callable[..., Case]) -> Callable[[str, str], DatasetTables]:
    """A dataset of two files with these texts."""

    def read(first: str, second: str) -> DatasetTables:
        for name, text in (("a.csv", first), ("b.csv", second)):
            (tmp_path / name).write_text(text, encoding="utf-8")
        return read_dataset(DatasetEntry(name="d", preset="plain", path="*.csv"), make_case(tmp_path))

    return read


def test_id_in_two_files_of_a_dataset_is_refused_the_second_time(two_files: Callable[..., DatasetTables]) -> None:
    read = two_files("id,date\n1,2016-11-20\n2,2016-11-20\n", "id,date\n3,2016-11-21\n2,2016-11-21\n")
    assert read.records["record_id"].to_pylist() == ["d:1", "d:2", "d:3"]
    assert reasons(read) == [
        'b.csv row 2: the id "2" was met before (a.csv row 2); each row needs its own; the row went to rejects'
    ]
    assert not any("bytes" in note for note in read.notes)


def test_same_file_twice_is_said_in_one_note(two_files: Callable[..., DatasetTables]) -> None:
    text = "id,date\n1,2016-11-20\n2,2016-11-20\n"
    read = two_files(text, text)
    assert (read.records.num_rows, len(read.rejects)) == (2, 2)
    assert read.notes[0] == "b.csv: its bytes are those of a.csv, so each of its rows is there twice; remove one"


def test_order_of_dates_is_decided_by_the_whole_file_whatever_the_batches(read_csv: Read) -> None:
    rows = "".join(f"{n},02/03/2016\n" for n in range(40)) + "40,1,2\n41,02/25/2016\n"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("contested.incidents.files.exact_rows.BATCH_ROWS", 3)
        read = read_csv("id,date\n" + rows)
    assert set(read.records["date_start"].to_pylist()) == {date(2016, 2, 3), date(2016, 2, 25)}
    assert "d.csv: dates are read as month/day: 1 of 41 can be read in no other way" in read.notes


def test_one_column_may_stand_for_both_ends(read_csv: Read) -> None:
    read = read_csv("id,day\n1,13/12/2016\n2,02/12/2016\n", columns={"date_start": "day", "date_end": "day"})
    assert read.records["date_end"].to_pylist() == [date(2016, 12, 13), date(2016, 12, 2)]


def test_kinds_are_parallel_where_only_some_columns_have_one(tmp_path: Path, make_case: Callable[..., Case]) -> None:
    (tmp_path / "p.toml").write_text(
        'title = "P"\npublish_rows = false\nevery_source = true\nseparators = [";"]\n[columns]\nid = ["id"]\n'
        'date = ["date"]\nsources = ["feed", "post"]\n[source_kinds]\npost = "social_media"\n',
        encoding="utf-8",
    )
    text = "id,date,feed,post\n1,2016-11-20,a; b,B; c\n2,2016-11-20,a,\n3,2016-11-20,,\n"
    (tmp_path / "d.csv").write_text(text, encoding="utf-8")
    rows = read_dataset(DatasetEntry(name="d", preset="p.toml", path="d.csv"), make_case(tmp_path)).records.to_pylist()
    assert [row["sources"] for row in rows] == [["a", "b", "c"], ["a"], []]
    assert [row["source_kinds"] for row in rows] == [["unknown", "unknown", "social_media"], [], []]


def test_actors_and_kinds_of_sources(read_csv: Read) -> None:
    text = "id,date,sources,source_kinds,actors,note\n1,2016-11-20,SOHR; AMC; sohr,ngo,Army; X | army,n\n"
    text += "2,2016-11-20,a,,,\n"
    first, second = read_csv(text).records.to_pylist()
    assert (first["sources"], first["source_kinds"], first["actors"]) == (
        ["SOHR", "AMC"],
        ["ngo", "ngo"],
        ["Army", "X"],
    )
    assert (second["sources"], second["source_kinds"], second["actors"]) == (["a"], [], [])
    assert first["attributed_to"] is None
    assert json.loads(first["extra"]) == {"source_kinds": "ngo", "actors": "Army; X | army", "note": "n"}


def test_address_stays_as_it_is(read_csv: Read) -> None:
    (row,) = read_csv("id,date,sources\n1,2016-11-20,https://a.example/x.|Vale Radio.\n").records.to_pylist()
    assert row["sources"] == ["https://a.example/x.", "Vale Radio"]


cell = st.sampled_from(
    ["", "1", "2", "-3", "37.1", "36.2", "95", "nan", "x", "2016-11-20", "20/11/2016", "11/20/2016", "2016", '"a,b"']
)


@given(st.lists(st.lists(cell, min_size=9, max_size=10), max_size=12))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_law_rows_in_are_records_and_rejects(read_csv: Read, rows: list[list[str]]) -> None:
    read = read_csv(HEADER + "".join(",".join(row) + "\n" for row in rows))
    met = sorted([*read.records["original_row"].to_pylist(), *(reject["original_row"] for reject in read.rejects)])
    n_rows = sum(any(cell for cell in row) for row in rows)
    assert met == list(range(1, n_rows + 1))
    REJECTS.from_rows(read.rejects)
    RECORDS.check(read.records)


@given(st.lists(st.lists(cell, min_size=9, max_size=9), min_size=1, max_size=12))
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_law_a_row_is_read_in_a_file_as_it_is_alone(read_csv: Read, rows: list[list[str]]) -> None:
    """Only the id, told apart over the file, and the order of dates, set here, depend on other rows."""
    lines = [",".join([f"r{n}", *row[1:]]) for n, row in enumerate(rows)]
    together = read_csv(HEADER + "\n".join(lines) + "\n", day_first=True)
    alone = [read_csv(HEADER + line + "\n", day_first=True) for line in lines]
    by_id = {row["record_id"]: {**row, "original_row": 1} for row in together.records.to_pylist()}
    assert by_id == {row["record_id"]: row for read in alone for row in read.records.to_pylist()}
    said = [reason.partition(": ")[2] for reason in reasons(together)]
    assert said == [reason.partition(": ")[2] for read in alone for reason in reasons(read)]


GED_ROW = {
    "id": "9", "type_of_violence": "3", "side_a": "Government of X", "side_b": "Civilians",
    "number_of_sources": "-1", "source_original": "police", "source_office": "Agence", "where_prec": "1",
    "where_coordinates": "Town", "latitude": "36.2", "longitude": "37.1", "date_prec": "2",
    "date_start": "2016-11-20 00:00:00.000", "date_end": "2016-11-22", "deaths_civilians": "4",
}  # fmt: skip


def ged(**changes: str) -> str:
    """A GED file of one row, with columns changed or added."""
    row = {**GED_ROW, **changes}
    return ",".join(row) + "\n" + ",".join(row.values()) + "\n"


def test_ged_row_by_name_blames_nobody(read_csv: Read) -> None:
    (row,) = read_csv(ged(low="2", best="4", high="9"), preset="ucdp-ged").records.to_pylist()
    assert (row["killed_low"], row["killed_best"], row["killed_high"]) == (2, 4, 9)
    assert (row["date_start"], row["date_end"]) == (date(2016, 11, 20), date(2016, 11, 22))
    assert (row["kind"], row["radius_m"], row["sources"]) == ("violence against civilians", 1000.0, ["police"])
    assert row["attributed_to"] is None
    extra = json.loads(row["extra"])
    assert extra["side_a"] == "Government of X"
    assert extra["where_prec"] == "1"
    assert "number_of_sources" not in extra


def test_ged_of_an_older_release_and_without_first_speaker(read_csv: Read) -> None:
    read = read_csv(ged(low_est="2", best_est="4", high_est="9", source_original=""), preset="ucdp-ged")
    (row,) = read.records.to_pylist()
    assert (row["killed_low"], row["killed_best"], row["killed_high"]) == (2, 4, 9)
    assert row["sources"] == ["Agence"]


@pytest.mark.parametrize(("code", "radius_m"), [("2", 25_000.0), ("4", 100_000.0), ("6", None), ("7", None)])
def test_ged_precision_becomes_metres(read_csv: Read, code: str, radius_m: float | None) -> None:
    read = read_csv(ged(best="1", where_prec=code), preset="ucdp-ged")
    assert read.records["radius_m"].to_pylist() == [radius_m]


def test_ged_radius_can_be_set_in_the_case(read_csv: Read) -> None:
    read = read_csv(ged(best="1", where_prec="6"), preset="ucdp-ged", radius_m={"6": 300_000})
    assert read.records["radius_m"].to_pylist() == [300_000.0]


def test_ged_best_outside_its_range_is_kept_and_noted(read_csv: Read) -> None:
    read = read_csv(ged(low="2", best="40", high="9"), preset="ucdp-ged")
    assert read.records["killed_best"].to_pylist() == [40]
    assert "d: in 1 records killed_best lies outside low to high, as published" in read.notes


def test_ged_without_a_best_estimate_column_is_refused(read_csv: Read) -> None:
    with pytest.raises(DatasetError, match="'best' or 'best_est' is missing"):
        read_csv(ged(low="1", high="2"), preset="ucdp-ged")


def test_presets_are_listed_and_name_their_licence() -> None:
    assert {"plain", "ucdp-ged"} <= set(dataset_presets())
    assert "grading-gppi" not in dataset_presets()
    assert load_preset("ucdp-ged").licence == "CC BY 4.0"


@pytest.mark.shared
@pytest.mark.parametrize(
    "name",
    [
        "incidents/ucdp_ged_syria_2016-2018.csv",
        "incidents/ucdp_ged_aleppo_governorate_2016-11-15_2016-12-31.csv",
        "incidents/ucdp_ged_ukraine_2014-2019.csv",
        "linking/ged_Libya_2014.csv",
        "linking/ged_Nigeria_2011.csv",
    ],
)
def test_published_ged_files_of_every_column_order(make_case: Callable[..., Case], name: str) -> None:
    path = SHARED / name
    if not path.is_file():
        pytest.skip(f"{path} is not there")
    case = make_case(path.parent, region=WORLD, window={"from": "2000-01-01", "to": "2020-12-31"})
    read = read_dataset(DatasetEntry(name="ged", preset="ucdp-ged", path=path.name), case)
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows: dict[str, dict[str, Any]] = {f"ged:{row['id']}": row for row in csv.DictReader(file)}
    refused = {f"ged:{json.loads(reject['raw'])['id']}" for reject in read.rejects}
    impossible = {
        key
        for key, row in rows.items()
        if int(row.get("low") or row["low_est"]) > int(row.get("high") or row["high_est"])
    }
    assert refused == impossible
    assert read.records.num_rows + len(read.rejects) == len(rows)
    assert all(read.records["in_window"].to_pylist())
    assert set(read.records["attributed_to"].to_pylist()) == {None}
    for record in read.records.slice(0, 50).to_pylist():
        row = rows[record["record_id"]]
        assert (record["lon"], record["lat"]) == (float(row["longitude"]), float(row["latitude"]))
        assert record["date_start"].isoformat() == row["date_start"][:10]
        assert record["killed_best"] == int(row.get("best") or row["best_est"])


@pytest.mark.shared
def test_incidents_with_places_by_the_map_of_the_case(make_case: Callable[..., Case]) -> None:
    path = SHARED / "incidents/hrw_aleppo_chlorine_2016_locations.csv"
    if not path.is_file():
        pytest.skip(f"{path} is not there")
    columns = {"date": "date", "group_id": "hrw_no", "place_name": "place_as_written", "lon": "lon", "lat": "lat"}
    entry = DatasetEntry(name="hrw", preset="plain", path=path.name, columns=columns, default_radius_m=500)
    read = read_dataset(entry, make_case(path.parent))
    assert (read.records.num_rows, len(read.rejects)) == (14, 0)
    assert len(set(read.records["group_id"].to_pylist())) == 8
    assert read.records["lon"].null_count == 1
