"""Judged pairs → incidents: order-free, idempotent, and no source lost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contested.base.case import Case
from contested.base.errors import CaseError, RecordError
from contested.base.records import DECISIONS, LINKS, RECORDS
from contested.incidents.grading import load_grading, source_groups
from contested.incidents.match import pair_records
from contested.incidents.merge import MergedTables, merge_incidents

Make = Callable[..., dict[str, Any]]
MakeCase = Callable[..., Case]


def decided(*entries: dict[str, str]) -> pa.Table:
    """Decisions with the given columns."""
    usual = {
        "decided_at": "2024-01-01T00:00:00Z", "decided_by": "reviewer", "table": "links", "change": "{}",
        "reason": "seen", "sha256": "0",
    }  # fmt: skip
    return DECISIONS.from_rows({"number": n, **usual, **entry} for n, entry in enumerate(entries, start=1))


@pytest.fixture
def merge(make_case: MakeCase) -> Callable[..., MergedTables]:
    """Pair and merge rows of records."""

    def run(rows: list[dict[str, Any]], decisions: pa.Table | None = None, **case: Any) -> MergedTables:
        records = RECORDS.from_rows(rows)
        return merge_incidents(make_case(**case), records, pair_records(records, decisions), decisions)

    return run


Merge = Callable[..., MergedTables]


def test_group_becomes_one_incident_with_its_places(merge: Merge, make_record: Make) -> None:
    rows = [
        make_record("hrw:3-a", group_id="3", place_name="Sakhour", killed_low=6, killed_high=6, sources=["HRW"]),
        make_record("hrw:3-b", group_id="3", place_name="Ard al-Hamra", lon=None, lat=None, radius_m=None),
        make_record("hrw:3-c", group_id="3", place_name="Sakhour"),
    ]
    datasets = [{"name": "hrw", "preset": "plain", "path": "d.csv", "event": "chlorine"}]
    tables = merge(rows, datasets=datasets)
    (incident,) = tables.incidents.to_pylist()
    assert incident["incident_id"] == "i-hrw-3"
    assert incident["records"] == ["hrw:3-a", "hrw:3-b", "hrw:3-c"]
    assert incident["event_id"] == "chlorine"
    assert (incident["killed_low"], incident["killed_high"], incident["toll_conflict"]) == (6, 6, False)
    assert incident["title"] == "chlorine, Sakhour, Ard al-Hamra"
    places = tables.incident_places.to_pylist()
    assert [(p["place_no"], p["record_id"]) for p in places] == [(1, "hrw:3-a"), (2, "hrw:3-b")]
    assert incident["n_places"] == 2


def test_two_datasets_keep_both_records_and_the_sharper_place(merge: Merge, make_record: Make) -> None:
    rows = [
        make_record("a:1", radius_m=600, killed_low=2, killed_high=3, sources=["SOHR"], publish=False),
        make_record("b:1", radius_m=200, killed_low=5, killed_high=None, sources=["HRW", "sohr"]),
    ]
    tables = merge(rows, decided({"action": "link", "row_key": "a:1|b:1"}))
    (incident,) = tables.incidents.to_pylist()
    assert incident["records"] == ["a:1", "b:1"]
    assert incident["datasets"] == ["a", "b"]
    assert (incident["killed_low"], incident["killed_high"]) == (2, None)
    assert incident["toll_conflict"] is True
    assert incident["publish"] is True
    assert tables.incident_places["record_id"].to_pylist() == ["b:1"]
    assert incident["grade"] == "credibly substantiated"
    assert "2 source groups taken as independent (HRW, SOHR)" in incident["grade_rule"]


@pytest.mark.parametrize(
    ("sources", "grade"),
    [
        ([[], []], "reported"),
        ([["SOHR"], ["sohr "]], "reported"),
        ([["SOHR"], ["AMC"]], "credibly substantiated"),
        ([["SOHR", "HRW"], ["AMC"]], "established"),
        ([["SOHR", "HRW"], ["AMC", "OPCW", "UN"]], "established"),
    ],
)
def test_grade_counts_independent_sources(
    merge: Merge, make_record: Make, sources: list[list[str]], grade: str
) -> None:
    rows = [make_record("a:1", sources=sources[0]), make_record("b:1", sources=sources[1])]
    (incident,) = merge(rows).incidents.to_pylist()
    assert incident["grade"] == grade


def test_grade_that_only_a_person_gives(merge: Merge, make_record: Make) -> None:
    change = {"action": "correct", "table": "incidents", "row_key": "i-a-1"}
    given_grade = decided({**change, "change": '{"grade": "comprehensively confirmed"}'})
    (incident,) = merge([make_record("a:1")], given_grade).incidents.to_pylist()
    assert incident["grade"] == "comprehensively confirmed"
    assert "given by reviewer: seen" in incident["grade_rule"]
    with pytest.raises(RecordError, match=r'line 1.*"confirmed" is no level'):
        merge([make_record("a:1")], decided({**change, "change": '{"grade": "confirmed"}'}))


def test_grading_schemes_are_data() -> None:
    levels = [level.name for level in load_grading("gppi").levels]
    assert levels == ["comprehensively confirmed", "established", "credibly substantiated", "reported"]
    with pytest.raises(CaseError, match=r'"gpi" in case.toml does not exist; did you mean "gppi"'):
        load_grading("gpi")
    assert source_groups(["b", "A  x", "a X"]) == ("A  x", "b")


def test_split_parts_what_the_dataset_groups(merge: Merge, make_record: Make) -> None:
    rows = [make_record(f"a:{n}", group_id="g") for n in (1, 2, 3)]
    tables = merge(rows, decided({"action": "split", "row_key": "a:1|a:2"}))
    assert tables.incidents["records"].to_pylist() == [["a:1", "a:3"], ["a:2"]]
    assert len(set(tables.incidents["incident_id"].to_pylist())) == 2


def test_link_that_would_join_a_split_pair_is_shown_as_not_carried_out(merge: Merge, make_record: Make) -> None:
    rows = [make_record("a:1"), make_record("b:1"), make_record("c:1")]
    tables = merge(rows, decided({"action": "split", "row_key": "a:1|b:1"}))
    assert tables.incidents["records"].to_pylist() == [["a:1", "c:1"], ["b:1"]]
    carried = {(link["record_a"], link["record_b"]): link["linked"] for link in tables.links.to_pylist()}
    assert carried == {("a:1", "b:1"): False, ("a:1", "c:1"): True, ("b:1", "c:1"): False}


def test_decisions_that_contradict_each_other_are_refused(merge: Merge, make_record: Make) -> None:
    rows = [make_record("a:1"), make_record("b:1"), make_record("c:1")]
    contradictory = decided(
        {"action": "link", "row_key": "a:1|b:1"},
        {"action": "link", "row_key": "b:1|c:1"},
        {"action": "split", "row_key": "a:1|c:1"},
    )
    with pytest.raises(RecordError, match="append a decision that undoes one of the two"):
        merge(rows, contradictory)


def test_ids_that_read_alike_are_parted(merge: Merge, make_record: Make) -> None:
    tables = merge([make_record("a:x 1"), make_record("a:x/1", lon=37.3)])
    names = tables.incidents["incident_id"].to_pylist()
    assert len(set(names)) == 2
    assert all(name.startswith("i-a-x-1-") for name in names)


def test_dates_and_kinds_of_an_incident(merge: Merge, make_record: Make) -> None:
    rows = [
        make_record("a:1", kind="x"),
        make_record("b:1", kind="y", day=date(2016, 11, 21)),
        make_record("c:1", kind="y", title="Attack on the market"),
    ]
    links = decided({"action": "link", "row_key": "a:1|b:1"}, {"action": "link", "row_key": "a:1|c:1"})
    (incident,) = merge(rows, links).incidents.to_pylist()
    assert (incident["date_start"], incident["date_end"]) == (date(2016, 11, 20), date(2016, 11, 21))
    assert incident["kind"] == "y"
    assert incident["title"] == "Attack on the market"


def test_no_records_make_no_incidents(merge: Merge) -> None:
    tables = merge([])
    assert tables.incidents.num_rows == tables.incident_places.num_rows == tables.links.num_rows == 0


@st.composite
def linked_records(draw: st.DrawFn) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Records, and links between them of every kind."""
    names = [f"{'abc'[n % 3]}:{n}" for n in range(draw(st.integers(0, 9)))]
    day = date(2016, 11, 20)
    rows = [
        {
            "record_id": name, "dataset": name[0], "original_path": "d", "original_row": 1, "preset": "plain",
            "in_window": True, "kind": draw(st.sampled_from("xy")), "date_start": day, "date_end": day,
            "lon": 37.0 + draw(st.integers(0, 2)) / 10, "lat": 36.2,
            "radius_m": draw(st.sampled_from([50.0, 5e3, None])),
            "place_name": draw(st.sampled_from([None, "here"])),
            "killed_low": draw(st.sampled_from([None, 1, 5])), "killed_high": draw(st.sampled_from([None, 5, 8])),
            "sources": draw(st.lists(st.sampled_from(["S", "H"]), max_size=2)),
            "second_hand": False, "publish": draw(st.booleans()), "extra": "{}",
        }
        for name in names
    ]  # fmt: skip
    links = []
    for number, a in enumerate(sorted(names)):
        for b in sorted(names)[number + 1 :]:
            kind = draw(st.sampled_from(["", "", "score", "group", "split", "unsure"]))
            if kind:
                links.append(
                    {
                        "record_a": a, "record_b": b, "probability": draw(st.sampled_from([0.85, 0.9, 1.0])),
                        "gap_days": 0, "decided_by": {"split": "decision", "unsure": "score"}.get(kind, kind),
                        "linked": kind in ("score", "group"),
                    }
                )  # fmt: skip
    return rows, links


