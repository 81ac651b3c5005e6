"""Which cells were attacked on which days, how near the front they lay, and what else fell near them.

In: incidents and a :class:`~contested.weighing.panel.Panel`. Out: :class:`~contested.weighing.hazard.Attacks` and the
:class:`~contested.weighing.hazard.Setting` in which they are compared. Refuses: nothing; incidents that are not known
to a cell and a day or two are counted and left out, since a place drawn from a wide disc would mostly be another cell.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.affinity import scale

from contested.base.errors import WeighingError
from contested.territory.control import ControlLayer
from contested.territory.fronts import LayerFront
from contested.weighing.hazard import Attacks, Setting, attacked_before, count_over
from contested.weighing.labels import find_episodes
from contested.weighing.neighbours import Spots, near_pairs
from contested.weighing.panel import MOST_CELLS, Course, Panel, follow_course, make_panel
from contested.weighing.sample import MAX_DATE_DAYS, Incidents, Mask, Sample, Whole

#: Longest date interval, days, of an attack that is matched: a night belongs to two.
MOST_DAYS = 2
#: Edges of the classes of distance to the front, in units of the case's near_front_m. Attacks that hug the front lie
#: nearer to it than the places of a wide class, which fall less for that alone. When changed: run gate/weighing.py.
BANDS = (0.125, 0.25, 0.375, 0.5, 0.625, 0.75, 1.0, 1.25, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0)
#: Cells whose distance never came below so many near_front_m are far from the front and compared with nothing.
REACH = BANDS[-1]
#: Days before the first and after the last incident that are followed: twice the four weeks of the event study.
MARGIN_DAYS = 56
#: Days before, and cells around, in which other attacks count; classes of their number: none, one or two, some, many.
BUSY_DAYS = 14
BUSY_CELLS = 2.0
BUSY_CLASSES = (1, 3, 10)
#: Reach, cells, of ground taken before that parts strata further, and classes of the number of cells: none, few, many.
#: When changed: run gate/weighing.py --scenario "losses follow the front, not the attacks".
MOVED_CELLS = 4.0
MOVED_CLASSES = (1, 5)
#: Bands of distance, and classes of what happened before, both of shape (d, c).
Classes = tuple[NDArray[np.int8], NDArray[np.int8]]


def attacks_on(panel: Panel, incidents: Incidents, episode: Whole) -> tuple[Attacks, Mask]:
    """The attacked cells, and which incidents are known well enough: to a day or two, and within a cell's side.

    The day is the last that is possible, so that no fall before an attack is taken for one after it.
    """
    good = incidents.usable & (incidents.radius_m <= panel.cell_m)
    good &= (incidents.span_days <= MOST_DAYS)[incidents.owner]
    places = np.flatnonzero(good)
    owner = incidents.owner[places]
    cell = panel.cells_at(incidents.lon[places], incidents.lat[places])
    day = panel.day_numbers(incidents.date_end)[owner]
    known = np.zeros(len(incidents), dtype=bool)
    known[owner] = True
    order = np.lexsort((places, day))
    return Attacks(cell, day, episode[owner], owner).take(order), known


def told_by_episodes(sample: Sample) -> tuple[tuple[Incidents, Whole], tuple[Incidents, Whole]]:
    """The event's incidents and the others, with the episode of each."""
    return (sample.incidents, find_episodes(sample.incidents)), (sample.others, find_episodes(sample.others))


