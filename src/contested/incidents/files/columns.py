"""Rows held as lists of cells → batches of columns.

In: rows of text, one list of cells each, and the numbers that they bear. Out: :class:`RowBatch` of at most
:data:`~contested.incidents.batches.BATCH_ROWS` rows. Refuses: headers that name a column twice, and more columns
than any table has.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from contested.base.errors import DatasetError
from contested.incidents.batches import BATCH_ROWS, RowBatch

#: Most columns of a table: GTD, the widest known, has 135.
MAX_COLUMNS = 2_000


def check_columns(columns: Sequence[str], shown: str) -> tuple[str, ...]:
    """The names of the columns, once they are a table's.

    Raises
    ------
    DatasetError
        When one is met twice, or there are more than :data:`MAX_COLUMNS`.
    """
    if len(columns) > MAX_COLUMNS:
        raise DatasetError(f"{shown}: {len(columns):,} columns are more than {MAX_COLUMNS:,}; give a table of records")
    seen: set[str] = set()
    for name in columns:
        if name in seen:
            raise DatasetError(f'{shown}: the header names the column "{name}" twice; rename one')
        seen.add(name)
    return tuple(columns)


def batches_of(rows: Iterable[Sequence[str]], columns: Sequence[str]) -> Iterator[RowBatch]:
    """Batches of the rows, numbered from 1; each row has a cell for every column, and rows without any are left out."""
    import pyarrow as pa

    schema = pa.schema([pa.field(name, pa.string(), nullable=False) for name in columns])
    filled = (row for row in rows if any(row))
    first = 1
    while batch := list(islice(filled, BATCH_ROWS)):
        cells = [pa.array(column, pa.string()) for column in zip(*batch, strict=True)]
        numbers = pa.array(range(first, first + len(batch)), pa.int64())
        yield RowBatch(numbers, pa.RecordBatch.from_arrays(cells, schema=schema))
        first += len(batch)
