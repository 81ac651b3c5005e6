"""The documents of a case: every outcome is a row of documents or of rejects, archives too."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.claims.made import ARABIC, PARAGRAPH, answer, article, warc_bytes, warc_record, write, zip_bytes

from contested.base.case import open_case
from contested.base.errors import CaseError
from contested.base.originals import list_originals
from contested.claims.case_documents import read_case_documents
from contested.flow import build_case, derive_tables
from contested.verify import verify_case

WARC = warc_bytes(
    warc_record("response", "http://example.org/a", answer(article("<p>“No,” the mayor said.</p>").encode())),
    warc_record("response", "http://example.org/b.png", answer(b"x", "image/png")),
    warc_record("response", "http://example.org/c", answer(b"<html></html>")),
    packed=True,
)


@pytest.fixture
def full_case(case_folder: Path) -> Path:
    documents = case_folder / "documents"
    write(documents, "crawl.warc.gz", WARC)
    write(documents, "news.zip", zip_bytes({"a.txt": "The mayor said that all was well.\n", "b.exe": b"MZ"}))
    write(documents, "foreign.txt", ARABIC * 5)
    write(documents, "page.html", article("<p>“Page,” the minister said.</p>"))
    write(documents, "page_files/logo.png", b"x")
    return case_folder


def test_every_outcome_is_a_row(full_case: Path) -> None:
    case = open_case(full_case)
    tables = derive_tables(case, list_originals(case))
    documents = {(row["path"], row["member"]): row for row in tables["documents"].to_pylist()}
    page = documents["documents/crawl.warc.gz", "1"]
    assert (page["address"], page["original_row"], str(page["collected"])) == ("http://example.org/a", 1, "2019-03-04")
    assert ("documents/news.zip", "a.txt") in documents
    rejects = {(row["original_path"], row["original_row"]): row["reason"] for row in tables["rejects"].to_pylist()}
    assert "no article" in rejects["documents/crawl.warc.gz", 3]
    assert "b.exe" in rejects["documents/news.zip", 2]
    notes = {(row["original_path"], row["note"]) for row in tables["notes"].to_pylist()}
    assert any(path == "documents/crawl.warc.gz" and "1 passed over" in note for path, note in notes)
    assert any(path == "documents/foreign.txt" and "unsupported" in note for path, note in notes)
    assert ("documents/page_files", "1 files saved with a page, not read") in notes
    claims = tables["claims"].to_pylist()
    foreign = documents["documents/foreign.txt", None]
    assert foreign["language"] == "ar" and not [c for c in claims if c["document_id"] == foreign["document_id"]]
    said = [claim for claim in claims if claim["document_id"] == page["document_id"]]
    assert said and all((c["original_path"], c["original_row"]) == ("documents/crawl.warc.gz", 1) for c in said)


def test_a_case_with_archives_builds_and_verifies(full_case: Path) -> None:
    case = open_case(full_case)
    build_case(case)
    assert [check for check in verify_case(case) if check.faults] == []
    assert build_case(case).unchanged


def test_what_is_declared_of_an_archive_holds_for_what_is_in_it(full_case: Path) -> None:
    with (full_case / "case.toml").open("a", encoding="utf-8") as file:
        file.write(
            '\n[[documents]]\npath = "documents/news.zip"\noutlet = "The Invented Post"\ntitle = "A folder of news"\n'
            '\n[[documents]]\npath = "documents/crawl.warc.gz#1"\ntitle = "What the mayor said"\n'
        )
    found = read_case_documents(open_case(full_case), "", lambda step, detail: None)
    by_path = {row["path"]: row for row in found.documents}
    in_zip = by_path["documents/news.zip"]
    assert (in_zip["outlet"], in_zip["outlet_from"], in_zip["title"]) == ("The Invented Post", "case", None)
    page = by_path["documents/crawl.warc.gz"]
    assert (page["title"], page["title_from"]) == ("What the mayor said", "case")


def test_a_withheld_archive_keeps_its_documents_out_of_the_dossier(full_case: Path) -> None:
    with (full_case / "case.toml").open("a", encoding="utf-8") as file:
        file.write('\n[[documents]]\npath = "documents/news.zip"\npublish_rows = false\n')
    case = open_case(full_case)
    build_case(case)
    for path in case.dossier.rglob("*"):
        if path.is_file():
            assert b"that all was well" not in path.read_bytes(), path


def test_the_same_bytes_inside_and_outside_of_an_archive_count_once(case_folder: Path) -> None:
    write(case_folder / "documents", "one.txt", PARAGRAPH)
    write(case_folder / "documents", "two.zip", zip_bytes({"a.txt": PARAGRAPH}))
    found = read_case_documents(open_case(case_folder), "", lambda step, detail: None)
    assert [row["path"] for row in found.documents if row["text"] == PARAGRAPH] == ["documents/one.txt"]
    assert "the same bytes stand in documents/one.txt" in found.rejects[0]["reason"]


def test_a_pin_holds_for_an_archive(full_case: Path) -> None:
    with (full_case / "case.toml").open("a", encoding="utf-8") as file:
        file.write(f'\n[[documents]]\npath = "documents/news.zip"\nsha256 = "{"0" * 64}"\n')
    with pytest.raises(CaseError, match=r"case\.toml pins"):
        read_case_documents(open_case(full_case), "", lambda step, detail: None)


def test_only_changed_members_are_read_again(full_case: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from contested.claims import case_documents

    case = open_case(full_case)
    read_case_documents(case, "", lambda step, detail: None)
    read: list[str] = []
    whole = case_documents.read_item
    monkeypatch.setattr(case_documents, "read_item", lambda item: (read.append(item.shown), whole(item))[1])
    write(
        full_case / "documents", "news.zip", zip_bytes({"a.txt": "The mayor said that all was well.\n", "d.txt": "x"})
    )
    read_case_documents(case, "", lambda step, detail: None)
    assert "documents/news.zip#d.txt" in read and "documents/news.zip#a.txt" not in read
