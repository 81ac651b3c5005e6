"""Score linking on planted truth: ours beside the peers, over levels of noise.

In: a file of any dataset that a preset reads. Out: precision, recall and F1 of the pairs of records of different
datasets that end in one incident, in percent. Refuses: what :mod:`gate.planted` refuses.
"""

from __future__ import annotations

import subprocess
import tempfile
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from contested.base.case import Case, CaseFile
from contested.base.records import DECISIONS
from contested.incidents.match import pair_records
from contested.incidents.merge import merge_incidents
from contested.incidents.review import rank_links, review_queue
from gate import meltt_peer
from gate.planted import DATASETS, Planted, pairs_across, plant, true_pairs

WORKER = Path(__file__).parents[1] / "benchmarks/splink_worker.py"
#: Days and kilometres apart that Splink is given pairs of: wider than nearly all planted shifts.
SPLINK_WINDOW = (3, 30.0)

#: Pairs of the queue that a person answers.
ANSWERS = 100

Pair = tuple[str, str]
Row = Mapping[str, Any]


def score(found: set[Pair], true: set[Pair]) -> dict[str, float]:
    """Precision, recall and F1 of pairs, percent.

    >>> score({("a", "b"), ("a", "c")}, {("a", "b")})
    {'precision': 50.0, 'recall': 100.0, 'f1': 66.7}
    """
    right = len(found & true)
    return {
        "precision": round(100 * right / max(1, len(found)), 1),
        "recall": round(100 * right / max(1, len(true)), 1),
        "f1": round(200 * right / max(1, len(found) + len(true)), 1),
    }


def link_ours(records: pa.Table, decisions: pa.Table | None = None) -> set[Pair]:
    """Pairs of records of different datasets in one incident, by the package."""
    links = pair_records(records, decisions)
    return pairs_of_incidents(merge_incidents(empty_case(), records, links, decisions).incidents)


def with_answers(records: pa.Table, true: set[Pair], answers: int) -> dict[str, Any]:
    """The score after a person who knows the truth answered so many first pairs of the queue, all pairs counted and
    without those that were answered; beside it, without those, the score before.
    """
    links = pair_records(records)
    merged = merge_incidents(empty_case(), records, links)
    asked = review_queue(rank_links(merged.links, records), records, answers)
    decisions = DECISIONS.from_rows(
        {
            "number": number, "decided_at": "2026-01-01T00:00:00Z", "decided_by": "gate", "table": "links",
            "action": "link" if tuple(row["pair"].split("|")) in true else "split", "row_key": row["pair"],
            "change": "{}", "reason": "planted", "sha256": "0",
        }
        for number, row in enumerate(asked, start=1)
    )  # fmt: skip
    answered = {tuple(row["pair"].split("|")) for row in asked}
    before, after = pairs_of_incidents(merged.incidents), link_ours(records, decisions)
    return {
        "answers": len(asked), "f1": score(after, true)["f1"],
        "f1_of_others": score(after - answered, true - answered)["f1"],
        "f1_of_others_before": score(before - answered, true - answered)["f1"],
    }  # fmt: skip


def pairs_of_incidents(incidents: pa.Table) -> set[Pair]:
    """Pairs of records of different datasets that tell of one incident: its own, and each of those that also tell of
    it with each of its own.
    """
    pairs = together(incidents["records"].to_pylist())
    for own, others in zip(incidents["records"].to_pylist(), incidents["also_records"].to_pylist(), strict=True):
        pairs |= {pair for also in others or () for record in own for pair in pairs_across([also, record])}
    return pairs


def together(clusters: Iterable[Sequence[str]]) -> set[Pair]:
    """Pairs of records of different datasets in one cluster."""
    return {pair for cluster in clusters if len(cluster) > 1 for pair in pairs_across(cluster)}


