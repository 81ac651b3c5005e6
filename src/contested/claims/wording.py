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


#: A full stop, question or exclamation mark with what closes after it, before a new sentence; or a line break.
SENTENCE_END = re.compile(r"[.!?][”\"’')\]]{0,3}\s+(?=[A-Z“\"‘\[(])|\n")

NEGATION = compile_wording(
    r"\b(?:not|never|nor|neither|no|none|nothing|cannot|without)\b|n[’']t\b|n ['’]t\b|\bstop(?:s|ped)? short of\b"
)
HYPOTHETICAL = compile_wording(r"\b(?:if|would|should|could|might|will|to)\b")
NO_EVIDENCE = compile_wording(
    r"\b(?:no|without|any|lack of|insufficient|not enough)\s+(?:\w+\s+){0,2}(?:evidence|proof|indications?|sign|facts?|confirmation)\b"
    r"|\b(?:can|could)\s?(?:not|n[’']t)\s+(?:be\s+)?(?:\w+\s+)?(?:confirm|verif|corroborat)\w*"
)
NO_EVIDENCE_BEFORE = compile_wording(r"\b(?:no|without|any)\s+(?:\w+\s+){0,2}(?:evidence|proof|indications?|sign)\b")
SUSPECTS_CUE = compile_wording(
    r"\b(?:believ\w*|think\w*|thought|suspect\w*|assum\w*|fear\w*|speculat\w*|suggest\w*|estimat\w*|hint\w*)\b"
)
SUSPECTS = compile_wording(
    r"\b(?:likely|probabl[ey]|possibl[ey]|perhaps|apparent(?:ly)?|presumabl[ey]|seem(?:s|ed|ingly)?|appear(?:s|ed)?|suspected|alleged(?:ly)?"
    r"|purported(?:ly)?|believed|may have|might have|could have|may be|might be|can not rule out|not rule out)\b"
)

_REPORT_NOUN = r"(?:claim|statement|allegation|accusation|report|account|version|story|remark|comment)s?"
RETRACTS = compile_wording(
    rf"\b(?:retract\w*|recant\w*|backtrack\w*|walk(?:s|ed|ing)? back|took back|row(?:s|ed|ing)? back)\b"
    rf"|\b(?:withdrew|withdraw\w*|correct(?:s|ed|ing)|revis(?:es|ed|ing)|disown\w*)\s+(?:\w+\s+){{0,4}}{_REPORT_NOUN}\b"
)
CLAIMS_RESPONSIBILITY = compile_wording(
    r"\b(?:claim(?:s|ed|ing)?|tak(?:es|ing|e)|took|accept(?:s|ed|ing)?|admit(?:s|ted|ting)?|acknowledg(?:es|ed|ing)|assum(?:es|ed|ing))"
    r"\s+(?:\w+\s+){0,2}(?:responsibility|credit)\b"
    r"|\b(?:admit(?:s|ted|ting)?|confess(?:es|ed|ing)?|acknowledg(?:es|ed|ing))\s+(?:that\s+|to\s+)?(?:it|they|its|their|his|her|we|our|he|she)?\s*(?:\w+\s+){0,4}"
    r"(?:bomb|shell|struck|strik|attack|fir(?:ed|ing)|launch|kill|carr(?:ied|ying) out|shot|shoot|us(?:ed|ing)|drop|hit|target)\w*"
)
#: A source that is nobody: "No group has claimed".
NOBODY = compile_wording(r"(?:no|nobody|none|neither)\b")
NEGATED_CLAIM = compile_wording(
    r"\b(?:no(?:\s+one|body)?|not|never|neither|none|den(?:y|ies|ied|ying)|has yet to|have yet to)\b|n[’']t\b"
)
DECLINES = compile_wording(
    r"\b(?:declin\w*|refus\w*)\s+to\s+(?:\w+\s+){0,2}(?:say who|say which|name|assign|apportion|attribute|blame|identify|speculate|comment on who|point)"
    r"|\b(?:did|does|do|could|can|would|was|were|had)\s?(?:not|n[’']t)\s+(?:\w+\s+){0,3}(?:say who|say which|name (?:a |the |who)|assign|apportion|attribute"
    r"|blame (?:any|either|a )|specify who|identify (?:who|the (?:perp|attack|culprit|party))|determine (?:who|which|respons)|know who)"
    r"|\b(?:cannot|(?:not in a position|unable) to)\s+(?:\w+\s+){0,2}(?:say who|attribute|determine who|identify who|name)"
    r"|\bwithout\s+(?:\w+\s+){0,2}(?:naming|blaming|attributing|assigning|apportioning|identifying|saying who)"
    r"|\b(?:too early|too soon|premature)\s+to\s+(?:\w+\s+){0,3}(?:who|blame|attribute|responsib\w*)"
    r"|\bstop(?:s|ped)? short of\s+(?:\w+\s+){0,2}(?:blam|accus|nam|attribut|assign|identify)\w*"
    r"|\b(?:not|un)\s?(?:immediately )?clear\s+(?:\w+\s+){0,2}(?:who|which (?:side|group|party)|whose)"
    r"|\b(?:no|not have a|outside (?:its|their|the|his)) mandate\s+(?:\w+\s+){0,3}(?:blame|name|attribut\w*|assign|determine)"
)

