"""Chains of reporting: who passes a statement on before it reaches the reader.

In: attributions with their speakers. Out: for each attribution the links it came through, nearest to the reader
first: the agency whose name the article bears, outlets and agencies of the sentence, then, outermost first, the
speakers in whose reported words it stands ("A said that B told C": A is a link of B's claim). Refuses: nothing.

An outlet whose whole report is another's statement is a link and no speaker: its own attribution is named in
:attr:`Chains.relays`, to be left out. Ten outlets that carry one agency then show one agency in ``via``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from contested.claims.actors import ArticleActors, Resolved
from contested.claims.linking import Attribution
from contested.claims.text.words import Span

#: Links of one chain; news has seldom more than three. Bounds the work when attributions nest without end.
MAX_LINKS = 50
#: Share of an outlet's passage that the attributions within it must cover for the outlet to be a mere link.
RELAYED_SHARE = 0.8
#: Characters at either end of an article in which an agency signs it.
SIGNED_CHARACTERS = 400

_SIGNED_BEFORE = re.compile(r"(?:\(|^|\n|\bby |reporting by |source: ?|—|–|- ?)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Chains:
    """Links of each attribution, in the attributions' order, and the attributions that are links only."""

    outer: tuple[tuple[int, ...], ...]
    """Numbers of the attributions around each one, outermost first."""
    relays: frozenset[int]


def _pieces(attributions: Sequence[Attribution]) -> list[tuple[int, int, int]]:
    """Pieces of content with the number of their attribution; the wider one first where two begin together."""
    pieces = [(start, -end, k) for k, one in enumerate(attributions) for start, end in one.content]
    return [(start, -end, k) for start, end, k in sorted(pieces)]


def _extent(one: Attribution) -> Span:
    spans = (*one.cue, *one.content)
    return min(span[0] for span in spans), max(span[1] for span in spans)


def find_outer(attributions: Sequence[Attribution]) -> list[int | None]:
    """For each attribution the one in whose passage its cue and content lie; the narrowest when there are several."""
    extents = [_extent(one) for one in attributions]
    order = sorted(range(len(attributions)), key=lambda k: (extents[k][0], -extents[k][1]))
    pieces = _pieces(attributions)
    found: list[int | None] = [None] * len(attributions)
    open_pieces: list[tuple[int, int, int]] = []
    at = 0
    for number in order:
        start, end = extents[number]
        while at < len(pieces) and pieces[at][0] <= start:
            open_pieces = [piece for piece in open_pieces[-MAX_LINKS:] if piece[1] > pieces[at][0]]
            open_pieces.append(pieces[at])
            at += 1
        if not attributions[number].cue:
            continue
        fitting = [
            piece for piece in open_pieces
            if piece[2] != number and piece[1] >= end and (piece[0], piece[1]) != (start, end)
            and extents[piece[2]] != extents[number]
        ]  # fmt: skip
        if fitting:
            found[number] = min(fitting, key=lambda piece: (piece[1] - piece[0], -piece[2]))[2]
    return found


def link_attributions(
    attributions: Sequence[Attribution], speakers: Sequence[tuple[Span | None, tuple[Resolved, ...]]]
) -> Chains:
    """Chains over the attributions; ``speakers`` are the span and the resolved speakers of each."""
    outer = find_outer(attributions)
    chains: list[tuple[int, ...]] = []
    covered = [0] * len(attributions)
    for number, one in enumerate(attributions):
        chain: list[int] = []
        at = outer[number]
        while at is not None and at not in chain and len(chain) < MAX_LINKS:
            chain.append(at)
            at = outer[at]
        chains.append(tuple(reversed(chain)))
        direct = outer[number]
        if direct is not None and speakers[number][0] is not None:
            span = speakers[number][0]
            pieces = [*one.content, *one.cue, *([span] if span else [])]
            covered[direct] += sum(
                end - start for start, end in pieces if _within((start, end), attributions[direct].content)
            )
    relays = frozenset(
        number for number, one in enumerate(attributions)
        if covered[number] and any(who.is_outlet for who in speakers[number][1])
        and covered[number] >= RELAYED_SHARE * sum(end - start for start, end in one.content)
    )  # fmt: skip
    return Chains(tuple(chains), relays)


def _within(span: Span, pieces: Sequence[Span]) -> bool:
    return any(start <= span[0] and span[1] <= end for start, end in pieces)


def find_signing_agency(article: ArticleActors) -> Span | None:
    """The outlet that an article is signed with: "KARSK (Reuters) -", "By AFP", "(AP)" at its end."""
    text, size = article.text, len(article.text)
    for low, high in ((0, SIGNED_CHARACTERS), (max(0, size - SIGNED_CHARACTERS), size)):
        first, end = article.token_range((low, min(high, size)))
        for mention in article.mentions_in(first, end):
            if mention.entity.kind != "outlet":
                continue
            span = article.characters(mention.first, mention.end)
            before = _SIGNED_BEFORE.search(text, max(0, span[0] - 20), span[0])
            after = text[span[1] : span[1] + 1]
            bracketed = before is not None and before[0] == "(" and after in (")", "/")
            alone = before is not None and before[0] != "(" and after in ("", "\n", "\r")
            if bracketed or alone:
                return span
    return None
