"""Versions of what a benchmark ran with.

In: names of packages. Out: the version of each, and Python's. Refuses: nothing; what is not installed is said to be so.
"""

from __future__ import annotations

import platform
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version


def installed_versions(names: Iterable[str]) -> dict[str, str]:
    """Python's version and that of each package, or ``not installed``."""
    found = {"python": platform.python_version()}
    for name in names:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found
