"""Dates with their precision.

In: dates as written in datasets and reports. Out: closed day intervals.
Refuses: what is no date, and day/month orders that cannot be told apart.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

DatePrecision = Literal["day", "interval", "month", "year"]

#: Years outside are taken for typing errors (a year 2202 was met in a real file).
YEAR_RANGE = (1900, 2100)

_ISO_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[T ].*)?")
_COMPACT_DAY = re.compile(r"(\d{4})(\d{2})(\d{2})")
_ISO_MONTH = re.compile(r"(\d{4})-(\d{2})")
_YEAR = re.compile(r"(\d{4})")
_INTERVAL = re.compile(r"(\d{4}-\S+?)\s*/\s*(\d{4}-\S+)")
_SLASHED = re.compile(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})")
_MONTHS = {name.lower(): number for number, name in enumerate(calendar.month_name) if name} | {
    name.lower(): number for number, name in enumerate(calendar.month_abbr) if name
}
_NAMED = re.compile(r"(\d{1,2})\s+([A-Za-z]+)\.?,?\s+(\d{4})")
_NAMED_US = re.compile(r"([A-Za-z]+)\.?\s+(\d{1,2}),?\s+(\d{4})")


@dataclass(frozen=True, slots=True, order=True)
class DayInterval:
    """A closed interval of days, ``start`` and ``end`` included."""

    start: date
    end: date
    precision: DatePrecision = "day"

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise ValueError(f"the interval ends on {self.end}, before its start {self.start}")

    @property
    def days(self) -> int:
        """Number of days in the interval, at least 1."""
        return (self.end - self.start).days + 1

    def overlaps(self, other: DayInterval, within_days: int = 0) -> bool:
        """Whether at most ``within_days`` days lie between the two; 0 asks for a shared day."""
        gap = timedelta(days=within_days)
        return self.start - gap <= other.end and other.start - gap <= self.end

    def gap_days(self, other: DayInterval) -> int:
        """Days between the two intervals; 0 when they touch or overlap."""
        return max(0, (other.start - self.end).days, (self.start - other.end).days)


def _day(year: int, month: int, day: int, text: str) -> date:
    if not YEAR_RANGE[0] <= year <= YEAR_RANGE[1]:
        raise ValueError(f'date "{text}": year {year} is outside {YEAR_RANGE[0]}-{YEAR_RANGE[1]}; check the typing')
    try:
        return date(year, month, day)
    except ValueError as error:
        raise ValueError(f'date "{text}": {error}; expected YYYY-MM-DD') from None


def parse_interval(text: str, day_first: bool | None = None) -> DayInterval:
    """Read a date as written into the days that it may mean.

    Accepts ``2016-11-20``, ``20161120``, ``2016-11``, ``2016``, ``2016-11-20/2016-11-22``,
    ``20 November 2016``, ``November 20, 2016`` and slashed dates.

    Parameters
    ----------
    text
        The date as written; white space around it is ignored.
    day_first
        Order of slashed dates. ``None`` refuses those that can be read both ways.

    Raises
    ------
    ValueError
        When the text is no date, is outside 1900–2100, or is ambiguous.
    """
    text = text.strip()
    if not text:
        raise ValueError("the date is empty; expected YYYY-MM-DD, YYYY-MM or YYYY")
    if match := _INTERVAL.fullmatch(text):
        first, last = parse_interval(match[1], day_first), parse_interval(match[2], day_first)
        if last.end < first.start:
            raise ValueError(f'date "{text}": the interval ends before it begins')
        return DayInterval(first.start, last.end, "interval")
    if match := _ISO_DAY.fullmatch(text) or _COMPACT_DAY.fullmatch(text):
        day = _day(int(match[1]), int(match[2]), int(match[3]), text)
        return DayInterval(day, day)
    if match := _ISO_MONTH.fullmatch(text):
        year, month = int(match[1]), int(match[2])
        first_day = _day(year, month, 1, text)
        return DayInterval(first_day, date(year, month, calendar.monthrange(year, month)[1]), "month")
    if match := _YEAR.fullmatch(text):
        first_day = _day(int(match[1]), 1, 1, text)
        return DayInterval(first_day, date(first_day.year, 12, 31), "year")
    if match := _SLASHED.fullmatch(text):
        return _slashed(match, text, day_first)
    for pattern, day_at, month_at in ((_NAMED, 1, 2), (_NAMED_US, 2, 1)):
        if (match := pattern.fullmatch(text)) and match[month_at].lower() in _MONTHS:
            day = _day(int(match[3]), _MONTHS[match[month_at].lower()], int(match[day_at]), text)
            return DayInterval(day, day)
    raise ValueError(f'"{text}" is no date that can be read; expected YYYY-MM-DD, YYYY-MM or YYYY')


def _slashed(match: re.Match[str], text: str, day_first: bool | None) -> DayInterval:
    first, second, year = int(match[1]), int(match[2]), int(match[3])
    if day_first is None and first != second:
        if first <= 12 and second <= 12:
            raise ValueError(
                f'date "{text}" can be read as day/month or month/day; '
                "set day_first in the dataset's map, or write YYYY-MM-DD"
            )
        day_first = first > 12
    day, month = (first, second) if day_first else (second, first)
    value = _day(year, month, day, text)
    return DayInterval(value, value)
