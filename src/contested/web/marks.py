"""Colour, pattern and name of each party and holder, the same on map, figures and pages.

In: a case. Out: one :class:`Mark` for each party, for ``contested`` and ``unknown``. Refuses:
nothing; a party that the case does not declare is shown by its name, without a colour.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from contested.base.case import Case
from contested.base.records import CONTESTED, UNKNOWN
from contested.web.strings import TEXT

#: Okabe and Ito's colours without black and yellow: told apart by most people with colour-blindness
#: (Okabe & Ito 2008, Color Universal Design). Used in order where a party of the case has no colour.
PALETTE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00")
CONTESTED_COLOUR = "#7A7A7A"
UNKNOWN_COLOUR = "#E4E4E0"
#: Patterns laid over the colour, so that no reading rests on colour alone: in order of the parties.
PATTERNS = ("plain", "slash", "grid", "backslash", "bars", "dash")
CONTESTED_PATTERN, UNKNOWN_PATTERN = "cross", "none"


@dataclass(frozen=True, slots=True)
class Mark:
    """How one holder is drawn; ``css`` names its classes in the style sheet of the dossier."""

    id: str
    name: str
    colour: str
    pattern: str
    css: str


class Marks:
    """The marks of a case, by party id."""

    def __init__(self, case: Case, holders: Iterable[str] = ()) -> None:
        """Parties that hold ground take the first patterns, so that a map of two has the plainest two."""
        parties = list(case.file.parties)
        holding = set(holders)
        order = sorted(range(len(parties)), key=lambda number: (parties[number].id not in holding, number))
        self._marks: dict[str, Mark] = {}
        for place, number in enumerate(order):
            party = parties[number]
            colour = party.colour or PALETTE[place % len(PALETTE)]
            pattern = PATTERNS[place % len(PATTERNS)] if party.id in holding else PATTERNS[0]
            self._marks[party.id] = Mark(party.id, party.name, colour, pattern, f"mark-{number} pattern-{pattern}")
        for holder, colour, pattern in (
            (CONTESTED, CONTESTED_COLOUR, CONTESTED_PATTERN),
            (UNKNOWN, UNKNOWN_COLOUR, UNKNOWN_PATTERN),
        ):
            css = f"mark-{holder} pattern-{pattern}"
            self._marks[holder] = Mark(holder, TEXT[f"holder_{holder}"], colour, pattern, css)

    def __call__(self, party: str | None) -> Mark:
        """The mark of a party id, or of a name that the case does not declare."""
        if party is None:
            return Mark("", TEXT["no_party"], UNKNOWN_COLOUR, UNKNOWN_PATTERN, "mark-none")
        return self._marks.get(party) or Mark(party, party, UNKNOWN_COLOUR, UNKNOWN_PATTERN, "mark-none")

    def all(self) -> list[Mark]:
        """Every mark, parties in the order of the case."""
        return list(self._marks.values())

    def style_sheet(self) -> str:
        """``parties.css``: the colour of each mark as a variable, since pages may hold no style of their own."""
        lines = [f".{mark.css.split()[0]}{{--mark:{mark.colour}}}" for mark in self._marks.values()]
        return "\n".join(sorted(lines)) + "\n"
