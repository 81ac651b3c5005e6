"""Every table that the stages exchange: its columns, units, meaning and key.

In: rows as dictionaries, or Arrow tables. Out: Arrow tables that hold exactly the declared
columns, sorted by key, so that one content has one byte form. Refuses: unknown or missing
columns, nulls where none may be, and keys that are not unique.

Dates are days (``date32``) of the place where the event happened or the statement was made;
points are WGS 84 degrees; distances are geodesic metres.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

from contested.base.errors import RecordError

if TYPE_CHECKING:
    import pyarrow as pa

ColumnType = Literal["text", "int", "real", "bool", "date", "texts", "ints", "spans", "bytes"]

#: Stances that a claim can take (DESIGN words); ``reports`` is the neutral one.
STANCES = (
    "reports", "blames", "denies", "denies_event", "claims_responsibility",
    "alternative_explanation", "confirms_finding", "declines_to_attribute", "retracts",
)  # fmt: skip
MODALITIES = ("asserts", "suspects", "no_evidence")
SPEAKER_KINDS = ("named", "role", "withheld")
#: Questions that an account answers, in the order of the accounts matrix.
QUESTIONS = ("happened", "who", "means", "how", "when", "toll")
#: What a claim tells of: the attack; another that came after it; attacks before it or in general; what was said,
#: asked or done about it; anything else. Only ``event`` answers a question of an account.
SPEAKS_OF = ("event", "follow_up", "history", "response", "other")
ORIGINS = ("document", "statement", "vote", "record")
#: Holders that are no party. ``contested`` counts to no one; ``unknown`` is not covered by the layer.
CONTESTED, UNKNOWN = "contested", "unknown"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its type, what it means, its unit, and whether it may be missing."""

    name: str
    type: ColumnType
    meaning: str
    unit: str = ""
    nullable: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """One table: what a row stands for, the columns that identify it, and all its columns."""

    name: str
    meaning: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]

    def schema(self) -> pa.Schema:
        """The Arrow schema of the table."""
        import pyarrow as pa

        span = pa.struct([("text", pa.string()), ("start", pa.int64()), ("end", pa.int64())])
        types: dict[str, pa.DataType] = {
            "text": pa.string(), "int": pa.int64(), "real": pa.float64(), "bool": pa.bool_(),
            "date": pa.date32(), "texts": pa.list_(pa.string()), "ints": pa.list_(pa.int64()), "spans": pa.list_(span),
            "bytes": pa.binary(),
        }  # fmt: skip
        return pa.schema([pa.field(c.name, types[c.type], nullable=c.nullable) for c in self.columns])

    def from_rows(self, rows: Iterable[Mapping[str, Any]]) -> pa.Table:
        """An Arrow table of the rows, sorted by key; nullable columns may be left out of a row.

        Raises
        ------
        RecordError
            On a column that is not declared, a missing value, a wrong type, or a key met twice.
        """
        import pyarrow as pa

        rows = list(rows)
        names = {c.name for c in self.columns}
        for row in rows:
            if unknown := row.keys() - names:
                raise RecordError(f"table {self.name}: column {sorted(unknown)[0]!r} is not declared")
        columns = {c.name: [row.get(c.name) for row in rows] for c in self.columns}
        try:
            table = pa.table(columns, schema=self.schema())
        except (pa.ArrowInvalid, pa.ArrowTypeError, ValueError) as error:
            raise RecordError(f"table {self.name}: {error}") from error
        return self.check(table)

    def check(self, table: pa.Table) -> pa.Table:
        """The table sorted by key, once its columns, nulls and keys are found right."""
        if table.schema.names != [c.name for c in self.columns]:
            raise RecordError(
                f"table {self.name}: columns are {table.schema.names}, expected {[c.name for c in self.columns]}"
            )
        for column in self.columns:
            if not column.nullable and table[column.name].null_count:
                raise RecordError(f"table {self.name}: column {column.name} has a row without value")
        table = table.cast(self.schema())
        table = table.sort_by([(name, "ascending") for name in self.key])
        twice = self._first_met_twice(table)
        if twice is not None:
            key = tuple(table[name][twice].as_py() for name in self.key)
            raise RecordError(f"table {self.name}: the key {key} is met twice")
        return table.combine_chunks()

    def _first_met_twice(self, table: pa.Table) -> int | None:
        """First row of the sorted table whose key is that of the row before."""
        import pyarrow as pa
        import pyarrow.compute as pc

        if table.num_rows < 2:
            return None
        same = None
        for name in self.key:
            column = table[name].combine_chunks()
            equal = pc.fill_null(pc.equal(column[1:], column[:-1]), False)
            same = equal if same is None else pc.and_(same, equal)
        at = pc.index(same, pa.scalar(True)).as_py()
        return None if at < 0 else at + 1

    def empty(self) -> pa.Table:
        """The table without rows."""
        return self.from_rows(())


