"""``case.toml`` → one checked, frozen :class:`Case`.

In: a case folder. Out: a :class:`Case`. Refuses: a missing or malformed ``case.toml``, with
every fault at once, each with its line, the value shown, what was expected and what to do.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, ValidationError, model_validator

from contested.base.case_parts import STRICT, Latitude, Longitude, Name
from contested.base.errors import CaseError, nearest_name
from contested.base.presets import dataset_presets, grading_schemes
from contested.base.publication import Publication, Sensitivity
from contested.base.records import CONTESTED, QUESTIONS, UNKNOWN
from contested.base.rivals import EvidenceItem, Implication, KnownNames, Rivals, rival_faults
from contested.base.toml_lines import line_of

#: A claim extractor that the user chose: a callable or its name; ``None`` leaves it to ``case.toml``.
UserExtractor = str | Callable[[str], Iterable[Any]] | None


class _Part(BaseModel):
    model_config = STRICT


class Window(_Part):
    """Days that the case looks at, both included."""

    first: date = Field(alias="from")
    last: date = Field(alias="to")

    @model_validator(mode="after")
    def _in_order(self) -> Window:
        if self.last < self.first:
            raise ValueError(f"the window ends on {self.last}, before its start {self.first}")
        return self


class Region(_Part):
    """Where the case looks: a box, and optionally a polygon that clips cells."""

    name: str
    box: tuple[Longitude, Latitude, Longitude, Latitude]
    """West, south, east, north in degrees."""
    polygon: str | None = None
    """File of areas, relative to the case folder."""
    population: str | None = None
    """CSV with ``lon,lat,population``, or ``geonames``: where chance puts attacks when it follows the people."""

    @model_validator(mode="after")
    def _in_order(self) -> Region:
        west, south, east, north = self.box
        if west >= east or south >= north:
            raise ValueError(f"box {list(self.box)} must be [west, south, east, north], each less than its opposite")
        return self


class Party(_Part):
    """A side or interested state."""

    id: Name
    name: str
    aliases: tuple[str, ...] = ()
    colour: str | None = Field(None, pattern=r"^#[0-9a-fA-F]{6}$")


class Actor(_Part):
    """A person or organisation that belongs to a party."""

    name: str
    party: Name
    aliases: tuple[str, ...] = ()
    kind: Literal["person", "organisation", "outlet", "office"] = "organisation"


class Event(_Part):
    """What the accounts are about."""

    id: Name
    title: str
    kind: str
    first: date = Field(alias="from")
    last: date = Field(alias="to")
    place: str
    words: tuple[str, ...] = ()
    """Names and phrases that mark a claim as speaking of this event."""
    summary: str = ""
    """The event in up to three sentences, for the front page."""


class Sourced(_Part):
    """What any original may declare about itself."""

    path: str
    licence: str | None = None
    citation: str | None = None
    address: str | None = None
    publish_rows: bool = True
    sensitivity: Sensitivity = "public"
    """Of all its rows, when the case is published: only ``public`` ones are let out."""


class DocumentEntry(Sourced):
    """What is known of a document beside its bytes; every file in ``documents/`` is read, listed or not."""

    title: str | None = None
    outlet: str | None = None
    author: str | None = None
    published: date | None = None
    collected: date | None = None
    event: Name | None = None
    sha256: str | None = Field(None, pattern=r"^[0-9a-f]{64}$")
    """When given, the build refuses a file whose bytes have another hash."""
    publish_text: bool = False
    """Whether its licence lets the whole text be published; else only the quoted passages are."""


class DatasetEntry(Sourced):
    """A dataset of incidents and how to read it."""

    name: Name
    preset: str
    """Name of a preset, or the path of a preset of your own: a TOML file under ``datasets/``."""
    kind: str | None = None
    """Kind given to rows when the preset finds none."""
    sheet: str | None = None
    """Sheet of a workbook; without it the first one with a header is read."""
    event: Name | None = None
    """Event of the case that its incidents belong to, when they lie in the window."""
    columns: dict[str, str] = {}
    """For ``plain``: column of ``records`` → column of the file."""
    radius_m: dict[str, float] = {}
    """Precision code → metres, in place of the preset's own."""
    widen_days: dict[str, Annotated[int, Field(ge=0, le=3660)]] = {}
    """Date precision code → days added before and after, in place of the preset's own."""
    default_radius_m: float | None = Field(None, gt=0)
    """Metres within which a point is right whose row does not say; without it, no map draws such a point."""
    day_first: bool | None = None
    """Whether slashed dates begin with the day; asked only where the file does not show it."""
    encoding: str = "utf-8"
    """Of a text file that is not UTF-8, such as ``cp1252``."""
    accessed: date | None = None
    """Day of the download; some licences ask for it where results are published."""
    filters: str | None = None
    """Filters of the download, in words; some licences ask for them."""


