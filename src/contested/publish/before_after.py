"""The list of what publishing changes, to be read and confirmed by a person.

In: the private tables and their projection. Out: :class:`BeforeAfter`: a row for each changed or withheld row and each
warning, as CSV and as a page, and the digest of exactly that list. Refuses: nothing.

The list holds private values. It is written under ``.contested/publish`` and never published.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from contested.base.case import Case
from contested.base.engine import parquet_bytes
from contested.base.places import geodesic_m
from contested.publish.project import Projection
from contested.publish.scan import Warned
from contested.web.page_environment import page_environment
from contested.web.public import Row, row_key
from contested.web.strings import TEXT, current_direction, current_language
from contested.web.words import csv_bytes

if TYPE_CHECKING:
    import pyarrow as pa

COLUMNS = ("change", "table", "row_key", "column", "private", "public", "error_m", "reason")
#: What a row of the list tells of, in its order.
KINDS = ("warning", "moved", "changed", "withheld")
#: Hex digits of a digest: 80 bits, short enough to be typed.
DIGEST_DIGITS = 20
#: Rows shown on the page; the CSV file has all.
MAX_SHOWN = 5_000
#: Columns of a claim whose change is listed.
_SPOKEN = ("speaker_text", "passage", "via", "basis", "address", "note", "summary")


@dataclass(frozen=True)
class BeforeAfter:
    """The list, and its digest."""

    rows: tuple[dict[str, Any], ...]
    digest: str

    def count(self, change: str) -> int:
        """How many rows of a kind: moved, changed, withheld or warning."""
        return sum(row["change"] == change for row in self.rows)

    def csv_bytes(self) -> bytes:
        """The whole list; cells that a spreadsheet would take for a formula are made harmless."""
        return csv_bytes(COLUMNS, ([row[name] for name in COLUMNS] for row in self.rows))

    def page_bytes(self, case: Case) -> bytes:
        """The list as a page of its own, which stays private."""
        parts = [(kind, [row for row in self.rows if row["change"] == kind]) for kind in KINDS]
        page = {
            "title": case.file.title, "language": current_language(), "digest": self.digest,
            "direction": current_direction(),
            "parts": [(kind, len(rows), rows[:MAX_SHOWN]) for kind, rows in parts],
        }  # fmt: skip
        return page_environment("contested.web").get_template("before_after.html").render(page=page).encode()


def list_changes(
    case: Case, tables: Mapping[str, pa.Table], projection: Projection, warned: Sequence[Warned]
) -> BeforeAfter:
    """The list of a projection.

    The digest covers the list and the published tables, so that nothing can change between reading and confirming.
    """
    rows = [
        *(_warning(one) for one in warned),
        *_moved_places(tables, projection),
        *_changed_claims(tables, projection),
        *_changed_texts(tables, projection),
        *_changed_events(case, projection),
        *_withheld(tables, projection),
    ]
    rows.sort(key=lambda row: (KINDS.index(row["change"]), row["table"], str(row["row_key"]), row["column"]))
    listed = BeforeAfter(tuple(rows), "")
    digest = hashlib.sha256(listed.csv_bytes())
    for name, table in projection.tables.items():
        digest.update(name.encode() + hashlib.sha256(parquet_bytes(table)).digest())
    return BeforeAfter(listed.rows, digest.hexdigest()[:DIGEST_DIGITS])


def _row(change: str, table: str, key: str, column: str = "", **more: Any) -> dict[str, Any]:
    return {**dict.fromkeys(COLUMNS, ""), "change": change, "table": table, "row_key": key, "column": column, **more}


def _warning(one: Warned) -> dict[str, Any]:
    return _row("warning", one.table, one.key, one.column, public=one.found, reason=TEXT[f"scan_{one.kind}"])


def _both(table: str, tables: Mapping[str, pa.Table], projection: Projection) -> Iterator[tuple[str, Row, Row]]:
    """(private key, private row, published row) of the published rows."""
    published = {row_key(table, row): row for row in projection.tables[table].to_pylist()}
    for row in tables[table].to_pylist():
        key = row_key(table, row)
        head, bar, tail = key.partition("|")
        now = published.get(f"{projection.renamed.get(head, head)}{bar}{tail}")
        if now is not None:
            yield key, row, now


def _moved_places(tables: Mapping[str, pa.Table], projection: Projection) -> Iterator[dict[str, Any]]:
    for table in ("records", "incident_places", "place_candidates"):
        for key, row, now in _both(table, tables, projection):
            if row["lon"] is None or (row["lon"], row["lat"], row["radius_m"]) == (
                now["lon"],
                now["lat"],
                now["radius_m"],
            ):
                continue
            error = float(geodesic_m(row["lon"], row["lat"], now["lon"], now["lat"]))
            yield _row(
                "moved", table, key, "lon, lat, radius_m", private=_place(row), public=_place(now),
                error_m=f"{error:.0f}", reason="round_m",
            )  # fmt: skip
    for key, row, now in _both("fronts", tables, projection):
        if row["front_m"] != now["front_m"]:
            yield _row(
                "moved", "fronts", key, "front_m", private=row["front_m"], public=now["front_m"], reason="round_m"
            )


def _place(row: Row) -> str:
    return f"{row['lon']:.6f}, {row['lat']:.6f}, {'—' if row['radius_m'] is None else format(row['radius_m'], '.0f')} m"


def _changed_claims(tables: Mapping[str, pa.Table], projection: Projection) -> Iterator[dict[str, Any]]:
    for key, row, now in _both("claims", tables, projection):
        reason = "withhold_speakers" if key in projection.silenced else "publish_text"
        for column in _SPOKEN:
            before, after = _words(row[column]), _words(now[column])
            if before != after:
                # The hash of a removed passage stays here, so that it can be proven later what it said.
                sha256 = f" (SHA-256 {hashlib.sha256(before.encode()).hexdigest()})" if column == "passage" else ""
                why = "notes" if column == "note" and key not in projection.silenced else reason
                yield _row("changed", "claims", key, column, private=before + sha256, public=after, reason=why)


def _words(value: Any) -> str:
    if isinstance(value, list):
        return " … ".join(piece["text"] for piece in value if piece["text"])
    return value or ""


def _changed_texts(tables: Mapping[str, pa.Table], projection: Projection) -> Iterator[dict[str, Any]]:
    for key, row, now in _both("documents", tables, projection):
        if row["text"] != now["text"]:
            n_before, n_after = (TEXT["n_characters"].format(n=f"{len(one['text']):,}") for one in (row, now))
            yield _row("changed", "documents", key, "text", private=n_before, public=n_after, reason="publish_text")
    for key, row, now in _both("findings", tables, projection):
        if row["details"] != now["details"]:
            yield _row("changed", "findings", key, "details", private=row["details"], public=now["details"])
    for row in projection.tables["decisions"].to_pylist():
        yield _row("changed", "decisions", row["row_key"], "decided_by, reason, change", public=row["decided_by"])


def _changed_events(case: Case, projection: Projection) -> Iterator[dict[str, Any]]:
    """Events of case.toml that the embargo cuts or takes."""
    published = {event.id: event for event in projection.case.file.events}
    for event in case.file.events:
        now = published.get(event.id)
        if now is None:
            yield _row("withheld", "case.toml", event.id, private=event.title, reason="embargo")
        elif now != event:
            before, after = (f"{one.first} – {one.last}: {one.summary}" for one in (event, now))
            yield _row("changed", "case.toml", event.id, "to, summary", private=before, public=after, reason="embargo")


def _withheld(tables: Mapping[str, pa.Table], projection: Projection) -> Iterator[dict[str, Any]]:
    for table, reasons in projection.parted.reasons.items():
        for key, reason in reasons.items():
            yield _row(
                "withheld", table, key, private=_title(projection.parted.public.withheld[table][key]), reason=reason
            )


def _title(row: Row) -> str:
    for column in ("title", "summary", "speaker_text", "place_name", "reading", "reason", "note", "path"):
        if row.get(column):
            return str(row[column])[:200]
    return ""
