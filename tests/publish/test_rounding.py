"""Laws of the grid that places are moved to."""

from __future__ import annotations

import random

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from contested.base.places import geodesic_m
from contested.publish.rounding import round_place, round_shape, round_up

LON = st.floats(-180, 180)
LAT = st.floats(-85, 85)
RADIUS = st.floats(0, 50_000)
GRAIN = st.sampled_from([100.0, 500.0, 1_000.0, 5_000.0])


@given(LON, LAT, RADIUS, GRAIN)
def test_the_true_disc_lies_in_the_published_one(lon: float, lat: float, radius_m: float, grain_m: float) -> None:
    east, north, published_m = round_place(lon, lat, radius_m, grain_m)
    assert published_m is not None and -180 <= east <= 180
    assert float(geodesic_m(lon, lat, east, north)) + radius_m <= published_m + 0.2


@given(LON, LAT, RADIUS, GRAIN)
def test_rounding_twice_changes_nothing_more(lon: float, lat: float, radius_m: float, grain_m: float) -> None:
    once = round_place(lon, lat, radius_m, grain_m)
    assert round_place(*once, grain_m) == once


@given(LON, LAT, st.floats(1, 5_000), st.floats(-1e-3, 1e-3), st.floats(-1e-3, 1e-3), GRAIN)
def test_what_is_published_tells_the_cell_and_no_more(
    lon: float, lat: float, radius_m: float, east: float, north: float, grain_m: float
) -> None:
    """Two places in one cell with one radius are published alike: neither point nor radius tells them apart."""
    one = round_place(lon, lat, radius_m, grain_m)
    other = round_place(max(-180.0, min(180.0, lon + east)), lat + north, radius_m, grain_m)
    assert (one[:2] == other[:2]) <= (one == other)
    assert one[2] is not None and one[2] % grain_m == 0 and other[2] is not None and other[2] % grain_m == 0


@given(st.lists(st.tuples(LON, LAT, RADIUS), max_size=20), st.randoms())
def test_a_place_is_rounded_alone(places: list[tuple[float, float, float]], order: random.Random) -> None:
    """The same place gives the same point wherever and in whatever company it stands: nothing is drawn."""
    shuffled = list(places)
    order.shuffle(shuffled)
    assert {place: round_place(*place, 1_000.0) for place in places} == {
        place: round_place(*place, 1_000.0) for place in shuffled
    }


def test_a_point_really_moves_and_keeps_no_digits() -> None:
    east, north, radius_m = round_place(37.202645, 36.227018, 50.0, 1_000.0)
    moved = float(geodesic_m(37.202645, 36.227018, east, north))
    assert 10 < moved < 710 and radius_m == 1_000.0
    assert round_place(37.202645, 36.227018, None, 1_000.0) == (east, north, None)
    assert round_place(37.202645, 36.227018, 50.0, 0.0) == (37.202645, 36.227018, 50.0)


@pytest.mark.parametrize(("metres", "published"), [(0.0, 0.0), (1.0, 1_000.0), (1_000.0, 1_000.0), (1_000.1, 2_000.0)])
def test_distances_are_raised(metres: float, published: float) -> None:
    assert round_up(metres, 1_000.0) == published and round_up(None, 1_000.0) is None


@given(st.integers(0, 1_000), st.integers(0, 1_000), st.integers(1, 3_000))
def test_shapes_stand_on_the_grid(east: int, north: int, size: int) -> None:
    """Corners are multiples of the step; a shape too small for the grid does not vanish."""
    box = shapely.box(east * 1e-4, north * 1e-4, east * 1e-4 + size * 1e-5, north * 1e-4 + size * 1e-5)
    once = round_shape(shapely.to_wkb(box), 100.0)
    shape = shapely.from_wkb(once)
    assert shape.area > 0 and shape.is_valid
    steps = shapely.get_coordinates(shape) / (100.0 / 111_195.0)
    assert abs(steps - steps.round()).max() < 1e-6