def row_id(*parts: object, length: int = 12) -> str:
    """A stable identifier from the parts: the first hex digits of their SHA-256.

    >>> row_id("records", "hrw", 1) == row_id("records", "hrw", 1)
    True
    """
    joined = "\x1f".join("" if part is None else str(part) for part in parts)
    return hashlib.sha256(joined.encode()).hexdigest()[:length]


def span(text: str, start: int, end: int) -> dict[str, Any]:
    """A passage piece; ``frozen[start:end] == text`` must hold in the frozen text it was cut from."""
    return {"text": text, "start": start, "end": end}


def iso(day: date | None) -> str | None:
    """``YYYY-MM-DD``, or ``None``."""
    return None if day is None else day.isoformat()


def _c(name: str, kind: ColumnType, meaning: str, unit: str = "", *, nullable: bool = False) -> Column:
    return Column(name, kind, meaning, unit, nullable)


def _optional(columns: Sequence[tuple[str, ColumnType, str, str]]) -> tuple[Column, ...]:
    return tuple(Column(name, kind, meaning, unit, True) for name, kind, meaning, unit in columns)


_ORIGINAL = (
    _c("original_path", "text", "the original it was read from, relative to the case folder"),
    _c("original_row", "int", "row in that file: 1 is the first row after the header; feature number in a layer; 0 when the whole file is meant"),
)  # fmt: skip

_TOLL = _optional([
    ("killed_low", "int", "fewest killed that the source allows", "people"),
    ("killed_high", "int", "most killed that the source allows", "people"),
    ("injured_low", "int", "fewest injured that the source allows", "people"),
    ("injured_high", "int", "most injured that the source allows", "people"),
])  # fmt: skip

#: Groups that the killed are told by where the wording names them.
TOLL_GROUPS = ("civilians", "children", "women", "fighters")
_KILLED_OF = _optional([
    (f"killed_{group}_{side}", "int", f"{amount} killed who are called {group}", "people")
    for group in TOLL_GROUPS for side, amount in (("low", "fewest"), ("high", "most"))
])  # fmt: skip

ORIGINALS = Table(
    "originals", "one file of the case folder that the case was built from", ("original_path",),
    (
        _c("original_path", "text", "path relative to the case folder, with forward slashes"),
        _c("kind", "text", "case, document, statements, votes, dataset, layer or decisions"),
        _c("sha256", "text", "SHA-256 of the bytes, hex"),
        _c("size_bytes", "int", "length of the file", "bytes"),
        _c("licence", "text", "licence as declared in case.toml", nullable=True),
        _c("citation", "text", "citation as declared in case.toml", nullable=True),
        _c("address", "text", "where it was read or downloaded", nullable=True),
        _c("publish_rows", "bool", "whether its rows may stand in a dossier"),
    ),
)  # fmt: skip

DOCUMENTS = Table(
    "documents", "one original with its frozen text; statements and votes tables are documents too, and rows of a dataset that carry accounts", ("document_id",),
    (
        _c("document_id", "text", "first 12 hex digits of the SHA-256 of its bytes; of the file, its path and the dataset's name for the rows of a dataset"),
        _c("path", "text", "file it was read from, relative to the case folder; an archive holds many documents"),
        _c("member", "text", "its name or record in that archive; null when the file is the document", nullable=True),
        _c("original_row", "int", "its place in that archive, counted from 1; null when the file is the document", nullable=True),
        _c("sha256", "text", "SHA-256 of its bytes"),
        _c("media_type", "text", "text/plain, text/html, text/csv, message/rfc822, application/pdf or the Word type; of a dataset also others"),
        _c("title", "text", "title found or declared", nullable=True),
        _c("title_from", "text", "where it was found: case, metadata, heading, header (of a mail), properties (of a PDF or Word file)", nullable=True),
        _c("outlet", "text", "who published it", nullable=True),
        _c("outlet_from", "text", "where it was found: case, metadata, address", nullable=True),
        _c("author", "text", "author as printed", nullable=True),
        _c("author_from", "text", "where it was found: case, metadata, byline, header, properties", nullable=True),
        _c("published", "date", "day of publication", nullable=True),
        _c("published_from", "text", "where that day was found: case, metadata, address, byline, header", nullable=True),
        _c("address", "text", "where it was collected", nullable=True),
        _c("collected", "date", "day of collection", nullable=True),
        _c("language", "text", "ISO 639-1 code of the language most of it is in; null when unsure", nullable=True),
        _c("pages", "ints", "first character of each printed page in the frozen text; empty where there are no pages", "characters", nullable=True),
        _c("text", "text", "frozen text; every passage counts its characters (Unicode code points)"),
        _c("text_sha256", "text", "SHA-256 of the frozen text in UTF-8"),
        _c("reader", "text", "what made the frozen text, with its version"),
    ),
)  # fmt: skip

