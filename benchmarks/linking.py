"""Possible pairs of two tables of reports: speed and right answers of ways to find them, side by side, in one run.

In: numbers of rows. Out: ``linking.json`` and a Markdown table. Refuses: nothing; a peer that is not installed is
named, with what is missing, and the others go on.

Reports are invented: half lie within a kilometre or so of one of 400 towns, the others anywhere in a box of 700 by 670
km; four in ten rows of the second table are rows of the first, moved a little. The density stays the same: more rows
fall on more days. A pair is wanted when it is at most 10 km and 2 days apart. Every way gets the same arrays, and its
pairs are compared with ours, one by one. Ways take turns on one core (``sched_setaffinity``); each is run ``--repeats``
times after one run to warm up, and the median is given with the least and the most. Seconds are those of the processor,
which hardly depend on what else the machine does.

``--whole N`` measures instead the whole way of linking and merging N records of three datasets.

    PYTHONPATH=src python benchmarks/linking.py --rows 10000 50000 1000000 --out FOLDER
    PYTHONPATH=src python benchmarks/linking.py --whole 100000
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

PROJECT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(PROJECT), str(PROJECT / "src"), str(PROJECT / "benchmarks")]

from installed import installed_versions  # noqa: E402

from contested.base.places import from_centre, geodesic_m  # noqa: E402
from contested.incidents import pairs  # noqa: E402
from contested.incidents.pairs import Placed, candidate_pairs  # noqa: E402

#: Packages whose versions are printed.
PEERS = ("numpy", "numba", "scipy", "duckdb", "splink")
DAYS, KM = 2, 10.0
#: Degrees of latitude that are surely 10 km or more; cells and boxes of peers are so high and, at their latitude, so
#: wide. What they find beyond 10 km is sorted out by the same geodesic, within their time.
DEGREES = KM / 110.5
BOX = (31.0, 44.8, 40.2, 51.2)
#: Most rows of each table that a way is given; the rest would take minutes, or more memory than there is.
MOST = {"every record": 10_000, "splink": 1_000_000}


@dataclass
class Way:
    """One way of finding pairs and what was measured, by number of rows."""

    name: str
    run: Callable[[Placed, Placed], Any]
    most: int = 10**9
    seconds: dict[int, list[float]] = field(default_factory=dict)
    differ: dict[int, int] = field(default_factory=dict)
    missing: str | None = None


def make_tables(rows: int, seed: int) -> tuple[Placed, Placed]:
    """Two tables of reports, each place known to 5 km, each of one day."""
    random = np.random.default_rng(seed)
    west, south, east, north = BOX
    towns = random.uniform(west, east, 400), random.uniform(south, north, 400)
    weights = 1.0 / np.arange(1, 401)
    days = 776 * max(1, rows // 50_000)

    def table() -> list[Any]:
        town = random.choice(400, rows, p=weights / weights.sum())
        near = random.random(rows) < 0.5
        lon = np.where(near, towns[0][town] + random.normal(0, 0.01, rows), random.uniform(west, east, rows))
        lat = np.where(near, towns[1][town] + random.normal(0, 0.01, rows), random.uniform(south, north, rows))
        return [lon, lat, random.integers(0, days, rows)]

    first, second = table(), table()
    again = np.flatnonzero(random.random(rows) < 0.4)
    of = random.integers(0, rows, len(again))
    for column, moved in enumerate((0.03, 0.02)):
        second[column][again] = first[column][of] + random.normal(0, moved, len(again))
    second[2][again] = first[2][of] + random.integers(-1, 2, len(again))
    left, right = (Placed(lon, lat, np.full(rows, KM * 500.0), day, day) for lon, lat, day in (first, second))
    return left, right


def settle(left: Placed, right: Placed, one: Any, other: Any) -> Any:
    """Sorted numbers of those pairs that lie within the window."""
    one, other = np.asarray(one), np.asarray(other)
    near = np.abs(left.first_day[one] - right.first_day[other]) <= DAYS
    one, other = one[near], other[near]
    near = geodesic_m(left.lon[one], left.lat[one], right.lon[other], right.lat[other]) <= KM * 1000.0
    return np.sort(one[near].astype(np.int64) * len(right) + other[near])


# ------------------------------------------------------------------------------------------------------- the ways


def ours(compiled: bool) -> Callable[[Placed, Placed], Any]:
    """``candidate_pairs``, compiled or by arrays."""

    def run(left: Placed, right: Placed) -> Any:
        pairs.is_worthwhile = lambda rows: compiled  # type: ignore[assignment]
        found = candidate_pairs(left, right, slack_m=0.0, slack_days=DAYS)
        return found.left * len(right) + found.right

    return run


def duckdb_grid() -> Callable[[Placed, Placed], Any]:
    """An equality join on cells of place and time, each left row standing in its own and the 26 around."""
    import duckdb
    import pyarrow as pa

    def run(left: Placed, right: Placed) -> Any:
        database = duckdb.connect(config={"threads": 1})
        wide = DEGREES / np.cos(np.radians(np.abs(left.lat).max() + 1.0))
        for name, side in (("one", left), ("other", right)):
            columns = {"row": np.arange(len(side)), "lon": side.lon, "lat": side.lat, "day": side.first_day}
            database.register(name, pa.table(columns))
        cell = f"floor(lon / {wide})::int as x, floor(lat / {DEGREES})::int as y, day // {DAYS} as t"
        found = database.execute(f"""
            with steps as (select unnest([-1, 0, 1]) as step),
            a as (select one.*, {cell} from one),
            around as (select a.* replace (x + i.step as x, y + j.step as y, t + k.step as t)
                       from a, steps i, steps j, steps k),
            b as (select other.*, {cell} from other)
            select around.row as i, b.row as j from around join b using (x, y, t)
            where abs(around.day - b.day) <= {DAYS} and abs(around.lat - b.lat) <= {DEGREES}
        """).fetchnumpy()
        return settle(left, right, found["i"], found["j"])

    return run


def search_tree() -> Callable[[Placed, Placed], Any]:
    """SciPy's k-d tree of Earth-centred place and time, time drawn out so that one window fits both."""
    from scipy.spatial import cKDTree

    def run(left: Placed, right: Placed) -> Any:
        reach = KM * 1000.0
        trees = [
            cKDTree(
                np.column_stack(
                    [from_centre(np.column_stack([side.lon, side.lat])), side.first_day * (reach / (DAYS + 0.5))]
                )
            )
            for side in (left, right)
        ]
        found = trees[0].query_ball_tree(trees[1], reach, p=np.inf)
        counts = np.fromiter(map(len, found), int, len(found))
        other = np.fromiter((j for row in found for j in row), int, int(counts.sum()))
        return settle(left, right, np.repeat(np.arange(len(found)), counts), other)

    return run


