"""Score record linking: on planted truth, on two real datasets with known pairs, and on news reports.

In: one of three kinds of truth, each as paths, so that other files of the same form can be judged. Out: scores as JSON;
exit 1 when one lies below its floor. Refuses: files without floors in ``floors.json`` when ``--floors`` is asked for.

    PYTHONPATH=src python gate/linking.py --planted GED.csv --noise 0.2 0.5
    PYTHONPATH=src python gate/linking.py --left A.json --right B.csv --pairs P.csv --sample read-me.csv
    PYTHONPATH=src python gate/linking.py --reports R.csv --places P.csv
    PYTHONPATH=src python gate/linking.py --judged read-me.csv
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

# Run as a file, so that the project's folder is not among the places that imports are looked for in.
sys.path.insert(0, str(Path(__file__).parents[1]))

import pyarrow as pa

from contested.base.case import DatasetEntry
from contested.base.times import DayInterval
from contested.incidents.mapping import Scope
from contested.incidents.presets import load_preset
from contested.incidents.sniffing import recognise_preset
from contested.incidents.sources import read_files
from gate import linking_pairs, linking_planted, linking_reports
from gate.attribution import below_floors

FLOORS = Path(__file__).parent / "floors.json"
#: Every day and the whole Earth: nothing is left out of the window.
_ALL = (DayInterval(date(1900, 1, 1), date(2100, 12, 31)), (-180.0, -90.0, 180.0, 90.0))


def read_records(path: Path, name: str, radius_m: float | None) -> pa.Table:
    """The file's records by the preset that fits it; those whose dataset gives no precision get the radius."""
    preset = recognise_preset(path)
    entry = DatasetEntry(name=name, preset=preset, path=path.name, default_radius_m=radius_m)
    return read_files([path], entry, load_preset(preset), Scope(*_ALL, "the world", path.parent)).records


def flat(scores: dict[str, Any], above: str = "") -> dict[str, float]:
    """Numbers within the scores, by the names on the way to them."""
    found: dict[str, float] = {}
    for name, value in scores.items():
        if isinstance(value, dict):
            found |= flat(value, f"{above}{name}.")
        elif isinstance(value, int | float) and not isinstance(value, bool):
            found[above + name] = value
    return found


def main(argv: Sequence[str] | None = None) -> int:
    """Score, print, and compare; the exit code."""
    arguments = _parser().parse_args(argv)
    if arguments.judged:
        print(json.dumps(linking_pairs.judge(arguments.judged), indent=1))
        return 0
    if arguments.planted:
        paths, scores = [arguments.planted], _score_planted(arguments)
    elif arguments.reports:
        paths = [arguments.reports, *([arguments.places] if arguments.places else [])]
        reports = linking_reports.read_reports(arguments.reports)
        scores = linking_reports.compare(reports, linking_reports.read_names(arguments.places or arguments.reports))
    elif arguments.left and arguments.right and arguments.pairs:
        paths, scores = [arguments.left, arguments.right, arguments.pairs], _score_pairs(arguments)
    else:
        print("expected --planted, --reports, --judged, or --left, --right and --pairs", file=sys.stderr)
        return 2
    sha256 = hashlib.sha256(b"".join(hashlib.sha256(path.read_bytes()).digest() for path in paths)).hexdigest()
    print(json.dumps({"data_sha256": sha256, "scores": scores}, indent=1))
    if not arguments.floors:
        return 0
    floors = json.loads(arguments.floors_file.read_text(encoding="utf-8")).get("linking", {}).get(sha256)
    if floors is None:
        print(f"{paths[0]}: no floors in {arguments.floors_file} for data {sha256}", file=sys.stderr)
        return 2
    faults = below_floors(flat(scores), floors["scores"])
    print("\n".join(faults), file=sys.stderr)
    return 1 if faults else 0


def _score_planted(arguments: argparse.Namespace) -> dict[str, Any]:
    rows = read_records(arguments.planted, "planted", arguments.radius_m).to_pylist()
    judged, tuned = linking_planted.pieces(rows, arguments.events)
    scores = {}
    for noise in arguments.noise:
        scores[f"noise {noise:g}"] = linking_planted.compare(judged, tuned, noise, arguments.seed, arguments.splink)
        print(f"noise {noise:g}:", json.dumps(scores[f"noise {noise:g}"]), file=sys.stderr, flush=True)
    return scores


def _score_pairs(arguments: argparse.Namespace) -> dict[str, Any]:
    left, right = (
        read_records(path, name, arguments.radius_m)
        for path, name in ((arguments.left, "left"), (arguments.right, "right"))
    )
    known = linking_pairs.read_known(arguments.pairs, left, right, (arguments.left_id, arguments.right_id))
    shown = (left, right) if arguments.show_sources else tuple(map(linking_pairs.without_sources, (left, right)))
    sample = linking_pairs.Sample(arguments.sample, arguments.seed, (left, right)) if arguments.sample else None
    return linking_pairs.compare(*shown, known, sample)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    planted = parser.add_argument_group("planted truth")
    planted.add_argument("--planted", type=Path, help="a dataset to plant the truth in")
    planted.add_argument("--noise", type=float, nargs="+", default=[k / 10 for k in range(1, 11)], help="levels")
    planted.add_argument("--events", type=int, default=3000, help="events to plant, and as many to tune peers on")
    planted.add_argument("--splink", type=Path, help="the interpreter that has Splink (requirements-linking.txt)")
    real = parser.add_argument_group("two datasets with known pairs")
    real.add_argument("--left", type=Path)
    real.add_argument("--right", type=Path)
    real.add_argument("--pairs", type=Path, help="CSV with a column of ids of each")
    real.add_argument("--left-id", help="the column of the left ids; else the one that holds most of them")
    real.add_argument("--right-id", help="the same of the right ids")
    real.add_argument("--show-sources", action="store_true", help="let the matcher see sources and addresses")
    real.add_argument("--sample", type=Path, help="write links that are not known pairs, for a person to read")
    real.add_argument("--judged", type=Path, help="such a file when it was read: precision")
    reports = parser.add_argument_group("reports of events")
    reports.add_argument("--reports", type=Path)
    reports.add_argument("--places", type=Path, help="CSV with names of places; else those of the reports file")
    parser.add_argument(
        "--radius-m", type=float, help="radius of records whose dataset gives none; else the matcher assumes one"
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--floors", action="store_true", help="exit 1 when a score lies below its floor")
    parser.add_argument("--floors-file", type=Path, default=FLOORS)
    return parser


if __name__ == "__main__":
    sys.exit(main())
