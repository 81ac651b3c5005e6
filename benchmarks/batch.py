"""A batch of synthetic articles: words a second, memory over time, and whether a stopped run goes on rightly.

Makes N articles (web pages, texts and mails of invented wars) in a temporary folder, reads them with
``contested read --fast --out``, and again with a kill half way and a second run. Prints one JSON object.

    python benchmarks/batch.py --articles 10000 --jobs 1
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

#: Seconds between two looks at the memory.
SAMPLE_SECONDS = 0.5

SIDES = ("the army", "the rebels", "the ministry of defence", "the town council", "the Northern Front", "Norvik Radio")
PEOPLE = ("Omar Khalil", "Ana Vell", "Dr. Hala Nour", "Col. Petr Sand", "Ruth Adeyemi", "Ibrahim Tal")
ROLES = ("a medic", "a spokesman", "the mayor", "a commander", "a teacher", "a resident")
PLACES = ("Norvik", "Tel Sand", "Port Vell", "Upper Hask", "Sarqin", "the market of Dal")
VERBS = ("said", "told reporters", "insisted", "warned", "denied", "claimed")
DEEDS = (
    "shelled the hospital", "bombed the market", "fired three rockets at the school", "opened the road",
    "held the bridge", "used chlorine against the quarter",
)  # fmt: skip


def make_paragraph(chance: random.Random) -> str:
    """Three to six sentences of reported and plain speech."""
    sentences = []
    for _ in range(chance.randint(3, 6)):
        side, other, person, role = (chance.choice(names) for names in (SIDES, SIDES, PEOPLE, ROLES))
        place, verb, deed, count = (
            chance.choice(PLACES),
            chance.choice(VERBS),
            chance.choice(DEEDS),
            chance.randint(2, 90),
        )
        sentences.append(chance.choice((
            f"{person}, {role} in {place}, {verb} that {side} had {deed} on day {count}.",
            f"“We counted {count} dead and did not see {other} there,” {person} {verb}.",
            f"{side.capitalize()} blamed {other} for the attack on {place}, which killed {count} people.",
            f"{count} families left {place} after the road was cut, and the trucks waited at the bridge until night.",
            f"{side.capitalize()} {verb} that nothing had happened in {place} in those {count} hours.",
        )))  # fmt: skip
    return " ".join(sentences)


def make_article(number: int) -> tuple[str, str]:
    """Name and content of one article."""
    chance = random.Random(number)
    texts = [make_paragraph(chance) for _ in range(chance.randint(5, 12))]
    if number % 10 == 9:
        return f"{number:06}.txt", "\n\n".join(texts) + "\n"
    if number % 10 == 8:
        head = f"From: Desk <desk@example.org>\nSubject: Report {number}\nDate: Mon, 04 Mar 2019 10:00:00 +0000\n"
        return f"{number:06}.eml", head + "Content-Type: text/plain; charset=utf-8\n\n" + "\n\n".join(texts)
    body = "".join(f"<p>{text}</p>" for text in texts)
    menu = "".join(f'<li><a href="/{k}">Section {k}</a></li>' for k in range(30))
    return f"{number:06}.html", (
        f'<html lang="en"><head><title>Report {number} - The Invented Post</title>'
        f'<meta property="article:published_time" content="2019-03-{1 + number % 28:02}T10:00:00Z">'
        f"<style>.x{{display:none}}</style></head><body><nav><ul>{menu}</ul></nav><article><h1>Report {number}</h1>"
        f"{body}<figure><figcaption>“We are here,” says {number}."
        f"</figcaption></figure></article><footer>{menu}</footer></body></html>"
    )


def tree_rss_bytes(pid: int) -> int:
    """Resident memory of a process and all that it started, from /proc."""
    total = 0
    waiting = [pid]
    while waiting:
        one = waiting.pop()
        try:
            total += int(Path(f"/proc/{one}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
            for task in Path(f"/proc/{one}/task").iterdir():
                waiting += map(int, (task / "children").read_text().split())
        except (OSError, ValueError, IndexError):
            continue
    return total


def count_lines(path: Path) -> int:
    """Finished lines of the output."""
    if not path.exists():
        return 0
    with path.open("rb") as file:
        return sum(chunk.count(b"\n") for chunk in iter(lambda: file.read(1 << 20), b""))


class Run:
    """One run of the command, watched."""

    def __init__(self, folder: Path, out: Path, jobs: int) -> None:
        command = [sys.executable, "-m", "contested.cli", "read", str(folder), "--fast", "--json",
                   "--out", str(out), "--jobs", str(jobs)]  # fmt: skip
        self.begun = time.monotonic()
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True
        )
        self.samples: list[tuple[int, int]] = []
        self._out = out
        self._watch = threading.Thread(target=self._sample)
        self._watch.start()

    def _sample(self) -> None:
        lines, place = 0, 0
        while self.process.poll() is None:
            if self._out.exists():
                with self._out.open("rb") as file:
                    file.seek(place)
                    new = file.read()
                lines, place = lines + new.count(b"\n"), place + len(new)
            self.samples.append((lines, tree_rss_bytes(self.process.pid)))
            time.sleep(SAMPLE_SECONDS)

    def finish(self) -> tuple[float, dict[str, int]]:
        """Seconds, and the command's own summary."""
        told, _ = self.process.communicate()
        self._watch.join()
        return time.monotonic() - self.begun, json.loads(told)

    def kill_at(self, lines: int) -> int:
        """Kill the run once so many lines stand in the file; lines that do."""
        while self.process.poll() is None and count_lines(self._out) < lines:
            time.sleep(0.05)
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.communicate()
        self._watch.join()
        return count_lines(self._out)

    def rss_mb_at(self, share: int, lines: int) -> float | None:
        """Largest memory while the last tenth before this share of the lines was read, MB; ``None`` if never seen."""
        seen = [rss for done, rss in self.samples if (share - 10) * lines <= 100 * done <= share * lines]
        return round(max(seen) / 1e6, 1) if seen else None


def measure(articles: int, jobs: int) -> dict[str, object]:
    """All figures, on articles made for it."""
    with tempfile.TemporaryDirectory(prefix="contested-batch-") as name:
        folder = Path(name, "articles")
        for number in range(articles):
            file, content = make_article(number)
            path = folder / f"{number // 1000:03}" / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, encoding="utf-8")
        whole, parts = Path(name, "whole.jsonl"), Path(name, "parts.jsonl")
        run = Run(folder, whole, jobs)
        seconds, summary = run.finish()
        stopped_at = Run(folder, parts, jobs).kill_at(articles // 2)
        _, resumed = Run(folder, parts, jobs).finish()
        peak = max((rss for _, rss in run.samples), default=0)
        return {
            "articles": articles, "jobs": jobs, "words": summary["words"], "claims": summary["claims"],
            "refused": summary["refused"], "seconds": round(seconds, 2),
            "words_per_second": round(summary["words"] / seconds),
            "rss_mb": {f"{share}%": run.rss_mb_at(share, articles) for share in (10, 50, 100)},
            "rss_peak_mb": round(peak / 1e6, 1),
            "killed_at_line": stopped_at, "skipped_on_resume": resumed["skipped"],
            "resumed_equals_whole": whole.read_bytes() == parts.read_bytes(),
        }  # fmt: skip


def main() -> None:
    """Read the arguments, print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=10_000)
    parser.add_argument("--jobs", type=int, default=1)
    given = parser.parse_args()
    print(json.dumps(measure(given.articles, given.jobs), indent=1))


if __name__ == "__main__":
    main()
