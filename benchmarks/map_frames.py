"""Frames a second of the dossier's map, on software rendering.

Builds an invented case of N incidents (tables directly, no pipeline), writes ``map.html`` and its data as a dossier
does, opens it from disk in Chromium, and counts frames while it pans and while it plays. With ``--peer`` the same
points are drawn by a plain MapLibre GeoJSON source with a circle layer, filtered by day in the style.

    python benchmarks/map_frames.py --incidents 1000 20000 100000 --out /tmp/frames --peer
"""

# ruff: noqa: E501 - scripts of a browser read best on long lines
from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import statistics
import time
from datetime import date, timedelta
from importlib.resources import files as package_files
from itertools import pairwise
from pathlib import Path
from typing import Any

import pyarrow as pa
import shapely
from playwright.sync_api import sync_playwright

from contested.base.case import open_case
from contested.base.records import TABLES
from contested.web import dossier
from contested.web.edition import Edition
from contested.web.ground import read_grounds
from contested.web.map_files import map_files
from contested.web.map_page import show_map
from contested.web.pages import Frame

OPTIONS = [
    "--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking", "--use-angle=swiftshader",
    "--disable-component-update", "--disable-sync", "--enable-unsafe-swiftshader",
]  # fmt: skip
CASE = """
format = 1
title = "Invented case of many incidents"
purpose = "To count frames."
[window]
from = 2014-01-01
to = 2017-12-31
[region]
name = "Somewhere"
box = [36.0, 34.0, 40.0, 37.0]
[[parties]]
id = "north"
name = "Northland"
[[parties]]
id = "south"
name = "Southland"
[[events]]
id = "war"
title = "War"
kind = "conflict"
place = "Somewhere"
from = 2014-01-01
to = 2017-12-31
[[layers]]
name = "blocks"
path = "layers/blocks.csv"
form = "long"
citation = "Invented"
"""
FIRST, DAYS, SIDE = date(2014, 1, 1), 1461, 16
KINDS = ("air strike", "shelling", "bombardment", "ground fighting", "gas attack", "raid")


def make_tables(count: int) -> dict[str, pa.Table]:
    """Incidents around forty towns, most known to a village, some to a district, some to a month."""
    draw = random.Random(1)
    towns = [(draw.uniform(36.2, 39.8), draw.uniform(34.2, 36.8), draw.expovariate(1)) for _ in range(40)]
    rows: dict[str, list[dict[str, Any]]] = {"incidents": [], "incident_places": [], "records": [], "control": []}
    for number in range(count):
        name, lon, lat = f"i-{draw.getrandbits(48):012x}", *_point(draw, towns)
        day = FIRST + timedelta(draw.randrange(DAYS))
        length = draw.choices((0, 1, 6, 30, 90), (80, 8, 6, 4, 2))[0]
        killed = draw.choice((None, 0, 0, 1, 2, 3, 5, 12))
        kind = draw.choice(KINDS)
        title = f"{kind} near {draw.choice(NAMES)}, {draw.choice(NAMES)} district"
        shared = {
            "title": title, "kind": kind, "date_start": day, "date_end": day + timedelta(length), "publish": True,
            "killed_low": killed, "killed_high": None if killed is None else killed + draw.randrange(3),
        }  # fmt: skip
        keys = [f"d{draw.randrange(4)}:{number}-{copy}" for copy in range(draw.choice((1, 1, 1, 2)))]
        rows["incidents"].append({
            **shared, "incident_id": name, "records": keys, "datasets": sorted({key[:2] for key in keys}), "n_places": 1,
            "toll_conflict": False, "grade": draw.choice("ABCD"), "grade_rule": "invented",
        })  # fmt: skip
        rows["records"] += [
            {
                **shared, "record_id": key, "dataset": key[:2], "original_path": "datasets/d.csv", "original_row": number,
                "preset": "plain", "in_window": True, "sources": [draw.choice(NAMES)], "second_hand": False, "extra": "{}",
            }
            for key in keys
        ]  # fmt: skip
        radius = draw.choices((150.0, 1000.0, 5000.0, 15000.0), (30, 50, 15, 5))[0]
        placed = draw.random() > 0.01
        rows["incident_places"].append({
            "incident_id": name, "place_no": 1, "record_id": keys[0], "place_name": draw.choice(NAMES),
            "lon": lon if placed else None, "lat": lat if placed else None, "radius_m": radius if placed else None,
        })  # fmt: skip
        rows["control"].append({
            "incident_id": name, "place_no": 1, "layer": "blocks", "party": draw.choice(("north", "south")), "p": 1.0,
            "held": True, "layer_date": day,
        })  # fmt: skip
    rows["holdings"] = _holdings(draw)
    rows["originals"] = [
        {"original_path": path, "kind": kind, "sha256": "0" * 64, "size_bytes": 1, "publish_rows": True}
        for path, kind in (("datasets/d.csv", "dataset"), ("layers/blocks.csv", "layer"))
    ]
    return {name: table.from_rows(rows.get(name, ())) for name, table in TABLES.items()}


