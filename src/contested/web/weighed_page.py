"""Accounts against the record: what each implies, what was checked, the ratios, and the matrix as a view.

In: an :class:`~contested.web.edition.Edition`. Out: :class:`WeighedPage`, or ``None`` when the case has no rival
accounts and nothing that they imply was checked. Refuses: nothing; an item that does not count stands with its reason.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from contested.web.addresses import weighed_anchor
from contested.web.edition import Edition
from contested.web.finding_pages import row_title
from contested.web.marks import Mark
from contested.web.numbers import Cells, Number, Style
from contested.web.public import Row, row_key
from contested.web.ratio_figure import RatioBar, draw_ratios
from contested.web.strings import TEXT
from contested.web.words import code_words
from contested.weighing.scales import Scale, load_scale

PAGE = "weighed.html"
RESULTS = ("contradicted", "unknown", "not_contradicted")
#: Rows listed under one implication; the rest stands in ``data/weighed_rows.csv``.
MAX_ROWS = 12
#: Numbers beside a combined ratio, in the order of printing: words, column of ``odds``.
_COMBINED = (
    ("weighed_weak_end", "weak_end"), ("weighed_items", "n_items"), ("weighed_groups", "n_groups"),
    ("weighed_overturn", "overturn_factor"), ("weighed_common", "common_factor"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shown:
    """A row that something rests on: its page, its words, and its passage where it is a claim."""

    href: str
    text: str
    passage_href: str | None


@dataclass(frozen=True, slots=True)
class RivalBlock:
    """One rival account."""

    anchor: str
    title: str
    parties: tuple[Mark, ...]
    implies: str
    reference: bool
    prior: tuple[Number, Number, str] | None
    inconsistency: Number
    consistency: Number


@dataclass(frozen=True, slots=True)
class RatioCell:
    """One item under one account; ``rating`` is null when the item does not count."""

    account: str
    low: Number
    high: Number
    reason: str
    rating: Number | None
    rating_words: str


@dataclass(frozen=True, slots=True)
class EvidenceBlock:
    """One item of evidence with its ratios."""

    anchor: str
    row: Row
    expected_by: tuple[str, ...]
    cells: tuple[RatioCell, ...]
    rests_on: tuple[Shown, ...]
    diagnosticity: Number


@dataclass(frozen=True, slots=True)
class PartLine:
    """A combined ratio of part of the evidence; ``turned`` when it gives another order than the whole."""

    words: str
    low: Number
    high: Number
    level: str
    verdict: str
    turned: bool


@dataclass(frozen=True, slots=True)
class OddsBlock:
    """One account against another."""

    anchor: str
    account: str
    against: str
    numbers: tuple[tuple[str, Number], ...]
    low: Number
    high: Number
    level: str
    reading: Number
    posterior: tuple[Number, Number] | None
    svg: str
    parts: tuple[PartLine, ...]


@dataclass(frozen=True, slots=True)
class ImplicationLine:
    """One implication that was checked."""

    anchor: str
    statement: str
    reading: Number
    checked: bool
    rows: tuple[Shown, ...]


@dataclass(frozen=True, slots=True)
class WeighedEvent:
    """The accounts of one event."""

    anchor: str
    title: str
    rivals: tuple[RivalBlock, ...]
    scale: Scale | None
    discount: Number | None
    cap: Number | None
    odds: tuple[OddsBlock, ...]
    evidence: tuple[EvidenceBlock, ...]
    implications: tuple[tuple[str, tuple[ImplicationLine, ...]], ...]
    """Result, and what has it: contradicted before unknown before not contradicted."""


@dataclass(frozen=True, slots=True)
class WeighedPage:
    """``weighed.html``."""

    events: tuple[WeighedEvent, ...]


def show_weighed(edition: Edition) -> WeighedPage | None:
    """``weighed.html``."""
    rivals = edition.grouped("rivals", "event_id")
    implications = edition.grouped("implications", "event_id")
    events = tuple(
        _event(edition, event.id, event.title, rivals.get((event.id,), []), implications.get((event.id,), []))
        for event in edition.case.file.events
        if (event.id,) in rivals or (event.id,) in implications
    )
    return WeighedPage(events) if events else None


def _number(edition: Edition, table: str, row: Row, column: str, style: Style = "real") -> Number | None:
    return edition.book.value(PAGE, code_words(column), Cells(table, column, (row_key(table, row),)), style)


def _sure(number: Number | None) -> Number:
    assert number is not None  # the column is never null
    return number


def _event(
    edition: Edition, event_id: str, title: str, rivals: Sequence[Row], implications: Sequence[Row]
) -> WeighedEvent:
    # In the order of case.toml, which puts the accounts and the evidence as their writer reads them.
    declared = next((one for one in edition.case.file.rivals if one.event == event_id), None)
    order = [account.id for account in declared.accounts] if declared else []
    rivals = sorted(rivals, key=lambda row: order.index(row["account"]))
    titles = {row["account"]: row["title"] for row in rivals}
    items = [item.id for item in edition.case.file.evidence if item.event == event_id]
    evidence = [edition.public.rows["evidence"][f"{event_id}|{name}"] for name in items]
    shown = _rows_shown(edition)
    by_result: dict[str, list[ImplicationLine]] = {result: [] for result in RESULTS}
    for row in sorted(implications, key=lambda row: (not row["checked"], row["kind"], row["statement"])):
        by_result[row["result"]].append(
            _implication(edition, row, shown.get(("implications", row["implication_id"]), ()))
        )
    return WeighedEvent(
        f"event-{event_id}", title,
        tuple(_rival(edition, row) for row in rivals),
        load_scale(rivals[0]["scale"]) if rivals else None,
        _number(edition, "rivals", rivals[0], "discount") if rivals else None,
        _number(edition, "rivals", rivals[0], "cap") if rivals else None,
        _odds(edition, event_id, titles, evidence),
        tuple(
            _evidence(edition, row, titles, shown.get(("evidence", row_key("evidence", row)), ())) for row in evidence
        ),
        tuple((result, tuple(lines)) for result, lines in by_result.items() if lines),
    )  # fmt: skip


def _rows_shown(edition: Edition) -> dict[tuple[str, str], tuple[Shown, ...]]:
    """What each item and implication rests on, as far as it is printed."""
    found: dict[tuple[str, str], list[Shown]] = {}
    for row in edition.public.of("weighed_rows"):
        listed = found.setdefault((row["of_table"], row["of_key"]), [])
        target = edition.public.rows[row["table"]].get(row["row_key"])
        if target is None or len(listed) >= MAX_ROWS:
            continue
        passage = edition.addresses.passage(row["row_key"]) if row["table"] == "claims" else None
        words = row["row_key"] if row["table"] == "originals" else row_title(edition, row["table"], target)
        listed.append(Shown(edition.addresses.row(row["table"], row["row_key"]), words, passage))
    return {key: tuple(listed) for key, listed in found.items()}


def _rival(edition: Edition, row: Row) -> RivalBlock:
    low, high = (_number(edition, "rivals", row, f"prior_{end}") for end in ("low", "high"))
    return RivalBlock(
        weighed_anchor("rivals", row), row["title"], tuple(edition.marks(party) for party in row["parties"]),
        row["implies"], row["reference"],
        None if low is None or high is None else (low, high, row["prior_reason"]),
        _sure(_number(edition, "rivals", row, "inconsistency")), _sure(_number(edition, "rivals", row, "consistency")),
    )  # fmt: skip


def _evidence(edition: Edition, row: Row, titles: dict[str, str], rests_on: tuple[Shown, ...]) -> EvidenceBlock:
    cells = []
    for account, title in titles.items():
        ratio = edition.public.rows["evidence_ratios"][f"{row['event_id']}|{row['evidence_id']}|{account}"]
        rated = ratio["rating"]
        cells.append(RatioCell(
            title, _sure(_number(edition, "evidence_ratios", ratio, "low")),
            _sure(_number(edition, "evidence_ratios", ratio, "high")), ratio["reason"],
            _number(edition, "evidence_ratios", ratio, "rating", "int"),
            TEXT["weighed_not_rated" if rated is None else f"weighed_rating_{rated}"],
        ))  # fmt: skip
    return EvidenceBlock(
        weighed_anchor("evidence", row), row, tuple(titles[account] for account in row["expected_by"]), tuple(cells),
        rests_on, _sure(_number(edition, "evidence", row, "diagnosticity")),
    )  # fmt: skip


def _odds(edition: Edition, event_id: str, titles: dict[str, str], evidence: Sequence[Row]) -> tuple[OddsBlock, ...]:
    groups = {row["source_group"]: row["group_title"] for row in evidence}
    by_pair: dict[tuple[str, str], list[Row]] = {}
    for row in edition.grouped("odds", "event_id").get((event_id,), []):
        by_pair.setdefault((row["account"], row["against"]), []).append(row)
    # Against the reference first, then the others against each other.
    order = list(titles)
    references = {row["account"] for row in edition.public.of("rivals") if row["reference"]}
    pairs = sorted(by_pair, key=lambda pair: (pair[1] not in references, order.index(pair[0]), order.index(pair[1])))
    return tuple(_pair(edition, by_pair[pair], titles, groups) for pair in pairs)


def _pair(edition: Edition, rows: Sequence[Row], titles: dict[str, str], groups: dict[str, str]) -> OddsBlock:
    whole = next(row for row in rows if row["scope"] == "all")
    account, against = titles[whole["account"]], titles[whole["against"]]
    scopes = ("only_group", "without_group", "without_class")
    parts = sorted((row for row in rows if row["scope"] in scopes), key=lambda row: scopes.index(row["scope"]))
    bars = [
        RatioBar(groups[row["part"]], row["low"], row["high"], False) for row in parts if row["scope"] == "only_group"
    ]
    bars.append(RatioBar(TEXT["weighed_combined"], whole["low"], whole["high"], True))
    name = weighed_anchor("odds", whole)
    numbers = [
        (TEXT[words], number)
        for words, column in _COMBINED
        if (number := _number(edition, "odds", whole, column)) is not None
    ]
    reading = edition.book.quote(PAGE, TEXT["reading"], Cells("odds", "reading", (row_key("odds", whole),)))
    low, high = (_sure(_number(edition, "odds", whole, end)) for end in ("low", "high"))
    posterior = [_number(edition, "odds", whole, f"posterior_{end}") for end in ("low", "high")]
    return OddsBlock(
        name, account, against, tuple(numbers), low, high, whole["level"], _sure(reading),
        None if posterior[0] is None or posterior[1] is None else (posterior[0], posterior[1]),
        draw_ratios(bars, account, against, name),
        tuple(_part(edition, row, whole, groups) for row in parts),
    )  # fmt: skip


def _part(edition: Edition, row: Row, whole: Row, groups: dict[str, str]) -> PartLine:
    part = row["part"] if row["scope"] == "without_class" else groups[row["part"]]
    return PartLine(
        f"{TEXT['weighed_scope_' + row['scope']]} {part}",
        _sure(_number(edition, "odds", row, "low")), _sure(_number(edition, "odds", row, "high")),
        row["level"], TEXT[f"weighed_{row['verdict']}"],
        row["scope"] != "only_group" and row["verdict"] != whole["verdict"],
    )  # fmt: skip


def _implication(edition: Edition, row: Row, rows: tuple[Shown, ...]) -> ImplicationLine:
    reading = edition.book.quote(PAGE, TEXT["reading"], Cells("implications", "reading", (row["implication_id"],)))
    return ImplicationLine(weighed_anchor("implications", row), row["statement"], _sure(reading), row["checked"], rows)
