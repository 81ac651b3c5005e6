"""JSON files as rows: each keeps its place in the text, and what is no list of objects is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from contested.base.errors import DatasetError
from contested.incidents.json_rows import MAX_COLUMNS, read_json_rows


def _file(folder: Path, text: str) -> Path:
    path = folder / "d.json"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    "text",
    ['[{"a": 1, "b": {"c": "x"}}, {"a": 2}]', '{"a": 1, "b": {"c": "x"}}\n{"a": 2}\n',
     '{"n": 2, "events": [{"a": 1, "b": {"c": "x"}}, {"a": 2}]}'],
)  # fmt: skip
def test_array_lines_and_object_with_a_list_are_the_same_rows(tmp_path: Path, text: str) -> None:
    file = read_json_rows(_file(tmp_path, text))
    assert [row.values for row in file.rows] == [{"a": "1", "b.c": "x"}, {"a": "2", "b.c": ""}]
    for row, number in zip(file.rows, (1, 2), strict=True):
        assert json.loads(file.text[row.start : row.end])["a"] == number


def test_lists_pairs_and_missing_values(tmp_path: Path) -> None:
    text = '[{"l": ["x", 2], "n": null, "t": true, "f": [{"key": "K", "value": "v"}, {"key": "K", "value": "w"}]}]'
    (row,) = read_json_rows(_file(tmp_path, text)).rows
    assert row.values == {"l": "x\n2", "n": "", "t": "true", "f.K": "v\nw"}


def test_geojson_point_and_other_geometry(tmp_path: Path) -> None:
    point = {"type": "Feature", "id": 7, "properties": {"p": "x"}, "geometry": {"type": "Point", "coordinates": [1, 2]}}
    other = {"type": "Feature", "properties": {"p": "y"}, "geometry": None}
    text = json.dumps({"type": "FeatureCollection", "features": [point, other]})
    first, second = read_json_rows(_file(tmp_path, text)).rows
    assert (first.values["longitude"], first.values["latitude"], first.values["id"]) == ("1", "2", "7")
    assert (second.values["longitude"], second.values["p"]) == ("", "y")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "empty"),
        ("id,date\n", "no list of objects"),
        ('[{"a": 1}, {"a": ', "after 1 records this is no JSON"),
        ("[]", "no list of objects was found"),
        ("[" * 100_000, "no JSON|no list of objects"),
        (json.dumps([{f"c{i}": i for i in range(MAX_COLUMNS + 1)}]), "more than 2,000 different keys"),
    ],
)
def test_what_is_no_list_of_objects_is_refused(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(DatasetError, match=words):
        read_json_rows(_file(tmp_path, text))
