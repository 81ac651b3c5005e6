"""Maps for print of what changed hands between two days, and of where two layers differ.

In: a :class:`~contested.territory.change_maps.ChangeMap` and places, or a
:class:`~contested.territory.disagreement.LayersDisagreement`. Out: the drawn figure, as SVG and PNG. Refuses: a map
without any ground.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import matplotlib as mpl
import shapely
from matplotlib import dates
from matplotlib.figure import Figure as Canvas
from matplotlib.patches import Patch

from contested.base.errors import RecordError
from contested.base.places import Box
from contested.base.records import CONTESTED, UNKNOWN
from contested.territory.change_maps import ChangeMap
from contested.territory.disagreement import LayersDisagreement
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
from contested.web.words import day_words, span_words

#: Names of places drawn at most; more would cover the map.
MOST_NAMES = 40
#: Changes or pairs of holders that the legend lists; the others are drawn.
MOST_LISTED = 6
#: Height of the course over days beneath the map.
COURSE_INCHES = 1.7
#: Strength of the colour of ground that did not change.
FAINT = 0.22


@dataclass(frozen=True, slots=True)
class Patches:
    """Ground that is drawn in one way, with its words in the legend; ``holder`` gives colour and pattern."""

    holder: str
    words: str
    geometry: Any


@dataclass(frozen=True, slots=True)
class Sheet:
    """What stands on a sheet: faint ground, ground that stands out, words, and perhaps a course over days beneath."""

    title: str
    subtitle: str
    note: str
    faint: tuple[Patches, ...]
    strong: tuple[Patches, ...]
    course: tuple[tuple[date, float], ...] = ()
    course_words: str = ""


def draw_change(change: ChangeMap, places: Sequence[Mapping[str, Any]] = (), box: Box | None = None) -> DrawnFigure:
    """The figure; ``box`` is the part of the map to show, all that changed with a margin when left out."""
    rest = sum(one.area_km2 for one in change.changes[MOST_LISTED:])
    more = f" Smaller changes of {rest:,.1f} km² are drawn and not listed." if rest else ""
    sheet = Sheet(
        "Ground that changed hands", str(span_words(change.first, change.last)),
        f"Layer: {change.layer}. What the layer shows, not what was observed at every place.{more}",
        tuple(Patches(name, f"{name}, both days", ground) for name, ground in change.kept.items()),
        tuple(
            Patches(one.after, f"{one.before} → {one.after}: {one.area_km2:,.1f} km²", one.geometry)
            for one in change.changes
        ),
    )  # fmt: skip
    return draw_sheet(sheet, f'layer "{change.layer}" on {change.first} and {change.last}', places, box)


def draw_disagreement(found: LayersDisagreement, ground: Mapping[str, Any]) -> DrawnFigure:
    """Where two layers name different holders on their last common day, and the share of it day by day.

    ``ground`` is the first layer's on that day, by holder: what the differences lie in.
    """
    if not found.days:
        raise RecordError(f"{found.first} and {found.second}: on none of the days have both a map; ask for other days")
    last = found.days[-1]
    sheet = Sheet(
        "Where two layers name different holders", f"{day_words(last.day)}, {found.first} and {found.second}",
        f"Common ground {last.common_km2:,.0f} km², of which {last.differing_km2:,.1f} km² differ "
        f"({last.share_differing:.2%}). Only {found.first} speaks of {last.only_first_km2:,.0f} km², "
        f"only {found.second} of {last.only_second_km2:,.0f} km².",
        tuple(Patches(name, f"{name} in {found.first}", area) for name, area in ground.items()),
        tuple(
            Patches(
                pair.second_holder,
                f"{pair.first_holder} in {found.first}, {pair.second_holder} in {found.second}: {pair.km2:,.1f} km²",
                pair.geometry,
            )
            for pair in last.pairs
        ),
        tuple((day.day, day.share_differing) for day in found.days) if len(found.days) > 1 else (),
        "Share of the common ground on which the holders differ",
    )  # fmt: skip
    return draw_sheet(sheet, f"{found.first} and {found.second} on {last.day}")


def draw_sheet(
    sheet: Sheet, what: str, places: Sequence[Mapping[str, Any]] = (), box: Box | None = None
) -> DrawnFigure:
    """Draw a sheet; ``what`` names it in the error when nothing is there to draw."""
    box = box or _box_of(sheet, what)
    west, south, east, north = box
    stretch = 1 / math.cos(math.radians((south + north) / 2))
    map_height = min(8.4, max(2.6, (WIDTH_INCHES - 0.4) * (north - south) * stretch / (east - west)))
    holders = sorted({one.holder for one in (*sheet.faint, *sheet.strong)})
    style = {name: _style(name, number) for number, name in enumerate(holders)}
    listed = sheet.strong[:MOST_LISTED]
    course = COURSE_INCHES if sheet.course else 0.0
    legend_inches = 0.17 * math.ceil((len(sheet.faint) + len(listed)) / 2)
    beneath = 0.4 + legend_inches + LINE_INCHES + course
    height = map_height + 0.55 + beneath
    with mpl.rc_context(STYLE):
        canvas = Canvas(figsize=(WIDTH_INCHES, height), facecolor=PAPER)
        axes = canvas.add_axes((0.2 / WIDTH_INCHES, beneath / height, 1 - 0.4 / WIDTH_INCHES, map_height / height))
        axes.set(xlim=(west, east), ylim=(south, north), aspect=stretch, xticks=[], yticks=[], facecolor="#f4f4f1")
        for one in sheet.faint:
            _draw(axes, one.geometry, facecolor=style[one.holder][0], alpha=FAINT, linewidth=0.0, zorder=1)
        for one in sheet.strong:
            colour, hatch = style[one.holder]
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
        legend = [Patch(facecolor=style[one.holder][0], alpha=FAINT, label=one.words) for one in sheet.faint]
        legend += [
            Patch(
                facecolor=style[one.holder][0], hatch=style[one.holder][1] or None, edgecolor=INK, linewidth=0.4,
                label=one.words,
            )
            for one in listed
        ]  # fmt: skip
        canvas.legend(
            handles=legend, loc="lower left", ncols=2, frameon=False, fontsize=7,
            bbox_to_anchor=(0.15 / WIDTH_INCHES, (0.2 + LINE_INCHES + course) / height),
        )  # fmt: skip
        if sheet.course:
            _draw_course(canvas, sheet, course, height)
        write_words(canvas, sheet.title, sheet.subtitle, sheet.note)
        told = "; ".join(one.words for one in sheet.strong)
        title = f"{sheet.title}, {sheet.subtitle}"
        return write_files(canvas, Figure("sheet", title, "", f"{title}: {told or 'none'}. {sheet.note}"))


def _draw_course(canvas: Canvas, sheet: Sheet, inches: float, height: float) -> None:
    axes = canvas.add_axes((0.55 / WIDTH_INCHES, 0.62 / height, 1 - 0.8 / WIDTH_INCHES, (inches - 0.75) / height))
    days, shares = zip(*sheet.course, strict=True)
    axes.plot(days, [100 * share for share in shares], color=INK, linewidth=1.0)
    axes.set_ylim(bottom=0)
    axes.tick_params(labelsize=6.4)
    axes.set_title(f"{sheet.course_words}, percent", fontsize=7, loc="left", color=INK)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    ticks: Any = dates
    axes.xaxis.set_major_locator(ticks.AutoDateLocator(maxticks=7))
    axes.xaxis.set_major_formatter(ticks.DateFormatter("%d %b %Y"))


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


def _box_of(sheet: Sheet, what: str) -> Box:
    shapes = [one.geometry for one in sheet.strong if not one.geometry.is_empty]
    shapes = shapes or [one.geometry for one in sheet.faint if not one.geometry.is_empty]
    if not shapes:
        raise RecordError(f"{what}: no ground is stated that could be drawn; choose other days")
    west, south, east, north = shapely.total_bounds(shapes).tolist()
    wide, high = max(0.08 * (east - west), 0.002), max(0.08 * (north - south), 0.002)
    return west - wide, south - high, east + wide, north + high
