"""Places with their names: where a name can be looked up.

In: the world's places (:mod:`contested.incidents.world_places`), a case's own list, and points that its datasets give.
Out: a :class:`Gazetteer`, which gives the places of a name by its exact key or, in the case's region, by its sound.
Refuses: nothing; a package that is not installed leaves its places out, and ``missing`` says so.
"""

from __future__ import annotations

import gc
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields
from functools import cache, cached_property
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from contested.base.places import Box
from contested.base.transliteration import fold_script, sound_keys

#: Kinds of places, from the widest to the narrowest.
KINDS = ("continent", "country", "admin1", "admin2", "town", "place", "neighbourhood")
#: Radius in metres of a case's own place that gives none, by its kind. ``None``: too wide for any test.
RADIUS_M: dict[str, float | None] = {
    "continent": None, "country": None, "admin1": 100_000.0, "admin2": 25_000.0, "town": 3_000.0,
    "place": 1_000.0, "neighbourhood": 1_000.0,
}  # fmt: skip
#: Most places of the world that are also indexed by sound: the region of a case, not the world.
MAX_SOUNDED = 60_000
#: Degrees around the region whose places are indexed by sound as well: places just outside are named too.
MARGIN_DEGREES = 0.5

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Place:
    """One place of a gazetteer; longitude and latitude in WGS 84 degrees."""

    name: str
    lon: float
    lat: float
    radius_m: float | None
    """Metres that it reaches around its point; ``None`` when it is too wide for any test."""
    kind: str
    """One of :data:`KINDS`."""
    source: str
    other_names: tuple[str, ...] = ()
    population: int = 0
    """0 when it is not known."""
    country: str = ""
    """ISO 3166 code of two letters; empty when it is not known."""
    division: str = ""
    """Code of the first-order division that it lies in or is (``SY.09``); empty when it is not known."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Places, a list or an array a column: they are too many for an object each."""

    name: list[str]
    other_names: list[Sequence[str]]
    lon: Floats
    lat: Floats
    radius_m: Floats
    """Metres; NaN for none."""
    population: Floats
    kind: NDArray[np.int8]
    """Place in :data:`KINDS`."""
    country: NDArray[np.str_]
    division: NDArray[np.str_]
    source: list[str]

    def place(self, row: int) -> Place:
        """One row as a place."""
        radius_m = float(self.radius_m[row])
        return Place(
            self.name[row], float(self.lon[row]), float(self.lat[row]), None if np.isnan(radius_m) else radius_m,
            KINDS[self.kind[row]], self.source[row], tuple(self.other_names[row]), int(self.population[row]),
            str(self.country[row]), str(self.division[row]),
        )  # fmt: skip


def in_columns(places: Sequence[Place]) -> Columns:
    """Places as columns."""
    numbers = np.array(
        [(p.lon, p.lat, np.nan if p.radius_m is None else p.radius_m, p.population) for p in places], dtype=np.float64
    ).reshape(-1, 4)
    return Columns(
        [p.name for p in places], [p.other_names for p in places],
        numbers[:, 0], numbers[:, 1], numbers[:, 2], numbers[:, 3],
        np.array([KINDS.index(p.kind) for p in places], dtype=np.int8),
        np.array([p.country for p in places], dtype=np.str_), np.array([p.division for p in places], dtype=np.str_),
        [p.source for p in places],
    )  # fmt: skip


def joined(parts: Sequence[Columns]) -> Columns:
    """The rows of several columns, in order."""
    whole: dict[str, Any] = {}
    for column in fields(Columns):
        values = [getattr(part, column.name) for part in parts]
        arrays = isinstance(values[0], np.ndarray)
        whole[column.name] = np.concatenate(values) if arrays else list(chain.from_iterable(values))
    return Columns(**whole)


