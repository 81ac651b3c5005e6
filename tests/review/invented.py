"""An invented case with something to ask of each kind, its tables written straight to their place."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from pathlib import Path
from typing import Any

from contested.base.case import Case, open_case
from contested.base.engine import parquet_bytes, write_whole
from contested.base.originals import list_originals
from contested.base.records import TABLES, span
from contested.new import make_case

#: Text that would do harm where it was not escaped, and a claim's passage among it.
HOSTILE = "<script>window.stolen = 1</script>\"'><img src=x onerror='window.stolen = 1'>"
N_CLAIMS = 24
SENTENCES = [f"On day {n} the spokesman of quarter {n} blamed the Upland Front for shell {n}." for n in range(N_CLAIMS)]
TEXT = "\n".join([f"What was said. {HOSTILE}", *SENTENCES, "مع كل احترام \U0001f54a end."])


def make_claim(number: int, **more: Any) -> dict[str, Any]:
    sentence = SENTENCES[number]
    start = TEXT.index(sentence)
    speaker = f"the spokesman of quarter {number}"
    at = start + sentence.index(speaker)
    return {
        "claim_id": f"c{number:02}", "origin": "document", "document_id": "d1", "original_path": "documents/a.txt",
        "original_row": 0, "passage": [span(sentence, start, start + len(sentence))], "quoted": False, "via": [],
        "speaker_text": f"Speaker {number % 3}" if number % 4 else HOSTILE, "speaker_start": at,
        "speaker_end": at + len(speaker), "speaker_kind": "named", "speaker_actor": "Speaker",
        "speaker_party": None if number < 8 else "government", "stance": "blames", "modality": "asserts",
        "target_party": "rebels", "event_id": "market", "second_hand": False, "made_by": "invented",
        "score": 0.5 + number / 100, "checked": False, **more,
    }  # fmt: skip


def make_record(name: str, **more: Any) -> dict[str, Any]:
    return {
        "record_id": name, "dataset": name.partition(":")[0], "original_path": "datasets/strikes.csv",
        "original_row": 1, "preset": "plain", "in_window": True, "kind": "strike", "date_start": date(2031, 3, 4),
        "date_end": date(2031, 3, 4), "place_name": "Harrow", "lon": 20.1, "lat": 10.1, "radius_m": 500.0,
        "title": f"{name} {HOSTILE}", "sources": ["Outlet"], "second_hand": False, "publish": True, "extra": "{}",
        **more,
    }  # fmt: skip


def write_tables(case: Case) -> None:
    """Tables in the place of a build, and a manifest that names them and one page of a dossier."""
    document = {
        "document_id": "d1", "path": "documents/a.txt", "sha256": "0" * 64, "media_type": "text/plain",
        "title": f"A briefing {HOSTILE}", "text": TEXT, "text_sha256": hashlib.sha256(TEXT.encode()).hexdigest(),
        "reader": "invented",
    }  # fmt: skip
    links = [
        {
            "record_a": f"a:{n}", "record_b": f"b:{n}|x", "probability": 0.5, "distance_m": 900.0, "gap_days": 1,
            "decided_by": "score", "linked": True, "review_rank": n,
            "reasons": "where +1.2; when -0.4" if n > 1 else None,
        } for n in (1, 2, 3)
    ]  # fmt: skip
    candidate = {
        "of_table": "records", "place_text": HOSTILE, "kind": "town", "lon": 20.0, "lat": 10.0, "radius_m": 900.0,
        "score": 0.4, "reason": "by its name", "chosen": False,
    }  # fmt: skip
    contradiction = {
        "contradiction_id": "x1", "event_id": "market", "question": "who", "kind": "between", "party_a": "rebels",
        "answer_a": HOSTILE, "claim_a": "c20", "party_b": "government", "answer_b": "no", "claim_b": "c21",
        "rule": "invented", "checked": False,
    }  # fmt: skip
    rows: dict[str, list[dict[str, Any]]] = {
        "documents": [document], "claims": [make_claim(n) for n in range(N_CLAIMS)], "links": links,
        "records": [make_record(f"{of}:{n}{end}") for n in (1, 2, 3) for of, end in (("a", ""), ("b", "|x"))]
        + [make_record(f"c:{n}", lon=None, lat=None, radius_m=None) for n in (1, 2)],
        "place_candidates": [
            {**candidate, "row_key": f"c:{n}", "candidate": rank, "name": f"Place {rank}"}
            for n in (1, 2) for rank in (1, 2)
        ],
        "contradictions": [contradiction],
    }  # fmt: skip
    for name, table in TABLES.items():
        write_whole(case.derived / "tables" / f"{name}.parquet", parquet_bytes(table.from_rows(rows.get(name, ()))))
    write_whole(case.dossier / "index.html", b"<!doctype html><title>dossier</title>")
    write_whole(case.dossier / "secret.txt", b"not listed")
    originals = list_originals(case)
    listed = dict(zip(originals["original_path"].to_pylist(), originals["sha256"].to_pylist(), strict=True))
    manifest = {"dossier": {"index.html": ""}, "originals": listed, "key": "", "tables": {}}
    write_whole(case.derived / "manifest.json", json.dumps(manifest).encode())


def make_reviewed(folder: Path) -> Case:
    """A case of ``contested new`` with invented tables."""
    make_case(folder)
    case = open_case(folder)
    write_tables(case)
    return case
