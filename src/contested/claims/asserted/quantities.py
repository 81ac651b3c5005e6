"""Numbers of people as news writes them: digits, words, ranges, bounds and vague words.

In: a text and a stretch of it. Out: quantities, each a fewest and a most with the characters that it was read
from. Refuses: nothing; percentages, money, decimals, clock times, ages and units of measure are no quantities of
people and are left out.

The reading of each wording is a choice; they are listed in ``docs/methods/facts.md``:

- a number alone is both fewest and most; "more than", "at least" leave the most open, "up to", "as many as",
  "fewer than" the fewest;
- "about", "some", "an estimated" widen by a tenth either way, "nearly", "almost" downwards only;
- "dozens" are 24 or more, "scores" 40, "hundreds" 200, "thousands" 2,000, "tens" 20, "several" and "a few" 3;
- "as many as a hundred or more": what is added takes the bound away again, so 100 or more.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

#: "About 30" may lie a tenth of 30 away, since news rounds to tens. Changing it: docs/methods/facts.md.
ABOUT_PARTS = 10
#: Larger numbers are no toll of one event but a typing error or a running number.
MAX_PEOPLE = 10_000_000

_UNITS = {
    word: number
    for number, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
        "eighteen nineteen".split()
    )
}
_TENS = {
    word: 10 * number
    for number, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), start=2)
}
_SCALES = {"dozen": 12, "score": 20, "hundred": 100, "thousand": 1000, "million": 1_000_000}
#: Fewest that a vague word can mean: the plural asks for two of its unit; "several" for more than two.
VAGUE = {
    "dozens": 24, "scores": 40, "hundreds": 200, "thousands": 2000, "tens": 20, "several": 3, "a few": 3, "a handful": 3,
    "multiple": 2, "a couple": 2, "tens of thousands": 20_000, "hundreds of thousands": 200_000,
}  # fmt: skip
_EXACT_VAGUE = frozenset(["a couple"])

_SMALL = "|".join(sorted((word for word in (*_UNITS, *_TENS) if word != "zero"), key=len, reverse=True))
_DIGITS = r"\d{1,3}(?:,\d{3})+(?!\d)|\d{1,7}"
_WORDS = (
    rf"(?:(?:{'|'.join(_TENS)})[- ](?:{'|'.join(list(_UNITS)[1:10])})\b|(?:half\s+)?an?\s+(?:dozen|hundred|thousand)\b"
    rf"|(?:{_SMALL})(?:\s+(?:dozen|score|hundred|thousand))?\b|half\s+a\s+dozen\b|hundred\b)"
)
_SCALED = rf"(?:{_DIGITS})(?:\s+(?:dozen|hundred|thousand|million)\b)?"
_NUMBER = rf"(?:{_SCALED}|{_WORDS})"
_VAGUE = r"(?:tens\s+of\s+thousands|hundreds\s+of\s+thousands|dozens|scores|hundreds|thousands|tens|several|an?\s+few|a\s+handful|multiple|a\s+couple)"
_AT_LEAST = r"at\s+least|no\s+(?:fewer|less)\s+than|not\s+less\s+than|more\s+than|over|upwards\s+of|above|exceed(?:s|ed|ing)|surpass(?:es|ed|ing)|a\s+minimum\s+of"
_AT_MOST = r"as\s+many\s+as|up\s+to|fewer\s+than|less\s+than|no\s+more\s+than|at\s+most|under|below|a\s+maximum\s+of"
_ABOUT = r"about|around|some|roughly|approximately|an?\s+estimated|estimated|circa|close\s+to"
_NEARLY = r"nearly|almost|just\s+under"
_BEFORE = rf"(?:(?P<bound>{_AT_LEAST}|{_AT_MOST}|{_ABOUT}|{_NEARLY})\s+)?(?:the\s+)?"
_AFTER = r"(?P<more>\s+(?:or|and)\s+(?:(?:possibly|perhaps|maybe|probably)\s+)?(?:many\s+)?more\b|\s+or\s+so\b)?"
#: What makes a number no count of people when it follows.
_NOT_PEOPLE = (
    r"(?!\s*(?:%|per\s?cents?\b|percent\b|km\b|kilomet\w+|miles?\b|met(?:er|re)s?\b|years?\b|year-|days?\b|weeks?\b|months?\b|hours?\b|minutes?\b|seconds?\b"
    r"|a\.?m\b|p\.?m\b|gmt\b|o'clock\b|times?\b|[-–](?:year|day|hour|month|week|km|mile|metre|meter|story|storey|minute)\w*|tonn?e?s?\b|tons?\b|kg\b|degrees?\b))(?![:.,]\d|\d|st\b|nd\b|rd\b|th\b)"
)
_QUANTITY = re.compile(
    rf"(?<![\w$€£.,:/-])(?:between\s+(?P<from>{_NUMBER})\s+and\s+(?P<until>{_NUMBER})"
    rf"|{_BEFORE}(?:(?P<low>(?>{_NUMBER}))\s*(?:-|–|—|\s(?:to|or)\s)\s*(?P<high>{_NUMBER})|(?P<one>{_NUMBER})|(?P<vague>{_VAGUE})))"
    rf"{_NOT_PEOPLE}{_AFTER}",
    re.IGNORECASE,
)
_SPACES = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Quantity:
    """Fewest and most of a number as written; ``None`` where the wording leaves that side open."""

    low: int | None
    high: int | None
    start: int
    end: int
    vague: bool = False
    """Read from a word such as "dozens" that states no number."""
    worded: bool = True
    """Whether more than bare digits were written: a bound, a word, a range."""


def find_quantities(text: str, start: int = 0, end: int | None = None) -> Iterator[Quantity]:
    """Quantities that stand in ``text[start:end]``, in order, not overlapping."""
    for match in _QUANTITY.finditer(text, start, len(text) if end is None else end):
        quantity = _read(match)
        if quantity is not None:
            yield quantity


def number_of(words: str) -> int | None:
    """A whole number written in digits or words ("two dozen", "sixty-five", "1,300"); else ``None``.

    >>> number_of("two dozen"), number_of("sixty-five"), number_of("1,300"), number_of("some")
    (24, 65, 1300, None)
    """
    total, seen = 0, False
    words = _SPACES.sub(" ", words.strip().lower())
    half = words.startswith("half ")
    for word in words.removeprefix("half ").replace("-", " ").replace(",", "").split(" "):
        if word.isdecimal():
            total, seen = total + int(word), True
        elif word in _UNITS or word in _TENS:
            total, seen = total + _UNITS.get(word, _TENS.get(word, 0)), True
        elif word in _SCALES:
            total, seen = max(total, 1) * _SCALES[word], True
        elif word not in ("a", "an"):
            return None
    return (total // 2 if half else total) if seen else None


def _read(match: re.Match[str]) -> Quantity | None:
    start, end = match.span()
    bound = _SPACES.sub(" ", (match["bound"] or "").lower())
    more = (match["more"] or "").lower()
    if match["vague"]:
        word = _SPACES.sub(" ", match["vague"].lower().replace("an few", "a few"))
        fewest = VAGUE[word]
        return Quantity(fewest, fewest if word in _EXACT_VAGUE else None, start, end, vague=True)
    first = number_of(match["from"] or match["low"] or match["one"])
    last = number_of(match["until"] or match["high"] or match["one"])
    if first is None or last is None or max(first, last) > MAX_PEOPLE:
        return None
    if last < first:
        # "1-0", "5-3": no range of people.
        return None
    low: int | None
    high: int | None
    low, high = first, last
    if more.endswith("more") or re.fullmatch(_AT_LEAST, bound):
        high = None
    elif re.fullmatch(_AT_MOST, bound):
        low = None if first == last else first
    elif re.fullmatch(_NEARLY, bound):
        low = first - _tenth(first)
    elif more.endswith("so") or re.fullmatch(_ABOUT, bound):
        low, high = first - _tenth(first), last + _tenth(last)
    return Quantity(low, high, start, end, worded=not match.group(0).isdecimal())


def _tenth(number: int) -> int:
    """How far "about" lets a number lie away: its :data:`ABOUT_PARTS`-th part, rounded up."""
    return -(-number // ABOUT_PARTS)
