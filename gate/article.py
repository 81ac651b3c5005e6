"""Score the claims read from one article against a gold list that bears no text.

In: the article as plain text; a gold list, one JSON object a line (``text_sha256``; ``attributions`` with
``source``, ``cue`` and ``content`` as lists of ``[start, end]`` in characters, ``speaker``, ``party``,
``stance``, ``modality``, ``target`` and ``optional``). Out: the scores of :mod:`gate.attribution` for the
core and for all attributions, stance, target and speaker's party over the matched ones, and the misses side
by side. Refuses: a text whose hash no line of the gold list bears, since offsets say nothing on another text.

The *core* leaves out what is optional in the gold list, and what was found in its place: an optional
attribution costs nothing when it is missed and gains nothing when it is found.

    PYTHONPATH=src python gate/article.py --text article.txt --gold gold.jsonl
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import sys
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from contested.claims.actors import ActorIndex
from contested.claims.extract import extract_claims
from contested.claims.linking import ROLES, Attribution
from contested.claims.read import Document
from contested.claims.text.words import Span
from gate.attribution import WordSet, jaccard, score_attributions, words_of

_WORD = re.compile(r"\w+")
#: Least share of words in common for two contents to be the same, as in ``pair_overlap``.
MIN_OVERLAP = 0.5
#: What several parties of a joint speaker are parted by in the gold list.
_PARTIES = re.compile(r"\s*;\s*")
_ARTICLES = frozenset(("the", "a", "an"))


@dataclass(frozen=True, slots=True)
class Reading:
    """One attribution with what was made of it, from the gold list or from the program."""

    attribution: Attribution
    speaker: str | None
    parties: frozenset[str]
    stance: str
    modality: str
    target: Span | None
    optional: bool = False


def read_gold(path: Path, text_sha256: str) -> list[Reading] | None:
    """The gold list of the text with this hash; None when there is none."""
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if row["text_sha256"] == text_sha256:
            return [_read_one(one) for one in row["attributions"]]
    return None


def _read_one(one: dict[str, Any]) -> Reading:
    source, cue, content = (tuple((int(start), int(end)) for start, end in one[role]) for role in ROLES)
    target = one["target"]
    return Reading(
        Attribution(source, cue, content), one["speaker"],
        frozenset(_PARTIES.split(one["party"])) if one["party"] else frozenset(),
        one["stance"], one["modality"], (int(target[0]), int(target[1])) if target else None, bool(one["optional"]),
    )  # fmt: skip


def read_article(text: str) -> list[Reading]:
    """What the program reads; the rows of a joint speaker become one reading with several parties."""
    digest = hashlib.sha256(text.encode("utf-8")).hexdigest()
    document = Document(
        digest[:12], "article.txt", digest, "text/plain", None, None, None, None, None, None, None, "en",
        text, digest, "gate",
    )  # fmt: skip
    return [reading_of(rows) for rows in group_rows(extract_claims(document, ActorIndex()))]


def group_rows(claims: Iterable[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """Claims of one attribution together: a joint speaker has a row for each party."""
    grouped: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for row in claims:
        key = (tuple(_spans_of(row["passage"])), row["speaker_start"], row["cue_start"], row["cue_end"])
        grouped.setdefault(key, []).append(row)
    return list(grouped.values())


def _spans_of(pieces: Iterable[dict[str, Any]]) -> list[Span]:
    return [(piece["start"], piece["end"]) for piece in pieces]


def _column_span(row: dict[str, Any], name: str) -> Span | None:
    start, end = row[f"{name}_start"], row[f"{name}_end"]
    return None if start is None else (start, end)


def reading_of(rows: list[dict[str, Any]]) -> Reading:
    """One attribution from its rows."""
    row = rows[0]
    source, cue = (_column_span(row, name) for name in ("speaker", "cue"))
    content = tuple(_spans_of(row["passage"]))
    return Reading(
        Attribution((source,) if source else (), (cue,) if cue else (), content),
        row["speaker_actor"] or row["speaker_text"],
        frozenset(one["speaker_party"] for one in rows if one["speaker_party"]),
        row["stance"], row["modality"], _column_span(row, "target"),
    )  # fmt: skip


class Words:
    """The words of one text, and how much spans have of them in common."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.spans = [match.span() for match in _WORD.finditer(text)]
        self.ends = [end for _, end in self.spans]

    def of(self, spans: Iterable[Span]) -> WordSet:
        """Numbers of the words that the spans touch."""
        return words_of(spans, self.spans, self.ends)

    def of_name(self, span: Span) -> WordSet:
        """Words without articles, so that "the rebels" is "rebels"."""
        numbers = self.of([span])
        kept = (k for k in numbers if self.text[slice(*self.spans[k])].lower() not in _ARTICLES)
        return frozenset(kept) or numbers

    def rate(self, gold: Reading, found: Reading) -> float:
        """0 when the two are not the same statement, by ``pair_overlap``; two sources of none agree too."""
        one, other = gold.attribution, found.attribution
        overlap = jaccard(self.of(one.content), self.of(other.content))
        sources = self.of(one.source), self.of(other.source)
        if overlap < MIN_OVERLAP or not (sources[0] & sources[1] or not any(sources)):
            return 0.0
        return overlap + jaccard(*sources) + 0.1 * jaccard(self.of(one.cue), self.of(other.cue))

    def same_target(self, gold: Span | None, found: Span | None) -> bool:
        """Both none, or one word in common besides articles."""
        if gold is None or found is None:
            return gold is found
        return bool(self.of_name(gold) & self.of_name(found))

    def quote(self, spans: Iterable[Span], limit: int = 60) -> str:
        """Spans as one short line."""
        shown = " … ".join(" ".join(self.text[start:end].split()) for start, end in spans) or "–"
        return shown if len(shown) <= limit else shown[: limit - 1] + "…"


