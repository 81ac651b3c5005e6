"""Lists of incidents, and the records and holdings that they rest on.

In: an :class:`~contested.web.edition.Edition`. Out: lists of incidents, the middle of an incident's own page, and
pages of records and holdings.
Refuses: nothing; every source of an incident stands beside the others, none is chosen over another.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import groupby

from contested.web.addresses import ROWS_PER_PAGE, anchor, emphasised_rows, list_order, safe_link
from contested.web.edition import Edition
from contested.web.exports import data_file
from contested.web.link_lines import (
    IncidentLinks,
    record_links,
    show_claims,
    show_links,
    show_perhaps,
    show_variants,
)
from contested.web.numbers import Cells, Number
from contested.web.pages import (
    IncidentBlock,
    IncidentLine,
    IncidentsPage,
    LayerLine,
    PlaceLine,
    RecordLine,
    RowBlock,
    RowLine,
    RowsPage,
    Share,
    Toll,
)  # fmt: skip
from contested.web.public import Row, row_key
from contested.web.strings import TEXT
from contested.web.words import code_words, day_words, range_words, span_words

#: Lines a day, on average, from which a list says its days once.
GROUPED_FROM = 4


def emphasised(edition: Edition) -> list[Row]:
    """Incidents of the case's events; all incidents when none belongs to an event."""
    return emphasised_rows(edition.public)


def incident_order(edition: Edition) -> dict[str, int]:
    """Incident id → number shown on map, figures and pages: the events' incidents first, by their days."""
    return {key: number for number, key in enumerate(list_order(edition.public), start=1)}


def show_incidents(edition: Edition) -> list[IncidentsPage]:
    """The pages of lists: a line an incident, which leads to its own page where it has one."""
    order = incident_order(edition)
    paged = edition.addresses.paged("incidents")
    pages = tuple((file, str(number)) for number, (file, _) in enumerate(paged, start=1))
    places = edition.grouped("incident_places", "incident_id")
    main = {row["incident_id"] for row in emphasised(edition)}
    shown = []
    for file, keys in paged:
        first = file == "incidents.html"
        lines = {key: _line(edition, key, order[key], places.get((key,), [])) for key in keys}
        lists = (
            (TEXT["incidents_of_events"], _by_days([line for key, line in lines.items() if key in main])),
            (TEXT["incidents_others"], _by_days([line for key, line in lines.items() if key not in main])),
        )
        shown.append(IncidentsPage(
            file, pages, _total(edition, file, "incidents") if first else None,
            _withheld(edition, file, "incidents") if first else None,
            _withheld(edition, file, "records") if first else None,
            tuple(one for one in lists if one[1]), data_file(edition, "incidents"),
            show_variants(edition, file) if first else (),
        ))  # fmt: skip
    return shown


def _by_days(lines: list[IncidentLine]) -> tuple[tuple[str | None, tuple[IncidentLine, ...]], ...]:
    """The lines under their days where most share them, else in one group without."""
    groups = tuple((days, tuple(of_days)) for days, of_days in groupby(lines, key=lambda line: line.parts[0]))
    if len(lines) >= GROUPED_FROM * len(groups):
        return groups
    return ((None, tuple(lines)),)


def _line(edition: Edition, key: str, number: int, places: list[Row]) -> IncidentLine:
    row = edition.public.rows["incidents"][key]
    names = ", ".join(dict.fromkeys(place["place_name"] for place in places if place["place_name"]))
    # What the title says already is not said again: at 100,000 lines that is megabytes.
    title = row["title"].casefold()
    said = tuple(words for words in (code_words(row["kind"]), names) if words.casefold() not in title)
    parts = (
        span_words(row["date_start"], row["date_end"]), *said, toll_words(row), ", ".join(row["datasets"]),
        row["grade"],
    )  # fmt: skip
    own = edition.addresses.row("incidents", key) if key in edition.addresses.detailed else None
    return IncidentLine(anchor(key), own, number, row["title"], tuple(part for part in parts if part))


def toll_words(row: Row) -> str:
    """Killed and injured of a row as text, for a line that is the row itself."""
    found = [(word, range_words(row[f"{word}_low"], row[f"{word}_high"])) for word in ("killed", "injured")]
    return ", ".join(f"{words} {TEXT[word]}" for word, words in found if words is not None)


