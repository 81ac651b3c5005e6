"""Gold lists of quoted strings are found in the pages they quote, and what was read is held against them."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

PROJECT = Path(__file__).parents[2]

# Invented. Hard line breaks and doubled quotation marks, as in an old wire.
TEXT = (
    "The governor of Varania said that the northern\narmy had shelled the market in Orsé.\n\n"
    "``We did not fire a single round,'' he said. ``Nobody did.''\n"
)


@pytest.fixture(scope="module")
def gate() -> ModuleType:
    spec = importlib.util.spec_from_file_location("gate_saved", PROJECT / "gate" / "saved.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["gate_saved"] = module
    spec.loader.exec_module(module)
    return module


def gold(source: str, content: str, stance: str, target: str | None) -> dict[str, Any]:
    return {
        "source": source, "speaker": source, "party": None, "cue": "said", "content": content, "stance": stance,
        "modality": "asserts", "target_party": target,
    }  # fmt: skip


@pytest.fixture
def page(gate: ModuleType, tmp_path: Path) -> Any:
    lines = [
        gold(
            "The governor of Varania",
            "that the northern army had shelled the market in Orsé",
            "blames",
            "Northern army",
        ),
        gold("he", "“We did not fire a single round,” … “Nobody did.”", "denies", None),
    ]
    path = tmp_path / "page.gold.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    words = gate.Words(TEXT)
    marked, rows = gate.read_gold(path, words)
    return gate.Page("page.txt", words, marked, rows, list(marked), ["the northern troops", "Varania"])


def test_quotations_are_found_whatever_stands_between_their_words(page: Any) -> None:
    content = [[TEXT[a:b] for a, b in one.attribution.content] for one in page.gold]
    assert content == [
        ["that the northern\narmy had shelled the market in Orsé"], ["We did not fire a single round", "Nobody did"],
    ]  # fmt: skip
    cues = [one.attribution.cue[0][0] for one in page.gold]
    assert cues == [TEXT.index("said"), TEXT.rindex("said")]


def test_scores_count_what_is_right_missed_and_too_much(gate: ModuleType, page: Any) -> None:
    scores, misses = gate.score([page])
    assert scores["all"] == scores["page.txt"]
    assert scores["all"] == {
        "gold": 2, "found": 2, "too_many": 0, "stance": 2, "modality": 2, "target": 1, "all_right": 1,
    }  # fmt: skip
    assert len(misses) == 1
    page.found.pop(0)
    page.targets.pop(0)
    scores, misses = gate.score([page])
    assert (scores["all"]["found"], scores["all"]["all_right"]) == (1, 0)
    assert misses[0].startswith("page.txt: missed: The governor of Varania")


@pytest.mark.parametrize(
    ("marked", "found", "same"),
    [
        ("Afghan government", "Afghanistan", True),
        ("Afghan government", "Syrian government", False),
        (None, None, True),
        ("Russia", None, False),
    ],
)
def test_parties_are_told_by_the_heads_of_their_names(
    gate: ModuleType, marked: str | None, found: str | None, same: bool
) -> None:
    assert gate.same_party(marked, found) is same
