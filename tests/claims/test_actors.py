"""Names in an article resolve to actors and parties, with and without a case."""

from __future__ import annotations

from pathlib import Path

import pytest

from contested.base.case import Case, CaseFile
from contested.claims.actors import ActorIndex, ArticleActors, Resolved

WAR = (
    "Syrian rebels shelled the town. The Syrian government said nothing. "
    "Kremlin spokesman Anton Belov spoke to them. "
    "Belov left. Omar Sayed, commander of the Northern Shield rebel group, spoke. Sayed agreed. The UK and France met. "
    "Damascus protested. A resident of Damascus wept. Syria’s foreign ministry wrote. Assad’s regime fell silent. "
    "Syrian civilians fled the US-backed rebels. The army moved. Doctors in Syria spoke. "
    "Officials in Washington waited. "
    "President Karl Obama spoke. The Syrian Observatory for Human Rights counted. Ships of the U.S. Navy came. "
    "The United States, Britain and France tabled it. Witnesses in the camp ran. pro-Russian fighters fought. "
)


@pytest.fixture(scope="module")
def article() -> ArticleActors:
    return ArticleActors(ActorIndex(), WAR)


def resolve(article: ArticleActors, phrase: str) -> list[Resolved]:
    start = article.text.rindex(phrase)
    return article.resolve((start, start + len(phrase)))


def parties(article: ArticleActors, phrase: str) -> list[str | None]:
    return [one.party for one in resolve(article, phrase)]


@pytest.mark.parametrize(
    ("phrase", "party"),
    [
        ("The Syrian government", "Syrian government"),
        ("Syria’s foreign ministry", "Syrian government"),
        ("Assad’s regime", "Syrian government"),
        ("Damascus", "Syrian government"),
        ("The army", "Syrian government"),
        ("Syrian rebels", "Syrian opposition"),
        ("Kremlin spokesman Anton Belov", "Russia"),
        ("Belov", "Russia"),
        ("Omar Sayed, commander of the Northern Shield rebel group", "Syrian opposition"),
        ("Sayed", "Syrian opposition"),
        ("Officials in Washington", "United States"),
        ("Ships of the U.S. Navy", "United States"),
    ],
)
def test_a_phrase_names_a_party(article: ArticleActors, phrase: str, party: str) -> None:
    start = article.text.index(phrase) if phrase == "Damascus" else article.text.rindex(phrase)
    assert [one.party for one in article.resolve((start, start + len(phrase)))] == [party], phrase


@pytest.mark.parametrize(
    "phrase",
    ["A resident of Damascus", "Syrian civilians", "Doctors in Syria", "Witnesses in the camp", "pro-Russian fighters"],
)
def test_civilians_and_places_are_no_party(article: ArticleActors, phrase: str) -> None:
    assert not [party for party in parties(article, phrase) if party]


def test_a_joint_source_names_each_party_once(article: ArticleActors) -> None:
    assert parties(article, "The United States, Britain and France") == ["United States", "United Kingdom", "France"]
    assert parties(article, "The UK and France") == ["United Kingdom", "France"]


def test_a_monitor_is_an_actor_without_party(article: ArticleActors) -> None:
    (found,) = resolve(article, "The Syrian Observatory for Human Rights")
    assert (found.actor, found.party, found.kind) == ("Syrian Observatory for Human Rights", None, "named")


def test_persons_bear_their_full_name(article: ArticleActors) -> None:
    assert [one.actor for one in resolve(article, "Belov")] == ["Anton Belov"]
    assert [one.kind for one in resolve(article, "Officials in Washington")] == ["role"]


def test_a_state_at_peace_is_called_by_its_name() -> None:
    text = "The Russian government spoke. Moscow waited. The Russian air force flew."
    article = ArticleActors(ActorIndex(), text)
    for phrase in ("The Russian government", "Moscow", "The Russian air force"):
        assert parties(article, phrase) == ["Russia"], phrase


def test_an_enemy_who_says_regime_makes_no_war_inside() -> None:
    article = ArticleActors(ActorIndex(), "Ukraine said so. The Kiev regime lies, Russia said. Ukraine's army fired.")
    assert parties(article, "Ukraine's army") == ["Ukraine"]


