"""The file that a batch writes: one JSON object a line, one line a document; it can be gone on with.

In: a path, and what makes the claims. Out: :class:`BatchOutput`, which knows what the file holds and adds lines.
Refuses, with :class:`~contested.base.errors.SourceError`: a file that is no such output, that another program made,
or that another run is writing.

A line is written whole and handed to the system at once, so that a killed run loses no finished document. What a
crash tore (a last line without its end) is cut off when the file is opened again. What has been read is known
by the SHA-256 of the bytes: 16 bytes of it are kept in memory for each, some 80 MB for a million documents.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import time
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from contested.base.errors import SourceError

#: How every line begins, so that a file is known without parsing all of it.
_BEGINNING = re.compile(rb'\{"sha256": (?:"([0-9a-f]{64})"|null), "path": ')
#: The file is forced to the disk this often, seconds: what a power cut may cost.
SYNC_SECONDS = 5.0


class BatchOutput:
    """The lines that stand in the file, and the way to add one."""

    def __init__(self, path: Path, made_by: str, case_sha256: str | None) -> None:
        self.path = path
        self.repaired_bytes = 0
        self._made = {"made_by": made_by, "case_sha256": case_sha256}
        self._held: set[bytes] = set()
        self._promised: set[bytes] = set()
        try:
            self._file: IO[bytes] = path.open("a+b")
        except OSError as fault:
            raise SourceError(f"{path}: cannot be written: {fault.strerror}; give another file to --out") from None
        try:
            self._lock()
            self._take_up()
        except BaseException:
            self._file.close()
            raise
        self._synced = time.monotonic()

    def __enter__(self) -> BatchOutput:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def held(self, key: str) -> bool:
        """Whether the document with this SHA-256, or the refusal in these words, stood in the file at the start."""
        return _digest(key) in self._held

    def promise(self, key: str) -> bool:
        """Whether a line for the key is still to be made; from then on it counts as made."""
        digest = _digest(key)
        if digest in self._held or digest in self._promised:
            return False
        self._promised.add(digest)
        return True

    def add(self, row: dict[str, Any]) -> None:
        """Append one document; it stands in the file when this returns."""
        row = {"sha256": row.pop("sha256"), "path": row.pop("path"), **row, **self._made}
        self._file.write(json.dumps(row, ensure_ascii=False, default=str).encode() + b"\n")
        self._file.flush()
        if time.monotonic() - self._synced > SYNC_SECONDS:
            os.fsync(self._file.fileno())
            self._synced = time.monotonic()

    def close(self) -> None:
        """Force everything to the disk."""
        if not self._file.closed:
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()

    def _lock(self) -> None:
        try:
            import fcntl
        except ImportError:
            return
        try:
            fcntl.flock(self._file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise SourceError(f"{self.path}: another run is writing this file; wait for it, or give another") from None

    def _take_up(self) -> None:
        """Learn what the file holds, and cut off a torn end."""
        self._file.seek(0)
        whole = number = 0
        torn: int | None = None
        for number, line in enumerate(self._file, start=1):
            if torn is not None:
                raise SourceError(
                    f"{self.path} line {torn}: this is no line of `contested read --out`; "
                    "give another file, nothing was changed in this one"
                )
            match = _BEGINNING.match(line)
            if match is None or not line.endswith(b"}\n"):
                torn = number
                continue
            if number == 1:
                self._check_origin(line)
            self._held.add(_digest(match[1].decode()) if match[1] else _digest(_error_of(line)))
            whole += len(line)
        if torn == 1 and not _is_torn_beginning(self.path):
            raise SourceError(
                f"{self.path}: this is no file of `contested read --out`; give another, nothing was changed"
            )
        if torn is not None:
            size = self._file.seek(0, os.SEEK_END)
            self.repaired_bytes = size - whole
            self._file.truncate(whole)
        self._file.seek(0, os.SEEK_END)

    def _check_origin(self, line: bytes) -> None:
        row = json.loads(line)
        for name, now in self._made.items():
            if row.get(name) != now:
                raise SourceError(
                    f"{self.path}: its lines have {name} = {row.get(name)!r}, this run has {now!r}; "
                    "give another file, so that one file has one origin"
                )


def _is_torn_beginning(path: Path) -> bool:
    """Whether the first bytes could be a line that a crash tore."""
    with path.open("rb") as file:
        first = file.read(12)
    return b'{"sha256": '.startswith(first[:11]) or not first.strip(b"\x00")


def _error_of(line: bytes) -> str:
    return str(json.loads(line).get("error"))


def _digest(key: str) -> bytes:
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).digest()[:16]
