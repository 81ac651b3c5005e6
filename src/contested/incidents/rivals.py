"""How much a pair loses to better ones: a record that has its partner needs no second.

In: pairs with their log-odds. Out: what each loses. Refuses: nothing.

In most datasets a record tells of one event and an event has one record, so that two pairs of one record compete. In
some it is not so: a project that lists every picture of a strike has ten rows for one incident of another. Which of the
two holds is read off the pairs themselves, for each side: how many partners a record has that has any beyond doubt.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Rows = NDArray[np.int64]
    Reals = NDArray[np.float64]

#: Partners beyond doubt, on average, up to which pairs compete in full, and from which not at all. Chosen on planted
#: truth (1.0 to 1.2 where events have one record) and on two lists of which one has ten rows for an event (2.2).
COMPETE_BELOW, COMPETE_NO_MORE = 1.2, 2.1
#: Weight of the odds of a record's other pairs when pairs compete in full: 1 would be exact if a record had one partner
#: and all its pairs were independent. Of 0.1 to 1 this one gave probabilities that were true as often as they say on
#: planted truth (``gate/linking.py``, events that no figure is told of).
FULL_WEIGHT = 0.2
#: Odds that a rival counts for at most: a pair with a source in common has odds of thousands, and would crowd out the
#: other pictures of its strike. Of 10, 30, 60, 100 and none: without it links fell by half where sources are shared.
MOST_ODDS = 60.0
#: Probability above which a partner is beyond doubt.
BEYOND_DOUBT = 0.8


def lost_to_rivals(a: Rows, b: Rows, log_odds: Reals) -> Reals:
    """Log-odds that each pair (a, b) loses, 0 or less: ``-log(1 + weight * odds of its rivals)``, on the side that
    costs it more.

    Examples
    --------
    >>> import numpy as np
    >>> two = lost_to_rivals(np.array([0, 0]), np.array([5, 6]), np.array([3.0, 0.0]))
    >>> two[1] < two[0] < 0
    np.True_
    """
    odds = np.exp(np.clip(log_odds, -30.0, 30.0))
    doubtless = odds > BEYOND_DOUBT / (1.0 - BEYOND_DOUBT)
    rivals = np.zeros(len(odds))
    odds = np.minimum(odds, MOST_ODDS)
    for side in (a, b):
        _, own = np.unique(side, return_inverse=True)
        partners = np.bincount(own, doubtless)
        usual = float(partners[partners > 0].mean()) if doubtless.any() else 1.0
        weight = FULL_WEIGHT * float(np.interp(usual, [COMPETE_BELOW, COMPETE_NO_MORE], [1.0, 0.0]))
        rivals = np.maximum(rivals, weight * np.maximum(np.bincount(own, odds)[own] - odds, 0.0))
    return np.asarray(-np.log1p(rivals))
