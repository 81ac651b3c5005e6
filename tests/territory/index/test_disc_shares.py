from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from contested.territory.index.edge_blocks import cut_into_blocks
from contested.territory.index.edge_runs import PER_DEGREE, EdgeRuns

pytest.importorskip("numba")

from contested.territory.index.disc_shares import DiscShares, within_model

WEST, EAST, CONTESTED, UNKNOWN = range(4)
#: Centre of the invented ground, in steps of the lattice.
HOME = np.array([370_000_000, 480_000_000])
STEPS_A_KM = 90_000

corners = st.lists(st.floats(0.2, 1.0), min_size=3, max_size=9)


def star(reach: list[float], home: Any = (0, 0), size_km: float = 10.0) -> np.ndarray:
    """Ring of corners around a place, anticlockwise, on the lattice; no two in the same direction."""
    turn = 2 * np.pi * np.arange(len(reach)) / len(reach) + 0.3
    away = np.array(reach)[:, None] * np.stack([1.4 * np.cos(turn), np.sin(turn)], axis=1)
    return np.round(HOME + (np.array(home) + away * size_km) * STEPS_A_KM).astype(np.int64)


def edges_of(ring: np.ndarray, left: int, right: int, first: int = 0, last: int = 0) -> EdgeRuns:
    """Runs of a ring that stands from one span to another."""
    ends = np.concatenate([ring, np.roll(ring, -1, axis=0)], axis=1).astype(np.int32)
    count = len(ends)
    sides = np.full((2, count), [[left], [right]], dtype=np.uint8)
    spans = np.full((2, count), [[first], [last]], dtype=np.int32)
    return EdgeRuns(ends, sides[0], sides[1], spans[0], spans[1], EAST, last + 1)


def joined(parts: list[EdgeRuns], span_count: int) -> EdgeRuns:
    """All runs in one, in no order."""
    names = ("ends", "left", "right", "first", "last")
    arrays = [np.concatenate([getattr(part, name) for part in parts]) for name in names]
    order = np.random.default_rng(0).permutation(len(arrays[0]))
    return EdgeRuns(*(array[order] for array in arrays), EAST, span_count)


def look_up(runs: EdgeRuns, mapped: Any = True) -> Any:
    """Column of points by the parity of edges to the south; as on a boundary, contested within 3 steps of an edge."""

    def codes_in(lon: Any, lat: Any, spans: Any) -> Any:
        x, y = lon[:, None] * PER_DEGREE, lat[:, None] * PER_DEGREE
        x0, y0, x1, y1 = runs.ends.T.astype(np.float64)
        live = (runs.first <= spans[:, None]) & (spans[:, None] <= runs.last)
        dx, dy = x1 - x0, y1 - y0
        along = np.clip(((x - x0) * dx + (y - y0) * dy) / (dx**2 + dy**2), 0, 1)
        near = np.hypot(x - x0 - along * dx, y - y0 - along * dy) < 3
        with np.errstate(divide="ignore", invalid="ignore"):
            below = ((x0 <= x) != (x1 <= x)) & (y0 + (x - x0) * dy / dx < y)
        codes = np.full(len(lon), runs.rest)
        for left in np.unique(runs.left).tolist():
            codes[(below & live & (runs.left == left)).sum(axis=1) % 2 == 1] = left
        codes[(near & live).any(axis=1)] = CONTESTED
        return np.where(np.broadcast_to(mapped, runs.span_count)[spans], codes, UNKNOWN)

    return codes_in


def shares_of(
    runs: EdgeRuns,
    steps: Any,
    radius_m: Any,
    first: Any = 0,
    last: Any = None,
    whole: EdgeRuns | None = None,
    **more: Any,
) -> np.ndarray:
    """Shares around places on the lattice (fractions of a step too); spans of one day from day 0."""
    starts = np.arange(runs.span_count)
    layer = DiscShares(runs, 4, starts, np.ones(len(starts), dtype=bool), look_up(whole or runs))
    at = np.atleast_2d(np.asarray(steps, dtype=np.float64)) / PER_DEGREE
    rows = [np.broadcast_to(value, len(at)) for value in (radius_m, first, first if last is None else last)]
    return layer.shares(at[:, 0].copy(), at[:, 1].copy(), rows[0].astype(np.float64), rows[1], rows[2], **more)


