"""The bytes of a text file as UTF-8, piece by piece, checked on the way.

In: a file and its encoding. Out: a stream of UTF-8 bytes without byte-order mark. Refuses: files that are missing or
empty, bytes that are none of the encoding, and NUL characters (:class:`DatasetError`).
"""

from __future__ import annotations

import codecs
import io
from pathlib import Path
from typing import TYPE_CHECKING

from contested.base.errors import DatasetError

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

#: Bytes that are read at once: small beside the memory of a batch, large beside the cost of a call.
PIECE_BYTES = 1 << 20


class TextBytes(io.RawIOBase):
    """A text file read as UTF-8, whatever its encoding."""

    def __init__(self, path: Path, encoding: str = "utf-8") -> None:
        super().__init__()
        self._path = path
        try:
            self._file = path.open("rb")
        except OSError as fault:
            raise DatasetError(f"{path}: cannot be read: {fault.strerror}; check the path and its rights") from None
        mark = self._file.read(3)
        if mark[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
            encoding = "utf-16"
        elif mark == codecs.BOM_UTF8:
            encoding = "utf-8"
        self._file.seek(3 if mark == codecs.BOM_UTF8 else 0)
        self.encoding = encoding
        try:
            self._decoder = codecs.getincrementaldecoder(encoding)()
        except LookupError:
            raise DatasetError(
                f'{path.name}: "{encoding}" is no encoding that is known; set encoding in case.toml, '
                'for instance "cp1252"'
            ) from None
        self._is_utf8 = codecs.lookup(encoding).name == "utf-8"
        self._left = b""

    def readable(self) -> bool:
        """Always so."""
        return True

    def close(self) -> None:
        """Close the file too."""
        if not self.closed:
            self._file.close()
        super().close()

    def readinto(self, buffer: WriteableBuffer) -> int:
        """Fill the buffer with what comes next."""
        view = memoryview(buffer).cast("B")
        piece = self.read(len(view))
        view[: len(piece)] = piece
        return len(piece)

    def read(self, size: int = -1) -> bytes:
        """At most ``size`` bytes of UTF-8; none at the end of the file."""
        if size < 0:
            return b"".join(iter(lambda: self.read(PIECE_BYTES), b""))
        while not self._left:
            raw = self._file.read(max(size, 16))
            self._left = self._checked(raw)
            if not raw:
                break
        piece, self._left = self._left[:size], self._left[size:]
        return piece

    def _checked(self, raw: bytes) -> bytes:
        try:
            text = self._decoder.decode(raw, final=not raw)
        except UnicodeDecodeError as fault:
            raise _NotInEncoding(
                f"{self._path.name}: the text is not {self.encoding}: byte 0x{fault.object[fault.start]:02x} near "
                f"byte {self._file.tell() - len(raw) + fault.start:,}: {fault.reason}; "
                'set encoding in case.toml (for instance encoding = "cp1252"), or --encoding, or save it as UTF-8'
            ) from None
        if "\x00" in text:
            raise DatasetError(
                f"{self._path.name}: the file holds NUL characters, so it is no text in {self.encoding}; "
                "export it again as UTF-8"
            )
        return raw if self._is_utf8 else text.encode()


class _NotInEncoding(DatasetError):
    """A text is not in the encoding that it was read by."""


def find_encoding(path: Path, encoding: str = "utf-8", fallback: str | None = None) -> str:
    """The encoding to read the file by: the fallback, where there is one and the text is not UTF-8.

    Raises
    ------
    DatasetError
        When the file is missing, empty, or bears an encoding that is not known.
    """
    unsure = fallback is not None and encoding == "utf-8"
    filled = False
    with TextBytes(path, encoding) as text:
        try:
            while (unsure or not filled) and (piece := text.read(PIECE_BYTES)):
                filled = filled or not piece.isspace()
        except _NotInEncoding:
            if fallback is None or not unsure:
                raise
            return fallback
        if filled:
            return text.encoding
    size = path.stat().st_size
    raise DatasetError(f"{path.name}: the file is empty ({size} bytes); expected a header and rows: download it again")
