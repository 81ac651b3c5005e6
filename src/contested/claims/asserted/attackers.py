"""Who did an attack, as the wording of an article attributes it.

In: an article's names (:class:`~contested.claims.actors.ArticleActors`) and a sentence of it. Out: a
:class:`Doer` for each name that the sentence makes the doer of a deed. Refuses: names that are only near a deed:
whom it was done to, whose area it was done in, who backs or opposes the doer. "Terrorists" and "the enemy" name
nobody and stay unknown.

Read from the wording alone, never from the outlet or its style. What a name is a doer by:

- it owns or sends what struck: "Karsk army shelling", "the rebels' rockets", "US-led air strikes";
- it is the subject of the deed: "the army shelled", "gunmen of the Front killed";
- the deed was done by it: "carried out by", "fired by", "blamed on", "claimed by";
- it claims responsibility, or is accused or blamed;
- it is whom those who died fought: "killed in clashes with" (the weakest).
"""

from __future__ import annotations

from dataclasses import dataclass

from contested.claims.actors import ArticleActors
from contested.claims.naming.names import Mention
from contested.claims.text.wording import compile_wording
from contested.claims.text.words import Span

#: How much each way of naming the doer counts, beside the place of its sentence.
SUBJECT, OWNER, BY, BLAMED, FOUGHT = 1.0, 1.0, 1.2, 1.0, 0.45
#: What is left of a weight in a clause that tells what went before.
LATER_CLAUSE = 0.4

