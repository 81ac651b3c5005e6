"""Whom words of blame point at: the noun phrase after "accused", the subject of "was responsible".

In: the names of an article and where the words stand. Out: a :class:`Target`. Refuses: nothing; where the words point
at no party and nobody who bears arms, there is none.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from contested.claims.actors import ArticleActors
from contested.claims.blame.doers import subject_before
from contested.claims.naming.names import Mention
from contested.claims.text import wording as w
from contested.claims.text.words import Span

#: Characters of a sentence that are looked at on either side: one of a newspaper seldom has 400.
MAX_SENTENCE_CHARACTERS = 400
#: Words of the subject of "was responsible" that no name list knows.
MAX_SUBJECT_WORDS = 4
#: Words of a target that no name list knows.
MAX_TARGET_WORDS = 9


@dataclass(frozen=True, slots=True)
class Target:
    """Who is blamed or cleared: characters, and the party where it is known."""

    span: Span
    party: str | None


def sentence_end(text: str, start: int, limit: int) -> int:
    """End of the sentence that the character lies in, at most ``limit`` characters on."""
    match = w.SENTENCE_END.search(text, start, min(len(text), start + limit))
    return match.start() + 1 if match else min(len(text), start + limit)


def sentence_start(text: str, start: int, limit: int) -> int:
    """Start of the sentence that the character lies in, at most ``limit`` characters back."""
    low = max(0, start - limit)
    last = low
    for match in w.SENTENCE_END.finditer(text, low, start):
        last = match.end()
    return last


def accused_before(article: ArticleActors, at: int) -> Target | None:
    """The subject of the verb at the character, where it names a party or those who bear arms."""
    found = subject_before(article, at, sentence_start(article.text, at, MAX_SENTENCE_CHARACTERS))
    return Target(*found) if found is not None else None


def blamed_in_passive(article: ArticleActors, start: int, limit: int) -> Target | None:
    """The subject of "… has been accused of": the last party named before it in the sentence."""
    first, end = article.token_range((limit, start))
    found: Target | None = None
    for mention in article.mentions_in(first, end):
        before = article.words[mention.first - 1].lower() if mention.first else ""
        # "at the feet of X, who has … and has been accused": the relative clause keeps its subject.
        followed = [word.lower() for word in article.words[mention.end : mention.end + 2]] == [",", "who"]
        if (before in w.NOT_SUBJECT_AFTER and not followed) or not article.accepts(mention, mention.first, end):
            continue
        party = article.party_of_entity(mention.entity, mention)
        if party is not None:
            found = Target(article.characters(mention.first, mention.end), party)
            if followed:
                return found
    return found if found is not None else accused_before(article, start)


def target_of(article: ArticleActors, mention: Mention, first: int, end: int) -> Target:
    """The phrase around a mention: "the Syrian government forces" for "Syrian"."""
    low, high = mention.first, mention.end
    while high < end and w.PHRASE_WORD.fullmatch(article.words[high]) and high - mention.end < 4:
        high += 1
    while low > first and article.words[low - 1].lower() in ("the", "president", "bashar"):
        low -= 1
    party = article.party_of_entity(mention.entity, mention)
    if mention.first - 1 > first and article.words[mention.first - 1].lower() == "or":
        # "Syrian or Russian aircraft": who of them is left open, and so it must stay.
        for other in article.mentions_in(max(first, mention.first - 4), mention.first - 1):
            low, party = other.first, None
    return Target(article.characters(low, high), party)


def accepted(article: ArticleActors, region: Span) -> Iterator[tuple[Mention, int, int]]:
    """Mentions in the region that can be blamed, with the region's tokens: of a party, and no outlet or monitor."""
    first, end = article.token_range(region)
    for mention in article.mentions_in(first, end):
        if mention.entity.kind in ("outlet", "monitor") or not article.accepts(mention, mention.first, end):
            continue
        if article.party_of_entity(mention.entity, mention) is not None:
            yield mention, first, end


def subject_target(article: ArticleActors, before: Span) -> Target | None:
    """The subject of "… was responsible": a party named right before, else a short phrase without a clause."""
    mentions = list(accepted(article, before))
    for mention, first, end in reversed(mentions):
        target = target_of(article, mention, first, end)
        return target if before[1] - target.span[1] <= 1 else None
    words = article.text[slice(*before)].lower().split()
    if len(words) > MAX_SUBJECT_WORDS or w.CLAUSE_WORDS & set(words):
        return None
    return find_target(article, *before)


def pronoun_target(article: ArticleActors, start: int, speaker: str | None) -> Target | None:
    """Whom a pronoun points at in "accused it of": the last party named before that is not the speaker's."""
    first, end = article.token_range((start, start + 8))
    if end <= first or article.words[first].lower() not in ("it", "them", "him", "her"):
        return None
    mentions = article.mentions_in(max(0, first - 50), first)
    single = article.words[first].lower() == "it"
    for mention in reversed(mentions):
        if single and mention.entity.kind in ("opposition", "person"):
            continue
        party = article.party_of_entity(mention.entity, mention)
        if party is not None and party != speaker and article.accepts(mention, mention.first, first):
            return Target(article.characters(first, first + 1), party)
    return None


def find_target(article: ArticleActors, start: int, limit: int) -> Target | None:
    """The noun phrase that begins at the character: its name when a known one stands in it."""
    first, end = article.token_range((start, limit))
    stop = first
    while stop < end and stop - first < MAX_TARGET_WORDS:
        word = article.words[stop].lower()
        if word == "of" and stop > first and article.words[stop - 1].lower() in w.HEADS_WITH_OF:
            # "the government of Syria", but not "accused the government of using".
            if stop + 1 < end and (article.words[stop + 1][:1].isupper() or article.words[stop + 1] == "the"):
                stop += 1
                continue
            break
        joint = word == "and" and article.words[first].lower() == "both"
        if stop > first and word in w.TARGET_ENDS and not joint:
            break
        if not (word[:1].isalnum() or word in w.TARGET_MARKS):
            break
        stop += 1
    while stop > first and article.words[stop - 1].lower() in ("'s", "’s", "-", "both"):
        stop -= 1
    while first + 1 < stop and article.words[first].lower() in w.BEFORE_TARGETS and article.words[first + 1] != "sides":
        first += 1
    if stop <= first or article.words[first].lower() in w.NOT_TARGETS:
        return None
    span = article.characters(first, stop)
    resolved = article.resolve(span)
    party = next((one.party for one in resolved if one.party), None)
    return Target(span, party)
