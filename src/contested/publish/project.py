"""The published tables: the tables of a case as they may leave the house.

In: a built case and the rules. Out: :class:`Projection`: tables of the same shape, and the case file that the dossier
is printed with. Refuses: what :mod:`contested.publish.withholding` and :mod:`contested.publish.rules` refuse.

Everything else is made from these tables by the ordinary printer, so that pages, data files, figures and whatever is
added to them later show the same. Who held a place and how far the front was is computed anew from the published
places: these two tables then hold nothing that the published places and layers do not.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from contested.base.case import Case, CaseFile
from contested.base.records import INCIDENT_PLACES, INCIDENTS, TABLES
from contested.incidents.presets import load_preset
from contested.publish.codes import Codes
from contested.publish.results import count_withheld, publish_finding, withheld_rows
from contested.publish.rounding import round_place, round_shape, round_up
from contested.publish.rules import Rules, cite
from contested.publish.texts import Withholding, publish_claims, publish_documents, spans_of
from contested.publish.withholding import Parted, part_rows
from contested.territory.layers import read_layer
from contested.territory.located import locate_incidents
from contested.web.public import Row, row_key

if TYPE_CHECKING:
    import pyarrow as pa

#: Tables whose keys begin with an incident's id.
OF_INCIDENTS = ("incidents", "incident_places", "control", "fronts")


@dataclass(frozen=True)
class Projection:
    """What may go out, and what was parted from it."""

    case: Case
    """The case with its file as published: the dossier is printed with it."""
    tables: dict[str, pa.Table]
    parted: Parted
    silenced: frozenset[str]
    """Claims whose speaker is withheld."""
    renamed: Mapping[str, str]
    """Incident → id that does not tell of a withheld record."""


def project_case(case: Case, tables: Mapping[str, pa.Table], rules: Rules, codes: Codes) -> Projection:
    """Project a built case.

    Raises
    ------
    PublicationError
        When a list of ``[publication]`` names a row that does not exist.
    """
    parted = part_rows(case, tables, rules)
    rows = {name: [dict(row) for row in parted.public.of(name)] for name in TABLES}
    renamed = _rename_incidents(tables, parted, codes)
    silenced = _publish_texts(case, tables, rows, parted, (rules, codes))
    _publish_records(rows, rules)
    _publish_decisions(rows, codes)
    names = _published_names(tables, parted, renamed)
    small = rules.publication.small_cells
    rows["findings"] = [publish_finding(row, names, small, rules.newest) for row in rows["findings"]]
    of_findings, rows["finding_rows"] = count_withheld(
        [row for row in tables["finding_rows"].to_pylist() if row["finding_id"] in parted.public.rows["findings"]],
        parted.public.withheld, small,
    )  # fmt: skip
    for row in rows["implications"]:
        row["share"] = None if row["kind"] == "ground" else row["share"]
    _rename_keys(rows, renamed)
    _publish_ground(case, rows, rules)
    _cite_datasets(case, rows)
    _alias_paths(rows, codes)
    rows["edition_rules"] = rules.rows()
    rows["withheld"] = withheld_rows(parted.reasons, of_findings, small)
    _drop_dangling(rows)
    published = {name: TABLES[name].from_rows(rows[name]) for name in TABLES}
    return Projection(published_case(case, rules), published, parted, frozenset(silenced), renamed)


def _publish_texts(
    case: Case, tables: Mapping[str, pa.Table], rows: dict[str, list[Row]], parted: Parted, made_by: tuple[Rules, Codes]
) -> set[str]:
    rules, codes = made_by
    names = frozenset(" ".join(name.split()).casefold() for name in rules.publication.withhold_speakers)
    texts = {row["document_id"]: row["text"] for row in rows["documents"]}
    private = {row["claim_id"]: row for row in tables["claims"].to_pylist()}
    rows["claims"], silenced = publish_claims(rows["claims"], texts, Withholding(names, rules.publication.notes), codes)
    barred: dict[str, list[tuple[int, int]]] = {}
    for key in (*silenced, *parted.public.withheld["claims"]):
        barred.setdefault(private[key]["document_id"], []).extend(spans_of(private[key]))
    allowed = {entry.path for entry in case.file.documents if entry.publish_text}
    whole = [row["document_id"] for row in rows["documents"] if row["path"] in allowed]
    rows["documents"], rows["claims"] = publish_documents(rows["documents"], rows["claims"], barred, whole)
    return silenced


def _publish_records(rows: dict[str, list[Row]], rules: Rules) -> None:
    """Places on the grid, and nothing from which a place or a private cell could be had again."""
    for table in ("records", "incident_places", "place_candidates"):
        for row in rows[table]:
            if row["lon"] is not None and row["lat"] is not None:
                row["lon"], row["lat"], row["radius_m"] = round_place(
                    row["lon"], row["lat"], row["radius_m"], rules.publication.round_m
                )
    for row in rows["records"]:
        row["extra"] = "{}"
    for row in rows["place_candidates"]:
        row["reason"] = ""
    for row in rows["links"]:
        row["distance_m"] = row["reasons"] = None
    for row in rows["claim_links"]:
        row["reasons"] = ""
    per_incident: dict[str, int] = {}
    for row in rows["incident_places"]:
        per_incident[row["incident_id"]] = per_incident.get(row["incident_id"], 0) + 1
    for row in rows["incidents"]:
        row["n_places"] = per_incident.get(row["incident_id"], 0)


def _publish_decisions(rows: dict[str, list[Row]], codes: Codes) -> None:
    """That a row was judged, when and by which reviewer's code; not by whom, nor why."""
    for row in rows["decisions"]:
        row["decided_by"] = codes.code("reviewer", row["decided_by"])
        row["decided_at"] = row["decided_at"][:10]
        row["change"], row["reason"], row["sha256"], row["without_seeing"] = "{}", "", "", None


