"""Names → actors → parties, for one article and, when there is one, for a case.

In: an article's text, the built-in names, and the names that a case declares. Out: for any span of the
article the actor and the party it names. Refuses: nothing; what cannot be resolved stays ``None``.

How a party is called, when no case declares it, is told in :mod:`contested.claims.parties`.
With a case, the same names are looked up among its parties and actors, and the party's id is given.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from contested.claims.names import Entity, Mention, NameIndex, load_names, load_word_lists
from contested.claims.parties import PartyNames
from contested.claims.people import find_adjectives, find_introductions, is_name_word, spell_name
from contested.claims.words import Span, tokenize

if TYPE_CHECKING:
    from contested.base.case import Case

#: Words after an adjective among which the word must stand that makes it official.
MAX_OFFICIAL_WORDS = 5
_JOINERS = frozenset([",", "and", "&", "the", "both", "as", "well", "or"])
_PLACE_WORDS = frozenset("in from near across around inside outside at throughout over into against".split())
_LINK_WORDS = frozenset("of for to by with".split())
_HELD = frozenset(
    "held controlled backed led allied aligned supported occupied based born made sponsored run funded".split()
)
_SOURCE_TAILS = frozenset([",", ";", ":", "who", "which", "that"])
_PERSON_PLURALS = frozenset("officials spokesmen diplomats sources commanders fighters".split())
_ORGANISATION_HEADS = frozenset(
    "government regime junta army military forces force navy ministry parliament authorities presidency "
    "administration "
    "cabinet command commission committee council embassy delegation mission coalition group "
    "kremlin state federation".split()
)


@dataclass(frozen=True, slots=True)
class Resolved:
    """Whom a phrase names: ``actor`` and ``party`` as the claims table wants them."""

    actor: str | None
    party: str | None
    kind: str
    """``named`` or ``role``."""
    is_person: bool = False
    is_outlet: bool = False


class ActorIndex:
    """The names known before any article is read: built-in, and declared by a case."""

    def __init__(self, case: Case | None = None) -> None:
        self.party_of: dict[str, str] = dict(case.party_of) if case is not None else {}
        self.actor_of: dict[str, str] = {}
        self.names = NameIndex(load_names())
        if case is None:
            return
        for party in case.file.parties:
            for name in (party.name, *party.aliases):
                self.names.add(name, Entity("declared", party.name, party=party.id))
        for actor in case.file.actors:
            kind = {"person": "person", "outlet": "outlet"}.get(actor.kind, "declared")
            for name in (actor.name, *actor.aliases):
                self.actor_of[name.casefold()] = actor.name
                self.names.add(name, Entity(kind, actor.name, party=actor.party))  # type: ignore[arg-type]

    def declared_party(self, names: Sequence[str]) -> str | None:
        """The case's party of the first name that it declares."""
        return next((self.party_of[name.casefold()] for name in names if name.casefold() in self.party_of), None)


