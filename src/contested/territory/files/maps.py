"""Dated maps of who held what, in any format of :mod:`~contested.territory.files.area_files`.

In: one file per day, or collections whose features bear ``date`` or ``valid_from``/``valid_to``. Out: dated areas.
Refuses: two maps of one day that disagree, and holders that are no party. A feature without a day, or with one that
cannot be meant, goes to rejects.

A map states its own day. When the next days have no map, it stands on, for at most ``max_age_days``; after that the
layer says nothing.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from contested.base.errors import LayerError, nearest_name
from contested.territory.areas import area_m2, only_polygons
from contested.territory.files.area_files import read_features
from contested.territory.files.features import Feature, Repair, make_reject, notes_of_repairs
from contested.territory.files.map_checks import notes_of_jumps, notes_of_overlaps
from contested.territory.scope import Scope

#: Properties that may name the holder of a feature, in this order; capitals do not matter.
HOLDER_PROPERTIES = ("holder", "party", "control", "side")
#: Two maps of one day whose areas differ by less are the same map, square metres: rounding of coordinates.
SAME_M2 = 1.0

_NAME_DATE = re.compile(r"(?<!\d)(\d{4})[-_.]?(\d{2})[-_.]?(\d{2})(?:[T_-]?(?:\d{4}|\d{6}))?(?!\d)")
_ONE_DAY = timedelta(days=1)
_NOTHING = shapely.Polygon()


@dataclass(frozen=True, slots=True)
class Area:
    """Ground with one holder over days, both included; ``row`` is the feature's number, 0 for the region's rest."""

    holder: str
    first: date
    last: date
    geometry: shapely.Geometry
    path: str
    row: int


@dataclass(frozen=True, slots=True)
class Maps:
    """What the files of one layer say."""

    areas: tuple[Area, ...]
    rejects: tuple[dict[str, Any], ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Dated:
    """A feature, with its holder, of the map of one day."""

    day: date
    holder: str
    geometry: shapely.Geometry
    path: str
    row: int


@dataclass
class FoundFeatures:
    """What the files of a layer hold, in the making: features with their file, and what reading them told."""

    features: list[tuple[Path, str, Feature]] = field(default_factory=list)
    rejects: list[dict[str, Any]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    repairs: list[Repair] = field(default_factory=list)

    def refuse(self, shown: str, feature: Feature, fault: object) -> None:
        """Put a feature to the rejects."""
        reason = f"{shown} feature {feature.number}: {fault}"
        self.rejects.append(make_reject(shown, feature.number, reason, {"properties": feature.properties}))


def find_features(paths: Iterable[Path], scope: Scope) -> FoundFeatures:
    """All features of the files of one layer.

    Raises
    ------
    LayerError
        When a file cannot be used.
    """
    found = FoundFeatures()
    for path in paths:
        file = read_features(path, scope.shown(path), scope.box)
        found.rejects.extend(file.rejects)
        found.notes.extend(file.notes)
        found.repairs.extend(file.repairs)
        found.features.extend((path, file.shown, feature) for feature in file.features)
    found.notes.extend(notes_of_repairs(found.repairs))
    return found


def read_maps(paths: Iterable[Path], holder: str | None, max_age_days: int, scope: Scope) -> Maps:
    """Read dated maps; ``holder`` is the party of features that name none.

    Raises
    ------
    LayerError
        When a file cannot be used, names an unknown holder, or disagrees with another of its day.
    """
    found = find_features(paths, scope)
    dated: list[Dated] = []
    areas: list[Area] = []
    for path, shown, feature in found.features:
        party = _holder(feature, shown, holder, scope)
        try:
            if property_of(feature, "valid_from", scope) is not None:
                areas.append(_lasting(feature, shown, party, scope))
            else:
                day = _feature_day(feature, path, shown, scope, found.notes)
                dated.append(Dated(day, party, feature.geometry, shown, feature.number))
        except ValueError as fault:
            found.refuse(shown, feature, fault)
    areas.extend(standing(agreed(dated, found.notes), max_age_days, found.notes))
    found.notes.extend([*notes_of_jumps(areas), *notes_of_overlaps(areas)])
    return Maps(tuple(areas), tuple(found.rejects), tuple(found.notes))


def add_elsewhere(areas: Iterable[Area], elsewhere: str, region: shapely.Geometry) -> list[Area]:
    """The ground of the region that no area states, held by ``elsewhere`` on every day that has a map."""
    areas = list(areas)
    starts = np.array([area.first.toordinal() for area in areas])
    ends = np.array([area.last.toordinal() for area in areas])
    edges = sorted({area.first for area in areas} | {area.last + _ONE_DAY for area in areas})
    found: list[Area] = []
    before: tuple[int, ...] = ()
    for first, after in pairwise(edges):
        day = first.toordinal()
        live = tuple(np.flatnonzero((starts <= day) & (day <= ends)).tolist())
        if not live:
            before = ()
            continue
        last = after - _ONE_DAY
        if live == before:
            found[-1] = Area(elsewhere, found[-1].first, last, found[-1].geometry, found[-1].path, 0)
            continue
        rest = only_polygons(region.difference(shapely.union_all([areas[i].geometry for i in live])))
        if not rest.is_empty:
            found.append(Area(elsewhere, first, last, rest, areas[live[0]].path, 0))
            before = live
    return found


def property_of(feature: Feature, role: str, scope: Scope, names: Sequence[str] = ()) -> Any:
    """The value that a feature gives for a role; ``None`` when it gives none.

    The property is the one that the case names for the role, else one of ``names`` (the role itself when left out),
    capitals aside.
    """
    set_by_case = scope.columns.get(role)
    wanted = (set_by_case,) if set_by_case is not None else names or (role,)
    for name in wanted:
        value = feature.properties.get(name)
        if value in (None, ""):
            value = next((v for key, v in feature.properties.items() if key.casefold() == name.casefold()), None)
        if value not in (None, ""):
            return value
    return None


def dates_in_name(path: Path, layer: str) -> list[str]:
    """Days in the name of a file, or else in that of a layer or folder in it; ISO form, none twice."""
    for name in (path.stem, layer):
        if found := list(dict.fromkeys("-".join(match.group(1, 2, 3)) for match in _NAME_DATE.finditer(name))):
            return found
    return []


def _holder(feature: Feature, shown: str, holder: str | None, scope: Scope) -> str:
    where = f"{shown} feature {feature.number}"
    written = property_of(feature, "holder", scope, HOLDER_PROPERTIES)
    if written is not None:
        try:
            return scope.resolve(str(written))
        except LayerError as fault:
            name = next(key for key, value in feature.properties.items() if value == written)
            raise LayerError(f'{where}: property "{name}": {fault}') from None
    if holder is not None:
        return holder
    if (named := scope.columns.get("holder")) is not None:
        raise LayerError(
            f'{where}: the property "{named}" that case.toml names for the holder is missing or empty; '
            f"{nearest_name(named, feature.properties)}; set columns, or holder for features that name none"
        )
    raise LayerError(
        f"{where}: no property names the holder ({', '.join(HOLDER_PROPERTIES)}); name the party of such features: "
        "holder = in case.toml, --holder on the command line; or the property that does: columns = { holder = ... }"
    )


def _lasting(feature: Feature, shown: str, holder: str, scope: Scope) -> Area:
    """A feature with its own days; it raises ``ValueError`` when they cannot be read."""
    first = scope.day(property_of(feature, "valid_from", scope))
    written = property_of(feature, "valid_to", scope)
    last = max(first, scope.last) if written is None else scope.day(written)
    if last < first:
        raise ValueError(f"valid_to {last} lies before valid_from {first}; exchange the two")
    return Area(holder, first, last, feature.geometry, shown, feature.number)


def _feature_day(feature: Feature, path: Path, shown: str, scope: Scope, notes: list[str]) -> date:
    """The day of a feature's map; it raises ``ValueError`` when there is none."""
    written = property_of(feature, "date", scope)
    named = dates_in_name(path, feature.layer)
    if written is not None:
        day = scope.day(written)
        if len(named) == 1 and named[0] != day.isoformat():
            note = f"{shown}: the property date is {day}, the file name says {named[0]}; the property was used"
            if note not in notes:
                notes.append(note)
        return day
    if len(named) == 1:
        return scope.day(named[0])
    if named:
        raise ValueError(f"the name bears {len(named)} dates; keep one, such as map_2024-07-08.geojson")
    raise ValueError(
        "the map bears no date; put it into the file name (map_2024-07-08.geojson) or a property date, "
        "or give valid_from and valid_to; a property of another name is named under columns in case.toml"
    )


