"""Estimates pooled over draws: Rubin's rules by hand, and intervals that hold what they say."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from contested.base.errors import WeighingError
from contested.weighing.imputed import LEVEL, _mixture_ends, pool_shares, student_quantile
from contested.weighing.nulls import wilson_interval


@pytest.mark.parametrize("freedom", [10.0, 12.5, 19.0, 40.0, 99.0, 1000.0, 1e9])
def test_student_quantile_agrees_with_scipy(freedom: float) -> None:
    assert student_quantile(freedom) == pytest.approx(stats.t.ppf(0.5 + LEVEL / 2, freedom), abs=1e-5)


@pytest.mark.parametrize(("hits", "n"), [(0, 8), (8, 8), (3, 10), (250, 1000)])
def test_draws_that_agree_give_wilsons_interval(hits: int, n: int) -> None:
    pooled = pool_shares([hits] * 20, n)
    assert (pooled.low, pooled.high) == pytest.approx(wilson_interval(hits, n))
    assert (pooled.estimate, pooled.between, pooled.missing) == pytest.approx((hits / n, 0.0, 0.0))


def test_pooled_share_by_hand() -> None:
    # Twenty draws of ten incidents: half give 4, half give 6.
    pooled = pool_shares([4, 6] * 10, 10)
    within, between = 0.24 / 10, 20 * 0.01 / 19
    extra = (1 + 1 / 20) * between
    ratio = extra / within
    freedom = 19 * (1 + 1 / ratio) ** 2
    t = stats.t.ppf(0.95, freedom)
    assert pooled.estimate == pytest.approx(0.5)
    assert (pooled.within, pooled.between) == pytest.approx((within, between))
    assert pooled.missing == pytest.approx(extra / (within + extra))
    # Lott & Reiter 2020: Wilson's interval with t² (1 + r) in the place of z².
    square = t * t * (1 + ratio) / 10
    half = math.sqrt(square * 0.25 + square * square / 4) / (1 + square)
    low, high = _mixture_ends(np.array([0.4, 0.6]), 10.0)
    assert (pooled.low, pooled.high) == pytest.approx((min(0.5 - half, low), max(0.5 + half, high)), abs=1e-5)


def test_fewer_independent_incidents_and_unknown_ground_widen_it() -> None:
    every = pool_shares([5] * 20, 10)
    fewer = pool_shares([5] * 20, 10, n_independent=4.0)
    assert (fewer.low, fewer.high) == pytest.approx(wilson_interval(2.0, 4.0))
    assert fewer.high - fewer.low > every.high - every.low
    # A draw in which nothing fell on known ground says nothing; n is the mean of the others.
    some = pool_shares([4, 0, 2, 3], [8, 0, 4, 6])
    assert (some.estimate, some.n) == pytest.approx((0.5, 6.0))


@pytest.mark.parametrize("n", [1.0, 7.5, 60.0, 90_000.0])
@pytest.mark.parametrize("shares", [[0.0, 0.1, 0.1], [0.2, 0.5, 0.9], [1.0, 0.97]])
def test_an_interval_reaches_as_far_as_the_mean_of_the_draws_posteriors(n: float, shares: list[float]) -> None:
    at = np.array(shares)

    def below(x: float) -> float:
        return float(stats.beta.cdf(x, n * at + 0.5, n * (1 - at) + 0.5).mean())

    low, high = _mixture_ends(at, n)
    assert below(low) == pytest.approx(0.05, abs=0.003)
    assert below(high) == pytest.approx(0.95, abs=0.003)
    pooled = pool_shares(at * 1_000, 1_000, n)
    assert pooled.low <= low + 1e-12 and pooled.high >= high - 1e-12


@pytest.mark.parametrize(("hits", "n"), [([], 5), ([3], 5), ([3, 0, 0], [5, 0, 0])])
def test_fewer_than_two_draws_are_refused(hits: list[int], n: int | list[int]) -> None:
    with pytest.raises(WeighingError, match="draws"):
        pool_shares(hits, n)


@pytest.mark.parametrize("share", [0.5, 0.9])
def test_intervals_hold_the_share_as_often_as_they_say(share: float) -> None:
    generator = np.random.default_rng(9)
    n, held, runs = 40, 0, 600
    for _ in range(runs):
        truth = generator.random(n) < share
        # Each incident is read wrongly with a known chance; draws are from the posterior given the reading.
        wrong = 0.25
        read = truth ^ (generator.random(n) < wrong)
        likely = np.where(read, 1 - wrong, wrong) * share
        posterior = likely / (likely + np.where(read, wrong, 1 - wrong) * (1 - share))
        pooled = pool_shares((generator.random((100, n)) < posterior).sum(axis=1), n)
        held += pooled.low <= truth.mean() <= pooled.high
    assert held / runs >= LEVEL - 3 * math.sqrt(LEVEL * (1 - LEVEL) / runs)


def test_one_incident_that_some_draws_put_off_the_map_still_has_an_interval() -> None:
    found = pool_shares([1, 0, 1, 0], [1, 0, 1, 1], 1.0)
    assert found.estimate == pytest.approx(2 / 3)
    assert 0.0 <= found.low <= found.estimate <= found.high <= 1.0
    assert found.n == 1.0
