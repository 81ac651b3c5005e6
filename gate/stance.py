"""Score who blames, denies or clears whom, and whether the parties' names change what is read.

In, each optional: ``--data``, a file of directed sentiment, four columns by tabs without a head: text with the
two actors in brackets, the first, the second, label (0 neutral, 1 first for second, 2 second for first, 3 first
against second, 4 second against first); ``--passages``, annotated passages, one JSON object a line as
``training/stance/write_passages.py`` writes them. Out: scores in percent as JSON; exit 1 when one lies below its
floor. Refuses: a row without its two brackets, and data without floors when ``--floors`` is asked for.

*Target* is right when the characters found touch a mention of the party that is marked, and no other party's mention
lies nearer to their start. *Swaps* put other parties' names into a passage and read it again; ``unchanged`` is the
share in which neither the stance nor the party that is the target changes. It is held to 98 for each kind of swap.

    PYTHONPATH=src python gate/stance.py --passages training/stance/passages.jsonl --split dev --floors
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import importlib
import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from contested.claims.extract import judge_passage
from contested.claims.stance import Judgement
from contested.claims.text.words import Span

FLOORS = Path(__file__).parent / "floors.json"
LABELS = ("neutral", "first_for_second", "second_for_first", "first_against_second", "second_against_first")
STANCES = (
    "reports", "blames", "denies", "denies_event", "claims_responsibility", "alternative_explanation",
    "confirms_finding", "declines_to_attribute", "retracts",
)  # fmt: skip
_MARKED = re.compile(r"\[([^\[\]]*)\]")


class Reader(Protocol):
    """What reads directed sentiment: :class:`contested.claims.tagging.directions.DirectionReader`."""

    def classify_many(self, rows: Sequence[tuple[str, Span, Span]]) -> Sequence[int]:
        """A label 0 to 4 for each (text, first, second)."""
        ...


@dataclass(frozen=True, slots=True)
class Directed:
    """A sentence without its brackets, the characters of its two actors, and its label."""

    text: str
    first: Span
    second: Span
    label: int


@dataclass(frozen=True, slots=True)
class Passage:
    """An annotated passage."""

    passage_id: str
    text: str
    speaker: Span | None
    cue: tuple[Span, ...]
    content: tuple[Span, ...]
    mentions: tuple[tuple[Span, str], ...]
    """Characters and party, in the order of the text."""
    target: Span | None
    stance: str
    modality: str
    dispute: str = ""
    split: str = ""


# ------------------------------------------------------------------------------------------ directed sentiment


def read_directed(path: Path) -> list[Directed]:
    """Rows of the file; a text with marks of quotation in it stands in quotes, as spreadsheets write it."""
    rows = []
    with path.open(encoding="utf-8", newline="") as file:
        for number, row in enumerate(csv.reader(file, delimiter="\t"), start=1):
            if len(row) != 4 or row[3] not in {"0", "1", "2", "3", "4"}:
                raise ValueError(f"{path} row {number}: {len(row)} columns or a label that is not 0 to 4")
            text, pair = unmark(row[0], row[1], row[2], f"{path} row {number}")
            rows.append(Directed(text, *pair, int(row[3])))
    return rows


def unmark(marked: str, first: str, second: str, where: str) -> tuple[str, tuple[Span, Span]]:
    """The text without the brackets of its two actors, and where they stand; other brackets stay."""
    found = [match for match in _MARKED.finditer(marked) if match[1].strip() in (first.strip(), second.strip())]
    names = [match[1].strip() for match in found]
    if first.strip() not in names or second.strip() not in names or len(found) < 2:
        raise ValueError(f"{where}: the actors {first!r} and {second!r} do not both stand in brackets in the text")
    one = found[names.index(first.strip())]
    other = next(match for match in found if match[1].strip() == second.strip() and match is not one)
    inner, shift, last = [], {}, 0
    for count, match in enumerate(sorted((one, other), key=lambda match: match.start())):
        inner += [marked[last : match.start()], match[1]]
        shift[match.start()] = match.start() - 2 * count
        last = match.end()
    spans = tuple((shift[match.start()], shift[match.start()] + len(match[1])) for match in (one, other))
    return "".join(inner) + marked[last:], (spans[0], spans[1])


def score_directions(rows: Sequence[Directed], reader: Reader) -> dict[str, float]:
    """Micro and macro F1 over the five labels, and each label's."""
    found = reader.classify_many([(row.text, row.first, row.second) for row in rows])
    by_class = _score_classes([LABELS[row.label] for row in rows], [LABELS[label] for label in found], LABELS)
    right = sum(row.label == label for row, label in zip(rows, found, strict=True))
    scores = {
        "micro_f1": _percent(right, len(rows)),
        "macro_f1": round(sum(by_class[name]["f1"] for name in LABELS) / len(LABELS), 1),
    }
    return scores | {f"f1_{name}": by_class[name]["f1"] for name in LABELS}