def metric(lat: float) -> np.ndarray:
    """Metres per degree of the parallel and of the meridian."""
    a, f = 6378137.0, 1 / 298.257223563
    e2 = f * (2 - f)
    w = 1 - e2 * math.sin(math.radians(lat)) ** 2
    return np.array([a / math.sqrt(w) * math.cos(math.radians(lat)), a * (1 - e2) / w**1.5]) * math.pi / 180


def exact_area(ring: np.ndarray, radius: float) -> float:
    """Signed area of a ring within a circle around the origin: each edge's triangle with the origin, cut by it."""
    total = 0.0
    for a, b in zip(ring, np.roll(ring, -1, axis=0), strict=True):
        along = b - a
        squared = along @ along
        if squared == 0:
            continue
        cross = a[0] * b[1] - a[1] * b[0]
        cuts = [0.0, 1.0]
        under = (a @ along) ** 2 - squared * (a @ a - radius**2)
        if under > 0:
            for sign in (-1, 1):
                at = (-(a @ along) + sign * math.sqrt(under)) / squared
                cuts += [at] if 0 < at < 1 else []
        cuts.sort()
        for low, high in pairwise(cuts):
            p, q, middle = a + low * along, a + high * along, a + (low + high) / 2 * along
            if middle @ middle < radius**2:
                total += cross * (high - low) / 2
            else:
                total += radius**2 / 2 * math.atan2(p[0] * q[1] - p[1] * q[0], p @ q)
    return total


def exact_share(ring: np.ndarray, at: Any, radius: float) -> float:
    """Share of a disc in a ring, by the metric at its centre; for a centre that is on no edge."""
    at = np.asarray(at, dtype=np.float64) / PER_DEGREE
    inside = (ring / PER_DEGREE - at) * metric(at[1])
    return exact_area(inside, radius) / (math.pi * radius**2)


@settings(deadline=None, max_examples=300)
@given(corners, st.tuples(st.floats(-20, 20), st.floats(-20, 20)), st.sampled_from([50.0, 1e3, 5e3, 25e3, 1e5]))
def test_shares_equal_an_independent_exact_computation(reach: Any, away: Any, radius: float) -> None:
    ring = star(reach)
    at = HOME + np.array(away) * STEPS_A_KM
    found = shares_of(edges_of(ring, WEST, EAST), at, radius)[0]
    expected = exact_share(ring, at, radius)
    assert found[WEST] == pytest.approx(expected, abs=1e-9)
    assert found[EAST] == pytest.approx(1 - expected, abs=1e-9)
    assert found[CONTESTED] == found[UNKNOWN] == 0
    assert abs(found.sum() - 1) < 1e-12


@settings(deadline=None, max_examples=60)
@given(corners, st.tuples(st.floats(-15, 15), st.floats(-15, 15)), st.sampled_from([1e3, 5e3, 25e3]))
def test_shares_equal_the_plane_area_of_a_fine_polygon(reach: Any, away: Any, radius: float) -> None:
    ring = star(reach)
    at = (HOME + np.array(away) * STEPS_A_KM) / PER_DEGREE
    turn = 2 * np.pi / 16384
    circle = np.exp(1j * turn * np.arange(16384)) * radius * math.sqrt(turn / math.sin(turn))
    disc = shapely.polygons(at + np.stack([circle.real, circle.imag], axis=1) / metric(at[1]))
    expected = disc.intersection(shapely.polygons(ring / PER_DEGREE)).area / disc.area
    found = shares_of(edges_of(ring, WEST, EAST), at * PER_DEGREE, radius)[0]
    assert found[WEST] == pytest.approx(expected, abs=1e-6)


@settings(deadline=None, max_examples=200)
@given(
    corners, st.integers(0, 8), st.floats(0, 1), st.floats(-math.pi, math.pi),
    st.sampled_from([0.0, 1e-9, 1e-6, 1e-3, 0.3, 1.0, 2.0]), st.sampled_from([0.5, 30.0, 1e3, 3e4]),
)  # fmt: skip
def test_a_centre_on_or_very_near_an_edge_or_corner_is_no_trap(
    reach: Any, corner: int, part: float, turn: float, off: float, radius: float
) -> None:
    # ``off`` is in steps of 1.1 cm: the share must run on smoothly through the edge and the corner.
    ring = star(reach)
    a, b = ring[corner % len(ring)], ring[(corner + 1) % len(ring)]
    part = part if part > 0.05 else 0.0
    on_edge = a + part * (b - a)
    near = on_edge + off * np.array([math.cos(turn), math.sin(turn)])
    clear = near + 1e-4 * np.array([math.cos(turn), math.sin(turn)])
    found = shares_of(edges_of(ring, WEST, EAST), [near], radius)[0]
    # A way of 1 µm changes a share by no more than its length over the disc's radius.
    assert found[WEST] == pytest.approx(exact_share(ring, clear, radius), abs=2e-6 / radius + 1e-9)


