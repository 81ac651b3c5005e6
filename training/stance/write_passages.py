"""The marked-up passages → JSON lines, with every span counted from the markup.

In: ``passages.txt``, whose head tells its form, and ``wire.txt`` of the same form. Out: for each one JSON object a
line with text, speaker, cue, content, mentions, target, stance, modality, pattern, dispute and split; and the tables
of counts in ``docs/methods/stance-guidelines.md``. Refuses: markup that does not close, an unknown code, stance or
modality, a dispute in two splits, two targets, a target that the stance cannot have, and blame or denial without one.

    python training/stance/write_passages.py
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
SOURCES = (FOLDER / "passages.txt", FOLDER / "wire.txt")
GUIDELINES = FOLDER.parents[1] / "docs/methods/stance-guidelines.md"
_COUNTS = re.compile(r"(?<=write_passages\.py -->\n).*(?=<!-- end of counts -->)", re.DOTALL)

STANCES = (
    "reports", "blames", "denies", "denies_event", "claims_responsibility", "alternative_explanation",
    "confirms_finding", "declines_to_attribute", "retracts",
)  # fmt: skip
MODALITIES = ("asserts", "suspects", "no_evidence")
#: Stances that point at someone; the others never bear a target.
WITH_TARGET = frozenset(["blames", "denies", "denies_event", "alternative_explanation"])

_HEAD = re.compile(r"== (?P<dispute>[\w-]+) (?P<split>train|dev)(?: \| (?P<parties>.+))?")
_LINE = re.compile(r"(?P<stance>\w+)(?:/(?P<modality>\w+))? (?P<pattern>[\w-]+) :: (?P<marked>.+)")
_OPEN = re.compile(r"\{(?P<role>[SCT]):|\[(?P<star>\*?)(?P<code>\w+)\|")


def read_markup(marked: str, parties: dict[str, str]) -> dict[str, Any]:
    """Text and spans of one marked passage."""
    text: list[str] = []
    length = 0
    open_marks: list[tuple[str, bool, int]] = []
    spans: dict[str, list[list[int]]] = {"S": [], "C": [], "T": []}
    mentions: list[dict[str, Any]] = []
    targets: list[list[int]] = []
    at = 0
    while at < len(marked):
        opened = _OPEN.match(marked, at)
        if opened is not None:
            open_marks.append((opened["role"] or parties[opened["code"]], bool(opened["star"]), length))
            if opened["role"] is None:
                open_marks[-1] = ("[" + open_marks[-1][0], *open_marks[-1][1:])
            at = opened.end()
        elif marked[at] in "}]":
            mark, star, start = open_marks.pop()
            if mark.startswith("[") != (marked[at] == "]"):
                raise ValueError("marks cross")
            if mark.startswith("["):
                mentions.append({"span": [start, length], "party": mark[1:]})
                targets += [[start, length]] if star else []
            else:
                spans[mark].append([start, length])
            at += 1
        else:
            text.append(marked[at])
            length += 1
            at += 1
    if open_marks or len(spans["S"]) > 1 or len(targets) > 1 or not spans["T"]:
        raise ValueError("an open mark, two speakers, two targets, or no content")
    mentions.sort(key=lambda mention: mention["span"])
    return {
        "text": "".join(text), "speaker": spans["S"][0] if spans["S"] else None, "cue": sorted(spans["C"]),
        "content": sorted(spans["T"]), "mentions": mentions, "target": targets[0] if targets else None,
    }  # fmt: skip


def read_passages(source: str, name: str = "passages.txt") -> list[dict[str, Any]]:
    """Passages of a marked-up file, in its order; the first fault ends it with its line."""
    rows: list[dict[str, Any]] = []
    disputes: dict[str, tuple[str, dict[str, str]]] = {}
    dispute = split = ""
    parties: dict[str, str] = {}
    for number, line in enumerate(source.splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        if head := _HEAD.fullmatch(line):
            dispute, split = head["dispute"], head["split"]
            if head["parties"]:
                parties = dict(pair.split("=", 1) for pair in head["parties"].split("; "))
                disputes[dispute] = (split, parties)
            if disputes.get(dispute, ("", {}))[0] != split:
                raise ValueError(f"{name} line {number}: dispute {dispute} is in another split, or new")
            parties = disputes[dispute][1]
            continue
        found = _LINE.fullmatch(line)
        if found is None:
            raise ValueError(f"{name} line {number}: {line[:60]!r} is no passage")
        stance, modality = found["stance"], found["modality"] or "asserts"
        try:
            row = read_markup(found["marked"], parties)
        except (KeyError, IndexError, ValueError) as fault:
            raise ValueError(f"{name} line {number}: {fault!r} in {line[:60]!r}") from fault
        pointed = row["target"] is not None
        wrong_target = pointed if stance not in WITH_TARGET else not pointed and stance in ("blames", "denies")
        if stance not in STANCES or modality not in MODALITIES or wrong_target:
            raise ValueError(f"{name} line {number}: stance, modality or target of {line[:60]!r}")
        rows.append({
            "id": f"{name[0]}{len(rows) + 1:04d}", "split": split, "dispute": dispute, **row, "stance": stance,
            "modality": modality, "pattern": found["pattern"],
        })  # fmt: skip
    return rows


def count_stances(rows: Sequence[dict[str, Any]]) -> str:
    """Table: passages by stance and split."""
    counts = Counter((row["stance"], row["split"]) for row in rows)
    lines = ["| stance | train | dev | all |", "|---|---:|---:|---:|"]
    for stance in (*STANCES, "all"):
        train, dev = (
            sum(n for (one, part), n in counts.items() if part == split and stance in (one, "all"))
            for split in ("train", "dev")
        )
        lines.append(f"| {stance if stance == 'all' else f'`{stance}`'} | {train} | {dev} | {train + dev} |")
    return "\n".join(lines)


def count_roles(rows: Sequence[dict[str, Any]]) -> str:
    """Table: what each party of each dispute does and has done to it."""
    roles = (
        "mentioned", "blames", "is blamed", "denies", "is cleared", "admits", "retracts", "calls it invented",
        "is said to have staged it", "offers another cause", "is the other cause",
    )  # fmt: skip
    own = {"blames": "blames", "denies": "denies", "claims_responsibility": "admits", "retracts": "retracts",
           "denies_event": "calls it invented", "alternative_explanation": "offers another cause"}  # fmt: skip
    done = {"blames": "is blamed", "denies": "is cleared", "denies_event": "is said to have staged it",
            "alternative_explanation": "is the other cause"}  # fmt: skip
    counts: dict[tuple[str, str], Counter[str]] = {}
    for row in rows:
        for party in dict.fromkeys(mention["party"] for mention in row["mentions"]):
            counts.setdefault((row["dispute"], party), Counter())["mentioned"] += 1
        speaking = row["speaker"] and next(
            (m["party"] for m in row["mentions"] if row["speaker"][0] <= m["span"][0] < row["speaker"][1]), None
        )
        if speaking and row["stance"] in own:
            counts[row["dispute"], speaking][own[row["stance"]]] += 1
        pointed = next((m["party"] for m in row["mentions"] if m["span"] == row["target"]), None)
        if pointed:
            counts[row["dispute"], pointed][done[row["stance"]]] += 1
    lines = ["| dispute | party | " + " | ".join(roles) + " |", "|---|---|" + "---:|" * len(roles)]
    lines += [
        f"| {dispute} | {party} | " + " | ".join(str(found[role]) for role in roles) + " |"
        for (dispute, party), found in counts.items()
    ]
    return "\n".join(lines)


def write_files() -> dict[Path, str]:
    """What is written: each file with its text."""
    rows = {path: read_passages(path.read_text(encoding="utf-8"), path.name) for path in SOURCES}
    every = [row for found in rows.values() for row in found]
    counts = f"{count_stances(every)}\n\n{count_roles(every)}\n"
    written = {GUIDELINES: _COUNTS.sub(lambda _: counts, GUIDELINES.read_text(encoding="utf-8"))}
    for path, found in rows.items():
        written[path.with_suffix(".jsonl")] = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in found)
    return written


def main() -> int:
    """Write the passages and their counts; the exit code."""
    for path, text in write_files().items():
        path.write_text(text, encoding="utf-8")
        print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
