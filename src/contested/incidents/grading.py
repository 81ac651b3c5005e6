"""Grading schemes: levels of how well an incident is attested, as data.

In: ``contested/presets/grading-*.toml``. Out: :class:`Grading`. Refuses: a scheme that is not there.

A grade says how many independent sources report an incident. It is not how reliable a source is,
nor how sure a speaker sounds, nor who did it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass

from contested.base.errors import CaseError, nearest_name
from contested.base.presets import PRESETS, grading_schemes


@dataclass(frozen=True, slots=True)
class Level:
    """One level; ``least_groups`` is null when only a person may give it."""

    name: str
    definition: str
    least_groups: int | None


@dataclass(frozen=True, slots=True)
class Grading:
    """A named scheme: its levels from the highest to the lowest, and its rule in words."""

    name: str
    title: str
    citation: str
    rule: str
    caution: str
    levels: tuple[Level, ...]

    def level_by_sources(self, n_groups: int) -> Level:
        """The highest level that so many independent source groups reach."""
        return next(level for level in self.levels if level.least_groups is not None and n_groups >= level.least_groups)

    def level_named(self, name: str) -> Level:
        """The level with the name; :class:`CaseError` with the nearest one when there is none."""
        for level in self.levels:
            if level.name == name:
                return level
        known = [level.name for level in self.levels]
        raise CaseError(f'grading "{self.name}": "{name}" is no level; {nearest_name(name, known)}')


def load_grading(name: str) -> Grading:
    """The grading scheme with the name.

    Raises
    ------
    CaseError
        When there is none; the nearest name is offered.
    """
    known = grading_schemes()
    if name not in known:
        raise CaseError(f'grading "{name}" in case.toml does not exist; {nearest_name(name, known)}')
    raw = tomllib.loads((PRESETS / f"grading-{name}.toml").read_text(encoding="utf-8"))
    levels = tuple(
        Level(level["name"], level["definition"], None if level.get("by_person_only") else level["least_groups"])
        for level in raw["levels"]
    )
    return Grading(raw["name"], raw["title"], raw["citation"], raw["rule"], raw["caution"], levels)


def source_groups(sources: Iterable[str]) -> tuple[str, ...]:
    """Independent groups among named sources: spelling differences in case and space make no new one."""
    kept: dict[str, str] = {}
    for name in sorted(sources):
        kept.setdefault(" ".join(name.casefold().split()), name)
    return tuple(kept[key] for key in sorted(kept))
