"""How many bytes a dossier takes, by kind of file, and how long it takes to write.

In: numbers of incidents. Out: a table a number: files, bytes and compressed bytes by kind, seconds. Refuses: nothing.
The tables are invented: each incident has a place, one to three records of three datasets, a holder and a front in one
layer; one in a hundred belongs to the case's event, and has two claims.

    PYTHONPATH=src python benchmarks/dossier_size.py 1000 10000 100000
"""

from __future__ import annotations

import argparse
import random
import resource
import tempfile
import time
import zlib
from collections import defaultdict
from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa
import shapely

from contested.base.case import Case, open_case
from contested.base.records import TABLES
from contested.web.dossier import write_dossier

CASE = """
format = 1
title = "Invented war"
purpose = "To see how large a dossier becomes."
[window]
from = 2020-01-01
to = 2020-12-31
[region]
name = "Halab"
box = [36.0, 35.0, 38.0, 37.0]
[[parties]]
id = "north"
name = "Northland"
[[parties]]
id = "south"
name = "Southland"
[[events]]
id = "gas"
title = "The gas attacks"
kind = "chemical"
from = 2020-01-01
to = 2020-12-31
place = "Halab"
summary = "Attacks were reported. The parties disagree."
[[layers]]
name = "blocks"
path = "layers/blocks.csv"
form = "long"
places = "layers/places.csv"
citation = "Invented"
"""
TEXT = "The Watch blamed Northland. Northland denied it."


def make_tables(n: int) -> dict[str, list[dict]]:
    """Rows of a case with n incidents."""
    draw = random.Random(7)
    rows: dict[str, list[dict]] = defaultdict(list)
    for path, kind in (("documents/a.txt", "document"), ("datasets/r.csv", "dataset"), ("layers/blocks.csv", "layer")):
        rows["originals"].append(
            {"original_path": path, "kind": kind, "sha256": "0" * 64, "size_bytes": 1, "publish_rows": True}
        )
    rows["documents"].append(
        {
            "document_id": "d0", "path": "documents/a.txt", "sha256": "0" * 64, "media_type": "text/plain",
            "text": TEXT, "text_sha256": "0" * 64, "reader": "text 1",
        }
    )  # fmt: skip
    for number in range(n):
        day = date(2020, 1, 1) + timedelta(days=draw.randrange(366))
        lon, lat = round(draw.uniform(36, 38), 5), round(draw.uniform(35, 37), 5)
        name, town = f"i{number:06d}", f"Town {draw.randrange(2000)}"
        records = [f"{source}:{number}" for source in ("acled", "ged", "viina")[: draw.choice((1, 1, 1, 2, 3))]]
        killed, event = draw.randrange(9), "gas" if number % 100 == 0 else None
        title = f"Shelling of {town} and the villages around it; {killed} people are reported killed"
        for record in records:
            rows["records"].append(_record(record, day, (lon, lat), town, title, killed))
        rows["incidents"].append(
            {
                "incident_id": name, "title": title, "kind": "shelling", "event_id": event, "date_start": day,
                "date_end": day, "records": records, "datasets": [one.split(":")[0] for one in records],
                "n_places": 1, "killed_low": killed, "killed_high": killed + 2, "toll_conflict": False,
                "grade": "reported", "grade_rule": f"{len(records)} datasets tell of it", "publish": True,
            }
        )  # fmt: skip
        rows["incident_places"].append(
            {
                "incident_id": name, "place_no": 1, "record_id": records[0], "place_name": town, "lon": lon,
                "lat": lat, "radius_m": 1000.0,
            }
        )  # fmt: skip
        share = draw.random()
        for party, p in (("north", share), ("south", 1 - share)):
            rows["control"].append(
                {
                    "incident_id": name, "place_no": 1, "layer": "blocks", "party": party, "p": p, "held": p > 0.5,
                    "layer_date": day,
                }
            )  # fmt: skip
        rows["fronts"].append(
            {
                "incident_id": name, "place_no": 1, "layer": "blocks", "front_m": draw.uniform(0, 9000),
                "side": "north",
            }
        )  # fmt: skip
        for one in records[1:]:
            rows["links"].append(
                {
                    "record_a": records[0], "record_b": one, "probability": 0.97, "gap_days": 0,
                    "decided_by": "score", "linked": True, "reasons": "same day +3.1; 400 m apart +2.0; names +1.2",
                }
            )  # fmt: skip
        if event:
            for stance, words in (("blames", "The Watch blamed Northland"), ("denies", "Northland denied it")):
                rows["claims"].append(_claim(f"{stance}-{number}", stance, words, day))
                rows["claim_links"].append(
                    {
                        "claim_id": f"{stance}-{number}", "incident_id": name, "record_id": records[0],
                        "probability": 0.9, "linked": True, "reasons": "same day +3.1",
                    }
                )  # fmt: skip
    box = shapely.to_wkb(shapely.box(36, 35, 37, 37))
    rows["holdings"].append(
        {
            "layer": "blocks", "holding_no": 1, "place": "W", "holder": "north", "valid_from": date(2020, 1, 1),
            "valid_to": date(2020, 12, 31), "geometry": box, "original_path": "layers/blocks.csv",
            "original_row": 1, "made_by": "voronoi",
        }
    )  # fmt: skip
    return rows


