"""Claims of documents that belong to no case: a table in the terminal, or CSV.

In: documents with the rows of their claims. Out: lines on a stream. Refuses: nothing; what a text could do to a
terminal (escape sequences, overrides of direction) or to a spreadsheet (formulas) is made harmless as it is shown.
The exact characters stand in ``--json``.

An editor reads the table from the left: where it stands, who says it and through whom, what the statement does and to
whom, and its words. A joint speaker ("France and Germany") is one row here, and one claim a party in CSV and JSON.
Below stands who blames whom, with the answer of the blamed beside it, or that none was found.
"""

from __future__ import annotations

import csv
import io
import re
import sys
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TextIO

from contested.web.strings import TEXT
from contested.web.words import code_words, day_words, range_words, safe_cell

if TYPE_CHECKING:
    from contested.claims.read import Document

Row = Mapping[str, Any]

#: Columns of the CSV: of the document, of the place, of the claim; names are those of the tables.
DOCUMENT_COLUMNS = ("path", "title", "outlet", "published")
PLACE_COLUMNS = ("paragraph", "passage_start", "passage_end")
CLAIM_COLUMNS = (
    "speaker_text", "speaker_kind", "speaker_actor", "speaker_party", "via", "cue_text", "passage", "stance",
    "modality", "target_text", "target_party", "happened", "means", "mechanism", "place_text", "event_time",
    "killed_low", "killed_high", "injured_low", "injured_high", "score", "made_by", "claim_id",
)  # fmt: skip
#: Stances that answer a blame.
ANSWERS = ("denies", "denies_event", "alternative_explanation", "declines_to_attribute")
#: Between the pieces of a passage.
GAP = " … "

_PARAGRAPH = re.compile(r"[^\r\n\u2028\u2029]*\S[^\r\n\u2028\u2029]*")
#: Controls that a terminal acts on, and overrides that turn a line around; a lone surrogate cannot be written at all.
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


class Format(StrEnum):
    """How claims are printed."""

    table = "table"
    csv = "csv"


class Group(StrEnum):
    """What the rows of a table are gathered by; within a group they keep the order of the text."""

    text = "text"
    speaker = "speaker"
    target = "target"
    stance = "stance"


