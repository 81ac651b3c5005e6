"""Matched wakes: an example worked on paper, counts against a plain loop, and laws of chance."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.weighing.moving_front import KM

from contested.base.errors import WeighingError
from contested.weighing.neighbours import Spots
from contested.weighing.wakes import WakeAttacks, coarsen, compare_wakes, count_wakes


def spots(km: list[float], day: list[int]) -> Spots:
    """Points on the equator."""
    return Spots.of(np.array(km) * KM, np.zeros(len(km)), np.array(day))


def attacks_of(where: Spots, treated: list[bool]) -> WakeAttacks:
    n = len(treated)
    return WakeAttacks(
        where, np.array(treated), np.zeros(n, dtype=np.int64), np.arange(n), np.zeros((n, 1), dtype=np.int64)
    )


def test_the_example_worked_on_paper() -> None:
    """Two treated attacks and two controls, far from each other; window two days and one kilometre.

    ======  ===  ===================================  =====  ======  =====
    attack  day  dependent events near it, by day     n_pre  n_post  trend
    ======  ===  ===================================  =====  ======  =====
    T1      10   8, 10, 11, 12 (13 is too late)       2      2       1 - 1
    C1      10   8, 10, 12 (7 is too early)           2      1       1 - 1
    T2      20   21                                   0      1       0
    C2      20   none (one at 2 km)                   0      0       0
    T3      11   beside T1; runs past no end
    ======  ===  ===================================  =====  ======  =====

    An event of the attack's own day counts as before it: 10 is pre. Of the days before, 0 is the later half, 2 the
    earlier, 1 neither. Classes of n_pre and trend: (2 to 3, 0) holds T1 and C1, (0, 0) holds T2 and C2; all weights
    are 1. The line n_post = 0 + 0.5 n_pre + 1 treated goes through all four points, so the effect is 1. Both kinds have
    the same n_pre and trend: imbalance 0, common support 1. (T3 is left out of the regression's half of the test.)
    """
    where = spots([0.0, 100.0, 200.0, 300.0], [10, 10, 20, 20])
    dependent = spots(
        [0.5, 0.5, 0.5, 0.5, 0.5, 100, 100, 100, 100, 200, 302], [8, 10, 11, 12, 13, 7, 8, 10, 12, 21, 21]
    )
    attacks = attacks_of(where, [True, False, True, False])
    counts = count_wakes(where, attacks.treated, dependent, [2], [1000.0])[2, 1000.0]
    assert counts.pre.tolist() == [2, 2, 0, 0]
    assert counts.post.tolist() == [2, 1, 1, 0]
    assert counts.trend.tolist() == [0, 0, 0, 0]
    wake = compare_wakes(attacks, dependent, (8, 22), [2], [1000.0]).at(2, 1000.0)
    assert wake.effect == pytest.approx(1.0)
    assert (wake.n_treated, wake.n_control, wake.n_pruned, wake.n_cut) == (2, 2, 0, 0)
    assert (wake.imbalance_before, wake.imbalance_after, wake.common_support) == (0.0, 0.0, 1.0)
    assert (wake.same_overlap, wake.other_overlap) == (0.0, 0.0)
    # Of six ways to choose two of the four, the observed one and its opposite differ by 1: about a third.
    assert wake.p_value == pytest.approx(1 / 3, abs=0.05) and wake.p_adjusted == wake.p_value
    # With a third attack of the first kind a day after T1, T1 overlaps one of its own kind.
    more = spots([0.0, 100.0, 200.0, 300.0, 0.2], [10, 10, 20, 20, 11])
    with_t3 = count_wakes(more, np.array([True, False, True, False, True]), dependent, [2], [1000.0])[2, 1000.0]
    assert with_t3.same_post.tolist() == [1, 0, 0, 0, 0] and with_t3.same_pre.tolist() == [0, 0, 0, 0, 1]
    assert not with_t3.other_pre.any() and not with_t3.other_post.any()
    # Days observed from 9 on: the wakes of day 10 begin before them.
    assert compare_wakes(attacks, dependent, (9, 22), [2], [1000.0]).at(2, 1000.0).n_cut == 2


@given(st.integers(0, 2**31))
def test_law_counts_are_those_of_a_plain_loop(seed: int) -> None:
    generator = np.random.default_rng(seed)
    where = spots(generator.uniform(0, 8, 12).tolist(), generator.integers(0, 20, 12).tolist())
    dependent = spots(generator.uniform(0, 8, 25).tolist(), generator.integers(0, 20, 25).tolist())
    treated = generator.random(12) < 0.5
    found = count_wakes(where, treated, dependent, [3, 6], [1000.0, 2500.0])
    for (days, reach_m), counts in found.items():
        for i in range(12):
            near = np.linalg.norm(dependent.metres - where.metres[i], axis=1) <= reach_m
            before = where.day[i] - dependent.day
            pre = near & (before >= 0) & (before <= days)
            assert counts.pre[i] == pre.sum()
            assert counts.post[i] == (near & (before < 0) & (before >= -days)).sum()
            assert counts.trend[i] == (pre & (2 * before < days)).sum() - (pre & (2 * before > days)).sum()
            others = np.linalg.norm(where.metres - where.metres[i], axis=1) <= reach_m
            others[i] = False
            past = where.day[i] - where.day
            assert counts.same_pre[i] == (others & (treated == treated[i]) & (past >= 0) & (past <= days)).sum()
            assert counts.other_post[i] == (others & (treated != treated[i]) & (past < 0) & (past >= -days)).sum()


def planted(seed: int, effect: float) -> tuple[WakeAttacks, Spots]:
    """Attacks far apart, each with as many events before by chance, and more after treated ones."""
    generator = np.random.default_rng(seed)
    n = 80
    treated = generator.random(n) < 0.5
    day = generator.integers(20, 60, n)
    km = np.arange(n) * 20.0
    at, on = [], []
    for row in range(n):
        before, after = generator.poisson(1.0), generator.poisson(1.0 + effect * treated[row])
        at += [km[row]] * (before + after)
        on += (day[row] - generator.integers(0, 8, before)).tolist()
        on += (day[row] + generator.integers(1, 8, after)).tolist()
    return attacks_of(spots(km.tolist(), day.tolist()), treated.tolist()), spots(at, on)


def test_a_planted_effect_is_found_in_the_window_that_holds_it() -> None:
    attacks, dependent = planted(1, 2.0)
    grid = compare_wakes(attacks, dependent, (0, 90), [3, 7], [500.0, 1000.0])
    wake = grid.at(7, 1000.0)
    assert wake.p_adjusted < 0.01 and wake.low < 2.0 < wake.high and wake.low > 0
    assert all(one.p_value <= one.p_adjusted for one in grid.wakes)


def test_law_the_adjusted_chance_keeps_its_level() -> None:
    least = []
    for seed in range(60):
        attacks, dependent = planted(seed, 0.0)
        grid = compare_wakes(attacks, dependent, (0, 90), [3, 7], [500.0, 1000.0], seed)
        least.append(min(wake.p_adjusted for wake in grid.wakes))
    for level in (0.1, 0.5):
        assert np.mean(np.array(least) <= level) <= level + 3 * np.sqrt(level * (1 - level) / 60)


def test_law_shifted_days_and_shuffled_rows_change_no_estimate() -> None:
    attacks, dependent = planted(2, 1.0)
    plain = compare_wakes(attacks, dependent, (0, 90), [7], [1000.0]).at(7, 1000.0)
    order = np.random.default_rng(0).permutation(len(attacks.treated))
    moved = attacks_of(
        Spots(attacks.spots.metres[order], attacks.spots.day[order] + 50), attacks.treated[order].tolist()
    )
    later = Spots(dependent.metres, dependent.day + 50)
    again = compare_wakes(moved, later, (50, 140), [7], [1000.0]).at(7, 1000.0)
    assert again.effect == pytest.approx(plain.effect) and again.n_pruned == plain.n_pruned


def test_one_kind_only_is_refused_with_the_counts() -> None:
    attacks = attacks_of(spots([0.0, 50.0], [10, 10]), [True, True])
    with pytest.raises(WeighingError, match="2 of the first kind and 0 of the second"):
        compare_wakes(attacks, spots([0.0], [11]), (0, 30), [7], [1000.0])


def test_classes_of_counts() -> None:
    assert coarsen(np.array([0, 1, 2, 3, 4, 8, -1, -5])).tolist() == [0, 1, 2, 2, 3, 4, -1, -3]
