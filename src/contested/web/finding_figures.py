"""What a finding says, drawn: a share on its axis, distances as a strip, days in pairs. Inline SVG without script.

In: numbers of a finding. Out: SVG text, escaped. Refuses: nothing; what cannot be drawn gives no figure.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median

from markupsafe import Markup, escape

from contested.web.robustness_figure import MARK, frame_svg, round_ticks
from contested.web.strings import TEXT
from contested.web.words import day_words

#: Drawing units; the style sheet scales the whole.
WIDTH, LEFT, RIGHT, TOP, STEP = 960, 210, 30, 30, 24
#: Names of incidents are cut to so many letters; the whole stands in the title of the mark.
MOST_LETTERS = 30


@dataclass(frozen=True, slots=True)
class AxisValues:
    """An estimate with its interval, its worst case and the value at which it says nothing, where there are such."""

    estimate: float
    interval: tuple[float, float] | None
    bounds: tuple[float, float] | None
    expected: float | None


def draw_axis(values: AxisValues, unit: str, name: str) -> Markup:
    """The four on one axis, each in a row of its own with its name."""
    spans = [(TEXT["estimate"], (values.estimate, values.estimate), "estimate")]
    if values.interval:
        spans.append((TEXT["interval"], values.interval, "range"))
    if values.bounds:
        spans.append((TEXT["worst_case"], values.bounds, "bounds"))
    ends = [end for _, span, _ in spans for end in span] + ([] if values.expected is None else [values.expected])
    if "share" in unit and min(ends) >= 0 and max(ends) <= 1:
        axis = _Axis(round_ticks(0.0, 1.0), lambda tick: f"{tick:.0%}")
    else:
        axis = _Axis(round_ticks(min(ends), max(ends)), lambda tick: f"{tick:,g}")
    bottom = TOP + STEP * len(spans)
    body = axis.draw(bottom)
    if values.expected is not None:
        body.append(axis.line(values.expected, TEXT["says_nothing"], "expected", bottom))
    for number, (words, span, css) in enumerate(spans):
        y = TOP + STEP * (number + 0.5)
        body.append(f'<text class="kind" x="{LEFT - 12}" y="{y + 4:.1f}" text-anchor="end">{escape(words)}</text>')
        if css == "estimate":
            body.append(f'<circle class="holds" cx="{axis.x(span[0]):.1f}" cy="{y:.1f}" r="{MARK + 1}"/>')
        else:
            body.append(_whisker(axis.x(span[0]), axis.x(span[1]), y, css))
    return frame_svg(body, bottom + 26, (f"{TEXT['axis_title']}: {unit}", TEXT["axis_alt"]), name)


def draw_strip(metres: Sequence[tuple[str, float]], near_m: float | None, name: str) -> Markup:
    """Each incident's name and distance to the front, on one axis."""
    values = [value for _, value in metres]
    axis = _Axis(round_ticks(0.0, max([*values, near_m or 0.0])), lambda tick: f"{tick:,g} m")
    bottom = TOP + 2 * STEP
    body = axis.draw(bottom)
    if near_m is not None:
        body.append(axis.line(near_m, TEXT["near_front"], "expected", bottom))
    body.append(axis.line(median(values), TEXT["median"], "median", bottom, above=False))
    for words, value in metres:
        body.append(
            f'<circle class="one" cx="{axis.x(value):.1f}" cy="{TOP + STEP * 0.5:.1f}" r="{MARK + 1}">'
            f"<title>{escape(f'{words}: {value:,.0f} m')}</title></circle>"
        )
    return frame_svg(body, bottom + 26, (TEXT["strip_title"], TEXT["strip_alt"]), name)


def draw_pairs(days: Sequence[tuple[str, date, date]], name: str) -> Markup:
    """An attack's day and the day on which its place fell, one line an incident."""
    first = min(attack for _, attack, _ in days).toordinal()
    last = max(fall for _, _, fall in days).toordinal()
    step = max(1, math.ceil((last - first) / 6))
    ticks = [float(day) for day in range(first, max(last, first + 1) + step, step)]
    axis = _Axis(ticks, lambda tick: _day(date.fromordinal(int(tick))))
    bottom = TOP + STEP * len(days)
    body = axis.draw(bottom)
    for number, (words, attack, fall) in enumerate(sorted(days, key=lambda one: (one[1], one[2], one[0]))):
        y, d = TOP + STEP * (number + 0.5), MARK
        start, end = axis.x(attack.toordinal()), axis.x(fall.toordinal())
        title = escape(f"{words}: {day_words(attack)} – {day_words(fall)}")
        body.append(
            f'<g><title>{title}</title><text class="kind" x="{LEFT - 12}" y="{y + 4:.1f}" text-anchor="end">'
            f'{escape(_cut(words))}</text><line class="range" x1="{start:.1f}" x2="{end:.1f}" y1="{y:.1f}" '
            f'y2="{y:.1f}"/><circle class="one" cx="{start:.1f}" cy="{y:.1f}" r="{d}"/><polygon class="fell" '
            f'points="{end - d:.1f},{y - d:.1f} {end + d:.1f},{y - d:.1f} {end:.1f},{y + d:.1f}"/></g>'
        )
    return frame_svg(body, bottom + 26, (TEXT["pairs_title"], TEXT["pairs_alt"]), name)


