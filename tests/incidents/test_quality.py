"""The report on a file: rows in = used + refused, and each kind of trouble is counted."""

from __future__ import annotations

from pathlib import Path

import pytest

from contested.base.errors import DatasetError
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
