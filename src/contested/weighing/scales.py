"""Verbal scales: words for likelihood ratios, as data.

In: ``contested/presets/scale-*.toml``. Out: :class:`Scale`. Refuses: a scale that is not there, and one whose levels
do not begin at 1 and rise.
"""

from __future__ import annotations

import math
import tomllib
from dataclasses import dataclass

from contested.base.errors import CaseError, nearest_name
from contested.base.presets import PRESETS, verbal_scales


@dataclass(frozen=True, slots=True)
class ScaleLevel:
    """One level; it holds from ``least_ratio`` up to that of the next."""

    name: str
    definition: str
    least_ratio: float


@dataclass(frozen=True, slots=True)
class Scale:
    """A named scale, its levels from the weakest to the strongest."""

    name: str
    title: str
    citation: str
    caution: str
    levels: tuple[ScaleLevel, ...]

    def level(self, strength: float) -> ScaleLevel:
        """The level of a strength: the natural logarithm of a ratio of at least 1."""
        return [one for one in self.levels if math.log(one.least_ratio) <= strength][-1]


def load_scale(name: str) -> Scale:
    """The verbal scale with the name.

    Raises
    ------
    CaseError
        When there is none (the nearest name is offered), or its levels do not begin at 1 and rise.
    """
    known = verbal_scales()
    if name not in known:
        raise CaseError(f'scale "{name}" in case.toml does not exist; {nearest_name(name, known)}')
    raw = tomllib.loads((PRESETS / f"scale-{name}.toml").read_text(encoding="utf-8"))
    levels = tuple(ScaleLevel(one["name"], one["definition"], float(one["least_ratio"])) for one in raw["levels"])
    bounds = [one.least_ratio for one in levels]
    if bounds[:1] != [1.0] or bounds != sorted(set(bounds)):
        raise CaseError(f"scale-{name}.toml: the levels begin at {bounds}; they must begin at 1 and rise")
    return Scale(raw["name"], raw["title"], raw["citation"], raw["caution"], levels)
