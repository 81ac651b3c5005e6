"""What happening a claim speaks of: the attack, what followed it, attacks in general, or the answer to it.

In: the words of a claim, its stance, and the times they name. Out: one of
:data:`contested.base.records.SPEAKS_OF`. Refuses: nothing; a claim that shows none of the signs is ``other``.

``event``      one attack, told as done: by a day, by "the attack", by what it did.
``follow_up``  another attack that came after it: "subsequent strikes hit the clinic that treated the injured".
``history``    attacks before it or in general: "has repeatedly been accused", "dozens of attacks since 2013".
``response``   what was said, asked or done about it: votes, sanctions, inquiries, reprisals.
``other``      none of these.

A denial without limit ("has never used such weapons") covers the attack that it answers, so it stays ``event``;
an accusation without limit does not say that this attack was one more, so it is ``history``. Wordings and their
order stand in ``docs/methods/facts.md``.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Literal

from contested.claims.asserted.event_times import TimePhrase
from contested.claims.text.wording import compile_wording

SpeaksOf = Literal["event", "follow_up", "history", "response", "other"]
#: An attack that its time puts this long before the publication is not the one that the news is about.
HISTORY_DAYS = 60

_ATTACK = (
    r"(?:(?:air|drone|missile|rocket|gas|chemical|bomb|mortar|artillery|chlorine|sarin|cluster|suicide|car[- ]bomb)[- ]?)?(?:attacks?|strikes?|airstrikes?|raids?|bombings?|bombardments?|shelling|massacres?|killings?|"
    r"assaults?|incidents?|atrocit(?:y|ies)|explosions?|blasts?)"
)
_ATTACKS = r"(?:attacks|strikes|airstrikes|raids|bombings|bombardments|massacres|killings|assaults|incidents|atrocities|crimes|violations|abuses|cases|instances|episodes|uses|times|occasions)"
#: One attack: it is pointed at.
_THIS_EVENT = compile_wording(
    rf"\b(?:this|the\s+latest|the\s+most\s+recent|the\s+alleged|the\s+reported|the\s+suspected|(?:mon|tues|wednes|thurs|fri|satur|sun)day(?:'s|’s)|yesterday(?:'s|’s)|today(?:'s|’s)|last\s+week(?:'s|’s))\s+(?:[\w-]+\s+){{0,3}}{_ATTACK}\b"
)
_HISTORY = compile_wording(
    rf"\b(?:repeatedly|routinely|systematically|consistently|frequently|regularly|time\s+and\s+(?:time\s+)?again|again\s+and\s+again|for\s+(?:many\s+)?years|for\s+decades|over\s+the\s+years|in\s+the\s+past|on\s+(?:several|many|multiple|numerous|other|previous)\s+occasions"
    rf"|throughout\s+(?:the|its|their)\s+(?:\w+\s+)?(?:war|conflict|campaign|occupation)|since\s+the\s+(?:start|beginning|outbreak|onset)\s+of|long\s+(?:been|had|history|record)|habitually|historically|traditionally)\b"
    rf"|\b(?:a|its|their|his|long)\s+(?:\w+\s+){{0,2}}(?:history|record|pattern|track\s+record|habit|policy|campaign|practice)\s+of\b"
    rf"|\b(?:previous|earlier|past|prior|former|other|similar|numerous|countless|many|several|multiple|a\s+series\s+of|a\s+string\s+of|a\s+pattern\s+of|a\s+spate\s+of|dozens\s+of|scores\s+of|hundreds\s+of|thousands\s+of|all|instances?\s+of|most)\s+(?:[\w-]+\s+){{0,3}}{_ATTACKS}\b"
    rf"|\b(?:ten|eleven|twelve|twenty|thirty|forty|fifty|a\s+hundred|(?<![\d,])\d[\d,]{{0,9}}\d)(?:\s+or\s+more)?\s+(?!(?:people|civilians|children|others|women)\b)(?:[\w-]+\s+){{0,4}}(?:attacks|incidents|massacres|violations|crimes|cases|instances|uses)\b"
    r"|\b(?:two|three|four|five|six|seven|eight|nine|ten|\d+)\s+(?:\w+\s+)?(?:times|occasions)\b"
    r"|\b(?:second|third|fourth|fifth|sixth|\d+(?:th|rd|nd))\s+(?:such\s+)?time\b"
)
_GENERAL = compile_wording(
    r"\b(?:has|have|had)\s+(?:\w+\s+){0,2}been\s+(?:\w+ly\s+)?(?:using|bombing|shelling|attacking|targeting|killing|dropping|gassing|firing|committing)\b"
    r"|\b(?:continues?|continued|keeps?|kept)\s+(?:to\s+|on\s+)?(?:us|bomb|shell|attack|target|kill|drop|gas|fir|commit)\w*\b"
    r"|\b(?:uses|bombs|shells|attacks|targets|kills|drops|gasses|commits)\s+(?:its|their|his|civilians?|hospitals|schools|children|chemical|chlorine|barrel|cluster|innocent|women|people)\b"
    r"|\b(?:are|is)\s+(?:still\s+|now\s+|deliberately\s+)?(?:using|bombing|shelling|targeting|killing|dropping|committing)\b"
)
_UNLIMITED_DENIAL = compile_wording(r"\b(?:never|not\s+once|at\s+no\s+time|ever)\b")
_FACILITY = r"(?:hospitals?|clinics?|medical\s+(?:facilit(?:y|ies)|cent(?:er|re)s?|points?)|ambulances?|rescuers?|rescue\s+(?:workers?|teams?)|first\s+responders?|medics|paramedics|funeral\w*|mourners)"
_STRUCK = r"(?:hit|hits|hitting|struck|strik(?:e|es|ing)|bomb(?:ed|ing|s)?|shell(?:ed|ing|s)?|target(?:ed|ing|s)?|attack(?:ed|ing|s)?|raid(?:ed|s)?|destroy(?:ed|ing)?)"
_FOLLOW_UP = compile_wording(
    rf"\b(?:subsequent|follow[- ]?up|secondary|ensuing|further|additional|later|second(?:\s+(?:wave|round|series)\s+of)?|renewed|repeat)\s+(?:[\w-]+\s+){{0,2}}{_ATTACK}\b"
    rf"|\b{_FACILITY}\b[^.!?\n]{{0,60}}\b(?:treat(?:ing|ed)?|receiv\w+|being\s+(?:treated|cared)|where\s+(?:the\s+)?(?:victims|injured|wounded|casualties|survivors|patients))\b[^.!?\n]{{0,60}}\b(?:was|were|been|came|also|then|later)\b[^.!?\n]{{0,30}}\b{_STRUCK}\b"
    rf"|\b{_STRUCK}\b[^.!?\n]{{0,60}}\b{_FACILITY}\b[^.!?\n]{{0,60}}\b(?:treat(?:ing|ed)?|where\s+(?:the\s+)?(?:victims|injured|wounded|casualties|survivors|patients)|receiv\w+)\b"
    rf"|\b(?:minutes|hours|days|shortly|soon|immediately|weeks?)\s+(?:later|after(?:wards?)?|after\s+the\s+{_ATTACK})\b[^.!?\n]{{0,60}}\b(?:{_STRUCK}|{_ATTACK})\b"
    rf"|\b(?:{_STRUCK})\b[^.!?\n]{{0,70}}\b(?:hours|minutes|days|shortly|soon)\s+(?:later|after(?:wards?)?)\b"
    rf"|\b(?:then|later|afterwards)\s+(?:also\s+)?(?:bombed|shelled|hit|struck|attacked|targeted|returned\s+to)\b"
    r"|\bdouble[- ]tap\b"
)
_RESPONSE = compile_wording(
    r"\b(?:sanctions?|resolution|draft|veto\w*|vot(?:e|es|ed|ing)|security\s+council|inquir(?:y|ies)|investigat\w+|probe|fact-finding|accountab\w*|justice|prosecut\w*|tribunal|court|condemn\w*|deplor\w*|outrag\w*"
    r"|retaliat\w*|repris\w*|respon(?:d|ds|ded|se|ding)|red\s+line|ceasefire|cease-fire|truce|talks|negotiat\w*|peace|diplomat\w*|summit|meeting|humanitarian|aid|evacuat\w*|refugees|support\w*|call(?:s|ed|ing)?\s+(?:for|on|upon)|urg(?:e|es|ed|ing)"
    r"|must|should|will|would|going\s+to|intend\w*|plans?\s+to|threat\w*|warn\w*|demand\w*|mourn\w*|solidarity|sympath\w*|thoughts|pray\w*)\b"
)
_ATTACK_WORD = compile_wording(
    rf"\b(?:{_ATTACK}|bomb\w*|shell(?:s|ed|ing)|struck|fired|missiles?|rockets?|gas(?:sed)?|chlorine|sarin|nerve\s+agents?|chemical\s+weapons?|kill(?:ed|ing|s)|dead|died|dropped|launched|targeted|hit|shot|execut\w+|behead\w+|warplanes?|helicopters?|destroyed|exploded|detonat\w+|downed)\b"
)
_PAST_DEED = compile_wording(
    r"\b(?:was|were|had|has|have|did)\b|\b\w+ed\b|\b(?:struck|hit|shot|fell|blew|took|left|saw|heard|dead|came|flew)\b"
)
_REPRISAL = compile_wording(
    rf"\b(?:retaliat\w+|reprisal|punitive|in\s+response(?:\s+to)?|in\s+retaliation)\b[^.!?\n]{{0,80}}\b(?:{_ATTACK})\b|\b(?:{_ATTACK})\b[^.!?\n]{{0,50}}\bin\s+(?:response|retaliation|reprisal)\b"
)


def find_event_kind(
    content: str, cue: str, stance: str, has_facts: bool, times: Sequence[TimePhrase], published: date | None
) -> SpeaksOf:
    """What the claim speaks of.

    Parameters
    ----------
    content
        The words reported.
    cue
        The words that attribute them: "repeatedly accused" tells of a history too.
    stance
        The claim's stance; one that is not ``reports`` takes sides on an attack and is no ``response``.
    has_facts
        Whether the words assert a mechanism, a means or a toll.
    times
        Times that the words name.
    published
        Day of publication, against which old days are told from new ones.
    """
    whole = f"{cue} {content}"
    denies = stance in ("denies", "denies_event", "retracts")
    here = bool(_THIS_EVENT.search(content)) or any(_is_near(time, published) for time in times)
    if not (denies and _UNLIMITED_DENIAL.search(whole)):
        old = any(_is_old(time, published) for time in times)
        if old and not here:
            return "history"
        if _HISTORY.search(whole) and not here:
            return "history"
        if not here and not denies and _GENERAL.search(content):
            return "history"
    if _FOLLOW_UP.search(content) and not denies:
        return "follow_up"
    if stance != "reports":
        return "event"
    attack = _ATTACK_WORD.search(content)
    if attack and _REPRISAL.search(content):
        return "response"
    response = _RESPONSE.search(whole)
    if attack and (has_facts or here) and not (response and not _PAST_DEED.search(content)):
        return "event"
    if response:
        return "response"
    return "event" if attack and _PAST_DEED.search(content) else "other"


def _is_near(time: TimePhrase, published: date | None) -> bool:
    if time.of_saying or time.bounds or time.high is None or published is None:
        return False
    return timedelta(days=-2) <= published - time.high <= timedelta(days=HISTORY_DAYS) and (
        time.low is not None and time.high - time.low <= timedelta(days=31)
    )


def _is_old(time: TimePhrase, published: date | None) -> bool:
    """Whether a time lies long before the news, or is one that only bounds what went on since."""
    if time.of_saying or time.high is None:
        return False
    if time.bounds and time.low is not None and time.high - time.low > timedelta(days=7):
        return True
    return published is not None and published - time.high > timedelta(days=HISTORY_DAYS)
