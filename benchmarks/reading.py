"""Speed, memory, cold start and right answers of readers of attributions, side by side, in one run.

In: a marked corpus, one JSON object a line (``text``; ``attributions`` with ``source``, ``cue`` and ``content``,
each a list of ``[start, end]`` in characters). Out: ``reading.json`` and a Markdown table. Refuses: nothing; a reader
that is not installed is named, with what is missing, and the others go on.

Every measurement is a fresh process, pinned to its cores, and the readers take turns, so that a noisy minute falls on
all of them. Loading is not in the words a second; it is in the cold start. Scores are those of ``gate/attribution.py``
on the answers that were timed.

    PYTHONPATH=src python benchmarks/reading.py --data dev.jsonl --peers /tmp/peers/bin/python --out /tmp/reading
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parent
sys.path[:0] = [str(PROJECT), str(PROJECT / "src"), str(HERE)]

from gate.attribution import read_marked, score_attributions  # noqa: E402
from readers import READERS  # noqa: E402

from contested.claims.linking import ROLES, Attribution  # noqa: E402

Marked = list[tuple[str, list[Attribution]]]

#: What is run from the environment of the peers.
PEERS = ("textacy", "parsed-rules")
#: Readers that give whole claims: only their speed and memory are measured, the passages are those of the tagger.
WHOLE_CLAIMS = ("contested-claims", "contested-fast-claims")
#: Name of a run → processes, cores of each by position among those given.
RUNS = {"one core": [[0]], "two cores, one process": [[0, 1]], "two cores, two processes": [[0], [1]]}
NAMES = {
    "contested": "contested, attributions", "contested-fast": "contested --fast, attributions",
    "contested-claims": "contested, whole claims", "contested-fast-claims": "contested --fast, whole claims",
    "textacy": "textacy, direct quotations", "parsed-rules": "rules on a spaCy parse (Gender Gap Tracker's kind)",
}  # fmt: skip
SCORES = (
    "token_content",
    "content_exact",
    "pair_exact",
    "pair_overlap",
    "pair_overlap_precision",
    "pair_overlap_recall",
)
KINDS = ("direct", "mixed", "indirect")


@dataclass
class Measured:
    """All that was found about one reader."""

    name: str
    python: str
    versions: dict[str, str] = field(default_factory=dict)
    missing: str | None = None
    words_per_second: dict[str, list[float]] = field(default_factory=dict)
    words_per_cpu_second: dict[str, list[float]] = field(default_factory=dict)
    peak_rss_mb: dict[str, list[float]] = field(default_factory=dict)
    load_seconds: list[float] = field(default_factory=list)
    cold_start_seconds: list[float] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    answers_sha256: set[str] = field(default_factory=set)
    found: list[list[Attribution]] = field(default_factory=list)
    scores: dict[str, float] = field(default_factory=dict)
    recall_by_kind: dict[str, float] = field(default_factory=dict)


def environment(ours: bool, cores: int) -> dict[str, str]:
    """Variables of a worker: as many threads as cores, and the project's source for our own only."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    threads = {name: str(cores) for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")}
    path = {"PYTHONPATH": str(PROJECT / "src")} if ours else {}
    return {**kept, **threads, **path, "PYTHONHASHSEED": "0", "TOKENIZERS_PARALLELISM": "false"}


