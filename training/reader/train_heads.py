"""Train the stance heads anew on the finished encoder, as the shipped reader will feed them.

    PYTHONPATH=src:. python -m training.reader.train_heads --run RUN --models MODELS --passages FILE...

In: a run of :mod:`training.reader.train`, its export, and annotated passages. Out: ``RUN/reader.pt`` with new heads
for stance, modality and target; export it again. Refuses: nothing.

The encoder does not change. Its states are those of the shipped weights, and the mentions that are hidden are those
which the reader finds, beside the annotators': what the heads learn from is what they will see.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from contested.claims.actors import ActorIndex, ArticleActors
from contested.claims.blame.mentions import find_mentions
from contested.claims.linking import Attribution
from contested.claims.tagging.encoder import load_encoder
from contested.claims.tagging.passages import CONTENT, CUE, SPEAKER, mark_passage
from contested.claims.tagging.stance_reader import StanceReader, sentences_of, words_to_read
from contested.claims.tagging.windows import cut_text
from contested.claims.text.words import Span
from training.reader.model import MODALITIES, STANCES, Reader, Settings

EPOCHS = 60
RATE = 1.5e-3
DROPPED = 0.35
DECAY = 0.05


@dataclass
class Example:
    """Pooled states of one passage, with its classes."""

    shared: Tensor
    targets: Tensor
    stance: int
    modality: int
    target: int
    """Row of the target among ``targets``; 0 for none; -1 when it was not among the mentions."""


def _touch(one: Span, other: Span) -> int:
    return max(0, min(one[1], other[1]) - max(one[0], other[0]))


def view(reader: StanceReader, cutter: Any, row: dict[str, Any], mentions: list[Span]) -> Example:
    """A passage with certain mentions hidden."""
    cut = cut_text(row["text"], cutter)
    source, cue, content = (
        tuple((int(a), int(b)) for a, b in pieces)
        for pieces in ([row["speaker"]] if row["speaker"] else [], row["cue"], row["content"])
    )
    one = Attribution(source, cue, content)
    within = words_to_read(cut, sentences_of(cut), one)
    marked = mark_passage(cut, {CONTENT: one.content, CUE: one.cue, SPEAKER: one.source}, mentions, cutter, within)
    shared, targets = reader.pool([marked])
    shown = [span for span, place in zip(mentions, marked.mentions, strict=True) if place >= 0]
    target = 0
    if row["target"]:
        overlaps = [_touch(span, tuple(row["target"])) for span in shown]
        target = 1 + int(np.argmax(overlaps)) if overlaps and max(overlaps) else -1
    return Example(
        torch.from_numpy(shared[0]), torch.from_numpy(targets[0]),
        STANCES.index(row["stance"]), MODALITIES.index(row["modality"]), target,
    )  # fmt: skip


def heads_of(width: int) -> nn.ModuleDict:
    """Fresh heads."""
    fresh = Reader(Settings(width=width, layers=1, heads=12, inner=64, vocabulary=8))
    return nn.ModuleDict({name: getattr(fresh, name) for name in ("stance", "modality", "target")})


def loss(heads: nn.ModuleDict, batch: list[Example]) -> Tensor:
    """Cross entropy of the three, with inputs dropped at random."""
    shared = F.dropout(torch.stack([e.shared for e in batch]), DROPPED)
    total = F.cross_entropy(heads["stance"](shared), torch.tensor([e.stance for e in batch]), label_smoothing=0.05)
    total = total + 0.5 * F.cross_entropy(heads["modality"](shared), torch.tensor([e.modality for e in batch]))
    for e in batch:
        if e.target >= 0:
            scores = heads["target"](F.dropout(e.targets, DROPPED))[:, 0]
            total = total + F.cross_entropy(scores[None], torch.tensor([e.target])) / len(batch)
    return total


@torch.no_grad()
def evaluate(heads: nn.ModuleDict, examples: list[Example]) -> dict[str, float]:
    """Percent right, and macro F1 of the stances."""
    heads.eval()
    found = heads["stance"](torch.stack([e.shared for e in examples])).argmax(-1).numpy()
    sure = heads["modality"](torch.stack([e.shared for e in examples])).argmax(-1).numpy()
    gold = np.array([e.stance for e in examples])
    f1 = [2 * ((gold == c) & (found == c)).sum() / max(1, (gold == c).sum() + (found == c).sum()) for c in set(gold)]
    right = [int(heads["target"](e.targets)[:, 0].argmax()) == e.target for e in examples]
    heads.train()
    return {
        "stance": round(100 * float((gold == found).mean()), 1), "macro": round(100 * float(np.mean(f1)), 1),
        "modality": round(100 * float((sure == [e.modality for e in examples]).mean()), 1),
        "target": round(100 * float(np.mean(right)), 1),
    }  # fmt: skip


def main() -> None:
    """Train as the arguments say."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--run", type=Path, required=True)
    parser.add_argument("--models", type=Path, required=True)
    parser.add_argument("--passages", type=Path, nargs="+", required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    a = parser.parse_args()
    torch.manual_seed(a.seed)
    encoder = load_encoder(a.models)
    reader, index = StanceReader(encoder), ActorIndex()
    train: list[Example] = []
    dev: dict[str, list[Example]] = {}
    for path in a.passages:
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            found = view(
                reader, encoder.cutter, row, list(find_mentions(ArticleActors(index, row["text"]), reader.is_common))
            )
            if row["split"] == "train":
                marked = sorted(tuple(mention["span"]) for mention in row["mentions"])
                train += [found, view(reader, encoder.cutter, row, marked)]
            else:
                dev.setdefault(path.name, []).append(found)
    heads = heads_of(train[0].shared.shape[0] // 3)
    optimizer = torch.optim.AdamW(heads.parameters(), lr=RATE, weight_decay=DECAY)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, a.epochs)
    generator = torch.Generator().manual_seed(a.seed)
    for epoch in range(a.epochs):
        order = torch.randperm(len(train), generator=generator).tolist()
        for low in range(0, len(order), 64):
            optimizer.zero_grad()
            loss(heads, [train[k] for k in order[low : low + 64]]).backward()
            optimizer.step()
        schedule.step()
        if (epoch + 1) % 10 == 0 or epoch + 1 == a.epochs:
            print(epoch + 1, {name: evaluate(heads, part) for name, part in dev.items()}, flush=True)
    weights = torch.load(a.run / "reader.pt")
    for name, tensor in heads.state_dict().items():
        weights[name] = tensor
    torch.save(weights, a.run / "reader.pt")


if __name__ == "__main__":
    main()
