"""Intervals of ratios on a scale of powers of ten, as inline SVG without script and without style of its own.

In: named intervals. Out: SVG text, escaped. Refuses: nothing; what reaches beyond twelve powers of ten is cut there.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from contested.web.strings import TEXT

#: Drawing units; the style sheet scales the whole.
WIDTH, LEFT, RIGHT, TOP, STEP, BAR = 960, 330, 20, 40, 26, 12
#: Powers of ten drawn on each side at most.
MAX_DECADES = 12
#: Labels are cut to this many characters; the whole stands in the table beneath and in the title of the bar.
MAX_LABEL = 44


@dataclass(frozen=True, slots=True)
class RatioBar:
    """One interval; ``whole`` marks the one of all evidence."""

    label: str
    low: float
    high: float
    whole: bool


def draw_ratios(bars: Sequence[RatioBar], account: str, against: str, name: str) -> Markup:
    """The figure; ``name`` is unique on the page and begins the ids of its title and description."""
    reach = max([1.0, *(abs(math.log10(end)) for bar in bars for end in (bar.low, bar.high))])
    decades = min(MAX_DECADES, math.ceil(reach))
    bottom = TOP + STEP * len(bars)

    def x(ratio: float) -> float:
        share = min(max(math.log10(ratio), -decades), decades) / decades
        return LEFT + (WIDTH - LEFT - RIGHT) * (share + 1) / 2

    body = [
        f'<text class="side" x="{x(1) - 8:.1f}" y="{TOP - 22}" text-anchor="end">← {escape(_cut(against))}</text>'
        f'<text class="side" x="{x(1) + 8:.1f}" y="{TOP - 22}">{escape(_cut(account))} →</text>'
    ]
    every = max(1, decades // 3)
    for power in range(-decades, decades + 1):
        at = x(10.0**power)
        kind = "one" if power == 0 else "tick"
        body.append(f'<line class="{kind}" x1="{at:.1f}" x2="{at:.1f}" y1="{TOP - 12}" y2="{bottom}"/>')
        if power % every == 0:
            words = f"{10**power:,}" if power >= 0 else f"1/{10**-power:,}"
            body.append(f'<text class="axis" x="{at:.1f}" y="{bottom + 18}" text-anchor="middle">{words}</text>')
    for number, bar in enumerate(bars):
        y = TOP + STEP * number
        left, right = x(bar.low), x(bar.high)
        width = max(right - left, 3.0)
        start, kind = (left + right - width) / 2, "all" if bar.whole else "part"
        title = escape(f"{bar.label}: {bar.low:.3g} {TEXT['weighed_to']} {bar.high:.3g}")
        body.append(
            f'<text class="{kind}" x="{LEFT - 12}" y="{y + 11}" text-anchor="end">{escape(_cut(bar.label))}</text>'
            f'<rect class="{kind}" x="{start:.1f}" y="{y}" width="{width:.1f}" height="{BAR}">'
            f"<title>{title}</title></rect>"
        )
    return Markup(
        f'<svg class="ratios" viewBox="0 0 {WIDTH} {bottom + 28}" role="img" '
        f'aria-labelledby="{name}-title {name}-alt"><title id="{name}-title">{escape(TEXT["weighed_figure_title"])}: '
        f'{escape(account)} {escape(TEXT["weighed_against"])} {escape(against)}</title>'
        f'<desc id="{name}-alt">{escape(TEXT["weighed_figure_alt"])}</desc>{"".join(body)}</svg>'
    )  # fmt: skip


def _cut(text: str) -> str:
    return text if len(text) <= MAX_LABEL else f"{text[: MAX_LABEL - 1].rstrip()}…"
