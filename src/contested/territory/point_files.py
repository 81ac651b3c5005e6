"""Files of points: read row by row as they stand, written with what was found.

In: CSV or Parquet with ``lon``, ``lat``, ``date`` and optionally ``radius_m``, ``date_end``. Out: :class:`PointRows`,
and the bytes of a table. Refuses: other endings, files that cannot be read, a missing column, a column that the
answers need. A value that cannot be read stays in its row, with the reason.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from contested.base.engine import parquet_bytes, whole_file
from contested.base.errors import DatasetError, nearest_name
from contested.base.places import check_point
from contested.base.rows import read_rows, read_text
from contested.base.times import YEAR_RANGE, parse_interval
from contested.territory.control import Days, possible
from contested.territory.ground import Reals

if TYPE_CHECKING:
    import pyarrow as pa

#: Rows of a Parquet file that are answered together: 100 MB of them.
ROWS_AT_A_TIME = 1_000_000
_NEEDED = ("lon", "lat", "date")
_ENDINGS = (".csv", ".parquet")
_NO_DAY = np.datetime64("NaT", "D")


class Reasons:
    """Why rows have no answer: one text a row, the first that was given; empty for none."""

    def __init__(self, rows: int) -> None:
        self._number = np.zeros(rows, dtype=np.int32)
        self._texts = [""]

    def __len__(self) -> int:
        return len(self._number)

    @property
    def given(self) -> NDArray[np.bool_]:
        """Rows that have a reason."""
        given: NDArray[np.bool_] = self._number != 0
        return given

    def give(self, rows: NDArray[np.bool_], reason: str | Callable[[int], str]) -> None:
        """Give a reason, or one made for each row, to the rows that have none yet."""
        chosen = np.flatnonzero(rows & (self._number == 0))
        if not len(chosen):
            return
        if isinstance(reason, str):
            self._number[chosen] = len(self._texts)
            self._texts.append(reason)
            return
        made = [reason(row) for row in chosen.tolist()]
        number = {text: len(self._texts) + n for n, text in enumerate(dict.fromkeys(filter(None, made)))}
        self._texts += number
        self._number[chosen] = [number.get(text, 0) for text in made]

    def column(self) -> pa.Array:
        """The texts as an Arrow array."""
        import pyarrow as pa

        return pa.DictionaryArray.from_arrays(self._number, pa.array(self._texts, pa.string())).cast(pa.string())


@dataclass(frozen=True, slots=True)
class PointRows:
    """Points of a table, in its order.

    ``table`` holds the rows as they stand. Rows with a reason have no usable point and day: their ``lon`` is NaN and
    ``first`` is no time; ``written_lon`` and ``written_lat`` are what the table says.
    """

    table: pa.Table
    lon: Reals
    lat: Reals
    first: Days
    last: Days
    radius_m: Reals
    reasons: Reasons
    written_lon: Reals
    written_lat: Reals


def check_file_name(path: Path) -> None:
    """Refuse a file whose name ends neither in .csv nor in .parquet."""
    if path.suffix.lower() not in _ENDINGS:
        raise DatasetError(f'{path}: the name ends in "{path.suffix}"; expected {" or ".join(_ENDINGS)}')


def read_point_table(path: Path) -> tuple[pa.Table, Reasons | None]:
    """The rows of a file as they stand, and reasons where rows have too many cells."""
    return _read_csv(path) if path.suffix.lower() == ".csv" else (_read_parquet(path), None)


def check_columns(columns: Sequence[str], where: str, reserved: tuple[str, ...] = ()) -> None:
    """Refuse a table without place and day, or with a column that the answers bring; ``reserved`` are these."""
    for name in _NEEDED:
        if name not in columns:
            raise DatasetError(f'{where}: the column "{name}" is missing; {nearest_name(name, columns)}')
    for name in reserved:
        if name in columns:
            raise DatasetError(f'{where}: the column "{name}" is one that the look-up adds; rename it')


def point_rows(table: pa.Table, reasons: Reasons | None = None) -> PointRows:
    """The points of a table; what cannot be read in a row becomes its reason."""
    reasons = reasons or Reasons(table.num_rows)
    lon, lat = (_reals(table[name], name, reasons) for name in ("lon", "lat"))
    first, last = _days(table["date"], "date", reasons)
    radius_m = np.zeros(table.num_rows)
    if "radius_m" in table.column_names:
        radius_m = _reals(table["radius_m"], "radius_m", reasons, optional=True)
    if "date_end" in table.column_names:
        end = _days(table["date_end"], "date_end", reasons, optional=True)[1]
        last = np.where(np.isnat(end), last, end)
    _check_values(lon, lat, radius_m, first, last, reasons)
    return without_refused(PointRows(table, lon, lat, first, last, radius_m, reasons, lon, lat))


def without_refused(rows: PointRows) -> PointRows:
    """The rows, those with a reason without point and day."""
    bad = rows.reasons.given
    if not bad.any():
        return rows
    return replace(
        rows, lon=np.where(bad, np.nan, rows.lon), lat=np.where(bad, np.nan, rows.lat),
        first=np.where(bad, _NO_DAY, rows.first), last=np.where(bad, _NO_DAY, rows.last),
        radius_m=np.where(bad, np.nan, rows.radius_m),
    )  # fmt: skip


def parquet_batches(path: Path, rows: int = ROWS_AT_A_TIME) -> Iterator[pa.Table]:
    """The tables of a Parquet file, piece by piece; one without rows when the file has none."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as file:
            some = False
            for batch in file.iter_batches(rows):
                some = True
                yield pa.Table.from_batches([batch])
            if not some:
                yield file.schema_arrow.empty_table()
    except (FileNotFoundError, pa.ArrowInvalid) as fault:
        raise DatasetError(f"{path}: no readable Parquet file: {fault}; write it again") from None


