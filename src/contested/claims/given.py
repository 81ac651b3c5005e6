"""Claims that someone else's extractor gives, checked against the text.

In: a text and one claim: an :class:`~contested.claims.linking.Attribution`, or a mapping with ``content`` and, as
far as they are known, ``source``, ``cue``, ``target``, ``stance``, ``modality``, ``score`` and ``near``. Out: a
:class:`GivenClaim` whose spans all hold in the text. Refuses, with :class:`ClaimRefused`: characters outside the
text, empty pieces, a quotation that does not stand in the text letter for letter, one that stands there more than
once with nothing that says which is meant, pieces that overlap, unknown keys, stances and modalities.

What is given as characters is checked, what is given as a quotation is looked up; nothing is altered to fit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from numbers import Integral, Real
from typing import Any

from contested.base.errors import nearest_name
from contested.base.records import MODALITIES, STANCES
from contested.claims.actors import ArticleActors
from contested.claims.blame.targets import Target
from contested.claims.linking import Attribution
from contested.claims.stance import Judgement
from contested.claims.text.words import Span

#: Keys of a claim given as a mapping.
KEYS = ("source", "cue", "content", "target", "stance", "modality", "score", "near")
#: Keys that hold pieces of the text, in the order in which quotations that stand more than once are placed.
ROLES = ("content", "cue", "source", "target")
#: Characters of a value that a message shows.
MAX_SHOWN_CHARACTERS = 80
#: Longest quotation for which the reason says whether only marks and blanks differ.
MAX_LIKENED_CHARACTERS = 4000

_PLAIN_MARKS = str.maketrans("“”„«»‘’‚–—\u00a0", '"""""\'\'\'-- ')


class ClaimRefused(ValueError):
    """One claim does not hold; the message says why. It ends as a row of ``rejects`` and stops nothing."""


@dataclass(frozen=True, slots=True)
class GivenClaim:
    """An attribution, with what its extractor says of it beside the spans."""

    attribution: Attribution
    stance: str | None = None
    modality: str | None = None
    target: Span | None = None
    score: float | None = None
    """``None`` when the extractor gave none."""

    def first_character(self) -> int:
        """Where the claim begins in the text."""
        one = self.attribution
        return min(start for start, _ in (*one.source, *one.cue, *one.content))

    def judge(self, article: ArticleActors, judged: Judgement) -> Judgement:
        """What the extractor says, and for the rest what the rules judged."""
        same = self.stance in (None, judged.stance)
        target = judged.target if same else None
        if self.target is not None:
            resolved = article.resolve(self.target)
            target = Target(self.target, resolved[0].party if resolved else None)
        modality = self.modality or (judged.modality if same else "asserts")
        return Judgement(self.stance or judged.stance, modality, target)


@dataclass(frozen=True, slots=True)
class _Characters:
    """A piece given by its place, with its words when they came along."""

    start: int
    end: int
    text: str | None = None


_Piece = str | _Characters
#: Role and number of a piece → its place.
_Places = dict[tuple[str, int], Span]


def check_claim(text: str, item: Any) -> GivenClaim:
    """The claim with its spans, once all of them hold in the text.

    Raises
    ------
    ClaimRefused
        When anything in it does not hold.
    """
    if isinstance(item, Attribution):
        item = attribution_as_mapping(item)
    if not isinstance(item, Mapping):
        raise ClaimRefused(f"{show(item)} is {type(item).__name__}, expected an Attribution or a mapping")
    for key in item:
        if key not in KEYS:
            raise ClaimRefused(f"key {show(key)} is unknown; {nearest_name(str(key), KEYS)}")
    pieces = {role: _pieces(item.get(role), role) for role in ROLES}
    if not pieces["content"]:
        raise ClaimRefused("it has no content; expected the words reported")
    if len(pieces["target"]) > 1:
        raise ClaimRefused(f"target has {len(pieces['target'])} pieces, expected one")
    score = _score(item.get("score"))
    stance = _one_of(item.get("stance"), STANCES, "stance")
    modality = _one_of(item.get("modality"), MODALITIES, "modality")
    spans = _locate(text, pieces, item.get("near"))
    attribution = Attribution(spans["source"], spans["cue"], spans["content"], 1.0 if score is None else score)
    return GivenClaim(attribution, stance, modality, next(iter(spans["target"]), None), score)


def attribution_as_mapping(attribution: Attribution) -> dict[str, Any]:
    """The attribution in the form of a claim given as a mapping."""
    return {
        "source": attribution.source, "cue": attribution.cue, "content": attribution.content,
        "score": attribution.score,
    }  # fmt: skip


def show(value: Any) -> str:
    """The value for a message: one line, cut, its control characters spelt out."""
    text = repr(value)
    return text if len(text) <= MAX_SHOWN_CHARACTERS else text[: MAX_SHOWN_CHARACTERS - 1] + "…"


def _pieces(value: Any, role: str) -> list[_Piece]:
    if value is None or value == "":
        return []
    if isinstance(value, (str, Mapping)) or _is_span(value):
        value = [value]
    if not isinstance(value, Sequence) or isinstance(value, (bytes, bytearray)):
        raise ClaimRefused(f"{role} is {show(value)}, expected a quotation, [start, end], or a list of these")
    return [_piece(one, role) for one in value]


