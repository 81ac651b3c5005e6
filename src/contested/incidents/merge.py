"""Judged pairs → incidents: every source kept, nothing merged away.

In: the tables ``records``, ``links`` and ``decisions``. Out: the tables ``incidents`` and
``incident_places``, and ``links`` as they were carried out. Refuses: decisions that contradict
each other (two records linked through others, and split).

Every record in the window belongs to exactly one incident. Incidents are what linked pairs hang
together, except that two records that a reviewer split never share one: links are carried out from
the surest to the least sure, and one that would bring a split pair together is dropped and shown
as not linked. The result does not depend on the order of rows or datasets.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from contested.base.case import Case
from contested.base.errors import CaseError, RecordError
from contested.base.places import geodesic_m
from contested.base.records import DECISIONS, INCIDENT_PLACES, INCIDENTS, LINKS, row_id
from contested.incidents.grading import Grading, load_grading, source_groups
from contested.incidents.match import SLACK_M

if TYPE_CHECKING:
    import pyarrow as pa

#: Order in which links are carried out: what a person said, what the dataset said, what the score says.
_RANK = {"decision": 0, "group": 1, "score": 2}


@dataclass(frozen=True)
class MergedTables:
    """Incidents, their places, and the links as carried out."""

    incidents: pa.Table
    incident_places: pa.Table
    links: pa.Table


def merge_incidents(case: Case, records: pa.Table, links: pa.Table, decisions: pa.Table | None = None) -> MergedTables:
    """Merge linked records into incidents.

    Parameters
    ----------
    case
        For each dataset's event, and the grading scheme.
    records
        The table ``records``; only those in the window make incidents.
    links
        The table ``links`` of :func:`contested.incidents.match.pair_records`.
    decisions
        The table ``decisions``: rows with action ``correct`` on table ``incidents`` whose change
        holds ``grade`` set the grade, as levels that only a person may give need.

    Raises
    ------
    RecordError
        When reviewers' decisions link and split the same records.
    """
    rows = {row["record_id"]: row for row in records.to_pylist() if row["in_window"]}
    clusters, carried = _clusters(sorted(rows), links.to_pylist())
    events = {dataset.name: dataset.event for dataset in case.file.datasets}
    grading = load_grading(case.file.grading)
    names = _incident_ids(clusters, rows)
    grades = _grades_by_person(decisions if decisions is not None else DECISIONS.empty(), grading)
    incidents, places = [], []
    for members in clusters:
        incident_id = names[members[0]]
        cluster = [rows[record_id] for record_id in members]
        found = _places(cluster)
        incident = _incident(cluster, found, events, grading)
        if incident_id in grades:
            incident["grade"], incident["grade_rule"] = grades[incident_id]
        incidents.append({"incident_id": incident_id, **incident})
        for place_no, record in enumerate(found, start=1):
            kept = {name: record[name] for name in ("record_id", "place_name", "lon", "lat", "radius_m")}
            places.append({"incident_id": incident_id, "place_no": place_no, **kept})
    return MergedTables(INCIDENTS.from_rows(incidents), INCIDENT_PLACES.from_rows(places), LINKS.from_rows(carried))


def _clusters(record_ids: Sequence[str], links: list[dict[str, Any]]) -> tuple[list[list[str]], list[dict[str, Any]]]:
    """Sorted clusters of record ids, and the links with ``linked`` as carried out."""
    members = {record_id: [record_id] for record_id in record_ids}
    apart: dict[str, set[str]] = defaultdict(set)
    for link in links:
        if link["decided_by"] == "decision" and not link["linked"]:
            apart[link["record_a"]].add(link["record_b"])
            apart[link["record_b"]].add(link["record_a"])
    order = sorted(
        (link for link in links if link["linked"]),
        key=lambda link: (_RANK[link["decided_by"]], -link["probability"], link["record_a"], link["record_b"]),
    )
    for link in order:
        one, other = members[link["record_a"]], members[link["record_b"]]
        if one is other:
            continue
        if any(b in apart[a] for a in one if apart.get(a) for b in other):
            if link["decided_by"] == "decision":
                raise RecordError(
                    f"decisions.jsonl: {link['record_a']} and {link['record_b']} are linked, but among "
                    f"{', '.join(sorted(one + other))} a pair is split; append a decision that undoes one of the two"
                )
            continue
        smaller, larger = sorted((one, other), key=len)
        larger.extend(smaller)
        for record_id in smaller:
            members[record_id] = larger
    # A link is carried out when its records ended together, through it or through others.
    carried = [{**link, "linked": bool(link["linked"] and _together(members, link))} for link in links]
    unique = {id(cluster): cluster for cluster in members.values()}
    return sorted(sorted(cluster) for cluster in unique.values()), carried


def _together(members: Mapping[str, list[str]], link: Mapping[str, Any]) -> bool:
    return members[link["record_a"]] is members[link["record_b"]]


def _incident_ids(clusters: list[list[str]], rows: Mapping[str, dict[str, Any]]) -> dict[str, str]:
    """First record → readable id from it, or from its group; a clash is parted by a piece of hash."""
    wished: dict[str, str] = {}
    for members in clusters:
        first = rows[members[0]]
        own = first["group_id"] if first["group_id"] is not None else members[0].partition(":")[2]
        # Many datasets put their own name into their ids; it need not stand twice.
        named = own if own.lower().startswith(first["dataset"].lower()) else f"{first['dataset']}-{own}"
        slug = re.sub(r"[^a-z0-9]+", "-", named.lower()).strip("-")
        wished[members[0]] = f"i-{slug}"
    met = Counter(wished.values())
    return {
        record_id: name if met[name] == 1 else f"{name}-{row_id(record_id, length=6)}"
        for record_id, name in wished.items()
    }


def _incident(
    cluster: list[dict[str, Any]], places: list[dict[str, Any]], events: Mapping[str, str | None], grading: Grading
) -> dict[str, Any]:
    kinds = Counter(record["kind"] for record in cluster)
    kind = min(kinds, key=lambda name: (-kinds[name], name))
    first, last = min(r["date_start"] for r in cluster), max(r["date_end"] for r in cluster)
    titles = [record["title"] for record in cluster if record["title"]]
    places_named = list(dict.fromkeys(p["place_name"] for p in places if p["place_name"]))
    shown = ", ".join(places_named[:3]) + (" and others" if len(places_named) > 3 else "")
    groups = source_groups(source for record in cluster for source in record["sources"])
    level = grading.level_by_sources(max(1, len(groups)))
    named = f"{len(groups)} source group{'s' if len(groups) != 1 else ''} taken as independent ({', '.join(groups)})"
    declared = [events[record["dataset"]] for record in cluster if events.get(record["dataset"])]
    return {
        "title": titles[0] if titles else ", ".join(part for part in (kind, shown) if part),
        "kind": kind,
        "event_id": declared[0] if declared else None,
        "date_start": first,
        "date_end": last,
        "records": [record["record_id"] for record in cluster],
        "datasets": sorted({record["dataset"] for record in cluster}),
        "n_places": len(places),
        **_merged_range(cluster, "killed"),
        **_merged_range(cluster, "injured"),
        "toll_conflict": _toll_conflict(cluster),
        "grade": level.name,
        "grade_rule": f"{level.definition}: {named if groups else 'no source is named, which counts as one group'}. "
        f"{grading.rule} ({grading.title})",
        "publish": any(record["publish"] for record in cluster),
    }


def _range(record: Mapping[str, Any], what: str) -> tuple[int, int | None] | None:
    """Low and high of one record; high is ``None`` when open above; ``None`` when it gives no toll."""
    low, high = record[f"{what}_low"], record[f"{what}_high"]
    best = record.get(f"{what}_best")
    if low is None and high is None:
        return None if best is None else (best, best)
    return 0 if low is None else low, high


def _merged_range(cluster: list[dict[str, Any]], what: str) -> dict[str, int | None]:
    """The fewest of all records and the most; open above when one record is ("at least 12")."""
    ranges = [found for record in cluster if (found := _range(record, what)) is not None]
    highs = [high for _, high in ranges if high is not None]
    return {
        f"{what}_low": min((low for low, _ in ranges), default=None),
        f"{what}_high": max(highs) if highs and len(highs) == len(ranges) else None,
    }


def _toll_conflict(cluster: list[dict[str, Any]]) -> bool:
    ranges = [found for record in cluster if (found := _range(record, "killed")) is not None]
    closed = [high for _, high in ranges if high is not None]
    # Two ranges have nothing in common exactly when one's low is above another's high.
    return bool(closed) and max(low for low, _ in ranges) > min(closed)


def _places(cluster: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The records that give the incident's places, the sharpest statement of each.

    A record of another dataset whose place, within both radii, is one already given says the same
    place again, and so does an equal row of the same dataset. Rows without point or name give none,
    unless no other does.
    """
    kept: list[dict[str, Any]] = []
    by_sharpness = sorted(
        cluster,
        key=lambda r: (r["lon"] is None, r["radius_m"] is None, r["radius_m"] or 0.0, r["record_id"]),
    )
    for record in by_sharpness:
        if record["lon"] is None and record["place_name"] is None and kept:
            continue
        if not any(_same_place(record, other) for other in kept):
            kept.append(record)
    return sorted(kept, key=lambda record: str(record["record_id"]))


