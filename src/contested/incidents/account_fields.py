"""Which columns of a dataset carry accounts: who says what, through whom.

In: the ``[[accounts]]`` of a preset. Out: :class:`AccountField`. Refuses: unknown keys, stances and kinds of coding.

Columns that name actors are no accounts: only a column that says who *says* something, claims or accuses makes one.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict

from contested.base.errors import nearest_name
from contested.base.records import SPEAKS_OF, STANCES


def _known_stance(name: str) -> str:
    if name not in STANCES:
        raise ValueError(f'"{name}" is no stance; {nearest_name(name, STANCES)}')
    return name


def _known_subject(name: str) -> str:
    if name not in SPEAKS_OF:
        raise ValueError(f'"{name}" is nothing that a claim speaks of; {nearest_name(name, SPEAKS_OF)}')
    return name


class AccountField(BaseModel):
    """One account that a row may carry."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    stance: Annotated[str, AfterValidator(_known_stance)]
    speaker: str
    """Column of who says it; a row where it is empty or missing carries no account."""
    target: str | None = None
    """Column of who is blamed, denied or defended; where it is named, a row without it carries no account."""
    via: str | None = None
    """Column of who carried it."""
    separators: tuple[str, ...] = ()
    """Marks that part several speakers, and several carriers, in one cell; a line break always does."""
    when: dict[str, frozenset[str]] = {}
    """Column → values; each must hold one of its values for the row to carry the account."""
    uncertain: dict[str, frozenset[str]] = {}
    """Column → values; where one holds such a value, the account is only suspected."""
    said_on: str | None = None
    """Column of the day on which it was said."""
    reported_on: str | None = None
    """Column of the days of the publications that carry it; the last one counts."""
    speaks_of: Annotated[str, AfterValidator(_known_subject)] = "event"
    """``event`` for the row's own incident; anything else belongs to no event of the case."""
    note: tuple[str, ...] = ()
    """Columns that are told in the claim's note."""
    remarks: dict[str, dict[str, str]] = {}
    """Column → its value → words for the claim's note."""
    coded_by: Literal["people", "machine"] = "people"
    """Who entered it into the dataset; what a machine entered counts as not checked."""

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column that it reads, in the order in which a reader looks at them."""
        named = (self.speaker, self.target, self.via, self.said_on, self.reported_on)
        found = [name for name in named if name is not None]
        return tuple(dict.fromkeys([*found, *self.when, *self.uncertain, *self.note, *self.remarks]))
