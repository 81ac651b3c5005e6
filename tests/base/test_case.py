from pathlib import Path

import pytest

from contested.base.case import open_case
from contested.base.errors import CaseError
from contested.base.toml_lines import line_of


def _change(folder: Path, old: str, new: str) -> None:
    path = folder / "case.toml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def test_the_template_is_a_case(case_folder: Path) -> None:
    case = open_case(case_folder)
    assert case.party_id("Upland rebels", "test") == case.party_id("UPLAND FRONT", "test") == "rebels"
    assert case.party_id("Ana Vell", "test") == "government"


def test_all_faults_are_shown_at_once_with_their_lines(case_folder: Path) -> None:
    _change(case_folder, 'preset = "plain"', 'preset = "plain"\nradius = 3')
    _change(case_folder, "box = [10.00, 50.00, 10.20, 50.10]", "box = [10.00, 95.00, 10.20, 50.10]")
    _change(case_folder, "to = 2021-03-31 }", "to = 2021-02-31 }".replace("31", "28"))
    with pytest.raises(CaseError) as caught:
        open_case(case_folder)
    lines = (case_folder / "case.toml").read_text().splitlines()
    faults = caught.value.faults
    assert len(faults) == 3
    for text, words in (
        ("radius = 3", "no known key"),
        ("box = ", "less than or equal to 90"),
        ("window", "before its start"),
    ):
        number = next(i for i, line in enumerate(lines, start=1) if text in line)
        assert any(f"line {number}:" in fault and words in fault for fault in faults), (text, faults)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('advancing = "government"', 'advancing = "goverment"', 'did you mean "government"'),
        ('path = "datasets/incidents.csv"', 'path = "datasets/incident.csv"', "does not exist"),
        ('path = "datasets/incidents.csv"', 'path = "../secret.csv"', "leaves the case folder"),
        ('id = "rebels"', 'id = "government"', "declared twice"),
        ('preset = "plain"', 'preset = "plane"', 'did you mean "plain"'),
        ('preset = "plain"', 'preset = "mine.toml"', "not under datasets/"),
        ('preset = "plain"', 'preset = "datasets/mine.toml"', "does not exist"),
        ("format = 1", 'format = 1\ngrading = "gpi"', 'did you mean "gppi"'),
        ('layer = "map"', 'layer = "mapp"', 'did you mean "map"'),
        ("format = 1", "format = 2", "format"),
        ("format = 1", "format = ", "no TOML"),
    ],
)
def test_one_fault_is_named(case_folder: Path, old: str, new: str, message: str) -> None:
    _change(case_folder, old, new)
    with pytest.raises(CaseError, match=message):
        open_case(case_folder)


def test_a_preset_of_ones_own_lies_under_datasets(case_folder: Path) -> None:
    _change(case_folder, 'preset = "plain"', 'preset = "datasets/mine.toml"')
    (case_folder / "datasets/mine.toml").write_text('title = "Mine"\npublish_rows = true\n[columns]\n')
    assert open_case(case_folder).file.datasets[0].preset == "datasets/mine.toml"


def test_a_folder_that_is_no_case_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(CaseError, match="does not exist; make one with"):
        open_case(tmp_path / "none")
    with pytest.raises(CaseError, match=r"holds no case\.toml"):
        open_case(tmp_path)


def test_a_key_inside_a_repeated_table_is_found() -> None:
    lines = ["[[a]]", "x = 1", "[a.b]", "y = 2", "[[a]]", "x = 3", "[a.b]", "y = 4"]
    assert line_of(lines, ("a", 1, "x")) == 6
    assert line_of(lines, ("a", 1, "b", "y")) == 8
    assert line_of(lines, ("a", 0, "missing")) == 1
