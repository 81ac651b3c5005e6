from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from contested.base.compiled import has_compiler
from contested.base.errors import RecordError
from contested.base.places import geodesic_m
from contested.territory.control import ControlLayer
from contested.territory.fronts import LayerFront, distance_to_front, front_lines, front_speed

WEST = shapely.box(10.0, 50.0, 10.1, 50.1)
MIDDLE = shapely.box(10.1, 50.0, 10.15, 50.1)
EAST = shapely.box(10.15, 50.0, 10.2, 50.1)
YEAR = ("2020-01-01", "2020-12-31")
DAY = date(2020, 5, 1)


def brute_force_m(lines: Any, lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
    """Geodesic distance to a front cut every metre or so: coarse first, then fine around the nearest point."""
    metres = np.empty(len(lon))
    for n in range(len(lon)):
        dense = shapely.get_parts(lines)
        step = 0.01
        for finer in (3e-4, 1e-5, 1e-6):
            points = shapely.get_coordinates(shapely.segmentize(dense, step))
            found = geodesic_m(lon[n], lat[n], points[:, 0], points[:, 1])
            metres[n] = found.min()
            near = points[found < metres[n] + 2 * step * 111_400]
            dense = shapely.get_parts(shapely.intersection(lines, shapely.multipoints(near).envelope.buffer(2 * step)))
            if len(near) > 50:  # a front nearly as far all along needs its whole length
                dense = shapely.get_parts(
                    shapely.intersection(lines, shapely.union_all(shapely.buffer(shapely.points(near), 2 * step)))
                )
            step = finer
    return metres


@pytest.fixture(scope="module")
def ragged() -> tuple[Any, Any]:
    """Two parties along a ragged front 300 km long, with a long straight piece."""
    random = np.random.default_rng(5)
    y = np.concatenate([np.sort(random.uniform(46.0, 48.0, 120)), [49.0]])
    x = 37 + np.cumsum(random.normal(0, 0.02, len(y)))
    front = list(zip(x, y, strict=True))
    west = shapely.Polygon([*front, (34.0, 49.0), (34.0, y[0])])
    east = shapely.Polygon([*front, (40.0, 49.0), (40.0, y[0])])
    return west, east


def test_the_distance_is_that_of_brute_force_within_20_cm(holdings: Any, ragged: Any) -> None:
    layer = ControlLayer(holdings([("north", *YEAR, ragged[0]), ("south", *YEAR, ragged[1])]))
    random = np.random.default_rng(2)
    lon, lat = random.uniform(34.5, 39.5, 60), random.uniform(46.1, 48.9, 60)
    found = distance_to_front(layer, lon, lat, DAY)
    truth = brute_force_m(front_lines(layer, DAY, "north", "south"), lon, lat)
    assert np.abs(found.front_m - truth).max() < 0.2
    assert found.side.tolist() == layer.look_up(lon, lat, DAY).holder.tolist()
    assert np.allclose(geodesic_m(lon, lat, found.lon, found.lat), found.front_m)


def test_far_points_are_measured_as_well(holdings: Any, ragged: Any) -> None:
    layer = ControlLayer(holdings([("north", *YEAR, ragged[0]), ("south", *YEAR, ragged[1])]))
    lon, lat = np.array([30.0, 10.0, -120.0, 178.0, 37.0]), np.array([40.0, 60.0, -30.0, 0.0, -89.0])
    found = distance_to_front(layer, lon, lat, DAY)
    truth = brute_force_m(front_lines(layer, DAY, "north", "south"), lon, lat)
    assert found.front_m == pytest.approx(truth, rel=2e-5)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.floats(33, 41), st.floats(45, 50)), min_size=1, max_size=20), st.randoms())
