"""Who blames, denies or defends whom: stance, modality and target of one attribution.

In: an attribution (speaker, cue, content) of an article whose names are known. Out: a
:class:`Judgement`. Refuses: nothing; without a sign of anything else the stance is ``reports``.

The rules look at the cue, at what follows it in its sentence, and at the content, in this order: retracts,
claims responsibility, declines to attribute, another explanation, denies the event, denies, blames,
confirms a finding. They read forms, not facts: a stance says what the sentence says that the speaker says.
The patterns are in :mod:`contested.claims.text.wording`; who did a deed is read in
:mod:`contested.claims.blame.doers`; what each stance means is told in ``docs/methods/stance-guidelines.md``.

The target of ``blames`` is who is blamed. The target of ``denies`` is whom the denial clears: the party named
as the doer in what is denied, else the speaker, when the denial is of the speaker's own deed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from contested.claims.actors import ArticleActors, Resolved
from contested.claims.blame.counterfactuals import read_counterfactual
from contested.claims.blame.doers import Doer, find_doers, parties_in, read_party
from contested.claims.blame.targets import (
    MAX_SENTENCE_CHARACTERS,
    Target,
    accused_before,
    find_target,
    pronoun_target,
    sentence_end,
    subject_target,
)
from contested.claims.linking import Attribution
from contested.claims.text import wording as w
from contested.claims.text.words import Span

#: Characters of the content that the rules look at; the bound keeps the work linear in the text.
MAX_CONTENT_CHARACTERS = 1200
#: Characters of the content in which a hedge belongs to its main statement.
MAX_HEDGE_CHARACTERS = 110
#: Characters of the content that say what the claim mainly does.
MAX_LEAD_CHARACTERS = 200
#: Characters after the cue in which "its statement" or "the report" says what is taken back.
MAX_RETRACTED_CHARACTERS = 60
#: Characters of the content in which the deed must stand that responsibility is taken for.
MAX_CLAIMED_CHARACTERS = 60
#: Characters before a verb in which "has repeatedly been" stands.
MAX_AUXILIARY_CHARACTERS = 24
#: Characters of the content in which a finding must stand.
MAX_FINDING_CHARACTERS = 110


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
    if w.RETRACTS_SELF.search(content[:MAX_LEAD_CHARACTERS]):
        return Judgement("retracts", modality)
    if _claims(whole, cue, content, tail):
        return Judgement("claims_responsibility", modality)
    if w.DECLINES.search(whole) or w.DECLINES.search(tail):
        return Judgement("declines_to_attribute", modality)
    denial = w.DENIAL_CUE.search(cue)
    if denial and w.NEGATED_DENIAL.search(cue):
        return Judgement("reports", modality)
    doers = [doer for region in scope.content for doer in find_doers(article, region)]
    called = w.DENIAL_TAIL.match(tail)
    clears = w.CLEARS_CUE.search(cue)
    lead = content[:MAX_LEAD_CHARACTERS]
    charged = w.CHARGE.search(lead) or (w.DENY_CUE.search(cue) and w.DENIED_CLAUSE.match(lead))
    denying = bool(called or clears or (denial and (doers or charged)))
    if (denial and not denying) or (not denying and w.NEUTRAL_ON_CHARGE.search(whole)):
        return Judgement("reports", modality)
    cleared = w.CLEARED.search(article.text, *scope.tail)
    if cleared is not None and (found := read_party(article, cleared.span("who"))) is not None:
        return Judgement("denies", modality, Target(*found))
    return _judge_account(scope, doers, modality, denying)


def _claims(whole: str, cue: str, content: str, tail: str) -> bool:
    """Whether responsibility is taken in so many words, for a deed of violence."""
    if w.NEGATED_CLAIM.search(tail + " " + cue):
        return False
    if w.CLAIMS_DEED.search(whole):
        return True
    return bool(w.CLAIMS_RESPONSIBILITY.search(whole) and w.VIOLENT.search(content[:MAX_CLAIMED_CHARACTERS]))


def _judge_account(scope: _Scope, doers: Sequence[Doer], modality: str, denying: bool) -> Judgement:
    """Stance of a claim that neither takes back, nor takes responsibility in so many words, nor declines."""
    cue, content = scope.cue_text(), scope.content_text()
    unreal = read_counterfactual(scope.article, scope.content)
    if unreal is not None and not _is_own(scope, unreal):
        return Judgement("blames" if unreal.negated else "denies", modality, Target(unreal.span, unreal.party))
    if unreal is not None and not unreal.negated:
        return Judgement("denies", modality, _own_side(scope, unreal))
    first = doers[0] if doers else None
    accusing = w.ACCUSES_CUE.search(cue)
    if first is not None and not denying and not accusing and not first.passive and _is_own(scope, first):
        if not (modality == "no_evidence" or first.negated):
            return Judgement("claims_responsibility", modality)
        if not w.event_denied(content, cue, ""):
            return Judgement("denies", modality, _own_side(scope, first))
    if not denying and not accusing and _is_other_cause(scope, first):
        return Judgement("alternative_explanation", modality, _other_cause(scope, doers))
    if w.event_denied(content if not denying else "", cue, content if denying else ""):
        return Judgement("denies_event", modality, _stager(scope, doers))
    if (undone := _not_done(scope, modality)) is not None:
        if modality == "no_evidence" and w.TOOK_PLACE.search(content):
            return Judgement("denies_event", modality)
        return Judgement("denies", modality, undone)
    if denying or (first is not None and first.negated) or w.DENIAL_CONTENT.search(content):
        return Judgement("denies", modality, _cleared(scope, first, denying))
    blamed = _blamed(scope)
    if blamed is not None:
        return Judgement("blames", modality, blamed)
    if first is not None:
        return Judgement("blames", modality, Target(first.span, first.party))
    if w.BLAME_CUE.search(cue) and not w.NEGATION.search(cue):
        return Judgement("blames", modality, _accused(scope))
    shown = scope.speaker_span is not None and w.PICTURES.search(scope.text, *scope.speaker_span)
    if w.CONFIRMS_CUE.search(cue) and not shown and _is_finding(content) and not w.NEGATION.search(cue):
        return Judgement("confirms_finding", modality)
    return Judgement("reports", modality)


def _accused(scope: _Scope) -> Target | None:
    """The subject of "has been accused", whoever accuses."""
    if scope.cue is None:
        return None
    text = scope.text
    passive = w.PASSIVE_CUE.search(text, max(0, scope.cue[0] - MAX_AUXILIARY_CHARACTERS), scope.cue[1])
    return accused_before(scope.article, scope.cue[0]) if passive is not None else None


def _is_finding(content: str) -> bool:
    return bool(w.FINDING.search(content[:MAX_FINDING_CHARACTERS]) and not w.OF_ONESELF.match(content))


def _not_done(scope: _Scope, modality: str) -> Target | None:
    """Of whom it is said that none of theirs did anything, or that nothing shows it."""
    patterns = [w.NO_DOER, *([w.EVIDENCE_THAT] if modality == "no_evidence" else [])]
    for region in scope.content:
        for pattern in patterns:
            for match in pattern.finditer(scope.text, *region):
                who = match.span("who") if pattern is w.NO_DOER else (match.end(), region[1])
                found = read_party(scope.article, who, own=True)
                if found is not None:
                    return Target(*found)
    return None


def _own_side(scope: _Scope, doer: Doer) -> Target:
    """The speaker, where the source names a side; of "the minister" the words for it: "our army"."""
    party = scope.speaker.party if scope.speaker is not None else None
    span = scope.speaker_span
    named = party is not None or (scope.speaker is not None and scope.speaker.kind == "named")
    if span is not None and (named or any(True for _ in parties_in(scope.article, span))):
        return Target(span, party)
    return Target(doer.span, doer.party or party)


def _is_own(scope: _Scope, doer: Doer) -> bool:
    """Whether the deed is the speaker's own: "it had struck", "its jets", or the army of the party that speaks."""
    outlet = scope.speaker is not None and scope.speaker.is_outlet
    if scope.speaker_span is None or (outlet and doer.own):
        return False
    if doer.own:
        # "it" may be another's that was named before; "its" and "our" may not.
        before = (scope.content[0][0], doer.span[0])
        pronoun = scope.text[slice(*doer.span)].lower() in ("it", "they", "he", "she")
        return not (pronoun and any(True for _ in parties_in(scope.article, before)))
    return scope.speaker is not None and doer.party is not None and doer.party == scope.speaker.party


