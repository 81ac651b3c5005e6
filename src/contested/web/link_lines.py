"""Why records make one incident, which incidents may be one, and what the number of incidents hangs on.

In: an :class:`~contested.web.edition.Edition`. Out: lines of the pages of incidents. Refuses: nothing; a link with a
withheld record is withheld.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from contested.web.claim_pages import speaker_words
from contested.web.edition import Edition
from contested.web.numbers import Cells, Number, Style
from contested.web.pages import LinkLine, PerhapsLine, VariantLine
from contested.web.public import Row, row_key
from contested.web.strings import TEXT
from contested.web.words import said_words


@dataclass(frozen=True)
class IncidentLinks:
    """The printed links by incident."""

    within: Mapping[str, list[Row]]
    """Incident → links of its records."""
    perhaps: Mapping[str, Mapping[str, Row]]
    """Incident → other incident that it may be the same as → their likeliest unsure link."""

    @classmethod
    def of(cls, edition: Edition) -> IncidentLinks:
        """The links of an edition."""
        incident_of = {
            record: row["incident_id"] for row in edition.public.of("incidents") for record in row["records"]
        }
        within: dict[str, list[Row]] = defaultdict(list)
        perhaps: dict[str, dict[str, Row]] = defaultdict(dict)
        for row in sorted(edition.public.of("links"), key=lambda row: -row["probability"]):
            a, b = incident_of[row["record_a"]], incident_of[row["record_b"]]
            if row["linked"]:
                within[a].append(row)
            elif row["review_rank"] is not None:
                perhaps[a].setdefault(b, row)
                perhaps[b].setdefault(a, row)
        return cls(within, perhaps)


def show_links(edition: Edition, file: str, links: list[Row]) -> tuple[LinkLine, ...]:
    """The links within one incident; rows that a dataset groups stand in one line."""
    groups: dict[str, list[str]] = defaultdict(list)
    lines = []
    for row in links:
        if row["decided_by"] == "group":
            groups[row["record_a"]].append(row["record_b"])
            continue
        scored = row["decided_by"] == "score"
        lines.append(LinkLine(
            record_links(edition, row["record_a"], row["record_b"]), None if scored else TEXT["link_decision"],
            _probability(edition, file, row) if scored else None, _reasons(edition, file, row),
            row["review_rank"] is not None,
        ))  # fmt: skip
    grouped = [
        LinkLine(record_links(edition, first, *others), TEXT["link_group"], None, None, False)
        for first, others in groups.items()
    ]
    return (*grouped, *lines)


def show_perhaps(
    edition: Edition, file: str, others: Mapping[str, Row], order: Mapping[str, int]
) -> tuple[PerhapsLine, ...]:
    """Other incidents that one may be the same as, each by its likeliest pair of records."""
    return tuple(
        PerhapsLine(
            edition.addresses.row("incidents", other), order[other], edition.public.rows["incidents"][other]["title"],
            _probability(edition, file, others[other]), _reasons(edition, file, others[other]),
        )
        for other in sorted(others, key=order.__getitem__)
    )  # fmt: skip


def show_claims(edition: Edition, file: str, links: list[Row]) -> tuple[LinkLine, ...]:
    """Claims that tell of one incident, or may, the surest first."""
    lines = []
    for row in sorted(links, key=lambda row: (-row["probability"], row["claim_id"])):
        claim = edition.public.rows["claims"][row["claim_id"]]
        said = said_words(claim)
        words = f"{speaker_words(claim)}: {TEXT['stance_' + claim['stance']]}" + (f", {said}" if said else "")
        carried = claim["origin"] == "record"
        lines.append(LinkLine(
            ((edition.addresses.row("claims", row["claim_id"]), words),), TEXT["link_row"] if carried else None,
            None if carried else _probability(edition, file, row, "claim_links"),
            None if carried else _reasons(edition, file, row, "claim_links"), not row["linked"],
        ))  # fmt: skip
    return tuple(lines)


def show_variants(edition: Edition, file: str) -> tuple[VariantLine, ...]:
    """The table ``sensitivity``; nothing where no other way of linking was tried."""
    rows = edition.public.rows["sensitivity"]
    named = ("incidents", "of_several_datasets", "killed_low", "killed_high")
    columns = [(TEXT[f"variant_{column}"], column) for column in named]
    return tuple(
        VariantLine(
            f"variant-{key}", row["variant"],
            tuple(
                (word, _value(edition, file, f"{word}, {row['variant']}", Cells("sensitivity", column, (key,))))
                for word, column in columns
            ),
        )
        for key, row in (rows.items() if len(rows) > 1 else ())
    )  # fmt: skip


def _value(edition: Edition, file: str, label: str, cells: Cells, style: Style = "int") -> Number:
    number = edition.book.value(file, label, cells, style=style)
    assert number is not None  # the columns are never null
    return number


def _probability(edition: Edition, file: str, row: Row, table: str = "links") -> Number:
    cells = Cells(table, "probability", (row_key(table, row),))
    return _value(edition, file, TEXT["link_probability"], cells, "probability")


def _reasons(edition: Edition, file: str, row: Row, table: str = "links") -> Number | None:
    return edition.book.quote(file, TEXT["link_reasons"], Cells(table, "reasons", (row_key(table, row),)))


def record_links(edition: Edition, *records: str) -> tuple[tuple[str, str], ...]:
    """Address and id of each record."""
    return tuple((edition.addresses.row("records", record), record) for record in records)
