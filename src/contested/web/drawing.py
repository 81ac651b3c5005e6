"""How a map is drawn for print: ground, circles, labels, legend, scale, and the files.

In: an :class:`~contested.web.edition.Edition`, a ground, a day. Out: marks on a matplotlib canvas, and
the bytes of SVG and PNG. Refuses: nothing; a label without room is left out, a circle wider than half
the map is counted and not drawn.

The maps are drawn in degrees with the axes' ratio set so that a kilometre is as long in both
directions at the middle of the region; over a city the error of this is far below a line's width.
"""

from __future__ import annotations

import io
import math
import textwrap
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import matplotlib as mpl
import numpy as np
import shapely
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.figure import Figure as Canvas
from matplotlib.patches import Patch, PathPatch
from matplotlib.path import Path as Outline
from matplotlib.text import Text as Label
from PIL import Image

from contested.base.places import M_PER_DEGREE, Box, geodesic_m, wgs84
from contested.web.edition import Edition
from contested.web.ground import Ground
from contested.web.incident_pages import emphasised, incident_order
from contested.web.pages import Figure
from contested.web.printed_text import PrintedText
from contested.web.short_svg import short_svg
from contested.web.strings import TEXT

#: Hatches by pattern; the same readings as on the interactive map.
HATCHES = {
    "plain": "", "slash": "///", "grid": "++", "backslash": "\\\\\\", "bars": "|||", "dash": "---",
    "cross": "xxx", "none": "",
}  # fmt: skip
LEGEND_COLUMNS = 4
WIDTH_INCHES, PNG_DPI = 7.6, 300
#: Colours of a PNG: few enough for a small file, enough for every blend of a pattern with its ground.
PNG_COLOURS = 128
#: Height of a line of the sources under a figure.
LINE_INCHES = 0.1
#: Vertices of a circle of uncertainty: so many that none is further than this from its arc, points.
CIRCLE_POINTS, FEWEST_POINTS, OFF_ARC = 72, 16, 0.03
STYLE: Any = {
    "font.family": ["DejaVu Sans"], "font.size": 8.0, "svg.hashsalt": "contested", "svg.fonttype": "none",
    "hatch.linewidth": 0.45, "axes.linewidth": 0.6, "path.simplify": False, "axes.unicode_minus": False,
    "text.parse_math": False,
}  # fmt: skip
#: Letters of a title or a label on a drawing at most; more would run over its edge.
MAX_LETTERS = 170
INK, _QUIET, _ATTACK, PAPER = "#1a1a1a", "#6b6b6b", "#b3001b", "#ffffff"


#: Circles of other incidents drawn as outlines; more are drawn as one picture.
MOST_OUTLINES = 200


@dataclass(frozen=True)
class DrawnFigure:
    """A figure's page entry and its two files."""

    figure: Figure
    svg: bytes
    png: bytes


def write_files(canvas: Canvas, figure: Figure) -> DrawnFigure:
    """SVG and PNG, with every text in letters that the font holds."""
    clean_words(canvas)
    svg = io.BytesIO()
    title = drawn_words(figure.title)
    canvas.savefig(svg, format="svg", metadata={"Date": None, "Creator": "contested", "Title": title})
    return DrawnFigure(figure, short_svg(svg.getvalue()), png_bytes(canvas, PNG_DPI))


def png_bytes(canvas: Canvas, dpi: int) -> bytes:
    """The canvas as PNG with a palette, a third of the size, without a word on when or where it was made."""
    agg: Any = FigureCanvasAgg(canvas)
    canvas.set_dpi(dpi)
    agg.draw()
    picture = Image.fromarray(np.asarray(agg.buffer_rgba())).convert("RGB")
    png = io.BytesIO()
    picture.quantize(PNG_COLOURS, dither=Image.Dither.NONE).save(png, format="PNG", dpi=(dpi, dpi), optimize=True)
    return png.getvalue()


def clean_words(canvas: Canvas) -> None:
    """Make every text on the canvas one that can be drawn."""
    for label in canvas.findobj(Label):
        label.set_text(drawn_words(label.get_text()))


def drawn_words(text: str) -> str:
    """The text as the font of drawings can set it: no empty boxes, no hidden character, no line over the edge."""
    lines = PrintedText().holds(text.replace("\r", "\n")).split("\n")
    return "\n".join(line if len(line) <= MAX_LETTERS else f"{line[: MAX_LETTERS - 1]}…" for line in lines)


