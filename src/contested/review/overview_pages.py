"""The first page: what the case holds, how far the review is, and where to go.

In: tables and the log. Out: a page. Refuses: nothing.
"""

from __future__ import annotations

from collections import Counter

from starlette.responses import Response

from contested.flow import read_manifest
from contested.review.build_pages import waiting_decisions
from contested.review.desk import Asked, Desk, Page, Part
from contested.review.queue_pages import all_progress
from contested.review.tables import CaseTables
from contested.web.strings import TEXT

#: Tables counted on the page.
COUNTED = ("documents", "claims", "records", "incidents", "contradictions")


def prepare(desk: Desk, tables: CaseTables) -> None:
    """Count once a build what the first page tells."""
    counts = {name: tables.count(f"SELECT count(*) FROM {name}") for name in COUNTED}
    counts["checked"] = tables.count("SELECT count(*) FROM claims WHERE checked")
    desk.kept["counts"] = counts


def show_overview(desk: Desk, asked: Asked) -> Response:
    """The first page."""
    state = desk.log.state()
    people = Counter(row["decided_by"] for row in state.rows)
    listed = (read_manifest(desk.case) or {}).get("dossier", {})
    return desk.show(
        "overview", asked, counts=desk.kept["counts"], counted=COUNTED, progress=all_progress(desk),
        people=people.most_common(20), n_decisions=len(state.rows), waiting=waiting_decisions(desk),
        has_map="map.html" in listed,
    )  # fmt: skip


def new_address(desk: Desk, asked: Asked) -> Response:
    """An address for one more browser, such as that of a second person at this machine."""
    asked.session.message = TEXT["review_new_address"].format(address=desk.door.new_address())
    return desk.go("/")


PART = Part(
    pages=(Page("/", show_overview), Page("/address", new_address, "POST")),
    menu=(("/", "review_overview"),),
    prepare=prepare,
)
