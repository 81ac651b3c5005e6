"""The simulator keeps its word: what is planted is there, and the tables are those of a case."""

from __future__ import annotations

import numpy as np
import pytest
from gate.conflict_simulator import Map, Policy, Precision, Reporter, Settings, World, make_world
from hypothesis import given, settings
from hypothesis import strategies as st

from contested.base.records import HOLDINGS, INCIDENT_PLACES, INCIDENTS
from contested.territory.control import ControlLayer
from gate import conflict_simulator as sim

POLICIES = st.builds(
    Policy, theta=st.sampled_from([None, 0.0, 0.3, 1.0]), front_m=st.sampled_from([None, 2_000.0]), towns=st.booleans(),
    n=st.integers(1, 30), salvo_extra=st.sampled_from([0.0, 2.0]),
)  # fmt: skip
MAPS = st.builds(
    Map, boundary_error_m=st.sampled_from([0.0, 3_000.0]), lag_days=st.integers(0, 7), every_days=st.integers(1, 9),
    contested_m=st.sampled_from([0.0, 2_000.0]),
)  # fmt: skip
WORLDS = st.builds(
    Settings, event=POLICIES, others=POLICIES, maps=st.lists(MAPS, min_size=1, max_size=2).map(tuple),
    precisions=st.sampled_from([sim.EXACT, sim.LOW, sim.HIGH, sim.BY_AREA]), days=st.integers(1, 60),
)  # fmt: skip


def look_up(world: World, layer: str = "map-1") -> tuple[np.ndarray, np.ndarray]:
    """Share of each incident's disc and days in the losing party's area, and on ground that no map covers."""
    places, incidents = world.tables["incident_places"], world.tables["incidents"]
    lon, lat, radius = (places[name].to_numpy() for name in ("lon", "lat", "radius_m"))
    first, last = (incidents[name].to_numpy() for name in ("date_start", "date_end"))
    found = ControlLayer(world.tables["holdings"], layer).look_up(lon, lat, first, radius, last)
    return found.p_of(sim.LOSING), found.p_of("unknown")


@settings(max_examples=25, deadline=None)
@given(made=WORLDS, seed=st.integers(0, 99))
def test_a_world_is_a_case_and_its_discs_and_days_hold_the_truth(made: Settings, seed: int) -> None:
    world = make_world(made, seed)
    for table in (INCIDENTS, INCIDENT_PLACES, HOLDINGS):
        assert table.check(world.tables[table.name]).equals(world.tables[table.name])
    attacks, places, incidents = world.truth.attacks, world.tables["incident_places"], world.tables["incidents"]
    assert incidents.num_rows == made.event.n + made.others.n
    assert [event == sim.EVENT for event in incidents["event_id"].to_pylist()] == attacks["is_event"].tolist()
    x = (places["lon"].to_numpy() - sim.LON_0) * sim.METRES_LON - attacks["x_m"]
    y = (places["lat"].to_numpy() - sim.LAT_0) * sim.METRES_LAT - attacks["y_m"]
    assert np.all(np.hypot(x, y) <= places["radius_m"].to_numpy() + 1e-6)
    first, last = (incidents[name].to_numpy().astype(np.int64) for name in ("date_start", "date_end"))
    day = attacks["day"] + np.datetime64(sim.FIRST_DAY, "D").astype(np.int64)
    assert np.all((first <= day) & (day <= last))
    assert np.all(look_up(world)[1] < 1e-6)


@settings(max_examples=25, deadline=None)
@given(made=WORLDS, seed=st.integers(0, 99))
def test_the_same_seed_gives_the_same_world(made: Settings, seed: int) -> None:
    one, two = make_world(made, seed), make_world(made, seed)
    assert all(one.tables[name].equals(two.tables[name]) for name in one.tables)


def test_a_true_map_shows_every_exact_attack_where_it_fell() -> None:
    world = make_world(Settings(Policy(0.7, n=400), Policy(n=0), precisions=(Precision(0.0),)), 1)
    assert np.array_equal(look_up(world)[0] > 0.5, world.truth.attacks["is_losing"])