def empty_case() -> Case:
    """A case that says nothing of records but that they may be merged."""
    window = {"from": "1900-01-01", "to": "2100-01-01"}
    file = CaseFile.model_validate(
        {
            "format": 1, "title": "A gate", "purpose": "measuring", "window": window,
            "region": {"name": "the world", "box": [-180, -90, 180, 90]},
            "parties": [{"id": "one", "name": "One"}, {"id": "two", "name": "Two"}],
            "events": [{"id": "any", "title": "Any", "kind": "any", **window, "place": "anywhere"}],
        }
    )  # fmt: skip
    return Case(Path(), file, Path())


def shuffled(records: pa.Table, seed: int) -> pa.Table:
    """The same records in another order."""
    return records.take(np.random.default_rng(seed).permutation(records.num_rows))


def renamed(records: pa.Table, names: Mapping[str, str]) -> pa.Table:
    """The same records with their datasets renamed, so that they sort in another order."""
    rows = records.to_pylist()
    for row in rows:
        name, _, own = row["record_id"].partition(":")
        row["dataset"], row["record_id"] = names[name], f"{names[name]}:{own}"
    return pa.Table.from_pylist(rows, schema=records.schema)


def coded(planted: Planted) -> meltt_peer.CodedEvents:
    """The records with the codes that a person would give their kinds and actors."""
    rows = planted.records.to_pylist()
    kinds = [planted.kinds[row["dataset"], row["kind"]] for row in rows]
    actors = [meant(planted, row) for row in rows]
    alike = np.zeros(len(rows), dtype=np.int64)
    return meltt_peer.CodedEvents(
        np.array([row["lon"] for row in rows]), np.array([row["lat"] for row in rows]),
        np.array([row["date_start"].toordinal() for row in rows]),
        np.array([row["date_end"].toordinal() for row in rows]),
        meltt_peer.code([row["dataset"] for row in rows]),
        (
            (meltt_peer.code([fine for fine, _ in kinds]), meltt_peer.code([coarse for _, coarse in kinds]), alike),
            (meltt_peer.code(actors), meltt_peer.code([names[:1] for names in actors]), alike),
        ),
    )  # fmt: skip


def meant(planted: Planted, row: Row) -> tuple[str, ...]:
    """The record's actors, by the names that they were planted with."""
    return tuple(sorted({planted.actors[row["dataset"], name] for name in row["actors"] or ()}))


def link_meltt(planted: Planted, window: meltt_peer.Window) -> set[Pair]:
    """Pairs by the algorithm of the paper."""
    ids = planted.records["record_id"].to_pylist()
    return together([[ids[row] for row in cluster] for cluster in meltt_peer.link(coded(planted), window)])


def best_window(planted: Planted) -> meltt_peer.Window:
    """The window with the best F1 on these records."""
    true, events = true_pairs(planted), coded(planted)
    ids = planted.records["record_id"].to_pylist()

    def f1(window: meltt_peer.Window) -> float:
        clusters = meltt_peer.link(events, window)
        return score(together([[ids[row] for row in cluster] for cluster in clusters]), true)["f1"]

    return max(meltt_peer.windows(3), key=f1)


def splink_scores(planted: Planted, python: Path) -> list[tuple[str, str, float]]:
    """Pairs with the probability that Splink gives them, run by the interpreter that has it."""
    rows = planted.records.to_pylist()
    kinds = [planted.kinds[row["dataset"], row["kind"]] for row in rows]
    table = pa.table(
        {
            "unique_id": [row["record_id"] for row in rows],
            "source_dataset": [row["dataset"] for row in rows],
            "lon": [row["lon"] for row in rows],
            "lat": [row["lat"] for row in rows],
            "first_day": [row["date_start"].toordinal() for row in rows],
            "kind": [fine for fine, _ in kinds],
            "kind_coarse": [coarse for _, coarse in kinds],
            "actors": pa.array([list(meant(planted, row)) for row in rows], pa.list_(pa.string())),
            "place_name": [row["place_name"] for row in rows],
            "killed": pa.array([row["killed_best"] for row in rows], pa.int64()),
        }
    )
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "records.parquet", Path(folder) / "pairs.parquet"
        pq.write_table(table, source)
        command = [str(python), str(WORKER), str(source), str(target), *map(str, SPLINK_WINDOW)]
        subprocess.run(command, check=True, capture_output=True)
        found = pq.read_table(target).to_pydict()
    return list(zip(found["one"], found["other"], found["probability"], strict=True))


