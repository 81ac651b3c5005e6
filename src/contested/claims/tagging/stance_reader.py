"""What the network says of the stance of attributions: probabilities beside the rules' judgement.

In: the attributions of a text and the mentions of parties in it. Out: a :class:`Reading` for each. Refuses: nothing.

The network reads the sentences of an attribution with every mention of a party hidden
(:mod:`contested.claims.tagging.passages`), so that its reading cannot depend on who is spoken of.
:mod:`contested.claims.judging` brings it together with the rules of :mod:`contested.claims.stance`.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from contested.claims.linking import Attribution
from contested.claims.tagging.encoder import Encoder, batches, softmax
from contested.claims.tagging.passages import (
    CONTENT,
    CUE,
    MAX_WORDS,
    SPEAKER,
    MarkedPassage,
    mark_passage,
    words_touching,
)
from contested.claims.tagging.windows import Text, cut_text
from contested.claims.text.words import Span, split_sentences

#: Passages whose features are held at once.
BATCH_PASSAGES = 64
#: Words before the sentences of an attribution that are read with them: what "it" was, who "they" are.
WORDS_BEFORE = 20


@dataclass(frozen=True)
class Reading:
    """Probabilities, by name, and for each mention shown that it is the target."""

    stances: dict[str, float]
    modalities: dict[str, float]
    targets: dict[Span, float]
    no_target: float


class StanceReader:
    """Reads stance, modality and target of attributions."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder

    def is_common(self, word: str) -> bool:
        """Whether the encoder's vocabulary has the word as one piece."""
        return len(self._encoder.cutter.cut_words([word])[0]) == 1

    def read(self, text: str, attributions: Sequence[Attribution], mentions: Sequence[Span]) -> list[Reading]:
        """A reading for each attribution.

        Parameters
        ----------
        text
            The whole text.
        attributions
            Of that text.
        mentions
            Characters of all mentions of parties in the text, in order, not overlapping.
        """
        cut = cut_text(text, self._encoder.cutter)
        sentences = sentences_of(cut)
        found: list[Reading] = []
        for low in range(0, len(attributions), BATCH_PASSAGES):
            part = attributions[low : low + BATCH_PASSAGES]
            marked = [self._mark(cut, sentences, one, mentions) for one in part]
            found += self._read_marked(marked)
        return found

    def _mark(
        self, cut: Text, sentences: Sequence[int], one: Attribution, mentions: Sequence[Span]
    ) -> tuple[MarkedPassage, list[Span]]:
        """The sentences of one attribution with its parts marked, and the mentions that lie in them."""
        within = words_to_read(cut, sentences, one)
        start, end = cut.words[within.start][0], cut.words[within.stop - 1][1]
        near = list(mentions[bisect_left(mentions, (start, 0)) : bisect_left(mentions, (end, 0))])
        parts = {CONTENT: one.content, CUE: one.cue, SPEAKER: one.source}
        return mark_passage(cut, parts, near, self._encoder.cutter, within), near

    def _pool(self, marked: Sequence[MarkedPassage]) -> tuple[np.ndarray, list[np.ndarray]]:
        """What the heads read of each passage: one row for it, and rows for no target and for each mention shown."""
        windows = [one.window for one in marked]
        shared: dict[int, np.ndarray] = {}
        targets: dict[int, np.ndarray] = {}
        for batch in batches(windows):
            states = self._encoder.read_windows([windows[k] for k in batch], [marked[k].marks for k in batch]).pieces
            for row, k in enumerate(batch):
                marks = marked[k].marks
                own = states[row, : len(marks)]
                means = [own[marks == part].mean(0) if (marks == part).any() else 0 * own[0] for part in (CUE, CONTENT)]
                shared[k] = np.concatenate([own[0], *means])
                places = [0, *(place for place in marked[k].mentions if place >= 0)]
                targets[k] = np.stack([np.concatenate([own[place], *means]) for place in places])
        order = range(len(marked))
        return np.stack([shared[k] for k in order]), [targets[k] for k in order]

    def _read_marked(self, marked: Sequence[tuple[MarkedPassage, list[Span]]]) -> list[Reading]:
        features, targets = self._pool([one for one, _ in marked])
        stances = softmax(self._encoder.read_head("stance", features))
        modalities = softmax(self._encoder.read_head("modality", features))
        scores = self._encoder.read_head("target", np.concatenate(targets))[:, 0]
        found, at = [], 0
        for k, (one, spans) in enumerate(marked):
            odds = softmax(scores[None, at : at + len(targets[k])])[0]
            at += len(targets[k])
            shown = [span for span, place in zip(spans, one.mentions, strict=True) if place >= 0]
            found.append(
                Reading(
                    dict(zip(self._encoder.stances, map(float, stances[k]), strict=True)),
                    dict(zip(self._encoder.modalities, map(float, modalities[k]), strict=True)),
                    dict(zip(shown, map(float, odds[1:]), strict=True)),
                    float(odds[0]),
                )
            )
        return found


def sentences_of(cut: Text) -> list[int]:
    """Number of the sentence of each word; a paragraph ends one."""
    numbers: list[int] = []
    for sequence in cut.sequences:
        first = numbers[-1] + 1 if numbers else 0
        numbers += [first + k for k in split_sentences([cut.text[slice(*cut.words[w])] for w in sequence])]
    return numbers


def words_to_read(
    cut: Text, sentences: Sequence[int], one: Attribution, before: int = WORDS_BEFORE, after: int = 0
) -> range:
    """The sentences of the attribution and some words before and after them, at most :data:`MAX_WORDS`."""
    anchor = words_touching((one.cue or one.content)[:1], cut.words)[0].start
    parts = words_touching([*one.source, *one.cue, *one.content], cut.words)
    low = max(min(part.start for part in parts), anchor - MAX_WORDS // 2)
    high = min(max(part.stop for part in parts), anchor + MAX_WORDS // 2)
    first = bisect_left(sentences, sentences[low])
    stop = bisect_left(sentences, sentences[high - 1] + 1)
    first = max(first, anchor - MAX_WORDS // 2)
    stop = min(stop, first + MAX_WORDS)
    first = max(0, first - min(before, MAX_WORDS - (stop - first)))
    return range(first, min(len(cut.words), stop + after, first + MAX_WORDS))
