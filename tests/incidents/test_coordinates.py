"""Coordinates as written: degrees and minutes become degrees where only one reading is left."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contested.incidents.coordinates import read_degrees


@pytest.mark.parametrize(
    ("text", "degrees"),
    [("36.2", 36.2), ("36,2", 36.2), ("-1e1", -10), ("36°12'N", 36.2), ("36 12 30 N", 36.2 + 30 / 3600),
     ("36°12′S", -36.2), ("N 36° 12.5'", 36 + 12.5 / 60), ('36°12\'30"s', -36.2 - 30 / 3600),
     ("-36 12", -36.2), ("36.2° N", 36.2)],
)  # fmt: skip
def test_ways_of_writing(text: str, degrees: float) -> None:
    assert read_degrees(text, "latitude") == pytest.approx(degrees)


@pytest.mark.parametrize(
    ("text", "words"),
    [("north", "is no number"), ("36 12 30", "does not say on which side"), ("-36 12 N", "or says it twice"),
     ("36 12 E", "letter of the other axis"), ("36 75 N", "60 or more"), ("36.5 12 N", "fractions of degrees"),
     ("36,12,3", "is no number"), ("1 2 3 4 N", "is no number"), ("inf", "not finite"), ("361230N5", "is no number")],
)  # fmt: skip
def test_what_is_open_or_wrong_is_refused(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        read_degrees(text, "latitude")


@given(st.integers(0, 179), st.integers(0, 59), st.integers(0, 59), st.sampled_from("EWew"))
def test_law_parts_are_degrees(degrees: int, minutes: int, seconds: int, side: str) -> None:
    value = degrees + minutes / 60 + seconds / 3600
    expected = pytest.approx(-value if side in "Ww" else value)
    assert read_degrees(f"{degrees}°{minutes}'{seconds}\"{side}", "longitude") == expected
    assert read_degrees(f"{side}{degrees} {minutes} {seconds}", "longitude") == expected
