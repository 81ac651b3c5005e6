"""The bytes of one format → text and what the file says of itself.

In: bytes, and the name that messages show. Out: :class:`Content`. Refuses, with
:class:`~contested.base.errors.DocumentError`: bytes that are not what the suffix says, that are encrypted, cut short,
without text, or that would unpack to more than any real document.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from typing import Any

from contested.base.errors import DocumentError

#: Most characters of a frozen text: longer than any report; tagging it takes minutes.
MAX_TEXT_CHARACTERS = 20_000_000
#: Largest page, bytes: the parser's tree takes some 20 times as much memory. News pages have 0.1 to 3 MB.
MAX_HTML_BYTES = 16 * 1024 * 1024
#: Most tags of a page: extraction takes time with the square of them (40,000 take 3 s, half a million more
#: than five minutes). News pages have 1,000 to 15,000.
MAX_HTML_TAGS = 50_000
#: Fewest words of an article: what is shorter is a menu, a consent form or an error page.
MIN_ARTICLE_WORDS = 20
#: Most pages of a PDF: the longest reports of inquiry commissions have some 1,500.
MAX_PDF_PAGES = 3000
#: Most that a Word file may unpack to, bytes, and as a multiple of its packed size. XML packs to a
#: tenth, seldom to a fiftieth; a bomb to a thousandth. Small files may exceed the ratio.
MAX_UNPACKED_BYTES = 256 * 1024 * 1024
MAX_UNPACKED_RATIO = 120
UNPACKED_ALWAYS_BYTES = 4 * 1024 * 1024
#: Most files in a Word file: it counts its pictures.
MAX_ARCHIVE_MEMBERS = 5000

#: What reading a damaged archive raises.
_WORD_FAULTS = (
    KeyError, ValueError, IndexError, AttributeError, EOFError, OSError, NotImplementedError, RuntimeError,
    zipfile.BadZipFile, zlib.error,
)  # fmt: skip
_TAG = re.compile(rb"<[a-zA-Z]")
#: The day of publication, not of the last change, from what the page declares; the far end of the range is
#: set, since the library would otherwise take it from the clock.
_DATE_SETTINGS = {"original_date": True, "extensive_search": False, "max_date": "2100-01-01"}


@dataclass(frozen=True)
class Content:
    """What a reader of one format finds."""

    text: str
    reader: str
    title: str | None = None
    outlet: str | None = None
    author: str | None = None
    published: date | None = None
    published_from: str | None = None
    address: str | None = None


def read_plain(raw: bytes, shown: str) -> Content:
    """A plain text or Markdown file; its text is frozen unchanged."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise DocumentError(f"{shown}: the text is UTF-16, expected UTF-8; save it again as UTF-8")
    if b"\x00" in raw:
        raise DocumentError(
            f"{shown}: byte {raw.index(0)} is NUL, so this is a binary file, expected text; check what the file is"
        )
    text = _decode_utf8(raw, shown)
    if not text.strip("\ufeff \t\r\n"):
        raise DocumentError(f"{shown}: the file holds only white space; expected text: collect it again")
    return Content(text, "plain 1", title=_first_heading(text))


def _decode_utf8(raw: bytes, shown: str) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as fault:
        wrong = raw[fault.start]
        hint = "it may be Windows-1252 (cp1252)" if wrong >= 0x80 else "it may be cut short"
        raise DocumentError(
            f"{shown}: byte {fault.start} (0x{wrong:02x}) is no UTF-8; {hint}: convert it to UTF-8, keep the original"
        ) from None


def _first_heading(text: str) -> str | None:
    """A Markdown heading in the first line with words, if there is one."""
    first = text.lstrip("\ufeff \t\r\n").partition("\n")[0].strip()
    return first.lstrip("#").strip() or None if re.match(r"#{1,2}\s", first) else None


