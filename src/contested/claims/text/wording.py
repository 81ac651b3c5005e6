"""The wordings that stances and facts are told by: patterns over English news.

In: nothing. Out: compiled patterns, all without regard to case, with bounded gaps so that time stays
linear. Refuses: nothing.

They are about wars in general: no pattern names a country, a person or a weapon of one war alone.
Changing one: run tests/claims and look at the claims of an article on another war.
"""

from __future__ import annotations

import re


def compile_wording(pattern: str) -> re.Pattern[str]:
    """A pattern without regard to case."""
    return re.compile(pattern, re.IGNORECASE)


#: Before a word of blame: it has not been said yet, or another says it.
BLAME_TO_COME = re.compile(r"\b(?:would|will|to|if|should|could|may|might)\s+$", re.IGNORECASE)
#: A finite verb of blame: within what is said it has a subject of its own.
FINITE_BLAME = re.compile(r"(?:accuse[sd]|blame[sd]|held|holds)\b", re.IGNORECASE)
#: A full stop, question or exclamation mark with what closes after it, before a new sentence; or a line break.
SENTENCE_END = re.compile(r"[.!?][”\"’')\]]{0,3}\s+(?=[A-Z“\"‘\[(])|\n")

NEGATION = compile_wording(
    r"\b(?:not|never|nor|neither|no|none|nothing|cannot|without)\b|n[’']t\b|n ['’]t\b|\bstop(?:s|ped)? short of\b"
)
#: "Had it been …, nothing would …"; "if they had not …, nobody would …".
COUNTERFACTUAL = compile_wording(r"\W*(?:that\s+)?(?P<if>had|if)\s(?=[^.!?\n]{3,280}?(?:\bwould|[’']d)\b)")
#: What tells "if they had shelled it" and "would have died" from "if they shelled it again, we would answer".
UNREAL_PAST = compile_wording(r"\bhad\b|\bwould(?:\s+not|n[’']t)?\s+(?:\w+\s+)?have\b")
HAD_IT_BEEN = compile_wording(
    r"\b(?:it|this|that|these|those)\s+(?:(?:had|really|truly|indeed)\s+)*(?:(?P<not>not)\s+)?(?:been|was|were)\s+(?:an?\s+|the\s+)?(?:(?:work|doing|deed) of\s+)?(?P<who>[^.!?\n]{2,80})"
)
NO_EVIDENCE = compile_wording(
    r"\b(?:no|without|any|lack of|insufficient|not enough)\s+(?:\w+\s+){0,2}(?:evidence|proof|indications?|sign|facts?|confirmation)\b"
    r"|\b(?:can|could)\s?(?:not|n[’']t)\s+(?:be\s+)?(?:\w+\s+)?(?:confirm|verif|corroborat)\w*"
)
SUSPECTS_CUE = compile_wording(
    r"\b(?:believ\w*|think\w*|thought|suspect\w*|assum\w*|fear\w*|speculat\w*|suggest\w*|estimat\w*|hint\w*)\b"
)
SUSPECTS = compile_wording(
    r"\b(?:likely|probabl[ey]|possibl[ey]|perhaps|apparent(?:ly)?|presumabl[ey]|seem(?:s|ed|ingly)?|appear(?:s|ed)?|suspected|alleged(?:ly)?"
    r"|purported(?:ly)?|believed|may have|might have|could have|may be|might be|can not rule out|not rule out)\b"
)

