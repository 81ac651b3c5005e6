"""What a dataset's file is worth before it goes into a case.

In: a file, the preset it is read by, and perhaps a box of ground. Out: :class:`FileReport`: rows in = used +
refused with the reasons, a few records, and counts of what is imprecise, missing, impossible or met twice.
Refuses: a file that cannot be read at all (:class:`DatasetError`); nothing is written anywhere.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from contested.base.case import DatasetEntry
from contested.base.errors import DatasetError
from contested.base.places import Box, in_box
from contested.base.times import YEAR_RANGE, DayInterval
from contested.incidents.mapping import WORLD, Scope
from contested.incidents.presets import Preset, load_preset
from contested.incidents.sources import read_files

#: Records on one and the same point from which on it is probably the centroid of a town or division, and not the
#: place of each: ten in a file of incidents are rarely on one spot to the last digit. For the report only.
SHARED_POINT_RECORDS = 10
#: Radius in metres from which on a point stands for a division. For the report only.
DIVISION_RADIUS_M = 20_000.0
#: Rows of the preview and reasons that are shown.
SHOWN = 5
#: What tells two records of the same thing apart without making them two things.
_OWN = frozenset({"record_id", "original_row"})
_VARYING = re.compile(r'"[^"]*"|\([^()]* row \d+\)|-?\d[\d.,:-]*')


@dataclass(frozen=True)
class FileReport:
    """A file read by a preset: ``rows`` = ``used`` + ``refused``."""

    file: str
    preset: Preset
    rows: int
    used: int
    refused: int
    reasons: Mapping[str, int]
    """Reason, with what varies left out → rows."""
    examples: Mapping[str, str]
    """Reason → the first row that it met, in full."""
    notes: tuple[str, ...]
    preview: tuple[Mapping[str, Any], ...]
    quality: Mapping[str, int]
    """What was counted → records (for the last two lines: rows)."""


def parse_box(text: str) -> Box:
    """A box written as ``WEST,SOUTH,EAST,NORTH`` in degrees.

    Raises
    ------
    DatasetError
        When it is none.
    """
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError:
        west, south, east, north = 1.0, 1.0, 0.0, 0.0
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
        raise DatasetError(
            f'box "{text}" is no box; expected WEST,SOUTH,EAST,NORTH in degrees, such as 35.7,32.3,42.4,37.3'
        )
    return west, south, east, north


def report_file(path: Path, preset_name: str, box: Box | None = None, **entry: Any) -> FileReport:
    """Read a file by a preset, outside any case, and say what came of it.

    Parameters
    ----------
    path
        The file.
    preset_name
        Name of a preset, or path of a TOML file.
    box
        Points outside are counted; without it none is. Latitude and longitude exchanged are recognised by it.
    entry
        Keys of ``[[datasets]]`` in ``case.toml``, such as ``day_first``.
    """
    preset = load_preset(preset_name)
    whole = DatasetEntry(name="file", preset=preset_name, path=path.name, **entry)
    days = DayInterval(date(YEAR_RANGE[0], 1, 1), date(YEAR_RANGE[1], 12, 31))
    read = read_files([path], whole, preset, Scope(days, box or WORLD, "the box", path.parent))
    records = read.records.to_pylist()
    reasons: Counter[str] = Counter()
    examples: dict[str, str] = {}
    for reject in read.rejects:
        reason = _without_varying(reject["reason"], path.name)
        reasons[reason] += 1
        examples.setdefault(reason, reject["reason"])
    counted = ("refused; see rejects", "lie outside the region", "killed_best lies outside")
    notes = tuple(note.removeprefix("file: ") for note in read.notes if not any(words in note for words in counted))
    quality = {**_quality(records, box), **_twice(records, [reject["raw"] for reject in read.rejects], reasons)}
    return FileReport(
        path.name, preset, len(records) + len(read.rejects), len(records), len(read.rejects),
        dict(reasons.most_common()), examples, notes, tuple(records[:SHOWN]), quality,
    )  # fmt: skip


def _without_varying(reason: str, file_name: str) -> str:
    own = reason.removeprefix(f"{file_name} row ").partition(": ")[2].removesuffix("; the row went to rejects")
    return _VARYING.sub("…", own)


def _quality(records: Sequence[Mapping[str, Any]], box: Box | None) -> dict[str, int]:
    points = Counter((row["lon"], row["lat"]) for row in records if row["lon"] is not None)
    on_shared = [count for count in points.values() if count >= SHARED_POINT_RECORDS]
    lengths = [(row["date_end"] - row["date_start"]).days + 1 for row in records]
    placed = [row for row in records if row["lon"] is not None]
    found = {
        "no point": len(records) - len(placed),
        "point whose precision nothing tells, or that stands for a country: no test uses it": sum(
            row["radius_m"] is None for row in placed
        ),
        "radius to 1 km": _count(row["radius_m"] <= 1_000 for row in placed if row["radius_m"]),
        "radius to 20 km": _count(1_000 < row["radius_m"] < DIVISION_RADIUS_M for row in placed if row["radius_m"]),
        "radius of 20 km or more: centroid of a division, or near a known place": _count(
            row["radius_m"] >= DIVISION_RADIUS_M for row in placed if row["radius_m"]
        ),
        f"on a point that {SHARED_POINT_RECORDS} or more records share": sum(on_shared),
        "point at 0, 0": _count(row["lon"] == 0 and row["lat"] == 0 for row in placed),
        "dated to the day": _count(days == 1 for days in lengths),
        "dated to within a week": _count(1 < days <= 7 for days in lengths),
        "dated to within a month": _count(7 < days <= 31 for days in lengths),
        "dated more loosely": _count(days > 31 for days in lengths),
        "no toll of killed": _count(
            row["killed_low"] is row["killed_high"] is row["killed_best"] is None for row in records
        ),
        "best toll outside low to high": _count(_beyond(row) for row in records),
        "no source named": _count(not row["sources"] for row in records),
        "kept from the dossier by the preset": _count(not row["publish"] for row in records),
    }
    if box is not None:
        found["point outside the box"] = _count(not in_box(row["lon"], row["lat"], box) for row in placed)
    return found


def _count(found: Iterable[bool]) -> int:
    return sum(map(bool, found))


def _beyond(row: Mapping[str, Any]) -> bool:
    best, low, high = row["killed_best"], row["killed_low"], row["killed_high"]
    return best is not None and ((low is not None and best < low) or (high is not None and best > high))


def _twice(
    records: Sequence[Mapping[str, Any]], raw_refused: Sequence[str], reasons: Mapping[str, int]
) -> dict[str, int]:
    """Records that another of the file equals in all but its id, and what the reasons say of dates and tolls."""
    same = Counter(repr([value for name, value in row.items() if name not in _OWN]) for row in records)
    refused = Counter(raw_refused)
    return {
        "the same as an earlier record but for the id": sum(same.values()) - len(same),
        "refused rows that equal another refused row in every cell": sum(refused.values()) - len(refused),
        "refused for an id met before": sum(n for reason, n in reasons.items() if "was met before" in reason),
        "refused for a missing or impossible date": sum(
            n for reason, n in reasons.items() if re.match(r"(the )?(date|year)|… is no date", reason)
        ),
        "refused for an impossible toll": sum(
            n for reason, n in reasons.items() if re.match(r"(killed|injured)", reason)
        ),
    }


def report_lines(report: FileReport) -> list[str]:
    """The report as plain lines."""
    preset = report.preset
    lines = [
        f"{report.file} by the preset {preset.name} ({preset.title})",
        f"  licence  {preset.licence or 'none stated: ask the publisher'}",
        f"  rows     {report.rows:,} in = {report.used:,} used + {report.refused:,} refused",
    ]
    for reason, rows in list(report.reasons.items())[: 2 * SHOWN]:
        lines += [f"  refused  {rows:,}: {reason}", f"           such as {report.examples[reason]}"]
    if (more := len(report.reasons) - 2 * SHOWN) > 0:
        lines.append(f"  refused  for {more} more reasons")
    lines += [f"  note     {note}" for note in report.notes]
    lines += [f"  trap     {trap}" for trap in preset.traps]
    lines += ["", f"The first {len(report.preview)} records"]
    for row in report.preview:
        days = str(row["date_start"]) + (f" to {row['date_end']}" if row["date_end"] != row["date_start"] else "")
        point = "no point" if row["lon"] is None else f"{row['lat']:.5f}, {row['lon']:.5f}"
        radius = "radius not known" if row["radius_m"] is None else f"within {row['radius_m']:,.0f} m"
        own_id, place = row["record_id"].partition(":")[2], row["place_name"] or ""
        lines.append(f"  {own_id}  {days}  {point}  {radius}  {row['kind']}  {place}".rstrip())
    width = max(len(f"{count:,}") for count in report.quality.values())
    return [*lines, "", "Quality, records", *(f"  {count:>{width},}  {what}" for what, count in report.quality.items())]


def report_as_json(report: FileReport) -> dict[str, Any]:
    """The report as one object, for other programs."""
    return {
        "file": report.file, "preset": report.preset.name, "licence": report.preset.licence, "rows": report.rows,
        "used": report.used, "refused": report.refused, "reasons": dict(report.reasons), "notes": list(report.notes),
        "quality": dict(report.quality), "preview": [dict(row) for row in report.preview],
    }  # fmt: skip
