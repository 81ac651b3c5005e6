from pathlib import Path

import pytest

import contested
from contested.base.errors import EngineError
from contested.base.records import TABLES


def test_a_case_in_python(built_case: Path) -> None:
    case = contested.open(built_case)
    assert case.build().unchanged
    assert case.claims.num_rows == case.sql("SELECT count(*) AS n FROM claims")["n"][0].as_py()
    assert set(TABLES) <= set(dir(case))
    assert "rebels" in case.sql("SELECT DISTINCT party FROM accounts ORDER BY party")["party"].to_pylist()
    assert "incidents" in case._repr_html_()


def test_what_is_no_table_is_no_attribute(built_case: Path) -> None:
    with pytest.raises(AttributeError, match="its tables are originals"):
        _ = contested.open(built_case).claim
    with pytest.raises(EngineError, match="query"):
        contested.open(built_case).sql("SELECT nothing FROM claims")
