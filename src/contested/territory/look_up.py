"""Points and dates in a file, control and distance to the front out: ``contested look-up``, with no case.

In: a folder of layers (dated maps, or a place-status table with its places) and a CSV or Parquet file with
``lon,lat,date`` and optionally ``radius_m,date_end``. Out: the same rows in the same order with ``holder``,
``p_<party>``, ``front_m``, ``side``, ``layer``, ``layer_date`` and ``reason`` added. Refuses: layers and files that
cannot be read. A row that cannot be answered stays, with holder ``unknown`` and the reason why.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import shapely

from contested.base.engine import write_whole
from contested.base.errors import DatasetError, LayerError
from contested.territory.answers import Answers, Wanted
from contested.territory.files.area_files import read_features
from contested.territory.index.front_edges import Border
from contested.territory.plain_layers import open_layers
from contested.territory.point_files import (
    check_columns,
    check_file_name,
    parquet_batches,
    read_point_table,
    table_bytes,
    write_parquet,
)


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
    wanted: Wanted | None = None,
) -> LookUpSummary:  # fmt: skip
    """Answer a file of points; Parquet to Parquet in pieces, so that memory stays flat.

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
    wanted
        Columns to add, and the border along which no front runs.

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
    layer, notes = open_layers(layers, holder, elsewhere)
    answers = Answers(layer, wanted)
    try:
        if points.suffix.lower() == out.suffix.lower() == ".parquet":
            write_parquet(out, answers.of_batches(parquet_batches(points)))
        else:
            table, reasons = read_point_table(points)
            check_columns(table.column_names, points.name, answers.names)
            write_whole(out, table_bytes(answers.of_table(table, reasons), out))
    except OSError as fault:
        raise DatasetError(f"{out}: cannot be written: {fault.strerror}; check the folder and its rights") from None
    if len(layer.parties) < 2 and "front_m" in answers.names:
        notes.append("the layer names one party, so front_m is empty; name the party of all other ground: --elsewhere")
    return LookUpSummary(
        answers.rows, answers.rows - answers.refused, answers.refused, layer.parties, layer.map_days, out, tuple(notes)
    )


def read_border(path: Path, within_m: float) -> Border:
    """The outline in a GeoJSON file, along which no front runs.

    Raises
    ------
    LayerError
        When the file holds no polygon.
    """
    file = read_features(path, path.name)
    if not file.features:
        raise LayerError(f"{path}: no feature covers ground; expected the polygon of the state or the region")
    return Border(shapely.union_all([feature.geometry for feature in file.features]), within_m)
