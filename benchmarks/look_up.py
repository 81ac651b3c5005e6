"""Who held the place that day: speed and right answers of ways to look it up, side by side, in one run.

In: a folder of dated GeoJSON maps, a number of points. Out: ``look_up.json`` and a Markdown table. Refuses: nothing; a
peer that is not installed is named, with what is missing, and the others go on.

Points are random in the box of the layer widened by 3 %, days random from the first map's to the last map's, both with
a seed. Every way answers the same points from arrays in memory (parsed polygons, points and days as columns) and the
answers are compared with those of prepared Shapely polygons, row by row. Ways take turns, so that a noisy minute falls
on all; each is run ``--repeats`` times and the median is given with the least and the most. All run on one core
(``sched_setaffinity``) but the one marked ``2 threads``.

    PYTHONPATH=src python benchmarks/look_up.py --layers DIR --points 1000000 --out FOLDER
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

from installed import installed_versions

from contested.territory.control import ControlLayer
from contested.territory.plain_layers import open_layers

#: Packages whose versions are printed.
PEERS = ("numpy", "shapely", "numba", "geopandas", "duckdb", "sedonadb", "pyarrow")
#: Most points that a way is given; the rest would take minutes.
MOST = {"geopandas": 1_000_000, "duckdb": 200_000, "sedonadb": 1_000_000}


@dataclass
class Points:
    """Points and days, and the number of the map in force on each day."""

    lon: Any
    lat: Any
    day: Any
    map: Any


@dataclass
class Way:
    """One way of looking up and what was measured."""

    name: str
    run: Callable[[Points], Any]
    most: int = 10**9
    cores: int = 1
    seconds: list[float] = field(default_factory=list)
    rows: int = 0
    differ: int | None = None
    missing: str | None = None


def make_points(layer: ControlLayer, count: int, seed: int) -> Points:
    """Random points and days."""
    random = np.random.default_rng(seed)
    west, south, east, north = layer.bounds
    wide, high = 0.03 * (east - west), 0.03 * (north - south)
    lon = random.uniform(west - wide, east + wide, count)
    lat = random.uniform(south - high, north + high, count)
    first, last = (np.datetime64(day) for day in layer.days)
    day = first + random.integers(0, int((last - first).astype(int)) + 1, count)
    return Points(lon, lat, day, layer.maps_on(day))


def some(points: Points, count: int) -> Points:
    """The first points."""
    return Points(points.lon[:count], points.lat[:count], points.day[:count], points.map[:count])


# ------------------------------------------------------------------------------------------------------- the ways


def prepared_shapely(layer: ControlLayer) -> Callable[[Points], Any]:
    """Points of a day against the day's prepared polygon: the simplest way that is fast."""
    import shapely

    grounds = {}
    for number in np.unique(layer._map_of_span[layer._map_of_span >= 0]).tolist():
        areas = layer.ground(number).areas
        grounds[number] = next(iter(areas.values()))
        shapely.prepare(grounds[number])

    def run(points: Points) -> Any:
        inside = np.zeros(len(points.lon), dtype=bool)
        order = np.argsort(points.map, kind="stable")
        numbers, start = np.unique(points.map[order], return_index=True)
        for number, rows in zip(numbers.tolist(), np.split(order, start[1:]), strict=True):
            if number >= 0:
                inside[rows] = shapely.intersects_xy(grounds[number], points.lon[rows], points.lat[rows])
        return inside

    return run


def geopandas_join(layer: ControlLayer) -> Callable[[Points], Any]:
    """``sjoin`` of the points of a day with the day's polygon, day by day."""
    import geopandas

    frames = {
        number: geopandas.GeoDataFrame(geometry=list(layer.ground(number).areas.values()), crs=4326)
        for number in np.unique(layer._map_of_span[layer._map_of_span >= 0]).tolist()
    }

    def run(points: Points) -> Any:
        inside = np.zeros(len(points.lon), dtype=bool)
        frame = geopandas.GeoDataFrame(
            {"map": points.map}, geometry=geopandas.points_from_xy(points.lon, points.lat), crs=4326
        )
        for number, group in frame.groupby("map"):
            if number >= 0:
                inside[group.sjoin(frames[number], predicate="intersects").index] = True
        return inside

    return run


