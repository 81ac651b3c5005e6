"""Corpora of attributions and of directed sentiment, as files → Python.

In: JSON lines (``text``; ``attributions`` with ``source``, ``cue`` and ``content``, each a list of ``[start, end]``
in characters), or tab-separated sentences with two marked names. Refuses: spans that leave their text.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Sequence
from pathlib import Path

from contested.claims.linking import ROLES, Attribution
from contested.claims.text.words import Span

Corpus = list[tuple[str, list[Attribution]]]


def read_corpus(path: Path) -> Corpus:
    """Texts with their attributions."""
    documents: Corpus = []
    with path.open(encoding="utf-8") as file:
        for number, line in enumerate(file, start=1):
            row = json.loads(line)
            text = row["text"]
            attributions = []
            for found in row["attributions"]:
                parts = [tuple((int(start), int(end)) for start, end in found[role]) for role in ROLES]
                if any(not 0 <= start < end <= len(text) for part in parts for start, end in part):
                    raise ValueError(f"{path} line {number}: a span leaves its text of {len(text)} characters")
                attributions.append(Attribution(parts[0], parts[1], parts[2]))
            documents.append((text, attributions))
    return documents


def words_in(spans: Sequence[Span], words: Sequence[Span], ends: Sequence[int]) -> list[tuple[int, int]]:
    """Numbers of the words that each span touches, as (first, end)."""
    found = []
    for start, end in spans:
        first = last = bisect_right(ends, start)
        while last < len(words) and words[last][0] < end:
            last += 1
        if last > first:
            found.append((first, last))
    return found