def splink_scores() -> Callable[[Placed, Placed], Any]:
    """Splink: pairs drawn by day and box, and scored, with weights given beforehand."""
    import duckdb
    import pyarrow as pa
    import splink.comparison_library as comparisons
    from splink import DuckDBAPI, Linker, SettingsCreator
    from splink_worker import rules

    def run(left: Placed, right: Placed) -> Any:
        api = DuckDBAPI(connection=duckdb.connect(config={"threads": 1}))
        tables = []
        for name, side in (("one", left), ("other", right)):
            columns = {"unique_id": np.arange(len(side)), "lon": side.lon, "lat": side.lat, "first_day": side.first_day}
            tables.append(api.register(pa.table(columns), dataset_display_name=name))
        distance = comparisons.DistanceInKMAtThresholds("lat", "lon", [2, 10]).configure(
            m_probabilities=[0.7, 0.25, 0.05], u_probabilities=[0.05, 0.25, 0.7]
        )
        day = comparisons.ExactMatch("first_day").configure(m_probabilities=[0.6, 0.4], u_probabilities=[0.2, 0.8])
        settings = SettingsCreator(
            link_type="link_only", comparisons=[distance, day], probability_two_random_records_match=1e-4,
            blocking_rules_to_generate_predictions=rules(DAYS, KM * 1.01),
        )  # fmt: skip
        scored = Linker(tables, settings, log_level="ERROR").inference.predict().as_duckdbpyrelation()
        found = scored.select("unique_id_l as i, unique_id_r as j").fetchnumpy()
        return settle(left, right, found["i"], found["j"])

    return run