_REPORT_NOUN = (
    r"(?:claim|statement|allegation|accusation|report|account|version|story|remark|comment|testimony|complaint|charge|suggestion|notice|note|hint"
    r"|confession|view|denial|post|message|headline|picture|footage|flash|article|figure|word|announcement|assertion|finding)s?"
)
_TAKEN_BACK = rf"(?:[\w’'-]+,?\s+){{0,5}}(?:{_REPORT_NOUN}\b|what\b)"
RETRACTS = compile_wording(
    r"\b(?:retract\w*|recant\w*|backtrack\w*|walk(?:s|ed|ing)? back|row(?:s|ed|ing)? back|back(?:s|ed|ing)? away from|revers(?:es|ed|ing) (?:itself|himself|herself|themselves)"
    r"|no longer st(?:ood|ands?) by|issu(?:es|ed|ing) a correction)\b"
    rf"|\b(?:withdrew|withdraw\w*|took back|tak(?:es|ing|en) back|correct(?:s|ed|ing)|revis(?:es|ed|ing)|amend(?:s|ed|ing)|disown\w*|pull(?:s|ed|ing)|rescind\w*)\s+{_TAKEN_BACK}"
)
#: "said he no longer stood by his story".
RETRACTS_SELF = compile_wording(
    r"^\W*(?:that )?(?:it|he|she|they|we|i)\s+(?:now\s+|had\s+)?(?:no longer st\w+ by|retract\w*|(?:withdr[ae]w\w*|t(?:akes?|ook|aken?) back|correct\w*)\s+(?:\w+\s+){0,3}(?:claim|statement|allegation|accusation|report|account|story|remark|words?|what)s?)\b"
)
CLAIMS_RESPONSIBILITY = compile_wording(
    r"\b(?:apologi[sz](?:es|ed|ing) for|own(?:s|ed) up|boast(?:s|ed) of having)\b|\b(?:work|doing|handiwork) of (?:its|his|their|our|her|my)\b|\b(?:claim(?:s|ed|ing)?|tak(?:es|ing|e)|took|accept(?:s|ed|ing)?|admit(?:s|ted|ting)?|acknowledg(?:es|ed|ing)|assum(?:es|ed|ing))"
    r"\s+(?:\w+\s+){0,2}(?:responsibility|credit)\b"
    r"|\b(?:admit(?:s|ted|ting)?|confess(?:es|ed|ing)?|acknowledg(?:es|ed|ing)|conced(?:es|ed|ing)|boast(?:s|ed|ing)?(?: of)?)\s+(?:that\s+|to\s+)?(?:it|they|its|their|his|her|we|our|he|she)?\s*(?:\w+\s+){0,4}"
    r"(?:bomb|shell|struck|strik|attack|fir(?:ed|ing)|launch|kill|carr(?:ied|ying) out|shot|shoot|us(?:ed|ing)|drop|hit|target)\w*"
)
#: "claimed the ambush": the deed itself, not what is said of it.
CLAIMS_DEED = compile_wording(
    r"\bclaim(?:s|ed|ing)?\s+(?:the|this|that|both|an?|two|three)\s+(?:[\w-]+\s+){0,3}(?:attack|bombing|ambush|raid|assault|killing|shooting|strike)s?\b(?!\s+(?:had|have|has|was|were|is|are|hit|killed|by|never|did|took|that))"
)
#: What one can take responsibility for that is a deed of violence.
VIOLENT = compile_wording(
    r"\b(?:attack\w*|bomb\w*|blast\w*|explo\w*|strikes?|air ?strikes?|raids?|rockets?|missiles?|shell\w*|kill\w*|deaths?|dead|died|shoot\w*|shot|ambush\w*|assault\w*|siege|seizure|hostage\w*"
    r"|abduct\w*|kidnap\w*|murder\w*|massacre\w*|salvos?|downing|sinking|sabotage|drones?|fire|burn\w*|destr\w+|hit|violence|incident|operation|cut)\b"
)
#: A source that is nobody: "No group has claimed".
NOBODY = compile_wording(r"(?:no|nobody|none|neither)\b")
NEGATED_CLAIM = compile_wording(
    r"\b(?:no(?:\s+one|body)?|not|never|neither|none|den(?:y|ies|ied|ying)|has yet to|have yet to)\b|n[’']t\b"
)
_WHO_DID = (
    r"(?:who(?:m|se)?\b|(?:by|against) whom\b|which (?:of|side|group|party|state|country|army|force|actor|faction)|whether\b[^.!?\n]{0,90}\b(?:had|has|have|was|were|did|is|are|or|fired|hit|struck|bombed)\b"
    r"|(?:what|who) or (?:what|who)\b|if\b[^.!?\n]{0,90}\b(?:had|was|were|did) (?:been )?(?:carried out|fired|launched|hit|struck|bombed|behind|responsible)|where (?:it|the \w+) (?:came|was fired) from)"
)
DECLINES = compile_wording(
    r"\b(?:declin\w*|refus\w*|avoid\w*|careful not|reluctan\w*)\s+(?:to\s+)?(?:\w+\s+){0,2}(?:name|naming|assign|apportion|attribut\w*|blam(?:e|ing)|identify|speculate|point|accus\w+)\b"
    rf"|\b(?:declin\w*|refus\w*|avoid\w*|would only|no one|nobody|neither|unable|impossible|lack\w*|too (?:early|soon)|premature|(?:for|question for|matter for) (?:others|courts?|judges)"
    rf"|not|never|cannot|without|open|un(?:clear|certain|known))\b[^.!?\n“”]{{0,60}}?\b(?:say|says|saying|tell|telling|told|establish|determine|know|knew|known|verify|conclude|decide|guess|speculate|ask|clear|certain|comment on|name|names|identify|specify|drawn on|open by|rule on|find out)\s+(?:\w+\s+){{0,2}}{_WHO_DID}"
    rf"|\b(?:un(?:clear|certain|known)|open|premature|no question for|not say|not clear)\s+(?:\w+\s+){{0,2}}{_WHO_DID}"
    r"|\b(?:did|does|do|could|can|would|was|were|had|will)\s?(?:not|n[’']t)\s+(?:\w+\s+){0,3}(?:name (?:a |the |any |them|those|anyone|either)|assign|apportion|attribute|blame|accuse|point (?:at|the|a) |identify (?:the (?:perp|attack|culprit|party)))"
    r"|\b(?:not|un)\s?(?:in a |been )?(?:position|able)?\s?(?:to\s+)?(?:assign|apportion|attribute)\b"
    r"|\b(?:cannot|(?:not in a position|unable) to)\s+(?:\w+\s+){0,2}(?:attribute|assign|apportion|name)\b"
    r"|\bwithout\s+(?:\w+\s+){0,2}(?:naming|blaming|accusing|attributing|assigning|apportioning|identifying|saying (?:who|by whom|whose))"
    r"|\b(?:too early|too soon|premature)\s+to\s+(?:\w+\s+){0,3}(?:who|blame|attribute|responsib\w*)"
    r"|\bstop(?:s|ped|ping)? short of\s+(?:\w+\s+){0,2}(?:blam|accus|nam|attribut|assign|identify)\w*"
    r"|\b(?:not|un)\s?(?:immediately )?clear\s+(?:\w+\s+){0,2}(?:who|which (?:side|group|party)|whose)"
    r"|\b(?:no|not have a|outside (?:its|their|the|his)) mandate\s+(?:\w+\s+){0,3}(?:blame|name|attribut\w*|assign|determine|say)"
    r"|\bnam(?:ed|es|ing) no (?:one|group|party|side|state|country|suspect|culprit)"
    r"|\bneither\s+(?:confirm\w*|admit\w*)\s+n?or\s+den\w+"
)

