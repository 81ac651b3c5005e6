"""The index of the front against the geodesic itself, and against the search by Shapely."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from contested.base.compiled import has_compiler
from contested.base.places import geodesic_m, wgs84
from contested.territory.index.curve import along_curve
from contested.territory.index.front_index import BLOCK_SPANS, FrontIndex, cut_edges
from contested.territory.index.front_search import cut_lines, nearest_points

pytestmark = pytest.mark.skipif(not has_compiler(), reason="needs numba, of the extra fast")


def geodesic_truth(ends: np.ndarray, lon: float, lat: float) -> float:
    """Distance to edges straight in longitude and latitude: all of them coarsely, the nearest of them finely."""
    share = np.linspace(0, 1, 41)
    points = ends[:, None, :2] + share[:, None] * (ends[:, None, 2:] - ends[:, None, :2])
    coarse = geodesic_m(lon, lat, points[..., 0], points[..., 1]).min(axis=1)
    best = np.inf
    for edge in np.argsort(coarse)[:4]:
        low, high = 0.0, 1.0
        for _ in range(8):
            some = np.linspace(low, high, 41)
            along = ends[edge, :2] + some[:, None] * (ends[edge, 2:] - ends[edge, :2])
            metres = geodesic_m(lon, lat, along[:, 0], along[:, 1])
            at = int(metres.argmin())
            best = min(best, float(metres[at]))
            low, high = some[max(0, at - 1)], some[min(40, at + 1)]
    return best


def ring(lon: float, lat: float, size: float, corners: int, seed: int = 0) -> np.ndarray:
    """A ragged ring of edges around a place."""
    random = np.random.default_rng(seed)
    turn = np.sort(random.uniform(0, 2 * np.pi, corners))
    radius = size * random.uniform(0.6, 1.0, corners)
    points = np.stack([lon + radius * np.cos(turn), lat + 0.6 * radius * np.sin(turn)], axis=1)
    return np.concatenate([points, np.roll(points, -1, axis=0)], axis=1)


def standing(ends: np.ndarray) -> FrontIndex:
    return FrontIndex(ends, np.zeros(len(ends), int), np.zeros(len(ends), int))


@pytest.mark.parametrize("reach_m", [10, 1e3, 1e4, 1e5, 2e5, 5e5, 1e6, 3e6, 1e7, 1.8e7, 1.99e7, 2.0e7])
def test_the_error_is_below_20_cm_at_all_distances(reach_m: float) -> None:
    ends = ring(36.0, 48.0, 1.5, 40)
    index = standing(ends)
    random = np.random.default_rng(int(reach_m))
    edge, share = random.integers(0, len(ends), 40), random.random(40)[:, None]
    at = ends[edge, :2] + share * (ends[edge, 2:] - ends[edge, :2])
    lon, lat, _ = wgs84().fwd(at[:, 0], at[:, 1], random.uniform(0, 360, 40), np.full(40, reach_m))
    found = index.nearest(lon, lat, 0)
    truth = [geodesic_truth(ends, x, y) for x, y in zip(lon, lat, strict=True)]
    assert np.abs(found.metres - truth).max() < 0.2
    # The point that is named lies where the distance says, in the direction it says.
    azimuth, _, metres = wgs84().inv(lon, lat, found.lon, found.lat)
    assert np.abs(metres - found.metres).max() < 0.2
    turn = (np.asarray(azimuth) - found.bearing_deg + 180) % 360 - 180
    assert np.abs(np.radians(turn) * np.minimum(metres, 1e6)).max() < max(2.0, 1e-3 * reach_m)


@pytest.mark.parametrize(("lon", "lat"), [(179.0, 10.0), (0.0, 88.0), (-40.0, -86.0), (20.0, 78.0), (100.0, 0.0)])
def test_poles_and_the_antimeridian_are_places_like_any_other(lon: float, lat: float) -> None:
    ends = np.clip(ring(lon, lat, 3.0 if abs(lat) < 80 else 150.0, 25, 3), [-180, -90] * 2, [180, 90] * 2)
    if abs(lat) > 80:
        ends[:, [1, 3]] = np.where(lat > 0, 1, -1) * (84 + np.abs(ends[:, [1, 3]]) % 5)
    index = standing(ends)
    random = np.random.default_rng(1)
    x = (lon + random.uniform(-4, 4, 40) + 180) % 360 - 180
    y = np.clip(lat + random.uniform(-4, 4, 40), -90, 90)
    x[:3], y[:3] = [-179.99, 180.0, 17.0], [lat, lat, 90.0 if lat > 0 else -90.0]
    found = index.nearest(x, y, 0)
    truth = [geodesic_truth(ends, a, b) for a, b in zip(x, y, strict=True)]
    assert np.abs(found.metres - truth).max() < 0.2


@settings(max_examples=30, deadline=None)
@given(
    st.integers(0, 10_000), st.floats(-170, 170), st.floats(-80, 80),
    st.lists(st.tuples(st.floats(-6, 6), st.floats(-6, 6)), min_size=1, max_size=20),
)  # fmt: skip
def test_it_agrees_with_the_search_by_shapely(seed: int, lon: float, lat: float, offsets: Any) -> None:
    ends = ring(lon, lat, 2.0, 12, seed)
    points = np.clip(np.array(offsets) + np.array([lon, lat]), [-180, -90], [180, 90])
    found = standing(ends).nearest(points[:, 0], points[:, 1], 0)
    near_lon, near_lat = nearest_points(
        cut_lines(shapely.multilinestrings(ends.reshape(-1, 2, 2))), points[:, 0], points[:, 1]
    )
    assert np.abs(geodesic_m(points[:, 0], points[:, 1], near_lon, near_lat) - found.metres).max() < 0.1


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 99), st.integers(0, 99)), min_size=1, max_size=30), st.integers(0, 99))
def test_only_edges_that_stand_on_the_span_count(runs: list[tuple[int, int]], span: int) -> None:
    first, last = np.sort(np.array(runs), axis=1).T
    ends = np.array([[x, 50.0, x, 50.5] for x in range(len(runs))], dtype=float)
    found = FrontIndex(ends, first, last, 100).nearest([-1.0], [50.2], [span])
    alive = np.flatnonzero((first <= span) & (span <= last))
    assert found.edge[0] == (alive[0] if len(alive) else -1)
    assert np.isnan(found.metres[0]) == (len(alive) == 0)
    assert BLOCK_SPANS < 100


def test_what_is_no_point_or_no_span_has_no_distance() -> None:
    index = standing(ring(10.0, 50.0, 1.0, 8))
    lon, lat = [10.0, np.nan, 10.0, 181.0, 10.0, 10.0, np.inf], [50.0, 50.0, np.nan, 50.0, 91.0, 50.0, 50.0]
    found = index.nearest(lon, lat, [0, 0, 0, 0, 0, -1, 0])
    assert np.isnan(found.metres).tolist() == [False, True, True, True, True, True, True]
    assert np.isnan(found.lon).sum() == np.isnan(found.bearing_deg).sum() == (found.edge == -1).sum() == 6
    assert np.isnan(index.nearest(10.0, 50.0, 7).metres).all()
    empty = FrontIndex(np.zeros((0, 4)), [], [], 3)
    assert np.isnan(empty.nearest([1.0, 2.0], [3.0, 4.0], [0, 2]).metres).all()


def test_threads_share_the_rows_and_change_nothing() -> None:
    random = np.random.default_rng(4)
    ends = ring(30.0, 50.0, 2.0, 60)
    index = FrontIndex(ends, random.integers(0, 30, 60), random.integers(30, 70, 60), 80)
    lon, lat, span = random.uniform(26, 34, 300_000), random.uniform(48, 52, 300_000), random.integers(0, 80, 300_000)
    one, two = index.nearest(lon, lat, span), index.nearest(lon, lat, span, threads=2)
    assert np.array_equal(one.metres, two.metres, equal_nan=True)
    assert np.array_equal(one.edge, two.edge)
    order = random.permutation(len(lon))
    assert np.array_equal(index.nearest(lon[order], lat[order], span[order]).metres, one.metres[order], equal_nan=True)


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 10_000))
def test_the_side_is_that_of_the_ring(seed: int) -> None:
    ends = ring(10.0, 20.0, 0.5, 9, seed)
    polygon = shapely.Polygon(ends[:, :2])
    if not polygon.is_valid:
        return
    random = np.random.default_rng(seed)
    lon, lat = random.uniform(9.4, 10.6, 60), random.uniform(19.6, 20.4, 60)
    index = standing(ends)
    found = index.nearest(lon, lat, 0)
    clear = found.metres > 0.2
    inside = shapely.contains_xy(polygon, lon, lat)
    left = index.sides_of(lon, lat, found.edge) > 0
    assert (left == (inside == polygon.exterior.is_ccw))[clear].all()
    assert index.sides_of(lon[:1], lat[:1], np.array([-1])).tolist() == [0]


def test_pieces_tile_their_edges_and_lie_on_their_chords() -> None:
    ends = np.array([[0.0, 0.0, 40.0, 60.0], [10.0, 89.0, 170.0, 89.5], [5.0, 5.0, 5.0, 5.0]])
    edge, start, stop = cut_edges(ends)
    for n in range(3):
        mine = edge == n
        assert start[mine][0].tolist() == ends[n, :2].tolist()
        assert stop[mine][-1].tolist() == ends[n, 2:].tolist()
        assert np.allclose(start[mine][1:], stop[mine][:-1], atol=1e-12)
    middle = (start + stop) / 2
    a, _, chord = wgs84().inv(start[:, 0], start[:, 1], stop[:, 0], stop[:, 1])
    b, _, half = wgs84().inv(start[:, 0], start[:, 1], middle[:, 0], middle[:, 1])
    assert np.abs(np.sin(np.radians(np.asarray(a) - b)) * half).max() < 0.05
    assert np.asarray(chord).max() < 60_000


def test_neighbours_on_the_curve_are_neighbours_on_the_ground() -> None:
    x, y = np.meshgrid(np.arange(64.0), np.arange(64.0))
    points = np.stack([x.ravel(), y.ravel()], axis=1)
    walk = points[np.argsort(along_curve(points))]
    assert np.abs(np.diff(walk, axis=0)).sum(axis=1).mean() < 1.3
    assert along_curve(points[:0]).tolist() == []