CLAIMS = Table(
    "claims", "one attributed statement", ("claim_id",),
    (
        _c("claim_id", "text", "stable identifier"),
        _c("origin", "text", "document (read from a text), statement (entered by hand), vote, or record (carried by a row of a dataset)"),
        _c("document_id", "text", "the document that holds the passage"),
        *_ORIGINAL,
        _c("passage", "spans", "pieces of the frozen text, in order: the words reported"),
        _c("quoted", "bool", "whether the passage holds the speaker's words as the document gives them; false where it is this project's summary or a row of a table"),
        *_optional([
            ("speaker_text", "text", "speaker as written; null when no one is named", ""),
            ("speaker_start", "int", "first character in the frozen text", "characters"),
            ("speaker_end", "int", "character after the last", "characters"),
            ("speaker_named_start", "int", "where the text names whom speaker_text stands for, when that is elsewhere: first character", "characters"),
            ("speaker_named_end", "int", "character after the last", "characters"),
            ("speaker_kind", "text", "named, role or withheld", ""),
            ("speaker_actor", "text", "resolved actor (id in the case, else a plain name)", ""),
            ("speaker_party", "text", "party of the speaker (id in the case, else a plain name)", ""),
        ]),
        _c("via", "spans", "chain of reporting, nearest to the reader first: outlets, agencies, relays"),
        *_optional([
            ("cue_text", "text", "word that attributes (said, blamed)", ""),
            ("cue_start", "int", "first character", "characters"),
            ("cue_end", "int", "character after the last", "characters"),
        ]),
        _c("stance", "text", "one of STANCES"),
        _c("modality", "text", "asserts, suspects or no_evidence"),
        *_optional([
            ("target_text", "text", "who is blamed, denied or defended, as written", ""),
            ("target_start", "int", "first character", "characters"),
            ("target_end", "int", "character after the last", "characters"),
            ("target_party", "text", "party of the target", ""),
            ("said_on", "date", "day of the statement; null when the text does not say", ""),
            ("reported_on", "date", "day of the publication that carries it: the statement was made on it or before", ""),
            ("event_id", "text", "event of the case that it speaks of; null when none or general", ""),
            ("happened", "text", "yes, no or unclear: whether the event took place as reported", ""),
            ("means", "text", "means named, as the report names it (chlorine, sarin)", ""),
            ("mechanism", "text", "how it is said to have come about, a short code (air_strike, depot_hit, staged, ground_device)", ""),
            ("place_text", "text", "place as written", ""),
            ("place_start", "int", "first character in the frozen text", "characters"),
            ("place_end", "int", "character after the last", "characters"),
            ("event_time", "text", "time claimed for the event, as written", ""),
            ("event_time_start", "int", "first character in the frozen text", "characters"),
            ("event_time_end", "int", "character after the last", "characters"),
            ("event_on_low", "date", "first day that the time can mean; null when it cannot be told", ""),
            ("event_on_high", "date", "last day that the time can mean", ""),
            ("speaks_of", "text", "one of SPEAKS_OF: what the claim tells of; null for hand entries, which are about their event", ""),
        ]),
        *_TOLL,
        *_KILLED_OF,
        *_optional([
            ("summary", "text", "the claim in the project's own words (hand entries)", ""),
            ("basis", "text", "what the speaker says it rests on", ""),
            ("address", "text", "where it was read", ""),
        ]),
        _c("second_hand", "bool", "read through a relay, not at the speaker's own publication"),
        _c("note", "text", "reader's caution", nullable=True),
        _c("made_by", "text", "hand, the model or rule with its version, or the preset and who coded the dataset"),
        _c("score", "real", "the extractor's own score in [0, 1]; null for hand entries", nullable=True),
        _c("checked", "bool", "whether a person entered it or accepted it, or the coders of a dataset entered it by hand; false for a machine's reading that nobody has reviewed"),
    ),
)  # fmt: skip

VOTES = Table(
    "votes", "one member's vote on one draft", ("draft", "member"),
    (
        _c("draft", "text", "document symbol of the draft"),
        _c("member", "text", "member state as written"),
        _c("party", "text", "party of the member", nullable=True),
        _c("body", "text", "organ that voted"),
        _c("meeting", "text", "symbol of the meeting record", nullable=True),
        _c("voted_on", "date", "day of the vote"),
        _c("subject", "text", "what the draft asked for"),
        _c("sponsors", "texts", "states that tabled it; empty when not known"),
        _c("vote", "text", "yes, no, abstain or absent"),
        _c("veto", "bool", "a permanent member's no against a draft that had the nine votes needed"),
        _c("outcome", "text", "adopted, vetoed, failed_lacking_votes or unknown, derived from the votes"),
        _c("how_known", "text", "read, or derived (and from what)"),
        _c("address", "text", "where it was read"),
        *_ORIGINAL,
        _c("claim_id", "text", "the vote as a claim"),
    ),
)  # fmt: skip

