"""Without the extra ``fast`` everything works, and says the same."""

from __future__ import annotations

import subprocess
import sys

SCRIPT = """
import sys
from datetime import date

if sys.argv[1] == "without":
    sys.modules["numba"] = None  # what an import of a package that is not there finds
    import importlib.util
    found = importlib.util.find_spec
    importlib.util.find_spec = lambda name, *rest: None if name == "numba" else found(name, *rest)

import numpy as np
import shapely

from contested.base.records import HOLDINGS
from contested.territory.changes import next_change
from contested.territory.control import ControlLayer
from contested.territory.fronts import distance_to_front

west, east = shapely.box(10.0, 50.0, 10.1, 50.1), shapely.box(10.1, 50.0, 10.2, 50.1)
layer = ControlLayer(HOLDINGS.from_rows({
    "layer": "map", "holding_no": number, "place": None, "holder": holder, "valid_from": first, "valid_to": last,
    "geometry": shapely.to_wkb(shape), "original_path": "m", "original_row": number, "made_by": "geojson",
} for number, (holder, first, last, shape) in enumerate([
    ("north", date(2020, 1, 1), date(2020, 1, 9), west), ("south", date(2020, 1, 1), date(2020, 1, 4), east),
    ("north", date(2020, 1, 5), date(2020, 1, 9), east),
], 1)))
random = np.random.default_rng(1)
lon, lat = random.uniform(9.99, 10.21, 25_000), random.uniform(49.99, 50.11, 25_000)
day = np.datetime64("2020-01-01") + random.integers(0, 10, 25_000)
found = layer.look_up(lon, lat, day, np.where(lon > 10.1, 500.0, 0.0))
front = distance_to_front(layer, lon, lat, day)
changed, _ = next_change(layer, lon, lat, day)
print("numba" in sys.modules and sys.modules["numba"] is not None)
print(np.bincount(found.code).tolist(), (~np.isnat(changed)).sum(), np.isnan(front.front_m).sum())
print(round(float(np.nanmean(front.front_m))), [round(float(share), 3) for share in found.p.mean(axis=0)])
"""


def test_the_answers_are_the_same() -> None:
    with_it, without = (
        subprocess.run([sys.executable, "-c", SCRIPT, how], capture_output=True, text=True, check=True).stdout.split(
            "\n"
        )
        for how in ("with", "without")
    )
    assert without[0] == "False"
    assert with_it[1:] == without[1:]
