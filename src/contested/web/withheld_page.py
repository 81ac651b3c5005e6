"""What a published edition withholds: its rules, and counts by reason.

In: an :class:`~contested.web.edition.Edition`. Out: :class:`WithheldPage`; ``None`` for a build, which is no published
edition. Refuses: nothing; a small count is given as "fewer than", and no total is printed that would give it away.
"""

from __future__ import annotations

from dataclasses import dataclass

from contested.web.addresses import anchor
from contested.web.edition import Edition
from contested.web.numbers import Cells, Number
from contested.web.public import Row, row_key
from contested.web.strings import TEXT

PAGE = "withheld.html"


@dataclass(frozen=True, slots=True)
class WithheldLine:
    """Rows of one table withheld for one reason."""

    anchor: str
    words: str
    href: str | None
    reason: str
    number: Number


@dataclass(frozen=True, slots=True)
class WithheldPage:
    """``withheld.html``."""

    rules: tuple[tuple[str, str, Number], ...]
    """(anchor, words, value) of each rule."""
    lines: tuple[WithheldLine, ...]
    findings: tuple[WithheldLine, ...]
    cited: tuple[tuple[str, str, str], ...]
    """(file, citation, licence) of each dataset and layer."""


def show_withheld(edition: Edition) -> WithheldPage | None:
    """``withheld.html``, for a published edition only."""
    rules = edition.public.rows["edition_rules"]
    if not rules:
        return None
    lines = [_line(edition, row) for row in edition.public.of("withheld") if not row["part"]]
    findings = [_line(edition, row) for row in edition.public.of("withheld") if row["part"]]
    return WithheldPage(
        tuple(
            (f"edition_rules-{anchor(key)}", TEXT[f"rule_{key}"], _quote(edition, "edition_rules", "value", key))
            for key in rules
        ),
        tuple(lines), tuple(findings),
        tuple(
            (row["original_path"], row["citation"] or "", row["licence"] or TEXT["licence_none"])
            for row in edition.public.of("originals") if row["kind"] in ("dataset", "layer")
        ),
    )  # fmt: skip


def withheld_counts(edition: Edition, page: str) -> tuple[tuple[str, Number, str], ...]:
    """(words, count, reason) of each table and reason, for another page."""
    return tuple(
        (TEXT[f"table_{row['of_table']}"], _quote(edition, "withheld", "shown", row_key("withheld", row), page),
         TEXT[f"withheld_{row['reason']}"])
        for row in edition.public.of("withheld") if not row["part"]
    )  # fmt: skip


def _line(edition: Edition, row: Row) -> WithheldLine:
    key = row_key("withheld", row)
    words, href = TEXT[f"table_{row['of_table']}"], None
    if row["part"]:
        words = str(edition.public.rows["findings"][row["part"]]["question"])
        href = edition.addresses.row("findings", row["part"])
    number = _quote(edition, "withheld", "shown", key)
    return WithheldLine(f"withheld-{anchor(key)}", words, href, TEXT[f"withheld_{row['reason']}"], number)


def _quote(edition: Edition, table: str, column: str, key: str, page: str = PAGE) -> Number:
    number = edition.book.quote(page, TEXT["withheld"], Cells(table, column, (key,)))
    assert number is not None  # the columns are never null
    return number
