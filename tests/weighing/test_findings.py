"""The tests of a case on made-up ground: what runs, what is refused, and what is said."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contested.base.case import Case
from contested.base.errors import WeighingError
from contested.base.records import FINDING_ROWS, FINDINGS
from contested.weighing.findings import TESTS, weigh_case

MakeCase = Callable[..., Case]
MakeTables = Callable[..., dict[str, pa.Table]]
INSIDE, OUTSIDE = {"opp": 1.0}, {"gov": 1.0}


@pytest.fixture
def weigh(make_case: MakeCase, make_tables: MakeTables) -> Callable[..., dict[str, dict[str, Any]]]:
    """Findings by test, with their details read."""

    def run(incidents: list[dict[str, Any]], **case: Any) -> dict[str, dict[str, Any]]:
        findings, rows = weigh_case(make_case(**case), make_tables(incidents))
        FINDINGS.check(findings)
        FINDING_ROWS.check(rows)
        return {row["test"]: {**row, "details": json.loads(row["details"])} for row in findings.to_pylist()}

    return run


Weigh = Callable[..., dict[str, dict[str, Any]]]


def place(shares: dict[str, float] | None = None, **values: Any) -> dict[str, Any]:
    """A place of an incident."""
    return {"shares": INSIDE if shares is None else shares, **values}


def test_eight_incidents_all_inside(weigh: Weigh) -> None:
    finding = weigh([{"day": day, "places": [place()]} for day in range(8)])["area_shares"]
    assert (finding["n"], finding["estimate"], finding["bound_low"], finding["bound_high"]) == (8, 1.0, 1.0, 1.0)
    # 90 % Wilson interval of 8 in 8: low = n / (n + z²).
    assert finding["low"] == pytest.approx(8 / (8 + 1.6448536269514722**2))
    assert finding["high"] == 1.0
    assert finding["refused"] is True
    assert finding["p_value"] is None
    assert "8 dated and placed incidents are fewer than the 10" in finding["reading"]
    assert "does not show who attacked" in finding["reading"]
    assert "256 at a chance of 1" in finding["reporting_term"]
    assert "if nothing at all could be reported from the area of the government" in finding["reporting_term"]
    assert finding["details"]["reporting"]["break_even_reporting_ratio"] == 0.0


def test_share_of_an_incident_is_the_mean_over_its_located_places(weigh: Weigh) -> None:
    places = [place(), place({"opp": 0.5, "gov": 0.5}), {}]
    finding = weigh([{"places": places}])["area_shares"]
    assert finding["n"] == 1
    assert finding["estimate"] == pytest.approx(0.75)
    assert (finding["bound_low"], finding["bound_high"]) == (0.0, 1.0)
    assert finding["details"]["places_without_area"] == 1


def test_place_without_a_radius_is_used_by_no_share(weigh: Weigh) -> None:
    places = [place(), place({"unknown": 1.0}, radius_m=None)]
    finding = weigh([{"places": places}])["area_shares"]
    assert finding["estimate"] == 1.0
    assert finding["details"]["places_without_area"] == 1


def test_bounds_let_every_ambiguous_or_unplaced_incident_fall_either_way(weigh: Weigh) -> None:
    incidents = [
        {"places": [place()]},
        {"places": [place(OUTSIDE)]},
        {"places": [place({"opp": 0.3, "gov": 0.7})]},
        {"places": [place({"contested": 1.0})]},
        {"places": [place({"unknown": 0.2, "gov": 0.8})]},
        {"places": [place({"unknown": 1.0})]},
        {"places": [{}]},
        {"places": [place()], "days": 30},
    ]
    finding = weigh(incidents)["area_shares"]
    assert finding["n"] == 5
    assert finding["estimate"] == pytest.approx(1.3 / 5)
    assert finding["bound_low"] == pytest.approx(1 / 8)
    assert finding["bound_high"] == pytest.approx(7 / 8)
    details = finding["details"]
    assert details["n_wholly_in_losing_area"] == details["n_wholly_out"] == 1
    assert details["ambiguous"] == ["i-03", "i-04", "i-05"]
    assert details["not_covered"] == ["i-06"]
    assert details["not_placed"] == ["i-07"]
    assert details["not_dated_to_a_week"] == ["i-08"]
    assert "3 incidents could not be placed or dated" in finding["reading"]


def test_shares_that_carry_rounding_are_taken_for_whole(weigh: Weigh) -> None:
    finding = weigh([{"places": [place({"opp": 1.0 - 1e-12, "gov": 1e-12})]}])["area_shares"]
    assert finding["details"]["ambiguous"] == []
    assert finding["bound_low"] == 1.0


def test_ten_incidents_without_others_are_still_refused_a_test(weigh: Weigh) -> None:
    findings = weigh([{"day": day, "places": [place(front_m=100.0)]} for day in range(12)])
    for name in ("area_shares", "front_distances"):
        assert findings[name]["refused"] is True
        assert "labels cannot be shuffled" in findings[name]["reading"]


def test_incidents_against_others_of_the_same_source_and_month(weigh: Weigh) -> None:
    incidents = [{"day": 0, "places": [place(front_m=100.0 + day)]} for day in range(10)]
    others = [{"day": 0, "event": None, "places": [place(OUTSIDE, front_m=5000.0)]} for _ in range(4)]
    elsewhere = [{"day": 0, "event": None, "datasets": ["x"], "places": [place(OUTSIDE)]}]
    findings = weigh([*incidents, *others, *elsewhere])
    area = findings["area_shares"]
    assert area["refused"] is False
    # Only one way of naming ten of fourteen gives all ten inside: 1 / C(14, 10).
    assert area["p_value"] == pytest.approx(1 / 1001)
    assert findings["front_distances"]["p_value"] == pytest.approx(1 / 1001)
    assert area["details"]["reporting"]["others_of_same_datasets"] == 4
    assert "4.0 of them in the area of the government, so they do report from there" in area["reporting_term"]


def test_front_distance_is_the_least_over_places_with_its_bounds(weigh: Weigh) -> None:
    incidents = [
        {"places": [place(front_m=900.0), place(front_m=300.0)]},
        {"places": [place(front_m=1500.0)]},
        {"places": [place(front_m=200.0)]},
        {"places": [place()]},
    ]
    finding = weigh(incidents)["front_distances"]
    assert finding["n"] == 3
    assert (finding["estimate"], finding["low"], finding["high"]) == (300.0, 200.0, 1500.0)
    assert (finding["bound_low"], finding["bound_high"]) == (0.0, 700.0)
    assert finding["details"]["n_near"] == 2
    assert finding["refused"] is True
    assert "1 incident without a known day, place or front was left out" in finding["reading"]


def test_order_of_eight_runs_though_they_are_few(weigh: Weigh) -> None:
    incidents = [{"day": 2 * day, "places": [place(fell=20 + day)]} for day in range(8)]
    finding = weigh(incidents)["order_of_attacks_and_falls"]
    assert finding["refused"] is False
    assert (finding["n"], finding["estimate"], finding["seed"]) == (8, 1.0, None)
    assert finding["p_value"] == pytest.approx(1 / 40320)
    assert finding["details"]["p_value_over_all_orders"] == pytest.approx(1 / 40320)
    assert finding["details"]["lead_days"] == {f"i-{n + 1:02d}": 20 - n for n in range(8)}
    assert "does not show who attacked" in finding["reading"]


def test_order_that_the_days_force_is_no_evidence(weigh: Weigh) -> None:
    # Each place falls the day after its attack, so no fall could go with any later attack.
    incidents = [{"day": 5 * day, "places": [place(fell=5 * day + 1)]} for day in range(6)]
    finding = weigh(incidents)["order_of_attacks_and_falls"]
    assert finding["estimate"] == 1.0
    assert finding["p_value"] == 1.0
    assert finding["details"]["n_orders"] == 1
    assert finding["details"]["p_value_over_all_orders"] == pytest.approx(1 / 720)


def test_order_takes_the_first_fall_and_gives_the_last_beside(weigh: Weigh) -> None:
    incidents = [
        {"day": 0, "places": [place(fell=10), place(fell=30), place(fell=5, to="isis")]},
        {"day": 1, "places": [place(fell=12)]},
        {"day": 2, "places": [place(fell=14)]},
        {"day": 3, "places": [place()]},
        {"day": 4, "places": [place(fell=20)], "days": 30},
    ]
    finding = weigh(incidents)["order_of_attacks_and_falls"]
    assert finding["n"] == 3
    assert finding["estimate"] == 1.0
    details = finding["details"]
    assert details["first_place_fell_on"]["i-01"] == "2016-11-28"
    assert details["last_place_fell_on"]["i-01"] == "2016-12-18"
    assert details["tau_with_last_fall"] == pytest.approx(-1 / 3)
    assert finding["bound_low"] == pytest.approx(-1 / 3)
    assert details["no_fall_in_the_layer"] == ["i-04"]
    assert details["not_dated_to_a_week"] == ["i-05"]
    assert "2 incidents without a known day" in finding["reading"]


@pytest.mark.parametrize(
    ("incidents", "words"),
    [
        ([], "there are none"),
        ([{"places": [place(fell=3)]}], "there is one"),
        ([{"day": day, "places": [place(fell=9)]} for day in range(4)], "all values are tied"),
        ([{"places": [place(fell=9 + n)]} for n in range(4)], "all values are tied"),
        ([{"day": day, "days": 31, "places": [place(fell=40 + day)]} for day in range(4)], "there are none"),
    ],
)
def test_order_is_refused_where_there_is_none(weigh: Weigh, incidents: list[Any], words: str) -> None:
    finding = weigh(incidents)["order_of_attacks_and_falls"]
    assert finding["refused"] is True
    assert finding["p_value"] is None
    assert words in finding["reading"]


@pytest.mark.parametrize(
    "incidents",
    [
        [],
        [{"places": []}],
        [{"places": [{}]}],
        [{"places": [place({"unknown": 1.0})]}],
        [{"places": [place()], "days": 365}],
    ],
)
def test_nothing_to_use_is_a_finding_too(weigh: Weigh, incidents: list[Any]) -> None:
    findings = weigh(incidents)
    assert len(findings) == len(TESTS)
    assert findings["area_shares"]["refused"] is True
    assert findings["area_shares"]["estimate"] is None
    assert findings["front_distances"]["n"] == 0


def test_every_layer_of_the_case_is_weighed_by_itself(make_case: MakeCase, make_tables: MakeTables) -> None:
    layers = [{"name": name, "path": "layers/w.csv", "form": "wide"} for name in ("wiki", "other")]
    tables = make_tables([{"places": [place()]}])
    findings, _ = weigh_case(make_case(layers=layers), tables)
    found = {row["layer"]: row for row in findings.to_pylist() if row["test"] == "area_shares"}
    assert found["wiki"]["n"] == 1
    assert found["other"]["n"] == 0
    assert "does not cover" in found["other"]["reading"]


def test_weighings_that_make_no_sense_are_refused(make_case: MakeCase, make_tables: MakeTables) -> None:
    tables = make_tables([])
    one = {"event": "chlorine", "layer": "wiki", "advancing": "gov", "losing": "opp"}
    with pytest.raises(WeighingError, match="both advancing and losing"):
        weigh_case(make_case(weighing=[{**one, "losing": "gov"}]), tables)
    with pytest.raises(WeighingError, match="declared twice"):
        weigh_case(make_case(weighing=[one, {**one, "near_front_m": 5000}]), tables)
    with pytest.raises(WeighingError, match='the table "fronts" is missing'):
        weigh_case(make_case(), {name: table for name, table in tables.items() if name != "fronts"})


def test_case_without_a_weighing_has_no_findings(make_case: MakeCase, make_tables: MakeTables) -> None:
    findings, rows = weigh_case(make_case(weighing=[]), make_tables([]))
    assert findings.num_rows == rows.num_rows == 0


@st.composite
def incident_lists(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Up to thirteen incidents with places of every kind."""
    incidents = []
    for _ in range(draw(st.integers(0, 13))):
        day = draw(st.integers(0, 20))
        places = []
        for _ in range(draw(st.integers(0, 3))):
            share = draw(st.sampled_from([0.0, 0.25, 1.0]))
            rest = draw(st.sampled_from(["gov", "contested", "unknown"]))
            shares = draw(st.sampled_from([{}, {"opp": share, rest: 1.0 - share}]))
            fell = draw(st.sampled_from([None, day, day + 4, day + 11]))
            front_m = draw(st.sampled_from([None, 0.0, 250.0, 4000.0]))
            to = draw(st.sampled_from(["gov", "isis"]))
            places.append({"shares": shares, "fell": fell, "to": to, "front_m": front_m})
        event = draw(st.sampled_from(["chlorine", "chlorine", None]))
        days = draw(st.sampled_from([1, 1, 3, 40]))
        incidents.append({"day": day, "places": places, "event": event, "days": days})
    return incidents