DENIAL_CUE = compile_wording(
    r"\b(?:den(?:y|ies|ied|ying)|denials?|reject(?:s|ed|ing|ion)?|dismiss(?:es|ed|ing)?|refut(?:e|es|ed|ing)|repudiat\w+|rebuff\w*|disput(?:e|es|ed|ing)"
    r"|disavow\w*|rubbish(?:ed|es|ing)|contradict\w*|debunk\w*|rul(?:e|es|ed|ing) out|contest(?:s|ed|ing)?|shrug(?:s|ged|ging) off|brush(?:es|ed|ing) (?:off|aside)|scoff\w*|laugh(?:s|ed|ing) off|wav(?:es|ed|ing) (?:away|off)|ridicul(?:es|ed|ing)|mock(?:s|ed|ing)|distanc(?:es|ed|ing) (?:itself|himself|herself|themselves)|exonerat\w+|absolv\w+|bridl(?:es|ed)|[tp]\w+ exception)\b"
)
DENIAL_TAIL = compile_wording(
    r"(?:\S+\s+){0,6}?(?:call(?:s|ed|ing)?|brand(?:s|ed|ing)?|label(?:s|led|ed|ling|ing)?|describ(?:es|ed|ing)|dismiss(?:es|ed|ing)?|denounc(?:es|ed|ing))\s+(?:[^.\n]{0,100}?)"
    r"\b(?:lies?|lying|false|falsehoods?|baseless|groundless|unfounded|nonsense|absurd|untrue|propaganda|disinformation|misinformation|fake|ridiculous|slander|unsubstantiated|preposterous|outrageous|laughable|fiction|fantasy|far-fetched|distortions?|rubbish)\b"
)
#: What can be denied or rejected as a charge is; a visa, a truce and a draft are not.
CHARGE = compile_wording(
    r"^.{0,70}?\b(?:charges?|accus\w+|alleg\w+|claims?|reports?|suggestions?|suspicions?|idea|notion|findings?|figures?|blame|responsib\w+|guilt|involve\w+|role|part|hand|ties?|links?|connection|tales?|stor(?:y|ies)|versions?|account|rumou?rs?"
    r"|dossier|study|statement|assertions?|insinuations?|lies?|false|slander\w*|baseless|propaganda|possess\w*|wrongdoing|crimes?|attacks?|strikes?|raids?|killings?|massacres?|bombings?|shelling|use|murders?)\b"
    r"|^\W*(?:that|having|it|this|them|[a-z]{2,}ing|any|all|carrying out)\b"
)
#: Cues that deny or clear whatever they are about.
CLEARS_CUE = compile_wording(
    r"\b(?:exonerat\w+|absolv\w+|distanc(?:es|ed|ing) (?:itself|himself|herself|themselves)|[tp]\w+ exception|debunk\w*|refut(?:e|es|ed|ing)|(?:profess|protest)\w* (?:\w+ )?innocence)\b"
)
CLEARED = compile_wording(r"\bclear(?:s|ed|ing)\s+(?P<who>[^.!?\n:]{2,80})")
#: What is looked into, awaited or noted is not said.
NEUTRAL_ON_CHARGE = compile_wording(
    r"\b(?:examin\w+|look(?:s|ed|ing)? (?:at|into)|saw|seen|read|hear(?:d|ing)?|aware of|investigat\w+|asked about|stud(?:y|ied|ying)|review\w*|prob(?:e|es|ed|ing)|inquir\w+ into|verify)\b[^.!?\n]{0,25}\b(?:accusations?|allegations?|claims?|reports?|charges?)\b"
    r"|\b(?:hearing|trial|case) (?:on|of|against|over)\b"
)
NEGATED_DENIAL = compile_wording(r"\b(?:not|never|neither|nor|cannot)\b|n[’']t\b")
DENIAL_CONTENT = compile_wording(
    r"\b(?:is|are|was|were|had|have) (?:no|none|not(?: the)?|in no way the) (?:work|doing|hand|part|missions?) (?:of|in)\b|\bnot (?:its|their|our|his) (?:own|doing|work)\b|\bno (?:hand|part|role) in\b|\b(?:it|this) is absurd to\b|\b\bnothing to do with\b|\b(?:is|are|was|were)\s?(?:not|n[’']t)\s+(?:\w+\s+){0,2}(?:responsible|behind|involved|to blame|guilty)\b"
    r"|\bno\s+(?:\w+\s+){0,2}(?:proof|evidence)\s+(?:against|that would implicate)\b"
    r"|\b(?:no|not any|any)\s+(?:involvement|role|part|responsibility|connection)\b"
    r"|\b(?:has|have|had|did|does|do|would|will)\s?(?:not|never|n[’']t)\s+(?:\w+\s+|,\s*(?:\w+\s+){1,4}){0,4}?(?:us(?:e|ed)|possess(?:ed)?|carr(?:y|ied) out|conduct(?:ed)?|bomb(?:ed)?|target(?:ed)?|attack(?:ed)?|shell(?:ed)?|fir(?:e|ed)"
    r"|launch(?:ed)?|str(?:ike|uck)|commit(?:ted)?|kill(?:ed)?|drop(?:ped)?|hit|own(?:ed)?|produce[d]?|utili[sz]e[d]?|sen[dt]|suppl(?:y|ied)|arm(?:ed)?|provide[d]?|deploy(?:ed)?|violate[d]?|shoot|shot|invade[d]?|fl(?:y|ew|own)|operate[d]?)\b"
    r"|\bhad no (?:\w+ ){0,3}(?:planes?|aircraft|forces|troops|missions?|jets|operations?|flights?|sorties|weapons)\b"
    r"|\bnever\s+(?:used|bombed|targeted|attacked|shelled|fired|launched|struck|committed|possessed|owned|carried out)\b"
    r"|\b(?:is|are|was|were)\s+(?:a |all |pure |complete(?:ly)? |total(?:ly)? |utter(?:ly)? )?(?:lies?|false|baseless|groundless|unfounded|untrue|nonsense|propaganda|disinformation|fake news)\b"
)
#: What a denial of one's own deed begins with: "denied using", "rejected the accusations", "denies that it".
OWN_DENIAL = compile_wording(
    r"[“\"‘]?(?:that |the |any |of |all |such |these |those |western |us |american |as \w+ |having |ever |its |their |his |her )*"
    r"(?:us(?:ed|e)|ha(?:d|s|ve)|\w{2,}ing|involvement|responsibility"
    r"|role|being|it|this|they|we|its|their|our|accusations?|allegations?|claims?|charges?|reports?|possession)\b"
)
OWN_DENIAL_CUE = compile_wording(r"\b(?:allegations?|accusations?|charges?|responsibility|involvement)\b")
HEADS_WITH_OF = frozenset("government forces president army regime".split())
NOT_SUBJECT_AFTER = frozenset(
    "in from near across around inside at throughout over into against for to by with on of".split()
)