def _rename_incidents(tables: Mapping[str, pa.Table], parted: Parted, codes: Codes) -> dict[str, str]:
    """Other ids for incidents that are named after a record which is withheld."""
    withheld = parted.public.withheld["records"]
    return {
        row["incident_id"]: codes.code("i", row["incident_id"])
        for row in tables["incidents"].to_pylist()
        if row["incident_id"] in parted.public.rows["incidents"] and withheld.keys() & set(row["records"])
    }


def _published_names(
    tables: Mapping[str, pa.Table], parted: Parted, renamed: Mapping[str, str]
) -> dict[str, str | None]:
    names: dict[str, str | None] = {}
    for table in ("incidents", "records", "incident_places", "claims"):
        for row in tables[table].select(TABLES[table].key).to_pylist():
            key = row_key(table, row)
            head, bar, tail = key.partition("|")
            names[key] = f"{renamed.get(head, head)}{bar}{tail}" if key in parted.public.rows[table] else None
    return names


def _rename_keys(rows: dict[str, list[Row]], renamed: Mapping[str, str]) -> None:
    def renamed_key(key: str) -> str:
        head, bar, tail = key.partition("|")
        return f"{renamed.get(head, head)}{bar}{tail}"

    for name, table in TABLES.items():
        columns = {column.name for column in table.columns}
        for row in rows[name]:
            if "incident_id" in columns:
                row["incident_id"] = renamed.get(row["incident_id"], row["incident_id"])
            if "row_key" in columns and row.get("table", row.get("of_table")) in OF_INCIDENTS:
                row["row_key"] = renamed_key(row["row_key"])


def _publish_ground(case: Case, rows: dict[str, list[Row]], rules: Rules) -> None:
    """Holdings up to the newest day, on their grid; control and fronts anew from the published places."""
    for row in rows["holdings"]:
        row["valid_to"] = min(row["valid_to"], rules.newest)
        row["geometry"] = round_shape(row["geometry"], rules.publication.round_layers_m)
    layers = [read_layer(entry, case) for entry in case.file.layers if entry.sensitivity == "public"]
    located = locate_incidents(
        case, INCIDENTS.from_rows(rows["incidents"]), INCIDENT_PLACES.from_rows(rows["incident_places"]), layers
    )
    rows["control"], rows["fronts"] = located.control.to_pylist(), located.fronts.to_pylist()
    for row in rows["control"]:
        if row["layer_date"] is not None and row["layer_date"] > rules.newest:
            row["layer_date"] = None
    for row in rows["fronts"]:
        row["front_m"] = round_up(row["front_m"], rules.publication.round_m)
        if row["changed_on"] is not None and row["changed_on"] > rules.newest:
            row["changed_on"] = row["changed_to"] = None


