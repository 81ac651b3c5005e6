"""A folder or an archive → its items, one at a time.

In: the path of a folder, ``.zip`` or ``.tar`` (plain, gzip, bzip2, xz). Out: an iterator of
:class:`~contested.claims.documents.items.Item`, of :class:`~contested.base.errors.DocumentError` for each item that is
refused, and of :class:`~contested.claims.documents.items.PassedOver`. Refuses: what leads out of the archive, links,
archives in archives, encrypted and damaged items, and archives that unpack without end.

Nothing is written to disk. Items come in the order of the names in a folder, in the archive's own order else.
"""

from __future__ import annotations

import os
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO

from contested.base import zip_directory
from contested.base.errors import DocumentError
from contested.base.zip_directory import zip_directory_bytes
from contested.claims.documents.content import MAX_DOCUMENT_BYTES
from contested.claims.documents.items import (
    MAX_ITEMS,
    MAX_UNPACKED_RATIO,
    UNPACKED_ALWAYS_BYTES,
    GuardedStream,
    Item,
    PassedOver,
    refuse_member,
    shown_name,
)

Found = Iterator[Item | DocumentError | PassedOver]

#: Ending of a tape archive → what packs it.
TAR_SUFFIXES = {
    ".tar": "", ".tar.gz": "gz", ".tgz": "gz", ".tar.bz2": "bz2", ".tbz2": "bz2", ".tar.xz": "xz", ".txz": "xz",
}  # fmt: skip
ZIP_SUFFIXES = (".zip",)
#: Largest table of contents of a zip, bytes: some 300,000 names.
MAX_ZIP_DIRECTORY_BYTES = 32 * 1024 * 1024
#: Faults that a zip shows when it is opened or read.
ZIP_FAULTS = (*zip_directory.ZIP_FAULTS, ValueError)


def ending(name: str, endings: tuple[str, ...]) -> str | None:
    """The longest of the endings that the name has."""
    lower = name.lower()
    return max((end for end in endings if lower.endswith(end)), key=len, default=None)


def list_folder(folder: Path) -> Iterator[tuple[Path, int]]:
    """Files of a folder in the order of their names, with 0; a saved page's own files as the folder with their number.

    Names that begin with a dot are left out, as in a case.
    """
    for root, folders, files in os.walk(folder):
        names = set(files)
        folders.sort()
        files.sort()
        for name in list(folders):
            page = name.removesuffix("_files")
            saved = page != name and not names.isdisjoint((f"{page}.html", f"{page}.htm"))
            if name.startswith(".") or saved:
                folders.remove(name)
            if saved:
                inside = Path(root, name)
                yield inside, sum(len(found) for _, _, found in os.walk(inside))
        for name in files:
            path = Path(root, name)
            if not name.startswith(".") and path.is_file():
                yield path, 0


def find_in_zip(path: Path, shown: str) -> Found:
    """Items of a zip archive."""
    try:
        with path.open("rb") as file:
            _check_zip_directory(file, shown)
            with zipfile.ZipFile(file) as archive:
                yield from _zip_items(archive, path.stat().st_size, shown)
    except DocumentError as fault:
        yield fault
    except ZIP_FAULTS as fault:
        yield refuse_member(shown, None, 0, f"the archive cannot be read: {fault}; collect it again")


def _check_zip_directory(file: BinaryIO, shown: str) -> None:
    """Refuse a table of contents that would fill the memory, before it is loaded."""
    if (length := zip_directory_bytes(file)) > MAX_ZIP_DIRECTORY_BYTES:
        raise refuse_member(
            shown,
            None,
            0,
            f"its table of contents has {length:,} bytes, more than {MAX_ZIP_DIRECTORY_BYTES:,}; split it",
        )


