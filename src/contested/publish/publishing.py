"""Publishing a case: build, project, list, confirm, print.

In: a case, the day that it is published as of, and the digest of the confirmed list. Out: ``published/`` with its proof
beside the private tables. Refuses: to publish without the digest of exactly the list of now, and anything in which a
withheld name, quotation or exact point was found.

The first call writes the list and nothing else. The old ``published/`` stays whole until the new one stands complete.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from contested.base.case import Case
from contested.base.engine import parquet_bytes, put_back, take_place, write_whole
from contested.base.errors import PublicationError
from contested.base.originals import hash_tree
from contested.flow import build_case, no_progress
from contested.publish.before_after import KINDS, BeforeAfter, list_changes
from contested.publish.codes import read_codes
from contested.publish.guard import Secrets, find_secrets
from contested.publish.project import Projection, project_case
from contested.publish.rules import read_rules
from contested.publish.scan import scan_tables
from contested.stages import Progress
from contested.web.dossier import write_dossier
from contested.web.strings import in_language

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True)
class Publishing:
    """What a call did."""

    changes: BeforeAfter
    list_csv: Path
    list_page: Path
    folder: Path | None
    """The published folder; ``None`` while the list waits to be confirmed."""

    def summary(self) -> dict[str, Any]:
        """What a program may want to know."""
        return {
            "published": None if self.folder is None else str(self.folder), "digest": self.changes.digest,
            "list": str(self.list_page), **{kind: self.changes.count(kind) for kind in KINDS},
        }  # fmt: skip

    def lines(self, folder: Path, as_of: date, out: Path | None) -> tuple[str, ...]:
        """What the command line says."""
        counts = ", ".join(f"{self.changes.count(kind):,} {words}" for kind, words in _COUNTED.items())
        if self.folder is not None:
            return (counts, f"published {self.folder / 'index.html'} (digest {self.changes.digest})")
        elsewhere = f" --out {out}" if out else ""
        return (
            counts, f"read {self.list_page} (private; the same as a table: {self.list_csv.name})",
            "nothing is published yet. When the list is right:",
            f"contested publish {folder} --as-of {as_of}{elsewhere} --confirm {self.changes.digest}",
        )  # fmt: skip


_COUNTED = {
    "warning": "warnings", "moved": "places moved", "changed": "texts changed", "withheld": "rows withheld",
}  # fmt: skip


def publish_case(case: Case, as_of: date, confirm: str | None = None, progress: Progress = no_progress) -> Publishing:
    """Write the list of changes, and publish once its digest is given.

    Raises
    ------
    PublicationError
        When the digest is that of another list, when a licence or rule is not kept, or when something withheld was
        found in a file that would go out. The old published folder then stands as it was.
    """
    _finish_interrupted(case)
    tables = build_case(case, progress).tables
    with in_language(case.file.language):
        projection, changes = prepare_edition(case, tables, as_of, progress)
        private = case.derived / "publish"
        list_csv, list_page = private / "before-after.csv", private / "before-after.html"
        write_whole(list_csv, changes.csv_bytes())
        write_whole(list_page, changes.page_bytes(case))
    if confirm is None:
        return Publishing(changes, list_csv, list_page, None)
    if confirm != changes.digest:
        raise PublicationError(
            f"{case.folder}: the list of changes has the digest {changes.digest}, not {confirm}: the case, its rules "
            f"or the day changed since; nothing was published. Read {list_page} and confirm the digest at its end"
        )
    progress("writing", "published")
    _publish(case, tables, projection, (changes.digest, as_of))
    return Publishing(changes, list_csv, list_page, case.published)


def prepare_edition(
    case: Case, tables: Mapping[str, pa.Table], as_of: date, progress: Progress = no_progress
) -> tuple[Projection, BeforeAfter]:
    """The projection of built tables, and the list of what it changes; writes only the salt."""
    rules = read_rules(case, as_of)
    progress("projecting", "tables")
    projection = project_case(case, tables, rules, read_codes(case))
    progress("scanning", "texts")
    return projection, list_changes(case, tables, projection, scan_tables(case, projection.tables))


def _publish(case: Case, tables: Mapping[str, pa.Table], projection: Projection, confirmed: tuple[str, date]) -> None:
    """Print into a folder beside, look through it, and put it in place."""
    _check_place(case.published)
    private = case.derived / "publish"
    building = private / "building"
    shutil.rmtree(building, ignore_errors=True)
    write_dossier(projection.case, projection.tables, building / "published")
    files = {
        path.relative_to(building).as_posix(): path.read_bytes()
        for path in sorted(building.rglob("*")) if path.is_file()
    }  # fmt: skip
    found = find_secrets(files, Secrets.of(tables, projection))
    if found:
        shutil.rmtree(building)
        raise PublicationError("\n".join([
            f"{case.folder}: {len(found)} withheld things stand in what would go out; nothing was published", *found,
        ]))  # fmt: skip
    for name, table in projection.tables.items():
        write_whole(building / "tables" / f"{name}.parquet", parquet_bytes(table))
    digest, as_of = confirmed
    manifest = {
        "digest": digest, "as_of": as_of.isoformat(),
        "published": hash_tree(building / "published"), "tables": hash_tree(building / "tables"),
    }  # fmt: skip
    take_place(building / "tables", private / "tables", private / "old-tables")
    take_place(building / "published", case.published, private / "old-published")
    write_whole(private / "manifest.json", (json.dumps(manifest, indent=1, sort_keys=True) + "\n").encode())
    shutil.rmtree(building)


def _check_place(folder: Path) -> None:
    if folder.exists() and any(folder.iterdir()) and not (folder / "manifest.json").is_file():
        raise PublicationError(
            f"{folder}: the folder holds files and no manifest.json of a published case; move them away first"
        )


def _finish_interrupted(case: Case) -> None:
    """After a cut between two renames: the old folder goes back to its place."""
    private = case.derived / "publish"
    for place, old in ((case.published, private / "old-published"), (private / "tables", private / "old-tables")):
        put_back(place, old)
    shutil.rmtree(private / "building", ignore_errors=True)
