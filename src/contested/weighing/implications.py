"""What accounts imply and the program can check without numbers.

In: a case and its tables. Out: rows of ``implications``, and of ``weighed_rows`` for what each rests on. Refuses:
nothing; what cannot be told is unknown, with the reason.

Declared in ``case.toml`` is who must, or must not, have held a place; that is checked here in every layer of the
case. What follows from the parties' own statements is checked in :mod:`contested.weighing.statement_implications`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from contested.base.case import Case
from contested.base.records import CONTESTED, UNKNOWN, row_id
from contested.base.rivals import Implication
from contested.territory.control import ControlLayer, control_layers
from contested.weighing.statement_implications import check_statements

if TYPE_CHECKING:
    import pyarrow as pa

    from contested.territory.ground import Reals

#: A share closer than this to 0 or 1 is taken for it: sums of shares carry rounding.
SURE = 1e-9

Rows = tuple[list[dict[str, Any]], list[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class _Point:
    """Where a place is; ``why_not`` when that cannot be told, and ``lon`` then means nothing."""

    lon: float = np.nan
    lat: float = np.nan
    radius_m: float = 0.0
    why_not: str = ""


def check_implications(case: Case, tables: Mapping[str, pa.Table]) -> Rows:
    """Rows of ``implications``, and of ``weighed_rows`` for what each rests on."""
    implications, links = check_statements(case, tables)
    layers = control_layers(tables["holdings"]) if case.file.implications else {}
    for implication in case.file.implications:
        for layer in layers.values() or (None,):
            row = _ground_row(case, implication, layer, tables)
            implications.append(row)
            if layer is not None:
                links += _holding_links(row["implication_id"], implication, layer, tables)
    return implications, links


def _ground_row(
    case: Case, implication: Implication, layer: ControlLayer | None, tables: Mapping[str, pa.Table]
) -> dict[str, Any]:
    party = implication.held_by or implication.not_held_by or ""
    rivals = next(one for one in case.file.rivals if one.event == implication.event)
    title = next(account.title for account in rivals.accounts if account.id == implication.account)
    name = case.party_names.get(party, party)
    days = f"on {implication.first}" + ("" if implication.first == implication.last else f" to {implication.last}")
    held = "held" if implication.held_by else "did not hold"
    statement = f"That {name} {held} {implication.place} {days}, as “{title}” needs: {implication.reason}"
    row: dict[str, Any] = {
        "implication_id": row_id(
            "implication", "ground", implication.event, implication.account, implication.held_by,
            implication.not_held_by, implication.place, implication.lon, implication.lat, implication.first,
            implication.last, None if layer is None else layer.name,
        ),
        "event_id": implication.event, "kind": "ground", "account": implication.account, "party": party,
        "layer": None if layer is None else layer.name, "statement": statement, "checked": True,
        "result": "unknown",
    }  # fmt: skip
    if layer is None:
        return {**row, "reading": "The case has no layer of control, so this is unknown."}
    shares = _shares(implication, layer, tables)
    if isinstance(shares, str):
        return {**row, "reading": f"{shares}; so this is unknown in the layer {layer.name}."}
    share, open_ = shares
    return {
        **row, "share": float(share.mean()), "result": _result(share, open_, needed=implication.held_by is not None),
        "reading": _ground_words(name, layer.name, share, open_, implication),
    }  # fmt: skip


def _shares(implication: Implication, layer: ControlLayer, tables: Mapping[str, pa.Table]) -> tuple[Reals, Reals] | str:
    """Share of the place that the party held, and that may be anyone's, day by day; or why neither can be told."""
    party = implication.held_by or implication.not_held_by or ""
    n_days = (implication.last - implication.first).days + 1
    days = np.datetime64(implication.first, "D") + np.arange(n_days)
    point = _find_point(implication, tables["records"])
    if point.why_not:
        named = [row for row in _holdings_in(implication, layer.name, tables) if _is_named(row, implication)]
        if not named:
            return point.why_not
        holders = [
            {row["holder"] for row in named if row["valid_from"] <= day <= row["valid_to"]} or {UNKNOWN}
            for day in days.tolist()
        ]
        held = np.array([float(on == {party}) for on in holders])
        return held, np.array([float(on != {party} and bool(on & {party, CONTESTED, UNKNOWN})) for on in holders])
    lon, lat, radius_m = (np.full(len(days), value) for value in (point.lon, point.lat, point.radius_m))
    found = layer.look_up(lon, lat, days, radius_m)
    return found.p_of(party), found.p_of(CONTESTED) + found.p_of(UNKNOWN)


