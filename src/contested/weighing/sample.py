"""What a test is given: one event's incidents, the others of the case, and the layers of control.

In: the tables ``incidents`` and ``incident_places`` and the layers. Out: :class:`Sample`. Refuses: nothing; incidents
that cannot be used are kept and marked, so that each test counts them.

The incident is the unit, not its places: an attack reported at three places is one attack. Its share for a party is
the mean over its located places, its front distance the least of them, and its fall the earliest of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from contested.base.case import Case, Event, LayerEntry, Weighing
from contested.base.places import Box
from contested.base.records import CONTESTED, UNKNOWN
from contested.territory.control import ControlLayer
from contested.territory.fronts import LayerFront
from contested.territory.index.front_edges import Border
from contested.territory.outlines import Outlines, outline_shares, read_outlines, with_outlines
from contested.territory.scope import case_region

if TYPE_CHECKING:
    import pyarrow as pa

Reals = NDArray[np.float64]
Whole = NDArray[np.int64]
Mask = NDArray[np.bool_]
Days = NDArray[np.datetime64]

#: Longest date interval, days, of an incident that counts as dated: a week, the third of UCDP's five
#: grades of precision. A month says nothing about a front that moved in days.
MAX_DATE_DAYS = 7
#: Fewest dated and placed incidents for a test that is not exact at any size (rule of the project:
#: below it counts are printed and the test is refused).
MIN_INCIDENTS = 10


@dataclass(frozen=True, eq=False)
class Incidents:
    """Incidents and their places as columns.

    Attributes
    ----------
    ids, titles, kinds, datasets, sources
        One entry an incident; ``datasets`` and ``sources`` (who they name as theirs) sorted, without repeats.
    date_start, date_end
        First and last possible day, both included, shape (n,).
    owner
        Which incident each place belongs to, ascending, shape (p,); every incident has at least one place.
    place_no
        Its number within the incident.
    lon, lat
        WGS 84 degrees; NaN where no test may use the place: it has no point, or no radius that says what ground it may
        be.
    radius_m
        Radius that it must be drawn from, metres; NaN likewise.
    outline
        :class:`~contested.territory.outlines.Outline` that it must be drawn from, not from the disc; mostly ``None``;
        point and radius are then a point in it and how far it reaches. All ``None`` when left out.
    """

    ids: tuple[str, ...]
    titles: tuple[str, ...]
    kinds: tuple[str, ...]
    datasets: tuple[tuple[str, ...], ...]
    sources: tuple[tuple[str, ...], ...]
    date_start: Days
    date_end: Days
    owner: Whole
    place_no: Whole
    lon: Reals
    lat: Reals
    radius_m: Reals
    outline: NDArray[np.object_] = field(default_factory=lambda: np.zeros(0, dtype=object))

    def __post_init__(self) -> None:
        if len(self.outline) != len(self.owner):
            object.__setattr__(self, "outline", np.full(len(self.owner), None, dtype=object))

    def __len__(self) -> int:
        return len(self.ids)

    @cached_property
    def outlined(self) -> Whole:
        """Numbers of the places that have an outline."""
        found: Whole = np.flatnonzero(self.outline != None)  # noqa: E711  (place by place)
        return found

    @cached_property
    def usable(self) -> Mask:
        """Places that a test may use, shape (p,)."""
        return ~np.isnan(self.lon)

    @cached_property
    def located(self) -> Mask:
        """Incidents with a usable place, shape (n,)."""
        return np.bincount(self.owner[self.usable], minlength=len(self)) > 0

    @cached_property
    def span_days(self) -> Whole:
        """Days of each interval."""
        return (self.date_end - self.date_start).astype(np.int64) + 1

    @cached_property
    def radius_of(self) -> Reals:
        """Largest radius of each incident's usable places, metres; NaN where it has none."""
        found = np.full(len(self), -np.inf)
        np.maximum.at(found, self.owner[self.usable], self.radius_m[self.usable])
        return np.where(np.isinf(found), np.nan, found)

    def take(self, rows: NDArray[Any]) -> Incidents:
        """Some of the incidents, by mask or by ascending numbers, with their places."""
        chosen = np.flatnonzero(rows) if rows.dtype == bool else np.asarray(rows)
        number = np.full(len(self), -1, dtype=np.int64)
        number[chosen] = np.arange(len(chosen))
        places = np.flatnonzero(number[self.owner] >= 0)

        def some(values: Sequence[Any]) -> tuple[Any, ...]:
            return tuple(values[row] for row in chosen.tolist())

        return Incidents(
            some(self.ids), some(self.titles), some(self.kinds), some(self.datasets), some(self.sources),
            self.date_start[chosen], self.date_end[chosen], number[self.owner[places]], self.place_no[places],
            self.lon[places], self.lat[places], self.radius_m[places], self.outline[places],
        )  # fmt: skip

    def joined(self, other: Incidents) -> Incidents:
        """These incidents, then the others."""

        def both(name: str) -> Any:
            a, b = getattr(self, name), getattr(other, name)
            return (*a, *b) if isinstance(a, tuple) else np.concatenate([a, b])

        columns = {one.name: both(one.name) for one in fields(self)}
        columns["owner"][len(self.owner) :] += len(self)
        return Incidents(**columns)

    def at_places(self, values: NDArray[Any], over: str = "mean") -> Reals:
        """One number an incident from one a place: ``mean``, ``min``, ``max`` or ``first`` of its usable places.

        ``values`` may have columns. NaN where the incident has no usable place; places with NaN are passed over.
        """
        known = self.usable & ~np.isnan(values if values.ndim == 1 else values[:, 0])
        shape = (len(self), *values.shape[1:])
        counts = np.bincount(self.owner[known], minlength=len(self)).astype(np.float64)
        if over == "mean":
            found = np.zeros(shape)
            np.add.at(found, self.owner[known], values[known])
            with np.errstate(invalid="ignore"):
                return found / counts.reshape(-1, *([1] * (values.ndim - 1)))
        if over == "first":
            found = np.full(shape, np.nan)
            rows = np.flatnonzero(known)[::-1]
            found[self.owner[rows]] = values[rows]
            return found
        found = np.full(shape, np.inf if over == "min" else -np.inf)
        (np.minimum if over == "min" else np.maximum).at(found, self.owner[known], values[known])
        found[counts == 0] = np.nan
        return found