def _is_other_cause(scope: _Scope, first: Doer | None) -> bool:
    content = scope.content_text()
    if any(pattern.search(content) for pattern in w.ALTERNATIVES):
        return True
    mishap = w.MISHAP.search(content)
    if mishap is None:
        return False
    # "The army shelled the street, and the houses caught fire" is no mishap.
    return first is None or first.passive or first.at >= scope.content[0][0] + mishap.start()


def _other_cause(scope: _Scope, doers: Sequence[Doer]) -> Target | None:
    """Whom another explanation blames: who laid the mine, whose rocket fell short."""
    speaking = scope.speaker.party if scope.speaker is not None else None
    for doer in doers:
        if not doer.own and (doer.party is None or doer.party != speaking):
            return Target(doer.span, doer.party)
    for region in scope.content:
        for span, party in parties_in(scope.article, region):
            if party is None or party != speaking:
                return Target(span, party)
    return None


def _stager(scope: _Scope, doers: Sequence[Doer]) -> Target | None:
    """Who is said to have staged what did not happen."""
    for region in (scope.tail, *scope.content):
        for match in w.INVENTED_BY.finditer(scope.text, *region):
            if (found := read_party(scope.article, match.span("who"))) is not None:
                return Target(*found)
    for doer in doers:
        if not _is_own(scope, doer):
            return Target(doer.span, doer.party)
    for region in scope.content:
        for match in w.AND_THAT.finditer(scope.text, *region):
            if (found := read_party(scope.article, (match.end(), region[1]))) is not None:
                return Target(*found)
    return None


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
        if cue[1] - cue[0] > MAX_SENTENCE_CHARACTERS:
            cue = attribution.cue[0]
        start = cue[0]
    end = sentence_end(article.text, cue[1] if cue else start, MAX_SENTENCE_CHARACTERS)
    content_end = max((piece[1] for piece in content if piece[0] >= start), default=start)
    end = max(min(end, limit), min(end, content_end), cue[1] if cue else start)
    return _Scope(article, cue, (start, end), content, speaker, speaker_span)


