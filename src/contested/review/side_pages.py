"""Two documents beside each other.

In: tables. Out: pages. Refuses: a document that is not in the last build.
"""

from __future__ import annotations

from typing import Any

from starlette.exceptions import HTTPException
from starlette.responses import Response

from contested.review.desk import Asked, Desk, Page, Part
from contested.review.side_by_side import PREPARED, find_others, set_beside
from contested.review.tables import CaseTables
from contested.web.strings import TEXT


def show_side(desk: Desk, asked: Asked) -> Response:
    """The answers of two documents; with one only, which to set beside it."""
    left = _document(desk, asked.query.get("a", ""))
    if not asked.query.get("b"):
        others = find_others(desk.tables, left["document_id"])
        return desk.show("side_choose", asked, left=left, others=others)
    right = _document(desk, asked.query["b"])
    events = set_beside(desk.tables, left["document_id"], right["document_id"])
    return desk.show("side", asked, left=left, right=right, events=events)


def _document(desk: Desk, document_id: str) -> dict[str, Any]:
    found = desk.tables.rows("SELECT * FROM find_documents WHERE document_id = ?", [document_id])
    if not found:
        raise HTTPException(404, TEXT["review_no_row"])
    return found[0]


def prepare(desk: Desk, tables: CaseTables) -> None:
    """What documents share, counted once a build."""
    for sql in PREPARED:
        tables.add(sql)


PART = Part(pages=(Page("/side", show_side),), prepare=prepare)