def _score_classes(gold: Sequence[str], found: Sequence[str], names: Sequence[str]) -> dict[str, dict[str, float]]:
    right = Counter(one for one, other in zip(gold, found, strict=True) if one == other)
    of_gold, of_found = Counter(gold), Counter(found)
    return {
        name: {
            "precision": _percent(right[name], of_found[name]),
            "recall": _percent(right[name], of_gold[name]),
            "f1": _percent(2 * right[name], of_gold[name] + of_found[name]),
        }
        for name in names
    }


def _percent(part: float, whole: float) -> float:
    return round(100 * part / whole, 1) if whole else 0.0


# ---------------------------------------------------------------------------------------------------- passages


def read_passages(path: Path, split: str | None = None) -> list[Passage]:
    """Passages of the file, of one split where one is given."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line.strip()]
    return [
        Passage(
            row["id"], row["text"], _span(row["speaker"]), tuple((int(a), int(b)) for a, b in row["cue"]),
            tuple((int(a), int(b)) for a, b in row["content"]),
            tuple(sorted(((int(one["span"][0]), int(one["span"][1])), str(one["party"])) for one in row["mentions"])),
            _span(row["target"]), row["stance"], row["modality"], row.get("dispute", ""), row.get("split", ""),
        )
        for row in rows
        if split is None or row.get("split") == split
    ]  # fmt: skip


def _span(raw: Sequence[int] | None) -> Span | None:
    return (int(raw[0]), int(raw[1])) if raw is not None else None


def judge(passage: Passage) -> Judgement:
    """What the reader says of the passage."""
    return judge_passage(passage.text, passage.speaker, passage.cue, passage.content)


def target_role(passage: Passage, judgement: Judgement) -> int | None:
    """Number of the party that the judgement points at, in the order of the passage; -1 for no party of it."""
    if judgement.target is None:
        return None
    start, end = judgement.target.span
    touched = [(abs(first - start), party) for (first, last), party in passage.mentions if first < end and start < last]
    return party_order(passage).index(min(touched)[1]) if touched else -1


def marked_role(passage: Passage) -> int | None:
    """Number of the party whose mention is marked as target."""
    if passage.target is None:
        return None
    return party_order(passage).index(next(party for span, party in passage.mentions if span == passage.target))


def party_order(passage: Passage) -> list[str]:
    """Parties in the order in which the passage names them."""
    return list(dict.fromkeys(party for _, party in passage.mentions))


def score_passages(passages: Sequence[Passage], judgements: Sequence[Judgement]) -> dict[str, Any]:
    """Stance, modality and target scores in percent, with each stance's own."""
    gold, found = [one.stance for one in passages], [one.stance for one in judgements]
    classes = _score_classes(gold, found, STANCES)
    present = [name for name in STANCES if name in set(gold)]
    pairs = list(zip(passages, judgements, strict=True))
    marked = [(marked_role(passage), target_role(passage, judgement)) for passage, judgement in pairs]
    pointed = [(one, other) for one, other in marked if one is not None]
    return {
        "stance_accuracy": _percent(sum(a == b for a, b in zip(gold, found, strict=True)), len(gold)),
        "stance_macro_f1": round(sum(classes[name]["f1"] for name in present) / max(1, len(present)), 1),
        "modality_accuracy": _percent(sum(one.modality == other.modality for one, other in pairs), len(pairs)),
        # Where someone is pointed at: at the right one. Where no one is: at no one.
        "target_accuracy": _percent(sum(one == other for one, other in pointed), len(pointed)),
        "no_target_accuracy": _percent(
            sum(other is None for one, other in marked if one is None), len(marked) - len(pointed)
        ),
        "classes": classes,
    }


