"""The queue of a built case, and decisions that the next build carries out."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.test_cli import _run

from contested.base.case import Case, open_case
from contested.base.decisions import read_decisions
from contested.base.errors import CaseError, RecordError
from contested.flow import build_case, read_tables
from contested.review.pairs import decide_pair, open_queue, queue_text

CASE = """
format = 1
title = "Two lists (invented)"
purpose = "To review pairs."
window = { from = 2031-05-01, to = 2031-05-31 }
region = { name = "Ostra", box = [9.9, 49.9, 10.4, 50.3] }
[[parties]]
id = "n"
name = "North"
[[events]]
id = "may"
title = "May"
kind = "strike"
from = 2031-05-01
to = 2031-05-31
place = "Ostra"
"""
DATASET = """
[[datasets]]
name = "{name}"
preset = "plain"
path = "datasets/{name}.csv"
kind = "strike"
default_radius_m = 3000.0
columns = {{ id = "id", date = "date", place_name = "place", lon = "lon", lat = "lat", title = "title" }}
"""
HEAD = "id,date,place,lon,lat,title\n"
#: Three pairs that may be one event, not surely so, and a fourth row that fits nothing; one id holds a bar.
LEFT = HEAD + "1,2031-05-04,Mirrow,10.10,50.05,\n2,2031-05-11,Dovar,10.31,49.98,\n3|x,2031-05-19,Hallin,10.02,50.20,\n"
LEFT += "9,2031-07-01,Hallin,10.02,50.20,\n"
RIGHT = HEAD + (
    "1,2031-05-05,Mirrow,10.13,50.06,\n2,2031-05-12,Dovar,10.33,49.99,\x1b[31m red\n3,2031-05-20,Hallin,10.05,50.21,\n"
    "4,2031-05-28,Lenn,10.24,50.12,\n"
)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("review") / "ostra"
    (folder / "datasets").mkdir(parents=True)
    names = ("left", "right")
    (folder / "case.toml").write_text(CASE + "".join(DATASET.format(name=name) for name in names), encoding="utf-8")
    (folder / "datasets/left.csv").write_text(LEFT, encoding="utf-8")
    (folder / "datasets/right.csv").write_text(RIGHT, encoding="utf-8")
    build_case(open_case(folder))
    return folder


@pytest.fixture
def case(built: Path, tmp_path: Path) -> Case:
    return open_case(shutil.copytree(built, tmp_path / "ostra"))


def together(case: Case, *records: str) -> bool:
    """Whether one incident of the last build holds all the records."""
    return any(set(records) <= set(row) for row in read_tables(case)["incidents"]["records"].to_pylist())


def test_the_queue_is_that_of_the_table(case: Case) -> None:
    links = [row for row in read_tables(case)["links"].to_pylist() if row["review_rank"] is not None]
    expected = [f"{row['record_a']}|{row['record_b']}" for row in sorted(links, key=lambda row: row["review_rank"])]
    assert len(expected) >= 2, "the rows of this test are no longer unsure: choose others"
    assert [row["pair"] for row in open_queue(case)] == expected
    assert [row["pair"] for row in open_queue(case, 1)] == expected[:1]
    text = "\n".join(queue_text(open_queue(case), case.folder))
    assert all(pair in text for pair in expected) and "\x1b" not in text and "contested decide" in text
    assert "Nothing to ask" in queue_text([], case.folder)[0]


def test_a_link_binds_and_a_later_split_parts(case: Case) -> None:
    pair = ("left:1", "right:4")
    assert not together(case, *pair)
    assert decide_pair(case, "right:4|left:1", "link", "R", "same day after all") == 1
    build_case(case)
    assert together(case, *pair)
    assert decide_pair(case, "left:1|right:4", "split", "R", "another Lenn") == 2
    build_case(case)
    assert not together(case, *pair)
    log = read_decisions(case.folder / "decisions.jsonl").to_pylist()
    assert [(row["action"], row["row_key"], row["reason"]) for row in log] == [
        ("link", "left:1|right:4", "same day after all"), ("split", "left:1|right:4", "another Lenn")
    ]  # fmt: skip


def test_what_is_decided_is_asked_no_more_before_and_after_the_build(case: Case) -> None:
    first, second = (row["pair"] for row in open_queue(case, 2))
    decide_pair(case, first, "split", "R", "seen")
    assert [row["pair"] for row in open_queue(case, 1)] == [second]
    decide_pair(case, second, "link", "R", "seen")
    build_case(case)
    assert not {first, second} & {row["pair"] for row in open_queue(case)}
    assert together(case, *second.rsplit("|", 1)) and not together(case, *first.rsplit("|", 1))


def test_an_id_may_hold_a_bar(case: Case) -> None:
    decide_pair(case, "left:3|x|right:4", "link", "R", "seen")
    with pytest.raises(RecordError, match="already"):
        decide_pair(case, "right:4|left:3|x", "link", "R", "seen")
    build_case(case)
    assert together(case, "left:3|x", "right:4")


@pytest.mark.parametrize(
    ("pair", "hint"),
    [
        ("left:1|right:44", 'did you mean "right:4"'),
        ("lefd:1|right:4", 'did you mean "left"'),
        ("left:1", "dataset:id"),
        ("left:1|left:1", "against itself"),
        ("left:9|right:4", "left:9 lies outside the window"),
        ("", "dataset:id"),
    ],
)
def test_a_pair_that_is_none_is_refused_with_the_nearest(case: Case, pair: str, hint: str) -> None:
    with pytest.raises(RecordError, match=hint):
        decide_pair(case, pair, "link", "R", "seen")
    assert not (case.folder / "decisions.jsonl").exists()


def test_the_same_decision_twice_and_an_empty_reason_are_refused(case: Case) -> None:
    decide_pair(case, "left:1|right:4", "link", "R", "seen")
    with pytest.raises(RecordError, match=r'line 1: R has decided "link" for left:1\|right:4 already'):
        decide_pair(case, "right:4|left:1", "link", "S", "seen too")
    for by, because in (("", "seen"), ("R", "  ")):
        with pytest.raises(CaseError, match="is empty"):
            decide_pair(case, "left:2|right:4", "link", by, because)
    assert read_decisions(case.folder / "decisions.jsonl").num_rows == 1


def _ask(case: Case) -> None:
    open_queue(case)


def _decide(case: Case) -> None:
    decide_pair(case, "left:1|right:4", "link", "R", "seen")


@pytest.mark.parametrize("act", [_ask, _decide])
def test_a_case_that_is_not_built_or_has_changed_is_to_be_built_first(case: Case, act: Callable[[Case], None]) -> None:
    (case.folder / "datasets/right.csv").write_text(RIGHT + "5,2031-05-29,Lenn,10.24,50.12,\n", encoding="utf-8")
    with pytest.raises(CaseError, match=r"right\.csv has changed since the last build; build again"):
        act(case)
    shutil.rmtree(case.derived)
    with pytest.raises(CaseError, match="no whole build; build it: contested build"):
        act(case)


def test_the_commands(case: Case) -> None:
    folder = case.folder
    rows = [json.loads(line) for line in _run("queue", folder, "--json", "--most", "1").stdout.splitlines()]
    assert list(rows[0])[:3] == ["rank", "pair", "probability"] and rows[0]["a"]["record_id"].startswith("left:")
    assert rows[0]["pair"] in _run("queue", folder).stdout
    assert "--because" in _run("decide", folder, rows[0]["pair"], "link", "--by", "R", code=2).stderr
    assert "'merge'" in _run("decide", folder, rows[0]["pair"], "merge", "--by", "R", "--because", "x", code=2).stderr
    done = _run("decide", folder, rows[0]["pair"], "split", "--by", "R", "--because", "two towns")
    assert f"contested build {folder}" in done.stdout
    assert "already" in _run("decide", folder, rows[0]["pair"], "split", "--by", "R", "--because", "x", code=2).stderr
