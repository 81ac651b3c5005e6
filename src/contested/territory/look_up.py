"""Points and dates in a file, control and distance to the front out: ``contested look-up``, with no case.

In: a folder of layers (dated GeoJSON files, or a place-status table with its places) and a CSV or Parquet file with
``lon,lat,date`` and optionally ``radius_m,date_end``. Out: the same rows in the same order with ``holder``,
``p_<party>``, ``front_m``, ``side``, ``layer``, ``layer_date`` and ``reason`` added. Refuses: layers and files that
cannot be read. A row that cannot be answered stays, with holder ``unknown`` and the reason why.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from contested.base.engine import write_whole
from contested.base.errors import DatasetError, LayerError
from contested.base.places import geodesic_m
from contested.base.rows import read_rows
from contested.territory.answers import ADDED_COLUMNS, Answers, check_wanted
from contested.territory.control import ControlLayer
from contested.territory.layers import LayerTables, area_tables, make_holdings
from contested.territory.maps import read_maps
from contested.territory.point_files import (
    check_columns,
    check_file_name,
    parquet_batches,
    read_point_table,
    table_bytes,
    write_parquet,
)
from contested.territory.scope import Scope, plain_scope
from contested.territory.statuses import (
    NEEDED,
    Form,
    Statuses,
    close_spans,
    coordinate_columns,
    date_columns,
    read_points,
    read_statuses,
)  # fmt: skip

#: How long a map stands when the next days have none, days; the default of a case's layers.
MAX_AGE_DAYS = 14
#: How far cells reach beyond the outermost places when no case gives a region: this many times the median distance
#: from a place to its nearest neighbour. Inner cells reach about half of one.
MARGIN = 1.0


@dataclass(frozen=True, slots=True)
class LookUpSummary:
    """What a look-up did: rows in, rows answered, rows that say why not; parties, days with a map, notes."""

    rows: int
    answered: int
    unanswered: int
    parties: tuple[str, ...]
    maps: int
    out: Path
    notes: tuple[str, ...]

    def __str__(self) -> str:
        head = f"{self.rows} rows: {self.answered} answered, {self.unanswered} not (see the column reason)"
        what = f"parties: {', '.join(self.parties)}; days with a map or change: {self.maps}"
        return "\n".join([head, what, *(f"note: {note}" for note in self.notes), f"written: {self.out}"])


def look_up_file(
    layers: Path, points: Path, out: Path, holder: str | None = None, elsewhere: str | None = None,
    columns: Sequence[str] = ADDED_COLUMNS,
) -> LookUpSummary:  # fmt: skip
    """Answer a file of points; Parquet to Parquet in pieces, so that memory stays flat.

    Parameters
    ----------
    layers
        Folder with dated GeoJSON files or with a place-status table (and its places), or one such file.
    points, out
        CSV or Parquet, by the ending of the name.
    holder
        Party of areas that name none.
    elsewhere
        Party of all ground outside the areas, on days that have a map. The front is then the areas' whole boundary.
    columns
        What to add, of :data:`~contested.territory.answers.ADDED_COLUMNS`. The distance to the front takes longest.

    Raises
    ------
    LayerError
        When the layers cannot be used.
    DatasetError
        When the points cannot be read or the answers not written.
    """
    for path in (points, out):
        check_file_name(path)
    if out.exists() and out.resolve() == points.resolve():
        raise DatasetError(f"{out}: the answers would replace the points; give --out another name")
    check_wanted(columns)
    layer, notes = open_layers(layers, holder, elsewhere)
    answers = Answers(layer, columns)
    try:
        if points.suffix.lower() == out.suffix.lower() == ".parquet":
            write_parquet(out, answers.of_batches(parquet_batches(points)))
        else:
            table, reasons = read_point_table(points)
            check_columns(table.column_names, points.name, answers.names)
            write_whole(out, table_bytes(answers.of_table(table, reasons), out))
    except OSError as fault:
        raise DatasetError(f"{out}: cannot be written: {fault.strerror}; check the folder and its rights") from None
    if len(layer.parties) < 2 and "front_m" in columns:
        notes.append("the layer names one party, so front_m is empty; name the party of all other ground: --elsewhere")
    return LookUpSummary(
        answers.rows, answers.rows - answers.refused, answers.refused, layer.parties, layer.map_days, out, tuple(notes)
    )


def open_layers(
    layers: Path, holder: str | None = None, elsewhere: str | None = None
) -> tuple[ControlLayer, list[str]]:
    """One layer of control from a folder or file, without a case, and the notes of reading it."""
    if not layers.exists():
        raise LayerError(f"{layers}: no such folder or file; check the spelling")
    root = layers if layers.is_dir() else layers.parent
    found = sorted(layers.iterdir()) if layers.is_dir() else [layers]
    files = [path for path in found if path.is_file() and not path.name.startswith(".")]
    maps = [path for path in files if path.suffix.lower() in (".geojson", ".json")]
    tables = [path for path in files if path.suffix.lower() in (".csv", ".tsv")]
    if bool(maps) == bool(tables):
        what = "both maps and tables" if maps else "no .geojson and no .csv file"
        raise LayerError(f"{layers}: there are {what} in it; expected dated GeoJSON files, or a place-status table")
    name = layers.resolve().name
    scope = plain_scope(root)
    plain = None if holder is None else scope.resolve(holder)
    rest = None if elsewhere is None else scope.resolve(elsewhere)
    read = area_tables(name, read_maps(maps, plain, MAX_AGE_DAYS, scope)) if maps else _read_tables(name, tables, scope)
    notes = list(read.notes)
    if read.rejects:
        first = read.rejects[0]["reason"]
        notes.append(f"{len(read.rejects)} rows or features of the layer were refused; the first: {first}")
    return ControlLayer(read.holdings, elsewhere=rest), notes


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