def _zip_items(archive: zipfile.ZipFile, packed_bytes: int, shown: str) -> Found:
    unpacked = 0
    for row, member in enumerate(archive.infolist(), start=1):
        if member.is_dir() or _is_hidden(member.filename):
            continue
        name = shown_name(member.filename)
        reason = _refusal_by_name(member.filename, member.file_size)
        if reason is None and member.flag_bits & 1:
            reason = "it is encrypted; unpack the archive with its password"
        if reason is None and (member.external_attr >> 16) & 0o170000 == 0o120000:
            reason = "it is a link, expected a file; put the file itself into the archive"
        if reason is not None:
            yield refuse_member(shown, name, row, reason)
            continue
        try:
            with archive.open(member) as file:
                raw = file.read(MAX_DOCUMENT_BYTES + 1)
        except ZIP_FAULTS as fault:
            yield refuse_member(shown, name, row, f"it cannot be unpacked: {fault}; collect it again")
            continue
        unpacked += len(raw)
        if unpacked > UNPACKED_ALWAYS_BYTES and unpacked > MAX_UNPACKED_RATIO * packed_bytes:
            yield refuse_member(
                shown, None, row,
                f"{packed_bytes:,} bytes unpack to more than {unpacked:,}, as no collection does; refused as unsafe",
            )  # fmt: skip
            return
        yield Item(shown, _suffix(member.filename), raw, name, row)


def find_in_tar(path: Path, shown: str) -> Found:
    """Items of a tape archive, read as a stream."""
    import bz2
    import gzip
    import lzma

    kind = TAR_SUFFIXES[ending(path.name, tuple(TAR_SUFFIXES)) or ".tar"]
    openers: dict[str, Callable[[BinaryIO], Any]] = {"gz": gzip.open, "bz2": bz2.open, "xz": lzma.open}
    row = 0
    try:
        with path.open("rb") as file:
            stream = GuardedStream(file, openers[kind](file) if kind else file)
            try:
                with tarfile.open(fileobj=stream, mode="r|", bufsize=tarfile.BLOCKSIZE * 128) as archive:
                    for row, member in enumerate(archive, start=1):
                        yield from _tar_item(archive, member, row, shown)
                        # The library keeps every header that it met; a long archive would fill the memory.
                        archive.members = []  # type: ignore[attr-defined]
                        if row >= MAX_ITEMS:
                            yield refuse_member(shown, None, row, f"more than {MAX_ITEMS:,} items in it; split it")
                            return
            except (tarfile.TarError, EOFError, ValueError, OverflowError) as fault:
                stream.fault = stream.fault or f"the archive cannot be read: {fault}; collect it again"
            if stream.fault is not None:
                yield refuse_member(shown, None, row, f"{stream.fault} (after item {row})")
    except OSError as fault:
        yield refuse_member(shown, None, 0, f"cannot be read: {fault.strerror or fault}; check its rights")


def _tar_item(archive: tarfile.TarFile, member: tarfile.TarInfo, row: int, shown: str) -> Found:
    if member.isdir() or _is_hidden(member.name):
        return
    name = shown_name(member.name)
    reason = _refusal_by_name(member.name, member.size)
    if reason is None and not member.isreg():
        reason = "it is a link or a device, expected a file; put the file itself into the archive"
    if reason is not None:
        yield refuse_member(shown, name, row, reason)
        return
    file = archive.extractfile(member)
    raw = file.read(MAX_DOCUMENT_BYTES + 1) if file is not None else b""
    if len(raw) < member.size:
        yield refuse_member(
            shown, name, row, f"it is cut short: {len(raw):,} of {member.size:,} bytes; collect it again"
        )
        return
    yield Item(shown, _suffix(member.name), raw, name, row)


def _is_hidden(name: str) -> bool:
    parts = PurePosixPath(name.replace("\\", "/")).parts
    return any(part.startswith(".") and part not in (".", "..") for part in parts) or parts[:1] == ("__MACOSX",)


def _refusal_by_name(name: str, size: int) -> str | None:
    path = PurePosixPath(name.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or (path.parts and ":" in path.parts[0]):
        return "its name leads out of the archive; nothing was written; unpack it by hand if you trust it"
    if ending(name, (*ZIP_SUFFIXES, *TAR_SUFFIXES, ".warc", ".warc.gz", ".wacz", ".7z", ".rar", ".gz")):
        return "an archive in an archive is not opened; unpack the outer one and name the inner one"
    if size > MAX_DOCUMENT_BYTES:
        return f"{size:,} bytes is more than the {MAX_DOCUMENT_BYTES:,} that are read; split the document"
    return None


def _suffix(name: str) -> str:
    return PurePosixPath(name.replace("\\", "/")).suffix.lower()
