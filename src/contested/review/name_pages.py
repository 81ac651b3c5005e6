"""Names and parties: who is whom, who speaks for which party, and what is no name at all.

In: names of a build, the log, forms. Out: pages, decisions on ``actors``, and parties added to ``case.toml``. Refuses:
a name that no claim bears, a party that the case does not know, and a name that would be its own.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.responses import Response

from contested.base.errors import CaseError, RecordError
from contested.claims.settling import plain_name
from contested.review.case_entries import append_entry
from contested.review.deciding import Judgement
from contested.review.desk import Asked, Desk, Page, Part
from contested.review.items import claim_items
from contested.review.name_list import NAME, Alike, make_names
from contested.review.tables import CaseTables
from contested.web.marks import Marks
from contested.web.strings import TEXT

PAGE_ROWS = 50
#: Claims shown for a name.
MOST_CLAIMS = 4
#: Characters shown before and after a passage.
AROUND = 200
SORTS = {"unresolved": "party IS NOT NULL, n_of_events DESC, n_claims DESC", "claims": "n_claims DESC", "name": "name"}
MAX_PARTY_NAME = 120


def prepare(desk: Desk, tables: CaseTables) -> None:
    """Count the names of a new build."""
    desk.kept["names"] = make_names(tables, _declared(desk))


def _declared(desk: Desk) -> list[str]:
    file = desk.case.file
    return [*(actor.name for actor in file.actors), *(party.name for party in file.parties)]


def show_names(desk: Desk, asked: Asked) -> Response:
    """Names, those first that speak of an event and have no party."""
    sort = asked.query.get("sort", "")
    sort = sort if sort in SORTS else "unresolved"
    party, word = asked.query.get("party", ""), " ".join(asked.query.get("q", "").split())[:200]
    tests, values = ["true"], []
    if party:
        tests.append("party = ?")
        values.append(party)
    if word:
        tests.append("contains(lower(name), lower(?))")
        values.append(word)
    where = " AND ".join(tests)
    n_rows = desk.tables.count(f"SELECT count(*) FROM find_names WHERE {where}", values)
    pages = max(1, -(-n_rows // PAGE_ROWS))
    page = min(max(1, asked.number("page", 1)), pages)
    rows = desk.tables.rows(
        f"SELECT * FROM find_names WHERE {where} ORDER BY {SORTS[sort]}, name LIMIT ? OFFSET ?",
        [*values, PAGE_ROWS, (page - 1) * PAGE_ROWS],
    )
    state = desk.log.state()
    alike: Alike = desk.kept["names"]
    shown = [(row, alike.of(row["name"]), state.standing("actors", row["name"])) for row in rows]
    return desk.show(
        "names", asked, rows=shown, n_rows=n_rows, page=page, pages=pages, sort=sort, sorts=tuple(SORTS), party=party,
        word=word,
    )  # fmt: skip


def show_name(desk: Desk, asked: Asked) -> Response:
    """One name with some of its claims, and what can be decided about it."""
    name = asked.query.get("name", "")
    row = _row(desk, name)
    if asked.session.reviewer is None:
        return desk.go("/name?next=" + quote(_address(name), safe=""))
    found = desk.tables.rows(
        f"SELECT claim_id FROM claims WHERE {NAME} = ? AND origin = 'document' "
        "ORDER BY event_id IS NULL, claim_id LIMIT ?", [name, MOST_CLAIMS],
    )  # fmt: skip
    items = claim_items(desk.tables, [claim["claim_id"] for claim in found], AROUND)
    state = desk.log.state()
    alike: Alike = desk.kept["names"]
    return desk.show(
        "one_name", asked, row=row, items=items, alike=alike.of(name),
        declared=_declared(desk),
        seen=state.last("actors", name), decisions=state.all_of.get(("actors", name), ()), taken=state.taken,
        in_conflict=state.in_conflict("actors", name),
    )  # fmt: skip


def _row(desk: Desk, name: str) -> dict[str, Any]:
    found = desk.tables.rows("SELECT * FROM find_names WHERE name = ?", [name])
    if not found:
        raise HTTPException(404, TEXT["find_no_name"])
    return found[0]


def decide_name(desk: Desk, asked: Asked) -> Response:
    """Append what the form decides about a name."""
    name = asked.form.get("key", "")
    _row(desk, name)
    reason = asked.form.get("reason", "").strip()
    judgement = Judgement("actors", name, *_decided(desk, asked, name))
    (row,) = desk.log.decide([judgement], asked.session.reviewer, reason)
    asked.session.decided.append(row["number"])
    asked.session.message = TEXT["find_name_decided"].format(number=row["number"])
    return desk.go(_address(name))


def _address(name: str) -> str:
    return f"/names/one?name={quote(name, safe='')}"


def _decided(desk: Desk, asked: Asked, name: str) -> tuple[str, int, dict[str, Any]]:
    """Action, what was seen, and change."""
    what, party = asked.form.get("what", ""), asked.form.get("speaker_party", "")
    seen = asked.number("seen")
    if party and party not in desk.case.party_names:
        raise RecordError(f'"{party[:80]}" is no party of the case; add it first')
    if what == "same":
        same_as = " ".join(asked.form.get("same_as", "").split())
        if not same_as or len(same_as) > MAX_PARTY_NAME:
            raise RecordError("no other name is given; choose or write the name of the actor that this one is")
        if plain_name(same_as) == plain_name(name):
            raise RecordError(f'"{same_as}" is the name itself; choose another')
        return "link", seen, {"same_as": same_as, **({"speaker_party": party} if party else {})}
    if what == "party":
        if not party:
            raise RecordError("no party is chosen; choose one")
        return "correct", seen, {"speaker_party": party}
    if what == "none":
        return "reject", seen, {"no_actor": True}
    raise RecordError(f'"{what[:40]}" cannot be decided about a name; expected same, party or none')


def add_party(desk: Desk, asked: Asked) -> Response:
    """Add a party to ``case.toml``."""
    party_id, name = asked.form.get("id", "").strip(), " ".join(asked.form.get("party_name", "").split())
    if not name or len(name) > MAX_PARTY_NAME:
        raise CaseError(f"the party needs a name of at most {MAX_PARTY_NAME} characters")
    desk.case = append_entry(desk.case, "parties", {"id": party_id, "name": name})
    desk.marks = Marks(desk.case)
    asked.session.message = TEXT["find_party_added"].format(name=name)
    return desk.go("/names")


PART = Part(
    pages=(
        Page("/names", show_names), Page("/names/one", show_name), Page("/names/one", decide_name, "POST"),
        Page("/parties", add_party, "POST"),
    ),
    menu=(("/names", "find_names"),),
    prepare=prepare,
)  # fmt: skip