def _is_span(value: Any) -> bool:
    return (
        isinstance(value, (tuple, list))
        and len(value) == 2
        and all(isinstance(one, Integral) and not isinstance(one, bool) for one in value)
    )


def _piece(one: Any, role: str) -> _Piece:
    if isinstance(one, str):
        if not one.strip():
            raise ClaimRefused(f"{role} holds an empty quotation")
        return one
    if _is_span(one):
        return _Characters(int(one[0]), int(one[1]))
    if isinstance(one, Mapping) and one.keys() == {"text", "start", "end"} and isinstance(one["text"], str):
        place = (one["start"], one["end"])
        if _is_span(place):
            return _Characters(int(place[0]), int(place[1]), one["text"])
    raise ClaimRefused(f'{role} holds {show(one)}, expected a quotation, [start, end] or {{"text", "start", "end"}}')


def _locate(text: str, pieces: Mapping[str, Sequence[_Piece]], near: Any) -> dict[str, tuple[Span, ...]]:
    """Places of all pieces: first those that can only be meant in one way, then the others, nearest to them."""
    if near is not None and not (isinstance(near, Integral) and 0 <= int(near) <= len(text)):
        raise ClaimRefused(f"near is {show(near)}, expected a character of the text, 0 to {len(text):,}")
    places: _Places = {}
    several: list[tuple[str, int, str]] = []
    for role, parts in pieces.items():
        for number, part in enumerate(parts):
            if isinstance(part, _Characters):
                places[role, number] = _check_characters(text, part, role)
                continue
            first = text.find(part)
            if first < 0:
                raise ClaimRefused(_not_in_text(text, part, role))
            if text.find(part, first + 1) < 0:
                places[role, number] = (first, first + len(part))
            else:
                several.append((role, number, part))
    for role, number, part in several:
        anchor = _anchor(places, role)
        if near is not None and (role == "content" or anchor is None):
            places[role, number] = _nearest_start(text, part, int(near))
        elif anchor is not None:
            places[role, number] = _nearest_beside(text, part, anchor, inside=role == "target")
        else:
            raise ClaimRefused(
                f"{role} {show(part)} stands more than once in the text and nothing says which is meant; "
                "give a longer quotation, its characters, or near"
            )
    spans = {role: tuple(sorted(span for (name, _), span in places.items() if name == role)) for role in pieces}
    for role, found in spans.items():
        for before, after in pairwise(found):
            if after[0] < before[1]:
                raise ClaimRefused(f"{role} has pieces that overlap: {list(before)} and {list(after)}")
    return spans


def _check_characters(text: str, part: _Characters, role: str) -> Span:
    start, end = part.start, part.end
    if not 0 <= start < end <= len(text):
        raise ClaimRefused(f"{role} [{start}, {end}) is empty or leaves the text of {len(text):,} characters")
    if part.text is not None and text[start:end] != part.text:
        raise ClaimRefused(
            f"{role} {show(part.text)} is not what stands at [{start}, {end}): {show(text[start:end])}; "
            "leave the characters out and it is looked up"
        )
    if not text[start:end].strip():
        raise ClaimRefused(f"{role} [{start}, {end}) holds nothing but blanks")
    return start, end


def _anchor(places: _Places, role: str) -> Span | None:
    """Where the claim stands: a piece of the same role, else of the content, else any that is placed."""
    for wanted in (role, *ROLES):
        found = [span for (name, _), span in places.items() if name == wanted]
        if found:
            return min(found)[0], max(found)[1]
    return None


def _nearest_start(text: str, part: str, near: int) -> Span:
    """The place whose first character is nearest."""
    before, after = text.rfind(part, 0, near + len(part)), text.find(part, near)
    start = before if after < 0 or (before >= 0 and near - before <= after - near) else after
    return start, start + len(part)


def _nearest_beside(text: str, part: str, anchor: Span, inside: bool) -> Span:
    """The place nearest to the anchor; one within it only when that is wanted or there is no other."""
    within = text.find(part, *anchor)
    before, after = text.rfind(part, 0, anchor[0]), text.find(part, anchor[1])
    if within >= 0 and (inside or (before < 0 and after < 0)):
        start = within
    elif before < 0 and after < 0:
        start = text.find(part)
    elif after < 0 or (before >= 0 and anchor[0] - before - len(part) <= after - anchor[1]):
        start = before
    else:
        start = after
    return start, start + len(part)


def _not_in_text(text: str, part: str, role: str) -> str:
    """The reason, with a word more when only marks and blanks differ: the commonest fault of language models."""
    reason = f"{role} {show(part)} is not in the text"
    if len(part) <= MAX_LIKENED_CHARACTERS and _plain(part) in _plain(text):
        return f"{reason} letter for letter: marks, blanks or capitals differ; copy it as it stands"
    return reason


@lru_cache(maxsize=2)
def _plain(text: str) -> str:
    return " ".join(text.translate(_PLAIN_MARKS).split()).casefold()


def _one_of(value: Any, known: Sequence[str], key: str) -> str | None:
    if value is None or (isinstance(value, str) and value in known):
        return value
    raise ClaimRefused(f"{key} {show(value)} is unknown; {nearest_name(str(value), known)}")


def _score(value: Any) -> float | None:
    if value is None:
        return None
    if isinstance(value, Real) and not isinstance(value, bool) and 0 <= (score := float(value)) <= 1:
        return score
    raise ClaimRefused(f"score {show(value)} is no number from 0 to 1")
