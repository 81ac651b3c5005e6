"""What the network says of each word → attributions.

In: for each anchor the scores of every label of the words around it, and the transitions between labels.
Out: :class:`~contested.claims.linking.Attribution` objects. Refuses: nothing.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from contested.claims.linking import ROLES, Attribution
from contested.claims.text.words import Span

LABELS = ("O", "B-source", "I-source", "B-cue", "I-cue", "B-content", "I-content")
BEGINS_CUE = LABELS.index("B-cue")


@dataclass(frozen=True)
class Transitions:
    """Scores of a step from one label to the next, of a first and of a last label."""

    step: np.ndarray
    start: np.ndarray
    end: np.ndarray


_BARRED = -1e4
#: Probability that an attribution has a source from which one is read out.
SOURCE_THRESHOLD = 0.5


class _States:
    """The states of decoding when some roles must occur: each label, with which of those roles have occurred.

    A long content's probability is spread over its possible ends; without the constraint the one way of having
    none would often be likelier than each way of having one.
    """

    def __init__(self, required: Sequence[str], transitions: Transitions) -> None:
        pairs = [
            (label, seen)
            for seen in product((False, True), repeat=len(required))
            for label, name in enumerate(LABELS)
            if all(seen[k] for k, role in enumerate(required) if name.endswith(role))
        ]
        self.labels = np.asarray([label for label, _ in pairs])
        step = np.full((len(pairs), len(pairs)), _BARRED)
        start, end = np.full(len(pairs), _BARRED), np.full(len(pairs), _BARRED)
        for b, (after, seen) in enumerate(pairs):
            begun = tuple(LABELS[after] == "B-" + role for role in required)
            if seen == begun:
                start[b] = transitions.start[after]
            if all(seen):
                end[b] = transitions.end[after]
            for a, (before, seen_before) in enumerate(pairs):
                if seen == tuple(x or y for x, y in zip(seen_before, begun, strict=True)):
                    step[a, b] = transitions.step[before, after]
        self.transitions = Transitions(step, start, end)

    def read(self, scores: np.ndarray, lengths: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Likeliest labels, and the logarithm of the weight of all labellings."""
        held = scores[:, :, self.labels]
        count, size, kinds = held.shape
        best = held[:, 0] + self.transitions.start
        back = np.zeros(held.shape, dtype=np.int8)
        for k in range(1, size):
            inside = (k < lengths)[:, None]
            paths = best[:, :, None] + self.transitions.step
            back[:, k] = np.where(inside, paths.argmax(1), np.arange(kinds))
            best = np.where(inside, paths.max(1) + held[:, k], best)
        best = best + self.transitions.end
        labels = np.zeros((count, size), dtype=np.int64)
        at = best.argmax(1)
        for k in range(size - 1, -1, -1):
            labels[:, k] = self.labels[at]
            at = back[np.arange(count), k, at] if k else at
        labels[np.arange(size) >= lengths[:, None]] = 0
        return labels, self.weigh(scores, lengths)

    def weigh(self, scores: np.ndarray, lengths: np.ndarray) -> np.ndarray:
        """Logarithm of the weight of all labellings of each sequence."""
        held = scores[:, :, self.labels]
        total = held[:, 0] + self.transitions.start
        for k in range(1, held.shape[1]):
            following = _add_logs(total[:, :, None] + self.transitions.step) + held[:, k]
            total = np.where((k < lengths)[:, None], following, total)
        return _add_logs((total + self.transitions.end)[:, :, None])[:, 0]


@dataclass(frozen=True)
class Labels:
    """The likeliest labels of sequences, given that each has its anchor's cue and some content."""

    best: np.ndarray
    """[sequences, words], 0 beyond each length."""
    log_anchor: np.ndarray
    """[sequences]: logarithm of the probability that a cue begins at the anchor and has content."""


class Decoder:
    """Reads labels out of scores."""

    def __init__(self, transitions: Transitions) -> None:
        self._free, self._content, self._both = (
            _States(required, transitions) for required in ((), ("content",), ("content", "source"))
        )

    def find_best_labels(self, scores: np.ndarray, lengths: np.ndarray, anchors: np.ndarray) -> Labels:
        """Likeliest labels of each sequence (Viterbi) with a cue beginning at its anchor, and some content.

        Where the labellings with a source outweigh those without, the likeliest of them is taken.

        Parameters
        ----------
        scores
            [sequences, words, labels].
        lengths
            Words of each sequence; what lies beyond is ignored.
        anchors
            The anchor's place in each sequence.
        """
        held = np.array(scores)
        others = np.arange(len(LABELS)) != BEGINS_CUE
        held[np.arange(len(held))[:, None], anchors[:, None], np.flatnonzero(others)[None, :]] = _BARRED
        labels, whole = self._content.read(held, lengths)
        sourced, part = self._both.read(held, lengths)
        chosen = part - whole > math.log(SOURCE_THRESHOLD)
        best = np.where(chosen[:, None], sourced, labels)
        return Labels(best, whole - self._free.weigh(scores, lengths))


def _add_logs(values: np.ndarray) -> np.ndarray:
    """Logarithm of the sum of exponentials over the second axis."""
    top = values.max(1, keepdims=True)
    return np.asarray((top + np.log(np.exp(values - top).sum(1, keepdims=True)))[:, 0])


def rate_attribution(sure: float, log_anchor: float) -> float:
    """Score of an attribution: the geometric mean of the anchor's probability as the two heads see it."""
    return round(math.sqrt(sure * math.exp(min(0.0, log_anchor))), 2)


def spans_by_role(labels: Sequence[int], first: int, words: Sequence[Span]) -> dict[str, tuple[Span, ...]]:
    """Characters of each role's runs; ``first`` is the number of the first labelled word."""
    found: dict[str, list[Span]] = {role: [] for role in ROLES}
    start, role = 0, ""
    for k, label in enumerate([*labels, 0]):
        name = LABELS[label]
        if role and name != "I-" + role:
            found[role].append((words[first + start][0], words[first + k - 1][1]))
            role = ""
        if name != "O" and not role:
            start, role = k, name[2:]
    return {role: tuple(spans) for role, spans in found.items()}


def without_doubles(attributions: Sequence[Attribution]) -> list[Attribution]:
    """Of attributions with the same source and content, or the same cue, the surer; in order of the text."""
    kept: list[Attribution] = []
    taken: set[tuple[object, ...]] = set()
    for one in sorted(attributions, key=lambda one: -one.score):
        keys = {("content", one.source, one.content)} | {("cue", piece) for piece in one.cue}
        if not keys & taken:
            taken |= keys
            kept.append(one)
    return sorted(kept, key=lambda one: (min(one.source + one.cue + one.content), one.content))
