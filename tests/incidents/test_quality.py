"""The report on a file: rows in = used + refused, and each kind of trouble is counted."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from contested.base.errors import DatasetError, EngineError
from contested.base.records import RECORDS
from contested.incidents.columnar import IdsMet
from contested.incidents.quality import parse_box, report_as_json, report_file, report_lines

ROWS = (
    "id,date,lon,lat,radius_m,killed_low,killed_high,killed_best,source\n"
    "1,2031-05-04,10.1,50.1,100,1,3,2,Vale Radio\n"
    "2,2031-05-04,10.1,50.1,100,1,3,2,Vale Radio\n"
    "3,2031-05,10.2,50.2,25000,,,,\n"
    "4,2031,,,,1,3,9,a\n"
    "5,,10.1,50.1,,,,,\n"
    "6,someday,10.1,50.1,,,,,\n"
    "7,2031-05-04,10.1,50.1,,5,2,,\n"
    "1,2031-05-04,10.1,50.1,,,,,\n"
    "8,2031-05-04,60,50.1,,,,,a\n"
    "9,2031-05-04,0,0,5000,,,,a\n"
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A table with one trouble of each kind."""
    path = tmp_path / "t.csv"
    path.write_text(ROWS, encoding="utf-8")
    return path


def test_every_trouble_is_counted(file: Path) -> None:
    report = report_file(file, "plain", (9.0, 49.0, 11.0, 51.0))
    assert (report.rows, report.used, report.refused) == (10, 6, 4)
    assert sum(report.reasons.values()) == report.refused
    quality = report.quality
    assert quality["no point"] == 1
    assert quality["radius to 1 km"] == 2
    assert quality["radius to 20 km"] == 1
    assert quality["point at 0, 0"] == 1
    assert quality["point outside the box"] == 2
    assert quality["dated to within a month"] == 1
    assert quality["dated more loosely"] == 1
    assert quality["best toll outside low to high"] == 1
    assert quality["no source named"] == 1
    assert quality["the same as an earlier record but for the id"] == 1
    assert quality["refused for an id met before"] == 1
    assert quality["refused for a missing or impossible date"] == 2
    assert quality["refused for an impossible toll"] == 1
    assert quality["dated after today"] == 6
    assert quality["on a point that 10 or more records share"] == 0


def test_reasons_are_gathered_whatever_the_values_are(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("id,date\n" + "".join(f"{n},2031-02-{n}\n" for n in range(30, 40)), encoding="utf-8")
    report = report_file(path, "plain")
    assert list(report.reasons.values()) == [10]


def test_lines_and_json_say_the_same(file: Path) -> None:
    report = report_file(file, "plain")
    assert "  rows     10 in = 6 used + 4 refused" in report_lines(report)
    assert report_as_json(report)["used"] == 6
    assert "point outside the box" not in report.quality


@pytest.mark.parametrize("text", ["1,2,3", "a,b,c,d", "10,50,9,51", "0,-95,1,1", "nan,0,1,1"])
def test_box_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(DatasetError, match="is no box"):
        parse_box(text)


def test_points_that_many_share_are_counted(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    rows = [f"{n},2031-05-04,10.1,50.1" for n in range(12)] + ["x,2031-05-04,10.2,50.1"]
    path.write_text("id,date,lon,lat\n" + "\n".join(rows) + "\n", encoding="utf-8")
    assert report_file(path, "plain").quality["on a point that 10 or more records share"] == 12


def test_records_go_to_a_file_with_what_is_refused_beside_it(file: Path, tmp_path: Path) -> None:
    out = tmp_path / "records.parquet"
    report = report_file(file, "plain", out=out, name="vale")
    records = pq.read_table(out)
    assert records.schema.equals(RECORDS.schema())
    assert records["record_id"].to_pylist() == [f"vale:{n}" for n in (1, 2, 3, 4, 8, 9)]
    lines = out.with_name("records.parquet.rejects.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["original_row"] for line in lines] == [5, 6, 7, 8]
    assert report == report_file(file, "plain", name="vale")


def test_interrupted_import_leaves_the_old_file(file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "records.parquet"
    report_file(file, "plain", out=out)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(IdsMet, "earlier", interrupted)
    with pytest.raises(KeyboardInterrupt):
        report_file(file, "plain", out=out)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_where_records_cannot_go(file: Path, tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"ends in \.parquet"):
        report_file(file, "plain", out=tmp_path / "records.csv")
    with pytest.raises(DatasetError, match="never altered"):
        report_file(file, "plain", out=file)
    with pytest.raises(EngineError, match="cannot be written"):
        report_file(file, "plain", out=file / "records.parquet")
    with pytest.raises(DatasetError, match='name "Not A Name" cannot be used'):
        report_file(file, "plain", name="Not A Name")
