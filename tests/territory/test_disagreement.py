"""The disagreement of two layers, by area, by pair and as geometry."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from contested.base.errors import RecordError
from contested.territory.areas import area_m2
from contested.territory.control import ControlLayer
from contested.territory.disagreement import compare_layers

Layer = Callable[..., ControlLayer]
FIRST, SECOND = date(2020, 1, 1), date(2020, 1, 2)


def box(west: float, east: float) -> Any:
    return shapely.box(west, 50.0, east, 50.1)


def km2(geometry: Any) -> float:
    return float(area_m2([geometry])[0]) / 1e6


@pytest.fixture
def layer(holdings: Any) -> Layer:
    def make(name: str, *rows: Any, elsewhere: str | None = None) -> ControlLayer:
        table = holdings([(holder, "2020-01-01", last, area) for holder, last, area in rows])
        column = table.schema.get_field_index("layer")
        table = table.set_column(column, table.schema.field("layer"), [[name] * table.num_rows])
        return ControlLayer(table, elsewhere=elsewhere)

    return make


def test_ground_is_compared_by_pair_of_holders(layer: Layer) -> None:
    one = layer("one", ("north", "2020-01-02", box(10.0, 10.1)), ("south", "2020-01-02", box(10.1, 10.2)))
    other = layer("other", ("north", "2020-01-01", box(10.0, 10.12)), ("south", "2020-01-01", box(10.12, 10.15)))
    found = compare_layers(one, other, [SECOND, FIRST, FIRST])
    (day,) = found.days
    assert (found.first, found.second, found.without_map) == ("one", "other", (SECOND,))
    assert day.day == FIRST
    (pair,) = day.pairs
    assert (pair.first_holder, pair.second_holder) == ("south", "north")
    assert pair.km2 == pytest.approx(km2(box(10.1, 10.12)))
    assert day.geometry.equals(box(10.1, 10.12))
    assert day.common_km2 == pytest.approx(km2(box(10.0, 10.15)))
    assert day.only_first_km2 == pytest.approx(km2(box(10.15, 10.2)))
    assert day.only_second_km2 == pytest.approx(0.0, abs=1e-6)
    assert day.share_differing == pytest.approx(0.02 / 0.15, rel=1e-6)
    assert found.share_differing == day.share_differing
    assert list(found.km2_of_pairs) == [("south", "north")]


def test_overlaps_count_as_contested_and_elsewhere_ends_with_the_region(layer: Layer) -> None:
    one = layer("one", ("north", "2020-01-01", box(10.0, 10.1)), ("south", "2020-01-01", box(10.05, 10.2)))
    other = layer("other", ("north", "2020-01-01", box(10.0, 10.1)), elsewhere="south")
    (day,) = compare_layers(one, other, [FIRST], box(10.0, 10.3)).days
    assert [(p.first_holder, p.second_holder) for p in day.pairs] == [("contested", "north")]
    assert day.pairs[0].km2 == pytest.approx(km2(box(10.05, 10.1)))
    assert day.only_second_km2 == pytest.approx(km2(box(10.2, 10.3)))


def test_unknown_ground_is_no_common_ground(layer: Layer) -> None:
    one = layer("one", ("unknown", "2020-01-01", box(10.0, 10.1)))
    other = layer("other", ("north", "2020-01-01", box(10.0, 10.1)))
    (day,) = compare_layers(one, other, [FIRST]).days
    assert (day.common_km2, day.pairs) == (0.0, ())
    assert day.share_differing != day.share_differing
    assert day.geometry.is_empty


@settings(max_examples=30)
@given(st.lists(st.tuples(st.integers(0, 19), st.integers(1, 6), st.sampled_from("nsw")), min_size=2, max_size=8))
def test_it_is_the_same_the_other_way_round(strips: list[tuple[int, int, str]]) -> None:
    import pyarrow as pa

    from contested.base.records import HOLDINGS

    def make(name: str, rows: list[tuple[int, int, str]]) -> ControlLayer:
        table: pa.Table = HOLDINGS.from_rows(
            {
                "layer": name, "holding_no": number, "place": None, "holder": holder, "valid_from": FIRST,
                "valid_to": FIRST, "geometry": shapely.to_wkb(box(10 + start / 100, 10 + (start + width) / 100)),
                "original_path": "x", "original_row": number, "made_by": "geojson",
            }
            for number, (start, width, holder) in enumerate(rows, 1)
        )  # fmt: skip
        return ControlLayer(table)

    one, other = make("one", strips[::2]), make("other", strips[1::2])
    (there,), (back,) = compare_layers(one, other, [FIRST]).days, compare_layers(other, one, [FIRST]).days
    assert there.common_km2 == pytest.approx(back.common_km2)
    assert there.differing_km2 == pytest.approx(back.differing_km2)
    assert there.only_first_km2 == pytest.approx(back.only_second_km2, abs=1e-5)
    assert sum(pair.km2 for pair in there.pairs) == pytest.approx(there.differing_km2, abs=1e-5)
    assert 0 <= there.differing_km2 <= there.common_km2 + 1e-9


def test_no_days_and_one_name_twice_are_refused(layer: Layer) -> None:
    one = layer("one", ("north", "2020-01-01", box(10.0, 10.1)))
    with pytest.raises(RecordError, match="no day is given"):
        compare_layers(one, layer("other", ("north", "2020-01-01", box(10.0, 10.1))), [])
    with pytest.raises(RecordError, match='both layers are named "one"'):
        compare_layers(one, one, [FIRST])
