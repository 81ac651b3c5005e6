"""The shipped weights load, are of the expected size and format, and can be made again by the script."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType

import pytest

from contested.base.errors import EngineError
from contested.claims.tagging.fast_tagger import PARAMETERS_NAME, FastTagger
from contested.claims.tagging.models import MODELS
from contested.claims.tagging.tagger import load_tagger

PROJECT = Path(__file__).parents[3]


def load_training() -> ModuleType:
    path = PROJECT / "training" / "attribution_crf.py"
    spec = importlib.util.spec_from_file_location("attribution_crf", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["attribution_crf"] = module
    spec.loader.exec_module(module)
    return module


def make_corpus(path: Path, sentences: int = 60) -> None:
    names, verbs = ["Kor", "Varga", "Tadek"], ["said", "claimed", "told"]
    with path.open("w", encoding="utf-8") as file:
        for number in range(sentences):
            name, verb = names[number % 3], verbs[number % 2]
            text = f"The day was hot. {name} {verb} that the town had fallen. Nobody left."
            start = text.index(name)
            cue = text.index(verb)
            content = (text.index("that"), text.index(". Nobody"))
            spans = {
                "source": [[start, start + len(name)]],
                "cue": [[cue, cue + len(verb)]],
                "content": [list(content)],
            }
            file.write(json.dumps({"id": str(number), "text": text, "attributions": [spans]}) + "\n")


def test_shipped_files_stay_small_and_name_their_corpus() -> None:
    assert sum(path.stat().st_size for path in MODELS.iterdir()) < 50_000_000
    parameters = json.loads((MODELS / PARAMETERS_NAME).read_text(encoding="utf-8"))
    known = (PROJECT / "training" / "data.sha256").read_text(encoding="utf-8")
    assert parameters["corpus_sha256"] in known
    card = (MODELS / "README.md").read_text(encoding="utf-8")
    assert parameters["corpus_sha256"] in card
    assert parameters["version"] in card


def test_a_plain_sentence_is_read() -> None:
    text = "The governor said that nine people had died."
    (found,) = load_tagger(fast=True).attributions(text)
    assert [text[a:b] for a, b in found.source] == ["The governor"]
    assert [text[a:b] for a, b in found.cue] == ["said"]
    assert [text[a:b] for a, b in found.content] == ["that nine people had died"]
    assert 0.5 < found.score <= 1


def test_missing_or_foreign_weights_are_refused(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="cannot be read"):
        FastTagger(tmp_path)
    for path in MODELS.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    parameters = json.loads((tmp_path / PARAMETERS_NAME).read_text(encoding="utf-8"))
    (tmp_path / PARAMETERS_NAME).write_text(json.dumps({**parameters, "format": 99}), encoding="utf-8")
    with pytest.raises(EngineError, match="format 99, expected 1"):
        FastTagger(tmp_path)


def test_training_makes_the_same_weights_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    training = load_training()
    monkeypatch.setitem(training.CRF_SETTINGS, "c1", 0.01)
    monkeypatch.setitem(training.CRF_SETTINGS, "max_iterations", 30)
    make_corpus(tmp_path / "train.jsonl")
    made = []
    for name in ("one", "two"):
        arguments = ["--train", str(tmp_path / "train.jsonl"), "--out", str(tmp_path / name), "--any-corpus"]
        assert training.main(arguments) == 0
        made.append({path.name: path.read_bytes() for path in sorted((tmp_path / name).iterdir())})
    assert made[0] == made[1]
    text = "Varga said that the bridge had fallen."
    (found,) = FastTagger(tmp_path / "one").attributions(text)
    assert [text[a:b] for a, b in found.source + found.cue] == ["Varga", "said"]


def test_training_refuses_an_unknown_corpus_and_spans_outside_the_text(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    training = load_training()
    make_corpus(tmp_path / "train.jsonl", 3)
    assert training.main(["--train", str(tmp_path / "train.jsonl"), "--out", str(tmp_path / "out")]) == 2
    assert "--any-corpus" in capsys.readouterr().out
    row = {"id": "x", "text": "short", "attributions": [{"source": [], "cue": [[0, 2]], "content": [[0, 99]]}]}
    (tmp_path / "bad.jsonl").write_text(json.dumps(row), encoding="utf-8")
    with pytest.raises(ValueError, match="a span leaves its text of 5 characters"):
        training.read_corpus(tmp_path / "bad.jsonl")
