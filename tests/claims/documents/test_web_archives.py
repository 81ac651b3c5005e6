"""Web archives: pages with address and day of capture; damage, bombs and lies about length and digest."""

from __future__ import annotations

import base64
import gzip
import hashlib
import zlib
from datetime import date
from pathlib import Path

import brotli
import pytest
from tests.claims.made import (
    ARABIC,
    PARAGRAPH,
    answer,
    article,
    block,
    pdf_of_pages,
    warc_bytes,
    warc_record,
    write,
    zip_bytes,
)

from contested.base.errors import DocumentError
from contested.claims.documents import items, web_archives
from contested.claims.documents.items import PassedOver
from contested.claims.read import Document, find_items, read_documents

INFO = warc_record("warcinfo", "", b"software: test\r\n", "application/warc-fields")
PAGE = article().encode()
RECORDS = (
    INFO,
    warc_record("request", "http://example.org/a", b"GET /a HTTP/1.1\r\n\r\n", "application/http; msgtype=request"),
    warc_record("response", "http://example.org/a", answer(PAGE)),
    warc_record("response", "http://example.org/b.css", answer(b"p {}", "text/css")),
    warc_record("response", "http://example.org/c", answer(b"", status="301 Moved")),
    warc_record("response", "http://example.org/d.pdf",
                answer(pdf_of_pages([block(72, 700, ["The army said no."])]), "application/pdf")),
    warc_record("response", "http://example.org/e.txt", answer(PARAGRAPH.encode(), "text/plain")),
    warc_record("response", "http://example.org/f", answer(b"<html><body>x</body></html>")),
    warc_record("revisit", "http://example.org/a", answer(b"")),
    warc_record("metadata", "http://example.org/a", b"x: y", "application/warc-fields"),
)  # fmt: skip


def outcomes(path: Path) -> tuple[dict[str, Document], list[DocumentError], dict[str, int]]:
    found = list(read_documents(path, path.name))
    passed = {item.what: item.count for item in find_items(path, path.name) if isinstance(item, PassedOver)}
    return (
        {d.shown: d for d in found if isinstance(d, Document)},
        [fault for fault in found if isinstance(fault, DocumentError)], passed,
    )  # fmt: skip


@pytest.mark.parametrize("name", ["a.warc", "a.warc.gz", "whole.warc.gz", "a.wacz"])
def test_every_page_is_a_document_with_its_address_and_day(tmp_path: Path, name: str) -> None:
    raw = warc_bytes(*RECORDS, packed=name == "a.warc.gz")
    if name == "whole.warc.gz":
        raw = gzip.compress(raw)
    if name == "a.wacz":
        raw = zip_bytes({"archive/data.warc.gz": warc_bytes(*RECORDS, packed=True), "datapackage.json": "{}"})
    read, refused, passed = outcomes(write(tmp_path, name, raw))
    prefix = f"{name}#archive/data.warc.gz#" if name == "a.wacz" else f"{name}#"
    assert list(read) == [f"{prefix}3", f"{prefix}6", f"{prefix}7"]
    page = read[f"{prefix}3"]
    assert (page.address, page.collected, page.original_row) == ("http://example.org/a", date(2019, 3, 4), 3)
    assert page.sha256 == hashlib.sha256(PAGE).hexdigest()
    assert [fault.original_row for fault in refused] == [8]
    assert "no article was found" in str(refused[0])
    assert passed == {
        "answers that are no pages (pictures, styles, scripts, data)": 1, "answers with status 301": 1,
        "repeats of an answer captured before": 1,
    }  # fmt: skip


def chunked(body: bytes) -> bytes:
    parts = [body[n : n + 100] for n in range(0, len(body), 100)]
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


@pytest.mark.parametrize(
    ("body", "more"),
    [
        (gzip.compress(PAGE), "Content-Encoding: gzip\r\n"),
        (zlib.compress(PAGE), "Content-Encoding: deflate\r\n"),
        (zlib.compress(PAGE)[2:-4], "Content-Encoding: deflate\r\n"),
        (brotli.compress(PAGE), "Content-Encoding: br\r\n"),
        (chunked(PAGE), "Transfer-Encoding: chunked\r\n"),
        (chunked(gzip.compress(PAGE)), "Transfer-Encoding: chunked\r\nContent-Encoding: gzip\r\n"),
        (PAGE, "Content-Encoding: gzip\r\n"),
        (PAGE, "Content-Encoding: br\r\n"),
    ],
    ids=[
        "gzip",
        "deflate",
        "bare deflate",
        "brotli",
        "chunked",
        "chunked gzip",
        "stored unpacked",
        "stored unpacked br",
    ],
)
def test_the_wrapping_of_the_transport_comes_off(tmp_path: Path, body: bytes, more: str) -> None:
    record = warc_record("response", "http://example.org/a", answer(body, more=more))
    read, refused, _ = outcomes(write(tmp_path, "a.warc", warc_bytes(INFO, record)))
    assert not refused and read["a.warc#2"].sha256 == hashlib.sha256(PAGE).hexdigest()


def test_a_stated_character_set_is_used(tmp_path: Path) -> None:
    text = ARABIC * 5
    record = warc_record(
        "response", "http://example.org/a", answer(text.encode("cp1256"), "text/plain; charset=cp1256")
    )
    read, _, _ = outcomes(write(tmp_path, "a.warc", record))
    assert read["a.warc#1"].text == text


