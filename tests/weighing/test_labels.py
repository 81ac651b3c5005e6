"""Random labelling: exact where few, drawn where many, within strata and by episodes."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contested.base.errors import WeighingError
from contested.base.places import from_centre
from contested.weighing import labels
from contested.weighing.labels import find_episodes, independent_count, label_chance, strata_of
from contested.weighing.sample import Incidents


def test_labels_of_one_stratum_against_every_way_of_handing_them_out() -> None:
    values, labelled = [5.0, 1.0, 4.0, 0.0, 2.0], [True, False, True, False, False]
    chance = label_chance(values, labelled, ["s"] * 5)
    sums = [a + b for a, b in combinations(values, 2)]
    assert chance.n_arrangements == len(sums) == 10
    assert chance.p_greater == pytest.approx(np.mean([total >= 9.0 for total in sums]))
    assert chance.p_greater == chance.p_least == 0.1


def test_labels_never_leave_their_stratum() -> None:
    # All of the difference lies between the strata, so shuffling within them changes nothing.
    chance = label_chance([9.0, 9.0, 9.0, 0.0, 0.0], [True, True, False, True, False], ["a", "a", "a", "b", "b"])
    assert chance.p_greater == chance.p_two_sided == 1.0


def test_labels_of_unmixed_strata_are_refused() -> None:
    with pytest.raises(WeighingError, match="holds both incidents of the event and others"):
        label_chance([1.0, 2.0], [True, False], ["a", "b"])


def test_law_label_p_is_uniform_under_the_null() -> None:
    values, strata = [0.5, 2.0, 3.5, 1.0, 6.0, 4.0], ["a", "a", "a", "a", "b", "b"]
    p_values = []
    for in_a in combinations(range(4), 2):
        for in_b in (4, 5):
            p_values.append(label_chance(values, [row in (*in_a, in_b) for row in range(6)], strata).p_greater)
    for value in set(p_values):
        assert np.mean([p <= value + 1e-12 for p in p_values]) == pytest.approx(value)


def test_drawn_labels_are_near_the_exact_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    generator = np.random.default_rng(3)
    values, labelled = generator.normal(size=14).tolist(), [row % 3 == 0 for row in range(14)]
    strata = ["a" if row < 8 else "b" for row in range(14)]
    exact = label_chance(values, labelled, strata)
    monkeypatch.setattr(labels, "EXACT_LABELS_UP_TO", 1)
    drawn = label_chance(values, labelled, strata)
    assert (exact.seed, drawn.seed) == (None, labels.SEED)
    assert drawn.p_greater == pytest.approx(exact.p_greater, abs=0.02)
    assert drawn.p_two_sided == pytest.approx(exact.p_two_sided, abs=0.02)


# -------------------------------------------------------------------------------- draws, episodes and strata


def incidents_of(rows: list[tuple[float, float, int]], datasets: tuple[str, ...] = ("d",)) -> Incidents:
    """Incidents of one exact place each, from metres east and north of 20° east, 40° north, and a day of March."""
    east, north, day = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
    n = len(rows)
    start = np.datetime64("2020-03-01") + day.astype(int)
    lon = 20.0 + east / (111_320.0 * np.cos(np.radians(40.0)))
    return Incidents(
        tuple(f"i-{row:03d}" for row in range(n)), ("t",) * n, ("k",) * n, (datasets,) * n, ((),) * n, start, start,
        np.arange(n), np.ones(n, dtype=np.int64), lon, 40.0 + north / 111_035.0, np.zeros(n),
    )  # fmt: skip


def test_each_column_has_the_p_of_its_own_and_the_mean_that_of_the_mean() -> None:
    generator = np.random.default_rng(8)
    table, labelled = generator.normal(size=(9, 4)), [True] * 3 + [False] * 6
    chance = label_chance(table, labelled, ["s"] * 9)
    assert chance.p_by_draw == pytest.approx(
        [label_chance(table[:, column], labelled, ["s"] * 9).p_greater for column in range(4)]
    )
    assert chance.p_greater == pytest.approx(label_chance(table.mean(axis=1), labelled, ["s"] * 9).p_greater)
    assert chance.observed == pytest.approx(table[:3].mean())


def test_salvos_widen_what_labels_give_by_hand() -> None:
    # A salvo of three shells of the event and three single incidents; the difference weighs each by a half.
    values, labelled = np.array([9.0, 8.0, 10.0, 1.0, 6.0, 11.0]), np.arange(6) < 3
    pairs = {(a, b): (values[a] - values[b]) ** 2 / 2 for a, b in combinations(range(6), 2)}
    within = np.mean([pairs[pair] for pair in combinations(range(3), 2)])
    apart = np.mean([square for pair, square in pairs.items() if pair not in set(combinations(range(3), 2))])
    # The salvo's weights sum to 3/2, and the others stand for themselves: 9/4 + 3/4, in place of 6/4.
    widened = np.sqrt(((apart - within) * 3.0 + within * 1.5) / (np.mean(list(pairs.values())) * 1.5))
    means = np.array([values[list(some)].mean() for some in combinations(range(6), 3)])
    wide = values.mean() + (means - values.mean()) * widened
    chance = label_chance(values, labelled, ["s"] * 6, np.array([0, 0, 0, 3, 4, 5]))
    assert widened > 1.2 and chance.n_salvos == 1 and chance.seed is not None
    assert (chance.observed, chance.expected) == pytest.approx((9.0, 7.5))
    assert chance.p_greater == pytest.approx(np.mean(wide >= 9.0), abs=0.02)
    assert chance.p_less == pytest.approx(np.mean(wide <= 9.0), abs=0.02)
    assert np.mean(wide >= 9.0) > np.mean(means >= 9.0)


def test_salvos_of_one_change_nothing() -> None:
    values, labelled = np.random.default_rng(5).normal(size=12), np.arange(12) < 5
    alone = label_chance(values, labelled, ["s"] * 12)
    assert label_chance(values, labelled, ["s"] * 12, np.arange(12)).p_greater == alone.p_greater
    # One number for two kinds is no salvo.
    crossed = np.where(labelled, np.arange(12), np.arange(12) - 5)
    assert label_chance(values, labelled, ["s"] * 12, crossed).p_greater == alone.p_greater


def test_two_salvos_by_hand() -> None:
    rows = [(0.0, 0.0, 1), (4000.0, 0.0, 2), (8000.0, 0.0, 2), (0.0, 1000.0, 2), (0.0, 1000.0, 3), (9500.0, 0.0, 3)]
    # The first takes in what lies within 5 km and a day of itself; the third, 8 km off, begins one of its own.
    assert find_episodes(incidents_of(rows)).tolist() == [0, 0, 2, 0, 4, 2]
    apart = np.array([True, False, True, True, True, False])
    assert find_episodes(incidents_of(rows), apart).tolist() == [0, 1, 2, 0, 4, 5]
    assert independent_count(np.array([0, 0, 2, 0, 4, 2])) == pytest.approx(6**2 / (3**2 + 2**2 + 1))
    assert independent_count(np.array([])) == 0.0


@given(
    st.lists(
        st.tuples(st.floats(-15_000, 15_000), st.floats(-15_000, 15_000), st.integers(0, 6)), min_size=1, max_size=25
    ),
    st.randoms(use_true_random=False),
)
@settings(max_examples=40, deadline=None)
def test_laws_of_episodes(rows: list[tuple[float, float, int]], random: Any) -> None:
    incidents = incidents_of(rows)
    apart = np.array([random.random() < 0.5 for _ in rows])
    episode = find_episodes(incidents, apart)
    points = from_centre(np.column_stack([incidents.lon, incidents.lat]))
    for row, first in enumerate(episode.tolist()):
        assert episode[first] == first
        assert apart[row] == apart[first]
        assert 0 <= (incidents.date_start[row] - incidents.date_start[first]).astype(int) <= labels.EPISODE_DAYS
        assert np.linalg.norm(points[row] - points[first]) <= labels.EPISODE_M
    order = np.array(random.sample(range(len(rows)), len(rows)))
    again = find_episodes(incidents_of([rows[row] for row in order]), apart[order])
    together = {(a, b) for a in range(len(rows)) for b in range(len(rows)) if episode[a] == episode[b]}
    assert together == {
        (int(order[a]), int(order[b])) for a in range(len(rows)) for b in range(len(rows)) if again[a] == again[b]
    }


def test_incidents_without_a_place_stand_alone() -> None:
    incidents = incidents_of([(0.0, 0.0, 1)] * 4)
    incidents.lon[[1, 2]] = incidents.lat[[1, 2]] = incidents.radius_m[[1, 2]] = np.nan
    assert find_episodes(incidents).tolist() == [0, 1, 2, 0]


def test_strata_part_datasets_months_and_squares() -> None:
    base = incidents_of([(0.0, 0.0, 1), (100.0, 0.0, 20), (0.0, 0.0, 40), (200_000.0, 0.0, 1), (0.0, 200_000.0, 1)])
    more = base.joined(incidents_of([(0.0, 0.0, 1)], ("d", "e")))
    found = strata_of(more, {"d", "e"}).tolist()
    assert found[0] == found[1]
    assert len(set(found)) == 5
    # A dataset that tells of no incident of the event parts nothing.
    assert strata_of(more, {"d"}).tolist()[5] == strata_of(more, {"d"}).tolist()[0]


@pytest.mark.parametrize("most", [(8, 1), (1, 8), (8, 8)], ids=["event", "others", "both"])
def test_law_p_keeps_its_level_when_kinds_clump_unlike_and_not_when_rows_are_shuffled(most: tuple[int, int]) -> None:
    """Salvos of up to so many shells of the event and of others, in strata that cut through them."""
    generator = np.random.default_rng(12)
    level, n, by_salvo, by_row = 0.1, 200, [], []
    for seed in range(n):
        size = np.concatenate([generator.integers(1, most[0] + 1, 20), generator.integers(1, most[1] + 1, 20)])
        salvo = np.repeat(np.arange(40), size)
        values = np.repeat(generator.normal(size=40), size) + generator.normal(scale=0.2, size=len(salvo))
        strata = np.repeat(np.arange(40) % 3, size) * 2 + generator.integers(0, 2, len(salvo))
        by_salvo.append(label_chance(values, salvo < 20, strata, salvo, seed, draws=199).p_greater)
        by_row.append(label_chance(values, salvo < 20, strata, None, seed, draws=199).p_greater)
    error = 3 * np.sqrt(level * (1 - level) / n)
    assert np.mean(np.array(by_salvo) <= level) == pytest.approx(level, abs=error)
    assert np.mean(np.array(by_salvo) <= 0.5) == pytest.approx(0.5, abs=3 * np.sqrt(0.25 / n))
    assert np.mean(np.array(by_row) <= level) > level + error
