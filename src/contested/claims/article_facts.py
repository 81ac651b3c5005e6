"""The facts of the incident that an article as a whole tells of, from its title and first sentences.

In: the text of an article with its title first, the names known beforehand, and the day of publication when it is
known. Out: :class:`ArticleFacts`: places, doers, means, mechanism, time and tolls, by the same rules as those of a
claim. Refuses: nothing; a fact that the wording does not settle is left out, and nothing is filled in.

The incident is what the title and the lead tell of; sentences that speak of attacks before or in general are left
aside, and those farther down count less. Works on texts without commas and paragraph breaks.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from contested.claims.actors import ActorIndex, ArticleActors
from contested.claims.doers import Doer, find_doers
from contested.claims.event_places import PlacePhrase, find_places
from contested.claims.event_times import TimePhrase, find_times
from contested.claims.events import find_event_kind
from contested.claims.facts import find_means, find_mechanism
from contested.claims.sentences import find_sentences
from contested.claims.tolls import Toll, TollSummary, find_tolls, summarise_tolls
from contested.claims.words import Span

#: Sentences read, title included: what stands lower is background in most news.
MAX_SENTENCES = 14
#: By how much a sentence counts less than the one before it.
DECAY = 0.25
#: Least weight of doers that a party is named for: below it only a sentence far down, or a later clause, names one.
#: Chosen on the tuning half of FA-KES, where 0 names 1 % more of the known actors rightly and 3 % more wrongly.
MIN_WEIGHT = 0.3


@dataclass(frozen=True, slots=True)
class ArticleFacts:
    """What an article says of its incident."""

    places: tuple[PlacePhrase, ...]
    """Place phrases, title and lead first."""
    doers: tuple[Doer, ...]
    """Names that the wording makes the doer, with the weight of wording and place in the text."""
    party: str | None
    """The party that the doers weigh heaviest for; ``None`` when no wording names one."""
    mechanism: str | None
    means: str | None
    time: TimePhrase | None
    tolls: TollSummary
    """Counts of the first sentence that counts the dead, narrowed by those after it that agree."""
    counts: tuple[Toll, ...]
    """All counts of the sentences read."""


def read_article_facts(text: str, published: date | None = None, index: ActorIndex | None = None) -> ArticleFacts:
    """Facts of the article's incident.

    Parameters
    ----------
    text
        Title, a full stop or line break, and the text.
    published
        Day of publication; without it "Tuesday" stays open.
    index
        Names known beforehand, with those of a case when it was built from one.
    """
    article = ArticleActors(index or ActorIndex(), text)
    sentences = [span for span in find_sentences(text) if _is_told(text, span, published)][:MAX_SENTENCES]
    doers = tuple(
        Doer(one.start, one.end, one.name, one.party, one.weight / (1 + DECAY * number))
        for number, span in enumerate(sentences) for one in find_doers(article, span)
    )  # fmt: skip
    counts = tuple(toll for span in sentences for toll in find_tolls(text, *span))
    told = [text[slice(*span)] for span in sentences]
    times = (time for span in sentences for time in find_times(text, published, *span))
    return ArticleFacts(
        places=tuple(place for span in sentences for place in find_places(text, *span)),
        doers=doers,
        party=heaviest_party(doers),
        mechanism=next((found for words in told if (found := find_mechanism(words))), None),
        means=next((found for words in told if (found := find_means(words))), None),
        time=next((time for time in times if not time.of_saying and not time.bounds), None),
        tolls=_first_tolls(text, sentences),
        counts=counts,
    )  # fmt: skip


def heaviest_party(doers: tuple[Doer, ...]) -> str | None:
    """The party with the greatest weight of doers, on a tie the one named first; ``None`` below the least weight."""
    weights: dict[str, float] = defaultdict(float)
    for doer in doers:
        if doer.party is not None:
            weights[doer.party] += doer.weight
    heaviest = max(weights, key=lambda party: weights[party], default=None)
    return heaviest if heaviest is not None and weights[heaviest] >= MIN_WEIGHT else None


def _is_told(text: str, span: Span, published: date | None) -> bool:
    words = text[slice(*span)]
    return find_event_kind(words, "", "reports", True, list(find_times(words, published)), published) != "history"


def _first_tolls(text: str, sentences: list[Span]) -> TollSummary:
    for span in sentences:
        found = summarise_tolls(find_tolls(text, *span))
        if found.killed != (None, None):
            return found
    return TollSummary()
