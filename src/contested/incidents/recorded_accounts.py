"""Accounts that the rows of a dataset carry → claims.

In: a dataset's entry in ``case.toml`` and its records. Out: a document for each of its files, and the claims. Refuses:
nothing; a row that carries no account, or lies outside the window and region, makes no claim.

The file itself is no text to be read. Its document holds, a block per row, just the cells that make the claims, each
on a line with the name of its column; a claim's passage is the block of its row. The same file and preset give the
same text. A speaker or target whose name is no party's or actor's in the case stays without a party. Such a claim is
what the dataset's coders entered: it counts as checked where they were people, and as second hand always.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from contested.base.case import Case, DatasetEntry
from contested.base.originals import file_sha256
from contested.base.records import row_id, span
from contested.base.times import parse_interval
from contested.incidents.account_fields import AccountField
from contested.incidents.files import open_rows
from contested.incidents.presets import Preset, form_of, load_preset

if TYPE_CHECKING:
    import pyarrow as pa

_MEDIA_TYPES = {".csv": "text/csv", ".tsv": "text/tab-separated-values", ".json": "application/json"}
_IN_BRACKETS = re.compile(r"(.*?)\s*\(([^()]+)\)\s*")


@dataclass(frozen=True)
class RecordedAccounts:
    """Rows for the tables ``documents`` and ``claims``."""

    documents: list[dict[str, Any]] = field(default_factory=list)
    claims: list[dict[str, Any]] = field(default_factory=list)


def read_recorded_accounts(entry: DatasetEntry, case: Case, records: pa.Table) -> RecordedAccounts:
    """The claims that rows of a dataset carry.

    Parameters
    ----------
    entry
        The dataset in ``case.toml``.
    case
        The case, for its parties and actors.
    records
        The dataset's records: only those in the window make claims.

    Raises
    ------
    DatasetError
        When the preset or a file cannot be read.
    """
    preset = load_preset(entry.preset, case.folder)
    found = RecordedAccounts()
    if not preset.accounts:
        return found
    by_path: dict[str, dict[int, dict[str, Any]]] = {}
    for row in records.select(["original_path", "original_row", "record_id", "address", "in_window"]).to_pylist():
        if row["in_window"]:
            by_path.setdefault(row["original_path"], {})[row["original_row"]] = row
    for shown, wanted in sorted(by_path.items()):
        file = _AccountFile(case, entry, preset, shown)
        for number, values in file.rows(wanted):
            found.claims.extend(file.claims(wanted[number], values))
        if file.length:
            found.documents.append(file.document())
    return found


class _AccountFile:
    """One file of a dataset: its text grows with the rows that carry accounts."""

    def __init__(self, case: Case, entry: DatasetEntry, preset: Preset, shown: str) -> None:
        self.case, self.entry, self.preset, self.shown = case, entry, preset, shown
        self.path: Path = case.folder / shown
        self.sha256 = file_sha256(self.path)
        # Several datasets may name one file.
        self.document_id = row_id("recorded accounts", self.sha256, shown, entry.name)
        self.blocks: list[str] = []
        self.length = 0

    def rows(self, wanted: Mapping[int, Any]) -> Iterator[tuple[int, dict[str, str]]]:
        """Number and values of the rows wanted, under the names that the preset knows the columns by."""
        names = tuple(dict.fromkeys(name for account in self.preset.accounts for name in account.columns))
        columns = open_rows(self.path, form_of(self.preset, self.entry), self.entry.encoding, only=()).columns
        by_folded = {column.casefold(): column for column in columns}
        found = {name: by_folded[name.casefold()] for name in names if name.casefold() in by_folded}
        stream = open_rows(self.path, form_of(self.preset, self.entry), self.entry.encoding, only=tuple(found.values()))
        for batch in stream.batches:
            kept = [at for at, number in enumerate(batch.numbers.to_pylist()) if number in wanted]
            for at, row in zip(kept, batch.cells.take(kept).to_pylist(), strict=True):
                yield batch.numbers[at].as_py(), {name: row[column] for name, column in found.items()}

    def claims(self, record: Mapping[str, Any], values: Mapping[str, str]) -> list[dict[str, Any]]:
        """The claims of one row; its block is added to the text when there are any."""
        carried = [account for account in self.preset.accounts if self._carries(account, values)]
        if not carried:
            return []
        block = _Block(f"{self.shown} row {record['original_row']}", self.length)
        for name in dict.fromkeys(name for account in carried for name in account.columns):
            if value := values.get(name, ""):
                block.add(name, value)
        made = [
            self._claim(record, account, speaker, block, values)
            for account in carried
            for speaker in block.parts(account.speaker, account.separators)
        ]  # fmt: skip
        text = block.text + "\n\n"
        self.blocks.append(text)
        self.length += len(text)
        return list({claim["claim_id"]: claim for claim in made}.values())

    def _carries(self, account: AccountField, values: Mapping[str, str]) -> bool:
        if self._is_missing(account.speaker, values) or (account.target and self._is_missing(account.target, values)):
            return False
        return all(values.get(column) in allowed for column, allowed in account.when.items())

    def _claim(
        self, record: Mapping[str, Any], account: AccountField, speaker: dict[str, Any], block: _Block,
        values: Mapping[str, str],
    ) -> dict[str, Any]:  # fmt: skip
        target: dict[str, Any] = next(iter(block.parts(account.target, ())), {})
        via = () if self._is_missing(account.via, values) else block.parts(account.via, account.separators)
        party = party_of(self.case, speaker["text"])
        said = self._days(account.said_on, account, block)
        reported = self._days(account.reported_on, account, block)
        suspected = any(values.get(column) in doubts for column, doubts in account.uncertain.items())
        about_event = account.speaks_of == "event"
        own_id = record["record_id"].partition(":")[2]
        stance = account.stance.replace("_", " ") + (f": {target['text']}" if target else "")
        return {
            "claim_id": row_id("record", record["record_id"], account.stance, account.speaker, speaker["text"]),
            "origin": "record", "document_id": self.document_id, "original_path": self.shown,
            "original_row": record["original_row"],
            "passage": [span(block.text, block.start, block.start + len(block.text))], "quoted": False,
            "speaker_text": speaker["text"], "speaker_start": speaker["start"], "speaker_end": speaker["end"],
            "speaker_kind": "named" if party else None, "speaker_actor": speaker["text"], "speaker_party": party,
            "via": list({piece["text"].casefold(): piece for piece in reversed(via)}.values())[::-1],
            "stance": account.stance, "modality": "suspects" if suspected else "asserts",
            "target_text": target.get("text"), "target_start": target.get("start"), "target_end": target.get("end"),
            "target_party": party_of(self.case, target["text"]) if target else None,
            "said_on": said[0] if len(set(said)) == 1 else None, "reported_on": max(reported, default=None),
            "event_id": self.entry.event if about_event else None, "speaks_of": account.speaks_of,
            "summary": f"{speaker['text']} {stance}, by row {own_id} of {self.entry.name}",
            "address": record["address"] or self.entry.address, "second_hand": True,
            "note": self._note(account, values), "made_by": f"preset {self.preset.name}, coded by {account.coded_by}",
            "checked": account.coded_by == "people",
        }  # fmt: skip

    def _is_missing(self, column: str | None, values: Mapping[str, str]) -> bool:
        return column is None or self.preset.is_missing(column, values.get(column, ""))

    def _days(self, column: str | None, account: AccountField, block: _Block) -> list[date]:
        """The days that a cell names; none where one of its parts is no single day."""
        try:
            parts = block.parts(column, account.separators)
            found = [parse_interval(part["text"], self.entry.day_first) for part in parts]
        except ValueError:
            return []
        return [] if any(interval.days > 1 for interval in found) else [interval.start for interval in found]

    def _note(self, account: AccountField, values: Mapping[str, str]) -> str | None:
        told = [f"{name}: {values[name]}" for name in account.note if not self._is_missing(name, values)]
        told += [words[values[name]] for name, words in account.remarks.items() if values.get(name) in words]
        return "; ".join(told) or None

    def document(self) -> dict[str, Any]:
        """The row of the table ``documents``."""
        text = "".join(self.blocks)
        return {
            "document_id": self.document_id, "path": self.shown, "sha256": self.sha256,
            "media_type": _MEDIA_TYPES.get(self.path.suffix.lower(), "application/octet-stream"),
            "title": self.preset.title, "address": self.entry.address, "text": text,
            "text_sha256": hashlib.sha256(text.encode()).hexdigest(),
            "reader": f"account-bearing cells 1, preset {self.preset.name}",
        }  # fmt: skip


class _Block:
    """The text of one row, and where each of its cells stands in the document."""

    def __init__(self, title: str, start: int) -> None:
        self.text = title
        self.start = start
        self.cells: dict[str, tuple[str, int]] = {}

    def add(self, name: str, value: str) -> None:
        self.text += f"\n{name}: "
        self.cells[name] = (value, self.start + len(self.text))
        self.text += value

    def parts(self, name: str | None, separators: Sequence[str]) -> tuple[dict[str, Any], ...]:
        """The parts of a cell as spans of the document."""
        value, at = self.cells.get(name or "", ("", 0))
        edges = [match.span() for match in re.finditer("|".join(["\n", *map(re.escape, separators)]), value)]
        starts, ends = [0, *(end for _, end in edges)], [*(start for start, _ in edges), len(value)]
        found = []
        for start, end in zip(starts, ends, strict=True):
            if part := value[start:end].strip():
                place = at + start + value[start:end].index(part)
                found.append(span(part, place, place + len(part)))
        return tuple(found)


def party_of(case: Case, name: str) -> str | None:
    """The party of a name as a dataset writes it; ``None`` when it is nobody's, or two parties'.

    "Vale Front (VF)" is looked up whole, without its brackets, and by what stands in them.
    """
    forms = [name, *(match.groups() if (match := _IN_BRACKETS.fullmatch(name)) else ())]
    found = {case.party_of[form.casefold()] for form in forms if form.casefold() in case.party_of}
    return found.pop() if len(found) == 1 else None
