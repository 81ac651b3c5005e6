"""A place as somebody wrote it → the places of the gazetteer whose name that may be.

In: a place string in any script ("Hananu, Aleppo", "near Sarmin", "قرية الزهراء") and a gazetteer. Out: every place that
bears the name, and how like the name is. Refuses: nothing; a name that no place bears gives no match.

Names are looked up whole first, then without what writers put around them: the wider place after a comma, words for
kinds and directions, distances. In the case's region, and among its own places, spellings that sound alike and names
that share a rare word are found too; over the whole world those would be too many to mean anything.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import cached_property

from contested.base.transliteration import fold_script, same_name, sound_keys
from contested.incidents.gazetteer import Gazetteer

#: Words for kinds of places → the kind that they speak for; "" for words that speak for none. Folded.
KIND_WORDS: dict[str, str] = {
    **dict.fromkeys("city town village township municipality settlement locality مدينه بلده قريه город село деревня поселок"
                    " місто селище г с м смт пгт".split(), "town"),
    **dict.fromkeys("neighbourhood neighborhood quarter suburb حي ضاحيه микрорайон".split(), "neighbourhood"),
    **dict.fromkeys("district subdistrict county rayon raion منطقه ناحيه район".split(), "admin2"),
    **dict.fromkeys("governorate province oblast region state prefecture محافظه область".split(), "admin1"),
    **dict.fromkeys("the of area country territory al el ar as ash ad an at az ez es".split(), ""),
}  # fmt: skip
#: Words for a part of a place, or for what lies around it: the place itself is not what is meant.
PART_WORDS = frozenset(
    "north south east west northern southern eastern western northeast northwest southeast southwest northeastern"
    " northwestern southeastern southwestern central upper lower greater rural countryside outskirts suburbs downtown old"
    " inner outer outside near around towards ريف شمال جنوب شرق غرب شمالي جنوبي شرقي غربي".split()
)
_AWAY = re.compile(
    r"^\s*(?:(?P<number>\d+(?:[.,]\d+)?)\s*(?P<unit>km|kilomet\w+|miles?|mi)\b.{0,24}?\b(?:of|from)"
    r"|near|close to|in the vicinity of|just outside)\s+(?P<place>\S.*)$", re.IGNORECASE,
)  # fmt: skip
#: Metres added where a place is only near another: GTD's "vicinity" is read so (docs/presets.md).
VICINITY_M = 5_000.0
MILE_M, KILOMETRE_M = 1_609.344, 1_000.0
_PARTS = re.compile(r"\s*[,،;(/]\s*|\s+[-–—]\s+|\s+in\s+")
#: How like a name is, by the way it was found, in [0, 1]. 1 is the name itself. Only the order and the line at
#: ``placing.CHOSEN_LIKE`` count: what lies below it is shown and never chosen.
LIKE = {"name": 1.0, "kind": 0.95, "spelling": 0.92, "sound": 0.8, "near": 0.8, "part": 0.6, "word": 0.6, "wider": 0.3}
#: A word is rare when so few places of the region have it, and long enough when it has so many consonants.
RARE_PLACES, RARE_CONSONANTS = 5, 3
#: Fewest consonants of a whole name that is looked up by its sound: a single one fits too much.
LEAST_CONSONANTS = 2


@dataclass(frozen=True, slots=True)
class Match:
    """One place that a name may mean."""

    row: int
    """Number of the place in the gazetteer."""
    like: float
    """How like the name is, in [0, 1]."""
    how: str
    """In words, after "it"."""
    extra_m: float = 0.0
    """Metres to add to the place's radius."""
    kind: str = ""
    """Kind of place that the writing speaks of, if any."""


@dataclass(frozen=True, slots=True)
class Written:
    """A place string taken apart."""

    heads: tuple[str, ...]
    """What may be the place's own name, likeliest first."""
    wider: tuple[str, ...]
    """Places that it is said to lie in."""
    extra_m: float = 0.0


def take_apart(text: str) -> Written:
    """The name, and what it is said to lie in: "Hananu (Aleppo)", "3 km south of Sarmin, Idlib"."""
    extra_m = 0.0
    if away := _AWAY.match(text):
        number = float((away["number"] or "0").replace(",", "."))
        metres = number * (MILE_M if (away["unit"] or "").lower().startswith("mi") else KILOMETRE_M)
        text, extra_m = away["place"], metres or VICINITY_M
    parts = [part.strip(" )]") for part in _PARTS.split(text)]
    parts = [part for part in parts if part]
    heads = tuple(dict.fromkeys([text.strip(), *parts[:1]]))
    return Written(heads, tuple(parts[1:]), extra_m)


