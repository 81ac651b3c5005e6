"""Hold the tests of chance against other programs' answers to the same points.

In: a Python that has pointpats and esda. Out: a table of their numbers beside ours; exit 1 when one differs. Refuses:
nothing.

Counts of pairs, their expectation and the Poisson chance must be equal. Shares of shuffled arrangements are drawn by
both, and must lie within four standard errors of their difference.

    PYTHONPATH=src python gate/known_answers.py --peer /tmp/peers/bin/python
"""

from __future__ import annotations

import argparse
import json
import math
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# Run as a file, so that the project's folder is not among the places that imports are looked for in.
sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np

from contested.weighing.clustering import Interaction, NearPairs, find_interaction, poisson_tail

PEER = Path(__file__).with_name("pointpats_peer.py")
#: Standard errors that two drawn shares of one chance may lie apart: one comparison in 16,000 goes beyond.
ERRORS_APART = 4.0


@dataclass(frozen=True)
class Answer:
    """One number of the peer's and of ours, and how far apart they may lie."""

    what: str
    theirs: float
    ours: float
    allowed: float

    @property
    def agrees(self) -> bool:
        """Whether the two lie no farther apart than they may."""
        return abs(self.theirs - self.ours) <= self.allowed


def compare(peer: Mapping[str, Any]) -> list[Answer]:
    """Every answer of the peer beside ours."""
    x, y, day = (np.array(peer[name]) for name in ("x", "y", "day"))
    one, other = np.triu_indices(len(x), k=1)
    # Squares of whole coordinates are exact, so a pair at just the limit is within it, as there.
    squared = (x[one] - x[other]) ** 2 + (y[one] - y[other]) ** 2
    found = []
    for answer in peer["knox"]:
        near = squared <= answer["delta"] ** 2
        ours = _interaction(one[near], other[near], day, answer["tau"])
        (window,) = ours.windows
        what = f"Knox within {answer['delta']} and {answer['tau']}"
        found += [
            Answer(f"{what}: pairs near", answer["near"], window.near, 0.0),
            Answer(f"{what}: pairs soon", answer["soon"], window.soon, 0.0),
            Answer(f"{what}: pairs near and soon", answer["near_and_soon"], window.observed, 0.0),
            Answer(f"{what}: expected", answer["expected"], window.expected_of_margins, 1e-9),
            # Theirs is the chance of more pairs than observed, ours that of as many or more.
            Answer(f"{what}: Poisson chance of more", answer["p_of_more"],
                   poisson_tail(int(window.observed) + 1, window.expected_of_margins), 1e-9),
            _shares(f"{what}: p", answer["p"], peer["permutations"], ours),
        ]  # fmt: skip
    return found + _joins(peer["joins"], peer["permutations"])


def _joins(answer: Mapping[str, Any], permutations: int) -> list[Answer]:
    """Joins of like squares under random labelling: pairs that touch, and that lie no mark apart."""
    side = answer["side"]
    square = np.arange(side * side).reshape(side, side)
    one = np.concatenate([square[:, :-1].ravel(), square[:-1].ravel()])
    other = np.concatenate([square[:, 1:].ravel(), square[1:].ravel()])
    ours = _interaction(one, other, np.array(answer["marked"]), 0)
    (window,) = ours.windows
    error = math.sqrt(window.near / 4 * (1 / permutations + 1 / ours.n_arrangements))
    return [
        Answer("joins", answer["of_all"], window.near, 0.0),
        Answer("joins of like squares", answer["alike"], window.observed, 0.0),
        Answer("joins of like squares: mean of shuffled", answer["mean_alike"], window.expected, ERRORS_APART * error),
        _shares("joins of like squares: p", answer["p"], permutations, ours),
    ]


def _interaction(one: Any, other: Any, day: Any, tau: int) -> Interaction:
    pairs = NearPairs(one, other, (0.0,), (len(one),))
    return find_interaction(lambda draw: pairs, day.astype(np.int64)[:, None], (tau,), np.zeros(len(day)))


def _shares(what: str, theirs: float, permutations: int, ours: Interaction) -> Answer:
    """Two shares, each drawn."""
    chance = max(ours.p_value, 1.0 / permutations)
    error = math.sqrt(chance * (1.0 - chance) * (1.0 / permutations + 1.0 / ours.n_arrangements))
    return Answer(what, theirs, ours.p_value, ERRORS_APART * error + 1.0 / permutations)


def main(argv: Sequence[str] | None = None) -> int:
    """Ask the peer, compare, and give the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peer", required=True, help="a Python with benchmarks/requirements-weighing.txt")
    peer = json.loads(
        subprocess.run([parser.parse_args(argv).peer, str(PEER)], check=True, capture_output=True, text=True).stdout
    )
    answers = compare(peer)
    print("| what | theirs | ours | |", "|---|---|---|---|", sep="\n")
    for answer in answers:
        print(f"| {answer.what} | {answer.theirs:.10g} | {answer.ours:.10g} | {'' if answer.agrees else 'DIFFERS'} |")
    print(peer["versions"])
    return 0 if all(answer.agrees for answer in answers) else 1


if __name__ == "__main__":
    sys.exit(main())
