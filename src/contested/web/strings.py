"""Every word that the pages and figures say of themselves, by language.

In: the catalogues ``catalogue/<language>.toml``, English and others with the same keys. Out: :data:`TEXT`, which gives
words in the language of the edition being made (:func:`in_language`). Refuses: a key that is not there (templates
and Python both fail on it), and a language without catalogue.

What only the program computes stays English in every language: the readings, methods and assumptions of findings, and
messages of errors. Pages mark such text as English.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from importlib.resources import files as package_files

#: Languages written from right to left.
RIGHT_TO_LEFT = frozenset({"ar"})

_language: ContextVar[str] = ContextVar("language", default="en")


@cache
def catalogue(language: str, without: str | None = None) -> dict[str, str]:
    """Words of a language by key, without the sections whose name begins with the word given.

    Raises
    ------
    ValueError
        When a key stands in two sections: one of the two would be lost.
    """
    path = package_files("contested.web") / "catalogue" / f"{language}.toml"
    words: dict[str, str] = {}
    for section, keys in tomllib.loads(path.read_text(encoding="utf-8")).items():
        if twice := words.keys() & keys.keys():
            raise ValueError(f"{language}.toml [{section}]: {min(twice)} stands in another section too; rename one")
        words |= {} if without is not None and section.startswith(without) else keys
    return words


@contextmanager
def in_language(language: str) -> Iterator[None]:
    """Words come in this language inside the block."""
    token = _language.set(language)
    try:
        yield
    finally:
        _language.reset(token)


def current_language() -> str:
    """ISO 639-1 code of the language that words come in."""
    return _language.get()


def counted_word(key: str, n: int) -> str:
    """The form of a word that goes with a number: the value of the key holds them all, parted by ``|``.

    English has two, for one and for others; Arabic four, for one, two, a few and others (the plural rules of CLDR, of
    which zero and the hundreds take the last).
    """
    forms = TEXT[key].split("|")
    if n == 1:
        return forms[0]
    if current_language() != "ar":
        return forms[1]
    return forms[1 if n == 2 else 2 if 3 <= n % 100 <= 10 else 3]


def current_direction() -> str:
    """``rtl`` or ``ltr``, as the current language is written."""
    return "rtl" if current_language() in RIGHT_TO_LEFT else "ltr"


class _Words(Mapping[str, str]):
    """The catalogue of the current language."""

    def __getitem__(self, key: str) -> str:
        return catalogue(_language.get())[key]

    def __iter__(self) -> Iterator[str]:
        return iter(catalogue(_language.get()))

    def __len__(self) -> int:
        return len(catalogue(_language.get()))


TEXT: Mapping[str, str] = _Words()
