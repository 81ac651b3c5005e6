"""Tests against chance: speed, memory and right answers, beside the straightforward way and pointpats, in one run.

In: numbers of incidents and permutations. Out: ``weighing.json`` and a Markdown table. Refuses: nothing; a peer that is
not installed is named, with what is missing, and the others go on.

Incidents and ground are invented: six in ten incidents lie in 300 towns, the others anywhere in a box of 360 by 330 km;
two datasets tell of them, one in five is of the event; a front moves from west to east, with a map for each day. Every
way gets the same incidents, draws and strata. Ways take turns on one core (``sched_setaffinity``), after one run to
warm up; seconds are those of the processor, the median with the least and the most.

The straightforward way joins the points of each draw with the polygon of its day by GeoPandas, and shuffles labels in
each stratum by pandas in a loop. It and pointpats would take hours with all permutations: one join, and some
permutations of all incidents, are measured and multiplied, without what is done once. Such figures are marked "scaled".

``--whole N`` measures instead every test of a case of N incidents.

    PYTHONPATH=src python benchmarks/weighing.py --incidents 2500 5000 10000 --out FOLDER
    PYTHONPATH=src python benchmarks/weighing.py --whole 100000
"""

from __future__ import annotations

import argparse
import json
import math
import os
import resource
import sys
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

PROJECT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(PROJECT / "src")]

from installed import installed_versions  # noqa: E402

from contested.base.case import Case, CaseFile  # noqa: E402
from contested.base.places import from_centre  # noqa: E402
from contested.base.records import HOLDINGS, INCIDENT_PLACES, INCIDENTS  # noqa: E402
from contested.territory.layers import LayerTables  # noqa: E402
from contested.territory.located import locate_incidents  # noqa: E402
from contested.weighing import clustering  # noqa: E402
from contested.weighing.clustering import find_interaction, near_pairs  # noqa: E402
from contested.weighing.draws import Draws, draw_incidents  # noqa: E402
from contested.weighing.findings import TESTS, weigh_case  # noqa: E402
from contested.weighing.labels import find_episodes, label_chance, strata_of  # noqa: E402
from contested.weighing.sample import Sample, case_layers, make_sample  # noqa: E402

#: Packages whose versions are printed.
PEERS = ("numpy", "numba", "geopandas", "pandas", "pointpats")
FIRST, DAYS = date(2015, 1, 1), 400
BOX = (36.0, 34.0, 40.0, 37.0)
#: Permutations of which the ways that are scaled run some.
FEW = {"pandas": 20, "pointpats": 5, "pointpats, older": 200}
#: Knox's limits: the one window of the peers, and the six of the finding.
ONE_WINDOW, SIX_WINDOWS = ((5_000.0,), (1,)), ((1_000.0, 5_000.0), (1, 3, 7))


@dataclass
class Way:
    """One way and what was measured, by size."""

    name: str
    run: Callable[[], Any]
    times: float = 1.0
    """What its seconds are multiplied by, but for those of ``once``."""
    once: Callable[[], Any] | None = None
    seconds: list[float] = field(default_factory=list)
    answer: Any = None
    peak_mib: int = 0
    missing: str | None = None


# ------------------------------------------------------------------------------------------------ what is weighed


def make_holdings(days: int, seed: int) -> Any:
    """A map for each day: the first party's ground to the west of a winding front that moves east."""
    import shapely

    random = np.random.default_rng(seed)
    west, south, east, north = BOX
    lat = np.linspace(south, north, 61)
    phase, high = random.uniform(0, 2 * np.pi, 6), random.uniform(0.02, 0.12, 6)
    rows = []
    for day in range(days):
        middle = west + 0.5 + (east - west - 1.0) * day / days
        waves = sum(
            h * np.sin((k + 1) * lat * 2 + p + day / 40) for k, (h, p) in enumerate(zip(high, phase, strict=True))
        )
        front = list(zip((middle + waves).tolist(), lat.tolist(), strict=True))
        when = FIRST + timedelta(days=day)
        for holder, edge in (("gov", west), ("opp", east)):
            area = shapely.Polygon([*front, (edge, north), (edge, south)])
            rows.append({
                "layer": "front", "holding_no": len(rows) + 1, "holder": holder, "valid_from": when, "valid_to": when,
                "geometry": shapely.to_wkb(area), "original_path": "front", "original_row": day + 1,
                "made_by": "geojson",
            })  # fmt: skip
    return HOLDINGS.from_rows(rows)


