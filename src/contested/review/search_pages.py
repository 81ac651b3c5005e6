"""The page on which the case is searched.

In: an index made once a build. Out: a page of hits. Refuses: nothing; filters that mean nothing are left out.
"""

from __future__ import annotations

from datetime import date

from starlette.responses import Response

from contested.flow import read_manifest
from contested.review.desk import Asked, Desk, Page, Part
from contested.review.search import PAGE_SIZE, Filters, is_searchable, search
from contested.review.search_index import KINDS, make_index
from contested.review.tables import CaseTables

#: Kind of row → the page that shows one.
PAGE_OF = {"document": "/document", "claim": "/claim", "incident": "/incident", "record": "/record"}
#: Last page that is reached: further ones would be counted through for nothing.
LAST_PAGE = 500


def prepare(desk: Desk, tables: CaseTables) -> None:
    """Make the index of a new build, where it is not there already."""
    desk.kept["search"] = make_index(desk.case, (read_manifest(desk.case) or {}).get("tables", {}))


def read_day(text: str) -> str | None:
    """A day of a form in ISO 8601; ``None`` when it is none."""
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        return None


def show_search(desk: Desk, asked: Asked) -> Response:
    """The hits of what was typed."""
    typed = asked.query.get("q", "")
    kind, party = asked.query.get("kind", ""), asked.query.get("party", "")
    days = [read_day(asked.query.get(name, "")) for name in ("first", "last")]
    filters = Filters(kind if kind in KINDS else None, party or None, days[0], days[1])
    page = min(max(1, asked.number("page", 1)), LAST_PAGE)
    results = search(desk.kept["search"], typed, filters, page)
    pages = min(LAST_PAGE, max(1, -(-results.total // PAGE_SIZE)))
    return desk.show(
        "search", asked, q=typed, filters=filters, results=results, page=page, pages=pages, kinds=KINDS,
        page_of=PAGE_OF, searched=is_searchable(typed),
    )  # fmt: skip


PART = Part(pages=(Page("/search", show_search),), menu=(("/search", "find_search"),), prepare=prepare)
