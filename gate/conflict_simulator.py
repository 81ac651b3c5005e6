"""Invented conflicts whose truth is known: a front that moves, attacks by a policy, reporters, imprecise rows, layers.

In: :class:`Settings` and a seed. Out: :class:`World`: a case and its tables as the weighing takes them, and the truth
behind them. Refuses: chances outside 0 to 1 and counts below one (``ValueError``). The same settings and seed give the
same world.

The theatre is a plane of 100 by 60 km, laid on the Earth so that a straight line in the plane is straight in longitude
and latitude: points, fronts and polygons then agree to the metre. The advancing party holds the west, the losing party
the east; the front runs from south to north and is pushed east, here and there, with pauses. Maps reach
:data:`MARGIN_M` beyond the theatre and :data:`MARGIN_DAYS` beyond the period, so that no disc and no interval runs off
them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from numpy.typing import NDArray

from contested.base.case import Case, CaseFile
from contested.base.records import CONTESTED, HOLDINGS, INCIDENT_PLACES, INCIDENTS

if TYPE_CHECKING:
    import pyarrow as pa

Reals = NDArray[np.float64]
Whole = NDArray[np.int64]
Mask = NDArray[np.bool_]
Attacks = NDArray[np.void]

#: Size of the theatre, metres: two days' drive, as wide as the fronts of most campaigns.
WIDTH_M, HEIGHT_M = 100_000.0, 60_000.0
#: Ground that the maps cover beyond the theatre: more than the widest radius planted.
MARGIN_M = 40_000.0
#: Days that the maps cover before and after the period: more than the longest interval and lag planted.
MARGIN_DAYS = 31
#: Metres between the corners of the front: fine beside the errors planted.
STEP_M = 2_500.0
#: South-west corner of the theatre: open sea, so that no place on Earth is meant.
LON_0, LAT_0 = -30.0, 20.0
#: Metres in a degree of latitude there, and of longitude in the middle of the theatre. Over the theatre's height the
#: latter changes by 0.2 %, which makes a planted radius wrong by as much.
METRES_LAT, METRES_LON = 110_704.0, 111_320.0 * float(np.cos(np.radians(LAT_0 + 0.27)))
#: Days between two moves of the front: fewer maps, and each is right until the next.
MOVE_DAYS = 4
FIRST_DAY = date(2001, 3, 1)
#: Attacks of one salvo lie so near each other, metres, and on one day: the project's own rule for episodes (within
#: 24 hours and 5 km) then always joins them.
SALVO_M = 1_500.0
EVENT, ADVANCING, LOSING = "event", "west", "east"
TOWNS = 60
#: Attacks as they happened, one a row.
ATTACK = np.dtype([
    ("x_m", "f8"), ("y_m", "f8"), ("day", "i8"), ("is_losing", "?"), ("is_event", "?"), ("episode", "i8"),
])  # fmt: skip


@dataclass(frozen=True)
class Policy:
    """Where attacks of one kind fall."""

    theta: float | None = 0.5
    """Chance that an attack falls in the losing party's area: the truth that is estimated. ``None`` for attacks that
    have nothing to do with the front: anywhere in the theatre, whoever holds it."""
    front_m: float | None = 6_000.0
    """Mean distance to the front, metres; ``None`` for anywhere in the area."""
    towns: bool = False
    """In towns, by their people, in place of anywhere."""
    n: int = 60
    """Attacks reported."""
    salvo_extra: float = 0.0
    """Mean number of further attacks with each (Poisson)."""


@dataclass(frozen=True)
class Reporter:
    """One dataset: its chance to hold an attack, in the losing party's area and of other kinds than the event."""

    chance: float = 0.6
    advancing_ratio: float = 1.0
    """Chance in the advancing party's area over that in the losing party's."""
    event_ratio: float = 1.0
    """Chance for attacks of the event over that for others."""


@dataclass(frozen=True)
class Precision:
    """How exactly a place and a day are known."""

    radius_m: float
    days: int = 1
    share: float = 1.0
    """Share of the rows that have it, where the class does not depend on the place."""
    share_advancing: float | None = None
    """The share in the advancing party's area, where it differs."""


