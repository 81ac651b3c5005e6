"""The language is told, or said to be unknown; the tagger reads what it was trained on."""

from __future__ import annotations

import pytest
from tests.claims.made import ARABIC, PARAGRAPH

from contested.claims.documents.language import detect_language, is_supported

GERMAN = "Die Armee sagte am Dienstag, dass die Rebellen die Stadt beschossen und das Krankenhaus getroffen haben. "


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (PARAGRAPH * 2, "en"),
        (PARAGRAPH.upper(), "en"),
        (GERMAN, "de"),
        (ARABIC, "ar"),
        ("Армія заявила у вівторок, що повстанці обстріляли місто, і три ракети влучили в лікарню.", "uk"),
        ("Армия заявила во вторник, что повстанцы обстреляли город, и три ракеты попали в больницу.", "ru"),
        ("ارتش روز سه‌شنبه گفت که شورشیان شهر را گلوله‌باران کردند و سه موشک به بیمارستان اصابت کرد", "fa"),
        ("הצבא אמר ביום שלישי שהמורדים הפגיזו את העיר ושלוש רקטות פגעו בבית החולים", "he"),
        ("Ordu salı günü isyancıların kenti bombaladığını ve üç roketin hastaneye isabet ettiğini söyledi.", "tr"),
        ("军方周二表示，叛军炮击了该镇，三枚火箭弹击中了医院。" * 3, "zh"),
        ("Too few words.", None),
        ("", None),
        ("12 34 56 " * 200, None),
        ("😀" * 400, None),
    ],
)
def test_languages_are_told(text: str, language: str | None) -> None:
    assert detect_language(text) == language


def test_most_of_the_letters_decide() -> None:
    assert detect_language(PARAGRAPH * 3 + ARABIC * 12) == "ar"
    assert detect_language(PARAGRAPH * 12 + ARABIC * 3) == "en"
    assert detect_language(ARABIC * 3 + PARAGRAPH * 300) == "en"
    assert detect_language(PARAGRAPH * 100 + GERMAN * 300) == "de"


def test_unknown_is_read_as_english_in_latin_letters_only() -> None:
    assert is_supported(None, "No strikes, army says")
    assert is_supported("en", PARAGRAPH)
    assert not is_supported(None, "قال الجيش")
    assert not is_supported(None, "Армия заявила")
    assert not is_supported("de", GERMAN)
