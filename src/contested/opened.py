"""A case in Python and in notebooks.

In: a case folder. Out: its tables as attributes. Refuses: what :func:`contested.base.case.open_case` refuses.
"""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from contested.base.case import UserExtractor, open_case
from contested.base.engine import Engine, read_parquet
from contested.base.records import TABLES
from contested.flow import Build, build_case, read_tables

if TYPE_CHECKING:
    import pyarrow as pa


class OpenedCase:
    """A case in Python: ``case = contested.open(folder)``, ``case.build()``, ``case.claims``.

    Every table of :mod:`contested.base.records` is an attribute, a ``pyarrow.Table``:
    ``case.claims.to_pandas()``, ``polars.from_arrow(case.claims)``, ``duckdb.from_arrow(case.claims)``.
    """

    def __init__(self, folder: Path | str, out: Path | str | None = None, *, extractor: UserExtractor = None) -> None:
        self.case = open_case(folder, out, extractor=extractor)

    def build(self) -> Build:
        """Build what changed."""
        return build_case(self.case)

    def sql(self, query: str) -> pa.Table:
        """The rows of one SELECT over the tables, by their names; order them with ``ORDER BY``.

        Raises
        ------
        EngineError
            When the query fails or the case was never built.
        """
        return Engine().query(query, read_tables(self.case))

    def __getattr__(self, name: str) -> pa.Table:
        if name not in TABLES:
            raise AttributeError(f"a case has no table {name!r}; its tables are {', '.join(TABLES)}")
        return read_parquet(self.case.derived / "tables" / f"{name}.parquet")

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *TABLES]

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td>{name}</td><td style='text-align:right'>{getattr(self, name).num_rows:,}</td></tr>"
            for name in TABLES
            if (self.case.derived / "tables" / f"{name}.parquet").exists()
        )
        return f"<b>{escape(self.case.file.title)}</b><table><tr><th>table</th><th>rows</th></tr>{rows}</table>"
