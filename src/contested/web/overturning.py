"""The findings in short, and what would overturn each.

In: an :class:`~contested.web.edition.Edition`. Out: :class:`ShortFinding` and :class:`ShortOdds`. Refuses: nothing; a
test that was refused stands as refused, and two accounts that are not told apart have no order to overturn.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from contested.web.edition import Edition
from contested.web.numbers import Cells, Number
from contested.web.public import Row, row_key
from contested.web.strings import TEXT

PAGE = "index.html"


@dataclass(frozen=True, slots=True)
class ShortFinding:
    """A finding for the front page: its result in a line, and what it hangs on."""

    question: str
    n: Number
    result: tuple[Number, ...]
    """Estimate, and the ends of its interval, as far as there are such."""
    unit: str | None
    p: Number | None
    reading: Number
    reporting_term: Number | None
    holds: tuple[Number, Number] | None
    """Other choices under which it holds, of how many that could change it."""
    flips: tuple[tuple[str, str], ...]
    """(address, words) of each choice under which it does not hold."""
    href: str


@dataclass(frozen=True, slots=True)
class ShortOdds:
    """Two rival accounts compared: what would turn their order."""

    account: str
    against: str
    verdict: str
    evidence: str | None
    """The item whose ratio alone would turn it with the least change."""
    evidence_factor: Number | None
    common_factor: Number | None
    href: str


def show_short_findings(edition: Edition) -> tuple[tuple[ShortFinding, ...], tuple[ShortFinding, ...]]:
    """Those that were tested, and those that were refused as tests."""
    varied = edition.grouped("robustness", "finding_id")
    found: tuple[list[ShortFinding], list[ShortFinding]] = ([], [])
    for key, row in edition.public.rows["findings"].items():
        found[row["refused"]].append(_finding(edition, key, row, varied.get((key,), [])))
    return tuple(found[0]), tuple(found[1])


def _finding(edition: Edition, key: str, row: Row, varied: list[Row]) -> ShortFinding:
    book = edition.book

    def value(column: str) -> Number | None:
        return book.value(PAGE, TEXT[column], Cells("findings", column, (key,)), style="real")

    def count(word: str, **where: Any) -> Number:
        return book.count_where(PAGE, TEXT[word], "robustness", {"finding_id": key, **where})

    reading = book.quote(PAGE, TEXT["reading"], Cells("findings", "reading", (key,)))
    n = book.value(PAGE, TEXT["n_incidents"], Cells("findings", "n", (key,)))
    assert reading is not None and n is not None  # the columns are never null
    told = any(one["holds"] is not None for one in varied)
    return ShortFinding(
        row["question"], n,
        tuple(number for column in ("estimate", "low", "high") if (number := value(column)) is not None),
        row["unit"], value("p_value"), reading,
        book.quote(PAGE, TEXT["reporting_term"], Cells("findings", "reporting_term", (key,))),
        (count("holds_in", holds=True), count("of_variants", holds=[True, False])) if told else None,
        tuple(
            (edition.addresses.row("robustness", row_key("robustness", one)), one["variant"])
            for one in varied if one["holds"] is False
        ),
        edition.addresses.row("findings", key),
    )  # fmt: skip


def show_short_odds(edition: Edition) -> tuple[ShortOdds, ...]:
    """Every pair of rival accounts over all evidence."""
    titles = {(row["event_id"], row["account"]): row["title"] for row in edition.public.of("rivals")}
    items = edition.public.rows["evidence"]
    found = []
    for key, row in edition.public.rows["odds"].items():
        if row["scope"] != "all":
            continue
        item = items.get(f"{row['event_id']}|{row['overturn_evidence']}")
        cells = {column: Cells("odds", column, (key,)) for column in ("overturn_factor", "common_factor")}
        common = edition.book.value(PAGE, TEXT["weighed_common"], cells["common_factor"], style="real")
        factor = edition.book.value(PAGE, TEXT["weighed_overturn"], cells["overturn_factor"], style="real")
        account, against = (str(titles.get((row["event_id"], row[name]), row[name])) for name in ("account", "against"))
        found.append(ShortOdds(
            account, against, row["verdict"], item["title"] if item else row["overturn_evidence"], factor, common,
            edition.addresses.row("odds", key),
        ))  # fmt: skip
    return tuple(found)
