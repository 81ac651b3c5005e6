"""Where sentences begin and end, for texts with or without commas and paragraph breaks.

In: a text. Out: spans of its sentences, in order; white space between them belongs to none. Refuses: nothing,
in time linear in the length.
"""

from __future__ import annotations

import re

from contested.claims.text.words import Span

#: Longest stretch read as one sentence, characters: a text without full stops is cut at white space.
MAX_SENTENCE_CHARACTERS = 1200

_END = re.compile(
    r"[.!?…][”\"’')\]]{0,3}\s+(?=[\"'“‘(\[]?[A-Z0-9])|[.!?…][”\"’')\]]{0,3}(?=[A-Z][a-z])|[\n\r\u2028\u2029]+"
)
#: A stop after these ends no sentence: one capital, or a short form before a name.
_ABBREVIATION = re.compile(
    r"(?:\b[A-Za-z]|\b(?:Mr|Mrs|Ms|Dr|Gen|Col|Lt|Sgt|Capt|Maj|Brig|Adm|Rep|Sen|Gov|St|Jr|Sr|vs|No|Inc|Corp|Prof|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|a\.m|p\.m))$"
)
_WHITE = re.compile(r"\S(?:.*\S)?", re.DOTALL)


def find_sentences(text: str, start: int = 0, end: int | None = None) -> list[Span]:
    """Spans of the sentences in ``text[start:end]``."""
    last = len(text) if end is None else end
    found: list[Span] = []
    first = start
    for match in _END.finditer(text, start, last):
        stop = text[match.start()] == "."
        if stop and _ABBREVIATION.search(text, max(first, match.start() - 6), match.start()):
            continue
        _add(text, first, match.end(), found)
        first = match.end()
    _add(text, first, last, found)
    return found


def _add(text: str, start: int, end: int, found: list[Span]) -> None:
    while end - start > MAX_SENTENCE_CHARACTERS:
        cut = text.rfind(" ", start + MAX_SENTENCE_CHARACTERS // 2, start + MAX_SENTENCE_CHARACTERS)
        cut = cut if cut > start else start + MAX_SENTENCE_CHARACTERS
        _add(text, start, cut, found)
        start = cut
    if match := _WHITE.search(text, start, end):
        found.append(match.span())
