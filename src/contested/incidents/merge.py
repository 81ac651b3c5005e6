"""Judged pairs → incidents: every source kept, nothing merged away.

In: the tables ``records``, ``links`` and ``decisions``. Out: the tables ``incidents`` and
``incident_places``, and ``links`` as they were carried out. Refuses: decisions that contradict
each other (two records linked through others, and split).

Every record in the window belongs to exactly one incident, and may tell of others too (``clustering.py`` says how they
are found). What its records say differently stands as a conflict, not as a mean: tolls span what all of them allow.
The result does not depend on the order of rows or datasets.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from math import dist, isnan
from typing import TYPE_CHECKING

import numpy as np

from contested.base.case import Case
from contested.base.engine import Engine
from contested.base.errors import CaseError, RecordError
from contested.base.places import geodesic_m
from contested.base.records import DECISIONS, INCIDENT_PLACES, INCIDENTS, LINKS, row_id
from contested.incidents.clustering import Clusters, check_judged, cluster_rows
from contested.incidents.compared_names import actor_aliases
from contested.incidents.comparing import SLACK_M, Comparable
from contested.incidents.grading import Grading, load_grading, source_groups

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    Rows = NDArray[np.int64]

#: A probability of 1 would be infinite log-odds.
_MOST_SURE = 1.0 - 1e-9


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
    import pyarrow as pa

    inside = records.filter(records["in_window"]).sort_by("record_id").combine_chunks()
    compared = Comparable(inside, actor_aliases(case))
    a, b = (_rows_of(links[name], inside["record_id"]) for name in ("record_a", "record_b"))
    clusters = cluster_records(compared, links, a, b)
    names = _incident_ids(inside, clusters)
    places, place_conflicts = _places(compared, inside, clusters.of_row)
    incidents = _incidents(case, inside, clusters, names)
    conflicts = _conflicts(compared, incidents, clusters.of_row, (a, b), place_conflicts)
    counted = np.bincount(clusters.of_row[places], minlength=inside.num_rows)
    first = incidents["first"].to_numpy()
    grading = load_grading(case.file.grading)
    levels, rules = _grades(incidents, grading)
    by_person = _grades_by_person(decisions if decisions is not None else DECISIONS.empty(), grading)
    for at, name in enumerate(incidents["incident_id"].to_pylist() if by_person else ()):
        if name in by_person:
            levels[at], rules[at] = by_person[name]
    columns = {
        **{name: incidents[name] for name in incidents.column_names},
        "n_places": pa.array(counted[first]),
        "conflicts": pa.array(conflicts, pa.list_(pa.string())),
        "grade": pa.array(levels, pa.string()),
        "grade_rule": pa.array(rules, pa.string()),
    }
    linked = clusters.of_row[a] == clusters.of_row[b]
    at = links.schema.get_field_index("linked")
    return MergedTables(
        INCIDENTS.check(pa.table({column.name: columns[column.name] for column in INCIDENTS.columns})),
        _place_table(inside, places, clusters.of_row, names),
        LINKS.check(links.set_column(at, "linked", pa.array(linked))),
    )


def cluster_records(compared: Comparable, links: pa.Table, a: Rows, b: Rows) -> Clusters:
    """Clusters of the records by their links; ``a`` and ``b`` are the rows of each link.

    Raises
    ------
    RecordError
        When reviewers' decisions link and split the same records.
    """
    decided = np.array(links["decided_by"].to_pylist(), dtype=object)
    probability = links["probability"].to_numpy()
    scored = decided == "score"
    judged, grouped = decided == "decision", decided == "group"
    same = judged & np.asarray(links["linked"])

    def listed(chosen: NDArray[np.bool_]) -> list[tuple[int, int]]:
        return list(zip(a[chosen].tolist(), b[chosen].tolist(), strict=True))

    sure = np.clip(probability[scored], 1.0 - _MOST_SURE, _MOST_SURE)
    clusters = cluster_rows(
        compared.dataset,
        (a[scored], b[scored], np.round(np.log(sure / (1.0 - sure)), 6)),
        listed(same) + listed(grouped),
        listed(judged & ~same),
        _may_be_one(compared),
        _ranks(compared),
    )
    ids = compared.records["record_id"]
    check_judged(listed(same), clusters, lambda row: str(ids[row].as_py()))
    return clusters


def _ranks(compared: Comparable) -> Rows:
    """Rank of each row by its own id: which of two equal pairs comes first must not hang on how datasets are called."""
    import pyarrow.compute as pc

    ids = compared.records["record_id"]
    own = pc.replace_substring_regex(ids, "^[^:]*:", "")
    order = np.asarray(pc.sort_indices(own), dtype=np.int64)
    ranks = np.empty(len(order), dtype=np.int64)
    ranks[order] = np.arange(len(order))
    return ranks


def _may_be_one(compared: Comparable) -> Callable[[int, int], bool]:
    """Whether two rows of one dataset may tell of one event, by their own precision."""
    first, last, radius_m, placed = compared.first_day, compared.last_day, compared.radius_m, compared.placed

    @cache
    def may_be(one: int, other: int) -> bool:
        if max(first[one], first[other]) - min(last[one], last[other]) > 1:
            return False
        if not (placed[one] and placed[other]):
            return True
        apart_m = dist(compared.xyz[one], compared.xyz[other])
        return bool(apart_m <= radius_m[one] + radius_m[other] + SLACK_M)

    return may_be


def _rows_of(ids: pa.ChunkedArray, known: pa.ChunkedArray) -> Rows:
    import pyarrow.compute as pc

    return np.asarray(pc.index_in(ids, value_set=known).to_numpy(), dtype=np.int64)


def _incident_ids(records: pa.Table, clusters: Clusters) -> dict[int, str]:
    """First row → readable id from it, or from its group; a clash is parted by a piece of hash."""
    first = np.unique(clusters.of_row)
    some = records.select(["record_id", "dataset", "group_id"]).take(first)
    wished = []
    for record_id, dataset, group in zip(*(column.to_pylist() for column in some.columns), strict=True):
        own = group if group is not None else record_id.partition(":")[2]
        # Many datasets put their own name into their ids; it need not stand twice.
        named = own if own.lower().startswith(dataset.lower()) else f"{dataset}-{own}"
        wished.append("i-" + re.sub(r"[^a-z0-9]+", "-", named.lower()).strip("-"))
    met = Counter(wished)
    return {
        row: name if met[name] == 1 else f"{name}-{row_id(record_id, length=6)}"
        for row, name, record_id in zip(first.tolist(), wished, some["record_id"].to_pylist(), strict=True)
    }


_INCIDENTS_SQL = """
WITH ranged AS (
  SELECT *,
    CASE WHEN killed_low IS NULL AND killed_high IS NULL THEN killed_best ELSE coalesce(killed_low, 0) END AS k_low,
    CASE WHEN killed_low IS NULL AND killed_high IS NULL THEN killed_best ELSE killed_high END AS k_high,
    CASE WHEN injured_low IS NULL AND injured_high IS NULL THEN NULL ELSE coalesce(injured_low, 0) END AS i_low
  FROM members),
