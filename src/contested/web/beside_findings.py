"""What stands beside a finding: its pictures, and whether it holds under other choices.

In: an :class:`~contested.web.edition.Edition` and a row of ``findings``. Out: blocks of the findings page. Refuses:
nothing; withheld incidents are not drawn. Which pictures a finding has follows from what its ``details`` hold, so that
a new test needs no entry here.
"""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import date
from typing import Any

from contested.web.addresses import anchor
from contested.web.edition import Edition
from contested.web.finding_figures import AxisValues, draw_axis, draw_pairs, draw_series, draw_strip
from contested.web.numbers import Cells, Number
from contested.web.pages import Picture, RobustnessBlock, VariedLine
from contested.web.public import Row, row_key
from contested.web.robustness_figure import CurvePoint, draw_curve
from contested.web.strings import TEXT

#: Most incidents drawn one by one: more are a cloud in which nothing can be followed.
MOST_DRAWN = 60
_PAGE = "findings.html"
_VARIED = ("n", "estimate", "low", "high", "expected", "p_value")


def read_details(row: Row) -> dict[str, Any]:
    """The object in ``details``; empty where it is none."""
    try:
        details = json.loads(row["details"] or "{}")
    except ValueError:
        return {}
    return details if isinstance(details, dict) else {}


def says_nothing_at(details: dict[str, Any]) -> float | None:
    """The value at which the finding would say nothing: what the test names, else the mean under its null."""
    found = details.get("says_nothing_at", details.get("expected"))
    return float(found) if isinstance(found, (int, float)) else None


def show_pictures(edition: Edition, key: str, row: Row) -> tuple[Picture, ...]:
    """Days in pairs, distances as a strip, else the estimate on an axis."""
    details = read_details(row)
    name = f"picture-{anchor(key)}"
    names = _incident_names(edition)
    attacks, falls = details.get("attacked_on"), details.get("first_place_fell_on")
    if isinstance(attacks, dict) and isinstance(falls, dict):
        days = [
            (names[one], date.fromisoformat(attacks[one]), date.fromisoformat(falls[one]))
            for one in attacks if one in names and one in falls
        ]  # fmt: skip
        if 0 < len(days) <= MOST_DRAWN:
            return (Picture(draw_pairs(days, name), TEXT["pairs_alt"]),)
    metres = details.get("front_m")
    if isinstance(metres, dict):
        shown = [(names[one], float(value)) for one, value in metres.items() if one in names]
        if 0 < len(shown) <= MOST_DRAWN:
            return (Picture(draw_strip(shown, details.get("near_front_m"), name), TEXT["strip_alt"]),)
    series = details.get("series")
    if isinstance(series, dict) and any(value is not None for value in series.get("difference", ())):
        return (Picture(draw_series(series, name), TEXT["series_alt"]),)
    values = AxisValues(
        row["estimate"], _pair(row["low"], row["high"]), _pair(row["bound_low"], row["bound_high"]),
        says_nothing_at(details),
    )  # fmt: skip
    if row["estimate"] is None or (values.interval, values.bounds, values.expected) == (None, None, None):
        return ()
    return (Picture(draw_axis(values, row["unit"] or "", name), TEXT["axis_alt"]),)


def _pair(low: float | None, high: float | None) -> tuple[float, float] | None:
    return None if low is None or high is None else (low, high)


def _incident_names(edition: Edition) -> dict[str, str]:
    """Printed incidents by the names of their places, else by their title."""
    places: dict[str, list[str]] = defaultdict(list)
    for row in edition.public.of("incident_places"):
        if row["place_name"]:
            places[row["incident_id"]].append(row["place_name"])
    return {
        key: ", ".join(dict.fromkeys(places[key])) or row["title"]
        for key, row in edition.public.rows["incidents"].items()
    }


def show_robustness(edition: Edition, key: str, row: Row, varied: list[Row]) -> RobustnessBlock | None:
    """In how many other choices the finding holds, each that it does not, the curve and the table."""
    others = [one for one in varied if one["variant_no"]]
    if not others:
        return None
    book = edition.book

    def count(word: str, **where: Any) -> Number:
        return book.count_where(_PAGE, TEXT[word], "robustness", {"finding_id": key, **where})

    refused = count("few_lead", refused=True) if any(one["refused"] for one in others) else None
    points = [
        CurvePoint(*(one[name] for name in ("kind", "variant", "estimate", "low", "high", "expected", "holds")))
        for one in varied if one["estimate"] is not None and (one["holds"] is not None or not one["variant_no"])
    ]  # fmt: skip
    return RobustnessBlock(
        count("holds_in", holds=True), count("of_variants", holds=[True, False]), refused,
        tuple((f"#{_anchor(one)}", one["variant"]) for one in others if one["holds"] is False),
        draw_curve(points, says_nothing_at(read_details(row)), row["unit"] or "", f"curve-{anchor(key)}"),
        tuple(_line(edition, one) for one in varied),
    )  # fmt: skip


def _line(edition: Edition, row: Row) -> VariedLine:
    key = row_key("robustness", row)
    if row["holds"] is not None:
        outcome = "holds" if row["holds"] else "flips"
    else:
        outcome = "stands" if not row["variant_no"] else "refused" if row["refused"] else "not_tried"
    words = dict(zip(_VARIED, ("n_incidents", "estimate", "low", "high", "says_nothing", "p_value"), strict=True))
    values = tuple(
        edition.book.value(_PAGE, f"{TEXT[word]}, {row['variant']}", Cells("robustness", column, (key,)), style="real")
        for column, word in words.items()
    )
    return VariedLine(
        _anchor(row), TEXT[f"varied_{row['kind']}"], row["variant"], TEXT[f"outcome_{outcome}"], row["reason"], values
    )


def _anchor(row: Row) -> str:
    return f"variant-{anchor(row_key('robustness', row))}"
