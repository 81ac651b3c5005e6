"""The network's attributions: spans of the text, shared and nested sources, long and odd texts."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contested.base.errors import EngineError
from contested.claims.linking import Attribution
from contested.claims.tagging import deep_tagger
from contested.claims.tagging.deep_tagger import DeepTagger, cut_sections
from contested.claims.tagging.models import MODELS
from contested.claims.tagging.tagger import load_tagger

TAGGER = load_tagger()


def texts_of(text: str, one: Attribution) -> tuple[str, str, str]:
    source, cue, content = (" … ".join(text[a:b] for a, b in spans) for spans in (one.source, one.cue, one.content))
    return source, cue, content


def test_a_plain_sentence_is_read() -> None:
    text = "The governor said that nine people had died."
    (found,) = TAGGER.attributions(text)
    assert texts_of(text, found)[:2] == ("The governor", "said")
    assert "nine people had died" in texts_of(text, found)[2]
    assert 0.5 < found.score <= 1


def test_one_source_serves_two_cues() -> None:
    text = "The minister denied that his troops had entered the town and accused the rebels of lying."
    sources = {texts_of(text, one)[1]: texts_of(text, one)[0] for one in TAGGER.attributions(text)}
    assert sources["denied"] == sources["accused"] == "The minister"


def test_a_source_may_serve_an_attribution_before_and_after_it() -> None:
    text = '"We lost the road on Monday," the mayor told reporters, adding that the bridge still stood.'
    sources = [texts_of(text, one)[0] for one in TAGGER.attributions(text)]
    assert sources == ["the mayor", "the mayor"]


@given(st.text(max_size=300))
@settings(max_examples=30, deadline=None)
def test_any_text_is_read_and_every_span_cuts_it(text: str) -> None:
    for one in TAGGER.attributions(text):
        assert one.content
        for start, end in one.source + one.cue + one.content:
            assert 0 <= start < end <= len(text)
            assert text[start:end].strip() == text[start:end]
        assert 0 <= one.score <= 1


def test_sections_join_to_the_text_and_spans_are_counted_from_its_start(monkeypatch: pytest.MonkeyPatch) -> None:
    sentence = "The envoy said that the road was closed.\n"
    monkeypatch.setattr(deep_tagger, "SECTION_CHARACTERS", 10 * len(sentence))
    text = sentence * 33
    parts = list(cut_sections(text))
    assert "".join(text[a:b] for a, b in parts) == text
    assert len(parts) > 3
    found = TAGGER.attributions(text)
    assert len(found) >= 30
    assert {texts_of(text, one)[0] for one in found} == {"The envoy"}


@pytest.mark.parametrize("text", ["", " ", "\n\n", "x" * 300_000, "“" * 20_000, "said " * 3000])
def test_odd_texts_end(text: str) -> None:
    assert isinstance(TAGGER.attributions(text), list)


def test_missing_or_foreign_weights_are_refused(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="cannot be read"):
        DeepTagger(tmp_path / "empty")
    shutil.copytree(MODELS, tmp_path / "copy")
    parameters = (tmp_path / "copy" / "reader.json").read_text(encoding="utf-8")
    (tmp_path / "copy" / "reader.json").write_text(parameters.replace('"format": 2', '"format": 99'), encoding="utf-8")
    with pytest.raises(EngineError, match="format 99, expected 2"):
        DeepTagger(tmp_path / "copy")
