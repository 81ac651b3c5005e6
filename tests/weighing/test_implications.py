"""What accounts imply: each kind contradicted, not contradicted and unknown, on invented ground and statements."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import shapely
from tests.weighing.stated import CASE, claim, tables

from contested.base.case import Case, CaseFile
from contested.base.records import IMPLICATIONS, WEIGHED_ROWS
from contested.claims.accounts import gather_accounts
from contested.weighing.implications import check_implications


def _case(*implications: dict[str, Any]) -> Case:
    return Case(Path(), CaseFile.model_validate({**CASE, "implications": list(implications)}), Path())


def _check(case: Case, **rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows of implications, each with the rows that it rests on."""
    claims = rows.get("claims", [])
    accounts, contradictions = gather_accounts(claims, case)
    implications, links = check_implications(case, tables(accounts=accounts, contradictions=contradictions, **rows))
    WEIGHED_ROWS.from_rows(links)
    rested: dict[str, list[tuple[str, str, str]]] = {}
    for link in links:
        rested.setdefault(link["of_key"], []).append((link["role"], link["table"], link["row_key"]))
    checked = IMPLICATIONS.from_rows(implications).to_pylist()
    return [{**row, "rows": sorted(rested.get(row["implication_id"], []))} for row in checked]


def _one(kind: str, case: Case, **rows: list[dict[str, Any]]) -> dict[str, Any]:
    (row,) = [row for row in _check(case, **rows) if row["kind"] == kind]
    return row


# --- ground ------------------------------------------------------------------------------------


def _ground(**more: Any) -> dict[str, Any]:
    return {
        "event": "mill", "account": "south-did", "held_by": "south", "place": "the mill", "lon": 10.25, "lat": 50.5,
        "radius_m": 100, "from": "2020-05-10", "to": "2020-05-10", "reason": "its guns stood there", **more,
    }  # fmt: skip


def _holding(number: int, holder: str, box: tuple[float, ...], days: tuple[int, int] = (1, 31), **more: Any) -> Any:
    first, last = (date(2020, 5, day) for day in days)
    return {
        "layer": "map", "holding_no": number, "holder": holder, "valid_from": first, "valid_to": last,
        "geometry": shapely.to_wkb(shapely.box(*box)), "original_path": "layers/l.csv", "original_row": number,
        "made_by": "polygon", **more,
    }  # fmt: skip


WEST, EAST = (10.0, 50.0, 10.5, 51.0), (10.5, 50.0, 11.0, 51.0)
HALVES = [_holding(1, "south", WEST), _holding(2, "north", EAST)]


@pytest.mark.parametrize(
    ("change", "result", "share"),
    [
        ({}, "not_contradicted", 1.0),
        ({"lon": 10.75}, "contradicted", 0.0),
        ({"held_by": None, "not_held_by": "south"}, "contradicted", 1.0),
        ({"held_by": None, "not_held_by": "south", "lon": 10.75}, "not_contradicted", 0.0),
        ({"lon": 10.5, "radius_m": 500}, "unknown", 0.5),  # on the boundary
        ({"lon": 12.0}, "unknown", 0.0),  # not covered
        ({"from": "2020-06-10", "to": "2020-06-10"}, "unknown", 0.0),  # no map of that day
        ({"lon": 180.0, "lat": 0.0}, "unknown", 0.0),
        ({"lat": 90.0}, "unknown", 0.0),
    ],
)
def test_a_place_that_must_have_been_held(change: dict[str, Any], result: str, share: float) -> None:
    row = _one("ground", _case(_ground(**change)), holdings=HALVES)
    assert (row["result"], row["layer"], row["account"]) == (result, "map", "south-did")
    assert row["share"] == pytest.approx(share, abs=0.02)
    assert "does not show who attacked" in row["reading"]


def test_the_holding_at_the_point_is_what_it_rests_on() -> None:
    row = _one("ground", _case(_ground()), holdings=HALVES)
    assert row["rows"] == [("rests_on", "holdings", "map|1")]


