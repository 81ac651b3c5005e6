"""Possible pairs: which records lie near enough in space and time to tell of one event.

In: points with radii and intervals of days, of one table or two. Out: row numbers of every possible pair, each once,
sorted. Refuses: what is no point, radius or interval, and more pairs than fit in the memory that was allowed.

A pair is possible when the geodesic between the points is no longer than both radii and a slack together, and the
intervals, drawn apart by a slack of days, overlap. A fixed window of R kilometres and W days is the case in which
every radius is R/2 and the slacks are 0 and W.

Rows are sorted into classes by radius, each class twice as wide as the one before, and each class into cubes of
Earth-centred space as wide as its reach. A row asks the classes of its own radius or greater: in each, what it can
reach lies in its own cube and the 26 around it. So one country-wide record widens no cell but its own, and poles and
the antimeridian are places like any other. In a cube, rows stand by length of interval, in classes, then by first day,
and are found by bisection. The straight line between two points bounds the geodesic from below, the arc over it at the
greatest curvature of the ellipsoid from above; in the millimetres between the two, the geodesic itself is asked.

The loop is compiled where the extra ``fast`` is installed and rows are many; else numpy does the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from contested.base.compiled import is_worthwhile
from contested.base.errors import RecordError
from contested.base.places import from_centre, geodesic_m, wgs84

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Whole = NDArray[np.int64]
    Reals = NDArray[np.float64]

#: Which pairs are meant where rows name their dataset.
Datasets = Literal["different", "same", "any"]
_DATASETS: dict[Datasets, int] = {"any": 0, "different": 1, "same": 2}

#: Metres added to the radii: two gazetteers' points of one neighbourhood of Aleppo lay 0.7 km apart,
#: with radii of their own; half a kilometre covers what the radii leave.
SLACK_M = 500.0
#: Days that may lie between two intervals: an attack at night is reported under either day.
SLACK_DAYS = 1
#: Most bytes that finding and giving the pairs may take, unless told: 60 million pairs.
MEMORY_BYTES = 2 << 30
#: Bytes that one pair takes at the peak: its number twice, its two rows.
_BYTES_PER_PAIR = 32

#: Smallest side of a cube, metres: so that three coordinates of cubes fit into one key of 63 bits.
_SMALLEST_SIDE_M = 100.0
#: Bits of one coordinate of a cube (the Earth is 128,000 smallest sides wide) and of a class of intervals, in one key
#: of 63; the compiled loop uses the same.
_BITS, _LENGTH_BITS = 20, 3
#: Greatest distance of a point from the Earth's centre, rounded up, metres.
_EARTH_M = 6_400_000.0
#: More than Earth-centred coordinates and geodesics are out by, metres (some 10 nanometres).
_TOLERANCE_M = 1e-6
#: Longest straight line, metres, for which the arc at the greatest curvature bounds the geodesic (short of antipodes).
_LONGEST_LINE_M = 10_000_000.0
#: Each class of intervals is so many times as long as the one before, the first so many days: more classes are more to
#: ask, fewer are more to pass over. When changed: run benchmarks/linking.py.
_LONGER = 8.0
#: Pairs looked at in one go.
_BLOCK = 1 << 20


@dataclass(frozen=True)
class Placed:
    """Rows with a place and a time, as arrays of one length.

    Attributes
    ----------
    lon, lat
        WGS 84 degrees.
    radius_m
        Radius that the place must be drawn from, metres, 0 or more.
    first_day, last_day
        The interval, both included, in days from any one day (``date.toordinal``, ``datetime64[D]`` as integers).
    dataset
        Number of each row's dataset; ``None`` when rows of one table may pair as they like.

    Raises
    ------
    RecordError
        On arrays of unequal length, a value that is not finite or out of range, and an interval that ends before it
        begins; the message names the first such row.
    """

    lon: Reals
    lat: Reals
    radius_m: Reals
    first_day: Whole
    last_day: Whole
    dataset: Whole | None = None

    def __post_init__(self) -> None:
        rows = len(self.lon)
        for name, value in vars(self).items():
            if value is not None and value.shape != (rows,):
                raise RecordError(f"{name} has the shape {value.shape}; expected ({rows},), as lon has")
        wrong = {
            "lon": (~(np.abs(self.lon) <= 180.0), "outside [-180, 180] degrees"),
            "lat": (~(np.abs(self.lat) <= 90.0), "outside [-90, 90] degrees"),
            "radius_m": (
                ~((self.radius_m >= 0.0) & np.isfinite(self.radius_m)),
                "no radius; expected metres, 0 or more",
            ),
            "last_day": (self.last_day < self.first_day, "before first_day"),
        }
        for name, (bad, fault) in wrong.items():
            if bad.any():
                row = int(np.flatnonzero(bad)[0])
                raise RecordError(
                    f"row {row}: {name} {getattr(self, name)[row]:g} is {fault}; leave the row out or mend it"
                )

    def __len__(self) -> int:
        return len(self.lon)


@dataclass(frozen=True)
class Pairs:
    """Row numbers of possible pairs, sorted by ``left``, then ``right``; within one table ``left < right``."""

    left: Whole
    right: Whole

    def __len__(self) -> int:
        return len(self.left)


def candidate_pairs(
    left: Placed, right: Placed | None = None, *, slack_m: float = SLACK_M, slack_days: int = SLACK_DAYS,
    datasets: Datasets = "different", memory_bytes: int = MEMORY_BYTES,
) -> Pairs:  # fmt: skip
    """Every possible pair, each once, in an order that depends on row numbers only.

    Parameters
    ----------
    left, right
        Rows; without ``right``, pairs within ``left``.
    slack_m
        Metres added to both radii.
    slack_days
        Days that may lie between the intervals, less one: 0 asks for a common day, 1 allows neighbouring days.
    datasets
        Which pairs are meant where both sides name their datasets.
    memory_bytes
        Most bytes that the pairs may take.

    Raises
    ------
    RecordError
        On a slack that is negative or not finite, and when the pairs would take more memory than allowed; the message
        says how many there are.
    """
    search = _Search(left, right, slack_m, slack_days, datasets)
    blocks, found = [np.empty(0, dtype=np.int64)], 0
    for block in search.blocks():
        found += len(block)
        if found * _BYTES_PER_PAIR > memory_bytes:
            whole = count_pairs(left, right, slack_m=slack_m, slack_days=slack_days, datasets=datasets)
            raise RecordError(
                f"{whole:,} pairs are possible, which take {whole * _BYTES_PER_PAIR / 2**20:,.0f} MiB; expected at "
                f"most {memory_bytes / 2**20:,.0f} MiB (memory_bytes). Records with wide radii or long intervals pair "
                "with everything: leave them out, narrow the window, or allow more"
            )
        blocks.append(block)
    numbers = np.concatenate(blocks)
    del blocks
    numbers.sort()
    one = numbers // search.factor
    numbers -= one * search.factor
    return Pairs(one, numbers)


def count_pairs(
    left: Placed, right: Placed | None = None, *, slack_m: float = SLACK_M, slack_days: int = SLACK_DAYS,
    datasets: Datasets = "different",
) -> int:  # fmt: skip
    """How many pairs :func:`candidate_pairs` gives, exactly, in memory that does not grow with them."""
    return sum(len(block) for block in _Search(left, right, slack_m, slack_days, datasets).blocks())


@dataclass(frozen=True)
class _Group:
    """Rows ``start`` to ``end`` of a side that are of one class of radii, in runs: one cube and class of intervals."""

    start: int
    end: int
    radius_class: int
    side_m: float
    runs: Whole
    """Keys of the runs, ascending: coordinates of the cube, then the class of intervals."""
    starts: Whole
    """First row of each run, from ``start`` on, and the row after the last."""


@dataclass(frozen=True)
class _Side:
    """One table's rows by class of radii, cube, class of intervals and first day."""

    points: Reals
    """Earth-centred x, y, z and the radius, metres."""
    days: Whole
    """First day, last day, row, dataset."""
    latest: Whole
    """Latest day of each row and those before it in its run."""
    groups: list[_Group]

    def before_class(self, radius_class: int) -> int:
        """The first row whose class of radii is not below the one given."""
        return next((group.start for group in self.groups if group.radius_class >= radius_class), len(self.days))