@given(linked_records(), st.randoms(use_true_random=False))
@settings(max_examples=100, deadline=None)
def test_laws_of_merging(make_case: MakeCase, drawn: tuple[list[Any], list[Any]], random: Any) -> None:
    rows, links = drawn
    case = make_case()
    merged = merge_incidents(case, RECORDS.from_rows(rows), LINKS.from_rows(links))
    incidents = merged.incidents.to_pylist()

    # No source is lost: each record is in exactly one incident.
    assert sorted(r for i in incidents for r in i["records"]) == sorted(row["record_id"] for row in rows)
    # A split pair never shares an incident.
    home = {record: i["incident_id"] for i in incidents for record in i["records"]}
    for link in links:
        if link["decided_by"] == "decision":
            assert home[link["record_a"]] != home[link["record_b"]]
    for link in merged.links.to_pylist():
        if link["linked"]:
            assert home[link["record_a"]] == home[link["record_b"]]
    # Each incident has a place of one of its own records, and the toll spans its records'.
    for incident in incidents:
        places = [p for p in merged.incident_places.to_pylist() if p["incident_id"] == incident["incident_id"]]
        assert len(places) == incident["n_places"] >= 1
        assert {p["record_id"] for p in places} <= set(incident["records"])
        lows = [r["killed_low"] or 0 for r in rows if r["record_id"] in incident["records"]
                and (r["killed_low"], r["killed_high"]) != (None, None)]  # fmt: skip
        assert incident["killed_low"] == min(lows, default=None)
    # Order-free.
    random.shuffle(rows)
    random.shuffle(links)
    again = merge_incidents(case, RECORDS.from_rows(rows), LINKS.from_rows(links))
    assert again.incidents.equals(merged.incidents)
    assert again.incident_places.equals(merged.incident_places)
    # Idempotent: what was carried out, carried out again, changes nothing.
    twice = merge_incidents(case, RECORDS.from_rows(rows), merged.links)
    assert twice.incidents.equals(merged.incidents)
    assert twice.links.equals(merged.links)


def test_two_names_of_one_actor_are_no_conflict(merge: Merge, make_record: Make) -> None:
    rows = [make_record(f"x:{n}", group_id="g", actors=[name]) for n, name in enumerate(("Blue Guard", "the Blues"))]
    (apart,) = merge(rows).incidents["conflicts"].to_pylist()
    assert "actors" in apart
    aliased = {"id": "blue", "name": "Blue Guard", "aliases": ["the Blues"]}
    other = {"id": "red", "name": "Red Guard"}
    (together,) = merge(rows, parties=[aliased, other], events=[]).incidents["conflicts"].to_pylist()
    assert "actors" not in together
