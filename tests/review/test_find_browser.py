"""The same pages in a browser: quiet, accessible, and a newcomer's way from a search to a decision."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.axe import axe_faults, load_axe
from tests.review.conftest import serving
from tests.review.test_find import HOSTILE, OTHER, PAGES, find_desk  # noqa: F401 (a fixture)

from contested.review.desk import Desk

pytestmark = pytest.mark.pages


@pytest.fixture(scope="module")
def address(find_desk: Desk) -> Iterator[str]:  # noqa: F811
    with serving(find_desk):
        yield f"http://127.0.0.1:{find_desk.door.port}"


@pytest.fixture(params=[(1280, "light"), (390, "dark")], ids=["desktop", "phone"])
def page(request: pytest.FixtureRequest, browser: Any, address: str, find_desk: Desk) -> Iterator[Any]:  # noqa: F811
    width, scheme = request.param
    context = browser.new_context(viewport={"width": width, "height": 844}, color_scheme=scheme)
    page = context.new_page()
    page.faults = []
    page.on("console", lambda one: page.faults.append(one.text) if one.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: page.faults.append(str(error)))
    page.goto(find_desk.door.new_address())
    page.wait_for_url(f"{address}/")
    page.goto(f"{address}/name")
    page.fill("input[name=name]", "Ann")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{address}/")
    page.faults.clear()  # those of the page of entry are for its own test
    yield page
    context.close()


def test_every_page_is_quiet_fits_and_passes_axe(page: Any, address: str) -> None:
    for path in PAGES:
        page.goto(address + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"], path
        load_axe(page)
        assert axe_faults(page) == [], path
    assert page.faults == []
    assert page.evaluate("window.stolen") is None


def test_from_a_search_to_the_passage_by_keyboard(page: Any, address: str) -> None:
    page.goto(f"{address}/search")
    page.focus("input[type=search]")
    page.keyboard.type('"shells came"')
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?**")
    page.locator(".hits a").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/document?**")
    assert page.locator(".frozen-text").inner_text() == OTHER


def test_a_document_is_added_and_a_name_decided(page: Any, address: str, find_desk: Desk, tmp_path: Path) -> None:  # noqa: F811
    file = tmp_path / f"report {page.viewport_size['width']}.txt"
    file.write_text(f"Mira Dorn said that {page.viewport_size['width']} shells fell. {HOSTILE}", encoding="utf-8")
    page.goto(f"{address}/add")
    page.set_input_files("input[type=file]", str(file))
    page.fill("input[name=address]", "https://example.org/report")
    page.click("main form button")
    page.get_by_text(file.name.replace(" ", "-")).wait_for(timeout=120_000)
    page.goto(f"{address}/names/one?name=Mira+Dorn")
    card = page.locator("form.card").nth(1)
    card.locator("select").select_option("rebels")
    card.locator("input[name=reason]").fill("the text says so")
    card.locator("button").click()
    page.locator(".past").wait_for()
    decision = find_desk.log.state().standing("actors", "Mira Dorn")
    assert decision is not None
    assert (decision["action"], decision["decided_by"]) == ("correct", "Ann")
    assert page.faults == []
