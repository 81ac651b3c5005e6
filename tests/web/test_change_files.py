"""``contested changes`` and ``compare``: figure, ground and table."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
import shapely
from PIL import Image

from contested.base.errors import DatasetError, RecordError
from contested.web.change_files import write_changes, write_comparison

WEST, MIDDLE = shapely.box(10.0, 50.0, 10.1, 50.1), shapely.box(10.1, 50.0, 10.2, 50.1)


@pytest.fixture
def layers(tmp_path: Path) -> Path:
    folder = tmp_path / "maps"
    folder.mkdir()

    def write(day: str, shapes: dict[str, Any]) -> None:
        features = [
            {"type": "Feature", "properties": {"holder": name}, "geometry": json.loads(shapely.to_geojson(shape))}
            for name, shape in shapes.items()
        ]
        (folder / f"{day}.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": features}))

    write("20200101", {"North <b>": WEST, "South": MIDDLE})
    write("20200105", {"North <b>": WEST.union(MIDDLE)})
    (tmp_path / "places.csv").write_text("place,lon,lat\nMill,10.05,50.05\nFord $x$,10.15,50.05\n")
    return folder


def test_figure_ground_and_table(layers: Path, tmp_path: Path) -> None:
    days = ("2020-01-01", "2020-01-05")
    for ending in ("svg", "png", "geojson", "csv"):
        lines = write_changes(layers, days, tmp_path / f"out.{ending}", tmp_path / "places.csv")
        assert lines[0].startswith("South → North <b>: 79.") and "Ford $x$: South → North <b>" in lines
    svg = (tmp_path / "out.svg").read_text()
    assert svg.startswith("<?xml") and "<b>" not in svg
    with Image.open(tmp_path / "out.png") as picture:
        assert picture.width > 1000 and len(picture.convert("RGB").getcolors(100_000) or []) > 10
    (feature,) = json.loads((tmp_path / "out.geojson").read_text())["features"]
    assert shapely.from_geojson(json.dumps(feature)).symmetric_difference(MIDDLE).area < 1e-12
    with (tmp_path / "out.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["place"], row["before"], row["after"]) for row in rows] == [
        ("", "South", "North <b>"), ("Ford $x$", "South", "North <b>")
    ]  # fmt: skip


def test_a_second_run_writes_the_same_bytes(layers: Path, tmp_path: Path) -> None:
    for name in ("one.svg", "other.svg"):
        write_changes(layers, ("2020-01-01", "2020-01-05"), tmp_path / name)
    assert (tmp_path / "one.svg").read_bytes() == (tmp_path / "other.svg").read_bytes()


@pytest.mark.parametrize(
    ("days", "out", "words"),
    [
        (("2020-01-01", "2020-01-05"), "out.pdf", "expected .svg, .png, .geojson, .csv"),
        (("2020-01", "2020-01-05"), "out.svg", '"2020-01" is a month; expected one day'),
        (("soon", "2020-01-05"), "out.svg", "expected a day, YYYY-MM-DD"),
    ],
)
def test_what_cannot_be_drawn_is_refused(
    layers: Path, tmp_path: Path, days: tuple[str, str], out: str, words: str
) -> None:
    with pytest.raises(DatasetError, match=words):
        write_changes(layers, days, tmp_path / out)
    assert not (tmp_path / out).exists()


def test_where_two_layers_differ(layers: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    text = (layers / "20200105.geojson").read_text()
    (other / "20200103.geojson").write_text(text)
    (other / "20200105.geojson").write_text(text)
    days = ("2020-01-01", "2020-01-05")
    for ending in ("svg", "png", "geojson", "csv"):
        lines = write_comparison((layers, other), days, tmp_path / f"out.{ending}")
        # On the third and the fourth the first layer still gives the eastern half to South.
        assert lines[0].startswith("South in maps, North <b> in other: 53.")
        assert lines[1].startswith("3 days compared, 2 without a map in both; the holders differ on 33.333%")
    assert "<b>" not in (tmp_path / "out.svg").read_text()
    with (tmp_path / "out.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["day"], row["first_holder"], row["second_holder"]) for row in rows] == [
        ("2020-01-03", "South", "North <b>"), ("2020-01-04", "South", "North <b>"), ("2020-01-05", "", "")
    ]  # fmt: skip
    assert json.loads((tmp_path / "out.geojson").read_text())["features"] == []
    with pytest.raises(RecordError, match="on none of the days have both a map"):
        write_comparison((layers, other), ("2019-01-01", "2019-01-02"), tmp_path / "none.svg")
