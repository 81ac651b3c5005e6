"""Pages of search, lists, names, added documents and compared builds: what they show, do and refuse."""

from __future__ import annotations

import hashlib
import html
import json
import re
import time
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.review.conftest import HOST, PORT, Client
from tests.review.invented import HOSTILE, TEXT, make_claim, make_record, make_reviewed

from contested.base.case import open_case
from contested.base.engine import parquet_bytes, write_whole
from contested.base.kept_builds import keep_build
from contested.base.records import TABLES, span
from contested.flow import read_manifest
from contested.review.app import open_desk
from contested.review.desk import Desk

OTHER = "The shells came from the hills, Mira Dorn said. The Upland Front denied it."


@pytest.fixture(scope="module")
def find_desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """The invented case with a second document that contradicts the first, an incident, and two kept builds."""
    case = make_reviewed(tmp_path_factory.mktemp("find") / "case")
    tables = case.derived / "tables"
    (case.folder / "documents" / "later.txt").write_text(OTHER, encoding="utf-8")
    documents = [
        {
            "document_id": name, "path": f"documents/{name}.txt", "sha256": "0" * 64, "media_type": "text/plain",
            "title": title, "text": text, "text_sha256": hashlib.sha256(text.encode()).hexdigest(),
            "reader": "invented", "published": date(2031, 3, 5),
        } for name, title, text in (("d1", f"A briefing {HOSTILE}", TEXT), ("d2", "An answer", OTHER))
    ]  # fmt: skip
    answer = {
        **make_claim(0), "claim_id": "e1", "document_id": "d2", "stance": "denies",
        "passage": [span(OTHER[:46], 0, 46)],
        "speaker_text": "Mira Dorn", "speaker_actor": "Mira Dorn", "speaker_party": "rebels", "speaker_start": 32,
        "speaker_end": 41, "said_on": date(2031, 3, 6),
    }  # fmt: skip
    claims = [*(make_claim(number) for number in range(24)), answer]
    account = {"event_id": "market", "question": "who", "position": 1, "latest": True, "checked": False}
    incident = {
        "incident_id": "i-a:1", "title": f"Strike {HOSTILE}", "kind": "strike", "event_id": "market",
        "date_start": date(2031, 3, 4), "date_end": date(2031, 3, 4), "records": ["a:1", "b:1|x"],
        "datasets": ["a", "b"],
        "n_places": 1, "toll_conflict": False, "grade": "weak", "grade_rule": "one source", "publish": True,
    }  # fmt: skip
    rows: dict[str, list[dict[str, Any]]] = {
        "documents": documents,
        "accounts": [
            {**account, "party": "government", "answer": "blames", "claim_id": "c20"},
            {**account, "party": "rebels", "answer": "denies it", "claim_id": "e1"},
        ],
        "contradictions": [{
            "contradiction_id": "x1", "event_id": "market", "question": "who", "kind": "between",
            "party_a": "government", "answer_a": "blames", "claim_a": "c20",
            "party_b": "rebels", "answer_b": "denies it", "claim_b": "e1",
            "rule": "one blames, the other denies", "checked": False,
        }],
        "incidents": [incident], "records": [make_record("a:1"), make_record("b:1|x")],
        "claim_links": [{
            "claim_id": "c20", "incident_id": "i-a:1", "record_id": "a:1", "probability": 0.9, "linked": True,
            "reasons": "",
        }],
    }  # fmt: skip
    for name, built in rows.items():
        write_whole(tables / f"{name}.parquet", parquet_bytes(TABLES[name].from_rows(built)))
    for key, checked in (("1", False), ("2", True)):
        claims[0] = make_claim(0, checked=checked)
        # Another file in the place of the old one, as a build leaves it: the kept one stays what it was.
        write_whole(tables / "claims.parquet", parquet_bytes(TABLES["claims"].from_rows(claims)))
        keep_build(case, {**(read_manifest(case) or {}), "key": key}, "program")
    opened = open_desk(open_case(case.folder), PORT)
    yield opened
    opened.tables.close()


@pytest.fixture(scope="module")
def seen(find_desk: Desk) -> Client:
    return Client(find_desk)


