"""Everything that a file says, also what is packed inside it.

In: the bytes of a file. Out: its bytes, and those of what it holds: members of archives, text of pictures, streams of
PDF, rows of Parquet. Refuses: nothing; what cannot be unpacked is given as it is.

Used to search a published folder for what must not be in it.
"""

from __future__ import annotations

import gzip
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import closing
from importlib.util import find_spec
from itertools import chain

#: Bytes that one packed part may come to: what we search we have written, so more is a fault.
MOST_BYTES = 512 * 1024 * 1024
#: How deep archives in archives are followed.
DEPTH = 4

_PDF_STREAM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.DOTALL)


def unpack(content: bytes, depth: int = DEPTH) -> Iterator[bytes]:
    """The content, then everything packed in it."""
    yield content
    if depth == 0:
        return
    inner: Iterator[bytes] = iter(())
    if content.startswith(b"PK\x03\x04"):
        inner = _zip(content)
    elif content.startswith(b"\x1f\x8b"):
        inner = iter([gzip.decompress(content)])
    elif content.startswith(b"\x89PNG"):
        inner = _png(content)
    elif content.startswith(b"%PDF"):
        streams = (part for match in _PDF_STREAM.finditer(content) for part in _inflated(match.group(1)))
        inner = chain(streams, _pdf_text(content))
    elif content.startswith(b"PAR1"):
        inner = _parquet(content)
    for part in inner:
        yield from unpack(part, depth - 1)


def has_exif(content: bytes) -> bool:
    """Whether a picture carries EXIF, in which cameras write place and time."""
    if content.startswith(b"\x89PNG"):
        return any(kind == b"eXIf" for kind, _ in _chunks(content))
    if content.startswith(b"\xff\xd8"):
        return b"Exif\x00\x00" in content[:65_536]
    return content[:4] == b"RIFF" and b"EXIF" in content


def _zip(content: bytes) -> Iterator[bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for member in archive.infolist():
            yield f"{member.filename}\n".encode() + member.comment
            if member.file_size <= MOST_BYTES:
                yield archive.read(member)


def _chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    position = 8
    while position + 8 <= len(content):
        length = int.from_bytes(content[position : position + 4])
        yield content[position + 4 : position + 8], content[position + 8 : position + 8 + length]
        position += 12 + length


def _png(content: bytes) -> Iterator[bytes]:
    for kind, data in _chunks(content):
        if kind == b"zTXt":
            yield from _inflated(data.split(b"\x00", 1)[1][1:])
        elif kind == b"iTXt":
            yield data
            # After the keyword two bytes of compression, then a language and a translated keyword, each with a zero.
            yield from _inflated(data.split(b"\x00", 1)[1][2:].split(b"\x00", 2)[-1])


def _inflated(data: bytes) -> Iterator[bytes]:
    try:
        yield zlib.decompressobj().decompress(data, MOST_BYTES)
    except zlib.error:
        return


def _pdf_text(content: bytes) -> Iterator[bytes]:
    """The text of each page: in the streams it may stand as numbers of glyphs."""
    if find_spec("pypdfium2") is None:
        return
    import pypdfium2

    with closing(pypdfium2.PdfDocument(content)) as document:
        for page in document:
            yield page.get_textpage().get_text_range().encode("utf-8", errors="ignore")


def _parquet(content: bytes) -> Iterator[bytes]:
    import pyarrow.parquet as pq
    import shapely

    table = pq.read_table(io.BytesIO(content))
    yield repr(table.schema).encode()
    for name in table.column_names:
        for value in table[name].to_pylist():
            if isinstance(value, bytes):
                yield value
                try:
                    yield shapely.to_wkt(shapely.from_wkb(value), rounding_precision=6).encode()
                except shapely.errors.GEOSException:
                    continue
            elif value is not None:
                yield str(value).encode()
