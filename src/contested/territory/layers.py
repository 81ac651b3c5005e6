"""Any layer of control → repaired, dated holdings.

In: a layer's entry in ``case.toml`` and the case: place-status tables (long, wide, intervals), dated maps, or gains and
losses. Out: :class:`LayerTables`: the holdings, the rows refused, and notes on what was mended or is missing. Refuses:
layers of which nothing can be used, and whatever :mod:`~contested.territory.files.statuses`,
:mod:`~contested.territory.files.maps`, :mod:`~contested.territory.files.gains` and
:mod:`~contested.territory.files.features` refuse.

States of places run until the place's next mention, the last one to the end of the case's window. Days outside the
window are kept: what a place became afterwards belongs to its story.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from contested.base.case import Case, LayerEntry
from contested.base.errors import LayerError, nearest_name
from contested.base.records import HOLDINGS, UNKNOWN
from contested.territory.cells import make_cells
from contested.territory.files.area_files import AREA_SUFFIXES, read_features
from contested.territory.files.features import make_reject, notes_of_repairs
from contested.territory.files.gains import Sides, read_gains
from contested.territory.files.maps import Maps, add_elsewhere, read_maps
from contested.territory.files.statuses import Statuses, close_spans, read_points, read_statuses
from contested.territory.scope import Scope, case_scope

if TYPE_CHECKING:
    import pyarrow as pa

_AREAS = tuple(AREA_SUFFIXES)
_SUFFIXES = {"geojson": (".geojson", ".json"), "maps": _AREAS, "gains": _AREAS}
_TABLE_SUFFIXES = (".csv", ".tsv", ".txt")


@dataclass(frozen=True, slots=True)
class LayerTables:
    """One layer, read: holdings (``records.HOLDINGS``), rows of ``records.REJECTS``, and notes for the page."""

    holdings: pa.Table
    rejects: list[dict[str, Any]]
    notes: tuple[str, ...]


def read_layer(entry: LayerEntry, case: Case) -> LayerTables:
    """Read one layer of a case into holdings.

    Raises
    ------
    LayerError
        When the layer cannot be used; the message names file, place and remedy.
    """
    scope = case_scope(entry, case)
    paths = layer_files(entry, case.folder)
    if entry.form == "maps" or entry.form == "geojson" or entry.form == "gains":
        return _read_areas(entry, paths, scope)
    statuses = Statuses()
    if entry.places is not None:
        read_points(case.folder / entry.places, scope, statuses)
    polygons: dict[str, shapely.Geometry] = {}
    if entry.polygons is not None:
        polygons = _read_polygons(case.folder / entry.polygons, entry.place_property, scope, statuses)
    for path in paths:
        read_statuses(path, entry.form, scope, statuses, own_points=entry.places is None)
    return make_holdings(entry.name, statuses, polygons, scope)


def _read_areas(entry: LayerEntry, paths: list[Path], scope: Scope) -> LayerTables:
    if entry.form == "gains":
        sides = Sides(entry.party or "", entry.against or "", entry.classes)
        maps = read_gains(paths, sides, entry.max_age_days, scope)
    else:
        maps = read_maps(paths, entry.holder, entry.max_age_days, scope)
    areas = list(maps.areas)
    if areas and entry.elsewhere is not None and scope.region is not None:
        areas += add_elsewhere(areas, entry.elsewhere, scope.region)
    return area_tables(entry.name, replace(maps, areas=tuple(areas)), gains=entry.form == "gains")


def layer_files(entry: LayerEntry, folder: Path) -> list[Path]:
    """The files of a layer in name order: its path is a file, a folder or a glob."""
    path = folder / entry.path
    suffixes = _SUFFIXES.get(entry.form, _TABLE_SUFFIXES)
    if path.is_file():
        return [path]
    found = path.iterdir() if path.is_dir() else folder.glob(entry.path)
    files = sorted(file for file in found if file.is_file() and not file.name.startswith("."))
    if path.is_dir():
        files = [file for file in files if file.suffix.lower() in suffixes]
    elif suffixes != _TABLE_SUFFIXES:
        # The files that lie beside a .shp bear its name: a glob means the shapefile.
        files = [file for file in files if file.suffix.lower() in _AREAS]
    if not files:
        raise LayerError(
            f'layer "{entry.name}": {entry.path} holds no file ending in {" or ".join(suffixes)}; check path and form'
        )
    return files


def make_holdings(name: str, statuses: Statuses, polygons: Mapping[str, shapely.Geometry], scope: Scope) -> LayerTables:
    """Place statuses on the ground: each span with its place's polygon or Voronoi cell."""
    spans = close_spans(statuses.spans, scope.last)
    used = {span.place for span, _ in spans}
    points = {place: point for place, point in statuses.points.items() if place in used}
    twins = _same_points(points, polygons)
    if scope.region is None:
        raise LayerError(f'layer "{name}": no region bounds the cells')
    cells = make_cells(
        {place: point for place, point in points.items() if place not in twins},
        {place: polygon for place, polygon in polygons.items() if place in used},
        scope.region,
    )
    cells |= {place: cells[other] for place, other in twins.items() if other in cells}
    if twins:
        shown = ", ".join(f'"{place}" with "{other}"' for place, other in sorted(twins.items())[:5])
        more = f" and {len(twins) - 5} more" if len(twins) > 5 else ""
        statuses.notes.append(f"places on one point share a cell, contested where their holders differ: {shown}{more}")
    _refuse_groundless(used - set(cells), statuses, polygons)
    idle = len(set(statuses.points) | set(polygons)) - len((set(statuses.points) | set(polygons)) & used)
    if idle:
        statuses.notes.append(f"{idle} places with a point or polygon have no status; their ground is not stated by it")
    rows = [
        {
            "place": span.place, "holder": span.holder, "valid_from": span.first, "valid_to": last,
            "geometry": shapely.to_wkb(cells[span.place].geometry), "made_by": cells[span.place].made_by,
            "original_path": span.origin.path, "original_row": span.origin.row,
        }
        for span, last in spans if span.place in cells
    ]  # fmt: skip
    if not rows or (statuses.rejects and all(row["holder"] == UNKNOWN for row in rows)):
        first = statuses.rejects[0]["reason"] if statuses.rejects else "no row states a holder"
        raise LayerError(f'layer "{name}": none of its {statuses.rows} rows can be used; the first: {first}')
    return LayerTables(_number(name, rows), statuses.rejects, tuple(statuses.notes))


