"""A peer: linking by windows and taxonomies, as the paper on MELTT states it.

In: records of several datasets with the codes that a person gave their kinds and actors. Out: clusters of records.
Refuses: nothing.

Datasets are taken in the order given. Two events of different datasets are candidates when both ends of their
intervals lie within a window of days, their points within a window of kilometres, and each taxonomy agrees at some
level; the score is the mean of the levels at which it first does, 0 is best. Each event has at most one partner, by the
assignment that has the most pairs and among those the least sum of scores. Partners become one event for the next
dataset. Events of more than a day match only such. Written from the paper (Donnay, Dunford, McGrath, Backer and
Cunningham, Journal of Conflict Resolution 63(5), 2019, doi 10.1177/0022002718777050).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from contested.incidents.pairs import Placed, candidate_pairs

#: Cost of staying alone, so high that more pairs always beat better ones.
_ALONE = 1_000.0
#: Windows tried when the best is chosen: days and kilometres.
WINDOW_DAYS, WINDOW_KM = (0, 1, 2, 3), (1.0, 5.0, 10.0, 25.0)


@dataclass(frozen=True)
class CodedEvents:
    """Events of all datasets, as arrays of one length; ``levels`` holds for each taxonomy its codes, fine to coarse."""

    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    first_day: NDArray[np.int64]
    last_day: NDArray[np.int64]
    dataset: NDArray[np.int64]
    levels: tuple[tuple[NDArray[np.int64], ...], ...]


@dataclass(frozen=True)
class Window:
    """What counts as near, and how many levels of each taxonomy are looked at (from the finest)."""

    days: int
    km: float
    depth: int


def windows(depth: int) -> list[Window]:
    """Every window tried."""
    return [Window(*each) for each in product(WINDOW_DAYS, WINDOW_KM, range(1, depth + 1))]


def compare(events: CodedEvents, window: Window, left: Any, right: Any) -> tuple[Any, Any, Any]:
    """The comparison of two sets of events (row numbers): pairs of candidates with their scores."""
    i, j = _near(events, window, left, right)
    scores = np.zeros(len(i))
    kept = np.ones(len(i), dtype=bool)
    for taxonomy in events.levels:
        used = taxonomy[: window.depth]
        level = np.full(len(i), len(used), dtype=np.int64)
        for k in reversed(range(len(used))):
            level[used[k][i] == used[k][j]] = k
        kept &= level < len(used)
        scores += level / max(1, len(used) - 1) / len(events.levels)
    return i[kept], j[kept], scores[kept]


def link(events: CodedEvents, window: Window) -> list[list[int]]:
    """Clusters of two rows or more."""
    cluster = np.arange(len(events.lon))
    numbers = np.unique(events.dataset).tolist()
    integrated = np.flatnonzero(events.dataset == numbers[0])
    for number in numbers[1:]:
        added = np.flatnonzero(events.dataset == number)
        one, other = assign(*compare(events, window, integrated, added))
        cluster[other] = cluster[one]
        integrated = np.concatenate([integrated, np.setdiff1d(added, other)])
    found: dict[int, list[int]] = {}
    for row, first in enumerate(cluster.tolist()):
        found.setdefault(first, []).append(row)
    return [rows for rows in found.values() if len(rows) > 1]


def assign(i: Any, j: Any, scores: Any) -> tuple[Any, Any]:
    """Of the candidates, partners: each row at most once, the most pairs, then the least sum of scores."""
    if not len(i):
        return i, j
    left, at_left = np.unique(i, return_inverse=True)
    right, at_right = np.unique(j, return_inverse=True)
    size = len(left) + len(right)
    graph = coo_array((np.ones(len(i)), (at_left, at_right + len(left))), shape=(size, size))
    _, part = connected_components(graph, directed=False)
    of_pair = part[at_left]
    order = np.argsort(of_pair, kind="stable")
    ends = np.flatnonzero(np.diff(of_pair[order])) + 1
    chosen: list[tuple[int, int]] = []
    for rows in np.split(order, ends):
        own_left, row = np.unique(at_left[rows], return_inverse=True)
        own_right, column = np.unique(at_right[rows], return_inverse=True)
        cost = np.full((len(own_left), len(own_right)), _ALONE)
        cost[row, column] = scores[rows]
        for r, c in zip(*linear_sum_assignment(cost), strict=True):
            if cost[r, c] < _ALONE:
                chosen.append((int(left[own_left[r]]), int(right[own_right[c]])))
    pairs = np.array(chosen, dtype=np.int64).reshape(-1, 2)
    return pairs[:, 0], pairs[:, 1]


def _near(events: CodedEvents, window: Window, left: Any, right: Any) -> tuple[Any, Any]:
    def placed(rows: Any) -> Placed:
        radius = np.full(len(rows), window.km * 500.0)
        return Placed(events.lon[rows], events.lat[rows], radius, events.first_day[rows], events.last_day[rows])

    pairs = candidate_pairs(placed(left), placed(right), slack_m=0.0, slack_days=window.days)
    i, j = left[pairs.left], right[pairs.right]
    first, last = events.first_day, events.last_day
    kept = (np.abs(first[i] - first[j]) <= window.days) & (np.abs(last[i] - last[j]) <= window.days)
    kept &= (first[i] == last[i]) == (first[j] == last[j])
    return i[kept], j[kept]


def code(values: Sequence[Any]) -> NDArray[np.int64]:
    """Numbers for values, equal for equal ones."""
    numbers: dict[Any, int] = {}
    return np.array([numbers.setdefault(value, len(numbers)) for value in values], dtype=np.int64)
