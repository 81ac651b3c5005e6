"""What in a layer's maps looks like a fault of the maps.

In: dated areas. Out: notes. Refuses: nothing: ground does change hands fast, and only a person can tell.

Two things are looked for: the area of a party that jumps from one map to the next, as it does when half of a map is
missing, and ground that two parties claim on one day.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from numpy.typing import NDArray

from contested.base.records import CONTESTED, UNKNOWN
from contested.territory.areas import area_m2

if TYPE_CHECKING:
    from contested.territory.files.maps import Area

#: A party that loses more than this share of its ground between two maps, or gains what undoes such a loss, is told.
JUMP_SHARE = 0.3
#: Days within which ground that is back makes a jump look like a fault of the map between.
BACK_DAYS = 7
#: Ground is back when it is within this share of what it was.
BACK_SHARE = 0.1
#: Jumps that are told one by one.
SHOWN_JUMPS = 5
#: Days whose overlaps are measured: the first, the last, and days evenly between.
OVERLAP_DAYS = 60
#: Ground that two parties claim is told from here on, square metres: less is the rounding of coordinates.
OVERLAP_M2 = 10_000.0

_ONE_DAY = timedelta(days=1)


def notes_of_jumps(areas: Sequence[Area]) -> list[str]:
    """Parties whose area falls by more than :data:`JUMP_SHARE` from one map to the next, or rises by as much back."""
    if not areas:
        return []
    starts, sizes = _sizes(areas)
    found: list[tuple[date, str]] = []
    for holder in sorted(sizes):
        size = sizes[holder]
        number = 1
        while number < len(starts):
            before, now = size[number - 1], size[number]
            low, high = min(before, now), max(before, now)
            # Where no area at all stood the day before, there is nothing to compare with.
            if before <= 0 or low >= (1 - JUMP_SHARE) * high:
                number += 1
                continue
            text = (
                f"{holder} goes from {before / 1e6:.1f} km² on {starts[number - 1]} to {now / 1e6:.1f} km² on "
                f"{starts[number]}"
            )
            back = _back_at(starts, size, number)
            if back is not None:
                text += f" and is back at {size[back] / 1e6:.1f} km² on {starts[back]}"
                number = back
            found.append((starts[number], text))
            number += 1
    texts = [text for _, text in sorted(found)]
    if not texts:
        return []
    more = f"; and {len(texts) - SHOWN_JUMPS} more" if len(texts) > SHOWN_JUMPS else ""
    return [
        f"areas jump by more than {JUMP_SHARE:.0%} between maps: {'; '.join(texts[:SHOWN_JUMPS])}{more}; "
        "look whether a map is incomplete"
    ]


def notes_of_overlaps(areas: Sequence[Area]) -> list[str]:
    """The largest ground that two parties claim on one day."""
    days = sorted({area.first for area in areas})
    step = max(1, -(-(len(days) - 1) // (OVERLAP_DAYS - 1)))
    chosen = sorted({*days[::step], *days[-1:]})
    worst, worst_day, sides = 0.0, None, ""
    for day in chosen:
        grounds = _grounds([area for area in areas if area.first <= day <= area.last])
        for one, other in combinations(sorted(grounds), 2):
            size = _overlap_m2(grounds[one], grounds[other])
            if size > worst:
                worst, worst_day, sides = size, day, f"{one} and {other}"
    if worst < OVERLAP_M2:
        return []
    looked = "" if len(chosen) == len(days) else f", of {len(chosen)} days looked at out of {len(days)}"
    return [f"{sides} both claim {worst / 1e6:.3f} km² on {worst_day} (the most{looked}); such ground is contested"]


def _sizes(areas: Sequence[Area]) -> tuple[list[date], dict[str, NDArray[np.float64]]]:
    """Days on which a map begins or an area ends while others stand, and each party's area from then on."""
    size = area_m2([area.geometry for area in areas])
    after = [area.last + _ONE_DAY for area in areas]
    edges = sorted({*(area.first for area in areas), *after})
    row = {day: number for number, day in enumerate(edges)}
    change: dict[str, NDArray[np.float64]] = defaultdict(lambda: np.zeros(len(edges)))
    live = np.zeros(len(edges), dtype=np.int64)
    for area, end, m2 in zip(areas, after, size.tolist(), strict=True):
        live[row[area.first]] += 1
        live[row[end]] -= 1
        if area.holder not in (CONTESTED, UNKNOWN):
            change[area.holder][row[area.first]] += m2
            change[area.holder][row[end]] -= m2
    stands = np.cumsum(live) > 0
    # Sums of what came and went leave rounding behind; a square millimetre is none.
    sizes: dict[str, NDArray[np.float64]] = {
        holder: np.cumsum(steps).round(6)[stands] for holder, steps in change.items()
    }
    return [day for day, kept in zip(edges, stands.tolist(), strict=True) if kept], sizes


def _back_at(starts: Sequence[date], size: NDArray[np.float64], number: int) -> int | None:
    before = size[number - 1]
    for later in range(number + 1, len(starts)):
        if (starts[later] - starts[number]).days > BACK_DAYS:
            return None
        if abs(size[later] - before) <= BACK_SHARE * before:
            return later
    return None


def _grounds(areas: Iterable[Area]) -> dict[str, list[Any]]:
    grounds: dict[str, list[Any]] = defaultdict(list)
    for area in areas:
        if area.holder not in (CONTESTED, UNKNOWN):
            grounds[area.holder].append(area.geometry)
    return grounds


def _overlap_m2(one: Sequence[Any], other: Sequence[Any]) -> float:
    """Area that both cover: only pairs whose boxes meet are cut."""
    first, second = shapely.STRtree(list(one)).query(list(other), predicate=None)
    if not len(first):
        return 0.0
    pieces = shapely.intersection(np.array(one, dtype=object)[second], np.array(other, dtype=object)[first])
    return float(area_m2([shapely.union_all(pieces)])[0])