_EVENT = r"(?:attempted attacks?|shoot-?downs?|missiles?|rapes?|executions?|fires?|beheadings?|attacks?|strikes?|air ?strikes?|raids?|bombings?|bombardments?|incidents?|massacres?|killings?|shellings?|releases?|explosions?|gas)"
_NOT_HAPPENED = (
    r"\b(?:nobody|no one|no-one|no \w+) (?:had |has |have |was |were )?(?:ever )?(?:been )?(?:died|killed|hurt|beheaded|bombed|attacked|gassed|shelled|executed|found dead)\b(?! by)|\b(?:(?:was|were) (?:not|never)(?: ever)?|(?:had|has|have) (?:not|never) been) (?:bombed|attacked|shelled|gassed|raided)\b(?! by)"
    r"|\b(?:did\s?(?:not|n[’']t)|never|has not|had not)\s+(?:\w+\s+)?(?:happen\w*|occur\w*|tak(?:e|en) place|took place|exist\w*)"
    rf"|\b(?:there (?:was|were|is|has been|had been) no|no such|no)\s+(?:[\w-]+\s+){{0,2}}{_EVENT}\b(?!\s+by)"
)
_INVENTED = (
    r"\b(?:the whole (?:thing|story|campaign) (?:was |is )?(?:made )?up|made (?:\w+ ){1,4}up|made up (?:by|abroad)|actors?\b(?= (?:hired|who|paid))|were actors|farce|(?:pure|piece of) theat(?:re|er)|fairy[- ]tale|fiction|doctored|montage|mannequins|dummies|dressed them as|got up by|(?:rigged|got) (?:up|together)|bad film|fake news|fabricat\w+|hoax\w*|invent(?:ed|ion)|concoct\w*|made[ -]up|fak(?:ed|ing|ery)|false[ -]flag|play[- ]?acting|theatr(?:e|ical) (?:show|performance))\b"
    r"|\b(?:was|were|been|is|being|had|have|has|they|rebels|militants|terrorists)\s+(?:\w+\s+)?staged\b(?! (?:an? |the )?(?:\w+ )?(?:protest|rall|coup|comeback|sit-in|vigil|parade|assault|offensive))|\bstag(?:ed|ing)\s+(?:\w+\s+){0,3}(?:attack|provocation|incident|scene|video|footage|event|massacre)s?\b"
    r"|\bstaged provocation\b|\bstag(?:ing|ed) of (?:the|an?) "
)
_HAPPENED = rf"\b{_EVENT}\s+(?:\w+\s+){{0,3}}(?:happened|occurred|took place|had taken place|ever)\b|\bthat an? (?:\w+ ){{0,2}}{_EVENT} (?:had |has )?(?:happened|occurred|taken|took)"
_EVENT_DENIED = compile_wording(f"{_NOT_HAPPENED}|{_INVENTED}")
_EVENT_IN_DENIAL = compile_wording(_HAPPENED)
TOOK_PLACE = _EVENT_IN_DENIAL
#: "dismissed the reports as a fabrication": the denial itself calls the event invented.
_CALLED_INVENTED = compile_wording(
    r"\b(?:fake news|fiction|fairy[- ]tale|farce|theatre|hoax|play-acting|made up|false[- ]flag)\b|\b(?:as|a|an|were|was)\s+(?:\w+\s+){0,3}(?:fabricat\w*|hoax|invent\w*|staged)\b"
)
STAGED = compile_wording(_INVENTED)
#: Staged as a mechanism: acted or filmed, which "fabricated" and "invented" do not say.
ACTED = compile_wording(
    r"\bhoax\w*|\bfalse[ -]flag\b|\bplay[- ]?acting\b|\bfak(?:ed|ing)\b|\bstaged\b(?! (?:a |an )?(?:\w+ )?(?:protest|rall|coup|comeback|assault|offensive))"
    r"|\bstag(?:ing|ed)\s+(?:\w+\s+){0,3}(?:attack|provocation|incident|scene|video|footage|event|massacre)s?\b"
)

_DEPOT = (
    r"(?:stockpiles?|depots?|warehouses?|workshops?|arsenals?|caches?|storages?|stores?|storehouses?|stash(?:es)?|laborator(?:y|ies)|labs?|bomb factory|"
    r"weapons (?:factory|plant|dump)|ammunition dump|munitions? dump|munitions? factory|canisters|magazines?|production facilit(?:y|ies))"
)
_HIT = r"(?:detonat\w*|hit(?:ting|s)?|struck|strik(?:e|es|ing)|ignit\w*|set(?:ting)? off|blew up|blown up|explo\w*|destroy\w*|bomb(?:ed|ing)?|target(?:ed|ing)?|land(?:ed|ing) on|releas\w*|damag\w*|rupt?ur\w*|shell(?:ed|ing))"
DEPOT_HIT = compile_wording(
    rf"\b{_HIT}\b[^.!?\n]{{0,90}}\b{_DEPOT}\b|\b{_DEPOT}\b[^.!?\n]{{0,70}}\b(?:was|were|been|had|that|which)?\s?(?:detonat|hit|struck|ignit|explod|blew|blown|bombed|destroyed|set off)\w*"
)
GROUND_DEVICE = compile_wording(
    r"\b(?:set off|detonat\w*|explod\w*|plant(?:ed)?|placed|laid|releas\w*)\b[^.!?\n]{0,40}\b(?:on|from|at) (?:the )?ground\b(?! forces)|\bground (?:device|explosion|detonation)\b|\bimprovised (?:\w+ ){0,2}device\b"
    r"|\b(?:bomb|device|munition|explosive)s?\b[^.!?\n]{0,40}\b(?:on the ground|planted|set off)\b"
)
MISFIRE = compile_wording(
    r"\b(?:misfir\w*|malfunction\w*|errant|stray|fell short|falling short|went astray|off course|failed (?:rocket|missile|launch)|fallen short|friendly fire)\b"
    r"|\b(?:air[- ]defen[cs]e|interceptor|anti-aircraft)\s+(?:\w+\s+){0,2}(?:missile|rocket|debris|fragment|fire|shell)s?\b"
    r"|\b(?:debris|fragments|wreckage) (?:of|from) (?:\w+ ){0,4}(?:intercept\w*|shot down|downed|air[- ]defen[cs]e)"
)
INSTEAD = compile_wording(
    r"\b(?:instead|rather|in fact|actually)\b[^.!?\n]{0,80}\b(?:caused by|result of|due to|the work of|set off by|come from|came from)\b|\b(?:was|were|been) caused by\b[^.!?\n]{0,60}\b(?:not|rather than)\b"
    r"|\banother (?:explanation|version)\b|\balternative (?:explanation|version|theory)\b|\baccident(?:al|ally)?\s+(?:explosion|detonation|blast|release|leak)|\b(?:gas|industrial) leak\b"
)
#: What else burns, breaks and kills: mishaps, and arms that go off where they are kept or fall short.
MISHAP = compile_wording(
    r"\b(?:caught fire|gone off by accident|went off by accident|by accident|short[- ]circuit\w*|bad wiring|careless\w*|stampede|crossfire|cross-fire|stray bullets?|own (?:grenade|bomb|mine|missile|rocket|shell|fuel|cylinders?|explosives?)|drunken|bandits|robbers|feud|quarrel|drowned|overloaded"
    r"|engine (?:failure|room|had)|brakes|boiler|lightning|ran out of|old mine|a rock|a reef|lake gas|collapsed (?:because|when|after)|failed in flight|that failed|too soon|cooking (?:gas|stove)|gas (?:main|pipe|bottles?|stove|leak)|generator|welder|fumes|smoke and|dust and)\b"
    r"|\b(?:drove|driven|run|ran|rolled|passed|stepped)\s+(?:over|on ?to|on) an? (?:\w+ ){0,3}(?:mine|device|bomb)|\b(?:touched|struck|hit) (?:an? (?:\w+ )?mine|a device)\b|\b(?:bomb|explosion|device) on board\b"
    r"|\b(?:leak(?:ed|ing|s)?|flooded|crash(?:ed)?|burst)\b(?=[^.!?\n]{0,60}\b(?:because|due to|as they|and no|and not)\b)|\bbecause\b[^.!?\n]{0,40}\b(?:leaked|flooded|burst|crashed|failed)\b"
    r"|\b(?:ammunition|munitions|arms|petrol|fuel|fertiliser|fertilizer|gas bottles?|gas cylinders?)\b[^.!?\n]{0,70}\b(?:blew up|blown up|gone off|went off|exploded|detonated|burnt)\b"
    r"|\b(?:stored|kept|hidden|laid|rigged|hoarded|stashed)\b[^.!?\n]{0,60}\b(?:blew up|blown up|gone off|went off|exploded|detonated|burnt)\b"
)
ALTERNATIVES = (DEPOT_HIT, GROUND_DEVICE, MISFIRE, INSTEAD)

