"""In whose area the incidents lay, and how near the front.

In: a :class:`~contested.weighing.sample.Sample`. Out: findings. Refuses: a test against chance with
fewer than ten dated and placed incidents, or with nothing to compare with; counts, intervals and
worst-case bounds are printed all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from statistics import fmean, median
from typing import Any

from contested.base.errors import WeighingError
from contested.base.records import CONTESTED, UNKNOWN
from contested.weighing.nulls import Chance, label_chance, wilson_interval
from contested.weighing.reporting import reporting_term
from contested.weighing.sample import MIN_INCIDENTS, Finding, Incident, Sample, counted

#: A mean of shares closer than this to 0 or 1 is taken for it: sums of shares carry rounding.
SURE = 1e-9

_LABELLING = (
    "random labelling: places and days of all incidents stay, and which of them are of the event is shuffled "
    "among incidents of the same datasets and month"
)
_UNIT_NOTE = "The incident is the unit: the share of one with several places is the mean over them."


def area_shares(sample: Sample) -> Finding:
    """In whose area the incidents lay on their day.

    The estimate is the mean share of the losing party's area over dated incidents on covered
    ground, with Wilson's 90 % interval. The bounds let every ambiguous incident, and every one that
    could not be placed or dated, fall either way.
    """
    question = f"Did the attacks fall in the area held by {sample.losing}?"
    method = (
        "For each place, the share of its disc that lay in each party's area, averaged over the possible days. "
        f"{_UNIT_NOTE} 90 % Wilson interval for the mean share (Wilson 1927). "
        "Worst case: every incident that is not wholly in or wholly out of the area, or that could not be placed "
        "or dated, falls one way, then the other."
    )
    party = sample.weighing.losing
    used = [i for i in sample.incidents if i.dated and i.covered]
    left_out = [i for i in sample.incidents if not (i.dated and i.covered)]
    shares = {i.incident_id: i.share(party) for i in used}
    inside = [key for key, share in shares.items() if share >= 1.0 - SURE]
    # Ground that is contested or not covered may be anyone's, so it makes an incident ambiguous too.
    ambiguous = [i.incident_id for i in used if shares[i.incident_id] < 1.0 - SURE and _may_be(i, party) > SURE]
    roles = {i.incident_id: "ambiguous" if i.incident_id in ambiguous else "used" for i in used}
    roles |= {i.incident_id: "refused" for i in left_out}
    details = _area_details(sample, used, left_out, inside, ambiguous)
    common: dict[str, Any] = {
        "test": "area_shares", "question": question, "n": len(used), "method": method, "details": details,
        "assumptions": (
            f"The layer {sample.layer} is right to within each place's radius.",
            "Each incident is one independent event.",
            "Attacks in both areas are equally likely to be reported, or the reporting term says how far they are not.",
        ),
    }  # fmt: skip
    if not used:
        return Finding(**common, refused=True, reading=_nothing_used(sample, left_out), roles=roles)
    total = sum(shares.values())
    estimate = total / len(used)
    low, high = wilson_interval(min(total, float(len(used))), len(used))
    n_all = len(sample.incidents)
    numbers: dict[str, Any] = {
        "estimate": estimate, "low": low, "high": high, "unit": f"share of incidents in the area of {party}",
        "bound_low": len(inside) / n_all, "bound_high": (len(inside) + len(ambiguous) + len(left_out)) / n_all,
        "interval": "90 % Wilson interval",
    }  # fmt: skip
    in_either = total + sum(i.share(sample.weighing.advancing) for i in used)
    numbers["reporting_term"], details["reporting"] = reporting_term(sample, total, in_either)
    reading = [
        f"{len(inside)} of {counted(len(used), 'incident')} lay wholly in the area held by {sample.losing} on the day"
        + (f", {len(ambiguous)} partly or possibly" if ambiguous else "")
        + f" (layer {sample.layer}); the expected share is {estimate:.0%} (90 % interval {low:.0%} to {high:.0%}"
        f", worst case {numbers['bound_low']:.0%} to {numbers['bound_high']:.0%})."
    ]
    if left_out:
        reading.append(
            f"{counted(len(left_out), 'incident')} could not be placed or dated; the worst case counts them either way."
        )
    chance, refusal = _against_others(sample, used, lambda incident: incident.share(party), roles)
    if chance is None:
        reading.append(refusal)
    else:
        numbers |= {"p_value": chance.p_greater, "null_model": _LABELLING, "seed": chance.seed}
        reading.append(
            "If labels were handed out at random among the same datasets' incidents of the same month, so high a "
            f"share would come with probability {chance.p_greater:.2g}."
        )
    reading.append(
        f"This does not show who attacked: it shows whose ground was hit, and only as far as attacks on the ground of "
        f"{sample.advancing} would have been reported too."
    )
    return Finding(**common, refused=chance is None, reading=" ".join(reading), roles=roles, numbers=numbers)


def front_distances(sample: Sample) -> Finding:
    """How near the front the incidents lay: median, range, and share within the distance set in the case.

    The distance of an incident is the least over its places. The bounds move every place by its
    radius, towards the front and away from it.
    """
    near_m = sample.weighing.near_front_m
    method = (
        "Geodesic distance from each place to the nearest boundary between the two parties on the first day; of "
        "several places the nearest counts. Worst case: every place lies nearer, then farther, by its radius. "
        f"Near means within {near_m:g} m, set in the case before the result was seen."
    )
    distances = {i.incident_id: found for i in sample.incidents if i.dated and (found := _front_m(i)) is not None}
    roles = {i.incident_id: "used" if i.incident_id in distances else "refused" for i in sample.incidents}
    left_out = [i for i in sample.incidents if i.incident_id not in distances]
    common: dict[str, Any] = {
        "test": "front_distances",
        "question": f"How near the front between {sample.advancing} and {sample.losing} did the attacks fall?",
        "n": len(distances),
        "method": method,
        "assumptions": (
            f"The front of the layer {sample.layer} is right on the incident's first day.",
            "Each incident is one independent event.",
            "Attacks near the front and far from it are equally likely to be reported.",
        ),
    }
    details: dict[str, Any] = {
        "front_m": distances,
        "not_dated_or_no_front": sorted(i.incident_id for i in left_out),
        "near_front_m": near_m,
    }
    if not distances:
        nothing = (
            f"For none of {counted(len(sample.incidents), 'incident')} does the layer {sample.layer} give a day's "
            "front and a place, so the distance was not computed. This shows nothing for or against any account."
        )
        return Finding(**common, details=details, refused=True, reading=nothing, roles=roles)
    used = [i for i in sample.incidents if i.incident_id in distances]
    values = list(distances.values())
    near = sum(value <= near_m for value in values)
    near_low, near_high = wilson_interval(near, len(values))
    nearer, farther = zip(*(_front_bounds_m(i) for i in used), strict=True)
    details |= {
        "n_near": near,
        "share_near": near / len(values),
        "share_near_low": near_low,
        "share_near_high": near_high,
    }
    numbers: dict[str, Any] = {
        "estimate": median(values), "low": min(values), "high": max(values), "unit": "metres to the front, median",
        "interval": "range of the incidents", "bound_low": median(nearer), "bound_high": median(farther),
        "reporting_term": (
            "Reporters and rescuers may reach places near the front less, or more, than those behind it; nothing in "
            "the case measures which, and either would move the distances."
        ),
    }  # fmt: skip
    reading = [
        f"The {counted(len(values), 'incident')} lay a median of {median(values):,.0f} m from the front (range "
        f"{min(values):,.0f} to {max(values):,.0f} m; worst case of the median {numbers['bound_low']:,.0f} to "
        f"{numbers['bound_high']:,.0f} m), {near} of them within {near_m:,.0f} m (layer {sample.layer})."
    ]
    if left_out:
        reading.append(
            f"{counted(len(left_out), 'incident')} without a known day, place or front {_was(left_out)} left out."
        )
    # Nearer than others is a lower distance, and chance is asked for a higher value.
    chance, refusal = _against_others(sample, used, lambda incident: -(_front_m(incident) or 0.0), roles, _has_front)
    if chance is None:
        reading.append(refusal)
    else:
        numbers |= {"p_value": chance.p_greater, "null_model": _LABELLING, "seed": chance.seed}
        reading.append(f"So near a mean distance would come by such labelling with probability {chance.p_greater:.2g}.")
    reading.append("Nearness to a front does not show who attacked: fighting of any kind gathers there.")
    return Finding(
        **common, details=details, refused=chance is None, reading=" ".join(reading), roles=roles, numbers=numbers
    )


def _has_front(incident: Incident) -> bool:
    return _front_m(incident) is not None


def _covered(incident: Incident) -> bool:
    return incident.covered


def _against_others(
    sample: Sample,
    used: Sequence[Incident],
    value: Callable[[Incident], float],
    roles: dict[str, str],
    usable: Callable[[Incident], bool] = _covered,
) -> tuple[Chance | None, str]:
    """The event's incidents against others of the same datasets and month, or why that was refused."""
    if len(used) < MIN_INCIDENTS:
        verb = "is" if len(used) == 1 else "are"
        return None, (
            f"No test against chance was run: {counted(len(used), 'dated and placed incident')} {verb} fewer than the "
            f"{MIN_INCIDENTS} that one needs; so few show where they lay, not whether they lay there more than other "
            "attacks did."
        )
    others = [other for other in sample.others if other.dated and usable(other)]
    everyone = [*used, *others]
    strata = [f"{'+'.join(i.datasets)} {i.date_start:%Y-%m}" for i in everyone]
    try:
        chance = label_chance([value(i) for i in everyone], [True] * len(used) + [False] * len(others), strata)
    except WeighingError as error:
        return None, f"No test against chance was run: {error}."
    roles |= {other.incident_id: "compared" for other in others}
    return chance, ""


