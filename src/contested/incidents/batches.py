"""Rows of a dataset's file in batches of columns, whatever the format.

Every reader of a format gives a :class:`RowStream`; the mapping takes its batches one after another, so that a file
of any length is read in the memory of a few batches.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa

#: Rows of a batch: enough that a call for each column costs nothing, few enough for small memory.
BATCH_ROWS = 50_000


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row that is no row of the table: more cells than columns, a quotation mark left open."""

    number: int
    reason: str
    raw: str
    """The row as it stands in the file, cut to 2,000 characters."""


@dataclass(frozen=True, slots=True)
class RowBatch:
    """Some rows of a file, in order."""

    numbers: pa.Int64Array
    """Number of each row, counted from 1 after the header, empty rows left out."""
    cells: pa.RecordBatch
    """The rows: every column is of strings without nulls, white space around cells removed, empty where missing."""
    refused: tuple[RefusedRow, ...] = ()
    """Rows met while these were read that could not be read themselves."""


@dataclass(frozen=True, slots=True)
class RowStream:
    """A file of rows: its columns are known, its rows are read as the batches are taken."""

    path: Path
    columns: tuple[str, ...]
    batches: Iterator[RowBatch]
    notes: tuple[str, ...] = ()
    """How it was read, where the file left a choice."""
