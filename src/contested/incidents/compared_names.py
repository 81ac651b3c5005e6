"""Names and addresses as they are compared: spellings folded, in any script; addresses without what copies differ in.

In: names, addresses, a case. Out: their words, plain addresses, and who is meant by which name. Refuses: nothing.
"""

from __future__ import annotations

import re
from functools import lru_cache

from contested.base.case import Case
from contested.base.transliteration import fold_name, fold_script, sound_keys

_ADDRESS = re.compile(r"^(?:https?://|www\.)", re.I)
_ADDRESS_HEAD = re.compile(r"^https?://(?:www\.|m\.|mobile\.)?", re.I)


def is_address(text: str) -> bool:
    """Whether the text is a web address."""
    return _ADDRESS.match(text.strip()) is not None


@lru_cache(maxsize=1 << 18)
def name_parts(name: str) -> tuple[str, ...]:
    """Words of a name with their spellings folded, in Latin, Arabic and Cyrillic letters.

    >>> name_parts("Khan Shaykhun") == name_parts("Khan Sheikhoun") == name_parts("خان شيخون")
    True
    """
    return tuple((sound_keys(word) or (fold_script(word),))[0] for word in re.findall(r"[^\W_]+", name))


def plain_address(text: str) -> str:
    """A web address without scheme, ``www``, trailing slash and what follows ``?`` or ``#`` to count visits.

    >>> plain_address("https://www.example.org/a/?utm_source=x")
    'example.org/a'
    """
    address = _ADDRESS_HEAD.sub("", text.strip())
    address = re.sub(r"[?&](?:utm_[a-z]+|fbclid|s|t|ref|ref_src)=[^&#]*", "", address).split("#")[0]
    return address.rstrip("/?").replace("twitter.com/", "x.com/").casefold()


def actor_aliases(case: Case) -> dict[str, str]:
    """Folded name of each actor and party of the case → who is meant."""
    found: dict[str, str] = {}
    for party in case.file.parties:
        for name in (party.name, *party.aliases):
            found.setdefault(fold_name(name), party.id)
    for actor in case.file.actors:
        for name in (actor.name, *actor.aliases):
            found.setdefault(fold_name(name), actor.name)
    return found
