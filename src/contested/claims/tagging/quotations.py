"""Direct quotations with the speaker after them: “…,” said X; “…,” X, commander of Y, told Z. “…”

In: a text with its tokens, and the tagger's attributions. Out: the attributions, where the tagger lost
such a quotation or its speaker put right by rule. Refuses: nothing.

The form is fixed enough in English news for a rule to be surer than the tagger; what the gain is
stands in ``models/README.md``.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from contested.claims.linking import Attribution
from contested.claims.text.words import Span, mark_quotations, split_paragraphs, touch

#: Words in the quotation marks from which they hold a statement and no single term.
MIN_QUOTED_WORDS = 4
#: Words of a speaker with an apposition.
MAX_SPEAKER_WORDS = 18
#: Words between the attribution and a second piece of the quotation.
MAX_GAP_WORDS = 14
#: What a rule's attribution scores: about the share of them that the development part bears out.
RULE_SCORE = 0.9

SPEECH_VERBS = frozenset(
    "said says say told tells added adds wrote writes declared declares stated states insisted insists "
    "claimed claims "
    "warned warns explained explains replied tweeted noted argued argues charged recalled announced continued asked "
    "concluded remarked stressed complained acknowledged admitted testified responded reiterated asserted".split()
)
_SPEAKER_STARTS = frozenset(
    "he she they it we i the a an one another his her their its our mr mrs ms dr some many several two three".split()
)
_SPEAKER_ENDS = frozenset(
    "in on at during after before as when while by via from to that this last late early yesterday today "
    "friday saturday "
    "sunday monday tuesday wednesday thursday".split()
)
_STOPS = frozenset([".", ";", ":", "“", '"', "”", "?", "!"])
_NOT_SUBJECT = frozenset("also later then has have had recently reportedly once again further".split())


@dataclass(frozen=True, slots=True)
class _Quotation:
    first: int
    end: int
    """Tokens, marks included; ``end`` exclusive."""


def _quotations(text: str, tokens: Sequence[Span], paragraph: range) -> list[_Quotation]:
    marks = mark_quotations(text, tokens[paragraph.start : paragraph.stop])
    found = []
    opened = -1
    for k, mark in enumerate(marks, start=paragraph.start):
        if mark == "“":
            opened = k
        elif mark == "”" and opened >= 0:
            found.append(_Quotation(opened, k + 1))
            opened = -1
    return found


def _speaker_after(words: Sequence[str], first: int, stop: int) -> tuple[range, range] | None:
    """Tokens of speaker and verb in what follows a quotation: "said X" or "X, of Y, told"."""
    if first >= stop:
        return None
    if words[first].lower() in SPEECH_VERBS:
        end = _speaker_end(words, first + 1, stop)
        if end > first + 1 and _may_start(words[first + 1]):
            return range(first + 1, end), range(first, first + 1)
        return None
    if not _may_start(words[first]):
        return None
    for k in range(first + 1, min(stop, first + MAX_SPEAKER_WORDS)):
        word = words[k].lower()
        if word in (".", ";", "?", "!", "“", '"'):
            return None
        quoted = word == "quoted" and words[k - 1].lower() in ("was", "were")
        if word in SPEECH_VERBS or quoted:
            end = k - quoted
            while end > first + 1 and (words[end - 1] == "," or words[end - 1].lower() in _NOT_SUBJECT):
                end -= 1
            return range(first, end), range(k - quoted, k + 1)
    return None


def _may_start(word: str) -> bool:
    return word[:1].isupper() or word.lower() in _SPEAKER_STARTS


def _speaker_end(words: Sequence[str], first: int, stop: int) -> int:
    """End of a speaker that follows the verb; one apposition between commas belongs to it."""
    apposed = False
    for k in range(first, min(stop, first + MAX_SPEAKER_WORDS)):
        word = words[k]
        if word == ",":
            following = words[k + 1].lower() if k + 1 < stop else ""
            ended = following in _SPEAKER_ENDS or following in SPEECH_VERBS or following.endswith("ing")
            # Offices end like this (commander, spokesman, president, chief, head); other words begin a clause.
            office = following in ("a", "an", "the", "who") or following.endswith(("r", "n", "t", "f", "d"))
            if apposed or ended or not office:
                return k
            apposed = True
        elif word == "." and len(words[k - 1]) <= 3 and words[k - 1].istitle():
            continue
        elif word in _STOPS or (not apposed and (word.lower() in _SPEAKER_ENDS or word.lower() in SPEECH_VERBS)):
            return k
    return min(stop, first + MAX_SPEAKER_WORDS)


def find_quotations(text: str, tokens: Sequence[Span]) -> Iterator[Attribution]:
    """Quotations whose speaker follows them, with a second piece where there is one."""
    words = [text[start:end] for start, end in tokens]
    for paragraph in split_paragraphs(text, tokens):
        quotations = _quotations(text, tokens, paragraph)
        used = -1
        for number, quotation in enumerate(quotations):
            if quotation.first <= used or quotation.end - quotation.first < MIN_QUOTED_WORDS + 2:
                continue
            last = words[quotation.end - 2]
            following = quotation.end + (words[quotation.end : quotation.end + 1] == [","])
            if last not in ",?!" and following == quotation.end:
                continue
            stop = quotations[number + 1].first if number + 1 < len(quotations) else paragraph.stop
            speaker = _speaker_after(words, following, min(stop, following + 2 * MAX_SPEAKER_WORDS))
            if speaker is None:
                continue
            pieces = [quotation]
            if number + 1 < len(quotations):
                second = quotations[number + 1]
                between = second.first - max(speaker[0].stop, speaker[1].stop)
                if between <= MAX_GAP_WORDS and words[second.first - 1] in (".", ","):
                    pieces.append(second)
                    used = second.first
            yield Attribution(
                (_characters(tokens, speaker[0]),),
                (_characters(tokens, speaker[1]),),
                tuple((tokens[piece.first][0], tokens[piece.end - 1][1]) for piece in pieces),
                RULE_SCORE,
            )


def _characters(tokens: Sequence[Span], part: range) -> Span:
    return tokens[part.start][0], tokens[part.stop - 1][1]


def _overlap(one: Sequence[Span], other: Sequence[Span]) -> bool:
    return any(touch(a, b) for a in one for b in other)


def mend_quotations(attributions: Sequence[Attribution], text: str, tokens: Sequence[Span]) -> list[Attribution]:
    """The tagger's attributions with lost or misread quotations put in their place."""
    kept = sorted(attributions, key=_first_character)
    starts = [_first_character(one) for one in kept]
    longest = max((_last_character(one) - _first_character(one) for one in kept), default=0)
    dropped: set[int] = set()
    added: list[Attribution] = []
    for rule in find_quotations(text, tokens):
        low, high = _first_character(rule), _last_character(rule)
        near = range(bisect_left(starts, low - min(longest, 20_000)), bisect_left(starts, high))
        rivals = [
            k for k in near
            if k not in dropped
            and (
                _overlap(kept[k].content, rule.content)
                or _overlap(kept[k].source + kept[k].cue, rule.source + rule.cue)
            )
        ]  # fmt: skip
        same = [k for k in rivals if _overlap(kept[k].source, rule.source) and _overlap(kept[k].content, rule.content)]
        if same and all(_overlap(kept[same[0]].content, [piece]) for piece in rule.content):
            continue
        dropped.update(rivals)
        added.append(rule)
    whole = [one for k, one in enumerate(kept) if k not in dropped] + added
    return sorted(whole, key=_first_character)


def _first_character(one: Attribution) -> int:
    return min(span[0] for span in one.source + one.cue + one.content)


def _last_character(one: Attribution) -> int:
    return max(span[1] for span in one.source + one.cue + one.content)
