"""Score the attributions that claims are made of on a marked corpus and hold it against its floors.

In: a corpus, one JSON object a line (``text``; ``attributions`` with ``source``, ``cue`` and
``content``, each a list of ``[start, end]`` in characters). Out: scores as JSON; exit 1 when one lies
below its floor. Refuses: a corpus without floors in ``floors.json`` when ``--floors`` is asked for,
since a floor says nothing on data that it was not measured on.

Spans are compared as sets of words (``\\w+``), so that marks and commas at their edges do not matter.
Attributions are matched one to one. *Pair* asks for source and content together: *exact*, both the
same words; *overlap*, half of the content's words in common (Jaccard) and one word of the source.

    PYTHONPATH=src python gate/attribution.py --data dev.jsonl --floors
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import sys
import time
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from contested.claims.actors import ActorIndex, ArticleActors
from contested.claims.blame.blaming import mend_attributions
from contested.claims.linking import ROLES, Attribution
from contested.claims.tagging.tagger import load_tagger

FLOORS = Path(__file__).parent / "floors.json"
_WORD = re.compile(r"\w+")

WordSet = frozenset[int]


def words_of(spans: Iterable[tuple[int, int]], words: Sequence[tuple[int, int]], ends: Sequence[int]) -> WordSet:
    """Numbers of the words that the spans touch."""
    found: set[int] = set()
    for start, end in spans:
        k = bisect_right(ends, start)
        while k < len(words) and words[k][0] < end:
            found.add(k)
            k += 1
    return frozenset(found)


def jaccard(one: WordSet, other: WordSet) -> float:
    """Shared words over all words."""
    return len(one & other) / len(one | other) if one | other else 0.0


def match_one_to_one(gold: Sequence[Any], found: Sequence[Any], rate: Callable[[Any, Any], float]) -> int:
    """Number of pairs when the best rated pair is taken first and each side is used once; 0 is no match."""
    rated = sorted(
        ((rate(g, f), i, j) for i, g in enumerate(gold) for j, f in enumerate(found)),
        key=lambda row: (-row[0], row[1], row[2]),
    )
    used_gold: set[int] = set()
    used_found: set[int] = set()
    for rating, i, j in rated:
        if rating > 0 and i not in used_gold and j not in used_found:
            used_gold.add(i)
            used_found.add(j)
    return len(used_gold)


def _rate_overlap(one: WordSet, other: WordSet) -> float:
    rating = jaccard(one, other)
    return rating if rating >= 0.5 else 0.0


def _rate_pair(one: dict[str, WordSet], other: dict[str, WordSet]) -> float:
    rating = _rate_overlap(one["content"], other["content"])
    return rating + jaccard(one["source"], other["source"]) if rating and one["source"] & other["source"] else 0.0


def score_attributions(documents: Iterable[tuple[str, list[Attribution], list[Attribution]]]) -> dict[str, float]:
    """Percent F1 (and precision and recall of pairs) over documents of (text, gold, found)."""
    counts: Counter[str] = Counter()
    for text, gold, found in documents:
        words = [match.span() for match in _WORD.finditer(text)]
        ends = [end for _, end in words]
        sides = [
            [{role: words_of(getattr(one, role), words, ends) for role in ROLES} for one in side]
            for side in (gold, found)
        ]
        for role in ROLES:
            whole_gold, whole_found = (frozenset[int]().union(*(one[role] for one in side)) for side in sides)
            _count(counts, "token_" + role, len(whole_gold), len(whole_found), len(whole_gold & whole_found))
            if role != "content":
                spans = [{one[role] for one in side if one[role]} for side in sides]
                _count(counts, role + "_exact", len(spans[0]), len(spans[1]), len(spans[0] & spans[1]))
        contents = [sorted({one["content"] for one in side if one["content"]}, key=sorted) for side in sides]
        sizes = (len(contents[0]), len(contents[1]))
        _count(counts, "content_exact", *sizes, len(set(contents[0]) & set(contents[1])))
        _count(counts, "content_overlap", *sizes, match_one_to_one(*contents, _rate_overlap))
        pairs = [[one for one in side if one["source"] and one["content"]] for side in sides]
        sizes = (len(pairs[0]), len(pairs[1]))
        exact = match_one_to_one(
            *pairs, lambda a, b: float(a["source"] == b["source"] and a["content"] == b["content"])
        )
        _count(counts, "pair_exact", *sizes, exact)
        _count(counts, "pair_overlap", *sizes, match_one_to_one(*pairs, _rate_pair))
    scores = {}
    for name in dict.fromkeys(key.rpartition(".")[0] for key in counts):
        gold_count, found_count, right = (counts[f"{name}.{part}"] for part in ("gold", "found", "right"))
        scores[name] = round(200 * right / max(1, gold_count + found_count), 1)
        if name == "pair_overlap":
            scores["pair_overlap_precision"] = round(100 * right / max(1, found_count), 1)
            scores["pair_overlap_recall"] = round(100 * right / max(1, gold_count), 1)
    return scores


def _count(counts: Counter[str], name: str, gold: int, found: int, right: int) -> None:
    for part, value in (("gold", gold), ("found", found), ("right", right)):
        counts[f"{name}.{part}"] += value


def read_marked(path: Path) -> list[tuple[str, list[Attribution]]]:
    """Texts of the corpus with their attributions."""
    documents = []
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        gold = []
        for one in row["attributions"]:
            source, cue, content = (tuple((int(start), int(end)) for start, end in one[role]) for role in ROLES)
            gold.append(Attribution(source, cue, content))
        documents.append((row["text"], gold))
    return documents


def below_floors(scores: dict[str, float], floors: dict[str, float]) -> list[str]:
    """One line for each score that is missing or lies below its floor."""
    return [
        f"{name}: {scores.get(name)} is below the floor {floor}"
        for name, floor in sorted(floors.items())
        if scores.get(name, -1.0) < floor
    ]


def main(argv: Sequence[str] | None = None) -> int:
    """Score, print, and compare; the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="corpus, JSON lines")
    parser.add_argument("--fast", action="store_true", help="score the fast tier")
    parser.add_argument("--floors", action="store_true", help="exit 1 when a score lies below its floor")
    parser.add_argument("--floors-file", type=Path, default=FLOORS)
    arguments = parser.parse_args(argv)
    documents = read_marked(arguments.data)
    sha256 = hashlib.sha256(arguments.data.read_bytes()).hexdigest()
    tagger = load_tagger(fast=arguments.fast)
    started = time.process_time()
    found = [tagger.attributions(text) for text, _ in documents]
    if tagger.needs_rules:
        index = ActorIndex()
        found = [
            mend_attributions(ArticleActors(index, text), ours)
            for (text, _), ours in zip(documents, found, strict=True)
        ]
    seconds = time.process_time() - started
    scores = score_attributions((text, gold, ours) for (text, gold), ours in zip(documents, found, strict=True))
    words = sum(len(text.split()) for text, _ in documents)
    shown = {
        "data_sha256": sha256, "tagger": tagger.version, "documents": len(documents), "words": words,
        "words_per_cpu_second": round(words / max(seconds, 1e-9)), "scores": scores,
    }  # fmt: skip
    print(json.dumps(shown, indent=1))
    if not arguments.floors:
        return 0
    tier = "attribution_fast" if arguments.fast else "attribution"
    floors = json.loads(arguments.floors_file.read_text(encoding="utf-8"))[tier].get(sha256)
    if floors is None:
        print(f"{arguments.data}: no floors in {arguments.floors_file} for data {sha256}", file=sys.stderr)
        return 2
    faults = below_floors(scores, floors["scores"])
    print("\n".join(faults), file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
