"""Tokens, paragraphs, sentences and quotation marks keep to the text they were cut from."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from contested.claims.text.words import (
    MAX_SEQUENCE_TOKENS,
    cut_sequences,
    mark_quotations,
    split_paragraphs,
    split_sentences,
    tokenize,
)

NEWS = st.text(st.sampled_from("ab C.“”\"'’‘«», \n\r!?é😀ع\u202b"), max_size=120)


def words_of(text: str) -> list[str]:
    return [text[start:end] for start, end in tokenize(text)]


@given(st.text(max_size=200) | NEWS)
def test_tokens_are_ordered_and_leave_out_only_white_space(text: str) -> None:
    tokens = tokenize(text)
    at = 0
    for start, end in tokens:
        assert at <= start < end
        assert text[at:start].strip() == ""
        at = end
    assert text[at:].strip() == ""


@given(NEWS)
def test_paragraphs_and_sequences_cover_every_token_once(text: str) -> None:
    tokens = tokenize(text)
    for parts in (split_paragraphs(text, tokens), cut_sequences(text, tokens)):
        assert [k for part in parts for k in part] == list(range(len(tokens)))


def test_a_long_paragraph_is_cut_at_a_sentence_end() -> None:
    text = "The army said so. " * 100
    tokens = tokenize(text)
    sequences = cut_sequences(text, tokens)
    assert len(sequences) > 1
    assert all(len(part) <= MAX_SEQUENCE_TOKENS + 5 for part in sequences)
    assert all(text[slice(*tokens[part[-1]])] == "." for part in sequences)


def test_a_line_break_ends_a_paragraph() -> None:
    text = "One two.\r\nThree."
    assert [len(part) for part in split_paragraphs(text, tokenize(text))] == [3, 2]


def test_abbreviations_and_small_letters_do_not_end_a_sentence() -> None:
    assert max(split_sentences(words_of("Gen. Kor said so. He left."))) == 1
    assert max(split_sentences(words_of("“Why?” he asked."))) == 0


def test_clitics_stand_alone() -> None:
    assert words_of("Russia's army didn’t") == ["Russia", "'s", "army", "didn", "’t"]


def test_quotation_marks_of_every_style_are_paired() -> None:
    for text in ("“a b” c", '"a b" c', "‘a b.’ c", "'a b,' c", "«a b» c"):
        marks = mark_quotations(text, tokenize(text))
        assert [mark for mark in marks if mark] == ["“", "”"], text


def test_apostrophes_are_no_quotation_marks() -> None:
    text = "the rebels' claim and the army's denial in the '90s"
    assert not any(mark_quotations(text, tokenize(text)))
