"""A case to weigh, and its four tables from one line per place."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from contested.base.case import Case, CaseFile
from contested.base.records import CONTROL, FRONTS, INCIDENT_PLACES, INCIDENTS

FIRST = date(2016, 11, 18)
CASE: dict[str, Any] = {
    "format": 1,
    "title": "A case",
    "purpose": "tests",
    "window": {"from": "2016-11-15", "to": "2016-12-31"},
    "region": {"name": "Aleppo", "box": [36.9, 36.0, 37.4, 36.4]},
    "parties": [{"id": "gov", "name": "the government"}, {"id": "opp", "name": "the opposition"}],
    "events": [{"id": "chlorine", "title": "the attacks", "kind": "chemical", "from": "2016-11-18",
                "to": "2016-12-09", "place": "Aleppo"}],
    "layers": [{"name": "wiki", "path": "layers/w.csv", "form": "wide"}],
    "weighing": [{"event": "chlorine", "layer": "wiki", "advancing": "gov", "losing": "opp"}],
}  # fmt: skip


@pytest.fixture(scope="session")
def make_case() -> Callable[..., Case]:
    """A case with values of ``case.toml`` put in place of the usual ones."""

    def make(**changes: Any) -> Case:
        return Case(Path(), CaseFile.model_validate({**CASE, **changes}), Path())

    return make


@pytest.fixture(scope="session")
def make_tables() -> Callable[..., dict[str, pa.Table]]:
    """Tables from incidents: each with ``day`` and ``places``, all days counted from 18 November 2016.

    A place is a dictionary with ``shares``, ``front_m``, ``fell`` (a day) and ``to``; without
    ``shares`` it was not located.
    """

    def make(incidents: list[dict[str, Any]], layer: str = "wiki") -> dict[str, pa.Table]:
        rows: dict[str, list[dict[str, Any]]] = {"incidents": [], "incident_places": [], "control": [], "fronts": []}
        for number, incident in enumerate(incidents, start=1):
            incident_id = incident.get("id", f"i-{number:02d}")
            start = FIRST + timedelta(days=incident.get("day", 0))
            rows["incidents"].append(
                {
                    "incident_id": incident_id, "title": "t", "kind": "chlorine",
                    "event_id": incident.get("event", "chlorine"), "date_start": start,
                    "date_end": start + timedelta(days=incident.get("days", 1) - 1), "records": ["d:1"],
                    "datasets": incident.get("datasets", ["d"]), "n_places": len(incident["places"]),
                    "toll_conflict": False, "grade": "reported", "grade_rule": "r", "publish": True,
                }
            )  # fmt: skip
            for place_no, place in enumerate(incident["places"], start=1):
                key = {"incident_id": incident_id, "place_no": place_no}
                rows["incident_places"].append({**key, "record_id": "d:1", "radius_m": place.get("radius_m", 400.0)})
                for party, share in place.get("shares", {}).items():
                    rows["control"].append({**key, "layer": layer, "party": party, "p": share, "held": share > 0.5})
                fell = place.get("fell")
                if place.get("shares"):
                    front = {
                        "front_m": place.get("front_m"), "side": "opp",
                        "changed_on": None if fell is None else FIRST + timedelta(days=fell),
                        "changed_to": None if fell is None else place.get("to", "gov"),
                    }  # fmt: skip
                    rows["fronts"].append({**key, "layer": layer, **front})
        declared = {"incidents": INCIDENTS, "incident_places": INCIDENT_PLACES, "control": CONTROL, "fronts": FRONTS}
        return {name: table.from_rows(rows[name]) for name, table in declared.items()}

    return make
