"""A web archive (``.warc``, ``.warc.gz``, ``.wacz``) → its pages, one at a time.

In: the path of the archive. Out: an iterator of :class:`~contested.claims.documents.items.Item` with target address and
day of capture, of :class:`~contested.base.errors.DocumentError`, and of
:class:`~contested.claims.documents.items.PassedOver`. Refuses: records that are cut short, do not have the digest that
the archive states, or are packed in a way that cannot be undone; archives that are damaged, from the damage on.

Answers with status 200 that hold HTML, PDF, Word or plain text are items. Pictures, styles, scripts, redirects,
errors and repeats (``revisit``) are counted and passed over. Items are named by their record, counted from 1.
"""

from __future__ import annotations

import gzip
import io
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import redirect_stderr
from datetime import date
from email.message import Message
from pathlib import Path
from typing import Any, BinaryIO

from contested.base.errors import DocumentError
from contested.claims.documents.archives import ZIP_FAULTS, Found
from contested.claims.documents.content import MAX_DOCUMENT_BYTES, clean_field
from contested.claims.documents.items import MAX_ITEMS, GuardedStream, Item, PassedOver, refuse_member, shown_name

WARC_SUFFIXES = (".warc", ".warc.gz")
WACZ_SUFFIXES = (".wacz",)
#: Media type of an answer → the suffix that its reader goes by.
SUFFIX_OF_TYPE = {
    "text/html": ".html", "application/xhtml+xml": ".html", "application/pdf": ".pdf", "text/plain": ".txt",
    "text/markdown": ".md", "message/rfc822": ".eml",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
}  # fmt: skip
_NO_PAGE = "answers that are no pages (pictures, styles, scripts, data)"


class _Refusal(Exception):
    """Why one record is refused."""


def find_in_warc(path: Path, shown: str) -> Found:
    """Items of a WARC file."""
    try:
        with path.open("rb") as file:
            packed = file.read(2) == b"\x1f\x8b"
            file.seek(0)
            yield from _find_records(file, packed, shown, "")
    except OSError as fault:
        yield refuse_member(shown, None, 0, f"cannot be read: {fault.strerror or fault}; check its rights")


def find_in_wacz(path: Path, shown: str) -> Found:
    """Items of the WARC files inside a WACZ, which is a zip archive."""
    try:
        with zipfile.ZipFile(path) as archive:
            inner = [m for m in archive.infolist() if m.filename.lower().endswith(WARC_SUFFIXES)]
            if not inner:
                yield refuse_member(shown, None, 0, "there is no WARC file in it; check what the file is")
            for member in inner:
                with archive.open(member) as file:
                    packed = member.filename.lower().endswith(".gz")
                    yield from _find_records(file, packed, shown, f"{shown_name(member.filename)}#")
    except ZIP_FAULTS as fault:
        yield refuse_member(shown, None, 0, f"the archive cannot be read: {fault}; collect it again")


