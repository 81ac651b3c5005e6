"""What changed from one build to another, and what changed it.

In: two kept builds. Out: counts of the rows that came, went and changed in each table, those rows a page at a time, the
numbers of findings before and after, and the decisions, originals and program that lie between. Refuses: nothing.

Rows are compared by their keys in DuckDB, over the Parquet files; of those that differ a page comes into Python.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from contested.base.kept_builds import COMPARED, KeptBuild
from contested.base.records import TABLES

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

#: Tables shown as rows; findings have a table of their own, and decisions are causes.
SHOWN = tuple(name for name in COMPARED if name not in ("decisions", "findings", "robustness"))
#: Numbers of a finding that are shown before and after.
FINDING_NUMBERS = ("n", "estimate", "low", "high", "p_value", "refused")
PAGE_ROWS = 50
#: Rows of one table that are listed, at most; all are counted.
MOST_CHANGES = 20_000
KINDS_OF_CHANGE = ("came", "went", "changed")


@dataclass(frozen=True, slots=True)
class TableChange:
    """How many rows of a table came, went or changed."""

    table: str
    before: int
    after: int
    came: int
    went: int
    changed: int

    @property
    def differing(self) -> int:
        """Rows that are not the same in both."""
        return self.came + self.went + self.changed


@dataclass(frozen=True, slots=True)
class RowChange:
    """One row: ``before`` is ``None`` where it came, ``after`` where it went; ``columns`` are those that differ."""

    key: tuple[str, ...]
    kind: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Causes:
    """What lies between two builds."""

    decisions: tuple[dict[str, Any], ...]
    """Those of the later build that the earlier did not have, in order."""
    originals: tuple[tuple[str, str], ...]
    """(came, went or changed; path), without the log itself."""
    program_changed: bool


@lru_cache(maxsize=8)
def count_changes(before: KeptBuild, after: KeptBuild) -> tuple[TableChange, ...]:
    """Rows that came, went and changed, by table. Kept builds never change, so that the answer may be remembered."""
    return tuple(_count(before, after, name) for name in SHOWN)


def _count(before: KeptBuild, after: KeptBuild, name: str) -> TableChange:
    with _compared(before, after, name) as connection:
        key = TABLES[name].key[0]
        row = connection.execute(f"""
            SELECT (SELECT count(*) FROM a), (SELECT count(*) FROM b),
              count(*) FILTER (WHERE a.{key} IS NULL), count(*) FILTER (WHERE b.{key} IS NULL),
              count(*) FILTER (WHERE a.{key} IS NOT NULL AND b.{key} IS NOT NULL)
            FROM {_JOIN.format(on=_on(name))} WHERE a IS DISTINCT FROM b
        """).fetchone()
    return TableChange(name, *(int(value) for value in row or (0, 0, 0, 0, 0)))


def list_changes(before: KeptBuild, after: KeptBuild, name: str, page: int = 1) -> list[RowChange]:
    """A page of the rows of one table that differ, by key; of very many the first :data:`MOST_CHANGES`."""
    if name not in COMPARED:
        return []
    keys = TABLES[name].key
    first = (max(1, page) - 1) * PAGE_ROWS
    rows = _changed_rows(before, after, name).slice(first, PAGE_ROWS).to_pylist()
    sides = [[one if one[keys[0]] is not None else None for one in (row["a"], row["b"])] for row in rows]
    return [_row_change(keys, *pair) for pair in sides]


@lru_cache(maxsize=4)
def _changed_rows(before: KeptBuild, after: KeptBuild, name: str) -> pa.Table:
    """Both sides of the rows that differ, by key, as columns ``a`` and ``b``: whole rows are compared once."""
    order = ", ".join(f"coalesce(a.{key}, b.{key})" for key in TABLES[name].key)
    with _compared(before, after, name) as connection:
        return connection.sql(
            f"SELECT a, b FROM {_JOIN.format(on=_on(name))} WHERE a IS DISTINCT FROM b "
            f"ORDER BY {order} LIMIT {MOST_CHANGES}"
        ).to_arrow_table()


#: The two tables beside each other. A whole row is a value in DuckDB, and two of them can be compared.
_JOIN = "a FULL JOIN b ON {on}"


def _on(name: str) -> str:
    return " AND ".join(f"a.{key} IS NOT DISTINCT FROM b.{key}" for key in TABLES[name].key)


def _row_change(keys: tuple[str, ...], before: dict[str, Any] | None, after: dict[str, Any] | None) -> RowChange:
    there = after if after is not None else before or {}
    kind = "came" if before is None else "went" if after is None else "changed"
    differ = tuple(name for name in there if before is not None and after is not None and before[name] != after[name])
    return RowChange(tuple(str(there[key]) for key in keys), kind, before, after, differ)


@contextmanager
def _compared(before: KeptBuild, after: KeptBuild, name: str) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection with the table of both builds as ``a`` and ``b``, in the columns that both have."""
    import duckdb
    import pyarrow.parquet as pq

    paths = (before.table(name), after.table(name))
    columns = [set(pq.read_schema(path).names) for path in paths]
    shared = ", ".join(column.name for column in TABLES[name].columns if all(column.name in one for one in columns))
    with duckdb.connect(":memory:") as connection:
        for view, path in zip("ab", paths, strict=True):
            # DuckDB takes no parameter in a view; the path is our own folder, a quotation mark in it is doubled.
            quoted = str(path).replace("'", "''")
            connection.execute(f"CREATE VIEW {view} AS SELECT {shared} FROM read_parquet('{quoted}')")
        yield connection


@lru_cache(maxsize=8)
def compare_findings(before: KeptBuild, after: KeptBuild) -> tuple[RowChange, ...]:
    """Findings whose numbers differ, or that only one of the two has; they are few."""
    found = []
    page = 1
    while rows := list_changes(before, after, "findings", page):
        found += [row for row in rows if row.kind != "changed" or set(row.columns) & set(FINDING_NUMBERS)]
        page += 1
    return tuple(found)


def find_causes(before: KeptBuild, after: KeptBuild) -> Causes:
    """What was decided, collected or programmed between the two."""
    import pyarrow.parquet as pq

    had = set(pq.read_table(before.table("decisions"), columns=["sha256"])["sha256"].to_pylist())
    decisions = [row for row in pq.read_table(after.table("decisions")).to_pylist() if row["sha256"] not in had]
    originals = []
    for path in sorted({*before.originals, *after.originals} - {"decisions.jsonl"}):
        old, new = before.originals.get(path), after.originals.get(path)
        if old != new:
            originals.append(("came" if old is None else "went" if new is None else "changed", path))
    return Causes(tuple(decisions), tuple(originals), before.program_sha256 != after.program_sha256)
