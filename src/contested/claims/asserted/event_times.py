"""When a text says that something happened: the phrase as written, and the days that it may mean.

In: a text, and the day of publication when it is known. Out: :class:`TimePhrase`, with first and last day where
they can be told. Refuses: nothing; a phrase that cannot be resolved keeps its days open (``None``), and nothing
is taken from the day of publication but what the wording counts from it.

An absolute date resolves by itself. "Tuesday", "yesterday", "last week", "two days ago" and a day without its year
need the day of publication; the rules, one a wording, stand in ``docs/methods/facts.md``. A weekday means the
latest one up to the day of publication, since news reports what has happened.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, date, timedelta

from contested.base.times import YEAR_RANGE
from contested.claims.asserted.quantities import number_of

#: A text that names days and none within this time before its publication looks back on what it tells.
LOOKS_BACK = timedelta(days=366)

_WEEKDAYS = {name.lower(): number for number, name in enumerate(calendar.day_name)}
_MONTHS = {name.lower(): number for number, name in enumerate(calendar.month_name) if name} | {
    name.lower(): number for number, name in enumerate(calendar.month_abbr) if name
} | {"sept": 9}  # fmt: skip

_WEEKDAY = "|".join(_WEEKDAYS)
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_COUNT = r"(?:\d{1,3}|an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)"
_DAYPART = r"(?:early\s+|late\s+)?(?:morning|afternoon|evening|night|dawn|noon|midday)"
_CLOCK = r"(?:[01]?\d|2[0-3])[:.][0-5]\d(?:\s*[ap]\.?m\b\.?)?|(?:1[0-2]|0?[1-9])\s*[ap]\.?m\b\.?"
_ABSOLUTE = (
    rf"(?P<iso>\b\d{{4}}-\d{{2}}-\d{{2}}\b)"
    rf"|\b(?P<day1>[0-3]?\d)(?:st|nd|rd|th)?(?:\s*(?:-|–|and|to)\s*(?P<day1b>[0-3]?\d)(?:st|nd|rd|th)?)?\s+(?:of\s+)?(?P<month1>{_MONTH})\b\.?(?:,?\s+(?P<year1>(?:19|20)\d\d)\b|\s+(?:of\s+)?(?P<lastyear1>last)\s+year\b)?"
    rf"|\b(?P<month2>{_MONTH})\b\.?\s+(?P<day2>[0-3]?\d)(?:st|nd|rd|th)?\b(?!:)(?:\s*(?:-|–|and|to)\s*(?P<day2b>[0-3]?\d)(?:st|nd|rd|th)?\b)?(?:,?\s+(?P<year2>(?:19|20)\d\d)\b|\s+(?:of\s+)?(?P<lastyear2>last)\s+year\b)?"
    rf"|\b(?P<month3>{_MONTH})\b,?\s+(?:of\s+)?(?P<year3>(?:19|20)\d\d)\b"
)
_RELATIVE = (
    rf"\b(?P<today>today|tonight|this\s+(?:morning|afternoon|evening))\b"
    rf"|\b(?P<lastnight>last\s+night|overnight)\b"
    rf"|\b(?P<yesterday>(?:the\s+day\s+before\s+)?yesterday)\b"
    rf"|\b(?P<weekdayq>(?:last|this|on|early(?:\s+on)?|late(?:\s+on)?)\s+)?(?P<weekday>{_WEEKDAY})s?\b"
    rf"|\b(?P<count>{_COUNT}|several|a\s+few)\s+(?P<unit>days?|weeks?|months?|years?)\s+(?:ago|earlier)\b"
    rf"|\b(?:(?:earlier|late[r]?|early)\s+)?(?P<which>this|last|past|the\s+past|the\s+previous)\s+(?P<span>week|weekend|month|year|{_MONTH})\b"
    rf"|\b(?:in|during|since)\s+(?:(?:early|late|mid)[- ]?)?(?P<month4>{_MONTH})\b(?!\s+\d)"
    rf"|\b(?:in|of|since)\s+(?:(?:early|late|mid)[- ]?)?(?P<year4>(?:19|20)\d\d)\b"
)
_TIME = re.compile(
    rf"(?:(?:\b{_DAYPART}|{_CLOCK})(?:\s*\(?(?:local\s+time|gmt|utc)\)?)?,?\s+(?:on\s+|of\s+)?)?(?:{_ABSOLUTE}|{_RELATIVE})"
    rf"(?:(?:'s|’s)?\s+{_DAYPART}\b)?(?:,?\s+(?:at\s+)?(?:about\s+|around\s+)?(?:{_CLOCK}))?",
    re.IGNORECASE,
)
_ONLY_CLOCK = re.compile(rf"(?<![\d:.,])\b(?:at|around|about)\s+(?P<clock>{_CLOCK})(?![\d:])", re.IGNORECASE)
#: "said on Tuesday": the day of the saying, not of what is told.
_SAYING = re.compile(
    r"\b(?:said|says|told|tells|announced|stated|reported|reports|confirmed|according|wrote|tweeted|statement|briefing|interview|added|denied|accused|blamed|warned|claimed|condemned|quoted|monitor|agency|posted|published|updated)\b"
    r"(?:\s+(?!that\b|when\b)[\w’'-]+){0,5}\s+(?:in\s+|on\s+|late\s+|early\s+|earlier\s+)*$",
    re.IGNORECASE,
)
#: "12 April that there were two versions": the words reported begin with the day on which they were said.
_SAID_THAT = re.compile(r",?\s*that\s", re.IGNORECASE)
#: What stands before a time and is no part of it.
_LEAD = re.compile(r"\s*(?:(?:in|on|of|since|during|at)\s+)?", re.IGNORECASE)
_SINCE = re.compile(r"\b(?:since|until|till|by|from|before)\s+(?:the\s+)?(?:early\s+|late\s+)?$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class TimePhrase:
    """A time as written, with the first and last day that it may mean where they can be told."""

    start: int
    end: int
    low: date | None
    high: date | None
    of_saying: bool = False
    """Whether it is the time of a statement and not of what is told in it."""
    bounds: bool = False
    """Whether it only bounds a time: "since 2013", "until Tuesday"."""


def find_times(text: str, published: date | None, start: int = 0, end: int | None = None) -> Iterator[TimePhrase]:
    """Times that stand in ``text[start:end]``, in order."""
    last = len(text) if end is None else end
    for match in _TIME.finditer(text, start, last):
        lead = _LEAD.match(match[0])
        first = match.start() + (lead.end() if lead else 0)
        days = resolve_time(match, published)
        before = max(start, first - 70)
        low, high = days if days is not None else (None, None)
        yield TimePhrase(
            first, match.start() + len(match[0].rstrip(" ,")), low, high,
            bool(_SAYING.search(text, before, first) or _SAID_THAT.match(text, match.end(), last)),
            match[0].lower().startswith("since") or bool(_SINCE.search(text, before, first)),
        )  # fmt: skip


def choose_counting_day(text: str, published: date | None) -> date | None:
    """The day that relative times of a document may be counted from: the day of publication, or none.

    A text whose dated days and months all lie more than a year before its publication looks back (a report, a
    summary): "12 April" in it is of the year that it tells of, not of its own, so nothing is counted.
    """
    if published is None:
        return None
    dated = [
        days for match in _TIME.finditer(text)
        if (match["year1"] or match["year2"] or match["year3"] or match["iso"]) and (days := resolve_time(match, None))
    ]  # fmt: skip
    return published if not dated or any(published - days[1] <= LOOKS_BACK for days in dated) else None


def find_clock(text: str, start: int = 0, end: int | None = None) -> TimePhrase | None:
    """A clock time that no day stands beside ("at 6:30 a.m."); its days stay open."""
    match = _ONLY_CLOCK.search(text, start, len(text) if end is None else end)
    return TimePhrase(match.start("clock"), match.end("clock"), None, None) if match else None


def resolve_time(match: re.Match[str], published: date | None) -> tuple[date, date] | None:
    """First and last day of a matched phrase; ``None`` when they cannot be told."""
    found = match.groupdict()
    try:
        absolute = _absolute(found, published)
        if absolute is not None or published is None:
            return absolute
        return _relative({name: value.lower() for name, value in found.items() if value}, published)
    except (ValueError, OverflowError):
        # 31 February, or a count of years that leaves the calendar.
        return None


def _absolute(found: dict[str, str | None], published: date | None) -> tuple[date, date] | None:
    if iso := found["iso"]:
        day = date.fromisoformat(iso)
        return (day, day) if YEAR_RANGE[0] <= day.year <= YEAR_RANGE[1] else None
    for number in ("1", "2"):
        if (name := found["month" + number]) is None:
            continue
        month, first = _MONTHS[name.lower()], int(found["day" + number] or 0)
        last = int(found[f"day{number}b"] or first)
        year = found["year" + number]
        if year is not None:
            return _ordered(date(int(year), month, first), date(int(year), month, last))
        if published is None:
            return None
        if found["lastyear" + number]:
            return _ordered(date(published.year - 1, month, first), date(published.year - 1, month, last))
        chosen = (
            published.year
            if date(published.year, month, first) <= published + timedelta(days=1)
            else published.year - 1
        )
        return _ordered(date(chosen, month, first), date(chosen, month, last))
    if (name := found["month3"]) and found["year3"]:
        return _month(int(found["year3"]), _MONTHS[name.lower()])
    if found["year4"]:
        return date(int(found["year4"]), 1, 1), date(int(found["year4"]), 12, 31)
    return None


def _ordered(first: date, last: date) -> tuple[date, date] | None:
    return (first, last) if first <= last else None


def _month(year: int, month: int) -> tuple[date, date]:
    return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])


def _relative(found: dict[str, str], published: date) -> tuple[date, date] | None:
    day = timedelta(days=1)
    if "today" in found:
        return published, published
    if "lastnight" in found:
        return published - day, published
    if "yesterday" in found:
        then = published - (2 * day if found["yesterday"].startswith("the") else day)
        return then, then
    if "weekday" in found:
        back = (published.weekday() - _WEEKDAYS[found["weekday"]]) % 7
        if not back and found.get("weekdayq", "").strip() == "last":
            back = 7
        then = published - timedelta(days=back)
        return then, then
    if "count" in found:
        return _ago(found["count"], found["unit"], published)
    if "span" in found:
        return _calendar_span(found["which"], found["span"], published)
    if "month4" in found:
        return _latest_month(_MONTHS[found["month4"]], published)
    return None


def _ago(count: str, unit: str, published: date) -> tuple[date, date] | None:
    number = number_of(count) if count not in ("a", "an") else 1
    if number is None:
        return None
    if unit.startswith("day"):
        then = published - timedelta(days=number)
        return then, then
    if unit.startswith("week"):
        # "Two weeks ago" is seldom meant to the day.
        then = published - timedelta(weeks=number)
        return then - timedelta(days=3), then + timedelta(days=3)
    if unit.startswith("month"):
        months = published.year * 12 + published.month - 1 - number
        return _month(months // 12, months % 12 + 1)
    year = published.year - number
    return (date(year, 1, 1), date(year, 12, 31)) if MINYEAR <= year <= MAXYEAR else None


def _calendar_span(which: str, span: str, published: date) -> tuple[date, date] | None:
    this = which == "this"
    monday = published - timedelta(days=published.weekday())
    if span == "week":
        if "past" in which:
            return published - timedelta(days=7), published
        return (monday, published) if this else (monday - timedelta(days=7), monday - timedelta(days=1))
    if span == "weekend":
        saturday = monday - timedelta(days=2)
        return (
            (saturday, saturday + timedelta(days=1))
            if published.weekday() < 5
            else (monday + timedelta(days=5), published)
        )
    if span == "month":
        first = published.replace(day=1)
        return (
            (first, published) if this else _month((first - timedelta(days=1)).year, (first - timedelta(days=1)).month)
        )
    if span == "year":
        first = date(published.year, 1, 1)
        return (first, published) if this else (date(published.year - 1, 1, 1), date(published.year - 1, 12, 31))
    return _latest_month(_MONTHS[span], published)


def _latest_month(month: int, published: date) -> tuple[date, date]:
    """The latest month of the name that had begun; the current one only up to the day of publication."""
    year = published.year if month <= published.month else published.year - 1
    first, last = _month(year, month)
    return first, min(last, published)
