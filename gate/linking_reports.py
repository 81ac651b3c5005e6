"""Score the clustering of news reports into events, from outlet, day and headline alone.

In: a CSV with one row for each report that a dataset used for an event (``event_id``, ``report_source``,
``report_date``, ``report_headline``; a report may stand under several events), and names of places. Out: pairwise and
B-cubed precision, recall and F1 in percent, of simple rules and of ours. Refuses: a file without these columns.

Two reports belong together when they share an event. Rules are chosen on reports of odd weeks and scored, as ours is,
on those of even weeks. B-cubed here asks of each report: of those put with it (itself included), how many share an
event with it (precision), and the other way round (recall); so it needs no clusters, and many-to-many is no trouble.
"""

from __future__ import annotations

import csv
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from pathlib import Path

from contested.base.errors import DatasetError
from contested.incidents.report_pairs import pair_reports

_COLUMNS = ("event_id", "report_source", "report_date", "report_headline")
#: Words that places are listed with and that headlines leave out.
_SORTS = re.compile(
    r"\b(town|village|city|district|area|neighbou?rhood|governorate|camp|province|airport|base)\b", re.I
)
#: A place that a larger share of the headlines names (the country, a governorate) tells no event from another.
_RARE = 0.02

Pair = tuple[int, int]


@dataclass(frozen=True)
class Report:
    """One report and the events that it was used for."""

    outlet: str
    day: date
    headline: str
    events: frozenset[str]


def read_reports(path: Path) -> list[Report]:
    """Distinct reports of the file, in the order of day, outlet and headline; rows without a day are passed over."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        if missing := [name for name in _COLUMNS if name not in (reader.fieldnames or ())]:
            raise DatasetError(f"{path}: the column {missing[0]!r} is missing; expected {', '.join(_COLUMNS)}")
        events: dict[tuple[str, str, str], set[str]] = defaultdict(set)
        for row in reader:
            events[row["report_date"][:10], row["report_source"].strip(), row["report_headline"].strip()].add(
                row["event_id"]
            )
    return [
        Report(outlet, date.fromisoformat(day), headline, frozenset(told))
        for (day, outlet, headline), told in sorted(events.items())
        if re.fullmatch(r"\d{4}-\d\d-\d\d", day) and headline
    ]


def read_names(path: Path) -> list[str]:
    """Names of places: the first column of the file whose name speaks of a place or a name."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        column = next((name for name in reader.fieldnames or () if re.search("place|name", name, re.I)), None)
        if column is None:
            raise DatasetError(f"{path}: no column is named after a place or a name")
        return sorted({row[column] for row in reader if row[column]})


def true_pairs(reports: Sequence[Report]) -> set[Pair]:
    """Pairs of reports that share an event."""
    by_event = defaultdict(list)
    for number, report in enumerate(reports):
        for event in report.events:
            by_event[event].append(number)
    return {pair for numbers in by_event.values() for pair in combinations(numbers, 2)}


def score(found: set[Pair], true: set[Pair], count: int) -> dict[str, float]:
    """Pairwise and B-cubed precision, recall and F1, percent, of ``count`` reports.

    >>> score({(0, 1)}, {(0, 1), (0, 2)}, 3)["recall"]
    50.0
    """
    right = len(found & true)
    near = [{number} for number in range(count)], [{number} for number in range(count)]
    for sets, pairs in zip(near, (found, true), strict=True):
        for one, other in pairs:
            sets[one].add(other)
            sets[other].add(one)
    shares = [(len(f & t) / len(f), len(f & t) / len(t)) for f, t in zip(*near, strict=True)]
    cubed = [sum(side) / max(1, count) for side in zip(*shares, strict=True)] or [0.0, 0.0]
    return {
        "precision": round(100 * right / max(1, len(found)), 1),
        "recall": round(100 * right / max(1, len(true)), 1),
        "f1": round(200 * right / max(1, len(found) + len(true)), 1),
        "bcubed_precision": round(100 * cubed[0], 1),
        "bcubed_recall": round(100 * cubed[1], 1),
        "bcubed_f1": round(100 * 2 * cubed[0] * cubed[1] / max(1e-9, sum(cubed)), 1),
    }


