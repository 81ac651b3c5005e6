"""Every decision, newest first: who decided what, why, and what became of it.

In: the log. Out: a page, by person where one is asked for, and decisions taken back. Refuses: a number that is not
in the log.
"""

from __future__ import annotations

from starlette.responses import Response

from contested.review.desk import Asked, Desk, Page, Part
from contested.review.forms import given_reason
from contested.review.queue import TABLE_OF
from contested.review.queue_pages import address_of
from contested.web.strings import TEXT

#: Decisions on one page.
PAGE_ROWS = 50


def show_history(desk: Desk, asked: Asked) -> Response:
    """Decisions, newest first."""
    state = desk.log.state()
    by = asked.query.get("by", "")
    people = sorted({row["decided_by"] for row in state.rows})
    rows = [row for row in reversed(state.rows) if not by or row["decided_by"] == by]
    pages = max(1, -(-len(rows) // PAGE_ROWS))
    page = min(max(1, asked.number("page", 1)), pages)
    kinds = {table: kind for kind, table in TABLE_OF.items()}
    return desk.show(
        "history", asked, rows=rows[(page - 1) * PAGE_ROWS : page * PAGE_ROWS], n_rows=len(rows), by=by, people=people,
        page=page, pages=pages, taken=state.taken, kinds=kinds, address_of=address_of,
    )  # fmt: skip


def take_back(desk: Desk, asked: Asked) -> Response:
    """Take back the decision that the form names."""
    number = asked.number("number")
    desk.log.take_back(number, asked.session.reviewer, given_reason(asked))
    asked.session.message = TEXT["review_undone"].format(number=number)
    return desk.go("/history")


PART = Part(
    pages=(Page("/history", show_history), Page("/history", take_back, "POST")),
    menu=(("/history", "review_history"),),
)
