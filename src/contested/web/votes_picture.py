"""Who voted how, as a picture: members by drafts.

In: votes, drafts in the order of their days. Out: inline SVG, escaped. Refuses: nothing; where there is no row for a
member and a draft, the picture says so.

Each vote has a shape and a word: a disc for yes, a cross for no, a bar for an abstention, a broken ring for absence;
a veto is a cross in a square. Members who voted alike stand together, those with most votes in favour first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from contested.web.public import Row
from contested.web.strings import TEXT
from contested.web.words import day_words

#: Drawing units: the column of members, a column a draft, the head, a row a member.
NAMES, COLUMN, HEAD, ROW = 190, 180, 66, 34
#: Order of votes: those in favour first.
_ORDER = {"yes": 0, "abstain": 1, "absent": 2, "no": 3}


@dataclass(frozen=True, slots=True)
class DraftColumn:
    """The head of a column."""

    draft: str
    day: str
    outcome: str
    sponsors: frozenset[str]


def vote_columns(drafts: Sequence[Sequence[Row]]) -> list[DraftColumn]:
    """A column for each draft, from its votes."""
    return [
        DraftColumn(
            rows[0]["draft"], str(day_words(rows[0]["voted_on"])), TEXT[f"outcome_{rows[0]['outcome']}"],
            frozenset(rows[0]["sponsors"]),
        )
        for rows in drafts
    ]  # fmt: skip


def order_members(votes: Mapping[tuple[str, str], Row], drafts: Sequence[str]) -> list[str]:
    """Members by their votes: those most in favour first, those who voted alike together, then by name."""

    def key(member: str) -> tuple[int, tuple[int, ...], str]:
        cast = tuple(
            len(_ORDER) if row is None else _ORDER[row["vote"]]
            for row in (votes.get((member, draft)) for draft in drafts)
        )
        return sum(cast), cast, member

    return sorted({member for member, _ in votes}, key=key)


def draw_votes(columns: Sequence[DraftColumn], votes: Mapping[tuple[str, str], Row]) -> Markup:
    """The picture; the table beneath it on the page holds the same."""
    members = order_members(votes, [column.draft for column in columns])
    width, height = NAMES + COLUMN * len(columns), HEAD + ROW * len(members) + 8
    body = []
    for number, column in enumerate(columns):
        x = NAMES + number * COLUMN
        for line, (css, words) in enumerate((("head", column.draft), ("quiet", column.day), ("quiet", column.outcome))):
            body.append(f'<text class="{css}" x="{x}" y="{18 + 17 * line}">{escape(words)}</text>')
    for row, member in enumerate(members):
        y = HEAD + ROW * row + ROW // 2
        body.append(f'<path class="row" d="M0 {y - ROW // 2}H{width}"/>')
        body.append(f'<text class="head" x="{NAMES - 14}" y="{y + 4}" text-anchor="end">{escape(member)}</text>')
        for number, column in enumerate(columns):
            body.append(_cell(votes.get((member, column.draft)), member in column.sponsors, NAMES + number * COLUMN, y))
    return Markup(
        f'<svg class="votes-picture" viewBox="0 0 {width} {height}" role="img" '
        f'aria-labelledby="votes-picture-title votes-picture-text">'
        f'<title id="votes-picture-title">{escape(TEXT["votes_picture_title"])}</title>'
        f'<desc id="votes-picture-text">{escape(TEXT["votes_picture_text"])}</desc>{"".join(body)}</svg>'
    )  # fmt: skip


def _cell(vote: Row | None, sponsor: bool, x: int, y: int) -> str:
    middle = x + 9
    cross = f'd="M{middle - 5} {y - 5}l10 10m0 -10l-10 10"/>'
    shapes = {
        "yes": f'<circle class="yes" cx="{middle}" cy="{y}" r="6"/>',
        "no": f'<path class="no" {cross}',
        "abstain": f'<path class="abstain" d="M{middle - 7} {y}h14"/>',
        "absent": f'<circle class="absent" cx="{middle}" cy="{y}" r="6"/>',
    }
    if vote is None:
        return f'<text class="quiet" x="{x + 24}" y="{y + 4}">{escape(TEXT["vote_none"])}</text>'
    drawn = shapes[vote["vote"]]
    if vote["veto"]:
        drawn += f'<rect class="veto" x="{middle - 10}" y="{y - 10}" width="20" height="20"/>'
    word = TEXT["vote_veto" if vote["veto"] else f"vote_{vote['vote']}"]
    if sponsor:
        word = TEXT["vote_of_sponsor"].format(vote=word)
    return f'{drawn}<text x="{x + 26}" y="{y + 4}">{escape(word)}</text>'
