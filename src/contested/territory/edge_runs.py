"""The boundaries of a layer: every edge stored once, with the run of maps on which it stands.

In: holdings of one layer, and the spans that the layer's days are cut into. Out: :class:`EdgeRuns`. Refuses: nothing.

From one map to the next under 1 % of a front's edges change. So the look-up, the distance to the front and the shares
of discs all work on these runs, and their cost does not grow with the number of days.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

#: Steps of the lattice that corners are rounded to, per degree: 1e-7 degrees is 1.1 cm, and is what is published.
PER_DEGREE = 10_000_000


@dataclass(frozen=True, slots=True)
class EdgeRuns:
    """Directed edges between ground of two kinds, with the spans on which they stand.

    The areas of one span do not overlap (ground that two parties claim is the contested column's), so on each span
    every edge has one column on its left and another on its right. An edge whose sides change stands in several runs.

    Attributes
    ----------
    ends
        Start and end as whole steps of the lattice, shape (n, 4): longitude, latitude, longitude, latitude; int32.
    left, right
        Column on the left and on the right of the way from start to end, shape (n,); uint8. The columns are those of
        the layer: parties, contested, unknown.
    first, last
        First and last span of the run, both included, shape (n,); int32.
    rest
        Column of all ground that no area states.
    span_count
        Number of spans of the layer.
    """

    ends: NDArray[np.int32]
    left: NDArray[np.uint8]
    right: NDArray[np.uint8]
    first: NDArray[np.int32]
    last: NDArray[np.int32]
    rest: int
    span_count: int

    def degrees(self) -> NDArray[np.float64]:
        """Ends in degrees, shape (n, 4)."""
        return self.ends / PER_DEGREE