def map_axes(edition: Edition, legend_rows: int, source_lines: int) -> tuple[Canvas, Axes]:
    """A canvas with one map: room for a title above, legend and sources beneath."""
    west, south, east, north = edition.case.file.region.box
    stretch = 1 / math.cos(math.radians((south + north) / 2))
    map_height = min(8.4, max(2.6, (WIDTH_INCHES - 0.4) * (north - south) * stretch / (east - west)))
    above, beneath = 0.55, 0.34 + 0.16 * legend_rows + LINE_INCHES * source_lines
    height = map_height + above + beneath
    canvas = Canvas(figsize=(WIDTH_INCHES, height), facecolor=PAPER)
    axes = canvas.add_axes((0.2 / WIDTH_INCHES, beneath / height, 1 - 0.4 / WIDTH_INCHES, map_height / height))
    frame_axes(edition, axes)
    return canvas, axes


def frame_axes(edition: Edition, axes: Axes) -> None:
    """Set the region, without ticks."""
    west, south, east, north = edition.case.file.region.box
    axes.set_xlim(west, east)
    axes.set_ylim(south, north)
    axes.set_aspect(1 / math.cos(math.radians((south + north) / 2)))
    axes.set_xticks([])
    axes.set_yticks([])
    axes.set_facecolor("#f4f4f1")


def draw_scale(box: Box, axes: Axes, *, small: bool = False) -> None:
    """A scale bar of a round geodesic length, at most a quarter of the width, and north."""
    shrink = 0.62 if small else 1.0
    west, south, east, north = box
    y = south + 0.035 * (north - south)
    width_m = float(geodesic_m(west, y, east, y))
    target = width_m / 4
    unit = 10 ** math.floor(math.log10(target))
    length = max(step * unit for step in (1, 2, 5) if step * unit <= target)
    left = west + 0.03 * (east - west)
    right = left + (east - west) * length / width_m
    words = f"{length / 1000:g} km" if length >= 1000 else f"{length:g} m"
    halo = {"facecolor": PAPER, "edgecolor": "none", "alpha": 0.8, "pad": 1.5 * shrink}
    axes.plot([left, right], [y, y], color=INK, linewidth=2.2 * shrink, solid_capstyle="butt", zorder=9)
    axes.text((left + right) / 2, y + 0.012 * (north - south), words, ha="center", va="bottom", fontsize=7 * shrink,
              color=INK, zorder=9, bbox=halo)  # fmt: skip
    axes.annotate(
        "N", xy=(0.965, 0.965), xytext=(0.965, 0.885), xycoords="axes fraction", ha="center", va="center",
        fontsize=8 * shrink, color=INK, zorder=9, bbox=halo,
        arrowprops={"arrowstyle": "-|>", "color": INK, "lw": shrink, "mutation_scale": 10 * shrink},
    )  # fmt: skip


def shape_patch(shape: Any, **style: Any) -> PathPatch | None:
    """A polygon, with holes, as a patch."""
    vertices: list[Any] = []
    codes: list[Any] = []
    for polygon in shapely.get_parts(shape):
        if polygon.geom_type != "Polygon":
            continue
        for ring in (polygon.exterior, *polygon.interiors):
            points = np.asarray(ring.coords)[:, :2]
            vertices.extend(points)
            codes.extend([Outline.MOVETO, *[Outline.LINETO] * (len(points) - 2), Outline.CLOSEPOLY])
    return PathPatch(Outline(vertices, codes), **style) if vertices else None


def draw_ground(edition: Edition, axes: Axes, ground: Ground, day: date, *, cells: bool) -> None:
    """Colour and pattern of each holder, the lines of the cells, and the edge between holders."""
    for holder, area in ground.areas_on(day).items():
        mark = edition.marks(holder)
        if not cells:
            # On a small map a line is wider than this.
            area = shapely.simplify(area, (axes.get_xlim()[1] - axes.get_xlim()[0]) / 600)
        fill = shape_patch(area, zorder=2, facecolor=mark.colour, alpha=0.62, linewidth=0)
        if fill is None:
            continue
        axes.add_patch(fill)
        if hatch := HATCHES[mark.pattern]:
            over = shape_patch(area, zorder=3, facecolor="none", edgecolor="#00000066", hatch=hatch, linewidth=0)
            if over is not None:
                axes.add_patch(over)
    if cells:
        draw_cells(axes, ground, day, "#ffffff")
    edge = ground.edges_on(day)
    if edge is not None:
        lines = [np.asarray(part.coords)[:, :2] for part in shapely.get_parts(edge)]
        axes.add_collection(LineCollection(lines, colors=INK, linewidths=1.5 if cells else 0.8, zorder=4))


def draw_cells(axes: Axes, ground: Ground, day: date, colour: str) -> None:
    """The lines between the cells of a day, each once."""
    edges = shapely.line_merge(shapely.union_all([shapely.boundary(ground.shape(row)) for row in ground.on(day)]))
    lines = [np.asarray(part.coords)[:, :2] for part in shapely.get_parts(edges)]
    axes.add_collection(LineCollection(lines, colors=colour, linewidths=0.45, zorder=3.5))


