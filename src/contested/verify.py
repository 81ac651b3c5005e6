"""Proof of a built case: every link from a printed number to the bytes of an original.

In: a built case. Out: one :class:`Check` a kind of link, with how many were followed and what
failed. Refuses: a case that was never built.

The checks read what is on disk and derive it again; none trusts the build's cache. What they can
and cannot show stands in ``docs/verify.md``: a whole case forged from its originals up agrees with
itself, so the digest that ``contested verify`` prints should be kept or published elsewhere.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from contested.base.case import Case
from contested.base.decisions import read_decisions, standing_decisions
from contested.base.engine import parquet_bytes, read_parquet
from contested.base.errors import ContestedError, VerifyError
from contested.base.originals import hash_tree, list_originals
from contested.base.records import TABLES
from contested.flow import derive_tables, no_progress, read_manifest

if TYPE_CHECKING:
    import pyarrow as pa

    from contested.stages import Progress

#: Column that names a row of another table: (table, column) → (table, column).
REFERENCES = {
    ("claims", "document_id"): ("documents", "document_id"),
    ("claims", "original_path"): ("originals", "original_path"),
    ("votes", "claim_id"): ("claims", "claim_id"),
    ("accounts", "claim_id"): ("claims", "claim_id"),
    ("contradictions", "claim_a"): ("claims", "claim_id"),
    ("contradictions", "claim_b"): ("claims", "claim_id"),
    ("records", "original_path"): ("originals", "original_path"),
    ("links", "record_a"): ("records", "record_id"),
    ("links", "record_b"): ("records", "record_id"),
    ("incident_places", "incident_id"): ("incidents", "incident_id"),
    ("claim_links", "claim_id"): ("claims", "claim_id"),
    ("claim_links", "incident_id"): ("incidents", "incident_id"),
    ("claim_links", "record_id"): ("records", "record_id"),
    ("incident_places", "record_id"): ("records", "record_id"),
    ("holdings", "original_path"): ("originals", "original_path"),
    ("control", "incident_id"): ("incidents", "incident_id"),
    ("fronts", "incident_id"): ("incidents", "incident_id"),
    ("finding_rows", "finding_id"): ("findings", "finding_id"),
    ("evidence_ratios", "evidence_id"): ("evidence", "evidence_id"),
    ("evidence_ratios", "account"): ("rivals", "account"),
    ("odds", "account"): ("rivals", "account"),
    ("odds", "against"): ("rivals", "account"),
    ("robustness", "finding_id"): ("findings", "finding_id"),
}


@dataclass(frozen=True, slots=True)
class Check:
    """One kind of link: how many were followed, and a line of text for each that failed."""

    name: str
    followed: int
    faults: tuple[str, ...]


def verify_case(case: Case, progress: Progress = no_progress) -> tuple[Check, ...]:
    """Follow every link of a built case.

    Raises
    ------
    VerifyError
        When the case was never built.
    """
    manifest = read_manifest(case)
    if manifest is None:
        raise VerifyError(f"{case.out}: there is no whole build to verify; build it: contested build {case.folder}")
    tables, unread = _readable_tables(case)
    steps: tuple[tuple[str, Callable[[], tuple[int, Iterator[str]]]], ...] = (
        ("originals have their hashes", lambda: _check_originals(case, manifest)),
        ("decisions follow from each other", lambda: _check_decisions(case)),
        ("tables are as built", lambda: _check_tree(case.derived / "tables", manifest["tables"], unread)),
        ("rows name rows that exist", lambda: _check_references(tables)),
        ("passages equal their text", lambda: _check_passages(tables)),
        ("frozen texts have their hashes", lambda: _check_texts(tables)),
        ("printed numbers follow from their rows", lambda: _check_numbers(case, tables)),
        ("findings come out again", lambda: _check_findings(case, tables)),
        ("dossier files are as built", lambda: _check_tree(case.dossier, manifest["dossier"], ())),
        ("tables come out again from the originals", lambda: _check_rebuild(case, tables)),
    )
    checks = []
    for name, step in steps:
        progress("verifying", name)
        try:
            followed, faults = step()
            checks.append(Check(name, followed, tuple(faults)))
        except (ContestedError, KeyError, OSError, ValueError) as fault:
            checks.append(Check(name, 0, (f"could not be checked: {type(fault).__name__}: {fault}",)))
    return tuple(checks)


def case_digest(case: Case) -> str:
    """One hash over everything that went into the case and came out, to be kept elsewhere."""
    manifest = read_manifest(case) or {}
    return hashlib.sha256(json.dumps(manifest, sort_keys=True).encode()).hexdigest()


def _readable_tables(case: Case) -> tuple[dict[str, pa.Table], list[str]]:
    tables, unread = {}, []
    for name in TABLES:
        try:
            tables[name] = TABLES[name].check(read_parquet(case.derived / "tables" / f"{name}.parquet"))
        except ContestedError as fault:
            unread.append(str(fault))
    return tables, unread


def _check_originals(case: Case, manifest: Mapping[str, Any]) -> tuple[int, Iterator[str]]:
    built: dict[str, str] = manifest["originals"]
    now = list_originals(case)
    here = dict(zip(now["original_path"].to_pylist(), now["sha256"].to_pylist(), strict=True))
    return len(built), _differences(
        built, here, "the original is missing; restore it", "this file came after the build; build again"
    )


def _check_decisions(case: Case) -> tuple[int, Iterator[str]]:
    return read_decisions(case.folder / "decisions.jsonl").num_rows, iter(())


def _check_tree(folder: Path, built: Mapping[str, str], known: Iterable[str]) -> tuple[int, Iterator[str]]:
    named = {f"{folder.name}/{path}": digest for path, digest in built.items()}
    here = {f"{folder.name}/{path}": digest for path, digest in hash_tree(folder).items()}
    differences = _differences(named, here, "the file is missing; build again", "the build did not make this file")
    return len(built), chain(known, differences)


def _differences(built: Mapping[str, str], here: Mapping[str, str], missing: str, extra: str) -> Iterator[str]:
    """A line for each file whose hash is not that of the build, or that only one of the two has."""
    for path in sorted(built.keys() | here.keys()):
        if path not in here:
            yield f"{path}: {missing}"
        elif path not in built:
            yield f"{path}: {extra}"
        elif built[path] != here[path]:
            yield f"{path}: SHA-256 is {here[path]}, was {built[path]} at the build; the file was altered"


def _check_references(tables: Mapping[str, pa.Table]) -> tuple[int, Iterator[str]]:
    followed, faults = 0, []
    for (table, column), (other, other_column) in REFERENCES.items():
        known = set(tables[other][other_column].to_pylist())
        for value in tables[table][column].to_pylist():
            followed += 1
            if value not in known:
                faults.append(f"{table}.{column} = {value}: no such row in {other}")
    return followed, iter(faults)


#: Columns of a claim that are cut from its document, by the name that their spans begin with.
_CUT_COLUMNS = {
    "speaker": "speaker_text", "cue": "cue_text", "target": "target_text",
    "place": "place_text", "event_time": "event_time",
}  # fmt: skip


def _check_passages(tables: Mapping[str, pa.Table]) -> tuple[int, Iterator[str]]:
    texts = dict(
        zip(tables["documents"]["document_id"].to_pylist(), tables["documents"]["text"].to_pylist(), strict=True)
    )
    followed, faults = 0, []
    for claim in tables["claims"].to_pylist():
        text = texts.get(claim["document_id"], "")
        pieces = [("passage", piece) for piece in claim["passage"]] + [("via", piece) for piece in claim["via"]]
        pieces += [
            (name, {"text": claim[column], "start": claim[f"{name}_start"], "end": claim[f"{name}_end"]})
            for name, column in _CUT_COLUMNS.items() if claim[f"{name}_start"] is not None
        ]  # fmt: skip
        for name, piece in pieces:
            followed += 1
            found = text[piece["start"] : piece["end"]]
            if found != piece["text"]:
                faults.append(
                    f"claim {claim['claim_id']}: {name} {piece['text']!r} is not what stands at "
                    f"[{piece['start']}, {piece['end']}) of document {claim['document_id']}: {found[:80]!r}"
                )
    return followed, iter(faults)


def _check_texts(tables: Mapping[str, pa.Table]) -> tuple[int, Iterator[str]]:
    documents = tables["documents"].to_pylist()
    faults = [
        f"document {row['document_id']} ({row['path']}): the frozen text does not have its hash"
        for row in documents if hashlib.sha256(row["text"].encode()).hexdigest() != row["text_sha256"]
    ]  # fmt: skip
    return len(documents), iter(faults)


def _check_numbers(case: Case, tables: Mapping[str, pa.Table]) -> tuple[int, Iterator[str]]:
    """Each number that a page prints, against its entry and against its rows."""
    from contested.web.numbers import check_numbers

    listed = json.loads((case.dossier / "numbers.json").read_text(encoding="utf-8"))
    return len(listed), iter(check_numbers(case.dossier, tables))


def _check_findings(case: Case, tables: Mapping[str, pa.Table]) -> tuple[int, Iterator[str]]:
    from contested.weighing.findings import weigh_case
    from contested.weighing.rival_accounts import weigh_accounts
    from contested.weighing.robustness import vary_findings

    again = dict(zip(("findings", "finding_rows"), weigh_case(case, tables), strict=True))
    again |= weigh_accounts(case, {**tables, "decisions": standing_decisions(tables["decisions"])})
    again["robustness"] = vary_findings(case, tables)
    faults = []
    for name, table in again.items():
        stored = {json.dumps(row, default=str, sort_keys=True) for row in tables[name].to_pylist()}
        derived = {json.dumps(row, default=str, sort_keys=True) for row in table.to_pylist()}
        faults += [f"{name}: stored, but not found again: {row[:200]}" for row in sorted(stored - derived)]
        faults += [f"{name}: found again, but not stored: {row[:200]}" for row in sorted(derived - stored)]
    return sum(table.num_rows for table in again.values()), iter(faults)


def _check_rebuild(case: Case, tables: Mapping[str, pa.Table]) -> tuple[int, Iterator[str]]:
    """Everything once more from the originals, into an empty folder, without the cache."""
    with tempfile.TemporaryDirectory(prefix="contested-verify-") as folder:
        fresh = Case(case.folder, case.file, Path(folder), case.extractor)
        again = derive_tables(fresh, list_originals(fresh))
    faults = [
        f"table {name}: the originals now give other rows than are stored"
        for name, table in again.items() if name not in tables or parquet_bytes(table) != parquet_bytes(tables[name])
    ]  # fmt: skip
    return len(again), iter(faults)