def area_tables(name: str, maps: Maps, gains: bool = False) -> LayerTables:
    """Dated maps as holdings; ``gains`` says that they were made of gains and losses."""
    shapes = shapely.to_wkb(np.array([area.geometry for area in maps.areas], dtype=object)).tolist()
    rows = [
        {
            "place": None, "holder": area.holder, "valid_from": area.first, "valid_to": area.last,
            "geometry": shape, "made_by": "gains" if gains else AREA_SUFFIXES[Path(area.path).suffix.lower()],
            "original_path": area.path, "original_row": area.row,
        }
        for area, shape in zip(maps.areas, shapes, strict=True)
    ]  # fmt: skip
    if not rows:
        first = maps.rejects[0]["reason"] if maps.rejects else "no file has a feature"
        raise LayerError(f'layer "{name}": no map of it can be used; the first fault: {first}')
    return LayerTables(_number(name, rows), list(maps.rejects), maps.notes)


def _number(name: str, rows: list[dict[str, Any]]) -> pa.Table:
    def order(row: dict[str, Any]) -> tuple[Any, ...]:
        origin = (row["original_path"], row["original_row"])
        return (row["valid_from"], row["place"] or "", *origin, row["holder"], row["valid_to"])

    rows.sort(key=order)
    return HOLDINGS.from_rows({"layer": name, "holding_no": number, **row} for number, row in enumerate(rows, 1))


def _read_polygons(path: Path, key: str, scope: Scope, statuses: Statuses) -> dict[str, shapely.Geometry]:
    file = read_features(path, scope.shown(path), scope.box)
    statuses.rejects.extend(file.rejects)
    statuses.notes.extend([*file.notes, *notes_of_repairs(file.repairs)])
    parts: dict[str, list[shapely.Geometry]] = {}
    for feature in file.features:
        place = feature.properties.get(key)
        if place in (None, ""):
            reason = f'{file.shown} feature {feature.number}: the property "{key}" is missing; it names the place'
            statuses.rejects.append(make_reject(file.shown, feature.number, reason, {"properties": feature.properties}))
        else:
            parts.setdefault(str(place).strip(), []).append(feature.geometry)
    if not parts:
        names = sorted({name for feature in file.features for name in feature.properties})
        raise LayerError(
            f'{file.shown}: no feature has the property "{key}"; {nearest_name(key, names)}; '
            "set place_property in case.toml"
        )
    return {place: shapes[0] if len(shapes) == 1 else shapely.union_all(shapes) for place, shapes in parts.items()}


def _same_points(points: Mapping[str, tuple[float, float]], polygons: Mapping[str, shapely.Geometry]) -> dict[str, str]:
    """Places without polygon whose point is that of a place before them, with that place."""
    first: dict[tuple[float, float], str] = {}
    twins: dict[str, str] = {}
    for place in sorted(points, key=lambda p: (p not in polygons, p)):
        # Seven decimals are a centimetre.
        point = (round(points[place][0], 7), round(points[place][1], 7))
        other = first.setdefault(point, place)
        if other != place and place not in polygons:
            twins[place] = other
    return twins


def _refuse_groundless(groundless: set[str], statuses: Statuses, polygons: Mapping[str, shapely.Geometry]) -> None:
    """Refuse the rows of places that have no cell, each with the reason."""
    reasons: dict[str, str] = {}
    for place in groundless:
        if place in statuses.points:
            reasons[place] = "all of the region is nearer to other places; it lies outside the case's region"
        elif place in statuses.refused_points:
            reasons[place] = f"its point was refused ({statuses.refused_points[place]})"
        else:
            known = set(statuses.points) | set(polygons)
            hint = nearest_name(place, known)
            if len(known) > 20 and hint.startswith("known:"):
                hint = f"none of the {len(known)} places given has a name like it"
            reasons[place] = f"no point and no polygon is given for it; {hint}"
    for place in sorted(reasons):
        statuses.refuse_place(place, reasons[place])
