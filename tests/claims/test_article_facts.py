"""What an article says of its incident: who, where, how, how many; read from the wording alone."""

from __future__ import annotations

import time
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contested.claims.actors import ActorIndex
from contested.claims.article_facts import read_article_facts

INDEX = ActorIndex()


@pytest.mark.parametrize(
    ("text", "party"),
    [
        ("Russian missiles kill 17 in Karsk.\nMissiles fired by Russian forces struck a station.", "Russia"),
        ("Ukrainian drones hit a depot.\nA depot burned after Ukrainian drones struck it, officials said.", "Ukraine"),
        (
            "Strike kills 12 in Hodeidah.\nAir strikes by the Saudi-led coalition killed 12 people.",
            "Saudi-led coalition",
        ),
        ("Israeli air raid kills five.\nAn Israeli air raid killed five people in Rafah.", "Israel"),
        ("Fourteen soldiers killed in Islamic State suicide attack.\nFourteen soldiers were killed.", "Islamic State"),
        ("Blast kills nine.\nThe Taliban claimed responsibility for the blast.", "Taliban"),
        ("Village burned.\nWitnesses blamed Boko Haram for the attack on the village.", "Boko Haram"),
    ],
)
def test_the_doer_is_whom_the_wording_makes_it(text: str, party: str) -> None:
    assert read_article_facts(text, index=INDEX).party == party


@pytest.mark.parametrize(
    "text",
    [
        "Nine killed in blast near Damascus.\nA car bomb killed nine people, the Russian news agency said.",
        "Ten Russian soldiers killed.\nTen Russian soldiers were killed in an explosion on Tuesday.",
        "Shells fall on Israeli-held town.\nIt was unclear whether Israeli forces fired the shells.",
        "Terrorists shell city.\nTerrorists fired rockets at the city, killing two people.",
        "Strike on Taliban positions.\nA strike hit Taliban positions in the hills.",
        "Talks resume.\nEnvoys of Russia and Ukraine met.",
    ],
)
def test_whom_it_was_done_to_or_only_said_by_is_no_doer(text: str) -> None:
    assert read_article_facts(text, index=INDEX).party is None


def test_what_went_before_is_not_the_deed() -> None:
    text = "Israeli air strikes kill 70 after Hezbollah rocket attack.\nIsraeli jets bombed the suburb."
    assert read_article_facts(text, index=INDEX).party == "Israel"


def test_swapped_parties_swap_the_answer() -> None:
    text = "{0} air strikes kill nine.\n{0} jets bombed a market held by {1} forces, killing nine people."
    for one, other in (("Russian", "Ukrainian"), ("Ukrainian", "Russian")):
        found = read_article_facts(text.format(one, other), index=INDEX)
        assert found.party == {"Russian": "Russia", "Ukrainian": "Ukraine"}[one]


def test_the_headline_rounds_and_the_lead_counts() -> None:
    found = read_article_facts("More than 50 killed in Karsk.\nAt least 51 people were killed in shelling on Monday.")
    assert found.tolls.killed == (51, None)


def test_a_number_leads_over_a_vague_word() -> None:
    found = read_article_facts("Dozens killed in raids.\nAt least 16 people were killed in Velm, a monitor said.")
    assert found.tolls.killed == (16, None)


def test_the_children_are_a_part_of_those_counted_below() -> None:
    found = read_article_facts("Shelling kills 11 children.\nFifteen civilians were killed, 11 of them children.")
    assert found.tolls.killed == (15, 15)
    assert found.tolls.killed_of["civilians"] == (15, 15)


def test_groups_that_add_up_to_the_total_are_its_groups() -> None:
    text = "9 dead in clashes.\nNine people were killed. Four civilians were killed. Five fighters also died."
    assert read_article_facts(text).tolls.killed_of == {"civilians": (4, 4), "fighters": (5, 5)}


def test_background_is_not_the_incident() -> None:
    text = "Two hurt in Velm.\nThe army has repeatedly shelled Velm. Previous attacks on markets killed 300 people."
    assert read_article_facts(text).tolls.killed == (None, None)


def test_time_and_place_come_from_the_lead() -> None:
    found = read_article_facts(
        "Strike hits market.\nA strike hit a market in Velm on Tuesday.", date(2017, 4, 7), INDEX
    )
    assert found.places[0].name == "Velm"
    assert found.time is not None
    assert found.time.low == date(2017, 4, 4)
    assert found.mechanism == "bombardment"


@settings(max_examples=60)
@given(
    st.text(max_size=200)
    | st.lists(
        st.sampled_from(
            [
                "Russian ",
                "strikes ",
                "killed ",
                "12 ",
                "people ",
                "in ",
                "Velm",
                ". ",
                "\n",
                "by ",
                "rebels ",
                "the army ",
                "said ",
                "after ",
                "\ud800",
            ]
        ),
        max_size=40,
    ).map("".join)
)
def test_any_text_can_be_read(text: str) -> None:
    found = read_article_facts(text, index=INDEX)
    for one in (*found.doers, *found.places, *found.counts):
        assert 0 <= one.start < one.end <= len(text)


def test_time_is_linear() -> None:
    def seconds(times: int) -> float:
        text = (
            "Rebels shelled the town of Velm in the north and killed twelve people, a monitor said on Tuesday. " * times
        )
        started = time.process_time()
        read_article_facts(text, index=INDEX)
        return time.process_time() - started

    seconds(50)
    assert seconds(400) < 8 * 3 * max(seconds(50), 0.01)