def splink_pairs(scored: Sequence[tuple[str, str, float]], threshold: float, grouped: bool) -> set[Pair]:
    """Pairs above a threshold; ``grouped`` adds those that hang together through others."""
    kept = {(min(a, b), max(a, b)) for a, b, p in scored if p >= threshold}
    if not grouped:
        return kept
    first: dict[str, str] = {}

    def root(name: str) -> str:
        while (above := first.setdefault(name, name)) != name:
            first[name] = first[above]
            name = above
        return name

    for a, b in sorted(kept):
        first[root(a)] = root(b)
    clusters: dict[str, list[str]] = {}
    for name in list(first):
        clusters.setdefault(root(name), []).append(name)
    return together(clusters.values())


def best_threshold(scored: Sequence[tuple[str, str, float]], true: set[Pair]) -> tuple[float, bool]:
    """The threshold, and whether to group, with the best F1."""
    thresholds = (0.005, 0.01, 0.02, *(k / 20 for k in range(1, 20)), 0.98, 0.99, 0.999)
    choices = [(threshold, grouped) for threshold in thresholds for grouped in (False, True)]
    return max(choices, key=lambda choice: score(splink_pairs(scored, *choice), true)["f1"])


def pieces(rows: Sequence[Row], count: int) -> tuple[list[Row], list[Row]]:
    """Events that follow one another in time, to be linked (first) and to choose the peers' settings on (second)."""
    ordered = sorted(rows, key=lambda row: (row["date_start"], row["record_id"]))
    count = min(count, len(ordered) // 2)
    return ordered[:count], ordered[count : 2 * count]


def compare(
    judged: Sequence[Row], tuned: Sequence[Row], noise: float, seed: int, splink: Path | None = None
) -> dict[str, Any]:
    """Everyone's score at one level of noise, the peers' settings chosen on other events with another seed."""
    planted, other = plant(judged, noise, seed), plant(tuned, noise, seed + 1)
    true = true_pairs(planted)
    started = time.perf_counter()
    ours = link_ours(planted.records)
    seconds = time.perf_counter() - started
    turned = dict(zip(DATASETS, ("z", "y", "x"), strict=True))
    back = {new: old for old, new in turned.items()}
    again = {
        tuple(sorted(f"{back[name.partition(':')[0]]}:{name.partition(':')[2]}" for name in pair))
        for pair in link_ours(shuffled(renamed(planted.records, turned), seed))
    }
    window = best_window(other)
    found: dict[str, Any] = {
        "noise": noise, "records": planted.records.num_rows, "true_pairs": len(true), "ours": score(ours, true),
        "ours_seconds": round(seconds, 1),
        "unchanged_by_order": round(100 - 100 * len(ours ^ again) / max(1, len(ours | again)), 1),
        "with_answers": with_answers(planted.records, true, ANSWERS),
        "meltt": {**score(link_meltt(planted, window), true), "window": str(window)},
    }  # fmt: skip
    if splink is not None:
        threshold, grouped = best_threshold(splink_scores(other, splink), true_pairs(other))
        scored = splink_scores(planted, splink)
        # Its training is unsteady, so that a threshold may not carry over: what the best one would give stands beside.
        bound = score(splink_pairs(scored, *best_threshold(scored, true)), true)["f1"]
        pairs = splink_pairs(scored, threshold, grouped)
        found["splink"] = {**score(pairs, true), "threshold": threshold, "grouped": grouped, "f1_best_threshold": bound}
    return found