@dataclass(frozen=True, eq=False)
class Population:
    """Inhabited places: WGS 84 degrees and people, shape (k,); ``source`` as the case names it."""

    source: str
    lon: Reals
    lat: Reals
    people: Reals


@dataclass(frozen=True, eq=False)
class Sample:
    """What one test looks at."""

    event: Event
    layer: str
    weighing: Weighing
    names: Mapping[str, str]
    """Party id → name for the reader."""
    incidents: Incidents
    """Incidents of the event."""
    others: Incidents
    """Incidents of the case that belong to no event: what the sources report beside it."""
    control: ControlLayer
    also: tuple[ControlLayer, ...]
    """Other layers that show both parties: what else may be the truth about the ground."""
    region: Box
    errors: Mapping[str, LayerDoubt]
    """Layer → its own error as the case states it."""
    max_date_days: int = MAX_DATE_DAYS
    border: Border | None = None
    population: Population | None = None
    window: tuple[date, date] | None = None
    """First and last day of the case's window."""
    brief: bool = False
    """Whether only the estimate, its interval and its chance are asked, as for each of many variants: what stands
    beside them may be left out, and fewer labels are drawn where incidents are many."""
    kept: dict[Any, Any] = field(default_factory=dict, init=False, repr=False)
    """What one test computed and another asks for again."""

    @property
    def losing(self) -> str:
        """Name of the party whose ground shrank."""
        return self.names[self.weighing.losing]

    @property
    def advancing(self) -> str:
        """Name of the party whose ground grew."""
        return self.names[self.weighing.advancing]

    @cached_property
    def front(self) -> LayerFront | None:
        """The front between the two parties; ``None`` when the layer never shows one of them."""
        pair = (self.weighing.advancing, self.weighing.losing)
        return LayerFront(self.control, pair, self.border) if set(pair) <= set(self.control.parties) else None

    @property
    def period(self) -> Days:
        """Days that both the layer and the case's window hold."""
        first, last = self.control.days
        if self.window is not None:
            first, last = max(first, self.window[0]), min(last, self.window[1])
        days: Days = np.arange(np.datetime64(first, "D"), np.datetime64(last, "D") + 1)
        return days

    @cached_property
    def event_datasets(self) -> frozenset[str]:
        """Datasets that tell of the event."""
        return frozenset(name for names in self.incidents.datasets for name in names)

    @cached_property
    def told_alike(self) -> Mask:
        """Other incidents that one of these datasets tells of too."""
        return np.array([not self.event_datasets.isdisjoint(names) for names in self.others.datasets], dtype=bool)

    def dated(self, incidents: Incidents) -> Mask:
        """Incidents whose days are known to a week (:data:`MAX_DATE_DAYS`)."""
        return incidents.span_days <= self.max_date_days

    @cached_property
    def shares(self) -> Reals:
        """Share of each incident of the event per column of the layer, mean over places and days; NaN without place."""
        return self.shares_of(self.incidents)

    @cached_property
    def other_shares(self) -> Reals:
        """The same of the other incidents."""
        return self.shares_of(self.others)

    def shares_of(self, incidents: Incidents) -> Reals:
        """Share of each incident per column of ``control.columns``, shape (n, columns)."""
        first, last = (days[incidents.owner] for days in (incidents.date_start, incidents.date_end))
        found = self.control.look_up(incidents.lon, incidents.lat, first, incidents.radius_m, last)
        rows = incidents.outlined
        if len(rows):
            found.p[rows] = outline_shares(self.control, incidents.outline[rows].tolist(), first[rows], last[rows])
        return incidents.at_places(found.p)

    def column(self, party: str) -> int | None:
        """Number of a party's column in ``control.columns``; ``None`` when the layer never names it."""
        return self.control.columns.index(party) if party in self.control.columns else None

    def share_of(self, party: str, shares: Reals | None = None) -> Reals:
        """One party's column of ``shares`` (of the event's incidents when not given); zeros when it has none."""
        table = self.shares if shares is None else shares
        column = self.column(party)
        return np.where(np.isnan(table[:, 0]), np.nan, 0.0) if column is None else table[:, column]

    def covered(self, shares: Reals) -> Mask:
        """Incidents of which the layer covers some of the ground."""
        with np.errstate(invalid="ignore"):
            return shares[:, -1] < 1.0 - 1e-9

    def only(self, incidents: Mask | None = None, others: Mask | None = None, **changes: Any) -> Sample:
        """The sample with some incidents left out, and other fields changed."""
        if incidents is not None:
            changes["incidents"] = self.incidents.take(incidents)
        if others is not None:
            changes["others"] = self.others.take(others)
        return replace(self, **changes)


