"""In whose area the incidents lay, and how near the front.

In: a :class:`~contested.weighing.sample.Sample`. Out: findings. Refuses: a test against chance with
fewer than ten dated and placed incidents, or with nothing to compare with; counts, intervals and
worst-case bounds are printed all the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from contested.base.records import CONTESTED, UNKNOWN
from contested.weighing.against_others import against_others, chance_details, chance_numbers
from contested.weighing.draws import Draws, drawn, front_metres
from contested.weighing.imputed import Pooled, pool_shares
from contested.weighing.labels import (
    LabelChance,
    find_episodes,
    independent_count,
)
from contested.weighing.nulls import SEED, wilson_interval
from contested.weighing.reporting import reporting_term
from contested.weighing.sample import Finding, Incidents, Mask, Reals, Sample, counted

#: A share closer than this to 0 or 1 is taken for it: sums of shares carry rounding.
SURE = 1e-9
#: Incidents whose disc is at most this wide, metres, and whose day is known, are what a study keeps that drops the
#: imprecise ones: its result is printed beside ours.
PRECISE_M = 1_000.0
#: Share of the variance from which imprecision rules an interval: on invented conflicts of this kind intervals were too
#: narrow near 0 and 1. When changed: run gate/weighing.py.
MOSTLY_IMPRECISE = 0.5
#: Most incidents listed by name in the details of a finding: beyond, the tables hold them.
MOST_LISTED = 200
UNIT_NOTE = "The incident is the unit: one with several places may have been at any of them."


@dataclass(frozen=True, eq=False)
class Placed:
    """The event's incidents on the ground: which can be used, and what the draws say of them.

    ``used`` are dated incidents on ground that the layer covers.
    """

    sample: Sample
    used: Mask

    @cached_property
    def incidents(self) -> Incidents:
        """Those used."""
        return self.sample.incidents.take(self.used)

    @cached_property
    def draws(self) -> Draws:
        """Their draws, in proportion to where such incidents fall."""
        return drawn(self.sample, self.incidents)

    @cached_property
    def episodes(self) -> NDArray[np.int64]:
        """Episode of each."""
        return find_episodes(self.incidents)

    @cached_property
    def n_independent(self) -> float:
        """Independent incidents that they count for."""
        return independent_count(self.episodes)

    def pooled(self, party: str, draws: Draws | None = None) -> Pooled:
        """Share on the party's ground."""
        one = self.draws if draws is None else draws
        hits = one.fell_on(party).sum(axis=0)
        return pool_shares(hits, one.known.sum(axis=0), self.n_independent)


def place_incidents(sample: Sample) -> Placed:
    """The dated incidents on covered ground."""
    return Placed(sample, sample.dated(sample.incidents) & sample.covered(sample.shares))


