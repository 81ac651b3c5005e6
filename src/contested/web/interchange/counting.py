"""Rows in = rows out + rows left out with a reason, for every format.

In: the files that a format has written, as bytes. Out: :class:`TableCount` for each table. Refuses: an export in which
a row is missing without a reason, stands twice, or was never in the case. The keys are read from the written bytes, not
from what the writer believes it wrote: that is how exports lose incidents whose sources share a name.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from contested.base.errors import ExportError
from contested.web.public import PublicRows

if TYPE_CHECKING:
    from contested.web.edition import Edition


@dataclass(frozen=True, slots=True)
class Left:
    """A row that the format cannot hold, and why."""

    table: str
    key: str
    reason: str


@dataclass(frozen=True, slots=True)
class Export:
    """What a format has written: file name → bytes, rows left out, and what was made coarser, in words."""

    files: Mapping[str, bytes]
    left: tuple[Left, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Format:
    """One format; ``read_keys`` gives the keys of the rows in the written files, table by table."""

    name: str
    title: str
    carries: tuple[str, ...]
    write: Callable[[Edition], Export]
    read_keys: Callable[[Mapping[str, bytes], PublicRows], Mapping[str, Iterable[str]]]


@dataclass(frozen=True, slots=True)
class TableCount:
    """One table on its way into a format; ``left`` holds each reason with its number of rows.

    ``withheld`` rows may not be public: they are no part of ``rows_in``. ``carried`` is false for a table that the
    format has no place for.
    """

    table: str
    rows_in: int
    rows_out: int
    left: tuple[tuple[str, int], ...]
    withheld: int
    carried: bool = True


def read_rows(content: bytes) -> list[dict[str, str]]:
    """The rows of a written CSV; a cell may hold the whole text of a document."""
    former = csv.field_size_limit(2**31 - 1)
    try:
        return list(csv.DictReader(io.StringIO(content.decode(), newline="")))
    finally:
        csv.field_size_limit(former)


def count_export(form: Format, public: PublicRows, export: Export) -> tuple[TableCount, ...]:
    """The rows of every table in and out; tables that neither hold nor withhold a row are left out.

    Raises
    ------
    ExportError
        When a row is missing without a reason, stands twice, or is none of the case.
    """
    found = form.read_keys(export.files, public)
    counts = []
    for table, rows in public.rows.items():
        withheld = len(public.withheld[table])
        if not rows and not withheld:
            continue
        if table not in form.carries:
            counts.append(TableCount(table, len(rows), 0, (), withheld, False))
            continue
        keys = Counter(found.get(table, ()))
        left = [one for one in export.left if one.table == table]
        reasons = {one.key for one in left}
        _check(form, table, "is neither written nor left out for a reason", rows.keys() - keys.keys() - reasons)
        _check(form, table, "is written twice", (key for key, times in keys.items() if times > 1))
        _check(form, table, "is written, and is no public row of the case", keys.keys() - rows.keys())
        _check(form, table, "is written, and counted as left out too", keys.keys() & reasons)
        counts.append(
            TableCount(table, len(rows), len(keys), tuple(Counter(one.reason for one in left).items()), withheld)
        )
    return tuple(counts)


def _check(form: Format, table: str, what: str, keys: Iterable[str]) -> None:
    faulty = sorted(keys)
    if faulty:
        raise ExportError(
            f"{form.name}: the row {faulty[0]!r} of {table} {what} ({len(faulty)} such rows); nothing was exported; "
            "this is a fault of the program: report it with this line"
        )
