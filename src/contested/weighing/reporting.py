"""The reporting term: what unequal reporting would do to "all reports lie in B's area".

In: how many incidents lay in either party's area, and what the same sources report beside them. Out: the relative
chance of being reported, where it can be estimated; that at which the counts say nothing; and the sentence that is
printed. Refuses: nothing.

Where incidents are *reported* follows from where they fall and from where they can be reported:
the share in a party's area is in proportion to θ·ρ, θ the chance that an attack falls there and ρ
the chance that it is reported. Only r = ρ(advancing) / ρ(losing) matters. Two readings are set
against each other: attacks fell in the shares that the reports show (q in the losing party's area)
or equally often in both areas. Of k incidents in the losing party's area among m, the likelihood
ratio of the first over the second is

    ((1 + r) / (q + (1 - q) r))^m · q^k · (1 - q)^(m - k),     q = k / m,

and it is 1 at r = (e^H q - 1) / (1 - e^H (1 - q)), H = -q ln q - (1 - q) ln(1 - q).

r is estimated from other incidents that a dataset of another origin tells of: in each area, the share of them that the
event's datasets tell of too (capture and recapture: Chapman 1951; for conflict deaths Lum, Price & Banks 2013,
https://doi.org/10.1080/00031305.2013.821093). It holds when, within an area, whether one dataset has an incident says
nothing of whether the other has it, and when the event's kind is reported as others are. Its interval comes from the
two shares' Jeffreys posteriors. Reports follow θ·ρ, so the attacks' odds of the losing party's area are the reports'
odds times r (:func:`corrected_interval`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from contested.weighing.nulls import SEED, Z_90
from contested.weighing.sample import Reals, Sample, counted

#: Relative chances of being reported that are printed.
SWEEP = (1.0, 0.5, 0.1, 0.01)
#: Draws of the two shares of which the ratio's interval is taken.
RATIO_DRAWS = 20_000
#: Fewest other incidents in each area for an estimate: with fewer the interval spans a factor of ten or more.
MIN_CHECKED = 10
#: Above it a likelihood ratio is only said to be larger: more digits would pretend to know.
LARGEST_SHOWN = 1_000_000.0


def likelihood_ratio(k: float, m: float, r: float) -> float:
    """Likelihood ratio of "in the shares reported" over "equally often in both areas".

    Parameters
    ----------
    k, m
        Incidents in the losing party's area, and in either party's; sums of shares may be given.
    r
        Chance of being reported from the advancing party's area over that from the losing one's.
    """
    q = k / m
    entropy = sum(share * math.log(share) for share in (q, 1.0 - q) if share > 0.0)
    exponent = m * (math.log((1.0 + r) / (q + (1.0 - q) * r)) + entropy) if q + (1.0 - q) * r > 0.0 else math.inf
    return math.exp(min(exponent, 700.0))


def break_even(k: float, m: float) -> float | None:
    """The r at which the likelihood ratio is 1; infinite when nothing lay in the losing party's area.

    ``None`` when half lay in either area: then the two readings are one and the same.
    """
    q = k / m
    if math.isclose(q, 0.5):
        return None
    if q >= 1.0:
        return 0.0
    if q <= 0.0:
        return math.inf
    exp_h = math.exp(-q * math.log(q) - (1.0 - q) * math.log(1.0 - q))
    return (exp_h * q - 1.0) / (1.0 - exp_h * (1.0 - q))


@dataclass(frozen=True, slots=True)
class ReportingRatio:
    """Chance of being reported from the advancing party's area over that from the losing one's, with 90 % interval.

    ``checked`` are other incidents told by another dataset, in the advancing and in the losing party's area; ``found``
    those of them that the event's datasets tell of too. Sums of shares, where a place may lie in either area.
    """

    ratio: float
    low: float
    high: float
    checked: tuple[float, float]
    found: tuple[float, float]


def estimate_ratio(in_advancing: Reals, in_losing: Reals, found: Reals, seed: int = SEED) -> ReportingRatio | None:
    """The relative chance of being reported, by capture and recapture.

    Parameters
    ----------
    in_advancing, in_losing
        Share of each checked incident in either party's area, shape (n,).
    found
        Whether the event's datasets tell of it too (1 or 0), shape (n,).
    seed
        Seed of the draws that the interval is taken from.

    Returns
    -------
    ReportingRatio or None
        ``None`` with fewer than ten incidents to check in either area.
    """
    checked = float(in_advancing.sum()), float(in_losing.sum())
    again = float((in_advancing * found).sum()), float((in_losing * found).sum())
    if min(checked) < MIN_CHECKED:
        return None
    generator = np.random.default_rng(seed)
    shares = [
        generator.beta(hit + 0.5, max(of - hit, 0.0) + 0.5, RATIO_DRAWS) for hit, of in zip(again, checked, strict=True)
    ]
    low, middle, high = np.quantile(shares[0] / shares[1], (0.05, 0.5, 0.95)).tolist()
    return ReportingRatio(middle, low, high, checked, again)


def corrected_interval(k: float, m: float, n_independent: float, ratio: ReportingRatio) -> tuple[float, float, float]:
    """The corrected share with its 90 % interval, from k of m reports and the ratio's interval.

    On the scale of log-odds, where the two add up; half an incident is added to either side, so that 0 of m and m of m
    have one (Haldane 1956, Anscombe 1956).
    """
    share = (k + 0.5) / (m + 1.0)
    spread = math.hypot(
        1.0 / math.sqrt(n_independent * share * (1.0 - share)), math.log(ratio.high / ratio.low) / (2 * Z_90)
    )
    middle = math.log(share / (1.0 - share)) + math.log(ratio.ratio)
    low, at, high = (1.0 / (1.0 + math.exp(-(middle + step * spread))) for step in (-Z_90, 0.0, Z_90))
    return at, low, high


def reporting_term(sample: Sample, k: float, m: float, n_independent: float) -> tuple[str, dict[str, object]]:
    """The printed sentence and its numbers, from the shares in the two parties' areas.

    ``k`` of ``m`` reports lay in the losing party's area; they count as ``n_independent`` independent ones.
    """
    named = {"advancing": sample.advancing, "losing": sample.losing}
    if m <= 0.0:
        return "No incident lay in either party's area, so there is no reporting term to state.", {}
    even = break_even(k, m)
    ratios = {f"{r:g}": likelihood_ratio(k, m, r) for r in SWEEP}
    swept = ", ".join(f"{_shown(ratio)} at a chance of {r}" for r, ratio in ratios.items())
    if even is None:
        break_text = "Half lay in either area, so the two readings cannot be told apart at equal reporting."
    elif even == 0.0:
        break_text = (
            "It reaches 1, where the counts say nothing, only at a chance of 0: if nothing at all could be "
            f"reported from the area of {named['advancing']}."
        )
    elif math.isinf(even):
        break_text = (
            f"It reaches 1, where the counts say nothing, only if nothing could be reported from the area of "
            f"{named['losing']}."
        )
    else:
        break_text = f"It is 1, so that the counts say nothing, at a chance of {even:.2g}."
    known, measured = _measured(sample, (k, m, n_independent), even)
    text = (
        f"Reports show where attacks fell and where they could be reported, both at once. The likelihood ratio "
        f'of "attacks fell in the shares counted here" over "attacks fell equally often in both areas" is '
        f"{swept}, where the chance is that of being reported from the area of {named['advancing']}, "
        f"relative to the area of {named['losing']}. {break_text} {known}"
    )
    numbers: dict[str, object] = {
        "in_losing_area": k,
        "in_either_area": m,
        "break_even_reporting_ratio": "infinite" if even is not None and math.isinf(even) else even,
        "likelihood_ratio_by_reporting_ratio": {r: min(ratio, LARGEST_SHOWN) for r, ratio in ratios.items()},
        **measured,
    }
    return text, numbers


def _shown(ratio: float) -> str:
    if ratio >= LARGEST_SHOWN:
        return f"more than {LARGEST_SHOWN:,.0f}"
    return f"{ratio:,.0f}" if ratio >= 100 else f"{ratio:.2g}"


def _measured(sample: Sample, counts: tuple[float, float, float], even: float | None) -> tuple[str, dict[str, object]]:
    """What the same datasets report beside the event, and what it says of the ratio."""
    own = sample.event_datasets
    datasets = [set(names) for names in sample.others.datasets]
    covered = sample.covered(sample.other_shares)
    beside = covered & sample.told_alike
    there, here = (
        np.nan_to_num(sample.share_of(party, sample.other_shares))
        for party in (sample.weighing.advancing, sample.weighing.losing)
    )
    numbers: dict[str, object] = {
        "others_of_same_datasets": int(beside.sum()), "others_in_advancing_area": float(there[beside].sum()),
    }  # fmt: skip
    if not beside.any():
        return "Nothing measures that chance: the datasets that tell of these incidents hold no other here.", numbers
    checked = covered & np.array([bool(names - own) for names in datasets], dtype=bool)
    found = sample.told_alike.astype(np.float64)
    ratio = estimate_ratio(there[checked], here[checked], found[checked])
    seen = there[beside].sum()
    text = (
        f"The same datasets hold {counted(int(beside.sum()), 'other incident')} here, {seen:.1f} of them in the area "
        f"of {sample.advancing}, so they {'do report' if seen else 'are not seen to report'} from there."
    )
    if ratio is None:
        return text + " Too few incidents are told by another dataset to measure the chance itself.", numbers
    share, low, high = corrected_interval(*counts, ratio)
    numbers |= {
        "reporting_ratio": ratio.ratio, "reporting_ratio_low": ratio.low, "reporting_ratio_high": ratio.high,
        "checked_in_advancing_area": ratio.checked[0], "checked_in_losing_area": ratio.checked[1],
        "found_in_advancing_area": ratio.found[0], "found_in_losing_area": ratio.found[1],
        "corrected_share": share, "corrected_share_low": low, "corrected_share_high": high,
    }  # fmt: skip
    text += (
        f" Of other incidents that another dataset tells of, these datasets have {ratio.found[0]:.0f} of "
        f"{ratio.checked[0]:.0f} in the area of {sample.advancing} and {ratio.found[1]:.0f} of {ratio.checked[1]:.0f} "
        f"in the area of {sample.losing}: a relative chance of {ratio.ratio:.2g} (90 % interval {ratio.low:.2g} to "
        f"{ratio.high:.2g}), if the datasets find incidents independently and this kind like others. The share of "
        f"attacks, and not of reports, in the area of {sample.losing} would then be {share:.0%} ({low:.0%} to "
        f"{high:.0%})."
    )
    if even is not None and not math.isinf(even) and ratio.low <= even <= ratio.high:
        text += " The interval holds the chance at which the counts say nothing: nothing follows from this share."
    return text, numbers
