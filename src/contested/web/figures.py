"""Print-ready figures: the two maps of the article, as SVG and PNG.

In: an :class:`~contested.web.edition.Edition` and its grounds. Out: the page entry and the bytes of each
figure, the same for the same rows. Refuses: nothing; what cannot be drawn is said in the caption.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure as Canvas

from contested.web.drawing import (
    INK,
    LEGEND_COLUMNS,
    LINE_INCHES,
    PAPER,
    STYLE,
    WIDTH_INCHES,
    DrawnFigure,
    beneath_map,
    draw_attacks,
    draw_cells,
    draw_ground,
    draw_labels,
    draw_legend,
    draw_scale,
    find_circles,
    frame_axes,
    map_axes,
    source_words,
    write_files,
    write_words,
)
from contested.web.edition import Edition
from contested.web.ground import Ground
from contested.web.incident_pages import emphasised, incident_order
from contested.web.kept_figures import FigureParts
from contested.web.marks import Mark
from contested.web.pages import Figure
from contested.web.public import Row, row_key
from contested.web.strings import TEXT
from contested.web.words import day_words, span_words

#: Small maps of the progression at most; with more days of change, evenly chosen ones among them.
MAX_SMALL_MAPS = 20
SMALL_COLUMNS = 5
#: An SVG of more bytes is linked to, and its PNG shown: without a graphics card 1.2 MB took a browser three seconds.
MOST_SHOWN_BYTES = 400_000


def draw_figures(edition: Edition, grounds: Sequence[Ground], page: str) -> list[DrawnFigure]:
    """All figures of a case: attacks first, then each layer's days and its progression."""
    drawn = []
    with mpl.rc_context(STYLE):
        if edition.public.rows["incidents"]:
            drawn.append(_kept(edition, "attacks", lambda edition: _attacks(edition, grounds)))
        for ground in grounds:
            for day in ground.figure_days():
                name = f"ground-{ground.name}-{day.isoformat()}"
                figure = _kept(edition, name, partial(_ground_on, ground=ground, day=day))
                # Numbers are counted for each edition anew: their names follow from the order of printing.
                counts = _ground_counts(edition, ground, day, page)
                drawn.append(replace(figure, figure=replace(figure.figure, counts=counts)))
            if ground.changes:
                drawn.append(_kept(edition, f"progression-{ground.name}", partial(_progression, ground=ground)))
    return drawn


def _kept(edition: Edition, name: str, draw: Callable[[Edition], DrawnFigure]) -> DrawnFigure:
    """The figure as an earlier build drew it from the same rows, or drawn now."""

    def parts(edition: Edition) -> FigureParts:
        drawn = draw(edition)
        return FigureParts(drawn.figure.title, drawn.figure.caption, drawn.figure.alt, drawn.svg, drawn.png)

    found = edition.kept_figures.take(name, edition, parts)
    shown = "svg" if len(found.svg) <= MOST_SHOWN_BYTES else "png"
    return DrawnFigure(Figure(name, found.title, found.caption, found.alt, shown=shown), found.svg, found.png)


def _attacks(edition: Edition, grounds: Sequence[Ground]) -> DrawnFigure:
    rows = emphasised(edition)
    days = span_words(min(row["date_start"] for row in rows), max(row["date_end"] for row in rows))
    region = edition.case.file.region.name
    sources = source_words(edition, grounds[:1], True)
    canvas, axes = map_axes(edition, 1, sources.count("\n") + 1)
    circles = find_circles(edition, None)
    if grounds:
        draw_cells(axes, grounds[0], grounds[0].first, "#c4c4be")
        draw_labels(axes, grounds[0], circles.badges)
    draw_attacks(axes, circles)
    draw_scale(edition.case.file.region.box, axes)
    write_words(canvas, TEXT["figure_attacks"], f"{region}, {days}", sources)
    draw_legend(edition, canvas, None, beneath_map(canvas, axes), others=bool(circles.others))
    order = incident_order(edition)
    listed = "; ".join(
        f"{order[row['incident_id']]}: {row['title']}, {span_words(row['date_start'], row['date_end'])}"
        for row in sorted(rows, key=lambda row: order[row["incident_id"]])[:60]
    )
    caption = TEXT["caption_attacks"] + (f" {TEXT['caption_too_wide']}" if circles.n_too_wide else "")
    title = f"{TEXT['figure_attacks']}, {region}, {days}"
    return write_files(canvas, Figure("attacks", title, caption, f"{TEXT['alt_attacks']} {region}, {days}. {listed}."))


def _held_on(ground: Ground, day: date) -> list[tuple[str, list[Row]]]:
    """Holdings of a day by their holder."""
    by_holder: dict[str, list[Row]] = defaultdict(list)
    for row in ground.on(day):
        by_holder[row["holder"]].append(row)
    return sorted(by_holder.items())


