"""Rival accounts of an attack, and whether the record bears them out.

``contested.open(folder)`` opens a case; the stages are the sub-packages, in the order of the work.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from contested.base.case import UserExtractor
    from contested.opened import OpenedCase

__all__ = ["open"]
__version__ = "0.1.0"


def open(folder: Path | str, out: Path | str | None = None, *, extractor: UserExtractor = None) -> OpenedCase:
    """Open a case folder.

    Parameters
    ----------
    folder
        The folder that holds ``case.toml``.
    out
        Where derived folders go; the case folder itself when not given.
    extractor
        Any callable, or its name, to read the documents in the tagger's place (docs/extending/extractors.md).

    Raises
    ------
    CaseError
        When ``case.toml`` is missing or has faults; all of them are listed.
    """
    from contested.opened import OpenedCase

    return OpenedCase(folder, out, extractor=extractor)
