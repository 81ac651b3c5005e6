"""One layer of control from a folder, without a case.

In: a folder with dated maps in any format, or with a place-status table and the places of it; or one such file. Out: a
:class:`~contested.territory.control.ControlLayer` and the notes of reading it. Refuses: folders with both or neither.

What was read is kept (:mod:`~contested.territory.files.layer_cache`), so that the next look-up in the same files begins
at once.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from contested.base.errors import LayerError
from contested.base.places import geodesic_m
from contested.base.rows import read_rows
from contested.territory.control import ControlLayer
from contested.territory.files.area_files import AREA_SUFFIXES
from contested.territory.files.layer_cache import read_through_cache
from contested.territory.files.maps import read_maps
from contested.territory.files.statuses import (
    NEEDED,
    Form,
    Statuses,
    close_spans,
    coordinate_columns,
    date_columns,
    read_points,
    read_statuses,
)  # fmt: skip
from contested.territory.layers import LayerTables, area_tables, make_holdings
from contested.territory.scope import Scope, plain_scope

#: How long a map stands when the next days have none, days; the default of a case's layers.
MAX_AGE_DAYS = 14
#: How far cells reach beyond the outermost places when no case gives a region: this many times the median distance
#: from a place to its nearest neighbour. Inner cells reach about half of one.
MARGIN = 1.0


def open_layers(
    layers: Path, holder: str | None = None, elsewhere: str | None = None, cache: bool = True
) -> tuple[ControlLayer, list[str]]:
    """One layer of control from a folder or file, and the notes of reading it.

    Parameters
    ----------
    layers
        Folder or file.
    holder
        Party of areas that name none.
    elsewhere
        Party of all ground outside the areas, on days that have a map.
    cache
        Take it from the cache where the same bytes were read before, and keep it there.

    Raises
    ------
    LayerError
        When the layer cannot be used.
    """
    if not layers.exists():
        raise LayerError(f"{layers}: no such folder or file; check the spelling")
    root = layers if layers.is_dir() else layers.parent
    found = sorted(layers.iterdir()) if layers.is_dir() else [layers]
    files = [path for path in found if path.is_file() and not path.name.startswith(".")]
    maps = [path for path in files if path.suffix.lower() in AREA_SUFFIXES]
    tables = [path for path in files if path.suffix.lower() in (".csv", ".tsv")]
    if bool(maps) == bool(tables):
        what = "both maps and tables" if maps else f"no map ({', '.join(AREA_SUFFIXES)}) and no .csv file"
        raise LayerError(f"{layers}: there are {what} in it; expected dated maps, or a place-status table")
    name = layers.resolve().name
    scope = plain_scope(root)
    plain = None if holder is None else scope.resolve(holder)
    rest = None if elsewhere is None else scope.resolve(elsewhere)

    def read_files() -> LayerTables:
        if maps:
            return area_tables(name, read_maps(maps, plain, MAX_AGE_DAYS, scope))
        return _read_tables(name, tables, scope)

    read = read_through_cache(_with_siblings(maps or tables), (name, plain), read_files) if cache else read_files()
    notes = list(read.notes)
    if read.rejects:
        first = read.rejects[0]["reason"]
        notes.append(f"{len(read.rejects)} rows or features of the layer were refused; the first: {first}")
    return ControlLayer(read.holdings, elsewhere=rest), notes


def _with_siblings(paths: list[Path]) -> list[Path]:
    """The files, and those that belong to a shapefile among them."""
    stems = {path.stem for path in paths if path.suffix.lower() == ".shp"}
    beside = [path for path in paths[0].parent.iterdir() if path.stem in stems and path.is_file()] if stems else []
    return sorted({*paths, *beside})


def _read_tables(name: str, paths: list[Path], scope: Scope) -> LayerTables:
    """A place-status table, and the file of its places where there is one."""
    columns = {path: read_rows(path, error=LayerError).columns for path in paths}
    forms = {path: form for path in paths if (form := _form_of(columns[path])) is not None}
    places = [path for path in paths if path not in forms and coordinate_columns(columns[path]) is not None]
    if len(forms) != 1 or len(places) > 1:
        shown = "; ".join(f"{path.name}: {', '.join(columns[path])[:120]}" for path in paths)
        raise LayerError(
            f"{paths[0].parent}: expected one place-status table (place,date,holder; or place and dated columns; or "
            f"place,holder,valid_from,valid_to) and at most one file of places (place,lon,lat); found {shown}"
        )
    statuses = Statuses()
    for path in places:
        read_points(path, scope, statuses)
    for path, form in forms.items():
        read_statuses(path, form, scope, statuses, own_points=not places)
    used = {span.place for span, _ in close_spans(statuses.spans, scope.last)}
    seeds = np.array([point for place, point in statuses.points.items() if place in used])
    if not len(seeds):
        first = statuses.rejects[0]["reason"] if statuses.rejects else "no row gives one"
        raise LayerError(f"{paths[0].parent}: no place with a status has a point; {first}")
    return make_holdings(name, statuses, {}, replace(scope, region=_region_around(seeds)))


def _form_of(columns: tuple[str, ...]) -> Form | None:
    names = set(columns)
    if names.issuperset(NEEDED["intervals"]):
        return "intervals"
    if names.issuperset(NEEDED["long"]):
        return "long"
    return "wide" if date_columns(columns) else None


def _region_around(seeds: NDArray[np.float64]) -> Any:
    """Box of the places, widened by the median distance between neighbours (1 km for a single place)."""
    margin_m = 1_000.0
    if len(seeds) > 1:
        points = shapely.points(seeds)
        pair = shapely.STRtree(points).query_nearest(points, exclusive=True, all_matches=False)
        near, far = seeds[pair[0]], seeds[pair[1]]
        margin_m = MARGIN * float(np.median(geodesic_m(near[:, 0], near[:, 1], far[:, 0], far[:, 1])))
        margin_m = max(margin_m, 1.0)
    (west, south), (east, north) = seeds.min(axis=0), seeds.max(axis=0)
    high = margin_m / 111_000.0
    wide = high / max(0.01, float(np.cos(np.radians((south + north) / 2))))
    return shapely.box(
        max(west - wide, -180.0), max(south - high, -90.0), min(east + wide, 180.0), min(north + high, 90.0)
    )
