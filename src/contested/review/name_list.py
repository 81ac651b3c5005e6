"""The names that speak in documents: how often, for which party, and which may be one.

In: tables. Out: a table ``find_names`` and an index of spellings. Refuses: nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from contested.base.transliteration import fold_name, name_keys
from contested.claims.settling import plain_name

if TYPE_CHECKING:
    from contested.review.tables import CaseTables

#: Names offered as perhaps the same.
MOST_ALIKE = 8
#: Names beyond which a shared key or surname says nothing.
MOST_SHARED = 40
#: Longest name that is compared, characters; longer ones are half sentences.
MAX_NAME = 80

#: SQL of the name that a claim's speaker bears; a pronoun or a role stands for another speaker in each text.
NAME = """coalesce(speaker_actor,
  CASE WHEN speaker_kind = 'named' AND speaker_named_start IS NULL THEN speaker_text END)"""
_NAMES = f"""
CREATE TABLE find_names AS
SELECT {NAME} AS name, count(*) AS n_claims,
  mode(speaker_party) AS party, count(DISTINCT speaker_party) AS n_parties,
  bool_or(speaker_actor IS NOT NULL) AS resolved, count(DISTINCT document_id) AS n_documents,
  count(*) FILTER (WHERE event_id IS NOT NULL) AS n_of_events
FROM claims WHERE origin = 'document' AND {NAME} IS NOT NULL
GROUP BY 1
"""


@dataclass(frozen=True)
class Alike:
    """Which names may be spellings, or a short form, of one."""

    _by_key: dict[str, tuple[str, ...]]
    _by_last: dict[str, tuple[str, ...]]
    counts: dict[str, int]

    def of(self, name: str) -> tuple[str, ...]:
        """Names that may be the same, those with most claims first."""
        if len(name) > MAX_NAME:
            return ()
        found: set[str] = set()
        for key in _keys(name):
            found.update(self._by_key.get(key, ()))
        words = plain_name(name).split()
        if words and name[:1].isupper():
            # "Vell" beside "Ana Vell", and the other way round.
            found.update(
                other
                for other in self._by_last.get(words[-1], ())
                if plain_name(other).split()[-len(words) :] == words
                or words[-len(other.split()) :] == plain_name(other).split()
            )
        found.discard(name)
        return tuple(sorted(found, key=lambda other: (-self.counts.get(other, 0), other))[:MOST_ALIKE])


def make_names(tables: CaseTables, declared: Iterable[str]) -> Alike:
    """Add the table of names, and index their spellings with those that the case declares."""
    tables.add(_NAMES)
    counts = {row["name"]: int(row["n_claims"]) for row in tables.rows("SELECT name, n_claims FROM find_names")}
    by_key: dict[str, list[str]] = defaultdict(list)
    by_last: dict[str, list[str]] = defaultdict(list)
    for name in dict.fromkeys([*counts, *declared]):
        if len(name) > MAX_NAME:
            continue
        for key in _keys(name):
            by_key[key].append(name)
        words = plain_name(name).split()
        if words and name[:1].isupper():
            by_last[words[-1]].append(name)
    # What very many names share tells nothing of one of them, such as a role before a number.
    for index in (by_key, by_last):
        for key in [key for key, names in index.items() if len(names) > MOST_SHARED]:
            del index[key]
    return Alike(
        {key: tuple(names) for key, names in by_key.items()},
        {key: tuple(names) for key, names in by_last.items()},
        counts,
    )


def _keys(name: str) -> tuple[str, ...]:
    """Keys that its spellings share; by sound only where two words or three consonants are left to compare."""
    consonants = fold_name(name).replace(" ", "")
    keys = name_keys(name)
    return keys if len(consonants) > 2 else keys[:1]
