"""Who blames, denies or defends whom: stance, modality and target of one attribution.

In: an attribution (speaker, cue, content) of an article whose names are known. Out: a
:class:`Judgement`. Refuses: nothing; without a sign of anything else the stance is ``reports``.

The rules look at the cue, at what follows it in its sentence, and at the content, in this order: retracts,
claims responsibility, declines to attribute, another explanation, denies the event, denies, blames,
confirms a finding. They read forms, not facts: a stance says what the sentence says that the speaker says.
The patterns are in :mod:`contested.claims.wording`.

The target of ``blames`` is who is blamed. The target of ``denies`` is whom the denial clears: the party named
as the doer in what is denied, else the speaker, when the denial is of the speaker's own deed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from contested.claims import wording as w
from contested.claims.actors import ArticleActors, Resolved
from contested.claims.linking import Attribution
from contested.claims.names import Mention
from contested.claims.words import Span

#: Characters of the content, and of the sentence after the cue, that the rules look at: one sentence of a
#: newspaper seldom has 400. The bound keeps the work linear in the text.
MAX_CONTENT_CHARACTERS = 1200
MAX_TAIL_CHARACTERS = 400
#: Characters of the content in which a hedge belongs to its main statement.
MAX_HEDGE_CHARACTERS = 110
#: Characters of the content that say what the claim mainly does.
MAX_LEAD_CHARACTERS = 200
#: Characters after the cue in which "its statement" or "the report" says what is taken back.
MAX_RETRACTED_CHARACTERS = 60
#: Words of the subject of "was responsible" that no name list knows.
MAX_SUBJECT_WORDS = 4
#: Words of a target that no name list knows.
MAX_TARGET_WORDS = 9
#: Words between a doer and the deed ("the army has again deliberately shelled").
MAX_DEED_GAP_WORDS = 5


@dataclass(frozen=True, slots=True)
class Target:
    """Who is blamed or cleared: characters, and the party where it is known."""

    span: Span
    party: str | None


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a claim does, to whom, and how surely it says so."""

    stance: str
    modality: str = "asserts"
    target: Target | None = None


@dataclass(frozen=True, slots=True)
class _Scope:
    """The parts of the text that one attribution is judged by."""

    article: ArticleActors
    cue: Span | None
    tail: Span
    """From the cue to the end of its sentence."""
    content: tuple[Span, ...]
    speaker: Resolved | None
    speaker_span: Span | None

    @property
    def text(self) -> str:
        return self.article.text

    def cue_text(self) -> str:
        return self.text[self.cue[0] : self.cue[1]] if self.cue else ""

    def content_text(self) -> str:
        return " ".join(self.text[a:b] for a, b in self.content)


