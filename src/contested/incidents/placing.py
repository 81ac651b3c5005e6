"""A place string and what is known around it → ranked candidates: where it may be, how likely, and why.

In: place strings with their hints (what they are said to lie in) and their context (what else is named with them), a
gazetteer, and the case's region. Out: :class:`Candidate` rows, best first, with a score in [0, 1] and a reason.
Refuses: nothing; a name that no place bears gives no candidate, and the caller keeps that as a row.

Ranking is a conditional logit (McFadden 1974): each candidate has a utility, linear in what speaks for it, and its
share is the exponential of that over the sum for all candidates and one more, "a place that no list holds". The
score is that share, with those of other lists' entries for the same place, times how like the name is. Weights of
what can be learnt from news were fitted on one half of the articles of two corpora (docs/methods/places.md); those
of the region cannot be, and are set.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from contested.base.places import EARTH_M, geodesic_m
from contested.incidents.gazetteer import KINDS, Columns, Gazetteer, Place
from contested.incidents.place_names import Match, NameFinder, take_apart

#: Weights of the utility, by feature. Fitted with ``gate/places.py --fit`` on the first half of the articles, but for
#: likeness, which the articles hardly vary, and ``within``: what a row says of itself ("Karsk, Ostria") outweighs three
#: powers of ten of people, and is too rare in news to fit. When changed: run the gate again.
WEIGHTS: dict[str, float] = {
    "people": 2.3, "continent": 0.0, "country": 2.6, "admin1": -0.3, "admin2": -1.5,
    "like": 30.0, "within": 8.0, "near": 2.8, "compatriots": 5.8,
}  # fmt: skip
#: Weight of lying in the case's region, of being the kind of place that is written, and of being in the case's own
#: list or its datasets. Set, not fitted: a region outweighs five powers of ten of people.
REGION_WEIGHT, KIND_WEIGHT, OWN_WEIGHT = 12.0, 6.0, 5.0
#: Weight, in a region, of being the province or district around a town that the same name may mean: such a province
#: is mostly written with its word. Set; news of the world says the opposite (New York).
NAMESAKE_WEIGHT = -1.5
#: Utility of "a place that no list holds": that of a hamlet whose name fits where there is no region, and that of a
#: town of 20,000 outside it where there is one, since the places meant there are often smaller than any list's.
UNLISTED, UNLISTED_WITH_REGION = 0.0, 10.0
#: Metres at which nearness to what else is named has fallen to a third.
NEAR_M = 150_000.0
#: Metres beyond a wider place's radius that still count as within it: its middle is only estimated.
WITHIN_M = 15_000.0
#: Most names of the context that are looked at, the first ones: more costs time and says no more.
MAX_CONTEXT = 30
#: Most candidates among which entries of two lists for one place are told, the likeliest.
MAX_COMPARED = 20
#: Share of the wider of two discs that the narrower must have for both to be one place: a town is not its province.
SAME_BREADTH = 0.2
#: A candidate is chosen when its score and its name's likeness reach these, and candidates outside its own disc
#: together have at most this share. Strict on purpose: what is not chosen is still shown.
CHOSEN_SCORE, CHOSEN_LIKE, RIVALS_SHARE = 0.75, 0.9, 0.15

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Mention:
    """A place as written, with what is known around it."""

    text: str
    hints: tuple[str, ...] = ()
    """Names of wider places that it is said to lie in, beside those in its own text."""
    context: tuple[str, ...] = ()
    """Other places named with it."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One place that a mention may mean."""

    place: Place
    radius_m: float | None
    """Metres to draw it from; ``None`` when it is too wide for any test."""
    score: float
    reason: str
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class _Ranked:
    """The matches of a mention with their features and shares."""

    matches: tuple[Match, ...]
    rows: NDArray[np.int64]
    features: Floats
    share: Floats


