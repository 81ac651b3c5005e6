"""What people decide in the app: appended to the log, told apart by row, and taken back again.

In: a case folder and what a form says. Out: lines of ``decisions.jsonl``. Refuses: a decision without a name, one that
needs a reason without one, a row that is not there, and a log that cannot be written.

Several people, windows and programs may decide at a time. Each form carries the number of the last decision on its row
that its page showed. Where another came in between, both are kept: the later one is marked as made
``without_seeing`` the other, and until somebody decides having seen both the row is asked about again.
"""

from __future__ import annotations

import json
import threading
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from contested.base.decisions import LogReader, append_decisions, taken_back
from contested.base.errors import CaseError, RecordError

LOG = "decisions.jsonl"
#: Actions that need a reason: they change or contradict what the program or a source says.
REASONED = frozenset({"correct", "reject", "link", "split"})
#: Longest name and reason, characters.
MAX_NAME, MAX_REASON = 80, 2_000


@dataclass(frozen=True)
class Judgement:
    """What is decided about one row: ``seen`` is the last decision on it that was shown (0: none)."""

    table: str
    row_key: str
    action: str
    seen: int = 0
    change: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class LogState:
    """The log as it stood at one moment."""

    rows: tuple[dict[str, Any], ...]
    taken: Mapping[int, int]
    """Number of each decision taken back → number of the ``undo``."""
    of_row: Mapping[tuple[str, str], tuple[dict[str, Any], ...]]
    """(table, row key) → its decisions that stand, in order."""
    all_of: Mapping[tuple[str, str], tuple[dict[str, Any], ...]]
    """(table, row key) → all its decisions, in order."""

    def last(self, table: str, row_key: str) -> int:
        """Number of the last decision on a row, also one that was taken back; 0 without one."""
        numbers = [0]
        for row in self.all_of.get((table, row_key), ()):
            numbers += [row["number"], self.taken.get(row["number"], 0)]
        return max(numbers)

    def standing(self, table: str, row_key: str) -> dict[str, Any] | None:
        """The decision on a row that holds: the latest that was not taken back."""
        rows = self.of_row.get((table, row_key))
        return rows[-1] if rows else None

    def in_conflict(self, table: str, row_key: str) -> bool:
        """Whether the decision that holds was made without seeing another that stands and says something else."""
        rows = self.of_row.get((table, row_key), ())
        if not rows or rows[-1].get("without_seeing") is None:
            return False
        last = rows[-1]
        return any(
            (row["action"], row["change"]) != (last["action"], last["change"])
            for row in rows[:-1] if row["number"] >= last["without_seeing"]
        )  # fmt: skip

    def is_settled(self, table: str, row_key: str) -> bool:
        """Whether a person has decided, and nobody else decided otherwise at the same time."""
        return self.standing(table, row_key) is not None and not self.in_conflict(table, row_key)


class DecisionLog:
    """The log of one case, read again whenever the file has changed."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / LOG
        self._lock = threading.Lock()
        self._reader = LogReader()
        self._state = LogState((), {}, {}, {})

    def state(self) -> LogState:
        """The log as it stands.

        Raises
        ------
        RecordError
            When a line is no decision or breaks the chain.
        """
        with self._lock:
            try:
                with self.path.open("rb") as file:
                    return self._state_of(self._reader.read(file, LOG))
            except FileNotFoundError:
                self._reader = LogReader()
                return self._state_of([])

    def _state_of(self, rows: list[dict[str, Any]]) -> LogState:
        """The state of a log, made once for the same lines."""
        known = self._state.rows
        if len(known) != len(rows) or (rows and known[-1]["sha256"] != rows[-1]["sha256"]):
            self._state = read_state(rows)
        return self._state

    def decide(self, judgements: Sequence[Judgement], by: str | None, reason: str = "") -> list[dict[str, Any]]:
        """Append decisions with one reason by one person, all or none; gives them as they stand in the log.

        Raises
        ------
        CaseError
            Without a name or, where one is needed, a reason; and when the log cannot be written.
        """
        by, reason = " ".join((by or "").split()), " ".join(reason.split())
        if not by:
            raise CaseError("a decision needs the name of who makes it; a pseudonym will do")
        if not reason and any(one.action in REASONED for one in judgements):
            raise CaseError("this decision needs a reason; choose one or write one")
        now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

        def make_entries(before: list[dict[str, Any]]) -> list[dict[str, Any]]:
            state = self._state_of(before)
            return [
                {
                    "decided_at": now, "decided_by": by[:MAX_NAME], "action": one.action, "table": one.table,
                    "row_key": one.row_key, "change": json.dumps(dict(one.change), ensure_ascii=False, sort_keys=True),
                    "reason": reason[:MAX_REASON], **_unseen(state, one),
                } for one in judgements
            ]  # fmt: skip

        try:
            with self._lock:
                return append_decisions(self.path, make_entries, self._reader)
        except OSError as fault:
            raise CaseError(
                f"{self.path}: the decision cannot be written: {fault.strerror}; nothing was kept: make the case "
                "folder writable, and decide again"
            ) from None

    def take_back(self, number: int, by: str | None, reason: str = "") -> dict[str, Any]:
        """Append that a decision no longer counts.

        Raises
        ------
        CaseError
            As :meth:`decide`.
        RecordError
            When there is no such decision, or it is taken back already.
        """
        state = self.state()
        if not 1 <= number <= len(state.rows):
            raise RecordError(f"{LOG} has no line {number}; it has {len(state.rows)}")
        if number in state.taken:
            raise RecordError(f"{LOG} line {number} is taken back already, by line {state.taken[number]}")
        return self.decide([Judgement("decisions", str(number), "undo", state.taken.get(number, 0))], by, reason)[0]


def read_state(rows: Sequence[dict[str, Any]]) -> LogState:
    """The state of a log with these lines."""
    taken = taken_back(rows)
    all_of: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        all_of[row["table"], _one_key(row)].append(row)
    of_row = {
        key: tuple(row for row in of if row["number"] not in taken and row["action"] != "undo")
        for key, of in all_of.items()
    }
    return LogState(tuple(rows), taken, of_row, {key: tuple(of) for key, of in all_of.items()})


def _one_key(row: Mapping[str, Any]) -> str:
    """The key of a row; of a pair of records the same whichever of the two is named first."""
    first, bar, second = str(row["row_key"]).partition("|")
    if row["table"] == "links" and bar and "|" not in second:
        return "|".join(sorted((first, second)))
    return str(row["row_key"])


def _unseen(state: LogState, one: Judgement) -> dict[str, int]:
    last = state.last(one.table, one.row_key)
    return {"without_seeing": last} if last > one.seen else {}
