"""Groups, organisations and outlets that no list knows, told by how an article writes them.

In: the words of an article and the mentions of names already known in it. Out: further names: armed groups by
their head word ("the Northern Shield Front", "Army of the Coast"), outlets by theirs ("the Karsk Times", "Ostra
news agency"), and short forms set in brackets behind the long one ("… (SOHR)"). Refuses: nothing.

A name of general words alone ("the Armed Forces", "the National Army") is no group; behind a state's adjective
it is the state's ("the Russian Aerospace Forces"). A group that the article calls rebels or opposition fights
the state at war within itself; others are parties by their own name (:mod:`contested.claims.naming.parties`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from contested.claims.naming.names import INSIDE, ArticleNames, Entity, Mention

#: Words of one name: longer runs of capitals are headlines.
MAX_NAME_WORDS = 9
#: Letters of a short form.
MAX_SHORT_FORM_LETTERS = 8
#: Small words between the capitals of a long form ("for", "and", "of the").
MAX_SMALL_WORDS = 4

_HEADS = frozenset(
    "Front Army Brigade Brigades Movement Forces Force Militia Militias Battalion Battalions Legion Resistance "
    "Fighters Guerrillas Rebels Insurgency Jihad Mujahideen Partisans Vanguard Liberators".split()
)
_OUTLET_HEADS = frozenset("Times Post Herald Tribune Gazette Telegraph News Journal Radio TV Television Daily".split())
_OUTLET_PHRASES = (
    ("news", "agency"), ("news", "site"), ("news", "website"), ("newspaper",), ("news", "channel"), ("television",),
    ("daily",), ("newswire",), ("broadcaster",), ("radio",),
)  # fmt: skip
_OUTLET_NOUNS = frozenset(phrase[0] for phrase in _OUTLET_PHRASES)
#: Words that with "News" or "TV" make no outlet's name ("State TV", "Good News").
_NAMELESS = frozenset("state local official government breaking fake good bad national public latest the".split())
#: Words that by themselves make no name of a group: what every state has.
_GENERAL = frozenset(
    "armed air special security national royal central ground naval defence defense police joint general republican "
    "state border coast presidential land sea marine military regular northern southern eastern western first second "
    "third federal imperial expeditionary peacekeeping task strike ready reserve civil labor labour work salvation "
    "aerospace rocket strategic rapid reaction union allied coalition occupation stabilisation stabilization rights "
    "women student students workers trade green peace environmental police the of and for in".split()
)
_REBEL_WORDS = frozenset("rebel rebels opposition insurgent insurgents guerrilla guerrillas".split())
_JOINING = frozenset("of for the and al el - ' ’s 's".split())


def _is_part(word: str) -> bool:
    return word[:1].isupper() and word[:1].isalpha()


def _reach_back(words: Sequence[str], head: int, low: int) -> int:
    """First token of the capitalised run that ends in the head; small words only between capitals."""
    first = at = head
    while at > low and head - at < MAX_NAME_WORDS:
        word = words[at - 1]
        if _is_part(word) and word.lower() not in ("the", "a", "an", "in", "on", "but"):
            first = at - 1
        elif word.lower() not in _JOINING or word == "and":
            break
        at -= 1
    return first


def _reach_on(words: Sequence[str], head: int) -> int:
    """End of "Front for the Liberation of Karsk", "Army of the Coast": a preposition and capitals after the head."""
    end = at = head + 1
    if words[at : at + 1] not in (["of"], ["for"]):
        return end
    while at < len(words) and at - head < MAX_NAME_WORDS and (_is_part(words[at]) or words[at] in ("of", "for", "the")):
        at += 1
        if _is_part(words[at - 1]):
            end = at
    return end


def find_groups(names: ArticleNames, mentions: Sequence[Mention]) -> dict[str, Entity]:
    """Spellings of armed groups and outlets that no mention covers as a whole."""
    words = names.words
    found: dict[str, Entity] = {}
    places = sorted(k for word in _HEADS | _OUTLET_HEADS for k in names.where.get(word, ()))
    called = [k for k in names.capitals if names.lower[k + 1 : k + 2] and words[k + 1] in _OUTLET_NOUNS]
    if not places and not called:
        return found
    covering = _covering(mentions)
    for k in places:
        if words[k] in _HEADS:
            name = _read_group(words, k, covering)
            if name is not None:
                first, end = name
                spelt = _spell(words, first, end)
                entity = Entity("group", spelt, INSIDE if _is_called_rebel(words, first, end) else None)
                if spelt not in found or entity.state == INSIDE:
                    found[spelt] = entity
        elif k and _is_part(words[k - 1]) and k not in covering:
            _add_outlet(words, _reach_back(words, k, max(0, k - 4)), k + 1, covering, found)
    for k in called:
        following = tuple(words[k + 1 : k + 3])
        if following in _OUTLET_PHRASES or following[:1] in _OUTLET_PHRASES:
            _add_outlet(words, _reach_back(words, k, max(0, k - 3)), k + 1, covering, found)
    return found


def _add_outlet(
    words: Sequence[str], first: int, end: int, covering: Mapping[int, Mention], found: dict[str, Entity]
) -> None:
    named = [words[k].lower() for k in range(first, end) if words[k] not in _OUTLET_HEADS]
    if not _NAMELESS.issuperset(named) and not any(k in covering for k in range(first, end)):
        spelt = _spell(words, first, end)
        found.setdefault(spelt, Entity("outlet", spelt))


def _covering(mentions: Sequence[Mention]) -> dict[int, Mention]:
    return {k: mention for mention in mentions for k in range(mention.first, mention.end)}


def _spell(words: Sequence[str], first: int, end: int) -> str:
    spelt = " ".join(words[first:end])
    for sign in ("-", "’s", "'s", "'"):
        spelt = spelt.replace(f" {sign} " if sign == "-" else f" {sign}", sign)
    return spelt


def _read_group(words: Sequence[str], head: int, covering: Mapping[int, Mention]) -> tuple[int, int] | None:
    """First and end token of the group's name around a head word, or nothing when it is no name of its own."""
    if head in covering and covering[head].entity.kind != "state":
        return None
    first, end = _reach_back(words, head, 0), _reach_on(words, head)
    while first < head:
        mention = covering.get(first)
        if mention is None or mention.entity.kind not in ("person", "outlet", "body"):
            break
        first = min(head, mention.end)
        while first < head and not _is_part(words[first]):
            first += 1
    own = [
        k for k in range(first, end)
        if words[k].lower() not in _GENERAL and words[k] not in _HEADS and k not in covering and words[k][:1].isalpha()
    ]  # fmt: skip
    if head in covering or not own or end - first < 2 or (len(own) == 1 and words[own[0]].endswith("ing")):
        return None
    return first, end