def draw_labels(axes: Axes, ground: Ground, badges: Sequence[tuple[float, float, str]]) -> None:
    """Names of places where there is room: the largest places first, none over another or over a number."""
    size, badge_size = 5.0, 6.4
    axes.apply_aspect()
    canvas: Any = axes.get_figure()
    width_pt = float(axes.get_position().width * canvas.get_size_inches()[0] * 72)
    height_pt = float(axes.get_position().height * canvas.get_size_inches()[1] * 72)
    (west, east), (south, north) = axes.get_xlim(), axes.get_ylim()
    lon_pt, lat_pt = (east - west) / width_pt, (north - south) / height_pt

    def box(lon: float, lat: float, lines: Sequence[str], points: float) -> tuple[float, float, float, float]:
        wide = max(map(len, lines)) * 0.31 * points * lon_pt
        high = len(lines) * 0.62 * points * lat_pt
        return lon - wide, lat - high, lon + wide, lat + high

    taken = [box(lon, lat, [words + "  "], badge_size) for lon, lat, words in badges]
    for label in ground.labels():
        lines = [label.name, label.local] if label.local else [label.name]
        for step in (0.0, -1.6, 1.6, -2.6):
            lat = label.lat + step * size * lat_pt
            mine = box(label.lon, lat, lines, size)
            inside = west <= mine[0] and mine[2] <= east and south <= mine[1] and mine[3] <= north
            if inside and not any(_overlap(mine, other) for other in taken):
                taken.append(mine)
                axes.text(label.lon, lat, "\n".join(lines), ha="center", va="center", fontsize=size, linespacing=1.05,
                          color=INK, zorder=6, clip_on=True, parse_math=False)  # fmt: skip
                break


def _overlap(a: tuple[float, float, float, float], b: tuple[float, float, float, float]) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def _vertices(axes: Axes, radius_m: float) -> int:
    """Vertices of a circle of that radius, by its size on paper."""
    south, north = axes.get_ylim()
    canvas: Any = axes.get_figure()
    height_pt = float(axes.get_position().height * canvas.get_size_inches()[1] * 72)
    radius_pt = radius_m / M_PER_DEGREE * height_pt / (north - south)
    needed = math.ceil(math.pi / math.acos(1 - OFF_ARC / max(radius_pt, 1.0)))
    return min(max(needed, FEWEST_POINTS), CIRCLE_POINTS)


def _circle(place: tuple[float, float, float], points: int = CIRCLE_POINTS) -> Any:
    """The geodesic circle around a place (longitude, latitude, metres), as an array of degrees."""
    return _circles([place], points)[0]


def _circles(places: Sequence[tuple[float, float, float]], points: int) -> Any:
    """The geodesic circles around places: an array of places × points × (longitude, latitude)."""
    azimuths = np.tile(np.linspace(0, 360, points, endpoint=False), len(places))
    lon, lat, radius_m = (np.repeat(column, points) for column in np.array(places, dtype=float).T)
    lons, lats, _ = wgs84().fwd(lon, lat, azimuths, radius_m)
    return np.stack([lons, lats], axis=-1).reshape(len(places), points, 2)


@dataclass(frozen=True)
class Circles:
    """Circles to draw: (longitude, latitude, radius in metres) of numbered incidents and of others."""

    numbered: dict[tuple[float, float, float], list[int]]
    others: list[tuple[float, float, float]]
    n_too_wide: int

    @property
    def badges(self) -> list[tuple[float, float, str]]:
        """(longitude, latitude, numbers) of each place."""
        return [
            (lon, lat, ", ".join(map(str, sorted(set(found)))))
            for (lon, lat, _), found in sorted(self.numbered.items())
        ]


def find_circles(edition: Edition, until: date | None) -> Circles:
    """What lies on the map up to a day; places wider than half the map are only counted."""
    order = incident_order(edition)
    main = {row["incident_id"] for row in emphasised(edition)}
    west, south, east, north = edition.case.file.region.box
    widest = float(geodesic_m(west, south, east, north)) / 4
    numbered: dict[tuple[float, float, float], list[int]] = defaultdict(list)
    others: set[tuple[float, float, float]] = set()
    too_wide = 0
    for row in edition.public.of("incident_places"):
        incident = edition.public.rows["incidents"].get(row["incident_id"])
        if incident is None or row["lon"] is None or row["radius_m"] is None:
            continue
        if until is not None and incident["date_start"] > until:
            continue
        if not (west <= row["lon"] <= east and south <= row["lat"] <= north) or row["radius_m"] > widest:
            too_wide += 1
            continue
        circle = (row["lon"], row["lat"], row["radius_m"])
        if row["incident_id"] in main:
            numbered[circle].append(order[row["incident_id"]])
        else:
            others.add(circle)
    return Circles(dict(numbered), sorted(others), too_wide)


