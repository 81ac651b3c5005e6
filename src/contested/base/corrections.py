"""What a reviewer may correct in a claim, and which values can stand there.

In: columns and values, from a form or from ``decisions.jsonl``. Out: the same, typed. Refuses: a column that cannot be
corrected, and a value that its column cannot hold.

Passages are never corrected: they are what the document says, where it says it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from contested.base.errors import RecordError, nearest_name
from contested.base.records import MODALITIES, STANCES

if TYPE_CHECKING:
    from contested.base.case import Case

_TOLLS = ("killed_low", "killed_high", "injured_low", "injured_high")
#: Columns of ``claims`` that a reviewer may set.
CORRECTABLE = (
    "stance", "modality", "target_party", "speaker_party", "event_id", "happened", "means", "mechanism", *_TOLLS,
)  # fmt: skip
#: Most people that a toll can name.
MAX_TOLL = 100_000_000
#: Longest word for means or mechanism, characters.
MAX_WORD = 200


def check_correction(change: Mapping[str, Any], case: Case | None = None) -> dict[str, Any]:
    """The change with typed values; with a case, parties and events must be its own.

    Raises
    ------
    RecordError
        When a column cannot be corrected, or a value cannot stand in it.

    >>> check_correction({"killed_low": "5", "means": None})
    {'killed_low': 5, 'means': None}
    """
    checked: dict[str, Any] = {}
    for name, value in change.items():
        if name not in CORRECTABLE:
            raise RecordError(f'"{name}" cannot be corrected; {nearest_name(name, CORRECTABLE)}')
        checked[name] = _checked(name, value, case)
    for low, high in (("killed_low", "killed_high"), ("injured_low", "injured_high")):
        least, most = checked.get(low), checked.get(high)
        if least is not None and most is not None and least > most:
            raise RecordError(f"{low} {least} is more than {high} {most}; give the smaller number first")
    return checked


def _checked(name: str, value: Any, case: Case | None) -> Any:
    allowed: tuple[str, ...] | None = None
    if name in _TOLLS:
        return _count(name, value)
    if name in ("stance", "modality"):
        allowed = STANCES if name == "stance" else MODALITIES
        if value is None:
            raise RecordError(f"{name} is empty; expected one of {', '.join(allowed)}")
    elif name == "happened":
        allowed = ("yes", "no", "unclear")
    elif case is not None and name in ("target_party", "speaker_party"):
        allowed = tuple(party.id for party in case.file.parties)
    elif case is not None and name == "event_id":
        allowed = tuple(event.id for event in case.file.events)
    if value is None:
        return None
    if not isinstance(value, str) or len(value) > MAX_WORD:
        raise RecordError(f"{name} must be a word of at most {MAX_WORD} characters; it is {str(value)[:80]!r}")
    if allowed is not None and value not in allowed:
        raise RecordError(f'{name} "{value}" is unknown; {nearest_name(value, allowed)}')
    return value


def _count(name: str, value: Any) -> int | None:
    if value is None:
        return None
    text = str(value)
    if isinstance(value, bool) or not (text.isascii() and text.isdecimal()) or int(text[:12]) > MAX_TOLL:
        raise RecordError(f"{name} {text[:40]!r} is no count of people; expected a whole number up to {MAX_TOLL:,}")
    return int(text)
