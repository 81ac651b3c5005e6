"""Stance: annotated passages → batches and loss."""

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

from contested.claims.tagging.passages import CONTENT, CUE, SPEAKER, MarkedPassage, mark_passage
from contested.claims.tagging.windows import PieceCutter, Text, cut_text
from training.reader.model import MODALITIES, STANCES, Reader


@dataclass
class Passage:
    """One annotated passage, cut into words."""

    row: dict[str, Any]
    text: Text

    @property
    def target(self) -> int:
        """Number of the mention that is the target; -1 for none."""
        spans = [mention["span"] for mention in self.row["mentions"]]
        return spans.index(self.row["target"]) if self.row["target"] else -1


def read_passages(path: Path, split: str, cutter: PieceCutter) -> list[Passage]:
    """The passages of one split."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [Passage(row, cut_text(row["text"], cutter)) for row in rows if row["split"] == split]


def mark(passage: Passage, cutter: PieceCutter, rng: random.Random | None = None) -> tuple[MarkedPassage, int]:
    """The marked passage and the number of its target among the hidden mentions.

    With a generator some mentions are left as they are (as names that no list knows will be), and the parts vary.
    """
    row = passage.row
    target = passage.target
    kept = [k for k in range(len(row["mentions"])) if rng is None or k == target or rng.random() > 0.15]
    speaker = [tuple(row["speaker"])] if row["speaker"] and (rng is None or rng.random() > 0.1) else []
    content = [tuple(piece) for piece in row["content"]]
    if rng is not None and len(content) > 1 and rng.random() < 0.3:
        content = content[: len(content) - 1]
    parts = {CONTENT: content, CUE: [tuple(piece) for piece in row["cue"]], SPEAKER: speaker}
    marked = mark_passage(passage.text, parts, [tuple(row["mentions"][k]["span"]) for k in kept], cutter)
    found = kept.index(target) if target >= 0 else -1
    return marked, found if found < 0 or marked.mentions[found] >= 0 else -1


def scores(reader: Reader, marked: Sequence[MarkedPassage], cutter: PieceCutter) -> tuple[Tensor, Tensor, list[Tensor]]:
    """Logits of stance and modality, and for each passage those of no target and of each mention."""
    size = max(len(m.marks) for m in marked)
    pieces = np.full((len(marked), size), cutter.pad, dtype=np.int64)
    signals, marks, mask = (np.zeros_like(pieces) for _ in range(3))
    for k, m in enumerate(marked):
        n = len(m.marks)
        pieces[k, :n], signals[k, :n], marks[k, :n], mask[k, :n] = m.window.pieces, m.window.signals, m.marks, 1
    states = reader.encoder(*(torch.from_numpy(a) for a in (pieces, signals, marks, mask)))
    at = torch.from_numpy(marks)

    def mean(name: int) -> Tensor:
        chosen = (at == name).to(states.dtype)[..., None]
        return (states * chosen).sum(1) / chosen.sum(1).clamp(min=1)

    shared = torch.cat([states[:, 0], mean(CUE), mean(CONTENT)], -1)
    targets = []
    for k, m in enumerate(marked):
        rows = torch.stack([states[k, 0], *(states[k, p] for p in m.mentions if p >= 0)])
        rest = shared[k, states.shape[2] :]
        targets.append(reader.target(torch.cat([rows, rest.expand(len(rows), -1)], -1))[:, 0].float())
    return reader.stance(shared).float(), reader.modality(shared).float(), targets


def batches(
    passages: Sequence[Passage], cutter: PieceCutter, size: int, rng: random.Random
) -> Iterator[list[tuple[Passage, MarkedPassage, int]]]:
    """Shuffled batches without end."""
    while True:
        order = list(passages)
        rng.shuffle(order)
        for low in range(0, len(order), size):
            yield [(one, *mark(one, cutter, rng)) for one in order[low : low + size]]


def loss(reader: Reader, batch: Sequence[tuple[Passage, MarkedPassage, int]], cutter: PieceCutter) -> Tensor:
    """Cross entropy of stance, modality and target."""
    stance, modality, targets = scores(reader, [m for _, m, _ in batch], cutter)
    gold = torch.tensor([STANCES.index(p.row["stance"]) for p, _, _ in batch])
    sure = torch.tensor([MODALITIES.index(p.row["modality"]) for p, _, _ in batch])
    total = F.cross_entropy(stance, gold, label_smoothing=0.05) + 0.5 * F.cross_entropy(
        modality, sure, label_smoothing=0.05
    )
    for (_, m, target), logits in zip(batch, targets, strict=True):
        inside = [k for k, p in enumerate(m.mentions) if p >= 0]
        right = inside.index(target) + 1 if target >= 0 else 0
        total = total + F.cross_entropy(logits[None], torch.tensor([right])) / len(batch)
    return total


@torch.no_grad()
def evaluate(reader: Reader, passages: Sequence[Passage], cutter: PieceCutter) -> dict[str, float]:
    """Percent right: stance, modality, target; and macro F1 of the stances."""
    gold, found, sure, right = [], [], [], []
    for low in range(0, len(passages), 32):
        part = passages[low : low + 32]
        marked = [mark(one, cutter) for one in part]
        with torch.autocast("cpu", torch.bfloat16):
            stance, modality, targets = scores(reader, [m for m, _ in marked], cutter)
        for k, (one, (m, target)) in enumerate(zip(part, marked, strict=True)):
            gold.append(STANCES.index(one.row["stance"]))
            found.append(int(stance[k].argmax()))
            sure.append(MODALITIES[int(modality[k].argmax())] == one.row["modality"])
            inside = [n for n, p in enumerate(m.mentions) if p >= 0]
            best = int(targets[k].argmax())
            right.append((inside[best - 1] if best else -1) == target)
    g, f = np.asarray(gold), np.asarray(found)
    f1 = [2 * ((g == c) & (f == c)).sum() / max(1, (g == c).sum() + (f == c).sum()) for c in set(gold)]
    return {
        "stance": round(100 * float((g == f).mean()), 1),
        "stance_macro": round(100 * float(np.mean(f1)), 1),
        "modality": round(100 * float(np.mean(sure)), 1),
        "target": round(100 * float(np.mean(right)), 1),
    }
