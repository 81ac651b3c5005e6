"""What unequal reporting would do to a share."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contested.weighing.reporting import break_even, likelihood_ratio


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