def test_corners_edges_and_cuts_that_can_be_worked_out_by_hand() -> None:
    box = HOME + np.array([[0, 0], [1, 0], [1, 1], [0, 1]]) * 50 * STEPS_A_KM
    runs = edges_of(box, WEST, EAST)
    middle = (box[0] + box[1]) / 2
    at = [box[0], box[1], box[2], box[3], middle, (box[1] + box[2]) / 2, (box[3] + box[2]) / 2, (box[0] + box[3]) / 2]
    found = shares_of(runs, at, 1_000.0)[:, WEST]
    assert found == pytest.approx([0.25] * 4 + [0.5] * 4, abs=1e-12)
    assert shares_of(runs, middle + np.array([0, 50_000]), 1.0)[0].tolist() == [1, 0, 0, 0]
    # A wedge whose point is the centre, and one whose edges end within the disc.
    wedge = HOME + np.array([[0, 0], [10_000_000, -1], [10_000_000, 1]])
    angle = 2e-7 * np.divide(*metric(HOME[1] / PER_DEGREE)[::-1])
    assert shares_of(edges_of(wedge, WEST, EAST), HOME, 1_000.0)[0, WEST] == pytest.approx(
        angle / (2 * math.pi), rel=1e-5
    )
    small = HOME + np.array([[-9, -9], [9, -9], [9, 9], [-9, 9]]) * 100
    lon_m, lat_m = metric(HOME[1] / PER_DEGREE) / PER_DEGREE
    area = 1800**2 * lon_m * lat_m
    for place in (HOME, small[0], small[1], HOME + np.array([2_000, 500]), HOME + np.array([900, 0])):
        share = shares_of(edges_of(small, WEST, EAST), place, 1_000.0)[0, WEST]
        assert share == pytest.approx(area / (math.pi * 1e6), rel=1e-5)


