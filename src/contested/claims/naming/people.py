"""Persons, invented states and groups that an article introduces by itself.

In: the words of an article and the names already known in it. Out: further names: "Kremlin spokesman
Dmitry Peskov" makes "Peskov" speak for Russia; "Hassan Haj Ali, commander of the … rebel group" makes
"Haj Ali" a rebel. Refuses: nothing; what no title or apposition introduces stays unknown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from contested.claims.naming.names import Mention, load_word_lists

#: Words between a party's name and the person's, title included ("Russian Deputy Foreign Minister …").
MAX_TITLE_WORDS = 7
#: Words after "Name," in which a title must stand, and after it the party.
MAX_APPOSITION_WORDS = 16
#: Words of an organ between a state's name and the comma before a person's ("the Ostrean Ministry of Defence,").
MAX_ORGAN_WORDS = 5
#: Words of a name: longer runs of capitals are headlines.
MAX_NAME_WORDS = 6
#: Places of a surname at which a full name is looked for.
MAX_SURNAME_PLACES = 40

_PARTICLES = frozenset("al el bin ibn abu de da van von der la le ul ad as ash ben umm haj".split())
_MODIFIERS = frozenset(
    "foreign prime vice deputy defence defense interior state chief senior former acting health security "
    "council army "
    "air force first national press permanent special top the opposition rebel political military field media human "
    "rights information justice high mr mrs ms sir lord lady then".split()
)
_NOT_NAMES = frozenset(
    "one two three four five six seven eight nine ten twenty thirty forty fifty hundred thousands dozens at least "
    "the a an in on at he she it they we i but and or if as when while after before for of by to with from this that "
    "these those there what who which why how not no yes one two three monday tuesday wednesday thursday "
    "friday saturday "
    "sunday january february march april may june july august september october november december both his her their "
    "its our my your some many most several all any each such earlier later meanwhile however despite "
    "although though "
    "since also so reports report video".split()
)
_ADJECTIVE = re.compile(r"[A-Z][a-z]{2,}(?:ian|ean|an|en|ese|ish|i)")
_OFFICIAL = frozenset(
    "government regime army military forces president ministry minister authorities officials "
    "spokesman foreign defence "
    "defense ambassador air".split()
)
_SENTENCE_END = frozenset(".!?;:")
_ADDRESS = frozenset("mr mrs ms miss mme madam sir lady lord queen king prince princess sister brother father".split())
_ABBREVIATED = frozenset("mr mrs ms dr gen lt col maj capt sgt brig adm cmdr sen rep gov prof rev".split())
_VERBS = frozenset("said says told met asked blamed accused denied and but that who called".split())
#: Words that no title and no party's name goes across, and words that end an apposition.
_CLAUSE_ENDS = _VERBS | frozenset(
    "who which whose where when while after before because if is was were are has had have says calls called calling "
    "rejected warned added against".split()
)
_CLAUSE_WORDS = _CLAUSE_ENDS | frozenset("that with in on by to of for from and or as a an".split())
_REBELS = frozenset("rebels rebel separatists separatist insurgents insurgency guerrillas".split())
#: Adjectives of the same form that name no people of a state or land.
_NO_LAND = frozenset(
    "Sunni Christian Salafi Sufi Wahhabi Republican Guardian European African Asian Latin Civilian Human "
    "Veteran".split()
)


@dataclass(frozen=True, slots=True)
class Introduction:
    """A person as introduced: the words of the name, and the mention of whom the person speaks for."""

    first: int
    name: tuple[str, ...]
    speaks_for: Mention | None
    titles: frozenset[str] = frozenset()
    """Titles and forms of address around the name, lower case."""


def is_name_word(word: str) -> bool:
    """Title case, or an initial."""
    return word[:1].isupper() and word[:1].isalpha() and word.lower() not in _NOT_NAMES


def spell_name(words: Sequence[str]) -> str:
    """Words as a name: hyphens and stops close up (al-Assad, J. Smith)."""
    return " ".join(words).replace(" - ", "-").replace(" .", ".")


def name_runs(words: Sequence[str], capitals: Sequence[int], taken: Sequence[bool]) -> Iterator[range]:
    """Runs of capitalised words outside known names; particles and hyphens may stand inside a run."""
    free = 0
    size = len(words)
    for at in capitals:
        if at < free or taken[at] or not is_name_word(words[at]):
            continue
        end = last = at + 1
        while end < size and end - at < 3 * MAX_NAME_WORDS and not taken[end]:
            word = words[end]
            if is_name_word(word):
                last = end + 1
            elif not (
                word == "-" or word.lower() in _PARTICLES
                or (word == "." and (len(words[end - 1]) == 1 or words[end - 1].lower() in _ABBREVIATED))
            ):  # fmt: skip
                break
            end += 1
        yield range(at, last)
        free = last


def find_introductions(
    words: Sequence[str], capitals: Sequence[int], mentions: Sequence[Mention]
) -> list[Introduction]:
    """Persons introduced by a title before the name or an apposition after it."""
    taken = [False] * len(words)
    ending: dict[int, Mention] = {}
    starting: dict[int, Mention] = {}
    for mention in mentions:
        if mention.entity.kind == "person":
            continue
        ending[mention.end] = starting[mention.first] = mention
        for k in range(mention.first, mention.end):
            taken[k] = True
    titles = load_word_lists().title
    found = []
    for run in name_runs(words, capitals, taken):
        first = run.start
        titled = False
        while first < run.stop and ((word := words[first].lower()) in titles or word in _MODIFIERS or word in ".-"):
            titled |= word in titles
            first += 1
        name = tuple(words[first : run.stop])
        if not name or len(name) > 2 * MAX_NAME_WORDS or not is_name_word(name[0]):
            continue
        if not titled and run.start and words[run.start - 1].lower() in titles:
            titled = True
        addressed = first > run.start and words[run.start].lower() in _ADDRESS
        speaks_for = _party_before(words, ending, run.start) if titled else None
        if speaks_for is None:
            speaks_for = _party_introducing(words, ending, run.start, titles)
        if speaks_for is None:
            apposed, speaks_for = _party_after(words, starting, run.stop, titles)
            titled |= apposed
            if speaks_for is None and titled:
                speaks_for = _party_behind(words, starting, run.stop)
        if titled or speaks_for is not None or addressed:
            around = _titles_around(words, first, run.stop, titles)
            if speaks_for is not None and _is_civilian(words, speaks_for, around):
                speaks_for = None
            found.append(Introduction(first, name, speaks_for, around))
    return found


def _is_civilian(words: Sequence[str], mention: Mention, around: frozenset[str]) -> bool:
    """Whether the state's name tells where a person is from: "Russian journalist X", "X, a doctor from Ostrea"."""
    if mention.entity.kind != "state":
        return False
    lists = load_word_lists()
    for word in words[mention.end : mention.end + MAX_ORGAN_WORDS]:
        lower = word.lower()
        if lower in lists.civil:
            return True
        if (lower,) in lists.state or lower in lists.title or not (lower[:1].isalnum() or lower == "-"):
            break
    return bool(around) and around <= lists.civil


