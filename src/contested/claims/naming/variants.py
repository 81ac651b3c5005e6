"""Other spellings of known names in an article: Zelenskiy where the list has Zelensky.

In: the known names, and the words of an article. Out: spellings of the article that
:mod:`contested.base.transliteration` finds to be those of a known person, group or declared actor. Refuses: a
single word that could be anything: it must have three consonants and five letters, be no common word of the
article, differ in the classes of its vowels nowhere, and belong to a state that the article names; a spelling
that fits two different names fits none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence, Set
from functools import lru_cache

from contested.base.transliteration import fold_name, fold_words, same_name
from contested.claims.naming.names import ArticleNames, Entity, Mention

#: Consonants and letters of a single word below which too many names look alike.
MIN_CONSONANTS, MIN_LETTERS = 3, 5
#: Words of the longest spelling looked for.
MAX_SPELLING_WORDS = 4
_KINDS = frozenset(["person", "group", "declared"])
_PARTS = frozenset(["-", "'", "’", "al", "el", "as", "an", "ash", "ar", "at", "bin", "ibn", "abu"])


class VariantIndex:
    """Known names by the key that their spellings share."""

    def __init__(self, names: Iterable[tuple[tuple[str, ...], Entity]]) -> None:
        self._by_key: dict[str, list[tuple[str, Entity]]] = {}
        self._first_keys: set[str] = set()
        for words, entity in names:
            if entity.kind not in _KINDS or not words[0][:1].isalpha() or "".join(words).isupper():
                continue
            spelling = " ".join(words)
            key = fold_name(spelling)
            if key and (" " in key or _is_telling(spelling, key)):
                self._by_key.setdefault(key, []).append((spelling, entity))
                self._first_keys.add(key.split(" ")[0])

    def find(self, names: ArticleNames, mentions: Sequence[Mention], common: Set[str]) -> Iterator[tuple[str, Entity]]:
        """Spellings in the article that no known name covers, each with the entity that it names."""
        taken = bytearray(len(names.words))
        for mention in mentions:
            taken[mention.first : mention.end] = b"\1" * (mention.end - mention.first)
        states = {mention.entity.state for mention in mentions}
        single: list[tuple[str, Entity]] = []
        for spelling, entity in self._spellings(names, taken, common):
            if " " in spelling:
                states.add(entity.state)
                yield spelling, entity
            else:
                single.append((spelling, entity))
        # "Urban" is no Orban where nothing speaks of Hungary.
        yield from ((spelling, entity) for spelling, entity in single if entity.party or entity.state in states)

    def _spellings(self, names: ArticleNames, taken: bytearray, common: Set[str]) -> Iterator[tuple[str, Entity]]:
        words = names.words
        seen: set[str] = set()
        free = 0
        for at in names.capitals:
            word = words[at]
            if at < free or taken[at] or len(word) < 3 or word in seen or names.lower[at] in common:
                continue
            head = _fold_head(word)
            if head and head not in self._first_keys:
                seen.add(word)
                continue
            capitals = [end := at + 1]
            while end < len(words) and len(capitals) < MAX_SPELLING_WORDS and not taken[end]:
                if words[end][:1].isupper():
                    capitals.append(end + 1)
                elif words[end].lower() not in _PARTS:
                    break
                end += 1
            for stop in reversed(capitals):
                spelling = " ".join(words[at:stop])
                entity = self._look_up(spelling, common)
                if entity is not None:
                    yield spelling, entity
                    free = stop
                    break

    def _look_up(self, spelling: str, common: Set[str]) -> Entity | None:
        single = " " not in spelling
        if single and (len(spelling) < MIN_LETTERS or spelling.lower() in common):
            return None
        key = fold_name(spelling)
        known = self._by_key.get(key)
        if known is None or (" " not in key and not _is_telling(spelling, key)):
            return None
        if " " in key:
            fitting = [entity for name, entity in known if same_name(name, spelling)]
        else:
            folds = fold_words(spelling)
            fitting = [entity for name, entity in known if fold_words(name) == folds]
        whose = {(one.kind, one.state, one.party, fold_name(one.name.split(" ")[-1])) for one in fitting}
        # The list itself may hold one man in several spellings: his fullest name stands for him.
        return max(fitting, key=lambda one: (len(one.name), one.name)) if len(whose) == 1 else None


@lru_cache(maxsize=1 << 16)
def _fold_head(word: str) -> str:
    return fold_name(word)


def _is_telling(spelling: str, key: str) -> bool:
    return len(key) >= MIN_CONSONANTS and len(spelling) >= MIN_LETTERS
