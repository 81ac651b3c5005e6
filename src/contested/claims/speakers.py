"""Sources of an article in order → speakers: pronouns, shared subjects, passives, links of reporting.

In: attributions of an article, in order. Out: for each the speakers (several for a joint source), the
characters that name them, and the chain of reporting. Refuses: nothing; an unknown speaker stays unknown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from contested.claims import wording as w
from contested.claims.actors import ArticleActors, Resolved
from contested.claims.linking import Attribution
from contested.claims.stance import Target, blamed_in_passive, sentence_end, sentence_start
from contested.claims.words import Span

#: Characters back to the start of a sentence that a speaker is looked for in.
MAX_SENTENCE_CHARACTERS = 500
#: Characters after which "it" and "they" no longer point back at a speaker.
MAX_PRONOUN_CHARACTERS = 900
#: Words of a sentence within which its subject must be named.
MAX_SUBJECT_WORDS = 14

_PERSON_PRONOUNS = frozenset(["he", "she"])
_GROUP_PRONOUNS = frozenset(["it", "they", "we"])
_ANAPHORS = frozenset(
    "ministry spokesman spokeswoman spokesperson minister president general commander ambassador envoy "
    "official group army "
    "military government statement report organisation organization agency network observatory watchdog "
    "mission monitor "
    "monitors council leader secretary diplomat command rights doctor medic resident witness".split()
)
_MINISTRY = frozenset("ministry minister army military government presidency".split())
_NOT_BEFORE_SUBJECT = frozenset("in on after as at for despite of against , to by with".split())
_ENDS_A_DAY = frozenset(
    "monday tuesday wednesday thursday friday saturday sunday january february march april may june "
    "july august september "
    "october november december week month year , afterwards later".split()
)
_EVENT_NOUNS = frozenset(
    "attack attacks strike strikes bombing blast explosion incident war conflict raid raids".split()
)


@dataclass(frozen=True, slots=True)
class Speaking:
    """Who makes one attribution's claim."""

    span: Span | None
    resolved: tuple[Resolved, ...]
    """One for each party of a joint source; empty when no one is named."""
    via: tuple[Span, ...] = ()
    passive_target: Target | None = None
    """Whom "has been accused of" speaks of, when no one is named who accuses."""