@dataclass(frozen=True)
class LayerDoubt:
    """How wrong a layer may be, as the case states it: metres of its boundaries, days of its maps."""

    boundary_m: float = 0.0
    lag_days: int = 0


@dataclass(frozen=True)
class Finding:
    """One result, or a refusal with its counts; the columns of ``findings`` that a test fills."""

    test: str
    question: str
    n: int
    refused: bool
    reading: str
    method: str
    assumptions: tuple[str, ...]
    details: Mapping[str, Any]
    roles: Mapping[str, str]
    """Incident id → used, ambiguous, refused or compared."""
    numbers: Mapping[str, Any] = field(default_factory=dict)
    """estimate, low, high, bound_low, bound_high, unit, interval, p_value, null_model, reporting_term, seed."""


def make_sample(
    case: Case, weighing: Weighing, layer: str, tables: Mapping[str, pa.Table], layers: Mapping[str, ControlLayer],
    population: Population | None = None,
) -> Sample:  # fmt: skip
    """The incidents of a weighing's event, and those of no event, over one layer.

    Parameters
    ----------
    case, weighing
        The case and one of its ``[[weighing]]`` entries.
    layer
        Name of the layer that is asked; it must be among ``layers``.
    tables
        ``incidents``, ``incident_places`` and, for the names of sources, ``records``.
    layers
        Layers of control by name (:func:`case_layers`).
    population
        Inhabited places, where the case names them.
    """
    every = read_incidents(tables, read_outlines(case))
    events = np.array(tables["incidents"].sort_by("incident_id")["event_id"].to_pylist(), dtype=object)
    pair = {weighing.advancing, weighing.losing}
    also = tuple(other for name, other in layers.items() if name != layer and pair <= set(other.parties))
    entries = {entry.name: entry for entry in case.file.layers}
    entry = entries.get(layer)
    return Sample(
        event=case.event(weighing.event),
        layer=layer,
        weighing=weighing,
        names={**case.party_names, CONTESTED: "contested", UNKNOWN: "not covered by the layer"},
        incidents=every.take(events == weighing.event),
        others=every.take(np.array([event is None for event in events], dtype=bool)),
        control=layers[layer],
        also=also,
        region=case.file.region.box,
        errors={name: LayerDoubt(one.error_m, one.lag_days) for name, one in entries.items()},
        border=_border(case, entry),
        population=population,
        window=(case.file.window.first, case.file.window.last),
    )


