"""What each level of a comparison is worth: the Fellegi–Sunter model, fitted without labels.

In: comparisons of the possible pairs of two datasets, of *chance pairs* (the same records with the days of one dataset
turned, so that no pair can be one event), and pairs that a person judged. Out: :class:`Linkage`, which gives each pair
its probability and says why. Refuses: nothing; with few pairs the defaults hold.

Each comparison's level ``g`` is worth ``log(m(g) / u(g))``, where ``m`` is its share among pairs that tell of one event
and ``u`` among pairs that do not (Fellegi & Sunter 1969, doi 10.1080/01621459.1969.10501049). ``u`` is counted among the
chance pairs; ``m`` and the share of true pairs are found by expectation–maximisation (Dempster et al. 1977; Winkler
1988) over the possible pairs. The share of true pairs is fitted for each *crowd* (how many possible partners both
records have), because in a crowd each partner is less likely to be the one.

Levels that go together are judged together: where, when and place name have one joint table, drawn towards the product
of their own tables where pairs are few. Kinds and actors have a table of which codes of one dataset go with which of
the other, drawn towards "same word" or "other words", so that no taxonomy has to be written by hand.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from contested.incidents.comparing import ACTORS, KIND, KILLED, NAMED, SOURCES, WHEN, WHERE, WORDING, Comparison

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Rows = NDArray[np.int64]
    Reals = NDArray[np.float64]

#: How many pairs the defaults weigh as, beside those that are counted.
DEFAULT_PAIRS = 40.0
#: How many pairs the coarser table weighs as, beside those counted in the finer one.
COARSE_PAIRS = 60.0
#: How many pairs a pair weighs as that a person judged.
JUDGED_PAIRS = 5.0
#: Rounds of expectation–maximisation: the largest change of a probability is below 0.001 long before.
ROUNDS = 60
#: Most that one comparison may say, in log-odds: no single likeness is proof, and no single difference.
MOST_LOG_ODDS = 6.0
#: Crowds are told apart by powers of two up to this one.
MOST_CROWD = 12

#: Defaults, as shares per level among true pairs and among chance pairs: measured on planted truth (``gate/planted.py``
#: on GED Syria 2016–2018, noise 0.3, seed 1; rounded, and never nought).
_DEFAULTS: dict[str, tuple[tuple[float, ...], tuple[float, ...]]] = {
    "where": (
        (0.12, 0.1, 0.08, 0.12, 0.10, 0.06, 0.02, 0.02, 0.02, 0.01, 0.04, 0.05, 0.05, 0.03, 0.08, 0.04, 0.02, 0.01, 0.01, 0.01, 0.005, 0.005),
        (0.01, 0.01, 0.02, 0.03, 0.05, 0.08, 0.06, 0.01, 0.01, 0.01, 0.02, 0.05, 0.07, 0.12, 0.06, 0.08, 0.10, 0.12, 0.03, 0.03, 0.02, 0.02),
    ),
    "when": ((0.62, 0.12, 0.06, 0.14, 0.04, 0.02), (0.16, 0.10, 0.10, 0.20, 0.18, 0.26)),
    "place name": ((0.50, 0.20, 0.10, 0.20), (0.15, 0.10, 0.55, 0.20)),
    "kind": ((0.70, 0.30), (0.40, 0.60)),
    "actors": ((0.35, 0.20, 0.12, 0.08, 0.25), (0.12, 0.15, 0.18, 0.30, 0.25)),
    "killed": (
        (0.22, 0.13, 0.06, 0.05, 0.10, 0.10, 0.06, 0.03, 0.25),
        (0.16, 0.05, 0.01, 0.005, 0.12, 0.14, 0.165, 0.10, 0.25),
    ),
    "sources": ((0.12, 0.18, 0.15, 0.30, 0.25), (0.002, 0.10, 0.15, 0.498, 0.25)),
    "wording": ((0.06, 0.08, 0.12, 0.18, 0.16, 0.20, 0.20), (0.001, 0.004, 0.02, 0.08, 0.15, 0.545, 0.20)),
}
_LEVELS = {
    "where": WHERE, "when": WHEN, "place name": NAMED, "kind": KIND, "actors": ACTORS, "killed": KILLED,
    "sources": SOURCES, "wording": WORDING,
}  # fmt: skip
#: Comparisons judged by one joint table.
_JOINT = ("where", "when", "place name")


@dataclass(frozen=True)
class Compared:
    """Pairs with what they were compared by."""

    comparisons: tuple[Comparison, ...]
    crowd: Rows
    """Crowd of each pair: the whole part of log2 of its number of partners."""

    def __len__(self) -> int:
        return len(self.crowd)


@dataclass(frozen=True)
class Linkage:
    """A fitted model of the pairs of two datasets."""

    prior: Reals
    """Log-odds of a pair by crowd, before anything is compared."""
    tables: Mapping[str, Reals]
    """Comparison → log(m / u) by code; the joint one is called ``where, when, place name``."""
    plain: Mapping[str, Reals]
    """Comparison → log(m / u) by level, for the joint ones as if they stood alone."""

    def log_odds(self, pairs: Compared) -> Reals:
        """Log-odds that each pair tells of one event, before rivals are looked at."""
        total = self.prior[pairs.crowd].copy()
        for name, codes in _codes(pairs.comparisons).items():
            total += self.tables[name][codes]
        return np.asarray(total)

    def reasons(self, levels: Sequence[int], crowd: int) -> list[tuple[str, float]]:
        """What speaks for and against a pair with these coarse levels, in words and log-odds."""
        names = list(_LEVELS)
        found = [(f"{name}: {_LEVELS[name][level]}", float(self.plain[name][level])) for name, level in zip(names, levels, strict=True)]
        return [("number of possible partners", float(self.prior[crowd])), *found]


def _codes(comparisons: tuple[Comparison, ...]) -> dict[str, Rows]:
    """Code of each pair in each table."""
    by_name = {one.name: one for one in comparisons}
    where, when, named = (by_name[name] for name in _JOINT)
    joint = (where.coarse * len(when.levels) + when.coarse) * len(named.levels) + named.coarse
    codes = {", ".join(_JOINT): joint}
    for one in comparisons:
        if one.name not in _JOINT:
            codes[one.name] = one.fine * len(one.levels) + one.coarse if one.n_fine > len(one.levels) else one.coarse
    return codes


@dataclass(frozen=True)
class _Patterns:
    """Different patterns of codes, with how often each was met."""

    codes: Mapping[str, Rows]
    levels: Mapping[str, Rows]
    crowd: Rows
    real: Reals
    chance: Reals
    judged_same: Reals
    judged_apart: Reals


def fit_linkage(
    possible: Compared, chance: Compared, burst: Reals, judged_same: Rows, judged_apart: Rows, start: float = 0.5
) -> Linkage:
    """Fit the model of two datasets.

    Parameters
    ----------
    possible
        The possible pairs, or a sample of them.
    chance
        Pairs that cannot be one event.
    burst
        How many pairs of rows of *one* dataset, which are different events as a rule, lie on each level of where and
        when (18 × 6): attacks come in bursts, so that different events of one day lie nearer to each other than turned
        days show.
    judged_same, judged_apart
        Rows of ``possible`` that a person linked, and split.
    start
        Share of records that are taken to have a partner, before any pair was seen.
    """
    patterns = _patterns(possible, chance, judged_same, judged_apart)
    expected = start / 2.0 ** np.arange(MOST_CROWD + 1)
    prior = np.log(expected / (1.0 + 1e-9 - np.minimum(expected, 0.999)))
    tables, plain = _tables(patterns, burst, np.zeros(len(patterns.crowd)))
    kept = patterns.real > 0
    share = np.zeros(len(patterns.crowd))
    for _ in range(ROUNDS):
        total = prior[patterns.crowd] + sum(tables[name][codes] for name, codes in patterns.codes.items())
        before, share = share, 1.0 / (1.0 + np.exp(-total))
        true = share * patterns.real
        tables, plain = _tables(patterns, burst, true)
        prior = _prior(patterns, true, expected)
        if np.abs(share - before)[kept].max(initial=0.0) < 1e-3:
            break
    return Linkage(prior, tables, plain)


def _patterns(possible: Compared, chance: Compared, judged_same: Rows, judged_apart: Rows) -> _Patterns:
    codes = {name: [code] for name, code in _codes(possible.comparisons).items()}
    levels = {one.name: [one.coarse] for one in possible.comparisons}
    for name, code in _codes(chance.comparisons).items():
        codes[name].append(code)
    for one in chance.comparisons:
        levels[one.name].append(one.coarse)
    crowd = np.concatenate([possible.crowd, chance.crowd])
    joined = {name: np.concatenate(parts) for name, parts in codes.items()}
    key = crowd.astype(np.int64)
    for code in joined.values():
        # Renumbered as they come in, so that the key never outgrows 63 bits.
        key = np.unique(key, return_inverse=True)[1] * (int(code.max(initial=0)) + 1) + code
    _, first, pattern = np.unique(key, return_index=True, return_inverse=True)
    n, m = len(first), len(possible)

    def counted(rows: Rows) -> Reals:
        return np.bincount(pattern[rows], minlength=n).astype(np.float64)

    return _Patterns(
        {name: code[first] for name, code in joined.items()},
        {name: np.concatenate(parts)[first] for name, parts in levels.items()},
        crowd[first],
        counted(np.arange(m)),
        counted(np.arange(m, len(crowd))),
        counted(judged_same),
        counted(judged_apart),
    )


def _tables(patterns: _Patterns, burst: Reals, true: Reals) -> tuple[dict[str, Reals], dict[str, Reals]]:
    """log(m / u) by code and by level, from the expected number of true pairs of each pattern."""
    same = true + JUDGED_PAIRS * patterns.judged_same
    apart = patterns.chance + JUDGED_PAIRS * patterns.judged_apart
    plain, shares = {}, {}
    for name, words in _LEVELS.items():
        of_same, of_apart = (
            np.bincount(patterns.levels[name], counts, minlength=len(words)) for counts in (same, apart)
        )
        if name in ("where", "when") and burst.sum() > 0:
            of_apart = burst.sum(axis=1 if name == "where" else 0)
        m, u = (
            _drawn(counts, np.array(default), DEFAULT_PAIRS)
            for counts, default in zip((of_same, of_apart), _DEFAULTS[name], strict=True)
        )
        shares[name] = (m, u)
        plain[name] = np.clip(np.log(m / u), -MOST_LOG_ODDS, MOST_LOG_ODDS)
    tables: dict[str, Reals] = {}
    for name, codes in patterns.codes.items():
        if name in _LEVELS:
            n_levels = len(_LEVELS[name])
            n = max(int(codes.max(initial=0)) + 1, n_levels)
            level = np.arange(n) % n_levels
            if n == n_levels:
                tables[name] = plain[name]
                continue
            # The finer table of codes that go together, drawn towards what their level says.
            met = np.bincount(codes, patterns.real + patterns.chance, minlength=n)
            towards = met / max(met.sum(), 1.0)
            m = _drawn(np.bincount(codes, same, minlength=n), towards * np.exp(plain[name][level]), COARSE_PAIRS)
            u = _drawn(np.bincount(codes, apart, minlength=n), towards, COARSE_PAIRS)
        else:
            m, u = (
                np.einsum("i,j,k->ijk", *(shares[one][side] for one in _JOINT)).ravel() for side in (0, 1)
            )
            n = len(m)
            m = _drawn(np.bincount(codes, same, minlength=n), m, COARSE_PAIRS)
            u = _joint_apart(np.bincount(codes, apart, minlength=n), burst, u)
        ratio = np.log(np.maximum(m, 1e-12) / np.maximum(u, 1e-12))
        tables[name] = np.clip(np.where(m + u > 0, ratio, 0.0), -MOST_LOG_ODDS, MOST_LOG_ODDS)
    return tables, plain


def _joint_apart(chance: Reals, burst: Reals, towards: Reals) -> Reals:
    """Shares of where, when and name among different events: places and days from bursts, names by place from chance."""
    shape = len(WHERE), len(WHEN), len(NAMED)
    if burst.sum() == 0:
        return _drawn(chance, towards, COARSE_PAIRS)
    where_when = _drawn(burst.ravel(), towards.reshape(shape).sum(axis=2).ravel(), COARSE_PAIRS).reshape(shape[:2])
    of_where = chance.reshape(shape).sum(axis=1)
    drawn = of_where + COARSE_PAIRS * towards.reshape(shape).sum(axis=(0, 1))
    return np.asarray((where_when[:, :, None] * (drawn / drawn.sum(axis=1, keepdims=True))[:, None, :]).ravel())


def _drawn(counts: Reals, towards: Reals, weight: float) -> Reals:
    """Shares of the counts, drawn towards others that weigh as so many pairs."""
    towards = towards / max(float(towards.sum()), 1e-12)
    return np.asarray((counts + weight * towards) / (counts.sum() + weight))


def _prior(patterns: _Patterns, true: Reals, expected: Reals) -> Reals:
    """Log-odds of a true pair by crowd, drawn towards one partner in a crowd."""
    n = MOST_CROWD + 1
    same = np.bincount(patterns.crowd, true, minlength=n)[:n]
    real = np.bincount(patterns.crowd, patterns.real, minlength=n)[:n]
    # Crowds are drawn towards what all of them say together: so many partners a record, whatever the crowd.
    rate = (same.sum() + DEFAULT_PAIRS * expected[0]) / ((real / 2.0 ** np.arange(n)).sum() + DEFAULT_PAIRS)
    towards = np.clip(rate / 2.0 ** np.arange(n), 1e-6, 0.95)
    share = (same + DEFAULT_PAIRS * towards) / (real + DEFAULT_PAIRS)
    return np.asarray(np.log(share / (1.0 - share)))
