"""Printed numbers follow from their rows, and the proof of it can fail."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contested.base.errors import RecordError, VerifyError
from contested.base.records import INCIDENTS, TABLES
from contested.web.numbers import check_numbers, derive_number, format_number


def replaced(tables: Mapping[str, pa.Table], name: str, **change: object) -> dict[str, pa.Table]:
    """The tables with the first row of one of them changed."""
    rows = tables[name].to_pylist()
    rows[0] = {**rows[0], **change}
    return {**tables, name: TABLES[name].from_rows(rows)}


def without_first(tables: Mapping[str, pa.Table], name: str) -> dict[str, pa.Table]:
    return {**tables, name: tables[name].slice(1)}


def spec(**change: object) -> dict[str, object]:
    return {"aggregate": "count", "table": "incidents", "keys": [], "column": None, "style": "int", **change}


def test_every_number_of_a_dossier_holds(dossier: Path, tables: Mapping[str, pa.Table]) -> None:
    entries = json.loads((dossier / "numbers.json").read_text(encoding="utf-8"))
    assert len(entries) > 80
    assert check_numbers(dossier, tables) == []
    for entry in list(entries.values())[::9]:
        assert " ".join(derive_number(entry, tables).split()) == " ".join(entry["text"].split())


@pytest.mark.parametrize(
    ("aggregate", "column", "keys", "expected"),
    [
        ("count", None, ["reports:1", "reports:2"], "2"),
        ("sum", "killed_low", ["reports:1", "reports:2"], "5"),
        ("min", "killed_low", ["reports:1", "reports:2", "reports:3"], "2"),
        ("max", "killed_high", ["reports:1", "reports:2"], "5"),
        ("value", "lon", ["reports:1"], "37.1"),
        ("value", "killed_low", ["reports:3"], "—"),
    ],
)
def test_aggregates(
    tables: Mapping[str, pa.Table], aggregate: str, column: str, keys: list[str], expected: str
) -> None:
    style = "real" if column == "lon" else "int"
    entry = spec(aggregate=aggregate, table="records", keys=keys, column=column, style=style)
    assert derive_number(entry, tables) == expected


def test_share_details_and_condition(tables: Mapping[str, pa.Table]) -> None:
    share = spec(aggregate="share", keys=["I1"], of=["I1", "I2", "I3"], style="percent")
    assert derive_number(share, tables) == "33 %"
    inner = spec(aggregate="value", table="findings", keys=["F1"], column="details/by/c", style="real")
    assert derive_number(inner, tables) == "3"
    chosen = spec(where={"event_id": "gas"})
    assert derive_number(chosen, tables) == "2"
    assert derive_number(spec(where={"date_start": ["2020-03-02"]}), tables) == "1"
    assert derive_number(spec(where={}, scope="withheld"), tables) == "1"


def test_a_withheld_row_is_no_row(tables: Mapping[str, pa.Table]) -> None:
    with pytest.raises(RecordError, match="I4"):
        derive_number(spec(keys=["I4"]), tables)


def test_rows_that_are_not_those_recorded_are_found(tables: Mapping[str, pa.Table]) -> None:
    entry = spec(keys=["I1", "I2"], where={"event_id": "gas"})
    assert derive_number(entry, tables) == "2"
    with pytest.raises(RecordError, match="I1"):
        derive_number(entry, replaced(tables, "incidents", event_id=None))


@pytest.mark.parametrize(
    ("table", "change"),
    [
        ("incidents", {"killed_high": 6}),
        ("incidents", {"publish": False}),
        ("findings", {"estimate": 0.76}),
        ("findings", {"reading": "They all lay in the south."}),
        ("control", {"p": 0.35}),
        ("fronts", {"front_m": 1240.0}),
        ("originals", {"size_bytes": 12346}),
    ],
)
def test_a_changed_cell_fails_the_proof(
    dossier: Path, tables: Mapping[str, pa.Table], table: str, change: dict[str, object]
) -> None:
    assert check_numbers(dossier, replaced(tables, table, **change))


@pytest.mark.parametrize("table", ["claims", "votes", "contradictions", "rejects", "accounts", "holdings"])
def test_a_lost_row_fails_the_proof(dossier: Path, tables: Mapping[str, pa.Table], table: str) -> None:
    assert check_numbers(dossier, without_first(tables, table))


def test_an_altered_page_fails_the_proof(dossier: Path, tables: Mapping[str, pa.Table], tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(dossier, copy)
    page = copy / "index.html"
    whole = page.read_text(encoding="utf-8")
    for before, after, words in (
        (">3</a>", ">4</a>", "the rows give"),
        ('data-number="N', 'data-number="X', "no entry"),
        ('data-number="', 'data-nothing="', "not printed"),
    ):
        assert before in whole
        page.write_text(whole.replace(before, after), encoding="utf-8")
        assert any(words in fault for fault in check_numbers(copy, tables)), words
    (copy / "numbers.json").unlink()
    with pytest.raises(VerifyError, match="cannot be read"):
        check_numbers(copy, tables)


@given(st.integers(-(10**12), 10**12))
def test_whole_numbers_lose_nothing(value: int) -> None:
    assert int(format_number(value, "int").replace(",", "")) == value


@given(st.floats(-1e9, 1e9))
def test_reals_keep_three_digits(value: float) -> None:
    shown = float(format_number(value, "real").replace(",", ""))
    assert shown == pytest.approx(value, rel=0.0051, abs=1e-300)


@given(st.floats(0.0, 1.0))
def test_only_what_is_certain_reads_one(value: float) -> None:
    shown = float(format_number(value, "probability"))
    assert value - 0.001 <= shown <= value + 1e-9
    assert shown < 1.0 or value > 1.0 - 1e-9


def test_many_rows_are_given_by_their_condition() -> None:
    from tests.web.invented import incident, make_tables

    from contested.web.addresses import RowAddresses
    from contested.web.numbers import MAX_LISTED_KEYS, NumberBook
    from contested.web.public import project_public

    tables = make_tables()
    day = tables["incidents"]["date_start"][0].as_py()
    many = [incident(f"M{number:05}", "One of many", day, ["reports:1"]) for number in range(MAX_LISTED_KEYS + 5)]
    tables["incidents"] = INCIDENTS.from_rows(many)
    public = project_public(tables)
    book = NumberBook(public, RowAddresses(public).row)
    number = book.count_where("index.html", "incidents", "incidents")
    assert number.text == f"{MAX_LISTED_KEYS + 5:,}" and number.entry()["keys"] == []
    assert derive_number(number.entry(), tables) == number.text
    with pytest.raises(AssertionError):
        assert derive_number(number.entry(), without_first(tables, "incidents")) == number.text