def _border(case: Case, entry: LayerEntry | None) -> Border | None:
    return Border(case_region(case), entry.border_m) if entry is not None and entry.border_m else None


def case_layers(case: Case, holdings: pa.Table) -> dict[str, ControlLayer]:
    """Every layer of the table of holdings, by name, with nothing assumed of ground that it does not cover."""
    return {name: ControlLayer(holdings, name) for name in dict.fromkeys(holdings["layer"].to_pylist())}


def read_incidents(tables: Mapping[str, pa.Table], outlines: Outlines | None = None) -> Incidents:
    """All incidents of the tables, in order of their ids."""
    rows = tables["incidents"].sort_by("incident_id")
    ids = rows["incident_id"].to_pylist()
    number = {name: row for row, name in enumerate(ids)}
    places = tables["incident_places"].sort_by([("incident_id", "ascending"), ("place_no", "ascending")])
    outline = (outlines or Outlines()).of_places(places)
    lon, lat, radius = with_outlines(outline, *(_reals(places[name]) for name in ("lon", "lat", "radius_m")))
    unusable = np.isnan(lon) | np.isnan(lat) | np.isnan(radius)
    for values in (lon, lat, radius):
        values[unusable] = np.nan
    return Incidents(
        tuple(ids), tuple(rows["title"].to_pylist()), tuple(rows["kind"].to_pylist()),
        tuple(tuple(sorted(names)) for names in rows["datasets"].to_pylist()),
        _sources(rows["records"].to_pylist(), tables.get("records")),
        rows["date_start"].to_numpy().astype("datetime64[D]"), rows["date_end"].to_numpy().astype("datetime64[D]"),
        np.array([number[name] for name in places["incident_id"].to_pylist()], dtype=np.int64),
        places["place_no"].to_numpy().astype(np.int64), lon, lat, radius, outline,
    )  # fmt: skip


def _sources(record_ids: Sequence[Sequence[str]], records: pa.Table | None) -> tuple[tuple[str, ...], ...]:
    """Whom each incident's records name as their sources, spelt alike."""
    if records is None:
        return ((),) * len(record_ids)
    named = dict(zip(records["record_id"].to_pylist(), records["sources"].to_pylist(), strict=True))
    return tuple(
        tuple(sorted({" ".join(name.split()) for record in ids for name in named.get(record) or ()}))
        for ids in record_ids
    )


def _reals(column: pa.ChunkedArray) -> Reals:
    """A column of reals; NaN for null."""
    values: Reals = column.to_numpy().astype(np.float64)
    return values.copy()


def counted(number: int, noun: str) -> str:
    """Number and noun, in the plural unless it is one.

    >>> counted(1, "incident"), counted(8, "incident")
    ('1 incident', '8 incidents')
    """
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