def area_shares(sample: Sample) -> Finding:
    """In whose area the incidents lay on their day.

    The estimate is the share of the losing party's area over draws of place, day and layer, with Wilson's 90 % interval
    widened by Rubin's rules. The bounds let every ambiguous incident, and every one that could not be placed or dated,
    fall either way.
    """
    party = sample.weighing.losing
    placed = place_incidents(sample)
    shares = sample.shares
    may_be, wholly = _may_be(sample, placed, party)
    ambiguous = placed.used & may_be & ~wholly
    inside = placed.used & wholly
    left_out = ~placed.used
    roles = _roles(sample.incidents, placed.used, ambiguous)
    details = _area_details(sample, placed, inside, ambiguous)
    common: dict[str, Any] = {
        "test": "area_shares", "question": f"Did the attacks fall in the area held by {sample.losing}?",
        "n": int(placed.used.sum()), "method": _area_method(sample), "details": details,
        "assumptions": (
            _layer_assumption(sample),
            "Each salvo, incidents within a day and 5 km, is one independent event.",
            "Within a place's disc, and on one party's ground as far from the front, all places are equally likely.",
            "Attacks in both areas are equally likely to be reported, or the reporting term says how far they are not.",
        ),
    }  # fmt: skip
    if not placed.used.any():
        return Finding(**common, refused=True, reading=_nothing_used(sample), roles=roles)
    pooled = placed.pooled(party)
    n_all = len(sample.incidents)
    numbers: dict[str, Any] = {
        "estimate": pooled.estimate, "low": pooled.low, "high": pooled.high,
        "unit": f"share of incidents in the area of {party}",
        "bound_low": inside.sum() / n_all, "bound_high": (inside | ambiguous | left_out).sum() / n_all,
        "interval": "90 % Wilson interval, widened by what the draws differ (Rubin's rules)", "seed": SEED,
    }  # fmt: skip
    details["says_nothing_at"] = 0.5
    if not sample.brief:
        details |= _pooled_details(sample, placed, pooled)
    hits = float(placed.draws.fell_on(party).sum(axis=0).mean())
    in_either = hits + float(placed.draws.fell_on(sample.weighing.advancing).sum(axis=0).mean())
    weight = placed.n_independent / len(placed.incidents)
    numbers["reporting_term"], details["reporting"] = reporting_term(sample, hits, in_either, in_either * weight)
    reading = _area_reading(sample, pooled, numbers, (inside, ambiguous, left_out))
    values = _pooled_values(sample, placed, lambda draws: draws.fell_on(party), shares)
    chance, refusal = against_others(sample, placed.used, values, roles)
    if chance is None:
        details["refusal"] = refusal
        reading.append(refusal)
    else:
        numbers |= chance_numbers(chance)
        details |= {"random_labelling": chance_details(chance), "says_nothing_at": chance.expected}
        reading.append(
            f"The other attacks of the same datasets, months and regions would give {chance.expected:.0%}; if labels "
            f"were handed out at random among them, so high a share would come with probability {chance.p_greater:.2g}."
        )
    reading.append(
        f"This does not show who attacked: it shows whose ground was hit, and only as far as attacks on the ground of "
        f"{sample.advancing} would have been reported too."
    )
    return Finding(**common, refused=chance is None, reading=" ".join(reading), roles=roles, numbers=numbers)


def _area_reading(
    sample: Sample, pooled: Pooled, numbers: dict[str, Any], incidents: tuple[Mask, Mask, Mask]
) -> list[str]:
    """What the share and its interval say; ``incidents`` are those inside, ambiguous and left out."""
    inside, ambiguous, left_out = incidents
    partly = f", {ambiguous.sum():,} partly or possibly" if ambiguous.any() else ""
    reading = [
        f"{inside.sum():,} of {counted(int((~left_out).sum()), 'incident')} lay wholly in the area held by "
        f"{sample.losing} on the day{partly} (layer {sample.layer}); the expected share is {pooled.estimate:.0%} (90 % "
        f"interval {pooled.low:.0%} to {pooled.high:.0%}, worst case {numbers['bound_low']:.0%} to "
        f"{numbers['bound_high']:.0%})."
    ]
    if pooled.missing >= MOSTLY_IMPRECISE:
        reading.append(
            "Most of that uncertainty comes from places and days that are known imprecisely; where nearly all attacks, "
            "or nearly none, fell in one area, such an interval is known to be too narrow: go by the worst case."
        )
    if left_out.any():
        reading.append(
            f"{counted(int(left_out.sum()), 'incident')} could not be placed or dated, or lay where the layer shows "
            "nothing; the worst case counts them either way."
        )
    return reading