DENIAL_CUE = compile_wording(
    r"\b(?:den(?:y|ies|ied|ying)|denials?|reject(?:s|ed|ing|ion)?|dismiss(?:es|ed|ing)?|refut(?:e|es|ed|ing)|repudiat\w+|rebuff\w*|disput(?:e|es|ed|ing)"
    r"|disavow\w*|rubbish(?:ed|es|ing)|contradict\w*|debunk\w*|rul(?:e|es|ed|ing) out|contest(?:s|ed|ing)?|shrug(?:s|ged|ging) off|brush(?:es|ed|ing) (?:off|aside))\b"
)
DENIAL_TAIL = compile_wording(
    r"(?:\S+\s+){0,6}?(?:call(?:s|ed|ing)?|brand(?:s|ed|ing)?|label(?:s|led|ed|ling|ing)?|describ(?:es|ed|ing)|dismiss(?:es|ed|ing)?|denounc(?:es|ed|ing))\s+(?:[^.\n]{0,100}?)"
    r"\b(?:a lie|lies|lying|false|falsehoods?|baseless|groundless|unfounded|nonsense|absurd|untrue|propaganda|disinformation|misinformation|fake|ridiculous|slander|unsubstantiated|preposterous|outrageous|laughable|fiction|fantasy|far-fetched|distortions?|rubbish)\b"
)
NEGATED_DENIAL = compile_wording(r"\b(?:not|never|neither|nor|cannot)\b|n[’']t\b")
DENIAL_CONTENT = compile_wording(
    r"\bnothing to do with\b|\b(?:is|are|was|were)\s?(?:not|n[’']t)\s+(?:\w+\s+){0,2}(?:responsible|behind|involved|to blame|guilty)\b"
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

_SELF = r"(?:it|they|we|its (?:\w+ ){0,2}|their (?:\w+ ){0,2}|our (?:\w+ ){0,2})"
OWN_DEED = compile_wording(
    rf"\b{_SELF}\s*(?:had |has |have )?(?:also |deliberately )?(?:struck|bombed|shelled|fired (?:at|on|(?:\w+ ){{0,3}}(?:rocket|missile|shell|drone)s?)|launched (?:\w+ ){{0,3}}(?:strike|attack|missile|rocket|raid|drone)s?"
    r"|carried out (?:\w+ ){0,3}(?:strike|attack|raid|bombing|operation)s?|conducted (?:\w+ ){0,3}(?:strike|attack|raid)s?|shot down|hit|targeted|killed|destroyed)\b"
)

_EVENT = r"(?:attacks?|strikes?|air ?strikes?|raids?|bombings?|bombardments?|incidents?|massacres?|killings?|shellings?|releases?|explosions?|gas)"
_NOT_HAPPENED = (
    r"\b(?:did\s?(?:not|n[’']t)|never|has not|had not)\s+(?:\w+\s+)?(?:happen\w*|occur\w*|tak(?:e|en) place|took place|exist\w*)"
    rf"|\b(?:there (?:was|were|is|has been|had been) no|no such|no)\s+(?:[\w-]+\s+){{0,2}}{_EVENT}\b(?!\s+by)"
)
_INVENTED = (
    r"\b(?:fabricat\w+|hoax\w*|invent(?:ed|ion)|concoct\w*|made[ -]up|fak(?:ed|ing|ery)|false[ -]flag|play[- ]?acting|theatr(?:e|ical) (?:show|performance))\b"
    r"|\b(?:was|were|been|is|being|had|have|has|they|rebels|militants|terrorists)\s+(?:\w+\s+)?staged\b|\bstag(?:ed|ing)\s+(?:\w+\s+){0,3}(?:attack|provocation|incident|scene|video|footage|event|massacre)s?\b"
    r"|\bstaged provocation\b|\bstag(?:ing|ed) of (?:the|an?) "
)
_HAPPENED = rf"\b{_EVENT}\s+(?:\w+\s+){{0,3}}(?:happened|occurred|took place|had taken place|ever)\b|\bthat an? (?:\w+ ){{0,2}}{_EVENT} (?:had |has )?(?:happened|occurred|taken|took)"
_EVENT_DENIED = compile_wording(f"{_NOT_HAPPENED}|{_INVENTED}")
_EVENT_IN_DENIAL = compile_wording(_HAPPENED)
#: "dismissed the reports as a fabrication": the denial itself calls the event invented.
_CALLED_INVENTED = compile_wording(r"\b(?:as|a|an|were|was)\s+(?:\w+\s+){0,3}(?:fabricat\w*|hoax|invent\w*|staged)\b")
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
    r"|\b(?:debris|fragments|wreckage) (?:of|from) (?:\w+ ){0,4}(?:intercept\w*|shot down|downed|air[- ]defen[cs]e|drone|missile|rocket)"
)
INSTEAD = compile_wording(
    r"\b(?:instead|rather|in fact|actually)\b[^.!?\n]{0,80}\b(?:caused by|result of|due to|the work of|set off by|come from|came from)\b|\b(?:was|were|been) caused by\b[^.!?\n]{0,60}\b(?:not|rather than)\b"
    r"|\banother (?:explanation|version)\b|\balternative (?:explanation|version|theory)\b|\baccident(?:al|ally)?\s+(?:explosion|detonation|blast|release|leak)|\b(?:gas|industrial) leak\b"
)
ALTERNATIVES = (DEPOT_HIT, GROUND_DEVICE, MISFIRE, INSTEAD)