PAGES = (
    "/search", "/search?q=shell", "/search?q=%22blamed+the+upland%22&kind=claim&party=government", "/list/documents",
    "/list/claims?document=d1&sort=score", "/list/incidents", "/list/records?sort=killed", "/document?id=d1&claim=c03",
    "/incident?id=i-a:1", "/record?id=b:1%7Cx", "/side?a=d1", "/side?a=d1&b=d2", "/names", "/names/one?name=Mira+Dorn",
    "/add", "/changes", "/changes?table=claims",
)  # fmt: skip


@pytest.mark.parametrize("path", PAGES)
def test_every_page_answers_and_nothing_of_a_source_is_markup(seen: Client, path: str) -> None:
    answer = seen.get(path)
    assert answer.status_code == 200
    assert "<script>window" not in answer.text
    assert "<img" not in answer.text


def test_search_leads_to_the_passage_in_its_document(seen: Client) -> None:
    answer = seen.get("/search?q=%22shells+came%22&kind=claim")
    assert "<mark>shells</mark>" in answer.text or "<mark>shells came</mark>" in answer.text
    (href,) = re.findall(r'href="(/claim\?id=[^"]+)"', answer.text)
    document = seen.get(href)
    assert document.url.path == "/document"
    (marked,) = re.findall(r'<mark class="depth-1 chosen"><a [^>]*>([^<]*)</a></mark>', document.text)
    assert marked == OTHER[:46]


def test_the_frozen_text_is_whole_and_unaltered_with_its_marks(seen: Client) -> None:
    shown = re.search(r'<div class="frozen-text" dir="auto">(.*?)</div>', seen.get("/document?id=d1").text, re.S)[1]
    assert html.unescape(re.sub(r"<[^>]+>", "", shown)) == TEXT


def test_two_documents_stand_question_by_question_with_what_contradicts(seen: Client) -> None:
    text = seen.get("/side?a=d1&b=d2").text
    assert text.count('class="opposed"') == 2
    assert "one blames, the other denies" in text
    assert "d2" in seen.get("/side?a=d1").text
    assert seen.get("/side?a=d1&b=nothing").status_code == 404


def test_what_changed_and_why_stands_on_one_page(seen: Client) -> None:
    text = seen.get("/changes?table=claims").text
    assert re.search(r"<bdi>c00</bdi></a>", text)
    assert re.search(r'<span lang="en">checked</span>: <bdi>no</bdi> → <bdi>yes</bdi>', text)


def test_lists_are_narrowed_and_sorted(seen: Client) -> None:
    rows = re.findall(r'/queue/claims\?key=(\w+)"', seen.get("/list/claims?party=government&sort=score").text)
    assert rows == [f"c{number:02}" for number in range(8, 24)]
    assert "denied" not in seen.get("/list/claims?q=quarter%205").text


def test_a_name_is_merged_and_the_decision_taken_back(find_desk: Desk) -> None:
    client = Client(find_desk)
    seen_number = find_desk.log.state().last("actors", "Mira Dorn")
    form = {
        "key": "Mira Dorn",
        "seen": seen_number,
        "what": "same",
        "same_as": "Ana Vell",
        "reason": "the text says so",
    }
    assert "Decision" in client.told(client.post("/names/one", **form))
    row = find_desk.log.state().rows[-1]
    assert (row["action"], row["table"], json.loads(row["change"])) == ("link", "actors", {"same_as": "Ana Vell"})
    for wrong in (
        {"what": "same", "same_as": "the mira  dorn"}, {"what": "party", "speaker_party": "nobody"}, {"what": "party"},
        {"what": "other"}, {"key": "Nobody at all"}, {"reason": ""},
    ):  # fmt: skip
        assert client.post("/names/one", **{**form, **wrong}).status_code in (400, 404)
    assert find_desk.log.state().rows[-1] == row
    client.post("/history", number=row["number"], reason="no")
    assert find_desk.log.state().standing("actors", "Mira Dorn") is None


def _add(client: Client, file: tuple[str, bytes] | None, **form: str) -> Any:
    files = {"file": file if file is not None else ("", b"")}
    data = {"form_token": client.token, **form}
    return client.http.post("/add", data=data, files=files, headers={"Origin": HOST})


