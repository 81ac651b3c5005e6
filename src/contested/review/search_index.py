"""The index that search looks into: one SQLite file beside the tables, made again when they change.

In: the tables of a build. Out: ``.contested/cache/search-<hash>.sqlite``. Refuses: nothing of its own; a table that
cannot be read is the engine's error.

SQLite's FTS5 comes with Python; DuckDB's full-text index is an extension that is downloaded, and so no choice.
The index holds folded words only; what is shown stands beside it as it is.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from contested.base.case import Case
from contested.base.engine import whole_file
from contested.base.transliteration import sound_keys
from contested.review.search_words import fold_text

if TYPE_CHECKING:
    import pyarrow as pa

#: What is searched, in the order of the index: a kind is a range of numbers.
KINDS = ("document", "claim", "incident", "record")
#: Tables that the index is made from.
INDEXED = ("documents", "claims", "incidents", "incident_places", "records")
#: Raised when the form of the index changes, so that an old one is not used.
FORM = 1
_BATCH = 2_000
#: Months that a row is listed under; one of more than ten years bears a word of its own instead.
MAX_MONTHS, MANY_MONTHS = 120, "month0many"

_SCHEMA = """
CREATE VIRTUAL TABLE words USING fts5(title, body, facts, content='', tokenize="unicode61 remove_diacritics 0");
CREATE VIRTUAL TABLE terms USING fts5vocab(words, 'row');
CREATE TABLE items (id INTEGER PRIMARY KEY, kind TEXT, row_key TEXT, party TEXT, day_low TEXT, day_high TEXT);
CREATE TABLE texts (id INTEGER PRIMARY KEY, title TEXT, body TEXT);
CREATE TABLE sounds (sound TEXT, term TEXT, times INTEGER);
CREATE TABLE kinds (kind TEXT, first INTEGER, last INTEGER);
"""
_ENDING = """
CREATE INDEX by_sound ON sounds (sound);
INSERT INTO kinds SELECT kind, min(id), max(id) FROM items GROUP BY kind;
"""


@dataclass(frozen=True, slots=True)
class Item:
    """One row as it is searched: ``more`` is searched and not shown."""

    kind: str
    row_key: str
    title: str
    body: str
    more: str = ""
    party: str | None = None
    days: tuple[date | None, date | None] = (None, None)


def index_path(case: Case, tables_sha256: Mapping[str, str]) -> Path:
    """Where the index of a build stands.

    Parameters
    ----------
    case
        The case.
    tables_sha256
        File of a table → its hash, as the manifest has it.
    """
    used = {name: tables_sha256.get(f"{name}.parquet") for name in INDEXED}
    key = hashlib.sha256(json.dumps([FORM, used], sort_keys=True).encode()).hexdigest()[:32]
    return case.derived / "cache" / f"search-{key}.sqlite"


def make_index(case: Case, tables_sha256: Mapping[str, str]) -> Path:
    """The index of a build, made when it is not there; those of other builds are deleted."""
    path = index_path(case, tables_sha256)
    if not path.is_file():
        with whole_file(path) as temporary:
            write_index(temporary, _case_items(case.derived / "tables"))
    for old in path.parent.glob("search-*.sqlite"):
        if old != path:
            old.unlink(missing_ok=True)
    return path


def write_index(path: Path, items: Iterable[Item]) -> None:
    """Write an index of the items into an empty file."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.executescript(
            "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA page_size = 8192;" + _SCHEMA
        )
        connection.execute("BEGIN")
        number = 0
        for batch in _batched(items):
            numbered = list(enumerate(batch, start=number + 1))
            number += len(batch)
            connection.executemany(
                "INSERT INTO items VALUES (?, ?, ?, ?, ?, ?)",
                [(n, i.kind, i.row_key, i.party, *(day and day.isoformat() for day in i.days)) for n, i in numbered],
            )
            connection.executemany("INSERT INTO texts VALUES (?, ?, ?)", [(n, i.title, i.body) for n, i in numbered])
            connection.executemany(
                "INSERT INTO words (rowid, title, body, facts) VALUES (?, ?, ?, ?)",
                [(n, fold_text(i.title), fold_text(f"{i.body} {i.more}"), _facts(i)) for n, i in numbered],
            )
        connection.execute("COMMIT")
        connection.execute("BEGIN")
        connection.executemany("INSERT INTO sounds VALUES (?, ?, ?)", list(_sounds(connection)))
        connection.executescript(_ENDING)