@settings(deadline=None, max_examples=60)
@given(st.integers(1, 4), st.integers(-3, 7), st.floats(0, math.pi), st.sampled_from([20.0, 1e3, 2e4]))
def test_slivers_have_their_width(width: int, off: int, turn: float, radius: float) -> None:
    long = np.array([math.cos(turn), math.sin(turn)]) * 40 * STEPS_A_KM
    ends = np.round([HOME - long, HOME + long]).astype(np.int64)
    ring = np.array([ends[0], ends[1], ends[1] + [0, width], ends[0] + [0, width]])
    if not shapely.is_ccw(shapely.linearrings(ring)):
        ring = ring[::-1]
    at = HOME + np.array([0.123, off + 0.234])
    found = shares_of(edges_of(ring, WEST, EAST), at, radius)[0, WEST]
    assert found == pytest.approx(exact_share(ring, at, radius), abs=1e-9)


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_a_window_is_the_mean_of_its_days_whatever_block_answers(data: Any) -> None:
    random = np.random.default_rng(data.draw(st.integers(0, 2**32 - 1)))
    spans = data.draw(st.sampled_from([1, 5, 20, 90]))
    parts = []
    for home in np.ndindex(4, 3):
        first = int(random.integers(0, spans))
        last = int(random.integers(first, spans))
        ring = star(random.uniform(0.2, 1, 5).tolist(), np.array(home) * 12 - 16, 4.0)
        parts.append(edges_of(ring, int(random.choice([WEST, CONTESTED, UNKNOWN])), EAST, first, last))
    runs = joined(parts, spans)
    starts = np.cumsum(random.integers(1, 4, spans))
    mapped = random.random(spans) < 0.8
    # Without a map there are no edges: let no run pass such a span.
    kept = np.array([mapped[a : b + 1].all() for a, b in zip(runs.first, runs.last, strict=True)], dtype=bool)
    runs = EdgeRuns(*(array[kept] for array in (runs.ends, runs.left, runs.right, runs.first, runs.last)), EAST, spans)
    layer = DiscShares(runs, 4, starts, mapped, look_up(runs, mapped))
    place = (HOME + random.uniform(-20, 20, (8, 2)) * STEPS_A_KM) / PER_DEGREE
    first_day = random.integers(-3, starts[-1] + 5, 8)
    last_day = first_day + random.integers(0, 40, 8)
    radius = random.choice([300.0, 4e3, 3e4], 8)
    found = layer.shares(place[:, 0], place[:, 1], radius, first_day, last_day)
    for row in range(8):
        days = np.arange(first_day[row], last_day[row] + 1)
        same = [np.full(len(days), value) for value in (*place[row], radius[row])]
        daily = layer.shares(*same, days, days)
        span = np.searchsorted(starts, days, side="right") - 1
        blank = (span < 0) | ~mapped[np.maximum(span, 0)]
        assert (daily[blank] == [0, 0, 0, 1]).all()
        assert found[row] == pytest.approx(daily.mean(axis=0), abs=1e-12)


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 2**32 - 1))
def test_other_names_other_columns_and_more_corners_the_same_shares(seed: int) -> None:
    random = np.random.default_rng(seed)
    rings = [star(random.uniform(0.2, 1, 6).tolist(), home, 4.0) for home in ((-6, 0), (6, 0), (0, 9))]
    # Even steps, so that the middle of each edge is on the lattice.
    rings = [ring // 2 * 2 for ring in rings]
    holders = [WEST, CONTESTED, UNKNOWN]
    runs = joined([edges_of(ring, holder, EAST) for ring, holder in zip(rings, holders, strict=True)], 1)
    at = HOME + random.uniform(-15, 15, (20, 2)) * STEPS_A_KM
    at[::4] = rings[0][0]
    radius = random.choice([500.0, 5e3, 2e4], 20)
    found = shares_of(runs, at, radius)
    names = np.array([EAST, WEST, CONTESTED, UNKNOWN], dtype=np.uint8)
    other = replace(runs, left=names[runs.left], right=names[runs.right], rest=WEST)
    assert np.abs(shares_of(other, at, radius)[:, names] - found).max() < 1e-14
    turned = replace(runs, ends=runs.ends[:, [2, 3, 0, 1]], left=runs.right, right=runs.left)
    assert np.abs(shares_of(turned, at, radius, whole=runs) - found).max() < 1e-12
    finer = []
    for ring, holder in zip(rings, holders, strict=True):
        middles = (ring + np.roll(ring, -1, axis=0)) // 2
        finer.append(edges_of(np.stack([ring, middles], axis=1).reshape(-1, 2), holder, EAST))
    assert np.abs(shares_of(joined(finer, 1), at, radius) - found).max() < 1e-12


def test_ground_between_two_parties_counts_for_both() -> None:
    # One edge with a party on each side, and the outer edges towards contested ground.
    a, b, c, d, e, f = HOME + np.array([[0, -1], [0, 1], [-1, 1], [-1, -1], [1, -1], [1, 1]]) * 10 * STEPS_A_KM
    west = edges_of(np.array([c, d, a]), WEST, CONTESTED)
    east = edges_of(np.array([a, e, f]), UNKNOWN, CONTESTED)
    parts = [west, east, edges_of(np.array([b, c]), WEST, CONTESTED), edges_of(np.array([f, b]), UNKNOWN, CONTESTED)]
    opened = [EdgeRuns(p.ends[:-1], p.left[:-1], p.right[:-1], p.first[:-1], p.last[:-1], CONTESTED, 1) for p in parts]
    front = edges_of(np.array([a, b]), WEST, UNKNOWN)
    opened.append(EdgeRuns(front.ends[:1], front.left[:1], front.right[:1], front.first[:1], front.last[:1], EAST, 1))
    runs = replace(joined(opened, 1), rest=CONTESTED)
    found = shares_of(runs, [HOME, HOME - np.array([STEPS_A_KM * 10, 0]), b], 1_000.0)
    assert found == pytest.approx(np.array([[0.5, 0, 0, 0.5], [0.5, 0, 0.5, 0], [0.25, 0, 0.5, 0.25]]), abs=1e-12)


def test_what_has_no_place_or_no_map_is_unknown_and_a_point_is_looked_up() -> None:
    def codes_in(lon: Any, lat: Any, spans: Any) -> Any:
        return np.array([WEST, UNKNOWN, EAST])[spans]

    ring = star([1.0] * 4)
    layer = DiscShares(edges_of(ring, WEST, EAST, 0, 0), 4, np.array([0, 10, 20]), np.array([1, 0, 1], bool), codes_in)
    lon, lat = HOME / PER_DEGREE
    lons = np.array([np.nan, np.inf, 190.0, lon, lon, lon, lon])
    lats = np.array([lat, lat, lat, np.nan, 88.99, -95.0, lat])
    days = np.zeros(7, dtype=np.int64)
    found = layer.shares(lons, lats, np.full(7, 5_000.0), days, days)
    assert (found[:6] == [0, 0, 0, 1]).all()
    assert found[6, WEST] == 1
    one = [np.full(5, value) for value in (lon, lat)]
    first, last = np.array([-5, 10, -10, 0, 25]), np.array([-1, 19, 9, 39, 25])
    discs = layer.shares(*one, np.full(5, 100.0), first, last)
    assert discs == pytest.approx(
        np.array([[0, 0, 0, 1], [0, 0, 0, 1], [0.5, 0, 0, 0.5], [0.25, 0.5, 0, 0.25], [0, 1, 0, 0]]), abs=1e-12
    )
    points = layer.shares(*one, np.array([0.0, 0, 0, 0, 100.0]), first, last)
    assert points[:4] == pytest.approx(
        np.array([[0, 0, 0, 1], [0, 0, 0, 1], [0.5, 0, 0, 0.5], [0.25, 0.5, 0, 0.25]]), abs=1e-12
    )
    assert points[4].tolist() == [0, 1, 0, 0]
    assert layer.shares(*(np.zeros(0) for _ in range(3)), days[:0], days[:0]).shape == (0, 4)


def test_threads_change_nothing_and_a_layer_without_edges_has_one_holder() -> None:
    random = np.random.default_rng(5)
    runs = edges_of(star([0.5, 1.0, 0.7, 0.9]), WEST, EAST)
    at = HOME + random.uniform(-20, 20, (150_000, 2)) * STEPS_A_KM
    radius = random.choice([0.1, 1e3, 2e4], len(at))
    found = shares_of(runs, at, radius)
    assert (shares_of(runs, at, radius, threads=2) == found).all()
    assert 0.05 < (found[:, WEST] > 0).mean() < 0.95
    none = EdgeRuns(runs.ends[:0], runs.left[:0], runs.right[:0], runs.first[:0], runs.last[:0], EAST, 1)
    assert (shares_of(none, at[:10], 1e3)[:, EAST] == 1).all()


def test_blocks_hold_every_edge_of_their_spans_once_and_boxes_hold_their_edges() -> None:
    random = np.random.default_rng(9)
    parts = []
    for _ in range(60):
        first = int(random.integers(0, 50))
        home = random.uniform(-90, 90, 2)
        parts.append(edges_of(star([1.0] * 5, home), WEST, EAST, first, int(random.integers(first, 50))))
    runs = joined(parts, 50)
    blocks = cut_into_blocks(runs, np.arange(50))
    assert blocks.steps.tolist() == [8, 32, 128]
    number = 0
    for step in blocks.steps.tolist():
        for begin in range(0, 50, step):
            node, end = blocks.roots[number]
            number += 1
            held = []
            for n in range(node, end):
                west, south, east, north, after, low, high, _ = blocks.nodes[n].tolist()
                inner = blocks.nodes[n:after]
                assert (inner[:, :2] >= [west, south]).all()
                assert (inner[:, 2:4] <= [east, north]).all()
                held += blocks.edges[low:high].tolist() if low >= 0 else []
                ends = blocks.edges[low:high, :4] if low >= 0 else np.zeros((0, 4), dtype=np.int32)
                assert (ends >= [west, south, west, south]).all()
                assert (ends <= [east, north, east, north]).all()
            live = (runs.first < begin + 2 * step) & (runs.last >= begin)
            expected = np.column_stack([
                runs.ends, runs.first, np.append(np.arange(50), np.iinfo(np.int32).max)[runs.last + 1], runs.left,
                runs.right,
            ])[live]  # fmt: skip
            assert sorted(held) == sorted(expected.tolist())


def test_the_model_holds_up_to_a_radius_that_falls_with_the_latitude() -> None:
    lat = np.array([0, 0, 50, 50, -50, 70, 85, np.nan])
    radius = np.array([400e3, 600e3, 90e3, 95e3, 95e3, 45e3, 9e3, 1.0])
    assert within_model(lat, radius).tolist() == [True, False, True, False, False, False, True, False]
