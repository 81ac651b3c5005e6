"""What ``case.toml`` says about publishing: embargo, rounding, and what stays private.

In: the table ``[publication]``. Out: :class:`Publication`. Refuses: unknown keys, and a grain or an embargo below
zero. Which rows the lists name is checked when the case is published, since rows are known only then.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

from contested.base.case_parts import STRICT

#: ``public`` rows are published; ``restricted`` ones are counted under that reason; ``confidential`` ones are counted
#: among others, so that not even the reason shows.
Sensitivity = Literal["public", "restricted", "confidential"]


class Publication(BaseModel):
    """What ``contested publish`` lets out."""

    model_config = STRICT

    embargo_days: int = Field(default=14, ge=0, le=36_500)
    """Nothing newer than so many days before ``--as-of`` is published; 0 turns the embargo off."""
    round_m: float = Field(default=1000.0, ge=0, le=100_000)
    """Side of the fixed grid that places are moved to, metres; 0 publishes exact points."""
    round_layers_m: float = Field(default=100.0, ge=0, le=100_000)
    """Side of the fixed grid that the lines of layers are moved to, metres; 0 leaves them as they are."""
    small_cells: int = Field(default=3, ge=1, le=100)
    """Counts of withheld rows below it are given as "fewer than"; 1 gives every count."""
    live: bool | None = None
    """Whether the conflict goes on, so that health, shelter and school sites are restricted; else by the window."""
    notes: bool = False
    """Publish readers' cautions on claims, and what readers noted of originals."""
    public: tuple[str, ...] = ()
    """Ids of records, claims, incidents or documents that are public although a rule restricts them."""
    restricted: tuple[str, ...] = ()
    """Ids of records, claims, incidents or documents that are withheld, and counted as restricted."""
    confidential: tuple[str, ...] = ()
    """Ids that are withheld, and counted among other reasons."""
    withhold_speakers: tuple[str, ...] = ()
    """Names of speakers who appear as a code; publishing stops where such a name would stand in any file."""
