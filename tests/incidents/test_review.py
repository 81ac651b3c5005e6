"""The queue: every unsure pair once, in the order of what an answer would change; and what a decision does."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.incidents.test_match import record_lists
from tests.incidents.test_merge import decided

from contested.base.case import Case
from contested.base.records import LINKS, RECORDS
from contested.incidents.match import pair_records
from contested.incidents.merge import merge_incidents
from contested.incidents.review import queue_lines, rank_links, review_queue

Make = Callable[..., dict[str, Any]]


@st.composite
def links_between(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Links of records a:0 to b:4, of all sorts."""
    pairs = [(f"a:{n}", f"b:{m}") for n in range(5) for m in range(5) if draw(st.booleans())]
    return [
        {
            "record_a": a, "record_b": b, "gap_days": 0, "probability": draw(st.floats(0.2, 1.0)),
            "decided_by": draw(st.sampled_from(["score", "score", "score", "group", "decision"])),
            "linked": draw(st.booleans()),
        }
        for a, b in pairs
    ]  # fmt: skip


@given(links_between(), st.lists(st.none() | st.integers(0, 300), min_size=10, max_size=10))
def test_unsure_pairs_are_numbered_from_one_by_what_an_answer_would_change(
    make_record: Make, links: list[dict[str, Any]], killed: list[int | None]
) -> None:
    names = [f"{dataset}:{n}" for dataset in "ab" for n in range(5)]
    of = dict(zip(names, killed, strict=True))
    records = RECORDS.from_rows(make_record(name, killed_best=of[name]) for name in names)
    ranked = rank_links(LINKS.from_rows(links), records)
    assert ranked.drop_columns(["review_rank"]).equals(LINKS.from_rows(links).drop_columns(["review_rank"]))
    rows = ranked.to_pylist()
    asked = sorted((row for row in rows if row["review_rank"] is not None), key=lambda row: row["review_rank"])
    assert [row["review_rank"] for row in asked] == list(range(1, len(asked) + 1))
    for row in rows:
        unsure = row["decided_by"] == "score" and 0.2 <= row["probability"] <= 0.8
        assert (row["review_rank"] is not None) == unsure

    def change(row: dict[str, Any]) -> float:
        fewer = min(of[row["record_a"]] or 0, of[row["record_b"]] or 0)
        return (1 - row["probability"] if row["linked"] else row["probability"]) * (1 + fewer)

    changes = [change(row) for row in asked]
    assert all(before >= after - 1e-9 for before, after in pairwise(changes))
    queue = review_queue(ranked, records, 3)
    assert [row["pair"] for row in queue] == [f"{row['record_a']}|{row['record_b']}" for row in asked[:3]]


def test_lines_show_both_records_and_only_reasons_that_tell(make_record: Make) -> None:
    records = RECORDS.from_rows(
        [make_record("a:1", title="Mill hit", killed_low=2, killed_high=None), make_record("b:1", place_name="Mirrow")]
    )
    row = {
        "record_a": "a:1", "record_b": "b:1", "probability": 0.4, "gap_days": 0, "decided_by": "score",
        "linked": False, "distance_m": 1500.0, "reasons": "partners -0.5; wording: no text +0.0",
    }  # fmt: skip
    lines = queue_lines(review_queue(rank_links(LINKS.from_rows([row]), records), records))
    assert "a:1|b:1" in lines[0] and "p 0.40" in lines[0] and "two incidents" in lines[0] and "1.5 km" in lines[0]
    assert "killed 2 to ?" in lines[1] and "Mill hit" in lines[1] and "Mirrow" in lines[2]
    assert [line.strip() for line in lines[3:]] == ["because partners -0.5"]


@pytest.fixture(scope="module")
def case(make_case: Callable[..., Case]) -> Case:
    return make_case()


@given(record_lists(), st.data())
def test_a_link_binds_and_a_split_parts_whatever_the_scores(
    case: Case, rows: list[dict[str, Any]], data: st.DataObject
) -> None:
    records = RECORDS.from_rows(rows)
    inside = [row["record_id"] for row in rows if row["in_window"]]
    if len(inside) < 2:
        return
    a, b = sorted(data.draw(st.lists(st.sampled_from(inside), min_size=2, max_size=2, unique=True)))
    for action in ("link", "split"):
        decisions = decided({"action": action, "row_key": f"{a}|{b}"})
        merged = merge_incidents(case, records, pair_records(records, decisions), decisions)
        assert _together(merged.incidents, a, b) == (action == "link")
        ranked = rank_links(merged.links, records).to_pylist()
        (link,) = (row for row in ranked if (row["record_a"], row["record_b"]) == (a, b))
        assert (link["review_rank"], link["decided_by"]) == (None, "decision")


def _together(incidents: pa.Table, a: str, b: str) -> bool:
    return any({a, b} <= set(members) for members in incidents["records"].to_pylist())
