"""Claims: every attributed statement with its passage.

In: an :class:`~contested.web.edition.Edition`. Out: the claims pages. Refuses: nothing.
"""

from __future__ import annotations

from contested.web.addresses import anchor, safe_link
from contested.web.edition import Edition
from contested.web.pages import ClaimBlock, ClaimsPage
from contested.web.public import Row
from contested.web.strings import TEXT
from contested.web.words import code_words, range_words, said_words


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
    """One claim as it is shown; its addresses count from the root of the dossier."""
    document = edition.public.rows["documents"].get(row["document_id"])
    return ClaimBlock(
        anchor(row["claim_id"]), speaker_words(row), row["speaker_kind"], edition.marks(row["speaker_party"]),
        edition.addresses.account(row["speaker_party"]),
        TEXT[f"stance_{row['stance']}"],
        edition.marks(row["target_party"]) if row["target_party"] else None,
        row["target_text"],
        None if row["modality"] == "asserts" else TEXT[f"modality_{row['modality']}"],
        said_words(row), edition.event_title(row["event_id"]), _facts(row),
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
