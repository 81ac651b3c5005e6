"""Tables of points and dates → the same tables with control and the distance to the front.

In: a layer, and any Arrow table (or what gives one: a DuckDB relation, a Polars or pandas frame) with ``lon``, ``lat``,
``date`` and optionally ``radius_m``, ``date_end``. Out: the same rows with ``holder``, ``p_<party>``, ``front_m``,
``side``, ``layer``, ``layer_date``, ``reason``. Refuses: a table without these columns, or with one that is added. A
row that cannot be answered stays, with holder ``unknown`` and the reason why.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from contested.base.errors import DatasetError, nearest_name
from contested.base.places import Box
from contested.territory.control import ControlLayer
from contested.territory.fronts import distance_to_front
from contested.territory.index.front_edges import Border
from contested.territory.point_files import PointRows, Reasons, check_columns, point_rows, without_refused

if TYPE_CHECKING:
    import pyarrow as pa

#: Columns that a look-up adds; ``p`` stands for ``p_<party>``, one each.
ADDED_COLUMNS = ("holder", "p", "front_m", "side", "layer", "layer_date", "reason")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a look-up of tables is asked for.

    Attributes
    ----------
    columns
        What to add, of :data:`ADDED_COLUMNS`. The distance to the front takes longest.
    border
        Outline along which no front runs.
    threads
        Threads that share the rows.
    """

    columns: Sequence[str] = ADDED_COLUMNS
    border: Border | None = None
    threads: int = 1

    def __post_init__(self) -> None:
        for name in self.columns:
            if name not in ADDED_COLUMNS:
                raise DatasetError(f'no column "{name}" is added by a look-up; {nearest_name(name, ADDED_COLUMNS)}')


def look_up_table(
    layer: ControlLayer, points: Any, columns: Sequence[str] = ADDED_COLUMNS, threads: int = 1
) -> pa.Table:
    """Answer a table of points.

    Parameters
    ----------
    layer
        The layer.
    points
        An Arrow table, or any object that exports one through Arrow's C stream: a DuckDB relation, a Polars or pandas
        frame, a record batch reader.
    columns
        What to add, of :data:`ADDED_COLUMNS`.
    threads
        Threads that share the rows.

    Returns
    -------
    pyarrow.Table
        The rows in their order, with the columns added. Metres to the millimetre, shares to nine decimals.
    """
    import pyarrow as pa

    table = points if isinstance(points, pa.Table) else pa.table(points)
    answers = Answers(layer, Wanted(columns, threads=threads))
    check_columns(table.column_names, "the table", answers.names)
    return answers.of_table(table)


class Answers:
    """Answers tables of points from one layer; ``rows`` and ``refused`` count what went through."""

    def __init__(self, layer: ControlLayer, wanted: Wanted | None = None) -> None:
        self.layer, self.wanted = layer, wanted or Wanted()
        self.rows = self.refused = 0
        shares = [f"p_{name}" for name in layer.columns] if "p" in self.wanted.columns else []
        self.names = (*(name for name in self.wanted.columns if name != "p"), *shares)

    def of_batches(self, batches: Iterable[pa.Table]) -> Iterator[pa.Table]:
        """Answer one table after another; all have the same columns, and so have the answers."""
        for number, table in enumerate(batches):
            if not number:
                check_columns(table.column_names, "the table", self.names)
            yield self.of_table(table, all_shares=True)

    def of_table(self, table: pa.Table, reasons: Reasons | None = None, all_shares: bool = False) -> pa.Table:
        """Answer a table; shares of contested and unknown stand there if any row has one, or ``all_shares``."""
        import pyarrow as pa

        layer, wanted = self.layer, self.wanted.columns
        rows = self._refuse_swapped(point_rows(table, reasons))
        added: dict[str, Any] = {}
        if "p" in wanted:
            found = layer.look_up(rows.lon, rows.lat, rows.first, rows.radius_m, rows.last)
            code, dates = found.code, found.layer_date
        else:
            code = layer.codes_on(rows.lon, rows.lat, rows.first, self.wanted.threads)
            dates = layer.map_dates_on(rows.first)
        if "holder" in wanted:
            added["holder"] = self._names(code, layer.columns)
        if "p" in wanted:
            for number, column in enumerate(layer.columns):
                if all_shares or number < len(layer.columns) - 2 or found.p[:, number].any():
                    added[f"p_{column}"] = pa.array(np.round(found.p[:, number], 9))
        if "front_m" in wanted:
            front = distance_to_front(layer, rows.lon, rows.lat, rows.first, border=self.wanted.border)
            added["front_m"] = pa.array(np.round(front.front_m, 3), from_pandas=True)
        if "side" in wanted:
            added["side"] = self._names(code, [*layer.parties, None, None])
        if "layer" in wanted:
            zeros = np.zeros(len(code), dtype=np.int8)
            added["layer"] = pa.DictionaryArray.from_arrays(zeros, pa.array([layer.name])).cast(pa.string())
        if "layer_date" in wanted:
            added["layer_date"] = pa.array(dates, pa.date32(), from_pandas=True)
        self._explain_silence(rows, code == len(layer.columns) - 1, np.isnat(dates))
        if "reason" in wanted:
            added["reason"] = rows.reasons.column()
        self.rows += len(code)
        self.refused += int(rows.reasons.given.sum())
        for name, column in added.items():
            table = table.append_column(name, column)
        return table

    @staticmethod
    def _names(code: NDArray[np.integer[Any]], names: Sequence[str | None]) -> pa.Array:
        import pyarrow as pa

        return pa.DictionaryArray.from_arrays(code, pa.array(names, pa.string())).cast(pa.string())

    def _refuse_swapped(self, rows: PointRows) -> PointRows:
        """Refuse points far from the layer that lie in it with longitude and latitude exchanged."""
        west, south, east, north = self.layer.bounds
        wide, high = east - west, north - south
        around: Box = (west - wide, south - high, east + wide, north + high)
        with np.errstate(invalid="ignore"):
            far = ~_inside(rows.written_lon, rows.written_lat, around)
            swapped = far & _inside(rows.written_lat, rows.written_lon, self.layer.bounds)
        if not swapped.any():
            return rows
        rows.reasons.give(
            swapped,
            lambda row: (
                f"lon {rows.written_lon[row]:g} and lat {rows.written_lat[row]:g} look swapped: exchanged they lie in "
                "the layer; check the columns"
            ),
        )
        return without_refused(replace(rows, reasons=rows.reasons))

    def _explain_silence(self, rows: PointRows, silent: NDArray[np.bool_], no_map: NDArray[np.bool_]) -> None:
        first, last = self.layer.days
        rows.reasons.give(
            silent & no_map,
            lambda row: f"no map is in force on {rows.first[row]}; the layer runs from {first} to {last}",
        )
        rows.reasons.give(silent, "no area of the layer states who held the point")


def _inside(lon: NDArray[np.float64], lat: NDArray[np.float64], box: Box) -> NDArray[np.bool_]:
    west, south, east, north = box
    return (west <= lon) & (lon <= east) & (south <= lat) & (lat <= north)
