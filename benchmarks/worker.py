"""One reader in one process, pinned to its cores: what ``reading.py`` starts and times.

In: a reader, a corpus, a share of its documents, cores. Out: on standard output ``ready`` with the time that loading
took, and after a line on standard input the measurements as JSON. Refuses: a reader that is not there, with exit code 3
and the reason.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections import Counter
from pathlib import Path

WARMING = "The minister said that the bridge had fallen. “We saw it,” the mayor Ana Kor told reporters."


def peak_rss_mb() -> float | None:
    """Most memory that this process has held, MiB; counted from its own start, which ``getrusage`` is not."""
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
    except OSError:
        return None
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")), None)


def read_texts(path: Path, documents: int | None) -> list[str]:
    """The first texts of the corpus."""
    with path.open(encoding="utf-8") as file:
        lines = [line for line in file if line.strip()]
    return [json.loads(line)["text"] for line in lines[:documents]]


def share_of(texts: list[str], part: int, parts: int) -> list[int]:
    """Numbers of the texts of one process: the longest first, each to the process with the least so far."""
    loads = [0] * parts
    shares: list[list[int]] = [[] for _ in range(parts)]
    for number in sorted(range(len(texts)), key=lambda k: (-len(texts[k]), k)):
        least = min(range(parts), key=lambda k: loads[k])
        shares[least].append(number)
        loads[least] += len(texts[number])
    return sorted(shares[part])


def main() -> int:
    """Measure once."""
    parser = argparse.ArgumentParser()
    parser.add_argument("reader")
    parser.add_argument("--data", type=Path)
    parser.add_argument("--documents", type=int)
    parser.add_argument("--share", default="0/1")
    parser.add_argument("--cores", default="")
    parser.add_argument("--answers", type=Path)
    parser.add_argument("--check", action="store_true", help="print the versions and stop")
    parser.add_argument("--once", type=Path, help="read one text file and print what was found: the cold start")
    arguments = parser.parse_args()
    if arguments.cores:
        os.sched_setaffinity(0, {int(core) for core in arguments.cores.split(",")})
    from readers import READERS, NotHere

    started = time.perf_counter()
    try:
        read, versions = READERS[arguments.reader]()
    except NotHere as fault:
        print(fault, file=sys.stderr)
        return 3
    if arguments.check:
        print(json.dumps(versions))
        return 0
    if arguments.once:
        for found in read([arguments.once.read_text(encoding="utf-8")], Counter()):
            print(json.dumps(found))
        return 0
    list(read([WARMING], Counter()))
    load_seconds = time.perf_counter() - started
    texts = read_texts(arguments.data, arguments.documents)
    part, _, parts = arguments.share.partition("/")
    numbers = share_of(texts, int(part), int(parts))
    mine = [texts[number] for number in numbers]
    print(json.dumps({"ready": True, "load_seconds": load_seconds}), flush=True)
    sys.stdin.readline()
    counts: Counter[str] = Counter()
    cpu, wall = time.process_time(), time.perf_counter()
    found = list(read(mine, counts))
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    if arguments.answers:
        arguments.answers.write_text(json.dumps(dict(zip(numbers, found, strict=True))), encoding="utf-8")
    measured = {
        "seconds": wall, "cpu_seconds": cpu, "words": sum(len(text.split()) for text in mine),
        "peak_rss_mb": peak_rss_mb(), "counts": dict(counts),
    }  # fmt: skip
    print(json.dumps(measured), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
