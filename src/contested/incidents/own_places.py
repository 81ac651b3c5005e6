"""A case's own places: its lists under ``places/``, and the named points of its datasets.

In: CSV files with ``name, lon, lat`` and optionally ``other_names`` (parted by ``|`` or ``;``), ``radius_m``, ``kind``
and ``address``; the table ``records``. Out: places for the gazetteer. Refuses, to ``rejects``: a list that cannot be
read, and a row without a name, without a possible point, with a radius that is no positive number, or of another kind.
"""

from __future__ import annotations

import json
import math
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from contested.base.case import Case
from contested.base.engine import Engine
from contested.base.errors import DatasetError, nearest_name
from contested.base.places import check_point, geodesic_m
from contested.base.rows import Row, read_rows
from contested.base.transliteration import fold_script
from contested.incidents.gazetteer import KINDS, RADIUS_M, Place

if TYPE_CHECKING:
    import pyarrow as pa

#: Most that the points of one name may lie apart, metres: farther, they are several places of that name, and no
#: middle of them is meant.
MAX_SPREAD_M = 25_000.0


def read_place_lists(case: Case) -> tuple[list[Place], list[dict[str, Any]]]:
    """The places of every list in the case's ``places`` folder, and the rows refused."""
    places: list[Place] = []
    rejects: list[dict[str, Any]] = []
    for path in case.originals("places", (".csv",)):
        found, refused = read_place_list(path, case)
        places += found
        rejects += refused
    return places, rejects


def read_place_list(path: Path, case: Case) -> tuple[list[Place], list[dict[str, Any]]]:
    """The places of one list, and the rows refused; a list that cannot be read at all is one refusal."""
    shown = case.relative(path)
    places: list[Place] = []
    rejects: list[dict[str, Any]] = []

    def refuse(number: int, reason: str, raw: str = "") -> None:
        rejects.append({
            "original_path": shown, "original_row": number, "stage": "incidents", "reason": reason, "raw": raw,
        })  # fmt: skip

    try:
        rows = read_rows(path, ("name", "lon", "lat")).rows
    except DatasetError as fault:
        refuse(0, str(fault))
        return [], rejects
    for row in rows:
        try:
            places.append(_place(row, shown, case))
        except ValueError as fault:
            reason = f"{path.name} row {row.number}: {fault}; the row went to rejects"
            refuse(row.number, reason, json.dumps(row.values, ensure_ascii=False))
    return places, rejects


def _place(row: Row, shown: str, case: Case) -> Place:
    values = row.values
    if not values["name"]:
        raise ValueError("the name is empty; write the place's name")
    lon, lat = _number(values, "lon"), _number(values, "lat")
    if lon is None or lat is None:
        raise ValueError("lon and lat must both be given, in WGS 84 degrees")
    check_point(lon, lat, case.file.region.box)
    kind = values.get("kind") or "neighbourhood"
    if kind not in KINDS:
        raise ValueError(f'kind "{kind}" is none of {", ".join(KINDS)}; {nearest_name(kind, KINDS)}')
    radius_m = _number(values, "radius_m")
    if radius_m is not None and not 0 < radius_m < math.inf:
        raise ValueError(f"radius_m {radius_m:g} is no positive number of metres")
    others = tuple(name for part in re.split(r"[|;]", values.get("other_names", "")) if (name := part.strip()))
    source = f"{shown} ({values['address']})" if values.get("address") else shown
    return Place(values["name"], lon, lat, RADIUS_M[kind] if radius_m is None else radius_m, kind, source, others)


def _number(values: dict[str, str], column: str) -> float | None:
    text = values.get(column, "")
    try:
        return float(text) if text else None
    except ValueError:
        raise ValueError(f'{column} "{text}" is no number; write it with a decimal point') from None


#: One row a name: medians, the box that holds its points, and who gives them.
_POINTS_OF_NAMES = """
    SELECT key, list_sort(list(DISTINCT place_name)) AS names, list_sort(list(DISTINCT dataset)) AS datasets,
           median(lon) AS lon, median(lat) AS lat, median(radius_m) AS radius_m,
           min(lon) AS west, max(lon) AS east, min(lat) AS south, max(lat) AS north
    FROM records JOIN keys USING (place_name) SEMI JOIN datasets USING (dataset)
    WHERE lon IS NOT NULL AND radius_m IS NOT NULL AND publish AND key <> ''
    GROUP BY key ORDER BY key
"""


def dataset_places(case: Case, records: pa.Table) -> list[Place]:
    """One place for each name that the datasets give points to: their median, with a radius that holds them.

    Rows that may not be published give no place, since a candidate shows where it comes from. Names whose points lie
    more than :data:`MAX_SPREAD_M` from their median stand for several places and give none either.
    """
    import pyarrow as pa

    names = [name for name in records["place_name"].unique().to_pylist() if name]
    keys = pa.table({
        "place_name": pa.array(names, pa.string()), "key": pa.array(map(fold_script, names), pa.string()),
    })  # fmt: skip
    shown = [dataset.name for dataset in case.file.datasets if dataset.publish_rows]
    tables = {"records": records, "keys": keys, "datasets": pa.table({"dataset": pa.array(shown, pa.string())})}
    places = []
    for row in Engine().query(_POINTS_OF_NAMES, tables).to_pylist():
        lons, lats = [row["west"], row["east"]] * 2, [row["south"], row["south"], row["north"], row["north"]]
        spread_m = float(geodesic_m(lons, lats, row["lon"], row["lat"]).max())
        if spread_m <= MAX_SPREAD_M:
            name, *others = row["names"]
            source = "points of " + ", ".join(row["datasets"])
            radius_m = max(spread_m, row["radius_m"])
            places.append(Place(name, row["lon"], row["lat"], radius_m, "place", source, tuple(others)))
    return places
