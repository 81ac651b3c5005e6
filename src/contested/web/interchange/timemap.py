"""TimeMap: ``events.json``, ``sources.json``, ``associations.json``, ``sites.json`` and ``events.csv``.

In: an :class:`~contested.web.edition.Edition`. Out: the files that a TimeMap reads
(https://github.com/forensic-architecture/timemap, ``src/reducers/validate``), all values text, and the table of events
as Bellingcat's maps offer it for download. Refuses: nothing; records of no incident are left out and counted.

An event is one place of one incident. Sources are keyed by the record or claim, so that two with one title stay two;
their ``paths`` are empty, since a TimeMap shows those as media at once: the address stands in ``url``.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from contested.web.addresses import safe_link
from contested.web.claim_pages import speaker_words
from contested.web.edition import Edition
from contested.web.interchange.counting import Export, Format, Left
from contested.web.interchange.placed import (
    Placed,
    claim_words,
    days_words,
    one_day,
    passage_words,
    placed_incidents,
    placed_keys,
    toll_words,
)
from contested.web.public import PublicRows, Row
from contested.web.strings import TEXT
from contested.web.words import code_words, csv_bytes

CSV_COLUMNS = ("id", "date", "latitude", "longitude", "location", "description", "sources", "associations")


def write_timemap(edition: Edition) -> Export:
    """The files of a TimeMap."""
    placed = placed_incidents(edition)
    sources = _sources(edition, placed)
    associations = _associations(edition, placed)
    events = [_event(edition, one) for one in placed]
    used = {name for one in placed for name in _source_ids(one)}
    left = [
        *(Left("records", key, "belongs to no incident") for key in edition.public.rows["records"]
          if f"records:{key}" not in used),
        *(Left("claims", key, "is linked to no incident") for key in edition.public.rows["claims"]
          if f"claims:{key}" not in used),
    ]  # fmt: skip
    intervals = sum(not one_day(one.incident) for one in placed)
    notes = [f"{intervals} events have a date interval: date holds its first day, time_display all"] * bool(intervals)
    return Export(
        {
            "events.json": _json(events),
            "sources.json": _json(sources),
            "associations.json": _json(list(associations.values())),
            "sites.json": _json(_sites(placed)),
            "events.csv": _events_csv(edition, placed),
        },
        tuple(left), tuple(notes),
    )  # fmt: skip


def month_first(day: date) -> str:
    """A day as TimeMap's own setting reads it.

    >>> month_first(date(2016, 12, 8))
    '12/8/2016'
    """
    return f"{day.month}/{day.day}/{day.year}"


def _json(value: Any) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()


def _event(edition: Edition, one: Placed) -> dict[str, Any]:
    row = one.incident
    times = sorted({str(record["time_of_day"]) for record in one.records if record["time_of_day"]})
    comments = [toll_words(row), f"{TEXT['grade']}: {row['grade']} ({row['grade_rule']})"]
    comments += [claim_words(edition, claim) for claim in one.claims]
    lon, lat = ("", "") if one.point is None else map(repr, one.point)
    return {
        "id": one.key, "description": row["title"], "date": month_first(row["date_start"]), "time": "",
        "time_precision": "" if one_day(row) else "interval", "time_display": " ".join([days_words(row), *times]),
        "location": one.place_words(), "latitude": lat, "longitude": lon, "type": "", "category": row["kind"],
        "category_full": row["kind"], "associations": list(_association_ids(one)), "sources": _source_ids(one),
        "comments": "\n".join(filter(None, comments)),
    }  # fmt: skip


def _source_ids(one: Placed) -> list[str]:
    return [
        *(f"records:{row['record_id']}" for row in one.records),
        *(f"claims:{row['claim_id']}" for row in one.claims),
    ]


def _sources(edition: Edition, placed: Iterable[Placed]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for one in placed:
        for row in one.records:
            name = f"records:{row['record_id']}"
            found[name] = _source(name, row, row["title"] or row["record_id"], {
                "type": row["dataset"], "description": toll_words(row), "author": "; ".join(row["sources"]),
                "date": month_first(row["date_start"]) if one_day(row) else "", "notes": row["attributed_to"] or "",
            })  # fmt: skip
        for row in one.claims:
            name = f"claims:{row['claim_id']}"
            found[name] = _source(name, row, claim_words(edition, row), {
                "type": code_words(row["stance"]), "description": passage_words(row), "author": speaker_words(row),
                "date": month_first(row["said_on"]) if row["said_on"] else "", "notes": row["note"] or "",
            })  # fmt: skip
    return found


def _source(name: str, row: Row, title: str, more: Mapping[str, str]) -> dict[str, Any]:
    return {
        "id": name, "title": title, "thumbnail": "", "paths": [], "url": safe_link(row["address"]) or "",
        "affil_s": [], "parent": "", **more,
    }  # fmt: skip


def _association_ids(one: Placed) -> dict[str, tuple[str, str]]:
    """Identifier → (group, title) of everything that an event can be filtered by."""
    row = one.incident
    found = {f"kind:{row['kind']}": (TEXT["kind"], row["kind"]), f"grade:{row['grade']}": (TEXT["grade"], row["grade"])}
    if row["event_id"] is not None:
        found[f"event:{row['event_id']}"] = (TEXT["timemap_event"], row["event_id"])
    found |= {f"dataset:{name}": (TEXT["dataset"], name) for name in row["datasets"]}
    if row["n_places"] > 1:
        found[f"incident:{row['incident_id']}"] = (TEXT["timemap_incident"], row["title"])
    return found


def _associations(edition: Edition, placed: Iterable[Placed]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for one in placed:
        for name, (group, title) in _association_ids(one).items():
            if name.startswith("event:"):
                title = edition.event_title(title) or title
            is_kind = name.startswith("kind:")
            found[name] = {
                "id": name, "title": title, "desc": "", "mode": "CATEGORY" if is_kind else "FILTER",
                # The path is what a TimeMap filters by: the identifier keeps two of one title apart.
                "filter_paths": [group, f"{title} ({name})" if name.startswith("incident:") else title],
            }  # fmt: skip
    return found


def _sites(placed: Iterable[Placed]) -> list[dict[str, str]]:
    """Named places of the map, once for each name and point."""
    found: dict[tuple[str, tuple[float, float]], dict[str, str]] = {}
    for one in placed:
        if one.place is not None and one.point is not None and one.place["place_name"]:
            name = one.place["place_name"]
            found.setdefault((name, one.point), {
                "id": one.key, "description": one.place_words(), "site": name, "latitude": repr(one.point[1]),
                "longitude": repr(one.point[0]), "enabled": "1",
            })  # fmt: skip
    return list(found.values())


def _events_csv(edition: Edition, placed: Iterable[Placed]) -> bytes:
    """The table of events; commas and equals signs inside a part are percent-encoded, since they part the cells."""

    def part(text: str) -> str:
        return text.replace(",", "%2C").replace("=", "%3D")

    lines = []
    for one in placed:
        lon, lat = one.point or (None, None)
        rows = (*one.records, *one.claims)
        names = [(safe_link(row["address"]) or name).replace(",", "%2C")
                 for row, name in zip(rows, _source_ids(one), strict=True)]  # fmt: skip
        associations = [f"{part(group)}={part(title)}" for group, title in _association_ids(one).values()]
        lines.append([
            one.key, month_first(one.incident["date_start"]), lat, lon, one.place_words(), one.incident["title"],
            ",".join(names), ",".join(associations),
        ])  # fmt: skip
    return csv_bytes(CSV_COLUMNS, lines)


def read_timemap_keys(files: Mapping[str, bytes], public: PublicRows) -> dict[str, list[str]]:
    """Keys in ``events.json`` and ``sources.json``; a source counts when an event names it."""
    events = json.loads(files["events.json"])
    sources: list[tuple[str, Any]] = json.loads(files["sources.json"], object_pairs_hook=list)
    named = {name for event in events for name in event["sources"]}
    found = placed_keys((event["id"] for event in events), public)
    for table in ("records", "claims"):
        found[table] = [name.split(":", 1)[1] for name, _ in sources if name.startswith(f"{table}:") and name in named]
    return found


TIMEMAP = Format(
    "timemap", "TimeMap: events, sources, associations and sites as JSON, and the events as CSV",
    ("incidents", "incident_places", "records", "claims"), write_timemap, read_timemap_keys,
)  # fmt: skip