ACCOUNTS = Table(
    "accounts", "one party's answer to one question about one event, from one claim", ("event_id", "party", "question", "position"),
    (
        _c("event_id", "text", "event of the case"),
        _c("party", "text", "whose account"),
        _c("question", "text", "one of QUESTIONS"),
        _c("position", "int", "order in time within the cell, from 1; undated claims come last"),
        _c("answer", "text", "the answer, a code or a few words"),
        _c("said_on", "date", "day of the statement", nullable=True),
        _c("latest", "bool", "whether it is the party's latest answer: among checked claims where there are any, then among dated ones"),
        _c("claim_id", "text", "the claim that gives it"),
        _c("checked", "bool", "whether a person has checked that claim"),
    ),
)  # fmt: skip

CONTRADICTIONS = Table(
    "contradictions", "two claims whose answers to one question cannot both hold", ("contradiction_id",),
    (
        _c("contradiction_id", "text", "stable identifier"),
        _c("event_id", "text", "event of the case"),
        _c("question", "text", "one of QUESTIONS"),
        _c("kind", "text", "within (one party over time) or between (two parties)"),
        _c("party_a", "text", "party of the first claim"),
        _c("answer_a", "text", "its answer"),
        _c("claim_a", "text", "its claim"),
        _c("party_b", "text", "party of the second claim"),
        _c("answer_b", "text", "its answer"),
        _c("claim_b", "text", "its claim"),
        _c("rule", "text", "the rule that found it, in words"),
        _c("checked", "bool", "whether a person has checked both claims"),
    ),
)  # fmt: skip

RECORDS = Table(
    "records", "one row of a dataset, as published", ("record_id",),
    (
        _c("record_id", "text", "dataset name, a colon, and the dataset's own id"),
        _c("dataset", "text", "name of the dataset in case.toml"),
        *_ORIGINAL,
        _c("preset", "text", "preset that mapped it"),
        _c("in_window", "bool", "whether its dates touch the case's window and its point, if it has one, lies in the region's box"),
        _c("kind", "text", "kind of incident, the case's word for it"),
        _c("date_start", "date", "first day on which it may have happened"),
        _c("date_end", "date", "last day on which it may have happened"),
        *_optional([
            ("time_of_day", "text", "as written (morning, 06:30)", ""),
            ("place_name", "text", "place as written", ""),
            ("lon", "real", "longitude, WGS 84", "degrees"),
            ("lat", "real", "latitude, WGS 84", "degrees"),
            ("radius_m", "real", "radius that the place must be drawn from; null when no test may use the place", "metres"),
            ("group_id", "text", "rows of one dataset with one group tell of one incident, by the dataset's own word", ""),
            ("title", "text", "short text", ""),
        ]),
        *_TOLL,
        _c("killed_best", "int", "the dataset's best estimate of killed", "people", nullable=True),
        _c("tolls_of_groups", "text", "tolls of civilians, children and other groups, as a JSON object: group, then killed or injured, with _low and _high", "people", nullable=True),
        _c("sources", "texts", "who the dataset names as its sources"),
        _c("source_kinds", "texts", "what each of them is, by the dataset's own word or the preset's (news, social media, ...); empty where nothing says it", nullable=True),
        _c("actors", "texts", "persons and bodies that the row names, in whatever part: never who did it", nullable=True),
        *_optional([
            ("attributed_to", "text", "who the dataset's source says did it, as published; never derived from actor columns", ""),
            ("address", "text", "where it was read", ""),
        ]),
        _c("second_hand", "bool", "read through a relay"),
        _c("publish", "bool", "whether the row may stand in a dossier"),
        _c("extra", "text", "columns that the preset does not use, as a JSON object"),
    ),
)  # fmt: skip

PLACE_CANDIDATES = Table(
    "place_candidates", "one place that a row without a point may mean, or that none was found",
    ("of_table", "row_key", "candidate"),
    (
        _c("of_table", "text", "records or claims"),
        _c("row_key", "text", "key of the row there"),
        _c("candidate", "int", "rank from 1, the likeliest; 0 when no place was found"),
        *_optional([
            ("place_text", "text", "the place as that row names it; null when it names none", ""),
            ("name", "text", "the place found, by its first name in the gazetteer", ""),
            ("kind", "text", "continent, country, admin1, admin2, town, place or neighbourhood", ""),
            ("lon", "real", "longitude, WGS 84", "degrees"),
            ("lat", "real", "latitude, WGS 84", "degrees"),
            ("radius_m", "real", "radius that it must be drawn from; null when it is too wide for any test", "metres"),
            ("score", "real", "how likely it is the place meant, in [0, 1]", ""),
        ]),
        _c("reason", "text", "what speaks for it, or why there is none, in words"),
        _c("gazetteer", "text", "where the place comes from", nullable=True),
        _c("chosen", "bool", "whether it is sure enough to be used; it is used only when case.toml says so"),
    ),
)  # fmt: skip

