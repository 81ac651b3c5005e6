"""JSON files as rows: lines are read one by one, and what is no list of objects is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from contested.base.errors import DatasetError
from contested.incidents.batches import RowStream
from contested.incidents.files import open_rows
from contested.incidents.files.json_rows import MAX_COLUMNS


def opened(folder: Path, text: str, name: str = "d.json") -> RowStream:
    """A file with the text, opened."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return open_rows(path)


def rows(stream: RowStream) -> list[dict[str, str]]:
    """The rows of a file of which nothing is refused."""
    batches = list(stream.batches)
    assert not any(batch.refused for batch in batches)
    return [row for batch in batches for row in batch.cells.to_pylist()]


@pytest.mark.parametrize(
    "text",
    ['[{"a": 1, "b": {"c": "x"}}, {"a": 2}]', '{"a": 1, "b": {"c": "x"}}\n\n{"a": 2}\n',
     '{"n": 2, "events": [{"a": 1, "b": {"c": "x"}}, {"a": 2}]}', '{"a": 1,\n"b": {"c": "x"}}\n{"a": 2}'],
)  # fmt: skip
def test_array_lines_and_object_with_a_list_are_the_same_rows(tmp_path: Path, text: str) -> None:
    stream = opened(tmp_path, text)
    assert stream.columns == ("a", "b.c")
    assert rows(stream) == [{"a": "1", "b.c": "x"}, {"a": "2", "b.c": ""}]


def test_one_object_on_one_line_is_one_row(tmp_path: Path) -> None:
    assert rows(opened(tmp_path, '{"a": 1}', "d.jsonl")) == [{"a": "1"}]


def test_lists_pairs_and_missing_values(tmp_path: Path) -> None:
    text = '[{"l": ["x", 2], "n": null, "t": true, "f": [{"key": "K", "value": "v"}, {"key": "K", "value": "w"}]}]'
    assert rows(opened(tmp_path, text)) == [{"l": "x\n2", "n": "", "t": "true", "f.K": "v\nw"}]


def test_geojson_point_and_other_geometry(tmp_path: Path) -> None:
    point = {"type": "Feature", "id": 7, "properties": {"p": "x"}, "geometry": {"type": "Point", "coordinates": [1, 2]}}
    other = {"type": "Feature", "properties": {"p": "y"}, "geometry": None}
    text = json.dumps({"type": "FeatureCollection", "features": [point, other]})
    first, second = rows(opened(tmp_path, text, "d.geojson"))
    assert (first["longitude"], first["latitude"], first["id"]) == ("1", "2", "7")
    assert (second["longitude"], second["p"]) == ("", "y")


def test_half_a_surrogate_pair_is_no_character(tmp_path: Path) -> None:
    assert rows(opened(tmp_path, '[{"a": "x\\ud800"}]')) == [{"a": "x?"}]


def test_lines_that_are_no_object_are_refused_alone(tmp_path: Path) -> None:
    stream = opened(tmp_path, '{"a": 1}\n{"a": \n[1]\n{"a": 4}\n', "d.jsonl")
    (batch,) = stream.batches
    assert batch.numbers.to_pylist() == [1, 4]
    assert [(row.number, row.raw) for row in batch.refused] == [(2, '{"a":'), (3, "[1]")]
    assert "no JSON that can be read" in batch.refused[0].reason


def test_entry_of_an_array_that_is_no_object_is_refused_alone(tmp_path: Path) -> None:
    (batch,) = opened(tmp_path, '[{"a": 1}, 7]').batches
    assert [(row.number, row.raw) for row in batch.refused] == [(2, "7")]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "empty"),
        ("id,date\n", "no list of objects"),
        ('[{"a": 1}, {"a": ', "after 1 records this is no JSON"),
        ("[]", "no list of objects was found"),
        ("[" * 100_000, "no JSON|no list of objects"),
        ('[{"a": ' + '{"a": ' * 900 + "1" + "}" * 900 + "}]", "nested too deeply"),
        (json.dumps([{f"c{i}": i for i in range(MAX_COLUMNS + 1)}]), "more than 2,000 different keys"),
    ],
)
def test_what_is_no_list_of_objects_is_refused(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(DatasetError, match=words):
        opened(tmp_path, text)
