"""The log of reviewers' decisions: append-only, hash-chained, one JSON object a line.

In: ``decisions.jsonl``. Out: the ``decisions`` table. Refuses: a line that is no decision, and
a chain whose hashes do not follow from each other.

Each line holds the columns of :data:`contested.base.records.DECISIONS`; those that may be missing may be left out. Its
``sha256`` is taken over the previous line's hash and the line's other values as JSON with sorted keys, so that no
past line can be altered, removed or moved without every later hash failing.

Nothing is ever taken out. Who changes their mind appends a later decision: on the same row, the latest holds; or
``undo``, which takes back the one whose number it names. What then counts are the :func:`standing_decisions`.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from contested.base.errors import RecordError
from contested.base.records import DECISIONS

if TYPE_CHECKING:
    import pyarrow as pa

#: The log as it stands → what is to be appended.
MakeEntries = Callable[[list[dict[str, Any]]], Sequence[Mapping[str, Any]]]

FIRST_HASH = "0" * 64
ACTIONS = ("accept", "correct", "reject", "link", "split", "undo")


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
    return DECISIONS.from_rows(parse_decisions(path.read_text(encoding="utf-8"), path.name))


def parse_decisions(text: str, name: str, before: Sequence[Mapping[str, Any]] = ()) -> list[dict[str, Any]]:
    """The decisions in lines that follow those ``before``; raises as :func:`read_decisions`."""
    columns = {column.name for column in DECISIONS.columns}
    needed = {column.name for column in DECISIONS.columns if not column.nullable}
    rows: list[dict[str, Any]] = []
    previous = before[-1]["sha256"] if before else FIRST_HASH
    # Not splitlines: a reason may hold a line separator (U+2028), which JSON leaves as it is.
    for number, line in enumerate(text.removesuffix("\n").split("\n") if text else (), start=len(before) + 1):
        where = f"{name} line {number}"
        try:
            entry = json.loads(line)
        except json.JSONDecodeError as error:
            raise RecordError(f"{where}: no JSON object: {error}; restore the log from its copy") from None
        if not isinstance(entry, dict) or not needed <= entry.keys() <= columns:
            raise RecordError(f"{where}: expected exactly the keys {sorted(needed)}, and {sorted(columns - needed)}")
        if entry["number"] != number or entry["action"] not in ACTIONS:
            raise RecordError(f"{where}: number must be {number} and action one of {', '.join(ACTIONS)}")
        if entry["sha256"] != entry_hash(previous, entry):
            raise RecordError(
                f"{where}: the hash does not follow from the line and the one before; "
                "the log was altered here: restore it from its copy"
            )
        previous = entry["sha256"]
        rows.append(entry)
    return rows


class LogReader:
    """Reads a log again and again: of one that has only grown, just what is new."""

    def __init__(self) -> None:
        self._rows: list[dict[str, Any]] = []
        self._end = 0
        self._last = b""

    def read(self, file: IO[bytes], name: str) -> list[dict[str, Any]]:
        """The decisions in an open log; raises as :func:`read_decisions`. The list must not be altered."""
        file.seek(max(0, self._end - len(self._last)))
        new = file.read()
        if self._end and new.startswith(self._last):
            new = new[len(self._last) :]
        else:  # another file, or one that was cut
            self._rows, self._end, self._last = [], 0, b""
            file.seek(0)
            new = file.read()
        if new:
            self._rows = self._rows + parse_decisions(new.decode("utf-8"), name, self._rows)
            self._end += len(new)
            self._last = new.removesuffix(b"\n").rpartition(b"\n")[2] + b"\n" * new.endswith(b"\n")
        return self._rows


def standing_decisions(decisions: pa.Table) -> pa.Table:
    """The decisions that count: those that no later one takes back, in order, without the taking back itself."""
    import pyarrow as pa

    taken = taken_back(decisions.select(["number", "action", "row_key"]).to_pylist())
    stands = [
        number not in taken and action != "undo"
        for number, action in zip(decisions["number"].to_pylist(), decisions["action"].to_pylist(), strict=True)
    ]
    return decisions.filter(pa.array(stands, pa.bool_()))


def taken_back(rows: Sequence[Mapping[str, Any]]) -> dict[int, int]:
    """Number of each decision that is taken back → number of the one that does so; taking back can be taken back."""
    taken: dict[int, int] = {}
    for row in sorted(rows, key=lambda row: -int(row["number"])):
        key = str(row["row_key"])
        if row["action"] == "undo" and row["number"] not in taken and key.isdecimal() and int(key) < row["number"]:
            taken.setdefault(int(key), int(row["number"]))
    return taken


def append_decision(path: Path, entry: dict[str, Any]) -> str:
    """Append one decision and return its hash; ``number`` and ``sha256`` are set here."""
    return str(append_decisions(path, [entry])[0]["sha256"])


def append_decisions(
    path: Path, entries: Sequence[Mapping[str, Any]] | MakeEntries, reader: LogReader | None = None
) -> list[dict[str, Any]]:
    """Append decisions, all or none, and return them as they stand in the log.

    The file is locked from reading its last line to the moment the new ones are on the disk, so that several
    programs may append at a time. Entries may be made from what stands in the log at that moment.

    Raises
    ------
    OSError
        When the file cannot be written; it is then as it was.
    RecordError
        When the log is damaged, or an entry is no decision.
    """
    with path.open("a+b") as file, _locked(file):
        before = (reader or LogReader()).read(file, path.name)
        whole: list[dict[str, Any]] = []
        previous = before[-1]["sha256"] if before else FIRST_HASH
        new = entries(before) if callable(entries) else entries
        for number, entry in enumerate(new, start=len(before) + 1):
            row = {**entry, "number": number}
            previous = row["sha256"] = entry_hash(previous, row)
            whole.append(row)
        DECISIONS.from_rows(whole)
        end = file.seek(0, os.SEEK_END)
        lines = "".join(json.dumps(row, ensure_ascii=False, sort_keys=True) + "\n" for row in whole)
        try:
            file.write(lines.encode())
            file.flush()
            os.fsync(file.fileno())
        except OSError:
            file.truncate(end)  # half a line would be a damaged log
            raise
    return whole


@contextmanager
def _locked(file: IO[bytes]) -> Iterator[None]:
    """Nobody else appends inside the block."""
    try:
        import fcntl
    except ImportError:  # Windows
        import msvcrt

        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)  # type: ignore[attr-defined]
        try:
            yield
        finally:
            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)  # type: ignore[attr-defined]
        return
    fcntl.flock(file, fcntl.LOCK_EX)
    try:
        yield
    finally:
        fcntl.flock(file, fcntl.LOCK_UN)
