"""What a pair loses to better ones."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from contested.incidents.rivals import lost_to_rivals

PAIRS = st.lists(
    st.tuples(st.integers(0, 4), st.integers(5, 9), st.floats(-1.3, 12.0)), max_size=20, unique_by=lambda p: p[:2]
)


def lost(pairs: list[tuple[int, int, float]]) -> np.ndarray:
    """What the pairs lose."""
    a, b, odds = ([pair[at] for pair in pairs] for at in range(3))
    return lost_to_rivals(np.array(a, dtype=np.int64), np.array(b, dtype=np.int64), np.array(odds, dtype=np.float64))


def test_a_pair_without_rivals_loses_nothing_and_the_weaker_loses_more() -> None:
    assert lost([(0, 5, 3.0), (1, 6, 0.5)]).tolist() == [0.0, 0.0]
    strong, weak, other = lost([(0, 5, 4.0), (0, 6, 0.5), (1, 7, 4.0)])
    assert weak < strong < 0.0 == other


def test_where_records_have_many_partners_beyond_doubt_none_loses() -> None:
    pictures = [(0, other, 5.0) for other in range(5, 8)] + [(1, 8, 5.0), (1, 9, 5.0)]
    assert lost(pictures).tolist() == [0.0] * 5


@given(PAIRS, st.randoms(use_true_random=False))
def test_law_none_gains_and_order_and_sides_change_nothing(pairs: list[tuple[int, int, float]], random: object) -> None:
    found = lost(pairs)
    assert (found <= 0.0).all()
    order = list(range(len(pairs)))
    random.shuffle(order)
    assert np.allclose(lost([pairs[k] for k in order]), found[order] if order else found)
    assert np.allclose(lost([(b, a, odds) for a, b, odds in pairs]), found)
