"""Who held a place on a day, with uncertainty.

In: holdings of one layer (``records.HOLDINGS``), points, days, radii. Out: :class:`ControlLookUp`: the holder at each
point, the share of each party over the disc and the days, and the map's day and age. Refuses: negative radii and
intervals that end before they begin. A point that is not finite, or a day without a map, is unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

from contested.base.compiled import MANY_DISCS, is_worthwhile
from contested.base.errors import RecordError, nearest_name
from contested.base.places import Box
from contested.base.records import UNKNOWN
from contested.territory.ground import Ground, Reals, column_names
from contested.territory.index.cell_index import MOST_COLUMNS, MOST_SPANS

if TYPE_CHECKING:
    import pyarrow as pa

    from contested.territory.index.cell_index import CellIndex
    from contested.territory.index.disc_shares import DiscShares
    from contested.territory.index.edge_runs import EdgeRuns

Days = NDArray[np.datetime64]
Whole = NDArray[np.int64]

_NO_DAY = np.datetime64("NaT", "D")


@dataclass(frozen=True, slots=True)
class ControlLookUp:
    """Answers, one row a point.

    Attributes
    ----------
    columns
        Names of the columns of ``p``: the parties in alphabetical order, then ``contested`` and ``unknown``.
    code
        Number of the column of the point itself on the first day.
    p
        Share of each column over disc and days, shape (points, columns); each row sums to 1.
    layer_date
        First day of the map in force on the first day; not a time when there is none.
    age_days
        Days from then to the first day; NaN when there is no map.
    """

    columns: tuple[str, ...]
    code: NDArray[np.integer[Any]]
    p: Reals
    layer_date: Days
    age_days: Reals

    @property
    def holder(self) -> NDArray[np.object_]:
        """Holder of the point itself on the first day."""
        names: NDArray[np.object_] = np.array(self.columns, dtype=object)[self.code]
        return names

    def p_of(self, party: str) -> Reals:
        """The shares of one party, ``contested`` or ``unknown``; zeros for a party that the layer never names."""
        if party in self.columns:
            return self.p[:, self.columns.index(party)]
        return np.zeros(len(self.code))


class ControlLayer:
    """One layer, ready to be asked: its days cut into spans with one map each.

    ``layer_date`` of a span is the latest first day among its holdings: the day of the map itself for dated maps, the
    latest change anywhere in the layer for place-status tables (a state stands until its next mention).
    Boundary rules are those of :mod:`contested.territory.ground`.

    Parameters
    ----------
    holdings
        Table of holdings.
    name
        Which layer of the table; may be left out when there is only one.
    elsewhere
        Party of all ground outside the holdings, without bound, on days that have a map.
    """

    def __init__(self, holdings: pa.Table, name: str | None = None, elsewhere: str | None = None) -> None:
        names = sorted(set(holdings["layer"].to_pylist()))
        if name is None and len(names) == 1:
            name = names[0]
        if name is None or name not in names:
            raise RecordError(f'the holdings have no layer "{name}"; {nearest_name(str(name), names)}')
        self.name: str = name
        chosen = np.array([layer == name for layer in holdings["layer"].to_pylist()])
        self._holders = np.array(holdings["holder"].to_pylist(), dtype=object)[chosen]
        self._first = _days_of(holdings["valid_from"].to_pylist())[chosen].astype(np.int64)
        self._last = _days_of(holdings["valid_to"].to_pylist())[chosen].astype(np.int64)
        self._wkb = np.array(holdings["geometry"].to_pylist(), dtype=object)[chosen]
        self._place = np.array(holdings["place"].to_pylist(), dtype=object)[chosen]
        self.elsewhere = elsewhere
        self.columns = column_names(self._holders.tolist(), elsewhere)
        self.rest = self.columns.index(elsewhere or UNKNOWN)
        self._cut_into_spans()
        self._grounds: dict[int, Ground] = {}

    @property
    def parties(self) -> tuple[str, ...]:
        """Parties in alphabetical order."""
        return self.columns[:-2]

    @property
    def days(self) -> tuple[date, date]:
        """First and last day that the layer speaks of."""
        first, last = np.array([self._first.min(), self._last.max()]).astype("datetime64[D]").tolist()
        return first, last

    @property
    def map_days(self) -> int:
        """Number of maps by their day: spans that begin with a map of their own."""
        return len(np.unique(self._first))

    @cached_property
    def bounds(self) -> Box:
        """Box of all holdings, degrees."""
        west, south, east, north = shapely.total_bounds(shapely.from_wkb(self._wkb)).tolist()
        return west, south, east, north

    @cached_property
    def place_areas(self) -> dict[str, Any]:
        """Ground of each place of a place-status table, by name; nothing for layers of maps."""
        found: dict[str, set[bytes]] = {}
        for place, wkb in zip(self._place.tolist(), self._wkb.tolist(), strict=True):
            if place is None:
                return {}
            found.setdefault(place, set()).add(wkb)
        return {place: shapely.union_all(shapely.from_wkb(sorted(found[place]))) for place in sorted(found)}

    def _cut_into_spans(self) -> None:
        """Spans between changes; spans with the same holders of the same geometries share a map."""
        starts = np.unique(np.concatenate([self._first, self._last + 1]))
        # Every (holder, geometry) has a number; a sum of their random marks tells equal sets of them.
        known: dict[tuple[str, bytes], int] = {}
        kind = np.array([known.setdefault(pair, len(known)) for pair in zip(self._holders, self._wkb, strict=True)])
        marks = np.random.default_rng(0).integers(0, 2**63, size=(len(known), 2), dtype=np.uint64)
        change = np.zeros((len(starts) + 1, 2), dtype=np.uint64)
        np.add.at(change, np.searchsorted(starts, self._first), marks[kind])
        np.subtract.at(change, np.searchsorted(starts, self._last + 1), marks[kind])
        sums = np.cumsum(change[:-1], axis=0, dtype=np.uint64)
        count = np.zeros(len(starts) + 1, dtype=np.int64)
        np.add.at(count, np.searchsorted(starts, self._first), 1)
        np.subtract.at(count, np.searchsorted(starts, self._last + 1), 1)
        empty = np.cumsum(count[:-1]) == 0
        _, first_with, number = np.unique(sums, axis=0, return_index=True, return_inverse=True)
        self._starts: Whole = starts
        self._map_of_span: Whole = np.where(empty, -1, number.reshape(-1))
        self._example: Whole = starts[first_with]
        latest = np.full(len(starts), np.iinfo(np.int64).min)
        order = np.argsort(self._first, kind="stable")
        begun = np.searchsorted(starts, self._first[order])
        ended = np.searchsorted(starts, self._last[order] + 1)
        for first, begin, end in zip(self._first[order], begun, ended, strict=True):
            latest[begin:end] = first
        self._date_of_span: Whole = latest

    def spans_on(self, days: Days) -> Whole:
        """Number of the span that each day lies in; -1 before the first span and for no day."""
        day, start = days.astype(np.int64), self._starts[0]
        # Not a time is far below all days.
        within = np.clip(day, start, start + len(self._span_of_day) - 1) - start
        return np.where(day < start, -1, self._span_of_day[within])

    @cached_property
    def _span_of_day(self) -> Whole:
        """Span of each day from the layer's first to the first after its last."""
        return np.repeat(np.arange(self.span_count), np.append(np.diff(self._starts), 1))

    def map_dates_on(self, days: Days) -> Days:
        """First day of the map in force on each day; not a time when there is none."""
        dates = np.where(self._map_of_span < 0, _NO_DAY, self._date_of_span.astype("datetime64[D]"))
        spans = self.spans_on(days)
        return np.where(spans < 0, _NO_DAY, dates[np.maximum(spans, 0)])

    def maps_on(self, days: Days) -> Whole:
        """Number of the map in force on each day; -1 when there is none."""
        return self.maps_of_spans(self.spans_on(days))

    def maps_of_spans(self, spans: Whole) -> Whole:
        """Number of each span's map; -1 when there is none."""
        return np.where(spans < 0, -1, self._map_of_span[np.maximum(spans, 0)])

    def starts_of_spans(self, spans: Whole) -> Days:
        """First day of each span."""
        return self._starts[spans].astype("datetime64[D]")

    @property
    def span_count(self) -> int:
        """Number of spans, those without a map included."""
        return len(self._starts)

    def ground(self, number: int) -> Ground:
        """The map with the number; built when first asked for."""
        if number not in self._grounds:
            day = self._example[number]
            live = (self._first <= day) & (day <= self._last)
            shapes = shapely.from_wkb(self._wkb[live])
            self._grounds[number] = Ground(self._holders[live].tolist(), list(shapes), self.columns, self.elsewhere)
        return self._grounds[number]

    def ground_on(self, day: date) -> Ground | None:
        """The map in force on a day, or ``None``."""
        number = int(self.maps_on(as_days(day.isoformat()))[0])
        return None if number < 0 else self.ground(number)

    @cached_property
    def edge_runs(self) -> EdgeRuns:
        """The boundaries of all spans; needs the compiler of the extra ``fast``."""
        from contested.territory.index.edge_runs import Areas, trace_edges

        number: dict[bytes, int] = {}
        shape = np.array([number.setdefault(wkb, len(number)) for wkb in self._wkb.tolist()], dtype=np.int64)
        column = np.array([self.columns.index(holder) for holder in self._holders], dtype=np.int64)
        first, last = np.searchsorted(self._starts, self._first), np.searchsorted(self._starts, self._last + 1) - 1
        stated = column != self.rest if self.rest == len(self.columns) - 1 else np.ones(len(column), dtype=bool)
        areas = Areas(
            shapely.from_wkb(list(number)), shape[stated], column[stated],
            first[stated].astype(np.int64), last[stated].astype(np.int64),
        )  # fmt: skip
        return trace_edges(
            areas, self.rest, self.span_count, lambda span: self.ground(int(self._map_of_span[span])).disjoint_areas
        )

    @cached_property
    def _index(self) -> CellIndex:
        return self.edge_runs.index()

    @cached_property
    def _calendar(self) -> tuple[int, NDArray[np.int16]]:
        """The layer's first day since 1970, and for each day from there its span, -1 where no map is in force."""
        spans = np.repeat(self._map_spans, np.diff(self._starts))
        return int(self._starts[0]), spans

    @cached_property
    def _map_spans(self) -> NDArray[np.int16]:
        """Each span's number, -1 where no map is in force; the last span, which never ends, has none."""
        spans = np.where(self._map_of_span < 0, -1, np.arange(self.span_count)).astype(np.int16)
        return spans[:-1]

    def codes_on(self, lon: Reals, lat: Reals, days: Days, threads: int = 1) -> NDArray[np.integer[Any]]:
        """Column number of the holder at each point on each day; unknown where there is no map or no point.

        The fastest look-up there is: arrays of one length, ``float64`` and ``datetime64[D]``, are not copied.
        """
        day = np.asarray(days, dtype="datetime64[D]").view(np.int64)
        if not self._is_indexed(len(lon)):
            return self._codes_by_map(lon, lat, self.spans_on(days))
        codes = self._index.columns_on(lon, lat, day, self._calendar, len(self.columns) - 1, threads)
        return self._settle_near(codes, lon, lat, self.spans_on, days)

    def codes_in(self, lon: Reals, lat: Reals, spans: Whole) -> Whole:
        """Column number of the holder at each point in each span; unknown where there is no map or no point."""
        if not self._is_indexed(len(lon)):
            return self._codes_by_map(lon, lat, spans)
        calendar = (0, self._map_spans)
        codes = self._index.columns_on(lon, lat, spans.astype(np.int64), calendar, len(self.columns) - 1)
        return self._settle_near(codes, lon, lat, lambda some: some, spans).astype(np.int64)

    def _is_indexed(self, rows: int) -> bool:
        """Whether the index answers: it is there already, or building it is worth the while."""
        return "_index" in self.__dict__ or self.pays_index(rows)

    def pays_index(self, rows: int, enough: int | None = None) -> bool:
        """Whether compiled code is worth the while for so many rows (``enough`` pay for it), and fits this layer."""
        fits = self.span_count <= MOST_SPANS and len(self.columns) <= MOST_COLUMNS
        return fits and is_worthwhile(rows, enough)

    def _settle_near(
        self, codes: NDArray[np.uint8], lon: Reals, lat: Reals, spans_of: Callable[[Any], Whole], when: Any
    ) -> NDArray[np.uint8]:
        """Ask the maps themselves about points within centimetres of an edge."""
        near = np.flatnonzero(codes == self._index.near)
        if len(near):
            codes[near] = self._codes_by_map(lon[near], lat[near], spans_of(when[near]))
        return codes

    def _codes_by_map(self, lon: Reals, lat: Reals, spans: Whole) -> Whole:
        codes = np.full(len(lon), len(self.columns) - 1, dtype=np.int64)
        for number, rows in groups(np.where(possible(lon, lat), self.maps_of_spans(spans), -1)):
            codes[rows] = self.ground(number).codes_at(lon[rows], lat[rows])
        return codes

    def look_up(
        self, lon: ArrayLike, lat: ArrayLike, day: ArrayLike, radius_m: ArrayLike | None = None,
        day_end: ArrayLike | None = None,
    ) -> ControlLookUp:  # fmt: skip
        """Who held each point, and with what share of its disc and days.

        Parameters
        ----------
        lon, lat
            WGS 84 degrees; what is not finite or out of range is unknown.
        day
            First day: dates or ``datetime64``; not a time is unknown.
        radius_m
            Radius of the disc that the place must be drawn from, metres; 0 or NaN means the point itself.
        day_end
            Last day, included; the first when left out or not a time.

        Raises
        ------
        RecordError
            On a negative radius or an interval that ends before it begins.
        """
        lon, lat, first = as_points(lon, lat, day)
        last = first if day_end is None else np.broadcast_to(as_days(day_end), lon.shape)
        last = np.where(np.isnat(last), first, last)
        radius = np.zeros(lon.shape) if radius_m is None else np.broadcast_to(as_reals(radius_m), lon.shape)
        radius = np.where(np.isnan(radius), 0.0, radius)
        if (radius < 0).any() or not np.isfinite(radius).all():
            bad = radius[(radius < 0) | ~np.isfinite(radius)][0]
            raise RecordError(f"radius_m {bad:g} is no radius; expected metres, 0 or more")
        if (backward := last < first).any():
            row = int(np.flatnonzero(backward)[0])
            raise RecordError(f"point {row}: the interval ends on {last[row]}, before its start {first[row]}")
        code = self.codes_on(lon, lat, first)
        dates = self.map_dates_on(first)
        age = np.where(np.isnat(dates), np.nan, (first - dates).astype(np.float64))
        p = self._mean_shares(lon, lat, radius, first, last, code)
        return ControlLookUp(self.columns, code, p, dates, age)

    def _mean_shares(
        self, lon: Reals, lat: Reals, radius: Reals, first: Days, last: Days, code: NDArray[np.integer[Any]]
    ) -> Reals:
        """Shares averaged over days: each map in force within the interval once, weighted with its days."""
        p = np.zeros((len(lon), len(self.columns)))
        simple = (radius == 0) & (first == last) | ~possible(lon, lat) | np.isnat(first)
        p[simple, code[simple]] = 1.0
        rows = self._fill_discs(np.flatnonzero(~simple), lon, lat, radius, first, last, p)
        if not len(rows):
            return p
        start, end = self.spans_on(first[rows]), self.spans_on(last[rows])
        counts = end - start + 1
        row = np.repeat(rows, counts)
        span = np.repeat(start, counts) + np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
        begin = np.where(span < 0, np.iinfo(np.int64).min, self._starts[np.maximum(span, 0)])
        after = np.append(self._starts[1:], np.iinfo(np.int64).max)
        until = np.where(span < 0, self._starts[0], after[np.maximum(span, 0)])
        days = np.minimum(last[row].astype(np.int64) + 1, until) - np.maximum(first[row].astype(np.int64), begin)
        weight = days / ((last[row] - first[row]).astype(np.int64) + 1)
        # A point that meets one map in two spans asks for it once.
        pairs = np.stack([self.maps_of_spans(span), row], axis=1)
        pairs, which = np.unique(pairs, axis=0, return_inverse=True)
        weight = np.bincount(which.reshape(-1), weight, minlength=len(pairs))
        for number, chosen in groups(pairs[:, 0]):
            at = pairs[chosen, 1]
            p[at] += weight[chosen, None] * self._shares(number, lon[at], lat[at], radius[at])
        blank = pairs[:, 0] < 0
        p[pairs[blank, 1], -1] += weight[blank]
        return p

    @cached_property
    def _disc_shares(self) -> DiscShares:
        from contested.territory.index.disc_shares import DiscShares

        return DiscShares(self.edge_runs, len(self.columns), self._starts, self._map_of_span >= 0, self.codes_in)

    def _fill_discs(
        self, rows: NDArray[np.intp], lon: Reals, lat: Reals, radius: Reals, first: Days, last: Days, p: Reals
    ) -> NDArray[np.intp]:
        """Fill the rows that compiled code answers, if there are enough; the others are given back."""
        if not self.pays_index(len(rows), MANY_DISCS):
            return rows
        from contested.territory.index.disc_shares import within_model

        good = within_model(lat[rows], radius[rows])
        some = rows[good]
        days = first[some].astype(np.int64), last[some].astype(np.int64)
        p[some] = self._disc_shares.shares(lon[some], lat[some], radius[some], *days)
        return rows[~good]

    def _shares(self, number: int, lon: Reals, lat: Reals, radius: Reals) -> Reals:
        ground = self.ground(number)
        shares = np.zeros((len(lon), len(self.columns)))
        at_point = radius == 0
        spots = np.flatnonzero(at_point)
        shares[spots, ground.codes_at(lon[spots], lat[spots])] = 1.0
        discs = np.flatnonzero(~at_point)
        if len(discs):
            shares[discs] = ground.shares_of(lon[discs], lat[discs], radius[discs])
        return shares


