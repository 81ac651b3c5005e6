"""Folders and archives: every item is a document, a refusal or counted; nothing leads out of them."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import tarfile
import zipfile
from pathlib import Path

import pytest
from tests.claims.made import PARAGRAPH, article, tar_bytes, word_bytes, write, zip_bytes

from contested.base.errors import DocumentError
from contested.claims.documents import archives, items
from contested.claims.documents.items import Item, PassedOver
from contested.claims.read import Document, find_items, read_document, read_documents


def outcomes(path: Path) -> tuple[dict[str, Document], list[DocumentError]]:
    found = list(read_documents(path, path.name))
    return {d.shown: d for d in found if isinstance(d, Document)}, [f for f in found if isinstance(f, DocumentError)]


MEMBERS: dict[str, str | bytes] = {
    "b/one.txt": PARAGRAPH + "One.", "a/two.html": article(), "three.docx": word_bytes(PARAGRAPH), "four.jpeg": b"\xff",
    "five.txt": b"", ".hidden.txt": "x", "__MACOSX/six.txt": "x", "d/.git/seven.txt": "x",
}  # fmt: skip


@pytest.mark.parametrize("ending", [".zip", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz"])
def test_every_item_is_read_or_refused_in_the_archives_order(tmp_path: Path, ending: str) -> None:
    plain = zip_bytes(MEMBERS) if ending == ".zip" else tar_bytes(MEMBERS)
    packed = {".tar.gz": gzip.compress, ".tgz": gzip.compress, ".tar.bz2": bz2.compress, ".tar.xz": lzma.compress}
    name = f"news{ending}"
    read, refused = outcomes(write(tmp_path, name, packed.get(ending, bytes)(plain)))
    assert list(read) == [f"{name}#b/one.txt", f"{name}#a/two.html", f"{name}#three.docx"]
    one = read[f"{name}#b/one.txt"]
    assert (one.path, one.member, one.original_row) == (name, "b/one.txt", 1)
    assert one.text == PARAGRAPH + "One."
    assert [(fault.path, fault.original_row) for fault in refused] == [(name, 4), (name, 5)]
    assert "four.jpeg" in str(refused[0]) and "0 bytes" in str(refused[1])


def test_a_folder_is_walked_in_the_order_of_its_names(tmp_path: Path) -> None:
    for name, content in MEMBERS.items():
        write(tmp_path, f"news/{name}", content)
    write(tmp_path, "news/e/inner.zip", zip_bytes({"eight.txt": PARAGRAPH + "Eight."}))
    write(tmp_path, "news/saved.html", article() + "<!-- other bytes -->")
    write(tmp_path, "news/saved_files/style.css", "p {}")
    write(tmp_path, "news/saved_files/pictures/a.png", b"x")
    read, refused = outcomes(tmp_path / "news")
    assert list(read) == [
        "news/saved.html", "news/three.docx", "news/__MACOSX/six.txt", "news/a/two.html", "news/b/one.txt",
        "news/e/inner.zip#eight.txt",
    ]  # fmt: skip
    assert sorted(str(fault).split(":")[0] for fault in refused) == ["news/five.txt", "news/four.jpeg"]
    passed = [found for found in find_items(tmp_path / "news", "news") if isinstance(found, PassedOver)]
    assert [(found.path, found.count) for found in passed] == [("news/saved_files", 2)]


def test_one_document_cannot_be_asked_of_many(tmp_path: Path) -> None:
    path = write(tmp_path, "a.zip", zip_bytes(MEMBERS))
    with pytest.raises(DocumentError, match="holds many documents"):
        read_document(path)
    with pytest.raises(DocumentError, match="this is a folder"):
        read_document(tmp_path)


@pytest.mark.parametrize(
    "name", ["../../etc/passwd.txt", "/etc/passwd.txt", "..\\..\\x.txt", "C:\\x.txt", "a/../../x.txt"]
)
def test_names_that_lead_out_are_refused_and_write_nothing(tmp_path: Path, name: str) -> None:
    before = sorted(path.name for path in tmp_path.iterdir())
    for kind, raw in (("zip", zip_bytes({name: PARAGRAPH})), ("tar", tar_bytes({name: PARAGRAPH}))):
        read, refused = outcomes(write(tmp_path, f"a.{kind}", raw))
        assert not read and "leads out of the archive" in str(refused[0])
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([*before, "a.tar", "a.zip"])


def test_links_and_archives_in_archives_are_refused(tmp_path: Path) -> None:
    write(tmp_path, "secret.txt", PARAGRAPH)
    raw = tar_bytes({"inner.zip": zip_bytes({"a.txt": PARAGRAPH}), "ok.txt": PARAGRAPH}, {"link.txt": "secret.txt"})
    read, refused = outcomes(write(tmp_path, "a.tar", raw))
    assert list(read) == ["a.tar#ok.txt"]
    assert "an archive in an archive" in str(refused[0]) and "a link or a device" in str(refused[1])
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        link = zipfile.ZipInfo("link.txt")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "secret.txt")
    assert "it is a link" in str(outcomes(write(tmp_path, "a.zip", out.getvalue()))[1][0])


def test_control_characters_in_names_do_not_reach_the_terminal(tmp_path: Path) -> None:
    _, refused = outcomes(write(tmp_path, "a.tar", tar_bytes({"evil\x1b[2J\n.exe": b"x"})))
    assert "\x1b" not in str(refused[0]) and "\n" not in str(refused[0])


def test_a_member_larger_than_any_document_is_refused_unread(tmp_path: Path) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("bomb.txt", "w") as file:
        for _ in range(80):
            file.write(bytes(1024 * 1024))
    read, refused = outcomes(write(tmp_path, "a.zip", out.getvalue()))
    assert not read and "83,886,080 bytes is more than" in str(refused[0])


def test_archives_that_unpack_without_end_are_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (archives, items):
        monkeypatch.setattr(module, "UNPACKED_ALWAYS_BYTES", 1_000_000)
    members: dict[str, str | bytes] = {f"{n:03}.txt": " " * 500_000 + f"{n}" for n in range(100)}
    for name, raw in (
        ("a.zip", zip_bytes(members)), ("a.tar.gz", gzip.compress(tar_bytes(members))),
        ("a.tar.xz", lzma.compress(tar_bytes(members))),
    ):  # fmt: skip
        read, refused = outcomes(write(tmp_path, name, raw))
        assert "as no collection does; refused as unsafe" in str(refused[-1])
        assert len(read) < 50


def test_damage_is_told_and_what_came_before_is_read(tmp_path: Path) -> None:
    members: dict[str, str | bytes] = {f"{n}.txt": PARAGRAPH + os.urandom(4000).hex() for n in range(5)}
    for name, raw in (("a.tar.gz", gzip.compress(tar_bytes(members))), ("a.tar", tar_bytes(members))):
        read, refused = outcomes(write(tmp_path, name, raw[: len(raw) * 2 // 3]))
        assert 1 <= len(read) <= 4 and refused
    for raw in (b"", b"no archive at all", zip_bytes(members)[:5000]):
        read, refused = outcomes(write(tmp_path, "a.zip", raw))
        assert not read and "cannot be read" in str(refused[0])
        read, refused = outcomes(write(tmp_path, "a.tar", raw))
        assert not read and (refused or not raw)


def test_an_encrypted_member_is_told(tmp_path: Path) -> None:
    raw = bytearray(zip_bytes({"a.txt": PARAGRAPH}))
    place = raw.rindex(b"PK\x01\x02")
    raw[place + 8] |= 1
    _, refused = outcomes(write(tmp_path, "a.zip", bytes(raw)))
    assert "it is encrypted" in str(refused[0])


def test_a_table_of_contents_that_would_fill_the_memory_is_not_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archives, "MAX_ZIP_DIRECTORY_BYTES", 1000)
    _, refused = outcomes(write(tmp_path, "a.zip", zip_bytes({f"{n}.txt": "" for n in range(100)})))
    assert "its table of contents has" in str(refused[0])


def test_items_come_one_at_a_time(tmp_path: Path) -> None:
    path = write(tmp_path, "a.zip", zip_bytes({f"{n}.txt": PARAGRAPH for n in range(10)}))
    found = find_items(path)
    first = next(found)
    assert isinstance(first, Item) and first.member == "0.txt"


def test_a_tape_archive_keeps_no_headers(tmp_path: Path) -> None:
    path = write(tmp_path, "a.tar", tar_bytes({f"{n}.txt": PARAGRAPH + str(n) for n in range(50)}))
    assert len([found for found in find_items(path) if isinstance(found, Item)]) == 50
    with tarfile.open(path) as archive:
        assert len(archive.getnames()) == 50
