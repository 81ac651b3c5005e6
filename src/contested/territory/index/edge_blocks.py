"""Edges of a layer in blocks of spans, each with a tree of boxes: for questions that few edges can touch.

In: :class:`~contested.territory.index.edge_runs.EdgeRuns` and the first day of each span. Out: :class:`EdgeBlocks`.
Refuses: nothing.

A tree over all runs would lead a question about one day through every edge that ever stood. So the spans are cut into
blocks, each with a tree of the edges that stand in it. Blocks of one length overlap by half: each is two steps long and
begins one step after the last. So any stretch of at most one step lies within one block, and one tree answers it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from contested.territory.index.curve import along_curve
from contested.territory.index.edge_runs import EdgeRuns

#: Steps of the blocks, spans; the last block holds all. Small steps pay for single days, large ones for windows.
STEPS = (8, 32, 128, 512, 2048)
#: Edges in a leaf and leaves or nodes under a node. When changed: run benchmarks/disc_shares.py again.
FAN = 4
#: Blocks of a step are made only while they hold fewer edges than this and ``COPIES`` of all runs: at 43 bytes an edge
#: a step then takes 9 MB, or 170 bytes a run.
FEW_EDGES = 200_000
COPIES = 4
#: Day after the last of a run that never ends.
NEVER = np.iinfo(np.int32).max


@dataclass(frozen=True, slots=True)
class EdgeBlocks:
    """Edges and boxes in blocks.

    Attributes
    ----------
    edges
        Shape (n, 8), int32: longitude and latitude of start and end in steps of the lattice, first day of the run, day
        after its last, column on the left and on the right. An edge stands once in each block that it lives in.
    nodes
        Shape (n, 8), int32: west, south, east, north; number of the next node that is no descendant; first edge and
        edge after the last of a leaf (-1 for a node that is none); nothing. A node's descendants follow it.
    roots
        First node of each block and node after its last, shape (blocks, 2).
    steps
        Step of each length of blocks, spans, shape (lengths,); the last is longer than the layer.
    first_block
        Number of the first block of each length, shape (lengths,).
    """

    edges: NDArray[np.int32]
    nodes: NDArray[np.int32]
    roots: NDArray[np.int64]
    steps: NDArray[np.int64]
    first_block: NDArray[np.int64]

    @property
    def size_bytes(self) -> int:
        """Memory that the arrays take."""
        return self.edges.nbytes + self.nodes.nbytes + self.roots.nbytes


def cut_into_blocks(runs: EdgeRuns, span_starts: NDArray[np.int64]) -> EdgeBlocks:
    """Blocks of all lengths that are worth their memory.

    Parameters
    ----------
    runs
        Edges; those without length or with one column on both sides are left out.
    span_starts
        First day of each span, days since 1970-01-01, ascending; the last span has no end.
    """
    edges, first, last = _ordered_edges(runs, span_starts)
    begun, ended = np.sort(first), np.sort(last)
    steps, first_block = [], []
    chosen: list[NDArray[np.intp]] = []
    for step in (*STEPS, runs.span_count + 1):
        begins = np.arange(0, max(runs.span_count, 1), step)
        living = np.searchsorted(begun, begins + 2 * step) - np.searchsorted(ended, begins)
        whole = step > runs.span_count
        if whole or living.sum() <= max(FEW_EDGES, COPIES * len(edges)):
            steps.append(step)
            first_block.append(len(chosen))
            chosen += [np.flatnonzero((first < begin + 2 * step) & (last >= begin)) for begin in begins.tolist()]
        if whole:
            break
    kept = [edges[rows] for rows in chosen]
    trees, roots, node, edge = [], np.zeros((len(kept), 2), dtype=np.int64), 0, 0
    for number, members in enumerate(kept):
        trees.append(_tree(members, node, edge))
        roots[number] = node, node + len(trees[-1])
        node += len(trees[-1])
        edge += len(members)
    return EdgeBlocks(
        np.concatenate(kept), np.concatenate(trees), roots, np.array(steps, np.int64), np.array(first_block, np.int64)
    )


def _ordered_edges(
    runs: EdgeRuns, span_starts: NDArray[np.int64]
) -> tuple[NDArray[np.int32], NDArray[np.int64], NDArray[np.int64]]:
    """Edges with their days and columns, neighbours near each other; with first and last span."""
    longer = (runs.ends[:, :2] != runs.ends[:, 2:]).any(axis=1) & (runs.left != runs.right)
    ends = runs.ends[longer]
    middle = ends[:, :2].astype(np.int64) + ends[:, 2:]
    order = np.argsort(along_curve(middle), kind="stable")
    chosen = np.flatnonzero(longer)[order]
    edges = np.empty((len(chosen), 8), dtype=np.int32)
    edges[:, :4] = runs.ends[chosen]
    first, last = runs.first[chosen].astype(np.int64), runs.last[chosen].astype(np.int64)
    edges[:, 4] = span_starts[first]
    edges[:, 5] = np.append(span_starts, NEVER)[last + 1]
    edges[:, 6], edges[:, 7] = runs.left[chosen], runs.right[chosen]
    return edges, first, last


def _tree(edges: NDArray[np.int32], node: int, edge: int) -> NDArray[np.int32]:
    """Boxes over edges that lie in order, from the root down; numbers count from ``node`` and ``edge``."""
    count = len(edges)
    if not count:
        return np.zeros((0, 8), dtype=np.int32)
    low, high = np.minimum(edges[:, :2], edges[:, 2:4]), np.maximum(edges[:, :2], edges[:, 2:4])
    boxes = [_merged(low, high)]
    while len(boxes[-1][0]) > 1:
        boxes.append(_merged(*boxes[-1]))
    sizes = [len(west_south) for west_south, _ in boxes]
    nodes = np.full((sum(sizes), 8), -1, dtype=np.int32)
    for level, (least, most) in enumerate(boxes):
        number = np.arange(sizes[level])
        at, after = number.copy(), np.ones_like(number)
        for other, size in enumerate(sizes):
            if other > level:
                at += number // FAN ** (other - level) + 1
            elif other < level:
                begin = np.minimum(number * FAN ** (level - other), size)
                at += begin
                after += np.minimum((number + 1) * FAN ** (level - other), size) - begin
        nodes[at, :2], nodes[at, 2:4] = least, most
        nodes[at, 4] = node + at + after
        if level == 0:
            nodes[at, 5] = edge + number * FAN
            nodes[at, 6] = edge + np.minimum((number + 1) * FAN, count)
    return nodes


def _merged(low: NDArray[np.int32], high: NDArray[np.int32]) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    starts = np.arange(0, len(low), FAN)
    return np.minimum.reduceat(low, starts), np.maximum.reduceat(high, starts)
