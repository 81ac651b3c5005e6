"""Which dataset a file is, and what its columns seem to hold when it is none that a preset knows.

In: a file. Out: :class:`Sniffed`: the preset that fits its columns, or a proposed map, column by column, with
what was seen and how sure it is; and the text of a preset to save and edit. Refuses: a file that cannot be read
as a table at all (:class:`DatasetError`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from contested.base.errors import DatasetError
from contested.base.presets import dataset_presets
from contested.base.times import parse_interval
from contested.incidents.batches import RowBatch, RowStream
from contested.incidents.files import open_rows
from contested.incidents.presets import Preset, load_preset
from contested.incidents.sources import found_columns

#: Rows that are looked at: enough to tell a number from a name.
ROWS_SEEN = 2_000
#: How sure a proposal must be to be written into a saved preset as more than a comment.
LEAST_SURE = 0.5
#: Share of the filled cells that must be of a kind for the column to be called so.
LEAST_SHARE = 0.9

#: Target → words that its column is named by, and what its cells must be. In the order in which targets choose.
_TARGET_WORDS: dict[str, tuple[str, str]] = {
    "lat": ("latitude|lat|y|ycoord|coord_lat", "latitude"),
    "lon": ("longitude|lon|long|lng|x|xcoord|coord_lon", "longitude"),
    "date_end": ("date_end|end_date|enddate|date_to|to_date|last_date", "date"),
    "date_start": ("date_start|start_date|startdate|date_from|from_date|first_date", "date"),
    "date": ("date|event_date|incident_date|day|datetime|timestamp|when|date_of_incident|occurred", "date"),
    "id": ("id|event_id|incident_id|uid|uuid|code|reference|entry|slug|no|number|record_id", "identifier"),
    "killed_low": ("killed_low|killed_min|min_killed|deaths_min|deaths_low|fatalities_min", "count"),
    "killed_high": ("killed_high|killed_max|max_killed|deaths_max|deaths_high|fatalities_max", "count"),
    "killed": ("killed|deaths|dead|fatalities|nkill|deaths_total|total_killed", "count"),
    "injured_low": ("injured_low|injured_min|min_injured|wounded_min", "count"),
    "injured_high": ("injured_high|injured_max|max_injured|wounded_max", "count"),
    "injured": ("injured|wounded|nwound|injuries|casualties_injured", "count"),
    "precision": ("precision|geo_precision|where_prec|location_precision|accuracy|geolocation_accuracy", "code"),
    "radius_m": ("radius_m|radius|uncertainty_m", "count"),
    "kind": ("kind|type|event_type|category|attack_type|incident_type|weapon", "code"),
    "place_name": ("place|place_name|location|city|town|village|settlement|where|location_name|neighbourhood", "text"),
    "title": ("title|description|summary|notes|headline|text|details", "text"),
    "sources": ("sources|source|outlet|source_name|links|link|references|source_url|urls", "text"),
    "address": ("address|url|permalink|link|web_page", "address"),
    "attributed_to": ("attributed_to", "text"),
    "time_of_day": ("time|time_of_day|hour", "text"),
}  # fmt: skip
#: Names that often hold who the publisher takes for the doer: shown, never mapped by itself.
_BLAME = re.compile(r"actor|perpetrator|attacker|side_[ab]|belligerent|blamed|attributed(?!_to$)", re.I)
#: Days of something else than the event: no event date is made from them.
_OTHER_DAY = re.compile(r"publi|report|updat|creat|inserted|archiv|modif|added|access|upload|source|read", re.I)


@dataclass(frozen=True)
class ColumnSeen:
    """One column of an unknown file."""

    column: str
    seen: str
    """What its cells are, in words, with the share that is so and an example."""
    target: str | None
    """What it is proposed for; ``None``: it is kept with the record."""
    sure: float
    """From 0 to 1: name and cells agree 0.95; the name more than the cells 0.6; a word of the name and the cells
    0.55; only the cells 0.5. An order, no probability."""
    why: str


@dataclass(frozen=True)
class Sniffed:
    """What a file was found to be."""

    path: Path
    rows: int
    preset: Preset | None
    columns: tuple[ColumnSeen, ...]
    """Empty when a preset fits."""


def sniff_file(path: Path, encoding: str = "utf-8") -> Sniffed:
    """Recognise the dataset of a file by its columns, or propose what each of them holds.

    Raises
    ------
    DatasetError
        When the file cannot be read as a table.
    """
    preset, stream = _recognise(path, encoding)
    seen: list[RowBatch] = []
    rows = shown = 0
    for batch in stream.batches:
        rows += batch.cells.num_rows + len(batch.refused)
        if preset is None and shown < ROWS_SEEN:
            seen.append(batch)
            shown += batch.cells.num_rows
    return Sniffed(path, rows, preset, () if preset is not None else _propose(stream.columns, seen))


def _recognise(path: Path, encoding: str = "utf-8") -> tuple[Preset | None, RowStream]:
    """The preset that fits the columns of the file, and its rows."""
    plain = load_preset("plain")
    # A file without a header is tried first: read as one with a header, its first row would name the columns.
    presets = [load_preset(name) for name in dataset_presets() if name != "plain"]
    for preset in presets:
        if preset.file.widths and _fits_without_header(path, preset):
            return preset, open_rows(path, preset.file, encoding)
    widest = plain.file.model_copy(update={"fallback_encoding": "iso-8859-1"})
    stream = open_rows(path, widest, encoding)
    fitting = [
        (len(group), preset)
        for preset in presets
        for group in preset.recognise
        if len(found_columns(group, stream.columns)) == len(group)
    ]
    # Formats grow out of each other: the one that more columns speak for is meant.
    return max(fitting, key=lambda fit: fit[0])[1] if fitting else None, stream


def _fits_without_header(path: Path, preset: Preset) -> bool:
    """Whether the first line has as many cells as the format, and a day where the format has it."""
    try:
        with path.open("rb") as file:
            first = file.readline(1 << 20).decode("utf-8", "replace").rstrip("\r\n")
    except OSError as fault:
        raise DatasetError(f"{path}: cannot be read: {fault.strerror}; check the path and its rights") from None
    cells = first.split(preset.file.delimiter or "\t")
    if len(cells) not in preset.file.widths:
        return False
    at = preset.file.header.index(preset.columns["date"][0])
    return cells[0].casefold() == preset.file.header[0].casefold() or re.fullmatch(r"\d{8}", cells[at]) is not None


def _propose(columns: Sequence[str], batches: Sequence[RowBatch]) -> tuple[ColumnSeen, ...]:
    cells = {
        name: [text for batch in batches for text in batch.cells.column(name).to_pylist()][:ROWS_SEEN]
        for name in columns
    }
    shares = {name: _shares(values) for name, values in cells.items()}
    chosen: dict[str, tuple[str, float, str]] = {}
    for way in ("its name", "a word of its name", "no name"):
        for target, (words, kind) in _TARGET_WORDS.items():
            taken = {found for found, _, _ in chosen.values()}
            if target in taken or (target == "date" and "date_start" in taken):
                continue
            best, best_name = 0.0, ""
            for name in columns:
                if name in chosen or _BLAME.search(name) or (kind == "date" and _OTHER_DAY.search(name)):
                    continue
                if (sure := _sure(name, words, shares[name].get(kind, 0.0), way, target)) > best:
                    best, best_name = sure, name
            if best > 0:
                share = shares[best_name].get(kind, 0.0)
                chosen[best_name] = (target, best, f"{way} and {share:.0%} of its cells")
    seen = []
    for name in columns:
        found = chosen.get(name)
        why = "kept with the record" if found is None else found[2]
        if found is None and _BLAME.search(name):
            why = "names a party: map it to attributed_to only if it says who the source holds responsible"
        proposed, sure = (None, 0.0) if found is None else found[:2]
        seen.append(ColumnSeen(name, _in_words(cells[name], shares[name]), proposed, sure, why))
    return tuple(seen)


def _sure(name: str, words: str, share: float, way: str, target: str) -> float:
    plain = re.sub(r"[^a-z0-9]+", "_", name.casefold()).strip("_")
    known = words.split("|")
    if way == "its name" and plain in known:
        # The earlier a word stands in its list, the better it fits.
        return max(0.05, (0.95 if share >= LEAST_SHARE else 0.6 if share >= 0.5 else 0.3) - 0.01 * known.index(plain))
    if way == "a word of its name" and share >= LEAST_SHARE:
        return 0.55 if any(len(part) > 2 and part in known for part in plain.split("_")) else 0.0
    # By the cells alone only a day can be told: a number may be anything.
    return 0.5 if way == "no name" and target == "date" and share >= LEAST_SHARE else 0.0


def _is_number(text: str, low: float, high: float) -> bool:
    try:
        return low <= float(text) <= high
    except ValueError:
        return False


def _is_date(text: str) -> bool:
    # Both orders of a slashed date are one here: which it is, is asked when the file is read.
    try:
        parse_interval(text, day_first=True)
    except ValueError:
        try:
            parse_interval(text, day_first=False)
        except ValueError:
            return False
    return len(text) > 4


_TESTS: dict[str, Callable[[str], bool]] = {
    "date": _is_date,
    "latitude": lambda text: _is_number(text, -90, 90),
    "longitude": lambda text: _is_number(text, -180, 180),
    "count": lambda text: _is_number(text, 0, 1e7) and float(text) == int(float(text)),
    "address": lambda text: re.match(r"https?://", text) is not None,
    "text": lambda text: not _is_number(text, -1e300, 1e300),
}  # fmt: skip


def _shares(values: Sequence[str]) -> dict[str, float]:
    """Kind of cell → share of the filled cells that are of it."""
    filled = [value for value in values if value]
    if not filled:
        return {}
    shares = {kind: sum(map(test, filled)) / len(filled) for kind, test in _TESTS.items()}
    shares["identifier"] = len(set(filled)) / len(values)
    # Codes come back: few different values for many rows.
    shares["code"] = 1.0 if len(set(filled)) <= max(12, len(filled) // 20) else 0.4
    return shares


def _in_words(values: Sequence[str], shares: dict[str, float]) -> str:
    if not shares:
        return "empty"
    filled = [value for value in values if value]
    for kind, words in (
        ("date", "dates"), ("address", "web addresses"), ("count", "whole numbers"), ("longitude", "numbers"),
    ):  # fmt: skip
        if shares[kind] >= LEAST_SHARE:
            found = f"{words} ({shares[kind]:.0%})"
            break
    else:
        found = "numbers and text" if shares["text"] < 1 else "text"
    example = filled[0] if len(filled[0]) <= 40 else filled[0][:39] + "…"
    empty = 1 - len(filled) / len(values)
    different = len(set(filled))
    return f"{found}, {different:,} different" + (f", {empty:.0%} empty" if empty else "") + f", such as {example!r}"


def preset_text(sniffed: Sniffed) -> str:
    """A preset to edit: TOML with the proposed map, and the columns that were not mapped as comments."""
    if sniffed.preset is not None:
        raise DatasetError(
            f'{sniffed.path.name}: the preset "{sniffed.preset.name}" fits; name it in case.toml, nothing was saved'
        )
    mapped = [seen for seen in sniffed.columns if seen.target and seen.sure >= LEAST_SURE]
    targets = {seen.target for seen in mapped}
    if ("lon" in targets) != ("lat" in targets):
        mapped = [seen for seen in mapped if seen.target not in ("lon", "lat")]
    dated = [seen.target for seen in mapped if seen.target in ("date", "date_start")]
    lines = [
        f"# Proposed from {_comment(sniffed.path.name)}: check each line against the file and its documentation.",
        f"title = {_quote(sniffed.path.stem)}",
        '# licence = "who may do what with it"',
        '# citation = "how to name it"',
        "# Until the licence is known the rows are kept from the dossier.",
        "publish_rows = false",
        f"needed = [{', '.join(_quote(target) for target in dated if target)}]",
        'separators = [";", "|"]',
        "# Order of slashed dates such as 02/03/2022, where no date of the file shows it.",
        "# day_first = true",
        "",
        "# column of the table records = names to look for, in order",
        "[columns]",
    ]
    for seen in mapped:
        lines.append(f"# sure {seen.sure:.2f} by {seen.why}; {_comment(seen.seen)}")
        lines.append(f"{seen.target} = [{_quote(seen.column)}]")
    lines += ["", "# Kept with the record:"]
    for seen in sniffed.columns:
        if seen not in mapped:
            guess = f" (perhaps {seen.target}, sure {seen.sure:.2f})" if seen.target else ""
            lines.append(f"# {_comment(seen.column)}: {_comment(seen.seen)}{guess}")
    if "precision" in targets:
        lines += ["", "# Each code of the column of precision -> metres to draw the place from.", "[radius_m]",
                  "# 1 = 1000.0", "[precision]", 'other_codes = "without_radius"']  # fmt: skip
    return "\n".join(lines) + "\n"


def save_preset(sniffed: Sniffed, path: Path) -> None:
    """Write the proposed map as a preset; a file that is there is not written over.

    Raises
    ------
    DatasetError
        When a preset fits already, or the file is there, ends otherwise or cannot be written.
    """
    text = preset_text(sniffed)
    if path.suffix != ".toml":
        raise DatasetError(f"{path}: a preset ends in .toml; choose such a name")
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise DatasetError(f"{path}: is there already; choose another name, or remove it first") from None
    except OSError as fault:
        raise DatasetError(f"{path}: cannot be written: {fault.strerror}; check the folder") from None


def recognise_preset(path: Path) -> str:
    """Name of the preset that fits the file.

    Raises
    ------
    DatasetError
        When none does.
    """
    if (preset := _recognise(path)[0]) is None:
        raise DatasetError(
            f"{path.name}: no preset fits; propose a map with contested presets sniff {path} --save FILE.toml, "
            "and name that file as --preset"
        )
    return preset.name


def _quote(text: str) -> str:
    # A JSON string of printable characters is a TOML basic string too.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007F")


def _comment(text: str) -> str:
    return re.sub(r"[\x00-\x1f\x7f]+", " ", text)


def sniffed_lines(sniffed: Sniffed) -> list[str]:
    """What was found as plain lines."""
    if sniffed.preset is not None:
        preset = sniffed.preset
        return [
            f"{sniffed.path.name}: {preset.name} ({preset.title}), {sniffed.rows:,} rows",
            f"  licence  {preset.licence or 'none stated: ask the publisher'}",
            f"  rows     {'may stand' if preset.publish_rows else 'do not stand'} in a dossier",
            *(f"  trap     {trap}" for trap in preset.traps),
            f"\nNow: contested import {sniffed.path} --preset {preset.name}",
        ]
    width = max(len(_comment(seen.column)) for seen in sniffed.columns[:200])
    lines = [f"{sniffed.path.name}: no preset fits; {sniffed.rows:,} rows, {len(sniffed.columns)} columns", ""]
    for seen in sniffed.columns[:200]:
        proposed = f"{seen.target} (sure {seen.sure:.2f}, {seen.why})" if seen.target else seen.why
        lines += [f"  {_comment(seen.column):<{width}}  {_comment(seen.seen)}", f"  {'':<{width}}  -> {proposed}"]
    if (more := len(sniffed.columns) - 200) > 0:
        lines.append(f"  and {more:,} more columns")
    return [*lines, "\nNow: the same with --save FILE.toml, correct the file, and name it as preset"]
