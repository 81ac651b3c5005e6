"""Figures kept from one build to the next, since drawing them takes most of the time of a dossier.

In: an edition, the name of a figure and a function that draws it. Out: the figure, as kept where all that it was drawn
from is the same. Refuses: nothing; a kept figure that is damaged is drawn again.

While a figure is drawn it is told which printed tables are looked at; those, and what every figure may depend on (the
program and the originals but for the decisions), are its key.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from contested.base.engine import write_whole
from contested.web.public import PublicRows
from contested.web.strings import current_language

if TYPE_CHECKING:
    from contested.web.edition import Edition


@dataclass(frozen=True)
class FigureParts:
    """What is kept of a figure: its words, and its two files."""

    title: str
    caption: str
    alt: str
    svg: bytes
    png: bytes


class _Watched(Mapping[str, Any]):
    """Tables by name, which remembers those that were asked for."""

    def __init__(self, tables: Mapping[str, Any], asked: set[str]) -> None:
        self._tables = tables
        self._asked = asked

    def __getitem__(self, name: str) -> Any:
        self._asked.add(name)
        return self._tables[name]

    def __iter__(self) -> Iterator[str]:
        self._asked.update(self._tables)
        return iter(self._tables)

    def __len__(self) -> int:
        return len(self._tables)


class KeptFigures:
    """The kept figures of one case; without a folder each is drawn."""

    def __init__(self, folder: Path | None = None, build_key: str = "") -> None:
        self.folder = folder
        self.build_key = build_key
        self._hashes: dict[str, str] = {}

    def take(self, name: str, edition: Edition, draw: Callable[[Edition], FigureParts]) -> FigureParts:
        """The figure of that name, kept or drawn now; it may look at printed rows and at the case only."""
        if self.folder is None:
            return draw(edition)
        found = self._read(name, edition)
        if found is not None:
            return found
        # What the grounds were read from, before any figure.
        asked = {"holdings"}
        watched = PublicRows(_Watched(edition.public.rows, asked), _Watched(edition.public.withheld, asked))
        parts = draw(replace(edition, public=watched))
        self._write(name, edition, parts, asked)
        return parts

    def _read(self, name: str, edition: Edition) -> FigureParts | None:
        assert self.folder is not None
        try:
            listed = json.loads((self.folder / f"{name}.json").read_text(encoding="utf-8"))
            if listed["key"] != self._key(name) or listed["tables"] != self._traced(edition, listed["tables"]):
                return None
            svg, png = ((self.folder / f"{name}.{ending}").read_bytes() for ending in ("svg", "png"))
            if listed["files"] != [hashlib.sha256(content).hexdigest() for content in (svg, png)]:
                return None
            return FigureParts(listed["title"], listed["caption"], listed["alt"], svg, png)
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def _write(self, name: str, edition: Edition, parts: FigureParts, asked: set[str]) -> None:
        assert self.folder is not None
        (self.folder / f"{name}.json").unlink(missing_ok=True)
        write_whole(self.folder / f"{name}.svg", parts.svg)
        write_whole(self.folder / f"{name}.png", parts.png)
        listed = {
            "key": self._key(name), "tables": self._traced(edition, sorted(asked)), "title": parts.title,
            "caption": parts.caption, "alt": parts.alt,
            "files": [hashlib.sha256(content).hexdigest() for content in (parts.svg, parts.png)],
        }  # fmt: skip
        write_whole(self.folder / f"{name}.json", json.dumps(listed, ensure_ascii=False).encode())

    def _key(self, name: str) -> str:
        return hashlib.sha256(f"{self.build_key}\n{current_language()}\n{name}".encode()).hexdigest()

    def _traced(self, edition: Edition, names: Any) -> dict[str, str]:
        return {name: self._hash(edition, name) for name in names}

    def _hash(self, edition: Edition, name: str) -> str:
        """Hash of the printed and withheld rows of a table."""
        if name not in self._hashes:
            rows = [sorted(of[name].items()) for of in (edition.public.rows, edition.public.withheld) if name in of]
            self._hashes[name] = hashlib.sha256(json.dumps(rows, default=repr).encode()).hexdigest()
        return self._hashes[name]
