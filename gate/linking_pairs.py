"""Score linking on two real datasets of which some pairs are known to tell of one event.

In: two datasets that presets read, and a CSV of known pairs with a column of ids of each (other columns may stand
beside; ``hard`` marks pairs that are). Out: recall on the known pairs, numbers of links and of pairs left to a person,
links that chance would give, and a sample to be read by a person. Refuses: a CSV no column of which holds ids.

A pair that is not known is not known to be wrong. So precision is measured in two ways: by a person, who reads a sample
of links that are not among the known pairs and writes yes, no or unsure under ``same``; and without one, by moving the
second dataset some weeks in time, after which every link is chance. Wars being busier in some weeks than in others,
``not_by_chance`` (100 less links by chance in 100 links) is a rough bound and no share.
"""

from __future__ import annotations

import csv
import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from contested.base.errors import DatasetError
from contested.base.records import RECORDS
from contested.incidents.match import pair_records
from contested.incidents.merge import merge_incidents
from gate.linking_planted import Pair, empty_case, pairs_of_incidents

#: Days that the second dataset is moved by to count links by chance.
SHIFTS_DAYS = (-60, -30, 30, 60)
#: Links drawn for a person to read.
SAMPLED = 100
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+")


@dataclass(frozen=True)
class Sample:
    """Links to be written for a person: where, drawn by which seed, from which tables, sources and all."""

    path: Path
    seed: int
    tables: tuple[pa.Table, pa.Table]


@dataclass(frozen=True)
class KnownPairs:
    """Pairs of record ids that tell of one event, and those among them that are hard."""

    pairs: frozenset[Pair]
    hard: frozenset[Pair]
    passed_over: int
    """Rows of the file whose ids are not both among the records."""


