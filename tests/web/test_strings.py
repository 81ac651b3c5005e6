"""Words of the pages: one catalogue a language, with the same keys and the same places to fill."""

from __future__ import annotations

import re
import string
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from tests.web.invented import make_case

from contested.base.case import open_case
from contested.web.dossier import write_dossier
from contested.web.strings import TEXT, catalogue, counted_word, in_language

CATALOGUES = Path(__file__).parents[2] / "src/contested/web/catalogue"
OTHERS = sorted(path.stem for path in CATALOGUES.glob("*.toml") if path.stem != "en")


def sections(language: str) -> dict[str, dict[str, str]]:
    return tomllib.loads((CATALOGUES / f"{language}.toml").read_text(encoding="utf-8"))


def places(words: str) -> list[str]:
    return sorted(name for _, name, _, _ in string.Formatter().parse(words) if name is not None)


@pytest.mark.parametrize("language", OTHERS)
def test_a_language_has_every_word_and_no_other(language: str) -> None:
    assert {name: sorted(keys) for name, keys in sections(language).items()} == {
        name: sorted(keys) for name, keys in sections("en").items()
    }


@pytest.mark.parametrize("language", OTHERS)
def test_the_same_values_are_filled_in(language: str) -> None:
    english = catalogue("en")
    assert {key: places(words) for key, words in catalogue(language).items()} == {
        key: places(words) for key, words in english.items()
    }
    assert all(words.strip() for words in catalogue(language).values())
    assert len(catalogue(language)["months"].split()) == len(catalogue(language)["months_short"].split()) == 12


def test_arabic_words_are_arabic() -> None:
    worded = {key for key, words in catalogue("en").items() if re.search(r"[A-Za-z]", re.sub(r"\{.*?\}", "", words))}
    assert [key for key in worded if not re.search(r"[\u0600-\u06ff]", catalogue("ar")[key])] == ["p_value"]


def test_words_come_in_the_language_of_the_edition() -> None:
    english = TEXT["page_map"]
    with in_language("ar"):
        assert TEXT["page_map"] == catalogue("ar")["page_map"] != english
    assert TEXT["page_map"] == english


@pytest.fixture(scope="module")
def arabic(tables: Mapping[str, pa.Table], tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("arabic")
    case = make_case(folder / "case")
    toml = case.folder / "case.toml"
    text = toml.read_text(encoding="utf-8")
    assert text.count("format = 1\n") == 1
    toml.write_text(text.replace("format = 1\n", 'format = 1\nlanguage = "ar"\n'), encoding="utf-8")
    write_dossier(open_case(case.folder), tables, folder / "out")
    return folder / "out"


def test_an_arabic_dossier_says_so_and_keeps_the_sources_words(arabic: Path, dossier: Path) -> None:
    for page in sorted(arabic.glob("*.html")):
        text = page.read_text(encoding="utf-8")
        assert '<html lang="ar" dir="rtl">' in text, page.name
        assert f">{catalogue('ar')['page_sources']}</a>" in text
        assert f">{catalogue('en')['page_sources']}</a>" not in text
    # What the tables hold is the same in either language, but for what we say in the place of a withheld outlet.
    for name in sorted({*(dossier / "data").glob("*.csv")} - {dossier / "data/robustness.csv"}):
        assert (arabic / "data" / name.name).read_bytes() == name.read_bytes()


@pytest.mark.pages
@pytest.mark.parametrize("width", [390, 1280])
def test_an_arabic_page_is_no_wider_than_its_window(arabic: Path, browser: Any, width: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900})
    for file in sorted(arabic.glob("*.html")):
        page.goto(file.as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") <= width, file.name
    page.close()


@pytest.mark.parametrize(
    ("n", "english", "arabic"),
    [(0, "claims", "قولًا"), (1, "claim", "قول"), (2, "claims", "قولان"), (7, "claims", "أقوال"), (11, "claims", "قولًا"),
     (100, "claims", "قولًا"), (103, "claims", "أقوال"), (144, "claims", "قولًا")],
)  # fmt: skip
def test_a_counted_word_has_the_form_of_its_number(n: int, english: str, arabic: str) -> None:
    assert counted_word("counted_claims", n) == english
    with in_language("ar"):
        assert counted_word("counted_claims", n) == arabic


@pytest.mark.parametrize(("language", "forms"), [("en", 2), ("ar", 4)])
def test_every_counted_word_has_all_forms(language: str, forms: int) -> None:
    counted = {key: words for key, words in catalogue(language).items() if key.startswith("counted_")}
    assert counted
    assert {key: len(words.split("|")) for key, words in counted.items()} == dict.fromkeys(counted, forms)