def _ground_counts(edition: Edition, ground: Ground, day: date, page: str) -> tuple[tuple[Mark, Any], ...]:
    """How many holdings each holder has on the day."""
    counts = []
    for holder, held in _held_on(ground, day):
        mark = edition.marks(holder)
        keys = [row_key("holdings", row) for row in held]
        counts.append((mark, edition.book.count(page, f"{mark.name}, {day_words(day)}", "holdings", keys)))
    return tuple(counts)


def _ground_on(edition: Edition, ground: Ground, day: date) -> DrawnFigure:
    region = edition.case.file.region.name
    sources = source_words(edition, [ground], bool(edition.public.rows["incidents"]))
    circles = find_circles(edition, day)
    rows = -(-(len({row["holder"] for row in ground.rows}) + 2 + bool(circles.others)) // LEGEND_COLUMNS)
    canvas, axes = map_axes(edition, rows, sources.count("\n") + 1)
    draw_ground(edition, axes, ground, day, cells=True)
    draw_labels(axes, ground, circles.badges)
    draw_attacks(axes, circles)
    draw_scale(edition.case.file.region.box, axes)
    write_words(canvas, f"{TEXT['figure_ground']} {day_words(day)}", f"{region}. {TEXT['figure_ground_note']}", sources)
    draw_legend(edition, canvas, ground, beneath_map(canvas, axes), others=bool(circles.others))
    told = []
    for holder, held in _held_on(ground, day):
        mark = edition.marks(holder)
        places = sorted({name for row in held if (name := ground.place_name(row)) is not None})
        told.append(f"{mark.name}: {', '.join(places) or TEXT['shapes_of_layer']}")
    title = f"{TEXT['figure_ground']} {day_words(day)}, {region}"
    alt = f"{TEXT['alt_ground']} {region}, {day_words(day)} ({ground.name}). {'. '.join(told)}."
    return write_files(canvas, Figure(f"ground-{ground.name}-{day.isoformat()}", title, TEXT["caption_ground"], alt))


def small_days(ground: Ground) -> list[date]:
    """Days of the progression: the start and every day of change, thinned evenly when there are many."""
    days = [ground.first, *ground.changes]
    if len(days) <= MAX_SMALL_MAPS:
        return days
    picked = {round(number * (len(days) - 1) / (MAX_SMALL_MAPS - 1)) for number in range(MAX_SMALL_MAPS)}
    return [days[number] for number in sorted(picked)]


def _progression(edition: Edition, ground: Ground) -> DrawnFigure:
    """Small maps side by side, one a day of change."""
    days = small_days(ground)
    west, south, east, north = edition.case.file.region.box
    columns = min(SMALL_COLUMNS, len(days))
    rows = -(-len(days) // columns)
    cell = (WIDTH_INCHES - 0.4) / columns
    ratio = (north - south) / (east - west) / math.cos(math.radians((south + north) / 2))
    sources = source_words(edition, [ground], bool(edition.public.rows["incidents"]))
    legend_rows = -(-(len({row["holder"] for row in ground.rows}) + 2) // LEGEND_COLUMNS)
    foot = 0.4 + 0.16 * legend_rows + LINE_INCHES * (sources.count("\n") + 1)
    height = 0.6 + rows * (cell * ratio + 0.22) + foot
    canvas = Canvas(figsize=(WIDTH_INCHES, height), facecolor=PAPER)
    for number, day in enumerate(days):
        row, column = divmod(number, columns)
        top = height - 0.6 - row * (cell * ratio + 0.22)
        axes = canvas.add_axes((
            (0.2 + column * cell) / WIDTH_INCHES + 0.004, (top - 0.18 - cell * ratio) / height,
            cell / WIDTH_INCHES - 0.008, cell * ratio / height,
        ))  # fmt: skip
        frame_axes(edition, axes)
        draw_ground(edition, axes, ground, day, cells=False)
        draw_attacks(axes, find_circles(edition, day), small=True)
        if number == 0:
            draw_scale(edition.case.file.region.box, axes, small=True)
        axes.set_title(str(day_words(day)), fontsize=6.6, pad=2, loc="left", color=INK)
    region = edition.case.file.region.name
    write_words(canvas, TEXT["figure_progression"], f"{region}. {TEXT['figure_progression_note']}", sources)
    draw_legend(edition, canvas, ground, foot - 0.08, others=False)
    title = f"{TEXT['figure_progression']}, {region}"
    listed = ", ".join(str(day_words(day)) for day in days)
    return write_files(canvas, Figure(
        f"progression-{ground.name}", title, TEXT["caption_progression"],
        f"{TEXT['alt_progression']} {region} ({ground.name}): {listed}.",
    ))  # fmt: skip
