from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contested.base.times import DayInterval, parse_interval

DAYS = st.dates(date(1950, 1, 1), date(2090, 12, 31))


@given(DAYS)
def test_every_way_of_writing_a_day_gives_that_day(day: date) -> None:
    for text in (day.isoformat(), day.strftime("%Y%m%d"), f"{day.day} {day.strftime('%B')} {day.year}"):
        assert parse_interval(text) == DayInterval(day, day)


@given(DAYS)
def test_slashed_dates_are_refused_when_they_can_be_read_both_ways(day: date) -> None:
    text = f"{day.day}/{day.month}/{day.year}"
    if day.day <= 12 and day.day != day.month:
        with pytest.raises(ValueError, match="day/month or month/day"):
            parse_interval(text)
    else:
        assert parse_interval(text).start == day
    assert parse_interval(text, day_first=True).start == day


@pytest.mark.parametrize(
    ("text", "first", "last", "precision"),
    [
        ("2016-11", date(2016, 11, 1), date(2016, 11, 30), "month"),
        ("2016", date(2016, 1, 1), date(2016, 12, 31), "year"),
        ("2016-11-20/2016-11-22", date(2016, 11, 20), date(2016, 11, 22), "interval"),
    ],
)
def test_imprecise_dates_keep_all_their_days(text: str, first: date, last: date, precision: str) -> None:
    assert parse_interval(text) == DayInterval(first, last, precision)


@pytest.mark.parametrize("text", ["", "Tuesday", "2017-02-29", "2202-02-02", "2016-13-01", "31/31/2016", "1e9"])
def test_what_is_no_date_is_refused_with_its_text(text: str) -> None:
    with pytest.raises(ValueError, match=text or "empty"):
        parse_interval(text)


@given(DAYS, DAYS, st.integers(0, 40))
def test_gap_and_overlap_agree(a: date, b: date, within: int) -> None:
    one, other = DayInterval(a, a), DayInterval(b, b)
    assert one.gap_days(other) == abs((a - b).days) == other.gap_days(one)
    assert one.overlaps(other, within) == (abs(a - b) <= timedelta(days=within))