#: Words between a name and what struck.
_FILLER = (
    r"(?:coalition|forces?|army|military|government|regime|air|war|troops|group|organi[sz]ation|jets?|fighter|state|front|alliance|allied|aerial|naval|ground|heavy|fresh|suspected|new|deadly|twin|double|massive|intense|overnight"
    r"|barrel|rocket|mortar|artillery|missile|shell|sniper|cluster|incendiary|drone|helicopter|special|anti-?\s?terror(?:ism)?|security|armed|arab)"
)
#: Those that a group's name may have and a state's may not: "Syrian rebel shelling" is not the state's.
_GROUP_FILLER = r"(?:fighters?|militants?|terrorists?|terror|jihadists?|rebels?|suicide|car|truck|gas|chemical|chlorine|poison|toxic|sarin|nerve|bomb|attack|motorcycle|motorbike|land|members?|gunmen)"
_STRIKER = (
    r"(?:air\s*strikes?|airstrikes?|air\s*raids?|raids?|strikes?|shelling|shells?|bombardments?|barrels?|war\s*planes?|planes?|jets?|helicopters?|aircraft|bombers?|artillery|rockets?|missiles?|mortars?|snipers?|offensive|assault|operations?|ambush(?:es)?"
    r"|gunfire|fire|drones?|counter-?attacks?|tanks?|bullets|howitzers?|gunships?|bombing|troops\s+fire)"
)
#: What a group may own and, beside a state's name, only shows where it was: "Damascus car bomb".
_GROUP_STRIKER = r"(?:attacks?|attackers?|bombings?|bombs?|explosives?|massacres?|mines?|executions?|executioners?|blasts?|explosions?|gunmen)"
_AND_OTHER = r"(?:(?:and|or|&)\s+(?:the\s+|its\s+)?(?:[\w.-]+\s+){1,3}?)?"
_LINK = r"(?:[’']?s\b|[’'])?(?:\s*-\s*|\s+)?"
_NOT_OWN = r"(?!\s+(?:on|against|targeting)\s+(?:its|their)\b|\s+sites?\b)"
_STATE_OWNS = compile_wording(
    rf"{_LINK}{_AND_OTHER}(?:(?:led|allied)\s+)?(?:{_FILLER}\s+){{0,4}}{_STRIKER}\b{_NOT_OWN}|[’']?s?\s+(?:\w+\s+)?(?:army|forces|regime|government|military|air\s+force|troops)(?:[’']s?)?\s+(?:\w+\s+){{0,2}}(?:{_STRIKER}|{_GROUP_STRIKER})\b"
)
_GROUP_OWNS = compile_wording(
    rf"{_LINK}{_AND_OTHER}(?:(?:led|allied|run|sponsored)\s+)?(?:(?:{_FILLER}|{_GROUP_FILLER})\s+){{0,4}}(?:{_STRIKER}|{_GROUP_STRIKER})\b{_NOT_OWN}"
)
_DEED = (
    r"(?:kill(?:s|ed|ing)?|bomb(?:s|ed|ing)?|bombard(?:s|ed|ing)?|shell(?:s|ed|ing)|struck|strik(?:e|es|ing)|hit(?:s|ting)?|pound(?:s|ed|ing)?|target(?:s|ed|ing)?|attack(?:s|ed|ing)?|raid(?:s|ed)|execut(?:es?|ed|ing)|behead(?:s|ed|ing)?|crucif(?:y|ies|ied|ying)|massacr(?:es?|ed|ing)"
    r"|murder(?:s|ed|ing)?|slaughter(?:s|ed|ing)?|shot|shoot(?:s|ing)?|eliminat(?:es|ed|ing)|ambush(?:es|ed|ing)|neutrali[sz](?:es|ed|ing)|liquidat(?:es|ed|ing)|repel(?:s|led|ling)?|gass(?:es|ed|ing)|burn(?:s|ed|ing)|destroy(?:s|ed|ing)|storm(?:s|ed|ing)?)"
    # "rebels killed in an attack": it was done to them.
    r"\b(?!\s+(?:in|by|during|near|when|after|as|while|at|outside|inside|and\s+(?:\w+ed|dozens|\d+)|or\s+\w+ed|(?:mon|tues|wednes|thurs|fri|satur|sun)day|on\s+(?:mon|tues|wednes|thurs|fri|satur|sun)day|[.,;]|injured|wounded|with|over(?!\s+\d)|since|from)\b|\s*[.;]|\s*$)"
)
_SENDS = (
    r"(?:detonat(?:es?|ed|ing)|set(?:s|ting)?\s+off|blew\s+up|launch(?:es|ed|ing)|fir(?:es|ed|ing)|dropp?(?:s|ed|ing)|carr(?:ies|ied|ying)\s+out|conduct(?:s|ed|ing)|commit(?:s|ted|ting)?|perpetrat(?:es|ed|ing)|stag(?:es|ed|ing)|inflict(?:s|ed|ing)|hurl(?:s|ed)|plant(?:s|ed)"
    r"|us(?:es|ed|ing)\s+(?:\w+\s+){0,3}(?:gas|chlorine|sarin|chemical|weapons|bombs|phosphorus)|(?:claim(?:s|ed|ing)?|takes?|took)\s+(?:\w+\s+){0,2}responsibility|(?:was|were|is|are)\s+(?:\w+\s+)?(?:behind|responsible))\b"
)
_DID = compile_wording(
    rf"(?:[’']?s\b|[’'])?(?:\s+{_AND_OTHER})?\s*-?\s*(?:\(\w+\)\s+)?(?:(?:led|allied)\s+)?"
    rf"(?:(?:{_FILLER}|forces|troops|soldiers|authorities|snipers|units|planes|warplanes|jets|helicopters|aircraft|strikes|airstrikes|raids|shelling|bombing|rockets|missiles|artillery|attacks)\s+){{0,4}}"
    rf"(?P<group>(?:(?:{_GROUP_FILLER}|attack|attackers?)\s+){{0,3}})"
    r"(?:(?:who|which|that|has|have|had|also|reportedly|allegedly|again|on|early|late|(?:mon|tues|wednes|thurs|fri|satur|sun)day|yesterday|deliberately|then|repeatedly|brutally|backed\s+by\s+[\w-]+)\s+){0,4}"
    rf"(?:{_DEED}|{_SENDS})"
)
_BY = compile_wording(
    r"\b(?:carried\s+out|committed|conducted|perpetrated|launched|caused|fired|dropped|orchestrated|mounted|used|bombed|attacked|hit|targeted|killed|struck|shelled|executed|beheaded|gassed|destroyed|shot(?:\s+dead)?|downed|murdered|massacred|done|detonated|planted|claimed|pounded|staged|led|left\s+behind"
    r"|injured|wounded|attacks?|strikes?|air\s?strikes?|airstrikes?|air\s?raids?|raids?|bombings?|bombardments?|shelling|massacres?|crimes?|rockets?|shells?|missiles?|bombs?|assaults?|offensive|blast|explosion|fire|barrels?)\b(?:\s+(?!by\b|\w+ed\b|\w+own\b|held\b|run\b)[\w’'-]+){0,6}?\s+(?:either\s+)?by\s+"
    r"(?:the\s+|a\s+|an\s+|what\s+\w+\s+\w+\s+|suspected\s+|either\s+|both\s+|fighters\s+(?:from|of)\s+(?:the\s+)?|militants\s+(?:from|of)\s+(?:the\s+)?|members\s+of\s+(?:the\s+)?|forces\s+loyal\s+to\s+)*(?:[\w’'.-]+\s+){0,2}?$"
)
_BLAMED = compile_wording(
    r"\b(?:blam(?:e|es|ed|ing)(?:\s+(?:[\w’'-]+\s+){0,6}?on)?|accus(?:e|es|ed|ing)|attributed\s+to|hold(?:s|ing)?|held|point(?:s|ed|ing)?\s+(?:\w+\s+){0,2}fingers?\s+at|at\s+the\s+hands\s+of|the\s+work\s+of|responsibility\s+(?:lies\s+with|of)|believed\s+to\s+be|thought\s+to\s+be|likely|suspected\s+to\s+be)\s+(?:the\s+|either\s+|both\s+)?(?:[\w’'.-]+\s+){0,1}?$"
)
_BLAMED_ONLY = compile_wording(r"\b(?:likely|held|hold|holds|holding|believed|thought|suspected)\b")
_FOUGHT = compile_wording(
    r"\b(?:clash\w*|battles?|battling|fighting|firefights?|gun\s?battles?|confrontations?|ambush\w*)\s+(?:(?:broke\s+out\s+)?(?:with|against|between)\s+)(?:the\s+)?(?:[\w’'-]+\s+){0,3}?$"
)
_SUFFERS = compile_wording(
    r"\b(?:on|against|targeting|targeted|bombing|hit|struck|at|of|inside|in|near|to|kill(?:s|ed|ing)?|attack(?:s|ed|ing)?|pounded|shelled|bombed|from|over|around|controlled\s+by|held\s+by|backed\s+by|supported\s+by|run\s+by|seized\s+by|besieged\s+by)\s+(?:the\s+|an?\s+)?(?:[\w’'.-]+\s+){0,1}$"
)
_CONTROLLED_BY = compile_wording(
    r"\b(?:controlled|held|backed|supported|run|seized|besieged|captured|taken|ruled|owned|reported|released|published|declared|brokered|said|quoted|claimed\s+responsibility|monitored|occupied|surrounded)\s+by\s+(?:the\s+)?(?:[\w’'-]+\s+)?$"
)
_DESCRIBES = compile_wording(
    r"\s*-\s*(?:held|controlled|backed|occupied|supported|allied|aligned|dominated|friendly|funded|made|besieged|brokered|based|linked|inspired|affiliated)\b|\s+(?:held|controlled|occupied|positions?|strongholds?|bastions?|targets?|territor\w+|areas?|posts?|outposts?|checkpoints?|hideouts?|headquarters|sites|media|tv|officials?)\b"
)


