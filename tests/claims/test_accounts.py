from datetime import date, timedelta
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contested.base.case import Case, open_case
from contested.base.records import ACCOUNTS, CONTRADICTIONS, STANCES
from contested.claims.accounts import assign_events, gather_accounts
from contested.claims.decided import apply_decisions

TEMPLATE = Path(__file__).parents[2] / "src/contested/presets/new-case"
CASE: Case = open_case(TEMPLATE)


def _claim(number: int = 1, **facts: Any) -> dict[str, Any]:
    return {
        "claim_id": f"c{number}", "origin": "statement", "event_id": "market", "speaker_party": "government",
        "stance": "reports", "modality": "asserts", "said_on": date(2021, 3, 10 + number), "checked": True,
    } | facts  # fmt: skip


def _kinds(*claims: dict[str, Any]) -> list[tuple[str, str]]:
    return [(row["kind"], row["question"]) for row in gather_accounts(claims, CASE)[1]]


@pytest.mark.parametrize(
    ("first", "second", "contradicts"),
    [
        ({"mechanism": "depot_hit"}, {"stance": "denies_event", "mechanism": "fabricated"}, True),
        ({"mechanism": "depot_hit"}, {"mechanism": "staged"}, True),
        ({"mechanism": "depot_hit"}, {"mechanism": "ground_device"}, True),
        ({"mechanism": "staged"}, {"mechanism": "ground_device"}, False),
        ({"mechanism": "air_strike"}, {"mechanism": "helicopter_munition"}, False),
        ({"happened": "yes"}, {"happened": "no"}, True),
        ({"happened": "unclear"}, {"happened": "no"}, False),
        ({"means": "sarin"}, {"means": "sarin or a sarin-like agent"}, False),
        ({"means": "nerve agent (organophosphorus)"}, {"means": "sarin"}, False),
        ({"means": "chlorine and white phosphorus"}, {"means": "chlorine"}, False),
        ({"means": "chlorine"}, {"means": "sarin"}, True),
        ({"event_time": "06:30-07:00"}, {"event_time": "11:30-12:30"}, True),
        ({"event_time": "06:30"}, {"event_time": "about 6.30"}, False),
        ({"killed_low": 58}, {"killed_low": 87, "killed_high": 87}, False),  # the dead are found one by one
        ({"killed_low": 87}, {"killed_low": 20, "killed_high": 30}, True),
        ({"stance": "blames", "target_party": "rebels"}, {"stance": "blames", "target_party": "monitors"}, True),
        ({"stance": "blames", "target_party": "rebels"}, {"stance": "denies", "target_party": "rebels"}, True),
        ({"stance": "denies", "target_party": "monitors"}, {"stance": "blames", "target_party": "rebels"}, False),
        ({"stance": "declines_to_attribute"}, {"stance": "blames", "target_party": "rebels"}, False),
    ],
)  # fmt: skip
def test_what_cannot_both_hold_is_found_within_and_between(
    first: dict[str, Any], second: dict[str, Any], contradicts: bool
) -> None:
    for party, kind in (("government", "within"), ("rebels", "between")):
        found = _kinds(_claim(1, **first), _claim(2, **second, speaker_party=party))
        assert bool(found) == contradicts
        assert all(row[0] == kind for row in found)


def test_two_versions_of_one_day_contradict_each_other() -> None:
    same = date(2021, 3, 12)
    claims = [_claim(1, mechanism="depot_hit", said_on=same), _claim(2, mechanism="staged", said_on=same)]
    rows, contradictions = gather_accounts(claims, CASE)
    assert [row["kind"] for row in contradictions] == ["within"]
    assert all(row["latest"] for row in rows if row["question"] == "how")


def test_an_undated_report_is_never_the_latest_answer_beside_a_dated_one() -> None:
    late = _claim(1, happened="yes", said_on=None, reported_on=date(2026, 1, 1))
    rows, _ = gather_accounts([late, _claim(2, happened="no")], CASE)
    assert [(row["claim_id"], row["latest"]) for row in rows] == [("c2", True), ("c1", False)]


def test_a_reading_that_nobody_checked_stands_behind_what_a_person_entered() -> None:
    machine = _claim(3, happened="no", checked=False)
    rows, contradictions = gather_accounts([_claim(1, happened="yes"), machine], CASE)
    assert [(row["claim_id"], row["latest"], row["checked"]) for row in rows] == [
        ("c1", True, True),
        ("c3", False, False),
    ]
    assert [row["checked"] for row in contradictions] == [False]
    rows, _ = gather_accounts([machine], CASE)
    assert [row["latest"] for row in rows] == [True]


def test_reviewers_accept_and_reject_readings() -> None:
    claims = [_claim(1, happened="yes", checked=False), _claim(2, happened="no", checked=False)]
    judged = [
        {"table": "claims", "row_key": "c1", "action": "accept", "decided_by": "r1", "reason": "read"},
        {"table": "claims", "row_key": "c2", "action": "reject", "decided_by": "r1", "reason": "no such words"},
    ]
    (accepted, rejected), _ = apply_decisions(claims, judged)
    assert accepted["checked"] and rejected["event_id"] is None and "no such words" in rejected["note"]
    assert [row["claim_id"] for row in gather_accounts([accepted, rejected], CASE)[0]] == ["c1"]


def test_who_did_it_is_said_with_its_modality() -> None:
    rows, _ = gather_accounts([_claim(stance="blames", target_party="rebels", modality="suspects")], CASE)
    assert [row["answer"] for row in rows] == ["blames Upland Front (suspects)"]


