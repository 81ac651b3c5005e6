"""Documents: the frozen texts with their passages marked, numbered and annotated beside the text.

In: an :class:`~contested.web.edition.Edition`. Out: :class:`DocumentPage` for each printed document. Refuses:
nothing; passages may overlap, and marking never alters the text that it marks.

The text is cut at the edges of passages, of printed pages and of paragraphs. Passages that overlap get lines at
different heights, so that each can be followed; numbers stand in the margin of the text, never in it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from contested.claims.documents.language import is_supported
from contested.web.addresses import anchor, safe_link
from contested.web.claim_pages import document_words, speaker_words
from contested.web.edition import Edition
from contested.web.marks import Mark
from contested.web.numbers import Number
from contested.web.public import Row
from contested.web.strings import TEXT
from contested.web.words import day_words, said_words

#: Lines that are told apart beneath overlapping passages; a fourth passage at one place shares the first line.
MAX_LINES = 3
#: A paragraph: a line with the breaks after it.
_PARAGRAPH = re.compile(r"[^\r\n\u2028\u2029]*[\r\n\u2028\u2029]*")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of frozen text inside the same passages.

    ``starts`` are (anchor, number) of the passages that begin here; the anchor is null where a passage only goes on
    after a gap. ``notes`` are (anchor of the note, speaker) of all passages around it, ``lines`` their lines.
    """

    text: str
    starts: tuple[tuple[str | None, int], ...]
    notes: tuple[tuple[str, str], ...]
    lines: tuple[int, ...]
    page_no: int | None = None
    """Number of the printed page that begins here."""


@dataclass(frozen=True, slots=True)
class SideNote:
    """What stands beside a passage: who says it, the stance, against or for whom."""

    number: int
    anchor: str
    passage: str
    href: str
    speaker: str
    party: Mark
    account_href: str | None
    stance: str
    target: str | None
    modality: str | None
    said_on: str | None
    via: tuple[str, ...]
    checked: bool
    page_no: int | None


@dataclass(frozen=True, slots=True)
class Block:
    """Paragraphs of the text, and the notes on the passages that begin in them."""

    pieces: tuple[Piece, ...]
    notes: tuple[SideNote, ...]


@dataclass(frozen=True, slots=True)
class DocumentPage:
    """``documents/<id>.html``."""

    file: str
    title: str
    facts: tuple[tuple[str, str], ...]
    hashes: tuple[tuple[str, str], ...]
    address: str | None
    address_link: str | None
    original: str
    original_href: str
    language: str | None
    unsupported: str | None
    """The notice that claims are taken from no text of this language."""
    blocks: tuple[Block, ...]
    n_claims: Number | None


def show_documents(edition: Edition) -> list[DocumentPage]:
    """One page for each printed document."""
    by_document = edition.grouped("claims", "document_id")
    return [
        _document(edition, row, by_document.get((key,), [])) for key, row in edition.public.rows["documents"].items()
    ]


def _document(edition: Edition, row: Row, claims: list[Row]) -> DocumentPage:
    file = f"documents/{anchor(row['document_id'])}.html"
    claims = sorted(claims, key=lambda claim: (claim["passage"][0]["start"], claim["claim_id"]))
    pages = list(row["pages"] or ())
    facts = [
        (TEXT["title_word"], _found(row, "title", row["title"])),
        (TEXT["outlet"], _found(row, "outlet", row["outlet"])),
        (TEXT["author"], _found(row, "author", row["author"])),
        (TEXT["published"], _found(row, "published", day_words(row["published"]))),
        (TEXT["collected"], day_words(row["collected"])), (TEXT["language"], row["language"]),
        (TEXT["printed_pages"], str(len(pages)) if pages else None), (TEXT["media_type"], row["media_type"]),
        (TEXT["reader"], row["reader"]),
    ]  # fmt: skip
    return DocumentPage(
        file, document_words(row), tuple((word, value) for word, value in facts if value),
        ((TEXT["original_sha256"], row["sha256"]), (TEXT["text_sha256"], row["text_sha256"])),
        row["address"], safe_link(row["address"]), row["path"], edition.addresses.row("originals", row["path"]),
        row["language"], _unsupported(edition, row, claims), _blocks(edition, row["text"], claims, pages),
        edition.book.count(file, TEXT["table_claims"], "claims", [claim["claim_id"] for claim in claims])
        if claims else None,
    )  # fmt: skip


def _found(row: Row, name: str, value: str | None) -> str | None:
    """A value with where it was found, where the document says so."""
    where = row[f"{name}_from"]
    return TEXT["document_found"].format(value=value, where=TEXT[f"found_{where}"]) if value and where else value


