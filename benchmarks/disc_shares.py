"""Shares of discs and days: speed, memory, and agreement with the maps drawn one by one.

In: a folder of dated GeoJSON maps, a number of rows. Out: a Markdown table on standard output. Refuses: nothing.

Half of the points are random in the box of the layer, half within 30 km of that day's boundary. Radii are 1, 5 and
25 km at 50, 35 and 15 %; half of the windows are of 3 or 15 days to either side. All runs on one core
(``sched_setaffinity``) but what is marked ``2 threads``. Rows per second of the wall clock: median of the repeats with
the least and the most; beside it rows per second of processor time, which depends less on what else the machine does.

    PYTHONPATH=src python benchmarks/disc_shares.py --layers DIR --holder Russia --elsewhere Ukraine
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from contested.base.compiled import MANY_DISCS
from contested.territory.control import ControlLayer
from contested.territory.plain_layers import open_layers

RADII_M, PARTS = (1_000.0, 5_000.0, 25_000.0), (0.5, 0.35, 0.15)


def make_rows(layer: ControlLayer, count: int, seed: int) -> tuple[Any, Any, Any, Any, Any]:
    """Points, radii, middle days and days to either side."""
    random = np.random.default_rng(seed)
    west, south, east, north = layer.bounds
    lon, lat = random.uniform(west, east, count), random.uniform(south, north, count)
    first, last = (np.datetime64(day) for day in layer.days)
    day = first + random.integers(0, int((last - first).astype(int)) + 1, count)
    runs, span = layer.edge_runs, layer.spans_on(day)
    ends = runs.degrees()
    wide = np.cos(np.radians((south + north) / 2))
    length = np.hypot((ends[:, 2] - ends[:, 0]) * wide, ends[:, 3] - ends[:, 1])
    near = np.flatnonzero(random.random(count) < 0.5)
    for number in np.unique(span[near]):
        rows = near[span[near] == number]
        live = np.flatnonzero((runs.first <= number) & (number <= runs.last))
        if not len(live):
            continue
        edge = random.choice(live, len(rows), p=length[live] / length[live].sum())
        part, turn = random.random(len(rows)), random.uniform(0, 2 * np.pi, len(rows))
        away = 30 / 111.2 * np.sqrt(random.random(len(rows)))
        lon[rows] = ends[edge, 0] + part * (ends[edge, 2] - ends[edge, 0]) + away * np.cos(turn) / wide
        lat[rows] = ends[edge, 1] + part * (ends[edge, 3] - ends[edge, 1]) + away * np.sin(turn)
    radius = random.choice(RADII_M, count, p=PARTS)
    return lon, lat, radius, day, np.where(random.random(count) < 0.5, random.choice([3, 15], count), 0)


def measure(name: str, run: Callable[[], Any], rows: int, repeats: int) -> None:
    """Print one row of the table."""
    run()
    seconds, busy = [], []
    for _ in range(repeats):
        began, used = time.perf_counter(), time.process_time()
        run()
        seconds.append(time.perf_counter() - began)
        busy.append(time.process_time() - used)
    wall = [f"{rows / s / 1e6:.3f}" for s in (median(seconds), max(seconds), min(seconds))]
    print(f"| {name} | {rows:,} | {wall[0]} ({wall[1]} to {wall[2]}) | {rows / median(busy) / 1e6:.3f} |", flush=True)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--layers", type=Path, required=True)
    parser.add_argument("--holder")
    parser.add_argument("--elsewhere")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--shapely-rows", type=int, default=10_000)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--seed", type=int, default=42)
    chosen = parser.parse_args()
    cores = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, cores[:1])
    layer, _ = open_layers(chosen.layers, chosen.holder, chosen.elsewhere)
    lon, lat, radius, day, around = make_rows(layer, chosen.rows, chosen.seed)
    layer.codes_on(lon, lat, day)
    began = time.perf_counter()
    discs = layer._disc_shares
    built = time.perf_counter() - began
    size = discs.size_bytes / 1e6
    print(f"{layer.map_days} maps, {len(layer.edge_runs.ends)} runs; built in {built:.3f} s, {size:.1f} MB")
    whole = day.astype(np.int64)
    print("\n| | rows | million rows/s (least to most) | of processor time |\n|---|---|---|---|")

    def ask(threads: int, at: Any, to_either_side: Any) -> Any:
        return discs.shares(lon, lat, at, whole - to_either_side, whole + to_either_side, threads)

    for threads in (1, 2) if len(cores) > 1 else (1,):
        os.sched_setaffinity(0, cores[:threads])
        label = "1 thread" if threads == 1 else "2 threads"
        measure(f"disc, {label}", lambda n=threads: ask(n, radius, 0), chosen.rows, chosen.repeats)
        measure(f"disc and window, {label}", lambda n=threads: ask(n, radius, around), chosen.rows, chosen.repeats)
    os.sched_setaffinity(0, cores[:1])
    for one in RADII_M:
        same = np.full(chosen.rows, one)
        measure(f"disc of {one / 1000:g} km, 1 thread", lambda r=same: ask(1, r, 0), chosen.rows, chosen.repeats)
    few = slice(0, min(chosen.shapely_rows, MANY_DISCS - 1))
    answers = []
    for name, sides in (("disc", np.zeros_like(around)), ("disc and window", around)):
        args = lon[few], lat[few], day[few] - sides[few], radius[few], day[few] + sides[few]
        measure(f"{name}, Shapely", lambda a=args: answers.append(layer.look_up(*a).p), len(lon[few]), 1)
        apart = np.abs(answers[-1] - ask(1, radius, sides)[few]).max()
        print(f"\nlargest difference to Shapely's, {name}: {apart:.2e}\n")
    print(f"load of the machine at the end: {os.getloadavg()[0]:.1f}; cut: {(answers[0].max(axis=1) < 1).mean():.1%}")


if __name__ == "__main__":
    main()