BLAME_CUE = compile_wording(r"\b(?:blam(?:e|es|ed|ing)|accus(?:e|es|ed|ing|ations?)|held responsible|responsib\w+)\b")
_WHO = r"(?P<who>[^.!?\n]{1,120})"
#: "X was responsible": who it is stands before.
RESPONSIBLE = compile_wording(
    r"(?P<who>\b(?:[\w.'’-]+\s+){1,8}?)(?:(?:was|were|is|are|be|being|been|had been|has been|have been)\s+(?:\w+ly\s+)?(?:held\s+)?(?:responsible|to blame|behind|guilty|culpable)|(?:bears?|bore)\s+(?:\w+\s+){0,2}(?:responsibility|blame|guilt))\b"
)
#: Words that show a clause, and no name, before "was responsible".
CLAUSE_WORDS = frozenset("that who which of it they what whether if no nobody not have has had and but likely".split())
BLAMES = (
    compile_wording(r"\b(?:la(?:y|ys|id|ying)|put(?:s|ting)?|plac(?:e|es|ed|ing)|pin(?:s|ned|ning)?|cast(?:s|ing)?|assign(?:s|ed|ing)?|direct(?:s|ed|ing)?)\b[^.!?\n]{0,40}?\b(?:blame|responsibility|guilt)\b[^.!?\n]{0,80}?\b(?:at the (?:feet|door(?:step)?) of|squarely (?:on|with)|on|upon|with|to|at)\s+" + _WHO),
    compile_wording(r"\bblam(?:e|es|ed|ing)\b\s+(?:(?!on\b)[\w'’-]+\s+){0,8}?on\s+" + _WHO),
    compile_wording(r"\b(?:responsibility|blame|guilt)\b[^.!?\n]{0,50}?\b(?:lies with|lay with|rests (?:on|with)|falls on|fell on|belongs to|lies (?:squarely |solely |entirely )with)\s+" + _WHO),
    compile_wording(r"(?<!no )\bblam(?:e|es|ed|ing)\b\s+(?!on\b|for\b|game\b|by\b|squarely\b|at\b|lies\b|is\b|was\b)" + _WHO),
    compile_wording(r"(?<!been )(?<!was )(?<!were )(?<!is )(?<!are )(?<!stands )(?<!repeatedly )\baccus(?:e|es|ed|ing)\b\s+(?!of\b|by\b)" + _WHO),
    compile_wording(r"\b(?:accusations?|allegations?|charges?) (?:against|levelled at|leveled at)\s+" + _WHO),
    compile_wording(r"\b(?:accusations?|allegations?) that\s+" + _WHO),
    compile_wording(r"\bh(?:old|olds|eld|olding)\s+(?P<who>[^.!?\n,]{1,80}?)\s+(?:\w+\s+)?(?:responsible|accountable|to account)\b"),
    compile_wording(r"\bpoint(?:s|ed|ing)?\s+(?:\w+\s+){0,2}fingers?\s+(?:\w+\s+)?(?:at|to|towards?)\s+" + _WHO),
    compile_wording(r"\b(?:attribut(?:e|es|ed|ing)|ascrib(?:e|es|ed|ing))\b[^.!?\n]{0,80}?\bto\s+" + _WHO),
    compile_wording(r"\b(?:implicat(?:es|ed|ing)|fault(?:s|ed|ing))\s+" + _WHO),
    compile_wording(r"\b(?:the (?:work|fault|doing|handiwork) of|at the hands of|at the feet of)\s+" + _WHO),
    compile_wording(r"\b(?:responsibility|guilt) of " + _WHO),
    RESPONSIBLE,
)  # fmt: skip
STANCE_VERB = compile_wording(
    r"\b(?:(?:has|have|had|also|both|again|repeatedly|quickly|immediately|swiftly|publicly|openly|later)\s+){0,4}"
    r"(?:accus(?:es|ed)|blam(?:es|ed)|denie[sd]|reject(?:s|ed)|laid the blame|lay the blame|put the blame|placed the blame|pinned the blame|pointed the finger|held)\b"
)