@dataclass(frozen=True, eq=False)
class Gazetteer:
    """The world's places, a case's own after them, and the indexes of their names."""

    columns: Columns
    n_world: int
    missing: tuple[str, ...] = ()
    """What is not looked up since its package is not installed, in words."""
    region: Box | None = None
    _index: dict[str, int | list[int]] = field(default_factory=dict, repr=False)

    def with_own(self, own: Sequence[Place], region: Box | None = None) -> Gazetteer:
        """The same world with a case's own places, and the box whose places are also found by sound."""
        columns = joined([self.columns, in_columns(own)]) if own else self.columns
        return Gazetteer(columns, self.n_world, self.missing, region or self.region, self._index)

    def place(self, row: int) -> Place:
        """The place with the number."""
        return self.columns.place(row)

    def named(self, key: str) -> list[int]:
        """Numbers of the places that bear a name, by its key of :func:`contested.base.transliteration.fold_script`."""
        found = self._index.get(key, [])
        return list(dict.fromkeys([*([found] if isinstance(found, int) else found), *self._own_names.get(key, ())]))

    def sounding(self, key: str) -> list[int]:
        """Numbers of the places of the region, and of own ones, whose name has the key of sounds."""
        return self._sounds.get(key, [])

    def names(self, row: int) -> tuple[str, ...]:
        """All names of a place, its first one first."""
        return (self.columns.name[row], *self.columns.other_names[row])

    @cached_property
    def local(self) -> list[int]:
        """Numbers of the region's places and of own ones; only of own ones when the region holds too many."""
        rows = list(range(self.n_world, len(self.columns.name)))
        if self.region is not None:
            west, south, east, north = self.region
            lon, lat = self.columns.lon[: self.n_world], self.columns.lat[: self.n_world]
            found = np.flatnonzero(
                (lon >= west - MARGIN_DEGREES) & (lon <= east + MARGIN_DEGREES)
                & (lat >= south - MARGIN_DEGREES) & (lat <= north + MARGIN_DEGREES)
            )  # fmt: skip
            if len(found) <= MAX_SOUNDED:
                rows = [*found.tolist(), *rows]
        return rows

    @cached_property
    def local_rows(self) -> frozenset[int]:
        """The numbers of :attr:`local`, to ask whether one is among them."""
        return frozenset(self.local)

    @cached_property
    def _own_names(self) -> dict[str, list[int]]:
        rows = range(self.n_world, len(self.columns.name))
        return _grouped((fold_script(name), row) for row in rows for name in self.names(row))

    @cached_property
    def _sounds(self) -> dict[str, list[int]]:
        return _grouped((key, row) for row in self.local for name in self.names(row) for key in sound_keys(name))


def _grouped(pairs: Iterable[tuple[str, int]]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for key, row in pairs:
        if key and row not in (rows := found.setdefault(key, [])):
            rows.append(row)
    return found


@cache
def load_gazetteer() -> Gazetteer:
    """The world's places from the packages that are installed; read once, in a few seconds."""
    from contested.incidents.world_places import read_world

    # A million small objects are made and kept: looking for garbage among them takes as long as making them.
    collecting = gc.isenabled()
    gc.disable()
    try:
        columns, missing = read_world()
        return index_places(columns, missing)
    finally:
        if collecting:
            gc.enable()


def index_places(columns: Columns, missing: tuple[str, ...] = ()) -> Gazetteer:
    """A gazetteer of these places, found by all their names."""
    return Gazetteer(columns, len(columns.name), missing, None, _index_names(columns))


def _index_names(columns: Columns) -> dict[str, int | list[int]]:
    """Key of a name → the numbers of its places; a bare number for one, since most names have one."""
    found: dict[str, int | list[int]] = {}
    # Plain letters by themselves, since folding a text with one other letter costs four times as much.
    names: dict[bool, list[str]] = {True: [], False: []}
    rows: dict[bool, list[int]] = {True: [], False: []}
    for row, first in enumerate(columns.name):
        for name in (first, *columns.other_names[row]):
            plain = name.isascii()
            names[plain].append(name)
            rows[plain].append(row)
    for plain in (True, False):
        keys = fold_script("\n".join([name.replace("\n", " ") for name in names[plain]])).split("\n")
        for key, row in zip(keys, rows[plain], strict=bool(rows[plain])):
            known = found.setdefault(key, row)
            if isinstance(known, int):
                if known != row:
                    found[key] = [known, row]
            elif known[-1] != row:
                known.append(row)
    found.pop("", None)
    return found
