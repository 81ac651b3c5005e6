"""The facts of the incident that an article as a whole tells of, from its title and first sentences.

In: the text of an article with its title first, the names known beforehand, and the day of publication when it is
known. Out: :class:`ArticleFacts`: places, doers, means, mechanism, time and tolls, by the same rules as those of a
claim. Refuses: nothing; a fact that the wording does not settle is left out, and nothing is filled in.

The incident is what the title and the lead tell of; sentences that speak of attacks before or in general are left
aside, and those farther down count less. Works on texts without commas and paragraph breaks.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from contested.claims.actors import ActorIndex, ArticleActors
from contested.claims.asserted.attackers import Doer, find_doers
from contested.claims.asserted.event_places import PlacePhrase, find_places
from contested.claims.asserted.event_times import TimePhrase, find_times
from contested.claims.asserted.events import find_event_kind
from contested.claims.asserted.tolls import Bounds, Toll, TollSummary, find_tolls, summarise_tolls
from contested.claims.facts import find_means, find_mechanism
from contested.claims.text.sentences import find_sentences
from contested.claims.text.words import Span

#: Sentences read, title included: what stands lower is background in most news.
MAX_SENTENCES = 14
#: By how much a sentence counts less than the one before it.
DECAY = 0.5
#: Least weight of doers that a party is named for: below it only sentences far down, or later clauses, name one.
#: Both numbers were chosen on the tuning half of FA-KES: without a least weight 1 % more of the known actors are
#: named rightly, and in 8 % more of the articles whose actor nobody knows somebody is named all the same.
MIN_WEIGHT = 0.2
#: Further counts among which one wider than the children's or women's is looked for.
MAX_WIDER = 3
#: How far above a headline's "more than 50" the count that it rounds may lie.
ROUNDED_SHARE = 0.1
#: Sentences, title included, that a mechanism is taken from first.
LEAD_SENTENCES = 4
VAGUE_MECHANISMS = frozenset({"bombardment", "fighting"})


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
    """The counts of the incident, by :func:`choose_tolls`."""
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
    doers = [
        [replace(one, weight=one.weight / (1 + DECAY * number)) for one in find_doers(article, span)]
        for number, span in enumerate(sentences)
    ]
    counted = [find_tolls(text, *span) for span in sentences]
    told = [text[slice(*span)] for span in sentences]
    times = (time for span in sentences for time in find_times(text, published, *span))
    return ArticleFacts(
        places=tuple(place for span in sentences for place in find_places(text, *span)),
        doers=tuple(one for named in doers for one in named),
        party=heaviest_party(doers),
        mechanism=_choose_mechanism(told),
        means=next((found for words in told if (found := find_means(words))), None),
        time=next((time for time in times if not time.of_saying and not time.bounds), None),
        tolls=choose_tolls(counted),
        counts=tuple(toll for tolls in counted for toll in tolls),
    )  # fmt: skip


def heaviest_party(doers: Sequence[Sequence[Doer]]) -> str | None:
    """The party with the greatest weight of the doers of each sentence, where it counts once.

    On a tie it is the one named first; ``None`` below the least weight.
    """
    weights: dict[str, float] = defaultdict(float)
    for named in doers:
        strongest: dict[str, float] = {}
        for doer in named:
            if doer.party is not None:
                strongest[doer.party] = max(strongest.get(doer.party, 0.0), doer.weight)
        for party, weight in strongest.items():
            weights[party] += weight
    heaviest = max(weights, key=lambda party: weights[party], default=None)
    return heaviest if heaviest is not None and weights[heaviest] >= MIN_WEIGHT else None


def _choose_mechanism(told: Sequence[str]) -> str | None:
    """The first that the lead names; one that says little ("fighting") only where the lead names no other."""
    found = [mechanism for words in told if (mechanism := find_mechanism(words)) is not None]
    lead = [mechanism for words in told[:LEAD_SENTENCES] if (mechanism := find_mechanism(words)) is not None]
    return next((one for one in lead if one not in VAGUE_MECHANISMS), next(iter(lead or found), None))


def _is_told(text: str, span: Span, published: date | None) -> bool:
    words = text[slice(*span)]
    return find_event_kind(words, "", "reports", True, list(find_times(words, published)), published) != "history"


def choose_tolls(counted: Sequence[Sequence[Toll]]) -> TollSummary:
    """The counts of the incident, from those of each sentence.

    The first count of the dead that states a number leads; a word such as "dozens" only where no number follows.
    A count of children or women alone gives way to a count of more people close by. Groups come from the same
    sentence, from another that counts as many, or from civilians and fighters that add up to it.
    """
    led = [tolls for tolls in counted if summarise_tolls(tolls).killed != (None, None)]
    stated = [tolls for tolls in led if not any(toll.vague for toll in _wholes(tolls))]
    if not led:
        return TollSummary()
    chosen = (stated or led)[0]
    summary = summarise_tolls(chosen)
    for tolls in (stated or led)[1 : 1 + MAX_WIDER]:
        if _refines(summarise_tolls(tolls).killed, summary.killed):
            chosen, summary = tolls, summarise_tolls(tolls)
            break
    if {toll.group for toll in _wholes(chosen)} <= {"children", "women"}:
        wider = (tolls for tolls in (stated or led)[1 : 1 + MAX_WIDER] if _counts_more(tolls, summary))
        summary = summarise_tolls(next(wider, chosen))
    groups = dict(summary.killed_of)
    everything = [toll for tolls in counted for toll in tolls if toll.kind == "killed"]
    for toll in everything:
        same = toll.low is not None and toll.low == summary.killed[0]
        if same and not toll.part and toll.group is not None and not groups:
            groups[toll.group] = (toll.low, toll.high)
    if not groups.keys() & {"civilians", "fighters"}:
        groups |= _adding_up(everything, summary.killed[0])
    return TollSummary(summary.killed, summary.injured, groups)


def _wholes(tolls: Sequence[Toll]) -> list[Toll]:
    return [toll for toll in tolls if toll.kind == "killed" and not toll.part]


def _refines(later: Bounds, first: Bounds) -> bool:
    """As in "More than 50" in a headline, "at least 51" below: the headline rounds."""
    if first[0] is None or first[1] is not None or later[0] is None:
        return False
    return first[0] < later[0] <= first[0] * (1 + ROUNDED_SHARE)


def _counts_more(tolls: Sequence[Toll], than: TollSummary) -> bool:
    low, killed = than.killed[0], summarise_tolls(tolls).killed[0]
    wide = any(toll.group not in ("children", "women") for toll in _wholes(tolls))
    return wide and low is not None and killed is not None and killed > low


def _adding_up(tolls: Sequence[Toll], total: int | None) -> dict[str, Bounds]:
    of = {group: [toll for toll in tolls if toll.group == group] for group in ("civilians", "fighters")}
    for civilians in of["civilians"]:
        for fighters in of["fighters"]:
            if total is not None and (civilians.low or 0) + (fighters.low or 0) == total:
                return {"civilians": (civilians.low, civilians.high), "fighters": (fighters.low, fighters.high)}
    return {}
