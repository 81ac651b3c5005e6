"""What a TimeMap's sources.json says of its sources."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from contested.base.case import Case, DatasetEntry
from contested.base.errors import DatasetError
from contested.incidents.source_files import NamedSource, resolve_timemap_sources
from contested.incidents.sources import read_dataset


def write(folder: Path, content: Any) -> Path:
    (folder / "sources.json").write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return folder


def test_sources_are_found_by_their_identifier(tmp_path: Path) -> None:
    folder = write(tmp_path, {
        "s1": {"id": "s1", "title": " Vale Radio ", "paths": ["https://radio.example/1", "", "https://radio.example/2"]},
        "s2": {"id": "other", "title": None, "paths": [], "url": "https://post.example"},
        "s3": {"paths": ["a.mp4", "a.mp4"], "url": "a.mp4"},
    })  # fmt: skip
    found = resolve_timemap_sources(folder)
    assert found["s1"] == NamedSource("Vale Radio", ("https://radio.example/1", "https://radio.example/2"))
    assert found["s2"] == found["other"] == NamedSource("", ("https://post.example",))
    assert found["s3"] == NamedSource("", ("a.mp4",))


def test_a_list_of_sources_is_read_too(tmp_path: Path) -> None:
    found = resolve_timemap_sources(write(tmp_path, [{"id": 7, "title": "Post", "paths": "https://post.example"}]))
    assert found["7"] == NamedSource("Post", ("https://post.example",))


def test_no_file_means_no_sources(tmp_path: Path) -> None:
    assert resolve_timemap_sources(tmp_path) == {}


@pytest.mark.parametrize(
    ("content", "words"),
    [("{", "no JSON that can be read"), ('"x"', "no object of sources"), ({"s1": "title"}, "no object of sources"),
     ("", "the file is empty")],
)  # fmt: skip
def test_what_is_no_sources_file_says_so(tmp_path: Path, content: Any, words: str) -> None:
    with pytest.raises(DatasetError, match=words):
        resolve_timemap_sources(write(tmp_path, content))


def test_sources_of_a_timemap_bear_their_addresses(tmp_path: Path, make_case: Callable[..., Case]) -> None:
    folder = tmp_path / "datasets"
    folder.mkdir()
    event = {"id": "1", "description": "A strike", "date": "2/24/2017", "latitude": "1", "longitude": "2",
             "category": "harm", "associations": [], "sources": ["s1", "s2", "s3"]}  # fmt: skip
    (folder / "events.json").write_text(json.dumps([event]))
    sources = {"s1": {"title": "A film", "paths": ["https://a.example/1"]}, "s2": {"title": "A letter", "paths": []}}
    (folder / "sources.json").write_text(json.dumps(sources))
    entry = DatasetEntry.model_validate({"name": "map", "preset": "timemap", "path": "datasets/events.json"})
    read = read_dataset(entry, make_case(tmp_path))
    assert read.records["sources"].to_pylist() == [["https://a.example/1", "A letter", "s3"]]
