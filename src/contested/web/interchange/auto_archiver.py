"""auto-archiver: a sheet of the addresses to archive.

In: an :class:`~contested.web.edition.Edition`. Out: ``links.csv``, one row an address, with the columns that
Bellingcat's auto-archiver looks for (``gsheet_feeder_db``) and one of our own that names the rows it stands in, which
the archiver passes over. Refuses: nothing; rows without an address that can be fetched are left out and counted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from contested.web.addresses import safe_link
from contested.web.edition import Edition
from contested.web.interchange.counting import Export, Format, Left, read_rows
from contested.web.public import PublicRows, row_key
from contested.web.words import csv_bytes

COLUMNS = (
    "link", "archive status", "destination folder", "archive location", "archive date", "thumbnail",
    "upload timestamp", "upload title", "text content", "screenshot", "hash", "perceptual hashes", "wacz",
    "replaywebpage",
)  # fmt: skip
ROWS_COLUMN = "contested rows"
TABLES_WITH_ADDRESS = ("documents", "records", "claims")


def write_auto_archiver(edition: Edition) -> Export:
    """The sheet; columns that the archiver fills are empty."""
    named: dict[str, list[str]] = defaultdict(list)
    left = []
    for table in TABLES_WITH_ADDRESS:
        for key, row in edition.public.rows[table].items():
            link = safe_link(row["address"])
            if link is not None:
                named[link].append(f"{table}:{row_key(table, row)}")
            else:
                reason = "has no address" if row["address"] is None else "has an address that is no http or https link"
                left.append(Left(table, key, reason))
    sheet = csv_bytes(
        [*COLUMNS, ROWS_COLUMN],
        ([link, *[""] * (len(COLUMNS) - 1), "\n".join(rows)] for link, rows in named.items()),
    )
    notes = (f"{len(named)} addresses, each once",)
    return Export({"links.csv": sheet}, tuple(left), notes)


def read_auto_archiver_keys(files: Mapping[str, bytes], public: PublicRows) -> dict[str, list[str]]:
    """Rows that the sheet names."""
    found: dict[str, list[str]] = {table: [] for table in TABLES_WITH_ADDRESS}
    for line in read_rows(files["links.csv"]):
        for name in line[ROWS_COLUMN].split("\n"):
            table, key = name.split(":", 1)
            found[table].append(key)
    return found


AUTO_ARCHIVER = Format(
    "auto-archiver", "auto-archiver: the sheet of addresses to archive", TABLES_WITH_ADDRESS, write_auto_archiver,
    read_auto_archiver_keys,
)  # fmt: skip