def test_states_that_no_list_knows_are_taken_as_written() -> None:
    text = "Ostrea waited. The Ostrean army fired. The Varanian government fell to Varanian rebels in Varania."
    article = ArticleActors(ActorIndex(), text)
    assert parties(article, "The Varanian government") == ["Varanian government"]
    assert parties(article, "Varanian rebels") == ["Varanian opposition"]
    assert parties(article, "The Ostrean army") == ["Ostrea"]


def test_a_case_gives_its_own_parties_and_actors() -> None:
    file = CaseFile.model_validate(
        {
            "format": 1, "title": "t", "purpose": "p", "window": {"from": "2020-01-01", "to": "2020-12-31"},
            "region": {"name": "r", "box": [0, 0, 1, 1]},
            "parties": [
                {"id": "gov", "name": "Syrian government", "aliases": ["Damascus"]},
                {"id": "opp", "name": "Syrian opposition", "aliases": ["terrorists"]},
                {"id": "sohr", "name": "Observatory", "aliases": ["Syrian Observatory for Human Rights"]},
            ],
            "actors": [{"name": "Anton Belov", "party": "gov", "kind": "person", "aliases": ["Mr Belov"]}],
            "events": [{"id": "e", "title": "e", "kind": "k", "from": "2020-01-01", "to": "2020-01-02", "place": "x"}],
        }
    )  # fmt: skip
    article = ArticleActors(ActorIndex(Case(Path(), file, Path())), WAR + "Mr Belov blamed terrorists.")
    assert parties(article, "The Syrian government") == ["gov"]
    assert parties(article, "Syria’s foreign ministry") == ["gov"]
    assert parties(article, "Syrian rebels") == ["opp"]
    assert parties(article, "terrorists") == ["opp"]
    assert parties(article, "The Syrian Observatory for Human Rights") == ["sohr"]
    assert [(one.actor, one.party) for one in resolve(article, "Mr Belov")] == [("Anton Belov", "gov")]
    assert parties(article, "The UK and France") == ["United Kingdom", "France"]


@pytest.mark.parametrize(
    ("text", "phrase", "party"),
    [
        ("Kyiv said no.", "Kyiv", "Ukraine"),
        ("The Kabul government fell.", "The Kabul government", "Afghanistan"),
        ("Downing Street and the Quai d'Orsay agreed.", "the Quai d'Orsay", "France"),
        ("A resident of Kyiv said no.", "A resident of Kyiv", None),
        ("Students in Tehran marched.", "Students in Tehran", None),
        ("Russian journalist Anna Lind wrote.", "Russian journalist Anna Lind", None),
        ("Syrian refugees said so.", "Syrian refugees", None),
        ("Critics of Putin spoke.", "Critics of Putin", None),
        ("Hans Kuhl, director of a school in Germany, spoke.", "Hans Kuhl, director of a school in Germany", None),
        ("Igor Belov, a spokesman for the Russian army, spoke.", "Igor Belov", "Russia"),
        ("Lt. Col. Igor Belov of the Russian army spoke.", "Igor Belov", "Russia"),
        ("The Dunya Salvation Front (DSF) fought. The DSF lost.", "The DSF", "Dunya Salvation Front"),
        ("The Russian Aerospace Forces flew.", "The Russian Aerospace Forces", "Russia"),
        ("President Moamer Qadhafi of Libya spoke. Kadhafi wept.", "Kadhafi", "Libya"),
        ("Chechen separatists left.", "Chechen separatists", "Chechen separatists"),
    ],
)
def test_general_forms_of_naming(text: str, phrase: str, party: str | None) -> None:
    article = ArticleActors(ActorIndex(), text)
    found = parties(article, phrase)
    assert found == [party] or (party is None and not [one for one in found if one])


def test_a_word_like_a_leader_is_no_leader_where_nothing_speaks_of_the_state() -> None:
    assert parties(ArticleActors(ActorIndex(), "The Urban Institute counted."), "The Urban Institute") in ([], [None])
