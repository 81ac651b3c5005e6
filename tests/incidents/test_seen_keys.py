"""Keys met before: the same as a dictionary says, whatever the batches are."""

from __future__ import annotations

from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from contested.incidents.seen_keys import FirstMet, KeyCounts

batches = st.lists(st.lists(st.integers(-4, 12), max_size=9), max_size=12)


@given(batches)
def test_law_first_met_is_what_a_dictionary_says(parts: list[list[int]]) -> None:
    met, known, at = FirstMet(), {}, 0
    for part in parts:
        expected = []
        for k, key in enumerate(part):
            expected.append(known.get(key, -1))
            known.setdefault(key, at + k)
        found = met.add(np.array(part, dtype=np.int64), np.arange(at, at + len(part)))
        assert found.tolist() == expected
        at += len(part)


@given(batches)
def test_law_counts_are_what_a_counter_says(parts: list[list[int]]) -> None:
    counts = KeyCounts()
    for part in parts:
        counts.add(np.array(part, dtype=np.int64))
    assert sorted(counts.counts().tolist()) == sorted(Counter(key for part in parts for key in part).values())
