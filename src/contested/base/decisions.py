"""The log of reviewers' decisions: append-only, hash-chained, one JSON object a line.

In: ``decisions.jsonl``. Out: the ``decisions`` table. Refuses: a line that is no decision, and
a chain whose hashes do not follow from each other.

Each line holds the columns of :data:`contested.base.records.DECISIONS`. Its ``sha256`` is taken
over the previous line's hash and the line's other values as JSON with sorted keys, so that no
past line can be altered, removed or moved without every later hash failing.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from contested.base.errors import RecordError
from contested.base.records import DECISIONS

if TYPE_CHECKING:
    import pyarrow as pa

FIRST_HASH = "0" * 64
ACTIONS = ("accept", "correct", "reject", "link", "split")


def entry_hash(previous: str, entry: dict[str, Any]) -> str:
    """Hash of an entry (without its own ``sha256``) chained to the one before."""
    body = json.dumps(
        {k: v for k, v in entry.items() if k != "sha256"},
        ensure_ascii=False, sort_keys=True, separators=(",", ":"),
    )  # fmt: skip
    return hashlib.sha256(f"{previous}\n{body}".encode()).hexdigest()


def read_decisions(path: Path) -> pa.Table:
    """The decisions in the log; no rows when there is no file.

    Raises
    ------
    RecordError
        On the first line that is no decision or breaks the chain.
    """
    if not path.exists():
        return DECISIONS.empty()
    columns = {column.name for column in DECISIONS.columns}
    rows: list[dict[str, Any]] = []
    previous = FIRST_HASH
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        where = f"{path.name} line {number}"
        try:
            entry = json.loads(line)
        except json.JSONDecodeError as error:
            raise RecordError(f"{where}: no JSON object: {error}; restore the log from its copy") from None
        if not isinstance(entry, dict) or entry.keys() != columns:
            raise RecordError(f"{where}: expected exactly the keys {sorted(columns)}")
        if entry["number"] != number or entry["action"] not in ACTIONS:
            raise RecordError(f"{where}: number must be {number} and action one of {', '.join(ACTIONS)}")
        if entry["sha256"] != entry_hash(previous, entry):
            raise RecordError(
                f"{where}: the hash does not follow from the line and the one before; "
                "the log was altered here: restore it from its copy"
            )
        previous = entry["sha256"]
        rows.append(entry)
    return DECISIONS.from_rows(rows)


def append_decision(path: Path, entry: dict[str, Any]) -> str:
    """Append one decision and return its hash; ``number`` and ``sha256`` are set here."""
    log = read_decisions(path)
    previous = log["sha256"][-1].as_py() if log.num_rows else FIRST_HASH
    whole = {**entry, "number": log.num_rows + 1}
    whole["sha256"] = entry_hash(previous, whole)
    DECISIONS.from_rows([whole])
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(whole, ensure_ascii=False, sort_keys=True) + "\n")
    return str(whole["sha256"])
