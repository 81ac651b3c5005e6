"""What can be decided in the app, what of it stands in the log, and what the next page asks."""

from __future__ import annotations

import html
import json
import re
import threading
from typing import Any

import pytest
from tests.review.conftest import Client
from tests.review.invented import HOSTILE, N_CLAIMS

from contested.base.decisions import read_decisions
from contested.review.deciding import LOG, Judgement
from contested.review.desk import Desk

PAGES = ("/", "/queue/claims", "/queue/links", "/queue/places", "/queue/speakers", "/history", "/build", "/name",
         "/bulk?by=document&value=d1", "/bulk?by=speaker&value=Speaker", "/bulk?by=event&value=market")  # fmt: skip


def log(desk: Desk) -> list[dict[str, Any]]:
    return read_decisions(desk.case.folder / LOG).to_pylist()


def key_of(answer: Any) -> str:
    return html.unescape(re.search(r'name="key" value="([^"]+)"', answer.text)[1])


def seen_of(answer: Any) -> str:
    return re.search(r'name="seen" value="(\d+)"', answer.text)[1]


def test_every_page_escapes_what_documents_and_rows_say(client: Client) -> None:
    for path in PAGES:
        answer = client.get(path)
        assert answer.status_code == 200, path
        assert "<script>window" not in answer.text and "<img src=x" not in answer.text, path
    assert html.escape(HOSTILE[:20]) in client.get("/queue/claims").text.replace("&#34;", '"')


def test_the_claims_asked_first_are_those_that_contradictions_rest_on(client: Client, desk: Desk) -> None:
    order = desk.kept["queue"].keys["claims"]
    assert set(order[:2]) == {"c20", "c21"} and len(order) == N_CLAIMS
    # Then the lowest score first.
    assert order[2:5] == ("c00", "c01", "c02")


@pytest.mark.parametrize(
    ("kind", "form", "table", "change"),
    [
        ("claims", {"action": "accept"}, "claims", {}),
        ("claims", {"action": "reject", "short_reason": "no claim"}, "claims", {}),
        ("claims", {"action": "correct", "stance": "denies", "killed_low": "3", "reason": "r"}, "claims",
         {"stance": "denies", "killed_low": 3}),
        ("links", {"action": "link", "reason": "one day"}, "links", {}),
        ("links", {"action": "split", "reason": "other place"}, "links", {}),
        ("places", {"action": "correct", "candidate": "2", "reason": "known"}, "place_candidates",
         {"name": "Place 2", "lon": 20.0, "lat": 10.0}),
        ("places", {"action": "reject", "reason": "none"}, "place_candidates", {}),
        ("speakers", {"action": "correct", "speaker_party": "rebels", "reason": "known"}, "actors",
         {"speaker_party": "rebels"}),
        ("speakers", {"action": "reject", "reason": "none"}, "actors", {}),
    ],
)  # fmt: skip
def test_each_action_is_one_line_of_the_log_and_the_next_row_is_asked(
    client: Client, desk: Desk, kind: str, form: dict[str, str], table: str, change: dict[str, Any]
) -> None:
    asked = client.get(f"/queue/{kind}")
    key = key_of(asked)
    answer = client.post(f"/queue/{kind}", key=key, seen=seen_of(asked), **form)
    assert answer.status_code == 200 and "decision 1" in client.told(answer)
    (row,) = log(desk)
    assert (row["table"], row["row_key"], row["action"], row["decided_by"]) == (table, key, form["action"], "Ann")
    assert json.loads(row["change"]) == change and row["without_seeing"] is None
    assert key_of(answer) != key
    # Undo asks about it again, and keeps both lines.
    again = client.post(f"/queue/{kind}", action="undo")
    assert key_of(again) == key and [row["action"] for row in log(desk)] == [form["action"], "undo"]


@pytest.mark.parametrize(
    ("kind", "form", "words"),
    [
        ("claims", {"action": "reject"}, "needs a reason"),
        ("links", {"action": "link"}, "needs a reason"),
        ("claims", {"action": "link", "reason": "r"}, "cannot be decided here"),
        ("claims", {"action": "correct", "stance": "guilty", "reason": "r"}, "unknown"),
        ("claims", {"action": "correct", "killed_low": "-1", "reason": "r"}, "no count of people"),
        ("claims", {"action": "correct", "target_party": "rebel", "reason": "r"}, "did you mean"),
        ("claims", {"action": "correct", "reason": "r"}, "nothing was changed"),
        ("places", {"action": "correct", "candidate": "7", "reason": "r"}, "no candidate 7"),
        ("speakers", {"action": "correct", "speaker_party": "", "reason": "r"}, "no party is chosen"),
    ],
)
def test_what_cannot_be_decided_is_said_and_not_kept(
    client: Client, desk: Desk, kind: str, form: dict[str, str], words: str
) -> None:
    answer = client.post(f"/queue/{kind}", key=key_of(client.get(f"/queue/{kind}")), seen="0", **form)
    assert answer.status_code == 400 and words in html.unescape(answer.text)
    assert client.post("/queue/claims", action="accept", key="c99").status_code == 400
    assert log(desk) == []


