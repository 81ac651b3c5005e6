"""Full text over the documents, claims, incidents and records of a build.

In: the index of a build and what someone typed. Out: :class:`Results`: a page of hits with the words marked. Refuses:
nothing; what cannot be looked for gives no hits and says so.

A plain word also finds its plural, Arabic with what is written onto it, and other spellings of a name, in its own
script and in Latin, Arabic and Cyrillic letters, where they stand in the case: the result names those it looked for.
"""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from contested.base.transliteration import fold_word, same_name, sound_keys
from contested.review.search_index import KINDS, MANY_MONTHS, month_words, party_word
from contested.review.search_words import (
    Piece,
    Query,
    Term,
    cut_snippet,
    find_marks,
    fold_text,
    other_forms,
    read_query,
)  # fmt: skip

PAGE_SIZE = 20
#: Other spellings of one word that are looked for, the most frequent ones.
MAX_SPELLINGS = 12
#: Hits beyond which they are not ranked but come in the order of the index: ranking 200,000 takes half a second.
MAX_RANKED = 20_000
#: Consonants below which a name in another script is not taken for the same: "Hama" would find every h and m.
MIN_CONSONANTS = 3

_ARABIC = re.compile("[\u0621-\u06d3]")


@dataclass(frozen=True, slots=True)
class Filters:
    """What hits must be; ``None`` leaves it open. Days are ISO 8601, both included."""

    kind: str | None = None
    party: str | None = None
    first_day: str | None = None
    last_day: str | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """One row that was found; ``title`` and ``snippet`` are pieces, marked where a term stands."""

    kind: str
    row_key: str
    title: tuple[Piece, ...]
    snippet: tuple[Piece, ...]
    party: str | None
    day_low: str | None
    day_high: str | None


@dataclass(frozen=True, slots=True)
class Results:
    """A page of hits; ``spellings`` are the other forms looked for, by the word as it was folded."""

    hits: tuple[Hit, ...]
    counts: dict[str, int]
    """Hits by kind, whatever kind is shown."""
    total: int
    """Hits of the kind that is shown."""
    ranked: bool
    spellings: dict[str, tuple[str, ...]]
    empty_query: bool = False


_NOTHING = Results((), dict.fromkeys(KINDS, 0), 0, True, {}, True)


def search(index: Path, typed: str, filters: Filters = Filters(), page: int = 1) -> Results:
    """A page of the hits.

    Parameters
    ----------
    index
        The file of :func:`contested.review.search_index.make_index`.
    typed
        Plain words, ``"words in order"``, ``-without``, ``begin*``.
    filters
        Kind, party of the speaker, days.
    page
        From 1; :data:`PAGE_SIZE` hits each.
    """
    query = read_query(typed)
    if not query.wanted:
        return _NOTHING
    with closing(sqlite3.connect(f"{index.resolve().as_uri()}?mode=ro&immutable=1", uri=True)) as connection:
        connection.execute("PRAGMA mmap_size = 1073741824")
        forms = _find_forms(connection, query)
        expression = _expression(query, forms, filters)
        try:
            counts = _count(connection, expression, filters)
            total = counts.get(filters.kind, 0) if filters.kind else sum(counts.values())
            rows = _find(connection, expression, filters, total <= MAX_RANKED, page)
        except sqlite3.OperationalError as fault:
            if "fts5" not in str(fault):
                raise
            return _NOTHING
        hits = tuple(_hit(row, query, forms) for row in rows)
    spellings = {word: tuple(sorted(ways - {word})) for word, ways in forms.items() if len(ways) > 1}
    return Results(hits, counts, total, total <= MAX_RANKED, spellings)


def _find_forms(connection: sqlite3.Connection, query: Query) -> dict[str, frozenset[str]]:
    """Each word of the plain terms → itself, and its other forms and spellings that stand in the case."""
    forms: dict[str, frozenset[str]] = {}
    for term in (*query.wanted, *query.unwanted):
        if term.exact or term.open_end or len(term.words) > 1:
            continue
        word = term.words[0]
        guessed = other_forms(word)
        marks = ",".join("?" * len(guessed))
        there = connection.execute(f"SELECT term FROM terms WHERE term IN ({marks})", guessed).fetchall()
        forms[word] = frozenset([word, *(row[0] for row in there), *_spellings(connection, word)])
    return forms


def _spellings(connection: sqlite3.Connection, word: str) -> list[str]:
    """Other spellings of a name, in its own script and in others, the most frequent first."""
    keys = sound_keys(word) if word.isalpha() else ()
    marks = ",".join("?" * len(keys))
    rows = connection.execute(
        f"SELECT term, max(times) FROM sounds WHERE sound IN ({marks}) GROUP BY term ORDER BY 2 DESC, 1", keys
    ).fetchall()
    return [term for term, _ in rows if term != word and _may_be_one(word, term)][:MAX_SPELLINGS]


