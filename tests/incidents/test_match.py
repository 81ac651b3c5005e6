"""Which rows tell of one event."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contested.base.case import Case, DatasetEntry
from contested.base.errors import RecordError
from contested.base.places import geodesic_m
from contested.base.records import DECISIONS, RECORDS
from contested.incidents.match import LINK_ABOVE, SLACK_M, UNSURE_FROM, pair_probability, pair_records
from contested.incidents.sources import read_dataset

Make = Callable[..., dict[str, Any]]
SHARED = Path(__file__).parents[2].parent / "shared/data"
DAY = date(2016, 11, 20)


def pairs(rows: list[dict[str, Any]], decisions: pa.Table | None = None) -> dict[tuple[str, str], dict[str, Any]]:
    """The links of the rows by pair."""
    links = pair_records(RECORDS.from_rows(rows), decisions).to_pylist()
    return {(link["record_a"], link["record_b"]): link for link in links}


def judged(*entries: tuple[str, str]) -> pa.Table:
    """Decisions: (action, key)."""
    return DECISIONS.from_rows(
        {
            "number": number, "decided_at": "2024-01-01T00:00:00Z", "decided_by": "a", "action": action,
            "table": "links", "row_key": key, "change": "{}", "reason": "r", "sha256": "0",
        }
        for number, (action, key) in enumerate(entries, start=1)
    )  # fmt: skip


def test_same_street_day_and_kind_in_two_datasets_is_linked(make_record: Make) -> None:
    (link,) = pairs([make_record("a:1"), make_record("b:1", lon=37.191)]).values()
    assert link["linked"]
    assert link["decided_by"] == "score"
    assert link["probability"] > LINK_ABOVE
    assert 85 < link["distance_m"] < 95
    assert link["gap_days"] == 0


def test_rows_of_one_dataset_are_never_scored(make_record: Make) -> None:
    assert not pairs([make_record("a:1"), make_record("a:2")])


@pytest.mark.parametrize(
    "other",
    [{"lon": 37.3}, {"day": DAY + timedelta(days=2)}, {"radius_m": None}, {"lon": None, "lat": None, "radius_m": None}],
)
def test_too_far_too_late_or_without_a_place_is_no_pair(make_record: Make, other: dict[str, Any]) -> None:
    assert not pairs([make_record("a:1"), make_record("b:1", **other)])


def test_a_shared_town_links_less_than_a_shared_street(make_record: Make) -> None:
    (town,) = pairs([make_record("a:1", radius_m=25_000), make_record("b:1", radius_m=25_000)]).values()
    assert not town["linked"]
    assert UNSURE_FROM <= town["probability"] <= LINK_ABOVE


def test_each_records_own_radius_makes_the_reach(make_record: Make) -> None:
    near, far = make_record("a:1"), make_record("b:1", lon=37.24)
    assert not pairs([near, far])
    assert pairs([near, {**far, "radius_m": 25_000.0}])


def test_tolls_that_exclude_each_other_lower_the_probability(make_record: Make) -> None:
    def probability(low: int | None, high: int | None) -> float:
        other = make_record("b:1", killed_low=low, killed_high=high)
        (link,) = pairs([make_record("a:1", killed_low=6, killed_high=6), other]).values()
        return float(link["probability"])

    assert probability(20, 30) < probability(None, None) < probability(5, 8)
    assert probability(5, None) == probability(5, 8)


def test_rivals_leave_both_pairs_to_a_person(make_record: Make) -> None:
    found = pairs([make_record(name, radius_m=1000) for name in ("a:1", "b:1", "b:2")])
    assert set(found) == {("a:1", "b:1"), ("a:1", "b:2")}
    assert all(link["probability"] == 0.5 and not link["linked"] for link in found.values())


def test_several_rows_on_one_exact_place_and_day_are_no_rivals(make_record: Make) -> None:
    found = pairs([make_record("a:1"), make_record("b:1"), make_record("b:2", lon=37.1905)])
    assert set(found) == {("a:1", "b:1"), ("a:1", "b:2")}
    assert all(link["linked"] for link in found.values())


def test_rows_of_one_group_are_no_rivals_and_are_linked_by_the_dataset(make_record: Make) -> None:
    rows = [make_record("a:1"), make_record("b:1", group_id="g"), make_record("b:2", group_id="g", lon=None, lat=None)]
    found = pairs(rows)
    assert found["a:1", "b:1"]["linked"]
    assert found["b:1", "b:2"]["decided_by"] == "group"
    assert found["b:1", "b:2"]["distance_m"] is None


def test_a_group_of_another_dataset_is_another_group(make_record: Make) -> None:
    rows = [make_record("a:1", group_id="g"), make_record("b:1", group_id="g", lon=37.3)]
    assert not pairs(rows)


def test_records_outside_the_window_are_left_out(make_record: Make) -> None:
    assert not pairs([make_record("a:1"), make_record("b:1", in_window=False)])


def test_decisions_bind_and_the_latest_holds(make_record: Make) -> None:
    rows = [make_record("a:1"), make_record("b:1"), make_record("c:1", lon=37.3)]
    found = pairs(rows, judged(("split", "b:1|a:1"), ("link", "a:1|c:1")))
    assert (found["a:1", "b:1"]["decided_by"], found["a:1", "b:1"]["linked"]) == ("decision", False)
    assert found["a:1", "c:1"]["linked"]
    assert pairs(rows, judged(("split", "a:1|b:1"), ("link", "a:1|b:1")))["a:1", "b:1"]["linked"]


@pytest.mark.parametrize("key", ["a:1|b:9", "a:1", "a:1|a:1"])
def test_decision_on_records_that_are_not_there_is_refused(make_record: Make, key: str) -> None:
    with pytest.raises(RecordError, match=r"decisions\.jsonl line 1: link of"):
        pairs([make_record("a:1"), make_record("b:1")], judged(("link", key)))


def test_probability_falls_with_every_kind_of_distance() -> None:
    def p(share: float = 0.0, reach_m: float = 1000.0, gap: int = 0, days: int = 1, same: bool = True) -> float:
        values = pair_probability(
            np.array([share]), np.array([reach_m]), np.array([gap]), np.array([days]), np.array([same]), np.array([0])
        )
        return float(values[0])

    assert p() == pytest.approx(1 / (1 + np.exp(-3.0)))
    assert p() > p(share=0.5) > p(share=1.0)
    assert p() == p(reach_m=2000) > p(reach_m=50_000)
    assert p() > p(gap=1)
    assert p() > p(days=30)
    assert p() > p(same=False)


@st.composite
def record_lists(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Up to 14 records of three datasets, crowded in space and time, of every precision."""
    rows = []
    for number in range(draw(st.integers(0, 14))):
        dataset = draw(st.sampled_from("abc"))
        start = DAY + timedelta(days=draw(st.integers(0, 4)))
        placed = draw(st.integers(0, 9)) > 0
        rows.append(
            {
                "record_id": f"{dataset}:{number}", "dataset": dataset, "original_path": "d", "original_row": number,
                "preset": "plain", "in_window": draw(st.integers(0, 9)) > 0, "kind": draw(st.sampled_from(["x", "y"])),
                "date_start": start, "date_end": start + timedelta(days=draw(st.sampled_from([0, 0, 0, 1, 6, 40]))),
                "lon": 37.1 + draw(st.integers(0, 40)) / 1000 if placed else None,
                "lat": 36.2 if placed else None,
                "radius_m": draw(st.sampled_from([50.0, 400.0, 1000.0, 3000.0, 25_000.0, None])) if placed else None,
                "group_id": draw(st.sampled_from([None, None, None, "g", "h"])),
                "killed_low": draw(st.sampled_from([None, 0, 5])), "killed_high": draw(st.sampled_from([None, 5, 9])),
                "sources": draw(st.lists(st.sampled_from(["SOHR", "sohr", "AMC"]), max_size=2)),
                "second_hand": False, "publish": draw(st.booleans()), "extra": "{}",
            }
        )  # fmt: skip
    return rows


