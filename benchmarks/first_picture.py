"""Time to the first picture of every kind of page of a dossier, opened from disk.

In: folders of built dossiers, numbers of invented incidents. Out: a table a dossier: kind of page, bytes, first and
largest contentful paint, and on a map the time until its incidents are drawn; medians with least and most, milliseconds
from the start of the navigation. Refuses: nothing.
Of each kind the largest page is opened, each time in a browser context of its own. An invented case of N incidents is
that of ``dossier_size.py``; beside it stands the map of ``map_frames.py``, which draws all N at once.

    python -m contested build examples/aleppo-2016
    python benchmarks/first_picture.py examples/aleppo-2016/dossier --incidents 1000 100000 --out /tmp/first
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
from pathlib import Path
from typing import Any

import dossier_size
import map_frames
from playwright.sync_api import sync_playwright

from contested.web.dossier import write_dossier

#: Kept by the page from its start on: an observer that comes later is not told of every paint.
WATCH = """window.SEEN = {largest: 0};
new PerformanceObserver(list => { for (const one of list.getEntries()) { SEEN.largest = one.startTime; } })
  .observe({type: 'largest-contentful-paint', buffered: true});"""
READ = """() => { const found = name => performance.getEntriesByName(name).map(one => one.startTime)[0] || null;
  return {first: found('first-contentful-paint'), largest: SEEN.largest, points: found('map-points'),
    complete: found('map-complete')}; }"""
COLUMNS = {"first": "first paint", "largest": "largest paint", "points": "map drawn", "complete": "map complete"}


def pages_of(folder: Path) -> dict[str, Path]:
    """Kind of page → the largest file of that kind."""
    found: dict[str, Path] = {}
    for path in sorted(folder.rglob("*.html"), key=lambda one: (one.stat().st_size, one)):
        name = path.relative_to(folder)
        kind = f"{name.parts[0]}/*" if len(name.parts) > 1 else name.stem.rpartition("-")[0] or name.stem
        found[kind if name.stem.rpartition("-")[2].isdigit() or len(name.parts) > 1 else name.stem] = path
    return dict(sorted(found.items()))


def open_once(browser: Any, path: Path) -> dict[str, float | None]:
    """Times of one opening, in a context of its own."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.add_init_script(WATCH)
    page.goto(path.as_uri())
    awaited = "map-complete" if path.name == "map.html" else "first-contentful-paint"
    page.wait_for_function("name => performance.getEntriesByName(name).length", arg=awaited, timeout=60_000)
    page.wait_for_timeout(400)
    found: dict[str, float | None] = page.evaluate(READ)
    context.close()
    return found


def words_of(values: list[float | None]) -> str:
    """Median (least to most), or nothing where the page has no such time."""
    there = [value for value in values if value]
    if len(there) < len(values):
        return ""
    return f"{statistics.median(there):,.0f} ({min(there):,.0f} to {max(there):,.0f})"


def measure(browser: Any, name: str, pages: dict[str, Path], times: int) -> None:
    """Print the table of one dossier; the pages take turns, so that a noisy minute falls on all."""
    found: dict[str, list[dict[str, float | None]]] = {kind: [] for kind in pages}
    for _ in range(times):
        for kind, path in pages.items():
            found[kind].append(open_once(browser, path))
    print(f"\n{name}\n\n| page | kB | {' | '.join(COLUMNS.values())} |\n|---|---|{'---|' * len(COLUMNS)}")
    for kind, runs in found.items():
        cells = " | ".join(words_of([run[column] for run in runs]) for column in COLUMNS)
        print(f"| {kind} | {pages[kind].stat().st_size / 1000:,.0f} | {cells} |", flush=True)


def invent(count: int, folder: Path) -> dict[str, Path]:
    """Pages of an invented case, and the map that draws all its incidents."""
    shutil.rmtree(folder, ignore_errors=True)
    case = dossier_size.make_case(folder / "case")
    write_dossier(case, dossier_size.as_tables(dossier_size.make_tables(count)), folder / "dossier")
    map_frames.write_map(folder / "all", count)
    return {**pages_of(folder / "dossier"), "map of all": folder / "all" / "map.html"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dossiers", type=Path, nargs="*", help="folders of built dossiers")
    parser.add_argument("--incidents", type=int, nargs="*", default=[], help="sizes of invented cases")
    parser.add_argument("--out", type=Path, help="where the invented cases are written")
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--kind", nargs="*", help="only these kinds of page")
    parser.add_argument("--chromium", default=shutil.which("chromium") or "chromium")
    chosen = parser.parse_args()
    if chosen.incidents and not chosen.out:
        parser.error("--incidents needs --out")
    sites = {str(folder): pages_of(folder) for folder in chosen.dossiers}
    for count in chosen.incidents:
        sites[f"{count:,} invented incidents"] = invent(count, chosen.out / str(count))
    print(f"load of the machine: {os.getloadavg()}, {os.cpu_count()} cores")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chosen.chromium, args=map_frames.OPTIONS)
        for name, pages in sites.items():
            wanted = {kind: path for kind, path in pages.items() if not chosen.kind or kind in chosen.kind}
            measure(browser, name, wanted, chosen.times)
        browser.close()


if __name__ == "__main__":
    main()
