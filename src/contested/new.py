"""A new case folder, from the template in ``presets/new-case``.

In: a path. Out: a case folder that builds at once, on invented facts that say so. Refuses: a
folder that holds anything.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from contested.base.errors import CaseError
from contested.base.presets import PRESETS

TEMPLATE = PRESETS / "new-case"


def make_case(folder: Path) -> list[Path]:
    """Copy the template and return the files made, in name order.

    Raises
    ------
    CaseError
        When the path is a file, holds anything, or cannot be written.
    """
    if folder.is_file() or (folder.is_dir() and any(folder.iterdir())):
        raise CaseError(f"{folder}: there is something already; name a folder that does not exist or is empty")
    try:
        shutil.copytree(TEMPLATE, folder, dirs_exist_ok=True)
    except OSError as fault:
        raise CaseError(
            f"{folder}: the case folder cannot be made: {fault}; choose a place that you may write"
        ) from None
    return sorted(path for path in folder.rglob("*") if path.is_file())
