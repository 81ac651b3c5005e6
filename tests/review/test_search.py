"""Search: folding, the query as it is typed, hits with their words marked."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from contested.base.case import open_case
from contested.flow import read_manifest
from contested.review.search import PAGE_SIZE, Filters, search
from contested.review.search_index import Item, index_path, make_index, write_index
from contested.review.search_words import Term, cut_snippet, find_marks, fold_text, read_query

DAY = date(2017, 4, 4)
ITEMS = [
    Item(
        "document", "d1", "Attaque à Khan Cheikhoun",
        "The mayor of Khan Shaykhun blames no one. " * 40 + "Assad’s men deny it.",
    ),
    Item("document", "d2", "خان شيخون", "قال أحمد إنّ الهجوم على المدينة وقع في ٤ نيسان", days=(DAY, DAY)),
    Item("document", "d3", "Хан-Шейхун", "Удар нанесён ещё утром"),
    Item("claim", "c1", "Omar", "Barrel bombs fell on Douma, a <b>medic</b> said", party="n", days=(DAY, DAY)),
    Item("claim", "c2", "Lena", "The doom of a barrel", party="s", days=(date(2016, 1, 1), date(2016, 1, 2))),
    Item("incident", "i1", "Strike", "Duma · chlorine", days=(date(2000, 1, 1), date(2020, 1, 1))),
    *(Item("record", f"r{n}", f"Row {n}", "filler") for n in range(50)),
]  # fmt: skip


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("search") / "index.sqlite"
    write_index(path, ITEMS)
    return path


def _keys(index: Path, typed: str, filters: Filters | None = None) -> set[str]:
    return {hit.row_key for hit in search(index, typed, filters or Filters()).hits}


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("Shaykhun", {"d1", "d2", "d3"}),  # other spellings, in three scripts
        ("شيخون", {"d1", "d2", "d3"}),
        ('"Shaykhun"', {"d1"}),  # in quotation marks: only itself
        ("Douma", {"c1", "i1"}),  # and not "doom"
        ("احمد", {"d2"}),  # without hamza
        ("مدينه", {"d2"}),  # article, ta marbuta
        ("4 نيسان", {"d2"}),  # Arabic digits
        ("еще", {"d3"}),  # ё and е
        ("assad", {"d1"}),  # the possessive
        ("a", {"c1", "c2", "d1"}),  # à
        ("bomb", {"c1"}),  # the plural
        ('"fell on douma"', {"c1"}),
        ('"on fell douma"', set()),
        ("barrel -bomb", {"c2"}),
        ("barr*", {"c1", "c2"}),
        ("barr", set()),
        ("barrel strike", set()),  # all words
        ("b", {"c1"}),
        ("-barrel", set()),
        ("", set()),
        ('"', set()),
        ("party0n", set()),
    ],
)
def test_what_is_found(index: Path, typed: str, found: set[str]) -> None:
    assert _keys(index, typed) == found


def test_filters_narrow_by_kind_party_and_day(index: Path) -> None:
    assert _keys(index, "barrel", Filters(party="n")) == {"c1"}
    assert _keys(index, "barrel", Filters(party="no such")) == set()
    assert _keys(index, "barrel", Filters(first_day="2016-01-02", last_day="2016-12-01")) == {"c2"}
    assert _keys(index, "barrel", Filters(first_day="2016-01-03", last_day="2016-12-01")) == set()
    # A row of many years is found on each of its days.
    assert _keys(index, "chlorine", Filters(first_day="2010-01-01", last_day="2010-01-01")) == {"i1"}
    result = search(index, "shaykhun", Filters(kind="claim"))
    assert (result.total, result.counts["document"]) == (0, 3)


def test_every_hit_stands_on_one_page(index: Path) -> None:
    pages = [search(index, "filler", page=page) for page in (1, 2, 3, 4)]
    keys = [hit.row_key for page in pages for hit in page.hits]
    assert [len(page.hits) for page in pages] == [PAGE_SIZE, PAGE_SIZE, 50 - 2 * PAGE_SIZE, 0]
    assert len(set(keys)) == pages[0].total == 50


def test_a_snippet_shows_where_the_words_stand(index: Path) -> None:
    (hit,) = search(index, "assad").hits
    assert [piece.text for piece in hit.snippet if piece.marked] == ["Assad’s"]
    assert hit.snippet[0].text == "… "
    assert any(name in search(index, "Shaykhun").spellings["shaykhun"] for name in ("cheikhoun", "شيخون"))


@given(st.text() | st.text(alphabet="ab \"-*()^:{}'٣ًـ\x00\ud800", max_size=30))
@example('NEAR("a" b)')
@example("title:a OR * AND NOT ^b")
@example('"' * 500)
def test_nothing_typed_is_an_error(index: Path, typed: str) -> None:
    assert search(index, typed).total >= 0


@given(st.text(max_size=300), st.text(max_size=20))
def test_pieces_are_the_text_and_marks_fold_to_the_words(text: str, typed: str) -> None:
    terms = [Term(tuple(fold_text(typed).split()), True)] if fold_text(typed) else []
    marks = find_marks(text, terms, {})
    assert all(fold_text(text[start:end]).split() == list(terms[number].words) for start, end, number in marks)
    shown = "".join(piece.text for piece in cut_snippet(text, marks, 10_000))
    assert shown.removeprefix("… ").removesuffix(" …") in text
    assert any(piece.marked for piece in cut_snippet(text, marks)) == bool(marks)


@given(st.text(max_size=100))
def test_what_is_folded_stays_as_it_is(text: str) -> None:
    assert fold_text(fold_text(text)) == fold_text(text)


def test_a_query_is_never_longer_than_what_is_looked_at() -> None:
    assert len(read_query("word " * 200).wanted) == 1
    assert len(read_query(" ".join(f"w{n}" for n in range(90))).wanted) == 16


def test_the_index_is_that_of_the_tables(built_case: Path) -> None:
    case = open_case(built_case)
    tables = (read_manifest(case) or {})["tables"]
    path = make_index(case, tables)
    assert path == index_path(case, tables)
    assert search(path, "market").total > 0
    written = path.stat().st_mtime_ns
    assert make_index(case, tables).stat().st_mtime_ns == written
    other = make_index(case, {**tables, "claims.parquet": "0" * 64})
    assert other != path
    assert not path.exists()