def _cite_datasets(case: Case, rows: dict[str, list[Row]]) -> None:
    """The citation of each dataset beside its file, the preset's where the case gives none."""
    cited = {}
    for entry in case.file.datasets:
        preset = load_preset(entry.preset, case.folder)
        for path in case.folder.glob(entry.path):
            cited[case.relative(path)] = (cite(entry, preset), entry.licence or preset.licence)
    for row in rows["originals"]:
        citation, licence = cited.get(row["original_path"], (None, None))
        row["citation"], row["licence"] = citation or row["citation"], licence or row["licence"]


def _alias_paths(rows: dict[str, list[Row]], codes: Codes) -> None:
    """Names of files under codes: a file is often named after whom it comes from."""

    def alias(path: str) -> str:
        if path in ("case.toml", "decisions.jsonl"):
            return path
        folder, slash, _ = path.partition("/")
        ending = PurePosixPath(path).suffix.lower()
        ending = ending if ending[1:].isalnum() and len(ending) <= 8 else ""
        return f"{folder}{slash}{codes.code('file', path)}{ending}" if slash else f"{codes.code('file', path)}{ending}"

    for name, table in TABLES.items():
        columns = {column.name for column in table.columns}
        for row in rows[name]:
            if "original_path" in columns:
                row["original_path"] = alias(row["original_path"])
            if name == "documents":
                row["path"] = alias(row["path"])
            if "row_key" in columns and row.get("table") == "originals":
                row["row_key"] = alias(row["row_key"])


def _drop_dangling(rows: dict[str, list[Row]]) -> None:
    """Rows that name rows which are gone, or were computed anew."""
    here = {name: {row_key(name, row) for row in rows[name]} for name in TABLES}

    def gone(row: Row, table: str, key: str) -> bool:
        return row[table] in here and row[key] not in here[row[table]]

    # A decision on anything but a published row is left out: its key may be a name, and is not renumbered.
    rows["decisions"] = [row for row in rows["decisions"] if row["table"] in here and row["table"] != "decisions"]
    for name in ("finding_rows", "weighed_rows", "decisions"):
        rows[name] = [row for row in rows[name] if not gone(row, "table", "row_key")]
    for number, row in enumerate(rows["decisions"], start=1):
        row["number"] = number
    rows["weighed_rows"] = [row for row in rows["weighed_rows"] if not gone(row, "of_table", "of_key")]


def published_case(case: Case, rules: Rules) -> Case:
    """The case with what its file says of days after the newest left out, and its datasets cited."""
    file, newest = case.file, rules.newest
    events = tuple(
        event if event.last <= newest else event.model_copy(update={"last": newest, "summary": ""})
        for event in file.events if event.first <= newest
    )  # fmt: skip
    ids = {event.id for event in events}

    def of_events(entries: Iterable[Any]) -> tuple[Any, ...]:
        return tuple(entry for entry in entries if entry.event in ids)

    datasets = []
    # Figures name a source by its citation, else by its path: every source gets a citation here.
    for entry in file.datasets:
        preset = load_preset(entry.preset, case.folder)
        if entry.sensitivity == "public":
            words = cite(entry, preset) or entry.licence or preset.title
            datasets.append(entry.model_copy(update={"citation": words}))
    changed: CaseFile = file.model_copy(update={
        "window": file.window.model_copy(update={"last": min(file.window.last, newest)}),
        "events": events, "rivals": of_events(file.rivals), "evidence": of_events(file.evidence),
        "implications": of_events(file.implications), "datasets": tuple(datasets),
        "layers": tuple(
            layer.model_copy(update={
                "figure_days": tuple(day for day in layer.figure_days if day <= newest),
                "citation": layer.citation or layer.licence or layer.name,
            })
            for layer in file.layers
        ),
    })  # fmt: skip
    return Case(case.folder, changed, case.out, case.extractor)