def first_of_titled(words: Sequence[str], first: int) -> int:
    """First token of the titles right before a name: "Lt. Col." of "Lt. Col. Dana Regev"."""
    titles = load_word_lists().title
    at = first
    while at and ((word := words[at - 1].lower()) in titles or word in _MODIFIERS or word == "."):
        at -= 1
    return at


def fuller_name(words: Sequence[str], places: Sequence[int]) -> tuple[str, ...] | None:
    """The full name that a surname ends at one of its places ("Laurence H. Tribe" for "Mr. Tribe")."""
    titles = load_word_lists().title
    for k in places[:MAX_SURNAME_PLACES]:
        first = at = k
        while at and k - at < MAX_NAME_WORDS:
            word = words[at - 1]
            initial = word == "." and at > 1 and len(words[at - 2]) == 1
            lower = word.lower()
            named = is_name_word(word) and lower not in titles and lower not in _MODIFIERS and lower not in _ADDRESS
            if named and not lower.endswith("s"):
                first = at - 1
            elif not initial and lower not in _PARTICLES and word != "-":
                break
            at -= 1
        if first < k and len(words[first]) > 2 and words[first + 1] not in ("-", "."):
            return tuple(words[first : k + 1])
        if first < k and len(words[first]) > 2 and words[first + 1] == ".":
            continue
    return None


