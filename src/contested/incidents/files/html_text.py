"""The text of a piece of HTML, and the addresses in it.

In: HTML as it stands in a cell. Out: plain text with a line per block, and addresses in order. Refuses: nothing; what
is no HTML stands as it is. Nothing is fetched.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser

_BLOCKS = frozenset({"br", "p", "div", "li", "tr", "table", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "hr"})
_NOT_TEXT = frozenset({"script", "style", "head", "title"})
_ADDRESS = re.compile(r"https?://[^\s<>\"']+")
_SPACES = re.compile(r"[^\S\n]+")


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.text: list[str] = []
        self.links: list[str] = []
        self.hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.hidden += tag in _NOT_TEXT
        if tag in _BLOCKS:
            self.text.append("\n")
        self.links += [value for name, value in attrs if name == "href" and value and _ADDRESS.match(value)]

    def handle_endtag(self, tag: str) -> None:
        self.hidden -= tag in _NOT_TEXT and self.hidden > 0
        if tag in _BLOCKS:
            self.text.append("\n")

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.text.append(data)


def html_text(html: str) -> tuple[str, tuple[str, ...]]:
    """Text and addresses of a piece of HTML: those that it links to, then those written out in the text.

    >>> html_text('Hit <b>a mill</b>.<br/>Seen at <a href="https://a.example/1">post</a> https://b.example/2.')
    ('Hit a mill.\\nSeen at post https://b.example/2.', ('https://a.example/1', 'https://b.example/2'))
    """
    reader = _Reader()
    reader.feed(html)
    reader.close()
    lines = (_SPACES.sub(" ", line).strip() for line in "".join(reader.text).split("\n"))
    text = "\n".join(filter(None, lines))
    written = (found.rstrip(".,;:!?)]}") for found in _ADDRESS.findall(text))
    return text, tuple(dict.fromkeys([*reader.links, *written]))
