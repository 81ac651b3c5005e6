"""Words as search compares them: case, marks and spellings folded; a query as it is typed, read into terms.

In: any text, and what someone typed. Out: folded text, :class:`Query`, and where its terms stand in a text. Refuses:
nothing; signs that mean nothing to the search are passed over.

Text goes by :func:`contested.base.transliteration.fold_script` (diacritics; hamza, alif, ta marbuta, alif maqsura,
tatweel, vowel signs and the article of Arabic; ё and е, і and и), Arabic and Persian digits are 0 to 9, and the English
possessive is off: "Assad's" is "assad".
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from contested.base.transliteration import fold_script

#: Of a query: characters and terms that are looked at; what is beyond them is passed over.
MAX_QUERY_CHARACTERS, MAX_TERMS = 400, 16
#: Letters that the beginning of a word must have.
MIN_BEGINNING = 3
#: Characters of a text in which words are looked for to show them; a match further on is found, and shown by its start.
MAX_SHOWN_FROM = 100_000

_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "01234567890123456789")
_POSSESSIVE = re.compile(r"(?<=\w)['’‘ʼ]s\b", re.IGNORECASE)
#: A word with the marks inside of it, which are no letters to a regular expression.
_WORD = re.compile("[^\\W_](?:[^\\W_]|[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u0640'’‘`´ʿʾʼʻ])*")
_TYPED = re.compile(r'(?P<minus>-?)(?:"(?P<phrase>[^"]*)"?|(?P<word>[^\s"]+))')
#: What Arabic writes before a word as one with it: and, with, for, so, as; the article is folded away.
_ARABIC_BEFORE = ("و", "ب", "ل", "ف", "ك", "لل", "وال", "بال", "فال", "كال", "ولل", "وب", "ول")
_ARABIC_WORD = re.compile("[\u0621-\u06d3]{2,}$")


@dataclass(frozen=True, slots=True)
class Term:
    """One word, or several that must follow each other; ``open_end`` stands for any end of the last one."""

    words: tuple[str, ...]
    exact: bool
    """In quotation marks: only the words themselves, no other form or spelling of them."""
    open_end: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """What was asked for: all of ``wanted`` and none of ``unwanted``."""

    wanted: tuple[Term, ...]
    unwanted: tuple[Term, ...]


def fold_text(text: str) -> str:
    """Text as it is indexed: folded words with one space between them.

    >>> fold_text("Assad’s men, Café ٢٠١٧"), fold_text("أَحْمَد") == fold_text("احمد")
    ('assad men cafe 2017', True)
    """
    return fold_script(_POSSESSIVE.sub("", text).translate(_DIGITS).replace("\n", " "))


@lru_cache(maxsize=1 << 17)
def _folded_word(word: str) -> str:
    return fold_text(word)


def read_query(typed: str) -> Query:
    """Plain words, ``"words in order"``, ``-without`` and ``begin*``; there is no other syntax, and so no wrong one.

    >>> read_query('sarin "Khan Shaykhun" -Moscow').unwanted
    (Term(words=('moscow',), exact=False, open_end=False),)
    """
    wanted: list[Term] = []
    unwanted: list[Term] = []
    for match in _TYPED.finditer(typed[:MAX_QUERY_CHARACTERS]):
        phrase = match["phrase"]
        raw = match["word"] if phrase is None else phrase
        words = tuple(fold_text(raw).split())
        if not words or len(wanted) + len(unwanted) >= MAX_TERMS:
            continue
        term = Term(words, phrase is not None, phrase is None and raw.endswith("*") and len(words[-1]) >= MIN_BEGINNING)
        (unwanted if match["minus"] else wanted).append(term)
    return Query(tuple(dict.fromkeys(wanted)), tuple(dict.fromkeys(unwanted)))


def other_forms(word: str) -> tuple[str, ...]:
    """Forms of a folded word that a plain search looks for too: plurals, and Arabic with what is written onto it."""
    if _ARABIC_WORD.match(word):
        return tuple(before + word for before in _ARABIC_BEFORE)
    if not word.isascii() or not word.isalpha() or len(word) < 4:
        return ()
    forms = [word + "s", word + "es"]
    if word.endswith("s") and not word.endswith("ss"):
        forms += [word[:-1], *([word[:-2]] if word.endswith("es") else [])]
    return tuple(forms)


def find_marks(text: str, terms: Sequence[Term], forms: Mapping[str, frozenset[str]]) -> list[tuple[int, int, int]]:
    """Where the terms stand in a text.

    Parameters
    ----------
    text
        The text as it is; only its first :data:`MAX_SHOWN_FROM` characters are looked at.
    terms
        Terms to look for.
    forms
        Folded word of a plain term → the forms of it that count as it, itself among them.

    Returns
    -------
    list of tuple
        Start, end and the term's number, in the order of the text; none lies in another.
    """
    found = [(m.start(), m.end(), _folded_word(m[0])) for m in _WORD.finditer(text, 0, MAX_SHOWN_FROM)]
    spans = [(start, end, folded) for start, end, folded in found if folded]
    wanted = [
        tuple(frozenset([w]) if term.exact else forms.get(w, frozenset([w])) for w in term.words) for term in terms
    ]
    first = {number: (ways[0], terms[number].open_end and len(ways) == 1) for number, ways in enumerate(wanted)}
    marks: list[tuple[int, int, int]] = []
    last_end = 0
    for at, (start, _, folded) in enumerate(spans):
        if start < last_end:
            continue
        for number, (ways, open_end) in first.items():
            if folded not in ways and not (open_end and folded.startswith(tuple(ways))):
                continue
            length = len(wanted[number])
            run = spans[at : at + length]
            if len(run) == length and all(
                _fits(run[k][2], wanted[number][k], terms[number].open_end and k == length - 1) for k in range(length)
            ):
                last_end = run[-1][1]
                marks.append((start, last_end, number))
                break
    return marks


def _fits(folded: str, ways: frozenset[str], open_end: bool) -> bool:
    return folded in ways or (open_end and folded.startswith(tuple(ways)))


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a shown text, marked or not; the page escapes it."""

    text: str
    marked: bool


def cut_snippet(text: str, marks: Sequence[tuple[int, int, int]], length: int = 260) -> tuple[Piece, ...]:
    """The stretch of a text in which most of the terms stand, in pieces; its beginning when none does."""
    start = 0
    if marks:
        best = max(marks, key=lambda mark: (_terms_within(marks, mark[0], mark[0] + length * 2 // 3), -mark[0]))
        start = max(0, best[0] - length // 4)
    if start:
        space = text.find(" ", start, best[0])
        start = space + 1 if space >= 0 else start
    # Marks that begin inside are shown whole.
    end = min(len(text), max([start + length, *(e for s, e, _ in marks if start <= s < start + length)]))
    if end < len(text):
        space = text.rfind(" ", start + length // 2, end)
        end = space if space > max([start, *(e for s, e, _ in marks if s < end)], default=start) - 1 else end
    pieces: list[Piece] = [Piece("… ", False)] if start else []
    at = start
    for mark_start, mark_end, _ in marks:
        if mark_start < at or mark_end > end:
            continue
        pieces += [Piece(text[at:mark_start], False), Piece(text[mark_start:mark_end], True)]
        at = mark_end
    pieces.append(Piece(text[at:end], False))
    if end < len(text):
        pieces.append(Piece(" …", False))
    return tuple(piece for piece in pieces if piece.text)


def _terms_within(marks: Sequence[tuple[int, int, int]], start: int, end: int) -> int:
    return len({number for mark_start, _, number in marks if start <= mark_start < end})
