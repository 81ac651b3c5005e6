"""The gate of known answers says where another program's numbers differ from ours, and fails then."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from scipy import stats

from gate import known_answers

#: Ten invented cases: three pairs at one place, of which two are a day apart.
X, Y, DAY = [0, 0, 50, 50, 90, 90, 200, 300, 400, 500], [0] * 10, [1, 2, 11, 12, 20, 90, 150, 210, 280, 340]


def peer_answers(**changes: Any) -> dict[str, Any]:
    """What a peer would say of them, worked out by hand; the chances are those of two of three among 45 pairs."""
    knox = {
        "delta": 5, "tau": 1, "near": 3.0, "soon": 2.0, "near_and_soon": 2, "expected": 3 * 2 / 45,
        "p_of_more": stats.poisson.sf(2, 6 / 45), "p": 0.004,
    }  # fmt: skip
    # Two by two squares, the upper two marked: two of four joins are alike. Of the six ways of marking two squares
    # four have two joins alike and two have none.
    joins = {"side": 2, "marked": [0, 0, 1, 1], "of_all": 4.0, "alike": 2.0, "mean_alike": 4 / 3, "p": 0.667}
    return {
        "x": X, "y": Y, "day": DAY, "knox": [knox | changes], "joins": joins, "permutations": 999,
        "versions": {"peer": "1"},
    }  # fmt: skip


def run(answers: dict[str, Any], folder: Path, monkeypatch: pytest.MonkeyPatch) -> int:
    """The gate with a peer that answers so."""
    peer = folder / "peer.py"
    peer.write_text(f"print({json.dumps(json.dumps(answers))})", encoding="utf-8")
    monkeypatch.setattr(known_answers, "PEER", peer)
    return known_answers.main(["--peer", sys.executable])


def test_equal_answers_pass(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(peer_answers(), tmp_path, monkeypatch) == 0
    shown = capsys.readouterr().out
    assert "| Knox within 5 and 1: pairs near and soon | 2 | 2 |  |" in shown
    assert "| joins of like squares | 2 | 2 |  |" in shown


@pytest.mark.parametrize(
    ("name", "value"), [("near", 4.0), ("soon", 3.0), ("expected", 0.14), ("p_of_more", 0.001), ("p", 0.04)]
)
def test_an_answer_that_differs_fails(
    name: str, value: float, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(peer_answers(**{name: value}), tmp_path, monkeypatch) == 1
    assert capsys.readouterr().out.count("DIFFERS") == 1
