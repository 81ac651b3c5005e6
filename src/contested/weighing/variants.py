"""Other choices that could have been made: which incidents, days, distances and maps a finding rests on.

In: a :class:`~contested.weighing.sample.Sample`. Out: :class:`Varied`, for each kind of choice the samples that differ
by one such choice, and in words what was not tried. Refuses: nothing.

One choice is changed at a time. What cannot change a result makes no variant: a week without incidents, an outlet that
others always accompany, an error that the case does not state.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np

from contested.weighing.sample import MAX_DATE_DAYS, Incidents, LayerDoubt, Mask, Sample, counted

#: Most outlets, and most weeks, left out one by one: those with the most incidents.
MOST_OUTLETS = 30
MOST_WEEKS = 60
#: Factors of the windows, of the radii and of the error of layers.
SCALES = (0.5, 1.5)
ERROR_SCALES = (0.0, 2.0)
#: Days by which the map may be late (or early): layers made from news lag by days, rarely by more than a week.
LAGS = (-7, -3, -1, 1, 3, 7)
#: Windows of a weighing: field → words. A field that is not set is not varied.
WINDOWS = {
    "near_front_m": "the distance that counts as near the front",
    "fall_days": "the days in which a place counts as fallen",
    "cell_m": "the side of the squares of ground",
}
#: Classes of precision, metres: a street or village, a town, a district, more.
RADII_M = (1_000.0, 5_000.0, 25_000.0)


@dataclass(frozen=True)
class Variant:
    """One other choice; ``sample`` makes what the tests then look at."""

    words: str
    sample: Callable[[], Sample]
    left_out: str | None = None
    """The dataset or outlet left out."""


@dataclass(frozen=True)
class Varied:
    """All variants of one kind, and why none, or no more, were made."""

    kind: str
    variants: Sequence[Variant]
    not_tried: str | None = None


def list_variants(sample: Sample, others: Mapping[str, Sample]) -> Iterator[Varied]:
    """Every kind of variant, those first that a reader should see if there is time for a few only.

    Parameters
    ----------
    sample
        What the finding looks at.
    others
        The same incidents over each layer of the case, by its name.
    """
    yield _datasets(sample)
    yield _windows(sample)
    yield _layers(sample, others)
    yield _boundaries(sample)
    yield _precision(sample)
    yield _lags(sample)
    yield _outlets(sample)
    yield _weeks(sample)


# ------------------------------------------------------------------------------------------------------- sources


def _datasets(sample: Sample) -> Varied:
    names = sorted({name for some in (sample.incidents, sample.others) for own in some.datasets for name in own})
    if len(names) < 2:
        return Varied("dataset", (), "all incidents are of one dataset, so none can be left out")
    return Varied("dataset", [
        Variant(f"without the dataset {name}", partial(_without, sample, "datasets", name), name) for name in names
    ])  # fmt: skip


def _outlets(sample: Sample) -> Varied:
    alone = Counter(own[0] for own in sample.incidents.sources if len(own) == 1)
    beside = Counter(own[0] for own in sample.others.sources if len(own) == 1)
    names = sorted(alone | beside, key=lambda name: (-alone[name], -beside[name], name))
    if not names:
        return Varied("outlet", (), "no incident is told by one named outlet alone")
    left = len(names) - MOST_OUTLETS
    return Varied(
        "outlet",
        [
            Variant(f"without what only {name} tells", partial(_without, sample, "sources", name), name)
            for name in names[:MOST_OUTLETS]
        ],
        f"{counted(left, 'further outlet')}, with fewer incidents each" if left > 0 else None,
    )


def _without(sample: Sample, column: str, name: str) -> Sample:
    """Without the incidents that only ``name`` tells of; others stay, and no longer bear it."""

    def kept(incidents: Incidents) -> Incidents:
        names: tuple[tuple[str, ...], ...] = getattr(incidents, column)
        rest = tuple(tuple(one for one in own if one != name) for own in names)
        changed: Any = {column: rest}
        # An incident that names nobody is nobody's alone.
        told = np.array([bool(new) or not old for new, old in zip(rest, names, strict=True)], dtype=bool)
        return replace(incidents, **changed).take(told)

    return replace(sample, incidents=kept(sample.incidents), others=kept(sample.others))


def _weeks(sample: Sample) -> Varied:
    number = Counter(_week_of(sample.incidents).tolist())
    weeks = sorted(sorted(number, key=lambda week: (-number[week], week))[:MOST_WEEKS])
    if len(weeks) < 2:
        return Varied("week", (), "all incidents begin in one week, so none can be left out")
    left = len(number) - len(weeks)
    return Varied(
        "week",
        [
            Variant(f"without the week of {np.datetime64(7 * week - 3, 'D')}", partial(_without_week, sample, week))
            for week in weeks
        ],
        f"{counted(left, 'further week')}, with fewer incidents each" if left > 0 else None,
    )


def _week_of(incidents: Incidents) -> Any:
    """Number of the week, from Monday, in which each incident may first have been."""
    return (incidents.date_start.astype(np.int64) + 3) // 7


def _without_week(sample: Sample, week: int) -> Sample:
    return sample.only(_week_of(sample.incidents) != week, _week_of(sample.others) != week)


# ------------------------------------------------------------------------------------- days, distances, precision


def _windows(sample: Sample) -> Varied:
    found = []
    for scale in SCALES:
        for field, words in WINDOWS.items():
            value = getattr(sample.weighing, field, None)
            if value is not None:
                new = max(1, round(value * scale)) if isinstance(value, int) else value * scale
                found.append(
                    Variant(f"{words} {new:g} in place of {value:g}", partial(_with_window, sample, field, new))
                )
        most = max(1, int(sample.max_date_days * scale))
        found.append(Variant(
            f"incidents dated to {counted(most, 'day')}, in place of {sample.max_date_days}",
            partial(sample.only, max_date_days=most),
        ))  # fmt: skip
        found.append(Variant(f"every radius {scale:g} times as large", partial(_with_radii, sample, scale)))
    return Varied("window", found)


def _with_window(sample: Sample, field: str, value: float) -> Sample:
    return sample.only(weighing=sample.weighing.model_copy(update={field: value}))


def _with_radii(sample: Sample, scale: float) -> Sample:
    return replace(
        sample,
        incidents=replace(sample.incidents, radius_m=sample.incidents.radius_m * scale),
        others=replace(sample.others, radius_m=sample.others.radius_m * scale),
    )


def _lags(sample: Sample) -> Varied:
    found = []
    for days in LAGS:
        way = "later" if days > 0 else "earlier"
        words = f"every attack laid over the map of {counted(abs(days), 'day')} {way}"
        found.append(Variant(words, partial(_moved, sample, days)))
    return Varied("lag", found)


def _moved(sample: Sample, days: int) -> Sample:
    step = np.timedelta64(days, "D")

    def moved(incidents: Incidents) -> Incidents:
        return replace(incidents, date_start=incidents.date_start + step, date_end=incidents.date_end + step)

    return replace(sample, incidents=moved(sample.incidents), others=moved(sample.others))


def _precision(sample: Sample) -> Varied:
    ends = (0.0, *RADII_M, np.inf)
    classes: list[tuple[str, Callable[[Incidents], Mask]]] = []
    for low, high in pairwise(ends):
        words = f"by more than {low / 1000:g} km" if np.isinf(high) else f"by up to {high / 1000:g} km"
        if low and not np.isinf(high):
            words = f"by {low / 1000:g} to {high / 1000:g} km"
        classes.append((f"whose place may be off {words}", partial(_placed_within, low, high)))
    classes.append(("dated to one day", partial(_dated_within, 1, 1)))
    classes.append(("dated to 2 to 7 days", partial(_dated_within, 2, MAX_DATE_DAYS)))
    found = []
    for words, inside in classes:
        drop, beside = inside(sample.incidents), inside(sample.others)
        if drop.any() or beside.any():
            found.append(Variant(f"without incidents {words}", partial(sample.only, ~drop, ~beside)))
    return Varied("precision", found, None if found else "no incident has a place or a day within a week")


def _placed_within(low: float, high: float, incidents: Incidents) -> Mask:
    """Whether the largest radius lies above ``low``, and is at most ``high``; a radius of nought is in the first."""
    radius = incidents.radius_of
    with np.errstate(invalid="ignore"):
        found: Mask = ((radius > low) | (low == 0.0)) & (radius <= high)
    return found


def _dated_within(least: int, most: int, incidents: Incidents) -> Mask:
    found: Mask = (incidents.span_days >= least) & (incidents.span_days <= most)
    return found


# --------------------------------------------------------------------------------------------------------- layers


def _layers(sample: Sample, others: Mapping[str, Sample]) -> Varied:
    if not sample.also:
        return Varied("layer", (), "no other layer shows both parties")
    shown = [sample.layer, *(layer.name for layer in sample.also)]
    return Varied("layer", [
        Variant(f"the layer {name} alone", partial(_over_layer, sample, others[name])) for name in shown
    ])  # fmt: skip


def _over_layer(sample: Sample, other: Sample) -> Sample:
    return sample.only(layer=other.layer, control=other.control, border=other.border, also=())


def _boundaries(sample: Sample) -> Varied:
    names = (sample.layer, *(layer.name for layer in sample.also))
    if not any(sample.errors.get(name, LayerDoubt()).boundary_m for name in names):
        return Varied("boundary", (), "the case states no error of its layers (error_m), so no boundary was moved")
    return Varied("boundary", [
        Variant(f"boundaries moved by {scale:g} times the error stated", partial(_with_errors, sample, scale))
        for scale in ERROR_SCALES
    ])  # fmt: skip


def _with_errors(sample: Sample, scale: float) -> Sample:
    return sample.only(errors={
        name: LayerDoubt(doubt.boundary_m * scale, doubt.lag_days) for name, doubt in sample.errors.items()
    })  # fmt: skip
