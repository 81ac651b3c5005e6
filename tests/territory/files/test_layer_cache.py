"""What was read once is not read again, and never wrongly."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
import shapely

from contested.territory.files import layer_cache
from contested.territory.files.layer_cache import CACHE_VARIABLE, cache_folder
from contested.territory.plain_layers import open_layers

SQUARE = shapely.box(10.0, 50.0, 10.1, 50.1)
EAST = shapely.box(10.1, 50.0, 10.2, 50.1)


@pytest.fixture
def layers(tmp_path: Path, write: Any, collection: Any) -> Path:
    write(tmp_path / "layers", {"20200101.geojson": collection((SQUARE, {"party": "A"}), (None, {}))})
    return tmp_path / "layers"


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Grows by one whenever files are read."""
    from contested.territory import plain_layers

    counted: list[int] = []
    read_maps = plain_layers.read_maps

    def counting(*args: Any) -> Any:
        counted.append(1)
        return read_maps(*args)

    monkeypatch.setattr(plain_layers, "read_maps", counting)
    return counted


def kept() -> list[Path]:
    folder = cache_folder()
    assert folder is not None
    return sorted(folder.glob("*"))


def test_the_second_reading_is_the_first_to_the_last_row_and_note(layers: Path, reads: list[int]) -> None:
    first, notes = open_layers(layers)
    again, notes_again = open_layers(layers)
    assert len(reads) == 1
    assert notes == notes_again
    assert any("1 rows or features of the layer were refused" in note for note in notes)
    assert (first.parties, first.days, first.bounds) == (again.parties, again.days, again.bounds)
    assert len(kept()) == 1


def test_the_key_follows_all_of_the_program_that_reads_a_layer() -> None:
    files = {"/".join(path.parts[-2:]) for path in layer_cache._reader_files()}
    assert {"base/records.py", "base/times.py", "territory/layers.py", "files/layer_cache.py"} <= files


def test_other_bytes_names_or_options_are_read_anew(
    layers: Path, reads: list[int], write: Any, collection: Any
) -> None:
    open_layers(layers)
    open_layers(layers, holder="B")
    write(layers, {"20200101.geojson": collection((EAST, {"party": "A"}))})
    assert open_layers(layers)[0].bounds == EAST.bounds
    (layers / "20200101.geojson").rename(layers / "20200102.geojson")
    assert str(open_layers(layers)[0].days[0]) == "2020-01-02"
    assert len(reads) == 4


def test_without_cache_nothing_is_kept_or_taken(
    layers: Path, reads: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    open_layers(layers, cache=False)
    monkeypatch.setenv(CACHE_VARIABLE, "")
    open_layers(layers)
    assert cache_folder() is None
    assert len(reads) == 2


@pytest.mark.parametrize("damage", [b"", b"PAR1", b"half"])
def test_a_damaged_file_is_read_anew_and_mended(layers: Path, reads: list[int], damage: bytes) -> None:
    open_layers(layers)
    (path,) = kept()
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2] if damage == b"half" else damage)
    assert open_layers(layers)[0].parties == ("A",)
    assert len(reads) == 2
    assert path.read_bytes() == whole


def test_a_cache_that_cannot_be_written_costs_nothing_else(
    layers: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "file"))
    assert open_layers(layers)[0].parties == ("A",)


def test_layers_not_used_for_longest_are_forgotten(
    layers: Path, monkeypatch: pytest.MonkeyPatch, reads: list[int]
) -> None:
    monkeypatch.setattr(layer_cache, "KEPT_LAYERS", 2)
    open_layers(layers, "P")
    for path in kept():
        os.utime(path, (0, 0))
    for holder in ("Q", "R"):
        open_layers(layers, holder)
    assert len(kept()) == 2
    open_layers(layers, "R")
    assert len(reads) == 3
    open_layers(layers, "P")
    assert len(reads) == 4


def test_the_cache_lies_where_caches_lie(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv(CACHE_VARIABLE)
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder() == tmp_path / "contested/layers"
    monkeypatch.setattr("sys.platform", "darwin")
    assert str(cache_folder()).endswith("Library/Caches/contested/layers")
    monkeypatch.setattr("sys.platform", "win32")
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "local"))
    assert cache_folder() == tmp_path / "local/contested/layers"
