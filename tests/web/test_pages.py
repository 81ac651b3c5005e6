"""What the pages show, before any template."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.web.invented import HOSTILE, link, make_tables

from contested.base.case import Case
from contested.base.records import CLAIMS, INCIDENTS, LINKS, TABLES, row_id
from contested.web import blames, claim_pages
from contested.web.addresses import anchor, safe_link
from contested.web.beside_findings import show_pictures
from contested.web.council_page import show_council
from contested.web.edition import Edition
from contested.web.figures import draw_figures, small_days
from contested.web.finding_figures import draw_series
from contested.web.finding_pages import show_findings
from contested.web.ground import read_grounds, simplified
from contested.web.incident_pages import incident_order, show_incidents, show_rows
from contested.web.index_page import show_index
from contested.web.marks import PALETTE
from contested.web.one_incident import show_incident_pages
from contested.web.ratio_figure import RatioBar, draw_ratios
from contested.web.robustness_figure import round_ticks
from contested.web.strings import TEXT
from contested.web.timeline import Moment, draw_timeline
from contested.web.weighed_page import show_weighed


@pytest.fixture
def edition(case: Case, tables: Mapping[str, pa.Table]) -> Edition:
    return Edition.of(case, tables)


def event_of(edition: Edition) -> Any:
    return show_index(edition, None, "", None).events[0]


def test_the_matrix_shows_latest_and_earlier(edition: Edition) -> None:
    event = event_of(edition)
    assert event.questions == ("who", "means", "how")
    assert event.unanswered == ("happened", "when", "toll")
    rows = {row.party.id: {cell.question: cell for cell in row.cells} for row in event.accounts}
    assert list(rows) == ["north", "south", "watch"]
    who = rows["north"]["who"]
    assert [said.text for said in who.latest] == ["blames Southland (suspects)"]
    assert [(said.text, said.said_on) for said in who.earlier] == [("denies that Northland did it", "3 March 2020")]
    assert who.earlier_number.text == "1" and who.within.text == "1" and who.between.text == "1"
    assert not who.agrees and rows["south"]["who"].agrees and rows["watch"]["who"].agrees
    assert rows["watch"]["who"].latest[0].href == "claims.html#C1"


def test_a_machines_reading_stands_apart_from_checked_claims(edition: Edition) -> None:
    event = event_of(edition)
    cells = {(row.party.id, cell.question): cell for row in event.accounts for cell in row.cells}
    north = cells["north", "who"]
    assert [said.text for said in north.unchecked] == ["declines to attribute"] and north.unchecked_number.text == "1"
    assert not cells["south", "who"].latest[0].checked and cells["watch", "who"].latest[0].checked
    assert [one.anchor for one in event.unchecked] == ["contradiction-K3"]
    assert (event.between_number.text, event.within_number.text, event.unchecked_number.text) == ("1", "1", "1")


def test_beside_each_blame_stands_the_reply_or_that_none_was_found(edition: Edition) -> None:
    blames = {(blame.speaker.id, blame.target.id): blame for blame in event_of(edition).blames}
    assert set(blames) == {("watch", "north"), ("south", "north"), ("north", "south")}
    replies = [(words, said.href) for words, said in blames["watch", "north"].replies]
    assert replies == [("denies", "claims.html#C2"), ("gives another explanation", "claims.html#C3")]
    assert blames["north", "south"].replies == ()
    assert blames["north", "south"].modality == "suspects"


def test_only_reported_words_are_shown_as_a_quotation(edition: Edition) -> None:
    row = edition.public.rows["claims"]["C2"]
    assert claim_pages.show_claim(edition, row).passage == tuple(piece["text"] for piece in row["passage"])
    assert claim_pages.show_claim(edition, {**row, "quoted": False}).passage == ()


def test_the_answer_shown_beside_a_blame_is_the_first_after_it_else_the_last_before(edition: Edition) -> None:
    denial = edition.public.rows["claims"]["C2"]
    days = [date(2020, 3, day) for day in (3, 9, 20, 25)]
    said = [
        {**denial, "claim_id": name, "said_on": day} for name, day in zip(("C1", "C2", "C3", "C4"), days, strict=True)
    ]
    blamed = (date(2020, 3, 1), days[1], date(2020, 3, 12), date(2020, 4, 1))
    for blamed_on, shown in zip(blamed, ("C1", "C2", "C3", "C4"), strict=True):
        ((_, answer),) = blames.choose_replies(edition, said, denial["speaker_party"], blamed_on)
        assert answer.href == f"claims.html#{shown}"


def test_contradictions_within_and_between(edition: Edition) -> None:
    event = event_of(edition)
    assert [(mark.id, len(found)) for mark, found in event.within] == [("north", 1)]
    assert [(question, len(found)) for question, found in event.between] == [("who", 1)]


def test_an_incident_keeps_every_source(edition: Edition) -> None:
    first = show_incident_pages(edition)[0].incident
    assert (first.number, first.title, len(first.records)) == (1, "Night attack", 2)
    assert [(toll.low.text, toll.high.text) for toll in first.tolls] == [("2", "5")]
    layer = first.places[0].layers[0]
    assert [(share.party.id, share.p.text, share.held) for share in layer.shares] == [
        ("south", "75 %", True), ("north", "25 %", False)
    ]  # fmt: skip
    assert layer.front.text == "1,234" and layer.changed_to.id == "north"


def test_an_incident_says_what_is_told_differently_and_who_else_tells_of_it(edition: Edition) -> None:
    first, second, _ = (page.incident for page in show_incident_pages(edition))
    assert len(first.conflicts) == 4 and "the records name different kinds of incident" in first.conflicts
    assert first.also_told == (("records.html#x" + row_id("reports:4"), "reports:4"),)
    assert (second.conflicts, second.also_told) == ((), ())


def test_links_say_how_sure_they_are_or_whose_word_they_are(case: Case) -> None:
    tables = make_tables()
    rows = tables["links"].to_pylist()
    (shown,) = _first_incident(case, tables).links
    assert [record for _, record in shown.records] == ["reports:1", "reports:2"]
    assert (shown.probability.text, shown.decided, shown.unsure) == ("0.97", None, False)
    assert shown.reasons.text.startswith("partners -1.2") and shown.reasons.href is None
    for word, expected in (("decision", "by a reviewer's decision"), ("group", "the dataset says so")):
        tables["links"] = LINKS.from_rows([{**rows[0], "decided_by": word, "reasons": None}])
        (shown,) = _first_incident(case, tables).links
        assert (shown.probability, shown.reasons, shown.decided) == (None, None, expected)
    tables["links"] = LINKS.from_rows([{**rows[0], "review_rank": 1}])
    assert _first_incident(case, tables).links[0].unsure


def test_rows_that_a_dataset_groups_stand_in_one_line(case: Case) -> None:
    tables = make_tables()
    rows = tables["incidents"].to_pylist()
    rows[0]["records"] = ["reports:1", "reports:2", "reports:4"]
    tables["incidents"] = INCIDENTS.from_rows([*rows[:2], rows[3]])
    tables["links"] = LINKS.from_rows(link(1, n, 1.0, linked=True, decided_by="group") for n in (2, 4))
    (shown,) = _first_incident(case, tables).links
    assert [record for _, record in shown.records] == ["reports:1", "reports:2", "reports:4"]


def _first_incident(case: Case, tables: Mapping[str, pa.Table]) -> Any:
    return show_incident_pages(Edition.of(case, tables))[0].incident


def test_an_unsure_pair_stands_at_both_incidents_by_its_likeliest_records(edition: Edition) -> None:
    first, second, third = (page.incident for page in show_incident_pages(edition))
    assert [(other.href, other.number, other.probability.text) for other in first.perhaps] == [
        ("incidents/I2.html", 2, "0.43")
    ]
    assert [(other.href, other.probability.text) for other in second.perhaps] == [("incidents/I1.html", "0.43")]
    assert third.perhaps == ()  # a person has parted it from the first


def test_other_ways_of_linking_stand_once_with_numbers_that_lead_to_their_rows(case: Case, edition: Edition) -> None:
    (page,) = show_incidents(edition)
    assert [line.words for line in page.variants[:2]] == ["as they stand", "windows × 0.5"]
    assert [number.text for _, number in page.variants[0].counts] == ["3", "1", "7", "10,007"]
    assert all(number.href == f"incidents.html#{line.anchor}" for line in page.variants for _, number in line.counts)
    tables = make_tables()
    tables["sensitivity"] = tables["sensitivity"].slice(0, 1)
    assert show_incidents(Edition.of(case, tables))[0].variants == ()


def test_the_page_of_records_shows_who_is_named_and_what_the_sources_are(edition: Edition) -> None:
    (page,) = show_rows(edition, "records")
    first, second = (dict(row.cells) for row in page.rows[:2])
    assert (first["actors"], first["source kinds"]) == ("Northland forces; Civilians", "medics")
    assert not {"actors", "source kinds"} & second.keys()


def test_numbers_on_the_map_follow_the_events_incidents_first(edition: Edition) -> None:
    assert incident_order(edition) == {"I1": 1, "I2": 2, "I3": 3}


def test_a_partly_withheld_incident_tells_only_what_its_printed_records_tell(case: Case) -> None:
    tables = make_tables()
    rows = tables["incidents"].to_pylist()
    rows[0] |= {
        "records": ["reports:1", "reports:5"],
        "killed_high": 99,
        "kind": "secret",
        "grade_rule": "a secret source",
    }
    rows[0] |= {"date_end": date(2020, 3, 8), "title": "a secret title"}
    tables["incidents"] = INCIDENTS.from_rows(rows)
    incident = Edition.of(case, tables).public.rows["incidents"]["I1"]
    assert incident["records"] == ["reports:1"] and incident["killed_high"] is None
    assert (incident["kind"], incident["title"], incident["date_end"]) == ("gas_attack", "gas_attack", date(2020, 3, 2))
    assert "secret" not in str(incident)


def test_findings_stand_with_reporting_term_and_refusals_with_counts(edition: Edition) -> None:
    ran, refused = show_findings(edition).findings
    assert [word for word, _ in ran.values] == [
        "estimate", "interval, low", "interval, high", "worst case, low", "worst case, high", "p"
    ]  # fmt: skip
    assert dict(ran.values)["p"].text == "0.0143"
    assert "north" in ran.reporting_term.text
    assert dict(ran.rows)["used: incidents"].text == "2"
    assert ("inside", "2") in [(word, str(value)) for word, value in ran.details]
    assert refused.refused and refused.n.text == "2"


def test_every_test_stands_in_the_table_of_all_with_its_chance_or_its_refusal(edition: Edition) -> None:
    page = show_findings(edition)
    assert (page.n_tests.text, page.n_refused.text) == ("2", "1")
    ran, refused = page.tests
    assert ran.null == "random labels" and [number.text for number in ran.result] == ["0.75", "0.3", "0.96"]
    assert ran.p is not None and ran.p.text == "0.0143" and not ran.refused
    assert refused.refused and refused.p is None and refused.result == () and refused.null is None


def test_a_flip_is_shown_with_its_name_and_refusals_apart(edition: Edition) -> None:
    block, without = (one.robustness for one in show_findings(edition).findings)
    assert block is not None and without is None
    assert (block.holds.text, block.of.text, block.refused.text) == ("1", "2", "1")
    (href, words) = block.flips[0]
    lines = {line.anchor: line for line in block.lines}
    assert words == lines[href[1:]].words and lines[href[1:]].outcome == "does not hold"
    assert [line.outcome for line in block.lines] == [
        "the finding", "too little left", "does not hold", "holds", "not counted"
    ]  # fmt: skip
    curve = str(block.curve)
    assert (
        curve.count('class="flips"') == 2 and curve.count('class="holds"') == 2 and curve.count('class="stands"') == 1
    )
    assert "<script" not in curve and curve.count('class="own"') == 1 and curve.count('class="expected"') == 1


def test_an_outlet_that_only_withheld_records_name_is_not_named(edition: Edition) -> None:
    row = edition.public.rows["robustness"]["F1|2"]
    assert row["left_out"] is None and "SECRET" not in str(row) and row["estimate"] == 0.4


def test_which_picture_a_finding_has_follows_from_its_details(edition: Edition) -> None:
    row = dict(edition.public.rows["findings"]["F1"])

    def drawn(**details: Any) -> list[str]:
        found = show_pictures(edition, "F1", {**row, "details": json.dumps(details)})
        return [str(one.svg) for one in found]

    assert "Estimate, interval" in drawn(expected=0.5)[0] and 'class="expected"' in drawn(expected=0.5)[0]
    strip = drawn(front_m={"I1": 120.0, "I2": 900.0, "withheld": 3.0}, near_front_m=500.0)[0]
    assert strip.count("<circle") == 2 and "withheld" not in strip
    pairs = drawn(attacked_on={"I1": "2020-03-02"}, first_place_fell_on={"I1": "2020-03-05"})[0]
    assert pairs.count("<circle") == 1 and pairs.count("<polygon") == 1 and "5 March 2020" in pairs
    assert show_pictures(edition, "F2", edition.public.rows["findings"]["F2"]) == ()


@given(st.floats(-1e6, 1e6), st.floats(0, 1e6))
def test_ticks_are_few_round_and_span_the_values(low: float, extent: float) -> None:
    high = low + extent
    ticks = round_ticks(low, high)
    assert 2 <= len(ticks) <= 8 and ticks == sorted(set(ticks))
    slack = 1e-6 * max(1.0, abs(low), abs(high))
    assert ticks[0] <= low + slack and ticks[-1] >= high - slack


def test_votes_are_counted_and_vetoes_named(edition: Edition) -> None:
    council = show_council(edition)
    assert council is not None
    draft = council.drafts[0]
    assert [(word, number.text) for word, number in draft.tallies] == [("yes", "1"), ("no", "1"), ("abstain", "1")]
    assert draft.vetoes == ("North",) and draft.outcome == "vetoed"
    members = [(member, [cell.vote for cell in cells if cell]) for _, _, member, cells in council.members]
    assert members == [("South", ["yes"]), ("Watchland", ["abstain"]), ("North", ["no"])]


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("https://example.org/a?b=1", True), ("HTTP://example.org", True), ("javascript:alert(1)", False),
        ("data:text/html,x", False), ("https://a b", False), ("//example.org", False), ("https://x\n", False),
        (None, False), ('https://x"onclick=1', False),
    ],
)  # fmt: skip
def test_only_web_addresses_become_links(address: str | None, kept: bool) -> None:
    assert (safe_link(address) is not None) is kept


@given(st.text(min_size=1, max_size=40))
def test_anchors_are_plain(text: str) -> None:
    assert anchor(text).isascii() and not set(anchor(text)) & set(" #?%&<>\"'/")


def test_long_tables_are_parted_and_links_follow(case: Case) -> None:
    from contested.web.addresses import ROWS_PER_PAGE, RowAddresses

    tables = make_tables()
    claim = tables["claims"].to_pylist()[0]
    tables["claims"] = CLAIMS.from_rows({**claim, "claim_id": f"Q{number:04}"} for number in range(ROWS_PER_PAGE + 1))
    for name in ("accounts", "contradictions", "votes"):
        tables[name] = TABLES[name].empty()
    addresses = RowAddresses(Edition.of(case, tables).public)
    assert [(file, len(keys)) for file, keys in addresses.paged("claims")] == [
        ("claims.html", ROWS_PER_PAGE), ("claims-2.html", 1)
    ]  # fmt: skip
    assert addresses.row("claims", f"Q{ROWS_PER_PAGE:04}") == f"claims-2.html#Q{ROWS_PER_PAGE:04}"


# --- ground and figures --------------------------------------------------------------------------


def test_ground_by_day(edition: Edition) -> None:
    ground = read_grounds(edition)[0]
    assert ground.changes == {date(2020, 3, 5): 1, date(2020, 3, 7): 1, date(2020, 3, 9): 1}
    assert ground.figure_days() == [date(2020, 3, 1), date(2020, 3, 7), date(2020, 3, 8), date(2020, 3, 9)]
    assert small_days(ground) == [date(2020, 3, 1), *ground.changes]
    areas = ground.areas_on(date(2020, 3, 1))
    assert areas["south"].area == pytest.approx(0.03) and areas["north"].area == pytest.approx(0.01)
    assert ground.edges_on(date(2020, 3, 1)).length == pytest.approx(0.2)
    assert {label.name: label.local for label in ground.labels()}[
        "Old Town"
    ] == "\u0627\u0644\u0645\u062f\u064a\u0646\u0629"


def test_too_many_vertices_are_simplified_and_said(monkeypatch: pytest.MonkeyPatch) -> None:
    import shapely

    import contested.web.ground as ground

    circle = shapely.Point(37, 36).buffer(0.1, quad_segs=200)
    assert simplified([circle])[1] == 0.0
    monkeypatch.setattr(ground, "MAX_VERTICES", 100)
    shapes, tolerance = simplified([circle])
    assert shapely.get_num_coordinates(shapes[0]) <= 100 and 0 < tolerance < 0.01
    assert shapes[0].symmetric_difference(circle).area < 0.02 * circle.area


def test_figures_are_drawn_the_same_each_time(case: Case, tables: Mapping[str, pa.Table]) -> None:
    def drawn() -> list[Any]:
        edition = Edition.of(case, tables)
        grounds = read_grounds(edition)
        grounds[0].entry = grounds[0].entry.model_copy(update={"figure_days": ()})
        grounds[0].last = date(2020, 3, 5)
        return draw_figures(edition, grounds, "figures.html")

    first, again = drawn(), drawn()
    assert [figure.figure.name for figure in first] == [
        "attacks", "ground-blocks-2020-03-01", "ground-blocks-2020-03-05", "progression-blocks"
    ]  # fmt: skip
    assert [(figure.svg, figure.png) for figure in first] == [(figure.svg, figure.png) for figure in again]
    assert b"<dc:date>" not in first[0].svg and all(figure.png.startswith(b"\x89PNG") for figure in first)


def test_holders_have_colours_and_patterns_of_their_own(edition: Edition) -> None:
    marks = {mark.id: mark for mark in edition.marks.all()}
    assert marks["north"].colour == PALETTE[0] and marks["south"].pattern == "slash"
    assert len({marks[name].pattern for name in ("north", "south", "contested")}) == 3
    assert edition.marks("Nobody declared").name == "Nobody declared"


# --- timeline ------------------------------------------------------------------------------------


def test_a_timeline_cuts_long_gaps_and_escapes() -> None:
    moments = [
        Moment(date(2020, 1, 1), "A <b>", 1, "x</title><script>", "circle", "", ""),
        Moment(date(2020, 1, 3), "A <b>", 1, "y", "veto", "", ""),
        Moment(date(2020, 9, 1), "Z", 2, "z", "up", "", ""),
    ]
    svg = draw_timeline(moments, "t", "d")
    assert "242 days" in svg and svg.count('class="cut"') == 1
    assert "<script" not in svg and "<b>" not in svg
    assert draw_timeline([], "t", "d") == ""
    one = draw_timeline(moments[:1], "t", "d")
    assert "1 Jan 2020" in one
    same_day = [replace(moments[0], text=str(number)) for number in range(4)]
    heights = {line.split('cy="')[1].split('"')[0] for line in draw_timeline(same_day, "t", "d").split("<circle")[1:]}
    assert len(heights) == 4


def test_accounts_are_weighed_with_every_ratio_and_its_reason(edition: Edition) -> None:
    page = show_weighed(edition)
    assert page is not None
    (event,) = page.events
    assert [rival.reference for rival in event.rivals] == [True, False, False]
    assert [(one.account, one.against) for one in event.odds][1] == ("Southland did it", "Northland did it")
    items = {one.row["evidence_id"]: one for one in event.evidence}
    assert list(items) == ["gas", "area", "order", "reply"]
    assert items["order"].row["why_not"] == 'the finding "order" was refused'
    assert [cell.rating for cell in items["order"].cells] == [None] * 3
    assert [cell.rating_words for cell in items["order"].cells] == ["does not apply; taken for neutral"] * 3
    assert not items["gas"].row["checked"] and items["gas"].cells[1].low.text == "0.01"
    assert items["reply"].expected_by == (event.rivals[1].title,)


def test_odds_say_without_which_group_the_order_is_another(edition: Edition) -> None:
    page = show_weighed(edition)
    assert page is not None
    against = {(one.account, one.against): one for one in page.events[0].odds}
    south = against["Southland did it", "Northland did it"]
    assert south.posterior is None and "does not tell" in south.reading.text
    assert [line.words.split()[0] for line in south.parts] == ["only", "only", "without", "without", "without"]
    # Without the medics everything that is left fits it better; a group alone is not compared with the whole.
    assert [line.turned for line in south.parts] == [False, False, True, False, False]
    accident = next(one for one in page.events[0].odds if one.posterior is not None)
    assert accident.posterior[1].text == "0.0274"  # 0.1 × √0.3 × 0.5: one class, discount one half
    assert south.svg.count("<rect") == 3


def test_implications_stand_with_what_shows_them_and_contradicted_first(edition: Edition) -> None:
    page = show_weighed(edition)
    assert page is not None
    results = dict(page.events[0].implications)
    assert list(results) == ["contradicted", "not_contradicted"]
    ground = [line for line in results["contradicted"] if "did not hold SE" in line.statement]
    assert len(ground) == 1 and ground[0].rows[0].href.startswith("holdings.html#")
    own = next(line for line in results["contradicted"] if "Northland to the question “who”" in line.statement)
    assert own.checked and {row.passage_href for row in own.rows} == {
        None, edition.addresses.passage("C2"), edition.addresses.passage("C5")
    }  # fmt: skip


def test_what_rests_on_a_withheld_claim_is_not_told(case: Case) -> None:
    tables = dict(make_tables())
    claims = tables["claims"].to_pylist()
    barred = [{**row, "original_path": "documents/secret.txt"} if row["claim_id"] == "C5" else row for row in claims]
    tables["claims"] = CLAIMS.from_rows(barred)
    edition = Edition.of(case, tables)
    told = [row["statement"] for row in edition.public.of("implications")]
    assert len(told) == len(make_tables()["implications"]) - 1
    assert not any("Northland to the question “who”" in statement for statement in told)
    assert "C5" not in {row["row_key"] for row in edition.public.of("weighed_rows")}


def test_a_figure_of_ratios_shows_powers_of_ten_and_cuts_what_lies_beyond() -> None:
    svg = draw_ratios([RatioBar(HOSTILE, 1e-200, 1e-3, False), RatioBar("all", 2, 50, True)], HOSTILE, "b", "f")
    assert "<script" not in svg and svg.count("<rect") == 2 and 'x="330.0"' in svg
    assert ">1/1,000,000,000,000<" in svg and ">1<" in svg


def test_a_case_without_accounts_and_claims_has_no_such_page(case: Case, tables: Mapping[str, pa.Table]) -> None:
    empty = {
        name: TABLES[name].empty() if name in ("rivals", "implications") else table for name, table in tables.items()
    }
    assert show_weighed(Edition.of(case, empty)) is None


def test_a_curve_of_days_is_drawn_with_its_band_and_gaps() -> None:
    series = {
        "day": [-1.0, 0.0, 1.0, 2.0], "difference": [0.0, 0.0, 0.2, None], "band_low": [-0.1, -0.1, -0.1, None],
        "band_high": [0.1, 0.1, 0.1, None],
    }  # fmt: skip
    drawn = draw_series(series, "picture-x")
    assert drawn.count('class="bounds"') == 2
    assert re.search(r'class="range" d="M[^"]*L[^"]*L[^"L]*"', drawn)  # three points, the unknown one left out
    assert TEXT["day_of_attack"] in drawn
    assert 'aria-labelledby="picture-x-title picture-x-alt"' in drawn
