"""How far apart two records may lie to be a possible pair.

In: records as arrays, and the rows of two sides. Out: all possible pairs of the two. Refuses: more pairs than memory
holds.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from contested.incidents.comparing import SLACK_M, Comparable
from contested.incidents.pairs import Placed, candidate_pairs
from contested.incidents.token_sets import distinct
from contested.incidents.word_pairs import pairs_by_words

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Rows = NDArray[np.int64]

#: Days that may lie between two intervals: an attack at night is reported under either day.
SLACK_DAYS = 1
#: The same where both places are exact: of 164 pairs of two projects' incidents that share a source but not the
#: details, 16 lay 2 to 7 days apart.
EXACT_SLACK_DAYS = 7
#: Sum of both radii in metres up to which places are exact: two points within 2 km each.
EXACT_REACH_M = 4_500.0


@dataclass(frozen=True)
class Reach:
    """How far apart records may lie to be a possible pair; the windows are scaled to see what hangs on them."""

    scale: float = 1.0
    """Factor of radii, metres and days."""

    def placed(self, records: Comparable, rows: Rows, turned_days: int = 0, widen: float = 1.0) -> Placed:
        """Rows as places and times, their days turned and their radii widened."""
        return Placed(
            records.lon[rows], records.lat[rows], records.radius_m[rows] * self.scale * widen,
            records.first_day[rows] + turned_days, records.last_day[rows] + turned_days,
        )  # fmt: skip

    def pairs(
        self, records: Comparable, left: Rows, right: Rows, turned_days: int = 0, widen: float = 1.0
    ) -> tuple[Rows, Rows]:
        """Possible pairs of the rows; the days of the right ones are turned by so many, their reach widened."""
        slack_m = SLACK_M * self.scale * widen
        found = []
        exact = records.radius_m * 2.0 <= EXACT_REACH_M - SLACK_M
        for slack_days, keep in ((SLACK_DAYS, None), (EXACT_SLACK_DAYS, exact)):
            a, b = (rows[records.placed[rows]] for rows in (left, right))
            if keep is not None:
                a, b = a[keep[a]], b[keep[b]]
            pairs = candidate_pairs(
                self.placed(records, a, 0, widen), self.placed(records, b, turned_days, widen),
                slack_m=slack_m, slack_days=round(slack_days * self.scale),
            )  # fmt: skip
            found.append(a[pairs.left] * np.int64(len(records)) + b[pairs.right])
        for a, b in self._unplaced(records, left, right):
            one, other = pairs_by_words(records, a, b, round(SLACK_DAYS * self.scale), turned_days)
            found.append(one * np.int64(len(records)) + other)
        both = distinct(np.concatenate(found))
        return both // len(records), both % len(records)

    @staticmethod
    def _unplaced(records: Comparable, left: Rows, right: Rows) -> Iterator[tuple[Rows, Rows]]:
        """Rows without a point, and those that words may bring together with them."""
        if left is right:
            yield from [] if records.placed[left].all() else [(left, left)]
            return
        without, other = left[~records.placed[left]], right[~records.placed[right]]
        if len(without):
            yield without, right
        if len(other):
            yield left[records.placed[left]], other


#: The windows as the method states them.
USUAL_REACH = Reach()