class _Search:
    """Two sides, or one against itself, ready to be asked."""

    def __init__(self, left: Placed, right: Placed | None, slack_m: float, slack_days: int, datasets: Datasets) -> None:
        if not (np.isfinite(slack_m) and slack_m >= 0 and slack_days >= 0):
            raise RecordError(
                f"slack_m {slack_m:g} or slack_days {slack_days} is negative or not finite; expected 0 or more"
            )
        self.places = (left, left if right is None else right)
        named = all(side.dataset is not None for side in self.places)
        self.slack_m, self.slack_days = float(slack_m), int(slack_days)
        self.datasets = _DATASETS[datasets] if named else 0
        self.factor = max(1, len(self.places[1]))
        # One scale of classes for both sides; the widest of each class, over both, sets its cubes.
        classes = [_radius_classes(side.radius_m, self.slack_m) for side in self.places]
        widest: dict[int, float] = {}
        for side, of in zip(self.places, classes, strict=True):
            for number in np.unique(of).tolist():
                widest[number] = max(widest.get(number, 0.0), float(side.radius_m[of == number].max()))
        self.side_m = {
            number: max(2.0 * wide + self.slack_m + 1.0, _SMALLEST_SIDE_M) for number, wide in widest.items()
        }
        self.sides = [self._sorted(left, classes[0])]
        if right is not None:
            self.sides.append(self._sorted(right, classes[1]))
        self.compiled = is_worthwhile(len(left) + (0 if right is None else len(right)))

    def blocks(self) -> Iterator[Whole]:
        """Numbers of the possible pairs (left row × factor + right row), in blocks, each number once."""
        if len(self.sides) == 1:
            (side,) = self.sides
            turns = [(2, side, side, group, group.radius_class + 1) for group in side.groups]
        else:
            # The narrower row of a pair asks; of two in one class, the left.
            left, right = self.sides
            turns = [(0, left, right, group, group.radius_class + 1) for group in right.groups]
            turns += [(1, right, left, group, group.radius_class) for group in left.groups]
        meet = self._meet_compiled if self.compiled else self._meet_arrays
        for who, asking, asked, group, until_class in turns:
            for numbers in meet(who, asking, asking.before_class(until_class), asked, group):
                yield self._settle(numbers)

    def _sorted(self, placed: Placed, radius_class: Whole) -> _Side:
        points = np.column_stack([from_centre(np.column_stack([placed.lon, placed.lat])), placed.radius_m])
        length_class = _length_classes(placed.last_day - placed.first_day)
        nothing = np.empty(0, dtype=np.int64)
        rows, latest, groups, start = [nothing], [nothing], [], 0
        for number in np.unique(radius_class).tolist():
            own = np.flatnonzero(radius_class == number)
            side_m = self.side_m[number]
            key = _keys(_cubes(points[own], side_m)) << _LENGTH_BITS | length_class[own]
            order = np.lexsort((placed.first_day[own], key))
            own, key = own[order], key[order]
            begins = np.flatnonzero(np.append(True, key[1:] != key[:-1]))
            starts = np.append(begins, len(own)) + start
            rows.append(own)
            latest.append(_running_latest(placed.last_day[own], begins))
            groups.append(_Group(start, start + len(own), number, side_m, key[begins], starts))
            start += len(own)
        order = np.concatenate(rows)
        dataset = np.zeros(len(order), dtype=np.int64) if placed.dataset is None else placed.dataset[order]
        days = np.column_stack([placed.first_day[order], placed.last_day[order], order, dataset])
        return _Side(points[order], np.ascontiguousarray(days, dtype=np.int64), np.concatenate(latest), groups)

    def _meet_compiled(self, who: int, asking: _Side, until: int, asked: _Side, group: _Group) -> Iterator[Whole]:
        from contested.incidents.pair_kernels import meet

        order = np.argsort(_keys(_cubes(asking.points[:until], group.side_m)))
        slack = (self.slack_m, self.slack_days, _TOLERANCE_M, self.datasets)
        grid = (_origin_m(group.side_m), group.side_m, _least_bend_m(), _LONGEST_LINE_M)
        rule = (who, asking.before_class(group.radius_class), self.factor)
        store = (asked.points, asked.days, asked.latest, group.runs, group.starts)
        out, turn = np.empty(_BLOCK, dtype=np.int64), 0
        while turn < until:
            turn, found = meet((asking.points, asking.days, order, turn), store, grid, slack, rule, out)
            if found:
                yield out[:found].copy()
            elif turn < until:
                out = np.empty(2 * len(out), dtype=np.int64)  # one row alone has more pairs than fit

    def _meet_arrays(self, who: int, asking: _Side, until: int, asked: _Side, group: _Group) -> Iterator[Whole]:
        """The same by arrays: each asking row meets, in each of the cubes around it, a stretch of each run."""
        cube = _cubes(asking.points[:until], group.side_m)
        own_days = asked.days[group.start : group.end]
        earliest = int(own_days[:, 0].min())
        span = int(own_days[:, 0].max()) - earliest + 2
        sizes = np.diff(group.starts)
        by_day = np.repeat(np.arange(len(sizes)) * span, sizes) + own_days[:, 0] - earliest
        longest = np.maximum.reduceat(own_days[:, 1] - own_days[:, 0], group.starts[:-1] - group.start)
        from_day = asking.days[:until, 0] - self.slack_days - earliest
        after_day = np.clip(asking.days[:until, 1] + self.slack_days + 1 - earliest, 0, span - 1)
        twins = asking.before_class(group.radius_class)
        for x in (-1, 0, 1):
            for y in (-1, 0, 1):
                key = _keys(cube + np.array([x, y, 0]))
                # Runs of cubes along the third axis follow one another.
                begin = np.searchsorted(group.runs, (key - 1) << _LENGTH_BITS)
                ask, run = _stretches(begin, np.searchsorted(group.runs, (key + 2) << _LENGTH_BITS))
                low = np.searchsorted(by_day, run * span + np.clip(from_day[ask] - longest[run], 0, span - 1))
                high = np.searchsorted(by_day, run * span + after_day[ask])
                for some in _parts(high - low):
                    one, two = _stretches(low[some], high[some])
                    yield self._possible(who, asking, ask[some][one], asked, two + group.start, twins)

    def _possible(self, who: int, asking: _Side, ask: Whole, asked: _Side, other: Whole, twins: int) -> Whole:
        """Numbers of those pairs that are possible, -1 less the number where only the geodesic can tell.

        From row ``twins`` on, rows that ask are of the class of those asked.
        """
        line = np.sqrt(((asking.points[ask, :3] - asked.points[other, :3]) ** 2).sum(axis=1))
        reach = asking.points[ask, 3] + asked.points[other, 3] + self.slack_m
        days, own_days = asking.days[ask], asked.days[other]
        kept = (line <= reach + _TOLERANCE_M) & (own_days[:, 1] >= days[:, 0] - self.slack_days)
        if self.datasets:
            kept &= (days[:, 3] == own_days[:, 3]) == (self.datasets == 2)
        one, two = days[:, 2], own_days[:, 2]
        if who == 1:
            one, two = two, one
        elif who == 2:
            # Two of one class both ask, so one of the answers is dropped; row numbers say which.
            kept &= (ask < twins) | (one < two)
            one, two = np.minimum(one, two), np.maximum(one, two)
        bend = 2.0 * _least_bend_m()
        arc = bend * np.arcsin(np.minimum(line, _LONGEST_LINE_M) / bend)
        sure = (line <= _LONGEST_LINE_M) & (arc + _TOLERANCE_M <= reach)
        number = one * self.factor + two
        return np.asarray(np.where(sure, number, -1 - number)[kept], dtype=np.int64)

    def _settle(self, numbers: Whole) -> Whole:
        """The numbers, once the geodesic was asked about those that are negative."""
        unsure = numbers < 0
        if not unsure.any():
            return numbers
        asked = -1 - numbers[unsure]
        left, right = self.places
        one, two = asked // self.factor, asked % self.factor
        reach = left.radius_m[one] + right.radius_m[two] + self.slack_m
        near = geodesic_m(left.lon[one], left.lat[one], right.lon[two], right.lat[two]) <= reach
        return np.concatenate([numbers[~unsure], asked[near]])


