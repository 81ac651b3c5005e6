"""What each level of a comparison is worth: the Fellegi–Sunter model, fitted without labels.

In: comparisons of the possible pairs of two datasets, of *chance pairs* (the same records with the days of one dataset
turned, so that no pair can be one event), and pairs that a person judged. Out: :class:`Linkage`, which gives each pair
its probability and says why. Refuses: nothing; with few pairs the defaults hold.

Each comparison's level ``g`` is worth ``log(m(g) / u(g))``, where ``m`` is its share among pairs that tell of one event
and ``u`` among pairs that do not (Fellegi & Sunter 1969, doi 10.1080/01621459.1969.10501049). Both are found by
expectation–maximisation (Dempster et al. 1977; Winkler 1988), held by what is known without labels:

- chance pairs, and pairs of rows of one dataset (which lie as different events lie, in bursts), count among those that
  do not; ``m`` is drawn towards the defaults, since what a true pair looks like hangs least on the datasets;
- a record has one partner in another dataset as a rule, so that in a *crowd* of possible ones each is less likely it,
  and pairs of one record compete while the shares are found (``rivals.py``);
- a greater distance or a weaker likeness never speaks more for a pair than a smaller or a stronger one.

Levels that go together are judged together: where, when and place name have one joint table, drawn towards the product
of their own tables where pairs are few. Kinds and actors have a table of which codes of one dataset go with which of
the other, drawn towards "same word" or "other words", so that no taxonomy has to be written by hand.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from contested.incidents.comparing import ACTORS, KILLED, KIND, NAMED, SOURCES, WHEN, WHERE, WORDING, Comparison
from contested.incidents.rivals import lost_to_rivals

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    Rows = NDArray[np.int64]
    Reals = NDArray[np.float64]

#: How many pairs the defaults weigh as, beside those that are counted.
DEFAULT_PAIRS = 40.0
#: How many pairs the coarser table weighs as, beside those counted in the finer one.
COARSE_PAIRS = 300.0
#: How many pairs a pair weighs as that a person judged.
JUDGED_PAIRS = 2.0
#: Share of records that are taken to have a partner, before any pair was seen.
START = 0.5
#: Most partners that a record is taken to have in another dataset, before anything is compared. Of 0.6, 0.75 and 0.9
#: the middle one: more made doubtful links of geolocated pictures, fewer lost true ones.
MOST_PARTNERS = 0.75
#: How much all chance pairs weigh, beside all possible pairs.
CHANCE_SHARE = 1.0
#: How many pairs the defaults of a true pair weigh as, for each pair taken for one.
DEFAULT_SHARE = 0.3
#: Rounds of expectation–maximisation: the largest change of a probability is below 0.001 long before.
ROUNDS = 60
#: Most that one comparison may say, in log-odds: no single likeness is proof, and no single difference.
MOST_LOG_ODDS = 6.0
#: Crowds are told apart up to this level, two to a power of two.
MOST_CROWD = 24

#: Defaults, as shares per level among true pairs and among others: rounded from planted truth (``gate/planted.py`` on
#: GED Syria, events 2,000 to 4,000 by day, noise 0.1 and 0.5) and from pairs of two projects that share a source.
_DEFAULTS: dict[str, tuple[tuple[float, ...], tuple[float, ...]]] = {
    "where": (
        (0.06, 0.20, 0.22, 0.24, 0.20, 0.06, 0.02, 0.04, 0.08, 0.10, 0.18, 0.25, 0.20, 0.15,
         0.20, 0.45, 0.25, 0.10, 0.20, 0.55, 0.20, 0.05, 1.0),
        (0.03, 0.08, 0.15, 0.17, 0.20, 0.22, 0.15, 0.03, 0.05, 0.06, 0.11, 0.20, 0.25, 0.30,
         0.10, 0.25, 0.30, 0.35, 0.05, 0.20, 0.30, 0.45, 1.0),
    ),
    "when": ((0.62, 0.06, 0.12, 0.03, 0.12, 0.03, 0.02), (0.17, 0.01, 0.09, 0.09, 0.33, 0.12, 0.19)),
    "place name": ((0.75, 0.10, 0.15, 0.0), (0.45, 0.05, 0.50, 0.0)),
    "kind": ((0.50, 0.50), (0.35, 0.65)),
    "actors": ((0.45, 0.10, 0.15, 0.30, 0.0), (0.30, 0.05, 0.10, 0.55, 0.0)),
    "killed": (
        (0.25, 0.25, 0.06, 0.03, 0.06, 0.13, 0.07, 0.12, 0.03, 0.0),
        (0.09, 0.06, 0.006, 0.003, 0.03, 0.15, 0.02, 0.33, 0.311, 0.0),
    ),
    "sources": ((0.25, 0.35, 0.10, 0.30, 0.0), (0.004, 0.35, 0.10, 0.546, 0.0)),
    "wording": ((0.12, 0.08, 0.10, 0.20, 0.18, 0.32, 0.0), (0.01, 0.01, 0.03, 0.07, 0.14, 0.74, 0.0)),
}  # fmt: skip
_LEVELS = {
    "where": WHERE, "when": WHEN, "place name": NAMED, "kind": KIND, "actors": ACTORS, "killed": KILLED,
    "sources": SOURCES, "wording": WORDING,
}  # fmt: skip
#: Levels in the order in which each speaks no more for a pair than the one before.
_FALLING: dict[str, Sequence[Sequence[int]]] = {
    "where": (range(7), range(7, 14), range(14, 18), range(18, 22), range(22, 23)),
    "when": ((0, 4, 5, 6), (1, 2, 3)),
    "place name": (range(3),),
    "kind": (range(2),),
    "actors": (range(4),),
    "killed": ((3, 2, 1, 0), (3, 6, 5, 7, 8), (3, 4, 7)),
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
    """Crowd of each pair, by how many possible partners its records have (:func:`crowd_levels`)."""
    a: Rows
    b: Rows
    """The two rows of each pair."""

    def __len__(self) -> int:
        return len(self.crowd)

    def only(self, rows: Rows) -> Compared:
        """Those at these positions."""
        some = tuple(replace(one, coarse=one.coarse[rows], fine=one.fine[rows]) for one in self.comparisons)
        return Compared(some, self.crowd[rows], self.a[rows], self.b[rows])

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
        crowd, a, b = (np.concatenate([getattr(part, name) for part in parts]) for name in ("crowd", "a", "b"))
        return cls(comparisons, crowd, a, b)


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
    """Why these pairs have their probability, ``; `` between reasons: words of their levels and log-odds.

    Parameters
    ----------
    parts
        Name of a table, or of what else speaks → its log-odds for each of the rows.
    pairs
        All pairs.
    rows
        Those to explain.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    by_name = {one.name: one for one in pairs.comparisons}
    texts = []
    for name, values in parts.items():
        said = [by_name[one] for one in name.split(", ") if one in by_name]
        level = np.zeros(len(rows), dtype=np.int64)
        for one in said:
            level = level * len(one.levels) + one.coarse[rows]
        tenths = np.round(values * 10.0).astype(np.int64)
        met, which = np.unique(np.column_stack([level, tenths]), axis=0, return_inverse=True)
        words = []
        for code, value in met.tolist():
            found = []
            for one in reversed(said):
                code, at = divmod(code, len(one.levels))
                found.append(one.levels[at])
            # Where and when say what they are; a level of another comparison does not.
            named = f"{name}: " if len(said) == 1 else ""
            words.append(f"{named}{', '.join(reversed(found)) or name} {value / 10:+.1f}")
        texts.append(pa.array(words, pa.string()).take(pa.array(which.ravel())))
    return pc.binary_join_element_wise(*texts, "; ")