def told_ground(panel: Panel, told: Iterable[tuple[Incidents, Whole]]) -> Mask:
    """Cells on ground that incidents are told of from, shape (c,); beyond it nobody knows what was attacked.

    The convex hull of the first place of each episode, enlarged about its centroid by as much as the hull of so many
    points with so many corners falls short of the ground that they lie on (Ripley & Rasson 1977, Journal of Applied
    Probability 14, 483-491). All ground, where each point is a corner or all lie on a line.

    Parameters
    ----------
    panel
        The cells; a place known less exactly than one shows nothing.
    told
        Incidents, and the episode of each.
    """
    points = [np.zeros((0, 2))]
    for incidents, episode in told:
        places = np.flatnonzero(incidents.usable & (incidents.radius_m <= panel.cell_m))
        first = places[np.unique(episode[incidents.owner[places]], return_index=True)[1]]
        points.append(np.column_stack([panel.east(incidents.lon[first]), incidents.lat[first]]))
    found = np.unique(np.concatenate(points), axis=0)
    hull = shapely.convex_hull(shapely.multipoints(found))
    corners = shapely.get_num_coordinates(hull) - 1
    if hull.geom_type != "Polygon" or corners >= len(found):
        return np.ones(panel.n_cells, dtype=bool)
    factor = 1.0 / math.sqrt(1.0 - corners / len(found))
    inside: Mask = shapely.contains_xy(scale(hull, factor, factor, origin="centroid"), panel.east(panel.lon), panel.lat)
    return inside


def distance_bands(panel: Panel, near_front_m: float, told: Mask | None = None) -> NDArray[np.int8]:
    """Class of each cell's distance to the front, -1 without a front and on ground not ``told`` of; shape (d, c)."""
    edges = np.array(BANDS) * near_front_m
    band = np.searchsorted(edges, np.nan_to_num(panel.front_m, nan=0.0), side="right")
    nowhere = np.isnan(panel.front_m) if told is None else np.isnan(panel.front_m) | ~told
    return np.where(nowhere, -1, band).astype(np.int8)


def busy_classes(panel: Panel, others: Incidents) -> NDArray[np.int8]:
    """Class of the number of other attacks within two cells in the fourteen days before each day; shape (d, c).

    The day itself does not count: reports of one salvo may lie in both kinds.
    """
    reach_m = BUSY_CELLS * panel.cell_m
    places = np.flatnonzero(
        others.usable & (others.radius_m <= reach_m) & (others.span_days <= MAX_DATE_DAYS)[others.owner]
    )
    day = panel.day_numbers(others.date_end)[others.owner[places]]
    near = ring_entries(panel, Spots.of(others.lon[places], others.lat[places]), day, reach_m)
    counts = count_over(panel, *near, (1, BUSY_DAYS))
    return np.searchsorted(np.array(BUSY_CLASSES), counts, side="right").astype(np.int8)


def with_moves(panel: Panel, course: Course, classes: Classes) -> Classes:
    """The classes, those of other attacks parted further by how much ground near by passed in the fourteen days before.

    Where an offensive is on, ground falls sooner than elsewhere as near to the front, and so do attacks that go with it
    and change nothing. The day itself counts: its map shows who won it.
    """
    day, cell = np.nonzero(course.passes)
    spots = Spots(panel.spots.metres[cell], np.zeros(len(cell), dtype=np.int64))
    near = ring_entries(panel, spots, day.astype(np.int64), MOVED_CELLS * panel.cell_m)
    moved = np.searchsorted(np.array(MOVED_CLASSES), count_over(panel, *near, (0, BUSY_DAYS - 1)), side="right")
    return classes[0], (classes[1] * (len(MOVED_CLASSES) + 1) + moved).astype(np.int8)


def ring_entries(panel: Panel, spots: Spots, day: Whole, reach_m: float) -> tuple[Whole, Whole]:
    """Cell and day of every cell within reach of points; a point far from all cells has none."""
    cells, days = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.int64)]
    timeless = Spots(spots.metres, np.zeros(len(spots), dtype=np.int64))
    for pairs in near_pairs(timeless, panel.spots, reach_m):
        cells.append(pairs.b)
        days.append(day[pairs.a])
    return np.concatenate(cells), np.concatenate(days)


def hazard_setting(
    panel: Panel, course: Course, attacks: Attacks, classes: Classes, within_days: int, quiet: bool = True,
) -> Setting:  # fmt: skip
    """Cells that the party still held; those attacked in the four weeks before are left out unless ``quiet`` is false.

    ``classes`` are the bands of distance and the classes of what happened before.
    """
    eligible = course.held & ~attacked_before(panel, attacks) if quiet else course.held
    return Setting(panel, eligible, course.outcome(within_days), *classes)