def read_html(raw: bytes, shown: str) -> Content:
    """A saved page: the article's text without menus and comments."""
    import trafilatura

    if len(raw) > MAX_HTML_BYTES:
        raise DocumentError(
            f"{shown}: {len(raw):,} bytes of HTML is more than the {MAX_HTML_BYTES:,} that are read; "
            "save the page without embedded pictures, or as PDF"
        )
    if b"\x00" in raw[:4096] and not raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise DocumentError(f"{shown}: the file holds NUL bytes, so it is no HTML; check what the file is")
    tags = len(_TAG.findall(raw))
    if tags > MAX_HTML_TAGS:
        raise DocumentError(
            f"{shown}: {tags:,} tags is more than the {MAX_HTML_TAGS:,} that are read; save the article's text as .txt"
        )
    try:
        found = trafilatura.bare_extraction(
            raw, with_metadata=True, include_comments=False, include_tables=True, date_extraction_params=_DATE_SETTINGS
        )
    except (RecursionError, ValueError) as fault:
        raise DocumentError(f"{shown}: the page cannot be parsed: {fault}; save its text as .txt") from None
    text = (getattr(found, "text", None) or "").strip()
    words = len(text.split())
    if words < MIN_ARTICLE_WORDS:
        raise DocumentError(
            f"{shown}: no article was found in the page, only {words} words (a front page, a search page, or one "
            "that scripts fill in?); save the article itself, or its text as .txt"
        )
    published, published_from = _published(raw, getattr(found, "date", None))
    return Content(
        text,
        f"trafilatura {version('trafilatura')}, htmldate {version('htmldate')}, lxml {version('lxml')}",
        title=_clean(getattr(found, "title", None)),
        outlet=_clean(getattr(found, "sitename", None)),
        author=_clean(getattr(found, "author", None)),
        published=published,
        published_from=published_from,
        address=_clean(getattr(found, "url", None)),
    )


def _published(raw: bytes, found: str | None) -> tuple[date | None, str | None]:
    """The day of publication, and whether the page's metadata or only its printed byline says so."""
    if not found:
        return None, None
    try:
        day = date.fromisoformat(found[:10])
    except ValueError:
        return None, None
    # What is declared for machines stands in <head> or in attributes in the ISO form.
    declared = re.search(
        rb"(?:datePublished|published_time|pubdate|DC\.date|<time)[^>]{0,200}?" + found[:10].encode(),
        raw,
        re.IGNORECASE,
    )
    return day, "metadata" if declared else "byline"


def _clean(value: str | None) -> str | None:
    return " ".join(value.split()) or None if value else None


def read_pdf(raw: bytes, shown: str) -> Content:
    """A PDF with a text layer, page by page."""
    import pypdfium2

    if b"%PDF-" not in raw[:1024]:
        raise DocumentError(f"{shown}: the file does not begin as a PDF; check what the file is, or collect it again")
    if b"%%EOF" not in raw[-2048:]:
        raise DocumentError(
            f"{shown}: the PDF is cut short (its end mark is missing); collect it again, expected more than "
            f"{len(raw):,} bytes"
        )
    try:
        pdf = pypdfium2.PdfDocument(raw)
    except pypdfium2.PdfiumError as fault:
        if "password" in str(fault).lower():
            raise DocumentError(
                f"{shown}: the PDF is encrypted; save a copy without password and keep the original beside it"
            ) from None
        raise DocumentError(f"{shown}: the PDF is damaged: {fault}; collect it again") from None
    try:
        return _pdf_content(pdf, shown)
    except pypdfium2.PdfiumError as fault:
        raise DocumentError(f"{shown}: the PDF is damaged: {fault}; collect it again") from None
    finally:
        pdf.close()