def agreed(dated: Iterable[Dated], notes: list[str]) -> dict[date, list[Dated]]:
    """The features of each day: of all files that speak of different ground, once where two say the same.

    Raises
    ------
    LayerError
        When two files state different ground of one day.
    """
    by_day: dict[date, dict[str, list[Dated]]] = defaultdict(lambda: defaultdict(list))
    for one in dated:
        by_day[one.day][one.path].append(one)
    return {day: _agree(day, files, notes) for day, files in sorted(by_day.items())}


def _agree(day: date, files: Mapping[str, list[Dated]], notes: list[str]) -> list[Dated]:
    kept: list[Dated] = []
    for path, stated in files.items():
        if not kept:
            kept = list(stated)
            continue
        before, now = _by_holder(kept), _by_holder(stated)
        common = before.keys() & now.keys()
        if common:
            differing = sum(_area_of(before.get(h, _NOTHING).symmetric_difference(now.get(h, _NOTHING))) for h in now)
            # A holder that only the earlier file names may be in a file of its own.
            differing += sum(_area_of(before[h].intersection(now[o])) for h in before.keys() - now.keys() for o in now)
        else:
            differing = sum(_area_of(a.intersection(b)) for a in before.values() for b in now.values())
        if differing > SAME_M2:
            first = ", ".join(sorted({one.path for one in kept}))
            raise LayerError(
                f"{first} and {path}: two maps of {day} disagree over {differing / 1e6:.4f} km²; keep one of them, "
                "or make two layers of them"
            )
        if common:
            notes.append(f"{path}: says the same of {day} as {kept[0].path}; one of the two was kept")
        else:
            kept.extend(stated)
    return kept


