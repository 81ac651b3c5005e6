"""An order of points in which neighbours on the ground follow each other.

In: points of any unit. Out: the place of each along a Hilbert curve (Hilbert 1891, doi:10.1007/BF01199431) through the
box of all. Refuses: nothing.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

#: Bits of a place in each direction.
BITS = 16


def along_curve(points: NDArray[Any]) -> NDArray[np.int64]:
    """Place of each point, shape (n, 2), along the curve."""
    if not len(points):
        return np.zeros(0, dtype=np.int64)
    low, high = points.min(axis=0), points.max(axis=0)
    most = 2**BITS - 1
    x, y = ((points - low) / np.maximum(high - low, 1e-9) * most).astype(np.int64).T
    place = np.zeros(len(points), dtype=np.int64)
    for bit in range(BITS - 1, -1, -1):
        right, upper = (x >> bit) & 1, (y >> bit) & 1
        place += ((3 * right) ^ upper) << (2 * bit)
        # The lower quarters are turned, so that the curve stays in one piece.
        flip = (upper == 0) & (right == 1)
        x, y = np.where(flip, most - x, x), np.where(flip, most - y, y)
        x, y = np.where(upper == 0, y, x), np.where(upper == 0, x, y)
    return place
