"""Do the attacks come in salvos, closer in place and time than chance?

In: a :class:`~contested.weighing.sample.Sample`. Out: one finding. Refuses: fewer than three dated and placed
incidents, and those of which shuffled days change nothing. It runs below ten, because every order of days is counted.

The layer of control is not asked. What is found bears on the other tests: incidents of a salvo are no independent
events, which is why those tests shuffle episodes.

Days are shuffled within datasets and month, not within regions too as labels are elsewhere: a salvo that is alone in
its region and month would have nothing to be compared with.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np

from contested.base.errors import RecordError, WeighingError
from contested.base.places import geodesic_m
from contested.incidents.pairs import Placed, candidate_pairs
from contested.weighing.clustering import Interaction, Window, find_interaction, near_pairs
from contested.weighing.labels import EPISODE_DAYS, EPISODE_M, find_episodes
from contested.weighing.nulls import SEED
from contested.weighing.sample import Finding, Incidents, Sample, counted
from contested.weighing.spread import spread_points

#: Limits of distance and of days, fixed before any result: one point of a town or its next, and what one episode is;
#: neighbouring days to a week, the widest interval of an incident that counts as dated.
LIMITS_M = (1_000.0, EPISODE_M)
LIMITS_DAYS = (EPISODE_DAYS, 3, 7)
#: Draws of place and day, fewer for many incidents, since all arrangements are counted in each draw.
PLACE_DRAWS = 20
FEWEST_PLACE_DRAWS = 2
_PLACES_DRAWN = 40_000

#: Places are drawn on a sphere, up to 0.6 % farther than their radius.
_DRAWN_FARTHER = 1.01

_METHOD = (
    "Knox's count of pairs of incidents near in place and in time (1964), beside the counts of the same places with "
    "the days shuffled among incidents of the same datasets and month (Mantel 1967); every order counted up to nine "
    "incidents, drawn beyond. Places are drawn from their radius and days from their interval, and counts are means "
    "over these draws. The probability holds for all limits of metres and days together: each count is standardised, "
    "and the greatest is compared. Knox's Poisson probability, which takes pairs for independent and is too small "
    "where places crowd, is in the details for comparison."
)
_NULL = "days shuffled among incidents of the same datasets and month"


def salvos(sample: Sample) -> Finding:
    """Whether incidents near in place are also near in time, more often than with shuffled days."""
    dated, located = sample.dated(sample.incidents), sample.incidents.located
    used = sample.incidents.take(dated & located)
    kept = set(used.ids)
    details: dict[str, Any] = {
        "limits_m": LIMITS_M,
        "limits_days": LIMITS_DAYS,
        "n_episodes": len(np.unique(find_episodes(used))),
        "n_not_dated_to_a_week": int((~dated).sum()),
        "n_not_placed": int((~located).sum()),
    }
    common: dict[str, Any] = {
        "test": "salvos",
        "question": "Do the attacks come in salvos, closer in place and time than chance?",
        "n": len(used),
        "method": _METHOD,
        "assumptions": (
            "Within a source and month, an attack at one place is as likely on one day as on another; fighting that "
            "moves on from place to place within weeks is found as salvos too.",
            "One attack is one incident: two rows of one attack that were not linked look like a salvo.",
        ),
        "roles": {one: "used" if one in kept else "refused" for one in sample.incidents.ids},
    }
    try:
        found, draws = _interaction(used)
    except WeighingError as error:
        reading = (
            f"Salvos were not tested: {error}. {_left_out(sample, used)}This shows nothing for or against any account."
        )
        return Finding(**common, details=details, refused=True, reading=reading)
    window = next(one for one in found.windows if (one.within_m, one.within_days) == (EPISODE_M, EPISODE_DAYS))
    details |= {
        "windows": [asdict(one) for one in found.windows],
        "draws_of_place_and_day": draws,
        "p_over_draws": found.p_over_draws,
        "p_least": found.p_least,
        "n_arrangements": found.n_arrangements,
        "counted": "all orders" if found.seed is None else "orders drawn at random",
    }
    bound_low, bound_high = _bounds(used, len(sample.incidents) - len(used))
    numbers: dict[str, Any] = {
        "estimate": window.observed, "low": window.observed_low, "high": window.observed_high,
        "unit": f"pairs of incidents within {EPISODE_M:,.0f} m and {counted(EPISODE_DAYS, 'day')}",
        "interval": "range over the draws of place and day", "bound_low": bound_low, "bound_high": bound_high,
        "p_value": found.p_value, "seed": found.seed if draws == 1 else SEED, "null_model": _NULL,
        "reporting_term": (
            "Reports that come in bursts, as when a source visits one town for a week, make salvos of attacks that "
            "were none; shuffling within datasets and month takes out only what is slower than a month."
        ),
    }  # fmt: skip
    reading = _reading(found, window, (bound_low, bound_high), details["n_episodes"])
    return Finding(
        **common, details=details, refused=False, numbers=numbers,
        reading=reading + _left_out(sample, used) + _NOT_SHOWN,
    )  # fmt: skip


_NOT_SHOWN = (
    "A salvo does not show who attacked, nor that one hand planned it: one attack told in two rows, or a town whose "
    "attacks all bear its middle point, looks the same."
)


def _interaction(used: Incidents) -> tuple[Interaction, int]:
    """Knox's test, and over how many draws of place and day."""
    several = np.count_nonzero(used.usable) > len(used)
    drawn = several or bool((used.radius_of > 0).any() or (used.span_days > 1).any())
    draws = int(np.clip(_PLACES_DRAWN // max(1, len(used)), FEWEST_PLACE_DRAWS, PLACE_DRAWS)) if drawn else 1
    points = spread_points(used, draws, np.random.default_rng(SEED))
    months = used.date_start.astype("datetime64[M]")
    strata = [f"{'+'.join(names)} {month}" for names, month in zip(used.datasets, months, strict=True)]
    found = find_interaction(
        lambda draw: near_pairs(points.lon[:, draw], points.lat[:, draw], LIMITS_M),
        points.day.astype("datetime64[D]").astype(np.int64), LIMITS_DAYS, np.array(strata, dtype=str),
    )  # fmt: skip
    return found, draws


def _bounds(used: Incidents, left_out: int) -> tuple[int, int]:
    """Pairs within an episode's reach wherever and whenever the incidents were, and those that may be.

    Every pair with an incident that is left out may be one.
    """
    rows = np.flatnonzero(used.usable)
    owner = used.owner[rows]
    lon, lat, radius_m = used.lon[rows], used.lat[rows], used.radius_m[rows] * _DRAWN_FARTHER
    first, last = (days[owner].astype(np.int64) for days in (used.date_start, used.date_end))
    n = len(used)
    beside = left_out * n + left_out * (left_out - 1) // 2
    try:
        reach = Placed(lon, lat, radius_m + EPISODE_M / 2, first, last)
        near = candidate_pairs(reach, slack_m=0.0, slack_days=EPISODE_DAYS)
    except RecordError:  # more pairs than can be held: nothing is known of how many
        return 0, n * (n - 1) // 2 + beside
    one, other = near.left, near.right
    farthest = geodesic_m(lon[one], lat[one], lon[other], lat[other]) + radius_m[one] + radius_m[other]
    widest = np.maximum(last[one] - first[other], last[other] - first[one])
    sure = (farthest <= EPISODE_M) & (widest <= EPISODE_DAYS)
    keys = np.minimum(owner[one], owner[other]) * n + np.maximum(owner[one], owner[other])
    apart = owner[one] != owner[other]
    possible = len(np.unique(keys[apart]))
    # Of several places an incident may have been at any: all of them must be within reach.
    pairs, count = np.unique(keys[apart & sure], return_counts=True)
    places = np.bincount(owner, minlength=n)
    return int(np.count_nonzero(count == places[pairs // n] * places[pairs % n])), possible + beside


def _reading(found: Interaction, window: Window, bounds: tuple[int, int], episodes: int) -> str:
    pairs = found.n * (found.n - 1) // 2
    limits = f"{' and '.join(f'{m:,.0f}' for m in LIMITS_M)} m, {', '.join(map(str, LIMITS_DAYS))} days"
    if found.seed is None:
        orders = f"of the {found.n_arrangements:,} possible orders a share of {found.p_value:.2g}"
        least = f" (the smallest share that any order could have is {found.p_least:.2g})"
    else:
        orders = f"of {found.n_arrangements:,} drawn orders a share of {found.p_value:.2g}"
        least = ""
    more = "more" if window.observed > window.expected else "no more"
    return (
        f"Of {counted(pairs, 'pair')} of the {counted(found.n, 'incident')}, {window.observed:,.1f} lay within "
        f"{window.within_m:,.0f} m and {counted(window.within_days, 'day')} of each other (worst case {bounds[0]:,} to "
        f"{bounds[1]:,}): {more} than the "
        f"{window.expected:,.1f} that shuffled days give on average. Over all limits together ({limits}), {orders} has "
        f"so great an excess{least}. The incidents make {counted(episodes, 'episode')} (within a day and 5 km of the "
        "first); as far as attacks come in salvos they are no independent events, and so the other tests shuffle "
        "episodes, not rows. "
    )


def _left_out(sample: Sample, used: Incidents) -> str:
    missing = len(sample.incidents) - len(used)
    if not missing:
        return ""
    verb = "is" if missing == 1 else "are"
    return f"{counted(missing, 'incident')} without a known day or a usable place {verb} left out. "