def make_tables(count: int, days: int, seed: int) -> tuple[Any, Any]:
    """Tables ``incidents`` and ``incident_places``, one place an incident."""
    import pyarrow as pa

    random = np.random.default_rng(seed)
    west, south, east, north = BOX
    town_lon, town_lat = random.uniform(west, east, 300), random.uniform(south, north, 300)
    weights = 1.0 / np.arange(1, 301)
    town = random.choice(300, count, p=weights / weights.sum())
    in_town = random.random(count) < 0.6
    lon = np.where(in_town, town_lon[town] + random.normal(0, 0.005, count), random.uniform(west, east, count))
    lat = np.where(in_town, town_lat[town] + random.normal(0, 0.005, count), random.uniform(south, north, count))
    start = np.datetime64(FIRST) + random.integers(0, days - 6, count)
    span = random.choice([1, 3, 7], count, p=[0.8, 0.15, 0.05])
    ids = [f"i-{row:07d}" for row in range(count)]
    event = np.where(random.random(count) < 0.2, "attacks", None)
    dataset = np.array(["alpha", "beta"])[random.integers(0, 2, count)]
    known: dict[str, Any] = {
        "incident_id": ids, "title": ["t"] * count, "kind": ["shelling"] * count, "event_id": event.tolist(),
        "date_start": start, "date_end": start + (span - 1), "records": [[f"d:{row}"] for row in range(count)],
        "datasets": [[name] for name in dataset.tolist()], "n_places": np.ones(count, dtype=np.int64),
        "toll_conflict": [False] * count, "grade": ["reported"] * count, "grade_rule": ["r"] * count,
        "publish": [True] * count,
    }  # fmt: skip
    places: dict[str, Any] = {
        "incident_id": ids, "place_no": np.ones(count, dtype=np.int64),
        "record_id": [f"d:{row}" for row in range(count)],
        "lon": np.clip(lon, west, east), "lat": np.clip(lat, south, north),
        "radius_m": random.choice([500.0, 1_000.0, 5_000.0, 25_000.0], count, p=[0.4, 0.35, 0.2, 0.05]),
    }  # fmt: skip

    def table(declared: Any, columns: dict[str, Any]) -> Any:
        schema = declared.schema()
        empty = [None] * count
        return pa.table(
            {one.name: pa.array(columns.get(one.name, empty), type=one.type) for one in schema}, schema=schema
        )

    return table(INCIDENTS, known), table(INCIDENT_PLACES, places)


def make_case(days: int) -> Case:
    """A case that weighs the event between the two parties."""
    last = (FIRST + timedelta(days=days - 1)).isoformat()
    window = {"from": FIRST.isoformat(), "to": last}
    file = CaseFile.model_validate({
        "format": 1, "title": "A benchmark", "purpose": "measuring", "window": window,
        "region": {"name": "a box", "box": BOX},
        "parties": [{"id": "gov", "name": "the government"}, {"id": "opp", "name": "the opposition"}],
        "events": [{"id": "attacks", "title": "the attacks", "kind": "shelling", **window, "place": "a box"}],
        "layers": [{"name": "front", "path": "front", "form": "geojson"}],
        "weighing": [{"event": "attacks", "layer": "front", "advancing": "gov", "losing": "opp"}],
    })  # fmt: skip
    return Case(Path(), file, Path())


def make_world(count: int, holdings: Any, seed: int) -> Sample:
    """The sample that the tests of a case are given."""
    case = make_case(DAYS)
    incidents, places = make_tables(count, DAYS, seed)
    tables = {"incidents": incidents, "incident_places": places}
    return make_sample(case, case.file.weighing[0], "front", tables, case_layers(case, holdings))


# ------------------------------------------------------------------------------------------------- random labelling


@dataclass(frozen=True)
class Labelling:
    """What every way of random labelling gets."""

    draws: Draws
    values: Any
    labelled: Any
    strata: Any
    salvos: Any


