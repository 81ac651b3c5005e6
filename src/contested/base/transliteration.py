"""One name in several Latin spellings: Gaddafi, Qadhafi; Sheikhoun, Shaykhun; Zelensky, Zelenskyy.

In: names in Latin letters, as news writes names from Arabic, Persian, Russian and Ukrainian. Out: a key that
their spellings share (:func:`fold_name`), and whether two names may be spellings of one (:func:`same_name`).
Refuses: nothing; a name without a Latin letter folds to the empty key and equals nothing.

The folding follows what the romanisations (ALA-LC, BGN/PCGN, IJMES, the French and the press's own) disagree
on, and keeps what they agree on:

- marks, case and the signs for hamza and ʿayn go; the article (al-, el-, and before sun letters an-, ash- …) goes;
- doubled consonants are single; ``q``, ``g``, ``gh``, ``k`` and hard ``c`` are one; so are ``kh`` and ``h``; ``w``
  and ``v``; ``ch``, ``sh`` and ``shch``; ``dj``, ``zh`` and ``j``; ``dh`` and ``d``; ``th`` and ``t``; ``ph``, ``f``;
- the consonants that remain are the key. The vowels between two of them are compared by class: ``a``; ``i``
  (i, y, ee, ei, ay); ``u`` (o, u, oo, ou, aw); ``e``, which may be ``a`` or ``i``, or nothing.

What it does not bridge: g and h of Russian and Ukrainian (Lugansk, Luhansk), o and i (Kharkov, Kharkiv) and
names that were translated.

Across scripts a name goes by its keys (:func:`name_keys`): its own script with what writers leave out or mix up
folded away (:func:`fold_script`), and the consonants that its romanisations share, for names in Latin, Arabic and
Cyrillic letters. Two names that share a key may be one; the keys alone do not weigh vowels.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

#: Slots of vowels that may differ in class, and that may be empty on one side.
#: Measured on pairs of Syrian place names (docs/methods/speakers.md); measure again when changed.
MAX_CONFLICTS, MAX_GAPS = 0, 1

_WORD = re.compile(r"[a-z]+")
_MARKS = dict.fromkeys(map(ord, "'’‘`´ʿʾʼʻ"))
_LETTERS = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ı": "i", "ß": "ss", "æ": "e", "œ": "e", "þ": "t", "ð": "d"})
_ARTICLES = frozenset(["al", "el", "ul"])
_SUN_ARTICLES = frozenset("an as ash ad ar at az adh aj ath ed er es en et ez".split())
_CONSONANTS = re.compile(
    r"(?P<S>shch|sch|tch|sh|ch)|(?P<h>kh)|(?P<k>gh|ck|qu(?=[ei])|[qgk]|c(?![ei]))|(?P<j>dzh|dj|zh|j)|(?P<d>dh)"
    r"|(?P<t>th)|(?P<f>ph)|(?P<z>c(?=[ei]))|(?P<V>w(?=[aeiou])|v)|(?P<o>[bdfhlmnprstzx])|(?P<vowels>[aeiouyw]+)"
)
_SPELT = {"S": "S", "k": "k", "h": "h", "j": "j", "d": "d", "t": "t", "f": "f", "z": "z", "V": "v"}

#: A word as (consonants, class of the vowels before, between and after them).
Fold = tuple[str, tuple[str, ...]]


def _vowel_class(letters: str) -> str:
    if any(letter in "uow" for letter in letters):
        return "u"
    if "i" in letters or "y" in letters or "ee" in letters:
        return "i"
    return "a" if "a" in letters else "e" if letters else ""


@lru_cache(maxsize=1 << 16)
def fold_word(word: str) -> Fold:
    """Consonants and vowel classes of one word in small Latin letters."""
    consonants: list[str] = []
    slots = [""]
    for match in _CONSONANTS.finditer(word):
        kind = match.lastgroup
        if kind == "vowels":
            slots[-1] += match[0]
            continue
        letter = match[0] if kind == "o" else _SPELT[str(kind)]
        if consonants and consonants[-1] == letter and not slots[-1]:
            continue
        if match[0] == "h" and match.end() == len(word) and consonants:
            # "Zahrah" and "Zahra": the h of a feminine ending is silent.
            continue
        consonants.append(letter)
        slots.append("")
    return "".join(consonants), tuple(map(_vowel_class, slots))


@lru_cache(maxsize=1 << 14)
def _latin_words(name: str) -> tuple[str, ...]:
    plain = name.casefold().translate(_MARKS)
    if not plain.isascii():
        plain = unicodedata.normalize("NFKD", plain.translate(_LETTERS))
        plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    words = _WORD.findall(plain)
    kept = []
    for k, word in enumerate(words):
        following = words[k + 1] if k + 1 < len(words) else ""
        sun = (word in _SUN_ARTICLES and following[:1] == word[-1]) or (word == "ash" and following[:2] == "sh")
        if following and (word in _ARTICLES or sun):
            continue
        kept.append("abd" if word in ("abdul", "abdel", "abdal", "abdoul") and following else word)
    return tuple(kept)


def fold_name(name: str) -> str:
    """The consonants of a name, one group a word: the key that its spellings share.

    Examples
    --------
    >>> fold_name("Muammar al-Qadhafi") == fold_name("Moammar Gaddafi")
    True
    """
    return " ".join(consonants for consonants, _ in fold_words(name))


def fold_words(name: str) -> list[Fold]:
    """The fold of every word of a name that has a consonant."""
    return [fold for word in _latin_words(name) if (fold := fold_word(word))[0]]


#: Letters of Arabic, Persian and Kurdish → the consonant that :func:`fold_word` gives their romanisations; those
#: that are missing (alif, hamza, ʿayn, ya, final ta) leave no consonant there.
_ARABIC = dict(zip("بتثجحخدذرزسشصضطظغفقكلمنهپچژگڤ", "bttjhhddrzsSsdtzkfkklmnhpSjk ", strict=True))
#: Letters of Russian, Ukrainian and Belarusian → Latin as the press writes them.
_CYRILLIC = str.maketrans({
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "є": "ye", "ж": "zh", "з": "z", "и": "i", "і": "i",
    "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ў": "u",
    "ф": "f", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ы": "y", "э": "e", "ю": "yu", "я": "ya",
    "ь": "", "ъ": "",
})  # fmt: skip
#: What one letter stands for in names of one script, after case and marks are gone.
_ONE_LETTER = {
    "ł": "l", "ø": "o", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d", "ə": "a",
    "ٱ": "ا", "ى": "ي", "ی": "ي", "ې": "ي", "ک": "ك", "ة": "ه", "ۀ": "ه", "ہ": "ه", "ھ": "ه", "ە": "ه", "ء": "",
    "ґ": "г", "і": "и", "ы": "и", "є": "е", "э": "е", "ь": "", "ъ": "",
}  # fmt: skip
#: Combining marks of every script in use here, vowel signs of Arabic and Hebrew, the Arabic filler, and apostrophes.
_SIGNS = re.compile("[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u0640'’‘`´ʿʾʼʻ]+")
_INITIALS = re.compile(r"\b(\w)\.(?=\w\b)")
_BETWEEN = re.compile(r"(?:(?!\n)[\W_])+")
_ARABIC_ARTICLE = re.compile(r"\bال(?=\w\w)")
_ARABIC_WORD = re.compile("[\u0621-\u06d3]+")
_CYRILLIC_WORD = re.compile("[\u0400-\u045f\u0490\u0491]+")
#: An article written as one word with its name: AlBayadah, Alqaboun.
_GLUED_ARTICLE = re.compile(r"^[AE]l(?=[A-Z]|[b-df-hj-np-tv-z]{1,2}[aeiouy]+\w{2})")


def fold_script(text: str) -> str:
    """Names in their own script, folded: case, marks, punctuation and letters that writers mix up are gone.

    Arabic loses vowel signs, hamza, the filler and the article; ta marbuta is ha; Persian letters are Arabic ones.
    Cyrillic is one for Russian and Ukrainian spelling (і and и, ґ and г) and loses its signs. Lines stay lines, so
    that many names can be folded at once: every line comes out as it would alone.

    Examples
    --------
    >>> fold_script("Deir ez-Zor"), fold_script("القابون") == fold_script("قابون")
    ('deir ez zor', True)
    """
    plain = _INITIALS.sub(r"\1", text.casefold())
    if not plain.isascii():
        plain = unicodedata.normalize("NFKD", plain)
        for letter, other in _ONE_LETTER.items():
            plain = plain.replace(letter, other)
    plain = _BETWEEN.sub(" ", _SIGNS.sub("", plain))
    plain = plain.replace("\n ", "\n").replace(" \n", "\n").strip(" ")
    return plain if plain.isascii() else _ARABIC_ARTICLE.sub("", plain)


@lru_cache(maxsize=1 << 16)
def name_keys(name: str) -> tuple[str, ...]:
    """Keys of a name in any script: it may be another spelling of every name that shares one.

    Returns
    -------
    tuple
        First the name by :func:`fold_script`; then, each after ``~``, the consonants that it shares with its
        spellings in Latin, Arabic and Cyrillic letters, words parted by spaces. Empty when the name has no letter.
    """
    plain = fold_script(name).replace("\n", " ").strip()
    return (plain, *sound_keys(name)) if plain else ()


@lru_cache(maxsize=1 << 16)
def sound_keys(name: str) -> tuple[str, ...]:
    """The keys of :func:`name_keys` that go by sound; none for a name without a consonant in the three scripts.

    A w or v inside a word is left out, since Arabic writes it as it writes a long vowel; a Cyrillic г counts as g
    and as h, and the ta marbuta that ends a word before another as t and as nothing.
    """
    plain = name.casefold()
    if _ARABIC_WORD.search(plain):
        found = [_arabic_sounds(plain), _arabic_sounds(plain.replace("ة ", "ت "))]
    elif _CYRILLIC_WORD.search(plain):
        plain = _SIGNS.sub("", unicodedata.normalize("NFKD", plain))
        found = [_latin_sounds(way.translate(_CYRILLIC)) for way in (plain, plain.replace("г", "х"))]
    else:
        found = [_latin_sounds(name), _latin_sounds(_GLUED_ARTICLE.sub("", name))]
    return tuple(dict.fromkeys("~" + key for key in found if key))


def _latin_sounds(name: str) -> str:
    return " ".join(key[0] + key[1:].replace("v", "") for key in fold_name(name).split())


def _arabic_sounds(name: str) -> str:
    words = []
    for word in fold_script(name).split():
        first = "v" if word[0] == "و" else ""
        # The last h is silent in "Zahrah", and left out by fold_word wherever a word ends in one.
        words.append(first + "".join(_ARABIC.get(letter, "") for letter in re.sub("(?<=.)[هح]$", "", word)))
    return " ".join(word for word in words if word)


def _differences(one: Sequence[str], other: Sequence[str]) -> tuple[int, int]:
    conflicts = gaps = 0
    for a, b in zip(one, other, strict=True):
        if a == b:
            continue
        if not a or not b:
            gaps += 1
        elif "e" not in (a, b) or "u" in (a, b):
            conflicts += 1
    return conflicts, gaps


def same_name(one: str, other: str, max_conflicts: int = MAX_CONFLICTS, max_gaps: int = MAX_GAPS) -> bool:
    """Whether two names may be spellings of one.

    Parameters
    ----------
    one, other
        Names in Latin letters; names in other scripts are the same only when they are equal.
    max_conflicts
        Vowels that may be of different classes.
    max_gaps
        Vowels that may stand in one name and be missing in the other.
    """
    if one == other:
        return True
    words, others = fold_words(one), fold_words(other)
    if not words or [fold[0] for fold in words] != [fold[0] for fold in others]:
        return False
    conflicts = gaps = 0
    for (_, slots), (_, other_slots) in zip(words, others, strict=True):
        found = _differences(slots, other_slots)
        conflicts, gaps = conflicts + found[0], gaps + found[1]
    return conflicts <= max_conflicts and gaps <= max_gaps
