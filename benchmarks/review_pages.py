"""The pages of ``contested review``: how long the server takes for each, at the size of a large case.

In: numbers of documents and incidents. Out: a Markdown table, and ``review_pages.json`` with ``--out``. Refuses:
nothing.

The tables are invented and written straight to ``.contested/tables`` of a case of ``contested new``: documents of 5 kB
of text with 20 claims each, one in four of which blames; a record an incident; one contradiction for each five claims,
one unsure link for each five incidents, candidates for one row in ten; and, with ``--decisions``, a log. Each page is
asked for ``--times`` times in turn with the others through the whole app, door and templates included; seconds are of
the wall clock, the median and the most.

    PYTHONPATH=src python benchmarks/review_pages.py --documents 10000 --incidents 100000
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from statistics import median
from typing import Any

PROJECT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(PROJECT / "src")]

import pyarrow as pa  # noqa: E402
from starlette.testclient import TestClient  # noqa: E402

from contested.base.case import Case, open_case  # noqa: E402
from contested.base.decisions import append_decisions  # noqa: E402
from contested.base.engine import parquet_bytes, read_parquet, write_whole  # noqa: E402
from contested.base.kept_builds import keep_build  # noqa: E402
from contested.base.records import TABLES, row_id, span  # noqa: E402
from contested.new import make_case  # noqa: E402
from contested.review.app import make_app, open_desk  # noqa: E402

PORT = 8123
HOST = f"http://127.0.0.1:{PORT}"
CLAIMS_EACH = 20
WORDS = (
    "the ministry said a convoy near the old mill was hit by shells at dawn and nine people died there while the "
    "spokesman of the council blamed the other side which denied it and called the report false"
).split()
DAY = date(2031, 3, 1)


def make_documents(n: int, draw: random.Random) -> Iterator[dict[str, Any]]:
    for number in range(n):
        text = "\n".join(" ".join(draw.choices(WORDS, k=60)) for _ in range(16))
        yield {
            "document_id": row_id("document", number), "path": f"documents/{number}.txt", "sha256": "0" * 64,
            "media_type": "text/plain", "title": f"Report {number}", "text": text, "text_sha256": "0" * 64,
            "reader": "invented", "published": DAY + timedelta(days=number % 28),
        }  # fmt: skip


def make_claims(documents: list[dict[str, Any]], event: str, draw: random.Random) -> Iterator[dict[str, Any]]:
    stances = ("reports", "reports", "blames", "denies")
    for document in documents:
        text = document["text"]
        for number in range(CLAIMS_EACH):
            start = number * len(text) // CLAIMS_EACH
            yield {
                "claim_id": row_id(document["document_id"], number), "origin": "document",
                "document_id": document["document_id"], "original_path": document["path"], "original_row": 0,
                "passage": [span(text[start : start + 120], start, start + 120)], "quoted": False, "via": [],
                "speaker_text": f"Speaker {draw.randrange(3000)}", "speaker_kind": "named",
                "stance": draw.choice(stances), "modality": "asserts", "event_id": event if number % 2 else None,
                "second_hand": False, "made_by": "invented", "score": round(draw.random(), 4), "checked": False,
            }  # fmt: skip


def make_records(n: int, draw: random.Random) -> Iterator[dict[str, Any]]:
    for number in range(n):
        day = DAY + timedelta(days=draw.randrange(300))
        yield {
            "record_id": f"set:{number:07}", "dataset": "set", "original_path": "datasets/set.csv",
            "original_row": number + 1, "preset": "plain", "in_window": True, "kind": "shelling", "date_start": day,
            "date_end": day, "lon": None if number % 10 == 0 else 20 + draw.random(), "lat": 10 + draw.random(),
            "radius_m": 500.0, "title": " ".join(draw.choices(WORDS, k=12)), "sources": [f"Outlet {number % 40}"],
            "second_hand": False, "publish": True, "extra": "{}",
        }  # fmt: skip


def make_incidents(records: list[dict[str, Any]], event: str) -> Iterator[dict[str, Any]]:
    for record in records:
        yield {
            "incident_id": row_id(record["record_id"]), "title": record["title"], "kind": record["kind"],
            "event_id": event, "date_start": record["date_start"], "date_end": record["date_end"],
            "records": [record["record_id"]], "datasets": ["set"], "n_places": 1, "toll_conflict": False,
            "grade": "reported", "grade_rule": "invented", "publish": True,
        }  # fmt: skip


def write_tables(case: Case, n_documents: int, n_incidents: int) -> None:
    """Invented tables in the place of a build."""
    draw = random.Random(1)
    event = case.file.events[0].id
    documents = list(make_documents(n_documents, draw))
    claims = list(make_claims(documents, event, draw))
    records = list(make_records(n_incidents, draw))
    contradictions = [
        {
            "contradiction_id": row_id("contradiction", number), "event_id": event, "question": "who",
            "kind": "between", "party_a": "a", "answer_a": "yes", "claim_a": claims[number * 5]["claim_id"],
            "party_b": "b", "answer_b": "no", "claim_b": claims[number * 5 + 1]["claim_id"], "rule": "invented",
            "checked": False,
        } for number in range(len(claims) // 5)
    ]  # fmt: skip
    links = [
        {
            "record_a": records[number * 5]["record_id"], "record_b": records[number * 5 + 1]["record_id"],
            "probability": 0.5, "gap_days": 0, "decided_by": "score", "linked": True, "reasons": "where +1.0",
            "review_rank": number + 1,
        } for number in range(len(records) // 5)
    ]  # fmt: skip
    candidates = [
        {
            "of_table": "records", "row_key": record["record_id"], "candidate": number, "name": f"Place {number}",
            "kind": "town", "lon": 20.0, "lat": 10.0, "radius_m": 1000.0, "score": 0.4, "reason": "invented",
            "chosen": False,
        } for record in records[::10] for number in range(1, 5)
    ]  # fmt: skip
    found = {
        "documents": documents, "claims": claims, "records": records, "contradictions": contradictions,
        "incidents": make_incidents(records, event), "links": links, "place_candidates": candidates,
    }  # fmt: skip
    for name, table in TABLES.items():
        write_whole(case.derived / "tables" / f"{name}.parquet", parquet_bytes(table.from_rows(found.get(name, ()))))
    write_whole(case.derived / "manifest.json", json.dumps({"dossier": {}, "originals": {}}).encode())


def write_decisions(case: Case, n: int, keys: tuple[str, ...]) -> None:
    entry = {
        "decided_at": "2031-04-01T00:00:00Z", "decided_by": "Ann", "action": "accept", "table": "claims",
        "change": "{}", "reason": "",
    }  # fmt: skip
    append_decisions(case.folder / "decisions.jsonl", [{**entry, "row_key": key} for key in keys[:n]])


def found_pages(desk: Any, document: str) -> dict[str, str]:
    """Addresses of search, lists, single rows, names and compared builds."""
    first = {
        name: desk.tables.rows(f"SELECT {name}_id AS id FROM {name}s LIMIT 1")[0]["id"]
        for name in ("claim", "incident")
    }
    other = desk.tables.rows("SELECT document_id FROM documents LIMIT 1 OFFSET 1")[0]["document_id"]
    return {
        "search, a common word": "/search?q=ministry", "search, a phrase": "/search?q=%22nine+people+died%22",
        "search, by day": "/search?q=shells&first=2031-03-10&last=2031-03-12", "documents": "/list/documents",
        "claims by score": "/list/claims?sort=score", "claims that hold a word": "/list/claims?q=denied",
        "incidents, last page": "/list/incidents?page=999999", "records": "/list/records?sort=title",
        "a document, marked": f"/document?id={document}", "an incident": f"/incident?id={first['incident']}",
        "what to set beside": f"/side?a={document}", "two documents": f"/side?a={document}&b={other}",
        "names": "/names", "a name": "/names/one?name=Speaker+7", "add": "/add", "what changed": "/changes",
        "changed claims": "/changes?table=claims&page=3",
    }  # fmt: skip


def keep_two_builds(case: Case) -> None:
    """Two builds to compare: one claim in a hundred was accepted between them."""
    path = case.derived / "tables" / "claims.parquet"
    claims = read_parquet(path)
    keep_build(case, {"key": "1", "originals": {}}, "")
    checked = pa.array([number % 100 == 0 for number in range(claims.num_rows)])
    at = claims.schema.get_field_index("checked")
    path.unlink()
    write_whole(path, parquet_bytes(claims.set_column(at, claims.schema.field(at), checked)))
    keep_build(case, {"key": "2", "originals": {}}, "")


def measure(case: Case, n_decisions: int, times: int) -> dict[str, Any]:
    """Seconds of starting, and of each page."""
    began = time.perf_counter()
    desk = open_desk(case, PORT)
    started = time.perf_counter() - began
    queue = desk.kept["queue"]
    write_decisions(case, n_decisions, queue.keys["claims"])
    client = TestClient(make_app(desk), base_url=HOST)
    client.get(desk.door.new_address())
    token = next(iter(desk.door._sessions.values())).form_token
    origin = {"Origin": HOST}
    client.post("/name", data={"form_token": token, "name": "Ann"}, headers=origin)
    claims = iter(queue.keys["claims"][n_decisions:])
    document = desk.tables.rows("SELECT document_id FROM documents LIMIT 1")[0]["document_id"]
    pages = {
        "overview": "/", "next claim": "/queue/claims", "next link": "/queue/links", "next place": "/queue/places",
        "next speaker": "/queue/speakers", "a document's claims": f"/bulk?by=document&value={document}",
        "an event's claims": f"/bulk?by=event&value={case.file.events[0].id}", "history": "/history",
        "build": "/build", **found_pages(desk, document),
    }  # fmt: skip
    seconds: dict[str, list[float]] = {name: [] for name in [*pages, "accept a claim"]}
    for _ in range(times):
        for name, address in pages.items():
            began = time.perf_counter()
            answer = client.get(address)
            seconds[name].append(time.perf_counter() - began)
            assert answer.status_code == 200, (address, answer.text[:300])
        form = {"form_token": token, "action": "accept", "key": next(claims), "seen": "0"}
        began = time.perf_counter()
        answer = client.post("/queue/claims", data=form, headers=origin, follow_redirects=False)
        seconds["accept a claim"].append(time.perf_counter() - began)
        assert answer.status_code == 303, answer.text[:300]
    desk.tables.close()
    return {"started_s": started, "pages": seconds}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=10_000)
    parser.add_argument("--incidents", type=int, default=100_000)
    parser.add_argument("--decisions", type=int, default=2_000)
    parser.add_argument("--times", type=int, default=7)
    parser.add_argument("--out", type=Path)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        make_case(Path(folder) / "case")
        case = open_case(Path(folder) / "case")
        write_tables(case, asked.documents, asked.incidents)
        keep_two_builds(case)
        found = measure(case, asked.decisions, asked.times)
    print(f"\nstarted in {found['started_s']:.1f} s\n\n| page | median, ms | most, ms |\n|---|---|---|")
    for name, seconds in found["pages"].items():
        print(f"| {name} | {median(seconds) * 1000:.0f} | {max(seconds) * 1000:.0f} |")
    if asked.out is not None:
        asked.out.mkdir(parents=True, exist_ok=True)
        sizes = {name: getattr(asked, name) for name in ("documents", "incidents", "decisions", "times")}
        (asked.out / "review_pages.json").write_text(json.dumps({**sizes, **found}, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
