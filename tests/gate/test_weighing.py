"""The gate of the weighing: its peers are right, its bands are honest, its page holds what was run."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from gate.conflict_simulator import Policy, Precision, Settings, make_world
from gate.weighing_scenarios import SCENARIOS, Outcome, Scenario, run_scenario

from contested.territory.control import ControlLayer
from contested.weighing.findings import TESTS
from gate import weighing, weighing_peers, weighing_report

SMALL = Settings(Policy(0.6, n=12), Policy(0.6, n=15), days=30)


def scenario(**more: object) -> Scenario:
    return replace(Scenario("small", "a small one", SMALL), **more)  # type: ignore[arg-type]


def outcomes(p: np.ndarray, tied: bool = True) -> list[Outcome]:
    return [Outcome({"area_shares": (float(one), float(one) if tied else None)}) for one in p]


def test_scenarios_name_tests_that_exist() -> None:
    known = {test.__name__ for test in TESTS}
    assert {name for one in SCENARIOS.values() for name in one.tests} <= known
    assert len(SCENARIOS) == len({one.name for one in SCENARIOS.values()})


def test_a_run_holds_ours_beside_the_peers_and_comes_out_the_same_again() -> None:
    one = scenario(null=True, covers=("area_shares",), thetas=(0.5, 0.9))
    outcome = run_scenario(one, 3)
    assert set(outcome.p) == {"area_shares", "naive, by area", "rows permuted", "rows permuted, no strata"}
    assert set(outcome.intervals) == {"area_shares", "points as given", "imprecise dropped", "even draws, Rubin"}
    assert {row[3] for row in outcome.intervals.values()} == {0.9}
    p, tied = outcome.p["area_shares"]
    assert tied is not None
    assert 0 <= tied <= p <= 1
    assert outcome == run_scenario(one, 3)


def test_a_refusal_is_counted() -> None:
    outcome = run_scenario(scenario(settings=Settings(Policy(0.6, n=3), Policy(0.6, n=5), days=30)), 1)
    assert outcome.refused == ["area_shares"]
    assert weighing.summarise(scenario(), [outcome]).refused == {"area_shares": 1}


def test_uniform_p_values_pass_and_others_do_not() -> None:
    generator = np.random.default_rng(1)
    one = scenario(null=True)
    assert weighing.summarise(one, outcomes(generator.random(500))).faults == []
    (too_often, *_) = weighing.summarise(one, outcomes(generator.random(500) ** 2)).faults
    assert "says p <= 0.05" in too_often
    assert weighing.summarise(one, outcomes(np.sqrt(generator.random(500)))).faults
    # Without ties known, too large p-values are no fault; too small ones are.
    assert weighing.summarise(one, outcomes(np.sqrt(generator.random(500)), tied=False)).faults == []
    assert weighing.summarise(one, outcomes(generator.random(500) ** 2, tied=False)).faults
    assert weighing.summarise(replace(one, breaks="something"), outcomes(np.zeros(500))).faults == []


@pytest.mark.parametrize(("held", "is_right"), [(0.90, True), (0.97, False), (0.80, False)])
def test_intervals_must_hold_nine_in_ten(held: float, is_right: bool) -> None:
    rows = [Outcome(intervals={"area_shares": (0.5, 0.4, 0.6, 0.5 if k < held * 500 else 0.9)}) for k in range(500)]
    result = weighing.summarise(scenario(covers=("area_shares",)), rows)
    assert (result.faults == []) is is_right
    assert result.covers[0].width == pytest.approx(0.2)


def test_few_runs_refute_little() -> None:
    assert weighing.is_possible(60, 60, (0.88, 0.92))
    assert not weighing.is_possible(600, 600, (0.88, 0.92))
    assert weighing_report.clopper_pearson(0, 10) == pytest.approx((0.0, 0.3085), abs=1e-4)


def test_row_permutation_counts_ties_and_keeps_strata() -> None:
    generator = np.random.default_rng(1)
    labels = np.array([True, False] * 10)
    # All values alike within each stratum: every arrangement ties.
    strata = np.repeat([0, 1], 10)
    assert weighing_peers.rows_permuted_p(strata.astype(float), labels, strata, generator) == 1.0
    assert weighing_peers.rows_permuted_p(labels.astype(float), labels, 0 * strata, generator) < 0.01


def test_peers_of_exact_rows_agree_with_the_truth() -> None:
    world = make_world(Settings(Policy(0.7, n=80), Policy(n=0), precisions=(Precision(0.0),), days=30), 1)
    layer = ControlLayer(world.tables["holdings"])
    rows = weighing_peers.Rows.of(world, True)
    generator = np.random.default_rng(1)
    for one in (weighing_peers.points_as_given(layer, rows), weighing_peers.imprecise_dropped(layer, rows)):
        assert one.estimate == pytest.approx(world.truth.realised)
    even = weighing_peers.even_draws(layer, rows, generator)
    assert even.estimate == pytest.approx(world.truth.realised)
    assert even.low < even.estimate < even.high
    p = weighing_peers.area_proportional_p(layer, rows, 30, generator)
    assert 0 <= p <= 1


def test_the_gate_runs_keeps_and_reports(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page, kept = tmp_path / "docs/methods/calibration.md", tmp_path / "runs.jsonl"
    page.parent.mkdir(parents=True)
    names = ["exact", "labels, few", "power, front, 10"]
    options = ["--runs", "2", "--scenario", *names, "--kept", str(kept), "--report", str(page), "--floors"]
    assert weighing.main(options) == 0
    assert {json.loads(line)["scenario"] for line in kept.read_text().splitlines()} == set(names)
    first = page.read_text()
    for name in names[:2]:
        assert SCENARIOS[name].story in first
    assert (tmp_path / "docs/images/calibration.svg").stat().st_size > 5_000
    size = kept.stat().st_size
    assert weighing.main(options) == 0
    assert kept.stat().st_size == size
    assert page.read_text() == first
    assert "exact (2 runs)" in capsys.readouterr().out
