"""The tests of a case on invented ground: what runs, what is refused, and what is said."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from contested.base.case import Case
from contested.base.errors import WeighingError
from contested.base.records import FINDING_ROWS, FINDINGS
from contested.weighing.findings import TESTS, weigh_case

MakeCase = Callable[..., Case]
MakeTables = Callable[..., dict[str, pa.Table]]
Weigh = Callable[..., dict[str, dict[str, Any]]]
LAYER = {"path": "layers/w.csv", "form": "wide"}
#: Metres from the front at which no disc of the tests reaches over it, on either side.
INSIDE, OUTSIDE, CONTESTED, UNCOVERED = 5_000.0, -5_000.0, 22_000.0, 26_000.0


@pytest.fixture
def weigh(make_case: MakeCase, make_tables: MakeTables) -> Weigh:
    """Findings by test, with their details read; ``ground`` holds layers in place of the usual one."""

    def run(incidents: list[dict[str, Any]], ground: Any = None, **case: Any) -> dict[str, dict[str, Any]]:
        if ground is not None:
            case["layers"] = [{"name": name, **LAYER} for name in ground]
        findings, rows = weigh_case(make_case(**case), make_tables(incidents, ground))
        FINDINGS.check(findings)
        FINDING_ROWS.check(rows)
        return {
            row["test"]: {**row, "details": json.loads(row["details"])}
            for row in findings.to_pylist()
            if row["layer"] == "wiki"
        }

    return run


def place(m: float = INSIDE, **values: Any) -> dict[str, Any]:
    """A place of an incident, so many metres east of the front."""
    return {"m": m, **values}


def spread(count: int, m: float = INSIDE, **values: Any) -> list[dict[str, Any]]:
    """So many incidents of one month, of which no two share an episode."""
    return [{"day": 2 * (n % 14), "places": [place(m, north=6000.0 * (n // 14))], **values} for n in range(count)]


def width(finding: dict[str, Any]) -> float:
    return float(finding["high"] - finding["low"])


# --------------------------------------------------------------------------------------- in whose area


def test_eight_incidents_all_inside(weigh: Weigh) -> None:
    finding = weigh(spread(8))["area_shares"]
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


def test_a_salvo_counts_once_in_the_interval(weigh: Weigh) -> None:
    finding = weigh([{"day": 0, "places": [place()]} for _ in range(8)])["area_shares"]
    assert finding["n"] == 8
    assert finding["details"]["n_independent"] == pytest.approx(1.0)
    assert finding["low"] == pytest.approx(1 / (1 + 1.6448536269514722**2))


def test_share_of_an_incident_is_the_mean_over_its_located_places(weigh: Weigh) -> None:
    places = [place(), place(OUTSIDE), place(located=False), place(radius_m=None)]
    finding = weigh([{"places": places}])["area_shares"]
    assert finding["n"] == 1
    assert finding["details"]["share_of_incident"] == {"i-01": pytest.approx({"gov": 0.5, "opp": 0.5})}
    assert finding["details"]["places_drawn_evenly"]["estimate"] == pytest.approx(0.5, abs=0.2)
    assert (finding["bound_low"], finding["bound_high"]) == (0.0, 1.0)
    assert finding["details"]["places_without_area"] == 2


def test_bounds_let_every_ambiguous_or_unplaced_incident_fall_either_way(weigh: Weigh) -> None:
    incidents = [
        {"places": [place()]},
        {"places": [place(OUTSIDE)]},
        {"places": [place(-50.0)]},
        {"places": [place(CONTESTED)]},
        {"places": [place(24_050.0)]},
        {"places": [place(UNCOVERED)]},
        {"places": [place(located=False)]},
        {"places": [place()], "days": 30},
        {"places": [place()], "day": 70},
        {"places": []},
    ]
    finding = weigh(incidents)["area_shares"]
    assert finding["n"] == 5
    assert finding["bound_low"] == pytest.approx(1 / 10)
    assert finding["bound_high"] == pytest.approx(9 / 10)
    assert finding["bound_low"] <= finding["estimate"] <= finding["bound_high"]
    details = finding["details"]
    assert details["n_wholly_in_losing_area"] == details["n_wholly_out"] == 1
    assert details["ambiguous"] == ["i-03", "i-04", "i-05"]
    assert details["not_covered"] == ["i-06", "i-09"]
    assert details["not_placed"] == ["i-07", "i-10"]
    assert details["not_dated_to_a_week"] == ["i-08"]
    assert "5 incidents could not be placed or dated" in finding["reading"]


def test_a_place_on_the_front_itself_may_be_either_partys(weigh: Weigh) -> None:
    # A point on a boundary that two parties claim is contested; its disc lies half in each.
    point, disc = ({"places": [place(0.0, radius_m=radius)]} for radius in (0.0, 500.0))
    for incident in (point, disc):
        finding = weigh([incident])["area_shares"]
        assert finding["n"] == 1
        assert (finding["bound_low"], finding["bound_high"]) == (0.0, 1.0)
        assert finding["details"]["n_ambiguous"] == 1
    shares = weigh([disc])["area_shares"]["details"]["share_of_incident"]["i-01"]
    assert shares == pytest.approx({"gov": 0.5, "opp": 0.5}, abs=0.01)
    assert weigh([point])["front_distances"]["estimate"] == pytest.approx(0.0, abs=0.01)


def test_an_incident_whose_place_fell_while_it_may_have_happened_is_ambiguous(weigh: Weigh) -> None:
    finding = weigh([{"day": 4, "days": 4, "places": [place(fell=7)]}])["area_shares"]
    assert finding["details"]["share_of_incident"]["i-01"] == pytest.approx({"gov": 0.25, "opp": 0.75})
    assert (finding["bound_low"], finding["bound_high"]) == (0.0, 1.0)


def test_incidents_against_others_of_the_same_source_and_month(weigh: Weigh) -> None:
    others = spread(4, OUTSIDE, event=None)
    elsewhere = [{**incident, "datasets": ["x"]} for incident in others]
    next_month = [{**incident, "day": incident["day"] + 31} for incident in others]
    findings = weigh([*spread(10, 500.0), *others, *elsewhere, *next_month])
    area = findings["area_shares"]
    assert area["refused"] is False
    # Only one way of naming ten of fourteen gives all ten inside: 1 / C(14, 10).
    assert area["p_value"] == pytest.approx(1 / 1001)
    assert area["details"]["random_labelling"]["n_ways"] == 1001
    assert findings["front_distances"]["p_value"] == pytest.approx(1 / 1001)
    assert area["details"]["reporting"]["others_of_same_datasets"] == 8
    assert "8.0 of them in the area of the government, so they do report from there" in area["reporting_term"]


def test_a_salvo_counts_as_one(weigh: Weigh) -> None:
    salvo = [{"day": 0, "places": [place()]} for _ in range(10)]
    area = weigh([*salvo, *spread(4, OUTSIDE, event=None)])["area_shares"]
    # The one salvo could be any of five: as good as no evidence, where rows would give 1 in 1,001.
    assert area["p_value"] == area["details"]["random_labelling"]["p_least"] == 1 / 5


def test_ties_are_all_counted(weigh: Weigh) -> None:
    findings = weigh([*spread(10, 5000.0), *spread(4, 5000.0, event=None)])
    assert findings["area_shares"]["p_value"] == 1.0
    assert findings["area_shares"]["details"]["random_labelling"]["p_two_sided"] == 1.0


def test_all_in_one_place_against_others_all_in_one_place(weigh: Weigh) -> None:
    here = [{"day": 2 * n, "places": [place(north=0.0)]} for n in range(12)]
    findings = weigh([*here, *spread(12, event=None)])
    assert findings["area_shares"]["estimate"] == 1.0
    assert findings["area_shares"]["p_value"] == 1.0
    assert width(findings["front_distances"]) == pytest.approx(0.0, abs=1e-6)


def test_ten_incidents_without_others_are_still_refused_a_test(weigh: Weigh) -> None:
    findings = weigh(spread(12))
    for name in ("area_shares", "front_distances"):
        assert findings[name]["refused"] is True
        assert findings[name]["p_value"] is None
        assert "labels cannot be shuffled" in findings[name]["reading"]


def test_a_single_stratum_of_each_kind_is_refused_a_test(weigh: Weigh) -> None:
    # One dataset tells of the event and another of the rest, so that no stratum holds both.
    findings = weigh([*spread(10), *spread(10, OUTSIDE, event=None, datasets=["x"])])
    assert findings["area_shares"]["refused"] is True
    assert "holds both incidents of the event and others" in findings["area_shares"]["reading"]


# ----------------------------------------------------------------------------------- how near the front


def test_front_distance_is_the_least_over_places_with_its_bounds(weigh: Weigh) -> None:
    incidents = [
        {"places": [place(900.0, radius_m=400.0), place(300.0, radius_m=400.0)]},
        {"places": [place(1500.0, radius_m=400.0)]},
        {"places": [place(-200.0, radius_m=400.0)]},
        {"places": [place(located=False)]},
        {"places": [place()], "day": 70},
    ]
    finding = weigh(incidents)["front_distances"]
    assert finding["n"] == 3
    assert (finding["estimate"], finding["low"], finding["high"]) == pytest.approx((300.0, 200.0, 1500.0), abs=0.2)
    assert (finding["bound_low"], finding["bound_high"]) == pytest.approx((0.0, 700.0), abs=0.2)
    assert finding["details"]["n_near"] == 2
    assert finding["refused"] is True
    assert "2 incidents without a known day or place, or where the layer shows nothing, were left" in finding["reading"]


def test_share_near_the_front_counts_every_place_that_may_be_meant(weigh: Weigh) -> None:
    details = weigh(spread(10, 1000.0))["front_distances"]["details"]
    assert 0.0 <= details["share_near_low"] <= details["share_near"] <= details["share_near_high"] <= 1.0
    exact = [{**one, "places": [{**one["places"][0], "radius_m": 0.0}]} for one in spread(10, 900.0)]
    details = weigh(exact)["front_distances"]["details"]
    assert details["share_near"] == 1.0
    assert details["share_near_missing"] == 0.0


# ------------------------------------------------------------------------------------- order of attacks and falls


def test_order_of_eight_runs_though_they_are_few(weigh: Weigh) -> None:
    incidents = [{"day": 2 * n, "places": [place(north=1000.0 * n, fell=20 + n)]} for n in range(8)]
    finding = weigh(incidents)["order_of_attacks_and_falls"]
    assert finding["refused"] is False
    assert (finding["n"], finding["estimate"], finding["seed"]) == (8, 1.0, None)
    assert finding["p_value"] == pytest.approx(1 / 40320)
    assert "does not show who attacked" in finding["reading"]


def test_order_that_the_days_force_is_no_evidence(weigh: Weigh) -> None:
    # Each place falls the day after its attack, so no fall could go with any later attack.
    incidents = [{"day": 5 * n, "places": [place(north=1000.0 * n, fell=5 * n + 1)]} for n in range(6)]
    finding = weigh(incidents)["order_of_attacks_and_falls"]
    assert finding["estimate"] == 1.0
    assert finding["p_value"] == 1.0


@pytest.mark.parametrize(
    ("incidents", "words"),
    [
        ([], "there are none"),
        ([{"places": [place(fell=3)]}], "there is one"),
        ([{"day": n, "places": [place(north=1000.0 * n, fell=9)]} for n in range(4)], "all values are tied"),
        ([{"places": [place(north=1000.0 * n, fell=9 + n)]} for n in range(4)], "all values are tied"),
        ([{"day": n, "places": [place(north=1000.0 * n, fell=9 + n, to="isis")]} for n in range(4)], "there are none"),
        ([{"day": n, "days": 31, "places": [place(north=1000.0 * n, fell=40 + n)]} for n in range(4)], "are none"),
    ],
)
def test_order_is_refused_where_there_is_none(weigh: Weigh, incidents: list[Any], words: str) -> None:
    finding = weigh(incidents)["order_of_attacks_and_falls"]
    assert finding["refused"] is True
    assert finding["p_value"] is None
    assert words in finding["reading"]


# ------------------------------------------------------------------------------------------- bad input


@pytest.mark.parametrize(
    ("incidents", "words"),
    [
        ([], "holds no incident of the attacks"),
        ([{"places": [place()], "event": None}], "holds no incident of the attacks"),
        ([{"places": []}], "1 without a usable place"),
        ([{"places": [place(located=False)]}], "1 without a usable place"),
        ([{"places": [place(UNCOVERED)]}], "1 on ground that the layer wiki does not cover"),
        ([{"places": [place()], "day": 70}], "1 on ground that the layer wiki does not cover"),
        ([{"places": [place()], "days": 365} for _ in range(12)], "12 not dated to a week"),
    ],
)
def test_nothing_to_use_is_a_finding_too(weigh: Weigh, incidents: list[Any], words: str) -> None:
    findings = weigh(incidents)
    assert len(findings) == len(TESTS)
    area = findings["area_shares"]
    assert area["refused"] is True
    assert (area["n"], area["estimate"], area["p_value"]) == (0, None, None)
    assert words in area["reading"]
    assert findings["front_distances"]["n"] == 0


def test_a_layer_that_never_shows_a_party_has_no_front_but_an_area(weigh: Weigh) -> None:
    ground = [("gov", -30, 60, shapely.box(36.8, 36.0, 37.3, 36.4))]
    findings = weigh(spread(10), {"wiki": ground})
    assert (findings["area_shares"]["n"], findings["area_shares"]["estimate"]) == (10, 0.0)
    assert findings["front_distances"]["n"] == 0
    assert findings["order_of_attacks_and_falls"]["n"] == 0


def world_at(lon: float, lat: float, wide: float) -> dict[str, Any]:
    """A front along the meridian ``lon`` with ground ``wide`` degrees either way, cut at 180 where it crosses."""
    boxes = [("gov", lon - wide, lon), ("opp", lon, min(lon + wide, 180.0)), ("opp", -180.0, lon + wide - 360.0)]
    return {
        "wiki": [
            (holder, -30, 60, shapely.box(west, lat - 0.2, east, lat + 0.2))
            for holder, west, east in boxes
            if west < east
        ]
    }


@pytest.mark.parametrize(
    ("lon", "lat", "step"), [(20.0, 36.2, 0.1), (179.95, 36.2, 0.1), (179.95, -36.2, 0.1), (20.0, 88.5, 5.0)]
)
def test_the_same_world_at_the_antimeridian_and_near_a_pole(weigh: Weigh, lon: float, lat: float, step: float) -> None:
    def at(steps: float, days: range, radius_m: float = 1000.0) -> list[dict[str, Any]]:
        east = (lon + steps * step + 180.0) % 360.0 - 180.0
        return [{"day": day, "places": [{"lon": east, "lat": lat, "radius_m": radius_m}]} for day in days]

    incidents = [
        *at(0.3, range(0, 4, 2)), *at(1.0, range(4, 12, 2)), *at(-1.0, range(12, 18, 2)), *at(0.0, range(20, 21), 500.0)
    ]  # fmt: skip
    region = {"name": "Invented", "box": [-180.0, -80.0, 180.0, 90.0]}
    findings = weigh(incidents, world_at(lon, lat, 3 * step), region=region)
    area = findings["area_shares"]
    assert area["n"] == 10
    assert area["details"]["n_wholly_in_losing_area"] == 6
    assert area["details"]["n_wholly_out"] == 3
    assert area["details"]["share_of_incident"]["i-10"] == pytest.approx({"gov": 0.5, "opp": 0.5}, abs=0.01)
    assert (area["bound_low"], area["bound_high"]) == pytest.approx((0.6, 0.7))
    assert 0.6 < area["estimate"] < 0.7
    front = findings["front_distances"]
    assert front["n"] == 10
    assert front["low"] == pytest.approx(0.0, abs=0.2)
    assert front["high"] == pytest.approx(step * 111_320 * math.cos(math.radians(lat)), rel=0.01)


# ------------------------------------------------------------------------------------- layers and their errors


def test_layers_that_disagree_widen_the_interval(weigh: Weigh, make_ground: Any) -> None:
    incidents = spread(12, 2000.0)
    alone = weigh(incidents)["area_shares"]
    agreeing = weigh(incidents, {"wiki": make_ground(), "other": make_ground()})["area_shares"]
    other = {"wiki": make_ground(), "other": make_ground(east_m=4000.0)}
    disagreeing = weigh(incidents, other)["area_shares"]
    assert width(agreeing) == pytest.approx(width(alone))
    assert width(disagreeing) > 2 * width(alone)
    assert disagreeing["details"]["share_by_layer"] == pytest.approx({"wiki": 1.0, "other": 0.0})
    assert disagreeing["estimate"] == pytest.approx(0.5)
    assert (disagreeing["bound_low"], disagreeing["bound_high"]) == (0.0, 1.0)
    assert disagreeing["details"]["share_of_variance_by_imprecision"] > 0.5


@pytest.mark.parametrize("doubt", [{"error_m": 3000.0}, {"lag_days": 5}])
def test_what_a_layer_says_of_its_own_error_widens_the_interval(weigh: Weigh, doubt: dict[str, Any]) -> None:
    # Each place falls three days after the attack, and lies two kilometres from the front.
    incidents = [
        {"day": 2 * n, "places": [place(2000.0, north=1000.0 * n, fell=2 * n + 3)]} for n in range(12)
    ]  # fmt: skip
    sure = weigh(incidents)["area_shares"]
    unsure = weigh(incidents, layers=[{"name": "wiki", **LAYER, **doubt}])["area_shares"]
    assert sure["estimate"] == 1.0
    assert unsure["estimate"] < 0.95
    assert width(unsure) > 1.2 * width(sure)
    assert unsure["bound_low"] < sure["bound_low"] == 1.0
    assert "as the case states" in unsure["assumptions"][0]
    assert "the case states no error" in sure["assumptions"][0]


def test_every_layer_of_the_case_is_weighed_by_itself(make_case: MakeCase, make_tables: Any, make_ground: Any) -> None:
    layers = [{"name": name, **LAYER} for name in ("wiki", "other", "unread")]
    grounds = {"wiki": make_ground(), "other": make_ground(east_m=4000.0)}
    findings, _ = weigh_case(make_case(layers=layers), make_tables([{"places": [place(2000.0)]}], grounds))
    found = {row["layer"]: json.loads(row["details"]) for row in findings.to_pylist() if row["test"] == "area_shares"}
    assert {name: details["mean_share"] for name, details in found.items()} == {
        "wiki": pytest.approx({"opp": 1.0}), "other": pytest.approx({"gov": 1.0}),
    }  # fmt: skip


def test_weighings_that_make_no_sense_are_refused(make_case: MakeCase, make_tables: MakeTables) -> None:
    tables = make_tables([])
    one = {"event": "chlorine", "layer": "wiki", "advancing": "gov", "losing": "opp"}
    with pytest.raises(WeighingError, match="both advancing and losing"):
        weigh_case(make_case(weighing=[{**one, "losing": "gov"}]), tables)
    with pytest.raises(WeighingError, match="declared twice"):
        weigh_case(make_case(weighing=[one, {**one, "near_front_m": 5000}]), tables)
    for missing in ("fronts", "holdings"):
        with pytest.raises(WeighingError, match=f'the table "{missing}" is missing'):
            weigh_case(make_case(), {name: table for name, table in tables.items() if name != missing})


def test_case_without_a_weighing_has_no_findings(make_case: MakeCase, make_tables: MakeTables) -> None:
    findings, rows = weigh_case(make_case(weighing=[]), make_tables([]))
    assert findings.num_rows == rows.num_rows == 0


# -------------------------------------------------------------------------------------------------- laws


@st.composite
def incident_lists(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Up to thirteen incidents with places of every kind."""
    incidents = []
    for number in range(draw(st.integers(0, 13))):
        day = draw(st.sampled_from([0, 1, 2, 5, 9, 14, 20, 28, 59, 75]))
        places = [
            {
                "m": draw(st.sampled_from([-9000.0, -200.0, 0.0, 300.0, 5000.0, 20_000.0, 22_000.0, 26_000.0])),
                "north": 1000.0 * number + 13_000.0 * (place_no - 1),
                "radius_m": draw(st.sampled_from([0.0, 100.0, 800.0, None])),
                "located": draw(st.sampled_from([True, True, True, False])),
                "fell": draw(st.sampled_from([99, 99, day, day + 4, day + 11])),
                "to": draw(st.sampled_from(["gov", "isis"])),
            }
            for place_no in range(draw(st.integers(0, 3)))
        ]
        event = draw(st.sampled_from(["chlorine", "chlorine", None]))
        days = draw(st.sampled_from([1, 1, 3, 7, 40]))
        incidents.append({"day": day, "places": places, "event": event, "days": days})
    return incidents


