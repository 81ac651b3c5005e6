"""The dead and the injured that a text counts, each with the words that count them.

In: a text and the stretches of it to read. Out: :class:`Toll` for each count, and their :class:`TollSummary`.
Refuses: counts that lump the dead with the injured, that are denied or only feared to come, and totals of a whole
war; a summary refuses, by giving ``None``, counts that cannot all hold.

A count is one or more counted phrases joined ("five women and a child": 6), to which a verb or noun of dying or
hurting belongs, before or after it. What "including" or "among them" brings in is a part of it and never added.
The rules, with their wordings, stand in ``docs/methods/facts.md``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from contested.base.records import TOLL_GROUPS
from contested.claims.quantities import Quantity, find_quantities
from contested.claims.sentences import find_sentences
from contested.claims.words import Span

Kind = Literal["killed", "injured"]
#: Groups that tolls are told by; a group ``None`` is people of whom nothing more is said.
GROUPS = TOLL_GROUPS
Bounds = tuple[int | None, int | None]


@dataclass(frozen=True, slots=True)
class Toll:
    """One count of people of one group."""

    kind: Kind
    group: str | None
    low: int | None
    high: int | None
    start: int
    end: int
    part: bool = False
    """Whether it counts some of the people that another count counts whole."""
    newest: bool = False
    """Whether the wording says that it takes the place of an earlier count ("rose to 82")."""
    vague: bool = False
    """Whether it was read from a word such as "dozens"."""


@dataclass(frozen=True, slots=True)
class TollSummary:
    """The counts of one claim or article that can all hold; ``(None, None)`` where there are none, or none that can."""

    killed: Bounds = (None, None)
    injured: Bounds = (None, None)
    killed_of: dict[str, Bounds] = field(default_factory=dict)
    """Group → fewest and most killed of it."""


_FIGHTERS = (
    r"soldiers?|fighters?|troops|militants?|rebels?|insurgents?|gunm[ae]n|jihadists?|terrorists?|militiam[ae]n|militias|combatants?|commanders?|officers?|guerrillas?"
    r"|mercenar(?:y|ies)|servicem[ae]n|personnel|recruits|conscripts|extremists?|attackers?|bombers?|generals?|colonels?|leaders?|snipers?|troopers"
    r"|members\s+of\s+(?:the\s+)?(?:[\w’'-]+\s+){0,4}?(?:front|army|brigades?|battalions?|militias?|group|organi[sz]ation|state|forces|regime)|group\s+members|militia\s+members"
)
_CHILDREN = (
    r"children|child|minors?|infants?|bab(?:y|ies)|toddlers?|schoolchildren|schoolgirls?|schoolboys?|boys?|girls?|kids?"
)
_WOMEN = r"wom[ae]n|mothers?|grandmothers?|wife|wives"
_CIVILIANS = (
    r"civilians?|non-?combatants?|medics?|paramedics?|doctors?|nurses?|patients?|journalists?|reporters?|worshipp?ers?|pupils?|students?|teachers?"
    r"|aid\s+workers?|health\s+workers?|rescue\s+workers?|rescuers?|refugees?|shoppers?|bystanders?|passers-by"
)
_OTHERS = (
    r"people|persons?|residents?|villagers?|citizens?|inhabitants?|victims?|others|members?|policem[ae]n|police|guards?|workers?|passengers?|demonstrators?|protesters?|pilgrims?"
    r"|farmers?|evacuees?|volunteers?|staff|employees?|lives|m[ae]n|fathers?|famil(?:y|ies)\s+members|relatives|elders?|elderly|hostages?|prisoners?|detainees?|hostages|settlers?"
    r"|couple|tribesmen|clerics?|drivers?|migrants?|tourists?|nationals|foreigners?|humans?|souls"
)
_DEAD_NOUNS = (
    r"martyrs|martyred\s+people|deaths|fatalities|dead\s+bodies|bodies|corpses|dead\s+people|civilian\s+deaths|lives"
)
_PEOPLE = (
    rf"(?:(?P<dead>{_DEAD_NOUNS})|(?P<fighters>{_FIGHTERS})|(?P<children>{_CHILDREN})|(?P<women>{_WOMEN})|(?P<civilians>{_CIVILIANS})|(?P<others>{_OTHERS}))\b"
)
_VERB = (
    r"(?:were|was|been|being|be|(?-i:is)|are|has|have|had|kill\w*|dead|died|dies|dying|wound\w*|injur\w*|hurt|martyred|missing|said|says|and|or|in|on|at|by|with|from|of|to|after|when|while"
    r"|them|whom|including|during|as|that|which|who|near|for|against|left|leav\w+|caus\w+|air|attacks?|strikes?|raids?|rockets?|shells?|bombs?|missiles?)\b"
)
_MODIFIERS = rf"(?:(?!{_VERB})[^\W\d][\w’'.-]*\s+){{0,4}}?"
_OF_THE = r"(?:of\s+)?(?:the\s+|its\s+|their\s+|his\s+|her\s+|those\s+)?"
#: What a number counts.
_NOUN_PHRASE = re.compile(rf"\s+{_OF_THE}(?P<modifiers>(?:[\w-]+\s+and\s+(?=[\w-]+\s+(?:{_FIGHTERS})\b))?{_MODIFIERS}){_PEOPLE}", re.IGNORECASE)
_FAMILY = re.compile(r"\b(?:a|one)\s+(?:[\w’'-]+\s+){0,2}?(?:family|group|household)\s+of\s+$", re.IGNORECASE)
#: "a child", "another woman", "its commander" count one.
_SINGULAR = (
    r"(?P<fighters>soldier|fighter|militant|rebel|insurgent|gunman|jihadist|terrorist|militiaman|combatant|commander|officer|guerrilla|serviceman|general|colonel|leader)"
    r"|(?P<children>child|minor|infant|baby|toddler|schoolgirl|schoolboy|boy|girl|girl\s+child|kid|son|daughter|newborn)"
    r"|(?P<women>woman|mother|grandmother|wife)"
    r"|(?P<civilians>civilian|medic|paramedic|doctor|nurse|patient|journalist|reporter|cameraman|student|teacher|pupil|aid\s+worker|health\s+worker|rescue\s+worker|rescuer|shopper)"
    r"|(?P<others>person|adult|resident|villager|citizen|man|father|grandfather|policeman|guard|worker|passenger|protester|farmer|volunteer|driver|cleric|imam|brother|husband|photographer)"
)
#: What may follow one person: "a rebel collection" counts nobody.
_AFTER_ONE = (
    r"was|were|is|are|and|or|in|on|at|by|who|whose|had|has|have|been|dead|died|die|dies|killed|injured|wounded|hurt|from|of|with|when|while|after|during|as|near|to|for|including|among|also|inside|outside"
    r"|(?:mon|tues|wednes|thurs|fri|satur|sun)day|yesterday|overnight|that|which|said|reportedly|lost|injures?|wounds?|kills?"
)
_ONE = re.compile(
    rf"(?:(?<![\w-])(?:an?|another|one|her|his|their)\s+|(?<=\band\s))(?P<modifiers>{_MODIFIERS})(?:{_SINGULAR})\b(?![’'-])(?=\s*(?:[.,;:!?)\"”]|\Z)|\s+(?:{_AFTER_ONE})\b)", re.IGNORECASE
)
_JOINT = re.compile(
    r"\s*(?:,|,?\s*and|&|as\s+well\s+as|along\s+with|together\s+with|in\s+addition\s+to|plus)\s*(?:another|the|their|his|her|its)?\s*",
    re.IGNORECASE,
)
_PART = re.compile(
    r"\s*,?\s*(?:\(|[-–—]+\s*)?(?:including|included|among\s+(?:them|whom|those)(?:\s+killed)?(?:\s+(?:were|are))?|(?:of|among)\s+(?:whom|them))\s*(?:were\s+|are\s+)?(?:at\s+least\s+)?$",
    re.IGNORECASE,
)
_OF_THE_DEAD = re.compile(
    r"\b(?:of|among)\s+(?:those|the)\s+(?:killed|dead|victims|slain|fatalities)\s*,?\s*(?:were\s+|are\s+)?(?:at\s+least\s+)?$", re.IGNORECASE
)
_PART_AFTER = re.compile(
    r"(?:\s+including\s+(?:[\w’'-]+\s+){1,4}?|\s*)(?:of\s+(?:them|whom)|were\s+among|was\s+among|are\s+among|is\s+among|among\s+(?:the\s+(?:dead|victims|killed|fatalities|casualties)|those\s+killed))\b"
    r"(?:\s+(?:were\s+|are\s+|was\s+)?(?P<group>children|women|civilians|fighters))?",
    re.IGNORECASE,
)
_WERE_GROUP = re.compile(r"\s+(?:were|are|was)\s+(?P<group>children|women|civilians|fighters)\b", re.IGNORECASE)
_SHARE = re.compile(
    r"\s*,?\s*(?:\(|[-–—]+\s*)?(?P<share>all(?:\s+of\s+(?:them|whom))?|most(?:ly)?(?:\s+of\s+(?:them|whom))?|mainly|the\s+majority\s+of\s+(?:them|whom)|half\s+of\s+(?:them|whom)|more\s+than\s+half\s+of\s+(?:them|whom))"
    r"(?:\s+(?:were|are|being))?\s+(?:(?P<children>children|minors)|(?P<women>women)|(?P<civilians>civilians)|(?P<fighters>fighters|soldiers|militants))\b(?!\s+and\b)",
    re.IGNORECASE,
)
_INCLUDED = re.compile(r"\b(?:the\s+)?(?:dead|victims|fatalities|those\s+killed)\s+includ(?:e|es|ed|ing)\s*$", re.IGNORECASE)

_DIE = r"(?:kill(?:ed)?|dead|murdered|massacred|slaughtered|martyred|executed|beheaded|crucified|shot\s+dead|burned\s+alive|crushed\s+to\s+death|assassinated|slain)"
_HURT = r"(?:wounded|injured|hurt|maimed|burned)"
_AUXILIARY = r"(?:were|was|are|is|been|being|have\s+been|had\s+been|has\s+been|got|lay|left|reported|confirmed|feared|believed|reportedly)"
_ADVERB = r"(?:(?:also|all|both|reportedly|later|immediately|already|confirmed|reported|believed|feared|now|allegedly|instantly|so\s+far|to\s+have\s+been|to\s+be|been|left|either)\s+){0,3}"
_BETWEEN = r"(?:\s+(?!(?:said|says|that|which|but|killed|wounded|injured|died|told|were|was|has|have|had|after|when|while)\b)[\w’'.&-]+|,){0,10}?"
_PASSIVE = re.compile(
    rf"{_BETWEEN},?\s+(?:who\s+)?(?:{_AUXILIARY}\s+{_ADVERB}(?:(?P<killed>{_DIE})|(?P<injured>{_HURT}))\b"
    r"|(?:have\s+|had\s+|has\s+)?(?:also\s+)?(?P<died>died|perished|lost\s+(?:their|his|her)\s+li(?:fe|ves)|succumbed|suffocated\s+to\s+death)\b)",
    re.IGNORECASE,
)
_PASSIVE_NEXT = re.compile(
    rf"\s+(?:{_AUXILIARY}\s+{_ADVERB}(?:(?P<killed>{_DIE})|(?P<injured>{_HURT}))\b|(?P<died>died|perished)\b)", re.IGNORECASE
)
#: A number, or what bounds one.
_NUMBER_NEXT = re.compile(
    r"\s+(?:\d|at\s+least\b|about\b|some\b|another\b|more\s+than\b|dozens\b|scores\b|several\b|hundreds\b|an?\b|two\b|three\b|four\b|five\b|six\b|seven\b|eight\b|nine\b|ten\b|others\b|many\b)",
    re.IGNORECASE,
)
_BARE = re.compile(
    rf"\s*,?\s+(?:(?:others?|more|people)\s+)?(?:reported(?:ly)?\s+|confirmed\s+)?(?:(?P<killed>{_DIE}|die[sd]?)|(?P<injured>{_HURT}))\b",
    re.IGNORECASE,
)
_ACTIVE = re.compile(
    r"\b(?:(?P<killed>kill(?:s|ed|ing)?|murder(?:s|ed|ing)|massacr(?:es|ed|ing)|slaughter(?:s|ed|ing)|execut(?:es|ed|ing)|behead(?:s|ed|ing)|crucif(?:ies|ied|ying)|martyr(?:s|ed|ing)"
    r"|(?:claim|cost|tak|took)\w*(?:\s+the)?\s+li(?:fe|ves)\s+of|deaths?\s+of|killings?\s+of|massacre\s+of|martyrdom\s+of|bodies\s+of|corpses\s+of|assassinat(?:es|ed|ing)|claim(?:s|ed|ing)(?=\s+\S+\s+(?:lives|martyrs)))"
    r"|(?P<injured>wound(?:s|ed|ing)|injur(?:es|ed|ing)|hurt(?:s|ing)?|maim(?:s|ed|ing)|injury\s+(?:of|to)|injuries\s+(?:of|to)))"
    r"\s+(?:(?:off|also|another|further|a\s+further|an\s+additional|all|the)\s+)*$",
    re.IGNORECASE,
)
_LUMPED = re.compile(
    r"\s*(?:and|or|&|/|,)\s*(?:\d+\s*%\s*)?(?:killed|dead|injured|wounded|hurt|missing)\b", re.IGNORECASE
)
_LUMPED_BEFORE = re.compile(
    r"\b(?:kill\w*|dead|wound\w*|injur\w*|maim\w*)\s*(?:and|or|&|/)\s*(?:kill(?:ed|ing|s)?|wound(?:ed|ing|s)?|injur(?:ed|ing|es|ies)|maim\w*)\s+(?:(?:of|to)\s+)?$",
    re.IGNORECASE,
)
_NOT_YET = re.compile(r"\b(?:could|would|might|may|can|will|to|not|never|no|without|if|should|shall)\s+(?:have\s+)?(?:\w+\s+)?$", re.IGNORECASE)
_TOLL_NOUN = re.compile(
    r"\b(?:death\s+toll|death\s+count|toll|number\s+of\s+(?:the\s+)?(?:deaths?|dead|killed|victims|fatalities|martyrs|people\s+killed)|killed\s+reached)\b"
    r"(?P<gap>(?:\s+(?!injur|wound)[\w’'&.-]+|,){0,14}?)\s+(?P<to>to|at|reach(?:es|ed|ing)|is|was|from|stands\s+at|stood\s+at|hits?|surpass(?:es|ed)|exceed(?:s|ed)|estimated|tops|topped|pass(?:es|ed)|of|climb(?:s|ed))\s+(?:now\s+)?$",
    re.IGNORECASE,
)
#: In headlines: "Death toll from the blast at least 126".
_TOLL_NOUN_BARE = re.compile(r"\bdeath\s+toll\b(?:\s+(?!injur|wound)[\w’'&.-]+){0,10}\s+$", re.IGNORECASE)
_BOUNDED = re.compile(r"(?:at\s+least|more\s+than|over|up\s+to|nearly|about)\b", re.IGNORECASE)
_RISING = re.compile(
    r"\b(?:rose|ris(?:es|en|ing)|rais(?:es|ed|ing)|climb\w*|increas\w*|updat\w*|revis\w*|jump\w*|mount\w*|grow[ns]?|grew|up\s+from|surpass\w*|bring\w*|brought)\b",
    re.IGNORECASE,
)
#: "This was later updated to 82".
_REVISED = re.compile(
    r"\b(?:this|it|that|toll|figure|number|count|estimate)\s+(?:\w+\s+){0,3}(?:updated|revised|raised|increased|rose|risen|climbed|corrected)\s+to\s+$",
    re.IGNORECASE,
)
#: What a war has cost in all: no toll of one event.
_OF_A_WAR = re.compile(
    r"\bsince\b[^.!?\n]{0,40}\b(?:19|20)\d\d\b|\bsince\s+(?:the\s+|its\s+)?(?:(?:start|beginning|outbreak|onset|eruption)\s+of\s+(?:the\s+)?)?(?:\w+\s+){0,3}(?:war|conflict|uprising|revolution|crisis|unrest|invasion|intervention)\b"
    r"|\b(?:war(?!\s+(?:planes?|crimes?|jets?))|conflict|uprising|crisis|unrest|revolution|insurgency|rebellion)\b[^.!?\n]{0,70}\b(?:has|have|had)\s+(?:\w+\s+){0,2}(?:killed|claimed|cost|left|taken|caused|displaced)\b"
    r"|\b(?:in|over|during|throughout)\s+(?:the\s+)?(?:past|last)\s+(?:\w+\s+){0,2}years?\b|\b(?:in|over|during|throughout|of)\s+(?:the\s+|its\s+)?(?:(?:more\s+than|almost|nearly|over)\s+)?\w+[- ]years?(?:[- ](?:old|long))?\s+(?:of\s+)?(?:war|conflict|civil|crisis)\b"
    r"|\bkilled\s+in\s+(?:the\s+)?(?:\w+\s+){0,3}(?:war|conflict|uprising)\b",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?:19|20)\d\d\Z")


@dataclass(frozen=True, slots=True)
class _Counted:
    """A counted phrase: the quantity, whom it counts, and its characters."""

    low: int | None
    high: int | None
    group: str | None
    start: int
    end: int
    noun: bool
    deaths: bool = False
    vague: bool = False


def find_tolls(text: str, start: int = 0, end: int | None = None) -> list[Toll]:
    """Counts of dead and injured in ``text[start:end]``, sentence by sentence."""
    return [
        toll
        for first, last in find_sentences(text, start, end)
        if not _OF_A_WAR.search(text, first, last)
        for toll in _read_sentence(text, first, last)
    ]


def _read_sentence(text: str, start: int, end: int) -> list[Toll]:
    counted = _find_counted(text, start, end)
    found: list[Toll] = []
    at = 0
    while at < len(counted):
        joined = [counted[at]]
        while at + 1 < len(counted) and joined[-1].noun and counted[at + 1].noun and not counted[at + 1].deaths:
            if not _JOINT.fullmatch(text, joined[-1].end, counted[at + 1].start):
                break
            # "killed six people and 30 were injured": the second has a verb of its own.
            if _right_kind(text, counted[at + 1], end) and _has_verb(text, joined, start, counted[at + 1].start):
                break
            at += 1
            joined.append(counted[at])
        at += 1
        found += _tolls_of(text, joined, (start, end), found)
    return found


def _has_verb(text: str, joined: Sequence[_Counted], start: int, end: int) -> bool:
    first = joined[0].start
    return _kind(text, joined, start, end) is not None or bool(_TOLL_NOUN.search(text, max(start, first - 160), first))


def _tolls_of(text: str, joined: Sequence[_Counted], sentence: Span, before: list[Toll]) -> list[Toll]:
    """The counts that one joined phrase makes: its whole, its groups, or parts of the count before."""
    start, end = sentence
    first, last = joined[0], joined[-1]
    after = _PART_AFTER.match(text, last.end, end)
    if after is None and not last.noun:
        after = _WERE_GROUP.match(text, last.end, end)
    parent = next((toll for toll in reversed(before) if not toll.part), None)
    if (
        (parent is not None and _PART.search(text, max(start, first.start - 40), first.start))
        or _OF_THE_DEAD.search(text, max(start, first.start - 40), first.start)
        or _INCLUDED.search(text, max(start, first.start - 40), first.start)
        or (after and (after["group"] or parent is not None or "among" in after[0].lower()))
    ):
        kind: Kind = parent.kind if parent is not None else "killed"
        if after and after["group"] and len(joined) == 1:
            return [Toll(kind, after["group"].lower(), first.low, first.high, first.start, after.end(), part=True)]
        kept = [one for one in joined if one.group is not None]
        return [Toll(kind, one.group, one.low, one.high, one.start, one.end, part=True) for one in kept]
    newest = False
    noun = _TOLL_NOUN.search(text, max(start, first.start - 160), first.start)
    if noun is None and _BOUNDED.match(text, first.start, end):
        noun = _TOLL_NOUN_BARE.search(text, max(start, first.start - 160), first.start)
    if noun is None and not first.noun:
        noun = _REVISED.search(text, max(start, first.start - 80), first.start)
        newest = noun is not None
    found = "killed" if noun or first.deaths else _kind(text, joined, start, end)
    if noun and not newest:
        newest = bool(_RISING.search(text, max(start, noun.start() - 30), first.start))
    if found is None:
        return []
    kind = "injured" if found == "injured" else "killed"
    low, high = _sum(joined)
    if noun and noun.groupdict().get("to", "").lower() == "from" and high is not None:
        # "rose from 20 to 35": the later number is the toll.
        low, newest = high, True
    groups = {one.group for one in joined}
    whole = Toll(kind, groups.pop() if len(groups) == 1 else None, low, high, first.start, last.end, newest=newest, vague=any(one.vague for one in joined))
    parts = [
        Toll(kind, one.group, one.low, one.high, one.start, one.end, part=True) for one in joined if one.group is not None
    ]
    if share := _SHARE.match(text, last.end, end):
        parts.append(_shared(share, whole))
    return [whole, *parts]


def _shared(share: re.Match[str], whole: Toll) -> Toll:
    """ "27 people, most of them children": more than half of them."""
    word = share["share"].lower()
    group = next(name for name in GROUPS if share[name])
    low = whole.low
    if not word.startswith("all") and low is not None:
        low = (low + 1) // 2 if word.startswith("half") else low // 2 + 1
    return Toll(whole.kind, group, low, whole.high, whole.start, share.end(), part=True)


def _sum(joined: Sequence[_Counted]) -> Bounds:
    lows = [one.low for one in joined if one.low is not None]
    low = sum(lows) if lows else None
    highs = [one.high for one in joined if one.high is not None]
    return low, sum(highs) if len(highs) == len(joined) else None


def _kind(text: str, joined: Sequence[_Counted], start: int, end: int) -> Kind | None:
    """Whether the phrase counts dead or injured: by what follows it, else by what stands before."""
    first, last = joined[0], joined[-1]
    if _LUMPED_BEFORE.search(text, max(start, first.start - 40), first.start):
        return None
    left = _ACTIVE.search(text, max(start, first.start - 60), first.start)
    if left is None:
        return _right_kind(text, last, end)
    # "Nine killed 12 injured": the verb after a number is its own, unless another number follows it.
    bare = _BARE.match(text, last.end, end)
    if bare and not _NUMBER_NEXT.match(text, bare.end(), end):
        return _right_kind(text, last, end)
    if _NOT_YET.search(text, max(start, left.start() - 25), left.start()):
        return None
    return "killed" if left["killed"] else "injured"


def _right_kind(text: str, last: _Counted, end: int) -> Kind | None:
    match = _BARE.match(text, last.end, end)
    if match is None:
        passive = _PASSIVE if last.noun else _PASSIVE_NEXT
        match = passive.match(text, last.end, min(end, last.end + 160))
    if match is None or (_LUMPED.match(text, match.end(), end) and not _counts_next(text, match.end(), end)):
        return None
    return "injured" if match["injured"] else "killed"


def _counts_next(text: str, at: int, end: int) -> bool:
    """ "10 killed, injured 20 others": the second verb has its own number."""
    match = _LUMPED.match(text, at, end)
    return bool(match and _NUMBER_NEXT.match(text, match.end(), end))


def _find_counted(text: str, start: int, end: int) -> list[_Counted]:
    found = [one for quantity in find_quantities(text, start, end) if (one := _read_counted(text, quantity, end))]
    taken = [(one.start, one.end) for one in found]
    for match in _ONE.finditer(text, start, end):
        if all(match.end() <= first or last <= match.start() for first, last in taken):
            found.append(_Counted(1, 1, _group(match), match.start(), match.end(), noun=True))
    return sorted(found, key=lambda one: one.start)


def _read_counted(text: str, quantity: Quantity, end: int) -> _Counted | None:
    if not quantity.worded and _YEAR.search(text, quantity.start, quantity.end):
        return None
    first = quantity.start
    if family := _FAMILY.search(text, max(0, first - 40), first):
        match = _NOUN_PHRASE.match(text, quantity.end, end)
        last = match.end() if match else quantity.end
        return _Counted(quantity.low, quantity.high, None, family.start(), last, noun=True)
    match = _NOUN_PHRASE.match(text, quantity.end, end)
    if match is None:
        couple = text[first : quantity.end].lower().endswith("couple")
        return _Counted(quantity.low, quantity.high, None, first, quantity.end, noun=couple, vague=quantity.vague)
    return _Counted(
        quantity.low, quantity.high, _group(match), first, match.end(), noun=True, deaths=match["dead"] is not None, vague=quantity.vague
    )


def _group(match: re.Match[str]) -> str | None:
    for name in ("fighters", "children", "women", "civilians"):
        if match[name]:
            return name
    modifiers = match["modifiers"].lower()
    return "civilians" if "civilian" in modifiers else None


def summarise_tolls(tolls: Iterable[Toll]) -> TollSummary:
    """The counts together: those that can all hold are narrowed to what all allow; others are refused.

    A count that the wording calls newer ("rose to 82") takes the place of the others of its kind.
    """
    tolls = list(tolls)
    killed_of = {
        group: bounds
        for group in GROUPS
        if (bounds := _narrow([toll for toll in tolls if toll.kind == "killed" and toll.group == group])) != (None, None)
    }
    wholes = {kind: [toll for toll in tolls if toll.kind == kind and not toll.part] for kind in ("killed", "injured")}
    return TollSummary(_narrow(wholes["killed"]), _narrow(wholes["injured"]), killed_of)


def _narrow(tolls: Sequence[Toll]) -> Bounds:
    newest = [toll for toll in tolls if toll.newest]
    tolls = newest[-1:] or tolls
    if not tolls:
        return None, None
    lows = [toll.low for toll in tolls if toll.low is not None]
    highs = [toll.high for toll in tolls if toll.high is not None]
    low, high = max(lows, default=None), min(highs, default=None)
    return (None, None) if low is not None and high is not None and low > high else (low, high)
