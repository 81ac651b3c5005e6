"""Compiled loops of the distance to the front (:mod:`contested.territory.index.front_index`).

In and out: plain arrays; the index says what they mean. Refuses: nothing.

Kept flat on purpose: a helper that is handed a dozen arrays costs much of a search. ``boxes`` holds eight boxes a
node, ``leaves`` eight pieces a leaf (start, unit vector, length), metres from the middle of the front.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit

_A = 6378137.0
_F = 1 / 298.257223563
_B = _A * (1 - _F)
_E2 = _F * (2 - _F)
_RADIAN = math.pi / 180
#: Largest radius of curvature of the ellipsoid, metres: no geodesic is straighter, so none is shorter than the arc of
#: this radius over the same chord (Schur's comparison theorem).
_FLATTEST = _A / (1 - _F)
#: Below this chord, metres, the nearest point is taken from the chord of its piece back to the edge itself.
_CLOSE = 2_000.0
#: Larger than any square of a distance.
_NONE = 1e30
#: Two pieces that meet are as near as their corner; the one that turns its flat side more to the point is taken, so
#: that the side of it tells the side of the corner. As a part of the distance squared: far below the error.
_TIE = 1e-9
#: Squares of distances to boxes are lowered by this part: they are reckoned in 32 bits.
_CAUTION = np.float32(0.999999)

_FAST = {"contract", "reassoc", "nsz", "arcp"}


@njit(cache=True, nogil=True, error_model="numpy")
def sort_rows(lon: Any, lat: Any, span: Any, shift: Any, west: Any, south: Any, east: Any, north: Any, blocks: Any,
              order: Any) -> None:  # fmt: skip
    """Rows by block of spans, and by place along a Z-curve of 64 by 64 cells: neighbours follow each other."""
    n = lon.shape[0]
    key = np.empty(n, np.int32)
    start = np.zeros(blocks * 4096 + 1, np.int64)
    for k in range(n):
        x = np.int32(max(0.0, min(63.0, (lon[k] - west) / (east - west) * 64.0)))
        y = np.int32(max(0.0, min(63.0, (lat[k] - south) / (north - south) * 64.0)))
        x = (x | (x << 4)) & 0x30F
        x = (x | (x << 2)) & 0x333
        x = (x | (x << 1)) & 0x555
        y = (y | (y << 4)) & 0x30F
        y = (y | (y << 2)) & 0x333
        y = (y | (y << 1)) & 0x555
        key[k] = (np.int32(span[k] >> shift) << 12) | (y << 1) | x
        start[key[k] + 1] += 1
    for q in range(blocks * 4096):
        start[q + 1] += start[q]
    for k in range(n):
        order[start[key[k]]] = k
        start[key[k]] += 1


@njit(cache=True, nogil=True, error_model="numpy", fastmath=_FAST)
def search(
    order: Any, lon: Any, lat: Any, span: Any, shift: Any, levels: Any, level_at: Any, leaf_at: Any, boxes: Any,
    leaves: Any, life: Any, piece_of: Any, pieces: Any, cx: Any, cy: Any, cz: Any,
    metres: Any, found_lon: Any, found_lat: Any, bearing: Any, found: Any,
) -> None:  # fmt: skip
    """Nearest piece of each row by the straight line through the earth, and the arc over it; -1 where there is none."""
    stack = np.empty(512, np.int64)
    bound = np.empty(512, np.float64)
    d2 = np.empty(8, np.float64)
    box2 = np.empty(8, np.float32)
    along = np.empty(8, np.float64)
    before, block_before = np.int64(-1), np.int64(-1)
    for i in range(order.shape[0]):
        k = order[i]
        t = np.int32(span[k])
        b = np.int64(t >> shift)
        found[k] = -1
        if levels[b] == 0:
            continue
        sin_lat, cos_lat = math.sin(lat[k] * _RADIAN), math.cos(lat[k] * _RADIAN)
        sin_lon, cos_lon = math.sin(lon[k] * _RADIAN), math.cos(lon[k] * _RADIAN)
        w = 1 - _E2 * sin_lat * sin_lat
        across = _A / math.sqrt(w)
        px = across * cos_lat * cos_lon - cx
        py = across * cos_lat * sin_lon - cy
        pz = across * (1 - _E2) * sin_lat - cz
        fx, fy, fz = np.float32(px), np.float32(py), np.float32(pz)
        best, at, part = np.float64(_NONE), np.int64(-1), np.float64(0.0)
        depth = 1
        stack[0] = (levels[b] - 1) << 40
        bound[0] = 0.0
        if b == block_before:  # the leaf of the row before is likely near
            stack[1] = before
            bound[1] = 0.0
            depth = 2
        while depth > 0:
            depth -= 1
            if bound[depth] >= best:
                continue
            level = stack[depth] >> 40
            node = stack[depth] & 0xFFFFFFFFFF
            if level == 0:
                q = leaf_at[b] + node
                for c in range(8):
                    wx, wy, wz = px - leaves[q, 0, c], py - leaves[q, 1, c], pz - leaves[q, 2, c]
                    ux, uy, uz = leaves[q, 3, c], leaves[q, 4, c], leaves[q, 5, c]
                    free = wx * ux + wy * uy + wz * uz
                    s = min(leaves[q, 6, c], max(0.0, free))
                    wx, wy, wz = wx - s * ux, wy - s * uy, wz - s * uz
                    along[c] = s
                    alive = (life[q, 0, c] <= t) & (t <= life[q, 1, c])
                    gap = wx * wx + wy * wy + wz * wz + _TIE * (free - s) * (free - s)
                    d2[c] = gap if alive else _NONE
                for c in range(8):
                    if d2[c] < best:
                        best, at, part = d2[c], (q << 3) | c, along[c]
                        before, block_before = node, b
                continue
            q = level_at[b, level] + node
            for c in range(8):
                dx = max(max(boxes[q, 0, c] - fx, fx - boxes[q, 3, c]), np.float32(0))
                dy = max(max(boxes[q, 1, c] - fy, fy - boxes[q, 4, c]), np.float32(0))
                dz = max(max(boxes[q, 2, c] - fz, fz - boxes[q, 5, c]), np.float32(0))
                box2[c] = (dx * dx + dy * dy + dz * dz) * _CAUTION
            more = 0
            for c in range(8):
                d = np.float64(box2[c])
                if d < best and d < 1e25:
                    place = depth + more
                    while place > depth and bound[place - 1] < d:
                        bound[place] = bound[place - 1]
                        stack[place] = stack[place - 1]
                        place -= 1
                    bound[place] = d
                    stack[place] = ((level - 1) << 40) | (node * 8 + c)
                    more += 1
            depth += more
        if at < 0:
            continue
        q, lane = at >> 3, at & 7
        p = piece_of[at]
        share = part / leaves[q, 6, lane] if leaves[q, 6, lane] > 0 else 0.0
        to_lon = pieces[p, 0] + share * pieces[p, 2]
        to_lat = pieces[p, 1] + share * pieces[p, 3]
        vx = leaves[q, 0, lane] + part * leaves[q, 3, lane] - px
        vy = leaves[q, 1, lane] + part * leaves[q, 4, lane] - py
        vz = leaves[q, 2, lane] + part * leaves[q, 5, lane] - pz
        if best < _CLOSE * _CLOSE:
            sine, cosine = math.sin(to_lat * _RADIAN), math.cos(to_lat * _RADIAN)
            normal = _A / math.sqrt(1 - _E2 * sine * sine)
            vx = normal * cosine * math.cos(to_lon * _RADIAN) - cx - px
            vy = normal * cosine * math.sin(to_lon * _RADIAN) - cy - py
            vz = normal * (1 - _E2) * sine - cz - pz
        east = cos_lon * vy - sin_lon * vx
        north = cos_lat * vz - sin_lat * (cos_lon * vx + sin_lon * vy)
        flat2 = east * east + north * north
        # Euler's radius of curvature in the direction of the nearest point.
        radius = across
        if flat2 > 0:
            radius = flat2 / (north * north * w / (across * (1 - _E2)) + east * east / across)
        chord = math.sqrt(vx * vx + vy * vy + vz * vz)
        metres[k] = 2 * radius * math.asin(min(1.0, chord / (2 * radius)))
        found_lon[k], found_lat[k] = to_lon, to_lat
        bearing[k] = math.atan2(east, north)
        found[k] = at


@njit(cache=True, nogil=True, error_model="numpy", fastmath=_FAST)
def refine(
    rows: Any, lon: Any, lat: Any, span: Any, shift: Any, levels: Any, level_at: Any, leaf_at: Any, boxes: Any,
    leaves: Any, life: Any, piece_of: Any, pieces: Any, cx: Any, cy: Any, cz: Any,
    metres: Any, found_lon: Any, found_lat: Any, bearing: Any, found: Any,
) -> None:  # fmt: skip
    """Nearest piece of far rows by the geodesic: all pieces whose chord does not rule them out are measured.

    Where the chord is longer, the arc may yet be shorter: the ellipsoid is flatter one way than the other.
    """
    stack = np.empty(4096, np.int64)
    for i in range(rows.shape[0]):
        k = rows[i]
        t = np.int32(span[k])
        b = np.int64(t >> shift)
        sin_lat, cos_lat = math.sin(lat[k] * _RADIAN), math.cos(lat[k] * _RADIAN)
        across = _A / math.sqrt(1 - _E2 * sin_lat * sin_lat)
        px = across * cos_lat * math.cos(lon[k] * _RADIAN) - cx
        py = across * cos_lat * math.sin(lon[k] * _RADIAN) - cy
        pz = across * (1 - _E2) * sin_lat - cz
        fx, fy, fz = np.float32(px), np.float32(py), np.float32(pz)
        start = found[k]
        best, azimuth = vincenty(lon[k], lat[k], found_lon[k], found_lat[k])
        reach = 2 * _FLATTEST * math.sin(best / (2 * _FLATTEST)) + 0.01
        stack[0] = (levels[b] - 1) << 40
        depth = 1
        while depth > 0:
            depth -= 1
            level = stack[depth] >> 40
            node = stack[depth] & 0xFFFFFFFFFF
            if level > 0:
                q = level_at[b, level] + node
                for c in range(8):
                    dx = max(max(boxes[q, 0, c] - fx, fx - boxes[q, 3, c]), np.float32(0))
                    dy = max(max(boxes[q, 1, c] - fy, fy - boxes[q, 4, c]), np.float32(0))
                    dz = max(max(boxes[q, 2, c] - fz, fz - boxes[q, 5, c]), np.float32(0))
                    if np.float64((dx * dx + dy * dy + dz * dz) * _CAUTION) <= reach * reach:
                        stack[depth] = ((level - 1) << 40) | (node * 8 + c)
                        depth += 1
                continue
            q = leaf_at[b] + node
            for c in range(8):
                if t < life[q, 0, c] or t > life[q, 1, c] or ((q << 3) | c) == start:
                    continue
                wx, wy, wz = px - leaves[q, 0, c], py - leaves[q, 1, c], pz - leaves[q, 2, c]
                ux, uy, uz = leaves[q, 3, c], leaves[q, 4, c], leaves[q, 5, c]
                s = min(leaves[q, 6, c], max(0.0, wx * ux + wy * uy + wz * uz))
                wx, wy, wz = wx - s * ux, wy - s * uy, wz - s * uz
                if wx * wx + wy * wy + wz * wz > reach * reach:
                    continue
                p = piece_of[(q << 3) | c]
                share = s / leaves[q, 6, c] if leaves[q, 6, c] > 0 else 0.0
                to_lon = pieces[p, 0] + share * pieces[p, 2]
                to_lat = pieces[p, 1] + share * pieces[p, 3]
                arc, direction = vincenty(lon[k], lat[k], to_lon, to_lat)
                if arc < best:
                    best, azimuth = arc, direction
                    found_lon[k], found_lat[k], found[k] = to_lon, to_lat, (q << 3) | c
                    reach = 2 * _FLATTEST * math.sin(best / (2 * _FLATTEST)) + 0.01
        metres[k], bearing[k] = best, azimuth


@njit(cache=True, nogil=True, error_model="numpy", fastmath=_FAST)
def vincenty(lon_a: float, lat_a: float, lon_b: float, lat_b: float) -> tuple[float, float]:
    """Geodesic metres, and the direction of the way at its start; 2e7 where the iteration does not settle.

    Source: Vincenty, Survey Review 23 (1975), https://doi.org/10.1179/sre.1975.23.176.88. It settles, to within a
    millimetre, but for points nearly opposite each other.
    """
    turn = (lon_b - lon_a) * _RADIAN
    tan_a, tan_b = math.tan(lat_a * _RADIAN) * (1 - _F), math.tan(lat_b * _RADIAN) * (1 - _F)
    cos_a, cos_b = 1 / math.sqrt(1 + tan_a * tan_a), 1 / math.sqrt(1 + tan_b * tan_b)
    sin_a, sin_b = tan_a * cos_a, tan_b * cos_b
    turned = turn
    for _ in range(60):
        sine, cosine = math.sin(turned), math.cos(turned)
        x, y = cos_b * sine, cos_a * sin_b - sin_a * cos_b * cosine
        sin_arc = math.sqrt(x * x + y * y)
        if sin_arc == 0:
            return (0.0, 0.0) if sin_a * sin_b + cos_a * cos_b * cosine > 0 else (2e7, 0.0)
        cos_arc = sin_a * sin_b + cos_a * cos_b * cosine
        arc = math.atan2(sin_arc, cos_arc)
        sin_azimuth = cos_a * cos_b * sine / sin_arc
        cos2 = 1 - sin_azimuth * sin_azimuth
        middle = cos_arc - 2 * sin_a * sin_b / cos2 if cos2 > 1e-15 else 0.0
        c = _F / 16 * cos2 * (4 + _F * (4 - 3 * cos2))
        last = turned
        turned = turn + (1 - c) * _F * sin_azimuth * (
            arc + c * sin_arc * (middle + c * cos_arc * (2 * middle * middle - 1))
        )
        if abs(turned - last) < 1e-12:
            u2 = cos2 * (_A * _A - _B * _B) / (_B * _B)
            big_a = 1 + u2 / 16384 * (4096 + u2 * (-768 + u2 * (320 - 175 * u2)))
            big_b = u2 / 1024 * (256 + u2 * (-128 + u2 * (74 - 47 * u2)))
            change = big_b * sin_arc * (
                middle
                + big_b / 4 * (
                    cos_arc * (2 * middle * middle - 1)
                    - big_b / 6 * middle * (4 * sin_arc * sin_arc - 3) * (4 * middle * middle - 3)
                )
            )  # fmt: skip
            return _B * big_a * (arc - change), math.atan2(x, y)
    return 2e7, 0.0