def _titles_around(words: Sequence[str], first: int, end: int, titles: frozenset[str]) -> frozenset[str]:
    """Titles before the name ("army spokesman", "a spokesman for the army,") and after it (", commander of")."""
    found = set()
    at = first
    while at and first - at < MAX_TITLE_WORDS:
        word = words[at - 1].lower()
        if word in titles or word in _ADDRESS:
            found.add(word)
        elif (
            not (word[:1].isalnum() or word in ("-", "'s", "’s", ".") or (word == "," and at == first))
            or word in _VERBS
        ):
            break
        at -= 1
    if words[end : end + 1] in ([","], ["("]):
        for word in words[end + 1 : end + 1 + MAX_TITLE_WORDS]:
            if not word[:1].isalnum() or word in _VERBS:
                break
            if word.lower() in titles:
                found.add(word.lower())
            elif word.lower() in ("of", "for") and found:
                break
    return frozenset(found)


def _party_behind(words: Sequence[str], starting: dict[int, Mention], end: int) -> Mention | None:
    """The mention in "Colonel Name of the Ostrean army" and "Captain Name, a UN engineer"."""
    linked = words[end : end + 1] in (["of"], ["from"])
    if not linked and not (words[end : end + 1] == [","] and words[end + 1 : end + 2] in (["a"], ["an"])):
        return None
    for at in range(end + 1, min(len(words), end + 4)):
        mention = starting.get(at)
        if mention is not None:
            if mention.entity.kind in ("outlet", "person") or mention.entity.form == "capital":
                return None
            modifies = words[mention.end : mention.end + 1] and words[mention.end][:1].islower()
            return mention if linked or modifies else None
        if words[at] not in ("a", "an", "the"):
            return None
    return None


def _may_be_spoken_for(words: Sequence[str], mention: Mention) -> bool:
    """Whether the mention is a party and no place: not "in Germany", "Washington-based", "London mayor"."""
    before = words[mention.first - 1].lower() if mention.first else ""
    if before == "the" and mention.first > 1:
        before = words[mention.first - 2].lower()
    if before in ("in", "at", "near", "from", "outside", "across") or mention.entity.form == "capital":
        return False
    return not (words[mention.end : mention.end + 1] == ["-"] and mention.entity.kind == "state")


def _party_before(words: Sequence[str], ending: dict[int, Mention], start: int) -> Mention | None:
    """The mention that a title before the name belongs to: "Kremlin spokesman", "the UN envoy"."""
    titles = load_word_lists().title
    for at in range(start, max(-1, start - MAX_TITLE_WORDS - 1), -1):
        if at in ending:
            return ending[at] if _may_be_spoken_for(words, ending[at]) else None
        if at == 0:
            return None
        word = words[at - 1].lower()
        of_office = word == "of" and at > 1 and words[at - 2].lower() in titles
        if not (word[:1].isalnum() or word in ("-", "'s", "’s")) or (word in _CLAUSE_WORDS and not of_office):
            return None
    return None