def test_distances_do_not_hang_on_order_side_or_the_day_of_a_standing_map(points: Any, random: Any) -> None:
    from contested.base.records import HOLDINGS

    def layer(first: str, second: str) -> ControlLayer:
        sides = ((first, shapely.box(34, 46, 37, 49)), (second, shapely.box(37, 46, 40, 48)))
        rows = [
            {
                "layer": "map", "holding_no": n, "place": None, "holder": holder, "valid_from": date(2020, day, 1),
                "valid_to": date(2020, day, 28), "geometry": shapely.to_wkb(shape), "original_path": "m",
                "original_row": n, "made_by": "geojson",
            }
            for n, (holder, shape, day) in enumerate(
                [(holder, shape, month) for month in (1, 3) for holder, shape in sides]
            )
        ]  # fmt: skip
        return ControlLayer(HOLDINGS.from_rows(rows))

    lon, lat = np.array(points).T
    here = distance_to_front(layer("north", "south"), lon, lat, date(2020, 1, 5))
    later = distance_to_front(layer("south", "north"), lon, lat, date(2020, 3, 9))
    assert (here.front_m == later.front_m).all()
    swap = {"north": "south", "south": "north", None: None}
    assert [swap[side] for side in here.side] == later.side.tolist()
    order = list(range(len(lon)))
    random.shuffle(order)
    assert (
        distance_to_front(layer("north", "south"), lon[order], lat[order], date(2020, 1, 5)).front_m
        == here.front_m[order]
    ).all()


def test_the_region_edge_is_no_front_and_neither_is_a_corner(holdings: Any) -> None:
    layer = ControlLayer(holdings([("north", *YEAR, WEST), ("south", *YEAR, MIDDLE)]))
    lines = front_lines(layer, DAY, "north", "south")
    assert shapely.length(lines) == pytest.approx(0.1, abs=1e-5)
    assert lines.bounds == pytest.approx((10.1, 50.0, 10.1, 50.1), abs=2e-6)
    # 10.001 is 70 m from the region's edge, and 7 km from the front.
    assert distance_to_front(layer, 10.001, 50.05, DAY).front_m[0] == pytest.approx(
        float(geodesic_m(10.001, 50.05, 10.1, 50.05)), abs=1
    )
    corner = ControlLayer(holdings([("north", *YEAR, WEST), ("south", *YEAR, shapely.box(10.1, 50.1, 10.2, 50.2))]))
    assert front_lines(corner, DAY, "north", "south").is_empty
    assert np.isnan(distance_to_front(corner, 10.05, 50.05, DAY).front_m[0])


def test_the_front_runs_along_both_edges_of_contested_ground(holdings: Any) -> None:
    rows = [("north", *YEAR, WEST), ("contested", *YEAR, MIDDLE), ("south", *YEAR, EAST)]
    lines = front_lines(holdings(rows), DAY, "north", "south")
    assert {round(x, 3) for x, _ in shapely.get_coordinates(lines).tolist()} == {10.1, 10.15}
    found = distance_to_front(ControlLayer(holdings(rows)), [10.05, 10.12, 10.14], 50.05, DAY)
    assert found.side.tolist() == ["north", None, None]
    assert found.lon == pytest.approx([10.1, 10.1, 10.15], abs=1e-6)
    # Ground that two parties claim is contested just so.
    overlapping = [("north", *YEAR, shapely.union(WEST, MIDDLE)), ("south", *YEAR, shapely.union(MIDDLE, EAST))]
    again = front_lines(holdings(overlapping), DAY, "north", "south")
    assert {round(x, 3) for x, _ in shapely.get_coordinates(again).tolist()} == {10.1, 10.15}


def test_between_names_the_two_parties(holdings: Any) -> None:
    rows = [("north", *YEAR, WEST), ("south", *YEAR, MIDDLE), ("west", *YEAR, EAST)]
    layer = ControlLayer(holdings(rows))
    any_two = distance_to_front(layer, 10.16, 50.05, DAY)
    one = distance_to_front(layer, 10.16, 50.05, DAY, ("north", "south"))
    assert any_two.lon[0] == pytest.approx(10.15, abs=1e-6)
    assert one.lon[0] == pytest.approx(10.1, abs=1e-6)
    with pytest.raises(RecordError, match='has no party "norht"; did you mean "north"'):
        distance_to_front(layer, 10.16, 50.05, DAY, ("norht", "south"))
    with pytest.raises(RecordError, match="is no party and has no front"):
        front_lines(layer, DAY, "north", "contested")


