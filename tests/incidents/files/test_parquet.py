"""Parquet files as rows: text of values, nested columns, geometries, and what is refused."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Transformer

from contested.base.errors import DatasetError
from contested.incidents.files import parquet
from contested.incidents.files.parquet import open_parquet


def write(path: Path, table: pa.Table, geo: dict[str, Any] | None = None) -> Path:
    if geo is not None:
        table = table.replace_schema_metadata({"geo": json.dumps(geo)})
    pq.write_table(table, path)
    return path


def rows(path: Path) -> list[dict[str, str]]:
    return [row for batch in open_parquet(path).batches for row in batch.cells.to_pylist()]


def one(path: Path, values: list[Any], kind: pa.DataType | None = None) -> list[str]:
    """The texts of a column, kept apart from an id so that no row is empty."""
    write(path, pa.table({"id": range(1, len(values) + 1), "value": pa.array(values, kind)}))
    return [row["value"] for row in rows(path)]


@pytest.mark.parametrize(
    ("values", "kind", "texts"),
    [
        ([" Mirrow ", None, ""], None, ["Mirrow", "", ""]),
        ([203105040001.0, 50.05, None, float("nan"), -0.5], None, ["203105040001", "50.05", "", "", "-0.5"]),
        ([36.2, 4.0], pa.float32(), ["36.2", "4"]),
        ([7, None], pa.int64(), ["7", ""]),
        ([True, False, None], None, ["true", "false", ""]),
        ([date(2031, 5, 4), None], None, ["2031-05-04", ""]),
        ([datetime(2031, 5, 4), datetime(2031, 5, 4, 6, 30)], None, ["2031-05-04", "2031-05-04T06:30:00"]),
        ([datetime(2031, 5, 4, 22, tzinfo=UTC)], pa.timestamp("us", "Europe/Kyiv"), ["2031-05-05T01:00:00"]),
        ([time(6, 30), None], None, ["06:30", ""]),
        ([Decimal("3.00"), Decimal("2.50")], None, ["3", "2.50"]),
        ([b"Mirrow", b"\xff"], None, ["Mirrow", "ff"]),
        (["a", None, "a "], pa.dictionary(pa.int8(), pa.string()), ["a", "", "a"]),
        ([["a", None, " b "], [], None], None, ["a\nb", "", ""]),
        ([[1.0, 2.5]], None, ["1\n2.5"]),
        ([[("k", 1), ("l", 2)]], pa.map_(pa.string(), pa.int64()), ["k: 1\nl: 2"]),
        ([None, None], pa.null(), ["", ""]),
        ([b"ab\xff", None], pa.binary(3), ["6162ff", ""]),
        ([1.5, 2.0], pa.float16(), ["1.5", "2"]),
        ([timedelta(hours=3)], None, ["3:00:00"]),
        ([[[1, 2], [3]]], None, ["[1, 2]\n[3]"]),
    ],
)
def test_values_become_text(tmp_path: Path, values: list[Any], kind: pa.DataType | None, texts: list[str]) -> None:
    assert one(tmp_path / "a.parquet", values, kind) == texts


def test_structures_are_flattened_and_lists_of_them_give_a_line_each(tmp_path: Path) -> None:
    table = pa.table({
        "id": ["1", "2"],
        "place": [{"name": "Mirrow", "at": {"lon": 10.1, "lat": 50.05}}, None],
        "sources": [[{"path": "https://a", "n": 1}, {"path": "https://b", "n": None}], None],
    })  # fmt: skip
    first, second = rows(write(tmp_path / "a.parquet", table))
    assert first == {
        "id": "1", "place.name": "Mirrow", "place.at.lon": "10.1", "place.at.lat": "50.05",
        "sources.path": "https://a\nhttps://b", "sources.n": "1",
    }  # fmt: skip
    assert {value for key, value in second.items() if key != "id"} == {""}


def test_row_groups_come_one_after_another_and_empty_rows_have_no_number(tmp_path: Path) -> None:
    table = pa.table({"id": [str(n) if n % 10 else None for n in range(1, 101)]})
    pq.write_table(table, tmp_path / "a.parquet", row_group_size=7)
    batches = list(open_parquet(tmp_path / "a.parquet").batches)
    numbers = [number for batch in batches for number in batch.numbers.to_pylist()]
    assert numbers == list(range(1, 91))
    assert [text for batch in batches for text in batch.cells.column(0).to_pylist()] == [
        str(n) for n in range(1, 101) if n % 10
    ]


SHAPES = [shapely.Point(10.1, 50.05), shapely.box(0, 0, 1, 1), None, shapely.Point()]
GEO: dict[str, Any] = {"version": "1.1.0", "primary_column": "geometry", "columns": {"geometry": {"encoding": "WKB"}}}


def geo_table(shapes: list[Any], **more: list[str]) -> pa.Table:
    wkb = [None if shape is None else shapely.to_wkb(shape) for shape in shapes]
    return pa.table({"id": [str(n) for n in range(len(shapes))], "geometry": pa.array(wkb, pa.binary()), **more})


def test_points_give_longitude_and_latitude_and_other_shapes_only_their_kind(tmp_path: Path) -> None:
    path = write(tmp_path / "a.parquet", geo_table(SHAPES), GEO)
    found = [(row["geometry"], row["longitude"], row["latitude"]) for row in rows(path)]
    assert found == [("Point", "10.1", "50.05"), ("Polygon", "", ""), ("", "", ""), ("Point", "", "")]
    assert open_parquet(path).notes == ()


def test_columns_of_longitude_and_latitude_that_are_there_stand(tmp_path: Path) -> None:
    path = write(tmp_path / "a.parquet", geo_table(SHAPES[:1], Longitude=["9"], latitude=["8"]), GEO)
    assert open_parquet(path).columns == ("id", "geometry", "Longitude", "latitude")


def test_another_crs_is_converted_and_told(tmp_path: Path) -> None:
    declared = {**GEO, "columns": {"geometry": {"encoding": "WKB", "crs": "EPSG:3857"}}}
    metres = Transformer.from_crs("EPSG:4326", "EPSG:3857", always_xy=True).transform(10.1, 50.05)
    path = write(tmp_path / "a.parquet", geo_table([shapely.Point(metres)]), declared)
    (row,) = rows(path)
    assert (round(float(row["longitude"]), 3), round(float(row["latitude"]), 3)) == (10.1, 50.05)
    assert "converted from WGS 84 / Pseudo-Mercator" in open_parquet(path).notes[0]


@pytest.mark.parametrize(
    ("geo", "words"),
    [(None, "names no CRS"), ({"columns": {"geometry": {"encoding": "WKB", "crs": None}}}, "stated as unknown")],
)
def test_a_crs_that_is_not_told_is_noted(tmp_path: Path, geo: dict[str, Any] | None, words: str) -> None:
    path = write(tmp_path / "a.parquet", geo_table(SHAPES[:1]), geo)
    assert words in open_parquet(path).notes[0]
    assert rows(path)[0]["longitude"] == "10.1"


def test_points_of_x_and_y(tmp_path: Path) -> None:
    table = pa.table({"id": ["1", "2"], "geometry": [{"x": 10.1, "y": 50.05}, None]})
    path = write(tmp_path / "a.parquet", table, {"columns": {"geometry": {"encoding": "point"}}})
    assert [(row["geometry"], row["latitude"]) for row in rows(path)] == [("Point", "50.05"), ("", "")]
    lines = pa.table({"id": ["1"], "geometry": [[{"x": 10.1, "y": 50.05}, {"x": 10.2, "y": 50.06}]]})
    path = write(tmp_path / "a.parquet", lines, {"columns": {"geometry": {"encoding": "linestring"}}})
    assert rows(path) == [{"id": "1", "geometry.x": "10.1\n10.2", "geometry.y": "50.05\n50.06"}]


def test_what_is_no_parquet_and_what_is_cut(tmp_path: Path) -> None:
    (tmp_path / "a.parquet").write_bytes(b"id,date\n")
    with pytest.raises(DatasetError, match="no Parquet file"):
        open_parquet(tmp_path / "a.parquet")
    with pytest.raises(DatasetError, match="no Parquet file"):
        open_parquet(tmp_path / "none.parquet")
    whole = write(tmp_path / "b.parquet", pa.table({"id": [str(n) for n in range(20_000)]})).read_bytes()
    (tmp_path / "b.parquet").write_bytes(whole[:40] + bytes(40_000) + whole[40_040:])
    with pytest.raises(DatasetError, match="after row 0 the file is damaged"):
        list(open_parquet(tmp_path / "b.parquet").batches)


def test_a_bad_crs_and_columns_of_one_name_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="its CRS cannot be read"):
        open_parquet(write(tmp_path / "a.parquet", geo_table(SHAPES), {"columns": {"geometry": {"crs": "EPSG:0"}}}))
    twice = pa.table([["1"], [{"b": "2"}]], names=["a.b", "a"])
    with pytest.raises(DatasetError, match=r'names the column "a\.b" twice'):
        open_parquet(write(tmp_path / "a.parquet", twice))


@given(st.lists(st.one_of(st.none(), st.floats(allow_nan=False)), min_size=1))
def test_numbers_lose_nothing(numbers: list[float | None]) -> None:
    texts = parquet._number_text(pa.array(numbers, pa.float64())).to_pylist()
    assert [float(text) if text else None for text in texts] == numbers
    assert not any(text.endswith(".0") for text in texts)
