"""The compiled loop of the possible pairs (:mod:`contested.incidents.pairs`).

In: rows that ask and rows that are asked, sorted into cells. Out: numbers of pairs, written in place. Refuses:
nothing; all checks stand in the caller.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit

#: Bits of a coordinate of a cube, and of a class of intervals (:mod:`contested.incidents.pairs` packs them).
BITS, LENGTH_BITS = 20, 3


@njit(cache=True, nogil=True, error_model="numpy")
def meet(
    ask: tuple[Any, Any, Any, Any], asked: tuple[Any, Any, Any, Any, Any], grid: tuple[Any, Any, Any, Any],
    slack: tuple[Any, Any, Any, Any], rule: tuple[Any, Any, Any], out: Any,
) -> Any:  # fmt: skip
    """Write the pairs of the rows that ask, from the first on, until all are done or no room is left.

    Parameters
    ----------
    ask
        Points with radii, days with row and dataset, the order in which rows ask, and where in it to begin. Rows of
        one cube follow each other in that order, so that its surroundings are looked for once.
    asked
        The same two arrays of the rows in runs (cube and class of intervals), latest day up to each row of its run,
        keys of the runs, where each begins (and the last ends).
    grid
        Lowest coordinate, side of a cell, both metres; greatest radius of curvature; longest straight line for which
        it bounds the geodesic.
    slack
        Metres, days, tolerance of a distance in metres, and which pairs of datasets are meant: 0 any, 1 different,
        2 same.
    rule
        0 when the left ask, 1 when the right do, 2 within one table; first row of ``ask`` that stands in the class of
        the rows asked; factor of the number of a pair.
    out
        Room for the numbers.

    Returns
    -------
    tuple of int
        The first place in the order that is not done, and the numbers written. A pair's number is its left row times
        the factor plus its right row; it is written as -1 less the number when only the geodesic can tell.
    """
    points, days, order, first = ask
    own_points, own_days, latest, runs, starts = asked
    origin, side, bend, longest = grid
    slack_m, slack_days, tolerance, datasets = slack
    who, own_class, factor = rule
    low, high = np.empty(27 << LENGTH_BITS, np.int64), np.empty(27 << LENGTH_BITS, np.int64)
    found, near = 0, 0
    last_x, last_y, last_z = -1, -1, -1
    for turn in range(first, order.shape[0]):
        begun, row = found, order[turn]
        px, py, pz, radius = points[row, 0], points[row, 1], points[row, 2], points[row, 3]
        x, y, z = int((px - origin) / side), int((py - origin) / side), int((pz - origin) / side)
        if x != last_x or y != last_y or z != last_z:
            last_x, last_y, last_z, near = x, y, z, 0
            for dx in range(-1, 2):
                for dy in range(-1, 2):
                    column = ((x + dx) << BITS | (y + dy)) << BITS
                    key, past = (column | (z - 1)) << LENGTH_BITS, (column | (z + 2)) << LENGTH_BITS
                    run, end = 0, runs.shape[0]
                    while run < end:
                        middle = (run + end) >> 1
                        if runs[middle] < key:
                            run = middle + 1
                        else:
                            end = middle
                    while run < runs.shape[0] and runs[run] < past:
                        low[near], high[near] = starts[run], starts[run + 1]
                        near += 1
                        run += 1
        from_day, to_day = days[row, 0] - slack_days, days[row, 1] + slack_days
        for k in range(near):
            other, end = low[k], high[k]
            stop = end
            while other < end:
                middle = (other + end) >> 1
                if latest[middle] < from_day:
                    other = middle + 1
                else:
                    end = middle
            while other < stop and own_days[other, 0] <= to_day:
                j = other
                other += 1
                if own_days[j, 1] < from_day:
                    continue
                dx_m, dy_m, dz_m = px - own_points[j, 0], py - own_points[j, 1], pz - own_points[j, 2]
                square = dx_m * dx_m + dy_m * dy_m + dz_m * dz_m
                reach = radius + own_points[j, 3] + slack_m
                if square > (reach + tolerance) ** 2:
                    continue
                if datasets != 0 and (days[row, 3] == own_days[j, 3]) != (datasets == 2):
                    continue
                one, two = days[row, 2], own_days[j, 2]
                if who == 2:
                    if row >= own_class and one >= two:
                        continue
                    one, two = min(one, two), max(one, two)
                elif who == 1:
                    one, two = two, one
                if found == out.shape[0]:
                    return turn, begun
                line = math.sqrt(square)
                sure = line <= longest and 2.0 * bend * math.asin(line / (2.0 * bend)) + tolerance <= reach
                number = one * factor + two
                out[found] = number if sure else -1 - number
                found += 1
    return order.shape[0], found