#: What a column or property of a layer can hold.
LayerColumn = Literal["place", "date", "holder", "valid_from", "valid_to", "change"]


class LayerEntry(Sourced):
    """A layer of control. ``path`` is a file, a folder or a glob inside the case folder."""

    name: Name
    form: Literal["long", "wide", "intervals", "maps", "geojson", "gains"]
    """Place-status tables (three forms); dated ``maps`` (``geojson``: only such files); ``gains``: gains and losses."""
    columns: dict[LayerColumn, str] = {}
    """What it holds → column or property of the file, where that has another name."""
    places: str | None = None
    """CSV with ``place,lon,lat`` (and optionally ``name``) for place-status tables."""
    polygons: str | None = None
    """File of areas whose features carry the place code, used instead of Voronoi cells."""
    place_property: str = "place"
    """Property of ``polygons`` that holds the place code."""
    holders: dict[str, str] = {}
    """Holder as written → party id, ``contested`` or ``unknown``."""
    holder: str | None = None
    """Party of features that carry no property (dated maps)."""
    elsewhere: str | None = None
    """Party of the rest of the region (dated maps, gains)."""
    border_m: float = Field(0.0, ge=0)
    """Metres from the region's outline within which no front runs: coast and state border, for ``elsewhere``."""
    party: str | None = None
    """Party whose gains and losses a layer of ``gains`` states."""
    against: str | None = None
    """Party that it gains ground from and loses ground to."""
    classes: dict[str, Literal["unchanged", "gained", "lost"]] = {}
    """Class of a change as written → what it means, where the words do not say it."""
    error_m: float = Field(0.0, ge=0, le=100_000)
    """How far its boundaries may lie from the truth, metres (one standard deviation); drawn by every test."""
    lag_days: int = Field(0, ge=0, le=60)
    """How many days its maps may be early or late; drawn by every test."""
    max_age_days: int = Field(14, ge=0)
    """How long a map stands when the next day is missing."""
    figure_days: tuple[date, ...] = ()
    """Days drawn as large figures beside those that the dossier's own rule chooses."""

    @model_validator(mode="after")
    def _names_both_sides(self) -> LayerEntry:
        if self.form == "gains" and (self.party is None or self.against is None):
            raise ValueError("a layer of gains needs party (whose gains) and against (from whom); add both")
        return self


class Weighing(_Part):
    """One event's incidents weighed against one layer."""

    event: Name
    layer: Name
    advancing: Name
    """Party whose ground grew."""
    losing: Name
    """Party whose ground shrank."""
    near_front_m: float = Field(1000.0, gt=0)
    """Distance that counts as near the front, metres; fixed before looking at the result."""
    fall_days: int = Field(14, ge=1, le=180)
    """Days after an attack in which a place counts as having fallen; fixed before looking at the result."""
    cell_m: float | None = Field(None, gt=0)
    """Side of the squares of ground that are compared, metres; ``near_front_m`` when left out."""
    draws: int = Field(100, ge=20, le=1000)
    """How often each incident's place, day and layer are drawn."""