def _same_place(record: Mapping[str, Any], kept: Mapping[str, Any]) -> bool:
    """Whether the record says the place of ``kept``, which is stated at least as sharply, again."""
    if record["dataset"] == kept["dataset"]:
        return all(record[name] == kept[name] for name in ("lon", "lat", "place_name"))
    if record["lon"] is None:
        names = [str(r["place_name"] or "").casefold() for r in (record, kept)]
        return names[0] == names[1]
    if record["radius_m"] is None and kept["radius_m"] is not None:
        # Its point stands for no place that a test may use, so it adds none beside one that does.
        return True
    reach_m = (record["radius_m"] or 0.0) + (kept["radius_m"] or 0.0) + SLACK_M
    return float(geodesic_m(record["lon"], record["lat"], kept["lon"], kept["lat"])) <= reach_m


def _grades_by_person(decisions: pa.Table, grading: Grading) -> dict[str, tuple[str, str]]:
    """Incident → grade and rule, by the latest ``correct`` decision whose change names a grade."""
    found: dict[str, tuple[str, str]] = {}
    for row in sorted(decisions.to_pylist(), key=lambda row: int(row["number"])):
        if row["action"] != "correct" or row["table"] != "incidents":
            continue
        try:
            change = json.loads(row["change"])
        except json.JSONDecodeError:
            raise RecordError(
                f"decisions.jsonl line {row['number']}: change {row['change']!r} is no JSON object; "
                "append a decision that corrects it"
            ) from None
        if "grade" in change:
            try:
                level = grading.level_named(str(change["grade"]))
            except CaseError as error:
                raise RecordError(f"decisions.jsonl line {row['number']}: {error}") from None
            rule = f"{level.definition}: given by {row['decided_by']}: {row['reason']} ({grading.title})"
            found[row["row_key"]] = (level.name, rule)
    return found