def _core(name: str) -> str:
    """A name, folded, without words for kinds, directions and parts."""
    return " ".join(word for word in fold_script(name).split() if word not in KIND_WORDS and word not in PART_WORDS)


class NameFinder:
    """Looks names up in one gazetteer; what it worked out for a name is kept."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self.gazetteer = gazetteer
        self._known: dict[str, tuple[Match, ...]] = {}

    def find(self, text: str) -> tuple[Match, ...]:
        """Every place that a place string may mean, each once, in the gazetteer's order."""
        if text not in self._known:
            written = take_apart(text)
            found: dict[int, Match] = {}
            for head in written.heads:
                self._add(found, self._of_name(head, written.extra_m))
            if all(match.like < LIKE["spelling"] for match in found.values()):
                self._add(found, self._by_word(_core(written.heads[-1]), written.extra_m))
            if not found:
                for wider in written.wider:
                    for row in self.gazetteer.named(fold_script(wider)):
                        self._add(found, [Match(row, LIKE["wider"], f"is the wider place that is named, {wider}")])
            self._known[text] = tuple(found[row] for row in sorted(found))
        return self._known[text]

    @staticmethod
    def _add(found: dict[int, Match], matches: list[Match]) -> None:
        for match in matches:
            if match.row not in found or found[match.row].like < match.like:
                found[match.row] = match

    def _of_name(self, name: str, extra_m: float) -> list[Match]:
        words = fold_script(name).split()
        kind = next((KIND_WORDS[word] for word in words if KIND_WORDS.get(word)), "")
        rest = [word for word in words if word not in KIND_WORDS]
        core = _core(name)
        found = self._bearing(name, "name", extra_m, kind)
        if core and len(rest) < len(words) and core == " ".join(rest):
            found += self._bearing(core, "kind", extra_m, kind)
        elif core and not found:
            found += self._bearing(core, "part", extra_m, "")
        return found

    def _bearing(self, name: str, way: str, extra_m: float, kind: str) -> list[Match]:
        """Places that bear a name, or in the region one that sounds like it; ``way`` is how the name was come by."""
        cap = min(LIKE[way], LIKE["near"] if extra_m else 1.0)
        around = f", {extra_m / 1000:g} km added for what is written around it" if extra_m else ""
        said = {"name": "", "kind": ", without the word for its kind", "part": ", of which a part is named"}[way]
        found = [
            Match(row, cap, f"bears the name{said}{around}", extra_m, kind)
            for row in self.gazetteer.named(fold_script(name))
        ]
        known = {match.row for match in found}
        keys = [key for key in sound_keys(name) if len(key.strip("~").replace(" ", "")) >= LEAST_CONSONANTS]
        for row in dict.fromkeys(row for key in keys for row in self.gazetteer.sounding(key)):
            if row not in known:
                spelt = any(same_name(name, other) for other in self.gazetteer.names(row))
                how = "bears the name in another spelling" if spelt else "bears a name with the same consonants"
                like = min(cap, LIKE["spelling" if spelt else "sound"])
                found.append(Match(row, like, how + said + around, extra_m, kind))
        return found

    def _by_word(self, name: str, extra_m: float) -> list[Match]:
        """Places of the region that share a rare word with the name, by how much of both names is shared."""
        best: dict[int, Match] = {}
        words = {word for key in sound_keys(name) for word in key[1:].split()}
        for word in sorted(words):
            rows = self._words.get(word, ())
            if len(word) < RARE_CONSONANTS or not 0 < len(rows) <= RARE_PLACES:
                continue
            for row in rows:
                shared = max(
                    self._shared(words, key) for other in self.gazetteer.names(row) for key in sound_keys(other)
                )
                match = Match(row, LIKE["word"] * (0.5 + shared / 2), "shares a rare word with the name", extra_m)
                self._add(best, [match])
        return list(best.values())

    def _shared(self, words: set[str], key: str) -> float:
        """Share of two names' words that both have, each word weighing more the fewer places have it."""
        others = set(key[1:].split())
        weight = {
            word: math.log1p(len(self.gazetteer.local) / (1 + len(self._words.get(word, ()))))
            for word in words | others
        }
        return sum(weight[word] for word in words & others) / sum(weight.values())

    @cached_property
    def _words(self) -> dict[str, tuple[int, ...]]:
        """Word by its sound → the places of the region and own ones with it."""
        found: dict[str, dict[int, None]] = {}
        for row in self.gazetteer.local:
            for name in self.gazetteer.names(row):
                for key in sound_keys(name):
                    for word in key[1:].split():
                        found.setdefault(word, {})[row] = None
        return {word: tuple(rows) for word, rows in found.items()}
