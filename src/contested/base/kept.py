"""Results of stages, kept from one build to the next.

In: a stage's name, the tables and other things that it is made from, and a function that makes it. Out: what the
function gave, from the cache where all that it is made from is the same. Refuses: nothing; a kept result that is
damaged is made again.

A kept result holds the hash of everything it follows from: the program, the originals but for the decisions, and the
tables the stage takes. Decisions reach a stage only through those tables, so that a build after a decision makes again
only what the decision touches. A stage is shown no other table than those named; one that asks for another fails.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from contested.base.engine import parquet_bytes, read_parquet, write_whole
from contested.base.errors import ContestedError
from contested.base.records import TABLES

if TYPE_CHECKING:
    import pyarrow as pa


class KeptStages:
    """The kept results of one case."""

    def __init__(self, folder: Path, build_key: str) -> None:
        """``build_key`` is a hash of what every stage may depend on beside its tables."""
        self.folder = folder
        self.build_key = build_key
        self._hashes: dict[int, tuple[pa.Table, str]] = {}

    def take(
        self,
        stage: str,
        tables: Mapping[str, pa.Table],
        make: Callable[[Mapping[str, pa.Table]], Mapping[str, pa.Table]],
        beside: str = "",
    ) -> dict[str, pa.Table]:
        """What ``make`` gives of these tables, as kept or made now.

        Parameters
        ----------
        stage
            Name of the stage, a word for a folder.
        tables
            What it is made from.
        make
            Gives tables by their names of :mod:`contested.base.records`.
        beside
            What it follows from beside tables, as text.
        """
        key = self._key(stage, tables, beside)
        kept = self._read(stage, key)
        if kept is not None:
            return kept
        made = dict(make(tables))
        self._write(stage, key, made)
        return made

    def _key(self, stage: str, tables: Mapping[str, pa.Table], beside: str) -> str:
        digest = hashlib.sha256(f"{self.build_key}\n{stage}\n{len(beside)}\n{beside}\n".encode())
        for name, table in sorted(tables.items()):
            digest.update(f"{name} {self._hash(table)}\n".encode())
        return digest.hexdigest()

    def _hash(self, table: pa.Table) -> str:
        known = self._hashes.get(id(table))
        if known is None:
            known = self._hashes[id(table)] = (table, hashlib.sha256(parquet_bytes(table)).hexdigest())
        return known[1]

    def _read(self, stage: str, key: str) -> dict[str, pa.Table] | None:
        folder = self.folder / stage
        try:
            listed = json.loads((folder / "kept.json").read_text(encoding="utf-8"))
            if listed["key"] != key:
                return None
            found = {}
            for name, sha256 in listed["tables"].items():
                path = folder / f"{name}.parquet"
                if name not in TABLES or hashlib.sha256(path.read_bytes()).hexdigest() != sha256:
                    return None
                found[name] = TABLES[name].check(read_parquet(path))
        except (OSError, ValueError, KeyError, TypeError, AttributeError, ContestedError):
            return None
        return found

    def _write(self, stage: str, key: str, tables: Mapping[str, pa.Table]) -> None:
        folder = self.folder / stage
        (folder / "kept.json").unlink(missing_ok=True)
        hashes = {}
        for name, table in tables.items():
            content = parquet_bytes(table)
            write_whole(folder / f"{name}.parquet", content)
            hashes[name] = hashlib.sha256(content).hexdigest()
        # Last, so that an interruption leaves no result that only looks whole.
        write_whole(folder / "kept.json", json.dumps({"key": key, "tables": hashes}).encode())


def only(tables: Mapping[str, pa.Table], names: Sequence[str]) -> dict[str, pa.Table]:
    """Those of the tables that a stage takes, and that are there."""
    return {name: tables[name] for name in names if name in tables}