@given(incident_lists())
@settings(max_examples=40, deadline=None)
def test_laws_of_findings(make_case: MakeCase, make_tables: MakeTables, incidents: list[dict[str, Any]]) -> None:
    tables = make_tables(incidents)
    findings, rows = weigh_case(make_case(), tables)
    # The same tables, their rows in another order, give the same findings.
    backwards = {
        name: table.take(pa.array(range(table.num_rows - 1, -1, -1), pa.int64())) for name, table in tables.items()
    }
    again = weigh_case(make_case(), backwards)
    assert again[0].equals(findings)
    assert again[1].equals(rows)
    # Every row named is there.
    keys = {
        "incidents": ("incident_id",),
        "incident_places": ("incident_id", "place_no"),
        "control": ("incident_id", "place_no", "layer", "party"),
        "fronts": ("incident_id", "place_no", "layer"),
    }
    there = {
        (name, "|".join(str(row[column]) for column in columns))
        for name, columns in keys.items()
        for row in tables[name].to_pylist()
    }
    assert {(row["table"], row["row_key"]) for row in rows.to_pylist()} <= there
    # Each finding names every incident of its event, and counts those used.
    of_event = {row["incident_id"] for row in tables["incidents"].to_pylist() if row["event_id"] == "chlorine"}
    for finding in findings.to_pylist():
        roles = {
            row["row_key"]: row["role"]
            for row in rows.to_pylist()
            if row["finding_id"] == finding["finding_id"] and row["table"] == "incidents"
        }
        assert of_event <= set(roles)
        assert finding["n"] == sum(role in ("used", "ambiguous") for role in roles.values())
        if finding["estimate"] is not None:
            bounds = finding["bound_low"], finding["estimate"], finding["bound_high"]
            assert sorted(bounds) == pytest.approx(list(bounds))
        assert not re.search(r"\b(guilty|culprit|responsible|did it)\b", finding["reading"])
        assert "does not show" in finding["reading"] or "shows nothing" in finding["reading"] or finding["n"] == 0