@pytest.mark.parametrize(
    ("body", "encoding"),
    [
        (gzip.compress(bytes(80_000_000)), "gzip"), (brotli.compress(bytes(80_000_000), quality=5), "br"),
        (zlib.compress(bytes(80_000_000)), "deflate"),
    ],
    ids=["gzip", "brotli", "deflate"],
)  # fmt: skip
def test_an_answer_that_unpacks_to_more_than_a_document_is_refused(tmp_path: Path, body: bytes, encoding: str) -> None:
    bomb = warc_record("response", "http://example.org/a", answer(body, more=f"Content-Encoding: {encoding}\r\n"))
    read, refused, _ = outcomes(write(tmp_path, "a.warc", warc_bytes(bomb, RECORDS[2])))
    assert "refused as unsafe" in str(refused[0]) and list(read) == ["a.warc#2"]


def test_a_bomb_around_the_records_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(items, "UNPACKED_ALWAYS_BYTES", 10_000_000)
    bomb = warc_record("response", "http://example.org/b.png", answer(bytes(60_000_000), "image/png"))
    read, refused, _ = outcomes(write(tmp_path, "a.warc.gz", warc_bytes(RECORDS[2], bomb, RECORDS[6], packed=True)))
    assert list(read) == ["a.warc.gz#1"] and "refused as unsafe" in str(refused[0])


@pytest.mark.parametrize("encoding", ["gzip", "br", "deflate", "zstd"])
def test_damaged_packing_is_told(tmp_path: Path, encoding: str) -> None:
    packed = {"gzip": gzip.compress, "br": brotli.compress, "deflate": zlib.compress}.get(encoding, bytes)(PAGE)
    record = warc_record(
        "response", "http://example.org/a", answer(packed[:-30], more=f"Content-Encoding: {encoding}\r\n")
    )
    read, refused, _ = outcomes(write(tmp_path, "a.warc", warc_bytes(record, RECORDS[6])))
    assert list(read) == ["a.warc#2"] and len(refused) == 1
    assert "cut short" in str(refused[0]) or "cannot be unpacked" in str(refused[0])


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("share", [0.3, 0.55, 0.8, 0.97])
def test_a_truncated_archive_gives_what_it_holds_and_says_so(tmp_path: Path, packed: bool, share: float) -> None:
    pages = [
        warc_record("response", f"http://example.org/{n}", answer(article(f"<p>Page {n}.</p>").encode()))
        for n in range(6)
    ]
    raw = warc_bytes(*pages, packed=packed)
    read, refused, _ = outcomes(write(tmp_path, "a.warc.gz" if packed else "a.warc", raw[: int(len(raw) * share)]))
    assert len(read) == int(6 * share)
    assert len(refused) == 1, refused
    assert "cut short" in str(refused[0]) or "cannot be read" in str(refused[0])


@pytest.mark.parametrize("off_by", [-200, -3, 200, 10**9])
def test_wrong_lengths_are_told(tmp_path: Path, off_by: int, capfd: pytest.CaptureFixture[str]) -> None:
    wrong = RECORDS[2]
    length = int(wrong.partition(b"Content-Length: ")[2].partition(b"\r\n")[0])
    wrong = wrong.replace(b"Content-Length: %d" % length, b"Content-Length: %d" % max(0, length + off_by))
    read, refused, _ = outcomes(write(tmp_path, "a.warc", warc_bytes(RECORDS[6], wrong, RECORDS[6])))
    assert "a.warc#1" in read and refused
    assert capfd.readouterr().err == ""


def test_an_altered_record_is_refused(tmp_path: Path) -> None:
    payload = answer(PAGE)
    stated = base64.b32encode(hashlib.sha1(payload).digest()).decode()
    good = warc_record("response", "http://example.org/a", payload, more=f"WARC-Block-Digest: sha1:{stated}\r\n")
    bad = good.replace(b"shelled street 1", b"shelled street 9")
    assert list(outcomes(write(tmp_path, "a.warc", good))[0]) == ["a.warc#1"]
    read, refused, _ = outcomes(write(tmp_path, "b.warc", warc_bytes(bad, RECORDS[6])))
    assert list(read) == ["b.warc#2"] and "do not have the digest" in str(refused[0])


def test_what_the_crawler_cut_is_refused(tmp_path: Path) -> None:
    cut = warc_record("response", "http://example.org/a", answer(PAGE), more="WARC-Truncated: length\r\n")
    assert "WARC-Truncated" in str(outcomes(write(tmp_path, "a.warc", cut))[1][0])


@pytest.mark.parametrize(
    "raw", [b"", b"no archive", b"\x1f\x8b\x08 no gzip", gzip.compress(b"just text", mtime=0), b"WARC/1.0\r\n"]
)
def test_what_is_no_web_archive_is_refused(tmp_path: Path, raw: bytes) -> None:
    for name in ("a.warc", "a.warc.gz", "a.wacz"):
        read, refused, _ = outcomes(write(tmp_path, name, raw))
        assert not read and len(refused) == 1
        assert str(refused[0]).startswith(name)


def test_a_wacz_without_warc_is_told(tmp_path: Path) -> None:
    _, refused, _ = outcomes(write(tmp_path, "a.wacz", zip_bytes({"pages.jsonl": "{}"})))
    assert "no WARC file in it" in str(refused[0])


def test_media_types_cover_what_can_be_read() -> None:
    from contested.claims.documents.formats import READERS

    assert set(web_archives.SUFFIX_OF_TYPE.values()) <= set(READERS)
