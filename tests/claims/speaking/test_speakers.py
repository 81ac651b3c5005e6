"""Who speaks: pronouns, roles, continued quotations and chains, alike for every party."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contested.claims.actors import ActorIndex, ArticleActors
from contested.claims.linking import Attribution
from contested.claims.speaking.speakers import Speaking, read_speakers
from contested.claims.text.words import Span

GOLD = Path(__file__).parents[1] / "speakers"
INDEX = ActorIndex()


def mark(text: str) -> tuple[str, list[Attribution]]:
    """Text and attributions of a marked text: [source|cue|content], any part empty, nested ones in the content."""
    plain: list[str] = []
    size = 0
    found: list[tuple[Span, Span, Span]] = []
    stack: list[list[int]] = []
    for sign in text:
        if sign == "[":
            stack.append([size])
        elif sign == "|":
            stack[-1].append(size)
        elif sign == "]":
            a, b, c = stack.pop()
            found.append(((a, b), (b, c), (c, size)))
        else:
            plain.append(sign)
            size += 1
    whole = "".join(plain)

    def trim(span: Span) -> tuple[Span, ...]:
        start, end = span
        while start < end and whole[start] in " ,":
            start += 1
        while end > start and whole[end - 1] in " ,":
            end -= 1
        return ((start, end),) if end > start else ()

    spans = sorted(found, key=lambda parts: (parts[0][0], -parts[2][1]))
    return whole, [Attribution(*(trim(part) for part in parts)) for parts in spans]


def read(marked: str) -> list[tuple[str, Speaking]]:
    text, attributions = mark(marked)
    return [
        (text[slice(*one.content[0])], speaking)
        for one, speaking in read_speakers(ArticleActors(INDEX, text), attributions)
    ]


def named(marked: str) -> list[tuple[str | None, str | None]]:
    return [
        (speaking.resolved[0].actor, speaking.resolved[0].party) if speaking.resolved else (None, None)
        for _, speaking in read(marked)
    ]


PARTIES = [
    ("Russia", "Russian", "Russia"),
    ("Ukraine", "Ukrainian", "Ukraine"),
    ("Israel", "Israeli", "Israel"),
    ("Iran", "Iranian", "Iran"),
    ("the United States", "U.S.", "United States"),
    ("Turkey", "Turkish", "Turkey"),
    ("Rwanda", "Rwandan", "Rwanda"),
    ("Varania", "Varanian", "Varania"),
]
TEMPLATE = (
    "{state} waited. [{adjective} army spokeswoman Lena Kor| said| that the road was open]. "
    "[A {adjective} baker| said| that it was not]. [Kor| insisted| that it was]. [She| blamed| the weather]. "
    "[The {adjective} Defence Ministry| denied| everything]. [The ministry| said| no more]."
)


@pytest.mark.parametrize(("state", "adjective", "party"), PARTIES, ids=lambda value: value)
def test_every_party_is_read_alike(state: str, adjective: str, party: str) -> None:
    found = named(TEMPLATE.format(state=state, adjective=adjective))
    kor = ("Lena Kor", party)
    assert found[0] == found[2] == found[3] == kor
    assert found[1] == (None, None)
    assert [party_found for _, party_found in found[4:]] == [party, party]


def test_he_and_she_go_by_gender() -> None:
    marked = "Minister Omar Sayed met Governor Lina Hadad. [He| said| that it was over]. [She| said| that it was not]."
    assert [actor for actor, _ in named(marked)] == ["Omar Sayed", "Lina Hadad"]


def test_a_pronoun_that_fits_two_alike_names_nobody() -> None:
    marked = "At dusk Commander Kel Or shot Commander Tam Ur. [He| said| that it was over]."
    assert named(marked) in ([(None, None)], [("Kel Or", None)])
    assert named("Kel Or and Tam Ur, commanders, met. [He| said| so].") == [(None, None)]


def test_a_nameless_speaker_is_not_taken_for_the_last_named_one() -> None:
    marked = "[Major Ilan Tor| said| that all was calm]. [A farmer| said| that two had died]. [He| wept| for them]."
    assert named(marked)[1:] == [(None, None), (None, None)]


def test_what_is_written_stays_and_the_naming_words_are_kept() -> None:
    text, attributions = mark("[General Omar Sayed| said| so]. [He| said| more].")
    second = read_speakers(ArticleActors(INDEX, text), attributions)[1][1]
    assert second.span is not None
    assert second.named is not None
    assert (text[slice(*second.span)], text[slice(*second.named)]) == ("He", "General Omar Sayed")


def test_a_quotation_goes_on_over_paragraphs_until_another_speaks() -> None:
    marked = (
        "[“We ran,”| said Amal Idris, a nurse|].\n\n[||“Nobody came.]\n\n“By noon it was quiet.”\n\n"
        "[Mayor Ana Roth| said| that it was over].\n\n“Not so,” a sign read."
    )
    text = marked.replace("[“We ran,”| said Amal Idris, a nurse|]", "“We ran,” said Amal Idris, a nurse")
    text, later = mark(text)
    start = text.index("Amal")
    first = Attribution(
        ((start, start + len("Amal Idris, a nurse")),), ((start - 5, start - 1),), ((0, text.index(" said")),)
    )
    found = read_speakers(ArticleActors(INDEX, text), [first, *later])
    actors = [(text[slice(*one.content[0])], who.resolved[0].actor) for one, who in found if who.resolved]
    assert ("“Nobody came.", "Amal Idris") in actors
    assert ("“By noon it was quiet.”", "Amal Idris") in actors
    assert len(found) == 4


def test_a_chain_is_named_from_the_reader_inwards() -> None:
    marked = (
        "[France| said| that [Germany| had told Spain| that [Italy| believed| that the depot was empty]]], "
        "Reuters reported."
    )
    text, attributions = mark(marked)
    found = read_speakers(ArticleActors(INDEX, text), attributions)
    assert [[text[slice(*link)] for link in speaking.via] for _, speaking in found] == [
        ["Reuters"], ["Reuters", "France"], ["Reuters", "France", "Germany"],
    ]  # fmt: skip


def test_an_outlet_that_passes_on_a_statement_is_a_link_and_no_speaker() -> None:
    found = read("[TASS| reported| that [the Ostrean army| said| that the town had fallen]].")
    assert [(content, [one.party for one in who.resolved]) for content, who in found] == [
        ("that the town had fallen", ["Ostrean government"])
    ] or found[0][1].resolved[0].party in ("Ostrean", "Ostrean government")
    assert len(found) == 1


@pytest.mark.parametrize("outlet", ["Reuters", "AFP", "TASS", "Xinhua", "Associated Press"])
def test_the_agency_that_signs_an_article_is_a_link_of_every_claim(outlet: str) -> None:
    text, attributions = mark(f"OSTRA ({outlet}) - [France| said| that it rained]. [Spain| denied| it].")
    found = read_speakers(ArticleActors(INDEX, text), attributions)
    assert [[text[slice(*link)] for link in who.via] for _, who in found] == [[outlet], [outlet]]


PIECES = st.sampled_from(
    [
        *("He ", "she ", "they ", "it ", "the ministry ", "the latter ", "its spokesman ", "Reuters ", "said ", ". "),
        *("General ", "Omar Sayed ", "Lt. Col. ", "the Kor Front ", "(KF) ", "Russian ", "“", "”", "\n\n", ", ", "’s "),
    ]
)


@settings(max_examples=100, deadline=None)
@given(st.lists(PIECES, max_size=40).map("".join), st.data())
def test_any_spans_are_read_and_cut_the_text(text: str, data: st.DataObject) -> None:
    def span() -> Span:
        start = data.draw(st.integers(0, max(0, len(text) - 1)))
        return start, data.draw(st.integers(start + 1, max(start + 1, len(text))))

    attributions = []
    if text:
        for _ in range(data.draw(st.integers(0, 4))):
            parts = [tuple(span() for _ in range(data.draw(st.integers(0, 1)))) for _ in range(2)]
            attributions.append(Attribution(parts[0], parts[1], (span(),)))
    for _, speaking in read_speakers(ArticleActors(INDEX, text), attributions):
        for found in (speaking.span, speaking.named, *speaking.via):
            assert found is None or 0 <= found[0] < found[1] <= len(text)


def test_time_is_linear_in_names_and_pronouns() -> None:
    text = "Omar Sayed met Lina Hadad of the Kor Liberation Front (KLF). " * 20_000
    started = time.process_time()
    article = ArticleActors(INDEX, text)
    attributions = [
        Attribution(((k, k + 4),), ((k + 11, k + 14),), ((k + 15, k + 25),)) for k in range(0, len(text), 61)
    ]
    read_speakers(article, attributions)
    assert time.process_time() - started < 30


@pytest.mark.parametrize(("name", "share"), [("tune", 0.97), ("check", 0.85)])
def test_the_marked_sets_are_read(name: str, share: float) -> None:
    from gate.speakers import judge, judge_given

    rows = [json.loads(line) for line in (GOLD / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]
    verdicts = [judge(gold, actor, party, via)["speaker"] for gold, actor, party, via in judge_given(rows)]
    assert sum(verdicts) >= share * len(verdicts)
