"""What a finding hangs on: planted findings that hold, and such that flip where they must and nowhere else."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contested.base.case import Case
from contested.base.records import ROBUSTNESS
from contested.weighing import robustness, variants
from contested.weighing.findings import case_samples, weigh_case
from contested.weighing.robustness import Outcome, vary_findings
from contested.weighing.sample import Sample
from contested.weighing.variants import list_variants

Rows = list[dict[str, Any]]
Vary = Callable[..., dict[str, Rows]]
INSIDE, OUTSIDE = 5_000.0, -5_000.0
VALUES = ("n", "estimate", "low", "high", "p_value")


@pytest.fixture
def weighed(make_case: Callable[..., Case], make_tables: Callable[..., Any]) -> Callable[..., tuple[Case, Any]]:
    """A case and its tables with ``findings``."""

    def run(incidents: Rows, ground: Any = None, **case: Any) -> tuple[Case, dict[str, pa.Table]]:
        if ground is not None:
            layer = {"path": "layers/w.csv", "form": "wide"}
            case.setdefault("layers", [{"name": name, **layer} for name in ground])
        made = make_case(**case)
        tables = make_tables(incidents, ground)
        tables["findings"], _ = weigh_case(made, tables)
        return made, tables

    return run


@pytest.fixture
def vary(weighed: Callable[..., tuple[Case, Any]]) -> Vary:
    """Rows of ``robustness`` of the usual layer, by test."""

    def run(incidents: Rows, ground: Any = None, **case: Any) -> dict[str, Rows]:
        made, tables = weighed(incidents, ground, **case)
        table = vary_findings(made, tables)
        ROBUSTNESS.check(table)
        ids = {
            row["finding_id"]: row["test"] for row in tables["findings"].to_pylist() if row["layer"] == "wiki"
        }  # fmt: skip
        found: dict[str, Rows] = {test: [] for test in ids.values()}
        for row in sorted(table.to_pylist(), key=lambda row: row["variant_no"]):
            if row["finding_id"] in ids:
                found[ids[row["finding_id"]]].append(row)
        return found

    return run


def at(day: int, m: float = INSIDE, north: float = 0.0, **values: Any) -> dict[str, Any]:
    place = {"m": m, "north": north, **{name: values.pop(name) for name in ("radius_m",) if name in values}}
    return {"day": day, "places": [place], **values}


def flips(rows: Rows) -> list[str]:
    return [row["variant"] for row in rows if row["holds"] is False]


def of_kind(rows: Rows, kind: str) -> Rows:
    return [row for row in rows if row["kind"] == kind]


# ------------------------------------------------------------------------------------------------------- the rows


def test_the_headline_is_the_finding(vary: Vary, weighed: Any) -> None:
    incidents = [at(2 * n) for n in range(6)]
    _, tables = weighed(incidents)
    stands = {row["test"]: row for row in tables["findings"].to_pylist()}
    found = vary(incidents)
    assert any(found.values())
    for test, rows in found.items():
        if stands[test]["estimate"] is None:
            assert rows == []
        else:
            assert {name: rows[0][name] for name in VALUES} == {name: stands[test][name] for name in VALUES}
            assert (rows[0]["kind"], rows[0]["holds"]) == ("as_it_stands", None)


def test_a_planted_robust_finding_holds_everywhere(vary: Vary) -> None:
    incidents = [at(3 * n, 8_000.0, datasets=["a", "b"][n % 2 : n % 2 + 1]) for n in range(12)]
    rows = vary(incidents)["area_shares"]
    told = [row for row in rows if row["holds"] is not None]
    assert flips(rows) == [] and {row["kind"] for row in told} >= {"dataset", "week"}
    assert not any(row["refused"] for row in rows if row["kind"] in ("dataset", "week", "lag"))


def test_a_finding_that_rests_on_one_dataset_flips_without_it_alone(vary: Vary) -> None:
    deep = [at(4 * n, datasets=["a"]) for n in range(6)]
    beyond = [at(4 * n, OUTSIDE, 9_000.0, datasets=["b"]) for n in range(4)]
    rows = vary([*deep, *beyond])["area_shares"]
    assert flips(rows) == ["without the dataset a"]
    without = next(row for row in rows if row["left_out"] == "a")
    assert (without["n"], without["estimate"]) == (4, 0.0)


def test_a_finding_that_rests_on_one_week_flips_without_it_alone(vary: Vary) -> None:
    # Day 6 is a Monday.
    busy = [at(6 + n % 5, north=6_500.0 * (n // 5)) for n in range(6)]
    beyond = [at(day, OUTSIDE) for day in (0, 14, 21, 28)]
    assert flips(vary([*busy, *beyond])["area_shares"]) == ["without the week of 2016-11-07"]


def test_a_finding_on_the_edge_of_a_day_flips_with_the_days(vary: Vary) -> None:
    incidents = [at(4 * n, north=4_000.0 * n - 8_000.0, radius_m=10.0) for n in range(5)]
    for one in incidents:
        one["places"][0]["fell"] = one["day"] + 2
    rows = vary(incidents)["area_shares"]
    assert flips(rows) == [
        f"every attack laid over the map of {days} days later" for days in (3, 7)
    ]  # fmt: skip


def test_each_layer_stands_alone_and_one_may_flip_it(vary: Vary, make_ground: Callable[..., Any]) -> None:
    incidents = [at(4 * n, 3_000.0) for n in range(6)]
    ground = {"wiki": make_ground(), "wiki2": make_ground(), "other": make_ground((), 6_000.0)}
    rows = of_kind(vary(incidents, ground)["area_shares"], "layer")
    holds = {row["variant"]: row["holds"] for row in rows}
    assert holds == {f"the layer {name} alone": name != "other" for name in ("wiki", "wiki2", "other")}


def test_too_little_left_is_counted_apart_from_a_flip(vary: Vary) -> None:
    rows = vary([at(2 * n, datasets=["a"]) for n in range(4)] + [at(1, datasets=["b"], event=None)])["area_shares"]
    without = {row["left_out"]: row for row in of_kind(rows, "dataset")}
    assert without["a"]["refused"] and without["a"]["holds"] is None and without["a"]["n"] == 0
    # The other dataset tells of no attack of the event.
    assert not without["b"]["tried"] and "changes no number" in without["b"]["reason"]


def test_a_variant_too_small_to_show_a_chance_is_refused_not_flipped(vary: Vary) -> None:
    incidents = [at(7 * n, north=4_000.0 * n - 8_000.0, radius_m=10.0) for n in range(4)]
    for one in incidents:
        one["places"][0]["fell"] = 40 + one["day"] // 7
    rows = vary(incidents)["order_of_attacks_and_falls"]
    assert rows[0]["p_value"] <= 0.05
    weeks = of_kind(rows, "week")
    # Of three incidents no order has a chance below one in six.
    assert [row["n"] for row in weeks] == [3] * 4 and flips(rows) == []
    assert all(row["refused"] and "so few could not" in row["reason"] for row in weeks)


def test_what_cannot_be_varied_is_said(vary: Vary) -> None:
    rows = vary([at(0), at(1), at(2)])["area_shares"]
    untried = {row["kind"]: row["reason"] for row in rows if not row["tried"]}
    assert "one dataset" in untried["dataset"] and "error_m" in untried["boundary"] and "layer" in untried["layer"]
    assert "one week" in untried["week"] and "outlet" in untried["outlet"]


def test_errors_that_the_case_states_are_moved(vary: Vary) -> None:
    layer = {"name": "wiki", "path": "layers/w.csv", "form": "wide", "error_m": 500}
    rows = of_kind(vary([at(3 * n, 800.0) for n in range(6)], layers=[layer])["area_shares"], "boundary")
    assert [row["variant"] for row in rows] == [f"boundaries moved by {n} times the error stated" for n in (0, 2)]
    assert rows[0]["estimate"] == 1.0 > rows[1]["estimate"]


def test_many_incidents_leave_out_the_kinds_for_which_there_is_no_time(
    vary: Vary, monkeypatch: pytest.MonkeyPatch
) -> None:
    incidents = [at(2 * n, datasets=["ab"[n % 2]]) for n in range(12)]
    monkeypatch.setattr(robustness, "MOST_WORK", 0.7)
    rows = vary(incidents)["area_shares"]
    assert of_kind(rows, "dataset")[0]["tried"]
    assert "12 incidents would take too long" in of_kind(rows, "lag")[0]["reason"]
    assert len(of_kind(rows, "lag")) == 1


# -------------------------------------------------------------------------------------------------- laws of samples


@pytest.fixture
def sample(weighed: Any) -> Sample:
    """Incidents of two datasets and three outlets, one of which never tells alone."""
    incidents = [at(3 * n, datasets=[["a"], ["b"], ["a", "b"]][n % 3], days=1 + n % 3) for n in range(9)]
    case, tables = weighed([*incidents, at(2, event=None, datasets=["b"])])
    one = next(case_samples(case, tables))
    outlets = [("x",), ("y",), ("x", "z")]
    return replace(one, incidents=replace(one.incidents, sources=tuple(itertools.islice(itertools.cycle(outlets), 9))))


def varied_of(sample: Sample, kind: str) -> dict[str, Sample]:
    return {
        one.words: one.sample() for varied in list_variants(sample, {"wiki": sample})
        if varied.kind == kind for one in varied.variants
    }  # fmt: skip


def test_an_incident_stays_while_anybody_else_tells_of_it(sample: Sample) -> None:
    for name, column in (("dataset", "datasets"), ("outlet", "sources")):
        for words, one in varied_of(sample, name).items():
            left_out = words.split()[-1] if name == "dataset" else words.split()[-2]
            told = getattr(sample.incidents, column)
            stays = [key for key, own in zip(sample.incidents.ids, told, strict=True) if set(own) != {left_out}]
            assert list(one.incidents.ids) == stays
            assert all(left_out not in own for own in getattr(one.incidents, column))
    assert list(varied_of(sample, "outlet")) == ["without what only x tells", "without what only y tells"]


def test_weeks_part_the_incidents(sample: Sample) -> None:
    weeks = varied_of(sample, "week")
    gone = [set(sample.incidents.ids) - set(one.incidents.ids) for one in weeks.values()]
    assert set().union(*gone) == set(sample.incidents.ids) and sum(map(len, gone)) == len(sample.incidents)


def test_classes_of_precision_part_the_incidents(sample: Sample) -> None:
    for words in ("placed", "dated"):
        gone = [
            set(sample.incidents.ids) - set(one.incidents.ids)
            for name, one in varied_of(sample, "precision").items() if (words == "dated") == ("dated" in name)
        ]  # fmt: skip
        assert set().union(*gone) == set(sample.incidents.ids) and sum(map(len, gone)) == len(sample.incidents)


def test_days_move_as_one_and_radii_scale(sample: Sample) -> None:
    for one, days in zip(varied_of(sample, "lag").values(), variants.LAGS, strict=True):
        moved = (one.incidents.date_end - sample.incidents.date_end).astype(int)
        assert set(moved.tolist()) == {days} and np.array_equal(one.incidents.span_days, sample.incidents.span_days)
    radii = [one.incidents.radius_m for words, one in varied_of(sample, "window").items() if "radius" in words]
    assert [float(radius[0] / sample.incidents.radius_m[0]) for radius in radii] == list(variants.SCALES)


def test_no_variant_changes_what_it_varies_from(sample: Sample) -> None:
    before = sample.incidents
    copy = replace(before, radius_m=before.radius_m.copy(), date_start=before.date_start.copy())
    for kind in ("dataset", "outlet", "week", "window", "precision", "lag"):
        assert varied_of(sample, kind)
    assert np.array_equal(copy.radius_m, before.radius_m) and np.array_equal(copy.date_start, before.date_start)


def test_the_outlets_with_the_most_incidents_are_left_out_first(
    sample: Sample, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(variants, "MOST_OUTLETS", 1)
    outlets = next(varied for varied in list_variants(sample, {"wiki": sample}) if varied.kind == "outlet")
    assert [one.left_out for one in outlets.variants] == ["x"] and "1 further outlet" in str(outlets.not_tried)


# ------------------------------------------------------------------------------------------------- what holds is

numbers = st.floats(-10, 10)
chances = st.none() | st.floats(0.0001, 1.0)
outcomes = st.builds(
    Outcome, estimate=numbers, low=st.none() | numbers, high=st.none() | numbers, p_value=chances,
    expected=st.none() | numbers,
)  # fmt: skip


@given(outcomes)
def test_every_finding_holds_against_itself(one: Outcome) -> None:
    if one.low is not None and one.high is not None:
        one = replace(one, low=min(one.low, one.high), high=max(one.low, one.high))
    holds, reason = one.compare(one)
    assert holds is True or (holds is None and "neither" in str(reason))


@given(outcomes, outcomes)
def test_a_chance_on_the_other_side_of_one_in_twenty_never_holds(a: Outcome, b: Outcome) -> None:
    a, b = replace(a, expected=0.0), replace(b, expected=0.0)
    holds, _ = a.compare(b)
    if a.p_value is not None and b.p_value is not None and (a.p_value <= 0.05) != (b.p_value <= 0.05):
        assert holds is False
    elif holds is not None:
        assert holds == (np.sign(a.estimate) == np.sign(b.estimate))


def test_without_a_value_that_says_nothing_intervals_must_overlap() -> None:
    one = Outcome(1.0, 0.5, 1.5, None, None)
    assert one.compare(Outcome(2.0, 1.5, 3.0, None, None)) == (True, None)
    assert one.compare(Outcome(2.0, 1.6, 3.0, None, None)) == (False, None)
    assert one.compare(Outcome(2.0, None, None, None, None))[0] is None
