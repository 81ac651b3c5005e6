"""Does it hold without a source, a week, a kilometre?

In: a case, its tables and its ``findings``. Out: the table ``robustness``: every finding that gives an estimate, once
more for each other choice of :mod:`contested.weighing.variants`. Refuses: nothing; a variant that leaves too little to
compare is a row that says so, and so is a kind of variant that was not tried.

A variant that leaves every number of a finding as it was changes what that finding does not look at; it is not counted.
A variant **holds** when its estimate lies on the same side of the value at which the finding would say nothing, and,
where the finding's probability is at most 0.05, so is the variant's (else: neither is). Variants are no new tests, and
their probabilities are not to be picked from; they show what a finding hangs on. (Leamer 1983; Simonsohn, Simmons &
Nelson 2020, https://doi.org/10.1038/s41562-020-0912-z.)
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from contested.base.case import Case
from contested.base.records import ROBUSTNESS
from contested.weighing.findings import case_samples, name_finding, tests_of
from contested.weighing.sample import Finding, Sample, counted
from contested.weighing.variants import Variant, list_variants

if TYPE_CHECKING:
    import pyarrow as pa

#: Probability at or below which a finding counts as told apart from chance: the field's habit, not a law.
TOLD_AT = 0.05
#: Work for all variants of a case together: about seconds on two slow cores. A count and not a clock, since a case must
#: come out the same on any machine. When changed, or a test added: run ``benchmarks/weighing.py`` again.
MOST_WORK = 45.0
#: Work of one variant: so much, and so much times the root of its incidents (with more of them, less is drawn of each).
WORK, WORK_BY_ROOT = 0.1, 0.03


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a finding says, and the value at which it would say nothing, in its own unit."""

    estimate: float | None
    low: float | None
    high: float | None
    p_value: float | None
    expected: float | None
    p_least: float | None = None
    """The smallest probability that so few could have given."""

    @classmethod
    def of(cls, numbers: Mapping[str, Any], details: Mapping[str, Any]) -> Outcome:
        """The outcome in a finding's numbers and details.

        ``says_nothing_at`` of the details comes first, else ``expected``, the mean under the null.
        """
        expected = details.get("says_nothing_at", details.get("expected"))
        least = {**details.get("random_labelling", {}), **details}.get("p_least")
        return cls(
            numbers.get("estimate"), numbers.get("low"), numbers.get("high"), numbers.get("p_value"), expected, least
        )  # fmt: skip

    def compare(self, varied: Outcome) -> tuple[bool | None, str | None]:
        """Whether a variant says the same; ``None`` with the reason where that cannot be told.

        >>> Outcome(0.9, 0.8, 1.0, 0.01, 0.5).compare(Outcome(0.7, 0.5, 0.9, 0.2, 0.5))
        (False, None)
        """
        assert self.estimate is not None  # findings without one are not varied
        if varied.estimate is None:
            return None, "too little is left for an estimate"
        if self.p_value is not None and varied.p_value is None:
            return None, "the test against chance was refused"
        if self.p_value is not None and self.p_value <= TOLD_AT < (varied.p_least or 0.0):
            return None, f"so few could not have given a probability of {TOLD_AT:g} or less"
        if self.expected is None or varied.expected is None:
            ends = (self.low, self.high, varied.low, varied.high)
            if any(end is None for end in ends):
                return None, "there is neither a value that says nothing nor an interval to compare with"
            return bool(ends[0] <= ends[3] and ends[2] <= ends[1]), None  # type: ignore[operator]
        same_side = _side(self.estimate - self.expected) == _side(varied.estimate - varied.expected)
        if self.p_value is None or varied.p_value is None:
            return same_side, None
        return same_side and (self.p_value <= TOLD_AT) == (varied.p_value <= TOLD_AT), None


def _side(difference: float) -> int:
    return (difference > 0) - (difference < 0)