def _may_be(incident: Incident, party: str) -> float:
    return incident.share(party) + incident.share(CONTESTED) + incident.share(UNKNOWN)


def _area_details(
    sample: Sample,
    used: Sequence[Incident],
    left_out: Sequence[Incident],
    inside: Sequence[str],
    ambiguous: Sequence[str],
) -> dict[str, Any]:
    parties = sorted({party for incident in used for place in incident.located for party in place.shares})
    return {
        "share_of_incident": {i.incident_id: {party: i.share(party) for party in parties} for i in used},
        "mean_share": {party: fmean(i.share(party) for i in used) for party in parties},
        "n_wholly_in_losing_area": len(inside),
        "n_wholly_out": len(used) - len(inside) - len(ambiguous),
        "ambiguous": sorted(ambiguous),
        "not_dated_to_a_week": sorted(i.incident_id for i in left_out if not i.dated),
        "not_placed": sorted(i.incident_id for i in left_out if not i.located),
        "not_covered": sorted(i.incident_id for i in left_out if i.located and not i.covered),
        "places_without_area": sum(not place.shares for i in sample.incidents for place in i.places),
    }


def _nothing_used(sample: Sample, left_out: Sequence[Incident]) -> str:
    if not left_out:
        return f"The case holds no incident of {sample.event.title}, so there is nothing to count."
    undated = sum(not i.dated for i in left_out)
    unplaced = sum(not i.located for i in left_out)
    uncovered = sum(i.located != () and not i.covered for i in left_out)
    return (
        f"None of {counted(len(left_out), 'incident')} could be used: {undated} not dated to a week, {unplaced} "
        f"without a usable place, {uncovered} on ground that the layer {sample.layer} does not cover (an incident may "
        "count more than once). This shows nothing for or against any account."
    )


def _front_m(incident: Incident) -> float | None:
    found = [place.front_m for place in incident.places if place.front_m is not None]
    return min(found) if found else None


def _front_bounds_m(incident: Incident) -> tuple[float, float]:
    """Least distance over the places when each lies nearer, and when each lies farther, by its radius."""
    found = [(p.front_m, p.radius_m or 0.0) for p in incident.places if p.front_m is not None]
    return min(max(0.0, front_m - radius_m) for front_m, radius_m in found), min(f + r for f, r in found)


def _was(items: Sequence[object]) -> str:
    return "was" if len(items) == 1 else "were"
