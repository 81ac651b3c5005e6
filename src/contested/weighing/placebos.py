"""What should show nothing, if attacks and losses of ground belong together: dates turned, order reversed.

In: a :class:`~contested.weighing.hazard.Setting` and attacked cells. Out: :class:`Rotations`, and a setting that
asks about losses before attacks. Refuses: nothing.

The other placebos (other attacks, other fronts, swapped sides) are :func:`~contested.weighing.hazard.hazard_ratio` with
others in the attacks' or the parties' place.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from contested.weighing.exposure import ring_entries
from contested.weighing.hazard import CLASSES, Attacks, Setting, count_over
from contested.weighing.neighbours import Spots
from contested.weighing.panel import Course
from contested.weighing.sample import Reals

#: Turns whose falls vary less than this share of the observed ones are no comparison: on quiet days nothing can exceed.
LEAST_VARIANCE = 0.5
#: Expected falls below this say nothing of an excess.
_TINY = 1e-9


@dataclass(frozen=True, eq=False)
class Rotations:
    """The excess of falls with all days turned by a common number, in a circle over the days compared.

    Attributes
    ----------
    score
        Falls less expected falls over the root of their variance, by days turned; the first is the observed, and NaN
        stands for a turn with less than half its variance, which lands where next to nothing fell.
    p_greater
        Share of the other turns, the observed one among them, with a score at least as high as the observed one.
    n_turns
        Turns that count, the observed one among them.
    """

    score: Reals
    p_greater: float
    n_turns: int


def rotate_dates(setting: Setting, attacks: Attacks) -> Rotations | None:
    """Turn the days of all attacks together, their places kept: every turn of the days compared is looked at.

    The circle runs over the days with a known outcome; attacks outside it are left out. Turned onto a day on which its
    place was not to be compared, an attack counts nothing. ``None`` when no attack lies on the circle, or none of the
    attacked places could have fallen otherwise than it did. Repeated attacks on one place stay repeated, so that runs
    of attacks are no evidence by themselves.
    """
    rows = attacks.once()
    rates = _stratum_rates(setting)
    usable = setting.usable
    known = np.flatnonzero(usable.any(axis=1))
    if not len(known):
        return None
    first, n_days = int(known[0]), int(known[-1] - known[0]) + 1
    on = (rows.cell >= 0) & (rows.day >= first) & (rows.day < first + n_days)
    cell, day = rows.cell[on], rows.day[on] - first
    if not len(cell):
        return None
    excess, variance = np.zeros(n_days), np.zeros(n_days)
    for turn in range(n_days):
        turned = first + (day + turn) % n_days
        good = usable[turned, cell]
        at, where = turned[good], cell[good]
        p = rates[at, setting.band[at, where], setting.busy[at, where]]
        variance[turn] = (p * (1.0 - p)).sum()
        excess[turn] = (setting.outcome[at, where] == 1).sum() - p.sum()
    if variance[0] <= _TINY:
        return None
    comparable = variance >= LEAST_VARIANCE * variance[0]
    score = np.where(comparable, excess / np.sqrt(np.where(comparable, variance, 1.0)), np.nan)
    higher = np.count_nonzero(score[comparable] >= score[0] - _TINY)
    return Rotations(score, higher / int(comparable.sum()), int(comparable.sum()))


def reversed_order(setting: Setting, course: Course, within_days: int, reach_m: float) -> Setting:
    """The same attacks and matched cells, asked about losses of ground within reach in the days before the attack.

    If attacks fall where ground was just lost as much as where it is about to be, they may be reprisals, or fighting of
    every kind. Asked of the same cells on the same day, the answer is not bent by ground that has passed and can be
    attacked no more. They are matched by how far they were from the front before those days: as far from the present
    front, ground near them was lost alike.
    """
    panel = setting.panel
    day, cell = np.nonzero(course.passes)
    lost = Spots(panel.spots.metres[cell], day.astype(np.int64))
    near, on = ring_entries(panel, lost, day.astype(np.int64), reach_m)
    outcome = (count_over(panel, near, on, (1, within_days)) > 0).astype(np.int8)
    outcome[:within_days] = -1
    before = np.maximum(np.arange(len(setting.band)) - within_days, 0)
    return replace(setting, outcome=outcome, band=setting.band[before])


def _stratum_rates(setting: Setting) -> Reals:
    """Share of cells that fell by day, band and class, shape (d, bands, classes); nought where there is none."""
    bands, classes = int(setting.band.max(initial=0)) + 1, int(setting.busy.max(initial=0)) + 1
    rates = np.zeros((len(setting.panel.days), bands, classes))
    for day in range(len(rates)):
        stratum = setting.stratum(day)
        at = stratum >= 0
        number = stratum[at] // CLASSES * classes + stratum[at] % CLASSES
        fell = (setting.outcome[day] == 1)[at]
        n = np.bincount(number, minlength=bands * classes)
        rates[day] = (np.bincount(number, fell, minlength=bands * classes) / np.maximum(n, 1)).reshape(bands, classes)
    return rates
