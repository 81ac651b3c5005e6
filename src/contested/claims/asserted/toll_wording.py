"""The wordings that the dead and the injured are counted by: patterns over English news.

In: nothing. Out: compiled patterns without regard to case, all with bounded gaps so that time stays linear.
Refuses: nothing.

They are about wars in general. Changing one: run tests/claims/asserted/test_tolls.py and gate/reading.py.
"""

from __future__ import annotations

import re

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
_PEOPLE = rf"(?:(?P<dead>{_DEAD_NOUNS})|(?P<fighters>{_FIGHTERS})|(?P<children>{_CHILDREN})|(?P<women>{_WOMEN})|(?P<civilians>{_CIVILIANS})|(?P<others>{_OTHERS}))\b"
_VERB = (
    r"(?:were|was|been|being|be|(?-i:is)|are|has|have|had|kill\w*|dead|died|dies|dying|wound\w*|injur\w*|hurt|martyred|missing|said|says|and|or|in|on|at|by|with|from|of|to|after|when|while"
    r"|them|whom|including|during|as|that|which|who|near|for|against|left|leav\w+|caus\w+|air|attacks?|strikes?|raids?|rockets?|shells?|bombs?|missiles?)\b"
)
_MODIFIERS = rf"(?:(?!{_VERB})[^\W\d][\w’'.-]*\s+){{0,4}}?"
_OF_THE = r"(?:of\s+)?(?:the\s+|its\s+|their\s+|his\s+|her\s+|those\s+)?"
#: What a number counts.
NOUN_PHRASE = re.compile(
    rf"\s+{_OF_THE}(?P<modifiers>(?:(?:regime|government|army|military|rebel|opposition|state|militia|police|allied|pro-[\w-]+|\w+ian|\w+ish)\s+and\s+(?=[\w-]+\s+(?:{_FIGHTERS})\b))?{_MODIFIERS}){_PEOPLE}",
    re.IGNORECASE,
)
FAMILY = re.compile(r"\b(?:a|one)\s+(?:[\w’'-]+\s+){0,2}?(?:family|group|household)\s+of\s+$", re.IGNORECASE)
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
ONE = re.compile(
    rf"(?:(?<![\w-])(?:an?|another|one|her|his|their)\s+|(?<=\band\s))(?P<modifiers>{_MODIFIERS})(?:{_SINGULAR})\b(?![’'-])(?=\s*(?:[.,;:!?)\"”]|\Z)|\s+(?:{_AFTER_ONE})\b)",
    re.IGNORECASE,
)
JOINT = re.compile(
    r"\s*(?:,|,?\s*and|&|as\s+well\s+as|along\s+with|together\s+with|in\s+addition\s+to|plus)\s*(?:another|the|their|his|her|its)?\s*",
    re.IGNORECASE,
)
PART = re.compile(
    r"\s*,?\s*(?:\(|[-–—]+\s*)?(?:including|included|among\s+(?:them|whom|those)(?:\s+killed)?(?:\s+(?:were|are))?|(?:of|among)\s+(?:whom|them))\s*(?:were\s+|are\s+)?(?:at\s+least\s+)?$",
    re.IGNORECASE,
)
OF_THE_DEAD = re.compile(
    r"\b(?:of|among)\s+(?:those|the)\s+(?:killed|dead|victims|slain|fatalities)\s*,?\s*(?:were\s+|are\s+)?(?:at\s+least\s+)?$",
    re.IGNORECASE,
)
PART_AFTER = re.compile(
    r"(?:\s+including\s+(?:[\w’'-]+\s+){1,4}?|\s*)(?:of\s+(?:them|whom)|were\s+among|was\s+among|are\s+among|is\s+among|among\s+(?:the\s+(?:dead|victims|killed|fatalities|casualties)|those\s+killed))\b"
    r"(?:\s+(?:were\s+|are\s+|was\s+)?(?P<group>children|women|civilians|fighters))?",
    re.IGNORECASE,
)
WERE_GROUP = re.compile(r"\s+(?:were|are|was)\s+(?P<group>children|women|civilians|fighters)\b", re.IGNORECASE)
SHARE = re.compile(
    r"\s*,?\s*(?:\(|[-–—]+\s*)?(?P<share>all(?:\s+of\s+(?:them|whom))?|most(?:ly)?(?:\s+of\s+(?:them|whom))?|mainly|the\s+majority\s+of\s+(?:them|whom)|half\s+of\s+(?:them|whom)|more\s+than\s+half\s+of\s+(?:them|whom))"
    r"(?:\s+(?:were|are|being))?\s+(?:(?P<children>children|minors)|(?P<women>women)|(?P<civilians>civilians)|(?P<fighters>fighters|soldiers|militants))\b(?!\s+and\b)",
    re.IGNORECASE,
)
INCLUDED = re.compile(
    r"\b(?:the\s+)?(?:dead|victims|fatalities|those\s+killed)\s+includ(?:e|es|ed|ing)\s*$", re.IGNORECASE
)

