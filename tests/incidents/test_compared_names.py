"""Names and addresses as they are compared."""

from __future__ import annotations

import pytest

from contested.incidents.compared_names import is_address, name_parts, plain_address

COPIES = [
    "https://www.example.org/a", "http://example.org/a/", "https://m.example.org/a?utm_source=x", "example.org/a#top",
]  # fmt: skip


@pytest.mark.parametrize("address", COPIES)
def test_copies_of_an_address_are_one(address: str) -> None:
    assert plain_address(address) == "example.org/a"


def test_what_tells_pages_apart_is_kept() -> None:
    one, other = (plain_address(f"https://www.facebook.com/story.php?story_fbid={n}&id=7") for n in (1, 2))
    assert one != other
    assert plain_address("https://twitter.com/A/status/1?s=20&t=x") == plain_address("https://x.com/a/status/1")


def test_outlets_are_no_addresses() -> None:
    assert is_address(" https://example.org") and is_address("www.example.org")
    assert not is_address("Example Post, https")


@pytest.mark.parametrize(
    ("one", "other"),
    [("Khan Shaykhun", "خان شيخون"), ("Zelensky", "Зеленский"), ("Jaysh al-Islam", "Jaish Al Islam"), ("", "")],
)
def test_spellings_share_their_words(one: str, other: str) -> None:
    assert name_parts(one) == name_parts(other)
