"""Decisions are carried out by the next build, in the app too, and a quick build gives the bytes of a whole one."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from tests.review.conftest import PORT, Client

from contested.base.case import Case, open_case
from contested.base.decisions import append_decisions
from contested.base.engine import read_parquet
from contested.base.originals import hash_tree
from contested.flow import build_case
from contested.review.app import open_desk
from contested.review.build_pages import the_builder

ENTRY = {"decided_at": "2031-03-01T00:00:00Z", "decided_by": "Ann", "change": "{}", "reason": "read again"}


def claims(folder: Path) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = read_parquet(folder / ".contested/tables/claims.parquet").to_pylist()
    return rows


def decide(folder: Path, *entries: dict[str, Any]) -> None:
    append_decisions(folder / "decisions.jsonl", [{**ENTRY, **entry} for entry in entries])


def test_a_quick_build_gives_the_bytes_of_a_whole_one(built_case: Path, tmp_path: Path) -> None:
    """What was decided reaches tables and pages the same whether stages are kept from the last build or made anew."""
    unchecked = [row for row in claims(built_case) if not row["checked"]]
    record = next(row for row in read_parquet(built_case / ".contested/tables/records.parquet").to_pylist())
    candidates = read_parquet(built_case / ".contested/tables/place_candidates.parquet").to_pylist()
    chosen = next(row for row in candidates if row["candidate"])
    place = {name: chosen[name] for name in ("name", "lon", "lat")}
    build_case(open_case(built_case))  # an earlier build that keeps its stages
    decide(
        built_case,
        {"table": "claims", "action": "accept", "row_key": unchecked[0]["claim_id"]},
        {"table": "claims", "action": "correct", "row_key": unchecked[1]["claim_id"],
         "change": json.dumps({"killed_low": 7, "event_id": "market"})},
        {"table": "claims", "action": "reject", "row_key": unchecked[2]["claim_id"]},
        {"table": "decisions", "action": "undo", "row_key": "3"},
        {"table": "place_candidates", "action": "correct", "row_key": f"{chosen['of_table']}|{chosen['row_key']}",
         "change": json.dumps(place)},
        {"table": "claims", "action": "accept", "row_key": "nothing"},
    )  # fmt: skip
    steps: list[str] = []
    quick = build_case(open_case(built_case), lambda step, detail: steps.append(step))
    assert not quick.unchanged and not {"placing", "locating", "weighing"} & set(steps)
    whole = build_case(open_case(built_case, tmp_path / "whole"))
    assert all(quick.tables[name].equals(table) for name, table in whole.tables.items())
    assert hash_tree(built_case / ".contested/tables") == hash_tree(tmp_path / "whole/.contested/tables")
    assert hash_tree(built_case / "dossier") == hash_tree(tmp_path / "whole/dossier")
    after = {row["claim_id"]: row for row in claims(built_case)}
    accepted, corrected, rejected = (after[row["claim_id"]] for row in unchecked[:3])
    assert accepted["checked"] and corrected["checked"] and corrected["killed_low"] == 7
    assert "corrected by Ann: read again" in corrected["note"]
    assert rejected["event_id"] == unchecked[2]["event_id"] and not rejected["checked"]  # taken back
    notes = quick.tables["notes"].to_pylist()
    assert any("line 6" in row["note"] and "no such claim" in row["note"] for row in notes)
    places = quick.tables["place_candidates"].to_pylist()
    assert any(row["chosen"] and "chosen by Ann" in row["reason"] for row in places)
    assert record["record_id"]


def test_a_kept_stage_that_was_altered_is_made_again(built_case: Path) -> None:
    stages = built_case / ".contested/cache/stages"
    before = hash_tree(built_case / ".contested/tables")
    assert {path.name for path in stages.iterdir()} == {"places", "incidents", "ground", "findings", "robustness"}
    for path in stages.rglob("*.parquet"):
        path.write_bytes(path.read_bytes()[:-1] + b"x")
    (stages / "places/kept.json").write_text("[]", encoding="utf-8")
    (built_case / ".contested/manifest.json").unlink()
    build_case(open_case(built_case))
    assert hash_tree(built_case / ".contested/tables") == before


@pytest.fixture
def built_desk(built_case: Path) -> Any:
    desk = open_desk(open_case(built_case), PORT)
    yield desk
    desk.tables.close()


def test_build_now_carries_out_what_was_decided(built_desk: Any) -> None:
    client = Client(built_desk)
    key = built_desk.kept["queue"].keys["claims"][0]
    client.post("/queue/claims", action="accept", key=key, seen="0")
    assert "Decisions have come" in client.get("/").text
    assert client.post("/build").status_code == 200
    until = time.monotonic() + 120
    while the_builder(built_desk).running and time.monotonic() < until:
        assert client.get("/build/state").json()["running"] in (True, False)
        time.sleep(0.05)
    assert the_builder(built_desk).fault == ""
    assert key not in built_desk.kept["queue"].keys["claims"]
    assert built_desk.tables.row("claims", "claim_id", key)["checked"]
    assert "No decision has come" in client.get("/build").text


def test_a_build_that_fails_says_why_and_leaves_the_last_one(built_desk: Any) -> None:
    client = Client(built_desk)
    (built_desk.case.folder / "case.toml").write_text("format = 9", encoding="utf-8")
    client.post("/build")
    while the_builder(built_desk).running:
        time.sleep(0.05)
    assert "case.toml" in client.get("/build").text and client.get("/queue/claims").status_code == 200


def test_a_case_never_built_is_said(case_folder: Path) -> None:
    from contested.base.errors import CaseError

    with pytest.raises(CaseError, match="no whole build"):
        open_desk(open_case(case_folder), PORT)


def test_speakers_get_their_party_and_pronouns_do_not(case_folder: Path) -> None:
    from contested.claims.settling import settle_speakers

    claim = {
        "origin": "document",
        "speaker_actor": None,
        "speaker_kind": "named",
        "speaker_party": None,
        "note": None,
        "speaker_named_start": None,
    }
    rows = [
        {**claim, "claim_id": "1", "speaker_text": "Ana Vell"},
        {**claim, "claim_id": "2", "speaker_text": "Ana Vell", "speaker_party": "rebels"},
        {**claim, "claim_id": "3", "speaker_text": "it", "speaker_named_start": 4},
    ]
    judged = [
        {**ENTRY, "number": n, "table": "actors", "action": "correct", "row_key": name,
         "change": '{"speaker_party": "government"}'}
        for n, name in enumerate(("Ana Vell", "it"), 1)
    ]  # fmt: skip
    after, notes = settle_speakers(rows, judged, open_case(case_folder))
    assert [row["speaker_party"] for row in after] == ["government", "government", None]
    assert len(notes) == 1 and "line 2" in notes[0]


def test_a_place_that_a_person_chose_gives_the_record_its_point(case_folder: Path) -> None:
    from tests.review.invented import make_record

    from contested.base.records import PLACE_CANDIDATES, RECORDS
    from contested.incidents.candidates import choose_places

    records = RECORDS.from_rows([make_record("c:1", lon=None, lat=None, radius_m=None)])
    row = {"of_table": "records", "row_key": "c:1", "reason": "by its name", "chosen": False}
    found = PLACE_CANDIDATES.from_rows(
        {**row, "candidate": n, "name": f"Place {n}", "lon": 20.0 + n, "lat": 10.0, "radius_m": 900.0, "score": 0.4,
         "gazetteer": "list"}
        for n in (1, 2)
    )  # fmt: skip
    case: Case = open_case(case_folder)

    def after(*judged: dict[str, Any]) -> tuple[pa.Table, pa.Table, list[str]]:
        rows = [{**ENTRY, "number": n, "table": "place_candidates", **one} for n, one in enumerate(judged, 1)]
        return choose_places(case, records, found, rows)

    assert after()[0]["lon"].to_pylist() == [None]
    change = json.dumps({"name": "Place 2", "lon": 22.0, "lat": 10.0})
    choose = {"action": "correct", "row_key": "records|c:1", "change": change}
    placed, candidates, notes = after(choose)
    assert placed["lon"].to_pylist() == [22.0] and candidates["chosen"].to_pylist() == [False, True] and not notes
    assert "chosen by Ann" in json.loads(placed["extra"][0].as_py())["point_from"]
    assert after(choose, {"action": "reject", "row_key": "records|c:1"})[0]["lon"].to_pylist() == [None]
    assert "has no effect" in after({"action": "reject", "row_key": "records|c:9"})[2][0]


def test_decisions_on_withheld_rows_are_not_printed() -> None:
    from tests.review.invented import make_claim, make_record

    from contested.base.records import CLAIMS, DECISIONS, DOCUMENTS, RECORDS, TABLES
    from contested.web.public import project_public

    tables = {name: table.empty() for name, table in TABLES.items()}
    tables["records"] = RECORDS.from_rows([make_record("a:1", publish=False), make_record("a:2")])
    tables["claims"] = CLAIMS.from_rows([make_claim(1, speaker_text="Shown")])
    document = {
        "document_id": "d1", "path": "documents/a.txt", "sha256": "0", "media_type": "text/plain", "text": "",
        "text_sha256": "0", "reader": "invented",
    }  # fmt: skip
    tables["documents"] = DOCUMENTS.from_rows([document])
    judged = [
        ("place_candidates", "records|a:1"), ("decisions", "1"), ("actors", "Hidden"), ("records", "a:1"),
        ("place_candidates", "records|a:2"), ("decisions", "5"), ("actors", "Shown"), ("claims", "c01"),
    ]  # fmt: skip
    tables["decisions"] = DECISIONS.from_rows(
        {**ENTRY, "number": n, "table": table, "row_key": key, "action": "correct", "sha256": "0"}
        for n, (table, key) in enumerate(judged, 1)
    )
    assert [row["number"] for row in project_public(tables).of("decisions")] == [5, 6, 7, 8]