ACCUSES_CUE = compile_wording(r"\b(?:accus(?:e|es|ed|ing)|charg(?:es|ed) \w+ with|denounc\w+|condemn\w*)\b")
#: "the charge that X": whom what is denied is about.
CHARGE_THAT = compile_wording(
    r"(?:as \w+ )?(?:the |any |all |\w+ )?(?:charge|claim|report|accusation|allegation|suggestion|suspicion|idea|notion|rumou?r|tale|figure|story)s?\b[^.!?\n]{0,40}?\b(?:that|of|about)\b|that\b"
)
#: "X's accusation": what is rejected is what is said of the speaker.
CHARGE_OF = compile_wording(
    r"^[^.!?\n]{0,40}['’]s?\s+(?:\w+\s+){0,2}(?:charge|claim|report|accusation|allegation|suggestion|suspicion|finding|version|account)s?\b(?!\s+(?:that|of|about))"
)
OWN_BEGINS = compile_wording(r"\W*(?:that )?(?:it|its|they|their|we|our|he|his|she|her)\b")
AND_THAT = compile_wording(r"\b(?:and|but) that\s+|;\s+|,\s+and\s+")
BLAME_CUE = compile_wording(r"\b(?:blam(?:e|es|ed|ing)|accus(?:e|es|ed|ing|ations?)|held responsible|responsib\w+)\b")
_WHO = r"(?P<who>[^.!?\n]{1,120})"
#: "X was responsible": who it is stands before.
RESPONSIBLE = compile_wording(
    r"(?P<who>\b(?:[\w.'’-]+\s+){1,8}?)(?:(?:was|were|is|are|be|being|been|had been|has been|have been)\s+(?:\w+ly\s+)?(?:held\s+)?(?:responsible|to blame|behind|guilty|culpable)|(?:bears?|bore)\s+(?:\w+\s+){0,4}(?:responsibility|blame|guilt))\b"
)
#: Words that show a clause, and no name, before "was responsible".
CLAUSE_WORDS = frozenset("that who which of it they what whether if no nobody not have has had and but likely".split())
BLAMES = (
    compile_wording(r"\b(?:la(?:y|ys|id|ying)|put(?:s|ting)?|plac(?:e|es|ed|ing)|pin(?:s|ned|ning)?|cast(?:s|ing)?|assign(?:s|ed|ing)?|direct(?:s|ed|ing)?)\b[^.!?\n]{0,40}?\b(?:blame|responsibility|guilt)\b[^.!?\n]{0,80}?\b(?:at the (?:feet|door(?:step)?) of|squarely (?:on|with)|on|upon|with|to|at)\s+" + _WHO),
    compile_wording(r"\bblam(?:e|es|ed|ing)\b\s+(?:(?!(?:on|for|over)\b)[\w'’-]+\s+){0,8}?on\s+" + _WHO),
    compile_wording(r"\b(?:responsibility|blame|guilt)\b[^.!?\n]{0,50}?\b(?:lies with|lay with|rests (?:on|with)|falls on|fell on|belongs to|lies (?:squarely |solely |entirely )with)\s+" + _WHO),
    compile_wording(r"(?<!no )\bblam(?:e|es|ed|ing)\b\s+(?!on\b|for\b|game\b|by\b|squarely\b|at\b|lies\b|is\b|was\b)" + _WHO),
    compile_wording(r"(?<!\bbeen )(?<!\bwas )(?<!\bwere )(?<!\bis )(?<!\bare )(?<!\bstands )(?<!\brepeatedly )(?<!\bthe )\baccus(?:e|es|ed|ing)\b\s+(?!of\b|by\b)" + _WHO),
    compile_wording(r"\b(?:accusations?|allegations?|charges?) (?:against|levelled at|leveled at)\s+" + _WHO),
    compile_wording(r"\b(?:accusations?|allegations?) that\s+" + _WHO),
    compile_wording(r"\bh(?:old|olds|eld|olding)\s+(?P<who>[^.!?\n,]{1,80}?)\s+(?:\w+\s+)?(?:responsible|accountable|to account)\b"),
    compile_wording(r"\bpoint(?:s|ed|ing)?\s+(?:\w+\s+){0,2}fingers?\s+(?:\w+\s+)?(?:at|to|towards?)\s+" + _WHO),
    compile_wording(r"\b(?:attribut(?:e|es|ed|ing)|ascrib(?:e|es|ed|ing))\b[^.!?\n]{0,80}?\bto\s+" + _WHO),
    compile_wording(r"\b(?:implicat(?:es|ed|ing)|fault(?:s|ed|ing)|lash(?:es|ed|ing) out at|singl(?:es|ed|ing) out)\s+" + _WHO),
    compile_wording(r"\b(?:the (?:work|fault|doing|handiwork) of|at the hands of|at the feet of)\s+" + _WHO),
    compile_wording(r"\b(?:responsibility|guilt) of " + _WHO),
    RESPONSIBLE,
)  # fmt: skip
#: Words that blame only where a party follows: one also charges a fee, condemns a raid, and links two towns.
BLAMES_A_PARTY = (
    compile_wording(r"\b(?:charg(?:es|ed|ing)|reproach(?:es|ed|ing)|tax(?:es|ed))\s+(?P<who>[^.!?\n]{1,80}?)\s+(?:with|of)\b"),
    compile_wording(r"\b(?:condemn(?:s|ed|ing)|denounc(?:es|ed|ing)|slam(?:s|med|ming)|decri(?:es|ed)|blast(?:s|ed)|curs(?:es|ed))\s+(?P<who>[^.!?\n]{1,80}?)(?:,| for\b(?! (?:failing|not|doing nothing))| over\b)(?=[^.!?\n]{0,60}\b(?:attack|bomb|blast|kill|dea[dt]|strike|raid|rocket|missile|shell|murder|massacre|shooting|children))"),
    compile_wording(r"\b(?:suspect(?:s|ed|ing)?)\s+(?P<who>[^.!?\n]{1,80}?)\s+of\b"),
    compile_wording(r"\b(?:trac(?:es|ed|ing)|link(?:s|ed|ing)|t(?:ies|ied))\b[^.!?\n]{0,80}?\bto\s+" + _WHO),
    compile_wording(r"\bf(?:inds?|ound)\s+(?P<who>[^.!?\n]{1,60}?)\s+guilty\b"),
    compile_wording(r"\b(?:no one|nobody|none|who|whom)(?: \w+){0,3}? (?:but|except|other than|else but)\s+" + _WHO),
    compile_wording(r"\bonly\s+(?P<who>[^.!?\n]{1,60}?)\s+(?:could|can) have\b"),
    compile_wording(r"\b(?:shells?|missiles?|rockets?|rounds?|drones?|fire|launcher|bombs?|shots?)\b[^.!?\n]{0,60}?\b(?:came|come|brought|fired|launched|sent) from\s+" + _WHO),
    compile_wording(r"\bnam(?:es|ed|ing)\s+(?P<who>[^.!?\n]{1,60}?)\s+as\b"),
)  # fmt: skip
STANCE_VERB = compile_wording(
    r"\b(?:(?:has|have|had|also|both|again|repeatedly|quickly|immediately|swiftly|publicly|openly|later)\s+){0,4}"
    r"(?:accus(?:es|ed)|blam(?:es|ed)|denie[sd]|reject(?:s|ed)|laid the blame|lay the blame|put the blame|placed the blame|pinned the blame|pointed the finger|held)\b"
)

