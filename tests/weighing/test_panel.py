"""Cells and days: what lies in which cell, what passes when, and how many cells there may be."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from tests.weighing.moving_front import FIRST, KM, front_layer, front_panel, holdings_of, reach_by_day

from contested.base.errors import WeighingError
from contested.base.places import from_centre
from contested.territory.changes import next_change
from contested.territory.control import ControlLayer
from contested.territory.fronts import LayerFront
from contested.weighing.neighbours import Spots, near_pairs
from contested.weighing.panel import NEVER, Panel, follow_course, make_panel

REACH = reach_by_day(4, 30, 10, 20)


@pytest.fixture(scope="module")
def layer() -> ControlLayer:
    return front_layer(REACH, 20)


@pytest.fixture(scope="module")
def panel(layer: ControlLayer) -> Panel:
    return front_panel(layer, 30)


def panel_of(codes: list[list[int]]) -> Panel:
    """Days in rows; 0 gov, 1 opp, 2 sdf, 3 contested, 4 unknown."""
    table = np.array(codes, dtype=np.uint8)
    days = FIRST + np.arange(len(table))
    lon = np.arange(table.shape[1]) * KM
    columns = ("gov", "opp", "sdf", "contested", "unknown")
    return Panel(days, lon, lon * 0, 1000.0, columns, table, np.ones((-(-len(table) // 7), len(lon)), dtype=np.float32))


def test_codes_are_those_of_the_layer_and_every_middle_lies_in_its_cell(layer: ControlLayer, panel: Panel) -> None:
    np.testing.assert_array_equal(panel.cells_at(panel.lon, panel.lat), np.arange(panel.n_cells))
    for day in (0, 13, 29):
        asked = np.full(panel.n_cells, panel.days[day])
        np.testing.assert_array_equal(panel.codes[day], layer.codes_on(panel.lon, panel.lat, asked))


def test_passings_are_those_of_the_territory(layer: ControlLayer, panel: Panel) -> None:
    course = follow_course(panel, "opp", "gov")
    for day in (0, 11, 25):
        on, to = next_change(layer, panel.lon, panel.lat, np.full(panel.n_cells, panel.days[day] + 1))
        falls = (to == "gov") & (on <= panel.days[-1])
        np.testing.assert_array_equal(course.gain_in[day] < NEVER, falls)
        np.testing.assert_array_equal(course.gain_in[day][falls], (on[falls] - panel.days[day]).astype(np.int64))


def test_contested_ground_has_not_passed_and_unknown_ends_what_is_known() -> None:
    panel = panel_of([[1, 1, 3, 1], [3, 1, 3, 4], [3, 2, 0, 0], [0, 0, 0, 0]])
    course = follow_course(panel, "opp", "gov")
    assert course.held.tolist() == [
        [True, True, False, True], [True, True, False, False], [True, False, False, False], [False] * 4,
    ]  # fmt: skip
    # The second cell passes by a third party; the last one when nobody looked.
    assert course.gain_in[0].tolist() == [3, 3, 2, NEVER]
    assert course.outcome(2)[0].tolist() == [0, 0, 1, -1]
    assert course.outcome(5)[0].tolist() == [1, 1, 1, -1]


def test_squares_grow_until_they_are_few_enough(layer: ControlLayer) -> None:
    panel = front_panel(layer, 30, most_cells=30)
    assert panel.n_cells <= 30 and panel.cell_m > 1000.0


@pytest.mark.parametrize("lon", [10.0, 179.95, -180.0])
def test_law_the_same_ground_anywhere(lon: float) -> None:
    """Cells at the antimeridian, cut there as maps are, lie as elsewhere."""
    if lon == 179.95:
        parts = []
        for day, row in enumerate(REACH[:5]):
            for holder, west, east in (("gov", 0, int(row[0])), ("opp", int(row[0]), 20)):
                box = shapely.box(lon + west * KM, 0, lon + east * KM, 4 * KM)
                here = shapely.intersection(box, shapely.box(-180, -90, 180, 90))
                there = shapely.transform(
                    shapely.intersection(box, shapely.box(180, -90, 540, 90)), lambda c: c - [360, 0]
                )
                ground = shapely.union_all([part for part in (here, there) if not part.is_empty])
                parts.append((holder, day, day, ground))
        panel = front_panel(ControlLayer(holdings_of(parts)), 5)
    else:
        panel = front_panel(front_layer(np.tile(REACH[:5, :1], 4), 20, lon), 5)
    # The reach covers the whole of it: 20 by 4 squares, as the grid happens to cut them.
    assert 80 <= panel.n_cells <= 130
    east = np.sort((panel.lon - lon + 180.0) % 360.0 - 180.0)
    assert east[0] >= -KM and east[-1] <= 21 * KM
    np.testing.assert_array_equal(panel.cells_at(panel.lon, panel.lat), np.arange(panel.n_cells))


def test_places_are_the_cells_of_a_table_of_places() -> None:
    boxes = [shapely.box(n * KM, 0, (n + 1) * KM, KM) for n in range(4)]
    rows = [("gov", 0, 9, boxes[0], "a"), ("opp", 0, 4, boxes[1], "b"), ("gov", 5, 9, boxes[1], "b"),
            ("opp", 0, 9, boxes[2], "c"), ("unknown", 0, 9, boxes[3], "d")]  # fmt: skip
    layer = ControlLayer(holdings_of(rows))
    panel = make_panel(layer, LayerFront(layer, ("gov", "opp")), (FIRST, FIRST + 9), 1000.0, 8000.0)
    assert panel.n_cells == 4 and panel.cell_m == pytest.approx(1000.0, rel=0.01)
    course = follow_course(panel, "opp", "gov")
    assert course.gain_in[0].tolist() == [NEVER, 5, NEVER, NEVER]
    # A point on the edge of two places belongs to the first; one outside to none.
    assert panel.cells_at([KM, 2.5 * KM, 9 * KM, np.nan], [KM / 2] * 4).tolist() == [0, 2, -1, -1]


def test_days_without_a_map_and_ground_without_a_front_are_refused(layer: ControlLayer) -> None:
    front = LayerFront(layer, ("gov", "opp"))
    with pytest.raises(WeighingError, match="no map from"):
        make_panel(layer, front, (FIRST + 900, FIRST + 910), 1000.0, 8000.0)
    still = ControlLayer(holdings_of([
        ("gov", 0, 9, shapely.box(0, 0, KM, KM)), ("opp", 0, 9, shapely.box(5 * KM, 0, 6 * KM, KM)),
    ]))  # fmt: skip
    with pytest.raises(WeighingError, match="none changed hands"):
        make_panel(still, LayerFront(still, ("gov", "opp")), (FIRST, FIRST + 9), 1000.0, 8000.0)


@given(st.integers(0, 2**31), st.sampled_from([(0.0, 0.0), (180.0, 10.0), (30.0, 90.0), (-60.0, -89.9)]))
def test_law_near_pairs_are_all_pairs_within_reach(seed: int, middle: tuple[float, float]) -> None:
    generator = np.random.default_rng(seed)
    lon = (middle[0] + generator.uniform(-0.2, 0.2, 60) + 180.0) % 360.0 - 180.0
    lat = np.clip(middle[1] + generator.uniform(-0.2, 0.2, 60), -90.0, 90.0)
    a = Spots.of(lon, lat, generator.integers(0, 20, 60))
    b = a.take(generator.permutation(60)[:40])
    found = [
        (i, j)
        for part in near_pairs(a, b, 9000.0, (-2, 5))
        for i, j in zip(part.a.tolist(), part.b.tolist(), strict=True)
    ]
    apart = np.linalg.norm(a.metres[:, None] - b.metres[None], axis=2)
    days = b.day[None] - a.day[:, None]
    assert sorted(found) == np.argwhere((apart <= 9000.0) & (days >= -2) & (days <= 5)).tolist() or sorted(found) == [
        tuple(one) for one in np.argwhere((apart <= 9000.0) & (days >= -2) & (days <= 5)).tolist()
    ]
    np.testing.assert_allclose(a.metres, from_centre(np.column_stack([lon, lat])))


def test_a_reach_of_nothing_is_refused() -> None:
    spots = Spots.of(np.zeros(1), np.zeros(1))
    with pytest.raises(WeighingError, match="joins nothing"):
        next(near_pairs(spots, spots, 0.0))
