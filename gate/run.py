"""Run every gate on the data beside the project; say which were skipped because their data is absent.

Run as ``python -m gate.run``.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).parents[1]
SHARED = Path(os.environ.get("CONTESTED_SHARED", PROJECT.parent / "shared")) / "data"

FA_KES = SHARED / "reading/fa-kes"
#: Gate → the options with the data it is run on.
GATES = {
    "attribution.py": {"--data": SHARED / "attribution/polnear/dev.jsonl"},
    "reading.py": {"--articles": FA_KES / "articles.csv", "--annotations": FA_KES / "annotations.csv"},
}


def main() -> int:
    """Exit code: 0 when every gate that could run holds its floors."""
    failed = []
    for gate, data in GATES.items():
        absent = [path for path in data.values() if not path.exists()]
        if absent:
            print(f"{gate}: skipped, {absent[0]} is not there")
            continue
        print(f"{gate}: {', '.join(str(path) for path in data.values())}", flush=True)
        options = [word for option, path in data.items() for word in (option, str(path))]
        command = [sys.executable, str(PROJECT / "gate" / gate), *options, "--floors"]
        if subprocess.run(command, check=False).returncode:
            failed.append(gate)
    if failed:
        print(f"below the floor: {', '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
