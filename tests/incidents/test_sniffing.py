"""An unknown file gets a map that can be saved, edited and named as a preset."""

from __future__ import annotations

from pathlib import Path

import pytest

from contested.base.errors import DatasetError
from contested.incidents.presets import load_preset
from contested.incidents.quality import report_file
from contested.incidents.sniffing import recognise_preset, save_preset, sniff_file, sniffed_lines

HEADER = "Ref No.,Incident Date,Published,Latitude,Longitude,Town,Killed (min),Perpetrator,Link,Remark\n"
ROW = '{0},2031-05-{0:02d},2031-06-01,50.0{0},10.1{0},Mirrow,{0},Northland,https://a.example/{0},"says ""so"""\n'


@pytest.fixture
def unknown(tmp_path: Path) -> Path:
    """A table that no preset knows."""
    path = tmp_path / "monitor.csv"
    path.write_text(HEADER + "".join(ROW.format(n) for n in range(1, 9)), encoding="utf-8")
    return path


def test_columns_are_proposed_with_what_was_seen(unknown: Path) -> None:
    sniffed = sniff_file(unknown)
    assert sniffed.preset is None
    proposed = {seen.column: seen.target for seen in sniffed.columns}
    assert proposed["Incident Date"] == "date"
    assert (proposed["Latitude"], proposed["Longitude"], proposed["Town"]) == ("lat", "lon", "place_name")
    assert proposed["Killed (min)"] == "killed_low"
    # Neither a day of publication nor the name of a party is mapped by itself.
    assert proposed["Published"] is None
    assert proposed["Perpetrator"] is None
    by_name = {seen.column: seen for seen in sniffed.columns}
    assert by_name["Latitude"].sure > by_name["Killed (min)"].sure - 0.1
    assert "names a party" in by_name["Perpetrator"].why
    assert "dates (100%), 8 different, such as '2031-05-01'" in "\n".join(sniffed_lines(sniffed))


def test_saved_map_is_a_preset_that_reads_the_file(unknown: Path, tmp_path: Path) -> None:
    saved = tmp_path / "monitor.toml"
    save_preset(sniff_file(unknown), saved)
    preset = load_preset(str(saved))
    assert preset.publish_rows is False
    assert preset.columns["date"] == ("Incident Date",)
    report = report_file(unknown, str(saved))
    assert (report.rows, report.used, report.refused) == (8, 8, 0)


def test_hostile_names_of_columns_stay_inside_their_strings(tmp_path: Path) -> None:
    path = tmp_path / "h.csv"
    path.write_text('"date","x""]\npublish_rows = true\n#","lat\\u0000"\n2031-05-04,1,2\n', encoding="utf-8")
    save_preset(sniff_file(path), tmp_path / "h.toml")
    assert load_preset("h.toml", tmp_path).publish_rows is False


def test_nothing_is_written_over_and_known_files_are_not_saved(unknown: Path, tmp_path: Path) -> None:
    saved = tmp_path / "m.toml"
    save_preset(sniff_file(unknown), saved)
    with pytest.raises(DatasetError, match="is there already"):
        save_preset(sniff_file(unknown), saved)
    with pytest.raises(DatasetError, match=r"ends in \.toml"):
        save_preset(sniff_file(unknown), tmp_path / "m.txt")
    known = Path(__file__).parents[1] / "fixtures/datasets/acled.csv"
    with pytest.raises(DatasetError, match='the preset "acled" fits'):
        save_preset(sniff_file(known), tmp_path / "other.toml")


def test_unknown_file_has_no_preset_to_import_it_by(unknown: Path) -> None:
    with pytest.raises(DatasetError, match="no preset fits; propose a map"):
        recognise_preset(unknown)


def test_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="cannot be read"):
        sniff_file(tmp_path / "none.csv")