def draw_series(series: Mapping[str, Sequence[float | None]], name: str) -> Markup:
    """A curve over the days around an attack with its band of chance: attacked less matched places."""
    days = [float(day) for day in series["day"] if day is not None]
    axis = _Axis(round_ticks(min(days), max(days)), lambda tick: f"{tick:g}")
    spread = [value for key in ("difference", "band_low", "band_high") for value in series[key] if value is not None]
    ticks = round_ticks(min([0.0, *spread]), max([0.0, *spread]))
    bottom = TOP + 8 * STEP

    def y(value: float) -> float:
        return bottom - (bottom - TOP) * (value - ticks[0]) / (ticks[-1] - ticks[0])

    def path(key: str) -> str:
        known = [(day, value) for day, value in zip(days, series[key], strict=True) if value is not None]
        return "M" + "L".join(f"{axis.x(day):.1f},{y(value):.1f}" for day, value in known) if known else ""

    body = axis.draw(bottom)
    for tick in ticks:
        words = f"{tick:.0%}" if ticks[-1] - ticks[0] >= 0.05 else f"{tick:.1%}"
        body.append(
            f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y(tick):.1f}" y2="{y(tick):.1f}"/>'
            f'<text class="axis" x="{LEFT - 8}" y="{y(tick) + 4:.1f}" text-anchor="end">{words}</text>'
        )
    body.append(axis.line(0.0, TEXT["day_of_attack"], "expected", bottom))
    body += [f'<path class="bounds" d="{path(key)}"/>' for key in ("band_low", "band_high")]
    body.append(f'<path class="range" d="{path("difference")}"/>')
    return frame_svg(body, bottom + 26, (TEXT["series_title"], TEXT["series_alt"]), name)


def _day(day: date) -> str:
    return f"{day.day} {TEXT['months_short'].split()[day.month - 1]}"


@dataclass(frozen=True, slots=True)
class _Axis:
    """An axis of values, from the first of its ticks to the last."""

    ticks: Sequence[float]
    words: Callable[[float], str]

    def x(self, value: float) -> float:
        low, high = self.ticks[0], self.ticks[-1]
        return LEFT + (WIDTH - LEFT - RIGHT) * (value - low) / (high - low)

    def draw(self, bottom: float) -> list[str]:
        """Lines and labels, the labels beneath."""
        return [
            f'<line class="grid" x1="{self.x(tick):.1f}" x2="{self.x(tick):.1f}" y1="{TOP - 8}" y2="{bottom}"/>'
            f'<text class="axis" x="{self.x(tick):.1f}" y="{bottom + 16}" text-anchor="middle">'
            f"{self.words(tick)}</text>"
            for tick in self.ticks
        ]

    def line(self, value: float, words: str, css: str, bottom: float, *, above: bool = True) -> str:
        """A line across, named above it, or beside its foot."""
        at = self.x(value)
        # A name near an end is written inward.
        inward = "start" if at < LEFT + 60 else "end" if at > WIDTH - 90 else "middle"
        x, y, anchor = (at, TOP - 13, inward) if above else (at + 5, bottom - 4, "start")
        return (
            f'<line class="{css}" x1="{at:.1f}" x2="{at:.1f}" y1="{TOP - 8}" y2="{bottom}"/>'
            f'<text class="axis" x="{x:.1f}" y="{y}" text-anchor="{anchor}">{escape(words)}</text>'
        )


def _whisker(left: float, right: float, y: float, css: str) -> str:
    return (
        f'<path class="{css}" d="M{left:.1f},{y - MARK:.1f}V{y + MARK:.1f}M{left:.1f},{y:.1f}H{right:.1f}'
        f'M{right:.1f},{y - MARK:.1f}V{y + MARK:.1f}"/>'
    )


def _cut(text: str) -> str:
    return text if len(text) <= MOST_LETTERS else f"{text[: MOST_LETTERS - 1].rstrip()}…"
