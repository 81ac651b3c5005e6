"""The common timeline, and the picture of who voted how."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from itertools import pairwise
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.web.invented import make_tables

from contested.base.case import Case
from contested.web.council_page import show_council
from contested.web.edition import Edition
from contested.web.ground import read_grounds
from contested.web.timeline import place_days
from contested.web.timeline_page import TimelinePage, show_timeline
from contested.web.votes_picture import draw_votes, order_members, vote_columns


@pytest.fixture
def edition(case: Case, tables: Mapping[str, pa.Table]) -> Edition:
    return Edition.of(case, tables)


def timeline_of(edition: Edition) -> TimelinePage:
    page = show_timeline(edition, read_grounds(edition))
    assert page is not None
    return page


def test_everything_dated_stands_on_one_axis(edition: Edition) -> None:
    page = timeline_of(edition)
    lanes: dict[str, list[str]] = {}
    for moment in page.moments:
        lanes.setdefault(moment.lane, []).append(moment.day)
    assert lanes["Event"] == ["2 March 2020"] and lanes["Reported attacks"] == ["2 March 2020", "8 March 2020"]
    # Blocks NW and SE pass to the north; for two days NW is contested.
    assert lanes["Ground: Northland"] == ["7 March 2020", "9 March 2020"]
    assert lanes["Ground: Contested"] == ["5 March 2020"]
    assert lanes["Votes"] == ["9 June 2020"]
    # Statements: not the readings of a machine, which tell them again, and not the votes as claims.
    assert len(lanes["Northland"]) == 3 and lanes["Elsewhere"] == ["3 March 2020"]
    assert page.svg.count("<title>") >= len(page.moments) and "shape-veto" in page.svg
    assert "<script" not in page.svg


def test_a_case_without_any_day_has_no_timeline(case: Case) -> None:
    empty = {name: table.slice(0, 0) for name, table in make_tables().items()}
    edition = Edition.of(case, empty)
    page = show_timeline(edition, [])
    assert page is not None and [moment.lane for moment in page.moments] == ["Event"]
    without = case.file.model_copy(update={"events": ()})
    assert show_timeline(Edition.of(Case(case.folder, without, case.derived), empty), []) is None


@given(st.sets(st.dates(date(2017, 1, 1), date(2020, 1, 1)), min_size=2, max_size=30))
def test_days_keep_their_order_and_stay_between_the_ends(found: set[date]) -> None:
    days = sorted(found)
    xs, cuts = place_days(days, (10.0, 90.0))
    placed = [xs[day] for day in days]
    assert placed == sorted(placed) and len(set(placed)) == len(days)
    assert abs(placed[0] - 10) < 1e-6 and abs(placed[-1] - 90) < 1e-6
    assert all(10 < x < 90 for x, _ in cuts)


# --- votes -----------------------------------------------------------------------------------------

VOTES = st.dictionaries(
    st.tuples(st.sampled_from(["Aland", "Borland", "Cland", "Dland"]), st.sampled_from(["S/1", "S/2"])),
    st.sampled_from(["yes", "no", "abstain", "absent"]),
    min_size=1,
)


def vote_row(member: str, draft: str, vote: str, **more: Any) -> dict[str, Any]:
    row = {
        "draft": draft, "member": member, "vote": vote, "veto": False, "voted_on": date(2020, 6, 9),
        "outcome": "adopted", "sponsors": ["Aland"],
    }  # fmt: skip
    return {**row, **more}


@given(VOTES)
def test_every_vote_is_drawn_once_with_its_word(cast: dict[tuple[str, str], str]) -> None:
    votes = {(member, draft): vote_row(member, draft, vote) for (member, draft), vote in cast.items()}
    drafts = sorted({draft for _, draft in votes})
    columns = vote_columns([[row for row in votes.values() if row["draft"] == draft] for draft in drafts])
    svg = draw_votes(columns, votes)
    for vote in ("yes", "no", "abstain", "absent"):
        assert svg.count(f'class="{vote}"') == list(cast.values()).count(vote)
    members = {member for member, _ in votes}
    assert svg.count("no row") == len(members) * len(drafts) - len(votes)
    assert svg.count("tabled it") == sum(member == "Aland" for member, _ in votes)
    order = order_members(votes, drafts)
    assert sorted(order) == sorted(members)
    # Members who voted alike stand together.
    patterns = [tuple(cast.get((member, draft)) for draft in drafts) for member in order]
    assert len({*patterns}) == 1 + sum(a != b for a, b in pairwise(patterns))


def test_a_veto_is_marked_by_more_than_a_colour() -> None:
    rows = {("A<b>", "S/1"): vote_row("A<b>", "S/1", "no", veto=True, outcome="vetoed")}
    svg = draw_votes(vote_columns([list(rows.values())]), rows)
    assert 'class="veto"' in svg and "no (veto)" in svg and "vetoed" in svg and "<b>" not in svg


def test_the_table_beneath_the_picture_has_the_same_order(edition: Edition) -> None:
    council = show_council(edition)
    assert council is not None
    members = [member for _, _, member, _ in council.members]
    at = [council.picture.index(f">{member}<") for member in members]
    assert at == sorted(at) and members == ["South", "Watchland", "North"]
    assert [href for _, href, _, _ in council.members] == [
        "accounts/south.html", "accounts/watch.html", "accounts/north.html"
    ]  # fmt: skip
