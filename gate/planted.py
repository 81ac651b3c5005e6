"""Three invented datasets that tell of the same events, planted in a real one, with the truth of who tells of what.

In: records of any dataset that a preset reads, a level of noise, a seed. Out: a table ``records`` of three datasets
and, for each record, the events that it tells of. Refuses: fewer than ten records with a point and a radius.

The events are real in place, day, kind and toll; what three datasets would have made of them is drawn:

- 30 in 100 records of a dataset are of events that no other has.
- *Place*: a point in the record's disc, the farther from the event the more noise; with noise, often only the centre of
  the nearest place that has many events, with its radius; now and then a point outside the disc it claims.
- *Day*: a day or two late, or an interval of up to a week that holds the day.
- *Words*: each dataset has its own names for kinds (the second finer, the third coarser), actors (as they are, by their
  initials, in another transliteration) and places, its own sentence, and its own choice of the event's sources.
- *Toll*: changed by a factor, given as a range or not at all.
- *Events*: two rows for one event that share its toll, or one row for two neighbouring events.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from contested.base.errors import DatasetError
from contested.base.places import geodesic_m
from contested.base.records import RECORDS

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.random import Generator

DATASETS = ("first", "second", "third")
#: Share of a dataset's records that are of events which no other dataset has.
UNIQUE = 0.3
#: Of the events that several have, the share that all three have; the others are shared by two.
ALL_THREE = 0.4
#: Metres per degree of latitude, near enough to draw a point by.
_PER_DEGREE_M = 111_200.0
#: Metres within which a vague dataset gives the centre of a place instead of the place, and the radius it then claims.
_CENTRE_M = 25_000.0
#: Another transliteration of Arabic and Slavic names: what each group of letters becomes.
_LETTERS = (
    (r"\b[Aa]l[- ]", "El "), (r"\b[Aa]([lnrst])-\1", r"\1"), ("ou|oo", "u"), ("ee", "i"), ("aa", "a"), ("q", "k"),
    ("Q", "K"), ("dh", "d"), ("iy", "i"), ("yy", "y"), (r"ah\b", "a"), ("ei", "ai"), ("gh", "g"), ("h(?=[aeiou]y)", ""),
)  # fmt: skip


@dataclass(frozen=True)
class Planted:
    """Records with what they tell of, and what a person would say that each dataset's words mean."""

    records: pa.Table
    events: dict[str, tuple[str, ...]]
    """Record → events that it tells of: two where one row tells of two."""
    kinds: dict[tuple[str, str], tuple[str, str]]
    """(dataset, kind) → its meaning, fine and coarse; where the dataset is coarse, both are the coarse one."""
    actors: dict[tuple[str, str], str]
    """(dataset, name) → name in the dataset that they were planted in."""


def plant(events: Sequence[Mapping[str, Any]], noise: float, seed: int) -> Planted:
    """Three datasets about the events.

    Parameters
    ----------
    events
        Rows of ``records``; those without a point, radius or place are passed over.
    noise
        0 (the same in all but words) to 1.
    seed
        Of the draws.
    """
    rows = [r for r in events if r["lon"] is not None and r["radius_m"] is not None]
    if len(rows) < 10:
        raise DatasetError(f"{len(rows)} records have a point and a radius; expected 10 or more to plant a truth in")
    rng = np.random.default_rng(seed)
    planter = _Planter(rows, noise, rng)
    for number in range(len(rows)):
        for dataset in _datasets_of_event(rng):
            planter.tell(dataset, number)
    return planter.planted()


def true_pairs(planted: Planted) -> set[tuple[str, str]]:
    """Pairs of records of different datasets that tell of a common event, the smaller id first."""
    by_event = defaultdict(list)
    for record_id, events in planted.events.items():
        for event in events:
            by_event[event].append(record_id)
    return {pair for records in by_event.values() for pair in pairs_across(records)}


def pairs_across(record_ids: Sequence[str]) -> set[tuple[str, str]]:
    """Pairs of records of different datasets, the smaller id first."""
    return {
        (a, b) for a, b in combinations(sorted(record_ids), 2) if a.partition(":")[0] != b.partition(":")[0]
    }  # fmt: skip


def actors_of(record: Mapping[str, Any], columns: Sequence[str] = ("side_a", "side_b")) -> list[str]:
    """Persons and bodies that the record names: its actors, else what stands in these columns of ``extra``."""
    if record["actors"]:
        return list(record["actors"])
    extra = json.loads(record["extra"])
    return [extra[name] for name in columns if extra.get(name)]


