"""Every format that can be read, by the end of its name; plain text is read here.

In: bytes, and the name that messages show. Out: :class:`~contested.claims.documents.content.Content`. Refuses, with
:class:`~contested.base.errors.DocumentError`: bytes that are not what the suffix says, that are encrypted, cut short,
without text, or that would unpack to more than any real document.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from importlib.metadata import version

from contested.base.errors import DocumentError
from contested.claims.documents.content import Content
from contested.claims.documents.mail import read_mail
from contested.claims.documents.pdf_process import PDF_PROCESS
from contested.claims.documents.web_pages import read_html
from contested.claims.documents.word_files import read_docx


def read_plain(raw: bytes, shown: str, charset: str | None = None) -> Content:
    """A plain text or Markdown file; its text is frozen unchanged."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise DocumentError(f"{shown}: the text is UTF-16, expected UTF-8; save it again as UTF-8")
    if b"\x00" in raw:
        raise DocumentError(
            f"{shown}: byte {raw.index(0)} is NUL, so this is a binary file, expected text; check what the file is"
        )
    text = _decode(raw, shown, charset)
    if not text.strip("\ufeff \t\r\n"):
        raise DocumentError(f"{shown}: the file holds only white space; expected text: collect it again")
    title = _first_heading(text)
    return Content(text, "plain 1", title=title, title_from="heading" if title else None)


def _decode(raw: bytes, shown: str, charset: str | None) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as fault:
        if charset is not None:
            try:
                return raw.decode(charset)
            except (LookupError, ValueError):
                pass
        wrong = raw[fault.start]
        hint = "it may be Windows-1252 (cp1252)" if wrong >= 0x80 else "it may be cut short"
        raise DocumentError(
            f"{shown}: byte {fault.start} (0x{wrong:02x}) is no UTF-8; {hint}: convert it to UTF-8, keep the original"
        ) from None


def _first_heading(text: str) -> str | None:
    """A Markdown heading in the first line with words, if there is one."""
    first = text.lstrip("\ufeff \t\r\n").partition("\n")[0].strip()
    return first.lstrip("#").strip()[:1000] or None if re.match(r"#{1,2}\s", first) else None


def read_pdf(raw: bytes, shown: str) -> Content:
    """A PDF with a text layer, page by page."""
    found = PDF_PROCESS.read(raw, shown)
    pages = len(found.pages)
    blank = f"{found.empty_pages} of {pages} pages have no text layer (pictures or scans?)"
    return Content(
        found.text, f"pypdfium2 {version('pypdfium2')}, columns 1",
        title=found.title, title_from="properties" if found.title else None,
        author=found.author, author_from="properties" if found.author else None,
        pages=found.pages, notes=(blank,) if found.empty_pages else (),
    )  # fmt: skip


#: Suffix → media type and reader.
READERS: dict[str, tuple[str, Callable[[bytes, str], Content]]] = {
    ".txt": ("text/plain", read_plain),
    ".md": ("text/plain", read_plain),
    ".html": ("text/html", read_html),
    ".htm": ("text/html", read_html),
    ".xhtml": ("text/html", read_html),
    ".pdf": ("application/pdf", read_pdf),
    ".docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", read_docx),
    ".eml": ("message/rfc822", read_mail),
}
#: Readers that take the character set which a server stated.
CHARSET_READERS: dict[Callable[[bytes, str], Content], Callable[[bytes, str, str | None], Content]] = {
    read_plain: read_plain, read_html: read_html,
}  # fmt: skip