def read_known(path: Path, left: pa.Table, right: pa.Table, columns: tuple[str | None, str | None]) -> KnownPairs:
    """Known pairs; a column of ids that is not given is the one that holds most ids of the dataset."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    by_id = [{name.partition(":")[2]: name for name in table["record_id"].to_pylist()} for table in (left, right)]
    named = [given or _column_of_ids(path, rows, known) for given, known in zip(columns, by_id, strict=True)]
    pairs, hard, passed_over = set(), set(), 0
    for row in rows:
        one, other = (known.get(row[name]) for name, known in zip(named, by_id, strict=True))
        if one is None or other is None:
            passed_over += 1
            continue
        pair = (min(one, other), max(one, other))
        pairs.add(pair)
        if row.get("hard", "0").strip().lower() in ("1", "true", "yes"):
            hard.add(pair)
    return KnownPairs(frozenset(pairs), frozenset(hard), passed_over)


def _column_of_ids(path: Path, rows: Sequence[Mapping[str, str]], known: Mapping[str, str]) -> str:
    held = {name: sum(row[name] in known for row in rows) for name in (rows[0] if rows else {})}
    best = max(held, key=lambda name: held[name], default="")
    if not held.get(best):
        raise DatasetError(f"{path}: no column holds ids of the dataset, such as {next(iter(known), 'none')}; name it")
    return best


def without_sources(records: pa.Table) -> pa.Table:
    """The records without what names a source: sources, addresses, addresses in titles, columns kept word for word."""
    rows = records.to_pylist()
    for row in rows:
        title = _ADDRESS.sub("", row["title"]).strip() if row["title"] else None
        row.update(sources=[], source_kinds=None, address=None, extra="{}", title=title or None)
    return RECORDS.from_rows(rows)


def moved(records: pa.Table, days: int) -> pa.Table:
    """The records with every date some days later."""
    rows = records.to_pylist()
    for row in rows:
        for name in ("date_start", "date_end"):
            row[name] += timedelta(days=days)
    return RECORDS.from_rows(rows)


def links_across(left: pa.Table, right: pa.Table) -> tuple[dict[Pair, dict[str, Any]], set[Pair]]:
    """Links between the two datasets by pair, and the pairs that end in one incident."""
    records = RECORDS.check(pa.concat_tables([left, right]))
    links = pair_records(records)
    merged = merge_incidents(empty_case(), records, links)
    across = {
        (link["record_a"], link["record_b"]): link
        for link in links.to_pylist()
        if link["record_a"].partition(":")[0] != link["record_b"].partition(":")[0]
    }
    return across, pairs_of_incidents(merged.incidents)


def compare(left: pa.Table, right: pa.Table, known: KnownPairs, sample: Sample | None = None) -> dict[str, Any]:
    """Recall on known pairs, percent; counts; links by chance; and a sample is written, if one is asked for."""
    links, merged = links_across(left, right)
    if sample is not None:
        write_sample(sample, links, known)
    linked = {pair for pair, link in links.items() if link["linked"]}

    def share(found: set[Pair], pairs: frozenset[Pair]) -> float:
        return round(100 * len(found & pairs) / max(1, len(pairs)), 1)

    chance = {
        days: sum(link["linked"] for link in links_across(left, moved(right, days))[0].values()) for days in SHIFTS_DAYS
    }
    mean = sum(chance.values()) / len(chance)
    return {
        "records": [left.num_rows, right.num_rows],
        "known": len(known.pairs), "hard": len(known.hard), "passed_over": known.passed_over,
        "recall": share(linked, known.pairs), "recall_hard": share(linked, known.hard),
        "recall_incidents": share(merged, known.pairs), "recall_incidents_hard": share(merged, known.hard),
        "offered": share(set(links), known.pairs), "offered_hard": share(set(links), known.hard),
        "links": len(linked), "for_review": len(links) - len(linked), "in_one_incident": len(merged),
        "links_by_chance": {f"{days:+d} days": count for days, count in chance.items()},
        "not_by_chance": round(100 - 100 * mean / max(1, len(linked)), 1),
    }  # fmt: skip


def write_sample(sample: Sample, links: Mapping[Pair, Mapping[str, Any]], known: KnownPairs) -> None:
    """Write a sample of links that are not known pairs."""
    open_links = sorted(pair for pair, link in links.items() if link["linked"] and pair not in known.pairs)
    chosen = np.random.default_rng(sample.seed).permutation(len(open_links))[:SAMPLED]
    by_id = {row["record_id"]: row for table in sample.tables for row in table.to_pylist()}
    with sample.path.open("w", encoding="utf-8", newline="") as file:
        shown = ("title", "date_start", "date_end", "place_name", "kind", "sources")
        of_link = ("record_a", "record_b", "probability", "distance_m")
        names = (*of_link, *(f"{name}_{side}" for name in shown for side in "ab"), "same")
        writer = csv.DictWriter(file, names, lineterminator="\n")
        writer.writeheader()
        for pair in (open_links[k] for k in chosen):
            link = links[pair]
            row = {name: link[name] for name in of_link}
            for side, record_id in zip("ab", pair, strict=True):
                for name in shown:
                    value = by_id[record_id][name]
                    row[f"{name}_{side}"] = json.dumps(value, ensure_ascii=False) if isinstance(value, list) else value
            writer.writerow({**row, "same": ""})


def judge(path: Path) -> dict[str, Any]:
    """Precision of a sample that a person has read: ``same`` is yes, no or unsure."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        answers = [row.get("same", "").strip().lower() for row in csv.DictReader(file)]
    if unread := [answer for answer in answers if answer not in ("yes", "no", "unsure")]:
        raise DatasetError(f"{path}: {len(unread)} rows have {unread[0]!r} under same; expected yes, no or unsure")
    yes, no = answers.count("yes"), answers.count("no")
    low, high = wilson(yes, yes + no)
    return {
        "yes": yes, "no": no, "unsure": answers.count("unsure"),
        "precision": round(100 * yes / max(1, yes + no), 1), "interval": [round(100 * low, 1), round(100 * high, 1)],
    }  # fmt: skip


def wilson(right: int, count: int, z: float = 1.96) -> tuple[float, float]:
    """The Wilson interval of a share, at 95 percent unless told (Wilson 1927, doi 10.1080/01621459.1927.10502953).

    >>> [round(end, 3) for end in wilson(8, 10)]
    [0.49, 0.943]
    """
    if not count:
        return 0.0, 1.0
    share, spread = right / count, z * z / count
    middle = share + spread / 2
    half = z * math.sqrt(share * (1 - share) / count + spread / (4 * count))
    return max(0.0, (middle - half) / (1 + spread)), min(1.0, (middle + half) / (1 + spread))
