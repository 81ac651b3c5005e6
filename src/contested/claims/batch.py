"""Thousands of documents → a file with one line a document, in one or several processes.

In: files, folders and archives. Out: lines in a :class:`~contested.claims.batch_output.BatchOutput`, and
:class:`BatchCounts`. Refuses: nothing by itself; a document that is refused becomes a line with its error.

Lines come in the order in which the documents are found, whatever the number of processes. A run that was
stopped goes on where it was when the same command is given again. One document is in memory at a time for each
process, and a few more wait. A document that ends its process is refused, and the others are read on.
"""

from __future__ import annotations

import hashlib
import multiprocessing
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from contested.base.errors import DocumentError
from contested.base.originals import file_sha256
from contested.claims.batch_output import BatchOutput
from contested.claims.documents.items import Item, PassedOver
from contested.claims.extract import claim_as_json
from contested.claims.read import find_items
from contested.claims.reading import ClaimReader, Reading

#: Documents that wait for each process, and the bytes that may wait in all.
WAITING_PER_JOB = 4
MAX_WAITING_BYTES = 256 * 1024 * 1024


@dataclass
class BatchCounts:
    """What a run did. ``read`` counts the unsupported ones too; ``skipped`` stood in the file before."""

    read: int = 0
    refused: int = 0
    unsupported: int = 0
    skipped: int = 0
    repeated: int = 0
    passed_over: int = 0
    claims: int = 0
    words: int = 0


#: Called after each document with the counts so far and, when it was refused or not supported, why.
Tell = Callable[[BatchCounts, str | None], None]


def read_batch(
    paths: Sequence[Path], out: Path, reading: Reading, jobs: int = 1, tell: Tell | None = None
) -> BatchCounts:
    """Read every document of the paths into ``out``, going on with what stands there.

    Raises
    ------
    SourceError
        When ``out`` is no output of this function, was made otherwise, or cannot be written.
    """
    counts = BatchCounts()
    reader = ClaimReader(reading)
    case_sha256 = file_sha256(reading.case / "case.toml") if reading.case is not None else None
    with BatchOutput(out, reader.made_by, case_sha256) as output:
        for row in _rows(_new_items(paths, out, output, counts), reading, reader, jobs):
            output.add(row)
            counts.read += row["error"] is None
            counts.refused += row["error"] is not None
            counts.unsupported += row["unsupported"] is not None
            counts.claims += len(row["claims"])
            counts.words += row["words"]
            if tell is not None:
                tell(counts, row["error"] or row["unsupported"])
    return counts


def _new_items(
    paths: Iterable[Path], out: Path, output: BatchOutput, counts: BatchCounts
) -> Iterator[Item | DocumentError]:
    """What does not stand in the output yet; the rest is counted."""
    own = out.resolve()
    for path in paths:
        for found in find_items(path):
            if isinstance(found, PassedOver):
                counts.passed_over += found.count
                continue
            if isinstance(found, Item) and found.member is None and Path(found.path).resolve() == own:
                continue
            key = hashlib.sha256(found.raw).hexdigest() if isinstance(found, Item) else str(found)
            if output.promise(key):
                yield found
            elif isinstance(found, DocumentError):
                # It may be mended by now (a file that could not be opened), so it is not taken for done.
                counts.refused += 1
            else:
                counts.skipped += output.held(key)
                counts.repeated += not output.held(key)


def _rows(
    items: Iterable[Item | DocumentError], reading: Reading, reader: ClaimReader, jobs: int
) -> Iterator[dict[str, Any]]:
    """A row for each item, in the same order."""
    if jobs <= 1:
        for found in items:
            yield _refused_row(found) if isinstance(found, DocumentError) else read_row(reader, found)
        return
    pool = _Pool(reading, jobs)
    waiting: deque[tuple[Item | DocumentError, _Answer | None]] = deque()
    waiting_bytes = 0
    try:
        for found in items:
            waiting.append((found, pool.submit(found) if isinstance(found, Item) else None))
            waiting_bytes += len(found.raw) if isinstance(found, Item) else 0
            while len(waiting) > WAITING_PER_JOB * jobs or waiting_bytes > MAX_WAITING_BYTES:
                first, answer = waiting.popleft()
                waiting_bytes -= len(first.raw) if isinstance(first, Item) else 0
                yield pool.row(first, answer)
        while waiting:
            yield pool.row(*waiting.popleft())
    finally:
        pool.stop()