kinds AS (
  SELECT cluster, kind, row_number() OVER (PARTITION BY cluster ORDER BY count(*) DESC, kind) AS place
  FROM members GROUP BY cluster, kind)
SELECT cluster AS first,
  arg_min(title, record_id) FILTER (title IS NOT NULL) AS title,
  any_value(kinds.kind) AS kind,
  count(DISTINCT ranged.kind) AS n_kinds,
  arg_min(event, record_id) FILTER (event IS NOT NULL) AS event_id,
  min(date_start) AS date_start, max(date_end) AS date_end,
  list(record_id ORDER BY record_id) AS records,
  list_sort(list(DISTINCT dataset)) AS datasets,
  flatten(list(sources ORDER BY record_id)) AS sources,
  min(k_low) AS killed_low,
  CASE WHEN count(k_low) = count(k_high) THEN max(k_high) END AS killed_high,
  min(i_low) AS injured_low,
  CASE WHEN count(i_low) = count(injured_high) THEN max(injured_high) END AS injured_high,
  coalesce(max(k_low) > min(k_high), false) AS toll_conflict,
  bool_or(publish) AS publish
FROM ranged JOIN kinds USING (cluster) WHERE kinds.place = 1
GROUP BY cluster ORDER BY cluster
"""


def _incidents(case: Case, records: pa.Table, clusters: Clusters, names: dict[int, str]) -> pa.Table:
    """A row per cluster, in the order of their first rows: what can be told from its records alone."""
    import pyarrow as pa
    import pyarrow.compute as pc

    events = {dataset.name: dataset.event for dataset in case.file.datasets}
    datasets = records["dataset"].combine_chunks().dictionary_encode()
    event = pa.array([events.get(name) for name in datasets.dictionary.to_pylist()], pa.string()).take(datasets.indices)
    members = records.select(
        ["record_id", "dataset", "kind", "title", "date_start", "date_end", "killed_low", "killed_high", "killed_best",
         "injured_low", "injured_high", "sources", "publish"]
    ).append_column("cluster", pa.array(clusters.of_row)).append_column("event", event)  # fmt: skip
    found = Engine().query(_INCIDENTS_SQL, {"members": members})
    first = found["first"].to_pylist()
    also: dict[int, list[str]] = {}
    ids = records["record_id"]
    for row, cluster in clusters.also:
        also.setdefault(cluster, []).append(str(ids[row].as_py()))
    titles = pc.fill_null(found["title"], "").to_pylist()
    untitled = {row for row, title in zip(first, titles, strict=True) if not title}
    named = _place_names(records, clusters.of_row, untitled)
    kinds = found["kind"].to_pylist()
    shown = [
        title or ", ".join(part for part in (kind, named.get(row, "")) if part)
        for row, title, kind in zip(first, titles, kinds, strict=True)
    ]
    found = found.set_column(found.schema.get_field_index("title"), "title", pa.array(shown, pa.string()))
    found = found.append_column("incident_id", pa.array([names[row] for row in first], pa.string()))
    return found.append_column(
        "also_records", pa.array([sorted(also[row]) if row in also else None for row in first], pa.list_(pa.string()))
    )


def _place_names(records: pa.Table, cluster: Rows, wanted: set[int]) -> dict[int, str]:
    """Cluster → its first three place names."""
    rows = np.flatnonzero(np.isin(cluster, list(wanted)))
    found: dict[int, dict[str, None]] = {}
    for row, name in zip(rows.tolist(), records["place_name"].take(rows).to_pylist(), strict=True):
        if name:
            found.setdefault(int(cluster[row]), {}).setdefault(name)
    return {row: ", ".join(list(names)[:3]) + (" and others" if len(names) > 3 else "") for row, names in found.items()}


def _grades(incidents: pa.Table, grading: Grading) -> tuple[list[str], list[str]]:
    """Level and rule of each incident, by the independent groups among its sources."""

    @cache
    def graded(groups: tuple[str, ...]) -> tuple[str, str]:
        level = grading.level_by_sources(max(1, len(groups)))
        plural = "s" if len(groups) != 1 else ""
        named = f"{len(groups)} source group{plural} taken as independent ({', '.join(groups)})"
        said = named if groups else "no source is named, which counts as one group"
        return level.name, f"{level.definition}: {said}. {grading.rule} ({grading.title})"

    found = [graded(source_groups(sources)) for sources in incidents["sources"].to_pylist()]
    return [level for level, _ in found], [rule for _, rule in found]


def _conflicts(
    compared: Comparable, incidents: pa.Table, cluster: Rows, pairs: tuple[Rows, Rows], places: Rows
) -> list[list[str]]:
    """What the records of each incident say differently."""
    n = len(compared)
    a, b = (rows[cluster[pairs[0]] == cluster[pairs[1]]] for rows in pairs)
    actors = compared.actor_words
    silent = actors.filled[a] & actors.filled[b] & ~actors.shares_any(a, b)
    differ = {"place": np.zeros(n, dtype=bool), "actors": np.zeros(n, dtype=bool)}
    differ["place"][places] = True
    differ["actors"][cluster[a[silent]]] = True
    several = np.array([len(datasets) > 1 for datasets in incidents["datasets"].to_pylist()], dtype=bool)
    first = incidents["first"].to_numpy()
    by_kind = {
        "kind": several & (incidents["n_kinds"].to_numpy() > 1),
        "toll": incidents["toll_conflict"].to_numpy(),
        "place": differ["place"][first],
        "actors": differ["actors"][first],
    }
    said: list[list[str]] = [[] for _ in first]
    for name, found in by_kind.items():
        for at in np.flatnonzero(found).tolist():
            said[at].append(name)
    return said


def _places(compared: Comparable, records: pa.Table, cluster: Rows) -> tuple[Rows, Rows]:
    """Rows that give the incidents' places, the sharpest statement of each, and clusters whose datasets disagree.

    A record of another dataset whose place, within both radii, is one already given says the same
    place again, and so does an equal row of the same dataset. Rows without point or name give none,
    unless no other does.
    """
    stated = records["radius_m"].to_numpy(zero_copy_only=False)
    named = np.asarray(records["place_name"].is_valid())
    sharp = np.lexsort((np.arange(len(cluster)), np.nan_to_num(stated), np.isnan(stated), ~compared.placed, cluster))
    starts = np.flatnonzero(np.diff(cluster[sharp], prepend=-1))
    kept = [sharp[starts]]
    disagree = []
    names = records["place_name"].to_pylist() if len(starts) < len(sharp) else []
    ends = np.append(starts, len(sharp))[1:]
    several = ends - starts > 1
    for begin, end in zip(starts[several].tolist(), ends[several].tolist(), strict=True):
        found = [int(sharp[begin])]
        for row in sharp[begin + 1 : end].tolist():
            says_a_place = compared.placed[row] or named[row]
            if says_a_place and not any(_same_place(compared, stated, names, row, other) for other in found):
                found.append(row)
        kept.append(np.array(found[1:], dtype=np.int64))
        if len({int(compared.dataset[row]) for row in found}) > 1:
            disagree.append(int(cluster[sharp[begin]]))
    return np.concatenate(kept), np.array(disagree, dtype=np.int64)


def _same_place(
    compared: Comparable, stated: NDArray[np.float64], names: list[str | None], row: int, kept: int
) -> bool:
    """Whether the record says the place of ``kept``, which is stated at least as sharply, again."""
    lon, lat = compared.lon, compared.lat
    if compared.dataset[row] == compared.dataset[kept]:
        same_point = (lon[row] == lon[kept] and lat[row] == lat[kept]) or not (
            compared.placed[row] or compared.placed[kept]
        )
        return bool(same_point and names[row] == names[kept])
    if not compared.placed[row]:
        return str(names[row] or "").casefold() == str(names[kept] or "").casefold()
    if isnan(stated[row]) and not isnan(stated[kept]):
        # Its point stands for no place that a test may use, so it adds none beside one that does.
        return True
    if not compared.placed[kept]:
        return False
    reach_m = sum(stated[one] for one in (row, kept) if not isnan(stated[one])) + SLACK_M
    straight_m = dist(compared.xyz[row], compared.xyz[kept])
    if abs(straight_m - reach_m) > 0.001 * reach_m:
        return bool(straight_m < reach_m)
    return bool(geodesic_m(lon[row], lat[row], lon[kept], lat[kept]) <= reach_m)


def _place_table(records: pa.Table, places: Rows, cluster: Rows, names: dict[int, str]) -> pa.Table:
    import pyarrow as pa

    rows = np.sort(places)
    rows = rows[np.argsort(cluster[rows], kind="stable")]
    starts = np.flatnonzero(np.diff(cluster[rows], prepend=-1))
    number = np.arange(len(rows)) - np.repeat(starts, np.diff(np.append(starts, len(rows)))) + 1
    kept = records.select(["record_id", "place_name", "lon", "lat", "radius_m"]).take(rows)
    incident = pa.array([names[row] for row in cluster[rows].tolist()], pa.string())
    columns = {"incident_id": incident, "place_no": pa.array(number), **{n: kept[n] for n in kept.column_names}}
    return INCIDENT_PLACES.check(pa.table({column.name: columns[column.name] for column in INCIDENT_PLACES.columns}))


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
