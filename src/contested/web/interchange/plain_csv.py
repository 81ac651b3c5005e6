"""CSV: every table of the case.

In: an :class:`~contested.web.edition.Edition`. Out: a file a table, UTF-8, geometry as WKT; a cell that a spreadsheet
would take for a formula is preceded by an apostrophe. Refuses: nothing.
"""

from __future__ import annotations

from collections.abc import Mapping

from contested.base.records import TABLES
from contested.web.edition import Edition
from contested.web.exports import table_csv
from contested.web.interchange.counting import Export, Format, read_rows
from contested.web.public import PublicRows
from contested.web.words import safe_cell


def write_csv(edition: Edition) -> Export:
    """A file a table, also for tables without rows."""
    return Export({f"{table}.csv": table_csv(edition, table) for table in TABLES})


def read_csv_keys(files: Mapping[str, bytes], public: PublicRows) -> dict[str, list[str]]:
    """Keys of the rows in every file; a key that was made safe for spreadsheets is known by its safe form."""
    found = {}
    for table, declared in TABLES.items():
        safe = {
            tuple(safe_cell(row[name]) for name in declared.key): key for key, row in public.rows[table].items()
        }  # fmt: skip
        parts = [tuple(row[name] for name in declared.key) for row in read_rows(files[f"{table}.csv"])]
        found[table] = [safe.get(part, "|".join(part)) for part in parts]
    return found


CSV = Format("csv", "CSV: every table, safe for spreadsheets", tuple(TABLES), write_csv, read_csv_keys)
