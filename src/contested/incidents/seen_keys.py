"""Keys that were met before, for files of any length.

In: keys of 64 bits, batch by batch. Out: where each was met first, or how often. Refuses: nothing.

A key takes 8 bytes of memory, 16 where it is kept where it was met. Keys are hashes: among a hundred million
different ones the chance that any two are equal is 0.03 % (n² / 2⁶⁵).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Keys = NDArray[np.int64]


class FirstMet:
    """Where each key was met first."""

    def __init__(self) -> None:
        # Sorted runs, each more than twice as long as the next: a key is moved a few times only.
        self._runs: list[tuple[Keys, Keys]] = []

    def add(self, keys: Keys, at: Keys) -> Keys:
        """Where each key was met before, in this batch or an earlier one; -1 for those that are new.

        Parameters
        ----------
        keys
            Any number of keys.
        at
            Where each is met now: numbers from 0 on, none of them twice.
        """
        own, firsts, of_key = np.unique(keys, return_index=True, return_inverse=True)
        earlier = np.full(len(own), -1, dtype=np.int64)
        for known, where in self._runs:
            place = np.minimum(np.searchsorted(known, own), len(known) - 1)
            hit = known[place] == own
            earlier[hit] = where[place[hit]]
        new = earlier < 0
        earlier[new] = at[firsts[new]]
        self._append(own[new], earlier[new])
        found = earlier[of_key]
        return np.where(found == at, -1, found)

    def _append(self, keys: Keys, at: Keys) -> None:
        while self._runs and len(self._runs[-1][0]) <= 2 * len(keys):
            longer = list(self._runs.pop())
            at = np.concatenate((longer.pop(), at))
            keys = np.concatenate((longer.pop(), keys))
            order = np.argsort(keys, kind="stable")
            keys, at = keys[order], at[order]
        if len(keys):
            self._runs.append((keys, at))


class KeyCounts:
    """How often each key was met."""

    def __init__(self) -> None:
        self._parts: list[Keys] = [np.empty(0, dtype=np.int64)]

    def add(self, keys: Keys) -> None:
        """Take the keys of a batch."""
        self._parts.append(keys)

    def counts(self) -> Keys:
        """How often each different key was met, in no order."""
        keys = np.concatenate(self._parts)
        keys.sort()
        ends = np.flatnonzero(keys[1:] != keys[:-1]) + 1
        return np.diff(np.concatenate(([0], ends, [len(keys)]))) if len(keys) else keys
