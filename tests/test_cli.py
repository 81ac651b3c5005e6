from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest


def _run(*words: str | Path, code: int = 0) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, "-m", "contested.cli", *map(str, words)], capture_output=True, text=True, check=False
    )
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    return done


def test_new_builds_at_once_and_verifies(tmp_path: Path) -> None:
    folder = tmp_path / "case"
    assert "contested build" in _run("new", folder).stdout
    _run("new", folder, code=2)
    assert "dossier" in _run("build", folder).stdout
    assert "unchanged" in _run("build", folder).stdout
    held = _run("verify", folder).stdout
    assert "FAILS" not in held and "digest" in held
    (folder / "documents/briefing.txt").write_text("other")
    assert "documents/briefing.txt" in _run("verify", folder, code=1).stdout


def test_errors_are_messages_with_exit_code_two(tmp_path: Path) -> None:
    assert "make one with" in _run("build", tmp_path / "none", code=2).stderr
    assert "no whole build" in _run("verify", _new(tmp_path), code=2).stderr
    assert "nothing.txt" in _run("read", tmp_path / "nothing.txt", code=2).stderr


def _new(folder: Path) -> Path:
    _run("new", folder / "case")
    return folder / "case"


def test_read_gives_one_object_a_line_whose_offsets_are_those_of_the_file(tmp_path: Path) -> None:
    text = "“We did not fire,” the minister Ana Vell told reporters.\r\n\r\nRebels blamed the army. 🙂\r\n"
    path = tmp_path / "page.txt"
    path.write_bytes(text.encode())
    rows = [json.loads(line) for line in _run("read", "--json", path).stdout.splitlines()]
    assert rows
    for row in rows:
        assert list(row) == [
            "id", "document", "speaker", "via", "cue", "passage", "stance", "modality", "target", "facts",
            "made_by", "score",
        ]  # fmt: skip
        assert list(row["document"]) == ["path", "sha256", "title", "published"]
        for piece in (row["speaker"], row["cue"], row["target"], *row["passage"], *row["via"]):
            assert piece is None or text[piece["start"] : piece["end"]] == piece["text"]
    assert len(_run("read", path).stdout.splitlines()) > 5


def test_a_missing_extra_is_named(tmp_path: Path) -> None:
    (tmp_path / "page.txt").write_text("The minister said that nothing had happened.\n")
    code = (
        "import sys; sys.modules['pycrfsuite'] = None\n"
        f"sys.argv = ['contested', 'read', {str(tmp_path / 'page.txt')!r}]\n"
        "from contested.cli import run; run()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 2 and "contested[documents]" in done.stderr and "Traceback" not in done.stderr


def test_every_package_of_an_extra_has_its_message() -> None:
    import tomllib
    from importlib.metadata import packages_distributions

    from contested.cli import EXTRA_OF

    project = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text())["project"]
    modules = packages_distributions()
    for extra in ("documents", "figures", "formats"):
        for requirement in project["optional-dependencies"][extra]:
            name = requirement.split(">=")[0]
            named = [module for module, found in modules.items() if name in found and module in EXTRA_OF]
            assert [EXTRA_OF[module] for module in named] == [extra], requirement


def test_presets_are_listed() -> None:
    names = {json.loads(line)["preset"] for line in _run("presets", "--json").stdout.splitlines()}
    assert {"plain", "ucdp-ged"} <= names


@pytest.mark.parametrize("words", [["--help"], ["build", "--help"]])
def test_help_needs_nothing_heavy(words: list[str]) -> None:
    code = (
        "import sys; from contested.cli import app\n"
        f"try: app({words!r})\nexcept SystemExit: pass\n"
        "heavy = {'pyarrow', 'duckdb', 'shapely', 'numpy', 'trafilatura', 'matplotlib'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)


DATASETS = Path(__file__).parent / "fixtures/datasets"


def test_presets_sniff_names_the_dataset() -> None:
    assert (
        "gtd.csv: gtd (Global Terrorism Database (GTD)), 4 rows"
        in _run("presets", "sniff", str(DATASETS / "gtd.csv")).stdout
    )


def test_import_recognises_and_reports() -> None:
    path = str(DATASETS / "viina.csv")
    assert "rows     4 in = 3 used + 1 refused" in _run("import", path).stdout
    report = json.loads(_run("import", path, "--preset", "viina", "--box", "9,49,11,51", "--json").stdout)
    assert (report["used"], report["quality"]["point outside the box"]) == (3, 0)


def test_import_writes_records_and_what_is_refused(tmp_path: Path) -> None:
    out = tmp_path / "records.parquet"
    _run("import", str(DATASETS / "viina.csv"), "--out", str(out), "--name", "feeds")
    assert {path.name for path in tmp_path.iterdir()} == {out.name, f"{out.name}.rejects.jsonl"}


def test_export_counts_and_names_an_unknown_format(built_case: Path) -> None:
    told = _run("export", str(built_case), "--to", "geojson").stdout
    found = re.search(r"incidents +(\d+) in, (\d+) out", told)
    assert found is not None and found[1] == found[2] != "0"
    assert (built_case / "exports/geojson/incidents.geojson").is_file()
    refused = _run("export", str(built_case), "--to", "atlass", code=2)
    assert 'did you mean "atlos"?' in refused.stderr
