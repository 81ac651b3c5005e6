"""A latitude or longitude as written → degrees.

In: ``36.2``, ``36,2``, ``36°12'N``, ``36 12 30 N``, ``N 36° 12.5'``. Out: degrees, south and west below nought.
Refuses, as a ``ValueError``: what is no number, minutes and seconds of 60 or more, degrees and minutes whose side of
the equator or of Greenwich is not said, and a letter of the other axis.
"""

from __future__ import annotations

import math
import re
from itertools import pairwise

_DECIMAL_COMMA = re.compile(r"[+-]?\d{1,3},\d+")
# Possessive, so that no number is taken for two.
_PART = r"(\d++(?:[.,]\d++)?+)"
_DEGREES = re.compile(
    rf"([NSEW])?\s*([+-])?\s*{_PART}\s*°?(?:\s*{_PART}\s*['′’]?)?(?:\s*{_PART}\s*(?:\"|″|”|''|′′|’’)?)?\s*([NSEW])?",
    re.IGNORECASE,
)
_SIDES = {"latitude": ("N", "S"), "longitude": ("E", "W")}


def read_degrees(text: str, axis: str) -> float:
    """Degrees of a cell; ``axis`` is ``latitude`` or ``longitude``.

    >>> read_degrees("36°12'S", "latitude")
    -36.2
    """
    if is_plain(text):
        value = float(text)
    else:
        value = float(text.replace(",", ".")) if _DECIMAL_COMMA.fullmatch(text) else _by_parts(text, axis)
    if not math.isfinite(value):
        raise ValueError(f'{axis} "{text}" is not finite; leave it empty when it is not known')
    return value


def is_plain(text: str) -> bool:
    """Whether the text is a number as it stands."""
    try:
        float(text)
    except ValueError:
        return False
    return True


def _by_parts(text: str, axis: str) -> float:
    match = _DEGREES.fullmatch(text)
    if match is None:
        raise ValueError(f'{axis} "{text}" is no number; expected one like 36.2')
    before, sign, *parts, after = match.groups()
    sides = {side.upper() for side in (before, after) if side}
    degrees, minutes, seconds = (float(part.replace(",", ".")) if part else 0.0 for part in parts)
    north, south = _SIDES[axis]
    if len(sides) + bool(sign) != 1:
        raise ValueError(
            f'{axis} "{text}" does not say on which side it lies, or says it twice; write {north} or {south}, or 36.2'
        )
    if not sides <= {north, south}:
        raise ValueError(f'{axis} "{text}" bears a letter of the other axis; check whether the columns are exchanged')
    if any(part and not part.isdigit() for part, finer in pairwise(parts) if finer):
        raise ValueError(f'{axis} "{text}" has fractions of degrees beside minutes; expected one like 36.2')
    if minutes >= 60 or seconds >= 60:
        raise ValueError(f'{axis} "{text}" has minutes or seconds of 60 or more; expected one like 36.2')
    value = degrees + minutes / 60 + seconds / 3600
    return -value if sign == "-" or south in sides else value