def party_word(party: str) -> str:
    """A party as one word of the index."""
    return f"party0{hashlib.sha256(party.encode()).hexdigest()[:12]}"


def month_words(first: date, last: date) -> list[str]:
    """The months that two days and all between them touch, as words of the index; none where they are very many."""
    months = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    return [f"month0{month // 12:04d}{month % 12 + 1:02d}" for month in months] if len(months) <= MAX_MONTHS else []


def _facts(item: Item) -> str:
    """Party and months as words, so that a filter narrows the hits inside of the index."""
    low, high = item.days
    months = [] if low is None or high is None else month_words(low, max(low, high)) or [MANY_MONTHS]
    return " ".join([*([party_word(item.party)] if item.party else []), *months])


def _batched(items: Iterable[Item]) -> Iterator[list[Item]]:
    batch: list[Item] = []
    for item in items:
        batch.append(item)
        if len(batch) == _BATCH:
            yield batch
            batch = []
    yield batch


def _sounds(connection: sqlite3.Connection) -> Iterator[tuple[str, str, int]]:
    """Terms that may be names, by the consonants that their spellings in three scripts share."""
    for term, times in connection.execute("SELECT term, doc FROM terms"):
        if term.isalpha() and (3 if term.isascii() else 2) < len(term) < 25:
            for sound in sound_keys(term):
                yield sound, term, times


def _case_items(folder: Path) -> Iterator[Item]:
    yield from _documents(folder)
    yield from _claims(folder)
    places = defaultdict(list)
    for row in _rows(folder, "incident_places", ("incident_id", "place_name")):
        places[row["incident_id"]].append(row["place_name"])
    for row in _rows(folder, "incidents", ("incident_id", "title", "kind", "date_start", "date_end")):
        named = _joined(dict.fromkeys(places[row["incident_id"]]), ", ")
        days = (row["date_start"], row["date_end"])
        yield Item("incident", row["incident_id"], row["title"], _joined((row["kind"], named), " · "), days=days)
    yield from _records(folder)


def _documents(folder: Path) -> Iterator[Item]:
    columns = ("document_id", "path", "member", "title", "outlet", "author", "published", "text")
    for row in _rows(folder, "documents", columns):
        yield Item(
            "document", row["document_id"], row["title"] or row["member"] or row["path"], row["text"],
            _joined((row["path"], row["member"], row["outlet"], row["author"])),
            days=(row["published"], row["published"]),
        )  # fmt: skip


def _claims(folder: Path) -> Iterator[Item]:
    columns = (
        "claim_id", "passage", "speaker_text", "speaker_actor", "speaker_party", "target_text", "summary", "said_on",
        "reported_on",
    )  # fmt: skip
    for row in _rows(folder, "claims", columns):
        day = row["said_on"] or row["reported_on"]
        speaker = row["speaker_actor"] or row["speaker_text"] or ""
        yield Item(
            "claim", row["claim_id"], speaker,
            _joined((*(piece["text"] for piece in row["passage"]), row["summary"]), " … "),
            _joined((row["speaker_text"], row["target_text"])), row["speaker_party"], (day, day),
        )  # fmt: skip


def _records(folder: Path) -> Iterator[Item]:
    columns = (
        "record_id", "title", "kind", "place_name", "sources", "actors", "attributed_to", "date_start", "date_end",
    )  # fmt: skip
    for row in _rows(folder, "records", columns):
        named = _joined((row["kind"], row["place_name"], *row["sources"]), " · ")
        more = _joined((row["record_id"], *(row["actors"] or ()), row["attributed_to"]))
        days = (row["date_start"], row["date_end"])
        yield Item("record", row["record_id"], row["title"] or row["record_id"], named, more, days=days)


def _joined(parts: Iterable[str | None], between: str = " ") -> str:
    return between.join(part for part in parts if part)


def _rows(folder: Path, name: str, columns: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    """Rows of a table in batches, so that no table stands in memory as Python objects."""
    import pyarrow.parquet as pq

    batch: pa.RecordBatch
    with pq.ParquetFile(folder / f"{name}.parquet") as file:
        for batch in file.iter_batches(batch_size=_BATCH, columns=list(columns)):
            yield from batch.to_pylist()
