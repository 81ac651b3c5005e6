"""Figures for print, and the picture that a link is shown with."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from PIL import Image

from contested.base.case import Case
from contested.web.drawing import MAX_LETTERS, drawn_words
from contested.web.edition import Edition
from contested.web.inline_svg import standalone_svg
from contested.web.preview import HEIGHT, WIDTH, draw_preview
from contested.web.short_svg import short_svg


def test_a_png_is_of_print_size_and_says_nothing_of_its_making(dossier: Path) -> None:
    files = sorted((dossier / "figures").glob("*.png"))
    assert len(files) > 4
    for path in files:
        with Image.open(path) as picture:
            assert set(picture.info) <= {"dpi"}, path.name
            if path.name != "og.png":
                assert round(picture.info["dpi"][0]) == 300 and picture.width == 2280, path.name


def test_text_of_an_svg_is_text_with_scale_north_and_sources(dossier: Path) -> None:
    for path in (dossier / "figures").glob("*.svg"):
        svg = path.read_text(encoding="utf-8")
        words = re.findall(r"<text[^>]*>([^<]*)</text>", svg)
        assert any(re.fullmatch(r"[\d.]+ k?m", one) for one in words) and "N" in words, path.name
        assert any("Sources: " in one for one in words) and "Noto Sans Arabic" in svg, path.name
        assert "<dc:date>" not in svg and "http://matplotlib" not in svg, path.name


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        ("a\x00b\u202ec", "a[1 × U+0000]b[1 × U+202E]c"), ("$x^{2}$\n\u6f22\u5b57", "$x^{2}$\n[2 × CJK]"),
        ("\u062d\u0644\u0628", "\u062d\u0644\u0628"), ("x" * 1_000, "x" * (MAX_LETTERS - 1) + "…"),
    ],
)  # fmt: skip
def test_words_of_a_drawing_can_be_set(text: str, drawn: str) -> None:
    assert drawn_words(text) == drawn


def test_every_page_names_its_picture_and_its_sheet_for_paper(dossier: Path) -> None:
    for path in dossier.rglob("*.html"):
        page = path.read_text(encoding="utf-8")
        for pattern in (r'property="og:image" content="([^"]+)"', r'href="([^"]+)" media="print"'):
            (target,) = re.findall(pattern, page)
            assert (path.parent / target).is_file(), (path.name, target)
        assert '<meta property="og:title" content="Invented &lt;b&gt;case&lt;/b&gt;">' in page


@pytest.mark.parametrize(("title", "right"), [("Attacks", False), ("\u062d\u0644\u0628", True)])
def test_the_picture_of_a_link_begins_where_its_script_begins(
    case: Case, tables: Mapping[str, pa.Table], title: str, right: bool
) -> None:
    titled = Case(case.folder, case.file.model_copy(update={"title": title}), case.out)
    picture = Image.open(io.BytesIO(draw_preview(Edition.of(titled, tables), []))).convert("L")
    assert picture.size == (WIDTH, HEIGHT)
    dark = np.argwhere(np.asarray(picture)[60:140, : WIDTH // 2 + 70] < 90)[:, 1]
    assert dark.size and (dark.min() > WIDTH // 4) == right


def test_a_drawing_of_a_page_carries_its_rules_in_the_colours_of_paper() -> None:
    svg = standalone_svg('<svg class="timeline" viewBox="0 0 1 1"><text>x</text></svg>', ".mark-0{--mark:#0072B2}\n")
    assert svg.startswith('<svg xmlns="http://www.w3.org/2000/svg" class="timeline"')
    assert "var(" not in svg and ".timeline .mark-0{fill:#0072B2}" in svg and ".timeline text{ fill: #000; }" in svg
    assert ".ratios" not in svg and "--sans" not in svg
    for root in ("ratios", "weighed-figure"):
        assert standalone_svg(f'<svg class="{root}"></svg>', "").count(f".{root} ") > 3, (
            "their rules are in dossier.css"
        )


def test_a_picture_inside_a_drawing_keeps_its_look_with_few_shades() -> None:
    drawn = Image.new("RGBA", (40, 40))
    for x in range(40):
        drawn.putpixel((x, 20), (107, 107, 107, 6 * x))
    png = io.BytesIO()
    drawn.save(png, format="PNG")
    svg = (
        b'<image href="data:image/png;base64,'
        + base64.b64encode(png.getvalue())
        + b'"/><!-- x --><text transform="rotate(-0 1 2)"/>'
    )
    found = re.fullmatch(rb'<image href="data:image/png;base64,([^"]+)"/><text/>', short_svg(svg))
    assert found is not None
    kept = Image.open(io.BytesIO(base64.b64decode(found[1])))
    assert kept.mode == "P"
    for x in range(40):
        assert kept.convert("RGBA").getpixel((x, 20))[3] == pytest.approx(6 * x, abs=20)
        assert kept.convert("RGBA").getpixel((x, 10))[3] == 0
