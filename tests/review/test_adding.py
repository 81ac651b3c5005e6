"""A document that comes: stored under a safe name, entered, read; or nothing of it is left."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from contested.base.case import Case, open_case
from contested.base.errors import CaseError, DocumentError
from contested.flow import build_case
from contested.review.adding import About, add_document, store_bytes, stored_name
from contested.review.case_entries import append_entry, entry_lines

TEXT = (
    "“The shells came from the hills,” said Ana Vell, a spokeswoman for the Harrow government, on Friday.\n\n"
    "The Upland Front denied that it had shelled the market.\n"
)


def _tree(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*")) if path.is_file() and ".contested" not in path.parts
    }  # fmt: skip


def test_what_is_added_is_read_and_stands_in_the_next_build(case_folder: Path) -> None:
    before = (case_folder / "case.toml").read_text(encoding="utf-8")
    about = About(
        'The “hills” say\t"no"',
        "Harrow Post",
        "https://example.org/a?b=1#c",
        collected=date(2021, 3, 14),
        event="market",
    )
    case, added = add_document(open_case(case_folder), "Hill report.txt", TEXT.encode(), about)
    assert (added.path, added.known_as, added.n_documents) == ("documents/Hill-report.txt", None, 1)
    assert (case_folder / "documents" / "Hill-report.txt").read_bytes() == TEXT.encode()
    assert added.n_claims > 0
    after = (case_folder / "case.toml").read_text(encoding="utf-8")
    assert after.startswith(before)
    steps: list[str] = []
    tables = build_case(case, lambda step, detail: steps.append(f"{step} {detail}")).tables
    (row,) = [row for row in tables["documents"].to_pylist() if row["path"] == added.path]
    assert (row["title"], row["outlet"], row["address"], row["collected"]) == (
        about.title, about.outlet, about.address, about.collected,
    )  # fmt: skip
    assert sum(claim["document_id"] == row["document_id"] for claim in tables["claims"].to_pylist()) == added.n_claims


def test_the_same_bytes_are_recognised_and_other_bytes_take_another_name(case_folder: Path) -> None:
    case, first = add_document(open_case(case_folder), "a.txt", TEXT.encode(), About())
    tree = _tree(case_folder)
    _, again = add_document(case, "b.txt", TEXT.encode(), About())
    assert again.known_as == first.path
    assert _tree(case_folder) == tree
    _, other = add_document(case, "a.txt", TEXT.replace("Friday", "Monday").encode(), About())
    assert other.path == "documents/a-2.txt"
    assert _tree(case_folder)["documents/a.txt"] == TEXT.encode()


@pytest.mark.parametrize(
    ("name", "raw", "wanted"),
    [
        ("a.pdf", b"no pdf at all", "PDF"),
        ("a.exe", b"MZ\x00", "does not say what the file is"),
        ("a.txt", b"\x00\x01binary", "NUL"),
        ("a.zip", b"PK no archive", "archive"),
        ("", b"   \n", "nothing in it"),
    ],
)
def test_what_cannot_be_read_leaves_nothing(case_folder: Path, name: str, raw: bytes, wanted: str) -> None:
    tree = _tree(case_folder)
    with pytest.raises(DocumentError, match=wanted):
        add_document(open_case(case_folder), name, raw, About())
    assert _tree(case_folder) == tree


def test_an_entry_that_the_case_does_not_take_leaves_nothing(case_folder: Path) -> None:
    tree = _tree(case_folder)
    with pytest.raises(CaseError, match="no known event"):
        add_document(open_case(case_folder), "a.txt", TEXT.encode(), About(event="other"))
    assert _tree(case_folder) == tree


def test_a_file_with_other_line_ends_and_no_last_one_keeps_them(case_folder: Path) -> None:
    path = case_folder / "case.toml"
    path.write_bytes(path.read_bytes().rstrip(b"\n").replace(b"\n", b"\r\n"))
    before = path.read_bytes()
    case = append_entry(open_case(case_folder), "parties", {"id": "valley", "name": "Valley Guard"})
    assert case.party_names["valley"] == "Valley Guard"
    assert path.read_bytes().startswith(before)
    assert b"\n" not in path.read_bytes().replace(b"\r\n", b"")
    with pytest.raises(CaseError, match="declared twice"):
        append_entry(case, "parties", {"id": "valley", "name": "Again"})
    assert tomllib.loads(path.read_bytes().decode())["parties"][-1]["name"] == "Valley Guard"


@given(st.text(max_size=60))
@example('"\\\x7f\ud800\n\u2028')
def test_any_text_comes_back_out_of_an_entry(text: str) -> None:
    (entry,) = tomllib.loads("\n".join(entry_lines("documents", {"title": text})))["documents"]
    assert entry["title"] == text.encode("utf-8", "replace").decode()


@given(st.text(max_size=200), st.sampled_from(["", ".txt", ".PDF", ".tar.gz", "/../x.html", "\\..\\x.md"]))
@example("../../../etc/passwd", ".txt")
@example("README", ".md")
@example("\u202etxt.exe", ".txt")
def test_no_name_leads_out_or_is_passed_over(folder: Path, name: str, end: str) -> None:
    try:
        stem, suffix = stored_name(name + end, b"%PDF-1.4")
    except DocumentError:
        return
    path = store_bytes(folder, stem, suffix, b"x")
    assert path.parent == folder
    assert open_case_like(folder).originals("documents") == [path]
    assert len(path.name.encode()) < 256
    assert not set(path.name) & set("[]*?#\u202e\x00")
    path.unlink()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    (path := tmp_path_factory.mktemp("names") / "documents").mkdir()
    return path


def open_case_like(folder: Path) -> Case:
    """A case of which only the folder matters."""
    return Case(folder.parent, None, folder.parent)  # type: ignore[arg-type]