_DIE = r"(?:kill(?:ed)?|dead|murdered|massacred|slaughtered|martyred|executed|beheaded|crucified|shot\s+dead|burned\s+alive|crushed\s+to\s+death|assassinated|slain)"
_HURT = r"(?:wounded|injured|hurt|maimed|burned)"
_AUXILIARY = r"(?:were|was|are|is|been|being|have\s+been|had\s+been|has\s+been|got|lay|left|reported|confirmed|feared|believed|reportedly)"
_ADVERB = r"(?:(?:also|all|both|reportedly|later|immediately|already|confirmed|reported|believed|feared|now|allegedly|instantly|so\s+far|to\s+have\s+been|to\s+be|been|left|either)\s+){0,3}"
_BETWEEN = r"(?:\s+(?!(?:said|says|that|which|but|killed|wounded|injured|died|told|were|was|has|have|had|after|when|while)\b)[\w’'.&-]+|,){0,10}?"
PASSIVE = re.compile(
    rf"{_BETWEEN},?\s+(?:who\s+)?(?:{_AUXILIARY}\s+{_ADVERB}(?:(?P<killed>{_DIE})|(?P<injured>{_HURT}))\b"
    r"|(?:have\s+|had\s+|has\s+)?(?:also\s+)?(?P<died>died|perished|lost\s+(?:their|his|her)\s+li(?:fe|ves)|succumbed|suffocated\s+to\s+death)\b)",
    re.IGNORECASE,
)
PASSIVE_NEXT = re.compile(
    rf"\s+(?:{_AUXILIARY}\s+{_ADVERB}(?:(?P<killed>{_DIE})|(?P<injured>{_HURT}))\b|(?P<died>died|perished)\b)",
    re.IGNORECASE,
)
#: A number, or what bounds one.
NUMBER_NEXT = re.compile(
    r"\s+(?:\d|at\s+least\b|about\b|some\b|another\b|more\s+than\b|dozens\b|scores\b|several\b|hundreds\b|an?\b|two\b|three\b|four\b|five\b|six\b|seven\b|eight\b|nine\b|ten\b|others\b|many\b)",
    re.IGNORECASE,
)
BARE = re.compile(
    rf"\s*,?\s+(?:(?:others?|more|people)\s+)?(?:reported(?:ly)?\s+|confirmed\s+)?(?:(?P<killed>{_DIE}|die[sd]?)|(?P<injured>{_HURT}))\b",
    re.IGNORECASE,
)
ACTIVE = re.compile(
    r"\b(?:(?P<killed>kill(?:s|ed|ing)?|murder(?:s|ed|ing)|massacr(?:es|ed|ing)|slaughter(?:s|ed|ing)|execut(?:es|ed|ing)|behead(?:s|ed|ing)|crucif(?:ies|ied|ying)|martyr(?:s|ed|ing)"
    r"|(?:claim|cost|tak|took)\w*(?:\s+the)?\s+li(?:fe|ves)\s+of|deaths?\s+of|killings?\s+of|massacre\s+of|martyrdom\s+of|bodies\s+of|corpses\s+of|assassinat(?:es|ed|ing)|claim(?:s|ed|ing)(?=\s+\S+\s+(?:lives|martyrs)))"
    r"|(?P<injured>wound(?:s|ed|ing)|injur(?:es|ed|ing)|hurt(?:s|ing)?|maim(?:s|ed|ing)|injury\s+(?:of|to)|injuries\s+(?:of|to)))"
    r"\s+(?:(?:off|also|another|further|a\s+further|an\s+additional|all|the)\s+)*$",
    re.IGNORECASE,
)
LUMPED = re.compile(
    r"\s*(?:and|or|&|/|,)\s*(?:\d+\s*%\s*)?(?:killed|dead|injured|wounded|hurt|missing)\b", re.IGNORECASE
)
LUMPED_BEFORE = re.compile(
    r"\b(?:kill\w*|dead|wound\w*|injur\w*|maim\w*)\s*(?:and|or|&|/)\s*(?:kill(?:ed|ing|s)?|wound(?:ed|ing|s)?|injur(?:ed|ing|es|ies)|maim\w*)\s+(?:(?:of|to)\s+)?$",
    re.IGNORECASE,
)
NOT_YET = re.compile(
    r"\b(?:could|would|might|may|can|will|to|not|never|no|without|if|should|shall)\s+(?:have\s+)?(?:\w+\s+)?$",
    re.IGNORECASE,
)
TOLL_NOUN = re.compile(
    r"\b(?:death\s+toll|death\s+count|toll|number\s+of\s+(?:the\s+)?(?:deaths?|dead|killed|victims|fatalities|martyrs|people\s+killed)|killed\s+reached)\b"
    r"(?P<gap>(?:\s+(?!injur|wound)[\w’'&.-]+|,){0,14}?)\s+(?P<to>to|at|reach(?:es|ed|ing)|is|was|from|stands\s+at|stood\s+at|hits?|surpass(?:es|ed)|exceed(?:s|ed)|estimated|tops|topped|pass(?:es|ed)|of|climb(?:s|ed))\s+(?:now\s+)?$",
    re.IGNORECASE,
)
#: In headlines: "Death toll from the blast at least 126".
TOLL_NOUN_BARE = re.compile(r"\bdeath\s+toll\b(?:\s+(?!injur|wound)[\w’'&.-]+){0,10}\s+$", re.IGNORECASE)
BOUNDED = re.compile(r"(?:at\s+least|more\s+than|over|up\s+to|nearly|about)\b", re.IGNORECASE)
RISING = re.compile(
    r"\b(?:rose|ris(?:es|en|ing)|rais(?:es|ed|ing)|climb\w*|increas\w*|updat\w*|revis\w*|jump\w*|mount\w*|grow[ns]?|grew|up\s+from|surpass\w*|bring\w*|brought)\b",
    re.IGNORECASE,
)
#: "This was later updated to 82".
REVISED = re.compile(
    r"\b(?:this|it|that|toll|figure|number|count|estimate)\s+(?:\w+\s+){0,3}(?:updated|revised|raised|increased|rose|risen|climbed|corrected)\s+to\s+$",
    re.IGNORECASE,
)
#: What a war has cost in all: no toll of one event.
OF_A_WAR = re.compile(
    r"\bsince\b[^.!?\n]{0,40}\b(?:19|20)\d\d\b|\bsince\s+(?:the\s+|its\s+)?(?:(?:start|beginning|outbreak|onset|eruption)\s+of\s+(?:the\s+)?)?(?:\w+\s+){0,3}(?:war|conflict|uprising|revolution|crisis|unrest|invasion|intervention)\b"
    r"|\b(?:war(?!\s+(?:planes?|crimes?|jets?))|conflict|uprising|crisis|unrest|revolution|insurgency|rebellion)\b[^.!?\n]{0,70}\b(?:has|have|had)\s+(?:\w+\s+){0,2}(?:killed|claimed|cost|left|taken|caused|displaced)\b"
    r"|\b(?:in|over|during|throughout)\s+(?:the\s+)?(?:past|last)\s+(?:\w+\s+){0,2}years?\b|\b(?:in|over|during|throughout|of)\s+(?:the\s+|its\s+)?(?:(?:more\s+than|almost|nearly|over)\s+)?\w+[- ]years?(?:[- ](?:old|long))?\s+(?:of\s+)?(?:war|conflict|civil|crisis)\b"
    r"|\bkilled\s+in\s+(?:the\s+)?(?:\w+\s+){0,3}(?:war|conflict|uprising)\b",
    re.IGNORECASE,
)
YEAR = re.compile(r"(?:19|20)\d\d\Z")
