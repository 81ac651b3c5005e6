"""Fixtures for all tests: where the shared data is, and a case made from the template."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

# No deadline: the machines that test are shared and noisy. The same examples each run: a change that
# breaks a law fails for its author, not for whoever runs the tests next.
settings.register_profile("contested", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("contested")

PROJECT = Path(__file__).parents[1]
SHARED = Path(os.environ.get("CONTESTED_SHARED", PROJECT.parent / "shared")) / "data"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if SHARED.is_dir():
        return
    skip = pytest.mark.skip(reason=f"needs {SHARED}, which is no part of the project")
    for item in items:
        if "shared" in item.keywords:
            item.add_marker(skip)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of the data beside the project; only for tests marked ``shared``."""
    return SHARED


@pytest.fixture
def case_folder(tmp_path: Path) -> Path:
    """A fresh case from the template of ``contested new``: invented, small, every kind of original."""
    from contested.new import make_case

    make_case(tmp_path / "case")
    return tmp_path / "case"


@pytest.fixture(scope="session")
def _built_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from contested.base.case import open_case
    from contested.flow import build_case
    from contested.new import make_case

    folder = tmp_path_factory.mktemp("built") / "case"
    make_case(folder)
    build_case(open_case(folder))
    return folder


@pytest.fixture
def built_case(_built_once: Path, tmp_path: Path) -> Path:
    """A copy of a built case, to be damaged at will."""
    return shutil.copytree(_built_once, tmp_path / "built")


CHROMIUM = next(
    (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
)
CHROMIUM_OPTIONS = (
    "--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--use-angle=swiftshader", "--enable-unsafe-swiftshader",
)  # fmt: skip


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    if CHROMIUM is None:
        if os.environ.get("CONTESTED_NEEDS_BROWSER"):
            pytest.fail("no Chromium is installed, and CONTESTED_NEEDS_BROWSER asks for one")
        pytest.skip("no Chromium is installed: the pages were not opened in a browser")
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: no page was opened")
    with sync_api.sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=list(CHROMIUM_OPTIONS))
        yield opened
        opened.close()