class Reading(_Part):
    """How documents are read."""

    extractor: str | None = None
    """``module:function`` in the tagger's place; one that an installed package declares as an extractor."""


class Placing(_Part):
    """What is done for records whose dataset gives them no point, or only a region."""

    use_candidates: bool = False
    """Give them the point and radius of the candidate that was chosen; otherwise it only stands beside them."""
    outlines: str | None = None
    """File of named areas: a place known only as one of these is drawn from its outline, not from a disc."""
    outline_name: str = "name"
    """Property of ``outlines`` that holds the name."""
    outlines_from_m: float = Field(default=20_000.0, ge=0)
    """Metres from which on a place's radius stands for its region; one known better keeps its disc."""


class CaseFile(_Part):
    """The whole of ``case.toml``."""

    format: Literal[1]
    title: str
    purpose: str
    window: Window
    region: Region
    parties: tuple[Party, ...]
    actors: tuple[Actor, ...] = ()
    events: tuple[Event, ...]
    questions: tuple[Literal["happened", "who", "means", "how", "when", "toll"], ...] = QUESTIONS  # type: ignore[assignment]
    documents: tuple[DocumentEntry, ...] = ()
    datasets: tuple[DatasetEntry, ...] = ()
    layers: tuple[LayerEntry, ...] = ()
    weighing: tuple[Weighing, ...] = ()
    rivals: tuple[Rivals, ...] = ()
    evidence: tuple[EvidenceItem, ...] = ()
    implications: tuple[Implication, ...] = ()
    reading: Reading = Reading()
    places: Placing = Placing()
    grading: str = "gppi"
    language: Literal["en", "ar"] = "en"
    """Language of the pages; what sources say stays in theirs."""
    publication: Publication = Publication()
    licences: dict[str, str] = {}
    """Note per folder (statements, votes) for the sources page."""


class Case:
    """A case folder with its checked ``case.toml``; attributes of the file are reached as ``case.file``."""

    def __init__(self, folder: Path, file: CaseFile, out: Path, extractor: UserExtractor = None) -> None:
        self.folder = folder
        self.file = file
        self.out = out
        self.extractor = extractor

    @property
    def derived(self) -> Path:
        """Folder of the derived tables and the cache; may be deleted at any time."""
        return self.out / ".contested"

    @property
    def dossier(self) -> Path:
        """Folder of the pages, with all that may be printed."""
        return self.out / "dossier"

    @property
    def published(self) -> Path:
        """Folder of the published projection."""
        return self.out / "published"

    @cached_property
    def party_names(self) -> dict[str, str]:
        """Party id → display name."""
        return {party.id: party.name for party in self.file.parties}

    @cached_property
    def party_of(self) -> dict[str, str]:
        """Lower-cased id, name or alias of a party or actor → party id."""
        found: dict[str, str] = {}
        for actor in self.file.actors:
            for name in (actor.name, *actor.aliases):
                found[name.casefold()] = actor.party
        for party in self.file.parties:
            for name in (party.id, party.name, *party.aliases):
                found[name.casefold()] = party.id
        return found

    def party_id(self, name: str, where: str) -> str:
        """The party of a name; ``contested`` and ``unknown`` pass unchanged.

        Raises
        ------
        CaseError
            When no party or actor of the case has the name; the nearest one is offered.
        """
        wanted = name.strip().casefold()
        if wanted in (CONTESTED, UNKNOWN):
            return wanted
        try:
            return self.party_of[wanted]
        except KeyError:
            hint = nearest_name(name, self.party_names)
            raise CaseError(
                f'{where}: "{name}" is no party of the case; {hint}; '
                "add it to [[parties]] or to a party's aliases in case.toml"
            ) from None

    def event(self, event_id: str) -> Event:
        """The event with the id."""
        return next(event for event in self.file.events if event.id == event_id)

    def originals(self, folder: str, suffixes: Iterable[str] = ()) -> list[Path]:
        """Files under ``folder`` of the case in name order, hidden ones left out."""
        wanted = tuple(suffixes)
        root = self.folder / folder
        return sorted(
            path
            for path in root.rglob("*")
            if path.is_file()
            and not any(part.startswith(".") for part in path.relative_to(root).parts)
            and (not wanted or path.suffix.lower() in wanted)
        )

    def relative(self, path: Path) -> str:
        """Path relative to the case folder, with forward slashes."""
        return path.relative_to(self.folder).as_posix()


