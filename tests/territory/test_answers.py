"""Tables in, tables out: Arrow, DuckDB, and Parquet files larger than a piece."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely

from contested.base.errors import DatasetError
from contested.territory.answers import Answers, Wanted, look_up_table
from contested.territory.control import ControlLayer
from contested.territory.point_files import parquet_batches, write_parquet

WEST, EAST = shapely.box(10.0, 50.0, 10.1, 50.1), shapely.box(10.1, 50.0, 10.2, 50.1)


@pytest.fixture
def layer(holdings: Any) -> ControlLayer:
    return ControlLayer(
        holdings([("north", "2020-01-01", "2020-01-10", WEST), ("south", "2020-01-01", "2020-01-10", EAST)])
    )


def points(rows: int) -> pa.Table:
    random = np.random.default_rng(1)
    return pa.table({
        "id": np.arange(rows), "lon": random.uniform(9.99, 10.21, rows), "lat": random.uniform(49.99, 50.11, rows),
        "date": pa.array(np.datetime64("2019-12-30") + random.integers(0, 15, rows), pa.date32()),
    })  # fmt: skip


def test_a_duckdb_relation_is_a_table(layer: ControlLayer) -> None:
    relation = duckdb.sql("SELECT 7 AS id, 10.15::DOUBLE AS lon, 50.05::DOUBLE AS lat, DATE '2020-01-02' AS date")
    found = look_up_table(layer, relation, ("holder", "side", "layer_date"))
    assert found.to_pylist() == [
        {
            "id": 7, "lon": 10.15, "lat": 50.05, "date": date(2020, 1, 2), "holder": "south", "side": "south",
            "layer_date": date(2020, 1, 1),
        }
    ]  # fmt: skip
    assert duckdb.sql("SELECT holder FROM found").fetchall() == [("south",)]


def test_every_column_is_the_layers_answer(layer: ControlLayer) -> None:
    table = points(500)
    found = look_up_table(layer, table)
    assert found.column_names[4:] == [
        "holder", "p_north", "p_south", "p_unknown", "front_m", "side", "layer", "layer_date", "reason"
    ]  # fmt: skip
    days = table["date"].to_numpy().astype("datetime64[D]")
    asked = layer.look_up(table["lon"].to_numpy(), table["lat"].to_numpy(), days)
    assert found["holder"].to_pylist() == asked.holder.tolist()
    assert found["layer_date"].to_pylist() == asked.layer_date.tolist()
    for row in found.to_pylist():
        assert (row["holder"] == "unknown") == bool(row["reason"])
        assert row["p_north"] + row["p_south"] + row["p_unknown"] == 1


def test_a_file_in_pieces_is_the_file_as_a_whole(layer: ControlLayer, tmp_path: Path) -> None:
    table = points(1_000)
    pq.write_table(table, tmp_path / "points.parquet")
    answers = Answers(layer)
    write_parquet(tmp_path / "out.parquet", answers.of_batches(parquet_batches(tmp_path / "points.parquet", 130)))
    whole = look_up_table(layer, table)
    written = pq.read_table(tmp_path / "out.parquet")
    assert written.drop_columns(["p_contested"]).equals(whole)
    assert (answers.rows, answers.refused) == (1_000, written["holder"].to_pylist().count("unknown"))


def test_an_interrupted_write_leaves_the_old_file_whole(layer: ControlLayer, tmp_path: Path) -> None:
    out = tmp_path / "out.parquet"
    out.write_bytes(b"old")

    def broken() -> Any:
        yield points(3)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_parquet(out, Answers(layer, Wanted(["holder"])).of_batches(broken()))
    assert out.read_bytes() == b"old" and [path.name for path in tmp_path.iterdir()] == ["out.parquet"]


def test_a_column_that_nobody_adds_is_refused(layer: ControlLayer) -> None:
    with pytest.raises(DatasetError, match='no column "holdr" is added by a look-up; did you mean "holder"'):
        look_up_table(layer, points(1), ["holdr"])
