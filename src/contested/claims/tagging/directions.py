"""Who is for or against whom: directed sentiment between two names of one sentence.

In: a sentence and the characters of two names in it. Out: one of five classes, numbered as in the corpus of directed
sentiment (Park et al. 2021, Findings of ACL): 0 neutral, 1 the first is for the second, 2 the second is for the
first, 3 the first is against the second, 4 the second is against the first. Refuses: a name that touches no word.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np

from contested.claims.tagging.encoder import Encoder, batches, load_encoder, softmax
from contested.claims.tagging.models import models_folder
from contested.claims.tagging.passages import FIRST, MAX_WORDS, SECOND, MarkedPassage, mark_passage, words_touching
from contested.claims.tagging.windows import cut_text
from contested.claims.text.words import Span

#: Class when the two names' parts are exchanged.
MIRRORED = (0, 2, 1, 4, 3)


class DirectionReader:
    """Tells the direction of support and opposition."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder

    def classify(self, text: str, p: Span, q: Span) -> int:
        """The class of one pair of names."""
        return self.classify_many([(text, p, q)])[0]

    def classify_many(self, rows: Sequence[tuple[str, Span, Span]]) -> list[int]:
        """The class of each pair; both orders are read and averaged, so that order does not matter."""
        there = self._probabilities([self._mark(text, p, q) for text, p, q in rows])
        back = self._probabilities([self._mark(text, q, p) for text, p, q in rows])
        return [int(k) for k in (there + back[:, MIRRORED]).argmax(1)]

    def _mark(self, text: str, p: Span, q: Span) -> MarkedPassage:
        cut = cut_text(text, self._encoder.cutter)
        names = words_touching([p], cut.words), words_touching([q], cut.words)
        if not names[0] or not names[1]:
            raise ValueError(f"{text[:60]!r}: a name at {p} or {q} touches no word; give the characters of two names")
        low, high = min(names[0][0].start, names[1][0].start), max(names[0][0].stop, names[1][0].stop)
        spare = max(0, MAX_WORDS - (high - low)) // 2
        within = range(max(0, low - spare), min(len(cut.words), high + spare))
        return mark_passage(cut, {FIRST: [p], SECOND: [q]}, [], self._encoder.cutter, within)

    def _probabilities(self, marked: Sequence[MarkedPassage]) -> np.ndarray:
        features = np.zeros((len(marked), 0), dtype=np.float32)
        windows = [one.window for one in marked]
        for batch in batches(windows):
            states = self._encoder.read_windows([windows[k] for k in batch], [marked[k].marks for k in batch]).pieces
            for row, k in enumerate(batch):
                marks = marked[k].marks
                own = states[row, : len(marks)]
                pooled = np.concatenate([own[0], *(own[marks == mark].mean(0) for mark in (FIRST, SECOND))])
                if not features.size:
                    features = np.zeros((len(marked), len(pooled)), dtype=np.float32)
                features[k] = pooled
        return softmax(self._encoder.read_head("direction", features))


@cache
def load_directions(folder: Path | None = None) -> DirectionReader:
    """The reader of directions, with the shipped weights or those of a folder."""
    return DirectionReader(load_encoder(folder or models_folder()))
