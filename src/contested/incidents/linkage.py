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

from contested.incidents.comparing import ACTORS, KILLED, KIND, NAMED, SOURCES, WHEN, WHERE, WORDING, Comparison

if TYPE_CHECKING:
    import pyarrow as pa
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
#: Crowds are told apart up to this level, two to a power of two.
MOST_CROWD = 24

#: Defaults, as shares per level among true pairs and among chance pairs: measured on planted truth (``gate/planted.py``
#: on GED Syria 2016–2018, noise 0.3, seed 1; rounded, and never nought).
_DEFAULTS: dict[str, tuple[tuple[float, ...], tuple[float, ...]]] = {
    "where": (
        (
            0.12,
            0.1,
            0.08,
            0.12,
            0.10,
            0.06,
            0.02,
            0.02,
            0.02,
            0.01,
            0.04,
            0.05,
            0.05,
            0.03,
            0.08,
            0.04,
            0.02,
            0.01,
            0.01,
            0.01,
            0.005,
            0.005,
        ),
        (
            0.01,
            0.01,
            0.02,
            0.03,
            0.05,
            0.08,
            0.06,
            0.01,
            0.01,
            0.01,
            0.02,
            0.05,
            0.07,
            0.12,
            0.06,
            0.08,
            0.10,
            0.12,
            0.03,
            0.03,
            0.02,
            0.02,
        ),
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
#: Levels in the order in which each speaks no more for a pair than the one before.
_FALLING: dict[str, Sequence[Sequence[int]]] = {
    "where": (range(7), range(7, 14), range(14, 18), range(18, 22)),
    "when": (range(6),),
    "place name": (range(3),),
    "kind": (range(2),),
    "actors": (range(4),),
    "killed": ((3, 2, 1, 0), (3, 4, 5, 6, 7)),
    "sources": (range(4),),
    "wording": (range(6),),
}
#: Comparisons judged by one joint table.
_JOINT = ("where", "when", "place name")


@dataclass(frozen=True)
class Compared:
    """Pairs with what they were compared by."""

    comparisons: tuple[Comparison, ...]
    crowd: Rows
    """Crowd of each pair, by how many near partners its records have (:func:`crowd_levels`)."""

    def __len__(self) -> int:
        return len(self.crowd)

    @classmethod
    def joined(cls, parts: Sequence[Compared]) -> Compared:
        """Several sets of pairs as one."""
        comparisons = tuple(
            Comparison(
                same[0].name, same[0].levels, np.concatenate([one.coarse for one in same]),
                np.concatenate([one.fine for one in same]), same[0].n_fine,
            )
            for same in zip(*(part.comparisons for part in parts), strict=True)
        )  # fmt: skip
        return cls(comparisons, np.concatenate([part.crowd for part in parts]))


@dataclass(frozen=True)
class Linkage:
    """A fitted model of the pairs of two datasets."""

    prior: Reals
    """Log-odds of a pair by crowd, before anything is compared."""
    tables: Mapping[str, Reals]
    """Comparison → log(m / u) by code; the joint one is called ``where, when, place name``."""

    def parts(self, pairs: Compared) -> dict[str, Reals]:
        """What each table says of each pair, in log-odds; they add up to the log-odds of the pair."""
        found = {"partners": self.prior[pairs.crowd]}
        return found | {name: self.tables[name][codes] for name, codes in _codes(pairs.comparisons).items()}


def explain(parts: Mapping[str, Reals], pairs: Compared, rows: Rows) -> pa.Array:
    """Why each of these pairs has its probability: every table's words with its log-odds, ``; `` between them."""
    import pyarrow as pa
    import pyarrow.compute as pc

    by_name = {one.name: one for one in pairs.comparisons}
    texts = []
    for name, values in parts.items():
        said = [by_name[one] for one in name.split(", ")] if name != "partners" else []
        level = np.zeros(len(rows), dtype=np.int64)
        for one in said:
            level = level * len(one.levels) + one.coarse[rows]
        tenths = np.round(values[rows] * 10.0).astype(np.int64)
        met, which = np.unique(np.column_stack([level, tenths]), axis=0, return_inverse=True)
        words = []
        for code, value in met.tolist():
            found = []
            for one in reversed(said):
                code, at = divmod(code, len(one.levels))
                found.append(one.levels[at])
            words.append(f"{', '.join(reversed(found)) or 'partners'} {value / 10:+.1f}")
        texts.append(pa.array(words, pa.string()).take(pa.array(which.ravel())))
    return pc.binary_join_element_wise(*texts, "; ")


def crowd_levels(partners_a: Rows, partners_b: Rows) -> Rows:
    """Level of crowd from how many near partners each of the two has: 0 for one each, 2 more each time both double."""
    many = np.maximum(partners_a, 1) * np.maximum(partners_b, 1)
    return np.minimum(np.round(np.log2(many)).astype(np.int64), MOST_CROWD)


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
    n_fine: Mapping[str, int]
    """Finer codes of each comparison; 1 where there are none."""
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
    expected = start / _partners()
    prior = np.log(expected / (1.0 + 1e-9 - np.minimum(expected, 0.999)))
    tables = _tables(patterns, burst, np.zeros(len(patterns.crowd)))
    kept = patterns.real > 0
    share = np.zeros(len(patterns.crowd))
    for _ in range(ROUNDS):
        total = prior[patterns.crowd] + sum(tables[name][codes] for name, codes in patterns.codes.items())
        before, share = share, 1.0 / (1.0 + np.exp(-total))
        true = share * patterns.real
        tables = _tables(patterns, burst, true)
        prior = _prior(patterns, true, expected)
        if np.abs(share - before)[kept].max(initial=0.0) < 1e-3:
            break
    return Linkage(prior, tables)


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
        {one.name: one.n_fine if one.n_fine > len(one.levels) else 1 for one in possible.comparisons},
        crowd[first],
        counted(np.arange(m)),
        counted(np.arange(m, len(crowd))),
        counted(judged_same),
        counted(judged_apart),
    )


def _tables(patterns: _Patterns, burst: Reals, true: Reals) -> dict[str, Reals]:
    """log(m / u) by code, from the expected number of true pairs of each pattern."""
    same = true + JUDGED_PAIRS * patterns.judged_same
    apart = patterns.chance + JUDGED_PAIRS * patterns.judged_apart
    levels: dict[str, tuple[Reals, Reals]] = {}
    for name, words in _LEVELS.items():
        of_same, of_apart = (np.bincount(patterns.levels[name], weights, len(words)) for weights in (same, apart))
        if name in ("where", "when") and burst.sum() > 0:
            of_apart = burst.sum(axis=1 if name == "where" else 0)
        said = _said(words)
        levels[name] = (
            _drawn(of_same * said, np.array(_DEFAULTS[name][0]) * said, DEFAULT_PAIRS),
            _drawn(of_apart * said, np.array(_DEFAULTS[name][1]) * said, DEFAULT_PAIRS),
        )
    tables: dict[str, Reals] = {}
    for name, codes in patterns.codes.items():
        if name not in _LEVELS:
            tables[name] = _joint_table(codes, same, apart, burst, levels)
            continue
        plain = _falling(_log_ratio(*levels[name]), _FALLING.get(name, ()))
        if patterns.n_fine[name] == 1:
            tables[name] = plain
            continue
        # The finer table of codes that go together, drawn towards what their level says.
        n = len(plain) * patterns.n_fine[name]
        level = np.arange(n) % len(plain)
        said = _said(_LEVELS[name])[level]
        met = np.bincount(codes, patterns.real + patterns.chance, n) * said
        of_same, of_apart = (np.bincount(codes, weights, n) * said for weights in (same, apart))
        usual = COARSE_PAIRS * met / max(met.sum(), 1.0)
        m = (of_same + usual * np.exp(plain[level])) / (of_same.sum() + COARSE_PAIRS)
        u = (of_apart + usual) / (of_apart.sum() + COARSE_PAIRS)
        tables[name] = np.where(met > 0, _log_ratio(m, u), plain[level])
    return tables


def _joint_table(
    codes: Rows, same: Reals, apart: Reals, burst: Reals, levels: Mapping[str, tuple[Reals, Reals]]
) -> Reals:
    """log(m / u) of where, when and place name together; of where and when alone where a name is not said.

    Among different events, places and days lie as in bursts, and names go with places as in chance pairs.
    """
    shape = tuple(len(_LEVELS[name]) for name in _JOINT)
    counts = [np.bincount(codes, weights, int(np.prod(shape))).reshape(shape) for weights in (same, apart)]
    places_days = [counts[0].sum(axis=2), burst if burst.sum() > 0 else counts[1].sum(axis=2)]
    m2, u2 = (
        _drawn(found, np.outer(levels["where"][side], levels["when"][side]), COARSE_PAIRS)
        for side, found in enumerate(places_days)
    )
    # Of each place, how its names go together, drawn towards how they do everywhere.
    m3, u3 = (
        _rows_drawn((found * _said(NAMED)).sum(axis=1), levels["place name"][side], COARSE_PAIRS)
        for side, found in enumerate(counts)
    )
    named = np.where(_said(NAMED), _falling(_log_ratio(m3, u3), _FALLING["place name"]), 0.0)
    place_day = _falling(_log_ratio(m2, u2), _FALLING["when"])
    place_day = _falling(place_day.T, _FALLING["where"]).T
    return np.asarray(np.clip(place_day[:, :, None] + named[:, None, :], -MOST_LOG_ODDS, MOST_LOG_ODDS)).ravel()


def _falling(values: Reals, chains: Sequence[Sequence[int]]) -> Reals:
    """The values with none greater than one before it in its chain of the last axis.

    A greater distance never speaks more for a pair than a smaller one. Without this rule, pairs that tell of different
    events could be taken for a second sort of true pairs, since nothing else says what a true pair looks like.
    """
    out = values.copy()
    for chain in chains:
        out[..., chain] = np.minimum.accumulate(out[..., chain], axis=-1)
    return out


def _said(words: Sequence[str]) -> NDArray[np.bool_]:
    """Which levels say something: what a record leaves out speaks neither for nor against."""
    return np.array([not (word.endswith("not said") or word == "no text") for word in words])


def _log_ratio(m: Reals, u: Reals) -> Reals:
    ratio = np.log(np.maximum(m, 1e-12) / np.maximum(u, 1e-12))
    return np.asarray(np.clip(np.where(m + u > 0, ratio, 0.0), -MOST_LOG_ODDS, MOST_LOG_ODDS))


def _rows_drawn(counts: Reals, towards: Reals, weight: float) -> Reals:
    """Shares within each row of the counts, drawn towards the same shares."""
    return np.asarray((counts + weight * towards) / (counts.sum(axis=1, keepdims=True) + weight))


def _drawn(counts: Reals, towards: Reals, weight: float) -> Reals:
    """Shares of the counts, drawn towards others that weigh as so many pairs."""
    towards = towards / max(float(towards.sum()), 1e-12)
    return np.asarray((counts + weight * towards) / (counts.sum() + weight))


def _partners() -> Reals:
    """Number of partners that each level of crowd stands for."""
    return np.asarray(2.0 ** (np.arange(MOST_CROWD + 1) / 2.0))


def _prior(patterns: _Patterns, true: Reals, expected: Reals) -> Reals:
    """Log-odds of a true pair by crowd, drawn towards one partner in a crowd."""
    n = MOST_CROWD + 1
    same = np.bincount(patterns.crowd, true, minlength=n)
    real = np.bincount(patterns.crowd, patterns.real, minlength=n)
    # Crowds are drawn towards what all of them say together: so many partners a record, whatever the crowd.
    rate = (same.sum() + DEFAULT_PAIRS * expected[0]) / ((real / _partners()).sum() + DEFAULT_PAIRS)
    towards = np.clip(rate / _partners(), 1e-6, 0.95)
    share = (same + DEFAULT_PAIRS * towards) / (real + DEFAULT_PAIRS)
    return np.asarray(np.log(share / (1.0 - share)))
