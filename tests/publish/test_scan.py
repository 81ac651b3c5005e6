"""What the scan of texts finds, and what it leaves alone."""

from __future__ import annotations

import pytest

from contested.publish.scan import find_in_text


@pytest.mark.parametrize(("text", "kind"), [
    ("call me at +963 933 123 456 tonight", "telephone"),
    ("call 00963 933 123 456", "telephone"),
    ("write to some.one@example.org", "mail"),
    ("as @eyewitness_1 posted", "handle"),
    ("https://twitter.com/eyewitness", "handle"),
    ("at 36.22702, 37.20264", "coordinates"),
    ("36° 13' N", "coordinates"),
    ("37S CA 12345 67890", "coordinates"),
    ("14 Old Mill Road", "street"),
    ("Mary Kessler saw it", "person"),
])  # fmt: skip
def test_found(text: str, kind: str) -> None:
    assert kind in [found for found, _ in find_in_text(text)]


@pytest.mark.parametrize("text", [
    "Four people were killed and at least eleven injured", "https://example.org/news/2017/02/13/syria",
    "S/2017/315 and 12 of 2,226 m", "President John Smith said", "the Syrian Ministry of Foreign Affairs",
    "on 2016-11-18 at 06:30, 1,200 shells", "12345678901234567890",
])  # fmt: skip
def test_left_alone(text: str) -> None:
    assert list(find_in_text(text)) == []


def test_declared_actors_are_no_finds() -> None:
    assert list(find_in_text("Mary Kessler saw it", frozenset({"mary kessler"}))) == []
