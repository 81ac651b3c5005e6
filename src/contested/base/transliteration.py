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

What it does not bridge: g and h of Russian and Ukrainian (Lugansk, Luhansk), o and i (Kharkov, Kharkiv), names
that were translated, and articles written as one word with the name.
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
    r"(?P<S>shch|sch|tch|sh|ch)|(?P<k>gh|ck|qu(?=[ei])|[qgk]|c(?![ei]))|(?P<h>kh)|(?P<j>dzh|dj|zh|j)|(?P<d>dh)"
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
        if letter == "h" and match.end() == len(word) and consonants:
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
