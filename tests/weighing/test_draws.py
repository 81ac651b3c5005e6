"""Draws of place, day and layer: they stay where the incident may have been, and follow what the incidents show."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from contested.base.places import geodesic_m
from contested.weighing.draws import _displaced, _draw_waves, _Variant, draw_incidents
from contested.weighing.sample import Incidents, Sample, case_layers, make_sample
from contested.weighing.spread import spread_points

MakeSample = Callable[..., Sample]
LAYER = {"name": "wiki", "path": "layers/w.csv", "form": "wide"}


@pytest.fixture
def sample_of(make_case: Any, make_tables: Any) -> MakeSample:
    """A sample of incidents over the invented ground, or over layers given by name."""

    def make(incidents: list[dict[str, Any]], ground: Any = None, draws: int = 200, **case: Any) -> Sample:
        weighing = {"event": "chlorine", "layer": "wiki", "advancing": "gov", "losing": "opp", "draws": draws}
        made = make_case(weighing=[weighing], **case)
        tables = make_tables(incidents, ground)
        return make_sample(made, made.file.weighing[0], "wiki", tables, case_layers(made, tables["holdings"]))

    return make


def incidents_at(lon: Any, lat: Any, radius_m: Any, days: Any = 1) -> Incidents:
    """Incidents with one place each."""
    lon, lat, radius_m, days = np.broadcast_arrays(*(np.atleast_1d(one) for one in (lon, lat, radius_m, days)))
    n = len(lon)
    start = np.full(n, "2016-11-10", dtype="datetime64[D]")
    return Incidents(
        tuple(f"i-{row}" for row in range(n)), ("t",) * n, ("k",) * n, (("d",),) * n, ((),) * n, start,
        start + (days - 1).astype("timedelta64[D]"), np.arange(n), np.ones(n, dtype=np.int64),
        lon.astype(float), lat.astype(float), radius_m.astype(float),
    )  # fmt: skip


def place(m: float, radius_m: float = 0.0, **values: Any) -> dict[str, Any]:
    return {"m": m, "radius_m": radius_m, **values}


@given(
    st.lists(
        st.tuples(
            st.one_of(st.floats(-180, 180), st.sampled_from([-180.0, 180.0, 179.999])),
            st.one_of(st.floats(-90, 90), st.sampled_from([-90.0, 90.0, 89.999])),
            st.sampled_from([0.0, 1.0, 400.0, 25_000.0, 150_000.0]),
            st.integers(1, 40),
        ),
        min_size=1, max_size=6,
    )
)  # fmt: skip
@settings(max_examples=60, deadline=None)
def test_points_stay_within_radius_and_interval_at_poles_and_180_too(
    rows: list[tuple[float, float, float, int]],
) -> None:
    lon, lat, radius_m, days = (np.array(column) for column in zip(*rows, strict=True))
    incidents = incidents_at(lon, lat, radius_m, days)
    points = spread_points(incidents, 64, np.random.default_rng(1))
    assert np.abs(points.lon).max() <= 180.0
    assert np.abs(points.lat).max() <= 90.0
    metres = geodesic_m(
        *(np.broadcast_to(column[:, None], points.lon.shape) for column in (lon, lat)), points.lon, points.lat
    )
    assert (metres <= 1.01 * radius_m[:, None] + 1e-6).all()
    assert (points.day >= incidents.date_start[:, None]).all()
    assert (points.day <= incidents.date_end[:, None]).all()
    still = radius_m == 0
    assert (points.lon[still] == lon[still, None]).all()
    assert (points.lat[still] == lat[still, None]).all()


@pytest.mark.parametrize("lat", [0.0, 55.0, -89.9])
def test_points_are_even_over_the_disc_and_the_days(lat: float) -> None:
    incidents = incidents_at([179.9] * 200, lat, 20_000.0, 4)
    points = spread_points(incidents, 64, np.random.default_rng(2))
    metres = geodesic_m(np.full(points.lon.shape, 179.9), np.full(points.lon.shape, lat), points.lon, points.lat)
    # A quarter of a disc lies within half its radius.
    for part in (0.25, 0.5, 0.75):
        assert np.mean(metres <= part * 20_000.0) == pytest.approx(part**2, abs=0.01)
    for day in range(4):
        on = points.day == np.datetime64("2016-11-10") + day
        assert np.mean(on) == pytest.approx(0.25, abs=0.01)


def test_even_draws_agree_with_the_shares_of_discs_and_days(sample_of: MakeSample) -> None:
    incidents = [
        {"day": n % 7, "days": 1 + n % 3, "places": [place(250.0 * n - 2000.0, 1500.0, north=900.0 * n, fell=n % 9)]}
        for n in range(16)
    ]
    sample = sample_of(incidents, draws=1000)
    drawn = draw_incidents(sample, sample.incidents, 3, fitted=False)
    for party in ("gov", "opp"):
        share = sample.share_of(party)
        # 32 points over a disc and its days leave a few per cent.
        assert drawn.fell_on(party).mean(axis=1) == pytest.approx(share, abs=0.09)
        assert drawn.fell_on(party).mean() == pytest.approx(share.mean(), abs=0.02)


def test_places_of_an_incident_take_turns(sample_of: MakeSample) -> None:
    sample = sample_of([{"places": [place(500.0), place(-500.0), place(700.0), place(0.0, located=False)]}])
    drawn = draw_incidents(sample, sample.incidents, 3, fitted=False)
    assert drawn.fell_on("opp").mean() == pytest.approx(2 / 3, abs=0.1)
    assert len(np.unique(drawn.lon)) == 3


def test_exact_points_never_move_and_agree_with_the_layer(sample_of: MakeSample) -> None:
    metres = [-4000.0, -0.5, 0.0, 0.5, 300.0, 21_000.0, 30_000.0]
    sample = sample_of([{"day": n, "places": [place(m)]} for n, m in enumerate(metres)])
    sure = np.where(sample.shares > 0.5)[1]
    for fitted in (True, False):
        drawn = draw_incidents(sample, sample.incidents, 5, fitted=fitted)
        assert (drawn.lon == sample.incidents.lon[:, None]).all()
        assert (drawn.lat == sample.incidents.lat[:, None]).all()
        assert (drawn.day == sample.incidents.date_start[:, None]).all()
        # With one layer its columns are those of the draws.
        assert drawn.columns == sample.control.columns
        assert (drawn.code == sure[:, None]).all()


def test_an_incident_without_a_place_is_unknown_in_every_draw(sample_of: MakeSample) -> None:
    sample = sample_of([{"places": [place(500.0)]}, {"places": [place(0.0, located=False)]}, {"places": []}])
    drawn = draw_incidents(sample, sample.incidents, 1)
    assert drawn.known.all(axis=1).tolist() == [True, False, False]
    assert not drawn.known[1:].any()
    nobody = draw_incidents(sample, sample.incidents.take(np.zeros(3, dtype=bool)), 1)
    assert nobody.code.shape[0] == 0


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=5, deadline=None)
def test_one_seed_gives_one_set_of_draws(seed: int) -> None:
    incidents = incidents_at([37.0, 37.1], 36.2, 3000.0, 5)
    one, same, other = (spread_points(incidents, 16, np.random.default_rng(s)) for s in (seed, seed, seed + 1))
    assert (one.lon == same.lon).all()
    assert (one.day == same.day).all()
    assert (one.lon != other.lon).any()


def test_the_same_seed_gives_the_same_draws_of_unsure_layers(sample_of: MakeSample) -> None:
    layers = [{**LAYER, "error_m": 800.0, "lag_days": 3}]
    sample = sample_of([{"day": n, "places": [place(100.0 * n, 600.0)]} for n in range(12)], layers=layers)
    one, same, other = (draw_incidents(sample, sample.incidents, seed) for seed in (7, 7, 8))
    for name in ("code", "lon", "lat", "day", "layer_no"):
        assert (getattr(one, name) == getattr(same, name)).all()
    assert (one.code != other.code).any()


def test_what_is_wrong_with_a_map_is_wrong_for_neighbours_together(sample_of: MakeSample) -> None:
    # Exact points a kilometre inside; the map may be two kilometres out: near ones fall on one side together.
    sample = sample_of(
        [{"day": n, "places": [place(1000.0, north=100.0 * n)]} for n in range(10)],
        layers=[{**LAYER, "error_m": 2000.0}],
    )
    inside = draw_incidents(sample, sample.incidents, 2).fell_on("opp").mean(axis=0)
    assert 0.3 < inside.mean() < 0.95
    assert np.mean((inside == 0.0) | (inside == 1.0)) > 0.85


@pytest.mark.parametrize("lon", [0.0, 120.0, 180.0])
def test_errors_of_a_map_are_as_wide_and_as_smooth_everywhere(lon: float) -> None:
    generator = np.random.default_rng(6)
    # A place, and neighbours 1 km east and north of it: the map errs by 2 km, and alike over 10 km.
    x, y = np.array([lon - 0.004, lon + 0.007, lon - 0.004]), np.array([36.0, 36.0, 36.009])
    x = (x + 180.0) % 360.0 - 180.0
    found = []
    for _ in range(400):
        moved = _displaced(x[:, None], y[:, None], _Variant(0, 0, _draw_waves(2000.0, generator)))
        found.append(np.column_stack(moved) * 111_195.0 * [np.cos(np.radians(36.0)), 1.0])
    metres = np.array(found)
    assert metres.std(axis=0) == pytest.approx(2000.0, rel=0.15)
    apart = np.abs(metres - metres[:, :1]).mean(axis=(0, 2))
    # The correlation of a Gaussian field a tenth of its reach away is 0.995: a tenth of the error, once a side.
    assert apart[1:] == pytest.approx(2000.0 * 0.08, rel=0.2)


def test_a_lag_moves_all_days_alike(sample_of: MakeSample) -> None:
    incidents = [{"day": 10, "places": [place(5000.0, north=1000.0 * n, fell=12)]} for n in range(4)]
    sample = sample_of(incidents, layers=[{**LAYER, "lag_days": 4}])
    drawn = draw_incidents(sample, sample.incidents, 2)
    assert (drawn.code == drawn.code[:1]).all()
    lag = (drawn.day - sample.incidents.date_start[:, None]).astype(int)
    assert np.abs(lag).max() <= 4
    assert (drawn.fell_on("gov") == (lag >= 2)).all()


# ------------------------------------------------------------------------------------------------- fitted draws


def test_sure_incidents_pull_the_unsure_ones_to_their_side(sample_of: MakeSample) -> None:
    sure = [{"day": n % 20, "places": [place(300.0 + 20.0 * n, 50.0)]} for n in range(60)]
    unsure = [{"day": n % 20, "places": [place(0.0, 800.0)]} for n in range(20)]
    sample = sample_of([*sure, *unsure])
    rows = slice(len(sure), None)
    even = draw_incidents(sample, sample.incidents, 4, fitted=False).fell_on("opp")[rows].mean()
    fitted = draw_incidents(sample, sample.incidents, 4).fell_on("opp")[rows].mean()
    assert even == pytest.approx(0.5, abs=0.05)
    assert fitted > 0.9


@pytest.mark.parametrize("planted", [0.1, 0.5, 0.85])
def test_fitted_draws_find_the_share_that_was_planted(sample_of: MakeSample, planted: float) -> None:
    generator = np.random.default_rng(11)
    errors: list[tuple[float, float]] = []
    for _ in range(6):
        n = 300
        truth = generator.random(n) < planted
        metres = np.where(truth, 1.0, -1.0) * generator.uniform(0.0, 3000.0, n)
        radius = generator.choice([50.0, 500.0, 2500.0], n)
        # What is reported is drawn about the true place: the true place is anywhere in its disc.
        away, turn = radius * np.sqrt(generator.random(n)), generator.uniform(0, 2 * np.pi, n)
        places = zip(metres + away * np.cos(turn), away * np.sin(turn), radius, strict=True)
        incidents = [
            {"day": row % 25, "places": [place(m, size, north=north)]} for row, (m, north, size) in enumerate(places)
        ]
        sample = sample_of(incidents, draws=100)
        fitted, even = (
            draw_incidents(sample, sample.incidents, 1, fitted=way).fell_on("opp").mean() for way in (True, False)
        )
        errors.append((fitted - truth.mean(), even - truth.mean()))
    fitted_error, even_error = np.mean(errors, axis=0)
    # Even draws are pulled towards one half; fitted ones are not.
    assert abs(fitted_error) < 0.02
    if planted != 0.5:
        assert abs(even_error) > 2 * abs(fitted_error)
        assert even_error * (0.5 - planted) > 0


def test_unsure_incidents_near_the_front_are_not_surely_put_on_the_other_side(sample_of: MakeSample) -> None:
    # All fell on the opposition's ground: the exact ones far from the front, the imprecise ones within 1 km of it.
    generator = np.random.default_rng(1)
    far = [{"day": n % 25, "places": [place(2000.0 + 400.0 * n, 200.0)]} for n in range(36)]
    away, turn = 2500.0 * np.sqrt(generator.random(20)), generator.uniform(0, 2 * np.pi, 20)
    east, north = generator.uniform(0, 1000.0, 20) + away * np.cos(turn), away * np.sin(turn)
    near = [{"day": n, "places": [place(east[n], 2500.0, north=north[n])]} for n in range(20)]
    sample = sample_of([*far, *near])
    share = draw_incidents(sample, sample.incidents, 4).fell_on("opp")[36:].mean(axis=0)
    assert np.quantile(share, 0.95) > 0.5


def test_fitted_draws_do_not_hang_on_the_longitude(sample_of: MakeSample) -> None:
    region = {"name": "Invented", "box": [-180.0, -80.0, 180.0, 80.0]}

    def share_at(front: float) -> float:
        """Share of wide discs on the front, beside incidents on both sides that reach over the antimeridian."""
        world = shapely.box(-180, -90, 180, 90)
        boxes = [
            (holder, shapely.intersection(shapely.box(west - turn, 36.0, west + 0.4 - turn, 36.4), world))
            for holder, west in (("gov", front - 0.4), ("opp", front))
            for turn in (0.0, 360.0)
        ]
        ground = [(holder, -30, 60, area) for holder, area in boxes if area.area > 0]
        exact = [(front + 0.002 * n, 100.0) for n in (*range(2, 32), *range(-12, -2))]
        places = [*exact, *[(front, 2500.0)] * 20]
        incidents = [
            {"day": n % 25, "places": [{"lon": (lon + 180.0) % 360.0 - 180.0, "lat": 36.2, "radius_m": radius_m}]}
            for n, (lon, radius_m) in enumerate(places)
        ]
        sample = sample_of(incidents, {"wiki": ground}, region=region)
        return float(draw_incidents(sample, sample.incidents, 4).fell_on("opp")[len(exact) :].mean())

    there = share_at(20.0)
    assert 0.1 < there < 0.99
    assert share_at(179.95) == pytest.approx(there, abs=0.01)
