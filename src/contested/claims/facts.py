"""The facts that a claim asserts, as far as its wording states them simply.

In: the words of a claim and its stance. Out: whether the event happened, the means, the mechanism, the
toll. Refuses: nothing; what is not said, or not said simply, is left out.

``mechanism`` is the first of these that the wording names: depot_hit, staged, ground_device, misfire,
suicide_bombing, vehicle_bomb, barrel_bomb, drone_strike, missile_strike, air_strike, shelling, landmine,
shooting.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from contested.claims import wording as w
from contested.claims.wording import compile_wording

#: Characters of a claim that facts are looked for in.
MAX_CHARACTERS = 2000


#: Agents and weapons by which accounts differ; the more telling list comes first.
_MEANS = (
    compile_wording(
        r"\b(?:chlorine|sarin|VX|tabun|soman|novichok|nerve agents?|mustard (?:gas|agent)|sulfur mustard|sulphur mustard|white phosphor(?:ou)?s|organophosph\w+"
        r"|napalm|thermobaric\w*|cluster (?:bombs?|munitions?)|tear gas|phosgene|depleted uranium)\b"
    ),
    compile_wording(
        r"\b(?:barrel bombs?|chemical weapons?|chemical agents?|toxic (?:gas|agents?|substances?|chemicals?)|poison(?:ous)? gas|gas|ballistic missiles?|cruise missiles?"
        r"|drones?|car bomb|truck bomb|suicide (?:vest|belt)|land ?mines?|incendiary (?:bombs?|weapons?|munitions?)|artillery|mortars?|rockets?|missiles?)\b"
    ),
)  # fmt: skip

_MECHANISMS = (
    ("depot_hit", w.DEPOT_HIT),
    ("staged", w.ACTED),
    ("ground_device", w.GROUND_DEVICE),
    ("misfire", w.MISFIRE),
    ("suicide_bombing", compile_wording(r"\bsuicide (?:bomb\w*|attack\w*|vest|belt)\b|\bblew (?:him|her|them)sel(?:f|ves) up\b")),
    ("vehicle_bomb", compile_wording(r"\b(?:car|truck|vehicle|lorry)[- ]bomb\w*\b|\bvehicle-borne\b")),
    ("barrel_bomb", compile_wording(r"\bbarrel[- ]bomb\w*\b")),
    ("drone_strike", compile_wording(r"\bdrone (?:strike|attack|raid)s?\b|\b(?:by|from) (?:a |an )?(?:\w+ )?drones?\b")),
    ("missile_strike", compile_wording(r"\b(?:missile|rocket) (?:strike|attack)s?\b|\b(?:ballistic|cruise) missiles?\b")),
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
    ("shooting", compile_wording(r"\b(?:gunm[ae]n|shot dead|opened fire|gunfire|sniper\w*|executed)\b")),
)  # fmt: skip

_NUMBERS = {
    name: number
    for number, name in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
        "eighteen nineteen twenty".split()
    )
} | {"thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90, "a hundred": 100}
_NUMBER = (
    r"(?P<n>\d{1,3}(?:,\d{3})+|\d{1,6}|"
    + "|".join(sorted((k for k in _NUMBERS if k != "zero"), key=len, reverse=True))
    + ")"
)
_BOUND = r"(?P<bound>at least|more than|over|as many as|up to|nearly|almost|about|around|some|fewer than|less than|an estimated|approximately)?\s*"
_PEOPLE = (
    r"(?:\s+(?:other\s+)?(?:people|civilians?|persons?|children|women|men|residents|soldiers|fighters|villagers|victims|others|members|patients|"
    r"policemen|troops|militants|rebels|insurgents|workers|passengers|worshippers|refugees|demonstrators|protesters))"
)
_DEAD = r"(?:kill(?:ed|ing)|dead|died|dying|lost their lives|massacred|martyred)"
_HURT = r"(?:wound(?:ed|ing)|injur(?:ed|ing)|hurt|maimed)"


def _toll_patterns(verb: str) -> tuple[re.Pattern[str], ...]:
    return (
        compile_wording(rf"\b(?:kill(?:ed|ing)|massacred)\s+{_BOUND}\b{_NUMBER}\b{_PEOPLE}?(?!\s*(?:percent|per cent|km|miles|%|years?))" if verb == _DEAD
                 else rf"\b(?:wound(?:ed|ing)|injur(?:ed|ing)|hurt(?:ing)?)\s+{_BOUND}\b{_NUMBER}\b{_PEOPLE}?(?!\s*(?:percent|per cent|%|years?))"),
        compile_wording(rf"\b{_BOUND}\b{_NUMBER}\b{_PEOPLE}?(?:\s+(?:were|was|had been|have been|are|including[^.!?\n]{{0,40}}(?:were|was)|being))?(?:\s+reported(?:ly)?)?\s+{verb}\b"),
    )  # fmt: skip


_KILLED = (
    *_toll_patterns(_DEAD),
    compile_wording(rf"\bdeath toll\b[^.!?\n\d]{{0,40}}?\b{_BOUND}\b{_NUMBER}\b"),
    compile_wording(rf"\b{_BOUND}\b{_NUMBER}\b\s+deaths\b"),
)
_INJURED = _toll_patterns(_HURT)


_PART = compile_wording(r"\b(?:and\s+(?:their|its|his|her)|including)\s*$")


@dataclass(frozen=True, slots=True)
class Facts:
    """The fact columns of a claim."""

    happened: str | None = None
    means: str | None = None
    mechanism: str | None = None
    killed: tuple[int | None, int | None] = (None, None)
    """Fewest and most."""
    injured: tuple[int | None, int | None] = (None, None)

    def as_columns(self) -> dict[str, Any]:
        """The columns of the claims table."""
        return {
            "happened": self.happened, "means": self.means, "mechanism": self.mechanism,
            "killed_low": self.killed[0], "killed_high": self.killed[1],
            "injured_low": self.injured[0], "injured_high": self.injured[1],
        }  # fmt: skip


def find_facts(content: str, cue: str, stance: str, modality: str) -> Facts:
    """Facts that the words of a claim state, given what it does with them."""
    text = content[:MAX_CHARACTERS]
    whole = f"{cue} {text}"
    denies = stance in ("denies", "denies_event", "retracts")
    mechanism = next((code for code, pattern in _MECHANISMS if _affirmed(pattern, whole)), None)
    if denies and mechanism not in ("staged", "depot_hit", "ground_device", "misfire"):
        mechanism = None
    if stance == "denies" and mechanism == "staged":
        mechanism = None
    means = _first(_MEANS, text)
    killed, injured = _find_toll(_KILLED, text), _find_toll(_INJURED, text)
    happened: str | None = None
    if stance == "denies_event":
        happened = "no"
    elif modality == "no_evidence":
        happened = "unclear"
    elif not denies and mechanism == "staged":
        happened = "no"
    elif not denies and (_ATTACK.search(whole) or means is not None or mechanism is not None or killed != (None, None)):
        asserted = stance in ("blames", "claims_responsibility", "confirms_finding", "alternative_explanation")
        happened = "yes" if asserted or mechanism is not None or killed != (None, None) else None
    return Facts(
        happened,
        None if denies and stance != "denies" else means,
        mechanism,
        (None, None) if denies else killed,
        (None, None) if denies else injured,
    )


_ATTACK = compile_wording(
    r"\b(?:attack\w*|strike\w*|struck|bomb\w*|shell\w*|raid\w*|massacre\w*|atrocit\w+|chemical weapons?|gas\w*|kill(?:ed|ing)|fired|missiles?|rockets?|explosion|blast|war crimes?|crimes?|heinous)\b"
)


def _affirmed(pattern: re.Pattern[str], text: str) -> bool:
    return any(
        not w.NEGATION.search(text, max(0, match.start() - 25), match.start()) for match in pattern.finditer(text)
    )


def _first(patterns: tuple[re.Pattern[str], ...], text: str) -> str | None:
    for pattern in patterns:
        if match := pattern.search(text):
            return match.group(0)
    return None


def _find_toll(patterns: tuple[re.Pattern[str], ...], text: str) -> tuple[int | None, int | None]:
    """Fewest and most; (None, None) when no number is stated, or several that differ."""
    for pattern in patterns:
        matches = list(pattern.finditer(text))
        # "a couple and their four children": the number is a part of the toll, and the rest is not given in digits.
        if any(_PART.search(text, max(0, match.start() - 20), match.start()) for match in matches):
            return None, None
        found = {_bounds(match) for match in matches}
        if len(found) == 1:
            return found.pop()
        if found:
            return None, None
    return None, None


def _bounds(match: re.Match[str]) -> tuple[int | None, int | None]:
    written = match["n"].lower().replace(",", "")
    number = int(written) if written.isdigit() else _NUMBERS[written]
    bound = (match["bound"] or "").lower()
    if bound in ("at least", "more than", "over"):
        return number, None
    if bound in ("as many as", "up to", "fewer than", "less than"):
        return None, number
    return number, number
