"""Names → actors → parties, for one article and, when there is one, for a case.

In: an article's text, the built-in names, and the names that a case declares. Out: for any span of the
article the actor and the party it names. Refuses: nothing; what cannot be resolved stays ``None``.

How a party is called, when no case declares it, is told in :mod:`contested.claims.naming.parties`.
With a case, the same names are looked up among its parties and actors, and the party's id is given.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from contested.claims.naming.groups import find_groups, find_short_forms
from contested.claims.naming.names import ArticleNames, Entity, Mention, load_names, load_word_lists
from contested.claims.naming.parties import PartyNames
from contested.claims.naming.people import (
    Introduction,
    find_adjectives,
    find_introductions,
    first_of_titled,
    fuller_name,
    is_name_word,
    spell_name,
)  # fmt: skip
from contested.claims.naming.persons import Gender, Person, find_gender
from contested.claims.naming.plain_names import AFTER_NAME, PlainNames
from contested.claims.naming.variants import VariantIndex
from contested.claims.text.words import Span, tokenize

if TYPE_CHECKING:
    from contested.base.case import Case

#: Words of a phrase that is an actor's name as written; longer ones are clauses, and the party's name stands.
MAX_ACTOR_WORDS = 8
#: Words after an adjective among which the word must stand that makes it official.
MAX_OFFICIAL_WORDS = 5
_JOINERS = frozenset([",", "and", "&", "the", "both", "as", "well", "or"])
_PLACE_WORDS = frozenset("in from near across around inside outside at throughout over into against".split())
_LINK_WORDS = frozenset("of for to by with".split())
_HELD = frozenset(
    "held controlled backed led allied aligned supported occupied based born made sponsored run funded".split()
)
#: Of "the Kabul government": what a capital may stand before as the government itself.
_SEATED = frozenset("government regime junta authorities administration leadership".split())
#: Of "critics of Putin": who speaks against, or other than, the one named.
_AGAINST = frozenset("critics critic opponents opponent enemies foes rivals victims detractors challengers".split())
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
        self.names = load_names() if case is None else load_names().copy()
        if case is not None:
            self._declare(case)
        self.variants = VariantIndex(self.names.entities())

    def _declare(self, case: Case) -> None:
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
        self._token_starts = [start for start, _ in self.tokens]
        self._token_ends = [end for _, end in self.tokens]
        self.words = [text[start:end] for start, end in self.tokens]
        self._lower_words = frozenset(word for word in set(self.words) if word.islower())
        #: Full name → what the article shows of the person beside it.
        self.people: dict[str, Person] = {}
        names = ArticleNames(index.names, self.words)
        self.lower = names.lower
        self._plain = PlainNames(names, self._lower_words)
        unlisted = self._add_groups(names)
        mentions = names.mentions()
        self.parties = PartyNames(index.declared_party, self.lower, mentions, unlisted)
        introduced = find_introductions(self.words, names.capitals, mentions)
        # Full names first, so that "Mr Sayed" is found to be the Omar Sayed of a later sentence.
        for one in sorted(introduced, key=lambda one: (len(one.name) == 1, one.first)):
            self._add_person(names, one)
        self._resolved_spans: dict[Span, list[Resolved]] = {}
        self.mentions: list[Mention] = names.mentions()
        self._mention_ends = [mention.end for mention in self.mentions]

    def _add_groups(self, names: ArticleNames) -> dict[str, str]:
        """Add spellings of known names, groups and short forms; the states that no list knows are given back."""
        mentions = names.mentions()
        taken = [False] * len(self.words)
        for mention in mentions:
            taken[mention.first : mention.end] = [True] * (mention.end - mention.first)
        for spelling, entity in self.index.variants.find(names, mentions, self._lower_words):
            names.add(spelling, entity)
        unlisted: dict[str, str] = {}
        for adjective, nouns in find_adjectives(self.words, names.capitals, taken).items():
            code = "?" + adjective if nouns is not None else "!" + adjective
            if nouns:
                unlisted[code] = min(nouns, key=lambda noun: (len(noun), noun))
            names.add(adjective, Entity("state", adjective, code, "adjective"))
            for noun in nouns or ():
                names.add(noun, Entity("state", adjective, code, "noun"))
        mentions = names.mentions()
        for spelling, entity in find_groups(names, mentions).items():
            names.add(spelling, entity)
        if "(" in self.words:
            for spelling, short, entity in find_short_forms(self.words, names.mentions()):
                for name in (spelling, short) if spelling else (short,):
                    names.add(name, entity)
        return unlisted

    def _add_person(self, names: ArticleNames, introduced: Introduction) -> None:
        name, speaks_for = introduced.name, introduced.speaks_for
        if len(name) == 1 and names.match(name) is None:
            name = fuller_name(self.words, names.where.get(name[0], ())) or name
        full = spell_name(name)
        known_whole = names.match(name)
        known_person = known_whole if known_whole is not None and known_whole.kind == "person" else None
        self._describe(known_person.name if known_person else full, introduced)
        if known_person is not None and speaks_for is None:
            return
        party, state = None, None
        if speaks_for is not None:
            party = self.party_of_entity(speaks_for.entity, speaks_for)
            state = speaks_for.entity.state
        else:
            # "President Barack Obama": the title names no state, but the surname may be a known leader's.
            surname = names.match(name[-1:])
            if surname is not None and surname.kind == "person":
                party, state = surname.party, surname.state
        for first in range(len(name)):
            suffix = name[first:]
            if is_name_word(suffix[0]) and (len(suffix[0]) > 2 or len(suffix) == len(name)):
                known = names.match(suffix)
                # A surname alone must not take over a place, or a leader introduced without a party.
                if known and (known.kind != "person" or (party is None and state is None)):
                    continue
                names.add(" ".join(suffix), Entity("person", full, state, party=party))

    def _describe(self, name: str, introduced: Introduction) -> None:
        """Keep what the titles show of a person: roles, and whether "he" or "she" may point at them."""
        titles = introduced.titles
        known = self.people.get(name)
        if known is not None:
            titles |= known.titles
        first = introduced.first
        span = self.characters(first, first + len(introduced.name))
        self.people[name] = Person(find_gender(name, titles), titles, known.span if known else span)

    def gender_of(self, name: str) -> Gender | None:
        """Gender that titles of the article or the first name show; ``None`` when neither does."""
        known = self.people.get(name)
        return known.gender if known is not None else find_gender(name, ())

    def party_of_entity(self, entity: Entity, mention: Mention | None = None) -> str | None:
        """The party of an entity; a mention lets "Syrian rebels" take its state from the word before."""
        return self.parties.party_of_entity(entity, mention)

    def outlet_names(self, spans: Sequence[Span]) -> set[str]:
        """Names of the outlets that the characters name."""
        ranges = [self.token_range(span) for span in spans]
        found = (mention.entity for first, end in ranges for mention in self.mentions_in(first, end))
        return {entity.name for entity in found if entity.kind == "outlet"}

    def state_before(self, mention: Mention) -> int:
        """First token of "Syrian state media" for the mention of "state media"; else the mention's own."""
        k = bisect_left(self._mention_ends, mention.first)
        if k < len(self.mentions) and self.mentions[k].end == mention.first and self.mentions[k].entity.kind == "state":
            return self.mentions[k].first
        return mention.first

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
        return bisect_right(self._token_ends, span[0]), bisect_left(self._token_starts, span[1])

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
        if before in _LINK_WORDS and mention.first > first and _AGAINST & set(self.lower[first : mention.first]):
            return False
        if entity.kind != "state":
            return not (before in _PLACE_WORDS and entity.kind == "outlet")
        if entity.form == "adjective":
            plural = mention.end == end and words[mention.end - 1].endswith("s") and before == "the"
            return self._is_official(after, allow_bare=plural)
        if after and after[0].isalpha() and words[mention.end].islower() and after[0] not in AFTER_NAME:
            # "A U.S. baker": the name tells where from; "U.S. officials" speak for it.
            return self._is_official(after)
        governed = self.lower[first : mention.first]
        if any(word in load_word_lists().civil for word in governed):
            return False
        linked = any(word in _PLACE_WORDS or word in _LINK_WORDS for word in governed[-2:])
        if entity.form == "capital" and not linked and after and after[0] in _SEATED:
            return True
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
            if k and (word in _PLACE_WORDS or word in ("of", "to", "with", "who", "that", "by")):
                return allow_bare
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
        known = self._resolved_spans.get(span)
        if known is None:
            known = self._resolved_spans[span] = self._resolve(span)
        return known

    def _resolve(self, span: Span) -> list[Resolved]:
        first, end = self.token_range(span)
        inside = self.mentions_in(first, end)
        kept = [mention for mention in inside if self.accepts(mention, first, end)]
        if not kept:
            plain = self._plain.find(first, end)
            if plain is None:
                return []
            name = self.text[slice(*self.characters(plain.first, plain.end))]
            return [Resolved(name, None, "named", is_person=plain.is_person)]
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
                named = first_of_titled(self.words, other.first)
                apposed = self.words[named - 1] == "," and (other.end == end or self.words[other.end] == ",")
                if apposed or not self._breaks(head.end, other.first):
                    return other
        if head.entity.kind == "person" and head.entity.party is None and head.entity.state is None:
            with_party = next((other for other in kept[1:] if self._gives_party(other)), None)
            if with_party is not None:
                party = self.party_of_entity(with_party.entity, with_party)
                return Mention(head.first, head.end, Entity("person", head.entity.name, party=party))
        return head

    def _gives_party(self, mention: Mention) -> bool:
        """Whether a mention in a person's apposition names a party, and no place ("a school in Germany")."""
        before = self.lower[mention.first - 1] if mention.first else ""
        if before == "the" and mention.first > 1:
            before = self.lower[mention.first - 2]
        place = mention.entity.kind == "state" and before in _PLACE_WORDS
        return not place and self.party_of_entity(mention.entity, mention) is not None

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
        if entity.kind == "person" and self._heads(mention, first, end):
            name = self.index.actor_of.get(entity.name.casefold(), entity.name)
            return Resolved(name, party, "named", is_person=True)
        lowered = self.lower[first:end]
        if entity.kind == "person" and lowered[-1] not in _ORGANISATION_HEADS:
            # "Putin's adviser", "an adviser to Putin", "the Putin campaign".
            return Resolved(None, party, "role")
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
            elif (
                entity.kind == "state" and entity.form == "adjective" and lowered[-1:] != ["government"]
            ) or entity.kind == "person":
                actor = phrase if len(lowered) <= MAX_ACTOR_WORDS else party
        return Resolved(actor, party, kind, is_outlet=entity.kind == "outlet" or self._is_state_media(mention, end))

    def _is_state_media(self, mention: Mention, end: int) -> bool:
        """Of "Syrian state media": the state's mention, with an outlet without a name behind it."""
        following = self.mentions_in(mention.end, min(end, mention.end + 4))
        return mention.entity.kind == "state" and any(
            other.first == mention.end and other.entity.kind == "outlet" for other in following
        )

    def _heads(self, mention: Mention, first: int, end: int) -> bool:
        """Whether a person's name is what the phrase is about, and does not describe or govern another."""
        words, after = self.words, self.lower[mention.end : end]
        if after[:1] in (["'s"], ["’s"]) and len(after) > 1:
            return False
        if after and after[0].isalpha() and words[mention.end].islower() and after[0] not in AFTER_NAME:
            return after[0].endswith("ly") or after[0] in ("told", "said", "has", "had", "was")
        at = first_of_titled(words, mention.first)
        while at > first and self.lower[at - 1] in ("mr", "mrs", "ms", "."):
            at -= 1
        return at <= first or self.lower[at - 1] not in ("of", "to", "for", "by", "with", "from", "near", "against")

    def _bare(self, first: int, end: int) -> str:
        if first >= end:
            return ""
        if self.words[first].lower() in ("the", "a", "an") and first + 1 < end:
            first += 1
        return self.text[slice(*self.characters(first, end))]
