"""Windows cover every word once, whatever the text."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contested.claims.tagging.models import MODELS
from contested.claims.tagging.windows import (
    CONTEXT_PIECES,
    CORE_PIECES,
    MAX_WORD_PIECES,
    SIGNALS,
    PieceCutter,
    cut_text,
    cut_windows,
)

CUTTER = PieceCutter(MODELS / "reader.tokenizer.json")


@given(st.text(max_size=400), st.integers(0, 30))
@settings(max_examples=60, deadline=None)
def test_cores_cover_all_words_once_and_windows_stay_small(text: str, times: int) -> None:
    cut = cut_text((text + "\n") * (1 + times), CUTTER)
    windows = cut_windows(cut, CUTTER)
    assert [k for window in windows for k in window.core] == list(range(len(cut.words)))
    for window in windows:
        assert len(window.pieces) == len(window.signals) <= CORE_PIECES + 2 * CONTEXT_PIECES + 2 + MAX_WORD_PIECES
        assert window.first <= window.core.start
        assert window.core.stop <= window.end
        assert len(window.heads) == window.end - window.first
        for k, head in enumerate(window.heads):
            assert window.pieces[head] == cut.pieces[window.first + k][0]
        assert window.signals.max() < SIGNALS


def test_capitals_paragraphs_and_quotations_are_signalled() -> None:
    cut = cut_text('Kyiv said "it fell" on 3 May.\nNATO agreed.', CUTTER)
    words = [cut.text[a:b] for a, b in cut.words]
    signal = dict(zip(words, cut.signals.tolist(), strict=True))
    assert signal["Kyiv"] - signal["May"] == 2  # begins a paragraph
    assert signal["it"] - signal["said"] == 1  # in quotation marks
    assert len({signal[word] // 4 for word in ("said", "May", "NATO", "3", ".")}) == 5


def test_a_long_address_is_cut_short_and_signs_without_pieces_are_unknown() -> None:
    cut = cut_text("x" * 5000 + " \U000e0041 end", CUTTER)
    assert max(len(pieces) for pieces in cut.pieces) <= MAX_WORD_PIECES
    assert all(len(pieces) for pieces in cut.pieces)


@pytest.mark.parametrize("lead", [1, 40, 300])
def test_a_shorter_first_core_moves_the_cuts_and_loses_nothing(lead: int) -> None:
    cut = cut_text("\n".join(f"The envoy said on day {k} that the road was closed." for k in range(60)), CUTTER)
    windows = cut_windows(cut, CUTTER, lead=lead)
    assert [k for window in windows for k in window.core] == list(range(len(cut.words)))
    assert np.concatenate([cut.pieces[k] for k in windows[0].core]).size <= max(lead, 20)
