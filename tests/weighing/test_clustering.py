"""Knox's test: numbers worked out by hand, agreement with slow counting, and the law that p keeps its level."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import permutations
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from contested.base.errors import RecordError, WeighingError
from contested.base.places import geodesic_m
from contested.weighing import clustering
from contested.weighing.clustering import (
    Interaction,
    NearPairs,
    count_near_in_time,
    find_interaction,
    near_pairs,
    poisson_tail,
)


def weigh(
    lon: Sequence[float], days: Sequence[int], limits_m: Sequence[float], limits_days: Sequence[int], **options: Any
) -> Interaction:
    """The test of points along the equator."""
    points = np.asarray(lon, dtype=np.float64)
    pairs = near_pairs(points, np.zeros(len(points)), limits_m)
    strata = np.asarray(options.pop("strata", np.zeros(len(points))))
    return find_interaction(lambda draw: pairs, np.array(days, dtype=np.int64)[:, None], limits_days, strata, **options)


def test_two_salvos_of_two_by_hand() -> None:
    # Two towns far apart, two attacks in each, on days 1, 2 and 21, 22. Two of six pairs are near, two are soon, and
    # both are the same two. Of the 24 orders of the days 8 keep 1 with 2 and 21 with 22.
    found = weigh([0.0, 0.001, 5.0, 5.001], [1, 2, 21, 22], [1_000.0], [1])
    (window,) = found.windows
    assert (window.near, window.soon, window.observed) == (2, 2, 2)
    assert window.expected_of_margins == pytest.approx(2 / 3)
    assert window.expected == pytest.approx(2 / 3)
    assert found.p_value == window.p_greater == window.p_adjusted == found.p_least == pytest.approx(1 / 3)
    assert (found.n, found.n_arrangements, found.seed) == (4, 24, None)
    # Of the orders a third have 2 and the others 0: the deviation is the root of 8/9, and (2 - 2/3) over it root 2.
    assert window.standardised == pytest.approx(math.sqrt(2))
    # Poisson with mean 2/3: one less the chances of 0 and 1.
    assert window.p_poisson == pytest.approx(1 - math.exp(-2 / 3) * (1 + 2 / 3))


def test_fighting_that_moves_from_town_to_town_is_no_salvo_within_a_month() -> None:
    # Each town has its own month: near means soon over the whole period, and within a month nothing is near and soon
    # more often than else.
    towns, days = np.repeat([0.0, 5.0, 9.0], 12), np.repeat([0, 100, 200], 12) + np.tile(np.arange(0, 24, 2), 3)
    whole = weigh(towns, days, [1_000.0], [7])
    assert whole.p_value == pytest.approx(1e-4)
    with pytest.raises(WeighingError, match="shuffling days changes no count"):
        weigh(towns, days, [1_000.0], [7], strata=np.repeat(["a", "b", "c"], 12))


def test_knox_1964_own_numbers() -> None:
    # Knox 1964, Applied Statistics 13, 25-29: 96 children with leukaemia, of 4,560 pairs 152 within 59 days, 25 within
    # a kilometre, 5 within both, where 0.83 are expected.
    expected = 152 * 25 / (96 * 95 / 2)
    assert expected == pytest.approx(0.83, abs=0.005)
    assert poisson_tail(5, expected) == pytest.approx(stats.poisson.sf(4, expected))


def test_joins_of_a_lattice_have_the_mean_of_cliff_and_ord() -> None:
    # Nine squares, four of them marked at random: of J = 12 joins 2 * 4 * 5 / (9 * 8) join unlike squares on average
    # (Cliff & Ord 1981, Spatial processes, 19). Like squares are pairs that touch and lie no mark apart.
    square = np.arange(9).reshape(3, 3)
    one = np.concatenate([square[:, :-1].ravel(), square[:-1].ravel()])
    other = np.concatenate([square[:, 1:].ravel(), square[1:].ravel()])
    marks = np.array([1, 1, 0, 1, 1, 0, 0, 0, 0])[:, None]
    pairs = NearPairs(one, other, (1.0,), (12,))
    found = find_interaction(lambda draw: pairs, marks, (0,), np.zeros(9))
    # Four joins of the marked square, and four along the two sides that it leaves.
    assert found.windows[0].observed == 8
    assert found.windows[0].expected == pytest.approx(12 * (1 - 2 * 4 * 5 / (9 * 8)))
    # No way of marking four squares joins more; as many have the square in each of four corners, and a side of three
    # with one beside either end of it.
    assert found.p_value == found.p_least == pytest.approx((4 + 4 * 2) / math.comb(9, 4))


@given(st.integers(0, 5_000), st.floats(0.0, 5_000.0))
def test_poisson_tail_agrees_with_scipy(count: int, mean: float) -> None:
    assert poisson_tail(count, mean) == pytest.approx(stats.poisson.sf(count - 1, mean), rel=1e-6, abs=1e-9)


@pytest.mark.parametrize("count", [990_000, 1_000_000, 1_000_001, 1_010_000])
def test_poisson_tail_of_many(count: int) -> None:
    assert poisson_tail(count, 1e6) == pytest.approx(stats.poisson.sf(count - 1, 1e6), rel=1e-5, abs=1e-9)


def coordinates(n: int) -> st.SearchStrategy[tuple[list[float], list[float]]]:
    """Points within some ten kilometres of 180 degrees east or of the pole, or of a town."""
    centre = st.sampled_from([(180.0, 0.0), (0.0, 89.97), (37.0, 36.0)])

    def around(middle: tuple[float, float]) -> st.SearchStrategy[tuple[list[float], list[float]]]:
        offset = st.floats(-0.05, 0.05)
        lon = st.lists(offset.map(lambda x: (middle[0] + x + 180.0) % 360.0 - 180.0), min_size=n, max_size=n)
        lat = st.lists(offset.map(lambda y: min(90.0, middle[1] + y)), min_size=n, max_size=n)
        return st.tuples(lon, lat)

    return centre.flatmap(around)


@given(coordinates(12), st.permutations(range(12)))
@settings(max_examples=50, deadline=None)
def test_pairs_and_counts_agree_with_looking_at_every_pair(
    points: tuple[list[float], list[float]], days: list[int]
) -> None:
    lon, lat = np.array(points[0]), np.array(points[1])
    limits_m, limits_days = (500.0, 2_000.0, 6_000.0), (0, 1, 3)
    pairs = near_pairs(lon, lat, limits_m)
    day = np.array(days) // 2
    i, j = np.triu_indices(12, k=1)
    metres = geodesic_m(lon[i], lat[i], lon[j], lat[j])
    for number, limit in enumerate(limits_m):
        within = {tuple(sorted(pair)) for pair in zip(pairs.left.tolist(), pairs.right.tolist(), strict=True)}
        if number == 2:
            assert within == set(zip(i[metres <= limit].tolist(), j[metres <= limit].tolist(), strict=True))
        assert pairs.ends[number] == np.count_nonzero(metres <= limit)
    counts = count_near_in_time(pairs, day.astype(np.int16)[:, None], limits_days)
    wanted = [[np.count_nonzero((metres <= m) & (np.abs(day[i] - day[j]) <= d)) for d in limits_days] for m in limits_m]
    assert counts[:, :, 0].tolist() == wanted


def test_more_pairs_than_a_block_are_all_counted() -> None:
    points = np.zeros(60)
    pairs = near_pairs(points, points, (10.0,))
    assert pairs.ends == (60 * 59 // 2,)
    assert count_near_in_time(pairs, np.zeros((60, 3), dtype=np.int16), (0,)).tolist() == [[[1770, 1770, 1770]]]


@given(st.lists(st.integers(0, 2), min_size=6, max_size=6), st.lists(st.integers(0, 4), min_size=6, max_size=6),
       st.lists(st.booleans(), min_size=6, max_size=6))  # fmt: skip
@settings(max_examples=50, deadline=None)
def test_exact_p_counts_every_order_within_strata(towns: list[int], days: list[int], strata: list[bool]) -> None:
    def count(order: Sequence[int]) -> int:
        return sum(towns[i] == towns[j] and abs(order[i] - order[j]) <= 1 for i in range(6) for j in range(i + 1, 6))

    kept = [order for order in permutations(range(6)) if all(strata[a] == strata[b] for a, b in enumerate(order))]
    scores = [count([days[row] for row in order]) for order in kept]
    lon = np.array(towns) * 3.0
    if len(set(scores)) == 1:
        with pytest.raises(WeighingError, match="shuffling days changes no count of pairs: of 15 pairs"):
            weigh(lon, days, [100.0], [1], strata=strata)
        return
    found = weigh(lon, days, [100.0], [1], strata=strata)
    assert found.n_arrangements == len(kept)
    assert found.p_value == pytest.approx(np.mean([score >= count(days) for score in scores]))
    assert found.windows[0].expected == pytest.approx(np.mean(scores))
    assert found.p_least == pytest.approx(np.mean([score == max(scores) for score in scores]))


def test_law_p_over_all_windows_is_uniform_under_the_null() -> None:
    # All orders of six days are equally likely under the null, so the share of orders with p <= v must be v at each v
    # that p can take.
    towns, days = [0.0, 0.0, 0.02, 3.0, 3.02, 3.02], [0, 1, 2, 5, 6, 20]
    found = [weigh(towns, order, [100.0, 5_000.0], [1, 4]) for order in permutations(days)]
    values = np.array([one.p_value for one in found])
    for value in np.unique(values):
        assert np.mean(values <= value + 1e-12) == pytest.approx(value)
    for one in found:
        assert all(window.p_adjusted >= window.p_greater - 1e-12 for window in one.windows)
        assert one.p_value == pytest.approx(min(window.p_adjusted for window in one.windows))


def test_drawn_p_lies_near_the_exact_one_and_comes_again_with_its_seed(monkeypatch: pytest.MonkeyPatch) -> None:
    towns, days = np.repeat([0.0, 3.0, 6.0], 3), [0, 1, 2, 4, 5, 9, 3, 20, 21]
    exact = weigh(towns, days, [100.0], [1, 3])
    monkeypatch.setattr(clustering, "EXACT_ORDERS_UP_TO", 3)
    drawn = weigh(towns, days, [100.0], [1, 3])
    assert drawn.seed is not None
    assert drawn.n_arrangements == 9_999
    assert drawn.p_value == pytest.approx(exact.p_value, abs=4 * math.sqrt(exact.p_value / 9_999))
    assert drawn.windows[1].expected == pytest.approx(exact.windows[1].expected, rel=0.05)
    assert weigh(towns, days, [100.0], [1, 3]) == drawn
    assert weigh(towns, days, [100.0], [1, 3], seed=1) != drawn


def test_planted_salvos_are_found_and_shuffled_ones_are_not() -> None:
    generator = np.random.default_rng(5)
    town, day = generator.integers(0, 30, 40), generator.integers(0, 300, 40)
    towns, days = np.repeat(town, 3) * 1.0, np.repeat(day, 3) + generator.integers(0, 2, 120)
    found = weigh(towns, days, [1_000.0, 5_000.0], [1, 3, 7])
    assert found.p_value == pytest.approx(1e-4)
    assert found.windows[0].observed > 3 * found.windows[0].expected
    assert weigh(towns, generator.permutation(days), [1_000.0, 5_000.0], [1, 3, 7]).p_value > 0.01


def test_counts_of_several_draws_are_means_and_rows_keep_their_draws_together() -> None:
    generator = np.random.default_rng(6)
    lon, days = generator.uniform(0, 0.04, (6, 3)), generator.integers(0, 5, (6, 3))
    pairs = [near_pairs(lon[:, draw], np.zeros(6), (2_000.0,)) for draw in range(3)]
    found = find_interaction(pairs.__getitem__, days, (1,), np.zeros(6))

    def mean(order: Sequence[int]) -> float:
        at = list(order)
        return float(np.mean([
            count_near_in_time(pairs[draw], days[at, draw][:, None], (1,))[0, 0, 0] for draw in range(3)
        ]))  # fmt: skip

    scores = np.array([mean(order) for order in permutations(range(6))])
    (window,) = found.windows
    assert window.observed == pytest.approx(scores[0])
    assert window.expected == pytest.approx(scores.mean())
    assert found.p_value == pytest.approx((scores >= scores[0] - 1e-9).mean())
    assert found.n_arrangements == 720
    assert found.p_over_draws[0] < found.p_over_draws[1]


def test_drawn_arrangements_of_several_draws_hand_days_to_the_same_rows() -> None:
    # Draws that are alike change nothing; were each shuffled by itself, their mean would vary less.
    towns, days = np.repeat([0.0, 3.0, 6.0], 5), np.arange(15)[:, None] * 3 % 11
    pairs = near_pairs(towns, np.zeros(15), (100.0,))
    one, four = (
        find_interaction(lambda draw: pairs, np.tile(days, (1, draws)), (1, 3), np.zeros(15)) for draws in (1, 4)
    )
    assert one == four


def test_very_many_pairs_get_fewer_arrangements(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clustering, "MAX_WORK", 2_000_000)
    towns, days = np.repeat([0.0, 3.0], 20), np.arange(40) % 11
    assert weigh(towns, days, [100.0], [1]).n_arrangements == 2_000_000 // (2 * 190 + 30 * 40)
    twice = near_pairs(towns, np.zeros(40), (100.0,))
    drawn = find_interaction(lambda draw: twice, np.tile(days, (2, 1)).T, (1,), np.zeros(40))
    assert drawn.n_arrangements == clustering.LEAST_DRAWS
    monkeypatch.setattr(clustering, "MAX_WORK", 1)
    assert weigh(towns, days, [100.0], [1]).n_arrangements == clustering.LEAST_DRAWS


@pytest.mark.parametrize(
    ("towns", "days", "message"),
    [
        ([0.0, 0.0], [1, 2], "salvos need 3 dated and placed incidents or more, and there are 2"),
        ([0.0] * 12, list(range(12)), "of 66 pairs 66 lie within 1,000 m and 11 within 1 day"),
        (np.arange(12.0), [1, 1, *range(10)], "of 66 pairs 0 lie within 1,000 m"),
        (np.repeat([0.0, 3.0], 6), [4] * 12, "66 within 1 day"),
    ],
)
def test_what_leaves_nothing_to_shuffle_is_refused(towns: Sequence[float], days: list[int], message: str) -> None:
    with pytest.raises(WeighingError, match=message):
        weigh(towns, days, [1_000.0], [1])


def test_too_many_pairs_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clustering, "MAX_PAIRS", 40)
    with pytest.raises(WeighingError, match="too many pairs of incidents lie within 1,000 m"):
        weigh([0.0] * 12, list(range(12)), [1_000.0], [1])


def test_a_point_that_is_none_is_refused() -> None:
    with pytest.raises(RecordError, match="outside"):
        near_pairs(np.array([0.0, 190.0]), np.zeros(2), (1_000.0,))


def test_days_of_centuries_are_counted() -> None:
    pairs = NearPairs(np.array([0, 1]), np.array([1, 2]), (1.0,), (2,))
    found = find_interaction(lambda draw: pairs, np.array([[0], [1], [90_000]]), (1,), np.zeros(3))
    assert found.windows[0].observed == 1
