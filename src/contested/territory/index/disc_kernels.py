"""The compiled loop of the shares of discs (:mod:`contested.territory.index.disc_shares`).

In: arrays of discs and the arrays of :class:`~contested.territory.index.edge_blocks.EdgeBlocks`. Out: shares, written
in place. Refuses: nothing; all checks stand in the caller.

The rule. Let O be the disc's centre. The column at a place z is the column at O, changed at every edge between O and z.
So each edge within the disc adds its shadow, the part of the disc behind it as seen from O, to the column on its far
side and takes it from the column on its near side. The shadow is a sector less a triangle. With signed areas the side
on which O lies drops out: the right column gains and the left column loses.

Angles of sectors are differences of the direction from O to an edge's ends. At a corner within the disc the directions
of all edges that meet there cancel, so they are never computed: only where an edge crosses the circle, and where it
crosses the line from O to the west, on which directions jump by a whole turn. The column at O is that of the look-up
of points or, where O lies near an edge or the days are many, is found on the same line, by all edges that cross it,
with the same test of sides. So both take O for lying on the same side of an edge, however near it is, and what they say
of the jump cancels.
"""

from __future__ import annotations

import math
from typing import Any

from numba import njit

from contested.territory.index.cell_index import PER_DEGREE

_TURN = 2.0 * math.pi
#: WGS 84: equatorial radius, metres, and square of the first eccentricity.
_A = 6_378_137.0
_E2 = 0.006_694_379_990_141_316
_STEPS = float(PER_DEGREE)
_RADIANS = math.pi / 180.0
#: A centre so near an edge, in steps of the lattice (11 cm), has its column told by the edges: their corners are
#: rounded by half a step, and areas that overlap by less than three steps are not parted.
NEAR_STEPS = 10.0


@njit(cache=True, nogil=True, error_model="numpy")
def _shadow(ax: Any, ay: Any, bx: Any, by: Any, cross: Any, r2: Any) -> Any:
    """Signed shadow of an edge in a disc around the origin, without the directions of ends within the disc."""
    from_inside = ax * ax + ay * ay < r2
    to_inside = bx * bx + by * by < r2
    if from_inside and to_inside:
        part, turn, qy, vy = 1.0, 0.0, ay, by
    else:
        ux, uy = bx - ax, by - ay
        length2 = ux * ux + uy * uy
        under = length2 * r2 - cross * cross
        middle = -(ax * ux + ay * uy)
        if under <= 0.0 or (not from_inside and not to_inside and not 0.0 < middle < length2):
            return 0.0
        half = math.sqrt(under)
        begin, end, turn, qy, vy = 0.0, 1.0, 0.0, ay, by
        if not from_inside:
            begin = min(max((middle - half) / length2, 0.0), 1.0)
            qy = ay + begin * uy
            turn -= math.atan2(qy, ax + begin * ux)
        if not to_inside:
            end = min(max((middle + half) / length2, 0.0), 1.0)
            vy = ay + end * uy
            turn += math.atan2(vy, ax + end * ux)
        part = end - begin
    if qy < 0.0:
        if vy >= 0.0 and cross < 0.0:
            turn -= _TURN
    elif vy < 0.0 and cross > 0.0:
        turn += _TURN
    return 0.5 * (r2 * turn - part * cross)


