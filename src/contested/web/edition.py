"""What the makers of all pages share: the case, its printed rows, numbers, addresses and marks.

In: a case and its tables. Out: :class:`Edition`. Refuses: nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from contested.base.case import Case
from contested.web.addresses import RowAddresses
from contested.web.kept_figures import KeptFigures
from contested.web.marks import Marks
from contested.web.numbers import NumberBook
from contested.web.public import PublicRows, Row, project_public

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True)
class Edition:
    """One printing of a case."""

    case: Case
    public: PublicRows
    book: NumberBook
    addresses: RowAddresses
    marks: Marks
    kept_figures: KeptFigures = field(default_factory=KeptFigures)

    @classmethod
    def of(cls, case: Case, tables: Mapping[str, pa.Table], kept: KeptFigures | None = None) -> Edition:
        """The edition of a case's tables; figures are drawn unless they are kept."""
        public = project_public(tables)
        addresses = RowAddresses(public)
        holders = {row["holder"] for row in public.of("holdings")}
        book = NumberBook(public, addresses.row)
        return cls(case, public, book, addresses, Marks(case, holders), kept or KeptFigures())

    def grouped(self, table: str, *columns: str) -> dict[tuple[Any, ...], list[Row]]:
        """Printed rows by the values of columns, in key order."""
        groups: dict[tuple[Any, ...], list[Row]] = defaultdict(list)
        for row in self.public.of(table):
            groups[tuple(row[column] for column in columns)].append(row)
        return groups

    def event_title(self, event_id: str | None) -> str | None:
        """Title of an event of the case; the id itself when the case does not declare it."""
        titles = {event.id: event.title for event in self.case.file.events}
        return None if event_id is None else titles.get(event_id, event_id)
