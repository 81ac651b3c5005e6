"""A file beside a dataset that tells what its sources are: ``sources.json`` of a TimeMap.

In: the folder of a TimeMap's ``events.json``, whose events name sources by identifiers. Out: identifier → title and
addresses. Refuses: a file that is no JSON object or list of sources.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from contested.base.errors import DatasetError
from contested.base.rows import read_text

SOURCES_FILE = "sources.json"


class NamedSource(NamedTuple):
    """What is known of one source; either may be empty."""

    title: str
    paths: tuple[str, ...]
    """Addresses or files, as written."""


def resolve_timemap_sources(folder: Path, name: str = SOURCES_FILE) -> Mapping[str, NamedSource]:
    """Identifier of a source → its title and addresses; empty where the folder holds no such file.

    Parameters
    ----------
    folder
        Where ``events.json`` lies.
    name
        Name of the file.

    Raises
    ------
    DatasetError
        When the file is there and cannot be read, or is no object of sources keyed by identifier (nor a list of
        sources with an ``id``).
    """
    path = folder / name
    if not path.is_file():
        return {}
    try:
        whole = json.loads(read_text(path))
    except (ValueError, RecursionError) as fault:
        if isinstance(fault, DatasetError):
            raise
        raise DatasetError(f"{path.name}: this is no JSON that can be read: {fault}; download it again") from None
    if isinstance(whole, list):
        whole = {one.get("id"): one for one in whole if isinstance(one, dict)}
    if not isinstance(whole, dict) or not all(isinstance(one, dict) for one in whole.values()):
        raise DatasetError(
            f'{path.name}: this is no object of sources; expected {{"ID": {{"title": …, "paths": […]}}}}'
        )
    found = {str(key).strip(): _source(one) for key, one in whole.items()}
    # An object that also bears an identifier of its own is found by either.
    return {**{_text(one.get("id")): found[str(key).strip()] for key, one in whole.items() if one.get("id")}, **found}


def _source(one: dict[str, Any]) -> NamedSource:
    paths = one.get("paths")
    listed = paths if isinstance(paths, list) else [paths]
    kept = dict.fromkeys(filter(None, (_text(path) for path in [*listed, one.get("url")])))
    return NamedSource(_text(one.get("title")), tuple(kept))


def _text(value: Any) -> str:
    return "" if value is None or isinstance(value, (dict, list)) else str(value).strip()
