"""Proof of a published folder: it is what was confirmed, and its numbers follow from the published tables.

In: a published case. Out: one :class:`PublishedCheck` a kind of link. Refuses: a case that was never published.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from contested.base.case import Case
from contested.base.engine import parquet_bytes, read_parquet
from contested.base.errors import VerifyError
from contested.base.originals import hash_tree
from contested.base.records import TABLES
from contested.flow import read_tables
from contested.publish.project import published_case
from contested.publish.publishing import prepare_edition
from contested.publish.rules import read_rules
from contested.web.numbers import check_numbers
from contested.web.strings import in_language

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class PublishedCheck:
    """One kind of link: how many were followed, and a line of text for each that failed."""

    name: str
    followed: int
    faults: tuple[str, ...]


def published_edition(case: Case) -> tuple[Case, dict[str, pa.Table]]:
    """The case and its tables as they were published last.

    Raises
    ------
    VerifyError
        When the case was never published, or what it was published from is gone.
    """
    manifest, tables = _read_published(case)
    with in_language(case.file.language):
        return published_case(case, read_rules(case, date.fromisoformat(manifest["as_of"]))), tables


def _read_published(case: Case) -> tuple[dict[str, Any], dict[str, pa.Table]]:
    private = case.derived / "publish"
    try:
        manifest = json.loads((private / "manifest.json").read_text(encoding="utf-8"))
        tables = {
            name: table.check(read_parquet(private / "tables" / f"{name}.parquet")) for name, table in TABLES.items()
        }
    except (OSError, ValueError) as fault:
        raise VerifyError(f"{case.out}: nothing is published ({fault}); contested publish {case.folder}") from None
    return manifest, tables


def verify_published(case: Case) -> tuple[PublishedCheck, ...]:
    """Follow every link of a published folder.

    Raises
    ------
    VerifyError
        When the case was never published, or what it was published from is gone.
    """
    private = case.derived / "publish"
    manifest, tables = _read_published(case)
    numbers = json.loads((case.published / "numbers.json").read_text(encoding="utf-8"))
    with in_language(case.file.language):
        again, changes = prepare_edition(case, read_tables(case), date.fromisoformat(manifest["as_of"]))
        return (
            _check_files("published files are as confirmed", case.published, manifest["published"]),
            _check_files("published tables are as confirmed", private / "tables", manifest["tables"]),
            _check_passages(tables),
            PublishedCheck(
                "published numbers follow from their rows", len(numbers), tuple(check_numbers(case.published, tables))
            ),
            PublishedCheck("published tables come out again from the case", len(TABLES), tuple(
                [f"table {name}: the case now gives other rows than were published; publish again"
                 for name in TABLES if parquet_bytes(again.tables[name]) != parquet_bytes(tables[name])]
                or ([] if changes.digest == manifest["digest"] else ["the list of changes is another; publish again"])
            )),
        )  # fmt: skip


def _check_files(name: str, folder: Path, confirmed: dict[str, str]) -> PublishedCheck:
    here = hash_tree(folder) if folder.is_dir() else {}
    differing = sorted(path for path in confirmed.keys() | here.keys() if confirmed.get(path) != here.get(path))
    return PublishedCheck(
        name, len(confirmed), tuple(f"{folder.name}/{path}: missing, altered or added since" for path in differing)
    )


def _check_passages(tables: dict[str, pa.Table]) -> PublishedCheck:
    texts = {row["document_id"]: row for row in tables["documents"].to_pylist()}
    followed, faults = 0, []
    for claim in tables["claims"].to_pylist():
        for piece in (*claim["passage"], *claim["via"]):
            followed += 1
            if texts[claim["document_id"]]["text"][piece["start"] : piece["end"]] != piece["text"]:
                faults.append(f"claim {claim['claim_id']}: {piece['text']!r} is not what stands in its published text")
    for row in texts.values():
        if hashlib.sha256(row["text"].encode()).hexdigest() != row["text_sha256"]:
            faults.append(f"document {row['document_id']}: the published text does not have its hash")
    return PublishedCheck("published passages equal their text", followed, tuple(faults))