def test_a_lagged_map_shows_the_front_of_days_before() -> None:
    made = Settings(
        Policy(0.5, 1_000.0, n=400),
        Policy(n=0),
        precisions=(Precision(0.0),),
        maps=(Map(), Map(lag_days=9, is_stated=False)),
    )
    world = make_world(made, 1)
    true, lagged = (look_up(world, layer)[0] > 0.5 for layer in ("map-1", "map-2"))
    # The front only moves east: what had fallen is still shown as the losing party's, never the other way.
    assert np.all(lagged >= true)
    assert lagged.sum() > true.sum()


def test_displaced_maps_err_by_what_was_planted() -> None:
    moved = [sim._smooth(41, 10_000.0 / sim.STEP_M, np.random.default_rng(seed)) for seed in range(400)]
    assert np.std(moved) == pytest.approx(1.0, abs=0.05)
    near, far = (np.corrcoef(np.array(moved)[:, [0, corners]].T)[0, 1] for corners in (1, 30))
    assert near > 0.9
    assert abs(far) < 0.15


def test_planted_theta_is_realised() -> None:
    worlds = [make_world(Settings(Policy(0.8), Policy(n=0)), seed) for seed in range(60)]
    assert np.mean([world.truth.realised for world in worlds]) == pytest.approx(0.8, abs=0.02)


def test_reporters_ratio_is_realised_and_known() -> None:
    reporters = (Reporter(0.8, 0.1), Reporter(0.4, 0.5))
    made = Settings(Policy(0.5, n=1), Policy(0.5, n=4_000), reporters=reporters)
    world = make_world(made, 1)
    # 1 - 0.92 * 0.8 over 1 - 0.2 * 0.6
    assert world.truth.reporting_ratio == pytest.approx(0.264 / 0.88)
    losing = world.truth.attacks["is_losing"]
    assert (~losing).sum() / losing.sum() == pytest.approx(0.264 / 0.88, abs=0.04)
    both = np.array([len(names) == 2 for names in world.tables["incidents"]["datasets"].to_pylist()])
    assert both[losing].mean() == pytest.approx(0.32 / 0.88, abs=0.04)


def test_precision_that_depends_on_the_area_does() -> None:
    world = make_world(Settings(Policy(0.5, n=3_000), Policy(n=0), precisions=sim.BY_AREA), 1)
    wide = world.tables["incident_places"]["radius_m"].to_numpy() > 10_000
    losing = world.truth.attacks["is_losing"]
    assert wide[losing].mean() == pytest.approx(0.2, abs=0.03)
    assert wide[~losing].mean() == pytest.approx(0.9, abs=0.03)


def test_salvos_are_of_one_day_one_kind_and_one_place() -> None:
    world = make_world(Settings(Policy(0.5, n=200, salvo_extra=2.0), Policy(n=200, salvo_extra=2.0)), 1)
    attacks = np.sort(world.truth.attacks, order="episode")
    same = np.diff(attacks["episode"]) == 0
    assert same.sum() > 200
    assert np.all(np.diff(attacks["day"])[same] == 0)
    assert np.all(np.diff(attacks["is_losing"].astype(int))[same] == 0)
    assert np.all(np.diff(attacks["is_event"].astype(int))[same] == 0)
    assert np.all(np.hypot(np.diff(attacks["x_m"]), np.diff(attacks["y_m"]))[same] <= 2 * sim.SALVO_M)


def test_towns_are_where_the_attacks_are() -> None:
    world = make_world(Settings(Policy(0.5, None, towns=True, n=500), Policy(n=0)), 1)
    attacks = world.truth.attacks
    gap = np.hypot(*(np.subtract.outer(attacks[name], attacks[name]) for name in ("x_m", "y_m")))
    assert np.median(np.sort(gap, axis=1)[:, 1]) < 500.0


@pytest.mark.parametrize("made", [{"event": Policy(1.2)}, {"days": 0}, {"event": Policy(n=0)}, {"maps": ()}])
def test_impossible_worlds_are_refused(made: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"must lie in 0 to 1|needs at least one"):
        Settings(**made)  # type: ignore[arg-type]