def control_layers(holdings: pa.Table) -> dict[str, ControlLayer]:
    """Every layer of a table of holdings, by name."""
    return {name: ControlLayer(holdings, name) for name in sorted(set(holdings["layer"].to_pylist()))}


def groups(numbers: Whole) -> Iterator[tuple[int, NDArray[np.intp]]]:
    """Each number that is not negative, with the rows that bear it."""
    if not len(numbers):
        return
    order = np.argsort(numbers, kind="stable")
    found, start = np.unique(numbers[order], return_index=True)
    for number, rows in zip(found.tolist(), np.split(order, start[1:]), strict=True):
        if number >= 0:
            yield number, rows


def possible(lon: Reals, lat: Reals) -> NDArray[np.bool_]:
    """Whether each point is finite and in range."""
    with np.errstate(invalid="ignore"):
        return (np.abs(lon) <= 180.0) & (np.abs(lat) <= 90.0)


def as_reals(values: ArrayLike) -> Reals:
    """Values as an array of reals, at least one long."""
    return np.atleast_1d(np.asarray(values, dtype=np.float64))


def as_points(lon: ArrayLike, lat: ArrayLike, day: ArrayLike) -> tuple[Reals, Reals, Days]:
    """Points and days as arrays of one length; a single value stands for all."""
    lon, lat, day = np.broadcast_arrays(as_reals(lon), as_reals(lat), as_days(day))
    return lon, lat, day


def as_days(values: ArrayLike) -> Days:
    """Dates, ISO texts or ``datetime64`` as days; ``None`` becomes not a time."""
    return np.atleast_1d(np.asarray(values, dtype="datetime64[D]"))


def _days_of(values: Sequence[Any]) -> Days:
    return np.array(values, dtype="datetime64[D]")
