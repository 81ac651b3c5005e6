"""Random labelling within strata gives what was published of the same numbers, and what SciPy counts."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from contested.weighing.labels import label_chance


def test_fishers_cups_of_tea() -> None:
    # Fisher 1935, The design of experiments, chapter 2: of eight cups four had the milk first; the lady named three of
    # these and one other. As many right by chance: 17 in 70, all right: 1 in 70.
    milk_first = [1, 1, 1, 0, 0, 0, 0, 1]
    found = label_chance(milk_first, np.arange(8) < 4, ["tea"] * 8)
    assert found.n_arrangements == 70
    assert found.p_greater == pytest.approx(17 / 70)
    assert found.p_least == pytest.approx(1 / 70)


def test_rabbits_in_five_strata() -> None:
    # Rabbits cured by penicillin given at once and after 1.5 hours, at five doses (Mantel 1963, in Agresti 1990,
    # Categorical data analysis, table 7.6). R's mantelhaen.test(Rabbits, exact = TRUE) prints S = 16 and
    # p = 0.03994 for two sides, which here is twice that of one.
    counts = np.array([(0, 3, 6, 5, 2), (6, 3, 0, 1, 0), (0, 0, 2, 6, 5), (5, 6, 4, 0, 0)])
    # Rows: cured and ill of those treated at once, cured and ill of those treated late; a column a dose.
    dose = np.repeat(np.tile(np.arange(5), 4), counts.ravel())
    cured, at_once = (np.repeat(np.repeat(flags, 5), counts.ravel()) for flags in ([1, 0, 1, 0], [1, 1, 0, 0]))
    found = label_chance(cured, at_once.astype(bool), dose)
    assert found.observed * at_once.sum() == pytest.approx(16)
    assert found.p_greater == pytest.approx(0.03994 / 2, abs=4 * math.sqrt(0.02 / 9_999))


@given(st.lists(st.integers(-9, 9), min_size=4, max_size=11), st.integers(2, 5))
@settings(max_examples=30, deadline=None)
def test_exact_share_agrees_with_scipys_permutation_test(values: list[int], many: int) -> None:
    many = min(many, len(values) - 2)
    numbers, labelled = np.array(values, dtype=np.float64), np.arange(len(values)) < many

    def difference(x: np.ndarray, y: np.ndarray, axis: int) -> np.ndarray:
        return x.mean(axis=axis) - y.mean(axis=axis)

    theirs = stats.permutation_test(
        (numbers[labelled], numbers[~labelled]), difference, vectorized=True, n_resamples=np.inf, alternative="greater"
    )
    assert label_chance(numbers, labelled, ["one"] * len(values)).p_greater == pytest.approx(theirs.pvalue)
