"""What a layer is read against: the region, the last day, and the names of the parties.

In: a case and a layer's entry, or plain names. Out: :class:`Scope`. Refuses: a holder that is no party of the case.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import shapely

from contested.base.case import Case, LayerEntry
from contested.base.errors import LayerError, nearest_name
from contested.base.places import Box
from contested.base.records import CONTESTED, UNKNOWN
from contested.base.times import YEAR_RANGE
from contested.territory.features import read_features


@dataclass(frozen=True, slots=True)
class Scope:
    """What a layer is read against.

    ``resolve`` gives the party of a holder as written and raises ``LayerError`` when there is none.
    ``region`` is ``None`` where no case bounds the layer.
    """

    root: Path
    region: shapely.Geometry | None
    last: date
    resolve: Callable[[str], str]

    @property
    def box(self) -> Box | None:
        """The region's box."""
        return None if self.region is None else self.region.bounds

    def shown(self, path: Path) -> str:
        """The path as tables and messages give it: relative to the root, with forward slashes."""
        return path.relative_to(self.root).as_posix() if path.is_relative_to(self.root) else path.name


def case_scope(entry: LayerEntry, case: Case) -> Scope:
    """The scope of one layer of a case."""
    written = {name.strip().casefold(): party for name, party in entry.holders.items()}

    def resolve(name: str) -> str:
        wanted = name.strip().casefold()
        if not wanted:
            raise LayerError("the holder is empty; expected a party, contested or unknown")
        if wanted in (CONTESTED, UNKNOWN):
            return wanted
        party = written.get(wanted) or case.party_of.get(wanted)
        if party is None:
            known = {*entry.holders, *case.party_names, *case.party_names.values(), CONTESTED, UNKNOWN}
            raise LayerError(
                f'holder "{name}" is no party of the case; {nearest_name(name, known)}; '
                f'map it under holders of layer "{entry.name}" in case.toml'
            )
        return party

    return Scope(case.folder, case_region(case), case.file.window.last, resolve)


def plain_scope(root: Path) -> Scope:
    """The scope without a case: holders are taken as written, states run on."""

    def resolve(name: str) -> str:
        plain = name.strip()
        if not plain:
            raise LayerError("the holder is empty; expected a party, contested or unknown")
        return plain.casefold() if plain.casefold() in (CONTESTED, UNKNOWN) else plain

    return Scope(root, None, date(YEAR_RANGE[1], 12, 31), resolve)


def case_region(case: Case) -> shapely.Geometry:
    """The region of a case: its polygon when it gives one, else its box."""
    region = case.file.region
    if region.polygon is None:
        return shapely.box(*region.box)
    file = read_features(case.folder / region.polygon, region.polygon, region.box)
    if not file.features:
        raise LayerError(f"{region.polygon}: no feature covers ground; expected the polygon of the region")
    return shapely.union_all([feature.geometry for feature in file.features])
