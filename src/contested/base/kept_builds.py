"""The last builds of a case, kept so that two can be compared.

In: the tables of a build that stands. Out: ``.contested/builds/<number>/``: the tables that are compared, and
``build.json`` with the hashes of what they were made from. Refuses: nothing; a build that cannot be kept is not kept.

Tables of a build are never changed in place, so that a kept one is a second name of the same file and takes no room
until a later build writes another.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from contested.base.case import Case
from contested.base.engine import write_whole

#: Builds that are kept; the oldest goes first.
KEPT = 5
#: Tables that two builds are compared by: what a person reads, and not the texts and maps behind it.
COMPARED = (
    "claims", "accounts", "contradictions", "records", "links", "incidents", "claim_links", "findings", "robustness",
    "odds", "implications", "decisions", "rejects",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class KeptBuild:
    """One kept build; ``built_at`` is UTC, ISO 8601, by the clock of the disk."""

    number: int
    folder: Path
    key: str
    program_sha256: str
    originals: Mapping[str, str] = field(compare=False)
    built_at: str

    def table(self, name: str) -> Path:
        """The Parquet file of a table."""
        return self.folder / f"{name}.parquet"


def keep_build(case: Case, manifest: Mapping[str, Any], program_sha256: str) -> None:
    """Keep the build that the manifest tells of, unless it is the last one kept, and forget the oldest."""
    builds = list_builds(case)
    if "key" not in manifest or (builds and builds[-1].key == manifest["key"]):
        return
    number = builds[-1].number + 1 if builds else 1
    folder = case.derived / "builds" / str(number)
    known = {"key": manifest["key"], "program_sha256": program_sha256, "originals": manifest["originals"]}
    shutil.rmtree(folder, ignore_errors=True)
    try:
        folder.mkdir(parents=True)
        for name in COMPARED:
            _same_file(case.derived / "tables" / f"{name}.parquet", folder / f"{name}.parquet")
        # Last, since a folder without it is no build.
        write_whole(folder / "build.json", json.dumps(known, indent=1, sort_keys=True, ensure_ascii=False).encode())
    except OSError:
        shutil.rmtree(folder, ignore_errors=True)
        return
    for old in builds[: max(0, len(builds) + 1 - KEPT)]:
        shutil.rmtree(old.folder, ignore_errors=True)


def _same_file(path: Path, other: Path) -> None:
    try:
        os.link(path, other)
    except OSError:  # a disk without second names
        shutil.copyfile(path, other)


def list_builds(case: Case) -> list[KeptBuild]:
    """The builds that are kept whole, the oldest first."""
    found = []
    for path in (case.derived / "builds").glob("*/build.json"):
        if not path.parent.name.isdecimal() or not all(
            (path.parent / f"{name}.parquet").is_file() for name in COMPARED
        ):
            continue
        try:
            known = json.loads(path.read_text(encoding="utf-8"))
            found.append(
                KeptBuild(
                    int(path.parent.name), path.parent, known["key"], known["program_sha256"], known["originals"],
                    datetime.fromtimestamp(path.stat().st_mtime, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
                )
            )  # fmt: skip
        except (OSError, ValueError, KeyError):
            continue
    return sorted(found, key=lambda build: build.number)
