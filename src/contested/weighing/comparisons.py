"""Other kinds of chance: attacks where people live, on other days, or anywhere.

In: a :class:`~contested.weighing.sample.Sample`. Out: findings, each labelled with what it asks. Refuses: fewer than
ten dated and placed incidents (rotation: three, since every rotation is counted), a case that names no inhabited
places, a period of fewer than twenty days.

Random labelling (:mod:`contested.weighing.zones`) is the default null. These ask other questions: whether attacks
followed the people (places drawn in proportion to who lives there, on the attack's own days); whether it mattered on
which *days* these places were attacked (all days moved by one common offset, around the end of the period to its
beginning); and, for illustration only, whether attacks fell as if thrown on the map, which nobody believes: reports
come from where people and reporters are.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from contested.weighing.labels import find_episodes
from contested.weighing.nulls import SEED, TOLERANCE, sum_chance
from contested.weighing.sample import MIN_INCIDENTS, Days, Finding, Incidents, Reals, Sample, counted
from contested.weighing.spread import spread_over
from contested.weighing.zones import Placed, place_incidents

#: Fewest incidents for a rotation: every one is counted, so it is exact at any size; two have hardly an arrangement.
MIN_ROTATED = 3
#: Fewest days of a period: with fewer the smallest possible probability is above 0.05.
MIN_PERIOD_DAYS = 20
#: Look-ups made for all rotations together; more incidents take fewer draws, then fewer rotations.
MOST_LOOKUPS = 20_000_000
MOST_DISTANCES = 2_000_000
#: One of many variants of a finding makes so many times fewer.
BRIEF_SHARE = 5
#: Points by which the area of each day's map is measured: a share then comes out within 0.5 %.
AREA_POINTS = 10_000
#: Longitudes, latitudes and days, shape (offsets, n, m) → one number an offset.
Statistic = Callable[[Reals, Reals, Days], Reals]
#: Points looked up at a time.
MOST_AT_ONCE = 1 << 21


def area_against_people(sample: Sample) -> Finding:
    """Whether attacks fell in the losing party's area more than its people would make."""
    question = f"Did the attacks fall in the area held by {sample.losing} more often than its share of people?"
    null_model = (
        "each salvo falls on a random inhabited place of the region, in proportion to its people, on its own days; it "
        "asks whether attacks followed the people"
    )
    people = sample.population
    return _against_places(
        sample, "area_against_people", question, null_model,
        None if people is None else _shares_by_day(sample, people.lon, people.lat, people.people),
        "The counts of people are right for the days of the attacks; people who fled are counted where they lived.",
    )  # fmt: skip


def area_against_area(sample: Sample) -> Finding:
    """An illustration only: attacks thrown evenly on the map of the region."""
    question = f"Did the attacks fall in the area held by {sample.losing} more often than its share of the map?"
    null_model = (
        "an illustration, not a test: each salvo falls anywhere on the map of the region on its own days, which no "
        "attack does; reports come from where people and reporters are"
    )
    lon, lat = spread_over(sample.region, AREA_POINTS)
    return _against_places(
        sample, "area_against_area", question, null_model, _shares_by_day(sample, lon, lat, np.ones(len(lon))),
        "Attacks are as likely in an empty field as in a town. That is false; nothing should rest on this number.",
    )  # fmt: skip


def area_against_rotation(sample: Sample) -> Finding:
    """Whether the places were the losing party's on the days of the attacks rather than on other days."""
    placed = place_incidents(sample)
    party = sample.control.columns.index(sample.weighing.losing) if _shows(sample) else -1

    def statistic(lon: Reals, lat: Reals, day: Days) -> Reals:
        codes = sample.control.codes_on(lon.ravel(), lat.ravel(), day.ravel()).reshape(lon.shape)
        known = codes != len(sample.control.columns) - 1
        with np.errstate(invalid="ignore"):
            share: Reals = (codes == party).sum(axis=(1, 2)) / known.sum(axis=(1, 2))
        return share

    return _against_rotation(
        sample, placed, statistic, MOST_LOOKUPS, "area_against_rotation",
        (
            f"Were the places in the hands of {sample.losing} on the days of the attacks more than on other days?",
            f"share in the area of {sample.weighing.losing}", "lay in that area",
        ),
    )  # fmt: skip