def _find_records(file: Any, packed: bool, shown: str, prefix: str) -> Found:
    from warcio.archiveiterator import ArchiveIterator
    from warcio.bufferedreaders import BufferedReader
    from warcio.exceptions import ArchiveLoadFailed

    stream = GuardedStream(file, gzip.GzipFile(fileobj=file) if packed else file)
    records = ArchiveIterator(stream, check_digests=True)
    # The stream is unpacked, and guarded, already: what is packed twice is no WARC.
    records.reader = BufferedReader(stream)
    passed: Counter[str] = Counter()
    row, whole = 0, True
    fault: str | None = None
    while row < MAX_ITEMS:
        try:
            # The library tells the terminal about wrong lengths; here they become errors with a place.
            with redirect_stderr(io.StringIO()):
                record = next(records)
        except StopIteration:
            break
        except (ArchiveLoadFailed, ValueError, LookupError, AttributeError, TypeError) as problem:
            fault = (
                f"record {row + 1} cannot be read ({clean_field(str(problem))}), nor what follows it; check the archive"
            )
            break
        row += 1
        found: Item | str | DocumentError
        try:
            found = _item_of(record, shown, f"{prefix}{row}", row)
        except _Refusal as refusal:
            found = refuse_member(shown, f"{prefix}{row}", row, str(refusal))
        whole = not isinstance(found, DocumentError)
        if not isinstance(found, str):
            yield found
        elif found:
            passed[found] += 1
        with redirect_stderr(io.StringIO()):
            records.read_to_end()
        if _missing_bytes(record) and whole:
            fault = f"record {row} is cut short; collect the archive again"
        if records.err_count:
            fault = f"record {row} does not have the length that it states; what follows it is not read"
            break
    if stream.fault is not None and (whole or "unsafe" in stream.fault):
        fault = f"{stream.fault} (after record {row})"
    for what, count in sorted(passed.items()):
        yield PassedOver(shown, what, count)
    if fault is not None:
        yield refuse_member(shown, prefix.rstrip("#") or None, row, fault)
    elif row == 0:
        yield refuse_member(
            shown, prefix.rstrip("#") or None, 0, "it holds no records, so it is no WARC; check what it is"
        )


def _item_of(record: Any, shown: str, member: str, row: int) -> Item | str:
    """The item of a record, or why it is passed over; nothing for what belongs to the archive itself."""
    headers = record.rec_headers
    kind = headers.get_header("WARC-Type") if record.format == "warc" else "arc"
    address = headers.get_header("WARC-Target-URI") or ""
    if kind == "arc":
        raise _Refusal("the archive is an ARC file, expected WARC; convert it")
    if kind is None:
        raise _Refusal("it has no WARC-Type, so it is no record; check the archive")
    if kind == "revisit":
        return "repeats of an answer captured before"
    http = record.http_headers if kind == "response" else None
    if not (http is not None or (kind == "resource" and address.startswith(("http:", "https:")))):
        return ""
    status = http.get_statuscode() if http is not None else "200"
    if status != "200":
        return f"answers with status {status}" if status.isdigit() and len(status) == 3 else "answers without status"
    stated = http.get_header("Content-Type") if http is not None else headers.get_header("Content-Type")
    media_type, charset = _media_type(stated)
    if media_type not in SUFFIX_OF_TYPE and not _may_be_page(media_type):
        return _NO_PAGE
    raw = _body_of(record, http)
    suffix = SUFFIX_OF_TYPE.get(media_type) or _suffix_by_bytes(raw)
    if suffix is None or not raw:
        return _NO_PAGE if raw else "answers without content"
    return Item(shown, suffix, raw, member, row, clean_field(address), _day(headers.get_header("WARC-Date")), charset)


def _media_type(stated: str | None) -> tuple[str, str | None]:
    message = Message()
    message["Content-Type"] = stated or "application/octet-stream"
    try:
        return message.get_content_type(), message.get_content_charset() if stated else None
    except (LookupError, ValueError, AttributeError, TypeError):
        return "application/octet-stream", None


def _may_be_page(media_type: str) -> bool:
    return media_type in ("application/octet-stream", "application/force-download", "application/download")


def _suffix_by_bytes(raw: bytes) -> str | None:
    if raw.startswith(b"%PDF-"):
        return ".pdf"
    return ".html" if raw[:500].lstrip().lower().startswith((b"<!doctype html", b"<html")) else None


def _day(stamp: str | None) -> date | None:
    try:
        return date.fromisoformat((stamp or "")[:10])
    except ValueError:
        return None


def _missing_bytes(record: Any) -> int:
    return int(getattr(record.raw_stream, "limit", 0) or 0)


