"""A few lines that say what a build found, for the end of ``contested build``.

In: the tables of a case. Out: lines of text. Refuses: nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from contested.base.case import Case
from contested.web.pdf import can_print

if TYPE_CHECKING:
    import pyarrow as pa


def summarise_tables(case: Case, tables: Mapping[str, pa.Table]) -> tuple[str, ...]:
    """What the build found, a line a stage; every count can be had again from the tables named."""
    import pyarrow.compute as pc

    origins = Counter(tables["claims"]["origin"].to_pylist())
    records, incidents, places = tables["records"], tables["incidents"], tables["incident_places"]
    in_window = sum(records["in_window"].to_pylist())
    located = sum(lon is not None for lon in places["lon"].to_pylist())
    bare = places.filter(pc.and_(pc.is_valid(places["lon"]), pc.is_null(places["radius_m"]))).num_rows
    unsure = tables["links"].num_rows - tables["links"]["review_rank"].null_count
    layers = len(set(tables["holdings"]["layer"].to_pylist()))
    parties = len(set(tables["accounts"]["party"].to_pylist()))
    lines = [
        case.file.title,
        f"  claims         {tables['claims'].num_rows}: {origins['statement']} entered by hand, "
        f"{origins['document']} read by the program, {_counted(origins['vote'], 'vote')}"
        + (f", {origins['record']} carried by rows of datasets" if origins["record"] else ""),
        f"  accounts       {_counted(parties, 'party', 'parties')}, {_counted(tables['accounts'].num_rows, 'answer')}",
        *_contradiction_lines(case, tables),
        *_council_lines(tables["votes"].to_pylist()),
        f"  incidents      {incidents.num_rows} at {_counted(places.num_rows, 'place')} ({located} with a point), "
        f"from {_counted(records.num_rows, 'record')}, {in_window} in the window",
        *_sensitivity_lines(tables["sensitivity"].to_pylist()),
    ]
    if bare:
        lines.append(
            f"  not drawn      {_counted(bare, 'point')} without a radius, on no map and in no test: set "
            "default_radius_m of the dataset"
        )
    if unsure:
        lines.append(f"  to review      {_counted(unsure, 'unsure pair')} of records: contested queue {case.folder}")
    if layers:
        lines.append(
            f"  territory      {_counted(tables['holdings'].num_rows, 'holding')} in {_counted(layers, 'layer')}"
        )
    for row in tables["findings"].to_pylist():
        lines.append(f"  finding        {row['reading'].split('. ')[0].removesuffix('.')}.")
        if row["refused"]:
            lines[-1] += " (no test against chance: too few)"
    for row in tables["odds"].to_pylist():
        if row["scope"] == "all":
            lines.append(f"  weighed        {row['reading'].split('. ')[0].removesuffix('.')}.")
    implied = Counter(row["result"] for row in tables["implications"].to_pylist() if row["checked"])
    if implied:
        lines.append(
            f"  implications   {implied['contradicted']} contradicted, {implied['unknown']} unknown, "
            f"{implied['not_contradicted']} not contradicted; more rest on readings that nobody has checked"
        )
    if refused := tables["rejects"].num_rows:
        lines.append(f"  refused        {_counted(refused, 'row')}: the sources page says why")
    if not can_print():
        lines.append("  no PDF         typst is not installed: pip install 'contested[print]', and build again")
    return tuple(lines)


def _contradiction_lines(case: Case, tables: Mapping[str, pa.Table]) -> list[str]:
    rows = tables["contradictions"].to_pylist()
    checked = [row for row in rows if row["checked"]]
    within = {(row["event_id"], row["party_a"], row["question"]) for row in checked if row["kind"] == "within"}
    versions: dict[tuple[str, str, str], list[str]] = {}
    for row in tables["accounts"].to_pylist():
        cell = row["event_id"], row["party"], row["question"]
        if cell in within and row["checked"] and row["answer"] not in versions.setdefault(cell, []):
            versions[cell].append(row["answer"])
    lines = [
        f"  against itself {case.party_names.get(party, party)} on {question}: {'; then '.join(answers)}"
        for (_, party, question), answers in versions.items()
    ]
    between = sum(row["kind"] == "between" for row in checked)
    lines.append(
        f"  contradictions {between} between parties, {len(checked) - between} within one; "
        f"{len(rows) - len(checked)} more rest on readings that nobody has checked"
    )
    return lines


def _sensitivity_lines(rows: list[dict[str, Any]]) -> list[str]:
    if len(rows) < 2:
        return []
    counts = [row["incidents"] for row in rows if not row["variant"].startswith("without ")]
    left_out = [row["incidents"] for row in rows if row["variant"].startswith("without ")]
    return [
        f"                 {min(counts)} to {max(counts)} when windows and unsure pairs are varied, "
        f"{min(left_out)} to {max(left_out)} with a dataset left out"
    ]


def _council_lines(votes: list[dict[str, Any]]) -> list[str]:
    if not votes:
        return []
    drafts = {row["draft"]: row["outcome"] for row in votes}
    vetoed = sum(outcome == "vetoed" for outcome in drafts.values())
    vetoing = sorted({row["member"] for row in votes if row["veto"]})
    return [
        f"  council        {_counted(len(drafts), 'draft')}, {vetoed} vetoed"
        + (f" ({', '.join(vetoing)})" if vetoing else "")
    ]


def _counted(number: int, word: str, plural: str | None = None) -> str:
    return f"{number} {word if number == 1 else plural or word + 's'}"
