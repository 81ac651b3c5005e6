"""Values as people read them: days, spans, codes, ranges, cells of a spreadsheet.

In: values of columns. Out: words. Refuses: nothing. It stands on nothing heavy, so that ``contested read`` may use it.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, TypeVar

from contested.web.strings import TEXT

#: Plain text, or markup.
Words = TypeVar("Words", bound=str)
#: Characters with which a spreadsheet takes a cell for a formula; such a cell is preceded by ``'``.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def day_words(day: date | None) -> str | None:
    """A day as people read it.

    >>> day_words(date(2016, 12, 8))
    '8 December 2016'
    """
    return None if day is None else f"{day.day} {TEXT['months'].split()[day.month - 1]} {day.year}"


def said_words(claim: Mapping[str, Any]) -> str | None:
    """The day of a statement; where only that of its publication is known, "by" that day."""
    if claim["said_on"] is None and claim["reported_on"] is not None:
        return TEXT["said_by"].format(day=day_words(claim["reported_on"]))
    return day_words(claim["said_on"])


def span_words(first: date, last: date) -> str:
    """One day, or two with a dash between.

    >>> span_words(date(2016, 11, 18), date(2016, 12, 8))
    '18 November – 8 December 2016'
    """
    if first == last:
        return str(day_words(first))
    words = str(day_words(first)).split()
    kept = words[: 2 if first.month != last.month else 1] if first.year == last.year else words
    return f"{' '.join(kept)} – {day_words(last)}"


def joined_words(items: Sequence[Words]) -> Words:
    """Items as a list in a sentence; of markup, markup.

    >>> joined_words(["one", "two", "three"])
    'one, two and three'
    """
    made: Any = type(items[0]) if items else str
    joined: Words = made("").join(items)
    if len(items) > 1:
        first = made(TEXT["list_comma"]).join(items[:-1])
        joined = made(TEXT["list_last"]).format(first=first, last=items[-1])
    return joined


def code_words(code: str) -> str:
    """A code as words: ``air_strike`` → ``air strike``."""
    return code.replace("_", " ")


def range_words(low: int | None, high: int | None) -> str | None:
    """A range of people in words; ``None`` when both ends are open.

    >>> range_words(6, 8), range_words(6, None), range_words(6, 6)
    ('6–8', 'at least 6', '6')
    """
    if low is None and high is None:
        return None
    if high is None:
        return f"{TEXT['at_least']} {low:,}"
    if low is None:
        return f"{TEXT['at_most']} {high:,}"
    return f"{low:,}" if low == high else f"{low:,}–{high:,}"


def safe_cell(value: Any) -> str:
    """A cell that no spreadsheet takes for a formula.

    >>> safe_cell("=1+1"), safe_cell(-3), safe_cell(None)
    ("'=1+1", '-3', '')
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return repr(value)
    if isinstance(value, (list, dict)):
        value = json.dumps(value, ensure_ascii=False)
    text = str(value)
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def csv_bytes(columns: Iterable[str], rows: Iterable[Iterable[Any]]) -> bytes:
    """A CSV file whose every cell is a :func:`safe_cell`.

    >>> csv_bytes(["a", "b"], [["=1+1", None]])
    b"a,b\\r\\n'=1+1,\\r\\n"
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows(map(safe_cell, row) for row in rows)
    return out.getvalue().encode()
