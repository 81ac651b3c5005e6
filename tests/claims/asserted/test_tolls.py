"""The dead and the injured are counted as the wording counts them, and not otherwise."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contested.claims.asserted.tolls import GROUPS, Toll, find_tolls, summarise_tolls

NONE = (None, None)


@pytest.mark.parametrize(
    ("text", "killed", "injured", "of"),
    [
        ("The raid killed at least 20 people", (20, None), NONE, {}),
        ("twelve civilians were killed and 40 wounded", (12, 12), (40, 40), {"civilians": (12, 12)}),
        ("up to 1,300 people died", (None, 1300), NONE, {}),
        ("Dozens of people were killed and hundreds wounded in Marib", (24, None), (200, None), {}),
        ("between 20 and 30 people died at the wedding", (20, 30), NONE, {}),
        ("a family of six was killed in Kharkiv", (6, 6), NONE, {}),
        ("A couple and their four children had been killed", (6, 6), NONE, {"children": (4, 4)}),
        ("killing five women and a child", (6, 6), NONE, {"women": (5, 5), "children": (1, 1)}),
        ("shelling killed 58 people, including 11 children", (58, 58), NONE, {"children": (11, 11)}),
        ("27 people, most of them children, were killed", (27, 27), NONE, {"children": (14, 27)}),
        ("Nine people, all of them civilians, were killed", (9, 9), NONE, {"civilians": (9, 9)}),
        ("killed 12 people, three of them women", (12, 12), NONE, {"women": (3, 3)}),
        ("Of those killed six were children", NONE, NONE, {"children": (6, 6)}),
        ("there were 11 children among the dead, and 58 people died", (58, 58), NONE, {"children": (11, 11)}),
        ("six civilians and three soldiers were killed", (9, 9), NONE, {"civilians": (6, 6), "fighters": (3, 3)}),
        ("killing 14 regime and rebel fighters", (14, 14), NONE, {"fighters": (14, 14)}),
        ("the death toll has risen to 82", (82, 82), NONE, {}),
        ("the death toll rose from 20 to 35", (35, 35), NONE, {}),
        ("first reports spoke of 20 killed; the death toll later rose to 35 people", (35, 35), NONE, {}),
        ("The attack left two patients dead and eight others injured", (2, 2), (8, 8), {"civilians": (2, 2)}),
        ("Four staff of the Union of Relief Organisations were killed", (4, 4), NONE, {}),
        ("Nine persons killed 12 injured in rocket attack", (9, 9), (12, 12), {}),
        ("The strike on El Fasher claimed the lives of 31 people", (31, 31), NONE, {}),
        ("A boy was killed when a mine went off", (1, 1), NONE, {"children": (1, 1)}),
        ("Myanmar: 100 villagers, including women and children, were massacred", (100, 100), NONE, {}),
    ],
)
def test_counts(text: str, killed: object, injured: object, of: dict[str, object]) -> None:
    found = summarise_tolls(find_tolls(text))
    assert (found.killed, found.injured, found.killed_of) == (killed, injured, of)


@pytest.mark.parametrize(
    "text",
    [
        "10 people were killed or wounded",
        "88 Killed & Injured",
        "gunmen killed and injured five civilians",
        "20 dead and wounded",
        "This could kill 100 people",
        "they vowed to kill 50 hostages",
        "The war has killed more than 300,000 people since 2011",
        "more than 10,000 people have been killed in three years of war",
        "the conflict in Yemen has killed 10,000 people",
        "10 soldiers were killed and 12 rebels died",  # two counts that differ: neither is the claim's
        "it must have hit a stockpile that included a rebel collection of canisters",
        "20 casualties were reported",
        "in 2017 the army shelled the town",
    ],
)
def test_what_is_refused(text: str) -> None:
    found = summarise_tolls(find_tolls(text))
    assert found.killed == found.injured == NONE
    assert "fighters" not in found.killed_of or text.startswith("10 soldiers")


def test_counts_that_can_all_hold_are_narrowed() -> None:
    found = summarise_tolls(find_tolls("Dozens of people were killed. At least 58 people were killed, medics said."))
    assert found.killed == (58, None)


def test_a_text_without_commas_and_paragraphs_is_counted_alike() -> None:
    with_marks = "Six civilians, including a child, were killed on Monday, and 30 others were wounded, a monitor said."
    assert summarise_tolls(find_tolls(with_marks)) == summarise_tolls(find_tolls(with_marks.replace(",", "")))


PIECES = st.sampled_from(
    [
        "killed ",
        "12 ",
        "people ",
        "including ",
        "a child ",
        "dozens of ",
        "were ",
        "wounded ",
        "and ",
        ", ",
        ". ",
        "\n",
        "death toll ",
        "rose to ",
        "at least ",
        "women ",
        "soldiers ",
        "most of them ",
        "children ",
        "of them ",
        "family of ",
        "six ",
        "since 2011 ",
        "“",
        "é",
        "\ud800",
    ]
)


@given(st.lists(PIECES, max_size=40).map("".join) | st.text(max_size=200))
def test_laws_of_counts(text: str) -> None:
    tolls = find_tolls(text)
    for toll in tolls:
        assert 0 <= toll.start < toll.end <= len(text)
        assert toll.kind in ("killed", "injured")
        assert toll.group is None or toll.group in GROUPS
        assert toll.low is None or toll.high is None or toll.low <= toll.high
    found = summarise_tolls(tolls)
    for low, high in (found.killed, found.injured, *found.killed_of.values()):
        assert low is None or high is None or low <= high


@given(
    st.permutations(
        [
            Toll("killed", None, 24, None, 0, 1),
            Toll("killed", None, 58, None, 2, 3),
            Toll("killed", None, None, 90, 4, 5),
        ]
    )
)
def test_the_order_of_counts_that_agree_does_not_matter(tolls: list[Toll]) -> None:
    assert summarise_tolls(tolls).killed == (58, 90)


@pytest.mark.parametrize("piece", ["killed 5 ", "a child and ", "12 people ", "death toll ", "word ", "1,", " "])
def test_time_is_linear(piece: str) -> None:
    def seconds(times: int) -> float:
        started = time.process_time()
        find_tolls(piece * times)
        return time.process_time() - started

    seconds(500)
    assert seconds(4000) < 8 * 3 * max(seconds(500), 0.004)