class ArticleActors:
    """The names of one article: :class:`ActorIndex` and whom the article itself introduces."""

    def __init__(self, index: ActorIndex, text: str) -> None:
        self.index = index
        self.text = text
        self.tokens = tokenize(text)
        self.words = [text[start:end] for start, end in self.tokens]
        self._lower_words = frozenset(word for word in self.words if word.islower())
        self.mentions: list[Mention] = []
        self._mention_ends: list[int] = []
        names = NameIndex(index.names)
        mentions = names.mentions(self.words)
        taken = [False] * len(self.words)
        for mention in mentions:
            taken[mention.first : mention.end] = [True] * (mention.end - mention.first)
        unlisted: dict[str, str] = {}
        for adjective, nouns in find_adjectives(self.words, taken).items():
            unlisted.update({"?" + adjective: min(nouns, key=lambda noun: (len(noun), noun))} if nouns else {})
            names.add(adjective, Entity("state", adjective, "?" + adjective, "adjective"))
            for noun in nouns:
                names.add(noun, Entity("state", adjective, "?" + adjective, "noun"))
        mentions = names.mentions(self.words)
        self.parties = PartyNames(index.declared_party, self.words, mentions, unlisted)
        for introduced in find_introductions(self.words, mentions):
            self._add_person(names, introduced.name, introduced.speaks_for)
        self.mentions = names.mentions(self.words)
        self._mention_ends = [mention.end for mention in self.mentions]

    def _add_person(self, names: NameIndex, name: tuple[str, ...], speaks_for: Mention | None) -> None:
        full = spell_name(name)
        known_whole = names.match(name, [word.lower() for word in name], 0)
        if (
            known_whole is not None
            and known_whole[0] == len(name)
            and known_whole[1].kind == "person"
            and speaks_for is None
        ):
            return
        party, state = None, None
        if speaks_for is not None:
            party = self.party_of_entity(speaks_for.entity, speaks_for)
            state = speaks_for.entity.state
        else:
            # "President Barack Obama": the title names no state, but the surname may be a known leader's.
            surname = names.match(name[-1:], [name[-1].lower()], 0)
            if surname is not None and surname[1].kind == "person":
                party, state = surname[1].party, surname[1].state
        for first in range(len(name)):
            suffix = name[first:]
            if is_name_word(suffix[0]) and (len(suffix[0]) > 2 or len(suffix) == len(name)):
                spelling = " ".join(suffix)
                lower = [word.lower() for word in suffix]
                known = names.match(suffix, lower, 0)
                # A surname alone must not take over a place, or a leader introduced without a party.
                if (
                    known
                    and known[0] == len(suffix)
                    and (known[1].kind != "person" or (party is None and state is None))
                ):
                    continue
                names.add(spelling, Entity("person", full, state, party=party))

    def party_of_entity(self, entity: Entity, mention: Mention | None = None) -> str | None:
        """The party of an entity; a mention lets "Syrian rebels" take its state from the word before."""
        return self.parties.party_of_entity(entity, mention)

    def mentions_in(self, first: int, end: int) -> list[Mention]:
        """Mentions that lie in the tokens."""
        k = bisect_right(self._mention_ends, max(0, first))
        found = []
        while k < len(self.mentions) and self.mentions[k].first < end:
            if self.mentions[k].first >= first and self.mentions[k].end <= end:
                found.append(self.mentions[k])
            k += 1
        return found

    def token_range(self, span: Span) -> tuple[int, int]:
        """First token and end token of the characters."""
        first = bisect_right(self.tokens, span[0], key=lambda token: token[1])
        end = bisect_left(self.tokens, span[1], key=lambda token: token[0])
        return first, end

    def widen(self, span: Span) -> Span:
        """The span with a name whole where it cuts into one, and without a comma at its end."""
        first, end = self.token_range(span)
        while end > first + 1 and self.words[end - 1].lower() in _SOURCE_TAILS:
            end -= 1
        if end - first == 1 and self.words[first].lower() in ("which", "who"):
            return self._antecedent(first) or span
        k = bisect_right(self._mention_ends, first)
        if k < len(self.mentions) and self.mentions[k].first < first < self.mentions[k].end:
            first = self.mentions[k].first
            if first and self.words[first - 1].lower() == "the":
                first -= 1
        return self.characters(first, end) if end > first else span

    def _antecedent(self, relative: int) -> Span | None:
        """Whom "which" or "who" stands for: the name before it, with or without a comma."""
        end = relative - 1 if relative and self.words[relative - 1] == "," else relative
        k = bisect_left(self._mention_ends, end)
        if k < len(self.mentions) and self.mentions[k].end == end:
            first = self.mentions[k].first
            return self.characters(first - (first > 0 and self.words[first - 1].lower() == "the"), end)
        return None

    def characters(self, first: int, end: int) -> Span:
        """Characters of the tokens."""
        return self.tokens[first][0], self.tokens[end - 1][1]

    def accepts(self, mention: Mention, first: int, end: int) -> bool:
        """Whether the mention, in the phrase of tokens ``first`` to ``end``, stands for whom it names."""
        words = self.words
        before = words[mention.first - 1].lower() if mention.first > 0 else ""
        # "pro-Russian", "anti-Assad"; "rebel-held", "US-backed" describe others.
        if before == "-" and mention.first > 1 and words[mention.first - 2].lower() in ("anti", "pro", "non", "ex"):
            return False
        if words[mention.end : mention.end + 1] == ["-"] and words[mention.end + 1 : mention.end + 2]:
            describes = words[mention.end + 1].lower() in _HELD
        else:
            describes = False
        if describes:
            return False
        after = [word.lower() for word in words[mention.end : min(end, mention.end + MAX_OFFICIAL_WORDS + 1)]]
        if after[:1] == ["held"] or after[:1] == ["controlled"]:
            return False
        entity = mention.entity
        if entity.kind != "state":
            return not (before in _PLACE_WORDS and entity.kind == "outlet")
        if entity.form == "adjective":
            return self._is_official(after, allow_bare=mention.end == end and words[mention.end - 1].endswith("s"))
        governed = [word.lower() for word in words[first : mention.first]]
        if any(word in load_word_lists().civil for word in governed):
            return False
        linked = any(word in _PLACE_WORDS or word in _LINK_WORDS for word in governed[-2:])
        if entity.form == "capital" and (linked or after):
            possessive = after[:1] in (["'s"], ["’s"]) and self._is_official(after[1:])
            return (linked and self._has_official(governed)) or possessive
        if linked and not (self._has_official(governed) or self._is_official(after)):
            return False
        if after[:1] in (["'s"], ["’s"]):
            return not any(word in load_word_lists().civil for word in after[1:4]) or self._is_official(after[1:])
        return not any(word in load_word_lists().civil for word in after[:2])

    def _is_official(self, after: Sequence[str], allow_bare: bool = False) -> bool:
        lists = load_word_lists()
        for k, word in enumerate(after):
            if word in lists.civil or (not word[:1].isalnum() and word not in ("-", "'s", "’s")):
                return False
            if (word,) in lists.state or tuple(after[k : k + 2]) in lists.state:
                return True
        return allow_bare

    def _has_official(self, words: Sequence[str]) -> bool:
        lists = load_word_lists()
        return any(
            (one,) in lists.state or one in lists.title for word in words for one in (word, word.removesuffix("s"))
        )

    def resolve(self, span: Span) -> list[Resolved]:
        """Whom a phrase names: nobody (an empty list), one, or the several of a joint speaker."""
        first, end = self.token_range(span)
        inside = self.mentions_in(first, end)
        kept = [mention for mention in inside if self.accepts(mention, first, end)]
        if not kept:
            name = self._plain_name(first, end)
            return [Resolved(name, None, "named", is_person=True)] if name else []
        joint = self._joint(kept, first)
        if len(joint) > 1:
            kind = "role" if self._is_role(first, joint[0].first) else "named"
            found: dict[str | None, Resolved] = {}
            for mention in joint:
                one = self._resolved(mention, first, end, kind)
                found.setdefault(one.party or one.actor, one)
            return list(found.values())
        return [self._resolved(self._head(kept, end), first, end)]

    def _head(self, kept: Sequence[Mention], end: int) -> Mention:
        """The mention that decides: a person before an apposition, rebels before the state they fight."""
        head = kept[0]
        for other in kept[1:]:
            adjacent = other.first - head.end <= 2
            if other.entity.kind == "opposition" and head.entity.kind == "group":
                return other
            # "Syrian rebels", "Yemen's Houthi movement": the second is who it is.
            if adjacent and head.entity.kind == "state" and other.entity.kind in ("opposition", "group"):
                return other
            # "a spokesman for the army, Nabil Abdallah": the name in apposition is who speaks.
            if other.entity.kind == "person" and head.entity.kind != "person":
                apposed = self.words[other.first - 1] == "," and (other.end == end or self.words[other.end] == ",")
                if apposed or not self._breaks(head.end, other.first):
                    return other
        if head.entity.kind == "person" and head.entity.party is None and head.entity.state is None:
            with_party = next((other for other in kept[1:] if self.party_of_entity(other.entity, other)), None)
            if with_party is not None:
                party = self.party_of_entity(with_party.entity, with_party)
                return Mention(head.first, head.end, Entity("person", head.entity.name, party=party))
        return head

    def _breaks(self, first: int, end: int) -> bool:
        return any(
            word in (",", "and", "of", "for", "to", "against", "about", "that") for word in self.words[first:end]
        )

    def _joint(self, kept: Sequence[Mention], first: int) -> list[Mention]:
        """The first mentions that are joined by nothing but commas and "and"."""
        joint = [kept[0]]
        for mention in kept[1:]:
            between = {word.lower() for word in self.words[joint[-1].end : mention.first]}
            if not between or not between <= _JOINERS or not between & {",", "and", "&"}:
                break
            joint.append(mention)
        return joint

    def _is_role(self, first: int, end: int) -> bool:
        lists = load_word_lists()
        lowered = (word.lower() for word in self.words[first:end])
        return any(word in lists.title or word in _PERSON_PLURALS for word in lowered)

    def _resolved(self, mention: Mention, first: int, end: int, kind: str | None = None) -> Resolved:
        entity = mention.entity
        party = self.party_of_entity(entity, mention)
        phrase = self._bare(first, end)
        declared = self.index.actor_of.get(phrase.casefold())
        if entity.kind == "person" and self.words[mention.end : mention.end + 1] not in (["'s"], ["’s"]):
            name = self.index.actor_of.get(entity.name.casefold(), entity.name)
            return Resolved(name, party, "named", is_person=True)
        lowered = [word.lower() for word in self.words[first:end]]
        if kind is None:
            head = lowered[-1] if lowered else ""
            organisation = any(word in _ORGANISATION_HEADS for word in lowered)
            named = organisation or mention.end == end or entity.kind in ("outlet", "monitor")
            persons = self._is_role(first, end) and head not in _ORGANISATION_HEADS
            kind = "role" if persons or not named or entity.kind in ("opposition", "organ") else "named"
        actor: str | None = None
        if declared is not None:
            actor = declared
        elif kind == "named":
            actor = party if entity.kind == "state" and party and entity.form != "metonym" else entity.name
            if entity.form == "metonym":
                actor = self._bare(mention.first, mention.end)
            elif entity.kind == "state" and entity.form == "adjective" and lowered[-1:] != ["government"]:
                actor = phrase
        return Resolved(actor, party, kind, is_outlet=entity.kind == "outlet")

    def _bare(self, first: int, end: int) -> str:
        if first >= end:
            return ""
        if self.words[first].lower() in ("the", "a", "an") and first + 1 < end:
            first += 1
        return self.text[slice(*self.characters(first, end))]

    def _plain_name(self, first: int, end: int) -> str | None:
        """A phrase of capitalised words alone, as a name that nothing introduced."""
        end = min(end, first + 8)
        if end <= first:
            return None
        # One capital at the head of a phrase ("Witnesses in the camp") says nothing.
        lists = load_word_lists()
        word = self.words[first].lower()
        common = (
            word in lists.civil or word in lists.title or word.rstrip("s") in lists.title or word in self._lower_words
        )
        following = self.words[first + 1] if end - first > 1 else ","
        if common or not (is_name_word(following) or following in ("-", ",", ".")):
            return None
        at = first
        while at < end and (is_name_word(self.words[at]) or (at > first and self.words[at] in ("-", "."))):
            at += 1
        return self.text[slice(*self.characters(first, at))] if at > first else None
