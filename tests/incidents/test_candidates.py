"""Rows without a point keep their candidates or a row that says there is none; nothing is filled in unasked."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.incidents.invented_places import OWN, REGION, make_gazetteer

from contested.base.case import Case
from contested.base.records import PLACE_CANDIDATES, RECORDS
from contested.incidents.candidates import (
    MAX_CANDIDATES,
    choose_places,
    find_candidates,
    place_rows,
    placed_records,
)
from contested.incidents.own_places import dataset_places, read_place_lists

MakeRecord = Callable[..., dict[str, Any]]


@pytest.fixture(autouse=True)
def _invented_world(monkeypatch: pytest.MonkeyPatch) -> None:
    world = make_gazetteer(own=False, region=False)
    monkeypatch.setattr("contested.incidents.candidates.load_gazetteer", lambda: world)


@pytest.fixture
def case(make_case: Callable[..., Case], tmp_path: Path) -> Case:
    datasets = [{"name": name, "preset": "plain", "path": "datasets/d.csv"} for name in ("a", "b")]
    datasets += [{"name": "closed", "preset": "plain", "path": "datasets/d.csv", "publish_rows": False}]
    return make_case(tmp_path, region={"name": "Karsk", "box": list(REGION)}, datasets=datasets)


def named(make_record: MakeRecord, key: str, name: str | None, **values: Any) -> dict[str, Any]:
    return make_record(key, **{"place_name": name, "lon": None, "lat": None, "radius_m": None, **values})


def test_every_row_without_a_point_has_candidates_or_a_row_that_says_none(case: Case, make_record: MakeRecord) -> None:
    rows = [
        named(make_record, "a:1", "Zahmanet"), named(make_record, "a:2", "Brunnholm"), named(make_record, "a:3", None),
        named(make_record, "a:4", "Karsk", lon=20.5, lat=10.5), make_record("a:5", lon=20.5, lat=10.5, radius_m=100.0),
    ]  # fmt: skip
    table, _ = find_candidates(case, RECORDS.from_rows(rows), [], OWN)
    found = table.to_pylist()
    assert {row["row_key"] for row in found} == {"a:1", "a:2", "a:3", "a:4"}
    for row in found:
        if row["row_key"] in ("a:2", "a:3"):
            assert (row["candidate"], row["name"], row["lon"], row["score"], row["chosen"]) == (
                0,
                None,
                None,
                None,
                False,
            )
            assert row["reason"]
        else:
            assert row["candidate"] >= 1
            assert 0 < row["score"] <= 1 or row["candidate"] > 1
            assert row["gazetteer"]


def test_claims_with_a_place_have_candidates_and_others_have_none(case: Case) -> None:
    claims = [
        {"claim_id": "1", "document_id": "d", "place_text": "Dolven"},
        {"claim_id": "2", "document_id": "d", "place_text": None},
        {"claim_id": "3", "document_id": "d"},
    ]
    table, _ = find_candidates(case, RECORDS.empty(), claims, OWN)
    assert set(table["row_key"].to_pylist()) == {"1"}
    assert set(table["of_table"].to_pylist()) == {"claims"}
    assert find_candidates(case, RECORDS.empty(), claims[1:], OWN)[0].num_rows == 0


def test_the_order_of_rows_changes_nothing(case: Case, make_record: MakeRecord) -> None:
    rows = [named(make_record, f"a:{k}", name) for k, name in enumerate(("Karsk", "Zahmanet", "Dolven", "Marqab"))]
    one, _ = find_candidates(case, RECORDS.from_rows(rows), [], OWN)
    other, _ = find_candidates(case, RECORDS.from_rows(rows[::-1]), [], OWN[::-1])
    assert one.equals(other)


def test_columns_that_name_the_wider_place_are_heard(case: Case, make_record: MakeRecord) -> None:
    rows = [
        named(make_record, f"a:{country}", "Karsk", extra=json.dumps({"country": country}))
        for country in ("Ostria", "")
    ]
    found = find_candidates(case, RECORDS.from_rows(rows), [], [])[0].to_pylist()
    score = {row["row_key"]: row["score"] for row in found if row["lon"] == 60.1}
    assert score["a:Ostria"] > score["a:"]


def test_many_candidates_are_cut_and_counted(case: Case, make_record: MakeRecord) -> None:
    many = [OWN[0].__class__("Selk", 20 + k / 20, 10.5, 100.0, "neighbourhood", "places/l.csv") for k in range(9)]
    found = find_candidates(case, RECORDS.from_rows([named(make_record, "a:1", "Selk")]), [], many)[0].to_pylist()
    assert [row["candidate"] for row in found] == list(range(1, MAX_CANDIDATES + 1))
    assert found[-1]["reason"].endswith(f"{9 - MAX_CANDIDATES} less likely places are left out")
    assert not any(row["chosen"] for row in found)


def test_only_a_chosen_candidate_gives_a_point_and_says_so(case: Case, make_record: MakeRecord) -> None:
    rows = [
        named(make_record, "a:1", "Zahmanet"), named(make_record, "a:2", "eastern Zahmanet"),
        named(make_record, "a:3", "Velmland"), make_record("a:4", lon=20.1, lat=10.1, radius_m=50.0),
        named(make_record, "a:5", "Zahmanet", lon=20.2, lat=10.2),
    ]  # fmt: skip
    records = RECORDS.from_rows(rows)
    table, _ = find_candidates(case, records, [], OWN)
    placed = {row["record_id"]: row for row in placed_records(records, table).to_pylist()}
    before = {row["record_id"]: row for row in records.to_pylist()}
    assert (placed["a:1"]["lon"], placed["a:1"]["lat"], placed["a:1"]["radius_m"]) == (20.6, 10.6, 1_000.0)
    assert "Zahmanet" in json.loads(placed["a:1"]["extra"])["point_from"]
    assert all(placed[key] == before[key] for key in ("a:2", "a:3", "a:4", "a:5"))
    assert placed_records(records, PLACE_CANDIDATES.empty()).equals(records)


@pytest.mark.parametrize("use", [True, False])
def test_candidates_are_used_only_when_the_case_says_so(
    use: bool, make_case: Callable[..., Case], make_record: MakeRecord, tmp_path: Path
) -> None:
    region = {"name": "Karsk", "box": list(REGION)}
    case = make_case(tmp_path, region=region, **({"places": {"use_candidates": True}} if use else {}))
    write_list(case, "name,lon,lat\nSelk,20.3,10.3\nNowhere,,\n")
    records = RECORDS.from_rows([named(make_record, "a:1", "Selk")])
    placed = place_rows(case, records, [])
    assert placed.candidates["gazetteer"].to_pylist() == ["places/quarters.csv"]
    assert choose_places(case, records, placed.candidates, [])[0]["lon"].to_pylist() == ([20.3] if use else [None])
    assert len(placed.rejects) == 1


# --- the case's own places -----------------------------------------------------------------------


def write_list(case: Case, text: str) -> None:
    (case.folder / "places").mkdir(exist_ok=True)
    (case.folder / "places" / "quarters.csv").write_text(text, encoding="utf-8")


def test_a_list_gives_its_places(case: Case) -> None:
    write_list(
        case,
        "name,other_names,lon,lat,radius_m,kind,address\n"
        "Marqab,المرقب|Upper Marqab; Merqab,20.5,10.5,350,,https://example.org/map\n"
        "Selk Plain,,20.6,10.6,,admin2,\n",
    )
    places, rejects = read_place_lists(case)
    assert rejects == []
    assert [(p.name, p.kind, p.radius_m) for p in places] == [
        ("Marqab", "neighbourhood", 350.0), ("Selk Plain", "admin2", 25_000.0)
    ]  # fmt: skip
    assert places[0].other_names == ("المرقب", "Upper Marqab", "Merqab")
    assert places[0].source == "places/quarters.csv (https://example.org/map)"


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (",20.5,10.5,,", "name is empty"),
        ("Selk,east,10.5,,", 'lon "east" is no number'),
        ("Selk,20.5,,,", "lon and lat must both"),
        ("Selk,10.5,20.5,,", "swapped"),
        ("Selk,20.5,100,,", "outside [-90, 90]"),
        ("Selk,20.5,10.5,0,", "no positive number"),
        ("Selk,20.5,10.5,nan,", "no positive number"),
        ("Selk,20.5,10.5,10,quater", "neighbourhood"),
    ],
)
def test_faulty_rows_go_to_rejects_and_say_why(case: Case, row: str, said: str) -> None:
    write_list(case, f"name,lon,lat,radius_m,kind\nMarqab,20.5,10.5,,\n{row}\n")
    places, rejects = read_place_lists(case)
    assert [place.name for place in places] == ["Marqab"]
    (reject,) = rejects
    assert (reject["original_path"], reject["original_row"], reject["stage"]) == ("places/quarters.csv", 2, "incidents")
    assert said in reject["reason"]


def test_a_list_without_its_columns_is_one_reject(case: Case) -> None:
    write_list(case, "place,lon,lat\nMarqab,20.5,10.5\n")
    places, rejects = read_place_lists(case)
    assert places == []
    assert (rejects[0]["original_row"], '"name" is missing' in rejects[0]["reason"]) == (0, True)


def test_names_of_the_datasets_become_places_by_their_median(case: Case, make_record: MakeRecord) -> None:
    def at(key: str, name: str, lon: float, **values: Any) -> dict[str, Any]:
        return make_record(key, place_name=name, **{"lon": lon, "lat": 10.5, "radius_m": 500.0, **values})

    rows = [
        at("a:1", "Selk", 20.50), at("a:2", "SELK", 20.51), at("b:1", "Selk", 20.52),
        at("a:3", "Two Towns", 20.1), at("a:4", "Two Towns", 20.9),
        at("a:5", "Secret", 20.5, publish=False), at("a:6", "Vague", 20.5, radius_m=None),
        at("closed:1", "Hidden", 20.5),
    ]  # fmt: skip
    (place,) = dataset_places(case, RECORDS.from_rows(rows))
    assert (place.lon, place.lat, place.kind, place.source) == (20.51, 10.5, "place", "points of a, b")
    assert place.radius_m == pytest.approx(1094, abs=2)
    assert {place.name, *place.other_names} == {"Selk", "SELK"}