@given(incident_lists())
@settings(max_examples=25, deadline=None)
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
    assert {(row["table"], row["row_key"]) for row in rows.to_pylist()} <= rows_of(tables)
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
        if finding["bound_low"] is not None:
            bounds = finding["bound_low"], finding["estimate"], finding["bound_high"]
            assert sorted(bounds) == pytest.approx(list(bounds))
        assert not re.search(r"\b(guilty|culprit|responsible|did it)\b", finding["reading"])
        says_less = re.search(r"does? not (show|say)|do not show|shows nothing", finding["reading"])
        assert says_less or (finding["n"] == 0 and not of_event)


def rows_of(tables: dict[str, pa.Table]) -> set[tuple[str, str]]:
    """Table and key of every row."""
    keys = {
        "incidents": ("incident_id",),
        "incident_places": ("incident_id", "place_no"),
        "control": ("incident_id", "place_no", "layer", "party"),
        "fronts": ("incident_id", "place_no", "layer"),
    }
    return {
        (name, "|".join(str(row[column]) for column in columns))
        for name, columns in keys.items()
        for row in tables[name].to_pylist()
    }


def test_names_of_incidents_and_parties_change_no_number(make_case: MakeCase, make_tables: MakeTables) -> None:
    incidents = [*spread(11, 300.0), *spread(8, -700.0, event=None)]
    renamed = [{**one, "id": f"{'zyx'[n % 3]}-{n}"} for n, one in enumerate(incidents)]
    parties = [{"id": "gov", "name": "Red"}, {"id": "opp", "name": "Blue"}, {"id": "isis", "name": "Green"}]
    findings, _ = weigh_case(make_case(), make_tables(incidents))
    again, _ = weigh_case(make_case(parties=parties), make_tables(renamed))
    for one, other in zip(findings.to_pylist(), again.to_pylist(), strict=True):
        # Draws go with the order of the ids; what does not rest on draws is the same to the last digit.
        assert (one["n"], one["refused"]) == (other["n"], other["refused"])
        for name in ("bound_low", "bound_high"):
            assert one[name] == pytest.approx(other[name])
        if one["test"] == "area_shares":
            assert one["estimate"] == pytest.approx(other["estimate"], abs=0.05)


def test_days_turn_within_those_that_are_told_of(weigh: Weigh) -> None:
    event = [{"day": 10 + 3 * n, "places": [place(north=6000.0 * (n - 5), fell=12 + 3 * n)]} for n in range(10)]
    ends = [{"day": day, "places": [place()], "event": None} for day in (0, 60)]

    def offsets(*incidents: dict[str, Any], **more: Any) -> int:
        finding = weigh([*event, *({**one, **more} for one in incidents)])["area_against_rotation"]
        return int(finding["details"]["n_rotations"])

    # From three days before the tenth day to three after the 37th: the mean gap of ten episodes.
    assert offsets() == 34
    assert offsets(*ends) == 61
    assert offsets(*ends, datasets=["another"]) == 34
