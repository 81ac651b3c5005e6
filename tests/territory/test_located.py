from __future__ import annotations

from datetime import date
from typing import Any

import pyarrow as pa
import pytest
import shapely

from contested.base.case import Case, Weighing
from contested.base.records import INCIDENT_PLACES, INCIDENTS
from contested.territory.layers import LayerTables
from contested.territory.located import LocatedIncidents, locate_incidents

WEST = shapely.box(10.0, 50.0, 10.1, 50.1)
MIDDLE = shapely.box(10.1, 50.0, 10.15, 50.1)
EAST = shapely.box(10.15, 50.0, 10.2, 50.1)
ROWS = [
    ("north", "2020-01-01", "2020-01-31", WEST),
    ("south", "2020-01-01", "2020-01-09", MIDDLE),
    ("north", "2020-01-10", "2020-01-31", MIDDLE),
    ("west", "2020-01-01", "2020-01-31", EAST),
]


def incidents(*rows: tuple[str, date, date]) -> pa.Table:
    return INCIDENTS.from_rows(
        {
            "incident_id": name, "title": name, "kind": "shelling", "event_id": "strike", "date_start": first,
            "date_end": last, "records": [name], "datasets": ["d"], "n_places": 1, "toll_conflict": False,
            "grade": "weak", "grade_rule": "one", "publish": True,
        }
        for name, first, last in rows
    )  # fmt: skip


def places(*rows: tuple[str, int, float | None, float | None, float | None]) -> pa.Table:
    return INCIDENT_PLACES.from_rows(
        {"incident_id": name, "place_no": no, "record_id": "r", "lon": lon, "lat": lat, "radius_m": radius_m}
        for name, no, lon, lat, radius_m in rows
    )


@pytest.fixture
def located(case: Case, holdings: Any) -> LocatedIncidents:
    days = incidents(("a", date(2020, 1, 5), date(2020, 1, 5)), ("b", date(2020, 1, 8), date(2020, 1, 11)))
    at = places(
        ("a", 1, 10.05, 50.05, 100.0), ("a", 2, 10.12, 50.05, 100.0), ("a", 3, None, None, None),
        ("a", 4, 10.05, 50.05, None), ("b", 1, 10.12, 50.05, 100.0),
    )  # fmt: skip
    return locate_incidents(case, days, at, [LayerTables(holdings(ROWS), [], ())])


def rows_of(table: pa.Table, incident: str, place_no: int) -> list[dict[str, Any]]:
    return [r for r in table.to_pylist() if (r["incident_id"], r["place_no"]) == (incident, place_no)]


def test_every_place_is_located_in_every_layer(located: LocatedIncidents) -> None:
    assert located.fronts.num_rows == 5
    shares: dict[tuple[str, int], float] = {}
    for row in located.control.to_pylist():
        key = (row["incident_id"], row["place_no"])
        shares[key] = shares.get(key, 0) + row["p"]
    assert shares == pytest.approx({("a", 1): 1, ("a", 2): 1, ("a", 3): 1, ("a", 4): 1, ("b", 1): 1})
    assert located.holdings.num_rows == 4


def test_a_date_interval_over_a_passing_gives_shares_and_the_day(located: LocatedIncidents) -> None:
    control = {r["party"]: (r["p"], r["held"]) for r in rows_of(located.control, "b", 1)}
    assert control == {"north": (0.5, False), "south": (0.5, True)}
    (front,) = rows_of(located.fronts, "b", 1)
    assert (front["side"], front["changed_on"], front["changed_to"]) == ("south", date(2020, 1, 10), "north")
    assert rows_of(located.control, "b", 1)[0]["layer_date"] == date(2020, 1, 1)


def test_places_without_point_or_radius_are_unknown_and_have_no_front(located: LocatedIncidents) -> None:
    for place_no in (3, 4):
        (control,) = rows_of(located.control, "a", place_no)
        assert (control["party"], control["p"], control["held"], control["layer_date"]) == (
            "unknown",
            1.0,
            True,
            date(2020, 1, 1),
        )
        (front,) = rows_of(located.fronts, "a", place_no)
        assert [front[name] for name in ("front_m", "side", "changed_on", "changed_to")] == [None] * 4


def test_the_front_meant_is_that_of_the_weighing(case: Case, holdings: Any, located: LocatedIncidents) -> None:
    (nearest,) = rows_of(located.fronts, "a", 2)
    day, at = incidents(("a", date(2020, 1, 5), date(2020, 1, 5))), places(("a", 2, 10.14, 50.05, 100.0))
    layers = [LayerTables(holdings(ROWS), [], ())]

    def front_m(advancing: str, losing: str) -> float | None:
        weighing = Weighing(event="strike", layer="map", advancing=advancing, losing=losing)
        case.file = case.file.model_copy(update={"weighing": (weighing,)})
        found: float | None = locate_incidents(case, day, at, layers).fronts.to_pylist()[0]["front_m"]
        return found

    assert nearest["front_m"] == pytest.approx(0.02 * 71_700, rel=0.01)
    assert front_m("north", "south") == pytest.approx(0.04 * 71_700, rel=0.01)
    assert front_m("west", "south") == pytest.approx(0.01 * 71_700, rel=0.01)
    assert front_m("west", "nobody") is None


def test_no_layer_and_no_incident_give_empty_tables(case: Case, holdings: Any) -> None:
    none = locate_incidents(case, incidents(), places(), [LayerTables(holdings(ROWS), [], ())])
    assert (none.holdings.num_rows, none.control.num_rows, none.fronts.num_rows) == (4, 0, 0)
    bare = locate_incidents(case, incidents(), places(), [])
    assert (bare.holdings.num_rows, bare.control.num_rows, bare.fronts.num_rows) == (0, 0, 0)
