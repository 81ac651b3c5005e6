"""A timeline as inline SVG, without script and without style of its own.

In: dated moments in lanes. Out: SVG text, escaped. Refuses: nothing; long stretches without a
moment are cut short and marked as cut, with the number of days left out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from markupsafe import Markup, escape

from contested.web.strings import TEXT

#: Drawing units; the style sheet scales the whole.
WIDTH, LEFT, RIGHT, TOP = 1160, 236, 24, 34
STEP, DOT = 17, 6.0
#: Characters of a lane's name that find room beside it.
MAX_LANE_CHARACTERS = 36
#: Longest stretch drawn true to scale, days; longer ones are cut to this length and marked.
MAX_GAP_DAYS = 12


_ARM = DOT + 1
#: Corners of a plus, in order around it.
_PLUS = [
    (-2, -_ARM), (2, -_ARM), (2, -2), (_ARM, -2), (_ARM, 2), (2, 2), (2, _ARM), (-2, _ARM), (-2, 2), (-_ARM, 2),
    (-_ARM, -2), (-2, -2),
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Moment:
    """One thing that happened on a day, in a lane; lanes stand in the order of ``lane_order``."""

    day: date
    lane: str
    lane_order: int
    text: str
    shape: str
    css: str
    href: str


def place_days(
    days: Sequence[date], ends: tuple[float, float], longest: int = MAX_GAP_DAYS
) -> tuple[dict[date, float], list[tuple[float, int]]]:
    """Day → x between the ends, and the cuts: (x of the middle, days left out).

    ``days`` are in order, without repeats. Stretches longer than ``longest`` days are cut to that length.
    """
    if len(days) < 2:
        return dict.fromkeys(days, (ends[0] + ends[1]) / 2), []
    gaps = [(later - earlier).days for earlier, later in pairwise(days)]
    lengths = [min(gap, longest) for gap in gaps]
    scale = (ends[1] - ends[0]) / sum(lengths)
    x = float(ends[0])
    found, cuts = {days[0]: x}, []
    for day, gap, length in zip(days[1:], gaps, lengths, strict=True):
        if gap > length:
            cuts.append((x + length * scale / 2, gap))
        x += length * scale
        found[day] = x
    return found, cuts


def _shape(moment: Moment, x: float, y: float) -> str:
    css = f"moment {moment.css}".strip()
    title = f"<title>{escape(f'{moment.day.isoformat()}, {moment.lane}: {moment.text}')}</title>"
    d = DOT
    if moment.shape in ("circle", "ring"):
        css += " shape-ring" if moment.shape == "ring" else ""
        return f'<circle class="{css}" cx="{x:.1f}" cy="{y:.1f}" r="{d:.1f}">{title}</circle>'
    points = {
        "up": [(0, -d - 1), (d + 1, d), (-d - 1, d)],
        "down": [(0, d + 1), (d + 1, -d), (-d - 1, -d)],
        "diamond": [(0, -d - 2), (d + 2, 0), (0, d + 2), (-d - 2, 0)],
        "event": [(0, -d - 4), (d + 4, 0), (0, d + 4), (-d - 4, 0)],
        "plus": _PLUS,
        "attack": [(0, -d - 2), (d + 1, -d / 2), (d + 1, d / 2), (0, d + 2), (-d - 1, d / 2), (-d - 1, -d / 2)],
        "gain": [(-d, -d - 1), (-d + 2, -d - 1), (d, -2), (-d + 2, 2), (-d + 2, d + 1), (-d, d + 1)],
    }.get(moment.shape, [(-d, -d), (d, -d), (d, d), (-d, d)])
    path = " ".join(f"{x + dx:.1f},{y + dy:.1f}" for dx, dy in points)
    drawn = f'<polygon class="{css} shape-{escape(moment.shape)}" points="{path}">{title}</polygon>'
    if moment.shape == "veto":
        drawn += (
            f'<path class="veto-cross" d="M{x - d + 2:.1f},{y - d + 2:.1f}L{x + d - 2:.1f},{y + d - 2:.1f}'
            f'M{x + d - 2:.1f},{y - d + 2:.1f}L{x - d + 2:.1f},{y + d - 2:.1f}"/>'
        )
    return drawn


def _lane_name(lane: str) -> str:
    """The name as far as there is room for it; all of it when pointed at, and in the table."""
    if len(lane) <= MAX_LANE_CHARACTERS:
        return str(escape(lane))
    return f"{escape(lane[: MAX_LANE_CHARACTERS - 1])}…<title>{escape(lane)}</title>"


def _day_labels(xs: dict[date, float], bottom: float) -> list[str]:
    """Labels under the axis, left out where they would run into the one before."""
    months = TEXT["months_short"].split()
    out: list[str] = []
    last = -1e9
    for day, x in xs.items():
        if x - last < 62:
            continue
        last = x
        label = f"{day.day} {months[day.month - 1]} {day.year}" if not out else f"{day.day} {months[day.month - 1]}"
        out.append(f'<text class="axis" x="{x:.1f}" y="{bottom + 18:.1f}" text-anchor="middle">{label}</text>')
    return out


def draw_timeline(moments: Sequence[Moment], title: str, description: str) -> Markup:
    """The timeline; moments of one lane and day stand on top of each other."""
    if not moments:
        return Markup("")
    xs, cuts = place_days(sorted({moment.day for moment in moments}), (LEFT + STEP, WIDTH - RIGHT - STEP))
    lanes: dict[tuple[int, str], dict[date, list[Moment]]] = defaultdict(lambda: defaultdict(list))
    for moment in moments:
        lanes[moment.lane_order, moment.lane][moment.day].append(moment)
    body: list[str] = []
    y = float(TOP)
    for (_, lane), days in sorted(lanes.items()):
        rows = _stack(days, xs)
        height = STEP * (1 + max(row for _, row in rows)) + 12
        body.append(
            f'<line class="lane" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y + height:.1f}" y2="{y + height:.1f}"/>'
        )
        at = f'x="{LEFT - 12}" y="{y + height - 8:.1f}"'
        body.append(f'<text class="lane-name" {at} text-anchor="end">{_lane_name(lane)}</text>')
        for moment, row in rows:
            body.append(_shape(moment, xs[moment.day], y + height - 12 - STEP * row))
        y += height
    for x, days_out in cuts:
        words = f"{days_out} {TEXT['days']}"
        body.append(f'<rect class="cut" x="{x - 4:.1f}" y="{TOP - 8}" width="8" height="{y - TOP + 16:.1f}"/>')
        body.append(f'<text class="axis" x="{x:.1f}" y="{TOP - 14}" text-anchor="middle">{words}</text>')
    body += _day_labels(xs, y)
    return Markup(
        f'<svg class="timeline" viewBox="0 0 {WIDTH} {y + 30:.0f}" role="img" '
        f'aria-labelledby="timeline-title timeline-description">'
        f'<title id="timeline-title">{escape(title)}</title>'
        f'<desc id="timeline-description">{escape(description)}</desc>{"".join(body)}</svg>'
    )  # fmt: skip


def _stack(days: dict[date, list[Moment]], xs: dict[date, float]) -> list[tuple[Moment, int]]:
    """A row for each moment so that no two marks of a lane touch: the lowest that is free at its place."""
    ends: list[float] = []
    placed = []
    for day in sorted(days):
        for moment in days[day]:
            row = next((number for number, end in enumerate(ends) if end <= xs[day]), len(ends))
            if row == len(ends):
                ends.append(0.0)
            ends[row] = xs[day] + 2 * DOT + 4
            placed.append((moment, row))
    return placed