def _wait(client: Client) -> str:
    deadline = time.monotonic() + 120
    while client.get("/add/state").json()["running"] and time.monotonic() < deadline:
        time.sleep(0.05)
    return str(client.get("/add").text)


def test_a_document_comes_by_file_and_by_paste(find_desk: Desk) -> None:
    client, folder = Client(find_desk), find_desk.case.folder
    _add(client, ("../../a b.txt", OTHER.replace("shells", "rockets").encode()), address="https://example.org/x")
    assert "documents/a-b.txt" in _wait(client)
    assert 'address = "https://example.org/x"' in (folder / "case.toml").read_text(encoding="utf-8")
    _add(client, None, text=OTHER.replace("shells", "stones") + "\r\n", title="Heard on the phone")
    assert "documents/Heard-on-the-phone.txt" in _wait(client)
    assert (folder / "documents" / "Heard-on-the-phone.txt").read_bytes().endswith(b"denied it.\n")
    _add(client, ("again.txt", OTHER.encode()))
    assert "documents/later.txt" in _wait(client)
    before = sorted(folder.rglob("*"))
    _add(client, ("a.pdf", b"none"))
    assert 'role="alert"' in _wait(client)
    for form in ({"address": "javascript:1"}, {"published": "yesterday"}, {"event": "other"}):
        answer = _add(client, None, text="Some words were said.", **form)
        assert answer.status_code == 400 or 'role="alert"' in _wait(client)
    assert _add(client, None).status_code == 400
    assert sorted(folder.rglob("*")) == before


def test_an_upload_needs_its_token_its_kind_and_a_length(find_desk: Desk) -> None:
    client = Client(find_desk)
    files = {"file": ("a.txt", b"words")}
    assert client.http.post("/add", files=files, headers={"Origin": HOST}).status_code == 403
    assert client.http.post("/add", files=files, headers={"Origin": "http://example.org"}).status_code == 403
    assert client.post("/add", text="x").status_code == 415
    head = {"Origin": HOST, "Content-Type": "multipart/form-data; boundary=x", "Content-Length": str(1 << 40)}
    assert client.http.post("/add", content=b"x", headers=head).status_code == 413
    head |= {"Content-Length": "3"}
    assert client.http.post("/add", content=b"xxx", headers=head).status_code == 400
    chunked = {name: value for name, value in head.items() if name != "Content-Length"}
    assert client.http.post("/add", content=iter([b"x"]), headers=chunked).status_code == 411


def test_a_party_is_added_where_the_case_opens_with_it(find_desk: Desk) -> None:
    client = Client(find_desk)
    assert client.post("/parties", id="Not a name", party_name="Valley Guard").status_code == 400
    assert "Valley Guard" not in find_desk.case.party_names.values()
    client.post("/parties", id="valley", party_name="Valley Guard")
    assert find_desk.case.party_names["valley"] == "Valley Guard"
    assert "Valley Guard" in client.get("/names").text


_PATHS = st.sampled_from(
    ["/search", "/list/claims", "/list/documents", "/list/x", "/document", "/claim", "/incident", "/record", "/side",
     "/names", "/names/one", "/changes", "/add"]
)  # fmt: skip
_NAMES = (
    "q", "kind", "party", "first", "last", "page", "sort", "id", "from", "claim", "a", "b", "name", "table", "before",
    "after", "document",
)  # fmt: skip
_VALUES = st.one_of(
    st.text(max_size=40), st.integers().map(str),
    st.sampled_from(["d1", "c01", "claims", "../..", "'; DROP TABLE claims; --", "9999-12-31", "0001-01-01", "\x00"]),
)  # fmt: skip


@given(
    _PATHS,
    st.dictionaries(
        st.sampled_from(_NAMES),
        _VALUES.filter(lambda text: not any("\ud800" <= letter <= "\udfff" for letter in text)),
    ),
)  # fmt: skip
def test_nothing_that_is_asked_is_an_error_of_the_program(seen: Client, path: str, query: dict[str, str]) -> None:
    answer = seen.http.get(path, params=query)
    assert answer.status_code in (200, 400, 404, 414)
