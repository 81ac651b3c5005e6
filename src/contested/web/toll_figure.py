"""What each source says of the toll, drawn as ranges on one axis. Inline SVG without script.

In: ranges of records. Out: SVG text, escaped. Refuses: nothing; an open end is drawn as an arrow, not as a number.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from contested.web.robustness_figure import frame_svg, round_ticks
from contested.web.strings import TEXT
from contested.web.words import range_words

#: Drawing units; the style sheet scales the whole.
WIDTH, LEFT, RIGHT, TOP, STEP = 960, 210, 40, 30, 26
#: Names are cut to so many letters; the whole stands in the title of the bar.
MOST_LETTERS = 28


@dataclass(frozen=True, slots=True)
class TollSpan:
    """Fewest and most people that one record allows, with the sources that it names; ``None`` is an open end."""

    sources: str
    low: int | None
    high: int | None


def draw_tolls(spans: Sequence[TollSpan], word: str, name: str) -> Markup:
    """A bar a record, in the order given; a dot where both ends are one number."""
    ends = [end for span in spans for end in (span.low, span.high) if end is not None]
    # Room to the right of the largest number, where an open end goes on.
    widest = max([*ends, 1]) * (1.2 if any(span.high is None for span in spans) else 1)
    ticks = sorted({round(tick) for tick in round_ticks(0.0, float(widest))})
    last = ticks[-1]

    def x(value: float) -> float:
        return LEFT + (WIDTH - RIGHT - LEFT) * value / last

    bottom = TOP + STEP * len(spans)
    body = [
        f'<line class="grid" x1="{x(tick):.1f}" x2="{x(tick):.1f}" y1="{TOP - 6}" y2="{bottom}"/>'
        f'<text class="axis" x="{x(tick):.1f}" y="{bottom + 16}" text-anchor="middle">{tick:,}</text>'
        for tick in ticks
    ]
    for number, span in enumerate(spans):
        y = TOP + STEP * (number + 0.5)
        label = span.sources if len(span.sources) <= MOST_LETTERS else span.sources[: MOST_LETTERS - 1] + "…"
        low, high = span.low or 0, last if span.high is None else span.high
        if span.low == span.high:
            mark = f'<circle class="holds" cx="{x(low):.1f}" cy="{y:.1f}" r="5"/>'
        else:
            mark = f'<line class="toll-range" x1="{x(low):.1f}" x2="{x(high):.1f}" y1="{y:.1f}" y2="{y:.1f}"/>'
        if span.high is None:
            mark += f'<path class="range" d="M{x(last) - 7:.1f},{y - 6:.1f}l8,6l-8,6"/>'
        told = f"{span.sources}: {range_words(span.low, span.high)}"
        body.append(
            f'<g><text class="kind" x="{LEFT - 12}" y="{y + 4:.1f}" text-anchor="end">{escape(label)}</text>{mark}'
            f"<title>{escape(told)}</title></g>"
        )
    return frame_svg(body, bottom + 26, (TEXT["toll_picture_title"].format(what=word), TEXT["toll_picture_alt"]), name)
