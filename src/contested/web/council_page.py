"""The Council: who voted how on which draft, as a picture and as a table.

In: an :class:`~contested.web.edition.Edition`. Out: :class:`CouncilPage`, or ``None`` when the case has no votes.
Refuses: nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from contested.web.addresses import anchor, safe_link
from contested.web.edition import Edition
from contested.web.marks import Mark
from contested.web.numbers import Number
from contested.web.pages import DraftBlock, VoteCell
from contested.web.public import Row, row_key
from contested.web.strings import TEXT
from contested.web.votes_picture import draw_votes, order_members, vote_columns
from contested.web.words import code_words, day_words

PAGE = "council.html"
VOTES = ("yes", "no", "abstain", "absent")


@dataclass(frozen=True, slots=True)
class CouncilPage:
    """``council.html``."""

    picture: Markup
    drafts: tuple[DraftBlock, ...]
    members: tuple[tuple[Mark, str | None, str, tuple[VoteCell | None, ...]], ...]
    """(party, page of its account, member, its vote on each draft), in the order of the picture."""
    how_known: tuple[str, ...]
    withheld: Number | None


def show_council(edition: Edition) -> CouncilPage | None:
    """``council.html``."""
    if not edition.public.rows["votes"] and not edition.public.withheld["votes"]:
        return None
    by_draft = edition.grouped("votes", "draft")
    drafts = sorted(by_draft.values(), key=lambda rows: (rows[0]["voted_on"], rows[0]["draft"]))
    votes = {(row["member"], row["draft"]): row for rows in drafts for row in rows}
    withheld = None
    if edition.public.withheld["votes"]:
        withheld = edition.book.count_where(PAGE, TEXT["withheld"], "votes", scope="withheld")
    return CouncilPage(
        draw_votes(vote_columns(drafts), votes), tuple(_draft(edition, rows) for rows in drafts),
        _members(edition, votes, [rows[0]["draft"] for rows in drafts]),
        tuple(sorted({code_words(row["how_known"]) for row in edition.public.of("votes")})), withheld,
    )  # fmt: skip


def _draft(edition: Edition, rows: list[Row]) -> DraftBlock:
    first = rows[0]
    tallies = []
    for vote in VOTES:
        keys = [row_key("votes", row) for row in rows if row["vote"] == vote]
        if keys:
            tallies.append((TEXT[f"vote_{vote}"], edition.book.count(PAGE, f"{first['draft']}: {vote}", "votes", keys)))
    return DraftBlock(
        anchor(first["draft"]), first["draft"], str(day_words(first["voted_on"])), first["body"],
        first["meeting"], first["subject"],
        tuple(first["sponsors"]), TEXT[f"outcome_{first['outcome']}"], tuple(tallies),
        tuple(row["member"] for row in rows if row["veto"]), first["address"], safe_link(first["address"]),
    )  # fmt: skip


def _members(
    edition: Edition, votes: dict[tuple[str, str], Row], drafts: Sequence[str]
) -> tuple[tuple[Mark, str | None, str, tuple[VoteCell | None, ...]], ...]:
    lines = []
    for member in order_members(votes, drafts):
        rows = [votes.get((member, draft)) for draft in drafts]
        party = next((row["party"] for row in rows if row and row["party"]), None)
        cells = tuple(None if row is None else _vote(edition, row) for row in rows)
        lines.append((edition.marks(party), edition.addresses.account(party), member, cells))
    return tuple(lines)


def _vote(edition: Edition, row: Row) -> VoteCell:
    return VoteCell(
        f"vote-{anchor(row['claim_id'])}", row["vote"], row["veto"], code_words(row["how_known"]),
        edition.addresses.row("claims", row["claim_id"])
        if row["claim_id"] in edition.public.rows["claims"] else "claims.html",
    )  # fmt: skip
