"""What a layer is read against: the region, the last day, and the names of the parties.

In: a case and a layer's entry, or plain names. Out: :class:`Scope`. Refuses: a holder that is no party of the case, and
days that cannot be meant.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import shapely

from contested.base.case import Case, LayerEntry
from contested.base.errors import LayerError, nearest_name
from contested.base.places import Box
from contested.base.records import CONTESTED, UNKNOWN
from contested.base.times import YEAR_RANGE, parse_interval
from contested.territory.files.area_files import read_features

#: Years around a case's window outside which a day is taken for a typing error (2061 for 2016). A layer may well begin
#: years before the window: a state stands until the place's next mention.
FAR_YEARS = 20


@dataclass(frozen=True, slots=True)
class Scope:
    """What a layer is read against.

    ``resolve`` gives the party of a holder as written and raises ``LayerError`` when there is none.
    ``region`` is ``None`` where no case bounds the layer, ``first`` where no window does. ``columns`` names the columns
    or properties that do not bear their usual name, by what they hold.
    """

    root: Path
    region: shapely.Geometry | None
    last: date
    resolve: Callable[[str], str]
    first: date | None = None
    columns: Mapping[str, str] = field(default_factory=dict)

    @property
    def box(self) -> Box | None:
        """The region's box."""
        return None if self.region is None else self.region.bounds

    def shown(self, path: Path) -> str:
        """The path as tables and messages give it: relative to the root, with forward slashes."""
        return path.relative_to(self.root).as_posix() if path.is_relative_to(self.root) else path.name

    def day(self, written: object) -> date:
        """The day that a cell or property names.

        Raises
        ------
        ValueError
            When it is no single day, or lies further than :data:`FAR_YEARS` from the case's window.
        """
        interval = parse_interval(str(written))
        if interval.precision != "day":
            raise ValueError(f'date "{written}" is a {interval.precision}; expected one day, YYYY-MM-DD')
        day = interval.start
        if self.first is not None and not self.first.year - FAR_YEARS <= day.year <= self.last.year + FAR_YEARS:
            raise ValueError(
                f"date {day} lies more than {FAR_YEARS} years from the case's window ({self.first} to {self.last}); "
                "check the typing"
            )
        return day


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

    window = case.file.window
    columns = {str(role): name for role, name in entry.columns.items()}
    return Scope(case.folder, case_region(case), window.last, resolve, window.first, columns)


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
