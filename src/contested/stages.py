"""The costly stages of a build, each made again only where what it follows from has changed.

In: a case, the tables that a stage takes, and the results kept from earlier builds. Out: the tables that it gives,
byte for byte those of a build from nothing. Refuses: what the stages refuse.

Between two builds with the same originals only decisions differ. They reach a stage through its tables alone
(:mod:`contested.base.kept`), so that a claim accepted leaves places, incidents, the ground and findings as kept.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from contested.base.case import Case
from contested.base.kept import KeptStages, only
from contested.base.records import NOTES, REJECTS

if TYPE_CHECKING:
    import pyarrow as pa

#: Called as each step begins, with its words: ("reading", "documents/briefing.txt").
Progress = Callable[[str, str], None]
Note = tuple[str, str, str]
#: Tables of decisions that are carried out elsewhere than in linking records.
_ELSEWHERE = ("claims", "actors", "place_candidates")
#: What findings are made from.
_WEIGHED = ("incidents", "incident_places", "holdings", "control", "fronts", "records")


class Stages:
    """The costly stages of one build; gathers what they refuse and note."""

    def __init__(self, case: Case, kept: KeptStages, progress: Progress) -> None:
        self.case = case
        self.kept = kept
        self.progress = progress
        self.rejects: list[dict[str, Any]] = []
        self.notes: set[Note] = set()

    def incidents(
        self, records: pa.Table, claims: Sequence[Mapping[str, Any]], standing: pa.Table
    ) -> dict[str, pa.Table]:
        """Records → incidents: places for what has none, links, clusters, and what hangs on them."""
        import pyarrow as pa
        import pyarrow.compute as pc

        from contested.incidents.candidates import choose_places
        from contested.incidents.claim_links import link_claims
        from contested.incidents.compared_names import actor_aliases
        from contested.incidents.match import idle_decisions

        found = self._places(records, claims)
        records, candidates, idle = choose_places(self.case, records, found["place_candidates"], standing.to_pylist())
        aliases = actor_aliases(self.case)
        about_records = standing.filter(pc.invert(pc.is_in(standing["table"], pa.array(_ELSEWHERE))))
        matched = self._matched(records, about_records, aliases)
        idle += idle_decisions(about_records, records)
        self.notes |= {("decisions.jsonl", "incidents", note) for note in idle}
        return {
            "records": records,
            "place_candidates": candidates,
            "claim_links": link_claims(claims, records, matched["incidents"], candidates, aliases),
            **matched,
        }

    def _places(self, records: pa.Table, claims: Sequence[Mapping[str, Any]]) -> dict[str, pa.Table]:
        from contested.incidents.candidates import mentioned_places, place_rows

        def make(tables: Mapping[str, pa.Table]) -> dict[str, pa.Table]:
            self.progress("placing", "rows without a point")
            placed = place_rows(self.case, tables["records"], claims)
            return {
                "place_candidates": placed.candidates,
                "rejects": REJECTS.from_rows(placed.rejects),
                "notes": notes_table(("case.toml", "incidents", note) for note in placed.notes),
            }

        return self._told(self.kept.take("places", {"records": records}, make, json.dumps(mentioned_places(claims))))

    def _matched(self, records: pa.Table, decisions: pa.Table, aliases: Mapping[str, str]) -> dict[str, pa.Table]:
        from contested.incidents.match import pair_records
        from contested.incidents.merge import merge_incidents
        from contested.incidents.review import rank_links
        from contested.incidents.sensitivity import vary_incidents

        def make(tables: Mapping[str, pa.Table]) -> dict[str, pa.Table]:
            records, decisions = tables["records"], tables["decisions"]
            self.progress("matching", f"{records.num_rows} records")
            links = pair_records(records, decisions, aliases)
            merged = merge_incidents(self.case, records, links, decisions)
            self.progress("varying", "what links hang on")
            return {
                "links": rank_links(merged.links, records),
                "incidents": merged.incidents,
                "incident_places": merged.incident_places,
                "sensitivity": vary_incidents(self.case, records, links, merged.incidents, decisions, aliases),
            }

        return self.kept.take("incidents", {"records": records, "decisions": decisions}, make)

    def ground(self, incidents: Mapping[str, pa.Table]) -> dict[str, pa.Table]:
        """Layers → holdings, and who held the incidents' places, and how far the front was."""
        from contested.territory.layers import read_layer
        from contested.territory.located import locate_incidents
        from contested.territory.outlines import read_outlines

        def make(tables: Mapping[str, pa.Table]) -> dict[str, pa.Table]:
            layers, rejects, notes = [], [], set()
            for layer in self.case.file.layers:
                self.progress("reading", layer.path)
                layers.append(read_layer(layer, self.case))
                rejects += layers[-1].rejects
                notes |= {(layer.path, "territory", note) for note in layers[-1].notes}
            places = tables["incident_places"]
            self.progress("locating", f"{places.num_rows} places")
            outlines = read_outlines(self.case)
            rejects += outlines.rejects
            notes |= {(self.case.file.places.outlines or "", "territory", note) for note in outlines.notes_on(places)}
            located = locate_incidents(self.case, tables["incidents"], places, layers, outlines)
            return {
                "holdings": located.holdings, "control": located.control, "fronts": located.fronts,
                "rejects": REJECTS.from_rows(rejects), "notes": notes_table(notes),
            }  # fmt: skip

        return self._told(self.kept.take("ground", only(incidents, ("incidents", "incident_places")), make))

    def findings(self, tables: Mapping[str, pa.Table]) -> dict[str, pa.Table]:
        """``findings`` and ``finding_rows``."""
        from contested.weighing.findings import weigh_case

        def make(tables: Mapping[str, pa.Table]) -> dict[str, pa.Table]:
            self.progress("weighing", "accounts against the record")
            return dict(zip(("findings", "finding_rows"), weigh_case(self.case, tables), strict=True))

        return self.kept.take("findings", only(tables, _WEIGHED), make)

    def robustness(self, tables: Mapping[str, pa.Table]) -> dict[str, pa.Table]:
        """``robustness``."""
        from contested.weighing.robustness import vary_findings

        def make(tables: Mapping[str, pa.Table]) -> dict[str, pa.Table]:
            self.progress("varying", "what findings hang on")
            return {"robustness": vary_findings(self.case, tables)}

        return self.kept.take("robustness", only(tables, (*_WEIGHED, "findings")), make)

    def _told(self, made: Mapping[str, pa.Table]) -> dict[str, pa.Table]:
        """The stage's tables without its rejects and notes, which are gathered."""
        self.rejects += made["rejects"].to_pylist()
        self.notes |= {(row["original_path"], row["stage"], row["note"]) for row in made["notes"].to_pylist()}
        return {name: table for name, table in made.items() if name not in ("rejects", "notes")}


def notes_table(notes: Iterable[Note]) -> pa.Table:
    """The table ``notes``."""
    return NOTES.from_rows({"original_path": path, "stage": stage, "note": note} for path, stage, note in notes)