@pytest.mark.parametrize(
    ("second", "result"), [("south", "not_contradicted"), ("north", "unknown"), ("contested", "unknown")]
)
def test_an_interval_must_hold_on_every_day(second: str, result: str) -> None:
    holdings = [_holding(1, "south", WEST, (1, 10)), _holding(2, second, WEST, (11, 31))]
    row = _one("ground", _case(_ground(to="2020-05-12")), holdings=holdings)
    assert row["result"] == result


def test_contested_ground_contradicts_nothing() -> None:
    for key in ("held_by", "not_held_by"):
        case = _case(_ground(**{"held_by": None, "not_held_by": None, key: "south"}))
        assert _one("ground", case, holdings=[_holding(1, "contested", WEST)])["result"] == "unknown"


def test_each_layer_answers_for_itself() -> None:
    other = {"layer": "other", "holder": "north"}
    rows = _check(_case(_ground()), holdings=[HALVES[0], {**HALVES[0], **other}])
    assert {row["layer"]: row["result"] for row in rows} == {"map": "not_contradicted", "other": "contradicted"}


def _record(number: int, lon: float | None, radius_m: float | None = 200.0) -> dict[str, Any]:
    return {
        "record_id": f"d:{number}", "dataset": "d", "original_path": "datasets/d.csv", "original_row": number,
        "preset": "plain", "in_window": True, "kind": "k", "date_start": date(2020, 5, 10),
        "date_end": date(2020, 5, 10), "place_name": "The MILL", "lon": lon, "lat": None if lon is None else 50.5,
        "radius_m": radius_m, "sources": [], "second_hand": False, "publish": True, "extra": "{}",
    }  # fmt: skip


def test_a_place_is_found_among_the_records_by_its_name() -> None:
    case = _case({key: value for key, value in _ground().items() if key not in ("lon", "lat", "radius_m")})
    found = _one("ground", case, holdings=HALVES, records=[_record(1, 10.75), _record(2, None), _record(3, 10.75)])
    assert found["result"] == "contradicted"
    unsure = _one("ground", case, holdings=HALVES, records=[_record(1, 10.75), _record(2, 10.25)])
    assert unsure["result"] == "unknown" and unsure["reading"].startswith("2 points are given to the mill")
    assert unsure["share"] is None
    none = _one("ground", case, holdings=HALVES, records=[_record(1, 10.75, radius_m=None)])
    assert none["result"] == "unknown" and "set lon, lat and radius_m" in none["reading"]


def test_a_layer_that_names_the_place_answers_without_a_point() -> None:
    case = _case(
        {key: value for key, value in _ground(to="2020-05-11").items() if key not in ("lon", "lat", "radius_m")}
    )
    for second, result in (("south", "not_contradicted"), ("unknown", "unknown"), ("north", "unknown")):
        named = [
            _holding(1, "south", WEST, (1, 10), place="The Mill"),
            _holding(2, second, WEST, (11, 31), place="The Mill"),
        ]
        row = _one("ground", case, holdings=named)
        assert row["result"] == result and len(row["rows"]) == 2
    gone = _one("ground", case, holdings=[_holding(1, "north", WEST, place="The Mill")])
    assert gone["result"] == "contradicted"


def test_without_a_layer_it_is_unknown() -> None:
    row = _one("ground", _case(_ground()))
    assert (row["result"], row["layer"]) == ("unknown", None)
    assert "no layer of control" in row["reading"]


# --- time --------------------------------------------------------------------------------------


def _timed(low: int, high: int | None = None, time: str = "then", **more: Any) -> dict[str, Any]:
    days = {"event_on_low": date(2020, 5, low), "event_on_high": date(2020, 5, high or low)}
    return claim("timed", "north", "alternative_explanation", 20, event_time=time, **{**days, **more})


FIRST = claim("first", None, "reports", 10)