# ------------------------------------------------------------------------------------------------------- swaps


@dataclass(frozen=True, slots=True)
class Forms:
    """How a party is named: "Russia", "Russian", "Moscow", "the Russians"."""

    noun: str
    adjective: str
    capital: str | None = None
    people: str | None = None
    spellings: tuple[str, ...] = field(default=())
    """Further spellings of the noun or capital that a text may use."""


#: Parties whose names bend; every other party is named by its own name.
FORMS = {
    "Russia": Forms("Russia", "Russian", "Moscow", "the Russians", ("the Kremlin",)),
    "Ukraine": Forms("Ukraine", "Ukrainian", "Kyiv", "the Ukrainians", ("Kiev",)),
    "United States": Forms("the United States", "American", "Washington", "the Americans", ("America",)),
    "Israel": Forms("Israel", "Israeli", None, "the Israelis"),
    "Iran": Forms("Iran", "Iranian", "Tehran", "the Iranians"),
    "Armenia": Forms("Armenia", "Armenian", "Yerevan", "the Armenians"),
    "Azerbaijan": Forms("Azerbaijan", "Azerbaijani", "Baku", "the Azerbaijanis"),
    "Turkey": Forms("Turkey", "Turkish", "Ankara", "the Turks"),
    "Georgia": Forms("Georgia", "Georgian", "Tbilisi", "the Georgians"),
    "India": Forms("India", "Indian", "Delhi", "the Indians"),
    "Pakistan": Forms("Pakistan", "Pakistani", "Islamabad", "the Pakistanis"),
    "France": Forms("France", "French", "Paris", "the French"),
    "Rwanda": Forms("Rwanda", "Rwandan", "Kigali", "the Rwandans"),
    "Eritrea": Forms("Eritrea", "Eritrean", "Asmara", "the Eritreans"),
    "Ethiopia": Forms("Ethiopia", "Ethiopian", "Addis Ababa", "the Ethiopians"),
    "Yugoslavia": Forms("Yugoslavia", "Yugoslav", "Belgrade", "the Serbs", ("Serbian",)),
    "North Korea": Forms("North Korea", "North Korean", "Pyongyang", "the North Koreans", ("the North",)),
    "South Korea": Forms("South Korea", "South Korean", "Seoul", "the South Koreans", ("the South",)),
    "China": Forms("China", "Chinese", "Beijing", "the Chinese"),
    "Canada": Forms("Canada", "Canadian", "Ottawa", "the Canadians"),
    "Netherlands": Forms("the Netherlands", "Dutch", "The Hague", "the Dutch"),
    "United Arab Emirates": Forms("the Emirates", "Emirati", "Abu Dhabi", "the Emiratis"),
    "Syrian government": Forms("the Syrian government", "Syrian", "Damascus", None, ("Syria",)),
    "Syrian opposition": Forms("the opposition", "opposition", None, "the rebels"),
    "Saudi-led coalition": Forms("the Saudi-led coalition", "coalition", "Riyadh", None, ("Saudi Arabia", "Saudi")),
    "Hamas": Forms("Hamas", "Hamas"),
    "Hezbollah": Forms("Hezbollah", "Hezbollah"),
    "Taliban": Forms("the Taliban", "Taliban"),
    "Houthis": Forms("the Houthis", "Houthi"),
}
#: Parties that are put in each other's place wherever one of them is named.
PAIRS = (
    ("Syrian government", "Syrian opposition"), ("Russia", "United States"), ("Ukraine", "Russia"),
    ("Israel", "Hamas"), ("Armenia", "Azerbaijan"), ("Israel", "Iran"), ("India", "Pakistan"),
    ("Saudi-led coalition", "Houthis"), ("North Korea", "South Korea"), ("Ethiopia", "Eritrea"),
)  # fmt: skip
#: Parties that no list of names can know.
INVENTED = (
    Forms("Tervania", "Tervanian", "Oskol", "the Tervanians"),
    Forms("Mirland", "Mirlandian", "Port Elber", "the Mirlandians"),
    Forms("the Karsk Front", "Karsk", None, "the Karsk fighters"),
    Forms("Ulmaria", "Ulmarian", "Senta", "the Ulmarians"),
)
#: Mentions that name no one: "it", "our army", "none of his men", "any part".
_PRONOUNS = re.compile(
    r"(?:it|its|they|them|their|theirs|we|us|our|ours|he|his|she|her|none of (?:its|their|our|his)|any)\b",
    re.IGNORECASE,
)
#: What a party of a civil war is called, as others by their names.
_GROUPS = frozenset(["rebel", "opposition", "separatist", "insurgent", "guerrilla", "militia", "regime", "junta"])
_TROOPS = frozenset(
    [
        "army", "government", "force", "troop", "soldier", "fighter", "gunner", "jet", "military", "police", "side",
        "front", "movement", "brigade", "of",
    ]
)  # fmt: skip
_SMALL = frozenset(["the", "a", "an", "its", "our", "his", "their"])
_HEADS = re.compile(r"(?P<adjective>.+) (?:government|opposition|rebels|separatists|army|military)")