def judge_stance(
    article: ArticleActors,
    attribution: Attribution,
    speaker: Resolved | None,
    speaker_span: Span | None,
    limit: int,
) -> Judgement:
    """Stance, modality and target of one attribution.

    Parameters
    ----------
    article
        The names of the article that the attribution's characters belong to.
    attribution
        Source, cue and content.
    speaker
        Whom the source was resolved to; the speaker's own deeds are told by the party.
    speaker_span
        Characters of the source, which a denial of one's own deed points at.
    limit
        Character at which the next attribution begins; nothing from there on belongs to this one.
    """
    scope = _make_scope(article, attribution, speaker, speaker_span, limit)
    cue, content = scope.cue_text(), scope.content_text()
    tail = article.text[slice(*scope.tail)]
    whole = f"{cue} {content[:MAX_LEAD_CHARACTERS]}"
    modality = _modality(cue, content)
    if attribution.source and w.NOBODY.match(article.text, attribution.source[0][0]):
        return Judgement("reports", modality)
    retracted = w.RETRACTS.search(cue + tail[len(cue) : len(cue) + MAX_RETRACTED_CHARACTERS])
    if retracted is not None and retracted.start() < max(1, len(cue)):
        return Judgement("retracts", modality)
    if w.CLAIMS_RESPONSIBILITY.search(whole) and not w.NEGATED_CLAIM.search(tail + " " + cue):
        return Judgement("claims_responsibility", modality)
    if w.DECLINES.search(whole) or w.DECLINES.search(tail):
        return Judgement("declines_to_attribute", modality)
    denying = bool(w.DENIAL_CUE.search(cue) or w.DENIAL_TAIL.match(tail)) and not w.NEGATED_DENIAL.search(cue)
    if not denying and any(pattern.search(content) for pattern in w.ALTERNATIVES):
        return Judgement("alternative_explanation", modality, _blamed(scope))
    if w.event_denied(content if not denying else "", cue, content if denying else ""):
        staged_by = _doer(scope)
        return Judgement("denies_event", modality, staged_by.target if staged_by is not None else None)
    doer = _doer(scope)
    own_deed = w.OWN_DEED.search(content) if speaker is not None and speaker.party is not None else None
    if own_deed and speaker and speaker_span and not speaker.is_outlet and not denying:
        if modality == "no_evidence" or w.NEGATION.search(content[: own_deed.end()]):
            return Judgement("denies", modality, Target(speaker_span, speaker.party))
        return Judgement("claims_responsibility", modality)
    if denying or (doer is not None and doer.negated) or w.DENIAL_CONTENT.search(content):
        return Judgement("denies", modality, _cleared(scope, doer))
    blamed = _blamed(scope)
    if blamed is not None:
        return Judgement("blames", modality, blamed)
    if doer is not None:
        if speaker is not None and doer.target.party is not None and doer.target.party == speaker.party:
            return Judgement("claims_responsibility", modality)
        return Judgement("blames", modality, doer.target)
    if w.BLAME_CUE.search(cue) and not w.NEGATION.search(cue):
        return Judgement("blames", modality, None)
    if w.CONFIRMS_CUE.search(cue) and w.FINDING.search(content) and not w.NEGATION.search(cue):
        return Judgement("confirms_finding", modality)
    return Judgement("reports", modality)


def _make_scope(
    article: ArticleActors,
    attribution: Attribution,
    speaker: Resolved | None,
    speaker_span: Span | None,
    limit: int,
) -> _Scope:
    content = tuple((start, min(end, start + MAX_CONTENT_CHARACTERS)) for start, end in attribution.content)
    cue: Span | None = None
    start = attribution.content[0][0]
    if attribution.cue:
        cue = (attribution.cue[0][0], attribution.cue[-1][1])
        if cue[1] - cue[0] > MAX_TAIL_CHARACTERS:
            cue = attribution.cue[0]
        start = cue[0]
    end = sentence_end(article.text, cue[1] if cue else start, MAX_TAIL_CHARACTERS)
    content_end = max((piece[1] for piece in content if piece[0] >= start), default=start)
    end = max(min(end, limit), min(end, content_end), cue[1] if cue else start)
    return _Scope(article, cue, (start, end), content, speaker, speaker_span)


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


def _modality(cue: str, content: str) -> str:
    if w.NO_EVIDENCE.search(cue) or w.NO_EVIDENCE.search(content[:120]):
        return "no_evidence"
    if w.SUSPECTS_CUE.search(cue) or w.SUSPECTS.search(content[:MAX_HEDGE_CHARACTERS]):
        return "suspects"
    return "asserts"


@dataclass(frozen=True, slots=True)
class _Doer:
    target: Target
    negated: bool


def _target_of(scope: _Scope, mention: Mention, first: int, end: int) -> Target:
    """The phrase around a mention: "the Syrian government forces" for "Syrian"."""
    article = scope.article
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


def _accepted(scope: _Scope, region: Span) -> Iterator[tuple[Mention, int, int]]:
    first, end = scope.article.token_range(region)
    for mention in scope.article.mentions_in(first, end):
        if mention.entity.kind in ("outlet", "monitor") or not scope.article.accepts(mention, mention.first, end):
            continue
        if scope.article.party_of_entity(mention.entity, mention) is not None:
            yield mention, first, end


