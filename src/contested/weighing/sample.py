"""What a test is given: one event's incidents with their areas and fronts in one layer.

In: the tables ``incidents``, ``incident_places``, ``control`` and ``fronts``. Out: :class:`Sample`.
Refuses: nothing; incidents that cannot be used are kept and marked, so that each test counts them.

The incident is the unit, not its places: an attack reported at three places is one attack. Its
share for a party is the mean over its located places, its front distance the least of them, and
its fall the earliest of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from statistics import fmean
from typing import TYPE_CHECKING, Any

from contested.base.case import Case, Event, Weighing
from contested.base.records import CONTESTED, UNKNOWN

if TYPE_CHECKING:
    import pyarrow as pa

#: Longest date interval, days, of an incident that counts as dated: a week, the third of UCDP's five
#: grades of precision. A month says nothing about a front that moved in days.
MAX_DATE_DAYS = 7
#: Fewest dated and placed incidents for a test that is not exact at any size (rule of the project:
#: below it counts are printed and the test is refused).
MIN_INCIDENTS = 10


@dataclass(frozen=True)
class Place:
    """One place of an incident with what the layer says of it."""

    place_no: int
    radius_m: float | None
    shares: Mapping[str, float]
    """Party, ``contested`` or ``unknown`` → share of the place's disc; empty when it could not be located."""
    front_m: float | None
    changed_on: date | None
    changed_to: str | None
    has_front_row: bool
    """Whether the table ``fronts`` holds a row for it that may be used."""


@dataclass(frozen=True)
class Incident:
    """One incident and its places."""

    incident_id: str
    title: str
    event_id: str | None
    date_start: date
    date_end: date
    datasets: tuple[str, ...]
    places: tuple[Place, ...]

    @property
    def dated(self) -> bool:
        """Whether its days are known to a week."""
        return (self.date_end - self.date_start).days < MAX_DATE_DAYS

    @property
    def located(self) -> tuple[Place, ...]:
        """Its places that the layer was asked about."""
        return tuple(place for place in self.places if place.shares)

    def share(self, party: str) -> float:
        """Mean over its located places of the share held by the party, in [0, 1]."""
        return fmean(place.shares.get(party, 0.0) for place in self.located)

    @property
    def covered(self) -> bool:
        """Whether the layer covers any of its ground."""
        return bool(self.located) and self.share(UNKNOWN) < 1.0


@dataclass(frozen=True)
class Sample:
    """What one test looks at."""

    event: Event
    layer: str
    weighing: Weighing
    names: Mapping[str, str]
    """Party id → name for the reader."""
    incidents: tuple[Incident, ...]
    """Incidents of the event."""
    others: tuple[Incident, ...]
    """Incidents of the case that belong to no event: what the sources report beside it."""

    @property
    def losing(self) -> str:
        """Name of the party whose ground shrank."""
        return self.names[self.weighing.losing]

    @property
    def advancing(self) -> str:
        """Name of the party whose ground grew."""
        return self.names[self.weighing.advancing]


@dataclass(frozen=True)
class Finding:
    """One result, or a refusal with its counts; the columns of ``findings`` that a test fills."""

    test: str
    question: str
    n: int
    refused: bool
    reading: str
    method: str
    assumptions: tuple[str, ...]
    details: Mapping[str, Any]
    roles: Mapping[str, str]
    """Incident id → used, ambiguous, refused or compared."""
    numbers: Mapping[str, Any] = field(default_factory=dict)
    """estimate, low, high, bound_low, bound_high, unit, interval, p_value, null_model, reporting_term, seed."""


def make_sample(case: Case, weighing: Weighing, layer: str, tables: Mapping[str, pa.Table]) -> Sample:
    """The incidents of a weighing's event, and those of no event, with what the layer says of them."""
    shares: dict[tuple[str, int], dict[str, float]] = defaultdict(dict)
    for row in tables["control"].to_pylist():
        if row["layer"] == layer:
            shares[row["incident_id"], row["place_no"]][row["party"]] = row["p"]
    fronts = {
        (row["incident_id"], row["place_no"]): row for row in tables["fronts"].to_pylist() if row["layer"] == layer
    }
    places: dict[str, list[Place]] = defaultdict(list)
    for row in sorted(tables["incident_places"].to_pylist(), key=lambda row: int(row["place_no"])):
        key = row["incident_id"], row["place_no"]
        # Without a radius nothing says what ground the place may be, and no test may use it.
        usable = row["radius_m"] is not None
        front = fronts.get(key, {}) if usable else {}
        places[row["incident_id"]].append(
            Place(
                place_no=row["place_no"],
                radius_m=row["radius_m"],
                shares=shares.get(key, {}) if usable else {},
                front_m=front.get("front_m"),
                changed_on=front.get("changed_on"),
                changed_to=front.get("changed_to"),
                has_front_row=bool(front),
            )
        )
    incidents = [
        Incident(
            incident_id=row["incident_id"],
            title=row["title"],
            event_id=row["event_id"],
            date_start=row["date_start"],
            date_end=row["date_end"],
            datasets=tuple(row["datasets"]),
            places=tuple(places[row["incident_id"]]),
        )
        for row in sorted(tables["incidents"].to_pylist(), key=lambda row: str(row["incident_id"]))
    ]
    return Sample(
        event=case.event(weighing.event),
        layer=layer,
        weighing=weighing,
        names={**case.party_names, CONTESTED: "contested", UNKNOWN: "not covered by the layer"},
        incidents=tuple(incident for incident in incidents if incident.event_id == weighing.event),
        others=tuple(incident for incident in incidents if incident.event_id is None),
    )


def counted(number: int, noun: str) -> str:
    """Number and noun, in the plural unless it is one.

    >>> counted(1, "incident"), counted(8, "incident")
    ('1 incident', '8 incidents')
    """
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