#: Precision as in careful work: most places exact to a street, the rest to a town.
EXACT = (Precision(200.0),)
LOW = (Precision(500.0, 1, 0.7), Precision(3_000.0, 3, 0.3))
#: As in UCDP's Syria: four rows in ten known to a district and a week or worse.
HIGH = (Precision(1_000.0, 1, 0.3), Precision(8_000.0, 3, 0.3), Precision(20_000.0, 7, 0.4))
#: Imprecise in one area only: where the reporters are far.
BY_AREA = (Precision(1_000.0, 1, 0.8, 0.1), Precision(15_000.0, 5, 0.2, 0.9))


@dataclass(frozen=True)
class Map:
    """A layer: how far from the truth."""

    boundary_error_m: float = 0.0
    """Standard deviation of its boundary's displacement, metres."""
    along_m: float = 10_000.0
    """Distance along the front over which the displacement is alike, metres."""
    lag_days: int = 0
    """Days that the map is late; where the case states them, drawn from so many late to so many early."""
    is_stated: bool = True
    """Whether the case states the two errors. A lag that it does not state is always late."""
    every_days: int = 1
    contested_m: float = 0.0
    """Width of the strip that it draws as contested, metres."""


@dataclass(frozen=True)
class Settings:
    """All that a world is made of."""

    event: Policy = field(default_factory=Policy)
    others: Policy = field(default_factory=lambda: Policy(n=120))
    reporters: tuple[Reporter, ...] = (Reporter(), Reporter())
    precisions: tuple[Precision, ...] = EXACT
    maps: tuple[Map, ...] = (Map(),)
    days: int = 60

    def __post_init__(self) -> None:
        shares = [p.theta for p in (self.event, self.others) if p.theta is not None]
        shares += [reporter.chance for reporter in self.reporters]
        if not all(0.0 <= share <= 1.0 for share in shares):
            raise ValueError(f"chances must lie in 0 to 1; found {shares}")
        if min(self.event.n, self.others.n + 1, self.days, len(self.reporters), len(self.maps)) < 1:
            raise ValueError("a world needs at least one attack of the event, one day, one reporter and one map")


@dataclass(frozen=True)
class Truth:
    """What really happened.

    Attributes
    ----------
    attacks
        The attacks that were reported, in the order of the table ``incidents``: columns of :data:`ATTACK`. ``day``
        counts from :data:`FIRST_DAY`; ``episode`` says which salvo.
    front_m
        Where the front ran, x in metres, shape (days, corners), from :data:`MARGIN_DAYS` before the first day.
    reporting_ratio
        Chance that any dataset which tells of the event reports an attack in the advancing party's area, over the same
        in the losing party's; of attacks of other kinds than the event.
    """

    attacks: Attacks
    front_m: Reals
    reporting_ratio: float

    @property
    def realised(self) -> float:
        """Share of the event's reported attacks in the losing party's area."""
        return float(self.attacks["is_losing"][self.attacks["is_event"]].mean())


@dataclass(frozen=True)
class World:
    """A case, its tables, and the truth."""

    case: Case
    tables: Mapping[str, pa.Table]
    truth: Truth
    settings: Settings


def make_world(settings: Settings, seed: int) -> World:
    """An invented conflict: what happened, what was reported of it, and the maps.

    Parameters
    ----------
    settings
        What it is made of.
    seed
        Of everything that is drawn.
    """
    generator = np.random.default_rng(seed)
    front_m = draw_front(settings.days, generator)
    ground = _Ground(front_m, generator)
    attacks, told = _reported(settings.event, True, settings, ground)
    if settings.others.n:
        others, told_too = _reported(settings.others, False, settings, ground)
        others["episode"] += attacks["episode"].max() + 1
        attacks, told = np.concatenate([attacks, others]), np.concatenate([told, told_too])
    # In no order that tells the kinds apart.
    order = generator.permutation(len(attacks))
    tables = _incident_tables(attacks[order], told[order], settings.precisions, generator)
    tables["holdings"] = _holdings(front_m, settings.maps, generator)
    truth = Truth(attacks[order], front_m, reporting_ratio(settings.reporters))
    return World(_case(settings), tables, truth, settings)


def reporting_ratio(reporters: tuple[Reporter, ...]) -> float:
    """Chance to be in any dataset that tells of the event, in the advancing party's area over the losing party's."""
    telling = [r for r in reporters if r.event_ratio]
    missed = np.prod([[1 - r.chance * r.advancing_ratio, 1 - r.chance] for r in telling], axis=0)
    return float((1 - missed[0]) / (1 - missed[1]))


