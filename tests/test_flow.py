"""The whole way on a small case: incremental, interrupted, read-only, faulty."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from contested.base.case import open_case
from contested.base.errors import CaseError
from contested.base.originals import hash_tree
from contested.claims import case_documents
from contested.claims.documents.items import Item
from contested.claims.read import Document
from contested.flow import build_case, read_tables


def _all_bytes(folder: Path) -> dict[str, str]:
    return hash_tree(folder / ".contested") | hash_tree(folder / "dossier")


def test_a_second_build_changes_no_byte_and_no_file(built_case: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in built_case.rglob("*") if path.is_file()}
    assert build_case(open_case(built_case)).unchanged
    assert before == {path: path.stat().st_mtime_ns for path in built_case.rglob("*") if path.is_file()}


def test_a_build_from_nothing_gives_the_same_bytes(built_case: Path) -> None:
    before = _all_bytes(built_case)
    shutil.rmtree(built_case / ".contested")
    shutil.rmtree(built_case / "dossier")
    assert not build_case(open_case(built_case)).unchanged
    assert _all_bytes(built_case) == before


def test_a_build_in_another_process_and_folder_gives_the_same_bytes(built_case: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(built_case, tmp_path / "elsewhere", ignore=shutil.ignore_patterns(".contested", "dossier"))
    subprocess.run([sys.executable, "-m", "contested.cli", "build", str(copy)], check=True, capture_output=True)
    assert _all_bytes(copy) == _all_bytes(built_case)


def test_only_changed_documents_are_read_again(built_case: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (built_case / "documents/more.txt").write_text("The mayor said that the market would open again.\n")
    build_case(open_case(built_case))
    read: list[str] = []
    whole = case_documents.read_item

    def watch(item: Item) -> Document:
        read.append(item.shown)
        return whole(item)

    monkeypatch.setattr(case_documents, "read_item", watch)
    (built_case / "documents/more.txt").write_text("The mayor said that the market would stay closed.\n")
    build_case(open_case(built_case))
    assert read == ["documents/more.txt"]


def test_derived_files_that_were_damaged_are_built_again(built_case: Path) -> None:
    before = _all_bytes(built_case)
    (built_case / "dossier/index.html").write_text("x")
    (built_case / ".contested/tables/claims.parquet").write_bytes(b"x")
    assert not build_case(open_case(built_case)).unchanged
    assert _all_bytes(built_case) == before


@pytest.mark.parametrize("step", ["writing", "weighing", "reading"])
def test_an_interrupted_build_leaves_the_old_one_whole(built_case: Path, step: str) -> None:
    before = _all_bytes(built_case)
    statements = built_case / "statements/statements.csv"
    statements.write_text(statements.read_text().replace("eleven injured", "twelve injured"))

    def cut(now: str, detail: str) -> None:
        if now == step:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build_case(open_case(built_case), cut)
    assert {path: before[path] for path in _all_bytes(built_case) if path in before and "cache" not in path} == {
        path: digest for path, digest in _all_bytes(built_case).items() if path in before and "cache" not in path
    }
    build_case(open_case(built_case))
    summaries = read_tables(open_case(built_case))["claims"]["summary"].to_pylist()
    assert any("twelve injured" in summary for summary in summaries if summary)


def test_a_build_cut_between_two_renames_is_put_right(built_case: Path) -> None:
    before = _all_bytes(built_case)
    (built_case / "dossier").rename(built_case / ".contested/old-dossier")
    build_case(open_case(built_case))
    assert _all_bytes(built_case) == before


def test_rows_in_are_rows_used_and_rows_refused(built_case: Path) -> None:
    with (built_case / "datasets/incidents.csv").open("a") as file:
        file.write("3,2021-03-20,Nowhere,10.1,950.0,0,0,Harrow Monitors,https://example.org\n")
        file.write("4,soon,Old town,10.06,50.05,0,0,Harrow Monitors,https://example.org\n")
    build_case(open_case(built_case))
    tables = read_tables(open_case(built_case))
    assert tables["records"].num_rows == 2
    reasons = tables["rejects"]["reason"].to_pylist()
    assert (
        len(reasons) == 2 and any("950" in reason for reason in reasons) and any("soon" in reason for reason in reasons)
    )


def test_one_bad_document_stops_nothing_and_is_named(built_case: Path) -> None:
    (built_case / "documents/empty.pdf").write_bytes(b"")
    (built_case / "documents/copy.txt").write_bytes((built_case / "documents/briefing.txt").read_bytes())
    build_case(open_case(built_case))
    tables = read_tables(open_case(built_case))
    rejected = set(tables["rejects"]["original_path"].to_pylist())
    assert "documents/empty.pdf" in rejected
    assert len(rejected & {"documents/copy.txt", "documents/briefing.txt"}) == 1


def test_a_pinned_hash_is_held(built_case: Path) -> None:
    path = built_case / "case.toml"
    path.write_text(
        path.read_text().replace(
            'path = "documents/briefing.txt"', f'path = "documents/briefing.txt"\nsha256 = "{"0" * 64}"'
        )
    )
    with pytest.raises(CaseError, match="pins 0000"):
        build_case(open_case(built_case))


def test_a_read_only_case_builds_elsewhere(case_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: Path, **_: object) -> None:
        if case_folder in self.parents:
            raise PermissionError(30, "Read-only file system")

    with monkeypatch.context() as patched:
        patched.setattr(Path, "mkdir", refuse)
        with pytest.raises(CaseError, match="--out FOLDER"):
            build_case(open_case(case_folder))
    before = hash_tree(case_folder)
    build_case(open_case(case_folder, tmp_path / "out"))
    assert hash_tree(case_folder) == before
    assert (tmp_path / "out/dossier/index.html").is_file()


def test_the_blame_stands_beside_its_denial(built_case: Path) -> None:
    tables = read_tables(open_case(built_case))
    pairs = {
        (row["party_a"], row["party_b"]) for row in tables["contradictions"].to_pylist() if row["question"] == "who"
    }
    assert ("government", "rebels") in pairs