class ClaimListing:
    """Prints the claims of one document after the other, in one form."""

    def __init__(
        self,
        form: Format = Format.table,
        group: Group = Group.text,
        party_names: Mapping[str, str] | None = None,
        stream: TextIO | None = None,
    ) -> None:
        self.form = form
        self.group = group
        self.party_names = party_names or {}
        """Names of a case's parties, shown in the table in the place of their ids."""
        self.stream = stream or sys.stdout
        self._writer: Any = None
        if isinstance(self.stream, io.TextIOWrapper):
            # A terminal that cannot show a character of the text is no reason to stop in the middle of it.
            self.stream.reconfigure(errors="backslashreplace")

    def add(self, document: Document, rows: Sequence[Row]) -> None:
        """Print the claims of one document."""
        if self.form is Format.csv:
            self._write_rows(document, rows)
        else:
            self._print_table(document, [self._with_names(row) for row in rows])

    def _with_names(self, row: Row) -> Row:
        parties = {name: self.party_names.get(row[name], row[name]) for name in ("speaker_party", "target_party")}
        return {**row, **parties}

    def _write_rows(self, document: Document, rows: Sequence[Row]) -> None:
        if self._writer is None:
            self._writer = csv.writer(self.stream, lineterminator="\n")
            self._writer.writerow((*DOCUMENT_COLUMNS, *PLACE_COLUMNS, *CLAIM_COLUMNS))
        paragraphs = _paragraph_starts(document.text)
        for row in rows:
            first, last = row["passage"][0]["start"], row["passage"][-1]["end"]
            cells: list[Any] = [document.shown, document.title, document.outlet, document.published]
            cells += [bisect_right(paragraphs, first), first, last]
            cells += [_joined(row[name]) if name in ("passage", "via") else row.get(name) for name in CLAIM_COLUMNS]
            self._writer.writerow([_harmless(safe_cell(cell)) for cell in cells])

    def _print_table(self, document: Document, rows: Sequence[Row]) -> None:
        from rich import box
        from rich.console import Console
        from rich.padding import Padding
        from rich.table import Table
        from rich.text import Text

        console = Console(file=self.stream)
        console.print(Text(one_line(document.title or document.shown), style="bold"))
        about = (document.outlet, day_words(document.published), document.shown if document.title else None)
        if any(about):
            console.print(Text(one_line(", ".join(part for part in about if part)), style="dim"))
        if not rows:
            console.print(Text(f"{TEXT['listing_none']}\n"))
            return
        paragraphs = _paragraph_starts(document.text)
        table = Table(expand=True, show_edge=False, pad_edge=False, box=box.SIMPLE_HEAD)
        table.add_column("¶", justify="right", no_wrap=True)
        for name, ratio in (("speaker", 4), ("stance", 3), ("passage", 9)):
            table.add_column(TEXT[f"listing_{name}"], ratio=ratio, overflow="fold")
        shown = _join_speakers(rows)
        for heading, members in _grouped(shown, self.group):
            if heading is not None:
                table.add_section()
                table.add_row("", Text(f"{one_line(heading)} ({len(members)})", style="bold underline"))
            for parties, row in members:
                table.add_row(
                    str(bisect_right(paragraphs, row["passage"][0]["start"])),
                    Text(one_line(speaker_cell(row, parties))),
                    Text(one_line(stance_cell(row)), style="dim" if row["stance"] == "reports" else "bold"),
                    Text.assemble(
                        (f"{one_line(row['cue_text'])}: " if row["cue_text"] else "", "italic"),
                        one_line(_joined(row["passage"])),
                        (_facts_line(row), "dim"),
                    ),
                )
        console.print(table)
        for line in summary_lines(rows):
            words = line.lstrip()
            console.print(Padding(Text(words), (0, 0, 0, len(line) - len(words))))
        console.print()


def speaker_cell(row: Row, parties: Sequence[str] = ()) -> str:
    """Who says it: as written, who that is, the party where the words do not name it, and through whom.

    ``He = Miro Tadek [Varanian opposition], via Reuters``
    """
    words = row["speaker_text"] or TEXT["no_speaker"]
    actor = row["speaker_actor"]
    shown = words.casefold()
    if actor and len(parties) < 2 and not _says(shown, actor):
        words += f" = {actor}"
        shown += actor.casefold()
    unsaid = [party for party in parties if not _says(shown, party)]
    if unsaid:
        words += f" [{', '.join(unsaid)}]"
    if row["via"]:
        words += f", {TEXT['listing_via']} {', '.join(dict.fromkeys(link['text'] for link in row['via']))}"
    return words


def stance_cell(row: Row) -> str:
    """What the statement does, how surely, and to whom: ``blames (suspects) → Varanian government``."""
    words = TEXT[f"stance_{row['stance']}"]
    if row["modality"] != "asserts":
        words += f" ({TEXT['modality_' + row['modality']]})"
    target = target_words(row)
    return f"{words} → {target}" if target else words


def target_words(row: Row) -> str | None:
    """Who is blamed or cleared: the party, else as written."""
    target = row["target_party"] or row["target_text"]
    return str(target) if target else None