def vary_findings(case: Case, tables: Mapping[str, pa.Table]) -> pa.Table:
    """Every finding with an estimate, under every other choice.

    Parameters
    ----------
    case
        The case.
    tables
        Those that :func:`~contested.weighing.findings.weigh_case` needs, and its ``findings``.

    Returns
    -------
    pyarrow.Table
        ``robustness``; variant 0 is the finding as it stands.
    """
    stands = {row["finding_id"]: row for row in tables["findings"].to_pylist()}
    samples = list(case_samples(case, tables))
    rows = [
        row for sample in samples for row in _vary(sample, _over_layers(sample, samples), stands, len(samples))
    ]  # fmt: skip
    return ROBUSTNESS.from_rows(rows)


def _over_layers(sample: Sample, samples: list[Sample]) -> dict[str, Sample]:
    """The samples of the same event and parties, by layer."""

    def key(one: Sample) -> tuple[str, str, str]:
        return one.event.id, one.weighing.advancing, one.weighing.losing

    return {one.layer: one for one in samples if key(one) == key(sample)}


def _vary(
    sample: Sample, others: Mapping[str, Sample], stands: Mapping[str, Mapping[str, Any]], n_samples: int
) -> Iterator[dict[str, Any]]:
    headlines: dict[str, Outcome] = {}
    for test in tests_of(sample):
        finding_id = name_finding(test.__name__, sample)
        row = stands[finding_id]
        headline = Outcome.of(row, json.loads(row["details"]))
        if headline.estimate is not None:
            headlines[finding_id] = headline
            yield _row(finding_id, 0, ("as_it_stands", "as it stands"), row["n"], headline)
    number = 0
    for kind, variant in _affordable(sample, others, n_samples) if headlines else ():
        number += 1
        if isinstance(variant, str):
            for finding_id in headlines:
                row = _row(finding_id, number, (kind, "not tried"), 0, None)
                yield {**row, "tried": False, "reason": variant}
            continue
        varied = variant.sample().only(brief=True)
        for test in tests_of(sample):
            finding_id = name_finding(test.__name__, sample)
            if finding_id in headlines:
                yield _varied_row((finding_id, number, kind), variant, test(varied), headlines[finding_id])


def _affordable(sample: Sample, others: Mapping[str, Sample], n_samples: int) -> Iterator[tuple[str, Variant | str]]:
    """Variants of the kinds for which there is time, and in words what was not tried."""
    n = len(sample.incidents) + len(sample.others)
    left = int(MOST_WORK / n_samples / (WORK + WORK_BY_ROOT * math.sqrt(n)))
    for varied in list_variants(sample, others):
        many = len(varied.variants)
        if many > left:
            yield varied.kind, f"{counted(many, 'variant')} of {counted(n, 'incident')} would take too long"
            continue
        left -= many
        for variant in varied.variants:
            yield varied.kind, variant
        if varied.not_tried is not None:
            yield varied.kind, varied.not_tried


def _varied_row(key: tuple[str, int, str], variant: Variant, finding: Finding, headline: Outcome) -> dict[str, Any]:
    finding_id, number, kind = key
    outcome = Outcome.of(finding.numbers, finding.details)
    row = {**_row(finding_id, number, (kind, variant.words), finding.n, outcome), "left_out": variant.left_out}
    if outcome == headline:
        return {**row, "tried": False, "reason": "it changes no number of this finding"}
    holds, reason = headline.compare(outcome)
    return {**row, "refused": holds is None, "reason": reason, "holds": holds}


def _row(finding_id: str, number: int, named: tuple[str, str], n: int, outcome: Outcome | None) -> dict[str, Any]:
    values = (None,) * 5 if outcome is None else (
        outcome.estimate, outcome.low, outcome.high, outcome.expected, outcome.p_value
    )  # fmt: skip
    return {
        "finding_id": finding_id, "variant_no": number, "kind": named[0], "variant": named[1], "left_out": None,
        "tried": True, "n": n, "refused": False, "reason": None, "holds": None,
        **dict(zip(("estimate", "low", "high", "expected", "p_value"), values, strict=True)),
    }  # fmt: skip