def _result(held: Reals, open_: Reals, *, needed: bool) -> str:
    """Contradicted or not only where that is so on every day of the interval and for every point of the place."""
    surely, surely_not = bool((held >= 1 - SURE).all()), bool((held + open_ <= SURE).all())
    if surely or surely_not:
        return "not_contradicted" if surely == needed else "contradicted"
    return "unknown"


def _ground_words(name: str, layer: str, held: Reals, open_: Reals, implication: Implication) -> str:
    days = "that day" if len(held) == 1 else f"the {len(held)} days"
    if (held >= 1 - SURE).all():
        found = f"{name} held all of it on {days}"
    elif (held + open_ <= SURE).all():
        found = f"{name} held no part of it on {days}, and none was contested or not covered"
    else:
        found = (
            f"{name} held {held.mean():.0%} of it over {days} ({held.min():.0%} to {held.max():.0%}), and "
            f"{open_.mean():.0%} was contested or not covered, so the place named may lie either way"
        )
    return (
        f"In the layer {layer} {found}. A layer can be wrong, and who held {implication.place} does not show who "
        "attacked."
    )


def _find_point(implication: Implication, records: pa.Table) -> _Point:
    """The point given, else the one point that the case's records give to the place."""
    import pyarrow.compute as pc

    if implication.lon is not None and implication.lat is not None:
        return _Point(implication.lon, implication.lat, implication.radius_m or 0.0)
    wanted = pc.equal(pc.utf8_lower(records["place_name"]), implication.place.lower())
    named = [
        row for row in records.filter(pc.fill_null(wanted, False)).to_pylist()
        if row["lon"] is not None and row["radius_m"] is not None
    ]  # fmt: skip
    points = {(row["lon"], row["lat"]) for row in named}
    if len(points) == 1:
        return _Point(*points.pop(), max(row["radius_m"] for row in named))
    found = f"{len(points)} points are given to {implication.place} by" if points else "no point is given by"
    return _Point(why_not=f"{found} the records of the case: set lon, lat and radius_m")


def _holdings_in(implication: Implication, layer: str, tables: Mapping[str, pa.Table]) -> list[dict[str, Any]]:
    """Holdings of the layer that stand on one of the days."""
    import pyarrow.compute as pc

    table = tables["holdings"]
    on = pc.and_(
        pc.equal(table["layer"], layer),
        pc.and_(
            pc.less_equal(table["valid_from"], implication.last), pc.greater_equal(table["valid_to"], implication.first)
        ),
    )
    rows: list[dict[str, Any]] = table.filter(on).to_pylist()
    return rows


def _is_named(row: Mapping[str, Any], implication: Implication) -> bool:
    return row["place"] is not None and row["place"].casefold() == implication.place.casefold()


def _holding_links(
    key: str, implication: Implication, layer: ControlLayer, tables: Mapping[str, pa.Table]
) -> Iterator[dict[str, Any]]:
    """The holdings that the answer rests on: those at the point, else those of the place's name."""
    import shapely

    point = _find_point(implication, tables["records"])
    for row in _holdings_in(implication, layer.name, tables):
        if point.why_not:
            meant = _is_named(row, implication)
        else:
            meant = bool(shapely.intersects_xy(shapely.from_wkb(row["geometry"]), point.lon, point.lat))
        if meant:
            yield {
                "of_table": "implications", "of_key": key, "table": "holdings",
                "row_key": f"{layer.name}|{row['holding_no']}", "role": "rests_on",
            }  # fmt: skip
