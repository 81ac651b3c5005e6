"""Findings, the rows behind numbers, and the sources.

In: an :class:`~contested.web.edition.Edition`. Out: the findings, rows and sources pages. Refuses:
nothing; a refused test is shown as refused, with its counts, among the tests that ran.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from typing import Any

from contested.base.records import TABLES
from contested.web.addresses import anchor, safe_link
from contested.web.beside_findings import read_details, show_pictures, show_robustness
from contested.web.claim_pages import document_words, speaker_words
from contested.web.edition import Edition
from contested.web.exports import data_file, finding_csv, finding_file
from contested.web.incident_pages import cell_words
from contested.web.numbers import MAX_SHOWN_ROWS, Cells, Number, matches
from contested.web.pages import (
    FindingBlock,
    FindingsPage,
    NumberRows,
    OriginalLine,
    RejectLine,
    SourcesPage,
    TestLine,
)  # fmt: skip
from contested.web.public import Row
from contested.web.strings import TEXT
from contested.web.withheld_page import withheld_counts
from contested.web.words import code_words, day_words, said_words, span_words
from contested.weighing.findings import TESTS

#: Numbers of a finding in the order of printing.
_VALUES = ("estimate", "low", "high", "bound_low", "bound_high", "p_value")
#: Entries of ``details`` printed on the page; the whole object is in findings.csv.
MAX_DETAILS = 40
#: Rows of a finding printed in its table; all stand in its CSV.
MOST_TABLE_ROWS = 40


def show_findings(edition: Edition) -> FindingsPage:
    """``findings.html``."""
    used = edition.grouped("finding_rows", "finding_id")
    varied = edition.grouped("robustness", "finding_id")
    order = {test.__name__: number for number, test in enumerate(TESTS)}
    rows = dict(sorted(
        edition.public.rows["findings"].items(), key=lambda one: (order.get(one[1]["test"], len(order)), one[0])
    ))  # fmt: skip
    tests = tuple(_test_line(edition, key, row) for key, row in rows.items())
    for lines in varied.values():
        lines.sort(key=lambda one: one["variant_no"])
    return FindingsPage(
        tuple(_finding(edition, key, row, (used.get((key,), []), varied.get((key,), []))) for key, row in rows.items()),
        tests,
        edition.book.count_where("findings.html", TEXT["n_tests"], "findings"),
        edition.book.count_where("findings.html", TEXT["n_refused"], "findings", {"refused": True}),
    )


def _test_line(edition: Edition, key: str, row: Row) -> TestLine:
    """A test in the table of all."""

    def value(column: str) -> Number | None:
        return edition.book.value("findings.html", TEXT[column], Cells("findings", column, (key,)), style="real")

    n = edition.book.value("findings.html", TEXT["n_incidents"], Cells("findings", "n", (key,)))
    assert n is not None  # never null
    refusal = None
    if row["refused"] and "refusal" in read_details(row):
        refusal = edition.book.quote("findings.html", TEXT["result"], Cells("findings", "details/refusal", (key,)))
    result = tuple(number for column in ("estimate", "low", "high") if (number := value(column)) is not None)
    null = row["null_model"]
    return TestLine(
        anchor(key), row["question"], edition.event_title(row["event_id"]) or "", row["layer"],
        None if null is None else re.split(r"[:;]", null)[0], n, result, row["unit"], value("p_value"),
        None if row["seed"] is None else str(row["seed"]), row["refused"], refusal,
    )  # fmt: skip


def _finding(edition: Edition, key: str, row: Row, beside: tuple[list[Row], list[Row]]) -> FindingBlock:
    page, book = "findings.html", edition.book

    def quote(column: str) -> Number | None:
        return book.quote(page, TEXT[column], Cells("findings", column, (key,)))

    roles: dict[tuple[str, str], list[str]] = defaultdict(list)
    used, varied = printed_rows(edition, beside[0]), beside[1]
    for entry in used:
        roles[entry["role"], entry["table"]].append(entry["row_key"])
    values = []
    for column in _VALUES:
        number = book.value(page, TEXT[column], Cells("findings", column, (key,)), style="real")
        if number is not None:
            values.append((TEXT[column], number))
    n = book.value(page, TEXT["n_incidents"], Cells("findings", "n", (key,)))
    reading, method = quote("reading"), quote("method")
    assert n is not None and reading is not None and method is not None  # never null
    return FindingBlock(
        anchor(key), code_words(row["test"]), row["question"], edition.event_title(row["event_id"]) or "",
        row["layer"], row["refused"], n, tuple(values), row["unit"], row["interval"], quote("null_model"),
        quote("reporting_term"), None if row["seed"] is None else str(row["seed"]), reading, method,
        show_pictures(edition, key, row), show_robustness(edition, key, row, varied),
        tuple(row["assumptions"]), tuple(_details(edition, key, row)),
        tuple(
            (f"{code_words(role)}: {TEXT[f'table_{table}']}", book.count(page, f"{code_words(role)}", table, keys))
            for (role, table), keys in sorted(roles.items())
        ),
        tuple(
            (
                code_words(one["role"]), TEXT[f"table_{one['table']}"],
                edition.addresses.row(one["table"], one["row_key"]),
                row_title(edition, one["table"], edition.public.rows[one["table"]][one["row_key"]]),
            )
            for one in used[:MOST_TABLE_ROWS]
        ), max(0, len(used) - MOST_TABLE_ROWS), finding_file(edition, key, len(used)),
    )  # fmt: skip


def printed_rows(edition: Edition, used: list[Row]) -> list[Row]:
    """Those of the rows that a finding used which may be printed."""
    return [one for one in used if one["table"] in TABLES and one["row_key"] in edition.public.rows[one["table"]]]


def finding_files(edition: Edition) -> dict[str, bytes]:
    """The rows of each finding, a CSV each: path → bytes; findings that used many rows have none of their own."""
    found = {}
    for (key,), used in edition.grouped("finding_rows", "finding_id").items():
        rows = printed_rows(edition, used)
        if finding_file(edition, key, len(rows)).startswith("data/findings/"):
            found[finding_file(edition, key, len(rows))] = finding_csv(edition, rows)
    return found


def _details(edition: Edition, key: str, row: Row) -> list[tuple[str, Number | str]]:
    """The counts behind a finding: numbers as links, other values as text."""
    details = read_details(row)
    found: list[tuple[str, Number | str]] = []

    def walk(value: Any, path: list[str]) -> None:
        if len(found) >= MAX_DETAILS or value is None:
            return
        label = ", ".join(code_words(part) for part in path)
        # A name with the path separator in it could not be found again; it is printed as text.
        plain = all("/" not in part for part in path)
        if isinstance(value, dict):
            for name in value:
                walk(value[name], [*path, str(name)])
        elif isinstance(value, (int, float)) and not isinstance(value, bool) and plain:
            cells = Cells("findings", "/".join(["details", *path]), (key,))
            number = edition.book.value("findings.html", label, cells, style="real")
            if number is not None:
                found.append((label, number))
        else:
            text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
            found.append((label, text))

    walk(details, [])
    return found


# --- rows behind numbers -----------------------------------------------------------------------


def show_number_rows(edition: Edition) -> list[NumberRows]:
    """``rows.html``: for each number over several rows, or none, the rows."""
    shown = []
    for number in edition.book.listed():
        how = number.derivation
        rows = edition.public.rows[how.table]
        keys = list(how.keys)
        if not keys and how.where is not None and how.scope == "public":
            keys = [key for key, row in rows.items() if matches(row, how.where)]
        listed = [(edition.addresses.row(how.table, key), row_title(edition, how.table, rows[key]))
                  for key in keys[:MAX_SHOWN_ROWS]]  # fmt: skip
        left_off = 0 if how.scope == "withheld" else number.n - len(listed)
        shown.append(
            NumberRows(number, _derivation_words(number), tuple(listed), left_off, data_file(edition, how.table))
        )
    return shown


def _derivation_words(number: Number) -> str:
    how = number.derivation
    what = f"{TEXT[f'aggregate_{how.aggregate}']} {TEXT['of_table']} {how.table}"
    if how.column:
        what += f", {TEXT['column']} {how.column}"
    if how.where:
        conditions = "; ".join(f"{column} = {cell_words(value)}" for column, value in how.where.items())
        what += f", {TEXT['where']} {conditions}"
    return what + (f", {TEXT['withheld']}" if how.scope == "withheld" else "")


def row_title(edition: Edition, table: str, row: Row) -> str:
    """A row in a few words."""
    if table == "claims":
        said = said_words(row)
        return f"{speaker_words(row)}: {TEXT['stance_' + row['stance']]}" + (f", {said}" if said else "")
    if table == "incidents":
        return f"{row['title']}, {span_words(row['date_start'], row['date_end'])}"
    if table == "records":
        return f"{row['record_id']}: {row['title'] or row['place_name'] or row['kind']}"
    if table == "documents":
        return document_words(row)
    if table == "accounts":
        return f"{edition.marks(row['party']).name}: {row['answer']}" + (
            f", {day_words(row['said_on'])}" if row["said_on"] else ""
        )
    if table == "contradictions":
        a, b = edition.marks(row["party_a"]).name, edition.marks(row["party_b"]).name
        return f"{a}: {row['answer_a']} / {b}: {row['answer_b']}"
    if table == "votes":
        return f"{row['draft']}, {row['member']}: {row['vote']}"
    if table == "holdings":
        place = row["place"] or f"{row['layer']} {row['holding_no']}"
        return f"{place}: {edition.marks(row['holder']).name}, {span_words(row['valid_from'], row['valid_to'])}"
    if table == "incident_places":
        return f"{row['place_name'] or TEXT['place_unnamed']} ({row['incident_id']})"
    if table == "findings":
        return str(row["question"])
    if table == "robustness":
        return str(row["variant"])
    if table == "notes":
        return f"{row['original_path']}: {row['note']}"
    if table == "rejects":
        return f"{row['original_path']}, {TEXT['row']} {row['original_row']}: {row['reason']}"
    return " ".join(str(row[name]) for name in TABLES[table].key)


# --- sources -----------------------------------------------------------------------------------


def show_sources(edition: Edition) -> SourcesPage:
    """``sources.html``."""
    page = "sources.html"
    documents = {row["path"]: row["document_id"] for row in edition.public.of("documents")}
    withheld = tuple(
        (
            TEXT[f"table_{table}"],
            edition.book.count_where(page, TEXT[f"table_{table}"], table, scope="withheld"),
            _why_withheld(table),
        )
        for table in TABLES
        if edition.public.withheld[table]
    ) + withheld_counts(edition, page)
    originals = edition.public.rows["originals"]
    rejects = tuple(
        RejectLine(
            f"reject-{anchor(key)}", row["original_path"],
            edition.addresses.row("originals", row["original_path"]) if row["original_path"] in originals else None,
            row["original_row"], row["stage"], row["reason"], row["raw"],
        )
        for key, row in edition.public.rows["rejects"].items()
    )  # fmt: skip
    decisions = tuple(
        (f"decision-{anchor(key)}", tuple((code_words(name), cell_words(value)) for name, value in row.items()))
        for key, row in edition.public.rows["decisions"].items()
    )
    return SourcesPage(
        tuple(_original(edition, row, documents) for row in edition.public.of("originals")), withheld, rejects,
        edition.book.count_where(page, TEXT["table_rejects"], "rejects"),
        tuple(
            (f"note-{anchor(key)}", row["original_path"], row["note"])
            for key, row in edition.public.rows["notes"].items()
        ),
        decisions,
        tuple(
            (name, data_file(edition, name), table.meaning, edition.book.count_where(page, TEXT[f"table_{name}"], name))
            for name, table in TABLES.items()
        ),
        (
            "dossier.json", "incidents.parquet" if long_list(edition) else "incidents.geojson", "holdings.geojson",
            "numbers.json", "manifest.json",
        ),
    )  # fmt: skip


def long_list(edition: Edition) -> bool:
    """Whether the incidents are too many for GeoJSON; they stand as GeoParquet then."""
    return data_file(edition, "incidents").endswith(".parquet")


def _why_withheld(table: str) -> str:
    """Why rows of a table may be withheld (:mod:`contested.web.public`)."""
    if table in ("records", "incidents"):
        return TEXT["withheld_record"]
    declared = {column.name for column in TABLES[table].columns}
    return TEXT["withheld_original" if declared & {"original_path", "path"} else "withheld_rests"]


def _original(edition: Edition, row: Row, documents: dict[str, Any]) -> OriginalLine:
    document = documents.get(row["original_path"])
    size = edition.book.value(
        "sources.html", TEXT["size_bytes"], Cells("originals", "size_bytes", (row["original_path"],))
    )
    assert size is not None  # the column is never null
    return OriginalLine(
        f"original-{anchor(row['original_path'])}", row["original_path"], row["kind"], row["sha256"], size,
        row["licence"], row["citation"], row["address"], safe_link(row["address"]),
        None if document is None else edition.addresses.row("documents", document), row["publish_rows"],
    )  # fmt: skip
