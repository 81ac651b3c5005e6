"""A saved page, PDF, Word file, mail, text, archive or folder → :class:`Document` with its frozen text.

In: a path. Out: a :class:`Document`, or one after another from a folder or archive: the bytes' hash and the frozen
text that every passage counts its characters in. Refuses, with :class:`~contested.base.errors.DocumentError`: what
is missing, empty, binary, too large, of another kind, encrypted or cut short; pages that are no article; PDF
without a text layer; archives that unpack to far more than they hold. ``docs/documents.md`` lists every format.

The same bytes give the same text with the same library versions, which ``reader`` names. Nothing here
uses the network. A plain text is frozen unchanged: line ends and byte-order mark stay characters of it.
"""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path
from typing import Any

from contested.base.errors import DocumentError
from contested.claims.documents.archives import (
    TAR_SUFFIXES,
    ZIP_SUFFIXES,
    ending,
    find_in_tar,
    find_in_zip,
    list_folder,
)
from contested.claims.documents.content import MAX_DOCUMENT_BYTES, MAX_TEXT_CHARACTERS
from contested.claims.documents.formats import CHARSET_READERS, READERS
from contested.claims.documents.items import Item, PassedOver
from contested.claims.documents.language import SUPPORTED, detect_language, is_supported
from contested.claims.documents.web_archives import WACZ_SUFFIXES, WARC_SUFFIXES, find_in_wacz, find_in_warc

#: What can be read as one document, by the end of the file's name.
SUFFIXES = tuple(sorted(READERS))
#: What holds many documents, by the end of the file's name.
ARCHIVE_SUFFIXES = (*ZIP_SUFFIXES, *TAR_SUFFIXES, *WARC_SUFFIXES, *WACZ_SUFFIXES)


