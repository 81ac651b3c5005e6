"""The reporting term: what unequal reporting would do to "all reports lie in B's area".

In: how many incidents lay in either party's area. Out: the relative chance of being reported at
which the counts say nothing, and the sentence that is printed. Refuses: nothing.

Where incidents are *reported* follows from where they fall and from where they can be reported:
the share in a party's area is in proportion to θ·ρ, θ the chance that an attack falls there and ρ
the chance that it is reported. Only r = ρ(advancing) / ρ(losing) matters. Two readings are set
against each other: attacks fell in the shares that the reports show (q in the losing party's area)
or equally often in both areas. Of k incidents in the losing party's area among m, the likelihood
ratio of the first over the second is

    ((1 + r) / (q + (1 - q) r))^m · q^k · (1 - q)^(m - k),     q = k / m,

and it is 1 at r = (e^H q - 1) / (1 - e^H (1 - q)), H = -q ln q - (1 - q) ln(1 - q).
"""

from __future__ import annotations

import math

from contested.weighing.sample import Sample, counted

#: Relative chances of being reported that are printed.
SWEEP = (1.0, 0.5, 0.1, 0.01)
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


def reporting_term(sample: Sample, k: float, m: float) -> tuple[str, dict[str, object]]:
    """The printed sentence and its numbers, from the shares in the two parties' areas."""
    named = {"advancing": sample.advancing, "losing": sample.losing}
    known, others = _reported_beside(sample)
    if m <= 0.0:
        return "No incident lay in either party's area, so there is no reporting term to state.", others
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
        **others,
    }
    return text, numbers


def _shown(ratio: float) -> str:
    if ratio >= LARGEST_SHOWN:
        return f"more than {LARGEST_SHOWN:,.0f}"
    return f"{ratio:,.0f}" if ratio >= 100 else f"{ratio:.2g}"


def _reported_beside(sample: Sample) -> tuple[str, dict[str, object]]:
    """What the same datasets report beside the event: whether they reach the advancing party's area."""
    datasets = {name for incident in sample.incidents for name in incident.datasets}
    beside = [other for other in sample.others if other.covered and datasets & set(other.datasets)]
    there = sum(other.share(sample.weighing.advancing) for other in beside)
    numbers: dict[str, object] = {"others_of_same_datasets": len(beside), "others_in_advancing_area": there}
    if not beside:
        return "Nothing measures that chance: the datasets that tell of these incidents hold no other here.", numbers
    return (
        f"The same datasets hold {counted(len(beside), 'other incident')} here, {there:.1f} of them in the area of "
        f"{sample.advancing}, "
        + ("so they do report from there." if there else "so they are not seen to report from there."),
        numbers,
    )