def every_record() -> Callable[[Placed, Placed], Any]:
    """Each record with every record of the other table in its days: the comparison that the paper on MELTT states."""

    def run(left: Placed, right: Placed) -> Any:
        one, other = [], []
        for row in range(len(left)):
            near = np.flatnonzero(np.abs(right.first_day - left.first_day[row]) <= DAYS)
            metres = geodesic_m(left.lon[row], left.lat[row], right.lon[near], right.lat[near])
            near = near[metres <= KM * 1000.0]
            one.append(np.full(len(near), row))
            other.append(near)
        return settle(left, right, np.concatenate(one), np.concatenate(other))

    return run


# ------------------------------------------------------------------------------------------------- the measurement


def measure(ways: list[Way], counts: list[int], repeats: int, seed: int) -> dict[int, int]:
    """Run the ways in turns; how many pairs there are by number of rows."""
    found_pairs = {}
    for count in counts:
        left, right = make_tables(count, seed)
        reference = None
        for turn in range(repeats + 1):
            for way in ways:
                if way.missing or count > way.most:
                    continue
                begin = time.process_time()
                try:
                    found = way.run(left, right)
                except Exception as fault:
                    way.missing = f"{type(fault).__name__}: {str(fault)[:120]}"
                    continue
                seconds = time.process_time() - begin
                if turn == 0:  # to warm up, and to compare
                    reference = found if reference is None else reference
                    way.differ[count] = len(np.setxor1d(found, reference))
                else:
                    way.seconds.setdefault(count, []).append(seconds)
                print(f"{count:,} {turn}/{repeats} {way.name}: {seconds:.3f} s", file=sys.stderr, flush=True)
        found_pairs[count] = 0 if reference is None else len(reference)
    return found_pairs


def whole(rows: int, seed: int) -> dict[str, Any]:
    """Link and merge so many records of three datasets: seconds, peak memory, incidents."""
    from gate.linking_planted import empty_case

    from contested.incidents.match import pair_records
    from contested.incidents.merge import merge_incidents

    records = make_records(rows, seed)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begin = time.perf_counter()
    links = pair_records(records)
    linked = time.perf_counter()
    merged = merge_incidents(empty_case(), records, links)
    return {
        "records": records.num_rows, "links": links.num_rows, "incidents": merged.incidents.num_rows,
        "link_s": round(linked - begin, 2), "merge_s": round(time.perf_counter() - linked, 2),
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, "records_mib": before // 1024,
    }  # fmt: skip


