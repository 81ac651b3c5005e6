"""Which points lie within a distance and some days of which others.

In: points in WGS 84 degrees and days, as arrays. Out: pairs, in portions. Refuses: a distance that is none
(:class:`~contested.base.errors.WeighingError`).

Distances are straight lines between points of the ellipsoid, which at 100 km are two metres shorter than the geodesic
and hold everywhere, the antimeridian and the poles included.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from contested.base.errors import WeighingError
from contested.base.places import from_centre

Reals = NDArray[np.float64]
Whole = NDArray[np.int64]

#: Boxes are no smaller than this, metres: 1.3e7 m of earth in 21 bits an axis.
LEAST_BOX_M = 10.0
#: Pairs looked at a time (about 60 bytes each).
MOST_PAIRS = 1 << 20
_AXIS = 1 << 21
_ALL_DAYS = 1 << 21


@dataclass(frozen=True, eq=False)
class Pairs:
    """Some of the pairs: rows of the two tables, metres between, and days from the first to the second."""

    a: Whole
    b: Whole
    metres: Reals
    days: Whole


@dataclass(frozen=True, eq=False)
class Spots:
    """Points in space, metres from the earth's centre, shape (n, 3), and whole days, shape (n,)."""

    metres: Reals
    day: Whole

    @classmethod
    def of(cls, lon: Reals, lat: Reals, day: NDArray[Any] | int = 0) -> Spots:
        """From WGS 84 degrees, and days as ``datetime64[D]`` or whole numbers."""
        days = np.broadcast_to(np.asarray(day), np.shape(lon)).astype(np.int64)
        return cls(from_centre(np.column_stack([lon, lat])), days)

    def __len__(self) -> int:
        return len(self.day)

    def take(self, rows: NDArray[Any]) -> Spots:
        """Some of them."""
        return Spots(self.metres[rows], self.day[rows])


def near_pairs(a: Spots, b: Spots, reach_m: float, days: tuple[int, int] = (0, 0)) -> Iterator[Pairs]:
    """Pairs of a row of ``a`` and one of ``b``, in portions that hold every pair once.

    Parameters
    ----------
    a, b
        The two tables; none of their points may be missing.
    reach_m
        Greatest distance, metres, itself included.
    days
        Least and greatest day of ``b`` minus day of ``a``, both included.

    Raises
    ------
    WeighingError
        When the distance is not positive.
    """
    if not 0.0 < reach_m < np.inf:
        raise WeighingError(f"a reach of {reach_m:g} m joins nothing; expected metres, more than 0")
    if not (len(a) and len(b)):
        return
    side = max(float(reach_m), LEAST_BOX_M)
    low = b.day.min()
    box_a, box_b = _boxes(a.metres, side), _boxes(b.metres, side)
    boxes, number = np.unique(_packed(box_b), return_inverse=True)
    key = number.reshape(-1) * _ALL_DAYS + (b.day - low)
    order = np.argsort(key, kind="stable")
    sorted_key = key[order]
    first, last = (np.clip(a.day - low + end, -1, _ALL_DAYS - 1) for end in days)
    for step in product((-1, 0, 1), repeat=3):
        wanted = _packed(box_a + np.array(step))
        at = np.minimum(np.searchsorted(boxes, wanted), len(boxes) - 1)
        rows = np.flatnonzero((boxes[at] == wanted) & (last >= 0))
        base = at[rows] * _ALL_DAYS
        begin = np.searchsorted(sorted_key, base + np.maximum(first[rows], 0), side="left")
        end = np.searchsorted(sorted_key, base + last[rows], side="right")
        yield from _portions(a, b, rows, (begin, np.maximum(end, begin)), (order, reach_m))


def _portions(
    a: Spots, b: Spots, rows: Whole, bounds: tuple[Whole, Whole], rest: tuple[Whole, float]
) -> Iterator[Pairs]:
    """The pairs of each row with its run of ``order``, those within reach only."""
    begin, end = bounds
    order, reach_m = rest
    some = end > begin
    rows, begin, counts = rows[some], begin[some], (end - begin)[some]
    total = np.cumsum(counts)
    start = 0
    while start < len(rows):
        before = int(total[start - 1]) if start else 0
        stop = max(start + 1, int(np.searchsorted(total, before + MOST_PAIRS, side="right")))
        many = counts[start:stop]
        left = np.repeat(rows[start:stop], many)
        within = np.arange(many.sum()) - np.repeat(np.cumsum(many) - many, many)
        right = order[np.repeat(begin[start:stop], many) + within]
        metres = np.sqrt(((a.metres[left] - b.metres[right]) ** 2).sum(axis=1))
        near = metres <= reach_m
        left, right = left[near], right[near]
        if len(left):
            yield Pairs(left, right, metres[near], b.day[right] - a.day[left])
        start = stop


def _boxes(metres: Reals, side: float) -> Whole:
    return np.floor(metres / side).astype(np.int64) + _AXIS // 2


def _packed(box: Whole) -> Whole:
    return (box[:, 0] * _AXIS + box[:, 1]) * _AXIS + box[:, 2]
