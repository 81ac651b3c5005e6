"""Lists of documents, claims, incidents and records: paged, sorted, filtered.

In: tables. Out: a page of rows with links to what they are. Refuses: nothing; an unknown sort or filter is left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.exceptions import HTTPException
from starlette.responses import Response

from contested.base.records import STANCES
from contested.review.desk import Asked, Desk, Page, Part
from contested.review.tables import CaseTables
from contested.web.strings import TEXT

PAGE_ROWS = 50

_DOCUMENTS = """
CREATE TABLE find_documents AS
SELECT document_id, path, member, coalesce(title, member, path) AS title, outlet, published, language,
  coalesce(n_claims, 0) AS n_claims, coalesce(n_unchecked, 0) AS n_unchecked
FROM (SELECT document_id, path, member, title, outlet, published, language FROM documents)
LEFT JOIN (
  SELECT document_id, count(*) AS n_claims, count(*) FILTER (WHERE NOT checked) AS n_unchecked
  FROM claims GROUP BY document_id
) USING (document_id)
"""
_CLAIMS = """
CREATE TABLE find_claims AS
SELECT claim_id, claims.document_id, coalesce(speaker_actor, speaker_text) AS speaker, speaker_party, stance,
  target_party, coalesce(said_on, reported_on) AS day, event_id, checked, score, origin, find_documents.title AS title,
  substr(array_to_string([piece['text'] for piece in passage], ' … '), 1, 240) AS words,
  lower(coalesce(speaker_actor, speaker_text, '') || ' ' || words) AS lowered
FROM claims LEFT JOIN find_documents USING (document_id)
"""


@dataclass(frozen=True)
class Listed:
    """One list: where its rows come from, and what they may be sorted and narrowed by."""

    table: str
    key: str
    sorts: Mapping[str, str]
    """Name of a sort → its SQL; the first is used when none is asked for."""
    filters: Mapping[str, str]
    """Name of a filter → a test with one value."""
    words: str
    """SQL of the text, in small letters, that a word of the filter is looked for in."""


LISTS: dict[str, Listed] = {
    "documents": Listed(
        "find_documents", "document_id",
        {"claims": "n_claims DESC", "unchecked": "n_unchecked DESC", "day": "published", "title": "title"},
        {"outlet": "outlet = ?", "language": "language = ?"}, "lower(title || ' ' || path)",
    ),
    "claims": Listed(
        "find_claims", "claim_id",
        {"day": "day", "speaker": "speaker", "party": "speaker_party", "score": "score", "title": "title"},
        {"party": "speaker_party = ?", "stance": "stance = ?", "event": "event_id = ?", "document": "document_id = ?"},
        "lowered",
    ),
    "incidents": Listed(
        "incidents", "incident_id",
        {"day": "date_start", "killed": "killed_high DESC", "records": "len(records) DESC", "title": "title"},
        {"kind": "kind = ?", "grade": "grade = ?"}, "lower(title)",
    ),
    "records": Listed(
        "records", "record_id",
        {"day": "date_start", "dataset": "dataset", "killed": "killed_high DESC", "title": "title"},
        {"dataset": "dataset = ?", "kind": "kind = ?"}, "lower(coalesce(title, '') || ' ' || coalesce(place_name, ''))",
    ),
}  # fmt: skip


def prepare(desk: Desk, tables: CaseTables) -> None:
    """The tables that lists are cut from, and the values that their filters offer."""
    tables.add(_DOCUMENTS)
    tables.add(_CLAIMS)
    desk.kept["offered"] = {
        (name, column): [row["value"] for row in tables.rows(
            f"SELECT {column} AS value FROM {table} WHERE {column} IS NOT NULL "
            "GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 100"
        )]
        for name, table, column in (
            ("documents", "find_documents", "outlet"), ("documents", "find_documents", "language"),
            ("incidents", "incidents", "kind"), ("incidents", "incidents", "grade"),
            ("records", "records", "dataset"), ("records", "records", "kind"),
        )
    }  # fmt: skip


def show_list(desk: Desk, asked: Asked) -> Response:
    """A page of one list."""
    name = asked.path["name"]
    if name not in LISTS:
        raise HTTPException(404, TEXT["review_no_row"])
    listed = LISTS[name]
    sort = asked.query.get("sort", "")
    sort = sort if sort in listed.sorts else next(iter(listed.sorts))
    chosen = {key: value for key in listed.filters if (value := asked.query.get(key, ""))}
    word = " ".join(asked.query.get("q", "").split())[:200]
    tests = [listed.filters[key] for key in chosen]
    values: list[Any] = list(chosen.values())
    if word:
        tests.append(f"contains({listed.words}, lower(?))")
        values.append(word)
    where = " WHERE " + " AND ".join(tests) if tests else ""
    n_rows = desk.tables.count(f"SELECT count(*) FROM {listed.table}{where}", values)
    pages = max(1, -(-n_rows // PAGE_ROWS))
    page = min(max(1, asked.number("page", 1)), pages)
    order = f"ORDER BY {listed.sorts[sort]} NULLS LAST, {listed.key}"
    # Only what is sorted by is read of all rows; the rows of the page are then fetched by their place.
    rows = desk.tables.rows(
        f"SELECT * FROM {listed.table} WHERE rowid IN "
        f"(SELECT rowid FROM {listed.table}{where} {order} LIMIT ? OFFSET ?) {order}",
        [*values, PAGE_ROWS, (page - 1) * PAGE_ROWS],
    )
    return desk.show(
        "list", asked, name=name, names=tuple(LISTS), rows=rows, n_rows=n_rows, page=page, pages=pages, sort=sort,
        sorts=tuple(listed.sorts), chosen=chosen, word=word, options=_options(desk, name, listed),
    )  # fmt: skip


def _options(desk: Desk, name: str, listed: Listed) -> dict[str, list[tuple[str, str]]]:
    """Filter → what it may be set to, as (value, words); a document is chosen on its own page."""
    offered: dict[tuple[str, str], list[str]] = desk.kept["offered"]
    options: dict[str, list[tuple[str, str]]] = {}
    for key in listed.filters:
        if key == "party":
            options[key] = [(party.id, party.name) for party in desk.case.file.parties]
        elif key == "stance":
            options[key] = [(stance, TEXT[f"stance_{stance}"]) for stance in STANCES]
        elif key == "event":
            options[key] = [(event.id, event.title) for event in desk.case.file.events]
        elif key != "document":
            options[key] = [(value, value) for value in offered[name, key]]
    return options


PART = Part(pages=(Page("/list/{name}", show_list),), menu=(("/list/documents", "find_lists"),), prepare=prepare)
