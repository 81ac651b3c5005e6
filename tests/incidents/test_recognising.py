"""Found names are spans of the text, in order; persons, bodies and common words are none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.incidents.invented_places import make_gazetteer

from contested.incidents.recognising import find_places

LOCAL = make_gazetteer()
WORLD = make_gazetteer(own=False, region=False)


def names(text: str, gazetteer=LOCAL) -> list[str]:  # type: ignore[no-untyped-def]
    return [found.text for found in find_places(text, gazetteer)]


@given(
    st.text()
    | st.lists(st.sampled_from(["Karsk", "Zahmanet,", "in", "AlMarqab", "the", "Dolven’s", "."])).map(" ".join)
)
def test_names_are_spans_in_order_and_do_not_overlap(text: str) -> None:
    end = 0
    for found in find_places(text, LOCAL):
        assert text[found.start : found.end] == found.text
        assert end <= found.start < found.end
        end = found.end


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Shelling of Zahmanet kills three", ["Zahmanet"]),
        ("Two towns, Karsk and Dolven, were hit", ["Karsk", "Dolven"]),
        ("AlMarqab bombing kills 3", ["AlMarqab"]),
        ("Strike on Karm el-Terhal near Karsk Province", ["Karm el-Terhal", "Karsk Province"]),
        ("Velmland’s army left Zahmanet's mills", ["Velmland", "Zahmanet"]),
        ("SHELLING IN ZAHMANET", ["ZAHMANET"]),
        ("He left Az-Zahmanet", ["Az-Zahmanet"]),
        ("they walked to zahmanet", []),
        ("General Dolven Smith spoke", []),
        ("The Zahmanet Times wrote", []),
    ],
)
def test_names_of_the_region_are_found_in_any_spelling(text: str, found: list[str]) -> None:
    assert names(text) == found


def test_a_hamlet_of_the_world_needs_words_that_lead_to_it() -> None:
    assert names("Zahmanet spoke", WORLD) == []
    assert names("He was born in Zahmanet", WORLD) == ["Zahmanet"]
    assert names("He said that Dolven was quiet", WORLD) == ["Dolven"]


def test_the_people_of_a_country_are_no_place() -> None:
    assert names("Velmlandian is no name, Velmland is", WORLD) == ["Velmland"]
