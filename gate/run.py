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

#: Gate → the data it is run on.
GATES = {"attribution.py": SHARED / "attribution/polnear/dev.jsonl"}


def main() -> int:
    """Exit code: 0 when every gate that could run holds its floors."""
    failed = []
    for gate, data in GATES.items():
        if not data.exists():
            print(f"{gate}: skipped, {data} is not there")
            continue
        print(f"{gate}: {data}", flush=True)
        command = [sys.executable, str(PROJECT / "gate" / gate), "--data", str(data), "--floors"]
        if subprocess.run(command, check=False).returncode:
            failed.append(gate)
    if failed:
        print(f"below the floor: {', '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
