"""What the stance heads see does not depend on who is spoken of."""

from __future__ import annotations

import numpy as np
import pytest

from contested.claims.tagging.models import MODELS
from contested.claims.tagging.passages import CONTENT, CUE, MENTION, SPEAKER, mark_passage, words_touching
from contested.claims.tagging.windows import PieceCutter, cut_text

CUTTER = PieceCutter(MODELS / "reader.tokenizer.json")
TEMPLATE = "A spokesman for {0} said that {1} had shelled the market, and {0} asked for an inquiry."


def mark(first: str, second: str) -> tuple[np.ndarray, np.ndarray, np.ndarray, list[int]]:
    text = TEMPLATE.format(first, second)
    mentions = []
    for name in (first, second):
        at = -1
        while (at := text.find(name, at + 1)) >= 0:
            mentions.append((at, at + len(name)))
    cue = text.index("said")
    speaker = (0, cue - 1)
    parts = {CONTENT: [(cue + 5, len(text) - 1)], CUE: [(cue, cue + 4)], SPEAKER: [speaker]}
    one = mark_passage(cut_text(text, CUTTER), parts, sorted(mentions), CUTTER)
    return one.window.pieces, one.window.signals, one.marks, one.mentions


@pytest.mark.parametrize(
    "names", [("Russia", "the Ukrainian armed forces"), ("NATO", "القوات"), ("Ruritania", "the junta")]
)
def test_other_names_make_no_difference(names: tuple[str, str]) -> None:
    for one, other in zip(mark("Israel", "Hamas"), mark(*names), strict=True):
        assert np.array_equal(np.asarray(one), np.asarray(other))


def test_parts_are_marked_and_mentions_are_one_hidden_piece() -> None:
    pieces, _, marks, mentions = mark("the Sudanese army", "the Rapid Support Forces")
    assert [pieces[k] for k in mentions] == [CUTTER.mask] * 3
    assert [marks[k] for k in mentions] == [SPEAKER, MENTION, MENTION]
    assert set(marks.tolist()) == {0, SPEAKER, CUE, CONTENT, MENTION}


def test_words_that_a_span_touches() -> None:
    words = [(0, 3), (4, 8), (9, 12)]
    assert words_touching([(2, 9)], words) == [range(2)]
    assert words_touching([(3, 4), (12, 20)], words) == []