@given(record_lists(), st.randoms(use_true_random=False))
@settings(max_examples=80, deadline=None)
def test_law_links_do_not_depend_on_the_order_of_rows_or_datasets(rows: list[dict[str, Any]], random: Any) -> None:
    renamed = {"a": "c", "b": "a", "c": "b"}

    def rename(key: str) -> str:
        return renamed[key[0]] + key[1:]

    shuffled = [{**row, "dataset": rename(row["dataset"]), "record_id": rename(row["record_id"])} for row in rows]
    random.shuffle(shuffled)
    plain = {frozenset(map(rename, key)): (link["probability"], link["linked"]) for key, link in pairs(rows).items()
             if link["decided_by"] == "score"}  # fmt: skip
    other = {frozenset(key): (link["probability"], link["linked"]) for key, link in pairs(shuffled).items()
             if link["decided_by"] == "score"}  # fmt: skip
    assert other.keys() == plain.keys()
    for key, (probability, linked) in plain.items():
        assert other[key][0] == pytest.approx(probability, abs=1e-12)
        assert other[key][1] == linked


@given(record_lists())
@settings(max_examples=60, deadline=None)
def test_law_the_grid_loses_no_possible_pair(rows: list[dict[str, Any]]) -> None:
    # Against every pair tried one by one: what scores well without rivals must be among the rows.
    usable = [r for r in rows if r["in_window"] and r["radius_m"] is not None]
    possible = set()
    for number, a in enumerate(usable):
        for b in usable[number + 1 :]:
            distance_m = float(geodesic_m(a["lon"], a["lat"], b["lon"], b["lat"]))
            gap = max(0, (b["date_start"] - a["date_end"]).days, (a["date_start"] - b["date_end"]).days)
            if a["dataset"] != b["dataset"] and gap <= 1 and distance_m <= a["radius_m"] + b["radius_m"] + SLACK_M:
                possible.add(frozenset((a["record_id"], b["record_id"])))
    from contested.incidents import match

    whole = RECORDS.from_rows(usable).to_pylist()
    columns = match._columns(sorted(whole, key=lambda r: str(r["record_id"])))
    a_rows, b_rows = match._candidates(columns, within=False)
    found = [frozenset((columns.ids[i], columns.ids[j])) for i, j in zip(a_rows, b_rows, strict=True)]
    assert possible <= set(found)
    assert len(found) == len(set(found))


