"""Who is said to have done a deed: the subject of "had shelled", whoever stands after "carried out by".

In: the names of an article and a stretch of what is said. Out: deeds of violence with their doers, in the order of
the text. Refuses: nothing; a deed told in passing ("a week after shells killed nine") is left out, and so is one
whose doer is a thing or a person without arms or name.

A doer is read by its form, not by whether a list knows it: a name, an adjective before a word for troops or a
weapon, or a word for troops. So a party that no list knows is read as well as one that stands in all of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from contested.claims.actors import ArticleActors
from contested.claims.naming.names import Mention, load_word_lists
from contested.claims.text import wording as w
from contested.claims.text.words import Span

#: Words of a doer's phrase that are looked at on each side of the deed: "gunmen of the eastern opposition council".
MAX_PHRASE_WORDS = 10
#: Characters before a deed in which "no evidence that" or "did not believe that" belongs to it.
MAX_DOUBT_CHARACTERS = 80


@dataclass(frozen=True, slots=True)
class Doer:
    """Who did a deed, or did not."""

    span: Span
    party: str | None
    negated: bool
    own: bool
    """The phrase says that it is the speaker's: "its jets", "our men", "it"."""
    at: int
    """Character at which the deed is told."""
    passive: bool = False
    """Told by "carried out by", which may hang on another noun: "a mine laid by X"."""


def find_doers(article: ArticleActors, region: Span) -> list[Doer]:
    """Deeds of the region with their doers."""
    found = [*_active(article, region), *_passive(article, region)]
    return sorted(found, key=lambda doer: (doer.at, doer.span))


def _active(article: ArticleActors, region: Span) -> Iterator[Doer]:
    """Deeds told with their subject: "X shelled", "X had not dropped", "it was X who bombed"."""
    text = article.text
    low, _ = article.token_range(region)
    for match in w.DEED.finditer(text, *region):
        auxiliaries = (match["auxiliaries"] or match["auxiliaries_do"] or "").lower()
        deed = (match["deed"] or match["deed_do"]).lower()
        progressive = deed.split()[0].endswith("ing")
        be_before = bool(w.BE_LAST.search(auxiliaries))
        # "were killed" tells of victims; "bombing" without "were" is a noun; "would bomb" has not happened.
        nothing = bool(w.NOTHING_DONE.match(text, match.end()))
        if progressive != be_before or w.NOT_YET.search(auxiliaries) or w.EACH_OTHER.match(text, match.end()):
            continue
        at = article.token_range((match.start(), match.end()))[0]
        if not auxiliaries and w.BARE_PARTICIPLE.match(deed) and w.NO_OBJECT.match(text, match.end()):
            continue
        first, end = _subject(article, low, at)
        if first == end or _told_in_passing(article, low, first, match.end()):
            continue
        doer = _read_doer(article, first, end, match.start())
        if doer is None and first > low + 1 and article.words[first - 1].lower() in ("and", "or"):
            # "Karsk warplanes and helicopters launched": the first of the two says whose they are.
            words = [word.lower() for word in article.words[low : first - 1]]
            first = low + _phrase_start(words, len(words))
            doer = _read_doer(article, first, low + len(words), match.start()) if first < low + len(words) else None
        if doer is not None:
            negated = nothing or doer.negated or bool(w.NEGATION.search(auxiliaries))
            negated = negated or _doubted(text, region[0], doer.span[0])
            yield Doer(doer.span, doer.party, negated, doer.own, match.start())


