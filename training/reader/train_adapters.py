"""Train adapters and heads for stance and direction on the shipped network.

    PYTHONPATH=src:. python -m training.reader.train_adapters --models src/contested/models --data ../shared/data \\
        --passages training/stance/*.jsonl --out RUN

In: the shipped weights, the corpus of directed sentiment and annotated passages. Out: ``RUN/adapters.pt``, written at
every check. Refuses: nothing.

The encoder's own weights do not change, so attribution reads as before.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from pathlib import Path

import numpy as np
import torch

from contested.claims.tagging.windows import PieceCutter
from training.reader import direction_task, passage_task
from training.reader.adapters import add_adapters
from training.reader.shipped import HEADS, load_shipped
from training.reader.train import DIRECTION_WEIGHT, STANCE_BATCH, Directions

RANK = 16
#: Layers from the top that get adapters; those below are read forwards only.
LAYERS = 6
DIRECTION_BATCH = 32
#: Heads learn at this share of the adapters' rate.
HEAD_RATE = 0.7
#: How the names of an adapter's two halves end.
ADAPTER = (".inner", ".outer")


def parse_arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--models", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--passages", type=Path, nargs="+", required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=850)
    parser.add_argument("--rate", type=float, default=5e-4)
    parser.add_argument("--check-every", type=int, default=170)
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


class Training:
    """One run."""

    def __init__(self, arguments: argparse.Namespace) -> None:
        self.arguments = a = arguments
        torch.manual_seed(a.seed)
        self.rng = random.Random(a.seed)
        self.started = time.time()
        self.cutter = PieceCutter(a.models / "reader.tokenizer.json")
        self.reader = load_shipped(a.models)
        self.adapters = add_adapters(self.reader, RANK, LAYERS)
        self.heads = [p for name in HEADS for p in getattr(self.reader, name).parameters()]
        self.directions = Directions(a.data / "stance/dse", self.cutter, self.rng, DIRECTION_BATCH)
        train, self.dev = (passage_task.read_passages(a.passages, part, self.cutter) for part in ("train", "dev"))
        self.passages = passage_task.batches(train, self.cutter, STANCE_BATCH, self.rng)

    def run(self) -> None:
        """Train to the end."""
        a = self.arguments
        groups = [{"params": self.adapters, "lr": a.rate}, {"params": self.heads, "lr": HEAD_RATE * a.rate}]
        optimizer = torch.optim.AdamW(groups, weight_decay=0.02, betas=(0.9, 0.98))
        warm = max(1, a.steps // 16)
        schedule = torch.optim.lr_scheduler.LambdaLR(
            optimizer, lambda k: min((k + 1) / warm, max(0.02, (a.steps - k) / (a.steps - warm)))
        )
        self.reader.train()
        losses = np.zeros(2)
        for step in range(1, a.steps + 1):
            losses += self.learn()
            torch.nn.utils.clip_grad_norm_([*self.adapters, *self.heads], 1.0)
            optimizer.step()
            schedule.step()
            optimizer.zero_grad(set_to_none=True)
            if step % 25 == 0:
                print(f"{step}/{a.steps} {self.minutes()} min losses {np.round(losses / 25, 3)}", flush=True)
                losses[:] = 0
            if step % a.check_every == 0 or step == a.steps:
                self.check(step)

    def learn(self) -> tuple[float, float]:
        """Gradients of one step; the losses of passages and directions."""
        with torch.autocast("cpu", torch.bfloat16):
            one = passage_task.loss(self.reader, next(self.passages), self.cutter)
        one.backward()
        sentences = next(self.directions.batches)
        with torch.autocast("cpu", torch.bfloat16):
            other = direction_task.loss(self.reader, sentences, self.cutter, self.rng, self.directions.weights)
        (other * DIRECTION_WEIGHT).backward()
        return one.item(), other.item()

    def check(self, step: int) -> None:
        """Score on the development parts and save."""
        self.reader.eval()
        shown = {
            "step": step, "minutes": self.minutes(),
            "passages": passage_task.evaluate(self.reader, self.dev, self.cutter),
            "direction": self.directions.scores(self.reader, hide=False),
        }  # fmt: skip
        print(json.dumps(shown), flush=True)
        self.arguments.out.mkdir(parents=True, exist_ok=True)
        kept = {n: p for n, p in self.reader.state_dict().items() if n.endswith(ADAPTER) or n.split(".")[0] in HEADS}
        torch.save(kept, self.arguments.out / "adapters.pt")
        self.reader.train()

    def minutes(self) -> float:
        """Since the start."""
        return round((time.time() - self.started) / 60, 1)


if __name__ == "__main__":
    Training(parse_arguments()).run()
