"""Notes on maps that look incomplete, and on ground that two parties claim."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import shapely

from contested.territory.areas import area_m2
from contested.territory.files.map_checks import notes_of_jumps, notes_of_overlaps
from contested.territory.files.maps import Area

START = date(2020, 1, 1)


def daily(*widths: float, holder: str = "north") -> list[Area]:
    """One map a day of a strip as many tenths of a degree wide."""
    days = [START + timedelta(days=number) for number in range(len(widths))]
    shapes = [shapely.box(10.0, 50.0, 10.0 + width / 10, 50.1) for width in widths]
    return [Area(holder, day, day, shape, f"{day}.geojson", 1) for day, shape in zip(days, shapes, strict=True)]


@pytest.mark.parametrize("widths", [(1, 1, 1), (1, 0.9, 0.8, 0.7), (0.5, 0.65, 0.9), (), (1,)])
def test_slow_change_is_no_jump(widths: tuple[float, ...]) -> None:
    assert notes_of_jumps(daily(*widths)) == []


def test_half_a_map_missing_for_a_day_is_told_once_with_its_days_and_figures() -> None:
    (note,) = notes_of_jumps(daily(1, 1, 0.5, 1, 1))
    km2 = area_m2([shapely.box(10.0, 50.0, 10.1, 50.1)])[0] / 1e6
    assert f"north goes from {km2:.1f} km² on 2020-01-02 to {km2 / 2:.1f} km² on 2020-01-03" in note
    assert f"and is back at {km2:.1f} km² on 2020-01-04; look whether" in note


def test_a_fall_that_stays_and_a_first_map_cut_short_are_told_too() -> None:
    assert "to 31.9 km² on 2020-01-02; look" in notes_of_jumps(daily(1, 0.4, 0.4))[0]
    assert "from 31.9 km² on 2020-01-01 to 79.7 km² on 2020-01-02; look" in notes_of_jumps(daily(0.4, 1, 1))[0]


def test_a_party_that_is_left_out_of_a_map_falls_to_nothing() -> None:
    areas = [*daily(1, 1, 1), *[area for area in daily(1, 1, 1, holder="south") if area.first.day != 2]]
    (note,) = notes_of_jumps(areas)
    assert "south goes from 79.7 km² on 2020-01-01 to 0.0 km² on 2020-01-02 and is back" in note
    assert "north goes" not in note


def test_days_without_any_map_are_no_fall() -> None:
    areas = daily(1, 1, 1, 1)
    assert notes_of_jumps([areas[0], areas[3]]) == []


def test_many_jumps_are_counted() -> None:
    (note,) = notes_of_jumps(daily(*[1, 0.5, 0.2] * 8))
    assert note.count(" goes from ") == 5
    assert "and 11 more" in note or "more; look" in note


def claims(overlap: float, day: date = START) -> list[Area]:
    shapes = {"north": shapely.box(10.0, 50.0, 10.1, 50.1), "south": shapely.box(10.1 - overlap, 50.0, 10.2, 50.1)}
    return [Area(holder, day, day, shape, "x", 1) for holder, shape in shapes.items()]


def test_the_worst_day_of_ground_that_two_claim_is_told() -> None:
    areas = [*claims(0.01), *claims(0.03, START + timedelta(days=1)), *claims(0.0, START + timedelta(days=2))]
    (note,) = notes_of_overlaps(areas)
    km2 = area_m2([shapely.box(10.07, 50.0, 10.1, 50.1)])[0] / 1e6
    assert f"north and south both claim {km2:.3f} km² on 2020-01-02 (the most); such ground is contested" in note
    assert notes_of_overlaps(claims(0.0)) == []
    assert notes_of_overlaps([]) == []


def test_of_many_days_some_are_measured_and_the_note_says_so() -> None:
    areas: list[Any] = []
    for number in range(200):
        areas += claims(0.01, START + timedelta(days=number))
    (note,) = notes_of_overlaps(areas)
    assert "days looked at out of 200" in note
