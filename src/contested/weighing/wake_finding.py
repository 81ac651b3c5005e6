"""Does more ground pass after the event's attacks than after other attacks of the same datasets?

In: a :class:`~contested.weighing.sample.Sample`. Out: one finding. Refuses: fewer than ten matched attacks of either
kind, counting each episode once.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np

from contested.base.errors import WeighingError
from contested.weighing.exposure import BANDS, MOST_DAYS, ComparedGround, compare_ground
from contested.weighing.labels import find_episodes, strata_of
from contested.weighing.losing_ground import finite, roles_of
from contested.weighing.neighbours import Spots
from contested.weighing.panel import square_keys
from contested.weighing.sample import MIN_INCIDENTS, Finding, Incidents, Mask, Sample, counted
from contested.weighing.wakes import Wake, WakeAttacks, WakeGrid, compare_wakes

#: Windows beside the one fixed in the case: days, and multiples of its distance.
DAYS = (7, 14, 28)
REACHES = (1.0, 2.0, 4.0)
#: Attacks in one square of so many of the largest reach, and four weeks, share their errors.
CLUSTER_REACHES = 2.0
CLUSTER_DAYS = 28

_METHOD = (
    "Matched wakes (Schutte & Donnay 2014): for each attack of the event, and each other attack of the same datasets, "
    "ground that passed to the advancing party within some days and metres before and after; the two kinds are matched "
    "by coarsened exact matching on what passed before, its trend, the distance to the front and whose ground it was; "
    "then what passed after is regressed on what passed before and the kind. Interval: errors clustered by ground and "
    "four weeks. Probability: labels drawn at random among attacks of one source, month and region, and adjusted for "
    "the windows looked at by the largest difference; the bounds are the effects of other windows. "
    "Attacks of one kind within a day and 5 km count once; wakes that run past the ends of the days observed are "
    "dropped."
)


def matched_wakes(sample: Sample) -> Finding:
    """What passed to the advancing party around the event's attacks, beside other attacks of the same datasets."""
    common: dict[str, Any] = {
        "test": "matched_wakes",
        "question": f"Did more ground pass to {sample.advancing} after these attacks than after others like them?",
        "method": _METHOD,
        "assumptions": (
            f"The layer {sample.layer} is as late for ground around these attacks as around others.",
            "Attacks matched on what passed before, on its trend, on the distance to the front and on whose ground it "
            "was are alike in all else that makes ground fall.",
            "The wakes of different attacks do not touch; how many do is printed.",
        ),
    }
    datasets = {name for names in sample.incidents.datasets for name in names}
    mine = _episodes_once(sample, sample.incidents)
    others = _episodes_once(sample, sample.others) & np.array(
        [bool(datasets & set(names)) for names in sample.others.datasets], dtype=bool
    )
    fixed = sample.weighing.fall_days, 0.0
    try:
        if min(mine.sum(), others.sum()) < MIN_INCIDENTS:
            raise WeighingError(
                f"there are {int(mine.sum())} episodes of the event and {int(others.sum())} others of the same "
                f"datasets, known to a day or two and a place; the test needs {MIN_INCIDENTS} of each"
            )
        ground = compare_ground(sample)
        fixed = sample.weighing.fall_days, max(sample.weighing.near_front_m, ground.panel.cell_m)
        grid = _compare(sample, ground, (mine, others), fixed)
        wake = grid.at(*fixed)
        if min(wake.n_treated, wake.n_control) < MIN_INCIDENTS:
            raise WeighingError(
                f"in the window fixed in the case {wake.n_treated} attacks of the event are matched with "
                f"{wake.n_control} others; the test needs {MIN_INCIDENTS} of each"
            )
    except WeighingError as error:
        reading = f"Not tested: {error}. This shows nothing for or against any account."
        return Finding(
            **common, n=int(mine.sum()), refused=True, reading=reading, roles=roles_of(sample, np.flatnonzero(mine)),
            details={"episodes": int(mine.sum()), "episodes_of_others": int(others.sum())},
        )  # fmt: skip
    roles = roles_of(sample, np.flatnonzero(mine))
    roles |= {sample.others.ids[row]: "compared" for row in np.flatnonzero(others).tolist()}
    effects = [one.effect for one in grid.wakes if np.isfinite(one.effect)]
    numbers: dict[str, Any] = {
        "estimate": wake.effect, "bound_low": min(effects), "bound_high": max(effects),
        "low": finite(wake.low), "high": finite(wake.high), "p_value": wake.p_adjusted,
        "unit": "cells or places more that passed after an attack of the event than after a matched other",
        "seed": grid.seed, "null_model": "labels at random among attacks of one source, month and region",
        "reporting_term": (
            "Both kinds come from the same datasets, so that unequal reporting of places is the same for both; it is "
            "not where the event's attacks are reported from further away, or sooner, than others."
        ),
    }  # fmt: skip
    if numbers["low"] is not None:
        numbers["interval"] = "90 %, clustered by ground and four weeks"
    details = {
        "says_nothing_at": 0.0,
        "window": {"days": fixed[0], "metres": fixed[1]}, "draws": grid.draws,
        "windows": [{name: _plain(value) for name, value in asdict(one).items()} for one in grid.wakes],
        "n_windows": len(grid.wakes), "episodes": int(mine.sum()), "episodes_of_others": int(others.sum()),
    }  # fmt: skip
    return Finding(
        **common, n=int(mine.sum()), refused=False, numbers=numbers, details=details, roles=roles,
        reading=_reading(sample, wake, grid),
    )  # fmt: skip


