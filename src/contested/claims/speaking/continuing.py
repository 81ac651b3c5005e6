"""Quotations that go on: the speaker is given once, and the next paragraphs open with a quotation mark.

In: a text and its attributions, in order. Out: the attributions, with such paragraphs added where the tagger
passed them over, and for each that goes on the number of the one it goes on from. Refuses: a quotation with a
source or cue of its own, and one behind other words than the rest of the last speaker's sentence.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence

from contested.claims.linking import Attribution
from contested.claims.text.words import Span

#: Characters between the last attribution and the quotation that goes on (", the mayor of Karsk.").
MAX_GAP_CHARACTERS = 120
#: Characters of one paragraph of a quotation.
MAX_QUOTATION_CHARACTERS = 4000
#: What an added paragraph scores: a setting, not measured; the form is sure, that it is one voice is not.
RULE_SCORE = 0.7

_OPENS = '“"«„'
_PARAGRAPH_QUOTATION = re.compile(r"(?:(?<=\n)|^)[ \t]*(?P<quotation>[“\"«„][^\n]{1,4000})(?=\n|$)", re.MULTILINE)
_CLOSERS = '”"»“'
_SENTENCE_WITHIN = re.compile(r"[.!?][”\"»]?[ \t]+[A-Z“\"«„]")


def _extent(one: Attribution) -> Span:
    spans = (*one.source, *one.cue, *one.content)
    return min(span[0] for span in spans), max(span[1] for span in spans)


def _passed_over(text: str, attributions: Sequence[Attribution]) -> list[Attribution]:
    """Paragraphs that are quotations from their first mark to their end, and part of no attribution."""
    covered = sorted(span for one in attributions for span in (*one.content, *one.cue, *one.source))
    starts = [span[0] for span in covered]
    found = []
    for match in _PARAGRAPH_QUOTATION.finditer(text):
        start, end = match.span("quotation")
        inner = text[start + 1 : end].rstrip()
        closing = next((k for k, sign in enumerate(inner) if sign in _CLOSERS), -1)
        if closing >= 0 and closing < len(inner) - 1:
            continue
        end = start + 1 + len(inner)
        k = bisect_right(starts, end - 1)
        if inner and not (k and covered[k - 1][1] > start):
            found.append(Attribution((), (), ((start, end),), RULE_SCORE))
    return found


def _goes_on(text: str, last_end: int, start: int) -> bool:
    if not 0 <= start - last_end <= MAX_GAP_CHARACTERS:
        return False
    gap = text[last_end:start]
    lines = [line for line in gap.splitlines() if line.strip()]
    if len(lines) > 1 or ("\n" in gap and lines and not gap.rstrip(" \t").endswith("\n")):
        return False
    return not _SENTENCE_WITHIN.search(gap.strip())


def continue_quotations(text: str, attributions: Sequence[Attribution]) -> tuple[list[Attribution], dict[int, int]]:
    """The attributions with passed over paragraphs, and number of each that goes on → the one it goes on from."""
    added = _passed_over(text, attributions) if "\n" in text else []
    whole = sorted([*attributions, *added], key=_extent) if added else list(attributions)
    new = set(map(id, added))
    goes_on: dict[int, int] = {}
    kept: list[Attribution] = []
    last: int | None = None
    last_end = -1
    for one in whole:
        start, end = _extent(one)
        bare = not one.source and not one.cue and text[one.content[0][0]] in _OPENS
        if bare and last is not None and _goes_on(text, last_end, start):
            goes_on[len(kept)] = last
            last_end = end
        elif id(one) in new:
            continue
        elif text[one.content[0][0]] in _OPENS and one.source:
            last, last_end = len(kept), end
        elif end > last_end:
            last = None
        kept.append(one)
    return kept, goes_on