def summary_lines(rows: Sequence[Row]) -> list[str]:
    """How many claims, and for each who is blamed: by whom, and what they answer, or that no reply was found.

    Answers whose speaker could not be tied to anyone blamed are listed too: that a reader cannot tell whose denial
    it is must not look as if nobody had denied.
    """
    lines = [f"{len(rows)} {TEXT['listing_claims' if len(rows) != 1 else 'listing_claim']}"]
    blamed: dict[str, dict[str, int]] = {}
    for row in rows:
        if row["stance"] == "blames":
            by = blamed.setdefault(target_words(row) or TEXT["listing_no_target"], {})
            name = _who(row)
            by[name] = by.get(name, 0) + 1
    answers = [(row, f"{_who(row)} {TEXT['stance_' + row['stance']]}") for row in rows if row["stance"] in ANSWERS]
    tied: set[str] = set()
    for target, by in blamed.items():
        counted = ", ".join(name if count == 1 else f"{name} ({count})" for name, count in by.items())
        replies = dict.fromkeys(
            words for row, words in answers
            if target in (row["target_party"], row["target_text"], row["speaker_party"])
        )  # fmt: skip
        tied.update(replies)
        reply = ", ".join(replies) or TEXT["listing_no_reply"]
        lines.append(f"  {one_line(target)} {TEXT['listing_blamed_by']} {one_line(counted)}")
        lines.append(f"    {TEXT['listing_answer']}: {one_line(reply)}")
    untied = dict.fromkeys(words for _, words in answers if words not in tied)
    if untied:
        lines.append(f"  {TEXT['listing_untied']}: {one_line(', '.join(untied))}")
    return lines


def one_line(text: str) -> str:
    """The text on one line, without what a terminal acts on."""
    return " ".join(_harmless(text).split())


def _harmless(text: str) -> str:
    return _CONTROLS.sub("\ufffd", text)


def _says(words: str, name: str) -> bool:
    """Whether the words hold the name; "Ostrean" holds "Ostrea"."""
    return name.casefold() in words


def _who(row: Row) -> str:
    """A speaker in a summary: the actor, else the party, else the words of the text."""
    party, actor = row["speaker_party"], row["speaker_actor"]
    if actor and party and actor != party:
        return f"{actor} [{party}]"
    return str(actor or party or row["speaker_text"] or TEXT["no_speaker"])


def _joined(pieces: Iterable[Mapping[str, Any]]) -> str:
    return GAP.join(piece["text"] for piece in pieces)


def _paragraph_starts(text: str) -> list[int]:
    """First character of each line that holds something: paragraph n begins at the n-th."""
    return [match.start() for match in _PARAGRAPH.finditer(text)]


def _join_speakers(rows: Sequence[Row]) -> list[tuple[tuple[str, ...], Row]]:
    """One row for the parties of a joint speaker: rows that differ in nothing else that is shown."""
    found: dict[tuple[Any, ...], tuple[list[str], Row]] = {}
    for row in rows:
        spans = tuple((piece["start"], piece["end"]) for piece in row["passage"])
        key = (spans, row["speaker_start"], row["speaker_end"], row["cue_start"], stance_cell(row))
        parties, _ = found.setdefault(key, ([], row))
        if row["speaker_party"]:
            parties.append(row["speaker_party"])
    return [(tuple(dict.fromkeys(parties)), row) for parties, row in found.values()]


def _grouped(
    shown: Sequence[tuple[tuple[str, ...], Row]], group: Group
) -> list[tuple[str | None, list[tuple[tuple[str, ...], Row]]]]:
    """Rows under their headings, in the order in which the headings are first met."""
    if group is Group.text:
        return [(None, list(shown))]
    found: dict[str, list[tuple[tuple[str, ...], Row]]] = {}
    for parties, row in shown:
        if group is Group.speaker:
            heading = ", ".join(parties) or _who(row)
        elif group is Group.target:
            heading = target_words(row) or TEXT["listing_no_target"]
        else:
            heading = TEXT[f"stance_{row['stance']}"]
        found.setdefault(heading, []).append((parties, row))
    return list(found.items())


def _facts_line(row: Row) -> str:
    facts = [
        (TEXT["listing_means"], row.get("means")),
        (TEXT["listing_how"], row.get("mechanism") and code_words(row["mechanism"])),
        (TEXT["listing_place"], row.get("place_text")),
        (TEXT["listing_when"], row.get("event_time")),
        (TEXT["killed"], range_words(row.get("killed_low"), row.get("killed_high"))),
        (TEXT["injured"], range_words(row.get("injured_low"), row.get("injured_high"))),
    ]
    words = "; ".join(f"{name} {value}" for name, value in facts if value)
    return f"\n{one_line(words)}" if words else ""
