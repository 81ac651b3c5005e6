"""Incidents on the ground: the tables of holdings, control and fronts.

In: incidents, their places, and the layers as read. Out: :class:`LocatedIncidents`. Refuses: nothing; a place without
point or radius is unknown in every layer and has no front.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np

from contested.base.case import Case
from contested.base.records import CONTROL, FRONTS, HOLDINGS
from contested.territory.changes import next_change
from contested.territory.control import ControlLayer, Days
from contested.territory.fronts import distance_to_front
from contested.territory.ground import Reals
from contested.territory.index.front_edges import Border
from contested.territory.layers import LayerTables
from contested.territory.scope import case_region

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class LocatedIncidents:
    """The tables ``holdings``, ``control`` and ``fronts`` of :mod:`contested.base.records`."""

    holdings: pa.Table
    control: pa.Table
    fronts: pa.Table


@dataclass(frozen=True, slots=True)
class _Places:
    """Places of incidents as arrays; ``lon`` is NaN where no test may use the place."""

    keys: list[tuple[str, int]]
    events: list[str | None]
    lon: Reals
    lat: Reals
    radius_m: Reals
    first: Days
    last: Days


def locate_incidents(
    case: Case, incidents: pa.Table, incident_places: pa.Table, layers: Sequence[LayerTables]
) -> LocatedIncidents:
    """Lay incidents over layers of control.

    The front meant is the one between the two parties of the weighing that the case sets for the incident's event and
    the layer. Where it sets none, it is the front that all weighings of the case mean, so that other incidents can be
    compared with those weighed; and the one between any two parties when they mean several, or there are none. A place
    without radius is used in no layer.
    """
    import pyarrow as pa

    holdings = pa.concat_tables([HOLDINGS.empty(), *(layer.holdings for layer in layers)])
    places = _places(incident_places, incidents)
    pairs = {(w.event, w.layer): (w.advancing, w.losing) for w in case.file.weighing}
    meant_by_all = set(pairs.values())
    usual = meant_by_all.pop() if len(meant_by_all) == 1 else None
    control: list[dict[str, Any]] = []
    fronts: list[dict[str, Any]] = []
    borders = {entry.name: Border(case_region(case), entry.border_m) for entry in case.file.layers if entry.border_m}
    for tables in layers:
        layer = ControlLayer(tables.holdings)
        control.extend(_control_rows(places, layer))
        meant = [pairs.get((event or "", layer.name), usual) for event in places.events]
        fronts.extend(_front_rows(places, layer, meant, borders.get(layer.name)))
    return LocatedIncidents(HOLDINGS.check(holdings), CONTROL.from_rows(control), FRONTS.from_rows(fronts))


def _places(incident_places: pa.Table, incidents: pa.Table) -> _Places:
    by_id = {row["incident_id"]: row for row in incidents.to_pylist()}
    rows = incident_places.to_pylist()
    owners = [by_id[row["incident_id"]] for row in rows]

    def reals(name: str) -> Reals:
        return np.array([np.nan if row[name] is None else row[name] for row in rows], dtype=np.float64)

    lon, lat, radius_m = reals("lon"), reals("lat"), reals("radius_m")
    lon[np.isnan(radius_m)] = np.nan
    return _Places(
        [(row["incident_id"], row["place_no"]) for row in rows], [owner["event_id"] for owner in owners],
        lon, lat, radius_m,
        np.array([owner["date_start"] for owner in owners], dtype="datetime64[D]"),
        np.array([owner["date_end"] for owner in owners], dtype="datetime64[D]"),
    )  # fmt: skip


def _control_rows(places: _Places, layer: ControlLayer) -> list[dict[str, Any]]:
    found = layer.look_up(places.lon, places.lat, places.first, places.radius_m, places.last)
    rows = []
    for number, (incident_id, place_no) in enumerate(places.keys):
        for column, party in enumerate(found.columns):
            share, held = float(found.p[number, column]), bool(party == found.holder[number])
            if share > 0 or held:
                rows.append({
                    "incident_id": incident_id, "place_no": place_no, "layer": layer.name, "party": party,
                    "p": share, "held": held, "layer_date": _date(found.layer_date[number]),
                })  # fmt: skip
    return rows


def _front_rows(
    places: _Places, layer: ControlLayer, meant: list[tuple[str, str] | None], border: Border | None
) -> list[dict[str, Any]]:
    count = len(places.keys)
    front_m, side = np.full(count, np.nan), np.full(count, None, dtype=object)
    for pair in dict.fromkeys(meant):
        at = np.array([one == pair for one in meant], dtype=bool)
        # A layer that never shows one of the two parties has no front between them, but the point has a side.
        shown = pair is None or set(pair) <= set(layer.parties)
        pair_shown = pair if shown else None
        found = distance_to_front(layer, places.lon[at], places.lat[at], places.first[at], pair_shown, border)
        side[at] = found.side
        if shown:
            front_m[at] = found.front_m
    changed_on, changed_to = next_change(layer, places.lon, places.lat, places.first)
    return [
        {
            "incident_id": incident_id, "place_no": place_no, "layer": layer.name,
            "front_m": None if np.isnan(front_m[n]) else float(front_m[n]), "side": side[n],
            "changed_on": _date(changed_on[n]), "changed_to": changed_to[n],
        }
        for n, (incident_id, place_no) in enumerate(places.keys)
    ]  # fmt: skip


def _date(day: np.datetime64) -> date | None:
    found: date | None = day.astype(object)
    return found
