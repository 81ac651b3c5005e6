"""One attribution in its sentences, as the stance heads read it: names hidden, parts marked.

In: a text, the spans of one attribution, and the mentions of parties near it. Out: a :class:`MarkedPassage`. Refuses:
nothing.

Every mention is shown to the encoder as one and the same piece, so that what is said of a party cannot depend on which
party it is: exchanging the names of two parties, whatever their length or spelling, changes no score.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from contested.claims.tagging.windows import HIDDEN_SIGNAL, PieceCutter, Text, Window
from contested.claims.text.words import Span

#: Marks of pieces: the two names of a directed pair; the parts of an attribution; a mention of a party.
FIRST, SECOND, SPEAKER, CUE, CONTENT, MENTION = 1, 2, 3, 4, 5, 6
#: Words of the text that are read: a sentence of a newspaper has 25.
MAX_WORDS = 130


@dataclass(frozen=True)
class MarkedPassage:
    """Pieces with their marks, and where each part stands among them."""

    window: Window
    marks: np.ndarray
    mentions: list[int]
    """Position of each mention's piece; -1 for a mention that lies outside of what is read."""


def words_touching(spans: Sequence[Span], words: Sequence[Span]) -> list[range]:
    """Numbers of the words that each span touches; spans that touch none are left out."""
    found = []
    for start, end in spans:
        first = bisect_right(words, start, key=lambda word: word[1])
        stop = bisect_left(words, end, key=lambda word: word[0])
        if stop > first:
            found.append(range(first, stop))
    return found


def mark_passage(
    text: Text,
    parts: Mapping[int, Sequence[Span]],
    mentions: Sequence[Span],
    cutter: PieceCutter,
    within: range | None = None,
) -> MarkedPassage:
    """The words of a passage with its parts marked and its mentions hidden.

    Parameters
    ----------
    text
        The text, cut into words.
    parts
        Mark → spans of characters, in rising precedence of the marks' order in the dictionary.
    mentions
        Characters of the mentions to hide.
    cutter
        The encoder's vocabulary.
    within
        Words of the text that are read, at most :data:`MAX_WORDS`; all when left out.
    """
    within = within if within is not None else range(min(len(text.words), MAX_WORDS))
    mark_of = dict.fromkeys(within, 0)
    for mark, spans in parts.items():
        for words in words_touching(spans, text.words):
            mark_of.update((k, mark) for k in words if k in mark_of)
    hidden: dict[int, int] = {}
    for number, span in enumerate(mentions):
        for words in words_touching([span], text.words):
            hidden.update((k, number) for k in words if k in mark_of and k not in hidden)
    pieces: list[np.ndarray] = [np.asarray([cutter.start])]
    signals, marks = [0], [0]
    places = [-1] * len(mentions)
    size = 1
    for k in within:
        of = hidden.get(k)
        if of is None:
            one = text.pieces[k]
            signals += [int(text.signals[k])] * len(one)
        elif places[of] < 0:
            places[of] = size
            one = np.asarray([cutter.mask])
            signals.append(HIDDEN_SIGNAL)
        else:
            continue
        mark = mark_of[k] if of is None or mark_of[k] == SPEAKER else MENTION
        marks += [mark] * len(one)
        pieces.append(one)
        size += len(one)
    pieces.append(np.asarray([cutter.stop]))
    heads = np.zeros(0, dtype=np.int64)
    window = Window(within.start, within.stop, within, np.concatenate(pieces), np.asarray([*signals, 0]), heads)
    return MarkedPassage(window, np.asarray([*marks, 0]), places)