def make_labelling(sample: Sample, seed: int) -> Labelling:
    """Draws of all incidents, whether each fell on the losing party's ground, labels, strata and salvos."""
    every = sample.incidents.joined(sample.others)
    labelled = np.arange(len(every)) < len(sample.incidents)
    draws = draw_incidents(sample, every, seed)
    values = draws.fell_on(sample.weighing.losing).astype(np.float64)
    return Labelling(draws, values, labelled, strata_of(every, sample.event_datasets), find_episodes(every, labelled))


def geopandas_join(holdings: Any, party: str) -> Callable[[Labelling, int], Any]:
    """Which incidents fell on a party's ground in a draw: the points of each day joined with the polygon of the day."""
    import geopandas
    import shapely

    frames = {
        row["valid_from"]: geopandas.GeoDataFrame(geometry=[shapely.from_wkb(row["geometry"])], crs=4326)
        for row in holdings.to_pylist()
        if row["holder"] == party
    }

    def run(given: Labelling, draw: int) -> Any:
        draws = given.draws
        points = geopandas.points_from_xy(draws.lon[:, draw], draws.lat[:, draw])
        frame = geopandas.GeoDataFrame({"day": draws.day[:, draw].astype(object)}, geometry=points, crs=4326)
        inside = np.zeros(len(frame), dtype=bool)
        for day, group in frame.groupby("day"):
            inside[group.sjoin(frames[day], predicate="intersects").index] = True
        return inside

    return run


def pandas_loop(given: Labelling, permutations: int, seed: int) -> float:
    """Share of shuffled labels with as high a mean; labels are shuffled row by row within strata."""
    import pandas as pd

    random = np.random.default_rng(seed)
    frame = pd.DataFrame({"value": given.values.mean(axis=1), "event": given.labelled, "stratum": given.strata})
    observed = frame.loc[frame["event"], "value"].mean()
    as_high = 0
    for _ in range(permutations):
        shuffled = frame.groupby("stratum")["event"].transform(lambda part: random.permutation(part.to_numpy()))
        as_high += int(frame.loc[shuffled, "value"].mean() >= observed - 1e-9)
    return (1 + as_high) / (permutations + 1)


# -------------------------------------------------------------------------------------------------------- salvos


def knox_ours(limits_m: tuple[float, ...], limits_days: tuple[int, ...]) -> Callable[[Any, Any, Any, int], Any]:
    """Pairs and permutations by ``find_interaction``, as many permutations as asked for."""
    clustering.MAX_WORK = 10**15

    def run(lon: Any, lat: Any, day: Any, permutations: int) -> Any:
        pairs = near_pairs(lon, lat, limits_m)
        strata = np.zeros(len(lon))
        found = find_interaction(lambda draw: pairs, day[:, None], limits_days, strata, arrangements=permutations)
        one = (ONE_WINDOW[0][0], ONE_WINDOW[1][0])
        return next(window.observed for window in found.windows if (window.within_m, window.within_days) == one)

    return run


def knox_pointpats(older: bool) -> Callable[[Any, Any, Any, int], Any]:
    """``pointpats.Knox``, or its older function; points as metres from the earth's centre, in three dimensions."""
    import pointpats

    def run(lon: Any, lat: Any, day: Any, permutations: int) -> Any:
        points, days = from_centre(np.column_stack([lon, lat])), day[:, None].copy()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            if older:
                return pointpats.knox(points, days, ONE_WINDOW[0][0], ONE_WINDOW[1][0], permutations)["stat"]
            return pointpats.Knox(points, days, ONE_WINDOW[0][0], ONE_WINDOW[1][0], permutations).nst

    return run


# ------------------------------------------------------------------------------------------------- the measurement


def peak_mib() -> int:
    """Most memory that the process has held so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def spent(run: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds of the processor, and the answer."""
    begin = time.process_time()
    answer = run()
    return time.process_time() - begin, answer


def take_turns(ways: list[Way], repeats: int) -> None:
    """Run each way once to warm up, then all in turns."""
    for turn in range(repeats + 1):
        for way in ways:
            if way.missing:
                continue
            try:
                fixed = 0.0 if way.once is None else spent(way.once)[0]
                seconds, way.answer = spent(way.run)
            except Exception as fault:
                way.missing = f"{type(fault).__name__}: {str(fault)[:120]}"
                continue
            seconds = fixed + (seconds - fixed) * way.times
            if turn:
                way.seconds.append(seconds)
                way.peak_mib = way.peak_mib or peak_mib()
            print(f"{turn}/{repeats} {way.name}: {seconds:.3f} s", file=sys.stderr, flush=True)


