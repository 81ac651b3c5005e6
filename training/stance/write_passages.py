"""The marked-up passages → JSON lines, with every span counted from the markup.

In: ``passages/*.txt`` and ``unseen.txt``; the head of ``passages/plain.txt`` tells their form. Out: ``passages.jsonl``
and ``unseen.jsonl``, one JSON object a line with text, speaker, cue, content, mentions, target, stance, modality,
pattern, dispute and split; and the tables of counts in ``docs/methods/stance-guidelines.md``. Refuses: markup that does
not close, an unknown code, stance or modality, a dispute in two splits, two targets, a target that the stance cannot
have, and blame or denial without one.

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
TRAINED_ON = FOLDER / "passages.jsonl"
#: What is written, and from which marked-up files.
SETS = {
    TRAINED_ON: sorted((FOLDER / "passages").glob("*.txt")),
    FOLDER / "unseen.jsonl": [FOLDER / "unseen.txt"],
}
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


def count_sets(rows: Sequence[dict[str, Any]]) -> str:
    """Table: passages, texts, disputes and parties of each set."""
    lines = ["| set | train | dev | texts | disputes | parties |", "|---|---:|---:|---:|---:|---:|"]
    for name in dict.fromkeys(row["set"] for row in rows):
        own = [row for row in rows if row["set"] == name]
        parties = {(row["dispute"], mention["party"]) for row in own for mention in row["mentions"]}
        kinds = [sum(row["split"] == split for row in own) for split in ("train", "dev")]
        kinds += [len({row[column] for row in own}) for column in ("text", "dispute")]
        lines.append(f"| `{name}` | " + " | ".join(map(str, [*kinds, len({party for _, party in parties})])) + " |")
    return "\n".join(lines)


def count_roles(rows: Sequence[dict[str, Any]]) -> str:
    """Table: of the main parties, named in ten passages of a dispute or more, how many do what, and how often."""
    own = {
        "blames": "blames",
        "denies": "denies",
        "claims_responsibility": "admits",
        "denies_event": "calls it invented",
    }
    done = {"blames": "is blamed", "denies": "is cleared", "denies_event": "is said to have staged it"}
    named: Counter[tuple[str, str]] = Counter()
    counts: dict[str, Counter[tuple[str, str]]] = {role: Counter() for role in (*own.values(), *done.values())}
    for row in rows:
        named.update((row["dispute"], party) for party in {mention["party"] for mention in row["mentions"]})
        speaking = row["speaker"] and next(
            (m["party"] for m in row["mentions"] if row["speaker"][0] <= m["span"][0] < row["speaker"][1]), None
        )
        if speaking and row["stance"] in own:
            counts[own[row["stance"]]][row["dispute"], speaking] += 1
        pointed = next((m["party"] for m in row["mentions"] if m["span"] == row["target"]), None)
        if pointed and row["stance"] in done:
            counts[done[row["stance"]]][row["dispute"], pointed] += 1
    main = [party for party, times in named.items() if times >= 10]
    lines = [f"| role of the {len(main)} main parties | have it | times, most of one party |", "|---|---:|---:|"]
    for role, found in counts.items():
        lines.append(f"| {role} | {sum(found[party] > 0 for party in main)} | {max(found[party] for party in main)} |")
    return "\n".join(lines)


def write_files() -> dict[Path, str]:
    """What is written: each file with its text."""
    written = {}
    for target, sources in SETS.items():
        rows = [
            {"id": f"{path.stem}-{row['id'][1:]}", "set": path.stem} | {k: v for k, v in row.items() if k != "id"}
            for path in sources
            for row in read_passages(path.read_text(encoding="utf-8"), path.name)
        ]
        written[target] = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        if target == TRAINED_ON:
            counts = f"{count_sets(rows)}\n\n{count_stances(rows)}\n\n{count_roles(rows)}\n"
            written[GUIDELINES] = _COUNTS.sub(lambda _, new=counts: new, GUIDELINES.read_text(encoding="utf-8"))
    return written


def main() -> int:
    """Write the passages and their counts; the exit code."""
    for path, text in write_files().items():
        path.write_text(text, encoding="utf-8")
        print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