def simple_rules(reports: Sequence[Report], names: Iterable[str]) -> dict[str, Callable[[int, int], bool]]:
    """Rules that need no model, by name; each says whether two reports belong together."""
    known = {short for name in names if len(short := " ".join(_SORTS.sub(" ", name).casefold().split())) > 3}
    words = [re.findall(r"\w+", report.headline.casefold()) for report in reports]
    places = [_named(own, known) for own in words]
    counts = Counter(name for own in places for name in own)
    rare = [{name for name in own if counts[name] <= _RARE * len(reports)} for own in places]
    long_words = [{word for word in own if len(word) > 3} for own in words]

    def gap(i: int, j: int) -> int:
        return abs((reports[i].day - reports[j].day).days)

    def alike(i: int, j: int) -> float:
        return len(long_words[i] & long_words[j]) / max(1, len(long_words[i] | long_words[j]))

    rules: dict[str, Callable[[int, int], bool]] = {"same day": lambda i, j: gap(i, j) == 0}
    for days in (0, 1, 2, 4):
        within = f"within {days} days" if days else "same day"
        rules[f"{within}, same place named"] = lambda i, j, days=days: gap(i, j) <= days and bool(places[i] & places[j])
        rules[f"{within}, a rare place named"] = lambda i, j, days=days: gap(i, j) <= days and bool(rare[i] & rare[j])
        for share in (0.2, 0.35, 0.5):
            rules[f"{within}, {share:.0%} of words shared"] = lambda i, j, days=days, share=share: (
                gap(i, j) <= days and alike(i, j) >= share
            )
            rules[f"{within}, same place named, {share:.0%} of words shared"] = lambda i, j, days=days, share=share: (
                gap(i, j) <= days and bool(places[i] & places[j]) and alike(i, j) >= share
            )
    return rules


def pairs_by(rule: Callable[[int, int], bool], reports: Sequence[Report], most_days: int = 4) -> set[Pair]:
    """Pairs that the rule puts together; reports stand in the order of their days."""
    found = set()
    for i, report in enumerate(reports):
        for j in range(i + 1, len(reports)):
            if (reports[j].day - report.day).days > most_days:
                break
            if rule(i, j):
                found.add((i, j))
    return found


def pairs_of_ours(reports: Sequence[Report]) -> set[Pair]:
    """Pairs that ``pair_reports`` links, which is given ``report_id``, ``outlet``, ``day`` and ``headline``."""
    rows = [
        {"report_id": str(number), "outlet": report.outlet, "day": report.day, "headline": report.headline}
        for number, report in enumerate(reports)
    ]
    return {(min(pair), max(pair)) for a, b in pair_reports(rows) if (pair := (int(a), int(b)))}


def compare(reports: Sequence[Report], names: Sequence[str]) -> dict[str, object]:
    """Scores on reports of even weeks: the rules that were best on odd weeks, the plainest one, and ours."""
    odd, even = ([r for r in reports if r.day.isocalendar().week % 2 == part] for part in (1, 0))
    true = true_pairs(odd)
    rules = simple_rules(odd, names)
    on_odd = {name: score(pairs_by(rule, odd), true, len(odd)) for name, rule in rules.items()}
    best = {by: max(on_odd, key=lambda name: on_odd[name][by]) for by in ("f1", "bcubed_f1")}
    judged, true = simple_rules(even, names), true_pairs(even)
    plainest = "same day, same place named"
    scores: dict[str, Mapping[str, float]] = {
        name: score(pairs_by(judged[name], even), true, len(even)) for name in dict.fromkeys((plainest, *best.values()))
    }
    ours = pairs_of_ours(even)
    return {
        "reports": len(even), "true_pairs": len(true), "best_by": best, "rules": scores,
        "ours": score(ours, true, len(even)),
    }  # fmt: skip


def _named(words: Sequence[str], known: set[str]) -> set[str]:
    """Known names of up to four words that stand in the headline."""
    return {
        name
        for start in range(len(words))
        for end in range(start + 1, min(start + 5, len(words) + 1))
        if (name := " ".join(words[start:end])) in known
    }