_OBJECT = r"(?:[^\s,.;:]+\s+){0,6}?(?:chlorine|sarin|gas|chemical\w*|nerve|mustard|poison\w*|toxic|weapons?|bombs?|munitions?|agents?|rockets?|missiles?|shells?|phosphorus|napalm|drones?|force|explosives|artillery|mortars?|torpedo\w*|mines?|charges?|devices?|traps?|grenades?|cylinders?|shots?|rounds?|salvos?)"
_DEED_NOUN = r"(?:[^\s,.;:]+\s+){0,6}?(?:attacks?|strikes?|air ?strikes?|raids?|assaults?|bomb\w*|missiles?|rockets?|shell\w*|massacres?|killings?|atrocit\w+|crimes?|drones?|executions?|murders?|genocide|ethnic)"
_HOSTILE = (
    r"bombed|shelled|attacked|struck(?! (?:a |the |an )?(?:deal|bargain|by|chord|balance|agreement))|hit|gassed|massacred|killed|murdered|executed|targeted|bombarded|slaughtered|torched|burnt|burned"
    r"|shot(?: down| dead| at)?|fired|opened fire|raided|blew up|blown up|abducted|kidnapped|poisoned|beheaded|hanged|looted|raped|tortured|rammed|sank|sunk|flattened|destroyed|levelled|razed"
    r"|ambushed|downed|brought down|stormed|invaded|mined|rigged|began the war|started the war|broken? the (?:truce|ceasefire)|taken part in|took part in|set (?:\S+ ){0,4}?(?:fire|fires|alight|ablaze|off)|(?:had|has|have) (?:an?|any) (?:hand|part|role) in"
    rf"|(?:used|deployed|dropped|released|launched|planted|laid|sent|driven|drove|placed|thrown|threw|hidden|stored|set|dug)\s+{_OBJECT}"
    rf"|(?:carried out|conducted|committed|perpetrated|ordered|mounted|orchestrated|launched|led)\s+{_DEED_NOUN}"
    r"|staged|invented|fabricated|faked|concocted|made (?:\w+ ){1,4}up"
)
_HOSTILE_ING = (
    r"bombing|shelling|attacking|striking|killing|murdering|executing|targeting|bombarding|slaughtering|burning|shooting|firing|raiding|looting"
    rf"|(?:using|dropping|launching)\s+{_OBJECT}"
)
_HOSTILE_BASE = rf"(?:use|drop|launch|deploy|fire|lay|plant)\s+{_OBJECT}|bomb|shell|attack|strike|hit|kill|murder|execute|target|bombard|burn|shoot|fire|open fire|raid|gas|touch|carry out"
_AUXILIARY = r"(?:has|have|had|did|does|do|was|were|is|are|been|being|be|not|never|also|again|then|just|now|already|once|ever|both|all|itself|themselves|alone|may|might|could|would|should|will|must|to|always|so|\w+ly|\w+n[’']t)"
#: Auxiliaries and adverbs, then a deed; base forms count after "did" only.
DEED = compile_wording(
    rf"\b(?P<auxiliaries>(?:{_AUXILIARY}\s+){{0,7}})(?P<deed>{_HOSTILE}|{_HOSTILE_ING})\b(?!\s+by\b)"
    rf"|\b(?P<auxiliaries_do>(?:(?:did|do|does)\s+(?:not|never)\s+|(?:did|do|does)n[’']t\s+|never\s+)(?:{_AUXILIARY}\s+){{0,3}})(?P<deed_do>{_HOSTILE_BASE})\b"
)
BE_LAST = re.compile(r"\b(?:was|were|been|being|is|are|be)\s+(?:(?:not|never|also|then|again|all|\w+ly)\s+)*$")
NOT_YET = compile_wording(
    r"\b(?:would|should|will|to(?!\s+have\b))\b|\b(?:could|may|might|must)\b(?!\s+(?:\w+\s+)?have\b)"
)
#: "bombed nothing", "flew no sorties".
NOTHING_DONE = compile_wording(r"\s+(?:nothing|no \w+|nobody|no one)\b")
EACH_OTHER = compile_wording(r"\s+(?:at |on )?(?:each other|one another)\b")
_DONE = (
    r"(?:carried out|committed|conducted|perpetrated|launched|caused|fired|dropped|orchestrated|mounted|used|bombed|attacked|hit|targeted|killed|struck|shelled|executed|gassed|destroyed|shot(?: dead| down)?|downed|brought down|blown up|burnt|burned|set|begun|"
    r"deployed|ordered|murdered|massacred|done|laid|planted|poisoned|beheaded|staged|invented|fabricated|made up|arranged|rigged up|got up|put about|hired|made|sunk"
    r"|attacks?|strikes?|airstrikes?|raids?|bombings?|bombardments?|shelling|massacres?|crimes?|atrocit(?:y|ies)|actions?|killings?|provocations?|use of (?:\w+ ){1,4}|assaults?|barbarism|aggression|murders?|executions?|play-acting|hoax|fabrication|invention|theatre|barbarity)"
)
#: A deed, then "by"; whoever did it follows.
DEED_BY = compile_wording(
    rf"\b(?P<auxiliaries>(?:{_AUXILIARY}\s+){{0,6}})(?P<deed>{_DONE})\b(?:,?\s+(?!(?:held|was|were|is|are|and|to|that|who|which|\w{{2,}}ed)\b)[\w’'-]+){{0,6}}?\s+(?:by|at the hands of)\s+"
)
#: "an invention of X", "play-acting by X", "staged by X": who made up what did not happen.
INVENTED_BY = compile_wording(
    r"\b(?:stag(?:ed|ing)|invent\w+|fabricat\w+|hoax|farce|theat(?:re|er)|show|fiction|fairy[- ]tale|fak\w+|play-acting|made up|arranged|rigged up|got up|montage|film|false[- ]flag(?: \w+)?|provocation|tale|hired)\b(?:\s+[\w’'-]+){0,5}?\s+(?:by|of)\s+(?P<who>[^.!?\n,;]{2,80})"
)
#: Before a deed: it is doubted, and so not told as done.
DOUBTED_BEFORE = compile_wording(
    r"(?:\b(?:no|any|without|not|never|nobody|no one|shred of|lack\w*)\b|n[’']t\b)[^.!?\n]{0,40}\b(?:evidence|proof|indications?|signs?|reason to (?:believe|think))\b[^.!?\n]{0,40}$"
    r"|(?:\bnot|n[’']t|\bnever)\s+(?:believe|think|accept|agree)\w*\b[^.!?\n]{0,30}$|\b(?:absurd|wrong|false|untrue|a lie|impossible|denied|ruled out) (?:to (?:say|claim|think) )?that\b[^.!?\n]{0,30}$"
)
#: "No launcher of X had ever crossed", "none of his men".
NO_DOER = compile_wording(
    r"\b(?:no|none of|not one of|not a single)\s+(?P<who>[^.!?\n,;]{2,70}?)\s+(?:has|had|have|was|were|is|are)\b"
)
#: "no evidence that": what follows is what is not shown.
EVIDENCE_THAT = compile_wording(r"\b(?:evidence|proof|indications?|signs?|facts?)\b[^.!?\n]{0,60}?\bthat\s+")
#: Before "X who did it" in "it was X who did it".
CLEFT = frozenset("was were is".split())
#: Words that end a phrase, seen from its last word.
PHRASE_STOPS = frozenset(
    "that and but because if when while as after before since where for on by to into over against until than whether so "
    "believes believed believe thinks think thought suspects suspected suspect claims claimed insists insisted alleges alleged reports reported shows showed confirms confirmed admits admitted "
    "said says told had has have was were is are did does do been who which whom whose nor though although".split()
)
PHRASE_MARKS = frozenset("- ' ’ 's ’s".split())
VERBS_BEGIN = frozenset("had has have was were is are did do does can could would may might must will".split())
#: A clause that begins with these tells something in passing.
HANGING = frozenset(
    "after before since while as when where which who whom whose if though although unless until whether whatever whoever for without".split()
)
#: "that" after these begins what is said; after another word it begins a relative clause.
BEFORE_CLAUSE = frozenset(
    "believe think suspect suspects suspected whatever doubtful say tell said says told added and but or also him her them reporters was is clear likely possible appears appeared seemed seems certain sure "
    "maintained argued concluded found believed believes insisted claimed , confident convinced not fact".split()
)
SAID_NOUNS = frozenset(
    "evidence proof doubt allegation allegations claim claims report reports charge charges accusation accusations fact sign suspicion "
    "idea suggestion message statement leaflet".split()
)
#: Adverbs between a subject and its verb.
SUBJECT_GAP = frozenset("also long often again repeatedly widely itself themselves been since".split())
#: A participle with no object: "dozens killed in", "a reporter shot by".
NO_OBJECT = compile_wording(r"\s+(?:in|by|on|when|after|during|at|near|since|and|as|while)\b|\s*[.,;]")
BARE_PARTICIPLE = compile_wording(
    r"(?:killed|bombed|hit|shot|executed|targeted|destroyed|shelled|murdered|burnt|burned|abducted|kidnapped|beheaded|struck)$"
)
#: Before "when": the harm that the clause after it explains.
HARM = compile_wording(r"\b(?:killed|died|dead|wounded|injured|hurt|casualties|occurred|happened|victims|lost)\b")
#: A picture shows; it establishes nothing by itself.
PICTURES = compile_wording(
    r"\b(?:photos?|photographs?|videos?|footage|images?|pictures?|films?|television|tv|screens?)\b"
)
#: "denied the air force was active": what is denied is a clause without "that".
DENIED_CLAUSE = compile_wording(
    r"^\W*(?:the|its|any|his|their|her|a|an)\b[^.!?\n]{1,50}?\b(?:was|were|had|has|have|is|are)\b"
)
DENY_CUE = compile_wording(r"\bden(?:y|ies|ied|ying)\b")
#: "had" forms in -ed that still belong to a phrase: "armed groups", "Karsk-led forces".
PHRASE_PARTICIPLES = frozenset(
    "armed allied backed led held united based aligned occupied combined hired masked".split()
)
#: An adjective made of a name that no list knows.
NAME_ADJECTIVE = re.compile(r"[A-Z][a-z]+(?:ian|ean|an|ese|ish|i)")
#: An object begins: the clause is whole.
OBJECT_BEGINS = compile_wording(
    r"\s+(?:the|an?|his|her|its|their|our|at|on|into|\d+|[a-z]+teen|[a-z]*ty|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozens|hundreds|over|across)\b"
)
QUANTITIES = frozenset(
    "one two three four five six seven eight nine ten eleven twelve some several many most all any none each members units dozens hundreds".split()
)
OWN_PRONOUNS = frozenset("it they we he she i".split())
OWN_POSSESSIVES = frozenset("its their our his her my".split())
OWN_PEOPLE = frozenset(
    "men people side fighters crews crew pilots gunners guns patrol patrols units unit bloc front country battery batteries drones company group movement comrades brothers".split()
)
#: Words for those who bear arms for a side; "gunmen" and "attackers" leave the side open.
ARMED = frozenset(
    "forces force troops soldiers army military militia militias militiamen rebels insurgents guerrillas separatists militants jihadists terrorists paramilitaries "
    "mercenaries contractors volunteers police junta regime government coalition navy marines commandos gunners brigade battalion battery units command commander commanders "
    "front movement fighters cadres generals pilots riders bandits legion corps saboteurs agents occupiers invaders side guards guard authorities state service "
    "officers bloc alliance warlord party cell faction factions intelligence enemy aggressor group groups".split()
)
#: Before a word for a weapon these say whose it is.
ARMED_ADJECTIVES = frozenset(
    "rebel opposition insurgent separatist guerrilla federal enemy jihadist terrorist loyalist hostile".split()
)
WEAPONS = frozenset(
    "gunmen men fighters youths snipers jets jet planes plane aircraft helicopters helicopter warplanes warplane fighter bomber missiles missile rockets rocket shells shell bombs bomb drones drone guns gun "
    "mortars mortar howitzers howitzer artillery tanks tank batteries interceptor mines mine submarine gunboat boat launchers launcher brigade".split()
)
#: After these a name is that of a place.
#: Nouns before which a name tells where: "the Ukrainian town", "the Syrian coast".
PLACE_NOUNS = frozenset(
    "town towns city cities village villages province region district capital countryside coast border suburb suburbs neighbourhood neighborhood governorate territory island port soil".split()
)
PLACES_BEFORE = frozenset("in at near from inside outside around across over through within to into".split())
#: What no deed is laid to, though a capital may stand in it.
THINGS = frozenset(
    "war attack attacks strike strikes raid raids explosion blast bombing shelling fire report statement treaty conference president minister spokesman".split()
)
NOT_NAMES = frozenset(
    "monday tuesday wednesday thursday friday saturday sunday january february march april may june july august september october november december god i he she it they we "
    "grad mr mrs ms dr the a an at in on by for from of to with as more nearly some many most several dozens all least about over both each his her their its our this that these those there".split()
)
PHRASE_WORD = compile_wording(
    r"government|regime|army|military|forces?|air|troops|soldiers|warplanes?|jets?|planes?|aircraft|helicopters?|artillery|fighters|navy|rebels?|groups?|police|security|armed|arab|authorities|officials|president|"
    r"opposition|leadership|militias?|ministry|foreign|defen[cs]e"
)

