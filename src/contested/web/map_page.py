"""The page of the interactive map.

In: an :class:`~contested.web.edition.Edition`, the grounds and figures. Out: :class:`~contested.web.pages.MapPage`;
its data are made in :mod:`contested.web.map_files`. Refuses: nothing; a place without a point is listed beside the
map, never put somewhere.
"""

from __future__ import annotations

from collections.abc import Sequence

from contested.web.edition import Edition
from contested.web.ground import Ground
from contested.web.incident_pages import emphasised
from contested.web.map_files import opening_day
from contested.web.pages import Figure, MapPage
from contested.web.public import row_key
from contested.web.strings import TEXT
from contested.web.words import day_words

PAGE = "map.html"
#: Scripts of the page in the order in which they must be read; plain ones, since ``file://`` loads no modules.
SCRIPTS = (
    "map-state.js", "map-view.js", "map-ground.js", "map-shown.js", "map-marks.js", "map-numbers.js", "map-time.js",
    "map-bars.js", "map-panel.js", "map-table.js", "map-address.js", "map.js",
)  # fmt: skip


def show_map(edition: Edition, grounds: Sequence[Ground], figures: Sequence[Figure]) -> MapPage:
    """``map.html``."""
    window = edition.case.file.window
    holders = {row["holder"] for ground in grounds for row in ground.rows}
    pointless = [
        row_key("incident_places", row) for row in edition.public.of("incident_places")
        if row["lon"] is None or row["radius_m"] is None
    ]  # fmt: skip
    start = opening_day(edition, grounds)
    others = len(emphasised(edition)) < len(edition.public.rows["incidents"])
    return MapPage(
        bool(grounds),
        tuple((ground.name, ground.entry.citation or ground.entry.licence or "") for ground in grounds),
        tuple(mark for mark in edition.marks.all() if mark.id in holders),
        window.first.isoformat(), (window.last - window.first).days + 1,
        str(day_words(start)), (start - window.first).days, tuple(figures),
        edition.book.count_where(PAGE, TEXT["map_others_number"], "incidents", {"event_id": None}) if others else None,
        edition.book.count(PAGE, TEXT["places_without_point"], "incident_places", pointless) if pointless else None,
        SCRIPTS,
    )  # fmt: skip
