"""When places changed hands, and the areas held by day."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from contested.base.compiled import has_compiler
from contested.base.records import HOLDINGS
from contested.territory.areas import area_m2
from contested.territory.changes import areas_by_day, last_change, next_change
from contested.territory.control import ControlLayer

WEST = shapely.box(10.0, 50.0, 10.1, 50.1)
EAST = shapely.box(10.15, 50.0, 10.2, 50.1)
NAMES = {"N": "north", "S": "south", "C": "contested"}


@pytest.mark.parametrize(
    ("days", "asked", "expected"),
    [
        ("NNSS", 0, (2, "south")),  # the first day of the new party
        ("NNSS", 2, (2, "south")),  # the day of the passing itself counts
        ("NNSS", 3, None),  # it passed before
        ("NCCS", 1, (3, "south")),  # contested is no passing
        ("NCCN", 0, None),  # and back is none either
        ("N??S", 0, (3, "south")),  # nor is unknown
        ("CCSS", 0, (2, "south")),  # contested from the start: passes to the first to hold it
        ("??SS", 0, None),  # nothing said before: not known to have passed
        ("??SN", 0, (3, "north")),
        ("NSNS", 0, (1, "south")),
        ("NSNS", 2, (2, "north")),
        ("NNNN", 1, None),
    ],
)
def test_a_place_passes_when_another_party_holds_it(
    holdings: Any, days: str, asked: int, expected: tuple[int, str] | None
) -> None:
    names = {"N": "north", "S": "south", "C": "contested"}
    rows = [
        (names[mark], f"2020-01-0{n + 1}", f"2020-01-0{n + 1}", WEST) for n, mark in enumerate(days) if mark in names
    ]
    # Some other ground is stated on every day.
    rows += [("north", f"2020-01-0{n + 1}", f"2020-01-0{n + 1}", EAST) for n in range(4)]
    layer = ControlLayer(holdings(rows))
    on, to = next_change(layer, [10.05, np.nan], 50.05, [f"2020-01-0{asked + 1}", "2020-01-01"])
    assert (None if np.isnat(on[0]) else str(on[0]), to[0]) == (
        (None, None) if expected is None else (f"2020-01-0{expected[0] + 1}", expected[1])
    )
    assert np.isnat(on[1])
    assert to[1] is None


def test_changes_are_asked_about_days_outside_the_layer_too(holdings: Any) -> None:
    rows = [("north", "2020-01-01", "2020-01-03", WEST), ("south", "2020-01-04", "2020-01-09", WEST)]
    layer = ControlLayer(holdings(rows))
    on, to = next_change(layer, 10.05, np.full(3, 50.05), ["2019-06-01", "2020-02-01", "NaT"])
    assert [str(day) for day in on] == ["2020-01-04", "NaT", "NaT"]
    assert to.tolist() == ["south", None, None]


@pytest.mark.parametrize(
    ("days", "asked", "expected"),
    [
        ("NNSS", 3, (2, "north")),
        ("NNSS", 2, None),  # the day of the passing itself is the next one's
        ("NNSS", 30, (2, "north")),  # long after the layer's end
        ("NCCS", 8, (3, "north")),
        ("NCCN", 8, None),
        ("CCSS", 8, (2, None)),  # from nobody
        ("??SS", 8, None),
        ("NSNS", 3, (2, "south")),
        ("NSNS", 8, (3, "north")),
    ],
)
def test_a_place_was_lost_by_the_party_before(
    holdings: Any, days: str, asked: int, expected: tuple[int, str | None] | None
) -> None:
    rows = [(NAMES[m], f"2020-01-0{n + 1}", f"2020-01-0{n + 1}", WEST) for n, m in enumerate(days) if m in NAMES]
    rows += [("north", f"2020-01-0{n + 1}", f"2020-01-0{n + 1}", EAST) for n in range(4)]
    day = np.datetime64("2020-01-01") + asked
    on, by = last_change(ControlLayer(holdings(rows)), [10.05, np.nan], 50.05, [day, day])
    assert (None if np.isnat(on[0]) else str(on[0]), by[0]) == (
        (None, None) if expected is None else (f"2020-01-0{expected[0] + 1}", expected[1])
    )
    assert np.isnat(on[1])
    assert by[1] is None


square = st.tuples(
    st.sampled_from(["a", "b", "c", "contested"]), st.integers(0, 6), st.integers(0, 6), st.integers(1, 4),
    st.integers(0, 12), st.integers(0, 6),
)  # fmt: skip


def make_layer(squares: Any, elsewhere: str | None) -> ControlLayer:
    first = date(2020, 1, 1).toordinal()
    return ControlLayer(HOLDINGS.from_rows(
        {
            "layer": "map", "holding_no": number, "place": None, "holder": holder,
            "valid_from": date.fromordinal(first + day), "valid_to": date.fromordinal(first + day + days),
            "geometry": shapely.to_wkb(shapely.box(x, y, x + size, y + size)),
            "original_path": "m", "original_row": number, "made_by": "geojson",
        }
        for number, (holder, x, y, size, day, days) in enumerate(squares, 1)
    ), elsewhere=elsewhere)  # fmt: skip


def passings_of(layer: ControlLayer, x: float, y: float) -> list[tuple[Any, str | None, str]]:
    """All passings of one place, by asking for each day who held it."""
    first, last = (np.datetime64(day) for day in layer.days)
    before, fought, found = None, False, []
    days = np.arange(first, last + 1)
    for day, holder in zip(days, layer.look_up(np.full(len(days), x), y, days).holder, strict=True):
        fought |= holder == "contested"
        if holder in layer.parties:
            if holder != before and (before is not None or fought):
                found.append((day, before, holder))
            before = holder
    return found


@settings(max_examples=30, deadline=None)
@given(st.lists(square, min_size=1, max_size=7), st.sampled_from([None, "b"]), st.integers(0, 99), st.booleans())
def test_passings_are_those_that_daily_look_ups_show(
    squares: Any, elsewhere: str | None, seed: int, many: bool
) -> None:
    if many and not has_compiler():
        return
    random = np.random.default_rng(seed)
    x, y = random.uniform(-1, 11, 60), random.uniform(-1, 11, 60)
    day = np.datetime64("2019-12-30") + random.integers(0, 25, 60)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("contested.base.compiled.MANY_ROWS", 1 if many else 10**9)
        layer = make_layer(squares, elsewhere)
        after, to = next_change(layer, x, y, day)
        before, by = last_change(layer, x, y, day)
        truth = make_layer(squares, elsewhere)
        patch.setattr("contested.base.compiled.MANY_ROWS", 10**9)
        for n in range(60):
            passings = passings_of(truth, x[n], y[n])
            coming = next(((str(on), who) for on, _, who in passings if on >= day[n]), ("NaT", None))
            gone = next(((str(on), who) for on, who, _ in reversed(passings) if on < day[n]), ("NaT", None))
            assert (str(after[n]), to[n]) == coming
            assert (str(before[n]), by[n]) == gone


def test_areas_are_held_by_day_and_change(holdings: Any) -> None:
    wide = shapely.box(10.0, 50.0, 10.15, 50.1)
    rows = [
        ("north", "2020-01-01", "2020-01-02", WEST),
        ("north", "2020-01-03", "2020-01-03", wide),
        ("south", "2020-01-01", "2020-01-03", shapely.box(10.12, 50.0, 10.2, 50.1)),
        ("south", "2020-01-05", "2020-01-05", WEST),
    ]
    table = areas_by_day(ControlLayer(holdings(rows)))
    assert table.column_names == ["day", "holder", "area_km2", "change_km2"]
    found = {(str(r["day"]), r["holder"]): (r["area_km2"], r["change_km2"]) for r in table.to_pylist()}
    assert {day for day, _ in found} == {f"2020-01-0{n}" for n in (1, 2, 3, 5)}  # the fourth has no map
    west, strip = (
        float(area_m2(shapely.box(*box))[0]) / 1e6 for box in ((10, 50, 10.1, 50.1), (10.1, 50, 10.12, 50.1))
    )
    assert found["2020-01-01", "north"] == (pytest.approx(west), None)
    assert found["2020-01-02", "north"] == pytest.approx((west, 0.0))
    assert found["2020-01-03", "north"] == pytest.approx((west + strip, strip))
    # What both claim is contested, and neither's.
    assert found["2020-01-03", "contested"][0] == pytest.approx(1.5 * strip)
    assert found["2020-01-03", "south"][1] == pytest.approx(-1.5 * strip)
    assert found["2020-01-05", "north"] == pytest.approx((0.0, -west - strip))
    assert found["2020-01-05", "south"][0] == pytest.approx(west)
    alone = areas_by_day(ControlLayer(holdings([("north", "2020-01-01", "2020-01-01", WEST)]), elsewhere="south"))
    assert alone["holder"].to_pylist() == ["north"]
