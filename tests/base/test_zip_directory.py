from __future__ import annotations

import io
import struct
import zipfile

import pytest

from contested.base.zip_directory import zip_directory_bytes


def archive(names: list[str], comment: bytes = b"") -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as written:
        for name in names:
            written.writestr(name, "x")
        written.comment = comment
    return made.getvalue()


@pytest.mark.parametrize("comment", [b"", b"c" * 65_535])
def test_the_size_is_that_of_the_table(comment: bytes) -> None:
    file = io.BytesIO(archive(["a.txt", "folder/bb.txt"], comment))
    assert zip_directory_bytes(file) == 2 * 46 + len("a.txt") + len("folder/bb.txt")
    assert file.tell() == 0


def test_the_wide_record_counts_where_the_end_record_points_to_it() -> None:
    end = b"PK\x05\x06" + b"\x00" * 8 + b"\xff" * 4 + b"\x00" * 6
    wide = b"PK\x06\x06" + b"\x00" * 36 + struct.pack("<Q", 2**40) + b"\x00" * 8
    assert zip_directory_bytes(io.BytesIO(wide + end)) == 2**40


@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\x05\x06 cut short"])
def test_what_is_no_archive_has_none(content: bytes) -> None:
    assert zip_directory_bytes(io.BytesIO(content)) == 0
