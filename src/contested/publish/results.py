"""Findings as published: their numbers stand, what would give single places or withheld rows does not.

In: public findings, and which incidents are withheld. Out: findings with their details cleaned. Refuses: nothing.

A finding keeps the numbers that it was computed with, over all rows. Distances to the front by incident go: a circle
around each layer's front gives the place. A finding over fewer incidents than ``small_cells`` is left out in substance,
since its numbers are those of single incidents.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from contested.base.records import FINDINGS
from contested.web.public import Row
from contested.web.strings import TEXT

#: Numbers of a finding that are null when it is left out.
_NUMBERS = tuple(column.name for column in FINDINGS.columns if column.type == "real")
_GONE = object()
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def publish_finding(row: Row, names: Mapping[str, str | None], small_cells: int, newest: date) -> Row:
    """One finding.

    Parameters
    ----------
    row
        The row of ``findings``.
    names
        Key of every incident, record and place that a detail may name → its published key; ``None`` when it is
        withheld.
    small_cells
        Fewest incidents whose numbers may stand.
    newest
        Last day that is not under embargo: later days in the details go.
    """
    if 0 < row["n"] < small_cells and not row["refused"]:
        return {
            **row, **dict.fromkeys(_NUMBERS), "n": 0, "refused": True, "details": "{}", "reporting_term": None,
            "reading": TEXT["finding_small"].format(least=small_cells),
        }  # fmt: skip
    try:
        details = json.loads(row["details"] or "{}")
    except ValueError:
        details = {}
    cleaned = _clean(details, names, newest.isoformat())
    return {**row, "details": json.dumps(cleaned, ensure_ascii=False, sort_keys=True)}


def _clean(value: Any, names: Mapping[str, str | None], newest: str) -> Any:
    """Details without what is keyed by a withheld row, later days, and measures of single rows."""
    if isinstance(value, dict):
        found = {}
        for key, inner in value.items():
            if key in names and (names[key] is None or isinstance(inner, float)):
                continue
            kept = _clean(inner, names, newest)
            if kept is not _GONE:
                found[names.get(key) or key] = kept
        return _GONE if value and not found and any(key in names for key in value) else found
    if isinstance(value, list):
        return [kept for inner in value if (kept := _clean(inner, names, newest)) is not _GONE]
    if isinstance(value, str) and _DAY.fullmatch(value) and value > newest:
        return _GONE
    if isinstance(value, str) and value in names:
        return _GONE if names[value] is None else names[value]
    return value


def count_withheld(
    finding_rows: Sequence[Row], withheld: Mapping[str, Mapping[str, Any]], small_cells: int
) -> tuple[dict[str, int], list[Row]]:
    """How many incidents of each finding are withheld, and the rows of findings that may be listed.

    Where they are so few that they may not be counted, none of the finding's rows is listed: else the number of
    incidents less the listed ones would give the count.
    """
    counts = Counter(
        row["finding_id"] for row in finding_rows
        if row["table"] == "incidents" and row["row_key"] in withheld["incidents"]
    )  # fmt: skip
    hidden: dict[str, set[str]] = defaultdict(set)
    for row in finding_rows:
        if row["row_key"] in withheld.get(row["table"], {}):
            hidden[row["finding_id"]].add(row["row_key"])
    few = {finding for finding, keys in hidden.items() if 0 < len(keys) < small_cells}
    few |= {finding for finding, n in counts.items() if 0 < n < small_cells}
    listed = [
        row for row in finding_rows
        if row["finding_id"] not in few and row["row_key"] not in withheld.get(row["table"], {})
    ]  # fmt: skip
    return dict(counts), listed


def withheld_rows(
    reasons: Mapping[str, Mapping[str, str]], of_findings: Mapping[str, int], small_cells: int
) -> list[Row]:
    """The table ``withheld``: counts by table and reason, and by finding; small ones only as such.

    No total over reasons is given, so that a small count cannot be had by subtraction.
    """
    counts = {(table, "", reason): n for table, keys in reasons.items() for reason, n in Counter(keys.values()).items()}
    counts |= {("findings", finding, "other"): n for finding, n in of_findings.items() if n}
    found = []
    for (table, part, reason), n in sorted(counts.items()):
        small = n < small_cells
        found.append({
            "of_table": table, "part": part, "reason": reason, "n": None if small else n,
            "shown": TEXT["fewer_than"].format(least=small_cells) if small else f"{n:,}",
        })  # fmt: skip
    return found
