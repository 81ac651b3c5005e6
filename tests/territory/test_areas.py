from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from contested.base.places import geodesic_m, wgs84
from contested.territory.areas import area_m2, boxes_around, make_discs, only_polygons

LON = st.floats(-170, 170)
LAT = st.floats(-75, 75)


@settings(deadline=None)
@given(LON, LAT, st.floats(0.001, 3), st.floats(0.001, 3))
def test_area_is_that_of_the_geodesic_library(lon: float, lat: float, wide: float, high: float) -> None:
    # Densified, so that the library's geodesic edges follow the straight edges in degrees.
    box = shapely.segmentize(shapely.box(lon, lat, lon + wide, lat + high), 0.05)
    expected = abs(wgs84().geometry_area_perimeter(box)[0])
    assert area_m2([box])[0] == pytest.approx(expected, rel=1e-3)


def test_area_of_a_dense_outline_is_exact() -> None:
    box = shapely.box(30, 44, 31, 45)
    expected = abs(wgs84().geometry_area_perimeter(shapely.segmentize(box, 0.0005))[0])
    assert area_m2([box])[0] == pytest.approx(expected, rel=1e-9)


def test_holes_count_against_and_lines_count_nothing() -> None:
    whole, hole = shapely.box(0, 0, 1, 1), shapely.box(0.2, 0.2, 0.4, 0.4)
    mixed = shapely.GeometryCollection([hole, shapely.LineString([(0, 0), (1, 1)])])
    areas = area_m2([whole, hole, whole.difference(hole), mixed, shapely.Polygon(), shapely.Point(0, 0)])
    assert areas[2] == pytest.approx(areas[0] - areas[1], rel=1e-12)
    assert areas[3] == pytest.approx(areas[1], rel=1e-12)
    assert areas[4] == areas[5] == 0
    assert only_polygons(mixed).equals(hole)


@settings(deadline=None)
@given(LON, LAT, st.floats(1, 200_000))
def test_disc_has_its_radius_and_its_area(lon: float, lat: float, radius_m: float) -> None:
    at = np.array([lon]), np.array([lat]), np.array([radius_m])
    disc = make_discs(*at)[0]
    corners = shapely.get_coordinates(disc)
    metres = geodesic_m(lon, lat, corners[:, 0], corners[:, 1])
    assert np.abs(metres / radius_m - 1).max() < 3e-4
    # On a sphere the area is 2πR²(1 - cos(r/R)); at 200 km that is 8e-5 less than πr².
    assert area_m2([disc])[0] == pytest.approx(np.pi * radius_m**2, rel=2e-4)
    assert boxes_around(*at)[0].contains_properly(disc)


@settings(deadline=None)
@given(st.floats(-1, 1), st.floats(0, 2 * np.pi), st.sampled_from([50.0, 1_000.0, 25_000.0]))
def test_share_cut_by_a_straight_front_is_within_the_stated_error(offset: float, turn: float, radius_m: float) -> None:
    lon, lat = np.array([37.0]), np.array([36.0])
    coarse = make_discs(lon, lat, np.array([radius_m]))[0]
    fine = make_discs(lon, lat, np.array([radius_m]), corners=8192)[0]
    degree = radius_m / 111_000
    edge = np.array([[0, -9], [9, -9], [9, 9], [0, 9]]) * degree + [offset * degree, 0]
    spin = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    half = shapely.Polygon(edge @ spin.T + [37.0, 36.0])
    shares = [area_m2([disc.intersection(half)])[0] / area_m2([disc])[0] for disc in (coarse, fine)]
    assert abs(shares[0] - shares[1]) < 4e-5
