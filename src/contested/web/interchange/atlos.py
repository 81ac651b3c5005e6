"""Atlos: a CSV for its bulk import, and one in the order of its export.

In: an :class:`~contested.web.edition.Edition`. Out: ``import.csv`` and ``export.csv``, one row a place of an incident
(https://github.com/atlosdotorg/atlos, ``attribute.ex`` and ``export_controller.ex``). Refuses: nothing; a point known
less well than Atlos can say (1 km) is not given as a point but told in ``more_info``.

Atlos' words are kept: a status tells how far people have worked on an incident there, so that every row comes in as
To Do, whatever its grade here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from contested.web.edition import Edition
from contested.web.interchange.counting import Export, Format, read_rows
from contested.web.interchange.placed import (
    Placed,
    addresses,
    claim_words,
    days_words,
    one_day,
    placed_incidents,
    placed_keys,
    toll_words,
)
from contested.web.public import PublicRows
from contested.web.strings import TEXT
from contested.web.words import csv_bytes

STATUS = "To Do"
#: What a row is called that this project marks in no way; nobody has looked at the media behind its addresses.
NOT_SENSITIVE = "Not Sensitive"
#: Largest radius in metres → Atlos' word; a wider place has none.
RESOLUTIONS = ((10.0, "Exact"), (100.0, "Vicinity"), (1_000.0, "Locality"))
#: Characters that Atlos takes in a description (``attribute.ex``: 8 to 240) and in ``more_info`` (3,000).
SHORTEST_DESCRIPTION, LONGEST_DESCRIPTION, LONGEST_MORE = 8, 240, 3_000
EXPORT_COLUMNS = (
    "slug", "inserted_at", "updated_at", "latitude", "longitude", "status", "assignments", "description", "date",
    "time", "tags", "geolocation_resolution", "more_info", "restrictions", "sensitive",
)  # fmt: skip
#: Attributes of our own, which stand after the sources as a project's do; our preset reads them back.
OWN_COLUMNS = ("Incident type", "First day", "Last day")
IMPORT_COLUMNS = (
    "status", "description", "sensitive", "latitude", "longitude", "geolocation_resolution", "date", "time", "tags",
    "more_info",
)  # fmt: skip


def write_atlos(edition: Edition) -> Export:
    """Both tables of an Atlos project."""
    placed = placed_incidents(edition)
    rows = [_row(edition, one) for one in placed]
    sources = [addresses((*one.records, *one.claims)) for one in placed]
    wide = sum(one.point is not None and resolution(one.radius_m) == "" for one in placed)
    intervals = sum(not one_day(one.incident) for one in placed)
    cut = sum(len(_description(one)) > LONGEST_DESCRIPTION for one in placed)
    short = sum(len(row["more_info"]) == LONGEST_MORE for row in rows)
    notes = (
        (wide, "places are known to no radius or to more than 1 km, for which Atlos has no word: no point is given"),
        (intervals, "rows have a date interval: date is empty, the days stand in more_info and in columns of our own"),
        (cut, f"descriptions are longer than {LONGEST_DESCRIPTION} characters: they are cut, more_info has all"),
        (short, f"more_info are longer than {LONGEST_MORE} characters and are cut"),
    )
    return Export(
        {
            "import.csv": _table(IMPORT_COLUMNS, (), rows, sources),
            "export.csv": _table(EXPORT_COLUMNS, OWN_COLUMNS, rows, sources),
        },
        notes=tuple(f"{number} {words}" for number, words in notes if number),
    )


def resolution(radius_m: float | None) -> str:
    """Atlos' word for a radius; empty where it has none.

    >>> resolution(10.0), resolution(400.0), resolution(25_000.0), resolution(None)
    ('Exact', 'Locality', '', '')
    """
    return next((word for most, word in RESOLUTIONS if radius_m is not None and radius_m <= most), "")


def _description(one: Placed) -> str:
    title = one.incident["title"]
    return (
        title if len(title) >= SHORTEST_DESCRIPTION else f"{title} ({one.incident['kind']}), {days_words(one.incident)}"
    )


def _row(edition: Edition, one: Placed) -> dict[str, Any]:
    row = one.incident
    word = resolution(one.radius_m)
    lon, lat = one.point if one.point is not None and word else (None, None)
    times = {record["time_of_day"] for record in one.records if re.fullmatch(r"\d\d:\d\d", record["time_of_day"] or "")}
    description = _description(one)
    tags = [row["kind"], f"contested {row['incident_id']}", *([row["event_id"]] if row["event_id"] else [])]
    return {
        "slug": one.key, "status": STATUS, "latitude": lat, "longitude": lon, "geolocation_resolution": word,
        "description": description if len(description) <= LONGEST_DESCRIPTION
        else description[: LONGEST_DESCRIPTION - 1] + "…",
        "date": row["date_start"].isoformat() if one_day(row) else "", "time": times.pop() if len(times) == 1 else "",
        # A comma parts two tags.
        "tags": ", ".join(tag.replace(",", " ") for tag in tags), "more_info": _more(edition, one)[:LONGEST_MORE],
        "sensitive": NOT_SENSITIVE, "Incident type": row["kind"], "First day": row["date_start"].isoformat(),
        "Last day": row["date_end"].isoformat(),
    }  # fmt: skip


def _more(edition: Edition, one: Placed) -> str:
    """Everything that Atlos has no column for, a line each."""
    row = one.incident
    lines = [row["title"], days_words(row), one.place_words(), toll_words(row)]
    if one.point is not None and not resolution(one.radius_m):
        lines.append(f"{TEXT['point']} {one.point[1]!r}, {one.point[0]!r}")
    lines.append(f"{TEXT['grade']}: {row['grade']} ({row['grade_rule']})")
    lines += [
        ": ".join(
            filter(None, (record["record_id"], record["title"], toll_words(record), "; ".join(record["sources"])))
        )
        for record in one.records
    ]
    lines += [claim_words(edition, claim) for claim in one.claims]
    return "\n".join(filter(None, lines))


def _table(
    columns: tuple[str, ...], own: tuple[str, ...], rows: list[dict[str, Any]], sources: list[list[str]]
) -> bytes:
    most = max(map(len, sources), default=0)
    return csv_bytes(
        [*columns, *(f"source_{number}" for number in range(1, most + 1)), *own],
        (
            [*map(row.get, columns), *links, *[""] * (most - len(links)), *map(row.get, own)]
            for row, links in zip(rows, sources, strict=True)
        ),
    )


def read_atlos_keys(files: Mapping[str, bytes], public: PublicRows) -> dict[str, list[str]]:
    """Keys in ``export.csv``; of ``import.csv``, whose rows bear no name, the number must be the same."""
    export, imported = (read_rows(files[name]) for name in ("export.csv", "import.csv"))
    return placed_keys((row["slug"] for row in export[: len(imported)]), public)


ATLOS = Format(
    "atlos", "Atlos: CSV for its bulk import, and in the order of its export", ("incidents", "incident_places"),
    write_atlos, read_atlos_keys,
)  # fmt: skip
