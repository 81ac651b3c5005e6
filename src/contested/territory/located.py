"""Incidents on the ground: the tables of holdings, control and fronts.

In: incidents, their places, and the layers as read. Out: :class:`LocatedIncidents`. Refuses: nothing; a place without
point or radius is unknown in every layer and has no front.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from contested.base.case import Case
from contested.base.records import CONTROL, FRONTS, HOLDINGS
from contested.territory.changes import next_change
from contested.territory.control import ControlLayer, Days
from contested.territory.fronts import distance_to_front
from contested.territory.ground import Reals
from contested.territory.index.front_edges import Border
from contested.territory.layers import LayerTables
from contested.territory.outlines import Outlines, outline_shares, with_outlines
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

    keys: pa.Table
    """``incident_id`` and ``place_no``."""
    events: list[str | None]
    lon: Reals
    lat: Reals
    radius_m: Reals
    first: Days
    last: Days
    outline: NDArray[np.object_]


def locate_incidents(
    case: Case, incidents: pa.Table, incident_places: pa.Table, layers: Sequence[LayerTables],
    outlines: Outlines | None = None,
) -> LocatedIncidents:  # fmt: skip
    """Lay incidents over layers of control.

    The front meant is the one between the two parties of the weighing that the case sets for the incident's event and
    the layer. Where it sets none, it is the front that all weighings of the case mean, so that other incidents can be
    compared with those weighed; and the one between any two parties when they mean several, or there are none. A place
    without radius is used in no layer, unless one of the ``outlines`` bears its name: its shares are then those of the
    outline, and its front and holder those of a point in it.
    """
    import pyarrow as pa

    holdings = pa.concat_tables([HOLDINGS.empty(), *(layer.holdings for layer in layers)])
    places = _places(incident_places, incidents, outlines or Outlines())
    pairs = {(w.event, w.layer): (w.advancing, w.losing) for w in case.file.weighing}
    meant_by_all = set(pairs.values())
    usual = meant_by_all.pop() if len(meant_by_all) == 1 else None
    control, fronts = [CONTROL.empty()], [FRONTS.empty()]
    borders = {entry.name: Border(case_region(case), entry.border_m) for entry in case.file.layers if entry.border_m}
    for tables in layers:
        layer = ControlLayer(tables.holdings)
        control.append(_control_rows(places, layer))
        meant = [pairs.get((event or "", layer.name), usual) for event in places.events]
        fronts.append(_front_rows(places, layer, meant, borders.get(layer.name)))
    return LocatedIncidents(
        HOLDINGS.check(holdings), CONTROL.check(pa.concat_tables(control)), FRONTS.check(pa.concat_tables(fronts))
    )


def _places(incident_places: pa.Table, incidents: pa.Table, outlines: Outlines) -> _Places:
    number = {name: row for row, name in enumerate(incidents["incident_id"].to_pylist())}
    owner = np.array([number[name] for name in incident_places["incident_id"].to_pylist()], dtype=np.int64)
    events = incidents["event_id"].to_pylist()
    first, last = (incidents[name].to_numpy().astype("datetime64[D]")[owner] for name in ("date_start", "date_end"))
    outline = outlines.of_places(incident_places)
    lon, lat, radius_m = with_outlines(
        outline, *(incident_places[name].to_numpy().astype(np.float64) for name in ("lon", "lat", "radius_m"))
    )
    lon[np.isnan(radius_m)] = np.nan
    return _Places(
        incident_places.select(["incident_id", "place_no"]), [events[row] for row in owner.tolist()],
        lon, lat, radius_m, first, last, outline,
    )  # fmt: skip


def _control_rows(places: _Places, layer: ControlLayer) -> pa.Table:
    import pyarrow as pa

    found = layer.look_up(places.lon, places.lat, places.first, places.radius_m, places.last)
    rows = np.flatnonzero(places.outline != None)  # noqa: E711  (place by place)
    found.p[rows] = outline_shares(layer, places.outline[rows].tolist(), places.first[rows], places.last[rows])
    held = found.code[:, None] == np.arange(len(found.columns))
    number, column = np.nonzero((found.p > 0) | held)
    return _laid_over(places, layer, number, CONTROL.schema(), {
        "party": pa.DictionaryArray.from_arrays(column.astype(np.int32), pa.array(found.columns)).cast(pa.string()),
        "p": found.p[number, column], "held": held[number, column],
        "layer_date": pa.array(found.layer_date[number], pa.date32(), from_pandas=True),
    })  # fmt: skip


def _front_rows(
    places: _Places, layer: ControlLayer, meant: list[tuple[str, str] | None], border: Border | None
) -> pa.Table:
    import pyarrow as pa

    count = len(places.lon)
    front_m, side = np.full(count, np.nan), np.full(count, None, dtype=object)
    kinds = {pair: number for number, pair in enumerate(dict.fromkeys(meant))}
    kind = np.array([kinds[pair] for pair in meant], dtype=np.int64)
    for pair, number in kinds.items():
        at = kind == number
        # A layer that never shows one of the two parties has no front between them, but the point has a side.
        shown = pair is None or set(pair) <= set(layer.parties)
        pair_shown = pair if shown else None
        found = distance_to_front(layer, places.lon[at], places.lat[at], places.first[at], pair_shown, border)
        side[at] = found.side
        if shown:
            front_m[at] = found.front_m
    changed_on, changed_to = next_change(layer, places.lon, places.lat, places.first)
    return _laid_over(places, layer, np.arange(count), FRONTS.schema(), {
        "front_m": pa.array(front_m, from_pandas=True), "side": pa.array(side, pa.string()),
        "changed_on": pa.array(changed_on, pa.date32(), from_pandas=True),
        "changed_to": pa.array(changed_to, pa.string()),
    })  # fmt: skip


def _laid_over(
    places: _Places, layer: ControlLayer, number: NDArray[np.intp], schema: pa.Schema, columns: dict[str, Any]
) -> pa.Table:
    """A table whose rows are of the places with these numbers, in one layer."""
    import pyarrow as pa

    keys = places.keys.take(pa.array(number))
    known = {name: keys[name] for name in keys.column_names}
    known["layer"] = pa.repeat(layer.name, len(number))
    return pa.table([(known | columns)[name] for name in schema.names], schema=schema)
