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
from contested.base.places import geodesic_m
from contested.base.records import DECISIONS, RECORDS
from contested.base.transliteration import fold_name
from contested.incidents.comparing import SLACK_M, Comparable
from contested.incidents.match import LINK_FROM, idle_decisions, pair_records
from contested.incidents.reach import Reach
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
    assert link["probability"] > LINK_FROM
    assert "same day" in link["reasons"]
    assert 85 < link["distance_m"] < 95
    assert link["gap_days"] == 0


def test_rows_of_one_dataset_are_never_scored(make_record: Make) -> None:
    assert not pairs([make_record("a:1"), make_record("a:2")])


@pytest.mark.parametrize(
    "other",
    [{"lon": 37.3}, {"day": DAY + timedelta(days=9)}, {"lon": None, "lat": None, "radius_m": None}],
)
def test_too_far_too_late_or_without_a_place_is_no_pair(make_record: Make, other: dict[str, Any]) -> None:
    assert not pairs([make_record("a:1"), make_record("b:1", **other)])


def probability(*rows: dict[str, Any]) -> float:
    """Probability of the only pair of the rows; 0 when none was kept."""
    return max((link["probability"] for link in pairs(list(rows)).values()), default=0.0)


def test_a_shared_town_links_less_than_a_shared_street(make_record: Make) -> None:
    town = probability(make_record("a:1", radius_m=25_000), make_record("b:1", radius_m=25_000))
    assert town < probability(make_record("a:1"), make_record("b:1"))


def test_each_records_own_radius_makes_the_reach(make_record: Make) -> None:
    near, far = make_record("a:1"), make_record("b:1", lon=37.24)
    assert not pairs([near, far])
    assert pairs([near, {**far, "radius_m": 25_000.0}])


def test_tolls_that_exclude_each_other_lower_the_probability(make_record: Make) -> None:
    def told(low: int | None, high: int | None) -> float:
        other = make_record("b:1", killed_low=low, killed_high=high)
        return probability(make_record("a:1", killed_low=6, killed_high=6), other)

    assert told(60, 70) < told(12, 14) < told(None, None) < told(5, 8) < told(6, 6)


def test_what_two_records_share_raises_the_probability(make_record: Make) -> None:
    def told(**values: Any) -> float:
        both = {"radius_m": 5_000.0, "killed_low": 6, "killed_high": 6, "title": "Strike on the market in Sakhour"}
        return probability(make_record("a:1", **both), make_record("b:1", **{**both, **values}))

    assert (
        told() > told(title="A convoy was shelled") > told(title="A convoy was shelled", killed_low=90, killed_high=95)
    )
    shared = {"sources": ["https://www.example.org/a?utm_source=x"]}
    record = make_record("a:1", radius_m=5_000.0, address="http://example.org/a/")
    assert probability(record, make_record("b:1", radius_m=5_000.0, **shared)) > probability(
        record, make_record("b:1", radius_m=5_000.0)
    )


def test_spellings_of_an_actor_are_one(make_record: Make) -> None:
    def told(name: str) -> float:
        a, b = (make_record(f"{d}:1", radius_m=5_000.0, actors=[n]) for d, n in (("a", "Jaysh al-Islam"), ("b", name)))
        return probability(a, b)

    assert told("Jaish al Islam") == told("Jaysh al-Islam") > told("Faylaq al-Rahman")


def test_an_alias_of_the_case_is_the_actor(make_record: Make) -> None:
    rows = [
        make_record(f"{d}:1", radius_m=5_000.0, actors=[n])
        for d, n in (("a", "the regime"), ("b", "Government of Syria"))
    ]
    table = RECORDS.from_rows(rows)
    named = {fold_name(name): "syria" for name in ("the regime", "Government of Syria")}
    plain, known = (pair_records(table, aliases=aliases)["probability"].to_pylist() for aliases in (None, named))
    assert known > plain


def test_in_a_crowd_each_partner_is_less_likely_the_one(make_record: Make) -> None:
    alone = probability(make_record("a:1", radius_m=1000), make_record("b:1", radius_m=1000))
    crowd = [make_record(f"b:{n}", radius_m=1000) for n in range(8)]
    found = pairs([make_record("a:1", radius_m=1000), *crowd])
    assert all(link["probability"] < alone for link in found.values())


def test_the_middle_of_a_country_is_no_exact_place(make_record: Make) -> None:
    countries = [
        make_record(f"{dataset}:{n}", radius_m=None, day=DAY + timedelta(days=n))
        for dataset in "ab" for n in range(12)
    ]  # fmt: skip
    assert not pairs(countries)
    exact = [{**row, "lon": 37.0 + index / 100} for index, row in enumerate(countries)]
    assert Comparable(RECORDS.from_rows(exact)).placed.all()


def test_pictures_of_one_place_are_possible_for_a_week(make_record: Make) -> None:
    later = {"day": DAY + timedelta(days=6)}

    def possible(radius_m: float) -> bool:
        records = Comparable(
            RECORDS.from_rows([make_record("a:1", radius_m=radius_m), make_record("b:1", radius_m=radius_m, **later)])
        )
        return len(Reach().pairs(records, np.array([0]), np.array([1]))[0]) > 0

    assert possible(200.0)
    assert not possible(25_000.0)


def test_rows_of_one_group_are_linked_by_the_dataset(make_record: Make) -> None:
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
def test_decision_on_records_that_are_not_there_has_no_effect_and_is_told(make_record: Make, key: str) -> None:
    rows = [make_record("a:1"), make_record("b:1")]
    assert pairs(rows, judged(("split", key))) == pairs(rows)
    (note,) = idle_decisions(judged(("split", key)), RECORDS.from_rows(rows))
    assert note.startswith(f'decisions.jsonl line 1: split of "{key}"')
    assert idle_decisions(judged(("split", "a:1|b:1")), RECORDS.from_rows(rows)) == []


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
        assert other[key][0] == pytest.approx(probability, abs=1e-6)
        assert other[key][1] == linked or probability == pytest.approx(LINK_FROM, abs=1e-6)


@given(record_lists())
@settings(max_examples=60, deadline=None)
def test_law_no_possible_pair_is_lost(rows: list[dict[str, Any]]) -> None:
    usable = [row for row in rows if row["lon"] is not None]
    records = Comparable(RECORDS.from_rows(usable))
    stated = dict(zip(records.records["record_id"].to_pylist(), records.radius_m.tolist(), strict=True))
    possible = set()
    for a in usable:
        for b in usable:
            apart_m = float(geodesic_m(a["lon"], a["lat"], b["lon"], b["lat"]))
            gap = max(0, (b["date_start"] - a["date_end"]).days, (a["date_start"] - b["date_end"]).days)
            reach_m = stated[a["record_id"]] + stated[b["record_id"]] + SLACK_M
            if a["dataset"] == "a" and b["dataset"] == "b" and gap <= 1 and apart_m <= reach_m:
                possible.add((a["record_id"], b["record_id"]))
    ids = np.array(records.records["record_id"].to_pylist(), dtype=object)
    sides = (np.flatnonzero(np.array([i[0] == name for i in ids], dtype=bool)) for name in "ab")
    found = list(zip(*(ids[rows].tolist() for rows in Reach().pairs(records, *sides)), strict=True))
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
