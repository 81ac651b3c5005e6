"""Readings are probabilities, and do not change with the names."""

from __future__ import annotations

import re

import numpy as np
import pytest

from contested.claims.linking import Attribution
from contested.claims.tagging.deep_tagger import DeepTagger
from contested.claims.tagging.directions import load_directions
from contested.claims.tagging.models import MODELS
from contested.claims.tagging.stance_reader import Reading
from contested.claims.tagging.windows import cut_text, make_window

TAGGER = DeepTagger(MODELS)
NAMES = [("Israel", "Hamas"), ("Hamas", "Israel"), ("the Ruritanian army", "Strelsau"), ("Kyiv", "Russia's forces")]


def read(first: str, second: str) -> Reading:
    text = f"The foreign ministry of {first} said on Friday that {second} had fired on the hospital, killing nine."
    spans = {word: re.search(re.escape(word), text).span() for word in (first, "said", second)}  # type: ignore[union-attr]
    content = (text.index("that"), len(text) - 1)
    one = Attribution(((0, spans[first][1]),), (spans["said"],), (content,))
    (reading,) = TAGGER.stances.read(text, [one], sorted([spans[first], spans[second]]))
    return reading


def test_blame_and_its_target_are_read() -> None:
    reading = read("Israel", "Hamas")
    assert max(reading.stances, key=lambda name: reading.stances[name]) == "blames"
    speaker, blamed = reading.targets.values()
    assert blamed > max(speaker, reading.no_target)
    for odds in (reading.stances.values(), reading.modalities.values(), [reading.no_target, *reading.targets.values()]):
        assert sum(odds) == pytest.approx(1, abs=1e-5)


def test_only_marked_passages_are_read_with_the_adapters() -> None:
    cut = cut_text("The army said nothing of it.", TAGGER.encoder.cutter)
    window = make_window(cut, 0, len(cut.words), range(len(cut.words)), TAGGER.encoder.cutter)
    plain = TAGGER.encoder.read_windows([window]).pieces
    adapted = TAGGER.encoder.read_windows([window], [np.zeros_like(window.pieces)]).pieces
    assert np.abs(plain - adapted).max() > 0.01
    assert np.array_equal(plain, TAGGER.encoder.read_windows([window]).pieces)


@pytest.mark.parametrize("names", NAMES)
def test_other_names_change_no_score(names: tuple[str, str]) -> None:
    one, other = read("Israel", "Hamas"), read(*names)
    assert other.stances == pytest.approx(one.stances, abs=1e-4)
    assert list(other.targets.values()) == pytest.approx(list(one.targets.values()), abs=1e-4)


def test_direction_turns_with_the_order_of_the_names() -> None:
    text = "Sweden sharply condemned Iran over the arrests."
    sweden, iran = (0, 6), (25, 29)
    reader = load_directions()
    assert reader.classify_many([(text, sweden, iran), (text, iran, sweden)]) == [3, 4]
    with pytest.raises(ValueError, match="touches no word"):
        reader.classify(text, (6, 7), iran)