def _maps_as_wkb(layer: ControlLayer) -> tuple[list[int], list[bytes]]:
    import shapely

    numbers = np.unique(layer._map_of_span[layer._map_of_span >= 0]).tolist()
    return numbers, [shapely.to_wkb(next(iter(layer.ground(number).areas.values()))) for number in numbers]


def duckdb_join(layer: ControlLayer) -> Callable[[Points], Any]:
    """DuckDB spatial: a join on the map's number, its box and ``ST_Intersects``."""
    import duckdb
    import duckdb_ext
    import pyarrow as pa

    numbers, shapes = _maps_as_wkb(layer)
    connection = duckdb.connect(config={"threads": 1, "allow_unsigned_extensions": False})
    found = sorted((Path(next(iter(duckdb_ext.__path__))) / "extensions").rglob("spatial.duckdb_extension"))
    own = [path for path in found if f"v{duckdb.__version__}" in str(path)] or found
    connection.execute(f"LOAD '{own[0]}'")
    maps = pa.table({"map": pa.array(numbers, pa.int64()), "wkb": pa.array(shapes, pa.binary())})
    connection.register("maps_wkb", maps)
    connection.execute("CREATE TABLE maps AS SELECT map, ST_GeomFromWKB(wkb) AS shape FROM maps_wkb")

    def run(points: Points) -> Any:
        table = pa.table({"n": np.arange(len(points.lon)), "x": points.lon, "y": points.lat, "map": points.map})
        connection.register("points", table)
        hits = connection.execute(
            "SELECT n FROM points JOIN maps USING (map) WHERE ST_Intersects(shape, ST_Point(x, y))"
        ).fetchnumpy()["n"]
        inside = np.zeros(len(points.lon), dtype=bool)
        inside[hits] = True
        return inside

    return run


def sedonadb_join(layer: ControlLayer) -> Callable[[Points], Any]:
    """SedonaDB at its best: the map's number folded into the longitude, so that one spatial join does all."""
    import pyarrow as pa
    import sedonadb
    import shapely

    numbers = np.unique(layer._map_of_span[layer._map_of_span >= 0]).tolist()
    shift = 100.0
    shapes = [
        shapely.to_wkb(
            shapely.transform(next(iter(layer.ground(k).areas.values())), lambda c, k=k: c + np.array([k * shift, 0.0]))
        )
        for k in numbers
    ]
    context = sedonadb.connect()
    context.create_data_frame(pa.table({"wkb": pa.array(shapes, pa.binary())})).to_view("maps")

    def run(points: Points) -> Any:
        table = pa.table({"n": np.arange(len(points.lon)), "x": points.lon + points.map * shift, "y": points.lat})
        context.create_data_frame(table).to_view("points", overwrite=True)
        hits = context.sql(
            "SELECT n FROM points JOIN maps ON ST_Intersects(ST_GeomFromWKB(maps.wkb), ST_Point(points.x, points.y))"
        ).to_arrow_table()
        inside = np.zeros(len(points.lon), dtype=bool)
        inside[np.asarray(hits["n"])] = True
        return inside

    return run


def contested_index(layer: ControlLayer, threads: int) -> Callable[[Points], Any]:
    """The temporal cell index."""

    def run(points: Points) -> Any:
        return layer.codes_on(points.lon, points.lat, points.day, threads)

    return run


# ---------------------------------------------------------------------------------------------------- measuring