def crowd_levels(partners_a: Rows, partners_b: Rows) -> Rows:
    """Level of crowd from how many partners each of the two may have: 0 for one, 2 more each time both double."""
    many = np.maximum(partners_a, 1) * np.maximum(partners_b, 1)
    return np.asarray(np.minimum(np.round(np.log2(many)).astype(np.int64), MOST_CROWD))


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
    of_pair: Rows
    """Pattern of each possible pair."""
    real: Reals
    chance: Reals
    judged_same: Reals
    judged_apart: Reals


def fit_linkage(possible: Compared, chance: Compared, burst: Reals, judged_same: Rows, judged_apart: Rows) -> Linkage:
    """Fit the model of two datasets.

    Parameters
    ----------
    possible
        The possible pairs, or a sample of them.
    chance
        Pairs that cannot be one event.
    burst
        How many pairs of rows of *one* dataset, which are different events as a rule, lie on each level of where and
        when (levels of where × levels of when): attacks come in bursts, so that different events of one day lie nearer
        to each other than turned days show.
    judged_same, judged_apart
        Rows of ``possible`` that a person linked, and split.
    """
    patterns = _patterns(possible, chance, judged_same, judged_apart)
    nothing = np.zeros(len(patterns.crowd))
    # At first only chance pairs show what different events look like: among the possible ones most may be true.
    prior, tables = _prior(patterns, nothing), _tables(replace(patterns, real=nothing), burst, nothing)
    share = np.zeros(len(possible))
    for _ in range(ROUNDS):
        total = prior[patterns.crowd] + sum(tables[name][codes] for name, codes in patterns.codes.items())
        alone = total[patterns.of_pair]
        before, share = share, 1.0 / (1.0 + np.exp(-alone - lost_to_rivals(possible.a, possible.b, alone)))
        true = _counted(patterns.of_pair, share, len(nothing))
        prior, tables = _prior(patterns, true), _tables(patterns, burst, true)
        if np.abs(share - before).max(initial=0.0) < 1e-3:
            break
    return Linkage(prior, tables)