def pair_up(
    gold: Sequence[Reading], found: Sequence[Reading], rate: Callable[[Reading, Reading], float]
) -> dict[int, int]:
    """Number of the gold attribution → number of the found one, the best rated first, each used once."""
    rated = sorted(
        ((rate(one, other), i, j) for i, one in enumerate(gold) for j, other in enumerate(found)),
        key=lambda row: (-row[0], row[1], row[2]),
    )
    pairs: dict[int, int] = {}
    used: set[int] = set()
    for rating, i, j in rated:
        if rating > 0 and i not in pairs and j not in used:
            pairs[i] = j
            used.add(j)
    return pairs


def compare(text: str, gold: Sequence[Reading], found: Sequence[Reading]) -> dict[str, Any]:
    """Scores for the core and for all, and the misses."""
    words = Words(text)
    pairs = pair_up(gold, found, words.rate)
    in_place_of_optional = {j for i, j in pairs.items() if gold[i].optional}
    core = [one for one in gold if not one.optional]
    core_found = [one for j, one in enumerate(found) if j not in in_place_of_optional]
    core_pairs = {i: j for i, j in pairs.items() if not gold[i].optional}
    return {
        "core": _score(words, core, core_found, [(gold[i], found[j]) for i, j in core_pairs.items()]),
        "all": _score(words, gold, found, [(gold[i], found[j]) for i, j in pairs.items()]),
        "misses": _list_misses(words, gold, found, pairs),
    }


def _score(
    words: Words, gold: Sequence[Reading], found: Sequence[Reading], pairs: Sequence[tuple[Reading, Reading]]
) -> dict[str, Any]:
    sides = [[one.attribution for one in side] for side in (gold, found)]
    return {
        "gold": len(gold), "found": len(found), "matched": len(pairs),
        **score_attributions([(words.text, sides[0], sides[1])]),
        "stance": _percent(one.stance == other.stance for one, other in pairs),
        "modality": _percent(one.modality == other.modality for one, other in pairs),
        "target": _percent(words.same_target(one.target, other.target) for one, other in pairs),
        "target_where_gold_has_one": _percent(
            words.same_target(one.target, other.target) for one, other in pairs if one.target
        ),
        "speaker_party": _percent(one.parties == other.parties for one, other in pairs),
    }  # fmt: skip


def _percent(right: Iterable[bool]) -> float | None:
    """None where nothing was matched: no share of nothing."""
    judged = list(right)
    return round(100 * sum(judged) / len(judged), 1) if judged else None


def _list_misses(
    words: Words, gold: Sequence[Reading], found: Sequence[Reading], pairs: dict[int, int]
) -> list[dict[str, str]]:
    """Lines in the order of the text: what is missing, what is too much, what was judged otherwise."""
    starts = [start for start, _ in words.spans]
    misses: list[tuple[int, dict[str, str]]] = []
    for i, one in enumerate(gold):
        if i not in pairs:
            kind = "missed, optional" if one.optional else "missed"
            misses.append((_place(one, starts), {"what": kind, "gold": _describe(words, one), "found": "–"}))
            continue
        other = found[pairs[i]]
        faults = _faults(words, one, other)
        if faults:
            line = {"what": ", ".join(faults), "gold": _describe(words, one), "found": _describe(words, other)}
            misses.append((_place(one, starts), line))
    for j, other in enumerate(found):
        if j not in pairs.values():
            misses.append((_place(other, starts), {"what": "too much", "gold": "–", "found": _describe(words, other)}))
    return [line for _, line in sorted(misses, key=lambda miss: miss[0])]


def _place(one: Reading, starts: Sequence[int]) -> int:
    return bisect_right(starts, min(start for role in ROLES for start, _ in getattr(one.attribution, role)))


def _faults(words: Words, gold: Reading, found: Reading) -> list[str]:
    faults = [
        role
        for role in ROLES
        if words.of(getattr(gold.attribution, role)) != words.of(getattr(found.attribution, role))
    ]
    faults += [name for name in ("stance", "modality") if getattr(gold, name) != getattr(found, name)]
    faults += ["target"] if not words.same_target(gold.target, found.target) else []
    return faults + (["party"] if gold.parties != found.parties else [])


def _describe(words: Words, one: Reading) -> str:
    spans = one.attribution
    target = words.quote([one.target]) if one.target else "–"
    parties = "; ".join(sorted(one.parties)) or "–"
    return (
        f"{words.quote(spans.source)} | {words.quote(spans.cue)} | {words.quote(spans.content)}"
        f" || {one.stance}, {one.modality} → {target} || {parties}"
    )


def main(argv: Sequence[str] | None = None) -> int:
    """Score and print; the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--text", type=Path, required=True, help="the article, plain text in UTF-8")
    parser.add_argument("--gold", type=Path, required=True, help="gold list, JSON lines")
    arguments = parser.parse_args(argv)
    # Decoded from bytes, so that no line ending is translated and offsets stay those of the file.
    original = arguments.text.read_bytes()
    sha256 = hashlib.sha256(original).hexdigest()
    gold = read_gold(arguments.gold, sha256)
    if gold is None:
        print(f"{arguments.gold}: no gold list for a text with hash {sha256} ({arguments.text})", file=sys.stderr)
        return 2
    text = original.decode("utf-8")
    result = compare(text, gold, read_article(text))
    misses = result.pop("misses")
    print(json.dumps({"text_sha256": sha256, **result}, indent=1))
    for miss in misses:
        print(f"\n{miss['what']}\n  gold:  {miss['gold']}\n  found: {miss['found']}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
