"""Place names in running text, by the gazetteer: spans of the text.

In: a text in Latin letters, as news and headlines are written. Out: :class:`FoundName` spans; ``text[start:end]`` is the
name as written. Refuses: names in small letters, and names whose form or surroundings say that a person, a body or a
common word is meant.

A run of words in capitals is looked up, the longest first; what the gazetteer does not hold is left. A town of the world
is believed the less the fewer people it has, since most words are the name of some hamlet; the region's places and
the case's own are believed whatever their size.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from contested.base.transliteration import fold_script, sound_keys
from contested.incidents.gazetteer import KINDS, Gazetteer

#: Most words of one name.
MAX_WORDS = 6
#: People from which a town outside the region is believed: alone, and where the words around speak for a place.
#: Chosen on one half of the articles of docs/methods/places.md.
LEAST_PEOPLE, LEAST_PEOPLE_LED = 15_000, 500
#: People from which a town is believed between other words in capitals, which are mostly a person's or a body's.
LEAST_PEOPLE_CROWDED = 500_000
#: Fewest consonants of a name that is found by its sound in the region: more than for a name that is given as a place.
SOUND_CONSONANTS = 3
#: Words so short in capitals throughout are letters for something; these are the ones that mean a country.
LETTERS_LONG = 3
_LETTERS = frozenset(["us", "uk", "usa", "uae", "drc"])
_WORD = re.compile(r"[^\W\d_](?:[\w’'ʿʾ]*\w)?(?:\.(?:[^\W\d_]\.)+)?")
_ARTICLES = frozenset("al el ar as ash ad an at az ez es".split())
_JOINING = _ARTICLES | frozenset("of the de del la las los le du da do dos and upon on sur".split())
#: Words in capitals that begin sentences or head lines, and are also some hamlet's name.
_COMMON = frozenset(
    """a about above act after again against age all also am among an and any april are area army art as at august away
    back bar bay be bear best big bill black blue board book both boy bridge brown but by call camp can cape car case
    central chief christian church city close coast cold college come congress council county court cross day days dead
    december deep did district do down east eastern end english even every eye face fact fall far fast father february
    few field fire first five for force forest former four free friday from full game general get girl give go gold good
    grand great green group had half hall hand hard has have he head health her here high hill his home hope hospital
    house how i if in interior is island islands it its january job july june just justice king lake land last late law
    league left life light like line little live local long look lord low made make man many march market may me media
    men might mill million minister mission monday month more moss most mother mount mountain much must my national near
    never new news next nice night no north northern not november now october of off office old on one only open or order
    our out over own park part party people perhaps place plain plan point police pool port post president press prince
    public queen read red reform rest right river road rock rose royal run said sale same santa saturday school sea second
    see senate september she should show side since six so some son south southern spa spring square st star state states
    station still stone street such summer sun sunday take ten than that the their them then there these they this those
    three thursday time to top town trade tuesday turn two under union united university up upon us valley very war was
    water way we wednesday week well west western what when where which while white who why wild will winter with wood
    word work world would year years yes yet you young your jan feb mar apr jun jul aug sept sep oct nov dec god dad mom sen rep inc""".split()
)
#: Words before a name that a place follows, and those before and after it that no place does.
_LEADS = frozenset(
    "in at near from outside inside around across throughout towards toward to into over north south east west".split()
)
_TITLES = frozenset(
    """mr mrs ms dr sir lord lady president minister secretary senator governor mayor judge justice general gen colonel col
    major capt captain lieutenant lt sergeant sgt officer prof professor king queen prince princess pope bishop imam sheikh
    rev coach ambassador spokesman spokeswoman chairman director chief commander by""".split()
)
_BODIES = frozenset(
    """university college school hospital airport church cathedral mosque bank times post herald tribune journal news press
    daily globe star united city fc inc corp ltd co company group party council committee commission court police
    department ministry office agency institute association society union federation league club team army navy
    guard force forces act treaty accord agreement post street avenue road boulevard drive square bridge museum gallery
    theatre theater stadium hotel center centre foundation""".split()
)
#: Words that are no name by themselves.
_NEVER = _COMMON | _TITLES | _BODIES | _JOINING
_FOLLOWED = re.compile(r",\s[A-Z]")
_CONTRACTED = re.compile("['’](?:m|ve|d|ll|re|t)$")
#: Kinds that are believed whatever words they are made of.
_WIDE = frozenset(["continent", "country", "admin1"])
#: Ends of names of a country's people, where the country has another name.
_PEOPLE = re.compile(r"(?:an|ese|ish|i|ch|ic|[^aeiou]ek|iss|ino)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class FoundName:
    """One place name in a text."""

    start: int
    end: int
    text: str


def find_places(text: str, gazetteer: Gazetteer) -> list[FoundName]:
    """Place names in a text, in order and without overlap; ``text[start:end]`` is the name.

    Parameters
    ----------
    text
        Running text or a headline. In one written in capitals throughout nothing is told by them, and only long names
        and names of the region are found.
    gazetteer
        With a case's region and own places, names of those are found in any spelling.
    """
    reader = _Reader(text, gazetteer)
    found = []
    k = 0
    while k < len(reader.words):
        n = reader.length_at(k)
        if n:
            start, end = reader.words[k].start, reader.words[k + n - 1].end
            found.append(FoundName(start, end, text[start:end]))
        k += max(n, 1)
    return found


@dataclass(frozen=True, slots=True)
class _Word:
    start: int
    end: int
    text: str
    joined: bool
    """Whether nothing but a space or hyphen parts it from the word before."""

    @property
    def plain(self) -> str:
        return self.text.casefold()

    @property
    def capital(self) -> bool:
        return self.text[0].isupper()


class _Reader:
    """One text, its words, and what of them the gazetteer holds."""

    def __init__(self, text: str, gazetteer: Gazetteer) -> None:
        self.text = text
        self.gazetteer = gazetteer
        self.words = list(_words(text))
        letters = [letter for letter in text if letter.isalpha()]
        self.shouted = sum(map(str.isupper, letters)) > len(letters) / 2
        self._small = {word.text for word in self.words if not word.capital}

    def length_at(self, k: int) -> int:
        """How many words from here are a place name; 0 for none."""
        if not self.words[k].capital:
            return 0
        longest = 1
        while longest < MAX_WORDS and k + longest < len(self.words) and self.words[k + longest].joined:
            longest += 1
        for n in range(longest, 0, -1):
            last = self.words[k + n - 1]
            if last.capital and (rows := self._rows(k, n)) and self._believed(k, n, rows):
                return n
        return 0

    def _rows(self, k: int, n: int) -> list[int]:
        name = self.text[self.words[k].start : self.words[k + n - 1].end]
        rows = self.gazetteer.named(fold_script(name))
        if n > 1 and self.words[k].plain in _ARTICLES:
            rows = rows + self.gazetteer.named(fold_script(name[len(self.words[k].text) :]))
        for key in sound_keys(name):
            if len(key.strip("~").replace(" ", "")) >= SOUND_CONSONANTS:
                rows = rows + self.gazetteer.sounding(key)
        return rows

    def _believed(self, k: int, n: int, rows: list[int]) -> bool:
        words = [word.plain for word in self.words[k : k + n]]
        name = self.text[self.words[k].start : self.words[k + n - 1].end]
        letters = n == 1 and len(name) <= LETTERS_LONG
        if letters and words[0] in _LETTERS and name.isupper():
            return True
        if n == 1 and (words[0] in _NEVER or _CONTRACTED.search(name) or (letters and name.isupper())):
            return False
        kinds = {KINDS[self.gazetteer.columns.kind[row]] for row in rows}
        if (_NEVER.issuperset(words) and not kinds & _WIDE) or self._names_people(name, rows):
            return False
        before = self.words[k - 1] if k else None
        after = self.words[k + n] if k + n < len(self.words) and self.words[k + n].joined else None
        if after is not None and after.capital and after.plain in _BODIES:
            return False
        starts = before is None or bool(re.search(r"[.!?:\n]\W*$", self.text[before.end : self.words[k].start]))
        led = before is not None and not starts and self.words[k].joined and before.plain in _LEADS
        followed = bool(_FOLLOWED.match(self.text, self.words[k + n - 1].end))
        titled = before is not None and self.words[k].joined and before.plain in _TITLES
        beside = [word for word in (before if self.words[k].joined and not starts else None, after) if word is not None]
        crowded = any(word.capital and word.plain not in _COMMON and word.plain not in _LEADS for word in beside)
        doubtful = n == 1 and (starts or self.shouted or letters or words[0] in self._small)
        return self._big_enough(rows, led or followed, crowded or titled, doubtful)

    def _names_people(self, name: str, rows: list[int]) -> bool:
        """Whether a name is that of a country's people: Turkish, Iraqi, French."""
        at = self.gazetteer.columns
        countries = [row for row in rows if KINDS[at.kind[row]] == "country"]
        own_name = any(fold_script(name) == fold_script(at.name[row]) for row in countries)
        return bool(countries) and not own_name and _PEOPLE.search(name) is not None

    def _big_enough(self, rows: list[int], led: bool, crowded: bool, doubtful: bool) -> bool:
        """Whether one of the places is known enough for what the words around say."""
        at = self.gazetteer.columns
        kinds = {KINDS[at.kind[row]] for row in rows}
        if kinds & {"country", "continent"} or (kinds & _WIDE and not crowded):
            return True
        if not crowded and not self.gazetteer.local_rows.isdisjoint(rows):
            return True
        least = LEAST_PEOPLE_LED if led else LEAST_PEOPLE_CROWDED if doubtful else LEAST_PEOPLE
        return bool(at.population[rows].max() >= (LEAST_PEOPLE_CROWDED if crowded else least))


def _words(text: str) -> Iterator[_Word]:
    end = 0
    for match in _WORD.finditer(text):
        word = re.sub(r"['’]s$", "", match[0])
        between = text[end : match.start()]
        yield _Word(match.start(), match.start() + len(word), word, end > 0 and between in (" ", "-", "\u00a0"))
        end = match.start() + len(word)