def _patterns(possible: Compared, chance: Compared, judged_same: Rows, judged_apart: Rows) -> _Patterns:
    both = Compared.joined([possible, chance])
    codes = _codes(both.comparisons)
    key = both.crowd
    for code in codes.values():
        # Renumbered as they come in, so that the key never outgrows 63 bits.
        key = np.unique(key, return_inverse=True)[1] * (int(code.max(initial=0)) + 1) + code
    _, first, pattern = np.unique(key, return_index=True, return_inverse=True)
    n, m = len(first), len(possible)

    def counted(rows: Rows) -> Reals:
        return np.bincount(pattern[rows], minlength=n).astype(np.float64)

    return _Patterns(
        {name: code[first] for name, code in codes.items()},
        {one.name: one.coarse[first] for one in both.comparisons},
        {one.name: one.n_fine if one.n_fine > len(one.levels) else 1 for one in both.comparisons},
        both.crowd[first],
        pattern[:m],
        counted(np.arange(m)),
        counted(np.arange(m, len(both))),
        counted(judged_same),
        counted(judged_apart),
    )


def _tables(patterns: _Patterns, burst: Reals, true: Reals) -> dict[str, Reals]:
    """log(m / u) by code, from the expected number of true pairs of each pattern."""
    same = true + JUDGED_PAIRS * patterns.judged_same
    usual = CHANCE_SHARE * max(patterns.real.sum(), 1.0) / max(patterns.chance.sum(), 1.0)
    apart = patterns.real - true + usual * patterns.chance + JUDGED_PAIRS * patterns.judged_apart
    # What a true pair looks like hangs less on the datasets than what a chance pair looks like.
    towards_same = DEFAULT_PAIRS + DEFAULT_SHARE * float(true.sum())
    levels: dict[str, tuple[Reals, Reals]] = {}
    for name, words in _LEVELS.items():
        of_same, of_apart = (_counted(patterns.levels[name], weights, len(words)) for weights in (same, apart))
        if name in ("where", "when"):
            of_apart = _with_bursts(of_apart, burst.sum(axis=1 if name == "where" else 0))
        said = _said(words)
        m, u = (np.array(default) for default in _DEFAULTS[name])
        draw = _classes_drawn if name == "where" else _drawn
        levels[name] = draw(of_same * said, m, towards_same), draw(of_apart * said, u, DEFAULT_PAIRS)
    tables: dict[str, Reals] = {}
    for name, codes in patterns.codes.items():
        if name not in _LEVELS:
            tables[name] = _joint_table(codes, same, apart, burst, levels, towards_same)
            continue
        plain = _falling(_log_ratio(*levels[name]), _FALLING[name])
        met = patterns.real + patterns.chance
        fine = patterns.n_fine[name]
        said = np.tile(_said(_LEVELS[name]), fine)
        counts = [_counted(codes, weights, len(said)) * said for weights in (same, apart, met)]
        tables[name] = _fine_table(counts, np.tile(plain, fine), towards_same) if fine > 1 else plain
    return tables


