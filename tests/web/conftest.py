"""The dossier of the invented case, and a browser to read it in."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa
import pytest
from tests.web.hostile import make_hostile_case, make_hostile_tables
from tests.web.invented import make_case, make_tables

from contested.base.case import Case


@pytest.fixture(scope="session")
def tables() -> Mapping[str, pa.Table]:
    return make_tables()


@pytest.fixture(scope="session")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    return make_case(tmp_path_factory.mktemp("case") / "invented")


@pytest.fixture(scope="session")
def dossier(case: Case, tables: Mapping[str, pa.Table], tmp_path_factory: pytest.TempPathFactory) -> Path:
    from contested.web.dossier import write_dossier

    out = tmp_path_factory.mktemp("dossier") / "out"
    write_dossier(case, tables, out)
    return out


@pytest.fixture(scope="session")
def hostile_dossier(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The dossier of a case whose every text is hostile."""
    from contested.web.dossier import write_dossier

    folder = tmp_path_factory.mktemp("hostile")
    write_dossier(make_hostile_case(folder / "case"), make_hostile_tables(), folder / "out")
    return folder / "out"
