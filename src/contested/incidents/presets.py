"""How each dataset format is read: one TOML file per format.

In: ``contested/presets/*.toml``. Out: :class:`Preset`. Refuses: a preset that is not there (the
nearest name is offered).

A new format is a new TOML file and a fixture, no code (``docs/architecture.md``, extension points).
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass

from contested.base.errors import DatasetError, nearest_name
from contested.base.presets import PRESETS, dataset_presets

#: What a file's column can stand for: columns of the table ``records``, and four that several of its
#: columns are made from (``id``, ``date``, ``killed``/``injured`` for low = high, ``precision``).
TARGETS = (
    "id", "kind", "date", "date_start", "date_end", "time_of_day", "place_name", "lon", "lat",
    "radius_m", "precision", "group_id", "title", "killed", "killed_low", "killed_high", "killed_best",
    "injured", "injured_low", "injured_high", "sources", "attributed_to", "address", "second_hand",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Preset:
    """One dataset format."""

    name: str
    title: str
    columns: Mapping[str, tuple[str, ...]]
    """Target → column names to look for, in order; for ``sources`` the next one fills an empty cell."""
    needed: tuple[str, ...]
    """Targets that the file must have."""
    needed_one_of: tuple[tuple[str, ...], ...]
    """Of each of these groups of targets the file must have one."""
    kinds: Mapping[str, str]
    """Code in the column of ``kind`` → kind in words; a code not listed stands as it is."""
    radius_m: Mapping[str, float]
    """Precision code → metres."""
    without_radius: frozenset[str]
    """Precision codes whose point no test may use."""
    missing: Mapping[str, frozenset[str]]
    """Column of the file → values that stand for "missing"."""
    separators: tuple[str, ...]
    """Marks that part several sources in one cell."""
    licence: str | None
    citation: str | None
    publish_rows: bool


def load_preset(name: str) -> Preset:
    """The preset with the name.

    Raises
    ------
    DatasetError
        When there is none; the nearest name is offered.
    """
    known = dataset_presets()
    if name not in known:
        raise DatasetError(f'preset "{name}" does not exist; {nearest_name(name, known)}')
    raw = tomllib.loads((PRESETS / f"{name}.toml").read_text(encoding="utf-8"))
    return Preset(
        name=name,
        title=raw["title"],
        columns={target: tuple(names) for target, names in raw["columns"].items()},
        needed=tuple(raw["needed"]),
        needed_one_of=tuple(tuple(group) for group in raw["needed_one_of"]),
        kinds=raw.get("kinds", {}),
        radius_m=raw.get("radius_m", {}),
        without_radius=frozenset(raw.get("precision", {}).get("without_radius", ())),
        missing={column: frozenset(values) for column, values in raw.get("missing", {}).items()},
        separators=tuple(raw["separators"]),
        licence=raw.get("licence"),
        citation=raw.get("citation"),
        publish_rows=raw["publish_rows"],
    )
