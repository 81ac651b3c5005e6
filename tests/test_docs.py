"""The documentation says what the code says."""

from __future__ import annotations

import importlib
import importlib.util
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from contested.base import errors
from contested.base.presets import dataset_presets
from contested.base.records import TABLES

PROJECT = Path(__file__).parents[1]
PAGES = sorted([PROJECT / "README.md", *(PROJECT / "docs").rglob("*.md")])


def _writer():
    spec = importlib.util.spec_from_file_location("write_docs", PROJECT / "scripts/write_docs.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_preset_has_its_page() -> None:
    pages = {path.stem for path in (PROJECT / "docs/presets").iterdir()}
    assert pages == set(dataset_presets())


@pytest.mark.parametrize("name", _writer().PAGES)
def test_generated_pages_are_fresh(name: str) -> None:
    assert (PROJECT / "docs" / name).read_text(encoding="utf-8") == _writer().PAGES[name](), "run `make docs`"


def test_every_error_stands_in_the_tree() -> None:
    names = [n for n, o in vars(errors).items() if isinstance(o, type) and issubclass(o, errors.ContestedError)]
    assert all(name in errors.__doc__ for name in names) and len(names) >= 10


def test_every_test_of_weighing_and_every_table_stands_in_the_docs() -> None:
    from contested.weighing.findings import TESTS

    methods = (PROJECT / "docs/methods.md").read_text(encoding="utf-8")
    for test in TESTS:
        assert f"`{test.__name__}`" in methods
    tables = (PROJECT / "docs/tables.md").read_text(encoding="utf-8")
    assert all(f"## {name}" in tables for name in TABLES)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_between_pages_resolve(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        if not re.match(r"[a-z]+:", target):
            assert (page.parent / target).exists(), target


def test_the_constants_of_linking_are_those_of_the_code() -> None:
    text = (PROJECT / "docs/methods/linking.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (`[A-Z].*?) \| (.*?) \| `(\w+)\.py` \|", text, re.MULTILINE)
    assert len(rows) >= 15
    for names, said, module in rows:
        code = importlib.import_module(f"contested.incidents.{module}")
        values = np.ravel([getattr(code, name) for name in re.findall(r"`(\w+)`", names)])
        told = [
            float(number.replace(",", "").replace("−", "-"))
            for number in re.findall(r"−?\d[\d,]*(?:\.\d+)?(?<!,)", said)
        ]
        assert told == values.tolist(), names


PYTHON_PAGES = ["README.md", "docs/tutorials/python.md", "docs/tutorials/territory.md", "docs/methods/fronts.md"]


@pytest.mark.parametrize("page", PYTHON_PAGES)
def test_every_python_example_runs(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks marked ``python`` are run in order, in a folder with copies of the examples."""
    blocks = re.findall(r"```python\n(.*?)```", (PROJECT / page).read_text(encoding="utf-8"), re.DOTALL)
    assert blocks
    derived = shutil.ignore_patterns(".contested", "dossier")
    shutil.copytree(PROJECT / "examples", tmp_path / "examples", ignore=derived)
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    for block in blocks:
        exec(compile(block, page, "exec"), names)


def test_the_tutorial_of_incidents_prints_what_it_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks of Python and commands are run in order; ``…`` stands for lines that are left out."""
    text = (PROJECT / "docs/tutorials/incidents.md").read_text(encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(PROJECT / "src"))
    names: dict[str, object] = {}
    commands = 0
    for kind, block in re.findall(r"```(python|console)\n(.*?)```", text, re.DOTALL):
        if kind == "python":
            exec(compile(block, "incidents.md", "exec"), names)
            continue
        for command, said in re.findall(r"^\$ contested (.*)\n((?:(?!\$ ).*\n)*)", block, re.MULTILINE):
            run = f"{sys.executable} -m contested.cli {command}"
            done = subprocess.run(run, shell=True, capture_output=True, text=True, check=False)
            wanted = "".join("(?:.*\n)*?" if line == "…" else re.escape(f"{line}\n") for line in said.splitlines())
            # The digits of a probability move whenever the defaults are fitted anew.
            wanted = re.sub(r"p\\ 0\\\.\d\d,", r"p\\ 0\\.\\d\\d,", wanted)
            assert done.returncode == 0 and re.fullmatch(wanted, done.stdout), f"{command}\n{done.stdout}{done.stderr}"
            commands += 1
    assert commands >= 6


def test_every_command_in_the_readme_runs(tmp_path: Path) -> None:
    """Blocks marked ``console`` are run in order in one folder; lines that begin with ``$`` are commands."""
    text = (PROJECT / "README.md").read_text(encoding="utf-8")
    commands = [
        line[2:]
        for block in re.findall(r"```console\n(.*?)```", text, re.DOTALL)
        for line in block.splitlines() if line.startswith("$ contested")
    ]  # fmt: skip
    assert len(commands) >= 4
    (tmp_path / "examples").symlink_to(PROJECT / "examples")
    for command in commands:
        run = command.replace("contested", f"{sys.executable} -m contested.cli", 1)
        if "build examples" in run:
            run += " --out out"
        done = subprocess.run(run, shell=True, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{command}\n{done.stderr}"