def _by_holder(stated: list[Dated]) -> dict[str, shapely.Geometry]:
    grouped: dict[str, list[shapely.Geometry]] = defaultdict(list)
    for one in stated:
        grouped[one.holder].append(one.geometry)
    return {holder: shapely.union_all(shapes) for holder, shapes in grouped.items()}


def _area_of(geometry: shapely.Geometry) -> float:
    return float(area_m2([geometry])[0])


def standing(kept: Mapping[date, list[Dated]], max_age_days: int, notes: list[str]) -> list[Area]:
    """Each day's map, standing until the next one, but no longer than ``max_age_days``."""
    areas: list[Area] = []
    gaps: list[str] = []
    missing = 0
    for day, following in pairwise([*kept, None]):
        assert day is not None
        last = day + timedelta(days=max_age_days)
        if following is not None:
            last = min(last, following - _ONE_DAY)
            if (absent := (following - day).days - 1) > 0:
                missing += absent
                end = following - _ONE_DAY
                gaps.append(f"{day + _ONE_DAY}" if absent == 1 else f"{day + _ONE_DAY} to {end}")
        areas.extend(Area(one.holder, day, last, one.geometry, one.path, one.row) for one in kept[day])
    if missing:
        notes.append(
            f"{missing} days between the first and the last map have none ({', '.join(gaps)}); the last map stands for "
            f"at most {max_age_days} days, then the ground is unknown"
        )
    return areas
