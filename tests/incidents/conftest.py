"""A case made in a temporary folder, and rows of the table records."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from contested.base.case import Case, CaseFile, DatasetEntry
from contested.incidents.sources import DatasetTables, read_dataset

CASE: dict[str, Any] = {
    "format": 1,
    "title": "A case",
    "purpose": "tests",
    "window": {"from": "2016-11-15", "to": "2016-12-31"},
    "region": {"name": "Aleppo", "box": [36.9, 36.0, 37.4, 36.4]},
    "parties": [{"id": "gov", "name": "Government"}, {"id": "opp", "name": "Opposition"}],
    "events": [{"id": "chlorine", "title": "Attacks", "kind": "chemical", "from": "2016-11-18",
                "to": "2016-12-09", "place": "Aleppo"}],
}  # fmt: skip


@pytest.fixture(scope="session")
def make_case() -> Callable[..., Case]:
    """A case in a folder, with values of ``case.toml`` put in place of the usual ones."""

    def make(folder: Path = Path(), **changes: Any) -> Case:
        return Case(folder, CaseFile.model_validate({**CASE, **changes}), folder)

    return make


@pytest.fixture
def read_csv(tmp_path: Path, make_case: Callable[..., Case]) -> Callable[..., DatasetTables]:
    """Write the text as a CSV file and read it by an entry of ``case.toml``."""

    def read(text: str | bytes, *, region: dict[str, Any] | None = None, **entry: Any) -> DatasetTables:
        content = text if isinstance(text, bytes) else text.encode()
        (tmp_path / "datasets").mkdir(exist_ok=True)
        (tmp_path / "datasets" / "d.csv").write_bytes(content)
        case = make_case(tmp_path, **({"region": region} if region else {}))
        whole = {"name": "d", "preset": "plain", "path": "datasets/d.csv", **entry}
        return read_dataset(DatasetEntry.model_validate(whole), case)

    return read


@pytest.fixture(scope="session")
def make_record() -> Callable[..., dict[str, Any]]:
    """A row of records: ``record("hrw:3", lon=…)``."""

    def make(record_id: str, **values: Any) -> dict[str, Any]:
        day = values.pop("day", date(2016, 11, 20))
        return {
            "record_id": record_id,
            "dataset": record_id.partition(":")[0],
            "original_path": "datasets/d.csv",
            "original_row": 1,
            "preset": "plain",
            "in_window": True,
            "kind": "chlorine",
            "date_start": day,
            "date_end": day,
            "lon": 37.19,
            "lat": 36.22,
            "radius_m": 250.0,
            "sources": [],
            "second_hand": False,
            "publish": True,
            "extra": "{}",
            **values,
        }

    return make
