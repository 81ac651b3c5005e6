"""The benchmark of weighing asks every way the same, scales as it says, and goes on where a peer is missing."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

PROJECT = Path(__file__).parents[2]
sys.path.insert(0, str(PROJECT / "benchmarks"))

import weighing  # noqa: E402
from contested.base.records import INCIDENT_PLACES, INCIDENTS  # noqa: E402
from contested.weighing import clustering, draws  # noqa: E402


@pytest.fixture(autouse=True)
def few_days(monkeypatch: pytest.MonkeyPatch) -> None:
    """Twenty maps in place of four hundred, and few points that measure the extent of classes of ground."""
    monkeypatch.setattr(weighing, "DAYS", 20)
    monkeypatch.setattr(draws, "EXTENT_POINTS", 500)
    monkeypatch.setattr(clustering, "MAX_WORK", clustering.MAX_WORK)  # the benchmark lifts it


def test_invented_tables_are_right_and_the_front_moves() -> None:
    incidents, places = weighing.make_tables(50, 20, seed=1)
    INCIDENTS.check(incidents)
    INCIDENT_PLACES.check(places)
    sample = weighing.make_world(50, weighing.make_holdings(20, seed=1), seed=1)
    assert len(sample.incidents) + len(sample.others) == 50
    middle = np.array([38.0, 38.0]), np.array([35.5, 35.5])
    ends = np.array(["2015-01-01", "2015-01-20"], dtype="datetime64[D]")
    assert [sample.control.columns[code] for code in sample.control.codes_on(*middle, ends)] == ["opp", "gov"]


def test_labelling_is_measured_and_missing_peers_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("geopandas", "pandas"):
        monkeypatch.setitem(sys.modules, name, None)
    ways, facts = weighing.measure_labelling([80, 120], permutations=40, repeats=1, seed=1)
    assert [way.missing is None for way in ways] == [True] * 8 + [False] * 2
    assert all(len(way.seconds) == 1 and way.peak_mib > 0 for way in ways[:8])
    assert ways[0].answer == ways[3].answer
    assert facts == []
    text = weighing.table(ways)
    assert "| pandas, labels, 120 incidents, 1 mean, 40 permutations | not run: " in text
    assert "| contested, labels, 80 incidents, 100 draws, 40 permutations | " in text


def test_salvos_are_measured_and_all_ways_count_the_same_pairs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pointpats", None)
    ways, facts = weighing.measure_salvos([60], permutations=30, repeats=1, seed=1)
    assert [way.missing is None for way in ways] == [True, True, False, False]
    assert ways[0].answer == ways[1].answer
    assert facts == [f"pairs near and soon of 60 incidents, by each way: {ways[0].answer:.0f}, {ways[0].answer:.0f}"]


def test_what_is_done_once_is_not_multiplied(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([0.0, 2.0, 2.0, 5.0] * 2)
    monkeypatch.setattr(weighing.time, "process_time", lambda: next(clock))
    way = weighing.or_missing("a peer", lambda: lambda permutations: permutations, times=10.0, few=7)
    weighing.take_turns([way], repeats=1)
    # Two seconds once, and one second ten times.
    assert way.seconds == [12.0]
    assert way.answer == 7
    assert "12 (12 to 12), scaled by 10" in weighing.table([way])


def test_the_whole_case_is_weighed() -> None:
    found = weighing.whole(60, seed=1)
    assert found["incidents"] == 60
    assert found["findings"] == len(weighing.TESTS)
    assert set(found["seconds"]) == {"locate", "weigh_case", *(test.__name__ for test in weighing.TESTS)}