def test_coordinates_that_miss_by_a_decimetre_still_touch(holdings: Any) -> None:
    jagged = shapely.Polygon(
        [(10.1 + 7e-7, 50.0), (10.15, 50.0), (10.15, 50.1), (10.1 - 4e-7, 50.1), (10.1 + 5e-7, 50.04)]
    )
    lines = front_lines(holdings([("north", *YEAR, WEST), ("south", *YEAR, jagged)]), DAY, "north", "south")
    assert lines.bounds[3] - lines.bounds[1] == pytest.approx(0.1, abs=1e-5)
    apart = shapely.box(10.1001, 50.0, 10.15, 50.1)
    assert front_lines(holdings([("north", *YEAR, WEST), ("south", *YEAR, apart)]), DAY, "north", "south").is_empty


def test_with_elsewhere_the_front_is_the_whole_boundary(holdings: Any) -> None:
    layer = ControlLayer(holdings([("north", *YEAR, WEST)]), elsewhere="south")
    assert front_lines(layer, DAY, "south", "north").equals(WEST.boundary)
    found = distance_to_front(layer, [10.001, 9.0], 50.05, DAY)
    assert found.side.tolist() == ["north", "south"]
    assert found.lon == pytest.approx([10.0, 10.0], abs=1e-9)
    # Beside a third party, the edge towards that one is not the edge towards elsewhere.
    layer = ControlLayer(holdings([("north", *YEAR, WEST), ("west", *YEAR, MIDDLE)]), elsewhere="south")
    towards = front_lines(layer, DAY, "north", "south")
    assert shapely.length(towards) == pytest.approx(0.3, abs=1e-5)
    assert shapely.length(front_lines(layer, DAY, "north", "west")) == pytest.approx(0.1, abs=1e-5)


def test_days_without_map_and_layers_of_one_party_have_no_front(holdings: Any) -> None:
    alone = ControlLayer(holdings([("north", *YEAR, WEST)]))
    assert np.isnan(distance_to_front(alone, 10.05, 50.05, DAY).front_m).all()
    both = ControlLayer(holdings([("north", *YEAR, WEST), ("south", *YEAR, MIDDLE)]))
    found = distance_to_front(both, [10.05, np.nan, 10.05], 50.05, ["2021-05-01", "2020-05-01", "2020-05-01"])
    assert np.isnan(found.front_m).tolist() == [True, True, False]
    assert found.side.tolist() == [None, None, "north"]
    assert front_lines(both, date(2021, 5, 1), "north", "south").is_empty


def test_depth_is_seen_from_the_first_party(holdings: Any) -> None:
    rows = [("north", *YEAR, WEST), ("contested", *YEAR, MIDDLE), ("south", *YEAR, EAST)]
    layer = ControlLayer(holdings(rows))
    lon = [10.05, 10.12, 10.19, 9.0]
    found = distance_to_front(layer, lon, 50.05, DAY, ("north", "south"))
    assert found.depth_m[[0, 2]] == pytest.approx([found.front_m[0], -found.front_m[2]])
    assert np.isnan(found.depth_m).tolist() == [False, True, False, True]
    other = distance_to_front(layer, lon, 50.05, DAY, ("south", "north"))
    assert np.array_equal(other.depth_m, -found.depth_m, equal_nan=True)
    assert np.isnan(distance_to_front(layer, lon, 50.05, DAY).depth_m).all()
    assert found.bearing_deg == pytest.approx([90, 270, 270, 90], abs=1)