def front_distances(sample: Sample) -> Finding:
    """How near the front the incidents lay: median, range, and share within the distance set in the case.

    The distance of an incident is the least over its places. The bounds move every place by its
    radius, towards the front and away from it.
    """
    near_m = sample.weighing.near_front_m
    dated = sample.dated(sample.incidents)
    distance, nearer, farther = _front_m(sample, sample.incidents)
    # Where the layer shows nothing, a front that it does not show may be nearer than the one that it does.
    used = dated & ~np.isnan(distance) & sample.covered(sample.shares)
    left_out = ~used
    roles = _roles(sample.incidents, used, np.zeros(len(used), dtype=bool))
    common: dict[str, Any] = {
        "test": "front_distances",
        "question": f"How near the front between {sample.advancing} and {sample.losing} did the attacks fall?",
        "n": int(used.sum()),
        "method": (
            "Geodesic distance from each place to the nearest boundary between the two parties on the first day; of "
            "several places the nearest counts. Worst case: every place lies nearer, then farther, by its radius. "
            f"Near means within {near_m:g} m, set in the case before the result was seen; the share near is over draws "
            "of place, day and layer, with Wilson's 90 % interval widened by Rubin's rules. The test compares the mean "
            "distance, draws of each incident averaged, with that of the other incidents."
        ),
        "assumptions": (
            _layer_assumption(sample),
            "Each salvo, incidents within a day and 5 km, is one independent event.",
            "Attacks near the front and far from it are equally likely to be reported.",
        ),
    }
    details: dict[str, Any] = {
        "front_m": _listed(sample.incidents, distance, used),
        "not_dated_or_no_front": _names(sample.incidents, left_out),
        "near_front_m": near_m,
        "says_nothing_at": near_m,
    }
    if not used.any():
        nothing = (
            f"For none of {counted(len(sample.incidents), 'incident')} does the layer {sample.layer} give a day's "
            "front and a place, so the distance was not computed. This shows nothing for or against any account."
        )
        return Finding(**common, details=details, refused=True, reading=nothing, roles=roles)
    placed = Placed(sample, used)
    drawn_m = _front_m_of(sample, placed.draws)
    counts = (~np.isnan(drawn_m)).sum(axis=0)
    with np.errstate(invalid="ignore"):
        near = (drawn_m <= near_m).sum(axis=0)
    values = distance[used]
    middle = float(np.median(values))
    numbers: dict[str, Any] = {
        "estimate": middle, "low": float(values.min()), "high": float(values.max()),
        "unit": "metres to the front, median", "interval": "range of the incidents", "seed": SEED,
        "bound_low": float(np.median(nearer[used])), "bound_high": float(np.median(farther[used])),
        "reporting_term": (
            "Reporters and rescuers may reach places near the front less, or more, than those behind it; nothing in "
            "the case measures which, and either would move the distances."
        ),
    }  # fmt: skip
    details["n_near"] = int((values <= near_m).sum())
    near_text = ""
    if (counts > 0).sum() > 1:
        pooled = pool_shares(near, counts, placed.n_independent)
        details |= {
            "share_near": pooled.estimate, "share_near_low": pooled.low, "share_near_high": pooled.high,
            "share_near_missing": pooled.missing,
        }  # fmt: skip
        near_text = (
            f" Over all places and days that they may have had, {pooled.estimate:.0%} lay that near (90 % interval "
            f"{pooled.low:.0%} to {pooled.high:.0%})."
        )
    reading = [
        f"The {counted(len(values), 'incident')} lay a median of {middle:,.0f} m from the front (range "
        f"{values.min():,.0f} to {values.max():,.0f} m; worst case of the median {numbers['bound_low']:,.0f} to "
        f"{numbers['bound_high']:,.0f} m), {details['n_near']:,} of them within {near_m:,.0f} m (layer "
        f"{sample.layer}).{near_text}"
    ]
    if left_out.any():
        verb = "was" if left_out.sum() == 1 else "were"
        reading.append(
            f"{counted(int(left_out.sum()), 'incident')} without a known day or place, or where the layer shows "
            f"nothing, {verb} left out."
        )
    # Nearer than others is a lower distance, and chance is asked for a higher value.
    chance, refusal = _front_chance(sample, placed, roles)
    if chance is None:
        details["refusal"] = refusal
        reading.append(refusal)
    else:
        numbers |= chance_numbers(chance)
        details["random_labelling"] = chance_details(chance)
        reading.append(
            f"The other attacks lay {-chance.expected:,.0f} m off in the mean, these {-chance.observed:,.0f} m; so "
            f"near a mean would come by random labelling with probability {chance.p_greater:.2g}."
        )
    reading.append("Nearness to a front does not show who attacked: fighting of any kind gathers there.")
    return Finding(
        **common, details=details, refused=chance is None, reading=" ".join(reading), roles=roles, numbers=numbers
    )


