"""The front page: three sentences, the strips of answers, who could know, what would overturn the findings."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.web.invented import claim, make_tables

from contested.base.case import Case
from contested.base.records import CLAIMS
from contested.web.answer_strip import StripMark, draw_answers
from contested.web.edition import Edition
from contested.web.event_opening import show_opening
from contested.web.index_page import show_index
from contested.web.knowing import show_knowing
from contested.web.overturning import show_short_findings, show_short_odds


@pytest.fixture
def edition(case: Case, tables: Mapping[str, pa.Table]) -> Edition:
    return Edition.of(case, tables)


def plain(markup: Any) -> str:
    return re.sub(r"<[^>]*>", "", str(markup))


def with_claims(case: Case, *rows: dict[str, Any]) -> Edition:
    return Edition.of(case, {**make_tables(), "claims": CLAIMS.from_rows(rows)})


# --- the three sentences ---------------------------------------------------------------------------


def test_beside_the_blame_stands_the_reply_in_the_same_paragraph(edition: Edition) -> None:
    event = edition.case.file.events[0]
    opening = show_opening(edition, event, show_knowing(edition, event.id).sources)
    # The machine's reading (C4) of the south blames nobody here, since a person has entered other blames.
    assert [plain(sentence) for sentence in opening.blamed] == [
        "Blame on Northland comes from The Watch (1 claim).",
        "Northland: denies (1) and gives another explanation (1).",
        "Blame on Southland comes from Northland (suspects) (1 claim).",
        "No reply of Southland was found.",
        "Another explanation is given by Northland.",
    ]


def test_what_the_record_says_counts_and_never_names_who_did_it(edition: Edition) -> None:
    event = edition.case.file.events[0]
    opening = show_opening(edition, event, show_knowing(edition, event.id).sources)
    told = [plain(sentence) for sentence in opening.record]
    assert told[0] == "Tests asked of the record: 2, of them refused for want of data: 1."
    pairs = re.fullmatch(r"Pairs of rival accounts .* tells apart: (\d) of (\d)\.", told[2])
    assert pairs and len(told) == 3 + int(pairs[1])
    assert plain(opening.counted) == (
        "It is told of in 4 claims of 2 independent sources, and in 3 records of datasets."
    )


def test_a_case_without_tests_says_that_nothing_was_tested(case: Case) -> None:
    empty = {name: table.slice(0, 0) for name, table in make_tables().items()}
    (event,) = show_index(Edition.of(case, empty), None, "", None).events
    assert [plain(sentence) for sentence in event.opening.record] == [
        "The case asks no test of it and weighs no accounts."
    ]
    assert [plain(sentence) for sentence in event.opening.blamed] == ["No claim of this dossier blames a party."]


# --- strips ----------------------------------------------------------------------------------------

ANSWERS = st.lists(
    st.builds(
        StripMark, st.dates(date(2017, 4, 1), date(2019, 1, 1)), st.text(max_size=8),
        st.sampled_from(["latest", "other", "unchecked"]),
    ),
    max_size=8,
)  # fmt: skip


@given(ANSWERS, st.lists(st.dates(date(2017, 4, 1), date(2019, 1, 1)), max_size=4))
def test_a_strip_draws_every_answer_inside_its_axis_or_nothing(marks: list[StripMark], others: list[date]) -> None:
    days = sorted({*(mark.day for mark in marks), *others})
    svg = draw_answers(marks, days)
    assert (svg is None) == (len({mark.day for mark in marks}) < 2)
    if svg is not None:
        shapes = {"latest": 'class="as-latest"', "other": 'class="otherwise"', "unchecked": 'class="by-machine"'}
        for kind, shape in shapes.items():
            assert svg.count(shape) == sum(mark.kind == kind for mark in marks)
        xs = [float(x) for x in re.findall(r'(?:cx="|d="M)([\d.]+)', svg)]
        assert all(8 <= x <= 124 for x in xs)


def test_a_strip_says_in_words_what_it_draws() -> None:
    first = date(2020, 3, 3)
    marks = [StripMark(first, "no <b>", "other"), StripMark(first + timedelta(6), "yes", "latest")]
    svg = str(draw_answers(marks, [mark.day for mark in marks]))
    assert 'aria-label="Answers over time. 3 March 2020: no &lt;b&gt; and 9 March 2020: yes."' in svg
    assert "<b>" not in svg


def test_the_matrix_draws_how_an_answer_changed(edition: Edition) -> None:
    rows = {row.party.id: row for row in show_index(edition, None, "", None).events[0].accounts}
    who = next(cell for cell in rows["north"].cells if cell.question == "who")
    assert who.strip is not None and who.strip.count('class="otherwise"') == who.strip.count('class="as-latest"') == 1
    assert all(cell.strip is None for cell in rows["watch"].cells)
    assert rows["north"].href == "accounts/north.html"


# --- who was in a position to know -----------------------------------------------------------------


def test_ten_outlets_that_carry_one_speaker_are_one_source(case: Case) -> None:
    link = {"text": "An agency", "start": 0, "end": 1}
    day = date(2020, 3, 3)
    carried = [
        claim(f"C{number}", "watch", "blames", "said the gas", day, speaker_actor="A medic", target_party="north",
              second_hand=True, via=[{**link, "text": f"Outlet {number}"}, link])
        for number in range(10)
    ]  # fmt: skip
    own = claim("D1", "north", "denies", "denied it", day, speaker_actor="The ministry", basis="a log of flights")
    unnamed = claim("D2", None, "reports", "Two spaces", day, speaker_text=None)
    knowing = show_knowing(with_claims(case, *carried, own, unnamed), "gas")
    assert (knowing.sources.text, knowing.based.text, knowing.own.text, knowing.relayed.text) == ("2", "1", "1", "1")
    assert knowing.unnamed is not None and knowing.unnamed.text == "1"
    assert [(line.name, line.claims.text, line.basis) for line in knowing.lines] == [
        ("north office", "1", ("a log of flights",)), ("watch office", "10", ())
    ]  # fmt: skip
    assert knowing.lines[0].own_publication and not knowing.lines[1].own_publication


def test_a_checked_claim_keeps_machine_readings_out_of_the_count(case: Case) -> None:
    day = date(2020, 3, 3)
    machine = claim("C1", "south", "blames", "said the gas", day, target_party="north", checked=False)
    person = claim("C2", "north", "denies", "denied it", day)
    assert show_knowing(with_claims(case, machine, person), "gas").sources.text == "1"
    alone = show_knowing(with_claims(case, machine), "gas")
    assert alone.sources.text == "1" and alone.unchecked


# --- what would overturn ---------------------------------------------------------------------------


def test_a_finding_says_in_how_many_choices_it_holds_and_where_not(edition: Edition) -> None:
    (tested,), (refused,) = show_short_findings(edition)
    assert tested.holds is not None and [number.text for number in tested.holds] == ["1", "2"]
    assert len(tested.flips) == 1 and tested.flips[0][0].startswith("findings.html#variant-")
    assert "SECRET" not in tested.flips[0][1]
    assert [number.text for number in tested.result] == ["0.75", "0.3", "0.96"]
    assert refused.holds is None and refused.reporting_term is None


def test_rival_accounts_name_the_item_that_would_turn_their_order(edition: Edition) -> None:
    titles = {row["title"] for row in edition.public.of("evidence")}
    found = show_short_odds(edition)
    assert len(found) == 3
    for one in found:
        assert (one.common_factor is None) == (one.verdict == "not_told_apart")
        assert one.evidence is None or one.evidence in titles
        assert one.href.startswith("weighed.html#odds-")


def test_every_number_of_the_front_page_can_be_followed(dossier: Path) -> None:
    page = (dossier / "index.html").read_text(encoding="utf-8")
    entries = json.loads((dossier / "numbers.json").read_text(encoding="utf-8"))
    printed = set(re.findall(r'data-number="(N\d+)"', page))
    assert printed == {name for name, entry in entries.items() if entry["page"] == "index.html"}
    assert len(printed) > 30
