"""Score who speaks: the actor, the party and the chain of each attribution of a marked set.

In: a set, one JSON object a line (``text``; ``attributions`` with ``source``, ``cue`` and ``content`` as
quoted strings, the right ``actor`` and ``party``, optionally the right ``via``, and the ``form`` that the
source takes). Out: shares as JSON; exit 1 when one lies below its floor. Refuses: a quoted string that is not in
its text, and a set without floors in ``floors.json`` when ``--floors`` is asked for.

Two ways are scored. *given*: the marked source, cue and content are handed over, so that only the resolving
counts. *read*: claims are extracted from the bare text; an attribution whose content no claim overlaps counts
as wrong. ``actor`` may be ``"*"`` (any), ``party`` a list of names that are all right. *unresolved* is the share
of nameless sources that stay without actor and party; *resolved_precision* the share of those given a party
that have the right one.

    PYTHONPATH=src python gate/speakers.py --data tests/claims/speakers/check.jsonl
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from contested.claims.actors import ActorIndex, ArticleActors
from contested.claims.extract import extract_claims
from contested.claims.linking import Attribution
from contested.claims.read import Document
from contested.claims.speaking.speakers import read_speakers
from contested.claims.text.words import Span

FLOORS = Path(__file__).parent / "floors.json"


def locate(text: str, quoted: str, near: int | None = None, number: int = 0) -> Span:
    """Characters of the quoted words: the numbered occurrence, or the one nearest to a character."""
    found = [match.span() for match in re.finditer(rf"(?<!\w){re.escape(quoted)}(?!\w)", text)]
    if not found:
        raise ValueError(f"{quoted!r} is not in {text[:60]!r}…")
    if near is None:
        return found[number]
    return min(found, key=lambda span: min(abs(span[0] - near), abs(span[1] - near)))


def mark(text: str, gold: dict[str, Any]) -> Attribution:
    """The attribution of one marked row, as characters of the text."""
    content = locate(text, gold["content"], None, gold.get("content_nth", 0))
    cue = (locate(text, gold["cue"], content[0]),) if gold["cue"] else ()
    near = cue[0][0] if cue else content[0]
    source = (locate(text, gold["source"], near),) if gold["source"] else ()
    return Attribution(source, cue, (content,))


def judge(gold: dict[str, Any], actor: str | None, party: str | None, via: Sequence[str]) -> dict[str, bool]:
    """Whether speaker and chain are right."""
    parties = gold["party"] if isinstance(gold["party"], list) else [gold["party"]]
    actors = gold.get("actors", [gold["actor"]])
    right = party in parties and ("*" in actors or actor in actors)
    return {"speaker": right, "via": "via" not in gold or _bare(via) == _bare(gold["via"]), "party": party in parties}


def _bare(links: Sequence[str]) -> list[str]:
    return [link.rstrip(",") for link in links]


def judge_given(rows: Sequence[dict[str, Any]]) -> Iterator[tuple[dict[str, Any], str | None, str | None, list[str]]]:
    """Each marked attribution with the actor, party and chain found when its spans are given."""
    index = ActorIndex()
    for row in rows:
        text = row["text"]
        marked = [mark(text, gold) for gold in row["attributions"]]
        found = {one.content: speaking for one, speaking in read_speakers(ArticleActors(index, text), marked)}
        for gold, one in zip(row["attributions"], marked, strict=True):
            speaking = found.get(one.content)
            who = speaking.resolved[0] if speaking is not None and speaking.resolved else None
            via = [text[slice(*link)] for link in speaking.via] if speaking is not None else []
            yield gold, who.actor if who else None, who.party if who else None, via


def judge_read(rows: Sequence[dict[str, Any]]) -> Iterator[tuple[dict[str, Any], str | None, str | None, list[str]]]:
    """Each marked attribution with the actor, party and chain of the claim that overlaps it most."""
    index = ActorIndex()
    for row in rows:
        text = row["text"]
        digest = hashlib.sha256(text.encode()).hexdigest()
        claims = extract_claims(
            Document(
                digest[:12], row["id"], digest, "text/plain", None, None, None, None, None, None, None, "en", text,
                digest, "plain",
            ),
            index,
        )  # fmt: skip
        for gold in row["attributions"]:
            start, end = locate(text, gold["content"], None, gold.get("content_nth", 0))
            rated = [(_overlap(claim, start, end), k) for k, claim in enumerate(claims)]
            best, k = max(rated, default=(0.0, -1))
            if best < 0.5:
                yield gold, "(not found)", "(not found)", []
            else:
                claim = claims[k]
                yield (
                    gold, claim["speaker_actor"], claim["speaker_party"], [link["text"] for link in claim["via"]]
                )  # fmt: skip


def _overlap(claim: dict[str, Any], start: int, end: int) -> float:
    shared = sum(max(0, min(end, piece["end"]) - max(start, piece["start"])) for piece in claim["passage"])
    whole = sum(piece["end"] - piece["start"] for piece in claim["passage"]) + end - start - shared
    return shared / whole if whole else 0.0


def score(judged: Sequence[tuple[dict[str, Any], str | None, str | None, list[str]]]) -> dict[str, float]:
    """Percent right: all, by form, chains, and how far what is resolved can be relied on."""
    right: Counter[str] = Counter()
    whole: Counter[str] = Counter()
    for gold, actor, party, via in judged:
        verdict = judge(gold, actor, party, via)
        for name in ("all", gold["form"]):
            whole[name] += 1
            right[name] += verdict["speaker"] and (name != "chain" or verdict["via"])
        if "via" in gold:
            whole["via"] += 1
            right["via"] += verdict["via"]
        if party is not None and party != "(not found)":
            whole["resolved_precision"] += 1
            right["resolved_precision"] += verdict["party"]
    return {name: round(100 * right[name] / whole[name], 1) for name in sorted(whole)}


def main(argv: Sequence[str] | None = None) -> int:
    """Score, print, and compare; the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="marked set, JSON lines")
    parser.add_argument("--faults", action="store_true", help="list what is wrong when the spans are given")
    parser.add_argument("--floors", action="store_true", help="exit 1 when a share lies below its floor")
    parser.add_argument("--floors-file", type=Path, default=FLOORS)
    arguments = parser.parse_args(argv)
    rows = [json.loads(line) for line in arguments.data.read_text(encoding="utf-8").splitlines()]
    sha256 = hashlib.sha256(arguments.data.read_bytes()).hexdigest()
    given = list(judge_given(rows))
    if arguments.faults:
        for gold, actor, party, via in given:
            verdict = judge(gold, actor, party, via)
            if not (verdict["speaker"] and verdict["via"]):
                wanted = (gold["actor"], gold["party"], gold.get("via"))
                print(f"{gold['form']}: {gold['source']!r} {gold['content']!r}: {(actor, party, via)}, right: {wanted}")
    scores = {"given": score(given), "read": score(list(judge_read(rows)))}
    count = sum(len(row["attributions"]) for row in rows)
    print(json.dumps({"data_sha256": sha256, "articles": len(rows), "attributions": count, "scores": scores}, indent=1))
    if not arguments.floors:
        return 0
    floors = json.loads(arguments.floors_file.read_text(encoding="utf-8")).get("speakers", {}).get(sha256)
    if floors is None:
        print(f"{arguments.data}: no floors in {arguments.floors_file} for data {sha256}", file=sys.stderr)
        return 2
    faults = [
        f"{name}: {scores['given'].get(name)} is below the floor {floor}"
        for name, floor in sorted(floors["scores"].items())
        if scores["given"].get(name, -1.0) < floor
    ]
    print("\n".join(faults), file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