def _pooled_values(sample: Sample, placed: Placed, value: Any, shares: Reals) -> tuple[Reals, Mask]:
    """Values of the incidents used and of the comparable others, drawn together without their labels."""
    compared = sample.told_alike & sample.dated(sample.others) & sample.covered(sample.other_shares)
    everyone = placed.incidents.joined(sample.others.take(compared))
    return value(drawn(sample, everyone)).astype(np.float64), compared


def _front_chance(sample: Sample, placed: Placed, roles: dict[str, str]) -> tuple[LabelChance | None, str]:
    has_front = ~np.isnan(_front_m(sample, sample.others)[0])
    compared = sample.told_alike & sample.dated(sample.others) & has_front & sample.covered(sample.other_shares)
    everyone = placed.incidents.joined(sample.others.take(compared))
    metres = -_front_m_of(sample, drawn(sample, everyone))
    # A draw on a day without a front takes the incident's mean over the other draws.
    known = ~np.isnan(metres)
    mean = np.where(known, metres, 0.0).sum(axis=1) / np.maximum(known.sum(axis=1), 1)
    return against_others(sample, placed.used, (np.where(known, metres, mean[:, None]), compared), roles)


def _may_be(sample: Sample, placed: Placed, party: str) -> tuple[Mask, Mask]:
    """Whether each incident may lie on the party's ground, and whether it surely does: by its disc, and by every draw.

    Ground that is contested or not covered may be anyone's.
    """
    shares = sample.shares
    share = np.nan_to_num(sample.share_of(party))
    open_ground = np.nan_to_num(sample.share_of(CONTESTED) + sample.share_of(UNKNOWN))
    may_be, wholly = share + open_ground > SURE, share >= 1.0 - SURE
    if placed.used.any():
        draws = placed.draws
        open_draws = draws.fell_on(CONTESTED) | ~draws.known
        may_be[placed.used] |= (draws.fell_on(party) | open_draws).any(axis=1)
        wholly[placed.used] &= draws.fell_on(party).all(axis=1)
    return may_be & ~np.isnan(shares[:, 0]), wholly


def _roles(incidents: Incidents, used: Mask, ambiguous: Mask) -> dict[str, str]:
    words = np.where(ambiguous, "ambiguous", np.where(used, "used", "refused"))
    return dict(zip(incidents.ids, words.tolist(), strict=True))


def _area_method(sample: Sample) -> str:
    layers = " and ".join([sample.layer, *(layer.name for layer in sample.also)])
    regions = len(sample.incidents.outlined)
    outlined = f"{counted(regions, 'place')} known only as a region: drawn from its outline. " if regions else ""
    return (
        f"Each incident is drawn {sample.weighing.draws} times from its disc and its days, and laid over the layer "
        f"{layers}, moved by what the case states as its error. {outlined}Places are drawn in proportion to where such "
        "incidents fall by area and distance from the front, which the incidents themselves show (data augmentation, "
        f"Tanner & Wong 1987). {UNIT_NOTE} The interval is Wilson's for a share (1927), widened by the variance "
        "between draws (Rubin 1987; Lott & Reiter 2020), and counts a salvo once. Worst case: every incident that is "
        "not wholly in or out of the area in every draw, or that could not be placed or dated, falls one way, then the "
        "other."
    )


def _layer_assumption(sample: Sample) -> str:
    doubt = sample.errors.get(sample.layer)
    if doubt is None or not (doubt.boundary_m or doubt.lag_days):
        return f"The layer {sample.layer} is right: the case states no error of it."
    return (
        f"The layer {sample.layer} is right to within {doubt.boundary_m:g} m (one standard deviation) and "
        f"{counted(doubt.lag_days, 'day')}, as the case states."
    )