def _pdf_content(pdf: Any, shown: str) -> Content:
    if len(pdf) > MAX_PDF_PAGES:
        raise DocumentError(f"{shown}: {len(pdf):,} pages is more than the {MAX_PDF_PAGES:,} that are read; split it")
    pages = []
    characters = 0
    for number in range(len(pdf)):
        page = pdf[number]
        text_page = page.get_textpage()
        text = text_page.get_text_bounded()
        text_page.close()
        page.close()
        characters += len(text)
        if characters > MAX_TEXT_CHARACTERS:
            raise DocumentError(
                f"{shown}: the first {number + 1} pages hold more than {MAX_TEXT_CHARACTERS:,} characters; split it"
            )
        pages.append(_join_lines(text))
    text = "\n\n".join(page for page in pages if page)
    if not text:
        raise DocumentError(
            f"{shown}: no page of {len(pages)} has a text layer (a scan?); run text recognition (OCR) on a copy and "
            "read that, or type the passage into a .txt"
        )
    meta = pdf.get_metadata_dict(skip_empty=True)
    return Content(
        text,
        f"pypdfium2 {version('pypdfium2')}",
        title=_clean(meta.get("Title")),
        author=_clean(meta.get("Author")),
    )


def _join_lines(page: str) -> str:
    """Printed lines joined into paragraphs: a line that ends a sentence and falls short ends a paragraph.

    The reader marks a hyphen at a line's end by U+FFFE; the word is joined again.
    """
    page = re.sub("[\ufffe\u00ad]\\s*", "", page.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", ""))
    lines = [line.strip() for line in page.split("\n")]
    longest = max(map(len, lines), default=0)
    parts: list[str] = []
    for line in lines:
        if not line:
            parts.append("\n")
            continue
        parts.append(line)
        ends = line[-1] in '.!?:”"’' and len(line) < 0.8 * longest
        parts.append("\n" if ends else " ")
    return re.sub(r" ?\n\s*", "\n", "".join(parts)).strip()


def read_docx(raw: bytes, shown: str) -> Content:
    """A Word file: its paragraphs and tables in order."""
    import docx
    from docx.opc.exceptions import OpcError
    from lxml.etree import LxmlError

    if raw.startswith(b"\xd0\xcf\x11\xe0"):
        raise DocumentError(
            f"{shown}: this is an encrypted or an old Word file (.doc), expected .docx; open it and save it as .docx"
        )
    _check_archive(raw, shown)
    try:
        word = docx.Document(io.BytesIO(raw))
        text = "\n".join(block for block in _word_blocks(word) if block.strip())
    except (*_WORD_FAULTS, OpcError, LxmlError) as fault:
        raise DocumentError(f"{shown}: the Word file is damaged: {fault}; collect it again") from None
    if not text.strip():
        raise DocumentError(f"{shown}: the Word file holds no text; pictures of text must be typed or recognised first")
    properties = word.core_properties
    return Content(
        text, f"python-docx {version('python-docx')}",
        title=_clean(properties.title), author=_clean(properties.author),
    )  # fmt: skip


def _word_blocks(word: Any) -> list[str]:
    """Paragraphs and the cells of tables in the order of the page."""
    from docx.table import Table

    blocks = []
    for block in word.iter_inner_content():
        if isinstance(block, Table):
            blocks += [" | ".join(cell.text for cell in row.cells) for row in block.rows]
        else:
            blocks.append(block.text)
    return blocks


def _check_archive(raw: bytes, shown: str) -> None:
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
    except zipfile.BadZipFile as fault:
        raise DocumentError(
            f"{shown}: this is no Word file ({fault}); expected a .docx, which is a zip archive; "
            "open it and save it as .docx, or rename it to what it is"
        ) from None


#: Suffix → media type and reader.
READERS: dict[str, tuple[str, Callable[[bytes, str], Content]]] = {
    ".txt": ("text/plain", read_plain),
    ".md": ("text/plain", read_plain),
    ".html": ("text/html", read_html),
    ".htm": ("text/html", read_html),
    ".pdf": ("application/pdf", read_pdf),
    ".docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", read_docx),
}
