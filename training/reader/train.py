"""Train the reader on all its tasks at once.

    PYTHONPATH=src:. python -m training.reader.train --data ../shared/data --encoder FOLDER --out RUN

In: the corpora (their hashes in ``training/data.sha256``), the project's own passages, and the folder of a pretrained
encoder (``model.safetensors``, ``tokenizer.json``). Out: ``RUN/reader.pt``, written at every check so that ``--start``
can take a run up again. Refuses: a corpus whose spans leave their text.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import torch
from gate.attribution import score_attributions
from safetensors.torch import load_file

from contested.claims.linking import Attribution
from contested.claims.tagging.windows import PieceCutter
from training.corpus import read_corpus
from training.reader import attribution_task, direction_task, passage_task
from training.reader.model import Reader, Settings, load_pretrained, round_weights

#: Annotated passages of the project's own.
PASSAGES = Path(__file__).parents[1] / "stance/passages.jsonl"
MPNET = Settings()
MINILM = Settings(width=384, layers=6, inner=1536, vocabulary=30522, positions=512, buckets=0, epsilon=1e-12)
#: What the losses of directions and passages count beside that of attributions.
DIRECTION_WEIGHT = 0.7
#: Sentences and passages of a batch.
DIRECTION_BATCH = 48
STANCE_BATCH = 24
#: Rare classes of direction weigh more: their share to this power.
RARE_POWER = 0.35


def f1_by_class(gold: np.ndarray, found: np.ndarray) -> tuple[float, float]:
    """Micro and macro F1 over the five classes, percent."""
    parts = []
    for label in range(5):
        right = ((gold == label) & (found == label)).sum()
        parts.append(2 * right / max(1, (gold == label).sum() + (found == label).sum()))
    return round(100 * float((gold == found).mean()), 1), round(100 * float(np.mean(parts)), 1)


class Attributions:
    """The attribution task: an epoch takes at most two annotators of a document."""

    def __init__(self, folder: Path, cutter: PieceCutter, rng: random.Random) -> None:
        self.cutter, self.rng = cutter, rng
        train, self.dev = (read_corpus(folder / f"{name}.jsonl") for name in ("train", "dev"))
        number_of = {text: number for number, (text, _) in enumerate(train)}
        self.versions = {number: [number] for number in range(len(train))}
        for text, gold in read_corpus(folder / "other_annotators.jsonl"):
            # Further annotators of documents of the development part are left out.
            if text in number_of:
                self.versions[number_of[text]].append(len(train))
                train.append((text, gold))
        self.examples = attribution_task.prepare(train, cutter)

    def epoch(self, pieces: int) -> list[list[tuple[attribution_task.Example, Any]]]:
        """The batches of one epoch."""
        chosen = [
            self.examples[k]
            for numbers in self.versions.values()
            for k in self.rng.sample(numbers, min(2, len(numbers)))
        ]
        return list(attribution_task.batches(chosen, self.cutter, pieces, self.rng))

    def read_dev(self, reader: Reader) -> list[tuple[str, list[Attribution], list[Attribution]]]:
        """The development part with what the reader finds."""
        examples = attribution_task.prepare(self.dev, self.cutter)
        return [
            (text, gold, attribution_task.read(reader, example.text, self.cutter))
            for (text, gold), example in zip(self.dev, examples, strict=True)
        ]


class Directions:
    """The direction task."""

    def __init__(self, folder: Path, cutter: PieceCutter, rng: random.Random, size: int = DIRECTION_BATCH) -> None:
        self.cutter = cutter
        parts = [direction_task.read_sentences(folder / f"{name}.tsv") for name in ("train", "valid")]
        train, self.valid = (direction_task.prepare(rows, cutter) for rows in parts)
        counts = np.bincount([s.label for s in train], minlength=5).astype(float)
        counts[1:3], counts[3:5] = counts[1:3].mean(), counts[3:5].mean()
        weights = torch.tensor((counts.sum() / counts) ** RARE_POWER, dtype=torch.float32)
        self.weights = weights / weights.mean()
        self.batches = direction_task.batches(train, size, rng)

    def scores(self, reader: Reader, hide: bool) -> tuple[float, float]:
        """Micro and macro F1 on the validation part, with the names shown or hidden."""
        gold = np.array([s.label for s in self.valid])
        return f1_by_class(gold, direction_task.classify(reader, self.valid, self.cutter, hide))


class Passages:
    """The stance task."""

    def __init__(self, path: Path, cutter: PieceCutter, rng: random.Random) -> None:
        train, self.dev = (passage_task.read_passages([path], split, cutter) for split in ("train", "dev"))
        self.batches = passage_task.batches(train, cutter, STANCE_BATCH, rng)


def make_reader(arguments: argparse.Namespace) -> Reader:
    """The network, from the pretrained encoder or an earlier run."""
    settings = MPNET if arguments.settings == "mpnet" else MINILM
    if arguments.layers:
        settings.layers = arguments.layers
    reader = Reader(settings)
    load_pretrained(reader, load_file(arguments.encoder / "model.safetensors"))
    with torch.no_grad():
        reader.encoder.words.weight.copy_(round_weights(reader.encoder.words.weight))
    if arguments.start:
        own = reader.state_dict()
        before = torch.load(arguments.start)
        # Heads of another size begin anew.
        kept = {name: weights for name, weights in before.items() if weights.shape == own[name].shape}
        reader.load_state_dict(kept, strict=False)
    reader.encoder.words.weight.requires_grad_(False)
    return reader


def make_optimizer(reader: Reader, rate: float) -> torch.optim.AdamW:
    """Heads and new tables learn six times as fast as the pretrained encoder."""
    new = ("encoder.signals", "encoder.marks")
    named = [(name, p) for name, p in reader.named_parameters() if p.requires_grad]
    body = [p for name, p in named if name.startswith("encoder.") and not name.startswith(new)]
    head = [p for name, p in named if not name.startswith("encoder.") or name.startswith(new)]
    groups = [{"params": body, "lr": rate}, {"params": head, "lr": 6 * rate}]
    return torch.optim.AdamW(groups, weight_decay=0.01, betas=(0.9, 0.98), fused=True)


def parse_arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--encoder", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--passages", type=Path, default=PASSAGES)
    parser.add_argument("--settings", choices=("mpnet", "minilm"), default="mpnet")
    parser.add_argument("--layers", type=int)
    parser.add_argument("--epochs", type=float, default=4)
    parser.add_argument("--rate", type=float, default=7e-5)
    parser.add_argument("--pieces", type=int, default=3072, help="word pieces of a batch")
    parser.add_argument("--direction-every", type=int, default=2, help="a batch of directions each so many steps")
    parser.add_argument("--stance-every", type=int, default=4, help="a batch of passages each so many steps")
    parser.add_argument("--round-from", type=float, default=0.4, help="share of steps after which weights are rounded")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--start", type=Path, help="weights to start from")
    return parser.parse_args()


class Training:
    """One run."""

    def __init__(self, arguments: argparse.Namespace) -> None:
        self.arguments = arguments
        torch.manual_seed(arguments.seed)
        self.rng = random.Random(arguments.seed)
        self.cutter = PieceCutter(arguments.encoder / "tokenizer.json")
        self.reader = make_reader(arguments)
        self.attributions = Attributions(arguments.data / "attribution/polnear", self.cutter, self.rng)
        self.directions = Directions(arguments.data / "stance/dse", self.cutter, self.rng)
        self.passages = Passages(arguments.passages, self.cutter, self.rng)
        self.started = time.time()

    def run(self) -> None:
        """Train to the end."""
        a, reader = self.arguments, self.reader
        per_epoch = len(self.attributions.epoch(a.pieces))
        total = int(per_epoch * a.epochs)
        warm = max(1, int(0.06 * total))
        optimizer = make_optimizer(reader, a.rate)
        schedule = torch.optim.lr_scheduler.LambdaLR(
            optimizer, lambda k: min((k + 1) / warm, max(0.02, (total - k) / (total - warm)))
        )
        print(json.dumps({"steps": total, "per_epoch": per_epoch, "settings": asdict(reader.s)}), flush=True)
        reader.train()
        step = 0
        losses = np.zeros(3)
        while step < total:
            for batch in self.attributions.epoch(a.pieces)[: total - step]:
                if step >= a.round_from * total:
                    reader.round_from_now()
                losses += self.learn(batch, step)
                torch.nn.utils.clip_grad_norm_(reader.parameters(), 1.0)
                optimizer.step()
                schedule.step()
                optimizer.zero_grad(set_to_none=True)
                step += 1
                if step % 40 == 0:
                    print(f"{step}/{total} {self.minutes()} min losses {np.round(losses / 40, 3)}", flush=True)
                    losses[:] = 0
                if step % (per_epoch // 2) == 0 or step == total:
                    self.check(step)

    def learn(self, batch: list[tuple[attribution_task.Example, Any]], step: int) -> np.ndarray:
        """Gradients of one step; the losses of the three tasks, each as if it ran at every step."""
        a, reader = self.arguments, self.reader
        losses = np.zeros(3)
        with torch.autocast("cpu", torch.bfloat16):
            one = attribution_task.loss(reader, batch, self.cutter, self.rng)
        one.backward()
        losses[0] = one.item()
        if step % a.direction_every == 0:
            with torch.autocast("cpu", torch.bfloat16):
                sentences = next(self.directions.batches)
                one = direction_task.loss(reader, sentences, self.cutter, self.rng, self.directions.weights)
            (one * DIRECTION_WEIGHT).backward()
            losses[1] = one.item() * a.direction_every
        if step % a.stance_every == a.stance_every - 1:
            with torch.autocast("cpu", torch.bfloat16):
                one = passage_task.loss(reader, next(self.passages.batches), self.cutter)
            one.backward()
            losses[2] = one.item() * a.stance_every
        return losses

    def check(self, step: int) -> None:
        """Score on the development parts and save."""
        self.reader.eval()
        shown: dict[str, Any] = score_attributions(self.attributions.read_dev(self.reader))
        for hide in (False, True):
            shown["direction_hidden" if hide else "direction"] = self.directions.scores(self.reader, hide)
        shown |= passage_task.evaluate(self.reader, self.passages.dev, self.cutter)
        print(json.dumps({"step": step, "minutes": self.minutes(), **shown}), flush=True)
        self.arguments.out.mkdir(parents=True, exist_ok=True)
        torch.save(self.reader.state_dict(), self.arguments.out / "reader.pt")
        self.reader.train()

    def minutes(self) -> float:
        """Since the start."""
        return round((time.time() - self.started) / 60, 1)


if __name__ == "__main__":
    Training(parse_arguments()).run()
