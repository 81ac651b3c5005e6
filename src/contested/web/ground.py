"""Who held the ground on a day, as geometry to draw.

In: the printed holdings of one layer. Out: :class:`Ground`: shapes, labels and edges by day, the
days on which anything changed, and the days that get a large figure. Refuses: nothing.

This draws what a layer says; who held a place, with its uncertainty, is computed in
:mod:`contested.territory` and only printed here.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from itertools import combinations
from typing import Any

import shapely

from contested.base.case import LayerEntry
from contested.base.errors import LayerError
from contested.base.records import UNKNOWN
from contested.base.rows import read_rows
from contested.web.edition import Edition
from contested.web.public import Row

#: Coordinates on pages and in exported files, degrees: a tenth of a metre, far below any layer's error.
GRID_DEGREES = 1e-6
#: Vertices that the interactive map carries at most; above, shapes are simplified step by step and the
#: page says by how much. Keeps a dossier of a year of daily maps below 5 MB.
MAX_VERTICES = 60_000
#: Shares of all changes by which a large figure is drawn, beside the map at the start: half, and all.
#: The small maps show every day between; more large ones would mostly repeat each other.
FIGURE_SHARES = (0.5, 1.0)


@dataclass(frozen=True, slots=True)
class Label:
    """Name of a place of a layer; ``local`` in the script of the place, when the case gives it."""

    lon: float
    lat: float
    name: str
    local: str | None


@dataclass
class Ground:
    """One layer's holdings, to draw."""

    entry: LayerEntry
    rows: list[Row]
    first: date
    last: date
    names: dict[str, tuple[str, str | None]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._shapes: dict[bytes, Any] = {}
        self._edges: dict[frozenset[tuple[Any, str]], Any] = {}
        self._areas: dict[frozenset[tuple[Any, str]], dict[str, Any]] = {}

    @property
    def name(self) -> str:
        """Name of the layer in ``case.toml``."""
        return self.entry.name

    def shape(self, row: Row) -> Any:
        """The geometry of a holding, read once."""
        return self._shapes.setdefault(row["geometry"], shapely.from_wkb(row["geometry"]))

    def place_name(self, row: Row) -> str | None:
        """The place of a holding by its name, where the case names its code."""
        place = row["place"]
        return None if place is None else self.names.get(place, (place, None))[0]

    def on(self, day: date) -> list[Row]:
        """The holdings that stand on a day."""
        return [row for row in self.rows if row["valid_from"] <= day <= row["valid_to"]]

    def _state(self, day: date) -> frozenset[tuple[Any, str]]:
        return frozenset((row["place"] or row["geometry"], row["holder"]) for row in self.on(day))

    @cached_property
    def changes(self) -> dict[date, int]:
        """Day → number of places (or shapes) held by another than the day before, in the window."""
        days = {row["valid_from"] for row in self.rows}
        days |= {row["valid_to"] + timedelta(days=1) for row in self.rows}
        found = {}
        for day in sorted(day for day in days if self.first < day <= self.last):
            changed = len(self._state(day) - self._state(day - timedelta(days=1)))
            if changed:
                found[day] = changed
        return found

    def figure_days(self) -> list[date]:
        """Days with a large figure: the start, half of all changes, all of them, and those that the case names."""
        days = {self.first, *self.entry.figure_days}
        total, sum_so_far, wanted = sum(self.changes.values()), 0, list(FIGURE_SHARES)
        for day, changed in self.changes.items():
            sum_so_far += changed
            while wanted and sum_so_far >= wanted[0] * total:
                days.add(day)
                wanted.pop(0)
        return sorted(days)

    def areas_on(self, day: date) -> dict[str, Any]:
        """All that each holder holds on a day, as one shape, in the order of their names."""
        state = self._state(day)
        if state not in self._areas:
            shapes: dict[str, list[Any]] = defaultdict(list)
            for row in self.on(day):
                shapes[row["holder"]].append(self.shape(row))
            self._areas[state] = {holder: shapely.union_all(found) for holder, found in sorted(shapes.items())}
        return self._areas[state]

    def edges_on(self, day: date) -> Any:
        """The line between any two holders on a day, ``unknown`` ones apart: the front."""
        state = self._state(day)
        if state not in self._edges:
            self._edges[state] = self._find_edges(day)
        return self._edges[state]

    def _find_edges(self, day: date) -> Any:
        whole = {holder: shapely.boundary(area) for holder, area in self.areas_on(day).items() if holder != UNKNOWN}
        lines = [shapely.intersection(whole[a], whole[b]) for a, b in combinations(whole, 2)]
        parts = [part for line in lines for part in shapely.get_parts(line) if part.geom_type == "LineString"]
        return shapely.line_merge(shapely.multilinestrings(parts)) if parts else None

    def labels(self) -> list[Label]:
        """One label a place, inside the largest shape that it has; the largest places first."""
        best: dict[str, Any] = {}
        for row in self.rows:
            if row["place"] is not None:
                shape = self.shape(row)
                if row["place"] not in best or shape.area > best[row["place"]].area:
                    best[row["place"]] = shape
        found = []
        for place, shape in sorted(best.items(), key=lambda item: (-item[1].area, item[0])):
            point = shapely.point_on_surface(shape)
            name, local = self.names.get(place, (place, None))
            found.append(Label(point.x, point.y, name, local))
        return found


def read_grounds(edition: Edition) -> list[Ground]:
    """The layers of the case that have printed holdings, in the order of ``case.toml``."""
    by_layer = edition.grouped("holdings", "layer")
    window = edition.case.file.window
    return [
        Ground(entry, by_layer[(entry.name,)], window.first, window.last, _place_names(edition, entry))
        for entry in edition.case.file.layers
        if (entry.name,) in by_layer
    ]


def _place_names(edition: Edition, entry: LayerEntry) -> dict[str, tuple[str, str | None]]:
    """Place code → (name, name in the local script), from the layer's file of places."""
    if entry.places is None:
        return {}
    rows = read_rows(edition.case.folder / entry.places, error=LayerError).rows
    return {
        row.values["place"]: (
            row.values.get("name") or row.values["place"],
            row.values.get("name_local") or row.values.get("name_ar") or None,
        )
        for row in rows
        if row.values.get("place")
    }


def simplified(shapes: list[Any]) -> tuple[list[Any], float]:
    """The shapes on the grid, and the tolerance (degrees) by which they had to be simplified; 0 when not.

    Shared edges stay shared: all shapes of one call are simplified by the same tolerance, with their topology kept.
    """
    if not shapes:
        return [], 0.0
    tolerance = 0.0
    found = [shapely.set_precision(shape, GRID_DEGREES) for shape in shapes]
    while int(shapely.get_num_coordinates(found).sum()) > MAX_VERTICES:
        tolerance = tolerance * 2 or 2e-5
        found = [
            shapely.set_precision(shapely.simplify(shape, tolerance, preserve_topology=True), GRID_DEGREES)
            for shape in shapes
        ]
        if tolerance > 1:
            break
    return found, tolerance
