"""The likeliest labels are those that trying all finds, and spans cut the text."""

from __future__ import annotations

from itertools import pairwise, product

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from contested.claims.linking import Attribution
from contested.claims.tagging.decoding import BEGINS_CUE, LABELS, Decoder, Transitions, spans_by_role, without_doubles

CONTENT, SOURCE = LABELS.index("B-content"), LABELS.index("B-source")


def make_transitions(rng: np.random.Generator) -> Transitions:
    count = len(LABELS)
    step, start = rng.normal(size=(count, count)), rng.normal(size=count)
    for b, after in enumerate(LABELS):
        if after[0] == "I":
            start[b] = -1e4
            for a, before in enumerate(LABELS):
                if before[2:] != after[2:]:
                    step[a, b] = -1e4
    return Transitions(step, start, rng.normal(size=count))


def weights_of_all(scores: np.ndarray, transitions: Transitions) -> dict[tuple[int, ...], float]:
    weights = {}
    for path in product(range(len(LABELS)), repeat=len(scores)):
        total = transitions.start[path[0]] + transitions.end[path[-1]]
        total += sum(scores[k, label] for k, label in enumerate(path))
        weights[path] = total + sum(transitions.step[a, b] for a, b in pairwise(path))
    return weights


@given(st.integers(0, 10_000))
@settings(max_examples=25, deadline=None)
def test_labels_and_the_anchors_probability_match_trying_all(seed: int) -> None:
    rng = np.random.default_rng(seed)
    transitions = make_transitions(rng)
    lengths, anchors = np.asarray([4, 3]), np.asarray([2, 0])
    scores = rng.normal(scale=2, size=(2, 4, len(LABELS)))
    labels = Decoder(transitions).find_best_labels(scores, lengths, anchors)
    for row, (length, anchor) in enumerate(zip(lengths, anchors, strict=True)):
        weights = weights_of_all(scores[row, :length], transitions)
        held = {path: w for path, w in weights.items() if path[anchor] == BEGINS_CUE and CONTENT in path}
        sourced = {path: w for path, w in held.items() if SOURCE in path}
        whole, part = (np.logaddexp.reduce(list(group.values())) for group in (held, sourced))
        pool = sourced if part - whole > np.log(0.5) else held
        assert tuple(labels.best[row, :length]) == max(pool, key=lambda path: pool[path])
        assert not labels.best[row, length:].any()
        assert np.isclose(labels.log_anchor[row], whole - np.logaddexp.reduce(list(weights.values())))


@given(st.lists(st.integers(0, len(LABELS) - 1), max_size=12))
def test_spans_are_runs_of_one_role(labels: list[int]) -> None:
    words = [(3 * k, 3 * k + 2) for k in range(20)]
    found = spans_by_role(labels, 5, words)
    assert sum(len(spans) for spans in found.values()) <= len(labels)
    covered = {k for spans in found.values() for a, b in spans for k in range(a // 3 - 5, (b + 1) // 3 - 5)}
    assert covered <= {k for k, label in enumerate(labels) if label}
    assert {k for k, label in enumerate(labels) if LABELS[label][0] == "B"} <= covered


def test_a_second_reading_of_the_same_cue_or_content_is_dropped() -> None:
    sure = Attribution(((0, 3),), ((4, 8),), ((9, 20),), 0.9)
    same_cue = Attribution(((0, 3),), ((4, 8),), ((9, 30),), 0.5)
    same_content = Attribution(((0, 3),), ((5, 8),), ((9, 20),), 0.4)
    other = Attribution(((0, 3),), ((40, 45),), ((46, 60),), 0.1)
    assert without_doubles([same_cue, other, same_content, sure]) == [sure, other]
