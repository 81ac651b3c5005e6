"""The folder ``documents/`` of a case → rows of documents and claims.

In: a case. Out: :class:`CaseDocuments`: every document in the folder, also those inside of archives, is a row of
``documents`` or of ``rejects``, and what was passed over or not supported is a note. Refuses: a file whose
hash is not the one that ``case.toml`` pins.

A document is read again only when its bytes, its entry, the parties or the program changed: what was found is
kept under ``.contested/cache``, keyed by all of these.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from contested.base.case import Case, DocumentEntry
from contested.base.engine import write_whole
from contested.base.errors import CaseError, DocumentError
from contested.base.originals import IGNORED_NAMES, file_sha256
from contested.base.records import CLAIMS, DOCUMENTS, Table
from contested.claims.actors import ActorIndex
from contested.claims.documents.archives import list_folder
from contested.claims.documents.items import Item, PassedOver
from contested.claims.extract import extract_claims
from contested.claims.extractors import NamedExtractor, RejectedClaim, case_extractor
from contested.claims.read import find_items, read_item, unsupported_reason

#: What an entry of ``case.toml`` says of a document; of an archive it says only what holds for all in it.
_OF_DOCUMENT = ("title", "outlet", "author", "published", "address", "collected")
_OF_ARCHIVE = ("outlet", "collected")
_FOUND_IN = ("title", "outlet", "author", "published")


@dataclass
class CaseDocuments:
    """Rows that the folder gives; ``notes`` as (original, stage, note)."""

    documents: list[dict[str, Any]] = field(default_factory=list)
    claims: list[dict[str, Any]] = field(default_factory=list)
    rejects: list[dict[str, Any]] = field(default_factory=list)
    notes: set[tuple[str, str, str]] = field(default_factory=set)


def read_case_documents(case: Case, program_sha256: str, progress: Callable[[str, str], None]) -> CaseDocuments:
    """Read every document of the case.

    Parameters
    ----------
    case
        The case; its ``.contested/cache`` is read and written.
    program_sha256
        Hash of the program: another program does not use what this one kept.
    progress
        Called with "reading" and the name of each document.

    Raises
    ------
    CaseError
        When a pinned hash does not match.
    """
    found = CaseDocuments()
    cache = _Cache(case, program_sha256)
    _read_items(_find_case_items(case, found), cache, found, progress)
    cache.forget_others()
    return found


def read_added_document(
    case: Case, path: Path, program_sha256: str, progress: Callable[[str, str], None]
) -> CaseDocuments:
    """Read one file of ``documents/`` that has just come, so that the next build finds it read."""
    found = CaseDocuments()
    items = _find_file_items(path, case.relative(path), found)
    _read_items(items, _Cache(case, program_sha256), found, progress)
    return found


def _read_items(
    items: Iterator[Item], cache: _Cache, found: CaseDocuments, progress: Callable[[str, str], None]
) -> None:
    seen: dict[str, str] = {}
    for item in items:
        progress("reading", item.shown)
        sha256 = hashlib.sha256(item.raw).hexdigest()
        if sha256 in seen:
            what = f"{item.shown}: the same bytes stand in {seen[sha256]}; this one is not counted again"
            found.rejects.append(_refusal(item.path, item.original_row or 0, what))
            continue
        seen[sha256] = item.shown
        try:
            stored = cache.read(item, sha256)
        except DocumentError as fault:
            found.rejects.append(_refusal(item.path, item.original_row or 0, str(fault)))
            continue
        found.documents.append(_with_dates(stored["document"], DOCUMENTS))
        found.claims += [_with_dates(row, CLAIMS) for row in stored["claims"]]
        found.rejects += stored["rejects"]
        found.notes |= {(item.path, "claims", note) for note in stored["notes"]}


def _find_case_items(case: Case, found: CaseDocuments) -> Iterator[Item]:
    """The items of all files in the order of their names; what is none goes to the rejects and notes."""
    pins = {entry.path: entry.sha256 for entry in case.file.documents if entry.sha256 is not None}
    for path, saved_with_page in list_folder(case.folder / "documents"):
        shown = case.relative(path)
        if saved_with_page:
            found.notes.add((shown, "claims", f"{saved_with_page} files saved with a page, not read"))
            continue
        if path.name in IGNORED_NAMES:
            continue
        if shown in pins and (sha256 := file_sha256(path)) != pins[shown]:
            raise CaseError(
                f"{shown}: its SHA-256 is {sha256}, but case.toml pins {pins[shown]}; "
                "restore the original, or correct the pin if the file was replaced on purpose"
            )
        yield from _find_file_items(path, shown, found)


def _find_file_items(path: Path, shown: str, found: CaseDocuments) -> Iterator[Item]:
    for item in find_items(path, shown):
        if isinstance(item, PassedOver):
            found.notes.add((shown, "claims", str(item)))
        elif isinstance(item, DocumentError):
            found.rejects.append(_refusal(shown, item.original_row, str(item)))
        else:
            yield item


def _refusal(path: str, row: int, reason: str) -> dict[str, Any]:
    return {"original_path": path, "original_row": row, "stage": "claims", "reason": reason, "raw": ""}


class _Cache:
    """What was read before, and what was asked for in this build."""

    def __init__(self, case: Case, program_sha256: str) -> None:
        self._folder = case.derived / "cache"
        self._entries = {entry.path: entry for entry in case.file.documents}
        self._actors = ActorIndex(case)
        self._extractor = case_extractor(case)
        declared = (*case.file.parties, *case.file.actors)
        fingerprint = self._extractor.fingerprint if self._extractor is not None else ""
        self._common = (program_sha256, fingerprint, *(part.model_dump_json() for part in declared))
        self._kept: set[Path] = set()

    def read(self, item: Item, sha256: str) -> dict[str, Any]:
        """The document's row, claims and notes; dates are text in it."""
        entry, names = self._entry(item)
        parts = (sha256, item.shown, str(item.address), str(item.collected), item.suffix, str(item.charset),
                 entry.model_dump_json() if entry else "", *self._common)  # fmt: skip
        path = self._folder / f"{hashlib.sha256(chr(31).join(parts).encode()).hexdigest()[:32]}.json"
        self._kept.add(path)
        if path.is_file():
            stored: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
            return stored
        fresh = _read(item, (entry, names), self._actors, self._extractor)
        write_whole(path, json.dumps(fresh, ensure_ascii=False, sort_keys=True).encode())
        return fresh

    def _entry(self, item: Item) -> tuple[DocumentEntry | None, tuple[str, ...]]:
        """The entry of ``case.toml`` that speaks of the item, and what it may say."""
        if item.shown in self._entries:
            return self._entries[item.shown], _OF_DOCUMENT
        return self._entries.get(item.path), _OF_ARCHIVE

    def forget_others(self) -> None:
        """Delete what this build did not ask for."""
        for old in self._folder.glob("*.json"):
            if old not in self._kept:
                old.unlink()


