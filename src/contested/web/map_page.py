"""The interactive map: its page, and the data that it draws.

In: an :class:`~contested.web.edition.Edition`, the grounds and figures. Out:
:class:`~contested.web.pages.MapPage` and ``data/map.js``. Refuses: nothing; a place without a point
is listed beside the map, never put somewhere.

Data come as a script that sets one variable, since a page opened from ``file://`` may not fetch.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import shapely

from contested.web.edition import Edition
from contested.web.ground import Ground, simplified
from contested.web.incident_pages import emphasised, incident_order
from contested.web.pages import Figure, MapPage
from contested.web.public import row_key
from contested.web.strings import TEXT
from contested.web.words import day_words, span_words

PAGE = "map.html"


def show_map(edition: Edition, grounds: Sequence[Ground], figures: Sequence[Figure]) -> MapPage:
    """``map.html``."""
    window = edition.case.file.window
    holders = {row["holder"] for ground in grounds for row in ground.rows}
    pointless = [
        row_key("incident_places", row) for row in edition.public.of("incident_places")
        if row["lon"] is None or row["radius_m"] is None
    ]  # fmt: skip
    start = opening_day(edition, grounds)
    main = {row["incident_id"] for row in emphasised(edition)}
    others = [key for key in edition.public.rows["incidents"] if key not in main]
    return MapPage(
        bool(grounds),
        tuple((ground.name, ground.entry.citation or ground.entry.licence or "") for ground in grounds),
        tuple(mark for mark in edition.marks.all() if mark.id in holders),
        window.first.isoformat(), (window.last - window.first).days + 1,
        str(day_words(start)), (start - window.first).days, tuple(figures),
        edition.book.count(PAGE, TEXT["map_others_number"], "incidents", others) if others else None,
        edition.book.count(PAGE, TEXT["places_without_point"], "incident_places", pointless) if pointless else None,
    )  # fmt: skip


def opening_day(edition: Edition, grounds: Sequence[Ground]) -> date:
    """The day that the map opens on: the first that the case names, else that of the last incident."""
    window = edition.case.file.window
    named = [day for ground in grounds for day in ground.entry.figure_days]
    days = [row["date_start"] for row in emphasised(edition)]
    wanted = named[0] if named else max(days, default=window.last)
    return min(max(wanted, window.first), window.last)


def map_script(edition: Edition, grounds: Sequence[Ground]) -> bytes:
    """``data/map.js``."""
    window = edition.case.file.window
    data = {
        "box": list(edition.case.file.region.box),
        "firstDay": window.first.isoformat(),
        "days": (window.last - window.first).days + 1,
        "opening": (opening_day(edition, grounds) - window.first).days,
        "layers": [_layer(ground) for ground in grounds],
        "holders": {mark.id: {"name": mark.name, "colour": mark.colour, "pattern": mark.pattern}
                    for mark in edition.marks.all()},
        "incidents": _incidents(edition),
        "text": {name.removeprefix("map_"): text for name, text in sorted(TEXT.items()) if name.startswith("map_")},
    }  # fmt: skip
    return b"window.CONTESTED_DATA = " + script_json(data) + b";\n"


def script_json(data: Any) -> bytes:
    """JSON that may stand in a script: no ``<``, ``>`` or ``&``, no line separators of JavaScript."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text.encode()


def _layer(ground: Ground) -> dict[str, Any]:
    """Shapes once, however often they change hands; days as offsets from the window's first day."""
    keys = list(dict.fromkeys(row["geometry"] for row in ground.rows))
    shapes, tolerance = simplified([shapely.from_wkb(key) for key in keys])
    number = {key: position for position, key in enumerate(keys)}

    def offset(day: date) -> int:
        return (day - ground.first).days

    n_days = offset(ground.last) + 1
    holdings = [
        [number[row["geometry"]], row["holder"], max(0, offset(row["valid_from"])),
         min(n_days - 1, offset(row["valid_to"])), ground.place_name(row)]
        for row in ground.rows
        if row["valid_to"] >= ground.first and row["valid_from"] <= ground.last
    ]  # fmt: skip
    starts = [ground.first, *ground.changes]
    edges = [ground.edges_on(day) for day in starts]
    drawn, _ = simplified([edge for edge in edges if edge is not None])
    lines = iter(drawn)
    fronts = []
    for start, after, edge in zip(starts, [*starts[1:], ground.last + timedelta(days=1)], edges, strict=True):
        if edge is not None:
            fronts.append([offset(start), offset(after) - 1, _rounded(shapely.geometry.mapping(next(lines)))])
    return {
        "name": ground.name,
        "shapes": [_rounded(shapely.geometry.mapping(shape)) for shape in shapes],
        "holdings": holdings,
        "fronts": fronts,
        "changes": [offset(day) for day in ground.changes],
        "labels": [[round(label.lon, 6), round(label.lat, 6), label.name, label.local] for label in ground.labels()],
        "toleranceDegrees": tolerance,
    }


def _rounded(geometry: Any) -> Any:
    """GeoJSON geometry with six decimals."""

    def walk(value: Any) -> Any:
        return round(value, 6) if isinstance(value, float) else [walk(part) for part in value]

    return {"type": geometry["type"], "coordinates": walk(geometry["coordinates"])}


def _incidents(edition: Edition) -> list[dict[str, Any]]:
    order = incident_order(edition)
    main = {row["incident_id"] for row in emphasised(edition)}
    places = edition.grouped("incident_places", "incident_id")
    control = edition.grouped("control", "incident_id", "place_no")
    first = edition.case.file.window.first
    found = []
    for row in sorted(edition.public.of("incidents"), key=lambda row: order[row["incident_id"]]):
        found.append({
            "no": order[row["incident_id"]],
            "main": row["incident_id"] in main,
            "title": row["title"],
            "days": span_words(row["date_start"], row["date_end"]),
            "from": (row["date_start"] - first).days,
            "to": (row["date_end"] - first).days,
            "href": edition.addresses.row("incidents", row["incident_id"]),
            "grade": row["grade"],
            "killed": [row["killed_low"], row["killed_high"]],
            "injured": [row["injured_low"], row["injured_high"]],
            "places": [
                {
                    "name": place["place_name"] or TEXT["place_unnamed"],
                    "lon": round(place["lon"], 6), "lat": round(place["lat"], 6), "radius_m": place["radius_m"],
                    "held": sorted(
                        {(line["layer"], line["party"])
                         for line in control.get((row["incident_id"], place["place_no"]), []) if line["held"]}
                    ),
                }
                for place in places.get((row["incident_id"],), [])
                if place["lon"] is not None and place["radius_m"] is not None
            ],
        })  # fmt: skip
    return found
