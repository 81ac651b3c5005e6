"""What of a case may be printed.

In: the tables of a case. Out: :class:`PublicRows`: the rows that may stand in a dossier, and how
many were withheld. Refuses: nothing; a row whose publication is not allowed is counted, not shown.

Withheld are: rows with ``publish`` false, every row read from an original whose ``publish_rows`` is
false, and what rests on such a row alone (an account on a claim, a place on a record). Results that
only count over withheld rows (findings, the holder of a place) stay.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from contested.base.records import TABLES
from contested.web.strings import TEXT

if TYPE_CHECKING:
    import pyarrow as pa

Row = dict[str, Any]

_TOLL = ("killed_low", "killed_high", "injured_low", "injured_high")


def row_key(table: str, row: Mapping[str, Any]) -> str:
    """The key of a row as one text, parts joined by ``|``."""
    return "|".join(str(row[name]) for name in TABLES[table].key)


@dataclass(frozen=True)
class PublicRows:
    """Printed and withheld rows of every table, in key order.

    ``rows[table]`` maps a key (parts joined by ``|``) to its row; ``withheld[table]`` likewise holds
    the rows that no page, file or number may show, only count.
    """

    rows: Mapping[str, dict[str, Row]]
    withheld: Mapping[str, dict[str, Row]]

    def of(self, table: str) -> list[Row]:
        """The printed rows of a table."""
        return list(self.rows[table].values())


def project_public(tables: Mapping[str, pa.Table], also: Mapping[str, Collection[str]] | None = None) -> PublicRows:
    """Part the rows of all tables into printed and withheld ones.

    ``also`` names keys of a table that are withheld beside what the rows themselves say; what rests on them follows.
    """
    also = also or {}
    everything = {name: tables[name].to_pylist() for name in TABLES}
    barred = {row["original_path"] for row in everything["originals"] if not row["publish_rows"]}
    shown: dict[str, dict[str, Row]] = {}
    withheld: dict[str, dict[str, Row]] = {}

    def part(name: str, may_show: Callable[[Row], bool]) -> None:
        shown[name], withheld[name] = {}, {}
        barred_keys = frozenset(also.get(name, ()))
        for row in everything[name]:
            key = row_key(name, row)
            (shown if key not in barred_keys and may_show(row) else withheld)[name][key] = row

    def original(row: Row) -> bool:
        return row["original_path"] not in barred

    part("originals", lambda row: True)
    part("documents", lambda row: row["path"] not in barred)
    part("claims", lambda row: original(row) and row["document_id"] in shown["documents"])
    part("votes", lambda row: original(row) and row["claim_id"] not in withheld["claims"])
    part("accounts", lambda row: row["claim_id"] not in withheld["claims"])
    part("contradictions", lambda row: not {row["claim_a"], row["claim_b"]} & withheld["claims"].keys())
    part("records", lambda row: row["publish"] and original(row))
    part("place_candidates", lambda row: row["row_key"] not in withheld[row["of_table"]])
    part("links", lambda row: not {row["record_a"], row["record_b"]} & withheld["records"].keys())
    part("incidents", lambda row: row["publish"] and bool(set(row["records"]) - withheld["records"].keys()))
    part(
        "incident_places",
        lambda row: row["incident_id"] not in withheld["incidents"] and row["record_id"] not in withheld["records"],
    )
    part(
        "claim_links",
        lambda row: row["claim_id"] in shown["claims"] and row["record_id"] in shown["records"]
        and row["incident_id"] in shown["incidents"],
    )  # fmt: skip
    part("sensitivity", lambda row: True)
    part("holdings", original)
    for name in ("control", "fronts"):
        part(name, lambda row: f"{row['incident_id']}|{row['place_no']}" not in withheld["incident_places"])
    part("findings", lambda row: True)
    hiding = {
        row["of_key"] for row in everything["weighed_rows"]
        if row["of_table"] == "implications" and row["row_key"] in withheld.get(row["table"], {})
        and row["table"] != "holdings"
    }  # fmt: skip
    part("implications", lambda row: row["implication_id"] not in hiding)
    for name in ("rivals", "evidence", "evidence_ratios", "odds"):
        part(name, lambda row: True)
    part("robustness", lambda row: True)
    part(
        "weighed_rows",
        lambda row: (
            row["row_key"] not in withheld.get(row["table"], {})
            and row["of_key"] not in withheld.get(row["of_table"], {})
        ),
    )
    part("finding_rows", lambda row: row["row_key"] not in withheld.get(row["table"], {}))
    hidden = _decisions_on_withheld(everything["decisions"], shown, withheld)
    part("decisions", lambda row: row["number"] not in hidden)
    part("rejects", original)
    part("notes", original)
    for name in ("edition_rules", "withheld"):
        part(name, lambda row: True)
    shown["incidents"] = {
        key: _without_withheld(row, withheld["records"], shown["records"]) for key, row in shown["incidents"].items()
    }
    named = {name for row in shown["records"].values() for name in _outlets(row)}
    shown["robustness"] = {key: _without_outlet(row, named) for key, row in shown["robustness"].items()}
    return PublicRows(shown, withheld)


def _decisions_on_withheld(
    decisions: list[Row], shown: Mapping[str, Mapping[str, Row]], withheld: Mapping[str, Mapping[str, Row]]
) -> set[int]:
    """Numbers of the decisions that would show a withheld row: on it, on its place or speaker, or taking one back."""
    printed = {row["speaker_text"] for row in shown["claims"].values()}
    hidden: set[int] = set()
    for row in decisions:
        table, key = row["table"], row["row_key"]
        if table == "place_candidates":
            table, _, key = key.partition("|")
        if table == "actors":
            hides = key not in printed
        elif table == "decisions":
            hides = key.isdecimal() and int(key) in hidden
        else:
            of = withheld.get(table, {})
            hides = key in of or (table == "links" and "|".join(reversed(key.split("|"))) in of)
        if hides:
            hidden.add(row["number"])
    return hidden


def _outlets(record: Row) -> set[str]:
    return {" ".join(name.split()) for name in record["sources"] or ()}


def _without_outlet(varied: Row, named: set[str]) -> Row:
    """A variant of a finding; an outlet that only withheld records name is not named here either."""
    if varied["kind"] != "outlet" or varied["left_out"] is None or varied["left_out"] in named:
        return varied
    return {**varied, "left_out": None, "variant": TEXT["variant_withheld"]}


def _without_withheld(incident: Row, withheld: Mapping[str, Row], shown: Mapping[str, Row]) -> Row:
    """The incident as its printed records tell it: what a withheld one may have given is left out."""
    kept = [record for record in incident["records"] if record not in withheld]
    also = [record for record in incident["also_records"] or () if record not in withheld]
    incident = {**incident, "also_records": also or None}
    if len(kept) == len(incident["records"]):
        return incident
    records = [shown[record] for record in kept if record in shown]
    titles = {record["title"] for record in records}
    kinds = Counter(record["kind"] for record in records)
    kind = incident["kind"] if incident["kind"] in kinds else max(sorted(kinds), key=kinds.__getitem__, default="")
    return {
        **incident,
        **dict.fromkeys(_TOLL),
        "records": kept,
        "datasets": sorted({record["dataset"] for record in records}),
        "kind": kind,
        "title": incident["title"] if incident["title"] in titles else kind,
        "date_start": min((record["date_start"] for record in records), default=incident["date_start"]),
        "date_end": max((record["date_end"] for record in records), default=incident["date_end"]),
        "grade_rule": TEXT["grade_rule_withheld"],
        "n_places": 0 if not records else incident["n_places"],
        "toll_conflict": False,
        "conflicts": [],
    }