LINKS = Table(
    "links", "two records that may tell of one incident", ("record_a", "record_b"),
    (
        _c("record_a", "text", "the record whose id sorts first"),
        _c("record_b", "text", "the other"),
        _c("probability", "real", "how sure the link is, in [0, 1]"),
        _c("distance_m", "real", "between their points", "metres", nullable=True),
        _c("gap_days", "int", "between their date intervals; 0 when they overlap", "days"),
        _c("decided_by", "text", "group (the dataset says so), score, or a reviewer's decision"),
        _c("linked", "bool", "whether the two were merged into one incident"),
        _c("reasons", "text", "what speaks for and against it, each with its log-odds; null where a person or the dataset said so", nullable=True),
        _c("review_rank", "int", "place in the queue of unsure pairs for a person: 1 is the one whose answer would change most; null where there is nothing to ask", nullable=True),
    ),
)  # fmt: skip

INCIDENTS = Table(
    "incidents", "a cluster of records about one real event; deletes none of them", ("incident_id",),
    (
        _c("incident_id", "text", "stable identifier, from its first record"),
        _c("title", "text", "short text"),
        _c("kind", "text", "kind of incident, the case's word for it"),
        _c("event_id", "text", "event of the case that it belongs to", nullable=True),
        _c("date_start", "date", "first day on which any record lets it happen"),
        _c("date_end", "date", "last day"),
        _c("records", "texts", "ids of all its records"),
        _c("datasets", "texts", "datasets that tell of it"),
        _c("n_places", "int", "number of places", "places"),
        *_TOLL,
        _c("toll_conflict", "bool", "whether two records' ranges of killed have nothing in common"),
        _c("conflicts", "texts", "what its records say differently: kind, toll, place (points farther apart than their radii allow), actors (both name some, without a word in common)", nullable=True),
        _c("also_records", "texts", "records of other incidents that tell of this one too, such as a daily summary; its tolls do not count them", nullable=True),
        _c("grade", "text", "level in the case's grading scheme"),
        _c("grade_rule", "text", "why it has that level, in words"),
        _c("publish", "bool", "false when no record of it may be published"),
    ),
)  # fmt: skip

INCIDENT_PLACES = Table(
    "incident_places", "one place of one incident", ("incident_id", "place_no"),
    (
        _c("incident_id", "text", "the incident"),
        _c("place_no", "int", "number within the incident, from 1"),
        _c("record_id", "text", "the record that gives the place"),
        *_optional([
            ("place_name", "text", "as written", ""),
            ("lon", "real", "longitude, WGS 84; null when the place has no point", "degrees"),
            ("lat", "real", "latitude, WGS 84", "degrees"),
            ("radius_m", "real", "radius that it must be drawn from", "metres"),
        ]),
    ),
)  # fmt: skip

CLAIM_LINKS = Table(
    "claim_links", "a claim and an incident that it may tell of", ("claim_id", "incident_id"),
    (
        _c("claim_id", "text", "the claim"),
        _c("incident_id", "text", "the incident"),
        _c("record_id", "text", "the record of it that the claim fits best"),
        _c("probability", "real", "how sure it is, in [0, 1]"),
        _c("linked", "bool", "whether it is taken to tell of it"),
        _c("reasons", "text", "what speaks for and against it, each with its log-odds"),
    ),
)  # fmt: skip

SENSITIVITY = Table(
    "sensitivity", "the headline counts under one way of linking records", ("variant_no",),
    (
        _c("variant_no", "int", "0 for the counts as they stand"),
        _c("variant", "text", "what was done otherwise: windows scaled, unsure pairs counted for a link or against one, a dataset left out"),
        _c("incidents", "int", "number of incidents", "incidents"),
        _c("of_several_datasets", "int", "those that more than one dataset tells of", "incidents"),
        _c("killed_low", "int", "sum of the fewest killed of each incident", "people"),
        _c("killed_high", "int", "sum of the most killed of each incident; where that is open, of the fewest", "people"),
    ),
)  # fmt: skip

