"""Pairs → clusters: which records make one incident.

In: how sure each pair is, and what binds. Out: a cluster for each record, and the clusters that a record tells of
beside its own. Refuses: decisions that contradict each other.

Clusters grow from the surest pair to the least sure. Whether two clusters become one is weighed dataset by dataset:
for every two datasets of which one stands in each, the best pair of their records speaks (its log-odds), or, where no
pair was kept as possible, :data:`NO_PAIR`. A dataset with rows in both clusters holds them apart by
:data:`SAME_DATASET`, since rows of one dataset are different events as a rule; two of its rows that lie too far apart
to be one event hold them apart for good. Nothing forces one partner per dataset, and a split that a person ordered is
never undone. This is greedy additive edge contraction (Keuper et al. 2015, doi 10.1109/ICCV.2015.204) with all edges
between two datasets taken as one statement; ties go to the smaller number, so that the order of rows and datasets
changes nothing.

A record that was not merged into a cluster but fits it by the same measure (a daily summary that tells of several
attacks) *also tells of* it.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from contested.base.errors import RecordError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Rows = NDArray[np.int64]
    Reals = NDArray[np.float64]

#: Log-odds of two datasets' rows of which no pair was kept as possible.
NO_PAIR = -2.0
#: What speaks against two clusters that hold rows of one dataset, in log-odds: chosen on planted truth and on two
#: projects' lists of geolocated pictures (``gate/linking.py``).
SAME_DATASET = -2.0

Pair = tuple[int, int]


@dataclass(frozen=True)
class Clusters:
    """Which rows make one incident."""

    of_row: Rows
    """First row of each row's cluster."""
    also: tuple[Pair, ...]
    """(row, first row of a cluster) of rows that tell of that cluster too."""


def cluster_rows(
    dataset: Rows,
    pairs: tuple[Rows, Rows, Reals],
    bound: Iterable[Pair],
    apart: Iterable[Pair],
    may_be_one: Callable[[int, int], bool],
    rank: Rows,
) -> Clusters:
    """Clusters of rows.

    Parameters
    ----------
    dataset
        Number of each row's dataset.
    pairs
        Two rows of different datasets, and the log-odds that they tell of one event.
    bound
        Pairs that belong together: those of persons first, then those of datasets.
    apart
        Pairs that never share a cluster.
    may_be_one
        Whether two rows of one dataset lie near enough to tell of one event.
    rank
        Which of two equal scores comes first: the one whose rows rank lower.
    """
    blocked: dict[int, set[int]] = defaultdict(set)
    for one, other in apart:
        blocked[one].add(other)
        blocked[other].add(one)
    first = _bound(len(dataset), bound, blocked)
    a, b, log_odds = pairs
    part = _parts(first, a[log_odds > 0], b[log_odds > 0])
    size = np.bincount(part, minlength=len(part))
    inside = part[a] == part[b]
    of_row = first.copy()
    # Two single rows with a pair above even odds: nothing else is to be weighed.
    simple = inside & (log_odds > 0) & (size[part[a]] == 2) & (first[a] == a) & (first[b] == b)
    simple &= ~np.isin(a, list(blocked))
    of_row[np.maximum(a, b)[simple]] = np.minimum(a, b)[simple]
    edges: dict[int, list[int]] = defaultdict(list)
    for edge in np.flatnonzero(inside & ~simple & (size[part[a]] > 1)).tolist():
        edges[int(part[a[edge]])].append(edge)
    rows: dict[int, list[int]] = defaultdict(list)
    for row in np.flatnonzero(np.isin(part, list(edges))).tolist():
        rows[int(part[row])].append(row)
    also: list[Pair] = []
    for number in sorted(edges):
        at = edges[number]
        known = zip(a[at].tolist(), b[at].tolist(), log_odds[at].tolist(), strict=True)
        growing = _Growing(rows[number], first, (dataset, rank), blocked, may_be_one)
        for row, cluster in growing.grown(list(known)).items():
            of_row[row] = cluster
        also += growing.also_told()
    return Clusters(of_row, tuple(sorted(also)))


