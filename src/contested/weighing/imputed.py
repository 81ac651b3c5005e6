"""Estimates from draws, with intervals that hold both chance and imprecision (Rubin 1987).

In: one estimate a draw, and how many incidents it rests on. Out: :class:`Pooled`. Refuses: fewer than two draws.

The variance is the mean within draws, plus the variance between draws times (1 + 1/m). For shares the interval is
Wilson's, widened by it (Lott & Reiter 2020, https://doi.org/10.1080/00031305.2018.1473796): near 0 and 1, and with few
incidents, the plain one does not hold its level. Where the draws are skewed, Rubin's variance misses it: the interval
then reaches as far as the mean of the draws' own posteriors does (Zhou & Reiter 2010, The American Statistician 64(2)).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike, NDArray

from contested.base.errors import WeighingError
from contested.weighing.nulls import wilson_interval

#: What the intervals hold.
LEVEL = 0.90
#: Points at which a mixture of posteriors is added up, and how many standard deviations beyond the draws they reach.
MIXTURE_STEPS = 2_000
REACH_SD = 8.0
Reals = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Pooled:
    """One estimate from many draws.

    ``within`` and ``between`` are variances; ``missing`` is the share of the variance that imprecision makes, in
    [0, 1]; ``n`` is the number of independent incidents that the interval counts with.
    """

    estimate: float
    low: float
    high: float
    within: float
    between: float
    missing: float
    n: float


def pool_shares(successes: ArrayLike, n: ArrayLike, n_independent: float | None = None) -> Pooled:
    """A share from its counts in each draw.

    Parameters
    ----------
    successes, n
        Counts per draw, shape (m,); ``n`` may differ where incidents fell on ground that no map covers.
    n_independent
        Number of independent incidents, where several belong to one salvo; the mean of ``n`` when left out.
    """
    hits = np.asarray(successes, dtype=np.float64)
    of = np.broadcast_to(np.asarray(n, dtype=np.float64), hits.shape)
    hits, of = hits[of > 0], of[of > 0]
    if len(hits) < 2:
        raise WeighingError(f"{len(hits)} draws with an incident on known ground give no interval; expected 2 or more")
    shares = hits / of
    independent = float(of.mean()) if n_independent is None else n_independent * float(of.mean() / of.max())
    # One incident that some draws put off the map is still one.
    independent = max(independent, 1.0)
    estimate = float(shares.mean())
    within = float((shares * (1.0 - shares)).mean() / independent)
    between = float(shares.var(ddof=1))
    widened, missing = _widened(within, between, len(shares))
    low, high = wilson_interval(estimate * independent, independent, widened)
    if np.ptp(shares) > 0.0:
        own_low, own_high = _mixture_ends(shares, independent)
        low, high = min(low, own_low), max(high, own_high)
    return Pooled(estimate, low, high, within, between, missing, independent)


def _mixture_ends(shares: Reals, n: float) -> tuple[float, float]:
    """Ends of the mean over draws of Jeffreys' posterior of a share, Beta(n·share + ½, n·(1 - share) + ½).

    Taken over the angle whose squared sine is the share: there every such density is bounded, and has a standard
    deviation of about 1/(2·√n) wherever it lies.
    """
    each, counts = np.unique(shares, return_counts=True)
    reach = REACH_SD * 0.5 / math.sqrt(n + 1.0)
    first = max(0.0, float(np.arcsin(np.sqrt(each[0]))) - reach)
    last = min(math.pi / 2, float(np.arcsin(np.sqrt(each[-1]))) + reach)
    edges = np.linspace(first, last, MIXTURE_STEPS + 1)
    angle = (edges[1:] + edges[:-1]) / 2
    density = 2.0 * n * (each[:, None] * np.log(np.sin(angle)) + (1.0 - each[:, None]) * np.log(np.cos(angle)))
    density = np.exp(density - density.max(axis=1, keepdims=True))
    running = np.cumsum(counts @ (density / density.sum(axis=1, keepdims=True)))
    wanted = np.array([(1.0 - LEVEL) / 2, (1.0 + LEVEL) / 2]) * running[-1]
    low, high = np.sin(np.interp(wanted, np.append(0.0, running), edges)) ** 2
    return float(low), float(high)


_NORMAL = NormalDist().inv_cdf(0.5 + LEVEL / 2)


def _widened(within: float, between: float, draws: int) -> tuple[float, float]:
    """Quantile to use with the variance within alone, and the share of the variance that lies between."""
    extra = (1.0 + 1.0 / draws) * between
    if within <= 0.0 or extra <= 0.0:
        return _NORMAL, 0.0 if extra <= 0.0 else 1.0
    ratio = extra / within
    freedom = (draws - 1) * (1.0 + 1.0 / ratio) ** 2
    return student_quantile(freedom) * math.sqrt(1.0 + ratio), ratio / (1.0 + ratio)


def student_quantile(freedom: float) -> float:
    """Quantile of Student's distribution that leaves 5 % above, for 10 degrees of freedom or more.

    Cornish–Fisher expansion (Abramowitz & Stegun 1964, 26.7.5), right to 1e-5 from 10 degrees on.
    """
    z = _NORMAL
    terms = (
        (z**3 + z) / 4.0,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96.0,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384.0,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160.0,
    )
    return z + sum(term / freedom**power for power, term in enumerate(terms, start=1))
