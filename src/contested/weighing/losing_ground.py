"""Are attacked places lost more often than others, and was the ground around them already being taken?

In: a :class:`~contested.weighing.sample.Sample`. Out: two findings. Refuses: incidents of which none can be matched
with ground as near to the front; and a curve or an interval from fewer than ten.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from contested.base.errors import WeighingError
from contested.weighing.event_study import EventStudy, event_study
from contested.weighing.exposure import (
    BANDS,
    ComparedGround,
    attacks_on,
    compare_ground,
    distance_bands,
    hazard_setting,
    sample_panel,
    told_by_episodes,
    told_ground,
    with_moves,
)
from contested.weighing.hazard import CENSORED, Attacks, HazardRatio, hazard_ratio
from contested.weighing.nulls import SEED
from contested.weighing.panel import follow_course
from contested.weighing.placebos import Rotations, reversed_order, rotate_dates
from contested.weighing.sample import Finding, Sample, counted

#: Other lengths of time in which a place may have fallen, days, that are printed beside the one fixed in the case.
OTHER_DAYS = (7, 14, 28)
#: Fewest turns of the days, the observed one among them, of which a share says something: one in twenty.
MIN_TURNS = 20
#: Chance at or below which a result is told as one; beside it always stands the chance itself.
TOLD_AT = 0.05
#: Cells in which other fronts are looked at: a placebo needs no finer ground.
PLACEBO_CELLS = 4_000

_REPORTING = (
    "If attacks were reported mainly from places about to be fought over, attacked places would be seen to fall more "
    "often whoever attacked; nothing in the case measures this beyond the other attacks of the same sources, which are "
    "put in the attacks' place below."
)
_NOT_SHOWN = (
    "A raised risk fits attacks that were part of the advance better than attacks by rogue units, by accident or "
    "staged by the other side; it does not show who attacked, since a party that staged attacks could also have chosen "
    "places about to fall. It says little about any single incident."
)
_HAZARD_METHOD = (
    "Each attacked cell is set against cells that the losing party still held on the same day, in the same band of "
    "distance to the front, the same class of other attacks within two cells and the same class of ground that the "
    "advancing party took within four cells in the 14 days before. Left out on both sides are cells attacked in the 28 "
    "days before, and cells beyond the ground that incidents are told of from (Ripley & Rasson's estimate, from the "
    "convex hull of all episodes). Risk ratio of passing to the advancing party: Mantel-Haenszel over strata. "
    "Interval: bootstrap of blocks of ground and four weeks. Probability: exact, the falls if each episode (attacks "
    "within a day and 5 km) had fallen, its cells together, on a random one of its matched places. Attacks known to "
    "more than two days, or less exactly than a cell, are left out."
)
_STUDY_METHOD = (
    "For matched attacked cells and 25 cells drawn from the matches of each, the share of the ground within two cells' "
    "sides that the advancing party held is followed before and after, less that on the day itself; the curve is the "
    "mean of attacked less compared. Bands: bootstrap of blocks of ground and four weeks, pointwise and for all days "
    "at once (largest studentised difference)."
)


def loss_after_attack(sample: Sample) -> Finding:
    """Risk that an attacked place falls within some days, against places as near to the front; with placebos."""
    within = sample.weighing.fall_days
    common: dict[str, Any] = {
        "test": "loss_after_attack",
        "question": (
            f"Did attacked places pass to {sample.advancing} more often within {counted(within, 'day')} than others as "
            "near to the front?"
        ),
        "method": _HAZARD_METHOD,
        "assumptions": (
            f"The layer {sample.layer} has the days on which ground fell, and is as late for attacked ground as for "
            "other ground.",
            "Places in one band of distance, on one day, with as many other attacks and as much ground taken near by "
            "before, were as likely to fall, and could as well have been attacked.",
            "Which attacks were reported does not depend on whether their places fell.",
        ),
    }
    try:
        ground = compare_ground(sample)
        result = hazard_ratio(ground.setting(within), ground.attacks)
    except WeighingError as error:
        return _refused(sample, common, str(error))
    details = _hazard_details(sample, ground, result)
    details["says_nothing_at"] = 1.0
    if not sample.brief:
        details["placebos"] = _placebos(sample, ground)
    used = np.unique(result.used.incident)
    numbers: dict[str, Any] = {
        "estimate": finite(result.ratio), "low": finite(result.low), "high": finite(result.high),
        "unit": "risk ratio, attacked over matched places", "p_value": result.p_greater,
        **_ratio_bounds(result, result.left_out[CENSORED] + int((~ground.known).sum())),
        "seed": SEED if result.drawn or math.isfinite(result.low) else None,
        "null_model": "each episode of attacks on a random one of its matched places on the same day",
        "reporting_term": _REPORTING,
    }  # fmt: skip
    if math.isfinite(result.low):
        numbers["interval"] = f"90 %, bootstrap of {result.n_blocks} blocks of ground and four weeks"
    return Finding(
        **common, n=len(used), refused=False, details=details, roles=roles_of(sample, used), numbers=numbers,
        reading=_hazard_reading(sample, result, details, len(sample.incidents) - len(used)),
    )  # fmt: skip


def before_and_after(sample: Sample) -> Finding:
    """The ground around attacked places in the weeks before and after, beside that around matched places."""
    common: dict[str, Any] = {
        "test": "before_and_after",
        "question": f"Was the ground around attacked places already passing to {sample.advancing} before the attack?",
        "method": _STUDY_METHOD,
        "assumptions": (
            f"The layer {sample.layer} is as late for the ground around attacked places as for other ground.",
            "Without the attack, the ground around attacked and matched places would have passed alike.",
        ),
    }
    try:
        ground = compare_ground(sample)
        # Matched by what was taken before, the curve would be flat there by itself.
        setting = ground.setting(sample.weighing.fall_days, by_moves=False)
        rows = hazard_ratio(setting, ground.attacks).used
        gainer = ground.panel.column(sample.weighing.advancing)
        study = event_study(setting, gainer, rows, ground.ring_m)
        rest = None if sample.brief else _without_own_cell(setting, gainer, rows, ground.ring_m)
    except WeighingError as error:
        return _refused(sample, common, str(error))
    used = np.unique(rows.incident)
    # Worst case: around every attack that could not be followed, all ground was kept, or all was taken.
    unknown = study.n_left_out + int((~ground.known).sum())
    details: dict[str, Any] = {
        "says_nothing_at": 0.0,
        "series": series_of(study), "ring_m": ground.ring_m, "cell_m": ground.panel.cell_m, "n_cells": study.n,
        "n_blocks": study.n_blocks, "n_left_out": study.n_left_out, "share_with_shared_rings": study.shared_rings,
        "rise_before": study.before, "rises_before": study.rises_before, "rises_after": study.rises_after,
        "without_the_attacked_cell": None if rest is None else {"rise_before": rest.before, "rise_after": rest.after},
    }  # fmt: skip
    numbers: dict[str, Any] = {
        "estimate": study.after, "bound_low": (study.after * study.n - unknown) / (study.n + unknown),
        "bound_high": (study.after * study.n + unknown) / (study.n + unknown),
        "low": finite(study.low[-1]), "high": finite(study.high[-1]), "seed": SEED,
        "unit": f"share of the ground around, attacked less matched, {study.day[-1]} days after",
        "reporting_term": _REPORTING,
    }  # fmt: skip
    if numbers["low"] is not None:
        numbers["interval"] = f"90 %, bootstrap of {study.n_blocks} blocks of ground and four weeks"
    return Finding(
        **common, n=len(used), refused=False, details=details, roles=roles_of(sample, used), numbers=numbers,
        reading=_study_reading(sample, study),
    )  # fmt: skip


def finite(value: float) -> float | None:
    """The number, or nothing where it is infinite or none."""
    return float(value) if math.isfinite(value) else None


def roles_of(sample: Sample, used: Any) -> dict[str, str]:
    """Role of each incident of the event: used, by number, or refused."""
    chosen = np.isin(np.arange(len(sample.incidents)), used)
    return dict(zip(sample.incidents.ids, np.where(chosen, "used", "refused").tolist(), strict=True))


def series_of(study: EventStudy) -> dict[str, list[float | None]]:
    """The curve as lists, for pages and files."""
    names = ("day", "difference", "attacked", "compared", "low", "high", "band_low", "band_high")
    return {name: [finite(round(float(one), 5)) for one in getattr(study, name)] for name in names}


def _refused(sample: Sample, common: dict[str, Any], why: str) -> Finding:
    reading = (
        f"Not tested: {why}. The event has {counted(len(sample.incidents), 'incident')}. This shows nothing for or "
        "against any account."
    )
    details = {"n_incidents": len(sample.incidents)}
    return Finding(**common, n=0, refused=True, reading=reading, details=details, roles=roles_of(sample, []))


def _without_own_cell(setting: Any, gainer: int, rows: Attacks, ring_m: float) -> EventStudy | None:
    try:
        return event_study(setting, gainer, rows, ring_m, own_cell=False)
    except WeighingError:
        return None


def _hazard_details(sample: Sample, ground: ComparedGround, result: HazardRatio) -> dict[str, Any]:
    inside = (ground.attacks.cell >= 0) & (ground.attacks.day >= 0) & (ground.attacks.day < len(ground.panel.days))
    fell = ground.course.passes[ground.attacks.day[inside], ground.attacks.cell[inside]]
    others = {
        f"within_{days}_days": _attempt(partial(_ratio_within, ground, days))
        for days in OTHER_DAYS if days != sample.weighing.fall_days
    }  # fmt: skip
    every = ground.setting(sample.weighing.fall_days, quiet=False)
    return {
        **shown(result),
        "fall_days": sample.weighing.fall_days,
        "cell_m": ground.panel.cell_m,
        "cells": ground.panel.n_cells,
        "cells_are": "places of the layer" if ground.panel.areas else "squares",
        "days": len(ground.panel.days),
        "n_compared_cell_days": result.n_compared,
        "left_out": result.left_out,
        "not_known_to_a_cell_and_a_day": [sample.incidents.ids[row] for row in np.flatnonzero(~ground.known).tolist()],
        "fell_on_the_day_itself": int(fell.sum()),
        "other_times": others,
        "every_attack": _attempt(lambda: hazard_ratio(every, ground.attacks)),
    }


def _ratio_within(ground: ComparedGround, days: int) -> HazardRatio:
    return hazard_ratio(ground.setting(days), ground.attacks)


def shown(result: HazardRatio) -> dict[str, Any]:
    """The numbers of a ratio for details and placebos."""
    return {
        "risk_ratio": finite(result.ratio), "low": finite(result.low), "high": finite(result.high),
        "attacked_cells": result.n, "episodes": result.n_episodes, "blocks": result.n_blocks, "fell": result.falls,
        "would_fall_by_chance": result.expected, "by_chance_5th": result.chance_low,
        "by_chance_95th": result.chance_high, "p_greater": result.p_greater, "p_less": result.p_less,
        "p_two_sided": result.p_two_sided, "p_least": result.p_least,
    }  # fmt: skip


def _attempt(run: Callable[[], HazardRatio]) -> dict[str, Any]:
    """The result, or why it was refused."""
    try:
        return shown(run())
    except WeighingError as error:
        return {"refused": str(error)}


def _placebos(sample: Sample, ground: ComparedGround) -> dict[str, Any]:
    """What should show nothing, each with its result or the reason why it was refused."""
    within = sample.weighing.fall_days
    # Asked what was taken before, places must not be matched by it.
    unmatched = ground.setting(within, by_moves=False)
    # Turned onto other days, places meet no weeks of their own before; so none are left out on either side.
    turned = rotate_dates(ground.setting(within, quiet=False), ground.attacks)
    advancing, losing = sample.weighing.advancing, sample.weighing.losing
    back = follow_course(ground.panel, advancing, losing)

    def swapped() -> HazardRatio:
        classes = with_moves(ground.panel, back, ground.classes)
        return hazard_ratio(hazard_setting(ground.panel, back, ground.attacks, classes, within), ground.attacks)

    def other_kinds() -> HazardRatio:
        return hazard_ratio(
            hazard_setting(ground.panel, ground.course, ground.other_attacks, ground.classes_with_moves, within),
            ground.other_attacks,
        )

    return {
        "rotated_dates": _turned_words(turned),
        "other_attacks": _attempt(other_kinds),
        "other_fronts": {
            sample.names.get(party, party): _attempt(partial(_other_front, sample, party))
            for party in sample.control.parties if party not in (advancing, losing)
        } or {"refused": "the layer shows no third party"},
        "ground_lost_before_attacks": _attempt(
            lambda: hazard_ratio(reversed_order(unmatched, ground.course, within, ground.ring_m), ground.attacks)
        ),
        "swapped_sides": _attempt(swapped),
    }  # fmt: skip


def _turned_words(turned: Rotations | None) -> dict[str, Any]:
    if turned is None:
        return {"refused": "no attacked place on the days compared could have fallen otherwise than it did"}
    if turned.n_turns < MIN_TURNS:
        return {"refused": f"only {turned.n_turns} turns of the days land where as much fell; it needs {MIN_TURNS}"}
    return {"p_greater": turned.p_greater, "turns": turned.n_turns, "score": float(turned.score[0])}


def _other_front(sample: Sample, party: str) -> HazardRatio:
    """The attacks against losses of the losing party to a third one, at the front between these two."""
    pair = (party, sample.weighing.losing)
    panel = sample_panel(sample, pair, PLACEBO_CELLS)
    told = told_by_episodes(sample)
    attacks, _ = attacks_on(panel, *told[0])
    bands = distance_bands(panel, sample.weighing.near_front_m, told_ground(panel, told))
    # Places far from that front are no placebo for it.
    bands[bands == len(BANDS)] = -1
    classes = bands, np.zeros(panel.codes.shape, dtype=np.int8)
    course = follow_course(panel, sample.weighing.losing, party)
    classes = with_moves(panel, course, classes)
    return hazard_ratio(hazard_setting(panel, course, attacks, classes, sample.weighing.fall_days), attacks)


def _hazard_reading(sample: Sample, result: HazardRatio, details: dict[str, Any], n_left: int) -> str:
    within = counted(sample.weighing.fall_days, "day")
    words = [
        f"Of {counted(result.n, 'attacked place')} that {sample.losing} still held, {result.falls} passed to "
        f"{sample.advancing} within {within}; had the attacks fallen at random among these and the places as near to "
        f"the front on the same days, {result.expected:.1f} would have, and {result.chance_low} to "
        f"{result.chance_high} by chance (90 %; layer {sample.layer})."
    ]
    if math.isfinite(result.ratio):
        interval = ""
        if math.isfinite(result.low):
            high = f"{result.high:.2g}" if math.isfinite(result.high) else "any number"
            interval = f" (90 % interval {result.low:.2g} to {high})"
        words.append(f"The risk of falling was {result.ratio:.2g} times that of matched places{interval}.")
    elif math.isnan(result.ratio):
        words.append("Neither attacked nor matched places fell, so there is no ratio of risks.")
    else:
        words.append("No matched place fell, so the ratio of risks has no upper end.")
    chance = f"if each attack had fallen on a random one of its matched places, in a share of {result.p_greater:.2g}"
    if result.p_greater <= TOLD_AT:
        words.append(f"So many falls come by chance alone, {chance} of cases.")
    elif result.p_less <= TOLD_AT:
        words.append(
            f"That is fewer than chance alone gives (share of cases with so few: {result.p_less:.2g}), and does not "
            f"fit attacks on places that {sample.advancing} was about to take."
        )
    else:
        words.append(f"As many falls or more come, {chance} of cases: the pattern is within what chance gives.")
    smallest = f"{result.p_least:.2g}"
    if result.p_greater > TOLD_AT and result.p_least > TOLD_AT:
        words.append(f"These few could not have shown more: the smallest share that can come is {smallest}.")
    words.append(_every_words(details["every_attack"]))
    if "placebos" in details:
        words.append(_placebo_words(details["placebos"]))
    if n_left:
        words.append(
            f"{counted(n_left, 'incident')} could not be matched, or {'is' if n_left == 1 else 'are'} not known to a "
            "place and a day."
        )
    words.append(_NOT_SHOWN)
    return " ".join(word for word in words if word)


def _ratio_bounds(result: HazardRatio, unknown: int) -> dict[str, float | None]:
    """The ratio if every attack of which nobody knows what followed had lain among the matched, and held or fallen."""
    if not math.isfinite(result.ratio):
        return {}
    below = result.matched * (1 + unknown / result.n)
    above = result.ratio * result.matched
    return {"bound_low": above / below, "bound_high": (above + unknown) / below}


def _every_words(every: dict[str, Any]) -> str:
    """Repeated attacks too: the ratio and its interval hold, the exact chance does not."""
    if "refused" in every or every["risk_ratio"] is None:
        return ""
    interval = "too few blocks for an interval"
    if every["low"] is not None and every["high"] is not None:
        interval = f"90 % interval {every['low']:.2g} to {every['high']:.2g}"
    return (
        f"Those are first attacks on places quiet for four weeks. With repeated attacks too, {every['fell']} of "
        f"{every['attacked_cells']} fell, {every['risk_ratio']:.2g} times as many as of matched places ({interval})."
    )


def _placebo_words(placebos: dict[str, Any]) -> str:
    """The placebos in one sentence; where nothing should be found, a raised risk is told too."""
    told = []
    turned = placebos["rotated_dates"]
    first = ""
    if "refused" not in turned:
        first = (
            "With the days of all attacks, repeated ones too, turned together and their places kept, a share of "
            f"{turned['p_greater']:.2g} of {turned['turns']} turns shows as many falls beyond those expected. "
        )
    fronts = placebos["other_fronts"]
    for name, entry in (
        ("other attacks in the place of these", placebos["other_attacks"]),
        ("ground lost before the attacks in the place of ground lost after", placebos["ground_lost_before_attacks"]),
        ("the two parties swapped", placebos["swapped_sides"]),
        *((f"ground lost to {party}", entry) for party, entry in fronts.items() if party != "refused"),
    ):
        if "refused" in entry:
            continue
        ratio = entry["risk_ratio"]
        told.append(
            f"with {name}, the ratio is {'without end' if ratio is None and entry['fell'] else 'not to be had'}"
            if ratio is None
            else f"with {name}, the ratio is {ratio:.2g} (chance {entry['p_greater']:.2g})"
        )
    if not told:
        return f"{first}No other placebo could be run; the details say why."
    return f"{first}What should show nothing: {'; '.join(told)}."


def _study_reading(sample: Sample, study: EventStudy) -> str:
    window = int(study.day[-1])
    words = [
        f"From {window} days before an attack to the day itself, {sample.advancing} gained "
        f"{_points(study.before)} of the ground around {counted(study.n, 'attacked place')} beyond what it gained "
        f"around matched places; in the {window} days after, {_points(study.after)} (layer {sample.layer})."
    ]
    if study.rises_before is None:
        words.append(
            f"The attacks lie in only {counted(study.n_blocks, 'block')} of ground and four weeks, too few for a band; "
            "so nothing tells these numbers from chance."
        )
    elif study.rises_before:
        words.append(
            "Before the attacks the curve is not flat: the ground was already passing faster there, so the offensive "
            "was on before the attack, and what followed cannot be set apart from it."
        )
    else:
        words.append("Before the attacks the curve is flat within its band.")
    if study.rises_after is not None:
        words.append(
            "After them it rises above the band of chance."
            if study.rises_after
            else "After them it does not rise above what chance gives."
        )
    words.append(
        f"{study.shared_rings:.0%} of the attacked places share ground with another in these weeks, so they are not "
        "independent of each other."
    )
    words.append(_NOT_SHOWN.replace("A raised risk", "A rise only after the attacks"))
    return " ".join(words)


def _points(share: float) -> str:
    return f"{100 * share:+.1f} per cent"
