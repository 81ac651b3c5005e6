"""Laws of combined likelihood ratios: what must hold for any evidence at all."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contested.weighing.odds import Combined, Rule, WeighedItem, combine, find_overturn, join

logs = st.floats(-12, 12, allow_nan=False).map(lambda value: 0.0 if abs(value) < 1e-6 else value)


@st.composite
def evidence(draw: st.DrawFn, min_size: int = 0) -> list[WeighedItem]:
    """Items of up to five groups, some of them in a class; a group has one class and is verified or not."""
    groups = [
        (f"g{number}", draw(st.sampled_from([None, None, "samples", "witnesses"])), draw(st.booleans()))
        for number in range(draw(st.integers(1, 5)))
    ]
    items = []
    for number in range(draw(st.integers(min_size, 8))):
        low, high = sorted((draw(logs), draw(logs)))
        items.append(WeighedItem(f"e{number}", low, high, *draw(st.sampled_from(groups))))
    return items


rules = st.builds(Rule, discount=st.floats(0, 1), log_cap=st.floats(0, 6))


@given(evidence(), rules, st.randoms())
def test_the_order_of_evidence_changes_nothing(items: list[WeighedItem], rule: Rule, random: object) -> None:
    shuffled = list(items)
    random.shuffle(shuffled)
    assert combine(shuffled, rule) == combine(items, rule)


@given(evidence(), rules, st.sampled_from(["g0", "new"]))
def test_an_item_of_ratio_one_changes_nothing(items: list[WeighedItem], rule: Rule, group: str) -> None:
    kin = next((item for item in items if item.group == group), WeighedItem("x", 0, 0, group))
    assert combine([*items, replace(kin, id="x", low=0.0, high=0.0)], rule) == combine(items, rule)


@given(evidence(), rules)
def test_turning_the_accounts_round_turns_the_interval_round(items: list[WeighedItem], rule: Rule) -> None:
    found = combine(items, rule)
    turned = combine([replace(item, low=-item.high, high=-item.low) for item in items], rule)
    assert (turned.low, turned.high) == (-found.high, -found.low)
    assert turned.strength == found.strength


@given(evidence(), rules)
def test_a_class_of_one_group_is_no_class(items: list[WeighedItem], rule: Rule) -> None:
    alone = [replace(item, class_=f"class of {item.group}") for item in items]
    assert combine(alone, rule) == combine([replace(item, class_=None) for item in items], rule)


@given(evidence())
def test_without_discount_and_cap_ratios_multiply(items: list[WeighedItem]) -> None:
    free = Rule(1.0, 1e9)
    found = combine(items, free)
    assert found.low == pytest.approx(math.fsum(item.low for item in items), abs=1e-9)
    assert found.high == pytest.approx(math.fsum(item.high for item in items), abs=1e-9)


@given(evidence(min_size=1), rules, st.data())
def test_every_choice_within_the_intervals_lies_within_the_combined_one(
    items: list[WeighedItem], rule: Rule, data: st.DataObject
) -> None:
    whole = combine(items, rule)
    chosen = []
    for item in items:
        value = data.draw(st.floats(item.low, item.high))
        chosen.append(replace(item, low=value, high=value))
    one = combine(chosen, rule)
    assert whole.low - 1e-9 <= one.low == one.high <= whole.high + 1e-9


@given(evidence(), st.floats(0, 1), st.floats(0, 6))
def test_a_group_that_nobody_verified_counts_for_no_more_than_the_cap(
    items: list[WeighedItem], discount: float, log_cap: float
) -> None:
    doubted = [replace(item, verified=False, class_=None) for item in items]
    found = combine(doubted, Rule(discount, log_cap))
    bound = log_cap * len({item.group for item in items}) + 1e-9
    assert -bound <= found.low and found.high <= bound


def test_nothing_left_gives_a_ratio_of_one() -> None:
    assert combine([], Rule(0.5, 2.0)) == Combined(0.0, 0.0)
    assert find_overturn([], Rule(0.5, 2.0)) is None


def test_the_strongest_counts_fully_and_its_like_at_the_discount() -> None:
    assert join([1.0, 3.0, 2.0], 0.5) == 3.0 + 0.5 * 3.0
    # What points the other way repeats nothing, so it is not discounted by what it opposes.
    assert join([3.0, -2.0], 0.5) == 1.0
    assert join([3.0, 1.0, -2.0, -1.0], 0.25) == 3.0 + 0.25 - 2.0 - 0.25


def test_two_items_of_one_group_repeat_each_other_and_two_groups_do_not() -> None:
    rule = Rule(0.5, 10.0)
    one = [WeighedItem("a", 1.0, 2.0, "g"), WeighedItem("b", 1.0, 2.0, "g")]
    assert combine(one, rule) == Combined(1.5, 3.0)
    assert combine([one[0], replace(one[1], group="h")], rule) == Combined(2.0, 4.0)


@given(evidence(), rules)
def test_the_weak_end_never_says_more_than_either_end(items: list[WeighedItem], rule: Rule) -> None:
    found = combine(items, rule)
    assert 0 <= found.strength <= min(abs(found.low), abs(found.high)) or found.strength == 0
    assert (found.strength > 0) == (found.verdict != "not_told_apart")


def _weakened(items: list[WeighedItem], shift: float, name: str | None = None) -> list[WeighedItem]:
    """The items with one ratio, or all, weaker by the shift, seen from the account that fits better."""
    return [
        replace(item, low=item.low - shift, high=item.high - shift) if name in (None, item.id) else item
        for item in items
    ]  # fmt: skip


@given(evidence(min_size=1), rules)
def test_the_smallest_change_overturns_and_no_smaller_one_does(items: list[WeighedItem], rule: Rule) -> None:
    verdict = combine(items, rule).verdict
    found = find_overturn(items, rule)
    if verdict == "not_told_apart":
        assert found is None
        return
    assert found is not None
    if verdict == "fits_worse":
        items = [replace(item, low=-item.high, high=-item.low) for item in items]
    for shift, name in ((found.single, found.item), (found.common, None)):
        if shift is None:
            continue
        assert combine(_weakened(items, shift, name), rule).verdict != "fits_better"
        assert combine(_weakened(items, shift * (1 - 1e-6) - 1e-9, name), rule).verdict == "fits_better"
    for item in items:
        if found.single is None:
            assert combine(_weakened(items, 1e6, item.id), rule).verdict == "fits_better"
        else:
            assert combine(_weakened(items, found.single - 1e-6, item.id), rule).verdict == "fits_better"


def test_a_capped_group_alone_cannot_overturn_what_another_carries() -> None:
    items = [
        WeighedItem("a", 0.5, 1.0, "doubted", None, False),
        WeighedItem("b", 0.5, 1.0, "also doubted", None, False),
    ]
    found = find_overturn([*items, WeighedItem("c", 0.5, 1.0, "third", None, False)], Rule(0.5, 0.6))
    assert found is not None and found.item is None and found.single is None
    assert found.common == pytest.approx(0.5)
