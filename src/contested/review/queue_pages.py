"""The queue on screen: one question a page, with its passage in view.

In: what was asked. Out: pages and, from forms, decisions. Refuses: what :mod:`contested.review.forms` refuses.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.responses import Response

from contested.base.errors import CaseError
from contested.base.records import MODALITIES, STANCES
from contested.review.deciding import MAX_NAME
from contested.review.desk import Asked, Desk, Page, Part
from contested.review.forms import ACTIONS_OF, REASONS_OF, given_reason, read_judgement
from contested.review.items import claim_item, pair_item, place_item, speaker_item
from contested.review.queue import KINDS, TABLE_OF, Progress, Queue, make_queue
from contested.web.strings import TEXT

if TYPE_CHECKING:
    from contested.review.tables import CaseTables

_ITEM_OF: Mapping[str, Callable[[CaseTables, str], Any]] = {
    "claims": claim_item, "links": pair_item, "places": place_item, "speakers": speaker_item,
}  # fmt: skip


def prepare(desk: Desk, tables: CaseTables) -> None:
    """Order the queue of a new build."""
    desk.kept["queue"] = make_queue(desk, tables)


def the_queue(desk: Desk) -> Queue:
    """The queue of the build that is shown."""
    queue: Queue = desk.kept["queue"]
    return queue


def all_progress(desk: Desk) -> list[Progress]:
    """How far each queue is."""
    state = desk.log.state()
    return [the_queue(desk).progress(kind, state) for kind in KINDS]


def show_queue(desk: Desk, asked: Asked) -> Response:
    """The question of one kind that comes next, or the one that the address names."""
    kind = _kind(asked)
    if asked.session.reviewer is None:
        key = asked.query.get("key")
        return desk.go("/name?next=" + quote(f"/queue/{kind}" if key is None else address_of(kind, key), safe=""))
    state = desk.log.state()
    key = asked.query.get("key") or the_queue(desk).next_key(kind, state, asked.session.skipped)
    progress = the_queue(desk).progress(kind, state)
    if key is None:
        return desk.show("queue_done", asked, kind=kind, progress=progress, others=all_progress(desk))
    item = _ITEM_OF[kind](desk.tables, key)
    if item is None:
        raise HTTPException(404, TEXT["review_no_row"])
    table = TABLE_OF[kind]
    show_help, asked.session.help_seen = not asked.session.help_seen, True
    return desk.show(
        f"item_{kind}", asked, kind=kind, key=key, item=item, progress=progress, seen=state.last(table, key),
        decisions=state.all_of.get((table, key), ()), taken=state.taken, in_conflict=state.in_conflict(table, key),
        actions=ACTIONS_OF[kind], reasons=REASONS_OF, stances=STANCES, modalities=MODALITIES, show_help=show_help,
        item_address=address_of(kind, key),
    )  # fmt: skip


def decide(desk: Desk, asked: Asked) -> Response:
    """Carry out the form of one question, and go on to the next."""
    kind = _kind(asked)
    key = asked.form.get("key", "")
    if asked.form.get("action") == "skip":
        asked.session.skipped.add((kind, key))
        asked.session.message = TEXT["review_skipped"]
        return desk.go(f"/queue/{kind}")
    if asked.form.get("action") == "undo":
        return undo(desk, asked)
    if asked.session.reviewer is None:
        raise CaseError(TEXT["review_name_needed"])
    made = desk.log.decide([read_judgement(desk, asked, kind)], asked.session.reviewer, given_reason(asked))[0]
    asked.session.decided.append(made["number"])
    asked.session.skipped.discard((kind, key))
    progress = the_queue(desk).progress(kind, desk.log.state())
    asked.session.message = TEXT["review_decided"].format(
        done=TEXT[f"done_{made['action']}"], number=made["number"], settled=progress.settled, asked=progress.asked
    )
    if "without_seeing" in made:
        asked.session.message += " " + TEXT["review_conflict_made"].format(number=made["without_seeing"])
    return desk.go(f"/queue/{kind}")


def undo(desk: Desk, asked: Asked) -> Response:
    """Take back the last decision of this session that still stands."""
    taken = desk.log.state().taken
    numbers = [number for number in asked.session.decided if number not in taken]
    if not numbers:
        asked.session.message = TEXT["review_nothing_to_undo"]
        return desk.go(f"/queue/{_kind(asked)}")
    number = numbers[-1]
    desk.log.take_back(number, asked.session.reviewer, given_reason(asked))
    row = desk.log.state().rows[number - 1]
    asked.session.message = TEXT["review_undone"].format(number=number)
    kind = next((kind for kind, table in TABLE_OF.items() if table == row["table"]), _kind(asked))
    return desk.go(address_of(kind, row["row_key"]))


def ask_name(desk: Desk, asked: Asked) -> Response:
    """Ask who sits at this browser, once."""
    return desk.show("name", asked, next=asked.query.get("next", "/"))


def set_name(desk: Desk, asked: Asked) -> Response:
    """Who sits at this browser."""
    name = " ".join(asked.form.get("name", "").split())[:MAX_NAME]
    if not name:
        raise CaseError(TEXT["review_name_needed"])
    asked.session.reviewer = name
    asked.session.message = TEXT["review_named"].format(name=name)
    return desk.go(asked.form.get("next", "/"))


def address_of(kind: str, key: str) -> str:
    """Address of the question about a row."""
    return f"/queue/{kind}?key={quote(key, safe='')}"


def _kind(asked: Asked) -> str:
    kind = asked.path.get("kind", "claims")
    if kind not in KINDS:
        raise HTTPException(404, TEXT["review_no_row"])
    return kind


PART = Part(
    pages=(
        Page("/queue/{kind}", show_queue), Page("/queue/{kind}", decide, "POST"), Page("/name", ask_name),
        Page("/name", set_name, "POST"),
    ),
    menu=(
        ("/queue/claims", "queue_claims"), ("/queue/links", "queue_links"), ("/queue/places", "queue_places"),
        ("/queue/speakers", "queue_speakers"),
    ),
    prepare=prepare,
)  # fmt: skip