def or_missing(name: str, make: Callable[[], Callable[[int], Any]], times: float, few: int = 1) -> Way:
    """A way of a peer that runs ``few`` permutations of many, or the note that it is not installed."""
    try:
        run = make()
        return Way(name, lambda: run(few), times, lambda: run(0))
    except ImportError as fault:
        return Way(name, lambda: None, times, missing=str(fault)[:120])


def measure_labelling(counts: list[int], permutations: int, repeats: int, seed: int) -> tuple[list[Way], list[str]]:
    """Random labelling of several numbers of incidents and permutations, then the straightforward way; and facts."""
    holdings = make_holdings(DAYS, seed)
    ways, facts = [], []
    for count in sorted(counts):
        sample = make_world(count, holdings, seed)
        given = make_labelling(sample, seed)
        size = f"{count:,} incidents, {given.values.shape[1]} draws"
        turns = [Way(f"contested, draws and labels, {size}, {permutations:,} permutations",
                     lambda s=sample: shuffle_labels(make_labelling(s, seed), permutations))]  # fmt: skip
        for some in (permutations // 4, permutations // 2, permutations):
            turns.append(
                Way(f"contested, labels, {size}, {some:,} permutations", lambda g=given, b=some: shuffle_labels(g, b))
            )
        if count == max(counts):
            few, draws = FEW["pandas"], given.values.shape[1]
            turns += [
                or_missing(f"GeoPandas, join of each draw, {size}", lambda g=given: join_draws(holdings, g), draws),
                or_missing(f"pandas, labels, {count:,} incidents, 1 mean, {permutations:,} permutations",
                           lambda g=given: loop_over(g, seed), permutations / few, few),
            ]  # fmt: skip
        take_turns(turns, repeats)
        ways += turns
        if count == max(counts) and turns[-2].answer is not None:
            differ = np.count_nonzero(turns[-2].answer[0] != given.values[:, 0])
            facts.append(f"incidents of a draw that GeoPandas puts on other ground: {differ} of {count:,}")
    given = make_labelling(make_world(min(counts), holdings, seed), seed)
    alone = label_chance(given.values, given.labelled, given.strata, draws=permutations).p_greater
    try:
        theirs = pandas_loop(given, 999, seed)
    except ImportError:
        return ways, facts
    error = math.sqrt(theirs * (1 - theirs) / 999)
    facts.append(f"p of {min(counts):,} incidents, each by itself: {alone:.4f}, by pandas {theirs:.4f} ± {error:.4f}")
    return ways, facts


def shuffle_labels(given: Labelling, permutations: int) -> float:
    """Random labelling by strata and salvos, each draw with its own p."""
    return label_chance(given.values, given.labelled, given.strata, given.salvos, draws=permutations).p_greater


def join_draws(holdings: Any, given: Labelling) -> Callable[[int], Any]:
    """The joins of so many draws; the answer is that of the first."""
    join = geopandas_join(holdings, "opp")
    return lambda draws: [join(given, draw) for draw in range(draws)][:1]


def loop_over(given: Labelling, seed: int) -> Callable[[int], Any]:
    """So many permutations by pandas."""
    import pandas  # noqa: F401

    return lambda permutations: pandas_loop(given, permutations, seed)


def measure_salvos(counts: list[int], permutations: int, repeats: int, seed: int) -> tuple[list[Way], list[str]]:
    """Knox's test of several numbers of incidents, and pointpats on the most of them; and facts."""
    ways, facts = [], []
    for count in sorted(counts):
        incidents, places = make_tables(count, DAYS, seed)
        lon, lat = places["lon"].to_numpy(), places["lat"].to_numpy()
        day = incidents["date_start"].to_numpy().astype("datetime64[D]").astype(np.int64)
        given = lon, lat, day
        near = near_pairs(lon, lat, ONE_WINDOW[0]).ends[0]
        size = f"{count:,} incidents, {near:,} near pairs, {permutations:,} permutations"
        turns = [
            Way(f"contested, Knox, 1 window, {size}", lambda g=given: knox_ours(*ONE_WINDOW)(*g, permutations)),
            Way(f"contested, Knox, 6 windows, {size}", lambda g=given: knox_ours(*SIX_WINDOWS)(*g, permutations)),
        ]
        if count == max(counts):
            for name in ("pointpats", "pointpats, older"):
                few = FEW[name]
                turns.append(
                    or_missing(f"{name}, Knox, 1 window, {size}", lambda n=name, g=given: some_knox(n, g),
                               permutations / few, few)
                )  # fmt: skip
        take_turns(turns, repeats)
        ways += turns
        found = [f"{way.answer:.0f}" for way in turns if way.missing is None]
        facts.append(f"pairs near and soon of {count:,} incidents, by each way: {', '.join(found)}")
    return ways, facts


def some_knox(name: str, given: tuple[Any, Any, Any]) -> Callable[[int], Any]:
    """So many permutations by pointpats."""
    run = knox_pointpats(older=name != "pointpats")
    return lambda permutations: run(*given, permutations)


def whole(count: int, seed: int) -> dict[str, Any]:
    """Locate the incidents of a case and run every test: seconds of the processor, and the most memory."""
    case, holdings = make_case(DAYS), make_holdings(DAYS, seed)
    incidents, places = make_tables(count, DAYS, seed)
    seconds: dict[str, float] = {}
    layers = [LayerTables(holdings, [], ())]
    seconds["locate"], located = spent(lambda: locate_incidents(case, incidents, places, layers))
    tables = {"incidents": incidents, "incident_places": places, "holdings": holdings, "control": located.control,
              "fronts": located.fronts}  # fmt: skip
    before = peak_mib()
    seconds["weigh_case"], (found, rows) = spent(lambda: weigh_case(case, tables))
    sample = make_world(count, holdings, seed)
    for test in TESTS:
        seconds[test.__name__] = spent(lambda one=test: one(sample))[0]
    return {
        "incidents": count, "of the event": len(sample.incidents), "days": DAYS, "findings": found.num_rows,
        "finding_rows": rows.num_rows, "seconds": {name: round(value, 2) for name, value in seconds.items()},
        "peak_mib": peak_mib(), "peak_mib_before": before,
    }  # fmt: skip


def table(ways: list[Way]) -> str:
    """Seconds of each way, least and most, and the most memory that the process had held by then."""
    lines = ["| way | processor seconds | MiB |", "|---|---|---|"]
    for way in ways:
        if way.missing:
            lines.append(f"| {way.name} | not run: {way.missing} | |")
            continue
        mid, least, most = median(way.seconds), min(way.seconds), max(way.seconds)
        scaled = "" if way.times == 1.0 else f", scaled by {way.times:g}"
        lines.append(f"| {way.name} | {mid:.3g} ({least:.3g} to {most:.3g}){scaled} | {way.peak_mib:,} |")
    return "\n".join(lines)


def main() -> None:
    """Measure as the arguments say."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--incidents", type=int, nargs="+", default=[2_500, 5_000, 10_000])
    parser.add_argument("--permutations", type=int, default=9_999)
    parser.add_argument("--whole", type=int, help="run every test of a case of so many incidents instead")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=Path("/tmp/weighing"))
    a = parser.parse_args()
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:1])
    if a.whole:
        print(json.dumps(whole(a.whole, a.seed)))
        return
    ways, facts = [], []
    for measure in (measure_labelling, measure_salvos):
        more_ways, more_facts = measure(a.incidents, a.permutations, a.repeats, a.seed)
        ways += more_ways
        facts += more_facts
    facts += [
        f"load of the machine at the end: {os.getloadavg()[0]:.2f}",
        f"versions: {installed_versions(PEERS)}",
    ]
    a.out.mkdir(parents=True, exist_ok=True)
    text = table(ways) + "\n\n" + "".join(f"- {fact}\n" for fact in facts)
    (a.out / "weighing.md").write_text(text, encoding="utf-8")
    raw = [{name: getattr(way, name) for name in ("name", "times", "seconds", "peak_mib", "missing")} for way in ways]
    (a.out / "weighing.json").write_text(json.dumps({"ways": raw, "facts": facts}, indent=1))
    print(text)


if __name__ == "__main__":
    main()