def _episodes_once(sample: Sample, incidents: Incidents) -> Mask:
    """The first of each episode, of incidents known to a day or two and to the distance fixed in the case."""
    with np.errstate(invalid="ignore"):
        exact = incidents.radius_of <= max(sample.weighing.near_front_m, sample.weighing.cell_m or 0.0)
    known = np.flatnonzero(exact & (incidents.span_days <= MOST_DAYS))
    chosen = np.zeros(len(incidents), dtype=bool)
    chosen[known[np.unique(find_episodes(incidents)[known], return_index=True)[1]]] = True
    return chosen


def _compare(sample: Sample, ground: ComparedGround, chosen: tuple[Mask, Mask], fixed: tuple[int, float]) -> WakeGrid:
    everyone = sample.incidents.take(chosen[0]).joined(sample.others.take(chosen[1]))
    lon, lat = (everyone.at_places(values, "first") for values in (everyone.lon, everyone.lat))
    days = everyone.date_end
    panel = ground.panel
    front = sample.front
    assert front is not None  # a panel stands, so the layer shows both parties
    metres = front.distances(lon, lat, days).front_m
    band = np.where(np.isnan(metres), -1, np.searchsorted(np.array(BANDS) * sample.weighing.near_front_m, metres))
    holder = sample.control.codes_on(lon, lat, days).astype(np.int64)
    day = panel.day_numbers(days)
    reaches = sorted({fixed[1] * times for times in REACHES})
    square = square_keys(lon, lat, CLUSTER_REACHES * reaches[-1], panel.middle)
    attacks = WakeAttacks(
        Spots.of(lon, lat, day), np.arange(len(everyone)) < chosen[0].sum(), strata_of(everyone, sample.event_datasets),
        np.unique(np.stack([square, day // CLUSTER_DAYS]), axis=1, return_inverse=True)[1].reshape(-1),
        np.column_stack([band, holder]),
    )  # fmt: skip
    on, cell = np.nonzero(ground.course.passes)
    dependent = Spots(panel.spots.metres[cell], on.astype(np.int64))
    return compare_wakes(attacks, dependent, (0, len(panel.days) - 1), sorted({*DAYS, fixed[0]}), reaches)


def _plain(value: float) -> float | None:
    return finite(value) if isinstance(value, float) else value


def _reading(sample: Sample, wake: Wake, grid: WakeGrid) -> str:
    interval = f" (90 % interval {wake.low:+.2f} to {wake.high:+.2f})" if np.isfinite(wake.low) else ""
    if wake.p_adjusted > 0.05:
        told = "a difference of this size is within what chance gives"
    elif wake.effect > 0:
        told = f"more ground passed to {sample.advancing} after these attacks than after others like them"
    else:
        told = f"less ground passed to {sample.advancing} after these attacks than after others like them"
    return (
        f"Within {counted(wake.days, 'day')} and {wake.reach_m:,.0f} m after {counted(wake.n_treated, 'attack')} of "
        f"the event, {wake.effect:+.2f} cells or places passed to {sample.advancing} beyond what passed after "
        f"{counted(wake.n_control, 'matched other attack')}{interval}; {told} (chance of as large a difference in any "
        f"of {len(grid.wakes)} windows: {wake.p_adjusted:.2g}; in this one: {wake.p_value:.2g}; layer {sample.layer}). "
        f"Not matched: {wake.n_pruned:,}; with wakes past the ends: {wake.n_cut:,}. In {wake.same_overlap:.0%} another "
        f"attack of the same kind lies in the window and in {wake.other_overlap:.0%} one of the other kind, so their "
        "wakes are not apart. A difference fits attacks that were chosen with the advance in mind better than attacks "
        "apart from it; it does not show who attacked, or that the attacks made the ground fall."
    )
