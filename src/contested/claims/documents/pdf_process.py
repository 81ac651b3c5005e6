"""Reads PDFs in a process of its own, so that a hostile one takes down nothing but that process.

In: the bytes of a PDF. Out: :class:`~contested.claims.documents.pdf_text.PdfText`. Refuses, with
:class:`~contested.base.errors.DocumentError`: what :mod:`contested.claims.documents.pdf_text` refuses, and what takes
more memory or time there than any report.

A PDF can unpack without end in ways that cannot be seen beforehand: streams within streams, drawings that
call each other. The process may take so much memory (where the system keeps such a limit: Linux) and so long;
when it dies or is stopped the PDF is refused, and the next one gets a new process. One process serves many.
"""

from __future__ import annotations

import atexit
import json
import os
import struct
import subprocess
import sys
import threading
from dataclasses import asdict
from typing import IO, Any

from contested.base.errors import DocumentError
from contested.claims.documents.pdf_text import PdfText, read_pdf_text

#: Most memory of the process, bytes of address space: a report of 1,500 pages takes a quarter of it.
MAX_PROCESS_BYTES = 2 * 1024**3
#: Longest time for one PDF, seconds: 3,000 pages take about 60 on one core.
MAX_SECONDS = 300.0

_LENGTH = struct.Struct(">Q")


class PdfProcess:
    """A process that reads one PDF after another; started when first needed."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._turn = threading.Lock()

    def read(self, raw: bytes, shown: str) -> PdfText:
        """The text of a PDF; ``shown`` names it in messages."""
        with self._turn:
            try:
                answer = self._ask(raw, shown)
            except (OSError, EOFError, ValueError):
                self.stop()
                raise DocumentError(
                    f"{shown}: reading the PDF took more than {MAX_PROCESS_BYTES // 2**20:,} MB or "
                    f"{MAX_SECONDS:.0f} s, or broke the reader, as no report does; refused as unsafe: print it anew "
                    "to PDF, or save its text"
                ) from None
        if "error" in answer:
            raise DocumentError(answer["error"])
        return PdfText(**{**answer, "pages": tuple(answer["pages"])})

    def _ask(self, raw: bytes, shown: str) -> dict[str, Any]:
        process = self._process
        if process is None or process.poll() is not None:
            process = self._process = _start()
        assert process.stdin is not None
        assert process.stdout is not None
        watch = threading.Timer(MAX_SECONDS, process.kill)
        watch.start()
        try:
            for part in (shown.encode("utf-8", "surrogateescape"), raw):
                process.stdin.write(_LENGTH.pack(len(part)))
                process.stdin.write(part)
            process.stdin.flush()
            answer: dict[str, Any] = json.loads(_take(process.stdout))
        finally:
            watch.cancel()
        return answer

    def stop(self) -> None:
        """End the process, if there is one."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            for pipe in (process.stdin, process.stdout):
                try:
                    if pipe is not None:
                        pipe.close()
                except OSError:
                    pass
            process.wait()


def _start() -> subprocess.Popen[bytes]:
    # The process finds the package where this one did, installed or not.
    paths = [path for path in sys.path if path]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
    return subprocess.Popen(
        [sys.executable, "-m", "contested.claims.documents.pdf_process"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL, env=environment,
    )  # fmt: skip


def _take(stream: IO[bytes]) -> bytes:
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        raise EOFError
    length = _LENGTH.unpack(head)[0]
    body = stream.read(length)
    if len(body) < length:
        raise EOFError
    return body


def _serve(asked: IO[bytes], told: IO[bytes]) -> None:
    """The other side: read, answer, until the pipe closes."""
    _limit_memory()
    while True:
        try:
            shown = _take(asked).decode("utf-8", "surrogateescape")
            raw = _take(asked)
        except EOFError:
            return
        try:
            answer = asdict(read_pdf_text(raw, shown))
        except DocumentError as fault:
            answer = {"error": str(fault)}
        body = json.dumps(answer).encode()
        told.write(_LENGTH.pack(len(body)))
        told.write(body)
        told.flush()


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:
        return
    import signal

    # The one who asks handles the interrupt and closes the pipe.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    most = MAX_PROCESS_BYTES if hard == resource.RLIM_INFINITY else min(MAX_PROCESS_BYTES, hard)
    try:
        resource.setrlimit(resource.RLIMIT_AS, (most, hard))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    except (OSError, ValueError):
        return


PDF_PROCESS = PdfProcess()
atexit.register(PDF_PROCESS.stop)


if __name__ == "__main__":
    _serve(sys.stdin.buffer, sys.stdout.buffer)
