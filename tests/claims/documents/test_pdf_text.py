"""PDF: columns in reading order, words whole again, running heads gone, pages known, bombs contained."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from tests.claims.made import block, deflate_bomb, laughing_pdf, pdf_of_objects, pdf_of_pages, stream, write

from contested.base.errors import DocumentError
from contested.claims.documents import pdf_process
from contested.claims.documents.formats import read_pdf
from contested.claims.documents.pdf_columns import MAX_PAGE_PT, Piece, find_gutters, in_reading_order
from contested.claims.documents.pdf_process import PdfProcess
from contested.claims.documents.pdf_text import read_pdf_text
from contested.claims.read import page_of, read_document

LEFT = """\
The commission found that the market
of Norvik had been hit at ten in the
morning. “We counted nine dead,” said
a nurse of the town hospital who had
been on duty since the night before.
The army denied that it had flown.""".splitlines()
RIGHT = """\
Three members of the council had told
the commission in writing that rebels
were present in the market hall. That
was denied by the council as a whole,
which called the claim an insult to the
families of those who had died there.""".splitlines()


def joined(lines: list[str]) -> str:
    return " ".join(lines)


def test_columns_are_read_one_after_the_other() -> None:
    by_rows = [line for pair in zip(block(60, 700, LEFT), block(330, 700, RIGHT), strict=True) for line in pair]
    title = (60.0, 740.0, 18.0, "Report of the commission on the market of Norvik")
    text = read_pdf_text(pdf_of_pages([[title, *by_rows]]), "a.pdf").text
    assert text == f"{title[3]}\n{joined(LEFT)} {joined(RIGHT)}"


def test_a_heading_across_the_columns_parts_them() -> None:
    above = block(60, 700, LEFT) + block(330, 700, RIGHT)
    below = block(60, 560, [line.upper() for line in LEFT]) + block(330, 560, [line.upper() for line in RIGHT])
    middle = (60.0, 600.0, 14.0, "Second part, on what the army said to the commission about it")
    text = read_pdf_text(pdf_of_pages([[*below, *above, middle]]), "a.pdf").text
    places = [text.index(part) for part in (LEFT[0], RIGHT[0], "Second part", LEFT[0].upper(), RIGHT[0].upper())]
    assert places == sorted(places)


def test_a_table_is_no_text_in_columns() -> None:
    rows = [(f"Street {n}", f"{n} dead") for n in range(1, 9)]
    lines = [line for n, (a, b) in enumerate(rows) for line in ((60, 700 - 12 * n, 10, a), (330, 700 - 12 * n, 10, b))]
    text = read_pdf_text(pdf_of_pages([lines]), "a.pdf").text
    assert "Street 3 3 dead" in text


def test_words_are_whole_again_and_names_keep_their_hyphen() -> None:
    lines = [
        "The hospital was hit twice, said the direc-", "tor of it. President al-", "Assad denied it. An anti-",
        "government group said that a well-known man", "had seen it, and so did a man who is well-", "known there.",
    ]  # fmt: skip
    text = read_pdf_text(pdf_of_pages([block(60, 700, lines)]), "a.pdf").text
    for word in ("the director of it", "al-Assad denied", "anti-government group", "who is well-known there."):
        assert word in text


def report(pages: int) -> list[list[tuple[float, float, float, str]]]:
    made = []
    for n in range(pages):
        body = block(
            72, 700, [f"On day {n} the army said that it had", f"shelled street {n} of the old town and", "that"]
        )
        body += block(72, 650, [f"nobody had died on day {n}."])
        made.append([(72, 770, 9, "A/HRC/33/55"), *body, (300, 30, 9, f"Page {n + 7} of {pages + 6}")])
    return made


def test_running_heads_and_page_numbers_go_and_pages_are_known(tmp_path: Path) -> None:
    document = read_document(write(tmp_path, "a.pdf", pdf_of_pages(report(5))))
    assert "A/HRC" not in document.text and "Page" not in document.text
    assert len(document.pages) == 5
    for n in range(5):
        start = document.text.index(f"On day {n}")
        assert document.pages[n] == start
        assert page_of(document, start) == n + 1
        assert page_of(document, start + 20) == n + 1
    assert page_of(document, len(document.text)) == 5


def test_a_sentence_runs_over_the_page_and_blank_pages_are_told(tmp_path: Path) -> None:
    first, second = block(72, 700, ["The army said on Tuesday that the reb-"]), block(72, 700, ["els had fired first."])
    document = read_document(write(tmp_path, "a.pdf", pdf_of_pages([first, [], second])))
    assert document.text == "The army said on Tuesday that the rebels had fired first."
    assert [document.text[start:][:4] for start in document.pages] == ["The ", "els ", "els "]
    assert page_of(document, 50) == 3
    assert document.notes == ("1 of 3 pages have no text layer (pictures or scans?)",)


def test_a_number_at_the_edge_that_counts_nothing_stays() -> None:
    assert "2016" in read_pdf_text(pdf_of_pages([[(72, 770, 12, "2016"), *block(72, 700, LEFT)]]), "a.pdf").text


def test_offsets_count_characters_though_some_are_ligatures_or_marks(tmp_path: Path) -> None:
    document = read_document(
        write(tmp_path, "a.pdf", pdf_of_pages([block(72, 700, ["“Ça suffit,” said Zoë – thrice…"])]))
    )
    assert document.text == "“Ça suffit,” said Zoë – thrice…"


def test_right_to_left_columns_begin_at_the_right() -> None:
    def column(x: float, letter: str) -> list[Piece]:
        return [Piece(letter * 30, x, x + 200, 700 - 12 * n, 711 - 12 * n) for n in range(6)]

    read = in_reading_order([*column(60, "ا"), *column(330, "ب")])
    assert [piece.text[0] for piece in read] == ["ب"] * 6 + ["ا"] * 6


def test_layout_holds_for_odd_boxes() -> None:
    odd = [Piece("x" * 40, -1e6, 1e7, 0, 1), *(Piece("y" * 40, 5.0 * n, 5.0 * n, n, n) for n in range(20))]
    assert sorted(piece.text for piece in in_reading_order(odd))
    assert find_gutters([Piece("z" * 30, MAX_PAGE_PT * 2, MAX_PAGE_PT * 3, 0, 1)] * 10) == []


@pytest.fixture
def small_process(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(pdf_process, "MAX_SECONDS", 5.0)
    process = PdfProcess()
    yield process
    process.stop()


@pytest.mark.parametrize("raw", [deflate_bomb(1500), laughing_pdf()], ids=["deflate", "forms in forms"])
def test_bombs_end_their_own_process_only(small_process: PdfProcess, raw: bytes) -> None:
    assert len(raw) < 5_000_000
    with pytest.raises(DocumentError, match=r"bomb\.pdf: reading the PDF took more than .* refused as unsafe"):
        small_process.read(raw, "bomb.pdf")
    assert small_process.read(pdf_of_pages([block(72, 700, LEFT)]), "a.pdf").text.startswith("The commission")


def test_a_filter_in_a_filter_and_a_page_tree_in_itself_are_no_harm() -> None:
    loop = [
        b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [2 0 R 3 0 R] /Count 2 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R >>", stream(b"q Q"),
    ]  # fmt: skip
    with pytest.raises(DocumentError):
        read_pdf(pdf_of_objects(loop), "a.pdf")


def test_the_time_grows_with_the_pages() -> None:
    def seconds(pages: int) -> float:
        raw = pdf_of_pages(report(pages))
        begun = time.process_time()
        read_pdf_text(raw, "a.pdf")
        return time.process_time() - begun

    seconds(2)
    assert seconds(400) < 40 * max(seconds(40), 0.05)
