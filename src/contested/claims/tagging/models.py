"""Where the weights are.

In: the environment. Out: a folder. Refuses: nothing; a folder without weights is refused by what reads them.
"""

from __future__ import annotations

import os
from pathlib import Path

#: The weights that ship.
MODELS = Path(__file__).parents[2] / "models"


def models_folder() -> Path:
    """The folder that ``CONTESTED_MODELS`` names, with files of the same names, else the shipped one."""
    given = os.environ.get("CONTESTED_MODELS")
    return Path(given) if given else MODELS