def worker(one: Measured, *words: str | Path, cores: int = 1) -> subprocess.Popen[str]:
    """Start a worker of the reader."""
    command = [one.python, str(HERE / "worker.py"), one.name, *map(str, words)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    ours = one.name not in PEERS
    return subprocess.Popen(command, text=True, env=environment(ours, cores), **pipes)  # type: ignore[call-overload, no-any-return]


def check(one: Measured) -> None:
    """Find the reader's versions, or what is missing."""
    try:
        process = worker(one, "--check")
    except OSError as fault:
        one.missing = f"{one.python}: {fault.strerror}"
        return
    out, err = process.communicate()
    if process.returncode:
        one.missing = (err.strip().splitlines() or ["it stopped without a word"])[-1]
    else:
        one.versions = json.loads(out.splitlines()[-1])


def measure(one: Measured, run: str, corpus: tuple[Path, int], cores: Sequence[int], folder: Path) -> None:
    """One run: all its processes are ready before any begins; the clock stops when the last is done."""
    parts = RUNS[run]
    data, documents = corpus
    files = [folder / f"{number}.json" for number in range(len(parts))]
    processes = [
        worker(
            one, "--data", data, "--documents", str(documents), "--share", f"{number}/{len(parts)}",
            "--cores", ",".join(str(cores[k]) for k in part), "--answers", files[number], cores=len(part),
        )
        for number, part in enumerate(parts)
    ]  # fmt: skip
    try:
        for process in processes:
            first = process.stdout.readline()  # type: ignore[union-attr]
            if not first:
                raise RuntimeError((process.stderr.read().strip() or "it stopped").splitlines()[-1])  # type: ignore[union-attr]
            one.load_seconds.append(json.loads(first)["load_seconds"])
        for process in processes:
            process.stdin.write("go\n")  # type: ignore[union-attr]
            process.stdin.flush()  # type: ignore[union-attr]
        results = [json.loads(process.stdout.readline()) for process in processes]  # type: ignore[union-attr]
    except (RuntimeError, ValueError) as fault:
        one.missing = f"failed on {run}: {fault}"
        return
    finally:
        for process in processes:
            process.communicate()
    # Both began at one word, each times itself without loading and without writing its answers: the slower counts.
    seconds = max(result["seconds"] for result in results)
    words = sum(result["words"] for result in results)
    one.words_per_second.setdefault(run, []).append(words / seconds)
    one.words_per_cpu_second.setdefault(run, []).append(words / sum(result["cpu_seconds"] for result in results))
    one.peak_rss_mb.setdefault(run, []).append(sum(result["peak_rss_mb"] or 0.0 for result in results))
    one.counts = {name: sum(result["counts"].get(name, 0) for result in results) for name in ("units", "raised")}
    answers: dict[int, Any] = {}
    for path in files:
        answers |= {int(number): found for number, found in json.loads(path.read_text(encoding="utf-8")).items()}
    in_order = [answers[number] for number in sorted(answers)]
    one.answers_sha256.add(hashlib.sha256(json.dumps(in_order).encode()).hexdigest())
    if not one.found and one.name not in WHOLE_CLAIMS:
        one.found = [[as_attribution(found) for found in document] for document in in_order]


def as_attribution(found: dict[str, list[list[int]]]) -> Attribution:
    """An attribution from what a worker wrote."""
    source, cue, content = (tuple((int(a), int(b)) for a, b in found[role]) for role in ROLES)
    return Attribution(source, cue, content)


def cold_starts(measured: Sequence[Measured], text: str, repeats: int, core: int, folder: Path) -> dict[str, list[str]]:
    """Wall time from nothing to answers on one article; for ours of the command itself."""
    path = folder / "article.txt"
    path.write_text(text, encoding="utf-8")
    ours = [sys.executable, "-m", "contested.cli", "read", str(path)]
    help_text = subprocess.run(
        [*ours[:-1], "--help"], env=environment(True, 1), capture_output=True, text=True, check=False
    ).stdout
    commands = {}
    for one in measured:
        if one.missing or one.name in WHOLE_CLAIMS or (one.name == "contested-fast" and "--fast" not in help_text):
            continue
        if one.name in PEERS:
            commands[one.name] = [one.python, str(HERE / "worker.py"), one.name, "--once", str(path)]
        else:
            commands[one.name] = [*ours, *(["--fast"] if one.name == "contested-fast" else [])]
    for _ in range(repeats):
        for one in measured:
            if one.name not in commands:
                continue
            # The core is set inside the child, so that the driver itself may run on the other.
            pinned = ["-c", f"import os, sys; os.sched_setaffinity(0, {{{core}}}); os.execv(sys.argv[1], sys.argv[1:])"]
            started = time.perf_counter()
            done = subprocess.run(
                [sys.executable, "-S", *pinned, *commands[one.name]],
                env=environment(one.name not in PEERS, 1), capture_output=True, check=False,
            )  # fmt: skip
            if done.returncode == 0:
                one.cold_start_seconds.append(time.perf_counter() - started)
    return {name: [Path(command[0]).name, *command[1:-1]] for name, command in commands.items()}


def kind_of(text: str, attribution: Attribution) -> str:
    """Direct when all of the content stands in quotation marks, mixed when a part does, else indirect."""
    pieces = [text[start:end].strip(" ,.") for start, end in attribution.content]
    if all(piece[:1] in "“\"‘'" and piece[-1:] in "”\"’'" for piece in pieces if piece):
        return "direct"
    return "mixed" if any(mark in piece for piece in pieces for mark in '“”"') else "indirect"


def compare(measured: Sequence[Measured], marked: Marked) -> dict[str, dict[str, float]]:
    """Score every reader; and percent F1 (pairs by overlap) of each reader held against each other."""
    with_answers = [one for one in measured if one.found]
    for one in with_answers:
        one.scores = score_attributions(
            (text, gold, found) for (text, gold), found in zip(marked, one.found, strict=True)
        )
        for kind in KINDS:
            part = score_attributions(
                (text, [a for a in gold if a.content and kind_of(text, a) == kind], found)
                for (text, gold), found in zip(marked, one.found, strict=True)
            )
            one.recall_by_kind[kind] = part["pair_overlap_recall"]
    return {
        one.name: {
            other.name: score_attributions(
                (text, a, b) for (text, _), a, b in zip(marked, one.found, other.found, strict=True)
            )["pair_overlap"]
            for other in with_answers
        }
        for one in with_answers
    }


def spread(values: Sequence[float], digits: int = 0) -> str:
    """Median [least–most]."""
    if not values:
        return "–"
    middle, least, most = (f"{value:,.{digits}f}" for value in (median(values), min(values), max(values)))
    return middle if len(values) == 1 else f"{middle} [{least}–{most}]"


def as_markdown(report: dict[str, Any], measured: Sequence[Measured], agreement: dict[str, dict[str, float]]) -> str:
    """The tables of one run."""
    here = [one for one in measured if not one.missing]
    lines = [
        "# Readers of attributions, side by side", "",
        f"{report['documents']} documents, {report['words']:,} words, data SHA-256 `{report['data_sha256']}`; "
        f"{report['repeats']} repeats, each figure the median [least–most]; {report['cpu']}, cores {report['cores']}, "
        f"load {report['load_before']} when it began; {report['day']}.", "",
        "## Speed and memory", "",
        "| reader | " + " | ".join(f"words/s, {run}" for run in RUNS)
        + " | words per CPU second, one core | peak memory, MiB | two processes, MiB | cold start, s |",
        "|---|" + "---:|" * (len(RUNS) + 4),
    ]  # fmt: skip
    for one in here:
        cells = [spread(one.words_per_second.get(run, [])) for run in RUNS]
        cells.append(spread(one.words_per_cpu_second.get("one core", [])))
        cells += [spread(one.peak_rss_mb.get(run, [])) for run in ("one core", "two cores, two processes")]
        lines.append(f"| {NAMES[one.name]} | {' | '.join(cells)} | {spread(one.cold_start_seconds, 2)} |")
    lines += ["", "## Answers, percent", "", "| reader | " + " | ".join(name.replace("_", " ") for name in SCORES)
              + " | " + " | ".join(f"recall, {kind}" for kind in KINDS) + " | raised | same answers each time |",
              "|---|" + "---:|" * (len(SCORES) + len(KINDS)) + "---|---|"]  # fmt: skip
    for one in here:
        cells = [f"{one.scores[name]:.1f}" if one.scores else "–" for name in SCORES]
        cells += [f"{one.recall_by_kind[kind]:.1f}" if one.scores else "–" for kind in KINDS]
        unit = "paragraphs" if one.name in PEERS else "documents"
        raised = f"{one.counts.get('raised', 0)} of {one.counts.get('units', 0):,} {unit}"
        same = "yes" if len(one.answers_sha256) == 1 else "NO"
        lines.append(f"| {NAMES[one.name]} | {' | '.join(cells)} | {raised} | {same} |")
    lines += ["", "Each against each (F1 of pairs by overlap, the row taken for right):", "",
              "| | " + " | ".join(agreement) + " |", "|---|" + "---:|" * len(agreement)]  # fmt: skip
    lines += [f"| {name} | {' | '.join(f'{value:.1f}' for value in row.values())} |" for name, row in agreement.items()]
    lines += ["", "## Versions", ""]
    lines += [f"- {NAMES[one.name]}: {', '.join(f'{k} {v}' for k, v in one.versions.items())}" for one in here]
    lines += [f"- {NAMES[one.name]}: **not measured**: {one.missing}" for one in measured if one.missing]
    return "\n".join(lines) + "\n"


def cpu_name() -> str:
    """The processor as the system names it."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())


def main(argv: Sequence[str] | None = None) -> int:
    """Measure, compare, write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="marked corpus, JSON lines")
    parser.add_argument("--documents", type=int, help="only the first so many; all when left out")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--cold-repeats", type=int, default=5)
    parser.add_argument("--peers", default=sys.executable, help="Python that has benchmarks/requirements.txt installed")
    parser.add_argument("--readers", nargs="+", choices=READERS, default=list(READERS))
    parser.add_argument("--runs", nargs="+", choices=RUNS, default=list(RUNS))
    parser.add_argument(
        "--cores", type=int, nargs=2, default=sorted(os.sched_getaffinity(0))[:2], help="cores to pin to"
    )
    parser.add_argument("--out", type=Path, help="folder for reading.json and reading.md")
    arguments = parser.parse_args(argv)
    marked = read_marked(arguments.data)[: arguments.documents]
    measured = [Measured(name, arguments.peers if name in PEERS else sys.executable) for name in arguments.readers]
    load_before = ", ".join(f"{load:.1f}" for load in os.getloadavg())
    for one in measured:
        check(one)
        if one.missing:
            print(f"{one.name}: not measured: {one.missing}", file=sys.stderr)
    with tempfile.TemporaryDirectory(prefix="contested-benchmark-") as name:
        folder = Path(name)
        for repeat in range(arguments.repeats):
            for run in arguments.runs:
                for one in measured:
                    if one.missing is None:
                        measure(one, run, (arguments.data, len(marked)), arguments.cores, folder)
                        print(f"repeat {repeat + 1}, {run}: {one.name}: "
                              f"{one.missing or format(one.words_per_second[run][-1], ',.0f') + ' words/s'}",
                              file=sys.stderr, flush=True)  # fmt: skip
        # A text of middling length: neither the shortest nor the longest article says how a command feels.
        middling = sorted((text for text, _ in marked), key=len)[len(marked) // 2]
        commands = cold_starts(measured, middling, arguments.cold_repeats, arguments.cores[0], folder)
    agreement = compare(measured, marked)
    report = {
        "day": time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime()),
        "data_sha256": hashlib.sha256(arguments.data.read_bytes()).hexdigest(),
        "documents": len(marked), "words": sum(len(text.split()) for text, _ in marked), "repeats": arguments.repeats,
        "cpu": cpu_name(), "cores": arguments.cores, "load_before": load_before, "python": platform.python_version(),
        "openblas_coretype": os.environ.get("OPENBLAS_CORETYPE"), "cold_start_words": len(middling.split()),
        "cold_start_commands": commands, "agreement": agreement,
        "readers": [
            {
                name: sorted(value) if isinstance(value, set) else value
                for name, value in vars(one).items() if name not in ("found", "python")
            }
            for one in measured
        ],
    }  # fmt: skip
    table = as_markdown(report, measured, agreement)
    print(table)
    if arguments.out:
        arguments.out.mkdir(parents=True, exist_ok=True)
        (arguments.out / "reading.json").write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
        (arguments.out / "reading.md").write_text(table, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
