"""The files that a case is built from, and their hashes.

In: a case folder. Out: the ``originals`` table. Refuses: nothing; whether a file can be read is for
the stage that reads it to say.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from contested.base.case import Case, Sourced
from contested.base.records import ORIGINALS

if TYPE_CHECKING:
    import pyarrow as pa

#: Folder of the case → kind of original, in the order in which they are read.
ORIGINAL_FOLDERS = {
    "documents": "document", "statements": "statements", "votes": "votes", "datasets": "dataset", "layers": "layer",
    "places": "places",
}  # fmt: skip
#: Files that people put beside originals and that nothing is read from.
IGNORED_NAMES = frozenset({"README.md", "LICENSE", "NOTICE"})


def list_originals(case: Case) -> pa.Table:
    """The ``originals`` table: every file that the case is built from, with its hash."""
    declared = declared_sources(case)
    found = [(case.folder / "case.toml", "case")]
    found += [(path, "decisions") for path in [case.folder / "decisions.jsonl"] if path.exists()]
    for folder, kind in ORIGINAL_FOLDERS.items():
        found += [(path, kind) for path in case.originals(folder) if path.name not in IGNORED_NAMES]
    rows = []
    for path, kind in found:
        shown = case.relative(path)
        entry = declared.get(path)
        rows.append({
            "original_path": shown, "kind": kind, "sha256": file_sha256(path), "size_bytes": path.stat().st_size,
            "licence": entry.licence if entry else case.file.licences.get(shown.split("/")[0]),
            "citation": entry.citation if entry else None, "address": entry.address if entry else None,
            "publish_rows": entry.publish_rows if entry else True,
        })  # fmt: skip
    return ORIGINALS.from_rows(rows)


def declared_sources(case: Case) -> dict[Path, Sourced]:
    """File → the entry of ``case.toml`` that speaks of it; a path may be a file, a folder or a glob."""
    declared: dict[Path, Sourced] = {}
    for entry in (*case.file.documents, *case.file.datasets, *case.file.layers):
        for pattern in (entry.path, getattr(entry, "places", None), getattr(entry, "polygons", None)):
            for path in case.folder.glob(pattern) if pattern else ():
                for file in path.rglob("*") if path.is_dir() else (path,):
                    declared.setdefault(file, entry)
    return declared


def file_sha256(path: Path) -> str:
    """SHA-256 of a file's bytes, hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def hash_tree(folder: Path) -> dict[str, str]:
    """Path inside the folder, with forward slashes → SHA-256 of the file, in name order."""
    return {
        path.relative_to(folder).as_posix(): file_sha256(path)
        for path in sorted(folder.rglob("*")) if path.is_file()
    }  # fmt: skip