@njit(cache=True, nogil=True, error_model="numpy")
def add_discs(
    lon: Any, lat: Any, radius_m: Any, begin: Any, after: Any, block: Any, mapped: Any, column: Any, rest: Any,
    nodes: Any, edges: Any, roots: Any, out: Any,
) -> None:  # fmt: skip
    """Shares of each disc over the days from ``begin`` up to ``after``, added to ``out``, which comes as zeros.

    ``block`` is the block that holds the days, -1 for a row that is wholly unknown; ``mapped`` is the share of the days
    that have a map, ``rest`` the column of ground that no area states. ``column`` is the column at the centre on all
    days, -1 where the edges must tell it. A row whose centre lies within ``NEAR_STEPS`` of an edge comes back as zeros
    with its column set to -1, to be asked again.
    """
    unknown = out.shape[1] - 1
    for k in range(lon.shape[0]):
        if block[k] < 0:
            out[k, unknown] = 1.0
            continue
        px, py = lon[k] * _STEPS, lat[k] * _STEPS
        sine = math.sin(lat[k] * _RADIANS)
        w = 1.0 - _E2 * sine * sine
        normal = _A / math.sqrt(w) * _RADIANS / _STEPS
        ky = normal * (1.0 - _E2) / w
        kx = normal * math.sqrt(1.0 - sine * sine)
        r2 = radius_m[k] * radius_m[k]
        per_area = 1.0 / (math.pi * r2)
        per_day = 1.0 / (after[k] - begin[k])
        near = NEAR_STEPS * ky
        by_ray = column[k] < 0
        if by_ray:
            out[k, unknown] += 1.0 - mapped[k]
            out[k, rest] += mapped[k]
        else:
            out[k, column[k]] += 1.0
        node, end = roots[block[k], 0], roots[block[k], 1]
        while node < end:
            dx = max(max(nodes[node, 0] - px, px - nodes[node, 2]), 0.0) * kx
            dy = max(max(nodes[node, 1] - py, py - nodes[node, 3]), 0.0) * ky
            if dx * dx + dy * dy >= r2 and (not by_ray or dy > 0.0 or nodes[node, 0] > px):
                node = nodes[node, 4]
                continue
            for e in range(nodes[node, 5], nodes[node, 6]):
                days = min(edges[e, 5], after[k]) - max(edges[e, 4], begin[k])
                if days <= 0:
                    continue
                ax, ay = (edges[e, 0] - px) * kx, (edges[e, 1] - py) * ky
                bx, by = (edges[e, 2] - px) * kx, (edges[e, 3] - py) * ky
                cross = ax * by - ay * bx
                change = _shadow(ax, ay, bx, by, cross, r2) * per_area
                if by_ray:
                    if ay < 0.0:
                        if by >= 0.0 and cross < 0.0:
                            change += 1.0
                    elif by < 0.0 and cross > 0.0:
                        change -= 1.0
                elif abs(cross) <= near * (abs(bx - ax) + abs(by - ay)) and (
                    min(ax, bx) <= near and max(ax, bx) >= -near and min(ay, by) <= near and max(ay, by) >= -near
                ):
                    column[k] = -1
                change *= days * per_day
                out[k, edges[e, 6]] -= change
                out[k, edges[e, 7]] += change
            node += 1
        if not by_ray and column[k] < 0:
            out[k, :] = 0.0


@njit(cache=True, nogil=True, error_model="numpy")
def place_rows(
    begin: Any, after: Any, starts: Any, has_map: Any, mapped_before: Any, steps: Any, first_block: Any,
    span: Any, block: Any, mapped: Any,
) -> None:  # fmt: skip
    """For each stretch of days: its span, -1 where it has several or begins before the first; block; share mapped.

    ``mapped_before`` counts the days with a map before each span. The block is -1 when all days lie before the first.
    """
    for k in range(begin.shape[0]):
        low, high = -1, starts.shape[0]
        while high - low > 1:
            middle = (low + high) >> 1
            if starts[middle] <= begin[k]:
                low = middle
            else:
                high = middle
        last = low
        while last + 1 < starts.shape[0] and starts[last + 1] < after[k]:
            last += 1
        span[k] = low if low == last else -1
        if last < 0:
            block[k], mapped[k] = -1, 0.0
            continue
        days = mapped_before[last] + (after[k] - starts[last]) * has_map[last]
        if low >= 0:
            days -= mapped_before[low] + (begin[k] - starts[low]) * has_map[low]
            length = last - low + 1
        else:
            low, length = 0, last + 1
        mapped[k] = days / (after[k] - begin[k])
        level = 0
        while steps[level] < length:
            level += 1
        block[k] = first_block[level] + low // steps[level]
