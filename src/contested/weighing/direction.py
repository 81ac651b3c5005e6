"""In which direction the front moved, and in which the attacks did.

In: places and days of attacks, and of passings to the advancing party, as arrays. Out: :class:`Directions`. Refuses:
places all in one spot, days all the same, fewer than three of either (:class:`~contested.base.errors.WeighingError`).

The way of a set of dated places is the slope of position on day by least squares, metres a day east and north: the
line along which later places lie. The axis of advance is the way of the places that fell.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import permutations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from contested.base.errors import WeighingError
from contested.base.places import M_PER_DEGREE
from contested.weighing.nulls import (
    DRAWS,
    EXACT_ORDERS_UP_TO,
    SEED,
    TOLERANCE,
    kendall_tau_b,
    order_chance,
)

Reals = NDArray[np.float64]

#: Fewest dated places with a way: two lie on a line in any case.
MIN_PLACES = 3
#: Places spread less than this lie in one spot, metres: points are no finer.
ONE_SPOT_M = 1.0
#: Places of which an order along the axis is looked at: pairs times draws are then done in two seconds.
MOST_ORDERED = 200
#: Numbers of a draw held at a time.
_MOST_HELD = 1 << 22


@dataclass(frozen=True)
class Way:
    """Where later places lie: bearing in degrees clockwise from north, and metres a day along it."""

    bearing_deg: float
    m_per_day: float


@dataclass(frozen=True)
class Directions:
    """Both ways, and how far they agree.

    Attributes
    ----------
    advance, attacks
        The ways of the places that fell, and of the attacks.
    angle_deg
        Between them, 0 to 180.
    p_angle
        Share of the orders of the attacks' days, their places kept, that make an angle no larger.
    tau_attacks, p_attacks
        Kendall's tau-b of the day of attack with the position along the axis of advance, and the share of orders with
        one at least as high, of at most 200 evenly chosen attacks; ``None`` when there is no order.
    tau_advance
        The same of the day of fall: how straight the advance was. It is high by construction, since the axis is drawn
        through these very places.
    n_attacks, n_falls
        Places of either.
    seed
        Seed when orders were drawn, else ``None``: all were counted.
    """

    advance: Way
    attacks: Way
    angle_deg: float
    p_angle: float
    tau_attacks: float | None
    p_attacks: float | None
    tau_advance: float | None
    n_attacks: int
    n_falls: int
    seed: int | None


def compare_directions(
    attacks: tuple[ArrayLike, ArrayLike, ArrayLike],
    falls: tuple[ArrayLike, ArrayLike, ArrayLike],
    weights: ArrayLike | None = None,
    seed: int = SEED,
) -> Directions:
    """The way of the attacks beside that of the front.

    Parameters
    ----------
    attacks, falls
        Longitudes, latitudes (WGS 84 degrees) and whole days of attacks, and of places that passed.
    weights
        Weight of each fallen place, for instance its area; all alike when left out.
    seed
        Used beyond nine attacks, whose orders are drawn.

    Raises
    ------
    WeighingError
        When either has fewer than three places, or lies all in one spot or on one day.
    """
    lon, lat, day = (np.asarray(values, dtype=np.float64) for values in attacks)
    fell_lon, fell_lat, fell_day = (np.asarray(values, dtype=np.float64) for values in falls)
    if not len(fell_lon):
        raise WeighingError(f"no place passed to the advancing party; a direction needs {MIN_PLACES}")
    middle = _middle(fell_lon, fell_lat)
    there, here = _metres(fell_lon, fell_lat, middle), _metres(lon, lat, middle)
    heavy = np.ones(len(there)) if weights is None else np.asarray(weights, dtype=np.float64)
    advance = _slope(there, fell_day, heavy, "places that passed")
    moved = _slope(here, day, np.ones(len(here)), "attacks")
    p_angle, drawn = _angle_chance(here, day, advance, seed)
    axis = advance / np.hypot(*advance)
    kept = _thinned(len(here))
    tau, p_tau = _order_along(day[kept], (here @ axis)[kept], seed)
    among = _thinned(len(there))
    tau_advance, _ = _order_along(fell_day[among], (there @ axis)[among], seed, chance=False)
    return Directions(
        _way(advance), _way(moved), _angle(moved, advance), p_angle, tau, p_tau, tau_advance,
        len(here), len(there), seed if drawn else None,
    )  # fmt: skip


def _middle(lon: Reals, lat: Reals) -> tuple[float, float]:
    """Middle of places, safe at the antimeridian."""
    east = (lon - lon[0] + 180.0) % 360.0 - 180.0
    return float((lon[0] + east.mean() + 180.0) % 360.0 - 180.0), float(lat.mean())


def _metres(lon: Reals, lat: Reals, middle: tuple[float, float]) -> Reals:
    """Metres east and north of the middle, shape (n, 2), by a local scale: within 1 % up to 200 km at 60 degrees."""
    east = (lon - middle[0] + 180.0) % 360.0 - 180.0
    return np.column_stack([east * np.cos(np.radians(middle[1])), lat - middle[1]]) * M_PER_DEGREE


def _slope(places: Reals, day: Reals, weights: Reals, what: str) -> Reals:
    """Metres east and north a day."""
    if len(day) < MIN_PLACES:
        raise WeighingError(f"there are {len(day)} {what}; a direction needs {MIN_PLACES}")
    total = weights.sum()
    days = day - (weights @ day) / total
    apart = places - (weights @ places) / total
    if np.abs(apart).max() < ONE_SPOT_M:
        raise WeighingError(f"all {len(day)} {what} lie in one spot, so that they have no direction")
    spread = weights @ days**2
    if not spread > 0.0:
        raise WeighingError(f"all {len(day)} {what} are of one day, so that they have no direction")
    slope: Reals = (weights * days) @ apart / spread
    if np.hypot(*slope) <= TOLERANCE * np.abs(apart).max():
        raise WeighingError(f"the {len(day)} {what} do not lie further on in any direction as days go by")
    return slope


def _way(slope: Reals) -> Way:
    return Way(float(np.degrees(np.arctan2(slope[0], slope[1])) % 360.0), float(np.hypot(*slope)))


def _angle(a: Reals, b: Reals) -> float:
    cosine = float(a @ b / (np.hypot(*a) * np.hypot(*b)))
    return float(np.degrees(np.arccos(np.clip(cosine, -1.0, 1.0))))


def _angle_chance(places: Reals, day: Reals, advance: Reals, seed: int) -> tuple[float, bool]:
    """Share of the orders of the days with no larger angle to the advance, and whether orders were drawn."""
    n = len(day)
    axis = advance / np.hypot(*advance)
    across = np.array([-axis[1], axis[0]])
    # A slope is in proportion to the sum of days times position; so is its part along the axis.
    apart = np.column_stack([places @ axis, places @ across])
    apart -= apart.mean(axis=0)
    exact = n <= EXACT_ORDERS_UP_TO
    if exact:
        sums = day[np.array(list(permutations(range(n))))] @ apart
    else:
        generator = np.random.default_rng(seed)
        size = max(1, _MOST_HELD // n)
        parts = [
            generator.permuted(np.tile(day, (min(size, DRAWS - begin), 1)), axis=1) @ apart
            for begin in range(0, DRAWS, size)
        ]
        sums = np.concatenate(parts)
    own = day @ apart
    away = np.abs(np.arctan2(sums[:, 1], sums[:, 0]))
    # An order without any slope has no angle, and counts as turned half round.
    away[np.hypot(sums[:, 0], sums[:, 1]) <= TOLERANCE * np.abs(apart).max()] = np.pi / 2
    hits = int(np.count_nonzero(away <= abs(np.arctan2(own[1], own[0])) + TOLERANCE))
    return (hits / len(sums) if exact else (hits + 1) / (len(sums) + 1)), not exact


def _thinned(n: int) -> NDArray[np.intp]:
    """All numbers, or evenly chosen ones where an order test would look at too many pairs."""
    return np.unique(np.linspace(0, n - 1, min(n, MOST_ORDERED)).astype(np.intp))


def _order_along(day: Reals, along: Reals, seed: int, chance: bool = True) -> tuple[float | None, float | None]:
    try:
        tau = kendall_tau_b(day, along)
    except WeighingError:
        return None, None
    # To the metre, so that places in one spot are tied.
    metres = np.round(along).astype(np.int64).tolist()
    return tau, order_chance(day.astype(np.int64).tolist(), metres, seed=seed).p_greater if chance else None