def draw_front(days: int, generator: np.random.Generator) -> Reals:
    """Where a front runs, x in metres by day and corner: wavy, pushed east by a few offensives with pauses between."""
    y = np.arange(0.0, HEIGHT_M + 1.0, STEP_M)
    waves = sum(
        generator.normal(0, 4_000.0 / k) * np.sin(np.pi * k * y / HEIGHT_M + generator.uniform(0, 2 * np.pi))
        for k in (1, 2, 3, 5)
    )
    day = np.arange(-MARGIN_DAYS, days + MARGIN_DAYS)[:, None] // MOVE_DAYS * MOVE_DAYS
    front = np.broadcast_to(35_000.0 + waves, (len(day), len(y))).copy()
    for _ in range(4):
        starts, lasts = generator.uniform(0, days), generator.uniform(5, 15)
        reach = generator.uniform(3_000, 12_000) * np.exp(
            -0.5 * ((y - generator.uniform(0, HEIGHT_M)) / generator.uniform(5_000, 15_000)) ** 2
        )
        front += reach * np.clip((day - starts) / lasts, 0.0, 1.0)
    return np.clip(front, 10_000.0, 90_000.0)


class _Ground:
    """The true ground: the front, the towns and their people."""

    def __init__(self, front_m: Reals, generator: np.random.Generator) -> None:
        self.front_m, self.generator = front_m, generator
        self.towns = generator.uniform((0, 0), (WIDTH_M, HEIGHT_M), (TOWNS, 2))
        people = generator.pareto(1.5, TOWNS) + 1.0
        self.weights = people / people.sum()

    def front_at(self, y_m: Reals, day: Whole) -> Reals:
        """Where the front runs, x in metres, straight between its corners."""
        at = np.clip(y_m / STEP_M, 0, self.front_m.shape[1] - 1.001)
        low = at.astype(np.int64)
        rows = self.front_m[day + MARGIN_DAYS]
        left, right = (np.take_along_axis(rows, k[:, None], axis=1)[:, 0] for k in (low, low + 1))
        found: Reals = left + (at - low) * (right - left)
        return found

    def draw(self, policy: Policy, days: int, n: int) -> Attacks:
        """Attacks by a policy, reported or not; each where its area was drawn to lie, however often it takes."""
        generator = self.generator
        made = np.zeros(n, dtype=ATTACK)
        made["day"] = generator.integers(0, days, n)
        made["is_losing"] = generator.random(n) < (policy.theta or 0.0)
        todo = np.arange(n)
        while len(todo):
            x, y = self._somewhere(policy, made[todo])
            losing = x > self.front_at(y, made["day"][todo])
            fits = (x >= 0) & (x <= WIDTH_M) & (y >= 0) & (y <= HEIGHT_M)
            if policy.theta is not None:
                fits &= losing == made["is_losing"][todo]
            row = todo[fits]
            made["x_m"][row], made["y_m"][row], made["is_losing"][row] = x[fits], y[fits], losing[fits]
            todo = todo[~fits]
        return made

    def _somewhere(self, policy: Policy, made: Attacks) -> tuple[Reals, Reals]:
        n = len(made)
        if policy.towns:
            x, y = self.towns[self.generator.choice(TOWNS, n, p=self.weights)].T
            return x + self.generator.normal(0, 800.0, n), y + self.generator.normal(0, 800.0, n)
        y = self.generator.uniform(0, HEIGHT_M, n)
        if policy.front_m is None or policy.theta is None:
            return self.generator.uniform(0, WIDTH_M, n), y
        away = self.generator.exponential(policy.front_m, n) * np.where(made["is_losing"], 1.0, -1.0)
        return self.front_at(y, made["day"]) + away, y


