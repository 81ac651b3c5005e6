"""The benchmark of readers runs on any marked corpus, and goes on where a peer is missing."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
sys.path.insert(0, str(PROJECT / "benchmarks"))

import parsed_rules  # noqa: E402
import reading  # noqa: E402
import worker  # noqa: E402

from contested.claims.linking import Attribution  # noqa: E402


def write_corpus(path: Path) -> None:
    texts = ["Kor said that the bridge fell.\n", "“We did not fire on anyone,” Varga told reporters.\n\nIt rained.\n"]
    marks = [((0, 3), (4, 8), (9, 29)), ((29, 34), (35, 39), (0, 28))]
    rows = [
        {"id": str(k), "text": text, "attributions": [{"source": [s], "cue": [c], "content": [t]}]}
        for k, (text, (s, c, t)) in enumerate(zip(texts, marks, strict=True))
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def test_one_run_gives_both_files_and_names_what_is_missing(tmp_path: Path) -> None:
    write_corpus(tmp_path / "data.jsonl")
    words = (
        "--repeats 2 --cold-repeats 1 --readers contested contested-claims textacy --cores 0 0 "
        f"--data {tmp_path}/data.jsonl --peers {tmp_path}/no-python --out {tmp_path}/out"
    )
    runs = ["--runs", "one core", "two cores, two processes"]
    command = [sys.executable, str(PROJECT / "benchmarks/reading.py"), *words.split(), *runs]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    report = json.loads((tmp_path / "out/reading.json").read_text(encoding="utf-8"))
    ours, claims, textacy = report["readers"]
    assert len(ours["words_per_second"]["one core"]) == 2 and min(ours["words_per_second"]["one core"]) > 0
    assert ours["scores"]["pair_overlap"] == 100.0 and ours["counts"] == {"units": 2, "raised": 0}
    assert len(ours["answers_sha256"]) == 1 and len(ours["cold_start_seconds"]) == 1
    assert claims["peak_rss_mb"]["one core"][0] > 1 and claims["counts"]["raised"] == 0
    assert "no-python" in textacy["missing"]
    table = (tmp_path / "out/reading.md").read_text(encoding="utf-8")
    assert "not measured" in table and "contested, attributions" in table
    assert (
        len({line.count("|") for line in table.splitlines() if line.startswith("| contested,") and "words" not in line})
        <= 2
    )


def test_shares_make_the_whole_and_are_even() -> None:
    texts = ["x" * k for k in range(1, 40)]
    shares = [worker.share_of(texts, part, 3) for part in range(3)]
    assert sorted(number for share in shares for number in share) == list(range(len(texts)))
    loads = [sum(len(texts[number]) for number in share) for share in shares]
    assert max(loads) - min(loads) <= 2


@pytest.mark.parametrize(
    ("text", "kind"),
    [("“It fell,”", "direct"), ("that it “simply” fell", "mixed"), ("that it fell", "indirect"), ("", "direct")],
)
def test_kinds_of_speech(text: str, kind: str) -> None:
    assert reading.kind_of(text, Attribution((), (), ((0, len(text)),) if text else ())) == kind


def test_spread_is_median_and_ends() -> None:
    assert reading.spread([3000, 1000, 2000]) == "2,000 [1,000–3,000]"
    assert reading.spread([1.234], 2) == "1.23" and reading.spread([]) == "–"


def test_every_reader_has_a_name_and_the_verbs_are_lemmas() -> None:
    assert reading.NAMES.keys() == reading.READERS.keys()
    assert len(parsed_rules.VERBS) > 100 and all(verb.islower() for verb in parsed_rules.VERBS)
