from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from contested.base.places import geodesic_m
from contested.territory.areas import area_m2
from contested.territory.cells import make_cells

BOX = shapely.box(37.0, 36.0, 37.3, 36.3)
NOTCHED = BOX.difference(shapely.box(37.1, 36.1, 37.2, 36.4))
POINTS = st.lists(st.tuples(st.integers(0, 3000), st.integers(0, 3000)), min_size=1, max_size=12, unique=True).map(
    lambda pairs: {f"p{n}": (37 + x / 1e4, 36 + y / 1e4) for n, (x, y) in enumerate(pairs)}
)


@settings(max_examples=60, deadline=None)
@given(POINTS, st.sampled_from([BOX, NOTCHED]))
def test_cells_tile_the_region_and_hold_their_points(points: dict[str, tuple[float, float]], region: object) -> None:
    cells = make_cells(points, {}, region)
    shapes = [cell.geometry for cell in cells.values()]
    assert all(cell.made_by == "voronoi" and cell.geometry.is_valid for cell in cells.values())
    assert area_m2(shapes).sum() == pytest.approx(area_m2([region])[0], rel=1e-9)
    assert area_m2([shapely.union_all(shapes)])[0] == pytest.approx(area_m2([region])[0], rel=1e-9)
    for place, (lon, lat) in points.items():
        if region.contains(shapely.Point(lon, lat)):
            assert cells[place].geometry.distance(shapely.Point(lon, lat)) < 1e-9


@settings(max_examples=30, deadline=None)
@given(POINTS, st.integers(0, 2**32 - 1))
def test_a_cell_is_the_ground_nearest_to_its_place(points: dict[str, tuple[float, float]], seed: int) -> None:
    cells = make_cells(points, {}, BOX)
    random = np.random.default_rng(seed)
    lon, lat = random.uniform(37, 37.3, 50), random.uniform(36, 36.3, 50)
    metres = np.array([geodesic_m(lon, lat, *point) for point in points.values()])
    names = list(points)
    for n in range(50):
        nearest, runner_up = np.sort(np.append(metres[:, n], np.inf))[:2]
        if runner_up - nearest > 5:  # closer calls are within the projection's error
            assert cells[names[int(metres[:, n].argmin())]].geometry.covers(shapely.Point(lon[n], lat[n]))


def test_degrees_are_not_metres() -> None:
    """At 60 degrees of latitude a degree of longitude is half as long: nearness in raw degrees would be wrong."""
    west, north, point = (10.3, 60.5), (10.5, 60.72), (10.5, 60.55)
    assert np.hypot(*np.subtract(point, north)) < np.hypot(*np.subtract(point, west))
    assert geodesic_m(*point, *west) < geodesic_m(*point, *north)
    cells = make_cells({"west": west, "north": north}, {}, shapely.box(10, 60, 11, 61))
    assert cells["west"].geometry.contains(shapely.Point(point))


def test_given_polygons_are_kept_and_cells_share_the_rest() -> None:
    polygon = shapely.box(37.0, 36.0, 37.1, 36.3)
    cells = make_cells({"a": (37.05, 36.1), "b": (37.15, 36.1), "c": (37.25, 36.1)}, {"a": polygon}, BOX)
    assert cells["a"].geometry.equals(polygon)
    assert [cells[name].made_by for name in "abc"] == ["polygon", "voronoi", "voronoi"]
    # b is nearest from 37.1 to 37.2; the seed of the polygon's place keeps it from reaching across.
    assert cells["b"].geometry.bounds[0] == pytest.approx(37.1, abs=1e-6)
    assert cells["b"].geometry.bounds[2] == pytest.approx(37.2, abs=1e-3)
    assert area_m2([cells["a"].geometry.intersection(cells["b"].geometry)])[0] < 1e-6


def test_a_place_far_outside_gets_no_cell() -> None:
    cells = make_cells({"in": (37.1, 36.1), "out": (40.0, 36.1)}, {}, BOX)
    assert set(cells) == {"in"}
    assert cells["in"].geometry.equals(BOX)