def forms_of(party: str) -> Forms:
    """How the party is named; of a party outside the table, by its own name."""
    if party in FORMS:
        return FORMS[party]
    if headed := _HEADS.fullmatch(party):
        return Forms(f"the {party}", headed["adjective"], None, f"the {party}")
    plural = party.endswith("s") and not party.endswith("ss")
    attributive = party[:-1] if plural and " " not in party else party
    return Forms(
        f"the {party}" if plural or " " in party else party, attributive, None, f"the {party}" if plural else None
    )


def rename(text: str, old: Forms, new: Forms, heads_sentence: bool = False) -> str:
    """A mention of one party as a mention of another, in the same form where the other has it.

    What bears no name ("the foreign minister", "soldiers") stays: with a name in its place the passage would say
    something else, not the same of someone else.
    """
    adjectives = [old.adjective, *(one for one in old.spellings if one.endswith(("an", "i")))]
    capitals = [one for one in (old.capital,) if one]
    nouns = [old.noun, old.noun.removeprefix("the "), *old.spellings]
    swaps = [(one, new.capital or new.noun) for one in capitals] + [(one, new.noun) for one in nouns]
    # "the Russian army" names by the adjective inside it; "the rebels" names by the whole.
    for one, other in swaps:
        if text.lower() in (one.lower(), f"the {one}".lower()):
            return other
    for one in adjectives:
        if found := re.search(rf"\b{re.escape(one)}\b", text):
            return _fit_article(text[: found.start()] + new.adjective + text[found.end() :])
    for one, _ in swaps:
        if found := re.search(rf"\b{re.escape(one)}\b", text):
            return text[: found.start()] + new.noun + text[found.end() :]
    # The capital of a sentence's first word makes no name ("Whoever guarded it").
    told = text[:1].lower() + text[1:] if heads_sentence and " " in text else text
    words = [word for word in re.findall(r"[^\W\d_]\w*", told) if word.lower() not in _SMALL]
    if not any(word[0].isupper() or word.lower().rstrip("s") in _GROUPS for word in words):
        return text
    # "A polite man in Pretoria" describes: a name in its place would say less.
    if any(word[0].islower() and word.rstrip("s") not in _GROUPS | _TROOPS for word in words):
        return text
    if " " not in text and text[:1].islower() and not text.endswith("s"):
        return new.adjective
    return (new.people or new.noun) if text.lower().endswith("s") else new.noun