def _fine_table(counts: Sequence[Reals], plain: Reals, towards_same: float) -> Reals:
    """log(m / u) of codes that go together, drawn towards what their level says; codes never met have that alone."""
    of_same, of_apart, met = counts
    share = met / max(float(met.sum()), 1.0)
    drawn = COARSE_PAIRS + towards_same
    m = (of_same + drawn * share * np.exp(plain)) / (of_same.sum() + drawn)
    u = (of_apart + COARSE_PAIRS * share) / (of_apart.sum() + COARSE_PAIRS)
    return np.where(met > 0, _log_ratio(m, u), plain)


def _counted(codes: Rows, weights: Reals, n: int) -> Reals:
    return np.bincount(codes, weights, n).astype(np.float64)


def _with_bursts(counts: Reals, burst: Reals) -> Reals:
    """The counts, and as many pairs of rows of one dataset in the shares that they have."""
    return counts + burst * (float(counts.sum()) / max(float(burst.sum()), 1.0))


def _joint_table(
    codes: Rows, same: Reals, apart: Reals, burst: Reals, levels: Mapping[str, tuple[Reals, Reals]], towards_same: float
) -> Reals:
    """log(m / u) of where, when and place name together; of where and when alone where a name is not said."""
    shape = tuple(len(_LEVELS[name]) for name in _JOINT)
    counts = [_counted(codes, weights, int(np.prod(shape))).reshape(shape) for weights in (same, apart)]
    weights = towards_same, COARSE_PAIRS
    places_days = counts[0].sum(axis=2), _with_bursts(counts[1].sum(axis=2), burst)
    m2, u2 = (
        _classes_drawn(found, np.outer(levels["where"][side], levels["when"][side]), weights[side])
        for side, found in enumerate(places_days)
    )
    # Of each place, how its names go together, drawn towards how they do everywhere.
    m3, u3 = (
        _rows_drawn((found * _said(NAMED)).sum(axis=1), levels["place name"][side], weights[side])
        for side, found in enumerate(counts)
    )
    named = np.where(_said(NAMED), _falling(_log_ratio(m3, u3), _FALLING["place name"]), 0.0)
    place_day = _falling(_log_ratio(m2, u2), _FALLING["when"])
    place_day = _falling(place_day.T, _FALLING["where"]).T
    return np.asarray(np.clip(place_day[:, :, None] + named[:, None, :], -MOST_LOG_ODDS, MOST_LOG_ODDS)).ravel()


def _classes_drawn(counts: Reals, towards: Reals, weight: float) -> Reals:
    """As :func:`_drawn`, within each class of reach: how precise records are does not say whether they are one."""
    parts = []
    for chain in _FALLING["where"]:
        found, usual = counts[list(chain)], towards[list(chain)]
        parts.append(_drawn(found, usual, weight * float(found.sum() / max(counts.sum(), 1e-12)) + 1.0))
    return np.concatenate(parts)


def _falling(values: Reals, chains: Sequence[Sequence[int]]) -> Reals:
    """The values with none greater than one before it in its chain of the last axis.

    A greater distance never speaks more for a pair than a smaller one. Without this rule, pairs that tell of different
    events could be taken for a second sort of true pairs, since nothing else says what a true pair looks like.
    """
    out = values.copy()
    for chain in chains:
        at = list(chain)
        out[..., at] = np.minimum.accumulate(out[..., at], axis=-1)
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


def _prior(patterns: _Patterns, true: Reals) -> Reals:
    """Log-odds by crowd that a pair is true and not that its records have no partner at all.

    A record has one partner as a rule. When it is another of the crowd, that one shows it (``rivals.py``).
    """
    chances = float((patterns.real / _partners()[patterns.crowd]).sum())
    rate = min((float(true.sum()) + DEFAULT_PAIRS * START) / (chances + DEFAULT_PAIRS), MOST_PARTNERS)
    return np.asarray(np.log(rate / (1.0 - rate) / _partners()))