def incident_blocks(edition: Edition, order: Mapping[str, int]) -> Iterator[tuple[str, IncidentBlock]]:
    """File and content of the page of each incident that has one, in the order of their numbers."""
    places = edition.grouped("incident_places", "incident_id")
    links = IncidentLinks.of(edition)
    claims = edition.grouped("claim_links", "incident_id")
    groups = (
        edition.grouped("control", "incident_id", "place_no"),
        edition.grouped("fronts", "incident_id", "place_no"),
    )
    for key in sorted(edition.addresses.detailed, key=order.__getitem__):
        file = edition.addresses.row("incidents", key)
        lines = tuple(_place(edition, file, place, groups) for place in places.get((key,), []))
        linked = show_links(edition, file, links.within.get(key, []))
        perhaps = show_perhaps(edition, file, links.perhaps.get(key, {}), order)
        block = _incident(edition, file, edition.public.rows["incidents"][key], order[key], lines)
        told = show_claims(edition, file, claims.get((key,), []))
        yield file, replace(block, links=linked, perhaps=perhaps, claims=told)


def _total(edition: Edition, file: str, table: str) -> Number:
    return edition.book.count_where(file, TEXT[f"table_{table}"], table)


def _withheld(edition: Edition, file: str, table: str) -> Number | None:
    if not edition.public.withheld[table]:
        return None
    return edition.book.count_where(file, f"{TEXT[f'table_{table}']}, {TEXT['withheld']}", table, scope="withheld")


def _incident(edition: Edition, file: str, row: Row, number: int, places: tuple[PlaceLine, ...]) -> IncidentBlock:
    records = [edition.public.rows["records"].get(key) for key in row["records"]]
    return IncidentBlock(
        anchor(row["incident_id"]), number, row["title"], code_words(row["kind"]),
        edition.event_title(row["event_id"]), span_words(row["date_start"], row["date_end"]),
        tolls(edition, file, "incidents", row), tuple(TEXT[f"conflict_{word}"] for word in row["conflicts"] or ()),
        row["grade"], row["grade_rule"], places,
        tuple(_record(edition, file, record) for record in records if record is not None),
        record_links(edition, *(row["also_records"] or ())), (), (), (),
    )  # fmt: skip


def tolls(edition: Edition, file: str, table: str, row: Row) -> tuple[Toll, ...]:
    """Killed and injured of a row as ranges of numbers; what the row does not say is left out."""
    key = row_key(table, row)
    found = []
    for word in ("killed", "injured"):
        exact = row[f"{word}_low"] == row[f"{word}_high"]
        low = edition.book.value(file, TEXT[word], Cells(table, f"{word}_low", (key,)))
        high = None if exact else edition.book.value(file, TEXT[word], Cells(table, f"{word}_high", (key,)))
        if low is not None or high is not None:
            found.append(Toll(TEXT[word], low, high, exact))
    return tuple(found)


def _record(edition: Edition, file: str, row: Row) -> RecordLine:
    return RecordLine(
        anchor(row["record_id"]), edition.addresses.row("records", row["record_id"]), row["dataset"],
        row["title"] or row["place_name"] or row["record_id"], tolls(edition, file, "records", row),
        row["attributed_to"], tuple(row["sources"]), row["second_hand"], row["address"], safe_link(row["address"]),
    )  # fmt: skip


def _place(edition: Edition, file: str, row: Row, groups: tuple[dict[tuple[object, ...], list[Row]], ...]) -> PlaceLine:
    key = (row["incident_id"], row["place_no"])
    control, fronts = (group.get(key, []) for group in groups)
    layers = sorted({line["layer"] for line in (*control, *fronts)})
    point = None if row["lon"] is None else f"{row['lat']:.5f}, {row['lon']:.5f}"
    cells = Cells("incident_places", "radius_m", (row_key("incident_places", row),))
    return PlaceLine(
        row["place_no"], row["place_name"] or TEXT["place_unnamed"], point,
        edition.book.value(file, TEXT["radius_m"], cells) if point else None,
        tuple(
            _layer(
                edition, file, layer,
                [line for line in control if line["layer"] == layer],
                [line for line in fronts if line["layer"] == layer],
            )
            for layer in layers
        ),
    )  # fmt: skip


