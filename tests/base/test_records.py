import pytest
from hypothesis import given
from hypothesis import strategies as st

from contested.base.engine import parquet_bytes, read_parquet, write_whole
from contested.base.errors import EngineError, RecordError
from contested.base.records import LINKS, TABLES, VOTES

ROW = {"record_a": "a", "record_b": "b", "probability": 0.5, "gap_days": 0, "decided_by": "score", "linked": False}


@pytest.mark.parametrize("name", sorted(TABLES))
def test_every_table_declares_its_key_and_says_what_its_columns_mean(name: str) -> None:
    table = TABLES[name]
    columns = [column.name for column in table.columns]
    assert len(set(columns)) == len(columns)
    assert set(table.key) <= set(columns)
    assert all(column.meaning for column in table.columns) and table.meaning
    assert not any(column.nullable for column in table.columns if column.name in table.key)


@given(st.lists(st.tuples(st.text(max_size=5), st.text(max_size=5)), unique=True, max_size=8), st.randoms())
def test_row_order_leaves_no_trace_in_the_bytes(keys: list[tuple[str, str]], random) -> None:
    rows = [ROW | {"record_a": a, "record_b": b} for a, b in keys]
    shuffled = random.sample(rows, len(rows))
    assert parquet_bytes(LINKS.from_rows(rows)) == parquet_bytes(LINKS.from_rows(shuffled))


def test_faulty_rows_are_refused() -> None:
    with pytest.raises(RecordError, match="met twice"):
        LINKS.from_rows([ROW, ROW])
    with pytest.raises(RecordError, match="probabilty"):
        LINKS.from_rows([ROW | {"probabilty": 1.0}])
    with pytest.raises(RecordError, match="gap_days has a row without value"):
        LINKS.from_rows([{k: v for k, v in ROW.items() if k != "gap_days"}])
    with pytest.raises(RecordError, match="links"):
        LINKS.from_rows([ROW | {"probability": "much"}])


def test_lists_and_dates_survive_the_file(tmp_path) -> None:
    from datetime import date

    row = {
        "draft": "S/1", "member": "X", "body": "b", "voted_on": date(2017, 4, 12), "subject": "s", "sponsors": ["Y"],
        "vote": "no", "veto": True, "outcome": "vetoed", "how_known": "read", "address": "https://example.org",
        "original_path": "votes/v.csv", "original_row": 1, "claim_id": "c",
    }  # fmt: skip
    write_whole(tmp_path / "votes.parquet", parquet_bytes(VOTES.from_rows([row])))
    assert read_parquet(tmp_path / "votes.parquet").to_pylist() == [row | {"party": None, "meeting": None}]


def test_an_interrupted_write_leaves_the_old_file_whole(tmp_path, monkeypatch) -> None:
    path = tmp_path / "table"
    assert write_whole(path, b"old")
    assert not write_whole(path, b"old")

    def cut(self, target) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("pathlib.Path.replace", cut)
    with pytest.raises(KeyboardInterrupt):
        write_whole(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_damaged_table_says_what_to_do(tmp_path) -> None:
    (tmp_path / "t.parquet").write_bytes(b"PAR1 nothing")
    with pytest.raises(EngineError, match="build the case again"):
        read_parquet(tmp_path / "t.parquet")
