"""The compiled look-up against Shapely, map by map."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import example, given, settings
from hypothesis import strategies as st

from contested.base.records import HOLDINGS
from contested.territory.control import ControlLayer

pytest.importorskip("numba")

HOLDERS = ("north", "south", "west", "contested", "unknown")
FIRST = date(2020, 1, 1)

#: Triangles with corners on a coarse grid (so that corners meet edges) or off it; holder, first day, days.
corner = st.tuples(st.integers(0, 12), st.integers(0, 12)) | st.tuples(st.floats(0, 12), st.floats(0, 12))
area = st.tuples(st.sampled_from(HOLDERS), corner, corner, corner, st.integers(0, 20), st.integers(0, 12))


def make_layer(areas: list[Any], elsewhere: str | None) -> ControlLayer | None:
    rows = []
    for number, (holder, a, b, c, day, days) in enumerate(areas, 1):
        triangle = shapely.Polygon([(10 + x / 100, 50 + y / 100) for x, y in (a, b, c)])
        if triangle.area < 1e-7:
            continue
        rows.append({
            "layer": "map", "holding_no": number, "place": None, "holder": holder,
            "valid_from": date.fromordinal(FIRST.toordinal() + day),
            "valid_to": date.fromordinal(FIRST.toordinal() + day + days), "geometry": shapely.to_wkb(triangle),
            "original_path": "m", "original_row": number, "made_by": "geojson",
        })  # fmt: skip
    return ControlLayer(HOLDINGS.from_rows(rows), elsewhere=elsewhere) if rows else None


def points_to_ask(layer: ControlLayer, seed: int) -> tuple[Any, Any, Any]:
    """Corners, middles of edges, points a hair beside them, and points all over, on days before, within and after."""
    random = np.random.default_rng(seed)
    shapes = shapely.from_wkb(layer._wkb)
    corners = shapely.get_coordinates(shapes)
    middles = (corners[1:] + corners[:-1]) / 2
    beside = np.concatenate([corners, middles]) + random.choice(
        [-1e-6, -1e-9, 0, 1e-12, 3e-7], (len(corners) * 2 - 1, 2)
    )
    anywhere = random.uniform((9.95, 49.95), (10.2, 50.2), (400, 2))
    found = np.concatenate([corners, middles, beside, anywhere, [[np.nan, 50], [200, 50], [-179.9, -89]]])
    day = np.datetime64("2019-12-30") + random.integers(0, 40, len(found))
    day[::50] = np.datetime64("NaT")
    return found[:, 0].copy(), found[:, 1].copy(), day


@settings(deadline=None, max_examples=60)
@example(  # the party of all other ground claims ground of another
    [
        ("south", (11, 9), (9, 12), (6, 9), 15, 12),
        ("north", (8.268955117984497, 7.4500187552142005), (10, 10), (1, 7), 17, 6),
    ],
    "north", 1,
)  # fmt: skip
@given(st.lists(area, min_size=1, max_size=7), st.sampled_from([None, "north", "else"]), st.integers(0, 99))
def test_the_index_says_what_the_maps_say(areas: list[Any], elsewhere: str | None, seed: int) -> None:
    layer = make_layer(areas, elsewhere)
    if layer is None:
        return
    lon, lat, day = points_to_ask(layer, seed)
    by_map = layer._codes_by_map(lon, lat, layer.spans_on(day))
    assert layer._index.nbytes > 0  # from here on the index answers
    assert layer.codes_on(lon, lat, day).tolist() == by_map.tolist()
    assert layer.codes_on(lon, lat, day, threads=2).tolist() == by_map.tolist()
    assert layer.codes_in(lon, lat, layer.spans_on(day)).tolist() == by_map.tolist()


@settings(deadline=None, max_examples=20)
@given(st.lists(area, min_size=1, max_size=6), st.sampled_from([None, "else"]))
def test_on_every_span_the_edges_bound_the_ground_of_their_columns(areas: list[Any], elsewhere: str | None) -> None:
    layer = make_layer(areas, elsewhere)
    if layer is None:
        return
    runs = layer.edge_runs
    assert (runs.first <= runs.last).all() and (runs.left != runs.right).all()
    ends = runs.degrees()
    for span in range(layer.span_count):
        number = int(layer.maps_of_spans(np.array([span]))[0])
        live = (runs.first <= span) & (span <= runs.last)
        if number < 0:
            assert not live.any()
            continue
        for column, ground in layer.ground(number).disjoint_areas.items():
            # The area by the trapezium rule over the edges, left counted once, right once less.
            part = (ends[:, 0] - ends[:, 2]) * (ends[:, 1] + ends[:, 3]) / 2
            sign = (runs.left == column).astype(float) - (runs.right == column)
            if column != runs.rest:
                assert (part * sign)[live].sum() == pytest.approx(ground.area, abs=2e-8)


def test_an_edge_that_stays_is_stored_once() -> None:
    west, east = shapely.box(10.0, 50.0, 10.1, 50.1), shapely.box(10.1, 50.0, 10.2, 50.1)
    rows = [
        {
            "layer": "map", "holding_no": 10 * day + n, "place": None, "holder": holder,
            "valid_from": date(2020, 1, day), "valid_to": date(2020, 1, day), "geometry": shapely.to_wkb(shape),
            "original_path": "m", "original_row": 1, "made_by": "geojson",
        }
        for day in range(1, 6)
        for n, (holder, shape) in enumerate([("north", west), ("south", east if day < 4 else west.union(east))])
        if not (holder == "north" and day >= 4)
    ]  # fmt: skip
    layer = ControlLayer(HOLDINGS.from_rows(rows))
    runs = layer.edge_runs
    names = np.array(layer.columns)
    between = {
        (names[a], names[b], int(first), int(last))
        for a, b, first, last in zip(runs.left, runs.right, runs.first, runs.last, strict=True)
    }
    assert ("north", "south", 0, 2) in between or ("south", "north", 0, 2) in between
    assert len(runs.ends) < 2 * 7 and {run[2:] for run in between} >= {(0, 2), (3, 4)}


def test_a_layer_that_the_index_cannot_number_is_answered_by_the_maps() -> None:
    """More columns than 8 bits tell apart: every place has a party of its own."""
    rows = [
        {
            "layer": "map", "holding_no": n + 1, "place": None, "holder": f"party {n:03}", "valid_from": FIRST,
            "valid_to": FIRST, "geometry": shapely.to_wkb(shapely.box(n / 10, 50.0, (n + 1) / 10, 50.1)),
            "original_path": "m", "original_row": 1, "made_by": "geojson",
        }
        for n in range(300)
    ]  # fmt: skip
    layer = ControlLayer(HOLDINGS.from_rows(rows))
    lon = np.arange(300).repeat(100) / 10 + 0.05
    found = layer.look_up(lon, np.full(len(lon), 50.05), np.datetime64(FIRST))
    assert found.holder.tolist() == np.repeat([f"party {n:03}" for n in range(300)], 100).tolist()


def test_no_day_lies_in_no_span() -> None:
    layer = make_layer([("north", (0, 0), (0, 9), (9, 0), 0, 3)], None)
    assert layer is not None
    days = np.array(["NaT", "1500-01-01", "2020-01-02", "2999-01-01"], dtype="datetime64[D]")
    assert layer.spans_on(days).tolist() == [-1, -1, 0, 1]
