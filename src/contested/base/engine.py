"""Tables in, tables out: queries and files.

In: Arrow tables and Parquet files. Out: Arrow tables, and Parquet files that are whole or
not there. Refuses: SQL that fails, with the query shown.

DuckDB answers the queries. Tables on disk are Parquet and nothing else: a DuckDB file holds
identifiers that differ from build to build, and a case must come out byte for byte the same
(``docs/decisions/0002-parquet-only.md``).
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from contested.base.errors import EngineError

if TYPE_CHECKING:
    import pyarrow as pa

#: Level of zstd for columns of bytes. 360 daily maps of one front, 14.5 MB with snappy: 437 kB at the default (level 1,
#: with a dictionary), 264 kB at 3, 217 kB at 9 and 12, 163 kB at 19, which takes six times as long as 12.
BYTES_LEVEL = 12
#: Level for the other columns of a file that is kept and read by others: an eighth smaller, in twice the time.
SMALL_LEVEL = 9


class Engine:
    """Queries over named Arrow tables. A subclass overrides :meth:`query` and keeps its contract.

    The contract, held by ``tests/test_engines.py`` for every engine: same rows for the same
    query and tables; the caller orders rows with ``ORDER BY``; no table outlives the call.
    """

    name = "duckdb"

    def query(self, sql: str, tables: Mapping[str, pa.Table]) -> pa.Table:
        """The result of one SELECT over the named tables.

        Raises
        ------
        EngineError
            When the query fails; the message holds the query.
        """
        import duckdb

        with duckdb.connect(":memory:") as connection:
            for name, table in tables.items():
                connection.register(name, table)
            try:
                return connection.sql(sql).to_arrow_table()
            except duckdb.Error as error:
                raise EngineError(f"the query failed: {error}\nquery: {sql.strip()}") from error


def write_whole(path: Path, content: bytes) -> bool:
    """Write a file so that an interruption leaves the old one whole; ``False`` if nothing changed."""
    if path.is_file() and path.stat().st_size == len(content) and path.read_bytes() == content:
        return False
    with whole_file(path) as temporary:
        temporary.write_bytes(content)
    return True


def take_place(new: Path, place: Path, old: Path) -> None:
    """Put a finished folder in the place of another, by renames that :func:`put_back` can mend when cut between."""
    shutil.rmtree(old, ignore_errors=True)
    if place.exists():
        place.rename(old)
    new.rename(place)
    shutil.rmtree(old, ignore_errors=True)


def put_back(place: Path, old: Path) -> None:
    """After :func:`take_place` was cut between two renames: the old folder goes back to its place."""
    if old.exists() and not place.exists():
        place.parent.mkdir(parents=True, exist_ok=True)
        old.rename(place)


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """A file to write, which takes the place of ``path`` when all went well; else the old one stays whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        with temporary.open("rb+") as file:
            os.fsync(file.fileno())
        temporary.chmod(0o644)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def parquet_bytes(table: pa.Table, level: int | None = None) -> bytes:
    """The table as Parquet: one row group, zstd, the same bytes for the same rows and library version.

    ``level`` is that of zstd for columns of no bytes; without one that of the library, which is faster.

    Columns of bytes are geometries, which repeat most of the geometry of the day before but seldom all of it. Without a
    dictionary, at :data:`BYTES_LEVEL`, they take half of the room.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    raw = [field.name for field in table.schema if pa.types.is_binary(field.type)]
    options: dict[str, Any] = {"compression_level": level}
    if raw:
        others = {} if level is None else dict.fromkeys(table.column_names, level)
        options["compression_level"] = {**others, **dict.fromkeys(raw, BYTES_LEVEL)}
        options["use_dictionary"] = [name for name in table.column_names if name not in raw]
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, compression="zstd", row_group_size=max(1, table.num_rows), **options)
    return bytes(sink.getvalue())


def read_parquet(path: Path) -> pa.Table:
    """The table in a Parquet file.

    Raises
    ------
    EngineError
        When the file is missing or no Parquet.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return pq.read_table(path)
    except (OSError, pa.ArrowInvalid) as error:
        raise EngineError(f"{path}: no readable Parquet file: {error}; build the case again") from error
