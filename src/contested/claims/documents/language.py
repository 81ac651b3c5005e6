"""The language of a text, and whether the tagger was trained on it.

In: a text. Out: an ISO 639-1 code or ``None``; a yes or no. Refuses: nothing.

English is known by its commonest words, which costs nothing and does not fail on names; everything else by
py3langid, whose model comes in its wheel (``docs/decisions/0005-language.md``). A text in several languages
bears the one that most of its letters are in.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from functools import cache
from typing import Any

from contested.claims.documents.content import count_words

#: Languages that the tagger was trained on.
SUPPORTED = frozenset({"en"})
#: Parts of a text that are looked at, evenly spread over it, and their length in characters: short enough that
#: a text in two languages falls apart into them.
SAMPLES = 50
SAMPLE_CHARACTERS = 240
#: Share of English function words from which a part is taken for English: English prose has 0.25 or more
#: of these, German, French, Spanish or Dutch prose under 0.05.
ENGLISH_SHARE = 0.12
#: Fewest words from which a language is told at all.
MIN_WORDS = 8
#: Least confidence of the classifier, and what its codes beyond ISO 639-1 belong to: their shares are added.
MIN_CONFIDENCE = 0.5
_PARENT = {
    "arz": "ar", "ary": "ar", "yue": "zh", "wuu": "zh", "sdh": "ku", "uzs": "uz", "crh": "tr", "hbo": "he",
    "grc": "el", "nn": "no", "nb": "no", "kik": "ki", "fuv": "ff", "gug": "gn",
}  # fmt: skip

_ENGLISH_WORDS = frozenset(
    "the of and to that a for was on with as by from were is has had have it be which but not his he they "
    "their its said who at an this are been would".split()
)


def detect_language(text: str) -> str | None:
    """ISO 639-1 code of the language that most of the text is in; ``None`` when the text is short or unsure."""
    letters: Counter[str | None] = Counter()
    for part in _samples(text):
        count = sum(c.isalpha() for c in part)
        letters[_language_of(part, count)] += count
    told = [(count, code) for code, count in letters.items() if code is not None]
    if not told:
        return None
    most, code = max(told, key=lambda pair: (pair[0], pair[1]))
    return code if most >= letters[None] else None


def is_supported(language: str | None, text: str) -> bool:
    """Whether the tagger may read it: a language that it was trained on, or an unknown one in Latin letters."""
    if language is not None:
        return language in SUPPORTED
    letters = [c for part in _samples(text) for c in part if c.isalpha()]
    latin = sum(unicodedata.name(c, "").startswith("LATIN ") for c in letters)
    return not letters or latin > len(letters) / 2


def _samples(text: str) -> list[str]:
    if len(text) <= SAMPLES * SAMPLE_CHARACTERS:
        return [text[start : start + SAMPLE_CHARACTERS] for start in range(0, len(text), SAMPLE_CHARACTERS)]
    step = (len(text) - SAMPLE_CHARACTERS) // (SAMPLES - 1)
    return [text[number * step : number * step + SAMPLE_CHARACTERS] for number in range(SAMPLES)]


def _language_of(part: str, letters: int) -> str | None:
    words = re.findall(r"[^\W\d_]+", part.lower())
    plain = len(re.findall("[a-zA-Z]", part)) > letters / 2
    english = sum(word in _ENGLISH_WORDS for word in words)
    if plain and len(words) >= MIN_WORDS and english / len(words) >= ENGLISH_SHARE:
        return "en"
    if count_words(part) < MIN_WORDS or letters < len(part) / 4:
        return None
    shares: Counter[str] = Counter()
    for code, share in _classifier().rank(part):
        shares[_PARENT.get(code, code)] += share
    code, confidence = shares.most_common(1)[0]
    return code if confidence >= MIN_CONFIDENCE and len(code) == 2 else None


@cache
def _classifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
