"""The front's edges by the edge runs against its lines map by map."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from contested.base.errors import RecordError
from contested.base.places import geodesic_m
from contested.base.records import HOLDINGS
from contested.territory.control import ControlLayer
from contested.territory.fronts import LayerFront
from contested.territory.ground import TOUCH_DEGREES
from contested.territory.index.front_edges import Border

pytest.importorskip("numba")

FIRST = date(2020, 1, 1)
#: A line of the front may run on at its ends by the touching distance, and the lattice rounds.
ENDS_DEGREES = 3 * TOUCH_DEGREES

Row = tuple[str, int, int, Any]


def make_layer(rows: list[Row], elsewhere: str | None = None) -> ControlLayer:
    """A layer of (holder, first day, last day, ground), days from 0."""
    return ControlLayer(HOLDINGS.from_rows(
        {
            "layer": "map", "holding_no": number, "place": None, "holder": holder,
            "valid_from": date.fromordinal(FIRST.toordinal() + first),
            "valid_to": date.fromordinal(FIRST.toordinal() + last), "geometry": shapely.to_wkb(ground),
            "original_path": "m", "original_row": number, "made_by": "geojson",
        }
        for number, (holder, first, last, ground) in enumerate(rows, 1)
    ), elsewhere=elsewhere)  # fmt: skip


def assert_same_fronts(layer: ControlLayer, between: Any, own: str | None = None, border: Border | None = None) -> None:
    front = LayerFront(layer, between, border, own)
    index = front.index()
    for span in range(layer.span_count):
        number = int(layer.maps_of_spans(np.array([span]))[0])
        by_map = (
            shapely.MultiLineString()
            if number < 0
            else front.lines_on(layer.starts_of_spans(np.array([span]))[0].item())
        )
        alive = (front.edges().first <= span) & (span <= front.edges().last)
        by_runs = shapely.multilinestrings(front.edges().ends[alive].reshape(-1, 2, 2))
        assert by_runs.difference(by_map.buffer(ENDS_DEGREES)).length < 1e-5, (span, between)
        assert by_map.difference(by_runs.buffer(ENDS_DEGREES)).length < 1e-5, (span, between)
        found = index.nearest([10.07, 11.0], [50.04, 51.0], span)
        assert np.isnan(found.metres).all() == by_map.is_empty


def box(west: float, south: float, east: float, north: float) -> Any:
    return shapely.box(10 + west / 100, 50 + south / 100, 10 + east / 100, 50 + north / 100)


GAP = 5e-5  # hundredths of a degree: 5e-7 degrees
LAYERS: dict[str, tuple[list[Row], str | None]] = {
    "two that share an edge exactly": ([("a", 0, 9, box(0, 0, 5, 10)), ("b", 3, 9, box(5, 0, 9, 10))], None),
    "two that share part of an edge": ([("a", 0, 9, box(0, 0, 5, 10)), ("b", 0, 9, box(5, 2, 9, 14))], None),
    "a sliver between": ([("a", 0, 9, box(0, 0, 5, 10)), ("b", 0, 5, box(5 + GAP, 2, 9, 12))], None),
    "a slanting sliver": (
        [
            ("a", 0, 9, box(0, 0, 5, 10)),
            ("b", 0, 9, shapely.Polygon([(10.0500007, 50), (10.09, 50), (10.09, 50.1), (10.0500002, 50.1)])),
        ],
        None,
    ),
    "a gap": ([("a", 0, 9, box(0, 0, 5, 10)), ("b", 0, 9, box(5.01, 0, 9, 10))], None),
    "a corner": ([("a", 0, 9, box(0, 0, 5, 5)), ("b", 0, 9, box(5, 5, 9, 9))], None),
    "a corner almost met": ([("a", 0, 9, box(0, 0, 5, 5)), ("b", 0, 9, box(5 + GAP, 5 + GAP, 9, 9))], None),
    "contested between": (
        [("a", 0, 9, box(0, 0, 4, 10)), ("contested", 2, 9, box(4, 0, 6, 10)), ("b", 0, 9, box(6, 0, 9, 10))],
        None,
    ),
    "claimed by both": ([("a", 0, 9, box(0, 0, 6, 10)), ("b", 1, 9, box(4, 0, 9, 10))], None),
    "contested with slivers": (
        [
            ("a", 0, 9, box(0, 0, 4, 10)),
            ("contested", 0, 9, box(4 + GAP, 0, 6, 10)),
            ("b", 0, 9, box(6 + GAP, 0, 9, 10)),
        ],
        None,
    ),
    "elsewhere": ([("a", 0, 9, box(0, 0, 5, 10)), ("a", 2, 7, box(5, 0, 9, 4))], "b"),
    "elsewhere, one ground in two areas": (
        [("a", 0, 9, box(0, 0, 5, 10)), ("a", 2, 7, box(5, 2, 9, 14)), ("c", 4, 9, box(9, 0, 11, 4))],
        "b",
    ),
    "elsewhere, others beside": (
        [("a", 0, 9, box(0, 0, 5, 10)), ("c", 0, 6, box(5, 0, 9, 10)), ("contested", 2, 9, box(0, 10, 5, 12))],
        "b",
    ),
    "elsewhere, slivers": (
        [("a", 0, 9, box(0, 0, 5, 10)), ("c", 3, 6, box(5 + GAP, 2, 9, 8)), ("c", 7, 9, box(5 + GAP, 1, 9, 4))],
        "b",
    ),
    "elsewhere with ground of its own and unknown": (
        [("a", 0, 9, box(0, 0, 5, 10)), ("b", 0, 9, box(5, 0, 9, 4)), ("unknown", 0, 9, box(5, 4, 9, 10))],
        "b",
    ),
    "three that meet": (
        [("a", 0, 9, box(0, 0, 5, 10)), ("b", 0, 9, box(5, 0, 9, 5)), ("c", 2, 9, box(5, 5, 9, 10))],
        None,
    ),
    "three that meet, one in two": (
        [
            ("a", 0, 4, box(0, 0, 5, 10)),
            ("a", 5, 9, box(0, 0, 5, 6)),
            ("b", 0, 9, box(5, 0, 9, 5)),
            ("c", 2, 9, box(5 + GAP, 5, 9, 10)),
        ],
        None,
    ),
    "unknown between": (
        [("a", 0, 9, box(0, 0, 5, 10)), ("unknown", 0, 9, box(5, 0, 7, 10)), ("b", 0, 9, box(7, 0, 9, 10))],
        None,
    ),
}


@pytest.mark.parametrize("name", LAYERS)
def test_the_front_by_runs_is_the_front_by_maps(name: str) -> None:
    rows, elsewhere = LAYERS[name]
    layer = make_layer(rows, elsewhere)
    assert_same_fronts(layer, None)
    for n, a in enumerate(layer.parties):
        for b in layer.parties[n + 1 :]:
            assert_same_fronts(layer, (a, b))
            assert_same_fronts(layer, (b, a), own=a)
            assert_same_fronts(layer, (a, b), own=a)


corner = st.tuples(st.integers(0, 6), st.integers(0, 6))
square = st.tuples(
    st.sampled_from(["a", "b", "c", "contested"]), corner, st.integers(1, 4), st.integers(0, 8), st.integers(0, 5)
)


@settings(max_examples=40, deadline=None)
@given(st.lists(square, min_size=1, max_size=6), st.sampled_from([None, "b"]), st.booleans())
def test_so_it_is_for_any_squares(squares: Any, elsewhere: str | None, gaps: bool) -> None:
    slip = GAP if gaps else 0.0
    rows = [
        (holder, day, day + days, box(x + slip * n, y, x + size, y + size))
        for n, (holder, (x, y), size, day, days) in enumerate(squares)
        # Areas of ``elsewhere`` itself are asked about above, where they overlap no other.
        if (n < 2 or not gaps) and holder != elsewhere
    ]
    if not rows:
        return
    layer = make_layer(rows, elsewhere)
    assert_same_fronts(layer, None)
    if {"a", "b"} <= set(layer.parties):
        assert_same_fronts(layer, ("a", "b"))


def test_edges_of_many_short_pieces_keep_their_slivers() -> None:
    y = np.linspace(0, 0.01, 5001)  # pieces of 2e-6 degrees, shorter than the shortest front
    west = shapely.Polygon([*((10.0, 50 + s) for s in y), (9.9, 50.01), (9.9, 50.0)])
    east = shapely.Polygon([*((10.0000005, 50 + s) for s in y), (10.1, 50.01), (10.1, 50.0)])
    front = LayerFront(make_layer([("a", 0, 3, west), ("b", 0, 3, east)]), ("a", "b"))
    assert front.index().nearest(10.001, 50.00501, 0).lat[0] == pytest.approx(50.00501, abs=1e-5)
    assert len(front.edges().ends) > 4900


@pytest.mark.parametrize(
    "rows", [[("a", 0, 4, shapely.box(170, 10, 180, 20)), ("a", 0, 4, shapely.box(-180, 10, -175, 20))]]
)
def test_the_antimeridian_is_no_front(rows: list[Row]) -> None:
    layer = make_layer(rows, "b")
    front = LayerFront(layer)
    assert (np.abs(front.edges().ends[:, [0, 2]]) < 180).any(axis=1).all()
    for found in (front.index().nearest([179.9, -179.9], 15.0, 0), front.distances([179.9, -179.9], 15.0, FIRST)):
        metres = found.metres if hasattr(found, "metres") else found.front_m
        assert metres == pytest.approx([float(geodesic_m(-179.9, 15.0, -175.0, 15.0))] * 2, rel=0.06)
    assert_same_fronts(layer, None)


@pytest.mark.parametrize("latitude", [0.0, 50.0, 75.0])
def test_along_the_border_runs_no_front(latitude: float) -> None:
    region = shapely.box(10.0, latitude, 11.0, latitude + 1)
    ground = shapely.box(10.0, latitude, 10.5, latitude + 1.02)
    layer = make_layer([("a", 0, 4, ground), ("a", 5, 9, ground.buffer(0.01))], "b")
    border = Border(region, 3_000.0)
    front = LayerFront(layer, ("a", "b"), border)
    # Left are the line through the region, short of its outline, and nothing of the outline itself.
    assert_same_fronts(layer, ("a", "b"), border=border)
    found = front.distances([10.01, 10.3], [latitude + 0.5] * 2, FIRST)
    assert found.lon == pytest.approx([10.5, 10.5])
    ends = front.edges().on(0)
    inside = ends[(np.abs(ends[:, 0] - 10.5) < 1e-6) & (np.abs(ends[:, 2] - 10.5) < 1e-6)]
    low, high = inside[:, [1, 3]].min(), inside[:, [1, 3]].max()
    assert float(geodesic_m(10.5, low, 10.5, latitude)) == pytest.approx(3_000, rel=0.01)
    assert float(geodesic_m(10.5, high, 10.5, latitude + 1)) == pytest.approx(3_000, rel=0.01)
    with pytest.raises(RecordError, match="expected metres, 0 or more"):
        Border(region, -1.0)
