"""What a claim asserts, with spans that cut the frozen text."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contested.base.records import CLAIMS, SPEAKS_OF
from contested.claims.actors import ActorIndex
from contested.claims.extract import extract_claims
from contested.claims.facts import find_facts, find_mechanism
from contested.claims.read import Document

FRIDAY = date(2017, 4, 7)


def document(text: str, published: date | None = FRIDAY) -> Document:
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    return Document(
        digest[:12],
        "a.txt",
        digest,
        "text/plain",
        None,
        None,
        None,
        published,
        "case",
        None,
        None,
        "en",
        text,
        digest,
        "plain 1",
    )


def claims_of(text: str, published: date | None = FRIDAY) -> list[dict[str, Any]]:
    return extract_claims(document(text, published), ActorIndex())


@pytest.mark.parametrize(
    ("words", "mechanism"),
    [
        ("warplanes bombed the market", "air_strike"),
        ("a strike hit a depot of toxic agents", "depot_hit"),
        ("the scene was staged for the cameras", "staged"),
        ("the device was set off on the ground", "ground_device"),
        ("a stray air defence missile fell on the station", "misfire"),
        ("a motorcycle bomb went off", "vehicle_bomb"),
        ("a suicide bomber blew himself up", "suicide_bombing"),
        ("the fighters executed 24 villagers", "execution"),
        ("the order was executed to the letter", None),
        ("a blast tore through the mosque", "explosion"),
        ("gunmen opened fire on the bus", "shooting"),
        ("ten soldiers died in clashes", "fighting"),
        ("the coalition’s strikes hit the town", "bombardment"),
        ("it was not an air strike", None),
        ("talks went on", None),
    ],
)
def test_mechanisms(words: str, mechanism: str | None) -> None:
    assert find_mechanism(words) == mechanism


def test_a_gas_field_is_no_gas() -> None:
    assert find_facts("they captured a gas field", "said", "reports", "asserts").means is None
    assert find_facts("they were killed by gas", "said", "reports", "asserts").means == "gas"


TEXT = (
    "A spokesman for the Varanian army, Ilan Kor, said that rebels had shelled the town of Velm in Karsk province on "
    "Tuesday, killing at least 20 people, including 11 children."
)


def test_place_time_and_toll_of_a_claim_cut_its_text() -> None:
    (row,) = claims_of(TEXT)
    for name, column in (("place", "place_text"), ("event_time", "event_time")):
        assert TEXT[row[f"{name}_start"] : row[f"{name}_end"]] == row[column]
    assert (row["place_text"], row["event_time"]) == ("Velm", "Tuesday")
    assert (row["event_on_low"], row["event_on_high"]) == (date(2017, 4, 4), date(2017, 4, 4))
    assert (row["killed_low"], row["killed_high"], row["killed_children_low"]) == (20, None, 11)
    assert row["speaks_of"] == "event"


def test_without_a_day_of_publication_the_day_stays_open() -> None:
    (row,) = claims_of(TEXT, None)
    assert row["event_time"] == "Tuesday"
    assert row["event_on_low"] is row["event_on_high"] is None


def test_a_denial_asserts_no_toll() -> None:
    found = find_facts("its jets had killed 20 people", "denied", "denies", "asserts")
    assert found.tolls.killed == (None, None)


def test_the_day_of_saying_is_no_time_of_the_event() -> None:
    found = find_facts(
        "the ministry said on Tuesday that rebels shelled the town", "said", "reports", "asserts", FRIDAY
    )
    assert found.time is None


PIECES = st.sampled_from(
    [
        "The army ",
        "said ",
        "that ",
        "rebels ",
        "shelled ",
        "Velm ",
        "in ",
        "Karsk province ",
        "on Tuesday ",
        "killing ",
        "12 people ",
        "including ",
        "a child",
        ", ",
        ". ",
        "“",
        "”",
        "denied ",
        "\n",
        "on 4 April 2017 ",
        "at 6:30 a.m. ",
        "é",
        "😀",
        "قال ",
        "repeatedly ",
        "since 2013 ",
    ]
)


@settings(max_examples=60)
@given(st.lists(PIECES, max_size=50).map("".join), st.none() | st.just(FRIDAY))
def test_laws_of_facts(text: str, published: date | None) -> None:
    rows = claims_of(text, published)
    CLAIMS.from_rows(rows)
    for row in rows:
        assert row["speaks_of"] in SPEAKS_OF
        for name, column in (("place", "place_text"), ("event_time", "event_time")):
            if row[column] is not None:
                assert text[row[f"{name}_start"] : row[f"{name}_end"]] == row[column] != ""
        assert (row["event_on_low"] is None) == (row["event_on_high"] is None)
        assert row["event_on_low"] is None or row["event_on_low"] <= row["event_on_high"]
        for kind in ("killed", "injured", "killed_civilians", "killed_children", "killed_women", "killed_fighters"):
            low, high = row[f"{kind}_low"], row[f"{kind}_high"]
            assert low is None or high is None or low <= high
