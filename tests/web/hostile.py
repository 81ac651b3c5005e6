"""The invented case with hostile content in every text that a source, a file name or a case may bring."""

from __future__ import annotations

import csv
import io
import tomllib
from pathlib import Path
from typing import Any

import pyarrow as pa
from tests.web.invented import CASE_TOML, HOSTILE, RIVALS_TOML, TEXT, make_tables, sha

from contested.base.case import Case, CaseFile
from contested.base.records import TABLES

#: What typst would run or set otherwise, were it markup.
MARKUP = '#read("data.json") #panic("run") *b* _i_ $x$ `raw` <label> @ref [z] {y} // c /* c */ \\ #eval("1+1")'
OVERRIDES = "\u202edesrever\u202c \u2067isolate \u2066never closed \u200f"
CONTROLS = "a\x00b\x01c\x1b[31md\x7fe\x85f\ufeffg\u2028h\u2029i\ue000j\uffffk"
SCRIPTS = "\u6f22\u5b57 \u0e44\u0e17\u0e22 \U0001f4a5 Z\u0335\u0344\u0347o \u0637\u0628\u064a\u0628"
FORMULA = '=HYPERLINK("javascript:window.stolen=1","+cmd|\' /C calc\'!A0")'
TEMPLATE = "{{ 7*7 }} {% raw %} ${7*7} <%= 7 %> <!-- --> ]]> </style></title></textarea><svg onload=window.stolen=1>"
#: In every free text; the word without a space is longer than any column is wide.
NASTY = f"{FORMULA} {HOSTILE} {TEMPLATE} {MARKUP} {OVERRIDES} {CONTROLS} {SCRIPTS} {'W' * 700}"
#: A megabyte without a space, in a few places.
ENDLESS = "x" * 1_000_000
ADDRESSES = (
    "javascript:window.stolen=1", "JaVaScRiPt:window.stolen=1", "\tjavascript:window.stolen=1",
    "data:text/html,<script>window.stolen=1</script>", "vbscript:msgbox(1)", "file:///etc/passwd", "//example.org/x",
    'https://example.org/" onmouseover="window.stolen=1', "https://example.org/\x00",
    f"https://example.org/{'y' * 9_000}", "blob:https://example.org/1", "ftp://example.org/",
)  # fmt: skip

#: Columns whose values the program chooses or looks up; all others of a text type are free.
_CHOSEN = frozenset({
    "absence", "account", "action", "against", "candidate", "conflicts", "decided_by", "details", "event_id", "extra",
    "finding_id", "happened", "holder", "language", "layer", "left_out", "media_type", "modality", "of_table", "origin",
    "outcome", "part", "parties", "party", "party_a", "party_b", "question", "result", "scale", "scope", "sha256",
    "side", "changed_to", "source_group", "speaker_actor", "speaker_kind", "speaker_party", "speaks_of", "stance",
    "table", "target_party", "text", "text_sha256", "verdict", "vote", "expected_by", "decided_at", "change", "role",
    "claim_a", "claim_b", "path", "published_from", "title_from", "outlet_from", "author_from", "overturn_evidence",
})  # fmt: skip
_CHOSEN_IN = {("robustness", "kind"), ("implications", "kind"), ("contradictions", "kind"), ("findings", "test")}
#: Names that rows refer to each other by, and what stands in their place everywhere.
RENAMED = {
    name: f'{name}"><script>window.stolen=1</script>\u202e{"v" * 120}'
    for name in ("I1", "I2", "I3", "C1", "C2", "C4", "K1", "K3", "reports:1", "reports:2", "NE", "S/2020/1")
} | {
    "documents/a.txt": 'documents/"><img src=x onerror=window.stolen=1> \u202etxt.exe',
    "datasets/r.csv": "datasets/=cmd|' /C calc'!A0 ';window.stolen=1;'.csv",
}  # fmt: skip


def _renamed(value: Any) -> Any:
    if isinstance(value, list):
        return [_renamed(one) for one in value]
    if isinstance(value, str):
        return "|".join(RENAMED.get(part, part) for part in value.split("|"))
    return value


def _spoiled(table: str, row: dict[str, Any], number: int) -> dict[str, Any]:
    declared = TABLES[table]
    spoiled = {}
    for column in declared.columns:
        name, value = column.name, row[column.name]
        kept = name in _CHOSEN or (table, name) in _CHOSEN_IN or name in declared.key or name.endswith(("_id", "_path"))
        if name == "address":
            value = ADDRESSES[number % len(ADDRESSES)]
        elif column.type == "text" and not kept and value not in RENAMED:
            value = NASTY
        elif column.type == "texts" and not kept and name not in ("records", "also_records"):
            value = [NASTY, FORMULA]
        spoiled[name] = _renamed(value)
    return spoiled


def make_hostile_tables() -> dict[str, pa.Table]:
    """All tables of the invented case, spoiled; what rows refer to each other by still agrees."""
    tables = make_tables()
    rows = {
        name: [_spoiled(name, row, number) for number, row in enumerate(table.to_pylist())]
        for name, table in tables.items()
    }
    document = rows["documents"][0]
    document["text"] = f"{TEXT} {NASTY} {ENDLESS}"
    document["text_sha256"] = sha(document["text"])
    for table, column in (("claims", "summary"), ("incidents", "title"), ("rejects", "raw")):
        rows[table][0][column] = ENDLESS
    return {name: TABLES[name].from_rows(found) for name, found in rows.items()}


def make_hostile_case(folder: Path) -> Case:
    """The case of those tables: every text of ``case.toml`` and of the names of places is hostile."""
    declared = tomllib.loads(CASE_TOML + RIVALS_TOML)
    declared |= {"title": NASTY, "purpose": NASTY}
    declared["region"]["name"] = NASTY
    for party in declared["parties"]:
        party["name"] = f"{party['name']} {NASTY}"
    for event in declared["events"]:
        event |= {"title": NASTY, "place": NASTY, "summary": NASTY}
    for layer in declared["layers"]:
        layer |= {"citation": NASTY, "licence": NASTY}
    (folder / "layers").mkdir(parents=True)
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    shown = NASTY.replace("\x00", "")
    writer.writerows([["place", "name", "name_ar", "lon", "lat"], [RENAMED["NE"], shown, shown, 37.15, 36.25],
                      ["SW", "$x^{2}$", "\u0627\u0644\u0645\u062f\u064a\u0646\u0629", 37.05, 36.15]])  # fmt: skip
    (folder / "layers/places.csv").write_bytes(out.getvalue().encode())
    return Case(folder, CaseFile.model_validate(declared), folder)


def squeezed(text: str) -> str:
    """Text without white space and invisible characters, to be compared with what a page or PDF gives back."""
    return "".join(text.translate({ord(mark): None for mark in "\u200b\u2068\u2069\u00ad\ufffe\u0002"}).split())
