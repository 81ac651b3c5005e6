"""What the tagger sees of each token.

In: the tokens of one paragraph and the lexicon of attribution words. Out: feature strings for
python-crfsuite. Refuses: nothing.

The features are lexical: the word, its shape and its neighbours; quotation marks; and the
nearest attribution words of the sentence on both sides. They are in the spirit of Pareti
(2016, "PARC 3.0", LREC) without a parser. Changing anything here: train again
(training/attribution_crf.py) and measure (gate/attribution.py).
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from contested.claims.text.words import Span, mark_quotations, split_sentences

#: Characters of a word that enter a feature: longer "words" are addresses or noise.
MAX_WORD_CHARACTERS = 40
#: Share of a word's uses as part of a cue, in tenths, from which it counts as a cue of its sentence.
CUE_TENTHS = 3
#: Distances in tokens at which a bucket begins.
_BUCKETS = (0, 1, 2, 3, 4, 7, 12, 20)
#: The model's C interface ends a string at NUL, and lone surrogates have no UTF-8 form.
_UNENCODABLE = re.compile("[\x00\ud800-\udfff]")


def _bucket(distance: int) -> int:
    return bisect_left(_BUCKETS, distance + 1) - 1


_BUCKET_OF = tuple(_bucket(distance) for distance in range(64))


def _near(distance: int) -> int:
    return _BUCKET_OF[min(distance, 63)]


def word_shape(word: str) -> str:
    """One letter: U all capitals, T title case, d digits, l letters, p other."""
    first = word[:1]
    if first.isupper():
        return "U" if len(word) > 1 and word.isupper() else "T"
    if first.isdigit():
        return "d"
    return "l" if word.isalpha() else "p"


@dataclass(frozen=True, slots=True)
class Paragraph:
    """The tokens of one paragraph with what several features are made of."""

    words: list[str]
    """Lower case; quotation marks of every style as “ and ”."""
    shapes: list[str]
    quoted: list[int]
    """1 inside a quotation, its marks included."""
    sentences: list[int]
    cues: list[int]
    """Positions of attribution words outside quotations."""


def describe_paragraph(text: str, tokens: Sequence[Span], lexicon: Mapping[str, int]) -> Paragraph:
    """Prepare the tokens of one paragraph of the text."""
    raw = [_UNENCODABLE.sub("?", text[start : min(end, start + MAX_WORD_CHARACTERS)]) for start, end in tokens]
    marks = mark_quotations(text, tokens)
    words = [mark or word.lower() for mark, word in zip(marks, raw, strict=True)]
    quoted: list[int] = []
    inside = 0
    for mark in marks:
        quoted.append(1 if mark else inside)
        if mark:
            inside = int(mark == "“")
    cues = [k for k, word in enumerate(words) if lexicon.get(word, -1) >= CUE_TENTHS and not quoted[k]]
    return Paragraph(words, [word_shape(word) for word in raw], quoted, split_sentences(raw), cues)


def paragraph_features(paragraph: Paragraph, lexicon: Mapping[str, int]) -> list[list[str]]:
    """Feature strings of every token of the paragraph."""
    found = _token_features(paragraph, lexicon)
    _add_cue_features(paragraph, found)
    _add_quotation_features(paragraph, found)
    return found


def _token_features(paragraph: Paragraph, lexicon: Mapping[str, int]) -> list[list[str]]:
    size = len(paragraph.words)
    pad = 6
    words = ["^"] * pad + paragraph.words + ["$"] * pad
    shapes = ["^"] * pad + paragraph.shapes + ["$"] * pad
    quoted = [0] * pad + paragraph.quoted + [0] * pad
    tenths = [lexicon.get(word, -1) for word in words]
    found = []
    for k in range(pad, size + pad):
        word = words[k]
        before, after = words[k - 1], words[k + 1]
        features = [
            "b", "w=" + word, "s=" + shapes[k], "x3=" + word[-3:], "x2=" + word[-2:], f"q={quoted[k]}",
            "w-1=" + before, "w-2=" + words[k - 2], "w-3=" + words[k - 3], "w-4=" + words[k - 4],
            "w+1=" + after, "w+2=" + words[k + 2], "w+3=" + words[k + 3], "w+4=" + words[k + 4],
            f"s±={shapes[k - 2]}{shapes[k - 1]}{shapes[k]}", f"±s={shapes[k]}{shapes[k + 1]}{shapes[k + 2]}",
            f"q±={quoted[k - 2]}{quoted[k - 1]}{quoted[k]}{quoted[k + 1]}{quoted[k + 2]}",
            f"2-={before}|{word}", f"2+={word}|{after}",
        ]  # fmt: skip
        if tenths[k] >= 0:
            features.append(f"lx={tenths[k]}{quoted[k]}")
        for distance in range(1, pad + 1):
            if tenths[k - distance] >= 0:
                features.append(f"lx-{distance}={tenths[k - distance]}")
                break
        for distance in range(1, pad + 1):
            if tenths[k + distance] >= 0:
                features.append(f"lx+{distance}={tenths[k + distance]}")
                break
        found.append(features)
    return found


def _add_cue_features(paragraph: Paragraph, found: list[list[str]]) -> None:
    """The nearest attribution word of the sentence on each side, what stands beside it, and how far."""
    words, shapes, sentences, cues = paragraph.words, paragraph.shapes, paragraph.sentences, paragraph.cues
    size = len(words)
    starts: dict[int, int] = {}
    ends: dict[int, int] = {}
    for k, sentence in enumerate(sentences):
        starts.setdefault(sentence, k)
        ends[sentence] = k
    cued = {sentences[k] for k in cues}
    that_at = comma_at = -1
    at = 0
    for k in range(size):
        sentence = sentences[k]
        start = starts[sentence]
        if k == start:
            that_at = comma_at = -1
        while at < len(cues) and cues[at] < k:
            at += 1
        left = cues[at - 1] if at and cues[at - 1] >= start else -1
        here = at + (at < len(cues) and cues[at] == k)
        right = cues[here] if here < len(cues) and cues[here] <= ends[sentence] else -1
        features = found[k]
        features.append(f"lr={left >= 0:d}{right >= 0:d}{paragraph.quoted[k]}")
        if left >= 0:
            beside = words[left + 1]
            features.append("lc=" + words[left])
            features.append(f"lcn={words[left]}|{beside}")
            features.append(f"lcd={_near(k - left)}{that_at > left:d}{comma_at > left:d}")
            features.append(f"lcb={shapes[left - 1] if left else '^'}{beside in ('that', ',', ':', '“')}")
        if right >= 0:
            features.append("rc=" + words[right])
            features.append(f"rcd={_near(right - k)}")
            features.append(f"rcb={words[right - 1]}{_near(ends[sentence] - right)}")
            beyond = words[right + 1] if right + 1 < size else "$"
            features.append(f"rcc={comma_at >= 0:d}{_near(right - start)}{beyond}")
        features.append(f"sc={sentence in cued:d}{sentence - 1 in cued:d}")
        features.append(f"sp={_near(k - start)}")
        features.append("s0=" + words[start])
        features.append(f"si={min(sentence, 3)}")
        if words[k] == "that":
            that_at = k
        elif words[k] == ",":
            comma_at = k


def _add_quotation_features(paragraph: Paragraph, found: list[list[str]]) -> None:
    """For tokens in a quotation: its length and what stands before and after it."""
    words, quoted = paragraph.words, paragraph.quoted
    size = len(words)
    any_quotation = any(quoted)
    first = 0
    while first < size:
        if not quoted[first]:
            found[first].append(f"hq={any_quotation:d}")
            first += 1
            continue
        last = first
        while last + 1 < size and quoted[last + 1] and words[last] != "”":
            last += 1
        before = words[first - 1] if first else "^"
        after = words[last + 1] if last + 1 < size else "$"
        length = _near(last - first)
        for k in range(first, last + 1):
            found[k] += (
                f"qb={before}", f"qa={after}", f"ql={length}{before in ':,'}{words[last - 1] in ',.?!'}",
                f"qd={_near(k - first)}",
            )  # fmt: skip
        first = last + 1
