"""Write a case in one of the formats, and say what went in and came out.

In: a case, its tables, the name of a format and a folder. Out: files in that folder, and lines for the terminal.
Refuses: a format that is not known, and an export whose counts do not agree; then nothing is written.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from contested.base.case import Case
from contested.base.engine import write_whole
from contested.base.errors import ExportError, nearest_name
from contested.web.edition import Edition
from contested.web.interchange.atlos import ATLOS
from contested.web.interchange.auto_archiver import AUTO_ARCHIVER
from contested.web.interchange.counting import TableCount, count_export
from contested.web.interchange.followthemoney import FOLLOWTHEMONEY
from contested.web.interchange.geojson import GEOJSON
from contested.web.interchange.geoparquet import GEOPARQUET
from contested.web.interchange.linked_data import LINKED_DATA
from contested.web.interchange.plain_csv import CSV
from contested.web.interchange.timemap import TIMEMAP
from contested.web.strings import in_language

if TYPE_CHECKING:
    import pyarrow as pa

FORMATS = {
    form.name: form
    for form in (TIMEMAP, ATLOS, GEOJSON, GEOPARQUET, CSV, FOLLOWTHEMONEY, LINKED_DATA, AUTO_ARCHIVER)
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ExportSummary:
    """What was written where, with the counts."""

    format: str
    folder: Path
    files: tuple[str, ...]
    counts: tuple[TableCount, ...]
    notes: tuple[str, ...]


def export_case(case: Case, tables: Mapping[str, pa.Table], name: str, folder: Path) -> ExportSummary:
    """Write the public rows of a case into a folder.

    Raises
    ------
    ExportError
        When the format is not known, or a row would be lost, doubled or invented; nothing is written then.
    """
    form = FORMATS.get(name)
    if form is None:
        raise ExportError(f"--to {name}: there is no such format; {nearest_name(name, FORMATS)}")
    with in_language(case.file.language):
        edition = Edition.of(case, tables)
        export = form.write(edition)
        counts = count_export(form, edition.public, export)
    for file, content in export.files.items():
        write_whole(folder / file, content)
    return ExportSummary(form.name, folder, tuple(export.files), counts, export.notes)


def summary_lines(summary: ExportSummary) -> list[str]:
    """The summary for the terminal: each table in and out, what was left out and why."""
    lines = [f"{summary.format}: {', '.join(summary.files)} in {summary.folder}"]
    for one in summary.counts:
        if not one.carried:
            continue
        left = "".join(f"; {number:,} left out: {reason}" for reason, number in one.left)
        withheld = f"; {one.withheld:,} withheld, not public" if one.withheld else ""
        lines.append(f"  {one.table:<16} {one.rows_in:,} in, {one.rows_out:,} out{left}{withheld}")
    lines += [f"  {note}" for note in summary.notes]
    absent = [f"{one.table} {one.rows_in:,}" for one in summary.counts if not one.carried and one.rows_in]
    if absent:
        lines.append(f"  no place in this format for: {', '.join(absent)}")
    return lines