@dataclass
class SpeakerHistory:
    """Reads sources in the order of the article and remembers whom pronouns point at."""

    article: ArticleActors
    _person: tuple[int, Resolved] | None = None
    _group: tuple[int, Resolved] | None = None
    _by_noun: dict[str, Resolved] = field(default_factory=dict)

    def read(self, attribution: Attribution) -> Speaking:
        """The speakers of the next attribution."""
        text = self.article.text
        anchor = (attribution.cue or attribution.content)[0][0]
        start = sentence_start(text, anchor, MAX_SENTENCE_CHARACTERS)
        end = sentence_end(text, (attribution.cue or attribution.content)[-1][1], MAX_SENTENCE_CHARACTERS)
        span = self._choose(attribution.source)
        if span is not None:
            span = self.article.widen(span)
            if w.NOBODY.match(text, span[0]):
                return Speaking(None, (), self._links(start, end, attribution, span))
        cue = " ".join(text[a:b] for a, b in attribution.cue)
        if attribution.cue and w.PASSIVE_CUE.search(cue) and (span is None or span[1] <= anchor):
            target = blamed_in_passive(self.article, anchor, start) if w.BLAME_CUE.search(cue) else None
            return Speaking(None, (), passive_target=target)
        if span is not None and self._names_an_event(span):
            span = None
        if span is None and attribution.cue:
            span = self._subject(start, anchor)
        if span is None:
            return Speaking(None, (), self._links(start, end, attribution, None))
        links = self._links(start, end, attribution, span)
        resolved = self._of_state_media(span, self._resolve(span), links)
        cited = self._cited(resolved, start, end, attribution)
        if cited is not None:
            return Speaking(cited, tuple(self._resolve(cited)), (span,))
        return Speaking(span, tuple(resolved), links)

    def _of_state_media(self, span: Span, resolved: list[Resolved], links: Sequence[Span]) -> list[Resolved]:
        """Of "a Foreign Ministry spokesman told IRNA": the ministry is of the state whose agency it is."""
        if len(resolved) != 1 or resolved[0].party is not None or not _MINISTRY & set(self._words(span)):
            return resolved
        for link in links:
            first, end = self.article.token_range(link)
            for mention in self.article.mentions_in(first, end):
                party = self.article.party_of_entity(mention.entity) if mention.entity.state else None
                if party is not None:
                    return [replace(resolved[0], party=party)]
        return resolved

    def _choose(self, source: Sequence[Span]) -> Span | None:
        """Of a source in pieces, the first that names someone."""
        if not source:
            return None
        return next((span for span in source if self.article.resolve(span)), source[0])

    def _names_an_event(self, span: Span) -> bool:
        words = self._words(span)
        return bool(words) and words[-1] in _EVENT_NOUNS and not self.article.resolve(span)

    def _words(self, span: Span) -> list[str]:
        first, end = self.article.token_range(span)
        return [word.lower() for word in self.article.words[first:end]]

    def _subject(self, start: int, anchor: int) -> Span | None:
        """The subject of the sentence, when a name or pronoun stands at its head, before the cue."""
        article = self.article
        first, end = article.token_range((start, anchor))
        if end <= first:
            return None
        if article.words[first].lower() in _PERSON_PRONOUNS:
            return article.characters(first, first + 1)
        for mention in article.mentions_in(first, min(end, first + MAX_SUBJECT_WORDS)):
            before = [word.lower() for word in article.words[first : mention.first]]
            if before and before[0] in _NOT_BEFORE_SUBJECT and before[-1] in _ENDS_A_DAY:
                # "On Monday the army admitted": the subject begins after the day.
                first, before = mention.first, []
            if any(word in _NOT_BEFORE_SUBJECT for word in before):
                return None
            if article.accepts(mention, first, end) and mention.entity.kind != "outlet":
                stop = mention.end
                while stop < end and w.PHRASE_WORD.fullmatch(article.words[stop]):
                    stop += 1
                return article.characters(first, stop)
        return None

    def _resolve(self, span: Span) -> list[Resolved]:
        words = self._words(span)
        if not words:
            return []
        if words[0] in _PERSON_PRONOUNS and len(words) <= 2:
            return [self._person[1]] if self._person else []
        if words[0] in _GROUP_PRONOUNS and len(words) <= 2:
            near = self._group is not None and span[0] - self._group[0] <= MAX_PRONOUN_CHARACTERS
            return [self._group[1]] if self._group is not None and near else []
        resolved = self.article.resolve(span)
        nouns = [word for word in words if word in _ANAPHORS]
        if not resolved and nouns and words[0] in ("the", "that", "this", "its", "his", "her", "their"):
            known = self._by_noun.get(nouns[-1])
            return [known] if known is not None else []
        if len(resolved) == 1:
            one = resolved[0]
            if one.is_person:
                self._person = (span[1], one)
            elif not one.is_outlet and one.kind == "named":
                self._group = (span[1], one)
            elif one.kind == "role":
                self._group = (span[1], one)
                if words[-1] in _ANAPHORS or words[0] in ("a", "an", "one"):
                    self._person = (span[1], one)
            for noun in nouns:
                self._by_noun[noun] = one
        elif not resolved and words[0] in ("a", "an", "one", "another"):
            self._person = None
        return resolved

    def _cited(self, resolved: Sequence[Resolved], start: int, end: int, attribution: Attribution) -> Span | None:
        """Whom an outlet quotes: "Reuters reported, citing medics" makes the medics speak."""
        if len(resolved) != 1 or not resolved[0].is_outlet:
            return None
        match = w.CITING.search(self.article.text, start, end)
        if match is None or match["who"].lower().startswith(("it", "him", "her", "them")):
            return None
        return match.span("who")

    def _links(self, start: int, end: int, attribution: Attribution, speaker: Span | None) -> tuple[Span, ...]:
        """Outlets of the sentence outside the words reported and their speaker."""
        first, stop = self.article.token_range((start, end))
        taken = [*attribution.content, *([speaker] if speaker else [])]
        found = []
        for mention in self.article.mentions_in(first, stop):
            span = self.article.characters(mention.first, mention.end)
            if mention.entity.kind == "outlet" and not any(a < span[1] and span[0] < b for a, b in taken):
                found.append(span)
        return tuple(found)