def _passive(article: ArticleActors, region: Span) -> Iterator[Doer]:
    """Deeds told with "by": "carried out by X", "an attack by X"."""
    text = article.text
    low, high = article.token_range(region)
    for match in w.DEED_BY.finditer(text, *region):
        first = article.token_range((match.end(), region[1]))[0]
        before = article.token_range(match.span())[0]
        if before > low and article.words[before - 1].lower() in ("which", "that"):
            # "raids which were carried out by X": the clause is about the raids.
            before -= 1
        end = _phrase_end(article, first, min(high, first + MAX_PHRASE_WORDS))
        if first == end or w.NOT_YET.search(match["auxiliaries"] or ""):
            continue
        if _told_in_passing(article, low, before, match.end()):
            continue
        doer = _read_doer(article, first, end, match.start()) or _read_name(article, first, high)
        if doer is not None and not doer.own:
            negated = bool(w.NEGATION.search(text, max(region[0], match.start() - 12), match.end()))
            negated = negated or _doubted(text, region[0], match.start())
            yield Doer(doer.span, doer.party, negated, doer.own, match.start(), passive=True)


def _doubted(text: str, low: int, at: int) -> bool:
    return bool(w.DOUBTED_BEFORE.search(text, max(low, at - MAX_DOUBT_CHARACTERS), at))


def _subject(article: ArticleActors, low: int, at: int) -> tuple[int, int]:
    """Tokens of the subject that ends before the token: its phrase, what a cleft points at, or a shared one."""
    words = [word.lower() for word in article.words[max(low, at - 40) : at]]
    offset = at - len(words)
    end = len(words)
    if words and words[-1] in ("who", "which", "that"):
        end -= 1
        first = _phrase_start(words, end)
        cleft = words[max(0, first - 3) : first]
        if not (w.CLEFT & set(cleft)):
            return at, at
        return offset + first, offset + end
    first = _phrase_start(words, end)
    if first == end and words and words[-1] in ("and", "then", "but", ","):
        # "Troops watched and then joined in": the subject stands at the head of the sentence.
        first, end = _head_of_sentence(words)
    return offset + first, offset + end


def _phrase_start(words: Sequence[str], end: int) -> int:
    first = end
    while first > 0 and end - first < MAX_PHRASE_WORDS:
        word = words[first - 1]
        if word in w.PHRASE_STOPS or not (word[:1].isalnum() or word in w.PHRASE_MARKS):
            break
        first -= 1
    return first


def _head_of_sentence(words: Sequence[str]) -> tuple[int, int]:
    stops = [k for k, word in enumerate(words) if word in (".", "!", "?", ";", ":", "“", "”", '"')]
    first = stops[-1] + 1 if stops else 0
    while first < len(words) and words[first] in ("that", "and", "but", "then"):
        first += 1
    end = first
    while end < len(words) and end - first < MAX_PHRASE_WORDS and words[end] not in w.VERBS_BEGIN:
        if words[end] in w.PHRASE_STOPS and words[end] not in ("of",):
            break
        end += 1
    return first, end


def _phrase_end(article: ArticleActors, first: int, limit: int) -> int:
    end = first
    while end < limit:
        word = article.words[end].lower()
        inner = word in ("of", "in", "from", "loyal", "to", "with") and end > first
        verbal = word.endswith(("ing", "ed")) and word not in w.PHRASE_PARTICIPLES and article.words[end].islower()
        if end > first and verbal and article.words[end - 1].lower() not in ("the", "a", "an"):
            break
        if end > first and not inner and (word in w.TARGET_ENDS or word in w.PHRASE_STOPS):
            break
        if not (word[:1].isalnum() or word in w.PHRASE_MARKS):
            break
        end += 1
    return end


def _told_in_passing(article: ArticleActors, low: int, first: int, deed_end: int) -> bool:
    """Whether the clause hangs on "after", "where", "which" …: what it tells is not what is said."""
    for at in range(first - 1, max(low, first - 25) - 1, -1):
        word = article.words[at].lower()
        if word in (",", ".", ";", ":", "?", "!", "“", "”", '"'):
            return False
        if word == "that":
            said = at == low or article.words[at - 1].lower() in w.BEFORE_CLAUSE | w.SAID_NOUNS
            # "the truce that X broke" lacks an object; "the proof that X broke the truce" has one.
            return not said and not w.OBJECT_BEGINS.match(article.text, deed_end)
        if word == "when" and w.HARM.search(article.text, article.tokens[low][0], article.tokens[at][0]):
            return False
        if word in w.HANGING:
            return True
    return False


