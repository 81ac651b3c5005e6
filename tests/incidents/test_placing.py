"""Candidates hold every place of the name, in any order of what is around it, with scores in [0, 1]."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.incidents.invented_places import OWN, REGION, WORLD, make_gazetteer

from contested.incidents.gazetteer import Place, in_columns, index_places
from contested.incidents.place_names import VICINITY_M, take_apart
from contested.incidents.placing import Candidate, Mention, Placer

PLACED = Placer(make_gazetteer())
ANYWHERE = Placer(make_gazetteer(own=False, region=False))
NAMES = [name for place in (*WORLD, *OWN) for name in (place.name, *place.other_names)]
TEXTS = st.one_of(st.sampled_from(NAMES), st.text(max_size=20), st.lists(st.sampled_from(NAMES)).map(", ".join))


def first(mention: Mention, placer: Placer = PLACED) -> Candidate:
    return placer.candidates(mention)[0]


@pytest.mark.parametrize("place", [*WORLD, *OWN], ids=lambda place: f"{place.name}-{place.kind}-{place.country}")
def test_every_place_is_among_the_candidates_of_each_of_its_names(place: Place) -> None:
    for name in (place.name, *place.other_names):
        assert place in [candidate.place for candidate in PLACED.candidates(Mention(name))]


@given(TEXTS, st.lists(TEXTS, max_size=3), st.lists(TEXTS, max_size=4), st.randoms())
def test_the_order_of_what_is_around_changes_nothing(text: str, hints: list[str], context: list[str], chance) -> None:  # type: ignore[no-untyped-def]
    mixed = sorted(context, key=lambda _: chance.random())
    found = PLACED.candidates(Mention(text, tuple(hints), tuple(context)))
    assert found == PLACED.candidates(Mention(text, tuple(reversed(hints)), tuple(mixed)))
    assert found == Placer(make_gazetteer()).candidates(Mention(text, tuple(hints), tuple(context)))


@given(TEXTS, st.lists(TEXTS, max_size=3))
def test_scores_are_shares_and_at_most_the_first_is_chosen(text: str, context: list[str]) -> None:
    for placer in (PLACED, ANYWHERE):
        found = placer.candidates(Mention(text, (), tuple(context)))
        assert all(0.0 <= candidate.score <= 1.0 for candidate in found)
        assert not any(candidate.chosen for candidate in found[1:])
        assert len({(c.place.name, c.place.lon, c.place.kind) for c in found}) == len(found)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Hayy al-Marqab", "Hay el-Marqab"), ("المرقب", "Al-Marqab"), ("Zahmanet", "زحمنة"), ("Karsk", "Карск")],
)
def test_spellings_and_scripts_mean_one_place(one: str, other: str) -> None:
    found, others = ([c.place for c in PLACED.candidates(Mention(name))] for name in (one, other))
    assert found[0] in others
    assert others[0] in found


def test_the_region_comes_before_people() -> None:
    assert first(Mention("Dolven")).place.country == "VL"
    assert first(Mention("Dolven"), ANYWHERE).place.country == "OS"


def test_what_is_named_with_it_tells_towns_of_one_name_apart() -> None:
    assert first(Mention("Dolven", (), ("Karsk Province", "Zahmanet")), ANYWHERE).place.country == "VL"
    assert first(Mention("Karsk", ("Ostria",)), ANYWHERE).place.country == "OS"
    assert first(Mention("Karsk, Ostria"), ANYWHERE).place.country == "OS"


def test_the_name_itself_comes_before_one_that_sounds_alike() -> None:
    big = Place("Zahminet", 20.2, 10.2, 2_000.0, "town", "made up", (), 60_000, "VL", "VL.01")
    both = Placer(index_places(in_columns([*WORLD, big])).with_own([], REGION)).candidates(Mention("Zahmanet"))
    assert [candidate.place.name for candidate in both] == ["Zahmanet", "Zahminet"]


def test_a_town_comes_before_its_province_in_the_region_and_neither_is_sure() -> None:
    assert first(Mention("Karsk")).place.kind == "town"
    assert not first(Mention("Karsk")).chosen
    assert first(Mention("Karsk"), ANYWHERE).place.kind == "admin1"


def test_a_word_for_the_kind_is_heard() -> None:
    assert first(Mention("Karsk province")).place.kind == "admin1"
    assert first(Mention("city of Karsk")).place.kind == "town"
    assert first(Mention("مدينة كرسك")).place.kind == "town"


def test_a_place_that_no_list_holds_has_no_candidate() -> None:
    assert PLACED.candidates(Mention("Brunnholm")) == []
    assert PLACED.candidates(Mention("")) == []


def test_only_the_wider_place_is_never_chosen() -> None:
    found = first(Mention("Brunnholm, Karsk"))
    assert (found.place.name, found.chosen) == ("Karsk", False)
    assert "wider" in found.reason


def test_a_part_of_a_place_is_not_the_place() -> None:
    found = first(Mention("eastern Zahmanet"))
    assert (found.place.name, found.chosen) == ("Zahmanet", False)


def test_a_name_that_only_shares_a_word_is_shown_and_not_chosen() -> None:
    found = first(Mention("Masakin Tirhal"))
    assert (found.place.name, found.chosen) == ("Karm al-Tirhal", False)


def test_a_sure_place_in_the_region_is_chosen_and_others_are_not() -> None:
    assert first(Mention("Zahmanet")).chosen
    assert not first(Mention("Velmland")).chosen, "a country has no radius"
    assert not first(Mention("Ostria")).chosen
    assert not first(Mention("Dolven", (), ("Ostria",)), ANYWHERE).chosen or first(Mention("Dolven")).chosen


def test_two_lists_that_hold_one_place_are_no_rivals() -> None:
    twice = [OWN[0], Place("al-Marqab", 20.512, 10.511, 700.0, "neighbourhood", "places/other.csv")]
    found = Placer(make_gazetteer(own=False).with_own(twice)).candidates(Mention("al-Marqab"))
    assert [candidate.place for candidate in found] == [twice[1], twice[0]]
    assert found[0].chosen
    apart = [twice[1], Place("al-Marqab", 20.9, 10.1, 700.0, "neighbourhood", "places/other.csv")]
    assert not any(c.chosen for c in Placer(make_gazetteer(own=False).with_own(apart)).candidates(Mention("al-Marqab")))


def test_distances_widen_the_disc() -> None:
    bare = first(Mention("Zahmanet"))
    assert bare.radius_m == 1_000.0
    assert first(Mention("near Zahmanet")).radius_m == 1_000.0 + VICINITY_M
    assert first(Mention("12 km south of Zahmanet")).radius_m == 13_000.0
    assert not first(Mention("12 km south of Zahmanet")).chosen


@pytest.mark.parametrize(
    ("text", "heads", "wider"),
    [
        ("Hananu, Aleppo", ("Hananu, Aleppo", "Hananu"), ("Aleppo",)),
        ("Hananu (Aleppo)", ("Hananu (Aleppo)", "Hananu"), ("Aleppo",)),
        ("Jobar - Damascus", ("Jobar - Damascus", "Jobar"), ("Damascus",)),
        ("Ain-Tarma", ("Ain-Tarma",), ()),
        ("دوما، الغوطة", ("دوما، الغوطة", "دوما"), ("الغوطة",)),
        ("", ("",), ()),
    ],
)
def test_place_strings_are_taken_apart(text: str, heads: tuple[str, ...], wider: tuple[str, ...]) -> None:
    written = take_apart(text)
    assert (written.heads, written.wider) == (heads, wider)