def _is_called_rebel(words: Sequence[str], first: int, end: int) -> bool:
    if words[end : end + 1] and words[end].lower() in _REBEL_WORDS:
        return True
    for at in range(first - 1, max(-1, first - 4), -1):
        word = words[at].lower()
        if word in _REBEL_WORDS:
            return True
        if word in ("and", "or", "of") or not word[:1].isalpha():
            return False
    return False


def find_short_forms(words: Sequence[str], mentions: Sequence[Mention]) -> Iterator[tuple[str, str, Entity]]:
    """Long form, short form and what both name, for every "Long Name (LN)" of the article."""
    ending = {mention.end: mention for mention in mentions}
    covering: dict[int, Mention] | None = None
    for k in [k for k, word in enumerate(words) if word == "("]:
        if words[k + 2 : k + 3] != [")"] or not k:
            continue
        short = words[k + 1]
        if not (short.isupper() and short.isalpha() and 2 <= len(short) <= MAX_SHORT_FORM_LETTERS):
            continue
        first = _long_form(words, k, short)
        known = ending.get(k)
        if first is None:
            if known is not None and known.entity.kind in ("group", "body", "monitor", "declared"):
                yield "", short, known.entity
            continue
        if known is not None and known.first <= first + 1 and known.entity.form == "noun":
            yield "", short, known.entity
            continue
        covering = covering if covering is not None else _covering(mentions)
        spelt = _spell(words, first, k)
        leading = covering.get(first)
        state = leading.entity if leading is not None and leading.entity.kind == "state" else None
        own = any(
            words[j] not in _HEADS and words[j].lower() not in _GENERAL and j not in covering for j in range(first, k)
        )
        if state is not None and not own:
            yield spelt, short, Entity("state", state.name, state.state, "metonym", state.party)
        else:
            armed = any(words[j] in _HEADS for j in range(first, k))
            yield spelt, short, Entity("group" if armed else "monitor", spelt)


def _long_form(words: Sequence[str], end: int, short: str) -> int | None:
    """The token from which the capitals up to ``end`` begin with the letters of the short form."""
    letter = len(short) - 1
    small = 0
    for at in range(end - 1, max(-1, end - 2 * MAX_SHORT_FORM_LETTERS - 1), -1):
        word = words[at]
        if word[:1].isupper():
            small = 0
            if word[0] == short[letter]:
                letter -= 1
                if letter < 0:
                    return at
            elif word[0] not in short:
                return None
        elif word[:1] == short[letter].lower() and letter > 0 and word.isalpha() and len(word) > 3:
            letter -= 1
        else:
            small += 1
            if small > MAX_SMALL_WORDS or word in (".", ",", ";", ":", "(", ")"):
                return None
    return None
