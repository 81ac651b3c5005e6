"""Possible pairs of records that no point brings together: they name something in common at the same time.

In: records as arrays. Out: pairs of rows. Refuses: nothing; a word that stands in too many records of those days brings
none together, since it would pair all of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from contested.incidents.token_sets import distinct

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from contested.incidents.comparing import Comparable

    Rows = NDArray[np.int64]

#: Most records of one day that a word may bring together: the name of a capital stands in more, and says less.
MOST_OF_A_DAY = 40
#: Days of a long interval that are looked at, from its first: who dates by the month is paired by its beginning.
MOST_DAYS = 31


def pairs_by_words(
    records: Comparable, left: Rows, right: Rows, slack_days: int, turned_days: int = 0
) -> tuple[Rows, Rows]:
    """Pairs of the rows that share a word of title or place name on a day, or on days so many apart.

    Parameters
    ----------
    records
        The records as arrays.
    left, right
        Rows; the same twice for pairs within them (each is given once).
    slack_days
        Days that may lie between.
    turned_days
        Days that those of ``right`` are turned by.
    """
    keys = _words_of_days(records, right, turned_days, 0)
    n = np.int64(len(records))
    found = []
    for apart in range(-slack_days, slack_days + 1):
        asked = _words_of_days(records, left, 0, apart)
        begin, end = np.searchsorted(keys[0], asked[0], "left"), np.searchsorted(keys[0], asked[0], "right")
        count = end - begin
        count[count > MOST_OF_A_DAY] = 0
        offsets = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
        a, b = np.repeat(asked[1], count), keys[1][np.repeat(begin, count) + offsets]
        found.append(distinct(a * n + b))
    both = distinct(np.concatenate(found))
    a, b = both // n, both % n
    once = a < b if left is right else a != b
    return a[once], b[once]


def _words_of_days(records: Comparable, rows: Rows, turned_days: int, apart: int) -> tuple[Rows, Rows]:
    """(word and day as one number, row) of each word on each day of the rows, by number."""
    sets = records.all_words
    spans = np.minimum(records.last_day[rows] - records.first_day[rows] + 1, MOST_DAYS)
    row = np.repeat(rows, spans)
    day = np.repeat(records.first_day[rows], spans) + np.arange(len(row)) - np.repeat(np.cumsum(spans) - spans, spans)
    words = np.diff(sets.starts)[row]
    at = np.repeat(sets.starts[row], words) + np.arange(words.sum()) - np.repeat(np.cumsum(words) - words, words)
    # Days are kept above nought: none lies 30,000 years before 1970.
    key = sets.tokens[at] * np.int64(20_000_000) + np.repeat(day, words) + 10_000_000 + turned_days + apart
    order = np.argsort(key, kind="stable")
    return key[order], np.repeat(row, words)[order]
