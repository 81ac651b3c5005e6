"""A claim speaks of the attack, of what followed, of attacks in general, or of the answer to it.

The passages are invented in the manner of news from several wars; no party is a cue for any of the four.
"""

from __future__ import annotations

from datetime import date
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contested.base.records import SPEAKS_OF, STANCES
from contested.claims.asserted.event_times import find_times
from contested.claims.asserted.events import SpeaksOf, find_event_kind
from contested.claims.facts import find_facts

PUBLISHED = date(2017, 4, 7)


def kind(content: str, stance: str = "reports", cue: str = "said", published: date | None = PUBLISHED) -> str:
    return find_facts(content, cue, stance, "asserts", published).speaks_of


@pytest.mark.parametrize(
    ("content", "stance", "cue"),
    [
        ("helicopters dropped two barrels on the market", "reports", "said"),
        ("for Tuesday's strike on the station in Karsk", "blames", "blamed"),
        ("that the army had shelled the hospital", "blames", "accused"),
        ("a missile hit a crowded station on Thursday, killing 17 people", "reports", "said"),
        ("the attack was carried out with sarin", "confirms_finding", "concluded"),
        ("it had never used such weapons, in Tuesday's attack or ever", "denies", "denied"),
        ("its forces have never shelled civilians and never will", "denies", "said"),
        ("at least 30 people died when a drone struck the camp near El Fasher", "reports", "said"),
        ("gunmen had burned the village and killed 40 farmers", "reports", "told"),
        ("“Everyone saw the plane while it was bombing with gas,”", "reports", "told"),
        ("this was one more of its repeated crimes, the latest attack on the town", "blames", "called"),
        ("that the attack on Tuesday was staged", "denies_event", "insisted"),
        ("three blasts shook the suburb and killed nine people", "reports", "reported"),
    ],
)
def test_of_the_attack_itself(content: str, stance: str, cue: str) -> None:
    assert kind(content, stance, cue) == "event"


@pytest.mark.parametrize(
    ("content", "stance", "cue"),
    [
        ("of using chemical agents against its own people", "blames", "has been repeatedly accused"),
        ("of dropping chlorine on towns that it does not hold for years", "blames", "accused"),
        ("the rebels for the use of gas throughout the conflict", "blames", "has a history of blaming"),
        ("as many as a hundred or more chemical weapon attacks have been carried out", "blames", "alleged"),
        ("Russian forces have repeatedly struck power stations", "blames", "says"),
        ("Ukraine has been shelling the districts of the city for eight years", "blames", "says"),
        ("the coalition bombed a wedding in 2015", "blames", "recalled"),
        ("the group has a long history of attacks on schools", "reports", "said"),
        ("previous attacks on markets in Hodeidah killed hundreds", "reports", "noted"),
        ("the militia routinely targets farmers", "blames", "says"),
        ("the army has carried out dozens of attacks on villages since the coup of 2011", "blames", "says"),
        ("the junta continues to bomb villages", "blames", "said"),
        ("that both sides are deliberately bombing hospitals", "blames", "said"),
        ("the strike last year on the same school killed 50 children", "reports", "recalled"),
        ("the shelling on three previous occasions came from the hills", "blames", "said"),
    ],
)
def test_of_attacks_in_general_or_before(content: str, stance: str, cue: str) -> None:
    assert kind(content, stance, cue) == "history"


@pytest.mark.parametrize(
    "content",
    [
        "subsequent air strikes targeted two medical facilities",
        "a second wave of strikes hit rescuers who had come to help",
        "hours later warplanes bombed the clinic where the injured were being treated",
        "jets struck a hospital where victims of the gas were treated",
        "the drone then struck the ambulance",
        "it was a double-tap",
    ],
)
def test_of_what_followed(content: str) -> None:
    assert kind(content) == "follow_up"


@pytest.mark.parametrize(
    "content",
    [
        "the Council should vote on a resolution that condemns the attack",
        "there must be an independent investigation into the killings",
        "sanctions would follow",
        "the retaliatory missile strikes destroyed 20 aircraft",
        "the attack demands a response",
    ],
)
def test_of_the_answer_to_it(content: str) -> None:
    assert kind(content) == "response"


@pytest.mark.parametrize("content", ["the harvest was good", "his predecessor had a weak stance", ""])
def test_of_something_else(content: str) -> None:
    assert kind(content) == "other"


def test_a_side_taken_on_an_attack_is_never_a_response_nor_other() -> None:
    for stance in STANCES:
        if stance != "reports":
            assert kind("the Council must act on the attack", stance) == "event"


def test_swapping_the_parties_changes_nothing() -> None:
    for one, other in (("Russian", "Ukrainian"), ("rebel", "government"), ("Israeli", "Palestinian")):
        for content in ("{} forces have repeatedly struck schools", "on Tuesday {} forces struck the school"):
            assert kind(content.format(one), "blames") == kind(content.format(other), "blames")


def test_the_codes_are_those_of_the_table() -> None:
    assert get_args(SpeaksOf) == SPEAKS_OF


@given(st.text(max_size=150), st.sampled_from(STANCES), st.none() | st.dates())
def test_any_words_can_be_judged(content: str, stance: str, published: date | None) -> None:
    times = list(find_times(content, published))
    assert find_event_kind(content, "said", stance, False, times, published) in SPEAKS_OF