HOLDINGS = Table(
    "holdings", "one geometry held by one party from a day to a day, in one layer", ("layer", "holding_no"),
    (
        _c("layer", "text", "name of the layer in case.toml"),
        _c("holding_no", "int", "number within the layer, from 1"),
        _c("place", "text", "name or code of the place, for place-status tables", nullable=True),
        _c("holder", "text", "party id, contested or unknown"),
        _c("valid_from", "date", "first day"),
        _c("valid_to", "date", "last day, included"),
        _c("geometry", "bytes", "WKB polygon or multipolygon, WGS 84 degrees"),
        *_ORIGINAL,
        _c("made_by", "text", "polygon (given), voronoi (cell of a place's point), the format of a map (geojson, kml, shapefile, geopackage, geoparquet), or gains"),
    ),
)  # fmt: skip

CONTROL = Table(
    "control", "who held one place of one incident on its day, in one layer", ("incident_id", "place_no", "layer", "party"),
    (
        _c("incident_id", "text", "the incident"),
        _c("place_no", "int", "place within the incident"),
        _c("layer", "text", "the layer"),
        _c("party", "text", "party id, contested or unknown"),
        _c("p", "real", "share of the place's disc, mean over the date interval, in [0, 1]; all parties sum to 1"),
        _c("held", "bool", "whether the point itself was held by it on the first day"),
        _c("layer_date", "date", "day of the map used for the first day", nullable=True),
    ),
)  # fmt: skip

FRONTS = Table(
    "fronts", "how far the front was from one place of one incident, in one layer", ("incident_id", "place_no", "layer"),
    (
        _c("incident_id", "text", "the incident"),
        _c("place_no", "int", "place within the incident"),
        _c("layer", "text", "the layer"),
        *_optional([
            ("front_m", "real", "geodesic distance to the nearest boundary between the two parties on the first day", "metres"),
            ("side", "text", "party on whose side the point lies", ""),
            ("changed_on", "date", "first day, not before the incident, on which the place passed to another party", ""),
            ("changed_to", "text", "that party", ""),
        ]),
    ),
)  # fmt: skip

FINDINGS = Table(
    "findings", "one computed result, or a refusal with its counts", ("finding_id",),
    (
        _c("finding_id", "text", "stable identifier"),
        _c("test", "text", "name of the test in contested.weighing"),
        _c("question", "text", "what it asks, in words"),
        _c("event_id", "text", "event of the case"),
        _c("layer", "text", "layer used", nullable=True),
        _c("n", "int", "incidents used", "incidents"),
        *_optional([
            ("estimate", "real", "the estimate, in the unit named", ""),
            ("low", "real", "lower end of the interval", ""),
            ("high", "real", "upper end of the interval", ""),
            ("bound_low", "real", "worst case: every ambiguous incident falls one way", ""),
            ("bound_high", "real", "worst case: every ambiguous incident falls the other way", ""),
            ("unit", "text", "unit of the five numbers before", ""),
            ("interval", "text", "what the interval is (90 % Wilson, range)", ""),
            ("p_value", "real", "probability under the null of a result at least as extreme", ""),
            ("null_model", "text", "what chance alone means here", ""),
            ("reporting_term", "text", "what unequal reporting would do to it, with the break-even", ""),
            ("seed", "int", "seed, when draws were made", ""),
        ]),
        _c("refused", "bool", "whether the test refused to run"),
        _c("reading", "text", "plain words: what was found, and what it does not show"),
        _c("method", "text", "how it was computed, with its source"),
        _c("assumptions", "texts", "what must hold for it to mean anything"),
        _c("details", "text", "counts and intermediate values, a JSON object"),
    ),
)  # fmt: skip

FINDING_ROWS = Table(
    "finding_rows", "one row that a finding used", ("finding_id", "table", "row_key"),
    (
        _c("finding_id", "text", "the finding"),
        _c("table", "text", "table of the row"),
        _c("row_key", "text", "key of the row; parts joined by |"),
        _c("role", "text", "what the row was to the finding (used, refused, ambiguous)"),
    ),
)  # fmt: skip

RIVALS = Table(
    "rivals", "one of the rival accounts of an event, as case.toml states it", ("event_id", "account"),
    (
        _c("event_id", "text", "event of the case"),
        _c("account", "text", "id of the account in case.toml"),
        _c("title", "text", "the account in a few words"),
        _c("parties", "texts", "parties that hold it or have held it"),
        _c("implies", "text", "what should be found if it holds, in words"),
        _c("reference", "bool", "whether it is the account that every ratio is against"),
        _c("scale", "text", "verbal scale used"),
        _c("discount", "real", "share of their weight that all but the strongest of a class keep, in [0, 1]"),
        _c("cap", "real", "largest ratio that a group counts for while it is not verified"),
        *_optional([
            ("prior_low", "real", "stated odds against the reference before the evidence, lower end", ""),
            ("prior_high", "real", "upper end", ""),
            ("prior_reason", "text", "why, in words", ""),
        ]),
        _c("inconsistency", "real", "in the matrix of competing hypotheses: sum of squares of the ratings below 3"),
        _c("consistency", "real", "sum of squares of the ratings above 3"),
    ),
)  # fmt: skip

