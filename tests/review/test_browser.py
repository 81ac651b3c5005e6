"""The app in a browser: by keyboard and by mouse, on a desk and on a phone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from tests.axe import axe_faults, load_axe
from tests.review.invented import N_CLAIMS

from contested.review.desk import Desk

pytestmark = pytest.mark.pages

VIEWS = [pytest.param((1280, 800), id="desktop"), pytest.param((390, 844), id="phone")]
PAGES = ("/", "/queue/claims", "/queue/links", "/queue/places", "/queue/speakers", "/history", "/build", "/name",
         "/bulk?by=document&value=d1", "/queue/claims?key=nothing")  # fmt: skip


@pytest.fixture
def page(request: pytest.FixtureRequest, browser: Any, served: Desk) -> Iterator[Any]:
    """A page that was let in and has a name; nothing may be said on its console."""
    width, height = getattr(request, "param", (1280, 800))
    context = browser.new_context(viewport={"width": width, "height": height})
    page = context.new_page()
    page.faults = []
    page.on("console", lambda one: page.faults.append(one.text) if one.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: page.faults.append(str(error)))
    page.base = f"http://127.0.0.1:{served.door.port}"
    page.goto(served.door.new_address())
    page.wait_for_url(f"{page.base}/")
    page.goto(f"{page.base}/queue/claims")
    page.wait_for_selector("input:focus")  # which a busy browser gives a little after the page has loaded
    page.keyboard.type("Ann")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{page.base}/queue/claims")
    page.locator("html[data-keys]").wait_for()
    yield page
    context.close()


def actions(served: Desk) -> list[tuple[str, str]]:
    return [(row["action"], row["row_key"]) for row in served.log.state().rows]


def settle(page: Any, served: Desk, n: int, told: str = "") -> None:
    """Wait until the log has so many lines, the live region says so, and the next question stands."""
    words = re.compile(told or rf", decision {n}\.")
    page.locator("html[data-keys] #told").filter(has_text=words).wait_for()
    assert len(served.log.state().rows) == n


@pytest.mark.parametrize("page", VIEWS, indirect=True)
def test_every_page_is_quiet_fits_and_passes_axe(page: Any, served: Desk) -> None:
    page.keyboard.press("a")
    settle(page, served, 1)
    for path in PAGES:
        page.goto(page.base + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"], path
        page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
        load_axe(page)
        assert axe_faults(page) == [], path
        assert page.evaluate("window.stolen") is None, path
    # The last page is the one that is not there.
    assert [fault for fault in page.faults if "404" not in fault] == []


@pytest.mark.parametrize("page", VIEWS, indirect=True)
def test_every_action_by_keyboard(page: Any, served: Desk) -> None:
    asked = {kind: list(served.kept["queue"].keys[kind]) for kind in ("claims", "links", "places", "speakers")}
    assert page.locator("details.help").get_attribute("open") is not None  # shown on the first visit
    page.keyboard.press("a")
    settle(page, served, 1)
    assert page.locator("details.help").get_attribute("open") is None
    page.keyboard.press("?")
    assert page.locator("details.help").get_attribute("open") is not None
    page.keyboard.press("r")
    page.keyboard.press("1")
    settle(page, served, 2)
    page.keyboard.press("c")
    page.locator("details.act[open] select[name=stance]").select_option("denies")
    page.locator("details.act[open] .choices button").first.click()
    settle(page, served, 3)
    page.keyboard.press("u")
    settle(page, served, 4, "Decision 3 is taken back")
    page.keyboard.press("k")
    settle(page, served, 4, "Put off")
    for n, (kind, key) in enumerate((("links", "l"), ("links", "s"), ("places", "r"), ("speakers", "r")), 5):
        page.goto(f"{page.base}/queue/{kind}")
        page.locator("html[data-keys]").wait_for()
        page.keyboard.press(key)
        page.keyboard.press("2")
        settle(page, served, n)
    assert actions(served) == [
        ("accept", asked["claims"][0]), ("reject", asked["claims"][1]), ("correct", asked["claims"][2]), ("undo", "3"),
        ("link", asked["links"][0]), ("split", asked["links"][1]), ("reject", asked["places"][0]),
        ("reject", asked["speakers"][0]),
    ]  # fmt: skip
    assert page.faults == []


@pytest.mark.parametrize("page", VIEWS, indirect=True)
def test_every_action_by_mouse_with_the_passage_in_view(page: Any, served: Desk) -> None:
    def in_view(selector: str) -> bool:
        box = page.locator(selector).first.bounding_box()
        return bool(box and box["y"] >= 0 and box["y"] + min(box["height"], 40) <= page.viewport_size["height"])

    buttons = page.locator(".actions > form button, .actions > details > summary")
    assert [buttons.nth(n).inner_text().split()[-1] for n in range(buttons.count())] == ["a", "c", "r", "k", "u"]
    page.get_by_text("Reject", exact=False).first.click()
    button = page.locator("details.act[open] .choices button").last
    button.scroll_into_view_if_needed()
    assert in_view(".context mark.role-passage")
    button.click()
    settle(page, served, 1)
    page.get_by_role("button", name="Accept").click()
    settle(page, served, 2)
    page.get_by_role("button", name="Undo").click()
    settle(page, served, 3, "Decision 2 is taken back")
    assert [action for action, _ in actions(served)] == ["reject", "accept", "undo"]


def test_a_newcomer_judges_twenty_claims_by_keyboard(page: Any, served: Desk) -> None:
    for number in range(20):
        if number % 3:
            page.keyboard.press("a")
        else:
            page.keyboard.press("r")
            page.keyboard.press("1")
        settle(page, served, number + 1)
        assert f"{number + 1} of {N_CLAIMS} judged" in page.locator(".progress-line").inner_text()
    assert len({key for _, key in actions(served)}) == 20
    assert {row["reason"] for row in served.log.state().rows} == {"", "no claim"}
    page.goto(f"{page.base}/history?by=Ann")
    assert page.locator("tbody tr").count() == 20 and page.faults == []


def test_all_can_be_judged_without_script(browser: Any, served: Desk) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(served.door.new_address())
    page.wait_for_url(f"http://127.0.0.1:{served.door.port}/")
    page.goto(f"http://127.0.0.1:{served.door.port}/queue/claims")
    page.fill("input[name=name]", "Ben")
    page.get_by_role("button", name="Use this name").click()
    page.get_by_role("button", name="Accept").click()
    page.locator("summary").filter(has_text="Reject").click()
    page.locator("details[open].act .choices button").first.click()
    assert [action for action, _ in actions(served)] == ["accept", "reject"]
    context.close()
