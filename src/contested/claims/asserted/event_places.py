"""Where a text says that something happened: the place phrase as written.

In: a text and a stretch of it. Out: :class:`PlacePhrase` by place phrase, its name and what kind of place it is
said to be. Refuses: months, weekdays, bodies and persons by their forms; it resolves no place: a phrase is text,
and which point it means is for the reviewer or a gazetteer to say.

A place phrase is a name in capitals that follows a word of place ("in", "near", "the town of"), precedes one
("Karsk province", "Karsk city"), or is what an attack was "on". Names keep their small joining words ("al-",
"ez-", "of the"). The finest place comes first: "the town of Velm in Karsk province" is Velm.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from contested.claims.naming.names import load_state_names

_KIND = (
    r"(?:(?P<area>province|governorate|region|oblast|district|county|state|countryside|provincial)|(?P<place>city|town|village|suburb|neighbou?rhood|quarter|camp|district|municipality|settlement"
    r"|area|crossing|airport|airbase|air\s+base|base|hospital|square|market|street|road|highway|bridge|port|island|plain|valley|mountains?|checkpoint|enclave|hamlet|locality|capital|outskirts))"
)
_ARTICLE = r"(?:(?:al|el|ar|ash|ad|az|ez|es|ul)[- ]|(?:as|at|an|en|et)-)"
_JOIN = r"(?:al|el|as|ar|ash|at|an|ad|az|ez|es|er|ed|et|en|eth|ul|us|ud|de|del|la|le|of|of\s+the|bin|abu|umm|upon|am|und|au|aux|sous|sur|les)"
_PART = r"[A-ZÀ-ÞĀ-ŽḤ-ẓ‘'ʿ’][\w’'ʿʾ]*"
_NAME = rf"(?:(?<![\w-]){_ARTICLE}?{_PART}(?:(?:[- ]|\s(?:{_JOIN}[- ]){{1,2}}|-(?:{_JOIN}-){{1,2}}){_PART}){{0,3}})"
_WHERE = (
    r"(?:in|at|near|around|outside|inside|across|over|within|throughout|on|of|from|against|toward|towards|to|into|targeted|targeting|hit|hitting|struck|striking|pounded|pounding|bombed|bombing|shelled|shelling|attacked"
    r"|attacking|besieged|rocked|rocking|target|targets|hits|strikes|pound|pounds|bombard(?:ed|ing)?)"
)
_ADJECTIVES = (
    r"(?:(?:(?:the|a|an|its|their|several|many|rebel|opposition|government|regime|militant|northern|southern|eastern|western|north(?:-?\s?(?:east|west))?(?:ern)?|south(?:-?\s?(?:east|west))?(?:ern)?|east|west|central|northeastern|northwestern"
    r"|southeastern|southwestern|greater|rural|besieged|embattled|occupied|divided|war-torn|strategic|key|coastal|border|ancient|historic|neighbou?ring|nearby|small|populated|residential|countryside|outskirts|town|city|village|province|area|areas|parts|neighbou?rhoods?|districts?|suburbs?|camp|stronghold|and|of|in|near|capital"
    r"|[A-Z]\w+(?:ian|ish|ese|aqi|eni|eli|ani|nch)|[\w’'.]+-(?:held|controlled|occupied|run|backed|dominated|besieged))\s+){0,7}?)"
)
_PLACE = re.compile(
    rf"\b(?P<before>(?:{_WHERE}|(?:{_KIND.replace('?P<area>', '?:').replace('?P<place>', '?:')})s?\s+of)\s+{_ADJECTIVES}(?:(?i:{_KIND.replace('?P<area>', '?P<area1>').replace('?P<place>', '?P<place1>')})s?\s+(?:of\s+)?)?)"
    rf"(?P<name>{_NAME})(?P<after>(?:['’]?s)?(?:\s+(?:\w+ern\s+)?(?i:{_KIND})\b)?)"
)
_LED = re.compile(rf"(?P<name>{_NAME})(?P<after>\s+(?i:{_KIND})\b)")
#: Words in capitals that are no places.
_NOT_PLACE = re.compile(
    r"(?:(?:the\s+)?(?:west|east|north|south)|(?:mon|tues|wednes|thurs|fri|satur|sun)days?|january|february|march|april|may|june|july|august|september|october|november|december|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec"
    r"|twitter|facebook|telegram|youtube|ramadan|eid|christmas|easter|islam|god|allah|parliament|congress|security\s+council|(?:the\s+)?islamic(?:\s+state)?|isis|isil|daesh|is|state|the|he|she|it|they|we|his|her|their|this|that|these|those|president"
    r"|general|colonel|minister|mr|mrs|dr|reuters|afp|sana|ap|observatory|human\s+rights|syrian\s+observatory|united\s+nations|un|u\.?n|nato|unicef|ngo|i|a|an|and|but|one|two|three|four|five|six|seven|eight|nine|ten|at|in|on|there|no|all|according|sources|activists|residents|english|arabic"
    r"|army|forces|government|opposition|front|state\s+tv|nusra|al-nusra|al-qaeda|sunni|shia|shiite|alawite|kurdish|kurds|arab|western|civil\s+defen[cs]e|white\s+helmets|red\s+crescent|red\s+cross|tv|twin|district|province|city|town|village|region|area|breaking|update|monitor|monitors|ngo|reports?|governor|media|kills?|killed|dead|source|state\s+media)$",
    re.IGNORECASE,
)
_NOT_PLACE_END = re.compile(
    r"(?:observatory|council|front|army|forces?|ministry|rights|agency|network|union|party|group|committee|commission|organi[sz]ation|crescent|cross|state|society|news|brigades?|battalion|movement|coalition|assad|putin|trump|obama|nations|house|kremlin|pentagon|tv|times|court)$",
    re.IGNORECASE,
)
_ADJECTIVE_FORM = re.compile(
    r"(?:\w+(?:ian|ish|ese|aqi|eni|eli|ani)|(?:us|u\.s|american|russian|french|british|turkish)[\w.]*)$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class PlacePhrase:
    """A place as written."""

    start: int
    end: int
    name: str
    """The name alone."""
    kind: str | None
    """What kind of place it is said to be (town, province), lower case."""
    said_by: str
    """The word of place before it, lower case; empty when only the kind after it shows a place."""

    @property
    def is_area(self) -> bool:
        """Whether it is said to be a province or region, coarser than a town."""
        return self.kind in (
            "province",
            "governorate",
            "region",
            "oblast",
            "county",
            "state",
            "countryside",
            "provincial",
        )


def find_places(text: str, start: int = 0, end: int | None = None) -> Iterator[PlacePhrase]:
    """Place phrases in ``text[start:end]``, in the order of their names."""
    last = len(text) if end is None else end
    at = start
    found: dict[tuple[int, int], PlacePhrase] = {}
    while match := _PLACE.search(text, at, last):
        at = match.end("name")
        if place := _read(match, match["before"].split()[0].lower(), match["area1"] or match["place1"]):
            found[place.start, place.end] = place
    for match in _LED.finditer(text, start, last):
        place = _read(match, "", None)
        if place and all(place.end <= one.start or one.end <= place.start for one in found.values()):
            found[place.start, place.end] = place
    yield from (found[key] for key in sorted(found))


def _read(match: re.Match[str], said_by: str, kind: str | None) -> PlacePhrase | None:
    start, end = match.span("name")
    name = match["name"]
    bare = name
    if name.endswith(("'s", "’s")):
        bare = name[:-2]
    kind = kind or match["area"] or match["place"]
    words = bare.split()
    # "Syria's Karsk", also without its apostrophe: the name is what follows.
    if len(words) > 1 and _owner(words[0]):
        start += name.index(words[1], len(words[0]))
        words = words[1:]
        name = name[start - match.start("name") :]
    # A month or weekday that a capital before or after drew in ends the name.
    kept: list[str] = []
    for word in words:
        led = len(kept) == 0 and len(words) > 1 and word.lower() == "western"
        if not led and _NOT_PLACE.match(word) and word.lower() not in ("al", "el", "the", "of", "is", "on", "in", "at"):
            break
        kept.append(word)
    while kept and kept[-1].lower() in ("the", "of", "in", "on", "at", "i", "and", "o"):
        kept.pop()
    # "Karsk Ukraine", a comma lost: the state ends the name of a place in it.
    while len(kept) > 1 and (kept[-1] in _state_names() or _owner(kept[-1])) and kept[-2].lower() not in ("of", "and"):
        kept.pop()
    if not kept:
        return None
    bare = " ".join(kept)
    if not name.startswith(bare):
        bare = name.rstrip()
    if _NOT_PLACE.match(bare) or _NOT_PLACE_END.search(bare) or _ADJECTIVE_FORM.match(bare):
        return None
    end = start + len(bare)
    if kind is not None and match["after"].strip() and bare == name.removesuffix("'s").removesuffix("’s"):
        end = match.end()
    return PlacePhrase(start, end, bare, kind.lower() if kind else None, said_by)


def _owner(word: str) -> bool:
    return word.endswith(("'s", "’s")) or (word.endswith("s") and word[:-1] in _state_names())


def is_state(name: str) -> bool:
    """Whether the name is a whole state's: a place only where no finer one is said."""
    return name.removeprefix("the ") in _state_names()


@cache
def _state_names() -> frozenset[str]:
    return frozenset(name for name, _ in load_state_names().values() if name)