def _fit_article(text: str) -> str:
    found = re.match(r"(an?) (\w)", text, re.IGNORECASE)
    if found is None:
        return text
    article = "an" if found[2].lower() in "aeio" else "a"
    return (article.capitalize() if found[1][0].isupper() else article) + text[len(found[1]) :]


def put_parties(passage: Passage, names: dict[str, tuple[str, Forms]]) -> Passage:
    """The passage with other parties' names: old party → (new party, its forms); all spans move with the text."""
    pieces: list[str] = []
    edges: dict[int, int] = {}
    moves: list[tuple[int, int]] = [(0, 0)]
    mentions = []
    last = length = 0
    for (start, end), party in passage.mentions:
        if start < last:
            raise ValueError(f"{passage.passage_id}: mentions overlap at character {start}")
        pieces.append(passage.text[last:start])
        length += start - last
        text = passage.text[start:end]
        new_party, forms = names.get(party, (party, forms_of(party)))
        if party in names and not _PRONOUNS.match(text):
            heads_sentence = start == 0 or re.search(r"(?:[.!?:]\s|[“\"])$", passage.text[:start]) is not None
            text = rename(text, forms_of(party), forms, heads_sentence)
            if heads_sentence:
                text = text[:1].upper() + text[1:]
        pieces.append(text)
        mentions.append(((length, length + len(text)), new_party))
        edges[start], edges[end] = length, length + len(text)
        length += len(text)
        last = end
        moves.append((end, length - end))
    pieces.append(passage.text[last:])

    def move(at: int) -> int:
        if at in edges:
            return edges[at]
        return at + max((one for one in moves if one[0] <= at), key=lambda one: one[0])[1]

    def move_span(span: Span) -> Span:
        return move(span[0]), move(span[1])

    return Passage(
        passage.passage_id, "".join(pieces), move_span(passage.speaker) if passage.speaker else None,
        tuple(move_span(span) for span in passage.cue), tuple(move_span(span) for span in passage.content),
        tuple(mentions), move_span(passage.target) if passage.target else None, passage.stance, passage.modality,
        passage.dispute, passage.split,
    )  # fmt: skip


def swaps_of(passage: Passage, disputes: dict[str, list[str]]) -> Iterator[tuple[str, Passage]]:
    """Kind of swap and the passage after it.

    ``own``: its parties in each other's place. ``pairs``: each of :data:`PAIRS` that it names. ``other``: the
    parties of another dispute, the next by name with enough of them. ``invented``: names that no list knows.
    """
    parties = party_order(passage)
    if not parties:
        return
    if len(parties) > 1:
        turned = dict(zip(parties, parties[1:] + parties[:1], strict=True))
        yield "own", put_parties(passage, {old: (new, forms_of(new)) for old, new in turned.items()})
    for one, other in PAIRS:
        if one in parties or other in parties:
            pair = {one: (other, forms_of(other)), other: (one, forms_of(one))}
            yield "pairs", put_parties(passage, pair)
    order = sorted(disputes)
    at = order.index(passage.dispute) if passage.dispute in disputes else 0
    for dispute in order[at + 1 :] + order[:at]:
        free = [party for party in disputes[dispute] if party not in parties]
        if len(free) >= len(parties):
            yield (
                "other",
                put_parties(passage, {old: (new, forms_of(new)) for old, new in zip(parties, free, strict=False)}),
            )
            break
    if len(parties) <= len(INVENTED):
        names = {old: (forms.noun, forms) for old, forms in zip(parties, INVENTED, strict=False)}
        yield "invented", put_parties(passage, names)


