"""Which incidents a claim tells of."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from contested.base.case import Case
from contested.base.records import PLACE_CANDIDATES, RECORDS
from contested.incidents.claim_links import link_claims
from contested.incidents.match import pair_records
from contested.incidents.merge import merge_incidents

Make = Callable[..., dict[str, Any]]
DAY = date(2016, 11, 20)


def claim(claim_id: str, **values: Any) -> dict[str, Any]:
    """A claim of a document about the market of Sakhour."""
    return {
        "claim_id": claim_id, "origin": "document", "original_path": "documents/a.txt", "original_row": 0,
        "speaks_of": "event", "via": [], "place_text": "Sakhour", "event_on_low": DAY, "event_on_high": DAY,
        "passage": [{"text": "The market of Sakhour was shelled, six died", "start": 0, "end": 43}],
        "killed_low": 6, "killed_high": 6, **values,
    }  # fmt: skip


@pytest.fixture
def link(make_case: Callable[..., Case], make_record: Make) -> Callable[..., dict[str, tuple[str, bool]]]:
    """Claim → its best incident and whether it was linked, among an attack on the market and one elsewhere."""

    def run(*claims: dict[str, Any], candidates: pa.Table | None = None) -> dict[str, tuple[str, bool]]:
        rows = [
            make_record("a:market", place_name="Sakhour", killed_low=6, killed_high=6, title="Sakhour market shelled"),
            make_record("a:convoy", place_name="Urum", lon=37.0, killed_low=20, killed_high=20, title="A convoy burnt",
                        day=date(2016, 11, 25), original_row=7),
        ]  # fmt: skip
        records = RECORDS.from_rows(rows)
        incidents = merge_incidents(make_case(Path()), records, pair_records(records)).incidents
        places = PLACE_CANDIDATES.empty() if candidates is None else candidates
        found = link_claims(claims, records, incidents, places, {}).to_pylist()
        return {row["claim_id"]: (row["incident_id"], row["linked"]) for row in found}

    return run


def test_a_claim_is_linked_by_day_place_name_toll_and_words(link: Callable[..., Any]) -> None:
    assert link(claim("c")) == {"c": ("i-a-market", True)}


def test_a_claim_without_a_day_or_of_a_history_is_linked_to_none(link: Callable[..., Any]) -> None:
    assert link(claim("c", event_on_low=None), claim("d", speaks_of="history")) == {}


def test_a_claim_on_another_day_is_not_linked(link: Callable[..., Any]) -> None:
    assert link(claim("c", event_on_low=date(2016, 12, 9), event_on_high=date(2016, 12, 9))) == {}


def test_a_claim_made_from_a_row_belongs_to_its_incident(link: Callable[..., Any]) -> None:
    made = claim("c", origin="record", original_path="datasets/d.csv", original_row=7, event_on_low=None)
    assert link(made) == {"c": ("i-a-convoy", True)}


def test_a_place_that_is_sure_keeps_a_far_claim_apart(link: Callable[..., Any]) -> None:
    row = {"of_table": "claims", "row_key": "c", "candidate": 1, "place_text": "Sakhour", "name": "Sakhour",
           "kind": "town", "lon": 40.0, "lat": 33.0, "radius_m": 1000.0, "score": 1.0, "reason": "bears the name",
           "gazetteer": "case", "chosen": True}  # fmt: skip
    assert link(claim("c"), candidates=PLACE_CANDIDATES.from_rows([row])) == {}
