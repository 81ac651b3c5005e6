"""Claims as reviewers left them.

In: claims as read, and the decisions that stand. Out: the claims with what was decided, and notes on decisions that
cannot be carried out. Refuses: nothing.

``accept`` makes a claim checked. ``correct`` sets columns (:mod:`contested.base.corrections`) and makes it checked;
where it names an event, the claim speaks of that event. ``reject`` takes the claim from its event, so that it is part
of no account. Of several decisions on one row the latest holds. What was changed stands in the claim's note, with who
and why. Decisions on names are those of :mod:`contested.claims.settling`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from contested.base.case import Case
from contested.base.corrections import check_correction
from contested.base.errors import RecordError


def apply_decisions(
    claims: Iterable[Mapping[str, Any]], decisions: Iterable[Mapping[str, Any]], case: Case | None = None
) -> tuple[list[dict[str, Any]], list[str]]:
    """The claims as reviewers left them, and a note for each decision that has no effect.

    Parameters
    ----------
    claims
        Rows of the table ``claims``.
    decisions
        Those that stand (:func:`contested.base.decisions.standing_decisions`), in order.
    case
        With it, corrections must name its parties and events.
    """
    rows = [dict(claim) for claim in claims]
    judged = {
        decision["row_key"]: decision for decision in decisions
        if decision["table"] == "claims" and decision["action"] in ("accept", "correct", "reject")
    }  # fmt: skip
    notes = []
    by_id = {row["claim_id"]: row for row in rows} if judged else {}
    for claim_id, decision in judged.items():
        notes += _carry_out(by_id.get(claim_id), decision, case)
    return rows, notes


def _carry_out(row: dict[str, Any] | None, decision: Mapping[str, Any], case: Case | None) -> list[str]:
    """One decision on one claim; what is wrong with it, if anything."""
    if row is None:
        return [idle_note(decision, "there is no such claim")]
    if decision["action"] == "accept":
        row["checked"] = True
    elif decision["action"] == "reject":
        row["event_id"] = None
        _note(row, f"rejected by {decision['decided_by']}: {decision['reason']}")
    else:
        try:
            change = _read_change(decision, case)
        except RecordError as fault:
            return [idle_note(decision, str(fault))]
        was = "; ".join(f"{name} was {'empty' if row.get(name) is None else row[name]}" for name in change)
        row.update(change)
        if change.get("event_id") is not None:
            row["speaks_of"] = "event"
        row["checked"] = True
        _note(row, f"corrected by {decision['decided_by']}: {decision['reason']} ({was})")
    return []


def _read_change(decision: Mapping[str, Any], case: Case | None) -> dict[str, Any]:
    try:
        change = json.loads(decision["change"])
    except ValueError:
        change = None
    if not isinstance(change, dict):
        raise RecordError(f"change {decision['change']!r} is no JSON object")
    return check_correction(change, case)


def _note(row: dict[str, Any], words: str) -> None:
    row["note"] = f"{row['note']}; {words}" if row.get("note") else words


def idle_note(decision: Mapping[str, Any], fault: str) -> str:
    """What is told of a decision that cannot be carried out."""
    return (
        f"decisions.jsonl line {decision['number']}: {decision['action']} of {decision['row_key']!r} has no effect: "
        f"{fault}"
    )
