"""The common timeline: events, attacks, ground that passes, statements by party, votes and vetoes on one axis.

In: an :class:`~contested.web.edition.Edition` and the grounds. Out: :class:`TimelinePage`, or ``None`` when nothing
is dated. Refuses: nothing. Only what the tables date stands here: a draft has the day of its vote, since the tables
give no day on which it was tabled; claims read from documents repeat statements and stay on their own pages.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from contested.base.records import UNKNOWN
from contested.web.addresses import anchor
from contested.web.claim_pages import speaker_words
from contested.web.edition import Edition
from contested.web.ground import Ground
from contested.web.public import Row
from contested.web.strings import TEXT
from contested.web.timeline import Moment, draw_timeline
from contested.web.words import day_words, joined_words, span_words

PAGE = "timeline.html"
#: Attacks and places drawn one by one at most; beyond, the pages of incidents and the map say more than marks can.
MAX_ATTACKS = 250
#: Places named for one day on which ground passed.
MAX_PLACES = 6
#: Order of the lanes: events, attacks, ground, parties in the order of the case, votes.
_EVENT, _ATTACKS, _GROUND, _PARTIES, _VOTES = 0, 1, 2, 1_000, 100_000
#: Shape by stance, so that nothing rests on colour alone.
_SHAPES = {
    "blames": "up", "denies": "down", "denies_event": "down", "alternative_explanation": "diamond",
    "confirms_finding": "plus", "declines_to_attribute": "ring",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class TimelineMoment:
    """One mark on the timeline, as a row of the table beneath it."""

    day: str
    lane: str
    what: str
    href: str


@dataclass(frozen=True, slots=True)
class TimelinePage:
    """``timeline.html``."""

    svg: Markup
    moments: tuple[TimelineMoment, ...]
    left_off: bool
    """Whether there are more attacks than are drawn."""


def show_timeline(edition: Edition, grounds: Sequence[Ground]) -> TimelinePage | None:
    """``timeline.html``."""
    by_draft = edition.grouped("votes", "draft")
    attacks = [row for row in edition.public.of("incidents") if row["event_id"] is not None]
    attacks.sort(key=lambda row: (row["date_start"], row["incident_id"]))
    moments = sorted(
        [
            *_events(edition), *(_attack(edition, row) for row in attacks[:MAX_ATTACKS]), *_gains(edition, grounds),
            *_statements(edition), *(_vote(rows) for rows in by_draft.values()),
        ],
        key=lambda moment: (moment.day, moment.lane_order, moment.text),
    )  # fmt: skip
    if not moments:
        return None
    return TimelinePage(
        draw_timeline(moments, TEXT["timeline_title"], TEXT["timeline_description"]),
        tuple(TimelineMoment(str(day_words(m.day)), m.lane, m.text, m.href) for m in moments),
        len(attacks) > MAX_ATTACKS,
    )


def _events(edition: Edition) -> list[Moment]:
    return [
        Moment(event.first, TEXT["lane_event"], _EVENT, event.title, "event", "", "index.html#event-" + event.id)
        for event in edition.case.file.events
    ]


def _attack(edition: Edition, row: Row) -> Moment:
    text = row["title"]
    if row["date_end"] != row["date_start"]:
        text = TEXT["timeline_spanning"].format(what=text, days=span_words(row["date_start"], row["date_end"]))
    href = edition.addresses.row("incidents", row["incident_id"])
    return Moment(row["date_start"], TEXT["lane_attacks"], _ATTACKS, text, "attack", "", href)


def _gains(edition: Edition, grounds: Sequence[Ground]) -> list[Moment]:
    """For each day and holder the places that passed to it, in each layer."""
    found = []
    for number, ground in enumerate(grounds):
        changes = ground.changes
        passed: dict[tuple[date, str], list[str]] = defaultdict(list)
        for row in ground.rows:
            if row["valid_from"] in changes and row["holder"] != UNKNOWN:
                passed[row["valid_from"], row["holder"]].append(ground.place_name(row) or "")
        order = {mark.id: place for place, mark in enumerate(edition.marks.all())}
        for (day, holder), places in passed.items():
            mark = edition.marks(holder)
            named = sorted({place for place in places if place})
            text = TEXT["timeline_ground"] if not named else joined_words(named[:MAX_PLACES])
            if len(named) > MAX_PLACES:
                text = TEXT["timeline_more_places"].format(places=TEXT["list_comma"].join(named[:MAX_PLACES]))
            lane = TEXT["lane_ground" if len(grounds) == 1 else "lane_ground_of_layer"]
            lane = lane.format(party=mark.name, layer=ground.name)
            at = _GROUND + number * len(order) + order.get(holder, len(order))
            found.append(Moment(day, lane, at, text, "gain", mark.css.split()[0], "map.html"))
    return found


def _statements(edition: Edition) -> list[Moment]:
    """Dated statements entered by hand, in the lane of the speaker's party."""
    declared = {party.id: number for number, party in enumerate(edition.case.file.parties)}
    found = []
    for row in edition.public.of("claims"):
        if row["origin"] != "statement" or row["said_on"] is None:
            continue
        party = edition.marks(row["speaker_party"])
        text = f"{speaker_words(row)}: {TEXT['stance_' + row['stance']]}"
        if row["target_party"]:
            text += f" ({edition.marks(row['target_party']).name})"
        account = edition.addresses.account(row["speaker_party"])
        found.append(Moment(
            row["said_on"], party.name, _PARTIES + declared.get(party.id, len(declared)), text,
            _SHAPES.get(row["stance"], "circle"), party.css.split()[0],
            f"{account}#claim-{anchor(row['claim_id'])}" if account
            else edition.addresses.row("claims", row["claim_id"]),
        ))  # fmt: skip
    return found


def _vote(rows: list[Row]) -> Moment:
    first = rows[0]
    text = f"{first['draft']}: {TEXT['outcome_' + first['outcome']]}"
    shape = "veto" if any(row["veto"] for row in rows) else "square"
    return Moment(
        first["voted_on"], TEXT["lane_votes"], _VOTES, text, shape, "", f"council.html#{anchor(first['draft'])}"
    )