#: Where what a verb of blame is about ends within its sentence.
CONTENT_ENDS = compile_wording(
    r",\s+(?:who|which|while|but|and (?:has|have|had|was|were|said|called)|whose|where|although|though)\b|[;–—]|,\s+(?:\w+\s+){1,5}(?:said|told)\b"
)
#: "According to X, …" at the head of a sentence.
ACCORDING = re.compile(r"(?:^|(?<=[.!?”\"\n] )|(?<=\n))(?P<cue>According to) (?P<who>[^,.;\n“”\"]{2,80}), ")
#: What shows that reported speech goes on.
CONTINUES = compile_wording(
    r"\s*,?\s+(?:and|but|or)\s+(?:(?:instead|rather|also|then|further|even)\s+){0,2}that\b|\s*,?\s+and instead\b"
)
PASSIVE_CUE = compile_wording(
    r"\b(?:been|was|were|is|are|being|be)\s+(?:\w+ly\s+|also\s+)?(?:accused|blamed|suspected|believed|reported|expected|alleged|thought|said|held|rumou?red|feared)\b(?!\s+by\b)"
)
#: Whom an outlet passes on: "Reuters reported, citing medics".
CITING = compile_wording(
    r"\b(?:citing|quoting|quoted|cited)\s+(?P<who>[^,.;\n]{2,90}?)(?=,|\.|;|\n|\s+as\s+saying|\s+as\s+telling|\s+who\b|$)"
)