@pytest.mark.parametrize(
    ("row", "result"),
    [
        (_timed(12), "contradicted"),
        (_timed(12, 14), "contradicted"),
        (_timed(11), "unknown"),  # a day that time zones can make
        (_timed(10), "not_contradicted"),
        (_timed(9, 14), "not_contradicted"),
        (_timed(10, time="at 11:30"), "unknown"),  # the hour of the first report is not known
        (_timed(10, time="in the morning"), "unknown"),
        (_timed(9, time="at 11:30"), "not_contradicted"),
        (_timed(9, event_on_low=None, event_on_high=None), "unknown"),
    ],
)
def test_a_time_after_the_first_report(row: dict[str, Any], result: str) -> None:
    found = _one("time", _case(), claims=[FIRST, row, claim("late", "south", "reports", 15)])
    assert found["result"] == result and found["party"] == "north" and found["checked"]
    assert found["rows"] == [("first_report", "claims", "first"), ("rests_on", "claims", "timed")]


def test_the_first_report_is_a_checked_one_of_the_event_where_there_is_one() -> None:
    early = claim("early", None, "reports", 2)  # before the event: it tells of something else
    unchecked = claim("read", None, "reports", None, reported_on=date(2020, 5, 9), checked=False)
    found = _one("time", _case(), claims=[early, unchecked, claim("first", None, "reports", 12), _timed(12)])
    assert found["result"] == "not_contradicted" and ("first_report", "claims", "first") in found["rows"]
    found = _one("time", _case(), claims=[early, unchecked, _timed(12, checked=False, said_on=None)])
    assert found["result"] == "contradicted" and not found["checked"]


def test_a_day_that_a_machine_read_in_another_year_contradicts_nothing() -> None:
    far = {"event_on_low": date(2026, 5, 10), "event_on_high": date(2026, 5, 10)}
    assert _one("time", _case(), claims=[FIRST, _timed(10, **far)])["result"] == "contradicted"
    row = _one("time", _case(), claims=[FIRST, _timed(10, **far, checked=False)])
    assert row["result"] == "unknown" and "another year" in row["reading"]


def test_a_time_without_any_dated_report_is_unknown() -> None:
    row = _one("time", _case(), claims=[_timed(12, said_on=None)])
    assert row["result"] == "unknown" and row["rows"] == [("rests_on", "claims", "timed")]


def test_a_suspicion_is_said_to_weigh_less_and_a_withdrawn_time_is_not_checked() -> None:
    row = _one("time", _case(), claims=[FIRST, _timed(12, modality="suspects")])
    assert row["result"] == "contradicted" and "only suspected" in row["reading"]
    ended = [FIRST, _timed(12), claim("end", "north", "retracts", 21)]
    assert not [row for row in _check(_case(), claims=ended) if row["kind"] == "time"]


# --- means -------------------------------------------------------------------------------------


def _names(party: str = "north", target: str | None = "south", means: str = "chlorine", **more: Any) -> dict[str, Any]:
    return claim("names", party, more.pop("stance", "blames"), 12, means=means, target_party=target, **more)


def _denies(target: str | None = "south", means: str = "chlorine", **more: Any) -> dict[str, Any]:
    return claim("denial", "north", more.pop("stance", "denies"), 14, means=means, target_party=target, **more)


def test_the_denial_that_contradicts_is_found_among_many() -> None:
    many = [{**_denies(f"other{number}"), "claim_id": f"a{number}"} for number in range(5)]
    for denial in (_denies(), _denies("other9", stance="denies_event")):
        row = _one("means", _case(), claims=[_names(), *many, denial])
        assert row["result"] == "contradicted" and ("contradicts", "claims", "denial") in row["rows"]


@pytest.mark.parametrize(
    ("named", "denial", "result"),
    [
        (_names(), _denies(), "contradicted"),
        (_names(), _denies(event_id=None), "contradicted"),
        (_names(), _denies(None, stance="denies_event"), "contradicted"),
        (_names(), _denies("north"), "not_contradicted"),  # denies its own, gives it to another
        (_names(), _denies(None), "unknown"),
        (_names(), _denies(means="sarin"), "not_contradicted"),
        (_names(), _denies(means="toxic agents"), "unknown"),  # a class of means
        (_names(), _denies(modality="no_evidence"), "not_contradicted"),  # no denial
        (_names(stance="claims_responsibility"), _denies("north"), "contradicted"),
        (_names("south"), _denies(), "not_contradicted"),  # the denial is another party's
    ],
)
def test_a_means_that_the_same_party_denied(named: dict[str, Any], denial: dict[str, Any], result: str) -> None:
    row = _one("means", _case(), claims=[named, denial])
    assert row["result"] == result and row["party"] == named["speaker_party"]
    assert ("rests_on", "claims", "names") in row["rows"]
    answered = row["reading"].startswith("It denies")
    assert (("contradicts", "claims", "denial") in row["rows"]) == answered == ("No denial" not in row["reading"])


