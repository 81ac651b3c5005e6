"""Directed sentiment: sentences with two marked names → batches and loss."""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from contested.claims.tagging.windows import PieceCutter, cut_text, make_window
from contested.claims.text.words import Span
from training.corpus import words_in
from training.reader.model import Reader

FIRST, SECOND = 1, 2
MAX_PIECES = 160


@dataclass
class Sentence:
    """Pieces, signals and marks of one sentence, with its class."""

    pieces: np.ndarray
    signals: np.ndarray
    marks: np.ndarray
    label: int


def unmark(text: str) -> tuple[str, Span, Span]:
    """The sentence without its brackets, and the characters of the two names.

    The marks cut names short ("[Congre]ss"); a mark that ends within a word runs on to its end.
    """
    plain, spans, start = "", [], 0
    for sign in text:
        if sign == "[" and len(spans) < 2:
            start = len(plain)
        elif sign == "]" and len(spans) < 2:
            spans.append((start, len(plain)))
        else:
            plain += sign
    if len(spans) != 2:
        raise ValueError(f"{text!r}: two names in brackets expected")
    return plain, spans[0], spans[1]


def read_sentences(path: Path) -> list[tuple[str, Span, Span, int]]:
    """Sentence, the two names' characters, class; the file is tab-separated with quoted fields."""
    rows = []
    with path.open(encoding="utf-8", newline="") as file:
        for text, _, _, label in csv.reader(file, delimiter="\t"):
            plain, p, q = unmark(text)
            rows.append((plain, p, q, int(label)))
    return rows


def prepare(rows: Sequence[tuple[str, Span, Span, int]], cutter: PieceCutter) -> list[Sentence]:
    """Cut and mark the sentences."""
    found = []
    for text, p, q, label in rows:
        cut = cut_text(text, cutter)
        ends = [end for _, end in cut.words]
        (pa, pb), (qa, qb) = words_in([p], cut.words, ends)[0], words_in([q], cut.words, ends)[0]
        low, high = 0, len(cut.words)
        size = [len(pieces) for pieces in cut.pieces]
        while sum(size[low:high]) > MAX_PIECES and (low < min(pa, qa) or high > max(pb, qb)):
            if high - max(pb, qb) >= min(pa, qa) - low:
                high -= 1
            else:
                low += 1
        window = make_window(cut, low, high, range(low, high), cutter)
        marks = np.zeros_like(window.pieces)
        for mark, a, b in ((FIRST, pa, pb), (SECOND, qa, qb)):
            last = window.heads[b - low] if b < high else len(marks) - 1
            marks[window.heads[a - low] : last] = mark
        found.append(Sentence(window.pieces[:500], window.signals[:500], marks[:500], label))
    return found


def collate(
    part: Sequence[Sentence], cutter: PieceCutter, hidden: Sequence[bool]
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Padded pieces, signals, marks and mask; where ``hidden``, the two names cannot be read."""
    size = max(len(s.pieces) for s in part)
    pieces = np.full((len(part), size), cutter.pad, dtype=np.int64)
    signals, marks, mask = (np.zeros_like(pieces) for _ in range(3))
    for k, s in enumerate(part):
        n = len(s.pieces)
        pieces[k, :n] = np.where((s.marks > 0) & hidden[k], cutter.mask, s.pieces)
        signals[k, :n], marks[k, :n], mask[k, :n] = s.signals, s.marks, 1
    return tuple(torch.from_numpy(a) for a in (pieces, signals, marks, mask))  # type: ignore[return-value]


def scores(reader: Reader, part: Sequence[Sentence], cutter: PieceCutter, hidden: Sequence[bool]) -> Tensor:
    """Logits of the five classes."""
    pieces, signals, marks, mask = collate(part, cutter, hidden)
    states = reader.encoder(pieces, signals, marks, mask)

    def mean(mark: int) -> Tensor:
        chosen = (marks == mark).to(states.dtype)[..., None]
        return (states * chosen).sum(1) / chosen.sum(1).clamp(min=1)

    return reader.direction(torch.cat([states[:, 0], mean(FIRST), mean(SECOND)], -1)).float()


_MIRROR = {0: 0, 1: 2, 2: 1, 3: 4, 4: 3}


def mirror(s: Sentence) -> Sentence:
    """The same sentence with the two names' parts exchanged."""
    marks = np.where(s.marks == FIRST, SECOND, np.where(s.marks == SECOND, FIRST, 0))
    return Sentence(s.pieces, s.signals, marks, _MIRROR[s.label])


def batches(sentences: Sequence[Sentence], size: int, rng: random.Random) -> Iterator[list[Sentence]]:
    """Shuffled batches without end, half of them mirrored, of sentences of like length."""
    while True:
        order = list(sentences)
        rng.shuffle(order)
        order.sort(key=lambda s: len(s.pieces) // 12 + rng.random() * 2)
        groups = [order[k : k + size] for k in range(0, len(order), size)]
        rng.shuffle(groups)
        for group in groups:
            yield [mirror(s) if rng.random() < 0.5 else s for s in group]


def loss(reader: Reader, part: Sequence[Sentence], cutter: PieceCutter, rng: random.Random, weights: Tensor) -> Tensor:
    """Weighted cross entropy; in half of the sentences the names are hidden."""
    hidden = [rng.random() < 0.5 for _ in part]
    gold = torch.tensor([s.label for s in part])
    return F.cross_entropy(scores(reader, part, cutter, hidden), gold, weight=weights, label_smoothing=0.05)


@torch.no_grad()
def classify(reader: Reader, sentences: Sequence[Sentence], cutter: PieceCutter, hide: bool) -> np.ndarray:
    """Classes of the sentences; each is read in both directions and the two are averaged."""
    found = np.zeros(len(sentences), dtype=np.int64)
    order = sorted(range(len(sentences)), key=lambda k: len(sentences[k].pieces))
    back = [_MIRROR[k] for k in range(5)]
    for low in range(0, len(order), 64):
        part = [sentences[k] for k in order[low : low + 64]]
        hidden = [hide] * len(part)
        with torch.autocast("cpu", torch.bfloat16):
            there = scores(reader, part, cutter, hidden).softmax(-1)
            mirrored = scores(reader, [mirror(s) for s in part], cutter, hidden).softmax(-1)[:, back]
        found[order[low : low + 64]] = (there + mirrored).argmax(-1).numpy()
    return found
