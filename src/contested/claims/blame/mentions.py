"""Where a text speaks of someone: every phrase that may name a party, by its form.

In: the names of an article. Out: characters of the phrases in order, not overlapping, with the party where it is
known. Refuses: nothing.

The network is shown every such phrase as one and the same piece (:mod:`contested.claims.tagging.passages`), so a
phrase must be found whether a list knows it or not: a run of capitals with its article and the troops after it ("the
Karsk Front", "Ruritanian soldiers"), or a word for those who bear arms or govern ("the rebels", "government forces").
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from contested.claims.actors import ArticleActors
from contested.claims.blame.doers import parties_in
from contested.claims.text import wording as w
from contested.claims.text.words import Span

#: Small words that may stand together within a name.
MAX_JOINERS = 3
_WITHIN_NAMES = frozenset(["of", "for", "al", "el", "de", "e", "ul", "-"])
_BEFORE_TROOPS = frozenset(
    [
        "government", "opposition", "security", "rebel", "separatist", "coalition", "ruling", "military", "armed",
        "air", "paramilitary", "insurgent", "loyalist", "federal", "national", "foreign", "defence", "defense",
    ]
)  # fmt: skip
_RULERS = frozenset(["government", "regime", "junta", "opposition", "coalition", "administration", "authorities"])


def find_mentions(article: ArticleActors, is_common: Callable[[str], bool]) -> dict[Span, str | None]:
    """Characters of every phrase that may name a party, in order, with the party where it is known.

    Parameters
    ----------
    article
        The names of the article.
    is_common
        Whether a word, in small letters, is an ordinary one: then a capital at the head of a sentence says nothing.
    """
    found: dict[Span, str | None] = dict(parties_in(article, (0, len(article.text))))
    for first, end in _phrases(article, is_common):
        span = article.characters(first, end)
        if span not in found:
            resolved = article.resolve(span)
            found[span] = resolved[0].party if len(resolved) == 1 else None
    kept: dict[Span, str | None] = {}
    last = 0
    for span in sorted(found, key=lambda span: (span[0], -span[1])):
        if span[0] >= last:
            kept[span] = found[span]
            last = span[1]
    return kept


def _phrases(article: ArticleActors, is_common: Callable[[str], bool]) -> Iterator[tuple[int, int]]:
    """Words of each phrase found by its form."""
    words = article.words
    at = 0
    while at < len(words):
        if _is_name(article, at, is_common):
            end = at + 1
            while end < len(words) and (_bears_capital(words, end) or (joined := _joins_names(words, end))):
                end += 1 if _bears_capital(words, end) else joined
            while end < len(words) and words[end].lower() in (w.ARMED | _BEFORE_TROOPS):
                end += 1
            yield _with_article(words, at), end
            at = end
        elif words[at].lower() in w.ARMED or words[at].lower() in _RULERS:
            first = at
            while first and words[first - 1].lower() in _BEFORE_TROOPS:
                first -= 1
            yield _with_article(words, first), at + 1
            at += 1
        else:
            at += 1


def _is_name(article: ArticleActors, at: int, is_common: Callable[[str], bool]) -> bool:
    """Whether a capital is more than that of a sentence's first word."""
    word = article.words[at]
    if not word[:1].isupper() or word.lower() in w.NOT_NAMES:
        return False
    before = article.text[article.tokens[at - 1][0] : article.tokens[at][0]] if at else "\n"
    if before[:1] not in '.!?“”"‘:' and "\n" not in before:
        return True
    if article.mentions_in(at, at + 1) or not is_common(word.lower()):
        return True
    following = article.words[at + 1] if at + 1 < len(article.words) else ""
    return following in ("'s", "’s") or (following[:1].isupper() and following.lower() not in w.NOT_NAMES)


def _bears_capital(words: list[str], at: int) -> bool:
    return words[at][:1].isupper() and words[at].lower() not in w.NOT_NAMES


def _joins_names(words: list[str], at: int) -> int:
    """How many small words join the name before to a capital after them: "of", "-e-"."""
    for count in range(1, MAX_JOINERS + 1):
        if at + count >= len(words) or words[at + count - 1] not in _WITHIN_NAMES:
            return 0
        if _bears_capital(words, at + count):
            return count
    return 0


def _with_article(words: list[str], first: int) -> int:
    return first - 1 if first and words[first - 1].lower() in ("the", "a", "an") else first
