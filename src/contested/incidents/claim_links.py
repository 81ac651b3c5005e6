"""Which incidents a claim tells of.

In: the tables ``claims``, ``records``, ``incidents`` and ``place_candidates``. Out: the table ``claim_links``. Refuses:
nothing; a claim that gives no day is linked to none, since no day is made up for it.

A claim is compared with records as a record of another dataset is (:mod:`contested.incidents.match`): by the days that
its time can mean, the place that its words mean (where one is sure enough), the toll it gives, what it names, its
address and its words. A claim that was made from a row of a dataset belongs to that row's incident.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from contested.base.records import CLAIM_LINKS, RECORDS
from contested.incidents.comparing import Comparable
from contested.incidents.match import LINK_FROM, score_sides
from contested.incidents.reach import USUAL_REACH

if TYPE_CHECKING:
    import pyarrow as pa

#: Name under which claims stand beside datasets while they are compared; no dataset can be called so.
_CLAIMS = "(claims)"
#: What a claim must speak of to be linked: an event, or what followed at it; not a history of events.
_OF_AN_EVENT = frozenset({"event", "follow_up", None})


def link_claims(
    claims: Iterable[Mapping[str, Any]], records: pa.Table, incidents: pa.Table, candidates: pa.Table,
    aliases: Mapping[str, str],
) -> pa.Table:  # fmt: skip
    """Links of claims to incidents: the surest record of each incident speaks for it.

    Parameters
    ----------
    claims
        Rows of ``claims``.
    records, incidents, candidates
        The tables ``records``, ``incidents`` and ``place_candidates``.
    aliases
        Folded name of an actor → who is meant, from the case.
    """
    import pyarrow as pa

    claims = [claim for claim in claims if claim.get("speaks_of") in _OF_AN_EVENT]
    inside = records.filter(records["in_window"]).sort_by("record_id")
    home = {row: name for name, own in _members(incidents) for row in own}
    of_row = dict(zip(_rows(inside), inside["record_id"].to_pylist(), strict=True))
    links: dict[tuple[str, str], dict[str, Any]] = {}
    for claim in claims:
        record = of_row.get((claim["original_path"], claim["original_row"])) if claim["origin"] == "record" else None
        if record is not None:
            _keep(links, claim["claim_id"], home[record], record, 1.0, "the row that carries it")
    places = {
        row["row_key"]: row
        for row in candidates.filter(candidates["chosen"]).to_pylist() if row["of_table"] == "claims"
    }  # fmt: skip
    told = [_as_record(claim, places.get(claim["claim_id"])) for claim in claims if _is_dated(claim)]
    if told and inside.num_rows:
        both = pa.concat_tables([RECORDS.from_rows(told), inside])
        compared = Comparable(both, aliases)
        ids = both["record_id"].to_pylist()
        rows = np.arange(both.num_rows)
        a, b, probability, reasons = score_sides(compared, rows[: len(told)], rows[len(told) :], {}, USUAL_REACH)
        for claim_row, row, p, why in zip(
            a.tolist(), b.tolist(), probability.tolist(), reasons.to_pylist(), strict=True
        ):
            _keep(links, ids[claim_row].removeprefix(f"{_CLAIMS}:"), home[ids[row]], ids[row], p, why)
    return CLAIM_LINKS.from_rows(links.values())


def _members(incidents: pa.Table) -> Iterable[tuple[str, list[str]]]:
    return zip(incidents["incident_id"].to_pylist(), incidents["records"].to_pylist(), strict=True)


def _rows(records: pa.Table) -> Iterable[tuple[str, int]]:
    return zip(records["original_path"].to_pylist(), records["original_row"].to_pylist(), strict=True)


def _keep(
    links: dict[tuple[str, str], dict[str, Any]], claim: str, incident: str, record: str, p: float, why: str
) -> None:
    known = links.get((claim, incident))
    if known is None or (-p, record) < (-known["probability"], known["record_id"]):
        links[claim, incident] = {
            "claim_id": claim, "incident_id": incident, "record_id": record, "probability": p,
            "linked": p >= LINK_FROM, "reasons": why,
        }  # fmt: skip


def _is_dated(claim: Mapping[str, Any]) -> bool:
    made_from_row = claim["origin"] in ("record", "vote")
    return not made_from_row and claim.get("event_on_low") is not None and claim.get("event_on_high") is not None


def _as_record(claim: Mapping[str, Any], place: Mapping[str, Any] | None) -> dict[str, Any]:
    """The claim as a row of ``records``, for comparing only."""
    via = [piece["text"] for piece in claim["via"]]
    words = " ".join(piece["text"] for piece in claim["passage"])
    return {
        "record_id": f"{_CLAIMS}:{claim['claim_id']}", "dataset": _CLAIMS, "original_path": claim["original_path"],
        "original_row": claim["original_row"], "preset": _CLAIMS, "in_window": True,
        "kind": claim.get("means") or claim.get("mechanism") or "incident",
        "date_start": claim["event_on_low"], "date_end": claim["event_on_high"], "place_name": claim.get("place_text"),
        **{name: place and place[name] for name in ("lon", "lat", "radius_m")},
        **{name: claim.get(name) for name in ("killed_low", "killed_high", "injured_low", "injured_high", "address")},
        "title": words, "sources": via, "second_hand": False, "publish": False, "extra": "{}",
    }  # fmt: skip
