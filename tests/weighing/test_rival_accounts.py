"""Rival accounts of a stated case: what counts, what is said, and what is never computed."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.weighing.stated import ACCOUNTS, CASE, GROUPS, claim, item, tables

from contested.base.case import Case, CaseFile
from contested.base.errors import CaseError, WeighingError
from contested.base.presets import verbal_scales
from contested.base.records import row_id
from contested.weighing.ach import consistency, diagnosticity, inconsistency, rate_item
from contested.weighing.rival_accounts import ratio_words, weigh_accounts
from contested.weighing.scales import load_scale


def _weigh(*evidence: dict[str, Any], given: Any = None, **rivals: Any) -> dict[str, list[dict[str, Any]]]:
    stated = {**CASE["rivals"][0], **rivals}
    file = CaseFile.model_validate({**CASE, "rivals": [stated], "evidence": list(evidence)})
    found = weigh_accounts(Case(Path(), file, Path()), tables() if given is None else given)
    return {name: table.to_pylist() for name, table in found.items()}


def _whole(found: dict[str, list[dict[str, Any]]], account: str = "south-did", against: str = "north-did") -> Any:
    return next(
        row for row in found["odds"]
        if (row["account"], row["against"], row["scope"]) == (account, against, "all")
    )  # fmt: skip


def test_every_pair_is_weighed_whole_alone_and_without_each_group_and_class() -> None:
    found = _weigh(item("a", south=(2, 8)), item("b", "press", south=(2, 4)), item("c", "radio", south=(3, 6)))
    pairs = {(row["account"], row["against"]) for row in found["odds"]}
    assert pairs == {("south-did", "north-did"), ("accident", "north-did"), ("south-did", "accident")}
    scopes = {(row["scope"], row["part"]) for row in found["odds"]}
    groups = ("lab", "press", "radio")
    assert scopes == {
        ("all", ""), ("without_class", "one walk"), *(("without_group", one) for one in groups),
        *(("only_group", one) for one in groups),
    }  # fmt: skip
    whole = _whole(found)
    # The laboratory fully; of the class the stronger fully and the other at one half.
    assert whole["low"] == pytest.approx(2 * 3 * 2**0.5)
    assert whole["high"] == pytest.approx(8 * 6 * 4**0.5)
    assert (whole["verdict"], whole["n_items"], whole["n_groups"]) == ("fits_better", 3, 3)
    south = [row for row in found["odds"] if (row["account"], row["against"]) == ("south-did", "north-did")]
    lows = {(row["scope"], row["part"]): row["low"] for row in south}
    assert lows["without_class", "one walk"] == pytest.approx(2) == lows["only_group", "lab"]
    assert lows["without_group", "radio"] == pytest.approx(2 * 2)


def test_an_account_against_another_takes_the_widest_of_both_intervals() -> None:
    found = _weigh(item("a", south=(2, 8), accident=(4, 5)))
    pair = _whole(found, "south-did", "accident")
    assert (pair["low"], pair["high"]) == (pytest.approx(2 / 5), pytest.approx(8 / 4))


def test_the_weak_end_alone_gives_the_word() -> None:
    found = _whole(_weigh(item("a", south=(12, 900_000))))
    assert found["weak_end"] == pytest.approx(12) and found["level"] == "moderate support"
    assert "the ratio of the first against the second runs from 12 to 900,000" in found["reading"]
    assert "nor who did it" in found["reading"] and "judgement of whoever wrote this case" in found["reading"]
    turned = _whole(_weigh(item("a", south=(1e-6, 1 / 12))))
    assert turned["level"] == "moderate support" and turned["verdict"] == "fits_worse"
    assert "fits “The north shelled it” better than “The south shelled it”" in turned["reading"]
    slight = _whole(_weigh(item("a", south=(1.5, 900_000))))
    assert slight["level"] == "no support" and "leans to “The south shelled it” over" in slight["reading"]
    open_ = _whole(_weigh(item("a", south=(0.5, 900_000))))
    assert (open_["weak_end"], open_["level"], open_["verdict"]) == (1.0, "no support", "not_told_apart")
    assert "does not tell" in open_["reading"] and open_["common_factor"] is None


def test_what_would_overturn_it_is_said_for_the_whole_only() -> None:
    found = _weigh(item("a", south=(2, 8)), item("b", "press", south=(3, 4)))
    whole = _whole(found)
    assert whole["overturn_factor"] == pytest.approx(6) and whole["overturn_evidence"] == "b"
    assert whole["common_factor"] == pytest.approx(math.sqrt(6))
    assert "“Item b” alone, if it were weaker by the factor 6" in whole["reading"]
    assert all(row["common_factor"] is None for row in found["odds"] if row["scope"] != "all")


def test_no_posterior_without_a_stated_prior() -> None:
    evidence = item("a", south=(2, 8))
    assert all(row["posterior_low"] is None for row in _weigh(evidence)["odds"])
    prior = {"prior_odds": [0.25, 0.5], "prior_reason": "as an example"}
    accounts = [{**one, **prior} if one["id"] == "south-did" else one for one in ACCOUNTS]
    found = _weigh(evidence, accounts=accounts)
    whole = _whole(found)
    assert (whole["posterior_low"], whole["posterior_high"]) == (pytest.approx(0.5), pytest.approx(4.0))
    assert _whole(found, "accident")["posterior_low"] is None
    assert all(row["posterior_low"] is None for row in found["odds"] if row["scope"] != "all")


def test_a_group_that_is_not_verified_is_capped() -> None:
    found = _weigh(item("a", "press", south=(50, 500)), cap=20)
    assert (_whole(found)["low"], _whole(found)["high"]) == (pytest.approx(20), pytest.approx(20))
    checked = [{**group, "verified": True} for group in GROUPS]
    assert _whole(_weigh(item("a", "press", south=(50, 500)), cap=20, groups=checked))["low"] == pytest.approx(50)


FINDING = {
    "finding_id": "f-1", "test": "area_shares", "question": "q", "event_id": "mill", "layer": "map", "n": 9,
    "estimate": 0.9, "refused": False, "reading": "r", "method": "m", "assumptions": [], "details": "{}",
}  # fmt: skip


@pytest.mark.parametrize(
    ("evidence", "finding", "why_not"),
    [
        ({"finding": "area_shares", "result": [0.8, 1.0]}, {}, None),
        ({"finding": "f-1", "result": [0.8, 1.0]}, {}, None),
        ({"finding": "area_shares", "result": [0.8, 1.0]}, {"refused": True}, "was refused"),
        ({"finding": "area_shares", "result": [0.8, 1.0]}, {"estimate": None}, "has no estimate"),
        ({"finding": "area_shares", "result": [0.8, 1.0]}, {"estimate": 0.2}, "estimate is now 0.2"),
        ({"finding": "area_share", "result": [0.8, 1.0]}, {}, 'no finding "area_share"'),
        ({"finding": "area_shares", "result": [0.8, 1.0], "layer": "other"}, {}, 'on layer "other"'),
        ({"finding": "area_shares", "result": [0.8, 1.0]}, {"event_id": "else"}, "of this event"),
    ],
)
def test_an_item_on_a_finding_counts_only_for_the_result_it_was_judged_for(
    evidence: dict[str, Any], finding: dict[str, Any], why_not: str | None
) -> None:
    given = tables(findings=[{**FINDING, **finding}])
    found = _weigh(item("a", south=(2, 8), accident=(0.01, 0.01), **evidence), item("b", south=(3, 3)), given=given)
    row = next(row for row in found["evidence"] if row["evidence_id"] == "a")
    assert row["counts"] == (why_not is None)
    assert (row["why_not"] is None) if why_not is None else (why_not in row["why_not"])
    # The second item comes from the same group, so the weaker of the two keeps half.
    assert _whole(found)["low"] == pytest.approx(3 * (2**0.5 if why_not is None else 1))
    ratings = {row["rating"] for row in found["evidence_ratios"] if row["evidence_id"] == "a"}
    assert (ratings == {None}) == (why_not is not None)
    assert (row["diagnosticity"] == 0.0) == (why_not is not None)
    assert row["finding_id"] == ("f-1" if why_not is None or "estimate" in why_not or "refused" in why_not else None)


def test_two_findings_of_one_name_need_a_layer() -> None:
    given = tables(findings=[FINDING, {**FINDING, "finding_id": "f-2", "layer": "other"}])
    unsure = _weigh(item("a", finding="area_shares", result=[0, 1]), given=given)["evidence"][0]
    assert "names 2 findings; give its layer" in unsure["why_not"]
    assert _weigh(item("a", finding="area_shares", result=[0, 1], layer="other"), given=given)["evidence"][0]["counts"]


def _statement(name: str, *known: Any, path: str = "statements/s.csv", **more: Any) -> dict[str, Any]:
    return {**claim(row_id("statement", path, name), *known, **more), "original_path": path}


def test_a_claim_is_named_by_its_id_or_by_that_of_its_row() -> None:
    rows = [_statement("S1", "north", "denies", 12), claim("c9", "south", "blames", 12, checked=False)]
    names = ("S1", "statements/s.csv#S1", rows[0]["claim_id"], "c9")
    found = _weigh(*(item(f"i{number}", claims=[name]) for number, name in enumerate(names)), given=tables(claims=rows))
    assert [row["counts"] for row in found["evidence"]] == [True] * 4
    assert [row["checked"] for row in found["evidence"]] == [True, True, True, False]
    assert {row["row_key"] for row in found["weighed_rows"] if row["of_table"] == "evidence"} == {
        rows[0]["claim_id"],
        "c9",
    }


def test_a_claim_that_is_not_there_or_does_not_stand_carries_nothing() -> None:
    rows = [
        _statement("S1", "north", "denies", 12, means="shells"),
        _statement("S1", "north", "denies", 12, path="statements/t.csv", means="mines"),
        claim("gone", "south", "blames", 12, target_party="north"),
        claim("end", "south", "retracts", 15, target_party="north"),
        claim("no", "south", "blames", 12),
    ]
    decision = {
        "number": 1, "decided_at": "t", "decided_by": "R.", "action": "reject", "table": "claims", "row_key": "no",
        "change": "{}", "reason": "misread", "sha256": "0",
    }  # fmt: skip
    given = tables(claims=rows, decisions=[decision])
    whys = {
        "none": 'there is no claim "none"', "S1": "names 2 statements", "gone": "was withdrawn on 2020-05-15",
        "no": "was rejected by R.",
    }  # fmt: skip
    for name, why in whys.items():
        (row,) = _weigh(item("a", claims=[name]), given=given)["evidence"]
        assert not row["counts"] and why in row["why_not"]
    (row,) = _weigh(item("a", originals=["documents/b.txt"]))["evidence"]
    assert row["why_not"] == 'the original "documents/b.txt" is not in the case'


def test_without_evidence_that_counts_nothing_is_said() -> None:
    found = _weigh(item("a", south=(50, 60), originals=["documents/b.txt"]))
    assert (_whole(found)["low"], _whole(found)["high"], _whole(found)["n_items"]) == (1.0, 1.0, 0)
    assert _whole(found)["reading"].startswith("No item of evidence counts here")
    assert _weigh()["odds"] == []


def test_ratios_beyond_every_number_are_cut_and_not_lost() -> None:
    groups = [{"id": f"g{number}", "title": "g", "verified": True} for number in range(60)]
    found = _weigh(*(item(f"i{n}", f"g{n}", south=(1e6, 1e6)) for n in range(60)), groups=groups)
    assert _whole(found)["low"] == _whole(found)["high"] == pytest.approx(1e299, rel=1e-9)


def test_a_missing_table_is_named() -> None:
    given = dict(tables())
    del given["contradictions"]
    with pytest.raises(WeighingError, match="contradictions"):
        _weigh(given=given)


# --- words and the matrix ----------------------------------------------------------------------


@pytest.mark.parametrize("name", verbal_scales())
@given(strength=st.floats(0, 700))
def test_a_word_never_stands_for_more_than_its_bound(name: str, strength: float) -> None:
    level = load_scale(name).level(strength)
    assert math.log(level.least_ratio) <= strength


def test_scales_say_their_bounds() -> None:
    bounds = {name: [level.least_ratio for level in load_scale(name).levels] for name in verbal_scales()}
    assert bounds["enfsi-2015"] == [1, 2, 10, 100, 1000, 10_000, 1_000_000]
    assert bounds["kass-raftery-1995"] == [1, 3, 20, 150]
    assert load_scale("enfsi-2015").level(math.log(10)).name == "moderate support"
    assert load_scale("enfsi-2015").level(math.log(9.99)).name == "weak support"
    with pytest.raises(CaseError, match='did you mean "enfsi-2015"'):
        load_scale("enfsi-2014")


def test_the_matrix_is_scored_as_open_synthesis_scores_it() -> None:
    ratings = [1, 2, 3, 4, 5]
    assert (inconsistency(ratings), consistency(ratings)) == (4 + 1, 1 + 4)
    assert diagnosticity([1, 5]) == 2.0 and diagnosticity([3, 3, 3]) == 0.0


@given(st.floats(1e-6, 1e6), st.floats(1e-6, 1e6))
def test_ratings_of_two_accounts_mirror_each_other(low: float, high: float) -> None:
    low, high = sorted((low, high))
    rated = rate_item({"a": (low, high), "b": (1, 1)})
    assert rated["a"] + rated["b"] == 6 and set(rated.values()) <= {1, 2, 3, 4, 5}


@pytest.mark.parametrize(("ratio", "rating"), [(1, 3), (1.99, 3), (2, 4), (9.9, 4), (10, 5), (0.5, 2), (0.1, 1)])
def test_a_rating_begins_at_a_factor_of_two_and_of_ten_from_the_middle(ratio: float, rating: int) -> None:
    # Of two accounts each lies the root of their ratio from the middle.
    assert rate_item({"a": (ratio, ratio), "b": (1 / ratio, 1 / ratio)})["a"] == rating


def test_an_item_that_tells_no_account_apart_is_neutral_for_all() -> None:
    found = _weigh(item("a", south=(2, 2), accident=(2, 2)), item("b"))
    by_item = {row["evidence_id"]: row["diagnosticity"] for row in found["evidence"]}
    assert by_item["b"] == 0.0
    assert {row["rating"] for row in found["evidence_ratios"] if row["evidence_id"] == "b"} == {3}


def test_ratios_are_read_as_people_read_them() -> None:
    assert [ratio_words(value) for value in (0.0123, 1.0, 2.5, 1234.5)] == ["0.012", "1", "2.5", "1,234"]


def test_absence_that_nobody_looked_for_changes_nothing() -> None:
    one = item("a", south=(2, 8))
    absent = item("b", "press", absence="not_looked_for")
    assert _whole(_weigh(one, absent))["low"] == _whole(_weigh(one))["low"]
