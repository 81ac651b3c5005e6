"""Ten lines that say what a build found, for the end of ``contested build``.

In: the tables of a case. Out: lines of text. Refuses: nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING

from contested.base.case import Case

if TYPE_CHECKING:
    import pyarrow as pa


def summarise_tables(case: Case, tables: Mapping[str, pa.Table]) -> tuple[str, ...]:
    """What the build found, a line a stage; every count can be had again from the tables named."""
    origins = Counter(tables["claims"]["origin"].to_pylist())
    contradictions = Counter((row["kind"], row["checked"]) for row in tables["contradictions"].to_pylist())
    records, incidents, places = tables["records"], tables["incidents"], tables["incident_places"]
    in_window = sum(records["in_window"].to_pylist())
    located = sum(lon is not None for lon in places["lon"].to_pylist())
    layers = len(set(tables["holdings"]["layer"].to_pylist()))
    findings = tables["findings"].to_pylist()
    n_refused = sum(row["refused"] for row in findings)
    drafts = {row["draft"]: row["outcome"] for row in tables["votes"].to_pylist()}
    vetoed = sum(outcome == "vetoed" for outcome in drafts.values())
    unchecked = contradictions["within", False] + contradictions["between", False]
    rejects, notes = tables["rejects"].num_rows, tables["notes"].num_rows
    parties = len(set(tables["accounts"]["party"].to_pylist()))
    questions = len(set(tables["accounts"]["question"].to_pylist()))
    return (
        case.file.title,
        f"  claims         {tables['claims'].num_rows}: {origins['statement']} entered by hand, "
        f"{origins['document']} read by the program, {_counted(origins['vote'], 'vote')}",
        f"  accounts       {_counted(parties, 'party', 'parties')}, "
        f"{_counted(tables['accounts'].num_rows, 'answer')} to {_counted(questions, 'question')}",
        f"  contradictions {contradictions['within', True]} within a party, "
        f"{contradictions['between', True]} between parties; {unchecked} more rest on readings nobody has checked",
        f"  council        {_counted(len(drafts), 'draft')}, {vetoed} vetoed"
        if drafts
        else "  council        no votes",
        f"  incidents      {incidents.num_rows} at {_counted(places.num_rows, 'place')} ({located} with a point), "
        f"from {_counted(records.num_rows, 'record')}, {in_window} in the window",
        f"  territory      {_counted(tables['holdings'].num_rows, 'holding')} in {_counted(layers, 'layer')}"
        if layers
        else "  territory      no layer",
        f"  findings       {len(findings) - n_refused} reported, {n_refused} refused for want of incidents",
        f"  refused rows   {rejects}, notes of the readers {notes}: see the sources page",
    )


def _counted(number: int, word: str, plural: str | None = None) -> str:
    return f"{number} {word if number == 1 else plural or word + 's'}"
