"""Pieces of lines on one page → lines in the order in which a reader takes them.

In: pieces with their boxes, in the order of the file. Out: lines, column after column. Refuses: nothing.

An empty strip down the page with running text on both sides is a gutter. What crosses it (a heading over both
columns) ends one band and begins the next; within a band the left column is read before the right one, in a
page of a right-to-left script the right one first. Tables have no running text beside the strip and stay as
the file has them. Takes time linear in the pieces, but for sorting.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

#: Narrowest gutter, points: a justified line's words stand nearer.
MIN_GUTTER_PT = 7.0
#: Lines that must stand on each side of a gutter, and the middle length of them in characters: columns of
#: running text have 25 or more, the cells of a table fewer.
MIN_COLUMN_LINES = 4
MIN_COLUMN_CHARACTERS = 20
#: Pieces of text that may cross a strip of the page for one piece beside it, and the strip still be a gutter.
CROSSING_SHARE = 0.15
#: Largest page that is laid out, points; PDF allows 14,400.
MAX_PAGE_PT = 14_400


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text on one line; the box is in points from the lower left corner of the page."""

    text: str
    left: float
    right: float
    bottom: float
    top: float


def in_reading_order(pieces: Sequence[Piece]) -> list[Piece]:
    """Lines of the page, column after column."""
    gutters = find_gutters(pieces)
    if not gutters:
        return _join_level(pieces)
    right_to_left = _reads_from_right(pieces)
    top_down = sorted(pieces, key=lambda piece: -(piece.bottom + piece.top))
    lines: list[Piece] = []
    columns: list[list[Piece]] = [[] for _ in range(len(gutters) + 1)]

    def close_band() -> None:
        for column in reversed(columns) if right_to_left else columns:
            lines.extend(_join_level(column))
            column.clear()

    for piece in top_down:
        if any(piece.left < gutter < piece.right for gutter in gutters):
            close_band()
            lines.append(piece)
        else:
            columns[sum(gutter <= piece.left for gutter in gutters)].append(piece)
    close_band()
    return lines


def find_gutters(pieces: Sequence[Piece]) -> list[float]:
    """Middles of the empty strips that part columns of running text, from left to right."""
    if len(pieces) < 2 * MIN_COLUMN_LINES:
        return []
    low = max(0, int(min(piece.left for piece in pieces)))
    high = min(MAX_PAGE_PT, int(max(piece.right for piece in pieces)) + 1)
    if high - low < 4 * MIN_GUTTER_PT:
        return []
    change = [0] * (high - low + 2)
    for piece in pieces:
        change[min(max(int(piece.left) - low, 0), high - low)] += 1
        change[min(max(int(piece.right) - low + 1, 0), high - low + 1)] -= 1
    covered, cover = 0, []
    for step in change[:-1]:
        covered += step
        cover.append(covered)
    allowed = CROSSING_SHARE * max(cover)
    gutters, start = [], None
    for x, count in enumerate([*cover, max(cover)]):
        if count <= allowed:
            start = x if start is None else start
        elif start is not None:
            if start > 0 and x < len(cover) and x - start >= MIN_GUTTER_PT:
                gutters.append(low + (start + x) / 2)
            start = None
    return [gutter for gutter in gutters if _parts_columns(gutter, gutters, pieces)]


def _parts_columns(gutter: float, gutters: Sequence[float], pieces: Sequence[Piece]) -> bool:
    """Whether running text stands on both sides of the strip, at the same heights."""
    before = max((other for other in gutters if other < gutter), default=float("-inf"))
    after = min((other for other in gutters if other > gutter), default=float("inf"))
    sides = (
        [piece for piece in pieces if before <= piece.left and piece.right <= gutter],
        [piece for piece in pieces if gutter <= piece.left and piece.right <= after],
    )
    for side in sides:
        lengths = sorted(len(piece.text) for piece in side)
        if len(side) < MIN_COLUMN_LINES or lengths[len(side) // 2] < MIN_COLUMN_CHARACTERS:
            return False
    left, right = sides
    return (
        min(piece.bottom for piece in left) < max(piece.top for piece in right)
        and min(piece.bottom for piece in right) < max(piece.top for piece in left)
    )  # fmt: skip


def _join_level(pieces: Sequence[Piece]) -> list[Piece]:
    """Neighbouring pieces on one level joined to a line, in the order given."""
    lines: list[Piece] = []
    for piece in pieces:
        last = lines[-1] if lines else None
        if last is not None and min(last.top, piece.top) - max(last.bottom, piece.bottom) > 0.5 * min(
            last.top - last.bottom, piece.top - piece.bottom
        ):
            lines[-1] = Piece(
                f"{last.text} {piece.text}", min(last.left, piece.left), max(last.right, piece.right),
                min(last.bottom, piece.bottom), max(last.top, piece.top),
            )  # fmt: skip
        else:
            lines.append(piece)
    return lines


def _reads_from_right(pieces: Sequence[Piece]) -> bool:
    sample = "".join(piece.text for piece in pieces)[:2000]
    from_right = sum(unicodedata.bidirectional(c) in ("R", "AL") for c in sample)
    return from_right > 0.5 * sum(c.isalpha() for c in sample)