EVIDENCE = Table(
    "evidence", "one item of evidence that the rival accounts are weighed by", ("event_id", "evidence_id"),
    (
        _c("event_id", "text", "event of the case"),
        _c("evidence_id", "text", "id of the item in case.toml"),
        _c("title", "text", "what was found, or not found"),
        _c("source_group", "text", "source group that it comes from; a group counts once"),
        _c("group_title", "text", "that group in words"),
        _c("class", "text", "dependence class of the group: groups with a common cause", nullable=True),
        _c("verified", "bool", "whether somebody who did not depend on the group checked what it gives"),
        *_optional([
            ("absence", "text", "not_looked_for, looked_for_and_absent or expected_and_absent; null for what was found", ""),
            ("searched", "text", "where and how it was looked for", ""),
        ]),
        _c("expected_by", "texts", "accounts under which it should have been found"),
        _c("finding_id", "text", "finding that it rests on", nullable=True),
        _c("counts", "bool", "whether it counts; false where what it rests on is refused, withdrawn or not there"),
        _c("why_not", "text", "why it does not count", nullable=True),
        _c("checked", "bool", "false when it rests on a machine's reading that nobody has checked"),
        _c("diagnosticity", "real", "spread of its ratings over the accounts: population standard deviation"),
    ),
)  # fmt: skip

EVIDENCE_RATIOS = Table(
    "evidence_ratios", "how much more probable an item is under one account than under the reference", ("event_id", "evidence_id", "account"),
    (
        _c("event_id", "text", "event of the case"),
        _c("evidence_id", "text", "the item"),
        _c("account", "text", "the account"),
        _c("low", "real", "lower end of P(item | account) / P(item | reference)"),
        _c("high", "real", "upper end"),
        _c("reason", "text", "why not lower and why not higher, as case.toml says"),
        _c("rating", "int", "rating in the matrix, from 1 (very inconsistent) to 5 (very consistent); null when the item does not count", nullable=True),
    ),
)  # fmt: skip

ODDS = Table(
    "odds", "the combined ratio of one account against another, over all evidence or part of it", ("event_id", "account", "against", "scope", "part"),
    (
        _c("event_id", "text", "event of the case"),
        _c("account", "text", "the account"),
        _c("against", "text", "the account that it is compared with"),
        _c("scope", "text", "all, without_group, without_class or only_group"),
        _c("part", "text", "group or class meant; empty for all"),
        _c("n_items", "int", "items that count", "items"),
        _c("n_groups", "int", "groups that they come from", "groups"),
        _c("low", "real", "lower end of the combined ratio; cut at 1e-299 and 1e299"),
        _c("high", "real", "upper end"),
        _c("weak_end", "real", "the end of the interval that is nearer to 1, as a ratio of at least 1; 1 when the interval holds 1"),
        _c("verdict", "text", "fits_better, fits_worse or not_told_apart"),
        _c("level", "text", "word of the scale for the weak end"),
        *_optional([
            ("overturn_evidence", "text", "item whose ratio, changed alone, overturns the order with the least change", ""),
            ("overturn_factor", "real", "factor by which it would have to be weaker", ""),
            ("common_factor", "real", "factor by which every ratio would have to be weaker at once", ""),
            ("posterior_low", "real", "odds after the evidence, lower end; null without a stated prior", ""),
            ("posterior_high", "real", "upper end", ""),
        ]),
        _c("reading", "text", "plain words: what it says, and what it does not show"),
    ),
)  # fmt: skip

IMPLICATIONS = Table(
    "implications", "something that an account implies, checked without numbers", ("implication_id",),
    (
        _c("implication_id", "text", "stable identifier"),
        _c("event_id", "text", "event of the case"),
        _c("kind", "text", "ground (who held a place), time (not after the first report), means (not denied by the party itself) or own_account (not contradicted by itself)"),
        *_optional([
            ("account", "text", "rival account that it follows from, where case.toml declares it", ""),
            ("party", "text", "party whose statements are meant, where they are read", ""),
            ("layer", "text", "layer that it was checked in", ""),
        ]),
        _c("statement", "text", "what would have to be so"),
        _c("result", "text", "contradicted, not_contradicted or unknown"),
        _c("share", "real", "share of the place that the party named held, mean over the days, in [0, 1]", nullable=True),
        _c("checked", "bool", "false when it rests on a machine's reading that nobody has checked"),
        _c("reading", "text", "plain words: what was found, and what it does not show"),
    ),
)  # fmt: skip

