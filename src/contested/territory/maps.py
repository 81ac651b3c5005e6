"""Dated GeoJSON: maps of who held what.

In: one file per day, or collections whose features bear ``date`` or ``valid_from``/``valid_to``. Out: dated areas.
Refuses: maps without a date, two maps of one day that disagree, and holders that are no party.

A map states its own day. When the next days have no map, it stands on, for at most ``max_age_days``; after that the
layer says nothing.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from contested.base.errors import LayerError
from contested.base.times import parse_interval
from contested.territory.areas import area_m2, only_polygons
from contested.territory.features import Feature, FeatureFile, make_reject, read_features
from contested.territory.scope import Scope

#: Properties that may name the holder of a feature, in this order.
HOLDER_PROPERTIES = ("holder", "party", "control", "side")
#: Two maps of one day whose areas differ by less are the same map, square metres: rounding of coordinates.
SAME_M2 = 1.0

_FILE_DATE = re.compile(r"(?<!\d)(\d{4})[-_.]?(\d{2})[-_.]?(\d{2})(?:[T_-]?(?:\d{4}|\d{6}))?(?!\d)")
_ONE_DAY = timedelta(days=1)


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
class _Dated:
    day: date
    holder: str
    feature: Feature
    path: str


def read_maps(paths: Iterable[Path], holder: str | None, max_age_days: int, scope: Scope) -> Maps:
    """Read dated maps; ``holder`` is the party of features that name none.

    Raises
    ------
    LayerError
        When a file cannot be used, bears no date, names an unknown holder, or disagrees with another of its day.
    """
    dated: list[_Dated] = []
    areas: list[Area] = []
    rejects: list[dict[str, Any]] = []
    notes: list[str] = []
    for path in paths:
        file = read_features(path, scope.shown(path), scope.box)
        rejects.extend(file.rejects)
        notes.extend(file.notes)
        for feature in file.features:
            party = _holder(feature, file, holder, scope)
            if "valid_from" in feature.properties:
                refused = _add_interval(feature, file, party, scope, areas)
                rejects.extend([refused] if refused else [])
            else:
                day = _feature_day(feature, path, file, notes)
                dated.append(_Dated(day, party, feature, file.shown))
    by_day: dict[date, dict[str, list[_Dated]]] = defaultdict(lambda: defaultdict(list))
    for one in dated:
        by_day[one.day][one.path].append(one)
    kept = {day: _agree(day, files, notes) for day, files in sorted(by_day.items())}
    areas.extend(_standing(kept, max_age_days, notes))
    return Maps(tuple(areas), tuple(rejects), tuple(notes))


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


def _holder(feature: Feature, file: FeatureFile, holder: str | None, scope: Scope) -> str:
    where = f"{file.shown} feature {feature.number}"
    for name in HOLDER_PROPERTIES:
        written = feature.properties.get(name)
        if written not in (None, ""):
            try:
                return scope.resolve(str(written))
            except LayerError as fault:
                raise LayerError(f'{where}: property "{name}": {fault}') from None
    if holder is None:
        raise LayerError(
            f"{where}: no property names the holder ({', '.join(HOLDER_PROPERTIES)}); name the party of such features: "
            "holder = in case.toml, --holder on the command line"
        )
    return holder


def _add_interval(
    feature: Feature, file: FeatureFile, holder: str, scope: Scope, areas: list[Area]
) -> dict[str, Any] | None:
    where = f"{file.shown} feature {feature.number}"
    try:
        first = _day(feature.properties["valid_from"])
        written = feature.properties.get("valid_to")
        last = max(first, scope.last) if written in (None, "") else _day(written)
        if last < first:
            raise ValueError(f"valid_to {last} lies before valid_from {first}; exchange the two")
    except ValueError as fault:
        return make_reject(file.shown, feature.number, f"{where}: {fault}", {"properties": feature.properties})
    areas.append(Area(holder, first, last, feature.geometry, file.shown, feature.number))
    return None


def _feature_day(feature: Feature, path: Path, file: FeatureFile, notes: list[str]) -> date:
    where = f"{file.shown} feature {feature.number}"
    written = feature.properties.get("date")
    named = list(dict.fromkeys(match.group(1, 2, 3) for match in _FILE_DATE.finditer(path.stem)))
    try:
        if written not in (None, ""):
            day = _day(written)
            if len(named) == 1 and "-".join(named[0]) != day.isoformat():
                in_name = "-".join(named[0])
                note = f"{file.shown}: the property date is {day}, the file name says {in_name}; the property was used"
                if note not in notes:
                    notes.append(note)
            return day
        if len(named) == 1:
            return _day("-".join(named[0]))
    except ValueError as fault:
        raise LayerError(f"{where}: {fault}; mend the date in the property or the file name") from None
    if named:
        raise LayerError(f"{file.shown}: the name bears {len(named)} dates; keep one, such as map_2024-07-08.geojson")
    raise LayerError(
        f"{where}: the map bears no date; put it into the file name (map_2024-07-08.geojson) or a property date, "
        "or give valid_from and valid_to"
    )


def _day(written: object) -> date:
    interval = parse_interval(str(written))
    if interval.precision != "day":
        raise ValueError(f'date "{written}" is a {interval.precision}; expected one day, YYYY-MM-DD')
    return interval.start


def _agree(day: date, files: dict[str, list[_Dated]], notes: list[str]) -> list[_Dated]:
    """The features of one day: of all files that speak of different ground, once where two say the same."""
    kept: list[_Dated] = []
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


_NOTHING = shapely.Polygon()


def _by_holder(stated: list[_Dated]) -> dict[str, shapely.Geometry]:
    grouped: dict[str, list[shapely.Geometry]] = defaultdict(list)
    for one in stated:
        grouped[one.holder].append(one.feature.geometry)
    return {holder: shapely.union_all(shapes) for holder, shapes in grouped.items()}


def _area_of(geometry: shapely.Geometry) -> float:
    return float(area_m2([geometry])[0])


def _standing(kept: dict[date, list[_Dated]], max_age_days: int, notes: list[str]) -> list[Area]:
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
        areas.extend(Area(o.holder, day, last, o.feature.geometry, o.path, o.feature.number) for o in kept[day])
    if missing:
        notes.append(
            f"{missing} days between the first and the last map have none ({', '.join(gaps)}); the last map stands for "
            f"at most {max_age_days} days, then the ground is unknown"
        )
    return areas
