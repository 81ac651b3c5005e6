"""Nothing private stands in any byte of a published folder."""

from __future__ import annotations

import gzip
import io
import struct
import zipfile
import zlib
from collections.abc import Iterable
from pathlib import Path

import pyarrow as pa
import pytest
from tests.publish.conftest import CANARIES, PUBLIC, PublishedCase

from contested.base.engine import parquet_bytes
from contested.publish.proof import published_edition
from contested.publish.unpacking import has_exif, unpack
from contested.web.interchange.writing import FORMATS, export_case


def found_in(files: Iterable[Path], root: Path) -> dict[str, set[str]]:
    """Canary or public word → the files that it stands in, by name or in any part of the bytes."""
    found: dict[str, set[str]] = {}
    for path in files:
        name = path.relative_to(root).as_posix()
        parts = [name.encode(), *unpack(path.read_bytes())]
        for part in parts:
            text = part.decode("utf-8", errors="ignore").casefold()
            for word in (*CANARIES, *PUBLIC):
                if word in text:
                    found.setdefault(word, set()).add(name)
    return found


def files_of(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def test_no_canary_leaves_the_house(published: PublishedCase) -> None:
    files = files_of(published.case.published)
    found = found_in(files, published.case.published)
    assert {word: sorted(found[word])[:3] for word in CANARIES if word in found} == {}
    assert all(word in found for word in PUBLIC), "the search does not find what is there"
    assert {path.suffix for path in files} >= {".html", ".json", ".csv", ".geojson", ".png", ".svg", ".js"}


def test_the_search_finds_every_canary_in_the_case_itself(published: PublishedCase) -> None:
    """The control: the same search over the folder that must not be shared finds all of them."""
    files = [path for path in files_of(published.case.folder) if published.case.published not in path.parents]
    found = found_in(files, published.case.folder)
    assert [word for word in CANARIES if word not in found] == []
    dossier = found_in(files_of(published.case.dossier), published.case.dossier)
    private = {"zqspeaker", "zqquote", "zqbasis", "zqnote", "zqrestricted", "zqreviewer", "10.12345", "10.11234"}
    assert private <= dossier.keys(), "the unprojected dossier holds these"
    tables = found_in(files_of(published.case.derived / "tables"), published.case.derived)
    assert {"zqgtd", "zqreject", "zqextra", "10.12345"} <= tables.keys(), "Parquet was not searched"


def test_published_tables_hold_no_canary_either(published: PublishedCase) -> None:
    folder = published.case.derived / "publish/tables"
    found = found_in(files_of(folder), folder)
    assert [word for word in CANARIES if word in found] == []
    assert set(PUBLIC) <= found.keys()


@pytest.mark.parametrize("form", sorted(FORMATS))
def test_no_canary_stands_in_an_export_of_what_is_published(
    published: PublishedCase, form: str, tmp_path: Path
) -> None:
    export_case(*published_edition(published.case), form, tmp_path)
    found = found_in(files_of(tmp_path), tmp_path)
    assert [word for word in CANARIES if word in found] == []
    assert files_of(tmp_path)


def png_with(kind: bytes, data: bytes) -> bytes:
    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", bytes(13)) + chunk(kind, data) + chunk(b"IEND", b"")


@pytest.mark.parametrize("depth", [1, 2])
def test_words_are_found_however_they_are_packed(depth: int) -> None:
    word = b"zqpacked word" * 20
    zipped = io.BytesIO()
    with zipfile.ZipFile(zipped, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("inner.txt", word if depth == 1 else gzip.compress(word))
    packed = {
        "zip": zipped.getvalue(),
        "gzip": gzip.compress(word if depth == 1 else zipped.getvalue()),
        "zTXt": png_with(b"zTXt", b"Comment\x00\x00" + zlib.compress(word)),
        "iTXt": png_with(b"iTXt", b"Comment\x00\x01\x00\x00\x00" + zlib.compress(word)),
        "pdf": b"%PDF-1.7\n1 0 obj<</Filter/FlateDecode>>stream\n" + zlib.compress(word) + b"\nendstream\nendobj",
        "parquet": parquet_bytes(pa.table({"a": [word.decode()], "b": [["x", word.decode()]]})),
    }
    for kind, content in packed.items():
        assert kind == "parquet" or word not in content, kind  # its statistics are plain
        assert any(b"zqpacked word" in part for part in unpack(content)), kind


def test_exif_is_told() -> None:
    assert has_exif(png_with(b"eXIf", b"MM")) and not has_exif(png_with(b"tEXt", b"Software\x00x"))
    assert has_exif(b"\xff\xd8\xff\xe1\x00\x10Exif\x00\x00") and not has_exif(b"\xff\xd8\xff\xe0\x00\x10JFIF")
