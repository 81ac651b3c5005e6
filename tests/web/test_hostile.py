"""Every page of a dossier in a browser: a hostile one does nothing and fits a phone; the invented one passes axe.

Pages are found in the folder, so that a page that is added later is tried too.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
from tests.axe import RULES, axe_faults, load_axe
from tests.web.hostile import ADDRESSES, RENAMED

pytestmark = pytest.mark.pages

DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}
#: What a page may ask for: itself and what lies beside it, and what it makes in memory.
QUIET = ("file://", "blob:file", "blob:null", "data:")


def pages_of(folder: Path) -> list[Path]:
    """One page of each kind, by the template that made it, and every page that is the only one of its kind."""
    found = sorted(folder.rglob("*.html"))
    assert len(found) > 12
    return found


def one_of_each_kind(folder: Path) -> list[Path]:
    """The first page of each template."""

    def kind(page: Path) -> str:
        found = re.search(r'<body class="page-([\w-]+)', page.read_text(encoding="utf-8"))
        assert found is not None, page
        return found[1]

    return [next(pages) for _, pages in groupby(sorted(pages_of(folder), key=kind), key=kind)]


class Watched:
    """A page, and whatever it did unasked."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.did: list[str] = []
        page.on("dialog", lambda dialog: (self.did.append(f"dialog {dialog.message}"), dialog.dismiss()))
        page.on("pageerror", lambda error: self.did.append(f"error {error}"))
        page.on("popup", lambda popup: self.did.append(f"popup {popup.url}"))
        page.on("download", lambda download: self.did.append(f"download {download.url}"))
        page.on("console", lambda told: self._console(told.type, told.text))
        page.on("request", lambda asked: self._request(asked.url))

    def _console(self, kind: str, text: str) -> None:
        if kind in ("error", "warning"):
            self.did.append(f"{kind} {text}")

    def _request(self, address: str) -> None:
        if not address.startswith(QUIET):
            self.did.append(f"request {address}")

    def go(self, path: Path) -> Any:
        self.page.goto(path.as_uri())
        if path.name == "map.html":
            self.page.wait_for_function("() => window.CONTESTED_MAP && window.CONTESTED_MAP.ready", timeout=60_000)
        return self.page


@pytest.fixture
def watched(browser: Any, request: pytest.FixtureRequest) -> Iterator[Watched]:
    context = browser.new_context(**getattr(request, "param", {"viewport": PHONE}))
    context.set_offline(True)
    yield Watched(context.new_page())
    context.close()


def test_a_hostile_page_runs_nothing_asks_nothing_and_fits_a_phone(watched: Watched, hostile_dossier: Path) -> None:
    for path in pages_of(hostile_dossier):
        page = watched.go(path)
        assert page.evaluate("window.stolen") is None, path.name
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= PHONE["width"], (path.name, wide, page.evaluate(WIDEST))
        links = page.evaluate("[...document.querySelectorAll('a, area, use')].map(a => a.href.baseVal ?? a.href)")
        assert all(link.startswith(("file://", "https://example.org/")) for link in links), path.name
        # No element came from a text: the only scripts are our own files, and nothing handles an event by attribute.
        assert page.evaluate(
            "[...document.scripts].every(one => one.src && !one.textContent) &&"
            " ![...document.querySelectorAll('*')].some(one => [...one.attributes].some(a => /^on/i.test(a.name)))"
        ), path.name
        assert page.locator("iframe, object, embed, base").count() == 0, path.name
    assert watched.did == []


#: The elements that stick out, for the message of a failure.
WIDEST = """() => [...document.querySelectorAll('body *')].filter(one => !one.closest('.scroll, svg')
  && one.getBoundingClientRect().right > innerWidth + 1).slice(0, 5).map(one => one.outerHTML.slice(0, 160))"""


def test_an_unsafe_address_is_text(hostile_dossier: Path) -> None:
    shown = "".join((hostile_dossier / f"{name}.html").read_text(encoding="utf-8") for name in ("claims", "incidents"))
    assert not re.search(r'href="\s*(?:javascript|data|vbscript|blob|file|ftp):', shown, re.IGNORECASE)
    for address in ("javascript:window.stolen=1", "vbscript:msgbox(1)", "file:///etc/passwd"):
        assert f'<span class="address">{address}</span>' in shown and address in ADDRESSES


def test_files_for_other_programs_hold_no_formula_and_stay_whole(hostile_dossier: Path) -> None:
    for path in (hostile_dossier / "data").glob("*.csv"):
        assert not re.search(r'(?:^|,)"?[=+@]', path.read_text(encoding="utf-8"), re.MULTILINE), path.name
    told = json.loads((hostile_dossier / "dossier.json").read_text(encoding="utf-8"))
    assert {row["incident_id"] for row in told["incidents"]} >= {RENAMED["I1"], RENAMED["I2"]}
    assert "</script" not in (hostile_dossier / "data/map.js").read_text(encoding="utf-8").lower()
    for path in hostile_dossier.rglob("*"):
        assert re.fullmatch(r"[\w.-]+", path.name), "no name of a source is the name of a file"


#: What the colours and the width of a view can change; the other rules are tried in one view of each.
OF_A_VIEW = {
    "type": "rule", "values": ["color-contrast", "link-in-text-block", "scrollable-region-focusable", "target-size"],
}  # fmt: skip
VIEWS = (
    (DESKTOP, "light", RULES), (DESKTOP, "dark", OF_A_VIEW),
    (PHONE, "light", OF_A_VIEW), (PHONE, "dark", RULES),
)  # fmt: skip


def test_axe_finds_nothing_on_a_page_of_each_kind(watched: Watched, dossier: Path) -> None:
    for path in one_of_each_kind(dossier):
        page = watched.go(path)
        load_axe(page)
        for size, scheme, only in VIEWS:
            page.set_viewport_size(size)
            page.emulate_media(color_scheme=scheme)
            view = (path.name, size["width"], scheme)
            assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], view
            assert axe_faults(page, only) == [], view
    assert watched.did == []


def test_on_paper_nothing_is_lost_at_the_edge(watched: Watched, dossier: Path) -> None:
    for path in one_of_each_kind(dossier):
        page = watched.go(path)
        page.set_viewport_size({"width": 680, "height": 1000})
        page.emulate_media(media="print")
        assert page.evaluate("document.documentElement.scrollWidth") <= 680, (path.name, page.evaluate(WIDEST))
        assert not page.locator("nav").first.is_visible(), path.name
    page = watched.go(dossier / "index.html")
    page.emulate_media(media="print")
    assert page.locator("table.matrix thead").first.is_visible()
