"""Names in a phrase that neither a list nor the article introduces: "Amal Idris", "a cousin, Omar Sayed".

In: the words of an article, and the tokens of a phrase. Out: the tokens that are a name, or nothing. Refuses: a
lone capital that may be a place or the mere head of a sentence, and a name that describes another word.
"""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass

from contested.claims.naming.names import ArticleNames, load_word_lists
from contested.claims.naming.people import is_name_word

#: Words of a phrase in which a plain name is looked for, and places of a surname that are looked at.
MAX_PLAIN_WORDS, MAX_PLACES = 12, 40
#: What may follow a name in a phrase that it heads.
AFTER_NAME = frozenset(
    "of in from at for who and or whose which with to on as both himself herself itself also near the a an".split()
)
#: Before a name, what makes it a place, a thing or a group and no person.
_NOT_TRADES = frozenset(
    "in from near across around inside outside at throughout over into against of for to by with the a an and or on as "
    "village town city district area group party newspaper magazine book film ship river mount lake hospital school "
    "camp street province region county state operation".split()
)


@dataclass(frozen=True, slots=True)
class PlainName:
    """Tokens ``first`` to ``end`` (exclusive) are a name."""

    first: int
    end: int
    is_person: bool


class PlainNames:
    """Finds the plain name of a phrase in one article."""

    def __init__(self, names: ArticleNames, common: Set[str]) -> None:
        self.words, self.lower, self._where = names.words, names.lower, names.where
        self._common = common

    def find(self, first: int, end: int) -> PlainName | None:
        """A person that nothing introduced: a phrase of capitalised words, or one behind its trade or a comma."""
        end = min(end, first + MAX_PLAIN_WORDS)
        if end <= first:
            return None
        words = self.words
        # One capital at the head of a phrase ("Witnesses in the camp") says nothing.
        lists = load_word_lists()
        word = self.lower[first]
        common = word in lists.civil or word in lists.title or word.rstrip("s") in lists.title or word in self._common
        following = words[first + 1] if end - first > 1 else ","
        if common or not (is_name_word(following) or following in ("-", ",", ".")):
            return self._apposed_name(first, end)
        at = first
        while at < end and (is_name_word(words[at]) or (at > first and words[at] in ("-", "."))):
            at += 1
        while at > first and words[at - 1] == "-":
            at -= 1
        modifies = at < end and words[at].islower() and words[at].isalpha() and words[at] not in AFTER_NAME
        if at == first or modifies or (at - first == 1 and not self._is_surname(first)):
            return None
        return PlainName(first, at, self.lower[max(0, first - 1)] != "the")

    def _is_surname(self, at: int) -> bool:
        """Whether a lone capitalised word may be a person: no place of the text, and no word that begins a sentence."""
        places = self._where.get(self.words[at], [at])[:MAX_PLACES]
        before = [self.lower[k - 1] if k else "." for k in places]
        if any(word in ("in", "near", "outside", "at", "around", "across") for word in before):
            return False
        return any(word[:1].isalnum() or word in (",", "”", '"') for word in before)

    def _apposed_name(self, first: int, end: int) -> PlainName | None:
        """The name at the end of "longtime pollster Pat Cadell", or between commas in "a cousin, Omar Sayed,"."""
        words = self.words
        stop = first
        while stop < end and words[stop] not in ("(", ";") and not (words[stop] == "," and stop > first + 1):
            stop += 1
        comma = words[stop : stop + 1] == [","] and stop < end
        for high in (stop,) if not comma else (stop, min(end, stop + 5)):
            low = high
            while low > first and (is_name_word(words[low - 1]) or (words[low - 1] in ("-", ".") and low < high)):
                low -= 1
            before = self.lower[low - 1] if low > first else ""
            led = before == "," or (before.isalpha() and words[low - 1].islower() and before not in _NOT_TRADES)
            if high - low >= 2 and led and words[low].isalpha():
                return PlainName(low, high, True)
        return None
