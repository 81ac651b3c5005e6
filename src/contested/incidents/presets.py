"""How each dataset format is read: one TOML file per format.

In: ``contested/presets/*.toml``, or a TOML file of the case. Out: :class:`Preset`. Refuses: a preset that
is not there (the nearest name is offered), and one with unknown keys or values of another kind.

A new format is a new TOML file and a fixture, no code (``docs/presets.md``).
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from contested.base.case import DatasetEntry
from contested.base.errors import DatasetError, nearest_name
from contested.base.presets import PRESETS, dataset_presets
from contested.incidents.account_fields import AccountField

#: What a file's column can stand for: columns of the table ``records``, and those that several of its
#: columns are made from (``id``; ``date`` or ``year``, ``month``, ``day``; ``date_precision``;
#: ``killed``/``injured`` for low = high; ``precision``).
TARGETS = (
    "id", "kind", "date", "date_start", "date_end", "year", "month", "day", "date_precision", "time_of_day",
    "place_name", "lon", "lat", "radius_m", "precision", "group_id", "title", "killed", "killed_low",
    "killed_high", "killed_best", "injured", "injured_low", "injured_high", "sources", "attributed_to",
    "source_kinds", "actors", "address", "second_hand",
)  # fmt: skip
#: What a group's toll is made of.
GROUP_TOLLS = ("killed", "killed_low", "killed_high", "injured", "injured_low", "injured_high")

Names = tuple[str, ...]


def _known_target(name: str) -> str:
    if name not in TARGETS:
        raise ValueError(f'"{name}" is no column of records; {nearest_name(name, TARGETS)}')
    return name


def _known_toll(name: str) -> str:
    if name not in GROUP_TOLLS:
        raise ValueError(f'"{name}" is no toll of a group; {nearest_name(name, GROUP_TOLLS)}')
    return name


def _pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as fault:
        raise ValueError(f'"{text}" is no regular expression: {fault}') from None
    return text


Target = Annotated[str, AfterValidator(_known_target)]
GroupToll = Annotated[str, AfterValidator(_known_toll)]
Metres = Annotated[float, Field(gt=0)]
Days = Annotated[int, Field(ge=0, le=3660)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class FileForm(_Part):
    """How files of the format are written, where their header does not show it."""

    header: Names = ()
    """Names of the columns in order, for files without a header."""
    widths: tuple[int, ...] = ()
    """How many columns a file without a header has; it is recognised by that."""
    delimiter: str | None = None
    quoted: bool = True
    fallback_encoding: str | None = None
    """Used, with a note, when the file is not UTF-8 and the case names no encoding."""
    sheet: str | None = None
    """Sheet of a workbook; without it the first one with a header is read."""
    unescape_formulas: bool = False
    """Whether the publisher puts an apostrophe before cells that begin with =, +, - or @; it is taken off."""


class Filled(_Part):
    """A column that, where it is filled, tells how precise the place is."""

    column: str
    radius_m: Metres | None = None
    """Without it no test may use the place."""


class Precision(_Part):
    """What the precision of a place is told by, beside the codes of ``radius_m``."""

    without_radius: frozenset[str] = frozenset()
    """Codes whose point no test may use."""
    other_codes: Literal["refuse", "without_radius"] = "refuse"
    """What becomes of a code that is listed nowhere."""
    filled: tuple[Filled, ...] = ()
    """The first of these columns that is filled decides, where there is no code."""


class Preset(_Part):
    """One dataset format."""

    name: str = ""
    title: str
    licence: str | None = None
    citation: str | None = None
    publish_rows: bool
    cite_access: bool = False
    """Whether what is published must name the day of the download and its filters."""
    traps: Names = ()
    """What a user of the dataset should know, a sentence each."""
    recognise: tuple[Names, ...] = ()
    """A file that has all columns of one of these groups is of this format."""
    needed: tuple[Target, ...] = ()
    """Targets that the file must have."""
    needed_one_of: tuple[tuple[Target, ...], ...] = ()
    """Of each of these groups of targets the file must have one."""
    separators: Names = ()
    """Marks that part several sources in one cell; a line break always does."""
    separator_pattern: Annotated[str, AfterValidator(_pattern)] | None = None
    """A regular expression in their place."""
    every_source: bool = False
    """Whether all columns of ``sources`` count, not only the first that is filled."""
    sources_file: str | None = None
    """A file beside the dataset that tells what the identifiers of its sources stand for (TimeMap's sources.json)."""
    source_kinds: dict[str, str] = {}
    """Column of ``sources`` → what they are (``news``, ``ngo``); elsewhere a row's cell of ``source_kinds`` says it."""
    actor_separators: Names = ()
    """Marks that part several names in one cell of ``actors``; all columns of ``actors`` count."""
    day_first: bool | None = None
    """Order of slashed dates, for files that do not show it themselves."""
    file: FileForm = FileForm()
    columns: dict[Target, Names]
    """Target → column names to look for, in order; the next one fills an empty cell. A name that ends in ``*`` stands
    for all columns that go on with a number (``source_*``: source_1, source_2 and so on)."""
    kinds: dict[str, str] = {}
    """Code in the column of ``kind`` → kind in words; a code not listed stands as it is."""
    radius_m: dict[str, Metres] = {}
    """Precision code → metres."""
    precision: Precision = Precision()
    widen_m: dict[str, dict[str, Metres]] = {}
    """Column → its value → metres added to the radius."""
    widen_days: dict[str, Days] = {}
    """Code in the column of ``date_precision`` → days added before and after."""
    missing: dict[str, frozenset[str]] = {}
    """Column of the file → values that stand for "missing"; ``*`` speaks of every column."""
    tolls: dict[str, dict[GroupToll, Names]] = {}
    """Group of people → its tolls → column names to look for."""
    accounts: tuple[AccountField, ...] = ()
    """Who says what in which columns: each makes claims."""

    def is_missing(self, column: str, value: str) -> bool:
        """Whether the value stands for "missing" in the column."""
        return not value or value in self.missing.get(column, ()) or value in self.missing.get("*", ())


def form_of(preset: Preset, entry: DatasetEntry) -> FileForm:
    """How a dataset's files are written: as its preset says, on the sheet that its entry names."""
    return preset.file if entry.sheet is None else preset.file.model_copy(update={"sheet": entry.sheet})


def load_preset(name: str, folder: Path | None = None) -> Preset:
    """The preset with the name; a name that ends in ``.toml`` is a file in the folder.

    Raises
    ------
    DatasetError
        When there is none (the nearest name is offered), or when it is malformed.
    """
    if name.endswith(".toml"):
        return _parse(folder / name if folder else Path(name), Path(name).stem)
    known = dataset_presets()
    if name not in known:
        raise DatasetError(
            f'preset "{name}" does not exist; {nearest_name(name, known)}; '
            "for one of your own give the path of its TOML file"
        )
    return _parse(PRESETS / f"{name}.toml", name)


def _parse(path: Path, name: str) -> Preset:
    try:
        raw: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
        return Preset.model_validate({**raw, "name": name})
    except OSError as fault:
        raise DatasetError(f"preset {path}: cannot be read: {fault.strerror}; check the path") from None
    except ValidationError as fault:
        faults = "; ".join(_fault(dict(error)) for error in fault.errors())
        raise DatasetError(f"preset {path.name}: {faults}; docs/presets.md lists the keys") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise DatasetError(f"preset {path.name}: this is no TOML: {fault}; correct it there") from None


def _fault(error: dict[str, Any]) -> str:
    shown = ".".join(str(part) for part in error["loc"])
    if error["type"] == "extra_forbidden":
        return f"{shown} is no key of a preset; {nearest_name(str(error['loc'][-1]), tuple(Preset.model_fields))}"
    return f"{shown}: {error['msg'].removeprefix('Value error, ')}"
