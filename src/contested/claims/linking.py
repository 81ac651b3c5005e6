"""Tagged spans into attributions, and sources shared between attributions.

In: spans with a role (source, cue, content) in the order of the text. Out: groups of spans, each
one attribution. Refuses: parameters that are not of the expected form.

Two fitted parts, both kept as JSON beside the tagger's weights:

*Grouping* cuts the sequence of spans into runs: the likeliest cut under the frequency of each
run's role pattern (source–cue–content, content–source–cue, …) and of each gap within a run or
between runs, found by dynamic programming in linear time. One attribution in seventy of the
corpus is interleaved with another; those are lost.

*Sharing* gives an attribution without a source the nearest source before or after it ("He called
it a lie and claimed that …"), by logistic regression.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from contested.claims.text.words import Span

ROLES = ("source", "cue", "content")
_LETTER = {"source": "S", "cue": "C", "content": "T"}
#: Longest run that may be one attribution; longer ones are 0.1 % of the corpus.
MAX_RUN_SPANS = 8
#: Probability from which a source is shared; chosen on the development part.
SHARING_THRESHOLD = 0.5
#: Characters around which sharing looks for sentence ends and words; beyond it no source is shared.
MAX_SHARING_CHARACTERS = 1500

_SENTENCE_END = re.compile(r"[.!?][”\"’')]*\s+(?=[A-Z“\"‘])|\n")
_WORD = re.compile(r"\w+|[^\w\s]")


@dataclass(frozen=True, slots=True)
class TaggedSpan:
    """A run of tokens with one role; ``start`` and ``end`` count tokens, ``paragraph`` paragraphs."""

    role: str
    start: int
    end: int
    paragraph: int
    score: float = 1.0


@dataclass(frozen=True, slots=True)
class Attribution:
    """Who says what, by which word: spans of characters in order of the text."""

    source: tuple[Span, ...]
    cue: tuple[Span, ...]
    content: tuple[Span, ...]
    score: float = 1.0


def spans_of_labels(labels: Sequence[str], paragraphs: Sequence[int]) -> list[TaggedSpan]:
    """Runs of one role in labels such as ``B-cue``, ``I-cue`` and ``O``; a run ends with its paragraph."""
    found: list[TaggedSpan] = []
    start = 0
    for k in range(1, len(labels) + 1):
        ended = k == len(labels) or labels[k] != "I-" + labels[start][2:] or paragraphs[k] != paragraphs[start]
        if ended:
            if labels[start] != "O":
                found.append(TaggedSpan(labels[start][2:], start, k, paragraphs[start]))
            start = k
    return found


def _gap(before: TaggedSpan, after: TaggedSpan) -> str:
    distance = after.start - before.end
    bucket = min(distance, 1) if distance < 2 else 2 if distance < 5 else 3 if distance < 12 else 4
    if distance >= 30:
        bucket = 5
    broken = min(after.paragraph - before.paragraph, 1)
    return f"{_LETTER[before.role]}{_LETTER[after.role]}{bucket}{broken}"


class Grouping:
    """Cuts spans into attributions."""

    def __init__(self, patterns: Mapping[str, float], floor: float, gaps: Mapping[str, Sequence[float]]) -> None:
        self.patterns = dict(patterns)
        self.floor = floor
        self.gaps = {name: (float(pair[0]), float(pair[1])) for name, pair in gaps.items()}

    @classmethod
    def fit(cls, documents: Iterable[Sequence[tuple[TaggedSpan, int]]]) -> Grouping:
        """Count patterns and gaps in spans that bear the number of their attribution."""
        patterns: Counter[str] = Counter()
        within: Counter[str] = Counter()
        between: Counter[str] = Counter()
        for spans in documents:
            runs: defaultdict[int, str] = defaultdict(str)
            for span, number in spans:
                runs[number] += _LETTER[span.role]
            patterns.update(runs.values())
            for (before, one), (after, other) in pairwise(spans):
                (within if one == other else between)[_gap(before, after)] += 1
        total = sum(patterns.values())
        gaps = {}
        for name in sorted(within.keys() | between.keys()):
            inside, outside = within[name] + 0.5, between[name] + 0.5
            gaps[name] = (
                round(math.log(inside / (inside + outside)), 4),
                round(math.log(outside / (inside + outside)), 4),
            )
        kept = {
            pattern: round(math.log(count / total), 4)
            for pattern, count in sorted(patterns.items())
            if count >= 3 and len(pattern) <= MAX_RUN_SPANS
        }
        return cls(kept, round(math.log(0.3 / total), 4), gaps)

    def as_json(self) -> dict[str, Any]:
        """The parameters, natural logarithms of probabilities."""
        return {"patterns": self.patterns, "floor": self.floor, "gaps": {k: list(v) for k, v in self.gaps.items()}}

    def group(self, spans: Sequence[TaggedSpan]) -> list[range]:
        """Numbers of the spans of each attribution, in order."""
        size = len(spans)
        even = (math.log(0.5), math.log(0.5))
        gaps = [self.gaps.get(_gap(a, b), even) for a, b in pairwise(spans)]
        best = [-math.inf] * (size + 1)
        best[0] = 0.0
        back = [0] * (size + 1)
        for first in range(size):
            score = best[first] + (gaps[first - 1][1] if first else 0.0)
            pattern = ""
            for last in range(first, min(size, first + MAX_RUN_SPANS)):
                if last > first:
                    score += gaps[last - 1][0]
                pattern += _LETTER[spans[last].role]
                unseen = self.floor - 2 * len(pattern) + (2 if len(pattern) == 1 else 0)
                whole = score + self.patterns.get(pattern, unseen)
                if whole > best[last + 1]:
                    best[last + 1], back[last + 1] = whole, first
        runs: list[range] = []
        end = size
        while end:
            runs.append(range(back[end], end))
            end = back[end]
        return runs[::-1]

    def attributions(self, spans: Sequence[TaggedSpan], tokens: Sequence[Span]) -> list[Attribution]:
        """Attributions of the spans, as characters; groups without content are dropped."""
        found = []
        for run in self.group(spans):
            parts: dict[str, list[Span]] = {role: [] for role in ROLES}
            logs = 0.0
            for number in run:
                span = spans[number]
                parts[span.role].append((tokens[span.start][0], tokens[span.end - 1][1]))
                logs += math.log(max(span.score, 1e-6))
            if parts["content"]:
                score = round(math.exp(logs / len(run)), 4)
                source, cue, content = (tuple(parts[role]) for role in ROLES)
                found.append(Attribution(source, cue, content, score))
        return found


def _anchor(attribution: Attribution) -> int:
    return (attribution.cue or attribution.content)[0][0]


def sharing_candidates(
    attributions: Sequence[Attribution], text: str
) -> list[tuple[int, list[tuple[Span, list[str]]]]]:
    """For each attribution with a cue and no source: the nearest sources, with the features of each."""
    sources = sorted({span for attribution in attributions for span in attribution.source})
    anchors = sorted(_anchor(attribution) for attribution in attributions if attribution.cue)
    found = []
    at = 0
    for number in sorted(range(len(attributions)), key=lambda k: _anchor(attributions[k])):
        attribution = attributions[number]
        anchor = _anchor(attribution)
        while at < len(sources) and sources[at][0] < anchor:
            at += 1
        if attribution.source or not attribution.cue:
            continue
        candidates = []
        if at and sources[at - 1][1] <= anchor and anchor - sources[at - 1][1] <= MAX_SHARING_CHARACTERS:
            candidates.append((sources[at - 1], _sharing_features("P", attribution, sources[at - 1], anchors, text)))
        if at < len(sources) and sources[at][0] - anchor <= MAX_SHARING_CHARACTERS:
            candidates.append((sources[at], _sharing_features("N", attribution, sources[at], anchors, text)))
        if candidates:
            found.append((number, candidates))
    return found


def _sharing_features(
    side: str, attribution: Attribution, source: Span, anchors: Sequence[int], text: str
) -> list[str]:
    anchor = _anchor(attribution)
    low, high = (source[1], anchor) if side == "P" else (anchor, source[0])
    between = text[low:high]
    sentence_ends = min(len(_SENTENCE_END.findall(between)), 3)
    words = len(_WORD.findall(between))
    distance = next(k for k, limit in enumerate((4, 9, 18, 35, 1 << 30)) if words < limit)
    others = min(sum(low <= other < high for other in _window(anchors, low, high)), 3)
    cue = " ".join(text[start : min(end, start + 80)] for start, end in attribution.cue).lower().split() or ["?"]
    before = [word.lower() for word in _WORD.findall(text[max(0, anchor - 40) : anchor])[-2:]] or ["^"]
    passive = any(word in ("been", "is", "was", "were", "are", "being", "be") for word in cue)
    lines = min(between.count("\n"), 2)
    length = min(sum(end - start for start, end in attribution.content) // 30, 4)
    features = [
        "side=" + side, f"lines={lines}", f"ends={sentence_ends}", f"far={distance}", f"others={others}",
        "before1=" + before[-1], "before2=" + " ".join(before), "first=" + cue[0], "last=" + cue[-1],
        "suffix=" + cue[0][-3:], "last_suffix=" + cue[-1][-2:], f"words={min(len(cue), 5)}",
        f"passive={passive:d}", f"capital={text[anchor : anchor + 1].isupper():d}", f"length={length}",
        f"ends_before1={sentence_ends > 0:d}{before[-1]}", f"ends_suffix={min(sentence_ends, 2)}{cue[0][-3:]}",
    ]  # fmt: skip
    return [side + feature if feature.startswith(("ends", "before1", "far")) else feature for feature in features]


def _window(anchors: Sequence[int], low: int, high: int) -> Sequence[int]:
    first = bisect_left(anchors, low)
    return anchors[first : min(bisect_left(anchors, high), first + 4)]


class Sharing:
    """Gives attributions without a source the source they share."""

    def __init__(self, bias: float, weights: Mapping[str, float]) -> None:
        self.bias = bias
        self.weights = dict(weights)

    def as_json(self) -> dict[str, Any]:
        """The bias and one weight a feature, log odds."""
        return {"bias": self.bias, "weights": self.weights}

    def probability(self, features: Iterable[str]) -> float:
        """Probability that the attribution shares the candidate source."""
        total = self.bias + sum(self.weights.get(feature, 0.0) for feature in features)
        return 1 / (1 + math.exp(-max(-50.0, min(50.0, total))))

    def share(self, attributions: Sequence[Attribution], text: str) -> list[Attribution]:
        """The attributions in the same order, with sources filled in where one is likely shared."""
        shared = list(attributions)
        for number, candidates in sharing_candidates(attributions, text):
            probability, source = max((self.probability(features), span) for span, features in candidates)
            if probability >= SHARING_THRESHOLD:
                old = attributions[number]
                score = round(old.score * probability, 4)
                shared[number] = Attribution((source,), old.cue, old.content, score)
        return shared