@dataclass(frozen=True, slots=True)
class _Phrase:
    span: Span
    party: str | None
    negated: bool
    own: bool


def _read_doer(article: ArticleActors, first: int, end: int, at: int) -> _Phrase | None:
    words = [word.lower() for word in article.words[first:end]]
    negated = False
    while words and words[0] in ("no", "none", "neither", "of", "both", "that", "only", "nobody", "be"):
        negated = negated or words[0] in ("no", "none", "neither")
        words, first = words[1:], first + 1
    if len(words) > 2 and words[1] == "of" and (words[0] in w.QUANTITIES or words[0].isdigit()):
        words, first = words[2:], first + 2
    if not words:
        return None
    span = article.characters(first, end)
    if "own" in words[1:] and words[words.index("own") - 1] in w.OWN_POSSESSIVES:
        return _Phrase(span, None, negated, True)
    if words[0] in w.OWN_PRONOUNS:
        return _Phrase(span, None, negated, True) if len(words) == 1 else None
    known = known_party(article, first, end)
    head = head_of(words)
    if words[0] in w.OWN_POSSESSIVES:
        inside = known is not None and known.party is not None
        bears_arms = head in w.ARMED or head in w.WEAPONS or head in w.OWN_PEOPLE
        return _Phrase(span, known.party if known else None, negated, not inside) if bears_arms or inside else None
    if known is not None:
        return _Phrase(span, known.party, negated, False)
    possessive = next((k for k, word in enumerate(words) if word in ("'s", "’s")), 0)
    if possessive and head_of(words[:possessive]) in w.ARMED:
        return _Phrase(span, None, negated, False)
    stop = first + head_at(words) + 1
    told = _names_someone(article, first, stop) or bool(set(words[:-1]) & (w.ARMED | w.ARMED_ADJECTIVES))
    if head in w.ARMED or (head in w.WEAPONS and told):
        return _Phrase(span, None, negated, False)
    adjective = any(w.NAME_ADJECTIVE.fullmatch(word) for word in article.words[first:stop])
    # A name: its last word before any "of" or "in" bears the capital.
    named = _names_someone(article, stop - 1, stop) and head not in w.THINGS
    if (named or (adjective and told)) and head not in load_word_lists().civil and head not in w.WEAPONS:
        return _Phrase(span, None, negated, False)
    return None


def head_at(words: Sequence[str]) -> int:
    """Number of the word that a phrase is about: the last one before "of", "in" …"""
    for k, word in enumerate(words):
        if k and word in ("of", "in", "from", "at", "with", "loyal", "on", "near", "to", "positioned"):
            return k - 1
    return len(words) - 1


def head_of(words: Sequence[str]) -> str:
    """The word that a phrase is about."""
    return words[head_at(words)] if words else ""


@dataclass(frozen=True, slots=True)
class _Known:
    party: str | None
    mention: Mention


def known_party(article: ArticleActors, first: int, end: int) -> _Known | None:
    """The party that a phrase stands for, by the names that are known; not where it only says of what land."""
    words = [word.lower() for word in article.words[first:end]]
    head, head_stop = head_of(words), first + head_at(words) + 1
    civil = load_word_lists().civil
    # "gunmen of the opposition" stand for it; "a town of the Syrian north" does not.
    of_a_party = head in w.ARMED or head in w.OWN_PEOPLE or head in w.WEAPONS or head in w.QUANTITIES
    for mention in article.mentions_in(first, end):
        entity = mention.entity
        if entity.kind in ("outlet", "monitor") or entity.kind == "body":
            continue
        before = article.words[mention.first - 1].lower() if mention.first > first else ""
        after = [word.lower() for word in article.words[mention.end : end]]
        if before in ("in", "from", "near", "at") or before == "-" or after[:1] == ["-"]:
            continue
        possessive = after[:1] in (["'s"], ["’s"])
        if mention.first >= head_stop and not of_a_party:
            continue
        if head in civil and not (possessive and head in w.OWN_PEOPLE):
            continue
        party = article.party_of_entity(entity, mention)
        if party is None and entity.kind not in ("opposition", "organ", "group", "state"):
            continue
        words_between = article.words[mention.first - 2 : mention.first]
        if before == "or" and len(words_between) == 2:
            # "Syrian or Russian aircraft": who of them is left open.
            party = None
        following = article.mentions_in(mention.end, end)
        if following and after[:1] == ["or"]:
            party = None
        return _Known(party, mention)
    return None


