"""Claims and documents: every attributed statement, and the frozen texts with their passages marked.

In: an :class:`~contested.web.edition.Edition`. Out: claims pages and one page a document. Refuses:
nothing; passages may overlap, and marking never alters the text that it marks.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from contested.web.addresses import anchor, safe_link
from contested.web.edition import Edition
from contested.web.pages import ClaimBlock, ClaimsPage, DocumentPage, Piece
from contested.web.public import Row
from contested.web.strings import TEXT
from contested.web.words import code_words, day_words, range_words


def show_claims(edition: Edition) -> list[ClaimsPage]:
    """The pages of claims, in the order of their keys; totals stand on the first."""
    paged = edition.addresses.paged("claims")
    pages = tuple((file, str(number)) for number, (file, _) in enumerate(paged, start=1))
    shown = []
    for file, keys in paged:
        total = withheld = None
        if file == "claims.html":
            total = edition.book.count_where(file, TEXT["table_claims"], "claims")
            if edition.public.withheld["claims"]:
                withheld = edition.book.count_where(file, TEXT["withheld"], "claims", scope="withheld")
        claims = sorted((edition.public.rows["claims"][key] for key in keys), key=_reading_order)
        shown.append(ClaimsPage(file, pages, total, withheld, tuple(show_claim(edition, row) for row in claims)))
    return shown


def _reading_order(row: Row) -> tuple[bool, str, str]:
    return row["said_on"] is None, str(row["said_on"]), row["claim_id"]


def speaker_words(row: Row) -> str:
    """Who says it, as shown: a withheld speaker by code, an unnamed one as such."""
    return str(row["speaker_text"] or row["speaker_actor"] or TEXT["no_speaker"])


def show_claim(edition: Edition, row: Row) -> ClaimBlock:
    document = edition.public.rows["documents"].get(row["document_id"])
    return ClaimBlock(
        anchor(row["claim_id"]), speaker_words(row), row["speaker_kind"], edition.marks(row["speaker_party"]),
        edition.addresses.account(row["speaker_party"]),
        TEXT[f"stance_{row['stance']}"],
        edition.marks(row["target_party"]) if row["target_party"] else None,
        row["target_text"],
        None if row["modality"] == "asserts" else TEXT[f"modality_{row['modality']}"],
        day_words(row["said_on"]), edition.event_title(row["event_id"]), _facts(row),
        row["summary"],
        tuple(piece["text"] for piece in row["passage"]) if row["quoted"] else (),
        edition.addresses.passage(row["claim_id"]),
        document_words(document) if document else row["original_path"],
        tuple(piece["text"] for piece in row["via"]), row["basis"], row["note"], row["second_hand"],
        row["checked"], row["address"], safe_link(row["address"]), row["made_by"],
        None if row["score"] is None else f"{row['score']:.2f}",
    )  # fmt: skip


def document_words(document: Row) -> str:
    """Title of a document, else its path, with its name in the archive that holds it."""
    member = document.get("member")
    return str(document["title"] or (f"{document['path']}#{member}" if member else document["path"]))


def _facts(row: Row) -> tuple[tuple[str, str], ...]:
    """The facts that a claim asserts, as (word, value)."""
    facts = [
        (TEXT["question_happened"], row["happened"] and TEXT[f"happened_{row['happened']}"]),
        (TEXT["question_means"], row["means"]),
        (TEXT["question_how"], row["mechanism"] and code_words(row["mechanism"])),
        (TEXT["question_when"], row["event_time"]),
        (TEXT["place"], row["place_text"]),
        (TEXT["killed"], range_words(row["killed_low"], row["killed_high"])),
        (TEXT["injured"], range_words(row["injured_low"], row["injured_high"])),
    ]
    return tuple((word, str(value)) for word, value in facts if value)


def show_documents(edition: Edition) -> list[DocumentPage]:
    """One page for each printed document."""
    by_document = edition.grouped("claims", "document_id")
    return [
        _document(edition, row, by_document.get((key,), [])) for key, row in edition.public.rows["documents"].items()
    ]


def _document(edition: Edition, row: Row, claims: list[Row]) -> DocumentPage:
    claims = sorted(claims, key=lambda claim: (claim["passage"][0]["start"], claim["claim_id"]))
    facts = [
        (TEXT["outlet"], row["outlet"]), (TEXT["author"], row["author"]),
        (TEXT["published"], _published(row)), (TEXT["collected"], day_words(row["collected"])),
        (TEXT["language"], row["language"]), (TEXT["media_type"], row["media_type"]),
        (TEXT["original_sha256"], row["sha256"]), (TEXT["text_sha256"], row["text_sha256"]),
        (TEXT["reader"], row["reader"]),
    ]  # fmt: skip
    return DocumentPage(
        f"documents/{anchor(row['document_id'])}.html", document_words(row),
        tuple((word, value) for word, value in facts if value),
        row["address"], safe_link(row["address"]), row["path"], edition.addresses.row("originals", row["path"]),
        cut_pieces(edition, row["text"], claims),
        tuple(
            (f"#p-{anchor(claim['claim_id'])}", f"{speaker_words(claim)}: {TEXT['stance_' + claim['stance']]}")
            for claim in claims
        ),
    )  # fmt: skip


def _published(row: Row) -> str | None:
    day = day_words(row["published"])
    return f"{day} ({TEXT['found_in']} {row['published_from']})" if day and row["published_from"] else day


def cut_pieces(edition: Edition, text: str, claims: Sequence[Row]) -> tuple[Piece, ...]:
    """The text cut at every edge of a passage; the pieces joined are the text.

    A passage that does not lie in the text is left out: proving passages is the work of ``verify``.
    """
    starts: dict[int, list[str]] = {}
    ends: dict[int, list[str]] = {}
    anchors: dict[int, list[str]] = {}
    words = {claim["claim_id"]: speaker_words(claim) for claim in claims}
    for claim in claims:
        inside = [piece for piece in claim["passage"] if 0 <= piece["start"] < piece["end"] <= len(text)]
        for number, piece in enumerate(inside):
            starts.setdefault(piece["start"], []).append(claim["claim_id"])
            ends.setdefault(piece["end"], []).append(claim["claim_id"])
            if number == 0:
                anchors.setdefault(piece["start"], []).append(f"p-{anchor(claim['claim_id'])}")
    edges = sorted({0, len(text), *starts, *ends})
    around: list[str] = []
    pieces = []
    for start, end in pairwise(edges):
        for claim_id in ends.get(start, []):
            around.remove(claim_id)
        around += starts.get(start, [])
        marked = tuple(
            (f"../{edition.addresses.row('claims', claim_id)}", words[claim_id]) for claim_id in dict.fromkeys(around)
        )
        pieces.append(Piece(text[start:end], tuple(anchors.get(start, ())), marked))
    return tuple(pieces)