def _doer(scope: _Scope) -> _Doer | None:
    """The first party that the content says did a deed, or did not: "X used chlorine", "an attack by X"."""
    words = scope.article.words
    for region in scope.content:
        for mention, first, end in _accepted(scope, region):
            if w.NOT_A_DOER.search(" ".join(words[max(first, mention.first - 3) : mention.first]).lower()):
                continue
            after = _lower(words, mention.end, min(end, mention.end + 14))
            before = _lower(words, max(first, mention.first - 14), mention.first) + " "
            active = w.ACTIVE_DEED.match(after)
            if active and not w.HYPOTHETICAL.search(active.group(0)):
                negated = bool(w.NEGATION.search(active.group(0)) or w.NO_EVIDENCE_BEFORE.search(before))
                return _Doer(_target_of(scope, mention, first, end), negated)
            if w.PASSIVE_DEED.search(before):
                negated = bool(w.NEGATION.search(before) or w.NO_EVIDENCE_BEFORE.search(before))
                return _Doer(_target_of(scope, mention, first, end), negated)
    return None


def _lower(words: Sequence[str], first: int, end: int) -> str:
    return " ".join(words[first:end]).lower().replace("’", "'")


def _blamed(scope: _Scope) -> Target | None:
    """Whom words of blame point at: "accused X of", "laid the blame at the feet of X", "held X responsible"."""
    text = scope.text
    cue_negated = w.NEGATION.search(scope.cue_text())
    for region in (scope.tail, *scope.content):
        matches = [(pattern, match) for pattern in w.BLAMES for match in pattern.finditer(text, *region)]
        # The first words of blame are the speaker's own: "accused X of staging it to blame Y" blames X.
        for pattern, match in sorted(matches, key=lambda found: found[1].start()):
            if w.NEGATION.search(text, max(region[0], match.start() - 30), match.start()) or cue_negated:
                continue
            start, limit = match.span("who")
            # "attributed no crime to X"
            if w.NEGATION.search(text, match.start(), start):
                continue
            if pattern is w.RESPONSIBLE:
                target = _subject_target(scope, (start, limit))
            else:
                target = find_target(scope.article, start, limit) or _pronoun_target(scope, start)
            if target is not None:
                return target
    return None


def _subject_target(scope: _Scope, before: Span) -> Target | None:
    """The subject of "… was responsible": a party named right before, else a short phrase without a clause."""
    mentions = list(_accepted(scope, before))
    for mention, first, end in reversed(mentions):
        target = _target_of(scope, mention, first, end)
        return target if before[1] - target.span[1] <= 1 else None
    words = scope.text[slice(*before)].lower().split()
    if len(words) > MAX_SUBJECT_WORDS or w.CLAUSE_WORDS & set(words):
        return None
    return find_target(scope.article, *before)


def _pronoun_target(scope: _Scope, start: int) -> Target | None:
    """Whom a pronoun points at in "accused it of": the last party named before that is not the speaker's."""
    first, end = scope.article.token_range((start, start + 8))
    if end <= first or scope.article.words[first].lower() not in ("it", "them", "him", "her"):
        return None
    mentions = scope.article.mentions_in(max(0, first - 50), first)
    speaker_party = scope.speaker.party if scope.speaker is not None else None
    single = scope.article.words[first].lower() == "it"
    for mention in reversed(mentions):
        if single and mention.entity.kind in ("opposition", "person"):
            continue
        party = scope.article.party_of_entity(mention.entity, mention)
        if party is not None and party != speaker_party and scope.article.accepts(mention, mention.first, first):
            return Target(scope.article.characters(first, first + 1), party)
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


def _cleared(scope: _Scope, doer: _Doer | None) -> Target | None:
    """Whom a denial clears."""
    if doer is not None:
        return doer.target
    cleared = _blamed(scope)
    if cleared is not None and cleared.party is not None:
        return cleared
    for region in scope.content:
        if denied := w.DENIAL_CONTENT.search(scope.text, *region):
            before = (max(region[0], denied.start() - 80), denied.start() + 1)
            after = (denied.end(), min(region[1], denied.end() + 40))
            for mention, first, end in [*reversed(list(_accepted(scope, before))), *_accepted(scope, after)]:
                return _target_of(scope, mention, first, end)
    if scope.speaker is None or scope.speaker.party is None or scope.speaker_span is None:
        return None
    beginning = scope.text[slice(*scope.content[0])][:80]
    if w.OWN_DENIAL.match(beginning) or w.OWN_DENIAL_CUE.search(scope.cue_text()):
        return Target(scope.speaker_span, scope.speaker.party)
    return None


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
    return found
