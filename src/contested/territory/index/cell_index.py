"""The temporal cell index: which column a point belongs to on a span, without looking at more than one cell.

In: edge runs on a lattice of whole steps. Out: :class:`CellIndex`, which gives a column for arrays of points and
spans. Refuses: nothing; a point too close to an edge for the lattice to tell is given back as ``near``.

A grid lies over the layer. A cell that no edge meets and whose state never changes is one number. Every other cell
carries the states of one reference point in it, by span, and the runs of the edges that touch it. The state of a point
is that of the cell's reference point, changed by every live edge that lies between the two. A cell's spans are cut
into blocks, the more the busier it is, so that few edges are looked at for one point.

States combine by exclusive or, so that crossing the same edge twice changes nothing: a state is a column, or any other
number whose sums tell what was crossed. The loops are compiled; the compiler is loaded when the first index is built.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from contested.base.compiled import share_rows
from contested.base.errors import EngineError

#: Steps of the lattice that corners are rounded to, per degree: 1e-7 degrees is 1.1 cm, and is what is published.
PER_DEGREE = 10_000_000
#: Cells aimed at: a year of maps of a country is fastest at 0.01 to 0.04 degrees, which this gives. When changed: run
#: benchmarks/look_up.py.
CELLS = 160_000
#: Smallest side of a cell, steps: 2e-4 degrees, 22 m.
SMALLEST_CELL = 2_000
#: Edges and changes aimed at for one point of a cell that edges meet.
PER_BLOCK = 4
#: Rows that one thread takes at a time, at least.
CHUNK = 1 << 16
#: Most spans and columns of one layer that the index tells apart, by 16 and 8 bits; 254 and 255 have a meaning.
MOST_SPANS, MOST_COLUMNS = 32_000, 250
#: Most words of all records together: a cell numbers their places with 27 bits.
MOST_WORDS = 1 << 27


@dataclass(frozen=True, slots=True)
class CellIndex:
    """A grid over a layer.

    Attributes
    ----------
    origin
        Lower left corner of the grid, steps.
    side
        Side of a cell, steps.
    shape
        Columns and rows of cells.
    cells
        State of each cell, or where its record stands: -1 less the place.
    records
        Records of the cells that edges meet, one after another.
    near
        Given for a point within two steps of an edge, whose state rounding may have changed.
    """

    origin: tuple[int, int]
    side: int
    shape: tuple[int, int]
    cells: NDArray[np.int32]
    records: NDArray[np.int32]
    near: int

    @property
    def nbytes(self) -> int:
        """Size in memory."""
        return self.cells.nbytes + self.records.nbytes

    def states_in(self, lon: Any, lat: Any, span: Any, threads: int = 1) -> NDArray[np.int32]:
        """State of each point on each span, or ``near``; points must be finite and spans known."""
        found = np.empty(len(lon), dtype=np.int32)
        spans = np.arange(MOST_SPANS, dtype=np.int16)
        self._run(lon, lat, np.asarray(span, dtype=np.int64), 0, spans, self.near, found, threads)
        return found

    def columns_on(
        self, lon: Any, lat: Any, day: NDArray[np.int64], calendar: tuple[int, NDArray[np.int16]], unknown: int,
        threads: int = 1,
    ) -> NDArray[np.uint8]:  # fmt: skip
        """Column of each point on each day.

        Parameters
        ----------
        lon, lat
            Degrees; a point that is not finite or out of range is unknown.
        day
            Days since 1970.
        calendar
            The day of the calendar's first entry, and for each day from there its span, -1 where no map is in force.
        unknown
            Column given where there is no map or no point.
        threads
            Threads that share the rows.
        """
        found = np.empty(len(lon), dtype=np.uint8)
        self._run(lon, lat, day, calendar[0], calendar[1], unknown, found, threads)
        return found

    def _run(
        self, lon: Any, lat: Any, day: Any, first: int, calendar: Any, unknown: int, found: Any, threads: int
    ) -> None:
        from contested.territory.index import cell_kernels as kernels

        grid = (float(self.origin[0]), float(self.origin[1]), float(self.side), *self.shape)

        def part(rows: slice) -> None:
            kernels.look_up(
                lon[rows], lat[rows], day[rows], first, calendar, unknown, self.near, found[rows],
                PER_DEGREE, *grid, self.cells, self.records,
            )  # fmt: skip

        rows = len(lon)
        size = rows if threads == 1 else max(CHUNK, rows // (4 * threads))
        share_rows(part, [slice(low, min(low + size, rows)) for low in range(0, rows, max(1, size))], threads)


def build_cell_index(
    ends: NDArray[np.int32], first: Any, last: Any, code: NDArray[np.int32], rest: int, span_count: int
) -> CellIndex:
    """The index of edge runs; crossing an edge changes the state by ``code``, and the state far away is ``rest``.

    Raises
    ------
    EngineError
        When the layer is too large for one index.
    """
    from contested.territory.index import cell_kernels as kernels

    near = 255 if int(np.max(code, initial=0)) < 255 else 2**30
    if not len(ends):
        return CellIndex((0, 0), SMALLEST_CELL, (1, 1), np.array([rest], np.int32), np.zeros(1, np.int32), near)
    first, last = np.asarray(first, np.int32), np.asarray(last, np.int32)
    # int64: differences of longitudes on the lattice do not fit 32 bits.
    low = np.minimum(ends[:, :2], ends[:, 2:]).min(axis=0).astype(np.int64)
    high = np.maximum(ends[:, :2], ends[:, 2:]).max(axis=0).astype(np.int64)
    side = max(SMALLEST_CELL, int(np.sqrt(float((high - low)[0]) * float((high - low)[1]) / CELLS)))
    side = max(side, int((high - low).max()) // (CELLS // 8))
    side += side % 2
    # A ring of cells that nothing touches, so that a point beyond the grid is answered by its nearest cell.
    origin = (int(low[0]) - side - 8, int(low[1]) - side - 8)
    shape = (int(high[0] + 8 - origin[0]) // side + 2, int(high[1] + 8 - origin[1]) // side + 2)
    grid = (float(origin[0]), float(origin[1]), float(side), *shape)
    touching = np.zeros(shape[0] * shape[1] + 1, dtype=np.int64)
    edges = ends.astype(np.float64)
    kernels.touch_cells(edges, *grid, touching, np.zeros(0, np.int32), False)
    place = np.concatenate([[0], np.cumsum(touching[:-1])])
    listed = np.empty(place[-1], dtype=np.int32)
    kernels.touch_cells(edges, *grid, place[:-1].copy(), listed, True)
    rows = kernels.rows_of(edges, grid[1], grid[2], grid[4])
    start, changes, spans, states = kernels.trace_states(edges, first, last, code, rest, *grid, *rows, span_count)
    arguments = (edges, first, last, code, place, listed, start, changes, spans, states, *grid, span_count, PER_BLOCK)
    size = kernels.pack(*arguments, np.zeros(0, np.int32), np.zeros(0, np.int32))
    if size >= MOST_WORDS:
        raise EngineError(
            f"the boundaries of the layer take {size:,} words of an index, more than {MOST_WORDS:,}; ask of fewer maps"
        )
    records, cells = np.zeros(size + 16, np.int32), np.zeros(shape[0] * shape[1], np.int32)
    kernels.pack(*arguments, records, cells)
    return CellIndex(origin, side, shape, cells, records, near)
