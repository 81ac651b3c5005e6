"""Sources of an article in order → speakers: pronouns, roles, shared subjects, passives, links of reporting.

In: attributions of an article, in order. Out: for each the speakers (several for a joint source), the
characters that stand for them and those that name them, and the chain of reporting. Refuses: nothing; an
unknown speaker stays unknown.

What is written at the place stays ``span`` ("he", "the ministry"); whom it points at is told by
:mod:`contested.claims.speaking.referents`, and the chain by :mod:`contested.claims.speaking.chains`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from contested.claims.actors import ArticleActors, Resolved
from contested.claims.blame.targets import Target, blamed_in_passive, sentence_end, sentence_start
from contested.claims.linking import Attribution
from contested.claims.naming.persons import gender_of_titles, titles_meant
from contested.claims.speaking.chains import find_signing_agency, link_attributions
from contested.claims.speaking.continuing import continue_quotations
from contested.claims.speaking.referents import Referent, Referents, head_noun, names_document
from contested.claims.text import wording as w
from contested.claims.text.words import Span

#: Characters back to the start of a sentence that a speaker is looked for in.
MAX_SENTENCE_CHARACTERS = 500
#: Speakers looked at, going back, for the full name of a surname.
MAX_SURNAME_SPEAKERS = 100
#: Words of a sentence within which its subject must be named.
MAX_SUBJECT_WORDS = 14

_PRONOUNS = frozenset(["he", "she", "it", "they", "we"])
_DEFINITE = frozenset("the that this its his her their these those".split())
_INDEFINITE = frozenset("a an one another some several many two three".split())
_POSSESSIVES = {"its": "it", "their": "they", "his": "he", "her": "she"}
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
_PLURALS = frozenset("people men women children police medics".split())
_WOMEN = frozenset("woman mother girl wife daughter sister widow nun grandmother".split())
_MEN = frozenset("man father boy husband son brother grandfather".split())


@dataclass(frozen=True, slots=True)
class Speaking:
    """Who makes one attribution's claim."""

    span: Span | None
    resolved: tuple[Resolved, ...]
    """One for each party of a joint source; empty when no one is named."""
    via: tuple[Span, ...] = ()
    named: Span | None = None
    """Where the text names whom the characters stand for, when that is elsewhere."""
    passive_target: Target | None = None
    """Whom "has been accused of" speaks of, when no one is named who accuses."""


def read_speakers(
    article: ArticleActors, attributions: Sequence[Attribution], as_given: bool = False
) -> list[tuple[Attribution, Speaking]]:
    """Attributions of the article with their speakers and chains, in order.

    Quotations that go on are added, and outlets that only pass on another's statement are left out, unless the
    attributions are to be taken ``as_given``.
    """
    history = SpeakerHistory(article)
    whole, goes_on = (attributions, {}) if as_given else continue_quotations(article.text, attributions)
    spoken: list[Speaking] = []
    for number, one in enumerate(whole):
        spoken.append(spoken[goes_on[number]] if number in goes_on else history.read(one))
    chains = link_attributions(whole, [(speaking.span, speaking.resolved) for speaking in spoken])
    signed = find_signing_agency(article)
    found = []
    for number, speaking in enumerate(spoken):
        if number in chains.relays and not as_given:
            continue
        outer = [spoken[k] for k in chains.outer[number]]
        found.append((whole[number], replace(speaking, via=_chain(article, speaking, outer, signed))))
    return found


def _chain(
    article: ArticleActors, speaking: Speaking, outer: Sequence[Speaking], signed: Span | None
) -> tuple[Span, ...]:
    """Links of one claim: who signed the article, outlets, then speakers in whose words it stands."""
    outlets: list[Span] = [signed] if signed is not None else []
    relays: list[Span] = []
    actors = {one.actor for one in speaking.resolved if one.actor}
    for link in outer:
        outlets += link.via
        if link.span is None or link.span == speaking.span or actors & {one.actor for one in link.resolved}:
            continue
        (outlets if any(one.is_outlet for one in link.resolved) else relays).append(link.span)
    outlets += speaking.via
    spans = list(dict.fromkeys(span for span in [*outlets, *relays] if span != speaking.span))
    if signed in spans and len(spans) > 1:
        names = article.outlet_names(spans[1:])
        own = article.outlet_names([span for span in (speaking.span,) if span])
        if article.outlet_names([spans[0]]) & (names | own):
            spans = spans[1:]
    elif signed in spans and speaking.span and article.outlet_names([spans[0]]) & article.outlet_names([speaking.span]):
        spans = []
    return tuple(spans)