NAMES = [f"{a}{b}" for a in ("Tal ", "Kafr ", "Deir ", "Ain ", "Khan ", "Bab ") for b in
         ("Rafa", "Hawa", "Sama", "Nour", "Zayt", "Barada", "Qamar", "Shams", "Wadi", "Jisr")]  # fmt: skip


def _point(draw: random.Random, towns: list[tuple[float, float, float]]) -> tuple[float, float]:
    lon, lat, _ = draw.choices(towns, [town[2] for town in towns])[0]
    return round(lon + draw.gauss(0, 0.08), 5), round(lat + draw.gauss(0, 0.06), 5)


def _holdings(draw: random.Random) -> list[dict[str, Any]]:
    """A grid of blocks, each of which changes hands up to three times."""
    rows: list[dict[str, Any]] = []
    for block in range(SIDE * SIDE):
        west, south = 36 + 4 / SIDE * (block % SIDE), 34 + 3 / SIDE * (block // SIDE)
        shape = shapely.to_wkb(shapely.box(west, south, west + 4 / SIDE, south + 3 / SIDE))
        cuts = [0, *sorted(draw.sample(range(1, DAYS), draw.randrange(4))), DAYS]
        for turn, (start, after) in enumerate(pairwise(cuts)):
            rows.append({
                "layer": "blocks", "holding_no": len(rows) + 1, "place": f"B{block}",
                "holder": ("north", "south")[(turn + (block % SIDE > SIDE // 2)) % 2], "valid_from": FIRST + timedelta(start),
                "valid_to": FIRST + timedelta(after - 1), "geometry": shape, "original_path": "layers/blocks.csv",
                "original_row": len(rows) + 1, "made_by": "polygon",
            })  # fmt: skip
    return rows


def write_map(folder: Path, count: int) -> dict[str, int]:
    """The map page of an invented case, and the bytes of its data."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "case/layers").mkdir(parents=True)
    (folder / "case/layers/blocks.csv").write_text("date,place,holder\n", encoding="utf-8")
    (folder / "case/case.toml").write_text(CASE, encoding="utf-8")
    case = open_case(folder / "case")
    began = time.perf_counter()
    edition = Edition.of(case, make_tables(count))
    made = time.perf_counter()
    grounds = read_grounds(edition)
    files = map_files(edition, grounds)
    render = dossier.page_printer(Frame("en", "ltr", case.file.title, "", "", ()))
    files["map.html"] = render("map", show_map(edition, grounds, ()))
    print(f"  {count:,} incidents: tables {made - began:.1f} s, page and data {time.perf_counter() - made:.1f} s")
    static = package_files("contested.web") / "static"
    for name in dossier.STATIC_FILES:
        files[f"static/{name}"] = static.joinpath(*name.split("/")).read_bytes()
    files["static/parties.css"] = edition.marks.style_sheet().encode()
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return {name: len(content) for name, content in files.items() if name.startswith("data/")}


PEER = """<!doctype html><meta charset="utf-8"><link rel="stylesheet" href="static/vendor/maplibre-gl.css">
<style>#map{{width:856px;height:620px}}</style><div id="map"></div><script src="static/vendor/maplibre-gl.js"></script>
<script src="data/peer.js"></script><script>
const map = new maplibregl.Map({{container: "map", fadeDuration: 0, bounds: [[36, 34], [40, 37]], fitBoundsOptions: {{padding: 12, animate: false}},
 style: {{version: 8, sources: {{p: {{type: "geojson", data: PEER}}}}, layers: [
 {{id: "paper", type: "background", paint: {{"background-color": "#f4f4f1"}}}},
 {{id: "p", type: "circle", source: "p", filter: ["<=", ["get", "d"], {last}], paint: {{"circle-radius": 4, "circle-color": "#b3001b", "circle-opacity": 0.5}}}}]}}}});
window.CONTESTED_MAP = {{map: map, day: 0}};
map.once("idle", () => {{ window.CONTESTED_MAP.complete = true; }});
window.peerPlay = () => setInterval(() => {{ window.CONTESTED_MAP.day += 1; map.setFilter("p", ["<=", ["get", "d"], window.CONTESTED_MAP.day]); }}, 100);
</script>"""


def write_peer(folder: Path, count: int) -> None:
    """The same points in a plain page: a GeoJSON source and a circle layer."""
    tables = make_tables(count)
    days = {row["incident_id"]: (row["date_start"] - FIRST).days for row in tables["incidents"].to_pylist()}
    features = [
        {"type": "Feature", "properties": {"d": days[row["incident_id"]]},
         "geometry": {"type": "Point", "coordinates": [row["lon"], row["lat"]]}}
        for row in tables["incident_places"].to_pylist() if row["lon"] is not None
    ]  # fmt: skip
    for name in ("maplibre-gl.js", "maplibre-gl.css"):
        source = Path(__file__).parent / "vendor" / name
        (folder / "static/vendor").mkdir(parents=True, exist_ok=True)
        (folder / "static/vendor" / name).write_bytes(source.read_bytes())
    data = json.dumps({"type": "FeatureCollection", "features": features}, separators=(",", ":"))
    (folder / "data/peer.js").write_text(f"const PEER = {data};", encoding="utf-8")
    (folder / "peer.html").write_text(PEER.format(last=DAYS), encoding="utf-8")


FRAMES = """(seconds) => new Promise(done => { const found = []; let last = performance.now(); const end = last + 1000 * seconds;
  const step = now => { found.push(now - last); last = now; now < end ? requestAnimationFrame(step) : done(found.slice(1)); };
  requestAnimationFrame(step); })"""
#: What a hand does: the pointer pressed, moved a little each frame, there and back. The peer is moved by its own call.
PAN = """(seconds) => { const sheet = document.getElementById('map-sheet'), on = document.getElementById('map');
  const edges = on.getBoundingClientRect(), end = performance.now() + 1000 * seconds;
  let turn = 0, x = edges.left + 400, y = edges.top + 300;
  const send = name => on.dispatchEvent(new PointerEvent(name, {clientX: x, clientY: y, pointerId: 1, buttons: 1}));
  on.setPointerCapture = () => {};
  if (sheet) { send('pointerdown'); }
  const step = () => { if (performance.now() > end) { if (sheet) { send('pointerup'); } return; }
    turn += 1;
    const dx = turn % 200 < 100 ? 3 : -3, dy = turn % 120 < 60 ? 2 : -2;
    x += dx; y += dy;
    if (sheet) { send('pointermove'); } else { window.CONTESTED_MAP.map.panBy([dx, dy], {animate: false}); }
    requestAnimationFrame(step); };
  requestAnimationFrame(step); }"""
CENTRE = "() => { const map = window.CONTESTED_MAP; return map.view ? [map.view.x, map.view.y] : map.map.getCenter().toArray(); }"


def processor_s() -> float:
    """Seconds of processor that the browser and all it started have used: what other programs take is not in it."""
    parents, used = {}, {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                fields = (folder / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            parents[int(folder.name)] = int(fields[1])
            used[int(folder.name)] = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    ours, found = {os.getpid()}, 0.0
    while True:
        more = {pid for pid, parent in parents.items() if parent in ours} - ours
        if not more:
            return found
        ours |= more
        found += sum(used[pid] for pid in more)


def frames(page: Any, seconds: float) -> dict[str, float]:
    before = processor_s()
    counted = page.evaluate(FRAMES, seconds)
    spent, found = processor_s() - before, sorted(counted)
    return {
        "processor_ms_a_frame": round(1000 * spent / len(found), 1),
        "frames_per_s_median": round(1000 / statistics.median(found), 1), "frames_per_s_mean": round(1000 * len(found) / sum(found), 1),
        "frame_ms_95": round(found[int(0.95 * (len(found) - 1))], 1), "frame_ms_max": round(found[-1], 1),
    }  # fmt: skip


def measure(browser: Any, path: Path, seconds: float, *, peer: bool = False) -> dict[str, Any]:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    began = time.perf_counter()
    page.goto(path.as_uri())
    ready = "complete" if peer else "ready"
    page.wait_for_function(f"() => window.CONTESTED_MAP && window.CONTESTED_MAP.{ready}", timeout=60_000)
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    first = time.perf_counter() - began
    page.wait_for_function("() => window.CONTESTED_MAP.complete", timeout=60_000)
    found: dict[str, Any] = {"first_picture_s": round(first, 2)}
    page.wait_for_timeout(2500)
    found["still"] = frames(page, seconds)
    views = (
        {"whole": None}
        if peer
        else {"whole": None, "near": [37.0, 35.0, 38.2, 35.9], "nearer": [37.4, 35.3, 37.8, 35.6]}
    )
    for name, extent in views.items():
        if extent:
            page.evaluate("box => { window.CONTESTED_MAP.moved = true; window.CONTESTED_MAP.fit(box, 0); }", extent)
            page.wait_for_timeout(800)
        shown = (
            {}
            if peer
            else page.evaluate(
                "() => ({single: window.CONTESTED_MAP.shown.single, places: window.CONTESTED_MAP.shown.places})"
            )
        )
        before = page.evaluate(CENTRE)
        page.evaluate(PAN, seconds + 0.5)
        found[f"pan_{name}"] = {**shown, **frames(page, seconds)}
        assert page.evaluate(CENTRE) != before, "the map did not move"
        page.wait_for_timeout(600)
        page.evaluate(
            "() => window.peerPlay()"
            if peer
            else "() => { window.CONTESTED_MAP.goTo(700); document.getElementById('day-play').click(); }"
        )
        found[f"play_{name}"] = frames(page, seconds)
        if not peer:
            page.evaluate("() => window.CONTESTED_MAP.stop()")
            page.evaluate("() => window.CONTESTED_MAP.goTo(1400)")
    page.screenshot(path=str(path.parent / f"{path.stem}.png"))
    found["faults"] = faults
    page.close()
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--incidents", type=int, nargs="+", default=[1_000, 20_000, 100_000])
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--peer", action="store_true")
    parser.add_argument("--chromium", default=shutil.which("chromium") or "chromium")
    chosen = parser.parse_args()
    print(f"load of the machine: {os.getloadavg()}, {os.cpu_count()} cores")
    result: dict[str, Any] = {}
    for count in chosen.incidents:
        folder = chosen.out / str(count)
        sizes = write_map(folder, count)
        if chosen.peer:
            write_peer(folder, count)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chosen.chromium, args=OPTIONS)
            result[str(count)] = {
                "bytes": sizes,
                "bytes_in_all": sum(sizes.values()),
                **measure(browser, folder / "map.html", chosen.seconds),
            }
            if chosen.peer:
                result[str(count)]["peer"] = measure(browser, folder / "peer.html", chosen.seconds, peer=True)
            browser.close()
        print(json.dumps({count: result[str(count)]}, indent=1))
    (chosen.out / "frames.json").write_text(json.dumps(result, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
