"""The printed dossier: what stands in it, what does not, and that no text of a source is read as markup."""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pypdfium2
import pytest
import typst
from hypothesis import given
from hypothesis import strategies as st
from tests.web.hostile import MARKUP, NASTY, TEMPLATE, squeezed
from tests.web.invented import HOSTILE, make_tables

from contested.base.case import Case
from contested.base.errors import CaseError
from contested.web import dossier as dossier_module
from contested.web import pdf
from contested.web.dossier import render_dossier
from contested.web.edition import Edition
from contested.web.printed_text import LONGEST_WORD, MAX_CHARACTERS, PrintedText, _unprintable
from contested.web.strings import TEXT, catalogue, in_language
from contested.web.summary import summarise_tables


def read_text(printed: bytes) -> str:
    document = pypdfium2.PdfDocument(printed)
    try:
        return "\n".join(page.get_textpage().get_text_range() for page in document)
    finally:
        document.close()


def laid_open(printed: bytes) -> bytes:
    """The file with every stream decompressed."""
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", printed, re.DOTALL)
    opened = [printed]
    for stream in streams:
        try:
            opened.append(zlib.decompress(stream))
        except zlib.error:
            opened.append(stream)
    return b"\n".join(opened)


@pytest.fixture(scope="module")
def printed(dossier: Path) -> bytes:
    return (dossier / "dossier.pdf").read_bytes()


@pytest.fixture(scope="module")
def read(printed: bytes) -> str:
    return read_text(printed)


@pytest.fixture(scope="module")
def opened(printed: bytes) -> bytes:
    return laid_open(printed)


def test_it_is_tagged_for_archives_and_for_listening(opened: bytes, printed: bytes) -> None:
    assert b"<pdfaid:part>2</pdfaid:part>" in opened and b"<pdfaid:conformance>A</pdfaid:conformance>" in opened
    assert b"<pdfuaid:part>1</pdfuaid:part>" in opened
    assert b"/StructTreeRoot" in opened and b"/Lang(en)" in opened.replace(b" ", b"")
    told = pypdfium2.PdfDocument(printed).get_metadata_dict()
    assert told["Title"] == "Invented <b>case</b>" and told["Author"] == ""
    # The newest printed source, not the day on which the file was made.
    assert told["CreationDate"].startswith("D:20200609")


def test_every_part_is_printed_with_the_numbers_of_the_pages(read: str) -> None:
    shown = squeezed(read)
    for words in (
        "matrix", "blame_heading", "within_heading", "page_findings", "reporting_term", "robustness", "assumptions",
        "weighed_heading", "page_incidents", "page_council", "page_sources", "withheld_heading", "pdf_contents",
    ):  # fmt: skip
        assert squeezed(TEXT[words]) in shown, words
    for text in (
        "blames Northland", "In whose area did they lie?", "If nobody could report from the north", "random labels",
        "The map is right.", "Holds in 1 of 2", "0.0143", "S/2020/1", "Night attack", "2–5", "No reply found",
    ):  # fmt: skip
        assert squeezed(text).replace("–", "") in shown.replace("–", ""), text
    digest = next(row["sha256"] for row in make_tables()["originals"].to_pylist())
    assert digest in read
    assert "1 of " in read and "Invented <b>case</b>" in read


def test_every_link_leads_to_something(opened: bytes, dossier: Path) -> None:
    links = {link.decode() for link in re.findall(rb"/URI ?\(((?:[^()\\]|\\.)*)\)", opened)}
    within = {link for link in links if not link.startswith("https://")}
    assert len(within) > 30 and all(link.startswith(("https://example.org/",)) for link in links - within)
    for link in within:
        file, _, name = link.partition("#")
        page = (dossier / file).read_text(encoding="utf-8")
        assert not name or f'id="{name}"' in page or f'data-number="{name}"' in page, link


def test_nothing_withheld_is_in_it(opened: bytes, read: str) -> None:
    assert "SECRET" not in read
    for encoding in ("latin-1", "utf-16-be", "utf-16-le"):
        assert "SECRET".encode(encoding) not in opened
    # The hexadecimal form in which strings may stand.
    assert b"53454352" not in opened.upper() and b"005300450043" not in opened


def test_markup_is_text_wherever_it_stands(hostile_dossier: Path) -> None:
    shown = squeezed(read_text((hostile_dossier / "dossier.pdf").read_bytes()))
    for text in (MARKUP, TEMPLATE, HOSTILE.replace("\u2028", "")):
        assert shown.count(squeezed(text)) > 20
    # Neither run nor read: "#eval" gave no 2, "#read" no file.
    assert '"words":{' not in shown
    links = re.findall(rb"/URI ?\(([^)]*)", laid_open((hostile_dossier / "dossier.pdf").read_bytes()))
    assert links and all(
        re.match(rb"https://example\.org/|[\w-]+\.html#|(documents|incidents)/[\w-]+\.html", link) for link in links
    )