class SpeakerHistory:
    """Reads sources in the order of the article and remembers whom pronouns and roles point at."""

    def __init__(self, article: ArticleActors) -> None:
        self.article = article
        self._referents = Referents(article)
        self._by_document: dict[str, Referent] = {}
        #: Parties of persons whom only the context gives one ("Brigadier Perera, its spokesman").
        self._party_of: dict[str, str] = {}

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
        cited = self._cited(self.article.resolve(span), start, end)
        if cited is not None:
            referent = self._hear(cited)
            return Speaking(cited, referent.resolved, (span,), _elsewhere(referent, cited))
        referent = self._hear(span)
        resolved = self._of_state_media(span, referent.resolved, links)
        self._issued(referent, start, end)
        return Speaking(span, resolved, links, _elsewhere(referent, span))

    def _of_state_media(
        self, span: Span, resolved: tuple[Resolved, ...], links: Sequence[Span]
    ) -> tuple[Resolved, ...]:
        """Of "a Foreign Ministry spokesman told IRNA": the ministry is of the state whose agency it is."""
        if len(resolved) != 1 or resolved[0].party is not None or not _MINISTRY & set(self._words(span)):
            return resolved
        for link in links:
            first, end = self.article.token_range(link)
            for mention in self.article.mentions_in(first, end):
                party = self.article.party_of_entity(mention.entity) if mention.entity.state else None
                if party is not None:
                    return (replace(resolved[0], party=party),)
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
        return self.article.lower[first:end]

    def _subject(self, start: int, anchor: int) -> Span | None:
        """The subject of the sentence, when a name or pronoun stands at its head, before the cue."""
        article = self.article
        first, end = article.token_range((start, anchor))
        if end <= first:
            return None
        if article.lower[first] in ("he", "she"):
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

    def _hear(self, span: Span) -> Referent:
        """Whom the characters stand for; it is remembered as having spoken."""
        words = self._words(span)
        known = self._point_at(words, span)
        if known is not None:
            heard = replace(known, at=span[1], spoke=True, nouns=known.nouns | set(words))
        else:
            heard = self._meet(words, span, self.article.resolve(span))
        self._referents.add(heard)
        return heard

    def _point_at(self, words: Sequence[str], span: Span) -> Referent | None:
        """Someone already spoken of, when the words are a pronoun, a role or a surname."""
        if not words:
            return None
        nobody = Referent(span[1], (), None, words[0] in ("he", "she"))
        if words[0] in _PRONOUNS and len(words) <= 2:
            return self._referents.of_pronoun(words[0], span[0]) or nobody
        if words in (["the", "latter"], ["the", "former"]):
            return self._of_pair(span[0], words[1] == "latter") or nobody
        # "The army" of no known war, "a rebel": named by a word, and no one.
        resolved = [one for one in self.article.resolve(span) if one.party or one.actor or one.is_outlet]
        noun = head_noun(words)
        if len(resolved) == 1 and resolved[0].is_person and resolved[0].party is None:
            return self._of_surname(resolved[0]) if len(words) < 3 else None
        if len(resolved) == 1 and resolved[0].party is None and words[0] == "the" and len(words) == 2:
            return self._referents.of_organisation(noun, span[0], named=True)
        if words[0] not in _DEFINITE or any(one.is_person for one in resolved):
            return None
        if len(resolved) < 2 and titles_meant(noun):
            return self._of_role(words, noun, span, resolved)
        if not resolved and noun in self._by_document and names_document(noun):
            return self._by_document[noun]
        if not resolved and words[0] in ("the", "that", "this"):
            return self._referents.of_organisation(noun, span[0])
        return None

    def _of_role(self, words: Sequence[str], noun: str, span: Span, resolved: Sequence[Resolved]) -> Referent | None:
        """Of "the general", "the army's spokesman", "his adviser": the bearer of the title, else the party alone."""
        party = resolved[0].party if resolved else self._context_party(words, span[0])
        possessed = words[0] in _POSSESSIVES
        known = None if possessed and party is None else self._referents.of_role(noun, span[0], party)
        if known is not None or resolved:
            return known
        if party is not None:
            return Referent(span[1], (Resolved(None, party, "role"),), span, True, gender_of_titles([noun]))
        return None

    def _context_party(self, words: Sequence[str], at: int) -> str | None:
        """Party of "its" and "his", or of the organ in "ministry spokesman", by what was spoken of before."""
        known: Referent | None = None
        for k, word in enumerate(words):
            if word in _POSSESSIVES:
                known = self._referents.of_pronoun(_POSSESSIVES[word], at)
            elif k + 1 < len(words) and not titles_meant(word) and any(map(titles_meant, words[k + 1 : k + 3])):
                known = self._referents.of_organisation(word, at) if word[:1].isalpha() and word != "the" else None
            if known is not None and len(known.resolved) == 1:
                return known.resolved[0].party
        return None

    def _of_surname(self, one: Resolved) -> Referent | None:
        """The one who spoke before under a full name that ends in this one."""
        if one.actor is None:
            return None
        for referent in self._referents.spoken[: -MAX_SURNAME_SPEAKERS - 1 : -1]:
            actor = referent.resolved[0].actor if referent.is_person and len(referent.resolved) == 1 else None
            if actor is not None and actor != one.actor and actor.endswith(" " + one.actor):
                return referent
        return None

    def _of_pair(self, at: int, latter: bool) -> Referent | None:
        """The first or second of the two whom the sentence before names."""
        start = sentence_start(self.article.text, max(0, at - 2), MAX_SENTENCE_CHARACTERS)
        first, end = self.article.token_range((start, at))
        mentions = [m for m in self.article.mentions_in(first, end) if self.article.accepts(m, first, end)]
        named: list[Referent] = []
        for mention in mentions:
            referent = self._referents.of_mention(mention)
            party = {one.party for one in referent.resolved}
            if named and party == {one.party for one in named[-1].resolved}:
                # "rebel commander Deng": the person, not the rebels.
                named[-1] = referent if referent.is_person else named[-1]
            elif referent.resolved:
                named.append(referent)
        return named[1 if latter else 0] if len(named) == 2 else None

    def _meet(self, words: Sequence[str], span: Span, resolved: Sequence[Resolved]) -> Referent:
        """Someone whom the characters name themselves, or leave without a name."""
        noun = head_noun(words)
        if len(resolved) == 1 and resolved[0].is_person:
            one = resolved[0]
            name = one.actor or ""
            party = one.party or self._party_of.get(name) or self._context_party(words, span[0])
            if party is not None:
                self._party_of[name] = party
            known = self.article.people.get(name)
            nouns = frozenset(words) | (known.titles if known is not None else frozenset())
            gender = self.article.gender_of(name)
            return Referent(span[1], (replace(one, party=party),), span, True, gender, nouns=nouns, spoke=True)
        plural = len(resolved) > 1 or noun in _PLURALS or (noun.endswith("s") and not noun.endswith("ss"))
        person = not plural and (
            bool(titles_meant(noun)) or (not resolved and bool(words) and words[0] in _INDEFINITE | _DEFINITE)
        )
        gender = "f" if noun in _WOMEN else "m" if noun in _MEN else gender_of_titles([noun])
        return Referent(
            span[1], tuple(resolved), span if resolved else None, person, gender, plural, frozenset(words), True
        )

    def _issued(self, referent: Referent, start: int, end: int) -> None:
        """Remember who issued the statement or report that the sentence tells of."""
        first, stop = self.article.token_range((start, end))
        for word in self.article.lower[first:stop]:
            if names_document(word):
                self._by_document[word] = referent

    def _cited(self, resolved: Sequence[Resolved], start: int, end: int) -> Span | None:
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
            if mention.entity.kind == "outlet" and mention.entity.name.islower() and mention.first:
                span = self.article.characters(self.article.state_before(mention), mention.end)
            if mention.entity.kind == "outlet" and not any(a < span[1] and span[0] < b for a, b in taken):
                found.append(span)
        return tuple(found)


def _elsewhere(referent: Referent, span: Span) -> Span | None:
    """The naming characters, when they are others than those at the place."""
    named = referent.named
    return named if named is not None and not (span[0] < named[1] and named[0] < span[1]) else None
