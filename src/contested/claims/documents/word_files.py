"""A Word file → its paragraphs and tables in order.

In: the bytes of a ``.docx``. Out: :class:`Content`. Refuses, with
:class:`~contested.base.errors.DocumentError`: what is no Word file, encrypted, damaged, without text, or what
unpacks or expands to more than any Word file.

Inserted text is read, deleted text is not; text marked as hidden is not. Footnotes and endnotes follow the body.
Nothing that the file refers to outside of itself (templates, pictures, embedded pages) is fetched.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from importlib.metadata import version
from typing import Any

from contested.base.errors import DocumentError
from contested.claims.documents.archives import ZIP_FAULTS
from contested.claims.documents.content import MAX_TEXT_CHARACTERS, Content, clean_field

#: Most that a Word file may unpack to, bytes, and as a multiple of its packed size. XML packs to a
#: tenth, seldom to a fiftieth; a bomb to a thousandth. Small files may exceed the ratio.
MAX_UNPACKED_BYTES = 256 * 1024 * 1024
MAX_UNPACKED_RATIO = 120
UNPACKED_ALWAYS_BYTES = 4 * 1024 * 1024
#: Most files in a Word file: it counts its pictures.
MAX_ARCHIVE_MEMBERS = 5000
#: Deepest table in a table that is read; the tables of forms reach 5.
MAX_TABLE_DEPTH = 20

#: What reading a damaged archive raises.
_WORD_FAULTS = (*ZIP_FAULTS, KeyError, IndexError, AttributeError)
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
#: Parts of a paragraph that are no text of it: deleted, moved away, the second form of a drawing, field codes.
_NOT_READ = frozenset({
    f"{_W}del", f"{_W}moveFrom", f"{_W}instrText", f"{_W}delText", f"{_W}rPr", f"{_W}pPr", f"{_W}sdtPr",
    "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback",
})  # fmt: skip
_MARKS = {f"{_W}tab": "\t", f"{_W}br": "\n", f"{_W}cr": "\n", f"{_W}noBreakHyphen": "-", f"{_W}softHyphen": ""}


def read_docx(raw: bytes, shown: str) -> Content:
    """A Word file: its paragraphs and tables in order, then its notes."""
    import docx
    from docx.opc.exceptions import OpcError
    from lxml.etree import LxmlError

    if raw.startswith(b"\xd0\xcf\x11\xe0"):
        raise DocumentError(
            f"{shown}: this is an encrypted or an old Word file (.doc), expected .docx; open it and save it as .docx"
        )
    check_archive(raw, shown)
    try:
        word = docx.Document(io.BytesIO(raw))
        roots = [word.element.body, *_note_roots(word)]
        for root in roots:
            if root.getroottree().docinfo.internalDTD is not None:
                raise DocumentError(f"{shown}: the Word file declares entities, as none does; refused as unsafe")
        text = "\n".join(block for root in roots for block in _blocks(root) if block.strip())
        properties = word.core_properties
        title, author = clean_field(properties.title), clean_field(properties.author)
    except DocumentError:
        raise
    except (*_WORD_FAULTS, OpcError, LxmlError) as fault:
        raise DocumentError(f"{shown}: the Word file is damaged: {fault}; collect it again") from None
    if not text.strip():
        raise DocumentError(f"{shown}: the Word file holds no text; pictures of text must be typed or recognised first")
    if len(text) > MAX_TEXT_CHARACTERS:
        raise DocumentError(f"{shown}: the text has more than {MAX_TEXT_CHARACTERS:,} characters; split it")
    return Content(
        text, f"python-docx {version('python-docx')}, word 2",
        title=title, title_from="properties" if title else None,
        author=author, author_from="properties" if author else None,
    )  # fmt: skip


def _note_roots(word: Any) -> Iterator[Any]:
    """The roots of footnotes and endnotes."""
    from lxml.etree import XMLParser, fromstring

    parser = XMLParser(resolve_entities=False, no_network=True)
    for relation in word.part.rels.values():
        if not relation.is_external and relation.reltype.rsplit("/", 1)[-1] in ("footnotes", "endnotes"):
            yield fromstring(relation.target_part.blob, parser)


def _blocks(root: Any, depth: int = 0) -> Iterator[str]:
    """Paragraphs, and the rows of tables with their cells between bars."""
    for element in root:
        tag = element.tag
        if tag == f"{_W}p":
            yield from _paragraph(element)
        elif tag == f"{_W}tbl":
            for row in _inside(element, f"{_W}tr") if depth < MAX_TABLE_DEPTH else ():
                cells = (" ".join(filter(str.strip, _blocks(cell, depth + 1))) for cell in _inside(row, f"{_W}tc"))
                yield (" | " if depth == 0 else " ").join(cells)
        elif tag not in _NOT_READ and element.get(f"{_W}type") not in ("separator", "continuationSeparator"):
            # Content controls, tracked insertions and notes hold paragraphs of their own.
            yield from _blocks(element, depth)


def _inside(element: Any, tag: str) -> Iterator[Any]:
    """Children of that tag, also those that a content control wraps."""
    for child in element:
        if child.tag == tag:
            yield child
        elif child.tag in (f"{_W}sdt", f"{_W}sdtContent"):
            yield from _inside(child, tag)


def _paragraph(paragraph: Any) -> list[str]:
    """The text of a paragraph, then that of the text boxes anchored in it."""
    parts: list[str] = []
    boxes: list[str] = []
    _collect(paragraph, parts, boxes)
    return ["".join(parts), *boxes]


def _collect(element: Any, parts: list[str], boxes: list[str]) -> None:
    for child in element:
        tag = child.tag
        if tag in _NOT_READ or not isinstance(tag, str):
            continue
        if tag == f"{_W}t":
            parts.append(child.text or "")
        elif tag in _MARKS:
            parts.append(_MARKS[tag])
        elif tag == f"{_W}txbxContent":
            boxes += _blocks(child)
        elif not (tag == f"{_W}r" and _is_hidden(child)):
            _collect(child, parts, boxes)


def _is_hidden(run: Any) -> bool:
    mark = run.find(f"{_W}rPr/{_W}vanish")
    return mark is not None and mark.get(f"{_W}val") not in ("0", "false", "off")


def check_archive(raw: bytes, shown: str) -> None:
    """Refuse an archive that is no Word file, encrypted, or would unpack to more than one does."""
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            members = archive.infolist()
            unpacked = sum(member.file_size for member in members)
            if len(members) > MAX_ARCHIVE_MEMBERS:
                raise DocumentError(
                    f"{shown}: {len(members):,} files in it, more than the {MAX_ARCHIVE_MEMBERS:,} of any Word file; "
                    "it was refused as unsafe"
                )
            if unpacked > MAX_UNPACKED_BYTES or (
                unpacked > UNPACKED_ALWAYS_BYTES and unpacked > MAX_UNPACKED_RATIO * len(raw)
            ):
                raise DocumentError(
                    f"{shown}: {len(raw):,} bytes unpack to {unpacked:,}, as no Word file does; refused as unsafe"
                )
            if "word/document.xml" not in archive.namelist():
                raise DocumentError(f"{shown}: the archive holds no Word document; check what the file is")
            for member in members:
                # The declared size can lie; unpacking stops at it, so a longer stream shows as a bad checksum.
                if member.flag_bits & 1:
                    raise DocumentError(f"{shown}: the Word file is encrypted; save a copy without password")
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as fault:
        if isinstance(fault, DocumentError):
            raise
        raise DocumentError(
            f"{shown}: this is no Word file ({fault}); expected a .docx, which is a zip archive; "
            "open it and save it as .docx, or rename it to what it is"
        ) from None
