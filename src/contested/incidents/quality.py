"""What a dataset's file is worth before it goes into a case.

In: a file, the preset it is read by, and perhaps a box of ground. Out: :class:`FileReport`: rows in = used +
refused with the reasons, a few records, and counts of what is imprecise, missing, impossible or met twice; if asked
for, the records as Parquet. Refuses: a file that cannot be read at all (:class:`DatasetError`).

A file of any length is read in bounded memory. What is met twice is found by hashes of 64 bits, so that in a file of
a hundred million rows the chance that one count is wrong by one is 0.03 %.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from pydantic import ValidationError

from contested.base.case import DatasetEntry
from contested.base.engine import Engine, whole_file
from contested.base.errors import DatasetError, EngineError
from contested.base.places import Box
from contested.base.records import RECORDS
from contested.base.times import YEAR_RANGE, DayInterval
from contested.incidents.columnar import MappedBatch
from contested.incidents.mapping import WORLD, Scope
from contested.incidents.presets import Preset, load_preset
from contested.incidents.seen_keys import KeyCounts
from contested.incidents.sources import DatasetStream

#: Records on one and the same point from which on it is probably the centroid of a town or division, and not the
#: place of each: ten in a file of incidents are rarely on one spot to the last digit. For the report only.
SHARED_POINT_RECORDS = 10
#: Radius in metres from which on a point stands for a division. For the report only.
DIVISION_RADIUS_M = 20_000.0
#: Rows of the preview and reasons that are shown.
SHOWN = 5
#: Rows that are counted at once: a query takes ten milliseconds to begin.
COUNTED_ROWS = 50_000
#: Different reasons that are told apart: more are no reasons but noise.
MOST_REASONS = 1_000
#: What tells two records of the same thing apart without making them two things.
_OWN = frozenset({"record_id", "original_row"})
#: What is counted → SQL over ``records``. A point at 0, 0 stays, since it is what the publisher wrote; no incident of
#: this field happened there, so the line says how many points are missing though they look given.
_CONDITIONS = {
    "no point": "lon IS NULL",
    "point whose precision nothing tells, or that stands for a country: no test uses it": (
        "lon IS NOT NULL AND radius_m IS NULL"
    ),
    "radius to 1 km": "radius_m <= 1000",
    "radius to 20 km": f"radius_m > 1000 AND radius_m < {DIVISION_RADIUS_M}",
    "radius of 20 km or more: centroid of a division, or near a known place": f"radius_m >= {DIVISION_RADIUS_M}",
    "point at 0, 0": "lon = 0 AND lat = 0",
    "dated to the day": "date_end = date_start",
    "dated to within a week": "date_end - date_start BETWEEN 1 AND 6",
    "dated to within a month": "date_end - date_start BETWEEN 7 AND 30",
    "dated more loosely": "date_end - date_start > 30",
    "dated after today": "date_start > current_date",
    "no toll of killed": "coalesce(killed_low, killed_high, killed_best) IS NULL",
    "best toll outside low to high": "killed_best < killed_low OR killed_best > killed_high",
    "no source named": "len(sources) = 0",
    "kept from the dossier by the preset": "NOT publish",
}
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


def report_file(
    path: Path, preset_name: str, box: Box | None = None, out: Path | None = None, **entry: Any
) -> FileReport:
    """Read a file of any length by a preset, outside any case, and say what came of it.

    Parameters
    ----------
    path
        The file.
    preset_name
        Name of a preset, or path of a TOML file.
    box
        Points outside are counted; without it none is. Latitude and longitude exchanged are recognised by it.
    out
        Where the records go, a Parquet file in the order of the rows; the refused rows go beside it, as JSON lines.
        Both are whole or, after an interruption, what they were before.
    entry
        Keys of ``[[datasets]]`` in ``case.toml``, such as ``day_first``; ``name`` is else that of the file.

    Raises
    ------
    DatasetError
        When the file cannot be read, or ``out`` is that file or no name of a Parquet file.
    EngineError
        When ``out`` cannot be written.
    """
    if out is not None and out.resolve() == path.resolve():
        raise DatasetError(f"{out}: is the file that is read, and originals are never altered; choose another name")
    preset = load_preset(preset_name)
    named = {"name": re.sub(r"[^a-z0-9]+", "-", path.stem.casefold()).strip("-")[:64] or "file", **entry}
    try:
        whole = DatasetEntry(preset=preset_name, path=path.name, **named)
    except ValidationError as fault:
        error = fault.errors()[0]
        raise DatasetError(f'{error["loc"][0]} "{error["input"]}" cannot be used: {error["msg"]}') from None
    days = DayInterval(date(YEAR_RANGE[0], 1, 1), date(YEAR_RANGE[1], 12, 31))
    stream = DatasetStream([path], whole, preset, Scope(days, box or WORLD, "the box", path.parent))
    counted = _Counted(path.name, box)
    with nullcontext() if out is None else _written(out) as write:
        for batch in stream:
            counted.add(batch)
            if write is not None:
                write(batch)
    passed_over = ("refused; see rejects", "lie outside the region", "killed_best lies outside")
    notes = [
        note.removeprefix(f"{whole.name}: ")
        for note in stream.notes()
        if not any(words in note for words in passed_over)
    ]
    return FileReport(
        path.name, preset, counted.used + counted.refused, counted.used, counted.refused,
        dict(counted.reasons.most_common()), counted.examples, tuple(notes), tuple(counted.preview), counted.quality(),
    )  # fmt: skip


@contextmanager
def _written(out: Path) -> Iterator[Callable[[MappedBatch], None]]:
    """What writes batches to a Parquet file, and what was refused beside it."""
    import pyarrow.parquet as pq

    if out.suffix != ".parquet":
        raise DatasetError(f"{out}: records are written as Parquet; choose a name that ends in .parquet")
    try:
        with (
            whole_file(out.with_name(f"{out.name}.rejects.jsonl")) as beside,
            whole_file(out) as inside,
            beside.open("w", encoding="utf-8") as lines,
            pq.ParquetWriter(inside, RECORDS.schema(), compression="zstd") as parquet,
            ThreadPoolExecutor(max_workers=1) as writer,
        ):
            # A batch is packed while the next one is read; never more than one waits.
            waiting: list[Future[None]] = []

            def write(batch: MappedBatch) -> None:
                lines.writelines(json.dumps(reject, ensure_ascii=False) + "\n" for reject in batch.rejects)
                while waiting:
                    waiting.pop().result()
                if batch.records.num_rows:
                    waiting.append(writer.submit(parquet.write_table, batch.records))

            yield write
            for left in waiting:
                left.result()
    except OSError as fault:
        raise EngineError(
            f"{out}: cannot be written: {fault.strerror or fault}; check the folder and its room"
        ) from None


def _without_varying(reason: str, file_name: str) -> str:
    own = reason.removeprefix(f"{file_name} row ").partition(": ")[2].removesuffix("; the row went to rejects")
    return _VARYING.sub("…", own)


class _Counted:
    """What is counted of the batches of a file, in 24 bytes for each row."""

    def __init__(self, file_name: str, box: Box | None) -> None:
        self.used = self.refused = 0
        self.reasons: Counter[str] = Counter()
        self.examples: dict[str, str] = {}
        self.preview: list[dict[str, Any]] = []
        self._file_name = file_name
        self._counts: Counter[str] = Counter()
        self._waiting = [RECORDS.schema().empty_table()]
        self._points, self._rows, self._refused = KeyCounts(), KeyCounts(), KeyCounts()
        self._conditions = dict(_CONDITIONS)
        if box is not None:
            west, south, east, north = box
            self._conditions["point outside the box"] = (
                f"lon NOT BETWEEN {west} AND {east} OR lat NOT BETWEEN {south} AND {north}"
            )

    def add(self, batch: MappedBatch) -> None:
        """Count a batch."""
        records = batch.records
        self.used += records.num_rows
        self.refused += len(batch.rejects)
        self.preview += records.slice(0, SHOWN - len(self.preview)).to_pylist()
        for reject in batch.rejects:
            reason = _without_varying(reject["reason"], self._file_name)
            if reason not in self.reasons and len(self.reasons) >= MOST_REASONS:
                reason = "other reasons"
            self.reasons[reason] += 1
            self.examples.setdefault(reason, reject["reason"])
        if batch.rejects:
            self._refused.add(np.array([hash(reject["raw"]) for reject in batch.rejects], dtype=np.int64))
        self._waiting.append(records)
        if sum(waiting.num_rows for waiting in self._waiting) >= COUNTED_ROWS:
            self._count()

    def _count(self) -> None:
        records = pa.concat_tables(self._waiting)
        self._waiting = [records.slice(0, 0)]
        counts = ", ".join(f'count(*) FILTER ({asked}) AS "{what}"' for what, asked in self._conditions.items())
        engine = Engine()
        self._counts.update(engine.query(f"SELECT {counts} FROM records", {"records": records}).to_pylist()[0])
        compared = ", ".join(column.name for column in RECORDS.columns if column.name not in _OWN)
        hashes = engine.query(
            f"SELECT hash({compared}) AS row, hash(lon, lat) AS point, lon IS NOT NULL AS placed FROM records",
            {"records": records},
        )
        rows, points = (hashes[name].to_numpy().view(np.int64) for name in ("row", "point"))
        self._rows.add(rows)
        self._points.add(points[hashes["placed"].to_numpy()])

    def quality(self) -> dict[str, int]:
        """What was counted → records (for what was refused: rows)."""
        self._count()
        shared = self._points.counts()
        refused_rows = self._refused.counts()
        return {
            **{what: self._counts[what] for what in self._conditions},
            f"on a point that {SHARED_POINT_RECORDS} or more records share": int(
                shared[shared >= SHARED_POINT_RECORDS].sum()
            ),
            "the same as an earlier record but for the id": self.used - len(self._rows.counts()),
            "refused rows that equal another refused row in every cell": self.refused - len(refused_rows),
            "refused for an id met before": self._refused_for(r".*was met before"),
            "refused for a missing or impossible date": self._refused_for(r"(the )?(date|year)|… is no date"),
            "refused for an impossible toll": self._refused_for(r"killed|injured"),
        }

    def _refused_for(self, pattern: str) -> int:
        return sum(rows for reason, rows in self.reasons.items() if re.match(pattern, reason))


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
