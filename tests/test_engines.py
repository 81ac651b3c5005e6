"""One contract, every engine: add the class to ``ENGINES`` and it is held to the same rows."""

from __future__ import annotations

import pyarrow as pa
import pytest

from contested.base.engine import Engine
from contested.base.errors import EngineError

ENGINES = [Engine()]


@pytest.fixture(params=ENGINES, ids=lambda engine: engine.name)
def engine(request: pytest.FixtureRequest) -> Engine:
    return request.param


def test_rows_come_back_in_the_order_asked_for(engine: Engine) -> None:
    left = pa.table({"id": [2, 1, 3], "party": ["a", None, "b"]})
    right = pa.table({"id": [1, 2, 2], "n": [10, 20, 30]})
    sql = "SELECT l.id, party, n FROM l JOIN r ON l.id = r.id ORDER BY l.id, n"
    assert engine.query(sql, {"l": left, "r": right}).to_pylist() == [
        {"id": 1, "party": None, "n": 10}, {"id": 2, "party": "a", "n": 20}, {"id": 2, "party": "a", "n": 30},
    ]  # fmt: skip


def test_a_query_that_fails_is_shown(engine: Engine) -> None:
    with pytest.raises(EngineError, match="nowhere"):
        engine.query("SELECT * FROM nowhere", {})


def test_no_table_outlives_the_call(engine: Engine) -> None:
    engine.query("SELECT * FROM t", {"t": pa.table({"a": [1]})})
    with pytest.raises(EngineError):
        engine.query("SELECT * FROM t", {})