def _radius_classes(radius_m: Reals, slack_m: float) -> Whole:
    """0 for radii up to half the slack, then one more for each doubling."""
    narrow = max(slack_m, _SMALLEST_SIDE_M) / 2.0
    return np.ceil(np.log2(np.maximum(radius_m, narrow) / narrow)).astype(np.int64)


def _length_classes(length_days: Whole) -> Whole:
    """0 for intervals up to the first length, then one more for each multiple of it, as far as the key's bits go."""
    longer = np.ceil(np.log(np.maximum(length_days, 1)) / np.log(_LONGER)) - 1
    return np.asarray(np.clip(longer, 0, (1 << _LENGTH_BITS) - 1), dtype=np.int64)


def _cubes(points: Reals, side_m: float) -> Whole:
    """Coordinates of the cube that holds each point (n × 3)."""
    return np.asarray((points[:, :3] - _origin_m(side_m)) / side_m, dtype=np.int64)


def _origin_m(side_m: float) -> float:
    """Where cubes are counted from: their coordinates, and those of their neighbours, are 0 or more."""
    return -_EARTH_M - 2.0 * side_m


def _keys(cubes: Whole) -> Whole:
    """One number for each cube; the next along the third axis has the next number."""
    keys: Whole = (cubes[:, 0] << 2 * _BITS) | (cubes[:, 1] << _BITS) | cubes[:, 2]
    return keys


