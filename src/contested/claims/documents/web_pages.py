"""A saved web page → the article's text, and what the page says of itself.

In: the bytes of a page, and its character set when a server stated it. Out: :class:`Content`. Refuses, with
:class:`~contested.base.errors.DocumentError`: what is no HTML, too large, nested too deep, and pages without an
article (front pages, consent forms, pages that scripts fill in).

Menus, comments and teasers go (trafilatura decides); what a browser would not show goes
(:mod:`contested.claims.documents.page_visibility`); what holds a quotation between kept paragraphs stays
(:mod:`contested.claims.documents.page_quotations`). Nothing is fetched and no script is run.
"""

from __future__ import annotations

import codecs
import re
from datetime import date
from importlib.metadata import version
from typing import Any
from urllib.parse import urlsplit

from contested.base.errors import DocumentError
from contested.claims.documents.content import Content, clean_field, count_words
from contested.claims.documents.page_quotations import restore_quotations
from contested.claims.documents.page_visibility import remove_hidden, write_out_quotes

#: Largest page, bytes: the parser's tree takes some 20 times as much memory. News pages have 0.1 to 3 MB.
MAX_HTML_BYTES = 16 * 1024 * 1024
#: Most tags of a page: extraction takes time with the square of them (40,000 take 3 s, half a million more
#: than five minutes). News pages have 1,000 to 15,000.
MAX_HTML_TAGS = 50_000
#: Deepest nesting: from 256 on the parser drops the rest of the page without a word. News pages reach 60.
MAX_HTML_DEPTH = 200
#: Fewest words of an article: what is shorter is a menu, a consent form or an error page.
MIN_ARTICLE_WORDS = 20

_TAG = re.compile(rb"<[a-zA-Z]")
_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]{2,40})", re.IGNORECASE)
#: The day of publication, not of the last change, from what the page declares; the far end of the range is
#: set, since the library would otherwise take it from the clock.
_DATE_SETTINGS = {"original_date": True, "extensive_search": False, "max_date": "2100-01-01"}


def read_html(raw: bytes, shown: str, charset: str | None = None) -> Content:
    """A saved page: the article's text without menus and comments."""
    import trafilatura

    tree = parse_page(raw, shown, charset)
    try:
        # What is hidden may still declare the date: a page's own data is read before it goes.
        declared = trafilatura.extract_metadata(tree, date_config=dict(_DATE_SETTINGS))
        found_in = _declared_text(tree)
        remove_hidden(tree)
        write_out_quotes(tree)
        found = trafilatura.bare_extraction(tree, include_comments=False, include_tables=True)
        text = restore_quotations((getattr(found, "text", None) or "").strip(), tree)
    except (RecursionError, ValueError) as fault:
        raise DocumentError(f"{shown}: the page cannot be parsed: {fault}; save its text as .txt") from None
    words = count_words(text)
    if words < MIN_ARTICLE_WORDS:
        raise DocumentError(
            f"{shown}: no article was found in the page, only {words} words (a front page, a search page, or one "
            "that scripts fill in?); save the article itself, or its text as .txt"
        )
    reader = f"trafilatura {version('trafilatura')}, htmldate {version('htmldate')}, lxml {version('lxml')}, pages 2"
    return Content(text, reader, **_fields(declared, found_in))


