"""What every reader of one format gives, and the limits that hold for all of them.

In: nothing. Out: :class:`Content`, named limits, small cleaning of what files say of themselves. Refuses: nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

#: Largest original, bytes: a PDF report with photographs stays below; a disk image does not.
MAX_DOCUMENT_BYTES = 64 * 1024 * 1024
#: Most characters of a frozen text: longer than any report; a text file of 50 MB is cut into parts by hand.
MAX_TEXT_CHARACTERS = 20_000_000
#: Longest title, outlet, author or address, characters: what is longer is no such thing.
MAX_FIELD_CHARACTERS = 1000


@dataclass(frozen=True)
class Content:
    """What a reader of one format finds.

    ``title_from``, ``outlet_from``, ``author_from`` and ``published_from`` say where: ``metadata`` (declared for
    machines), ``heading``, ``byline`` (printed on the page), ``address``, ``header`` (of a mail), ``properties``
    (of a PDF or Word file, which its maker may have left wrong).
    ``pages`` holds the first character of each printed page. ``notes`` says what was left out.
    """

    text: str
    reader: str
    title: str | None = None
    title_from: str | None = None
    outlet: str | None = None
    outlet_from: str | None = None
    author: str | None = None
    author_from: str | None = None
    published: date | None = None
    published_from: str | None = None
    address: str | None = None
    pages: tuple[int, ...] = ()
    notes: tuple[str, ...] = ()


def clean_field(value: object) -> str | None:
    """One line without surrounding or repeated white space and control characters; ``None`` when none is left."""
    if not value:
        return None
    printable = "".join(c if c.isprintable() else " " for c in str(value)[: 4 * MAX_FIELD_CHARACTERS])
    return " ".join(printable.split())[:MAX_FIELD_CHARACTERS] or None


def count_words(text: str) -> int:
    """Words between spaces; two characters of a script without spaces count as one."""
    unspaced = len(re.findall("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]", text))
    return len(text.split()) + unspaced // 2
