"""Layers that were read before, without a case.

In: the files of a layer and how they are read. Out: :class:`~contested.territory.layers.LayerTables`, from one Parquet
file where the same bytes were read by the same program before. Refuses: nothing; what cannot be kept is read again.

The key is a hash of the names and bytes of all files, of the program's own reader, of the libraries that it reads with,
and of the options. So a changed file, or a newer program, never meets an old answer. Files stand in the user's cache
folder, or in the folder that the environment variable ``CONTESTED_CACHE`` names (empty: nothing is kept), and may be
deleted at any time.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Callable, Iterable
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from contested.base.engine import parquet_bytes, read_parquet, write_whole
from contested.base.errors import EngineError
from contested.base.records import HOLDINGS
from contested.territory.layers import LayerTables

#: Names the folder in place of the user's cache folder.
CACHE_VARIABLE = "CONTESTED_CACHE"
#: Layers that are kept; the ones not used for longest go first.
KEPT_LAYERS = 32
_NOTES = b"contested.notes"
_REJECTS = b"contested.rejects"
#: Libraries whose versions may change what is read.
_READERS = ("shapely", "pyproj", "pyarrow", "pyogrio", "numpy")


def read_through_cache(
    files: Iterable[Path], options: Iterable[object], read: Callable[[], LayerTables]
) -> LayerTables:
    """A layer from the cache, or read and put there.

    Parameters
    ----------
    files
        All files that the layer is read from.
    options
        What else decides how it is read.
    read
        Reads it.
    """
    folder = cache_folder()
    if folder is None:
        return read()
    path = folder / f"{_layer_key(files, options)}.parquet"
    if (kept := _load(path)) is not None:
        return kept
    tables = read()
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_whole(path, _packed(tables))
        _forget(folder)
    except OSError:
        # A cache that cannot be written costs time and nothing else.
        pass
    return tables


def cache_folder() -> Path | None:
    """Where layers are kept; ``None`` when nothing is."""
    if (named := os.environ.get(CACHE_VARIABLE)) is not None:
        return Path(named) / "layers" if named else None
    if sys.platform == "win32":
        root = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData/Local")
    elif sys.platform == "darwin":
        root = Path.home() / "Library/Caches"
    else:
        root = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return root / "contested/layers"


def _layer_key(files: Iterable[Path], options: Iterable[object]) -> str:
    key = hashlib.sha256(_reader_key().encode())
    key.update(json.dumps([str(option) for option in options]).encode())
    for path in files:
        key.update(path.name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return key.hexdigest()


def _reader_files() -> list[Path]:
    program = Path(__file__).parents[2]
    return sorted(path for part in ("base", "territory") for path in (program / part).rglob("*.py"))


@cache
def _reader_key() -> str:
    """The program's files that read a layer, and the libraries that they read with."""
    key = hashlib.sha256()
    for path in _reader_files():
        key.update(path.name.encode() + b"\0" + path.read_bytes())
    for name in _READERS:
        try:
            key.update(f"{name} {version(name)}\n".encode())
        except PackageNotFoundError:
            key.update(f"{name} is absent\n".encode())
    return key.hexdigest()


def _packed(tables: LayerTables) -> bytes:
    notes = {
        _NOTES: json.dumps(list(tables.notes), ensure_ascii=False).encode(),
        _REJECTS: json.dumps(tables.rejects, ensure_ascii=False).encode(),
    }
    return parquet_bytes(tables.holdings.replace_schema_metadata({**(tables.holdings.schema.metadata or {}), **notes}))


def _load(path: Path) -> LayerTables | None:
    """What the cache holds; ``None`` where there is nothing whole."""
    if not path.is_file():
        return None
    try:
        table = read_parquet(path)
        metadata = dict(table.schema.metadata or {})
        notes, rejects = json.loads(metadata.pop(_NOTES)), json.loads(metadata.pop(_REJECTS))
        table = table.replace_schema_metadata(metadata or None)
        if table.column_names != HOLDINGS.schema().names:
            return None
        os.utime(path)
    except (EngineError, KeyError, ValueError, OSError):
        return None
    return LayerTables(table, rejects, tuple(notes))


def _forget(folder: Path) -> None:
    kept = sorted(folder.glob("*.parquet"), key=lambda path: (path.stat().st_mtime, path.name))
    for path in kept[: max(0, len(kept) - KEPT_LAYERS)]:
        path.unlink(missing_ok=True)
