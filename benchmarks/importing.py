"""Import of a dataset's file: seconds and memory of ``contested import``, beside pandas' own reading of the same file.

In: nothing; the files are invented, with a seed. Out: lines on standard output and, with ``--out``, ``importing.json``.
Refuses: nothing; without pandas the other measurements go on.

The first file has the 31 columns of an ACLED export and notes of about 250 characters. Each measurement is a process
of its own, from its start to its end; the two take turns, so that a noisy minute falls on both, and the median of
``--repeats`` is told. Memory is the most that the process held (``VmHWM``, told by the process itself at its end).
``contested import FILE --out`` checks, maps and writes every row to Parquet; ``read_csv`` only reads.

    PYTHONPATH=src python benchmarks/importing.py --rows 1000000 --pandas /tmp/peers/bin/python
    PYTHONPATH=src python benchmarks/importing.py --rows 0 --gdelt-gb 5
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path
from statistics import median
from typing import Any

ACLED = (
    "event_id_cnty,event_date,year,time_precision,disorder_type,event_type,sub_event_type,actor1,assoc_actor_1,inter1,"
    "actor2,assoc_actor_2,inter2,interaction,civilian_targeting,iso,region,country,admin1,admin2,admin3,location,latitude,"
    "longitude,geo_precision,source,source_scale,notes,fatalities,tags,timestamp"
)
WORDS = (
    "forces of the north fired on the road to a village near the river and residents said that two houses were hit "
    "while others left before the evening as the council asked for a pause in the fighting around the bridge"
).split()
#: Run in each process: what is measured, then the most memory that it held.
TOLD = "\nprint([line for line in open('/proc/self/status') if line.startswith('VmHWM')][0].split()[1])"
PANDAS = "import sys, pandas\nprint(len(pandas.read_csv(sys.argv[1], low_memory=False)))" + TOLD
CONTESTED = (
    "import sys\nfrom contested.cli import app\n"
    "app(['import', sys.argv[1], '--preset', sys.argv[2], *sys.argv[3:]], standalone_mode=False)" + TOLD
)


def acled_lines(rows: int, seed: int) -> Iterator[str]:
    """An invented ACLED export, line by line."""
    chance = random.Random(seed)
    towns = [
        (f"Town {n}", f"Province {n % 14}", f"District {n % 60}", round(33 + 4 * chance.random(), 4),
         round(36 + 6 * chance.random(), 4)) for n in range(4_000)
    ]  # fmt: skip
    actors = [f"Forces of Group {n} (2011-)" for n in range(300)]
    days = [f"{2016 + n // 336}-{1 + n // 28 % 12:02d}-{1 + n % 28:02d}" for n in range(2_688)]
    sources = [f"Outlet {n}" for n in range(200)]
    # As unequal as outlets are: the tenth is named a tenth as often as the first.
    shares = list(accumulate(1 / (1 + n) for n in range(200)))
    kinds = [("Battles", "Armed clash"), ("Explosions/Remote violence", "Shelling/artillery/missile attack"),
             ("Explosions/Remote violence", "Air/drone strike"), ("Violence against civilians", "Attack")]  # fmt: skip
    yield ACLED + "\n"
    for n in range(rows):
        town, province, district, lat, lon = chance.choice(towns)
        day, (event, sub_event) = days[n * len(days) // rows], chance.choice(kinds)
        notes = " ".join(chance.choices(WORDS, k=38)).replace(" and ", ', "so they said", and ', 1).replace('"', '""')
        named = "; ".join(dict.fromkeys(chance.choices(sources, cum_weights=shares, k=chance.choice((1, 1, 2, 3)))))
        yield (
            f"SYR{n},{day},{day[:4]},{chance.choice('1112')},Political violence,{event},{sub_event},"
            f"{chance.choice(actors)},{chance.choice(('', '', 'Civilians; Farmers'))},State forces,"
            f"{chance.choice(actors)},,Rebel group,State forces-Rebel group,,760,Middle East,Syria,{province},"
            f'{district},{district},{town},{lat},{lon},{chance.choice("1112")},{named},Subnational,"{notes}",'
            f"{chance.choice('000012')},,{1_480_000_000 + n // 50}\n"
        )


def gdelt_lines(seed: int) -> Iterator[str]:
    """Invented rows of GDELT 2.0 without end: 61 columns, tabs, no header."""
    chance = random.Random(seed)
    towns = [
        (f"Town {n}, Province {n % 40}, Country {n % 9}", f"C{n % 9}", f"C{n % 9}{n % 40:02d}",
         round(90 * chance.random(), 4), round(180 * chance.random(), 4)) for n in range(20_000)
    ]  # fmt: skip
    n = 0
    while True:
        n += 1
        place = "\t".join(map(str, ["4", *(part := chance.choice(towns))[:3], "", *part[3:], n % 90_000]))
        actor = f"GOV\tGROUP {n % 700}\tC{n % 9}\t\t\t\t\tGOV\t\t"
        month, day = f"2019{1 + n // 400_000 % 12:02d}", f"{1 + n // 13_000 % 28:02d}"
        yield (
            f"{410_000_000 + n}\t{month}{day}\t{month}\t2019\t2019.4141\t{actor}\t{actor}\t{n % 2}\t190\t190\t19\t4\t"
            f"-10.0\t{1 + n % 20}\t1\t{1 + n % 20}\t{-10 * chance.random():.12f}\t{place}\t{place}\t{place}\t"
            f"{month}{day}120000\t"
            f"https://outlet{n % 5_000}.example/world/{month}/{n:x}-as-the-council-of-the-province-said.html\n"
        )


def write(path: Path, lines: Iterator[str], most_bytes: float) -> int:
    """Write lines up to a size; the size that was reached."""
    written = 0
    with path.open("w", encoding="utf-8", buffering=1 << 22) as file:
        for line in lines:
            written += file.write(line)
            if written >= most_bytes:
                break
    return written


def measure(python: str, program: str, *arguments: str) -> tuple[float, float]:
    """Seconds and MiB of one process."""
    begun = time.perf_counter()
    done = subprocess.run([python, "-c", program, *arguments], capture_output=True, text=True, env=os.environ)
    seconds = time.perf_counter() - begun
    if done.returncode:
        raise SystemExit(done.stderr)
    return seconds, int(done.stdout.split()[-1]) / 1024


def main() -> None:
    """Write the files, measure, tell."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000, help="rows of the ACLED-shaped file; 0: none")
    parser.add_argument("--gdelt-gb", type=float, default=0, help="size of the GDELT-shaped file; 0: none")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--pandas", default=sys.executable, help="a Python that has pandas")
    parser.add_argument("--out", type=Path, help="folder for importing.json")
    asked = parser.parse_args()
    told: dict[str, Any] = {}
    with tempfile.TemporaryDirectory(prefix="importing-") as name:
        file, out = Path(name, "file.csv"), Path(name, "records.parquet")
        if asked.rows:
            size = write(file, acled_lines(asked.rows, asked.seed), float("inf"))
            print(f"ACLED-shaped: {asked.rows:,} rows, {size / 1e6:,.0f} MB", flush=True)
            ways = {
                "contested import --out": (sys.executable, CONTESTED, str(file), "acled", "--out", str(out)),
                "contested import": (sys.executable, CONTESTED, str(file), "acled"),
                "pandas read_csv": (asked.pandas, PANDAS, str(file)),
            }
            if subprocess.run([asked.pandas, "-c", "import pandas"], capture_output=True).returncode:
                print("pandas is not there: give --pandas a Python that has it (benchmarks/requirements-importing.txt)")
                del ways["pandas read_csv"]
            runs: dict[str, list[tuple[float, float]]] = {way: [] for way in ways}
            for _ in range(asked.repeats):
                for way, call in ways.items():
                    runs[way].append(measure(*call))
                    out.unlink(missing_ok=True)
            beside = median(seconds for seconds, _ in runs.get("pandas read_csv", [(float("nan"), 0)]))
            for way, found in runs.items():
                seconds, most = median(s for s, _ in found), max(m for _, m in found)
                spread = f"{min(s for s, _ in found):.2f} to {max(s for s, _ in found):.2f}"
                print(f"{way:<24} {seconds:6.2f} s ({spread}), {seconds / beside:.2f} of pandas, {most:,.0f} MiB")
            told["acled"] = {"rows": asked.rows, "bytes": size, "runs": runs}
        if asked.gdelt_gb:
            size = write(file, gdelt_lines(asked.seed), asked.gdelt_gb * 1e9)
            seconds, most = measure(sys.executable, CONTESTED, str(file), "gdelt-2", "--out", str(out))
            print(f"GDELT-shaped: {size / 1e9:.2f} GB in {seconds:.0f} s, {most:,.0f} MiB")
            told["gdelt"] = {"bytes": size, "seconds": seconds, "mib": most}
    if asked.out:
        (asked.out / "importing.json").write_text(json.dumps(told, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
