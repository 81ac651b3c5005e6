"""The proof holds on a built case, and names what fails for every kind of thing that can be altered."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest

from contested.base.case import open_case
from contested.base.engine import parquet_bytes, read_parquet
from contested.base.errors import VerifyError
from contested.base.originals import hash_tree
from contested.base.records import TABLES
from contested.verify import case_digest, verify_case


def _faults(folder: Path) -> dict[str, tuple[str, ...]]:
    return {check.name: check.faults for check in verify_case(open_case(folder, files_may_miss=True)) if check.faults}


def _flip_byte(path: Path, position: int | None = None) -> None:
    """One bit of one byte, near the end, in a place that keeps text text."""
    raw = bytearray(path.read_bytes())
    at = position if position is not None else next(i for i in range(len(raw) - 2, 0, -1) if chr(raw[i]).isalnum())
    raw[at] ^= 1
    path.write_bytes(bytes(raw))


def test_the_proof_holds_and_follows_links_of_every_kind(built_case: Path) -> None:
    checks = verify_case(open_case(built_case))
    assert not {check.name: check.faults for check in checks if check.faults}
    assert all(check.followed > 0 for check in checks if check.name != "decisions follow from each other")


@pytest.mark.parametrize(
    "original",
    [
        "documents/briefing.txt", "statements/statements.csv", "votes/votes.csv", "datasets/incidents.csv",
        "layers/status.csv", "layers/places.csv",
    ],
)  # fmt: skip
def test_one_byte_of_an_original_is_named(built_case: Path, original: str) -> None:
    _flip_byte(built_case / original)
    faults = _faults(built_case)["originals have their hashes"]
    assert any(fault.startswith(f"{original}: SHA-256") for fault in faults)


def test_one_byte_of_the_case_file_is_named(built_case: Path) -> None:
    path = built_case / "case.toml"
    _flip_byte(path, path.read_bytes().index(b"replace it") + 1)
    assert any(fault.startswith("case.toml:") for fault in _faults(built_case)["originals have their hashes"])


def test_originals_that_come_or_go_are_named(built_case: Path) -> None:
    (built_case / "documents/briefing.txt").unlink()
    (built_case / "statements/late.csv").write_text("id\n")
    faults = " ".join(_faults(built_case)["originals have their hashes"])
    assert "documents/briefing.txt: the original is missing" in faults
    assert "statements/late.csv: this file came after the build" in faults


def test_one_byte_of_the_decision_log_is_named(built_case: Path) -> None:
    from contested.base.decisions import append_decision

    path = built_case / "decisions.jsonl"
    for reason in ("one", "two"):
        append_decision(
            path,
            {
                "decided_at": "2021-04-01T10:00:00Z", "decided_by": "r1", "action": "split", "table": "records",
                "row_key": "monitors:1|monitors:2", "change": "{}", "reason": reason,
            },
        )  # fmt: skip
    _flip_byte(path, path.read_bytes().index(b"one"))
    assert "line 1" in _faults(built_case)["decisions follow from each other"][0]


@pytest.mark.parametrize("name", sorted(TABLES))
def test_one_byte_of_a_table_is_named(built_case: Path, name: str) -> None:
    path = built_case / f".contested/tables/{name}.parquet"
    _flip_byte(path, path.stat().st_size // 2)
    assert any(f"tables/{name}.parquet" in fault for fault in _faults(built_case)["tables are as built"])


def _forge_table(folder: Path, name: str, change: Callable[[dict], None]) -> None:
    """Alter the first row of a table, and the manifest with it, as a careful forger would."""
    path = folder / f".contested/tables/{name}.parquet"
    rows = read_parquet(path).to_pylist()
    change(rows[0])
    path.write_bytes(parquet_bytes(pa.Table.from_pylist(rows, schema=TABLES[name].schema())))
    _forge_manifest(folder)


def _forge_manifest(folder: Path) -> None:
    path = folder / ".contested/manifest.json"
    manifest = json.loads(path.read_text())
    manifest["tables"] = hash_tree(folder / ".contested/tables")
    manifest["dossier"] = hash_tree(folder / "dossier")
    path.write_text(json.dumps(manifest))


def test_a_forged_passage_is_named(built_case: Path) -> None:
    def change(row: dict) -> None:
        row["passage"][0]["text"] = "X" + row["passage"][0]["text"][1:]

    _forge_table(built_case, "claims", change)
    faults = _faults(built_case)
    assert "passages equal their text" in faults and "tables are as built" not in faults


def test_a_forged_frozen_text_is_named(built_case: Path) -> None:
    _forge_table(built_case, "documents", lambda row: row.update(text=row["text"] + "!"))
    assert "frozen texts have their hashes" in _faults(built_case)


def test_a_forged_finding_is_named(built_case: Path) -> None:
    _forge_table(built_case, "findings", lambda row: row.update(reading="It was the rebels."))
    assert "findings come out again" in _faults(built_case)


@pytest.mark.parametrize(
    ("table", "change"),
    [
        ("odds", {"low": 90.0, "reading": "It was the rebels."}),
        ("evidence_ratios", {"high": 0.001}),
        ("implications", {"result": "contradicted"}),
    ],
)
def test_forged_odds_and_implications_do_not_come_out_again(built_case: Path, table: str, change: dict) -> None:
    _forge_table(built_case, table, lambda row: row.update(change))
    assert any(fault.startswith(f"{table}: ") for fault in _faults(built_case)["findings come out again"])


def test_a_forged_record_is_named(built_case: Path) -> None:
    _forge_table(built_case, "records", lambda row: row.update(killed_low=400))
    assert any("records" in fault for fault in _faults(built_case)["tables come out again from the originals"])


def test_a_claim_that_vanished_is_named(built_case: Path) -> None:
    path = built_case / ".contested/tables/claims.parquet"
    table = read_parquet(path)
    used = read_parquet(built_case / ".contested/tables/accounts.parquet")["claim_id"].to_pylist()
    kept = [claim not in used for claim in table["claim_id"].to_pylist()]
    path.write_bytes(parquet_bytes(table.filter(pa.array(kept))))
    _forge_manifest(built_case)
    assert any("accounts.claim_id" in fault for fault in _faults(built_case)["rows name rows that exist"])


def test_a_printed_number_that_its_rows_do_not_give_is_named(built_case: Path) -> None:
    page = built_case / "dossier/index.html"
    html = page.read_text(encoding="utf-8")
    forged = re.sub(r'(data-number="[^"]+"[^>]*>)(\d+)<', lambda m: f"{m[1]}{int(m[2]) + 1}<", html, count=1)
    assert forged != html
    page.write_text(forged, encoding="utf-8")
    _forge_manifest(built_case)
    (fault,) = _faults(built_case)["printed numbers follow from their rows"]
    assert "index.html: number" in fault


def test_one_byte_of_any_dossier_file_is_named(built_case: Path) -> None:
    paths = sorted(path for path in (built_case / "dossier").rglob("*") if path.is_file())
    assert {".html", ".svg", ".png", ".json", ".csv", ".js"} <= {path.suffix for path in paths}
    for path in paths:
        _flip_byte(path, path.stat().st_size // 2)
    named = " ".join(_faults(built_case)["dossier files are as built"])
    assert all(path.relative_to(built_case).as_posix() in named for path in paths)


def test_an_unbuilt_case_is_no_failed_proof(case_folder: Path) -> None:
    with pytest.raises(VerifyError, match="build it: contested build"):
        verify_case(open_case(case_folder))


def test_the_digest_speaks_for_everything(built_case: Path) -> None:
    before = case_digest(open_case(built_case))
    _forge_table(built_case, "records", lambda row: row.update(killed_low=400))
    assert case_digest(open_case(built_case)) != before
