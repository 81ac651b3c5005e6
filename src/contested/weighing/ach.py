"""The matrix of competing hypotheses as a view of the ratios; it decides nothing.

In: the ratio intervals of each item for each account. Out: ratings from 1 to 5, and the scores that the matrix is read
by. Refuses: nothing; an item that does not count has no rating, which the matrix takes for neutral.

Analysis of competing hypotheses (Heuer 1999, *Psychology of Intelligence Analysis*, chapter 8) rates each item against
each hypothesis and prefers the one with the least inconsistency. The scores are those of Open Synthesis
(``openach/metrics.py``, code not used): inconsistency Σ max(0, 3 − v)², consistency Σ max(0, v − 3)², diagnosticity of
an item the population standard deviation of its ratings. The
faults of the matrix stand in ``docs/methods/odds.md`` and on the page.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from statistics import fmean, pstdev

#: Ratio of an account to the middle of all accounts from which a cell is consistent (4) and very consistent (5);
#: their inverses give 2 and 1. The bounds of weak and moderate support in ENFSI's scale. When changed, the matrix on
#: every page changes, and no odds.
BOUNDS = (2.0, 10.0)
NEUTRAL = 3


def rate_item(ratios: Mapping[str, tuple[float, float]]) -> dict[str, int]:
    """Rating of each account for one item, from the middles of its ratio intervals.

    A ratio compares two accounts, while a cell speaks of one, so each account is set against the geometric mean of all.

    >>> rate_item({"a": (1, 1), "b": (0.01, 0.01)})
    {'a': 5, 'b': 1}
    """
    middles = {account: (math.log(low) + math.log(high)) / 2 for account, (low, high) in ratios.items()}
    centre = fmean(middles.values())
    bounds = [math.log(bound) for bound in BOUNDS]
    rated = {}
    for account, middle in middles.items():
        # The tolerance lets a ratio of exactly 10 reach its bound whatever the last digit of the logarithm is.
        steps = sum(abs(middle - centre) >= bound - 1e-12 for bound in bounds)
        rated[account] = NEUTRAL + (steps if middle > centre else -steps)
    return rated


def diagnosticity(ratings: Sequence[int]) -> float:
    """Spread of an item's ratings over the accounts; 0 when it tells none apart."""
    return pstdev(ratings)


def inconsistency(ratings: Sequence[int]) -> int:
    """Sum of squares of an account's ratings below neutral."""
    return sum((NEUTRAL - rating) ** 2 for rating in ratings if rating < NEUTRAL)


def consistency(ratings: Sequence[int]) -> int:
    """Sum of squares of an account's ratings above neutral."""
    return sum((rating - NEUTRAL) ** 2 for rating in ratings if rating > NEUTRAL)
