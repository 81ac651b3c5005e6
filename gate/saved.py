"""Score the claims read from saved pages against gold lists of quoted strings.

In: a folder of pages, each with ``NAME.gold.jsonl`` beside it: one attribution a line with ``source``, ``cue`` and
``content`` as on the page (pieces parted by `` … ``), ``stance``, ``modality`` and ``target_party`` in plain words.
Out: for each page and for all how many attributions there are, were found and are too many, and how many of the found
ones have the right stance, modality and target; then every miss. Refuses: a page without a gold list.

An attribution counts as found when half of its content and a word of its source are (:mod:`gate.article`). A target is
right when both name none, or when the party found and the one marked share a word's first four letters ("Afghanistan",
"Afghan government").

    PYTHONPATH=src python gate/saved.py --pages tests/claims/saved
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from contested.claims.actors import ActorIndex
from contested.claims.extract import extract_claims
from contested.claims.linking import Attribution
from contested.claims.read import read_document
from contested.claims.text.words import Span
from gate.article import Reading, Words, group_rows, pair_up, reading_of

_WORD = re.compile(r"\w+")
_OTHER_PIECE = " … "
_PLAIN = frozenset(("government", "army", "forces", "military", "the", "of", "and", "armed"))


@dataclass(frozen=True, slots=True)
class Page:
    """A page with what is marked in it and what was read."""

    name: str
    words: Words
    gold: list[Reading]
    rows: list[dict[str, Any]]
    """The lines of the gold list."""
    found: list[Reading]
    targets: list[str | None]
    """Name of each found one's target."""


def find_quotations(words: Words, quotation: str) -> list[Span]:
    """Characters of each place of the quotation in the text, whatever stands between its words."""
    wanted = [word.lower() for word in _WORD.findall(quotation)]
    text = [words.text[a:b].lower() for a, b in words.spans]
    return [
        (words.spans[start][0], words.spans[start + len(wanted) - 1][1])
        for start in range(len(text) - len(wanted) + 1)
        if wanted and text[start : start + len(wanted)] == wanted
    ]


def read_gold(path: Path, words: Words) -> tuple[list[Reading], list[dict[str, Any]]]:
    """The gold list, its quotations found in the text."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    found = []
    for row in rows:
        pieces = [find_quotations(words, piece) for piece in row["content"].split(_OTHER_PIECE)]
        content = tuple(places[0] for places in pieces if places)
        source, cue = (
            (_nearest(find_quotations(words, row[role]), content),) if row[role] else () for role in ("source", "cue")
        )
        one = Attribution(source, cue, content)
        found.append(Reading(one, row["speaker"], frozenset(), row["stance"], row["modality"], None))
    return found, rows


def _nearest(places: Sequence[Span], content: Sequence[Span]) -> Span:
    """Of several places of a source or cue, the one nearest to the content and not within it."""
    anchor = content[0][0] if content else 0
    outside = [place for place in places if not any(a <= place[0] < b for a, b in content)]
    return min(outside or places, key=lambda place: abs(place[0] - anchor), default=(0, 0))


def read_page(path: Path, actors: ActorIndex) -> Page:
    """One page, read as ``contested read`` does."""
    document = read_document(path)
    words = Words(document.text)
    gold, rows = read_gold(path.with_name(f"{path.stem}.gold.jsonl"), words)
    claims = group_rows(extract_claims(document, actors))
    targets = [of_one[0]["target_party"] or of_one[0]["target_text"] for of_one in claims]
    return Page(path.name, words, gold, rows, [reading_of(of_one) for of_one in claims], targets)


def same_party(marked: str | None, found: str | None) -> bool:
    """Both none, or names with a word's first four letters in common."""
    if marked is None or found is None:
        return marked is found
    stems = [
        {word[:4] for word in _WORD.findall(name.lower().replace("-", " ")) if word not in _PLAIN and len(word) > 1}
        for name in (marked, found)
    ]
    return bool(stems[0] & stems[1])


def score(pages: Sequence[Page]) -> tuple[dict[str, dict[str, Any]], list[str]]:
    """Scores by page and of all, and the misses."""
    scores: dict[str, dict[str, Any]] = {}
    whole = dict.fromkeys(("gold", "found", "too_many", "stance", "modality", "target", "all_right"), 0)
    misses = []
    for page in pages:
        pairs = pair_up(page.gold, page.found, page.words.rate)
        counts = dict.fromkeys(whole, 0)
        counts |= {"gold": len(page.gold), "found": len(pairs), "too_many": len(page.found) - len(pairs)}
        for i, row in enumerate(page.rows):
            if i not in pairs:
                misses.append(f"{page.name}: missed: {row['source']} | {row['content'][:90]}")
                continue
            other = page.found[pairs[i]]
            right = {
                "stance": row["stance"] == other.stance, "modality": row["modality"] == other.modality,
                "target": same_party(row["target_party"], page.targets[pairs[i]]),
            }  # fmt: skip
            for name, holds in right.items():
                counts[name] += holds
            counts["all_right"] += all(right.values())
            if not all(right.values()):
                misses.append(
                    f"{page.name}: {row['source']} | {row['content'][:90]} || {row['stance']}, {row['modality']} → "
                    f"{row['target_party']} || found {other.stance}, {other.modality} → {page.targets[pairs[i]]}"
                )
        for j, one in enumerate(page.found):
            if j not in pairs.values():
                misses.append(
                    f"{page.name}: too much: {page.words.quote(one.attribution.source)} | "
                    f"{page.words.quote(one.attribution.content, 90)}"
                )
        scores[page.name] = counts
        for name, count in counts.items():
            whole[name] += count
    return scores | {"all": whole}, misses


def main(argv: Sequence[str] | None = None) -> int:
    """Score and print; the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--pages", type=Path, required=True, help="folder of pages with their gold lists")
    arguments = parser.parse_args(argv)
    golds = sorted(arguments.pages.glob("*.gold.jsonl"))
    names = {path.name.removesuffix(".gold.jsonl") for path in golds}
    files = [p for p in sorted(arguments.pages.iterdir()) if p.stem in names and not p.name.endswith(".jsonl")]
    actors = ActorIndex()
    scores, misses = score([read_page(path, actors) for path in files])
    print(json.dumps(scores, indent=1))
    print("\n".join(misses))
    return 0


if __name__ == "__main__":
    sys.exit(main())
