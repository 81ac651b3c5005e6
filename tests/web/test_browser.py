"""The dossier in a real browser, from ``file://``: desktop and phone, light and dark, with and without JavaScript."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.pages

DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}
VIEWS = [
    pytest.param({"viewport": DESKTOP, "color_scheme": "light"}, id="desktop-light"),
    pytest.param({"viewport": PHONE, "color_scheme": "dark", "has_touch": True}, id="phone-dark"),
]


class Opened:
    """A page with everything that it logged and asked for."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.faults: list[str] = []
        self.requests: list[str] = []
        page.on(
            "console",
            lambda message: self.faults.append(message.text) if message.type in ("error", "warning") else None,
        )
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("request", lambda request: self.requests.append(request.url))

    def go(self, path: Path) -> Any:
        self.page.goto(path.as_uri())
        return self.page

    def map_ready(self, path: Path) -> Any:
        page = self.go(path)
        page.wait_for_function("() => window.CONTESTED_MAP && window.CONTESTED_MAP.complete", timeout=20_000)
        return page


@pytest.fixture
def opened(browser: Any, request: pytest.FixtureRequest) -> Iterator[Opened]:
    options: dict[str, Any] = getattr(request, "param", {"viewport": DESKTOP})
    context = browser.new_context(**options)
    context.set_offline(True)
    yield Opened(context.new_page())
    context.close()


@pytest.mark.parametrize("opened", [{"viewport": PHONE, "java_script_enabled": False}], indirect=True)
def test_without_javascript_figures_and_tables_stand(opened: Opened, dossier: Path) -> None:
    page = opened.go(dossier / "map.html")
    assert not page.locator("#map-app").is_visible()
    figure = page.locator("#still-maps img").first
    figure.scroll_into_view_if_needed()
    assert figure.is_visible() and figure.bounding_box()["height"] > 200
    page = opened.go(dossier / "index.html")
    assert page.get_by_role("table").first.is_visible()
    assert page.get_by_role("rowheader", name="Northland").first.is_visible()


def test_figures_load(opened: Opened, dossier: Path) -> None:
    page = opened.go(dossier / "figures.html")
    for image in page.locator("main img").all():
        image.scroll_into_view_if_needed()
        page.wait_for_function("image => image.complete && image.naturalWidth > 100", arg=image.element_handle())


def test_a_link_into_a_closed_list_opens_it(opened: Opened, dossier: Path) -> None:
    page = opened.go(dossier / "index.html")
    page.evaluate("() => document.querySelectorAll('details').forEach(part => { part.open = false; })")
    page.evaluate("() => { location.hash = 'contradiction-K1'; }")
    page.wait_for_function("() => document.getElementById('contradiction-K1').closest('details').open")
    assert page.locator("#contradiction-K1").is_visible()


def test_passage_is_marked_where_the_claim_leads(opened: Opened, dossier: Path) -> None:
    page = opened.go(dossier / "claims.html")
    page.locator("#C1").get_by_role("link", name="window.stolen").first.click()
    assert "#p-C1" in page.url
    marked = page.locator("#p-C1 + mark").inner_text()
    assert marked and "A medic said the gas came at night".startswith(marked)


def test_print_leaves_the_map_out_and_keeps_the_figures(opened: Opened, dossier: Path) -> None:
    page = opened.map_ready(dossier / "map.html")
    page.emulate_media(media="print")
    assert not page.locator("#map-app").is_visible()
    assert page.locator("#still-maps img").first.is_visible()
