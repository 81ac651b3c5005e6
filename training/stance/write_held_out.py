"""Turn the marked passages of held_out.txt into held_out.jsonl, and refuse a mark that does not hold.

In: blocks of a head line (``@ dispute | stance | modality | pattern``) and a marked text, parted by blank
lines; ``#`` opens a comment. Out: one JSON object a line, offsets in characters of the unmarked text.
Refuses: an unknown stance or modality, a mark left open, a passage without cue or content, a target that
the stance cannot have or needs and lacks, and a file that is stale (``--check``).

    PYTHONPATH=src python training/stance/write_held_out.py [--check]
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from contested.base.records import MODALITIES, STANCES

HERE = Path(__file__).parent
#: An opening mark with what it says, or a closing one.
_MARK = re.compile(r"\{(?P<role>[SCT]):|\[(?P<target>\*?)(?P<party>[^|\]\[{}]+)\||(?P<close>[\]}])")
_ROLES = {"S": "speaker", "C": "cue", "T": "content"}
#: Articles and the possessive ending are no part of a mention.
_ARTICLE = re.compile(r"(?:the|a|an) (?=\S)", re.I)
_POSSESSIVE = re.compile(r"(?:'s|(?<=s)')$")
_NEEDS_TARGET = ("blames", "denies", "claims_responsibility")
_MAY_HAVE_TARGET = (*_NEEDS_TARGET, "denies_event", "alternative_explanation")


def unmark(marked: str) -> tuple[str, dict[str, list[list[int]]], list[dict[str, Any]], list[list[int]]]:
    """Text without marks; spans by role; mentions; targets."""
    text, opened, position = "", [], 0
    roles: dict[str, list[list[int]]] = {name: [] for name in _ROLES.values()}
    mentions: list[dict[str, Any]] = []
    targets: list[list[int]] = []
    for mark in _MARK.finditer(marked):
        text += marked[position : mark.start()]
        position = mark.end()
        if not mark["close"]:
            opened.append((mark, len(text)))
            continue
        if not opened:
            raise ValueError(f"closing mark without an opening one after {text[-40:]!r}")
        opening, start = opened.pop()
        if (mark["close"] == "}") != bool(opening["role"]):
            raise ValueError(f"marks cross after {text[-40:]!r}")
        if opening["role"]:
            roles[_ROLES[opening["role"]]].append([start, len(text)])
            continue
        article = _ARTICLE.match(text, start)
        possessive = _POSSESSIVE.search(text, start)
        span = [article.end() if article else start, possessive.start() if possessive else len(text)]
        mentions.append({"span": span, "party": opening["party"]})
        if opening["target"]:
            targets.append(span)
    if opened:
        raise ValueError(f"mark left open: {opened[-1][0][0]}")
    return text + marked[position:], {name: sorted(spans) for name, spans in roles.items()}, mentions, targets


def make_row(number: int, block: str) -> dict[str, Any]:
    """One passage with its offsets, checked."""
    head, _, body = block.partition("\n")
    dispute, stance, modality, pattern = (part.strip() for part in head.removeprefix("@").split("|"))
    text, roles, mentions, targets = unmark(" ".join(body.split()))
    faults = [
        *([f"unknown stance {stance}"] if stance not in STANCES else []),
        *([f"unknown modality {modality}"] if modality not in MODALITIES else []),
        *(["no cue"] if not roles["cue"] else []),
        *(["no content"] if not roles["content"] else []),
        *(["more than one speaker"] if len(roles["speaker"]) > 1 else []),
        *(["more than one target"] if len(targets) > 1 else []),
        *(["no target"] if stance in _NEEDS_TARGET and not targets else []),
        *(["a target"] if stance not in _MAY_HAVE_TARGET and targets else []),
    ]
    for start, end in [span for spans in roles.values() for span in spans] + [one["span"] for one in mentions]:
        if text[start:end] != text[start:end].strip(" ,;:.") or not text[start:end]:
            faults.append(f"ragged span {text[start:end]!r}")
    if faults:
        raise ValueError(f"h{number:03}: {dispute}, {pattern}: {'; '.join(faults)}")
    return {
        "id": f"h{number:03}", "split": "held_out", "dispute": dispute, "text": text,
        "speaker": roles["speaker"][0] if roles["speaker"] else None,
        "cue": roles["cue"], "content": roles["content"], "mentions": mentions,
        "target": targets[0] if targets else None,
        "stance": stance, "modality": modality, "pattern": pattern,
    }  # fmt: skip


def write_rows(source: str) -> str:
    """The whole file as JSON lines."""
    lines = [line for line in source.splitlines() if not line.startswith("#")]
    blocks = [block.strip() for block in re.split(r"\n{2,}", "\n".join(lines)) if block.strip()]
    rows = [make_row(number, block) for number, block in enumerate(blocks, start=1)]
    texts = [row["text"] for row in rows]
    if len(set(texts)) != len(texts):
        raise ValueError("a passage stands twice")
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def main(argv: Sequence[str] | None = None) -> int:
    """Write, or compare with what is written; the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--check", action="store_true", help="exit 1 when held_out.jsonl is stale")
    arguments = parser.parse_args(argv)
    written = write_rows((HERE / "held_out.txt").read_text(encoding="utf-8"))
    out = HERE / "held_out.jsonl"
    if arguments.check:
        stale = not out.exists() or out.read_text(encoding="utf-8") != written
        print("held_out.jsonl is stale" if stale else "held_out.jsonl is current")
        return int(stale)
    out.write_text(written, encoding="utf-8")
    print(f"{written.count(chr(10))} passages")
    return 0


if __name__ == "__main__":
    sys.exit(main())
