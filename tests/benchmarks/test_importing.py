"""The benchmark of imports runs without its peer, and its invented files are what their presets read."""

from __future__ import annotations

import subprocess
import sys
from itertools import islice
from pathlib import Path

PROJECT = Path(__file__).parents[2]
sys.path.insert(0, str(PROJECT / "benchmarks"))

import importing  # noqa: E402

from contested.incidents.quality import report_file  # noqa: E402


def test_every_invented_row_is_used(tmp_path: Path) -> None:
    for preset, lines in (("acled", importing.acled_lines(300, 7)), ("gdelt-2", islice(importing.gdelt_lines(7), 300))):
        path = tmp_path / f"{preset}.csv"
        importing.write(path, lines, float("inf"))
        report = report_file(path, preset)
        assert (report.rows, report.used) == (300, 300)


def test_benchmark_tells_seconds_and_memory() -> None:
    call = [sys.executable, "benchmarks/importing.py", "--rows", "50", "--gdelt-gb", "0.00001", "--repeats", "1"]
    told = subprocess.run(call, cwd=PROJECT, capture_output=True, text=True, check=True).stdout
    assert "contested import --out" in told and "GDELT-shaped" in told