WEIGHED_ROWS = Table(
    "weighed_rows", "one row that an item of evidence or an implication rests on", ("of_table", "of_key", "table", "row_key"),
    (
        _c("of_table", "text", "evidence or implications"),
        _c("of_key", "text", "key of the row there; parts joined by |"),
        _c("table", "text", "table of the row"),
        _c("row_key", "text", "key of the row; parts joined by |"),
        _c("role", "text", "what the row was to it (rests_on, contradicts, compared, first_report)"),
    ),
)  # fmt: skip

ROBUSTNESS = Table(
    "robustness", "one finding under one other choice of sources, days, distances or layer", ("finding_id", "variant_no"),
    (
        _c("finding_id", "text", "the finding"),
        _c("variant_no", "int", "0 for the finding as it stands"),
        _c("kind", "text", "as_it_stands, dataset, outlet, week, window, layer, boundary, lag or precision"),
        _c("variant", "text", "what was done otherwise, in words"),
        _c("left_out", "text", "the dataset or outlet left out", nullable=True),
        _c("tried", "bool", "false where this kind was not tried; the reason says why"),
        _c("n", "int", "incidents used", "incidents"),
        _c("refused", "bool", "whether too little was left to compare"),
        _c("reason", "text", "why it was refused or not tried", nullable=True),
        *_optional([
            ("estimate", "real", "the estimate, in the finding's unit", ""),
            ("low", "real", "lower end of the interval", ""),
            ("high", "real", "upper end of the interval", ""),
            ("expected", "real", "value at which the finding would say nothing, in the same unit", ""),
            ("p_value", "real", "probability under the null of a result at least as extreme", ""),
            ("holds", "bool", "whether it says what the finding says; null where it was refused, not tried, or is the finding itself", ""),
        ]),
    ),
)  # fmt: skip

DECISIONS = Table(
    "decisions", "a person's correction or judgement", ("number",),
    (
        _c("number", "int", "position in the log, from 1"),
        _c("decided_at", "text", "UTC time, ISO 8601"),
        _c("decided_by", "text", "name or pseudonym"),
        _c("action", "text", "accept, correct, reject, link, split, or undo, which takes back another decision"),
        _c("table", "text", "table of the row judged; actors for the name of a speaker, decisions for undo"),
        _c("row_key", "text", "key of the row; parts joined by |"),
        _c("change", "text", "columns and values, a JSON object"),
        _c("reason", "text", "why"),
        _c("without_seeing", "int", "number of an earlier decision on the same row that this one was made without seeing; null as a rule, and in older logs", nullable=True),
        _c("sha256", "text", "hash of this entry and the one before"),
    ),
)  # fmt: skip

REJECTS = Table(
    "rejects", "one row that was refused; nothing is lost in silence", ("original_path", "original_row", "reason"),
    (
        *_ORIGINAL,
        _c("stage", "text", "claims, incidents or territory"),
        _c("reason", "text", "what is wrong with the value shown, what was expected, what to do"),
        _c("raw", "text", "the row as read, a JSON object; empty when nothing could be read"),
    ),
)  # fmt: skip

NOTES = Table(
    "notes", "what a reader changed, assumed or found odd in an original without refusing it", ("original_path", "note"),
    (
        _c("original_path", "text", "the original, or the path in case.toml that names it"),
        _c("stage", "text", "claims, incidents or territory"),
        _c("note", "text", "what was done, in words"),
    ),
)  # fmt: skip

EDITION_RULES = Table(
    "edition_rules", "one rule by which a published edition was made; empty in a build", ("rule",),
    (
        _c("rule", "text", "name of the rule"),
        _c("value", "text", "its value: a day, a number of days or of metres, yes or no"),
    ),
)  # fmt: skip

WITHHELD = Table(
    "withheld", "how many rows of one table a published edition withholds for one reason; empty in a build",
    ("of_table", "part", "reason"),
    (
        _c("of_table", "text", "the table; findings for rows that one finding used"),
        _c("part", "text", "the finding meant; empty elsewhere"),
        _c("reason", "text", "licence, embargo, restricted, private (notes, refused rows) or other (confidential, or rests on a withheld row)"),
        _c("n", "int", "number of rows; null where it is smaller than the rule small_cells allows to be said", "rows", nullable=True),
        _c("shown", "text", "that number in words"),
    ),
)  # fmt: skip

TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        ORIGINALS, DOCUMENTS, CLAIMS, VOTES, ACCOUNTS, CONTRADICTIONS, RECORDS, PLACE_CANDIDATES, LINKS, INCIDENTS,
        INCIDENT_PLACES, CLAIM_LINKS, SENSITIVITY, HOLDINGS, CONTROL, FRONTS, FINDINGS, FINDING_ROWS, ROBUSTNESS, RIVALS,
        EVIDENCE, EVIDENCE_RATIOS, ODDS, IMPLICATIONS, WEIGHED_ROWS, DECISIONS, REJECTS, NOTES, EDITION_RULES, WITHHELD,
    )
}  # fmt: skip
