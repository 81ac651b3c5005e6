"""Numbers of people are read as written, with the bounds that their wording sets."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contested.claims.asserted.quantities import find_quantities, number_of


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("58 people", 58, 58),
        ("at least 58 people", 58, None),
        ("no fewer than nine", 9, None),
        ("more than 1,300 people", 1300, None),
        ("up to 40 soldiers", None, 40),
        ("fewer than twenty", None, 20),
        ("as many as 100", None, 100),
        ("as many as a hundred or more", 100, None),
        ("12 or more", 12, None),
        ("between 20 and 30 people", 20, 30),
        ("20-30 villagers", 20, 30),
        ("12 to 15 people", 12, 15),
        ("three or four men", 3, 4),
        ("about 30 civilians", 27, 33),
        ("some 200 others", 180, 220),
        ("nearly 100 people", 90, 100),
        ("dozens of people", 24, None),
        ("scores of people", 40, None),
        ("hundreds of villagers", 200, None),
        ("tens of thousands of people", 20_000, None),
        ("several guards", 3, None),
        ("a couple", 2, 2),
        ("half a dozen", 6, 6),
        ("two dozen", 24, 24),
        ("sixty-five people", 65, 65),
        ("three hundred people", 300, 300),
        ("Seventeen", 17, 17),
    ],
)
def test_numbers_with_their_bounds(text: str, low: int | None, high: int | None) -> None:
    found = list(find_quantities(text))
    assert [(one.low, one.high) for one in found] == [(low, high)]


@pytest.mark.parametrize(
    "text",
    [
        "50 percent of it",
        "a 25-year-old",
        "at 5:30 am",
        "3.5 million",
        "the 4th corps",
        "$40",
        "in 30 minutes",
        "20 km",
        "the M16 rifle",
        "beaten 5-3",
        "twice",
        "zero",
    ],
)
def test_what_counts_no_people_is_left(text: str) -> None:
    assert list(find_quantities(text)) == []


@given(st.integers(1, 999), st.sampled_from(["", "at least ", "up to ", "about ", "nearly ", "more than "]))
def test_a_number_lies_within_its_own_bounds(number: int, bound: str) -> None:
    (found,) = find_quantities(f"{bound}{number} people")
    assert (found.low or 0) <= number
    assert found.high is None or number <= found.high


@given(st.text(max_size=200) | st.text("0123456789,- amtofhundred", max_size=60))
def test_any_text_can_be_read(text: str) -> None:
    end = 0
    for one in find_quantities(text):
        assert end <= one.start < one.end <= len(text)
        assert one.low is None or one.high is None or one.low <= one.high
        end = one.end


def test_words_and_digits_agree() -> None:
    assert number_of("two hundred") == number_of("200") == 200
    assert number_of("some") is None
