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
from training.reader.shipped import load_shipped
from training.reader.train import STANCE_BATCH, Directions

RANK = 16
#: Layers from the top that get adapters; those below are read forwards only.
LAYERS = 6
DIRECTION_BATCH = 32
#: Heads learn at this share of the adapters' rate.
HEAD_RATE = 0.7


def parse_arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--models", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--passages", type=Path, nargs="+", required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=800)
    parser.add_argument("--rate", type=float, default=6e-4)
    parser.add_argument("--rank", type=int, default=RANK)
    parser.add_argument("--direction-weight", type=float, default=0.7)
    parser.add_argument("--direction-every", type=int, default=1, help="a batch of directions each so many steps")
    parser.add_argument("--check-every", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--start", type=Path, help="an earlier run's file")
    return parser.parse_args()


def main() -> None:
    """Train as the arguments say."""
    a = parse_arguments()
    torch.manual_seed(a.seed)
    rng = random.Random(a.seed)
    started = time.time()
    cutter = PieceCutter(a.models / "reader.tokenizer.json")
    reader = load_shipped(a.models)
    adapters = add_adapters(reader, a.rank, LAYERS)
    heads = []
    for name in ("direction", "stance", "modality", "target"):
        heads += getattr(reader, name).parameters()
    learnt = {name for name, p in reader.named_parameters() if any(p is q for q in (*adapters, *heads))} | {
        "encoder.marks.weight"
    }
    if a.start:
        reader.load_state_dict(torch.load(a.start), strict=False)
    directions = Directions(a.data / "stance/dse", cutter, rng, DIRECTION_BATCH)
    train = passage_task.read_passages(a.passages, "train", cutter)
    dev = {path.stem: passage_task.read_passages([path], "dev", cutter) for path in a.passages}
    passages = passage_task.batches(train, cutter, STANCE_BATCH, rng)
    optimizer = torch.optim.AdamW(
        [{"params": adapters, "lr": a.rate}, {"params": heads, "lr": HEAD_RATE * a.rate}],
        weight_decay=0.02, betas=(0.9, 0.98),
    )  # fmt: skip
    warm = max(1, a.steps // 16)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda k: min((k + 1) / warm, max(0.02, (a.steps - k) / (a.steps - warm)))
    )

    def minutes() -> float:
        return round((time.time() - started) / 60, 1)

    def check(step: int) -> None:
        reader.eval()
        shown = {name: passage_task.evaluate(reader, part, cutter) for name, part in dev.items() if part}
        if a.direction_weight:
            gold = np.array([s.label for s in directions.valid])
            found = direction_task.classify(reader, directions.valid, cutter, False)
            counts = [((gold == c).sum() + (found == c).sum(), ((gold == c) & (found == c)).sum()) for c in range(5)]
            shown["direction"] = {
                "micro": round(100 * float((gold == found).mean()), 1),
                "macro": round(20 * float(sum(2 * both / either for either, both in counts)), 1),
            }
        print(json.dumps({"step": step, "minutes": minutes(), **shown}), flush=True)
        a.out.mkdir(parents=True, exist_ok=True)
        state = reader.state_dict()
        torch.save({name: state[name] for name in learnt}, a.out / "adapters.pt")
        reader.train()

    print(json.dumps({"train": len(train), "parameters": sum(p.numel() for p in adapters)}), flush=True)
    reader.train()
    losses = np.zeros(2)
    for step in range(1, a.steps + 1):
        with torch.autocast("cpu", torch.bfloat16):
            one = passage_task.loss(reader, next(passages), cutter)
        one.backward()
        losses[0] += one.item()
        if a.direction_weight and step % a.direction_every == 0:
            with torch.autocast("cpu", torch.bfloat16):
                one = direction_task.loss(reader, next(directions.batches), cutter, rng, directions.weights)
            (one * a.direction_weight).backward()
            losses[1] += one.item() * a.direction_every
        torch.nn.utils.clip_grad_norm_([*adapters, *heads], 1.0)
        optimizer.step()
        schedule.step()
        optimizer.zero_grad(set_to_none=True)
        if step % 25 == 0:
            print(f"{step}/{a.steps} {minutes()} min losses {np.round(losses / 25, 3)}", flush=True)
            losses[:] = 0
        if step % a.check_every == 0 or step == a.steps:
            check(step)


if __name__ == "__main__":
    main()
