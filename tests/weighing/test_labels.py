"""Random labelling: exact where few, drawn where many, within strata and by episodes."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from contested.base.errors import WeighingError
from contested.weighing import labels
from contested.weighing.labels import label_chance


def test_labels_of_one_stratum_against_every_way_of_handing_them_out() -> None:
    values, labelled = [5.0, 1.0, 4.0, 0.0, 2.0], [True, False, True, False, False]
    chance = label_chance(values, labelled, ["s"] * 5)
    sums = [a + b for a, b in combinations(values, 2)]
    assert chance.n_arrangements == len(sums) == 10
    assert chance.p_greater == pytest.approx(np.mean([total >= 9.0 for total in sums]))
    assert chance.p_greater == chance.p_least == 0.1


def test_labels_never_leave_their_stratum() -> None:
    # All of the difference lies between the strata, so shuffling within them changes nothing.
    chance = label_chance([9.0, 9.0, 9.0, 0.0, 0.0], [True, True, False, True, False], ["a", "a", "a", "b", "b"])
    assert chance.p_greater == chance.p_two_sided == 1.0


def test_labels_of_unmixed_strata_are_refused() -> None:
    with pytest.raises(WeighingError, match="holds both incidents of the event and others"):
        label_chance([1.0, 2.0], [True, False], ["a", "b"])


def test_law_label_p_is_uniform_under_the_null() -> None:
    values, strata = [0.5, 2.0, 3.5, 1.0, 6.0, 4.0], ["a", "a", "a", "a", "b", "b"]
    p_values = []
    for in_a in combinations(range(4), 2):
        for in_b in (4, 5):
            p_values.append(label_chance(values, [row in (*in_a, in_b) for row in range(6)], strata).p_greater)
    for value in set(p_values):
        assert np.mean([p <= value + 1e-12 for p in p_values]) == pytest.approx(value)


def test_drawn_labels_are_near_the_exact_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    generator = np.random.default_rng(3)
    values, labelled = generator.normal(size=14).tolist(), [row % 3 == 0 for row in range(14)]
    strata = ["a" if row < 8 else "b" for row in range(14)]
    exact = label_chance(values, labelled, strata)
    monkeypatch.setattr(labels, "EXACT_LABELS_UP_TO", 1)
    drawn = label_chance(values, labelled, strata)
    assert (exact.seed, drawn.seed) == (None, labels.SEED)
    assert drawn.p_greater == pytest.approx(exact.p_greater, abs=0.02)
    assert drawn.p_two_sided == pytest.approx(exact.p_two_sided, abs=0.02)
