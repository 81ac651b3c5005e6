"""Who blames whom, and beside it what the party blamed says.

In: an :class:`~contested.web.edition.Edition` and an event. Out: :class:`~contested.web.pages.Blame` for each pair.
Refuses: nothing. A blame is never shown without the reply of the party blamed, or the words that none was found.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from contested.web.edition import Edition
from contested.web.matrix import show_said
from contested.web.pages import Blame, Said
from contested.web.public import Row
from contested.web.strings import TEXT

PAGE = "index.html"
#: Stances that answer a blame.
REPLIES = ("denies", "denies_event", "alternative_explanation", "claims_responsibility", "retracts")


def claims_of_event(edition: Edition, event_id: str) -> list[Row]:
    """Claims about an event, votes left out: checked ones first, then by day."""
    claims = [row for row in edition.public.of("claims") if row["event_id"] == event_id and row["origin"] != "vote"]
    return sorted(claims, key=lambda row: (not row["checked"], row["said_on"] or date.max, row["claim_id"]))


def counted_claims(claims: list[Row]) -> list[Row]:
    """The checked ones, or all where none is.

    A machine's reading of a report tells again what a person has entered: it counts only where nobody has.
    """
    return [claim for claim in claims if claim["checked"]] or claims


def is_reply(claim: Row, target: str) -> bool:
    """Whether it is an answer of the party blamed: a denial of something else is none."""
    if claim["speaker_party"] != target or claim["stance"] not in REPLIES:
        return False
    return claim["stance"] != "denies" or claim["target_party"] in (None, target)


def show_blames(edition: Edition, event_id: str) -> tuple[Blame, ...]:
    """One line for each pair of parties, the first blame of each first."""
    claims = claims_of_event(edition, event_id)
    groups: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for claim in claims:
        if claim["stance"] == "blames" and claim["speaker_party"] and claim["target_party"]:
            groups[claim["speaker_party"], claim["target_party"]].append(claim)
    found = []
    for (speaker, target), made in groups.items():
        counted = counted_claims(made)
        modalities = {claim["modality"] for claim in counted}
        found.append(Blame(
            edition.marks(speaker), edition.marks(target),
            counted[0]["modality"] if len(modalities) == 1 else "asserts",
            show_said(edition, TEXT["blames"], made[0]["claim_id"]),
            edition.book.count(PAGE, TEXT["blaming_claims"], "claims", [claim["claim_id"] for claim in counted]),
            choose_replies(edition, claims, target, made[0]["said_on"]),
        ))  # fmt: skip
    return tuple(found)


def choose_replies(
    edition: Edition, claims: list[Row], target: str, blamed_on: date | None
) -> tuple[tuple[str, Said], ...]:
    """What the blamed party says, one claim a stance: the first not before the blame, else the last before it.

    A checked claim goes before a machine's reading.
    """
    chosen: dict[str, Row] = {}
    for claim in claims:
        if not is_reply(claim, target):
            continue
        held = chosen.setdefault(claim["stance"], claim)
        if held["checked"] == claim["checked"] and _before(held, blamed_on):
            chosen[claim["stance"]] = claim
    return tuple(
        (TEXT[f"stance_{stance}"], show_said(edition, TEXT[f"stance_{stance}"], claim["claim_id"]))
        for stance, claim in chosen.items()
    )


def _before(claim: Row, day: date | None) -> bool:
    return day is not None and claim["said_on"] is not None and claim["said_on"] < day