CONFIRMS_CUE = compile_wording(
    r"\b(?:confirm(?:s|ed|ing|ation)?|conclu(?:des|ded|ding|sion)|f(?:ound|inds?|inding)|determin(?:es|ed|ing)|establish(?:es|ed|ing)|verif(?:ies|ied|ying)|corroborat\w+|document(?:s|ed|ing)|prov(?:es|ed|en|ing)|identified|detected|show(?:s|ed|n)?)\b"
)
#: What one confirms of oneself is news, not a finding.
OF_ONESELF = compile_wording(r"^\W*(?:that )?(?:it|its|they|their|he|his|she|her|we|our)\b")
FINDING = compile_wording(
    r"\b(?:shot|burn\w*|fire damage|graves?|bod(?:y|ies)|bones|remains|craters?|fragments?|holes?|wounds?|traces?|tremor|warhead|explosive\w*|mortar\w*|shell\w*|gases|torpedo|mine|propeller|cylinders?|dead|deaths?|died|damage\w*|impact|struck|hit|round|rounds|unarmed|recorders|captives|bombs?|munitions?|attack\w*|strike\w*|exposure|exposed|sarin|chlorine|nerve agent|chemical\w*|gas|weapon\w*|munition\w*|bomb\w*|missile\w*|rocket\w*|shell\w*|killed|massacre\w*|blast|explosion|crime\w*|positive|samples?)\b"
)

TARGET_ENDS = frozenset(
    "of for that which who whom with after as in on over from at to were was is are had have has did used using being would could should may "
    "might and but or when while because by saying during following if before since it".split()
)
TARGET_MARKS = frozenset("- ' ’ 's ’s . “ \" ‘".split())
STRAYS = frozenset(["which", "who", "that", "what", "it", "this"])
BEFORE_TARGETS = frozenset(["both", "squarely", "directly", "on"])
NOT_TARGETS = frozenset(
    "it this that them him her each one others everyone anyone there what those being having".split()
)


def event_denied(said: str, cue: str, denied: str) -> bool:
    """Whether the event itself is denied: what is said says so, or what is denied is that it took place."""
    if _EVENT_DENIED.search(said) or STAGED.search(cue) or _EVENT_IN_DENIAL.search(denied):
        return True
    return bool(_CALLED_INVENTED.search(denied))