def respell(name: str) -> str:
    """The name in another transliteration.

    >>> respell("Tal Qasr al-Deen")
    'Tal Kasr El Din'
    """
    for pattern, letters in _LETTERS:
        name = re.sub(pattern, letters, name)
    return name


def _datasets_of_event(rng: Generator) -> list[str]:
    each = ALL_THREE + (1 - ALL_THREE) * 2 / 3  # chance of a dataset to have a shared event
    unique = 3 * UNIQUE * each / (3 * UNIQUE * each + 1 - UNIQUE)
    draw = rng.random()
    if draw < unique:
        return [DATASETS[rng.integers(3)]]
    left_out = rng.integers(3) if rng.random() > ALL_THREE else 3
    return [name for k, name in enumerate(DATASETS) if k != left_out]


class _Planter:
    """Draws what each dataset makes of each event."""

    def __init__(self, events: Sequence[Mapping[str, Any]], noise: float, rng: Generator) -> None:
        self.events, self.noise, self.rng = events, noise, rng
        self.rows: list[dict[str, Any]] = []
        self.told: dict[str, tuple[str, ...]] = {}
        self.kinds: dict[tuple[str, str], tuple[str, str]] = {}
        self.actors: dict[tuple[str, str], str] = {}
        self.by_frequency = [kind for kind, _ in Counter(event["kind"] for event in events).most_common()]
        places = Counter((event["lon"], event["lat"]) for event in events)
        self.centres = np.array([place for place, _ in places.most_common(max(1, len(places) // 20))])
        days = np.array([event["date_start"].toordinal() for event in events])
        self.days, self.by_day = days, np.argsort(days, kind="stable")
        self.told_already: set[tuple[str, int]] = set()

    def planted(self) -> Planted:
        return Planted(RECORDS.from_rows(self.rows), self.told, self.kinds, self.actors)

    def happens(self, chance: float) -> bool:
        return bool(self.rng.random() < chance * self.noise)

    def tell(self, dataset: str, number: int) -> None:
        """Write the dataset's row, or two, about an event; a row may tell of a neighbouring event as well."""
        if (dataset, number) in self.told_already:
            return
        event = dict(self.events[number])
        told = [number]
        other = self.neighbour(number) if self.happens(0.12) else None
        if other is not None and (dataset, other) not in self.told_already:
            told.append(other)
            event = _lumped(event, self.events[other])
        self.told_already.update((dataset, k) for k in told)
        rows = 2 if len(told) == 1 and self.happens(0.12) else 1
        for _ in range(rows):
            # An id that says nothing: neither the order of the events nor which rows belong together.
            record_id = f"{dataset}:{self.rng.integers(1 << 48):012x}"
            self.told[record_id] = tuple(str(self.events[k]["record_id"]) for k in told)
            self.rows.append({"record_id": record_id, **self.row(dataset, event, 1.0 / rows)})

    def neighbour(self, number: int) -> int | None:
        """An event within 10 km and two days, if there is one."""
        low, high = np.searchsorted(self.days[self.by_day], [self.days[number] - 2, self.days[number] + 3])
        near = [int(k) for k in self.by_day[low:high] if k != number]
        here = self.events[number]
        metres = geodesic_m(
            here["lon"], here["lat"], [self.events[k]["lon"] for k in near], [self.events[k]["lat"] for k in near]
        )
        close = [k for k, distance in zip(near, metres.tolist(), strict=True) if distance < 10_000.0]
        return close[self.rng.integers(len(close))] if close else None

    def row(self, dataset: str, event: Mapping[str, Any], share: float) -> dict[str, Any]:
        """One row in the dataset's words, with that share of the toll."""
        lon, lat, radius_m = self.place(event)
        first, last = self.days_of(event)
        kind = self.kind(dataset, event)
        actors = [] if self.happens(0.3) else [self.actor(dataset, name) for name in actors_of(event)]
        place_name = _place_words(dataset, str(event["place_name"] or "an unnamed place"))
        toll = self.toll(event, share)
        return {
            "dataset": dataset, "original_path": f"datasets/{dataset}.csv", "original_row": len(self.rows) + 1,
            "preset": "plain", "in_window": True, "kind": kind, "date_start": first, "date_end": last,
            "place_name": place_name, "lon": lon, "lat": lat, "radius_m": radius_m, **toll,
            "title": _sentence(dataset, kind, place_name, actors, toll.get("killed_best")),
            "sources": [name for name in event["sources"] if not self.happens(0.7)], "actors": actors or None,
            "second_hand": False, "publish": True, "extra": "{}",
        }  # fmt: skip

    def place(self, event: Mapping[str, Any]) -> tuple[float, float, float]:
        lon, lat, radius_m = event["lon"], event["lat"], event["radius_m"]
        if self.happens(0.4):
            metres = geodesic_m(lon, lat, self.centres[:, 0], self.centres[:, 1])
            if metres.min() < _CENTRE_M:
                lon, lat = self.centres[metres.argmin()]
                return float(lon), float(lat), max(radius_m, _CENTRE_M)
        far = radius_m * self.noise * np.sqrt(self.rng.random()) * (3.0 if self.happens(0.1) else 1.0)
        turn = self.rng.random() * 2 * np.pi
        north = float(np.clip(lat + far * np.sin(turn) / _PER_DEGREE_M, -89.0, 89.0))
        east = lon + far * np.cos(turn) / _PER_DEGREE_M / np.cos(np.radians(north))
        return float((east + 180.0) % 360.0 - 180.0), north, radius_m

    def days_of(self, event: Mapping[str, Any]) -> tuple[Any, Any]:
        first, last = event["date_start"], event["date_end"]
        if self.happens(0.3):
            late = timedelta(days=int(self.rng.choice([1, 2], p=[0.75, 0.25])))
            return first + late, last + late
        if self.happens(0.2):
            before, after = self.rng.integers(0, 4, 2).tolist()
            return first - timedelta(days=before), last + timedelta(days=after)
        return first, last

    def kind(self, dataset: str, event: Mapping[str, Any]) -> str:
        kind = str(event["kind"])
        if self.happens(0.15):
            kind = str(self.rng.choice(self.by_frequency))
        coarse = "main" if kind == self.by_frequency[0] else "other"
        if dataset == DATASETS[0]:
            word, meaning = kind, (kind, coarse)
        elif dataset == DATASETS[1]:
            many = (event["killed_best"] or 0) >= 10
            word = f"Class {self.by_frequency.index(kind) + 1}{'b' if many else 'a'}"
            meaning = (kind, coarse)
        else:
            word, meaning = f"{coarse} violence", (coarse, coarse)
        self.kinds[dataset, word] = meaning
        return word

    def actor(self, dataset: str, name: str) -> str:
        words = re.findall(r"\w+", name)
        if dataset == DATASETS[1]:
            told = "".join(word[0] for word in words) if len(words) > 1 else f"{name} forces"
        else:
            told = respell(name) if dataset == DATASETS[2] else name
        self.actors[dataset, told] = name
        return told

    def toll(self, event: Mapping[str, Any], share: float) -> dict[str, int]:
        best = event["killed_best"]
        if best is None or self.happens(0.25):
            return {}
        best = round(best * share * float(np.exp(self.rng.normal(0.0, 0.6 * self.noise))))
        if self.happens(0.3):
            return {"killed_low": best, "killed_high": round(best * 1.5) + 1, "killed_best": best}
        return {"killed_low": best, "killed_high": best, "killed_best": best}


def _lumped(event: dict[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """One row for two events: the first's place and kind, both their days, tolls and sources."""
    known = [row["killed_best"] for row in (event, other) if row["killed_best"] is not None]
    return {
        **event,
        "date_start": min(event["date_start"], other["date_start"]),
        "date_end": max(event["date_end"], other["date_end"]),
        "killed_best": sum(known) if known else None,
        "sources": list(dict.fromkeys([*event["sources"], *other["sources"]])),
    }


def _place_words(dataset: str, name: str) -> str:
    if dataset == DATASETS[1]:
        return re.sub(r"(?<=\w) (town|village|city|district|area|neighbou?rhood|governorate)$", "", name, flags=re.I)
    return respell(name) if dataset == DATASETS[2] else name


def _sentence(dataset: str, kind: str, place: str, actors: Sequence[str], killed: int | None) -> str:
    if dataset == DATASETS[0]:
        return f"{kind} in {place}" + (f", {killed} killed" if killed else "")
    if dataset == DATASETS[1]:
        who = " and ".join(actors)
        return f"{place}: {killed or 'no'} deaths" + (f" ({who})" if who else "")
    return (f"At least {killed} dead" if killed else "Incident") + f" near {place}"