def _may_be_one(word: str, other: str) -> bool:
    consonants = max(len(key) - 1 for key in sound_keys(word))
    if bool(_ARABIC.match(word)) != bool(_ARABIC.match(other)) or word.isascii() != other.isascii():
        return consonants >= MIN_CONSONANTS
    if not word.isascii():
        return False
    # "doom" is no Douma: where little is left to compare, no vowel may be missing.
    gaps = 1 if len(fold_word(word)[0]) >= MIN_CONSONANTS else 0
    return same_name(word, other, max_gaps=gaps)


def _expression(query: Query, forms: dict[str, frozenset[str]], filters: Filters) -> str:
    """The query in FTS5's own words; terms are folded, so that nothing but letters and digits stands in quotes."""
    wanted = " AND ".join(f"({_ways(term, forms)})" for term in query.wanted)
    unwanted = "".join(f" NOT {{title body}} : ({_ways(term, forms)})" for term in query.unwanted)
    facts = [party_word(filters.party)] if filters.party else []
    narrowed = "".join(f" AND facts : {word}" for word in facts)
    if filters.first_day or filters.last_day:
        first, last = (date.fromisoformat(day) if day else None for day in (filters.first_day, filters.last_day))
        months = month_words(first, last) if first and last and first <= last else []
        if months:
            narrowed += f" AND facts : ({' OR '.join([*months, MANY_MONTHS])})"
    return f"({{title body}} : ({wanted}){unwanted}){narrowed}"


def _ways(term: Term, forms: dict[str, frozenset[str]]) -> str:
    if term.exact or len(term.words) > 1 or term.open_end:
        return f'"{" ".join(term.words)}"' + (" *" if term.open_end else "")
    return " OR ".join(f'"{way}"' for way in sorted(forms.get(term.words[0], {term.words[0]})))


def _conditions(filters: Filters) -> tuple[str, list[str]]:
    """SQL on ``items`` for the days, which the index knows by the month only, and its values."""
    tests, values = [], []
    for test, value in (("items.day_high >= ?", filters.first_day), ("items.day_low <= ?", filters.last_day)):
        if value is not None:
            tests.append(f" AND {test}")
            values.append(value)
    return "".join(tests), values


def _count(connection: sqlite3.Connection, expression: str, filters: Filters) -> dict[str, int]:
    tests, values = _conditions(filters)
    join = " JOIN items ON items.id = words.rowid" if tests else ""
    spans = connection.execute("SELECT kind, first, last FROM kinds ORDER BY first").fetchall()
    counts = ", ".join(f"count(*) FILTER (WHERE words.rowid BETWEEN {first} AND {last})" for _, first, last in spans)
    sql = f"SELECT {counts or '0'} FROM words{join} WHERE words MATCH ?{tests}"
    found = connection.execute(sql, (expression, *values)).fetchone()
    return dict.fromkeys(KINDS, 0) | {kind: number for (kind, _, _), number in zip(spans, found, strict=False)}


def _find(
    connection: sqlite3.Connection, expression: str, filters: Filters, ranked: bool, page: int
) -> list[tuple[str, ...]]:
    tests, values = _conditions(filters)
    span: tuple[int, int] = (0, 1 << 62)
    if filters.kind is not None:
        found = connection.execute("SELECT first, last FROM kinds WHERE kind = ?", (filters.kind,)).fetchone()
        span = found or (0, -1)
    order = "bm25(words, 4.0, 1.0, 0.0), words.rowid" if ranked else "words.rowid"
    rows: list[tuple[str, ...]] = connection.execute(
        "SELECT items.kind, items.row_key, items.party, items.day_low, items.day_high, texts.title, texts.body FROM ("
        f"SELECT words.rowid AS id FROM words{' JOIN items ON items.id = words.rowid' if tests else ''} "
        f"WHERE words MATCH ? AND words.rowid BETWEEN ? AND ?{tests} ORDER BY {order} LIMIT ? OFFSET ?"
        ") AS found CROSS JOIN items USING (id) CROSS JOIN texts USING (id)",
        (expression, *span, *values, PAGE_SIZE, (max(page, 1) - 1) * PAGE_SIZE),
    ).fetchall()
    return rows


def _hit(row: tuple[str, ...], query: Query, forms: dict[str, frozenset[str]]) -> Hit:
    kind, row_key, party, day_low, day_high, title, body = row
    named = find_marks(title, query.wanted, forms)
    return Hit(
        kind, row_key, cut_snippet(title, named, 160), cut_snippet(body, find_marks(body, query.wanted, forms)),
        party, day_low, day_high,
    )  # fmt: skip


def is_searchable(typed: str) -> bool:
    """Whether what was typed holds a word at all."""
    return bool(fold_text(typed))
