"""Rival accounts of an event in ``case.toml``: what each needs, and how well the evidence fits it.

In: the tables ``[[rivals]]``, ``[[evidence]]`` and ``[[implications]]``. Out: frozen models, and faults for
:mod:`contested.base.case` to show with their lines. Refuses: a ratio without a reason, or outside
[10⁻⁶, 10⁶]; names that the case does not know; what is said twice; implications that exclude each other.

A likelihood ratio is P(evidence | this account) / P(evidence | the reference account). Everything in these
tables is the judgement of whoever wrote the case, and the pages say so.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, model_validator

from contested.base.case_parts import STRICT, Latitude, Longitude, Name
from contested.base.errors import nearest_name
from contested.base.presets import verbal_scales
from contested.base.toml_lines import line_of

#: Largest ratio, and inverse of the smallest, that one item may bear. The highest level of ENFSI's scale begins
#: here; a reason written in words can hardly bear more. Larger strength comes from several independent groups.
MAX_RATIO = 1e6

Ratio = Annotated[float, Field(ge=1 / MAX_RATIO, le=MAX_RATIO, allow_inf_nan=False)]
Words = Annotated[str, Field(min_length=1)]
Absence = Literal["not_looked_for", "looked_for_and_absent", "expected_and_absent"]


class _Part(BaseModel):
    model_config = STRICT


def _check_order(low: float, high: float, what: str) -> None:
    if low > high:
        raise ValueError(f"{what} runs from {low:g} to {high:g}; the lower end comes first")


class RivalAccount(_Part):
    """One account of the event, as the case states it."""

    id: Name
    title: Words
    """The account in a few neutral words; it stands on the pages."""
    parties: tuple[Name, ...] = ()
    """Parties that hold it, or have held it; none where only others bring it up."""
    implies: Words
    """What should be found if it holds, in words: written before looking at the ratios."""
    prior_odds: tuple[Ratio, Ratio] | None = None
    """Odds against the reference before any of the evidence. Without it no posterior is printed anywhere."""
    prior_reason: Words | None = None

    @model_validator(mode="after")
    def _has_prior_with_reason(self) -> RivalAccount:
        if self.prior_odds is not None:
            _check_order(*self.prior_odds, "prior_odds")
            if self.prior_reason is None:
                raise ValueError("prior_odds are given without a reason; add prior_reason, or leave both out")
        return self


class SourceGroup(_Part):
    """Everything that comes from one hand: it counts once, however often it is told."""

    id: Name
    title: Words
    class_: str | None = Field(None, alias="class", min_length=1)
    """Groups with one class have a common cause (the same samples, the same witnesses)."""
    verified: bool = False
    """Whether its evidence was checked by somebody who did not depend on it; otherwise ``cap`` holds."""
    note: str = ""


class Rivals(_Part):
    """Rival accounts of one event, and how their evidence is put together."""

    event: Name
    reference: Name
    """Account that every ratio is against."""
    scale: Name = "enfsi-2015"
    """Words for ratios: ``presets/scale-NAME.toml``."""
    discount: float = Field(0.5, ge=0, le=1)
    """Share of their weight that all but the strongest of a class keep: a structural correction, not a measured one."""
    cap: float = Field(10.0, ge=1, le=MAX_RATIO)
    """Largest ratio that a group may count for while it is not verified."""
    accounts: Annotated[tuple[RivalAccount, ...], Field(min_length=2)]
    groups: tuple[SourceGroup, ...] = ()


class EvidenceRatio(_Part):
    """How much more probable the item is under one account than under the reference."""

    account: Name
    low: Ratio
    high: Ratio
    reason: Words
    """Why not lower and why not higher, so that somebody who disagrees can say where."""

    @model_validator(mode="after")
    def _in_order(self) -> EvidenceRatio:
        _check_order(self.low, self.high, "the ratio")
        return self


class EvidenceItem(_Part):
    """One thing that was found, or not found, with its ratio for every account but the reference."""

    id: Name
    event: Name
    title: Words
    group: Name
    finding: str | None = None
    """Test of the weighing (``area_shares``) or the id of one finding."""
    layer: Name | None = None
    """Layer of that finding, where the case has several."""
    result: tuple[float, float] | None = None
    """Estimates of the finding for which the ratios were judged; with another the item does not count."""
    claims: tuple[str, ...] = ()
    """Ids of claims that it rests on."""
    originals: tuple[str, ...] = ()
    """Paths of originals that it rests on."""
    absence: Absence | None = None
    """Set where nothing was found. What nobody looked for must have the ratio 1."""
    searched: str | None = Field(None, min_length=1)
    """Where and how it was looked for."""
    expected_by: tuple[Name, ...] = ()
    """Accounts under which it should have been found, for ``expected_and_absent``."""
    ratios: tuple[EvidenceRatio, ...]

    @model_validator(mode="after")
    def _rests_on_something(self) -> EvidenceItem:
        if not (self.finding or self.claims or self.originals or self.absence):
            raise ValueError("it rests on nothing; name a finding, claims or originals, or set absence")
        if (self.finding is None) != (self.result is None):
            raise ValueError(
                "finding and result = [lowest, highest estimate] go together; the ratios speak of a result"
            )
        if self.result is not None:
            _check_order(*self.result, "result")
        if (self.absence in ("looked_for_and_absent", "expected_and_absent")) != (self.searched is not None):
            raise ValueError("what was looked for and is absent needs searched (where and how), and nothing else does")
        if (self.absence == "expected_and_absent") != bool(self.expected_by):
            raise ValueError("expected_and_absent needs expected_by (the accounts), and nothing else does")
        return self


class Implication(_Part):
    """A place that somebody must, or must not, have held on a day if an account holds."""

    event: Name
    account: Name
    held_by: Name | None = None
    """Party that must have held the place."""
    not_held_by: Name | None = None
    """Party that cannot have held it."""
    place: Words
    """Name of the place; its point is looked up among the records unless ``lon`` and ``lat`` are given."""
    lon: Longitude | None = None
    lat: Latitude | None = None
    radius_m: float | None = Field(None, ge=0, allow_inf_nan=False)
    """Radius that the place must be drawn from, metres."""
    first: date = Field(alias="from")
    last: date = Field(alias="to")
    reason: Words

    @model_validator(mode="after")
    def _is_whole(self) -> Implication:
        if (self.held_by is None) == (self.not_held_by is None):
            raise ValueError("give one of held_by and not_held_by")
        if not (self.lon is None) == (self.lat is None) == (self.radius_m is None):
            raise ValueError("lon, lat and radius_m go together; give all three, or none and a place of the records")
        if self.last < self.first:
            raise ValueError(f"it ends on {self.last}, before its start {self.first}")
        return self


@dataclass(frozen=True, slots=True)
class KnownNames:
    """Names that the rest of ``case.toml`` declares."""

    events: Collection[str]
    parties: Collection[str]
    layers: Collection[str]


def rival_faults(
    rivals: Sequence[Rivals], evidence: Sequence[EvidenceItem], implications: Sequence[Implication],
    known: KnownNames, lines: list[str],
) -> Iterator[str]:  # fmt: skip
    """Faults that no single value shows, each a line of text with the line of the file."""

    def fault(location: tuple[Any, ...], words: str) -> str:
        return f"line {line_of(lines, location)}: {'.'.join(map(str, location))}: {words}"

    def unknown(name: str | None, names: Collection[str], location: tuple[Any, ...], what: str) -> Iterator[str]:
        if name is not None and name not in names:
            yield fault(location, f'"{name}" is no known {what}; {nearest_name(name, names)}')

    declared: dict[str, Rivals] = {}
    for number, one in enumerate(rivals):
        at: tuple[Any, ...] = ("rivals", number)
        if one.event in declared:
            yield fault(at, f'the rival accounts of "{one.event}" are declared twice; put them into one table')
        declared.setdefault(one.event, one)
        accounts = [account.id for account in one.accounts]
        yield from unknown(one.event, known.events, (*at, "event"), "event")
        yield from unknown(one.reference, accounts, (*at, "reference"), "account of this event")
        yield from unknown(one.scale, verbal_scales(), (*at, "scale"), "verbal scale")
        for part, names in (("accounts", accounts), ("groups", [group.id for group in one.groups])):
            for place, words in _met_twice(names):
                yield fault((*at, part, place), words)
        for place, account in enumerate(one.accounts):
            for party in account.parties:
                yield from unknown(party, known.parties, (*at, "accounts", place, "parties"), "party")
            if account.prior_odds is not None and account.id == one.reference:
                yield fault(
                    (*at, "accounts", place, "prior_odds"), "the reference has odds of 1 against itself; leave it out"
                )
    for place, words in _met_twice([f"{item.event}: {item.id}" for item in evidence]):
        yield fault(("evidence", place), words)
    for number, item in enumerate(evidence):
        at = ("evidence", number)
        if item.event not in declared:
            yield from unknown(item.event, declared, (*at, "event"), "event with [[rivals]]")
            continue
        yield from unknown(item.layer, known.layers, (*at, "layer"), "layer")
        for inner, words in _evidence_faults(item, declared[item.event]):
            yield fault((*at, *inner), words)
    for number, implication in enumerate(implications):
        at = ("implications", number)
        for key in ("held_by", "not_held_by"):
            yield from unknown(getattr(implication, key), known.parties, (*at, key), "party")
        if implication.event not in declared:
            yield from unknown(implication.event, declared, (*at, "event"), "event with [[rivals]]")
            continue
        accounts = [account.id for account in declared[implication.event].accounts]
        yield from unknown(implication.account, accounts, (*at, "account"), "account of this event")
    for (_, earlier), (number, later) in combinations(enumerate(implications), 2):
        if excluded := _exclude_each_other(earlier, later):
            yield fault(("implications", number), excluded)


def _met_twice(names: Sequence[str]) -> Iterator[tuple[int, str]]:
    for number, name in enumerate(names):
        if name in names[:number]:
            yield number, f'"{name}" is declared twice; rename one'


def _evidence_faults(item: EvidenceItem, rivals: Rivals) -> Iterator[tuple[tuple[Any, ...], str]]:
    """Place within the item, and words, of each fault against the rivals of its event."""
    groups = [group.id for group in rivals.groups]
    accounts = [account.id for account in rivals.accounts]
    if item.group not in groups:
        yield ("group",), f'"{item.group}" is no known group of this event; {nearest_name(item.group, groups)}'
    for name in item.expected_by:
        if name not in accounts:
            yield ("expected_by",), f'"{name}" is no known account of this event; {nearest_name(name, accounts)}'
    given = [ratio.account for ratio in item.ratios]
    for number, ratio in enumerate(item.ratios):
        at = ("ratios", number)
        if ratio.account not in accounts:
            yield (
                (*at, "account"),
                (f'"{ratio.account}" is no known account of this event; {nearest_name(ratio.account, accounts)}'),
            )
        elif ratio.account == rivals.reference:
            yield at, f'"{ratio.account}" is the reference, whose ratio is 1; give ratios for the other accounts'
        if ratio.account in given[:number]:
            yield at, f'"{ratio.account}" has two ratios for the evidence "{item.id}" of group "{item.group}"; keep one'
        if item.absence == "not_looked_for" and (ratio.low, ratio.high) != (1.0, 1.0):
            yield at, f"nobody looked for it, so its ratio is 1 to 1, not {ratio.low:g} to {ratio.high:g}"
        if words := _against_expectation(item, ratio, rivals.reference):
            yield at, words
    missing = [name for name in accounts if name != rivals.reference and name not in given]
    if missing:
        yield (), f"it has no ratio for {_listed(missing)}; where it tells nothing, say 1 to 1 and why"


def _against_expectation(item: EvidenceItem, ratio: EvidenceRatio, reference: str) -> str | None:
    """What is expected under one account only, and is absent, cannot speak for that account."""
    if item.absence != "expected_and_absent" or (ratio.account in item.expected_by) == (reference in item.expected_by):
        return None
    if ratio.account in item.expected_by and ratio.high > 1:
        return f'"{ratio.account}" expected what is absent, and the reference did not: high must be at most 1'
    if reference in item.expected_by and ratio.low < 1:
        return "the reference expected what is absent, and this account did not: low must be at least 1"
    return None


def _exclude_each_other(a: Implication, b: Implication) -> str | None:
    """Why two implications of one account cannot both hold; ``None`` when they can."""
    same_place = a.place.casefold() == b.place.casefold() or (a.lon is not None and (a.lon, a.lat) == (b.lon, b.lat))
    if (a.event, a.account) != (b.event, b.account) or not same_place or a.last < b.first or b.last < a.first:
        return None
    if a.held_by is not None and b.held_by is not None and a.held_by != b.held_by:
        return f'"{a.account}" needs "{a.place}" to be held by "{a.held_by}" and by "{b.held_by}" on one day; mend one'
    for needed, excluded in ((a.held_by, b.not_held_by), (b.held_by, a.not_held_by)):
        if needed is not None and needed == excluded:
            return f'"{a.account}" needs "{a.place}" to be held by "{needed}" and excludes it on one day; mend one'
    return None


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)
