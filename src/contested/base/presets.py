"""The data files that ship with the package: dataset presets, grading schemes, the template of a case.

In: nothing. Out: their folder and their names. Refuses: nothing; a name that is not there is for the
caller to refuse.

A dataset preset is ``NAME.toml``, a grading scheme ``grading-NAME.toml``, words for likelihood ratios
``scale-NAME.toml``.
"""

from __future__ import annotations

from pathlib import Path

PRESETS = Path(__file__).parents[1] / "presets"
_GRADING, _SCALE = "grading-", "scale-"


def dataset_presets() -> tuple[str, ...]:
    """Names of the dataset presets, in order."""
    return tuple(sorted(path.stem for path in PRESETS.glob("*.toml") if not path.name.startswith((_GRADING, _SCALE))))


def grading_schemes() -> tuple[str, ...]:
    """Names of the grading schemes, in order."""
    return tuple(sorted(path.stem.removeprefix(_GRADING) for path in PRESETS.glob(f"{_GRADING}*.toml")))


def verbal_scales() -> tuple[str, ...]:
    """Names of the verbal scales, in order."""
    return tuple(sorted(path.stem.removeprefix(_SCALE) for path in PRESETS.glob(f"{_SCALE}*.toml")))