class _Growing:
    """The clusters of rows that hang together somehow."""

    def __init__(
        self, rows: list[int], first: Rows, of_row: tuple[Rows, Rows], blocked: Mapping[int, set[int]],
        may_be_one: Callable[[int, int], bool],
    ) -> None:  # fmt: skip
        self.members: dict[int, list[int]] = defaultdict(list)
        self.cluster: dict[int, int] = {}
        for row in rows:
            self.members[int(first[row])].append(row)
            self.cluster[row] = int(first[row])
        dataset, rank = of_row
        self.dataset = {row: int(dataset[row]) for row in rows}
        self.rank = {row: int(rank[row]) for row in rows}
        self.blocked = blocked
        self.may_be_one = may_be_one
        self.known: list[tuple[int, int, float]] = []
        #: Cluster → other cluster → (dataset here, dataset there) → best log-odds.
        self.said: dict[int, dict[int, dict[Pair, float]]] = defaultdict(lambda: defaultdict(dict))

    def grown(self, known: list[tuple[int, int, float]]) -> dict[int, int]:
        """Row → first row of its cluster."""
        self.known = known
        for a, b, log_odds in known:
            self._note(self.cluster[a], self.cluster[b], (self.dataset[a], self.dataset[b]), log_odds)
        waiting = [entry for pair in self._neighbours() if (entry := self._waiting(*pair))[0] < 0]
        heapq.heapify(waiting)
        while waiting:
            negative, _, one, other = heapq.heappop(waiting)
            if one not in self.members or other not in self.members or self._score(one, other) != -negative:
                continue
            self._merge(one, other)
            for near in self.said[one]:
                if (entry := self._waiting(one, near))[0] < 0:
                    heapq.heappush(waiting, entry)
        return self.cluster

    def _waiting(self, one: int, other: int) -> tuple[float, Pair, int, int]:
        """Score below nought, ranks of the two clusters' first ranking rows, and the clusters."""
        low, high = sorted(min(self.rank[row] for row in self.members[cluster]) for cluster in (one, other))
        return -self._score(one, other), (low, high), min(one, other), max(one, other)

    def also_told(self) -> list[Pair]:
        """(row, cluster) of rows that fit a cluster of which no row is of their dataset, and are not in it."""
        best: dict[Pair, dict[int, float]] = defaultdict(dict)
        for a, b, log_odds in self.known:
            for row, other in ((a, b), (b, a)):
                if self.cluster[row] != (there := self.cluster[other]):
                    of = best[row, there]
                    of[self.dataset[other]] = max(log_odds, of.get(self.dataset[other], NO_PAIR))
        found = []
        for (row, there), of in best.items():
            members = self.members[there]
            datasets = {self.dataset[member] for member in members}
            if self.dataset[row] in datasets or any(member in self.blocked.get(row, ()) for member in members):
                continue
            if sum(of.get(dataset, NO_PAIR) for dataset in datasets) > 0:
                found.append((row, there))
        return found

    def _note(self, one: int, other: int, datasets: Pair, log_odds: float) -> None:
        if one == other:
            return
        for here, there, key in ((one, other, datasets), (other, one, datasets[::-1])):
            best = self.said[here][there]
            best[key] = max(log_odds, best.get(key, -np.inf))

    def _neighbours(self) -> list[Pair]:
        return [(one, other) for one, near in self.said.items() for other in near if one < other]

    def _score(self, one: int, other: int) -> float:
        """Log-odds that the two clusters are one; minus infinity when they must not be."""
        total = 0.0
        here, there = (self._by_dataset(cluster) for cluster in (one, other))
        said = self.said[one][other]
        for dataset in sorted(here):
            for another in sorted(there):
                if dataset != another:
                    total += said.get((dataset, another), NO_PAIR)
                elif all(self.may_be_one(a, b) for a in here[dataset] for b in there[dataset]):
                    total += SAME_DATASET
                else:
                    return -np.inf
        if total > 0 and any(b in self.blocked.get(a, ()) for a in self.members[one] for b in self.members[other]):
            return -np.inf
        return round(total, 6)

    def _by_dataset(self, cluster: int) -> dict[int, list[int]]:
        found: dict[int, list[int]] = defaultdict(list)
        for row in self.members[cluster]:
            found[self.dataset[row]].append(row)
        return found

    def _merge(self, one: int, other: int) -> None:
        """The greater-numbered cluster becomes part of the smaller-numbered one."""
        for row in self.members[other]:
            self.cluster[row] = one
        self.members[one] = sorted(self.members[one] + self.members.pop(other))
        for near, said in self.said.pop(other).items():
            del self.said[near][other]
            for datasets, log_odds in said.items():
                self._note(one, near, datasets, log_odds)


def _bound(n: int, bound: Iterable[Pair], blocked: Mapping[int, set[int]]) -> Rows:
    """First row of each row's cluster after what binds was carried out in order, except where a split forbids it."""
    first = np.arange(n, dtype=np.int64)
    members: dict[int, list[int]] = {}
    for one, other in bound:
        low, high = sorted((int(first[one]), int(first[other])))
        if low == high:
            continue
        here, there = members.get(low, [low]), members.get(high, [high])
        if any(b in blocked.get(a, ()) for a in here for b in there):
            continue
        first[there] = low
        members[low] = here + there
    return first


def _parts(first: Rows, a: Rows, b: Rows) -> Rows:
    """Number of the part of each row, when rows of one cluster and rows of each pair hang together."""
    part = first.copy()
    while True:
        before = part.copy()
        low = np.minimum(part[a], part[b])
        np.minimum.at(part, part[a], low)
        np.minimum.at(part, part[b], low)
        while not np.array_equal(shorter := part[part], part):
            part = shorter
        if np.array_equal(part, before):
            return part


def check_judged(linked: Iterable[Pair], clusters: Clusters, names: Callable[[int], str]) -> None:
    """Raise unless all pairs that persons linked share a cluster.

    Raises
    ------
    RecordError
        When a split that a person ordered keeps a pair apart that a person linked.
    """
    for a, b in linked:
        if clusters.of_row[a] != clusters.of_row[b]:
            raise RecordError(
                f"decisions.jsonl: {names(a)} and {names(b)} are linked, but a split keeps apart what other links join "
                "to them; append a decision that undoes one of the two"
            )