def _modality(cue: str, content: str) -> str:
    if w.NO_EVIDENCE.search(cue) or w.NO_EVIDENCE.search(content[:120]):
        return "no_evidence"
    if w.SUSPECTS_CUE.search(cue) or w.SUSPECTS.search(content[:MAX_HEDGE_CHARACTERS]):
        return "suspects"
    return "asserts"


def _blamed(scope: _Scope) -> Target | None:
    """Whom words of blame point at: "accused X of", "laid the blame at the feet of X", "held X responsible"."""
    text = scope.text
    speaking = scope.speaker.party if scope.speaker is not None else None
    cue_negated = w.NEGATION.search(scope.cue_text())
    for region in (scope.tail, *scope.content):
        matches = [(pattern, match) for pattern in w.BLAMES for match in pattern.finditer(text, *region)]
        # The first words of blame are the speaker's own: "accused X of staging it to blame Y" blames X.
        for pattern, match in sorted(matches, key=lambda found: found[1].start()):
            if w.NEGATION.search(text, max(region[0], match.start() - 30), match.start()) or cue_negated:
                continue
            if w.BLAME_TO_COME.search(text, region[0], match.start()) or _another_blames(scope, match.start()):
                continue
            start, limit = match.span("who")
            # "attributed no crime to X"
            if w.NEGATION.search(text, match.start(), start):
                continue
            if pattern is w.RESPONSIBLE:
                target = subject_target(scope.article, (start, limit))
            else:
                target = find_target(scope.article, start, limit) or pronoun_target(scope.article, start, speaking)
            if target is not None:
                return target
        for pattern in w.BLAMES_A_PARTY:
            for match in pattern.finditer(text, *region):
                found = read_party(scope.article, match.span("who"))
                if found is not None and not cue_negated:
                    return Target(*found)
    return None


def _another_blames(scope: _Scope, start: int) -> bool:
    """Whether the verb of blame stands in what is said and has a subject of its own: "said that X had accused Y"."""
    if (scope.cue is not None and start < scope.cue[1]) or not w.FINITE_BLAME.match(scope.text, start):
        return False
    before = scope.text[max(scope.content[0][0], start - 40) : start].lower().split()
    while before and before[-1] in ("had", "has", "have", "also", "again", "each", "both"):
        before.pop()
    return bool(before) and before[-1] not in ("it", "they", "he", "she", "we", "i", "and", "that", "then")


def _cleared(scope: _Scope, first: Doer | None, denying: bool) -> Target | None:
    """Whom a denial clears: the doer of what is denied, else a party that it names, else the speaker."""
    speaker = None
    if scope.speaker_span is not None:
        speaker = Target(scope.speaker_span, scope.speaker.party if scope.speaker is not None else None)
    if first is not None:
        return speaker if first.own else Target(first.span, first.party)
    beginning = scope.text[slice(*scope.content[0])][:80]
    if denying and w.CHARGE_OF.match(beginning):
        return speaker
    if denying and w.OWN_DENIAL.match(beginning) and not w.CHARGE_THAT.match(beginning):
        return speaker
    for region in scope.content:
        that = w.CHARGE_THAT.search(scope.text, *region) if denying else None
        if that is not None and w.OWN_BEGINS.match(scope.text, that.end()):
            return speaker
        for span, party in parties_in(scope.article, (that.end() if that else region[0], region[1])):
            return Target(span, party)
    return speaker
