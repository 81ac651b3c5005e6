"""Zip archives that bring a layer: KMZ, and shapefiles.

In: an archive. Out: the same, opened and checked, or the bytes of one file. Refuses: archives whose files, unpacked,
are too large or packed too tightly to be honest, and encrypted ones. Nothing is unpacked to disk.
"""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from contested.base.errors import LayerError
from contested.base.rows import MAX_CSV_BYTES
from contested.base.zip_directory import zip_directory_bytes

#: Largest sum of unpacked files, bytes.
MAX_UNPACKED_BYTES = MAX_CSV_BYTES
#: Largest table of contents, bytes: it is held in memory as a whole, some five times as large.
MAX_DIRECTORY_BYTES = 16 * 1024 * 1024
#: Files in an archive: a KMZ with pictures has hundreds.
MAX_FILES = 10_000
#: Unpacked bytes per packed byte above which an archive is taken for an attack, for files of more than a megabyte.
#: Coordinates written as text pack 3 to 20 times.
MAX_RATIO = 200
_SMALL_BYTES = 1024 * 1024


#: Faults that an archive shows when it is opened or read.
ZIP_FAULTS = (zipfile.BadZipFile, OSError, NotImplementedError, RuntimeError, EOFError, struct.error)


@contextmanager
def open_zip(path: Path, shown: str) -> Iterator[zipfile.ZipFile]:
    """The archive, once it is sure that it will not fill the memory.

    Raises
    ------
    LayerError
        When it would, or cannot be read.
    """
    try:
        with path.open("rb") as file:
            if (length := zip_directory_bytes(file)) > MAX_DIRECTORY_BYTES:
                raise LayerError(
                    f"{shown}: its table of contents has {length:,} bytes, more than {MAX_DIRECTORY_BYTES:,}; split it"
                )
            with zipfile.ZipFile(file) as archive:
                _check_members(archive, shown)
                yield archive
    except ZIP_FAULTS as fault:
        raise LayerError(f"{shown}: the archive cannot be unpacked: {fault}; download it again") from None


def _check_members(archive: zipfile.ZipFile, shown: str) -> None:
    members = archive.infolist()
    if len(members) > MAX_FILES:
        raise LayerError(f"{shown}: the archive holds {len(members):,} files, more than {MAX_FILES:,}; split it")
    size = sum(member.file_size for member in members)
    if size > MAX_UNPACKED_BYTES:
        raise LayerError(f"{shown}: unpacked it has {size:,} bytes, more than {MAX_UNPACKED_BYTES:,}; split it by date")
    for member in members:
        if member.flag_bits & 1:
            raise LayerError(f"{shown}: {member.filename} is encrypted; unpack the archive with its password")
        if member.file_size > max(_SMALL_BYTES, MAX_RATIO * member.compress_size):
            raise LayerError(
                f"{shown}: {member.filename} unpacks to {member.file_size // max(1, member.compress_size)} times its "
                f"size, more than {MAX_RATIO}; unpack it yourself if you trust it"
            )


def read_packed(archive: zipfile.ZipFile, name: str, shown: str) -> bytes:
    """The bytes of one file, never more than the archive's table of contents says."""
    declared = archive.getinfo(name).file_size
    with archive.open(name) as file:
        raw = file.read(declared + 1)
    if len(raw) != declared:
        raise LayerError(f"{shown}: {name} unpacks to more than the {declared:,} bytes that it declares; save it again")
    return raw