def measure(ways: list[Way], points: Points, repeats: int, shown: Callable[[str], None]) -> None:
    """Run the ways in turn, and compare the answers of each with those of the first."""
    cores = sorted(os.sched_getaffinity(0))
    reference = None
    for turn in range(repeats + 1):
        for way in ways:
            if way.missing:
                continue
            asked = some(points, way.most)
            way.rows = len(asked.lon)
            os.sched_setaffinity(0, cores[: way.cores])
            begin = time.perf_counter()
            try:
                found = way.run(asked)
            except Exception as fault:
                way.missing = f"{type(fault).__name__}: {str(fault)[:120]}"
                continue
            seconds = time.perf_counter() - begin
            if reference is None:
                reference = found
            if turn == 0:  # to warm up, and to compare
                answer = found == 0 if found.dtype != bool else found
                way.differ = int((answer != reference[: len(answer)]).sum())
            else:
                way.seconds.append(seconds)
            shown(f"{turn}/{repeats} {way.name}: {way.rows / seconds / 1e6:.3f} M rows/s")
    os.sched_setaffinity(0, cores)


def flatness(layer: ControlLayer, counts: list[int], seed: int) -> list[dict[str, float]]:
    """Nanoseconds a row of the index by number of points, and by number of days that the points fall on."""
    found = []
    longest = make_points(layer, max(counts), seed)
    days = int((np.datetime64(layer.days[1]) - np.datetime64(layer.days[0])).astype(int)) + 1
    for count in counts:
        found.append({"points": count, "days": days, "ns": _best(layer, some(longest, count))})
    first = np.datetime64(layer.days[0])
    for span in (30, 120, 360):
        if span < days:
            part = some(longest, min(1_000_000, max(counts)))
            day = first + (part.day - first).astype(int) % span
            points = Points(part.lon, part.lat, day, part.map)
            found.append({"points": len(part.lon), "days": span, "ns": _best(layer, points)})
    return found


def _best(layer: ControlLayer, points: Points) -> float:
    seconds = []
    for _ in range(7):
        begin = time.perf_counter()
        layer.codes_on(points.lon, points.lat, points.day)
        seconds.append(time.perf_counter() - begin)
    return round(median(seconds) / len(points.lon) * 1e9, 2)


def gather_rate(rows: int) -> float:
    """Million rows a second that this machine gathers from a 3 MB grid in memory: the bound of any grid."""
    grid = np.arange(750_000, dtype=np.int32)
    at = np.random.default_rng(0).integers(0, len(grid), rows).astype(np.int32)
    out = np.empty(rows, dtype=np.int32)
    seconds = []
    for _ in range(7):
        begin = time.perf_counter()
        np.take(grid, at, out=out)
        seconds.append(time.perf_counter() - begin)
    return round(rows / median(seconds) / 1e6, 1)


