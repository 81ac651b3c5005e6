"""A claim of someone else's holds in the text, or is refused with its reason; nothing is altered to fit."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contested.claims.given import ClaimRefused, check_claim
from contested.claims.linking import Attribution

TEXT = (
    "Kor said the bridge fell. The army denied it.\n\n"
    "“We did not fire,” Varga said. Kor said the road was open, and Varga said it was shut."
)


def words(claim: Any, role: str) -> list[str]:
    return [TEXT[a:b] for a, b in getattr(claim.attribution, role)]


def test_quotations_are_looked_up() -> None:
    claim = check_claim(TEXT, {"source": "Varga", "cue": "said", "content": "“We did not fire,”"})
    assert words(claim, "content") == ["“We did not fire,”"]
    (source,) = claim.attribution.source
    (cue,) = claim.attribution.cue
    assert source[0] == TEXT.index("Varga said. Kor") and cue[0] == source[1] + 1
    assert claim.score is None and claim.stance is None


def test_a_quotation_met_twice_lies_nearest_to_what_is_certain() -> None:
    claim = check_claim(TEXT, {"source": "Varga", "cue": "said", "content": "it was shut"})
    assert claim.attribution.source[0][0] == TEXT.rindex("Varga")
    claim = check_claim(TEXT, {"source": "Kor", "content": "the bridge fell"})
    assert claim.attribution.source == ((0, 3),)


def test_near_decides_and_without_it_nothing_is_guessed() -> None:
    with pytest.raises(ClaimRefused, match="more than once"):
        check_claim(TEXT, {"content": "Kor said"})
    assert check_claim(TEXT, {"content": "Kor said", "near": 90}).attribution.content[0][0] == TEXT.rindex("Kor said")
    assert check_claim(TEXT, {"content": "Kor said", "near": 1}).attribution.content == ((0, 8),)
    claim = check_claim(TEXT, {"content": "Kor", "cue": "said", "near": 90})
    assert claim.attribution.cue[0][0] == claim.attribution.content[0][1] + 1


def test_characters_are_taken_in_every_form() -> None:
    wanted = check_claim(TEXT, {"content": [9, 24]}).attribution.content
    for content in ((9, 24), [[9, 24]], ((9, 24),), {"text": "the bridge fell", "start": 9, "end": 24}):
        assert check_claim(TEXT, {"content": content}).attribution.content == wanted == ((9, 24),)
    attribution = Attribution(((0, 3),), ((4, 8),), ((9, 24),), 0.5)
    claim = check_claim(TEXT, attribution)
    assert claim.attribution == attribution and claim.score == 0.5
    pieces = check_claim(TEXT, {"content": ["it was shut", "the road was open"], "score": 1}).attribution.content
    assert [TEXT[a:b] for a, b in pieces] == ["the road was open", "it was shut"]


@pytest.mark.parametrize(
    ("claim", "reason"),
    [
        ({"content": "the army confessed"}, "is not in the text"),
        ({"content": '"We did not fire,"'}, "marks, blanks or capitals differ"),
        ({"content": "the  bridge\nfell"}, "marks, blanks or capitals differ"),
        ({"content": [9, 9]}, "empty or leaves the text"),
        ({"content": [-1, 9]}, "empty or leaves the text"),
        ({"content": [0, 10_000]}, "empty or leaves the text"),
        ({"content": [45, 47]}, "nothing but blanks"),
        ({"content": {"text": "the bridge", "start": 0, "end": 10}}, "is not what stands at"),
        ({"content": ["the bridge fell", "bridge"]}, "overlap"),
        ({"content": ""}, "no content"),
        ({"content": []}, "no content"),
        ({"content": " "}, "empty quotation"),
        ({"source": "Kor"}, "no content"),
        ({"content": 7}, "expected a quotation"),
        ({"content": [1, True]}, "expected a quotation"),
        ({"content": [0.0, 9.0]}, "expected a quotation"),
        ({"content": {"text": "Kor"}}, "expected a quotation"),
        ({"content": "the bridge fell", "speaker": "Kor"}, "unknown"),
        ({"content": "the bridge fell", "stance": "blame"}, 'did you mean "blames"'),
        ({"content": "the bridge fell", "stance": ["blames"]}, "unknown"),
        ({"content": "the bridge fell", "modality": "sure"}, "unknown"),
        ({"content": "the bridge fell", "score": 1.5}, "no number from 0 to 1"),
        ({"content": "the bridge fell", "score": float("nan")}, "no number from 0 to 1"),
        ({"content": "the bridge fell", "score": True}, "no number from 0 to 1"),
        ({"content": "the bridge fell", "near": -3}, "near is -3"),
        ({"content": "the bridge fell", "target": ["Kor", "Varga"]}, "target has 2 pieces"),
        ("the bridge fell", "expected an Attribution or a mapping"),
        (None, "expected an Attribution or a mapping"),
    ],
)
def test_what_does_not_hold_is_refused_with_its_reason(claim: Any, reason: str) -> None:
    with pytest.raises(ClaimRefused, match=reason):
        check_claim(TEXT, claim)


def test_a_message_holds_no_control_characters() -> None:
    with pytest.raises(ClaimRefused) as caught:
        check_claim(TEXT, {"content": "\x1b[2J\u202e\ud800 gone"})
    assert not any(mark in str(caught.value) for mark in "\x1b\u202e\ud800")


SMALL = st.text("ab “”\n", max_size=12)
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 30) | st.floats() | SMALL,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["text", "start", "end"]), inner),
    max_leaves=6,
)


@given(
    SMALL,
    st.dictionaries(st.sampled_from(["source", "cue", "content", "target", "near", "score", "stance"]), ANYTHING)
    | ANYTHING,
)
def test_whatever_is_given_either_holds_or_is_refused(text: str, item: Any) -> None:
    try:
        claim = check_claim(text, item)
    except ClaimRefused:
        return
    assert claim.attribution.content
    for role in ("source", "cue", "content"):
        asked = item.get(role)
        asked = [asked] if isinstance(asked, str) else asked
        for start, end in getattr(claim.attribution, role):
            assert 0 <= start < end <= len(text)
        if asked and all(isinstance(one, str) for one in asked):
            assert sorted(asked) == sorted(text[a:b] for a, b in getattr(claim.attribution, role))
