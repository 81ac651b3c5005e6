"""The compiled loop that adds up the words two rows share (:mod:`contested.incidents.token_sets`).

In: sets of words of rows, and pairs of rows. Out: a weight for each pair. Refuses: nothing.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit


@njit(cache=True, nogil=True, error_model="numpy")
def shared_weight(starts: Any, tokens: Any, weights: Any, a: Any, b: Any) -> Any:
    """Sum of the weights of the words that rows ``a`` and ``b`` both hold; words of a row rise."""
    out = np.zeros(len(a))
    for pair in range(len(a)):
        i, i_end = starts[a[pair]], starts[a[pair] + 1]
        j, j_end = starts[b[pair]], starts[b[pair] + 1]
        total = 0.0
        while i < i_end and j < j_end:
            one, other = tokens[i], tokens[j]
            if one == other:
                total += weights[one]
                i += 1
                j += 1
            elif one < other:
                i += 1
            else:
                j += 1
        out[pair] = total
    return out
