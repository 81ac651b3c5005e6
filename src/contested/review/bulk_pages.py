"""Claims that belong together, judged in one go: all that nobody settled of one document or one speaker.

In: what is asked for, and the boxes ticked. Out: a page, and one decision a claim. Refuses: another sort of group, and
claims that are not there.
"""

from __future__ import annotations

from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.responses import Response

from contested.base.errors import CaseError, RecordError
from contested.review.deciding import Judgement
from contested.review.desk import Asked, Desk, Page, Part
from contested.review.forms import REASONS_OF, given_reason
from contested.review.items import claim_items
from contested.review.queue_pages import the_queue
from contested.web.strings import TEXT

#: Claims on one page, and so in one go: each is shown with its passage.
PAGE_CLAIMS = 40
#: Characters of text around each passage.
AROUND = 160
_COLUMN_OF = {"document": "document_id", "speaker": "speaker_actor", "event": "event_id"}


def show_group(desk: Desk, asked: Asked) -> Response:
    """Claims of one document, speaker or event that nobody has settled, the first of them."""
    by, value = asked.query.get("by", ""), asked.query.get("value", "")
    if by not in _COLUMN_OF:
        raise HTTPException(404, TEXT["review_no_row"])
    if asked.session.reviewer is None:
        return desk.go("/name?next=" + quote(f"/bulk?by={by}&value={quote(value, safe='')}", safe=""))
    state = desk.log.state()
    settled = [key for (table, key) in state.of_row if table == "claims" and state.is_settled(table, key)]
    sql = f"FROM review_claims WHERE {_COLUMN_OF[by]} = ?"
    open_only = f"{sql} AND claim_id NOT IN (SELECT unnest(?::VARCHAR[]))"
    rows = desk.tables.rows(
        f"SELECT claim_id {open_only} ORDER BY tier, claim_id LIMIT {PAGE_CLAIMS}", [value, settled]
    )
    n_left = desk.tables.count(f"SELECT count(*) {open_only}", [value, settled])
    left = [row["claim_id"] for row in rows]
    items = claim_items(desk.tables, left, AROUND)
    shown = [(item, state.last("claims", item.claim["claim_id"])) for item in items]
    return desk.show(
        "bulk", asked, by=by, value=value, shown=shown, n_left=n_left, kind="claims", reasons=REASONS_OF,
        title=_title(desk, by, value),
    )  # fmt: skip


def decide_group(desk: Desk, asked: Asked) -> Response:
    """One decision for each claim that is ticked."""
    action = asked.form.get("action", "")
    if action not in ("accept", "reject"):
        raise RecordError(f'"{action}" cannot be decided for many; expected accept or reject')
    known = the_queue(desk).place_of["claims"]
    ticked = list(dict.fromkeys(asked.lists.get("claim", ())))[:PAGE_CLAIMS]
    if unknown := [key for key in ticked if key not in known]:
        raise RecordError(f'claims has no unchecked row "{unknown[0][:200]}"; it may have gone with a build')
    if not ticked:
        raise CaseError(TEXT["bulk_none_ticked"])
    judgements = [Judgement("claims", key, action, asked.number(f"seen_{key}")) for key in ticked]
    made = desk.log.decide(judgements, asked.session.reviewer, given_reason(asked))
    asked.session.decided += [row["number"] for row in made]
    asked.session.message = TEXT["bulk_decided"].format(
        done=TEXT[f"done_{action}"], n=len(made), first=made[0]["number"], last=made[-1]["number"]
    )
    return desk.go("/queue/claims")


def _title(desk: Desk, by: str, value: str) -> str:
    if by == "document":
        found = desk.tables.rows("SELECT coalesce(title, path) AS title FROM documents WHERE document_id = ?", [value])
        return str(found[0]["title"]) if found else value
    return str(desk.event(value)) if by == "event" else value


PART = Part(pages=(Page("/bulk", show_group), Page("/bulk", decide_group, "POST")))
