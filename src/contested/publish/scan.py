"""What in published texts may identify a person or a place: warnings to look at, not a verdict.

In: the published tables. Out: a :class:`Warned` for each personal name, telephone number, mail address, handle, street
address or coordinate found in a text. Refuses: nothing; what it does not find may still be there.

Patterns are those of Latin letters and common number forms; names are told by a list of first names, so that names in
other scripts, and nicknames, are not found. Telephone numbers are told by the ``phonenumbers`` package, in their
international form. The documentation says that somebody has to read what is published.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from contested.base.case import Case
from contested.base.records import TABLES, Table
from contested.claims.naming.persons import first_names
from contested.web.public import row_key

if TYPE_CHECKING:
    import pyarrow as pa

#: Columns of codes, hashes and the program's own words, in which nobody's text stands.
_OWN_COLUMNS = frozenset({
    "document_id", "claim_id", "incident_id", "record_id", "finding_id", "contradiction_id", "sha256", "text_sha256",
    "original_path", "path", "row_key", "of_key", "table", "of_table", "rule", "value", "records", "datasets", "preset",
    "media_type", "reader", "made_by", "gazetteer", "stance", "modality", "origin", "speaker_kind", "language",
    "details", "method", "null_model", "reporting_term", "assumptions", "grade_rule", "interval", "unit",
})  # fmt: skip
#: Titles of office: a name after one is that of a public official.
_OFFICES = re.compile(
    r"(?:President|Minister|Premier|Chancellor|Ambassador|Secretary(?:-General)?|Spokes(?:man|woman|person)|Senator"
    r"|Representative|Governor|General|Colonel|Commander|Director|Commissioner|Envoy|King|Emir|Mayor|Judge|Prosecutor"
    r"|Speaker|Chair(?:man|woman)?)\s+$"
)
_NAME = re.compile(r"\b([A-Z][\w’'-]+)((?:\s(?:(?:al|el|bin|ibn|abu|abd|van|von|de)[ -])?[A-Z][\w’'-]+){1,3})")
_DIGITS = re.compile(r"(?:\+|\b00)\d[\d\s().-]{6,}\d")
_PATTERNS = (
    ("mail", re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]*\w")),
    ("handle", re.compile(
        r"(?<![\w.@/])@[A-Za-z_]\w{2,}|\b(?:twitter|x|facebook|instagram|tiktok|vk)\.com/\w[\w./-]*|\bt\.me/\w[\w./-]*"
    )),
    ("coordinates", re.compile(
        r"-?\d{1,3}\.\d{4,}\s*[,;/ ]\s*-?\d{1,3}\.\d{4,}|\d{1,3}\s?°\s?\d{1,2}\s?['’′]"
        r"|\b\d{1,2}[C-HJ-NP-X]\s?[A-HJ-NP-Z]{2}\s?\d{4,5}\s?\d{4,5}\b|\b[2-9CFGHJMPQRVWX]{4,8}\+[2-9CFGHJMPQRVWX]{2,3}\b"
    )),
    ("street", re.compile(
        r"\b\d{1,4}[A-Za-z]?,?\s+(?:[A-Z][\w’'-]+\s){1,3}(?:Street|St\.|Road|Rd\.|Avenue|Ave\.|Lane|Boulevard)"
        r"|\b[A-Z][\w’'-]+\s(?:Street|Road|Avenue|Lane|Boulevard),?\s(?:no\.?\s)?\d{1,4}\b"
        r"|\b(?:apartment|flat|house|building)\s(?:no\.?\s)?\d{1,4}\b|\b(?:вул|ул|просп)\.\s?\w[\w\s-]{2,30},?\s?\d{1,4}",
    )),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Warned:
    """One thing found in a published cell."""

    table: str
    key: str
    column: str
    kind: str
    """person, telephone, mail, handle, coordinates or street."""
    found: str


def scan_tables(case: Case, tables: Mapping[str, pa.Table]) -> list[Warned]:
    """Everything found, in the order of tables and keys; the same find in a row once."""
    known = frozenset(case.party_of) | {"human rights watch"}
    seen: dict[str, tuple[tuple[str, str], ...]] = {}
    warned: dict[Warned, None] = {}
    for name, table in TABLES.items():
        for row in tables[name].to_pylist():
            for column, text in _texts(table, row):
                if text not in seen:
                    seen[text] = tuple(find_in_text(text, known))
                for kind, found in seen[text]:
                    warned.setdefault(Warned(name, row_key(name, row), column, kind, found))
    return list(warned)


def _texts(table: Table, row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for column in table.columns:
        value = row[column.name]
        if not value or column.name in _OWN_COLUMNS:
            continue
        if column.type == "text":
            yield column.name, value
        elif column.type == "texts":
            yield from ((column.name, text) for text in value)
        elif column.type == "spans":
            yield from ((column.name, piece["text"]) for piece in value)


def find_in_text(text: str, known: frozenset[str] = frozenset()) -> Iterator[tuple[str, str]]:
    """(kind, words) of what a text holds; ``known`` are names of declared actors, in small letters."""
    for kind, pattern in _PATTERNS:
        yield from ((kind, match.group()) for match in pattern.finditer(text))
    if _DIGITS.search(text):
        yield from (("telephone", found) for found in _telephones(text))
    women, men = first_names()
    for match in _NAME.finditer(text):
        name = " ".join(match.group().split())
        if match.group(1).lower() not in women | men or name.casefold() in known:
            continue
        if not _OFFICES.search(text[: match.start()]):
            yield "person", name


def _telephones(text: str) -> Iterator[str]:
    from phonenumbers import PhoneNumberMatcher

    # 00 is how many countries dial abroad; the package wants the plus sign.
    for match in PhoneNumberMatcher(re.sub(r"\b00(?=\d)", "+", text), None):
        yield match.raw_string
