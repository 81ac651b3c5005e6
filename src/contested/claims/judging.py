"""Stance, modality and target of an attribution: the rules and the network together.

In: what :func:`contested.claims.stance.judge_stance` says of an attribution, and what the network says of it
(:class:`contested.claims.tagging.stance_reader.Reading`). Out: one :class:`~contested.claims.stance.Judgement`.
Refuses: nothing.

The rules know the words of blame and denial and say why; the network has seen more ways to say them. Each
gives the other a vote. The fast tier has the rules alone.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

from contested.claims.actors import ArticleActors, Resolved
from contested.claims.blame.mentions import find_mentions
from contested.claims.blame.targets import Target
from contested.claims.linking import Attribution
from contested.claims.speaking.speakers import Speaking
from contested.claims.stance import Judgement, judge_stance
from contested.claims.tagging.stance_reader import Reading, StanceReader
from contested.claims.text import wording as w
from contested.claims.text.words import Span, touch

#: What the rules' word counts, in natural logarithms of odds (docs/methods/reading.md says how they were chosen). When
#: the network is trained anew, choose them anew.
RULE_STANCE_WEIGHT = 2.0
#: Where they see no sign of anything (there are more ways of blaming than rules), and where they see that an event is
#: called staged or invented, whose words are few.
RULE_WEIGHTS = {"reports": 0.7, "denies_event": 4.0}
#: Least probability of a confession that the rules do not see: nobody should be said to have claimed what they did not.
SURE_CONFESSION = 0.8
RULE_MODALITY_WEIGHT = 0.5
RULE_TARGET_WEIGHT = 2.0
#: Least probability of a mention that a blame may be tied to without a word of the rules.
LEAST_TARGET = 0.3
CONFESSION = "claims_responsibility"
#: Stances that have a target.
TARGETED = frozenset(["blames", "denies", "denies_event", "alternative_explanation"])


class Judge:
    """Judges the attributions of one article."""

    def __init__(
        self, article: ArticleActors, attributions: Sequence[Attribution], reader: StanceReader | None = None
    ) -> None:
        self._article = article
        self._attributions = attributions
        self._parties: dict[Span, str | None] = {}
        self._readings: list[Reading] = []
        if reader is not None and attributions:
            self._parties = find_mentions(article, reader.is_common)
            self._readings = reader.read(article.text, attributions, list(self._parties))

    def judge(self, number: int, speaking: Speaking, resolved: Resolved | None, limit: int) -> Judgement:
        """Stance, modality and target of one attribution, given who its speaker is.

        Parameters
        ----------
        number
            Which of the attributions.
        speaking, resolved
            Its speakers, and which of them is meant.
        limit
            Character at which the next attribution begins.
        """
        rule = judge_stance(self._article, self._attributions[number], resolved, speaking.span, limit)
        if rule.target is None and rule.stance == "blames":
            rule = replace(rule, target=speaking.passive_target)
        source = self._attributions[number].source
        nobody = source and w.NOBODY.match(self._article.text, source[0][0])
        if not self._readings or nobody:
            return rule
        party = resolved.party if resolved is not None else None
        own = Target(speaking.span, party) if speaking.span is not None else None
        return weigh(self._article, rule, self._readings[number], self._parties, party, own)


def weigh(
    article: ArticleActors,
    rule: Judgement,
    reading: Reading,
    mentions: Mapping[Span, str | None],
    speaker: str | None,
    own: Target | None = None,
) -> Judgement:
    """The judgement that rules and network together make likeliest.

    Parameters
    ----------
    article
        The names of the article.
    rule
        What the rules say.
    reading
        What the network says.
    mentions
        The parties of the reading's mentions.
    speaker
        The speaker's party: nobody is blamed by themselves.
    own
        The speaker, where one is named.
    """
    reading = _without_places(article, reading)
    odds = dict(reading.stances)
    if rule.stance != "blames" and _find_target(rule, reading, mentions, "blames", speaker) is None:
        # Who blames nobody that is named, reports.
        del odds["blames"]
    elif rule.stance != "blames" or rule.target is None:
        # Who blames, blames someone.
        odds["blames"] *= 1 - reading.no_target
    if rule.stance != CONFESSION and odds[CONFESSION] < SURE_CONFESSION:
        del odds[CONFESSION]
    weight = RULE_WEIGHTS.get(rule.stance, RULE_STANCE_WEIGHT)
    stance = _likeliest(odds, rule.stance, weight)
    modality = _likeliest(reading.modalities, rule.modality, RULE_MODALITY_WEIGHT)
    target = _find_target(rule, reading, mentions, stance, speaker) if stance in TARGETED else None
    if stance == "denies" and (target is None or _is_own(article, target.span)):
        # Who denies, and clears nobody else, clears themselves.
        target = own or target
    return replace(rule, stance=stance, modality=modality, target=target)


def _without_places(article: ArticleActors, reading: Reading) -> Reading:
    """The reading with the odds of "the Ukrainian" in "the Ukrainian town" given to no target."""
    places = {
        span for span in reading.targets
        if (end := article.token_range(span)[1]) < len(article.words) and article.words[end].lower() in w.PLACE_NOUNS
    }  # fmt: skip
    return replace(
        reading,
        targets={span: odds for span, odds in reading.targets.items() if span not in places},
        no_target=reading.no_target + sum(reading.targets[span] for span in places),
    )


def _likeliest(odds: Mapping[str, float], ruled: str, weight: float) -> str:
    return max(odds, key=lambda name: math.log(odds[name] + 1e-6) + weight * (name == ruled))


def _find_target(
    rule: Judgement, reading: Reading, mentions: Mapping[Span, str | None], stance: str, speaker: str | None
) -> Target | None:
    ruled = rule.target
    if ruled is not None and stance == "denies_event" == rule.stance:
        return ruled
    if ruled is not None and not any(touch(span, ruled.span) for span in reading.targets):
        return ruled
    scores: dict[Span | None, float] = {None: math.log(reading.no_target + 1e-6)}
    for span, odds in reading.targets.items():
        if stance == "blames" and speaker is not None and mentions.get(span) == speaker:
            continue
        agreed = ruled is not None and touch(span, ruled.span)
        scores[span] = math.log(odds + 1e-6) + RULE_TARGET_WEIGHT * agreed
    if ruled is None and rule.stance == stance:
        scores[None] += RULE_TARGET_WEIGHT
    if stance == "blames" and (ruled is not None or max(reading.targets.values(), default=0.0) >= LEAST_TARGET):
        # Who blames, blames someone.
        scores = {span: score for span, score in scores.items() if span is not None} or scores
    best = max(scores, key=lambda span: scores[span])
    if best is None:
        return None
    return ruled if ruled is not None and touch(best, ruled.span) else Target(best, mentions.get(best))


def _is_own(article: ArticleActors, span: Span) -> bool:
    """Whether the words are "its planes", "our men", "it"."""
    first, _ = article.token_range(span)
    return article.words[first].lower() in w.OWN_POSSESSIVES | w.OWN_PRONOUNS
