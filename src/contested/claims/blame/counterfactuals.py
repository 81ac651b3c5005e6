"""What is said of a deed by what did not follow: "had it been our rocket, nothing would be left".

In: the names of an article and what is said. Out: the doer of the condition. Refuses: nothing; a condition without a
deed ("had they agreed to the truce …") says nothing of who did it.
"""

from __future__ import annotations

from collections.abc import Sequence

from contested.claims.actors import ArticleActors
from contested.claims.blame.doers import Doer, find_doers, read_party
from contested.claims.text import wording as w
from contested.claims.text.words import Span

#: Characters in which the condition and its "would" stand.
MAX_CHARACTERS = 300


def read_counterfactual(article: ArticleActors, content: Sequence[Span]) -> Doer | None:
    """Who did not do it, since what would have followed did not; negated where it is said that they did.

    Parameters
    ----------
    article
        The names of the article.
    content
        Characters of what is said, in pieces.
    """
    text = article.text
    said = " ".join(text[start:end] for start, end in content)[:MAX_CHARACTERS]
    condition = w.COUNTERFACTUAL.match(said)
    if condition is None:
        return None
    start, end = content[0][0] + condition.end("if"), content[0][1]
    comma = text.find(",", start, end)
    clause = start, comma if comma >= 0 else end
    if (thing := w.HAD_IT_BEEN.search(text, *clause)) is not None:
        own = w.OWN_BEGINS.match(text, thing.start("who"))
        found = (own.span(), None) if own is not None else read_party(article, thing.span("who"))
        return Doer(*found, negated=bool(thing["not"]), own=own is not None, at=thing.start()) if found else None
    return next(iter(find_doers(article, clause)), None) if w.UNREAL_PAST.search(said) else None
