"""Keys that were met before, for files of any length.

In: keys of 64 bits, batch by batch. Out: where each was met first, or how often. Refuses: nothing.

A key takes 16 bytes of memory. Keys are hashes: among a hundred million different ones the chance that any two are
equal is 0.03 % (n² / 2⁶⁵).
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
            Where each is met now, a number from 0 on.
        """
        order = np.argsort(keys, kind="stable")
        ordered = keys[order]
        leads = np.ones(len(keys), dtype=bool)
        leads[1:] = ordered[1:] != ordered[:-1]
        earlier = np.full(len(keys), -1, dtype=np.int64)
        firsts = order[leads]
        in_batch = at[firsts][np.cumsum(leads) - 1]
        earlier[order[~leads]] = in_batch[~leads]
        own = ordered[leads]
        new = np.ones(len(own), dtype=bool)
        for known, where in self._runs:
            place = np.minimum(np.searchsorted(known, own), len(known) - 1)
            hit = known[place] == own
            new &= ~hit
            found = np.where(hit, where[place], -1)[np.cumsum(leads) - 1]
            earlier[order] = np.where(found >= 0, found, earlier[order])
        self._append(own[new], at[firsts][new])
        return earlier

    def _append(self, keys: Keys, at: Keys) -> None:
        while self._runs and len(self._runs[-1][0]) <= 2 * len(keys):
            other_keys, other_at = self._runs.pop()
            keys, at = np.concatenate((other_keys, keys)), np.concatenate((other_at, at))
            order = np.argsort(keys, kind="stable")
            keys, at = keys[order], at[order]
        if len(keys):
            self._runs.append((keys, at))


class KeyCounts:
    """How often each key was met."""

    def __init__(self) -> None:
        self._keys: Keys = np.empty(0, dtype=np.int64)
        self._counts: Keys = np.empty(0, dtype=np.int64)
        self._waiting: list[Keys] = []

    def add(self, keys: Keys) -> None:
        """Count the keys of a batch."""
        self._waiting.append(keys)
        if sum(map(len, self._waiting)) > max(1_000_000, len(self._keys)):
            self._gather()

    def counts(self) -> Keys:
        """How often each different key was met, in no order."""
        self._gather()
        return self._counts

    def _gather(self) -> None:
        own, counts = np.unique(np.concatenate([*self._waiting, self._keys[:0]]), return_counts=True)
        keys = np.concatenate((self._keys, own))
        self._keys, of_key = np.unique(keys, return_inverse=True)
        both = np.concatenate((self._counts, counts.astype(np.int64)))
        self._counts = np.bincount(of_key, weights=both, minlength=len(self._keys)).astype(np.int64)
        self._waiting = []
