"""A party's answers to one question over time, as a drawing the height of a line.

In: dated answers, and the days of all answers about the event. Out: inline SVG with a text that says the same.
Refuses: nothing; answers without a day have no place on an axis and are not drawn.

Every strip of an event has the same axis, so that strips beneath each other can be compared.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup, escape

from contested.web.strings import TEXT
from contested.web.timeline import place_days
from contested.web.words import day_words, joined_words

#: Drawing units; the style sheet scales the whole.
WIDTH, HEIGHT, SIDE = 132, 18, 8
#: Longest stretch drawn true to scale, days.
MAX_GAP_DAYS = 20


@dataclass(frozen=True, slots=True)
class StripMark:
    """One answer: ``kind`` is ``latest`` (reads as the latest), ``other`` (reads otherwise) or ``unchecked``."""

    day: date
    text: str
    kind: str


def draw_answers(marks: Sequence[StripMark], days: Sequence[date]) -> Markup | None:
    """The strip of one cell; ``None`` where all answers are of one day, so that nothing can have changed.

    ``days`` are those of the axis, in order, without repeats; every mark stands on one of them.
    """
    if len({mark.day for mark in marks}) < 2:
        return None
    xs, _ = place_days(days, (SIDE, WIDTH - SIDE), MAX_GAP_DAYS)
    middle = HEIGHT / 2
    told = joined_words([f"{day_words(mark.day)}: {mark.text}" for mark in marks])
    drawn = "".join(_draw(mark, xs[mark.day], middle) for mark in marks)
    return Markup(
        f'<svg class="answer-strip" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'aria-label="{escape(TEXT["strip_label"].format(answers=told))}">'
        f'<path class="axis" d="M{SIDE} {middle}H{WIDTH - SIDE}"/>{drawn}</svg>'
    )  # fmt: skip


def _draw(mark: StripMark, x: float, y: float) -> str:
    title = f"<title>{escape(f'{day_words(mark.day)}: {mark.text}')}</title>"
    if mark.kind == "latest":
        return f'<circle class="as-latest" cx="{x:.1f}" cy="{y}" r="4">{title}</circle>'
    if mark.kind == "other":
        return f'<path class="otherwise" d="M{x:.1f} {y - 6}l6 6l-6 6l-6 -6z">{title}</path>'
    return f'<path class="by-machine" d="M{x:.1f} {y - 6}v12">{title}</path>'