def open_case(
    folder: Path | str,
    out: Path | str | None = None,
    *,
    files_may_miss: bool = False,
    extractor: UserExtractor = None,
) -> Case:
    """Read and check ``case.toml``.

    Parameters
    ----------
    folder
        The case folder.
    out
        Where the derived folders go; the case folder itself when not given. Set it to build a
        case that is read-only.
    files_may_miss
        Open the case though a file that it names is gone: for ``verify``, which says so itself.
    extractor
        Reads the documents in the place of the tagger and of what ``case.toml`` names: a callable, or its name
        as :func:`contested.claims.extractors.load_extractor` takes it. It is loaded when the case is built.

    Raises
    ------
    CaseError
        When the folder or the file is missing, is no TOML, or has faults; all are listed.
    """
    root = Path(folder)
    path = root / "case.toml"
    if not path.is_file():
        what = "holds no case.toml" if root.is_dir() else "does not exist"
        raise CaseError(f"{root}: the case folder {what}; make one with: contested new {root}")
    try:
        text = path.read_text(encoding="utf-8-sig")
        raw = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CaseError(f"{path}: this is no TOML in UTF-8: {error}; mend the line named") from None
    lines = text.splitlines()
    faults: list[str] = []
    try:
        file = CaseFile.model_validate(raw)
    except ValidationError as error:
        faults.extend(_fault(fault, lines) for fault in error.errors())
        raise _faulty(path, faults) from None
    faults.extend(_cross_faults(file, lines))
    if not files_may_miss:
        faults.extend(_path_faults(root, file, lines))
    if faults:
        raise _faulty(path, faults)
    return Case(root, file, Path(out) if out is not None else root, extractor)


def _faulty(path: Path, faults: list[str]) -> CaseError:
    return CaseError(f"{path}: {len(faults)} fault{'s' if len(faults) != 1 else ''}", faults)


def _fault(fault: Any, lines: list[str]) -> str:
    location = tuple(part for part in fault["loc"])
    shown = ".".join(str(part) for part in location)
    message = str(fault["msg"]).removeprefix("Value error, ")
    if fault["type"] == "missing":
        return f"line {line_of(lines, location[:-1])}: {shown} is missing; add it"
    if fault["type"] == "extra_forbidden":
        known = _known_keys(location[:-1])
        return f"line {line_of(lines, location)}: {shown} is no known key; {nearest_name(str(location[-1]), known)}"
    value = repr(fault.get("input"))
    return f"line {line_of(lines, location)}: {shown} = {value[:80]}: {message}"


def _known_keys(location: tuple[Any, ...]) -> list[str]:
    model: Any = CaseFile
    for part in location:
        if isinstance(part, int):
            continue
        field = next((f for n, f in model.model_fields.items() if part in (n, f.alias)), None)
        if field is None:
            return []
        inner = field.annotation
        model = next((a for a in getattr(inner, "__args__", ()) if isinstance(a, type)), inner)
        if not (isinstance(model, type) and issubclass(model, BaseModel)):
            return []
    return [field.alias or name for name, field in model.model_fields.items()]


