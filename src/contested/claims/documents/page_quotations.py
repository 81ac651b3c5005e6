"""Puts back what the extraction cut although it holds a quotation, and joins the lines of a paragraph.

In: the article's text as extracted, and the tree of the page. Out: the text, with blocks put back. Refuses: nothing.

Extraction judges a block by its class, length and links, and so drops captions, pull quotes, quotations in
boxes named "share" or "aside", and the line under a quotation that says whose it is. Here every visible block
of the page is looked for in the extracted text, in order. A block that is missing between two that were
kept goes back to its place when it holds a quotation mark or stands in a ``<blockquote>``, unless it lies in a
menu, a form, comments or a list of links, or stands in the text nearby already.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

#: Marks that open or close a quotation; apostrophes are none.
QUOTATION_MARK = re.compile('["“”„‟«»‹›‘「」『』]|&quot;')
#: Share of a block's letters that may be link text; more is a teaser to another article.
MAX_LINK_SHARE = 0.5
#: Letters of the extracted text, before and after the place reached, in which a block is looked for.
WINDOW_CHARACTERS = 20_000
#: Letters below which a block is looked for only at hand.
SHORT_CHARACTERS = 20

_BLOCK_TAGS = frozenset(
    "address article aside blockquote body caption center dd details dialog div dl dt fieldset figcaption figure "
    "footer form h1 h2 h3 h4 h5 h6 header hr legend li main menu nav ol p pre section summary table tbody td tfoot th "
    "thead tr ul html".split()
)
_SKIPPED_TAGS = frozenset(
    "script style noscript template head nav form button select option svg iframe object video audio canvas textarea "
    "menu math".split()
)
_SKIPPED_NAMES = re.compile(
    r"(?:^|[\s_-])(?:comments?|disqus|related|recommend\w*|promo\w*|newsletter|subscri\w*|cookies?|consent|advert\w*|"
    r"most-?(?:read|popular|viewed)|trending|teasers?|breadcrumbs?|nav\w*|menu|sidebar|read-?more|more-?stories)(?:$|[\s_-])",
    re.I,
)


@dataclass
class _Block:
    """A stretch of visible text between two borders of blocks."""

    text: str
    link_letters: int
    quoted: bool
    broken: bool


def restore_quotations(text: str, tree: Any) -> str:
    """The extracted text with the missing quotations back in their places."""
    if not text:
        return text
    lines = text.split("\n")
    kept, ends = _letters_of(lines)
    at = 0
    started = False
    waiting: list[str] = []
    inserted: dict[int, list[str]] = {}
    joined: set[int] = set()
    for block in visible_blocks(tree):
        key = _key(block.text)
        if not key:
            continue
        # A short block ("Share", "No.") is met by chance elsewhere.
        window = WINDOW_CHARACTERS if len(key) >= SHORT_CHARACTERS else 5 * SHORT_CHARACTERS
        place = kept.find(key, at, at + len(key) + window)
        if place >= 0:
            if started and waiting:
                inserted.setdefault(bisect_right(ends, place - 1), []).extend(waiting)
            started, waiting = True, []
            at = place + len(key)
            if not block.broken:
                # A paragraph that the page's source breaks into lines is one line, as a reader sees it.
                joined.update(range(bisect_right(ends, place) + 1, bisect_left(ends, at) + 1))
        elif started and _is_quotation(block, key) and not _stands_near(kept, key, at):
            waiting.append(block.text)
    restored: list[str] = []
    for number, line in enumerate(lines):
        if number in joined and restored:
            restored[-1] = f"{restored[-1].rstrip()} {line.lstrip()}".rstrip()
        else:
            restored.append(line)
        restored += dict.fromkeys(inserted.get(number, ()))
    return "\n".join(restored)


def _is_quotation(block: _Block, key: str) -> bool:
    if block.link_letters > MAX_LINK_SHARE * len(key):
        return False
    return block.quoted or QUOTATION_MARK.search(block.text) is not None


def _stands_near(kept: str, key: str, at: int) -> bool:
    """Whether the block, or its beginning or end, stands in the extracted text nearby."""
    low, high = max(0, at - WINDOW_CHARACTERS), at + len(key) + WINDOW_CHARACTERS
    return kept.find(key, low, high) >= 0 or (
        len(key) > 60 and (kept.find(key[:50], low, high) >= 0 or kept.find(key[-50:], low, high) >= 0)
    )


def _key(text: str) -> str:
    """Letters and digits alone: white space, marks and list signs differ between page and extraction."""
    return "".join(c for c in text if c.isalnum())


def _letters_of(lines: list[str]) -> tuple[str, list[int]]:
    """All letters of the lines in one string, and where each line's letters end in it."""
    keys = [_key(line) for line in lines]
    return "".join(keys), list(accumulate(map(len, keys)))


def visible_blocks(tree: Any) -> Iterator[_Block]:
    """Blocks of the page in the order of its text, without menus, forms, comments and scripts."""
    from lxml.etree import iterwalk

    body = tree.find("body")
    parts: list[str] = []
    letters = quotes = links = skipping = breaks = 0

    def close() -> _Block | None:
        nonlocal letters, breaks
        text = " ".join("".join(parts).split())
        block = _Block(text, letters, quotes > 0, breaks > 0) if text else None
        parts.clear()
        letters = breaks = 0
        return block

    walk = iterwalk(tree if body is None else body, events=("start", "end", "comment", "pi"))
    for event, element in walk:
        if event in ("comment", "pi"):
            tail = element.tail
        else:
            tag = element.tag
            border = tag in _BLOCK_TAGS
            if event == "start":
                if border and (block := close()):
                    yield block
                skipping += _is_skipped(element)
                quotes += tag == "blockquote"
                links += tag == "a"
                breaks += tag in ("br", "pre")
                tail = element.text
            else:
                if border and (block := close()):
                    yield block
                skipping -= _is_skipped(element)
                quotes -= tag == "blockquote"
                links -= tag == "a"
                tail = "\n" + (element.tail or "") if tag == "br" else element.tail
        if tail and not skipping:
            parts.append(tail)
            if links:
                letters += sum(c.isalnum() for c in tail)
    if block := close():
        yield block


def _is_skipped(element: Any) -> bool:
    if element.tag in _SKIPPED_TAGS:
        return True
    if element.tag in ("html", "body", "main", "article"):
        return False
    names = f"{element.get('class') or ''} {element.get('id') or ''}"
    return len(names) > 1 and _SKIPPED_NAMES.search(names) is not None
