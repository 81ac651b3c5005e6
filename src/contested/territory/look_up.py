"""Points and dates in a file, control and distance to the front out: ``contested look-up``, with no case.

In: a folder of layers (dated maps, or a place-status table with its places) and a CSV or Parquet file with
``lon,lat,date`` and optionally ``radius_m,date_end``. Out: the same rows in the same order with ``holder``,
``p_<party>``, ``front_m``, ``side``, ``layer``, ``layer_date`` and ``reason`` added. Refuses: layers and files that
cannot be read. A row that cannot be answered stays, with holder ``unknown`` and the reason why.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from contested.base.engine import write_whole
from contested.base.errors import DatasetError
from contested.base.places import Box
from contested.base.records import UNKNOWN
from contested.territory.control import ControlLayer, ControlLookUp
from contested.territory.fronts import FrontDistances, distance_to_front
from contested.territory.plain_layers import open_layers
from contested.territory.point_files import PointRows, check_file_name, read_point_rows, table_bytes

if TYPE_CHECKING:
    import pyarrow as pa

#: Columns that a look-up adds, beside ``p_<party>``.
ADDED_COLUMNS = ("holder", "front_m", "side", "layer", "layer_date", "reason")


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
    layers: Path, points: Path, out: Path, holder: str | None = None, elsewhere: str | None = None, cache: bool = True
) -> LookUpSummary:
    """Answer a file of points.

    Parameters
    ----------
    layers
        Folder with dated maps or with a place-status table (and its places), or one such file.
    points, out
        CSV or Parquet, by the ending of the name.
    holder
        Party of areas that name none.
    elsewhere
        Party of all ground outside the areas, on days that have a map. The front is then the areas' whole boundary.
    cache
        Take the layers from the cache where the same bytes were read before, and keep them there.

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
    rows = read_point_rows(points, ADDED_COLUMNS)
    layer, notes = open_layers(layers, holder, elsewhere, cache)
    rows = _refuse_swapped(rows, layer)
    found = layer.look_up(rows.lon, rows.lat, rows.first, rows.radius_m, rows.last)
    front = distance_to_front(layer, rows.lon, rows.lat, rows.first)
    reasons = _reasons(rows, found, layer)
    table = _answers(rows.table, found, front, layer.name, reasons)
    try:
        write_whole(out, table_bytes(table, out))
    except OSError as fault:
        raise DatasetError(f"{out}: cannot be written: {fault.strerror}; check the folder and its rights") from None
    refused = int((reasons != "").sum())
    if len(layer.parties) < 2:
        notes.append("the layer names one party, so front_m is empty; name the party of all other ground: --elsewhere")
    return LookUpSummary(
        len(reasons), len(reasons) - refused, refused, layer.parties, layer.map_days, out, tuple(notes)
    )


def _refuse_swapped(rows: PointRows, layer: ControlLayer) -> PointRows:
    """Refuse points far from the layer that lie in it with longitude and latitude exchanged."""
    west, south, east, north = layer.bounds
    wide, high = east - west, north - south
    around: Box = (west - wide, south - high, east + wide, north + high)
    with np.errstate(invalid="ignore"):
        far = ~_inside(rows.written_lon, rows.written_lat, around)
        swapped = far & _inside(rows.written_lat, rows.written_lon, layer.bounds)
    reasons = rows.reasons.copy()
    for row in np.flatnonzero(swapped):
        reasons[row] = (
            f"lon {rows.written_lon[row]:g} and lat {rows.written_lat[row]:g} look swapped: exchanged they lie in the "
            "layer; check the columns"
        )
    bad = reasons != ""
    nan, no_day = np.nan, np.datetime64("NaT", "D")
    return replace(
        rows, reasons=reasons, lon=np.where(bad, nan, rows.lon), lat=np.where(bad, nan, rows.lat),
        first=np.where(bad, no_day, rows.first), last=np.where(bad, no_day, rows.last),
    )  # fmt: skip


def _inside(lon: NDArray[np.float64], lat: NDArray[np.float64], box: Box) -> NDArray[np.bool_]:
    west, south, east, north = box
    return (west <= lon) & (lon <= east) & (south <= lat) & (lat <= north)


def _reasons(rows: PointRows, found: ControlLookUp, layer: ControlLayer) -> NDArray[np.object_]:
    reasons = rows.reasons.copy()
    silent = (reasons == "") & (found.holder == UNKNOWN)
    no_map = silent & np.isnat(found.layer_date)
    reasons[silent] = "no area of the layer states who held the point"
    first, last = layer.days
    for row in np.flatnonzero(no_map):
        reasons[row] = f"no map is in force on {rows.first[row]}; the layer runs from {first} to {last}"
    return reasons


def _answers(
    table: pa.Table, found: ControlLookUp, front: FrontDistances, layer: str, reasons: NDArray[np.object_]
) -> pa.Table:
    """The table with the answers added; metres to the millimetre, shares to nine decimals."""
    import pyarrow as pa

    added: dict[str, Any] = {"holder": pa.array(found.holder, pa.string())}
    for number, column in enumerate(found.columns):
        if number < len(found.columns) - 2 or found.p[:, number].any():
            added[f"p_{column}"] = pa.array(np.round(found.p[:, number], 9))
    added["front_m"] = pa.array(np.round(front.front_m, 3), from_pandas=True)
    added["side"] = pa.array(front.side, pa.string())
    added["layer"] = pa.array(np.full(len(reasons), layer, dtype=object), pa.string())
    added["layer_date"] = pa.array(found.layer_date, pa.date32(), from_pandas=True)
    added["reason"] = pa.array(reasons, pa.string())
    for name, column in added.items():
        if name in table.column_names:
            raise DatasetError(f'the points have a column "{name}" already, which the look-up adds; rename it')
        table = table.append_column(name, column)
    return table
