"""How large a zip archive's table of contents is, before it is loaded.

In: an open archive. Out: bytes. Refuses: nothing; what is no archive has none.

Python's reader holds the whole table in memory, some five times as large, so its size is asked first.
"""

from __future__ import annotations

import os
import struct
from typing import BinaryIO

#: The end record is 22 bytes long and may be followed by a comment of 65,535.
_TAIL_BYTES = 22 + 65_535
_WIDE_BYTES = 56


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