def write_parquet(path: Path, tables: Iterable[pa.Table]) -> None:
    """Write tables one after another into one Parquet file; an interruption leaves the old one whole."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    with whole_file(path) as temporary:
        writer = None
        try:
            for table in tables:
                if writer is None:
                    # A dictionary of reals is as long as the column.
                    plain = [field.name for field in table.schema if not pa.types.is_floating(field.type)]
                    writer = pq.ParquetWriter(temporary, table.schema, compression="zstd", use_dictionary=plain)
                writer.write_table(table)
        finally:
            if writer is not None:
                writer.close()


def table_bytes(table: pa.Table, path: Path) -> bytes:
    """The table as CSV or Parquet, by the ending of the name."""
    if path.suffix.lower() == ".parquet":
        return parquet_bytes(table)
    import pyarrow as pa
    import pyarrow.compute as pc

    header = io.StringIO()
    csv.writer(header, lineterminator="\n").writerow(table.column_names)
    if not table.num_rows:
        return header.getvalue().encode()
    cells = []
    for column in table.combine_chunks().columns:
        text = pc.fill_null(column.cast(pa.string()), "")
        quoted = pc.binary_join_element_wise('"', pc.replace_substring(text, '"', '""'), '"', "")
        cells.append(pc.if_else(pc.match_substring_regex(text, '[",\\r\\n]'), quoted, text))
    lines = pc.binary_join_element_wise(*cells, ",").to_pylist()
    return (header.getvalue() + "\n".join(lines) + "\n").encode()


def _read_csv(path: Path) -> tuple[pa.Table, Reasons | None]:
    """The file as text columns, and reasons where rows have too many cells."""
    import pyarrow as pa
    from pyarrow import csv as pa_csv

    text = read_text(path)
    if "\x00" in text:
        raise DatasetError(f"{path.name}: the file holds NUL characters, so it is no CSV; export it again as CSV")
    header = text.lstrip("\r\n").split("\n", 1)[0].split("\r", 1)[0]
    delimiter = max(",;\t", key=header.count)
    names = next(csv.reader([header], delimiter=delimiter))
    plain = len(set(names)) == len(names) and all(name == name.strip() for name in names)
    if plain and header.count('"') % 2 == 0:
        try:
            table = pa_csv.read_csv(
                pa.BufferReader(text.encode()),
                parse_options=pa_csv.ParseOptions(delimiter=delimiter, newlines_in_values=True),
                convert_options=pa_csv.ConvertOptions(
                    column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False
                ),
            )
            return table, None
        except pa.ArrowInvalid:
            # Rows of unequal length: read again, slowly, so that each keeps its place.
            pass
    file = read_rows(path)
    columns = {name: pa.array([row.values[name] for row in file.rows], pa.string()) for name in file.columns}
    reasons = Reasons(len(file.rows))
    reasons.give(
        np.array(["" in row.values for row in file.rows], dtype=bool),
        lambda row: f'there are more cells than columns ("{file.rows[row].values[""][:60]}"); quote the commas',
    )
    return pa.table(columns), reasons


def _read_parquet(path: Path) -> pa.Table:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return pq.read_table(path).combine_chunks()
    except (OSError, pa.ArrowInvalid) as fault:
        raise DatasetError(f"{path}: no readable Parquet file: {fault}; write it again") from None


def _reals(column: pa.ChunkedArray, name: str, reasons: Reasons, optional: bool = False) -> Reals:
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_integer(column.type) or pa.types.is_floating(column.type):
        values: Reals = column.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False)
        if not optional:
            reasons.give(np.isnan(values), f"{name} is empty; expected a number")
        return values
    try:
        text = pc.utf8_trim_whitespace(column.cast(pa.string()))
        values = text.cast(pa.float64()).to_numpy(zero_copy_only=False).copy()
        values[pc.is_null(column).to_numpy(zero_copy_only=False)] = np.nan
        written = text
    except pa.ArrowInvalid:
        written = column.cast(pa.string())
        values = np.array([_real(value) for value in written.to_pylist()], dtype=np.float64)
    missing = np.isnan(values)
    cells = dict(zip(np.flatnonzero(missing).tolist(), written.filter(pa.array(missing)).to_pylist(), strict=True))

    def why_no_number(row: int) -> str:
        if (cell := cells[row]) is not None and cell.strip():
            return f'{name} "{cell}" is no number; expected a decimal number'
        return "" if optional else f"{name} is empty; expected a number"

    reasons.give(missing, why_no_number)
    return values


def _real(text: str | None) -> float:
    try:
        return float(text or "nan")
    except ValueError:
        return float("nan")


def _days(column: pa.ChunkedArray, name: str, reasons: Reasons, optional: bool = False) -> tuple[Days, Days]:
    """First and last day of each value; each distinct value is read once."""
    import pyarrow as pa

    if pa.types.is_date(column.type) or pa.types.is_timestamp(column.type):
        column = column.cast(pa.date32(), safe=False)
        days: Days = column.to_numpy(zero_copy_only=False).astype("datetime64[D]")
        low, high = np.datetime64(f"{YEAR_RANGE[0]}-01-01"), np.datetime64(f"{YEAR_RANGE[1]}-12-31")
        if len(days) and not column.null_count and low <= days.min() and days.max() <= high:
            return days, days
    encoded = column.cast(pa.string()).combine_chunks().dictionary_encode()
    if isinstance(encoded, pa.ChunkedArray):
        empty = pa.array([], pa.string()).dictionary_encode()
        encoded = pa.concat_arrays(encoded.chunks) if encoded.num_chunks else empty
    read = [_interval(text, name, optional) for text in [*encoded.dictionary.to_pylist(), ""]]
    number = encoded.indices.fill_null(len(read) - 1).to_numpy(zero_copy_only=False)
    first = np.array([one[0] for one in read], dtype="datetime64[D]")[number]
    last = np.array([one[1] for one in read], dtype="datetime64[D]")[number]
    faults = np.array([one[2] for one in read], dtype=object)[number]
    reasons.give(faults != "", lambda row: str(faults[row]))
    return first, last


def _interval(text: str, name: str, optional: bool) -> tuple[date | None, date | None, str]:
    if optional and not text.strip():
        return None, None, ""
    try:
        interval = parse_interval(text)
    except ValueError as fault:
        return None, None, f"{name}: {fault}"
    return interval.start, interval.end, ""


def _check_values(lon: Reals, lat: Reals, radius_m: Reals, first: Days, last: Days, reasons: Reasons) -> None:
    def why_no_point(row: int) -> str:
        try:
            check_point(float(lon[row]), float(lat[row]))
        except ValueError as fault:
            return str(fault)
        return ""

    reasons.give(~possible(lon, lat), why_no_point)
    with np.errstate(invalid="ignore"):
        no_radius = (radius_m < 0) | np.isinf(radius_m)
    reasons.give(no_radius, lambda row: f"radius_m {radius_m[row]:g} is no radius; expected metres, 0 or more")
    reasons.give(last < first, lambda row: f"date_end {last[row]} lies before date {first[row]}; exchange the two")
