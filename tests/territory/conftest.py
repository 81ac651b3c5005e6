"""A small invented case for layers, and holdings made of squares."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
import shapely

from contested.base.case import Case, LayerEntry, open_case
from contested.base.records import HOLDINGS
from contested.territory.files.layer_cache import CACHE_VARIABLE
from contested.territory.layers import LayerTables, read_layer

TOML = """
format = 1
title = "Invented"
purpose = "Tests"
window = { from = 2020-01-01, to = 2020-01-31 }
region = { name = "Region", box = [10.0, 50.0, 10.2, 50.1] }
[[parties]]
id = "north"
name = "Northern Army"
aliases = ["N"]
[[parties]]
id = "south"
name = "Southern Front"
[[events]]
id = "strike"
title = "A strike"
kind = "shelling"
from = 2020-01-05
to = 2020-01-05
place = "Mill"
"""

Row = tuple[str, str, str, Any]


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reads or writes the user's cache."""
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / ".cache"))


@pytest.fixture
def case(tmp_path: Path) -> Case:
    (tmp_path / "case.toml").write_text(TOML)
    return open_case(tmp_path)


@pytest.fixture
def read(case: Case) -> Callable[..., LayerTables]:
    """Write files into the case and read a layer of them; text is written as it stands, the rest as JSON."""

    def read_files(files: Mapping[str, Any], form: str, path: str = "layers", **entry: Any) -> LayerTables:
        write_files(case.folder, files)
        return read_layer(LayerEntry(name="map", form=form, path=path, **entry), case)

    return read_files


@pytest.fixture
def write() -> Callable[[Path, Mapping[str, Any]], None]:
    return write_files


def write_files(folder: Path, files: Mapping[str, Any]) -> None:
    for name, content in files.items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, bytes):
            target.write_bytes(content)
        else:
            target.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")


@pytest.fixture
def holdings() -> Callable[[Sequence[Row]], pa.Table]:
    """Holdings from (holder, first day, last day, geometry)."""

    def make(rows: Sequence[Row]) -> pa.Table:
        return HOLDINGS.from_rows(
            {
                "layer": "map", "holding_no": number, "place": None, "holder": holder,
                "valid_from": date.fromisoformat(first), "valid_to": date.fromisoformat(last),
                "geometry": shapely.to_wkb(geometry), "original_path": "layers/map.geojson", "original_row": number,
                "made_by": "geojson",
            }
            for number, (holder, first, last, geometry) in enumerate(rows, 1)
        )  # fmt: skip

    return make


@pytest.fixture
def feature() -> Callable[..., dict[str, Any]]:
    """A GeoJSON feature of a shapely geometry."""

    def make(geometry: Any, **properties: Any) -> dict[str, Any]:
        shape = json.loads(shapely.to_geojson(geometry)) if isinstance(geometry, shapely.Geometry) else geometry
        return {"type": "Feature", "properties": properties, "geometry": shape}

    return make


@pytest.fixture
def collection(feature: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    """A FeatureCollection of (geometry, properties)."""

    def make(*members: tuple[Any, dict[str, Any]], **more: Any) -> dict[str, Any]:
        return {"type": "FeatureCollection", "features": [feature(g, **p) for g, p in members], **more}

    return make