class Placer:
    """Finds and ranks candidates in one gazetteer; its region is the case's."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self.gazetteer = gazetteer
        self.finder = NameFinder(gazetteer)
        self._alone: dict[str, int | None] = {}

    def candidates(self, mention: Mention) -> list[Candidate]:
        """All places that a mention may mean, best first; the order of its hints and context changes nothing."""
        ranked = self.rank(mention)
        likes = np.array([match.like for match in ranked.matches])
        order = np.lexsort((ranked.rows, -ranked.share * likes))
        score = ranked.share * likes
        first = order[:MAX_COMPARED]
        score[first] = likes[first] * (self._same_place(ranked.rows[first]) @ ranked.share[first])
        found = [self._candidate(ranked, int(k), float(min(score[k], 1.0))) for k in order]
        if found and self._stands_out(ranked, int(order[0]), found[0]):
            found[0] = replace(found[0], chosen=True)
        return found

    def _same_place(self, rows: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Whether each two are one place in two lists: each lies in the other's disc, and these are of one size."""
        at = self.gazetteer.columns
        reach = np.nan_to_num(at.radius_m[rows])
        narrow, wide = np.minimum(reach[:, None], reach), np.maximum(reach[:, None], reach)
        alike: NDArray[np.bool_] = (_sphere_m(at, rows, rows) <= narrow) & (narrow >= SAME_BREADTH * wide)
        return alike

    def rank(self, mention: Mention) -> _Ranked:
        """Features and shares of the mention's matches, in the gazetteer's order."""
        matches = self.finder.find(mention.text)
        rows = np.array([match.row for match in matches], dtype=np.int64)
        hints = sorted({*take_apart(mention.text).wider, *mention.hints})
        context = sorted(set(mention.context) - {mention.text})[:MAX_CONTEXT]
        features = self.features(matches, rows, hints, context)
        weights = np.array([*WEIGHTS.values(), REGION_WEIGHT, KIND_WEIGHT, OWN_WEIGHT, NAMESAKE_WEIGHT])
        utility = features @ weights
        unlisted = UNLISTED if self.gazetteer.region is None else UNLISTED_WITH_REGION
        top = max(unlisted, utility.max(initial=-np.inf))
        parts = np.exp(utility - top)
        return _Ranked(matches, rows, features, parts / (parts.sum() + np.exp(unlisted - top)))

    def features(
        self, matches: Sequence[Match], rows: NDArray[np.int64], hints: Sequence[str] = (), context: Sequence[str] = ()
    ) -> Floats:
        """What speaks for each match: a row a match, a column a weight, in the order of :meth:`rank`."""
        at = self.gazetteer.columns
        kinds = at.kind[rows]
        table = np.zeros((len(rows), len(WEIGHTS) + 4))
        table[:, 0] = np.log10(at.population[rows] + 1)
        for column, kind in enumerate(KINDS[:4], 1):
            table[:, column] = kinds == KINDS.index(kind)
        likes = np.array([match.like for match in matches])
        # Against the likest: a name that only sounds alike loses to the name itself, and nothing where it is alone.
        table[:, 5] = likes - likes.max(initial=0.0)
        if hints:
            table[:, 6] = self._within(rows, hints)
        anchors = [row for name in context if (row := self._best_alone(name)) is not None]
        if anchors:
            table[:, 7], table[:, 8] = self._among(rows, np.array(anchors))
        if self.gazetteer.region is not None:
            west, south, east, north = self.gazetteer.region
            lon, lat = at.lon[rows], at.lat[rows]
            table[:, 9] = (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)
            table[:, 12] = self._around_namesake(rows)
        table[:, 10] = [
            bool(match.kind) and match.kind == KINDS[kind] for match, kind in zip(matches, kinds, strict=True)
        ]
        table[:, 11] = rows >= self.gazetteer.n_world
        return table

    def _around_namesake(self, rows: NDArray[np.int64]) -> Floats:
        """Whether each is a province or district around a town that the same name may mean: Idlib, around Idlib."""
        at = self.gazetteer.columns
        around = np.zeros(len(rows))
        kinds = at.kind[rows]
        wide = np.flatnonzero((kinds == KINDS.index("admin1")) | (kinds == KINDS.index("admin2")))
        towns = np.flatnonzero(kinds == KINDS.index("town"))
        if len(wide) and len(towns):
            apart = _sphere_m(at, rows[wide], rows[towns])
            around[wide] = (apart <= at.radius_m[rows[wide]][:, None]).any(axis=1)
        return around

    def _best_alone(self, name: str) -> int | None:
        """The likeliest place of a name by itself: what the names around it are measured against."""
        if name not in self._alone:
            ranked = self.rank(Mention(name))
            self._alone[name] = int(ranked.rows[np.argmax(ranked.share)]) if len(ranked.rows) else None
        return self._alone[name]

    def _within(self, rows: NDArray[np.int64], hints: Sequence[str]) -> Floats:
        """Share of the hints that contain each place, of those that any place bears."""
        at = self.gazetteer.columns
        counts, known = np.zeros(len(rows)), 0
        for hint in hints:
            wider = [match.row for match in self.finder.find(hint) if match.like >= CHOSEN_LIKE]
            known += bool(wider)
            inside = np.zeros(len(rows), dtype=bool)
            for row in wider:
                if KINDS[at.kind[row]] == "country":
                    inside |= at.country[rows] == at.country[row]
                elif KINDS[at.kind[row]] == "admin1" and at.division[row]:
                    inside |= at.division[rows] == at.division[row]
                else:
                    reach = np.nan_to_num(at.radius_m[row]) + WITHIN_M
                    inside |= _sphere_m(at, rows, np.array([row]))[:, 0] <= reach
            # A place does not lie in itself: "Aleppo, Aleppo" says that the first is the narrower one.
            counts += inside & ~np.isin(rows, wider)
        return counts / max(known, 1)

    def _among(self, rows: NDArray[np.int64], anchors: NDArray[np.int64]) -> tuple[Floats, Floats]:
        """Nearness to the nearest of the context's places, and the share of them in the same country."""
        at = self.gazetteer.columns
        narrow = anchors[at.kind[anchors] >= KINDS.index("admin1")]
        near = np.zeros(len(rows))
        if len(narrow):
            near = np.exp(-_sphere_m(at, rows, narrow) / NEAR_M).max(axis=1)
        countries = at.country[anchors][at.country[anchors] != ""]
        same = (at.country[rows][:, None] == countries).sum(axis=1) / max(len(countries), 1)
        return near, same

    def _candidate(self, ranked: _Ranked, k: int, score: float) -> Candidate:
        match, place = ranked.matches[k], self.gazetteer.place(int(ranked.rows[k]))
        radius_m = None if place.radius_m is None else place.radius_m + match.extra_m
        said = [match.how]
        if place.population:
            said.append(f"{place.kind} of {place.population:,} people")
        else:
            said.append(place.kind)
        signs = ranked.features[k]
        if signs[6]:
            said.append("lies in the wider place named")
        if signs[7] > 1 / np.e or signs[8] > 0.5:
            said.append("near what else is named" if signs[7] > 1 / np.e else "in the country of what else is named")
        if self.gazetteer.region is not None:
            said.append("in the case's region" if signs[9] else "outside the case's region")
        return Candidate(place, radius_m, score, "; ".join(said))

    def _stands_out(self, ranked: _Ranked, best: int, found: Candidate) -> bool:
        """Whether the best may be used: sure, alike, in the region, with a radius, and without a rival elsewhere."""
        at, row = self.gazetteer.columns, int(ranked.rows[best])
        outside = self.gazetteer.region is not None and not ranked.features[best, 9]
        if outside or found.radius_m is None or found.score < CHOSEN_SCORE or ranked.matches[best].like < CHOSEN_LIKE:
            return False
        apart = geodesic_m(at.lon[ranked.rows], at.lat[ranked.rows], at.lon[row], at.lat[row])
        return bool(ranked.share[apart > at.radius_m[row]].sum() <= RIVALS_SHARE)


def _sphere_m(at: Columns, rows: NDArray[np.int64], others: NDArray[np.int64]) -> Floats:
    """Distances in metres on the sphere, a row a place and a column an other; within half a per cent of geodesic."""
    lon_a, lat_a = np.radians(at.lon[rows])[:, None], np.radians(at.lat[rows])[:, None]
    lon_b, lat_b = np.radians(at.lon[others]), np.radians(at.lat[others])
    half = np.sin((lat_a - lat_b) / 2) ** 2 + np.cos(lat_a) * np.cos(lat_b) * np.sin((lon_a - lon_b) / 2) ** 2
    metres: Floats = 2 * EARTH_M * np.arcsin(np.sqrt(np.minimum(half, 1.0)))
    return metres
