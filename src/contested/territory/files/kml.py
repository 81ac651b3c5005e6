"""KML and KMZ files.

In: a KML file, or a KMZ: a zip with one. Out: its placemarks as members, and notes. Refuses: what is no KML, documents
with a DOCTYPE, archives that unpack to too much. Network links are not followed; overlays (pictures) are passed over.

A placemark's properties are its ExtendedData, and, where that has no value of the name: ``name``, ``folder`` (the
innermost folder), ``style`` (its styleUrl), and ``date`` or ``valid_from`` and ``valid_to`` from TimeStamp or TimeSpan,
of the placemark itself or else of the folders around it. A date in the name of a folder counts where nothing else
gives one.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import shapely

from contested.base.errors import LayerError
from contested.base.rows import read_text
from contested.territory.files.features import Member
from contested.territory.files.packed import open_zip, read_packed

_CONTAINERS = ("kml", "Document", "Folder")
_PASSED_OVER = ("GroundOverlay", "ScreenOverlay", "PhotoOverlay")
_SHAPES = ("Polygon", "MultiGeometry", "Point", "LineString", "LinearRing", "MultiTrack", "Track", "Model")
#: Folders in folders that are followed; deeper ones are no work of a person.
MAX_DEPTH = 100


@dataclass(frozen=True, slots=True)
class _Around:
    """What the folders around a placemark say."""

    folder: str = ""
    times: tuple[tuple[str, str], ...] = ()
    depth: int = 0


@dataclass
class _Found:
    members: list[Member] = field(default_factory=list)
    passed_over: dict[str, int] = field(default_factory=dict)


def read_kml(path: Path, shown: str) -> tuple[list[Member], list[str]]:
    """The placemarks of a KML or KMZ file, and notes.

    Raises
    ------
    LayerError
        When the file as a whole cannot be used.
    """
    notes: list[str] = []
    packed = path.suffix.lower() == ".kmz"
    text = _unpacked(path, shown, notes) if packed else read_text(path, error=LayerError)
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise LayerError(f"{shown}: the KML declares a DOCTYPE or entities, which are not read; export it again")
    try:
        root = ElementTree.fromstring(text)
    except (ElementTree.ParseError, ValueError, RecursionError) as fault:
        raise LayerError(f"{shown}: this is no XML: {fault}; expected a KML file: download it again") from None
    if _tag(root) != "kml":
        raise LayerError(f"{shown}: the root of the XML is <{_tag(root)}>, expected <kml>; export it as KML")
    found = _Found()
    _walk(root, _Around(), found, shown)
    if links := found.passed_over.pop("NetworkLink", 0):
        notes.append(f"{shown}: {links} network links were not followed; save what they point to beside the file")
    for tag, count in found.passed_over.items():
        notes.append(f"{shown}: {count} {tag} passed over (a picture is no area)")
    return found.members, notes


def _unpacked(path: Path, shown: str, notes: list[str]) -> str:
    with open_zip(path, shown) as archive:
        names = [name for name in archive.namelist() if name.lower().endswith(".kml")]
        if not names:
            raise LayerError(f"{shown}: the KMZ holds no .kml file; save it again from the map")
        # The main file is the first at the root, by custom doc.kml.
        main = min(names, key=lambda name: (name.count("/"), name.lower() != "doc.kml", names.index(name)))
        raw = read_packed(archive, main, shown)
    notes.extend(f"{shown}: {name} was not read, only {main}" for name in names if name != main)
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        raise LayerError(f"{shown}: {main} is not UTF-8: {fault}; save it as UTF-8") from None


def _tag(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]


def _child(element: ElementTree.Element, tag: str) -> ElementTree.Element | None:
    return next((child for child in element if _tag(child) == tag), None)


def _text(element: ElementTree.Element, *tags: str) -> str:
    found: ElementTree.Element | None = element
    for tag in tags:
        found = None if found is None else _child(found, tag)
    return ("" if found is None else found.text or "").strip()


def _times(element: ElementTree.Element) -> tuple[tuple[str, str], ...]:
    """``date``, or ``valid_from`` and ``valid_to``, as the element itself states them."""
    if stamp := _text(element, "TimeStamp", "when"):
        return (("date", stamp),)
    first, last = _text(element, "TimeSpan", "begin"), _text(element, "TimeSpan", "end")
    return (("valid_from", first), ("valid_to", last)) if first or last else ()


def _walk(element: ElementTree.Element, around: _Around, found: _Found, shown: str) -> None:
    if around.depth > MAX_DEPTH:
        raise LayerError(f"{shown}: more than {MAX_DEPTH} folders stand in each other; export it again, flatter")
    for child in element:
        tag = _tag(child)
        if tag in _CONTAINERS:
            inner = replace(around, folder=_text(child, "name") or around.folder, depth=around.depth + 1)
            _walk(child, replace(inner, times=_times(child) or around.times), found, shown)
        elif tag == "Placemark":
            found.members.append(_placemark(child, around, len(found.members) + 1))
        elif tag == "NetworkLink" or tag in _PASSED_OVER:
            found.passed_over[tag] = found.passed_over.get(tag, 0) + 1


def _placemark(element: ElementTree.Element, around: _Around, number: int) -> Member:
    properties: dict[str, Any] = {}
    extended = _child(element, "ExtendedData")
    for data in [] if extended is None else extended.iter():
        if _tag(data) == "Data":
            properties[data.get("name", "")] = _text(data, "value")
        elif _tag(data) == "SimpleData":
            properties[data.get("name", "")] = (data.text or "").strip()
    own = {"name": _text(element, "name"), "folder": around.folder, "style": _text(element, "styleUrl")}
    dated = any(properties.get(key) for key in ("date", "valid_from"))
    for key, value in (*own.items(), *(() if dated else _times(element) or around.times)):
        if value:
            properties.setdefault(key, value)
    shape = next((child for child in element if _tag(child) in _SHAPES), None)
    if shape is None:
        reason = "the placemark has no geometry; expected a Polygon"
        return Member(number, None, properties, reason, None, around.folder)
    kind = _tag(shape)
    try:
        parts = _polygons(shape)
    except ValueError as fault:
        return Member(number, None, properties, f"the geometry cannot be read: {fault}", kind, around.folder)
    if not parts:
        reason = f"the geometry ({kind}) covers no ground (area 0); expected a polygon"
        return Member(number, None, properties, reason, kind, around.folder)
    geometry = parts[0][0] if len(parts) == 1 else shapely.multipolygons([part for part, _ in parts])
    return Member(number, geometry, properties, "", kind, around.folder, any(high for _, high in parts))


def _polygons(shape: ElementTree.Element) -> list[tuple[shapely.Geometry, bool]]:
    """The polygons of a geometry, each with whether it had heights."""
    found = []
    for polygon in shape.iter():
        if _tag(polygon) != "Polygon":
            continue
        rings: list[shapely.Geometry] = []
        high = False
        for boundary in polygon:
            if _tag(boundary) in ("outerBoundaryIs", "innerBoundaryIs"):
                for ring in (child for child in boundary if _tag(child) == "LinearRing"):
                    points = _coordinates(_text(ring, "coordinates"))
                    high |= bool(points.shape[1] > 2 and points[:, 2].any())
                    place = 0 if _tag(boundary) == "outerBoundaryIs" else len(rings)
                    rings.insert(place, shapely.linearrings(points[:, :2]))
        if not rings:
            raise ValueError("a polygon has no ring; expected outerBoundaryIs with a LinearRing")
        found.append((shapely.polygons(rings[0], rings[1:] or None), high))
    return found


def _coordinates(text: str) -> np.ndarray[Any, np.dtype[np.float64]]:
    tuples = text.split()
    try:
        points = np.array([[float(part) for part in one.split(",")] for one in tuples])
    except ValueError:
        raise ValueError(
            f'"{text[:60]}" are no coordinates; expected lon,lat or lon,lat,height, parted by spaces'
        ) from None
    if points.ndim != 2 or points.shape[1] not in (2, 3):
        raise ValueError(f'"{text[:60]}" are no coordinates; expected lon,lat or lon,lat,height, parted by spaces')
    if not np.isfinite(points).all():
        raise ValueError(f'a coordinate is not finite ("{text[:60]}"); export the file again')
    if len(points) < 4 or (points[0, :2] != points[-1, :2]).any():
        raise ValueError(f"a ring of {len(points)} points is not closed; expected closed rings of 4 points or more")
    return points
