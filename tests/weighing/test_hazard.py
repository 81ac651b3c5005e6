"""Risk of falling after attacks: laws of chance, planted effects, and what is refused."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.weighing.moving_front import FIRST, KM, front_layer, front_panel, reach_by_day

from contested.base.errors import WeighingError
from contested.weighing import hazard
from contested.weighing.event_study import event_study, ring_shares
from contested.weighing.exposure import distance_bands, hazard_setting, told_ground
from contested.weighing.hazard import Attacks, Setting, add_up, attacked_before, hazard_ratio
from contested.weighing.panel import Course, Panel, follow_course
from contested.weighing.placebos import reversed_order, rotate_dates
from contested.weighing.sample import Incidents, Reals

DAYS, STRIPS, WIDE = 110, 50, 40
WITHIN = 10


@pytest.fixture(scope="module")
def panel() -> Panel:
    return front_panel(front_layer(reach_by_day(2, DAYS, STRIPS, WIDE), WIDE), DAYS)


@pytest.fixture(scope="module")
def course(panel: Panel) -> Course:
    return follow_course(panel, "opp", "gov")


def setting_of(panel: Panel, course: Course, attacks: Attacks, quiet: bool = True) -> Setting:
    classes = distance_bands(panel, 1000.0), np.zeros(panel.codes.shape, dtype=np.int8)
    return hazard_setting(panel, course, attacks, classes, WITHIN, quiet)


def drawn_attacks(course: Course, n: int, pull: float, seed: int) -> Attacks:
    """Attacks on held cells, so many times likelier on those that fall within ten days."""
    generator = np.random.default_rng(seed)
    day = np.sort(generator.integers(2, DAYS - WITHIN - 1, n))
    cell = np.empty(n, dtype=np.int64)
    for row, on in enumerate(day.tolist()):
        held = np.flatnonzero(course.held[on])
        weight = np.where(course.gain_in[on, held] <= WITHIN, pull, 1.0)
        cell[row] = generator.choice(held, p=weight / weight.sum())
    numbers = np.arange(n)
    return Attacks(cell, day, numbers, numbers)


def test_law_the_chance_is_uniform_when_attacks_fall_at_random(panel: Panel, course: Course) -> None:
    """p at most as often below each level as the level, and the mid-p near uniform (Kolmogorov-Smirnov bound)."""
    n, middles, p_values = 150, [], []
    for seed in range(n):
        attacks = drawn_attacks(course, 40, 1.0, seed)
        found = hazard_ratio(setting_of(panel, course, attacks), attacks)
        p_values.append(found.p_greater)
        middles.append((found.p_greater + 1.0 - found.p_less) / 2)
    for level in (0.05, 0.1, 0.25, 0.5):
        assert np.mean(np.array(p_values) <= level) <= level + 3 * np.sqrt(level * (1 - level) / n)
    apart = np.abs(np.sort(middles) - (np.arange(n) + 0.5) / n).max()
    assert apart <= 1.63 / np.sqrt(n)


def test_a_planted_effect_is_found_and_its_interval_holds_no_effect_as_unlikely(panel: Panel, course: Course) -> None:
    attacks = drawn_attacks(course, 80, 5.0, 1)
    found = hazard_ratio(setting_of(panel, course, attacks), attacks)
    assert found.p_greater < 0.01 and found.ratio > 1.3 and 1.0 < found.low < found.ratio < found.high
    assert found.falls > found.chance_high
    turned = rotate_dates(setting_of(panel, course, attacks, quiet=False), attacks)
    assert turned is not None and turned.p_greater < 0.1 and turned.score[0] > 2.0


def test_law_shuffled_rows_and_doubled_attacks_change_nothing(panel: Panel, course: Course) -> None:
    attacks = drawn_attacks(course, 30, 2.0, 3)
    setting = setting_of(panel, course, attacks)
    found = hazard_ratio(setting, attacks)
    order = np.random.default_rng(0).permutation(30)
    again = hazard_ratio(setting, attacks.take(np.concatenate([order, order])))
    for name in ("ratio", "low", "high", "n", "falls", "expected", "p_greater", "p_less", "chance_low", "chance_high"):
        assert getattr(again, name) == pytest.approx(getattr(found, name)), name


def test_the_ratio_is_one_when_each_day_and_band_is_attacked_as_it_falls(panel: Panel, course: Course) -> None:
    """Every second held cell of one stratum is attacked: of either half as many fall, by making it so."""
    attacks = drawn_attacks(course, 1, 1.0, 0)
    setting = setting_of(panel, course, attacks)
    stratum = setting.stratum(20)
    number = np.bincount(stratum[(stratum >= 0) & (setting.outcome[20] == 1)]).argmax()
    cells = np.flatnonzero(stratum == number)
    fell = setting.outcome[20, cells] == 1
    half = np.concatenate([cells[fell][: fell.sum() // 2], cells[~fell][: (~fell).sum() // 2]])
    rest = np.concatenate([cells[fell][fell.sum() // 2 * 2 :], cells[~fell][(~fell).sum() // 2 * 2 :]])
    setting.eligible[20, rest] = False
    fresh = Setting(setting.panel, setting.eligible, setting.outcome, setting.band, setting.busy)
    numbers = np.arange(len(half))
    found = hazard_ratio(fresh, Attacks(half, np.full(len(half), 20), numbers, numbers))
    assert found.falls > 0 and found.ratio == pytest.approx(1.0) and found.falls == pytest.approx(found.expected)


def test_all_of_a_stratum_attacked_leaves_nothing_to_compare(panel: Panel, course: Course) -> None:
    attacks = drawn_attacks(course, 1, 1.0, 0)
    setting = setting_of(panel, course, attacks)
    cells = np.flatnonzero(setting.stratum(20) >= 0)
    numbers = np.arange(len(cells))
    with pytest.raises(WeighingError, match=f"none of {len(cells)} attacked cells.*without a place to compare"):
        hazard_ratio(setting, Attacks(cells, np.full(len(cells), 20), numbers, numbers))


def test_small_n_is_exact_by_hand(panel: Panel, course: Course) -> None:
    """Two single attacks: the chance of two falls is the product of the two shares of their strata."""
    attacks = drawn_attacks(course, 2, 50.0, 7)
    setting = setting_of(panel, course, attacks)
    shares = []
    for cell, day in zip(attacks.cell.tolist(), attacks.day.tolist(), strict=True):
        stratum = setting.stratum(day)
        like = stratum == stratum[cell]
        shares.append((setting.outcome[day, like] == 1).mean())
    found = hazard_ratio(setting, attacks)
    assert found.falls == 2 and found.p_greater == pytest.approx(shares[0] * shares[1])
    assert found.expected == pytest.approx(sum(shares)) and np.isnan(found.low)


def test_an_episode_moves_together(panel: Panel, course: Course) -> None:
    """Four neighbouring cells are one choice: their chances are shares of the places that the first could lie on."""
    day = 20
    setting = setting_of(panel, course, drawn_attacks(course, 1, 1.0, 0))
    stratum = setting.stratum(day)
    first = np.flatnonzero(stratum >= 0)[5]
    to_it = np.hypot(panel.lon - panel.lon[first], panel.lat - panel.lat[first])
    cells = np.array([cell for cell in np.argsort(to_it) if stratum[cell] >= 0][:4])
    one = np.zeros(4, dtype=np.int64)
    together = hazard_ratio(setting, Attacks(cells, np.full(4, day), one, one))
    apart = hazard_ratio(setting, Attacks(cells, np.full(4, day), np.arange(4), one))
    assert together.n_episodes == 1 and apart.n_episodes == 4
    anchors = (stratum == stratum[cells.min()]).sum()
    for share in (together.p_least, together.p_greater, together.p_less):
        assert share * anchors == pytest.approx(round(share * anchors))
    assert together.falls == apart.falls and together.ratio == apart.ratio


def test_repeated_attacks_count_once_in_four_weeks(panel: Panel, course: Course) -> None:
    cell = int(np.flatnonzero(course.held[60])[0])
    attacks = Attacks(np.full(3, cell), np.array([5, 12, 50]), np.arange(3), np.arange(3))
    before = attacked_before(panel, attacks)
    assert not before[5, cell] and before[6, cell] and before[40, cell] and not before[41, cell]
    found = hazard_ratio(setting_of(panel, course, attacks), attacks)
    assert found.used.day.tolist() == [5, 50]
    assert hazard_ratio(setting_of(panel, course, attacks, quiet=False), attacks).n == 3


def test_censored_lost_and_outside_attacks_are_counted(panel: Panel, course: Course) -> None:
    held = int(np.flatnonzero(course.held[-1])[0])
    lost = int(np.flatnonzero(~course.held[30])[0])
    cell, day = np.array([held, lost, -1, held, held]), np.array([DAYS - 3, 30, 20, 500, 20])
    attacks = Attacks(cell, day, np.arange(5), np.arange(5))
    found = hazard_ratio(setting_of(panel, course, attacks), attacks)
    assert found.n == 1
    assert found.left_out["outside the ground or days compared"] == 2
    assert found.left_out["too late for the layer to tell what followed"] == 1
    assert sum(found.left_out.values()) == 4


@given(st.lists(st.lists(st.integers(0, 5), min_size=2, max_size=4).filter(any), min_size=1, max_size=5))
def test_law_sums_are_those_of_all_combinations(weights: list[list[int]]) -> None:
    chances = [np.array(one) / sum(one) for one in weights]
    total = np.zeros(sum(len(one) - 1 for one in chances) + 1)
    for numbers in product(*(range(len(one)) for one in chances)):
        total[sum(numbers)] += np.prod([one[number] for one, number in zip(chances, numbers, strict=True)])
    np.testing.assert_allclose(add_up(chances), total, atol=1e-12)


def test_many_sums_by_fourier_agree_with_the_plain_way() -> None:
    chances = [np.array([1 - p, p]) for p in np.random.default_rng(0).random(1500)]
    plain = np.ones(1)
    for one in chances:
        plain = np.convolve(plain, one)
    np.testing.assert_allclose(add_up(chances), plain, atol=1e-10)


def test_attacks_on_ground_just_lost_show_in_the_reversed_order(panel: Panel, course: Course) -> None:
    """Attacks next to ground lost a few days before; without the effect the ratio is near one."""
    day, cell = np.nonzero(course.passes)
    chosen, days = [], []
    for on, lost in zip(day.tolist(), cell.tolist(), strict=True):
        at = on + 3
        if WITHIN < at < DAYS - WITHIN and len(chosen) < 40:
            near = np.hypot(panel.lon - panel.lon[lost], panel.lat - panel.lat[lost])
            held = [c for c in np.argsort(near)[1:9] if course.held[at, c]]
            if held:
                chosen.append(held[0])
                days.append(at)
    numbers = np.arange(len(chosen))
    attacks = Attacks(np.array(chosen), np.array(days), numbers, numbers)
    setting = setting_of(panel, course, attacks, quiet=False)
    assert hazard_ratio(reversed_order(setting, course, WITHIN, 2000.0), attacks).p_greater < 0.05


def test_event_study_is_flat_before_and_rises_after_a_planted_effect(panel: Panel, course: Course) -> None:
    attacks = drawn_attacks(course, 250, 30.0, 5)
    setting = setting_of(panel, course, attacks)
    used = hazard_ratio(setting, attacks).used
    study = event_study(setting, panel.column("gov"), used, 2000.0)
    window = study.day[-1]
    assert study.difference[window] == 0.0 and study.difference[window + WITHIN] > 0.03
    assert study.rises_after and not study.rises_before
    assert (study.band_low <= study.low + 1e-9).all() and (study.high <= study.band_high + 1e-9).all()
    again = event_study(setting, panel.column("gov"), used.take(np.arange(len(used.cell))[::-1]), 2000.0)
    np.testing.assert_allclose(again.attacked, study.attacked)


def test_event_study_sees_an_advance_that_was_on_before(panel: Panel, course: Course) -> None:
    """Attacks where most of the ground around was lost in the two weeks before."""
    shares = ring_shares(panel, panel.column("gov"), 2000.0)
    day, cell = np.nonzero(course.held[14:-14])
    rise = shares[day + 14, cell] - shares[day, cell]
    top = np.argsort(-rise, kind="stable")[:4000:20]
    numbers = np.arange(len(top))
    attacks = Attacks(cell[top], day[top] + 14, numbers, numbers)
    setting = setting_of(panel, course, attacks, quiet=False)
    study = event_study(setting, panel.column("gov"), hazard_ratio(setting, attacks).used, 2000.0)
    assert study.before > 0.1 and study.rises_before


def test_event_study_refuses_few_attacks_with_their_count(panel: Panel, course: Course) -> None:
    attacks = drawn_attacks(course, 9, 1.0, 1)
    setting = setting_of(panel, course, attacks)
    with pytest.raises(WeighingError, match="needs 10"):
        event_study(setting, panel.column("gov"), hazard_ratio(setting, attacks).used, 2000.0)


def test_nothing_falls_and_all_fall(panel: Panel, course: Course) -> None:
    attacks = drawn_attacks(course, 20, 1.0, 1)
    setting = setting_of(panel, course, attacks)
    none = hazard_ratio(Setting(panel, setting.eligible, setting.outcome * 0, setting.band, setting.busy), attacks)
    assert np.isnan(none.ratio) and none.falls == 0 and none.p_greater == 1.0
    every = hazard_ratio(Setting(panel, setting.eligible, setting.outcome * 0 + 1, setting.band, setting.busy), attacks)
    assert every.ratio == pytest.approx(1.0) and every.falls == every.n and every.p_greater == pytest.approx(1.0)


def test_large_episodes_are_moved_to_drawn_places(
    panel: Panel, course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hazard, "MOST_ANCHORS", 10)
    setting = setting_of(panel, course, drawn_attacks(course, 1, 1.0, 0))
    cells = np.flatnonzero(setting.stratum(20) == np.bincount(setting.stratum(20)[setting.stratum(20) >= 0]).argmax())
    one = np.zeros(2, dtype=np.int64)
    attacks = Attacks(cells[:2], np.full(2, 20), one, one)
    found = hazard_ratio(setting, attacks)
    assert found.drawn and found.p_greater * 10 == pytest.approx(round(found.p_greater * 10))
    assert found.p_greater == hazard_ratio(setting, attacks).p_greater


# ---------------------------------------------------------------------------- ground that incidents are told of from


def incidents_at(lon: Reals, lat: Reals, radius_m: float = 0.0) -> Incidents:
    n = len(lon)
    days = np.full(n, FIRST)
    return Incidents(
        tuple(map(str, range(n))), ("t",) * n, ("k",) * n, (("d",),) * n, ((),) * n, days, days, np.arange(n),
        np.ones(n, dtype=np.int64), lon, lat, np.full(n, radius_m),
    )  # fmt: skip


def test_ground_told_of_is_the_enlarged_hull_by_hand(panel: Panel) -> None:
    """Four corners of a square of 10 km and twelve points within: a half side of 5 / sqrt(1 - 4/16) = 5.77 km."""
    x = 15.0 + np.array([-5, -5, 5, 5, *np.linspace(-4, 4, 12)])
    y = 25.0 + np.array([-5, 5, -5, 5, *np.linspace(-4, 4, 12)])
    lon, lat = 10.0 + x * KM, y * KM
    # The shells of one salvo are one point, and a place known worse than a cell is none.
    salvo = incidents_at(np.append(lon, lon[7] + np.arange(50) * KM / 100), np.append(lat, np.full(50, lat[7])))
    episode = np.append(np.arange(16), np.full(50, 7))
    vague = incidents_at(np.array([10.0 + 35 * KM]), np.array([45 * KM]), radius_m=1500.0)
    told = told_ground(panel, [(salvo, episode), (vague, np.zeros(1, dtype=np.int64))])
    east, north = np.abs((panel.lon - 10.0) / KM - 15.0), np.abs(panel.lat / KM - 25.0)
    assert np.array_equal(told, (east < 5.7735) & (north < 5.7735))
    assert 0 < told.sum() < panel.n_cells and told[(east < 5.6) & (east > 5.1) & (north < 1.0)].any()


def test_few_points_or_a_line_say_nothing_of_where_the_ground_ends(panel: Panel) -> None:
    for x, y in (([], []), ([1.0], [1.0]), ([1.0, 2.0, 1.0], [1.0, 1.0, 2.0]), (np.arange(9.0), np.zeros(9))):
        told = incidents_at(10.0 + np.asarray(x) * KM, np.asarray(y) * KM)
        assert told_ground(panel, [(told, np.arange(len(told)))]).all()


def test_law_attacks_told_of_from_the_part_that_moves_keep_the_level() -> None:
    """Half of the front stands still, and nothing is told of from there; the attacks change nothing."""
    reach = reach_by_day(4, DAYS, STRIPS, WIDE)
    reach[:, STRIPS // 2 :] = 3
    ground = front_panel(front_layer(reach, WIDE), DAYS)
    course = follow_course(ground, "opp", "gov")
    nothing_before = np.zeros(ground.codes.shape, dtype=np.int8)
    near = course.held & (ground.lat < STRIPS / 2 * KM) & (ground.front_m < 3000.0)
    level, n = 0.1, 60
    by_told: list[float] = []
    by_all: list[float] = []
    for seed in range(n):
        generator = np.random.default_rng(seed)
        day = np.sort(generator.integers(2, DAYS - WITHIN - 1, 40))
        cell = np.array([generator.choice(np.flatnonzero(near[on])) for on in day.tolist()])
        attacks = Attacks(cell, day, np.arange(40), np.arange(40))
        told = told_ground(ground, [(incidents_at(ground.lon[cell], ground.lat[cell]), np.arange(40))])
        for bands, found in (
            (distance_bands(ground, 1000.0, told), by_told), (distance_bands(ground, 1000.0), by_all),
        ):  # fmt: skip
            setting = hazard_setting(ground, course, attacks, (bands, nothing_before), WITHIN)
            found.append(hazard_ratio(setting, attacks).p_greater)
    error = 3 * np.sqrt(level * (1 - level) / n)
    assert np.mean(np.array(by_told) <= level) <= level + error < np.mean(np.array(by_all) <= level)