def _cross_faults(file: CaseFile, lines: list[str]) -> Iterator[str]:
    """Faults that no single value shows: unknown names and names met twice."""
    parties = [party.id for party in file.parties]
    events = [event.id for event in file.events]
    layers = [layer.name for layer in file.layers]
    for table, names in (
        ("parties", parties), ("events", events), ("layers", layers),
        ("datasets", [dataset.name for dataset in file.datasets]),
    ):  # fmt: skip
        for number, name in enumerate(names):
            if name in names[:number]:
                yield f'line {line_of(lines, (table, number))}: {table}: "{name}" is declared twice; rename one'

    def known(name: str | None, names: Collection[str], location: tuple[Any, ...], what: str) -> Iterator[str]:
        if name is not None and name not in names:
            shown = ".".join(map(str, location))
            hint = nearest_name(name, names)
            yield f'line {line_of(lines, location)}: {shown} = "{name}" is no known {what}; {hint}'

    holders = [*parties, CONTESTED, UNKNOWN]
    for number, actor in enumerate(file.actors):
        yield from known(actor.party, parties, ("actors", number, "party"), "party")
    for number, dataset in enumerate(file.datasets):
        yield from known(dataset.event, events, ("datasets", number, "event"), "event")
        if not dataset.preset.endswith(".toml"):
            yield from known(dataset.preset, dataset_presets(), ("datasets", number, "preset"), "preset")
        elif not dataset.preset.startswith("datasets/"):
            line = line_of(lines, ("datasets", number, "preset"))
            yield f'line {line}: preset = "{dataset.preset}" is not under datasets/; put the file there'
    yield from known(file.grading, grading_schemes(), ("grading",), "grading scheme")
    for number, document in enumerate(file.documents):
        yield from known(document.event, events, ("documents", number, "event"), "event")
    for number, layer in enumerate(file.layers):
        for written, holder in layer.holders.items():
            yield from known(holder, holders, ("layers", number, "holders", written), "party")
        for key in ("holder", "elsewhere", "party", "against"):
            yield from known(getattr(layer, key), holders, ("layers", number, key), "party")
    for number, weighing in enumerate(file.weighing):
        yield from known(weighing.event, events, ("weighing", number, "event"), "event")
        yield from known(weighing.layer, layers, ("weighing", number, "layer"), "layer")
        for key in ("advancing", "losing"):
            yield from known(getattr(weighing, key), parties, ("weighing", number, key), "party")
    declared = KnownNames(events, parties, layers)
    yield from rival_faults(file.rivals, file.evidence, file.implications, declared, lines)


def _path_faults(root: Path, file: CaseFile, lines: list[str]) -> Iterator[str]:
    """Files that are not there, or not in the case folder."""
    for key, path, location in _paths(file):
        if Path(path).is_absolute() or ".." in Path(path).parts:
            yield f'line {line_of(lines, location)}: {key} = "{path}" leaves the case folder; copy the file into it'
        # A document in an archive is named by the archive, "#" and its name or record there.
        elif not any(root.glob(path)) and not any(root.glob(path.partition("#")[0] or path)):
            yield f'line {line_of(lines, location)}: {key} = "{path}" does not exist in {root}; check the spelling'


def _paths(file: CaseFile) -> Iterator[tuple[str, str, tuple[Any, ...]]]:
    for key in ("polygon", "population"):
        if (path := getattr(file.region, key)) and path != "geonames":
            yield f"region.{key}", path, ("region", key)
    if file.places.outlines:
        yield "places.outlines", file.places.outlines, ("places", "outlines")
    for table in ("documents", "datasets", "layers"):
        for number, entry in enumerate(getattr(file, table)):
            for key in ("path", "places", "polygons"):
                if path := getattr(entry, key, None):
                    yield f"{table}.{number}.{key}", path, (table, number, key)
    for number, dataset in enumerate(file.datasets):
        if dataset.preset.endswith(".toml"):
            yield f"datasets.{number}.preset", dataset.preset, ("datasets", number, "preset")