@dataclass(frozen=True)
class Document:
    """One original with its frozen text; the columns of :data:`contested.base.records.DOCUMENTS`.

    ``notes`` is no column: what was left out in reading, for the ``notes`` table.
    """

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
    member: str | None = None
    original_row: int | None = None
    title_from: str | None = None
    outlet_from: str | None = None
    author_from: str | None = None
    pages: tuple[int, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def shown(self) -> str:
        """What messages name: the path, and the member of an archive after a ``#``."""
        return self.path if self.member is None else f"{self.path}#{self.member}"

    @property
    def supported(self) -> bool:
        """Whether the tagger was trained on its language; claims are taken from no other."""
        return is_supported(self.language, self.text)

    def as_row(self) -> dict[str, Any]:
        """The row of the ``documents`` table."""
        row = {field.name: getattr(self, field.name) for field in fields(self) if field.name != "notes"}
        return {**row, "pages": list(self.pages)}


def read_document(path: Path, shown_path: str | None = None) -> Document:
    """Read one original.

    Parameters
    ----------
    path
        The file; its suffix says what it is: .html, .htm, .xhtml, .pdf, .docx, .eml, .txt or .md.
    shown_path
        What the document bears as its path and what messages name; ``path`` as given when left out.

    Raises
    ------
    DocumentError
        When the file cannot be read as an article or report; the message says what to do.
    """
    shown = path.as_posix() if shown_path is None else shown_path
    if path.is_dir():
        raise DocumentError(f"{shown}: this is a folder, expected one file; use read_documents for all files in it")
    if (archive := ending(path.name, ARCHIVE_SUFFIXES)) is not None:
        raise DocumentError(f"{shown}: {archive} holds many documents, expected one; use read_documents for all in it")
    return read_item(open_item(path, shown))


def read_documents(path: Path, shown_path: str | None = None) -> Iterator[Document | DocumentError]:
    """Read every document of a file, folder or archive, one at a time.

    Yields
    ------
    Document or DocumentError
        The error for each item that is refused; the rest is read on. Pictures, scripts and the like in web
        archives are passed over.
    """
    for found in find_items(path, shown_path):
        if isinstance(found, DocumentError):
            yield found
        elif isinstance(found, Item):
            try:
                yield read_item(found)
            except DocumentError as fault:
                yield fault


def find_items(path: Path, shown_path: str | None = None) -> Iterator[Item | DocumentError | PassedOver]:
    """What a file, folder or archive holds, unread: the bytes of one item are in memory at a time."""
    shown = path.as_posix() if shown_path is None else shown_path
    if path.is_dir():
        for file, saved_with_page in list_folder(path):
            inside = f"{shown}/{file.relative_to(path).as_posix()}"
            if saved_with_page:
                yield PassedOver(inside, "files saved with a page", saved_with_page)
            else:
                yield from find_items(file, inside)
        return
    finders = (
        (ZIP_SUFFIXES, find_in_zip), (tuple(TAR_SUFFIXES), find_in_tar),
        (WARC_SUFFIXES, find_in_warc), (WACZ_SUFFIXES, find_in_wacz),
    )  # fmt: skip
    for suffixes, find in finders:
        if ending(path.name, suffixes) is not None and path.exists():
            yield from find(path, shown)
            return
    try:
        yield open_item(path, shown)
    except DocumentError as fault:
        yield fault


def count_documents(paths: Iterable[Path]) -> int | None:
    """How many documents the paths hold; ``None`` when an archive is among them, which must be read to tell."""
    count = 0
    for path in paths:
        for file, saved_with_page in list_folder(path) if path.is_dir() else ((path, 0),):
            if ending(file.name, ARCHIVE_SUFFIXES) is not None:
                return None
            count += not saved_with_page
    return count


def open_item(path: Path, shown: str) -> Item:
    """The bytes of one file.

    Raises
    ------
    DocumentError
        When it is missing, may not be read, is empty, or too large.
    """
    try:
        size = path.stat().st_size
        if size > MAX_DOCUMENT_BYTES:
            raise DocumentError(
                f"{shown}: {size:,} bytes is more than the {MAX_DOCUMENT_BYTES:,} that are read; split the document",
                path=shown,
            )
        raw = path.read_bytes()
    except FileNotFoundError:
        raise DocumentError(f"{shown}: there is no such file; check the path", path=shown) from None
    except OSError as fault:
        raise DocumentError(f"{shown}: cannot be read: {fault.strerror}; check its rights", path=shown) from None
    return Item(shown, path.suffix, raw)


def read_item(item: Item) -> Document:
    """The document of an item.

    Raises
    ------
    DocumentError
        With the item's path, place and hash.
    """
    sha256 = hashlib.sha256(item.raw).hexdigest()
    try:
        return _read(item, sha256)
    except DocumentError as fault:
        raise DocumentError(
            str(fault), path=item.path, original_row=item.original_row or 0, sha256=sha256
        ) from fault.__cause__


def _read(item: Item, sha256: str) -> Document:
    suffix = item.suffix.lower()
    if suffix not in READERS:
        raise DocumentError(
            f'{item.shown}: the suffix "{item.suffix}" is none that can be read; expected {", ".join(SUFFIXES)}; '
            "save the page as HTML or PDF, or export the file as .docx or .txt"
        )
    if not item.raw:
        raise DocumentError(f"{item.shown}: the file is empty (0 bytes); expected a document: collect it again")
    media_type, read = READERS[suffix]
    with_charset = CHARSET_READERS.get(read)
    content = read(item.raw, item.shown) if with_charset is None else with_charset(item.raw, item.shown, item.charset)
    if len(content.text) > MAX_TEXT_CHARACTERS:
        raise DocumentError(
            f"{item.shown}: the text has {len(content.text):,} characters, more than the {MAX_TEXT_CHARACTERS:,} "
            "that are read; split the document"
        )
    # A character set can be named that makes halves of characters; they cannot be stored.
    text = re.sub("[\ud800-\udfff]", "\ufffd", content.text)
    return Document(
        document_id=sha256[:12],
        path=item.path,
        sha256=sha256,
        media_type=media_type,
        title=content.title,
        outlet=content.outlet,
        author=content.author,
        published=content.published,
        published_from=content.published_from,
        # Where it was captured, as the archive states, goes before what the page says of itself.
        address=item.address or content.address,
        collected=item.collected,
        language=detect_language(text),
        text=text,
        text_sha256=hashlib.sha256(text.encode("utf-8")).hexdigest(),
        reader=content.reader,
        member=item.member,
        original_row=item.original_row,
        title_from=content.title_from,
        outlet_from=content.outlet_from,
        author_from=content.author_from,
        pages=content.pages,
        notes=content.notes,
    )


def page_of(document: Document, start: int) -> int | None:
    """The printed page, counted from 1, on which a character of the text stands; ``None`` without pages.

    >>> from types import SimpleNamespace
    >>> page_of(SimpleNamespace(pages=(0, 2000, 4100)), 2000)
    2
    """
    return max(1, bisect_right(document.pages, start)) if document.pages else None


def unsupported_reason(document: Document) -> str:
    """Why no claims are taken from a document whose language the tagger was not trained on."""
    language = f'its language is "{document.language}"' if document.language else "its language is not known"
    known = ", ".join(sorted(SUPPORTED))
    return (
        f"{document.shown}: unsupported: {language}, and the tagger was trained on {known}; it was read, and no "
        "claims were taken from it: enter its statements by hand"
    )
