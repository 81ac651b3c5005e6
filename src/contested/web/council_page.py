"""The Council track: statements, drafts, votes and vetoes on one time axis, and who voted how.

In: an :class:`~contested.web.edition.Edition`. Out: :class:`~contested.web.pages.CouncilPage`, or
``None`` when the case has no votes. Refuses: nothing.
"""

from __future__ import annotations

from contested.web.addresses import anchor, safe_link
from contested.web.claim_pages import speaker_words
from contested.web.edition import Edition
from contested.web.marks import Mark
from contested.web.pages import CouncilPage, DraftBlock, TimelineMoment, VoteCell
from contested.web.public import Row, row_key
from contested.web.strings import TEXT
from contested.web.timeline import Moment, draw_timeline
from contested.web.words import code_words, day_words

PAGE = "council.html"
VOTES = ("yes", "no", "abstain", "absent")
#: Shape on the timeline by stance, so that nothing rests on colour alone.
_SHAPES = {
    "blames": "up", "denies": "down", "denies_event": "down", "alternative_explanation": "diamond",
    "confirms_finding": "up",
}  # fmt: skip


def show_council(edition: Edition) -> CouncilPage | None:
    """``council.html``."""
    if not edition.public.rows["votes"] and not edition.public.withheld["votes"]:
        return None
    by_draft = edition.grouped("votes", "draft")
    drafts = sorted(by_draft.values(), key=lambda rows: (rows[0]["voted_on"], rows[0]["draft"]))
    moments = sorted(
        [*_statements(edition), *_events(edition), *(_vote_moment(rows) for rows in drafts)],
        key=lambda moment: (moment.day, moment.lane_order, moment.text),
    )
    withheld = None
    if edition.public.withheld["votes"]:
        withheld = edition.book.count_where(PAGE, TEXT["withheld"], "votes", scope="withheld")
    return CouncilPage(
        draw_timeline(moments, TEXT["timeline_title"], TEXT["timeline_description"]),
        tuple(
            TimelineMoment(str(day_words(m.day)), m.lane, m.text, m.shape, m.css, m.href) for m in moments
        ),
        tuple(_draft(edition, rows) for rows in drafts),
        _members(edition, drafts),
        tuple(sorted({code_words(row["how_known"]) for row in edition.public.of("votes")})),
        withheld,
    )  # fmt: skip


def _events(edition: Edition) -> list[Moment]:
    return [
        Moment(event.first, TEXT["lane_event"], 0, event.title, "event", "", "index.html#event-" + event.id)
        for event in edition.case.file.events
    ]


def _statements(edition: Edition) -> list[Moment]:
    """Dated statements entered by hand; claims read from documents repeat them and stay on their own page."""
    declared = {party.id: number for number, party in enumerate(edition.case.file.parties, start=1)}
    found = []
    for row in edition.public.of("claims"):
        if row["origin"] != "statement" or row["said_on"] is None:
            continue
        party = edition.marks(row["speaker_party"])
        text = f"{speaker_words(row)}: {TEXT['stance_' + row['stance']]}"
        if row["target_party"]:
            text += f" ({edition.marks(row['target_party']).name})"
        found.append(Moment(
            row["said_on"], party.name, declared.get(party.id, len(declared) + 1), text,
            _SHAPES.get(row["stance"], "circle"), party.css.split()[0],
            edition.addresses.row("claims", row["claim_id"]),
        ))  # fmt: skip
    return found


def _vote_moment(rows: list[Row]) -> Moment:
    first = rows[0]
    text = f"{first['draft']}: {TEXT['outcome_' + first['outcome']]}"
    shape = "veto" if any(row["veto"] for row in rows) else "square"
    return Moment(first["voted_on"], TEXT["lane_votes"], 10_000, text, shape, "", f"{PAGE}#{anchor(first['draft'])}")


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


def _members(edition: Edition, drafts: list[list[Row]]) -> tuple[tuple[Mark, str, tuple[VoteCell | None, ...]], ...]:
    """A line a member: permanent members' vetoes first, then by name."""
    votes = {(row["member"], row["draft"]): row for rows in drafts for row in rows}
    names = [rows[0]["draft"] for rows in drafts]
    members = sorted({member for member, _ in votes})
    lines = []
    for member in members:
        rows = [votes.get((member, draft)) for draft in names]
        party = next((row["party"] for row in rows if row and row["party"]), None)
        cells = tuple(None if row is None else _vote(edition, row) for row in rows)
        lines.append((edition.marks(party), member, cells))
    return tuple(lines)


def _vote(edition: Edition, row: Row) -> VoteCell:
    return VoteCell(
        f"vote-{anchor(row['claim_id'])}", row["vote"], row["veto"], code_words(row["how_known"]),
        edition.addresses.row("claims", row["claim_id"])
        if row["claim_id"] in edition.public.rows["claims"] else "claims.html",
    )  # fmt: skip
