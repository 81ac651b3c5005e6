"""Compiled loops of the temporal cell index (:mod:`contested.territory.index.cell_index`).

In and out: plain arrays; the index says what they mean. Refuses: nothing.

A cell's record holds one entry for each block of its spans: a state, or -1 less the place of a block. A block holds its
first state, the number of changes and of edges, the changes (span, state) from the latest to the earliest, and the
edges: ends relative to the middle of the cell, first and last span in one number, code.

Kept flat on purpose: a helper that is handed a dozen arrays costs more than the look-up itself.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

#: Where in a cell its reference point lies, in parts of a step beside the middle: so uneven that no edge between points
#: of the lattice runs through it.
BESIDE_X = 0.3819660112501051
BESIDE_Y = 0.2763932022500210
#: A point this close to an edge, in steps, is not told apart; rounding moves an edge by less than one.
NEAR_STEPS = 2.0
#: Words of an edge in a record.
EDGE_WORDS = 6


@njit(cache=True, nogil=True, error_model="numpy")
def look_up(
    lon: Any, lat: Any, day: Any, first_day: Any, calendar: Any, unknown: Any, near: Any, found: Any, unit: Any,
    ox: Any, oy: Any, side: Any, nx: Any, ny: Any, cells: Any, records: Any,
) -> None:  # fmt: skip
    """State of each point on its day."""
    inverse = 1.0 / side
    half = side * 0.5
    most_x, most_y = nx - 0.5, ny - 0.5
    days = calendar.shape[0]
    for k in range(lon.shape[0]):
        x, y = lon[k], lat[k]
        d = day[k] - first_day
        if not (abs(x) <= 180.0 and abs(y) <= 90.0) or d < 0 or d >= days:
            found[k] = unknown
            continue
        span = np.int32(calendar[np.uint64(d)])
        if span < 0:
            found[k] = unknown
            continue
        px, py = x * unit - ox, y * unit - oy
        i = np.int64(max(0.0, min(px * inverse, most_x)))
        j = np.int64(max(0.0, min(py * inverse, most_y)))
        v = cells[np.uint64(j * nx + i)]
        if v < 0:
            head = np.uint32(-1 - v)
            shift = np.int32(head & np.uint32(15))
            v = records[np.uint64(head >> np.uint32(4)) + np.uint64(span >> shift)]
            if v < 0:
                p = np.uint64(-1 - v)
                v = records[p]
                changes, edges = records[p + np.uint64(1)], records[p + np.uint64(2)]
                p += np.uint64(3)
                for q in range(changes):
                    if records[p + np.uint64(2 * q)] <= span:
                        v = records[p + np.uint64(2 * q + 1)]
                        break
                p += np.uint64(2 * changes)
                # From here on the point and the reference point are seen from the middle of the cell.
                px -= i * side + half
                py -= j * side + half
                for _ in range(edges):
                    t = records[p + np.uint64(4)]
                    if (t >> 16) <= span <= (t & 0xFFFF):
                        ax, ay = np.float64(records[p]), np.float64(records[p + np.uint64(1)])
                        bx, by = np.float64(records[p + np.uint64(2)]), np.float64(records[p + np.uint64(3)])
                        ux, uy = bx - ax, by - ay
                        at_point = (ax - px) * uy - (ay - py) * ux
                        if (
                            abs(at_point) <= NEAR_STEPS * (abs(ux) + abs(uy))
                            and min(ax, bx) - NEAR_STEPS <= px <= max(ax, bx) + NEAR_STEPS
                            and min(ay, by) - NEAR_STEPS <= py <= max(ay, by) + NEAR_STEPS
                        ):
                            v = near
                            break
                        at_reference = (ax - BESIDE_X) * uy - (ay - BESIDE_Y) * ux
                        if (at_point > 0) != (at_reference > 0):
                            dx, dy = BESIDE_X - px, BESIDE_Y - py
                            if (dx * (ay - py) - dy * (ax - px) > 0) != (dx * (by - py) - dy * (bx - px) > 0):
                                v ^= records[p + np.uint64(5)]
                    p += np.uint64(EDGE_WORDS)
        found[k] = v


@njit(cache=True)
def _touches(ax: Any, ay: Any, bx: Any, by: Any, x0: Any, y0: Any, x1: Any, y1: Any) -> bool:
    """Whether a segment meets a box (Liang and Barsky 1984)."""
    low, high = 0.0, 1.0
    for k in range(4):
        if k == 0:
            p, q = ax - bx, ax - x0
        elif k == 1:
            p, q = bx - ax, x1 - ax
        elif k == 2:
            p, q = ay - by, ay - y0
        else:
            p, q = by - ay, y1 - ay
        if p == 0:
            if q < 0:
                return False
        elif p < 0:
            low = max(low, q / p)
        else:
            high = min(high, q / p)
    return low <= high


@njit(cache=True)
def touch_cells(edges: Any, ox: Any, oy: Any, side: Any, nx: Any, ny: Any, place: Any, listed: Any, fill: Any) -> None:
    """Count (in ``place``) or list the edges that touch each cell, with a margin that rounding cannot cross."""
    margin = NEAR_STEPS + 2.0
    for e in range(edges.shape[0]):
        ax, ay, bx, by = edges[e, 0], edges[e, 1], edges[e, 2], edges[e, 3]
        i0, i1 = int((min(ax, bx) - ox - margin) // side), int((max(ax, bx) - ox + margin) // side)
        j0, j1 = int((min(ay, by) - oy - margin) // side), int((max(ay, by) - oy + margin) // side)
        for j in range(max(j0, 0), min(j1, ny - 1) + 1):
            y0 = oy + j * side
            for i in range(max(i0, 0), min(i1, nx - 1) + 1):
                x0 = ox + i * side
                if (i0 == i1 and j0 == j1) or _touches(
                    ax, ay, bx, by, x0 - margin, y0 - margin, x0 + side + margin, y0 + side + margin
                ):
                    c = j * nx + i
                    if fill:
                        listed[place[c]] = e
                    place[c] += 1


def rows_of(edges: Any, oy: float, side: float, ny: int) -> tuple[Any, Any]:
    """Edges by the row of cells whose line of reference points they cross: where each row begins, and the edges."""
    low = np.minimum(edges[:, 1], edges[:, 3])
    high = np.maximum(edges[:, 1], edges[:, 3])
    middle = side * 0.5 + BESIDE_Y
    first = np.ceil((low - oy - middle) / side).astype(np.int64)
    last = np.floor((high - oy - middle) / side).astype(np.int64)
    count = np.maximum(last - first + 1, 0)
    edge = np.repeat(np.arange(len(edges)), count)
    row = np.repeat(first, count) + np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    order = np.argsort(row, kind="stable")
    return np.searchsorted(row[order], np.arange(ny + 1)), edge[order].astype(np.int32)


@njit(cache=True)
def trace_states(
    edges: Any, first: Any, last: Any, code: Any, rest: Any, ox: Any, oy: Any, side: Any, nx: Any, ny: Any,
    row_start: Any, row_edges: Any, spans: Any,
) -> Any:  # fmt: skip
    """States of all reference points: the first one, and where in the lists of (span, state) the changes stand.

    An edge that crosses a row's line of reference points changes the state of all of them on its left.
    """
    start = np.full(nx * ny, rest, np.int32)
    changes = np.zeros(nx * ny + 1, np.int64)
    size = 1024
    at_span, state = np.empty(size, np.int32), np.empty(size, np.int32)
    # Changes by column and span, kept as a list for each row: (column, span, code).
    toggles = np.zeros((spans + 1, nx), np.int32)
    touched = np.zeros(spans + 1, np.bool_)
    current = np.empty(nx, np.int32)
    total = 0
    for j in range(ny):
        y = oy + j * side + side * 0.5 + BESIDE_Y
        touched[:] = False
        for q in range(row_start[j], row_start[j + 1]):
            e = row_edges[q]
            ax, ay, bx, by = edges[e, 0], edges[e, 1], edges[e, 2], edges[e, 3]
            x = ax + (y - ay) / (by - ay) * (bx - ax)
            # Reference points left of x: ox + i * side + side / 2 + BESIDE_X < x.
            i = int(np.ceil((x - ox - side * 0.5 - BESIDE_X) / side)) - 1
            if i < 0:
                continue
            i = min(i, nx - 1)
            toggles[first[e], i] ^= code[e]
            toggles[last[e] + 1, i] ^= code[e]
            touched[first[e]] = True
            touched[last[e] + 1] = True
        here = j * nx
        for i in range(nx):
            current[i] = rest
        row_first = total
        for t in range(spans):
            if not touched[t]:
                continue
            acc = np.int32(0)
            for i in range(nx - 1, -1, -1):
                acc ^= toggles[t, i]
                toggles[t, i] = 0
                if acc != 0:
                    current[i] ^= acc
                    if t == 0:
                        start[here + i] = current[i]
                    else:
                        if total == size:
                            size *= 2
                            at_span, state = _grown(at_span, size), _grown(state, size)
                        # The column is kept in the upper half until the row is sorted.
                        at_span[total] = (i << 16) | t
                        state[total] = current[i]
                        total += 1
                        changes[here + i + 1] += 1
        if touched[spans]:
            toggles[spans, :] = 0
        order = np.argsort(at_span[row_first:total])
        sorted_span, sorted_state = at_span[row_first:total][order], state[row_first:total][order]
        for q in range(total - row_first):
            at_span[row_first + q] = sorted_span[q] & 0xFFFF
            state[row_first + q] = sorted_state[q]
    for c in range(nx * ny):
        changes[c + 1] += changes[c]
    return start, changes, at_span[:total], state[:total]


@njit(cache=True)
def _grown(values: Any, size: Any) -> Any:
    larger = np.empty(size, values.dtype)
    larger[: values.shape[0]] = values
    return larger


@njit(cache=True)
def pack(
    edges: Any, first: Any, last: Any, code: Any, place: Any, listed: Any, start: Any, changes: Any, at_span: Any,
    state: Any, ox: Any, oy: Any, side: Any, nx: Any, ny: Any, spans: Any, per_block: Any, records: Any, cells: Any,
) -> int:  # fmt: skip
    """Write the records and the cells, or only count when ``records`` is empty; the words used."""
    fill = records.shape[0] > 0
    o = 0
    half = side * 0.5
    for c in range(nx * ny):
        e0, e1, t0, t1 = place[c], place[c + 1], changes[c], changes[c + 1]
        if e0 == e1 and t0 == t1:
            if fill:
                cells[c] = start[c]
            continue
        shift = 15
        while shift > 3:
            blocks = ((spans - 1) >> shift) + 1
            entries = t1 - t0
            for q in range(e0, e1):
                e = listed[q]
                entries += (last[e] >> shift) - (first[e] >> shift) + 1
            if entries <= per_block * blocks:
                break
            shift -= 1
        blocks = ((spans - 1) >> shift) + 1
        table = o
        o += blocks
        if fill:
            cells[c] = -1 - ((table << 4) | shift)
        j = c // nx
        i = c - j * nx
        mx, my = ox + i * side + half, oy + j * side + half
        for b in range(blocks):
            low, high = b << shift, min(((b + 1) << shift) - 1, spans - 1)
            st = start[c]
            within = 0
            for q in range(t0, t1):
                if at_span[q] <= low:
                    st = state[q]
                elif at_span[q] <= high:
                    within += 1
            live = 0
            for q in range(e0, e1):
                live += first[listed[q]] <= high and last[listed[q]] >= low
            if within == 0 and live == 0:
                if fill:
                    records[table + b] = st
                continue
            words = 3 + 2 * within + EDGE_WORDS * live
            if words <= 16 and (o & 15) + words > 16:
                o = (o + 15) & ~15  # a short block lies in one line of the cache
            if fill:
                records[table + b] = -1 - o
                records[o] = st
                records[o + 1], records[o + 2] = within, live
                p = o + 3
                for q in range(t1 - 1, t0 - 1, -1):
                    if low < at_span[q] <= high:
                        records[p] = at_span[q]
                        records[p + 1] = state[q]
                        p += 2
                for q in range(e0, e1):
                    e = listed[q]
                    if first[e] <= high and last[e] >= low:
                        records[p] = np.int32(edges[e, 0] - mx)
                        records[p + 1] = np.int32(edges[e, 1] - my)
                        records[p + 2] = np.int32(edges[e, 2] - mx)
                        records[p + 3] = np.int32(edges[e, 3] - my)
                        records[p + 4] = (np.int32(first[e]) << 16) | np.int32(last[e])
                        records[p + 5] = code[e]
                        p += EDGE_WORDS
            o += words
    return o
