"""The gold lists of the saved pages quote their pages, in order that no one compares with what is not there."""

from __future__ import annotations

import email
import html
import json
import re
from collections import Counter
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest

from contested.base.records import MODALITIES, STANCES

SAVED = Path(__file__).parent / "saved"
PAGES = sorted(path for path in SAVED.iterdir() if path.suffix in (".html", ".txt", ".eml"))
KEYS = {"source", "speaker", "party", "cue", "content", "stance", "modality", "target_party"}


def text_of(path: Path) -> str:
    """All text of the page, boilerplate too, by none of the program's own means."""
    original = path.read_bytes()
    if path.suffix == ".eml":
        message = email.message_from_bytes(original, policy=default)
        assert isinstance(message, EmailMessage)
        body = message.get_body(("plain",))
        assert isinstance(body, EmailMessage)
        return " ".join(body.get_content().split())
    text = original.decode("cp1252" if b"windows-1252" in original else "utf-8")
    if path.suffix == ".html":
        text = re.sub(r"(?is)<(script|style|head)\b.*?</\1>|<sup>.*?</sup>|</?span[^>]*>", "", text)
        text = html.unescape(re.sub(r"<[^>]+>", " ", text))
    return " ".join(text.split())


def gold_of(path: Path) -> list[dict[str, Any]]:
    lines = path.with_name(f"{path.stem}.gold.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def test_there_are_ten_pages_and_each_is_in_the_readme() -> None:
    readme = (SAVED / "README.md").read_text(encoding="utf-8")
    assert len(PAGES) == 10
    assert [page.name for page in PAGES if f"`{page.name}`" not in readme] == []


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_the_gold_list_quotes_its_page(path: Path) -> None:
    text = text_of(path)
    gold = gold_of(path)
    assert len(gold) >= 8
    for one in gold:
        assert set(one) == KEYS
        assert one["stance"] in STANCES
        assert one["modality"] in MODALITIES
        for quotation in (one["cue"], *one["content"].split(" … "), *([one["source"]] if one["source"] else [])):
            assert quotation
            assert quotation in text


def test_every_stance_occurs() -> None:
    counted = Counter(one["stance"] for path in PAGES for one in gold_of(path))
    assert set(counted) == set(STANCES)
