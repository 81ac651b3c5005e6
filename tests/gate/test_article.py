"""The scorer of one article: the core forgives what is optional, the hash is checked, misses stand side by side."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import sys
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

PROJECT = Path(__file__).parents[2]

# Invented. The curly quotes and the accent are there so that characters and bytes differ.
TEXT = (
    "The governor of Varania said that the northern army had shelled the market in Orsé.\n\n"
    "“We did not fire a single round,” army spokesman Ilo Brandt told reporters.\n\n"
    "Traders fear that the bazaar will not open again."
)


@pytest.fixture(scope="module")
def gate() -> ModuleType:
    spec = importlib.util.spec_from_file_location("gate_article", PROJECT / "gate" / "article.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["gate_article"] = module
    spec.loader.exec_module(module)
    return module


def span(quotation: str) -> list[int]:
    assert TEXT.count(quotation) == 1
    return [TEXT.index(quotation), TEXT.index(quotation) + len(quotation)]


def attribution(source: str, cue: str, content: str, **more: Any) -> dict[str, Any]:
    return {
        "source": [span(source)], "cue": [span(cue)], "content": [span(content)],
        "speaker": source, "party": None, "stance": "reports", "modality": "asserts", "target": None,
        "optional": False, **more,
    }  # fmt: skip


GOLD = [
    attribution(
        "The governor of Varania", "said", "that the northern army had shelled the market in Orsé",
        stance="blames", target=span("the northern army"), party="Varania",
    ),
    attribution(
        "army spokesman Ilo Brandt", "told", "“We did not fire a single round,”",
        stance="denies", target=span("army spokesman Ilo Brandt"), party="northern army",
    ),
    attribution("Traders", "fear", "that the bazaar will not open again", modality="suspects", optional=True),
]  # fmt: skip


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    text, gold = tmp_path / "article.txt", tmp_path / "gold.jsonl"
    text.write_bytes(TEXT.encode("utf-8"))
    row = {"text_sha256": hashlib.sha256(text.read_bytes()).hexdigest(), "attributions": GOLD}
    other = {"text_sha256": "0" * 64, "attributions": []}
    gold.write_text("".join(json.dumps(one) + "\n" for one in (other, row)), encoding="utf-8")
    return text, gold


@pytest.fixture
def readings(gate: ModuleType, files: tuple[Path, Path]) -> list[Any]:
    found = gate.read_gold(files[1], hashlib.sha256(files[0].read_bytes()).hexdigest())
    assert isinstance(found, list)
    return found


JUDGED = ("stance", "modality", "target", "target_where_gold_has_one", "speaker_party")


def test_gold_against_itself_scores_a_hundred_and_misses_nothing(gate: ModuleType, readings: list[Any]) -> None:
    result = gate.compare(TEXT, readings, readings)
    assert (result["core"]["gold"], result["all"]["gold"]) == (2, 3)
    for part in ("core", "all"):
        assert {result[part][name] for name in (*JUDGED, "pair_exact", "pair_overlap", "token_cue")} == {100.0}
    assert result["misses"] == []


def test_the_core_forgives_what_is_optional(gate: ModuleType, readings: list[Any]) -> None:
    result = gate.compare(TEXT, readings, readings[:2])
    assert result["core"]["pair_exact"] == 100
    assert result["all"]["pair_exact"] == 80
    assert [miss["what"] for miss in result["misses"]] == ["missed, optional"]


def test_what_is_too_much_costs_in_both_parts(gate: ModuleType, readings: list[Any]) -> None:
    gold = [one for one in readings if not one.optional]
    result = gate.compare(TEXT, gold, readings)
    assert result["core"]["pair_overlap_precision"] == result["all"]["pair_overlap_precision"] == pytest.approx(66.7)
    assert [(miss["what"], miss["gold"]) for miss in result["misses"]] == [("too much", "–")]


def test_judgements_are_counted_over_matched_attributions(gate: ModuleType, readings: list[Any]) -> None:
    wrong = replace(readings[0], stance="reports", target=None, parties=frozenset())
    core = gate.compare(TEXT, readings, [wrong, readings[1]])["core"]
    assert core["pair_exact"] == 100
    assert {core[name] for name in ("stance", "target", "target_where_gold_has_one", "speaker_party")} == {50.0}
    assert core["modality"] == 100
    nothing = gate.compare(TEXT, readings, [])["core"]
    assert (nothing["matched"], nothing["stance"]) == (0, None)


def test_articles_do_not_matter_in_a_target(gate: ModuleType, readings: list[Any]) -> None:
    start, end = readings[0].target
    near = replace(readings[0], target=(start + len("the "), end))
    far = replace(readings[0], target=(start, start + len("the")))
    assert gate.compare(TEXT, readings[:1], [near])["core"]["target"] == 100
    assert gate.compare(TEXT, readings[:1], [far])["core"]["target"] == 0


def test_two_without_a_source_match(gate: ModuleType, readings: list[Any]) -> None:
    nobody = replace(readings[0], attribution=replace(readings[0].attribution, source=()))
    assert gate.compare(TEXT, [nobody], [nobody])["core"]["matched"] == 1
    assert gate.compare(TEXT, [nobody], [readings[0]])["core"]["matched"] == 0


def test_a_joint_speaker_is_one_reading_with_its_parties(gate: ModuleType) -> None:
    gold = {**GOLD[0], "party": "Varania; Ostrea"}
    assert gate._read_one(gold).parties == {"Varania", "Ostrea"}
    row = {
        "passage": [{"start": 5, "end": 9}], "speaker_start": 0, "speaker_end": 4, "cue_start": None, "cue_end": None,
        "target_start": None, "target_end": None, "speaker_actor": None, "speaker_text": "They", "stance": "reports",
        "modality": "asserts",
    }  # fmt: skip
    reading = gate.reading_of([{**row, "speaker_party": "Varania"}, {**row, "speaker_party": "Ostrea"}])
    assert reading.parties == {"Varania", "Ostrea"}
    assert (reading.attribution.source, reading.attribution.cue) == (((0, 4),), ())


def test_the_program_reads_and_is_scored(
    gate: ModuleType, files: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    assert gate.main(["--text", str(files[0]), "--gold", str(files[1])]) == 0
    out = capsys.readouterr().out
    scores = json.JSONDecoder().raw_decode(out)[0]
    assert scores["core"]["gold"] == 2
    assert scores["core"]["pair_overlap"] > 0
    assert scores["text_sha256"] == hashlib.sha256(TEXT.encode()).hexdigest()


def test_another_text_is_refused(
    gate: ModuleType, files: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    files[0].write_bytes(TEXT.encode("utf-8") + b" ")
    assert gate.main(["--text", str(files[0]), "--gold", str(files[1])]) == 2
    assert "no gold list for a text with hash" in capsys.readouterr().err


def test_the_gold_list_of_the_article_holds_spans_and_no_text() -> None:
    rows = [json.loads(line) for line in (PROJECT / "gate" / "sofrep_gold.jsonl").read_text().splitlines()]
    assert [sorted(row) for row in rows] == [["attributions", "text_sha256"]]
    for one in rows[0]["attributions"]:
        assert one["cue"]
        assert one["content"]
        assert len((one["speaker"] or "").split()) <= 8
        for start, end in (*one["source"], *one["cue"], *one["content"], *([one["target"]] if one["target"] else [])):
            assert 0 <= start < end
