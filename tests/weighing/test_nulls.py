"""Chance: known answers from elsewhere, and the law that p is uniform under the null."""

from __future__ import annotations

from collections import Counter
from itertools import combinations, permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from contested.base.errors import WeighingError
from contested.weighing import nulls
from contested.weighing.nulls import kendall_tau_b, order_chance, wilson_interval


@pytest.mark.parametrize(
    ("successes", "n", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_interval_of_published_examples(successes: int, n: int, low: float, high: float) -> None:
    # Newcombe 1998, Statistics in Medicine 17, 857-872, table I, method 3 (95 % intervals).
    found = wilson_interval(successes, n, z=1.959963984540054)
    assert found == pytest.approx((low, high), abs=5e-5)


@given(st.integers(1, 60), st.floats(0, 1))
def test_wilson_interval_agrees_with_scipy_and_holds_the_share(n: int, share: float) -> None:
    k = round(share * n)
    low, high = wilson_interval(k, n)
    other = stats.binomtest(k, n).proportion_ci(confidence_level=0.9, method="wilson")
    assert (low, high) == pytest.approx((other.low, other.high), abs=1e-9)
    assert 0.0 <= low <= k / n + 1e-12
    assert k / n - 1e-12 <= high <= 1.0


@pytest.mark.parametrize(("successes", "n"), [(0, 0), (3, 2), (-1, 4)])
def test_wilson_interval_refuses_what_is_no_share(successes: int, n: int) -> None:
    with pytest.raises(WeighingError, match="has no interval"):
        wilson_interval(successes, n)


@given(st.integers(3, 8).flatmap(lambda n: st.permutations(range(n))))
@settings(max_examples=40, deadline=None)
def test_untied_orders_agree_with_scipys_exact_test(order: list[int]) -> None:
    x = list(range(len(order)))
    greater = stats.kendalltau(x, order, method="exact", alternative="greater")
    two_sided = stats.kendalltau(x, order, method="exact")
    chance = order_chance(x, order)
    assert kendall_tau_b(x, order) == pytest.approx(greater.statistic)
    assert chance.p_greater == pytest.approx(greater.pvalue)
    assert chance.p_two_sided == pytest.approx(two_sided.pvalue)
    assert chance.seed is None


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=3, max_size=5))
@settings(max_examples=40, deadline=None)
def test_ties_agree_with_scipys_tau_over_every_order(pairs: list[tuple[int, int]]) -> None:
    x, y = [a for a, _ in pairs], [b for _, b in pairs]
    if len(set(x)) == 1 or len(set(y)) == 1:
        with pytest.raises(WeighingError, match="tied"):
            kendall_tau_b(x, y)
        return
    observed = stats.kendalltau(x, y).statistic
    assert kendall_tau_b(x, y) == pytest.approx(observed)
    taus = [stats.kendalltau(x, order).statistic for order in permutations(y)]
    share = np.mean([tau >= observed - 1e-12 for tau in taus])
    assert order_chance(x, y).p_greater == pytest.approx(share)


@given(st.integers(3, 6), st.data())
@settings(max_examples=30, deadline=None)
def test_bound_counts_just_the_orders_in_which_nothing_falls_before_its_attack(n: int, data: st.DataObject) -> None:
    attacks = data.draw(st.lists(st.integers(0, 6), min_size=n, max_size=n))
    falls = [attack + data.draw(st.integers(0, 6)) for attack in attacks]
    allowed = [order for order in permutations(falls) if all(f >= a for a, f in zip(attacks, order, strict=True))]
    chance = order_chance(attacks, falls, second_not_before_first=True)
    assert chance.n_arrangements == len(allowed)

    def agreement(order: tuple[int, ...] | list[int]) -> int:
        return sum(
            int(np.sign((attacks[i] - attacks[j]) * (order[i] - order[j]))) for i, j in combinations(range(n), 2)
        )

    share = np.mean([agreement(order) >= agreement(falls) for order in allowed])
    assert chance.p_greater == pytest.approx(share)


def test_bound_refuses_a_fall_before_its_attack() -> None:
    with pytest.raises(WeighingError, match="lies before its partner"):
        order_chance([1, 2, 3], [1, 1, 5], second_not_before_first=True)


@pytest.mark.parametrize(("first", "second"), [([1], [1]), ([1, 2], [1, 2, 3]), ([], [])])
def test_orders_that_cannot_be_compared(first: list[int], second: list[int]) -> None:
    with pytest.raises(WeighingError, match="cannot be compared"):
        order_chance(first, second)


@pytest.mark.parametrize(
    ("x", "y", "bound"),
    [
        ([0, 1, 2, 3, 4], [0, 1, 2, 3, 4], False),
        ([0, 0, 1, 2, 3], [5, 5, 6, 7, 8], False),
        ([0, 1, 2, 3, 4], [2, 3, 3, 5, 6], True),
    ],
)
def test_law_exact_p_is_uniform_under_the_null(x: list[int], y: list[int], bound: bool) -> None:
    # Every order is equally likely under the null, so the share of orders with p <= v must be v
    # itself at each v that p can take, and no more in between.
    orders = [order for order in permutations(y) if not bound or all(b >= a for a, b in zip(x, order, strict=True))]
    p_values = [order_chance(x, order, second_not_before_first=bound).p_greater for order in orders]
    for value in set(p_values):
        assert np.mean([p <= value + 1e-12 for p in p_values]) == pytest.approx(value)


def test_law_drawn_p_keeps_its_level_under_the_null(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nulls, "DRAWS", 99)
    generator = np.random.default_rng(5)
    p_values = [order_chance(range(12), generator.permutation(12).tolist(), seed=seed).p_greater for seed in range(400)]
    for level in (0.05, 0.1, 0.25, 0.5):
        # 400 draws: three standard errors above the level.
        assert np.mean(np.array(p_values) <= level) <= level + 3 * np.sqrt(level * (1 - level) / 400)
    assert np.mean(np.array(p_values) <= 0.5) >= 0.5 - 3 * np.sqrt(0.25 / 400)


def test_drawn_p_is_near_the_exact_one_and_repeats(monkeypatch: pytest.MonkeyPatch) -> None:
    x, y = [0, 1, 2, 4, 5, 6, 7], [3, 5, 4, 6, 9, 8, 9]
    for bound in (False, True):
        exact = order_chance(x, y, second_not_before_first=bound)
        monkeypatch.setattr(nulls, "EXACT_ORDERS_UP_TO", 3)
        drawn = order_chance(x, y, second_not_before_first=bound)
        assert drawn == order_chance(x, y, second_not_before_first=bound)
        assert drawn.seed == nulls.SEED
        assert drawn.p_greater == pytest.approx(exact.p_greater, abs=0.02)
        assert drawn.p_greater >= 1 / (nulls.DRAWS + 1)
        monkeypatch.setattr(nulls, "EXACT_ORDERS_UP_TO", 9)


def test_drawn_orders_under_the_bound_are_equally_likely() -> None:
    x, y = np.array([0, 1, 2, 5]), np.array([3, 4, 2, 7])
    drawn = nulls._drawn_orders(x, y, True, np.random.default_rng(1))
    allowed = {order for order in permutations(range(4)) if all(y[j] >= x[i] for i, j in enumerate(order))}
    counts = Counter(map(tuple, drawn.tolist()))
    assert set(counts) == allowed
    expected = nulls.DRAWS / len(allowed)
    assert stats.chisquare(list(counts.values()), [expected] * len(allowed)).pvalue > 0.001
