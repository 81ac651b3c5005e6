from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from contested.base.errors import RecordError
from contested.base.records import HOLDINGS
from contested.territory.areas import area_m2, make_discs
from contested.territory.control import ControlLayer, control_layers

WEST = shapely.box(10.0, 50.0, 10.1, 50.1)
EAST = shapely.box(10.1, 50.0, 10.2, 50.1)
YEAR = ("2020-01-01", "2020-12-31")
HOLDERS = ["north", "south", "west", "contested", "unknown"]

shapes = st.tuples(
    st.sampled_from(HOLDERS), st.integers(0, 9), st.integers(0, 9), st.integers(1, 6), st.integers(1, 6),
    st.integers(1, 20), st.integers(0, 15),
)  # fmt: skip


def make_layer(squares: list[tuple[str, int, int, int, int, int, int]], elsewhere: str | None = None) -> ControlLayer:
    """Overlapping squares on a grid of 0.01 degrees, each with its first day in January and its days."""
    rows = []
    for number, (holder, x, y, wide, high, day, days) in enumerate(squares, 1):
        box = shapely.box(10 + x / 100, 50 + y / 100, 10 + (x + wide) / 100, 50 + (y + high) / 100)
        first = date(2020, 1, day)
        rows.append({
            "layer": "map", "holding_no": number, "place": None, "holder": holder, "valid_from": first,
            "valid_to": date.fromordinal(first.toordinal() + days), "geometry": shapely.to_wkb(box),
            "original_path": "m", "original_row": number, "made_by": "geojson",
        })  # fmt: skip
    return ControlLayer(HOLDINGS.from_rows(rows), elsewhere=elsewhere)


def by_hand(layer_rows: list[Any], lon: float, lat: float, day: date, elsewhere: str | None) -> str:
    """The rule in plain words: one by one, with Shapely's covers."""
    holders = set()
    for holder, x, y, wide, high, first, days in layer_rows:
        box = shapely.box(10 + x / 100, 50 + y / 100, 10 + (x + wide) / 100, 50 + (y + high) / 100)
        start = date(2020, 1, first)
        live = start <= day <= date.fromordinal(start.toordinal() + days)
        if live:
            holders.add("live")
            if box.covers(shapely.Point(lon, lat)):
                holders.add(holder)
    has_map = "live" in holders
    holders.discard("live")
    named = holders - {"unknown"}
    if len(named) > 1 or "contested" in named:
        return "contested"
    if named:
        return named.pop()
    return elsewhere if elsewhere and has_map and not holders else "unknown"


