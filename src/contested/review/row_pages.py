"""One document with its passages marked, one incident, one record.

In: tables. Out: pages. Refuses: a row that is not in the last build.

Passages are marked by their characters in the frozen text, which is never changed; of a long one a stretch is shown.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.responses import Response

from contested.review.desk import Asked, Desk, Page, Part
from contested.review.items import cut_text
from contested.web.strings import TEXT

#: Characters of a document on one page.
SHOWN_CHARACTERS = 60_000
#: Claims, records and documents listed beside a row, at most.
MOST_ROWS = 500


def _wanted(desk: Desk, asked: Asked, table: str, column: str) -> dict[str, Any]:
    row = desk.tables.row(table, column, asked.query.get("id", ""))
    if row is None:
        raise HTTPException(404, TEXT["review_no_row"])
    return row


def show_document(desk: Desk, asked: Asked) -> Response:
    """The frozen text with the passages of its claims marked."""
    tables = desk.tables
    found = tables.rows(
        "SELECT document_id, path, member, title, outlet, author, published, address, collected, language, sha256, "
        "reader, length(text) AS length FROM documents WHERE document_id = ?", [asked.query.get("id", "")],
    )  # fmt: skip
    if not found:
        raise HTTPException(404, TEXT["review_no_row"])
    document = found[0]
    first = min(asked.number("from"), max(0, document["length"] - 1)) // SHOWN_CHARACTERS * SHOWN_CHARACTERS
    last = min(document["length"], first + SHOWN_CHARACTERS)
    text = tables.rows(
        "SELECT substr(text, ?, ?) AS text FROM documents WHERE document_id = ?",
        [first + 1, SHOWN_CHARACTERS, document["document_id"]],
    )[0]["text"]
    claims = tables.rows(
        "SELECT claim_id, speaker_text, speaker_party, stance, target_party, checked, event_id, passage, "
        "list_min([piece['start'] for piece in passage]) AS begins FROM claims WHERE document_id = ? "
        "ORDER BY begins, claim_id LIMIT ?", [document["document_id"], MOST_ROWS],
    )  # fmt: skip
    here = [claim for claim in claims if any(p["start"] < last and p["end"] > first for p in claim["passage"])]
    spans = [(p["start"] - first, p["end"] - first, claim["claim_id"]) for claim in here for p in claim["passage"]]
    pieces = cut_text(text, spans)
    met: set[str] = set()
    anchors = []
    for piece in pieces:
        anchors.append([role for role in piece.roles if role not in met])
        met.update(piece.roles)
    return desk.show(
        "document", asked, document=document, claims=here, pieces=list(zip(pieces, anchors, strict=True)), first=first,
        last=last, step=SHOWN_CHARACTERS, elsewhere=len(claims) - len(here), chosen=asked.query.get("claim", ""),
    )  # fmt: skip


def show_claim(desk: Desk, asked: Asked) -> Response:
    """On to the claim's passage in its document."""
    claim = _wanted(desk, asked, "claims", "claim_id")
    start = min((piece["start"] for piece in claim["passage"]), default=0)
    document, claim_id = quote(claim["document_id"], safe=""), quote(claim["claim_id"], safe="")
    return desk.go(f"/document?id={document}&from={start}&claim={claim_id}#{claim_id}")


def show_incident(desk: Desk, asked: Asked) -> Response:
    """What every source says of one incident, and the claims that may tell of it."""
    incident = _wanted(desk, asked, "incidents", "incident_id")
    tables = desk.tables
    records = tables.rows(
        "SELECT * FROM records WHERE record_id IN (SELECT unnest(?)) ORDER BY record_id LIMIT ?",
        [incident["records"], MOST_ROWS],
    )
    claims = tables.rows(
        "SELECT find_claims.*, probability, linked FROM claim_links JOIN find_claims USING (claim_id) "
        "WHERE incident_id = ? ORDER BY probability DESC, claim_id LIMIT ?", [incident["incident_id"], MOST_ROWS],
    )  # fmt: skip
    links = tables.rows(
        "SELECT record_a, record_b, probability, linked, decided_by FROM links WHERE record_a IN (SELECT unnest(?)) "
        "OR record_b IN (SELECT unnest(?)) ORDER BY probability DESC LIMIT 50",
        [incident["records"], incident["records"]],
    )
    return desk.show("incident", asked, incident=incident, records=records, claims=claims, links=links)


def show_record(desk: Desk, asked: Asked) -> Response:
    """One row of a dataset as it was read, and the incident that it was merged into."""
    record = _wanted(desk, asked, "records", "record_id")
    found = desk.tables.rows(
        "SELECT incident_id, title FROM incidents WHERE incident_id IN "
        "(SELECT incident_id FROM incident_places WHERE record_id = ?) LIMIT 1", [record["record_id"]],
    )  # fmt: skip
    return desk.show("record", asked, record=record, incident=found[0] if found else None)


PART = Part(
    pages=(
        Page("/document", show_document), Page("/claim", show_claim), Page("/incident", show_incident),
        Page("/record", show_record),
    ),
)  # fmt: skip
