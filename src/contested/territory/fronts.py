"""Distance and side of a point on a day, depth behind the front, and the front's speed.

In: a :class:`~contested.territory.control.ControlLayer`, points and days. Out: :class:`FrontDistances`,
:class:`FrontSpeeds` and front lines. Refuses: parties that the layer does not know.

The front between two parties on a day is the boundary that their areas share. Where contested ground lies between,
the front runs along both its edges: a point of contested ground is as far from the front as from the nearer side. Where
parties are named, contested ground counts as contested between them. The edge of the region is no front, and neither
is a gap wider than 0.1 m between two areas, which is unknown ground.

A file that shows the ground of one party only has no front of its own. With ``elsewhere`` named for all other ground,
the party's whole boundary is taken, its coast and its international border included, unless a
:class:`~contested.territory.index.front_edges.Border` says where these run.

Many points are answered by :class:`~contested.territory.index.front_index.FrontIndex`, few by Shapely
(:mod:`contested.territory.index.front_search`): the answers agree within 0.2 m, but for the last 0.1 m of a front's
ends.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

from contested.base.errors import RecordError, nearest_name
from contested.base.places import wgs84
from contested.base.records import CONTESTED, UNKNOWN
from contested.territory.control import ControlLayer, Whole, as_points, groups, possible
from contested.territory.ground import Reals
from contested.territory.index.front_edges import Border, FrontEdges, front_edges, without_zone
from contested.territory.index.front_index import FrontIndex
from contested.territory.index.front_search import Pieces, cut_lines, nearest_points

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class FrontDistances:
    """Distances, one row a point.

    Attributes
    ----------
    front_m
        Geodesic metres to the nearest point of the front; NaN when the day has no map or no front. Edges are straight
        in longitude and latitude. The error is at most 0.2 m at all distances.
    side
        Party that holds the point; ``None`` on contested and unknown ground.
    lon, lat
        That nearest point, degrees.
    bearing_deg
        Direction of the nearest point, clockwise from north, 0 to 360 degrees; means nothing at 0 m.
    depth_m
        Depth behind the front, seen from the first of the two parties that were named: ``front_m`` on its own ground,
        ``-front_m`` on the other's. NaN on ground of neither, and where no parties were named.
    """

    front_m: Reals
    side: NDArray[np.object_]
    lon: Reals
    lat: Reals
    bearing_deg: Reals
    depth_m: Reals


@dataclass(frozen=True, slots=True)
class FrontSpeeds:
    """Speeds of the front, one row a point.

    Attributes
    ----------
    m_per_day
        Metres a day that the edge of the first party's ground moved, as seen from the place: positive when that party
        gained. NaN when fewer than two days of the window have a front.
    first, last
        Days that were compared; not a time likewise.
    """

    m_per_day: Reals
    first: NDArray[np.datetime64]
    last: NDArray[np.datetime64]

    @property
    def days(self) -> Reals:
        """Days between the two that were compared; NaN likewise."""
        return np.where(np.isnat(self.first), np.nan, (self.last - self.first).astype(np.float64))


class LayerFront:
    """The front of a layer between two parties, ready to be asked.

    Parameters
    ----------
    layer
        The layer.
    between
        The two parties; any two when left out.
    border
        Outline along which no front runs.
    own
        One of the two parties: only edges of its own ground then count, so that contested ground is no part of the way
        to it.
    """

    def __init__(
        self,
        layer: ControlLayer,
        between: tuple[str, str] | None = None,
        border: Border | None = None,
        own: str | None = None,
    ) -> None:
        _check_parties(layer, between)
        self.layer, self.between, self.border, self.own = layer, between, border, own
        # What was built serves the next call; it goes when the layer goes.
        self._built = _BUILT.setdefault(layer, {}).setdefault((between, border, own), {})

    def distances(self, lon: ArrayLike, lat: ArrayLike, day: ArrayLike, threads: int = 1) -> FrontDistances:
        """How far the front was from each point (WGS 84 degrees) on its day."""
        lon, lat, days = as_points(lon, lat, day)
        spans = self.layer.spans_on(days)
        if self._is_indexed(len(lon)):
            found = self.index().nearest(lon, lat, spans, threads)
            metres, near_lon, near_lat, bearing = found.metres, found.lon, found.lat, found.bearing_deg
            codes = self.layer.codes_on(lon, lat, days, threads).astype(np.int64)
        else:
            metres, near_lon, near_lat, bearing = self._search(lon, lat, spans)
            codes = self.layer.codes_in(lon, lat, spans)
        side = np.array([*self.layer.parties, None, None], dtype=object)[codes]
        sign = np.full(len(self.layer.columns), np.nan)
        if self.between is not None:
            sign[[self.layer.columns.index(party) for party in self.between]] = 1.0, -1.0
        return FrontDistances(metres, side, near_lon, near_lat, bearing, metres * sign[codes])

    def lines_on(self, day: date) -> Any:
        """The front on a day, for the map: a multilinestring in degrees, perhaps empty."""
        number = int(self.layer.maps_on(np.array([day], dtype="datetime64[D]"))[0])
        return shapely.MultiLineString() if number < 0 else self._lines(number)

    def edges(self) -> FrontEdges:
        """The front's edges and the spans on which they stand; needs the compiler of the extra ``fast``."""
        if "edges" not in self._built:
            layer = self.layer
            sides = tuple(n for n, party in enumerate(layer.parties) if self.between is None or party in self.between)
            own = None if self.own is None else layer.columns.index(self.own)
            found = front_edges(layer.edge_runs, sides, len(layer.parties), own)
            self._built["edges"] = found if self.border is None else without_zone(found, self._zone())
        edges: FrontEdges = self._built["edges"]
        return edges

    def index(self) -> FrontIndex:
        """The index of these edges."""
        if "index" not in self._built:
            edges = self.edges()
            self._built["index"] = FrontIndex(edges.ends, edges.first, edges.last, self.layer.span_count)
        index: FrontIndex = self._built["index"]
        return index

    def _is_indexed(self, rows: int) -> bool:
        """Whether the index answers: it is there already, or building it is worth the while."""
        return "index" in self._built or self.layer.pays_index(rows)

    def _zone(self) -> Any:
        if self.border is not None and "zone" not in self._built:
            self._built["zone"] = self.border.zone()
        return self._built["zone"]

    def _lines(self, number: int) -> Any:
        if ("lines", number) not in self._built:
            lines = _without_seams(self.layer.ground(number).front_lines(self.between, self.own))
            if self.border is not None:
                parts = shapely.get_parts(shapely.difference(lines, self._zone()))
                lines = shapely.multilinestrings(parts[shapely.get_dimensions(parts) == 1])
            self._built["lines", number] = lines
        return self._built["lines", number]

    def _pieces(self, number: int) -> Pieces:
        if ("pieces", number) not in self._built:
            self._built["pieces", number] = cut_lines(self._lines(number))
        pieces: Pieces = self._built["pieces", number]
        return pieces

    def _search(self, lon: Reals, lat: Reals, spans: Whole) -> tuple[Reals, Reals, Reals, Reals]:
        near_lon, near_lat = np.full(lon.shape, np.nan), np.full(lon.shape, np.nan)
        for number, rows in groups(np.where(possible(lon, lat), self.layer.maps_of_spans(spans), -1)):
            pieces = self._pieces(number)
            if len(pieces.ends):
                near_lon[rows], near_lat[rows] = nearest_points(pieces, lon[rows], lat[rows])
        metres, bearing = np.full(lon.shape, np.nan), np.full(lon.shape, np.nan)
        found = ~np.isnan(near_lon)
        azimuth, _, metres[found] = wgs84().inv(lon[found], lat[found], near_lon[found], near_lat[found])
        bearing[found] = np.asarray(azimuth) % 360.0
        return metres, near_lon, near_lat, bearing