_OBJECT = r"(?:[^\s,.;:]+\s+){0,6}?(?:chlorine|sarin|gas|chemical\w*|nerve|mustard|poison\w*|toxic|weapons?|bombs?|munitions?|agents?|rockets?|missiles?|shells?|phosphorus|napalm|drones?|force|explosives|artillery|mortars?|torpedo\w*|mines?)"
_DEED_NOUN = r"(?:[^\s,.;:]+\s+){0,6}?(?:attacks?|strikes?|air ?strikes?|raids?|assaults?|bomb\w*|missiles?|rockets?|shell\w*|massacres?|killings?|atrocit\w+|crimes?|drones?|executions?|murders?|genocide|ethnic)"
#: From the word after a party: auxiliaries and adverbs, then a deed.
ACTIVE_DEED = compile_wording(
    r"(?:-?\s?(?:s|'s|forces|force|army|military|troops|air|government|regime|soldiers|warplanes?|jets?|planes?|aircraft|helicopters?|artillery|fighters|navy|gunmen|militia\w*|rebels|group|groups|police|security|units?|drones?|armed|and|its|allies|authorities|leadership|strikes|airstrikes|raids|attacks|shelling|missiles?|rockets?|bombs|bombing|bombardment|gunfire|fire)\s+){0,6}"
    r"(?:(?:has|have|had|did|does|do|was|were|is|are|been|be|being|not|never|n't|'t|also|again|deliberately|repeatedly|then|just|likely|probably|already|now|may|might|could|would|will|to|once|routinely|systematically|intentionally|indiscriminately|itself|themselves|alone)\s+){0,6}"
    rf"(?:(?:us(?:e|es|ed|ing)|deploy(?:s|ed|ing)?|employ(?:s|ed|ing)?|dropp?(?:s|ed|ing)?|releas(?:ed|ing|es)|fir(?:e|es|ed|ing)|launch(?:es|ed|ing)?)\s+{_OBJECT}"
    rf"|(?:carr(?:y|ies|ied|ying) out|conduct(?:s|ed|ing)?|launch(?:es|ed|ing)?|commit(?:s|ted|ting)?|perpetrat(?:e|es|ed|ing)|order(?:s|ed|ing)?|stag(?:ed|ing)|mount(?:ed|ing)?|orchestrat(?:ed|ing))\s+{_DEED_NOUN}"
    r"|(?:bomb(?:ed|ing)|shell(?:ed|ing)|attack(?:ed|ing)|struck|striking|hit|gass(?:ed|ing)|massacr(?:ed|ing)|kill(?:ed|ing)|murder(?:ed|ing)|execut(?:ed|ing)|target(?:ed|ing)|bombard(?:ed|ing)|slaughter(?:ed|ing)|torch(?:ed|ing)|shot (?:down|at|dead)|fired (?:on|at|upon)|opened fire|raided|blew up|abduct(?:ed|ing)|poison(?:ed|ing))\b"
    r"|(?:bears?|bore)\s+(?:\w+\s+){0,2}(?:responsibility|blame)|(?:responsible|to blame|behind|guilty|culpable)\b)"
)
#: Up to the word before a party: a deed, then "by".
PASSIVE_DEED = compile_wording(
    r"\b(?:carried out|committed|conducted|perpetrated|launched|caused|fired|dropped|orchestrated|mounted|used|bombed|attacked|hit|targeted|killed|struck|shelled|executed|gassed|destroyed|shot down|downed|deployed|ordered|murdered|massacred|done"
    r"|attacks?|strikes?|airstrikes?|raids?|bombings?|bombardments?|shelling|massacres?|crimes?|atrocit(?:y|ies)|actions?|killings?|provocations?|use of (?:\w+ ){1,4}|assaults?|barbarism|aggression)\s+(?:[\w-]+\s+){0,6}?by\s+(?:the\s+|a\s+|an\s+)?(?:[\w-]+\s+){0,2}$"
)
#: Before a party: it is not the doer but has the deed done to it, or is thought of.
NOT_A_DOER = re.compile(
    r"\b(?:against|on|of|near|from|targeting|bombing|at|inside|in|supporting|for)(?: the)?(?: \w+)?$"
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
FINDING = compile_wording(
    r"\b(?:attack\w*|strike\w*|exposure|exposed|sarin|chlorine|nerve agent|chemical\w*|gas|weapon\w*|munition\w*|bomb\w*|missile\w*|rocket\w*|shell\w*|killed|massacre\w*|blast|explosion|crime\w*|positive|samples?)\b"
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
