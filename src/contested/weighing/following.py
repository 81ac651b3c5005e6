"""Do the attacks follow the order in which places fell, and did they move in the direction of the advance?

In: a :class:`~contested.weighing.sample.Sample`. Out: two findings. Refuses: fewer than three incidents (or, for the
order, whose places fell in the layer's period), or no order or direction among them. Both run below ten incidents,
because every order is counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from statistics import median
from typing import Any

import numpy as np

from contested.base.errors import WeighingError
from contested.territory.changes import next_change
from contested.weighing.direction import Directions, compare_directions
from contested.weighing.exposure import compare_ground
from contested.weighing.labels import find_episodes
from contested.weighing.nulls import BRIEF_DRAWS, DRAWS, Chance, kendall_tau_b, order_chance
from contested.weighing.sample import Finding, Incidents, Mask, Sample, counted

#: With two incidents the only orders are "same" and "reversed", each as likely as a coin's side.
MIN_ORDERED = 3

_METHOD = (
    "Kendall's tau-b between the first day of each attack and the day on which its place passed to the advancing "
    "party; of several places the one that fell first counts, and the result with the last is given beside it. "
    "Probability: the share of orders of the falls that agree as well, every order counted up to nine incidents, drawn "
    "beyond. A place can only fall after the attack on it, by the way the days are read; therefore only orders are "
    "counted in which that holds (Tsai 1990, quasi-independence), and the probability over all orders, which is too "
    "small, is given in the details."
)


def order_of_attacks_and_falls(sample: Sample) -> Finding:
    """Order of attacks against the order in which their places fell to the advancing party."""
    incidents = sample.incidents
    falls = _fall_days(sample, incidents)
    dated = sample.dated(incidents)
    order = np.lexsort((np.arange(len(incidents)), incidents.date_start.astype(np.int64)))
    used = [int(row) for row in order if dated[row] and incidents.ids[row] in falls]
    chosen = np.isin(np.arange(len(incidents)), used)
    roles = dict(zip(incidents.ids, np.where(chosen, "used", "refused").tolist(), strict=True))
    attacked = {incidents.ids[row]: incidents.date_start[row].item() for row in used}
    lead_days = {name: (falls[name][0] - day).days for name, day in attacked.items()}
    details: dict[str, Any] = {
        "attacked_on": {name: day.isoformat() for name, day in attacked.items()},
        "first_place_fell_on": {name: falls[name][0].isoformat() for name in attacked},
        "last_place_fell_on": {name: falls[name][1].isoformat() for name in attacked},
        "lead_days": lead_days,
        "median_lead_days": median(lead_days.values()) if lead_days else None,
        "not_dated_to_a_week": [incidents.ids[row] for row in np.flatnonzero(~dated).tolist()],
        "no_fall_in_the_layer": [incidents.ids[row] for row in np.flatnonzero(dated & ~chosen).tolist()],
    }
    common: dict[str, Any] = {
        "test": "order_of_attacks_and_falls",
        "question": f"Did the attacks come in the order in which {sample.advancing} took the places?",
        "n": len(used),
        "method": _METHOD,
        "assumptions": (
            f"The layer {sample.layer} has the days on which places fell in the right order.",
            "Each incident is one independent event, and neither attacks nor falls come in one wave of their own.",
            "Which attacks were reported does not depend on when their places fell.",
        ),
        "details": details,
        "roles": roles,
    }
    attacks = [day.toordinal() for day in attacked.values()]
    first = [falls[name][0].toordinal() for name in attacked]
    last = [falls[name][1].toordinal() for name in attacked]
    left_out = int((~chosen).sum())
    try:
        if len(used) < MIN_ORDERED:
            raise WeighingError(
                f"an order needs {MIN_ORDERED} incidents whose places fell, and there {_are(len(used))}"
            )
        tau, tau_last = kendall_tau_b(attacks, first), _tau(attacks, last)
        draws = BRIEF_DRAWS if sample.brief else DRAWS
        bound = order_chance(attacks, first, second_not_before_first=True, draws=draws)
        free = order_chance(attacks, first, draws=draws)
    except WeighingError as error:
        details["refusal"] = f"The order was not tested: {error}."
        reading = (
            f"The order was not tested: {error}. "
            f"{_left_out(left_out, sample)}This shows nothing for or against any account."
        )
        return Finding(**common, refused=True, reading=reading)
    details |= _chance_details(bound, free, tau_last)
    last_text = "With the last place of each in place of the first there is no order to compare. "
    if tau_last is not None:
        p_last = order_chance(attacks, last, second_not_before_first=True, draws=draws).p_greater
        details["p_value_with_last_fall"] = p_last
        last_text = (
            f"With the last place of each in place of the first, tau-b is {tau_last:.2f} and the share {p_last:.2g}. "
        )
    taus = [
        tau,
        *([tau_last] if tau_last is not None else []),
        *_taus_at_last_days(attacks, [incidents.date_end[row].item().toordinal() for row in used], first),
    ]
    numbers = {
        "estimate": tau, "bound_low": min(taus), "bound_high": max(taus), "unit": "Kendall's tau-b, -1 to 1",
        "p_value": bound.p_greater, "seed": bound.seed,
        "null_model": "the falls in any order in which no place falls before the attack on it, each equally likely",
        "reporting_term": (
            "If attacks were reported mainly from places that were about to be fought over, the two orders would agree "
            "whoever attacked; nothing in the case measures this."
        ),
    }  # fmt: skip
    return Finding(
        **common,
        refused=False,
        numbers=numbers,
        reading=_reading(sample, lead_days, tau, bound, last_text + _left_out(left_out, sample)),
    )


def _fall_days(sample: Sample, incidents: Incidents) -> dict[str, tuple[date, date]]:
    """First and last day on which a place of each incident passed to the advancing party, for those with one."""
    days, parties = next_change(sample.control, incidents.lon, incidents.lat, incidents.date_start[incidents.owner])
    fell: Mask = parties == sample.weighing.advancing
    found: dict[str, tuple[date, date]] = {}
    for owner, day in zip(incidents.owner[fell].tolist(), days[fell].tolist(), strict=True):
        name = incidents.ids[owner]
        first, last = found.get(name, (day, day))
        found[name] = (min(first, day), max(last, day))
    return found


def _tau(attacks: Sequence[int], falls: Sequence[int]) -> float | None:
    try:
        return kendall_tau_b(attacks, falls)
    except WeighingError:
        return None


def _taus_at_last_days(first: Sequence[int], latest: Sequence[int], falls: Sequence[int]) -> list[float]:
    """Tau when every attack lies on its last possible day, where that differs and leaves an order."""
    found = None if latest == first else _tau(latest, falls)
    return [] if found is None else [found]


def _chance_details(bound: Chance, free: Chance, tau_last: float | None) -> dict[str, Any]:
    return {
        "tau_with_last_fall": tau_last,
        "says_nothing_at": 0.0,
        "p_two_sided": bound.p_two_sided,
        "p_least": bound.p_least,
        "n_orders": bound.n_arrangements,
        "p_value_over_all_orders": free.p_greater,
        "p_two_sided_over_all_orders": free.p_two_sided,
        "n_all_orders": free.n_arrangements,
        "counted": "all orders" if bound.seed is None else "orders drawn at random",
    }


def _reading(sample: Sample, lead_days: dict[str, int], tau: float, bound: Chance, asides: str) -> str:
    leads = sorted(lead_days.values())
    if tau > 0:
        agrees = "Places attacked earlier tended to fall earlier"
    else:
        agrees = "Places attacked earlier did not tend to fall earlier"
    orders = "possible" if bound.seed is None else "drawn"
    smallest = "that these days allow" if bound.seed is None else "that so many draws can show"
    return (
        f"{agrees} (Kendall's tau-b {tau:.2f}, {counted(len(leads), 'incident')}, layer {sample.layer}): "
        f"the first place of each fell {leads[0]} to {leads[-1]} days after the attack, "
        f"{median(leads):g} in the middle. Of the {orders} orders in which no place "
        f"falls before the attack on it, {bound.n_arrangements:,} in number, a share of {bound.p_greater:.2g} agrees "
        f"as well (the smallest share {smallest} is {bound.p_least:.2g}). {asides}"
        f"An agreement fits attacks that went before the advance of {sample.advancing}; it does not show who "
        "attacked: fighting of every kind moves with a front, and a party that staged attacks could also have chosen "
        "places about to fall. It says little about any single incident."
    )


def _left_out(left_out: int, sample: Sample) -> str:
    if not left_out:
        return ""
    return (
        f"{counted(left_out, 'incident')} without a known day, or whose places did not pass to "
        f"{sample.advancing} while the layer lasts, {'is' if left_out == 1 else 'are'} left out. "
    )


def _are(number: int) -> str:
    return "is one" if number == 1 else f"are {number or 'none'}"


def directions(sample: Sample) -> Finding:
    """The direction in which the attacks moved against the direction of the advance."""
    common: dict[str, Any] = {
        "test": "directions",
        "question": f"Did the attacks move in the direction in which {sample.advancing} advanced?",
        "method": (
            "Direction: slope of position on day by least squares, of the places or squares of ground that passed to "
            "the advancing party, and of the first incident of each episode (attacks within a day and 5 km). "
            "Probability: the share of orders of the attacks' days, their places kept, with no larger an angle between "
            "the two; every order is counted up to nine, drawn beyond. Beside it Kendall's tau-b of the day of attack "
            "with the position along the axis of advance."
        ),
        "assumptions": (
            f"The layer {sample.layer} has the days on which ground fell in the right order.",
            "The advance had one direction; where it closed in from several sides, the axis is their mean and says "
            "little.",
            "Where attacks were reported did not itself move with the front.",
        ),
    }
    incidents = sample.incidents
    usable = np.flatnonzero(sample.dated(incidents) & incidents.located)
    # The first of each episode stands for it: a salvo is one choice of place and day.
    first = usable[np.unique(find_episodes(incidents)[usable], return_index=True)[1]]
    roles = dict(zip(incidents.ids, np.where(np.isin(np.arange(len(incidents)), first), "used", "refused").tolist(),
                     strict=True))  # fmt: skip
    try:
        ground = compare_ground(sample)
        day, cell = np.nonzero(ground.course.passes)
        places = incidents.at_places(incidents.lon, "first")[first], incidents.at_places(incidents.lat, "first")[first]
        falls = ground.panel.lon[cell], ground.panel.lat[cell], day
        found, latest = (
            compare_directions((*places, days[first].astype(np.int64)), falls)
            for days in (incidents.date_start, incidents.date_end)
        )
    except WeighingError as error:
        reading = f"The directions were not compared: {error}. This shows nothing for or against any account."
        return Finding(**common, n=len(first), refused=True, details={}, roles=roles, reading=reading)
    return Finding(
        **common, n=len(first), refused=False, details={**asdict(found), "says_nothing_at": 90.0}, roles=roles,
        numbers={
            "estimate": found.angle_deg, "bound_low": min(found.angle_deg, latest.angle_deg),
            "bound_high": max(found.angle_deg, latest.angle_deg),
            "unit": "degrees between the two directions, 0 to 180",
            "p_value": found.p_angle, "seed": found.seed,
            "null_model": "the days of the attacks in any order among their places, each equally likely",
            "reporting_term": (
                "If reporters followed the front, reported attacks would move with it whoever attacked; nothing in the "
                "case measures this."
            ),
        },
        reading=_direction_words(sample, found),
    )  # fmt: skip


def _direction_words(sample: Sample, found: Directions) -> str:
    tau = ""
    if found.tau_attacks is not None and found.p_attacks is not None:
        tau = (
            f" Kendall's tau-b of the day of attack with the position along the axis of the advance is "
            f"{found.tau_attacks:.2f} (share of orders with as high a one: {found.p_attacks:.2g})."
        )
    orders = "possible" if found.seed is None else "drawn"
    return (
        f"Ground passed to {sample.advancing} moving {compass(found.advance.bearing_deg)} (towards "
        f"{found.advance.bearing_deg:.0f} degrees, {found.advance.m_per_day:,.0f} m a day over "
        f"{counted(found.n_falls, 'place')}); the attacks moved {compass(found.attacks.bearing_deg)} (towards "
        f"{found.attacks.bearing_deg:.0f} degrees, {found.attacks.m_per_day:,.0f} m a day over "
        f"{counted(found.n_attacks, 'episode')}; layer {sample.layer}). The angle between is {found.angle_deg:.0f} "
        f"degrees; of all {orders} orders of the attacks' days a share of {found.p_angle:.2g} lies as near.{tau} "
        "Attacks that moved with the front fit attacks that were part of the advance; that does not show who attacked, "
        "since fighting of every kind moves with a front."
    )


def compass(bearing_deg: float) -> str:
    """A bearing in words.

    >>> compass(270.0), compass(20.0), compass(359.0)
    ('west', 'north', 'north')
    """
    names = ("north", "north-east", "east", "south-east", "south", "south-west", "west", "north-west")
    return names[round(bearing_deg / 45.0) % 8]
