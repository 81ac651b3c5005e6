"""The tables of a built case, asked a page at a time.

In: the Parquet files of a build. Out: rows of SELECTs, as dictionaries. Refuses: a case that was never built.

At start-up the tables are copied into a DuckDB file of their own, sorted as they are, where a row is found by its key
in milliseconds whatever the size of the case. (A table of a build is one compressed block, which a look-up would have
to read whole.) The file lies in the case's derived folder, is no part of the case, and goes when the app stops.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from contested.base.errors import CaseError, EngineError
from contested.base.records import TABLES
from contested.flow import read_manifest

if TYPE_CHECKING:
    from contested.base.case import Case

#: Columns by which rows are looked up one at a time, beside a table's key.
INDEXED = {
    "documents": ("document_id",), "claims": ("claim_id", "document_id"), "records": ("record_id",),
    "incidents": ("incident_id",), "contradictions": ("claim_a", "claim_b"), "claim_links": ("claim_id", "incident_id"),
    "links": ("record_a", "record_b"), "place_candidates": ("row_key",), "accounts": ("claim_id",),
}  # fmt: skip


class CaseTables:
    """The tables of one build; every table of :mod:`contested.base.records` by its name, and what is added to them."""

    def __init__(self, case: Case) -> None:
        import duckdb

        if read_manifest(case) is None:
            raise CaseError(f"{case.out}: there is no whole build; build it: contested build {case.folder}")
        try:
            self._folder: str | None = tempfile.mkdtemp(prefix="review-", dir=case.derived)
        except OSError:
            self._folder = None  # a case that is read-only is held in memory
        self._database = duckdb.connect(":memory:" if self._folder is None else f"{self._folder}/tables.duckdb")
        # Nothing is ever fetched or loaded from elsewhere, whatever a text may hold.
        self._database.execute("SET autoinstall_known_extensions=false; SET autoload_known_extensions=false")
        for name in TABLES:
            path = case.derived / "tables" / f"{name}.parquet"
            try:
                self._database.execute(f"CREATE TABLE {name} AS SELECT * FROM read_parquet(?)", [str(path)])
            except duckdb.Error as fault:
                raise EngineError(f"{path}: no readable Parquet file: {fault}; build the case again") from None
            for column in INDEXED.get(name, ()):
                self._database.execute(f"CREATE INDEX {name}_{column} ON {name} ({column})")
        self._database.execute("SET enable_external_access=false")

    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[dict[str, Any]]:
        """The rows of one SELECT; values go in as parameters (``?``), never into the text of the query.

        Safe to call from several threads.

        Raises
        ------
        EngineError
            When the query fails.
        """
        import duckdb

        with self._database.cursor() as cursor:
            try:
                cursor.execute(sql, list(parameters))
                names = [column[0] for column in cursor.description or ()]
                return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
            except duckdb.Error as fault:
                raise EngineError(f"the query failed: {fault}\nquery: {sql.strip()}") from None

    def row(self, table: str, column: str, value: Any) -> dict[str, Any] | None:
        """The first row of a table with that value in that column, such as its key."""
        if table not in TABLES or column not in {known.name for known in TABLES[table].columns}:
            raise EngineError(f"there is no column {table}.{column}")
        found = self.rows(f"SELECT * FROM {table} WHERE {column} = ? LIMIT 1", [value])
        return found[0] if found else None

    def count(self, sql: str, parameters: Sequence[Any] = ()) -> int:
        """The first value of the first row of a SELECT."""
        return int(next(iter(self.rows(sql, parameters)[0].values())) or 0)

    def add(self, sql: str, parameters: Sequence[Any] = ()) -> None:
        """Run a statement that adds a table or an index of one's own, at start-up and after a build only."""
        with self._database.cursor() as cursor:
            cursor.execute(sql, list(parameters))

    def close(self) -> None:
        """Let go of the file and remove it."""
        self._database.close()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)


def remove_left_tables(case: Case) -> None:
    """Remove the copies that an app left which was killed; files of one that still runs stay usable to it."""
    for left in Path(case.derived).glob("review-*"):
        shutil.rmtree(left, ignore_errors=True)