@dataclass(frozen=True, eq=False)
class ComparedGround:
    """Cells and days of one sample, with what was attacked on them.

    Attributes
    ----------
    panel, course
        Cells, and what the advancing party took from the losing one.
    attacks, known
        Attacked cells, and which incidents of the event are known to a cell and a day.
    other_attacks
        The same of the other incidents.
    classes
        Bands of distance to the front, -1 on ground not told of, and classes of other attacks before.
    """

    panel: Panel
    course: Course
    attacks: Attacks
    known: Mask
    other_attacks: Attacks
    classes: Classes

    @cached_property
    def classes_with_moves(self) -> Classes:
        """The classes, parted by ground that the advancing party took near by before."""
        return with_moves(self.panel, self.course, self.classes)

    def setting(self, within_days: int, quiet: bool = True, by_moves: bool = True) -> Setting:
        """Places that the losing party still held, asked whether they fell within so many days.

        ``by_moves`` compares only places with as much ground taken near by before.
        """
        classes = self.classes_with_moves if by_moves else self.classes
        return hazard_setting(self.panel, self.course, self.attacks, classes, within_days, quiet)

    @property
    def ring_m(self) -> float:
        """Reach of the ground around a cell, metres."""
        return BUSY_CELLS * self.panel.cell_m


def compare_ground(sample: Sample) -> ComparedGround:
    """Lay cells over the layer of a sample, eight weeks before its first incident to eight after its last.

    Raises
    ------
    WeighingError
        When the layer never shows both parties, has no map on these days or no ground near their front, or there is no
        incident.
    """
    ground: ComparedGround
    if "ground" in sample.kept:
        ground = sample.kept["ground"]
        return ground
    weighing = sample.weighing
    key = (weighing.advancing, weighing.losing, weighing.near_front_m, weighing.cell_m, sample.border, _days(sample))
    kept = _PANELS.get(sample.control)
    if kept is None or kept[0] != key:
        kept = _PANELS[sample.control] = (key, sample_panel(sample, (weighing.advancing, weighing.losing)))
    panel = kept[1]
    course = follow_course(panel, sample.weighing.losing, sample.weighing.advancing)
    told = told_by_episodes(sample)
    attacks, known = attacks_on(panel, *told[0])
    other_attacks, _ = attacks_on(panel, *told[1])
    bands = distance_bands(panel, sample.weighing.near_front_m, told_ground(panel, told))
    classes = bands, busy_classes(panel, sample.others)
    ground = ComparedGround(panel, course, attacks, known, other_attacks, classes)
    sample.kept["ground"] = ground
    return ground


def sample_panel(sample: Sample, pair: tuple[str, str], most_cells: int = MOST_CELLS) -> Panel:
    """The panel around the front of two parties.

    Raises
    ------
    WeighingError
        As :func:`compare_ground` does.
    """
    if missing := set(pair) - set(sample.control.parties):
        names = " and ".join(sorted(sample.names.get(party, party) for party in missing))
        raise WeighingError(f"layer {sample.layer} never shows {names}, so it has no front between the two parties")
    near_m = sample.weighing.near_front_m
    front = LayerFront(sample.control, pair, sample.border)
    side_m = sample.weighing.cell_m or near_m
    return make_panel(sample.control, front, _days(sample), side_m, REACH * near_m, most_cells)


def _days(sample: Sample) -> tuple[np.datetime64, np.datetime64]:
    """First and last day that are followed."""
    if not len(sample.incidents):
        raise WeighingError("the event has no incident")
    margin = np.timedelta64(MARGIN_DAYS, "D")
    first, last = (np.datetime64(day, "D") for day in sample.control.days)
    return (
        max(first, sample.incidents.date_start.min() - margin),
        min(last, sample.incidents.date_end.max() + margin),
    )


#: The last panel of each layer, which serves the next test of the same weighing.
_PANELS: WeakKeyDictionary[ControlLayer, tuple[Any, Panel]] = WeakKeyDictionary()
