"""One map: who holds what ground at one time.

In: polygons with their holders. Out: :class:`Ground`: the holder at points, shares of discs, and front lines.
Refuses: nothing.

Rules. Ground that two parties claim is contested, and so is a point on a boundary of two areas. Ground in no area is
unknown, or belongs to ``elsewhere`` where the layer names one; that party's ground begins where the areas (with their
boundary) end.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from itertools import combinations
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from contested.base.records import CONTESTED, UNKNOWN
from contested.territory.areas import area_m2, boxes_around, is_clear_of_poles, make_discs, only_polygons

Reals = NDArray[np.float64]

#: Two areas whose edges are this close share a boundary, degrees (1e-6 is 0.11 m): published coordinates have six or
#: seven decimals, and the corner of one polygon seldom lies exactly on the edge of the next. A front line may run on by
#: as much at its ends. Wider gaps are unknown ground and no front.
TOUCH_DEGREES = 1e-6
#: Front lines shorter than this are the trace of areas that meet in one point, degrees (0.4 m).
SHORTEST_FRONT_DEGREES = 4e-6


class Ground:
    """One map.

    Parameters
    ----------
    holders, geometries
        Holder and polygon of each area; ``contested`` and ``unknown`` are holders too.
    columns
        Parties, then ``contested``, then ``unknown``: the order of codes and of shares.
    elsewhere
        Party of all ground outside the areas.
    """

    def __init__(
        self, holders: Sequence[str], geometries: Sequence[Any], columns: Sequence[str], elsewhere: str | None = None
    ) -> None:
        self.columns = tuple(columns)
        self.contested = len(columns) - 2
        self.unknown = len(columns) - 1
        self.elsewhere = None if elsewhere is None else self.columns.index(elsewhere)
        self._fronts: dict[tuple[tuple[str, str] | None, str | None], Any] = {}
        shapes: dict[str, list[Any]] = {}
        for holder, geometry in zip(holders, geometries, strict=True):
            shapes.setdefault(holder, []).append(geometry)
        self.areas = {
            self.columns.index(holder): only_polygons(found[0] if len(found) == 1 else shapely.union_all(found))
            for holder, found in sorted(shapes.items())
        }

    def codes_at(self, lon: Reals, lat: Reals) -> NDArray[np.int64]:
        """Column number of the holder at each point; points must be finite."""
        met = np.zeros(len(lon), dtype=np.int64)
        code = np.full(len(lon), self.unknown, dtype=np.int64)
        for number, area in self.areas.items():
            if number == self.unknown:
                continue
            shapely.prepare(area)
            inside = shapely.intersects_xy(area, lon, lat)
            shapely.destroy_prepared(area)
            code[inside] = number
            met += inside
        code[met > 1] = self.contested
        if self.elsewhere is not None and not met.all():
            free = met == 0
            if self.unknown in self.areas:
                free &= ~shapely.intersects_xy(self.areas[self.unknown], lon, lat)
            code[free] = self.elsewhere
        return code

    def shares_of(self, lon: Reals, lat: Reals, radius_m: Reals) -> Reals:
        """Share of each disc held by each column; rows sum to 1.

        Only discs that an edge may cut are drawn (see :func:`~contested.territory.areas.make_discs` for the error);
        the others lie in one area as a whole.
        """
        shares = np.zeros((len(lon), len(self.columns)))
        rest = self.unknown if self.elsewhere is None else self.elsewhere
        drawable = is_clear_of_poles(lat, radius_m)
        shares[~drawable, self.unknown] = 1.0
        boxes = boxes_around(lon, lat, radius_m)
        settled = ~drawable
        outside = np.ones(len(lon), dtype=bool)
        apart = {}
        for number, area in self.disjoint_areas.items():
            shapely.prepare(area)
            within = shapely.contains_properly(area, boxes) & ~settled
            apart[number] = shapely.disjoint(area, boxes)
            shapely.destroy_prepared(area)
            shares[within, number] = 1.0
            settled |= within
            outside &= apart[number]
        shares[outside & ~settled, rest] = 1.0
        cut = np.flatnonzero(~settled & ~outside)
        if len(cut):
            discs = make_discs(lon[cut], lat[cut], radius_m[cut])
            whole = area_m2(discs)
            for number in self.disjoint_areas:
                near = ~apart[number][cut]
                pieces = shapely.intersection(discs[near], self.disjoint_areas[number])
                shares[cut[near], number] += area_m2(pieces) / whole[near]
            total = shares[cut].sum(axis=1)
            # Rounding may bring a disc that lies wholly in several areas a hair above 1.
            shares[cut] /= np.maximum(total, 1.0)[:, None]
            shares[cut, rest] += np.maximum(1.0 - total, 0.0)
        return shares

    @cached_property
    def disjoint_areas(self) -> dict[int, Any]:
        """Areas without overlap: ground of two parties goes to contested, unknown keeps what no one else has."""
        parties = {n: area for n, area in self.areas.items() if n < self.contested}
        overlaps = [
            overlap
            for a, b in combinations(parties.values(), 2)
            if not (overlap := only_polygons(a.intersection(b))).is_empty
        ]
        contested = [self.areas[self.contested]] if self.contested in self.areas else []
        disjoint = dict(parties)
        if overlaps or contested:
            fought = shapely.union_all([*contested, *overlaps])
            disjoint = {n: _without(area, fought) for n, area in parties.items()}
            disjoint[self.contested] = only_polygons(fought)
        if self.unknown in self.areas:
            known = shapely.union_all(list(disjoint.values()))
            disjoint[self.unknown] = _without(self.areas[self.unknown], known)
        return {n: area for n, area in disjoint.items() if not area.is_empty}

    def front_lines(self, between: tuple[str, str] | None = None, own: str | None = None) -> Any:
        """Lines of the front in degrees, as a multilinestring; see :mod:`contested.territory.fronts` for the rule.

        With ``own``, a party, only edges of that party's ground.
        """
        if (between, own) not in self._fronts:
            self._fronts[between, own] = self._trace_front(between, own)
        return self._fronts[between, own]

    def _trace_front(self, between: tuple[str, str] | None, own: str | None) -> Any:
        areas = self.disjoint_areas
        sides = [n for n in range(self.contested) if between is None or self.columns[n] in between]
        pairs = list(combinations(sides, 2))
        if self.contested in areas:
            pairs += [(n, self.contested) for n in sides]
        lines: list[Any] = []
        for a, b in pairs:
            if own is not None and own not in (self.columns[a], self.columns[b]):
                continue
            if self.elsewhere in (a, b):
                other = b if a == self.elsewhere else a
                lines.append(self._outer_edge(other) if other in areas else None)
            if a in areas and b in areas:
                lines.append(_shared_boundary(areas[a], areas[b]))
        return _joined(line for line in lines if line is not None)

    def _outer_edge(self, number: int) -> Any:
        """Boundary of an area towards ground in no area."""
        areas = self.disjoint_areas
        edge = areas[number].boundary
        others = [area for n, area in areas.items() if n not in (number, self.elsewhere)]
        if not others:
            return edge
        return edge.difference(shapely.union_all(others).buffer(TOUCH_DEGREES, quad_segs=2))


def column_names(holders: Iterable[str], elsewhere: str | None = None) -> tuple[str, ...]:
    """Parties in alphabetical order, then contested and unknown."""
    parties = {*holders, *([elsewhere] if elsewhere else [])} - {CONTESTED, UNKNOWN}
    return (*sorted(parties), CONTESTED, UNKNOWN)


def _without(area: Any, other: Any) -> Any:
    return only_polygons(area.difference(other)) if area.intersects(other) else area


def _shared_boundary(a: Any, b: Any) -> Any:
    if not a.intersects(shapely.box(*b.bounds).buffer(TOUCH_DEGREES)):
        return None
    parts = shapely.get_parts(a.boundary.intersection(b.boundary))
    shared = shapely.union_all(parts[shapely.get_dimensions(parts) == 1])
    near = a.boundary.intersection(b.buffer(TOUCH_DEGREES, quad_segs=2))
    # Where the edges are the same, they are the front to the last digit; nearness adds only what is not.
    return shapely.union_all([shared, near.difference(shared.buffer(2 * TOUCH_DEGREES, quad_segs=2))])


def _joined(lines: Iterable[Any]) -> Any:
    whole = shapely.line_merge(shapely.union_all([line for line in lines if not line.is_empty]))
    parts = shapely.get_parts(whole)
    parts = parts[(shapely.get_dimensions(parts) == 1) & (shapely.length(parts) > SHORTEST_FRONT_DEGREES)]
    return shapely.multilinestrings(list(parts)) if len(parts) else shapely.MultiLineString()