def _reported(policy: Policy, is_event: bool, settings: Settings, ground: _Ground) -> tuple[Attacks, Mask]:
    """The first ``n`` attacks that any dataset holds, and which hold them, shape (n, datasets)."""
    generator = ground.generator
    chance = np.array([r.chance * (r.event_ratio if is_event else 1.0) for r in settings.reporters])
    ratio = np.array([r.advancing_ratio for r in settings.reporters])
    found: list[Attacks] = []
    told: list[Mask] = []
    episodes = 0
    while sum(map(len, found)) < policy.n:
        first = ground.draw(policy, settings.days, 2 * policy.n)
        first["episode"] = episodes + np.arange(len(first))
        episodes += len(first)
        made = np.repeat(first, 1 + generator.poisson(policy.salvo_extra, len(first)))
        made["is_event"] = is_event
        _scatter(made, ground)
        chances = chance * np.where(made["is_losing"][:, None], 1.0, ratio)
        held = generator.random(chances.shape) < chances
        found.append(made[held.any(axis=1)])
        told.append(held[held.any(axis=1)])
    return np.concatenate(found)[: policy.n], np.concatenate(told)[: policy.n]


def _scatter(made: Attacks, ground: _Ground) -> None:
    """Move the further attacks of each salvo off its first, within the same area."""
    more = np.flatnonzero(np.diff(made["episode"], prepend=-1) == 0)
    x, y = _in_disc(np.full(len(more), SALVO_M), ground.generator)
    x, y = made["x_m"][more] + x, np.clip(made["y_m"][more] + y, 0, HEIGHT_M)
    stays = (x > ground.front_at(y, made["day"][more])) == made["is_losing"][more]
    made["x_m"][more[stays]], made["y_m"][more[stays]] = x[stays], y[stays]


def _in_disc(radius_m: Reals, generator: np.random.Generator) -> tuple[Reals, Reals]:
    """Offsets evenly spread over discs."""
    away = radius_m * np.sqrt(generator.random(len(radius_m)))
    turn = generator.uniform(0, 2 * np.pi, len(radius_m))
    return away * np.cos(turn), away * np.sin(turn)


def _incident_tables(
    attacks: Attacks, told: Mask, precisions: tuple[Precision, ...], generator: np.random.Generator
) -> dict[str, pa.Table]:
    """The attacks as a merged case holds them: moved within their radius, their day within an interval."""
    shares = np.array([
        [p.share for p in precisions],
        [p.share if p.share_advancing is None else p.share_advancing for p in precisions],
    ])  # fmt: skip
    classes = (generator.random(len(attacks))[:, None] > np.cumsum(shares, axis=1)[1 - attacks["is_losing"]]).sum(
        axis=1
    )
    classes = np.minimum(classes, len(precisions) - 1)
    radius = np.array([p.radius_m for p in precisions])[classes]
    span = np.array([p.days for p in precisions])[classes]
    x, y = _in_disc(radius, generator)
    lon = LON_0 + (attacks["x_m"] + x) / METRES_LON
    lat = LAT_0 + (attacks["y_m"] + y) / METRES_LAT
    start = attacks["day"] - generator.integers(0, span)
    incidents, places = [], []
    for row in range(len(attacks)):
        name = f"incident-{row:05d}"
        first = FIRST_DAY + timedelta(days=int(start[row]))
        is_event = bool(attacks["is_event"][row])
        datasets = [f"reporter-{number}" for number in np.flatnonzero(told[row]).tolist()]
        incidents.append({
            "incident_id": name, "title": name, "kind": "weighed" if is_event else "other",
            "event_id": EVENT if is_event else None, "date_start": first,
            "date_end": first + timedelta(days=int(span[row]) - 1),
            "records": [f"{dataset}:{row}" for dataset in datasets], "datasets": datasets, "n_places": 1,
            "toll_conflict": False, "grade": "reported", "grade_rule": "invented", "publish": True,
        })  # fmt: skip
        places.append({
            "incident_id": name, "place_no": 1, "record_id": f"{datasets[0]}:{row}", "lon": float(lon[row]),
            "lat": float(lat[row]), "radius_m": float(radius[row]),
        })  # fmt: skip
    return {"incidents": INCIDENTS.from_rows(incidents), "incident_places": INCIDENT_PLACES.from_rows(places)}