def front_against_rotation(sample: Sample) -> Finding:
    """Whether the front was nearer to the places on the days of the attacks than on other days."""
    near_m = sample.weighing.near_front_m
    placed = place_incidents(sample)

    def statistic(lon: Reals, lat: Reals, day: Days) -> Reals:
        assert sample.front is not None
        metres = sample.front.distances(lon.ravel(), lat.ravel(), day.ravel()).front_m.reshape(lon.shape)
        known = (~np.isnan(metres)).sum(axis=(1, 2))
        with np.errstate(invalid="ignore"):
            share: Reals = (metres <= near_m).sum(axis=(1, 2)) / known
        return share

    return _against_rotation(
        sample, placed, statistic, MOST_DISTANCES, "front_against_rotation",
        (
            f"Was the front within {near_m:,.0f} m of the places on the days of the attacks more than on other days?",
            f"share within {near_m:g} m of the front", "lay that near the front",
        ),
    )  # fmt: skip


# ------------------------------------------------------------------------------------------------------ by places


def _shares_by_day(sample: Sample, lon: Reals, lat: Reals, weight: Reals) -> Reals:
    """Weight on the losing party's, the advancing party's and all known ground on each day of the period."""
    days = sample.period
    found = np.zeros((len(days), 3))
    step = max(1, MOST_AT_ONCE // max(1, len(lon)))
    columns = sample.control.columns
    wanted = [columns.index(name) if name in columns else -1 for name in _pair(sample)]
    for begin in range(0, len(days), step):
        some = days[begin : begin + step]
        codes = sample.control.codes_on(
            np.tile(lon, len(some)), np.tile(lat, len(some)), np.repeat(some, len(lon))
        ).reshape(len(some), len(lon))
        for column, code in enumerate(wanted):
            found[begin : begin + step, column] = (codes == code) @ weight
        found[begin : begin + step, 2] = (codes != len(columns) - 1) @ weight
    return found


def _against_places(
    sample: Sample, test: str, question: str, null_model: str, by_day: Reals | None, assumption: str
) -> Finding:
    """Findings of attacks against places; ``by_day`` is ``None`` where the case names no places."""
    placed = place_incidents(sample)
    incidents = placed.incidents
    common = _common(sample, placed, test, question, _PLACES_METHOD, (assumption, _SALVOS))
    known = np.zeros(len(incidents), dtype=bool)
    if by_day is None:
        refusal = "the case names no inhabited places: give [region] population in case.toml"
    else:
        expected = _mean_by_interval(by_day, sample.period, incidents)
        known = ~np.isnan(expected)
        refusal = _too_few(int(known.sum()), MIN_INCIDENTS)
    if by_day is None or known.sum() < MIN_INCIDENTS:
        return _not_compared(common, refusal)
    hits = placed.draws.fell_on(sample.weighing.losing)[known].sum(axis=0)
    _, first, sizes = np.unique(find_episodes(incidents)[known], return_index=True, return_counts=True)
    chance = sum_chance(hits, expected[known][first], sizes, SEED)
    share, mean = float(hits.mean() / known.sum()), float((expected[known][first] * sizes).sum() / known.sum())
    common["details"] |= {
        "observed": share, "expected": mean, "p_two_sided": chance.p_two_sided, "p_least": chance.p_least,
        "n_salvos": len(sizes), "counted": "all sums" if chance.seed is None else "sums drawn at random",
    }  # fmt: skip
    reading = (
        f"{share:.0%} of {counted(int(known.sum()), 'incident')} fell in the area held by {sample.losing}, where such "
        f"chance would put {mean:.0%} in the mean, and so many with probability {chance.p_greater:.2g} (layer "
        f"{sample.layer}). This does not show who attacked."
    )
    numbers = {
        "estimate": share, "unit": f"share of incidents in the area of {sample.weighing.losing}",
        "p_value": chance.p_greater, "null_model": null_model, "seed": SEED,
        "reporting_term": _break_even(sample, share, mean),
    }  # fmt: skip
    return Finding(**common, refused=False, reading=reading, numbers=numbers)


def _mean_by_interval(by_day: Reals, days: Days, incidents: Incidents) -> Reals:
    """Share of the losing party's ground over each incident's days, of known ground; NaN where no day has a map."""
    sums = np.concatenate([np.zeros((1, by_day.shape[1])), np.cumsum(by_day, axis=0)])
    if not len(days):
        return np.full(len(incidents), np.nan)
    first, last = (
        np.clip((ends - days[0]).astype(np.int64) + step, 0, len(days))
        for ends, step in ((incidents.date_start, 0), (incidents.date_end, 1))
    )
    held = sums[last] - sums[first]
    with np.errstate(invalid="ignore"):
        share: Reals = held[:, 0] / held[:, 2]
    return share


def _break_even(sample: Sample, observed: float, expected: float) -> str:
    """The relative chance of being reported at which such chance would give what was seen."""
    named = f"from the area of {sample.advancing}, relative to the area of {sample.losing}"
    if not 0.0 < expected < 1.0 or not 0.0 < observed < 1.0:
        return (
            f"Unequal chances of being reported {named}, would move this; the reporting term of area_shares holds here."
        )
    even = expected * (1.0 - observed) / (observed * (1.0 - expected))
    return (
        f"If the chance of being reported {named}, were {even:.2g}, such chance would give just the share that was "
        "seen, and nothing would follow. What measures that chance stands beside area_shares."
    )


# ---------------------------------------------------------------------------------------------------- by rotation


def told_period(sample: Sample) -> Days:
    """Days of the sample's period that incidents are told of; before and after them nobody knows what was attacked.

    From the first to the last incident of the event's datasets, of whatever kind, and on either side the mean gap
    between their episodes, by which the ends of evenly spread days fall short in the mean.
    """
    first, last, episodes = [], [], 0
    for incidents in (sample.incidents, sample.others.take(sample.told_alike)):
        dated = sample.dated(incidents)
        first.append(incidents.date_start[dated])
        last.append(incidents.date_end[dated])
        episodes += len(np.unique(find_episodes(incidents)[dated]))
    period = sample.period
    if episodes < 2:
        return period
    begin, end = np.concatenate(first).min(), np.concatenate(last).max()
    gap = np.timedelta64(round(int((end - begin).astype(int)) / (episodes - 1)), "D")
    told: Days = period[(period >= begin - gap) & (period <= end + gap)]
    return told


def _against_rotation(
    sample: Sample, placed: Placed, statistic: Statistic, budget: int, test: str, words: tuple[str, str, str]
) -> Finding:
    question, unit, where = words
    if "told period" not in sample.kept:
        sample.kept["told period"] = told_period(sample)
    incidents, days = placed.incidents, sample.kept["told period"]
    common = _common(sample, placed, test, question, _ROTATION_METHOD, (_STEADY, _SALVOS))
    refusal = None
    if not _shows(sample):
        refusal = f"the layer {sample.layer} never shows both {sample.advancing} and {sample.losing}"
    elif len(incidents) < MIN_ROTATED:
        refusal = _too_few(len(incidents), MIN_ROTATED)
    elif len(days) < MIN_PERIOD_DAYS:
        refusal = (
            f"the layer, the window and the days that incidents are told of share {counted(len(days), 'day')}, fewer "
            f"than {MIN_PERIOD_DAYS}"
        )
    if refusal is not None:
        return _not_compared(common, refusal)
    draws = placed.draws
    if sample.brief:
        budget //= BRIEF_SHARE
    some = int(np.clip(budget // (len(incidents) * len(days)), 1, draws.lon.shape[1]))
    take = np.linspace(0, draws.lon.shape[1] - 1, some).astype(int)
    rotations = max(MIN_PERIOD_DAYS, min(len(days), budget // (len(incidents) * some)))
    offsets = np.unique(np.linspace(0, len(days) - 1, rotations).astype(np.int64))
    lon, lat, day = (values[:, take] for values in (draws.lon, draws.lat, draws.day))
    position = (day - days[0]).astype(np.int64)
    inside = ((position >= 0) & (position < len(days))).all(axis=1)
    lon, lat, position = lon[inside], lat[inside], position[inside]
    found = np.empty(len(offsets))
    step = max(1, MOST_AT_ONCE // max(1, lon.size))
    for begin in range(0, len(offsets), step):
        moved = (position[None] + offsets[begin : begin + step, None, None]) % len(days)
        shape = moved.shape
        found[begin : begin + step] = statistic(np.broadcast_to(lon, shape), np.broadcast_to(lat, shape), days[moved])
    valid = ~np.isnan(found)
    if not inside.any() or not valid[0]:
        return _not_compared(common, "on these days the layer has no map")
    found = found[valid]
    p_value = float(np.mean(found >= found[0] - TOLERANCE))
    common["details"] |= {
        "observed": float(found[0]), "expected": float(found.mean()), "n_rotations": len(found), "n_draws": some,
        "p_less": float(np.mean(found <= found[0] + TOLERANCE)), "p_least": 1.0 / len(found),
        "n_within_period": int(inside.sum()),
    }  # fmt: skip
    reading = (
        f"On the days of the attacks {found[0]:.0%} {where}; with all days moved by one offset, {found.mean():.0%} in "
        f"the mean of {len(found):,} offsets, and at least as many in a share of {p_value:.2g} (layer {sample.layer}, "
        f"{counted(int(inside.sum()), 'incident')}). This does not show who attacked. Where a front only "
        "moves one way, any attacks that come early show this."
    )
    numbers = {
        "estimate": float(found[0]), "unit": unit, "p_value": p_value,
        "null_model": (
            "time rotation: places stay, and all days are moved by one offset, around the end of the period to its "
            "beginning; it asks whether places and days go together"
        ),
        "reporting_term": (
            "Places stay as they were reported, so what no place could report is no part of this; but if a place could "
            "report only while one party held it, that alone would give such a result."
        ),
    }  # fmt: skip
    return Finding(**common, refused=False, reading=reading, numbers=numbers)


# -------------------------------------------------------------------------------------------------------- in common

_PLACES_METHOD = (
    "The share of the losing party's area in the draws of the incidents (as in area_shares), against the sum of coins: "
    "each salvo falls in that area with the chance that the null gives on its days. All sums are counted up to 2,000 "
    "incidents (Poisson binomial distribution), drawn beyond; the probability is the mean over the draws."
)
_ROTATION_METHOD = (
    "The statistic on the attacks' own days against the same on days moved by every common offset within the period, "
    "turned around its end: the days that the layer and the case's window share and that incidents are told of (first "
    "to last of the event's datasets, and the mean gap on either side). The probability is the share of offsets with "
    "at least as high a value, no offset included. Many incidents take fewer draws and evenly spaced offsets."
)
_SALVOS = "Each salvo, incidents within a day and 5 km, is one independent event."
_STEADY = "Attacks and front have no trend of their own within the period; with one, this null is too easily rejected."
_NOTHING = "This shows nothing for or against any account."


def _common(
    sample: Sample, placed: Placed, test: str, question: str, method: str, assumptions: tuple[str, ...]
) -> dict[str, Any]:
    words = np.where(placed.used, "used", "refused")
    return {
        "test": test, "question": question, "n": int(placed.used.sum()), "method": method,
        "assumptions": (*assumptions, f"The layer {sample.layer} is right to within the error that the case states."),
        "details": {"n_left_out": int((~placed.used).sum())},
        "roles": dict(zip(sample.incidents.ids, words.tolist(), strict=True)),
    }  # fmt: skip


def _not_compared(common: dict[str, Any], why: str) -> Finding:
    refusal = f"Not compared: {why}."
    common["details"] |= {"refusal": refusal}
    return Finding(**common, refused=True, reading=f"{refusal} {_NOTHING}")


def _too_few(number: int, needed: int) -> str:
    return f"{counted(number, 'dated and placed incident')}, and this needs {needed}"


def _pair(sample: Sample) -> tuple[str, str]:
    return sample.weighing.losing, sample.weighing.advancing


def _shows(sample: Sample) -> bool:
    return set(_pair(sample)) <= set(sample.control.parties)