#: What a clause tells that gives the occasion and not the deed: "strikes kill 70 after a rebel attack".
_AFTER = compile_wording(r"\b(?:after|following|amid|despite|since|in\s+response\s+to|in\s+retaliation\s+for)\b")
_UNCLEAR = compile_wording(
    r"\b(?:unclear|not\s+(?:\w+\s+)?(?:clear|known)|unknown|whether|unidentified|possible|den(?:y|ies|ied))\b(?:\s+[\w’'-]+){0,7}\s*$"
)


@dataclass(frozen=True, slots=True)
class Doer:
    """A name that a sentence makes the doer of a deed."""

    start: int
    end: int
    name: str
    """Canonical name of whom it names."""
    party: str | None
    weight: float


def find_doers(article: ArticleActors, sentence: Span) -> list[Doer]:
    """Doers that the sentence names, in its order."""
    first, end = article.token_range(sentence)
    mentions = article.mentions_in(first, end)
    found = []
    for number, mention in enumerate(mentions):
        if mention.entity.kind in ("outlet", "monitor"):
            continue
        if mention.entity.kind == "opposition" and number and _adjoins(article, mentions[number - 1], mention):
            continue
        weight = _weigh(article, mention, sentence)
        if weight:
            start, stop = article.characters(mention.first, mention.end)
            party = article.party_of_entity(mention.entity, mention)
            found.append(Doer(start, stop, mention.entity.name, party, weight))
    return found


def _adjoins(article: ArticleActors, before: Mention, mention: Mention) -> bool:
    """As in "IS militants": the general word belongs to the name before it."""
    return before.end == mention.first and before.entity.kind in ("group", "declared")


def _weigh(article: ArticleActors, mention: Mention, sentence: Span) -> float:
    text, words = article.text, article.words
    start, end = article.characters(mention.first, mention.end)
    limit, before = min(sentence[1], end + 140), max(sentence[0], start - 110)
    prefix = words[mention.first - 2].lower() if mention.first > 1 and words[mention.first - 1] == "-" else ""
    if prefix in ("anti", "pro", "non", "ex") or _DESCRIBES.match(text, end, limit):
        return 0.0
    if _CONTROLLED_BY.search(text, before, start) or _UNCLEAR.search(text, before, start):
        return 0.0
    weight = _weigh_wording(text, mention, (before, start, end, limit))
    return weight * LATER_CLAUSE if _AFTER.search(text, sentence[0], start) else weight


def _weigh_wording(text: str, mention: Mention, around: tuple[int, int, int, int]) -> float:
    before, start, end, limit = around
    is_state = mention.entity.kind == "state"
    if _BY.search(text, before, start):
        return BY
    match = _BLAMED.search(text, before, start)
    if match and not _BLAMED_ONLY.search(match[0]):
        return BLAMED
    if mention.entity.form != "capital" and (_STATE_OWNS if is_state else _GROUP_OWNS).match(text, end, limit):
        return OWNER
    did = None if _SUFFERS.search(text, before, start) else _DID.match(text, end, limit)
    if did and not (is_state and did["group"]):
        return SUBJECT
    if match:
        return BLAMED / 2
    return FOUGHT if _FOUGHT.search(text, before, start) else 0.0
