"""Score where places lie: toponyms of marked articles, found and resolved, and neighbourhoods by their labels.

In: articles in XML, TR-News's form (``toponym`` with ``phrase`` and ``gaztag``) or GeoVirus's (``location`` with
``name``); or a CSV of labels (``hrw_label``, the right places by name, ``note``) with tables of places (``--places``).
Out: figures as JSON; exit 1 when one lies below its floor. Refuses: another form, and data without floors in
``floors.json`` when ``--floors`` is asked for.

*given*: the marked names are handed over, so that only the resolving counts; a name without a candidate counts as
wrong and, as in the literature, has no error in metres. *read*: names are found in the bare text. ``choose`` is the
half of the articles that weights were chosen on (every other one), ``check`` the other.

    PYTHONPATH=src python gate/places.py --articles FILE.xml
    PYTHONPATH=src python gate/places.py --labels LABELS.csv --places PLACES.csv PLACES.csv
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from contested.base.places import geodesic_m
from contested.incidents.gazetteer import load_gazetteer
from contested.incidents.placing import WEIGHTS, Mention, Placer

FLOORS = Path(__file__).parent / "floors.json"
#: A hundred miles, the line that geoparsers are compared at, metres.
NEAR_M = 161_000.0
#: Farthest two points can lie apart, metres: where the curve of errors ends.
FARTHEST_M = 20_039_000.0


@dataclass(frozen=True)
class Marked:
    """One marked name: characters of the text, and its right point (``None`` where the corpus gives none)."""

    name: str
    start: int
    end: int
    point: tuple[float, float] | None


@dataclass(frozen=True)
class Article:
    """A text with its marked names in order."""

    text: str
    marked: tuple[Marked, ...]


def read_articles(path: Path) -> list[Article]:
    """The articles of either form."""
    found = []
    for article in ElementTree.parse(path).getroot().iter("article"):
        marked = [*map(_toponym, article.iter("toponym")), *map(_location, article.iter("location"))]
        found.append(Article(article.findtext("text") or "", tuple(sorted(marked, key=lambda one: one.start))))
    if not found:
        raise ValueError(f"{path.name}: there is no <article>; expected TR-News's or GeoVirus's form")
    return found


def _toponym(node: ElementTree.Element) -> Marked:
    tag = node.find("gaztag")
    return _marked(node, "phrase", tag if tag is not None else node)


def _location(node: ElementTree.Element) -> Marked:
    return _marked(node, "name", node)


def _marked(node: ElementTree.Element, name: str, pointed: ElementTree.Element) -> Marked:
    lon, lat = pointed.findtext("lon"), pointed.findtext("lat")
    point = (float(lon), float(lat)) if lon and lat else None
    return Marked(node.findtext(name) or "", int(node.findtext("start") or 0), int(node.findtext("end") or 0), point)


def mentions(article: Article) -> list[Mention]:
    """The marked names as the program would have them: with the name after a comma as hint, and all others around."""
    context = tuple(dict.fromkeys(one.name for one in article.marked))
    found = []
    for one, after in zip(article.marked, [*article.marked[1:], None], strict=True):
        follows = after is not None and article.text[one.end : after.start].strip() in (",", "in")
        found.append(Mention(one.name, (after.name,) if after is not None and follows else (), context))
    return found
