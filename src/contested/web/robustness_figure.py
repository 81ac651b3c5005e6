"""A specification curve as inline SVG, without script and without style of its own.

In: the estimates of one finding under other choices. Out: SVG text, escaped. Refuses: nothing; without an estimate
there is no figure.

Above, the estimates from low to high with their intervals, the value at which the finding says nothing as a broken
line, and a cross in the place of a dot where the finding does not hold. Beneath, a dot in the row of the kind of choice
that each is.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from contested.web.strings import TEXT

#: Drawing units; the style sheet scales the whole.
WIDTH, LEFT, RIGHT, TOP, HEIGHT, STEP = 960, 210, 16, 16, 190, 18
#: Half a mark; the widest room between two estimates.
MARK, MOST_APART = 4.5, 40.0


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """One variant's estimate; ``holds`` is ``None`` for the finding as it stands."""

    kind: str
    words: str
    estimate: float
    low: float | None
    high: float | None
    expected: float | None
    holds: bool | None


def draw_curve(points: Sequence[CurvePoint], expected: float | None, unit: str, name: str) -> Markup:
    """The figure; ``name`` is unique on the page and begins the ids of its title and description."""
    points = sorted(points, key=lambda point: (point.estimate, point.kind, point.words))
    ends = [
        one for point in points for one in (point.estimate, point.low, point.high, point.expected) if one is not None
    ]
    ends += [] if expected is None else [expected]
    low, high = min(ends), max(ends)
    ticks = round_ticks(low, high)
    low, high = min(low, ticks[0]), max(high, ticks[-1])
    apart = min(MOST_APART, (WIDTH - LEFT - RIGHT - 2 * MARK) / max(1, len(points)))
    kinds = list(dict.fromkeys(point.kind for point in points if point.holds is not None))
    bottom = TOP + HEIGHT

    def y(value: float) -> float:
        return bottom - HEIGHT * (value - low) / (high - low)

    def x(number: int) -> float:
        return LEFT + MARK + apart * (number + 0.5)

    body = [
        f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y(tick):.1f}" y2="{y(tick):.1f}"/>'
        f'<text class="axis" x="{LEFT - 8}" y="{y(tick) + 4:.1f}" text-anchor="end">{tick:,g}</text>'
        for tick in ticks
    ]
    if expected is not None:
        body.append(
            f'<line class="expected" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y(expected):.1f}" y2="{y(expected):.1f}"/>'
        )
    rows = {kind: bottom + 26 + STEP * number for number, kind in enumerate(kinds)}
    for kind, row in rows.items():
        body.append(
            f'<text class="kind" x="{LEFT - 8}" y="{row + 4}" text-anchor="end">{escape(TEXT[f"varied_{kind}"])}</text>'
            f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{row}" y2="{row}"/>'
        )
    for number, point in enumerate(points):
        at, title = x(number), escape(f"{point.words}: {point.estimate:.3g}")
        if point.low is not None and point.high is not None:
            body.append(
                f'<line class="range" x1="{at:.1f}" x2="{at:.1f}" y1="{y(point.low):.1f}" y2="{y(point.high):.1f}"/>'
            )
        if point.expected is not None and point.expected != expected:
            body.append(
                f'<line class="own" x1="{at - 2 * MARK:.1f}" x2="{at + 2 * MARK:.1f}" y1="{y(point.expected):.1f}" '
                f'y2="{y(point.expected):.1f}"/>'
            )
        body.append(f"<g>{_mark(point.holds, at, y(point.estimate))}<title>{title}</title></g>")
        if point.holds is not None:
            body.append(f"<g>{_mark(point.holds, at, rows[point.kind])}<title>{title}</title></g>")
    words = (f"{TEXT['curve_title']}: {unit}", TEXT["curve_alt"])
    return frame_svg(body, bottom + 26 + STEP * len(kinds), words, name)


def frame_svg(body: Sequence[str], height: float, words: tuple[str, str], name: str) -> Markup:
    """The drawing with its title and description, whose ids begin with ``name``."""
    return Markup(
        f'<svg class="weighed-figure" viewBox="0 0 {WIDTH} {height:.0f}" role="img" '
        f'aria-labelledby="{name}-title {name}-alt"><title id="{name}-title">{escape(words[0])}</title>'
        f'<desc id="{name}-alt">{escape(words[1])}</desc>{"".join(body)}</svg>'
    )


def _mark(holds: bool | None, x: float, y: float) -> str:
    """A dot, a cross where it does not hold, a diamond for the finding as it stands."""
    d = MARK
    if holds is None:
        corners = f"{x:.1f},{y - d - 3:.1f} {x + d + 3:.1f},{y:.1f} {x:.1f},{y + d + 3:.1f} {x - d - 3:.1f},{y:.1f}"
        return f'<polygon class="stands" points="{corners}"/>'
    if holds:
        return f'<circle class="holds" cx="{x:.1f}" cy="{y:.1f}" r="{d - 0.5}"/>'
    return f'<path class="flips" d="M{x - d:.1f},{y - d:.1f}l{2 * d},{2 * d}m0,{-2 * d}l{-2 * d},{2 * d}"/>'


def round_ticks(low: float, high: float) -> list[float]:
    """Three to six round numbers that span a range; a range without extent is widened.

    >>> round_ticks(0.12, 0.97)
    [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]
    """
    if high - low <= 1e-9 * max(1e-1, abs(low), abs(high)):
        half = abs(low) / 2 if abs(low) > 1e-9 else 0.5
        low, high = low - half, high + half
    rough = (high - low) / 4
    unit = 10.0 ** math.floor(math.log10(rough))
    step = next(step * unit for step in (1, 2, 5, 10) if step * unit >= rough * 0.75)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(number * step, 12) for number in range(first, last + 1)]
