"""Times are resolved where they can be, against the day of publication where that is known, else left open."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contested.claims.asserted.event_times import choose_counting_day, find_clock, find_times

FRIDAY = date(2017, 4, 7)


def days(text: str, published: date | None = FRIDAY) -> list[tuple[str, date | None, date | None]]:
    return [(text[one.start : one.end], one.low, one.high) for one in find_times(text, published)]


@pytest.mark.parametrize(
    ("text", "written", "low", "high"),
    [
        ("on 4 April 2017", "4 April 2017", date(2017, 4, 4), date(2017, 4, 4)),
        ("on April 4th, 2017", "April 4th, 2017", date(2017, 4, 4), date(2017, 4, 4)),
        ("on 2017-04-04", "2017-04-04", date(2017, 4, 4), date(2017, 4, 4)),
        ("between 4 and 6 April 2017", "4 and 6 April 2017", date(2017, 4, 4), date(2017, 4, 6)),
        ("in March 2017", "March 2017", date(2017, 3, 1), date(2017, 3, 31)),
        ("in 2013", "2013", date(2013, 1, 1), date(2013, 12, 31)),
    ],
)
def test_absolute_dates_need_no_day_of_publication(text: str, written: str, low: date, high: date) -> None:
    assert days(text, None) == days(text, FRIDAY) == [(written, low, high)]


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("Tuesday’s attack", date(2017, 4, 4), date(2017, 4, 4)),
        ("on Friday", FRIDAY, FRIDAY),
        ("last Friday", date(2017, 3, 31), date(2017, 3, 31)),
        ("yesterday", date(2017, 4, 6), date(2017, 4, 6)),
        ("the day before yesterday", date(2017, 4, 5), date(2017, 4, 5)),
        ("this morning", FRIDAY, FRIDAY),
        ("overnight", date(2017, 4, 6), FRIDAY),
        ("this week", date(2017, 4, 3), FRIDAY),
        ("last week", date(2017, 3, 27), date(2017, 4, 2)),
        ("earlier this month", date(2017, 4, 1), FRIDAY),
        ("last month", date(2017, 3, 1), date(2017, 3, 31)),
        ("last year", date(2016, 1, 1), date(2016, 12, 31)),
        ("two days ago", date(2017, 4, 5), date(2017, 4, 5)),
        ("three weeks ago", date(2017, 3, 14), date(2017, 3, 20)),
        ("two months ago", date(2017, 2, 1), date(2017, 2, 28)),
        ("on 4 April", date(2017, 4, 4), date(2017, 4, 4)),
        ("on December 12", date(2016, 12, 12), date(2016, 12, 12)),
        ("December 12th of last year", date(2016, 12, 12), date(2016, 12, 12)),
        ("in November", date(2016, 11, 1), date(2016, 11, 30)),
        ("early on Tuesday morning", date(2017, 4, 4), date(2017, 4, 4)),
        ("at 6:30 a.m. on Tuesday", date(2017, 4, 4), date(2017, 4, 4)),
    ],
)
def test_relative_times_are_counted_from_the_day_of_publication_and_open_without_it(
    text: str, low: date, high: date
) -> None:
    assert [one[1:] for one in days(text)] == [(low, high)]
    assert [one[1:] for one in days(text, None)] == [(None, None)]


def test_no_day_is_no_day() -> None:
    assert days("on 31 February 2017") == [("31 February 2017", None, None)]
    assert days("several days ago") == [("several days ago", None, None)]
    assert days("it may march on the city") == []
    assert days("years ago") == []


def test_times_of_saying_and_bounds_are_marked() -> None:
    (saying,) = find_times("the ministry said on Tuesday that", FRIDAY)
    (bound,) = find_times("attacks since 2013", FRIDAY)
    (before,) = find_times("12 April that there were two versions", FRIDAY)
    assert before.of_saying
    (told,) = find_times("the raid on Tuesday", FRIDAY)
    assert (saying.of_saying, bound.bounds, told.of_saying, told.bounds) == (True, True, False, False)


def test_a_clock_time_alone_has_no_day() -> None:
    found = find_clock("planes struck at around 6:30 a.m. local time")
    assert found is not None
    assert (found.low, found.high) == (None, None)
    assert find_clock("a ratio of 6:30") is None


WORDS = st.sampled_from(
    [
        "Tuesday",
        "last ",
        "week ",
        "4 ",
        "April ",
        "2017",
        "ago",
        "two ",
        "days ",
        "on ",
        "31 ",
        "February ",
        "year",
        " of ",
        "-",
        "1900 ",
        "99 ",
    ]
)


@given(st.lists(WORDS, max_size=20).map("".join) | st.text(max_size=200), st.none() | st.dates())
def test_laws_of_times(text: str, published: date | None) -> None:
    for one in find_times(text, published):
        assert 0 <= one.start < one.end <= len(text)
        assert (one.low is None) == (one.high is None)
        assert one.low is None or one.high is None or one.low <= one.high


def test_a_text_that_looks_back_counts_nothing_from_its_publication() -> None:
    assert choose_counting_day("On 4 April 2017 the town was hit. On 12 April he spoke.", date(2026, 1, 2)) is None
    assert choose_counting_day("On 4 April 2017 the town was hit.", FRIDAY) == FRIDAY
    assert choose_counting_day("The town was hit on Tuesday, as in August 2013 and March 2017.", FRIDAY) == FRIDAY
    assert choose_counting_day("The town was hit on Tuesday.", FRIDAY) == FRIDAY
    assert choose_counting_day("On 4 April 2017", None) is None
