"""Kept builds, and what changed from one to another."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from contested.base.case import Case, open_case
from contested.base.decisions import append_decision
from contested.base.engine import parquet_bytes, write_whole
from contested.base.kept_builds import COMPARED, KEPT, KeptBuild, keep_build, list_builds
from contested.base.records import TABLES
from contested.flow import build_case, read_tables
from contested.review.comparing import SHOWN, compare_findings, count_changes, find_causes, list_changes


@pytest.fixture(scope="module")
def two_builds(tmp_path_factory: pytest.TempPathFactory) -> tuple[Case, KeptBuild, KeptBuild]:
    from contested.new import make_case

    make_case(folder := tmp_path_factory.mktemp("builds") / "case")
    build_case(open_case(folder))
    claims = read_tables(open_case(folder))["claims"].to_pylist()
    claim = next(row for row in claims if row["origin"] == "document" and not row["checked"])
    entry = {
        "decided_at": "2031-05-01T00:00:00Z", "decided_by": "Kim", "action": "accept", "table": "claims",
        "row_key": claim["claim_id"], "change": "{}", "reason": "read it",
    }  # fmt: skip
    append_decision(folder / "decisions.jsonl", entry)
    incidents = folder / "datasets" / "incidents.csv"
    lines = incidents.read_text(encoding="utf-8").splitlines(keepends=True)
    incidents.write_text("".join(lines[:-1]), encoding="utf-8")
    case = open_case(folder)
    build_case(case)
    build_case(case)  # nothing changed: no third one is kept
    before, after = list_builds(case)
    return case, before, after


def test_counts_and_rows_tell_the_same(two_builds: tuple[Case, KeptBuild, KeptBuild]) -> None:
    _, before, after = two_builds
    for change in count_changes(before, after):
        rows = list_changes(before, after, change.table)
        assert [sum(row.kind == kind for row in rows) for kind in ("came", "went", "changed")] == [
            change.came, change.went, change.changed,
        ]  # fmt: skip
        assert change.after - change.before == change.came - change.went
        assert all(row.columns for row in rows if row.kind == "changed")


def test_it_says_what_changed_and_what_changed_it(two_builds: tuple[Case, KeptBuild, KeptBuild]) -> None:
    _, before, after = two_builds
    (changed,) = [row for row in list_changes(before, after, "claims") if row.kind == "changed"]
    assert changed.columns == ("checked",)
    by_table = {change.table: change for change in count_changes(before, after)}
    assert (by_table["records"].went, by_table["records"].came) == (1, 0)
    causes = find_causes(before, after)
    assert [row["row_key"] for row in causes.decisions] == [changed.key[0]]
    assert causes.originals == (("changed", "datasets/incidents.csv"),)
    assert not causes.program_changed


def test_a_build_does_not_differ_from_itself(two_builds: tuple[Case, KeptBuild, KeptBuild]) -> None:
    _, _, after = two_builds
    assert all(change.came == change.went == change.changed == 0 for change in count_changes(after, after))
    assert compare_findings(after, after) == ()


def test_a_kept_build_is_the_build(two_builds: tuple[Case, KeptBuild, KeptBuild]) -> None:
    case, _, after = two_builds
    tables = case.derived / "tables"
    assert all(after.table(name).read_bytes() == (tables / f"{name}.parquet").read_bytes() for name in COMPARED)
    assert set(SHOWN) < set(COMPARED) < set(TABLES)


def _finding(finding_id: str, **values: Any) -> dict[str, Any]:
    row = {
        column.name: {"text": "x", "int": 1, "real": 0.5, "bool": False, "texts": []}.get(column.type)
        for column in TABLES["findings"].columns
    }
    return {**row, "finding_id": finding_id, **values}


def test_numbers_of_findings_stand_before_and_after(
    two_builds: tuple[Case, KeptBuild, KeptBuild], tmp_path: Path
) -> None:
    _, before, _ = two_builds
    builds = []
    for number, rows in enumerate(
        ([_finding("a"), _finding("b")], [_finding("a", estimate=0.7), _finding("b", reading="y")])
    ):
        folder = shutil.copytree(before.folder, tmp_path / str(number))
        write_whole(folder / "findings.parquet", parquet_bytes(TABLES["findings"].from_rows(rows)))
        builds.append(KeptBuild(number, folder, str(number), "", {}, ""))
    (row,) = compare_findings(*builds)
    assert (row.key, row.before and row.before["estimate"], row.after and row.after["estimate"]) == (("a",), 0.5, 0.7)


def test_builds_of_other_columns_are_compared_by_those_they_share(
    two_builds: tuple[Case, KeptBuild, KeptBuild], tmp_path: Path
) -> None:
    _, before, _ = two_builds
    folder = shutil.copytree(before.folder, tmp_path / "old")
    table = pq.read_table(before.table("claims"))
    write_whole(folder / "claims.parquet", parquet_bytes(table.drop_columns(["score"])))
    old = KeptBuild(0, folder, "old", "", {}, "")
    (change,) = [change for change in count_changes(old, before) if change.table == "claims"]
    assert (change.changed, change.came, change.went, change.after) == (0, 0, 0, table.num_rows)


def test_the_last_few_are_kept(two_builds: tuple[Case, KeptBuild, KeptBuild], tmp_path: Path) -> None:
    case, _, _ = two_builds
    copy = Case(case.folder, case.file, tmp_path)
    shutil.copytree(case.derived / "tables", copy.derived / "tables")
    for number in range(1, KEPT + 4):
        keep_build(copy, {"key": str(number), "originals": {}}, "p")
    assert [build.number for build in list_builds(copy)] == list(range(4, KEPT + 4))
    (list_builds(copy)[0].folder / "claims.parquet").unlink()  # a build cut short is none
    assert [build.number for build in list_builds(copy)] == list(range(5, KEPT + 4))
