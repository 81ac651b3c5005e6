from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
import shapely

from contested.base.errors import RecordError
from contested.territory.areas import area_m2
from contested.territory.change_maps import map_change, places_changed
from contested.territory.control import ControlLayer

WEST, MIDDLE, EAST = (shapely.box(10.0 + x / 10, 50.0, 10.1 + x / 10, 50.1) for x in range(3))
FIRST, LAST = date(2020, 1, 1), date(2020, 1, 5)


@pytest.fixture
def layer(holdings: Any) -> ControlLayer:
    """North takes the middle from South, and loses nothing; the east is stated on the last day only."""
    return ControlLayer(
        holdings([
            ("north", "2020-01-01", "2020-01-04", WEST), ("south", "2020-01-01", "2020-01-04", MIDDLE),
            ("north", "2020-01-05", "2020-01-09", WEST.union(MIDDLE)), ("south", "2020-01-05", "2020-01-09", EAST),
        ])
    )  # fmt: skip


def test_ground_is_told_by_who_held_it_before_and_after(layer: ControlLayer) -> None:
    change = map_change(layer, FIRST, LAST)
    assert [(one.before, one.after) for one in change.changes] == [("south", "north"), ("unknown", "south")]
    middle = float(area_m2([MIDDLE])[0]) / 1e6
    assert change.gained("north") == pytest.approx(middle, rel=1e-9) and change.lost("north") == 0
    assert change.lost("south") == pytest.approx(middle, rel=1e-9)
    assert shapely.equals(change.kept["north"], WEST) and change.left_out_km2 == 0
    assert change.rows()[0] == {"before": "south", "after": "north", "area_km2": round(middle, 6)}
    first = json.loads(change.geojson())["features"][0]
    assert first["properties"]["last"] == "2020-01-05" and shapely.from_geojson(json.dumps(first)).area > 0.0099


def test_gains_of_all_are_losses_of_all(layer: ControlLayer) -> None:
    change = map_change(layer, FIRST, LAST)
    assert sum(map(change.gained, layer.columns)) == pytest.approx(sum(map(change.lost, layer.columns)))
    there, back = map_change(layer, FIRST, LAST), map_change(layer, date(2020, 1, 4), LAST)
    assert [one.area_km2 for one in there.changes] == [one.area_km2 for one in back.changes]


def test_an_edge_drawn_anew_is_no_change(holdings: Any) -> None:
    moved = shapely.box(10.0 + 3e-7, 50.0, 10.1 + 3e-7, 50.1)
    layer = ControlLayer(
        holdings([("north", "2020-01-01", "2020-01-04", WEST), ("north", "2020-01-05", "2020-01-09", moved)])
    )
    change = map_change(layer, FIRST, LAST)
    assert change.changes == () and 0 < change.left_out_km2 < 0.001


def test_places_that_changed_hands(layer: ControlLayer) -> None:
    found = places_changed(layer, ["Mill", "Ford", "Weir"], [10.05, 10.15, 10.25], [50.05] * 3, (FIRST, LAST))
    assert found == [{"place": "Ford", "lon": 10.15, "lat": 50.05, "before": "south", "after": "north"}]


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        (LAST, FIRST, "does not come after"),
        (date(2019, 1, 1), LAST, "no map in force on 2019-01-01; it runs from 2020-01-01 to 2020-01-09"),
    ],
)
def test_days_that_cannot_be_compared_are_refused(layer: ControlLayer, first: date, last: date, words: str) -> None:
    with pytest.raises(RecordError, match=words):
        map_change(layer, first, last)
