"""Lines of a TOML file where its tables and keys stand.

In: the lines of a file and the path of a value. Out: a line number. Refuses: nothing.
"""

from __future__ import annotations

import re
from typing import Any

_HEADER = re.compile(r"\s*(\[\[?)\s*([^\]]+?)\s*\]\]?")
_KEY = re.compile(r"\s*([A-Za-z0-9_-]+|\"[^\"]*\")\s*(?:=|\.)")


def line_of(lines: list[str], location: tuple[Any, ...]) -> int:
    """Line (from 1) of the table or key at ``location`` in the lines of a TOML file.

    The nearest line above is given for what stands inside a value, and 1 when nothing is found.
    ``tomllib`` keeps no positions, so headers and keys are found again by their text.
    """
    counts: dict[str, int] = {}
    here: tuple[Any, ...] = ()
    best, best_depth = 1, 0
    for number, line in enumerate(lines, start=1):
        if header := _HEADER.match(line):
            parts = [part.strip().strip('"') for part in header[2].split(".")]
            path: list[Any] = []
            for depth, part in enumerate(parts):
                path.append(part)
                name = ".".join(map(str, path))
                if depth == len(parts) - 1 and header[1] == "[[":
                    counts[name] = counts.get(name, -1) + 1
                if name in counts:
                    path.append(counts[name])
            here = tuple(path)
            candidate = here
        elif key := _KEY.match(line):
            candidate = (*here, key[1].strip('"'))
        else:
            continue
        depth = len(candidate)
        if candidate == location[:depth] and depth > best_depth:
            best, best_depth = number, depth
    return best
