"""A document that comes to a case: stored beside the others, entered in ``case.toml``, and read at once.

In: bytes with a name, or pasted text; what is known of it. Out: :class:`Added`. Refuses: what the reader refuses, by
its own words, and what is too large; nothing of it is then left in the case.

No file is ever written over, and none outside of ``documents/``: of a name that came with a file only letters, digits
and a few signs are kept. The same bytes are recognised wherever they stand.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
import unicodedata
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path, PurePosixPath

from contested.base.case import Case
from contested.base.errors import ContestedError, DocumentError
from contested.base.originals import IGNORED_NAMES, file_sha256
from contested.claims.case_documents import CaseDocuments, read_added_document
from contested.claims.documents.archives import ending
from contested.claims.documents.content import MAX_DOCUMENT_BYTES
from contested.claims.read import ARCHIVE_SUFFIXES, SUFFIXES
from contested.flow import no_progress, program_sha256
from contested.review.case_entries import append_entry, remove_entry

#: Longest name of a stored file without its ending, characters.
MAX_STEM = 80
#: Longest title, outlet and address, characters.
MAX_WORDS = 1_000
#: Files whose names differ by a number only, at most.
_MAX_SAME_NAMES = 1_000
#: How bytes begin → what they are, for a file whose name does not say it.
_BEGINNINGS = ((b"%PDF-", ".pdf"), (b"<!doctype html", ".html"), (b"<html", ".html"))
_UNWANTED = re.compile(r"[^\w.()-]+")


@dataclass(frozen=True, slots=True)
class About:
    """What is known of a document beside its bytes."""

    title: str | None = None
    outlet: str | None = None
    address: str | None = None
    published: date | None = None
    collected: date | None = None
    event: str | None = None


@dataclass(frozen=True, slots=True)
class Added:
    """What became of a document; ``known_as`` is the file that holds the same bytes, and then nothing was done."""

    path: str
    known_as: str | None
    n_documents: int
    n_claims: int
    title: str | None
    language: str | None
    told: tuple[str, ...]
    """What the reader notes and refuses."""


def add_document(
    case: Case, name: str, raw: bytes, about: About, progress: Callable[[str, str], None] = no_progress
) -> tuple[Case, Added]:
    """Store, enter and read a document; gives the case with its new entry.

    Parameters
    ----------
    case
        The case; its folder must be writable.
    name
        Name of the file as it came; empty for pasted text.
    raw
        Its bytes, unchanged.
    about
        What the entry says of it.
    progress
        Called with each step.

    Raises
    ------
    DocumentError
        When it cannot be read as a document.
    CaseError
        When the case cannot be written.
    """
    if len(raw) > MAX_DOCUMENT_BYTES:
        raise DocumentError(
            f"{name[:200]}: {len(raw):,} bytes is more than the {MAX_DOCUMENT_BYTES:,} that are taken; put the file "
            "into documents/ yourself, or split it"
        )
    if not raw.strip():
        raise DocumentError(
            f"{name[:200] or 'the text'}: there is nothing in it ({len(raw)} bytes); choose a file or paste text"
        )
    progress("comparing", "with what is there")
    known = find_same_bytes(case, raw)
    if known is not None:
        return case, Added(known, known, 0, 0, None, None, ())
    stem, suffix = stored_name(name, raw, about.title)
    progress("storing", stem + suffix)
    path = store_bytes(case.folder / "documents", stem, suffix, raw)
    entry = {"path": case.relative(path), **asdict(about)}
    try:
        entered = append_entry(case, "documents", entry)
    except ContestedError:
        path.unlink()
        raise
    try:
        found = read_added_document(entered, path, program_sha256(), progress)
        if not found.documents:
            reasons = [row["reason"] for row in found.rejects] + [note for _, _, note in sorted(found.notes)]
            raise DocumentError("; ".join(reasons[:3]) or f"{entry['path']}: there is no document in it")
    except BaseException:
        remove_entry(case, "documents", entry)
        path.unlink()
        raise
    return entered, _told(str(entry["path"]), found)


def _told(path: str, found: CaseDocuments) -> Added:
    first = found.documents[0]
    told = [row["reason"] for row in found.rejects] + [note for _, _, note in sorted(found.notes)]
    return Added(
        path, None, len(found.documents), len(found.claims), first["title"], first["language"], tuple(told[:20])
    )


def find_same_bytes(case: Case, raw: bytes) -> str | None:
    """The file of ``documents/`` that holds these bytes; only files of the same length are read."""
    sha256 = hashlib.sha256(raw).hexdigest()
    for path in case.originals("documents"):
        if path.stat().st_size == len(raw) and file_sha256(path) == sha256:
            return case.relative(path)
    return None


def stored_name(name: str, raw: bytes, title: str | None = None) -> tuple[str, str]:
    """A name that can be stored, and its ending.

    Raises
    ------
    DocumentError
        When neither name nor bytes are of a kind that can be read.

    >>> stored_name("../../etc/passwd.txt", b"x")
    ('passwd', '.txt')
    """
    base = PurePosixPath(unicodedata.normalize("NFC", name).replace("\\", "/")).name
    suffix = ending(base, (*SUFFIXES, *ARCHIVE_SUFFIXES))
    stem = base[: -len(suffix)] if suffix else base
    if suffix is None:
        suffix = _sniff(raw, name)
        stem = base or title or "pasted"
    stem = _UNWANTED.sub("-", stem.encode("utf-8", "replace").decode()).strip(".-_ ")[:MAX_STEM].rstrip(".-_ ")
    stem = stem or "document"
    if (stem + suffix).upper() in {ignored.upper() for ignored in IGNORED_NAMES}:
        stem = f"document-{stem}"
    return stem, suffix


def _sniff(raw: bytes, name: str) -> str:
    """The ending of what has none: a PDF and a page by how they begin, and pasted text."""
    beginning = raw[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    for begins, suffix in _BEGINNINGS:
        if beginning.startswith(begins.lower()):
            return suffix
    if not name:
        return ".txt"
    raise DocumentError(
        f'"{name[:200]}": the name does not say what the file is; expected one that ends in '
        f"{', '.join((*SUFFIXES, *ARCHIVE_SUFFIXES))}; rename the file"
    )


def _place(temporary: Path, path: Path) -> None:
    """Give a finished file its name, which must be free."""
    try:
        os.link(temporary, path)
    except FileExistsError:
        raise
    except OSError:  # a disk without second names
        with path.open("xb") as file:
            file.write(temporary.read_bytes())


def store_bytes(folder: Path, stem: str, suffix: str, raw: bytes) -> Path:
    """Write a new file under the name, or under that with a number; it appears whole, and over nothing.

    Raises
    ------
    DocumentError
        When it cannot be written.
    """
    temporary: Path | None = None
    try:
        folder.mkdir(exist_ok=True)
        # Hidden, so that a build that runs meanwhile does not read half of it.
        handle, hidden = tempfile.mkstemp(dir=folder, prefix=".adding-")
        temporary = Path(hidden)
        with os.fdopen(handle, "wb") as file:
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(0o644)
        for number in range(1, _MAX_SAME_NAMES):
            path = folder / (f"{stem}{suffix}" if number == 1 else f"{stem}-{number}{suffix}")
            try:
                _place(temporary, path)
                return path
            except FileExistsError:
                continue
    except OSError as fault:
        raise DocumentError(
            f"{folder}: the document cannot be written: {fault.strerror}; make the case folder writable"
        ) from None
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)
    raise DocumentError(f"{folder}: there are {_MAX_SAME_NAMES:,} files named {stem}{suffix}; give it another name")