def _party_introducing(
    words: Sequence[str], ending: dict[int, Mention], start: int, titles: frozenset[str]
) -> Mention | None:
    """The mention in "a spokesman for the army, Name" and "Jordan's foreign minister, Name"."""
    if start < 2 or words[start - 1] != ",":
        return None
    if words[start - 2].lower() in titles:
        return _party_before(words, ending, start - 1)
    for at in range(start - 1, max(1, start - 1 - MAX_ORGAN_WORDS), -1):
        if at in ending:
            mention = ending[at]
            before = mention.first - (words[mention.first - 1].lower() == "the") - 1
            linked = before > 0 and words[before].lower() in ("for", "of", "from", "with", "at", "in")
            titled = linked and any(word.lower() in titles for word in words[max(0, before - 2) : before])
            return mention if titled and _may_be_spoken_for(words, mention) else None
        if not words[at - 1][:1].isalpha() or words[at - 1].lower() in _CLAUSE_WORDS:
            return None
    return None


def _party_after(
    words: Sequence[str], starting: dict[int, Mention], end: int, titles: frozenset[str]
) -> tuple[bool, Mention | None]:
    """Whether ", commander of X" follows the name, and the mention of X."""
    if end >= len(words) or words[end] not in (",", "("):
        return False, None
    # "Vladimir Safronkov, for Russia"
    titled = words[end + 1 : end + 2] in (["of"], ["for"])
    party: Mention | None = None
    for at in range(end + 1, min(len(words), end + 1 + MAX_APPOSITION_WORDS)):
        word = words[at]
        if word in _SENTENCE_END or word in (",", ")") or word.lower() in _CLAUSE_ENDS:
            break
        titled |= word.lower() in titles and at - end < 8
        if at in starting and _may_be_spoken_for(words, starting[at]) and not _is_in_a_name(words, starting[at]):
            mention = starting[at]
            # "commander of the Free Idlib Army rebel group": the rebels say more than the army's own name.
            if party is None or (mention.entity.kind == "opposition" and party.entity.kind in ("group", "state")):
                party = mention
    return titled, party if titled else None


def _is_in_a_name(words: Sequence[str], mention: Mention) -> bool:
    """Whether a state's mention is part of another name: "United Mine Workers of America", "American Progress"."""
    if mention.entity.kind != "state":
        return False
    official = load_word_lists().state
    titles = load_word_lists().title

    def names_another(word: str) -> bool:
        lower = word.lower()
        return word[:1].isupper() and lower not in titles and lower not in _MODIFIERS and (lower,) not in official

    following = words[mention.end] if mention.end < len(words) else ""
    if names_another(following) and mention.entity.form in ("adjective", "noun"):
        return not any((word.lower(),) in official for word in words[mention.end : mention.end + 3])
    if following == "and" and mention.entity.form == "noun":
        return True
    before = mention.first - (words[mention.first - 1].lower() == "the") - 1
    return before > 0 and words[before].lower() in ("of", "for") and names_another(words[before - 1])


def find_adjectives(
    words: Sequence[str], capitals: Sequence[int], taken: Sequence[bool]
) -> dict[str, list[str] | None]:
    """Adjectives of states that no list knows ("the Varanian army") → nouns of the text that share the stem.

    An adjective that stands before rebels alone ("Chechen separatists") names no state, and gives ``None``.
    """
    found: dict[str, list[str] | None] = {}
    for k in capitals:
        word = words[k]
        if taken[k] or k + 1 == len(words) or not _ADJECTIVE.fullmatch(word) or word.lower() in _NOT_NAMES:
            continue
        if word in _NO_LAND:
            continue
        following = [words[j].lower() for j in range(k + 1, min(len(words), k + 4))]
        if following[0] in _OFFICIAL or (len(following) > 1 and following[1] in _OFFICIAL and following[0].isalpha()):
            found[word] = found.get(word) or []
        elif following[0] in _REBELS:
            found.setdefault(word, None)
    if not found:
        return found
    nouns = {words[k] for k in capitals if not taken[k] and words[k].istitle() and len(words[k]) > 3}
    for adjective, shared in found.items():
        if shared is not None:
            stem = adjective[: max(4, len(adjective) - 3)]
            shared += sorted(n for n in nouns if n.startswith(stem) and n != adjective and n not in found)
    return found
