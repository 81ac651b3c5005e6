"""Place phrases are found by the words of place around them, in any war, and cut the text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contested.claims.asserted.event_places import find_places


def names(text: str) -> list[str]:
    return [place.name for place in find_places(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("gas fell on the town of Khan Sheikhoun in Idlib province", ["Khan Sheikhoun", "Idlib"]),
        ("an attack on Syria's Idlib", ["Idlib"]),
        ("an attack in Syrias Idlib", ["Idlib"]),  # the apostrophe lost
        ("fighting in Deir ez-Zor", ["Deir ez-Zor"]),
        ("near the village of al-Latamineh", ["al-Latamineh"]),
        ("A missile struck Kramatorsk on Friday", ["Kramatorsk"]),
        ("forces shelled the Donetsk region", ["Donetsk"]),
        ("at the Al Mazraq camp in Hajjah province", ["Al Mazraq", "Hajjah"]),
        ("a drone hit a market in El Fasher", ["El Fasher"]),
        ("killed in Port-au-Prince", ["Port-au-Prince"]),
        ("in Kharkiv Ukraine", ["Kharkiv"]),
        ("at dawn on Tuesday in August", []),
        ("talks at the Security Council", []),
        ("a statement on Twitter", []),
        ("the rebels in the north", []),
    ],
)
def test_names_of_places(text: str, expected: list[str]) -> None:
    assert names(text) == expected


def test_the_kind_of_place_tells_areas_from_towns() -> None:
    town, area = find_places("the town of Velm in Karsk province")
    assert not town.is_area
    assert area.is_area


@given(
    st.text(max_size=200)
    | st.lists(
        st.sampled_from(
            ["in ", "the ", "town ", "of ", "Al-", "Karsk ", "Velm", "'s ", "province ", "on ", "é", "Ḩamāh "]
        ),
        max_size=25,
    ).map("".join)
)
def test_laws_of_places(text: str) -> None:
    for place in find_places(text):
        assert 0 <= place.start < place.end <= len(text)
        assert text[place.start : place.end].startswith(place.name)
