"""Every word of the app stands in the catalogue, and every word of its sections is used."""

from __future__ import annotations

import re
from pathlib import Path

import contested.review
from contested.web.strings import catalogue

REVIEW = Path(contested.review.__file__).parent


def test_every_word_of_the_app_is_used_and_known() -> None:
    files = [path for kind in ("templates/*.html", "*.py", "static/*.js") for path in REVIEW.glob(kind)]
    text = "\n".join(path.read_text(encoding="utf-8") for path in files)
    named = set(re.findall(r"\bt\.(\w+)\b(?!\()", text)) | set(re.findall(r"TEXT\[\"(\w+)\"\]", text))
    assert not named - catalogue("en").keys()
    stems = tuple(re.findall(r"(?:TEXT\[f?[\"']|t\[')(\w+_)[{']", text))
    words = catalogue("en").keys() - catalogue("en", without="review").keys()
    assert len(words) > 150
    assert [
        word for word in words if word not in named and not word.startswith(stems) and f'"{word}"' not in text
    ] == []