def _holdings(front_m: Reals, maps: tuple[Map, ...], generator: np.random.Generator) -> pa.Table:
    rows: list[dict[str, Any]] = []
    for number, drawn in enumerate(maps, start=1):
        error = drawn.boundary_error_m * _smooth(front_m.shape[1], drawn.along_m / STEP_M, generator)
        days = _changes(front_m[:: drawn.every_days]) * drawn.every_days
        lag = drawn.lag_days
        if drawn.is_stated:
            lag = int(generator.integers(-lag, lag + 1))
        front = front_m[np.clip(days - lag, 0, len(front_m) - 1)] + error
        half = drawn.contested_m / 2
        shapes = [(ADVANCING, -MARGIN_M, front - half), (LOSING, front + half, WIDTH_M + MARGIN_M)]
        if half:
            shapes.append((CONTESTED, front - half, front + half))
        # A map stands until the day before the next one.
        last = np.append(days[1:], len(front_m)) - 1
        for holder, west, east in shapes:
            for first, until, geometry in zip(days, last, shapely.to_wkb(_between(west, east)), strict=True):
                rows.append({
                    "layer": f"map-{number}", "holding_no": len(rows) + 1, "holder": holder,
                    "valid_from": _day(first), "valid_to": _day(until), "geometry": geometry,
                    "original_path": f"layers/map-{number}", "original_row": len(rows) + 1, "made_by": "geojson",
                })  # fmt: skip
    return HOLDINGS.from_rows(rows)


def _changes(front: Reals) -> Whole:
    """Rows in which the front lies otherwise than in the row before; in a pause one map stands."""
    return np.flatnonzero(np.append(True, (front[1:] != front[:-1]).any(axis=1)))


def _day(row: int) -> date:
    return FIRST_DAY + timedelta(days=int(row) - MARGIN_DAYS)


def _smooth(corners: int, along: float, generator: np.random.Generator) -> Reals:
    """A smooth random displacement along the front with standard deviation 1."""
    reach = int(4 * along) + 1
    kernel = np.exp(-((np.arange(-reach, reach + 1) / max(along, 1e-9)) ** 2))
    kernel /= np.sqrt((kernel**2).sum())
    found: Reals = np.convolve(generator.normal(size=corners + 2 * reach), kernel, mode="valid")
    return found


def _between(west: Reals | float, east: Reals | float) -> NDArray[Any]:
    """Polygons between two lines from south to north, or a line and a straight edge, one a day."""
    west, east = np.broadcast_arrays(west, east)
    y = np.arange(west.shape[1]) * STEP_M
    # The ends reach beyond the theatre as the outermost corners lie.
    y = np.concatenate([[-MARGIN_M], y, [HEIGHT_M + MARGIN_M]])
    west, east = (np.pad(side, ((0, 0), (1, 1)), mode="edge") for side in (west, east))
    x = np.concatenate([west, east[:, ::-1], west[:, :1]], axis=1)
    ring = np.concatenate([y, y[::-1], y[:1]])
    corners = np.stack([LON_0 + x / METRES_LON, np.broadcast_to(LAT_0 + ring / METRES_LAT, x.shape)], axis=-1)
    return shapely.polygons(corners)


def _case(settings: Settings) -> Case:
    names = [f"map-{number}" for number in range(1, len(settings.maps) + 1)]
    layers: list[dict[str, Any]] = [{"name": name, "form": "geojson", "path": f"layers/{name}"} for name in names]
    for layer, drawn in zip(layers, settings.maps, strict=True):
        if drawn.is_stated:
            layer |= {"error_m": drawn.boundary_error_m, "lag_days": drawn.lag_days}
    last = FIRST_DAY + timedelta(days=settings.days - 1)
    west, east = (LON_0 + x / METRES_LON for x in (-MARGIN_M, WIDTH_M + MARGIN_M))
    south, north = (LAT_0 + y / METRES_LAT for y in (-MARGIN_M, HEIGHT_M + MARGIN_M))
    file = CaseFile.model_validate({
        "format": 1, "title": "An invented conflict", "purpose": "to know the truth",
        "window": {"from": _day(0), "to": last + timedelta(days=MARGIN_DAYS)},
        "region": {"name": "the theatre", "box": (west, south, east, north)},
        "parties": [{"id": ADVANCING, "name": "the West"}, {"id": LOSING, "name": "the East"}],
        "events": [{
            "id": EVENT, "title": "the attacks", "kind": "weighed", "place": "the theatre",
            "from": FIRST_DAY, "to": last,
        }],
        "layers": layers,
        "weighing": [{"event": EVENT, "layer": name, "advancing": ADVANCING, "losing": LOSING} for name in names],
    })  # fmt: skip
    return Case(Path("invented"), file, Path("invented"))
