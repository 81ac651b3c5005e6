"""Which rows an edition withholds, and why.

In: the tables of a case and the rules. Out: :class:`Parted`: the rows that may go out, and for every other row its
reason. Refuses: a list of ``[publication]`` that names a row which does not exist, since a slip of the pen there would
publish what was to be kept.

What rests on a withheld row goes with it, by the same cascade that keeps rows from the dossier
(:func:`contested.web.public.project_public`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from contested.base.case import Case
from contested.base.errors import PublicationError, nearest_name
from contested.base.originals import declared_sources
from contested.base.records import TABLES
from contested.publish.rules import Rules
from contested.publish.sites import names_site
from contested.web.public import PublicRows, Row, project_public, row_key

if TYPE_CHECKING:
    import pyarrow as pa

#: Table → key → reason.
Reasons = dict[str, dict[str, str]]
#: Tables whose rows the lists of ``[publication]`` may name.
NAMED_TABLES = ("records", "claims", "incidents", "documents")


@dataclass(frozen=True)
class Parted:
    """Public rows, and the reason of every withheld one."""

    public: PublicRows
    reasons: Reasons


def part_rows(case: Case, tables: Mapping[str, pa.Table], rules: Rules) -> Parted:
    """Part all rows by the rules.

    Raises
    ------
    PublicationError
        When a list names a row that does not exist.
    """
    rows = {name: tables[name].to_pylist() for name in TABLES}
    by_licence = project_public(tables).withheld
    reasons: Reasons = defaultdict(dict)
    for table, key, reason in _told_withheld(case, rows, rules):
        reasons[table].setdefault(key, reason)
    public = project_public(tables, reasons)
    for table, key, reason in _left_without_claims(rows, public, reasons):
        reasons[table].setdefault(key, reason)
    public = project_public(tables, reasons)
    found = {
        table: {
            key: reasons[table].get(key) or ("licence" if key in by_licence[table] else "other")
            for key in public.withheld[table]
        }
        for table in TABLES
    }
    return Parted(public, found)


def _told_withheld(case: Case, rows: Mapping[str, list[Row]], rules: Rules) -> Iterator[tuple[str, str, str]]:
    """(table, key, reason) of what lists, sensitivity, embargo and privacy withhold; the first reason counts."""
    listed = _listed(rows, rules)
    freed = {key for table, key, reason in listed if reason == "public"}
    yield from (entry for entry in listed if entry[2] != "public")
    yield from _sensitive(case, rows)
    yield from _embargoed(case, rows, rules.newest)
    if rules.live:
        yield from (entry for entry in _sites(rows) if entry[1] not in freed)
    for table in ("rejects",) if rules.publication.notes else ("rejects", "notes"):
        yield from ((table, row_key(table, row), "private") for row in rows[table])


def _listed(rows: Mapping[str, list[Row]], rules: Rules) -> list[tuple[str, str, str]]:
    known: dict[str, list[str]] = defaultdict(list)
    for table in NAMED_TABLES:
        for row in rows[table]:
            known[row_key(table, row)].append(table)
    found = []
    for reason in ("public", "restricted", "confidential"):
        for key in getattr(rules.publication, reason):
            if key not in known:
                raise PublicationError(
                    f'case.toml: publication.{reason} names "{key}", which is no record, claim, incident or document '
                    f"of the case; {nearest_name(key, known)}; nothing is published until it is right"
                )
            found += [(table, key, "other" if reason == "confidential" else reason) for table in known[key]]
    return found


def _sensitive(case: Case, rows: Mapping[str, list[Row]]) -> Iterator[tuple[str, str, str]]:
    """Rows read from files whose ``sensitivity`` is not public."""
    level = {
        case.relative(path): "restricted" if entry.sensitivity == "restricted" else "other"
        for path, entry in declared_sources(case).items() if entry.sensitivity != "public"
    }  # fmt: skip
    for table in ("documents", "claims", "votes", "records", "holdings"):
        column = "path" if table == "documents" else "original_path"
        for row in rows[table]:
            if row[column] in level:
                yield table, row_key(table, row), level[row[column]]
    of_record = {row["record_id"]: level.get(row["original_path"]) for row in rows["records"]}
    for row in rows["incidents"]:
        found = [of_record.get(record) for record in row["records"]]
        if found and all(found):
            yield "incidents", row["incident_id"], str(found[0])


def _embargoed(case: Case, rows: Mapping[str, list[Row]], newest: date) -> Iterator[tuple[str, str, str]]:
    """What tells of a day after the newest: incidents, records, claims about either, ground, whole events."""
    events = {event.id: event for event in case.file.events}
    late_events = {event.id for event in events.values() if event.first > newest}
    late = {"records": set[str](), "incidents": set[str]()}
    for row in rows["records"]:
        if row["date_end"] > newest:
            late["records"].add(row["record_id"])
    for row in rows["incidents"]:
        if row["date_end"] > newest or late["records"] & set(row["records"]):
            late["incidents"].add(row["incident_id"])
            late["records"] |= set(row["records"])
    for table, keys in late.items():
        yield from ((table, key, "embargo") for key in sorted(keys))
    linked = {row["claim_id"] for row in rows["claim_links"] if row["incident_id"] in late["incidents"]}
    published = {row["document_id"]: row["published"] for row in rows["documents"]}
    late_rows = {
        (row["original_path"], row["original_row"]) for row in rows["records"] if row["record_id"] in late["records"]
    }
    for row in rows["claims"]:
        carried = row["origin"] == "record" and (row["original_path"], row["original_row"]) in late_rows
        about = row["event_on_high"] or row["event_on_low"]
        if about is None and row["event_id"] in events:
            about = min(events[row["event_id"]].last, _told_on(row, published) or date.max)
        about = about or _told_on(row, published)
        if row["claim_id"] in linked or carried or (about is not None and about > newest):
            yield "claims", row["claim_id"], "embargo"
    with_claims = {row["document_id"] for row in rows["claims"]}
    for row in rows["documents"]:
        if row["published"] is not None and row["published"] > newest and row["document_id"] not in with_claims:
            yield "documents", row["document_id"], "embargo"
    late_ground = {row_key("holdings", row) for row in rows["holdings"] if row["valid_from"] > newest}
    yield from (("holdings", key, "embargo") for key in sorted(late_ground))
    for row in rows["weighed_rows"]:
        if row["of_table"] == "implications" and row["table"] == "holdings" and row["row_key"] in late_ground:
            yield "implications", row["of_key"], "embargo"
    late_findings = {row["finding_id"] for row in rows["findings"] if row["event_id"] in late_events}
    for table in TABLES:
        names = {column.name for column in TABLES[table].columns}
        for row in rows[table] if names & {"event_id", "finding_id"} else ():
            if row.get("event_id") in late_events or row.get("finding_id") in late_findings:
                yield table, row_key(table, row), "embargo"


def _told_on(claim: Row, published: Mapping[str, date | None]) -> date | None:
    return claim["said_on"] or claim["reported_on"] or published.get(claim["document_id"])


def _sites(rows: Mapping[str, list[Row]]) -> Iterator[tuple[str, str, str]]:
    """Rows that name a health, shelter or school site."""
    for table, columns in (("records", ("place_name", "title")), ("claims", ("place_text",))):
        for row in rows[table]:
            if any(names_site(row[column]) for column in columns):
                yield table, row_key(table, row), "restricted"


def _left_without_claims(
    rows: Mapping[str, list[Row]], public: PublicRows, reasons: Reasons
) -> Iterator[tuple[str, str, str]]:
    """What is empty once its rows are gone: documents without a public claim, their originals, counts over all rows."""
    had = {row["document_id"] for row in rows["claims"]}
    has = {row["document_id"] for row in public.of("claims")}
    gone = had - has
    yield from (("documents", key, "other") for key in sorted(gone & public.rows["documents"].keys()))
    kept = {row["path"] for key, row in public.rows["documents"].items() if key not in gone}
    for row in rows["originals"]:
        if row["kind"] == "document" and row["original_path"] not in kept:
            yield "originals", row["original_path"], "other"
    # Counts with and without a dataset or a link would give single withheld rows by subtraction.
    if reasons["records"] or reasons["incidents"] or public.withheld["records"] or public.withheld["incidents"]:
        yield from (("sensitivity", row_key("sensitivity", row), "other") for row in rows["sensitivity"])
    hiding = {
        row["finding_id"] for row in rows["finding_rows"] if row["row_key"] in public.withheld.get(row["table"], {})
    }
    for row in rows["robustness"]:
        if row["kind"] in ("dataset", "outlet", "week") and row["finding_id"] in hiding:
            yield "robustness", row_key("robustness", row), "other"