def parse_page(raw: bytes, shown: str, charset: str | None = None) -> Any:
    """The tree of a page.

    Raises
    ------
    DocumentError
        When the page is too large, has too many tags, is nested too deep, or is no HTML.
    """
    from trafilatura.utils import load_html

    if len(raw) > MAX_HTML_BYTES:
        raise DocumentError(
            f"{shown}: {len(raw):,} bytes of HTML is more than the {MAX_HTML_BYTES:,} that are read; "
            "save the page without embedded pictures, or as PDF"
        )
    if raw.startswith(b"\x1f\x8b"):
        raise DocumentError(f"{shown}: the file is packed with gzip, expected HTML; unpack it")
    if b"\x00" in raw[:4096] and not raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise DocumentError(f"{shown}: the file holds NUL bytes, so it is no HTML; check what the file is")
    tags = len(_TAG.findall(raw))
    if tags > MAX_HTML_TAGS:
        raise DocumentError(
            f"{shown}: {tags:,} tags is more than the {MAX_HTML_TAGS:,} that are read; save the article's text as .txt"
        )
    try:
        tree = load_html(decode_page(raw, charset))
    except (RecursionError, ValueError) as fault:
        raise DocumentError(f"{shown}: the page cannot be parsed: {fault}; save its text as .txt") from None
    if tree is None:
        raise DocumentError(f"{shown}: no article was found in the page: it is no HTML; check what the file is")
    depth = _depth(tree)
    if depth > MAX_HTML_DEPTH:
        raise DocumentError(
            f"{shown}: tags stand {depth} deep in each other, more than the {MAX_HTML_DEPTH} that are read; "
            "save the article's text as .txt"
        )
    return tree


def decode_page(raw: bytes, charset: str | None = None) -> str:
    """The characters of a page: by its byte-order mark, as UTF-8, as declared, else as guessed."""
    from trafilatura.utils import decode_file

    for mark, name in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if raw.startswith(mark):
            return raw.decode(name, "replace")
    declared = _CHARSET.search(raw[:4096])
    for stated in ("utf-8", charset, declared[1].decode("ascii") if declared else None):
        if stated:
            try:
                return raw.decode(stated)
            except (LookupError, ValueError):
                continue
    return str(decode_file(raw))


def _depth(tree: Any) -> int:
    from lxml.etree import iterwalk

    depth = deepest = 0
    for event, _ in iterwalk(tree, events=("start", "end")):
        depth += 1 if event == "start" else -1
        deepest = max(deepest, depth)
    return deepest


def _declared_text(tree: Any) -> dict[str, str]:
    """What stands where on the page, in lower case: for saying where a field was found."""
    machine = [element.get("content") or "" for element in tree.iter("meta")]
    machine += [element.get("datetime") or "" for element in tree.iter("time")]
    machine += [e.text or "" for e in tree.iter("script") if "ld+json" in (e.get("type") or "")]
    title = [" ".join(element.itertext()) for element in tree.iter("title")]
    headings = [" ".join(element.itertext()) for element in tree.iter("h1", "h2")]
    return {
        name: " ".join(" ".join(parts).lower().split())
        for name, parts in (("metadata", machine), ("title", title), ("heading", headings))
    }


def _fields(declared: Any, found_in: dict[str, str]) -> dict[str, Any]:
    title, outlet = clean_field(declared.title), clean_field(declared.sitename)
    author, address = clean_field(declared.author), clean_field(declared.url)
    published, published_from = _published(declared.date, address, found_in["metadata"])
    return {
        "title": title,
        "title_from": _found(title, found_in, ("metadata", "heading", "title"), "heading"),
        "outlet": outlet,
        "outlet_from": _found(outlet, found_in, ("metadata", "title"), "address"),
        "author": author,
        # Several authors are joined by semicolons; the first says where they stand.
        "author_from": _found(author and author.split(";")[0], found_in, ("metadata",), "byline"),
        "published": published,
        "published_from": published_from,
        "address": address,
    }


def _found(value: str | None, found_in: dict[str, str], places: tuple[str, ...], otherwise: str) -> str | None:
    if not value:
        return None
    place = next((place for place in places if value.lower().strip() in found_in[place]), otherwise)
    return "metadata" if place == "title" else place


def _published(found: str | None, address: str | None, metadata: str) -> tuple[date | None, str | None]:
    """The day of publication, and where it stands: in the metadata, the address, or only the printed byline."""
    try:
        day = date.fromisoformat((found or "")[:10])
    except ValueError:
        return None, None
    if day.isoformat() in metadata:
        return day, "metadata"
    digits = re.findall(r"\d+", urlsplit(address).path) if address else []
    if [f"{day.year}", f"{day.month:02}", f"{day.day:02}"] == digits[:3] or f"{day:%Y%m%d}" in digits:
        return day, "address"
    return day, "byline"
