"""Layers of gains and losses: what changed hands between two days.

In: files of areas whose features bear a class (no change, gained, lost) and the days of a period; the case says whose
gains they are (``party``) and against whom (``against``). Out: dated areas by party. Refuses: classes that nobody maps,
periods that overlap.

A period runs from the day of one map to the day of the next: ``valid_from`` and ``valid_to`` of the features, or two
days in the file's name. With one day alone (``date``, or one in the name) the period is that day and the one before.

=========  ======================  =====================  =====================
class      on the first day        between                on the last day
=========  ======================  =====================  =====================
unchanged  the party's             the party's            the party's
gained     the other's             unknown                the party's
lost       the party's             unknown                the other's
=========  ======================  =====================  =====================

The ground between is unknown because the source does not say on which day it changed hands. The state of the last day
stands until the next period begins, for at most ``max_age_days``. Where a period begins on the day on which another
ends, the ending one states that day, and a note says over how much ground the two differ.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Literal

import shapely

from contested.base.errors import LayerError, nearest_name
from contested.base.records import UNKNOWN
from contested.territory.areas import area_m2, only_polygons
from contested.territory.files.features import Feature
from contested.territory.files.map_checks import notes_of_overlaps
from contested.territory.files.maps import SAME_M2, Area, Maps, dates_in_name, find_features, property_of
from contested.territory.scope import Scope

ChangeClass = Literal["unchanged", "gained", "lost"]
#: Properties that may hold the class of a change, in this order; capitals do not matter.
CHANGE_PROPERTIES = ("change", "class", "status", "type")
#: Classes as they are often written.
KNOWN_CLASSES: dict[str, ChangeClass] = {
    "unchanged": "unchanged", "no change": "unchanged", "no_change": "unchanged", "nochange": "unchanged",
    "held": "unchanged", "stable": "unchanged",
    "gained": "gained", "gain": "gained", "gains": "gained", "advance": "gained", "advanced": "gained",
    "lost": "lost", "loss": "lost", "losses": "lost", "retreat": "lost", "withdrawn": "lost",
}  # fmt: skip
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Sides:
    """Whose gains a layer states, against whom, and what its classes mean beside :data:`KNOWN_CLASSES`."""

    party: str
    against: str
    classes: Mapping[str, ChangeClass]


@dataclass(frozen=True, slots=True)
class _Change:
    change: ChangeClass
    geometry: shapely.Geometry
    path: str
    row: int


Period = tuple[date, date]


def read_gains(paths: Iterable[Path], sides: Sides, max_age_days: int, scope: Scope) -> Maps:
    """Read gains and losses as dated areas.

    Raises
    ------
    LayerError
        When a file cannot be used, a class is unknown, or two periods overlap.
    """
    found = find_features(paths, scope)
    periods: dict[Period, list[_Change]] = defaultdict(list)
    for path, shown, feature in found.features:
        change = _class_of(feature, shown, sides, scope)
        try:
            period = _period(feature, path, scope)
        except ValueError as fault:
            found.refuse(shown, feature, fault)
        else:
            periods[period].append(_Change(change, feature.geometry, shown, feature.number))
    ordered = sorted(periods)
    _check_in_turn(ordered, periods)
    areas: list[Area] = []
    for number, period in enumerate(ordered):
        following = ordered[number + 1] if number + 1 < len(ordered) else None
        begins_anew = number == 0 or ordered[number - 1][1] < period[0]
        if not begins_anew:
            found.notes.extend(_note_of_joint(periods[ordered[number - 1]], periods[period], period))
        until = period[1] + timedelta(days=max_age_days)
        if following is not None:
            # The ending period states the day that two share.
            until = min(until, max(period[1], following[0] - _ONE_DAY))
        areas.extend(_areas(periods[period], period, until, sides, begins_anew))
    found.notes.extend(notes_of_overlaps(areas))
    return Maps(tuple(areas), tuple(found.rejects), tuple(found.notes))


def _class_of(feature: Feature, shown: str, sides: Sides, scope: Scope) -> ChangeClass:
    where = f"{shown} feature {feature.number}"
    written = property_of(feature, "change", scope, CHANGE_PROPERTIES)
    if written is None:
        raise LayerError(
            f"{where}: no property holds the class of the change ({', '.join(CHANGE_PROPERTIES)}); name it: "
            'columns = { change = "…" } in case.toml'
        )
    wanted = str(written).strip().casefold()
    given = {name.strip().casefold(): meaning for name, meaning in sides.classes.items()}
    meaning = given.get(wanted) or KNOWN_CLASSES.get(wanted)
    if meaning is None:
        hint = nearest_name(wanted, {*given, *KNOWN_CLASSES})
        raise LayerError(
            f'{where}: the class "{written}" is no change that is known; {hint}; '
            f'say what it means: classes = {{ "{written}" = "unchanged" }} (or "gained", "lost") in case.toml'
        )
    return meaning


def _period(feature: Feature, path: Path, scope: Scope) -> Period:
    """First and last day; it raises ``ValueError`` when they cannot be told."""
    first, last = property_of(feature, "valid_from", scope), property_of(feature, "valid_to", scope)
    only = property_of(feature, "date", scope)
    if first is None and last is None and only is None:
        named = dates_in_name(path, feature.layer)
        if len(named) == 2:
            first, last = named
        elif len(named) == 1:
            only = named[0]
        else:
            raise ValueError("the change bears no days; give valid_from and valid_to, date, or a date in the name")
    if only is not None and first is None:
        last = scope.day(only)
        return last - _ONE_DAY, last
    if first is None or last is None:
        raise ValueError("only one of valid_from and valid_to is given; a change needs both, or a date")
    period = scope.day(first), scope.day(last)
    if period[1] <= period[0]:
        raise ValueError(f"valid_to {period[1]} does not lie after valid_from {period[0]}; a change needs two days")
    return period


def _check_in_turn(ordered: list[Period], periods: Mapping[Period, list[_Change]]) -> None:
    for before, period in pairwise(ordered):
        if period[0] < before[1]:
            one, other = periods[before][0], periods[period][0]
            raise LayerError(
                f"{one.path} feature {one.row} and {other.path} feature {other.row}: the periods {before[0]} to "
                f"{before[1]} and {period[0]} to {period[1]} overlap; make two layers of them"
            )


def _areas(changes: list[_Change], period: Period, until: date, sides: Sides, begins_anew: bool) -> Iterable[Area]:
    """The three states of a period; the first day is left out where the period before has stated it."""
    first, last = period
    for one in changes:
        before = sides.against if one.change == "gained" else sides.party
        after = sides.against if one.change == "lost" else sides.party
        start = first if begins_anew else first + _ONE_DAY
        if one.change == "unchanged":
            yield Area(sides.party, start, until, one.geometry, one.path, one.row)
            continue
        if begins_anew:
            yield Area(before, first, first, one.geometry, one.path, one.row)
        if last - first > _ONE_DAY:
            yield Area(UNKNOWN, first + _ONE_DAY, last - _ONE_DAY, one.geometry, one.path, one.row)
        yield Area(after, last, until, one.geometry, one.path, one.row)


def _note_of_joint(before: list[_Change], now: list[_Change], period: Period) -> list[str]:
    """A note when two periods that meet state different ground for the party on the day they share."""
    ended = only_polygons(shapely.union_all([one.geometry for one in before if one.change != "lost"]))
    begun = only_polygons(shapely.union_all([one.geometry for one in now if one.change != "gained"]))
    differing = float(area_m2([only_polygons(ended.symmetric_difference(begun))])[0])
    if differing <= SAME_M2:
        return []
    return [
        f"{now[0].path}: the period from {period[0]} begins with other ground than the one before ended with, over "
        f"{differing / 1e6:.4f} km²; {before[0].path} was taken for that day"
    ]
