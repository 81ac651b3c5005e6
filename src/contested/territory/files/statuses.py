"""Place-status tables: who held a place, by its name.

In: CSV in one of three forms. Out: :class:`Statuses`: spans of days in which one holder held one place, and the
points of the places. Refuses: files without the columns of their form, and two holders for one place on one day.
A row that cannot be read goes to rejects; when only its holder cannot be read, the place is unknown from that day
on, since the state before it is known to have ended.

long
    ``place,date,holder``: the holder from that date until the place's next row.
wide
    ``place`` (or VIINA's ``geonameid``) and one column per date: an ISO date or ``YYYYMMDD``, perhaps with a time,
    perhaps after a prefix (VIINA's ``ctr_<YYYYMMDDHHMMSS>``). An empty cell says nothing, so the state before it
    stands. Of several columns of one day the last one counts.
intervals
    ``place,holder,valid_from,valid_to``: both days included; an empty ``valid_to`` means still true.

Columns of other names are named in ``case.toml``: ``columns = { place = "geonameid", holder = "status" }``; for wide
tables ``holder`` is the prefix of the dated columns.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal

from contested.base.errors import LayerError, nearest_name
from contested.base.places import Box, check_point
from contested.base.records import UNKNOWN
from contested.base.rows import Row, RowFile, read_rows
from contested.territory.files.features import make_reject
from contested.territory.scope import Scope

Form = Literal["long", "wide", "intervals"]
NEEDED: dict[str, tuple[str, ...]] = {
    "long": ("place", "date", "holder"), "wide": (), "intervals": ("place", "holder", "valid_from", "valid_to"),
}  # fmt: skip
#: A dated column: prefix, day, time. The prefix may be any word, so the day must lie in a century of ours.
_WIDE_DATE = re.compile(
    r"(?P<prefix>(?:[^\W\d].*?)??)(?P<day>\d{4}-\d{2}-\d{2}|(?:19|20|21|22)\d{6})(?P<time>[T _-]?[\d:.]*Z?)",
    re.IGNORECASE,
)
#: The prefix of VIINA's columns of control, which go before others.
_VIINA_PREFIX = "ctr_"
_COORDINATES = (("lon", "lat"), ("longitude", "latitude"))
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Origin:
    """A row of a file."""

    path: str
    row: int


@dataclass(frozen=True, slots=True)
class Span:
    """One holder of one place over days, both included; ``last`` is ``None`` while it is still true."""

    place: str
    holder: str
    first: date
    last: date | None
    origin: Origin


@dataclass
class Statuses:
    """What the tables of one layer say, in the making."""

    spans: list[Span] = field(default_factory=list)
    points: dict[str, tuple[float, float]] = field(default_factory=dict)
    rejects: list[dict[str, Any]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    rows: int = 0
    refused_points: dict[str, str] = field(default_factory=dict)
    rows_of: dict[str, list[tuple[str, Row]]] = field(default_factory=lambda: defaultdict(list))
    """Rows of each place that were not refused."""
    _refused: set[tuple[str, int]] = field(default_factory=set)
    _point_from: dict[str, Origin] = field(default_factory=dict)

    def refuse(self, shown: str, row: Row, reason: str) -> None:
        """Put a row to the rejects."""
        self.rejects.append(make_reject(shown, row.number, f"{shown} row {row.number}: {reason}", row.values))
        self._refused.add((shown, row.number))

    def refuse_place(self, place: str, reason: str) -> None:
        """Put every row of a place to the rejects, but those that stand there already."""
        for shown, row in self.rows_of[place]:
            if (shown, row.number) not in self._refused:
                self.refuse(shown, row, f'place "{place}": {reason}')

    def add_point(self, place: str, row: Row, columns: tuple[str, str], shown: str, region: Box | None) -> bool:
        """Take the point of a place from a row; ``False`` when the row had to be refused."""
        try:
            point = (_number(row.values[columns[0]], columns[0]), _number(row.values[columns[1]], columns[1]))
            check_point(*point, region)
        except ValueError as fault:
            self.refuse(shown, row, f'place "{place}": {fault}')
            self.refused_points.setdefault(place, f"{shown} row {row.number}")
            return False
        known = self.points.setdefault(place, point)
        origin = self._point_from.setdefault(place, Origin(shown, row.number))
        if known != point:
            raise LayerError(
                f'{shown} row {row.number}: place "{place}" stands at {point}, but at {known} in {origin.path} row '
                f"{origin.row}; give one point per place, or two names to two places"
            )
        return True


@dataclass(frozen=True, slots=True)
class _Mention:
    place: str
    day: date
    holder: str
    origin: Origin


def read_points(path: Path, scope: Scope, into: Statuses) -> None:
    """Read the points of places from a CSV file ``place,lon,lat``."""
    shown = scope.shown(path)
    file = read_rows(path, error=LayerError)
    place_column = _place_column(file, shown, scope)
    columns = coordinate_columns(file.columns)
    if columns is None:
        raise LayerError(f'{shown}: the column "lon" is missing; {nearest_name("lon", file.columns)}')
    for row in file.rows:
        place = row.values[place_column]
        if not place:
            into.refuse(shown, row, 'the column "place" is empty; expected a name or code')
        else:
            into.add_point(place, row, columns, shown, scope.box)


def read_statuses(path: Path, form: Form, scope: Scope, into: Statuses, own_points: bool = True) -> None:
    """Read one place-status table; the points too, when ``own_points`` and the table has coordinates."""
    shown = scope.shown(path)
    names = {role: scope.columns.get(role, role) for role in ("date", "holder", "valid_from", "valid_to")}
    needed = [names[role] for role in NEEDED[form] if role != "place"]
    file = read_rows(path, needed, error=LayerError)
    columns = coordinate_columns(file.columns) if own_points else None
    place_column = _place_column(file, shown, scope)
    if not file.rows:
        raise LayerError(f"{shown}: the file has a header and no row; expected one row per {form} status")
    into.rows += len(file.rows)
    usable = []
    for row in file.rows:
        place = row.values[place_column]
        if "" in row.values:
            into.refuse(shown, row, f'there are more cells than columns ("{row.values[""][:40]}"); quote the commas')
        elif not place:
            into.refuse(shown, row, f'the column "{place_column}" is empty; expected a name or code')
        elif columns is None or into.add_point(place, row, columns, shown, scope.box):
            usable.append((place, row))
            into.rows_of[place].append((shown, row))
    if form == "intervals":
        into.spans.extend(_intervals(usable, names, shown, scope, into))
    elif form == "wide":
        days = _wide_days(file.columns, shown, scope, into.notes)
        into.spans.extend(_until_next(_wide(days, usable, shown, scope, into), into))
    else:
        into.spans.extend(_until_next(_long(usable, names, shown, scope, into), into))


def close_spans(spans: Iterable[Span], end: date) -> list[tuple[Span, date]]:
    """Spans with a last day each: those still true run to ``end``, or to the last day that any span names."""
    spans = list(spans)
    last = max([end, *(span.last or span.first for span in spans)])
    return [(span, span.last or last) for span in spans]


def coordinate_columns(columns: Iterable[str]) -> tuple[str, str] | None:
    """Names of the columns of longitude and latitude, when the table has both."""
    names = set(columns)
    return next((pair for pair in _COORDINATES if names.issuperset(pair)), None)


def date_columns(columns: Iterable[str]) -> list[str]:
    """Columns of a wide table that bear a date."""
    return [column for column in columns if _WIDE_DATE.fullmatch(column)]


def _place_column(file: RowFile, shown: str, scope: Scope) -> str:
    set_by_case = scope.columns.get("place")
    for name in ("place", "geonameid") if set_by_case is None else (set_by_case, "place"):
        if name in file.columns:
            return name
    wanted = set_by_case or "place"
    raise LayerError(f'{shown}: the column "{wanted}" is missing; {nearest_name(wanted, file.columns)}')


def _number(text: str, column: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise ValueError(f'{column} "{text}" is no number; expected decimal degrees such as 37.15') from None


def _long(
    usable: list[tuple[str, Row]], names: Mapping[str, str], shown: str, scope: Scope, into: Statuses
) -> Iterator[_Mention]:
    for place, row in usable:
        try:
            day = scope.day(row.values[names["date"]])
        except ValueError as fault:
            into.refuse(shown, row, str(fault))
            continue
        try:
            holder = scope.resolve(row.values[names["holder"]])
        except LayerError as fault:
            into.refuse(shown, row, f'{fault}; "{place}" counts as unknown from {day}')
            holder = UNKNOWN
        yield _Mention(place, day, holder, Origin(shown, row.number))


def _wide_days(columns: tuple[str, ...], shown: str, scope: Scope, notes: list[str]) -> dict[str, date]:
    """The dated columns that are read, each with its day."""
    found = {column: match for column in columns if (match := _WIDE_DATE.fullmatch(column)) is not None}
    prefix = _wide_prefix({match["prefix"] for match in found.values()}, shown, scope)
    chosen = {column: match for column, match in found.items() if match["prefix"].casefold() == prefix.casefold()}
    if passed_over := [column for column in found if column not in chosen]:
        notes.append(f'{shown}: {len(passed_over)} dated columns do not begin with "{prefix}" and were not read')
    latest: dict[date, tuple[str, str]] = {}
    for column, match in chosen.items():
        try:
            day = scope.day(match["day"])
        except ValueError as fault:
            raise LayerError(f'{shown}: column "{column}": {fault}; rename or drop the column') from None
        moment = (re.sub(r"\D", "", match["time"]), column)
        latest[day] = max(latest.get(day, moment), moment)
    if not latest:
        raise LayerError(
            f"{shown}: no column bears a date; expected ctr_20160101000000 or 2016-01-01; found: {', '.join(columns)}"
        )
    if earlier := len(chosen) - len(latest):
        notes.append(f"{shown}: {earlier} columns state an earlier hour of a day that a later column states too")
    kept = {column: day for day, (_, column) in latest.items()}
    return {column: kept[column] for column in columns if column in kept}


def _wide_prefix(prefixes: set[str], shown: str, scope: Scope) -> str:
    """What the columns to be read begin with."""
    set_by_case = scope.columns.get("holder")
    if set_by_case is not None:
        if set_by_case.casefold() not in {prefix.casefold() for prefix in prefixes}:
            raise LayerError(
                f'{shown}: no dated column begins with "{set_by_case}"; {nearest_name(set_by_case, prefixes)}'
            )
        return set_by_case
    lower = {prefix.casefold() for prefix in prefixes}
    if len(lower) <= 1:
        return min(lower, default="")
    if _VIINA_PREFIX in lower:
        return _VIINA_PREFIX
    raise LayerError(
        f"{shown}: dated columns begin in {len(lower)} ways ({', '.join(sorted(lower))[:120]}); name the one that "
        'states holders: columns = { holder = "PREFIX" } in case.toml'
    )


def _wide(
    days: dict[str, date], usable: list[tuple[str, Row]], shown: str, scope: Scope, into: Statuses
) -> Iterator[_Mention]:
    empty = 0
    for place, row in usable:
        refused: dict[str, list[str]] = defaultdict(list)
        for column, day in days.items():
            written = row.values[column]
            if not written:
                empty += 1
                continue
            try:
                holder = scope.resolve(written)
            except LayerError as fault:
                refused[str(fault)].append(column)
                holder = UNKNOWN
            yield _Mention(place, day, holder, Origin(shown, row.number))
        for fault_text, where in refused.items():
            more = f" and {len(where) - 1} columns more" if len(where) > 1 else ""
            reason = f'column "{where[0]}"{more}: {fault_text}; "{place}" counts as unknown from there'
            into.refuse(shown, row, reason)
    if empty:
        into.notes.append(f"{shown}: {empty} empty cells; the state before each was taken to stand")


def _intervals(
    usable: list[tuple[str, Row]], names: Mapping[str, str], shown: str, scope: Scope, into: Statuses
) -> Iterator[Span]:
    for place, row in usable:
        values = {role: row.values[name] for role, name in names.items() if name in row.values}
        try:
            first = scope.day(values["valid_from"])
            last = scope.day(values["valid_to"]) if values["valid_to"] else None
            if last is not None and last < first:
                raise ValueError(f"valid_to {last} lies before valid_from {first}; exchange the two")
        except ValueError as fault:
            into.refuse(shown, row, str(fault))
            continue
        try:
            holder = scope.resolve(values["holder"])
        except LayerError as fault:
            into.refuse(shown, row, f'{fault}; "{place}" counts as unknown on those days')
            continue
        yield Span(place, holder, first, last, Origin(shown, row.number))


def _until_next(mentions: Iterable[_Mention], into: Statuses) -> Iterator[Span]:
    """Each state until the place's next mention; equal states in a row become one span."""
    by_place: dict[str, list[_Mention]] = defaultdict(list)
    for mention in mentions:
        by_place[mention.place].append(mention)
    repeated = 0
    for place in sorted(by_place):
        changes: list[_Mention] = []
        seen: _Mention | None = None
        for mention in sorted(by_place[place], key=lambda m: (m.day, m.origin.row)):
            if seen is not None and seen.day == mention.day:
                if seen.holder != mention.holder:
                    raise LayerError(
                        f'{mention.origin.path} rows {seen.origin.row} and {mention.origin.row}: "{place}" on '
                        f'{mention.day} is held by "{seen.holder}" and "{mention.holder}"; keep one, or write contested'
                    )
                repeated += 1
            elif not changes or changes[-1].holder != mention.holder:
                changes.append(mention)
            seen = mention
        for state, following in pairwise([*changes, None]):
            assert state is not None
            last = None if following is None else following.day - _ONE_DAY
            yield Span(place, state.holder, state.day, last, state.origin)
    if repeated:
        into.notes.append(f"{repeated} rows repeat a place's state of the same day; one of each was kept")
