"""What a party has withdrawn.

In: rows of the table ``claims``. Out: for a claim, the claim that withdraws it. Refuses: nothing.

A claim with the stance ``retracts`` ends what the same party said before it of the same event: what it names (means,
mechanism, target), or everything when it names nothing. Which came first must be told by their days; a retraction
without a day ends nothing, and neither does one that nobody has checked end what somebody has.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

Claim = Mapping[str, Any]

_NAMED = ("means", "mechanism", "target_party")


def said_by(claim: Claim) -> date | None:
    """Day of the statement, else of the publication that carries it; ``None`` when neither is known."""
    day: date | None = claim["said_on"] or claim["reported_on"]
    return day


class Retractions:
    """The retractions of a case, by party and event."""

    def __init__(self, claims: Iterable[Claim]) -> None:
        self._found: dict[tuple[str, str], list[Claim]] = defaultdict(list)
        for claim in claims:
            if claim["stance"] == "retracts" and claim["speaker_party"] and claim["event_id"]:
                self._found[claim["speaker_party"], claim["event_id"]].append(claim)

    def of(self, claim: Claim) -> Claim | None:
        """The first claim that withdraws this one; ``None`` when it stands."""
        day = said_by(claim)
        ending = [
            other for other in self._found.get((claim["speaker_party"], claim["event_id"]), ())
            if claim["stance"] != "retracts" and day is not None and other["said_on"] is not None
            and day <= other["said_on"] and (other["checked"] or not claim["checked"])
            and all(other[name] in (None, claim[name]) for name in _NAMED)
        ]  # fmt: skip
        return min(ending, key=lambda other: (other["said_on"], other["claim_id"]), default=None)
