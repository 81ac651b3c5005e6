"""Accounts against the record: the tables of rival accounts, their evidence, their odds and what they imply.

In: a case and its tables. Out: the tables ``rivals``, ``evidence``, ``evidence_ratios``, ``odds``, ``implications``
and ``weighed_rows``. Refuses: a missing table (:class:`WeighingError`); an item of evidence whose finding was refused
or is not there, whose claim was withdrawn or rejected, or whose original is gone, is kept, does not count, and says
why.

The ratios are the judgement of whoever wrote the case. The same tables give the same rows, which is how
``contested verify`` proves them. A posterior is computed only from prior odds that the case states.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any

from contested.base.case import Case
from contested.base.errors import WeighingError
from contested.base.records import EVIDENCE, EVIDENCE_RATIOS, IMPLICATIONS, ODDS, RIVALS, WEIGHED_ROWS
from contested.base.rivals import EvidenceItem, RivalAccount, Rivals
from contested.weighing.ach import NEUTRAL, consistency, diagnosticity, inconsistency, rate_item
from contested.weighing.grounds import Grounds
from contested.weighing.implications import check_implications
from contested.weighing.odds import Combined, Rule, WeighedItem, combine, find_overturn
from contested.weighing.scales import Scale, load_scale

if TYPE_CHECKING:
    import pyarrow as pa

_NEEDED = ("originals", "claims", "accounts", "contradictions", "records", "holdings", "findings", "decisions")
#: Logarithm at which a printed ratio is cut: beyond it a double would overflow.
MAX_LOG = 299 * math.log(10)


@dataclass(frozen=True, slots=True)
class _Weighed:
    """The rival accounts of one event with the items that count."""

    rivals: Rivals
    items: tuple[EvidenceItem, ...]
    scale: Scale

    @property
    def rule(self) -> Rule:
        return Rule(self.rivals.discount, math.log(self.rivals.cap))

    def against(self, account: str, other: str) -> list[WeighedItem]:
        """The items as log ratios of one account against another."""
        groups = {group.id: group for group in self.rivals.groups}
        found = []
        for item in self.items:
            low, high = _ratio(item, account)
            other_low, other_high = _ratio(item, other)
            group = groups[item.group]
            found.append(WeighedItem(
                item.id, math.log(low) - math.log(other_high), math.log(high) - math.log(other_low),
                group.id, group.class_, group.verified,
            ))  # fmt: skip
        return found


def weigh_accounts(case: Case, tables: Mapping[str, pa.Table]) -> dict[str, pa.Table]:
    """Put together what the case says of its rival accounts, and check what they imply.

    Parameters
    ----------
    case
        The case; its ``[[rivals]]``, ``[[evidence]]`` and ``[[implications]]`` say what is weighed.
    tables
        Its other tables, the findings among them.

    Returns
    -------
    dict of pyarrow.Table
        The six tables by name, each empty where the case gives nothing to put into it.

    Raises
    ------
    WeighingError
        When one of the tables is missing.
    """
    for name in _NEEDED:
        if name not in tables:
            raise WeighingError(f'the table "{name}" is missing; weighing accounts needs it: build the case')
    grounds = Grounds(case, tables)
    rivals: list[dict[str, Any]] = []
    evidence: list[dict[str, Any]] = []
    ratios: list[dict[str, Any]] = []
    odds: list[dict[str, Any]] = []
    links: list[dict[str, Any]] = []
    for declared in case.file.rivals:
        found = [(item, grounds.of(item)) for item in case.file.evidence if item.event == declared.event]
        counting = tuple(item for item, ground in found if ground.why_not is None)
        ratings: dict[str, list[int]] = {account.id: [] for account in declared.accounts}
        for item, ground in found:
            rated: dict[str, int] = {}
            if ground.why_not is None:
                rated = rate_item({account.id: _ratio(item, account.id) for account in declared.accounts})
            for account, rating in rated.items():
                ratings[account].append(rating)
            ratios += _ratio_rows(declared, item, rated)
            # What does not count is neutral for every account, which tells none apart.
            spread = diagnosticity(list(rated.values()) or [NEUTRAL])
            evidence.append({**_evidence_row(declared, item), **ground.columns(), "diagnosticity": spread})
            key = f"{item.event}|{item.id}"
            links += [{"of_table": "evidence", "of_key": key, **link} for link in ground.rows]
        weighed = _Weighed(declared, counting, load_scale(declared.scale))
        rivals += [_rival_row(weighed, account, ratings[account.id]) for account in declared.accounts]
        if found:
            odds += _odds_rows(weighed)
    implications, implied = check_implications(case, tables)
    return {
        "rivals": RIVALS.from_rows(rivals),
        "evidence": EVIDENCE.from_rows(evidence),
        "evidence_ratios": EVIDENCE_RATIOS.from_rows(ratios),
        "odds": ODDS.from_rows(odds),
        "implications": IMPLICATIONS.from_rows(implications),
        "weighed_rows": WEIGHED_ROWS.from_rows([*links, *implied]),
    }


def _ratio(item: EvidenceItem, account: str) -> tuple[float, float]:
    """The interval of an account; the reference has 1 by definition."""
    return next(((one.low, one.high) for one in item.ratios if one.account == account), (1.0, 1.0))


def _rival_row(weighed: _Weighed, account: RivalAccount, ratings: Sequence[int]) -> dict[str, Any]:
    rivals = weighed.rivals
    low, high = account.prior_odds or (None, None)
    return {
        "event_id": rivals.event, "account": account.id, "title": account.title, "parties": list(account.parties),
        "implies": account.implies, "reference": account.id == rivals.reference, "scale": rivals.scale,
        "discount": rivals.discount, "cap": rivals.cap, "prior_low": low, "prior_high": high,
        "prior_reason": account.prior_reason,
        "inconsistency": float(inconsistency(ratings)), "consistency": float(consistency(ratings)),
    }  # fmt: skip


def _evidence_row(rivals: Rivals, item: EvidenceItem) -> dict[str, Any]:
    group = next(group for group in rivals.groups if group.id == item.group)
    return {
        "event_id": item.event, "evidence_id": item.id, "title": item.title, "source_group": group.id,
        "group_title": group.title, "class": group.class_, "verified": group.verified, "absence": item.absence,
        "searched": item.searched, "expected_by": list(item.expected_by),
    }  # fmt: skip


def _ratio_rows(rivals: Rivals, item: EvidenceItem, rated: Mapping[str, int]) -> Iterator[dict[str, Any]]:
    reasons = {one.account: one.reason for one in item.ratios}
    for account in rivals.accounts:
        low, high = _ratio(item, account.id)
        yield {
            "event_id": item.event, "evidence_id": item.id, "account": account.id, "low": low, "high": high,
            "reason": reasons.get(account.id, "the account that the others are measured against"),
            "rating": rated.get(account.id),
        }  # fmt: skip


def _odds_rows(weighed: _Weighed) -> Iterator[dict[str, Any]]:
    """Every account against the reference, then the others against each other; whole, in parts, and without parts."""
    rivals = weighed.rivals
    accounts = [account.id for account in rivals.accounts if account.id != rivals.reference]
    pairs = [(account, rivals.reference) for account in accounts] + list(combinations(accounts, 2))
    for account, other in pairs:
        items = weighed.against(account, other)
        groups = sorted({item.group for item in items})
        members = {
            class_: {item.group for item in items if item.class_ == class_} for class_ in {i.class_ for i in items}
        }
        classes = sorted(class_ for class_, inside in members.items() if class_ is not None and len(inside) > 1)
        parts = [("all", "", items)]
        parts += [("without_group", name, [item for item in items if item.group != name]) for name in groups]
        parts += [("without_class", name, [item for item in items if item.class_ != name]) for name in classes]
        parts += [("only_group", name, [item for item in items if item.group == name]) for name in groups]
        for scope, part, chosen in parts:
            yield {
                "event_id": rivals.event, "account": account, "against": other, "scope": scope, "part": part,
                **_combined_columns(weighed, account, other, chosen, whole=scope == "all"),
            }  # fmt: skip


def _combined_columns(
    weighed: _Weighed, account: str, other: str, items: Sequence[WeighedItem], *, whole: bool
) -> dict[str, Any]:
    found = combine(items, weighed.rule)
    level = weighed.scale.level(found.strength)
    columns: dict[str, Any] = {
        "n_items": len(items), "n_groups": len({item.group for item in items}),
        "low": _exp(found.low), "high": _exp(found.high), "weak_end": _exp(found.strength),
        "verdict": found.verdict, "level": level.name,
    }  # fmt: skip
    titles = {one.id: one.title for one in weighed.rivals.accounts}
    reading = [_reading(found, level.name, weighed, (titles[account], titles[other]), len(items))]
    if whole:
        overturn = find_overturn(items, weighed.rule)
        if overturn is not None:
            columns |= {"common_factor": _exp(overturn.common), "overturn_evidence": overturn.item}
            if overturn.single is not None:
                columns["overturn_factor"] = _exp(overturn.single)
            reading.append(_overturn_words(columns, {item.id: item.title for item in weighed.items}))
        prior = next(one.prior_odds for one in weighed.rivals.accounts if one.id == account)
        if prior is not None and other == weighed.rivals.reference:
            low, high = (math.log(end) for end in prior)
            columns |= {"posterior_low": _exp(low + found.low), "posterior_high": _exp(high + found.high)}
        reading.append(
            "The ratios are the judgement of whoever wrote this case, not measurements. This does not show that either "
            "account is true, nor who did it: both may be wrong, and a third may fit better."
        )
    return {**columns, "reading": " ".join(reading)}


def _reading(found: Combined, level: str, weighed: _Weighed, titles: tuple[str, str], n_items: int) -> str:
    if not n_items:
        return "No item of evidence counts here, so the ratio is 1 and nothing is said."
    span = f"runs from {ratio_words(_exp(found.low))} to {ratio_words(_exp(found.high))}"
    account, other = (f"“{title}”" for title in titles)
    if found.verdict == "not_told_apart":
        return (
            f"The record as judged here does not tell {account} and {other} apart: the ratio of the first against the "
            f"second {span}, and 1 lies within."
        )
    better, worse, ends = account, other, "first against the second"
    if found.verdict == "fits_worse":
        better, worse, ends = other, account, "second against the first"
    fits = f"fits {better} better than {worse}"
    if level == weighed.scale.levels[0].name:
        fits = f"leans to {better} over {worse}"
    return (
        f"The record as judged here {fits}: the ratio of the {ends} {span}. In the words of the scale "
        f"{weighed.scale.name}, taken from the end nearer to 1: {level}."
    )


def _overturn_words(columns: Mapping[str, Any], titles: Mapping[str, str]) -> str:
    common = f"all ratios together, if each were weaker by the factor {ratio_words(columns['common_factor'])}"
    if columns["overturn_evidence"] is None:
        return f"No single ratio could overturn this; {common}, could."
    return (
        f"What would overturn it: the ratio of “{titles[columns['overturn_evidence']]}” alone, if it were weaker by "
        f"the factor {ratio_words(columns['overturn_factor'])}; or {common}."
    )


def ratio_words(ratio: float) -> str:
    """A ratio as people read it.

    >>> ratio_words(0.0123), ratio_words(1.0), ratio_words(1234.5)
    ('0.012', '1', '1,234')
    """
    return f"{ratio:,.0f}" if ratio >= 100 else f"{ratio:.2g}"


def _exp(value: float) -> float:
    return math.exp(min(max(value, -MAX_LOG), MAX_LOG))
