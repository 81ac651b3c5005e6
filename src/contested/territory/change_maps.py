"""What changed hands between two days: ground, and places.

In: a layer and two days of it; places with points. Out: :class:`ChangeMap`, and the holder of each place on both days.
Refuses: a day without a map, and a second day that does not come after the first.

Between two maps drawn anew, unmoved edges differ by the last published digit. Ground narrower than
:data:`NARROWEST_DEGREES` is such a trace and no change; how much was left out is said.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import shapely
from numpy.typing import ArrayLike

from contested.base.errors import RecordError
from contested.territory.areas import area_m2, only_polygons
from contested.territory.control import ControlLayer, as_days, as_reals
from contested.territory.ground import Ground

#: Ground nowhere wider than this is no change, degrees (0.2 m): twice what makes two edges one front.
NARROWEST_DEGREES = 2e-6


@dataclass(frozen=True, slots=True)
class Change:
    """Ground that went from one column to another; km² on the ellipsoid."""

    before: str
    after: str
    geometry: Any
    area_km2: float


@dataclass(frozen=True, slots=True)
class ChangeMap:
    """What a layer shows as changed from a first to a last day.

    Attributes
    ----------
    layer, first, last
        The layer's name and the two days.
    changes
        Ground by who held it before and who after, the largest first.
    kept
        Ground that each column held on both days; the rest of the world is left out.
    left_out_km2
        Area of traces too narrow to be a change.
    """

    layer: str
    first: date
    last: date
    changes: tuple[Change, ...]
    kept: dict[str, Any]
    left_out_km2: float

    def gained(self, party: str) -> float:
        """Km² that a party held on the last day and not on the first."""
        return sum(change.area_km2 for change in self.changes if change.after == party)

    def lost(self, party: str) -> float:
        """Km² that a party held on the first day and not on the last."""
        return sum(change.area_km2 for change in self.changes if change.before == party)

    def rows(self) -> list[dict[str, Any]]:
        """One row a pair of holders: before, after, area_km2."""
        return [{"before": c.before, "after": c.after, "area_km2": round(c.area_km2, 6)} for c in self.changes]

    def geojson(self) -> str:
        """The changes as a GeoJSON collection (RFC 7946), with before, after, area_km2 and the two days."""
        features = [
            {
                "type": "Feature", "geometry": json.loads(shapely.to_geojson(change.geometry)),
                "properties": {
                    **row, "layer": self.layer, "first": self.first.isoformat(), "last": self.last.isoformat(),
                },
            }
            for change, row in zip(self.changes, self.rows(), strict=True)
        ]  # fmt: skip
        return json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False) + "\n"


def map_change(layer: ControlLayer, first: date, last: date) -> ChangeMap:
    """Ground that changed hands between two days.

    Raises
    ------
    RecordError
        When a day has no map, or the second does not come after the first.
    """
    if last <= first:
        raise RecordError(f"{last} does not come after {first}; give the earlier day first")
    before, after = (_areas_on(layer, day) for day in (first, last))
    rest = layer.columns[layer.rest]
    changes: list[Change] = []
    kept: dict[str, Any] = {}
    narrow_m2 = 0.0

    def add(a: str, b: str, ground: Any) -> None:
        nonlocal narrow_m2
        wide = _without_traces(ground)
        narrow_m2 += float(area_m2([ground])[0] - area_m2([wide])[0])
        if not wide.is_empty:
            changes.append(Change(a, b, wide, float(area_m2([wide])[0]) / 1e6))

    for a, ground in before.items():
        if a in after:
            kept[a] = only_polygons(ground.intersection(after[a]))
        gone = only_polygons(ground.difference(after[a])) if a in after else ground
        for b, now in after.items():
            if b != a:
                add(a, b, only_polygons(gone.intersection(now)))
        if a != rest:
            add(a, rest, only_polygons(gone.difference(shapely.union_all(list(after.values())))))
    for b, now in after.items():
        if b != rest:
            add(rest, b, only_polygons(now.difference(shapely.union_all(list(before.values())))))
    changes.sort(key=lambda change: (-change.area_km2, change.before, change.after))
    return ChangeMap(layer.name, first, last, tuple(changes), kept, narrow_m2 / 1e6)


def places_changed(
    layer: ControlLayer, names: Sequence[str], lon: ArrayLike, lat: ArrayLike, days: tuple[date, date]
) -> list[dict[str, Any]]:
    """Places whose holder differs between two days: place, lon, lat, before, after; in their order.

    A place of which the layer says nothing on one of the days is not among them.
    """
    x, y = as_reals(lon), as_reals(lat)
    if not len(names) == len(x) == len(y):
        raise RecordError(f"{len(names)} names, {len(x)} longitudes and {len(y)} latitudes; expected as many of each")
    before, after = (layer.codes_on(x, y, np.repeat(as_days(day.isoformat()), len(x))) for day in days)
    stated = (before != len(layer.columns) - 1) & (after != len(layer.columns) - 1)
    return [
        {
            "place": names[k], "lon": float(x[k]), "lat": float(y[k]), "before": layer.columns[before[k]],
            "after": layer.columns[after[k]],
        }
        for k in np.flatnonzero(stated & (before != after)).tolist()
    ]  # fmt: skip


def _areas_on(layer: ControlLayer, day: date) -> dict[str, Any]:
    ground: Ground | None = layer.ground_on(day)
    if ground is None:
        first, last = layer.days
        raise RecordError(f'layer "{layer.name}" has no map in force on {day}; it runs from {first} to {last}')
    return {layer.columns[column]: area for column, area in ground.disjoint_areas.items()}


def _without_traces(ground: Any) -> Any:
    """The parts that are somewhere wider than a trace."""
    parts = shapely.get_parts(ground)
    wide = parts[~shapely.is_empty(shapely.buffer(parts, -NARROWEST_DEGREES / 2, quad_segs=1))]
    return shapely.multipolygons(list(wide)) if len(wide) else shapely.MultiPolygon()
