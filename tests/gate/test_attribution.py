"""The scorer scores, and the gate fails below its floor."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType

import pytest

from contested.claims.linking import Attribution

PROJECT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def gate() -> ModuleType:
    spec = importlib.util.spec_from_file_location("gate_attribution", PROJECT / "gate" / "attribution.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["gate_attribution"] = module
    spec.loader.exec_module(module)
    return module


TEXT = "The governor said that nine people had died."
GOLD = Attribution(((0, 12),), ((13, 17),), ((18, 43),))


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    path = tmp_path / "marked.jsonl"
    spans = {"source": [[0, 12]], "cue": [[13, 17]], "content": [[18, 43]]}
    path.write_text(json.dumps({"id": "1", "text": TEXT, "attributions": [spans]}) + "\n", encoding="utf-8")
    return path


def write_floors(path: Path, corpus: Path, pair_exact: float) -> Path:
    sha256 = hashlib.sha256(corpus.read_bytes()).hexdigest()
    path.write_text(json.dumps({"attribution": {sha256: {"scores": {"pair_exact": pair_exact}}}}), encoding="utf-8")
    return path


def test_gold_against_itself_scores_a_hundred(gate: ModuleType) -> None:
    assert set(gate.score_attributions([(TEXT, [GOLD], [GOLD])]).values()) == {100.0}


def test_nothing_found_scores_nothing(gate: ModuleType) -> None:
    assert set(gate.score_attributions([(TEXT, [GOLD], [])]).values()) == {0.0}


def test_edges_count_for_exact_and_not_for_overlap(gate: ModuleType) -> None:
    near = Attribution(GOLD.source, GOLD.cue, ((23, 43),))
    scores = gate.score_attributions([(TEXT, [GOLD], [near])])
    assert scores["pair_exact"] == 0
    assert scores["pair_overlap"] == 100
    wrong_speaker = Attribution(((13, 17),), GOLD.cue, GOLD.content)
    assert gate.score_attributions([(TEXT, [GOLD], [wrong_speaker])])["pair_overlap"] == 0


def test_attributions_are_matched_one_to_one(gate: ModuleType) -> None:
    scores = gate.score_attributions([(TEXT, [GOLD], [GOLD, GOLD])])
    assert scores["pair_exact"] == pytest.approx(66.7)


def test_a_floor_that_is_met_passes_and_a_wrong_one_fails(
    gate: ModuleType, corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    met = write_floors(tmp_path / "met.json", corpus, 100.0)
    assert gate.main(["--data", str(corpus), "--floors", "--floors-file", str(met)]) == 0
    wrong = write_floors(tmp_path / "wrong.json", corpus, 100.1)
    assert gate.main(["--data", str(corpus), "--floors", "--floors-file", str(wrong)]) == 1
    assert "pair_exact: 100.0 is below the floor 100.1" in capsys.readouterr().err


def test_a_floor_says_nothing_on_other_data(gate: ModuleType, corpus: Path, tmp_path: Path) -> None:
    floors = write_floors(tmp_path / "floors.json", corpus, 1.0)
    corpus.write_text(2 * corpus.read_text(encoding="utf-8"), encoding="utf-8")
    assert gate.main(["--data", str(corpus), "--floors", "--floors-file", str(floors)]) == 2