def make_records(rows: int, seed: int) -> Any:
    """A table ``records`` of three datasets of a third of the rows each, which tell of the same events in two of three
    rows: moved within their radii, a day late now and then, with another toll or kind now and then."""
    import pyarrow as pa

    from contested.base.records import RECORDS

    random = np.random.default_rng(seed)
    third = -(-rows // 3)
    events = make_tables(third * 3 // 2, seed)[0]
    count = len(events)
    kind_of, toll_of = random.integers(0, 4, count), random.geometric(0.2, count) - 1
    town_of, actor_of = random.integers(0, 400, count), random.integers(0, 12, count)
    kinds = ("strike", "shelling", "clash", "raid")
    columns: dict[str, list[Any]] = {column.name: [] for column in RECORDS.columns}
    for name in ("alpha", "beta", "gamma"):
        which = np.sort(random.permutation(count)[:third])
        radius_m = random.choice([500.0, 1_000.0, 5_000.0, 25_000.0], third, p=[0.4, 0.35, 0.2, 0.05])
        far, turn = radius_m * np.sqrt(random.random(third)) / 111_000.0, random.random(third) * 2 * np.pi
        late = (random.random(third) < 0.1).astype(np.int64)
        days = (events.first_day[which] + late + np.datetime64("2000-01-01").astype(int)).astype("datetime64[D]")
        kind = np.where(random.random(third) < 0.8, kind_of[which], random.integers(0, 4, third))
        toll = np.where(random.random(third) < 0.7, toll_of[which], random.geometric(0.2, third) - 1)
        town, actor = town_of[which], actor_of[which]
        known: dict[str, Any] = {
            "record_id": [f"{name}:{k:08d}" for k in range(third)], "dataset": [name] * third,
            "original_path": [f"datasets/{name}.csv"] * third, "original_row": np.arange(1, third + 1),
            "preset": ["plain"] * third, "in_window": [True] * third, "kind": [f"{name} {kinds[k]}" for k in kind],
            "date_start": days, "date_end": days, "place_name": [f"Place {k}" for k in town],
            "lon": events.lon[which] + far * np.cos(turn) / np.cos(np.radians(48.0)),
            "lat": events.lat[which] + far * np.sin(turn), "radius_m": radius_m,
            "title": [f"{kinds[k]} near Place {t}, {n} killed" for k, t, n in zip(kind, town, toll, strict=True)],
            "killed_low": toll, "killed_high": toll, "killed_best": toll,
            "sources": [[f"Outlet {k}"] for k in random.integers(0, 30, third)],
            "actors": [[f"Group {k} of {name}"] for k in actor],
            "second_hand": [False] * third, "publish": [True] * third, "extra": ["{}"] * third,
        }  # fmt: skip
        for column in columns:
            columns[column].append(known.get(column, [None] * third))
    arrays = {
        field.name: pa.chunked_array([pa.array(part, type=field.type) for part in columns[field.name]])
        for field in RECORDS.schema()
    }
    return pa.table(arrays, schema=RECORDS.schema()).combine_chunks()


def report(ways: list[Way], found: dict[int, int], facts: dict[str, Any]) -> str:
    """The table: seconds by number of rows."""
    counts = list(found)
    heads = " | ".join(f"2 × {count:,}, {found[count]:,} pairs" for count in counts)
    lines = [
        f"| way | {heads} | pairs that differ |",
        "|---" * (len(counts) + 2) + "|",
    ]
    for way in ways:
        cells = []
        for count in counts:
            seconds = way.seconds.get(count)
            cells.append(f"{median(seconds):.3g} s ({min(seconds):.3g} to {max(seconds):.3g})" if seconds else "")
        note = f"not run: {way.missing}" if way.missing else ", ".join(map(str, way.differ.values()))
        lines.append(f"| {way.name} | " + " | ".join(cells) + f" | {note} |")
    return "\n".join([*lines, "", *(f"- {name}: {value}" for name, value in facts.items())]) + "\n"


def main() -> None:
    """Measure as the arguments say."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, nargs="+", default=[10_000, 50_000, 1_000_000], help="rows of each table")
    parser.add_argument("--whole", type=int, help="link and merge so many records instead")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=Path("/tmp/linking"))
    parser.add_argument("--without", nargs="*", default=[], help="peers to leave out")
    a = parser.parse_args()
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:1])
    if a.whole:
        print(json.dumps(whole(a.whole, a.seed)))
        return
    ways = [Way("contested, compiled", ours(True)), Way("contested, arrays", ours(False))]
    makers = {
        "duckdb": ("DuckDB, join on cells", duckdb_grid), "tree": ("SciPy, k-d trees of place and time", search_tree),
        "splink": ("Splink, pairs drawn and scored", splink_scores),
        "every record": ("every record with those of its days", every_record),
    }  # fmt: skip
    for key, (name, make) in makers.items():
        if key in a.without:
            continue
        try:
            ways.append(Way(name, make(), most=MOST.get(key, 10**9)))
        except ImportError as fault:
            ways.append(Way(name, lambda left, right: None, missing=str(fault)[:120]))
    found = measure(ways, a.rows, a.repeats, a.seed)
    facts = {
        "load of the machine at the end": round(os.getloadavg()[0], 2),
        "versions": installed_versions(PEERS),
    }
    a.out.mkdir(parents=True, exist_ok=True)
    text = report(ways, found, facts)
    (a.out / "linking.md").write_text(text, encoding="utf-8")
    raw = [{**way.__dict__, "run": None} for way in ways]
    (a.out / "linking.json").write_text(json.dumps({"ways": raw, "facts": facts}, indent=1, default=str))
    print(text)


if __name__ == "__main__":
    main()
