"""Run the tests of what follows attacks on real files: does the ground fall after them?

In: files of incidents that a preset reads, and a layer of control: a table of places' holders over days, or a folder of
dated maps. Out: the findings, on standard output. Refuses: what the readers refuse.

    python -m gate.following_real --control towns.csv --advancing Russia --losing Ukraine \
        --near-front-m 10000 --radius-m 1000 cir-monitor=eyes.csv bellingcat=harm.json --attacks hospital clinic

Rows whose kind or title holds one of the words of ``--attacks`` are the attacks, all others the other incidents;
without words, all rows of the first file are. Each row is one incident: rows of two files that tell of one are not
linked, and count as one only where they lie within a day and 5 km of each other.
"""

from __future__ import annotations

import argparse
import csv
import json
import tempfile
import time
from pathlib import Path

import numpy as np
import pyarrow as pa

from contested.base.case import CaseFile, DatasetEntry
from contested.base.times import parse_interval
from contested.incidents.mapping import Scope
from contested.incidents.sources import load_preset, read_files
from contested.territory.control import ControlLayer
from contested.territory.plain_layers import open_layers
from contested.weighing.findings import TESTS
from contested.weighing.sample import Incidents, Sample

NAMES = ("order_of_attacks_and_falls", "loss_after_attack", "before_and_after", "directions", "matched_wakes")
#: Column of a table of places → what the reader calls it.
COLUMNS = {"name": "place", "first_seen": "valid_from", "last_seen": "valid_to"}


def read_control(path: Path, args: argparse.Namespace) -> ControlLayer:
    """The layer; rows marked as standing for several places are left out."""
    if path.is_dir() or path.suffix != ".csv":
        return open_layers(path, args.holder, args.elsewhere, cache=False)[0]
    with path.open(newline="", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row.get("name_ambiguous", "0") in ("0", "")]
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "layers" / "status.csv"
        copy.parent.mkdir()
        with copy.open("w", newline="", encoding="utf-8") as out:
            writer = csv.DictWriter(out, [COLUMNS.get(name, name) for name in rows[0]])
            writer.writeheader()
            writer.writerows({COLUMNS.get(name, name): value for name, value in row.items()} for row in rows)
        return open_layers(copy.parent, cache=False)[0]


def read_incidents(files: list[str], args: argparse.Namespace) -> tuple[Incidents, Incidents]:
    """The attacks, and all other incidents."""
    tables = []
    for number, one in enumerate(files):
        preset, given = one.split("=", 1)
        path = Path(given).resolve()
        entry = DatasetEntry(name=f"d{number}", preset=preset, path=path.name, default_radius_m=args.radius_m)
        scope = Scope(parse_interval(f"{args.first}/{args.last}"), (-180.0, -90.0, 180.0, 90.0), "all", path.parent)
        tables.append(read_files([path], entry, load_preset(preset), scope).records)
    records = pa.concat_tables(tables).sort_by("record_id")
    rows = [row for row in records.to_pylist() if row["in_window"] and row["lon"] is not None]
    words = [word.casefold() for word in args.attacks]
    told = [f"{row['kind']} {row['title']}".casefold() for row in rows]
    chosen = np.array([
        any(word in text for word in words) if words else row["dataset"] == "d0"
        for row, text in zip(rows, told, strict=True)
    ])  # fmt: skip
    everything = Incidents(
        ids=tuple(row["record_id"] for row in rows), titles=tuple(row["title"] or "" for row in rows),
        kinds=tuple(row["kind"] for row in rows), datasets=tuple((row["dataset"],) for row in rows),
        sources=tuple(() for _ in rows),
        date_start=np.array([row["date_start"] for row in rows], dtype="datetime64[D]"),
        date_end=np.array([row["date_end"] for row in rows], dtype="datetime64[D]"),
        owner=np.arange(len(rows)), place_no=np.ones(len(rows), dtype=np.int64),
        lon=np.array([np.nan if row["radius_m"] is None else row["lon"] for row in rows]),
        lat=np.array([np.nan if row["radius_m"] is None else row["lat"] for row in rows]),
        radius_m=np.array([np.nan if row["radius_m"] is None else row["radius_m"] for row in rows]),
    )  # fmt: skip
    return everything.take(chosen), everything.take(~chosen)


def make_sample(layer: ControlLayer, attacks: Incidents, others: Incidents, args: argparse.Namespace) -> Sample:
    """A sample without a case folder."""
    window = {"from": args.first, "to": args.last}
    file = CaseFile.model_validate({
        "format": 1, "title": "Real files", "purpose": "measuring", "window": window,
        "region": {"name": "the region", "box": list(layer.bounds)},
        "parties": [{"id": "a", "name": args.advancing}, {"id": "b", "name": args.losing}],
        "events": [{"id": "attacks", "title": "The attacks", "kind": "any", **window, "place": "the region"}],
        "layers": [{"name": "layer", "path": "layers/layer.csv", "form": "long"}],
        "weighing": [{
            "event": "attacks", "layer": "layer", "advancing": "a", "losing": "b", "fall_days": args.fall_days,
            "near_front_m": args.near_front_m, "cell_m": args.cell_m,
        }],
    })  # fmt: skip
    weighing = file.weighing[0].model_copy(update={"advancing": args.advancing, "losing": args.losing})
    names = {party: party for party in layer.parties}
    return Sample(
        event=file.events[0], layer=layer.name, weighing=weighing, names=names, incidents=attacks, others=others,
        control=layer, also=(), region=layer.bounds, errors={},
    )  # fmt: skip


def main() -> None:
    """Read, weigh, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("incidents", nargs="+", metavar="PRESET=FILE")
    parser.add_argument("--control", type=Path, required=True)
    parser.add_argument("--holder", help="party of areas that name none")
    parser.add_argument("--elsewhere", help="party of all ground outside the areas")
    parser.add_argument("--advancing", required=True)
    parser.add_argument("--losing", required=True)
    parser.add_argument("--attacks", nargs="*", default=[], help="words that mark the attacks")
    parser.add_argument("--first", default="1990-01-01")
    parser.add_argument("--last", default="2099-12-31")
    parser.add_argument("--near-front-m", type=float, default=1000.0)
    parser.add_argument("--cell-m", type=float)
    parser.add_argument("--radius-m", type=float, help="radius where the file gives none")
    parser.add_argument("--fall-days", type=int, default=14)
    parser.add_argument("--json", action="store_true", help="print the details too")
    args = parser.parse_args()
    layer = read_control(args.control, args)
    attacks, others = read_incidents(args.incidents, args)
    print(f"{len(attacks):,} attacks, {len(others):,} other incidents, {layer.span_count:,} states of the layer")
    sample = make_sample(layer, attacks, others, args)
    for test in TESTS:
        if test.__name__ in NAMES:
            start = time.perf_counter()
            found = test(sample)
            taken = time.perf_counter() - start
            print(f"\n{found.test} ({taken:.1f} s){' refused' if found.refused else ''}, n = {found.n:,}")
            print(found.reading)
            if args.json:
                print(json.dumps(found.details, indent=1))


if __name__ == "__main__":
    main()
