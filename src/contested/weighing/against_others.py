"""The event's incidents against the other attacks that the same sources report, there and then.

In: a :class:`~contested.weighing.sample.Sample` and a number per incident and draw. Out: the chance by random
labelling, and the columns and details of a finding that it fills. Refuses: fewer than ten dated and placed incidents,
and strata in which nothing can be shuffled; the reason is given in words.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from contested.base.errors import WeighingError
from contested.weighing.labels import LabelChance, find_episodes, label_chance, strata_of
from contested.weighing.nulls import BRIEF_DRAWS, DRAWS
from contested.weighing.sample import MIN_INCIDENTS, Incidents, Mask, Reals, Sample, counted

#: Labels drawn in all, incidents times shuffles: for one of many variants of a finding, and for the finding itself.
#: From 20,000 incidents on there are fewer than 9,999 shuffles: 2,000 for 100,000, which give p = 0.05 within 0.005.
MOST_LABELS = 2_000_000
MOST_LABELS_WHOLE = 200_000_000

LABELLING = (
    "random labelling: places and days of all incidents stay, and which of them are of the event is shuffled among "
    "incidents of the same datasets, month and square of 50 km; the spread that this gives is widened as far as the "
    "incidents of a salvo, of either kind, lie alike; it asks whether attacks of this kind fell otherwise than the "
    "other attacks that the same sources report"
)


def against_others(
    sample: Sample, used: Mask, values: tuple[Reals, Mask], roles: dict[str, str]
) -> tuple[LabelChance | None, str]:
    """The event's incidents against others of the same datasets, month and region, or why that was refused.

    ``values`` are numbers per incident and draw, of those used and then of the others that ``values[1]`` marks; none
    was made with an eye on which is which.
    """
    n_used = int(used.sum())
    if n_used < MIN_INCIDENTS:
        verb = "is" if n_used == 1 else "are"
        return None, (
            f"No test against chance was run: {counted(n_used, 'dated and placed incident')} {verb} fewer than the "
            f"{MIN_INCIDENTS} that one needs; so few show where they lay, not whether they lay there more than other "
            "attacks did."
        )
    table, compared = values
    everyone = sample.incidents.take(used).joined(sample.others.take(compared))
    labelled = np.arange(len(everyone)) < n_used
    try:
        chance = label_chance(
            table, labelled, strata_of(everyone, sample.event_datasets), _salvos_of(sample, everyone, labelled),
            draws=label_draws(len(everyone), sample.brief),
        )  # fmt: skip
    except WeighingError as error:
        return None, f"No test against chance was run: {error}."
    roles |= {sample.others.ids[row]: "compared" for row in np.flatnonzero(compared).tolist()}
    return chance, ""


def label_draws(n: int, brief: bool) -> int:
    """Labels drawn for a finding, or for a brief variant of one: 9,999 where incidents are few, 999 at least."""
    return int(np.clip((MOST_LABELS if brief else MOST_LABELS_WHOLE) // max(1, n), BRIEF_DRAWS, DRAWS))


def _salvos_of(sample: Sample, everyone: Incidents, labelled: Mask) -> NDArray[np.int64]:
    """Salvos of either kind, kept with the sample: several tests ask for those of the same incidents."""
    key = ("salvos", everyone.ids, int(labelled.sum()))
    if key not in sample.kept:
        sample.kept[key] = find_episodes(everyone, labelled)
    found: NDArray[np.int64] = sample.kept[key]
    return found


def chance_numbers(chance: LabelChance) -> dict[str, Any]:
    """The columns of a finding that a test against others fills."""
    return {"p_value": chance.p_greater, "null_model": LABELLING}


def chance_details(chance: LabelChance) -> dict[str, Any]:
    """What stands behind the p-value."""
    spread = np.quantile(chance.p_by_draw, (0.05, 0.5, 0.95)).tolist()
    return {
        "observed": chance.observed, "expected": chance.expected, "p_two_sided": chance.p_two_sided,
        "p_less": chance.p_less, "p_least": chance.p_least, "n_ways": chance.n_arrangements,
        "counted": "all ways" if chance.seed is None else "ways drawn at random",
        "n_shuffled": chance.n_shuffled, "n_salvos": chance.n_salvos, "n_strata": chance.n_strata,
        "p_of_single_draws_low": spread[0], "p_of_single_draws_middle": spread[1], "p_of_single_draws_high": spread[2],
    }  # fmt: skip