_BUILT: WeakKeyDictionary[ControlLayer, dict[Any, dict[Any, Any]]] = WeakKeyDictionary()


def distance_to_front(
    layer: ControlLayer, lon: ArrayLike, lat: ArrayLike, day: ArrayLike, between: tuple[str, str] | None = None,
    border: Border | None = None,
) -> FrontDistances:  # fmt: skip
    """How far the front was from each point on its day.

    Parameters
    ----------
    layer
        The layer.
    lon, lat, day
        Points in WGS 84 degrees and their days.
    between
        The two parties; any two when left out. ``depth_m`` is seen from the first of them.
    border
        Outline along which no front runs: for layers that draw one party's ground only.
    """
    return LayerFront(layer, between, border).distances(lon, lat, day)


def front_speed(
    layer: ControlLayer, lon: ArrayLike, lat: ArrayLike, day: ArrayLike, between: tuple[str, str],
    window: tuple[int, int] = (-7, 0),
) -> FrontSpeeds:  # fmt: skip
    """How fast the edge of the first party's ground moved towards or away from each place.

    Compared are the signed distances (positive on the first party's ground) from the place to the edge of that party's
    ground, on the first and on the last day of the window that have a map and a front. Contested ground is the other
    side of that edge. A map that stands on for days without a map of their own shows no movement on these days.

    Parameters
    ----------
    layer
        The layer.
    lon, lat, day
        Places in WGS 84 degrees, and days.
    between
        The two parties; the speed is positive when the first gained.
    window
        Days before (negative) and after each day: first and last of the window.

    Raises
    ------
    RecordError
        On parties that the layer does not know, or a window that ends before it begins.
    """
    if window[0] > window[1]:
        raise RecordError(f"window {window}: ends before it begins; expected days as (-7, 0)")
    front = LayerFront(layer, between, own=between[0])
    x, y, days = as_points(lon, lat, day)
    offsets = range(window[0], window[1] + 1)
    first, from_m = _first_signed(front, x, y, days, list(offsets))
    last, to_m = _first_signed(front, x, y, days, list(reversed(offsets)))
    one = first >= last
    first[one] = last[one] = np.datetime64("NaT")
    with np.errstate(invalid="ignore", divide="ignore"):
        speed = np.where(np.isnat(first), np.nan, (to_m - from_m) / (last - first).astype(np.float64))
    return FrontSpeeds(speed, first, last)


