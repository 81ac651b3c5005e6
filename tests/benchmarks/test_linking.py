"""The benchmark of pairs gives every way the same question, and goes on where a peer is missing."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
sys.path.insert(0, str(PROJECT / "benchmarks"))

import linking  # noqa: E402

from contested.base.records import RECORDS  # noqa: E402
from contested.incidents import pairs  # noqa: E402


@pytest.fixture(autouse=True)
def unchanged_way(monkeypatch: pytest.MonkeyPatch) -> None:
    """The benchmark chooses between the compiled loop and arrays; put that back after each test."""
    monkeypatch.setattr(pairs, "is_worthwhile", pairs.is_worthwhile)


def test_ways_agree_and_a_missing_peer_is_named() -> None:
    def absent(left: object, right: object) -> None:
        raise ModuleNotFoundError("No module named 'peer'")

    ways = [
        linking.Way("arrays", linking.ours(False)), linking.Way("every record", linking.every_record()),
        linking.Way("duckdb", linking.duckdb_grid()), linking.Way("tree", linking.search_tree()),
        linking.Way("peer", absent), linking.Way("few", linking.every_record(), most=10),
    ]  # fmt: skip
    found = linking.measure(ways, [600], repeats=1, seed=2)
    assert found[600] > 20
    assert [way.differ.get(600) for way in ways] == [0, 0, 0, 0, None, None]
    text = linking.report(ways, found, {"load": 1})
    assert "not run: ModuleNotFoundError: No module named 'peer'" in text
    assert len(ways[0].seconds[600]) == 1


def test_the_whole_way_is_measured_on_a_right_table() -> None:
    records = linking.make_records(300, 1)
    RECORDS.check(records)
    assert set(records["dataset"].to_pylist()) == {"alpha", "beta", "gamma"}
    found = linking.whole(300, 1)
    assert found["records"] == 300
    assert 100 <= found["incidents"] <= 300
    assert found["peak_mib"] > 0
