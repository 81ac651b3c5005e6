"""The static site and the files beside it.

In: a case and its tables. Out: a folder that opens from a double click and asks nothing of any
network. Refuses: an output folder that holds files of somebody else.

Pages are made first (numbers get their names in that order), then printed through templates that
escape everything; figures, data and exports follow, and last the manifest over all of it. The same
tables give the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files as package_files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape

from contested.base.case import Case
from contested.base.engine import write_whole
from contested.base.errors import CaseError
from contested.web import exports
from contested.web.account_pages import show_accounts
from contested.web.claim_pages import show_claims
from contested.web.council_page import show_council
from contested.web.document_pages import show_documents
from contested.web.edition import Edition
from contested.web.figures import draw_figures
from contested.web.finding_pages import finding_files, long_list, show_findings, show_number_rows, show_sources
from contested.web.ground import read_grounds
from contested.web.incident_pages import emphasised, show_incidents, show_rows
from contested.web.index_page import show_index
from contested.web.interchange.geoparquet import write_geoparquet
from contested.web.kept_figures import KeptFigures
from contested.web.map_files import map_files
from contested.web.map_page import SCRIPTS, show_map
from contested.web.numbers import counted
from contested.web.one_incident import show_incident_pages
from contested.web.page_environment import page_environment
from contested.web.pages import FiguresPage, Frame
from contested.web.pdf import PrintedPages, can_print, print_dossier
from contested.web.preview import draw_preview
from contested.web.strings import TEXT, current_direction, current_language, in_language
from contested.web.timeline_page import show_timeline
from contested.web.weighed_page import show_weighed
from contested.web.withheld_page import show_withheld

if TYPE_CHECKING:
    import pyarrow as pa

#: Files of the package that every dossier carries.
STATIC_FILES = (
    "dossier.css", "accounts.css", "dossier.js", "map.css", "map-plain.css", "print.css", *SCRIPTS,
)  # fmt: skip
#: Pages of the menu; a page that a case does not have is left out.
MENU = (
    "index", "map", "findings", "weighed", "timeline", "council", "incidents", "claims", "figures", "sources",
    "withheld",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class DossierSummary:
    """What was written."""

    folder: Path
    pages: tuple[str, ...]
    n_files: int
    size_bytes: int
    n_numbers: int
    n_withheld: int


def write_dossier(
    case: Case, tables: Mapping[str, pa.Table], out: Path, kept: KeptFigures | None = None
) -> DossierSummary:
    """Write the dossier of a case into ``out``; figures are drawn unless they are ``kept``.

    Files of an earlier dossier in the folder are replaced or removed; the manifest is written last.

    Raises
    ------
    CaseError
        When ``out`` holds files and is no dossier.
    """
    old = _former_files(out)
    with in_language(case.file.language):
        edition = Edition.of(case, tables, kept)
        found = render_dossier(edition)
    found["manifest.json"] = exports.manifest_json(found)
    for name in sorted(old - found.keys()):
        (out / name).unlink(missing_ok=True)
    for name, content in found.items():
        write_whole(out / name, content)
    return DossierSummary(
        out, tuple(sorted(name for name in found if name.endswith(".html"))), len(found),
        sum(len(content) for content in found.values()), len(edition.book.numbers),
        sum(len(rows) for rows in edition.public.withheld.values()),
    )  # fmt: skip


def _former_files(out: Path) -> set[str]:
    """Files of the dossier that stands in the folder."""
    if not out.exists() or not any(out.iterdir()):
        return set()
    manifest = out / "manifest.json"
    try:
        listed = json.loads(manifest.read_text(encoding="utf-8"))
        names = {*listed, "manifest.json"}
    except (OSError, ValueError, TypeError):
        raise CaseError(
            f"{out}: the folder holds files, and no manifest.json of a dossier; choose another folder or empty it"
        ) from None
    # A manifest is data too: nothing outside the folder may be removed by it.
    return {name for name in names if not Path(name).is_absolute() and ".." not in Path(name).parts}


def render_dossier(edition: Edition) -> dict[str, bytes]:
    """Every file of the dossier but the manifest: path → bytes."""
    grounds = read_grounds(edition)
    drawn = draw_figures(edition, grounds, "figures.html")
    figures = tuple(entry.figure for entry in drawn)
    council = show_council(edition)
    weighed = show_weighed(edition)
    withheld = show_withheld(edition)
    timeline = show_timeline(edition, grounds)
    figure, alt = _front_figure(edition, figures)
    front = figure, alt, timeline.svg if timeline and figure is None else None
    has_map = bool(grounds or edition.public.rows["incidents"])
    if_there = {"timeline": timeline, "council": council, "weighed": weighed, "withheld": withheld}
    frame = _frame(edition, {"map": has_map, **if_there})
    render = page_printer(frame)
    index = show_index(edition, *front, weighed=weighed is not None)
    findings = show_findings(edition)
    files: dict[str, bytes] = {
        "index.html": render("index", index),
        "findings.html": render("findings", findings),
        "figures.html": render("figures", FiguresPage(figures, TEXT["figures_rule"])),
    }
    if has_map:
        files["map.html"] = render("map", show_map(edition, grounds, figures))
        files |= map_files(edition, grounds)
    files |= {f"{name}.html": render(name, page) for name, page in if_there.items() if page}
    for claims in show_claims(edition):
        files[claims.file] = render("claims", claims)
    for account in show_accounts(edition):
        files[account.file] = render("account", account, root="../")
    for document in show_documents(edition):
        files[document.file] = render("document", document, root="../")
    incidents = show_incidents(edition)
    for page in incidents:
        files[page.file] = render("incidents", page)
    detailed = show_incident_pages(edition)
    for incident in detailed:
        files[incident.file] = render("incident", incident, root="../")
    for table in ("records", "holdings"):
        for rows in show_rows(edition, table):
            files[rows.file] = render("table", rows)
    sources = show_sources(edition)
    files["sources.html"] = render("sources", sources)
    files["rows.html"] = render("rows", show_number_rows(edition))
    for entry in drawn:
        files[f"figures/{entry.figure.name}.svg"] = entry.svg
        files[f"figures/{entry.figure.name}.png"] = entry.png
    files["figures/og.png"] = draw_preview(edition, grounds)
    files |= _data_files(edition)
    if frame.printed:
        printed = PrintedPages(frame, index, findings, weighed, council, incidents, detailed, sources)
        files["dossier.pdf"] = print_dossier(edition, printed, drawn, files["dossier.json"])
    return files | _static_files(edition)


def _frame(edition: Edition, if_there: Mapping[str, object]) -> Frame:
    """What stands around every page; the menu leaves out the pages that a case does not have."""
    return Frame(
        current_language(), current_direction(),
        edition.case.file.title, edition.case.file.purpose, _version(),
        tuple((f"{name}.html", TEXT[f"page_{name}"]) for name in MENU if if_there.get(name, True)),
        can_print(),
    )  # fmt: skip


def _static_files(edition: Edition) -> dict[str, bytes]:
    static = package_files("contested.web") / "static"
    found = {f"static/{name}": static.joinpath(*name.split("/")).read_bytes() for name in STATIC_FILES}
    return {**found, "static/parties.css": edition.marks.style_sheet().encode()}


def _front_figure(edition: Edition, figures: tuple[Any, ...]) -> tuple[str | None, str]:
    """The figure on the front page: the ground on the day that the map opens on, else the attacks."""
    named = [day.isoformat() for layer in edition.case.file.layers for day in layer.figure_days]
    last = max((row["date_start"].isoformat() for row in emphasised(edition)), default="")
    ground = [figure for figure in figures if figure.name.startswith("ground-")]
    # A map of one circle on empty paper says less than the timeline that then stands in its place.
    if not ground and (not figures or len(emphasised(edition)) < 2):
        return None, ""
    chosen = next((figure for day in named for figure in ground if figure.name.endswith(day)), None)
    chosen = chosen or next((figure for figure in ground if figure.name[-10:] >= last), None) or figures[0]
    return f"{chosen.name}.{chosen.shown}", chosen.alt


def _data_files(edition: Edition) -> dict[str, bytes]:
    from contested.base.records import TABLES

    found = {exports.data_file(edition, name): exports.table_bytes(edition, name) for name in TABLES}
    found |= finding_files(edition)
    if long_list(edition):
        found["incidents.parquet"] = write_geoparquet(edition).files["incidents.parquet"]
    else:
        found["incidents.geojson"] = exports.incidents_geojson(edition)
    found["holdings.geojson"] = exports.holdings_geojson(edition)
    found["dossier.json"] = exports.dossier_json(edition)
    found["numbers.json"] = edition.book.json_bytes()
    return found


def _version() -> str:
    try:
        return version("contested")
    except PackageNotFoundError:
        return ""


def _frozen(text: str) -> Markup:
    """Escaped text that an HTML parser gives back unaltered: a carriage return would else become a line feed."""
    return Markup(str(escape(text)).replace("\r", "&#13;"))


def page_printer(frame: Frame) -> Callable[..., bytes]:
    """A function that prints a page through its template."""
    environment = page_environment("contested.web", keep_trailing_newline=True)
    environment.filters["frozen"] = _frozen
    environment.globals.update(frame=frame, counted=counted)

    def render(template: str, page: Any, root: str = "") -> bytes:
        text = environment.get_template(f"{template}.html").render(page=page, root=root, template=template)
        return text.encode()

    return render