def file_to_file(layer: ControlLayer, points: Points) -> float:
    """Million rows a second from a Parquet file of points to one with their holders."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    from contested.territory.answers import Answers, Wanted
    from contested.territory.point_files import parquet_batches, write_parquet

    with tempfile.TemporaryDirectory() as folder:
        source, out = Path(folder) / "points.parquet", Path(folder) / "out.parquet"
        pq.write_table(
            pa.table({"lon": points.lon, "lat": points.lat, "date": pa.array(points.day, pa.date32())}), source
        )
        seconds = []
        for _ in range(3):
            begin = time.perf_counter()
            write_parquet(out, Answers(layer, Wanted(("holder",))).of_batches(parquet_batches(source)))
            seconds.append(time.perf_counter() - begin)
    return round(len(points.lon) / median(seconds) / 1e6, 2)


def near_the_front(layer: ControlLayer, points: Points, seed: int) -> Points:
    """The points, half of them moved to within 30 km of an edge that stands on their day."""
    random = np.random.default_rng(seed)
    runs, ends = layer.edge_runs, layer.edge_runs.degrees()
    span = layer.spans_on(points.day)
    lon, lat = points.lon.copy(), points.lat.copy()
    moved = np.flatnonzero(random.random(len(lon)) < 0.5)
    for number in np.unique(span[moved]).tolist():
        rows = moved[span[moved] == number]
        live = np.flatnonzero((runs.first <= number) & (number <= runs.last))
        if len(live):
            edge, turn = random.choice(live, len(rows)), random.uniform(0, 2 * np.pi, len(rows))
            away = 30 / 111.2 * np.sqrt(random.random(len(rows)))
            lon[rows] = ends[edge, 0] + away * np.cos(turn) / np.cos(np.radians(ends[edge, 1]))
            lat[rows] = ends[edge, 1] + away * np.sin(turn)
    return Points(lon, lat, points.day, points.map)


def fronts(layer: ControlLayer, points: Points) -> dict[str, Any]:
    """Distance to the front: the index on one core and on two, a search tree a day, and the error of the index."""
    from pyproj import Geod

    from contested.territory.fronts import LayerFront

    front = LayerFront(layer)
    begin = time.perf_counter()
    front.index()
    built = time.perf_counter() - begin
    asked = some(points, 1_000_000)
    few = some(points, 20_000)
    cores = sorted(range(os.cpu_count() or 1))

    def rate(threads: int) -> float:
        os.sched_setaffinity(0, cores[:threads])
        seconds = []
        for _ in range(4):
            begin = time.perf_counter()
            front.distances(asked.lon, asked.lat, asked.day, threads=threads)
            seconds.append(time.perf_counter() - begin)
        os.sched_setaffinity(0, cores[:1])
        return len(asked.lon) / median(seconds[1:]) / 1e6

    one, two = rate(1), rate(2)
    begin = time.perf_counter()
    metres, *_ = front._search(few.lon, few.lat, layer.spans_on(few.day))
    searched = len(few.lon) / (time.perf_counter() - begin) / 1e6
    found = front.distances(asked.lon, asked.lat, asked.day).front_m[: len(few.lon)]
    sample = front.distances(asked.lon, asked.lat, asked.day)
    _, _, karney = Geod(ellps="WGS84").inv(few.lon, few.lat, sample.lon[: len(few.lon)], sample.lat[: len(few.lon)])
    return {
        "rows": len(asked.lon), "M rows/s, one core": round(one, 2), "two threads": round(two, 2),
        "two over one": round(two / one, 2), "index built, seconds": round(built, 2),
        "search tree a day, M rows/s": round(searched, 3),
        "largest difference to the search tree, m": round(float(np.nanmax(np.abs(metres - found))), 3),
        "largest difference to the geodesic of the point found, m": round(float(np.nanmax(np.abs(karney - found))), 4),
    }  # fmt: skip


def discs(layer: ControlLayer, points: Points) -> dict[str, Any]:
    """Shares of discs of 1, 5 and 25 km (50, 35, 15 %), of one day and of windows (half of them of 7 or 31 days)."""
    random = np.random.default_rng(3)
    asked = some(points, 500_000)
    radius = random.choice([1_000.0, 5_000.0, 25_000.0], len(asked.lon), p=[0.5, 0.35, 0.15])
    window = np.where(random.random(len(radius)) < 0.5, random.choice([3, 15], len(radius)), 0)

    def rate(days: Any, rows: int, by_map: bool = False) -> float:
        seconds = []
        for _ in range(1 if by_map else 4):
            begin = time.perf_counter()
            first, last = asked.day[:rows] - days[:rows], asked.day[:rows] + days[:rows]
            layer.look_up(asked.lon[:rows], asked.lat[:rows], first, radius[:rows], last)
            seconds.append(time.perf_counter() - begin)
        return round(rows / median(seconds[-3:]) / 1e6, 4)

    none = np.zeros(len(radius), dtype=int)
    return {
        "rows": len(radius), "disc, M rows/s": rate(none, len(radius)), "disc and window": rate(window, len(radius)),
        "Shapely, disc": rate(none, 4_000, True), "Shapely, disc and window": rate(window, 1_000, True),
    }  # fmt: skip


def report(ways: list[Way], facts: dict[str, Any]) -> str:
    """The table."""
    base = next(median(way.rows / np.array(way.seconds)) for way in ways if way.seconds)
    lines = [
        "| way | rows | M rows/s (least to most) | beside prepared Shapely | rows that differ |",
        "|---|---|---|---|---|",
    ]
    for way in ways:
        if way.missing:
            lines.append(f"| {way.name} | | not run: {way.missing} | | |")
            continue
        rates = sorted(way.rows / np.array(way.seconds) / 1e6)
        middle = median(rates)
        lines.append(
            f"| {way.name} | {way.rows:,} | {middle:.3g} ({rates[0]:.3g} to {rates[-1]:.3g}) | "
            f"{middle * 1e6 / base:.3g} | {way.differ} |"
        )
    return "\n".join([*lines, "", *(f"- {name}: {value}" for name, value in facts.items())]) + "\n"


def main() -> None:
    """Measure as the arguments say."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--layers", type=Path, required=True)
    parser.add_argument("--points", type=int, default=1_000_000)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=Path("/tmp/look_up"))
    parser.add_argument("--without", nargs="*", default=[], help="peers to leave out")
    a = parser.parse_args()
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:1])
    facts: dict[str, Any] = {}
    begin = time.perf_counter()
    layer, _ = open_layers(a.layers, holder="held", elsewhere="other")
    facts["layers read, seconds"] = round(time.perf_counter() - begin, 2)
    small = make_points(layer, 1_000, 0)
    layer._index.columns_on(small.lon, small.lat, small.day.astype(np.int64), layer._calendar, 2)  # compile
    for name in ("edge_runs", "_index"):
        del layer.__dict__[name]
    begin = time.perf_counter()
    runs, index = layer.edge_runs, layer._index
    facts |= {
        "index built, seconds": round(time.perf_counter() - begin, 2), "index, MB": round(index.nbytes / 1e6, 2),
        "edge runs": len(runs.ends), "days": len(np.unique(layer._first)),
    }  # fmt: skip
    os.sched_setaffinity(0, range(os.cpu_count() or 1))
    ways = [Way("Shapely, prepared polygon of the day", prepared_shapely(layer))]
    makers: dict[str, tuple[str, Callable[[ControlLayer], Callable[[Points], Any]]]] = {
        "geopandas": ("GeoPandas, sjoin day by day", geopandas_join),
        "duckdb": ("DuckDB spatial, join on day and ST_Intersects", duckdb_join),
        "sedonadb": ("SedonaDB, one spatial join, day folded into x", sedonadb_join),
    }
    for key, (name, make) in makers.items():
        if key in a.without:
            continue
        try:
            ways.append(Way(name, make(layer), most=MOST[key]))
        except Exception as fault:
            ways.append(Way(name, lambda points: None, missing=f"{type(fault).__name__}: {str(fault)[:120]}"))
    ways.append(Way("contested, temporal cell index", contested_index(layer, 1)))
    ways.append(Way("contested, temporal cell index, 2 threads", contested_index(layer, 2), cores=2))
    points = make_points(layer, a.points, a.seed)
    measure(ways, points, a.repeats, lambda line: print(line, file=sys.stderr, flush=True))
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:1])
    facts["nanoseconds a row"] = flatness(layer, [10**5, 10**6, 10**7], a.seed)
    facts["gather from a 3 MB grid, M rows/s"] = gather_rate(10_000_000)
    facts["Parquet to Parquet, M rows/s"] = file_to_file(layer, points)
    facts["distance to the front"] = fronts(layer, near_the_front(layer, some(points, 1_000_000), a.seed))
    facts["shares of discs"] = discs(layer, near_the_front(layer, some(points, 500_000), a.seed))
    facts |= {
        "load of the machine at the end": round(os.getloadavg()[0], 2),
        "versions": installed_versions(PEERS),
    }
    a.out.mkdir(parents=True, exist_ok=True)
    text = report(ways, facts)
    (a.out / "look_up.md").write_text(text, encoding="utf-8")
    raw = [{**way.__dict__, "run": None} for way in ways]
    (a.out / "look_up.json").write_text(json.dumps({"ways": raw, "facts": facts}, indent=1, default=str))
    print(text)


if __name__ == "__main__":
    main()
