"""An invented world to weigh: ground cut by a straight front, and incidents placed by metres from it.

The front runs along a meridian: the government holds the west, the opposition 20 km in the east, beyond it 4 km are
contested, and beyond these no map says anything. Nothing is taken from anywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
import shapely

from contested.base.case import Case, CaseFile
from contested.base.places import wgs84
from contested.base.records import HOLDINGS, INCIDENT_PLACES, INCIDENTS
from contested.territory.layers import LayerTables
from contested.territory.located import locate_incidents

FIRST = date(2016, 11, 1)
#: Days from the first on which the ground is mapped.
MAPPED = (-30, 60)
UNMAPPED = MAPPED[1] + 1
#: Longitude of the front and the middle latitude: the middle of one of the squares that part strata.
FRONT = (37.05, 36.2)
CASE: dict[str, Any] = {
    "format": 1,
    "title": "A case",
    "purpose": "tests",
    "window": {"from": "2016-11-01", "to": "2016-12-31"},
    "region": {"name": "Invented", "box": [36.7, 36.0, 37.4, 36.4]},
    "parties": [{"id": "gov", "name": "the government"}, {"id": "opp", "name": "the opposition"},
                {"id": "isis", "name": "a third"}],
    "events": [{"id": "chlorine", "title": "the attacks", "kind": "chemical", "from": "2016-11-01",
                "to": "2016-12-09", "place": "Invented"}],
    "layers": [{"name": "wiki", "path": "layers/w.csv", "form": "wide"}],
    "weighing": [{"event": "chlorine", "layer": "wiki", "advancing": "gov", "losing": "opp", "draws": 40}],
}  # fmt: skip

#: Holder, first and last day counted from :data:`FIRST`, geometry.
Row = tuple[str, int, int, shapely.Geometry]
Incident = Mapping[str, Any]


@pytest.fixture(scope="session")
def make_case() -> Callable[..., Case]:
    """A case with values of ``case.toml`` put in place of the usual ones."""

    def make(**changes: Any) -> Case:
        return Case(Path(), CaseFile.model_validate({**CASE, **changes}), Path())

    return make


@pytest.fixture(scope="session")
def make_ground() -> Callable[..., list[Row]]:
    """Rows of the ground, its front moved east by metres; ``incidents`` whose places fell have a cell of their own."""

    def make(incidents: Sequence[Incident] = (), east_m: float = 0.0) -> list[Row]:
        front, opp_ends, contested_ends = (point_at(east_m + metres)[0] for metres in (0.0, 20_000.0, 24_000.0))
        south, north = FRONT[1] - 0.2, FRONT[1] + 0.2
        cells = [
            (shapely.box(lon - 0.003, lat - 0.003, lon + 0.003, lat + 0.003), place["fell"], place.get("to", "gov"))
            for incident in incidents for place in incident["places"] if place.get("fell", UNMAPPED) < UNMAPPED
            for lon, lat in [point_of(place)]
        ]  # fmt: skip
        starts = sorted({MAPPED[0], *(day for _, day, _ in cells)})
        rows: list[Row] = [("contested", *MAPPED, shapely.box(opp_ends, south, contested_ends, north))]
        for first, last in zip(starts, [*(day - 1 for day in starts[1:]), MAPPED[1]], strict=True):
            fallen = [(cell, to) for cell, day, to in cells if day <= first]
            held = {
                "gov": shapely.box(front - 0.3, south, front, north),
                "opp": shapely.box(front, south, opp_ends, north),
                "isis": shapely.Polygon(),
            }
            gone = shapely.union_all([cell for cell, _ in fallen])
            for party in held:
                taken = shapely.union_all([cell for cell, to in fallen if to == party])
                held[party] = shapely.union(shapely.difference(held[party], gone), taken)
            rows += [(party, first, last, area) for party, area in held.items() if not area.is_empty]
        return rows

    return make


@pytest.fixture(scope="session")
def make_tables(make_case: Callable[..., Case], make_ground: Callable[..., list[Row]]) -> Callable[..., Any]:
    """The tables of incidents, each with ``day`` and ``places``, over layers of control by name.

    An incident may have ``days`` (how many it may have been on), ``event``, ``datasets`` and ``id``. A place lies ``m``
    metres east of the front and ``north`` metres north of the middle, or at ``lon`` and ``lat``, and has a
    ``radius_m``; ``located`` of ``False`` leaves it without a point. ``fell`` is the day on which the ground about it
    passed ``to`` a party.
    """

    def make(incidents: Sequence[Incident], layers: Mapping[str, Sequence[Row]] | None = None) -> dict[str, pa.Table]:
        rows, places = [], []
        for number, incident in enumerate(incidents, start=1):
            start = FIRST + timedelta(days=incident.get("day", 0))
            rows.append({
                "incident_id": incident.get("id", f"i-{number:02d}"), "title": "t", "kind": "chlorine",
                "event_id": incident.get("event", "chlorine"), "date_start": start,
                "date_end": start + timedelta(days=incident.get("days", 1) - 1), "records": ["d:1"],
                "datasets": incident.get("datasets", ["d"]), "n_places": len(incident["places"]),
                "toll_conflict": False, "grade": "reported", "grade_rule": "r", "publish": True,
            })  # fmt: skip
            for place_no, place in enumerate(incident["places"], start=1):
                lon, lat = point_of(place) if place.get("located", True) else (None, None)
                places.append({
                    "incident_id": rows[-1]["incident_id"], "place_no": place_no, "record_id": "d:1", "lon": lon,
                    "lat": lat, "radius_m": place.get("radius_m", 200.0),
                })  # fmt: skip
        tables = {"incidents": INCIDENTS.from_rows(rows), "incident_places": INCIDENT_PLACES.from_rows(places)}
        grounds = {"wiki": make_ground(incidents)} if layers is None else layers
        maps = [LayerTables(_holdings(name, ground), [], ()) for name, ground in grounds.items()]
        located = locate_incidents(make_case(), tables["incidents"], tables["incident_places"], maps)
        return {**tables, "holdings": located.holdings, "control": located.control, "fronts": located.fronts}

    return make


def _holdings(name: str, ground: Sequence[Row]) -> pa.Table:
    return HOLDINGS.from_rows(
        {
            "layer": name, "holding_no": number, "place": None, "holder": holder,
            "valid_from": FIRST + timedelta(days=first), "valid_to": FIRST + timedelta(days=last),
            "geometry": shapely.to_wkb(area), "original_path": "layers/w.geojson", "original_row": number,
            "made_by": "geojson",
        }
        for number, (holder, first, last, area) in enumerate(ground, start=1)
    )  # fmt: skip


def point_of(place: Mapping[str, Any]) -> tuple[float, float]:
    """Degrees of a place."""
    return (place["lon"], place["lat"]) if "lon" in place else point_at(place.get("m", 1000.0), place.get("north", 0.0))


def point_at(east_m: float, north_m: float = 0.0) -> tuple[float, float]:
    """Degrees of the point so far from the front, which is the geodesic's foot, and from the middle."""
    lon, lat, _ = wgs84().fwd(*FRONT, 0.0, north_m)
    lon, lat, _ = wgs84().fwd(lon, lat, 90.0, east_m)
    return float(lon), float(lat)
