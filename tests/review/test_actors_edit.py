"""Decisions about names: merged, moved to a party, or no one's; the rest of the claims stays as it was read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contested.base.case import Case, open_case
from contested.base.decisions import append_decision
from contested.claims.settling import plain_name, settle_names, settle_speakers
from contested.flow import build_case, read_tables

NAMES = ("Ana Vell", "A. Vell", "Vell", "the spokeswoman", "Harrow", "He")


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    from contested.new import make_case

    make_case(folder := tmp_path_factory.mktemp("names") / "case")
    return open_case(folder)


def _decision(name: str, action: str, **change: Any) -> dict[str, Any]:
    return {
        "decided_at": "2031-05-01T00:00:00Z", "decided_by": "Kim", "action": action, "table": "actors",
        "row_key": name, "change": json.dumps(change), "reason": "it says so",
        "number": 7,
    }  # fmt: skip


def _claim(text: str | None, actor: str | None = None, party: str | None = None, **more: Any) -> dict[str, Any]:
    return {
        "origin": "document", "speaker_text": text, "speaker_actor": actor, "speaker_party": party,
        "speaker_kind": "named" if text else "role", "speaker_named_start": None, "target_text": None,
        "target_party": None, "note": None, **more,
    }  # fmt: skip


def test_another_name_of_an_actor_of_the_case_has_its_party(case: Case) -> None:
    (claim,), _ = settle_speakers(
        [_claim("A.  Vell", "A. Vell")], [_decision("A. Vell", "link", same_as="Ana Vell")], case
    )
    assert (claim["speaker_actor"], claim["speaker_party"]) == ("Ana Vell", "government")


def test_a_pronoun_follows_the_name_it_stands_for(case: Case) -> None:
    (claim,), _ = settle_speakers(
        [_claim("she", "Mira Dorn")], [_decision("Mira Dorn", "correct", speaker_party="rebels")], case
    )
    assert claim["speaker_party"] == "rebels"


def test_names_in_a_chain_end_at_one_actor_and_a_circle_says_nothing(case: Case) -> None:
    chain = [_decision("Vell", "link", same_as="A. Vell"), _decision("A. Vell", "link", same_as="Ana Vell")]
    assert settle_names(chain, case).actor("the Vell") == "Ana Vell"
    assert settle_names([*chain, _decision("Ana Vell", "link", same_as="Vell")], case).same_as == {}


def test_what_is_no_actor_loses_name_and_party_and_says_why(case: Case) -> None:
    (claim,), _ = settle_speakers([_claim("He", "He", "rebels")], [_decision("He", "reject", no_actor=True)], case)
    assert (claim["speaker_actor"], claim["speaker_party"], claim["speaker_kind"]) == (None, None, "role")
    assert claim["note"] == "name decided by Kim: it says so (speaker_actor was He; speaker_party was rebels)"
    unsettled = _claim("He", "He", "rebels")
    assert settle_speakers([unsettled], [_decision("He", "reject")], case) == ([unsettled], [])


def test_who_is_blamed_under_that_name_moves_too(case: Case) -> None:
    claim = _claim("Lena", "Lena", target_text="the Hill Guard", target_party=None)
    (settled,), _ = settle_speakers([claim], [_decision("Hill Guard", "correct", speaker_party="rebels")], case)
    assert (settled["target_party"], settled["speaker_party"]) == ("rebels", None)


def test_what_people_entered_and_unknown_parties_are_left_alone(case: Case) -> None:
    entered = _claim("A. Vell", "A. Vell", "rebels", origin="statement")
    decisions = [_decision("A. Vell", "link", same_as="Ana Vell"), _decision("Harrow", "correct", speaker_party="x")]
    claims, notes = settle_speakers([entered, _claim("Harrow")], decisions, case)
    assert claims == [entered, _claim("Harrow")]
    assert ["no claim of a document" in notes[0], "no party of the case" in notes[1]] == [True, True]


_DECISIONS = st.lists(
    st.builds(
        _decision, st.sampled_from(NAMES), st.sampled_from(["link", "correct", "reject", "accept"]),
        same_as=st.sampled_from(NAMES), speaker_party=st.sampled_from(["rebels", "government", "x", None]),
        no_actor=st.booleans(),
    ),
    max_size=8,
)  # fmt: skip


@given(_DECISIONS, st.lists(st.sampled_from(NAMES), max_size=5))
def test_settling_twice_is_settling_once_and_touches_no_other_column(
    case: Case, decisions: list[dict[str, Any]], speakers: list[str]
) -> None:
    claims = [_claim(name, name, passage="p") for name in speakers]
    once, _ = settle_speakers(claims, decisions, case)
    twice, _ = settle_speakers(once, decisions, case)
    assert [{**row, "note": None} for row in twice] == [{**row, "note": None} for row in once]
    assert all(row["passage"] == "p" and row["speaker_text"] == name for row, name in zip(once, speakers, strict=True))


def test_the_next_build_carries_it_out_and_claims_keep_their_ids(built_case: Path) -> None:
    case = open_case(built_case)
    before = read_tables(case)["claims"].to_pylist()
    name = next(
        row["speaker_actor"] for row in before if row["speaker_party"] == "rebels" and row["origin"] == "document"
    )
    append_decision(built_case / "decisions.jsonl", _decision(name, "correct", speaker_party="monitors"))
    after = build_case(case).tables["claims"].to_pylist()
    assert [row["claim_id"] for row in after] == [row["claim_id"] for row in before]
    moved = {
        row["claim_id"]
        for row in before
        if row["origin"] == "document" and plain_name(row["speaker_actor"] or "") == plain_name(name)
    }
    assert moved == {
        a["claim_id"] for a, b in zip(after, before, strict=True) if a["speaker_party"] != b["speaker_party"]
    }
    number = str(len((built_case / "decisions.jsonl").read_text().splitlines()))
    append_decision(built_case / "decisions.jsonl", {**_decision(number, "undo"), "table": "decisions"})
    assert build_case(case).tables["claims"].to_pylist() == before
