"""What an article shows of a person beside the name: titles, and whether "he" or "she" may point there.

In: a person's full name and the titles around it. Out: :class:`Person`; which titles a role such as "the
general" or "the envoy" may stand for. Refuses: nothing; where neither title nor first name tells the gender,
it stays open, and both pronouns may point at the person.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Literal

from contested.claims.naming.names import NAMES_FILE
from contested.claims.text.words import Span

Gender = Literal["f", "m"]

_FEMALE_TITLES = frozenset(
    "mrs ms miss mme madam lady queen princess spokeswoman chairwoman congresswoman policewoman sister mother "
    "midwife businesswoman".split()
)
_MALE_TITLES = frozenset(
    "mr sir lord king prince sheikh spokesman chairman congressman policeman brother father imam mullah "
    "businessman monsieur".split()
)
#: Endings of a woman's surname in Slavic languages.
_FEMALE_ENDINGS = ("ova", "eva", "yeva", "ovna", "skaya", "skaia", "ska")

_RANKS = (
    "general gen colonel col major maj captain capt lieutenant lt brigadier admiral sergeant marshal commodore "
    "corporal".split()
)
_SPOKEN = ["spokesman", "spokeswoman", "spokesperson", "speaker"]
#: Role as a word of a phrase → titles that the person meant may bear.
_ROLES: dict[str, frozenset[str]] = {
    **{rank: frozenset([rank]) for rank in _RANKS},
    **{role: frozenset([role, "spokesperson"]) for role in ("spokesman", "spokeswoman")},
    "spokesperson": frozenset(_SPOKEN),
    "general": frozenset(["general", "gen"]),
    "colonel": frozenset(["colonel", "col"]),
    "major": frozenset(["major", "maj"]),
    "captain": frozenset(["captain", "capt"]),
    "officer": frozenset([*_RANKS, "officer", "inspector", "commander"]),
    "commander": frozenset(["commander", *_RANKS]),
    "soldier": frozenset([*_RANKS, "soldier"]),
    "envoy": frozenset(["envoy", "ambassador", "representative", "delegate"]),
    "ambassador": frozenset(["ambassador", "envoy"]),
    "diplomat": frozenset(["diplomat", "ambassador", "envoy", "representative", "delegate", "minister"]),
    "representative": frozenset(["representative", "envoy", "ambassador", "delegate"]),
    "minister": frozenset(["minister", "premier"]),
    "premier": frozenset(["premier", "minister"]),
    "leader": frozenset(["leader", "head", "chief", "president", "premier", "chairman", "founder"]),
    "chief": frozenset(["chief", "head", "director"]),
    "head": frozenset(["head", "chief", "director", "chairman"]),
    "director": frozenset(["director", "head", "chief"]),
    "adviser": frozenset(["adviser", "advisor"]),
    "advisor": frozenset(["adviser", "advisor"]),
    "doctor": frozenset(["doctor", "dr", "medic", "surgeon"]),
    "secretary": frozenset(["secretary"]),
    "official": frozenset(["official", "officer", "deputy", "director", "minister", "secretary"]),
    "lawmaker": frozenset(["lawmaker", "senator", "sen", "member", "congressman"]),
    "senator": frozenset(["senator", "sen"]),
    **{
        role: frozenset([role])
        for role in (
            "president chancellor governor mayor king prince sheikh speaker prosecutor researcher activist medic "
            "coordinator analyst expert professor journalist negotiator delegate commissioner investigator fighter "
            "politician correspondent inspector chairman chairwoman resident witness nurse farmer teacher "
            "priest surgeon engineer imam source"
        ).split()
    },
}


@dataclass(frozen=True, slots=True)
class Person:
    """A person of the article: gender where it shows, titles borne anywhere in it, and the naming mention."""

    gender: Gender | None
    titles: frozenset[str]
    span: Span


def titles_meant(role: str) -> frozenset[str]:
    """Titles that a bearer of the role may have; empty when the word names no role of a person."""
    return _ROLES.get(role, frozenset())


@cache
def first_names() -> tuple[frozenset[str], frozenset[str]]:
    """Listed first names, in small letters: women's and men's."""
    raw = tomllib.loads(NAMES_FILE.read_text(encoding="utf-8"))["first_names"]
    return frozenset(raw["female"].split()), frozenset(raw["male"].split())


def gender_of_titles(titles: Iterable[str]) -> Gender | None:
    """Gender that forms of address and titles show."""
    borne = set(titles)
    female, male = borne & _FEMALE_TITLES, borne & _MALE_TITLES
    return "f" if female and not male else "m" if male and not female else None


def find_gender(name: str, titles: Iterable[str]) -> Gender | None:
    """Gender by title, else by a listed first name, else by a woman's ending of the surname."""
    known = gender_of_titles(titles)
    if known is not None:
        return known
    words = name.lower().replace("-", " ").split()
    if len(words) < 2:
        return None
    female, male = first_names()
    if words[0] in female:
        return "f"
    if words[0] in male:
        return "m"
    return "f" if words[-1].endswith(_FEMALE_ENDINGS) else None
