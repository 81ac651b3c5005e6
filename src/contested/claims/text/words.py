"""A text into tokens, paragraphs, sentences and quotation marks, all by their offsets.

In: a text. Out: offsets into that same text; nothing is normalised, so that every span found
later still cuts the frozen text. Refuses: nothing; any text can be cut, in linear time.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

#: (start, end) in characters (Unicode code points) of the text.
Span = tuple[int, int]

_TOKEN = re.compile(r"[’'](?:s|t|re|ve|ll|d|m)\b|\w+|[^\w\s]", re.IGNORECASE)
_LINE_BREAKS = re.compile(r"[\n\r\u2028\u2029]")
_SENTENCE_ENDS = frozenset(".!?…")
_CLOSERS = frozenset("”\"’'»)]")
#: Words before a full stop that rarely end a sentence.
_ABBREVIATIONS = frozenset(
    "mr mrs ms dr gen col lt sgt capt maj adm rep sen gov st jr sr vs no inc corp u s e g a m p".split()
)

#: Longest run of tokens that the tagger sees at once. Paragraphs of the training corpus have 40 tokens in
#: the mean and seldom more than 200; longer ones are cut at a sentence end so that time and memory stay
#: linear and the features look as they did in training. Changing it: train again, then measure with
#: gate/attribution.py.
MAX_SEQUENCE_TOKENS = 160


def touch(one: Span, other: Span) -> bool:
    """Whether two spans have a character in common."""
    return one[0] < other[1] and other[0] < one[1]


def tokenize(text: str) -> list[Span]:
    """Words, clitics (``'s``, ``'t``) and single punctuation marks."""
    return [match.span() for match in _TOKEN.finditer(text)]


def split_paragraphs(text: str, tokens: Sequence[Span]) -> list[range]:
    """Token numbers of each paragraph: a line break between two tokens ends one."""
    breaks = [match.start() for match in _LINE_BREAKS.finditer(text)]
    found: list[range] = []
    first = at = 0
    for number, (start, _) in enumerate(tokens):
        broken = False
        while at < len(breaks) and breaks[at] < start:
            broken = True
            at += 1
        if broken and number > first:
            found.append(range(first, number))
            first = number
    if first < len(tokens):
        found.append(range(first, len(tokens)))
    return found


def split_sentences(words: Sequence[str]) -> list[int]:
    """Number of the sentence that each word belongs to, counted from 0."""
    numbers: list[int] = []
    number = 0
    ending = False
    for position, word in enumerate(words):
        if ending and word not in _CLOSERS:
            # A small letter after the stop: an abbreviation, or a quotation that goes on (“Why?” he asked).
            number += not word[:1].islower()
            ending = False
        numbers.append(number)
        if word in _SENTENCE_ENDS:
            before = words[position - 1].lower() if position else ""
            ending = not (word == "." and before in _ABBREVIATIONS)
    return numbers


def cut_sequences(text: str, tokens: Sequence[Span]) -> list[range]:
    """Paragraphs, the long ones cut at sentence ends, as the tagger is to see them."""
    found: list[range] = []
    for paragraph in split_paragraphs(text, tokens):
        if len(paragraph) <= MAX_SEQUENCE_TOKENS:
            found.append(paragraph)
            continue
        sentences = split_sentences([text[slice(*tokens[k])] for k in paragraph])
        first = cut = 0
        for position in range(1, len(paragraph)):
            if sentences[position] != sentences[position - 1]:
                cut = position
            if position - first >= MAX_SEQUENCE_TOKENS:
                end = cut if cut > first else position
                found.append(paragraph[first:end])
                first = end
        found.append(paragraph[first:])
    return found


def mark_quotations(text: str, tokens: Sequence[Span]) -> list[str]:
    """``“`` for a token that opens a quotation, ``”`` for one that closes it, else the empty string.

    Curly, straight, angled and single marks are told apart by state and by the characters beside
    them, so that apostrophes are left alone. Call it on one paragraph: a quotation that is not
    closed ends there.
    """
    marks = [""] * len(tokens)
    closers_ahead = sum(_may_close_single(text, token) for token in tokens)
    opened = ""
    for number, token in enumerate(tokens):
        start, end = token
        sign = text[start:end]
        closers_ahead -= _may_close_single(text, token)
        if sign in ("“", "«", "„"):
            marks[number], opened = "“", sign
        elif sign in ("”", "»"):
            marks[number], opened = "”", ""
        elif sign == '"':
            marks[number] = "”" if opened else "“"
            opened = "" if opened else sign
        elif not opened and closers_ahead and _may_open_single(text, token):
            marks[number], opened = "“", "‘"
        elif opened == "‘" and _may_close_single(text, token):
            marks[number], opened = "”", ""
    return marks


def _may_open_single(text: str, token: Span) -> bool:
    start, end = token
    if text[start:end] not in ("‘", "'"):
        return False
    return (start == 0 or not (text[start - 1].isalnum() or text[start - 1] in "’'")) and text[end : end + 1].isalnum()


def _may_close_single(text: str, token: Span) -> bool:
    start, end = token
    if text[start:end] not in ("’", "'") or start == 0 or text[start - 1].isspace():
        return False
    # The plural possessive (the rebels’ claim) looks the same; a stop or comma before or after decides.
    return text[start - 1] in ".,!?…" or text[end : end + 1] in ("", ".", ",", ";", ":", "?", "!")
