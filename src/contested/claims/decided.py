"""Claims as reviewers left them.

In: claims as read, and the decisions that stand. Out: the claims with what was decided, and notes on decisions that
cannot be carried out. Refuses: nothing.

``accept`` makes a claim checked. ``correct`` sets columns (:mod:`contested.base.corrections`) and makes it checked;
where it names an event, the claim speaks of that event. ``reject`` takes the claim from its event, so that it is part
of no account. On the table ``actors``, ``correct`` sets the party of a speaker for every claim of that name that has
none. Of several decisions on one row the latest holds. What was changed stands in the claim's note, with who and why.
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
    judged: dict[str, dict[str, Mapping[str, Any]]] = {"claims": {}, "actors": {}}
    for decision in decisions:
        if decision["table"] in judged and decision["action"] in ("accept", "correct", "reject"):
            judged[decision["table"]][decision["row_key"]] = decision
    notes = []
    of_speaker: dict[str, list[dict[str, Any]]] = {}
    for row in rows if judged["actors"] else ():
        # A pronoun or a role stands for another speaker in each text.
        named = row.get("speaker_kind") == "named" and row.get("speaker_named_start") is None
        if named and row.get("speaker_party") is None and row.get("speaker_text") is not None:
            of_speaker.setdefault(row["speaker_text"], []).append(row)
    for name, decision in judged["actors"].items():
        notes += _set_party(of_speaker.get(name, []), decision, case)
    by_id = {row["claim_id"]: row for row in rows} if judged["claims"] else {}
    for claim_id, decision in judged["claims"].items():
        notes += _carry_out(by_id.get(claim_id), decision, case)
    return rows, notes


def _carry_out(row: dict[str, Any] | None, decision: Mapping[str, Any], case: Case | None) -> list[str]:
    """One decision on one claim; what is wrong with it, if anything."""
    if row is None:
        return [_idle(decision, "there is no such claim")]
    if decision["action"] == "accept":
        row["checked"] = True
    elif decision["action"] == "reject":
        row["event_id"] = None
        _note(row, f"rejected by {decision['decided_by']}: {decision['reason']}")
    else:
        try:
            change = _read_change(decision, case)
        except RecordError as fault:
            return [_idle(decision, str(fault))]
        was = "; ".join(f"{name} was {'empty' if row.get(name) is None else row[name]}" for name in change)
        row.update(change)
        if change.get("event_id") is not None:
            row["speaks_of"] = "event"
        row["checked"] = True
        _note(row, f"corrected by {decision['decided_by']}: {decision['reason']} ({was})")
    return []


def _set_party(rows: list[dict[str, Any]], decision: Mapping[str, Any], case: Case | None) -> list[str]:
    """The party of a speaker, for the claims of that name without one."""
    if decision["action"] != "correct":
        return []
    if not rows:
        return [_idle(decision, "no claim without a party has a speaker of that name")]
    try:
        party = _read_change(decision, case).get("speaker_party")
    except RecordError as fault:
        return [_idle(decision, str(fault))]
    for row in rows:
        row["speaker_party"] = party
        _note(row, f"party of the speaker set by {decision['decided_by']}: {decision['reason']}")
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


def _idle(decision: Mapping[str, Any], fault: str) -> str:
    return (
        f"decisions.jsonl line {decision['number']}: {decision['action']} of {decision['row_key']!r} has no effect: "
        f"{fault}"
    )
