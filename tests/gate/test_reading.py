"""The reading gate scores invented articles in the FA-KES format, and fails below its floor."""

from __future__ import annotations

import csv
import hashlib
import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType

import pytest

PROJECT = Path(__file__).parents[2]
ROWS = [
    (
        "Regime air strikes kill 12 civilians in Aleppo",
        "Syrian regime air strikes killed 12 civilians in Aleppo city on Monday a monitor said.",
        "aleppo",
        "syrian government or russian troops",
        "shelling",
        "12",
    ),
    (
        "ISIS suicide bomber kills nine in Homs",
        "An ISIS suicide bomber killed nine people in the city of Homs.",
        "homs",
        "the organization of the islamic state in iraq and the levant - isis",
        "explosion",
        "9",
    ),
    (
        "Gas attack in Idlib",
        "Dozens of people choked in a chlorine gas attack in Idlib. It was not clear who was behind it.",
        "idlib",
        "unknown",
        "chemical and toxic gases",
        "0",
    ),
]


@pytest.fixture(scope="module")
def gate() -> ModuleType:
    spec = importlib.util.spec_from_file_location("gate_reading", PROJECT / "gate" / "reading.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["gate_reading"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    path = tmp_path / "articles.csv"
    names = ["article_title", "article_content", "location", "actor", "cause_of_death", "nb_civilians"]
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([names, *ROWS])
    return path


@pytest.fixture
def annotations(tmp_path: Path) -> Path:
    path = tmp_path / "annotations.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["Title", "Location", "Actor", "Cause-Of-Death", "Civilians"])
        writer.writerow([ROWS[0][0].upper(), "Aleppo", "regime", "air strikes", "12 civilians"])
        writer.writerow([ROWS[1][0], "Homs", "", "suicide bomber", "nine"])
    return path


def test_invented_articles_are_read_right(
    gate: ModuleType, articles: Path, annotations: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert gate.main(["--articles", str(articles), "--annotations", str(annotations)]) == 0
    whole = json.loads(capsys.readouterr().out)["parts"]["whole"]
    for name in ("actor", "actor_left_unknown", "place", "cause", "civilians_exact"):
        assert whole["reading"][name] == 100, name
    assert whole["reading"]["n_actor"] == 2
    # The crowd left one actor empty, and joined two of three titles.
    assert (whole["ceiling"]["actor"], whole["ceiling"]["n_actor"], whole["ceiling"]["actor_both"]) == (50, 2, 100)


def test_the_parts_share_no_title_and_make_the_whole(gate: ModuleType) -> None:
    titles = [f"Title {number}" for number in range(200)]
    parts = [gate.part_of(title) for title in titles]
    assert 60 < parts.count("tuning") < 140
    assert gate.part_of("A  title") == gate.part_of("a title")


@pytest.mark.parametrize(("floor", "code"), [(99.0, 0), (101.0, 1)])
def test_a_score_below_its_floor_fails(
    gate: ModuleType, articles: Path, tmp_path: Path, floor: float, code: int
) -> None:
    sha256 = hashlib.sha256(articles.read_bytes()).hexdigest()
    floors = tmp_path / "floors.json"
    floors.write_text(json.dumps({"reading": {sha256: {"scores": {"whole.actor": floor}}}}), encoding="utf-8")
    assert gate.main(["--articles", str(articles), "--floors", "--floors-file", str(floors)]) == code


def test_other_data_has_no_floors(gate: ModuleType, articles: Path, tmp_path: Path) -> None:
    floors = tmp_path / "floors.json"
    floors.write_text(json.dumps({"reading": {}}), encoding="utf-8")
    assert gate.main(["--articles", str(articles), "--floors", "--floors-file", str(floors)]) == 2


@pytest.mark.parametrize(
    ("name", "governorate"),
    [("Khan Shaykhun", "idlib"), ("Deir al-Zour", "deir ezzor"), ("Raqa", "raqqa"), ("Kharkiv", None), ("Syria", None)],
)
def test_governorates(gate: ModuleType, name: str, governorate: str | None) -> None:
    assert gate.governorate_of(name) == governorate
