"""Placemarks of a KML or KMZ file as rows.

In: a KML file, or a KMZ: a zip with one. Out: :class:`RowStream`, a row per placemark in the order of the file.
Refuses: what is no KML, documents with a DOCTYPE, archives that unpack to too much, values longer than any cell.
Network links are not followed, overlays (pictures) passed over; notes say so.

Columns: ``folder`` (the folders around it, joined by " / "), ``name``, ``description`` (as text), ``longitude``,
``latitude``, ``geometry`` (what kind it is), ``style``; where any placemark has one, ``name_date`` (the day that the
name begins with), ``links`` (addresses in the description, one a line), ``date_start`` and ``date_end`` (TimeSpan, or
TimeStamp as the start), ``placemark_id``; and the names of ExtendedData (``data.name`` where it is one of these). Only
a Point has coordinates: no other shape is given a centre.

The file is read twice: once for the names of its columns, once for its rows; neither holds more than one placemark.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any
from xml.parsers import expat

from contested.base.errors import DatasetError
from contested.base.records import iso
from contested.base.rows import MAX_CELL_CHARACTERS
from contested.base.times import parse_interval
from contested.base.zip_directory import ZipLimits, open_zip
from contested.incidents.batches import RowStream
from contested.incidents.files.columns import MAX_COLUMNS, batches_of, check_columns
from contested.incidents.files.html_text import html_text

#: Largest KML, unpacked, bytes: the largest known has some 60 million.
MAX_KML_BYTES = 2 * 1024**3
#: Elements in elements that are followed; more are no work of a person.
MAX_DEPTH = 200
_PIECE_BYTES = 1024 * 1024

_CONTAINERS = frozenset({"Document", "Folder"})
_NOT_READ = frozenset({"NetworkLink", "GroundOverlay", "ScreenOverlay", "PhotoOverlay", "Tour"})
_SHAPES = frozenset({
    "Point", "Polygon", "MultiGeometry", "LineString", "LinearRing", "Track", "MultiTrack", "Model",
})  # fmt: skip
#: Where in a placemark a value stands → the name under which it is kept.
_VALUES = {
    ("name",): "name", ("description",): "description", ("styleUrl",): "style", ("TimeStamp", "when"): "date_start",
    ("TimeSpan", "begin"): "date_start", ("TimeSpan", "end"): "date_end", ("Point", "coordinates"): "coordinates",
}  # fmt: skip
#: Columns of every file, and columns that stand only where a placemark has a value for them, in order.
_ALWAYS = ("folder", "name", "description", "longitude", "latitude", "geometry", "style")
_OPTIONAL = ("name_date", "links", "date_start", "date_end", "placemark_id")
_DATE_IN_NAME = re.compile(r"\d{4}-\d{2}-\d{2}|\d{1,2}\s+[A-Za-z]{3,9}\.?\s+\d{4}")


def open_kml(path: Path) -> RowStream:
    """The placemarks of a KML or KMZ file as rows.

    Raises
    ------
    DatasetError
        When the file cannot be read to its end, or holds no placemark.
    """
    extended: dict[str, None] = {}
    passed_over: dict[str, int] = {}
    n_placemarks = 0
    for placemark in _placemarks(path, passed_over):
        n_placemarks += 1
        extended.update(dict.fromkeys(placemark))
        if len(extended) > MAX_COLUMNS:
            break
    if not n_placemarks:
        hint = "; it only points to another file: save that one" if passed_over.get("NetworkLink") else ""
        raise DatasetError(f"{path.name}: it holds no Placemark{hint or '; expected a KML with incidents'}")
    own = [*_ALWAYS, *(name for name in _OPTIONAL if name in extended)]
    columns = check_columns([*own, *(name for name in extended if name not in own)], path.name)
    rows = ([placemark.get(name, "") for name in columns] for placemark in _placemarks(path, {}))
    notes = [f"{path.name}: {count} {tag} passed over" for tag, count in passed_over.items()]
    return RowStream(path, columns, batches_of(rows, columns), tuple(notes))


def _placemarks(path: Path, passed_over: dict[str, int]) -> Iterator[dict[str, str]]:
    """Each placemark as columns of text; counts what is passed over."""
    reader = _Reader(path.name, passed_over)
    try:
        with ExitStack() as opened:
            file = _open(path, opened)
            while piece := file.read(_PIECE_BYTES):
                reader.feed(piece)
                yield from reader.take()
            reader.feed(b"", last=True)
            yield from reader.take()
    except OSError as fault:
        raise DatasetError(
            f"{path}: cannot be read: {fault.strerror or fault}; check the path and its rights"
        ) from None
    except expat.ExpatError as fault:
        raise DatasetError(f"{path.name}: this is no XML: {fault}; expected a KML file: download it again") from None


def _open(path: Path, opened: ExitStack) -> IO[bytes]:
    """The bytes of the KML, unpacked where it is in a KMZ, whatever the name of the file ends in."""
    file = opened.enter_context(path.open("rb"))
    if file.read(4) != b"PK\x03\x04":
        file.seek(0)
        if (size := path.stat().st_size) > MAX_KML_BYTES:
            raise DatasetError(
                f"{path.name}: {size:,} bytes is more than the {MAX_KML_BYTES:,} that are read; split it"
            )
        return file
    archive = opened.enter_context(open_zip(path, path.name, ZipLimits(MAX_KML_BYTES), DatasetError))
    names = [name for name in archive.namelist() if name.lower().endswith(".kml")]
    if not names:
        raise DatasetError(f"{path.name}: the KMZ holds no .kml file; save it again from the map")
    # The main file is the first at the root, by custom doc.kml.
    main = min(names, key=lambda name: (name.count("/"), name.lower() != "doc.kml", names.index(name)))
    return opened.enter_context(archive.open(main))


@dataclass
class _Placemark:
    """A placemark while it is read."""

    values: dict[str, str] = field(default_factory=dict)
    shape: str = ""


class _Reader:
    """Feeds XML to expat and keeps, of one placemark at a time, only what becomes a row."""

    def __init__(self, shown: str, passed_over: dict[str, int]) -> None:
        self.shown = shown
        self.passed_over = passed_over
        self.done: list[dict[str, str]] = []
        self.path: list[str] = []
        self.folders: list[str] = []
        self.placemark: _Placemark | None = None
        self.placemark_depth = 0
        self.key = ""
        self.target: str | None = None
        self.target_depth = 0
        self.text: list[str] = []
        self.length = 0
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._data

    def feed(self, piece: bytes, *, last: bool = False) -> None:
        self.parser.Parse(piece, last)

    def take(self) -> list[dict[str, str]]:
        """The placemarks that have come to their end."""
        done, self.done = self.done, []
        return done

    def _doctype(self, *_: Any) -> None:
        raise DatasetError(f"{self.shown}: the KML declares a DOCTYPE, which is not read; export it again")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        tag = name.rpartition(" ")[2]
        if not self.path and tag != "kml":
            raise DatasetError(f"{self.shown}: the root of the XML is <{tag}>, expected <kml>; export it as KML")
        if len(self.path) >= MAX_DEPTH:
            raise DatasetError(f"{self.shown}: more than {MAX_DEPTH} elements stand in each other; export it again")
        if self.placemark is None and tag in _NOT_READ:
            self.passed_over[tag] = self.passed_over.get(tag, 0) + 1
        self.path.append(tag)
        if self.target is not None:
            # Markup that the writer did not wrap: its text belongs to the value.
            self.text.append(" ")
        elif self.placemark is not None:
            self._start_inside(tag, attributes)
        elif tag == "Placemark":
            self.placemark, self.placemark_depth = _Placemark(), len(self.path)
            if own := attributes.get("id", "").strip():
                self.placemark.values["placemark_id"] = own
        elif tag in _CONTAINERS:
            self.folders.append("")
        elif tag == "name" and len(self.path) > 1 and self.path[-2] in _CONTAINERS:
            self._collect("folder")

    def _start_inside(self, tag: str, attributes: dict[str, str]) -> None:
        assert self.placemark is not None
        inside = tuple(self.path[self.placemark_depth :])
        if len(inside) == 1 and tag in _SHAPES:
            self.placemark.shape = self.placemark.shape or tag
        if inside[0] == "ExtendedData":
            if tag == "Data":
                self.key = attributes.get("name", "")
            elif tag == "value" and inside[-2] == "Data":
                self._collect(_data_column(self.key))
            elif tag == "SimpleData":
                self._collect(_data_column(attributes.get("name", "")))
        elif target := _VALUES.get(inside):
            self._collect(target)

    def _collect(self, target: str) -> None:
        self.target, self.target_depth, self.text, self.length = target, len(self.path), [], 0

    def _data(self, data: str) -> None:
        if self.target is None:
            return
        self.length += len(data)
        if self.length > MAX_CELL_CHARACTERS:
            raise DatasetError(
                f"{self.shown} placemark after line {self.parser.CurrentLineNumber}: a value has more than "
                f"{MAX_CELL_CHARACTERS:,} characters; split it"
            )
        self.text.append(data)

    def _end(self, name: str) -> None:
        tag = self.path.pop()
        if self.target is not None:
            if len(self.path) < self.target_depth:
                text = "".join(self.text).strip()
                if self.placemark is None:
                    self.folders[-1] = text
                else:
                    self.placemark.values.setdefault(self.target, text)
                self.target = None
        elif self.placemark is not None and len(self.path) < self.placemark_depth:
            self.done.append(self._row(self.placemark))
            self.placemark = None
        elif self.placemark is None and tag in _CONTAINERS:
            self.folders.pop()

    def _row(self, placemark: _Placemark) -> dict[str, str]:
        values = dict(placemark.values)
        lon, _, rest = values.pop("coordinates", "").partition(",")
        text, links = html_text(values.get("description", ""))
        own = {
            "folder": " / ".join(filter(None, self.folders)), "name_date": _date_in(values.get("name", "")),
            "description": text, "links": "\n".join(links), "longitude": lon.strip(),
            "latitude": rest.partition(",")[0].strip(), "geometry": placemark.shape,
        }  # fmt: skip
        return {**values, **{name: value for name, value in own.items() if value}}


def _data_column(name: str) -> str:
    """The column of a name of ExtendedData; one that is a column of its own is told apart."""
    name = name.strip() or "(no name)"
    return f"data.{name}" if name in (*_ALWAYS, *_OPTIONAL, "coordinates") else name


def _date_in(name: str) -> str:
    """The day that a name begins with, ISO; empty when it begins with none."""
    if match := _DATE_IN_NAME.match(name.strip()):
        try:
            return iso(parse_interval(match[0]).start) or ""
        except ValueError:
            pass
    return ""
