"""The picture that a link to the dossier is shown with: title, place and days beside a small map.

In: an :class:`~contested.web.edition.Edition` and its grounds. Out: a PNG of 1200 by 630 pixels, the same for the same
rows. Refuses: nothing. It holds no photograph and no number: what a stranger sees unasked must not shock or accuse.
"""

from __future__ import annotations

import math
import textwrap
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import matplotlib as mpl
from matplotlib.figure import Figure as Canvas

from contested.web.drawing import (
    INK,
    PAPER,
    STYLE,
    clean_words,
    draw_attacks,
    draw_ground,
    find_circles,
    frame_axes,
    png_bytes,
)
from contested.web.edition import Edition
from contested.web.ground import Ground
from contested.web.strings import TEXT
from contested.web.words import span_words

#: Pixels, as sites that show previews ask for (https://ogp.me), and the points of a pixel at the resolution of drawing.
WIDTH, HEIGHT, DPI = 1200, 630, 100
#: Letters a line and lines of the title, and letters of the place.
TITLE_LETTERS, TITLE_LINES, PLACE_LETTERS = 21, 5, 40
_MARGIN, _MAP_LEFT = 0.055, 0.57
_QUIET = "#55534e"


def draw_preview(edition: Edition, grounds: Sequence[Ground]) -> bytes:
    """The picture as PNG."""
    file = edition.case.file
    with mpl.rc_context(STYLE):
        canvas = Canvas(figsize=(WIDTH / DPI, HEIGHT / DPI), facecolor="#fdfdfb")
        if grounds or len(edition.public.rows["incidents"]) > 1:
            _draw_map(edition, canvas, grounds)
        first = next((unicodedata.bidirectional(one) for one in file.title if one.isalpha()), "L")
        column = _Column(canvas, first in ("R", "AL"))
        lines = textwrap.wrap(file.title, TITLE_LETTERS, max_lines=TITLE_LINES, placeholder=" …") or [""]
        place = textwrap.shorten(file.region.name, PLACE_LETTERS, placeholder=" …")
        beneath = 0.82 - 0.078 * len(lines)
        column.write(0.87, "\n".join(lines), 42, bold=True)
        column.write(beneath, place, 24)
        column.write(beneath - 0.075, span_words(file.window.first, file.window.last), 24)
        column.write(0.12, textwrap.fill(TEXT["preview_line"], 40), 19, colour=_QUIET)
        clean_words(canvas)
        return png_bytes(canvas, DPI)


@dataclass(frozen=True, slots=True)
class _Column:
    """Where the words stand: from the margin, or up to the map where the title is written from right to left."""

    canvas: Canvas
    right_to_left: bool

    def write(self, top: float, words: str, size: float, *, bold: bool = False, colour: str = INK) -> None:
        """Lines from a height (share of the picture) down; ``size`` in pixels."""
        self.canvas.text(
            _MAP_LEFT - 0.03 if self.right_to_left else _MARGIN, top, words,
            ha="right" if self.right_to_left else "left", va="top", fontsize=size * 72 / DPI,
            fontweight="bold" if bold else "normal", color=colour, linespacing=1.18,
        )  # fmt: skip


def _draw_map(edition: Edition, canvas: Canvas, grounds: Sequence[Ground]) -> None:
    """Who held what on the last day of the window's attacks, and where they were reported, without words."""
    west, south, east, north = edition.case.file.region.box
    ratio = (north - south) / (east - west) / math.cos(math.radians((south + north) / 2))
    width = min(1 - _MAP_LEFT - 0.04, 0.86 * HEIGHT / WIDTH / ratio)
    height = width * ratio * WIDTH / HEIGHT
    axes = canvas.add_axes((0.96 - width, 0.5 - height / 2, width, height), facecolor=PAPER)
    frame_axes(edition, axes)
    circles = find_circles(edition, None)
    if grounds:
        ground = grounds[0]
        days = [row["date_start"] for row in edition.public.of("incidents")]
        day = min(max([ground.first, *(day for day in days if day <= ground.last)]), ground.last)
        draw_ground(edition, axes, ground, day, cells=False)
    draw_attacks(axes, circles, small=True)