def test_points_across_the_date_line_meet(make_record: Make) -> None:
    rows = [make_record("a:1", lon=179.9995, lat=0.0), make_record("b:1", lon=-179.9995, lat=0.0)]
    (link,) = pairs(rows).values()
    assert link["linked"]


@pytest.mark.shared
def test_pairs_of_two_projects_that_share_a_source(make_case: Callable[..., Case], tmp_path: Path) -> None:
    """Of pairs that share a source address and lie within reach and a day, nearly all are offered."""
    folder = SHARED / "incidents"
    if not folder.is_dir():
        pytest.skip(f"{folder} is not there")
    (tmp_path / "b.csv").write_text(_bellingcat_csv(folder), encoding="utf-8")
    cir = (folder / "cir_eyes_on_russia_2022.csv").read_bytes()
    (tmp_path / "c.csv").write_bytes(cir)
    world = {"name": "World", "box": [-180.0, -90.0, 180.0, 90.0]}
    case = make_case(tmp_path, region=world, window={"from": "2022-01-01", "to": "2024-12-31"})
    common = {"preset": "plain", "kind": "harm", "default_radius_m": 500}
    columns = {"id": "entry", "date": "date", "lon": "lon", "lat": "lat"}
    entries = [
        DatasetEntry.model_validate({"name": "b", "path": "b.csv", **common}),
        DatasetEntry.model_validate({"name": "c", "path": "c.csv", "columns": columns, **common}),
    ]
    tables = [read_dataset(entry, case).records for entry in entries]
    found = {(row["record_a"], row["record_b"]): row for row in pair_records(pa.concat_tables(tables)).to_pylist()}
    known = {record_id for table in tables for record_id in table["record_id"].to_pylist()}
    silver = set()
    with (SHARED / "linking/bellingcat_cir_pairs.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            key = f"b:{row['bellingcat_id']}", f"c:{row['cir_entry']}"
            if int(row["day_gap"]) <= 1 and float(row["distance_km"]) <= 1.0 and set(key) <= known:
                silver.add(key)
    assert len(silver) > 300
    offered, linked = silver & found.keys(), {key for key in silver & found.keys() if found[key]["linked"]}
    assert len(offered) / len(silver) > 0.9
    assert len(linked) / len(silver) > 0.5


def _bellingcat_csv(folder: Path) -> str:
    incidents = json.loads((folder / "bellingcat_ukr-civharm-2024-06-02.json").read_text(encoding="utf-8"))
    lines = [f"{row['id']},{row['date']},{row['longitude']},{row['latitude']}\n" for row in incidents]
    return "id,date,lon,lat\n" + "".join(lines)