def _unsupported(edition: Edition, row: Row, claims: Sequence[Row]) -> str | None:
    original = edition.public.rows["originals"].get(row["path"])
    if claims or original is None or original["kind"] != "document" or is_supported(row["language"], row["text"]):
        return None
    return TEXT["document_unsupported"].format(language=row["language"] or TEXT["language_unknown"])


def _note(edition: Edition, number: int, claim: Row, pages: Sequence[int]) -> SideNote:
    name, start = anchor(claim["claim_id"]), claim["passage"][0]["start"]
    target = edition.marks(claim["target_party"]).name if claim["target_party"] else claim["target_text"]
    return SideNote(
        number, f"note-{name}", f"p-{name}", edition.addresses.row("claims", claim["claim_id"]), speaker_words(claim),
        edition.marks(claim["speaker_party"]), edition.addresses.account(claim["speaker_party"]),
        TEXT[f"stance_{claim['stance']}"], target,
        None if claim["modality"] == "asserts" else TEXT[f"modality_{claim['modality']}"],
        said_words(claim), tuple(piece["text"] for piece in claim["via"]), claim["checked"],
        sum(first <= start for first in pages) or None,
    )  # fmt: skip


def _blocks(edition: Edition, text: str, claims: Sequence[Row], pages: Sequence[int]) -> tuple[Block, ...]:
    """The text in blocks; paragraphs without a note stand together."""
    paragraphs = [match.span() for match in _PARAGRAPH.finditer(text) if match[0]]
    pieces = cut_pieces(text, claims, [start for start, _ in paragraphs], pages)
    notes: dict[int, list[SideNote]] = {}
    for number, claim in enumerate(claims, start=1):
        notes.setdefault(claim["passage"][0]["start"], []).append(_note(edition, number, claim, pages))
    blocks: list[Block] = []
    position = taken = 0
    for start, end in paragraphs or [(0, 0)]:
        beside = tuple(note for at in sorted(notes) if start <= at < end for note in notes[at])
        own = []
        while taken < len(pieces) and position < end:
            own.append(pieces[taken])
            position += len(pieces[taken].text)
            taken += 1
        if blocks and not beside and not blocks[-1].notes:
            blocks[-1] = Block((*blocks[-1].pieces, *own), ())
        else:
            blocks.append(Block(tuple(own), beside))
    return tuple(blocks)


def cut_pieces(
    text: str, claims: Sequence[Row], breaks: Sequence[int] = (), pages: Sequence[int] = ()
) -> tuple[Piece, ...]:
    """The text cut at every edge of a passage, at ``breaks`` and at the starts of ``pages``; joined it is the text.

    A passage that does not lie in the text is left out: proving passages is the work of ``verify``.
    """
    passages = _lay_lines(text, claims)
    starts: dict[int, list[_Passage]] = {}
    ends: dict[int, list[_Passage]] = {}
    for passage in passages:
        starts.setdefault(passage.start, []).append(passage)
        ends.setdefault(passage.end, []).append(passage)
    printed = {first: number for number, first in enumerate(pages, start=1) if 0 <= first < len(text)}
    inner = {at for at in (*breaks, *printed) if 0 < at < len(text)}
    around: list[_Passage] = []
    pieces = []
    for start, end in pairwise(sorted({0, len(text), *starts, *ends, *inner})):
        for passage in ends.get(start, ()):
            around.remove(passage)
        around += starts.get(start, ())
        pieces.append(Piece(
            text[start:end],
            tuple((f"p-{one.name}" if one.first else None, one.number) for one in starts.get(start, ())),
            tuple(dict.fromkeys((f"note-{one.name}", one.speaker) for one in around)),
            tuple(sorted({one.line for one in around})), printed.get(start),
        ))  # fmt: skip
    return tuple(pieces)


@dataclass(frozen=True, slots=True)
class _Passage:
    """One piece of a passage, in the text."""

    name: str
    number: int
    speaker: str
    start: int
    end: int
    first: bool
    line: int


def _lay_lines(text: str, claims: Sequence[Row]) -> list[_Passage]:
    """Every piece with its line: the highest that no passage before it still needs at that place."""
    free_from = [0] * MAX_LINES
    found = []
    for number, claim in enumerate(claims, start=1):
        inside = [piece for piece in claim["passage"] if 0 <= piece["start"] < piece["end"] <= len(text)]
        if not inside:
            continue
        low, high = min(piece["start"] for piece in inside), max(piece["end"] for piece in inside)
        line = next((line for line in range(MAX_LINES) if free_from[line] <= low), 0)
        free_from[line] = max(free_from[line], high)
        found += [
            _Passage(anchor(str(claim["claim_id"])), number, speaker_words(claim), piece["start"], piece["end"],
                     place == 0, line)
            for place, piece in enumerate(inside)
        ]  # fmt: skip
    return found
