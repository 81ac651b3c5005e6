"""The pages of a PDF → one running text, with the first character of each page.

In: the bytes of a PDF. Out: :class:`PdfText`. Refuses, with :class:`~contested.base.errors.DocumentError`: what is
no PDF, cut short, damaged, encrypted, too long, or without a text layer.

The text layer says which character stands where. Characters become pieces of lines; pieces on both sides of
an empty strip down the page are read as columns; lines at the edge that come back on page after page are
running heads and go; lines are joined to paragraphs, and words that were hyphenated at a line's end are
whole again. :mod:`contested.claims.documents.pdf_process` runs this in a process of its own.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from contested.base.errors import DocumentError
from contested.claims.documents.content import MAX_TEXT_CHARACTERS, clean_field
from contested.claims.documents.pdf_columns import Piece, in_reading_order

#: Most pages of a PDF: the longest reports of inquiry commissions have some 1,500.
MAX_PDF_PAGES = 3000
#: Mark that a hyphen at a line's end leaves in a piece, until the word is joined.
HYPHEN = "\ufffe"
#: A gap on a line wider than this many line heights ends a piece: a gutter, or the space before a page number.
#: The words of a justified line stand nearer.
MAX_GAP_HEIGHTS = 0.7
#: Free space over a line, beyond the page's middle one, that begins a paragraph; and how much larger or smaller
#: than the line before a heading's letters are.
PARAGRAPH_GAP_HEIGHTS = 0.5
HEADING_RATIO = 1.2
#: A line that ends a sentence and is shorter than this share of its column ends a paragraph.
FULL_LINE_SHARE = 0.8
#: Share of the page's height, from either edge, in which running heads and page numbers stand.
EDGE_SHARE = 0.1
#: Pages on which a line must come back to be a running head, and its longest length in characters.
HEAD_MIN_PAGES = 3
HEAD_MAX_CHARACTERS = 120

_NUMBER_LINE = re.compile(
    r"\W*(?:page|p\.|seite|стр\.?|صفحة)?\s*(\d{1,4})(?:\s*(?:of|/|von|из|من)\s*\d{1,4})?\W*", re.I
)


@dataclass(frozen=True)
class PdfText:
    """The text, the first character of each page in it, and what the file says of itself."""

    text: str
    pages: tuple[int, ...]
    title: str | None
    author: str | None
    empty_pages: int


@dataclass(frozen=True)
class _Page:
    bottom: float
    top: float
    lines: tuple[Piece, ...]


def read_pdf_text(raw: bytes, shown: str) -> PdfText:
    """The text of a PDF, page after page, and where each page begins."""
    import pypdfium2

    if b"%PDF-" not in raw[:1024]:
        raise DocumentError(f"{shown}: the file does not begin as a PDF; check what the file is, or collect it again")
    if b"%%EOF" not in raw[-2048:]:
        raise DocumentError(
            f"{shown}: the PDF is cut short (its end mark is missing); collect it again, expected more than "
            f"{len(raw):,} bytes"
        )
    try:
        pdf = pypdfium2.PdfDocument(raw)
    except pypdfium2.PdfiumError as fault:
        if "password" in str(fault).lower():
            raise DocumentError(
                f"{shown}: the PDF is encrypted; save a copy without password and keep the original beside it"
            ) from None
        raise DocumentError(f"{shown}: the PDF is damaged: {fault}; collect it again") from None
    try:
        pages = _read_pages(pdf, shown)
        meta = pdf.get_metadata_dict(skip_empty=True)
    except pypdfium2.PdfiumError as fault:
        raise DocumentError(f"{shown}: the PDF is damaged: {fault}; collect it again") from None
    finally:
        pdf.close()
    text, starts = join_pages(drop_running_heads(pages))
    if not text:
        raise DocumentError(
            f"{shown}: no page of {len(pages)} has a text layer (a scan?); run text recognition (OCR) on a copy and "
            "read that, or type the passage into a .txt"
        )
    empty = sum(not page.lines for page in pages)
    return PdfText(text, tuple(starts), clean_field(meta.get("Title")), clean_field(meta.get("Author")), empty)


def _read_pages(pdf: Any, shown: str) -> list[_Page]:
    if len(pdf) > MAX_PDF_PAGES:
        raise DocumentError(f"{shown}: {len(pdf):,} pages is more than the {MAX_PDF_PAGES:,} that are read; split it")
    pages = []
    characters = 0
    for number in range(len(pdf)):
        page = pdf[number]
        text_page = page.get_textpage()
        characters += text_page.count_chars()
        if characters > MAX_TEXT_CHARACTERS:
            raise DocumentError(
                f"{shown}: the first {number + 1} pages hold more than {MAX_TEXT_CHARACTERS:,} characters; split it"
            )
        _, bottom, _, top = page.get_mediabox()
        pages.append(_Page(bottom, top, tuple(in_reading_order(cut_pieces(text_page)))))
        text_page.close()
        page.close()
    return pages


def cut_pieces(text_page: Any) -> list[Piece]:
    """Pieces of lines in the order of the file: a new line, a step back or a wide gap begins another."""
    from pypdfium2 import raw

    box = raw.FS_RECTF()
    pieces: list[Piece] = []
    characters: list[str] = []
    left = right = bottom = top = 0.0

    def close() -> None:
        text = _text_of(characters)
        if text:
            pieces.append(Piece(text, left, right, bottom, top))
        characters.clear()

    for index in range(text_page.count_chars()):
        code = raw.FPDFText_GetUnicode(text_page, index)
        if code in (0, 10, 13):
            if code:
                close()
            continue
        hyphen = code == 2 or raw.FPDFText_IsHyphen(text_page, index) == 1
        character = HYPHEN if hyphen else chr(code)
        if not raw.FPDFText_GetLooseCharBox(text_page, index, box) or raw.FPDFText_IsGenerated(text_page, index) == 1:
            if characters:
                characters.append(character)
            continue
        if characters and not character.isspace():
            height = max(top - bottom, box.top - box.bottom, 1.0)
            apart = max(box.bottom - top, bottom - box.top)
            gap = max(box.left - right, left - box.right)
            # Turned text climbs a little with each letter; only a leap is another line.
            if apart > 1.5 * height or (apart <= 0 and gap > MAX_GAP_HEIGHTS * height):
                close()
        if not characters:
            left, right, bottom, top = box.left, box.right, box.bottom, box.top
        elif not character.isspace():
            left, right = min(left, box.left), max(right, box.right)
            bottom, top = min(bottom, box.bottom), max(top, box.top)
        characters.append(character)
        if hyphen:
            close()
    close()
    return pieces


def _text_of(characters: list[str]) -> str:
    joined = "".join(characters)
    if any("\ud800" <= c <= "\udfff" for c in joined):
        # The library gives characters beyond the basic plane as two halves; a lone half is no character.
        joined = joined.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return " ".join(c for c in joined.split() if c).strip("\x00")


def drop_running_heads(pages: Sequence[_Page]) -> list[list[Piece]]:
    """The lines of each page without running heads, running feet and page numbers.

    A line near the edge is a running head when it stands, digits apart, on a third of the pages, and a page
    number when it is nothing but a number that grows with the pages.
    """
    repeated: Counter[str] = Counter()
    offsets: Counter[int] = Counter()
    for number, page in enumerate(pages):
        edge = [line.text for line in page.lines if _at_edge(line, page)]
        repeated.update({_shape(text) for text in edge})
        offsets.update({int(match[1]) - number for text in edge if (match := _NUMBER_LINE.fullmatch(text))})
    least = max(HEAD_MIN_PAGES, len(pages) // 3)
    heads = {shape for shape, count in repeated.items() if count >= least and len(shape) <= HEAD_MAX_CHARACTERS}
    kept = []
    for number, page in enumerate(pages):
        lines = []
        for line in page.lines:
            match = _NUMBER_LINE.fullmatch(line.text)
            paginates = match is not None and offsets[int(match[1]) - number] >= 2
            if not (_at_edge(line, page) and (paginates or _shape(line.text) in heads)):
                lines.append(line)
        kept.append(lines)
    return kept


def _at_edge(line: Piece, page: _Page) -> bool:
    edge = EDGE_SHARE * (page.top - page.bottom)
    return line.top < page.bottom + edge or line.bottom > page.top - edge


def _shape(text: str) -> str:
    return re.sub(r"\d+", "#", text)


def join_pages(pages: Sequence[Sequence[Piece]]) -> tuple[str, list[int]]:
    """Lines of all pages → paragraphs, and the first character of each page.

    A line that ends a sentence and falls short ends a paragraph; so do free space and letters of another size.
    A paragraph may run over the end of a page.
    """
    words = Counter(
        word for page in pages for line in page for word in re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", line.text)
    )
    parts: list[str] = []
    length = 0
    starts: list[int] = []
    hanging = ""
    for page_no, lines in enumerate(pages, start=1):
        usual, reach = _usual_gap(lines), _reach(lines)
        for number, line in enumerate(lines):
            if parts:
                if number and _begins_paragraph(lines[number - 1], line, usual):
                    hanging = "\n"
                between = _between(hanging, line.text, number == 0, words)
                if between is None:
                    parts[-1] = parts[-1][:-1]
                    length -= 1
                    between = ""
                parts.append(between)
                length += len(between)
            if number == 0:
                # Pages without text before it begin, and end, where it begins.
                starts += [length] * (page_no - len(starts))
            parts.append(line.text)
            length += len(line.text)
            width = reach[_column_of(line)] - line.left
            ends = line.text[-1] in '.!?:”"’»؟。' and line.right - line.left < FULL_LINE_SHARE * width
            hanging = "\n" if ends else line.text
    starts += [length] * (len(pages) - len(starts))
    return "".join(parts).replace(HYPHEN, "-"), starts


def _reach(lines: Sequence[Piece]) -> dict[tuple[int, int], float]:
    """How far to the right the lines of one column and one size of letters reach."""
    reach: dict[tuple[int, int], float] = {}
    for line in lines:
        reach[_column_of(line)] = max(reach.get(_column_of(line), line.right), line.right)
    return reach


def _column_of(line: Piece) -> tuple[int, int]:
    return round(line.left), round(line.top - line.bottom)


def _usual_gap(lines: Sequence[Piece]) -> float:
    """Middle free space between a line and the next one under it, points."""
    gaps = sorted(a.bottom - b.top for a, b in pairwise(lines) if b.top < a.top)
    return gaps[len(gaps) // 2] if gaps else 0.0


def _begins_paragraph(before: Piece, line: Piece, usual_gap: float) -> bool:
    if line.top >= before.top or before.text.endswith(HYPHEN):
        return False
    heights = sorted((max(before.top - before.bottom, 1.0), max(line.top - line.bottom, 1.0)))
    return (
        before.bottom - line.top > usual_gap + PARAGRAPH_GAP_HEIGHTS * heights[0]
        or heights[1] > HEADING_RATIO * heights[0]
    )  # fmt: skip


def _between(before: str, line: str, new_page: bool, words: Counter[str]) -> str | None:
    """What joins two lines; ``None`` takes the hyphen away from the end of the first."""
    if before.endswith((HYPHEN, "\u00ad", "-", "\u2010")):
        head = re.search(r"([^\W\d_]+)\W$", before)
        tail = re.match(r"[^\W\d_]+", line)
        if head and tail and tail[0][0].islower():
            whole, compound = head[1] + tail[0], f"{head[1]}-{tail[0]}"
            keeps = words[compound] > words[whole] or (head[1].lower() in ("anti", "self") and not words[whole])
            return "" if keeps else None
        return "" if head else " "
    if before == "\n":
        return "\n\n" if new_page else "\n"
    return "\n\n" if new_page and not line[:1].islower() else " "