def test_nobody_decides_without_a_name(desk: Desk) -> None:
    client = Client(desk, name=None)
    assert "Who decides?" in client.get("/queue/claims").text
    assert client.post("/queue/claims", action="accept", key="c01").status_code == 400 and log(desk) == []


def test_of_two_windows_both_decisions_are_kept_and_the_row_comes_back(desk: Desk) -> None:
    ann, ben = Client(desk, "Ann"), Client(desk, "Ben")
    key, seen = key_of(ann.get("/queue/claims")), "0"
    ann.post("/queue/claims", action="accept", key=key, seen=seen)
    answer = ben.post("/queue/claims", action="reject", key=key, seen=seen, reason="no claim")
    assert "Decision 1 came in between" in ben.told(answer)
    assert [row["without_seeing"] for row in log(desk)] == [None, 1]
    # Both are asked again, with both decisions in view.
    for client in (ann, ben):
        again = client.get("/queue/claims")
        assert key_of(again) == key and "made without seeing 1" in again.text and "Ann" in again.text
    # Who has seen both settles it.
    ann.post("/queue/claims", action="accept", key=key, seen=seen_of(again))
    assert key_of(ben.get("/queue/claims")) != key and log(desk)[-1]["without_seeing"] is None


def test_the_same_judgement_twice_is_no_conflict(desk: Desk) -> None:
    ann, ben = Client(desk, "Ann"), Client(desk, "Ben")
    key = key_of(ann.get("/queue/claims"))
    for client in (ann, ben):
        client.post("/queue/claims", action="accept", key=key, seen="0")
    assert key_of(ann.get("/queue/claims")) != key and len(log(desk)) == 2


def test_many_at_a_time_lose_no_decision(desk: Desk) -> None:
    def decide(name: str) -> None:
        for number in range(N_CLAIMS):
            desk.log.decide([Judgement("claims", f"c{number:02}", "accept")], name)

    threads = [threading.Thread(target=decide, args=(name,)) for name in ("Ann", "Ben", "Cem")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    rows = log(desk)  # which checks the chain
    assert len(rows) == 3 * N_CLAIMS
    for number in range(N_CLAIMS):
        of = [row for row in rows if row["row_key"] == f"c{number:02}"]
        assert [row["without_seeing"] for row in of] == [None, of[0]["number"], of[1]["number"]]


def test_put_off_comes_again_at_the_end(client: Client, desk: Desk) -> None:
    first = key_of(client.get("/queue/links"))
    asked = [first, *(key_of(client.post("/queue/links", action="skip", key=key)) for key in
                      (first, "a:2|b:2|x", "a:3|b:3|x"))]  # fmt: skip
    assert asked == ["a:1|b:1|x", "a:2|b:2|x", "a:3|b:3|x", "a:1|b:1|x"] and log(desk) == []


def test_a_group_is_judged_with_one_line_each(client: Client, desk: Desk) -> None:
    page = client.get("/bulk?by=document&value=d1").text
    ticked = re.findall(r'name="claim" value="([^"]+)"', page)
    assert len(ticked) == N_CLAIMS
    seen = {f"seen_{key}": "0" for key in ticked}
    assert client.post("/bulk", action="reject", claim=ticked[:5], **seen).status_code == 400  # no reason
    client.post("/bulk", action="accept", claim=ticked[:20], **seen)
    assert [row["row_key"] for row in log(desk)] == ticked[:20]
    assert len(re.findall(r'name="claim" value=', client.get("/bulk?by=document&value=d1").text)) == N_CLAIMS - 20


def test_history_shows_every_decision_and_takes_one_back(desk: Desk) -> None:
    ann, ben = Client(desk, "Ann"), Client(desk, HOSTILE)
    ann.post("/queue/claims", action="accept", key="c01", seen="0")
    ben.post("/queue/claims", action="reject", key="c02", seen="0", reason=HOSTILE)
    page = ann.get("/history").text
    assert "<script>window" not in page and page.count("<tr id=") == 2
    assert ann.get("/history?by=Ann").text.count("<tr id=") == 1
    ann.post("/history", number="2")
    assert log(desk)[-1]["action"] == "undo" and log(desk)[-1]["row_key"] == "2"
    assert ann.post("/history", number="2").status_code == 400  # taken back already
    assert ann.post("/history", number="9").status_code == 400
    assert desk.log.state().standing("claims", "c02") is None


def test_a_log_that_cannot_be_written_is_said(client: Client, desk: Desk) -> None:
    (desk.case.folder / LOG).mkdir()
    answer = client.post("/queue/claims", action="accept", key="c01", seen="0")
    assert answer.status_code == 400 and "cannot be" in answer.text
