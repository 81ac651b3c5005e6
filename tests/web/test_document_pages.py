"""The page of a document: the text unaltered, every passage marked, numbered and noted."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.web.invented import DOCUMENT, TEXT, make_tables

from contested.base.case import Case
from contested.base.records import DOCUMENTS
from contested.web.document_pages import MAX_LINES, cut_pieces, show_documents
from contested.web.edition import Edition


@pytest.fixture
def edition(case: Case, tables: Mapping[str, pa.Table]) -> Edition:
    return Edition.of(case, tables)


def passage(name: str, *spans: tuple[int, int]) -> dict[str, Any]:
    pieces = [{"text": "", "start": start, "end": end} for start, end in spans]
    return {"claim_id": name, "speaker_text": "x", "speaker_actor": None, "passage": pieces}


@given(st.data())
@settings(max_examples=80, deadline=None)
def test_pieces_joined_are_the_text(data: st.DataObject) -> None:
    text = data.draw(st.text(max_size=60))
    places = st.integers(-3, len(text) + 3)
    spans = st.lists(st.tuples(places, places), min_size=1, max_size=3)
    claims = [passage(f"C{number}", *pieces) for number, pieces in enumerate(data.draw(st.lists(spans, max_size=6)))]
    breaks, pages = data.draw(st.lists(places, max_size=4)), sorted(data.draw(st.sets(places, max_size=3)))
    cut = cut_pieces(text, claims, breaks, pages)
    assert "".join(piece.text for piece in cut) == text
    anchors = [name for piece in cut for name, _ in piece.starts if name]
    assert len(anchors) == len(set(anchors))
    # Each character is inside exactly the passages that cover it.
    position = 0
    for piece in cut:
        covering = {
            f"note-{claim['claim_id']}" for claim in claims for one in claim["passage"]
            if 0 <= one["start"] <= position < one["end"] <= len(text)
        }  # fmt: skip
        if piece.text:
            assert {name for name, _ in piece.notes} == covering
        position += len(piece.text)


def test_passages_that_overlap_have_lines_at_different_heights() -> None:
    claims = [passage("A", (0, 10)), passage("B", (2, 8)), passage("C", (4, 6)), passage("D", (12, 14))]
    cut = cut_pieces("x" * 20, claims)
    deepest = max(cut, key=lambda piece: len(piece.notes))
    assert [name for name, _ in deepest.notes] == ["note-A", "note-B", "note-C"]
    assert deepest.lines == tuple(range(MAX_LINES))
    alone = next(piece for piece in cut if piece.notes == (("note-D", "x"),))
    assert alone.lines == (0,)


def test_each_claim_has_a_note_at_the_paragraph_where_its_passage_begins(edition: Edition) -> None:
    (page,) = show_documents(edition)
    claims = [row for row in edition.public.of("claims") if row["document_id"] == DOCUMENT]
    notes = [note for block in page.blocks for note in block.notes]
    assert len(notes) == len(claims) == int(str(page.n_claims))
    assert [note.number for note in notes] == list(range(1, len(notes) + 1))
    for block in page.blocks:
        begun = {name for piece in block.pieces for name, _ in piece.starts if name}
        assert begun == {note.passage for note in block.notes}
    assert "".join(piece.text for block in page.blocks for piece in block.pieces) == TEXT


def _with_document(case: Case, **more: Any) -> Edition:
    tables = make_tables()
    rows = tables["documents"].to_pylist()
    rows = [{**row, **more} if row["document_id"] == DOCUMENT else row for row in rows]
    return Edition.of(case, {**tables, "documents": DOCUMENTS.from_rows(rows)})


def test_a_printed_page_begins_where_the_table_says(case: Case) -> None:
    second = TEXT.index("The ministry")
    (page,) = show_documents(_with_document(case, pages=[0, second]))
    begun = {piece.page_no: piece.text for block in page.blocks for piece in block.pieces if piece.page_no}
    assert set(begun) == {1, 2} and begun[2].startswith("The ministry")
    numbers = {note.href.split("#")[1]: note.page_no for block in page.blocks for note in block.notes}
    assert numbers["C1"] == 1 and numbers["C2"] == 2
    assert ("Printed pages", "2") in page.facts


def test_what_is_known_of_a_document_says_where_it_was_found(case: Case) -> None:
    (page,) = show_documents(_with_document(case, outlet="The Post", outlet_from="metadata", author="A. Writer"))
    facts = dict(page.facts)
    assert facts["Outlet"] == "The Post (found in the page's metadata)"
    assert facts["Author"] == "A. Writer" and facts["Published"] == "9 March 2020 (found in the case file)"
    assert [len(value) for _, value in page.hashes] == [64, 64]


def test_a_text_that_was_read_and_not_understood_says_so(case: Case) -> None:
    tables = make_tables()
    rows = [{**row, "language": "ar"} for row in tables["documents"].to_pylist()]
    silent = {**tables, "documents": DOCUMENTS.from_rows(rows), "claims": tables["claims"].slice(0, 0)}
    (page,) = show_documents(Edition.of(case, silent))
    assert page.unsupported is not None and "(ar)" in page.unsupported and page.n_claims is None
    # Claims that a person entered say that somebody understood it.
    (page,) = show_documents(_with_document(case, language="ar"))
    assert page.unsupported is None and page.language == "ar"
    (page,) = show_documents(_with_document(case, language="en"))
    assert page.unsupported is None


@pytest.mark.pages
def test_notes_stand_beside_the_text_on_a_desk_and_beneath_it_on_a_phone(browser: Any, dossier: Path) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto((dossier / f"documents/{DOCUMENT}.html").as_uri())
    block = page.locator(".block:has(#note-C2)")
    text, notes = block.locator(".frozen"), block.locator(".side-notes")
    a, b = text.bounding_box(), notes.bounding_box()
    assert b["x"] >= a["x"] + a["width"] and abs(b["y"] - a["y"]) < 12
    page.set_viewport_size({"width": 390, "height": 844})
    a, b = text.bounding_box(), notes.bounding_box()
    assert b["y"] >= a["y"] + a["height"] and b["x"] < 60
    # With the keyboard alone: from the passage to its note, and on to the claim.
    page.locator("#p-C2 ~ mark a").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_function("() => location.hash.startsWith('#note-')")
    page.keyboard.press("Tab")
    assert page.evaluate("() => document.activeElement.className") == "note-number"
    page.close()
