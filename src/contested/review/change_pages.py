"""What changed between two builds, and why.

In: the builds that are kept. Out: a page. Refuses: nothing; a build that is no longer kept is replaced by the nearest.
"""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from contested.base.kept_builds import KeptBuild, list_builds
from contested.review.comparing import (
    FINDING_NUMBERS,
    MOST_CHANGES,
    PAGE_ROWS,
    SHOWN,
    RowChange,
    compare_findings,
    count_changes,
    find_causes,
    list_changes,
)  # fmt: skip
from contested.review.desk import Asked, Desk, Page, Part
from contested.review.tables import CaseTables

#: Characters of a value that are shown.
MAX_VALUE = 240
#: Columns that say what a row is, by table, in the order of preference.
_NAMED_BY = ("title", "answer", "summary", "reason", "statement", "passage")


def show_changes(desk: Desk, asked: Asked) -> Response:
    """Two builds compared: the last two, or those asked for."""
    builds = list_builds(desk.case)
    if len(builds) < 2:
        return desk.show("changes", asked, builds=builds, before=None, after=None)
    after = _chosen(builds, asked.number("after"), builds[-1])
    before = _chosen(builds, asked.number("before"), builds[max(0, builds.index(after) - 1)])
    counts = count_changes(before, after)
    causes = find_causes(before, after)
    table = asked.query.get("table", "")
    table = table if table in SHOWN else ""
    n_rows = next((one.differing for one in counts if one.table == table), 0)
    pages = max(1, -(-min(n_rows, MOST_CHANGES) // PAGE_ROWS))
    page = min(max(1, asked.number("page", 1)), pages)
    rows = list_changes(before, after, table, page) if table else []
    decided = {(row["table"], row["row_key"]): row["number"] for row in causes.decisions}
    return desk.show(
        "changes", asked, builds=builds, before=before, after=after, counts=counts, causes=causes, table=table,
        rows=[(row, name_of(row), decided.get((table, "|".join(row.key)))) for row in rows], page=page, pages=pages,
        findings=compare_findings(before, after), numbers=FINDING_NUMBERS, shown_value=shown_value,
    )  # fmt: skip


def prepare(desk: Desk, tables: CaseTables) -> None:
    """Compare the last two builds before the page is asked for: at 200,000 claims it takes seconds, once."""
    builds = list_builds(desk.case)
    if len(builds) > 1:
        for one in count_changes(builds[-2], builds[-1]):
            if one.differing:
                list_changes(builds[-2], builds[-1], one.table)
        compare_findings(builds[-2], builds[-1])


def _chosen(builds: list[KeptBuild], number: int, otherwise: KeptBuild) -> KeptBuild:
    return next((build for build in builds if build.number == number), otherwise)


def name_of(change: RowChange) -> str:
    """What a row is, in its own words; empty where it has none."""
    row = change.after or change.before or {}
    for name in _NAMED_BY:
        if row.get(name):
            return shown_value(row[name])
    return ""


def shown_value(value: Any) -> str:
    """A value of any column as text; pieces of a passage as their words."""
    if isinstance(value, list):
        text = " … ".join(str(one["text"]) if isinstance(one, dict) and "text" in one else str(one) for one in value)
    elif isinstance(value, float):
        text = f"{value:.6g}"
    else:
        text = str(value)
    return text if len(text) <= MAX_VALUE else text[: MAX_VALUE - 1] + "…"


PART = Part(pages=(Page("/changes", show_changes),), menu=(("/changes", "find_changes"),), prepare=prepare)