FACTS = st.fixed_dictionaries(
    {
        "stance": st.sampled_from(STANCES),
        "speaker_party": st.sampled_from(["government", "rebels", "monitors"]),
        "target_party": st.sampled_from([None, "government", "rebels"]),
        "happened": st.sampled_from([None, "yes", "no", "unclear"]),
        "mechanism": st.sampled_from([None, "depot_hit", "staged", "air_strike"]),
        "killed_low": st.sampled_from([None, 3, 9]),
    }
)


@given(st.lists(FACTS, max_size=4))
def test_accounts_do_not_depend_on_the_order_of_claims(facts: list[dict[str, Any]]) -> None:
    claims = [_claim(number, **fact) for number, fact in enumerate(facts)]
    expected = None
    for order in permutations(claims):
        accounts, contradictions = gather_accounts(order, CASE)
        tables = ACCOUNTS.from_rows(accounts), CONTRADICTIONS.from_rows(contradictions)
        expected = expected or tables
        assert tables[0].equals(expected[0]) and tables[1].equals(expected[1])
        ids = {claim["claim_id"] for claim in claims}
        assert {row["claim_id"] for row in accounts} <= ids


def test_a_claim_belongs_to_the_event_whose_words_stand_in_its_paragraph() -> None:
    text = "On another matter he said no.\n\nShe said that the market was hit.\nElsewhere, they denied it."

    def passage(words: str) -> list[dict[str, Any]]:
        start = text.index(words)
        return [{"text": words, "start": start, "end": start + len(words)}]

    base = {"origin": "document", "document_id": "d", "event_id": None, "stance": "reports"}
    claims = [
        base | {"original_path": "documents/other.txt", "passage": passage("no")},
        base | {"original_path": "documents/other.txt", "passage": passage("that the market was hit")},
        base | {"original_path": "documents/briefing.txt", "passage": passage("denied it"), "stance": "denies"},
        base | {"original_path": "documents/briefing.txt", "passage": passage("no")},
    ]
    assigned = assign_events(claims, {"d": text}, CASE)
    assert [row["event_id"] for row in assigned] == [None, "market", "market", None]


def test_a_general_allegation_is_not_counted_against_the_incident() -> None:
    path = case_document(CASE)
    text = "Rebels shelled the market. The rebels have shelled markets for years."
    texts = {"d": text}
    claims = [
        _read(1, path, text, (0, 25), speaks_of="event"),
        _read(2, path, text, (27, 67), speaks_of="history"),
        _read(3, path, text, (27, 67), speaks_of="follow_up"),
    ]
    events = [row["event_id"] for row in assign_events(claims, texts, CASE)]
    assert events[0] is not None
    assert events[1:] == [None, None]


def test_a_follow_up_belongs_to_an_event_of_its_own() -> None:
    path = case_document(CASE)
    market = CASE.file.events[0]
    clinic = market.model_copy(update={"id": "clinic", "place": "Mill Street clinic", "words": ("clinic",)})
    case = Case(CASE.folder, CASE.file.model_copy(update={"events": (market, clinic)}), CASE.out)
    text = "Then jets hit the clinic near the market in Lower Harrow."
    claim = _read(1, path, text, (0, len(text)), speaks_of="follow_up")
    assert assign_events([claim], {"d": text}, case)[0]["event_id"] == "clinic"
    assert assign_events([claim], {"d": text}, CASE)[0]["event_id"] is None


def test_what_is_said_about_the_answer_to_an_event_answers_no_question_about_it() -> None:
    assert gather_accounts([_claim(happened="yes", speaks_of="response")], CASE)[0] == []
    assert gather_accounts([_claim(happened="yes", speaks_of="event")], CASE)[0] != []


@pytest.mark.parametrize(("days", "contradicts"), [((4, 4), False), ((5, 9), True), ((3, 6), False), (None, False)])
def test_days_that_do_not_meet_contradict(days: tuple[int, int] | None, contradicts: bool) -> None:
    first = _claim(1, event_time="Tuesday", event_on_low=date(2021, 3, 4), event_on_high=date(2021, 3, 4))
    second = _claim(2, event_time="later", speaker_party="rebels")
    if days is not None:
        second |= {"event_on_low": date(2021, 3, days[0]), "event_on_high": date(2021, 3, days[1])}
    assert bool(_kinds(first, second)) == contradicts


def case_document(case: Case) -> str:
    return next(entry.path for entry in case.file.documents if entry.event is not None)


def _read(number: int, path: str, text: str, piece: tuple[int, int], **facts: Any) -> dict[str, Any]:
    start, end = piece
    return _claim(number, **facts) | {
        "origin": "document", "document_id": "d", "original_path": path, "event_id": None, "stance": "blames",
        "passage": [{"text": text[start:end], "start": start, "end": end}],
    }  # fmt: skip


def test_days_of_the_event_and_a_series_of_attacks_keep_a_claim_of_several_attacks() -> None:
    market = CASE.file.events[0]
    text = f"Shells fell on {market.place} on eight occasions."
    claim = _read(1, case_document(CASE), text, (0, len(text)), speaks_of="history")
    dated = claim | {"event_on_low": market.first, "event_on_high": market.last}
    earlier = claim | {"event_on_low": date(2013, 1, 1), "event_on_high": date(2013, 1, 1)}
    rows = assign_events([claim, dated, earlier], {"d": text}, CASE)
    assert [(row["event_id"], row["speaks_of"]) for row in rows] == [
        (None, "history"), (market.id, "event"), (None, "history"),
    ]  # fmt: skip
    series = market.model_copy(update={"last": market.first + timedelta(days=20)})
    case = Case(CASE.folder, CASE.file.model_copy(update={"events": (series,)}), CASE.out)
    assert assign_events([claim], {"d": text}, case)[0]["event_id"] == market.id
