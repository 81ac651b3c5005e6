"""Files of what changed hands, and of where two layers differ: ``contested changes``, ``compare``, with no case.

In: folders of layers, days, and perhaps a file of places. Out: a figure, a GeoJSON file or a table, and lines for the
terminal. Refuses: layers that cannot be read, a day without a map, another ending of the file's name.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import shapely

from contested.base.engine import write_whole
from contested.base.errors import DatasetError, LayerError
from contested.base.times import parse_interval
from contested.territory.change_maps import ChangeMap, map_change, places_changed
from contested.territory.control import ControlLayer
from contested.territory.disagreement import LayersDisagreement, compare_layers
from contested.territory.files.statuses import Statuses, read_points
from contested.territory.plain_layers import open_layers
from contested.territory.scope import plain_scope

ENDINGS = (".svg", ".png", ".geojson", ".csv")


def write_changes(
    layers: Path, days: tuple[str, str], out: Path, places: Path | None = None,
    parties: tuple[str | None, str | None] = (None, None),
) -> list[str]:  # fmt: skip
    """Write what changed between two days; the lines that say it.

    Parameters
    ----------
    layers
        Folder of dated maps or of a place-status table, or one such file.
    days
        The earlier and the later day as written.
    out
        Figure (.svg, .png), ground (.geojson) or table (.csv).
    places
        CSV with ``place,lon,lat``.
    parties
        Party of areas that name none, and party of all other ground.

    Raises
    ------
    LayerError
        When the layers or the places cannot be used.
    RecordError
        When a day has no map.
    DatasetError
        When the days cannot be read or the file not written.
    """
    ending = _ending(out)
    first, last = (_day(day) for day in days)
    layer, notes = open_layers(layers, *parties)
    change = map_change(layer, first, last)
    moved = [] if places is None else _moved(layer, places, (first, last))
    write_whole(out, _content(change, moved, ending))
    lines = [f"{row['before']} → {row['after']}: {row['area_km2']:,.3f} km²" for row in change.rows()]
    lines += [f"{row['place']}: {row['before']} → {row['after']}" for row in moved]
    if not change.changes:
        lines.append(f"no ground changed hands between {first} and {last}")
    if change.left_out_km2 > 0:
        lines.append(f"note: traces narrower than 0.2 m left out, {change.left_out_km2:.4f} km² together")
    return [*lines, *(f"note: {note}" for note in notes), f"written: {out}"]


def write_comparison(
    layers: tuple[Path, Path], days: tuple[str, str], out: Path, parties: tuple[str | None, str | None] = (None, None)
) -> list[str]:
    """Write where two layers name different holders; the lines that say it.

    Parameters
    ----------
    layers
        The two folders or files; holders are compared by name.
    days
        First and last day to compare; every day between is compared.
    out
        Figure (.svg, .png), the differing ground of the last day (.geojson) or a row a day and pair (.csv).
    parties
        Party of areas that name none, and party of all other ground, in both.

    Raises
    ------
    LayerError
        When a layer cannot be used.
    RecordError
        When no day has a map in both.
    DatasetError
        When the days cannot be read or the file not written.
    """
    ending = _ending(out)
    first, last = (_day(day) for day in days)
    if last < first:
        raise DatasetError(f"{last} lies before {first}; give the earlier day first")
    (one, notes), (other, more) = (open_layers(path, *parties) for path in layers)
    every = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    found = compare_layers(one, other, every)
    write_whole(out, _comparison(found, one, ending))
    lines = [
        f"{a} in {found.first}, {b} in {found.second}: {km2:,.3f} km²" for (a, b), km2 in found.km2_of_pairs.items()
    ]
    lines.append(
        f"{len(found.days)} days compared, {len(found.without_map)} without a map in both; the holders differ on "
        f"{found.share_differing:.3%} of the common ground"
    )
    return [*lines, *(f"note: {note}" for note in (*notes, *more)), f"written: {out}"]


def _comparison(found: LayersDisagreement, layer: ControlLayer, ending: str) -> bytes:
    if ending == ".csv":
        columns = ("day", "common_km2", "differing_km2", "first_holder", "second_holder", "km2")
        rows: list[dict[str, Any]] = []
        for day in found.days:
            head = {
                "day": day.day,
                "common_km2": round(day.common_km2, 6),
                "differing_km2": round(day.differing_km2, 6),
            }
            pairs: list[dict[str, Any]] = [
                {"first_holder": p.first_holder, "second_holder": p.second_holder, "km2": round(p.km2, 6)}
                for p in day.pairs
            ]
            rows += [head | pair for pair in pairs or [{}]]
        return _csv(columns, rows)
    if ending == ".geojson":
        features = [
            {
                "type": "Feature", "geometry": json.loads(shapely.to_geojson(pair.geometry)),
                "properties": {
                    "day": day.day.isoformat(), found.first: pair.first_holder, found.second: pair.second_holder,
                    "km2": round(pair.km2, 6),
                },
            }
            for day in found.days[-1:]
            for pair in day.pairs
        ]  # fmt: skip
        return (json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False) + "\n").encode()
    from contested.web.change_figure import draw_disagreement

    ground = layer.ground_on(found.days[-1].day) if found.days else None
    areas = {} if ground is None else {layer.columns[n]: area for n, area in ground.disjoint_areas.items()}
    drawn = draw_disagreement(found, areas)
    return drawn.svg if ending == ".svg" else drawn.png


def _ending(out: Path) -> str:
    if (ending := out.suffix.lower()) not in ENDINGS:
        raise DatasetError(f'{out}: the name ends in "{out.suffix}"; expected {", ".join(ENDINGS)}')
    return ending


def _csv(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def _day(written: str) -> date:
    try:
        interval = parse_interval(written)
    except ValueError as fault:
        raise DatasetError(f"{fault}; expected a day, YYYY-MM-DD") from None
    if interval.precision != "day":
        raise DatasetError(f'"{written}" is a {interval.precision}; expected one day, YYYY-MM-DD')
    return interval.start


def _moved(layer: ControlLayer, places: Path, days: tuple[date, date]) -> list[dict[str, Any]]:
    found = Statuses()
    read_points(places, plain_scope(places.parent), found)
    if not found.points:
        raise LayerError(f"{places}: no row gives a place with a point; expected place,lon,lat")
    lon, lat = zip(*found.points.values(), strict=True)
    return places_changed(layer, list(found.points), lon, lat, days)


def _content(change: ChangeMap, moved: list[dict[str, Any]], ending: str) -> bytes:
    if ending == ".geojson":
        return change.geojson().encode()
    if ending == ".csv":
        return _csv(("place", "lon", "lat", "before", "after", "area_km2"), [*change.rows(), *moved])
    # Drawing costs half a second to load.
    from contested.web.change_figure import draw_change

    drawn = draw_change(change, moved)
    return drawn.svg if ending == ".svg" else drawn.png