def _first_signed(front: LayerFront, lon: Reals, lat: Reals, days: Any, offsets: list[int]) -> tuple[Any, Reals]:
    """The first of the days that has a front, and the signed distance to the own edge on it."""
    found, metres = np.full(lon.shape, np.datetime64("NaT", "D")), np.full(lon.shape, np.nan)
    rows = np.flatnonzero(possible(lon, lat) & ~np.isnat(days))
    for offset in offsets:
        if not len(rows):
            break
        asked = days[rows] + np.timedelta64(offset, "D")
        near = front.distances(lon[rows], lat[rows], asked)
        metres[rows] = np.where(near.side == front.own, near.front_m, -near.front_m)
        here = ~np.isnan(near.front_m)
        found[rows[here]] = asked[here]
        rows = rows[~here]
    return found, metres


def front_lines(holdings: pa.Table | ControlLayer, day: date, a: str, b: str) -> Any:
    """The front between two parties on a day, for the map: a multilinestring in degrees, perhaps empty."""
    layer = holdings if isinstance(holdings, ControlLayer) else ControlLayer(holdings)
    return LayerFront(layer, (a, b)).lines_on(day)


def _without_seams(lines: Any) -> Any:
    """Lines without what lies on the antimeridian or on a pole, where maps are cut."""
    west, south, east, north = lines.bounds
    if lines.is_empty or (max(-west, east) < 180.0 and max(-south, north) < 90.0):
        return lines
    seams = [[(x, -90.0), (x, 90.0)] for x in (-180.0, 180.0)] + [[(-180.0, y), (180.0, y)] for y in (-90.0, 90.0)]
    parts = shapely.get_parts(shapely.difference(lines, shapely.multilinestrings(seams)))
    return shapely.multilinestrings(parts[shapely.get_dimensions(parts) == 1])


def _check_parties(layer: ControlLayer, between: tuple[str, str] | None) -> None:
    for party in between or ():
        if party in (CONTESTED, UNKNOWN):
            raise RecordError(f'"{party}" is no party and has no front; give two of: {", ".join(layer.parties)}')
        if party not in layer.parties:
            raise RecordError(f'layer "{layer.name}" has no party "{party}"; {nearest_name(party, layer.parties)}')