def _read(
    item: Item,
    declared_by: tuple[DocumentEntry | None, tuple[str, ...]],
    actors: ActorIndex,
    extractor: NamedExtractor | None,
) -> dict[str, Any]:
    entry, names = declared_by
    document = read_item(item)
    if entry is not None:
        declared: dict[str, Any] = {name: getattr(entry, name) for name in names if getattr(entry, name) is not None}
        declared |= {f"{name}_from": "case" for name in _FOUND_IN if name in declared}
        document = replace(document, **declared)
    notes = [f"{document.shown}: {note}" for note in document.notes]
    claims: list[dict[str, Any]] = []
    refused: list[RejectedClaim] = []
    if document.supported or extractor is not None:
        claims = extract_claims(document, actors, extractor=extractor, refused=refused)
    else:
        notes.append(unsupported_reason(document))
    for claim in claims:
        claim["address"] = claim.get("address") or document.address
    rejects = [one.as_row() for one in refused]
    content = {"document": document.as_row(), "claims": claims, "notes": notes, "rejects": rejects}
    stored: dict[str, Any] = json.loads(json.dumps(content, default=str))
    return stored


def _with_dates(row: dict[str, Any], table: Table) -> dict[str, Any]:
    """A row back from JSON: its day columns as dates again."""
    days = {column.name for column in table.columns if column.type == "date"}
    return {k: date.fromisoformat(v) if k in days and v is not None else v for k, v in row.items()}
