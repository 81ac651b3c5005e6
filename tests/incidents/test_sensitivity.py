"""The headline counts in each way of linking."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from tests.incidents.test_match import record_lists

from contested.base.case import Case
from contested.base.records import DECISIONS, RECORDS
from contested.incidents import sensitivity
from contested.incidents.match import pair_records
from contested.incidents.merge import merge_incidents
from contested.incidents.sensitivity import vary_incidents


@pytest.fixture(scope="module")
def case(make_case: Callable[..., Case]) -> Case:
    return make_case()


def varied(case: Case, records: pa.Table) -> tuple[pa.Table, list[dict[str, Any]]]:
    """The incidents, and the rows of the table ``sensitivity``."""
    none = DECISIONS.empty()
    merged = merge_incidents(case, records, links := pair_records(records), none)
    return merged.incidents, vary_incidents(case, records, links, merged.incidents, none, {}).to_pylist()


@settings(max_examples=40)
@given(record_lists())
def test_the_first_line_is_the_table_and_each_other_one_way_of_linking(case: Case, rows: list[dict[str, Any]]) -> None:
    records = RECORDS.from_rows(rows)
    incidents, lines = varied(case, records)
    assert [line["variant_no"] for line in lines] == list(range(len(lines)))
    found = incidents.to_pylist()
    highs = (row["killed_low"] if row["killed_high"] is None else row["killed_high"] for row in found)
    assert lines[0] == {
        "variant_no": 0, "variant": "as they stand", "incidents": len(found),
        "of_several_datasets": sum(len(row["datasets"]) > 1 for row in found),
        "killed_low": sum(row["killed_low"] or 0 for row in found), "killed_high": sum(high or 0 for high in highs),
    }  # fmt: skip
    datasets = {row["dataset"] for row in rows if row["in_window"]}
    left_out = {line["variant"] for line in lines if line["variant"].startswith("without ")}
    assert left_out == ({f"without {name}" for name in datasets} if len(datasets) > 1 else set())
    for line in lines[1:]:
        name = line["variant"].removeprefix("without ")
        if name in datasets:
            kept = [row for row in rows if row["in_window"] and row["dataset"] != name]
            assert line["incidents"] <= len(kept) and line["of_several_datasets"] <= line["incidents"]
            assert line["incidents"] >= bool(kept)
            if len(datasets) == 2:
                assert line["of_several_datasets"] == 0


def test_a_dataset_left_out_has_no_incident_of_it(
    case: Case, make_record: Callable[..., dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[set[str], set[str]]] = []

    def merge(case: Case, records: pa.Table, links: pa.Table, decisions: pa.Table) -> Any:
        merged = merge_incidents(case, records, links, decisions)
        seen.append(
            (set(records["dataset"].to_pylist()), {n for one in merged.incidents["datasets"].to_pylist() for n in one})
        )
        return merged

    monkeypatch.setattr(sensitivity, "merge_incidents", merge)
    records = RECORDS.from_rows(make_record(f"{name}:{n}", lon=37.0 + n / 10) for name in "abc" for n in range(3))
    _, lines = varied(case, records)
    assert len(seen) == len(lines) - 1
    for line, (_, datasets) in zip(lines[1:], seen, strict=True):
        name = line["variant"].removeprefix("without ")
        assert datasets == {"a", "b", "c"} - {name}


def test_many_records_are_not_linked_again(
    case: Case, make_record: Callable[..., dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    records = RECORDS.from_rows([make_record("a:1"), make_record("b:1"), make_record("c:1", in_window=False)])
    monkeypatch.setattr(sensitivity, "MOST_RECORDS", 2)
    assert len(varied(case, records)[1]) > 1
    monkeypatch.setattr(sensitivity, "MOST_RECORDS", 1)
    assert [line["variant_no"] for line in varied(case, records)[1]] == [0]
