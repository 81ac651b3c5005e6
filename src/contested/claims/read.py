"""A saved page, PDF, Word file or text → one :class:`Document` with its frozen text.

In: one file. Out: a :class:`Document`: the bytes' hash and the frozen text that every passage
counts its characters in. Refuses, with :class:`~contested.base.errors.DocumentError`: what is missing,
empty, a folder, binary, too large, of another kind, encrypted or cut short; pages that are no article;
PDF without a text layer; archives that unpack to far more than they hold.

The same bytes give the same text with the same library versions, which ``reader`` names. Nothing here
uses the network. A plain text is frozen unchanged: line ends and byte-order mark stay characters of it.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from contested.base.errors import DocumentError
from contested.claims.formats import MAX_TEXT_CHARACTERS, READERS

#: Largest original, bytes: a PDF report with photographs stays below; a disk image does not.
MAX_DOCUMENT_BYTES = 64 * 1024 * 1024
#: What can be read, by the end of the file's name.
SUFFIXES = tuple(sorted(READERS))
#: Characters looked at to tell the language.
LANGUAGE_SAMPLE_CHARACTERS = 20_000
#: Share of English function words from which a text is taken for English: English prose has 0.25 or more
#: of these, German, French, Spanish or Dutch prose under 0.05.
ENGLISH_SHARE = 0.12
ENGLISH_MIN_WORDS = 8

_ENGLISH_WORDS = frozenset(
    "the of and to that a for was on with as by from were is has had have it be which but not his he they "
    "their its said who at an this are been would".split()
)


@dataclass(frozen=True)
class Document:
    """One original with its frozen text; the columns of :data:`contested.base.records.DOCUMENTS`."""

    document_id: str
    path: str
    sha256: str
    media_type: str
    title: str | None
    outlet: str | None
    author: str | None
    published: date | None
    published_from: str | None
    address: str | None
    collected: date | None
    language: str | None
    text: str
    text_sha256: str
    reader: str

    def as_row(self) -> dict[str, Any]:
        """The row of the ``documents`` table."""
        return asdict(self)


def read_document(path: Path, shown_path: str | None = None) -> Document:
    """Read one original.

    Parameters
    ----------
    path
        The file; its suffix says what it is: .html, .htm, .pdf, .docx, .txt or .md.
    shown_path
        What the document bears as its path and what messages name; ``path`` as given when left out.

    Raises
    ------
    DocumentError
        When the file cannot be read as an article or report; the message says what to do.
    """
    shown = path.as_posix() if shown_path is None else shown_path
    suffix = path.suffix.lower()
    raw = _read_bytes(path, shown)
    if suffix not in READERS:
        known = ", ".join(sorted(READERS))
        raise DocumentError(
            f'{shown}: the suffix "{path.suffix}" is none that can be read; expected {known}; '
            "save the page as HTML or PDF, or export the file as .docx or .txt"
        )
    media_type, read = READERS[suffix]
    content = read(raw, shown)
    if len(content.text) > MAX_TEXT_CHARACTERS:
        raise DocumentError(
            f"{shown}: the text has {len(content.text):,} characters, more than the {MAX_TEXT_CHARACTERS:,} "
            "that are read; split the document"
        )
    sha256 = hashlib.sha256(raw).hexdigest()
    return Document(
        document_id=sha256[:12],
        path=shown,
        sha256=sha256,
        media_type=media_type,
        title=content.title,
        outlet=content.outlet,
        author=content.author,
        published=content.published,
        published_from=content.published_from,
        address=content.address,
        collected=None,
        language=detect_language(content.text),
        text=content.text,
        text_sha256=hashlib.sha256(content.text.encode("utf-8")).hexdigest(),
        reader=content.reader,
    )


def detect_language(text: str) -> str | None:
    """``en`` when enough of the text's words are English function words, else ``None`` (not known)."""
    words = re.findall(r"[^\W\d_]+", text[:LANGUAGE_SAMPLE_CHARACTERS].lower())
    if len(words) < ENGLISH_MIN_WORDS:
        return None
    return "en" if sum(word in _ENGLISH_WORDS for word in words) / len(words) >= ENGLISH_SHARE else None


def _read_bytes(path: Path, shown: str) -> bytes:
    if path.is_dir():
        raise DocumentError(f"{shown}: this is a folder, expected one file; name the files in it")
    try:
        size = path.stat().st_size
        if size > MAX_DOCUMENT_BYTES:
            raise DocumentError(
                f"{shown}: {size:,} bytes is more than the {MAX_DOCUMENT_BYTES:,} that are read; split the document"
            )
        raw = path.read_bytes()
    except FileNotFoundError:
        raise DocumentError(f"{shown}: there is no such file; check the path") from None
    except OSError as fault:
        raise DocumentError(f"{shown}: cannot be read: {fault.strerror}; check its rights") from None
    if not raw:
        raise DocumentError(f"{shown}: the file is empty (0 bytes); expected a document: collect it again")
    return raw
