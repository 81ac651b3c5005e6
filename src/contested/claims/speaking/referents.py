"""Whom a pronoun or a role points at: those already spoken of in an article, rated.

In: the names of an article, and who has spoken so far. Out: a :class:`Referent`, or nothing. Refuses: to choose
between two that fit alike: then nobody is named.

A pronoun goes to the referent of its kind (person, organisation, several), gender and number with the highest
rating: recency in sentences, whether it spoke, whether it was the subject of its sentence. A role ("the
general", "the ministry", "the watchdog") goes to the last referent that bears the title or the noun, or is of
the kind that the noun names. The weights are set by hand; docs/methods/speakers.md says what they give.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from contested.claims.actors import ArticleActors, Resolved
from contested.claims.naming.names import Mention
from contested.claims.naming.persons import Gender, gender_of_titles, titles_meant
from contested.claims.text import wording as w
from contested.claims.text.words import Span

#: Characters back in which a pronoun's referent must stand.
MAX_BACK_CHARACTERS = 1500
#: Mentions and speakers looked at, going back; bounds the work for any one pronoun or role.
MAX_MENTIONS, MAX_SPEAKERS = 24, 16
MAX_ROLE_MENTIONS = 80
#: Ratings: one sentence further back costs 1.
SPOKE, SPOKE_LAST, IS_SUBJECT, GENDER_SHOWN, IS_POSSESSOR = 1.0, 0.5, 1.0, 0.75, -1.0
#: Less than this between the best two, and neither spoke last: nobody is chosen.
LEAST_MARGIN = 0.5
#: Words of a sentence in which its subject begins.
MAX_SUBJECT_WORDS = 8

_PREPOSITIONS = frozenset("of in on at for by to with from against about over near into after before between".split())
_PLURAL_KINDS = frozenset(["opposition", "group", "organ"])
#: Noun of an organisation → kinds of entity that it may stand for when none bears the noun in its name.
_KINDS_MEANT: dict[str, frozenset[str]] = {
    **dict.fromkeys(["group", "groups"], frozenset(["group", "monitor"])),
    **dict.fromkeys(["organisation", "organization", "body"], frozenset(["monitor", "body", "group"])),
    **dict.fromkeys(
        "watchdog observatory monitor monitors network charity centre center institute ngo".split(),
        frozenset(["monitor"]),
    ),
    **dict.fromkeys("movement militia faction insurgents militants gunmen".split(), frozenset(["group"])),
    **dict.fromkeys("alliance bloc union".split(), frozenset(["body"])),
    **dict.fromkeys(["agency"], frozenset(["outlet", "monitor", "body"])),
    **dict.fromkeys("newspaper paper channel broadcaster station outlet magazine website".split(),
                    frozenset(["outlet"])),
}  # fmt: skip
#: Nouns of organs of a state: they belong to the last state that the text gives such an organ.
_ORGANS = frozenset(
    "ministry army military government police navy administration presidency embassy court commission mission "
    "coalition committee regime junta force forces council cabinet authorities command".split()
)
#: Organs that every state has one of: with one state in the text, they are its own.
_WHOLE_STATE = frozenset("government army military ministry authorities regime junta".split())
_DOCUMENTS = frozenset("statement report letter communique communiqué declaration dossier tweet post".split())


@dataclass(frozen=True, slots=True)
class Referent:
    """Someone of whom the article has spoken."""

    at: int
    """Character at which it was last mentioned."""
    resolved: tuple[Resolved, ...]
    """Empty for someone without a name or party: "a resident"."""
    named: Span | None
    """Where the text names it."""
    is_person: bool
    gender: Gender | None = None
    plural: bool = False
    nouns: frozenset[str] = frozenset()
    spoke: bool = False


def head_noun(words: Sequence[str]) -> str:
    """The noun that a phrase is about: "the army's spokesman in Goma" → spokesman."""
    head = words[0] if words else ""
    for word in words:
        if word in _PREPOSITIONS or word in (",", "who", "which", "that", "("):
            break
        if word[:1].isalpha():
            head = word
    return head


def names_document(noun: str) -> bool:
    """Whether the noun is of something issued ("statement"), which speaks for who issued it."""
    return noun in _DOCUMENTS


class Referents:
    """Those of whom an article has spoken up to a place."""

    def __init__(self, article: ArticleActors) -> None:
        self.article = article
        self._firsts = [mention.first for mention in article.mentions]
        self.spoken: list[Referent] = []

    def add(self, referent: Referent) -> None:
        """Remember who spoke."""
        self.spoken.append(referent)

    def of_pronoun(self, pronoun: str, at: int) -> Referent | None:
        """Whom he, she, it, they or we points at from the character."""
        low = max(0, at - MAX_BACK_CHARACTERS)
        ends = [match.end() for match in w.SENTENCE_END.finditer(self.article.text, low, at)]
        rated: list[tuple[float, Referent]] = []
        last = self.spoken[-1] if self.spoken else None
        for referent in self.spoken[: -MAX_SPEAKERS - 1 : -1]:
            if low <= referent.at <= at and _fits(pronoun, referent):
                rating = SPOKE + SPOKE_LAST * (referent is last) - self._sentences(ends, referent.at, at)
                rated.append((rating + self._shown(pronoun, referent), referent))
        for referent, rating in self._mentioned(pronoun, at, low, ends):
            rated.append((rating + self._shown(pronoun, referent) - self._sentences(ends, referent.at, at), referent))
        if not rated:
            return None
        best, chosen = max(rated, key=lambda pair: (pair[0], pair[1].at))
        rivals = [rating for rating, other in rated if other.resolved != chosen.resolved]
        if rivals and chosen is not last and best - max(rivals) < LEAST_MARGIN:
            return None
        return chosen

    def _shown(self, pronoun: str, referent: Referent) -> float:
        return GENDER_SHOWN if pronoun in ("he", "she") and referent.gender is not None else 0.0

    @staticmethod
    def _sentences(ends: Sequence[int], first: int, last: int) -> int:
        return bisect_right(ends, last) - bisect_left(ends, first)

    def _mentioned(self, pronoun: str, at: int, low: int, ends: Sequence[int]) -> Iterator[tuple[Referent, float]]:
        """Persons and subjects named before the character, who need not have spoken."""
        article = self.article
        k = bisect_left(self._firsts, article.token_range((at, at + 1))[0])
        seen: set[str] = set()
        for mention in reversed(article.mentions[max(0, k - MAX_MENTIONS) : k]):
            start = article.tokens[mention.first][0]
            if start < low:
                return
            name = mention.entity.name
            person = mention.entity.kind == "person"
            if name in seen or person == (pronoun not in ("he", "she")):
                continue
            subject = self._is_subject(mention, ends, start)
            if not person and not (subject and article.accepts(mention, mention.first, mention.end + 6)):
                continue
            referent = self.of_mention(mention)
            if not _fits(pronoun, referent):
                continue
            seen.add(name)
            possessor = article.words[mention.end : mention.end + 1] in (["'s"], ["’s"])
            yield referent, IS_SUBJECT * subject + IS_POSSESSOR * possessor

    def _is_subject(self, mention: Mention, ends: Sequence[int], start: int) -> bool:
        """Whether the mention stands at the head of its sentence, behind no preposition."""
        k = bisect_right(ends, start)
        first = self.article.token_range((ends[k - 1], ends[k - 1] + 1))[0] if k else 0
        if mention.first - first > MAX_SUBJECT_WORDS:
            return False
        return not _PREPOSITIONS & set(self.article.lower[first : mention.first])

    def of_mention(self, mention: Mention) -> Referent:
        """The referent that a mention names."""
        article, entity = self.article, mention.entity
        span = article.characters(mention.first, mention.end)
        party = article.party_of_entity(entity, mention)
        if entity.kind == "person":
            known = article.people.get(entity.name)
            actor = article.index.actor_of.get(entity.name.casefold(), entity.name)
            return Referent(
                span[1], (Resolved(actor, party, "named", is_person=True),), known.span if known else span, True,
                article.gender_of(entity.name), nouns=known.titles if known else frozenset(),
            )  # fmt: skip
        resolved = article.resolve(span) or [Resolved(entity.name, party, "named", is_outlet=entity.kind == "outlet")]
        plural = entity.kind in _PLURAL_KINDS and (entity.kind != "group" or entity.name.endswith("s"))
        return Referent(span[1], tuple(resolved), span, False, plural=plural or entity.kind == "group")

    def of_role(self, noun: str, at: int, party: str | None) -> Referent | None:
        """The last person before the character who bears a title that the role may stand for."""
        meant = titles_meant(noun)
        if not meant:
            return None
        wanted = gender_of_titles([noun])
        found: Referent | None = None
        for referent in self.spoken[: -MAX_SPEAKERS - 1 : -1]:
            if referent.is_person and meant & referent.nouns and _is_of(referent, wanted, party):
                found = referent
                break
        k = bisect_left(self._firsts, self.article.token_range((at, at + 1))[0])
        for mention in reversed(self.article.mentions[max(0, k - MAX_ROLE_MENTIONS) : k]):
            if mention.entity.kind != "person":
                continue
            referent = self.of_mention(mention)
            if found is not None and referent.at <= found.at:
                break
            if meant & referent.nouns and _is_of(referent, wanted, party):
                return referent
        return found

    def of_organisation(self, noun: str, at: int, *, named: bool = False) -> Referent | None:
        """The last organisation before the character that bears the noun in its name, or else is of its kind."""
        article = self.article
        k = bisect_left(self._firsts, article.token_range((at, at + 1))[0])
        near = article.mentions[max(0, k - MAX_ROLE_MENTIONS) : k]
        for mention in reversed(near):
            entity = mention.entity
            if entity.kind in ("person", "organ", "opposition"):
                continue
            if noun in entity.name.lower().split() or noun in self._organ_words(mention):
                return self._of_organ(mention)
        if named:
            return None
        kinds = _KINDS_MEANT.get(noun, frozenset())
        late = self.spoken[-MAX_ROLE_MENTIONS:] if kinds else []
        spoke = next((one for one in reversed(late) if self._kind_of(one) in kinds), None)
        if spoke is not None:
            return spoke
        last = next((mention for mention in reversed(near) if mention.entity.kind in kinds), None)
        if last is not None:
            return self.of_mention(last)
        return self._only_state() if noun in _WHOLE_STATE else None

    def _organ_words(self, mention: Mention) -> list[str]:
        """Words of the organs of a state: of "Russian Defence Ministry", "Ministry of Defence of Russia"."""
        lower = self.article.lower
        if mention.entity.kind not in ("state", "declared"):
            return []
        found = []
        for word in lower[mention.end : mention.end + 4]:
            if not (word[:1].isalpha() or word in ("'s", "’s")) or word in _PREPOSITIONS:
                break
            found.append(word)
        if mention.first > 1 and lower[mention.first - 1] in ("of", "the"):
            found += [word for word in lower[max(0, mention.first - 5) : mention.first] if word in _ORGANS]
        return found

    def _of_organ(self, mention: Mention) -> Referent:
        article, end = self.article, mention.end
        if mention.entity.kind in ("state", "declared"):
            while end < min(len(article.words), mention.end + 4) and w.PHRASE_WORD.fullmatch(article.words[end]):
                end += 1
        span = article.characters(mention.first, end)
        resolved = tuple(article.resolve(span))
        return Referent(span[1], resolved, span, False) if resolved else self.of_mention(mention)

    def _kind_of(self, referent: Referent) -> str | None:
        """Kind of the entity that a speaker was named by."""
        if referent.named is None or referent.is_person:
            return None
        first, end = self.article.token_range(referent.named)
        return next((mention.entity.kind for mention in self.article.mentions_in(first, end)), None)

    def _only_state(self) -> Referent | None:
        """The one state that has spoken of late, when no other has."""
        late = self.spoken[-MAX_ROLE_MENTIONS:]
        states = [one for one in late if self._kind_of(one) == "state" and one.resolved]
        parties = {one.resolved[0].party for one in states}
        return states[-1] if len(parties) == 1 else None


def _is_of(referent: Referent, gender: Gender | None, party: str | None) -> bool:
    if gender is not None and referent.gender is not None and referent.gender != gender:
        return False
    return party is None or any(one.party == party for one in referent.resolved)


def _fits(pronoun: str, referent: Referent) -> bool:
    if pronoun in ("he", "she"):
        wanted: Gender = "m" if pronoun == "he" else "f"
        return referent.is_person and not referent.plural and referent.gender in (None, wanted)
    if pronoun == "they":
        return referent.plural or len(referent.resolved) > 1 or not referent.is_person
    return not referent.is_person and len(referent.resolved) < 2
