"""The stance gate scores, swaps parties with all spans, and fails below its floor."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

PROJECT = Path(__file__).parents[2]
TRAINING = PROJECT / "training/stance"


def load(name: str, path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def gate() -> ModuleType:
    return load("gate_stance", PROJECT / "gate/stance.py")


@pytest.fixture(scope="module")
def writer() -> ModuleType:
    return load("write_passages", TRAINING / "write_passages.py")


class FakeReader:
    """Reads against whom by one word, and keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, tuple[int, int], tuple[int, int]]] = []

    def classify(self, text: str, p: tuple[int, int], q: tuple[int, int]) -> int:
        return self.classify_many([(text, p, q)])[0]

    def classify_many(self, rows: Sequence[tuple[str, tuple[int, int], tuple[int, int]]]) -> list[int]:
        self.asked += rows
        return [3 if "accused" in text else 0 for text, _, _ in rows]


@pytest.fixture
def directed(tmp_path: Path) -> Path:
    path = tmp_path / "directed.tsv"
    lines = [
        "[Oria] accused [Belmar]s envoy [sic].\tOria\tBelmar\t3",
        '"[Oria] met ""[Belmar]"" on Monday."\tOria\tBelmar\t0',
        "[Oria] praised [Belmar].\tOria\tBelmar\t1",
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_brackets_go_and_the_actors_stand_where_they_stood(gate: ModuleType, directed: Path) -> None:
    rows = gate.read_directed(directed)
    assert rows[0].text == "Oria accused Belmars envoy [sic]."
    assert rows[1].text == 'Oria met "Belmar" on Monday.'
    assert [(row.text[slice(*row.first)], row.text[slice(*row.second)]) for row in rows] == [("Oria", "Belmar")] * 3


def test_the_second_actor_may_stand_first(gate: ModuleType) -> None:
    text, (first, second) = gate.unmark("[Belmar] and [Oria ] met.", "Oria", "Belmar", "here")
    assert (text, text[slice(*first)], text[slice(*second)]) == ("Belmar and Oria  met.", "Oria ", "Belmar")


def test_a_row_without_its_brackets_is_refused(gate: ModuleType, tmp_path: Path) -> None:
    path = tmp_path / "wrong.tsv"
    path.write_text("Oria met [Belmar].\tOria\tBelmar\t0\n", encoding="utf-8")
    with pytest.raises(ValueError, match="row 1"):
        gate.read_directed(path)


def test_directions_are_scored_over_five_classes(gate: ModuleType, directed: Path) -> None:
    scores = gate.score_directions(gate.read_directed(directed), FakeReader())
    assert scores["micro_f1"] == 66.7
    assert scores["f1_first_against_second"] == 100
    assert scores["f1_neutral"] == 66.7
    assert scores["macro_f1"] == pytest.approx((100 + 66.7) / 5, abs=0.1)


MARKED = """\
== one train | A=Russia; B=Ukraine
blames accuse :: {S:[A|Moscow]} {C:accused} {T:[*B|Ukraine] of shelling the port}.
denies deny :: {S:[*B|A Ukrainian] general} {C:denied} {T:shelling it}. [A|The Russian army] kept still.
== two dev | C=Israel; D=Hamas
reports both :: {S:A baker} {C:said} {T:[C|Israeli troops] and [D|Hamas] had fought}.
"""


@pytest.fixture
def passages(gate: ModuleType, writer: ModuleType, tmp_path: Path) -> Path:
    path = tmp_path / "passages.jsonl"
    rows = writer.read_passages(MARKED)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def test_markup_gives_the_spans_it_encloses(writer: ModuleType) -> None:
    row = writer.read_passages(MARKED)[0]
    text = row["text"]
    assert text == "Moscow accused Ukraine of shelling the port."
    assert [text[slice(*row[name])] for name in ("speaker", "target")] == ["Moscow", "Ukraine"]
    assert [text[slice(*span)] for span in row["cue"] + row["content"]] == ["accused", "Ukraine of shelling the port"]


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("blames accuse :: {S:[A|Oria]} {C:accused} {T:[B|Belmar] of it}.", "target"),
        ("reports say :: {S:[A|Oria]} {C:said} {T:[*B|Belmar] was far}.", "target"),
        ("reports say :: {S:[Q|Oria]} {C:said} {T:it was far}.", "'Q'"),
        ("reports say :: {S:[A|Oria]} {C:said} {T:it was far.", "open mark"),
        ("shouts say :: {S:[A|Oria]} {C:said} {T:it was far}.", "stance"),
        ("no passage", "no passage"),
        ("== one dev", "another split"),
    ],
)
def test_markup_that_cannot_be_meant_is_refused(writer: ModuleType, line: str, fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        writer.read_passages(f"== one train | A=Oria; B=Belmar\n{line}\n")


def test_the_passages_and_their_counts_are_fresh(writer: ModuleType) -> None:
    for path, text in writer.write_files().items():
        assert path.read_text(encoding="utf-8") == text, "run training/stance/write_passages.py"


@pytest.mark.parametrize(("name", "least"), [("passages.jsonl", 3900), ("unseen.jsonl", 250)])
def test_every_span_of_the_set_lies_in_its_text_and_every_target_is_a_mention(
    gate: ModuleType, name: str, least: int
) -> None:
    rows = gate.read_passages(TRAINING / name)
    splits: dict[str, set[str]] = {}
    for row in rows:
        spans = [*row.cue, *row.content, *(span for span, _ in row.mentions), *([row.speaker] if row.speaker else [])]
        assert all(0 <= start < end <= len(row.text) for start, end in spans), row.passage_id
        assert all(row.text[a:b] == row.text[a:b].strip() for a, b in spans), row.passage_id
        assert row.target is None or row.target in [span for span, _ in row.mentions], row.passage_id
        splits.setdefault(row.dispute, set()).add(row.split)
    # A blame and its denial may stand in one text; each is then a passage.
    assert len({(row.text, row.cue, row.content) for row in rows}) == len(rows) >= least
    assert all(len(found) == 1 for found in splits.values())


def test_no_party_of_the_set_is_only_blamed(gate: ModuleType) -> None:
    blaming: dict[str, int] = {}
    blamed: dict[str, int] = {}
    for row in gate.read_passages(TRAINING / "passages.jsonl"):
        if row.stance != "blames":
            continue
        speaks = [party for span, party in row.mentions if row.speaker and row.speaker[0] <= span[0] < row.speaker[1]]
        for party in speaks[:1]:
            blaming[party] = blaming.get(party, 0) + 1
        party = next(party for span, party in row.mentions if span == row.target)
        blamed[party] = blamed.get(party, 0) + 1
    total = sum(blamed.values())
    assert max(blamed.values()) <= 0.1 * total
    assert all(blaming.get(party) for party, count in blamed.items() if count >= 5)


@pytest.mark.parametrize(
    ("text", "old", "new", "expected"),
    [
        ("Moscow", "Russia", "Ukraine", "Kyiv"),
        ("the Russian army", "Russia", "Ukraine", "the Ukrainian army"),
        ("an Iranian missile", "Iran", "Russia", "a Russian missile"),
        ("Russian", "Russia", "Hamas", "Hamas"),
        ("Russia", "Russia", "Syrian opposition", "the opposition"),
        ("the rebels", "Syrian opposition", "Syrian government", "the Syrian government"),
        ("rebel", "Syrian opposition", "Russia", "Russian"),
        ("Hamas", "Hamas", "Israel", "Israel"),
        ("the Emirates", "United Arab Emirates", "France", "France"),
        ("soldiers", "Iraqi government", "Houthis", "soldiers"),
        ("the general's men at Mosul", "Iraqi government", "Houthis", "the general's men at Mosul"),
        ("the Mosul brigade", "Iraqi government", "Houthis", "the Houthis"),
    ],
)
def test_a_party_takes_the_form_of_the_one_it_replaces(
    gate: ModuleType, text: str, old: str, new: str, expected: str
) -> None:
    assert gate.rename(text, gate.forms_of(old), gate.forms_of(new)) == expected


@pytest.mark.parametrize(("heads_sentence", "expected"), [(True, "Rival brigade"), (False, "Ukraine")])
def test_the_capital_of_a_sentence_makes_no_name(gate: ModuleType, heads_sentence: bool, expected: str) -> None:
    forms = gate.forms_of("Ukraine")
    assert gate.rename("Rival brigade", gate.forms_of("Russia"), forms, heads_sentence) == expected


def test_all_spans_move_with_a_swap(gate: ModuleType, passages: Path) -> None:
    row = gate.read_passages(passages)[1]
    names = {"Russia": ("Iran", gate.forms_of("Iran")), "Ukraine": ("Azerbaijan", gate.forms_of("Azerbaijan"))}
    swapped = gate.put_parties(row, names)
    assert swapped.text == "An Azerbaijani general denied shelling it. The Iranian army kept still."
    assert swapped.text[slice(*swapped.speaker)] == "An Azerbaijani general"
    assert [swapped.text[slice(*span)] for span in swapped.cue + swapped.content] == ["denied", "shelling it"]
    assert [(swapped.text[slice(*span)], party) for span, party in swapped.mentions] == [
        ("An Azerbaijani", "Azerbaijan"),
        ("The Iranian army", "Iran"),
    ]
    assert swapped.target == swapped.mentions[0][0]


def test_a_pronoun_is_not_swapped(gate: ModuleType, writer: ModuleType, tmp_path: Path) -> None:
    line = "denies own :: {T:[*A|We] did not shell it}, {S:[A|a Russian] general} {C:said}."
    path = tmp_path / "one.jsonl"
    path.write_text(json.dumps(writer.read_passages(f"== one train | A=Russia\n{line}")[0]) + "\n", encoding="utf-8")
    swapped = gate.put_parties(gate.read_passages(path)[0], {"Russia": ("Iran", gate.forms_of("Iran"))})
    assert swapped.text == "We did not shell it, an Iranian general said."


@pytest.mark.parametrize(
    ("mention", "renamed"),
    [
        ("the special services of Russia", "the special services of Iran"),
        ("the foreign minister", "the foreign minister"),
        ("A Russian general", "An Iranian general"), ("Moscow", "Tehran"),
    ],
)  # fmt: skip
def test_only_what_names_a_party_is_renamed(gate: ModuleType, mention: str, renamed: str) -> None:
    assert gate.rename(mention, gate.forms_of("Russia"), gate.forms_of("Iran")) == renamed


def test_each_kind_of_swap_puts_other_parties_in(gate: ModuleType, passages: Path) -> None:
    rows = gate.read_passages(passages)
    disputes = {"one": ["Russia", "Ukraine"], "two": ["Israel", "Hamas"]}
    swaps: dict[str, list[Any]] = {}
    for kind, swapped in gate.swaps_of(rows[0], disputes):
        swaps.setdefault(kind, []).append(swapped.text)
    assert swaps["own"] == ["Kyiv accused Russia of shelling the port."]
    assert "Washington accused Ukraine of shelling the port." in swaps["pairs"]
    assert swaps["other"] == ["Israel accused Hamas of shelling the port."]
    assert swaps["invented"] == ["Oskol accused Mirland of shelling the port."]


def test_gold_against_itself_scores_a_hundred(gate: ModuleType, passages: Path) -> None:
    rows = gate.read_passages(passages)
    gold = [
        gate.Judgement(row.stance, row.modality, type("T", (), {"span": row.target})() if row.target else None)
        for row in rows
    ]
    scores = gate.score_passages(rows, gold)
    assert scores["stance_accuracy"] == scores["stance_macro_f1"] == scores["target_accuracy"] == 100
    assert scores["no_target_accuracy"] == scores["modality_accuracy"] == 100


def test_a_reader_that_goes_by_the_name_fails_the_swap(
    gate: ModuleType, passages: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = gate.read_passages(passages)
    monkeypatch.setattr(gate, "judge", lambda row: gate.Judgement("blames" if "Russia" in row.text else "reports"))
    shares, changed = gate.score_swaps(rows, [gate.judge(row) for row in rows])
    assert shares["unchanged_all"] < 98
    assert changed[0]["from"] != changed[0]["to"]


def test_floors_hold_met_wrong_and_unknown(
    gate: ModuleType, passages: Path, directed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = FakeReader()
    module = ModuleType("contested.claims.tagging.directions")
    module.load_directions = lambda: fake  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "contested.claims.tagging.directions", module)
    keys = [hashlib.sha256(path.read_bytes()).hexdigest() for path in (directed, passages)]
    floors = tmp_path / "floors.json"

    def run(micro: float, blames: float) -> int:
        known = {keys[0]: {"scores": {"micro_f1": micro}}, keys[1]: {"scores": {"classes.blames.f1": blames}}}
        floors.write_text(json.dumps({"stance": known}), encoding="utf-8")
        arguments = ["--data", str(directed), "--passages", str(passages), "--floors", "--floors-file", str(floors)]
        return int(gate.main(arguments))

    assert run(66.7, 100.0) == 0
    assert len(fake.asked) == 3
    assert run(66.8, 100.0) == 1
    assert run(66.7, 100.1) == 1
    floors.write_text("{}", encoding="utf-8")
    assert gate.main(["--passages", str(passages), "--floors", "--floors-file", str(floors)]) == 2
