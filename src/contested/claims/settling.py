"""What reviewers decided about names: whose another name it is, which party speaks, and what is no one's name.

In: claims as they were read, and the decisions on ``actors``. Out: the claims with actors and parties as decided.
Refuses: nothing; a decision about a name that no claim bears, or a party that the case does not know, has no effect
and is noted.

Decisions are carried out on what was read, and not by reading again with more names: the identifiers of claims, which
other decisions name, stay what they are, and a build takes seconds. A reader that resolved a pronoun or a surname gave
the full name as ``speaker_actor``, so that these follow too.

A decision's ``row_key`` is a name, and its ``change`` says what of it is decided:

- ``correct`` with ``speaker_party``: who bears the name, as actor or as written (a pronoun or a role is no name),
  speaks for that party;
- ``link`` with ``same_as``: it is another name of that actor; with ``speaker_party`` also for whom that one speaks;
- ``reject`` with ``no_actor``: it is no person or body ("he", a place, half a sentence).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from contested.claims.decided import idle_note

if TYPE_CHECKING:
    from contested.base.case import Case

_ARTICLES = ("the ", "a ", "an ")


@dataclass(frozen=True)
class SettledNames:
    """Decisions about names, by :func:`plain_name`."""

    same_as: dict[str, str] = field(default_factory=dict)
    """Name → the actor as the decision writes it, the last of a chain."""
    party_of: dict[str, str] = field(default_factory=dict)
    """Name, or actor of a name → party."""
    no_actor: frozenset[str] = frozenset()
    """Names that are no one's."""
    latest: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    """Name → the decision that holds."""

    def actor(self, name: str) -> str | None:
        """The actor of whom this is another name."""
        return self.same_as.get(plain_name(name))

    def says(self, name: str) -> bool:
        """Whether anything came of the decision about a name."""
        return name in self.same_as or name in self.party_of or name in self.no_actor

    def party(self, *names: str | None) -> str | None:
        """The party decided for the first of the names that has one, or for the actor behind it."""
        for name in names:
            if name is not None:
                party = self.party_of.get(plain_name(self.actor(name) or name)) or self.party_of.get(plain_name(name))
                if party is not None:
                    return party
        return None


def plain_name(name: str) -> str:
    """A name as it is compared: without case, an article before it, or more than one space.

    >>> plain_name("The  Syrian Army")
    'syrian army'
    """
    plain = " ".join(name.split()).casefold()
    return next((plain[len(article) :] for article in _ARTICLES if plain.startswith(article)), plain)


def settle_names(decisions: Iterable[Mapping[str, Any]], case: Case) -> SettledNames:
    """What stands about names.

    Parameters
    ----------
    decisions
        Rows of the decisions that stand, in order; of several on one name the latest holds.
    case
        Its own actors have their parties where no decision says otherwise; a party that it does not know is left out.
    """
    latest: dict[str, Mapping[str, Any]] = {}
    for row in decisions:
        if row["table"] == "actors":
            latest[plain_name(row["row_key"])] = row
    links: dict[str, str] = {}
    parties: dict[str, str] = {}
    of_links: dict[str, str] = {}
    no_actor: set[str] = set()
    for name, row in latest.items():
        change = _read_change(row["change"])
        party = change.get("speaker_party")
        known = party if isinstance(party, str) and party in case.party_names else None
        same_as = change.get("same_as")
        if row["action"] == "link" and isinstance(same_as, str) and same_as.strip():
            links[name] = " ".join(same_as.split())
            if known is not None:
                of_links[plain_name(same_as)] = known
        elif row["action"] == "correct" and known is not None:
            parties[name] = known
        elif row["action"] == "reject" and change.get("no_actor") is True:
            no_actor.add(name)
    same_as = {name: end for name in links if (end := _end_of(name, links)) is not None}
    ends = {plain_name(end) for end in same_as.values()}
    declared = {end: case.party_of[end] for end in ends if end in case.party_of}
    return SettledNames(same_as, {**declared, **of_links, **parties}, frozenset(no_actor), latest)


def _read_change(text: str) -> dict[str, Any]:
    try:
        change = json.loads(text)
    except ValueError:
        return {}
    return change if isinstance(change, dict) else {}


def _end_of(name: str, links: Mapping[str, str]) -> str | None:
    """The last name of a chain; ``None`` where it runs in a circle."""
    met = {name}
    while True:
        end = links[name]
        name = plain_name(end)
        if name in met:
            return None
        if name not in links:
            return end
        met.add(name)


def settle_speakers(
    claims: Iterable[Mapping[str, Any]], decisions: Iterable[Mapping[str, Any]], case: Case
) -> tuple[list[dict[str, Any]], list[str]]:
    """The claims of documents with actors and parties as decided, and a note for each decision without effect.

    What people entered by hand, and what rows of a dataset carry, stays as it is.
    """
    rows = [dict(claim) for claim in claims]
    settled = settle_names(decisions, case)
    if not settled.latest:
        return rows, []
    met: set[str] = set()
    for row in rows:
        if row["origin"] == "document":
            target = [row["target_text"]] if row.get("target_text") is not None else []
            met.update(map(plain_name, [*_names_of(row), *target]))
            _settle(row, settled)
    notes = []
    for name, decision in settled.latest.items():
        # The name that others were found to be is borne by them.
        borne = name in met or any(plain_name(end) == name for other, end in settled.same_as.items() if other in met)
        if not borne:
            notes.append(idle_note(decision, "no claim of a document bears that name"))
        elif decision["action"] != "reject" and not settled.says(name):
            notes.append(idle_note(decision, "it names no party of the case and no other name, or names in a circle"))
    return rows, notes


def _names_of(claim: Mapping[str, Any]) -> list[str]:
    """The names that the speaker bears: a pronoun or a role is none, it stands for another speaker in each text."""
    named = claim.get("speaker_kind") == "named" and claim.get("speaker_named_start") is None
    names = (claim.get("speaker_actor"), claim.get("speaker_text") if named else None)
    return [name for name in names if name is not None]


def _settle(claim: dict[str, Any], settled: SettledNames) -> None:
    names = _names_of(claim)
    before = {name: claim.get(name) for name in ("speaker_actor", "speaker_party", "target_party")}
    by = [settled.latest[key] for key in map(plain_name, names) if key in settled.latest]
    meant = [plain_name(one) for name in names for one in (name, settled.actor(name)) if one is not None]
    if not settled.no_actor.isdisjoint(meant):
        kind = "role" if claim.get("speaker_kind") == "named" else claim.get("speaker_kind")
        claim |= {"speaker_actor": None, "speaker_party": None, "speaker_kind": kind}
    else:
        actor = next((actor for name in names if (actor := settled.actor(name)) is not None), None)
        party = settled.party(*names)
        if actor is not None:
            claim["speaker_actor"] = actor
        if party is not None:
            claim["speaker_party"] = party
    target = claim.get("target_text")
    if target is not None and (party := settled.party(target)) is not None:
        claim["target_party"] = party
    changed = [name for name, value in before.items() if claim.get(name) != value]
    if changed:
        was = "; ".join(f"{name} was {'empty' if before[name] is None else before[name]}" for name in changed)
        who = f" by {by[0]['decided_by']}: {by[0]['reason']}" if by else ""
        note = f"name decided{who} ({was})"
        claim["note"] = f"{claim['note']}; {note}" if claim.get("note") else note