_Answer = tuple[Future[dict[str, Any]], ProcessPoolExecutor]


class _Pool:
    """Processes that read; started again when a document ends one."""

    def __init__(self, reading: Reading, jobs: int) -> None:
        self._reading = reading
        self._jobs = jobs
        self._executor = self._start(jobs)
        self._single: ProcessPoolExecutor | None = None

    def _start(self, jobs: int) -> ProcessPoolExecutor:
        # Not forked: the tagger's libraries keep threads and locks of their own.
        return ProcessPoolExecutor(
            jobs, multiprocessing.get_context("spawn"), initializer=_prepare, initargs=(self._reading,)
        )

    def submit(self, item: Item) -> _Answer:
        """The row of the item, to be waited for."""
        try:
            return self._executor.submit(_read_in_process, item), self._executor
        except BrokenProcessPool:
            self._restart()
            return self._executor.submit(_read_in_process, item), self._executor

    def row(self, found: Item | DocumentError, answer: _Answer | None) -> dict[str, Any]:
        """The row of the item, once it is there."""
        if isinstance(found, DocumentError):
            return _refused_row(found)
        assert answer is not None
        future, executor = answer
        try:
            return future.result()
        except BrokenProcessPool:
            if executor is self._executor:
                self._restart()
            return self._alone(found)

    def _alone(self, item: Item) -> dict[str, Any]:
        """One document at a time in a process: it, or one beside it, ended the last."""
        self._single = self._single or self._start(1)
        try:
            return self._single.submit(_read_in_process, item).result()
        except BrokenProcessPool:
            self._single = None
            sha256 = hashlib.sha256(item.raw).hexdigest()
            reason = f"{item.shown}: reading it ended the process (out of memory?); read it by itself"
            return _refused_row(DocumentError(reason, path=item.path, sha256=sha256), item.shown)

    def _restart(self) -> None:
        self._executor.shutdown(wait=False, cancel_futures=True)
        self._executor = self._start(self._jobs)

    def stop(self) -> None:
        """Let the processes go; what is not begun is dropped."""
        if self._single is not None:
            self._single.shutdown(wait=False, cancel_futures=True)
        self._executor.shutdown(wait=False, cancel_futures=True)


_reader: ClaimReader | None = None


def _prepare(reading: Reading) -> None:
    """In a new process: the one who started it handles the interrupt."""
    global _reader
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _reader = ClaimReader(reading)


def _read_in_process(item: Item) -> dict[str, Any]:
    assert _reader is not None
    return read_row(_reader, item)


def read_row(reader: ClaimReader, item: Item) -> dict[str, Any]:
    """The line of one document, refused or read."""
    try:
        read = reader.read(item)
    except DocumentError as fault:
        return _refused_row(fault, item.shown)
    document = read.document
    claims = [claim_as_json(row, document) for row in read.claims]
    for claim in claims:
        del claim["document"]
    notes = [*document.notes, *(f"refused: {one.reason}" for one in read.refused)]
    described = document.as_row()
    for name in ("text", "path", "sha256", "pages"):
        del described[name]
    return {
        "sha256": document.sha256, "path": document.shown, "document": described,
        "words": len(document.text.split()), "claims": claims, "notes": notes,
        "unsupported": read.unsupported, "error": None,
    }  # fmt: skip


def _refused_row(fault: DocumentError, shown: str | None = None) -> dict[str, Any]:
    return {
        "sha256": fault.sha256, "path": shown or fault.path, "document": None, "words": 0, "claims": [], "notes": [],
        "unsupported": None, "error": str(fault),
    }  # fmt: skip