def _record(name: str, day: date, point: tuple[float, float], town: str, title: str, killed: int) -> dict:
    return {
        "record_id": name, "dataset": name.split(":")[0], "original_path": "datasets/r.csv",
        "original_row": int(name.split(":")[1]) + 1, "preset": "plain", "in_window": True, "kind": "shelling",
        "date_start": day, "date_end": day, "place_name": town, "lon": point[0], "lat": point[1],
        "radius_m": 1000.0, "title": title, "killed_low": killed, "killed_high": killed + 2,
        "sources": ["Local Network", "Agency"], "second_hand": False, "publish": True,
        "address": f"https://example.org/{name}", "extra": '{"note": "as published"}',
    }  # fmt: skip


def _claim(name: str, stance: str, words: str, day: date) -> dict:
    start = TEXT.index(words)
    return {
        "claim_id": name, "origin": "statement", "document_id": "d0", "original_path": "documents/a.txt",
        "original_row": 0, "passage": [{"text": words, "start": start, "end": start + len(words)}], "quoted": True,
        "speaker_text": "The Watch" if stance == "blames" else "Northland", "speaker_kind": "named",
        "speaker_party": "Watch" if stance == "blames" else "north", "via": [], "stance": stance,
        "modality": "asserts", "target_party": "north", "said_on": day, "event_id": "gas", "second_hand": False,
        "made_by": "hand", "checked": True,
    }  # fmt: skip


def _kind(path: str) -> str:
    folder, _, name = path.rpartition("/")
    if folder:
        return f"{folder}/*" if folder != "data" else f"data/{name.split('-')[0]}"
    return name.split("-")[0].split(".")[0] + "*." + name.rsplit(".", 1)[1]


def as_tables(rows: dict[str, list[dict]]) -> dict[str, pa.Table]:
    """The rows as the tables of a case."""
    return {name: table.from_rows(rows.get(name, ())) for name, table in TABLES.items()}


def make_case(folder: Path) -> Case:
    """The folder of the invented case."""
    (folder / "layers").mkdir(parents=True)
    (folder / "case.toml").write_text(CASE, encoding="utf-8")
    (folder / "layers/blocks.csv").write_text("date,place,holder\n2020-01-01,W,north\n", encoding="utf-8")
    (folder / "layers/places.csv").write_text("place,lon,lat\nW,36.5,36\n", encoding="utf-8")
    return open_case(folder)


def measure(n: int, top: int) -> None:
    """Write a dossier of n incidents and print what it takes."""
    begun = time.monotonic()
    rows = make_tables(n)
    tables = as_tables(rows)
    made = time.monotonic() - begun
    with tempfile.TemporaryDirectory(prefix="dossier-size-") as folder:
        case = make_case(Path(folder) / "case")
        out = Path(folder) / "dossier"
        begun = time.monotonic()
        summary = write_dossier(case, tables, out)
        seconds = time.monotonic() - begun
        sizes: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
        for path in out.rglob("*"):
            if path.is_file():
                content = path.read_bytes()
                entry = sizes[_kind(path.relative_to(out).as_posix())]
                entry[0] += 1
                entry[1] += len(content)
                entry[2] += len(zlib.compress(content, 1))
                entry[3] = max(entry[3], len(content))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"\n{n:,} incidents, {len(rows['records']):,} records: {sum(e[1] for e in sizes.values()) / 1e6:.1f} MB "
          f"in {summary.n_files:,} files, {summary.n_numbers:,} numbers; written in {seconds:.1f} s "
          f"(tables {made:.1f} s), peak {peak:,.0f} MB")  # fmt: skip
    print(f"{'kind':<32} {'files':>6} {'MB':>8} {'zipped':>8} {'largest':>8}")
    for kind, (files, size, zipped, largest) in sorted(sizes.items(), key=lambda one: -one[1][1])[:top]:
        print(f"{kind:<32} {files:>6,} {size / 1e6:>8.2f} {zipped / 1e6:>8.2f} {largest / 1e6:>8.2f}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("incidents", type=int, nargs="+")
    parser.add_argument("--top", type=int, default=16, help="kinds of file to list")
    given = parser.parse_args()
    for number in given.incidents:
        measure(number, given.top)
