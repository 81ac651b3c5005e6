"""The page of a party's account: nothing lost, nothing altered, others beside it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from tests.web.invented import claim, make_tables

from contested.base.case import Case
from contested.base.records import ACCOUNTS, CLAIMS
from contested.web import account_pages
from contested.web.account_pages import AccountClaim, AccountPage, show_accounts
from contested.web.addresses import anchor
from contested.web.edition import Edition


@pytest.fixture
def edition(case: Case, tables: Mapping[str, pa.Table]) -> Edition:
    return Edition.of(case, tables)


def claims_of(page: AccountPage) -> list[AccountClaim]:
    return [one for event in page.events for one in (*event.claims, *event.unchecked)]


def test_every_printed_claim_of_a_party_stands_on_one_page_once(edition: Edition) -> None:
    shown = Counter(one.anchor for page in show_accounts(edition) for one in claims_of(page))
    expected = Counter(
        f"claim-{anchor(row['claim_id'])}" for row in edition.public.of("claims")
        if row["origin"] != "vote" and row["speaker_party"]
    )  # fmt: skip
    assert shown == expected and len(expected) == 7


def test_passages_stand_word_for_word(edition: Edition) -> None:
    rows = {f"claim-{anchor(key)}": row for key, row in edition.public.rows["claims"].items()}
    for page in show_accounts(edition):
        for one in claims_of(page):
            assert one.claim.passage == tuple(piece["text"] for piece in rows[one.anchor]["passage"])


def test_claims_are_in_the_order_of_time_and_machine_readings_apart(edition: Edition) -> None:
    pages = {page.party.id: page for page in show_accounts(edition)}
    (event,) = pages["north"].events
    assert [one.claim.said_on for one in event.claims] == ["3 March 2020", "9 March 2020", "9 March 2020"]
    assert [one.claim.checked for one in event.claims] == [True] * 3
    assert [one.anchor for one in event.unchecked] == ["claim-C8"]
    assert pages["north"].n_claims.text == "3" and pages["north"].n_unchecked is not None
    # Nobody has checked anything of the south; a claim of no event stands by itself.
    assert pages["south"].n_claims.text == "0" and pages["south"].events[0].claims == ()
    assert [event.title for event in pages["Elsewhere"].events] == [None]


def test_beside_an_answer_stand_the_latest_answers_of_others(edition: Edition) -> None:
    pages = {page.party.id: page for page in show_accounts(edition)}
    denial = pages["north"].events[0].claims[0].answers[0]
    assert (denial.question, denial.before) == ("who", None)
    found = {relation: [other.party.id for other in others] for relation, others in denial.others}
    assert found == {"against": ["south", "watch"]}
    blame = pages["watch"].events[0].claims[0].answers[0]
    found = {relation: [other.party.id for other in others] for relation, others in blame.others}
    # The latest answer of the north is no denial any more, and nothing says that the two cannot both hold.
    assert found == {"same": ["south"], "other": ["north"]}


def test_an_answer_given_again_points_to_where_it_stood_first(case: Case) -> None:
    tables = make_tables()
    rows = tables["accounts"].to_pylist()
    again = {**next(row for row in rows if row["claim_id"] == "C2"), "claim_id": "C3", "position": 4}
    tables["accounts"] = ACCOUNTS.from_rows([*rows, again])
    pages = {page.party.id: page for page in show_accounts(Edition.of(case, tables))}
    later = next(one for one in pages["north"].events[0].claims if one.anchor == "claim-C3")
    told = {answer.question: answer for answer in later.answers}
    assert told["who"].before == ("claim-C2", "3 March 2020") and told["who"].others == ()


def test_contradictions_with_itself_lead_to_the_partys_own_claims(edition: Edition) -> None:
    north = next(page for page in show_accounts(edition) if page.party.id == "north")
    who = next(one for one in north.events[0].questions if one.question == "who")
    ((first, then, _),) = who.within
    assert (first.href, then.href) == ("accounts/north.html#claim-C2", "accounts/north.html#claim-C5")
    assert who.strip is not None and north.n_within.text == "1"


def test_what_a_party_withdrew_says_so(case: Case) -> None:
    rows: list[dict[str, Any]] = [
        claim("C1", "north", "reports", "Two spaces", date(2020, 3, 3), means="chlorine"),
        claim("C2", "north", "retracts", "denied it", date(2020, 3, 5), means="chlorine"),
        claim("C3", "north", "reports", "said the gas", date(2020, 3, 6), means="chlorine"),
    ]
    tables = {**make_tables(), "claims": CLAIMS.from_rows(rows)}
    (page,) = show_accounts(Edition.of(case, tables))
    assert page.n_retracting is not None and page.n_retracting.text == "1"
    withdrawn = {one.anchor: one.withdrawn for one in claims_of(page)}
    assert withdrawn["claim-C1"] is not None and withdrawn["claim-C1"].href == "claims.html#C2"
    assert withdrawn["claim-C2"] is None and withdrawn["claim-C3"] is None


def test_votes_of_the_party_stand_on_its_page(edition: Edition) -> None:
    pages = {page.party.id: page for page in show_accounts(edition)}
    assert pages["north"].votes == (("council.html#vote-V0", "S/2020/1", "9 June 2020", "no (veto)"),)
    assert pages["Elsewhere"].votes == ()


def test_a_page_stays_bounded_and_says_so(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(account_pages, "MAX_CLAIMS", 2)
    pages = {page.party.id: page for page in show_accounts(Edition.of(case, make_tables()))}
    assert len(pages["north"].events[0].claims) == 2 and pages["north"].events[0].left_off
    assert not pages["watch"].events[0].left_off


def test_matrix_and_claims_lead_to_the_account(dossier: Path) -> None:
    for name in ("index.html", "claims.html"):
        assert 'href="accounts/north.html"' in (dossier / name).read_text(encoding="utf-8")
    page = (dossier / "accounts/north.html").read_text(encoding="utf-8")
    assert 'href="../documents/' in page and 'href="../rows.html#N' in page
