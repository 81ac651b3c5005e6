"""Directions of advance and attacks: by hand, anywhere on earth, and what is refused."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from tests.weighing.moving_front import KM

from contested.base.errors import WeighingError
from contested.weighing.direction import compare_directions
from contested.weighing.following import compass

#: Falls a kilometre further west each day.
FALLS = (-np.arange(6) * KM, np.zeros(6), np.arange(6))


def test_by_hand_a_perfect_following_has_one_order_of_all() -> None:
    """Attacks at 0, 1, 3 km west on days 0, 1, 2: slope 1.5 km a day; three of six orders lean west at all."""
    found = compare_directions((np.array([0.0, -1.0, -3.0]) * KM, np.zeros(3), [0, 1, 2]), FALLS)
    assert found.advance.bearing_deg == pytest.approx(270.0)
    assert found.advance.m_per_day == pytest.approx(1000.0)
    assert found.attacks.m_per_day == pytest.approx(1500.0)
    assert found.angle_deg == pytest.approx(0.0) and found.p_angle == 0.5
    assert found.tau_attacks == pytest.approx(1.0) and found.p_attacks == pytest.approx(1 / 6)
    assert found.tau_advance == pytest.approx(1.0) and found.seed is None


def test_the_chance_of_the_angle_is_the_share_of_all_orders() -> None:
    generator = np.random.default_rng(3)
    east, north, day = generator.normal(size=6), generator.normal(size=6), np.array([0, 1, 1, 4, 6, 9])
    found = compare_directions((east * KM, north * KM, day), FALLS)
    angles = []
    for order in permutations(range(6)):
        days = day[list(order)] - day.mean()
        slope = np.array([days @ (east - east.mean()), days @ (north - north.mean())])
        angles.append(np.degrees(np.arccos(np.clip(-slope[0] / np.hypot(*slope), -1, 1))))
    assert found.p_angle == pytest.approx(np.mean(np.array(angles) <= found.angle_deg + 1e-6))


def test_law_shifting_days_shuffling_rows_and_moving_round_the_earth_change_nothing() -> None:
    generator = np.random.default_rng(1)
    lon, lat, day = generator.uniform(-0.2, 0.2, 30), generator.uniform(-0.2, 0.2, 30), generator.integers(0, 50, 30)
    plain = compare_directions((lon, lat, day), FALLS)
    order = generator.permutation(30)
    shuffled = compare_directions((lon[order], lat[order], day[order] + 100), (FALLS[0], FALLS[1], FALLS[2] + 7))
    moved = compare_directions(
        ((lon + 360.0) % 360.0 - 180.0, lat, day), ((FALLS[0] + 360.0) % 360.0 - 180.0, FALLS[1], FALLS[2])
    )
    for other in (shuffled, moved):
        assert other.angle_deg == pytest.approx(plain.angle_deg)
        assert other.advance.bearing_deg == pytest.approx(plain.advance.bearing_deg)
        # Drawn in another order of rows.
        assert other.p_angle == pytest.approx(plain.p_angle, abs=0.02)


@pytest.mark.parametrize(
    ("attacks", "falls", "told"),
    [
        (([0, KM], [0, 0], [0, 1]), FALLS, "there are 2 attacks"),
        (([KM] * 4, [0] * 4, range(4)), FALLS, "all 4 attacks lie in one spot"),
        (([0, KM, 2 * KM], [0] * 3, [5] * 3), FALLS, "all 3 attacks are of one day"),
        (([0, KM, 2 * KM], [0] * 3, range(3)), ([], [], []), "no place passed"),
        (([0, KM, 2 * KM], [0] * 3, range(3)), ([0, KM, 2 * KM], [0] * 3, [4] * 3), "places that passed are of one day"),
        (([0, KM, 0], [0] * 3, range(3)), FALLS, "do not lie further on"),
    ],
)  # fmt: skip
def test_what_has_no_direction_is_refused_with_the_counts(attacks, falls, told) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(WeighingError, match=told):
        compare_directions(attacks, falls)


def test_bearings_in_words() -> None:
    assert [compass(at) for at in (0.0, 44.0, 90.0, 200.0, 337.6)] == ["north", "north-east", "east", "south", "north"]
