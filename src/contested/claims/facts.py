"""The facts that a claim asserts, as far as its wording states them simply.

In: the words of a claim, its stance, and the day of publication when it is known. Out: whether the event
happened, the means, the mechanism, the place and time as written, the tolls, and what happening the claim speaks
of. Refuses: nothing; what is not said, or not said simply, is left out.

``mechanism`` is the first of these that the wording names: depot_hit, staged, ground_device, misfire,
suicide_bombing, vehicle_bomb, barrel_bomb, drone_strike, missile_strike, air_strike, shelling, landmine,
execution, explosion (of a sort not said), shooting, bombardment (of a sort not said), fighting.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from contested.claims.asserted.event_places import find_places, is_state
from contested.claims.asserted.event_times import TimePhrase, find_clock, find_times
from contested.claims.asserted.events import SpeaksOf, find_event_kind
from contested.claims.asserted.tolls import GROUPS, TollSummary, find_tolls, summarise_tolls
from contested.claims.text import wording as w
from contested.claims.text.wording import compile_wording
from contested.claims.text.words import Span

#: Characters of a claim that facts are looked for in.
MAX_CHARACTERS = 2000
#: What the pieces of a passage are joined by before facts are looked for.
PIECE_JOINT = " "
#: Farthest that a place or time may stand from the words of an attack and still be the attack's, characters.
MAX_GAP_CHARACTERS = 160


#: Agents and weapons by which accounts differ; the more telling list comes first.
_MEANS = (
    compile_wording(
        r"\b(?:chlorine|sarin|VX|tabun|soman|novichok|nerve agents?|mustard (?:gas|agent)|sulfur mustard|sulphur mustard|white phosphor(?:ou)?s|organophosph\w+"
        r"|napalm|thermobaric\w*|cluster (?:bombs?|munitions?)|tear gas|phosgene|depleted uranium)\b"
    ),
    compile_wording(
        r"\b(?:barrel bombs?|chemical weapons?|chemical agents?|toxic (?:gas|agents?|substances?|chemicals?)|poison(?:ous)? gas|gas(?! fields?\b| pipelines?\b| plants?\b| stations?\b| compan| facilit| canister| cylinder)|ballistic missiles?|cruise missiles?"
        r"|drones?|car bomb|truck bomb|suicide (?:vest|belt)|land ?mines?|incendiary (?:bombs?|weapons?|munitions?)|artillery|mortars?|rockets?|missiles?)\b"
    ),
)  # fmt: skip

_MECHANISMS = (
    ("depot_hit", w.DEPOT_HIT),
    ("staged", w.ACTED),
    ("ground_device", w.GROUND_DEVICE),
    ("misfire", w.MISFIRE),
    ("suicide_bombing", compile_wording(r"\bsuicide (?:bomb\w*|attack\w*|vest|belt)\b|\bblew (?:him|her|them)sel(?:f|ves) up\b")),
    ("vehicle_bomb", compile_wording(r"\b(?:car|truck|vehicle|lorry|motorcycle|motorbike|bike|bicycle)[- ]bomb\w*\b|\bvehicle-borne\b")),
    ("barrel_bomb", compile_wording(r"\bbarrel[- ]bomb\w*\b")),
    ("drone_strike", compile_wording(r"\bdrone (?:strike|attack|raid)s?\b|\b(?:by|from) (?:a |an )?(?:\w+ )?drones?\b")),
    ("missile_strike", compile_wording(r"\b(?:missile|rocket) (?:strike|attack)s?\b|\b(?:ballistic|cruise|surface-to-surface|ground-to-ground) missiles?\b|\bmissiles? (?:fired|hit|hits|struck|slammed|kills?|killed|landed)\b")),
    (
        "air_strike",
        compile_wording(
            r"\b(?:air ?strikes?|air[- ]raids?|air attacks?|aerial (?:bomb\w*|attack\w*|strike\w*)|warplanes?|war planes?|bombers?|fighter jets?|air[- ]dropped|from the air)\b"
            r"|\b(?:planes?|jets?|aircraft|helicopters?)\b[^.!?\n]{0,40}\b(?:bomb|drop|struck|strik|attack|fir|hit|target)\w*"
            r"|\b(?:bomb|dropp)\w*\b[^.!?\n]{0,40}\b(?:planes?|jets?|aircraft|helicopters?)\b"
        ),
    ),
    ("shelling", compile_wording(r"\b(?:shell(?:s|ed|ing|fire)?|artillery|mortars?|howitzers?|rocket fire|rockets?)\b")),
    ("landmine", compile_wording(r"\bland ?mines?\b")),
    ("execution", compile_wording(r"\bexecut(?:e|es|ed|ing)\b(?! (?:to|in order|a plan|the plan|an? operation|the operation|an? attack|the attack|orders?)\b)|\bexecutions?\b(?! of (?:the|a) (?:plan|operation))|\bbehead\w*|\bcrucif\w+|\bhanged\b|\bfiring squad\b")),
    (
        "explosion",
        compile_wording(
            r"\b(?:blasts?|explosions?|explod(?:e|es|ed|ing)|detonat(?:ed|es|ing|ion)|explosive devices?|explosive belts?|explosives|bombers?|bombings?)\b|\bbombs? (?:attacks?|kills?|killed|in|at|went off|placed|hidden)\b|\bset off a bomb\b"
        ),
    ),
    ("shooting", compile_wording(r"\b(?:gunm[ae]n|shot dead|opened fire|gunfire|sniper\w*|shooting)\b")),
    ("bombardment", compile_wording(r"\b(?:bombard\w*|pound(?:ed|ing|s)?|strikes?|bombed)\b(?! (?:a deal|an agreement))")),
    ("fighting", compile_wording(r"\b(?:clash(?:es|ed|ing)?|gun ?battles?|firefights?|fighting|ambush\w*|battles?)\b")),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Facts:
    """The fact columns of a claim; spans count characters of the words read."""

    happened: str | None = None
    means: str | None = None
    mechanism: str | None = None
    tolls: TollSummary = field(default_factory=TollSummary)
    place: Span | None = None
    time: TimePhrase | None = None
    speaks_of: SpeaksOf = "other"

    def as_columns(self, pieces: Sequence[Mapping[str, Any]] = ()) -> dict[str, Any]:
        """The columns of the claims table; ``pieces`` are those of the frozen text that the words were joined from.

        A place or time that no single piece holds, or no piece at all when none are given, is left out.
        """
        place, time = _locate(self.place, pieces), None
        if self.time is not None:
            time = _locate((self.time.start, self.time.end), pieces)
        found = self.time if time is not None else None
        columns: dict[str, Any] = {
            "happened": self.happened, "means": self.means, "mechanism": self.mechanism,
            **_span_columns("place", place), **_span_columns("event_time", time),
            "event_on_low": found.low if found else None, "event_on_high": found.high if found else None,
            "speaks_of": self.speaks_of,
            "killed_low": self.tolls.killed[0], "killed_high": self.tolls.killed[1],
            "injured_low": self.tolls.injured[0], "injured_high": self.tolls.injured[1],
        }  # fmt: skip
        for group in GROUPS:
            low, high = self.tolls.killed_of.get(group, (None, None))
            columns |= {f"killed_{group}_low": low, f"killed_{group}_high": high}
        return columns


def _locate(found: Span | None, pieces: Sequence[Mapping[str, Any]]) -> tuple[str, int, int] | None:
    """The span in the frozen text: its words, start and end."""
    if found is None:
        return None
    at = 0
    for piece in pieces:
        start, end = found[0] - at, found[1] - at
        if 0 <= start < end <= len(piece["text"]):
            return piece["text"][start:end], piece["start"] + start, piece["start"] + end
        at += len(piece["text"]) + len(PIECE_JOINT)
    return None


def _span_columns(name: str, found: tuple[str, int, int] | None) -> dict[str, Any]:
    text, start, end = found if found is not None else (None, None, None)
    return {f"{name}_text" if name == "place" else name: text, f"{name}_start": start, f"{name}_end": end}


def find_facts(content: str, cue: str, stance: str, modality: str, published: date | None = None) -> Facts:
    """Facts that the words of a claim state, given what it does with them.

    Parameters
    ----------
    content
        The words reported; pieces are joined by :data:`PIECE_JOINT`.
    cue, stance, modality
        What attributes them, and what the claim does with them.
    published
        Day of publication, which "Tuesday" is counted from; without it such times stay open.
    """
    text = content[:MAX_CHARACTERS]
    whole = f"{cue} {text}"
    denies = stance in ("denies", "denies_event", "retracts")
    mechanism = find_mechanism(whole)
    if denies and mechanism not in ("staged", "depot_hit", "ground_device", "misfire"):
        mechanism = None
    if stance == "denies" and mechanism == "staged":
        mechanism = None
    means = find_means(text)
    tolls = TollSummary() if denies else summarise_tolls(find_tolls(text))
    counted = tolls.killed != (None, None)
    happened: str | None = None
    if stance == "denies_event":
        happened = "no"
    elif modality == "no_evidence":
        happened = "unclear"
    elif not denies and mechanism == "staged":
        happened = "no"
    elif not denies and (_ATTACK.search(whole) or means is not None or mechanism is not None or counted):
        asserted = stance in ("blames", "claims_responsibility", "confirms_finding", "alternative_explanation")
        happened = "yes" if asserted or mechanism is not None or counted else None
    times = list(find_times(text, published))
    has_facts = mechanism is not None or means is not None or counted or tolls.injured != (None, None)
    return Facts(
        happened, None if denies and stance != "denies" else means, mechanism, tolls,
        _choose_place(text), _choose_time(text, times),
        find_event_kind(text, cue, stance, has_facts, times, published),
    )  # fmt: skip


def find_mechanism(text: str) -> str | None:
    """The first mechanism of the list that the wording names and does not deny."""
    return next((code for code, pattern in _MECHANISMS if _affirmed(pattern, text)), None)


def find_means(text: str) -> str | None:
    """The means that the wording names, as written: an agent or weapon by which accounts differ first."""
    return _first(_MEANS, text)


_ATTACK = compile_wording(
    r"\b(?:attack\w*|strike\w*|struck|bomb\w*|shell\w*|raid\w*|massacre\w*|atrocit\w+|chemical weapons?|gas\w*|kill(?:ed|ing)|fired|missiles?|rockets?|explosion|blast|war crimes?|crimes?|heinous)\b"
)
#: What tells of an attack near a place or a time.
_DEED = compile_wording(
    r"\b(?:\w*attack\w*|\w*strik\w+|struck|bomb\w*|shell(?:s|ed|ing)|\w*raid(?:s|ed)?|massacre\w*|gas(?:sed)?|sarin|chlorine|chemical\w*|kill(?:ed|ing|s)|dead|died|fired|missiles?|rockets?|explo\w+|blasts?|detonat\w+|dropped|targeted|hit|shot|execut\w+|drones?|destroyed|happened|occurred|took place|incident)\b"
)
#: Words before a place that lead away from where something happened.
_ELSEWHERE = frozenset("from to into toward towards against over".split())


def _choose_place(text: str) -> Span | None:
    """The finest place nearest to the words of an attack; none where no attack is spoken of."""
    deeds = [match.start() for match in _DEED.finditer(text)]
    if not deeds:
        return None
    ranked = []
    for place in find_places(text):
        if place.said_by in _ELSEWHERE and place.kind is None:
            continue
        gap = min(abs(place.start - deed) for deed in deeds)
        if gap <= MAX_GAP_CHARACTERS:
            ranked.append((is_state(place.name), place.is_area, gap, place.start, place.end))
    return min(ranked)[3:] if ranked else None


def _choose_time(text: str, times: Sequence[TimePhrase]) -> TimePhrase | None:
    """The time nearest to the words of an attack that is no day of saying and no bound."""
    deeds = [match.start() for match in _DEED.finditer(text)]
    kept = [time for time in times if not time.of_saying and not time.bounds]
    if not kept:
        kept = [clock] if (clock := find_clock(text)) else []
    near = [(min(abs(time.start - deed) for deed in deeds), time.start, time) for time in kept] if deeds else []
    chosen = min(near, key=lambda one: one[:2], default=None)
    return chosen[2] if chosen is not None and chosen[0] <= MAX_GAP_CHARACTERS else None


def _affirmed(pattern: re.Pattern[str], text: str) -> bool:
    return any(
        not w.NEGATION.search(text, max(0, match.start() - 25), match.start()) for match in pattern.finditer(text)
    )


def _first(patterns: tuple[re.Pattern[str], ...], text: str) -> str | None:
    for pattern in patterns:
        if match := pattern.search(text):
            return match.group(0)
    return None
