"""The interactive map in a real browser, from ``file://`` and offline."""

# ruff: noqa: E501 - scripts of a browser read best on long lines
from __future__ import annotations

import csv
import io
import shutil
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from tests.axe import axe_faults, load_axe
from tests.web.invented import HOSTILE, incident, make_tables
from tests.web.test_browser import DESKTOP, PHONE, VIEWS, Opened
from tests.web.test_browser import opened as opened  # a fixture

from contested.base.case import Case
from contested.base.records import CLAIM_LINKS, INCIDENT_PLACES, INCIDENTS

pytestmark = pytest.mark.pages

#: Holder → number of holdings that stand on the day shown.
HELD = """() => { const seen = {};
  for (const held of window.CONTESTED_MAP.holdingsShown()) { seen[held[1]] = (seen[held[1]] || 0) + 1; } return seen; }"""


@pytest.fixture(scope="module")
def site(case: Case, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The invented case with an interval, an incident without a date, one without a place, and a linked blame."""
    from contested.web.dossier import write_dossier

    tables = make_tables()
    more = [
        incident("I5", "Some time in March", date(2020, 3, 4), ["reports:3"], date_end=date(2020, 3, 9), kind="shelling",
                 grade="C"),
        incident("I6", "Nobody knows when", date(2020, 1, 1), ["reports:3"], date_end=date(2020, 12, 31)),
        incident("I7", "Nobody knows where", date(2020, 3, 5), ["reports:3"], kind="shelling"),
    ]  # fmt: skip
    places = [
        {"incident_id": name, "place_no": 1, "record_id": "reports:3", "place_name": "Sakhur", "lon": lon, "lat": 36.12,
         "radius_m": 200.0}
        for name, lon in (("I5", 37.03), ("I6", 37.17))
    ]  # fmt: skip
    blame = {"claim_id": "C1", "incident_id": "I1", "record_id": "reports:1", "probability": 0.9, "linked": True,
             "reasons": "r"}  # fmt: skip
    tables |= {
        "incidents": pa.concat_tables([tables["incidents"], INCIDENTS.from_rows(more)]),
        "incident_places": pa.concat_tables([tables["incident_places"], INCIDENT_PLACES.from_rows(places)]),
        "claim_links": CLAIM_LINKS.from_rows([blame]), "links": tables["links"].slice(0, 0),
    }  # fmt: skip
    out = tmp_path_factory.mktemp("map") / "out"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("contested.web.dossier.draw_figures", lambda edition, grounds, page: [])
        write_dossier(case, tables, out)
    return out


def titles(page: Any) -> list[str]:
    """Titles in the table, once it has followed the map."""
    page.wait_for_timeout(250)
    found: list[str] = page.locator("#visible-rows th button").evaluate_all(
        "all => all.map(one => one.lastChild.textContent)"
    )
    return found


def painted(page: Any, lon: float, lat: float) -> list[int]:
    """Red, green, blue of the paper at a point of the map."""
    found: list[int] = page.evaluate(
        """([lon, lat]) => { const app = window.CONTESTED_MAP, [x, y] = app.onSheet(app.geo.x(lon), app.geo.y(lat));
        const canvas = document.getElementById('map-canvas'), context = canvas.getContext('2d');
        return [...context.getImageData(Math.round(x * app.sheet.ratio), Math.round(y * app.sheet.ratio), 1, 1).data].slice(0, 3); }""",
        [lon, lat],
    )
    return found


@pytest.mark.parametrize("opened", VIEWS, indirect=True)
def test_the_map_draws_and_the_slider_moves_it(opened: Opened, dossier: Path) -> None:
    page = opened.map_ready(dossier / "map.html")
    assert page.locator("#day-output").inner_text() == "8 March 2020"
    assert page.evaluate(HELD) == {"north": 2, "south": 2}
    before = painted(page, 37.18, 36.12)
    slider = page.locator("#day")
    slider.focus()
    page.keyboard.press("ArrowRight")
    assert page.locator("#day-output").inner_text() == slider.get_attribute("aria-valuetext") == "9 March 2020"
    assert page.evaluate(HELD) == {"north": 3, "south": 1}
    assert painted(page, 37.18, 36.12) != before and painted(page, 37.01, 36.12) == painted(page, 37.18, 36.12)
    page.keyboard.press("Home")
    assert page.evaluate(HELD) == {"north": 1, "south": 3}
    numbers = page.locator(".map-number:visible")
    assert page.locator(".map-number.later:visible").count() == numbers.count() == 3
    page.get_by_role("button", name="Day after").click()
    assert page.locator(".map-number.later:visible").count() == 1
    assert page.locator(".map-label bdi.local").first.evaluate("one => getComputedStyle(one).unicodeBidi") == "isolate"
    assert opened.faults == []


def test_play_runs_to_the_end_of_the_window_and_stops(opened: Opened, site: Path) -> None:
    page = opened.map_ready(site / "map.html")
    page.evaluate("() => window.CONTESTED_MAP.setSpan(4, 6)")
    page.get_by_role("button", name="Play").click()
    page.get_by_role("button", name="Pause").wait_for()
    page.get_by_role("button", name="Play").wait_for(timeout=20_000)
    assert page.locator("#day").input_value() == "6"
    page.get_by_role("button", name="Play").click()
    page.get_by_role("button", name="Pause").click()
    assert page.get_by_role("button", name="Play").is_visible()
    assert opened.faults == []


@pytest.mark.parametrize("opened", [{"viewport": DESKTOP, "reduced_motion": "reduce"}], indirect=True)
def test_reduced_motion_is_respected(opened: Opened, site: Path) -> None:
    page = opened.map_ready(site / "map.html")
    assert page.evaluate("() => window.CONTESTED_MAP.isStill()")
    page.locator("#visible-rows button").first.click()
    assert page.evaluate("() => document.getAnimations().length") == 0


def test_the_keyboard_alone_reaches_and_works_everything(opened: Opened, site: Path) -> None:
    page = opened.map_ready(site / "map.html")
    reached = set()
    for _ in range(50):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("() => document.activeElement.id || document.activeElement.classList[0]"))
    wanted = {"day-back", "day-play", "day-next", "day", "map", "map-number", "zoom-in", "zoom-out", "span-from", "span-to",
              "trail", "layer", "filter-kind", "filter-blamed", "visible-which", "visible-csv", "plain"}  # fmt: skip
    assert wanted <= reached
    page.locator("#map").focus()
    middle = page.evaluate("() => [window.CONTESTED_MAP.view.x, window.CONTESTED_MAP.view.scale]")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("+")
    moved = page.evaluate("() => [window.CONTESTED_MAP.view.x, window.CONTESTED_MAP.view.scale]")
    assert moved[0] > middle[0] and moved[1] == 2 * middle[1]
    page.keyboard.press("-")
    # Focus alone shows the record; so does hovering.
    page.locator(".map-number:visible").first.focus()
    page.wait_for_function("() => document.querySelector('#chosen .by-source')")
    page.locator("#visible-rows button", has_text="Night attack").focus()
    page.keyboard.press("Enter")
    told = page.locator("#chosen").inner_text()
    for words in ("Night attack", "2–5", "held by Southland (blocks)", "1,234 m", "Grade: B", "Killed: 3–5", "a medic",
                  "second-hand", "Blamed by linked claims: Northland", "window.stolen=1"):  # fmt: skip
        assert words in told, words
    assert page.locator("#chosen a", has_text="All records").get_attribute("href") == "incidents/I1.html"
    assert page.evaluate("window.stolen") is None and page.locator("main img[src='x']").count() == 0


def test_the_table_is_what_the_map_shows_and_its_csv_the_same(opened: Opened, site: Path) -> None:
    page = opened.map_ready(site / "map.html")
    assert titles(page) == ["Nobody knows when", "Night attack", "Some time in March", HOSTILE]
    page.evaluate(
        "() => { const app = window.CONTESTED_MAP; app.moved = true; app.fit([37.0, 36.1, 37.09, 36.15], 0); }"
    )
    assert titles(page) == ["Some time in March"]
    with page.expect_download() as download:
        page.locator("#visible-csv").click()
    rows = list(csv.DictReader(io.StringIO(Path(download.value.path()).read_text(encoding="utf-8"), newline="")))
    assert [(row["title"], row["date_start"], row["date_end"], row["lon"], row["radius_m"]) for row in rows] == [
        ("Some time in March", "2020-03-04", "2020-03-09", "37.03", "200")
    ]
    page.locator("#visible-which").select_option("placeless")
    assert titles(page) == ["Nobody knows where"]
    page.locator("#visible-which").select_option("undated")
    assert titles(page) == ["Nobody knows when"]
    assert "no date; between 1 January 2020 – 31 December 2020" in page.locator("#visible-rows").inner_text()
    assert opened.faults == []


def test_an_incident_without_a_date_is_drawn_on_every_day_and_one_without_a_place_has_its_bar(
    opened: Opened, site: Path
) -> None:
    page = opened.map_ready(site / "map.html")
    page.evaluate("() => { location.hash = '#day=2020-03-01'; }")
    assert titles(page) == ["Nobody knows when"]
    assert page.evaluate("() => window.CONTESTED_MAP.timeOf(0)") == 1
    page.locator("summary", has_text="The bars as a table").click()
    rows = [row.split("\t") for row in page.locator("#bars-rows").inner_text().splitlines()]
    assert ["5 March 2020", "1", "1"] in rows and ["8 March 2020", "1", "0"] in rows
    assert "Without a date, in no bar: 1." in page.locator("#bars-note").inner_text()
    # The interval: on its first day it may have happened, on its last it has.
    states = [
        page.evaluate("day => { const app = window.CONTESTED_MAP; app.set({day: day}); return app.timeOf(2); }", day)
        for day in (2, 3, 7, 8)
    ]
    assert states == [2, 1, 1, 0]


def test_filters_keep_what_they_name(opened: Opened, site: Path) -> None:
    page = opened.map_ready(site / "map.html")
    for select, value, wanted in (
        ("filter-kind", "shelling", ["Some time in March"]),
        ("filter-grade", "C", ["Some time in March"]),
        ("filter-blamed", "north", ["Night attack"]),
    ):
        page.locator(f"#{select}").select_option(value)
        assert titles(page) == wanted, select
        page.locator(f"#{select}").select_option("")
    page.locator("#others").check()
    assert "Elsewhere" in titles(page)
    page.locator("#others").uncheck()
    page.locator("#trail").select_option("0")
    assert titles(page) == ["Nobody knows when", "Some time in March", HOSTILE]
    page.locator("#layer").select_option("-1")
    page.wait_for_function("() => window.CONTESTED_MAP.holdingsShown().length === 0")


def test_bars_go_to_their_day_and_a_drag_makes_a_window(opened: Opened, site: Path) -> None:
    page = opened.map_ready(site / "map.html")
    bars = page.locator("#bars")
    bars.scroll_into_view_if_needed()
    box = bars.bounding_box()

    def at(day: float) -> tuple[float, float]:
        return box["x"] + (day + 0.5) * box["width"] / 12, box["y"] + 40

    page.mouse.click(*at(1))
    assert page.locator("#day-output").inner_text() == "2 March 2020"
    page.mouse.move(*at(2))
    page.mouse.down()
    page.mouse.move(*at(4))
    page.mouse.move(*at(5))
    page.mouse.up()
    assert (page.locator("#span-from").input_value(), page.locator("#span-to").input_value()) == (
        "2020-03-03",
        "2020-03-06",
    )
    page.locator("#span-to").fill("2020-03-12")
    page.locator("#span-to").dispatch_event("change")
    assert page.evaluate("() => window.CONTESTED_MAP.state.span") == [2, 11]
    page.locator("#span-clear").click()
    assert page.evaluate("() => window.CONTESTED_MAP.state.span") is None


def test_an_address_gives_the_same_view_again_and_back_works(opened: Opened, site: Path) -> None:
    page = opened.map_ready(site / "map.html")
    page.locator("#filter-kind").select_option("shelling")
    page.locator("#visible-rows button", has_text="Some time in March").click()
    page.wait_for_function("() => window.CONTESTED_MAP.state.chosen.length === 1")
    page.locator("#zoom-in").click()
    page.locator("#day").focus()
    page.keyboard.press("ArrowLeft")
    page.wait_for_function("() => location.hash.includes('2020-03-07') && location.hash.includes('extent')")
    state = page.evaluate("() => window.CONTESTED_MAP.state")
    address = page.url
    other = Opened(page.context.new_page())
    other.page.goto(address)
    other.page.wait_for_function("() => window.CONTESTED_MAP && window.CONTESTED_MAP.complete")
    assert other.page.evaluate("() => window.CONTESTED_MAP.state") == state
    assert other.page.locator("#chosen h3").inner_text() == "3. Some time in March"
    page.go_back()
    page.wait_for_function("() => window.CONTESTED_MAP.state.chosen.length === 0")
    assert page.locator("#filter-kind").input_value() == "shelling"
    page.go_back()
    page.wait_for_function("() => window.CONTESTED_MAP.state.kind === ''")
    assert opened.faults == other.faults == []


def test_a_foreign_address_does_no_harm(opened: Opened, site: Path) -> None:
    wild = "#day=2999-99-99&from=x&extent=1,2&incident=99999,<b>&kind=nothing&layer=none&before=-3"
    page = opened.map_ready(site / "map.html")
    page.evaluate("hash => { location.hash = hash; }", wild)
    page.wait_for_timeout(200)
    assert page.locator("#day-output").inner_text() == "8 March 2020"
    assert opened.faults == []


def test_a_missing_file_takes_only_itself(opened: Opened, site: Path, tmp_path: Path) -> None:
    for gone, missing in (("layer-1", "blocks"), ("records", None), ("incidents", "incidents")):
        folder = tmp_path / gone
        shutil.copytree(site, folder)
        (folder / f"data/map-{gone}.js").unlink()
        page = opened.map_ready(folder / "map.html")
        if gone == "records":
            page.locator("#visible-rows button").first.click()
            missing = "records of the incidents"
        page.locator("#map-missing", has_text=f"could not be read: {missing}").wait_for()
        assert page.locator("#map-app").is_visible() and page.locator("#map-failed").is_hidden()
        assert page.evaluate(HELD) == ({} if gone == "layer-1" else {"north": 2, "south": 2})
        assert (len(titles(page)) == 4) == (gone != "incidents")


def test_incidents_are_drawn_without_waiting_for_their_words(opened: Opened, site: Path, tmp_path: Path) -> None:
    """The marks are those that ``benchmarks/first_picture.py`` reads."""
    folder = tmp_path / "wordless"
    shutil.copytree(site, folder)
    (folder / "data/map-words.js").unlink()
    page = opened.map_ready(folder / "map.html")
    page.locator("#map-missing", has_text="could not be read: titles and names of places").wait_for()
    page.wait_for_function("() => performance.getEntriesByName('map-complete').length")
    marks = page.evaluate("() => performance.getEntriesByType('mark').map(one => one.name)")
    assert marks == ["map-points", "map-complete"]
    assert page.locator(".map-number:visible").count() > 0 and page.locator("#bars .bar").count() > 0


@pytest.mark.parametrize("gone", ["map.js", "map-state.js"])
def test_where_a_script_is_missing_the_figures_stand_for_the_map(
    opened: Opened, dossier: Path, tmp_path: Path, gone: str
) -> None:
    shutil.copytree(dossier, tmp_path / "out")
    (tmp_path / "out/static" / gone).unlink()
    page = opened.go(tmp_path / "out/map.html")
    page.locator("#map-failed").wait_for()
    assert not page.locator("#map-app").is_visible() and page.locator("#still-maps").is_visible()


@pytest.fixture(scope="module")
def crowd(case: Case, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twenty-four thousand incidents on a grid, beside the files of the page."""
    from contested.web.edition import Edition
    from contested.web.ground import read_grounds
    from contested.web.map_files import map_files

    n = 24_000
    tables: Mapping[str, pa.Table] = {
        **{name: table.slice(0, 0) for name, table in make_tables().items()},
        "incidents": INCIDENTS.from_rows(
            [incident(f"i{number:05d}", "One of many", date(2020, 3, 1), ["reports:1"]) for number in range(n)]
        ),
        "incident_places": INCIDENT_PLACES.from_rows([
            {"incident_id": f"i{number:05d}", "place_no": 1, "record_id": "reports:1", "place_name": "Grid",
             "lon": 37.0 + number % 200 / 1000, "lat": 36.1 + number // 200 / 600, "radius_m": 50.0}
            for number in range(n)
        ]),
    }  # fmt: skip
    edition = Edition.of(case, tables)
    folder = tmp_path_factory.mktemp("crowd")
    for name, content in map_files(edition, read_grounds(edition)).items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


def test_too_many_are_counted_by_cell_and_a_cell_opens(opened: Opened, site: Path, crowd: Path, tmp_path: Path) -> None:
    folder = tmp_path / "site"
    shutil.copytree(site, folder)
    shutil.copytree(crowd / "data", folder / "data", dirs_exist_ok=True)
    page = opened.map_ready(folder / "map.html")
    assert page.locator("#by-cell").is_visible()
    assert "24,000" in page.locator("#visible-count").inner_text()
    cells = page.locator(".map-number.cell:visible")
    cells.first.wait_for()
    told = [
        int(words.split()[0].replace(",", "")) for words in cells.evaluate_all("all => all.map(one => one.ariaLabel)")
    ]
    in_view = page.evaluate("() => window.CONTESTED_MAP.cellsInView().map(cell => cell.n)")
    assert told == in_view and len(told) <= 40
    cells.first.focus()
    page.keyboard.press("Enter")
    page.locator("#by-cell").wait_for(state="hidden")
    count = page.evaluate("() => window.CONTESTED_MAP.shown.count")
    assert 0 < count < 20_000
    assert opened.faults == []


@pytest.mark.parametrize("opened", VIEWS, indirect=True)
def test_an_open_map_page_passes_axe_and_asks_nothing_of_a_network(opened: Opened, site: Path) -> None:
    page = opened.map_ready(site / "map.html")
    page.locator("#visible-rows button").first.click()
    page.locator("summary", has_text="The bars as a table").click()
    page.locator("#others").check()
    page.wait_for_function("() => document.querySelector('#chosen .by-source')")
    load_axe(page)
    assert axe_faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
    assert opened.faults == []
    assert all(url.startswith(("file://", "blob:", "data:")) for url in opened.requests)


def test_another_size_shows_the_whole_region_again(opened: Opened, dossier: Path) -> None:
    page = opened.map_ready(dossier / "map.html")
    inside = (
        "() => { const [west, south, east, north] = window.CONTESTED_MAP.extent();"
        " return west <= 37 && south <= 36.1 && east >= 37.2 && north >= 36.3; }"
    )
    wide = page.evaluate("window.CONTESTED_MAP.view.scale")
    page.set_viewport_size(PHONE)
    page.wait_for_function(f"() => ({inside})() && window.CONTESTED_MAP.view.scale < {wide}")
    page.set_viewport_size(DESKTOP)
    page.wait_for_function(f"() => ({inside})() && Math.abs(window.CONTESTED_MAP.view.scale / {wide} - 1) < 0.01")


def test_a_hand_moves_the_map_and_a_click_chooses(opened: Opened, site: Path) -> None:
    page = opened.map_ready(site / "map.html")
    page.locator("#map").scroll_into_view_if_needed()
    box = page.locator("#map").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    west = page.evaluate("window.CONTESTED_MAP.extent()[0]")
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 60, y, steps=4)
    page.mouse.up()
    assert page.evaluate("window.CONTESTED_MAP.extent()[0]") > west
    page.wait_for_function("() => !window.CONTESTED_MAP.moving")
    at = page.evaluate(
        """() => { const app = window.CONTESTED_MAP, box = document.getElementById('map').getBoundingClientRect();
        return [box.left + box.width / 2 + (app.geo.x(37.0612) - app.view.x) * app.view.scale,
          box.top + box.height / 2 + (app.geo.y(36.2225) - app.view.y) * app.view.scale]; }"""
    )
    page.mouse.click(*at)
    assert page.locator("#chosen h3").first.inner_text() == "2. Night attack"


def test_without_a_canvas_the_page_says_so_and_shows_figures(opened: Opened, dossier: Path) -> None:
    opened.page.add_init_script("HTMLCanvasElement.prototype.getContext = () => null")
    page = opened.go(dossier / "map.html")
    page.wait_for_function("() => !document.getElementById('map-failed').hidden")
    assert not page.locator("#map-app").is_visible() and page.locator("#still-maps").is_visible()