def test_overrides_and_controls_are_named_and_the_note_counts_them(hostile_dossier: Path) -> None:
    shown = squeezed(read_text((hostile_dossier / "dossier.pdf").read_bytes()))
    assert "[1×U+202E]desrever[1×U+202C]" in shown and "a[1×U+0000]b" in shown and "[2×CJK][3×Thai]" in shown
    assert re.search(r"donothold[\d,]+charactersofthesources", shown)


@given(st.text(max_size=80))
def test_what_is_printed_is_held_by_the_fonts_and_nothing_else_changes(text: str) -> None:
    made = PrintedText()
    fit = made.fit(text)
    assert _unprintable().search(fit.replace("\u200b", "")) is None
    assert max(map(len, re.split(r"[\s\u200b]", fit)), default=0) <= LONGEST_WORD
    bare = PrintedText().fit(fit.replace("\u200b", ""))
    assert bare == fit
    if not made.replaced:
        assert fit.replace("\u200b", "") == " ".join(text.split())
    assert (made.note() is None) == (not made.replaced)


def test_a_text_without_end_is_cut_and_says_so() -> None:
    fit = PrintedText().fit("x" * 1_000_000)
    assert len(fit) < 2 * MAX_CHARACTERS and f"{1_000_000 - MAX_CHARACTERS:,} more characters" in fit


@pytest.fixture
def undrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without figures, which take most of the time."""
    monkeypatch.setattr(dossier_module, "draw_figures", lambda *_: [])
    monkeypatch.setattr(dossier_module, "draw_preview", lambda *_: b"")


@pytest.mark.usefixtures("undrawn")
def test_arabic_runs_from_right_to_left(case: Case, tables: Mapping[str, pa.Table]) -> None:
    with in_language("ar"):
        printed = render_dossier(Edition.of(case, tables))["dossier.pdf"]
    opened = laid_open(printed)
    assert b"/Lang(ar)" in opened.replace(b" ", b"") and b"/R2L" in opened
    assert squeezed(catalogue("ar")["pdf_contents"]) in squeezed(read_text(printed))


@pytest.mark.usefixtures("undrawn")
def test_a_long_table_is_cut_and_says_so(
    case: Case, tables: Mapping[str, pa.Table], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pdf, "MAX_ROWS", 1)
    files = render_dossier(Edition.of(case, tables))
    shown = squeezed(read_text(files["dossier.pdf"]))
    assert squeezed("The first 1 of 3 stand here") in shown and squeezed("The first 1 of 5 stand here") in shown
    assert "Sakhur" not in shown and b"Sakhur" in files["incidents.html"]
    assert b'href="dossier.pdf"' in files["index.html"]


@pytest.mark.usefixtures("undrawn")
def test_without_typst_there_is_no_pdf_and_the_build_says_so(
    case: Case, tables: Mapping[str, pa.Table], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not any("typst" in line for line in summarise_tables(case, tables))
    monkeypatch.setattr(pdf, "find_spec", lambda name: None)
    files = render_dossier(Edition.of(case, tables))
    assert "dossier.pdf" not in files and b"dossier.pdf" not in files["index.html"]
    assert any("typst is not installed" in line for line in summarise_tables(case, tables))


def test_a_lesser_standard_is_tried_before_the_build_fails(
    case: Case, tables: Mapping[str, pa.Table], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    tried: list[Any] = []

    def refuse(*_: Any, pdf_standards: list[str], **__: Any) -> bytes:
        tried.append(pdf_standards)
        raise typst.TypstError("no such glyph")

    monkeypatch.setattr(typst, "compile", refuse)
    with pytest.raises(CaseError, match=r"could not set the PDF of the dossier: no such glyph"):
        pdf._typeset(Edition.of(case, tables), tmp_path, pdf.datetime(2020, 1, 1, tzinfo=pdf.UTC))
    assert tried == [["a-2a", "ua-1"], ["a-2b"]]


def test_the_newest_day_is_that_of_a_printed_source(case: Case, tables: Mapping[str, pa.Table]) -> None:
    assert pdf.newest_day(Edition.of(case, tables)) == date(2020, 6, 9)
    empty = {name: table.slice(0, 0) for name, table in tables.items()}
    assert pdf.newest_day(Edition.of(case, empty)) == case.file.window.last


def test_hostile_words_hold_every_kind() -> None:
    assert all(part in NASTY for part in ("\x00", "\u202e", "<script>", "javascript:", "#read"))
