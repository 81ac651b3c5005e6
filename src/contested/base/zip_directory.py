"""Zip archives, opened once it is sure that they will not fill the memory.

In: an archive. Out: the bytes of its table of contents, or the same archive, opened and checked. Refuses: archives
whose files, unpacked, are too large or packed too tightly to be honest, and encrypted ones. Nothing is unpacked to
disk.

Python's reader holds the whole table of contents in memory, some five times as large, so its size is asked first.
"""

from __future__ import annotations

import os
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from contested.base.errors import SourceError

#: The end record is 22 bytes long and may be followed by a comment of 65,535.
_TAIL_BYTES = 22 + 65_535
_WIDE_BYTES = 56
#: Files up to this size, bytes, may be packed as tightly as they like.
_SMALL_BYTES = 1024 * 1024
#: Faults that an archive shows when it is opened or read.
ZIP_FAULTS = (zipfile.BadZipFile, OSError, NotImplementedError, RuntimeError, EOFError, struct.error, zlib.error)


@dataclass(frozen=True, slots=True)
class ZipLimits:
    """What an archive may hold before it is taken for an attack."""

    unpacked_bytes: int
    """Largest sum of unpacked files."""
    directory_bytes: int = 16 * 1024 * 1024
    """Largest table of contents."""
    files: int = 10_000
    ratio: int = 200
    """Unpacked bytes per packed byte, for files of more than a megabyte; text of tables packs 3 to 60 times."""


@contextmanager
def open_zip(path: Path, shown: str, limits: ZipLimits, error: type[SourceError]) -> Iterator[zipfile.ZipFile]:
    """The archive, once it is sure that it will not fill the memory; faults met while it is open are told likewise.

    Raises
    ------
    SourceError
        (the subclass given) when it would, or cannot be read.
    """
    try:
        with path.open("rb") as file:
            if (length := zip_directory_bytes(file)) > limits.directory_bytes:
                raise error(
                    f"{shown}: its table of contents has {length:,} bytes, "
                    f"more than {limits.directory_bytes:,}; split it"
                )
            with zipfile.ZipFile(file) as archive:
                _check_members(archive, shown, limits, error)
                yield archive
    except ZIP_FAULTS as fault:
        raise error(f"{shown}: the archive cannot be unpacked: {fault}; download it again") from None


def _check_members(archive: zipfile.ZipFile, shown: str, limits: ZipLimits, error: type[SourceError]) -> None:
    members = archive.infolist()
    if len(members) > limits.files:
        raise error(f"{shown}: the archive holds {len(members):,} files, more than {limits.files:,}; split it")
    size = sum(member.file_size for member in members)
    if size > limits.unpacked_bytes:
        raise error(f"{shown}: unpacked it has {size:,} bytes, more than {limits.unpacked_bytes:,}; split it by date")
    for member in members:
        if member.flag_bits & 1:
            raise error(f"{shown}: {member.filename} is encrypted; unpack the archive with its password")
        if member.file_size > max(_SMALL_BYTES, limits.ratio * member.compress_size):
            raise error(
                f"{shown}: {member.filename} unpacks to {member.file_size // max(1, member.compress_size)} times its "
                f"size, more than {limits.ratio}; unpack it yourself if you trust it"
            )


def zip_directory_bytes(file: BinaryIO) -> int:
    """Bytes of the table of contents as the end record states them; the file is left at its start."""
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - _TAIL_BYTES))
    tail = file.read()
    file.seek(0)
    place = tail.rfind(b"PK\x05\x06")
    length = int(struct.unpack_from("<L", tail, place + 12)[0]) if 0 <= place <= len(tail) - 22 else 0
    # All ones point to the wide record before it.
    wide = tail.rfind(b"PK\x06\x06")
    if length == 0xFFFFFFFF and 0 <= wide <= len(tail) - _WIDE_BYTES:
        length = int(struct.unpack_from("<Q", tail, wide + 40)[0])
    return length