def score_swaps(
    passages: Sequence[Passage], judgements: Sequence[Judgement]
) -> tuple[dict[str, float], list[dict[str, Any]]]:
    """Percent of swaps, by kind and in all, that change neither stance nor target; and those that do."""
    disputes: dict[str, list[str]] = defaultdict(list)
    for passage in passages:
        for _, party in passage.mentions:
            if party not in disputes[passage.dispute]:
                disputes[passage.dispute].append(party)
    total: Counter[str] = Counter()
    kept: Counter[str] = Counter()
    changed = []
    for passage, before in zip(passages, judgements, strict=True):
        for kind, swapped in swaps_of(passage, disputes):
            after = judge(swapped)
            read = [(before.stance, target_role(passage, before)), (after.stance, target_role(swapped, after))]
            same = read[0] == read[1]
            for name in (kind, "all"):
                total[name] += 1
                kept[name] += same
            if not same:
                shown = {"id": passage.passage_id, "kind": kind, "text": swapped.text, "from": read[0], "to": read[1]}
                changed.append(shown)
    return {f"unchanged_{name}": _percent(kept[name], total[name]) for name in total}, changed


# ------------------------------------------------------------------------------------------------------- faces


def below_floors(scores: dict[str, Any], floors: dict[str, float]) -> list[str]:
    """One line for each score that is missing or lies below its floor; ``classes.blames.f1`` names one in a class."""
    faults = []
    for name, floor in sorted(floors.items()):
        value: Any = scores
        for part in name.split("."):
            value = value.get(part) if isinstance(value, dict) else None
        if value is None or value < floor:
            faults.append(f"{name}: {value} is below the floor {floor}")
    return faults


def _show_wrong(passages: Iterable[Passage], judgements: Iterable[Judgement]) -> list[dict[str, Any]]:
    return [
        {
            "id": one.passage_id, "text": one.text, "marked": [one.stance, one.modality, marked_role(one)],
            "found": [found.stance, found.modality, target_role(one, found)],
        }
        for one, found in zip(passages, judgements, strict=True)
        if (one.stance, one.modality, marked_role(one))
        != (found.stance, found.modality, target_role(one, found))
    ]  # fmt: skip


def main(argv: Sequence[str] | None = None) -> int:
    """Score, print, and compare; the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, help="directed sentiment, four columns by tabs")
    parser.add_argument("--passages", type=Path, help="annotated passages, JSON lines")
    parser.add_argument("--split", help="only passages of this split")
    parser.add_argument("--wrong", action="store_true", help="print what was read wrong or changed under a swap")
    parser.add_argument("--floors", action="store_true", help="exit 1 when a score lies below its floor")
    parser.add_argument("--floors-file", type=Path, default=FLOORS)
    arguments = parser.parse_args(argv)
    if arguments.data is None and arguments.passages is None:
        parser.error("nothing to score: give --data, --passages or both")
    measured: dict[str, dict[str, Any]] = {}
    if arguments.data is not None:
        # Only here, since passages are read without it.
        reader: Reader = importlib.import_module("contested.claims.tagging.directions").load_directions()
        rows = read_directed(arguments.data)
        measured[_key(arguments.data)] = score_directions(rows, reader)
    if arguments.passages is not None:
        passages = read_passages(arguments.passages, arguments.split)
        judgements = [judge(passage) for passage in passages]
        scores = score_passages(passages, judgements)
        swapped, changed = score_swaps(passages, judgements)
        measured[_key(arguments.passages, arguments.split)] = {"passages": len(passages)} | scores | swapped
        if arguments.wrong:
            for shown in [*_show_wrong(passages, judgements), *changed]:
                print(json.dumps(shown, ensure_ascii=False))
    print(json.dumps(measured, indent=1))
    if not arguments.floors:
        return 0
    known = json.loads(arguments.floors_file.read_text(encoding="utf-8")).get("stance", {})
    faults = []
    for key, scores in measured.items():
        if key not in known:
            print(f"no floors in {arguments.floors_file} for data {key}", file=sys.stderr)
            return 2
        faults += below_floors(scores, known[key]["scores"])
    print("\n".join(faults), file=sys.stderr)
    return 1 if faults else 0


def _key(path: Path, split: str | None = None) -> str:
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    return f"{sha256}:{split}" if split else sha256


if __name__ == "__main__":
    sys.exit(main())
