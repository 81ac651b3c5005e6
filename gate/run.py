"""Run every gate on the data beside the project; say which were skipped because their data is absent.

Run as ``python -m gate.run``.
"""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

PROJECT = Path(__file__).parents[1]
SHARED = Path(os.environ.get("CONTESTED_SHARED", PROJECT.parent / "shared")) / "data"

STANCE = PROJECT / "training/stance"
SPEAKERS = PROJECT / "tests/claims/speakers"

#: Gates that run side by side: each takes up to 2 GB.
AT_ONCE = 2

#: Each gate with its options; a path among them that is missing skips the gate.
GATES: tuple[tuple[str | Path, ...], ...] = (
    ("attribution.py", "--data", SHARED / "attribution/polnear/dev.jsonl"),
    ("attribution.py", "--fast", "--data", SHARED / "attribution/polnear/dev.jsonl"),
    ("stance.py", "--data", SHARED / "stance/dse/valid.tsv"),
    ("stance.py", "--passages", STANCE / "passages.jsonl", "--split", "dev"),
    ("stance.py", "--passages", STANCE / "held_out.jsonl"),
    ("stance.py", "--passages", STANCE / "unseen.jsonl"),
    ("speakers.py", "--data", SPEAKERS / "check.jsonl"),
    (
        "reading.py", "--articles", SHARED / "reading/fa-kes/articles.csv",
        "--annotations", SHARED / "reading/fa-kes/annotations.csv",
    ),
    ("linking.py", "--planted", SHARED / "incidents/ucdp_ged_syria_2016-2018.csv", "--noise", "0.2", "0.5"),
    (
        "linking.py", "--left", SHARED / "incidents/bellingcat_ukr-civharm-2024-06-02.json",
        "--right", SHARED / "incidents/cir_eyes_on_russia_2022.csv",
        "--pairs", SHARED / "linking/bellingcat_cir_pairs.csv",
    ),
    (
        "linking.py", "--reports", SHARED / "linking/ucdp_syria_reports_to_events_2016-2017.csv",
        "--places", SHARED / "places/ucdp_places_syria.csv",
    ),
    # Invented conflicts, no data: few runs, so that only gross faults show; docs/methods/calibration.md has many.
    ("weighing.py", "--runs", "40"),
    ("places.py", "--articles", SHARED / "places/geoparsing/TR-News.xml"),
    ("places.py", "--articles", SHARED / "places/geoparsing/GeoVirus.xml"),
    (
        "places.py", "--labels", SHARED / "places/hrw_interactive_aleppo_labels_matched.csv",
        "--places", SHARED / "places/ocha_syria_city_neighbourhoods_2016.csv",
        SHARED / "places/syrian_archive_places_2015.csv", "--region", "36.9", "36.0", "37.4", "36.4",
    ),
)  # fmt: skip


def run_gate(gate: str, *options: str | Path) -> tuple[str, str, bool]:
    """The gate with its options in words, what it printed, and whether its floors hold; skipped without its data."""
    shown = " ".join(str(word) for word in (gate, *options))
    absent = [word for word in options if isinstance(word, Path) and not word.exists()]
    if absent:
        return shown, f"skipped, {absent[0]} is not there\n", True
    command = [sys.executable, str(PROJECT / "gate" / gate), *map(str, options), "--floors"]
    done = subprocess.run(command, check=False, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return shown, done.stdout, done.returncode == 0


def main() -> int:
    """Exit code: 0 when every gate that could run holds its floors."""
    failed = []
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for shown, printed, holds in pool.map(lambda entry: run_gate(*entry), GATES):
            print(f"{shown}\n{printed}", end="", flush=True)
            if not holds:
                failed.append(shown)
    if failed:
        print("below the floor: " + "; ".join(failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
