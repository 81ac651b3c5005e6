"""The map of change for print: who gained and who lost ground between two days.

In: a :class:`~contested.territory.change_maps.ChangeMap` and places. Out: the drawn figure, as SVG and PNG. Refuses:
a map without any ground.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib as mpl
import shapely
from matplotlib.figure import Figure as Canvas
from matplotlib.patches import Patch

from contested.base.errors import RecordError
from contested.base.places import Box
from contested.base.records import CONTESTED, UNKNOWN
from contested.territory.change_maps import ChangeMap
from contested.web.drawing import (
    HATCHES,
    INK,
    LINE_INCHES,
    PAPER,
    STYLE,
    WIDTH_INCHES,
    DrawnFigure,
    draw_scale,
    shape_patch,
    write_files,
    write_words,
)
from contested.web.marks import CONTESTED_COLOUR, PALETTE, PATTERNS, UNKNOWN_COLOUR
from contested.web.pages import Figure
from contested.web.words import span_words

#: Names of places drawn at most; more would cover the map.
MOST_NAMES = 40
#: Strength of the colour of ground that did not change.
FAINT = 0.22


def draw_change(change: ChangeMap, places: Sequence[Mapping[str, Any]] = (), box: Box | None = None) -> DrawnFigure:
    """The figure; ``box`` is the part of the map to show, all that changed with a margin when left out."""
    box = box or _box_of(change)
    west, south, east, north = box
    stretch = 1 / math.cos(math.radians((south + north) / 2))
    map_height = min(8.4, max(2.6, (WIDTH_INCHES - 0.4) * (north - south) * stretch / (east - west)))
    holders = sorted({name for one in change.changes for name in (one.before, one.after)} | set(change.kept))
    style = {name: _style(name, number) for number, name in enumerate(holders)}
    beneath = 0.36 + 0.17 * (len(holders) + len(change.changes[:6])) / 2 + LINE_INCHES
    height = map_height + 0.55 + beneath
    days = span_words(change.first, change.last)
    with mpl.rc_context(STYLE):
        canvas = Canvas(figsize=(WIDTH_INCHES, height), facecolor=PAPER)
        axes = canvas.add_axes((0.2 / WIDTH_INCHES, beneath / height, 1 - 0.4 / WIDTH_INCHES, map_height / height))
        axes.set(xlim=(west, east), ylim=(south, north), aspect=stretch, xticks=[], yticks=[], facecolor="#f4f4f1")
        for name, ground in change.kept.items():
            _draw(axes, ground, facecolor=style[name][0], alpha=FAINT, linewidth=0.0, zorder=1)
        for one in change.changes:
            colour, hatch = style[one.after]
            _draw(
                axes, one.geometry, facecolor=colour, edgecolor=INK, hatch=hatch or None, linewidth=0.4, alpha=0.9,
                zorder=3,
            )  # fmt: skip
        for place in places[:MOST_NAMES]:
            axes.plot(place["lon"], place["lat"], "o", color=INK, markersize=2.5, zorder=6)
            axes.annotate(
                str(place["place"]), (place["lon"], place["lat"]), xytext=(3, 2), textcoords="offset points",
                fontsize=6.4, color=INK, zorder=7, parse_math=False,
                bbox={"facecolor": PAPER, "edgecolor": "none", "alpha": 0.75, "pad": 0.8},
            )  # fmt: skip
        draw_scale(box, axes)
        legend = [Patch(facecolor=style[n][0], alpha=FAINT, label=f"{n}, both days") for n in change.kept]
        legend += [
            Patch(
                facecolor=style[one.after][0], hatch=style[one.after][1] or None, edgecolor=INK, linewidth=0.4,
                label=f"{one.before} → {one.after}: {one.area_km2:,.1f} km²",
            )
            for one in change.changes[:6]
        ]  # fmt: skip
        canvas.legend(
            handles=legend, loc="lower left", bbox_to_anchor=(0.15 / WIDTH_INCHES, (0.2 + LINE_INCHES) / height),
            ncols=2, frameon=False, fontsize=7,
        )  # fmt: skip
        rest = sum(one.area_km2 for one in change.changes[6:])
        more = f" Smaller changes of {rest:,.1f} km² are drawn and not listed." if rest else ""
        write_words(
            canvas, "Ground that changed hands", str(days),
            f"Layer: {change.layer}. What the layer shows, not what was observed at every place.{more}",
        )  # fmt: skip
        listed = "; ".join(f"{one.before} to {one.after} {one.area_km2:.1f} km²" for one in change.changes)
        title = f"Ground that changed hands, {days}"
        return write_files(canvas, Figure("change", title, "", f"{title} ({change.layer}): {listed or 'none'}."))


def _style(name: str, number: int) -> tuple[str, str]:
    if name == CONTESTED:
        return CONTESTED_COLOUR, HATCHES["cross"]
    if name == UNKNOWN:
        return UNKNOWN_COLOUR, ""
    return PALETTE[number % len(PALETTE)], HATCHES[PATTERNS[number % len(PATTERNS)]]


def _draw(axes: Any, ground: Any, **style: Any) -> None:
    patch = shape_patch(ground, **style)
    if patch is not None:
        axes.add_patch(patch)


def _box_of(change: ChangeMap) -> Box:
    shapes = [one.geometry for one in change.changes] or list(change.kept.values())
    shapes = [shape for shape in shapes if not shape.is_empty]
    if not shapes:
        raise RecordError(f'layer "{change.layer}": no ground is stated on {change.first} and {change.last}')
    west, south, east, north = shapely.total_bounds(shapes).tolist()
    wide, high = max(0.08 * (east - west), 0.002), max(0.08 * (north - south), 0.002)
    return west - wide, south - high, east + wide, north + high