def test_a_checked_pair_goes_before_a_machines_reading_and_a_withdrawn_denial_is_none() -> None:
    unchecked = {**_denies(), "claim_id": "read", "checked": False}
    row = _one("means", _case(), claims=[_names(), unchecked])
    assert row["result"] == "contradicted" and not row["checked"]
    row = _one("means", _case(), claims=[_names(), unchecked, _denies("north")])
    assert row["result"] == "not_contradicted" and row["checked"]
    end = claim("end", "north", "retracts", 15, means="chlorine", target_party="south")
    later = _names(said_on=date(2020, 5, 18))
    assert _one("means", _case(), claims=[later, _denies()])["result"] == "contradicted"
    assert _one("means", _case(), claims=[later, _denies(), end])["result"] == "not_contradicted"


# --- a party's own accounts --------------------------------------------------------------------


def _how(name: str, said: int | None, mechanism: str, **more: Any) -> dict[str, Any]:
    return claim(name, "north", "reports", said, mechanism=mechanism, **more)


def _own(*claims: dict[str, Any]) -> dict[str, Any]:
    return _one("own_account", _case(), claims=list(claims))


def test_an_account_that_changes_is_contradicted_by_the_earlier_one() -> None:
    row = _own(_how("a", 11, "depot_hit"), _how("b", 15, "staged"))
    assert row["result"] == "contradicted" and row["checked"]
    assert "“depot hit” (2020-05-11) and “staged” (2020-05-15)" in row["reading"]
    assert ("rests_on", "claims", "a") in row["rows"] and ("contradicts", "claims", "b") in row["rows"]
    assert "contradictions" in {table for _, table, _ in row["rows"]}
    assert "not to have done it" in row["reading"]


def test_answers_that_can_both_hold_contradict_nothing() -> None:
    assert _own(_how("a", 11, "staged"), _how("b", 15, "ground_device"))["result"] == "not_contradicted"


def test_two_suspicions_can_be_held_side_by_side_and_one_weighs_less() -> None:
    both = _own(_how("a", 11, "depot_hit", modality="suspects"), _how("b", 11, "staged", modality="suspects"))
    assert both["result"] == "unknown" and "side by side" in both["reading"]
    one = _own(_how("a", 11, "depot_hit"), _how("b", 15, "staged", modality="suspects"))
    assert one["result"] == "contradicted" and "weighs less" in one["reading"]


def test_a_retraction_ends_an_answer_only_when_it_is_of_that_answer_and_not_before_it() -> None:
    a, b = _how("a", 11, "depot_hit"), _how("b", 15, "staged")
    for said, mechanism, result in (
        (13, None, "not_contradicted"), (13, "depot_hit", "not_contradicted"), (13, "fabricated", "contradicted"),
        (10, None, "contradicted"), (None, None, "contradicted"),
    ):  # fmt: skip
        row = _own(a, b, claim("end", "north", "retracts", said, mechanism=mechanism))
        assert row["result"] == result, (said, mechanism)
    # What nobody has checked ends nothing that somebody has.
    assert _own(a, b, claim("end", "north", "retracts", 13, checked=False))["result"] == "contradicted"


def test_an_unchecked_or_undated_answer_is_marked() -> None:
    row = _own(_how("a", 11, "depot_hit"), _how("b", None, "staged", checked=False))
    assert row["result"] == "contradicted" and not row["checked"]
    assert "Which was said first is not known" in row["reading"]


def test_one_answer_is_compared_with_nothing() -> None:
    assert _check(_case(), claims=[_how("a", 11, "depot_hit")]) == []
