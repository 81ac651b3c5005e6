"""A batch: one line a document, in order, whole after any interruption, the same whatever the processes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.claims.made import ARABIC, article, write, zip_bytes

from contested.base.errors import SourceError
from contested.claims import batch
from contested.claims.batch import BatchCounts, read_batch
from contested.claims.batch_output import BatchOutput
from contested.claims.documents.items import Item
from contested.claims.read import count_documents
from contested.claims.reading import ClaimReader, Reading

FAST = Reading(fast=True)


def news(n: int) -> str:
    return f"The army said on Tuesday that rebels had shelled street {n}. “We saw {n} rockets,” said Omar Khalil.\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for n in range(12):
        write(tmp_path, f"news/{n:02}.txt", news(n))
    write(tmp_path, "news/copy.txt", news(3))
    write(tmp_path, "news/empty.txt", "")
    write(tmp_path, "news/false.pdf", "no PDF")
    write(tmp_path, "news/foreign.txt", ARABIC * 3)
    write(tmp_path, "news/inner.zip", zip_bytes({"a.html": article(), "b.txt": news(99), "c.jpeg": b"x"}))
    return tmp_path / "news"


def lines(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_every_document_is_a_line_in_order(folder: Path, tmp_path: Path) -> None:
    told: list[str] = []
    counts = read_batch([folder], tmp_path / "out.jsonl", FAST, tell=lambda _, trouble: told.append(trouble or ""))
    rows = lines(tmp_path / "out.jsonl")
    names = [row["path"].rsplit("news/", 1)[1] for row in rows]
    assert names == [*(f"{n:02}.txt" for n in range(12)), "empty.txt", "false.pdf", "foreign.txt",
                     "inner.zip#a.html", "inner.zip#b.txt", "inner.zip#c.jpeg"]  # fmt: skip
    assert (counts.read, counts.refused, counts.unsupported, counts.repeated) == (15, 3, 1, 1)
    assert counts.claims == sum(len(row["claims"]) for row in rows) > 20
    by_name = dict(zip(names, rows, strict=True))
    assert by_name["empty.txt"]["error"].endswith("collect it again")
    assert by_name["foreign.txt"]["document"]["language"] == "ar"
    assert "unsupported" in by_name["foreign.txt"]["unsupported"] and not by_name["foreign.txt"]["claims"]
    assert by_name["inner.zip#a.html"]["document"]["original_row"] == 1
    assert sum(bool(trouble) for trouble in told) == 4
    for row in rows:
        assert list(row)[:2] == ["sha256", "path"] and row["made_by"]
        if row["path"].endswith("05.txt"):
            for claim in row["claims"]:
                assert all(news(5)[p["start"] : p["end"]] == p["text"] for p in claim["passage"])


def test_processes_change_nothing(folder: Path, tmp_path: Path) -> None:
    one = read_batch([folder], tmp_path / "one.jsonl", FAST)
    two = read_batch([folder], tmp_path / "two.jsonl", FAST, jobs=2)
    assert one == two
    assert (tmp_path / "one.jsonl").read_bytes() == (tmp_path / "two.jsonl").read_bytes()


@pytest.mark.parametrize("lost", [1, 30, 2000])
def test_a_torn_end_is_cut_off_and_read_again(folder: Path, tmp_path: Path, lost: int) -> None:
    whole = tmp_path / "whole.jsonl"
    read_batch([folder], whole, FAST)
    torn = write(tmp_path, "torn.jsonl", whole.read_bytes()[:-lost])
    counts = read_batch([folder], torn, FAST)
    assert torn.read_bytes() == whole.read_bytes()
    assert counts.skipped > 10 and counts.read + counts.refused < 6


def test_a_run_goes_on_at_every_place(folder: Path, tmp_path: Path) -> None:
    whole = tmp_path / "whole.jsonl"
    read_batch([folder], whole, FAST)
    raw = whole.read_bytes()
    for kept in (0, 5, 11, 300, len(raw) // 2, raw.index(b"\n"), raw.index(b"\n") + 1):
        part = write(tmp_path, "part.jsonl", raw[:kept])
        read_batch([folder], part, FAST)
        assert part.read_bytes() == raw
    zeros = write(tmp_path, "zeros.jsonl", raw[: raw.index(b"\n") + 1] + bytes(500))
    read_batch([folder], zeros, FAST)
    assert zeros.read_bytes() == raw


def test_an_interrupted_run_loses_nothing(folder: Path, tmp_path: Path) -> None:
    def stop(counts: BatchCounts, _: str | None) -> None:
        if counts.read == 7:
            raise KeyboardInterrupt

    out = tmp_path / "out.jsonl"
    with pytest.raises(KeyboardInterrupt):
        read_batch([folder], out, FAST, tell=stop)
    assert len(lines(out)) == 7
    counts = read_batch([folder], out, FAST)
    assert counts.skipped == 8 and counts.repeated == 0  # the copy of a document read before is skipped too
    read_batch([folder], tmp_path / "whole.jsonl", FAST)
    assert out.read_bytes() == (tmp_path / "whole.jsonl").read_bytes()


@pytest.mark.skipif(os.name == "nt", reason="needs SIGKILL")
def test_a_killed_run_goes_on(tmp_path: Path) -> None:
    for n in range(150):
        write(tmp_path, f"news/{n:03}.txt", news(n) * 5)
    out = tmp_path / "out.jsonl"
    command = [sys.executable, "-m", "contested.cli", "read", str(tmp_path / "news"), "--fast", "--out", str(out)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as run:
        until = time.monotonic() + 120
        while time.monotonic() < until and (not out.exists() or out.read_bytes().count(b"\n") < 20):
            time.sleep(0.02)
        run.send_signal(signal.SIGKILL)
    before = out.read_bytes().count(b"\n")
    assert before >= 20
    counts = read_batch([tmp_path / "news"], out, FAST)
    assert counts.skipped == before
    assert [row["path"][-7:] for row in lines(out)] == [f"{n:03}.txt" for n in range(150)]


@pytest.mark.parametrize(
    "foreign", ["hello", "hello\n", '{"a": 1}\n{"a": 2}\n', "path,claims\n1,2\n", '{"sha256": null}\nx\ny\n']
)
def test_another_file_is_not_touched(folder: Path, tmp_path: Path, foreign: str) -> None:
    out = write(tmp_path, "out.csv", foreign)
    with pytest.raises(SourceError, match=r"nothing was changed|is no line of"):
        read_batch([folder], out, FAST)
    assert out.read_text() == foreign


def test_one_file_has_one_origin(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "out.jsonl"
    read_batch([folder / "00.txt"], out, FAST)
    monkeypatch.setattr(ClaimReader, "made_by", "another tagger 2")
    with pytest.raises(SourceError, match="made_by"):
        read_batch([folder], out, FAST)


def test_two_runs_do_not_write_one_file(tmp_path: Path) -> None:
    pytest.importorskip("fcntl")
    with BatchOutput(tmp_path / "out.jsonl", "x", None), pytest.raises(SourceError, match="another run"):
        BatchOutput(tmp_path / "out.jsonl", "x", None)


def test_the_output_is_not_read_as_input(tmp_path: Path) -> None:
    write(tmp_path, "a.txt", news(1))
    counts = read_batch([tmp_path], tmp_path / "out.jsonl", FAST)
    assert (counts.read, counts.refused) == (1, 0)


def test_a_file_that_could_not_be_opened_is_tried_again(tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    assert read_batch([tmp_path / "late.txt"], out, FAST).refused == 1
    assert read_batch([tmp_path / "late.txt"], out, FAST).refused == 1
    assert len(lines(out)) == 1
    write(tmp_path, "late.txt", news(1))
    assert read_batch([tmp_path / "late.txt"], out, FAST).read == 1


def test_a_document_that_ends_its_process_is_refused_and_the_others_are_read(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch, "_read_in_process", read_or_die)
    counts = read_batch([folder], tmp_path / "out.jsonl", FAST, jobs=2)
    rows = {row["path"].rsplit("/", 1)[1]: row for row in lines(tmp_path / "out.jsonl")}
    assert "ended the process" in rows["05.txt"]["error"]
    assert (counts.read, counts.refused) == (14, 4)


def read_or_die(item: Item) -> dict:
    """In the process: like the real one, but one document is deadly."""
    if item.path.endswith("05.txt"):
        os._exit(9)
    assert batch._reader is not None
    return batch.read_row(batch._reader, item)


def test_documents_are_counted_beforehand_where_they_can_be(folder: Path) -> None:
    assert count_documents([folder]) is None
    (folder / "inner.zip").unlink()
    assert count_documents([folder, folder / "00.txt"]) == 17


def test_exit_codes_and_summary(folder: Path, tmp_path: Path) -> None:
    def run(*words: object) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "contested.cli", "read", *map(str, words)]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    out = tmp_path / "out.jsonl"
    some = run(folder, "--out", out, "--json")
    assert some.returncode == 1, some.stderr
    assert json.loads(some.stdout)["refused"] == 3
    again = run(folder, "--out", out)
    assert again.returncode == 0 and "already in" in again.stdout
    assert run(folder / "00.txt", folder / "foreign.txt", "--json").returncode == 0
    assert run(folder / "false.pdf").returncode == 2
    assert run(folder / "00.txt", "--jobs", "2").returncode == 2
    assert run(folder / "00.txt", "--out", tmp_path / "no" / "out.jsonl").returncode == 2
    foreign = run(folder / "foreign.txt", "--json")
    assert json.loads(foreign.stdout)["document"]["language"] == "ar" and "unsupported" in foreign.stderr