def random_points(seed: int, count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    lon, lat = random.uniform(9.98, 10.18, count), random.uniform(49.98, 50.18, count)
    # A third lie on edges and corners of the grid.
    lon[::3] = 10 + random.integers(0, 16, len(lon[::3])) / 100
    lat[::6] = 50 + random.integers(0, 16, len(lat[::6])) / 100
    return lon, lat, np.datetime64("2019-12-30") + random.integers(0, 45, count)


@settings(max_examples=60, deadline=None)
@given(st.lists(shapes, min_size=1, max_size=6), st.sampled_from([None, "rest"]), st.integers(0, 2**32 - 1))
def test_the_holder_is_the_one_whose_area_covers_the_point(squares: Any, elsewhere: str | None, seed: int) -> None:
    lon, lat, day = random_points(seed, 30)
    found = make_layer(squares, elsewhere).look_up(lon, lat, day)
    expected = [by_hand(squares, *at, elsewhere) for at in zip(lon, lat, day.astype(object), strict=True)]
    assert found.holder.tolist() == expected
    hot = np.array([[name == holder for name in found.columns] for holder in expected])
    assert (found.p == hot).all()


@settings(max_examples=40, deadline=None)
@given(st.lists(shapes, min_size=1, max_size=6), st.sampled_from([None, "rest"]), st.integers(0, 2**32 - 1))
def test_shares_make_the_whole_and_do_not_hang_on_the_order(squares: Any, elsewhere: str | None, seed: int) -> None:
    layer = make_layer(squares, elsewhere)
    lon, lat, day = random_points(seed, 24)
    random = np.random.default_rng(seed)
    radius = random.choice([0.0, 10.0, 300.0, 2_000.0, np.nan], 24)
    end = day + random.integers(0, 20, 24)
    found = layer.look_up(lon, lat, day, radius, end)
    assert np.abs(found.p.sum(axis=1) - 1).max() < 1e-12
    assert (found.p >= 0).all()
    order = random.permutation(24)
    again = make_layer(squares[::-1], elsewhere).look_up(lon[order], lat[order], day[order], radius[order], end[order])
    assert (again.holder == found.holder[order]).all()
    assert np.abs(again.p - found.p[order]).max() < 1e-9


@settings(max_examples=25, deadline=None)
@given(st.lists(shapes, min_size=1, max_size=5), st.integers(0, 2**32 - 1))
def test_the_share_over_days_is_the_mean_of_the_days(squares: Any, seed: int) -> None:
    layer = make_layer(squares, "rest")
    lon, lat, day = random_points(seed, 6)
    found = layer.look_up(lon, lat, day, 800.0, day + 9)
    daily = np.mean([layer.look_up(lon, lat, day + n, 800.0).p for n in range(10)], axis=0)
    assert np.abs(found.p - daily).max() < 1e-9


@settings(max_examples=25, deadline=None)
@given(st.lists(shapes, min_size=1, max_size=5), st.integers(0, 2**32 - 1))
def test_shares_are_those_of_a_plain_overlay(squares: Any, seed: int) -> None:
    layer = make_layer([(*square[:5], 1, 5) for square in squares])
    lon, lat, _ = random_points(seed, 5)
    radius = np.full(5, 1_500.0)
    found = layer.look_up(lon, lat, np.datetime64("2020-01-03"), radius)
    ground: dict[str, Any] = {}
    for holder, x, y, wide, high, *_ in squares:
        box = shapely.box(10 + x / 100, 50 + y / 100, 10 + (x + wide) / 100, 50 + (y + high) / 100)
        ground[holder] = ground.get(holder, shapely.Polygon()).union(box)
    for n, disc in enumerate(make_discs(lon, lat, radius)):
        for party in layer.parties:
            others = shapely.union_all([g for name, g in ground.items() if name not in (party, "unknown")])
            alone = disc.intersection(ground[party]).difference(others)
            assert found.p_of(party)[n] == pytest.approx(area_m2([alone])[0] / area_m2([disc])[0], abs=1e-6)


@settings(max_examples=40, deadline=None)
@given(st.lists(shapes, min_size=1, max_size=6), st.sampled_from([None, "rest"]), st.integers(0, 2**32 - 1))
def test_many_discs_are_answered_from_the_edges_and_alike(squares: Any, elsewhere: str | None, seed: int) -> None:
    pytest.importorskip("numba")
    lon, lat, day = random_points(seed, 24)
    random = np.random.default_rng(seed)
    radius = random.choice([0.0, 10.0, 300.0, 2_000.0, 150_000.0, np.nan], 24)
    end = day + random.integers(0, 20, 24)
    by_maps = make_layer(squares, elsewhere).look_up(lon, lat, day, radius, end)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("contested.territory.control.MANY_DISCS", 1)
        by_edges = make_layer(squares, elsewhere).look_up(lon, lat, day, radius, end)
    # What Shapely draws has 128 corners; on this ground plane and geodesic discs differ by less than 1e-4.
    assert np.abs(by_edges.p - by_maps.p).max() < 2e-4
    assert np.abs(by_edges.p.sum(axis=1) - 1).max() < 1e-12


def test_a_point_on_a_boundary_of_two_parties_is_contested(holdings: Any) -> None:
    layer = ControlLayer(holdings([("north", *YEAR, WEST), ("south", *YEAR, EAST)]))
    found = layer.look_up([10.1, 10.1 - 1e-12, 10.0, 9.99], 50.05, date(2020, 5, 1), [0, 0, 0, 0])
    assert found.holder.tolist() == ["contested", "north", "north", "unknown"]
    half = layer.look_up(10.1, 50.05, date(2020, 5, 1), 1000.0)
    assert half.p_of("north")[0] == pytest.approx(0.5, abs=1e-4)
    assert half.p_of("south")[0] == pytest.approx(0.5, abs=1e-4)
    assert half.p_of("nobody").tolist() == [0.0]


def test_the_ground_of_elsewhere_begins_where_the_area_with_its_boundary_ends(holdings: Any) -> None:
    layer = ControlLayer(holdings([("north", *YEAR, WEST)]), elsewhere="south")
    found = layer.look_up([10.1, 10.1 + 1e-9, -170.0], [50.05, 50.05, 0.0], date(2020, 5, 1))
    assert found.holder.tolist() == ["north", "south", "south"]
    assert layer.look_up(10.1, 50.05, date(2021, 5, 1)).holder[0] == "unknown"


def test_what_is_no_point_or_no_day_is_unknown(holdings: Any) -> None:
    layer = ControlLayer(holdings([("north", *YEAR, WEST)]), elsewhere="south")
    lon = [np.nan, 10.05, np.inf, 200.0, 10.05, 10.05]
    lat = [50.05, np.nan, 50.05, 50.05, 91.0, 50.05]
    day = np.array(["2020-05-01"] * 5 + ["NaT"], dtype="datetime64[D]")
    found = layer.look_up(lon, lat, day, 500.0)
    assert found.holder.tolist() == ["unknown"] * 6
    assert (found.p_of("unknown") == 1).all()
    assert np.isnat(found.layer_date[5])
    assert np.isnan(found.age_days[5])


def test_the_map_bears_its_day_and_age(holdings: Any) -> None:
    rows = [("north", "2020-01-01", "2020-01-03", WEST), ("north", "2020-01-05", "2020-01-09", WEST)]
    layer = ControlLayer(holdings(rows))
    found = layer.look_up(10.05, np.full(6, 50.05), [f"2020-01-{day:02}" for day in (1, 3, 4, 5, 8, 10)])
    assert [str(day) for day in found.layer_date] == [
        "2020-01-01",
        "2020-01-01",
        "NaT",
        "2020-01-05",
        "2020-01-05",
        "NaT",
    ]
    assert found.age_days.tolist()[:2] == [0, 2]
    assert np.isnan(found.age_days[[2, 5]]).all()
    assert found.age_days[4] == 3
    assert found.holder.tolist() == ["north", "north", "unknown", "north", "north", "unknown"]
    # The gap of one day counts as unknown; the two maps are the same one.
    over = layer.look_up(10.05, 50.05, date(2020, 1, 1), 100.0, date(2020, 1, 10))
    assert over.p_of("north")[0] == pytest.approx(0.8)
    assert over.p_of("unknown")[0] == pytest.approx(0.2)
    assert len(set(layer.maps_on(np.array(["2020-01-01", "2020-01-06"], dtype="datetime64[D]")))) == 1


def test_bad_questions_are_refused(holdings: Any) -> None:
    table = holdings([("north", *YEAR, WEST)])
    layer = ControlLayer(table)
    with pytest.raises(RecordError, match="radius_m -5 is no radius"):
        layer.look_up(10, 50, date(2020, 1, 1), -5.0)
    with pytest.raises(RecordError, match="the interval ends on 2019-01-01, before its start 2020-01-01"):
        layer.look_up(10, 50, date(2020, 1, 1), 5.0, date(2019, 1, 1))
    with pytest.raises(RecordError, match='no layer "mop"; did you mean "map"'):
        ControlLayer(table, "mop")
    with pytest.raises(RecordError, match="no layer"):
        ControlLayer(HOLDINGS.empty())


def test_layers_of_one_table_are_told_apart(holdings: Any) -> None:
    first = holdings([("north", *YEAR, WEST)])
    second = first.set_column(0, first.schema.field("layer"), pa.array(["other"]))
    layers = control_layers(HOLDINGS.check(pa.concat_tables([first, second])))
    assert list(layers) == ["map", "other"]
    with pytest.raises(RecordError, match=r"did you mean|known: map, other"):
        ControlLayer(pa.concat_tables([first, second]))


def test_a_disc_around_a_pole_is_unknown(holdings: Any) -> None:
    layer = ControlLayer(holdings([("north", *YEAR, shapely.box(-180, 80, 180, 90))]))
    assert layer.look_up(0, 89.9, date(2020, 1, 1), 50_000.0).p_of("unknown")[0] == 1
    assert layer.look_up(0, 85.0, date(2020, 1, 1), 50_000.0).p_of("north")[0] == 1