@pytest.mark.skipif(not has_compiler(), reason="needs numba, of the extra fast")
def test_many_points_and_few_have_the_same_answers(holdings: Any, ragged: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [("north", "2020-01-01", "2020-06-30", ragged[0]), ("south", *YEAR, ragged[1])]
    rows.append(("north", "2020-07-01", "2020-12-31", shapely.intersection(ragged[0], shapely.box(30, 40, 50, 47.5))))
    random = np.random.default_rng(9)
    lon, lat = random.uniform(33, 41, 400), random.uniform(45, 50, 400)
    lon[:3], lat[3:5] = [np.nan, -120, 190], [np.nan, -89.0]
    day = np.datetime64("2019-12-20") + random.integers(0, 390, 400)
    few = distance_to_front(ControlLayer(holdings(rows)), lon, lat, day, ("south", "north"))
    monkeypatch.setattr("contested.base.compiled.MANY_ROWS", 1)
    many = distance_to_front(ControlLayer(holdings(rows)), lon, lat, day, ("south", "north"))
    assert np.allclose(few.front_m, many.front_m, rtol=0, atol=0.2, equal_nan=True)
    assert np.allclose(few.depth_m, many.depth_m, rtol=0, atol=0.2, equal_nan=True)
    assert few.side.tolist() == many.side.tolist()
    assert np.isnan(few.front_m).sum() == np.isnan(many.front_m).sum() > 10
    turn = (few.bearing_deg - many.bearing_deg + 180) % 360 - 180
    assert np.nanmax(np.abs(np.radians(turn)) * np.minimum(few.front_m, 1e6)) < 30


def test_it_works_without_the_compiler(holdings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("contested.base.compiled.has_compiler", lambda: False)
    layer = ControlLayer(holdings([("north", *YEAR, WEST), ("south", *YEAR, MIDDLE)]))
    found = distance_to_front(layer, np.full(25_000, 10.05), 50.05, DAY)
    assert np.ptp(found.front_m) == 0 < found.front_m[0]


def test_what_was_built_serves_again_and_goes_with_the_layer(holdings: Any) -> None:
    from contested.territory.fronts import _BUILT

    before = len(_BUILT)
    layer = ControlLayer(holdings([("north", *YEAR, WEST), ("south", *YEAR, MIDDLE)]))
    pieces = LayerFront(layer)._pieces(0)
    assert LayerFront(layer)._pieces(0) is pieces
    assert len(_BUILT) == before + 1
    del layer
    assert len(_BUILT) == before


def test_the_front_moves_with_the_speed_of_its_party(holdings: Any) -> None:
    rows = []
    for n in range(10):  # north gains a hundredth of a degree a day
        day = f"2020-01-{n + 1:02d}"
        rows.append(("north", day, day, shapely.box(10, 50, 10.1 + n / 100, 50.1)))
        rows.append(("contested", day, day, shapely.box(10.1 + n / 100, 50, 10.3, 50.1)))
        rows.append(("south", day, day, shapely.box(10.3, 50, 10.4, 50.1)))
    layer = ControlLayer(holdings(rows))
    day_m = float(geodesic_m(10.1, 50.05, 10.11, 50.05))
    place = ([10.02, 10.25, 10.35, np.nan], 50.05)
    found = front_speed(layer, *place, "2020-01-08", ("north", "south"))
    assert found.m_per_day[:3] == pytest.approx([day_m] * 3, rel=1e-4)
    assert found.days.tolist()[:3] == [7, 7, 7]
    assert np.isnan(found.days[3]) and np.isnan(found.m_per_day[3])
    # Days before the first map and after the last are not compared.
    early = front_speed(layer, *place, ["2020-01-04", "2020-01-01", "2020-02-08", "2020-01-04"], ("north", "south"))
    assert [str(d) for d in early.first] == ["2020-01-01", "NaT", "NaT", "NaT"]
    assert early.m_per_day[0] == pytest.approx(day_m, rel=1e-4)
    assert np.isnan(early.m_per_day[1:]).all()
    # South's own edge stands still; and the contested ground between is none of it.
    south = front_speed(layer, *place, "2020-01-08", ("south", "north"), (-3, 2))
    assert south.m_per_day[:3] == pytest.approx([0, 0, 0])
    assert south.days[:3].tolist() == [5, 5, 5]
    with pytest.raises(RecordError, match="ends before it begins"):
        front_speed(layer, *place, "2020-01-08", ("south", "north"), (2, -3))
