"""Rival accounts as a case states them, and claims by one line each; everything is invented."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pyarrow as pa

from contested.base.records import TABLES

EVENT = {"id": "mill", "title": "The mill", "kind": "shelling", "from": "2020-05-10", "to": "2020-05-10", "place": "M"}
ACCOUNTS = [
    {"id": "north-did", "title": "The north shelled it", "parties": ["south"], "implies": "marks from the north"},
    {"id": "south-did", "title": "The south shelled it", "parties": ["north"], "implies": "marks from the south"},
    {"id": "accident", "title": "It burned by itself", "implies": "no marks"},
]
GROUPS = [
    {"id": "lab", "title": "A laboratory", "verified": True},
    {"id": "press", "title": "A newspaper", "class": "one walk"},
    {"id": "radio", "title": "A radio station", "class": "one walk"},
]
CASE = {
    "format": 1, "title": "A case", "purpose": "tests", "window": {"from": "2020-05-01", "to": "2020-05-31"},
    "region": {"name": "Region", "box": [10.0, 50.0, 11.0, 51.0]},
    "parties": [{"id": "north", "name": "Northland"}, {"id": "south", "name": "Southland"}],
    "events": [EVENT],
    "rivals": [{"event": "mill", "reference": "north-did", "accounts": ACCOUNTS, "groups": GROUPS}],
}  # fmt: skip


def item(name: str, group: str = "lab", south: Any = (1, 1), accident: Any = (1, 1), **more: Any) -> dict[str, Any]:
    """One item of evidence that rests on an original, with its ratios for the two accounts beside the reference."""
    ratios = [
        {"account": account, "low": low, "high": high, "reason": "as an example"}
        for account, (low, high) in (("south-did", south), ("accident", accident))
    ]
    ground = {} if {"claims", "finding", "absence"} & more.keys() else {"originals": ["documents/a.txt"]}
    return {"id": name, "event": "mill", "title": f"Item {name}", "group": group, "ratios": ratios, **ground, **more}


def claim(name: str, party: str | None, stance: str, said: int | None = None, **more: Any) -> dict[str, Any]:
    """One claim of the event, said on a day of May 2020."""
    return {
        "claim_id": name, "origin": "statement", "document_id": "d", "original_path": "statements/s.csv",
        "original_row": 1, "passage": [], "quoted": False, "speaker_party": party, "via": [], "stance": stance,
        "modality": "asserts", "said_on": None if said is None else date(2020, 5, said), "event_id": "mill",
        "second_hand": False, "made_by": "hand", "checked": True, **more,
    }  # fmt: skip


def tables(**rows: list[dict[str, Any]]) -> Mapping[str, pa.Table]:
    """Every table, empty unless its rows are given; one original stands in it."""
    paths = (("documents/a.txt", "document"), ("statements/s.csv", "statements"), ("statements/t.csv", "statements"))
    originals = [
        {"original_path": path, "kind": kind, "sha256": "0", "size_bytes": 1, "publish_rows": True}
        for path, kind in paths
    ]
    return {
        name: table.from_rows(rows.get(name, originals if name == "originals" else []))
        for name, table in TABLES.items()
    }
