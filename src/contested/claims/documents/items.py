"""What stands between a file and a document: one collected item, and the limits on unpacking.

In: nothing. Out: :class:`Item`, :class:`PassedOver`, :class:`GuardedStream`. Refuses, with
:class:`~contested.base.errors.DocumentError`: archives that unpack to more than any collection does.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import date
from typing import IO, Any

from contested.base.errors import DocumentError
from contested.claims.documents.content import MAX_DOCUMENT_BYTES, clean_field

#: An archive may unpack to this much whatever its size, and beyond it to this multiple of what was read of it:
#: pages pack to a fifth, many alike in one stream to a fiftieth; a bomb to a thousandth.
UNPACKED_ALWAYS_BYTES = 512 * 1024 * 1024
MAX_UNPACKED_RATIO = 250
#: Most items in one archive: a crawl has some hundred thousand records in each file.
MAX_ITEMS = 2_000_000


@dataclass(frozen=True)
class Item:
    """One collected item before it is read.

    ``path`` is the file as shown; an item in an archive has a ``member`` (its name or record there) and
    ``original_row``, its place in the archive counted from 1. ``suffix`` says what it is.
    """

    path: str
    suffix: str
    raw: bytes
    member: str | None = None
    original_row: int | None = None
    address: str | None = None
    collected: date | None = None
    charset: str | None = None

    @property
    def shown(self) -> str:
        """What messages name: ``news.zip#a.html``, ``crawl.warc.gz#12``."""
        return self.path if self.member is None else f"{self.path}#{self.member}"


@dataclass(frozen=True)
class PassedOver:
    """Things in an archive or folder that are no documents by their nature: pictures, scripts, redirects."""

    path: str
    what: str
    count: int

    def __str__(self) -> str:
        return f"{self.count:,} passed over: {self.what}"


def refuse_member(path: str, member: str | None, row: int, reason: str) -> DocumentError:
    """The error for one item of an archive; the rest of the archive is read on."""
    shown = path if member is None else f"{path}#{member}"
    return DocumentError(f"{shown}: {reason}", path=path, original_row=row)


def shown_name(name: str) -> str:
    """A name from an archive as it may stand in a message: one line, no control characters, not endless."""
    return clean_field(name[:300]) or "(no name)"


class GuardedStream(io.RawIOBase):
    """An unpacked stream that ends, with ``fault`` set, at damage and where it grows as no collection does.

    Parameters
    ----------
    packed
        The file as it lies on disk; its position says how much of it was read.
    unpacked
        The stream over it that unpacks; the same file when it is not packed.
    """

    def __init__(self, packed: IO[bytes], unpacked: Any) -> None:
        self._packed = packed
        self._unpacked = unpacked
        self._given = 0
        self.fault: str | None = None

    def readable(self) -> bool:
        """Yes."""
        return True

    def tell(self) -> int:
        """Bytes given so far."""
        return self._given

    def read(self, size: int = -1) -> bytes:
        """Up to ``size`` bytes; none at the end or at a fault."""
        import lzma
        import zlib

        if self.fault is not None:
            return b""
        wanted = MAX_DOCUMENT_BYTES if size is None or size < 0 else min(size, MAX_DOCUMENT_BYTES)
        try:
            # One step at a time: what was unpacked before the damage must not be lost with it.
            chunk: bytes = self._unpacked.read1(wanted)
        except (EOFError, zlib.error, lzma.LZMAError, OSError, ValueError) as fault:
            self.fault = f"it is cut short or damaged ({fault}); collect it again"
            return b""
        self._given += len(chunk)
        if self._given > UNPACKED_ALWAYS_BYTES and self._given > MAX_UNPACKED_RATIO * max(self._packed.tell(), 1):
            self.fault = (
                f"{self._packed.tell():,} bytes unpack to more than {self._given:,}, as no collection does; "
                "refused as unsafe"
            )
            return b""
        return chunk