def _layer(edition: Edition, file: str, layer: str, control: list[Row], fronts: list[Row]) -> LayerLine:
    shares = []
    for row in sorted(control, key=lambda row: (-row["p"], row["party"])):
        if row["p"] > 0 or row["held"]:
            cells = Cells("control", "p", (row_key("control", row),))
            p = edition.book.value(file, TEXT["share_of_place"], cells, style="percent")
            assert p is not None  # the column is never null
            shares.append(Share(edition.marks(row["party"]), p, row["held"]))
    front = fronts[0] if fronts else None
    metres = None
    if front is not None:
        metres = edition.book.value(file, TEXT["front_m"], Cells("fronts", "front_m", (row_key("fronts", front),)))
    dates = [row["layer_date"] for row in control if row["layer_date"] is not None]
    return LayerLine(
        layer, day_words(dates[0]) if dates else None, tuple(shares), metres,
        edition.marks(front["side"]) if front and front["side"] else None,
        day_words(front["changed_on"]) if front else None,
        edition.marks(front["changed_to"]) if front and front["changed_to"] else None,
    )  # fmt: skip


#: Columns of holdings and records that no reader needs on a page: bytes, and what the heading says.
_NOT_SHOWN = frozenset({"geometry", "publish", "original_path", "original_row", "extra", "record_id", "holding_no"})


def show_rows(edition: Edition, table: str) -> list[RowsPage]:
    """The pages of records or of holdings: rows with every filled column, and in short where there are many."""
    paged = edition.addresses.paged(table)
    pages = tuple((file, str(number)) for number, (file, _) in enumerate(paged, start=1))
    incident_of = {record: row for row in edition.public.of("incidents") for record in row["records"]}
    # Few rows stand whole; of many, those of the incidents that have a page.
    few = len(edition.public.rows[table]) <= ROWS_PER_PAGE
    shown = []
    for file, keys in paged:
        first = file == paged[0][0]
        whole = {key for key in keys if few or table != "records" or edition.addresses.in_detail(key)}
        shown.append(RowsPage(
            file, table, TEXT[f"table_{table}"], TEXT[f"lead_{table}"], pages,
            _total(edition, file, table) if first else None,
            _withheld(edition, file, table) if first else None,
            tuple(_row(edition, table, key, incident_of) for key in keys if key in whole),
            tuple(_record_line(edition, key) for key in keys if key not in whole), data_file(edition, table),
        ))  # fmt: skip
    return shown


def _record_line(edition: Edition, key: str) -> RowLine:
    row = edition.public.rows["records"][key]
    point = "" if row["lon"] is None else f"{row['lat']:.5f}, {row['lon']:.5f}"
    parts = (
        span_words(row["date_start"], row["date_end"]), row["place_name"], point, toll_words(row),
        f"{row['original_path']}, {TEXT['row']} {row['original_row']}",
    )  # fmt: skip
    href = edition.addresses.row("originals", row["original_path"])
    return RowLine(anchor(key), href, key, row["title"] or "", tuple(part for part in parts if part))


def _row(edition: Edition, table: str, key: str, incident_of: dict[str, Row]) -> RowBlock:
    row = edition.public.rows[table][key]
    cells = []
    for column, value in row.items():
        if column in _NOT_SHOWN or value is None or value == []:
            continue
        if column in ("holder",):
            value = edition.marks(value).name
        cells.append((code_words(column), cell_words(value)))
    links = []
    if table == "records":
        incident = incident_of.get(key)
        if incident:
            links.append((edition.addresses.row("incidents", incident["incident_id"]), TEXT["its_incident"]))
        if (link := safe_link(row["address"])) is not None:
            links.append((link, TEXT["read_at"]))
    original = edition.public.rows["originals"].get(row["original_path"])
    return RowBlock(
        anchor(key), key if table == "records" else f"{row['layer']} {row['holding_no']}", tuple(cells),
        f"{row['original_path']}, {TEXT['row']} {row['original_row']}",
        edition.addresses.row("originals", row["original_path"]) if original else "sources.html", tuple(links),
    )  # fmt: skip


def cell_words(value: object) -> str:
    """Any cell as text: lists joined, truth as yes or no, long decimals cut."""
    if isinstance(value, bool):
        return TEXT["yes"] if value else TEXT["no"]
    if isinstance(value, float):
        return f"{value:.6f}".rstrip("0").rstrip(".")
    if isinstance(value, list):
        return "; ".join(piece["text"] if isinstance(piece, dict) else str(piece) for piece in value)
    return str(value)
