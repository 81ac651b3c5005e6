"""The data of the interactive map, as scripts that a page opened from ``file://`` can load.

In: an :class:`~contested.web.edition.Edition` and the grounds. Out: ``data/map.js`` (what the page needs at once) and
one packed file a part: incidents, words, records, and each layer. Refuses: nothing.

Such a page may load scripts but not fetch, so each file is a script that hands over one string: the part as JSON,
deflated, in base64. A part that is missing takes only itself from the page.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import shapely

from contested.web.edition import Edition
from contested.web.ground import Ground, simplified
from contested.web.incident_pages import emphasised
from contested.web.map_columns import UNDATED_DAYS, drawn_columns, record_columns, word_columns
from contested.web.strings import TEXT


def map_files(edition: Edition, grounds: Sequence[Ground]) -> dict[str, bytes]:
    """Path → bytes of each file of data that ``map.html`` loads."""
    window = edition.case.file.window
    data = {
        "box": list(edition.case.file.region.box),
        "firstDay": window.first.isoformat(),
        "days": (window.last - window.first).days + 1,
        "opening": (opening_day(edition, grounds) - window.first).days,
        "undatedDays": UNDATED_DAYS,
        "layers": [{"name": ground.name, "part": f"layer-{number}"} for number, ground in enumerate(grounds, start=1)],
        "holders": {mark.id: {"name": mark.name, "colour": mark.colour, "pattern": mark.pattern}
                    for mark in edition.marks.all()},
        "months": TEXT["months"].split(),
        "text": {name.removeprefix("map_"): text for name, text in sorted(TEXT.items()) if name.startswith("map_")},
    }  # fmt: skip
    parts = {
        "incidents": drawn_columns(edition), "words": word_columns(edition), "records": record_columns(edition),
        **{f"layer-{number}": layer_part(ground) for number, ground in enumerate(grounds, start=1)},
    }  # fmt: skip
    return {
        "data/map.js": b"window.CONTESTED_DATA = " + script_json(data) + b";\n",
        **{f"data/map-{name}.js": _packed(name, part) for name, part in parts.items()},
    }


def opening_day(edition: Edition, grounds: Sequence[Ground]) -> date:
    """The day that the map opens on: the first that the case names, else that of the last incident."""
    window = edition.case.file.window
    named = [day for ground in grounds for day in ground.entry.figure_days]
    days = [row["date_start"] for row in emphasised(edition)]
    wanted = named[0] if named else max(days, default=window.last)
    return min(max(wanted, window.first), window.last)


def script_json(data: Any) -> bytes:
    """JSON that may stand in a script: no ``<``, ``>`` or ``&``, no line separators of JavaScript."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text.encode()


def _packed(name: str, part: Any) -> bytes:
    text = json.dumps(part, ensure_ascii=False, separators=(",", ":")).encode()
    return f'window.CONTESTED_PART("{name}","{base64.b64encode(zlib.compress(text, 9)).decode()}");\n'.encode()


def unpack_part(script: bytes) -> Any:
    """What a packed file holds: for tests, and for whoever wants to read one."""
    return json.loads(zlib.decompress(base64.b64decode(script.split(b'"')[3])))


def layer_part(ground: Ground) -> dict[str, Any]:
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