def _body_of(record: Any, http: Any) -> bytes:
    """The answer's own bytes, without the wrapping of their transport."""
    from warcio.bufferedreaders import ChunkedDataReader

    stream: BinaryIO = record.raw_stream
    transfer = (http.get_header("Transfer-Encoding") or "").lower() if http is not None else ""
    if "chunked" in transfer:
        stream = ChunkedDataReader(stream, decomp_type=None)
    parts, length = [], 0
    while length <= MAX_DOCUMENT_BYTES and (part := stream.read(65_536)):
        parts.append(part)
        length += len(part)
    if length > MAX_DOCUMENT_BYTES:
        raise _Refusal(f"it has more than the {MAX_DOCUMENT_BYTES:,} bytes that are read")
    raw = b"".join(parts)
    if _missing_bytes(record):
        raise _Refusal(f"it is cut short: {_missing_bytes(record):,} bytes are missing; collect it again")
    if record.rec_headers.get_header("WARC-Truncated"):
        raise _Refusal("the crawler cut it short (WARC-Truncated); collect it again")
    checker = getattr(record, "digest_checker", None)
    if checker is not None and checker.passed is False and _is_altered(record, checker.problems):
        raise _Refusal("its bytes do not have the digest that the archive states; it was altered or damaged")
    encodings = (http.get_header("Content-Encoding") or "") if http is not None else ""
    for encoding in reversed([part.strip().lower() for part in encodings.split(",")]):
        raw = b"".join(_unpacked(raw, encoding))
    return raw


def _is_altered(record: Any, problems: list[str]) -> bool:
    """Whether the block itself fails; crawlers differ in what they take for the payload."""
    failed = [problem for problem in problems if "failed" in problem]
    return any("block" in problem for problem in failed) or (
        bool(failed) and record.rec_headers.get_header("WARC-Block-Digest") is None
    )


def _unpacked(raw: bytes, encoding: str) -> Iterator[bytes]:
    """A packed answer, piece by piece, up to the largest document."""
    if encoding in ("", "identity", "none"):
        yield raw
        return
    if encoding in ("gzip", "x-gzip", "deflate"):
        # Crawlers keep the header also where they stored the answer unpacked.
        if encoding != "deflate" and not raw.startswith(b"\x1f\x8b"):
            yield raw
            return
        zlib_header = raw[:1] in (b"\x78", b"\x58", b"\x68", b"\x48", b"\x38", b"\x28", b"\x18", b"\x08")
        unpacker = zlib.decompressobj(31 if encoding != "deflate" else 15 if zlib_header else -15)
        length, waiting = 0, raw
        while not unpacker.eof:
            try:
                piece = unpacker.decompress(waiting, 1_048_576)
            except zlib.error as fault:
                raise _Refusal(f"its {encoding} cannot be unpacked ({fault}); it is damaged") from None
            waiting = unpacker.unconsumed_tail
            if not piece and not waiting:
                raise _Refusal(f"its {encoding} is cut short; collect it again")
            length += len(piece)
            _check_length(length, len(raw))
            yield piece
        return
    if encoding == "br":
        yield from _unpacked_brotli(raw)
        return
    raise _Refusal(
        f'it is packed as "{encoding}", which cannot be unpacked; recompress the archive with its answers unpacked'
    )


def _unpacked_brotli(raw: bytes) -> Iterator[bytes]:
    import brotli

    unpacker = brotli.Decompressor()
    length, waiting = 0, raw
    while not unpacker.is_finished():
        try:
            piece = unpacker.process(waiting, output_buffer_limit=1_048_576)
        except brotli.error as fault:
            if length == 0 and raw.lstrip()[:1] == b"<":
                yield raw
                return
            raise _Refusal(f"its brotli cannot be unpacked ({fault}); it is damaged") from None
        waiting = b""
        if not piece and unpacker.can_accept_more_data():
            raise _Refusal("its brotli is cut short; collect it again")
        length += len(piece)
        _check_length(length, len(raw))
        yield piece


def _check_length(length: int, packed: int) -> None:
    if length > MAX_DOCUMENT_BYTES:
        raise _Refusal(
            f"{packed:,} bytes unpack to more than the {MAX_DOCUMENT_BYTES:,} that are read; refused as unsafe"
        )
