"""What unequal reporting would do to a share."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contested.weighing.reporting import (
    ReportingRatio,
    break_even,
    corrected_interval,
    estimate_ratio,
    likelihood_ratio,
    reporting_term,
)
from contested.weighing.sample import case_layers, make_sample


def test_all_eight_in_one_area() -> None:
    # (1 + r)^8: 256 at equal reporting, and 1 only when nothing else can be reported.
    assert likelihood_ratio(8, 8, 1.0) == pytest.approx(256.0)
    assert likelihood_ratio(8, 8, 0.5) == pytest.approx(1.5**8)
    assert likelihood_ratio(8, 8, 0.0) == pytest.approx(1.0)
    assert break_even(8, 8) == 0.0


def test_none_in_the_area_and_half_in_it() -> None:
    assert break_even(0, 5) == math.inf
    assert break_even(3, 6) is None
    assert likelihood_ratio(3, 6, 0.2) == pytest.approx(1.0)


def test_ratio_from_the_two_likelihoods_themselves() -> None:
    # Nine of ten, twice as easily reported from the other area: shares in proportion to theta times rho.
    k, m, r, q = 9, 10, 2.0, 0.9
    first = q / (q + (1 - q) * r)
    second = 0.5 / (0.5 + 0.5 * r)
    expected = (first**k * (1 - first) ** (m - k)) / (second**k * (1 - second) ** (m - k))
    assert likelihood_ratio(k, m, r) == pytest.approx(expected)


@given(st.integers(2, 200).flatmap(lambda m: st.tuples(st.integers(1, m - 1), st.just(m))))
def test_the_ratio_is_one_at_the_break_even(counts: tuple[int, int]) -> None:
    k, m = counts
    even = break_even(k, m)
    if even is None:
        assert 2 * k == m
        return
    assert even > 0
    assert likelihood_ratio(k, m, even) == pytest.approx(1.0, abs=1e-6)
    assert (even < 1) == (k > m / 2)


# ------------------------------------------------------------------------------------------ the measured ratio


def test_the_ratio_of_planted_chances_lies_in_its_interval_as_often_as_it_says() -> None:
    generator = np.random.default_rng(4)
    rho_advancing, rho_losing, runs, held = 0.3, 0.6, 200, 0
    for _ in range(runs):
        there = np.repeat([1.0, 0.0], [60, 90])
        found = generator.random(150) < np.where(there == 1.0, rho_advancing, rho_losing)
        ratio = estimate_ratio(there, 1.0 - there, found.astype(float))
        assert ratio is not None
        assert ratio.low < ratio.ratio < ratio.high
        held += ratio.low <= rho_advancing / rho_losing <= ratio.high
    assert held / runs == pytest.approx(0.9, abs=3 * math.sqrt(0.09 / runs))


def test_ratio_counts_shares_of_places_that_may_lie_in_either_area() -> None:
    there = np.array([1.0, 0.5] * 10)
    here = np.array([0.0, 0.5] * 10) + np.array([1.0, 0.0] * 10)
    ratio = estimate_ratio(there, here, np.ones(20))
    assert ratio is not None
    assert (ratio.checked, ratio.found) == ((15.0, 15.0), (15.0, 15.0))
    assert ratio.ratio == pytest.approx(1.0, abs=0.03)
    again = estimate_ratio(there, here, np.ones(20))
    assert again == ratio


@pytest.mark.parametrize(("advancing", "losing"), [(0, 0), (9, 100), (100, 9), (0, 500)])
def test_ratio_is_not_estimated_from_fewer_than_ten_in_either_area(advancing: int, losing: int) -> None:
    there = np.repeat([1.0, 0.0], [advancing, losing])
    assert estimate_ratio(there, 1.0 - there, np.ones(len(there))) is None


def test_corrected_interval_by_hand() -> None:
    # 7 of 10, half an incident added to either side: 7.5 of 11, odds 15 to 7; reported a third as often elsewhere.
    ratio = ReportingRatio(1 / 3, 1 / 6, 2 / 3, (20.0, 20.0), (5.0, 15.0))
    at, low, high = corrected_interval(7.0, 10.0, 8.0, ratio)
    assert at / (1 - at) == pytest.approx(15 / 7 / 3)
    spread = math.hypot(1 / math.sqrt(8 * (7.5 / 11) * (3.5 / 11)), math.log(4) / (2 * 1.6448536269514722))
    for end, sign in ((low, -1), (high, 1)):
        assert math.log(end / (1 - end)) == pytest.approx(math.log(5 / 7) + sign * 1.6448536269514722 * spread)


@given(st.integers(1, 60).flatmap(lambda m: st.tuples(st.integers(0, m), st.just(m))), st.floats(0.05, 20))
def test_laws_of_the_corrected_interval(counts: tuple[int, int], middle: float) -> None:
    k, m = counts
    ratio = ReportingRatio(middle, middle / 2, middle * 2, (20.0, 20.0), (10.0, 10.0))
    at, low, high = corrected_interval(k, m, m, ratio)
    assert 0.0 < low < at < high < 1.0
    # A surer ratio gives a narrower interval; one of 1 leaves the share where it was.
    sure = corrected_interval(k, m, m, ReportingRatio(middle, middle, middle, (20.0, 20.0), (10.0, 10.0)))
    assert sure[0] == pytest.approx(at)
    assert low < sure[1] < at < sure[2] < high
    even = corrected_interval(k, m, m, ReportingRatio(1.0, 1.0, 1.0, (20.0, 20.0), (10.0, 10.0)))
    assert even[0] == pytest.approx((k + 0.5) / (m + 1.0))
    assert math.isclose(middle, 1.0) or (at < even[0]) == (middle < 1.0)


# --------------------------------------------------------------------------------------------- what is printed


@pytest.fixture
def term(make_case: Any, make_tables: Any) -> Callable[..., tuple[str, dict[str, Any]]]:
    """The reporting term of so many incidents in either area, beside others: (metres from the front, datasets)."""

    def make(k: float, m: float, others: Sequence[tuple[float, list[str]]] = ()) -> tuple[str, dict[str, Any]]:
        incidents = [{"places": [{"m": 5000.0}]}]
        incidents += [{"event": None, "places": [{"m": metres}], "datasets": names} for metres, names in others]
        case, tables = make_case(), make_tables(incidents)
        sample = make_sample(case, case.file.weighing[0], "wiki", tables, case_layers(case, tables["holdings"]))
        return reporting_term(sample, k, m, m)

    return make


Term = Callable[..., tuple[str, dict[str, Any]]]


@pytest.mark.parametrize(
    ("k", "m", "words"),
    [
        (8, 8, "only at a chance of 0: if nothing at all could be reported from the area of the government"),
        (0, 8, "only if nothing could be reported from the area of the opposition"),
        (4, 8, "Half lay in either area"),
        (6, 8, "so that the counts say nothing, at a chance of 0.56"),
        (0, 0, "No incident lay in either party's area"),
    ],
)
def test_the_sentence_says_when_the_counts_say_nothing(term: Term, k: int, m: int, words: str) -> None:
    text, numbers = term(k, m)
    assert words in text
    if m:
        assert "Nothing measures that chance" in text
        assert "reporting_ratio" not in numbers


def test_what_another_dataset_tells_of_measures_the_chance(term: Term) -> None:
    # Of the other dataset's 20 in each area, the event's own dataset has 8 and 15.
    others = [
        (metres, ["d", "x"] if n < found else ["x"])
        for metres, found in ((-5000.0, 8), (5000.0, 15))
        for n in range(20)
    ]
    text, numbers = term(7.0, 10.0, others)
    assert (numbers["checked_in_advancing_area"], numbers["checked_in_losing_area"]) == (20.0, 20.0)
    assert (numbers["found_in_advancing_area"], numbers["found_in_losing_area"]) == (8.0, 15.0)
    assert numbers["reporting_ratio"] == pytest.approx(8 / 15, abs=0.03)
    assert numbers["corrected_share_low"] < numbers["corrected_share"] < 0.7
    assert "8 of 20 in the area of the government and 15 of 20 in the area of the opposition" in text
    # 7 of 10 say nothing at a chance of 0.65, which the interval holds.
    assert numbers["reporting_ratio_low"] < numbers["break_even_reporting_ratio"] < numbers["reporting_ratio_high"]
    assert text.endswith("nothing follows from this share.")
    assert "nothing follows" not in term(10.0, 10.0, others)[0]


def test_others_of_the_same_dataset_alone_measure_nothing(term: Term) -> None:
    text, numbers = term(7.0, 10.0, [(-5000.0, ["d"])] * 30 + [(5000.0, ["d"])] * 30)
    assert numbers["others_in_advancing_area"] == 30.0
    assert "Too few incidents are told by another dataset" in text
    assert "reporting_ratio" not in numbers
