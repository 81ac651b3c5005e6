"""An invented front that moves east, and attacks before it, for the tests of what follows attacks.

``gov`` holds everything west of a front, ``opp`` the rest of a box. Each strip of latitude moves on its own days, so
that places as near to the front fall at different times.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray

from contested.base.records import HOLDINGS
from contested.territory.control import ControlLayer
from contested.territory.fronts import LayerFront
from contested.weighing.panel import Panel, make_panel

FIRST = np.datetime64("2016-11-01")
#: Degrees of latitude of a kilometre, and of longitude at the equator, where the invented front lies.
KM = 1000 / 111_195.0


def holdings_of(rows: list[tuple[str, int, int, Any]], layer: str = "maps") -> pa.Table:
    """A table of holdings from (holder, first day, last day, polygon), or with a place's name in fifth place."""
    found = [
        {
            "layer": layer, "holding_no": number, "place": row[4] if len(row) > 4 else None, "holder": row[0],
            "valid_from": (FIRST + row[1]).item(), "valid_to": (FIRST + row[2]).item(),
            "geometry": shapely.to_wkb(row[3]), "original_path": "layers/m", "original_row": number,
            "made_by": "geojson",
        }
        for number, row in enumerate(rows, start=1)
    ]  # fmt: skip
    return HOLDINGS.from_rows(found)


def reach_by_day(seed: int, days: int, strips: int, wide: int) -> NDArray[np.int64]:
    """How many kilometres east the front stands in each strip on each day, shape (days, strips)."""
    generator = np.random.default_rng(seed)
    steps = (generator.random((days, strips)) < 0.15) * generator.integers(1, 4, (days, strips))
    return np.minimum(np.cumsum(steps, axis=0) + 3, wide)


def front_layer(reach: NDArray[np.int64], wide: int, lon: float = 10.0, lat: float = 0.0) -> ControlLayer:
    """The layer of such a front: strips of one kilometre, from a point to the north-east."""
    rows = []
    for day, row in enumerate(reach):
        gov = [_box(lon, lat, 0, strip, int(km), strip + 1) for strip, km in enumerate(row)]
        opp = [_box(lon, lat, int(km), strip, wide, strip + 1) for strip, km in enumerate(row) if km < wide]
        rows += [("gov", day, day, shapely.union_all(gov)), ("opp", day, day, shapely.union_all(opp))]
    return ControlLayer(holdings_of(rows))


def front_panel(layer: ControlLayer, days: int, **changes: Any) -> Panel:
    """A panel of squares of a kilometre over it."""
    keys: dict[str, Any] = {"cell_m": 1000.0, "reach_m": 8000.0, **changes}
    return make_panel(layer, LayerFront(layer, ("gov", "opp")), (FIRST, FIRST + (days - 1)), **keys)


def _box(lon: float, lat: float, west: int, south: int, east: int, north: int) -> Any:
    """A box in kilometres from a point."""
    return shapely.box(lon + west * KM, lat + south * KM, lon + east * KM, lat + north * KM)
