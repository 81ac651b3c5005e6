"""Where two layers name different holders.

In: two layers and days. Out: :class:`LayersDisagreement`: by day the share of the common ground on which the holders
differ, by pair of holders in square kilometres and as geometry for a map. Refuses: no days, and two layers of one name.

Common ground is ground on which both layers state a holder; ``contested`` is a holder here, ``unknown`` is none. Ground
that only one of the two speaks of is measured apart and never counts as disagreement.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
import shapely

from contested.base.errors import RecordError
from contested.base.records import UNKNOWN
from contested.territory.areas import area_m2, only_polygons
from contested.territory.control import ControlLayer, as_days

#: Pieces smaller than this are the rounding of coordinates, square metres; they stay in the sums and out of the pairs.
SLIVER_M2 = 1.0


@dataclass(frozen=True, slots=True)
class HolderPair:
    """Ground on which the first layer names one holder and the second another; a multipolygon in degrees."""

    first_holder: str
    second_holder: str
    km2: float
    geometry: shapely.Geometry


@dataclass(frozen=True, slots=True)
class DayDisagreement:
    """One day.

    Attributes
    ----------
    common_km2
        Ground on which both layers state a holder.
    differing_km2
        Common ground on which the two holders differ.
    only_first_km2, only_second_km2
        Ground on which only one of the two states a holder.
    pairs
        The differing ground by pair of holders, the largest first.
    """

    day: date
    common_km2: float
    differing_km2: float
    only_first_km2: float
    only_second_km2: float
    pairs: tuple[HolderPair, ...]

    @property
    def share_differing(self) -> float:
        """Share of the common ground on which the holders differ; NaN where there is no common ground."""
        return self.differing_km2 / self.common_km2 if self.common_km2 > 0 else float("nan")

    @property
    def geometry(self) -> shapely.Geometry:
        """All ground on which the holders differ, degrees."""
        return only_polygons(shapely.union_all([pair.geometry for pair in self.pairs]))


@dataclass(frozen=True, slots=True)
class LayersDisagreement:
    """Two layers by their names, the days that both speak of, and the days asked for on which one has no map."""

    first: str
    second: str
    days: tuple[DayDisagreement, ...]
    without_map: tuple[date, ...]

    @property
    def share_differing(self) -> float:
        """Differing ground over common ground, both summed over the days; NaN without common ground."""
        common = sum(day.common_km2 for day in self.days)
        return sum(day.differing_km2 for day in self.days) / common if common > 0 else float("nan")

    @property
    def km2_of_pairs(self) -> dict[tuple[str, str], float]:
        """Mean over the days of the ground of each pair of holders, the largest first."""
        sums: dict[tuple[str, str], float] = {}
        for day in self.days:
            for pair in day.pairs:
                key = (pair.first_holder, pair.second_holder)
                sums[key] = sums.get(key, 0.0) + pair.km2
        means = {key: total / len(self.days) for key, total in sums.items()}
        return dict(sorted(means.items(), key=lambda item: (-item[1], item[0])))


def compare_layers(
    first: ControlLayer, second: ControlLayer, days: Iterable[date], region: shapely.Geometry | None = None
) -> LayersDisagreement:
    """Where two layers differ, day by day.

    Parameters
    ----------
    first, second
        The layers.
    days
        Days to compare; each once, in order. Days on which a layer has no map in force are listed apart.
    region
        Ground to look at, a polygon in degrees. When left out it is the box around both layers: it bounds the ground of
        a layer that names a party ``elsewhere``.

    Raises
    ------
    RecordError
        Without days, or when both layers bear one name.
    """
    wanted = sorted(set(days))
    if not wanted:
        raise RecordError(f"{first.name} and {second.name}: no day is given to compare; give one or more")
    if first.name == second.name:
        raise RecordError(f'both layers are named "{first.name}"; give two layers, each with a name of its own')
    if region is None:
        region = shapely.box(*shapely.total_bounds([shapely.box(*layer.bounds) for layer in (first, second)]))
    maps = np.stack([layer.maps_on(as_days([day.isoformat() for day in wanted])) for layer in (first, second)], axis=1)
    found: list[DayDisagreement] = []
    silent: list[date] = []
    known: dict[tuple[int, int], DayDisagreement] = {}
    for day, (one, other) in zip(wanted, maps.tolist(), strict=True):
        if one < 0 or other < 0:
            silent.append(day)
            continue
        if (one, other) not in known:
            known[one, other] = _compare(_stated(first, day, region), _stated(second, day, region), day)
        found.append(replace(known[one, other], day=day))
    return LayersDisagreement(first.name, second.name, tuple(found), tuple(silent))


def _stated(layer: ControlLayer, day: date, region: shapely.Geometry) -> dict[str, Any]:
    """Holder → ground in the region, without overlap; ground that nobody holds by name is left out."""
    ground = layer.ground_on(day)
    areas = {} if ground is None else ground.disjoint_areas
    stated = {layer.columns[number]: only_polygons(area.intersection(region)) for number, area in areas.items()}
    if layer.elsewhere is not None:
        taken = shapely.union_all(list(stated.values()))
        rest = only_polygons(region.difference(taken))
        held = stated.get(layer.elsewhere)
        stated[layer.elsewhere] = rest if held is None else only_polygons(shapely.union_all([held, rest]))
    stated.pop(UNKNOWN, None)
    return {holder: area for holder, area in sorted(stated.items()) if not area.is_empty}


def _compare(first: dict[str, Any], second: dict[str, Any], day: date) -> DayDisagreement:
    keys = [(one, other) for one in first for other in second]
    pieces = [only_polygons(first[one].intersection(second[other])) for one, other in keys]
    km2 = (area_m2(pieces) / 1e6).tolist() if pieces else []
    whole = [float(area_m2(list(ground.values())).sum()) / 1e6 if ground else 0.0 for ground in (first, second)]
    pairs = [
        HolderPair(one, other, size, piece)
        for (one, other), size, piece in zip(keys, km2, pieces, strict=True)
        if one != other and size * 1e6 >= SLIVER_M2
    ]
    pairs.sort(key=lambda pair: (-pair.km2, pair.first_holder, pair.second_holder))
    common = sum(km2)
    differing = sum(size for (one, other), size in zip(keys, km2, strict=True) if one != other)
    only = [max(0.0, size - common) for size in whole]
    return DayDisagreement(day, common, differing, only[0], only[1], tuple(pairs))