def _area_details(sample: Sample, placed: Placed, inside: Mask, ambiguous: Mask) -> dict[str, Any]:
    incidents, shares = sample.incidents, sample.shares
    used = placed.used
    dated = sample.dated(incidents)
    named = [n for n, _ in enumerate(sample.control.columns) if (shares[used, n] > SURE).any()]
    rows = np.flatnonzero(used).tolist()
    listed = rows if len(rows) <= MOST_LISTED else []
    return {
        "share_of_incident": {
            incidents.ids[row]: {sample.control.columns[n]: float(shares[row, n]) for n in named} for row in listed
        },
        "mean_share": {sample.control.columns[n]: float(shares[used, n].mean()) for n in named},
        "n_wholly_in_losing_area": int(inside.sum()),
        "n_wholly_out": int(used.sum() - inside.sum() - ambiguous.sum()),
        "n_ambiguous": int(ambiguous.sum()),
        "ambiguous": _names(incidents, ambiguous),
        "not_dated_to_a_week": _names(incidents, ~dated),
        "not_placed": _names(incidents, ~incidents.located),
        "not_covered": _names(incidents, incidents.located & ~sample.covered(shares)),
        "places_without_area": int((~incidents.usable).sum()),
        "places_drawn_from_outlines": len(incidents.outlined),
    }


def _pooled_details(sample: Sample, placed: Placed, pooled: Pooled) -> dict[str, Any]:
    """How the estimate came about, and what stands beside it: even draws, and imprecise incidents dropped."""
    party = sample.weighing.losing
    even = placed.pooled(party, drawn(sample, placed.incidents, fitted=False))
    precise = (placed.incidents.radius_of <= PRECISE_M) & (placed.incidents.span_days == 1)
    details: dict[str, Any] = {
        "n_draws": sample.weighing.draws, "n_layers": 1 + len(sample.also), "n_independent": pooled.n,
        "variance_within": pooled.within, "variance_between_draws": pooled.between,
        "share_of_variance_by_imprecision": pooled.missing,
        "places_drawn_evenly": {"estimate": even.estimate, "low": even.low, "high": even.high},
    }  # fmt: skip
    if precise.any():
        share = float(np.nan_to_num(sample.share_of(party))[placed.used][precise].mean())
        low, high = wilson_interval(min(share, 1.0) * precise.sum(), int(precise.sum()))
        details["imprecise_dropped"] = {"n": int(precise.sum()), "estimate": share, "low": low, "high": high}
    if sample.also:
        names = (sample.layer, *(layer.name for layer in sample.also))
        hits = placed.draws.fell_on(party).mean(axis=0)
        details["share_by_layer"] = {
            name: float(hits[placed.draws.layer_no == number].mean()) for number, name in enumerate(names)
        }
    return details


def _nothing_used(sample: Sample) -> str:
    incidents = sample.incidents
    if not len(incidents):
        return f"The case holds no incident of {sample.event.title}, so there is nothing to count."
    undated = int((~sample.dated(incidents)).sum())
    unplaced = int((~incidents.located).sum())
    uncovered = int((incidents.located & ~sample.covered(sample.shares)).sum())
    return (
        f"None of {counted(len(incidents), 'incident')} could be used: {undated} not dated to a week, {unplaced} "
        f"without a usable place, {uncovered} on ground that the layer {sample.layer} does not cover (an incident may "
        "count more than once). This shows nothing for or against any account."
    )


def _front_m(sample: Sample, incidents: Incidents) -> tuple[Reals, Reals, Reals]:
    """Least distance over each incident's places; the same when each lies nearer, and farther, by its radius."""
    if sample.front is None:
        nothing = np.full(len(incidents), np.nan)
        return nothing, nothing, nothing
    days = incidents.date_start[incidents.owner]
    metres = sample.front.distances(incidents.lon, incidents.lat, days).front_m
    ends = (metres, np.maximum(0.0, metres - incidents.radius_m), metres + incidents.radius_m)
    nearest, nearer, farther = (incidents.at_places(one, "min") for one in ends)
    return nearest, nearer, farther


def _front_m_of(sample: Sample, draws: Draws) -> Reals:
    return front_metres(sample.front, draws.lon, draws.lat, draws.day, draws.spread)


def _listed(incidents: Incidents, values: Reals, some: Mask) -> dict[str, float]:
    """Value by incident, where they are few enough to list."""
    rows = np.flatnonzero(some).tolist()
    return {incidents.ids[row]: float(values[row]) for row in rows} if len(rows) <= MOST_LISTED else {}


def _names(incidents: Incidents, some: Mask) -> Sequence[str]:
    """Ids, the first of them where they are many."""
    return [incidents.ids[row] for row in np.flatnonzero(some)[:MOST_LISTED].tolist()]