def _running_latest(last_day: Whole, begins: NDArray[np.intp]) -> Whole:
    """Latest day of each row and those before it in its run; ``begins`` are the first rows of the runs."""
    lowest = last_day.min()
    span = int(last_day.max() - lowest) + 1
    lift = np.repeat(np.arange(len(begins)), np.diff(np.append(begins, len(last_day)))) * span
    return np.asarray(np.maximum.accumulate(last_day - lowest + lift) - lift + lowest, dtype=np.int64)


def _stretches(begin: Whole, end: Whole) -> tuple[Whole, Whole]:
    """For each row the numbers from ``begin`` up to ``end``: which row, and which number."""
    counts = np.maximum(end - begin, 0)
    row = np.repeat(np.arange(len(begin)), counts)
    return row, np.arange(len(row)) - np.repeat(np.cumsum(counts) - counts, counts) + begin[row]


def _parts(counts: Whole) -> Iterator[slice]:
    """Stretches of rows whose counts sum to a block or, where a single row has more, to what it has."""
    sums = np.cumsum(np.maximum(counts, 0))
    start = 0
    while start < len(sums):
        before = sums[start - 1] if start else 0
        end = max(start + 1, int(np.searchsorted(sums, before + _BLOCK, "right")))
        yield slice(start, end)
        start = end


def _least_bend_m() -> float:
    """Least radius of curvature of the ellipsoid, metres: along the meridian at the equator."""
    return float(wgs84().b ** 2 / wgs84().a)
