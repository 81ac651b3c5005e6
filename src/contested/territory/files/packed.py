"""Zip archives that bring a layer: KMZ, and shapefiles.

In: an archive. Out: the same, opened and checked, or the bytes of one file. Refuses: archives whose files, unpacked,
are too large or packed too tightly to be honest, and encrypted ones. Nothing is unpacked to disk.
"""

from __future__ import annotations

import zipfile
from contextlib import AbstractContextManager
from pathlib import Path

from contested.base import zip_directory
from contested.base.errors import LayerError
from contested.base.rows import MAX_CSV_BYTES

#: Largest sum of unpacked files, bytes.
MAX_UNPACKED_BYTES = MAX_CSV_BYTES
#: Largest table of contents, bytes: it is held in memory as a whole, some five times as large.
MAX_DIRECTORY_BYTES = 16 * 1024 * 1024
#: Files in an archive: a KMZ with pictures has hundreds.
MAX_FILES = 10_000


def open_zip(path: Path, shown: str) -> AbstractContextManager[zipfile.ZipFile]:
    """The archive, once it is sure that it will not fill the memory; :class:`LayerError` when it would."""
    limits = zip_directory.ZipLimits(MAX_UNPACKED_BYTES, MAX_DIRECTORY_BYTES, MAX_FILES)
    return zip_directory.open_zip(path, shown, limits, LayerError)


def read_packed(archive: zipfile.ZipFile, name: str, shown: str) -> bytes:
    """The bytes of one file, never more than the archive's table of contents says."""
    declared = archive.getinfo(name).file_size
    with archive.open(name) as file:
        raw = file.read(declared + 1)
    if len(raw) != declared:
        raise LayerError(f"{shown}: {name} unpacks to more than the {declared:,} bytes that it declares; save it again")
    return raw