def draw_attacks(axes: Axes, circles: Circles, *, small: bool = False) -> None:
    """Circles of the places, with the numbers of their incidents where there is room."""
    if not small and len(circles.others) > MOST_OUTLINES:
        # Thousands of outlines would be megabytes of SVG; as one picture in it they are some ten thousand bytes.
        axes.add_collection(PolyCollection(_circles(circles.others, CIRCLE_POINTS // 3),
                                           facecolors="none", edgecolors="#6b6b6b", linewidths=0.4, zorder=5,
                                           rasterized=True))  # fmt: skip
    for circle in circles.others if not small and len(circles.others) <= MOST_OUTLINES else ():
        axes.add_patch(PathPatch(Outline(_circle(circle), closed=True), facecolor="none", edgecolor="#6b6b6b",
                                 linewidth=0.5, linestyle=(0, (3, 2)), zorder=5))  # fmt: skip
    for circle in sorted(circles.numbered):
        points = CIRCLE_POINTS // 3 if small else _vertices(axes, circle[2])
        axes.add_patch(PathPatch(Outline(_circle(circle, points), closed=True), facecolor=f"{_ATTACK}38",
                                 edgecolor=_ATTACK, linewidth=0.6 if small else 0.9, zorder=7))  # fmt: skip
    for lon, lat, words in () if small else circles.badges:
        axes.text(lon, lat, words, ha="center", va="center", fontsize=6.4, fontweight="bold", color=PAPER, zorder=8,
                  clip_on=True, bbox={"boxstyle": "round,pad=0.25", "facecolor": _ATTACK, "edgecolor": PAPER,
                                      "linewidth": 0.6})  # fmt: skip


def draw_legend(edition: Edition, canvas: Canvas, ground: Ground | None, y_inches: float, *, others: bool) -> None:
    """The holders with their patterns, the edge, the circles; its upper edge at ``y_inches`` from the foot."""
    handles: list[Any] = []
    if ground is not None:
        holders = {row["holder"] for row in ground.rows}
        handles += [
            Patch(facecolor=mark.colour + "9e", edgecolor="#00000066", hatch=HATCHES[mark.pattern] * 2, linewidth=0.4,
                  label=mark.name)
            for mark in edition.marks.all() if mark.id in holders
        ]  # fmt: skip
        handles.append(mpl.lines.Line2D([], [], color=INK, linewidth=1.5, label=TEXT["map_edge"]))
    handles.append(Patch(facecolor=f"{_ATTACK}38", edgecolor=_ATTACK, linewidth=0.9, label=TEXT["map_attack_legend"]))
    if others:
        handles.append(Patch(facecolor="none", edgecolor="#6b6b6b", linestyle=(0, (3, 2)), linewidth=0.6,
                             label=TEXT["map_others_legend"]))  # fmt: skip
    height = canvas.get_size_inches()[1]
    canvas.legend(handles=handles, loc="upper left", bbox_to_anchor=(0.2 / WIDTH_INCHES - 0.006, y_inches / height),
                  ncols=min(LEGEND_COLUMNS, len(handles)), frameon=False, fontsize=7, handlelength=1.8, borderpad=0,
                  columnspacing=1.4)  # fmt: skip


def write_words(canvas: Canvas, title: str, subtitle: str, sources: str) -> None:
    """Title and what it shows above, sources beneath; texts of a case are never read as formulas."""
    width, height = canvas.get_size_inches()
    left = 0.2 / width
    canvas.text(
        left,
        1 - 0.12 / height,
        title,
        ha="left",
        va="top",
        fontsize=11,
        fontweight="bold",
        color=INK,
        parse_math=False,
    )
    canvas.text(left, 1 - 0.34 / height, subtitle, ha="left", va="top", fontsize=8, color=_QUIET, parse_math=False)
    canvas.text(left, 0.1 / height, sources, ha="left", va="bottom", fontsize=5.6, color=_QUIET, linespacing=1.25,
                parse_math=False)  # fmt: skip


def source_words(edition: Edition, grounds: Sequence[Ground], datasets: bool) -> str:
    """Citations of what is drawn, wrapped."""
    entries: list[Any] = [*(edition.case.file.datasets if datasets else ()), *(ground.entry for ground in grounds)]
    found = [f"{entry.name}: {entry.citation or entry.licence or entry.path}" for entry in entries]
    words = f"{TEXT['figure_projection']} {TEXT['sources_of_figure']}: {'; '.join(found)}"
    return "\n".join(textwrap.wrap(words, 158, max_lines=12, placeholder=" …"))


def beneath_map(canvas: Canvas, axes: Axes) -> float:
    """Inches from the foot of the canvas to just under the map."""
    return float(axes.get_position().y0 * canvas.get_size_inches()[1] - 0.06)
