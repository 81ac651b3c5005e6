"""Annotated passages as the shipped reader will be fed them: mentions that it finds, in the words that it reads.

In: passages of ``training/stance``. Out: batches, loss and scores of stance, modality and target. Refuses: nothing.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from contested.claims.actors import ActorIndex, ArticleActors
from contested.claims.blame.mentions import find_mentions
from contested.claims.linking import Attribution
from contested.claims.tagging.passages import CONTENT, CUE, SPEAKER, MarkedPassage, mark_passage
from contested.claims.tagging.stance_reader import sentences_of, words_to_read
from contested.claims.tagging.windows import PieceCutter, Text, cut_text
from contested.claims.text.words import Span, touch
from training.reader.model import MODALITIES, STANCES, Reader


@dataclass
class Passage:
    """One annotated passage."""

    row: dict[str, Any]
    cut: Text
    sentences: list[int]
    marked: list[Span]
    """Mentions, as annotated."""
    found: list[Span]
    """Those that the reader finds."""


@dataclass
class View:
    """A passage as it is shown once."""

    passage: Passage
    shown: MarkedPassage
    right: list[int]
    """Rows of the target among no target and the mentions shown: those of its party; empty when it is not shown."""


def read_passages(paths: Sequence[Path], split: str, cutter: PieceCutter) -> list[Passage]:
    """The passages of one split."""
    index, found = ActorIndex(), []
    for path in paths:
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            if row["split"] != split:
                continue
            cut = cut_text(row["text"], cutter)
            marked = [tuple(m["span"]) for m in row["mentions"]]
            article = ArticleActors(index, row["text"])
            mentions = list(find_mentions(article, lambda word: len(cutter.cut_words([word])[0]) == 1))
            found.append(Passage(row, cut, sentences_of(cut), marked, mentions))
    return found


def show(one: Passage, cutter: PieceCutter, rng: random.Random | None = None) -> View:
    """The passage as the reader will see it; with a generator, in one of many ways."""
    row = one.row
    mentions = one.found if rng is None or rng.random() < 0.6 else one.marked
    if rng is not None:
        mentions = [m for m in mentions if rng.random() > 0.1]
    speaker = [tuple(row["speaker"])] if row["speaker"] and (rng is None or rng.random() > 0.08) else []
    content, cue = ([(int(a), int(b)) for a, b in row[name]] for name in ("content", "cue"))
    around = () if rng is None else (0, 0) if rng.random() < 0.2 else (rng.randint(0, 80), rng.randint(0, 30))
    within = words_to_read(one.cut, one.sentences, Attribution(tuple(speaker), tuple(cue), tuple(content)), *around)
    shown = mark_passage(one.cut, {CONTENT: content, CUE: cue, SPEAKER: speaker}, mentions, cutter, within)
    right = [0]
    if row["target"]:
        party = next(m["party"] for m in row["mentions"] if m["span"] == row["target"])
        same = [m["span"] for m in row["mentions"] if m["party"] == party]
        visible = [span for span, place in zip(mentions, shown.mentions, strict=True) if place >= 0]
        right = [1 + k for k, span in enumerate(visible) if any(touch(span, other) for other in same)]
    return View(one, shown, right)


def scores(reader: Reader, views: Sequence[View], cutter: PieceCutter) -> tuple[Tensor, Tensor, list[Tensor]]:
    """Logits of stance and modality, and for each passage those of no target and of each mention."""
    size = max(len(v.shown.marks) for v in views)
    pieces = np.full((len(views), size), cutter.pad, dtype=np.int64)
    signals, marks, mask = (np.zeros_like(pieces) for _ in range(3))
    for k, view in enumerate(views):
        m = view.shown
        n = len(m.marks)
        pieces[k, :n], signals[k, :n], marks[k, :n], mask[k, :n] = m.window.pieces, m.window.signals, m.marks, 1
    states = reader.encoder(*(torch.from_numpy(a) for a in (pieces, signals, marks, mask)))
    at = torch.from_numpy(marks)

    def mean(name: int) -> Tensor:
        chosen = (at == name).to(states.dtype)[..., None]
        return (states * chosen).sum(1) / chosen.sum(1).clamp(min=1)

    shared = torch.cat([states[:, 0], mean(CUE), mean(CONTENT)], -1)
    dropped = F.dropout(shared, 0.1, reader.training)
    targets = []
    for k, view in enumerate(views):
        rows = torch.stack([states[k, 0], *(states[k, p] for p in view.shown.mentions if p >= 0)])
        rest = dropped[k, states.shape[2] :]
        targets.append(reader.target(torch.cat([rows, rest.expand(len(rows), -1)], -1))[:, 0].float())
    return reader.stance(dropped).float(), reader.modality(dropped).float(), targets


def batches(passages: Sequence[Passage], cutter: PieceCutter, size: int, rng: random.Random) -> Iterator[list[View]]:
    """Shuffled batches without end, of passages of like length."""
    while True:
        order = list(passages)
        rng.shuffle(order)
        views = [show(one, cutter, rng) for one in order]
        views.sort(key=lambda v: len(v.shown.marks) // 16 + rng.random() * 2)
        groups = [views[low : low + size] for low in range(0, len(views), size)]
        rng.shuffle(groups)
        yield from groups


def loss(reader: Reader, views: Sequence[View], cutter: PieceCutter) -> Tensor:
    """Cross entropy of stance, modality and target; any mention of the target's party is right."""
    stance, modality, targets = scores(reader, views, cutter)
    gold = torch.tensor([STANCES.index(v.passage.row["stance"]) for v in views])
    sure = torch.tensor([MODALITIES.index(v.passage.row["modality"]) for v in views])
    total = F.cross_entropy(stance, gold, label_smoothing=0.05)
    total = total + 0.5 * F.cross_entropy(modality, sure, label_smoothing=0.05)
    for view, logits in zip(views, targets, strict=True):
        if view.right:
            total = total - logits.log_softmax(0)[view.right].logsumexp(0) / len(views)
    return total


@torch.no_grad()
def evaluate(reader: Reader, passages: Sequence[Passage], cutter: PieceCutter) -> dict[str, float]:
    """Percent right: stance, modality, target; and macro F1 of the stances."""
    gold, found, sure, right = [], [], [], []
    for low in range(0, len(passages), 32):
        views = [show(one, cutter) for one in passages[low : low + 32]]
        with torch.autocast("cpu", torch.bfloat16):
            stance, modality, targets = scores(reader, views, cutter)
        for k, view in enumerate(views):
            row = view.passage.row
            gold.append(STANCES.index(row["stance"]))
            found.append(int(stance[k].argmax()))
            sure.append(MODALITIES[int(modality[k].argmax())] == row["modality"])
            right.append(int(targets[k].argmax()) in view.right)
    g, f = np.asarray(gold), np.asarray(found)
    f1 = [2 * ((g == c) & (f == c)).sum() / max(1, (g == c).sum() + (f == c).sum()) for c in set(gold)]
    return {
        "stance": round(100 * float((g == f).mean()), 1),
        "macro": round(100 * float(np.mean(f1)), 1),
        "modality": round(100 * float(np.mean(sure)), 1),
        "target": round(100 * float(np.mean(right)), 1),
    }
