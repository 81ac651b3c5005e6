"""A form of the queue → the decision that it asks for.

In: the fields of a form. Out: a :class:`~contested.review.deciding.Judgement`. Refuses: an action that a kind does not
know, a row that is not there, and a value that its column cannot hold.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from contested.base.corrections import CORRECTABLE, check_correction
from contested.base.errors import RecordError
from contested.review.deciding import Judgement
from contested.review.items import find_link
from contested.review.queue import TABLE_OF

if TYPE_CHECKING:
    from contested.review.desk import Asked, Desk

#: What can be decided about each kind.
ACTIONS_OF = {
    "claims": ("accept", "correct", "reject"),
    "links": ("link", "split"),
    "places": ("correct", "reject"),
    "speakers": ("correct", "reject"),
}
#: Keys of the catalogue: the short reasons that each action offers.
REASONS_OF = {
    ("claims", "correct"): ("why_misread_stance", "why_misread_speaker", "why_misread_target", "why_other_event"),
    ("claims", "reject"): ("why_no_claim", "why_other_event", "why_repeats", "why_cut_wrong"),
    ("links", "link"): ("why_same_all", "why_same_source", "why_same_place_day"),
    ("links", "split"): ("why_other_place", "why_other_day", "why_other_toll", "why_other_kind"),
    ("places", "correct"): ("why_named_near", "why_known_place", "why_map"),
    ("places", "reject"): ("why_none_fits", "why_too_vague"),
    ("speakers", "correct"): ("why_known_office", "why_text_says", "why_public_source"),
    ("speakers", "reject"): ("why_no_party", "why_too_vague"),
}


def given_reason(asked: Asked) -> str:
    """The reason written, else the one chosen."""
    return asked.form.get("reason", "").strip() or asked.form.get("short_reason", "").strip()


def read_judgement(desk: Desk, asked: Asked, kind: str) -> Judgement:
    """What the form decides about its row.

    Raises
    ------
    RecordError
        When the action or the row is not known, or a value cannot stand in its column.
    """
    action, key = asked.form.get("action", ""), asked.form.get("key", "")
    if kind not in ACTIONS_OF or action not in ACTIONS_OF[kind]:
        raise RecordError(f'"{action}" cannot be decided here; expected {", ".join(ACTIONS_OF.get(kind, ()))}')
    if not is_there(desk, kind, key):
        raise RecordError(f'{TABLE_OF[kind]} has no row "{key[:200]}" to decide about; it may have gone with a build')
    change: Mapping[str, Any] = {}
    if action == "correct":
        change = _change(desk, asked, kind, key)
    return Judgement(TABLE_OF[kind], key, action, asked.number("seen"), change)


def is_there(desk: Desk, kind: str, key: str) -> bool:
    """Whether the tables hold the row that a key names."""
    tables = desk.tables
    if kind == "claims":
        return tables.row("claims", "claim_id", key) is not None
    if kind == "links":
        return find_link(tables, key) is not None
    if kind == "places":
        table, _, row_key = key.partition("|")
        sql = "SELECT 1 FROM place_candidates WHERE row_key = ? AND of_table = ? LIMIT 1"
        return bool(tables.rows(sql, [row_key, table]))
    return bool(tables.rows("SELECT 1 FROM claims WHERE speaker_text = ? LIMIT 1", [key]))


def _change(desk: Desk, asked: Asked, kind: str, key: str) -> dict[str, Any]:
    if kind == "places":
        table, _, row_key = key.partition("|")
        number = asked.number("candidate")
        sql = "SELECT name, lon, lat FROM place_candidates WHERE row_key = ? AND of_table = ? AND candidate = ?"
        found = desk.tables.rows(sql, [row_key, table, number])
        if not number or not found:
            raise RecordError(f"there is no candidate {number} for {key[:200]}; choose one of those shown")
        # The place itself and not its rank: ranks may change with another gazetteer.
        return {name: found[0][name] for name in ("name", "lon", "lat")}
    if kind == "speakers":
        party = asked.form.get("speaker_party", "")
        if not party:
            raise RecordError("no party is chosen; choose one, or reject")
        return check_correction({"speaker_party": party}, desk.case)
    claim = desk.tables.row("claims", "claim_id", key) or {}
    given = {name: asked.form[name].strip() for name in CORRECTABLE if name in asked.form}
    wanted = check_correction({name: text or None for name, text in given.items()}, desk.case)
    change = {name: value for name, value in wanted.items() if value != claim.get(name)}
    if not change:
        raise RecordError("nothing was changed: accept the claim, or change what is wrong in it")
    return change