def _names_someone(article: ArticleActors, first: int, end: int) -> bool:
    """Whether a capital stands in the phrase that does not merely begin a sentence."""
    for at in range(first, end):
        word = article.words[at]
        if not word[:1].isupper() or word.lower() in w.NOT_NAMES:
            continue
        if at > first or (at and article.words[at - 1][-1:] not in '.!?“”"‘:'):
            return True
    return False


def read_party(article: ArticleActors, region: Span, own: bool = False) -> tuple[Span, str | None] | None:
    """The phrase that begins the region, where it names a party or those who bear arms: its characters and party.

    With ``own`` also the speaker's: "his men".
    """
    low, high = article.token_range(region)
    while low < high and article.words[low].lower() in ("both", "squarely", "directly", "that", "also"):
        low += 1
    end = _phrase_end(article, low, min(high, low + MAX_PHRASE_WORDS))
    phrase = _read_doer(article, low, end, region[0]) if end > low else None
    phrase = phrase or _read_name(article, low, high)
    return (phrase.span, phrase.party) if phrase is not None and (own or not phrase.own) else None


def _read_name(article: ArticleActors, first: int, limit: int) -> _Phrase | None:
    """The name or word for troops right at the token, without what follows: "the Karsk Front" of "… kept shells"."""
    words = article.words
    if first + 2 < limit and words[first + 1].lower() == "of" and words[first].lower() in w.WEAPONS:
        first += 2
    end = first
    while end < limit and words[end].lower() in ("the", "a", "an"):
        end += 1
    begin = end
    while end < limit and end - begin < MAX_PHRASE_WORDS:
        word = words[end]
        inside = word[:1].isupper() or word.lower() in w.ARMED or word.lower() in w.WEAPONS or word == "-"
        if not inside and not (end == begin and word.lower() in w.ARMED_ADJECTIVES):
            break
        end += 1
    return _read_doer(article, first, end, article.tokens[first][0]) if end > begin else None


def parties_in(article: ArticleActors, region: Span) -> Iterator[tuple[Span, str | None]]:
    """Parties that the region names, in its order: known ones, names that no list knows, and words for troops."""
    low, high = article.token_range(region)
    at = low
    while at < high:
        word = article.words[at]
        before = article.words[at - 1].lower() if at else ""
        begins = word.lower() in ("the", "a", "an") or word[:1].isupper() or word.lower() in w.ARMED
        if begins and before not in w.PLACES_BEFORE:
            phrase = _read_name(article, at, high)
            end = article.token_range(phrase.span)[1] if phrase is not None else at
            if phrase is not None and not phrase.own:
                yield phrase.span, phrase.party
                at = end
                continue
        at += 1


def subject_before(article: ArticleActors, at: int, low: int) -> tuple[Span, str | None] | None:
    """The party that is the subject of the words at a character: "the Karsk Front" of "has been accused"."""
    first, end = article.token_range((low, at))
    while end > first and article.words[end - 1].lower() in w.VERBS_BEGIN | w.SUBJECT_GAP:
        end -= 1
    words = [word.lower() for word in article.words[first:end]]
    begin = first + _phrase_start(words, len(words))
    phrase = _read_doer(article, begin, end, at) if end > begin else None
    return (phrase.span, phrase.party) if phrase is not None and not phrase.own else None
